//! Articles at another address than before.

use super::*;

const TEASER: &str = "Ауданда жаңа мектеп ашылды: екі жүз орындық ғимаратта спорт залы, \
    асхана және кітапхана бар, мұғалімдер жиырма.";

/// Dated `minutes` before the full hour.
fn entry(link: &str, title: &str, minutes: i64, text: &str) -> Draft {
    Draft {
        published: Some(now() - TimeDelta::minutes(minutes)),
        text: text.to_owned(),
        summary_html: Some(format!("<p>{text}</p>")),
        ..draft(None, Some(link), title)
    }
}

fn undated(link: &str, title: &str, text: &str) -> Draft {
    Draft {
        published: None,
        ..entry(link, title, 0, text)
    }
}

fn with_id(id: &str, draft: Draft) -> Draft {
    Draft {
        id: Some(id.to_owned()),
        id_is_permalink: Some(false),
        ..draft
    }
}

#[track_caller]
fn check(what: &str, stored: &[Draft], document: Vec<Draft>, expected: usize) {
    assert_eq!(known_otherwise(stored, document), expected, "{what}");
}

#[test]
fn a_site_that_moves_to_another_host_brings_nothing_new() {
    let old = |number: i64| format!("https://old.kz/news/{number}?id={number}");
    let new = |number: i64| format!("https://new.kz/news/{number}?id={number}");
    // Minutes of the hour, hours, and texts that say little.
    for (step, text) in [(7, ""), (60, TEASER), (60, "")] {
        let of = |at: &dyn Fn(i64) -> String, number: i64| {
            entry(&at(number), &format!("А {number}"), step * number, text)
        };
        let stored: Vec<Draft> = (1..=5).map(|number| of(&old, number)).collect();
        let moved = (3..=7).map(|number| of(&new, number)).collect();
        check("a list that goes on", &stored, moved, 3);
    }
    let stored = |number: i64| {
        let guid = format!("https://old.kz/?p={number}");
        with_id(&guid, entry(&old(number), "А", 7 * number, "Бір."))
    };
    let moved = |number: i64| {
        let guid = format!("https://new.kz/?p={number}");
        with_id(&guid, entry(&new(number), "А", 7 * number, "Екі."))
    };
    check("ids that bear the host", &[stored(1)], vec![moved(1)], 1);
    let there = Draft {
        summary_html: Some(format!(
            "<img src=\"https://old.kz/a.jpg\"><a href=\"{}\">А</a>",
            old(1)
        )),
        ..undated(&old(1), "А", TEASER)
    };
    let here = Draft {
        summary_html: Some(format!(
            "<img src=\"https://new.kz/a.jpg\"><a href=\"{}\">А</a>",
            new(1)
        )),
        ..undated(&new(1), "А", TEASER)
    };
    check("without dates", &[there], vec![here], 1);
    let elsewhere = entry("https://video.example/1", "Б", 3, "");
    let document = vec![moved(1), moved(2), elsewhere];
    check("a link that leads away", &[stored(1)], document, 1);
}

#[test]
fn entries_of_two_outlets_in_one_source_stay_two() {
    let a = |minutes| entry("https://a.kz/news/1", "Ауа райы", minutes, TEASER);
    let b = |minutes| entry("https://b.kz/news/1", "Ауа райы", minutes, TEASER);
    let other = |host: &str| entry(&format!("https://{host}/2"), "Форум", 9, "");
    check("beside each other", &[a(7)], vec![a(7), b(7)], 0);
    check("the other of it", &[a(7)], vec![b(7), other("a.kz")], 0);
    let many = vec![b(7), other("c.kz"), other("d.kz")];
    check("one of many outlets", &[a(7)], many, 0);
    let c = entry("https://c.kz/news/1", "Ауа райы", 7, TEASER);
    check("two of it", &[a(7)], vec![b(7), other("b.kz"), c], 0);
    let later = entry("https://b.kz/news/1", "Ауа райы", 8, "Аяз.");
    check("another minute and text", &[a(7)], vec![later], 0);
    let day = |host: &str, text| entry(&format!("https://{host}/news/1"), "Ауа райы", 0, text);
    check(
        "of one day",
        &[day("a.kz", "Аяз.")],
        vec![day("b.kz", "Қар.")],
        0,
    );
    check(
        "of one day, and no text",
        &[day("a.kz", "")],
        vec![day("b.kz", "")],
        0,
    );
    let bare = |host: &str| undated(&format!("https://{host}/news/1"), "Ауа райы", "");
    check(
        "of no day, and no text",
        &[bare("a.kz")],
        vec![bare("b.kz")],
        0,
    );
    let home = |host: &str| entry(&format!("https://{host}/"), "Ауа райы", 7, TEASER);
    check(
        "the sites' own addresses",
        &[home("a.kz")],
        vec![home("b.kz")],
        0,
    );
    let way = entry("https://b.kz/news/2", "Ауа райы", 7, TEASER);
    check("another way", &[a(7)], vec![way], 0);
}
