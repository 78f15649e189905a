//! Kazakh in Latin letters written in Cyrillic, fit for display: what
//! [`super::latin`] does, back.
//!
//! The spellings of 2021 (umlauts) and of 2018 (acutes, Egemen's Latin edition)
//! name nearly every letter; what they leave open (`i` for и and й, `ts`, `e` for
//! э, ь not written) is told by `loans.txt` and by the letters around. Deliberately
//! absent: texts in plain letters, where ә and а look alike; [`cyrillic`] leaves
//! them as they are.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use super::latin::latin;
use super::script::{LatinSpelling, latin_spelling};

/// Beginnings of words, in Cyrillic letters.
const LOANS: &str = include_str!("loans.txt");
/// Words of English names.
const FOREIGN: &str = include_str!("foreign.txt");
/// Letters of the longest beginning looked up.
const LOAN_LETTERS_MAX: usize = 16;

/// Letters of the shortest beginning known by a spelling that is not its own.
const LOOSE_LETTERS_MIN: usize = 4;

/// As it is spelled in 2021, and in Cyrillic.
type Beginning = (String, &'static str);

/// Beginnings by their [`loose`] spelling.
static BEGINNINGS: LazyLock<HashMap<String, Vec<Beginning>>> = LazyLock::new(|| {
    let lines = LOANS.lines().filter(|line| !line.starts_with('#'));
    let mut beginnings: HashMap<String, Vec<Beginning>> = HashMap::new();
    for word in lines.flat_map(str::split_whitespace) {
        let spelled = latin(word);
        let known = beginnings.entry(loose(spelled.chars())).or_default();
        known.push((spelled, word));
    }
    beginnings
});

/// Letters a text does without, writing others for them.
#[derive(Debug, Clone, Copy)]
struct Spelling {
    /// That of 2018.
    acute: bool,
    /// і is written i.
    no_dotless: bool,
    /// ұ is written u.
    no_macron: bool,
}

impl Spelling {
    fn of(text: &str) -> Self {
        let acute = latin_spelling(text) == LatinSpelling::Acute;
        Self {
            acute,
            no_dotless: !acute && !text.contains(['ı', 'İ']),
            no_macron: !acute && !text.contains(['ū', 'Ū']),
        }
    }

    /// Whether `spelled` may stand for a beginning that is `known` by another spelling.
    fn admits(self, spelled: &[char], (known, _): &Beginning, is_whole: bool) -> bool {
        let told = spelled.len() >= LOOSE_LETTERS_MIN || (is_whole && known.contains('ū'));
        told && spelled.iter().zip(known.chars()).all(|pair| match pair {
            ('i', 'ı') | ('ı', 'i') => self.no_dotless,
            ('u', 'ū') => self.no_macron,
            (one, other) => *one == other,
        })
    }
}

fn loose(letters: impl Iterator<Item = char>) -> String {
    let loosened = letters.map(|letter| match letter {
        'ı' => 'i',
        'ū' => 'u',
        other => other,
    });
    loosened.collect()
}

static FOREIGN_WORDS: LazyLock<HashSet<&'static str>> = LazyLock::new(|| {
    let lines = FOREIGN.lines().filter(|line| !line.starts_with('#'));
    lines.flat_map(str::split_whitespace).collect()
});

/// The text in Cyrillic letters, or `None` where its spelling has none of the
/// letters that tell ә from а. Addresses, handles and foreign words stay.
pub fn cyrillic(text: &str) -> Option<String> {
    if !text.chars().any(tells_kazakh) {
        return None;
    }
    let spelling = Spelling::of(text);
    let mut written = String::with_capacity(text.len() * 2);
    for (part, quoted) in quotations(text) {
        if quoted && words(part).any(is_foreign) {
            written.push_str(part);
        } else {
            write(part, spelling, &mut written);
        }
    }
    Some(written)
}

