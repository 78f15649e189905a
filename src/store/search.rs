//! Searching articles: the terms of each (`text::search`) and its labels stand in
//! one index, so that a filter is one word more to look for.
//!
//! Found are the last stored first, by `seq`: both engines walk their index that
//! way and stop at the end of a page. Operators look for articles, readers for stories,
//! each once however many tell it. Deliberately absent: how well an article
//! fits; news is looked through by age.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::Store;
use super::articles::ARTICLE_COLUMNS;
use super::dialect::words_query;
use super::error::StoreError;
use super::publish::{EntryRow, entries};
use super::rows::{BATCH_ROWS, json, list};
use super::session::{Session, Value, values};
use super::visited::VisitedArticle;
use crate::model::feed::{Entry, Filter};
use crate::model::reading::Kind;
use crate::model::region::Region;
use crate::model::topic::Topic;
use crate::text::search::terms;

/// The most articles of one page.
pub const FOUND_MAX: u32 = 50;
/// So often the next [`FOUND_MAX`] articles are looked at for one page of stories:
/// where a thousand tell one story, the page is short and the next goes on.
const LOOKS_MAX: usize = 8;
/// No term has it: what begins so is a label.
const LABEL: char = '§';

/// Which articles are looked for.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ArticleSearch {
    /// For each word the terms any of which will do; without any nothing is found.
    pub terms: Vec<Vec<String>>,
    pub filter: Filter,
    /// Dated then or later.
    pub since: Option<DateTime<Utc>>,
    /// Where the page before ended: [`Found::next`].
    pub before: Option<i64>,
}

/// One page of a search.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Found {
    /// The last stored first.
    pub entries: Vec<Entry>,
    /// Where the next page begins; `None`: this is the last.
    pub next: Option<i64>,
}

impl Store {
    /// The next `limit` articles, at most [`FOUND_MAX`], that have all that is
    /// looked for.
    pub async fn search_articles(
        &self,
        search: &ArticleSearch,
        limit: u32,
    ) -> Result<Found, StoreError> {
        if search.terms.is_empty() {
            return Ok(Found::default());
        }
        let limit = limit.clamp(1, FOUND_MAX);
        let mut session = self.pools.read("searching articles");
        // One more than is shown tells whether there is a next page.
        let mut found = find(&mut session, search, search.before, limit + 1).await?;
        let is_last = found.len() <= limit as usize;
        found.truncate(limit as usize);
        let next = found.last().copied().filter(|_| !is_last);
        let entries = entries_at(&mut session, &found).await?;
        Ok(Found { entries, next })
    }

    /// The next `limit` stories, at most [`FOUND_MAX`], one of whose articles at least
    /// has all that is looked for: each once, by the last stored of those. A story
    /// stands on the first of the pages it could stand on.
    pub async fn search_stories(
        &self,
        search: &ArticleSearch,
        limit: u32,
    ) -> Result<Found, StoreError> {
        if search.terms.is_empty() {
            return Ok(Found::default());
        }
        let limit = limit.clamp(1, FOUND_MAX) as usize;
        let mut session = self.pools.read("searching stories");
        let (mut chosen, mut seen) = (Vec::new(), HashSet::new());
        let mut before = search.before;
        let mut is_last = false;
        'page: for _ in 0..LOOKS_MAX {
            let seqs = find(&mut session, search, before, FOUND_MAX).await?;
            is_last = seqs.len() < FOUND_MAX as usize;
            let told = stories_at(&mut session, search, &seqs).await?;
            for (seq, story, is_shown) in told {
                if !is_shown && !seen.contains(&story) {
                    if chosen.len() == limit {
                        is_last = false;
                        break 'page;
                    }
                    seen.insert(story);
                    chosen.push(seq);
                }
                before = Some(seq);
            }
            if is_last {
                break;
            }
        }
        let entries = entries_at(&mut session, &chosen).await?;
        let next = before.filter(|_| !is_last);
        Ok(Found { entries, next })
    }
}

