//! When each round's window closes: the default round by the digest's own
//! timetable, the others by the rhythm, hour and zone their readers chose, and
//! at-once readers as soon as an announcement is there.
//!
//! Any number of processes may look; whoever comes second finds it closed.

use std::sync::Arc;

use chrono::{DateTime, Datelike, TimeDelta, Utc, Weekday};
use chrono_tz::Tz;

use super::timetable::Timetable;
use super::{Newsroom, PlannedDigest, window};
use crate::model::feed::FeedName;
use crate::model::schedule::{Rhythm, Round};
use crate::store::StoreError;

/// At-once readers get one letter in this time, at the most.
pub const AT_ONCE_EVERY: TimeDelta = TimeDelta::minutes(10);
/// How far back a new round's last hour is looked for: weeks have seven days.
const LAST_HOUR_WITHIN: TimeDelta = TimeDelta::days(8);
/// More missed windows than this end at the one reached.
const MISSED_MAX: usize = 5_000;
/// Hits of a digest's own timetable that are searched for a chosen weekday.
const HITS_MAX: usize = 400;

/// Closes every window whose time has come; a window missed while the machine
/// was off closes late, once.
pub(super) async fn close_due_windows(newsroom: &Arc<Newsroom>) {
    for digest in newsroom.digests().iter() {
        let name = &digest.plan.name;
        let rounds = match newsroom.store.rounds(name).await {
            Ok(rounds) => rounds,
            Err(error) => {
                tracing::error!(digest = %name, %error, "the digest's rounds could not be looked up");
                continue;
            }
        };
        for (round, watermark) in rounds {
            match due(newsroom, digest, &round, watermark).await {
                Ok(Some(until)) => close(newsroom, digest, &round, until).await,
                Ok(None) => {}
                Err(error) => {
                    tracing::error!(digest = %name, round = label(round), %error, "the digest's window could not be looked up");
                }
            }
        }
    }
}

async fn close(newsroom: &Newsroom, digest: &PlannedDigest, round: &Round, until: DateTime<Utc>) {
    let name = &digest.plan.name;
    match window::close_round(newsroom, &digest.plan, round, until).await {
        Ok(window::ClosedWindow::Now {
            letters,
            deliveries,
        }) => {
            tracing::info!(digest = %name, round = label(*round), letters, deliveries, "a window closed");
        }
        Ok(window::ClosedWindow::Already) => {}
        Err(error) => {
            tracing::error!(digest = %name, round = label(*round), %error, "a window could not be closed; it is tried again");
        }
    }
}

/// The round as logs name it.
fn label(round: Round) -> String {
    Some(round.key())
        .filter(|key| !key.is_empty())
        .unwrap_or_else(|| "own".to_owned())
}

/// When the round's open window should end, if that is not in the future. A
/// round nobody opened yet is opened.
async fn due(
    newsroom: &Newsroom,
    digest: &PlannedDigest,
    round: &Round,
    watermark: Option<DateTime<Utc>>,
) -> Result<Option<DateTime<Utc>>, StoreError> {
    let now = newsroom.clock.now();
    let clock = RoundClock::new(*round, &digest.timetable, newsroom.zone);
    let Some(watermark) = watermark else {
        let first = first_watermark(clock.as_ref(), now);
        let name: &FeedName = &digest.plan.name;
        newsroom.store.open_round(name, round, first).await?;
        return Ok(None);
    };
    if round.schedule().rhythm == Rhythm::AtOnce {
        let is_new = now - watermark >= AT_ONCE_EVERY
            && newsroom.store.is_announced_since(watermark).await?;
        return Ok(is_new.then_some(now));
    }
    Ok(clock.and_then(|clock| clock.last_due(watermark, now)))
}

/// Where a new round begins: at its last hour, so that its first letter comes at
/// the next one and not at once.
fn first_watermark(clock: Option<&RoundClock>, now: DateTime<Utc>) -> DateTime<Utc> {
    clock
        .and_then(|clock| clock.last_due(now - LAST_HOUR_WITHIN, now))
        .unwrap_or(now - window::FIRST_WINDOW)
}

/// The times of one round.
struct RoundClock {
    timetable: Timetable,
    zone: Tz,
    /// Only hits on these days of the zone count, if the timetable has such.
    days: Option<&'static [Weekday]>,
}

const WORKDAYS: &[Weekday] = &[
    Weekday::Mon,
    Weekday::Tue,
    Weekday::Wed,
    Weekday::Thu,
    Weekday::Fri,
];

