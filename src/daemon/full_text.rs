//! Asks articles' pages for the texts their source only begins
//! ([`crate::gather::full_text`] decides).
//!
//! Within the visit that found the article, so that it is understood and told of
//! once, whole. What has to wait is stored as the teaser it is, and asked for on
//! a later visit. A crash before the visit's transaction means asking again.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use url::Url;

use crate::gather::full_text::{self, Came, PAGES_PER_VISIT, WAITING_PER_VISIT, Wish};
use crate::model::article::{Article, ArticleId};
use crate::model::full_text::FullText;
use crate::model::reading::Kind;
use crate::model::source::{FullTextMode, Place, Source};
use crate::store::StoreError;
use crate::understand::{self, Hints, Read};

use super::Newsroom;
use super::aside::aside;

/// A new or changed article as its source gave it.
pub(super) struct Told {
    pub article: Article,
    pub read: Read,
    /// How often its page was asked for.
    pub asked: u32,
}

/// Which articles' pages may be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pages {
    /// None: their source did not answer either.
    Unasked,
    /// Those of what is new or changed.
    New,
    /// Those of stored articles too that wait for their texts.
    Waiting,
}

/// What asking came to: outcomes to remember, and stored articles that got their
/// text now.
#[derive(Default)]
pub(super) struct Completed {
    pub full_texts: Vec<FullText>,
    pub late: Vec<(Article, Read)>,
}

/// Gives the articles of a visit their full texts where they are wanted, and
/// those that have waited for theirs.
///
/// # Errors
/// Only the store's.
pub(super) async fn complete(
    newsroom: &Newsroom,
    source: &Source,
    hints: &Hints,
    told: &mut [Told],
    pages: Pages,
) -> Result<Completed, StoreError> {
    let mut completed = Completed::default();
    let desk = matches!(source.place, Place::Desk(_) | Place::Telegram(_));
    if desk || source.full_text == FullTextMode::Never || pages == Pages::Unasked {
        return Ok(completed);
    }
    let mut asker = Asker {
        newsroom,
        source,
        left: PAGES_PER_VISIT,
    };
    let mut seen: HashSet<ArticleId> = HashSet::new();
    for Told {
        article,
        read,
        asked,
    } in told
    {
        seen.insert(article.id.clone());
        let now = newsroom.clock.now();
        let may_matter = read.reading.kind != Kind::Other;
        if let Wish::Ask(page) = full_text::wish(source, article, *asked, may_matter, now) {
            if asker.left == 0 && completed.full_texts.len() >= WAITING_PER_VISIT {
                continue;
            }
            let (taken, outcome) = asker.ask(article, page, *asked).await;
            completed.full_texts.push(outcome);
            if taken {
                *read = understood(newsroom, hints, article, now).await;
            }
        }
    }
    if asker.left == 0 || pages == Pages::New {
        return Ok(completed);
    }
    let (now, limit) = (newsroom.clock.now(), PAGES_PER_VISIT);
    let limit = u32::try_from(limit).unwrap_or(u32::MAX);
    let due = newsroom
        .store
        .full_texts_due(&source.id, now, limit)
        .await?;
    for waiting in due {
        let mut article = waiting.article;
        if asker.left == 0 || seen.contains(&article.id) {
            continue;
        }
        let page = match full_text::still_wanted(&article, waiting.asked, now) {
            Ok(page) => page,
            Err(late) => {
                completed.full_texts.push(late);
                continue;
            }
        };
        let (taken, outcome) = asker.ask(&mut article, page, waiting.asked).await;
        completed.full_texts.push(outcome);
        if taken {
            let read = understood(newsroom, hints, &article, now).await;
            completed.late.push((article, read));
        }
    }
    Ok(completed)
}

async fn understood(
    newsroom: &Newsroom,
    hints: &Hints,
    article: &Article,
    now: DateTime<Utc>,
) -> Read {
    let (article, hints, zone) = (article.clone(), *hints, newsroom.zone);
    let bytes = article.text.len();
    let read = move || understand::read_to_compare(&article, &hints, zone, now);
    aside(bytes, read).await
}

struct Asker<'a> {
    newsroom: &'a Newsroom,
    source: &'a Source,
    /// Pages that may still be asked for on this visit.
    left: usize,
}

impl Asker<'_> {
    /// Asks one page, if one may still be asked. Whether the article has its text
    /// now, and what to remember.
    async fn ask(&mut self, article: &mut Article, page: Url, asked: u32) -> (bool, FullText) {
        if self.left == 0 {
            let now = self.newsroom.clock.now();
            return (false, full_text::waits(article, asked, now));
        }
        self.left -= 1;
        let request = full_text::request(self.source, page);
        let begun = self.newsroom.clock.now();
        let (answer, _) = self.newsroom.web.fetch_closely(&request, Some(begun)).await;
        let now = self.newsroom.clock.now();
        let (mut whole, here) = (article.clone(), now.with_timezone(&self.newsroom.zone));
        let taken = aside(answer.bytes(), move || {
            let came = full_text::take(&mut whole, &answer, here);
            (whole, came)
        });
        let (whole, came) = taken.await;
        *article = whole;
        if let Came::NotNow(why, _) = &came {
            tracing::debug!(source.id = %self.source.id, article.id = %article.id, why, "a full text could not be had");
            // A server that has trouble with one page is not asked for nine more.
            self.left = 0;
        }
        (
            came == Came::Text,
            full_text::after(article, asked, &came, now),
        )
    }
}
