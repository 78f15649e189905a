//! An article's words laid out for reading: title and text as tokens and
//! sentences, Latin Kazakh compared in Cyrillic letters.

use std::ops::Range;
use std::sync::LazyLock;

use crate::model::article::Article;
use crate::model::language::Language;
use crate::model::reading::Confidence;
use crate::text::normalise::plain_letter;
use crate::text::script::{cyrillic, latin_spelling};
use crate::text::sentences::sentences;
use crate::text::tokens::{Token, tokens};

use super::language::{Judged, judge};
use super::lexicon::{note, section};
use super::stems::Stems;

/// News is told long before; the rest of a longer text is not analysed.
const ANALYSED_BYTES_MAX: usize = 64 * 1024;

/// A label's colon stands within so many tokens after it.
const LABEL_TOKENS: usize = 3;

/// One sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sentence {
    pub bytes: Range<usize>,
    pub tokens: Range<usize>,
}

/// Title and text, laid out.
#[derive(Debug, Clone)]
pub struct Told {
    pub text: String,
    pub tokens: Vec<Token>,
    pub sentences: Vec<Sentence>,
    /// How many of the first sentences are the title's.
    pub title_sentences: usize,
    pub language: Language,
    pub language_confidence: Confidence,
    /// What the letters alone say.
    pub by_letters: Judged,
    /// The tokens are those of title and text as they were written: nothing is left
    /// out, nothing spelled anew.
    pub as_written: bool,
}

/// Lays an article out. `hint` is what its outlet writes in: it decides where
/// the words don't.
pub fn told(article: &Article, hint: Option<Language>) -> Told {
    let body = without_title(&article.title, &article.text);
    let mut text = format!("{}\n{body}", article.title.trim());
    let mut as_written = text.len() <= ANALYSED_BYTES_MAX && body == article.text.trim();
    let mut end = text.len().min(ANALYSED_BYTES_MAX);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.truncate(end);
    let mut tokens = tokens(&text);
    let by_letters = judge(&tokens);
    let (mut found, mut confidence) = (by_letters.language, by_letters.confidence);
    if !confidence.is_enough()
        && let Some(hint) = hint
    {
        (found, confidence) = (hint, Confidence::new(0.6));
    }
    if found == Language::KazakhLatin {
        as_written = false;
        let spelling = latin_spelling(&text);
        for token in tokens.iter_mut().filter(|token| token.is_word()) {
            token.folded = chat_spelling(cyrillic(&token.folded, spelling));
        }
    }
    note(&mut tokens);
    let sentences = lay_out(&text, &tokens);
    let title_end = article.title.trim().len();
    let title_sentences = sentences
        .iter()
        .take_while(|sentence| sentence.bytes.end <= title_end)
        .count();
    Told {
        text,
        tokens,
        sentences,
        title_sentences,
        language: found,
        language_confidence: confidence,
        by_letters,
        as_written,
    }
}

/// Telling words that chats write in plain letters.
const CHAT_WORDS: [&str; 36] = [
    "ертең",
    "бүгін",
    "бүрсігүні",
    "келесі",
    "күні",
    "сағат",
    "қаласын",
    "қаңтар",
    "ақпан",
    "сәуір",
    "маусым",
    "шілде",
    "қыркүйек",
    "қазан",
    "қараша",
    "желтоқсан",
    "дүйсенбі",
    "сейсенбі",
    "сәрсенбі",
    "бейсенбі",
    "жұма",
    "сенбі",
    "жексенбі",
    "өтеді",
    "өтті",
    "өткен",
    "өтіп",
    "өткізіл",
    "өткізед",
    "ұйымдастыр",
    "тіркел",
    "шақыр",
    "ашылады",
    "басталады",
    "қатысу",
    "облысы",
];

/// The words as plain letters leave them, and as they are spelled.
static CHAT_SPELLINGS: LazyLock<Vec<(String, &'static str)>> = LazyLock::new(|| {
    let plain = |word: &&'static str| (word.chars().map(plain_letter).collect(), *word);
    CHAT_WORDS.iter().map(plain).collect()
});

/// The word as it is spelled, if it begins as one of those chats write plainly.
fn chat_spelling(word: String) -> String {
    let plain: String = word.chars().map(plain_letter).collect();
    CHAT_SPELLINGS
        .iter()
        .find(|(beginning, _)| plain.starts_with(beginning.as_str()))
        .map(|(_, spelled)| {
            let rest = word.chars().skip(spelled.chars().count());
            spelled.chars().chain(rest).collect()
        })
        .unwrap_or(word)
}

impl Told {
    /// For the stems of its tokens, which of Latin Kazakh are in Cyrillic letters.
    pub fn stems(&self) -> Stems {
        Stems::of(match self.language {
            Language::KazakhLatin => Language::KazakhCyrillic,
            other => other,
        })
    }

    /// The tokens of sentence `index`.
    pub fn words(&self, index: usize) -> &[Token] {
        self.sentences
            .get(index)
            .map_or(&[], |sentence| &self.tokens[sentence.tokens.clone()])
    }

    /// Whether sentence `index` points elsewhere ("Read also: …") or names a picture:
    /// what it speaks of is not this text's.
    pub fn is_clutter(&self, index: usize) -> bool {
        let words = self.words(index);
        let label = section("clutter").at(words, 0);
        label > 0
            && words
                .iter()
                .take(label + LABEL_TOKENS)
                .any(|mark| mark.is_mark(':') || mark.is_dash() && mark.spaced)
    }

    /// The sentence that holds a token.
    pub fn sentence_at(&self, token: usize) -> Option<usize> {
        let at = self
            .sentences
            .partition_point(|sentence| sentence.tokens.end <= token);
        let holds = |sentence: &Sentence| sentence.tokens.contains(&token);
        self.sentences.get(at).is_some_and(holds).then_some(at)
    }

    /// The text of sentence `index`.
    pub fn sentence(&self, index: usize) -> &str {
        self.sentences
            .get(index)
            .map_or("", |sentence| &self.text[sentence.bytes.clone()])
    }

    /// The original words of tokens `first..after`.
    pub fn original(&self, first: usize, after: usize) -> &str {
        match (
            self.tokens.get(first),
            self.tokens.get(after.wrapping_sub(1)),
        ) {
            (Some(first), Some(last)) if first.start <= last.end => {
                &self.text[first.start..last.end]
            }
            _ => "",
        }
    }
}

/// Many outlets repeat the title as the first line, and a title made from the
/// text is its first sentence.
fn without_title<'a>(title: &str, text: &'a str) -> &'a str {
    let title = title.trim().trim_end_matches('…');
    let text = text.trim();
    let closes = |letter: char| matches!(letter, '\n' | '.' | '!' | '?' | '…');
    match text.strip_prefix(title) {
        // Else the title is only the beginning of a sentence that says more.
        Some(rest) if rest.is_empty() || rest.starts_with(closes) => {
            rest.trim_start_matches(|letter: char| letter.is_whitespace() || closes(letter))
        }
        _ => text,
    }
}

fn lay_out(text: &str, tokens: &[Token]) -> Vec<Sentence> {
    let mut next = 0;
    sentences(text)
        .into_iter()
        .map(|bytes| {
            let first = next;
            while tokens
                .get(next)
                .is_some_and(|token| token.start < bytes.end)
            {
                next += 1;
            }
            Sentence {
                bytes,
                tokens: first..next,
            }
        })
        .collect()
}
