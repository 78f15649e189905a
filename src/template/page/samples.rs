//! What proves the page templates: each with all it may show, and with nothing.

use super::{
    ANSWERS, AlsoLink, Answer, ArticlePage, Choice, DigestForm, EventCard, FeedCard, Feeds, Home,
    Layout, LetterPage, Outbox, OutboxRow, StoryCard, TongueLink,
};
use crate::template::{Sample, preferences, search};

/// Every page template with a context that proves it.
pub fn samples() -> Vec<Sample> {
    let home = sample_home();
    let found = search::samples(&home.stories);
    vec![
        Sample::new("page/layout.html", &sample_layout()),
        Sample::new("page/home.html", &home),
        // What other pages include.
        Sample::new("page/stories.html", &home),
        Sample::new(
            "page/home.html",
            &Home {
                events: Vec::new(),
                stories: Vec::new(),
                calendar: None,
                ..home.clone()
            },
        ),
        Sample::new(
            "page/feeds.html",
            &Feeds {
                featured: home.feeds.clone(),
                others: home.feeds,
            },
        ),
        Sample::new("page/article.html", &sample_article()),
        Sample::new("page/outbox.html", &sample_outbox()),
        Sample::new("page/letter.html", &sample_letter()),
    ]
    .into_iter()
    .chain(preferences::samples())
    .chain(found)
    .chain(ANSWERS.iter().map(|what| {
        Sample::new(
            "page/answer.html",
            &Answer {
                query: String::new(),
                what,
                action: what.ends_with("_ask").then(|| "/confirm".to_owned()),
                token: "c.0.0.0".to_owned(),
                preferences: (*what == "confirmed")
                    .then(|| "/preferences?token=p.0.0.0".to_owned()),
            },
        )
    }))
    .collect()
}

fn sample_layout() -> Layout {
    Layout {
        title: "Форумдар".to_owned(),
        site_name: "Жаршы".to_owned(),
        query: "?lang=kk".to_owned(),
        switch: vec![TongueLink {
            tag: "kk",
            short: "ҚАЗ",
            name: "Қазақша".to_owned(),
            href: "/?lang=kk".to_owned(),
            is_current: true,
        }],
        feeds: vec![sample_feed()],
        is_private: true,
        shows_outbox: true,
        body: "<p>…</p>".to_owned(),
    }
}

fn sample_feed() -> FeedCard {
    FeedCard {
        name: "all-forums".to_owned(),
        title: "Барлық форум".to_owned(),
        description: "Қазақстандағы форумдар".to_owned(),
        rss: "/feeds/all-forums.rss".to_owned(),
        atom: "/feeds/all-forums.atom".to_owned(),
        json: "/feeds/all-forums.json".to_owned(),
        ics: Some("/feeds/all-forums.ics".to_owned()),
    }
}

fn sample_event() -> EventCard {
    EventCard {
        name: "Цифрландыру форумы <2026>".to_owned(),
        start: "2026-12-05".to_owned(),
        end: Some("2026-12-06".to_owned()),
        time: Some("10:30".to_owned()),
        place: Some("Астана".to_owned()),
        href: Some("/article/0".to_owned()),
        status: "postponed",
        counted_words: Some("ертең".to_owned()),
        counted_from: Some("2026-12-04".to_owned()),
    }
}

fn sample_home() -> Home {
    let choice = |value: &str, name: &str| Choice {
        value: value.to_owned(),
        name: name.to_owned(),
        is_chosen: true,
    };
    Home {
        query: "?lang=ru".to_owned(),
        lang: Some("ru".to_owned()),
        events: vec![
            sample_event(),
            EventCard {
                end: None,
                time: None,
                place: None,
                href: None,
                status: "confirmed",
                counted_words: None,
                counted_from: None,
                ..sample_event()
            },
        ],
        stories: vec![StoryCard {
            title: "Форум \"Жасыл өңір\" & <b>".to_owned(),
            href: "https://example.kz/1".to_owned(),
            lang: Some("ru"),
            outlet: "Өңір".to_owned(),
            date: "2026-11-23".to_owned(),
            excerpt: "Екі сөйлем.".to_owned(),
            kind: Some("announcement"),
            regions: vec!["Астана".to_owned()],
            topics: vec!["media"],
            also: vec![AlsoLink {
                outlet: "Region".to_owned(),
                href: "https://example.kz/2".to_owned(),
                title: "Forum".to_owned(),
                lang: None,
            }],
        }],
        feeds: vec![sample_feed()],
        calendar: Some("/feeds/all-forums.ics".to_owned()),
        form: DigestForm {
            tongues: vec![choice("kk", "Қазақша")],
            feeds: vec![choice("all-forums", "Барлық форум")],
            regions: vec![choice("KZ-71", "Астана")],
            address: "a@b".to_owned(),
            address_wrong: Some("wrong"),
            shown: "0.0".to_owned(),
        },
    }
}

fn sample_article() -> ArticlePage {
    ArticlePage {
        title: "Форум".to_owned(),
        lang: Some("kk-Cyrl"),
        outlet: "Жаршы".to_owned(),
        date: "2026-11-23".to_owned(),
        html: "<p>Мәтін</p>".to_owned(),
        link: Some("https://example.kz/1".to_owned()),
        events: vec![sample_event()],
    }
}

fn sample_outbox() -> Outbox {
    Outbox {
        query: String::new(),
        letters: vec![OutboxRow {
            file: "a.eml".to_owned(),
            subject: "Жаршы".to_owned(),
            to: "a@example.kz".to_owned(),
        }],
        more: 3,
    }
}

fn sample_letter() -> LetterPage {
    LetterPage {
        query: String::new(),
        headers: vec![("Subject".to_owned(), "Жаршы".to_owned())],
        text: "Сәлем".to_owned(),
        html_href: Some("/outbox/a.eml?part=html".to_owned()),
    }
}
