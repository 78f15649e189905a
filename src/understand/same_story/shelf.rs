//! Stories held in memory and found by band: those of one visit, or of one file.

use std::collections::HashMap;

use chrono::{DateTime, Utc};

use crate::model::article::ArticleId;
use crate::model::story::{BAND_MAX, Signature, StoryCandidate, StoryId, likeliest};

/// What was placed so far.
#[derive(Debug, Default)]
pub struct Shelf {
    placed: Vec<StoryCandidate>,
    /// Places in `placed`.
    by_band: HashMap<i64, Vec<usize>>,
}

impl Shelf {
    /// Those that share most bands with `signature`.
    pub fn candidates(&self, signature: &Signature) -> impl Iterator<Item = StoryCandidate> {
        let bands = signature.bands.iter().map(|band| {
            let places = self.by_band.get(band).map_or(&[][..], Vec::as_slice);
            &places[places.len().saturating_sub(BAND_MAX)..]
        });
        likeliest(bands)
            .into_iter()
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
