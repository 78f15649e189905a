//! Tables of compiled-in words, asked thousands of times for each text.
//!
//! Their keys are ours: a hash need not withstand whoever writes the texts, only
//! be quick. Deliberately absent: tables keyed by what the outside sends, beyond
//! the words of one text.

use rustc_hash::{FxHashMap, FxHashSet};

/// Values by words or numbers.
pub type Table<K, V> = FxHashMap<K, V>;
/// Words or numbers.
pub type Set<K> = FxHashSet<K>;
