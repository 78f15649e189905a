//! A forum named before its comma: "…, один из крупнейших форумов".

use std::ops::Range;

use super::super::told::Told;
use super::name::{SIDE_TOKENS_MAX, quote_before};

/// "Central Asia Media Summit, один из крупнейших форумов", "the Expo, one of the largest
/// forums": the name stands before the comma, in capitals or quoted.
pub fn one_of_forums(told: &Told, at: usize, within: &Range<usize>) -> Option<(usize, usize)> {
    let tokens = &told.tokens;
    let low = at.saturating_sub(SIDE_TOKENS_MAX).max(within.start);
    let comma = (low..at).rev().find(|index| tokens[*index].is_mark(','))?;
    let word = |at: usize| tokens.get(at).map_or("", |token| token.folded.as_str());
    let one_of = matches!(
        (word(comma + 1), word(comma + 2)),
        ("один" | "одно" | "одна", "из") | ("one", "of")
    );
    if !one_of || comma <= within.start {
        return None;
    }
    if let Some(open) = quote_before(tokens, comma, within) {
        return Some((open + 1, comma - 1));
    }
    let low = comma.saturating_sub(SIDE_TOKENS_MAX).max(within.start);
    let first = (low..comma)
        .rev()
        .take_while(|index| tokens[*index].is_word() && tokens[*index].capital)
        .last()?;
    (comma - first > 1).then_some((first, comma))
}
