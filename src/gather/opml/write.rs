//! A catalogue's sources as an OPML 2.0 list: for other programs the feeds, and for
//! our own reading how each is read.
//!
//! Deliberately absent: a desk, which has no address, and what only the house
//! decides (intervals, republishing, full texts).

use std::fmt::Write;

use super::KIND_KEY;
use crate::gather::clean;
use crate::model::language::Language;
use crate::model::source::Source;

/// The list of `sources`, called `title`.
pub fn write<'a>(title: &str, sources: impl IntoIterator<Item = &'a Source>) -> String {
    let mut text = format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<opml version=\"2.0\" \
         xmlns:jarshy=\"https://opml.jarshy/\">\n  <head>\n    <title>{}</title>\n  </head>\n  <body>\n",
        escaped(title)
    );
    for source in sources {
        let Some(url) = source.place.url() else {
            continue;
        };
        let kind = source.place.kind();
        // `type="rss"` stands for every feed format (OPML 2.0, subscription lists).
        let means = if kind == "feed" { "rss" } else { kind };
        let mut said = vec![
            ("type", means.to_owned()),
            ("text", source.name.clone()),
            ("title", source.name.clone()),
            ("xmlUrl", url.to_string()),
        ];
        said.extend(
            source
                .home
                .as_ref()
                .map(|home| ("htmlUrl", home.to_string())),
        );
        said.extend(source.language.map(|language| ("language", tag(language))));
        said.push((KIND_KEY, kind.to_owned()));
        text.push_str("    <outline");
        for (key, value) in said {
            write!(text, " {key}=\"{}\"", escaped(&value))
                .expect("writing to a String cannot fail");
        }
        for (key, rule) in source.place.rules() {
            write!(text, " jarshy:{key}=\"{}\"", escaped(rule))
                .expect("writing to a String cannot fail");
        }
        text.push_str("/>\n");
    }
    text.push_str("  </body>\n</opml>\n");
    text
}

/// Kazakh alone is Kazakh in Cyrillic.
fn tag(language: Language) -> String {
    match language {
        Language::KazakhCyrillic => language.subtag().to_owned(),
        _ => language.tag().to_owned(),
    }
}

/// What XML 1.0 cannot hold is a space.
fn escaped(text: &str) -> String {
    let text = text.replace(
        |letter: char| letter.is_control() || matches!(letter, '\u{fffe}' | '\u{ffff}'),
        " ",
    );
    clean::escape(&text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gather::opml::{Met, read};
    use crate::model::source::{JsonRules, PageRules, Place, SourceId};

    #[test]
    fn a_list_of_ours_reads_back() {
        let url = |path: &str| {
            let url = format!("https://a.example/{path}?x=1&y=\"2\"");
            url.parse().expect("an address")
        };
        let rule = |text: &str| Some(text.to_owned());
        let places = [
            Place::Feed(url("rss")),
            Place::Page {
                url: url("news"),
                rules: PageRules {
                    item: rule("div > .news[data-x=\"1\"]"),
                    date: rule("time"),
                    ..PageRules::default()
                },
            },
            Place::Page {
                url: url("list"),
                rules: PageRules::default(),
            },
            Place::Json {
                url: url("api"),
                rules: JsonRules {
                    items: rule("content"),
                    link: rule("https://a.example/{id}"),
                    title: rule("title"),
                    ..JsonRules::default()
                },
            },
            Place::Sitemap(url("sitemap.xml")),
            Place::Telegram("https://t.me/s/zharshy".parse().expect("an address")),
        ];
        let mut sources: Vec<Source> = Vec::new();
        for (number, place) in places.into_iter().enumerate() {
            let id = SourceId::from_stored(format!("s{number}"));
            sources.push(Source {
                home: (number == 1).then(|| url("")),
                language: "kk".parse().ok(),
                ..Source::new(id, format!("Өңір <{number}> & \"қала\""), place)
            });
        }
        let desk = Place::Desk("desk".into());
        sources.push(Source::new(SourceId::from_stored("d"), "Desk", desk));
        let list = write("Жаршы", &sources);
        let mut found = Vec::new();
        read(list.as_bytes(), "list", |met| match met {
            Met::Feed(outline) => found.push(*outline),
            Met::Bad(complaint) => panic!("{complaint}: {list}"),
        });
        assert_eq!(found.len(), sources.len() - 1, "{list}");
        for (outline, source) in found.iter().zip(&sources) {
            assert_eq!(outline.place, source.place);
            assert_eq!(outline.title.as_ref(), Some(&source.name));
            assert_eq!(outline.home, source.home);
            assert_eq!(outline.language.as_deref(), Some("kk"));
        }
    }

    #[test]
    fn what_xml_cannot_hold_is_not_written() {
        assert_eq!(escaped("a\u{1}b\n\"<"), "a b &quot;&lt;");
    }
}
