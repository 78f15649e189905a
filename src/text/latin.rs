//! Kazakh Cyrillic written in the Latin alphabet of 2021, fit for display.
//!
//! The table is the one shown in January 2021: 31 letters, `ı` for і and `i`
//! for и and й. It leaves out the letters of borrowed words; for those the
//! decisions are: `ё io`, `ц ts`, `ч tş`, `щ şş` (as in `aşşy`), `э e`, `ю iu`,
//! `я ia`, no signs for ъ and ь, and one `i` in `ия` and `ию` (`Azia`).
//! Reading Latin as Cyrillic, for comparison, is [`super::script`]'s.
//! Deliberately absent: telling a Russian word inside a Kazakh text; it is
//! spelled by the same table, as a Kazakh writer would.

/// The text in Latin letters. What is no Cyrillic letter stays, and so does a
/// word that is an address. A word in capitals stays in capitals.
pub fn latin(text: &str) -> String {
    let mut spelled = String::with_capacity(text.len());
    for piece in text.split_inclusive(char::is_whitespace) {
        if is_address(piece) {
            spelled.push_str(piece);
        } else {
            spell(piece, &mut spelled);
        }
    }
    spelled
}

/// The same of HTML as a sanitiser writes it: what stands in tags stays.
pub fn latin_html(html: &str) -> String {
    let mut spelled = String::with_capacity(html.len());
    let mut rest = html;
    while let Some(open) = rest.find('<') {
        let (text, tagged) = rest.split_at(open);
        spelled.push_str(&latin(text));
        let mut is_quoted = false;
        let close = tagged.bytes().position(|byte| {
            is_quoted ^= byte == b'"';
            byte == b'>' && !is_quoted
        });
        let (tag, after) = tagged.split_at(close.map_or(tagged.len(), |close| close + 1));
        spelled.push_str(tag);
        rest = after;
    }
    spelled.push_str(&latin(rest));
    spelled
}

/// How nouns begin that meetings are counted by: `2-форум`. Russian writes an
/// ordinal with its own ending (`2-й форум`), so this is Kazakh, and not the words
/// Russian does join to a number (`30-летие`).
const COUNTED: [&str; 8] = [
    "форум",
    "съез",
    "конгрес",
    "саммит",
    "фестивал",
    "конференц",
    "симпозиум",
    "марафон",
];

/// Whether the text has a letter that Russian lacks, or counts a meeting as only
/// Kazakh does. Few Kazakh sentences have neither; of those nothing is claimed.
pub fn looks_kazakh(text: &str) -> bool {
    text.chars()
        .any(|letter| "әғқңөұүһіӘҒҚҢӨҰҮҺІ".contains(letter))
        || text.split_whitespace().any(counts_meetings)
}

fn counts_meetings(word: &str) -> bool {
    let word = word.trim_matches(|letter: char| !letter.is_alphanumeric());
    let is_number = |number: &str| {
        !number.is_empty()
            && (number.bytes().all(|digit| digit.is_ascii_digit())
                || number.bytes().all(|digit| b"IVXLC".contains(&digit)))
    };
    word.split_once(['-', '\u{2010}', '\u{2011}'])
        .filter(|(number, _)| is_number(number))
        .is_some_and(|(_, noun)| {
            let noun = noun.to_lowercase();
            COUNTED.iter().any(|counted| noun.starts_with(counted))
        })
}

/// Addresses in Cyrillic work only as they are.
fn is_address(word: &str) -> bool {
    let bare = word.trim_end_matches(|letter: char| !letter.is_alphanumeric());
    word.contains("://")
        || word.contains('@')
        || [".қаз", ".рф"].iter().any(|end| bare.ends_with(end))
}

fn spell(word: &str, spelled: &mut String) {
    let letters: Vec<char> = word.chars().collect();
    for (at, &letter) in letters.iter().enumerate() {
        let small = lower(letter);
        let next = letters.get(at + 1).copied();
        let Some(latin) = table(small) else {
            spelled.push(letter);
            continue;
        };
        if at > 0 && matches!(small, 'и' | 'й') && next.is_some_and(|next| "яюЯЮ".contains(next))
        {
            continue;
        }
        if letter == small {
            spelled.push_str(latin);
            continue;
        }
        let before = at.checked_sub(1).and_then(|at| letters.get(at)).copied();
        let in_capitals = match next.filter(|next| next.is_alphabetic()) {
            Some(next) => is_capital(next),
            None => before.is_some_and(is_capital),
        };
        for (place, small) in latin.chars().enumerate() {
            spelled.push(if place == 0 || in_capitals {
                capital(small)
            } else {
                small
            });
        }
    }
}

