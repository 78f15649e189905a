//! Which language and script a text is in, among those the house tells apart.
//!
//! The script is the one of most letters; within it, the letters that follow each
//! other say the language (`letters.rs`), against thirty-five others. Deliberately
//! absent: naming any other language; it is `und`.

mod letters;

use std::ops::Range;

use crate::model::language::Language;
use crate::model::reading::Confidence;
use crate::text::normalise::{is_cyrillic, is_latin, is_letter};
use crate::text::tokens::{Token, tokens};

use letters::{CYRILLIC, LATIN, Table, Verdict};

/// More words than this don't change the verdict.
const WORDS_MAX: usize = 1_500;
/// Names keep the letters of their own language: beside small words they count less.
const CAPITAL_WEIGHT: f32 = 0.25;
/// Where a verdict is as likely wrong as right (odds as a logarithm) among the
/// short words it was tried on, and how fast that changes.
const DOUBTFUL_LEAD: f32 = 2.2;
const LEAD_SCALE: f32 = 1.1;
/// One word in so many may have a letter none of the house's languages has.
const FOREIGN_SHARE: usize = 20;
/// Letters of neighbours for which there is no table, and of those there are.
const FOREIGN_LETTERS: &str = "їєґўҳҷӣӯҗҙҫҡҥӱӧӓӹјљњћђџѓќҕҭҩӏѕӥӗӑҝҹӟѝӕӝӈӷԥ";
/// A paragraph of fewer words is too short to be said anything of.
const PARAGRAPH_WORDS_MIN: usize = 3;
/// A sentence of so many words, and so surely told, may be said to be of another
/// language than its text.
const PIECE_WORDS_MIN: usize = 5;
const PIECE_SURE: f32 = 0.9;

/// The script of most letters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Script {
    Cyrillic,
    Latin,
    Arabic,
    Other,
}

/// A language, how sure, and why.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Judged {
    pub language: Language,
    pub confidence: Confidence,
    /// By how much (odds as a logarithm) its letters lead which other one's; `None`
    /// where the script or a letter alone decides.
    pub lead: Option<(f32, Language)>,
}

impl Judged {
    const fn at_sight(language: Language, confidence: Confidence) -> Self {
        Self {
            language,
            confidence,
            lead: None,
        }
    }
}

/// The language of a text given as tokens, and how sure.
pub fn language(tokens: &[Token]) -> (Language, Confidence) {
    let judged = judge(tokens);
    (judged.language, judged.confidence)
}

/// The language of a text given as tokens, and why.
pub fn judge(tokens: &[Token]) -> Judged {
    let words = words_of(tokens);
    match script_of(&words) {
        None => Judged::at_sight(Language::Undetermined, Confidence::new(0.0)),
        Some(Script::Cyrillic) => of_cyrillic(&words),
        Some(Script::Latin) => judged(&LATIN, &words, is_of_latin),
        Some(Script::Arabic) => of_arabic(&words),
        Some(Script::Other) => Judged::at_sight(Language::Undetermined, Confidence::new(0.9)),
    }
}

/// ISO 15924 code of the script most letters are of; `Zyyy` for none of ours.
pub fn script(tokens: &[Token]) -> &'static str {
    match script_of(&words_of(tokens)) {
        Some(Script::Cyrillic) => "Cyrl",
        Some(Script::Latin) => "Latn",
        Some(Script::Arabic) => "Arab",
        Some(Script::Other) | None => "Zyyy",
    }
}

fn words_of(tokens: &[Token]) -> Vec<&Token> {
    let words = tokens.iter().filter(|token| token.is_word());
    words.take(WORDS_MAX).collect()
}

/// Names in Latin letters don't make a Cyrillic text Latin until they are twice
/// as many. `None` without letters.
fn script_of(words: &[&Token]) -> Option<Script> {
    let mut cyrillic = 0_usize;
    let mut latin = 0_usize;
    let mut arabic = 0_usize;
    let mut other = 0_usize;
    for word in words {
        // A name in another script says less than a word.
        let weight = if word.capital { 1 } else { 2 };
        for letter in word.folded.chars() {
            if is_cyrillic(letter) {
                cyrillic += weight;
            } else if is_of_latin(letter) {
                latin += weight;
            } else if matches!(letter, '\u{600}'..='\u{6ff}') {
                arabic += weight;
            } else if letter.is_alphabetic() {
                other += weight;
            }
        }
    }
    let most = cyrillic.max(latin).max(arabic).max(other);
    if most == 0 {
        None
    } else if cyrillic * 2 >= most && cyrillic * 2 > latin {
        Some(Script::Cyrillic)
    } else if most == latin {
        Some(Script::Latin)
    } else if most == arabic {
        Some(Script::Arabic)
    } else {
        Some(Script::Other)
    }
}

