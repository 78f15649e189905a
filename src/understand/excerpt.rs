//! Two or three of an article's own sentences that say who, what and when.
//!
//! What is chosen is a piece: a sentence, or as many as a quote or a line of
//! speech needs to end with its attribution. Captions, bylines, datelines and
//! "read also" are never taken. Deliberately absent: writing any word anew.

mod pieces;

use crate::model::language::Language;
use crate::text::normalise::{clip, one_line};

use super::language::languages_differ;
use super::told::Told;
use pieces::pieces;

/// An excerpt is at most this long.
const EXCERPT_CHARS_MAX: usize = 420;
const PIECES_MAX: usize = 3;
/// Pieces looked at: news tells the main thing first.
const CANDIDATES_MAX: usize = 40;
/// A longer one tells too much for one sentence.
const LONG_CHARS: usize = 300;
/// A piece of less weight says nothing a reader needs, unless there is no other.
const SCORE_MIN: f32 = 0.5;
/// So much must be left of a sentence cut before its quote.
const CUT_CHARS_MIN: usize = 60;

/// What the reading of the event knows of the sentences.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Cues {
    /// The one that announces the event.
    pub telling: Option<usize>,
    /// Those that name the event's day, a forum, or a place.
    pub days: Vec<usize>,
    pub forums: Vec<usize>,
    pub places: Vec<usize>,
}

/// A piece of the text, and what speaks for quoting it.
#[derive(Debug, Clone, PartialEq)]
pub struct Scored {
    pub text: String,
    pub score: f32,
    /// Why it may not be quoted.
    pub unfit: Option<&'static str>,
    pub chosen: bool,
}

/// Every piece looked at, in order; the chosen ones are the excerpt.
pub fn scored(told: &Told, cues: &Cues) -> Vec<Scored> {
    let mut fit_before = 0_u8;
    let mut all: Vec<Scored> = pieces(told)
        .into_iter()
        .take(CANDIDATES_MAX)
        .map(|piece| {
            let text = one_line(&told.text[piece.bytes.clone()]);
            let mut score = 0.0;
            if piece.unfit.is_none() {
                score = score_of(&piece, &text, cues, fit_before);
                fit_before = fit_before.saturating_add(1);
            }
            Scored {
                text,
                score,
                unfit: piece.unfit,
                chosen: false,
            }
        })
        .collect();
    choose(&mut all, told.language);
    all
}

/// The chosen pieces as one text, in their order.
pub fn excerpt(scored: &[Scored]) -> String {
    let chosen = scored.iter().filter(|piece| piece.chosen);
    let whole = chosen
        .map(|piece| piece.text.as_str())
        .collect::<Vec<_>>()
        .join(" ");
    shortened(&whole)
}

fn score_of(piece: &pieces::Piece, text: &str, cues: &Cues, fit_before: u8) -> f32 {
    let names = |sentences: &[usize]| {
        sentences
            .iter()
            .any(|sentence| piece.sentences.contains(sentence))
    };
    let telling = cues
        .telling
        .is_some_and(|telling| piece.sentences.contains(&telling));
    [
        (fit_before == 0, 3.0),
        (fit_before == 1, 1.5),
        (fit_before == 2, 0.8),
        (fit_before == 3, 0.5),
        (telling, 4.0),
        (names(&cues.days), 2.0),
        (names(&cues.forums), 1.0),
        (names(&cues.places), 0.5),
        (piece.quote, -0.5),
        (piece.leans, -1.2),
        (piece.open_ended, -2.5),
        (text.chars().count() > LONG_CHARS, -1.5),
        (text.ends_with('?'), -0.5),
    ]
    .into_iter()
    .filter(|(holds, _)| *holds)
    .fold(0.0, |sum, (_, weight)| sum + weight)
}

/// The best that fit beside each other, at most [`PIECES_MAX`].
fn choose(all: &mut [Scored], language: Language) {
    let mut ranked: Vec<usize> = (0..all.len())
        .filter(|at| all[*at].unfit.is_none())
        .collect();
    ranked.sort_by(|one, other| all[*other].score.total_cmp(&all[*one].score));
    let mut room = EXCERPT_CHARS_MAX;
    let mut taken = 0;
    for at in ranked {
        let length = all[at].text.chars().count();
        let fits = length <= room;
        // The best one is taken even if it has to be cut.
        let wanted = taken == 0 || (fits && all[at].score >= SCORE_MIN);
        if !wanted {
            continue;
        }
        if languages_differ(&all[at].text, language) {
            all[at].unfit = Some("another language");
            continue;
        }
        all[at].chosen = true;
        taken += 1;
        room = room.saturating_sub(length + 1);
        if taken == PIECES_MAX || room == 0 {
            break;
        }
    }
}

/// Cut at the end of a word; a quote that would lose its end is left out whole,
/// where enough stands before it.
fn shortened(text: &str) -> String {
    if text.chars().count() <= EXCERPT_CHARS_MAX {
        return text.to_owned();
    }
    let cut = clip(text, EXCERPT_CHARS_MAX);
    let Some(open) = pieces::open_quote(&cut) else {
        return cut;
    };
    let before = cut[..open].trim_end_matches(|letter: char| {
        letter.is_whitespace() || matches!(letter, ',' | ':' | '-' | '–' | '—')
    });
    if before.chars().count() >= CUT_CHARS_MIN {
        format!("{before}…")
    } else {
        format!("{cut}{}", pieces::closing(&cut[open..]))
    }
}

#[cfg(test)]
mod tests;