/// The text in pieces, each inside quotes or outside.
fn quotations(text: &str) -> impl Iterator<Item = (&str, bool)> {
    let mut quoted = false;
    let mut pieces = text.split_inclusive(['«', '»', '“', '”', '"']);
    std::iter::from_fn(move || {
        let piece = pieces.next()?;
        let was = quoted;
        quoted = match piece.chars().next_back() {
            Some('«' | '“') => true,
            Some('"') => !quoted,
            _ => false,
        };
        Some((piece, was))
    })
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|letter| !is_part(letter))
        .filter(|word| !word.is_empty())
}

fn is_part(letter: char) -> bool {
    is_letter(letter) || letter == '\'' || letter == '’'
}

fn write(text: &str, spelling: Spelling, written: &mut String) {
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let run = rest
            .char_indices()
            .find(|(_, letter)| is_part(*letter) != is_part(first))
            .map_or(rest.len(), |(at, _)| at);
        let (piece, after) = rest.split_at(run);
        let before = written.chars().next_back();
        if !is_part(first) || is_address(before, after) || is_foreign(piece) {
            written.push_str(piece);
        } else {
            let modern = modern(piece, spelling);
            written.push_str(&in_case_of(piece, &word(&modern, spelling)));
        }
        rest = after;
    }
}

/// Letters that only Kazakh in Latin letters has among the languages read here.
fn tells_kazakh(letter: char) -> bool {
    "äğñöüşūıáǵńóúýŋÄĞÑÖÜŞŪİÁǴŃÓÚÝŊ".contains(letter)
}

fn is_letter(letter: char) -> bool {
    letter.is_ascii_alphabetic() || tells_kazakh(letter)
}

/// `@name`, `#tag`, `site.kz`, `a/b`: only their own letters work.
fn is_address(before: Option<char>, after: &str) -> bool {
    let mut next = after.chars();
    let (mark, letter) = (next.next(), next.next());
    matches!(before, Some('@' | '/' | '#' | '.' | '_'))
        || matches!(mark, Some('@' | '_'))
        || (matches!(mark, Some('.' | '/')) && letter.is_some_and(char::is_alphanumeric))
}

/// A known English word, or one with letters or pairs of letters Kazakh has not.
fn is_foreign(word: &str) -> bool {
    let small = word.to_lowercase();
    let foreign_letter =
        small.contains(['w', 'x', '\'', '’']) || small.replace("ch", "").contains('c');
    let pairs = ["oo", "ee", "th", "ph", "ck", "gl", "yo"];
    let mixed =
        word.chars().skip(1).any(char::is_uppercase) && word.chars().any(char::is_lowercase);
    let known = FOREIGN_WORDS.contains(small.as_str());
    known || foreign_letter || mixed || pairs.iter().any(|pair| small.contains(pair))
}

/// The word in small letters of 2021.
fn modern(word: &str, spelling: Spelling) -> String {
    let acute = spelling.acute;
    let small: String = word.chars().flat_map(small).collect();
    let small = small.replace("sh", "ş").replace("ch", "tş");
    let letter = |letter: char| match letter {
        'á' => 'ä',
        'ǵ' => 'ğ',
        'ń' | 'ŋ' => 'ñ',
        'ó' => 'ö',
        'ú' => 'ü',
        'ý' => 'u',
        'u' if acute => 'ū',
        // In 2018 ı is и and й and i is і; in 2021 the other way round.
        'ı' if acute => 'i',
        'i' if acute => 'ı',
        other => other,
    };
    let mut modern = String::with_capacity(small.len() + 2);
    let mut letters = small.chars().map(letter).peekable();
    while let Some(read) = letters.next() {
        // A text without a single ı writes і as i, but never beside a vowel.
        let beside = modern.chars().next_back().is_some_and(is_vowel)
            || letters.peek().copied().is_some_and(is_vowel);
        let is_short = read == 'i' && spelling.no_dotless && !beside;
        modern.push(if is_short { 'ı' } else { read });
    }
    modern
}

/// As in Turkish: I is the capital of ı, İ of i.
fn small(letter: char) -> impl Iterator<Item = char> {
    let own = match letter {
        'I' => Some('ı'),
        'İ' => Some('i'),
        _ => None,
    };
    let usual = own.is_none().then(|| letter.to_lowercase());
    own.into_iter().chain(usual.into_iter().flatten())
}

