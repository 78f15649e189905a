//! One message of a preview.

use dom_query::NodeRef;
use url::Url;

use crate::gather::clean;
use crate::gather::page::markup::{Page, below, text_of};
use crate::gather::page::opening::{Findings, clip, paragraphs, picture, set_content};
use crate::model::draft::{Category, Draft, Enclosure, Person};

/// A title made of a message's first line is no longer than this …
const TITLE_CHARS_MAX: usize = 120;
/// … and a sentence taken from a long line no shorter: "Астана." alone says nothing.
const SENTENCE_CHARS_MIN: usize = 12;
/// A line with fewer words calls, and says nothing ("⚡️ ШҰҒЫЛ").
const TITLE_WORDS_MIN: usize = 2;
/// The most files taken from one message; an album holds ten.
const FILES_MAX: usize = 20;
/// The most hashtags taken as labels.
const HASHTAGS_MAX: usize = 20;

/// A message of the page.
pub struct Message<'a> {
    page: &'a Page,
    node: NodeRef<'a>,
    /// From 1, for complaints.
    number: usize,
}

impl<'a> Message<'a> {
    pub const fn new(page: &'a Page, node: NodeRef<'a>, number: usize) -> Self {
        Self { page, node, number }
    }

    /// The entry; nothing where the message shows nothing on the web.
    pub fn draft(&self, findings: &mut Findings) -> Option<Draft> {
        let post = self.node.attr("data-post").unwrap_or_default();
        let Some(link) = post_link(&post) else {
            findings.note_said(
                "data-post",
                "is no `channel/number`; left out",
                self.number,
                &post,
            );
            return None;
        };
        let mut draft = Draft {
            id: Some(post.to_string()),
            id_is_permalink: Some(false),
            link: Some(link),
            enclosures: self.files(),
            source: self.text(".tgme_widget_message_forwarded_from_name"),
            authors: self.author(),
            ..Draft::default()
        };
        self.set_date(&mut draft, findings);
        self.set_text(&mut draft);
        let shows_nothing =
            draft.title.is_none() && draft.text.is_empty() && draft.enclosures.is_empty();
        if shows_nothing {
            findings.note("", "can be seen in Telegram only; left out", self.number);
            return None;
        }
        Some(draft)
    }

    /// The signature of the person who wrote it, where the channel shows it.
    fn author(&self) -> Vec<Person> {
        self.text(".tgme_widget_message_from_author")
            .map(|name| Person {
                name: Some(name),
                ..Person::default()
            })
            .into_iter()
            .collect()
    }

    fn set_date(&self, draft: &mut Draft, findings: &mut Findings) {
        let time = below(&self.node, ".tgme_widget_message_date time[datetime]");
        draft.published = time
            .first()
            .and_then(|time| self.page.date(&time.attr("datetime")?));
        if draft.published.is_none() {
            findings.note("datetime", "has no date that can be read", self.number);
        }
    }

    fn set_text(&self, draft: &mut Draft) {
        let text = below(&self.node, ".tgme_widget_message_text")
            .into_iter()
            // The text a reply answers stands in the reply's own link.
            .find(|text| !is_within(text, "tgme_widget_message_reply"));
        let mut html = text.as_ref().map(text_html).unwrap_or_default();
        if let Some(text) = &text {
            draft.categories = hashtags(text);
        }
        html.push_str(&self.poll());
        html.push_str(&self.preview());
        set_content(draft, &html, Some(&message_base()));
        draft.title = text
            .and_then(|text| title(&clean::plain_text(clip(&text_html(&text)))))
            .or_else(|| self.text(".tgme_widget_message_poll_question"))
            .or_else(|| self.text(".link_preview_title"))
            .or_else(|| self.text(".tgme_widget_message_document_title"));
    }

    /// A poll as its question and a list of its options.
    fn poll(&self) -> String {
        let Some(question) = self.text(".tgme_widget_message_poll_question") else {
            return String::new();
        };
        let mut html = paragraphs(&question);
        html.push_str("<ul>");
        for option in below(&self.node, ".tgme_widget_message_poll_option_text") {
            html.push_str("<li>");
            clean::push_escaped(&mut html, &text_of(&option));
            html.push_str("</li>");
        }
        html.push_str("</ul>");
        html
    }

    /// The page the message links to, as Telegram shows it.
    fn preview(&self) -> String {
        let links = below(&self.node, "a.tgme_widget_message_link_preview[href]");
        let Some(href) = links.first().and_then(|link| link.attr("href")) else {
            return String::new();
        };
        let title = self
            .text(".link_preview_title")
            .unwrap_or_else(|| href.to_string());
        format!(
            "<p><a href=\"{}\">{}</a></p>",
            clean::escape(&href),
            clean::escape(&title)
        )
    }

    /// Photos, videos or else their thumbnails, sound; one of each.
    fn files(&self) -> Vec<Enclosure> {
        let mut files: Vec<Enclosure> = Vec::new();
        let photos = ".tgme_widget_message_photo_wrap,.tgme_widget_message_video_thumb,.tgme_widget_message_roundvideo_thumb";
        for node in below(&self.node, photos) {
            let style = node.attr("style").unwrap_or_default();
            if let Some(url) = background(&style).and_then(|raw| self.page.address(raw)) {
                files.push(picture(&url));
            }
        }
        for (selector, media_type) in [("video[src]", "video/mp4"), ("audio[src]", "audio/ogg")] {
            for node in below(&self.node, selector) {
                let url = node.attr("src").and_then(|raw| self.page.address(&raw));
                files.extend(url.map(|url| Enclosure {
                    url: url.to_string(),
                    media_type: Some(media_type.to_owned()),
                    length_bytes: None,
                }));
            }
        }
        let mut seen = std::collections::HashSet::new();
        files.retain(|file| seen.insert(file.url.clone()));
        files.truncate(FILES_MAX);
        files
    }

