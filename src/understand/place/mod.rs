//! Places named in a text, inflected as it may be. The names are data:
//! `places.tsv`; the endings are rules, here.
//!
//! Deliberately absent: villages and districts (issue 4 of 4), and choosing
//! where an event is, which `event` does.

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::model::region::Region;
use crate::text::normalise::fold;
use crate::text::tokens::Token;

const TABLE: &str = include_str!("places.tsv");
/// The most words one name has, hyphens not counted.
const NAME_WORDS_MAX: usize = 4;
/// Kazakh endings a place name can bear; `LOCATIVE` ones say "in".
const KAZAKH_LOCATIVE: [&str; 8] = ["да", "де", "та", "те", "дағы", "дегі", "тағы", "тегі"];
const KAZAKH_CASES: [&str; 28] = [
    "ға", "ге", "қа", "ке", "дан", "ден", "тан", "тен", "нан", "нен", "ды", "ді", "ты", "ті", "ны",
    "ні", "дың", "дің", "тың", "тің", "ның", "нің", "мен", "бен", "пен", "лық", "лік", "дық",
];
/// Words that make the name before them a town.
const TOWN_AFTER: [&str; 3] = ["қала", "city", "қ"];
/// Words that make the name after them a town.
const TOWN_BEFORE: [&str; 7] = ["город", "городе", "города", "г", "in", "в", "қ"];
/// Words that make the town's name before them something else.
const NO_TOWN_AFTER: [&str; 5] = ["көлі", "теңізі", "тауы", "өзені", "sea"];

static GAZETTEER: LazyLock<Gazetteer> = LazyLock::new(Gazetteer::read);

/// What kind of place a name means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PlaceKind {
    City,
    Region,
    /// Outside Kazakhstan.
    Abroad,
}

/// One mention.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mention {
    /// First token, and the one after the last.
    pub first: usize,
    pub after: usize,
    pub kind: PlaceKind,
    /// Common English spelling; regions have none.
    pub city: Option<&'static str>,
    pub region: Option<Region>,
    /// The form or the words beside it say that something is there.
    pub located: bool,
}

/// All mentions, in order; the longest name wins where several begin.
pub fn mentions(tokens: &[Token]) -> Vec<Mention> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        match mention_at(tokens, at) {
            Some(mention) => {
                at = mention.after;
                found.push(mention);
            }
            None => at += 1,
        }
    }
    found
}

/// The common English spelling and the region of a city written in any of its
/// names, whatever the neighbours.
pub fn city(name: &str) -> Option<(&'static str, Option<Region>)> {
    let name = fold(name.trim()).replace('-', " ");
    let (place, _) = GAZETTEER.forms.get(&name)?;
    place.city.map(|city| (city, place.region))
}

#[derive(Debug, Clone, Copy)]
struct Place {
    city: Option<&'static str>,
    region: Option<Region>,
    kind: PlaceKind,
    ambiguous: bool,
}

#[derive(Debug, Default)]
struct Gazetteer {
    /// Compared form, words joined by a space; and whether the form is locative.
    forms: HashMap<String, (Place, bool)>,
    /// The same, for stems with any ending.
    stems: HashMap<String, Vec<(Vec<String>, Place)>>,
}

/// Stems are looked up by this many first letters.
const STEM_KEY_CHARS: usize = 4;

fn mention_at(tokens: &[Token], at: usize) -> Option<Mention> {
    if !tokens[at].is_word() {
        return None;
    }
    let mut words: Vec<&str> = Vec::with_capacity(NAME_WORDS_MAX);
    let mut best = None;
    let mut next = at;
    while words.len() < NAME_WORDS_MAX {
        let Some(token) = tokens.get(next) else { break };
        if token.is_dash() && !words.is_empty() {
            next += 1;
            continue;
        }
        if !token.is_word() {
            break;
        }
        words.push(&token.folded);
        next += 1;
        if let Some((place, locative)) = GAZETTEER.look_up(&words) {
            best = Some((place, locative, next));
        }
    }
    let (place, locative, after) = best?;
    judge(tokens, at, after, place, locative)
}

fn judge(
    tokens: &[Token],
    first: usize,
    after: usize,
    place: Place,
    locative: bool,
) -> Option<Mention> {
    let next = tokens.get(after).map_or("", |token| token.folded.as_str());
    let before = first
        .checked_sub(1)
        .and_then(|before| tokens.get(before))
        .map_or("", |token| token.folded.as_str());
    if NO_TOWN_AFTER.contains(&next) {
        return None;
    }
    let named_town = TOWN_AFTER
        .iter()
        .any(|word| next == *word || (word.chars().count() > 2 && next.starts_with(word)));
    let located = locative
        || TOWN_BEFORE.contains(&before)
        || (named_town && (next.ends_with("да") || next.ends_with("дағы")))
        || (place.kind == PlaceKind::Region && ends_locative(&tokens[after - 1].folded));
    if place.ambiguous && !(located || named_town) {
        return None;
    }
    if !tokens[first].capital && place.kind != PlaceKind::Region {
        return None;
    }
    Some(Mention {
        first,
        after,
        kind: place.kind,
        city: place.city,
        region: place.region,
        located,
    })
}

