//! Markup made harmless, once, on the way in; and text taken out of markup.
//!
//! Deliberately absent: scripts, styles, forms, frames, and any address that is
//! not http, https or mailto. What is not on the list is not let through.

mod address;
mod entities;
mod ordinary;
mod scan;
mod shown;
mod tag;
mod text;
mod tower;

use std::cell::RefCell;

use ammonia::{Builder, UrlRelative};
use url::Url;

use crate::text::normalise::is_steering;

pub use entities::{decode_entities, entity};
pub use shown::waiting_address;
pub use text::{inline_text, is_one_line, is_void, looks_like_html, plain_text};
pub use tower::cut as cut_towers;

/// Addresses of other kinds are dropped.
const URL_SCHEMES: [&str; 3] = ["http", "https", "mailto"];
/// What every link says of the house's relation to where it leads.
const LINK_REL: &str = "noopener noreferrer nofollow";

thread_local! {
    /// The cleaner last used here and its base: one feed has one base, building it costs more than cleaning a title.
    static CLEANER: RefCell<Option<(Option<Url>, Builder<'static>)>> = const { RefCell::new(None) };
}

/// `html` with only harmless elements, attributes and addresses, and with the
/// pictures, films and players that a script or a frame would show; relative
/// addresses are resolved against `base`, and dropped where there is none. What
/// turns the direction of writing around is dropped, as it is from titles: it would
/// reach beyond the text it stands in.
pub fn sanitise(html: &str, base: Option<&Url>) -> String {
    if !html.contains(['<', '&', '\0', '\r', '>', '\u{a0}']) {
        return unsteered(html.to_owned());
    }
    let html = shown::shown(html);
    unsteered(ordinary::clean(&html, base).unwrap_or_else(|| by_tree(&html, base)))
}

/// Without direction overrides, embeddings and isolates, and without the control
/// characters that no XML may hold (XML 1.0 section 2.2); those written as character
/// references have become letters by now.
fn unsteered(mut html: String) -> String {
    /// The first byte of U+2000 to U+2FFF in UTF-8.
    const LEAD: u8 = 0xE2;
    let bytes = html.as_bytes();
    // U+202A to U+202E are E2 80 AA to AE, U+2066 to U+2069 are E2 81 A6 to A9.
    let is_one = |at: usize| {
        matches!(
            (bytes.get(at + 1), bytes.get(at + 2)),
            (Some(0x80), Some(0xAA..=0xAE)) | (Some(0x81), Some(0xA6..=0xA9))
        )
    };
    let is_control = |byte: u8| byte < b' ' && !matches!(byte, b'\t' | b'\n' | b'\r');
    // All bytes, without a branch: many are looked at in one step.
    let has_controls = bytes
        .iter()
        .fold(false, |so_far, byte| so_far | is_control(*byte));
    if has_controls || memchr::memchr_iter(LEAD, bytes).any(is_one) {
        let is_ascii_control = |letter| u8::try_from(letter).is_ok_and(is_control);
        html.retain(|letter| !is_steering(letter) && !is_ascii_control(letter));
    }
    html
}

/// By a browser's parser and an allow-list over its tree.
fn by_tree(html: &str, base: Option<&Url>) -> String {
    if tower::is_a_tower(html) {
        return escape(&plain_text(html));
    }
    CLEANER.with_borrow_mut(|cleaner| {
        let known = cleaner
            .as_ref()
            .is_some_and(|(known, _)| known.as_ref() == base);
        if !known {
            *cleaner = Some((base.cloned(), builder(base)));
        }
        cleaner.as_ref().map_or_else(
            || escape(&plain_text(html)),
            |(_, builder)| builder.clean(html).to_string(),
        )
    })
}

/// `text` as markup that shows it.
pub fn escape(text: &str) -> String {
    let mut html = String::with_capacity(text.len() + text.len() / 16);
    push_escaped(&mut html, text);
    html
}

/// Appends `text` as markup that shows it.
pub fn push_escaped(html: &mut String, text: &str) {
    let mut rest = text;
    while let Some(at) = rest.find(['&', '<', '>', '"']) {
        html.push_str(&rest[..at]);
        html.push_str(match rest.as_bytes()[at] {
            b'&' => "&amp;",
            b'<' => "&lt;",
            b'>' => "&gt;",
            _ => "&quot;",
        });
        rest = &rest[at + 1..];
    }
    html.push_str(rest);
}

/// Whether an attribute says which way a text runs. What it says ends with its
/// element, unlike signs of direction.
fn is_direction(value: &str) -> bool {
    ["ltr", "rtl", "auto"]
        .iter()
        .any(|known| known.eq_ignore_ascii_case(value))
}

fn builder(base: Option<&Url>) -> Builder<'static> {
    let mut builder = Builder::default();
    builder
        .url_schemes(URL_SCHEMES.into())
        .add_generic_attributes(["dir"])
        .add_clean_content_tags([
            "iframe", "object", "applet", "noscript", "template", "svg", "math", "head", "title",
            "textarea", "select",
        ])
        .link_rel(Some(LINK_REL))
        .strip_comments(true)
        .url_relative(match base {
            Some(base) => UrlRelative::RewriteWithBase(base.clone()),
            None => UrlRelative::Deny,
        });
    for recording in ["audio", "video"] {
        builder
            .add_tags([recording])
            .add_tag_attributes(recording, ["controls", "src", "poster", "width", "height"]);
    }
    let beside = base.cloned();
    builder.attribute_filter(move |_, attribute, value| {
        if attribute == "dir" {
            return is_direction(value).then_some(value.into());
        }
        let is_address = matches!(attribute, "href" | "src" | "poster");
        (!is_address || !address::has_credentials(value, beside.as_ref())).then_some(value.into())
    });
    // Nobody sees it, and ammonia lets any scheme stand in it.
    for quoting in ["blockquote", "q", "del", "ins"] {
        builder.rm_tag_attributes(quoting, ["cite"]);
    }
    builder
}

