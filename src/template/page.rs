//! What pages are rendered with. Dates are ISO strings; `None` is nothing to show.
//!
//! A page is a body (`page/home.html` …) inside `page/layout.html`.

use serde::Serialize;

use super::{Sample, preferences, search};

/// The shipped templates.
pub const TEMPLATES: &[(&str, &str)] = &[
    (
        "page/layout.html",
        include_str!("../../templates/page/layout.html"),
    ),
    (
        "page/home.html",
        include_str!("../../templates/page/home.html"),
    ),
    (
        "page/feeds.html",
        include_str!("../../templates/page/feeds.html"),
    ),
    (
        "page/article.html",
        include_str!("../../templates/page/article.html"),
    ),
    (
        "page/answer.html",
        include_str!("../../templates/page/answer.html"),
    ),
    (
        "page/preferences.html",
        include_str!("../../templates/page/preferences.html"),
    ),
    (
        "page/outbox.html",
        include_str!("../../templates/page/outbox.html"),
    ),
    (
        "page/letter.html",
        include_str!("../../templates/page/letter.html"),
    ),
    search::TEMPLATE,
];

/// Messages said by code rather than by a template.
pub const KEYS: &[&str] = &["home.title", "feeds.title", "outbox.title", "search.title"];

/// The frame of every page.
#[derive(Debug, Clone, Serialize)]
pub struct Layout {
    pub title: String,
    pub site_name: String,
    /// Ends every link within the site: empty, or `?lang=ru` where the reader chose.
    pub query: String,
    pub switch: Vec<TongueLink>,
    /// Feeds a feed reader finds by itself.
    pub feeds: Vec<FeedCard>,
    /// Kept out of search engines.
    pub is_private: bool,
    /// Whether letters can be read at /outbox by this reader.
    pub shows_outbox: bool,
    /// The rendered body.
    pub body: String,
}

/// One choice of the tongue switch.
#[derive(Debug, Clone, Serialize)]
pub struct TongueLink {
    pub tag: &'static str,
    pub name: String,
    pub href: String,
    pub is_current: bool,
}

/// One event.
#[derive(Debug, Clone, Serialize)]
pub struct EventCard {
    pub name: String,
    pub start: String,
    pub end: Option<String>,
    pub time: Option<String>,
    pub place: Option<String>,
    pub href: Option<String>,
    /// `tentative`, `confirmed`, `postponed`, `cancelled`.
    pub status: &'static str,
    /// The words the date was counted by, where it was counted from another day.
    pub counted_words: Option<String>,
    pub counted_from: Option<String>,
}

/// One story.
#[derive(Debug, Clone, Serialize)]
pub struct StoryCard {
    pub title: String,
    pub href: String,
    /// BCP 47, where it is known.
    pub lang: Option<&'static str>,
    pub outlet: String,
    pub date: String,
    pub excerpt: String,
    /// `announcement`, `forum-article`, where it is known.
    pub kind: Option<&'static str>,
    pub regions: Vec<String>,
    /// Their names are messages: `topic.<word>`.
    pub topics: Vec<&'static str>,
    pub also: Vec<AlsoLink>,
}

/// The same story elsewhere.
#[derive(Debug, Clone, Serialize)]
pub struct AlsoLink {
    pub outlet: String,
    pub href: String,
    pub title: String,
    pub lang: Option<&'static str>,
}

/// One feed to subscribe to.
#[derive(Debug, Clone, Serialize)]
pub struct FeedCard {
    pub name: String,
    pub title: String,
    pub description: String,
    pub rss: String,
    pub atom: String,
    pub json: String,
    pub ics: Option<String>,
}

/// A value and its name in a list of choices.
#[derive(Debug, Clone, Serialize)]
pub struct Choice {
    pub value: String,
    pub name: String,
    pub is_chosen: bool,
}

/// The form for the digest.
#[derive(Debug, Clone, Serialize)]
pub struct DigestForm {
    pub tongues: Vec<Choice>,
    pub feeds: Vec<Choice>,
    pub regions: Vec<Choice>,
    /// What was typed, when it must be mended.
    pub address: String,
    /// Why: `form.address_<address_wrong>`.
    pub address_wrong: Option<&'static str>,
    /// When the page was made, signed.
    pub shown: String,
}

/// The front page.
#[derive(Debug, Clone, Serialize)]
pub struct Home {
    pub query: String,
    /// The tongue the reader chose, kept by the search.
    pub lang: Option<String>,
    pub events: Vec<EventCard>,
    pub stories: Vec<StoryCard>,
    pub feeds: Vec<FeedCard>,
    pub calendar: Option<String>,
    pub form: DigestForm,
}

/// All feeds.
#[derive(Debug, Clone, Serialize)]
pub struct Feeds {
    pub featured: Vec<FeedCard>,
    pub others: Vec<FeedCard>,
}

/// One article: whole where it may be republished, else its excerpt.
#[derive(Debug, Clone, Serialize)]
pub struct ArticlePage {
    pub title: String,
    pub lang: Option<&'static str>,
    pub outlet: String,
    pub date: String,
    /// Sanitised on its way in.
    pub html: String,
    pub link: Option<String>,
    pub events: Vec<EventCard>,
}

/// An answer to something the reader did, or a question with one button.
#[derive(Debug, Clone, Serialize)]
pub struct Answer {
    pub query: String,
    /// Names the messages: `answer.<what>.title`, `.text`.
    pub what: &'static str,
    /// Where the button posts to; `None`: there is no button.
    pub action: Option<String>,
    pub token: String,
}

/// One letter of the outbox.
#[derive(Debug, Clone, Serialize)]
pub struct OutboxRow {
    pub file: String,
    pub subject: String,
    pub to: String,
}

/// The letters that would have gone out.
#[derive(Debug, Clone, Serialize)]
pub struct Outbox {
    pub query: String,
    pub letters: Vec<OutboxRow>,
    pub more: usize,
}

/// One letter of the outbox.
#[derive(Debug, Clone, Serialize)]
pub struct LetterPage {
    pub query: String,
    pub headers: Vec<(String, String)>,
    pub text: String,
    /// The address of the HTML part.
    pub html_href: Option<String>,
}

/// Every page template with a context that proves it.
pub fn samples() -> Vec<Sample> {
    let home = sample_home();
    let found = search::samples(&home.stories);
    vec![
        Sample::new("page/layout.html", &sample_layout()),
        Sample::new("page/home.html", &home),
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
            },
        )
    }))
    .collect()
}

/// Every [`Answer::what`].
pub const ANSWERS: &[&str] = &[
    "asked",
    "confirm_ask",
    "confirmed",
    "unsubscribe_ask",
    "unsubscribed",
    "link_expired",
    "link_damaged",
    "unknown_subscriber",
    "erased",
    "not_found",
    "not_allowed",
    "refused",
    "too_large",
    "busy",
    "too_many",
    "broken",
];

fn sample_layout() -> Layout {
    Layout {
        title: "Форумдар".to_owned(),
        site_name: "Жаршы".to_owned(),
        query: "?lang=kk".to_owned(),
        switch: vec![TongueLink {
            tag: "kk",
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
