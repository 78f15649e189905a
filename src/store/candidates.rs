//! Which stored articles new ones may be telling again.
//!
//! Asked for several articles at once, and each list comes as one text: what outlets
//! write under all their articles leads to the same candidates again and again, and
//! on SQLite every row crosses a thread by itself.

use std::collections::{BTreeSet, HashMap};
use std::str::FromStr;

use chrono::{DateTime, Utc};

use super::Store;
use super::error::StoreError;
use super::rows::{from_json, list, time};
use super::session::{Session, values};
use crate::model::article::ArticleId;
use crate::model::story::{BAND_MAX, StoryCandidate, StoryId, likeliest};

/// Bands looked at; signatures have fewer.
const BANDS_MAX: usize = 64;

/// Whose candidates are looked for: its bands, and when they may be dated first.
#[derive(Debug, Clone, Copy)]
pub struct Likened<'a> {
    pub bands: &'a [i64],
    pub since: DateTime<Utc>,
}

/// The newest articles in a band, by when they are dated.
type Near<'a> = Vec<(i64, &'a str)>;

impl Store {
    /// For each of `likened` the articles dated `since` or later that share most of its
    /// bands ([`likeliest`]), newest first; bounded per band and in all, so that the
    /// cost does not grow with the store. What it holds grows with `likened`: ask for
    /// a few at a time.
    pub async fn story_candidates(
        &self,
        likened: &[Likened<'_>],
    ) -> Result<Vec<Vec<StoryCandidate>>, StoreError> {
        let mut session = self.pools.read("looking for the same story");
        let text = near(&mut session, likened).await?;
        let near = near_by_band(&text)?;
        let chosen: Vec<BTreeSet<&str>> = likened
            .iter()
            .map(|likened| chosen(likened, &near))
            .collect();
        let all: BTreeSet<&str> = chosen.iter().flatten().copied().collect();
        let candidates = candidates(&mut session, &all).await?;
        Ok(likened
            .iter()
            .zip(chosen)
            .map(|(likened, chosen)| {
                let chosen = candidates.iter().filter(|candidate| {
                    candidate.dated >= likened.since && chosen.contains(candidate.article.as_str())
                });
                chosen.cloned().collect()
            })
            .collect())
    }
}

/// `band date id date id…` of each band that has any, parted by `;`.
async fn near(session: &mut Session, likened: &[Likened<'_>]) -> Result<String, StoreError> {
    let Some(since) = likened.iter().map(|likened| likened.since).min() else {
        return Ok(String::new());
    };
    let bands = likened.iter().flat_map(|likened| bands(likened.bands));
    let bands: BTreeSet<i64> = bands.collect();
    if bands.is_empty() {
        return Ok(String::new());
    }
    let bands: Vec<String> = bands.iter().map(ToString::to_string).collect();
    // One bounded search per band: one limit for all would read and sort a popular
    // band whole.
    let row: Option<(Option<String>,)> = session
        .fetch_first(
            format!(
                "SELECT string_agg((item.value ->> 'v') || ' ' || (
                   SELECT string_agg(CAST(near.dated AS TEXT) || ' ' || near.article_id, ' ')
                   FROM (SELECT b.dated, b.article_id FROM story_bands b
                     WHERE b.band = CAST(item.value ->> 'v' AS BIGINT) AND b.dated >= $2
                     ORDER BY b.dated DESC LIMIT {BAND_MAX}) AS near), ';')
                 FROM {{rows}} AS item"
            ),
            values![list(bands.iter().map(String::as_str)), since],
        )
        .await?;
    Ok(row.and_then(|(text,)| text).unwrap_or_default())
}

fn bands(bands: &[i64]) -> impl Iterator<Item = i64> {
    bands.iter().copied().take(BANDS_MAX)
}

fn near_by_band(text: &str) -> Result<HashMap<i64, Near<'_>>, StoreError> {
    text.split_terminator(';')
        .map(|band| {
            let mut words = band.split(' ');
            let number: i64 = word(&mut words)?;
            let mut near = Near::new();
            while let Some(dated) = words.next() {
                near.push((parsed(dated)?, words.next().ok_or_else(|| broken(band))?));
            }
            Ok((number, near))
        })
        .collect()
}

/// Those that share most.
fn chosen<'a>(likened: &Likened<'_>, near: &HashMap<i64, Near<'a>>) -> BTreeSet<&'a str> {
    let since = likened.since.timestamp_millis();
    let in_time = |band: Option<&Near<'a>>| -> Near<'a> {
        let near = band.into_iter().flatten().copied();
        near.filter(|(dated, _)| *dated >= since).collect()
    };
    let near: Vec<Near<'a>> = bands(likened.bands)
        .map(|band| in_time(near.get(&band)))
        .collect();
    let found = likeliest(near.iter().map(Vec::as_slice));
    found.into_iter().map(|(_, id)| id).collect()
}

/// The articles `ids` names, newest first.
async fn candidates(
    session: &mut Session,
    ids: &BTreeSet<&str>,
) -> Result<Vec<StoryCandidate>, StoreError> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let row: Option<(Option<String>,)> = session
        .fetch_first(
            "SELECT string_agg(a.id || ' ' || a.story_id || ' ' || CAST(a.dated AS TEXT) || ' '
                 || a.tokens, ';' ORDER BY a.dated DESC, a.seq DESC)
             FROM articles a WHERE a.id IN (SELECT item.value ->> 'v' FROM {rows} AS item)",
            values![list(ids.iter().copied())],
        )
        .await?;
    let text = row.and_then(|(text,)| text).unwrap_or_default();
    let rows = text.split_terminator(';').map(|row| {
        let mut words = row.splitn(4, ' ');
        Ok(StoryCandidate {
            article: ArticleId::from_stored(word::<String>(&mut words)?),
            story: StoryId::from_stored(word::<String>(&mut words)?),
            dated: time(word(&mut words)?, "articles.dated")?,
            tokens: from_json(words.next().unwrap_or_default(), "articles.tokens")?,
        })
    });
    rows.collect()
}

fn word<'a, T: FromStr>(words: &mut impl Iterator<Item = &'a str>) -> Result<T, StoreError> {
    parsed(words.next().unwrap_or_default())
}

fn parsed<T: FromStr>(word: &str) -> Result<T, StoreError> {
    word.parse().map_err(|_| broken(word))
}

fn broken(text: &str) -> StoreError {
    StoreError::corrupt("story_bands", text)
}
