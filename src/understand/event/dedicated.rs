//! What a forum is dedicated to, which is a part of its name: "Абайдың 180 жылдығына
//! арналған форум", "форум, посвящённый 30-летию столицы".

use std::ops::Range;

use super::super::lexicon::section;
use super::super::place::Mention;
use super::super::told::Told;

/// A longer dedication is a sentence by mistake.
const TOKENS_MAX: usize = 9;
const DATIVES: [&str; 6] = ["ға", "ге", "қа", "ке", "на", "не"];
const GENITIVES: [&str; 6] = ["ның", "нің", "дың", "дің", "тың", "тің"];
const LOCATIVES: [&str; 4] = ["да", "де", "та", "те"];

/// Where the name begins that so far begins at `first`: a jubilee, a person's or a
/// place's, stands before "арналған".
pub fn dedicated_before(
    told: &Told,
    first: usize,
    within: &Range<usize>,
    blocked: &dyn Fn(usize) -> bool,
    places: &[Mention],
) -> usize {
    let tokens = &told.tokens;
    let ends = |at: usize, endings: &[&str]| {
        let word = tokens[at].folded.as_str();
        endings.iter().any(|ending| word.ends_with(ending))
    };
    let Some(what) = first.checked_sub(2).filter(|at| *at >= within.start) else {
        return first;
    };
    let is_what = tokens[what].folded.starts_with("жылдығы")
        && ends(what, &DATIVES)
        && tokens[first - 1].folded == "арналған";
    if !is_what {
        return first;
    }
    let goes_on = |at: usize| {
        let token = &tokens[at];
        let located = places
            .iter()
            .any(|place| place.located && (place.first..place.after).contains(&at));
        let word = token.is_word() && (token.capital || ends(at, &GENITIVES));
        let number = token.number().is_some() || token.is_dash() && !token.spaced;
        (word && !ends(at, &LOCATIVES) || number)
            && !located
            && !blocked(at)
            && !section("kk-name-stop").means(token)
    };
    let low = what.saturating_sub(TOKENS_MAX).max(within.start);
    (low..what)
        .rev()
        .take_while(|at| goes_on(*at))
        .last()
        .unwrap_or(first)
}

/// The token after what the forum at `at` is dedicated to; its comma and its
/// participle stand between.
pub fn dedicated_after(
    told: &Told,
    at: usize,
    within: &Range<usize>,
    blocked: &dyn Fn(usize) -> bool,
) -> Option<usize> {
    let tokens = told.tokens.get(..within.end)?;
    let participle = tokens.get(at + 2)?.folded.as_str();
    let is_dedicated = participle.starts_with("посвященн") && tokens.get(at + 1)?.is_mark(',');
    let stops = |index: usize| {
        let token = &tokens[index];
        let joined = token.is_dash() && !token.spaced;
        !(token.is_word() || token.number().is_some() || joined) || blocked(index)
    };
    let end = (at + 3..tokens.len()).find(|index| stops(*index));
    let end = end.unwrap_or(tokens.len());
    // The clause ends where its comma or the sentence does.
    let closed = tokens
        .get(end)
        .is_none_or(|token| token.is_mark(',') || token.is_mark('.'));
    let words = end.saturating_sub(at + 3);
    (is_dedicated && closed && (1..=TOKENS_MAX).contains(&words)).then_some(end)
}
