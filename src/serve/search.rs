//! `/search`: stories by their words, each once, the last stored first and each page
//! by date. A plain form: no scripts, and asking changes nothing. Kept out of caches and search engines, since what
//! people look for is their own.
//!
//! Deliberately absent: a search of events, and the result as a feed (a document's
//! own address names a published feed).

use std::cmp::Reverse;
use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use url::form_urlencoded;

use crate::model::feed::Filter;
use crate::model::language::Language;
use crate::store::{ArticleSearch, Found};
use crate::template::search::SearchPage;
use crate::text::search::query;

use super::House;
use super::pages::{Frame, about_forums, page, story_card};
use super::trouble::Trouble;
use super::voice::Voice;

/// Stories on one page.
const STORIES_SHOWN: u32 = 30;

/// `/search?q=`; `all=1`: not only stories about forums; `before`: a further page.
pub(super) async fn search(
    State(house): State<Arc<House>>,
    voice: Voice,
) -> Result<Response, Trouble> {
    let asked = query(
        voice.parameter("q").unwrap_or_default(),
        Language::Undetermined,
    );
    let everything = voice.parameter("all").is_some_and(|all| all == "1");
    let search = ArticleSearch {
        terms: asked.terms,
        filter: if everything {
            Filter::default()
        } else {
            about_forums()
        },
        since: None,
        before: voice
            .parameter("before")
            .and_then(|before| before.parse().ok()),
    };
    let found = house.store.search_stories(&search, STORIES_SHOWN).await?;
    let Found { mut entries, next } = found;
    // Pages follow one another as stories were stored; people read each by date.
    entries.sort_by_key(|entry| Reverse(entry.article.dated()));
    let context = SearchPage {
        lang: voice.lang().map(str::to_owned),
        is_wordless: search.terms.is_empty(),
        everything,
        cut_at: asked.is_cut.then_some(search.terms.len()),
        stories: entries
            .iter()
            .map(|entry| story_card(&house, entry, &voice))
            .collect(),
        older: next.map(|next| address(&asked.words, everything, next, voice.lang())),
        words: asked.words,
    };
    let title = house
        .templates()
        .message(voice.writing(), "search.title", &[])?;
    let frame = Frame {
        title: &title,
        is_private: true,
    };
    Ok(page(&house, &voice, &frame, "page/search.html", &context)?)
}

fn address(words: &str, everything: bool, before: i64, lang: Option<&str>) -> String {
    let mut query = form_urlencoded::Serializer::new("/search?".to_owned());
    query.append_pair("q", words);
    if everything {
        query.append_pair("all", "1");
    }
    query.append_pair("before", &before.to_string());
    if let Some(lang) = lang {
        query.append_pair("lang", lang);
    }
    query.finish()
}
