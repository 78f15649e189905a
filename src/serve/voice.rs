//! Which tongue a page speaks, and in which script: `?lang=` wins, then
//! `Accept-Language` (RFC 9110 section 12.5.4), then Kazakh.

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, Uri, header};
use url::form_urlencoded;

use crate::model::language::{Language, Tongue};
use crate::model::subscriber::LetterScript;
use crate::template::Writing;
use crate::template::page::TongueLink;
use crate::text::latin::{latin, latin_html, looks_kazakh};

/// The most ranges of an `Accept-Language` that are looked at.
const RANGES_MAX: usize = 16;

/// Whether a request comes from where letters that were not sent may be read; the
/// outermost layer tells, so that all pages say the same.
#[derive(Debug, Clone, Copy)]
pub(super) struct SeesOutbox(pub(super) bool);

/// The tongue of one request, and how its links keep it.
#[derive(Debug, Clone)]
pub(super) struct Voice {
    pub(super) tongue: Tongue,
    pub(super) script: LetterScript,
    /// `?lang=ru` where the reader chose, else empty.
    pub(super) query: String,
    /// Whether its pages lead to the outbox.
    pub(super) sees_outbox: bool,
    path: String,
    /// The query's other parts, kept by the tongue switch.
    others: Vec<(String, String)>,
}

impl Voice {
    pub(super) fn new(uri: &Uri, headers: &HeaderMap) -> Self {
        let parts = parameters(uri);
        let chosen = parts
            .iter()
            .find(|(name, _)| name == "lang")
            .and_then(|(_, value)| Some((value.parse().ok()?, LetterScript::of_tag(value))));
        let accepted = headers
            .get(header::ACCEPT_LANGUAGE)
            .and_then(|value| value.to_str().ok())
            .and_then(preferred);
        let (tongue, script) = chosen.or(accepted).unwrap_or_default();
        Self {
            tongue,
            script,
            query: chosen.map_or_else(String::new, |(tongue, script)| {
                format!("?lang={}", script.tag(tongue))
            }),
            sees_outbox: false,
            path: uri.path().to_owned(),
            others: parts
                .into_iter()
                .filter(|(name, _)| name != "lang")
                .collect(),
        }
    }

    /// The same, of a request that may or may not see the outbox.
    pub(super) fn seeing(mut self, outbox: SeesOutbox) -> Self {
        self.sees_outbox = outbox.0;
        self
    }

    /// In which tongue and script the page's own words are.
    pub(super) const fn writing(&self) -> Writing {
        Writing {
            tongue: self.tongue,
            script: self.script,
        }
    }

    /// The house's own words, given in the usual script, as this reader reads them.
    pub(super) fn spell(&self, words: &str) -> String {
        self.writing().spell(words)
    }

    /// What others wrote, and its tag: Kazakh in the reader's script.
    pub(super) fn quote(&self, words: &str, language: Language) -> (String, Option<&'static str>) {
        if self.writing().is_latin_kazakh() && language == Language::KazakhCyrillic {
            return (latin(words), Some(Language::KazakhLatin.tag()));
        }
        let tag = (language != Language::Undetermined).then(|| language.tag());
        (words.to_owned(), tag)
    }

    /// The same of their HTML, sanitised.
    pub(super) fn quote_html(&self, html: String, language: Language) -> String {
        if self.writing().is_latin_kazakh() && language == Language::KazakhCyrillic {
            return latin_html(&html);
        }
        html
    }

    /// What others wrote in a language nobody told, such as a name.
    pub(super) fn quote_name(&self, words: &str) -> String {
        let language = if looks_kazakh(words) {
            Language::KazakhCyrillic
        } else {
            Language::Undetermined
        };
        self.quote(words, language).0
    }

    /// An event's name, in the language of the text that told of it, where that is known.
    pub(super) fn quote_named(&self, name: &str, told_in: Option<Language>) -> String {
        match told_in {
            Some(language) if language != Language::Undetermined => self.quote(name, language).0,
            _ => self.quote_name(name),
        }
    }

    /// An outlet's name; the `house`'s own is spelled as its words are.
    pub(super) fn outlet(&self, name: &str, house: &str) -> String {
        if name == house {
            self.spell(name)
        } else {
            self.quote_name(name)
        }
    }

