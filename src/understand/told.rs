//! An article's words laid out for reading: title and text as tokens and
//! sentences, Latin Kazakh compared in Cyrillic letters.

use std::ops::Range;

use crate::model::article::Article;
use crate::model::language::Language;
use crate::model::reading::Confidence;
use crate::text::script::{cyrillic, latin_spelling};
use crate::text::sentences::sentences;
use crate::text::tokens::{Token, tokens};

use super::language::language;

/// News is told long before; the rest of a longer text is not analysed.
const ANALYSED_BYTES_MAX: usize = 64 * 1024;

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
}

/// Lays an article out. `hint` is what its outlet writes in: it decides where
/// the words don't.
pub fn told(article: &Article, hint: Option<Language>) -> Told {
    let body = without_title(&article.title, &article.text);
    let mut text = format!("{}\n{body}", article.title.trim());
    let mut end = text.len().min(ANALYSED_BYTES_MAX);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.truncate(end);
    let mut tokens = tokens(&text);
    let (mut found, mut confidence) = language(&tokens);
    if !confidence.is_enough()
        && let Some(hint) = hint
    {
        (found, confidence) = (hint, Confidence::new(0.6));
    }
    if found == Language::KazakhLatin {
        let spelling = latin_spelling(&text);
        for token in tokens.iter_mut().filter(|token| token.is_word()) {
            token.folded = chat_spelling(cyrillic(&token.folded, spelling));
        }
    }
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
    }
}

/// Telling words as plain Latin letters leave them, and as they are spelled.
const CHAT_SPELLINGS: [(&str, &str); 30] = [
    ("ертен", "ертең"),
    ("бугин", "бүгін"),
    ("бурсигуни", "бүрсігүні"),
    ("келеси", "келесі"),
    ("куни", "күні"),
    ("сагат", "сағат"),
    ("каласын", "қаласын"),
    ("кантар", "қаңтар"),
    ("акпан", "ақпан"),
    ("сауир", "сәуір"),
    ("шилде", "шілде"),
    ("кыркуйек", "қыркүйек"),
    ("казан", "қазан"),
    ("караша", "қараша"),
    ("желтоксан", "желтоқсан"),
    ("дуйсенби", "дүйсенбі"),
    ("сейсенби", "сейсенбі"),
    ("сарсенби", "сәрсенбі"),
    ("бейсенби", "бейсенбі"),
    ("жума", "жұма"),
    ("сенби", "сенбі"),
    ("жексенби", "жексенбі"),
    ("отеди", "өтеді"),
    ("отти", "өтті"),
    ("откен", "өткен"),
    ("откизил", "өткізіл"),
    ("откизед", "өткізед"),
    ("уйымдастыр", "ұйымдастыр"),
    ("тиркел", "тіркел"),
    ("шакыр", "шақыр"),
];

/// The word as it is spelled, if it begins as one of those chats write plainly.
fn chat_spelling(word: String) -> String {
    CHAT_SPELLINGS
        .iter()
        .find_map(|(plain, spelled)| Some(format!("{spelled}{}", word.strip_prefix(plain)?)))
        .unwrap_or(word)
}

impl Told {
    /// The tokens of sentence `index`.
    pub fn words(&self, index: usize) -> &[Token] {
        self.sentences
            .get(index)
            .map_or(&[], |sentence| &self.tokens[sentence.tokens.clone()])
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
