//! What of the addresses in a text changes from visit to visit: pictures bear the
//! moment of asking, advertisements the reader's number. A reader sees neither.

use std::borrow::Cow;

use memchr::memchr_iter;

/// A longer address is looked at in its last bytes only.
const ADDRESS_BYTES_MAX: usize = 2 * 1024;

/// Sanitised markup without the queries of pictures, and of links that lead away
/// from `host`.
pub(super) fn without_queries<'a>(html: &'a str, host: &str) -> Cow<'a, str> {
    let mut kept = String::new();
    let mut copied = 0;
    for at in memchr_iter(b'?', html.as_bytes()) {
        if at < copied || !begins_passing_query(html, at, host) {
            continue;
        }
        kept.push_str(&html[copied..at]);
        // The sanitiser writes values in these quotes, and none inside them.
        copied = html[at..].find('"').map_or(html.len(), |end| at + end);
    }
    if copied == 0 {
        return html.into();
    }
    kept.push_str(&html[copied..]);
    kept.into()
}

fn begins_passing_query(html: &str, at: usize, host: &str) -> bool {
    let from = html.ceil_char_boundary(at.saturating_sub(ADDRESS_BYTES_MAX));
    let before = &html[from..at];
    let Some(quote) = before.rfind(['"', '<', '>']) else {
        return false;
    };
    let (tag, address) = before.split_at(quote);
    let Some(address) = address.strip_prefix('"') else {
        return false;
    };
    let leads_away = || {
        let place = address.split_once("//").map_or("", |(_, place)| place);
        place.split(['/', ':', '#']).next() != Some(host)
    };
    tag.ends_with(" src=") || tag.ends_with(" href=") && leads_away()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn queries_that_pass_go_and_the_outlet_s_own_stay() {
        for (html, expected) in [
            (
                "<img src=\"https://i.kz/a.jpg?r=17\" alt=\"b\">",
                "<img src=\"https://i.kz/a.jpg\" alt=\"b\">",
            ),
            (
                "<a href=\"https://ad.kz/c?sid=1&amp;x=2?3\" rel=\"nofollow\">Жарнама?</a>",
                "<a href=\"https://ad.kz/c\" rel=\"nofollow\">Жарнама?</a>",
            ),
        ] {
            assert_eq!(without_queries(html, "alatau.kz"), expected);
        }
        for html in [
            "<a href=\"https://alatau.kz/news?id=1\">a</a>",
            "<p>Қайда? <b title=\"не?\">Кім?</b></p>",
            "?",
            "\"?",
            "<img src=\"a.jpg\">?\"",
        ] {
            assert_eq!(without_queries(html, "alatau.kz"), html);
        }
    }
}
