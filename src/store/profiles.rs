//! Profiles as columns: what was asked for, once for all who ask the same.

use std::collections::BTreeMap;

use serde::Serialize;
use sqlx::FromRow;

use super::error::StoreError;
use super::rows::{from_json, json, parsed};
use super::session::{Session, values};
use crate::model::feed::FeedName;
use crate::model::language::Language;
use crate::model::reading::Kind;
use crate::model::region::Region;
use crate::model::schedule::Round;
use crate::model::subscriber::{Grouping, LetterScript, Profile};
use crate::model::topic::Topic;

/// The columns of [`ProfileColumns`], of `profiles p`.
pub(super) const PROFILE_COLUMNS: &str =
    "p.tongue, p.script, p.feeds, p.regions, p.topics, p.kinds, p.languages, p.grouped, p.round";

/// A profile's columns.
#[derive(FromRow)]
pub(super) struct ProfileColumns {
    tongue: String,
    script: String,
    feeds: String,
    regions: String,
    topics: String,
    kinds: String,
    languages: String,
    grouped: String,
    round: String,
}

impl ProfileColumns {
    pub(super) fn read(&self) -> Result<Profile, StoreError> {
        Ok(Profile {
            tongue: parsed(&self.tongue, "profiles.tongue")?,
            script: word(&self.script, "profiles.script", LetterScript::from_word)?,
            feeds: all(&self.feeds, "profiles.feeds", |name| {
                name.parse::<FeedName>().ok()
            })?,
            regions: all(&self.regions, "profiles.regions", |code| {
                code.parse::<Region>().ok()
            })?,
            topics: all(&self.topics, "profiles.topics", |topic| {
                topic.parse::<Topic>().ok()
            })?,
            kinds: all(&self.kinds, "profiles.kinds", Kind::from_word)?,
            languages: all(&self.languages, "profiles.languages", |tag| {
                tag.parse::<Language>().ok()
            })?,
            grouping: word(&self.grouped, "profiles.grouped", Grouping::from_word)?,
            schedule: round(&self.round)?.schedule(),
        })
    }
}

/// Reads `profiles.round` and `digest_watermarks.round`.
pub(super) fn round(key: &str) -> Result<Round, StoreError> {
    word(key, "a round", Round::from_key)
}

fn word<T>(
    text: &str,
    what: &'static str,
    read: impl Fn(&str) -> Option<T>,
) -> Result<T, StoreError> {
    read(text).ok_or_else(|| StoreError::corrupt(what, text))
}

fn all<T>(
    list: &str,
    what: &'static str,
    read: impl Fn(&str) -> Option<T>,
) -> Result<Vec<T>, StoreError> {
    let words: Vec<String> = from_json(list, what)?;
    words.iter().map(|text| word(text, what, &read)).collect()
}

#[derive(Serialize)]
struct ProfileRow {
    key: String,
    tongue: &'static str,
    script: &'static str,
    feeds: String,
    regions: String,
    topics: String,
    kinds: String,
    languages: String,
    grouped: &'static str,
    round: String,
}

impl ProfileRow {
    fn of(profile: &Profile, key: String) -> Self {
        let feeds: Vec<&str> = profile.feeds.iter().map(FeedName::as_str).collect();
        let regions: Vec<String> = profile.regions.iter().map(|r| r.code()).collect();
        let topics: Vec<&str> = profile.topics.iter().map(|topic| topic.word()).collect();
        let kinds: Vec<&str> = profile.kinds.iter().map(|kind| kind.word()).collect();
        let languages: Vec<&str> = profile.languages.iter().map(|one| one.tag()).collect();
        Self {
            key,
            tongue: profile.tongue.tag(),
            script: profile.script.word(),
            feeds: json(&feeds),
            regions: json(&regions),
            topics: json(&topics),
            kinds: json(&kinds),
            languages: json(&languages),
            grouped: profile.grouping.word(),
            round: Round::of(profile.schedule).key(),
        }
    }
}

/// Keeps normalised profiles under their keys.
pub(super) async fn keep_profiles<'a>(
    session: &mut Session,
    profiles: impl IntoIterator<Item = &'a Profile>,
) -> Result<(), StoreError> {
    let mut rows = BTreeMap::new();
    for profile in profiles {
        let key = profile.key().as_str().to_owned();
        rows.entry(key.clone())
            .or_insert_with(|| ProfileRow::of(profile, key));
    }
    let rows = json(&rows.values().collect::<Vec<_>>());
    session
        .execute(
            "INSERT INTO profiles (key, tongue, script, feeds, regions, topics, kinds,
               languages, grouped, round)
             SELECT item.value ->> 'key', item.value ->> 'tongue', item.value ->> 'script',
               item.value ->> 'feeds', item.value ->> 'regions', item.value ->> 'topics',
               item.value ->> 'kinds',
               item.value ->> 'languages', item.value ->> 'grouped', item.value ->> 'round'
             FROM {rows} AS item WHERE 1 = 1 ON CONFLICT (key) DO NOTHING",
            values![rows],
        )
        .await?;
    Ok(())
}
