//! The code pages made for Kazakh, which no browser knows and old programs of
//! Kazakhstan still write: windows-1251 with other letters in some places.
//!
//! They mostly call their bytes windows-1251, or nothing: KZ-1048 is known by words
//! that no language of windows-1251 writes. Deliberately absent: the same for PT154,
//! whose letters are too few of another kind.

use std::collections::HashSet;

use encoding_rs::WINDOWS_1251;

/// Letters of windows-1251 in whose places KZ-1048 has its own, by who writes them
/// there: Ukrainians and Rusyns, Belarusians, Serbs and Macedonians.
const UKRAINIAN: &str = "єїґ";
const BELARUSIAN: &str = "ў";
const BALKAN: &str = "јќѕ";
/// What is written beside them in no such word.
const NOT_BELARUSIAN: &str = "єїъщи";
const NOT_BALKAN: &str = "іыэёюяйщьъєїґў";
/// Letters that KZ-1048 keeps and Kazakh has not, and one whose place it hardly uses.
const NOT_KAZAKH: &str = "ђѓћљњџ";
/// Fewer words that no other language writes are a slip or a name …
const OWN_WORDS_MIN: usize = 2;
/// … and so are fewer letters in them, and in all.
const OWN_LETTERS_MIN: usize = 2;
const LETTERS_MIN: usize = 3;
/// They are about half of the words with letters of either page; a quarter is enough.
const OWN_SHARE: usize = 4;

/// A code page: its name, and where it differs from windows-1251.
#[derive(Debug)]
pub(super) struct Page {
    pub(super) name: &'static str,
    letters: &'static [(u8, char)],
}

/// KZ-1048, the state standard STRK 1048-2002 (as registered with IANA).
static KZ_1048: Page = Page {
    name: "kz-1048",
    letters: &KZ_1048_LETTERS,
};
/// Paratype's "Asian Cyrillic" (as registered with IANA).
static PT154: Page = Page {
    name: "pt154",
    letters: &PT154_LETTERS,
};

const KZ_1048_LETTERS: [(u8, char); 16] = [
    (0x8D, 'Қ'),
    (0x8E, 'Һ'),
    (0x9D, 'қ'),
    (0x9E, 'һ'),
    (0xA1, 'Ұ'),
    (0xA2, 'ұ'),
    (0xA3, 'Ә'),
    (0xA5, 'Ө'),
    (0xAA, 'Ғ'),
    (0xAF, 'Ү'),
    (0xB4, 'ө'),
    (0xBA, 'ғ'),
    (0xBC, 'ә'),
    (0xBD, 'Ң'),
    (0xBE, 'ң'),
    (0xBF, 'ү'),
];

const PT154_LETTERS: [(u8, char); 36] = [
    (0x80, 'Җ'),
    (0x81, 'Ғ'),
    (0x82, 'Ӯ'),
    (0x83, 'ғ'),
    (0x86, 'Ҷ'),
    (0x87, 'Ү'),
    (0x88, 'Ҳ'),
    (0x89, 'ү'),
    (0x8A, 'Ҡ'),
    (0x8B, 'Ӣ'),
    (0x8C, 'Ң'),
    (0x8D, 'Қ'),
    (0x8E, 'Һ'),
    (0x8F, 'Ҹ'),
    (0x90, 'җ'),
    (0x98, 'ҳ'),
    (0x99, 'ҷ'),
    (0x9A, 'ҡ'),
    (0x9B, 'ӣ'),
    (0x9C, 'ң'),
    (0x9D, 'қ'),
    (0x9E, 'һ'),
    (0x9F, 'ҹ'),
    (0xA4, 'Ө'),
    (0xA5, 'Ҙ'),
    (0xA6, 'Ұ'),
    (0xAA, 'Ә'),
    (0xAD, 'ӯ'),
    (0xAF, 'Ҝ'),
    (0xB1, 'ұ'),
    (0xB4, 'ҙ'),
    (0xB5, 'ө'),
    (0xBA, 'ә'),
    (0xBD, 'Ҫ'),
    (0xBE, 'ҫ'),
    (0xBF, 'ҝ'),
];

/// The page `label` names.
pub(super) fn page(label: &str) -> Option<&'static Page> {
    let bare: String = label
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|letter| letter.to_ascii_lowercase())
        .collect();
    match bare.as_str() {
        "kz1048" | "rk1048" | "strk10482002" => Some(&KZ_1048),
        "pt154" | "ptcp154" | "csptcp154" | "cp154" | "cyrillicasian" => Some(&PT154),
        _ => None,
    }
}

/// The page `text` was written in, where it is none of windows-1251, as which it
/// was read.
pub(super) fn page_taken_for_1251(text: &str) -> Option<&'static Page> {
    let is_in = |letters: &str, word: &str| word.contains(|c| letters.contains(c));
    let (mut own_words, mut words) = (0, 0);
    let (mut own_letters, mut letters) = (HashSet::new(), HashSet::new());
    for word in text.split(|c: char| !c.is_alphabetic()) {
        // Most words are of Latin letters, or of those Russian has.
        if !word.contains(|c| matches!(c, 'Ђ'..='Џ' | 'ђ'..='џ' | 'Ґ' | 'ґ')) {
            continue;
        }
        let word = word.to_lowercase();
        let told = word.chars().filter(|c| {
            [UKRAINIAN, BELARUSIAN, BALKAN]
                .iter()
                .any(|of| of.contains(*c))
        });
        letters.extend(told.clone());
        words += usize::from(told.clone().next().is_some() || is_in(NOT_KAZAKH, &word));
        let (belarusian, balkan) = (is_in(BELARUSIAN, &word), is_in(BALKAN, &word));
        if balkan && is_in(NOT_BALKAN, &word) || belarusian && is_in(NOT_BELARUSIAN, &word) {
            own_words += 1;
            own_letters.extend(told);
        }
    }
    let is_kazakh = own_words >= OWN_WORDS_MIN
        && own_letters.len() >= OWN_LETTERS_MIN
        && letters.len() >= LETTERS_MIN
        && own_words * OWN_SHARE >= words;
    is_kazakh.then_some(&KZ_1048)
}

