//! A source's own rhythm: when its entries came, and so when the next is due.

use chrono::{DateTime, TimeDelta, Timelike, Utc};

use crate::model::pace::Rhythm;

/// An entry, as [`Rhythm::hours`] counts.
const ONE: u32 = 1000;
/// Entries older than this say nothing of today's rhythm.
const SPAN_MAX: TimeDelta = TimeDelta::days(30);
/// Every day what was counted before counts a twentieth less: half after a fortnight.
const AGED: (u64, u64) = (19, 20);
/// After so many days nothing is left of a count.
const AGED_DAYS_MAX: i64 = 400;
/// Hours of the day are told apart after so long; before, all are alike.
const KNOWN_AFTER: TimeDelta = TimeDelta::days(3);
const HOUR_MS: i64 = 60 * 60 * 1000;
/// Entries are expected at the end of a quarter of an hour from now.
const STEP_MS: u64 = 15 * 60 * 1000;
const STEPS_OF_HOUR: u64 = 4;
/// A week: so far ahead is looked.
const STEPS_MAX: u64 = 7 * 24 * STEPS_OF_HOUR;

/// Counts entries that are new at `now`, by when they were published. Of a
/// document read for the first time only dated ones count: how long the others
/// had been lying there is unknown.
pub(super) fn count(rhythm: &mut Rhythm, published: &[Option<DateTime<Utc>>], now: DateTime<Utc>) {
    let first = rhythm.since.is_none();
    let reach = if first { SPAN_MAX } else { TimeDelta::days(2) };
    let believable =
        |time: &DateTime<Utc>| *time <= now && now.signed_duration_since(*time) <= reach;
    age(rhythm, now);
    let mut earliest = now;
    for time in published {
        let time = match time.filter(believable) {
            Some(time) => time,
            None if first => continue,
            None => now,
        };
        earliest = earliest.min(time);
        let weight = aged(u64::from(ONE), (now - time).num_days());
        let hour = &mut rhythm.hours[time.hour() as usize % 24];
        *hour = hour.saturating_add(u32::try_from(weight).unwrap_or(ONE));
    }
    if first {
        rhythm.since = Some(earliest);
    }
}

/// When, after `now`, so many entries are to be expected; `None`: not within a
/// week, or nothing is known yet.
pub(super) fn expect(rhythm: &Rhythm, entries: u32, now: DateTime<Utc>) -> Option<TimeDelta> {
    // Since tomorrow: a clock was set back, and nothing is known for a while.
    let observed = Some(now - rhythm.since?).filter(|observed| *observed >= TimeDelta::zero())?;
    let days = observed_days(observed).max(u64::from(ONE) / 24);
    let apart = observed >= KNOWN_AFTER;
    let all: u64 = rhythm.hours.iter().copied().map(u64::from).sum();
    let target = u64::from(entries) * u64::from(ONE) * STEPS_OF_HOUR * days;
    let (mut sum, mut steps) = (0, 0);
    let mut hour = now.hour() as usize;
    // Of the hour that has begun, those that begin before its end.
    let begun_ms = now.timestamp_millis().rem_euclid(HOUR_MS);
    let mut in_hour = (HOUR_MS - begun_ms).unsigned_abs().div_ceil(STEP_MS);
    while steps < STEPS_MAX {
        let per_day = if apart {
            // An hour's neighbours say something of it too.
            let near = [hour + 23, hour, hour + 1].map(|hour| u64::from(rhythm.hours[hour % 24]));
            near.iter().sum::<u64>() / 3
        } else {
            all / 24
        };
        let each = per_day * u64::from(ONE);
        let here = in_hour.min(STEPS_MAX - steps);
        if sum + each * here >= target {
            steps += (target - sum).div_ceil(each.max(1)).max(1);
            return TimeDelta::try_milliseconds(i64::try_from(steps * STEP_MS).ok()?);
        }
        sum += each * here;
        steps += here;
        in_hour = STEPS_OF_HOUR;
        hour = (hour + 1) % 24;
    }
    None
}

/// Entries a week, in tenths; `None` before a day is known.
pub fn weekly_tenths(rhythm: &Rhythm, now: DateTime<Utc>) -> Option<u32> {
    const TENTHS_OF_WEEK: u64 = 7 * 10;
    let observed = now - rhythm.since?;
    if observed < TimeDelta::days(1) {
        return None;
    }
    let days = observed_days(observed).max(1);
    let entries: u64 = rhythm.hours.iter().copied().map(u64::from).sum();
    u32::try_from(entries * TENTHS_OF_WEEK / days).ok()
}

/// Whether enough is known to come more or less often because of it.
pub(super) fn is_known(rhythm: &Rhythm, now: DateTime<Utc>) -> bool {
    rhythm.since.is_some_and(|since| now - since >= KNOWN_AFTER)
}

fn age(rhythm: &mut Rhythm, now: DateTime<Utc>) {
    let before = rhythm.aged.unwrap_or(now);
    let days = (now - before).num_days().max(0);
    for hour in &mut rhythm.hours {
        let weight = aged(u64::from(*hour), days);
        *hour = u32::try_from(weight).unwrap_or(u32::MAX);
    }
    rhythm.aged = Some(before + TimeDelta::days(days));
}

fn aged(mut weight: u64, days: i64) -> u64 {
    for _ in 0..days.clamp(0, AGED_DAYS_MAX) {
        weight = weight * AGED.0 / AGED.1;
    }
    weight
}

