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
/// How far ahead is looked.
const AHEAD_MAX: TimeDelta = TimeDelta::days(7);
const STEP: TimeDelta = TimeDelta::minutes(15);
const STEPS_OF_HOUR: u64 = 4;

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
    let mut sum = 0;
    let mut wait = TimeDelta::zero();
    while wait < AHEAD_MAX {
        let hour = (now + wait).hour() as usize;
        let per_day = if apart {
            // An hour's neighbours say something of it too.
            let near = [hour + 23, hour, hour + 1].map(|hour| u64::from(rhythm.hours[hour % 24]));
            near.iter().sum::<u64>() / 3
        } else {
            all / 24
        };
        sum += per_day * u64::from(ONE);
        wait += STEP;
        if sum >= target {
            return Some(wait);
        }
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
    (0..whole).map(|day| aged(u64::from(ONE), day)).sum::<u64>() + aged(rest, whole)
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
