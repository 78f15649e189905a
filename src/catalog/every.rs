//! Durations as the catalogue writes them: `90s`, `15m`, `2h`, `1d`, `1h30m`.

use std::time::Duration;

/// Shorter intervals are no good manners in other people's houses.
pub(super) const EVERY_MIN: Duration = Duration::from_mins(1);
/// A source asked less often than this is better switched off.
pub(super) const EVERY_MAX: Duration = Duration::from_hours(31 * 24);

/// Reads a duration, or says what was expected.
pub(super) fn every(text: &str) -> Result<Duration, String> {
    let wrong =
        || format!("`{text}` is no duration; expected one such as 15m, 2h or 1h30m (s, m, h, d)");
    let mut seconds: u64 = 0;
    let mut rest = text.trim();
    if rest.is_empty() {
        return Err(wrong());
    }
    while !rest.is_empty() {
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let number: u64 = rest[..digits].parse().map_err(|_| wrong())?;
        let unit = match rest[digits..].chars().next() {
            Some('s') => 1,
            Some('m') => 60,
            Some('h') => 3600,
            Some('d') => 24 * 3600,
            _ => return Err(wrong()),
        };
        seconds = number
            .checked_mul(unit)
            .and_then(|part| seconds.checked_add(part))
            .ok_or_else(wrong)?;
        rest = &rest[digits + 1..];
    }
    let duration = Duration::from_secs(seconds);
    if duration < EVERY_MIN || duration > EVERY_MAX {
        return Err(format!("`{text}` is out of range; expected 1m to 31d"));
    }
    Ok(duration)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_read_within_bounds() {
        let cases = [
            ("15m", Some(900)),
            (" 1h30m ", Some(5400)),
            ("90s", Some(90)),
            ("2d", Some(172_800)),
            ("59s", None),
            ("32d", None),
            ("", None),
            ("15", None),
            ("m", None),
            ("-5m", None),
            ("1.5h", None),
            ("15м", None),
            ("99999999999999999999h", None),
            ("18446744073709551615d", None),
        ];
        for (text, seconds) in cases {
            assert_eq!(every(text).ok().map(|d| d.as_secs()), seconds, "{text:?}");
        }
    }
}
