//! Where a text speaks of a forum, and which of these words mean a gathering
//! of people and not a message board or a shopping centre.

use crate::model::language::Language;

use super::super::lexicon::section;
use super::super::told::Told;
use super::held::{Held, held};
use crate::text::tokens::Token;

/// Words this far around decide what a mention means.
const NEAR_TOKENS: usize = 4;

/// A verb this far off may tell that it is held.
const FAR_TOKENS: usize = 40;

/// A sentence longer than this is a list.
const SENTENCE_TOKENS_MAX: usize = 400;
/// More mentions than this tell nothing new.
const FORUMS_MAX: usize = 100;

/// One mention of a gathering.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Forum {
    /// Its token.
    pub at: usize,
    pub sentence: usize,
    /// Only the scene of something else ("at the forum the minister said").
    pub scene: bool,
}

/// All mentions of gatherings, in order. Where some are of a board or a shopping
/// centre, those that no verb says to be held are too.
pub fn forums(told: &Told) -> Vec<Forum> {
    let mut found: Vec<Forum> = Vec::new();
    let mut others = 0;
    for (index, sentence) in told.sentences.iter().enumerate() {
        if found.len() >= FORUMS_MAX {
            break;
        }
        if told.is_clutter(index) {
            continue;
        }
        for at in sentence.tokens.clone().take(SENTENCE_TOKENS_MAX) {
            if !is_forum_word(&told.tokens[at]) {
                continue;
            }
            if is_something_else(told, index, at) {
                others += 1;
                continue;
            }
            found.push(Forum {
                at,
                sentence: index,
                scene: is_scene(told, index, at),
            });
        }
    }
    let is_gathering = |forum: &Forum| {
        if forum.scene {
            return false;
        }
        let within = &told.sentences[forum.sentence].tokens;
        let low = forum.at.saturating_sub(FAR_TOKENS).max(within.start);
        let high = (forum.at + FAR_TOKENS).min(within.end);
        held(&told.tokens[low..high], forum.at - low) != Held::Untold
    };
    if others > 0 && !found.iter().any(is_gathering) {
        found.clear();
    }
    found
}

/// A word with "forum" in it, in whatever case or compound.
fn is_forum_word(token: &Token) -> bool {
    let holds = |part: &str| {
        let bytes = token.folded.as_bytes();
        bytes.windows(part.len()).any(|at| at == part.as_bytes())
    };
    (holds("форум") || holds("forum")) && !section("board-strict").means(token)
}

fn is_something_else(told: &Told, sentence: usize, at: usize) -> bool {
    let within = &told.sentences[sentence].tokens;
    let low = at.saturating_sub(NEAR_TOKENS).max(within.start);
    let high = (at + NEAR_TOKENS + 1).min(within.end);
    let near = &told.tokens[low..high];
    let board = section("board-strict").any(near)
        || near.windows(3).any(|three| {
            matches!(
                three[0].folded.as_str(),
                "интернет" | "онлайн" | "веб" | "internet" | "online"
            ) && three[1].is_dash()
                && is_forum_word(&three[2])
        });
    let spoken = &told.tokens
        [within.start.max(at.saturating_sub(FAR_TOKENS))..within.end.min(at + FAR_TOKENS)];
    let is_held = || {
        section("future-held").any(near)
            || section("past-held").any(near)
            || section("present").any(near)
    };
    let board = board || section("board-near").any(near) && !is_held();
    let organisation = section("org-near").any(near)
        && !section("future-held").any(spoken)
        && !section("past-held").any(spoken);
    board || section("mall-near").any(near) || organisation || is_thing(told, at)
}

/// A bare quoted "Форум" beside a hotel, a party, a newspaper: its name.
fn is_thing(told: &Told, at: usize) -> bool {
    let word = |index: Option<usize>| {
        index
            .and_then(|index| told.tokens.get(index))
            .map_or("", |token| token.folded.as_str())
    };
    let quote = |word: &str| matches!(word, "«" | "»" | "\"" | "“" | "”" | "„");
    let quoted = quote(word(at.checked_sub(1))) && quote(word(at.checked_add(1)));
    let (before, after) = if quoted { (2, 2) } else { (1, 1) };
    let named = told.tokens[at].capital && matches!(word(Some(at)), "форум" | "forum");
    let rest = told.tokens.get(at + after..).unwrap_or_default();
    (quoted || named)
        && (section("thing-before").has(word(at.checked_sub(before)))
            || !rest.is_empty() && section("thing-after").at(rest, 0) > 0)
}

fn is_scene(told: &Told, sentence: usize, at: usize) -> bool {
    let word = &told.tokens[at].folded;
    let next = told
        .tokens
        .get(at + 1)
        .map_or("", |token| token.folded.as_str());
    let low = at
        .saturating_sub(NEAR_TOKENS)
        .max(told.sentences[sentence].tokens.start);
    let before = || {
        told.tokens[low..at]
            .iter()
            .map(|token| token.folded.as_str())
    };
    match told.language {
        Language::KazakhCyrillic | Language::KazakhLatin => {
            word.ends_with("да") || word.ends_with("дағы") || section("kk-scene-after").has(next)
        }
        Language::Russian => {
            let inside =
                |word: &str| matches!(word, "на" | "рамках" | "ходе" | "кулуарах" | "полях");
            let of_it = at
                .checked_sub(1)
                .filter(|before| *before >= low)
                .and_then(|before| told.tokens.get(before))
                .is_some_and(|before| section("ru-scene-before").means(before));
            of_it
                || (word.ends_with('е') || word.ends_with('а') || word.ends_with("ах"))
                    && before().any(inside)
        }
        _ => before().any(|word| matches!(word, "at" | "during" | "sidelines")),
    }
}
