//! Listing pages built as sites of the country build them: `NAME.html` and,
//! beside it, `NAME.expected.json` with its entries. Each is read by its shape
//! alone and, where `rules` name selectors, by them, to the same entries.

use chrono::{TimeZone, Utc};
use chrono_tz::Asia::Almaty;
use serde_json::{Value, json};
use url::Url;

use super::layout_tests::cases;
use super::read;
use crate::gather::clean::plain_text;
use crate::gather::document::Document;
use crate::model::draft::Draft;
use crate::model::source::PageRules;

fn rules(expected: &Value) -> PageRules {
    let rule = |key: &str| expected.get(key).and_then(Value::as_str).map(str::to_owned);
    PageRules {
        item: rule("item"),
        link: rule("link"),
        title: rule("title"),
        date: rule("date"),
    }
}

/// An entry as the expectations write it: a day alone where they name no more.
fn told(draft: &Draft, expected: &Value) -> Value {
    let day_only = expected["date"]
        .as_str()
        .is_some_and(|date| date.len() == 10);
    let format = if day_only { "%F" } else { "%FT%R" };
    let date = draft
        .published
        .map(|at| at.with_timezone(&Almaty).format(format).to_string());
    let teaser = draft.summary_html.as_deref().map(plain_text);
    json!({
        "title": draft.title,
        "link": draft.link,
        "date": date,
        "teaser": teaser.map(|teaser| teaser.trim().to_owned()),
        "image": draft.enclosures.first().map(|picture| picture.url.as_str()),
    })
}

fn check(html: &[u8], expected: &Value, rules: &PageRules) -> Result<(), String> {
    let url = Url::parse(expected["url"].as_str().unwrap()).unwrap();
    let document = Document {
        bytes: html,
        content_type: None,
        url: Some(&url),
        received: Utc
            .with_ymd_and_hms(2026, 11, 23, 12, 0, 0)
            .unwrap()
            .with_timezone(&chrono_tz::Asia::Almaty),
    };
    let harvest = read(&document, rules);
    let items = expected["items"].as_array().unwrap();
    for (draft, item) in harvest.drafts.iter().zip(items) {
        let told = told(draft, item);
        if told != *item {
            return Err(format!("{told}\n  not {item}"));
        }
    }
    match harvest.drafts.len() {
        entries if entries == items.len() => Ok(()),
        entries => Err(format!("{entries} entries, not {}", items.len())),
    }
}

