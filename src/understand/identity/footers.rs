//! The line WordPress writes under every entry of a feed: it says nothing of the
//! article, and would stand as its excerpt.

/// How it begins, and what it holds (WordPress 6.8 and its Russian translations, read
/// in feeds of November 2026).
const FOOTERS: [(&str, &str); 6] = [
    ("The post ", " appeared first on "),
    ("The post ", " first appeared on "),
    ("Запись ", " впервые появилась "),
    ("Сообщение ", " появились сначала на "),
    ("Сообщение ", " впервые появилось "),
    ("Пост ", " впервые появился "),
];
/// A longer last paragraph is the article's own.
const FOOTER_BYTES_MAX: usize = 2_000;

/// Markup without it.
pub(super) fn markup_without_footer(html: &str) -> &str {
    let Some(at) = html.rfind("<p") else {
        return html;
    };
    let last = &html[at..];
    if last.len() <= FOOTER_BYTES_MAX && is_footer(&without_tags(last)) {
        html[..at].trim_end()
    } else {
        html
    }
}

/// A text without it.
pub(super) fn text_without_footer(text: &str) -> &str {
    let text = text.trim_end();
    let at = text.rfind('\n').map_or(0, |at| at + 1);
    if text.len() - at <= FOOTER_BYTES_MAX && is_footer(&text[at..]) {
        text[..at].trim_end()
    } else {
        text
    }
}

fn is_footer(text: &str) -> bool {
    let text = text.trim();
    let of = |(begins, holds): &(&str, &str)| text.starts_with(begins) && text.contains(holds);
    FOOTERS.iter().any(of)
}

fn without_tags(html: &str) -> String {
    let parts = html.split('<').skip(1);
    let texts = parts.filter_map(|part| part.split_once('>'));
    texts.map(|(_, text)| text).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wordpress_s_own_line_is_left_out_and_no_other() {
        for (html, expected) in [
            (
                "<p>Форум […]</p>\n<p>The post <a href=\"https://a.kz/1\">Форум</a> appeared first on <a href=\"https://a.kz\">A</a>.</p>",
                "<p>Форум […]</p>",
            ),
            (
                "<p>Форум</p><p class=\"x\">Запись <a>Форум</a> впервые появилась на <a>A</a>.</p>",
                "<p>Форум</p>",
            ),
            (
                "<p>The post office appeared.</p>",
                "<p>The post office appeared.</p>",
            ),
            ("<p", "<p"),
            ("", ""),
        ] {
            assert_eq!(markup_without_footer(html), expected);
        }
        for (text, expected) in [
            (
                "Форум […]\nThe post Форум appeared first on A.\n",
                "Форум […]",
            ),
            ("Сообщение Форум появились сначала на A.", ""),
            (
                "Форум.\nЗапись на форум открыта.",
                "Форум.\nЗапись на форум открыта.",
            ),
        ] {
            assert_eq!(text_without_footer(text), expected);
        }
    }
}
