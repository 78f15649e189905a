//! The end of the walk: what is told of the document.

use crate::gather::document::DOCUMENT_ENTRIES_MAX;
use crate::model::complaint::{Complaint, Position};
use crate::model::draft::Harvest;

use super::super::names::Tag;
use super::super::{COMPLAINTS_MAX, place_of, web_page};
use super::{Walk, is_page};

impl Walk<'_> {
    pub(super) fn end_of_document(&mut self, at: usize) {
        if self.open.is_empty() {
            return;
        }
        let inner = self.open.last().map_or("", |open| open.name);
        self.complain(at, &format!("the document ends inside <{inner}>"));
        // Half an address or date is worse than none; half a text is still a text.
        let whole = matches!(
            self.capture.as_ref().map(|capture| capture.tag),
            Some(
                Tag::Title
                    | Tag::Description
                    | Tag::Summary
                    | Tag::Content
                    | Tag::Encoded
                    | Tag::Body
                    | Tag::Subtitle
            )
        );
        if !whole {
            self.capture = None;
        }
        if self
            .build
            .entry
            .as_ref()
            .is_some_and(|entry| !entry.is_findable())
        {
            self.build.entry = None;
        }
        while !self.open.is_empty() {
            self.close_one();
        }
    }

    pub(super) fn tell_bad_date(&mut self) {
        if let Some(text) = self.build.bad_date.take() {
            // A wrong date is no fault of the XML: it is about a key.
            if self.complaints.len() < COMPLAINTS_MAX {
                let message = format!(
                    "the date “{text}” cannot be read, or its year is outside 1990 to 2100; left out"
                );
                let complaint = self.complaint_at(self.position(), &message);
                self.complaints.push(complaint.about("date"));
            }
        }
    }

    pub(super) fn complain(&mut self, at: usize, message: &str) {
        if self.complaints.len() < COMPLAINTS_MAX {
            let complaint = self.complaint_at(at, message);
            self.complaints.push(complaint);
        }
    }

    pub(super) fn complaint_at(&self, at: usize, message: &str) -> Complaint {
        Complaint::warning(place_of(&self.document), message).at(Position::of_offset(self.text, at))
    }

    pub(super) fn finish(mut self, harvest: &mut Harvest) {
        let place = place_of(&self.document);
        let broken = self
            .complaints
            .iter()
            .any(|complaint| complaint.key.is_none());
        harvest.well_formed &= !broken;
        harvest.format = self.format;
        if self.format.is_none() {
            harvest.well_formed = false;
            // What a page does wrong as XML is nothing to anybody.
            self.complaints.clear();
            let nothing = match self.first_root {
                Some(root) if is_page(root) => web_page(self.text, &place),
                Some(root) => Complaint::error(
                    &place,
                    format!(
                        "the root element <{root}> belongs to no feed format; expected <rss>, <rdf:RDF> or <feed>"
                    ),
                ),
                None if self.text.to_ascii_lowercase().contains("<!doctype html") => {
                    web_page(self.text, &place)
                }
                None => Complaint::error(&place, "this is no feed: neither XML nor JSON"),
            };
            self.complaints.insert(0, nothing);
        }
        if self.build.left_out > 0 {
            let message = format!(
                "more than {DOCUMENT_ENTRIES_MAX} entries; {} are left out",
                self.build.left_out
            );
            self.complaints
                .insert(0, Complaint::warning(&place, message).about("entries"));
        }
        harvest.complaints.append(&mut self.complaints);
        (harvest.feed, harvest.drafts) = self.build.finish();
    }
}
