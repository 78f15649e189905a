//! What is new in a visit, and what we read in it: change → read → full text. Which
//! story and event it belongs to is said when it is recorded ([`super::placing`]).

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};
use chrono_tz::Tz;

use crate::model::article::{Article, ArticleId, KnownArticle};
use crate::model::full_text::FullText;
use crate::model::source::Source;
use crate::store::StoreError;
use crate::understand::identity::{self, Change};
use crate::understand::{self, Hints, Read};

use super::Newsroom;
use super::aside::aside;
use super::full_text::{self, Pages, Told};

/// What one visit brought.
#[derive(Default)]
pub struct Learned {
    pub articles: Unplaced,
    /// What became of asking articles' pages for their texts.
    pub full_texts: Vec<FullText>,
    pub new: usize,
    pub revised: usize,
    /// New ones for which there was no room.
    pub beyond: usize,
}

/// The articles of one visit that must be stored, as they were read.
#[derive(Default)]
pub struct Unplaced {
    pub read: Vec<(Article, Read)>,
    /// Those of the document that are stored already, and those of `late`.
    pub known: Vec<ArticleId>,
    /// Of `read`, those that are no news: they waited for their full text.
    pub late: HashSet<ArticleId>,
}

impl Learned {
    /// Compares `articles` with what the store knows, reads what is new, and has
    /// articles' pages asked where their source gave only a teaser. Of new articles no
    /// more than `room` are taken, in their order.
    pub async fn of(
        newsroom: &Newsroom,
        source: &Source,
        articles: Vec<Article>,
        pages: Pages,
        room: usize,
        now: DateTime<Utc>,
    ) -> Result<Self, StoreError> {
        let (articles, known) = known(newsroom, source, articles).await?;
        let hints = Hints {
            language: source.language,
            region: source.region,
        };
        let (mut new, mut revised, mut beyond) = (0, 0, 0);
        let mut wanted = Vec::new();
        for article in articles {
            let before = known.get(&article.id);
            let article = match identity::change(source, article, before) {
                Change::New(_) if new >= room => {
                    beyond += 1;
                    continue;
                }
                Change::New(article) => {
                    new += 1;
                    article
                }
                Change::Revised(article) => {
                    revised += 1;
                    article
                }
                Change::Unchanged => continue,
            };
            wanted.push((article, before.map_or(0, |known| known.full_text_asked)));
        }
        let mut told = read(wanted, hints, newsroom.zone, now).await;
        let completed = full_text::complete(newsroom, source, &hints, &mut told, pages).await?;
        let late = completed.late.iter();
        let late: HashSet<ArticleId> = late.map(|(article, _)| article.id.clone()).collect();
        let told = told.into_iter().map(|told| (told.article, told.read));
        let read: Vec<(Article, Read)> = told.chain(completed.late).collect();
        let known: Vec<ArticleId> = known.into_keys().chain(late.iter().cloned()).collect();
        Ok(Self {
            articles: Unplaced { read, known, late },
            full_texts: completed.full_texts,
            new,
            revised,
            beyond,
        })
    }

    /// When the articles not seen before were published, as far as they say.
    pub fn published(&self) -> Vec<Option<DateTime<Utc>>> {
        self.fresh()
            .filter(|article| article.revision == 1)
            .map(|article| article.published)
            .collect()
    }

    /// The articles that are news: not seen before, or revised.
    pub fn fresh(&self) -> impl Iterator<Item = &Article> {
        let Unplaced { read, late, .. } = &self.articles;
        let articles = read.iter().map(|(article, _)| article);
        articles.filter(|article| !late.contains(&article.id))
    }
}

/// The articles and what the store knows of them; those that are known under another
/// id have that one, and those whose id another article has one of their own.
async fn known(
    newsroom: &Newsroom,
    source: &Source,
    mut articles: Vec<Article>,
) -> Result<(Vec<Article>, HashMap<ArticleId, KnownArticle>), StoreError> {
    let ids: Vec<ArticleId> = articles.iter().map(|article| article.id.clone()).collect();
    let mut known = newsroom.store.known_articles(&ids).await?;
    let doubtful = identity::doubtful(source, &articles, &known);
    if !doubtful.is_empty() {
        let said = newsroom.store.said(&doubtful).await?;
        identity::settle(&mut articles, &known, &said);
        let ids: Vec<ArticleId> = said.into_iter().map(|said| said.id).collect();
        known.extend(newsroom.store.known_articles(&ids).await?);
    }
    let strangers = identity::strangers(&articles, |id| known.contains_key(id));
    if !strangers.is_empty() {
        let namesakes = newsroom.store.namesakes(&source.id, &strangers).await?;
        let mut recognised = identity::recognised(source, &strangers, &articles, &namesakes);
        let ids: Vec<ArticleId> = recognised.values().cloned().collect();
        known.extend(newsroom.store.known_articles(&ids).await?);
        for article in &mut articles {
            if let Some(id) = recognised.remove(&article.id) {
                article.id = id;
            }
        }
    }
    let ids: HashSet<&ArticleId> = articles.iter().map(|article| &article.id).collect();
    known.retain(|id, _| ids.contains(id));
    Ok((articles, known))
}

/// Reads articles, each with how often its page was asked for.
async fn read(
    wanted: Vec<(Article, u32)>,
    hints: Hints,
    zone: Tz,
    now: DateTime<Utc>,
) -> Vec<Told> {
    let bytes = wanted.iter().map(|(article, _)| article.text.len()).sum();
    let told = move |(article, asked)| Told {
        read: understand::read_to_compare(&article, &hints, zone, now),
        asked,
        article,
    };
    aside(bytes, move || wanted.into_iter().map(told).collect()).await
}
