//! Stories held in memory and found by band: those of one visit, or of one file.

use std::collections::{BTreeSet, HashMap};

use chrono::{DateTime, Utc};

use crate::model::article::ArticleId;
use crate::model::story::{Signature, StoryCandidate, StoryId};

/// Stories an article is compared with, the latest first.
const COMPARED_MAX: usize = 200;

/// What was placed so far.
#[derive(Debug, Default)]
pub struct Shelf {
    placed: Vec<StoryCandidate>,
    /// Places in `placed`.
    by_band: HashMap<i64, Vec<usize>>,
}

impl Shelf {
    /// The latest that share a band with `signature`.
    pub fn candidates(&self, signature: &Signature) -> impl Iterator<Item = StoryCandidate> {
        let sharing: BTreeSet<usize> = signature
            .bands
            .iter()
            .filter_map(|band| self.by_band.get(band))
            .flat_map(|places| places.iter().rev().take(COMPARED_MAX))
            .copied()
            .collect();
        sharing
            .into_iter()
            .rev()
            .take(COMPARED_MAX)
            .map(|place| self.placed[place].clone())
    }

    /// Puts an article of `story` there.
    pub fn put(
        &mut self,
        article: ArticleId,
        story: StoryId,
        signature: &Signature,
        dated: DateTime<Utc>,
    ) {
        for band in &signature.bands {
            self.by_band
                .entry(*band)
                .or_default()
                .push(self.placed.len());
        }
        self.placed.push(StoryCandidate {
            story,
            article,
            tokens: signature.tokens.clone(),
            dated,
        });
    }
}
