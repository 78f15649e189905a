//! The newest entries of a sitemap that has more than are taken: many begin with
//! what an outlet wrote first.

use std::cmp::Reverse;

use chrono::{DateTime, Utc};

use crate::gather::document::DOCUMENT_ENTRIES_MAX;
use crate::model::draft::Draft;

/// Up to [`DOCUMENT_ENTRIES_MAX`] entries, or a few more while they come.
pub struct Newest<T> {
    kept: Vec<Entry<T>>,
    /// How many came.
    count: usize,
    /// Whether dates rise or fall from entry to entry.
    last: Option<DateTime<Utc>>,
    rises: usize,
    falls: usize,
}

struct Entry<T> {
    value: T,
    worth: Worth,
    /// From 1, in document order.
    number: usize,
}

/// What an entry is worth beside others; compared in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Worth {
    /// With neither title nor date it is not even asked for.
    Nothing,
    Dated(DateTime<Utc>),
    /// It tells what it says, not since when.
    Titled,
}

impl<T> Newest<T> {
    pub const fn new() -> Self {
        Self {
            kept: Vec::new(),
            count: 0,
            last: None,
            rises: 0,
            falls: 0,
        }
    }

    /// How many came.
    pub const fn count(&self) -> usize {
        self.count
    }

    /// The next in document order.
    pub fn push(&mut self, value: T, date: Option<DateTime<Utc>>, is_titled: bool) {
        self.count += 1;
        let worth = match date {
            Some(date) => Worth::Dated(date),
            None if is_titled => Worth::Titled,
            None => Worth::Nothing,
        };
        if let (Some(date), Some(last)) = (date, self.last) {
            self.rises += usize::from(date > last);
            self.falls += usize::from(date < last);
        }
        self.last = date.or(self.last);
        self.kept.push(Entry {
            value,
            worth,
            number: self.count,
        });
        if self.kept.len() >= 2 * DOCUMENT_ENTRIES_MAX {
            self.prune();
        }
    }

    /// The newest with their numbers, in document order.
    pub fn into_entries(mut self) -> Vec<(usize, T)> {
        self.prune();
        self.kept.sort_unstable_by_key(|entry| entry.number);
        let kept = self.kept.into_iter();
        kept.map(|entry| (entry.number, entry.value)).collect()
    }

    /// Of equals the first are kept, but of a list that rises the last.
    fn prune(&mut self) {
        if self.kept.len() <= DOCUMENT_ENTRIES_MAX {
            return;
        }
        let rises = self.rises > self.falls;
        self.kept
            .select_nth_unstable_by_key(DOCUMENT_ENTRIES_MAX, |entry| {
                let place = if rises {
                    usize::MAX - entry.number
                } else {
                    entry.number
                };
                (Reverse(entry.worth), place)
            });
        self.kept.truncate(DOCUMENT_ENTRIES_MAX);
    }
}

/// The newest of what several sitemaps gave.
pub fn newest(drafts: Vec<Draft>) -> Vec<Draft> {
    let mut newest = Newest::new();
    for draft in drafts {
        let (date, is_titled) = (draft.published.or(draft.updated), draft.title.is_some());
        newest.push(draft, date, is_titled);
    }
    let kept = newest.into_entries().into_iter();
    kept.map(|(_, draft)| draft).collect()
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;

    const MAX: usize = DOCUMENT_ENTRIES_MAX;

    fn day(number: usize) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::days(i64::try_from(number).expect("a few"))
    }

    /// The first and the last kept of so many entries.
    fn check(
        count: usize,
        date: impl Fn(usize) -> Option<DateTime<Utc>>,
        is_titled: impl Fn(usize) -> bool,
        expected: (usize, usize),
    ) {
        let mut newest = Newest::new();
        for number in 1..=count {
            newest.push((), date(number), is_titled(number));
        }
        let kept: Vec<usize> = newest.into_entries().iter().map(|(n, ())| *n).collect();
        assert!(kept.is_sorted() && kept.len() == count.min(MAX));
        assert_eq!((kept[0], kept[kept.len() - 1]), expected);
    }

    #[test]
    fn the_newest_are_kept_whatever_their_order() {
        let no = |_| false;
        check(5 * MAX, |n| Some(day(n)), no, (4 * MAX + 1, 5 * MAX));
        check(5 * MAX, |n| Some(day(5 * MAX - n)), no, (1, MAX));
        check(MAX, |n| Some(day(n)), no, (1, MAX));
        // Without dates the first, unless dated ones rise.
        check(3 * MAX, |_| None, no, (1, MAX));
        check(3 * MAX, |_| None, |_| true, (1, MAX));
        check(
            3 * MAX,
            |n| Some(day(n / (2 * MAX))),
            no,
            (2 * MAX + 1, 3 * MAX),
        );
        check(
            3 * MAX,
            |n| Some(day(n / (3 * MAX))),
            no,
            (2 * MAX + 1, 3 * MAX),
        );
        // What has no date does not push out what has one, or a title.
        check(3 * MAX, |n| (n <= MAX).then(|| day(n)), no, (1, MAX));
        check(3 * MAX, |_| None, |n| n > 2 * MAX, (2 * MAX + 1, 3 * MAX));
    }
}
