use crate::model::source::{PageRules, SourceId};

use super::*;
use chrono::Utc;

const WORKS: &str = "<!doctype html><html><head><title>Технические работы</title></head><body>\
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

fn visit(usual: u32, html: &str) -> Found {
    let now: DateTime<Utc> = "2026-11-24T10:00:00Z".parse().expect("time");
    let url: Url = "https://outlet.example/news".parse().expect("an address");
    let place = Place::Page {
        url: url.clone(),
        rules: PageRules::default(),
    };
    let id = SourceId::from_stored("a");
    let mut state = SourceState::new(id.clone(), now);
    state.health.usual = Sample {
        entries: usual,
        ..Sample::default()
    };
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
        ("works where a list was", 6, WORKS, 0, false),
        ("a single page, as ever", 1, WORKS, 1, true),
        ("a single page, the first time", 0, WORKS, 1, true),
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
