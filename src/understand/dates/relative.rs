//! Days, weeks and months counted from the publication day, weekdays, and what
//! names no day at all ("nowadays", "every year").

use chrono::{Datelike, NaiveDate};

use super::calendar::CLOSERS;
use super::grammar::{Found, Reader, Tense};
use super::items::Part;
use super::value::{Resolved, Value};
use super::vocabulary::{Mark, Sense, Unit, Which};

impl Reader<'_> {
    /// What is counted from the publication day, or recurs.
    pub fn relative(&self, at: usize) -> Option<Found> {
        self.day_phrase(at)
            .or_else(|| self.day_word(at))
            .or_else(|| self.untold_weekday(at))
            .or_else(|| self.weekday(at))
            .or_else(|| self.each(at))
            .or_else(|| self.which_unit(at))
            .or_else(|| self.bound_of_unit(at))
            .or_else(|| self.nowadays(at))
    }

    fn counted(&self, at: usize, after: usize, days: i64) -> Option<Found> {
        let day = Value::Day(self.shifted(days)?);
        Some(self.closed(Found::new(at, after, day, Resolved::Counted), &CLOSERS))
    }

    /// "арғы күні", "the day after tomorrow".
    fn day_phrase(&self, at: usize) -> Option<Found> {
        let word = self.word(at)?;
        if matches!(word, "арғы" | "алдыңғы") && self.word(at + 1) == Some("күні") {
            return self.counted(at, at + 2, if word == "арғы" { 2 } else { -2 });
        }
        if word == "накануне" && self.is_followed_by_news(at + 1) {
            return self.counted(at, at + 1, -1);
        }
        let start = at + usize::from(word == "the");
        if self.word(start)? != "day" {
            return None;
        }
        match (self.word(start + 1)?, self.sense(start + 2)?) {
            ("after", Sense::Day(1)) => self.counted(at, start + 3, 2),
            ("before", Sense::Day(-1)) => self.counted(at, start + 3, -2),
            _ => None,
        }
    }

    /// "Накануне в Актобе прошёл": the day before; "накануне праздника" is its eve.
    fn is_followed_by_news(&self, at: usize) -> bool {
        let next = self.word(at).unwrap_or_default();
        let told = ["л", "ла", "ло", "ли", "лся", "лась", "лось", "лись"];
        matches!(next, "в" | "во" | "на") || told.iter().any(|ending| next.ends_with(ending))
    }

    /// "бүгін", "ертеңгі күні", "завтра".
    fn day_word(&self, at: usize) -> Option<Found> {
        let Sense::Day(days) = self.sense(at)? else {
            return None;
        };
        // "бүгін-ертең": soon, and "бүгінгі таңда": nowadays.
        if self.is(at + 1, Part::Dash) && matches!(self.sense(at + 2), Some(Sense::Day(_))) {
            return Some(Found::new(at, at + 3, Value::Vague, Resolved::Counted));
        }
        let next = self.word(at + 1).unwrap_or_default();
        let today = self.word(at)?.ends_with("гі");
        if today && next.starts_with("таң") {
            return Some(Found::new(at, at + 2, Value::Vague, Resolved::Counted));
        }
        if today && self.unit(at + 1) == Some(Unit::Day) {
            if next == "күні" {
                return self.counted(at, at + 2, days);
            }
            let found = Found::new(at, at + 2, Value::Vague, Resolved::Counted);
            return Some(self.closed(found, &CLOSERS));
        }
        self.counted(at, at + 1, days)
    }

    /// "келесі сейсенбіде", "в ближайшую пятницу", "в пятницу".
    fn weekday(&self, at: usize) -> Option<Found> {
        let which = self.which(at);
        let name = at + usize::from(which.is_some());
        let Sense::Weekday(weekday) = self.sense(name)? else {
            return None;
        };
        let today = self.published.weekday().num_days_from_monday();
        let coming = i64::from((weekday + 7 - today) % 7);
        let back = coming - 7;
        let (days, resolved) = match which {
            Some(Which::This | Which::Coming) => (coming, Resolved::Counted),
            Some(Which::Next) => (i64::from(7 + weekday) - i64::from(today), Resolved::Counted),
            Some(Which::Last) => (back, Resolved::Counted),
            Some(_) => return None,
            None => match self.tense(name) {
                Tense::Future => (coming, Resolved::Counted),
                Tense::Both => (coming, Resolved::WeekdayGuessed),
                _ if coming == 0 => (0, Resolved::WeekdayGuessed),
                _ => (back, Resolved::WeekdayGuessed),
            },
        };
        if let Some((more, after)) = self.weekday_after(name, weekday) {
            let days = Value::Days(self.shifted(days)?, self.shifted(days + more)?);
            return Some(self.closed(Found::new(at, after, days, resolved), &CLOSERS));
        }
        let mut found = Found::new(at, name + 1, Value::Day(self.shifted(days)?), resolved);
        // "в пятницу, 6 октября": the date tells which.
        let comma = usize::from(self.is(name + 1, Part::Comma) || self.is(name + 1, Part::Stop));
        if let Some(Found {
            value: Value::Day(day),
            resolved,
            ..
        }) = self.calendar(name + 1 + comma, None)
            && day.weekday().num_days_from_monday() == weekday
        {
            found.value = Value::Day(day);
            found.resolved = resolved;
        }
        // "by night": "жексенбіден дүйсенбіге қараған түні" stays two days.
        Some(self.closed(found, &CLOSERS))
    }

    /// "в пятницу и субботу", "жұма мен сенбі": how many days later, and the item after.
    fn weekday_after(&self, name: usize, weekday: u32) -> Option<(i64, usize)> {
        let dash = self.is(name + 1, Part::Dash);
        if !dash && self.mark(name + 1) != Some(Mark::And) {
            return None;
        }
        let next = name + 2 + usize::from(matches!(self.word(name + 2), Some("в" | "во" | "on")));
        let Sense::Weekday(last) = self.sense(next)? else {
            return None;
        };
        let more = (last + 7 - weekday) % 7;
        let days = usize::from(
            self.unit(next + 1) == Some(Unit::Day) && self.word(next + 1) == Some("күндері"),
        );
        (more == 1 || dash && (1..=4).contains(&more)).then_some((i64::from(more), next + 1 + days))
    }

    /// "жыл сайын", "күнделікті", "каждый год", "every year".
    fn each(&self, at: usize) -> Option<Found> {
        let unit_or_day = |at: usize| {
            matches!(
                self.sense(at),
                Some(Sense::Unit(_) | Sense::Weekday(_) | Sense::Season(_) | Sense::Month(_))
            )
        };
        let repeated =
            |after: usize| Some(Found::new(at, after, Value::Repeated, Resolved::Written));
        if unit_or_day(at) && self.mark(at + 1) == Some(Mark::Each) {
            return repeated(at + 2);
        }
        if self.mark(at) == Some(Mark::Each) && unit_or_day(at + 1) {
            return repeated(at + 2);
        }
        // "жылдан-жылға", "күннен-күнге"
        let unit = self.unit(at).filter(|_| self.ending(at).ends_with('н'));
        if unit.is_some() && self.is(at + 1, Part::Dash) && self.unit(at + 2) == unit {
            return repeated(at + 3);
        }
        if unit_or_day(at) && self.mark(at + 1) == Some(Mark::Through) {
            return Some(Found::new(
                at,
                at + 2,
                Value::Duration(String::new()),
                Resolved::Written,
            ));
        }
        match self.word(at)? {
            "күнделікті"
            | "ежегодно"
            | "ежедневно"
            | "ежемесячно"
            | "еженедельно"
            | "daily"
            | "annually"
            | "yearly"
            | "monthly"
            | "апталап" => repeated(at + 1),
            _ => None,
        }
    }

    /// "өткен аптада", "на следующей неделе", "осы айдың соңында", "this week".
    fn which_unit(&self, at: usize) -> Option<Found> {
        let which = self.which(at)?;
        let unit = self.unit(at + 1)?;
        let word = self.word(at + 1)?;
        let by = match which {
            Which::Last => -1,
            Which::Next | Which::Coming => 1,
            Which::This | Which::Recent | Which::First => 0,
        };
        let plural = ["лар", "лер", "дар", "дер", "тар", "тер"]
            .iter()
            .any(|plural| self.ending(at + 1).starts_with(plural))
            || [
                "дни",
                "дней",
                "days",
                "недели",
                "weeks",
                "месяцы",
                "months",
                "годы",
                "years",
                "лет",
            ]
            .contains(&word);
        let many = plural || matches!(which, Which::Recent | Which::First);
        let value = match unit {
            _ if many => Value::Vague,
            Unit::Week => {
                // "келесі аптаның сейсенбісінде"
                if let Some(Sense::Weekday(weekday)) = self.sense(at + 2)
                    && self.ending(at + 1).ends_with('ң')
                {
                    let today = i64::from(self.published.weekday().num_days_from_monday());
                    let day = self.shifted(7 * by + i64::from(weekday) - today)?;
                    return Some(Found::new(at, at + 3, Value::Day(day), Resolved::Counted));
                }
                Value::Week(self.shifted(7 * by)?)
            }
            Unit::Month => {
                let (year, month) = self.month_by(by)?;
                Value::Month(year, month)
            }
            Unit::Day
                if matches!(which, Which::Last | Which::Next) && word.starts_with("тәулік") =>
            {
                Value::Vague
            }
            Unit::Year => Value::Year(self.year() + i32::try_from(by).ok()?),
            Unit::Century => Value::Century(
                u32::try_from(self.year() / 100 + 1)
                    .ok()?
                    .checked_add_signed(i32::try_from(by).ok()?)?,
            ),
            Unit::Half | Unit::Quarter | Unit::Decade => Value::Vague,
            Unit::Day if ["осы", "бұл"].contains(&self.word(at)?) => Value::Vague,
            _ => return None,
        };
        Some(self.bounded_and_closed(Found::new(at, at + 2, value, Resolved::Counted)))
    }

    /// The month `by` months after the publication's.
    pub fn month_by(&self, by: i64) -> Option<(i32, u32)> {
        let first: NaiveDate = self.published.with_day(1)?;
        let months = chrono::Months::new(1);
        let then = match by {
            -1 => first.checked_sub_months(months)?,
            1 => first.checked_add_months(months)?,
            _ => first,
        };
        Some((then.year(), then.month()))
    }

    /// "жыл басынан бері", "жыл соңына дейін", "в конце года": some time of this year.
    fn bound_of_unit(&self, at: usize) -> Option<Found> {
        let bound =
            |at: usize| matches!(self.mark(at), Some(Mark::Begin | Mark::Middle | Mark::End));
        let long = |at: usize| matches!(self.unit(at), Some(Unit::Year | Unit::Month | Unit::Week));
        let kazakh = long(at) && bound(at + 1);
        let russian = bound(at)
            && long(at + 1)
            && self
                .word(at + 1)
                .is_some_and(|word| ["года", "месяца", "недели"].contains(&word));
        (kazakh || russian).then(|| {
            self.bounded_and_closed(Found::new(at, at + 2, Value::Vague, Resolved::Counted))
        })
    }

    fn bounded_and_closed(&self, mut found: Found) -> Found {
        if matches!(
            self.mark(found.after),
            Some(Mark::Begin | Mark::Middle | Mark::End)
        ) && self.word(found.after).is_some_and(|word| {
            !word.starts_with(['н', 'к', 'с', 'b', 'e']) || word.starts_with("соң")
        }) {
            found.after += 1;
        }
        let found = self.closed(found, &CLOSERS);
        self.closed(found, &[Mark::Within, Mark::Through])
    }

    /// "бүгінде", "күні бойы", "қазіргі таңда".
    fn nowadays(&self, at: usize) -> Option<Found> {
        let vague = |after: usize| {
            let found = Found::new(at, after, Value::Vague, Resolved::Counted);
            Some(self.closed(found, &CLOSERS))
        };
        match self.word(at)? {
            // "Қайырлы таң", "Қайырлы кеш"
            "таң" | "күн" | "кеш" | "түн" if self.word_before(at) == "қайырлы" =>
            {
                let part = Value::PartOfDay;
                Some(Found::new(at, at + 1, part, Resolved::Written))
            }
            "күні" if self.is(at + 1, Part::Dash) && self.word(at + 2) == Some("түні") => {
                let part = Value::PartOfDay;
                Some(Found::new(at, at + 3, part, Resolved::Written))
            }
            "жаңа" if self.unit(at + 1) == Some(Unit::Year) => vague(at + 2),
            "бүгінде" | "бүгінге" | "бүгіннен" | "бүгіннің" | "nowadays" => {
                vague(at + 1)
            }
            "сол" | "ол" if self.word(at + 1) == Some("күні") => vague(at + 2),
            _ => None,
        }
    }
}
