//! A choice becomes a letter: subject, text and HTML in the profile's tongue.
//!
//! What others wrote (titles, excerpts, names) is put on one line, shortened
//! and kept from looking like the house's own slots before a template sees it;
//! escaping is the template engine's. Deliberately absent: headers, addresses
//! and personal links, which `deliver` adds to each copy.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use chrono_tz::Tz;

use super::choose::Choice;
use crate::model::article::ArticleId;
use crate::model::digest::{DigestId, DigestPlan, Letter, LetterId, Purpose, slot};
use crate::model::event::{Event, EventStatus};
use crate::model::feed::{AlsoTold, Entry};
use crate::model::id::derive;
use crate::model::language::{Language, Tongue};
use crate::model::subscriber::{Profile, ProfileKey};
use crate::template::letter::{
    ConfirmationLetter, DigestLetter, LetterAlso, LetterEvent, LetterStory,
};
use crate::template::{TemplateError, Templates};
use crate::text::normalise::is_steering;
use crate::text::{city, wording};

/// Gmail shows no more of a letter's HTML than 102 kB; the rest is behind a
/// link, and with it the way to unsubscribe.
pub const HTML_MAX_BYTES: usize = 96 * 1024;
/// The longest title or name in a letter.
const TITLE_MAX_CHARS: usize = 200;
/// The longest title or name in a subject: telephones show some forty, desks ninety.
const SUBJECT_TITLE_MAX_CHARS: usize = 70;
/// The longest excerpt.
const EXCERPT_MAX_CHARS: usize = 480;
/// The most other outlets named with a story.
const ALSO_MAX: usize = 6;
/// The feed that is a calendar of everything to come.
const CALENDAR_PATH: &str = "/feeds/announcements.ics";

/// The house as its letters name it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LetterSite {
    /// The public address, without a slash at its end.
    pub url: String,
    /// What the house is called.
    pub name: String,
    /// The zone in which an article's day is counted.
    pub zone: Tz,
}

/// The letter of `digest` for everyone with `profile`; `None`: there is
/// nothing to tell, and no letter goes out.
///
/// Stories that would make the letter longer than [`HTML_MAX_BYTES`] are
/// counted as left over, the last first.
///
/// # Errors
/// A template or message that cannot be rendered.
pub fn digest_letter(
    templates: &Templates,
    plan: &DigestPlan,
    profile: &Profile,
    key: &ProfileKey,
    digest: &DigestId,
    choice: &Choice,
    site: &LetterSite,
) -> Result<Option<Letter>, TemplateError> {
    if choice.is_empty() {
        return Ok(None);
    }
    let tongue = profile.tongue;
    let mut context = DigestLetter {
        subject: String::new(),
        title: plan.title.get(tongue).to_owned(),
        site_name: site.name.clone(),
        site_url: site.url.clone(),
        calendar_url: format!("{}{CALENDAR_PATH}", site.url),
        unsubscribe_url: slot::UNSUBSCRIBE_URL,
        events: events_of(choice, site, tongue),
        events_ahead: choice
            .events
            .iter()
            .filter(|event| is_likely(event))
            .count(),
        events_left: choice.events_left,
        stories: choice
            .stories
            .iter()
            .map(|entry| story_of(entry, site))
            .collect(),
        stories_left: choice.stories_left,
    };
    context.subject = subject(templates, choice, &context, tongue)?;
    let mut html = templates.render("letter/digest.html", tongue, &context)?;
    while html.len() > HTML_MAX_BYTES && shorten(&mut context) {
        context.subject = subject(templates, choice, &context, tongue)?;
        html = templates.render("letter/digest.html", tongue, &context)?;
    }
    let text = templates.render("letter/digest.txt", tongue, &context)?;
    Ok(Some(Letter {
        id: LetterId::of_digest(digest, key),
        purpose: Purpose::Digest,
        tongue,
        subject: context.subject,
        text,
        html,
    }))
}