/// Days observed, each weighing what its entries weigh now; in thousandths.
fn observed_days(observed: TimeDelta) -> u64 {
    let whole = observed.num_days().clamp(0, AGED_DAYS_MAX);
    let rest_minutes = (observed - TimeDelta::days(observed.num_days())).num_minutes();
    let rest = u64::try_from(rest_minutes).unwrap_or(0) * u64::from(ONE) / (24 * 60);
    let (mut days, mut weight) = (0, u64::from(ONE));
    for _ in 0..whole {
        days += weight;
        weight = aged(weight, 1);
    }
    days + aged(rest, whole)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().expect(text)
    }

    /// Two weeks of five entries a day, from 4 to 8 UTC.
    fn office_hours() -> (Rhythm, DateTime<Utc>) {
        let mut rhythm = Rhythm::default();
        let mut now = at("2026-11-09T00:00:00Z");
        count(&mut rhythm, &[], now);
        for _ in 0..14 {
            for hour in 4..9 {
                let published = now + TimeDelta::hours(hour);
                count(&mut rhythm, &[Some(published)], published);
            }
            now += TimeDelta::days(1);
        }
        (rhythm, now)
    }

    #[test]
    fn the_next_entry_is_expected_when_entries_come() {
        let (rhythm, now) = office_hours();
        let wait = |hour: i64| expect(&rhythm, 1, now + TimeDelta::hours(hour)).expect("daily");
        assert!(
            wait(0) >= TimeDelta::hours(4) && wait(0) <= TimeDelta::hours(6),
            "{}",
            wait(0)
        );
        assert!(wait(5) <= TimeDelta::minutes(90), "{}", wait(5));
        assert!(wait(10) >= TimeDelta::hours(17), "{}", wait(10));
        let many = expect(&rhythm, 10, now).expect("in two days");
        assert!(
            many >= TimeDelta::hours(24) && many <= TimeDelta::hours(48),
            "{many}"
        );
        assert_eq!(expect(&rhythm, 100, now), None);
    }

    /// As it is meant: quarter by quarter.
    fn walked(rhythm: &Rhythm, entries: u32, now: DateTime<Utc>) -> Option<TimeDelta> {
        let observed = now - rhythm.since?;
        let days: u64 = (0..observed.num_days())
            .map(|day| aged(u64::from(ONE), day))
            .sum();
        let target = u64::from(entries * ONE) * STEPS_OF_HOUR * days;
        let all: u32 = rhythm.hours.iter().sum();
        let (mut wait, mut sum) = (TimeDelta::zero(), 0);
        while wait < TimeDelta::days(7) {
            let hour = (now + wait).hour() as usize;
            let near: u32 = [23, 0, 1]
                .map(|by| rhythm.hours[(hour + by) % 24])
                .iter()
                .sum();
            let per_day = if observed < KNOWN_AFTER {
                all / 24
            } else {
                near / 3
            };
            sum += u64::from(per_day * ONE);
            wait += TimeDelta::minutes(15);
            if sum >= target {
                return Some(wait);
            }
        }
        None
    }

    #[test]
    fn hours_at_once_are_quarters_one_by_one() {
        let (mut rhythm, now) = office_hours();
        rhythm.hours[23] = 7_000;
        for since in [1, 2, 3, 14, 400] {
            rhythm.since = Some(now - TimeDelta::days(since));
            for entries in [0, 1, 2, 3, 5, 9, 17, 40, 100] {
                for ms in [0, 1, 899_999, 900_000, 3_599_999, 40_000_000, 86_399_999] {
                    let now = now + TimeDelta::milliseconds(ms);
                    rhythm.since = Some(now - TimeDelta::days(since));
                    assert_eq!(
                        expect(&rhythm, entries, now),
                        walked(&rhythm, entries, now),
                        "{since} {entries} {now}"
                    );
                }
            }
        }
    }

    #[test]
    fn a_first_document_counts_by_its_dates() {
        let now = at("2026-11-23T10:00:00Z");
        let mut undated = Rhythm::default();
        count(&mut undated, &[None; 20], now);
        assert_eq!(undated.hours, [0; 24]);
        assert_eq!(undated.since, Some(now));
        let mut dated = Rhythm::default();
        let hourly: Vec<_> = (0..20).map(|n| Some(now - TimeDelta::hours(n))).collect();
        count(&mut dated, &hourly, now);
        assert!(!is_known(&dated, now));
        let wait = expect(&dated, 10, now).expect("hourly");
        assert!(
            wait >= TimeDelta::hours(8) && wait <= TimeDelta::hours(11),
            "{wait}"
        );
        let mut odd = Rhythm::default();
        count(
            &mut odd,
            &[
                Some(now + TimeDelta::days(1)),
                Some(now - TimeDelta::days(400)),
            ],
            now,
        );
        assert_eq!(odd.hours, [0; 24], "neither tomorrow's nor last year's");
    }

    #[test]
    fn what_was_long_ago_is_forgotten() {
        let (mut rhythm, now) = office_hours();
        let before: u32 = rhythm.hours.iter().sum();
        count(&mut rhythm, &[], now + TimeDelta::days(14));
        let after: u32 = rhythm.hours.iter().sum();
        assert!(
            after < before * 11 / 20 && after > before * 9 / 20,
            "{before} {after}"
        );
        count(&mut rhythm, &[], now + TimeDelta::days(10_000));
        assert_eq!(rhythm.hours, [0; 24]);
    }

    #[test]
    fn no_time_is_too_odd() {
        let mut rhythm = Rhythm::default();
        count(&mut rhythm, &[None], at("2026-11-23T10:00:00Z"));
        // A clock set back.
        count(&mut rhythm, &[None], at("2020-01-01T00:00:00Z"));
        assert_eq!(expect(&rhythm, 1, at("2020-01-01T00:00:00Z")), None);
    }
}
