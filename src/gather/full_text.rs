//! Full texts for sources that give only a teaser: whether to ask an article's
//! page, what its answer is worth, when to ask again.
//!
//! By itself the house asks only for teasers, only on the source's own site, and
//! only where the teaser speaks of a forum: a daily writes hundreds of texts that
//! nobody here reads, and a guest does not leaf through all of them. An outlet
//! whose teasers don't tell what they are about is read whole on the operator's
//! word (`full_text = "always"`).
//!
//! Deliberately absent: asking. What the page gives changes neither the
//! article's id nor its hash, which are the feed's: it is no revision.

use std::collections::HashSet;

use chrono::{DateTime, NaiveTime, TimeDelta, Utc};
use chrono_tz::Tz;
use url::Url;

use crate::model::article::Article;
use crate::model::draft::Draft;
use crate::model::full_text::FullText;
use crate::model::source::{FullTextMode, Place, Source};
use crate::text::tokens::tokens;

use super::charset;
use super::document::Document;
use super::health::{self, CHALLENGE_BYTES_MAX};
use super::more::leads_on;
use super::page::{self, same_site};
use super::web::{Answer, Request};

/// Pages asked for on one visit; the others wait for the next.
pub const PAGES_PER_VISIT: usize = 10;
/// Articles that may begin to wait on one visit: a sitemap without dates names
/// all that an outlet ever wrote.
pub const WAITING_PER_VISIT: usize = 50;
/// An older article's page is not asked for: a feed seen for the first time
/// gives years of them.
const AGE_MAX: TimeDelta = TimeDelta::days(14);
/// When a page that could not be had is asked for again; then it is given up.
const RETRIES: [TimeDelta; 3] = [
    TimeDelta::hours(1),
    TimeDelta::hours(6),
    TimeDelta::hours(24),
];
/// The most requests for one article, however often its teaser changes.
const ASKED_MAX: u32 = 8;
/// A summary of so many characters is a text.
const SUMMARY_CHARS_MIN: usize = 700;
/// The same for what the feed calls the content, which may be a short message.
const CONTENT_CHARS_MIN: usize = 120;
/// A text this long is whole, however it ends.
const WHOLE_CHARS: usize = 4_000;
/// The last lines looked at: below "…" WordPress names the site.
const LAST_LINES: usize = 3;
/// A page's text has more letters than the teaser by one part in so many …
const MORE_PART: usize = 5;
/// … and by no fewer than this.
const MORE_LETTERS_MIN: usize = 40;
/// Words are compared by so many letters, so that endings don't count.
const STEM_CHARS: usize = 5;
/// A teaser of fewer words tells nothing of the text …
const TEASER_WORDS_MIN: usize = 5;
/// … of one with more, one in so many stands in it.
const TEASER_ONE_IN: usize = 3;
/// Shorter words say nothing of what a text is about.
const WORD_CHARS_MIN: usize = 4;

/// What to do about an article's full text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wish {
    Ask(Url),
    /// Why not, for people.
    Leave(&'static str),
}

/// Whether the page of a new or changed article is to be asked for. `asked`:
/// how often it was; `may_matter`: the teaser speaks of a forum.
pub fn wish(
    source: &Source,
    article: &Article,
    asked: u32,
    may_matter: bool,
    now: DateTime<Utc>,
) -> Wish {
    let (Some(link), Some(own)) = (&article.link, source.place.url()) else {
        return Wish::Leave("it has no page");
    };
    if source.full_text == FullTextMode::Never || matches!(source.place, Place::Telegram(_)) {
        return Wish::Leave("its source is not to be asked for more");
    }
    if asked >= ASKED_MAX {
        return Wish::Leave("its page was asked for too often");
    }
    if is_old(article, now) {
        return Wish::Leave("it is old");
    }
    // A sitemap gives no texts: what there is came from the page, just now.
    let has_asked = matches!(source.place, Place::Sitemap(_)) && !article.text.trim().is_empty();
    if has_asked || !is_teaser(article) && source.full_text == FullTextMode::Auto {
        return Wish::Leave("it is whole");
    }
    if source.full_text == FullTextMode::Auto {
        let at_home = |home: &Url| same_site(home, link);
        if !at_home(own) && !source.home.as_ref().is_some_and(at_home) {
            return Wish::Leave("its page is another site's");
        }
        if !may_matter {
            return Wish::Leave("it does not speak of a forum");
        }
    }
    Wish::Ask(link.clone())
}

