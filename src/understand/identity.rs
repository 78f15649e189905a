//! Drafts become Articles: an id that stays, dates that can be believed, a hash
//! that changes when a reader would notice.
//!
//! Deliberately absent: knowledge of what is stored; [`change`] is handed it.

mod counters;
mod footers;
mod keys;
mod links;
mod moved;
mod naming;
mod passing;
mod renamed;
mod settled;
mod twins;

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};
use url::Url;

use crate::model::article::{Article, ArticleId, KnownArticle};
use crate::model::complaint::Complaint;
use crate::model::draft::{DeclaredEvent, Draft, FeedHead};
use crate::model::id::derive;
use crate::model::source::{Place, Source};
use crate::text::normalise::{clip, one_line};
use crate::text::sentences::sentences;
use counters::without_counters;
use footers::{markup_without_footer, text_without_footer};
use keys::Entry;
use links::lasting;
pub(super) use links::{canonical, is_of_site};
use naming::Naming;
use passing::without_queries;
pub use settled::{doubtful, settle};
pub use twins::{recognised, strangers};

/// A publication date further ahead than this is a slip or a lie.
const FUTURE_DAYS_MAX: i64 = 7;
/// 1990-01-01: no outlet's feed is older; such dates are a clock that was never set.
const EARLIEST_PUBLICATION_SECONDS: i64 = 631_152_000;
/// A title made from the text is cut here.
const TITLE_CHARS_MAX: usize = 160;
/// The longest title a publisher may give; more is cut.
const GIVEN_TITLE_CHARS_MAX: usize = 300;
/// What came of a document's drafts.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Identified {
    /// In document order, each id once.
    pub articles: Vec<Article>,
    pub complaints: Vec<Complaint>,
}

/// What an article is to a store that may know it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    New(Article),
    /// Known, and a reader would notice the difference.
    Revised(Article),
    Unchanged,
}

/// Gives each draft its id. Revision is 1 and `first_seen` is `now` until
/// [`change`] knows better. Drafts with neither title nor text are left out.
pub fn identify(
    source: &Source,
    head: &FeedHead,
    drafts: Vec<Draft>,
    now: DateTime<Utc>,
) -> Identified {
    let mut identified = Identified::default();
    let mut told = Vec::with_capacity(drafts.len());
    for (index, draft) in drafts.into_iter().enumerate() {
        let place = format!("{}: entry {}", source.id, index + 1);
        match Told::of(draft) {
            Some(one) => told.push((place, one)),
            None => identified
                .complaints
                .push(Complaint::error(place, "neither title nor text; left out")),
        }
    }
    let places = told.iter_mut().map(|(_, one)| one);
    let keys = keys_of(places.collect(), now);
    let mut seen: HashMap<ArticleId, String> = HashMap::new();
    for ((key, _), (place, one)) in keys.into_iter().zip(told) {
        let id = ArticleId::derived(&source.id, &key);
        if let Some(title) = seen.get(&id) {
            if *title != one.title {
                let message = "it has the id or the address of an entry before it; left out";
                let complaint = Complaint::warning(place, message);
                identified.complaints.push(complaint);
            }
            continue;
        }
        seen.insert(id.clone(), one.title.clone());
        let complaints = &mut identified.complaints;
        let published = believable(one.draft.published, now, &place, complaints);
        let updated = one.draft.updated.filter(|time| is_believable(*time, now));
        let parts = Parts {
            id,
            title: one.title,
            text: one.text,
            link: one.link,
            published,
            updated,
        };
        identified
            .articles
            .push(article(source, head, one.draft, parts, now));
    }
    identified
}

/// Whether entries share ids: which of them do, only the whole document shows.
pub fn shares_ids(drafts: &[Draft], now: DateTime<Utc>) -> bool {
    let mut told: Vec<Told> = drafts.iter().cloned().filter_map(Told::of).collect();
    let keys = keys_of(told.iter_mut().collect(), now);
    keys.iter().any(|(_, is_another)| *is_another)
}

