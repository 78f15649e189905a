use super::*;

/// 2026-11-23 12:00 UTC, a Monday.
fn received() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 11, 23, 12, 0, 0).unwrap()
}

#[test]
fn every_shape() {
    let table = include_str!("../../../tests/fixtures/gather/feed/dates.tsv");
    let (mut rows, mut wrong) = (0, Vec::new());
    for line in table.lines().filter(|line| !line.starts_with('#')) {
        let (text, expected) = line.split_once('\t').expect("two columns");
        rows += 1;
        let told = read(text, received()).map_or_else(
            || "none".to_owned(),
            |at| at.to_rfc3339_opts(chrono::SecondsFormat::AutoSi, true),
        );
        if told != expected {
            wrong.push(format!("{text}: {told}, not {expected}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(rows > 150, "{rows}");
}

#[test]
fn no_text_makes_it_panic() {
    for line in include_str!("../../../tests/fixtures/gather/feed/dates.tsv").lines() {
        for (at, _) in line.char_indices() {
            let _ = read(&line[at..], received());
            let _ = read(&line[..at], received());
            let _ = read(&format!("{}-{}", &line[..at], &line[at..]), received());
        }
    }
}

/// The short way round gives what the long one gives.
#[test]
fn usual_shapes_are_read_as_any_other() {
    let mut read = 0;
    for day in ["1", "02", "23", "31", "00", "x1"] {
        for clock in [
            "08:00:00", "24:00:00", "23:59:60", "25:00:00", "8:00:000", "08-00-00",
        ] {
            for zone in [
                "GMT", "UTC", "Z", "+0500", "-0930", "+1500", "+0560", "EST", "+05:00", "-11:45",
            ] {
                for month in 0..12_usize {
                    let name = [
                        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct",
                        "Nov", "Dec",
                    ][month];
                    let weekday = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"][month % 7];
                    let mail = format!("{weekday}, {day} {name} 2026 {clock} {zone}");
                    let web = format!("2026-{:02}-{day}T{clock}{zone}", month + 1);
                    for text in [mail, web] {
                        let Some(parts) = usual::usual(&text) else {
                            continue;
                        };
                        let other = digits::number(&text, received())
                            .or_else(|| digits::iso(&text, received()))
                            .or_else(|| words::words(&text, received()));
                        assert_eq!(Some(parts.written()), other.map(Parts::written), "{text}");
                        read += 1;
                    }
                }
            }
        }
    }
    assert!(read > 1000, "{read}");
}
