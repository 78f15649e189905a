//! Asking around at one site: what `gather::discover` says might be read is
//! tried, one request after the other, a bounded number of them.
//!
//! Deliberately absent: judging addresses and documents, which is pure and
//! `gather`'s.

mod asked;

use std::collections::{HashSet, VecDeque};

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use url::Url;

use crate::gather::discover::{self, Candidate, Gives, Hints, How, Kind, What};
use crate::gather::document::Document;
use crate::gather::web::Web;
use crate::gather::{self, health, json};
use crate::model::count::counted;
use crate::model::health::Answered as Said;
use crate::model::language::Language;
use crate::understand;

use asked::{Answered, Who};

/// The most requests for one site, robots.txt files that guard pages apart.
const REQUESTS_MAX: usize = 48;
/// Feeds that give something: no more are looked for at places nobody named.
const FEEDS_ENOUGH: usize = 3;
/// A feed that is worth so much is what was looked for.
const GOOD_SCORE: u32 = 40;
/// So many blocks of a page are a list.
const BLOCKS_MIN: u32 = 2;
/// Sitemaps tried.
const SITEMAPS_MAX: usize = 3;
/// The most text looked at to tell a language.
const LANGUAGE_BYTES: usize = 8 * 1024;

/// What came of one candidate.
#[derive(Debug, Clone)]
pub struct Tried {
    pub candidate: Candidate,
    pub outcome: Outcome,
}

#[derive(Debug, Clone)]
pub enum Outcome {
    Gives {
        gives: Gives,
        /// Of its texts, where it is sure.
        language: Option<Language>,
        score: u32,
    },
    /// Not usable, because.
    Not(String),
}

impl Tried {
    pub fn score(&self) -> u32 {
        match &self.outcome {
            Outcome::Gives { score, .. } => *score,
            Outcome::Not(_) => 0,
        }
    }
}

/// What was found at a site.
#[derive(Debug, Default)]
pub struct Explored {
    /// The best first; what gives nothing last, as it was tried.
    pub tried: Vec<Tried>,
    pub hubs: Vec<String>,
    /// The outlet's name, as its page says.
    pub name: Option<String>,
    /// The page asked first, where it was one.
    pub page: Option<Url>,
    /// For people: what was left out, and why.
    pub notes: Vec<String>,
    pub requests: usize,
}

/// Where we are.
struct Explorer<'a> {
    web: &'a Web,
    now: DateTime<Utc>,
    /// Times are told in it.
    zone: Tz,
    explored: Explored,
    asked: HashSet<String>,
    queue: VecDeque<Candidate>,
}

/// Looks around from `url` on.
///
/// # Errors
/// Why nothing at all could be looked at, for people.
pub async fn explore(web: &Web, url: &Url, now: DateTime<Tz>) -> Result<Explored, String> {
    let mut explorer = Explorer {
        web,
        now: now.to_utc(),
        zone: now.timezone(),
        explored: Explored::default(),
        asked: HashSet::new(),
        queue: VecDeque::new(),
    };
    explorer.begin(url).await?;
    Ok(ranked(explorer.explored))
}

/// The best first, and of two that give the same only the better.
fn ranked(mut explored: Explored) -> Explored {
    let mut seen = HashSet::new();
    explored
        .tried
        .sort_by_key(|tried| std::cmp::Reverse(tried.score()));
    for tried in &mut explored.tried {
        if let Outcome::Gives { gives, .. } = &tried.outcome
            && !seen.insert(gives.likeness)
        {
            tried.outcome = Outcome::Not("gives the same as another here".to_owned());
        }
    }
    explored
        .tried
        .sort_by_key(|tried| std::cmp::Reverse(tried.score()));
    explored.hubs.sort();
    explored.hubs.dedup();
    explored
}

