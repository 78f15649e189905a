//! The two shapes nearly all dates have, read without a detour: RFC 822 as
//! programs write it (`Mon, 23 Nov 2026 08:00:00 +0500`) and RFC 3339 without
//! fractions. What is read here the other readers would read alike.

use chrono::NaiveDate;

use super::super::zone::Zone;
use super::digits::clock;
use super::{Parts, day_of, rolled_day};

const DAYS: [&[u8]; 7] = [b"Mon", b"Tue", b"Wed", b"Thu", b"Fri", b"Sat", b"Sun"];
const MONTHS: [&[u8]; 12] = [
    b"Jan", b"Feb", b"Mar", b"Apr", b"May", b"Jun", b"Jul", b"Aug", b"Sep", b"Oct", b"Nov", b"Dec",
];

/// A date of one of the two shapes; `None`: of any other.
pub(super) fn usual(text: &str) -> Option<Parts> {
    let bytes = text.as_bytes();
    rfc_822(bytes).or_else(|| rfc_3339(bytes))
}

fn rfc_822(text: &[u8]) -> Option<Parts> {
    let (weekday, rest) = text.split_at_checked(3)?;
    let rest = rest
        .strip_prefix(b", ")
        .filter(|_| DAYS.contains(&weekday))?;
    let digits = if rest.get(1) == Some(&b' ') { 1 } else { 2 };
    let (day, rest) = rest.split_at_checked(digits)?;
    let (month, rest) = rest.strip_prefix(b" ")?.split_at_checked(3)?;
    let month = MONTHS.iter().position(|known| *known == month)?;
    let (year, rest) = rest.strip_prefix(b" ")?.split_at_checked(4)?;
    let (time, zone) = rest.strip_prefix(b" ")?.split_at_checked(8)?;
    let zone = match zone.strip_prefix(b" ")? {
        b"GMT" | b"UTC" | b"Z" => 0,
        [sign, hours @ .., a, b] if hours.len() == 2 => offset(*sign, hours, &[*a, *b])?,
        _ => return None,
    };
    let month = u32::try_from(month).ok()? + 1;
    let year = i32::try_from(number(year)?).ok()?;
    parts(rolled_day(year, month, number(day)?)?, time, zone)
}

fn rfc_3339(text: &[u8]) -> Option<Parts> {
    let (year, rest) = text.split_at_checked(4)?;
    let (month, rest) = rest.strip_prefix(b"-")?.split_at_checked(2)?;
    let (day, rest) = rest.strip_prefix(b"-")?.split_at_checked(2)?;
    let (time, zone) = rest.strip_prefix(b"T")?.split_at_checked(8)?;
    let zone = match zone {
        b"Z" => 0,
        [sign, hours @ .., b':', tens, ones] if hours.len() == 2 => {
            offset(*sign, hours, &[*tens, *ones])?
        }
        _ => return None,
    };
    let year = i32::try_from(number(year)?).ok()?;
    parts(day_of(year, number(month)?, number(day)?)?, time, zone)
}

fn parts(day: NaiveDate, time: &[u8], zone: i32) -> Option<Parts> {
    let (hours, rest) = time.split_at_checked(2)?;
    let (minutes, rest) = rest.strip_prefix(b":")?.split_at_checked(2)?;
    let seconds = rest.strip_prefix(b":").filter(|rest| rest.len() == 2)?;
    let mut parts = Parts::of_day(day);
    parts.seconds = clock(number(hours)?, number(minutes)?, number(seconds)?)?;
    parts.has_time = true;
    parts.zone = Some(Zone::Minutes(zone));
    Some(parts)
}

/// Minutes east of UTC.
fn offset(sign: u8, hours: &[u8], minutes: &[u8]) -> Option<i32> {
    let (hours, minutes) = (number(hours)?, number(minutes)?);
    let total = i32::try_from(hours * 60 + minutes).ok()?;
    match sign {
        _ if hours > 14 || minutes > 59 => None,
        b'+' => Some(total),
        b'-' => Some(-total),
        _ => None,
    }
}

fn number(digits: &[u8]) -> Option<u32> {
    digits.iter().try_fold(0, |number, digit| {
        let digit = digit.is_ascii_digit().then(|| u32::from(digit - b'0'))?;
        Some(number * 10 + digit)
    })
}
