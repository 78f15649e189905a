//! What an article is about, from the words of `terms.tsv`.
//!
//! A word counts by where it stands first: title, first sentences, the rest;
//! saying it again counts less each time. What is merely mentioned beside the
//! matter stays out. Deliberately absent: the publisher's own categories (each
//! outlet means something else by them) and anything learned (nobody could say
//! why).

mod terms;

use std::collections::BTreeMap;

use super::stems::Stems;
use super::told::Told;
use crate::model::language::Language;
use crate::model::reading::Confidence;
use crate::model::topic::Topic;
use crate::text::lookup::Table;
use crate::text::script::{cyrillic, latin_spelling};
use crate::text::tokens::{Token, tokens};
use terms::{Term, Terms, Word};

/// Words looked at: news says at once what it is about.
const WORDS_MAX: usize = 600;
/// Sentences after the title that count as the beginning.
const LEAD_SENTENCES: usize = 2;
/// What a term's weight is multiplied by where it stands first.
const IN_TITLE: f32 = 3.0;
const IN_LEAD: f32 = 1.5;
/// In the rest of a text of up to [`SHORT_WORDS`] words; in longer ones less, in
/// proportion, down to [`IN_REST_MIN`].
const IN_REST: f32 = 1.0;
const IN_REST_MIN: f32 = 0.4;
const SHORT_WORDS: f32 = 100.0;
/// What each of the next times a term is met adds to its weight, and how many.
const AGAIN: f32 = 0.35;
const AGAIN_MAX: u8 = 3;
/// The score at which a topic is as likely as not.
const EVEN_SCORE: f32 = 4.0;
/// A topic nothing but weak words speak for is none.
const DECIDING_WEIGHT: u8 = 2;
/// Of the strongest topic's score a further one needs this share …
const SHARE_MIN: f32 = 0.35;
/// … and this confidence, to be remembered at all.
const KEPT_MIN: f32 = 0.25;
/// The most topics of one article.
const TOPICS_MAX: usize = 5;
/// Words named for one topic.
const WORDS_NAMED_MAX: usize = 8;
/// No label of ours is certain.
const CONFIDENCE_MAX: f32 = 0.95;

/// A topic of an article.
#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    pub topic: Topic,
    pub confidence: Confidence,
    /// The words that say so, as they stand in the article, the first met first.
    pub words: Vec<String>,
}

/// How a term is met in one article.
struct Met {
    term: &'static Term,
    /// By where it was met first.
    place: f32,
    times: u8,
    words: String,
}

/// The topics of a text, the surest first. `event` is the name of the event it
/// tells of, which says as much as a title; `stems` are those of its language.
pub(super) fn topics(told: &Told, event: Option<&str>, stems: &mut Stems) -> Vec<Found> {
    let Some(terms) = terms::of(told.language) else {
        return Vec::new();
    };
    let mut reader = Reader::new(terms);
    let sentence_end = |count: usize| {
        let last = count
            .checked_sub(1)
            .map(|last| last.min(told.sentences.len()));
        last.and_then(|last| told.sentences.get(last))
            .map_or(0, |sentence| sentence.tokens.end)
    };
    // Without a title the first sentence says what it would.
    let title_count = told.title_sentences.max(1);
    let title = sentence_end(title_count);
    let lead_count = (title_count + LEAD_SENTENCES).min(told.sentences.len());
    let lead = sentence_end(lead_count).max(title);
    let words = told.tokens.iter().filter(|token| token.is_word()).count();
    #[expect(clippy::cast_precision_loss, reason = "a few thousand words at most")]
    let rest = (IN_REST * SHORT_WORDS / (words as f32).max(SHORT_WORDS)).max(IN_REST_MIN);
    reader.read(&told.text, &told.tokens[..title], IN_TITLE, stems);
    if let Some(name) = event {
        reader.read(name, &name_tokens(name, told), IN_TITLE, stems);
    }
    reader.read(&told.text, &told.tokens[title..lead], IN_LEAD, stems);
    reader.read(&told.text, &told.tokens[lead..], rest, stems);
    judged(reader.met)
}

/// An event's name is part of the text: Latin Kazakh is spelled as there.
fn name_tokens(name: &str, told: &Told) -> Vec<Token> {
    let mut tokens = tokens(name);
    if told.language == Language::KazakhLatin {
        let spelling = latin_spelling(&told.text);
        for token in tokens.iter_mut().filter(|token| token.is_word()) {
            token.folded = cyrillic(&token.folded, spelling);
        }
    }
    tokens
}

