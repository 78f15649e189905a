//! Places an event is not in: where guests come from, where it was to be, a house's
//! name, a time zone.

use super::super::lexicon::section;
use super::super::place::{Mention, PlaceKind, joins};
use super::super::told::Told;
use super::{NEAR_TOKENS, Scene};
use crate::model::language::Language;
use crate::text::tokens::Token;

/// Kazakh endings of where somebody comes from.
const ABLATIVES: [&str; 6] = ["нан", "нен", "дан", "ден", "тан", "тен"];
/// Kazakh endings of whose something is.
const GENITIVES: [&str; 6] = ["ның", "нің", "дың", "дің", "тың", "тің"];
/// A list of places is looked at so far.
const LIST_PLACES_MAX: usize = 6;
/// "Was to be held" stands so near its place, in tokens.
const PLANNED_TOKENS: usize = 8;
/// That a forum goes to another place is told in so many first sentences.
const RELOCATED_SENTENCES: usize = 6;

impl Scene<'_> {
    /// "Павлодарда өтуі тиіс болған форум", "which was to open in Kostanay": the forum is
    /// there no more.
    pub(super) fn was_planned_there(&self, mention: &Mention, sentence: usize) -> bool {
        let within = &self.told.sentences[sentence].tokens;
        let tokens = &self.told.tokens;
        let said = |words: &[Token]| section("was-planned").any(words);
        let there = if self.is_kazakh() {
            let high = (mention.after + PLANNED_TOKENS).min(within.end);
            said(&tokens[mention.after.min(high)..high])
        } else {
            let low = mention
                .first
                .saturating_sub(PLANNED_TOKENS)
                .max(within.start);
            let mut clause = tokens[low..mention.first].rsplit(|token| token.is_mark(','));
            clause.next().is_some_and(said) || section("was-planned").at(tokens, within.start) > 0
        };
        // Of a forum that is put off the place is left.
        there
            && (0..self.told.sentences.len().min(RELOCATED_SENTENCES)).any(|index| {
                let words = self.told.words(index);
                let words = words.get(..NEAR_TOKENS).unwrap_or(words);
                section("relocated").any(words) || section("same-day").any(words)
            })
    }

    /// "Екібастұзға ауыстырылды", "moved to Kokshetau", "переносится в Семей".
    pub(super) fn is_moved_there(&self, mention: &Mention) -> bool {
        let relocated = section("relocated");
        let tokens = &self.told.tokens;
        if self.is_kazakh() {
            return relocated.at(tokens, mention.after) > 0;
        }
        (1..=2).any(|back| {
            let first = mention.first.checked_sub(back);
            first.is_some_and(|first| relocated.at(tokens, first) == back)
        })
    }

    /// "Rixos Almaty": a house of that name may stand anywhere.
    pub(super) fn is_in_name_of_house(&self, mention: &Mention) -> bool {
        let before = mention.first.checked_sub(1);
        before.is_some_and(|before| section("venue-brand").means(&self.told.tokens[before]))
    }

    /// Guests come from there, or it is somebody's seat.
    pub(super) fn is_origin(&self, mention: &Mention) -> bool {
        let tokens = &self.told.tokens;
        // "Kazakhstan-Russia forum"
        let joined = |at: Option<usize>| {
            at.and_then(|at| tokens.get(at))
                .is_some_and(|token| token.is_dash() && !token.spaced)
        };
        let paired = mention.kind == PlaceKind::Abroad
            && (joined(mention.first.checked_sub(1)) || joined(Some(mention.after)));
        let owns =
            self.is_kazakh() && !mention.located && ends(bearer(tokens, mention), &GENITIVES);
        comes_from(self.told, &self.places, mention)
            || is_of_clock(tokens, mention)
            || paired
            || (owns && mention.kind == PlaceKind::Region)
    }
}

/// Whether people or things come from the place, or from one of the list of `places` it
/// stands in: "из Талгара, Узынагаша и Алматы", "Алматы мен Астанадан".
pub fn comes_from(told: &Told, places: &[Mention], mention: &Mention) -> bool {
    let kazakh = matches!(
        told.language,
        Language::KazakhCyrillic | Language::KazakhLatin
    );
    let at = places.partition_point(|other| other.first < mention.first);
    let joined = |one: &Mention, other: &Mention| {
        let between = told.tokens.get(one.after..other.first).unwrap_or_default();
        between.len() == 1 && joins(&between[0])
    };
    // In Kazakh the last of a list bears its case, in the others the first is led.
    let mut list = vec![mention];
    for step in 1..=LIST_PLACES_MAX {
        let next = if kazakh {
            places.get(at + step)
        } else {
            at.checked_sub(step).map(|back| &places[back])
        };
        let Some((known, next)) = list.last().copied().zip(next) else {
            break;
        };
        if !(if kazakh {
            joined(known, next)
        } else {
            joined(next, known)
        }) {
            break;
        }
        list.push(next);
    }
    list.iter()
        .any(|place| is_left(&told.tokens, place, kazakh))
}

/// Whether the place itself stands in a case of "from", or after such a word.
fn is_left(tokens: &[Token], mention: &Mention, kazakh: bool) -> bool {
    let before = |back: usize| {
        mention
            .first
            .checked_sub(back)
            .and_then(|at| tokens.get(at))
            .map_or("", |token| token.folded.as_str())
    };
    let from = section("direction-from").has(before(1))
        || (section("direction-from").has(before(2))
            && matches!(before(1), "города" | "г" | "the" | "села"));
    let bearer = bearer(tokens, mention);
    let country = bearer.ends_with("стан");
    let cyrillic = bearer.contains(|letter: char| ('а'..='я').contains(&letter));
    from || kazakh && !country && cyrillic && ends(bearer, &ABLATIVES)
}

/// The word that bears the place's case: its own last, or "қаласы" after it.
fn bearer<'a>(tokens: &'a [Token], mention: &Mention) -> &'a str {
    let next = tokens
        .get(mention.after)
        .map_or("", |token| token.folded.as_str());
    let town_word = ["қала", "облыс", "аудан"]
        .iter()
        .any(|word| next.starts_with(word));
    if town_word {
        next
    } else {
        &tokens[mention.after - 1].folded
    }
}

fn ends(word: &str, endings: &[&str]) -> bool {
    endings.iter().any(|ending| word.ends_with(ending))
}

/// "3 pm Astana time", "по времени Астаны": a place that only tells the hour.
pub fn is_of_clock(tokens: &[Token], mention: &Mention) -> bool {
    let word = |at: Option<usize>| {
        at.and_then(|at| tokens.get(at))
            .map_or("", |token| token.folded.as_str())
    };
    let zone = ["time", "уақыты", "уақытымен", "уақытында"];
    zone.contains(&word(Some(mention.after)))
        || matches!(word(mention.first.checked_sub(1)), "времени" | "время")
}
