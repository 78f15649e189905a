use super::*;

/// 2026-11-23 12:00 UTC, a Monday.
fn received() -> DateTime<Tz> {
    let at = Utc.with_ymd_and_hms(2026, 11, 23, 12, 0, 0).unwrap();
    at.with_timezone(&chrono_tz::Asia::Almaty)
}

/// 2026-11-24 14:08:30 in Almaty.
fn at_noon() -> DateTime<Tz> {
    let at = Utc.with_ymd_and_hms(2026, 11, 24, 9, 8, 30).unwrap();
    at.with_timezone(&chrono_tz::Asia::Almaty)
}

fn check(table: &str, rows_min: usize, told: impl Fn(&str) -> Option<String>) {
    let (mut rows, mut wrong) = (0, Vec::new());
    for line in table.lines().filter(|line| !line.starts_with('#')) {
        let (text, expected) = line.split_once('\t').expect("two columns");
        rows += 1;
        let told = told(text).unwrap_or_else(|| "none".to_owned());
        if told != expected {
            wrong.push(format!("{text}: {told}, not {expected}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(rows >= rows_min, "{rows}");
}

fn instant(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(chrono::SecondsFormat::AutoSi, true)
}

#[test]
fn every_shape() {
    let table = include_str!("../../../tests/fixtures/gather/feed/dates.tsv");
    check(table, 150, |text| read(text, received()).map(instant));
}

#[test]
fn a_feed_is_not_ahead_of_its_visitor() {
    let table = include_str!("../../../tests/fixtures/gather/feed/dates-future.tsv");
    check(table, 19, |text| read(text, at_noon()).map(instant));
}

#[test]
fn pages_tell_the_time_of_the_house() {
    let table = include_str!("../../../tests/fixtures/gather/feed/dates-page.tsv");
    check(table, 80, |text| {
        let written = read_written(text, at_noon())?;
        Some(if written.has_time {
            instant(written.at)
        } else {
            format!("day {}", written.day)
        })
    });
}

/// Another house, where clocks change: 29 March 2026 has no 02:30 there.
#[test]
fn the_house_may_stand_elsewhere() {
    let berlin = received().with_timezone(&chrono_tz::Europe::Berlin);
    let cases = [
        ("2026-11-23 10:00", "2026-11-23T09:00:00Z"),
        ("2026-07-23 10:00", "2026-07-23T08:00:00Z"),
        ("2026-03-29 02:30", "2026-03-29T01:30:00Z"),
        ("Бүгін, 10:00", "2026-11-23T09:00:00Z"),
        ("13:01", "2026-11-22T12:01:00Z"),
    ];
    for (text, expected) in cases {
        let written = read_written(text, berlin).expect("a date");
        assert_eq!(instant(written.at), expected, "{text}");
    }
}

#[test]
fn no_text_makes_it_panic() {
    let tables = [
        include_str!("../../../tests/fixtures/gather/feed/dates.tsv"),
        include_str!("../../../tests/fixtures/gather/feed/dates-page.tsv"),
    ];
    for line in tables.iter().flat_map(|table| table.lines()) {
        for (at, _) in line.char_indices() {
            let _ = read(&line[at..], received());
            let _ = read(&line[..at], received());
            let _ = read(&format!("{}-{}", &line[..at], &line[at..]), received());
            let _ = read_written(&line[at..], at_noon());
            let _ = read_relative(&line[..at], at_noon());
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
                        let other = digits::number(&text)
                            .or_else(|| digits::iso(&text, received()))
                            .or_else(|| words::words(&text, received(), Bare::Utc));
                        let written = |parts: Parts| parts.written(received(), Bare::Utc);
                        assert_eq!(Some(written(parts)), other.map(written), "{text}");
                        read += 1;
                    }
                }
            }
        }
    }
    assert!(read > 1000, "{read}");
}