/// The `limit` last stored below `before`.
async fn find(
    session: &mut Session,
    search: &ArticleSearch,
    before: Option<i64>,
    limit: u32,
) -> Result<Vec<i64>, StoreError> {
    let mut values = values![
        words_query(session.engine(), &asked(search)),
        before.unwrap_or(i64::MAX),
        i64::from(limit)
    ];
    let find = search.since.map_or(FIND, |since| {
        values.push(Value::from(since));
        FIND_SINCE
    });
    let found: Vec<(i64,)> = session.fetch(find, values).await?;
    Ok(found.into_iter().map(|(seq,)| seq).collect())
}

fn asked(search: &ArticleSearch) -> Vec<Vec<String>> {
    let mut asked = search.terms.clone();
    asked.extend(labels_wanted(&search.filter));
    asked
}

/// The articles with these numbers, the last stored first.
async fn entries_at(session: &mut Session, seqs: &[i64]) -> Result<Vec<Entry>, StoreError> {
    let sql = format!(
        "SELECT {ARTICLE_COLUMNS}, s.outlet, s.republish
         FROM articles a LEFT JOIN sources s ON s.id = a.source_id
         WHERE a.seq IN (SELECT CAST(item.value ->> 'v' AS BIGINT) FROM {{rows}} AS item)
         ORDER BY a.seq DESC"
    );
    let rows: Vec<EntryRow> = session.fetch(sql, values![numbers(seqs)]).await?;
    entries(session, rows).await
}

/// Which story each of these articles tells, the last stored first, and whether it
/// stands on a page before: one of its articles that were found there tells it too.
async fn stories_at(
    session: &mut Session,
    search: &ArticleSearch,
    seqs: &[i64],
) -> Result<Vec<(i64, String, bool)>, StoreError> {
    let told: Vec<(i64, String)> = session.fetch(STORIES, values![numbers(seqs)]).await?;
    let mut shown: HashSet<String> = HashSet::new();
    if let Some(start) = search.before {
        let mut values = values![
            words_query(session.engine(), &asked(search)),
            start,
            list(told.iter().map(|(_, story)| story.as_str()))
        ];
        let find = search.since.map_or(SHOWN, |since| {
            values.push(Value::from(since));
            SHOWN_SINCE
        });
        let found: Vec<(String,)> = session.fetch(find, values).await?;
        shown.extend(found.into_iter().map(|(story,)| story));
    }
    let told = told.into_iter().map(|(seq, story)| {
        let is_shown = shown.contains(&story);
        (seq, story, is_shown)
    });
    Ok(told.collect())
}

fn numbers(seqs: &[i64]) -> String {
    let seqs: Vec<String> = seqs.iter().map(i64::to_string).collect();
    list(seqs.iter().map(String::as_str))
}

const STORIES: &str = "SELECT a.seq, a.story_id FROM articles a
     WHERE a.seq IN (SELECT CAST(item.value ->> 'v' AS BIGINT) FROM {rows} AS item)
     ORDER BY a.seq DESC";

const SHOWN: &str = "SELECT DISTINCT a.story_id
     FROM article_words CROSS JOIN articles a
     WHERE {words match} AND article_words.rowid >= $2 AND a.seq = article_words.rowid
       AND a.story_id IN (SELECT item.value ->> 'v' FROM {third rows} AS item)";

const SHOWN_SINCE: &str = "SELECT DISTINCT a.story_id
     FROM article_words CROSS JOIN articles a
     WHERE {words match} AND article_words.rowid >= $2 AND a.seq = article_words.rowid
       AND a.dated >= $4
       AND a.story_id IN (SELECT item.value ->> 'v' FROM {third rows} AS item)";

const FIND: &str = "SELECT rowid FROM article_words
     WHERE {words match} AND rowid < $2 ORDER BY rowid DESC LIMIT $3";

