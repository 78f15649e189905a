//! Entries a sitemap names without a title: which of their pages are asked, and what
//! those give.
//!
//! Deliberately absent: asking, and knowing which articles are known.

use std::cmp::Reverse;
use std::collections::HashSet;

use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use url::Url;

use crate::gather::document::Document;
use crate::gather::full_text::Came;
use crate::gather::page::opening::Findings;
use crate::gather::page::{self, same_site};
use crate::gather::web::Answer;
use crate::model::complaint::Complaint;
use crate::model::draft::Draft;

/// Pages asked for their titles on one visit; the others wait for the next.
pub const PAGES_PER_VISIT: usize = 10;
/// What was changed longer ago is no news. A sitemap without dates names all that an
/// outlet ever wrote: nothing of it is asked for.
const AGE_MAX: TimeDelta = TimeDelta::days(14);
/// Why entries without a title that cannot be news are left out.
const NO_NEWS: &str = "has neither title nor text, and no date of the last 14 days; left out";

/// Why those of another site are, which a sitemap may name but not speak for.
const ELSEWHERE: &str = "has no title, and its page is another site's; left out";

/// A sitemap's drafts by what is to be done about them.
#[derive(Default)]
pub struct Sorted {
    /// Nothing.
    pub titled: Vec<Draft>,
    /// Their pages are to be asked, in this order, if they are not known.
    pub wanted: Vec<(Draft, Url)>,
    /// The pages of both: what leads there has none of its own.
    pub taken: Taken,
    /// Why the others are left out.
    pub complaints: Vec<Complaint>,
}

/// Pages that are some entry's.
#[derive(Default)]
pub struct Taken(HashSet<String>);

impl Taken {
    /// One more.
    pub fn add(&mut self, page: &Url) {
        self.0.insert(place(page));
    }

    /// Why what was asked for as `page` and led to `end` is no article of its own:
    /// outlets lead what is gone to their front page.
    fn why_none(&self, page: &Url, end: &Url) -> Option<&'static str> {
        let end_place = place(end);
        if place(page) == end_place {
            None
        } else if is_front(end) {
            Some("it leads to the front page")
        } else {
            let is_another = self.0.contains(&end_place);
            is_another.then_some("it leads to the page of another entry")
        }
    }
}

/// An address without what does not make it another page.
fn place(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    let host = host.strip_prefix("www.").unwrap_or(host);
    let path = url.path().trim_end_matches('/');
    format!("{host}{path}?{}", url.query().unwrap_or_default())
}

/// `/`, `/kz/`, `/index.php`: but `/?p=7` may be an article.
fn is_front(url: &Url) -> bool {
    let path = url.path().trim_matches('/');
    let is_language = path.len() == 2 && path.bytes().all(|byte| byte.is_ascii_alphabetic());
    let is_index = path.starts_with("index.") && !path.contains('/');
    url.query().is_none_or(str::is_empty) && (path.is_empty() || is_language || is_index)
}

/// Whether a draft says nothing but where it is.
pub fn is_untitled(draft: &Draft) -> bool {
    draft.title.is_none() && draft.text.trim().is_empty()
}

/// Tells them apart; of those to be asked for the newest first. Only pages of the
/// outlet's own sites, `homes`, are asked.
pub fn sorted(drafts: Vec<Draft>, homes: &[Url], now: DateTime<Utc>) -> Sorted {
    let (mut sorted, mut findings) = (Sorted::default(), Findings::default());
    for (index, draft) in drafts.into_iter().enumerate() {
        let link = draft.link.as_deref().and_then(|link| Url::parse(link).ok());
        match link.clone().filter(|_| may_be_news(&draft, now)) {
            _ if !is_untitled(&draft) => {
                if let Some(link) = &link {
                    sorted.taken.add(link);
                }
                sorted.titled.push(draft);
            }
            Some(page) if !homes.iter().any(|home| same_site(home, &page)) => {
                findings.note("", ELSEWHERE, index + 1);
            }
            Some(page) => {
                sorted.taken.add(&page);
                sorted.wanted.push((draft, page));
            }
            None => findings.note("", NO_NEWS, index + 1),
        }
    }
    let newest = |(draft, _): &(Draft, Url)| Reverse(draft.published.or(draft.updated));
    sorted.wanted.sort_by_key(newest);
    sorted.complaints = findings.complaints();
    sorted
}

