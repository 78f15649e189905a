//! Where an event is, told apart from datelines, guests' homes and organisers'
//! seats.

use std::sync::LazyLock;

use super::super::lexicon::section;
use super::super::place::{Mention, PlaceKind};
use super::weigh::Note;
use super::{Choice, Scene};
use crate::model::region::Region;

/// A place needs this weight: one named in passing is nobody's scene.
const WEIGHT_MIN: f32 = 3.0;
/// A place of this weight is not doubted for a byname's sake.
const SURE_WEIGHT: f32 = 8.0;
/// A label stands within so many tokens before its place.
const LABEL_TOKENS: usize = 6;
/// Names further from the day or the forum weigh less, by a step for so many tokens.
const STEP_TOKENS: usize = 4;
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
