use chrono::TimeZone;
use chrono_tz::Asia::Almaty;

use super::*;
use crate::model::article::ArticleId;
use crate::model::source::{SourceId, Validators};

fn now() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 11, 23, 12, 0, 0).unwrap()
}

fn source(mode: FullTextMode) -> Source {
    let place = Place::Feed("https://rss.alatau.example/all".parse().unwrap());
    Source {
        accept_language: Some("kk".to_owned()),
        full_text: mode,
        ..Source::new(SourceId::from_stored("alatau"), "Алатау", place)
    }
}

const TITLE: &str = "Көкшетауда фермерлер форумы өтеді";
const TEASER: &str = "Форумға облыстың барлық ауданынан шаруалар келеді…";

fn article(text: &str) -> Article {
    let source = SourceId::from_stored("alatau");
    Article {
        id: ArticleId::derived(&source, "1"),
        source,
        revision: 1,
        link: "https://alatau.example/news/1".parse().ok(),
        title: TITLE.to_owned(),
        authors: Vec::new(),
        summary_html: format!("<p>{text}</p>"),
        content_html: format!("<p>{text}</p>"),
        text: text.to_owned(),
        published: Some(now() - TimeDelta::hours(1)),
        updated: None,
        first_seen: now(),
        image: None,
        categories: Vec::new(),
        declared_language: None,
        declared_event: None,
        content_hash: "the feed's".to_owned(),
    }
}

#[test]
fn a_teaser_is_told_by_its_measure() {
    let long = "Шаруалар форумы үш күнге созылады, оған жүзден астам адам қатысады. ".repeat(14);
    let post = "The post Форум appeared first on Алатау.";
    let cases = [
        (TEASER.to_owned(), true),
        (String::new(), true),
        ("Қысқа хабар.".to_owned(), true),
        (long.clone(), false),
        (format!("{long}\nТолығырақ"), true),
        (format!("{long}\nЧитать далее »"), true),
        (format!("{long} Подробнее"), true),
        (format!("{long} [...]\n{post}"), true),
        (format!("{long}\n{post}"), false),
        (format!("{long}\nБұл туралы далее айтылады."), false),
        (format!("{}…", long.repeat(6)), false),
    ];
    for (text, expected) in cases {
        assert_eq!(is_teaser(&article(&text)), expected, "{text}");
    }
    // What the feed calls the content is a text, short as it may be.
    let mut message = article(&"Форум сегодня перенесён в большой зал. ".repeat(4));
    assert!(is_teaser(&message));
    message.summary_html = "<p>Коротко</p>".to_owned();
    assert!(!is_teaser(&message));
}

#[test]
fn pages_are_asked_for_where_it_is_worth_it() {
    use FullTextMode::{Always, Auto, Never};
    let long = "Шаруалар форумы үш күнге созылады, оған жүзден астам адам қатысады. ".repeat(14);
    let teaser = article(TEASER);
    let mut far = article(TEASER);
    far.link = "https://elsewhere.example/1".parse().ok();
    let mut old = article(TEASER);
    old.published = Some(now() - TimeDelta::days(15));
    let mut bare = article(TEASER);
    bare.link = None;
    let whole = article(&long);
    let cases = [
        (Auto, &teaser, 0, true, true),
        (Auto, &teaser, 0, false, false),
        (Always, &teaser, 0, false, true),
        (Never, &teaser, 0, true, false),
        (Auto, &far, 0, true, false),
        (Always, &far, 0, true, true),
        (Auto, &whole, 0, true, false),
        (Always, &whole, 0, true, true),
        (Always, &old, 0, true, false),
        (Always, &bare, 0, true, false),
        (Auto, &teaser, ASKED_MAX - 1, true, true),
        (Always, &teaser, ASKED_MAX, true, false),
    ];
    for (at, (mode, article, asked, matters, expected)) in cases.into_iter().enumerate() {
        let wish = wish(&source(mode), article, asked, matters, now());
        assert_eq!(
            matches!(wish, Wish::Ask(_)),
            expected,
            "case {at}: {wish:?}"
        );
    }
    let asked = request(&source(Auto), teaser.link.clone().unwrap());
    assert_eq!(
        asked.headers,
        [("Accept-Language".to_owned(), "kk".to_owned())]
    );
}

fn page(title: &str, text: &str) -> Answer {
    let html = format!(
        "<html><head><title>{title}</title><meta property=\"og:type\" content=\"article\">\
         <meta property=\"og:image\" content=\"/i.jpg\"></head><body><nav><a href=/>Басты бет</a></nav>\
         <article><h1>{title}</h1>{text}</article></body></html>"
    );
    Answer::Body {
        bytes: html.into_bytes(),
        content_type: Some("text/html; charset=utf-8".to_owned()),
        validators: Validators::default(),
        final_url: "https://alatau.example/news/1".parse().unwrap(),
        permanent_redirect: None,
        fresh_for: None,
        links: Vec::new(),
    }
}

const TEXT: &str = "<p>Форумға облыстың барлық ауданынан шаруалар келеді, оларды қалалық мәдениет \
    сарайында күтеді. Жиын 5 желтоқсанда таңғы сағат онда ашылады.</p>\
    <p>Бірінші күні егіншілер тұқым мен суару туралы сөйлеседі, екінші күні мал шаруашылығына \
    арналған. Қатысу тегін, тіркелу керек.</p>";