#[test]
fn listings_of_the_country_are_read_with_rules_and_without() {
    let cases = cases("listings");
    assert!(cases.len() >= 16, "{}", cases.len());
    let mut wrong = Vec::new();
    for (name, html, expected) in cases {
        if let Err(why) = check(&html, &expected, &PageRules::default()) {
            wrong.push(format!("{name} by its shape: {why}"));
        }
        let named = rules(&expected["rules"]);
        if named != PageRules::default()
            && let Err(why) = check(&html, &expected, &named)
        {
            wrong.push(format!("{name} by rules: {why}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Entries as plain sites build them, with the date in something without a name.
fn listing_with(shape: &str, date: &str) -> String {
    let titles = [
        "В Караганде открылся форум инженеров области",
        "Форум молодых учителей начнёт работу в Шымкенте",
        "Предприниматели Атырау соберутся на деловой форум",
        "В Павлодаре обсудят программу форума экологов",
    ];
    let entry = |(at, title): (usize, &&str)| {
        shape
            .replace("LINK", &format!("<a href=\"/news/{at}\">{title}</a>"))
            .replace("DATE", date)
    };
    let entries: String = titles.iter().enumerate().map(entry).collect();
    let entries = if shape.starts_with("<tr") {
        format!("<table>{entries}</table>")
    } else {
        entries
    };
    format!("<html><body><h1>Новости</h1><div class=list>{entries}</div></body></html>")
}

#[test]
fn a_short_text_that_is_a_date_needs_no_name() {
    let shapes = [
        "<div class=item><span class=d>DATE</span>LINK</div>",
        "<div class=item>LINK<span>DATE</span></div>",
        "<tr><td>DATE</td><td>LINK</td></tr>",
        "<div class=item><h3>LINK</h3><p class=meta>DATE</p><p>Участники обсудят планы на год и подпишут соглашения.</p></div>",
        "<div class=item><p class=meta>DATE</p><h3>LINK</h3></div>",
        "<div class=item>LINK<br><small>DATE</small></div>",
        "<div class=item>DATE LINK</div>",
        "<div class=item>LINK — DATE</div>",
        "<li><b>DATE</b> LINK</li>",
        "<p>DATE LINK</p>",
        "<p>DATE<br>LINK<br>Участники обсудят планы на год и подпишут соглашения о сотрудничестве с вузами, а гости посмотрят выставку.</p>",
        "<li>LINK <em>(DATE)</em></li>",
        "<li><span>Общество</span> | <span>DATE</span> LINK</li>",
        "<div class=item><div>Опубликовано: DATE</div>LINK</div>",
    ];
    let dates = [
        ("22 ноября 2026, 10:30", "2026-11-22T10:30"),
        ("21.11.2026", "2026-11-21T"),
        ("20 ноября 2026", "2026-11-20T"),
        ("20.11.2026 10:20", "2026-11-20T10:20"),
        ("Бүгін, 10:35", "2026-11-23T10:35"),
        ("2026 жылғы 19 қараша", "2026-11-19T"),
        ("19 қараша 2026 ж.", "2026-11-19T"),
        ("Вчера в 18:40", "2026-11-22T18:40"),
    ];
    let url = Url::parse("https://vestnik.example/news/").unwrap();
    let mut wrong = Vec::new();
    for shape in shapes {
        for (date, expected) in dates {
            let html = listing_with(shape, date);
            let document = Document {
                bytes: html.as_bytes(),
                content_type: None,
                url: Some(&url),
                received: Utc
                    .with_ymd_and_hms(2026, 11, 23, 12, 0, 0)
                    .unwrap()
                    .with_timezone(&chrono_tz::Asia::Almaty),
            };
            let drafts = read(&document, &PageRules::default()).drafts;
            let read: Vec<String> = drafts
                .iter()
                .filter_map(|draft| draft.published)
                .map(|at| at.with_timezone(&Almaty).format("%FT%R").to_string())
                .collect();
            if read.len() != 4 || !read.iter().all(|read| read.starts_with(expected)) {
                wrong.push(format!(
                    "{shape} {date}: {} entries, {read:?}",
                    drafts.len()
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The titles of a listing whose links are around all of a card.
fn titles_of(card: &str) -> Vec<String> {
    let cards = (0..4).map(|at| format!("<article><a href=\"/news/{at}\">{card}</a></article>"));
    let cards = cards.collect::<Vec<_>>().concat();
    let html = format!("<html><body><h1>Новости</h1><main>{cards}</main></body></html>");
    let url = Url::parse("https://vestnik.example/news/").unwrap();
    let received = Utc.with_ymd_and_hms(2026, 11, 23, 12, 0, 0).unwrap();
    let document = Document {
        bytes: html.as_bytes(),
        content_type: None,
        url: Some(&url),
        received: received.with_timezone(&Almaty),
    };
    let drafts = read(&document, &PageRules::default()).drafts;
    drafts.into_iter().filter_map(|draft| draft.title).collect()
}

#[test]
fn a_link_around_a_card_is_called_by_its_title() {
    let cases = [
        (
            "<div>Форум молодых учителей</div><div><span>23.11.2026</span><span>👁 1 204</span></div>",
            "Форум молодых учителей",
        ),
        (
            "<div>Жас мұғалімдер форумы</div><p><span>Бүгін, 10:35</span> <span>рет қаралды: 15</span></p>",
            "Жас мұғалімдер форумы",
        ),
        (
            "Форум молодых учителей <span class=date>23.11.2026</span>",
            "Форум молодых учителей",
        ),
        (
            "<div><span>101</span><span>просмотр</span></div><div>Форум молодых учителей</div>",
            "Форум молодых учителей",
        ),
        // What is said of a day or a number in the title itself.
        (
            "<b>100</b> лет исполнилось школе",
            "100 лет исполнилось школе",
        ),
        (
            "<span>100</span> <span>лет исполнилось школе</span>",
            "100 лет исполнилось школе",
        ),
        (
            "С <time>24 ноября</time> закроют старый мост",
            "С 24 ноября закроют старый мост",
        ),
        (
            "<b>24 ноября</b> закроют старый мост",
            "24 ноября закроют старый мост",
        ),
        (
            "<div>Школе в <b>Костанае</b> дали <em>2026</em> книг</div><div>5</div>",
            "Школе в Костанае дали 2026 книг",
        ),
        (
            "<div>8 наурыз мерекесі</div><div>5</div>",
            "8 наурыз мерекесі 5",
        ),
    ];
    for (card, expected) in cases {
        assert_eq!(titles_of(card), [expected; 4], "{card}");
    }
}
