//! Whether something is said to be held, and when: by the verb nearest to it.

use super::super::lexicon::section;
use crate::text::tokens::Token;

/// Whether something takes place, as the verb nearest to a word says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Held {
    ToCome,
    Now,
    Over,
    Untold,
}

impl Held {
    /// In a word.
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::ToCome => "to come",
            Self::Now => "on now",
            Self::Over => "over",
            Self::Untold => "untold",
        }
    }
}

/// What the verb nearest to token `at` of `words` says.
pub(super) fn held(words: &[Token], at: usize) -> Held {
    let past = section("past-held")
        .nearest(words, at)
        .into_iter()
        .chain(past_participle(words, at))
        .min();
    let mut nearest = [
        (section("future-held").nearest(words, at), Held::ToCome),
        (section("present").nearest(words, at), Held::Now),
        (past, Held::Over),
    ]
    .into_iter()
    .filter_map(|(distance, held)| distance.map(|distance| (distance, held)));
    let Some(first) = nearest.next() else {
        return Held::Untold;
    };
    let best = nearest.fold(
        first,
        |best, next| if next.0 < best.0 { next } else { best },
    );
    best.1
}

/// "өткен" is "that was held", unless a word of time makes it "last".
pub(super) fn past_participle(words: &[Token], at: usize) -> Option<usize> {
    words
        .windows(2)
        .enumerate()
        .filter(|(_, pair)| pair[0].folded == "өткен" && !section("time-noun").means(&pair[1]))
        .map(|(from, _)| from.abs_diff(at))
        .min()
}
