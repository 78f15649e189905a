//! Whose clock the times without a zone in one feed were told by.

use std::cell::Cell;

use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};
use chrono_tz::Tz;

use super::{Bare, house_minutes, is_believed, is_to_come, parts_of};

/// Clocks are set no worse than this: a time to come by less proves nothing.
const ASTRAY: TimeDelta = TimeDelta::minutes(15);

/// The clock of one feed: Greenwich's until a time of it is to come by that, and has
/// come by the house's. Then all of the feed's are the house's, and it is read again.
#[derive(Debug)]
pub struct FeedClock {
    received: DateTime<Tz>,
    bare: Bare,
    is_house: Cell<bool>,
}

impl FeedClock {
    pub const fn new(received: DateTime<Tz>) -> Self {
        Self {
            received,
            bare: Bare::Utc,
            is_house: Cell::new(false),
        }
    }

    /// What [`super::read`] gives, by this clock.
    pub fn read(&self, text: &str) -> Option<DateTime<Utc>> {
        let parts = parts_of(text, self.received, self.bare)?;
        if parts.zone.is_none() && parts.has_time && !parts.local && !parts.is_clock {
            let told = parts.wall().is_some_and(|wall| self.is_told_by(wall));
            self.is_house.set(self.is_house.get() || told);
        }
        let written = parts.written(self.received, self.bare);
        written.filter(is_believed).map(|written| written.at)
    }

    /// The house's clock, if a time that was read proves it, and was not read by it.
    pub fn proved(&self) -> Option<Self> {
        (self.bare == Bare::Utc && self.is_house.get()).then(|| Self {
            received: self.received,
            bare: Bare::HouseInFeed,
            is_house: Cell::new(true),
        })
    }

    /// Whether only the house's clock can have shown `wall`.
    fn is_told_by(&self, wall: NaiveDateTime) -> bool {
        let house = house_minutes(wall, self.received);
        wall.checked_sub_signed(ASTRAY).is_some_and(|wall| {
            is_to_come(wall, 0, self.received) && !is_to_come(wall, house, self.received)
        })
    }
}
