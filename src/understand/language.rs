//! Which language and script a text is in, among those the house tells apart.
//!
//! Letters decide first (ә ғ қ ң ө ұ ү һ і are Kazakh unless letters of a
//! neighbour stand beside them), then function words and endings from
//! `language.txt`. Deliberately absent: naming any other language; it is `und`.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use crate::model::language::Language;
use crate::model::reading::Confidence;
use crate::text::normalise::{fold, is_cyrillic, is_latin};
use crate::text::tokens::Token;

const TABLES: &str = include_str!("language.txt");
/// More words than this don't change the verdict.
const WORDS_MAX: usize = 1_500;
/// So few words may lack any mark of their language.
const HEADLINE_WORDS_MAX: usize = 5;

static LISTS: LazyLock<HashMap<&'static str, HashSet<String>>> = LazyLock::new(read_tables);
static NONE: LazyLock<HashSet<String>> = LazyLock::new(HashSet::new);

/// The language of a text given as tokens, and how sure.
pub fn language(tokens: &[Token]) -> (Language, Confidence) {
    let taken = || {
        tokens
            .iter()
            .filter(|token| token.is_word())
            .take(WORDS_MAX)
    };
    let words: Vec<&str> = taken().map(|token| token.folded.as_str()).collect();
    // Names keep their letters in a neighbour's text: small words tell more.
    let small: Vec<&str> = taken()
        .filter(|token| !token.capital)
        .map(|token| token.folded.as_str())
        .collect();
    let mut cyrillic = 0_usize;
    let mut latin = 0_usize;
    let mut arabic = 0_usize;
    let mut other = 0_usize;
    for letter in words.iter().flat_map(|word| word.chars()) {
        if is_cyrillic(letter) {
            cyrillic += 1;
        } else if is_latin(letter) || letter == 'ə' {
            latin += 1;
        } else if matches!(letter, '\u{600}'..='\u{6ff}') {
            arabic += 1;
        } else if letter.is_alphabetic() {
            other += 1;
        }
    }
    let most = cyrillic.max(latin).max(arabic).max(other);
    if most == 0 {
        return (Language::Undetermined, Confidence::new(0.0));
    }
    if cyrillic * 2 >= most && cyrillic * 2 > latin {
        of_cyrillic(&words, &small)
    } else if most == latin {
        of_latin(&words)
    } else if most == arabic {
        of_arabic(&words)
    } else {
        (Language::Undetermined, Confidence::new(0.9))
    }
}

fn of_cyrillic(words: &[&str], small: &[&str]) -> (Language, Confidence) {
    let words: Vec<&str> = words
        .iter()
        .copied()
        .filter(|word| word.chars().any(is_cyrillic))
        .collect();
    let marked = words
        .iter()
        .filter(|word| has_letter(word, "letters-kk"))
        .count();
    let foreign = words
        .iter()
        .filter(|word| has_letter(word, "letters-other-cyrl") || has_bulgarian_yer(word))
        .count();
    if foreign * 20 > words.len() || (foreign > 0 && words.len() < 4) {
        return (Language::Undetermined, sure(2 * foreign, 1));
    }
    let marked_small = small
        .iter()
        .filter(|word| has_letter(word, "letters-kk"))
        .count();
    let kazakh = 2 * count(&words, "kk") + marked + marked_small + endings(small, "endings-kk");
    let russian = 4 * count(&words, "ru")
        + 2 * endings(&words, "endings-ru")
        + 2 * words
            .iter()
            .filter(|word| word.contains(['щ', 'ъ', 'ц']))
            .count();
    let other = 4 * count_only(&words, "other-cyrl", &["kk", "ru"]) + 2 * neighbours(&words);
    if other > kazakh && other > russian {
        (Language::Undetermined, sure(other, kazakh.max(russian)))
    } else if kazakh > russian {
        (Language::KazakhCyrillic, sure(kazakh, russian.max(other)))
    } else if russian > 0 {
        (Language::Russian, sure(russian, kazakh.max(other)))
    } else {
        let unmarked = if words.len() > 1 && kazakh == 0 {
            0.5
        } else {
            0.4
        };
        (Language::Russian, Confidence::new(unmarked))
    }
}

