//! What the words beside a name say of it: a town, a district, a street, a
//! person, a lake.

use crate::text::tokens::Token;

use super::super::endings::{is_locative, is_owned_ending};
use super::PlaceKind;
use super::gazetteer::Beside;

/// Words after a name that make it a town or village.
const TOWN_AFTER: [&str; 12] = [
    "қала",
    "ауыл",
    "аул",
    "кент",
    "станция",
    "стансы",
    "city",
    "town",
    "village",
    "шаһар",
    "облыс",
    "тұрғын",
];
/// Words before a name that make it one.
const TOWN_BEFORE: [&str; 26] = [
    "город",
    "городе",
    "города",
    "городу",
    "г",
    "қ",
    "село",
    "селе",
    "села",
    "поселок",
    "поселке",
    "поселка",
    "аул",
    "ауле",
    "п",
    "с",
    "городской",
    "станция",
    "станции",
    "city",
    "town",
    "village",
    "а",
    "кент",
    "моногород",
    "райцентр",
];
/// Words before a name that say something is there.
const IN: [&str; 8] = ["город", "городе", "города", "г", "in", "в", "қ", "городу"];
/// Words after a name that make it something else; Kazakh ones may bear endings.
const OTHER_AFTER: [&str; 21] = [
    "times",
    "көлі",
    "теңізі",
    "тауы",
    "таулары",
    "өзені",
    "теңіз",
    "sea",
    "lake",
    "river",
    "mountains",
    "көшесі",
    "даңғылы",
    "алаңы",
    "қонақүйі",
    "клубы",
    "street",
    "avenue",
    "hotel",
    "атындағы",
    "мешіті",
];
/// How houses begin that stand in the town the adjective before them names.
const HOUSES: [&str; 18] = [
    "университет",
    "институт",
    "дворц",
    "дворец",
    "театр",
    "библиотек",
    "филармони",
    "музей",
    "музее",
    "колледж",
    "гимнази",
    "лицей",
    "лицее",
    "стадион",
    "ипподром",
    "технопарк",
    "гостиниц",
    "конгресс",
];
/// Words that join the names of a list.
const JOINING: [&str; 8] = ["мен", "бен", "пен", "және", "и", "and", ",", "менен"];
/// A list of names that ends in "districts" is looked at this far, in tokens.
const LIST_TOKENS_MAX: usize = 14;
/// Words before a name that make it something else.
const OTHER_BEFORE: [&str; 28] = [
    "lake",
    "sea",
    "river",
    "mount",
    "улица",
    "улице",
    "улицы",
    "ул",
    "проспект",
    "проспекте",
    "проспекта",
    "пр",
    "площадь",
    "площади",
    "имени",
    "им",
    "бульвар",
    "гостиница",
    "гостинице",
    "отель",
    "отеле",
    "озеро",
    "озере",
    "озера",
    "река",
    "реки",
    "реке",
    "море",
];
/// Words before a place that lies near.
const NEAR: [&str; 8] = [
    "у",
    "под",
    "около",
    "близ",
    "возле",
    "near",
    "outside",
    "around",
];

/// The words around tokens `first..after`.
pub struct Context<'a> {
    pub(super) next: &'a str,
    pub(super) before: &'a str,
    last: &'a str,
    pub(super) tokens: &'a [Token],
    pub(super) first: usize,
    pub(super) after: usize,
    /// The name begins with a capital letter.
    pub capital: bool,
    /// It stands first in its sentence.
    pub begins: bool,
}

impl<'a> Context<'a> {
    pub fn of(tokens: &'a [Token], first: usize, after: usize) -> Self {
        let folded = |at: usize| tokens.get(at).map_or("", |token| token.folded.as_str());
        let before = first.checked_sub(1).map(folded).unwrap_or_default();
        // "г. Астана", "имени Абая"
        let dotted = before == "." && first >= 2 && !tokens[first - 1].spaced;
        Self {
            next: folded(after),
            before: if dotted && folded(first - 2).chars().count() <= 2 {
                folded(first - 2)
            } else {
                before
            },
            last: folded(after - 1),
            tokens,
            first,
            after,
            capital: tokens[first].capital,
            begins: before.is_empty() || matches!(before, "." | "!" | "?" | "…" | "—" | "-" | "–"),
        }
    }

    /// Whether the word for "district" stands on that side.
    pub fn is_district(&self, beside: Beside) -> bool {
        match beside {
            Beside::After => self.heads_list(&["аудан", "район", "district"]),
            Beside::Either => self.is_district(Beside::After) || self.is_district(Beside::Before),
            Beside::Before => {
                let named = matches!(self.before, "имени" | "им");
                let back = if named { 3 } else { 1 };
                let before = self.first.saturating_sub(back)..self.first;
                self.tokens[before]
                    .iter()
                    .any(|token| token.folded.starts_with("район"))
            }
        }
    }

