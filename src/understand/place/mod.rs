//! Places named in a text, inflected as it may be. The names are data
//! ([`gazetteer`]); what stands beside a name says whether it is a place.
//!
//! Deliberately absent: choosing where an event is, which `event` does, and
//! villages that are no district's centre.

mod context;
mod declension;
mod gazetteer;
mod latin;
mod people;
mod person;

use std::collections::HashSet;

use crate::model::region::Region;
use crate::text::normalise::fold;
use crate::text::tokens::Token;

use super::endings::is_locative;
use context::Context;
pub use context::joins;
use gazetteer::{District, Doubt, GAZETTEER, Place};
use latin::Written;
pub use people::regions_of_people;

/// The most words one name has, hyphens not counted.
const NAME_WORDS_MAX: usize = 4;

/// What kind of place a name means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PlaceKind {
    City,
    /// A district's centre or a larger village.
    Village,
    District,
    Region,
    /// Outside Kazakhstan.
    Abroad,
}

impl PlaceKind {
    /// The kind in a word.
    pub const fn word(self) -> &'static str {
        match self {
            Self::City => "city",
            Self::Village => "village",
            Self::District => "district",
            Self::Region => "region",
            Self::Abroad => "abroad",
        }
    }
}

/// One mention.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mention {
    /// First token, and the one after the last.
    pub first: usize,
    pub after: usize,
    pub kind: PlaceKind,
    /// Common English spelling of a town or village; others have none.
    pub city: Option<&'static str>,
    /// The English name of whatever it is; a region's is its own.
    pub name: Option<&'static str>,
    pub region: Option<Region>,
    /// The form or the words beside it say that something is there.
    pub located: bool,
}

/// All mentions, in order; the longest name wins where several begin.
pub fn mentions(tokens: &[Token]) -> Vec<Mention> {
    let mut found: Vec<(Mention, bool)> = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        match mention_at(tokens, at) {
            Some((mention, sure)) => {
                at = mention.after;
                found.push((mention, sure));
            }
            None => at += 1,
        }
    }
    confirmed(tokens, found)
}

/// The common English spelling and the region of a city written in any of its
/// names, whatever the neighbours.
pub fn city(name: &str) -> Option<(&'static str, Option<Region>)> {
    let name = fold(name.trim()).replace('-', " ");
    let written = if name.is_ascii() {
        Written::Latin
    } else {
        Written::Cyrillic
    };
    let (place, _) = GAZETTEER.look_up(&name, written)?;
    place.city.map(|city| (city, place.region))
}

/// A name that may be no place is one beside a sure place, or where the text
/// surely names it elsewhere.
fn confirmed(tokens: &[Token], found: Vec<(Mention, bool)>) -> Vec<Mention> {
    let sure: HashSet<&str> = found
        .iter()
        .filter(|(_, sure)| *sure)
        .filter_map(|(mention, _)| mention.name)
        .collect();
    let joined =
        |from: usize, to: usize| to == from + 1 && tokens.get(from).is_some_and(context::joins);
    let listed = |index: usize, (mention, _): &(Mention, bool)| {
        let beside = |other: Option<&(Mention, bool)>| {
            other.is_some_and(|(other, sure)| {
                *sure && (joined(other.after, mention.first) || joined(mention.after, other.first))
            })
        };
        beside(index.checked_sub(1).and_then(|before| found.get(before)))
            || beside(found.get(index + 1))
    };
    let kept: Vec<bool> = found
        .iter()
        .enumerate()
        .map(|(index, pair)| {
            pair.1 || pair.0.name.is_some_and(|name| sure.contains(name)) || listed(index, pair)
        })
        .collect();
    let kept = found.into_iter().zip(kept);
    let mut mentions: Vec<Mention> = kept
        .filter_map(|((mention, _), kept)| kept.then_some(mention))
        .collect();
    tell_districts_apart(&mut mentions);
    mentions
}

/// Of districts that share a name the text means the one whose region it names elsewhere.
fn tell_districts_apart(mentions: &mut [Mention]) {
    let named: HashSet<Region> = mentions.iter().filter_map(|other| other.region).collect();
    let open =
        |mention: &&mut Mention| mention.kind == PlaceKind::District && mention.region.is_none();
    for district in mentions.iter_mut().filter(open) {
        let regions = district
            .name
            .map_or(&[][..], |name| GAZETTEER.regions_of(name));
        let mut told = regions.iter().filter(|region| named.contains(region));
        if let (Some(only), None) = (told.next(), told.next()) {
            district.region = Some(*only);
        }
    }
}

