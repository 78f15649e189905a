//! Words that lead on to the rest of a text: under a teaser in a feed, in a card
//! of a listing.

/// What links to the rest are called, in lower case.
const MORE_WORDS: [&str; 18] = [
    "читать далее",
    "читать дальше",
    "читать полностью",
    "читать ещё",
    "читать еще",
    "подробнее",
    "подробности",
    "далее",
    "продолжение",
    "толығырақ",
    "толық оқу",
    "толық оқыңыз",
    "жалғасын оқу",
    "ары қарай",
    "read more",
    "continue reading",
    "more",
    "learn more",
];
/// How cut texts end.
const CUT_MARKS: [&str; 5] = ["…", "...", "…]", "...]", "→"];
/// What may stand before a single word that leads on: the end of a sentence.
const ENDS: [char; 10] = ['.', '!', '?', '…', '[', '(', '»', '|', '·', ':'];

/// Whether a line of text ends as one that is cut, or with a link to the rest.
pub fn leads_on(line: &str) -> bool {
    let line = line.trim_end_matches(['»', '›', '>', ' ', '\u{a0}']).trim();
    CUT_MARKS.iter().any(|mark| line.ends_with(mark)) || {
        let line = line.to_lowercase();
        let line = line.trim_end_matches(|c: char| !c.is_alphabetic());
        MORE_WORDS.iter().any(|more| {
            line.strip_suffix(more).is_some_and(|before| {
                let before_all = before.trim_end();
                before_all.is_empty()
                    || before_all.ends_with(ENDS)
                    || more.contains(' ') && before_all.len() < before.len()
            })
        })
    }
}

/// Whether the words of a link say no more than that there is more, perhaps of
/// what: "Толығырақ", "Читать далее «…»".
pub fn is_more(words: &str) -> bool {
    let words = words.trim().to_lowercase();
    let words = words.trim_matches(|c: char| !c.is_alphabetic());
    words.is_empty()
        || MORE_WORDS.iter().any(|more| {
            words.strip_prefix(more).is_some_and(|rest| {
                rest.is_empty() || rest.trim_start().starts_with([':', '«', '“', '"'])
            })
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_leads_on_is_told_from_what_speaks_of_more() {
        for line in [
            "Толығырақ",
            "Форум ашылды. Подробнее",
            "Форум ашылды… »",
            "Қатысушылар келді […]",
            "Читать далее →",
            "он сказал читать далее",
        ] {
            assert!(leads_on(line), "{line}");
        }
        for line in [
            "",
            "Об этом узнаете подробнее",
            "Далее был концерт.",
            "Форум ашылды.",
        ] {
            assert!(!leads_on(line), "{line}");
        }
        for words in [
            "Толығырақ",
            "»»»",
            "Читать далее «Форум ашылды»",
            "Подробнее: о форуме",
        ] {
            assert!(is_more(words), "{words}");
        }
        for words in ["Подробности форума", "Далее везде", "Форум"]
        {
            assert!(!is_more(words), "{words}");
        }
    }
}