/// Russian writes ъ only before е, ё, ю, я; Bulgarian anywhere.
fn has_bulgarian_yer(word: &str) -> bool {
    word.split('ъ')
        .skip(1)
        .any(|rest| !rest.starts_with(['е', 'ю', 'я']))
}

/// Signs of neighbours that share Kazakh letters: і without any of ы қ ғ ң ұ
/// (Ukrainian, Belarusian); ө ү ң without any of ә қ ғ ұ і over many words
/// (Kyrgyz, Tuvan, Mongolian).
fn neighbours(words: &[&str]) -> usize {
    let with = |letters: &[char]| words.iter().filter(|word| word.contains(letters)).count();
    let suffixed = endings(words, "endings-kk");
    let dotted = with(&['і']);
    let own = with(&['қ', 'ғ', 'ұ']);
    let rounded = with(&['ө', 'ү', 'ң']);
    let slavic = dotted > 0 && own + rounded + with(&['ә']) == 0 && with(&['ы', 'ң']) * 8 < dotted;
    let steppe = rounded > 1 && own == 0 && dotted == 0;
    if slavic {
        let weight = if words.len() > HEADLINE_WORDS_MAX {
            2
        } else {
            1
        };
        (dotted * weight).saturating_sub(suffixed)
    } else if steppe {
        rounded * 2
    } else {
        0
    }
}

fn of_latin(words: &[&str]) -> (Language, Confidence) {
    let english = 2 * count(words, "en") + endings(words, "endings-en");
    let mut kazakh = 2 * count_only(words, "kk-latn", &["en"]);
    kazakh += words.iter().filter(|word| looks_kazakh_latin(word)).count();
    let other = 2 * count_only(words, "other-latn", &["en", "kk-latn"])
        + 2 * words
            .iter()
            .filter(|word| {
                word.contains([
                    'ß', 'ç', 'ə', 'é', 'è', 'ê', 'ł', 'ø', 'å', 'š', 'č', 'ř', 'ž',
                ])
            })
            .count();
    if kazakh > english && kazakh > other {
        (Language::KazakhLatin, sure(kazakh, english.max(other)))
    } else if other > english {
        (Language::Undetermined, sure(other, english.max(kazakh)))
    } else if english > 0 {
        (Language::English, sure(english, other.max(kazakh)))
    } else if words.iter().all(|word| word.is_ascii()) {
        (Language::English, Confidence::new(0.4))
    } else {
        (Language::Undetermined, Confidence::new(0.4))
    }
}

/// A `q` before another letter than `u`, the letters ğ ǵ ñ ń ū beside y, or
/// the genitive in -nyñ: together only Kazakh has them.
fn looks_kazakh_latin(word: &str) -> bool {
    let letters: Vec<char> = word.chars().collect();
    let bare_q = letters
        .windows(2)
        .any(|pair| pair[0] == 'q' && pair[1] != 'u')
        || (letters.len() > 2 && letters.last() == Some(&'q'));
    let marked = word.contains(['ǵ', 'ŋ', 'ū'])
        || (word.contains(['ğ', 'ş', 'ñ', 'ń', 'ä']) && word.contains('y'));
    let ending = [
        "nyñ", "nyń", "nıñ", "niń", "niñ", "tyñ", "dyń", "dyñ", "lyq", "dyq", "lary", "dary",
    ]
    .iter()
    .any(|ending| letters.len() > 4 && word.ends_with(ending));
    bare_q || marked || ending
}

