//! What pages are rendered with. Dates are ISO strings; `None` is nothing to show.
//!
//! A page is a body (`page/home.html` …) inside `page/layout.html`.

mod samples;

use serde::Serialize;

use super::search;

pub use samples::samples;

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
        "page/stories.html",
        include_str!("../../templates/page/stories.html"),
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
    /// What little room allows: `ҚАЗ`.
    pub short: &'static str,
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
    /// `tentative`, `confirmed`, `moved`, `postponed`, `cancelled`.
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
    /// The reader's own page, where the answer is to a reader who proved to be one.
    pub preferences: Option<String>,
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

/// Every [`Answer::what`].
pub const ANSWERS: &[&str] = &[
    "asked",
    "confirm_ask",
    "confirmed",
    "move_ask",
    "moved",
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
