//! Time zones as publishers name them.

use chrono::{NaiveDateTime, Offset, TimeDelta, TimeZone};
use chrono_tz::Tz;

/// A zone that was said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Zone {
    /// Minutes east of UTC.
    Minutes(i32),
    /// A place of the IANA database, where clocks may change.
    Place(Tz),
}

impl Zone {
    /// Minutes east of UTC when its clocks show `wall`.
    pub(super) fn minutes(self, wall: NaiveDateTime) -> i32 {
        match self {
            Self::Minutes(minutes) => minutes,
            Self::Place(place) => {
                let at = place.from_local_datetime(&wall).earliest();
                // What clocks never show is told by how they went before.
                let before = wall.checked_sub_signed(TimeDelta::days(1)).unwrap_or(wall);
                let offset = at.map_or_else(
                    || place.offset_from_utc_datetime(&before).fix(),
                    |at| at.offset().fix(),
                );
                offset.local_minus_utc() / 60
            }
        }
    }
}

/// The zone a text means: `+0500`, `+05:00`, `GMT+5`, `Z`, `EST`, `MSK`, `ALMT`,
/// `Asia/Almaty`; `None` if the name is unknown.
pub(super) fn zone(text: &str) -> Option<Zone> {
    let text = text
        .trim()
        .trim_matches(['(', ')', '[', ']', ',', '.', '"']);
    place(text)
        .map(Zone::Place)
        .or_else(|| zone_minutes(text).map(Zone::Minutes))
}

/// `Asia/Almaty`; names without a slash are abbreviations, which mean many things.
fn place(text: &str) -> Option<Tz> {
    let name = text.split_whitespace().next()?;
    name.contains('/').then(|| name.parse().ok()).flatten()
}

fn zone_minutes(zone: &str) -> Option<i32> {
    let lower = zone.to_ascii_lowercase();
    let lower = lower.strip_prefix("etc/").unwrap_or(&lower);
    if let Some(at) = lower.find(['+', '-', '\u{2212}']) {
        let (name, offset) = lower.split_at(at);
        if name.is_empty() || matches!(name, "gmt" | "utc" | "ut" | "z") {
            return offset_minutes(offset);
        }
        return named(name);
    }
    let first = lower.split([' ', '(']).next().unwrap_or_default();
    named(first)
}

/// `+05`, `+0500`, `+05:00`, `+5`, `-530`.
fn offset_minutes(offset: &str) -> Option<i32> {
    let negative = !offset.starts_with('+');
    let digits: String = offset
        .chars()
        .skip(1)
        .take_while(|c| c.is_ascii_digit() || *c == ':')
        .collect();
    let (hours, minutes) = match digits.split_once(':') {
        Some((hours, minutes)) => (hours, minutes.get(..2).unwrap_or(minutes)),
        None if digits.len() <= 2 => (digits.as_str(), ""),
        None => digits.split_at_checked(digits.len().min(4) - 2)?,
    };
    let hours: i32 = hours.parse().ok()?;
    let minutes: i32 = if minutes.is_empty() {
        0
    } else {
        minutes.parse().ok()?
    };
    if hours > 14 || minutes > 59 {
        return None;
    }
    let total = hours * 60 + minutes;
    Some(if negative { -total } else { total })
}

fn named(name: &str) -> Option<i32> {
    let hours = match name {
        "z" | "gmt" | "ut" | "utc" | "wet" | "zulu" | "universal" => 0,
        "cet" | "met" | "west" | "bst" | "mez" => 1,
        "cest" | "eet" | "mest" | "sast" | "mesz" => 2,
        "msk" | "eest" | "мск" => 3,
        "msd" | "samt" | "gst" => 4,
        // Kazakhstan is one zone since 2024-03-01; older dates by these names are rare.
        "almt" | "qyzt" | "aqtt" | "orat" | "yekt" | "uzt" | "pkt" => 5,
        "omst" | "kgt" | "bdt" => 6,
        "novt" | "krat" | "ict" | "wib" => 7,
        "irkt" | "hkt" | "sgt" | "awst" => 8,
        "jst" | "kst" | "yakt" => 9,
        "vlat" | "aest" => 10,
        "aedt" => 11,
        "nzst" => 12,
        "nzdt" => 13,
        "adt" => -3,
        "edt" | "ast" | "at" => -4,
        "est" | "cdt" | "et" => -5,
        "cst" | "mdt" | "ct" => -6,
        "mst" | "pdt" | "mt" => -7,
        "pst" | "akdt" | "pt" => -8,
        "akst" => -9,
        "hst" => -10,
        "ist" => return Some(330),
        "acst" => return Some(570),
        "nst" => return Some(-210),
        letter => return military(letter),
    };
    Some(hours * 60)
}

/// One letter (RFC 822 section 5.1): A to M go west of Greenwich and N to Y east
/// of it; J is nobody's.
fn military(name: &str) -> Option<i32> {
    let &[letter] = name.as_bytes() else {
        return None;
    };
    let hours = match letter {
        b'a'..=b'i' => -i32::from(letter - b'a') - 1,
        b'k'..=b'm' => -i32::from(letter - b'k') - 10,
        b'n'..=b'y' => i32::from(letter - b'n') + 1,
        _ => return None,
    };
    Some(hours * 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zones() {
        let cases = [
            ("+0500", Some(300)),
            ("-05:30", Some(-330)),
            ("+5", Some(300)),
            ("GMT+6", Some(360)),
            ("EST", Some(-300)),
            ("MSK", Some(180)),
            ("almt", Some(300)),
            ("Etc/GMT", Some(0)),
            // As POSIX has it, west of Greenwich is more.
            ("Etc/GMT-5", Some(300)),
            ("[Indian/Maldives]", Some(294)),
            ("Asia/Nowhere", None),
            ("-530", Some(-330)),
            ("(CET)", Some(60)),
            ("XYZ", None),
            ("+9999", None),
            ("+", None),
        ];
        for (zone, minutes) in cases {
            let told = super::zone(zone).map(|zone| zone.minutes(NaiveDateTime::MIN));
            assert_eq!(told, minutes, "{zone}");
        }
    }
}
