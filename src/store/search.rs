//! Searching articles: the terms of each (`text::search`) and its labels stand in
//! one index, so that a filter is one word more to look for.
//!
//! Found are the last stored first, by `seq`: both engines walk their index that
//! way and stop at the end of a page. Deliberately absent: how well an article
//! fits; news is looked through by age.

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
        let mut asked = search.terms.clone();
        asked.extend(labels_wanted(&search.filter));
        // One more than is shown tells whether there is a next page.
        let mut values = values![
            words_query(session.engine(), &asked),
            search.before.unwrap_or(i64::MAX),
            i64::from(limit) + 1
        ];
        let find = search.since.map_or(FIND, |since| {
            values.push(Value::from(since));
            FIND_SINCE
        });
        let mut found: Vec<(i64,)> = session.fetch(find, values).await?;
        let is_last = found.len() <= limit as usize;
        found.truncate(limit as usize);
        let next = found.last().filter(|_| !is_last).map(|(seq,)| *seq);
        let seqs: Vec<String> = found.iter().map(|(seq,)| seq.to_string()).collect();
        let sql = format!(
            "SELECT {ARTICLE_COLUMNS}, s.outlet, s.republish
             FROM articles a LEFT JOIN sources s ON s.id = a.source_id
             WHERE a.seq IN (SELECT CAST(item.value ->> 'v' AS BIGINT) FROM {{rows}} AS item)
             ORDER BY a.seq DESC"
        );
        let seqs = list(seqs.iter().map(String::as_str));
        let rows: Vec<EntryRow> = session.fetch(sql, values![seqs]).await?;
        let entries = entries(&mut session, rows).await?;
        Ok(Found { entries, next })
    }
}

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