fn lower(letter: char) -> char {
    let mut small = letter.to_lowercase();
    match (small.next(), small.next()) {
        (Some(one), None) => one,
        _ => letter,
    }
}

fn is_capital(letter: char) -> bool {
    lower(letter) != letter
}

/// As in Turkish: the dot stays with its letter.
fn capital(letter: char) -> char {
    match letter {
        'i' => 'İ',
        'ı' => 'I',
        other => other.to_uppercase().next().unwrap_or(other),
    }
}

const fn table(small: char) -> Option<&'static str> {
    Some(match small {
        'а' => "a",
        'ә' => "ä",
        'б' => "b",
        'в' => "v",
        'г' => "g",
        'ғ' => "ğ",
        'д' => "d",
        'е' | 'э' => "e",
        'ё' => "io",
        'ж' => "j",
        'з' => "z",
        'и' | 'й' => "i",
        'к' => "k",
        'қ' => "q",
        'л' => "l",
        'м' => "m",
        'н' => "n",
        'ң' => "ñ",
        'о' => "o",
        'ө' => "ö",
        'п' => "p",
        'р' => "r",
        'с' => "s",
        'т' => "t",
        'у' => "u",
        'ұ' => "ū",
        'ү' => "ü",
        'ф' => "f",
        'х' | 'һ' => "h",
        'ц' => "ts",
        'ч' => "tş",
        'ш' => "ş",
        'щ' => "şş",
        'ъ' | 'ь' => "",
        'ы' => "y",
        'і' => "ı",
        'ю' => "iu",
        'я' => "ia",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Words as they stand in letters; left Cyrillic, right Latin.
    const TABLE: &str = include_str!("../../tests/fixtures/digest/latin.tsv");

    #[test]
    fn tags_stay_as_they_are() {
        for (html, expected) in [
            ("<p>Форум</p>", "<p>Forum</p>"),
            (
                "<a href=\"https://a.kz/форум\" title=\"а > б\">Қала &amp; ауыл</a> <b",
                "<a href=\"https://a.kz/форум\" title=\"а > б\">Qala &amp; auyl</a> <b",
            ),
            ("Жер", "Jer"),
        ] {
            assert_eq!(latin_html(html), expected);
        }
    }

    #[test]
    fn an_ordinal_before_a_meeting_is_kazakh() {
        for (text, expected) in [
            ("2-форум", true),
            ("«Медиа: II-Форумы»", true),
            ("12-съезд", true),
            ("2-й форум", false),
            ("30-летие форума", false),
            ("форум-2", false),
            ("бизнес-форум", false),
            ("-форум", false),
        ] {
            assert_eq!(looks_kazakh(text), expected, "{text}");
        }
        assert_eq!(latin("2-форум"), "2-forum");
    }

    #[test]
    fn words_are_spelled_as_the_table_says() {
        let mut seen = 0;
        for line in TABLE.lines().filter(|line| !line.starts_with('#')) {
            let (cyrillic, expected) = line.split_once('\t').expect("two columns");
            assert_eq!(latin(cyrillic), expected, "{cyrillic}");
            seen += 1;
        }
        assert!(seen > 50, "{seen}");
    }

    #[test]
    fn no_kazakh_letter_is_left_and_the_rest_stays() {
        let alphabet = "аәбвгғдеёжзийкқлмнңоөпрстуұүфхһцчшщъыіьэюя";
        for text in [alphabet.to_owned(), alphabet.to_uppercase()] {
            let spelled = latin(&text);
            assert!(
                !spelled.chars().any(super::super::normalise::is_cyrillic),
                "{spelled}"
            );
            assert_eq!(latin(&spelled), spelled);
        }
    }

    #[test]
    fn kazakh_is_told_by_its_own_letters() {
        assert!(looks_kazakh("Өңірлік форум"));
        assert!(looks_kazakh("ФОРУМ ҚОРЫТЫНДЫСЫ"));
        assert!(!looks_kazakh("Форум предпринимателей"));
        assert!(!looks_kazakh("Forum"));
    }
}
