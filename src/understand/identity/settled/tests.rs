use std::collections::BTreeMap;

use super::super::tests::{draft, now, source};
use super::super::{Change, change, identify, recognised, strangers};
use super::*;
use crate::model::article::Namesake;
use crate::model::draft::{Draft, FeedHead};

/// A store in memory.
#[derive(Default)]
struct Memory(BTreeMap<String, Article>);

impl Memory {
    fn known(&self, ids: &[ArticleId]) -> Known {
        let found = ids.iter().filter_map(|id| self.0.get(id.as_str()));
        found
            .map(|stored| (stored.id.clone(), known(stored)))
            .collect()
    }

    fn said(&self, ids: &[ArticleId]) -> Vec<Said> {
        let found = ids.iter().filter_map(|id| self.0.get(id.as_str()));
        found.map(said).collect()
    }

    /// What `daemon/learn.rs` does: how many are new and how many revised.
    fn visit(&mut self, source: &Source, drafts: Vec<Draft>) -> (usize, usize) {
        let mut articles = identify(source, &FeedHead::default(), drafts, now()).articles;
        let ids = |articles: &[Article]| -> Vec<ArticleId> {
            articles.iter().map(|article| article.id.clone()).collect()
        };
        let known = self.known(&ids(&articles));
        let said = self.said(&doubtful(source, &articles, &known));
        settle(&mut articles, &known, &said);
        let known = self.known(&ids(&articles));
        let namesakes: Vec<Namesake> = self.0.values().map(namesake).collect();
        let strange = strangers(&articles, |id| known.contains_key(id));
        let mut recognised = recognised(source, &strange, &articles, &namesakes);
        let (mut new, mut revised) = (0, 0);
        for mut article in articles {
            article.id = recognised.remove(&article.id).unwrap_or(article.id);
            let known = self.known(std::slice::from_ref(&article.id));
            let article = match change(source, article, known.values().next()) {
                Change::Unchanged => continue,
                Change::New(article) => {
                    new += 1;
                    article
                }
                Change::Revised(article) => {
                    revised += 1;
                    article
                }
            };
            self.0.insert(article.id.as_str().to_owned(), article);
        }
        (new, revised)
    }
}

fn known(article: &Article) -> KnownArticle {
    KnownArticle {
        id: article.id.clone(),
        revision: article.revision,
        content_hash: article.content_hash.clone(),
        first_seen: article.first_seen,
        engine_version: 1,
        full_text_asked: 0,
        updated: article.updated,
        earlier_hashes: Vec::new(),
    }
}

fn said(article: &Article) -> Said {
    Said {
        id: article.id.clone(),
        link: article.link.clone(),
        title: article.title.clone(),
        published: article.published,
        content_hash: article.content_hash.clone(),
        summary_html: article.summary_html.clone(),
        text: article.text.clone(),
    }
}

fn namesake(article: &Article) -> Namesake {
    Namesake {
        id: article.id.clone(),
        link: article.link.clone(),
        title: article.title.clone(),
        published: article.published,
        content_hash: article.content_hash.clone(),
        first_seen: article.first_seen,
    }
}

/// An id and a link.
type Name = (Option<String>, Option<String>);

/// The `number`th story of an outlet, and when it was told.
fn story(number: i64, id: Option<&str>, link: Option<&str>) -> Draft {
    let at = now() - chrono::TimeDelta::days(9) + chrono::TimeDelta::minutes(7 * number);
    Draft {
        published: Some(at),
        text: format!("Туралы {number}."),
        ..draft(id, link, &format!("Хабар {number}"))
    }
}

fn link(number: i64) -> String {
    format!("https://a.kz/n/{number}")
}

