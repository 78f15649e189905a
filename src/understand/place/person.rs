//! Names of places that are people's: "Абай Құнанбаев", "Тараз Бекенов".

use super::context::Context;
use crate::text::tokens::Token;

/// Shorter words are no surnames told by their ending.
const SURNAME_CHARS_MIN: usize = 5;
/// Words before a place that no first name stands after.
const LEADING: [&str; 24] = [
    "в",
    "во",
    "из",
    "на",
    "под",
    "у",
    "около",
    "до",
    "к",
    "от",
    "с",
    "о",
    "об",
    "in",
    "at",
    "from",
    "to",
    "of",
    "near",
    "for",
    "by",
    "and",
    "и",
    ",",
];
/// How surnames and patronymics end.
const PERSON_ENDINGS: [&str; 21] = [
    "ov",
    "ev",
    "ova",
    "eva",
    "uly",
    "kyzy",
    "vich",
    "ов",
    "ев",
    "ова",
    "ева",
    "ин",
    "ина",
    "ұлы",
    "қызы",
    "вич",
    "вна",
    "улы",
    "кызы",
    "овтың",
    "евтің",
];

impl Context<'_> {
    /// Whether a capitalised neighbour or the beginning of a sentence leaves open
    /// that it is a person.
    pub fn may_be_person(&self) -> bool {
        let capital = |at: usize| {
            self.tokens
                .get(at)
                .is_some_and(|token| token.is_word() && token.capital)
        };
        self.begins || capital(self.after) || self.first.checked_sub(1).is_some_and(capital)
    }

    /// Whether the name is somebody's first one: "Тараз Бекенов", no "в Таразе Мусин".
    pub fn is_first_name(&self) -> bool {
        let led = LEADING.contains(&self.before);
        let long = |next: &Token| next.folded.chars().count() >= SURNAME_CHARS_MIN;
        !led && !self.led_by_town()
            && self.is_person()
            && self.tokens.get(self.after).is_some_and(long)
    }

    /// Whether the next word is a surname.
    pub fn is_person(&self) -> bool {
        self.tokens.get(self.after).is_some_and(|next| {
            next.is_word()
                && next.capital
                && PERSON_ENDINGS
                    .iter()
                    .any(|ending| next.folded.ends_with(ending))
        })
    }
}