fn is_old(article: &Article, now: DateTime<Utc>) -> bool {
    now.signed_duration_since(article.dated()) > AGE_MAX
}

/// The page of an article that waits; else what to remember: it is too late.
pub fn still_wanted(article: &Article, asked: u32, now: DateTime<Utc>) -> Result<Url, FullText> {
    let page = article.link.clone().filter(|_| !is_old(article, now));
    page.ok_or_else(|| FullText {
        article: article.id.clone(),
        asked,
        due: None,
        result: "it is old".to_owned(),
    })
}

/// How an article's page is asked for.
pub fn request(source: &Source, page: Url) -> Request {
    let header = |name: &str, value: &Option<String>| Some((name.to_owned(), value.clone()?));
    Request {
        url: page,
        validators: crate::model::source::Validators::default(),
        headers: [
            header("Accept-Language", &source.accept_language),
            header("User-Agent", &source.user_agent),
        ]
        .into_iter()
        .flatten()
        .collect(),
    }
}

/// Whether the source gave only a beginning.
pub fn is_teaser(article: &Article) -> bool {
    let text = article.text.trim();
    let chars = text.chars().count();
    if chars >= WHOLE_CHARS {
        return false;
    }
    if is_cut(text) {
        return true;
    }
    let has_content = article.content_html != article.summary_html;
    chars
        < if has_content {
            CONTENT_CHARS_MIN
        } else {
            SUMMARY_CHARS_MIN
        }
}

/// Whether a text says that it goes on elsewhere.
fn is_cut(text: &str) -> bool {
    text.trim().lines().rev().take(LAST_LINES).any(leads_on)
}

/// What came of asking.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Came {
    /// The article has its full text.
    Text,
    /// The page has none for us, and will not have one.
    Nothing(String),
    /// Not now; not before that time where the server named one.
    NotNow(String, Option<DateTime<Utc>>),
}

/// Takes the full text out of a page's answer into `article`.
pub fn take(article: &mut Article, answer: &Answer, now: DateTime<Tz>) -> Came {
    let (bytes, content_type, url) = match answer {
        Answer::Body {
            bytes,
            content_type,
            final_url,
            ..
        } => (bytes, content_type, final_url),
        Answer::Gone => return Came::Nothing("the page is gone".to_owned()),
        Answer::NotModified { .. } => return Came::Nothing("an answer without a page".to_owned()),
        Answer::TooEarly { retry_after, .. } => {
            let until = retry_after.map(|after| after.until(now.to_utc()));
            return Came::NotNow("the server wants to be left alone".to_owned(), until);
        }
        Answer::BrokeOff { why, .. } => return Came::NotNow(why.clone(), None),
        Answer::Failed { why, status } => {
            // 408 and 425 ask for another try; the other refusals stand.
            let stands = matches!(status, Some(400..=407 | 409..=424 | 426..=499));
            return if stands || answer.is_forbidden() {
                Came::Nothing(why.clone())
            } else {
                Came::NotNow(why.clone(), None)
            };
        }
    };
    let document = Document {
        bytes,
        content_type: content_type.as_deref(),
        url: Some(url),
        received: now,
    };
    let (page, html) = match fuller(article, &document) {
        Ok(found) => found,
        Err(_) if is_challenge(&document) => {
            let why = "the page asks whether we are human";
            return Came::NotNow(why.to_owned(), None);
        }
        Err(why) => return Came::Nothing(why.to_owned()),
    };
    article.content_html = html;
    page.text.trim().clone_into(&mut article.text);
    if article.image.is_none() {
        let mut pictures = page.enclosures.iter();
        article.image = pictures.find_map(|picture| Url::parse(&picture.url).ok());
    }
    if article.authors.is_empty() {
        let authors = page.authors.into_iter();
        article.authors = authors.filter_map(|author| author.name).collect();
    }
    // The year below a page is no day of a text that was found just now.
    let is_new = |at: &DateTime<Utc>| *at <= now && now.signed_duration_since(*at) <= AGE_MAX;
    let told = page.published.filter(is_new);
    let of_that_day = told.filter(|told| is_only_a_day(article.published, *told, now.timezone()));
    article.published = of_that_day.or(article.published).or(told);
    Came::Text
}

