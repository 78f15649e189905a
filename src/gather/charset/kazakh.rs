//! The code pages made for Kazakh, which no browser knows and old programs of
//! Kazakhstan still write: windows-1251 with other letters in some places.

use encoding_rs::WINDOWS_1251;

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
}
