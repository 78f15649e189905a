//! What asking a source came to: the answer is read, if there is something in it
//! that was not read before. Pure: what was known, what came, `now`.
//!
//! Deliberately absent: asking (`web`), and when to ask again (`plan`).

pub mod index;
mod part;
mod works;

use chrono::{DateTime, TimeDelta};
use chrono_tz::Tz;
use url::Url;

use crate::model::complaint::{Complaint, Severity};
use crate::model::draft::Harvest;
use crate::model::health::Answered;
use crate::model::source::{Place, Source, SourceState, Validators};

use super::document::Document;
use super::health::{self, LAYOUT_ENTRIES_MIN};
use super::plan::{self, Brought, Visited};
use super::web::Answer;
use super::websub::{self, Offer};

const ASKS_WHO_WE_ARE: &str = "the site asks whether we are human; ask its owner to let us in";
/// Of a listing in whose place another page answers.
const ONLY_ITSELF: &str = "a page without a list answers where a list was; left out";
/// The same with links to the site's sections.
const WORKS: &str = "a page that says the site is out of order answers where a list was; left out";

/// What asking a source came to.
pub struct Found {
    pub answered: Answered,
    pub visited: Visited,
    /// Where a document came that was not read before.
    pub harvest: Option<Harvest>,
    /// What was said of hubs, where that document could be read.
    pub offer: Option<Offer>,
    /// The document broke off: what is not in it may be in the rest.
    pub is_part: bool,
}

impl Found {
    /// Nobody was asked.
    pub fn nothing(why: String) -> Self {
        Self::without_document(Answered::Nothing, Visited::Failed { why })
    }

    /// A desk's folder was read.
    pub fn on_desk(folder: Harvest) -> Self {
        let visited = Visited::Read {
            validators: Validators::default(),
            body_hash: None,
            permanent_redirect: None,
            fresh_for: None,
            brought: Brought::default(),
        };
        Self {
            harvest: Some(folder),
            ..Self::without_document(Answered::Read, visited)
        }
    }

    fn without_document(answered: Answered, visited: Visited) -> Self {
        Self {
            answered,
            visited,
            harvest: None,
            offer: None,
            is_part: false,
        }
    }
}

/// Reads an answer that came at `now`, in the house zone, if there is something in it
/// that was not read before.
pub fn read(source: &Source, state: &SourceState, answer: Answer, now: DateTime<Tz>) -> Found {
    let answered = health::answered(&answer);
    let visited = match answer {
        Answer::Body {
            bytes,
            content_type,
            validators,
            final_url,
            permanent_redirect,
            fresh_for,
            links,
        } => {
            let hash = plan::body_hash(&bytes);
            if state.body_hash.as_ref() == Some(&hash) {
                let unchanged = Visited::Unchanged {
                    validators,
                    permanent_redirect,
                    fresh_for,
                };
                return Found::without_document(Answered::Unchanged, unchanged);
            }
            let document = Document {
                bytes: &bytes,
                content_type: content_type.as_deref(),
                url: Some(&final_url),
                received: now,
            };
            let mut harvest = super::read(&source.place, &document);
            let answered = health::answered_body(&source.place, &document, &harvest);
            let instead = instead_of_list(source, state, &document, &harvest);
            let visited = match unreadable(&harvest) {
                // Not news, whatever the reader made of it.
                _ if answered == Answered::Blocked => {
                    harvest.drafts.clear();
                    let why = ASKS_WHO_WE_ARE.to_owned();
                    Visited::Unreadable { why }
                }
                Some(why) => Visited::Unreadable { why },
                None => match instead {
                    Some(what) => without_list(&mut harvest, what, permanent_redirect, fresh_for),
                    None => Visited::Read {
                        validators,
                        body_hash: Some(hash),
                        permanent_redirect,
                        fresh_for,
                        brought: said(&source.place, &bytes),
                    },
                },
            };
            let was_read = matches!(visited, Visited::Read { .. });
            return Found {
                offer: was_read.then(|| websub::offered(&links, &harvest.feed, &final_url)),
                harvest: Some(harvest),
                ..Found::without_document(answered, visited)
            };
        }
        part @ Answer::BrokeOff { .. } => return part::read(source, part, now),
        Answer::NotModified {
            validators,
            permanent_redirect,
            fresh_for,
        } => Visited::Unchanged {
            validators,
            permanent_redirect,
            fresh_for,
        },
        Answer::Gone => Visited::Gone,
        Answer::TooEarly { retry_after, .. } => Visited::TooEarly { retry_after },
        Answer::Failed { why, .. } => Visited::Failed { why },
    };
    Found::without_document(answered, visited)
}

/// What a page that used to be a list of entries is now, where that is no list: one
/// text, or one with links to sections, as works on the site or a new layout make it.
/// Where rules name the entries, none is found.
fn instead_of_list(
    source: &Source,
    state: &SourceState,
    document: &Document<'_>,
    harvest: &Harvest,
) -> Option<&'static str> {
    let Place::Page { rules, .. } = &source.place else {
        return None;
    };
    let finds_by_itself = rules.item.is_none() && rules.link.is_none();
    let health = &state.health;
    if !finds_by_itself || health.usual.entries < LAYOUT_ENTRIES_MIN {
        return None;
    }
    if harvest.drafts.len() == 1 {
        return Some(ONLY_ITSELF);
    }
    let now = document.received.to_utc();
    works::are_on(&source.place, health, document, harvest, now).then_some(WORKS)
}

/// What came is no article, and the list may come back under the old validators.
fn without_list(
    harvest: &mut Harvest,
    instead: &'static str,
    permanent_redirect: Option<Url>,
    fresh_for: Option<TimeDelta>,
) -> Visited {
    harvest.drafts.clear();
    harvest.complaints.push(Complaint::error("", instead));
    Visited::Read {
        validators: Validators::default(),
        body_hash: None,
        permanent_redirect,
        fresh_for,
        brought: Brought {
            result: format!("; {instead}"),
            ..Brought::default()
        },
    }
}

/// Why a document is as good as none. Its validators are not kept: the next
/// visit asks for all of it again.
fn unreadable(harvest: &Harvest) -> Option<String> {
    if harvest.format.is_some() {
        return None;
    }
    // What is wrong altogether says more than what is odd on the way.
    let worst = harvest
        .complaints
        .iter()
        .find(|complaint| complaint.severity == Severity::Error)
        .or(harvest.complaints.first());
    let why = worst.map(|complaint| complaint.message.clone());
    Some(why.unwrap_or_else(|| "nothing readable".to_owned()))
}

/// What a feed says of coming again, and that it has moved: people are told, and
/// decide. The rest is known only after comparing.
fn said(place: &Place, bytes: &[u8]) -> Brought {
    let Place::Feed(own) = place else {
        return Brought::default();
    };
    let head = plan::asked_by(bytes);
    let moved = head
        .new_address
        .filter(|address| Url::parse(address).is_ok_and(|address| address != *own));
    Brought {
        asked: head.pace,
        result: moved.map_or_else(String::new, |address| {
            format!("; it says it has moved to {address}: see that this is true, and change the catalogue")
        }),
        ..Brought::default()
    }
}

#[cfg(test)]
mod tests;