/// The letter that asks a person to confirm what was asked in their name.
///
/// # Errors
/// A template or message that cannot be rendered.
pub fn confirmation_letter(
    templates: &Templates,
    tongue: Tongue,
    site: &LetterSite,
) -> Result<Letter, TemplateError> {
    let context = ConfirmationLetter {
        subject: templates.message(tongue, "letter.confirm.subject", &[])?,
        site_name: site.name.clone(),
        site_url: site.url.clone(),
        confirm_url: slot::CONFIRM_URL,
    };
    let html = templates.render("letter/confirmation.html", tongue, &context)?;
    let text = templates.render("letter/confirmation.txt", tongue, &context)?;
    let body_hash = derive(&[&context.subject, &text, &html]);
    Ok(Letter {
        id: LetterId::of_confirmation(tongue, &body_hash),
        purpose: Purpose::Confirmation,
        tongue,
        subject: context.subject,
        text,
        html,
    })
}

/// Says what is inside: the next event that will take place, else the first
/// story, else what became of the event; and how much more there is.
fn subject(
    templates: &Templates,
    choice: &Choice,
    context: &DigestLetter,
    tongue: Tongue,
) -> Result<String, TemplateError> {
    let (events, stories) = (context.events.len(), context.stories.len());
    let say = |key: &str, values: &[(&str, &str)]| templates.message(tongue, key, values);
    if let Some(event) = choice.events.iter().find(|event| is_likely(event)) {
        let name = outside(&event.name, SUBJECT_TITLE_MAX_CHARS);
        let day = wording::day_month(event.start, tongue);
        let (key, n) = match (stories, events) {
            (0, 0 | 1) => ("letter.subject.event", 0),
            (0, _) => ("letter.subject.event_and_events", events - 1),
            (_, _) => ("letter.subject.event_and", stories),
        };
        let n = n.to_string();
        return say(key, &[("day", &day), ("name", &name), ("n", &n)]);
    }
    if let Some(story) = choice.stories.first() {
        let title = outside(&story.article.title, SUBJECT_TITLE_MAX_CHARS);
        return match stories.saturating_sub(1) {
            0 => Ok(title),
            n => say(
                "letter.subject.story_and",
                &[("title", &title), ("n", &n.to_string())],
            ),
        };
    }
    let Some(event) = choice.events.first() else {
        return Ok(context.title.clone());
    };
    let name = outside(&event.name, SUBJECT_TITLE_MAX_CHARS);
    let status = say(&format!("status.{}", event.status.word()), &[])?;
    say(
        "letter.subject.unlikely",
        &[("name", &name), ("status", &status)],
    )
}

const fn is_likely(event: &Event) -> bool {
    matches!(
        event.status,
        EventStatus::Confirmed | EventStatus::Tentative
    )
}

/// Takes a quarter of the stories out, at least one, then of the events;
/// false: nothing is left to take.
fn shorten(context: &mut DigestLetter) -> bool {
    let kept = |count: usize| count - count.div_ceil(4);
    if context.stories.len() > 1 {
        let count = context.stories.len();
        context.stories.truncate(kept(count));
        context.stories_left += count - context.stories.len();
        true
    } else if context.events.len() > 1 {
        let count = context.events.len();
        context.events.truncate(kept(count));
        context.events_left += count - context.events.len();
        context.events_ahead = context.events_ahead.min(context.events.len());
        true
    } else {
        false
    }
}

fn events_of(choice: &Choice, site: &LetterSite, tongue: Tongue) -> Vec<LetterEvent> {
    let links: HashMap<&ArticleId, String> = choice
        .stories
        .iter()
        .map(|entry| (&entry.article.id, href_of(entry, site)))
        .collect();
    choice
        .events
        .iter()
        .map(|event| LetterEvent {
            name: outside(&event.name, TITLE_MAX_CHARS),
            start: event.start.to_string(),
            end: event.end.map(|end| end.to_string()),
            time: event.time.map(|time| time.format("%H:%M").to_string()),
            place: place_of(event, tongue),
            href: event_href(event, &links, site),
            status: event.status.word(),
            counted_words: outside(&event.date_words, TITLE_MAX_CHARS),
            counted_from: event.date_counted_from.map(|day| day.to_string()),
        })
        .collect()
}

