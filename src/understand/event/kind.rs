//! Whether a text announces a forum, is about one, or only mentions one; and
//! whether the forum takes place.

use super::super::lexicon::section;
use super::forum::Forum;
use super::held::{Held, held};
use super::weigh::{SCENE_DAYS_MAX, TOLD_EARLY_SENTENCES};
use super::{Choice, Dated, Scene};
use crate::model::event::EventStatus;
use crate::model::reading::Kind;

/// A call-off stands this near the forum or its day, in tokens.
const CLAUSE_TOKENS: usize = 14;
/// "After" stands so near before its forum: its name is between.
const BEHIND_TOKENS: usize = 4;
/// Mentions from which a text is about forums.
const MENTIONS_MANY: usize = 3;

/// The kind of a text, how sure, and what decided.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct KindFound {
    pub kind: Kind,
    pub confidence: f32,
    pub why: &'static str,
}

/// What one mention of a forum says of when it is held.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Vote {
    /// Its token.
    pub at: usize,
    pub sentence: usize,
    /// Only the scene of something else.
    pub scene: bool,
    pub held: &'static str,
    pub coming: f32,
    pub over: f32,
}

impl Scene<'_> {
    /// The kind, by the day chosen, else by what the mentions say.
    pub(super) fn kind(&self, choice: Option<&Choice>, votes: &[Vote]) -> KindFound {
        let found = |kind, confidence, why| KindFound {
            kind,
            confidence,
            why,
        };
        if self.is_obituary() {
            return found(
                Kind::Other,
                0.8,
                "of a death, and forums are named beside it",
            );
        }
        let passing = self.is_in_passing();
        // What was said at a forum these days is told early.
        let tells = |choice: &&Choice| {
            let early = self.is_early(choice.sentence) || self.is_held_soon(choice.sentence);
            let recent = early && !self.is_long_ago(&choice.dated);
            !(choice.past && passing) || recent
        };
        if let Some(choice) = choice.filter(tells) {
            let sure = (0.35 + 0.09 * choice.weight).min(0.97);
            return if choice.past {
                found(Kind::ForumArticle, sure, "its day is past")
            } else {
                found(Kind::Announcement, sure, "its day is to come, or today")
            };
        }
        if passing {
            return found(Kind::Other, 0.7, "forums are only named in passing");
        }
        let title = self.in_title();
        let coming: f32 =
            votes.iter().map(|vote| vote.coming).sum::<f32>() + self.goes_on_to_come();
        let over: f32 = votes.iter().map(|vote| vote.over).sum();
        if coming > over {
            let sure = if title || coming >= 2.0 { 0.7 } else { 0.55 };
            return found(
                Kind::Announcement,
                sure,
                "more is said of a forum to come than of one that was",
            );
        }
        if title || self.forums.len() >= MENTIONS_MANY {
            let why = "the title names a forum, or the text often does";
            found(Kind::ForumArticle, 0.85, why)
        } else {
            found(Kind::ForumArticle, 0.65, "the text tells of a forum")
        }
    }

    /// "The event will be held before the year is out", right after a forum is named.
    fn goes_on_to_come(&self) -> f32 {
        let comes = |index: usize| {
            let words = self.told.words(index);
            let generic = words
                .iter()
                .position(|word| section("generic-event").has(&word.folded));
            generic.is_some_and(|at| held(words, at) == Held::ToCome)
        };
        let goes_on = self.forums.iter().any(|forum| {
            let next = forum.sentence + 1;
            !forum.scene && !self.forums.iter().any(|other| other.sentence == next) && comes(next)
        });
        f32::from(u8::from(goes_on))
    }

    /// Only bygone forums are named, or one as the scene of something told later.
    fn is_in_passing(&self) -> bool {
        let bygone = self
            .forums
            .iter()
            .all(|forum| self.is_bygone(forum.sentence));
        let passing = |forum: &Forum| {
            let (words, at) = self.around(forum.at, forum.sentence);
            let opens = forum.sentence <= self.told.title_sentences;
            let told =
                !forum.scene && held(words, at) != Held::Untold && !section("recurring").any(words);
            let beside = section("sidelines").any(words) && self.forums.len() == 1
                || (forum.scene || self.is_behind(forum)) && section("world-forum").any(words);
            let within = &self.told.sentences[forum.sentence].tokens;
            let mut days = self.dates.iter();
            let said = forum.scene
                && section("speech").any(words)
                && !section("future").any(words)
                && !days.any(|day| within.contains(&day.first) && self.is_long_ago(day));
            bygone || beside || !(opens || (told || said) && self.is_early(forum.sentence))
        };
        !self.in_title() && self.forums.len() < MENTIONS_MANY && self.forums.iter().all(passing)
    }

    /// A sentence still early tells of a forum itself, which was held: "The Caspian Forum,
    /// held on May 21, brought …".
    fn is_held_soon(&self, sentence: usize) -> bool {
        let mut here = self.forums.iter();
        self.sentences_before(sentence) <= TOLD_EARLY_SENTENCES
            && here.any(|forum| {
                let (words, at) = self.around(forum.at, sentence);
                forum.sentence == sentence && !forum.scene && held(words, at) == Held::Over
            })
    }

    /// The title or the first sentence tells of a death, the title of no forum that is held
    /// or called off for it, and the text of none to come.
    fn is_obituary(&self) -> bool {
        let first = self.told.title_sentences;
        let dead = (0..=first).any(|index| section("obituary").any(self.told.words(index)));
        dead && !self.forums.iter().any(|forum| {
            let (words, at) = self.around(forum.at, forum.sentence);
            let held = held(words, at);
            let told = held != Held::Untold || self.is_called_off(forum.sentence, forum.at);
            forum.sentence < first && told || !forum.scene && held == Held::ToCome
        })
    }

    /// "After the forum", "вернулся с форума", "форумнан оралды": what is told came after.
    fn is_behind(&self, forum: &Forum) -> bool {
        if self.is_kazakh() {
            let word = self.told.tokens[forum.at].folded.as_str();
            return ["нан", "дан"].iter().any(|ending| word.ends_with(ending));
        }
        let begin = self.told.sentences[forum.sentence].tokens.start;
        let low = forum.at.saturating_sub(BEHIND_TOKENS).max(begin);
        self.told.tokens[low..forum.at].iter().any(|word| {
            section("after").means(word) || matches!(word.folded.as_str(), "с" | "со" | "from")
        })
    }

    /// How much is said of forums to come, and of those that were or are on.
    pub(super) fn votes(&self) -> Vec<Vote> {
        self.forums.iter().map(|forum| self.vote(forum)).collect()
    }

    fn vote(&self, forum: &Forum) -> Vote {
        let (words, at) = self.around(forum.at, forum.sentence);
        let weight = if forum.sentence < self.told.title_sentences {
            3.0
        } else if self.is_early(forum.sentence) {
            2.0
        } else {
            1.0
        };
        let held = held(words, at);
        let (coming, over) = match held {
            _ if section("next-edition").any(words) => (0.0, 0.0),
            Held::ToCome if !forum.scene || section("scene-held").any(words) => (weight, 0.0),
            Held::Now if !forum.scene => (weight, 0.0),
            Held::Over => (0.0, weight),
            Held::ToCome | Held::Now | Held::Untold => {
                let told = forum.scene || section("past").any(words);
                (0.0, if told { weight * 0.4 } else { 0.0 })
            }
        };
        Vote {
            at: forum.at,
            sentence: forum.sentence,
            scene: forum.scene,
            held: held.word(),
            coming,
            over,
        }
    }

    /// Longer ago than news of what was said there.
    fn is_long_ago(&self, day: &Dated) -> bool {
        (self.published - day.end.unwrap_or(day.start)).num_days() > SCENE_DAYS_MAX
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
        self.says("postponed", sentence, at) || self.replaces_a_day(sentence)
    }

    /// A day of the sentence is one that another takes the place of.
    fn replaces_a_day(&self, sentence: usize) -> bool {
        let within = self.told.sentences.get(sentence).map(|told| &told.tokens);
        within.is_some_and(|within| {
            let mut here = self.dates.iter();
            // "Not in four days, but in December" puts a rumour right.
            here.any(|dated| {
                within.contains(&dated.first) && !dated.relative && self.is_replaced(*dated)
            })
        })
    }

    pub(super) fn is_called_off(&self, sentence: usize, at: usize) -> bool {
        self.is_moved(sentence, at) || self.says("cancelled", sentence, at)
    }

    fn says(&self, what: &str, sentence: usize, at: usize) -> bool {
        let (words, here) = self.around(at, sentence);
        let begin = at.saturating_sub(here);
        section(what)
            .nearest_of(words, here, |first, after| {
                !self.is_of_place(begin + first, begin + after)
            })
            .is_some_and(|distance| distance < CLAUSE_TOKENS)
    }

    /// "Екібастұзға ауыстырылды", "moved to Astana": tokens `first..after` tell of
    /// another place, and no day stands beside it.
    fn is_of_place(&self, first: usize, after: usize) -> bool {
        let led = |at: usize| {
            let word = self.told.tokens.get(at);
            word.is_some_and(|word| matches!(word.folded.as_str(), "в" | "во" | "to" | "из"))
        };
        let place = if self.is_kazakh() {
            let before = self.places.partition_point(|place| place.first < first);
            let last = before.checked_sub(1).map(|last| &self.places[last]);
            last.filter(|place| place.after == first)
        } else {
            let next = self.places.partition_point(|place| place.first <= after);
            let next = self.places.get(next).filter(|_| led(after));
            next.filter(|place| place.first == after + 1)
        };
        place.is_some_and(|place| {
            let near = place.first.saturating_sub(BEHIND_TOKENS)..place.after + BEHIND_TOKENS;
            !self.dates.iter().any(|dated| near.contains(&dated.first))
        })
    }

    /// Whether the title, or a sentence early in the text, moves its forum to another day.
    pub(super) fn tells_of_a_move(&self) -> bool {
        let stays = |index: usize| section("same-day").any(self.told.words(index));
        let mut forums = self.forums.iter();
        forums.any(|forum| {
            let told = self.is_early(forum.sentence) || forum.sentence < self.told.title_sentences;
            told && !forum.scene && self.is_moved(forum.sentence, forum.at)
        }) && !(0..self.told.sentences.len()).any(stays)
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
        let changed = self.has_day_before(choice);
        for (what, status) in [
            ("cancelled", EventStatus::Cancelled),
            ("postponed", EventStatus::Postponed),
        ] {
            let said = places.iter().find(|(sentence, at)| match status {
                EventStatus::Postponed => self.moved && self.is_moved(*sentence, *at),
                _ => self.says(what, *sentence, *at),
            });
            if let Some((sentence, _)) = said.filter(|_| !choice.past) {
                return (status, Some(*sentence));
            }
            if status == EventStatus::Postponed && changed && !choice.past {
                return (status, Some(choice.sentence));
            }
        }
        let of_it = section("generic-event").any(words) || section("uncertain-day").any(words);
        let tentative = section("tentative").any(self.told.words(choice.sentence))
            || section("tentative").any(words) && of_it;
        if tentative && !choice.past {
            (EventStatus::Tentative, Some(choice.sentence))
        } else {
            (EventStatus::Confirmed, None)
        }
    }
}