/// `bytes` in the letters of `page`: every byte is one.
pub(super) fn decode(bytes: &[u8], page: &Page) -> String {
    let (common, _) = WINDOWS_1251.decode_without_bom_handling(bytes);
    common
        .chars()
        .zip(bytes)
        .map(|(letter, byte)| {
            let own = page.letters.iter().find(|(known, _)| known == byte);
            own.filter(|_| !byte.is_ascii())
                .map_or(letter, |(_, own)| *own)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_of_kazakh() {
        let kz = b"\x8E \x8D\xA1\xAF\xAA\xA3\xA5\xBD \xC0 \x9D\xA2\xBF\xBA\xBC\xB4\xBE\x9E \xB3";
        assert_eq!(decode(kz, &KZ_1048), "Һ ҚҰҮҒӘӨҢ А құүғәөңһ і");
        let pt = b"\x8D\xA6\x87\x81\xAA\xA4\x8C \xC0 \x9D\xB1\x89\x83\xBA\xB5\x9C";
        assert_eq!(decode(pt, &PT154), "ҚҰҮҒӘӨҢ А құүғәөң");
        assert!(page("STRK1048-2002").is_some() && page("windows-1251").is_none());
    }

    fn page_of(text: &str) -> Option<&'static str> {
        page_taken_for_1251(text).map(|page| page.name)
    }

    #[test]
    fn kazakh_is_known_among_the_languages_of_its_neighbours() {
        let kazakh = [
            "Қонақ кітабы. Мұрағат. Ауа райы. Тобыл толқыны",
            "Торғайда өлкетанушылар форумы өтеді. Оған облыстың барлық ауданынан жетпіске жуық зерттеуші қатысады деп күтілуде.",
            "ҚАЗАҚСТАН РЕСПУБЛИКАСЫНЫҢ ҮКІМЕТІ АУЫЛДЫҢ ӨРКЕНДЕУІ ТУРАЛЫ ҚАУЛЫ ҚАБЫЛДАДЫ",
            "Главная | Архив | Погода. Қостанайда ауыл мектебіне жаңа спорт залы берілді, оған көрші ауылдың балалары қатынайды. Читать далее. Рубрика: Общество",
        ];
        for text in kazakh {
            let bytes = encode(text);
            let (taken, _) = WINDOWS_1251.decode_without_bom_handling(&bytes);
            assert_eq!(page_of(&taken), Some("kz-1048"), "{taken}");
            assert_eq!(decode(&bytes, &KZ_1048), text);
            assert_eq!(page_of(text), None, "{text}");
        }
    }

    #[test]
    fn what_is_written_in_windows_1251_stays() {
        let texts = [
            "В Костанае открыли подъезд к школе; объём работ — шесть миллионов тенге, её ждали ещё с весны.",
            "Її під'їзд Ґанок є в Європі: українці з'їжджаються, щоб об'єднати зусилля; є й ґудзики, й ґрунт, і їжа. ЇЖАК І ЄНОТ.",
            "Вечӯр нїт, дїти тїло бїле; мы были ёй вшиткы єднакы, бо сьме їх знали, ґазда і ґаздыня.",
            "Ён быў ва ўніверсітэце, дзе ўсё яшчэ ўзімку чытаюць пра ўсход; у Беларусі ўрад зноў раіў. ЎСЁ.",
            "Влада је јуче усвојила одлуку коју ће већ сутра послати њима; ђаци љубе џем. ЈОШ ЈЕ РАНО, ПОЋИ ЋЕМО.",
            "Ќе дојде ѕвездата над нашето ѕидано куќарче, љубовта ѓоа џагор; секоја куќа има ѕид и јаболко. ЌЕ ЈА ВИДИМЕ.",
            "Українська | Беларуская мова ўсё | Српски језик | Македонски јазик, ќе | ґрунт, їжа, Європа | Русский",
            // A slip of the keyboard, and a letter put in another's place by a sender of spam.
            "Она їй сказала ўжо, што прыйдзе; Вы выигралu пpиз, звонитe ѕкорей, ѕейчаѕ, ждём!",
            // Uzbek had a page of its own.
            "Ўзбекистон Республикаси ќонуни, унинг ќабул ќилинган йили; ўќув йили, ёш ўќувчи, њаќида, маѓлуб, ќўйилган, маћалла, ќийин.",
        ];
        for text in texts {
            assert_eq!(page_of(text), None, "{text}");
        }
    }

    fn encode(text: &str) -> Vec<u8> {
        let byte = |letter: char| {
            let own = KZ_1048_LETTERS.iter().find(|(_, own)| *own == letter);
            own.map_or_else(
                || WINDOWS_1251.encode(letter.encode_utf8(&mut [0; 4])).0[0],
                |(byte, _)| *byte,
            )
        };
        text.chars().map(byte).collect()
    }
}
