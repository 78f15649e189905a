//! Hours and parts of the day: `сағат 10:00-де`, `таңғы жетіден кешкі сегізге
//! дейін`, `в 15 часов`, `at 3 p.m.`, `он сегіз нөл-нөлде`.

use chrono::NaiveTime;

use super::grammar::{Found, Reader};
use super::items::{HOUR_WORDS, Number, Part};
use super::value::{Resolved, Value};
use super::vocabulary::{Mark, Part as PartOfDay, Sense, Unit};

/// Words that make `10.00` after them a time.
const BEFORE: [&str; 12] = [
    "сағат",
    "сагат",
    "в",
    "с",
    "к",
    "до",
    "at",
    "from",
    "начало",
    "басталуы",
    "уақыты",
    "время",
];
/// Words that do so with a colon or a dash between.
const HOUR_LABELS: [&str; 8] = [
    "сағат",
    "начало",
    "басталуы",
    "уақыты",
    "время",
    "time",
    "start",
    "starts",
];
const CLOSERS: [Mark; 4] = [Mark::Around, Mark::Until, Mark::Since, Mark::After];

/// An hour as read: with minutes, before or after noon.
struct Hour {
    time: NaiveTime,
    after: usize,
    /// Written so that it can be nothing else.
    sure: bool,
}