/// Kazakh in Arabic letters writes its vowels: ە and the high hamza are seen
/// together nowhere else.
fn of_arabic(words: &[&str]) -> (Language, Confidence) {
    let with = |letters: &[char]| words.iter().filter(|word| word.contains(letters)).count();
    let own = with(&['\u{674}', 'ە']) + 2 * with(&['\u{674}']);
    let foreign = with(&['ې', 'ۈ', 'ۆ', 'ھ', 'ة', 'ے', 'ں', 'ڈ', 'ٹ']);
    if own > foreign {
        (Language::KazakhArabic, sure(own, foreign))
    } else {
        (Language::Undetermined, Confidence::new(0.8))
    }
}

/// From the lead over the next best, growing with the evidence.
#[expect(clippy::cast_precision_loss, reason = "at most a few thousand words")]
fn sure(best: usize, next: usize) -> Confidence {
    let (best, next) = (best as f32, next as f32);
    Confidence::new((best - next * 0.8) / (best + 1.0) * 0.7 + 0.3)
}

fn has_letter(word: &str, list: &str) -> bool {
    let letters = words_of(list);
    let mut buffer = [0; 4];
    word.chars()
        .any(|letter| letters.contains(&*letter.encode_utf8(&mut buffer)))
}

fn count(words: &[&str], list: &str) -> usize {
    let list = words_of(list);
    words.iter().filter(|word| list.contains(**word)).count()
}

fn count_only(words: &[&str], list: &str, unless: &[&str]) -> usize {
    let list = words_of(list);
    words
        .iter()
        .filter(|word| list.contains(**word))
        .filter(|word| unless.iter().all(|other| !words_of(other).contains(**word)))
        .count()
}

fn endings(words: &[&str], list: &str) -> usize {
    let endings = words_of(list);
    words
        .iter()
        .filter(|word| {
            let length = word.chars().count();
            // Kazakh words begin with no two consonants; a borrowed one that
            // does needs a longer ending to count.
            let shortest = if list == "endings-kk" && begins_with_cluster(word) {
                3
            } else {
                2
            };
            (shortest..=4).filter(|size| length > size + 1).any(|size| {
                let from = word.char_indices().nth(length - size);
                from.is_some_and(|(at, _)| endings.contains(&word[at..]))
            })
        })
        .count()
}

fn begins_with_cluster(word: &str) -> bool {
    let is_vowel = |letter: char| "аәеёиоөуұүыіэюя".contains(letter);
    word.chars()
        .take(2)
        .filter(|letter| !is_vowel(*letter))
        .count()
        == 2
}

fn words_of(list: &str) -> &'static HashSet<String> {
    LISTS.get(list).unwrap_or(&NONE)
}

fn read_tables() -> HashMap<&'static str, HashSet<String>> {
    let mut lists: HashMap<&'static str, HashSet<String>> = HashMap::new();
    let mut current = "";
    for line in TABLES.lines().filter(|line| !line.starts_with('#')) {
        if let Some(name) = line.strip_prefix('[') {
            current = name.trim_end_matches(']');
            continue;
        }
        let list = lists.entry(current).or_default();
        list.extend(line.split_whitespace().map(fold));
    }
    lists
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::tokens::tokens;

    #[test]
    fn languages_are_told_apart() {
        let cases = [
            ("Ертең Астанада өңірлік форум өтеді.", "kk-Cyrl"),
            ("Алматыда жаршы ашылды", "kk-Cyrl"),
            ("Завтра в Астане пройдет форум.", "ru"),
            (
                "Глава Қазақстан темір жолы Нұрлан Сауранбаев рассказал о планах",
                "ru",
            ),
            ("The forum will be held in Astana.", "en"),
            ("Erteñ Almatyda halyqaralyq forum ötedi.", "kk-Latn"),
            ("Erteń Almatyda halyqaralyq forým ótedi.", "kk-Latn"),
            ("Завтра у Києві відбудеться форум, який", "und"),
            ("Morgen wird das Forum in Berlin eröffnet und", "und"),
            ("Yarın Ankara'da bir forum ve toplantı için", "und"),
            ("12:30 — 15", "und"),
            ("", "und"),
        ];
        for (text, tag) in cases {
            assert_eq!(language(&tokens(text)).0.tag(), tag, "{text}");
        }
    }
}
