//! What the page of a search is rendered with.

use serde::Serialize;

use super::Sample;
use super::page::StoryCard;

/// The shipped template.
pub const TEMPLATE: (&str, &str) = (
    "page/search.html",
    include_str!("../../templates/page/search.html"),
);

/// A search, and what it found.
#[derive(Debug, Clone, Serialize)]
pub struct SearchPage {
    /// The tongue the reader chose, kept by the form.
    pub lang: Option<String>,
    /// What was read of the query; empty: nothing was asked yet.
    pub words: String,
    /// There is no word to look for in it.
    pub is_wordless: bool,
    /// Not only stories about forums.
    pub everything: bool,
    /// How many words were looked for, where that is not the whole query.
    pub cut_at: Option<usize>,
    pub stories: Vec<StoryCard>,
    /// Where the next page is.
    pub older: Option<String>,
}

/// The page with contexts that prove it.
pub fn samples(stories: &[StoryCard]) -> Vec<Sample> {
    let full = SearchPage {
        lang: Some("kk-Latn".to_owned()),
        words: "\"форум\" <b>".to_owned(),
        is_wordless: false,
        everything: true,
        cut_at: Some(12),
        stories: stories.to_vec(),
        older: Some("/search?q=a&before=5".to_owned()),
    };
    let nothing = SearchPage {
        lang: None,
        everything: false,
        cut_at: None,
        stories: Vec::new(),
        older: None,
        ..full.clone()
    };
    let wordless = SearchPage {
        is_wordless: true,
        ..nothing.clone()
    };
    let blank = SearchPage {
        words: String::new(),
        ..nothing.clone()
    };
    [full, nothing, wordless, blank]
        .iter()
        .map(|page| Sample::new("page/search.html", page))
        .collect()
}