/// `CROSS JOIN`: SQLite begins with the table that stands first.
const FIND_SINCE: &str = "SELECT article_words.rowid
     FROM article_words CROSS JOIN articles a
     WHERE {words match} AND article_words.rowid < $2
       AND a.seq = article_words.rowid AND a.dated >= $4
     ORDER BY article_words.rowid DESC LIMIT $3";

/// What one article is found by.
#[derive(Debug, Serialize)]
pub(super) struct IndexRow {
    id: String,
    revision: u32,
    words: String,
}

/// What an article is found by. Stems take their time: prepare them before the
/// transaction that keeps them.
pub(super) fn words_of(visited: &VisitedArticle) -> IndexRow {
    let article = &visited.article;
    let text = format!("{}\n{}", article.title, article.text);
    let mut words = terms(&text, visited.reading.shown_language());
    words.extend(labels(visited));
    IndexRow {
        id: article.id.as_str().to_owned(),
        revision: article.revision,
        words: words.join(" "),
    }
}

/// Keeps what articles are found by, in the place of what they were found by where
/// some may be known; nothing of a revision that is not the one stored.
pub(super) async fn keep_words(
    session: &mut Session,
    words: &[&IndexRow],
    is_known: bool,
) -> Result<(), StoreError> {
    for batch in words.chunks(BATCH_ROWS) {
        let rows = json(batch);
        if is_known {
            session.execute(FORGET, values![rows.as_str()]).await?;
        }
        session.execute(KEEP, values![rows]).await?;
    }
    Ok(())
}

const FORGET: &str = "DELETE FROM article_words WHERE rowid IN (
       SELECT a.seq FROM {rows} AS item JOIN articles a ON a.id = item.value ->> 'id'
       WHERE a.revision = CAST(item.value ->> 'revision' AS BIGINT))";

const KEEP: &str = "INSERT INTO article_words (rowid, words)
     SELECT a.seq, {words} FROM {rows} AS item JOIN articles a ON a.id = item.value ->> 'id'
     WHERE a.revision = CAST(item.value ->> 'revision' AS BIGINT)";

/// The labels that [`Filter::admits`] looks at.
fn labels(visited: &VisitedArticle) -> Vec<String> {
    let reading = &visited.reading;
    let regions = reading.regions.iter().filter(|(_, sure)| sure.is_enough());
    let kind = reading.shown_kind().map(Kind::word);
    let mut labels: Vec<String> = regions
        .map(|(region, _)| label("region", &region.code()))
        .chain(kind.map(|kind| label("kind", kind)))
        .chain(
            reading
                .shown_topics()
                .map(|topic| label("topic", topic.word())),
        )
        .collect();
    labels.push(label("language", reading.shown_language().tag()));
    labels.push(label("source", visited.article.source.as_str()));
    labels
}

fn labels_wanted(filter: &Filter) -> impl Iterator<Item = Vec<String>> {
    let all = |name: &str, words: Vec<String>| -> Vec<String> {
        words.iter().map(|word| label(name, word)).collect()
    };
    let (kinds, languages) = (filter.kinds.iter(), filter.languages.iter());
    let (regions, topics) = (filter.regions.iter(), filter.topics.iter());
    [
        all("kind", kinds.map(|kind| kind.word().to_owned()).collect()),
        all(
            "language",
            languages
                .map(|language| language.tag().to_owned())
                .collect(),
        ),
        all("region", regions.copied().map(Region::code).collect()),
        all(
            "topic",
            topics
                .copied()
                .map(|topic: Topic| topic.word().to_owned())
                .collect(),
        ),
        all(
            "source",
            filter.sources.iter().map(ToString::to_string).collect(),
        ),
    ]
    .into_iter()
    .filter(|wanted| !wanted.is_empty())
}

/// One word to both engines, whatever a source may be called.
fn label(name: &str, word: &str) -> String {
    let word = word.replace(|c: char| c.is_ascii() && !c.is_ascii_alphanumeric(), "-");
    format!("{LABEL}{name}:{word}")
}