#[cfg(test)]
mod tests {
    use super::*;

    fn base() -> Url {
        Url::parse("https://jarshy.example/news/").unwrap()
    }

    #[test]
    fn dangerous_things_go_and_text_stays() {
        let cases = [
            ("<p onclick=\"x()\">a</p>", "<p>a</p>"),
            ("<script>alert(1)</script>b", "b"),
            ("<style>p{}</style>c", "c"),
            (
                "<a href=\"javascript:x()\">d</a>",
                "<a rel=\"noopener noreferrer nofollow\">d</a>",
            ),
            (
                "<a href=\"https://egov.kz:pw@elsewhere.example/a\">o</a>",
                "<a rel=\"noopener noreferrer nofollow\">o</a>",
            ),
            (
                "<a href=\"//egov.kz@elsewhere.example/a\">o</a>",
                "<a rel=\"noopener noreferrer nofollow\">o</a>",
            ),
            (
                "<a href=\"https://a.example/@name\">o</a>",
                "<a href=\"https://a.example/@name\" rel=\"noopener noreferrer nofollow\">o</a>",
            ),
            (
                "<a href=\"mailto:a@b.example\">o</a>",
                "<a href=\"mailto:a@b.example\" rel=\"noopener noreferrer nofollow\">o</a>",
            ),
            ("<iframe src=\"https://x\">e</iframe>f", "f"),
            ("<form><input name=q>g</form>", "g"),
            ("<q cite='javascript:x()'>h</q>", "<q>h</q>"),
            (
                "<a href=\"jav&Tab;ascript:x()\">l</a>",
                "<a rel=\"noopener noreferrer nofollow\">l</a>",
            ),
            (
                "<img src=\"data:image/svg+xml,x\" srcset=\"javascript:x()\">",
                "<img>",
            ),
            (
                "<table><caption>m</caption><tr><td colspan=\"2\">n</td></tr></table>",
                "<table><caption>m</caption><tbody><tr><td colspan=\"2\">n</td></tr></tbody></table>",
            ),
            (
                "<figure><img src=\"/o.png\" alt=\"o\"><figcaption>p</figcaption></figure>",
                "<figure><img src=\"https://jarshy.example/o.png\" alt=\"o\"><figcaption>p</figcaption></figure>",
            ),
            (
                "<p lang=\"ar\" dir=\"rtl\">q</p><p dir=\"up\">r</p>",
                "<p lang=\"ar\" dir=\"rtl\">q</p><p>r</p>",
            ),
            ("a & b", "a &amp; b"),
            (
                "<img src=\"pic.jpg\">",
                "<img src=\"https://jarshy.example/news/pic.jpg\">",
            ),
        ];
        for (html, expected) in cases {
            assert_eq!(sanitise(html, Some(&base())), expected, "{html}");
        }
    }

