//! Where an event is, told apart from datelines, guests' homes and organisers'
//! seats.

use std::sync::LazyLock;

use super::super::lexicon::section;
use super::super::place::{Mention, PlaceKind};
use super::super::told::Told;
use super::weigh::Note;
use super::{Choice, Scene};
use crate::model::language::Language;
use crate::model::region::Region;
use crate::text::tokens::Token;

/// A place needs this weight: one named in passing is nobody's scene.
const WEIGHT_MIN: f32 = 3.0;
/// A place of this weight is not doubted for a byname's sake.
const SURE_WEIGHT: f32 = 8.0;
/// Kazakh endings of where somebody comes from.
const ABLATIVES: [&str; 6] = ["нан", "нен", "дан", "ден", "тан", "тен"];
/// Kazakh endings of whose something is.
const GENITIVES: [&str; 6] = ["ның", "нің", "дың", "дің", "тың", "тің"];
/// A list of places is looked at so far.
const LIST_PLACES_MAX: usize = 6;
/// A label stands within so many tokens before its place.
const LABEL_TOKENS: usize = 6;
/// Names further from the day or the forum weigh less, by a step for so many tokens.
const STEP_TOKENS: usize = 4;
/// "Was to be held" stands so near its place, in tokens.
const PLANNED_TOKENS: usize = 8;
/// That a forum goes to another place is told in so many first sentences.
const RELOCATED_SENTENCES: usize = 6;
/// Countries: an event is in one, but not in a city of that name.
const COUNTRIES: [&str; 36] = [
    "Russia",
    "China",
    "Uzbekistan",
    "Kyrgyzstan",
    "Tajikistan",
    "Turkmenistan",
    "Azerbaijan",
    "Turkey",
    "Iran",
    "Belarus",
    "Ukraine",
    "Germany",
    "France",
    "United Kingdom",
    "United States",
    "Japan",
    "South Korea",
    "India",
    "Mongolia",
    "Georgia",
    "Armenia",
    "Italy",
    "Spain",
    "Poland",
    "Hungary",
    "Switzerland",
    "United Arab Emirates",
    "Saudi Arabia",
    "Pakistan",
    "Afghanistan",
    "Qatar",
    "Israel",
    "Egypt",
    "Kazakhstan",
    "Austria",
    "Czechia",
];
/// What the cities are also called.
const BYNAMES: [(&str, &str); 8] = [
    ("южной столице", "Almaty"),
    ("оңтүстік астанада", "Almaty"),
    ("southern capital", "Almaty"),
    ("в столице", "Astana"),
    ("столице казахстана", "Astana"),
    ("елордада", "Astana"),
    ("бас қалада", "Astana"),
    ("in the capital", "Astana"),
];

/// Houses that one city has.
const VENUES: &str = include_str!("venues.tsv");
/// Each with a space before it, and its city.
static HOUSES: LazyLock<Vec<(String, &'static str)>> = LazyLock::new(|| {
    let rows = VENUES.lines().filter(|line| !line.starts_with('#'));
    rows.filter_map(|line| line.split_once('\t'))
        .map(|(house, city)| (format!(" {house}"), city))
        .collect()
});

/// A city and its region, and the words that name them.
#[derive(Debug, Default)]
pub(super) struct Whereabouts {
    pub city: Option<String>,
    pub region: Option<Region>,
    pub words: Option<String>,
    pub why: &'static str,
}

/// A place, and what speaks for its being the event's.
#[derive(Debug, Clone, PartialEq)]
pub struct WeighedPlace {
    pub mention: Mention,
    pub notes: Vec<Note>,
}

impl WeighedPlace {
    /// What its notes come to.
    pub fn weight(&self) -> f32 {
        self.notes.iter().fold(0.0, |sum, note| sum + note.weight)
    }
}