#[test]
fn guids_that_are_places_in_the_list_lose_nothing_and_double_nothing() {
    for (is_dated, has_links) in [(true, true), (true, false), (false, true), (false, false)] {
        let mut memory = Memory::default();
        for newest in [5, 6, 7, 7, 9, 14] {
            let place = |place: i64| {
                let number = newest - place;
                let link = has_links.then(|| link(number));
                let guid = (place + 1).to_string();
                let mut story = story(number, Some(&guid), link.as_deref());
                story.published = story.published.filter(|_| is_dated);
                story
            };
            memory.visit(&source(), (0..5).map(place).collect());
        }
        let stored = memory.0.values();
        let mut titles: Vec<&str> = stored.map(|article| article.title.as_str()).collect();
        titles.sort_unstable();
        let mut expected: Vec<String> = (1..=14).map(|number| format!("Хабар {number}")).collect();
        expected.sort_unstable();
        assert_eq!(titles, expected, "dated: {is_dated}, links: {has_links}");
        assert!(memory.0.values().all(|article| article.revision == 1));
    }
}

#[test]
fn what_is_corrected_or_moved_is_a_revision() {
    let before = story(1, Some("7"), Some(&link(1)));
    let mut dateless = before.clone();
    dateless.published = None;
    let retitled = |draft: &Draft| Draft {
        title: Some("Түзетілген".to_owned()),
        ..draft.clone()
    };
    let moved = |draft: &Draft| Draft {
        link: Some(link(2)),
        ..draft.clone()
    };
    let later = |draft: &Draft| Draft {
        published: Some(now()),
        ..draft.clone()
    };
    for (before, after) in [
        (&before, retitled(&later(&before))),
        (&before, moved(&later(&before))),
        // A permalink made of the title.
        (&before, moved(&retitled(&before))),
        (&dateless, moved(&retitled(&dateless))),
        (&before, moved(&retitled(&dateless))),
    ] {
        let mut memory = Memory::default();
        memory.visit(&source(), vec![before.clone()]);
        assert_eq!(
            memory.visit(&source(), vec![after.clone()]),
            (0, 1),
            "{after:?}"
        );
        assert_eq!(memory.visit(&source(), vec![after]), (0, 0));
    }
    // The desk may change all of a text: its file's name is its id.
    let desk = Source {
        place: Place::Desk("feeds/desk".into()),
        ..source()
    };
    let all_else = Draft {
        text: "Басқа.".to_owned(),
        ..moved(&retitled(&later(&before)))
    };
    for (source, expected) in [(desk, (0, 1)), (source(), (1, 0))] {
        let mut memory = Memory::default();
        memory.visit(&source, vec![before.clone()]);
        assert_eq!(memory.visit(&source, vec![all_else.clone()]), expected);
    }
}

#[test]
fn entries_that_share_an_id_keep_theirs_as_the_list_goes_on() {
    let fixed = |text: &str| Some(text.to_owned());
    let names: [&dyn Fn(i64) -> Name; 6] = [
        &|_| (fixed("0"), None),
        &|_| (None, fixed("https://a.kz/news")),
        &|_| (fixed("0"), fixed("https://a.kz/")),
        &|_| (None, fixed("https://a.kz/")),
        &|number| (None, Some(format!("https://a.kz/news#n{number}"))),
        &|number| (fixed("0"), Some(link(number))),
    ];
    for (case, name) in names.iter().enumerate() {
        let told = |number: i64| {
            let (id, link) = name(number);
            story(number, id.as_deref(), link.as_deref())
        };
        let mut memory = Memory::default();
        for (shown, new) in [
            (vec![1], 1),
            (vec![2, 1], 1),
            (vec![4, 3, 2, 1], 2),
            (vec![4, 3], 0),
            (vec![5, 4], 1),
            (vec![5, 6, 4], 1),
            (vec![5], 0),
        ] {
            let drafts = shown.iter().map(|number| told(*number)).collect();
            assert_eq!(
                memory.visit(&source(), drafts),
                (new, 0),
                "{case}: {shown:?}"
            );
        }
    }
}