fn ends_locative(word: &str) -> bool {
    ["нда", "нде", "ндағы", "ндегі"]
        .iter()
        .any(|ending| word.ends_with(ending))
}

impl Gazetteer {
    fn look_up(&self, words: &[&str]) -> Option<(Place, bool)> {
        let joined = words.join(" ");
        if let Some(found) = self.forms.get(&joined) {
            return Some(*found);
        }
        let key: String = joined.chars().take(STEM_KEY_CHARS).collect();
        let stems = self.stems.get(&key)?;
        stems
            .iter()
            .find(|(stem, _)| {
                stem.len() == words.len()
                    && stem.iter().zip(words).all(|(stem, word)| {
                        stem.strip_suffix('~')
                            .map_or(stem == word, |beginning| word.starts_with(beginning))
                    })
            })
            .map(|(_, place)| (*place, false))
    }

    fn read() -> Self {
        let mut gazetteer = Self::default();
        for line in TABLE.lines().filter(|line| !line.starts_with('#')) {
            let columns: Vec<&'static str> = line.split('\t').collect();
            let [name, region, kind, kazakh, russian, english] = columns.as_slice() else {
                continue;
            };
            let place = Place {
                city: (*name != "-").then_some(*name),
                region: region.parse().ok(),
                kind: match kind.trim_end_matches('?') {
                    "city" => PlaceKind::City,
                    "region" => PlaceKind::Region,
                    _ => PlaceKind::Abroad,
                },
                ambiguous: kind.ends_with('?'),
            };
            for form in kazakh.split('|') {
                gazetteer.add_kazakh(form, place);
            }
            for form in russian.split('|') {
                gazetteer.add_russian(form, place);
            }
            for form in english.split('|') {
                gazetteer.add(form, place, false);
            }
        }
        gazetteer
    }

    fn add(&mut self, form: &str, place: Place, locative: bool) {
        let form = fold(form).replace('-', " ");
        self.forms.entry(form).or_insert((place, locative));
    }

    fn add_stem(&mut self, form: &str, place: Place) {
        let form = fold(form).replace('-', " ");
        let key: String = form.chars().take(STEM_KEY_CHARS).collect();
        let words = form.split(' ').map(str::to_owned).collect();
        self.stems.entry(key).or_default().push((words, place));
    }

    fn add_kazakh(&mut self, form: &str, place: Place) {
        if form.contains('~') {
            self.add_stem(form, place);
            return;
        }
        self.add(form, place, false);
        for ending in KAZAKH_LOCATIVE {
            self.add(&format!("{form}{ending}"), place, true);
            self.add(&format!("{form} {ending}"), place, true);
        }
        for ending in KAZAKH_CASES {
            self.add(&format!("{form}{ending}"), place, false);
        }
    }

    fn add_russian(&mut self, form: &str, place: Place) {
        if let Some(exact) = form.strip_prefix('=') {
            if exact.contains('~') {
                self.add_stem(exact, place);
            } else {
                self.add(exact, place, false);
            }
        } else if form.contains('~') {
            self.add_stem(form, place);
        } else if let Some(stem) = form.strip_suffix('а') {
            for ending in ["а", "ы", "е", "у", "ой", "ою"] {
                self.add(&format!("{stem}{ending}"), place, false);
            }
        } else {
            for ending in ["", "а", "у", "ом", "е"] {
                self.add(&format!("{form}{ending}"), place, false);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::tokens::tokens;

    #[test]
    fn places_are_found_in_every_form() {
        let cases = [
            ("Форум Астанада өтеді", "Astana KZ-71 located"),
            ("форум пройдет в Астане", "Astana KZ-71 located"),
            ("a forum in Almaty", "Almaty KZ-75 located"),
            ("Алматы облысында форум", "- KZ-19 located"),
            ("в Алматинской области", "- KZ-19 located"),
            ("Нұр-Сұлтан қаласында", "Astana KZ-71 located"),
            ("в Усть-Каменогорске", "Oskemen KZ-63 located"),
            ("Западно-Казахстанской области", "- KZ-27"),
            ("West Kazakhstan Region hosts", "- KZ-27"),
            ("Оралда форум", "Oral KZ-27 located"),
            ("Орал оның досы", ""),
            ("в Ташкенте", "Tashkent - located"),
            ("Абай Құнанбайұлы", ""),
            ("Абай облысында", "- KZ-10 located"),
            ("область Абай", "- KZ-10"),
            ("Балқаш көлі", ""),
        ];
        for (text, expected) in cases {
            let found: Vec<String> = mentions(&tokens(text))
                .into_iter()
                .map(|mention| {
                    let region = mention.region.map_or("-".to_owned(), Region::code);
                    let located = if mention.located { " located" } else { "" };
                    format!("{} {region}{located}", mention.city.unwrap_or("-"))
                })
                .collect();
            assert_eq!(found.join(", "), expected, "{text}");
        }
    }

    #[test]
    fn every_region_has_a_name() {
        for region in Region::all() {
            let code = region.code();
            assert!(TABLE.lines().any(|line| line.contains(&code)), "{code}");
        }
        for line in TABLE.lines().filter(|line| !line.starts_with('#')) {
            assert_eq!(line.split('\t').count(), 6, "{line}");
        }
    }
}