#[test]
fn a_page_gives_its_text_and_nothing_of_what_the_feed_said_is_lost() {
    let teaser = article(TEASER);
    let mut whole = teaser.clone();
    assert_eq!(
        take(&mut whole, &page(TITLE, TEXT), now().with_timezone(&Almaty)),
        Came::Text
    );
    assert!(whole.text.contains("5 желтоқсанда"), "{}", whole.text);
    assert!(whole.content_html.contains("<p>"), "{}", whole.content_html);
    assert_eq!(
        whole.image.as_ref().map(Url::as_str),
        Some("https://alatau.example/i.jpg")
    );
    let feeds = Article {
        content_html: teaser.content_html.clone(),
        text: teaser.text.clone(),
        image: None,
        ..whole
    };
    assert_eq!(feeds, teaser, "id, hash, title, dates are the feed's");
}

#[test]
fn what_is_no_full_text_leaves_the_teaser() {
    let failed = |why: &str, status| Answer::Failed {
        why: why.to_owned(),
        status,
    };
    let other = "<p>Сайтқа кіру үшін аты-жөніңізді және құпиясөзіңізді жазыңыз, содан кейін батырманы \
        басыңыз. Егер тіркелмеген болсаңыз, алдымен тіркеліңіз, бұл бір минут қана алады.</p>";
    let later = Answer::TooEarly {
        retry_after: crate::gather::web::RetryAfter::read("36000"),
        status: 429,
    };
    let question = page("Just a moment...", "<p>Қарап жатырмыз.</p>");
    let cases: [(Answer, Option<i64>); 12] = [
        (question, Some(1)),
        (page("Сайтқа кіру", other), None),
        (page(TITLE, "<p>Қысқа.</p>"), None),
        (page("", ""), None),
        (Answer::Gone, None),
        (failed("not found", Some(404)), None),
        (failed("forbidden", Some(403)), None),
        (failed("not asked: robots.txt of x asks not to", None), None),
        (failed("timed out", None), Some(1)),
        (failed("trouble", Some(500)), Some(1)),
        (failed("wait", Some(408)), Some(1)),
        (later, Some(10)),
    ];
    for (answer, hours) in cases {
        let mut left = article(TEASER);
        let came = take(&mut left, &answer, now().with_timezone(&Almaty));
        assert_eq!(left, article(TEASER), "{answer:?}");
        let due = after(&left, 0, &came, now()).due;
        assert_eq!(
            due,
            hours.map(|hours| now() + TimeDelta::hours(hours)),
            "{came:?}"
        );
    }
}

#[test]
fn the_little_that_was_cut_off_is_taken() {
    let begun: String = crate::gather::clean::plain_text(TEXT)
        .chars()
        .take(235)
        .collect();
    for (teaser, expected) in [
        (format!("{begun} […]"), Came::Text),
        (
            format!("{begun}."),
            Came::Nothing("the page tells no more than the feed".to_owned()),
        ),
    ] {
        let mut article = article(&teaser);
        let came = take(
            &mut article,
            &page(TITLE, TEXT),
            now().with_timezone(&Almaty),
        );
        assert_eq!(came, expected, "{teaser}");
    }
}

#[test]
fn a_page_that_only_names_the_article_has_not_its_text() {
    let teaser =
        "Уважаемые жители! 5 декабря в районном Доме культуры состоится форум. Начало в 11:00…";
    let list = "<p>Возможно, она была удалена или переехала. Последние новости нашей области читайте ниже:</p>\
        <p><a href=/1>Көкшетауда фермерлер форумы өтеді</a>, в Костанае открыли новый корпус библиотеки.</p>";
    for title in ["Страница не найдена", TITLE] {
        let mut left = article(teaser);
        let came = take(&mut left, &page(title, list), now().with_timezone(&Almaty));
        let why = "the page tells of something else";
        assert_eq!(came, Came::Nothing(why.to_owned()), "{title}");
    }
}

#[test]
fn a_day_without_a_time_gives_way_to_the_time_the_page_tells() {
    let day = |hour, minute| Utc.with_ymd_and_hms(2026, 11, 22, hour, minute, 0).unwrap();
    // Midnight of the 23rd in the house's zone, and its morning.
    for (listed, expected) in [
        (Some(day(19, 0)), day(21, 30)),
        (Some(day(20, 0)), day(20, 0)),
        (
            Some(day(19, 0) - TimeDelta::days(1)),
            day(19, 0) - TimeDelta::days(1),
        ),
        (None, day(21, 30)),
    ] {
        let mut article = article(TEASER);
        article.published = listed;
        let text = format!("<time datetime=\"2026-11-23T02:30:00+05:00\"></time>{TEXT}");
        take(
            &mut article,
            &page(TITLE, &text),
            now().with_timezone(&Almaty),
        );
        assert_eq!(article.published, Some(expected), "{listed:?}");
    }
}

#[test]
fn a_page_that_cannot_be_had_is_given_up_at_last() {
    let article = article(TEASER);
    let came = Came::NotNow("timed out".to_owned(), None);
    let waits: Vec<Option<i64>> = (0..5)
        .map(|asked| {
            let outcome = after(&article, asked, &came, now());
            assert_eq!(outcome.asked, asked + 1);
            outcome.due.map(|due| (due - now()).num_hours())
        })
        .collect();
    assert_eq!(waits, [Some(1), Some(6), Some(24), None, None]);
    assert_eq!(super::waits(&article, 1, now()).asked, 1);
    let page = still_wanted(&article, 1, now() + TimeDelta::days(13));
    assert_eq!(page.ok(), article.link);
    let late = still_wanted(&article, 1, now() + TimeDelta::days(15));
    assert_eq!(late.unwrap_err().due, None);
}
