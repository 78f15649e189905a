//! `[[source]]` entries: what is read.
//!
//! Keys: `id`, `name`, `kind`, `url` (or `dir` for the desk), `home`,
//! `language`, `region`, `republish`, `every`, `accept_language`,
//! `user_agent`, `full_text`, `push`, `enabled`, `rules`.

use std::path::Path;

use url::Url;

use crate::model::feed::is_name;
use crate::model::source::{
    FullTextMode, JsonRules, PageRules, Place, Republish, Source, SourceId,
};

use super::entry::{Entry, did_you_mean};
use super::every::every;

const KINDS: [&str; 6] = ["feed", "page", "json", "sitemap", "telegram", "desk"];

/// The source an entry describes; `None` where too much is wrong to say.
/// What is merely wrong is complained of, and the caller leaves the entry out.
pub(super) fn source(entry: &Entry<'_>, root: &Path) -> Option<Source> {
    let id = entry.required_text("id", "a short name such as kazinform-kk");
    let id = id.and_then(|id| entry.read("id", id, source_id));
    let name = entry.required_text("name", "the outlet's name as readers know it");
    let place = place(entry, root);
    let language = entry.parsed("language");
    let region = entry.parsed("region");
    let home = entry
        .text("home")
        .and_then(|home| entry.read("home", home, web_address));
    let republish = entry
        .text("republish")
        .and_then(|word| entry.read("republish", word, republish));
    let interval = entry
        .text("every")
        .and_then(|text| entry.read("every", text, every));
    let accept_language = entry
        .text("accept_language")
        .and_then(|text| entry.read("accept_language", text, header_value));
    let user_agent = entry
        .text("user_agent")
        .and_then(|text| entry.read("user_agent", text, user_agent));
    let full_text = entry
        .text("full_text")
        .and_then(|word| entry.read("full_text", word, full_text));
    let push = entry.flag("push", true);
    let enabled = entry.flag("enabled", true);
    Some(Source {
        id: id?,
        name: name?.to_owned(),
        place: place?,
        home,
        language,
        region,
        republish: republish.unwrap_or_default(),
        every: interval.unwrap_or(Source::EVERY_DEFAULT),
        accept_language,
        user_agent,
        full_text: full_text.unwrap_or_default(),
        push,
        enabled,
    })
}

/// `kind`, and the keys that go with it.
fn place(entry: &Entry<'_>, root: &Path) -> Option<Place> {
    let expected = format!("one of {}", KINDS.join(", "));
    let Some(kind) = entry.required_text("kind", &expected) else {
        pass_over_place(entry);
        return None;
    };
    if kind != "desk" && entry.has("dir") {
        entry.error_at(
            "dir",
            format!("only a desk has a folder; a {kind} has a `url`"),
        );
    }
    if !matches!(kind, "page" | "json") && entry.has("rules") {
        entry.error_at(
            "rules",
            format!("a {kind} is read without rules; take them out"),
        );
    }
    match kind {
        "feed" => url(entry).map(Place::Feed),
        "sitemap" => url(entry).map(Place::Sitemap),
        "telegram" => {
            let url = url(entry)?;
            if !(url.host_str() == Some("t.me") && url.path().starts_with("/s/")) {
                entry.error_at("url", "expected the channel's preview, https://t.me/s/NAME");
            }
            Some(Place::Telegram(url))
        }
        "page" => {
            let rules = entry.table("rules", page_rules).unwrap_or_default();
            url(entry).map(|url| Place::Page { url, rules })
        }
        "json" => {
            let rules = entry.table("rules", json_rules);
            if rules.is_none() && !entry.has("rules") {
                entry.error_at("rules", "is missing; expected where the entries are, e.g. { items = \"content\", title = \"title\" }");
            }
            let (url, rules) = (url(entry)?, rules?);
            Some(Place::Json { url, rules })
        }
        "desk" => {
            if entry.has("url") {
                entry.error_at("url", "a desk has a `dir`, not a `url`");
            }
            let dir = entry.required_text("dir", "a folder, relative to the catalogue's")?;
            Some(Place::Desk(root.join(dir)))
        }
        other => {
            let suggestion = did_you_mean(other, KINDS.into_iter());
            entry.error_at(
                "kind",
                format!("`{other}` is no kind; expected {expected}{suggestion}"),
            );
            pass_over_place(entry);
            None
        }
    }
}

/// Where the kind is not known, the keys of some kind are meant: complaining of
/// them too would be noise.
fn pass_over_place(entry: &Entry<'_>) {
    for key in ["url", "dir", "rules"] {
        entry.has(key);
    }
}

fn url(entry: &Entry<'_>) -> Option<Url> {
    let url = entry.required_text("url", "an address such as https://example.kz/rss")?;
    entry.read("url", url, web_address)
}

/// An http or https address without a password in it.
fn web_address(text: &str) -> Result<Url, String> {
    let url = Url::parse(text).map_err(|error| {
        format!("`{text}` is no address ({error}); expected one such as https://example.kz/rss")
    })?;
    if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none() {
        return Err(format!(
            "`{text}` is no web address; expected http:// or https://"
        ));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(
            "a user name or password in an address would reach logs and readers; take it out"
                .to_owned(),
        );
    }
    Ok(url)
}

fn source_id(text: &str) -> Result<SourceId, String> {
    if is_name(text) {
        Ok(SourceId::from_stored(text))
    } else {
        Err(format!(
            "`{text}` cannot be an id; expected 1 to 64 of the characters a-z, 0-9 and -, not beginning or ending with -"
        ))
    }
}

fn republish(word: &str) -> Result<Republish, String> {
    match word {
        "excerpt" => Ok(Republish::Excerpt),
        "full" => Ok(Republish::Full),
        _ => Err(format!(
            "`{word}` is unknown; expected \"excerpt\", or \"full\" where the outlet agreed"
        )),
    }
}

fn full_text(word: &str) -> Result<FullTextMode, String> {
    let known = FullTextMode::WORDS.iter().find(|(_, known)| *known == word);
    known
        .map(|(mode, _)| *mode)
        .ok_or_else(|| format!("`{word}` is unknown; expected \"auto\", \"always\" or \"never\""))
}

fn header_value(text: &str) -> Result<String, String> {
    if text.bytes().all(|byte| (b' '..=b'~').contains(&byte)) {
        Ok(text.to_owned())
    } else {
        Err("expected a header value such as \"kk\" or \"ru, kk;q=0.5\"".to_owned())
    }
}

fn user_agent(text: &str) -> Result<String, String> {
    let is_name = text.starts_with(|first: char| first.is_ascii_alphanumeric());
    header_value(text)
        .ok()
        .filter(|_| is_name)
        .ok_or_else(|| "expected a name such as \"Jarshy/1.0 (+https://example.kz)\"".to_owned())
}

fn page_rules(rules: &Entry<'_>) -> PageRules {
    PageRules::from_keys(|key| rules.text(key).map(str::to_owned))
}

fn json_rules(rules: &Entry<'_>) -> JsonRules {
    JsonRules::from_keys(|key| rules.text(key).map(str::to_owned))
}
