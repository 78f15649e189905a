//! A forum's own name, cut out of the sentence around it and put into the
//! nominative, as a poster would have it.

use std::ops::Range;

use crate::model::language::Language;
use crate::text::tokens::Token;

use super::super::lexicon::section;
use super::super::place::Mention;
use super::super::told::Told;
use super::dates::Dated;
use super::dedicated::{dedicated_after, dedicated_before};
use super::kazakh_name::kazakh_left;
use super::one_of::one_of_forums;

/// Names longer than this to one side are a sentence by mistake.
pub const SIDE_TOKENS_MAX: usize = 14;
/// Russian masculine adjective endings, and their nominative.
const ADJECTIVES: [(&str, &str); 12] = [
    ("ого", "ый"),
    ("ому", "ый"),
    ("ом", "ый"),
    ("ым", "ый"),
    ("его", "ий"),
    ("ему", "ий"),
    ("ем", "ий"),
    ("им", "ий"),
    ("ый", "ый"),
    ("ий", "ий"),
    ("ой", "ой"),
    ("ые", "ые"),
];
const RUSSIAN_VERB_ENDINGS: [&str; 14] = [
    "ит", "ет", "ут", "ют", "ил", "ал", "ел", "ли", "ла", "ло", "лся", "тся", "лась", "лись",
];

/// A name, and the tokens it was made of.
pub struct Found {
    pub text: String,
    pub first: usize,
    pub after: usize,
    /// It says more than "forum".
    pub specific: bool,
}

/// The name of the forum whose word stands at token `at` of sentence `within`.
pub fn name(
    told: &Told,
    at: usize,
    within: &Range<usize>,
    dates: &[Dated],
    places: &[Mention],
) -> Found {
    let blocked = |index: usize| {
        dates
            .iter()
            .any(|dated| (dated.first..dated.after).contains(&index))
    };
    let kazakh = matches!(
        told.language,
        Language::KazakhCyrillic | Language::KazakhLatin
    );
    if let Some((open, close)) = quote_around(&told.tokens, at, within) {
        return Found {
            text: told.original(open + 1, close).trim().to_owned(),
            first: open + 1,
            after: close,
            specific: close > open + 2,
        };
    }
    if let Some((first, after)) = one_of_forums(told, at, within) {
        return Found {
            text: told.original(first, after).trim().to_owned(),
            first,
            after,
            specific: true,
        };
    }
    let (first, mut after, dedicated_to) = bounds(told, at, within, &blocked, places);
    let mut text = String::new();
    let called = |index: &usize| {
        kazakh
            && section("kk-name-called").means(&told.tokens[*index])
            && index
                .checked_sub(1)
                .is_some_and(|before| is_quote(&told.tokens[before]))
    };
    for index in (first..at).filter(|index| !called(index)) {
        push(&mut text, told, index, told.language == Language::Russian);
    }
    let head = head(told, at);
    if first < at && told.tokens[at].spaced {
        text.push(' ');
    }
    text.push_str(&head);
    // "«…» атты форум" is "«…» форумы".
    if (first..at).any(|index| called(&index)) {
        text.push_str(match (told.language, head.ends_with(['ы', 'y'])) {
            (_, true) => "",
            (Language::KazakhLatin, _) => "y",
            _ => "ы",
        });
    }
    if after > at + 1 {
        let gap = if told.tokens[at + 1].spaced { " " } else { "" };
        text.push_str(gap);
        text.push_str(told.original(at + 1, after));
    }
    if let Some(end) = dedicated_to {
        push_dedication(&mut text, told, at, end);
        after = end;
    }
    Found {
        text: capitalised(text.trim()),
        first,
        after,
        specific: after - first > 1 || is_compound(&told.tokens[at].folded),
    }
}

/// Where the name begins and ends, and where what it is dedicated to ends.
fn bounds(
    told: &Told,
    at: usize,
    within: &Range<usize>,
    blocked: &dyn Fn(usize) -> bool,
    places: &[Mention],
) -> (usize, usize, Option<usize>) {
    let kazakh = matches!(
        told.language,
        Language::KazakhCyrillic | Language::KazakhLatin
    );
    let mut first = match told.language {
        Language::Russian => russian_left(told, at, within),
        _ if kazakh => kazakh_left(told, at, within, blocked, places),
        _ => english_left(told, at, within, blocked),
    };
    let mut after = at + 1;
    let mut dedicated_to = None;
    if kazakh {
        first = dedicated_before(told, first, within, blocked, places);
    } else {
        after = right(told, at, within, blocked);
    }
    if told.language == Language::Russian && after == at + 1 {
        dedicated_to = dedicated_after(told, at, within, blocked);
    }
    (first, after, dedicated_to)
}