    fn text(&self, selector: &str) -> Option<String> {
        below(&self.node, selector)
            .first()
            .map(text_of)
            .filter(|text| !text.is_empty())
    }
}

/// `channel/number`, as Telegram writes it and nothing else.
fn post_link(post: &str) -> Option<String> {
    let (channel, number) = post.split_once('/')?;
    let is_channel = !channel.is_empty()
        && channel
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    let is_number = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
    (is_channel && is_number).then(|| format!("https://t.me/{channel}/{number}"))
}

/// Links in messages are whole; a hashtag's stands against the channel, and is dropped.
fn message_base() -> Url {
    Url::parse("https://t.me/").expect("a constant address")
}

fn is_within(node: &NodeRef<'_>, class: &str) -> bool {
    node.ancestors_it(None).any(|above| above.has_class(class))
}

/// A message's markup with emoji as letters: Telegram draws them as pictures.
fn text_html(text: &NodeRef<'_>) -> String {
    for emoji in below(text, "i.emoji,tg-emoji") {
        emoji.replace_with_html(clean::escape(&emoji.text()));
    }
    text.inner_html().to_string()
}

fn hashtags(text: &NodeRef<'_>) -> Vec<Category> {
    let mut found: Vec<Category> = Vec::new();
    for link in below(text, "a[href^=\"?q=%23\"]") {
        let term = text_of(&link).trim_start_matches('#').to_owned();
        if !term.is_empty() && found.iter().all(|known| known.term != term) {
            found.push(Category {
                term,
                ..Category::default()
            });
        }
    }
    found.truncate(HASHTAGS_MAX);
    found
}

/// The address in `background-image:url('…')`.
fn background(style: &str) -> Option<&str> {
    let (_, rest) = style.split_once("background-image")?;
    let (_, rest) = rest.split_once("url(")?;
    let (address, _) = rest.split_once(')')?;
    Some(address.trim().trim_matches(['\'', '"']))
}

/// The first line that says something, else the first that has letters; of a long one
/// its first sentence, or as many words as fit.
fn title(text: &str) -> Option<String> {
    let lines = || text.lines().map(str::trim);
    let line = lines()
        .find(|line| says_something(line))
        .or_else(|| lines().find(|line| line.chars().any(char::is_alphanumeric)))?;
    if line.chars().count() <= TITLE_CHARS_MAX {
        return Some(line.to_owned());
    }
    let cut: String = line.chars().take(TITLE_CHARS_MAX).collect();
    let sentence = cut
        .match_indices(['.', '!', '?', '…'])
        .map(|(at, mark)| at + mark.len())
        .find(|end| {
            cut[..*end].chars().count() >= SENTENCE_CHARS_MIN
                && cut[*end..].starts_with(char::is_whitespace)
        });
    if let Some(end) = sentence {
        return Some(cut[..end].to_owned());
    }
    let words = cut.rsplit_once(char::is_whitespace);
    let words = words.map_or(cut.as_str(), |(words, _)| words);
    Some(format!(
        "{}…",
        words.trim_end_matches([',', ';', ':', '-', '–', '—', ' '])
    ))
}

/// Whether a line has words besides hashtags, calls, addresses and emoji; the names of
/// other channels in a row are none.
fn says_something(line: &str) -> bool {
    let is_word = |word: &&str| {
        !word.starts_with(['#', '@'])
            && !word.contains("://")
            && word.chars().any(char::is_alphabetic)
    };
    let words = line.split_whitespace().filter(is_word).count();
    words >= TITLE_WORDS_MIN && !line.contains('|')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_are_a_line_a_sentence_or_words() {
        let long = "Ертең Астанада цифрлық даму жөніндегі өңірлік форум өтеді. Оған барлық облыстардан мамандар мен кәсіпкерлер, студенттер шақырылды";
        let endless = "слово ".repeat(40);
        let cases = [
            ("\n🔥🔥\n  Форум ашылды\nТолығырақ", "Форум ашылды"),
            ("⚡️⚡️⚡️ ШҰҒЫЛ\n\nЕртең форум өтеді", "Ертең форум өтеді"),
            (
                "#форум #қостанай\nҚостанайда форум өтеді",
                "Қостанайда форум өтеді",
            ),
            (
                "#Қостанайда форум өтеді\nБірге бол",
                "#Қостанайда форум өтеді",
            ),
            (
                "Форум!\n👉 Telegram | Instagram\n@arna https://a.kz/x",
                "Форум!",
            ),
            ("#форум\n⚡️", "#форум"),
            (
                long,
                "Ертең Астанада цифрлық даму жөніндегі өңірлік форум өтеді.",
            ),
        ];
        for (text, expected) in cases {
            assert_eq!(title(text).as_deref(), Some(expected));
        }
        let cut = title(&endless).unwrap();
        assert!(cut.ends_with("слово…") && cut.chars().count() <= TITLE_CHARS_MAX + 1);
        assert_eq!(title("🔥\n\n—"), None);
    }

    #[test]
    fn posts_are_channel_and_number() {
        assert_eq!(
            post_link("jarshy_kz/7").as_deref(),
            Some("https://t.me/jarshy_kz/7")
        );
        for bad in ["", "/7", "a/", "a/b", "../7", "a/7?x", "қала/7", "7"] {
            assert_eq!(post_link(bad), None, "{bad}");
        }
    }
}
