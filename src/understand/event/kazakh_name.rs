//! Where a Kazakh name begins: its last word comes at the end, and what belongs to
//! the sentence before it bears a case.

use std::ops::Range;

use super::super::lexicon::section;
use super::super::place::Mention;
use super::super::told::Told;
use super::name::quote_before;
use crate::text::tokens::Token;

/// Names longer than this are a sentence by mistake.
const SIDE_TOKENS_MAX: usize = 14;
const KAZAKH_CASE_ENDINGS: [&str; 24] = [
    "да", "де", "та", "те", "дан", "ден", "тан", "тен", "нан", "нен", "ға", "ге", "қа", "ке", "на",
    "не", "ды", "ді", "ты", "ті", "ны", "ні", "ып", "іп",
];

/// Where the Kazakh name begins that ends at token `at`.
pub fn kazakh_left(
    told: &Told,
    at: usize,
    within: &Range<usize>,
    blocked: &dyn Fn(usize) -> bool,
    places: &[Mention],
) -> usize {
    let tokens = &told.tokens;
    let mut first = at;
    while first > within.start && at - first < SIDE_TOKENS_MAX {
        if let Some(open) = quote_before(tokens, first, within) {
            first = open;
            continue;
        }
        let before = first - 1;
        let token = &tokens[before];
        if blocked(before) {
            break;
        }
        let tight_dash = token.is_dash() && !token.spaced && !tokens[first].spaced;
        let ordinal = token.number().is_some() && tokens[first].is_dash();
        let link = section("kk-name-link").means(token) && first < at;
        let joint = token.folded == "және" && joins_names(tokens, before, within);
        // "Астана халықаралық форумы": a bare name of a place.
        let place = || {
            token.capital
                && places.iter().any(|place| {
                    place.after == before + 1 && place.city.is_some() && !place.located
                })
                && !is_cased_place(&token.folded)
        };
        let word = token.is_word() && (goes_on_kazakh(token) || place());
        if !(tight_dash || ordinal || link || joint || word) {
            break;
        }
        first = before;
    }
    // A name doesn't begin with what hangs on the word before.
    while first < at && (tokens[first].is_dash() || section("kk-name-link").means(&tokens[first])) {
        first += 1;
    }
    first
}

/// Whether what stands before "және" at `at` is a part of the same name: it
/// leads to a capital letter that begins no sentence.
fn joins_names(tokens: &[Token], at: usize, within: &Range<usize>) -> bool {
    let low = at.saturating_sub(3).max(within.start);
    (low..at)
        .rev()
        .take_while(|index| tokens[*index].is_word() && goes_on_kazakh(&tokens[*index]))
        .any(|index| tokens[index].capital)
}

fn is_cased_place(word: &str) -> bool {
    [
        "да", "де", "та", "те", "дан", "ден", "тан", "тен", "нан", "нен", "ның", "нің", "дың",
        "дің", "тың", "тің",
    ]
    .iter()
    .any(|ending| word.ends_with(ending))
        && !word.ends_with("стан")
}

fn goes_on_kazakh(token: &Token) -> bool {
    let word = token.folded.as_str();
    let long = word.chars().count() > 4;
    // Country names end like an ablative.
    let country = word.ends_with("стан");
    let adjective = ["лікті", "лықты", "тілді", "елді"]
        .iter()
        .any(|ending| word.ends_with(ending));
    // "өңірдегі", "созылған": these belong to the sentence.
    let participle = !token.capital
        && word.chars().count() > 5
        && ["ған", "ген", "қан", "кен"]
            .iter()
            .any(|ending| word.ends_with(ending));
    let attribute = word != "атындағы"
        && ["дағы", "дегі", "тағы", "тегі"]
            .iter()
            .any(|ending| word.ends_with(ending));
    let cased = long
        && !(country || adjective)
        && KAZAKH_CASE_ENDINGS
            .iter()
            .any(|ending| word.ends_with(ending));
    !(section("kk-name-stop").means(token)
        || section("kk-organiser").means(token)
        || cased
        || participle
        || attribute)
}
