//! A text cut into what may be quoted: sentences, and quotes whole.

use std::ops::Range;

use super::super::lexicon::section;
use super::super::told::Told;
use crate::text::normalise::is_letter;
use crate::text::tokens::Token;

/// A sentence shorter than this is a caption or a button.
const PIECE_CHARS_MIN: usize = 25;
/// A quote of more sentences is a speech.
const QUOTE_SENTENCES_MAX: usize = 4;
/// A dateline's dash stands within so many tokens of the beginning.
const DATELINE_TOKENS: usize = 10;
/// In words without a full stop, so many of ten with a capital are names.
const NAMES_OF_TEN: usize = 8;
/// Signs of a line of contacts or tags.
const SIGNS: [char; 14] = [
    '#', '@', '©', '📍', '🗓', '🔗', '🕒', '📞', '📅', '⏰', '👉', '📌', '▶', '✅',
];
/// Agencies that head their datelines.
const AGENCIES: [&str; 16] = [
    "kazinform",
    "казинформ",
    "қазақпарат",
    "казахпарат",
    "inform",
    "информ",
    "казтаг",
    "qazaqparat",
    "egemen",
    "qazaqstan",
    "sputnik",
    "tengrinews",
    "zakon",
    "kz",
    "kaztag",
    "corr",
];

/// One that may be quoted, or the reason why not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// Without the dateline before it.
    pub bytes: Range<usize>,
    pub sentences: Range<usize>,
    pub unfit: Option<&'static str>,
    /// Somebody's words.
    pub quote: bool,
    /// It leans on the sentence before ("He also …").
    pub leans: bool,
    /// No full stop: a heading, or a text cut by its feed.
    pub open_ended: bool,
}

/// The pieces of the body, in order.
pub fn pieces(told: &Told) -> Vec<Piece> {
    let mut found = Vec::new();
    let mut at = told.title_sentences;
    while at < told.sentences.len() {
        let whole = after_quote(told, at);
        let after = whole.unwrap_or_else(|| after_open_quote(told, at));
        found.push(piece(told, at..after, whole.is_some()));
        at = after;
    }
    found
}

/// The sentence after the one that ends what begins in `at`; `None`: the quote
/// has no end in its paragraph.
fn after_quote(told: &Told, at: usize) -> Option<usize> {
    let start = told.sentences[at].bytes.start;
    let is_speech = is_paragraphs_first(told, at) && is_speech(told, at);
    let last = (at + QUOTE_SENTENCES_MAX).min(told.sentences.len());
    for next in at..last {
        let end = told.sentences[next].bytes.end;
        let part = &told.text[start..end];
        if part.contains('\n') {
            return is_speech.then_some(next);
        }
        let more = is_speech && !is_paragraphs_first(told, next + 1);
        if open_quote(part).is_none() && !more {
            return Some(next + 1);
        }
    }
    None
}

/// What a quote without an end takes with it: its paragraph; of straight marks,
/// which are easily one too many, only its sentence.
fn after_open_quote(told: &Told, at: usize) -> usize {
    let sentence = told.sentence(at);
    match open_quote(sentence).map(|open| &sentence[open..]) {
        Some(quote) if quote.starts_with('"') => at + 1,
        _ => paragraphs_end(told, at),
    }
}

/// The sentence after the last of the paragraph.
fn paragraphs_end(told: &Told, at: usize) -> usize {
    (at + 1..told.sentences.len())
        .find(|next| is_paragraphs_first(told, *next))
        .unwrap_or(told.sentences.len())
}

fn is_paragraphs_first(told: &Told, at: usize) -> bool {
    let Some(sentence) = told.sentences.get(at) else {
        return true;
    };
    let before = told.text[..sentence.bytes.start].chars().rev();
    before
        .take_while(|letter| letter.is_whitespace())
        .any(|letter| letter == '\n')
}

/// "– Жоқ, – дейді ол": speech that begins with a dash and has one inside.
fn is_speech(told: &Told, at: usize) -> bool {
    told.words(at)
        .first()
        .is_some_and(|first| first.is_dash() && !told.words(at).is_empty())
        && told
            .words(at)
            .get(1)
            .is_some_and(|next| next.spaced && next.capital)
}

/// Where the quote begins that `text` leaves open. Straight marks open and close
/// in turn; a mark of inches after a digit is none.
pub fn open_quote(text: &str) -> Option<usize> {
    let mut open: Vec<(usize, char)> = Vec::new();
    let mut before = ' ';
    for (at, letter) in text.char_indices() {
        let top = open.last().map(|(_, mark)| *mark);
        match letter {
            '»' => drop_last(&mut open, &['«']),
            '“' if top == Some('„') => drop_last(&mut open, &['„']),
            '«' | '„' | '“' => open.push((at, letter)),
            '”' => drop_last(&mut open, &['“', '„']),
            '"' if top == Some('"') => drop_last(&mut open, &['"']),
            '"' if !before.is_ascii_digit() => open.push((at, letter)),
            _ => {}
        }
        before = letter;
    }
    open.first().map(|(at, _)| *at)
}

