//! What the words of a text tell, whatever its reading says besides.

use chrono::Weekday;

use crate::model::language::Language;
use crate::text::months::month_number;
use crate::text::tokens::{Shape, Token};
use crate::understand::place::{self, Mention, PlaceKind};
use crate::understand::stems::Stems;

use super::ideas::{COMMON, idea};
use super::numbers::Number;
use super::{Facts, Kind, days, names, numbers};

/// Consonants a name needs to be told from others.
const SKELETON_MIN: usize = 3;
/// Words of a title that puts right what was told before, in small letters.
const CORRECTIONS: [&str; 10] = [
    "түзету",
    "нақтылау",
    "нақтыланды",
    "поправка",
    "уточнение",
    "уточнена",
    "исправление",
    "correction",
    "corrected",
    "clarification",
];
/// Words of a name in quotation marks; fewer are a name by themselves, more are
/// somebody's speech.
const QUOTED_WORDS: std::ops::RangeInclusive<usize> = 2..=7;
/// Endings that make a town's people of its name: `ақсулық`, `жаңатастық`.
const PEOPLE: [&str; 6] = ["лық", "лік", "дық", "дік", "тық", "тік"];
/// Letters of the shortest town whose people are looked for.
const TOWN_CHARS_MIN: usize = 4;
/// How a sentence begins that recalls what was told before, in small letters.
const RECALLS: [[&str; 2]; 7] = [
    ["еске", "салайық"],
    ["еске", "сала"],
    ["еске", "түсірейік"],
    ["еске", "салсақ"],
    ["напомним", ""],
    ["напомню", ""],
    ["as", "reported"],
];

/// What the words of a text tell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in super::super) struct Said {
    /// In the order they are told.
    pub(super) facts: Vec<(Kind, i64)>,
    /// Days by their weekday alone.
    pub(super) weekdays: Vec<Weekday>,
    /// The title puts right what was told before.
    pub(super) corrects: bool,
}

/// What is said in words whose places and stems are known, but for the `recalled`.
/// English writes every word of a title with a capital, so names are looked for from
/// byte `body` on there.
pub(in super::super) fn said(
    laid_out: &[Token],
    body: usize,
    places: &[Mention],
    recalled: &[bool],
    stems: &Stems,
) -> Said {
    let mut telling = Telling {
        laid_out,
        body,
        first_of_body: laid_out.iter().position(|token| token.start >= body),
        stems,
        facts: Facts::default(),
        weekdays: Vec::new(),
    };
    let mut is_place = vec![false; laid_out.len()];
    for place in places {
        is_place[place.first..place.after].fill(true);
        if let Some(name) = place.name.filter(|_| place.kind != PlaceKind::Region)
            && !recalled[place.first]
        {
            telling.facts.tell(Kind::Town, name);
        }
    }
    let mut at = 0;
    while let Some(token) = laid_out.get(at) {
        at = match token.shape {
            _ if recalled[at] => at + 1,
            Shape::Word if is_place[at] => at + 1,
            Shape::Word if !numbers::is_in_words(token, stems) => {
                telling.word(at);
                at + 1
            }
            Shape::Word | Shape::Number => telling.number(at),
            Shape::Mark => {
                telling.quotation(at);
                at + 1
            }
        };
    }
    Said {
        facts: telling.facts.in_order,
        weekdays: telling.weekdays,
        corrects: corrects(laid_out, body),
    }
}

/// Which words recall what was told before: news of its own it is not.
pub(in super::super) fn recalled(laid_out: &[Token]) -> Vec<bool> {
    let mut recalled = vec![false; laid_out.len()];
    let folded = |at: usize| laid_out.get(at).map_or("", |token| token.folded.as_str());
    let mut at = 0;
    while at < laid_out.len() {
        let begins = RECALLS
            .iter()
            .any(|[one, next]| folded(at) == *one && (next.is_empty() || folded(at + 1) == *next));
        if !begins {
            at += 1;
            continue;
        }
        while at < laid_out.len() {
            recalled[at] = true;
            let closes = ['.', '!', '?']
                .iter()
                .any(|mark| laid_out[at].is_mark(*mark));
            at += 1;
            if closes
                && laid_out
                    .get(at)
                    .is_none_or(|next| next.spaced && (next.capital || next.shape == Shape::Number))
            {
                break;
            }
        }
    }
    recalled
}

struct Telling<'a> {
    laid_out: &'a [Token],
    body: usize,
    first_of_body: Option<usize>,
    stems: &'a Stems,
    facts: Facts,
    weekdays: Vec<Weekday>,
}