fn may_be_news(draft: &Draft, now: DateTime<Utc>) -> bool {
    let changed = draft.published.or(draft.updated);
    changed.is_some_and(|changed| now.signed_duration_since(changed) <= AGE_MAX)
}

/// Takes title, text and date out of the answer of `page` into `draft`.
pub fn take(
    draft: &mut Draft,
    page: &Url,
    taken: &Taken,
    answer: &Answer,
    now: DateTime<Tz>,
) -> Came {
    let (bytes, content_type, url) = match answer {
        Answer::Body {
            bytes,
            content_type,
            final_url,
            ..
        } => (bytes, content_type, final_url),
        Answer::TooEarly { retry_after, .. } => {
            let until = retry_after.map(|after| after.until(now.to_utc()));
            return Came::NotNow("the server wants to be left alone".to_owned(), until);
        }
        Answer::BrokeOff { why, .. } => return Came::NotNow(why.clone(), None),
        Answer::Failed { why, status } => {
            // What the server or the house refuses, it refuses tomorrow as well.
            let is_final = answer.is_forbidden()
                || answer.is_refused_by_us()
                || answer.is_led_on()
                || answer.is_too_large();
            return if is_final || status.is_some_and(|status| status < 500) {
                Came::Nothing(why.clone())
            } else {
                Came::NotNow(why.clone(), None)
            };
        }
        Answer::Gone | Answer::NotModified { .. } => {
            return Came::Nothing("the page is gone".to_owned());
        }
    };
    if let Some(why) = taken.why_none(page, url) {
        return Came::Nothing(why.to_owned());
    }
    let document = Document {
        bytes,
        content_type: content_type.as_deref(),
        url: Some(url),
        received: now,
    };
    let read = page::read_article(&document).map(|page| page.draft);
    let Some(mut read) = read.filter(|read| read.title.is_some()) else {
        return Came::Nothing("the page has no title".to_owned());
    };
    // Id and link are the sitemap's: they make the article the same the next time.
    read.id = None;
    read.link.clone_from(&draft.link);
    read.published = draft.published.or(read.published);
    read.updated = draft.updated;
    read.language = read.language.or(draft.language.take());
    read.categories.append(&mut draft.categories);
    if read.enclosures.is_empty() {
        read.enclosures.append(&mut draft.enclosures);
    }
    *draft = read;
    Came::Text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> DateTime<Utc> {
        "2026-11-24T10:00:00Z".parse().expect("a time")
    }

    fn draft(updated: Option<&str>) -> Draft {
        Draft {
            link: Some("https://a.example/1".to_owned()),
            updated: updated.map(|at| at.parse().expect("a time")),
            ..Draft::default()
        }
    }

    #[test]
    fn only_what_may_be_news_is_asked_for() {
        for (updated, is_asked) in [
            (Some("2026-11-24T09:00:00Z"), true),
            (Some("2026-11-11T09:00:00Z"), true),
            (Some("2026-11-09T09:00:00Z"), false),
            (None, false),
        ] {
            let asked = may_be_news(&draft(updated), now());
            assert_eq!(asked, is_asked, "{updated:?}");
        }
    }

    #[test]
    fn what_leads_to_the_front_or_to_another_entry_is_no_article() {
        let url = |path: &str| Url::parse(&format!("https://a.example{path}")).expect("one");
        let mut taken = Taken::default();
        taken.add(&url("/other"));
        taken.add(&url("/1"));
        for (end, is_own) in [
            ("/1", true),
            ("/1/", true),
            ("/1-said-better", true),
            ("/?p=1", true),
            ("/1/amp", true),
            ("/", false),
            ("/kz/", false),
            ("/index.php", false),
            ("/other/", false),
        ] {
            assert_eq!(
                taken.why_none(&url("/1"), &url(end)).is_none(),
                is_own,
                "{end}"
            );
        }
        let bare = Url::parse("http://www.a.example/1").expect("one");
        assert_eq!(taken.why_none(&bare, &url("/1")), None);
        assert_eq!(
            taken.why_none(&url("/"), &url("/")),
            None,
            "it was asked for"
        );
    }

    #[test]
    fn strangers_pages_are_not_asked() {
        let home: Url = "https://www.a.example/sitemap.xml".parse().expect("one");
        let entry = |link: &str, title: Option<&str>| Draft {
            link: Some(link.to_owned()),
            title: title.map(str::to_owned),
            ..draft(Some("2026-11-24T09:00:00Z"))
        };
        let drafts = vec![
            entry("https://a.example/1", None),
            entry("https://news.a.example/2", None),
            entry("https://b.example/3", None),
            entry("https://b.example/4", Some("Форум")),
            entry("https://c.example/5", None),
        ];
        let own: Url = "https://c.example".parse().expect("one");
        let sorted = sorted(drafts, &[home, own], now());
        let wanted = sorted.wanted.iter().map(|(_, page)| page.path());
        assert_eq!(wanted.collect::<Vec<_>>(), ["/1", "/2", "/5"]);
        assert_eq!(sorted.titled.len(), 1, "an aggregator's word is enough");
        let said = sorted.complaints[0].to_string();
        assert!(
            said.contains("entry 3") && said.contains("another site's"),
            "{said}"
        );
    }

    #[test]
    fn a_page_gives_title_text_and_date() {
        let html = "<html><head><title>Форум өтеді</title></head><body><article><h1>Қостанайда форум өтеді</h1>\
            <time datetime='2026-11-24T08:00:00+05:00'></time><p>Қостанайда ертең аграрлық форум өтеді, оған барлық \
            аудандардың шаруалары мен кәсіпкерлері қатысады деп күтілуде.</p></article></body></html>";
        let asked: Url = "https://a.example/1".parse().expect("an address");
        let none = Taken::default();
        let body = |html: &str| Answer::Body {
            bytes: html.as_bytes().to_vec(),
            content_type: Some("text/html; charset=utf-8".to_owned()),
            validators: crate::model::source::Validators::default(),
            final_url: "https://a.example/1?moved".parse().expect("an address"),
            permanent_redirect: None,
            fresh_for: None,
            links: Vec::new(),
        };
        let mut taken = draft(Some("2026-11-24T09:00:00Z"));
        assert_eq!(
            take(
                &mut taken,
                &asked,
                &none,
                &body(html),
                now().with_timezone(&Tz::UTC)
            ),
            Came::Text
        );
        assert!(
            taken
                .title
                .is_some_and(|title| title.contains("форум өтеді"))
        );
        assert!(taken.text.contains("аграрлық форум"), "{}", taken.text);
        assert_eq!(taken.link.as_deref(), Some("https://a.example/1"));
        assert!(taken.published.is_some());
        let failed = |status| Answer::Failed {
            why: "no".to_owned(),
            status,
        };
        let refused = |why: &str| Answer::Failed {
            why: why.to_owned(),
            status: None,
        };
        for (answer, is_final) in [
            (body("<html><body></body></html>"), true),
            (Answer::Gone, true),
            (failed(Some(404)), true),
            (refused("not asked: 10.0.0.1 is not public"), true),
            (refused("a redirect to 10.0.0.1 was not followed"), true),
            (refused("the body is larger than 4 MiB"), true),
            (failed(Some(500)), false),
            (failed(None), false),
        ] {
            let mut left = draft(None);
            let came = take(
                &mut left,
                &asked,
                &none,
                &answer,
                now().with_timezone(&Tz::UTC),
            );
            assert_eq!(left, draft(None), "{answer:?}");
            assert_eq!(matches!(came, Came::Nothing(_)), is_final, "{came:?}");
            assert_ne!(came, Came::Text);
        }
    }
}
