//! Which week a bare weekday is of: only the verb beside it can say.

use chrono::TimeDelta;

use super::super::lexicon::section;
use super::Scene;
use super::dates::Dated;
use super::forum::Forum;
use super::held::Held;
use super::length::is_length_told;

const UNTOLD: &str = "a bare weekday no verb says to be the last or the next";

impl Scene<'_> {
    /// Settles which day a guessed weekday is.
    ///
    /// # Errors
    /// Why it can't be told.
    pub(super) fn settle(
        &self,
        dated: &mut Dated,
        sentence: usize,
        held: Held,
    ) -> Result<(), &'static str> {
        if !dated.guessed {
            return Ok(());
        }
        let (words, at) = self.around(dated.first, sentence);
        let week = TimeDelta::days(7);
        let is_scene = |forum: &Forum| forum.scene && forum.sentence == sentence;
        // The weekday a forum ended on is not the one it began on.
        let ended = section("ended").nearest(words, at);
        let went = section("past-held").nearest(words, at);
        let is_its_end = ended.is_some_and(|ended| went.is_none_or(|went| ended <= went));
        let first_unknown = || is_its_end && dated.end.is_none() && !is_length_told(words);
        let past = || section("past").any(words) || self.forums.iter().any(is_scene);
        let told = || past() && !section("future").any(words);
        let moved = match held {
            Held::Now => return Err(UNTOLD),
            Held::ToCome if self.is_attribution(*dated, sentence) => {
                return Err("the weekday it was said on");
            }
            Held::ToCome if dated.start < self.published => dated.start.checked_add_signed(week),
            Held::Over | Held::Untold if first_unknown() => return Err(UNTOLD),
            Held::Untold if !told() => return Err(UNTOLD),
            Held::Over | Held::Untold if dated.start > self.published => {
                dated.start.checked_sub_signed(week)
            }
            Held::ToCome | Held::Over | Held::Untold => Some(dated.start),
        };
        let start = moved.ok_or(UNTOLD)?;
        dated.end = dated
            .end
            .and_then(|end| end.checked_add_signed(start - dated.start));
        dated.start = start;
        Ok(())
    }

    /// Who tells of what is to come told it that day.
    fn is_attribution(&self, dated: Dated, sentence: usize) -> bool {
        let begin = self.told.sentences[sentence].tokens.start;
        let low = dated.first.saturating_sub(2).max(begin);
        section("attribution").any(&self.told.tokens[low..dated.first])
    }
}
