//! `jarshy search`: articles by their words, the last stored first.

use std::path::Path;

use chrono::{DateTime, NaiveDate, NaiveTime, TimeZone as _, Utc};
use chrono_tz::Tz;
use clap::Args;
use serde_json::{Value, json};
use url::Url;

use super::house;
use super::output::{Failure, complain, read_day, say, time};
use crate::daemon::Newsroom;
use crate::model::feed::{Entry, Filter};
use crate::model::language::Language;
use crate::model::reading::Kind;
use crate::model::region::Region;
use crate::store::{ArticleSearch, FOUND_MAX, Found};
use crate::text::search::query;

#[derive(Debug, Args)]
pub struct SearchCall {
    /// What must be in the text: each of the words in any of its forms, Kazakh in
    /// either script. Marks mean nothing.
    #[arg(required = true)]
    words: Vec<String>,
    /// announcement, forum-article or other.
    #[arg(long, value_parser = kind)]
    kind: Option<Kind>,
    /// About this region: KZ-71.
    #[arg(long)]
    region: Option<Region>,
    /// Written in it: kk-Cyrl, kk-Latn, kk-Arab, ru, en or und.
    #[arg(long)]
    language: Option<Language>,
    /// Published that day or later: 2026-11-23.
    #[arg(long, value_name = "DATE", value_parser = read_day)]
    since: Option<NaiveDate>,
    /// The next page: the number the last one ended with.
    #[arg(long, value_name = "NUMBER")]
    before: Option<i64>,
}

fn kind(word: &str) -> Result<Kind, String> {
    Kind::from_word(word).ok_or_else(|| "expected announcement, forum-article or other".to_owned())
}

/// Runs `search`.
pub async fn search(config: &Path, call: SearchCall, json: bool) -> Result<(), Failure> {
    let language = call.language.unwrap_or(Language::Undetermined);
    let asked = query(&call.words.join(" "), language);
    if asked.terms.is_empty() {
        return Err(Failure::call(format!(
            "error: there is no word to look for in `{}`; name one that is more than grammar",
            asked.words
        )));
    }
    if asked.is_cut {
        complain(&format!(
            "warning: the query is long; its first {} words are looked for",
            asked.terms.len()
        ));
    }
    let newsroom = house::open_to_look(config).await?;
    let search = ArticleSearch {
        terms: asked.terms,
        filter: Filter {
            kinds: call.kind.into_iter().collect(),
            languages: call.language.into_iter().collect(),
            regions: call.region.into_iter().collect(),
            ..Filter::default()
        },
        since: call.since.map(|day| beginning(day, newsroom.zone)),
        before: call.before,
    };
    let found = newsroom.store.search_articles(&search, FOUND_MAX).await;
    let Found { entries, next } = found.map_err(Failure::work)?;
    if json {
        let articles: Vec<Value> = entries.iter().map(as_json).collect();
        return say(&json!({ "articles": articles, "next": next }).to_string());
    }
    for entry in &entries {
        for line in as_lines(entry, &newsroom) {
            say(&line)?;
        }
    }
    if entries.is_empty() {
        say("nothing found")?;
    }
    if let Some(next) = next {
        say(&format!("older ones: the same with --before {next}"))?;
    }
    Ok(())
}

/// When a day begins in `zone`; in UTC where its clocks jump over midnight.
fn beginning(day: NaiveDate, zone: Tz) -> DateTime<Utc> {
    let midnight = day.and_time(NaiveTime::MIN);
    let local = zone.from_local_datetime(&midnight).earliest();
    local.map_or(midnight.and_utc(), |local| local.with_timezone(&Utc))
}

fn as_lines(entry: &Entry, newsroom: &Newsroom) -> [String; 2] {
    let (article, reading) = (&entry.article, &entry.reading);
    let date = article.dated().with_timezone(&newsroom.zone).date_naive();
    let kind = reading.shown_kind().map_or("kind unknown", Kind::word);
    let language = reading.shown_language();
    let own_page = || format!("{}/article/{}", newsroom.site_base(), article.id);
    let link = article.link.as_ref().map_or_else(own_page, Url::to_string);
    [
        format!("{date}  {}: {}", entry.outlet, article.title),
        format!("    {kind}, {language}  {link}"),
    ]
}

fn as_json(entry: &Entry) -> Value {
    let (article, reading) = (&entry.article, &entry.reading);
    let regions = reading.regions.iter().filter(|(_, sure)| sure.is_enough());
    let regions: Vec<String> = regions.map(|(region, _)| region.code()).collect();
    json!({
        "id": article.id.as_str(),
        "source": article.source.as_str(),
        "outlet": entry.outlet,
        "title": article.title,
        "url": article.link.as_ref().map(Url::as_str),
        "published": time(article.published),
        "first_seen": time(Some(article.first_seen)),
        "kind": reading.shown_kind().map(Kind::word),
        "language": reading.shown_language().tag(),
        "regions": regions,
        "story": entry.story.as_str(),
        "excerpt": reading.excerpt,
    })
}