impl Reader<'_> {
    /// An hour, a range of hours or a part of the day.
    pub fn hour(&self, at: usize) -> Option<Found> {
        let part = self.part_of_day(at);
        let mut start = at + usize::from(part.is_some());
        let said = self.is_hour_word(start);
        if said && part.is_none() {
            // The bare word is no part of the time; the time follows it.
            return None;
        }
        start += usize::from(said);
        let hour = self.hour_at(start, part);
        match (hour, part) {
            (Some(hour), _)
                if hour.sure || (part.is_some() && self.is_hour_of_part(start, said)) =>
            {
                Some(self.ranged(at, &hour))
            }
            (_, Some(part)) => self.part_alone(at, part),
            _ => None,
        }
    }

    /// "кешкі 8-ге", "таңғы жетіде", "түнгі он екі – бір": not "кешкілік бір мезгіл".
    fn is_hour_of_part(&self, at: usize, said: bool) -> bool {
        said || !self.ending(at).is_empty()
            || self.is(at + 1, Part::Dash)
            || self
                .mark(at + 1)
                .is_some_and(|mark| CLOSERS.contains(&mark))
    }

    fn is_hour_word(&self, at: usize) -> bool {
        self.word(at).is_some_and(|word| HOUR_WORDS.contains(&word))
    }

    fn part_of_day(&self, at: usize) -> Option<PartOfDay> {
        match self.sense(at)? {
            Sense::Part(part) => Some(part),
            _ => None,
        }
    }

    fn part_alone(&self, at: usize, part: PartOfDay) -> Option<Found> {
        let found = Found::new(at, at + 1, Value::PartOfDay, Resolved::Written);
        // "таңертеңнен кешке дейін": two parts are one span.
        let mut found = found;
        if self.is(at + 1, Part::Dash) && self.part_of_day(at + 2).is_some() {
            found.core_after = at + 3;
            found.after = at + 3;
        } else if self.part_of_day(at + 1).is_some() && self.mark(at + 2) == Some(Mark::Until) {
            found.core_after = at + 2;
            found.after = at + 2;
        }
        let found = self.closed(found, &CLOSERS);
        let closed = found.after > found.core_after;
        match (part, self.word(at)?) {
            // "түстен", "түске" only with "кейін", "дейін".
            (_, "түстен" | "түске" | "таңнан") if !closed => None,
            (PartOfDay::Noon, "noon" | "полдень") => Some(Found {
                value: Value::Time(NaiveTime::from_hms_opt(12, 0, 0)?),
                ..found
            }),
            (PartOfDay::Night, "midnight" | "полночь") => Some(Found {
                value: Value::Time(NaiveTime::MIN),
                ..found
            }),
            _ => Some(found),
        }
    }

    /// An hour and the one it lasts to.
    fn ranged(&self, at: usize, hour: &Hour) -> Found {
        let mut next = hour.after;
        let dash = self.is(next, Part::Dash)
            || matches!(self.mark(next), Some(Mark::To | Mark::Until))
            || self.word(next) == Some("до");
        next += usize::from(dash);
        let part = self.part_of_day(next);
        next += usize::from(part.is_some());
        next += usize::from(self.is_hour_word(next));
        let ablative = self.word(hour.after - 1).is_some_and(|word| {
            ["ден", "дан", "тен", "тан", "нен", "нан"]
                .iter()
                .any(|ending| word.ends_with(ending))
        });
        let led = self.word_before(at) == "с" || self.word_before(at) == "from";
        let second = self
            .hour_at(next, part)
            .filter(|second| second.time > hour.time)
            .filter(|second| {
                (dash && (second.sure || led))
                    || (ablative && self.mark(second.after) == Some(Mark::Until))
            });
        let found = match second {
            Some(second) => {
                let first = usize::from(led);
                let value = Value::Times(hour.time, second.time);
                Found::new(at - first, second.after, value, Resolved::Written)
            }
            None => Found::new(at, hour.after, Value::Time(hour.time), Resolved::Written),
        };
        self.closed(found, &CLOSERS)
    }

    fn hour_at(&self, at: usize, part: Option<PartOfDay>) -> Option<Hour> {
        let number = self.number(at)?;
        if number.value > 24 || number.digits > 2 || number.ordinal {
            return None;
        }
        let before = self.word_before(at);
        let labelled = self.is_hour_labelled(at);
        let minutes = self.minutes(at, number);
        let mut after = minutes.map_or(at + 1, |(_, _, after)| after);
        let meridiem = self.meridiem(after);
        if let Some((_, then)) = meridiem {
            after = then;
        }
        let russian = matches!(self.word(after), Some("часов" | "час" | "часа" | "ч"));
        let o_clock = self.word(after) == Some("o'clock");
        let cased = !self.ending(after - 1).is_empty();
        let said = BEFORE.contains(&before);
        let sure = meridiem.is_some()
            || o_clock
            || match minutes {
                Some((_, true, _)) => true,
                Some((_, false, _)) => said || labelled || cased || self.follows_a_day(at),
                None => {
                    HOUR_WORDS.contains(&before)
                        || (russian && matches!(before, "в" | "с" | "к" | "до" | "около"))
                        || (russian && before == "на" && self.follows_a_day(at - 1))
                        || (russian && self.russian_part(after + 1).is_some())
                        || (said && self.russian_part(after).is_some())
                }
            };
        if !sure && part.is_none() {
            return None;
        }
        after += usize::from(russian || o_clock);
        let spoken = self
            .spoken_minutes(after)
            .filter(|_| russian && minutes.is_none());
        after += 2 * usize::from(spoken.is_some());
        let part = part.or_else(|| self.part_back(at)).or_else(|| {
            let part = self.russian_part(after)?;
            after += 1;
            Some(part)
        });
        let minutes = minutes
            .map(|(minutes, _, _)| minutes)
            .or(spoken)
            .unwrap_or(0);
        let hour = hour_of_day(number.value, meridiem.map(|(later, _)| later), part)?;
        Some(Hour {
            time: NaiveTime::from_hms_opt(hour, minutes, 0)?,
            after,
            sure,
        })
    }

    /// "18 часов 30 минут"
    fn spoken_minutes(&self, at: usize) -> Option<u32> {
        let minutes = self.number(at).filter(|minutes| minutes.value < 60)?;
        (self.unit(at + 1) == Some(Unit::Minute)).then_some(minutes.value)
    }

    /// The minutes, whether only a time is written so, and the item after them.
    fn minutes(&self, at: usize, hour: Number) -> Option<(u32, bool, usize)> {
        let before = at.checked_sub(1).and_then(|before| self.sense(before));
        let said =
            HOUR_WORDS.contains(&self.word_before(at)) || matches!(before, Some(Sense::Part(_)));
        if hour.digits == 0 {
            // "он сегіз нөл-нөлде", "жиырма бір отызда", "алты жарымға"
            if self.mark(at + 1) == Some(Mark::Halved) && said {
                return Some((30, true, at + 2));
            }
            let next = self
                .number(at + 1)
                .filter(|next| next.digits == 0 && !next.ordinal)?;
            if next.value == 0 && self.ending(at).is_empty() {
                let dash = usize::from(self.is(at + 2, Part::Dash));
                let double = self
                    .number(at + 2 + dash)
                    .is_some_and(|zero| zero.value == 0);
                return Some((0, true, if double { at + 3 + dash } else { at + 2 }));
            }
            // "Он жеті қырық екіде": two numbers, the second in the case of "at".
            let at_minute = ["да", "де", "та", "те"].contains(&self.ending(at + 1));
            let fits =
                (said || at_minute) && (10..60).contains(&next.value) && self.ending(at).is_empty();
            return fits.then_some((next.value, true, at + 2));
        }
        let colon = self.is(at + 1, Part::Colon);
        if !(colon || self.is(at + 1, Part::Dot)) || self.spaced(at + 1) {
            return None;
        }
        let minutes = self
            .number(at + 2)
            .filter(|minutes| minutes.digits == 2 && minutes.value < 60 && !minutes.ordinal)?;
        if !colon && self.spaced(at + 2) {
            return None;
        }
        // `06.10.2017` is a date; `10:00:00` has seconds.
        let goes_on = !self.spaced(at + 3) && self.number(at + 4).is_some() && !self.spaced(at + 4);
        match self.part(at + 3) {
            Some(Part::Dot) if goes_on => None,
            Some(Part::Colon) if goes_on && colon => Some((minutes.value, true, at + 5)),
            _ => Some((minutes.value, colon, at + 3)),
        }
    }

    /// `a.m.`, `pm`: whether afternoon, and the item after.
    fn meridiem(&self, at: usize) -> Option<(bool, usize)> {
        match self.word(at)? {
            "am" => Some((false, at + 1)),
            "pm" => Some((true, at + 1)),
            letter @ ("a" | "p") => {
                let dotted = self.is(at + 1, Part::Dot) && self.word(at + 2) == Some("m");
                let last = usize::from(self.is(at + 3, Part::Dot) && !self.spaced(at + 3));
                dotted.then_some((letter == "p", at + 3 + last))
            }
            _ => None,
        }
    }

    /// "Басталу уақыты: 10.00", "Начало – 11.30": a label and its mark stand before.
    fn is_hour_labelled(&self, at: usize) -> bool {
        let mark = at
            .checked_sub(1)
            .filter(|mark| self.is(*mark, Part::Colon) || self.is(*mark, Part::Dash));
        mark.is_some_and(|mark| HOUR_LABELS.contains(&self.word_before(mark)))
    }

    /// "28 маусымда 18.30": right after a month it is no decimal.
    fn follows_a_day(&self, at: usize) -> bool {
        let before = at.checked_sub(1);
        let before = before
            .filter(|before| !self.is(*before, Part::Comma))
            .or_else(|| at.checked_sub(2));
        before.is_some_and(|before| self.month(before).is_some())
    }

    /// "вечера", "дня" after the hour.
    fn russian_part(&self, at: usize) -> Option<PartOfDay> {
        match self.word(at)? {
            "дня" => Some(PartOfDay::Afternoon),
            "вечера" => Some(PartOfDay::Evening),
            "утра" => Some(PartOfDay::Morning),
            "ночи" => Some(PartOfDay::Night),
            _ => None,
        }
    }

    /// "түстен кейін сағат 3-те": the part stands a little before.
    fn part_back(&self, at: usize) -> Option<PartOfDay> {
        let words = (1..=3).map_while(|back| {
            let before = at.checked_sub(back)?;
            matches!(self.part(before), Some(Part::Word(_) | Part::Other(_))).then_some(before)
        });
        words
            .into_iter()
            .find_map(|before| self.part_of_day(before))
    }
}

