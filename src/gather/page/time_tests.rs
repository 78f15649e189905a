//! Times as listings and articles show them, read at 14:08 in Almaty.

use chrono::{TimeZone, Utc};
use chrono_tz::Asia::Almaty;
use url::Url;

use super::{Article, read, read_article};
use crate::gather::document::Document;
use crate::model::source::PageRules;

const TITLES: [&str; 4] = [
    "Қостанайда аграрлық форум өтті",
    "Астанада жаңа мектеп ашылды бүгін",
    "Ақтөбеде зауыт іске қосылды",
    "Оралда су тасқынына дайындық",
];
const TEXT: &str = "<p>Алматыда халықаралық медиа форум өтеді, оған он екі елден екі жүзден астам журналист қатысады деп хабарлады ұйымдастырушылар.</p><p>Тіркеу әлі ашық, ал бағдарлама келесі аптада жарияланады, деді олар баспасөз мәслихатында.</p>";

fn with<T>(html: &str, path: &str, read: impl FnOnce(&Document<'_>) -> T) -> T {
    let url = Url::parse(&format!("https://zhanalyq.example{path}")).unwrap();
    let received = Utc.with_ymd_and_hms(2026, 11, 24, 9, 8, 30).unwrap();
    read(&Document {
        bytes: html.as_bytes(),
        content_type: None,
        url: Some(&url),
        received: received.with_timezone(&Almaty),
    })
}

/// The times of a listing's entries, in Almaty.
fn times(rows: &str, rules: &PageRules) -> Vec<String> {
    let html = format!(
        "<html><body><h1>Жаңалықтар</h1><main><div class=lenta>{rows}</div></main></body></html>"
    );
    let drafts = with(&html, "/news/", |document| read(document, rules).drafts);
    let time = |at: chrono::DateTime<Utc>| at.with_timezone(&Almaty).format("%F %R").to_string();
    drafts
        .iter()
        .map(|draft| draft.published.map_or_else(|| "-".to_owned(), time))
        .collect()
}

fn link(at: usize) -> String {
    format!("<a href=\"/news/{at}\">{}</a>", TITLES[at])
}

fn rows(shape: &str, dates: [&str; 4]) -> String {
    let row = |at: usize| shape.replace("DATE", dates[at]).replace("LINK", &link(at));
    (0..4).map(row).collect()
}

#[test]
fn listings_tell_the_time_of_the_house() {
    let marked = "<div class=row><span class=date>DATE</span>LINK</div>";
    let bare = "<div class=row><span>DATE</span>LINK</div>";
    let clock = "<li><span class=time>DATE</span> LINK</li>";
    let stamp = "<div class=row><time datetime=\"DATE\">x</time>LINK</div>";
    let parts = "<div class=row><div class=d>DATE</div>LINK</div>";
    let cases = [
        (marked, "2026-11-24 09:10", "2026-11-24 09:10"),
        (marked, "24/11/2026 09:10", "2026-11-24 09:10"),
        (marked, "24 qarasha 2026, 09:10", "2026-11-24 09:10"),
        (marked, "Today, 10:35", "2026-11-24 10:35"),
        (marked, "keshe, 18:40", "2026-11-23 18:40"),
        (stamp, "2026-11-24T09:10:00", "2026-11-24 09:10"),
        (stamp, "2026-11-24T09:10:00Z", "2026-11-24 14:10"),
        (clock, "10:35", "2026-11-24 10:35"),
        (clock, "19:08", "2026-11-23 19:08"),
        (marked, "2 сағат бұрын", "2026-11-24 12:08"),
        (bare, "2 сағат бұрын", "2026-11-24 12:08"),
        (bare, "half an hour ago", "2026-11-24 13:38"),
        (bare, "только что", "2026-11-24 14:08"),
        (bare, "5 мин. назад", "2026-11-24 14:03"),
        (bare, "3 күн бұрын", "2026-11-21 00:00"),
        (parts, "<b>20</b> <span>қараша</span>", "2026-11-20 00:00"),
        (
            parts,
            "<b>20</b><span>қараша</span><em>2026</em>",
            "2026-11-20 00:00",
        ),
        (
            parts,
            "<b>20</b><span>қараша</span><i>10:35</i>",
            "2026-11-20 10:35",
        ),
        (
            parts,
            "<i>20 қараша 2026</i><b>10:35</b>",
            "2026-11-20 10:35",
        ),
        (
            parts,
            "<b>2</b><span>сағат бұрын</span>",
            "2026-11-24 12:08",
        ),
        // What is counted beside is no part of a date.
        (parts, "<i>20 қараша 2026</i><b>15</b>", "2026-11-20 00:00"),
        (parts, "<b>20</b><span>қараша</span><i>15</i>", "-"),
        // Nor is what a teaser begins with.
        (
            "<div class=row>LINK<p>DATE</p></div>",
            "2 күн бұрын <b>Алматыда</b> үлкен форум өтті, оған көп адам жиналды",
            "-",
        ),
    ];
    for (shape, date, expected) in cases {
        let read = times(&rows(shape, [date; 4]), &PageRules::default());
        assert_eq!(read, [expected; 4], "{shape} {date}");
    }
}

#[test]
fn headings_give_rows_their_day() {
    let row = |at: usize, time: &str| {
        format!(
            "<div class=row><span class=time>{time}</span> {}</div>",
            link(at)
        )
    };
    let expected = [
        "2026-11-22 10:00",
        "2026-11-22 09:30",
        "2026-11-21 19:08",
        "2026-11-21 08:00",
    ];
    let heads = [
        (
            "<h3 class=day>",
            "</h3>",
            ["22 ноября 2026", "21 ноября 2026"],
        ),
        ("<div>", "</div>", ["22 қараша", "21 қараша"]),
        ("<h4>", "</h4>", ["22.11.2026", "21.11.2026"]),
        ("<p>", "</p>", ["2026-11-22", "2026-11-21"]),
        ("<div><b>", "</b></div>", ["2 күн бұрын", "3 күн бұрын"]),
        (
            "<h2>",
            "</h2>",
            ["<b>22</b><i>ноября</i>", "<b>21</b><i>ноября</i>"],
        ),
    ];
    for (open, close, days) in heads {
        let [first, second] = days.map(|day| format!("{open}{day}{close}"));
        let (a, b) = (row(0, "10:00"), row(1, "09:30"));
        let (c, d) = (row(2, "19:08"), row(3, "08:00"));
        for listing in [
            format!("{first}{a}{b}{second}{c}{d}"),
            format!("{first}<section>{a}{b}</section>{second}<section>{c}{d}</section>"),
            format!("<section>{first}{a}{b}</section><section>{second}{c}{d}</section>"),
        ] {
            assert_eq!(
                times(&listing, &PageRules::default()),
                expected,
                "{listing}"
            );
            let rules = PageRules {
                item: Some(".row".to_owned()),
                date: Some(".time".to_owned()),
                ..PageRules::default()
            };
            assert_eq!(times(&listing, &rules), expected, "by rules: {listing}");
        }
    }
}

#[test]
fn a_day_holds_for_all_rows_below_it() {
    let rows: Vec<String> = (0..120)
        .map(|at| format!("<div class=row><span class=time>10:00</span> <a href=\"/n/{at}\">Қостанайда аграрлық форум өтті {at}</a></div>"))
        .collect();
    let rows = rows.concat();
    let read = times(
        &format!("<h3>22 ноября 2026</h3>{rows}"),
        &PageRules::default(),
    );
    assert_eq!(read, vec!["2026-11-22 10:00"; 120]);
}

/// A site shows what day it is above its list, in which there are times of last night.
#[test]
fn the_day_a_site_shows_is_not_that_of_last_night() {
    let clock = "<li><span class=time>DATE</span> LINK</li>";
    let list = rows(clock, ["14:00", "00:15", "23:50", "19:08"]);
    let read = times(
        &format!("<div class=today>24 қараша 2026</div><ul>{list}</ul>"),
        &PageRules::default(),
    );
    let expected = ["24 14:00", "24 00:15", "23 23:50", "23 19:08"];
    assert_eq!(read, expected.map(|time| format!("2026-11-{time}")));
}

/// What the head says, what stands below the title, and the time that is.
const ARTICLES: [(&str, &str, &str); 16] = [
    (
        "<meta property=\"article:published_time\" content=\"2026-11-24T09:10:00\">",
        "",
        "2026-11-24T04:10:00Z",
    ),
    (
        "<script type=\"application/ld+json\">{\"@type\":\"NewsArticle\",\"headline\":\"Форум өтеді\",\"datePublished\":\"2026-11-24 09:10:00\"}</script>",
        "",
        "2026-11-24T04:10:00Z",
    ),
    (
        "",
        "<time datetime=\"2026-11-24 09:10\">24.11.2026 09:10</time>",
        "2026-11-24T04:10:00Z",
    ),
    (
        "",
        "<div class=date>2026-11-24 09:10</div>",
        "2026-11-24T04:10:00Z",
    ),
    (
        "",
        "<div class=date>24/11/2026 09:10</div>",
        "2026-11-24T04:10:00Z",
    ),
    (
        "",
        "<div class=date>24 qarasha 2026, 09:10</div>",
        "2026-11-24T04:10:00Z",
    ),
    (
        "",
        "<div class=date>24 November 2026, 09:10</div>",
        "2026-11-24T04:10:00Z",
    ),
    (
        "",
        "<div class=date>Today, 10:35</div>",
        "2026-11-24T05:35:00Z",
    ),
    (
        "",
        "<div class=date>2 сағат бұрын</div>",
        "2026-11-24T07:08:30Z",
    ),
    (
        "",
        "<div>Болат Сейітов | <span>час назад</span></div>",
        "2026-11-24T08:08:30Z",
    ),
    (
        "",
        "<p>Болат Сейітов · 15 минут бұрын</p>",
        "2026-11-24T08:53:30Z",
    ),
    ("", "<p>3 күн бұрын</p>", "2026-11-21"),
    // A day that is told beats words that count.
    (
        "",
        "<p>2 сағат бұрын</p><div class=date>20 қараша 2026</div>",
        "2026-11-20",
    ),
    // The text's own words are not its date.
    ("", "<p>2 күн бұрын <b>Алматыда</b> форум өтті.</p>", "-"),
    ("", "<p>Бұл 2 күн бұрын болған еді</p>", "-"),
    ("", "<div class=related><p>2 сағат бұрын</p></div>", "-"),
];

#[test]
fn articles_tell_the_time_of_the_house() {
    for (head, shown, expected) in ARTICLES {
        let html = format!(
            "<html lang=kk><head><title>Форум өтеді</title>{head}</head><body><div class=wrap><h1>Форум өтеді</h1>{shown}<div class=text>{TEXT}</div></div></body></html>"
        );
        let article = with(&html, "/n/forum", read_article);
        let written = article.and_then(|Article { written, .. }| written);
        let told = written.map_or_else(
            || "-".to_owned(),
            |written| {
                if written.has_time {
                    written
                        .at
                        .to_rfc3339_opts(chrono::SecondsFormat::Secs, true)
                } else {
                    written.day.to_string()
                }
            },
        );
        assert_eq!(told, expected, "{head}{shown}");
    }
}

/// The day of an article, or `-`.
fn day(head: &str, body: &str, path: &str) -> String {
    let html = format!(
        "<html><head><title>Медиа форум</title>{head}</head><body><h1>Медиа форум</h1>{body}</body></html>"
    );
    let article = with(&html, path, read_article);
    let written = article.and_then(|article| article.written);
    written.map_or_else(|| "-".to_owned(), |written| written.day.to_string())
}

/// Beside the title stand the days of orders, deadlines and changes, too.
#[test]
fn what_is_called_a_day_goes_before_what_is_only_written() {
    let own = "<div class=date>10.11.2026</div>";
    for beside in [
        "<p>Приказ от 12.03.2019 № 45</p>",
        "<p>Прием заявок до 20.11.2026</p>",
        "<p>Концерт 20.11.2026</p>",
        "<p>12.03.2019</p>",
        "<span class=updated>12.11.2026</span>",
        "<time class=updated datetime=2026-11-12>12.11.2026</time>",
        "<dl><dt>Жаңартылды</dt><dd>12.11.2026</dd></dl>",
    ] {
        let body = format!("{beside}{own}{TEXT}");
        assert_eq!(day("", &body, "/news/1"), "2026-11-10", "{beside}");
    }
    let only = format!("<p>10.11.2026</p>{TEXT}");
    assert_eq!(day("", &only, "/news/1"), "2026-11-10");
}

#[test]
fn days_kept_for_machines_and_scripts_are_read() {
    let comment = "<div class=comments><p class=date>01.03.2024</p></div>";
    for own in [
        "<span class=date data-timestamp=1709614800></span>",
        "<relative-time datetime=2024-03-05T10:00:00+05:00>давно</relative-time>",
        "<time data-time=1709614800></time>",
        "<div class=posted data-published=2024-03-05></div>",
    ] {
        let body = format!("{own}{TEXT}{comment}");
        assert_eq!(day("", &body, "/news/1"), "2024-03-05", "{own}");
    }
    let law = "<p>Заң <abbr title=\"12.12.2001 жылғы заң\">БАҚ туралы</abbr> қаралды.</p>";
    let body = format!("{TEXT}{law}<time datetime=2024-03-05>5 наурыз</time>");
    assert_eq!(day("", &body, "/news/1"), "2024-03-05");
}

#[test]
fn a_day_a_slug_speaks_of_is_not_the_pages() {
    let told = "<meta property=article:published_time content=2024-03-05T10:00:00+05:00>";
    for (path, expected) in [
        ("/news/jenis-kuni-1995-05-09", "2024-03-05"),
        ("/news?from=2020-01-31", "2024-03-05"),
        ("/2024/03/04/forum", "2024-03-04"),
        ("/2023/11/30/forum", "2023-11-30"),
    ] {
        assert_eq!(day(told, TEXT, path), expected, "{path}");
    }
    assert_eq!(day("", TEXT, "/news/forum-2024-03-05"), "2024-03-05");
}
