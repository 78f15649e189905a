//! How a source is: what a visit tells of it, and the verdict that follows.
//! Pure: what was known, what came, `now`.
//!
//! Deliberately absent: asking, and telling (`daemon::refresh` logs a verdict
//! when it changes).

mod answered;
mod day;
mod reasons;

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;

use crate::model::complaint::{Complaint, Severity};
use crate::model::draft::{Draft, Harvest};
use crate::model::health::{Answered, Health, Sample, Verdict};
use crate::model::source::{Place, Source, SourceState};

use super::charset;
use super::document::Document;
use super::page::opening;
use super::plan;

pub use answered::answered;
pub use day::{room, took};

/// A shorter text is a teaser.
const WHOLE_TEXT_CHARS_MIN: usize = 500;
/// A date further ahead is no sign of life.
const AHEAD_MAX: TimeDelta = TimeDelta::days(1);
/// What does not answer for so long is dead; before, it may be a bad day.
const DEAD_AFTER: TimeDelta = TimeDelta::days(3);
/// What cannot be reached at all is dead after so long: it may be our own network
/// or name server that is away.
const UNREACHABLE_DEAD_AFTER: TimeDelta = TimeDelta::days(7);
/// A source is not called silent before.
const SILENT_AFTER_MIN: TimeDelta = TimeDelta::days(4);
/// Nor later than this, however rare its entries; and then where no rhythm is known.
const SILENT_AFTER_MAX: TimeDelta = TimeDelta::days(60);
/// So many usual gaps without an entry are no chance (about 1 in 400).
const GAPS_MAX: i64 = 6;
/// Documents with fewer entries say nothing of a layout.
pub const LAYOUT_ENTRIES_MIN: u32 = 3;
/// A layout gave dates or texts when at least so many of a hundred entries had them …
pub const LAYOUT_HAD_PERCENT: u32 = 60;
/// … and gives none when at most so many have.
const LAYOUT_LOST_PERCENT: u32 = 10;
/// Different reasons kept for what was left out; the rarest give way to `other`.
const REASONS_MAX: usize = 12;
/// The longest reason kept.
const REASON_CHARS_MAX: usize = 100;
const OTHER: &str = "other";
/// How the reasons begin that are of visits, not of entries.
const VISIT: &str = "visit: ";
/// The most of a web page looked through for a question whether we are human.
pub const CHALLENGE_BYTES_MAX: usize = 64 * 1024;
/// Words in the title of such a question, in lower case.
const CHALLENGE_TITLES: [&str; 8] = [
    "just a moment",
    "attention required",
    "access denied",
    "captcha",
    "ddos-guard",
    "checking your browser",
    "проверка браузера",
    "вы не робот",
];
/// Marks in its markup, which no other page has.
const CHALLENGE_MARKS: [&str; 4] = ["cf-chl", "cf_chl", "showcaptcha", "ddos-guard/js-challenge"];

/// What a visit told.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Told {
    pub answered: Option<Answered>,
    /// Of the document, where one was read.
    pub sample: Option<Sample>,
    /// Its newest entry's date.
    pub newest: Option<DateTime<Utc>>,
    /// Whether an entry was in it that was not seen before.
    pub brought_new: bool,
    /// Why something was left out, as the readers said.
    pub complaints: Vec<Complaint>,
}

/// What a body is, after it was read. Something in it that could be read is what
/// counts; where there was nothing, it may be a web page, or a question. Of a
/// page's place a question may have been taken for its only text.
pub fn answered_body(place: &Place, document: &Document<'_>, harvest: &Harvest) -> Answered {
    let is_place_of_pages = matches!(place, Place::Page { .. } | Place::Telegram(_));
    if harvest.drafts.len() > usize::from(is_place_of_pages) {
        return Answered::Read;
    }
    let end = document.bytes.len().min(CHALLENGE_BYTES_MAX);
    let text = charset::decode(&document.bytes[..end], document.content_type).text;
    let is_page = opening::is_web_page(&text);
    if is_page && is_challenge(&text) {
        Answered::Blocked
    } else if harvest.format.is_some() || !harvest.drafts.is_empty() {
        Answered::Read
    } else if is_page && !is_place_of_pages {
        Answered::WebPage
    } else {
        Answered::Unreadable
    }
}

/// Whether a page asks its visitor to prove to be human.
pub fn is_challenge(text: &str) -> bool {
    let lower = text.to_lowercase();
    let title = opening::quoted_title(&lower);
    CHALLENGE_TITLES.iter().any(|sign| title.contains(sign))
        || CHALLENGE_MARKS.iter().any(|mark| lower.contains(mark))
}

/// What the entries of a document give. A message and a text of the desk are
/// whole however short.
pub fn sample(place: &Place, drafts: &[Draft]) -> Sample {
    let always_whole = matches!(place, Place::Telegram(_) | Place::Desk(_));
    let is_whole = |draft: &&Draft| {
        let mut chars = draft.text.chars();
        if always_whole {
            chars.next().is_some()
        } else {
            chars.nth(WHOLE_TEXT_CHARS_MIN - 1).is_some()
        }
    };
    Sample {
        entries: number(drafts.len()),
        dated: number(drafts.iter().filter(|draft| date(draft).is_some()).count()),
        whole: number(drafts.iter().filter(is_whole).count()),
    }
}

