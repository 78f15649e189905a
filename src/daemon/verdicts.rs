//! Tells the operator how sources have changed in a pass: each once in the log, or
//! many alike in one line, as when there is no network.

use std::collections::BTreeMap;

use crate::model::health::Verdict;

/// So many that turn alike in one pass are told of one by one.
const ALIKE_MAX: usize = 5;

/// A verdict that is another than the one last told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Turned {
    source: String,
    was: Option<Verdict>,
    verdict: Verdict,
    why: String,
}

impl Turned {
    /// `None`: the operator knows already.
    pub fn of(
        source: &str,
        was: Option<Verdict>,
        (verdict, why): (Verdict, String),
    ) -> Option<Self> {
        let is_news = was != Some(verdict) && (was.is_some() || !verdict.is_good());
        is_news.then(|| Self {
            source: source.to_owned(),
            was,
            verdict,
            why,
        })
    }

    fn was(&self) -> &'static str {
        self.was.map_or("not known", Verdict::word)
    }
}

/// Tells what a pass found.
pub(super) fn tell(turned: Vec<Turned>) {
    for (verdict, sources) in alike(turned) {
        let (all, first) = (sources.len(), &sources[0].why);
        if all > ALIKE_MAX && verdict.is_good() {
            tracing::info!(
                sources = all,
                verdict = verdict.word(),
                "sources are well again"
            );
        } else if all > ALIKE_MAX {
            tracing::warn!(
                sources = all,
                verdict = verdict.word(),
                first,
                "many sources have changed alike; `jarshy sources list --health` tells of each"
            );
        }
        for one in sources {
            let Turned { source, why, .. } = &one;
            let (verdict, was) = (verdict.word(), one.was());
            if all > ALIKE_MAX {
                tracing::debug!(
                    source.id = source,
                    verdict,
                    was,
                    why,
                    "how a source is has changed"
                );
            } else if one.verdict.is_good() {
                tracing::info!(source.id = source, verdict, was, "a source is well again");
            } else {
                tracing::warn!(
                    source.id = source,
                    verdict,
                    was,
                    why,
                    "how a source is has changed"
                );
            }
        }
    }
}

/// By verdict.
fn alike(turned: Vec<Turned>) -> impl Iterator<Item = (Verdict, Vec<Turned>)> {
    let mut alike: BTreeMap<&str, Vec<Turned>> = BTreeMap::new();
    for one in turned {
        alike.entry(one.verdict.word()).or_default().push(one);
    }
    alike.into_values().map(|all| (all[0].verdict, all))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_operator_knows_is_not_told_again() {
        let (good, bad) = (Verdict::Alive, Verdict::WebPage);
        let cases = [
            (None, good, false),
            (None, bad, true),
            (Some(bad), bad, false),
            (Some(bad), good, true),
            (Some(good), bad, true),
        ];
        for (was, verdict, expected) in cases {
            let turned = Turned::of("a", was, (verdict, String::new()));
            assert_eq!(turned.is_some(), expected, "{was:?} {verdict:?}");
        }
    }
}
