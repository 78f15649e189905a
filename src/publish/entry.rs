//! What the three feed formats say alike of one entry.

use crate::model::feed::Entry;
use crate::model::id::{DERIVED_ID_CHARS, derive};
use crate::model::language::Language;
use crate::model::reading::Kind;
use crate::model::source::Republish;
use crate::model::story::StoryId;

use super::{Site, escaped, legal};

/// The longest excerpt, in characters, where understanding gave none.
const EXCERPT_MAX_CHARS: usize = 400;

/// The same in every format and forever: the story's 128 bits as a UUID name
/// (RFC 9562 section 4).
pub(super) fn id(story: &StoryId) -> String {
    format!("urn:uuid:{}", uuid(story.as_str()))
}

/// A derived id in the shape of a UUID. An id of another shape, which only a
/// foreign store can give, is derived once more.
pub(super) fn uuid(id: &str) -> String {
    let is_derived = id.len() == DERIVED_ID_CHARS && id.bytes().all(|b| b.is_ascii_hexdigit());
    let again = (!is_derived).then(|| derive(&["uuid", id]));
    let hex = again.as_deref().unwrap_or(id);
    format!(
        "{}-{}-{}-{}-{}",
        &hex[..8],
        &hex[8..12],
        &hex[12..16],
        &hex[16..20],
        &hex[20..]
    )
}

/// Where the reader goes: the outlet's page, or ours for a text that has none.
pub(super) fn link(entry: &Entry, site: &Site) -> String {
    entry.article.link.as_ref().map_or_else(
        || site.link(&format!("article/{}", entry.article.id)),
        ToString::to_string,
    )
}

/// The title as one line.
pub(super) fn title(entry: &Entry) -> String {
    one_line(&entry.article.title)
}

/// Plain text: the article's own sentences.
pub(super) fn excerpt(entry: &Entry) -> String {
    let chosen = &entry.reading.excerpt;
    if !chosen.trim().is_empty() {
        return one_line(chosen);
    }
    let text = one_line(&entry.article.text);
    if text.chars().count() <= EXCERPT_MAX_CHARS {
        return text;
    }
    let cut: String = text.chars().take(EXCERPT_MAX_CHARS).collect();
    let whole_words = cut
        .rsplit_once(' ')
        .map_or(cut.as_str(), |(words, _)| words);
    format!("{whole_words}…")
}

/// The whole text where the outlet allows it.
pub(super) fn full_html(entry: &Entry) -> Option<String> {
    (entry.republish == Republish::Full && !entry.article.content_html.trim().is_empty())
        .then(|| format!("{}{}", legal(&entry.article.content_html), tellers(entry)))
}

/// The excerpt with the outlet's name and link, and who else tells it.
pub(super) fn excerpt_html(entry: &Entry, site: &Site) -> String {
    format!(
        "<p>{}</p><p><a href=\"{}\">{}</a></p>{}",
        escaped(&excerpt(entry)),
        escaped(&link(entry, site)),
        escaped(&one_line(&entry.outlet)),
        tellers(entry)
    )
}

/// BCP 47, where we are sure.
pub(super) fn language(entry: &Entry) -> Option<&'static str> {
    match entry.reading.shown_language() {
        Language::Undetermined => None,
        language => Some(language.tag()),
    }
}

/// Kind, ISO 3166-2 codes and topics, where we are sure.
pub(super) fn labels(entry: &Entry) -> Vec<String> {
    let kind = entry
        .reading
        .shown_kind()
        .filter(|kind| *kind != Kind::Other)
        .map(|kind| kind.word().to_owned());
    let regions = entry
        .reading
        .regions
        .iter()
        .filter(|(_, sure)| sure.is_enough())
        .map(|(region, _)| region.code());
    let topics = entry
        .reading
        .shown_topics()
        .map(|one| one.word().to_owned());
    kind.into_iter().chain(regions).chain(topics).collect()
}

/// Legal, with white space folded.
pub(super) fn one_line(text: &str) -> String {
    let text = legal(text);
    let words: Vec<&str> = text.split_whitespace().collect();
    words.join(" ")
}

fn tellers(entry: &Entry) -> String {
    let items: String = entry
        .also_told_by
        .iter()
        .filter_map(|told| {
            let link = told.link.as_deref()?;
            let name = format!("{}: {}", one_line(&told.outlet), one_line(&told.title));
            let item = format!(
                "<li><a href=\"{}\">{}</a></li>",
                escaped(link),
                escaped(&name)
            );
            Some(item)
        })
        .collect();
    if items.is_empty() {
        items
    } else {
        format!("<ul>{items}</ul>")
    }
}
