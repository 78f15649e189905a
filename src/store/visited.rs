//! What a visit brought, as a value.

use crate::model::article::Article;
use crate::model::event::Event;
use crate::model::full_text::FullText;
use crate::model::reading::Reading;
use crate::model::source::SourceState;
use crate::model::story::{Signature, StoryId};

/// What came of asking a source: what to remember, and what is new.
#[derive(Debug, Clone, PartialEq)]
pub struct Visit {
    /// Its `last_visit` is when a visit's changes count as made.
    pub state: SourceState,
    /// New and revised articles only.
    pub articles: Vec<VisitedArticle>,
    /// What became of asking articles' pages for their texts.
    pub full_texts: Vec<FullText>,
}

impl Visit {
    /// Brought nothing: its state is all there is to keep.
    pub fn quiet(state: SourceState) -> Self {
        Self {
            state,
            articles: Vec::new(),
            full_texts: Vec::new(),
        }
    }
}

/// An article with all that is believed of it.
#[derive(Debug, Clone, PartialEq)]
pub struct VisitedArticle {
    pub article: Article,
    pub reading: Reading,
    pub signature: Signature,
    pub story: StoryId,
    /// The events it tells of, as merged.
    pub events: Vec<Event>,
    /// Events it no longer tells of by the operator's word or a newer reading, as
    /// the others tell them. Of a visit none.
    pub left: Vec<Event>,
}

/// What recording came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VisitRecord {
    /// Everything is stored.
    Stored { new: u64, revised: u64 },
    /// Another process has the source now, or the operator has corrected one of
    /// the articles meanwhile: nothing is stored, and all is asked for again.
    LeaseLost,
}
