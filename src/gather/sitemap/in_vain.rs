//! When a page that was asked in vain is asked again. What was never asked comes
//! before it, so a few bad pages keep no others waiting, however new they are.

use chrono::{DateTime, TimeDelta, Utc};

use crate::gather::full_text::Came;
use crate::model::article::ArticleId;
use crate::model::in_vain::{Asked, InVain};

/// A page that gave nothing is asked for again after this.
const NOTHING_FOR: TimeDelta = TimeDelta::days(1);
/// One that could not be had, after these; then it counts as one that gave nothing.
const RETRIES: [TimeDelta; 3] = [
    TimeDelta::hours(1),
    TimeDelta::hours(6),
    TimeDelta::hours(24),
];
/// What could be asked again for so long is forgotten: its entry is too old by then.
const REMEMBERED_FOR: TimeDelta = TimeDelta::days(14);
/// The most pages remembered of one source: they stand in its row.
const REMEMBERED_MAX: usize = 200;

/// Whether a page may be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turn {
    Now,
    /// Later, and the document is to be seen again for it.
    Later,
    /// Not before long, and nothing waits for it.
    Hardly,
}

/// Whether a page may be asked at `now`.
pub fn turn(in_vain: &InVain, id: &ArticleId, now: DateTime<Utc>) -> Turn {
    match in_vain.pages.get(id.as_str()) {
        Some(asked) if now < asked.again && asked.troubles.is_some() => Turn::Later,
        Some(asked) if now < asked.again => Turn::Hardly,
        _ => Turn::Now,
    }
}

/// Whether it was asked before.
pub fn is_known(in_vain: &InVain, id: &ArticleId) -> bool {
    in_vain.pages.contains_key(id.as_str())
}

/// Whether none of the source's pages may be asked.
pub fn rests(in_vain: &InVain, now: DateTime<Utc>) -> bool {
    in_vain.rests_until.is_some_and(|until| now < until)
}

/// Remembers what came of asking a page.
pub fn remember(in_vain: &mut InVain, id: &ArticleId, came: &Came, now: DateTime<Utc>) {
    let before = in_vain.pages.remove(id.as_str());
    let asked = match came {
        Came::Text => return,
        Came::Nothing(_) => nothing(now),
        Came::NotNow(_, until) => {
            in_vain.rests_until = in_vain.rests_until.max(*until);
            let times = before.map_or(Some(0), |asked| asked.troubles);
            let wait = times.and_then(|times| RETRIES.get(times as usize));
            wait.map_or(nothing(now), |wait| Asked {
                troubles: times.map(|times| times + 1),
                again: now + *wait,
            })
        }
    };
    in_vain.pages.insert(id.to_string(), asked);
}

fn nothing(now: DateTime<Utc>) -> Asked {
    Asked {
        troubles: None,
        again: now + NOTHING_FOR,
    }
}

/// Forgets what is of no use any more, and the first to be asked again where there
/// is too much.
pub fn forget(in_vain: &mut InVain, now: DateTime<Utc>) {
    let pages = &mut in_vain.pages;
    pages.retain(|_, asked| now < asked.again + REMEMBERED_FOR);
    if pages.len() > REMEMBERED_MAX {
        let mut times: Vec<_> = pages.values().map(|asked| asked.again).collect();
        times.sort_unstable();
        let first_kept = times[times.len() - REMEMBERED_MAX];
        pages.retain(|_, asked| first_kept <= asked.again);
    }
    in_vain.rests_until = in_vain.rests_until.filter(|until| now < *until);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(hour: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::hours(hour)
    }

    fn id(number: usize) -> ArticleId {
        ArticleId::from_stored(format!("{number:04}"))
    }

    fn trouble() -> Came {
        Came::NotNow("500".to_owned(), None)
    }

    #[test]
    fn trouble_is_tried_again_ever_later_and_then_given_up() {
        let mut in_vain = InVain::default();
        for (asked, again, kept) in [
            (0, 1, Turn::Later),
            (1, 7, Turn::Later),
            (7, 31, Turn::Later),
            (31, 55, Turn::Hardly),
            (55, 79, Turn::Hardly),
        ] {
            assert_eq!(turn(&in_vain, &id(1), at(asked)), Turn::Now);
            remember(&mut in_vain, &id(1), &trouble(), at(asked));
            assert_eq!(turn(&in_vain, &id(1), at(again - 1)), kept, "{asked}");
        }
        assert!(is_known(&in_vain, &id(1)));
        remember(&mut in_vain, &id(1), &Came::Text, at(79));
        assert_eq!(in_vain, InVain::default());
    }

    #[test]
    fn a_server_that_asks_for_time_rests_with_all_its_pages() {
        let mut in_vain = InVain::default();
        let busy = Came::NotNow("busy".to_owned(), Some(at(36)));
        remember(&mut in_vain, &id(1), &busy, at(0));
        remember(&mut in_vain, &id(2), &trouble(), at(0));
        assert!(rests(&in_vain, at(35)) && !rests(&in_vain, at(36)));
        forget(&mut in_vain, at(36));
        assert_eq!((in_vain.rests_until, in_vain.pages.len()), (None, 2));
    }

    #[test]
    fn no_more_is_remembered_than_is_of_use() {
        let mut in_vain = InVain::default();
        for number in 0..=REMEMBERED_MAX {
            let hour = i64::try_from(number).expect("a few");
            remember(&mut in_vain, &id(number), &trouble(), at(hour));
        }
        forget(&mut in_vain, at(201));
        assert_eq!(in_vain.pages.len(), REMEMBERED_MAX);
        assert!(!is_known(&in_vain, &id(0)) && is_known(&in_vain, &id(200)));
        forget(&mut in_vain, at(201 + 15 * 24));
        assert!(in_vain.pages.is_empty());
    }
}
