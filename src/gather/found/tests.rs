use crate::model::source::{PageRules, SourceId};

use super::*;
use crate::model::health::{Health, Sample};
use chrono::Utc;

const WORKS_ALONE: &str = "<!doctype html><html><head><title>Технические работы</title></head><body>\
    <h1>Технические работы</h1><p>Сайт временно недоступен: мы переносим его на новый сервер, \
    это займёт несколько часов. Приносим извинения за неудобства и благодарим за терпение, \
    скоро здесь снова будут новости нашего города и области.</p></body></html>";

fn list(count: usize) -> String {
    let row = |n: usize| {
        format!(
            "<div class=\"row\"><a href=\"/news/{n}.html\">Ауданда {n} жаңа мектеп ашылды</a>\
             <p>Мектеп екі жүз орынға есептелген.</p></div>"
        )
    };
    let rows = (1..=count).map(row).collect::<Vec<_>>().concat();
    format!(
        "<!doctype html><html><head><title>Жаңалықтар</title></head><body><main>{rows}</main></body></html>"
    )
}

fn now() -> DateTime<Utc> {
    "2026-11-24T10:00:00Z".parse().expect("time")
}

/// A visit to a page that used to give `entries`.
fn visit(entries: u32, html: &str) -> Found {
    let usual = Sample {
        entries,
        ..Sample::default()
    };
    let health = Health {
        usual,
        ..Health::default()
    };
    visit_in(health, html)
}

fn visit_in(health: Health, html: &str) -> Found {
    let now = now();
    let url: Url = "https://outlet.example/news".parse().expect("an address");
    let place = Place::Page {
        url: url.clone(),
        rules: PageRules::default(),
    };
    let id = SourceId::from_stored("a");
    let mut state = SourceState::new(id.clone(), now);
    state.health = health;
    let answer = Answer::Body {
        bytes: html.as_bytes().to_vec(),
        content_type: Some("text/html; charset=utf-8".to_owned()),
        validators: Validators {
            etag: Some("\"1\"".to_owned()),
            ..Validators::default()
        },
        final_url: url,
        permanent_redirect: None,
        fresh_for: None,
        links: Vec::new(),
    };
    read(
        &Source::new(id, "Outlet", place),
        &state,
        answer,
        now.with_timezone(&Tz::UTC),
    )
}

/// Works on a site are no article, and no reason to believe that the list is gone.
#[test]
fn a_list_that_gives_only_itself_gives_nothing() {
    let list = list(6);
    let cases = [
        ("a list", 6, list.as_str(), 6, true),
        ("the first visit", 0, &list, 6, true),
        ("works where a list was", 6, WORKS_ALONE, 0, false),
        ("a single page, as ever", 1, WORKS_ALONE, 1, true),
        ("a single page, the first time", 0, WORKS_ALONE, 1, true),
    ];
    for (what, usual, html, entries, kept) in cases {
        let found = visit(usual, html);
        assert_eq!(found.answered, Answered::Read, "{what}");
        let harvest = found.harvest.expect("a document");
        assert_eq!(harvest.drafts.len(), entries, "{what}");
        let Visited::Read {
            validators,
            body_hash,
            ..
        } = found.visited
        else {
            panic!("{what}: not read");
        };
        assert_eq!(validators.etag.is_some(), kept, "{what}");
        assert_eq!(body_hash.is_some(), kept, "{what}");
        let is_told = harvest
            .complaints
            .iter()
            .any(|complaint| complaint.message == ONLY_ITSELF);
        assert_eq!(is_told, !kept, "{what}");
    }
}

/// Links to the sections of a site.
fn sections(title: &str, heading: &str, date: &str) -> String {
    let link =
        |name| format!("<li>{date}<a href=\"/s/{name}\">{name} мемлекеттік органдардың</a></li>");
    let names = [
        "Қызметтері",
        "Бос орындары",
        "Өтініштері",
        "Бюджеті",
        "Сатып алулары",
    ];
    format!(
        "<!doctype html><html><head><title>{title}</title></head><body><div><h1>{heading}</h1>\
         <ul>{}</ul></div></body></html>",
        names.map(link).concat()
    )
}

#[track_caller]
fn check_sections(what: &str, health: Health, html: &str, is_left_out: bool) {
    let found = visit_in(health, html);
    let harvest = found.harvest.expect("a document");
    assert_eq!(harvest.drafts.is_empty(), is_left_out, "{what}");
    let is_works = |complaint: &Complaint| complaint.message == WORKS;
    let is_told = harvest.complaints.iter().any(is_works);
    assert_eq!(is_told, is_left_out, "{what}");
    let Visited::Read { body_hash, .. } = found.visited else {
        panic!("{what}: not read");
    };
    assert_eq!(body_hash.is_none(), is_left_out, "{what}: asked for again");
}

/// The sections of a site that is out of order are no news; but what is there for long,
/// or has dates, or only tells of such works, is.
#[test]
fn a_page_of_works_with_links_gives_nothing_for_some_days() {
    let works = "Техникалық жұмыстар жүргізілуде";
    let by_heading = sections("Сайт", works, "");
    let well = |dated| Health {
        usual: Sample {
            entries: 5,
            dated,
            whole: 0,
        },
        ..Health::default()
    };
    let changed = |days| Health {
        changed_since: Some(now() - TimeDelta::days(days)),
        ..well(5)
    };
    let title = sections("Технические работы", "Сайт", "");
    let english = sections("Site maintenance", "", "");
    check_sections("by its heading", well(5), &by_heading, true);
    check_sections("by its title", well(3), &title, true);
    check_sections("since yesterday", changed(1), &english, true);
    check_sections("for days", changed(3), &by_heading, false);
    let layout = sections("Сайт", "Жаңалықтар", "");
    check_sections("a layout without dates", well(5), &layout, false);
    check_sections("never any dates", well(2), &by_heading, false);
    let dated = sections("Сайт", works, "<span>24.11.2026 09:05</span>");
    check_sections("entries with dates", well(5), &dated, false);
    check_sections("no list before", Health::default(), &by_heading, false);
    let linked = format!("<a href=\"/n/1\">{works}</a>");
    let linked = sections("Сайт", &linked, "");
    check_sections("an entry of such works", well(5), &linked, false);
}