    /// Markup that one parser reads as text and the next as elements.
    #[test]
    fn nothing_mutates_into_a_handler() {
        let image = "<img src=x onerror=x()>";
        for wrapped in [
            format!("<svg><style>{image}</style></svg>"),
            format!("<math><mtext><table><mglyph><style>{image}"),
            format!("<form><math><mtext></form><form><mglyph><style></math>{image}"),
            format!("<noscript><p title=\"</noscript>{image}\">"),
            format!("<svg></p><style><a id=\"</style>{image}\">"),
            format!("<template>{image}</template>"),
            format!("<select><template><style><!--</select></template>{image}"),
            format!("<!--!>{image}-->"),
        ] {
            let clean = sanitise(&wrapped, Some(&base()));
            assert_eq!(sanitise(&clean, Some(&base())), clean, "{wrapped}");
            assert!(!clean.contains("onerror"), "{wrapped}: {clean}");
        }
    }

    #[test]
    fn no_control_character_stays_and_none_that_goes_makes_a_word() {
        let base = Url::parse("https://a.example/n/").unwrap();
        for base in [None, Some(&base)] {
            assert_eq!(
                sanitise("a\u{1}b\u{b}c&#12;d\u{7f}\te", base),
                "abcd\u{7f}\te"
            );
            assert_eq!(
                sanitise("<p title='a\u{1f}b'>c&#11;</p>", base),
                "<p title=\"ab\">c</p>"
            );
            for control in [
                "\u{1}", "\u{b}", "\u{c}", "\u{1f}", "&#1;", "&#11;", "&#12;", "&#31;",
            ] {
                for place in [
                    "{}javascript:x()",
                    "java{}script:x()",
                    "javascript{}:x()",
                    "{0}java{0}script:x()",
                ] {
                    let address = place.replace("{}", control).replace("{0}", control);
                    let html = format!("<a href='{address}'>a</a><img src='{address}'>");
                    let clean = sanitise(&html, base);
                    assert!(!clean.contains("=\"javascript"), "{html}: {clean}");
                }
            }
        }
    }

    #[test]
    fn nothing_turns_the_direction_of_writing_around() {
        let steering: String = ('\u{202a}'..='\u{202e}')
            .chain('\u{2066}'..='\u{2069}')
            .collect();
        let named = "&#8238;&#x202e;&#x2067;&#8297;";
        for (html, expected) in [
            (format!("a{steering}b"), "ab"),
            (
                format!("<p title=\"x{steering}\">a{steering}b</p>"),
                "<p title=\"x\">ab</p>",
            ),
            (
                format!("<p title=\"x{named}\">a{named}b</p>"),
                "<p title=\"x\">ab</p>",
            ),
            (
                format!("<table><tr><td>a{named}</table>{steering}"),
                "<table><tbody><tr><td>a</td></tr></tbody></table>",
            ),
            (
                format!("{}{named}{steering}a", "<div>".repeat(100_000)),
                "a",
            ),
            // What only says which way a letter goes harms nothing.
            ("a\u{200f}—\u{200e}«b»".to_owned(), "a\u{200f}—\u{200e}«b»"),
        ] {
            assert_eq!(sanitise(&html, Some(&base())).trim(), expected);
        }
    }

    #[test]
    fn relative_addresses_without_a_base_are_dropped() {
        assert_eq!(sanitise("<img src=\"pic.jpg\">", None), "<img>");
    }

    #[test]
    fn towers_become_text() {
        let tower = format!("{}text", "<div>".repeat(100_000));
        assert_eq!(sanitise(&tower, None).trim(), "text");
        let tower = format!("{}{}", "<b id=1>".repeat(1000), "<p>x".repeat(10_000));
        assert!(!sanitise(&tower, None).contains('<'));
    }
}
