//! Gathering: asking politely, and reading what others can't.
//!
//! `plan` decides whether a source may be asked, `web` is the only door to the
//! network, and one reader for each kind of document turns bytes into Drafts.
//! Deliberately absent: the store; a reader takes bytes and returns a Harvest.

pub mod charset;
pub mod clean;
pub mod desk;
pub mod discover;
pub mod document;
pub mod feed;
pub mod found;
pub mod full_text;
pub mod health;
pub mod json;
mod more;
pub mod opml;
pub mod page;
pub mod plan;
pub mod robots;
pub mod sitemap;
pub mod telegram;
pub mod web;
pub mod websub;

use crate::model::complaint::Complaint;
use crate::model::draft::Harvest;
use crate::model::source::{Place, Source};
use document::Document;

/// What only a reader can tell of a source's rules: the wrong ones, by their keys.
pub fn prove(source: &Source) -> Vec<Complaint> {
    match &source.place {
        Place::Page { rules, .. } => page::prove(rules),
        _ => Vec::new(),
    }
}

/// Reads a document in the way its place asks for. A desk folder has no single
/// document: see [`desk::read_folder`].
pub fn read(place: &Place, document: &Document<'_>) -> Harvest {
    match place {
        Place::Feed(_) | Place::Desk(_) => feed::read(document),
        Place::Page { rules, .. } => page::read(document, rules),
        Place::Json { rules, .. } => json::read(document, rules),
        Place::Sitemap(_) => sitemap::read(document),
        Place::Telegram(_) => telegram::read(document),
    }
}