    /// Whether one of `words` follows, or ends the list the name stands in.
    fn heads_list(&self, words: &[&str]) -> bool {
        let is = |word: &str| words.iter().any(|beginning| word.starts_with(beginning));
        if is(self.next) {
            return true;
        }
        let mut joined = false;
        for token in self.tokens[self.after..].iter().take(LIST_TOKENS_MAX) {
            if joins(token) {
                joined = true;
            } else if joined && is(&token.folded) {
                return true;
            } else if !(joined && token.is_word() && token.capital) {
                return false;
            }
        }
        false
    }

    /// What wider thing the next word makes of a town's name.
    /// A list's last word tells of a bare name only.
    pub fn wider(&self, bare: bool) -> Option<PlaceKind> {
        if self.next.starts_with("аудан") || self.next == "district" {
            Some(PlaceKind::District)
        } else if ["өңір", "region", "oblast"]
            .iter()
            .any(|word| self.next.starts_with(word))
            // "Қостанайда өңірлік форум", "Almaty regional forum"
            && !["өңірлік", "өңіраралық", "regional"].iter().any(|word| self.next.starts_with(word))
            || (bare && self.heads_list(&["облыстар"]))
            || self.next.starts_with("облыс")
        {
            Some(PlaceKind::Region)
        } else {
            None
        }
    }

    /// Whether the next word makes the name a town, a village or the land around.
    pub fn is_named_town(&self, bare: bool) -> bool {
        self.wider(bare).is_some() || is_town_word(self.next)
    }

    /// Whether the noun the adjective leads is a house, which stands in a town: "в
    /// павлодарском Доме дружбы", "Костанайский региональный университет".
    pub fn is_house(&self) -> bool {
        // Of "the Karaganda university's graduate" nothing is known.
        let acts = ["ский", "ская", "ское"]
            .iter()
            .any(|end| self.last.ends_with(end));
        if !acts && !self.led_by_in() {
            return false;
        }
        let mut words = self.tokens[self.after..].iter().take(2);
        let house = |word: &str| HOUSES.iter().any(|beginning| word.starts_with(beginning));
        let Some(next) = words.next() else {
            return false;
        };
        let attribute = ["ий", "ый", "ой", "ого", "ом", "ая"]
            .iter()
            .any(|ending| next.folded.ends_with(ending));
        house(&next.folded)
            || matches!(next.folded.as_str(), "дом" | "доме" | "дома")
            || attribute && words.next().is_some_and(|word| house(&word.folded))
    }

    pub fn led_by_town(&self) -> bool {
        TOWN_BEFORE.contains(&self.before)
    }

    pub fn led_by_in(&self) -> bool {
        IN.contains(&self.before)
    }

    pub fn led_by_near(&self) -> bool {
        NEAR.contains(&self.before)
    }

    /// Whether the word after the name is in the case of place.
    pub fn word_is_located(&self) -> bool {
        ends_located(self.next)
            || self.next.ends_with("да")
            || self.next.ends_with("де")
            || self.next == "районе"
            || self.before == "районе"
    }

    /// Whether the name itself is.
    pub fn ends_located(&self) -> bool {
        ends_located(self.last)
    }

    /// A street, a lake, a theatre, a name in quotation marks.
    pub fn is_other_thing(&self, located: bool) -> bool {
        let quoted = matches!(self.before, "«" | "\"" | "“" | "„")
            && matches!(self.next, "»" | "\"" | "”" | "“")
            && !self
                .tokens
                .get(self.after + 1)
                .is_some_and(|token| is_town_word(&token.folded));
        let water = self.next == "су"
            && self
                .tokens
                .get(self.after + 1)
                .is_some_and(|token| token.folded.starts_with("қойма"));
        let after = !located
            && OTHER_AFTER
                .iter()
                .any(|word| self.next.strip_prefix(word).is_some_and(is_owned_ending));
        quoted || water || after || OTHER_BEFORE.contains(&self.before)
    }

    /// Whether the name is all of a sentence, as in a dateline: "ОРАЛ. …".
    pub fn is_sentence(&self) -> bool {
        self.begins && self.next == "."
    }
}

/// Whether the token joins the names of a list.
pub fn joins(token: &Token) -> bool {
    JOINING.contains(&token.folded.as_str())
}

fn is_town_word(word: &str) -> bool {
    TOWN_AFTER
        .iter()
        .any(|beginning| word.starts_with(beginning))
}

fn ends_located(word: &str) -> bool {
    ["нда", "нде", "ндағы", "ндегі"]
        .iter()
        .any(|ending| word.ends_with(ending) && is_locative(ending))
}