    /// The switch: the same page in each tongue, Kazakh in both scripts.
    pub(super) fn switch(&self) -> Vec<TongueLink> {
        Writing::ALL
            .into_iter()
            .map(|writing| {
                let query = form_urlencoded::Serializer::new(String::new())
                    .extend_pairs(&self.others)
                    .append_pair("lang", writing.tag())
                    .finish();
                TongueLink {
                    tag: writing.tag(),
                    short: short_name(writing),
                    name: writing.spell(own_name(writing.tongue)),
                    href: format!("{}?{query}", self.path),
                    is_current: writing == self.writing(),
                }
            })
            .collect()
    }

    /// The tag the reader chose, for forms that must keep it.
    pub(super) fn lang(&self) -> Option<&str> {
        self.query.strip_prefix("?lang=")
    }

    /// Has the tongue switch say `name` too, in place of what the query said.
    pub(super) fn keep(&mut self, name: &str, value: String) {
        self.others.retain(|(known, _)| known != name);
        self.others.push((name.to_owned(), value));
    }

    /// A parameter of the query.
    pub(super) fn parameter(&self, name: &str) -> Option<&str> {
        self.others
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
    }
}

impl<S: Sync> FromRequestParts<S> for Voice {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let sees_outbox = parts.extensions.get::<SeesOutbox>();
        let sees_outbox = sees_outbox.copied().unwrap_or(SeesOutbox(false));
        Ok(Self::new(&parts.uri, &parts.headers).seeing(sees_outbox))
    }
}

/// The same in three letters, as sites of Kazakhstan write it.
fn short_name(writing: Writing) -> &'static str {
    match writing.tongue {
        Tongue::Kazakh if writing.is_latin_kazakh() => "QAZ",
        Tongue::Kazakh => "ҚАЗ",
        Tongue::Russian => "РУС",
        Tongue::English => "ENG",
    }
}

/// What a tongue calls itself.
pub(super) const fn own_name(tongue: Tongue) -> &'static str {
    match tongue {
        Tongue::Kazakh => "Қазақша",
        Tongue::Russian => "Русский",
        Tongue::English => "English",
    }
}

fn parameters(uri: &Uri) -> Vec<(String, String)> {
    form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes())
        .into_owned()
        .collect()
}

/// The known tongue with the highest weight, and its script; the first among equals.
fn preferred(accept: &str) -> Option<(Tongue, LetterScript)> {
    let mut best: Option<(f32, (Tongue, LetterScript))> = None;
    for range in accept.split(',').take(RANGES_MAX) {
        let mut parts = range.split(';');
        let tag = parts.next().unwrap_or_default().trim();
        let Ok(tongue) = tag.parse() else {
            continue;
        };
        let read = (tongue, LetterScript::of_tag(tag));
        let weight = parts
            .find_map(|part| part.trim().strip_prefix("q=")?.parse::<f32>().ok())
            .unwrap_or(1.0);
        if weight > 0.0 && best.is_none_or(|(known, _)| weight > known) {
            best = Some((weight, read));
        }
    }
    best.map(|(_, read)| read)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_heaviest_known_tongue_wins() {
        let cases = [
            ("ru-KZ,ru;q=0.9,en;q=0.8", Some(Tongue::Russian)),
            ("de, en;q=0.5, kk;q=0.7", Some(Tongue::Kazakh)),
            ("en;q=0, ru;q=0.1", Some(Tongue::Russian)),
            ("fr", None),
            ("*", None),
            (";;;,=", None),
        ];
        for (accept, expected) in cases {
            let found = preferred(accept).map(|(tongue, _)| tongue);
            assert_eq!(found, expected, "{accept}");
        }
        let latin = preferred("kk-Latn-KZ, kk;q=0.5");
        assert_eq!(latin, Some((Tongue::Kazakh, LetterScript::Latin)));
    }

    #[test]
    fn the_switch_keeps_the_rest_of_the_query() {
        let uri: Uri = "/confirm?token=a.b&lang=en".parse().expect("uri");
        let voice = Voice::new(&uri, &HeaderMap::new());
        assert_eq!(voice.tongue, Tongue::English);
        assert_eq!(voice.query, "?lang=en");
        let hrefs: Vec<String> = voice.switch().into_iter().map(|one| one.href).collect();
        let expected =
            ["kk", "kk-Latn", "ru", "en"].map(|tag| format!("/confirm?token=a.b&lang={tag}"));
        assert_eq!(hrefs, expected);
    }
}
