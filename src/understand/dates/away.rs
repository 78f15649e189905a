//! Days told by how far off they are: `үш күннен соң`, `через две недели`, `two days
//! ago`; and those another date leads to: `келесі күні`, `а 27-го`.
//!
//! Weeks and months are told roughly: the value is a day, how sure says that it is
//! guessed. Deliberately absent: what is counted from something else ("three days
//! later", "через день после форума").

use chrono::{Datelike, Days, Months, NaiveDate};

use super::grammar::{Found, Reader, Tense};
use super::items::Part;
use super::value::{Resolved, Value};
use super::vocabulary::{Mark, Sense, Unit, Which};

/// Further off nobody counts days …
const DAYS_MAX: u32 = 100;
/// … weeks …
const WEEKS_MAX: u32 = 20;
/// … or months.
const MONTHS_MAX: u32 = 12;
/// A date leads to the one after it within so many items.
const LED_ITEMS: usize = 24;

impl Reader<'_> {
    /// "10 күннен кейін", "через неделю", "in three weeks", "два дня назад".
    pub fn away(&self, at: usize) -> Option<Found> {
        self.away_from(at, self.published)
    }

    fn away_from(&self, at: usize, from: NaiveDate) -> Option<Found> {
        let led = matches!(self.word(at)?, "через" | "in");
        let start = at + usize::from(led);
        let number = self.number(start).filter(|number| !number.ordinal);
        let count = match number {
            Some(number) if self.ending(start).is_empty() => number.value,
            // "через неделю"
            None if self.word(at) == Some("через") => 1,
            _ => return None,
        };
        let name = start + usize::from(number.is_some());
        let unit = self.unit(name)?;
        let (back, after) = if led {
            (false, name + 1)
        } else {
            (self.side(name)?, name + 2)
        };
        // "Through a year's work", "in two days of talks", "через два дня после форума".
        let other = matches!(
            self.word(after),
            Some("of" | "после" | "after" | "with" | "from")
        );
        let told = if back {
            true
        } else {
            self.tense(name) != Tense::Past && !other
        };
        if !told {
            return None;
        }
        let (day, resolved) = match unit {
            Unit::Day if count <= DAYS_MAX => (moved(from, count, back)?, Resolved::Counted),
            Unit::Week if count <= WEEKS_MAX => {
                (moved(from, 7 * count, back)?, Resolved::CountedRoughly)
            }
            Unit::Month if count <= MONTHS_MAX => {
                let months = Months::new(count);
                let day = if back {
                    from.checked_sub_months(months)?
                } else {
                    from.checked_add_months(months)?
                };
                (day, Resolved::CountedRoughly)
            }
            _ => return None,
        };
        Some(Found::new(at, after, Value::Day(day), resolved))
    }

    /// Whether what stands after the unit at `name` says "ago", or "after".
    fn side(&self, name: usize) -> Option<bool> {
        match (self.mark(name + 1)?, self.word(name + 1)?) {
            (Mark::Ago, "назад" | "ago" | "бұрын") => Some(true),
            (Mark::After, "кейін" | "соң") => {
                self.ending(name).ends_with('н').then_some(false)
            }
            _ => None,
        }
    }

    /// "Келесі айдың 7-сінде", "7-го числа следующего месяца".
    pub fn day_of_counted_month(&self, at: usize) -> Option<Found> {
        let by = |which| match which {
            Which::This => Some(0),
            Which::Next | Which::Coming => Some(1),
            Which::Last => Some(-1),
            _ => None,
        };
        let (which, day, after) = if let Some(which) = self.which(at) {
            let owns = self.unit(at + 1) == Some(Unit::Month) && self.ending(at + 1).ends_with('ң');
            (which, self.number(at + 2).filter(|_| owns)?, at + 3)
        } else {
            let day = self.number(at).filter(|day| day.ordinal)?;
            let month =
                self.word(at + 1) == Some("числа") && self.unit(at + 3) == Some(Unit::Month);
            (self.which(at + 2).filter(|_| month)?, day, at + 4)
        };
        // "келесі айдың 7 күні" is a length.
        if self.unit(after).is_some_and(|unit| unit != Unit::Day) {
            return None;
        }
        let (year, month) = self.month_by(by(which)?)?;
        let day = NaiveDate::from_ymd_opt(year, month, day.value)?;
        Some(Found::new(at, after, Value::Day(day), Resolved::Counted))
    }

    /// What takes its day from `last`, the date before it.
    pub fn led_by(&self, at: usize, last: &Found) -> Option<Found> {
        let (Value::Day(day) | Value::Days(_, day)) = last.value else {
            return None;
        };
        let known = !matches!(
            last.resolved,
            Resolved::WeekdayGuessed | Resolved::CountedRoughly
        );
        let near = at.saturating_sub(last.after) <= LED_ITEMS;
        let here = || {
            let (from, to) = (self.items[last.after - 1].after, self.items[at].first);
            (from..to).all(|token| !self.ends_sentence(token))
        };
        if !known || !near {
            return None;
        }
        self.next_day(at, day)
            .or_else(|| self.day_alone(at, day).filter(|_| here()))
            .or_else(|| self.later(at, day).filter(|_| here()))
    }

    /// "Стартует 14 сентября и завершится через два дня".
    fn later(&self, at: usize, day: NaiveDate) -> Option<Found> {
        let ends = [
            "завершится",
            "закроется",
            "закончится",
            "продолжится",
            "аяқталады",
        ];
        let ended = ends.contains(&self.word_before(at));
        let mut found = ended.then(|| self.away_from(at, day)).flatten()?;
        found.resolved = Resolved::FromAnother;
        Some(found)
    }

    /// "келесі күні", "на следующий день", "the next day".
    fn next_day(&self, at: usize, day: NaiveDate) -> Option<Found> {
        let next = self.which(at) == Some(Which::Next) || self.word(at) == Some("following");
        let one = ["күні", "день", "day"].contains(&self.word(at + 1)?);
        let after = match self.word(at)? {
            "ертеңіне" | "ертеңінде" => at + 1,
            _ if next && one => at + 2,
            _ => return None,
        };
        let day = day.checked_add_days(Days::new(1))?;
        let day = Value::Day(day);
        Some(Found::new(at, after, day, Resolved::FromAnother))
    }

    /// "26 сентября в Аксае, а 27-го в Уральске": a day of the same month.
    fn day_alone(&self, at: usize, before: NaiveDate) -> Option<Found> {
        let number = self.number(at).filter(|number| number.ordinal)?;
        let joined = matches!(self.word_before(at), "а" | "и" | "ал");
        let cased = self.word(at) == Some("го");
        let goes_on = matches!(self.word(at + 1), None | Some("в" | "во" | "на"))
            || matches!(
                self.part(at + 1),
                Some(Part::Comma | Part::Dot | Part::Dash)
            );
        let later = before.day() < number.value;
        if !(joined && cased && goes_on && later && number.digits > 0) {
            return None;
        }
        let day = Value::Day(before.with_day(number.value)?);
        Some(Found::new(at, at + 1, day, Resolved::FromAnother))
    }

    /// "26 наурызда, жұма күні", "үш күннен соң, жексенбіде": the weekday is the date's.
    pub fn weekday_of(&self, mut next: Found, last: Option<&Found>) -> Found {
        let Some(Sense::Weekday(weekday)) = self.sense(next.first) else {
            return next;
        };
        let Some(last) = last.filter(|last| last.resolved != Resolved::WeekdayGuessed) else {
            return next;
        };
        let gap = self.items.get(last.after..next.first).unwrap_or_default();
        let beside = gap.len() <= 2
            && gap.iter().all(|item| {
                matches!(
                    item.part,
                    Part::Comma | Part::Stop | Part::Other("в" | "во" | "on")
                )
            });
        let told = match (&last.value, &next.value) {
            (Value::Day(day) | Value::Days(day, _), Value::Day(_)) => {
                Some((*day, Value::Day(*day)))
            }
            // "4-5 желтоқсанда, жұма мен сенбіде"
            (Value::Days(first, end), Value::Days(one, other))
                if *end - *first == *other - *one =>
            {
                Some((*first, last.value.clone()))
            }
            _ => None,
        };
        if let Some((day, value)) = told.filter(|_| beside)
            && day.weekday().num_days_from_monday() == weekday
        {
            next.value = value;
            next.resolved = last.resolved;
        }
        next
    }
}