/// ", посвящённый 30-летию столицы", up to token `end`.
fn push_dedication(text: &mut String, told: &Told, at: usize, end: usize) {
    text.push_str(", ");
    let mut participle = String::new();
    push(&mut participle, told, at + 2, true);
    text.push_str(&participle);
    text.push(' ');
    text.push_str(told.original(at + 3, end));
}

/// "медиафорум" says more than "forum".
fn is_compound(word: &str) -> bool {
    ["форум", "forum"]
        .iter()
        .any(|head| word.find(head).is_some_and(|at| at > 0))
}

/// The forum word without its case.
fn head(told: &Told, at: usize) -> String {
    let token = &told.tokens[at];
    let original = &told.text[token.start..token.end];
    let lower = original.to_lowercase();
    if let Some(week) = week(&lower) {
        return week.to_owned();
    }
    let stem = ["форум", "forum", "forým"].iter().find_map(|stem| {
        let found = lower.find(stem)?;
        (lower.len() == original.len()).then_some(found + stem.len())
    });
    let Some(stem_end) = stem.filter(|end| original.is_char_boundary(*end)) else {
        return original.to_owned();
    };
    let ending = &lower[stem_end..];
    let possessive = match told.language {
        Language::KazakhCyrillic if ending.starts_with('ы') => "ы",
        Language::KazakhLatin if ending.starts_with('y') => "y",
        _ => "",
    };
    format!("{}{possessive}", &original[..stem_end])
}

/// The week a forum is part of, without its case.
fn week(word: &str) -> Option<&'static str> {
    let weeks = [
        ("апталығ", "апталығы"),
        ("апталық", "апталық"),
        ("недел", "Неделя"),
        ("декадас", "декадасы"),
    ];
    weeks
        .iter()
        .find(|(beginning, _)| word.starts_with(beginning))
        .map(|(_, week)| *week)
}

/// The quotation marks around token `at`, if it stands in a quoted name.
fn quote_around(tokens: &[Token], at: usize, within: &Range<usize>) -> Option<(usize, usize)> {
    let low = at.saturating_sub(SIDE_TOKENS_MAX).max(within.start);
    let high = (at + SIDE_TOKENS_MAX).min(within.end);
    let open = (low..at).rev().find(|index| is_quote(&tokens[*index]))?;
    if !opens(tokens, open) {
        return None;
    }
    let close = (at + 1..high).find(|index| is_quote(&tokens[*index]))?;
    (!opens(tokens, close)).then_some((open, close))
}

fn is_quote(token: &Token) -> bool {
    ['"', '«', '»', '“', '”', '„']
        .iter()
        .any(|mark| token.is_mark(*mark))
}

fn opens(tokens: &[Token], at: usize) -> bool {
    let token = &tokens[at];
    if token.is_mark('«') || token.is_mark('„') {
        return true;
    }
    !token.is_mark('»') && token.spaced && tokens.get(at + 1).is_some_and(|next| !next.spaced)
}

/// Where the quotation that closes just before `at` opens.
pub fn quote_before(tokens: &[Token], at: usize, within: &Range<usize>) -> Option<usize> {
    let close = at.checked_sub(1).filter(|close| *close >= within.start)?;
    if !is_quote(&tokens[close]) || opens(tokens, close) {
        return None;
    }
    let low = close.saturating_sub(SIDE_TOKENS_MAX).max(within.start);
    (low..close)
        .rev()
        .find(|index| is_quote(&tokens[*index]) && opens(tokens, *index))
}

fn russian_left(told: &Told, at: usize, within: &Range<usize>) -> usize {
    let tokens = &told.tokens;
    let mut first = at;
    while first > within.start && at - first < SIDE_TOKENS_MAX {
        let before = first - 1;
        let token = &tokens[before];
        let adjective = token.is_word()
            && token.folded.chars().count() > 4
            && nominative_ending(&token.folded).is_some();
        let roman = token.is_word()
            && token
                .folded
                .chars()
                .all(|letter| matches!(letter, 'i' | 'v' | 'x' | 'і' | 'х'));
        let latin = token.capital && token.folded.is_ascii() && token.is_word();
        let tight_dash = token.is_dash() && !token.spaced && !tokens[first].spaced;
        let hyphenated = token.is_word() && tokens[first].is_dash() && !tokens[first].spaced;
        if !(adjective || roman || latin || tight_dash || hyphenated)
            || section("ru-name-stop").means(token)
        {
            break;
        }
        first = before;
    }
    while first < at && tokens[first].is_dash() {
        first += 1;
    }
    first
}

