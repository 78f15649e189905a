//! An article's full text, where its source gives only a teaser: what became of
//! asking its page for it.

use chrono::{DateTime, Utc};

use super::article::ArticleId;

/// What is remembered of an article's page, so that it is asked once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FullText {
    pub article: ArticleId,
    /// How often the page was asked for.
    pub asked: u32,
    /// When it is asked next; `None`: settled.
    pub due: Option<DateTime<Utc>>,
    /// What it came to, for people.
    pub result: String,
}
