//! Numbers of views, readers and comments in a text, and how long ago it was: they
//! grow from visit to visit, and nobody corrected anything.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, MatchKind};

use crate::text::months::month_number;

/// Words a counter stands beside, before it or after it.
const WORDS: [&str; COUNTED + 26] = [
    "просмотров",
    "просмотра",
    "просмотры",
    "просмотр",
    "просмотрели",
    "просмотрено",
    "прочтений",
    "прочтения",
    "прочтение",
    "прочитали",
    "прочитано",
    "комментариев",
    "комментария",
    "комментарии",
    "комментарий",
    "қаралым",
    "қаралды",
    "рет қаралды",
    "көрілім",
    "рет оқылды",
    "оқылды",
    "оқылым",
    "пікір",
    "пікірлер",
    "views",
    "view",
    "viewed",
    "reads",
    "comments",
    "comment",
    "минут назад",
    "минуты назад",
    "минуту назад",
    "мин назад",
    "мин. назад",
    "часов назад",
    "часа назад",
    "час назад",
    "ч. назад",
    "ч назад",
    "дней назад",
    "дня назад",
    "день назад",
    "минут бұрын",
    "мин бұрын",
    "мин. бұрын",
    "сағат бұрын",
    "күн бұрын",
    "minutes ago",
    "minute ago",
    "min ago",
    "mins ago",
    "hours ago",
    "hour ago",
    "days ago",
    "day ago",
];
/// How many of them count; the others say how long ago it was, and go with their number.
const COUNTED: usize = 30;
/// How much markup and white space stands between word and number, in bytes.
const GAP_BYTES_MAX: usize = 96;
/// The longest number counted in.
const DIGITS_MAX: usize = 12;

/// The words without their first letters, which may be capitals.
static TAILS: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| {
    let tails = WORDS.map(|word| &word[first_bytes(word)..]);
    AhoCorasick::builder()
        .match_kind(MatchKind::LeftmostLongest)
        .ascii_case_insensitive(true)
        .build(tails)
        .ok()
});

/// `text` without its counters.
pub(super) fn without_counters(text: &str) -> Cow<'_, str> {
    let Some(tails) = &*TAILS else {
        return text.into();
    };
    let mut kept = String::new();
    let mut copied = 0;
    for found in tails.find_iter(text) {
        let word = WORDS[found.pattern().as_usize()];
        let Some(begin) = beginning(text, word, found.start()) else {
            continue;
        };
        if text[found.end()..].starts_with(char::is_alphanumeric) {
            continue;
        }
        let beside = if found.pattern().as_usize() < COUNTED {
            after(text, found.end()).or_else(|| before(text, begin))
        } else {
            before(text, begin).map(|number| number.start..found.end())
        };
        if let Some(number) = beside.filter(|number| number.start >= copied) {
            kept.push_str(&text[copied..number.start]);
            copied = number.end;
        }
    }
    if copied == 0 {
        return text.into();
    }
    kept.push_str(&text[copied..]);
    kept.into()
}

fn first_bytes(word: &str) -> usize {
    word.chars().next().map_or(0, char::len_utf8)
}

/// Where `word` begins, whose tail is at `tail`; `None`: another word has it.
fn beginning(text: &str, word: &str, tail: usize) -> Option<usize> {
    let before = text[..tail].chars();
    let first = before.clone().next_back()?;
    let begin = tail - first.len_utf8();
    let is_it = first
        .to_lowercase()
        .eq(word.chars().take(1))
        .then_some(begin)?;
    let is_within = text[..is_it].ends_with(char::is_alphanumeric);
    (!is_within).then_some(is_it)
}

/// The number of "Просмотров: <b>1 234</b>".
fn after(text: &str, from: usize) -> Option<Range<usize>> {
    let window = &text[from..text.floor_char_boundary(from + GAP_BYTES_MAX)];
    let rest = past_gap(window);
    let rest = rest
        .strip_prefix([':', '(', '-', '–', '—'])
        .map_or(rest, past_gap);
    let start = from + (window.len() - rest.len());
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    if !(1..=DIGITS_MAX).contains(&digits) {
        return None;
    }
    let mut end = start + digits;
    while let Some(group) = group_at(&text[end..]).filter(|_| end - start < DIGITS_MAX) {
        end += group;
    }
    let next = &text[end..];
    let goes_on = next
        .strip_prefix(['.', ',', ':', '/', '-', '–'])
        .is_some_and(|next| next.starts_with(|c: char| c.is_ascii_digit()));
    let word = past_gap(&next[..next.floor_char_boundary(GAP_BYTES_MAX)]);
    let word = word.split(|c: char| !c.is_alphabetic()).next();
    let is_day = word.is_some_and(|word| !word.is_empty() && month_number(word).is_some());
    (!goes_on && !is_day).then_some(start..end)
}

