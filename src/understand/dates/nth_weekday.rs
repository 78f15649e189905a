//! Weekdays counted within a month: `первая суббота декабря`, `the last Saturday of
//! November`, `желтоқсанның бірінші сенбісі`.
//!
//! The weekday alone would be the coming one, and wrong: a count that leads to no
//! day makes it no day at all.

use chrono::{Datelike, Days, Months, NaiveDate, Weekday};

use super::grammar::{Found, Reader};
use super::items::Part;
use super::value::{Resolved, Value};
use super::vocabulary::{Mark, Sense, Unit, Which};
use super::years::ToldYear;

/// No month has more of one weekday.
const NTH_MAX: u32 = 5;
/// Every month has as many.
const NTH_SURE: u32 = 4;
/// A Kazakh month stands no further before the weekday that is its own, in items.
const OWNER_ITEMS: usize = 4;
/// Endings of what is a month's ("сенбісінде") …
const OWNED: [&str; 2] = ["сы", "сі"];
/// … and of the month then ("желтоқсанның", "желтоқсандағы").
const OWNERS: [&str; 2] = ["ң", "ғы"];

/// Which of a month's weekdays of one name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Nth {
    From(u32),
    Last,
}

impl Nth {
    fn of_any_month(self) -> Self {
        match self {
            Self::From(nth) => Self::From(nth.min(NTH_SURE)),
            Self::Last => Self::Last,
        }
    }
}

/// The month a weekday is counted in.
#[derive(Debug, Clone, Copy)]
enum Of {
    Month(u32),
    /// "следующего месяца": its year and number.
    Counted(i32, u32),
    /// "әр айдың", "of the month": some month.
    Some,
}

impl Reader<'_> {
    /// A weekday counted within a month that is told.
    pub fn nth_weekday(&self, at: usize, year: Option<ToldYear>) -> Option<Found> {
        let (of, nth, weekday, mut after) = self
            .month_led_weekday(at)
            .or_else(|| self.weekday_then_month(at))?;
        if self.mark(at.wrapping_sub(1)) == Some(Mark::Each) {
            return Some(Found::new(at, after, Value::Repeated, Resolved::Written));
        }
        let vague = |after| Found::new(at, after, Value::Vague, Resolved::Counted);
        let (month, told) = match of {
            Of::Some => return Some(vague(after)),
            Of::Counted(year, month) => (month, Some((year, Resolved::Counted))),
            Of::Month(month) => (month, year.or_else(|| self.year_word_back(at))),
        };
        let told = match (told, of, self.year_after(after)) {
            (None, Of::Month(_), Some((year, then))) => {
                after = then;
                Some(year)
            }
            (told, ..) => told,
        };
        let day = match told {
            Some((year, how)) => nth_of(year, month, nth, weekday).map(|day| (day, how)),
            // A month has four at least: a fifth is the fourth's year's, or none.
            None => self
                .nearest_by(at, |year| nth_of(year, month, nth.of_any_month(), weekday))
                .and_then(|day| nth_of(day.year(), month, nth, weekday))
                .map(|day| (day, Resolved::YearChosen)),
        };
        Some(match day {
            Some((day, how)) => Found::new(at, after, Value::Day(day), how),
            None => vague(after),
        })
    }

    /// A weekday that is counted, or a month's, though not told which: no day.
    pub fn untold_weekday(&self, at: usize) -> Option<Found> {
        let vague = |after| Some(Found::new(at, after, Value::Vague, Resolved::Counted));
        let counted = self
            .nth(at)
            .filter(|_| self.which(at) != Some(Which::Last))
            .and_then(|(_, next)| self.day_of_week(next).map(|_| next + 1));
        if let Some(after) = counted {
            return vague(after);
        }
        let name = at + usize::from(self.which(at).is_some());
        self.day_of_week(name)?;
        if let Some((_, after)) = self.month_after(name + 1)
            && self.calendar(name + 1, None).is_none()
        {
            return vague(after);
        }
        let owned = OWNED.iter().any(|end| self.ending(name).starts_with(end));
        let of_month = (name.saturating_sub(OWNER_ITEMS)..name).any(|before| self.owns(before));
        if owned && of_month {
            return vague(name + 1);
        }
        None
    }

    /// "желтоқсанның бірінші сенбісі", "келесі айдың соңғы жұмасы".
    fn month_led_weekday(&self, at: usize) -> Option<(Of, Nth, u32, usize)> {
        let (of, next) = if let Some(month) = self.month(at) {
            let worded = usize::from(self.unit(at + 1) == Some(Unit::Month));
            (Of::Month(month), at + 1 + worded)
        } else {
            self.counted_month(at)?
        };
        if !self.owns(next - 1) {
            return None;
        }
        let (nth, name) = self.nth(next)?;
        Some((of, nth, self.day_of_week(name)?, name + 1))
    }

    /// "первую субботу декабря", "the last Saturday of November".
    fn weekday_then_month(&self, at: usize) -> Option<(Of, Nth, u32, usize)> {
        let (nth, name) = self.nth(at)?;
        let weekday = self.day_of_week(name)?;
        let (of, after) = self.month_after(name + 1)?;
        Some((of, nth, weekday, after))
    }

    /// The month that stands after a weekday, and the item after it.
    fn month_after(&self, at: usize) -> Option<(Of, usize)> {
        let led = matches!(self.word(at), Some("of" | "in" | "в"));
        let mut start = at + usize::from(led);
        start += usize::from(self.word(start) == Some("the"));
        if let Some(month) = self.month(start) {
            let alone = self.is_month_alone(start, led);
            return alone.then_some((Of::Month(month), start + 1));
        }
        // "субботу месяца", "субботу этого месяца": no Kazakh "сенбі айы".
        let (of, after) = self.counted_month(start)?;
        let foreign = self
            .word(after - 1)
            .is_some_and(|word| ["месяца", "месяце", "month"].contains(&word));
        foreign.then_some((of, after))
    }

    /// "this month", "айдың": a month told by no name, and the item after it.
    fn counted_month(&self, at: usize) -> Option<(Of, usize)> {
        let which = self.which(at);
        let name = at + usize::from(which.is_some());
        if self.unit(name) != Some(Unit::Month) {
            return None;
        }
        let by = match which {
            Some(Which::This) => 0,
            Some(Which::Next | Which::Coming) => 1,
            Some(Which::Last) => -1,
            _ => return Some((Of::Some, name + 1)),
        };
        let (year, month) = self.month_by(by)?;
        Some((Of::Counted(year, month), name + 1))
    }

    /// "первый", "2-й", "соңғы", "last", and the item after.
    fn nth(&self, at: usize) -> Option<(Nth, usize)> {
        if let Some(number) = self.number(at) {
            // "1-сенбісі"
            let dashed = number.digits > 0 && self.is(at + 1, Part::Dash) && !self.spaced(at + 1);
            let fits = (1..=NTH_MAX).contains(&number.value) && (number.ordinal || dashed);
            return fits.then_some((Nth::From(number.value), at + 1 + usize::from(dashed)));
        }
        let nth = match (self.which(at)?, self.word(at)?) {
            (Which::First, _) => Nth::From(1),
            (Which::Recent, word) if word != "кейінгі" => Nth::Last,
            (Which::Last, "last") => Nth::Last,
            _ => return None,
        };
        Some((nth, at + 1))
    }

    fn day_of_week(&self, at: usize) -> Option<u32> {
        match self.sense(at)? {
            Sense::Weekday(weekday) => Some(weekday),
            _ => None,
        }
    }

    /// Whether the item is a month in a case of "of" or "in".
    fn owns(&self, at: usize) -> bool {
        let month = self.month(at).is_some() || self.unit(at) == Some(Unit::Month);
        let cased = |word: &str| OWNERS.iter().any(|end| word.ends_with(end));
        month && self.word(at).is_some_and(cased)
    }
}

