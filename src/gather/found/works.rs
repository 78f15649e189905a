//! A page where a list was, that says of itself that its site is out of order: its
//! links lead to the site's sections, and are no news.
//!
//! Some banners stay for months above a new layout, so they are believed for days
//! only: what is there then is what the site gives.

use chrono::{DateTime, TimeDelta, Utc};

use crate::gather::charset;
use crate::gather::clean;
use crate::gather::document::Document;
use crate::gather::health::{CHALLENGE_BYTES_MAX, LAYOUT_HAD_PERCENT, sample};
use crate::gather::page::opening;
use crate::model::draft::{Draft, Harvest};
use crate::model::health::Health;
use crate::model::source::Place;

/// Works on a site take hours; who says so for longer has no list with dates any more.
const BELIEVED_FOR: TimeDelta = TimeDelta::days(3);
/// What such pages are titled, in lower case.
const SIGNS: [&str; 24] = [
    "технические работы",
    "технических работ",
    "техническими работами",
    "профилактические работы",
    "профилактических работ",
    "техническое обслуживание",
    "техническом обслуживании",
    "сайт временно недоступен",
    "сайт временно не работает",
    "сервис временно недоступен",
    "сайт на реконструкции",
    "техникалық жұмыс",
    "профилактикалық жұмыс",
    "сайт уақытша қолжетімсіз",
    "сайт уақытша қол жетімсіз",
    "сайт уақытша жұмыс істемейді",
    "техникалық қызмет көрсету",
    "under maintenance",
    "site maintenance",
    "scheduled maintenance",
    "maintenance mode",
    "temporarily unavailable",
    "service unavailable",
    "we'll be back soon",
];

/// Whether `harvest`, whose entries have all lost their dates, is of such a page.
pub(super) fn are_on(
    place: &Place,
    health: &Health,
    document: &Document<'_>,
    harvest: &Harvest,
    now: DateTime<Utc>,
) -> bool {
    let had_dates = health.usual.dated_percent() >= Some(LAYOUT_HAD_PERCENT);
    let is_fresh = health
        .changed_since
        .is_none_or(|since| now - since < BELIEVED_FOR);
    had_dates
        && is_fresh
        && sample(place, &harvest.drafts).dated == 0
        && says_so(document, &harvest.drafts)
}

/// By its title, or a heading that is no entry's.
fn says_so(document: &Document<'_>, drafts: &[Draft]) -> bool {
    let end = document.bytes.len().min(CHALLENGE_BYTES_MAX);
    let text = charset::decode(&document.bytes[..end], document.content_type).text;
    let lower = text.to_lowercase();
    let is_sign = |words: &str| SIGNS.iter().any(|sign| words.contains(sign));
    let is_entry = |words: &str| {
        let mut titles = drafts.iter().filter_map(|draft| draft.title.as_deref());
        titles.any(|title| title.to_lowercase() == words)
    };
    let headings = lower.split("<h1").skip(1);
    let headings = headings.filter_map(|rest| {
        let (heading, _) = rest.split_once("</h1")?;
        let (_, heading) = heading.split_once('>')?;
        (!heading.contains("<a ")).then(|| clean::inline_text(heading))
    });
    is_sign(&opening::quoted_title(&lower))
        || headings
            .into_iter()
            .any(|heading| is_sign(&heading) && !is_entry(&heading))
}
