//! Where to register: an address beside the words for it.

use url::Url;

use super::super::lexicon::section;
use super::Scene;
use crate::text::tokens::tokens;

/// Longer addresses are not shown to readers.
const ADDRESS_BYTES_MAX: usize = 500;
/// Links looked at in one article.
const LINKS_MAX: usize = 200;
/// The words of a link are no longer than this, in bytes.
const LINK_WORDS_MAX: usize = 300;

impl Scene<'_> {
    /// The address to register at, and the sentence that says so.
    pub(super) fn registration(&self) -> Option<(String, usize)> {
        let says = |index: usize| section("register").any(self.told.words(index));
        (0..self.told.sentences.len()).find_map(|index| {
            let spoken = says(index) || index.checked_sub(1).is_some_and(says);
            let address = spoken.then(|| first_address(self.text_of(index)))??;
            Some((address, index))
        })
    }
}

/// The address of the first link of `html` whose words speak of registering.
pub fn registration_in(html: &str) -> Option<String> {
    html.split("<a ").skip(1).take(LINKS_MAX).find_map(|link| {
        let (_, rest) = link.split_once("href=\"")?;
        let (href, rest) = rest.split_once('"')?;
        let (_, words) = rest.split_once('>')?;
        let words = words.split("</a>").next()?;
        let short = words.len() <= LINK_WORDS_MAX;
        (short && section("register").any(&tokens(words)))
            .then(|| address(&href.replace("&amp;", "&")))?
    })
}

/// The first web address written out in `text`.
fn first_address(text: &str) -> Option<String> {
    ["https://", "http://", "www."]
        .iter()
        .filter_map(|scheme| text.find(scheme))
        .min()
        .and_then(|at| {
            let rest = &text[at..];
            let end = rest
                .find(|letter: char| letter.is_whitespace() || "<>\"«»()".contains(letter))
                .unwrap_or(rest.len());
            let found = rest[..end].trim_end_matches(['.', ',', ';', ':', '!', '?']);
            if found.starts_with("www.") {
                address(&format!("https://{found}"))
            } else {
                address(found)
            }
        })
}

fn address(text: &str) -> Option<String> {
    let url = Url::parse(text).ok()?;
    let web = matches!(url.scheme(), "http" | "https");
    let named = url.domain().is_some_and(|domain| domain.contains('.'));
    let plain = url.username().is_empty() && url.password().is_none();
    (web && named && plain && text.len() <= ADDRESS_BYTES_MAX).then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_to_register_are_found() {
        let html = "<p><a class=\"x\" href=\"https://a.kz/\">Басты бет</a> \
            <a href=\"https://forum.kz/r?a=1&amp;b=2\"><b>Тіркелу</b></a></p>";
        assert_eq!(
            registration_in(html).as_deref(),
            Some("https://forum.kz/r?a=1&b=2")
        );
        for html in [
            "<a href=\"javascript:alert(1)\">Тіркелу</a>",
            "<a href=\"https://u:p@a.kz/\">Register</a>",
            "<a href=",
            "<a href=\"x\"",
        ] {
            assert_eq!(registration_in(html), None, "{html}");
        }
    }

    #[test]
    fn addresses_end_where_words_go_on() {
        let cases = [
            (
                "Сайт: https://forum.kz/reg, келіңіз",
                Some("https://forum.kz/reg"),
            ),
            ("(www.forum.kz).", Some("https://www.forum.kz")),
            ("http://127.0.0.1/x", None),
            ("forum.kz", None),
        ];
        for (text, expected) in cases {
            assert_eq!(first_address(text).as_deref(), expected, "{text}");
        }
    }
}