fn hour_of_day(hour: u32, afternoon: Option<bool>, part: Option<PartOfDay>) -> Option<u32> {
    let later = match (afternoon, part) {
        (Some(afternoon), _) => afternoon,
        (None, Some(PartOfDay::Afternoon | PartOfDay::Evening)) => true,
        (None, Some(PartOfDay::Noon | PartOfDay::Day)) => hour < 6,
        (None, Some(PartOfDay::Night)) => (8..12).contains(&hour),
        _ => false,
    };
    Some(match hour {
        24 => 0,
        12 if afternoon == Some(false)
            || (part == Some(PartOfDay::Night) && afternoon.is_none()) =>
        {
            0
        }
        1..=11 if later => hour + 12,
        25.. => return None,
        _ => hour,
    })
}

#[cfg(test)]
mod tests {
    use super::super::tests::shown;

    #[test]
    fn every_hour_in_kazakh_words_is_read_in_both_scripts() {
        let hours = [
            "бірде",
            "екіде",
            "үште",
            "төртте",
            "бесте",
            "алтыда",
            "жетіде",
            "сегізде",
            "тоғызда",
            "онда",
            "он бірде",
            "он екіде",
            "он үште",
            "он төртте",
            "он бесте",
            "он алтыда",
            "он жетіде",
            "он сегізде",
            "он тоғызда",
            "жиырмада",
            "жиырма бірде",
            "жиырма екіде",
            "жиырма үште",
            "жиырма төртте",
        ];
        // The alphabets of 2021 and 2018, and umlauts with an undotted и.
        let acute = |text: &str| {
            let letters = [
                ("ä", "á"),
                ("ğ", "ǵ"),
                ("ñ", "ń"),
                ("ö", "ó"),
                ("ü", "ú"),
                ("ş", "sh"),
            ];
            let text = text
                .replace('u', "ý")
                .replace('i', "\u{1}")
                .replace('ı', "i");
            let text = text.replace('\u{1}', "ı").replace('ū', "u");
            letters
                .iter()
                .fold(text, |text, (one, other)| text.replace(one, other))
        };
        for (hour, words) in (1..).zip(hours) {
            let cyrillic = format!("Кітапханада жиын ертең сағат {words} басталады");
            let dotless = crate::text::latin::latin(&cyrillic);
            let umlaut = dotless.replace('ı', "i");
            let expected = format!("time T{:02}:00", hour % 24);
            for text in [cyrillic, acute(&dotless), dotless, umlaut] {
                let all = shown(&text, "2026-11-23");
                assert!(all.ends_with(&expected), "{text}: {all}");
            }
        }
    }
}
