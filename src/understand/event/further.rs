//! Further events of a text: other forums, and the week a forum is part of.

use std::collections::BTreeSet;

use super::super::lexicon::section;
use super::forum::Forum;
use super::{Choice, NEAR_TOKENS, Named, Scene, merge};
use crate::model::reading::{EventClaim, MORE_EVENTS_MAX};

/// A further event's day needs this weight: it is one only if it is surely told.
const FURTHER_WEIGHT_MIN: f32 = 4.0;

impl Scene<'_> {
    /// Other forums with a name and a day of their own, and the week one is part of.
    pub(super) fn further(&self, main: &EventClaim, choices: &[Choice]) -> Vec<EventClaim> {
        let mut found: Vec<EventClaim> = Vec::new();
        let mut known_stems = vec![merge::stems(&main.name)];
        for choice in choices {
            if found.len() == MORE_EVENTS_MAX {
                break;
            }
            if choice.replaced {
                continue;
            }
            let here = self
                .forums
                .iter()
                .filter(|forum| forum.sentence == choice.sentence)
                .min_by_key(|forum| forum.at.abs_diff(choice.dated.first));
            let named = match here {
                Some(forum) if choice.weight >= FURTHER_WEIGHT_MIN => Some(self.name_at(forum)),
                Some(_) => None,
                None => self.week(choice),
            };
            let Some(named) = named.filter(|named| named.specific) else {
                continue;
            };
            let stems = merge::stems(&named.name);
            let known = |(claim, known_stems): (&EventClaim, &BTreeSet<String>)| {
                merge::share_stems(&stems, known_stems)
                    || (here.is_some()
                        && claim.start == choice.dated.start
                        && claim.end == choice.dated.end
                        && claim.evidence.words
                            == self.told.original(choice.dated.first, choice.dated.after))
            };
            if !std::iter::once(main)
                .chain(&found)
                .zip(&known_stems)
                .any(known)
            {
                let place = self.whereabouts(choice, &self.weighed_places(choice));
                let claim = self.claim(choice, &named, place);
                known_stems.push(merge::stems(&claim.name));
                found.push(claim);
            }
        }
        found
    }

    /// The media, book or other week told of in the sentence of a date.
    fn week(&self, choice: &Choice) -> Option<Named> {
        let within = self.told.sentences[choice.sentence].tokens.clone();
        let at = within
            .clone()
            .take(NEAR_TOKENS)
            .find(|at| section("week-head").means(&self.told.tokens[*at]))?;
        if (choice.dated.first..choice.dated.after).contains(&at) {
            return None;
        }
        let named = self.name_at(&Forum {
            at,
            sentence: choice.sentence,
            scene: false,
        });
        let own =
            named.name.contains(['«', '"', '“', '„']) || named.words.contains(char::is_uppercase);
        own.then_some(named)
    }
}