/// Of all entries of a document, whose links become lasting ones: what each is known
/// by, and whether it is another thing than it would be alone.
fn keys_of(mut told: Vec<&mut Told>, now: DateTime<Utc>) -> Vec<(String, bool)> {
    let linked = told.iter().filter_map(|one| {
        let link = one.link.as_ref()?;
        Some((link, one.title.as_str(), one.text.as_str()))
    });
    let naming = Naming::of(linked, now);
    for one in &mut told {
        one.link = one.link.take().map(|link| lasting(link, &naming));
    }
    let entries: Vec<Entry> = told.iter().map(|one| one.entry(now)).collect();
    keys::keys(&entries)
}

/// What to do with an article of `source` the store may know.
pub fn change(source: &Source, mut article: Article, known: Option<&KnownArticle>) -> Change {
    match known {
        None => Change::New(article),
        Some(known) if known.content_hash == article.content_hash => Change::Unchanged,
        Some(known) if flaps(source, &article, known) => Change::Unchanged,
        Some(known) => {
            article.revision = known.revision.saturating_add(1);
            article.first_seen = known.first_seen;
            Change::Revised(article)
        }
    }
}

/// Whether the text is one the article had before: servers behind one address give
/// this one and that. It is news all the same where the publisher says that it was
/// changed since, and on the desk, where the last word is what stands there.
fn flaps(source: &Source, article: &Article, known: &KnownArticle) -> bool {
    let is_newer = known.updated.is_some() && article.updated > known.updated;
    !matches!(source.place, Place::Desk(_))
        && !is_newer
        && known.earlier_hashes.contains(&article.content_hash)
}

/// A draft that says something, with what it is known by.
struct Told {
    draft: Draft,
    title: String,
    text: String,
    link: Option<Url>,
}

impl Told {
    fn of(draft: Draft) -> Option<Self> {
        let text = text_without_footer(draft.text.trim()).to_owned();
        Some(Self {
            title: title_of(&draft, &text)?,
            link: link_of(&draft),
            text,
            draft,
        })
    }

    fn entry(&self, now: DateTime<Utc>) -> Entry<'_> {
        let published = self.draft.published;
        Entry {
            id: publisher_id(&self.draft),
            link: self.link.as_ref(),
            title: &self.title,
            text: &self.text,
            published: published.filter(|time| is_believable(*time, now)),
        }
    }
}

struct Parts {
    id: ArticleId,
    title: String,
    text: String,
    link: Option<Url>,
    published: Option<DateTime<Utc>>,
    updated: Option<DateTime<Utc>>,
}

fn article(
    source: &Source,
    head: &FeedHead,
    draft: Draft,
    parts: Parts,
    now: DateTime<Utc>,
) -> Article {
    let without_footer = |html: String| markup_without_footer(&html).to_owned();
    let summary_html = draft.summary_html.map(without_footer).unwrap_or_default();
    let content_html = draft
        .content_html
        .map(without_footer)
        .filter(|html| !html.trim().is_empty())
        .unwrap_or_else(|| summary_html.clone());
    let image = draft
        .enclosures
        .iter()
        .filter(|file| {
            let kind = file.media_type.as_deref().unwrap_or_default();
            kind.starts_with("image/")
        })
        .find_map(|file| web_url(&file.url));
    let mut article = Article {
        id: parts.id,
        source: source.id.clone(),
        revision: 1,
        link: parts.link,
        title: parts.title,
        authors: draft
            .authors
            .into_iter()
            .filter_map(|person| person.name)
            .collect(),
        summary_html,
        content_html,
        text: parts.text,
        published: parts.published,
        updated: parts.updated,
        first_seen: now,
        image,
        categories: draft
            .categories
            .into_iter()
            .map(|category| category.label.unwrap_or(category.term))
            .filter(|label| !label.is_empty())
            .collect(),
        declared_language: draft.language.or_else(|| head.language.clone()),
        declared_event: draft.declared_event,
        content_hash: String::new(),
    };
    article.content_hash = content_hash(&article, source);
    article
}

