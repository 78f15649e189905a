//! Stories of texts given one after the other, held in memory.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::{Asked, STAGE_ZONE, article_of};
use crate::cli::json_line;
use crate::model::article::Article;
use crate::model::story::{StoryCandidate, StoryId};
use crate::understand::{self, Hints, Read, same_story};

/// Stories of one file, and the first article of each as it was named there.
#[derive(Default)]
pub(super) struct Stories {
    shelf: same_story::Shelf,
    named: HashMap<StoryId, Value>,
}

impl Stories {
    /// Answers a line with the story its text tells.
    pub(super) fn place(&mut self, line: &str, now: DateTime<Utc>) -> Result<String, String> {
        let asked = json_line::read::<Asked>(line)?;
        let (id, article) = article_of(asked, now)?;
        let read = understand::read_to_compare(&article, &Hints::default(), STAGE_ZONE, now);
        let story = self.story_of(&article, &read);
        let first = self.named.entry(story).or_insert_with(|| id.clone());
        Ok(json!({"id": id, "story": first}).to_string())
    }

    /// The story of the next text.
    pub(super) fn story_of(&mut self, article: &Article, read: &Read) -> StoryId {
        let signature = read.likeness.signature(article, &read.reading);
        let candidates: Vec<StoryCandidate> = self.shelf.candidates(&signature).collect();
        let dated = article.dated();
        let story = same_story::join(&article.id, dated, &signature, &candidates);
        self.shelf
            .put(article.id.clone(), story.clone(), &signature, dated);
        story
    }
}