/// Letters nearly all words are of, none of them foreign.
const fn is_usual(letter: char) -> bool {
    matches!(
        letter,
        'а'..='я' | 'ә' | 'ғ' | 'қ' | 'ң' | 'ө' | 'ұ' | 'ү' | 'һ' | 'і' | 'a'..='z'
    )
}

fn is_of_latin(letter: char) -> bool {
    is_latin(letter) || letter == 'ə'
}

/// Each paragraph that has words enough, as its bytes in `text`, with its language.
pub fn of_paragraphs(text: &str) -> Vec<(Range<usize>, Language, Confidence)> {
    let mut found = Vec::new();
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let trimmed = line.trim();
        let tokens = tokens(trimmed);
        if tokens.iter().filter(|token| token.is_word()).count() >= PARAGRAPH_WORDS_MIN {
            let from = start + line.len() - line.trim_start().len();
            let (language, confidence) = language(&tokens);
            found.push((from..from + trimmed.len(), language, confidence));
        }
        start += line.len();
    }
    found
}

/// Whether `text` is surely in another language than `language`: a piece too
/// short to tell is not.
pub fn languages_differ(text: &str, language: Language) -> bool {
    let tokens = tokens(text);
    let words = tokens.iter().filter(|token| token.is_word()).count();
    if words < PIECE_WORDS_MIN || language == Language::Undetermined {
        return false;
    }
    let found = judge(&tokens);
    found.language != language
        && found.language != Language::Undetermined
        && found.confidence.get() >= PIECE_SURE
}

fn of_cyrillic(words: &[&Token]) -> Judged {
    let cyrillic = words
        .iter()
        .filter(|word| word.folded.contains(is_cyrillic));
    let foreign = words
        .iter()
        .filter(|word| {
            let letters = word.folded.chars();
            letters
                .filter(|letter| !is_usual(*letter))
                .any(|letter| FOREIGN_LETTERS.contains(letter))
        })
        .count();
    let all = cyrillic.count();
    if foreign * FOREIGN_SHARE > all || (foreign > 0 && all < 4) {
        let sure = if foreign > 1 { 0.95 } else { 0.7 };
        return Judged::at_sight(Language::Undetermined, Confidence::new(sure));
    }
    judged(&CYRILLIC, words, is_cyrillic)
}

fn judged(table: &Table, words: &[&Token], of_script: impl Fn(char) -> bool) -> Judged {
    let of_script: Vec<&&Token> = words
        .iter()
        .filter(|word| word.folded.contains(&of_script))
        .collect();
    let has_small = of_script.iter().any(|word| !word.capital);
    let pieces = of_script.iter().flat_map(|word| {
        let weight = if word.capital && has_small {
            CAPITAL_WEIGHT
        } else {
            1.0
        };
        let pieces = word.folded.split(|letter: char| !is_letter(letter));
        pieces
            .filter(|piece| !piece.is_empty())
            .map(move |piece| (piece, weight))
    });
    match table.verdict(pieces) {
        Some(Verdict {
            language,
            lead,
            next,
        }) => Judged {
            language,
            confidence: sure(lead),
            lead: Some((lead, next)),
        },
        None => Judged::at_sight(Language::Undetermined, Confidence::new(0.0)),
    }
}

/// The odds as a share, tempered: shares of single words are too sure of themselves.
fn sure(lead: f32) -> Confidence {
    Confidence::new(1.0 / (1.0 + ((DOUBTFUL_LEAD - lead) / LEAD_SCALE).exp()))
}

/// Kazakh in Arabic letters writes its vowels: ە and the high hamza are seen
/// together nowhere else.
fn of_arabic(words: &[&Token]) -> Judged {
    let with = |letters: &[char]| {
        let has = |word: &&&Token| word.folded.contains(letters);
        words.iter().filter(has).count()
    };
    let own = with(&['\u{674}', 'ە']) + 2 * with(&['\u{674}']);
    let foreign = with(&['ې', 'ۈ', 'ۆ', 'ھ', 'ة', 'ے', 'ں', 'ڈ', 'ٹ']);
    if own > foreign {
        let sure = if own > 2 { 0.95 } else { 0.7 };
        Judged::at_sight(Language::KazakhArabic, Confidence::new(sure))
    } else {
        Judged::at_sight(Language::Undetermined, Confidence::new(0.8))
    }
}

#[cfg(test)]
mod tests;
