//! Towns and regions by those who are of them: `павлодарлық журналистер`,
//! `Карагандинские врачи`, `шымкентцы`.
//!
//! They say whose news it is, never where anything is held: who is of a town may
//! meet in another.

use crate::model::region::Region;
use crate::text::tokens::Token;

use super::super::endings::is_ending;
use super::PlaceKind;
use super::gazetteer::{Doubt, GAZETTEER};
use super::latin::Written;

/// Kazakh endings of who or what is of a place.
const KAZAKH: [&str; 6] = ["лық", "лік", "дық", "дік", "тық", "тік"];
/// Russian endings of who lives there, in their cases.
const RUSSIAN: [&str; 9] = ["цы", "цев", "цам", "цами", "цах", "ец", "ца", "цу", "цем"];
/// Shorter names are too easily other words, in characters.
const NAME_CHARS_MIN: usize = 4;

/// The regions whose people or whose own are named in `tokens`, in order.
pub fn regions_of_people(tokens: &[Token]) -> Vec<Region> {
    let mut found = Vec::new();
    for token in tokens.iter().filter(|token| token.is_word()) {
        let named = kazakh(&token.folded).or_else(|| russian(token));
        if let Some(region) = named.filter(|region| !found.contains(region)) {
            found.push(region);
        }
    }
    found
}

/// "павлодарлықтардың": a town's name and the ending, whatever follows it.
fn kazakh(word: &str) -> Option<Region> {
    KAZAKH.iter().find_map(|ending| {
        let (name, rest) = word.split_once(ending)?;
        let whole = name.chars().count() >= NAME_CHARS_MIN && is_ending(rest);
        let (place, case) = whole.then(|| GAZETTEER.look_up(name, Written::Cyrillic))??;
        (case.is_empty() && place.kind == PlaceKind::City && place.doubt == Doubt::None)
            .then_some(place.region)?
    })
}

/// "Карагандинские" by its adjective, "карагандинцы" by the adjective of the same stem.
fn russian(token: &Token) -> Option<Region> {
    let word = token.folded.as_str();
    let adjective = || {
        let end = word.find("ск").map(|at| at + "ск".len())?;
        token.capital.then(|| word[..end].to_owned())
    };
    let people = || {
        let stem = RUSSIAN
            .iter()
            .find_map(|ending| word.strip_suffix(ending))?;
        Some(format!("{stem}ск"))
    };
    let stem = people().or_else(adjective)?;
    let (place, _) = GAZETTEER.look_up(&format!("{stem}ие"), Written::Cyrillic)?;
    (place.kind == PlaceKind::Region && stem.chars().count() > NAME_CHARS_MIN)
        .then_some(place.region)?
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::tokens::tokens;

    #[test]
    fn people_tell_their_region() {
        let cases = [
            ("павлодарлық журналистер", Some("KZ-55")),
            ("Атыраулықтар жиналады", Some("KZ-23")),
            ("Карагандинские врачи", Some("KZ-35")),
            ("уверен карагандинец", Some("KZ-35")),
            ("Шымкентцы проведут форум", Some("KZ-79")),
            ("орталық мамандық балалық", None),
            ("городские немцы и отцы", None),
        ];
        for (text, expected) in cases {
            let found = regions_of_people(&tokens(text));
            let code = found.first().map(|region| region.code());
            assert_eq!(code.as_deref(), expected, "{text}");
        }
    }
}