fn drop_last(open: &mut Vec<(usize, char)>, marks: &[char]) {
    if open.last().is_some_and(|(_, mark)| marks.contains(mark)) {
        open.pop();
    }
}

/// The mark that closes the quote `quote` begins with.
pub fn closing(quote: &str) -> char {
    match quote.chars().next() {
        Some('«') => '»',
        Some('„') => '“',
        Some('“') => '”',
        _ => '"',
    }
}

fn piece(told: &Told, sentences: Range<usize>, whole: bool) -> Piece {
    let first = &told.sentences[sentences.start];
    let last = &told.sentences[sentences.end - 1];
    let words = &told.tokens[first.tokens.start..last.tokens.end];
    let skipped = dateline(told, words);
    let start = words
        .get(skipped)
        .map_or(first.bytes.start, |word| word.start);
    let start = if skipped == 0 {
        first.bytes.start
    } else {
        start
    };
    let bytes = start..last.bytes.end;
    let text = &told.text[bytes.clone()];
    let words = words.get(skipped..).unwrap_or_default();
    let ends = |marks: &[char]| text.ends_with(marks);
    let open_ended = !ends(&['.', '!', '?', '…', '»', '”', '"', ')']);
    let unfit = if whole {
        unfit(text, words, open_ended)
    } else {
        Some("a quote without its end")
    };
    Piece {
        unfit,
        quote: text.starts_with(['«', '“', '"', '„', '–', '—']),
        leans: section("leaning").at(words, 0) > 0,
        open_ended,
        bytes,
        sentences,
    }
}

fn unfit(text: &str, words: &[Token], open_ended: bool) -> Option<&'static str> {
    let letters = text.chars().filter(|letter| is_letter(*letter)).count();
    let named = words.iter().filter(|word| word.is_word());
    let (all, capitals) = named.fold((0, 0), |(all, capitals), word| {
        (all + 1, capitals + usize::from(word.capital))
    });
    if text.chars().count() < PIECE_CHARS_MIN {
        Some("too short")
    } else if section("clutter").at(words, 0) > 0 || is_labelled(words) {
        Some("a caption, a byline or a pointer elsewhere")
    } else if section("invitation-to-follow").any(words) {
        Some("asks to follow or to share")
    } else if has_sign(text) || text.contains("http") || text.contains("www.") {
        Some("contacts, links or tags")
    } else if text.ends_with(':') {
        Some("leads to a list")
    } else if letters * 2 < text.chars().count() {
        Some("hardly any words")
    } else if open_ended && capitals * 10 >= all * NAMES_OF_TEN {
        Some("only names")
    } else {
        None
    }
}

fn has_sign(text: &str) -> bool {
    let mut others = text.chars().filter(|letter| !is_letter(*letter));
    others.any(|letter| SIGNS.contains(&letter))
}

/// "Автор: …", "Видео – …".
fn is_labelled(words: &[Token]) -> bool {
    let label = section("clutter-label").at(words, 0);
    label > 0
        && words.get(label).is_some_and(|mark| {
            mark.is_mark(':') || mark.is_mark('/') || mark.is_mark('|') || mark.is_dash()
        })
}

/// How many tokens the dateline at the beginning takes: "АСТАНА. KAZINFORM – ",
/// "KAZINFORM –", "ASTANA —", "Алматы, 5 мая. /Kazinform/ –".
fn dateline(told: &Told, words: &[Token]) -> usize {
    let dash = words
        .iter()
        .take(DATELINE_TOKENS)
        .position(|word| word.is_dash() && word.spaced);
    let Some(dash) = dash.filter(|dash| *dash > 0) else {
        return 0;
    };
    let head = &words[..dash];
    let is_upper = |word: &Token| {
        let text = &told.text[word.start..word.end];
        text.chars().count() > 1 && text.chars().all(|letter| !letter.is_lowercase())
    };
    let is_agency = |word: &Token| AGENCIES.contains(&word.folded.as_str());
    let names_agency = head.iter().any(is_agency);
    let fits = head.iter().all(|word| {
        !word.is_word() || is_upper(word) || is_agency(word) || names_agency && word.capital
    });
    // Capitals alone may be an abbreviation the sentence is about.
    let head_text = &told.text[head[0].start..head[dash - 1].end];
    let long = head_text
        .chars()
        .filter(|letter| letter.is_alphabetic())
        .count()
        > 4;
    if fits && (names_agency || long) && words.len() > dash + 1 {
        dash + 1
    } else {
        0
    }
}
