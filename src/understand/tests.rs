use chrono_tz::Asia::Almaty;

use super::*;
use crate::model::article::ArticleId;
use crate::model::source::SourceId;

const CASES: &str = include_str!("../../tests/fixtures/understand/cases.jsonl");
const MEDIA_WEEK: &str = include_str!("../../tests/fixtures/understand/media-week.kk.txt");
const MEDIA_WEEK_AFTER: &str =
    include_str!("../../tests/fixtures/understand/media-week-after.kk.txt");
const SEED: &str = "../shared/seed/astana-digital-forum.kk.txt";

pub(crate) fn article(title: &str, text: &str, published: &str) -> Article {
    let published = format!("{published}T06:00:00Z").parse().expect("time");
    Article {
        id: ArticleId::from_stored("a"),
        source: SourceId::from_stored("s"),
        revision: 1,
        link: None,
        title: title.to_owned(),
        authors: Vec::new(),
        summary_html: String::new(),
        content_html: String::new(),
        text: text.to_owned(),
        published: Some(published),
        updated: None,
        first_seen: published,
        image: None,
        categories: Vec::new(),
        declared_language: None,
        declared_event: None,
        content_hash: String::new(),
    }
}

pub(crate) fn read_plainly(article: &Article) -> Reading {
    read(article, &Hints::default(), Almaty, article.first_seen)
}

/// What a case expects, and what was read, in one line.
fn line(reading: &Reading) -> String {
    let kind = reading.shown_kind().map_or("unknown", Kind::word);
    let event = reading.event.as_ref().map_or("none".to_owned(), |event| {
        let end = event.end.map_or(String::new(), |end| format!("/{end}"));
        let time = event
            .time
            .map_or(String::new(), |time| format!(" {}", time.format("%H:%M")));
        let status = match event.status {
            EventStatus::Confirmed => "",
            other => other.word(),
        };
        let line = format!(
            "{}{end}{time} {} {} {status}",
            event.start,
            event.city.as_deref().unwrap_or("-"),
            event.region.map_or("-".to_owned(), Region::code),
        );
        line.trim_end().to_owned()
    });
    format!("{} {kind} {event}", reading.shown_language())
}

#[test]
fn cases_are_read_as_an_editor_would() {
    let mut misses = Vec::new();
    let mut count = 0;
    for row in CASES.lines().filter(|row| !row.trim().is_empty()) {
        let case: serde_json::Value = serde_json::from_str(row).expect(row);
        let text = |key: &str| case[key].as_str().unwrap_or_default();
        let reading = read_plainly(&article(text("title"), text("text"), text("published")));
        let found = line(&reading);
        let name = reading
            .event
            .as_ref()
            .map_or("", |event| event.name.as_str());
        if found != text("expect") || !name.contains(text("name")) {
            misses.push(format!(
                "{}:\n  want {} «{}»\n  read {found} «{name}»",
                text("id"),
                text("expect"),
                text("name")
            ));
        }
        count += 1;
    }
    assert!(count >= 25, "{count} cases");
    assert!(
        misses.is_empty(),
        "{} misses\n{}",
        misses.len(),
        misses.join("\n")
    );
}

fn check_media_week(text: &str) {
    let title = text.split('.').next().unwrap_or_default();
    let reading = read_plainly(&article(title, text, "2017-10-05"));
    assert_eq!(
        line(&reading),
        "kk-Cyrl announcement 2017-10-06 Astana KZ-71"
    );
    let event = reading.event.expect("an event");
    assert!(event.name.contains("өңірлік форум"), "{}", event.name);
    assert!(event.name.starts_with("Қазақстан"), "{}", event.name);
    assert!(event.name.ends_with("форумы"), "{}", event.name);
    assert_eq!(event.evidence.words, "ертең");
    assert_eq!(
        event.evidence.counted_from,
        Some("2017-10-05".parse().expect("date"))
    );
    assert!(reading.excerpt.contains("ертең"), "{}", reading.excerpt);
    assert!(
        reading.excerpt.chars().count() <= 450,
        "{}",
        reading.excerpt
    );
}

#[test]
fn tomorrow_s_forum_at_the_end_of_a_report_is_announced() {
    check_media_week(MEDIA_WEEK);
}

