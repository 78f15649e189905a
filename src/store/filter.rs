//! `model::feed::Filter::admits` said in SQL. Held to it by the contract suite.

use super::session::Value;
use crate::model::feed::Filter;
use crate::model::region::Region;

/// A filter whose values stand among a statement's placeholders.
pub(super) struct SqlFilter {
    kinds: Option<String>,
    languages: Option<String>,
    regions: Option<String>,
    topics: Option<String>,
    sources: Option<String>,
}

impl SqlFilter {
    /// Appends the filter's values to `values`; the conditions then name them.
    pub(super) fn new(filter: &Filter, values: &mut Vec<Value>) -> Self {
        let mut bind = |words: Vec<String>| placeholders(words, values);
        Self {
            kinds: bind(filter.kinds.iter().map(|k| k.word().to_owned()).collect()),
            languages: bind(
                filter
                    .languages
                    .iter()
                    .map(|l| l.tag().to_owned())
                    .collect(),
            ),
            regions: bind(filter.regions.iter().copied().map(Region::code).collect()),
            topics: bind(filter.topics.iter().map(|t| t.word().to_owned()).collect()),
            sources: bind(filter.sources.iter().map(ToString::to_string).collect()),
        }
    }

    /// Whether the article under the alias `table` is admitted.
    pub(super) fn admits(&self, table: &str) -> String {
        self.condition(table, None)
    }

    /// The same, where a region asked for may also be that in column `place`.
    pub(super) fn admits_or_lies_in(&self, table: &str, place: &str) -> String {
        self.condition(table, Some(place))
    }

    /// Subqueries are written `IS TRUE` so that they stay questions about one row:
    /// SQLite (since 3.51) makes a join of a bare one, and asks it after all others,
    /// which cost seconds where a story had thousands of articles.
    fn condition(&self, table: &str, place: Option<&str>) -> String {
        let mut all = vec!["1 = 1".to_owned()];
        if let Some(kinds) = &self.kinds {
            all.push(format!("{table}.shown_kind IN ({kinds})"));
        }
        if let Some(languages) = &self.languages {
            all.push(format!("{table}.shown_language IN ({languages})"));
        }
        if let Some(sources) = &self.sources {
            all.push(format!("{table}.source_id IN ({sources})"));
        }
        if let Some(topics) = &self.topics {
            all.push(format!(
                "EXISTS (SELECT 1 FROM article_topics o WHERE o.article_id = {table}.id \
                 AND o.sure = 1 AND o.topic IN ({topics})) IS TRUE"
            ));
        }
        if let Some(regions) = &self.regions {
            let told = format!(
                "EXISTS (SELECT 1 FROM article_regions r WHERE r.article_id = {table}.id \
                 AND r.sure = 1 AND r.region IN ({regions})) IS TRUE"
            );
            all.push(match place {
                Some(place) => format!("({told} OR {place} IN ({regions}))"),
                None => told,
            });
        }
        all.join(" AND ")
    }
}

/// `$4, $5`, or `None` for a list that excludes nothing.
fn placeholders(words: Vec<String>, values: &mut Vec<Value>) -> Option<String> {
    if words.is_empty() {
        return None;
    }
    let names: Vec<String> = words
        .into_iter()
        .map(|word| {
            values.push(Value::from(word));
            format!("${}", values.len())
        })
        .collect();
    Some(names.join(", "))
}
