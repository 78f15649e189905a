//! Delivery status notifications (RFC 3464): which recipient counts, and what
//! its status comes to.

use super::fields::Fields;
use super::mail::addresses;
use super::severity::{self, Verdict};

/// What the status blocks come to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decided {
    Failed(Verdict),
    Delayed,
    Delivered,
    /// No block speaks of a recipient.
    Nothing,
}

/// RFC 3464 section 2.3.3.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Action {
    Failed,
    Delayed,
    /// Delivered, relayed or expanded: it went on from there.
    Arrived,
}

/// Decides. A letter of ours has one recipient; several blocks mean that a list
/// or an alias was behind the address. Then the block of that very address
/// counts, if there is one; else the mildest: a letter that reached anybody
/// arrived, and one still under way may.
pub fn decide(blocks: &[Fields], sent_to: &[String], text: &str) -> Decided {
    let recipients: Vec<(&Fields, Action)> = blocks
        .iter()
        .filter_map(|block| Some((block, action(block)?)))
        .collect();
    let own: Vec<_> = recipients
        .iter()
        .filter(|(block, _)| is_of(block, sent_to))
        .copied()
        .collect();
    let counting = if own.is_empty() { recipients } else { own };
    let has = |wanted: Action| counting.iter().any(|(_, action)| *action == wanted);
    if has(Action::Arrived) {
        return Decided::Delivered;
    }
    if has(Action::Delayed) {
        return Decided::Delayed;
    }
    // The text for people is about all of them, so it speaks for one only.
    let text = if counting.len() == 1 { text } else { "" };
    counting
        .iter()
        .map(|(block, _)| verdict(block, text))
        .min_by_key(|verdict| verdict.severity)
        .map_or(Decided::Nothing, Decided::Failed)
}

fn action(block: &Fields) -> Option<Action> {
    if let Some(word) = block.value("action") {
        let word = word.trim().to_ascii_lowercase();
        let known = [
            ("fail", Action::Failed),
            ("delay", Action::Delayed),
            ("deliver", Action::Arrived),
            ("relay", Action::Arrived),
            ("expand", Action::Arrived),
        ];
        if let Some((_, action)) = known.iter().find(|(start, _)| word.starts_with(start)) {
            return Some(*action);
        }
    }
    if !block.has("final-recipient") && !block.has("original-recipient") {
        return None;
    }
    match block.value("status")?.trim().as_bytes().first()? {
        b'5' => Some(Action::Failed),
        b'4' => Some(Action::Delayed),
        b'2' => Some(Action::Arrived),
        _ => None,
    }
}

fn is_of(block: &Fields, sent_to: &[String]) -> bool {
    block
        .values("final-recipient")
        .chain(block.values("original-recipient"))
        .flat_map(addresses)
        .any(|address| sent_to.contains(&address.to_ascii_lowercase()))
}

/// The server's own words count; where they say nothing, the words for people.
fn verdict(block: &Fields, text: &str) -> Verdict {
    let status = block.value("status").unwrap_or_default();
    let diagnostic = block.value("diagnostic-code").unwrap_or_default();
    // `smtp; 550 …`, and Exchange's `smtp;550 …` (section 2.3.6).
    let words = diagnostic
        .split_once(';')
        .filter(|(kind, _)| kind.len() <= 16)
        .map_or(diagnostic, |(_, words)| words)
        .trim();
    severity::of_status(status, words, text)
}
