//! `[gather]`: how often others are asked.

use std::time::Duration;

use super::raw::RawGather;

/// The longest pause between two requests to one host, in milliseconds.
pub const GATHER_PAUSE_MAX_MS: u64 = 60_000;
/// Minutes between visits, at the most: a month.
pub const GATHER_EVERY_MAX_MINUTES: u64 = 31 * 24 * 60;

/// How often others are asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GatherPace {
    /// Between two requests to one host.
    pub pause: Duration,
    /// The floor of the time between visits.
    pub every_min: Duration,
    /// Its ceiling.
    pub every_max: Duration,
    /// New articles of one source on one day.
    pub new_per_day: u32,
}

pub(super) fn check(raw: &RawGather, note: &mut impl FnMut(&str, String)) -> GatherPace {
    if raw.pause_ms > GATHER_PAUSE_MAX_MS {
        note(
            "gather.pause_ms",
            format!("{}: expected 0 to {GATHER_PAUSE_MAX_MS}", raw.pause_ms),
        );
    }
    let (least, most) = (raw.every_min_minutes, raw.every_max_minutes);
    if least == 0 || least > most || most > GATHER_EVERY_MAX_MINUTES {
        note(
            "gather.every_min_minutes",
            format!(
                "{least} to {most} minutes between visits: expected 1 to {GATHER_EVERY_MAX_MINUTES}, the smaller first"
            ),
        );
    }
    if raw.new_per_day == 0 {
        let expected = "0: expected 1 or more; a source that is not to be read is switched off with `enabled = false`";
        note("gather.new_per_day", expected.to_owned());
    }
    if !raw.contact.chars().all(|c| matches!(c, ' '..='~')) {
        let expected = "cannot stand in a header; expected an address in ASCII, on one line";
        note(
            "gather.contact",
            format!("`{}` {expected}", raw.contact.escape_debug()),
        );
    }
    let minutes = |minutes: u64| Duration::from_secs(minutes.saturating_mul(60));
    GatherPace {
        pause: Duration::from_millis(raw.pause_ms),
        every_min: minutes(least),
        every_max: minutes(most),
        new_per_day: raw.new_per_day,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pace_is_within_reason() {
        let complaints = |pause_ms, every_min_minutes, every_max_minutes| {
            let raw = RawGather {
                pause_ms,
                every_min_minutes,
                every_max_minutes,
                ..RawGather::default()
            };
            let mut keys = Vec::new();
            check(&raw, &mut |key, _| keys.push(key.to_owned()));
            keys
        };
        assert!(complaints(0, 1, 1).is_empty());
        assert!(complaints(60_000, 1, GATHER_EVERY_MAX_MINUTES).is_empty());
        assert_eq!(complaints(60_001, 5, 60), ["gather.pause_ms"]);
        for (least, most) in [(0, 60), (61, 60), (5, GATHER_EVERY_MAX_MINUTES + 1)] {
            assert_eq!(complaints(0, least, most), ["gather.every_min_minutes"]);
        }
    }

    #[test]
    fn a_contact_fits_into_a_header() {
        for (contact, expected) in [
            ("", true),
            ("https://news.example.kz/about", true),
            ("x\nEvil: 1", false),
            ("https://жаңалық.example", false),
        ] {
            let raw = RawGather {
                contact: contact.to_owned(),
                ..RawGather::default()
            };
            let mut told = Vec::new();
            check(&raw, &mut |key, why| told.push(format!("{key} {why}")));
            assert_eq!(told.is_empty(), expected, "{told:?}");
            assert!(told.iter().all(|why| !why.contains('\n')), "{told:?}");
        }
    }
}