impl RoundClock {
    /// `None`: the round has no times of its own (at once).
    fn new(round: Round, own: &Timetable, house_zone: Tz) -> Option<Self> {
        let schedule = round.schedule();
        let days: Option<&'static [Weekday]> = match schedule.rhythm {
            Rhythm::Daily => None,
            Rhythm::Weekdays => Some(WORKDAYS),
            Rhythm::Weekly(Weekday::Mon) => Some(&[Weekday::Mon]),
            Rhythm::Weekly(Weekday::Tue) => Some(&[Weekday::Tue]),
            Rhythm::Weekly(Weekday::Wed) => Some(&[Weekday::Wed]),
            Rhythm::Weekly(Weekday::Thu) => Some(&[Weekday::Thu]),
            Rhythm::Weekly(Weekday::Fri) => Some(&[Weekday::Fri]),
            Rhythm::Weekly(Weekday::Sat) => Some(&[Weekday::Sat]),
            Rhythm::Weekly(Weekday::Sun) => Some(&[Weekday::Sun]),
            Rhythm::AtOnce => return None,
        };
        let timetable = match schedule.hour {
            Some(hour) => format!("0 {hour} * * *").parse().ok()?,
            None => own.clone(),
        };
        Some(Self {
            timetable,
            zone: schedule.zone.unwrap_or(house_zone),
            days,
        })
    }

    /// The first moment strictly after `after`.
    fn next(&self, after: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let first = self.timetable.next(after, self.zone)?;
        let Some(days) = self.days else {
            return Some(first);
        };
        let is_day = |hit: &DateTime<Utc>| days.contains(&hit.with_timezone(&self.zone).weekday());
        std::iter::successors(Some(first), |hit| self.timetable.next(*hit, self.zone))
            .take(HITS_MAX)
            .find(is_day)
            // A digest of Sundays never comes on a Monday: better then than never.
            .or(Some(first))
    }

    /// The latest time after `watermark` that is not after `now`: of several
    /// missed windows one closes.
    fn last_due(&self, watermark: DateTime<Utc>, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let mut due = None;
        let mut after = watermark;
        for _ in 0..MISSED_MAX {
            match self.next(after) {
                Some(next) if next <= now => {
                    due = Some(next);
                    after = next;
                }
                _ => break,
            }
        }
        due
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().expect("time")
    }

    fn clock(round: &str, own: &str) -> RoundClock {
        let round = Round::from_key(round).expect("round");
        let own = own.parse().expect("timetable");
        RoundClock::new(round, &own, chrono_tz::Asia::Almaty).expect("a clock")
    }

    #[test]
    fn of_several_missed_windows_the_last_closes() {
        let clock = clock("", "0 8 * * *");
        let due = |now: &str| clock.last_due(at("2026-11-20T03:00:00Z"), at(now));
        assert_eq!(due("2026-11-21T02:59:59Z"), None);
        assert_eq!(
            due("2026-11-21T03:00:00Z"),
            Some(at("2026-11-21T03:00:00Z"))
        );
        assert_eq!(
            due("2026-11-23T10:00:00Z"),
            Some(at("2026-11-23T03:00:00Z"))
        );
    }

    #[test]
    fn a_round_has_its_own_hours_and_days() {
        // 2026-11-20 is a Friday; Almaty is UTC+5, Berlin UTC+1 in winter.
        let cases = [
            ("daily@18", "0 8 * * *", "2026-11-20T13:00:00Z"),
            (
                "daily@18@Europe/Berlin",
                "0 8 * * *",
                "2026-11-20T17:00:00Z",
            ),
            ("weekdays@6", "0 8 * * *", "2026-11-23T01:00:00Z"),
            ("weekdays", "30 8 * * *", "2026-11-23T03:30:00Z"),
            ("weekly-tue@9", "0 8 * * *", "2026-11-24T04:00:00Z"),
            ("weekly-tue", "0 8 * * 0", "2026-11-22T03:00:00Z"),
        ];
        for (round, own, expected) in cases {
            let next = clock(round, own).next(at("2026-11-20T12:00:00Z"));
            assert_eq!(next, Some(at(expected)), "{round}");
        }
    }

    #[test]
    fn a_new_round_begins_at_its_last_hour() {
        // A Friday, 17:00 in Almaty.
        let now = at("2026-11-20T12:00:00Z");
        let cases = [
            ("daily@9", "2026-11-20T04:00:00Z"),
            ("daily@18", "2026-11-19T13:00:00Z"),
            ("weekly-fri@18", "2026-11-13T13:00:00Z"),
        ];
        for (round, expected) in cases {
            let first = first_watermark(Some(&clock(round, "0 8 * * *")), now);
            assert_eq!(first, at(expected), "{round}");
        }
        assert_eq!(first_watermark(None, now), now - window::FIRST_WINDOW);
    }

    #[test]
    fn at_once_has_no_hours() {
        let round = Round::from_key("at-once").expect("round");
        let own = "0 8 * * *".parse().expect("timetable");
        assert!(RoundClock::new(round, &own, chrono_tz::UTC).is_none());
    }
}