/// The story of this letter that tells of the event, else the page of the
/// article that told of it first.
fn event_href(
    event: &Event,
    links: &HashMap<&ArticleId, String>,
    site: &LetterSite,
) -> Option<String> {
    event
        .articles
        .iter()
        .find_map(|article| links.get(article).cloned())
        .or_else(|| event.articles.first().map(|id| article_page(id, site)))
}

/// City and region; the region alone where it is the city.
fn place_of(event: &Event, tongue: Tongue) -> Option<String> {
    let region = event.region.map(|region| region.name(tongue));
    let city = event
        .city
        .as_deref()
        .map(|city| outside(city::name(city, tongue), TITLE_MAX_CHARS));
    match (city, region) {
        (Some(city), Some(region)) if city != region => Some(format!("{city}, {region}")),
        (Some(city), _) => Some(city),
        (None, region) => region.map(str::to_owned),
    }
}

fn story_of(entry: &Entry, site: &LetterSite) -> LetterStory {
    let language = entry.reading.shown_language();
    LetterStory {
        title: outside(&entry.article.title, TITLE_MAX_CHARS),
        href: href_of(entry, site),
        lang: (language != Language::Undetermined).then(|| language.tag()),
        outlet: outside(&entry.outlet, TITLE_MAX_CHARS),
        date: local_day(entry.article.dated(), site.zone),
        excerpt: outside(&entry.reading.excerpt, EXCERPT_MAX_CHARS),
        also: entry
            .also_told_by
            .iter()
            .take(ALSO_MAX)
            .map(also_of)
            .collect(),
    }
}

fn also_of(also: &AlsoTold) -> LetterAlso {
    let is_web = |link: &&String| link.starts_with("https://") || link.starts_with("http://");
    LetterAlso {
        outlet: outside(&also.outlet, TITLE_MAX_CHARS),
        href: also.link.as_ref().filter(is_web).map(|link| tame(link)),
    }
}

/// Where the article is read: at its outlet, or at the house for the desk's own.
fn href_of(entry: &Entry, site: &LetterSite) -> String {
    entry.article.link.as_ref().map_or_else(
        || article_page(&entry.article.id, site),
        |link| tame(link.as_str()),
    )
}

fn article_page(id: &ArticleId, site: &LetterSite) -> String {
    format!("{}/article/{id}", site.url)
}

/// The day of `at` as people in `zone` count it.
fn local_day(at: DateTime<Utc>, zone: Tz) -> String {
    at.with_timezone(&zone).date_naive().to_string()
}

/// Text of others, fit for one line of a letter: no line breaks, no characters
/// that steer the terminal or the direction of writing, at most `max_chars`.
fn outside(text: &str, max_chars: usize) -> String {
    let visible: String = text
        .chars()
        .map(|c| if c.is_whitespace() { ' ' } else { c })
        .filter(|c| !c.is_control() && !is_steering(*c))
        .collect();
    let line = visible.split_whitespace().collect::<Vec<_>>().join(" ");
    tame(&cut(&line, max_chars))
}

/// At most `max_chars`, cut between words where there is a word to keep.
fn cut(line: &str, max_chars: usize) -> String {
    let Some((end, _)) = line.char_indices().nth(max_chars) else {
        return line.to_owned();
    };
    let (last, _) = line.char_indices().nth(max_chars - 1).unwrap_or((end, ' '));
    let head = &line[..last];
    let kept = match head.rfind(' ') {
        Some(space) if space > last / 2 => &head[..space],
        _ => head,
    };
    let kept = kept.trim_end_matches(|c: char| !c.is_alphanumeric() && !"»”)\"".contains(c));
    format!("{kept}…")
}

/// A slot written by somebody else is no slot: nobody's personal link may be
/// put where a publisher wants it.
fn tame(text: &str) -> String {
    [slot::UNSUBSCRIBE_URL, slot::CONFIRM_URL]
        .into_iter()
        .fold(text.to_owned(), |text, slot| {
            text.replace(slot, "https://jarshy.invalid/")
        })
}

#[cfg(test)]
mod tests;
