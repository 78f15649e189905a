//! Where a text speaks of a forum, and which of these words mean a gathering
//! of people and not a message board or a shopping centre.

use crate::model::language::Language;

use super::super::lexicon::section;
use super::super::told::Told;
use super::held::{Held, held};
use crate::text::tokens::Token;

/// Words this far around decide what a mention means.
const NEAR_TOKENS: usize = 4;

/// Who "told the … forum" stands this far before it.
const ADDRESSED_TOKENS: usize = 7;

/// "Форуме", "Форумнан": a longer word says more than the name.
const BARE_CHARS_MAX: usize = 9;

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
    let mut things: Vec<&str> = Vec::new();
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
                let named = thing_named(told, index, at);
                things.extend(named.filter(|_| is_thing(told, index, at)));
                continue;
            }
            found.push(Forum {
                at,
                sentence: index,
                scene: is_scene(told, index, at),
            });
        }
    }
    // Called by its name again, a thing is one still.
    if !things.is_empty() {
        found.retain(|forum| {
            let named = thing_named(told, forum.sentence, forum.at);
            named.is_none_or(|name| !things.contains(&name))
        });
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

/// What tells the name from others that end in "Forum": the word before it, of a bare
/// "Форум" inside a sentence nothing. `None`: it is no name.
fn thing_named(told: &Told, sentence: usize, at: usize) -> Option<&str> {
    let begin = told.sentences[sentence].tokens.start;
    let word = &told.tokens[at];
    if !word.capital || at == begin {
        return None;
    }
    let before = &told.tokens[at - 1];
    if before.is_word() && before.capital && at - 1 > begin {
        return Some(&before.folded);
    }
    (word.folded.chars().count() <= BARE_CHARS_MAX).then_some("")
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
            matches!(three[0].folded.as_str(), "интернет" | "веб" | "internet")
                && three[1].is_dash()
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
    let sought = section("procurement").any(spoken);
    board || sought || is_mall(told, low..high, at) || organisation || is_thing(told, sentence, at)
}

/// The shopping centre "Форум", and no forum held in a shopping centre.
fn is_mall(told: &Told, near: std::ops::Range<usize>, at: usize) -> bool {
    let tokens = &told.tokens;
    let mall = section("mall-near");
    // A verb between tells what is held there.
    let apart = |words: &[Token]| {
        section("future-held").any(words)
            || section("past-held").any(words)
            || section("present").any(words)
    };
    let kazakh = matches!(
        told.language,
        Language::KazakhCyrillic | Language::KazakhLatin
    );
    let before = (near.start..at).any(|from| {
        let len = mall.at(&tokens[..near.end], from);
        // "Сауда орталығында жастар форумы", "в кинотеатре «Арман» форум"
        let named = from + len > at || !kazakh && (tokens[at].capital || from + len == at);
        len > 0 && named && !apart(&tokens[from..at])
    });
    let after = (at + 1..near.end).any(|from| {
        let venue = matches!(tokens[from - 1].folded.as_str(), "в" | "во" | "in" | "at");
        !venue && mall.at(&tokens[..near.end], from) > 0 && !apart(&tokens[at + 1..from])
    });
    before || after
}

/// A capitalised "Форум" that is all a quotation holds, in whatever case: no
/// gathering is called that and no more.
fn is_bare_name(told: &Told, at: usize) -> bool {
    let quoted = |index: Option<usize>| {
        let token = index.and_then(|index| told.tokens.get(index));
        token.is_some_and(is_quote)
    };
    let word = &told.tokens[at];
    let folded = |at: usize| {
        told.tokens
            .get(at)
            .map_or("", |token| token.folded.as_str())
    };
    // «Форум» по безопасности, but not «Форум» по адресу …
    let subject = matches!(folded(at + 2), "по" | "on") && folded(at + 3) != "адресу";
    word.capital
        && !subject
        && word.folded.chars().count() <= BARE_CHARS_MAX
        && (word.folded.starts_with("форум") || word.folded.starts_with("forum"))
        && quoted(at.checked_sub(1))
        && quoted(at.checked_add(1))
}

/// "Столовая Food Forum", «Food Forum» асханасы: a longer name of no gathering.
fn is_brand(told: &Told, begin: usize, at: usize) -> bool {
    let tokens = &told.tokens;
    let named = |before: &usize| tokens[*before].capital || is_quote(&tokens[*before]);
    if !tokens[at].capital {
        return false;
    }
    let low = at.saturating_sub(NEAR_TOKENS).max(begin);
    let Some(first) = (low..at).rev().take_while(named).last() else {
        return false;
    };
    let kind = section("brand-before");
    let leads = |back: usize| {
        let from = first.checked_sub(back).filter(|from| *from >= begin);
        from.is_some_and(|from| kind.at(&tokens[..first], from) == back)
    };
    // "Кофейня Coffee Forum": a Russian sentence may begin by it.
    let opens = first == begin && at > first + 1 && told.language == Language::Russian;
    let before = leads(1) || leads(2) || opens && kind.means(&tokens[first]);
    let next = at + 1 + usize::from(tokens.get(at + 1).is_some_and(is_quote));
    before || tokens.get(next).is_some() && section("brand-after").at(tokens, next) > 0
}

fn is_quote(token: &Token) -> bool {
    matches!(token.folded.as_str(), "«" | "»" | "\"" | "“" | "”" | "„")
}

/// A bare quoted "Форум" beside a hotel, a party, a newspaper: its name.
fn is_thing(told: &Told, sentence: usize, at: usize) -> bool {
    let begin = told.sentences[sentence].tokens.start;
    if is_bare_name(told, at) || is_brand(told, begin, at) {
        return true;
    }
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
        _ => {
            let low = at
                .saturating_sub(ADDRESSED_TOKENS)
                .max(told.sentences[sentence].tokens.start);
            let addressed = |token: &Token| matches!(token.folded.as_str(), "told" | "addressed");
            before().any(|word| matches!(word, "at" | "during" | "sidelines"))
                || told.tokens[low..at].iter().any(addressed)
        }
    }
}