/// Meets terms in tokens, stretch by stretch.
struct Reader {
    terms: &'static Terms,
    /// By the place of the term in its table; in the order met.
    met: Vec<Met>,
    known: Table<usize, usize>,
    words_left: usize,
}

impl Reader {
    fn new(terms: &'static Terms) -> Self {
        Self {
            terms,
            met: Vec::new(),
            known: Table::default(),
            words_left: WORDS_MAX,
        }
    }

    fn read(&mut self, text: &str, tokens: &[Token], place: f32, stems: &mut Stems) {
        let words = words(text, tokens, self.words_left, stems);
        self.words_left -= words.len();
        let mut at = 0;
        while at < words.len() {
            let Some((index, term)) = self.terms.longest(&words[at..]) else {
                at += 1;
                continue;
            };
            let after = at + term.len();
            let span = words[at].start..words[after - 1].end;
            self.meet(index, term, place, &text[span]);
            at = after;
        }
    }

    fn meet(&mut self, index: usize, term: &'static Term, place: f32, words: &str) {
        if let Some(known) = self.known.get(&index) {
            let met = &mut self.met[*known];
            met.times = met.times.saturating_add(1);
            return;
        }
        self.known.insert(index, self.met.len());
        self.met.push(Met {
            term,
            place,
            times: 1,
            words: words.to_owned(),
        });
    }
}

/// The first words of `tokens`, at most `most`.
fn words<'a>(text: &str, tokens: &'a [Token], most: usize, stems: &'a mut Stems) -> Vec<Word<'a>> {
    for token in tokens.iter().filter(|token| token.is_word()).take(most) {
        stems.learn(&token.folded);
    }
    let stems = &*stems;
    let mut words: Vec<Word<'a>> = Vec::with_capacity(tokens.len().min(most));
    let mut follows = false;
    for token in tokens {
        if !token.is_word() {
            // "медиа-форум" and «Digital» are read on, a comma is not.
            follows = follows && (token.is_dash() || is_quote(token));
            continue;
        }
        if words.len() == most {
            break;
        }
        words.push(Word {
            stem: stems.stem(&token.folded),
            folded: &token.folded,
            is_capitals: is_capitals(&text[token.start..token.end]),
            follows,
            start: token.start,
            end: token.end,
        });
        follows = true;
    }
    words
}

fn is_quote(token: &Token) -> bool {
    ['«', '»', '"', '“', '”', '„', '\'']
        .into_iter()
        .any(|mark| token.is_mark(mark))
}

/// At least two letters, all of them capitals.
fn is_capitals(word: &str) -> bool {
    word.chars().count() > 1 && word.chars().all(char::is_uppercase)
}

/// What the terms met come to.
fn judged(met: Vec<Met>) -> Vec<Found> {
    let mut scores: BTreeMap<Topic, (f32, u8, Vec<String>)> = BTreeMap::new();
    for one in met {
        let again = f32::from((one.times - 1).min(AGAIN_MAX)) * AGAIN;
        for (topic, weight) in &one.term.topics {
            let (score, deciding, words) = scores.entry(*topic).or_default();
            *score += f32::from(*weight) * (one.place + again * one.place.min(IN_REST));
            *deciding = (*deciding).max(*weight);
            if words.len() < WORDS_NAMED_MAX {
                words.push(one.words.clone());
            }
        }
    }
    let best = scores
        .values()
        .map(|(score, ..)| *score)
        .fold(0.0, f32::max);
    let mut found: Vec<Found> = scores
        .into_iter()
        .filter(|(_, (score, deciding, _))| {
            *deciding >= DECIDING_WEIGHT && *score >= best * SHARE_MIN
        })
        .map(|(topic, (score, _, words))| Found {
            topic,
            confidence: Confidence::new((score / (score + EVEN_SCORE)).min(CONFIDENCE_MAX)),
            words,
        })
        .filter(|one| one.confidence.get() >= KEPT_MIN)
        .collect();
    found.sort_by(|one, other| other.confidence.get().total_cmp(&one.confidence.get()));
    found.truncate(TOPICS_MAX);
    found
}

#[cfg(test)]
mod tests;