/// The newest entry's date; dates ahead of `now` say nothing.
pub fn newest(drafts: &[Draft], now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let believable = |time: &DateTime<Utc>| *time <= now + AHEAD_MAX;
    drafts.iter().filter_map(date).filter(believable).max()
}

fn date(draft: &Draft) -> Option<DateTime<Utc>> {
    draft.published.or(draft.updated)
}

/// The health after a visit; `state` is the source's after it.
#[must_use]
pub fn after(
    before: &Health,
    source: &Source,
    state: &SourceState,
    told: &Told,
    now: DateTime<Utc>,
) -> Health {
    let mut next = before.clone();
    next.answered = told.answered;
    let usable = told.answered.is_some_and(Answered::is_usable);
    next.failing_since = (!usable).then(|| before.failing_since.unwrap_or(now));
    if let Some(sample) = told.sample {
        next.last = sample;
        if layout_change(&source.place, before.usual, sample).is_some() {
            next.changed_since = Some(before.changed_since.unwrap_or(now));
        } else {
            next.usual = sample;
            next.changed_since = None;
        }
    }
    let found = told.brought_new.then_some(now);
    next.newest = before.newest.max(told.newest.or(found));
    if told.brought_new {
        next.weekly_tenths = plan::weekly_tenths(&state.pace.rhythm, now).or(before.weekly_tenths);
    }
    for complaint in &told.complaints {
        if let Some((reason, times)) = reason(complaint) {
            skip(&mut next.skipped, reason, times);
        }
    }
    if let Some(answered) = told.answered.filter(|answered| !answered.is_usable()) {
        skip(&mut next.skipped, format!("{VISIT}{}", answered.word()), 1);
    }
    next
}

/// What documents of a source used to give and `last` does not. Feeds are made
/// for machines: one that is empty is empty.
pub fn layout_change(place: &Place, usual: Sample, last: Sample) -> Option<&'static str> {
    if usual.entries < LAYOUT_ENTRIES_MIN || matches!(place, Place::Feed(_) | Place::Desk(_)) {
        return None;
    }
    if last.entries == 0 {
        return Some("no entries are found any more");
    }
    if last.entries < LAYOUT_ENTRIES_MIN {
        return None;
    }
    let has_lost = |before: Option<u32>, after: Option<u32>| {
        before.is_some_and(|share| share >= LAYOUT_HAD_PERCENT)
            && after.is_some_and(|share| share <= LAYOUT_LOST_PERCENT)
    };
    if has_lost(usual.dated_percent(), last.dated_percent()) {
        Some("its entries have lost their dates")
    } else if has_lost(usual.whole_percent(), last.whole_percent()) {
        Some("its entries have lost their texts")
    } else {
        None
    }
}

/// How `source` is at `now`, and why that is thought, for people: its days are
/// those of the zone of `now`.
pub fn verdict(source: &Source, state: &SourceState, now: DateTime<Tz>) -> (Verdict, String) {
    if !source.enabled {
        return (Verdict::Off, "switched off in the catalogue".to_owned());
    }
    let Some(answered) = state.health.answered else {
        return (Verdict::Unvisited, "not visited yet".to_owned());
    };
    let said = || state.last_result.clone().unwrap_or_default();
    match answered {
        Answered::Read | Answered::Unchanged => of_the_living(source, state, now),
        Answered::WebPage => (Verdict::WebPage, said()),
        Answered::Blocked => (Verdict::Blocked, said()),
        Answered::Gone => (Verdict::Dead, said()),
        _ => of_the_failing(state, answered, &said(), now),
    }
}

/// Of a source that answered.
fn of_the_living(source: &Source, state: &SourceState, now: DateTime<Tz>) -> (Verdict, String) {
    let zone = now.timezone();
    let health = &state.health;
    if let (Some(since), Some(what)) = (
        health.changed_since,
        layout_change(&source.place, health.usual, health.last),
    ) {
        let since = day(since, zone);
        let why = format!("{what}, since {since}; see its page and its rules");
        return (Verdict::Changed, why);
    }
    if let Some((to, times)) = &state.moved_to {
        let why = if *times >= plan::MOVES_BELIEVED_AFTER {
            format!("to {to}; put that into the catalogue")
        } else {
            format!(
                "to {to}, as {times} of {} visits saw",
                plan::MOVES_BELIEVED_AFTER
            )
        };
        return (Verdict::Moved, why);
    }
    let is_desk = matches!(source.place, Place::Desk(_));
    if let Some(newest) = health.newest
        && !is_desk
        && now.to_utc() - newest > silent_after(health)
    {
        let why = format!("nothing new since {}", day(newest, zone));
        return (Verdict::Silent, why);
    }
    if state.pace.entries == 0 && !is_desk {
        let why = reasons::most_common(health);
        return (Verdict::Silent, why);
    }
    (
        Verdict::Alive,
        state.last_result.clone().unwrap_or_default(),
    )
}

