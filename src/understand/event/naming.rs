//! Which of a text's names for its forum is the fullest and surest.

use super::forum::Forum;
use super::opening::sentences_of_day;
use super::{Choice, MENTIONS_NAMED_MAX, Named, Scene, name};

impl Scene<'_> {
    pub(super) fn name_at(&self, forum: &Forum) -> Named {
        let within = &self.told.sentences[forum.sentence].tokens;
        let found = name::name(self.told, forum.at, within, &self.dates, &self.places);
        Named {
            name: found.text,
            words: self.told.original(found.first, found.after).to_owned(),
            specific: found.specific,
        }
    }

    /// The name in a sentence that tells the event's day if it says more than
    /// "forum", one with a name of its own first; else the title's, else the
    /// fullest in the text.
    pub(super) fn name_of(&self, choice: &Choice) -> Named {
        let told = sentences_of_day(self.told, &self.dates, choice.dated);
        self.forums
            .iter()
            .take(MENTIONS_NAMED_MAX)
            .map(|forum| {
                let named = self.name_at(forum);
                let of_day = forum.sentence == choice.sentence || told.contains(&forum.sentence);
                let beside = forum.sentence.abs_diff(choice.sentence) <= 1;
                let title = forum.sentence < self.told.title_sentences;
                let own = named.name.contains(['«', '"', '“', '„'])
                    || (!title && self.begins_with_capital(forum, &named));
                let words = named.name.split_whitespace().count().min(6);
                let rank = if named.specific {
                    let near = if of_day { 6 } else { 0 } + if beside { 3 } else { 0 };
                    near + if title { 3 } else { 0 } + if own { 7 } else { 0 } + words
                } else {
                    0
                };
                (rank, named)
            })
            .rev()
            .max_by_key(|(rank, _)| *rank)
            .map_or_else(Named::default, |(_, named)| named)
    }

    /// The name is written with a capital inside the sentence.
    fn begins_with_capital(&self, forum: &Forum, named: &Named) -> bool {
        let within = &self.told.sentences[forum.sentence];
        let text = &self.told.text[within.bytes.clone()];
        let first = named.words.chars().next();
        first.is_some_and(char::is_uppercase) && !text.starts_with(&named.words)
    }
}