/// Over everything a reader would notice. Publication dates count for the desk
/// only: some servers give the time of asking, which would make each visit a
/// revision, while "tomorrow" in a desk text means another day when its date
/// is corrected. Nor do counters of views and comments, how long ago it was, and the
/// queries of pictures and of links that lead away.
fn content_hash(article: &Article, source: &Source) -> String {
    let desk_date = match source.place {
        Place::Desk(_) => article.published.map(|time| time.to_rfc3339()),
        _ => None,
    };
    let event = article.declared_event.as_ref().map(declared_words);
    let host = article.link.as_ref().and_then(Url::host_str);
    let noticed = |html: &str| {
        let html = without_queries(html, host.unwrap_or_default());
        without_counters(&html).into_owned()
    };
    let mut image = article.image.clone();
    if let Some(image) = &mut image {
        image.set_query(None);
    }
    derive(&[
        &article.title,
        &article.link.as_ref().map_or_else(String::new, page_of),
        &noticed(&article.summary_html),
        &noticed(&article.content_html),
        &without_counters(&article.text),
        &article.authors.join("\n"),
        image.as_ref().map_or("", Url::as_str),
        desk_date.as_deref().unwrap_or_default(),
        event.as_deref().unwrap_or_default(),
    ])
}

/// The address without the place on the page, and whether it is a secure one or of
/// `www.`: a site that moves there has changed no text.
fn page_of(link: &Url) -> String {
    let mut page = link.clone();
    page.set_fragment(None);
    let host = page.host_str().and_then(|host| host.strip_prefix("www."));
    if let Some(host) = host.map(str::to_owned) {
        // What is no host without it stays.
        let _ = page.set_host(Some(&host));
    }
    let page = String::from(page);
    page.strip_prefix("http://")
        .map_or_else(|| page.clone(), |rest| format!("https://{rest}"))
}

fn declared_words(event: &DeclaredEvent) -> String {
    format!(
        "{}\n{}\n{:?}\n{:?}\n{:?}\n{:?}",
        event.name, event.start, event.end, event.time, event.city, event.region
    )
}

/// The title, or else the beginning of the text.
fn title_of(draft: &Draft, text: &str) -> Option<String> {
    let given = one_line(draft.title.as_deref().unwrap_or_default());
    if !given.is_empty() {
        return Some(clip(&given, GIVEN_TITLE_CHARS_MAX));
    }
    let first = sentences(text).into_iter().next()?;
    Some(clip(&one_line(&text[first]), TITLE_CHARS_MAX))
}

fn link_of(draft: &Draft) -> Option<Url> {
    let permalink = draft
        .id
        .as_deref()
        .filter(|_| draft.id_is_permalink != Some(false));
    [draft.link.as_deref(), permalink]
        .into_iter()
        .flatten()
        .find_map(web_url)
}

/// Without a name and a password: they only make one house look like another.
fn web_url(text: &str) -> Option<Url> {
    let mut url = Url::parse(text.trim())
        .ok()
        .filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host())?;
    url.set_username("").ok()?;
    url.set_password(None).ok()?;
    Some(url)
}

fn publisher_id(draft: &Draft) -> Option<&str> {
    draft
        .id
        .as_deref()
        .map(str::trim)
        .filter(|id| !id.is_empty())
}

fn believable(
    time: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
    place: &str,
    complaints: &mut Vec<Complaint>,
) -> Option<DateTime<Utc>> {
    let time = time?;
    if is_believable(time, now) {
        return Some(time);
    }
    complaints.push(
        Complaint::warning(
            place,
            format!("publication date {time} can't be right; the time of first seeing is used"),
        )
        .about("published"),
    );
    None
}

fn is_believable(time: DateTime<Utc>, now: DateTime<Utc>) -> bool {
    time.timestamp() >= EARLIEST_PUBLICATION_SECONDS
        && time.signed_duration_since(now) <= TimeDelta::days(FUTURE_DAYS_MAX)
}

#[cfg(test)]
mod tests;
