//! How long something takes or how old someone is: never a date.

use super::grammar::{Found, Reader};
use super::items::{Number, Part};
use super::value::{Resolved, Value};
use super::vocabulary::{Mark, Sense, Unit, Which};

/// Words after a length that belong to it.
const CLOSERS: [Mark; 7] = [
    Mark::Between,
    Mark::Ago,
    Mark::After,
    Mark::Within,
    Mark::Through,
    Mark::Since,
    Mark::Until,
];

/// How Kazakh units of time and age begin.
const KAZAKH_UNITS: [&str; 11] = [
    "жыл",
    "күн",
    "ай",
    "апта",
    "сағат",
    "минут",
    "секунд",
    "тәулік",
    "ғасыр",
    "жас",
    "жұма",
];
/// Nobody is older.
const AGE_MAX: u32 = 130;

/// How many units: as ISO 8601 writes it, empty when not told.
struct Quantity {
    text: String,
    after: usize,
}

impl Reader<'_> {
    /// "соңғы 5 жылда", "три дня", "екі-үш ай бұрын", "18 жаста", "25 лет".
    pub fn length(&self, at: usize) -> Option<Found> {
        let which = matches!(
            self.which(at),
            Some(Which::Recent | Which::Coming | Which::Last | Which::Next)
        ) || self.word(at) == Some("биылғы");
        let start = at + usize::from(which);
        let quantity = self.quantity(start)?;
        let mut unit_at = quantity.after;
        // "5-year", "екі-ақ жыл", "он шақты жыл", "жеті жұмыс күн"
        while self.is(unit_at, Part::Dash) && !self.spaced(unit_at) && !self.spaced(unit_at + 1)
            || matches!(
                self.part(unit_at),
                Some(Part::Other(
                    "ақ" | "шақты" | "жұмыс" | "рабочих" | "working"
                ))
            )
            || self.mark(unit_at) == Some(Mark::Over)
        {
            unit_at += 1;
        }
        // "Он год работал": in Russian "he".
        if self.word(start) == Some("он") && !self.is_kazakh_unit(unit_at) {
            return None;
        }
        let value = match self.sense(unit_at) {
            Some(Sense::Unit(Unit::Year)) if which && self.year_number(start).is_some() => {
                return None;
            }
            Some(Sense::Age) if self.number(start).is_some_and(|age| age.value > AGE_MAX) => {
                return None;
            }
            Some(Sense::Unit(unit)) => Value::Duration(iso(&quantity.text, unit)),
            Some(Sense::Age) => Value::Age(iso(&quantity.text, Unit::Year)),
            // "үш жұма бұрын": weeks; "18-летний" is no unit word.
            Some(Sense::Weekday(4))
                if self
                    .word(unit_at)
                    .is_some_and(|word| word.starts_with("жұма")) =>
            {
                Value::Duration(iso(&quantity.text, Unit::Week))
            }
            _ => return self.years_old(start, quantity.after),
        };
        let mut found = Found::new(at, unit_at + 1, value, Resolved::Written);
        let dash = usize::from(self.is(found.after, Part::Dash) && !self.spaced(found.after));
        if self.word(found.after + dash) == Some("old") {
            found.value = Value::Age(iso(&quantity.text, Unit::Year));
            found.after += 1 + dash;
        }
        if let Some(rest) = self.minutes_more(&found) {
            found = rest;
        }
        Some(self.closed(self.closed(found, &[Mark::Over]), &CLOSERS))
    }

    /// "үш сағат елу минут".
    fn minutes_more(&self, found: &Found) -> Option<Found> {
        let Value::Duration(hours) = &found.value else {
            return None;
        };
        let minutes = self.number(found.after)?;
        let both = hours.ends_with('H') && self.unit(found.after + 1) == Some(Unit::Minute);
        let length = format!("{hours}{}M", minutes.written()?);
        both.then(|| {
            let value = Value::Duration(length);
            Found::new(found.first, found.after + 2, value, Resolved::Written)
        })
    }

    /// "25-летний", "20-летие": the unit is part of the word.
    fn years_old(&self, start: usize, after: usize) -> Option<Found> {
        let number = self.number(start)?;
        let Part::Other(word) = self.part(after + 1)? else {
            return None;
        };
        let joined = self.is(after, Part::Dash) && !self.spaced(after + 1);
        if !joined || !word.starts_with("лет") {
            return None;
        }
        let length = format!("P{}Y", number.written()?);
        let value = if word.starts_with("летие") || word.starts_with("летию") {
            Value::Duration(length)
        } else {
            Value::Age(length)
        };
        Some(Found::new(start, after + 2, value, Resolved::Written))
    }

    fn quantity(&self, at: usize) -> Option<Quantity> {
        match self.part(at)? {
            Part::Number(number) => self.numbered(at, number),
            Part::Word(Sense::Mark(Mark::Half)) => Some(Quantity {
                text: "0.5".to_owned(),
                after: at + 1,
            }),
            Part::Word(Sense::Mark(Mark::Several)) => Some(Quantity {
                text: String::new(),
                after: at + 1,
            }),
            _ => None,
        }
    }

    fn numbered(&self, at: usize, number: Number) -> Option<Quantity> {
        let mut after = at + 1;
        // "алтыда", "оның": a case stands only before a unit of age.
        let bare = self.ending(at).is_empty();
        if number.ordinal {
            return self.ordinal_length(at);
        }
        let mut text = number.written()?;
        if matches!(self.part(after), Some(Part::Comma | Part::Dot))
            && number.digits > 0
            && !self.spaced(after)
            && let Some(fraction) = self.number(after + 1).filter(|next| next.digits == 1)
        {
            text = format!("{text}.{}", fraction.value);
            after += 2;
        } else if self.mark(after) == Some(Mark::Halved) {
            text = format!("{text}.5");
            after += 1;
        }
        let ranged =
            self.is(after, Part::Dash) || matches!(self.mark(after), Some(Mark::And | Mark::To));
        if ranged && self.number(after + 1).is_some_and(|next| !next.ordinal) {
            text = String::new();
            after += 2;
        } else if !bare {
            return None;
        }
        Some(Quantity { text, after })
    }

    fn is_kazakh_unit(&self, at: usize) -> bool {
        self.word(at).is_some_and(|word| {
            KAZAKH_UNITS
                .iter()
                .any(|beginning| word.starts_with(beginning))
        })
    }

    /// "екінші күн", "үшінші жыл": which one of several, in Kazakh.
    fn ordinal_length(&self, at: usize) -> Option<Quantity> {
        let long = matches!(
            self.unit(at + 1),
            Some(Unit::Day | Unit::Week | Unit::Month | Unit::Year)
        );
        (long && self.is_kazakh_unit(at + 1)).then(|| Quantity {
            text: String::new(),
            after: at + 1,
        })
    }
}

fn iso(quantity: &str, unit: Unit) -> String {
    if quantity.is_empty() {
        return String::new();
    }
    let times = |by: u64, letter: &str| match quantity.parse::<u32>() {
        Ok(count) => format!("P{}{letter}", u64::from(count) * by),
        Err(_) => String::new(),
    };
    match unit {
        Unit::Second => format!("PT{quantity}S"),
        Unit::Minute => format!("PT{quantity}M"),
        Unit::Hour => format!("PT{quantity}H"),
        Unit::Day => format!("P{quantity}D"),
        Unit::Week => format!("P{quantity}W"),
        Unit::Month => format!("P{quantity}M"),
        Unit::Year => format!("P{quantity}Y"),
        Unit::Quarter => times(3, "M"),
        Unit::Half => times(6, "M"),
        Unit::Decade => times(10, "Y"),
        Unit::Century => times(100, "Y"),
    }
}