/// Of a source that did not answer usefully.
fn of_the_failing(
    state: &SourceState,
    answered: Answered,
    said: &str,
    now: DateTime<Tz>,
) -> (Verdict, String) {
    let zone = now.timezone();
    let now = now.to_utc();
    let since = state.health.failing_since.unwrap_or(now);
    let passing = matches!(
        answered,
        Answered::Later
            | Answered::TimedOut
            | Answered::Refused
            | Answered::BrokeOff
            | Answered::LedOn
    );
    let lived = state.last_success.is_some();
    let unreachable = answered == Answered::Nothing;
    let patience = if unreachable {
        UNREACHABLE_DEAD_AFTER
    } else {
        DEAD_AFTER
    };
    if now - since < patience && (passing || lived || unreachable) {
        let alive = state.last_success.map_or_else(String::new, |last| {
            format!("; it last answered on {}", day(last, zone))
        });
        return (Verdict::Failing, format!("{said}{alive}"));
    }
    let alive = match state.last_success {
        Some(last) => format!("; it last answered on {}", day(last, zone)),
        None => "; it has never answered".to_owned(),
    };
    (Verdict::Dead, format!("{said}{alive}"))
}

/// How long a source may have nothing new.
fn silent_after(health: &Health) -> TimeDelta {
    const TENTHS: i64 = 10;
    match health.weekly_tenths {
        Some(tenths @ 1..) => {
            let gap = TimeDelta::minutes(7 * 24 * 60 * TENTHS / i64::from(tenths));
            (gap * i32::try_from(GAPS_MAX).unwrap_or(1)).clamp(SILENT_AFTER_MIN, SILENT_AFTER_MAX)
        }
        _ => SILENT_AFTER_MAX,
    }
}

fn day(time: DateTime<Utc>, zone: Tz) -> String {
    time.with_timezone(&zone).format("%F (%Z)").to_string()
}

fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

/// The reason a complaint gives for leaving something out, without what differs
/// from entry to entry, and how many entries it is about.
fn reason(complaint: &Complaint) -> Option<(String, u32)> {
    let message = complaint.message.as_str();
    if complaint.severity != Severity::Error && !message.contains("left out") {
        return None;
    }
    let (times, rest) = entries_named(message);
    let short = shortened(&unquoted(rest));
    short
        .contains(char::is_alphanumeric)
        .then_some((short, times))
}

/// What a publisher wrote is quoted, and differs each time: at a message's end it
/// goes with the words that announce it.
fn unquoted(message: &str) -> String {
    let mut told = String::new();
    let mut rest = message;
    while let Some((before, quoted)) = rest.split_once('“') {
        told.push_str(before);
        rest = quoted.rsplit_once('”').map_or("", |(_, after)| after);
        if rest.trim().is_empty() {
            let clause = told.rfind([';', ':']).unwrap_or(told.len());
            told.truncate(clause);
            rest = "";
        } else {
            told.push('…');
        }
    }
    told.push_str(rest);
    told.trim().trim_end_matches([':', ';']).trim().to_owned()
}

/// At most [`REASON_CHARS_MAX`], to the end of a clause, else of a word.
fn shortened(message: &str) -> String {
    let Some((end, _)) = message.char_indices().nth(REASON_CHARS_MAX) else {
        return message.to_owned();
    };
    let head = &message[..end];
    // What stands in an address is no end of a clause.
    let clause = [": ", "; "]
        .iter()
        .filter_map(|mark| head.rfind(mark))
        .max();
    if let Some(at) = clause.filter(|at| *at > 0) {
        return head[..at].to_owned();
    }
    let word = head.rfind(' ').unwrap_or(end);
    format!("{}…", head[..word].trim_end_matches([',', '.']))
}

/// `entries 1, 2 and 3 more: what` as 5 and `what`.
fn entries_named(message: &str) -> (u32, &str) {
    let named = message
        .strip_prefix("entries ")
        .or_else(|| message.strip_prefix("entry "));
    let Some((numbers, rest)) = named.and_then(|named| named.split_once(": ")) else {
        return (1, message);
    };
    let (listed, more) = numbers.split_once(" and ").unwrap_or((numbers, ""));
    let more = more.trim_end_matches(" more").parse().unwrap_or(0);
    (
        number(listed.split(", ").count()).saturating_add(more),
        rest,
    )
}

/// Counts a reason; when there are too many, the rarest becomes `other`.
fn skip(skipped: &mut BTreeMap<String, u32>, reason: String, times: u32) {
    let count = skipped.entry(reason).or_default();
    *count = count.saturating_add(times);
    while skipped.len() > REASONS_MAX {
        let rarest = skipped
            .iter()
            .filter(|(reason, _)| reason.as_str() != OTHER)
            .min_by_key(|(_, count)| **count)
            .map(|(reason, _)| reason.clone());
        let Some(folded) = rarest.and_then(|rarest| skipped.remove(&rarest)) else {
            return;
        };
        let other = skipped.entry(OTHER.to_owned()).or_default();
        *other = other.saturating_add(folded);
    }
}

#[cfg(test)]
mod tests;