/// A word of 2021 in Cyrillic.
fn word(modern: &str, spelling: Spelling) -> String {
    let letters: Vec<char> = modern.chars().collect();
    let longest = letters.len().min(LOAN_LETTERS_MAX);
    let loan = (2..=longest).rev().find_map(|size| {
        let beginning = &letters[..size];
        let known = BEGINNINGS.get(&loose(beginning.iter().copied()))?;
        let is_whole = size == letters.len();
        let loan = known
            .iter()
            .find(|(own, _)| beginning.iter().copied().eq(own.chars()));
        let loan = loan.or_else(|| {
            let mut all = known.iter();
            all.find(|loan| spelling.admits(beginning, loan, is_whole))
        });
        loan.map(|(_, loan)| (size, *loan))
    });
    let (mut at, mut written) =
        loan.map_or((0, String::new()), |(size, loan)| (size, loan.to_owned()));
    while at < letters.len() {
        let (letter, taken) = next_letter(&letters, at);
        written.push_str(letter);
        at += taken;
    }
    written
}

/// The Cyrillic for what stands at `at`, and how many letters that was.
fn next_letter(letters: &[char], at: usize) -> (&'static str, usize) {
    let here = |ahead: usize| letters.get(at + ahead).copied();
    let after_vowel = at
        .checked_sub(1)
        .and_then(|at| letters.get(at))
        .is_some_and(|l| is_vowel(*l));
    match (here(0), here(1), here(2)) {
        (Some('ş'), Some('ş'), _) => ("щ", 2),
        // The ending -ша after т, as in уақытша.
        (Some('t'), Some('ş'), Some('a' | 'e')) if at > 2 && here(3).is_none() => ("т", 1),
        (Some('t'), Some('ş'), _) => ("ч", 2),
        (Some('t'), Some('s'), Some('i')) if !after_vowel || here(3) == Some('a') => ("ц", 2),
        (Some('t'), Some('s'), _) if at == 0 => ("ц", 2),
        (Some('i'), Some('a'), _) if after_vowel || at == 0 => ("я", 2),
        (Some('i'), Some('a'), _) => ("ия", 2),
        (Some('i'), Some('o'), _) if at == 0 => ("ё", 2),
        (Some('i'), Some('u'), _) if after_vowel || at == 0 => ("ю", 2),
        (Some('i'), Some('u'), _) => ("ию", 2),
        (Some('i'), next, _) if after_vowel || (at == 0 && next.is_some_and(is_vowel)) => ("й", 1),
        (Some(letter), _, _) => (single(letter), 1),
        (None, _, _) => ("", 1),
    }
}

fn is_vowel(letter: char) -> bool {
    "aäeıioöuūüy".contains(letter)
}

const fn single(letter: char) -> &'static str {
    match letter {
        'a' => "а",
        'ä' => "ә",
        'b' => "б",
        'd' => "д",
        'e' => "е",
        'f' => "ф",
        'g' => "г",
        'ğ' => "ғ",
        'h' => "х",
        'i' => "и",
        'ı' => "і",
        'j' => "ж",
        'k' => "к",
        'l' => "л",
        'm' => "м",
        'n' => "н",
        'ñ' => "ң",
        'o' => "о",
        'ö' => "ө",
        'p' => "п",
        'q' => "қ",
        'r' => "р",
        's' => "с",
        'ş' => "ш",
        't' => "т",
        'u' => "у",
        'ū' => "ұ",
        'ü' => "ү",
        'v' => "в",
        'y' => "ы",
        'z' => "з",
        _ => "",
    }
}

/// `written` in capitals as `model` is: all, the first, or none.
fn in_case_of(model: &str, written: &str) -> String {
    let mut letters = model.chars();
    let first = letters.next().is_some_and(char::is_uppercase);
    let others = letters.clone().count();
    let all = first && others > 0 && letters.all(char::is_uppercase);
    if all {
        return written.to_uppercase();
    }
    let mut rest = written.chars();
    match rest.next().filter(|_| first) {
        Some(letter) => letter.to_uppercase().chain(rest).collect(),
        None => written.to_owned(),
    }
}

#[cfg(test)]
mod tests;