impl Telling<'_> {
    fn word(&mut self, at: usize) {
        let token = &self.laid_out[at];
        let language = self.stems.language();
        let stem = self.stems.stem(&token.folded);
        let english = language == Language::English;
        if let Some(month) = month_number(&token.folded).filter(|_| token.capital || !english) {
            self.month(at, month);
        } else if let Some(town) = town_of_people(&token.folded, language) {
            self.facts.tell(Kind::Town, town);
        } else if let Some(weekday) = days::weekday(stem, language) {
            if !self.weekdays.contains(&weekday) {
                self.weekdays.push(weekday);
            }
        } else if let Some(idea) = idea(&token.folded, stem, language) {
            if !COMMON.contains(&idea) {
                self.facts.tell(Kind::Term, idea);
            }
        } else if token.capital
            && self.first_of_body != Some(at)
            && !names::begins_sentence(self.laid_out, at)
            && (token.start >= self.body || !english)
        {
            let skeleton = names::skeleton(names::bare(&token.folded, stem, language));
            if skeleton.chars().count() >= SKELETON_MIN {
                self.facts.tell(Kind::Name, &skeleton);
            }
        }
    }

    /// A month that no day stands beside.
    fn month(&mut self, at: usize, month: u32) {
        let beside = [at.checked_sub(1), Some(at + 1)].into_iter().flatten();
        let mut beside = beside.filter_map(|at| self.laid_out.get(at)?.number());
        if !beside.any(|day| day <= 31) {
            self.facts.tell(Kind::Count, &format!("{month:02}-"));
        }
    }

    /// The number at `at`; answers the token after it.
    fn number(&mut self, at: usize) -> usize {
        let (number, after) = numbers::number_at(self.laid_out, at, self.stems);
        match number {
            Some(Number::Telling(digits)) => self.facts.tell(Kind::Number, &digits),
            Some(Number::Common(digits)) => self.facts.tell(Kind::Count, &digits),
            Some(Number::Hour(digits)) => self.facts.tell(Kind::Hour, &digits),
            Some(Number::Days(month, days)) => {
                for day in days {
                    self.facts.tell(Kind::Day, &format!("{month:02}-{day:02}"));
                }
            }
            None => {}
        }
        after
    }

    /// A name in quotation marks that open at `at`.
    fn quotation(&mut self, at: usize) {
        let mark = &self.laid_out[at];
        let close = match mark.folded.chars().next() {
            Some('«') => '»',
            Some('“' | '„') => '”',
            Some('"') if mark.spaced => '"',
            _ => return,
        };
        let inside = &self.laid_out[at + 1..];
        let Some(length) = inside
            .iter()
            .take(2 * QUOTED_WORDS.end())
            .position(|token| token.is_mark(close))
        else {
            return;
        };
        let words: Vec<&str> = inside[..length]
            .iter()
            .filter(|token| token.shape != Shape::Mark)
            .map(|token| self.stems.stem(&token.folded))
            .collect();
        if QUOTED_WORDS.contains(&words.len()) {
            self.facts.tell(Kind::Quoted, &words.join(" "));
        }
    }
}

/// The town whose people a Kazakh word speaks of.
fn town_of_people(word: &str, language: Language) -> Option<&'static str> {
    if !matches!(language, Language::KazakhCyrillic | Language::KazakhLatin) {
        return None;
    }
    PEOPLE.iter().find_map(|ending| {
        let (town, _) = word.rsplit_once(ending)?;
        let long = town.chars().count() >= TOWN_CHARS_MIN;
        long.then(|| place::city(town))?.map(|(town, _)| town)
    })
}

/// Whether the title says that what was told is put right.
fn corrects(laid_out: &[Token], body: usize) -> bool {
    let title = laid_out.iter().take_while(|token| token.start < body);
    title
        .filter(|token| token.is_word())
        .any(|token| CORRECTIONS.contains(&token.folded.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::tokens::tokens;
    use crate::understand::place::mentions;

    fn told(text: &str, language: Language) -> Said {
        let laid_out = tokens(text);
        let mut stems = Stems::of(language);
        for token in &laid_out {
            stems.learn(&token.folded);
        }
        let recalled = recalled(&laid_out);
        said(&laid_out, 0, &mentions(&laid_out), &recalled, &stems)
    }

    fn of(kind: Kind, said: &Said) -> Vec<i64> {
        let alike = said.facts.iter().filter(|(one, _)| *one == kind);
        alike.map(|(_, fact)| *fact).collect()
    }

    #[test]
    fn a_town_and_its_people_are_one() {
        let kk = Language::KazakhCyrillic;
        let town = told("Ақсуда жиын өтті", kk);
        let people = told("Бүгін ақсулықтар жиналды", kk);
        assert_eq!(of(Kind::Town, &town).len(), 1);
        assert_eq!(of(Kind::Town, &town), of(Kind::Town, &people));
        assert!(of(Kind::Town, &told("Бұл қалалық бөлім", kk)).is_empty());
    }

    #[test]
    fn a_name_in_quotation_marks_is_told_and_speech_is_not() {
        let ru = Language::Russian;
        let named = told("Форум «Степной мёд» отменён", ru);
        let again = told("На форуме \"Степной мёд\" ждут гостей", ru);
        assert_eq!(of(Kind::Quoted, &named).len(), 1);
        assert_eq!(of(Kind::Quoted, &named), of(Kind::Quoted, &again));
        let speech = told(
            "«Мы очень долго ждали этого дня и рады всем», — сказал он",
            ru,
        );
        assert!(of(Kind::Quoted, &speech).is_empty());
    }

    #[test]
    fn what_is_recalled_is_not_told() {
        let kk = Language::KazakhCyrillic;
        let follow_up = told(
            "14 шаруаға шөп берілді. Еске салайық, 352 гектар жер жанған. 61 тонна.",
            kk,
        );
        let numbers = of(Kind::Number, &follow_up);
        assert_eq!(numbers.len(), 2, "14 and 61");
        assert!(!numbers.contains(&super::super::fact(Kind::Number, "352")));
    }

    #[test]
    fn a_month_without_a_day_counts_little() {
        let ru = Language::Russian;
        assert_eq!(of(Kind::Count, &told("начнут в мае", ru)).len(), 1);
        assert!(of(Kind::Count, &told("начнут 12 мая", ru)).is_empty());
    }
}
