//! What the words right beside a date say it is the date of: a deadline, another
//! clause's, a day that another takes the place of.

use super::super::lexicon::section;
use super::dates::Dated;
use super::weigh::{BESIDE_TOKENS, CLAUSE_TOKENS, MOVED_FROM, Note, PLANNED_FOR};
use super::{Choice, Scene};
use crate::text::tokens::Token;

/// "Before this" stands so near before the day it tells of.
const FORMERLY_TOKENS: usize = 12;
/// Kazakh endings of the day an event is moved from …
const ABLATIVES: [&str; 6] = ["нан", "нен", "дан", "ден", "тан", "тен"];
/// … and of the one it is moved to.
const DATIVES: [&str; 6] = ["ға", "ге", "қа", "ке", "на", "не"];

impl Scene<'_> {
    /// What the words right beside the date say it is the date of.
    pub(super) fn surroundings(&self, dated: Dated, sentence: usize, notes: &mut Vec<Note>) {
        let within = &self.told.sentences[sentence].tokens;
        let low = dated.first.saturating_sub(3).max(within.start);
        let high = (dated.after + 3).min(within.end);
        let before = &self.told.tokens[low..dated.first];
        let before = before.rsplit(ends_clause).next().unwrap_or_default();
        let after = &self.told.tokens[dated.after.min(high)..high];
        let until = |word: &Token| section("until").means(word);
        let deadline_before = before.last().is_some_and(until);
        let deadline_after = after
            .first()
            .is_some_and(|word| until(word) && word.folded != "до");
        let moved = self.is_moved(sentence, dated.first);
        if (deadline_before || deadline_after) && dated.end.is_none() && !moved {
            notes.push(Note::new("until that day", -2.5));
        }
        if before
            .last()
            .is_some_and(|word| section("after").has(&word.folded))
        {
            notes.push(Note::new("after that day", -2.5));
        }
        if section("deadline").any(before) || section("deadline").any(after) {
            notes.push(Note::new("a day to register by", -2.0));
        }
        // "185 жыл толуына орай 23 қазанда": the day is not the jubilee's.
        let occasion = before.last().is_some_and(|word| word.folded == "орай");
        if section("other-date").any(before) && !occasion || section("other-date").any(after) {
            notes.push(Note::new("the day of something else", -3.0));
        }
        if self.is_of_before(dated, sentence) {
            notes.push(Note::new(PLANNED_FOR, -4.0));
        } else if moved {
            notes.extend(self.moved(dated, sentence));
        } else if (section("planned-for").any(before) || section("planned-for").any(after))
            && self.has_newer_day(dated, sentence)
        {
            notes.push(Note::new(PLANNED_FOR, -4.0));
        }
        let near = self.forums.iter().any(|forum| {
            forum.sentence == sentence && forum.at.abs_diff(dated.first) < CLAUSE_TOKENS
        });
        // A calendar's line: "5 декабря — Медиафорум".
        let line = dated.first == within.start
            && after
                .first()
                .is_some_and(|next| next.is_mark(':') || next.is_dash() && next.spaced);
        if near {
            notes.push(Note::new("beside the forum's name", 0.3));
        }
        if self.is_of_other_clause(dated, sentence) {
            notes.push(Note::new("another day stands in the forum's clause", -3.0));
        }
        let beside = section("beside-forum").any(&self.told.tokens[within.clone()]);
        if beside && dated.start > self.published {
            notes.push(Note::new("before or after the forum", -3.0));
        }
        if line {
            notes.push(Note::new("a calendar's line", 1.5));
        }
    }

    /// "6 қазанда … байқауы, 8 қазанда … форумы, ал 10 қазанда … турнирі": of days in
    /// clauses of their own the forum's is in the forum's.
    fn is_of_other_clause(&self, dated: Dated, sentence: usize) -> bool {
        let within = &self.told.sentences[sentence].tokens;
        let clause = |at: usize| {
            let marks = self.told.tokens[within.start..at].iter();
            marks.filter(|token| ends_clause(token)).count()
        };
        let own = clause(dated.first);
        let here = |at: usize| within.contains(&at);
        let forums: Vec<usize> = self
            .forums
            .iter()
            .filter(|forum| here(forum.at))
            .map(|forum| clause(forum.at))
            .collect();
        let mut others = self.dates.iter().filter(|other| here(other.first));
        !forums.is_empty()
            && !forums.contains(&own)
            && others.any(|other| {
                other.start != dated.start
                    && forums.contains(&clause(other.first))
                    && !self.is_replaced(*other)
            })
    }

    /// "Бұған дейін жиын 11 қыркүйекте өтеді деп жарияланған", "initially set for 13 May, will
    /// now take place on 3 June": the first day after the word was the forum's once.
    fn is_of_before(&self, dated: Dated, sentence: usize) -> bool {
        let begin = self.told.sentences[sentence].tokens.start;
        let low = dated.first.saturating_sub(FORMERLY_TOKENS).max(begin);
        let after_another = self
            .dates
            .iter()
            .filter(|other| (low..dated.first).contains(&other.first))
            .map(|other| other.after)
            .max();
        let between = &self.told.tokens[after_another.unwrap_or(low).min(dated.first)..dated.first];
        section("formerly").any(between) && (self.moved || self.has_newer_day(dated, sentence))
    }

    /// Whether the day chosen for a forum that is moved is the one it is moved to, and
    /// not the one it was to be on: the words around it say so, or those around another.
    pub(super) fn is_new_day(&self, choice: &Choice) -> bool {
        if choice.replaced || self.is_of_before(choice.dated, choice.sentence) {
            return false;
        }
        let weighs = |dated, sentence| self.moved(dated, sentence).map_or(0.0, |note| note.weight);
        let said = weighs(choice.dated, choice.sentence);
        let replaces = || {
            self.dates.iter().any(|other| {
                let sentence = self.sentence_at(other.first);
                other.start != choice.dated.start
                    && sentence.is_some_and(|sentence| {
                        self.is_of_before(*other, sentence) || weighs(*other, sentence) < 0.0
                    })
            })
        };
        said > 0.0 || (said == 0.0 && replaces())
    }

    /// The sentence names a day that the chosen one takes the place of.
    pub(super) fn has_day_before(&self, choice: &Choice) -> bool {
        let within = &self.told.sentences[choice.sentence].tokens;
        let mut others = self.dates.iter();
        others.any(|other| {
            within.contains(&other.first)
                && other.start != choice.dated.start
                && self.is_of_before(*other, choice.sentence)
        })
    }

    /// "Planned for 27 November, … will be held on 11 December": a later day of the
    /// sentence has the verb.
    fn has_newer_day(&self, dated: Dated, sentence: usize) -> bool {
        let within = &self.told.sentences[sentence].tokens;
        self.dates.iter().any(|other| {
            let (words, at) = self.around(other.after - 1, sentence);
            within.contains(&other.first)
                && other.first >= dated.after
                && other.start != dated.start
                && section("future-held")
                    .nearest(words, at)
                    .is_some_and(|distance| distance <= BESIDE_TOKENS)
        })
    }

    /// "Instead of 23 September", "23 қыркүйектің орнына".
    pub(super) fn is_replaced(&self, dated: Dated) -> bool {
        let tokens = &self.told.tokens;
        let word = |at: Option<usize>| {
            at.and_then(|at| tokens.get(at))
                .map_or("", |token| token.folded.as_str())
        };
        let (before, two_before) = (dated.first.checked_sub(1), dated.first.checked_sub(2));
        word(before) == "вместо"
            || (word(two_before), word(before)) == ("instead", "of")
            || word(Some(dated.after)) == "орнына"
            // "29 шілдеде емес, 5 тамызда", "не 12 ноября, а 19-го"
            || word(Some(dated.after)) == "емес"
            || word(before) == "не"
    }

    /// Of a postponed event the day it is moved to is the event's.
    fn moved(&self, dated: Dated, sentence: usize) -> Option<Note> {
        let within = &self.told.sentences[sentence].tokens;
        let low = dated.first.saturating_sub(6).max(within.start);
        let before = &self.told.tokens[low..dated.first];
        let last = &self.told.tokens[dated.after - 1].folded;
        let lead = before.last().map_or("", |word| word.folded.as_str());
        let ends = |endings: &[&str]| endings.iter().any(|ending| last.ends_with(ending));
        // In Kazakh "planned" follows its day, in Russian and English it leads.
        let planned = if self.is_kazakh() {
            let high = (dated.after + 2).min(within.end);
            let follows = self.told.tokens.get(dated.after..high).unwrap_or_default();
            section("planned-before").any(follows)
                || follows
                    .iter()
                    .any(|next| matches!(next.folded.as_str(), "өтуі" | "өтеді" | "өтетін"))
        } else {
            section("planned-before").any(before)
        };
        if matches!(lead, "с" | "со" | "from") || ends(&ABLATIVES) || self.is_replaced(dated) {
            Some(Note::new(MOVED_FROM, -2.0))
        } else if !planned && (matches!(lead, "на" | "to" | "until" | "for") || ends(&DATIVES)) {
            Some(Note::new("the day it is moved to", 1.5))
        } else if planned {
            Some(Note::new(PLANNED_FOR, -1.5))
        } else {
            None
        }
    }
}

/// Whether a mark parts the clauses of a sentence.
fn ends_clause(token: &Token) -> bool {
    token.is_mark(',') || token.is_mark(';')
}
