//! An operator's own letter: one text to all readers or to some.

use super::id::{derive, string_id};
use super::language::Tongue;
use super::region::Region;
use super::topic::Topic;

string_id! {
    /// Derived from the text: the same text is the same mailing, however often
    /// it is sent.
    MailingId
}

impl MailingId {
    /// The id of the mailing that says `text`.
    pub fn derived(text: &str) -> Self {
        Self(derive(&["mailing", text]))
    }

    /// What its deliveries are queued under.
    pub fn occasion(&self) -> String {
        format!("mailing:{self}")
    }
}

/// To whom a mailing goes, of those who confirmed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Audience {
    /// Only whose letters are in this tongue.
    pub tongue: Option<Tongue>,
    /// Only who read of this region, by its name or of all of them.
    pub region: Option<Region>,
    /// Only who read of this topic, by its name or of all of them.
    pub topic: Option<Topic>,
}
