//! A case is a folder under `tests/fixtures/catalog/`: a catalogue, with the
//! complaints it must draw in `complaints.txt`.

use std::path::PathBuf;
use std::time::Duration;

use crate::model::complaint::Severity;
use crate::model::feed::{FeedName, Filter};
use crate::model::language::{Language, Tongue, Trilingual};
use crate::model::reading::Kind;
use crate::model::region::Region;
use crate::model::source::{FullTextMode, JsonRules, Republish, SourceId};
use crate::model::topic::Topic;

use super::*;

fn house(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// Reads a case and compares its complaints; paths in them begin at the case.
fn check(case: &str) -> Catalogue {
    let dir = house("tests/fixtures/catalog").join(case);
    let (catalogue, complaints) = read(&dir);
    let prefix = format!("{}/", dir.display());
    let found: String = complaints
        .iter()
        .map(|complaint| complaint.to_string().replace(&prefix, "") + "\n")
        .collect();
    let expected =
        fs::read_to_string(dir.join("complaints.txt")).expect("the case has complaints.txt");
    assert_eq!(
        found, expected,
        "{case}: complaints as found, then as expected"
    );
    catalogue
}

fn ids(catalogue: &Catalogue) -> Vec<&str> {
    catalogue
        .sources
        .iter()
        .map(|source| source.id.as_str())
        .collect()
}

#[test]
fn a_feed_can_be_made_for_each_topic() {
    let catalogue = check("topics");
    assert_eq!(catalogue.feeds.len(), Topic::ALL.len());
    for (feed, topic) in catalogue.feeds.iter().zip(Topic::ALL) {
        assert_eq!(feed.name.as_str(), format!("topic-{topic}"));
        assert_eq!(feed.filter.topics, [topic]);
        assert_eq!(feed.filter.kinds, [Kind::Announcement]);
        let name = topic.name(Tongue::Kazakh);
        assert_eq!(feed.title.kk, format!("Форумдар: {name}"));
    }
    assert_eq!(catalogue.feeds[0].title.ru, "Форумы: СМИ");
}

#[test]
fn every_key_is_read() {
    let catalogue = check("good");
    let expected = Source {
        id: SourceId::from_stored("all-keys"),
        name: "Бәрі".to_owned(),
        place: Place::Json {
            url: "https://example.kz/api?a=1".parse().expect("an address"),
            rules: JsonRules {
                items: Some("content".to_owned()),
                id: Some("id".to_owned()),
                link: Some("https://example.kz/{id}".to_owned()),
                title: Some("title".to_owned()),
                content: Some("body.text".to_owned()),
                date: Some("created".to_owned()),
                author: Some("author.name".to_owned()),
                image: Some("cover".to_owned()),
            },
        },
        home: Some("https://example.kz/".parse().expect("an address")),
        language: Some(Language::KazakhLatin),
        region: Some(Region::ASTANA),
        republish: Republish::Full,
        every: Duration::from_mins(90),
        accept_language: Some("kk".to_owned()),
        user_agent: None,
        full_text: FullTextMode::Never,
        push: false,
        enabled: false,
    };
    assert_eq!(catalogue.sources[0], expected);
    let few = &catalogue.sources[1];
    assert_eq!((few.republish, few.enabled), (Republish::Excerpt, true));
    assert_eq!(few.every, Duration::from_mins(30));
    let words = |kk: &str, ru: &str, en: &str| Trilingual {
        kk: kk.to_owned(),
        ru: ru.to_owned(),
        en: en.to_owned(),
    };
    let expected = PublishedFeed {
        name: "all".parse().expect("a name"),
        title: words("а", "б", "c"),
        description: words("г", "д", "e"),
        tongue: Tongue::Russian,
        filter: Filter {
            kinds: vec![Kind::Announcement, Kind::ForumArticle],
            languages: vec![Language::KazakhCyrillic, Language::KazakhLatin],
            regions: vec![Region::ASTANA],
            topics: vec![Topic::Media, Topic::Society],
            sources: vec![SourceId::from_stored("all-keys")],
        },
        items_max: 7,
        calendar: true,
        featured: false,
    };
    assert_eq!(catalogue.feeds, [expected]);
}

#[test]
fn a_broken_entry_loses_only_itself() {
    let catalogue = check("broken");
    assert_eq!(ids(&catalogue), ["good-1", "good-2", "before", "behind"]);
    let names: Vec<&str> = catalogue
        .feeds
        .iter()
        .map(|feed| feed.name.as_str())
        .collect();
    assert_eq!(names.len(), 21, "{names:?}");
    assert_eq!(names[..2], ["good", "of-abai"]);
}

#[test]
fn the_first_of_a_name_is_kept() {
    let catalogue = check("doubles");
    assert_eq!(ids(&catalogue), ["one", "kk", "ru", "desk", "two"]);
    assert_eq!(catalogue.sources[0].name, "First");
    let almaty: Vec<_> = catalogue
        .feeds
        .iter()
        .filter(|feed| feed.name.as_str() == "region-almaty")
        .collect();
    assert_eq!(almaty.len(), 1);
    assert!(almaty[0].filter.regions.is_empty(), "the first one");
    assert_eq!(catalogue.feeds.len(), 20);
}

#[test]
fn missing_folders_are_named() {
    let (catalogue, complaints) = read(&house("tests/fixtures/catalog/no-such"));
    assert_eq!(catalogue, Catalogue::default());
    assert_eq!(complaints.len(), 2);
    assert!(
        complaints[0].place.ends_with("no-such/sources"),
        "{complaints:?}"
    );
    assert!(
        complaints[1].place.ends_with("no-such/published"),
        "{complaints:?}"
    );
}

#[test]
fn too_large_a_file_is_not_read() {
    let dir = tempfile::tempdir().expect("a folder");
    for folder in ["sources", "published"] {
        fs::create_dir(dir.path().join(folder)).expect("a folder");
    }
    let file = fs::File::create(dir.path().join("sources/a.toml")).expect("a file");
    file.set_len(CATALOGUE_FILE_BYTES_MAX + 1)
        .expect("a large file");
    let (_, complaints) = read(dir.path());
    assert_eq!(complaints.len(), 1);
    assert_eq!(complaints[0].severity, Severity::Error);
    assert!(
        complaints[0].message.contains("1048577 bytes"),
        "{}",
        complaints[0]
    );
}

/// Cut anywhere, a catalogue file gives complaints, never a panic.
#[test]
fn any_half_of_a_file_is_survived() {
    for path in ["good/sources/a.toml", "broken/sources/a.toml"] {
        let text = fs::read_to_string(house("tests/fixtures/catalog").join(path)).expect(path);
        for (at, _) in text.char_indices() {
            let (sources, _) = parse_sources("a.toml", &text[..at], Path::new("."));
            assert!(sources.len() <= 3);
        }
    }
    let text = fs::read_to_string(house("feeds/published/regions.toml")).expect("shipped");
    for (at, _) in text.char_indices() {
        parse_feeds("a.toml", &text[..at]);
    }
}

#[test]
fn the_shipped_catalogue_is_clean() {
    let (catalogue, complaints) = read(&house("feeds"));
    assert_eq!(complaints, []);
    let feed = |name: &str| {
        let name: FeedName = name.parse().expect("a name");
        catalogue
            .feeds
            .iter()
            .find(|feed| feed.name == name)
            .expect("shipped")
    };
    for name in ["all-forums", "kazakh", "kazakh-latin", "russian", "english"] {
        assert!(feed(name).featured, "{name}");
    }
    assert!(feed("announcements").calendar);
    for region in Region::all() {
        let feed = feed(&format!("region-{}", region.slug()));
        assert_eq!(feed.filter.regions, [region]);
        assert!(feed.title.kk.contains(region.name(Tongue::Kazakh)));
        assert!(!feed.featured);
    }
    let desk = catalogue
        .sources
        .iter()
        .find(|source| matches!(source.place, Place::Desk(_)))
        .expect("a desk");
    assert_eq!(desk.republish, Republish::Full);
    assert!(catalogue.sources.len() > 25);
}