fn moved(from: NaiveDate, days: u32, back: bool) -> Option<NaiveDate> {
    let days = Days::new(u64::from(days));
    if back {
        from.checked_sub_days(days)
    } else {
        from.checked_add_days(days)
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::shown;

    #[test]
    fn days_told_by_how_far_off_they_are() {
        // Published on a Monday.
        let cases = [
            ("10 күннен кейін ашылады", "day 2026-12-03"),
            ("Үш күннен соң келеді", "day 2026-11-26"),
            ("Бір айдан кейін ашылады", "day 2026-12-23"),
            ("Центры откроются через неделю", "day 2026-11-30"),
            ("Через две недели приедет губернатор", "day 2026-12-07"),
            ("через два дня", "day 2026-11-25"),
            ("Two days ago", "day 2026-11-21"),
            ("The fair opens in three weeks", "day 2026-12-14"),
            ("два дня назад", "day 2026-11-21"),
            ("Келесі айдың 7-сінде", "day 2026-12-07"),
            ("7-го числа следующего месяца", "day 2026-12-07"),
            // Lengths, and what is counted from something else.
            ("в течение двух недель", "duration P2W"),
            ("через два дня после форума", "duration P2D"),
            ("through three weeks of talks", "duration P3W"),
            ("Он выступил через два дня", "duration P2D"),
        ];
        for (text, expected) in cases {
            let all = shown(text, "2026-11-23");
            assert!(all.ends_with(expected), "{text}: {all}");
        }
    }

    #[test]
    fn dates_lead_to_those_after_them() {
        let cases = [
            ("26 наурызда өтіп, келесі күні жалғасады", "day 2027-03-27"),
            (
                "Форум пройдёт 5 декабря, на следующий день",
                "day 2026-12-06",
            ),
            (
                "Он стартует 4 декабря и завершится через два дня",
                "day 2026-12-06",
            ),
            ("26 ноября в Аксае, а 27-го в Уральске", "day 2026-11-27"),
            ("4 желтоқсанда, жұма күні", "day 2026-12-04"),
            ("үш күннен соң, бейсенбіде", "day 2026-11-26"),
            (
                "4-5 желтоқсанда, жұма мен сенбіде",
                "range 2026-12-04/2026-12-05",
            ),
        ];
        for (text, expected) in cases {
            let all = shown(text, "2026-11-23");
            assert!(all.ends_with(expected), "{text}: {all}");
        }
        assert_eq!(shown("Келесі күні кездесті", "2026-11-23"), "");
    }
}
