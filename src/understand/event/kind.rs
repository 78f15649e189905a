//! Whether a text announces a forum, is about one, or only mentions one; and
//! whether the forum takes place.

use super::super::lexicon::section;
use super::weigh::{Held, held};
use super::{Choice, Scene};
use crate::model::event::EventStatus;
use crate::model::reading::Kind;

/// A call-off stands this near the forum or its day, in tokens.
const CLAUSE_TOKENS: usize = 14;
/// Mentions from which a text is about forums.
const MENTIONS_MANY: usize = 3;

impl Scene<'_> {
    /// The kind, and how sure.
    pub(super) fn kind(&self, choice: Option<&Choice>) -> (Kind, f32) {
        if let Some(choice) = choice.filter(|choice| !(choice.past && self.is_in_passing())) {
            let sure = (0.35 + 0.09 * choice.weight).min(0.97);
            return if choice.past {
                (Kind::ForumArticle, sure)
            } else {
                (Kind::Announcement, sure)
            };
        }
        let title = self.in_title();
        let (coming, over) = self.votes();
        if coming > over {
            let sure = if title || coming >= 2.0 { 0.7 } else { 0.55 };
            return (Kind::Announcement, sure);
        }
        if title || self.forums.len() >= MENTIONS_MANY {
            (Kind::ForumArticle, 0.85)
        } else if self.is_in_passing() {
            (Kind::Other, 0.7)
        } else {
            (Kind::ForumArticle, 0.65)
        }
    }

    /// Only bygone forums are named, or one as the scene of something told later.
    fn is_in_passing(&self) -> bool {
        let bygone = self
            .forums
            .iter()
            .all(|forum| self.is_bygone(forum.sentence));
        let passing = |forum: &super::forum::Forum| {
            let (words, at) = self.around(forum.at, forum.sentence);
            let opens = forum.sentence <= self.told.title_sentences;
            let told = !forum.scene && held(words, at) != Held::Untold;
            bygone || !(opens || told && self.is_early(forum.sentence))
        };
        !self.in_title() && self.forums.len() < MENTIONS_MANY && self.forums.iter().all(passing)
    }

    /// How much is said of forums to come, and of those that were or are on.
    fn votes(&self) -> (f32, f32) {
        let (mut coming, mut over) = (0.0, 0.0);
        for forum in &self.forums {
            let (words, at) = self.around(forum.at, forum.sentence);
            let weight = if forum.sentence < self.told.title_sentences {
                3.0
            } else if self.is_early(forum.sentence) {
                2.0
            } else {
                1.0
            };
            if section("next-edition").any(words) {
                continue;
            }
            match held(words, at) {
                Held::ToCome if !forum.scene || section("scene-held").any(words) => {
                    coming += weight;
                }
                Held::Now if !forum.scene => coming += weight,
                Held::Over => over += weight,
                Held::ToCome | Held::Now | Held::Untold => {
                    let told = forum.scene || section("past").any(words);
                    over += if told { weight * 0.4 } else { 0.0 };
                }
            }
        }
        (coming, over)
    }

    /// An earlier year is named, or one "last year".
    fn is_bygone(&self, sentence: usize) -> bool {
        let words = self.told.words(sentence);
        let year = u32::try_from(chrono::Datelike::year(&self.published)).unwrap_or_default();
        section("bygone").any(words)
            || words
                .iter()
                .filter_map(crate::text::tokens::Token::number)
                .any(|number| (1950..year).contains(&number))
    }

    /// What the title says of the forum it names.
    pub(super) fn title_held(&self) -> Held {
        self.forums
            .iter()
            .filter(|forum| forum.sentence < self.told.title_sentences)
            .map(|forum| {
                let (words, at) = self.around(forum.at, forum.sentence);
                held(words, at)
            })
            .find(|held| *held != Held::Untold)
            .unwrap_or(Held::Untold)
    }

    pub(super) fn is_moved(&self, sentence: usize, at: usize) -> bool {
        self.says("postponed", sentence, at)
    }

    pub(super) fn is_called_off(&self, sentence: usize, at: usize) -> bool {
        self.is_moved(sentence, at) || self.says("cancelled", sentence, at)
    }

    fn says(&self, what: &str, sentence: usize, at: usize) -> bool {
        let (words, at) = self.around(at, sentence);
        section(what)
            .nearest(words, at)
            .is_some_and(|distance| distance < CLAUSE_TOKENS)
    }

    /// The status of the event whose day was chosen, and the sentence that says it.
    pub(super) fn status(&self, choice: &Choice) -> (EventStatus, Option<usize>) {
        let beside = choice.sentence.saturating_sub(1)..=choice.sentence + 1;
        let mut places = vec![(choice.sentence, choice.dated.first)];
        places.extend(
            self.forums
                .iter()
                .filter(|forum| {
                    forum.sentence < self.told.title_sentences || beside.contains(&forum.sentence)
                })
                .map(|forum| (forum.sentence, forum.at)),
        );
        let spoken = choice.sentence + 1;
        let words = self.told.words(spoken);
        if section("generic-event").any(words) || self.told.title_sentences == 0 {
            let first = self
                .told
                .sentences
                .get(spoken)
                .map(|next| next.tokens.start);
            places.extend(first.map(|first| (spoken, first)));
        }
        for (what, status) in [
            ("cancelled", EventStatus::Cancelled),
            ("postponed", EventStatus::Postponed),
        ] {
            let said = places
                .iter()
                .find(|(sentence, at)| self.says(what, *sentence, *at));
            if let Some((sentence, _)) = said.filter(|_| !choice.past) {
                return (status, Some(*sentence));
            }
        }
        let tentative = section("tentative").any(self.told.words(choice.sentence))
            || section("tentative").any(words) && section("generic-event").any(words);
        if tentative && !choice.past {
            (EventStatus::Tentative, Some(choice.sentence))
        } else {
            (EventStatus::Confirmed, None)
        }
    }
}
