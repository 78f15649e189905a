//! What the preference page is rendered with.

use serde::Serialize;

use super::Sample;
use super::page::Choice;

/// One subscriber's own page.
#[derive(Debug, Clone, Serialize)]
pub struct Preferences {
    /// Where its forms post to: the page itself, with its token.
    pub action: String,
    /// Everything known of the subscriber, as a file.
    pub data_href: String,
    pub address: String,
    /// What was typed into the field for a new address, to be mended.
    pub new_address: String,
    /// `pending`, `confirmed`, `unsubscribed`.
    pub status: &'static str,
    /// What was saved just now: `prefs.saved.<what>`.
    pub saved: Vec<&'static str>,
    /// What came of it where nothing was saved: `prefs.told.<what>`.
    pub told: Option<&'static str>,
    /// What must be mended: `prefs.wrong.<what>`.
    pub wrong: Vec<&'static str>,
    /// Whether the wishes of the form are as typed and not as kept.
    pub is_unsaved: bool,
    /// ISO day from which letters come again, or what was typed; empty: no pause.
    pub pause: String,
    /// The first and the last day a pause may end on.
    pub pause_min: String,
    pub pause_max: String,
    pub tongues: Vec<Choice>,
    /// The names of these are messages: `prefs.script.<value>` and so on.
    pub scripts: Vec<Choice>,
    pub groupings: Vec<Choice>,
    pub rhythms: Vec<Choice>,
    pub kinds: Vec<Choice>,
    pub languages: Vec<Choice>,
    /// Their names are messages too: `topic.<value>`.
    pub topics: Vec<Choice>,
    pub feeds: Vec<Choice>,
    pub regions: Vec<Choice>,
    /// `07:00`; the first is empty: as the house sends.
    pub hours: Vec<Choice>,
    /// Zones; the first is empty: the house's, named by it.
    pub zones: Vec<Choice>,
}

/// The page as it may be: full of choices, and after a mistake.
pub fn samples() -> Vec<Sample> {
    let choice = |value: &str, name: &str| Choice {
        value: value.to_owned(),
        name: name.to_owned(),
        is_chosen: true,
    };
    let full = Preferences {
        action: "/preferences?token=p.0.0.0".to_owned(),
        data_href: "/preferences/data?token=p.0.0.0".to_owned(),
        address: "aigul@example.kz".to_owned(),
        new_address: String::new(),
        status: "confirmed",
        saved: vec!["tongue", "pause"],
        told: None,
        wrong: Vec::new(),
        is_unsaved: false,
        pause: "2026-12-24".to_owned(),
        pause_min: "2026-11-24".to_owned(),
        pause_max: "2027-11-23".to_owned(),
        tongues: vec![choice("kk", "Қазақша")],
        scripts: vec![choice("Cyrl", ""), choice("Latn", "")],
        groupings: vec![
            choice("importance", ""),
            choice("region", ""),
            choice("topic", ""),
        ],
        rhythms: vec![choice("daily", ""), choice("weekly-mon", "")],
        kinds: vec![choice("announcement", "")],
        languages: vec![choice("kk-Cyrl", "")],
        topics: vec![choice("media", "")],
        feeds: vec![choice("all-forums", "Барлық форум")],
        regions: vec![choice("KZ-71", "Астана")],
        hours: vec![choice("", ""), choice("7", "07:00")],
        zones: vec![
            choice("", "Asia/Almaty"),
            choice("Europe/Berlin", "Europe/Berlin"),
        ],
    };
    let asked = Preferences {
        saved: Vec::new(),
        told: Some("move"),
        ..full.clone()
    };
    let mended = Preferences {
        status: "unsubscribed",
        saved: Vec::new(),
        wrong: vec!["hour", "zone", "pause", "address", "sure"],
        is_unsaved: true,
        new_address: "<a".to_owned(),
        pause: "<b".to_owned(),
        ..full.clone()
    };
    [full, asked, mended]
        .iter()
        .map(|context| Sample::new("page/preferences.html", context))
        .collect()
}
