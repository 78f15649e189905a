//! A sitemap index, and what the children of it that were asked gave: one document,
//! as a visit sees it.

use chrono::DateTime;
use chrono_tz::Tz;
use url::Url;

use super::Found;
use crate::gather::document::Document;
use crate::gather::health;
use crate::gather::plan::{self, Brought, Visited};
use crate::gather::sitemap;
use crate::gather::web::Answer;
use crate::model::complaint::Complaint;
use crate::model::draft::Harvest;
use crate::model::health::Answered;
use crate::model::source::{SourceState, Validators};

/// Reads an index with its children, which all came at `now`. Nothing is asked
/// conditionally next time: an index that is the same may have a child that is not.
pub fn read(
    state: &SourceState,
    index: Answer,
    children: Vec<(Url, Answer)>,
    now: DateTime<Tz>,
) -> Found {
    let Answer::Body {
        bytes,
        final_url,
        permanent_redirect,
        fresh_for,
        ..
    } = index
    else {
        return Found::nothing("the index is gone".to_owned());
    };
    let mut read = Read {
        harvest: Harvest {
            format: Some("sitemap"),
            ..Harvest::default()
        },
        hashed: bytes,
        ..Read::default()
    };
    for (url, answer) in children {
        read.take(&url, answer, now);
    }
    let Read {
        mut harvest,
        hashed,
        failed,
        is_part,
        count,
    } = read;
    if let Some((answered, why)) = failed.filter(|_| count == 0) {
        return Found::without_document(answered, Visited::Failed { why });
    }
    let hash = plan::body_hash(&hashed);
    if state.body_hash.as_ref() == Some(&hash) && !is_part {
        let visited = Visited::Unchanged {
            validators: Validators::default(),
            permanent_redirect,
            fresh_for,
        };
        return Found::without_document(Answered::Unchanged, visited);
    }
    harvest.feed.link = Some(final_url.to_string());
    harvest.drafts = sitemap::newest(harvest.drafts);
    harvest.well_formed = harvest.complaints.is_empty();
    let visited = Visited::Read {
        validators: Validators::default(),
        body_hash: (!is_part).then_some(hash),
        permanent_redirect,
        fresh_for,
        brought: Brought::default(),
    };
    Found {
        harvest: Some(harvest),
        is_part,
        ..Found::without_document(Answered::Read, visited)
    }
}

#[derive(Default)]
struct Read {
    harvest: Harvest,
    /// All that came, one after the other.
    hashed: Vec<u8>,
    /// What the first child came to that could not be had.
    failed: Option<(Answered, String)>,
    /// Something is missing that may be there the next time.
    is_part: bool,
    /// How many children could be read.
    count: usize,
}

impl Read {
    fn take(&mut self, url: &Url, answer: Answer, now: DateTime<Tz>) {
        let answered = health::answered(&answer);
        let (bytes, content_type, final_url) = match answer {
            Answer::Body {
                bytes,
                content_type,
                final_url,
                ..
            } => (bytes, content_type, final_url),
            // All of it is asked for again.
            Answer::BrokeOff { why, .. } | Answer::Failed { why, .. } => {
                return self.miss(url, answered, why);
            }
            Answer::Gone => return self.miss(url, answered, "it is gone (410)".to_owned()),
            Answer::TooEarly { .. } | Answer::NotModified { .. } => {
                return self.miss(url, answered, "no sitemap answered".to_owned());
            }
        };
        let document = Document {
            bytes: &bytes,
            content_type: content_type.as_deref(),
            url: Some(&final_url),
            received: now,
        };
        let mut found = sitemap::read(&document);
        if found.format.is_none() {
            let why = found.complaints.first();
            let why = why.map(|complaint| complaint.message.clone());
            return self.miss(url, Answered::Unreadable, why.unwrap_or_default());
        }
        self.count += 1;
        self.hashed.extend_from_slice(&bytes);
        for complaint in &mut found.complaints {
            complaint.place = url.to_string();
        }
        let head = &mut self.harvest.feed;
        head.title = head.title.take().or(found.feed.title);
        head.language = head.language.take().or(found.feed.language);
        self.harvest.encoding = found.encoding;
        self.harvest.drafts.append(&mut found.drafts);
        self.harvest.complaints.append(&mut found.complaints);
    }

    fn miss(&mut self, url: &Url, answered: Answered, why: String) {
        self.is_part = true;
        let message = format!("a sitemap of the index could not be read: {why}");
        let mut complaint = Complaint::error("", message);
        complaint.place = url.to_string();
        self.harvest.complaints.push(complaint);
        self.failed.get_or_insert((answered, why));
    }
}
