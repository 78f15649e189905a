//! The first telling sentences of an article, never cut inside a word.

use crate::text::normalise::{clip, one_line};

use super::lexicon::section;
use super::told::Told;

/// An excerpt is at most this long.
const EXCERPT_CHARS_MAX: usize = 420;
/// A sentence shorter than this is a caption or a button.
const SENTENCE_CHARS_MIN: usize = 25;
/// Room kept for the telling sentence while those before it are taken.
const TELLING_CHARS: usize = 200;
const SENTENCES_MAX: usize = 3;

/// Two or three of the text's own sentences, in their order. `telling` is the
/// sentence that announces the event: it is kept where it fits.
pub fn excerpt(told: &Told, telling: Option<usize>) -> String {
    let body = told.title_sentences..told.sentences.len();
    let first: Vec<usize> = body
        .filter(|index| is_telling(told, *index))
        .take(SENTENCES_MAX)
        .collect();
    let telling = telling.filter(|index| *index >= told.title_sentences);
    let mut chosen = first;
    if let Some(telling) = telling.filter(|index| !chosen.contains(index)) {
        chosen.truncate(1);
        chosen.push(telling);
        chosen.sort_unstable();
    }
    let mut text = String::new();
    for index in chosen {
        let sentence = one_line(&told.text[told.sentences[index].bytes.clone()]);
        let used = text.chars().count();
        let wanted = telling.is_none_or(|telling| index >= telling);
        let kept = if wanted { 0 } else { TELLING_CHARS };
        let room = EXCERPT_CHARS_MAX.saturating_sub(used + 1 + kept);
        if used > 0 && sentence.chars().count() > room && Some(index) != telling {
            break;
        }
        if used > 0 {
            text.push(' ');
        }
        text.push_str(&clip(&sentence, room.max(1)));
    }
    text
}

fn is_telling(told: &Told, index: usize) -> bool {
    let sentence = &told.sentences[index];
    told.text[sentence.bytes.clone()].chars().count() >= SENTENCE_CHARS_MIN
        && section("clutter").at(told.words(index), 0) == 0
}