impl Explorer<'_> {
    async fn begin(&mut self, url: &Url) -> Result<(), String> {
        self.asked.insert(discover::key(url));
        let answered = match self.ask(url, !discover::is_made_to_be_asked(url)).await {
            Ok(answered) => answered,
            Err((why, Who::Refuses)) => {
                return Err(format!(
                    "{url}: {why}; nothing more was asked there. If you know the address of a \
                     feed of it, name that"
                ));
            }
            Err((why, Who::Somebody)) => {
                // Somebody is there: what is made to be asked may be asked for, also
                // the same address but for a slash at its end.
                self.asked.clear();
                self.explored.notes.push(format!("{url}: {why}"));
                self.look_around(url, &Hints::default()).await;
                return Ok(());
            }
            Err((why, Who::Nobody)) => return Err(format!("{url}: {why}")),
        };
        let document = self.document(&answered);
        let meant = answered.moved.as_ref().unwrap_or(url);
        let given = |kind| Candidate::new(meant.clone(), kind, How::Given);
        if let Some(rules) = json::propose(&document) {
            let listing = Candidate {
                rules: Some(rules),
                ..given(Kind::Json)
            };
            self.read(listing, &answered);
            return Ok(());
        }
        match discover::what_is(&document) {
            What::Feed => self.read(given(Kind::Feed), &answered),
            What::Sitemap => self.read(given(Kind::Sitemap), &answered),
            What::Telegram => self.read(given(Kind::Telegram), &answered),
            What::SitemapIndex => {
                let children = discover::in_sitemap_index(&document);
                self.queue.extend(children.into_iter().take(SITEMAPS_MAX));
                self.try_queue().await;
            }
            What::Opml => {
                self.queue.extend(discover::in_opml(&answered.bytes));
                let hint = "this is an OPML file: `jarshy sources import` takes all of it";
                self.explored.notes.push(hint.to_owned());
                self.try_queue().await;
            }
            what @ (What::Page | What::Challenge | What::Other) => {
                if what == What::Challenge {
                    let note = "the page asks whether we are human; only what is made to be asked is tried";
                    self.explored.notes.push(note.to_owned());
                }
                let hints = discover::in_page(&document);
                self.explored.page = Some(answered.url.clone());
                self.explored.name.clone_from(&hints.name);
                self.in_headers(&answered);
                if what == What::Page {
                    let block = Candidate::new(answered.url.clone(), Kind::Page, How::Block);
                    self.read(block, &answered);
                }
                self.look_around(&answered.url, &hints).await;
            }
        }
        Ok(())
    }

    /// From what the site says itself to what others of its kind have.
    async fn look_around(&mut self, base: &Url, hints: &Hints) {
        self.take(hints);
        self.try_queue().await;
        for version in &hints.versions {
            if self.asked.insert(discover::key(version))
                && let Ok(answered) = self.ask(version, true).await
            {
                self.in_headers(&answered);
                let mut hints = discover::in_page(&self.document(&answered));
                hints.candidates.retain(|candidate| candidate.how.is_said());
                self.take(&hints);
                self.try_queue().await;
            }
        }
        let mut sitemaps = self.in_robots(base).await;
        if self.good_feeds() == 0 {
            for candidate in discover::common_paths(base, hints.made_by.as_deref()) {
                if self.good_feeds() >= FEEDS_ENOUGH {
                    break;
                }
                self.queue.push_back(candidate);
                self.try_queue().await;
            }
            sitemaps.extend(discover::usual_sitemaps(base));
        }
        for sitemap in sitemaps.into_iter().take(SITEMAPS_MAX) {
            self.queue.push_back(sitemap);
            self.try_queue().await;
        }
    }

    /// Takes what a page named.
    fn take(&mut self, hints: &Hints) {
        self.queue.extend(hints.candidates.iter().cloned());
        let hubs = hints.hubs.iter().map(Url::to_string);
        self.explored.hubs.extend(hubs);
        if hints.left_out > 0 {
            let more = counted(hints.left_out, "more link");
            let note = format!("{more} of the page not tried");
            self.explored.notes.push(note);
        }
    }

    fn in_headers(&mut self, answered: &Answered) {
        let last = answered.seen.hops.last();
        if let Some(header) = last.and_then(|hop| hop.header("link")) {
            let (candidates, hubs) = discover::in_link_header(&header, &answered.url);
            self.queue.extend(candidates);
            self.explored.hubs.extend(hubs.iter().map(Url::to_string));
        }
    }

    async fn in_robots(&mut self, base: &Url) -> Vec<Candidate> {
        let Ok(robots) = base.join("/robots.txt") else {
            return Vec::new();
        };
        match self.ask(&robots, false).await {
            Ok(answered) => discover::in_robots(&answered.bytes, base),
            Err(_) => Vec::new(),
        }
    }

    fn good_feeds(&self) -> usize {
        let is_good =
            |tried: &&Tried| tried.candidate.kind == Kind::Feed && tried.score() >= GOOD_SCORE;
        self.explored.tried.iter().filter(is_good).count()
    }

    /// Tries what waits, each address once.
    async fn try_queue(&mut self) {
        while let Some(candidate) = self.queue.pop_front() {
            if !self.asked.insert(discover::key(&candidate.url)) {
                continue;
            }
            if self.explored.requests >= REQUESTS_MAX {
                let note = format!("{REQUESTS_MAX} requests are enough; the rest was not tried");
                self.explored.notes.push(note);
                self.queue.clear();
                return;
            }
            let as_page = matches!(candidate.kind, Kind::Telegram | Kind::Page);
            match self.ask(&candidate.url, as_page).await {
                Ok(answered) => self.judge(candidate, &answered),
                Err((why, _)) => self.explored.tried.push(Tried {
                    candidate,
                    outcome: Outcome::Not(why),
                }),
            }
        }
    }

    /// Reads what a candidate answered, or what it leads to.
    fn judge(&mut self, mut candidate: Candidate, answered: &Answered) {
        if let Some(moved) = &answered.moved {
            candidate.url = moved.clone();
        }
        let document = self.document(answered);
        match discover::what_is(&document) {
            What::SitemapIndex if candidate.how != How::SitemapIndex => {
                let children = discover::in_sitemap_index(&document);
                self.queue.extend(children.into_iter().take(SITEMAPS_MAX));
            }
            What::Sitemap => {
                candidate.kind = Kind::Sitemap;
                self.read(candidate, answered);
            }
            What::Page if candidate.kind == Kind::Feed && candidate.how == How::Anchor => {
                // A page about feeds: what it lists is meant.
                let listed = discover::in_page(&document).candidates.into_iter();
                let mut listed: Vec<Candidate> =
                    listed.filter(|found| found.kind == Kind::Feed).collect();
                for found in &mut listed {
                    // One step is enough.
                    found.how = How::LinkTag;
                }
                self.queue.extend(listed);
            }
            _ => self.read(candidate, answered),
        }
    }

    fn read(&mut self, candidate: Candidate, answered: &Answered) {
        let document = self.document(answered);
        let place = candidate.place();
        let harvest = gather::read(&place, &document);
        let gives = discover::gives(&place, &harvest, self.now);
        let score = discover::score(&candidate, &gives, self.now);
        self.explored.hubs.extend(gives.hubs.iter().cloned());
        let outcome = if score > 0 {
            let mut text = String::new();
            for draft in &harvest.drafts {
                text.push_str(draft.title.as_deref().unwrap_or_default());
                text.push_str(".\n");
                text.push_str(&draft.text);
                text.push('\n');
                if text.len() > LANGUAGE_BYTES {
                    break;
                }
            }
            let (language, sure) = understand::language_of(&text);
            Outcome::Gives {
                gives,
                language: sure.is_enough().then_some(language),
                score,
            }
        } else {
            Outcome::Not(why_not(&place, &document, &harvest))
        };
        // One block repeats nothing.
        let repeats = match &outcome {
            Outcome::Gives { gives, .. } => gives.sample.entries >= BLOCKS_MIN,
            Outcome::Not(_) => false,
        };
        if candidate.how == How::Block && !repeats {
            return;
        }
        self.explored.tried.push(Tried { candidate, outcome });
    }

    fn document<'d>(&self, answered: &'d Answered) -> Document<'d> {
        Document {
            bytes: &answered.bytes,
            content_type: answered.content_type.as_deref(),
            url: Some(&answered.url),
            received: self.now.with_timezone(&self.zone),
        }
    }

    /// Asks once. Of an error: why, and who is there.
    async fn ask(&mut self, url: &Url, as_page: bool) -> Result<Answered, (String, Who)> {
        self.explored.requests += 1;
        asked::ask(self.web, url, as_page, self.now.with_timezone(&self.zone)).await
    }
}

/// Why a document that was read gives nothing.
fn why_not(
    place: &crate::model::source::Place,
    document: &Document<'_>,
    harvest: &crate::model::draft::Harvest,
) -> String {
    match health::answered_body(place, document, harvest) {
        Said::WebPage => return "a web page answered".to_owned(),
        Said::Blocked => return "asks whether we are human".to_owned(),
        _ => {}
    }
    let said = harvest.complaints.first();
    match said.filter(|_| harvest.drafts.is_empty()) {
        Some(complaint) => complaint.message.clone(),
        None if harvest.drafts.is_empty() => "there are no entries in it".to_owned(),
        None => "its entries have no titles".to_owned(),
    }
}