/// The longest name at `at`, and whether it surely is a place.
fn mention_at(tokens: &[Token], at: usize) -> Option<(Mention, bool)> {
    let written = Written::of(&tokens[at]);
    if !tokens[at].is_word() || !GAZETTEER.may_begin(&tokens[at].folded, written) {
        return None;
    }
    let mut words = String::new();
    let mut count = 0;
    let mut best: Option<(Named, usize)> = None;
    let mut next = at;
    while count < NAME_WORDS_MAX {
        let Some(token) = tokens.get(next) else { break };
        let initial = token.is_mark('.') && count == 1 && words.chars().count() <= 2;
        if (token.is_dash() && !token.spaced || initial) && count > 0 {
            next += 1;
            continue;
        }
        if !token.is_word() {
            break;
        }
        if count > 0 {
            words.push(' ');
        }
        words.push_str(&token.folded);
        count += 1;
        next += 1;
        let context = Context::of(tokens, at, next);
        let district = GAZETTEER
            .district(&words)
            .filter(|(_, beside)| context.is_district(*beside))
            .map(|(district, _)| Named::District(district));
        let named = district.or_else(|| {
            GAZETTEER.look_up(&words, written).map(|(place, ending)| {
                let case = Case {
                    bare: ending.is_empty(),
                    locative: is_locative(ending),
                };
                Named::Place(place, case)
            })
        });
        if let Some(named) = named {
            best = Some((named, next));
        }
    }
    let (named, after) = best?;
    let context = Context::of(tokens, at, after);
    match named {
        Named::District(district) => context
            .capital
            .then(|| (of_district(at, after, district, &context), true)),
        Named::Place(place, case) => of_place(at, after, place, case, &context),
    }
}

/// The Kazakh case a name stands in.
#[derive(Clone, Copy)]
struct Case {
    bare: bool,
    locative: bool,
}

#[derive(Clone, Copy)]
enum Named {
    Place(Place, Case),
    District(District),
}

fn of_district(first: usize, after: usize, district: District, context: &Context<'_>) -> Mention {
    Mention {
        first,
        after,
        kind: PlaceKind::District,
        city: None,
        name: Some(district.name),
        region: district.region,
        located: context.word_is_located(),
    }
}

fn of_place(
    first: usize,
    after: usize,
    place: Place,
    Case { bare, locative }: Case,
    context: &Context<'_>,
) -> Option<(Mention, bool)> {
    let region = place.kind == PlaceKind::Region;
    if !region && (!context.capital || context.is_other_thing(locative)) {
        return None;
    }
    if region && place.doubt == Doubt::Much && context.is_house() {
        let (city, region) = place.city.and_then(city).unzip();
        if let Some(city) = city {
            let mention = Mention {
                first,
                after,
                kind: PlaceKind::City,
                city: Some(city),
                name: Some(city),
                region: region.flatten(),
                located: context.led_by_in(),
            };
            return Some((mention, true));
        }
    }
    let abroad = place.kind == PlaceKind::Abroad;
    let town = context.is_named_town(bare);
    let located = locative
        || context.led_by_in()
        || (town && context.word_is_located())
        || (region && context.ends_located());
    let sure = match place.doubt {
        Doubt::None => true,
        Doubt::Some => {
            locative
                || town
                || context.led_by_town()
                || context.is_sentence()
                || !context.may_be_person()
        }
        Doubt::Much => {
            let led = context.led_by_in() || context.led_by_near();
            town || context.led_by_town() || ((locative || led) && !context.begins)
        }
    };
    let person = place.doubt == Doubt::Some && !sure && context.is_person();
    if person || bare && !region && context.is_first_name() {
        return None;
    }
    // "Атырау өңірі" is the land around, "Ертіс ауданы" a district.
    let (kind, city) = match context.wider(bare) {
        Some(kind) if !region && !abroad => (kind, None),
        // "Павлодарские журналисты": of the town or of its region.
        _ if region && place.doubt == Doubt::Much => (place.kind, None),
        _ => (place.kind, place.city),
    };
    let mention = Mention {
        first,
        after,
        kind,
        city,
        name: if kind == PlaceKind::Region && (!region || place.doubt == Doubt::Much) {
            None
        } else {
            place.city
        },
        region: place.region,
        located,
    };
    Some((mention, sure))
}

#[cfg(test)]
mod tests;
