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

#[test]
fn a_page_that_gets_another_name_is_no_other_article() {
    let link = |name: &str| format!("https://a.kz/n/{name}");
    let at = |name: &str, minutes| entry(&link(name), "Мектеп ашылды", minutes, "Бір.");
    let day = |name: &str, text| entry(&link(name), "Мектеп ашылды", 0, text);
    let next = || entry(&link("9"), "Форум", 5, "");
    let older = || entry(&link("1"), "Көктем", 24 * 60, "");
    let renamed = vec![next(), at("2-jana", 7), older()];
    check("of one minute", &[at("2", 7), older()], renamed, 1);
    let renamed = vec![day("2-jana", TEASER), older()];
    check(
        "of one day and text",
        &[day("2", TEASER), older()],
        renamed,
        1,
    );
    let renamed = vec![older(), at("2-jana", 7), next()];
    check("the oldest first", &[older(), at("2", 7)], renamed, 1);
    let permalink = |name: &str| Draft {
        id: Some(link(name)),
        ..at(name, 7)
    };
    let renamed = vec![permalink("2-jana"), older()];
    check("the id is the link", &[permalink("2")], renamed, 1);
    // Escapes in another case are the same id.
    let [small, capital] = ["%d2%9b", "%D2%9B"].map(|name| at(name, 7));
    assert_eq!(ids(vec![small]), ids(vec![capital]));
}

#[test]
fn a_column_under_one_title_stays_many() {
    let link = |number: u32| format!("https://a.kz/n/{number}");
    let rates = |number, minutes, text| entry(&link(number), "Валюта бағамы", minutes, text);
    let older = || entry(&link(1), "Көктем", 3 * 24 * 60, "");
    let yesterday = 24 * 60;
    for (what, stored, document) in [
        (
            "of another day",
            vec![rates(2, yesterday, TEASER)],
            vec![rates(3, 0, TEASER), older()],
        ),
        (
            "of another minute",
            vec![rates(2, 7, TEASER)],
            vec![rates(3, 6, TEASER), older()],
        ),
        (
            "of one day, and another text",
            vec![rates(2, 0, "Доллар 520 теңге.")],
            vec![rates(3, 0, TEASER), older()],
        ),
        (
            "of one day, and nothing is said",
            vec![rates(2, 0, "Толығырақ")],
            vec![rates(3, 0, "Толығырақ"), older()],
        ),
        (
            "both in the document",
            vec![rates(2, 7, TEASER)],
            vec![rates(3, 7, TEASER), rates(2, 7, TEASER), older()],
        ),
        (
            "two that are new",
            vec![rates(2, 7, TEASER)],
            vec![rates(3, 7, TEASER), rates(4, 7, TEASER), older()],
        ),
        (
            "one of two that are known",
            vec![rates(2, 7, TEASER), rates(3, 7, TEASER)],
            vec![rates(4, 7, TEASER), older()],
        ),
        (
            "the old one may have left the list",
            vec![rates(2, 7, TEASER)],
            vec![rates(4, 3, TEASER), rates(3, 7, TEASER)],
        ),
        (
            "what is older is pinned above the list",
            vec![rates(2, 7, TEASER)],
            vec![
                older(),
                rates(4, 3, TEASER),
                rates(5, 5, ""),
                rates(3, 7, TEASER),
            ],
        ),
    ] {
        check(what, &stored, document, 0);
    }
}

#[test]
fn what_is_known_to_be_another_stays_so() {
    let forum = |number: u32| entry(&format!("https://a.kz/n/{number}"), "Форум", 7, TEASER);
    let older = || entry("https://a.kz/n/1", "Көктем", 3 * 24 * 60, "");
    let (stored, new) = (with_id("2", forum(2)), with_id("3", forum(3)));
    check("by the publisher's ids", &[stored], vec![new, older()], 0);
    let undated = |number: u32| Draft {
        published: None,
        ..forum(number)
    };
    let document = vec![undated(3), older()];
    check("without dates", &[undated(2)], document, 0);
    let document = vec![entry("https://b.kz/5", "Форум", 7, TEASER), older()];
    check("of another outlet", &[forum(2), older()], document, 0);
}
