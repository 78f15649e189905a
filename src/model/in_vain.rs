//! Pages a sitemap names that were asked and gave nothing.
//!
//! Deliberately absent: when one is asked again (`gather::sitemap::in_vain`).

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

/// What is remembered of a source's pages between visits; bounded.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct InVain {
    /// By the id the article would have.
    pub pages: BTreeMap<String, Asked>,
    /// Until when the server wants to be left alone.
    pub rests_until: Option<DateTime<Utc>>,
}

/// One page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Asked {
    /// How often there was trouble that may pass; `None`: it has nothing for us.
    pub troubles: Option<u32>,
    /// Not to be asked before.
    pub again: DateTime<Utc>,
}