#[test]
fn the_seed_article_is_read_right_where_it_is_at_hand() {
    if let Ok(seed) = std::fs::read_to_string(SEED) {
        check_media_week(&seed);
    }
}

#[test]
fn the_follow_up_of_the_next_day_tells_of_the_same_event() {
    use event::{EventChange, merge};
    let now = DateTime::UNIX_EPOCH;
    let announced = article("", MEDIA_WEEK, "2017-10-05");
    let claim = read_plainly(&announced).event.expect("an event");
    let EventChange::New(known) = merge(&claim, &announced, None, &[], now) else {
        panic!("the first is new");
    };
    let (title, text) = MEDIA_WEEK_AFTER.split_once(". ").expect("a title");
    let mut after = article(title, text, "2017-10-06");
    after.id = ArticleId::from_stored("after");
    let reading = read_plainly(&after);
    assert_eq!(reading.kind, Kind::ForumArticle);
    let told = reading.event.expect("an event");
    let EventChange::Changed(event) = merge(&told, &after, None, &[&known], now) else {
        panic!("the follow-up is noted");
    };
    assert_eq!((event.id, event.sequence), (known.id, 0));
}

#[test]
fn the_desk_is_taken_at_its_word() {
    let mut article = article("Кездесу", "Барлығын шақырамыз.", "2026-11-20");
    article.declared_event = Some(DeclaredEvent {
        name: "Ашық редакция күні".to_owned(),
        start: "2026-11-28".parse().expect("date"),
        end: None,
        time: None,
        city: Some("Уральск".to_owned()),
        region: None,
    });
    let reading = read_plainly(&article);
    assert_eq!(line(&reading), "kk-Cyrl announcement 2026-11-28 Oral KZ-27");
}

#[test]
fn the_house_zone_decides_the_publication_day() {
    let mut article = article("", "Ертең Алматыда медиафорум өтеді.", "2026-11-20");
    // 01:30 on the 21st in Almaty.
    article.published = Some("2026-11-20T20:30:00Z".parse().expect("time"));
    let event = read_plainly(&article).event.expect("an event");
    assert_eq!(event.start, "2026-11-22".parse().expect("date"));
}

#[test]
fn no_text_is_too_odd_or_too_long() {
    let long = "Ертең 6 қазанда форум «өтеді. ".repeat(40_000);
    let endless = "форум 6 қазан Астана өтеді ".repeat(40_000);
    let odd = [
        "",
        " \n ",
        "форум",
        "«форум",
        "\"\"\"форум\"",
        "- - -",
        "6",
        "6 қазан",
        "10:",
        "форум -",
        "99999999999 форум 2026 жылғы",
        "\u{301}\u{0}форум\u{feff}",
        "…………",
        "İİİ forum İ",
        "а форум \u{1F600} в 10:00-",
        "Форум «",
        "кодтан тыс \u{200b}форум-",
        &endless,
        &long,
    ];
    for text in odd {
        for published in ["2026-11-20", "1970-01-01"] {
            read_plainly(&article(text, text, published));
            read_plainly(&article("", text, published));
        }
    }
}

#[test]
fn regions_are_the_event_s_and_the_title_s_not_the_guests() {
    for (title, text, expected) in [
        (
            "Форум ткачей пройдёт в Шымкенте",
            "Форум ткачей пройдёт в Шымкенте 5 декабря. Спикеры из Алматы и Павлодара покажут станки.\n\
             Читайте также: В Актау открыли новую школу",
            vec!["KZ-79"],
        ),
        (
            "Жамбылская область на форуме в Дубае",
            "Форум инвесторов прошёл в Дубае 20 ноября. Глава делегации родом из Актау.",
            vec!["KZ-31"],
        ),
        (
            "Снег в двух городах",
            "Снег выпал в Караганде и Павлодаре.",
            vec!["KZ-35", "KZ-55"],
        ),
    ] {
        let reading = read_plainly(&article(title, text, "2026-11-23"));
        let shown = reading.regions.iter().filter(|(_, sure)| sure.is_enough());
        let mut codes: Vec<String> = shown.map(|(region, _)| region.code()).collect();
        codes.sort();
        assert_eq!(codes, expected, "{title}");
    }
}