fn english_left(
    told: &Told,
    at: usize,
    within: &Range<usize>,
    blocked: &dyn Fn(usize) -> bool,
) -> usize {
    let tokens = &told.tokens;
    let mut first = at;
    while first > within.start && at - first < SIDE_TOKENS_MAX {
        let before = first - 1;
        let token = &tokens[before];
        let tight_dash = token.is_dash() && !token.spaced;
        // "Eurasian Book and Media Forum"
        let joins = token.folded == "and"
            && tokens[first].capital
            && before > within.start
            && tokens[before - 1].is_word()
            && tokens[before - 1].capital;
        if blocked(before)
            || !(token.is_word() || tight_dash)
            || section("en-name-stop").means(token) && !joins
        {
            break;
        }
        first = before;
    }
    first
}

/// What follows the forum word: a quoted name, a subject after a preposition,
/// in Russian also genitives. The token after it.
fn right(told: &Told, at: usize, within: &Range<usize>, blocked: &dyn Fn(usize) -> bool) -> usize {
    let tokens = &told.tokens;
    let russian = told.language == Language::Russian;
    let high = (at + SIDE_TOKENS_MAX).min(within.end);
    let mut after = at + 1;
    if let Some(after) = quote_after(tokens, after, high) {
        return after;
    }
    let stops = if russian {
        section("ru-name-stop")
    } else {
        section("en-name-stop")
    };
    let linked = tokens.get(after).is_some_and(|token| {
        if russian {
            section("ru-name-prep").means(token) || !stops.means(token)
        } else {
            matches!(token.folded.as_str(), "on" | "of" | "for")
        }
    });
    if !linked || blocked(after + 1) {
        return after;
    }
    let begun = after;
    while after < high {
        let token = &tokens[after];
        let verb = russian
            && RUSSIAN_VERB_ENDINGS
                .iter()
                .any(|ending| token.folded.ends_with(ending));
        let stop = after > begun && stops.means(token);
        // "женщин-предпринимателей", "Северо-Казахстанской"
        let hyphen = token.is_dash()
            && !token.spaced
            && tokens
                .get(after + 1)
                .is_some_and(|next| next.is_word() && !next.spaced);
        if !(token.is_word() || hyphen) || verb || stop || blocked(after) {
            break;
        }
        after += 1;
    }
    let dangling = |index: usize| {
        section("ru-name-prep").means(&tokens[index])
            || matches!(
                tokens[index].folded.as_str(),
                "on" | "of" | "for" | "and" | "и"
            )
    };
    while after > at + 1 && dangling(after - 1) {
        after -= 1;
    }
    quote_after(tokens, after, high).unwrap_or(after)
}

/// The token after the quotation that opens at `open`.
pub fn quote_after(tokens: &[Token], open: usize, high: usize) -> Option<usize> {
    if !(tokens.get(open).is_some_and(is_quote) && opens(tokens, open)) {
        return None;
    }
    let close = (open + 1..high).find(|index| is_quote(&tokens[*index]))?;
    Some(close + 1)
}

fn push(text: &mut String, told: &Told, index: usize, russian: bool) {
    let token = &told.tokens[index];
    if token.spaced && !text.is_empty() {
        text.push(' ');
    }
    let original = &told.text[token.start..token.end];
    match nominative_ending(&token.folded).filter(|_| russian) {
        Some((cut, ending)) if token.folded.chars().count() > 4 => {
            let keep = original.chars().count().saturating_sub(cut.chars().count());
            text.extend(original.chars().take(keep));
            text.push_str(ending);
        }
        _ => text.push_str(original),
    }
}

/// The ending to take off a Russian adjective, and the nominative's.
fn nominative_ending(word: &str) -> Option<(&'static str, &'static str)> {
    let (cut, ending) = ADJECTIVES.iter().find(|(cut, _)| word.ends_with(cut))?;
    let stem = word.strip_suffix(cut)?;
    let soft = stem.ends_with(['к', 'г', 'х', 'ш', 'щ', 'ч', 'ж']);
    let ending = match *ending {
        "ый" if section("ru-hard-oy").has(stem) => "ой",
        "ый" if soft => "ий",
        "ий" if !soft && *cut == "им" => "ий",
        other => other,
    };
    Some((*cut, ending))
}

/// With a capital first letter.
pub fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(letters).collect()
    })
}