fn nth_of(year: i32, month: u32, nth: Nth, weekday: u32) -> Option<NaiveDate> {
    let weekday = Weekday::try_from(u8::try_from(weekday).ok()?).ok()?;
    match nth {
        Nth::From(nth) => {
            NaiveDate::from_weekday_of_month_opt(year, month, weekday, u8::try_from(nth).ok()?)
        }
        Nth::Last => {
            let next =
                NaiveDate::from_ymd_opt(year, month, 1)?.checked_add_months(Months::new(1))?;
            let end = next.checked_sub_days(Days::new(1))?;
            let back = end.weekday().days_since(weekday);
            end.checked_sub_days(Days::new(u64::from(back)))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::shown;

    #[test]
    fn weekdays_counted_in_a_month_are_days_or_none() {
        let cases = [
            ("в первую субботу декабря", "day 2026-12-05"),
            ("Форум пройдет в первую субботу декабря", "day 2026-12-05"),
            ("on the first Saturday of December", "day 2026-12-05"),
            ("the first Saturday in December 2027", "day 2027-12-04"),
            ("во второй вторник декабря", "day 2026-12-08"),
            ("в третью среду января", "day 2027-01-20"),
            ("в четвёртую пятницу декабря", "day 2026-12-25"),
            ("2-й вторник декабря", "day 2026-12-08"),
            ("в первую субботу следующего месяца", "day 2026-12-05"),
            ("желтоқсанның бірінші сенбісінде", "day 2026-12-05"),
            ("желтоқсан айының бірінші сенбісінде", "day 2026-12-05"),
            ("желтоқсанның 1-сенбісінде", "day 2026-12-05"),
            ("2026 жылғы желтоқсанның екінші жұмасында", "day 2026-12-11"),
            ("желтоқсанның екінші жұмасында өтеді", "day 2026-12-11"),
            ("jeltoqsannyñ birinşi senbisinde ötedi", "day 2026-12-05"),
            ("келесі айдың соңғы сенбісінде", "day 2026-12-26"),
            ("the last Saturday of November", "day 2026-11-28"),
            ("қарашаның соңғы сенбісі", "day 2026-11-28"),
            ("в последнюю пятницу ноября", "day 2026-11-27"),
            ("в последнюю пятницу ноября 2025 года", "day 2025-11-28"),
            // The weekday alone would be another day.
            ("в пятую пятницу декабря", "vague -"),
            ("в предпоследнюю субботу декабря", "vague -"),
            ("в субботу декабря", "vague -"),
            ("on the first Saturday of the month", "vague -"),
            ("айдың бірінші сенбісінде", "vague -"),
            ("каждую первую субботу декабря", "repeated -"),
            // What is none of these stays.
            ("в субботу, 5 декабря", "day 2026-12-05"),
            ("on Saturday, December 5", "day 2026-12-05"),
            ("келесі аптаның сейсенбісінде", "day 2026-12-01"),
        ];
        for (text, expected) in cases {
            let all = shown(text, "2026-11-23");
            let mut read: Vec<&str> = all
                .split("; ")
                .filter_map(|span| span.split(" = ").nth(1))
                .collect();
            read.dedup();
            assert_eq!(read, [expected], "{text}: {all}");
        }
    }
}
