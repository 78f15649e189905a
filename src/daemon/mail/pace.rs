//! How fast letters go, and when a relay is left in peace. Pure.

use chrono::{DateTime, TimeDelta, Utc};

/// A pace that was not used up is kept for so long.
const SAVED_MAX: TimeDelta = TimeDelta::seconds(1);
/// How long a relay rests after the first fault; twice as long after each
/// further one without a letter between.
pub const FIRST_REST: TimeDelta = TimeDelta::seconds(30);
/// No rest is longer: a relay that is well again is noticed.
pub const LONGEST_REST: TimeDelta = TimeDelta::minutes(15);

/// So many letters a minute, evenly.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pace {
    every: TimeDelta,
    next: DateTime<Utc>,
}

impl Pace {
    /// `per_minute` is at least one.
    pub fn new(per_minute: u32) -> Self {
        Self {
            every: TimeDelta::microseconds(60_000_000 / i64::from(per_minute.max(1))),
            next: DateTime::UNIX_EPOCH,
        }
    }

    /// When the next letter may go.
    pub fn next(&self) -> DateTime<Utc> {
        self.next
    }

    /// The time between two letters.
    pub fn every(&self) -> TimeDelta {
        self.every
    }

    /// A letter goes now.
    pub fn take(&mut self, now: DateTime<Utc>) {
        let saved = (SAVED_MAX - self.every).max(TimeDelta::zero());
        self.next = self.next.max(now - saved) + self.every;
    }
}

/// Whether a relay may be asked.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Health {
    faults: u32,
    rests: Option<(DateTime<Utc>, String)>,
}

impl Health {
    /// The relay could not be used. Faults that several connections meet
    /// together count once.
    pub fn fault(&mut self, now: DateTime<Utc>, why: &str) {
        /// More doublings lead beyond any rest.
        const DOUBLINGS_MAX: u32 = 8;
        if self.resting(now).is_some() {
            return;
        }
        let rest = (FIRST_REST * (1_i32 << self.faults.min(DOUBLINGS_MAX))).min(LONGEST_REST);
        self.faults += 1;
        self.rests = Some((now + rest, why.to_owned()));
    }

    /// The relay took a letter, or said something about one.
    pub fn well(&mut self) {
        *self = Self::default();
    }

    /// Until when the relay rests, and why; `None`: it may be asked.
    pub fn resting(&self, now: DateTime<Utc>) -> Option<(DateTime<Utc>, &str)> {
        let (until, why) = self.rests.as_ref()?;
        (now < *until).then_some((*until, why.as_str()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(millis: i64) -> DateTime<Utc> {
        DateTime::from_timestamp_millis(1_800_000_000_000 + millis).expect("in range")
    }

    /// Takes whenever it may; how many until `end`, asked every 10 ms.
    fn taken(pace: &mut Pace, from: i64, end: i64) -> usize {
        let mut taken = 0;
        for now in (from..end).step_by(10) {
            while pace.next() <= at(now) {
                pace.take(at(now));
                taken += 1;
            }
        }
        taken
    }

    #[test]
    fn a_minute_holds_what_it_may() {
        for per_minute in [1, 7, 60, 600, 6_000] {
            let mut pace = Pace::new(per_minute);
            // What a second saves comes on top, once.
            let first = taken(&mut pace, 0, 60_000);
            let saved = per_minute as usize / 60 + 1;
            let whole = per_minute as usize;
            assert!(
                (whole..=whole + saved).contains(&first),
                "{per_minute}: {first}"
            );
            let second = taken(&mut pace, 60_000, 120_000);
            assert!(second <= whole + 1, "{per_minute}: {second}");
        }
    }

    #[test]
    fn rests_double_until_a_letter_passes() {
        let mut health = Health::default();
        let mut now = at(0);
        for seconds in [30, 60, 120, 240, 480, 900, 900] {
            assert_eq!(health.resting(now), None);
            health.fault(now, "421");
            health.fault(now, "another connection met it too");
            let until = now + TimeDelta::seconds(seconds);
            assert_eq!(health.resting(now), Some((until, "421")));
            now = until;
        }
        health.well();
        health.fault(now, "421");
        assert_eq!(health.resting(now), Some((now + FIRST_REST, "421")));
    }
}
