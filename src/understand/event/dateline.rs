//! The place a report was sent from, and when it is the event's too.

use super::super::lexicon::section;
use super::super::place::{Mention, PlaceKind};
use super::Scene;
use super::whereabouts::Whereabouts;
use crate::model::region::Region;

/// A dateline's city stands within so many tokens of its sentence's beginning.
const DATELINE_TOKENS: usize = 8;

/// Where agencies write from, whatever they tell.
const SEATS: [&str; 2] = ["Astana", "Almaty"];

impl Scene<'_> {
    /// The dateline's city, where the text names no other place; else the hint.
    pub(super) fn dateline_or(&self, hint: Option<Region>) -> Whereabouts {
        let dateline = self.dateline();
        Whereabouts {
            city: dateline.and_then(|mention| mention.city).map(str::to_owned),
            region: dateline.and_then(|mention| mention.region).or(hint),
            words: dateline
                .map(|mention| self.told.original(mention.first, mention.after).to_owned()),
            why: if dateline.is_some() {
                "the dateline: no other place is named"
            } else {
                "no place weighs enough; the outlet's region, if it has one"
            },
        }
    }

    /// The dateline, where the text names no other place than it and its region.
    pub(super) fn dateline(&self) -> Option<&Mention> {
        let first = self.places.first()?;
        let agency = first.city.is_some_and(|city| SEATS.contains(&city));
        let alone = self.here() == Some(first)
            || self.places.iter().all(|other| {
                let around = other.kind == PlaceKind::Region && other.region == first.region;
                other.name == first.name || around || !agency && self.is_elsewhere(other)
            });
        let sentence = self.sentence_at(first.first)?;
        (alone && first.city.is_some() && self.is_dateline(first, sentence)).then_some(first)
    }

    /// Where guests come from, or another edition was or will be: no scene of this one.
    fn is_elsewhere(&self, place: &Mention) -> bool {
        let sentence = self.sentence_at(place.first);
        self.is_origin(place)
            || sentence.is_some_and(|sentence| {
                let (words, _) = self.around(place.first, sentence);
                section("next-edition").any(words) || section("bygone").any(words)
            })
    }

    /// The dateline's place, where the text says "here".
    pub(super) fn here(&self) -> Option<&Mention> {
        let first = self.places.first()?;
        let sentence = self.sentence_at(first.first)?;
        let said = |at: usize| section("here").any(self.told.words(at));
        (self.is_dateline(first, sentence) && (sentence..=sentence + 1).any(said)).then_some(first)
    }

    /// "АСТАНА. ҚазАқпарат –", "Алматы, 5 мая. /Kazinform/", "ASTANA –".
    pub(super) fn is_dateline(&self, mention: &Mention, sentence: usize) -> bool {
        let within = &self.told.sentences[sentence].tokens;
        let lead = mention.first.saturating_sub(within.start);
        if lead > 2 || sentence < self.told.title_sentences {
            return false;
        }
        let name = self.told.original(mention.first, mention.after);
        let upper = name.chars().filter(|letter| letter.is_alphabetic()).count() > 1
            && name.chars().all(|letter| !letter.is_lowercase());
        let high = (mention.after + DATELINE_TOKENS).min(self.told.tokens.len());
        let after = &self.told.tokens[mention.after.min(high)..high];
        let dash = after
            .iter()
            .position(|token| token.is_dash() && token.spaced);
        let dot = after
            .first()
            .is_some_and(|token| token.is_mark('.') || token.is_mark(','));
        let agency = after.iter().any(|token| {
            token.is_mark('/')
                || [
                    "kazinform",
                    "казинформ",
                    "қазақпарат",
                    "inform",
                    "казтаг",
                    "sputnik",
                    "tengri",
                ]
                .iter()
                .any(|agency| token.folded.starts_with(agency))
        });
        let at_once = after
            .first()
            .is_some_and(|token| token.is_dash() && token.spaced);
        (upper && (dash.is_some() || dot))
            || (dot && agency)
            || (at_once && upper)
            || (dot && dash.is_some_and(|dash| dash < 5) && lead == 0 && !mention.located)
    }
}