impl Scene<'_> {
    /// Every place, weighed as the scene of the event whose day was chosen.
    pub(super) fn weighed_places(&self, choice: &Choice) -> Vec<WeighedPlace> {
        let weighed = |mention: &Mention| WeighedPlace {
            mention: mention.clone(),
            notes: self.place_notes(mention, choice),
        };
        self.places.iter().map(weighed).collect()
    }

    /// The place said to be the scene nearest to the event's day; else the
    /// outlet's region.
    pub(super) fn whereabouts(&self, choice: &Choice, weighed: &[WeighedPlace]) -> Whereabouts {
        let best = weighed
            .iter()
            .map(|place| (place.weight(), &place.mention))
            .rev()
            .max_by(|(one, _), (other, _)| one.total_cmp(other))
            .filter(|(weight, _)| *weight >= WEIGHT_MIN);
        let byname = || {
            self.byname(choice.sentence)
                .or_else(|| self.known_venue(choice.sentence))
        };
        match best {
            Some((weight, mention))
                if weight >= SURE_WEIGHT && mention.located
                    || weight > SURE_WEIGHT
                    || byname().is_none() =>
            {
                let region = mention.region;
                let abroad = mention.kind == PlaceKind::Abroad;
                let city = mention
                    .city
                    .filter(|city| !(abroad && COUNTRIES.contains(city)))
                    .or_else(|| self.city_in(region, choice))
                    .or_else(|| self.title_city_in(mention))
                    .or_else(|| self.here().filter(|here| here.region == region)?.city)
                    .or_else(|| self.dateline().filter(|line| line.region == region)?.city);
                Whereabouts {
                    city: city.map(str::to_owned),
                    region,
                    words: Some(self.told.original(mention.first, mention.after).to_owned()),
                    why: "the place that weighs most",
                }
            }
            _ => byname().map_or_else(
                || self.dateline_or(self.region_hint),
                |(words, city, region)| Whereabouts {
                    city: Some(city.to_owned()),
                    region: Some(region),
                    words: Some(words.to_owned()),
                    why: "a byname of the city, or a house that only it has",
                },
            ),
        }
    }

    fn place_notes(&self, mention: &Mention, choice: &Choice) -> Vec<Note> {
        let Some(at) = self.sentence_at(mention.first) else {
            return Vec::new();
        };
        let forum_here = self.forums.iter().filter(|forum| forum.sentence == at);
        let marks = forum_here
            .clone()
            .map(|forum| forum.at)
            .chain((at == choice.sentence).then_some(choice.dated.first));
        let steps = marks
            .map(|mark| mark.abs_diff(mention.first) / STEP_TOKENS)
            .min()
            .unwrap_or_default();
        let far = f32::from(u8::try_from(steps.min(3)).unwrap_or_default());
        let beside = at.abs_diff(choice.sentence) == 1;
        let title = at < self.told.title_sentences;
        // "Карагандинский университет открыл общежитие", beside the forum's sentence.
        let word = &self.told.tokens[mention.after - 1].folded;
        let names_forum = forum_here.count() > 0;
        let seat = !mention.located && (word.ends_with("ский") || word.ends_with("ская"));
        [
            (mention.kind == PlaceKind::City, "a city", 1.0),
            (at == choice.sentence, "in the sentence of the day", 8.0),
            (beside, "in a sentence beside the day's", 2.0),
            (title, "in the title", 4.0),
            (mention.located, "said to be where", 5.0),
            (names_forum, "a forum in its sentence", 2.0),
            (far > 0.0, "far from the forum and the day", -far),
            (self.is_moved_there(mention), "where it is moved to", 5.0),
            (self.is_labelled(mention, at), "a line that says where", 6.0),
            (self.is_dateline(mention, at), "the dateline", -12.0),
            (
                self.was_planned_there(mention, at),
                "where it was to be",
                -10.0,
            ),
            (
                self.is_in_name_of_house(mention),
                "a part of a house's name",
                -5.0,
            ),
            (self.is_origin(mention), "where somebody comes from", -12.0),
            (
                seat && beside && !names_forum,
                "a house that is only named",
                -2.0,
            ),
        ]
        .into_iter()
        .filter(|(holds, ..)| *holds)
        .map(|(_, why, weight)| Note::new(why, weight))
        .collect()
    }

    /// "Место: Караганда".
    fn is_labelled(&self, mention: &Mention, sentence: usize) -> bool {
        let begin = self.told.sentences[sentence].tokens.start;
        let before = begin..mention.first;
        before.len() <= LABEL_TOKENS
            && section("venue-label").any(&self.told.tokens[before.clone()])
            && self.told.tokens[before]
                .iter()
                .any(|token| token.is_mark(':') || token.is_dash())
    }

    /// "Павлодарда өтуі тиіс болған форум", "which was to open in Kostanay": the forum is
    /// there no more.
    fn was_planned_there(&self, mention: &Mention, sentence: usize) -> bool {
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
                section("relocated").any(words) || section("same-day").any(words)
            })
    }

    /// "Екібастұзға ауыстырылды", "moved to Kokshetau", "переносится в Семей".
    fn is_moved_there(&self, mention: &Mention) -> bool {
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
    fn is_in_name_of_house(&self, mention: &Mention) -> bool {
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

    /// A byname in the event's sentence or the title.
    fn byname(&self, sentence: usize) -> Option<(&'static str, &'static str, Region)> {
        let said = |index: usize| {
            let sentence = self.told.sentences.get(index)?;
            let text = self.told.text[sentence.bytes.clone()].to_lowercase();
            BYNAMES
                .iter()
                .find(|(name, _)| text.contains(name))
                .and_then(|(name, city)| {
                    let (_, region) = super::super::place::city(city)?;
                    Some((*name, *city, region?))
                })
        };
        let title = 0..self.told.title_sentences;
        [sentence, sentence + 1]
            .into_iter()
            .chain(title)
            .find_map(said)
    }

    /// A house of one city, named in the event's sentence, the next or the title.
    fn known_venue(&self, sentence: usize) -> Option<(&'static str, &'static str, Region)> {
        let title = 0..self.told.title_sentences;
        [sentence, sentence + 1]
            .into_iter()
            .chain(title)
            .find_map(|index| {
                let mut text = String::from(" ");
                for word in self.told.words(index).iter().filter(|word| word.is_word()) {
                    text.push_str(&word.folded);
                    text.push(' ');
                }
                HOUSES
                    .iter()
                    .find(|(house, _)| text.contains(house))
                    .and_then(|(house, city)| {
                        let (_, region) = super::super::place::city(city)?;
                        Some((house.trim_start(), *city, region?))
                    })
            })
    }

    /// A city of `region` where something is, named beside the event's day; else
    /// one in the sentence nobody comes from.
    fn city_in(&self, region: Option<Region>, choice: &Choice) -> Option<&'static str> {
        region?;
        let within = &self.told.sentences[choice.sentence].tokens;
        let named = || {
            self.places.iter().filter(|mention| {
                within.contains(&mention.first)
                    && mention.region == region
                    && !self.is_origin(mention)
            })
        };
        named()
            .filter(|mention| mention.located)
            .chain(named())
            .find_map(|mention| mention.city)
    }

    /// A city of the title that lies in the region the text names.
    fn title_city_in(&self, around: &Mention) -> Option<&'static str> {
        if around.kind != PlaceKind::Region {
            return None;
        }
        let within = &self.told.sentences.get(..self.told.title_sentences)?;
        let named = || {
            self.places.iter().filter(|mention| {
                within
                    .iter()
                    .any(|sentence| sentence.tokens.contains(&mention.first))
                    && mention.kind == PlaceKind::City
                    && mention.region.is_some()
                    && mention.region == around.region
                    && !self.is_origin(mention)
            })
        };
        named()
            .filter(|mention| mention.located)
            .chain(named())
            .find_map(|mention| mention.city)
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
        between.len() == 1 && super::super::place::joins(&between[0])
    };
    // In Kazakh the last of a list bears its case, in the others the first is led.
    let mut list = vec![mention];
    for step in 1..=LIST_PLACES_MAX {
        let next = if kazakh {
            places.get(at + step)
        } else {
            at.checked_sub(step).map(|back| &places[back])
        };
        let Some((last, next)) = list.last().copied().zip(next) else {
            break;
        };
        if !(if kazakh {
            joined(last, next)
        } else {
            joined(next, last)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bynames_are_of_known_cities() {
        let venues = VENUES
            .lines()
            .filter(|line| !line.starts_with('#'))
            .map(|line| line.split_once('\t').expect(line));
        for (name, city) in BYNAMES.into_iter().chain(venues) {
            let known = super::super::super::place::city(city);
            assert!(known.is_some_and(|(_, region)| region.is_some()), "{name}");
        }
    }
}