/// The page's article and its markup, where they tell more of the same; else why not.
fn fuller(article: &Article, document: &Document<'_>) -> Result<(Draft, String), &'static str> {
    let page = page::read_article(document).map(|page| page.draft);
    let page = page.ok_or("the page has no text")?;
    let (had, found) = (letters(&article.text), letters(&page.text));
    // Of a text that says that it goes on, any more is its rest.
    let enough = if is_cut(&article.text) {
        had + 1
    } else {
        had + (had / MORE_PART).max(MORE_LETTERS_MIN)
    };
    if found < enough {
        return Err("the page tells no more than the feed");
    }
    let title = page.title.as_deref().unwrap_or_default();
    if !is_about(&article.title, &format!("{title}\n{}", page.text))
        || !holds(&page.text, &article.text)
    {
        return Err("the page tells of something else");
    }
    let html = page.content_html.clone().ok_or("the page has no text")?;
    Ok((page, html))
}

fn is_challenge(document: &Document<'_>) -> bool {
    let end = document.bytes.len().min(CHALLENGE_BYTES_MAX);
    let text = charset::decode(&document.bytes[..end], document.content_type).text;
    health::is_challenge(&text)
}

/// What to remember of asking once more, after `asked` times.
pub fn after(article: &Article, asked: u32, came: &Came, now: DateTime<Utc>) -> FullText {
    let done = asked.saturating_add(1);
    let (due, result) = match came {
        Came::Text => (None, "taken".to_owned()),
        Came::Nothing(why) => (None, why.clone()),
        Came::NotNow(why, until) => {
            let wait = RETRIES.get(asked as usize).map(|wait| now + *wait);
            let due = wait.map(|at| until.map_or(at, |until| at.max(until)));
            (due, why.clone())
        }
    };
    FullText {
        article: article.id.clone(),
        asked: done,
        due,
        result,
    }
}

/// An article whose page was not asked for on this visit.
pub fn waits(article: &Article, asked: u32, now: DateTime<Utc>) -> FullText {
    FullText {
        article: article.id.clone(),
        asked,
        due: Some(now),
        result: "waits for the next visit".to_owned(),
    }
}

/// Whether a list told no more than the day, and its article's page a time of it.
fn is_only_a_day(listed: Option<DateTime<Utc>>, told: DateTime<Utc>, zone: Tz) -> bool {
    let told = told.with_timezone(&zone);
    listed.is_some_and(|listed| {
        let listed = listed.with_timezone(&zone);
        listed.time() == NaiveTime::MIN && listed.date_naive() == told.date_naive()
    })
}

/// Whether a text has some of a teaser's words: the title alone stands above any
/// text of its page, and in the list below "page not found".
fn holds(text: &str, teaser: &str) -> bool {
    let (text, teaser) = (beginnings(text), beginnings(teaser));
    teaser.len() < TEASER_WORDS_MIN
        || teaser.intersection(&text).count() * TEASER_ONE_IN >= teaser.len()
}

/// Whether a text has half of the title's words: the page that answers for a
/// text that is gone, or asks to log in, has not.
fn is_about(title: &str, text: &str) -> bool {
    let (title, text) = (beginnings(title), beginnings(text));
    title.intersection(&text).count() * 2 >= title.len()
}

/// How the words of a text begin.
fn beginnings(text: &str) -> HashSet<String> {
    tokens(text)
        .into_iter()
        .filter(|token| token.is_word() && token.folded.chars().count() >= WORD_CHARS_MIN)
        .map(|token| token.folded.chars().take(STEM_CHARS).collect())
        .collect()
}

fn letters(text: &str) -> usize {
    text.chars().filter(|letter| letter.is_alphabetic()).count()
}

#[cfg(test)]
mod tests;