/// How long the thousands of a number are that begin here: a space and three digits.
fn group_at(text: &str) -> Option<usize> {
    let separator = text.chars().next()?;
    let rest = text.strip_prefix([' ', '\u{a0}', '\u{202f}', ','])?;
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    (digits == 3).then_some(separator.len_utf8() + digits)
}

/// The number of "1 234 просмотра".
fn before(text: &str, to: usize) -> Option<Range<usize>> {
    let from = text.ceil_char_boundary(to.saturating_sub(GAP_BYTES_MAX));
    let mut rest = &text[from..to];
    loop {
        let shorter = rest.trim_end().trim_end_matches("&nbsp;");
        let shorter = shorter
            .strip_suffix('>')
            .and_then(|tag| Some(&tag[..tag.rfind('<')?]))
            .unwrap_or(shorter);
        if shorter.len() == rest.len() {
            break;
        }
        rest = shorter;
    }
    let end = from + rest.len();
    let mut start = end;
    while text[from..start].ends_with(|c: char| c.is_ascii_digit()) {
        start -= 1;
    }
    let year = &text[start..end];
    let is_year = year.len() == 4 && (year.starts_with("19") || year.starts_with("20"));
    let is_part = text[from..start].ends_with([':', '.', '/', '-', '–', ',']);
    (start < end && !is_year && !is_part).then(|| {
        let mut start = start;
        // Thousands stand apart: what is before belongs to it.
        while let Some(more) = thousands_before(&text[from..start], end - start) {
            start -= more;
        }
        start..end
    })
}

fn thousands_before(text: &str, digits: usize) -> Option<usize> {
    let rest = text.strip_suffix([' ', '\u{a0}', '\u{202f}'])?;
    let more = rest.bytes().rev().take_while(u8::is_ascii_digit).count();
    let is_group = digits % 4 == 3 && (1..=3).contains(&more);
    let is_part = rest[..rest.len() - more].ends_with([':', '.', '/', '-', '–', ',']);
    (is_group && !is_part).then_some(text.len() - rest.len() + more)
}

/// What follows white space and tags.
fn past_gap(text: &str) -> &str {
    let mut rest = text;
    loop {
        let shorter = rest.trim_start().trim_start_matches("&nbsp;");
        let shorter = shorter
            .strip_prefix('<')
            .and_then(|tag| Some(&tag[tag.find('>')? + 1..]))
            .unwrap_or(shorter);
        if shorter.len() == rest.len() {
            return rest;
        }
        rest = shorter;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counters_go_and_all_other_numbers_stay() {
        for (text, expected) in [
            ("Форум. Просмотров: 17", "Форум. Просмотров: "),
            ("ПОСЛЕ. Просмотры (1 234)", "ПОСЛЕ. Просмотры ()"),
            (
                "<p>Просмотров: <b>1&nbsp;</b></p>",
                "<p>Просмотров: <b>&nbsp;</b></p>",
            ),
            (
                "17 просмотров, 5 комментариев",
                " просмотров,  комментариев",
            ),
            ("12 345 просмотров", " просмотров"),
            ("<i>40</i> views | 3 Comments", "<i></i> views |  Comments"),
            ("Views: 1,204", "Views: "),
            ("Опубликовано 59 минут назад.", "Опубликовано ."),
            ("<time>1 час назад</time>", "<time></time>"),
            ("7 сағат бұрын, 3 days ago", ", "),
            ("150 рет қаралды", " рет қаралды"),
            ("Қаралды: 7. Пікір: 2", "Қаралды: . Пікір: "),
            (
                "Просмотров: 34 Комментариев: 2",
                "Просмотров:  Комментариев: ",
            ),
        ] {
            assert_eq!(without_counters(text), expected, "{text}");
        }
        for text in [
            "Комментарии: 5 декабря 2026 года",
            "Комментарии: 05.12.2026",
            "5 декабря 2026 Комментарии",
            "в 10:30 комментарии экспертов",
            "05.12 комментарии",
            "Форум соберёт 300 гостей",
            "предпросмотров: 17",
            "reviews: 17",
            "комментариевед 5",
            "Просмотров нет",
            "несколько часов назад",
            "2016 күн бұрынғы",
            "17",
            "",
        ] {
            assert_eq!(without_counters(text), text);
        }
    }

    #[test]
    fn no_text_makes_it_panic() {
        let text =
            "«Қ» 1 234&nbsp;<b>просмотров</b>: 12\u{a0}345 5 декабря views 7 > < рет қаралды 9";
        for (from, _) in text.char_indices() {
            for (to, _) in text.char_indices().filter(|(to, _)| *to >= from) {
                assert!(without_counters(&text[from..to]).len() <= to - from);
            }
        }
    }
}
