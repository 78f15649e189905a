use chrono::{TimeZone, Utc};
use url::Url;

use super::*;
use crate::gather::document::PAGE_TAGS_MAX;

const BITRIX: &str = include_str!("../../../tests/fixtures/gather/page/listing-bitrix.html");
const CARDS: &str = include_str!("../../../tests/fixtures/gather/page/listing-cards.html");
const JSON_LD: &str = include_str!("../../../tests/fixtures/gather/page/article-jsonld.html");
const OPEN_GRAPH: &str = include_str!("../../../tests/fixtures/gather/page/article-og.html");
const PLAIN: &str = include_str!("../../../tests/fixtures/gather/page/article-plain.html");

fn read_at(html: &str, url: &str, rules: &PageRules) -> Harvest {
    let url = Url::parse(url).unwrap();
    read(
        &Document {
            bytes: html.as_bytes(),
            content_type: Some("text/html; charset=utf-8"),
            url: Some(&url),
            received: Utc
                .with_ymd_and_hms(2026, 11, 23, 12, 0, 0)
                .unwrap()
                .with_timezone(&chrono_tz::Asia::Almaty),
        },
        rules,
    )
}

fn rules(item: &str, link: &str, title: &str, date: &str) -> PageRules {
    let some = |rule: &str| (!rule.is_empty()).then(|| rule.to_owned());
    PageRules {
        item: some(item),
        link: some(link),
        title: some(title),
        date: some(date),
    }
}

/// Link's path and query, title and date of each entry.
fn told(harvest: &Harvest) -> Vec<String> {
    harvest
        .drafts
        .iter()
        .map(|draft| {
            let link = Url::parse(draft.link.as_deref().unwrap()).unwrap();
            let date = draft
                .published
                .map(|at| at.format("%m-%dT%H:%M").to_string());
            format!(
                "{} {} {}",
                link.path(),
                draft.title.as_deref().unwrap_or("-"),
                date.as_deref().unwrap_or("-")
            )
        })
        .collect()
}

fn complaints(harvest: &Harvest) -> Vec<String> {
    harvest.complaints.iter().map(ToString::to_string).collect()
}

const BITRIX_URL: &str = "https://alatau.example/kk/news/";
const BITRIX_TOLD: [&str; 3] = [
    "/kk/news/forum-ashyldy/ Көкшетауда өңірлік білім форумы ашылды 11-22T19:00",
    "/kk/news/koktem-zharmenke/ Қалада ауыл шаруашылығы жәрмеңкесі өтеді 11-23T05:35",
    "/kk/news/kitap-kuni/ Кітапхана оқырмандарды форумға шақырады 11-20T19:00",
];

#[test]
fn a_listing_by_rules() {
    let rules = rules(".news-item", "a:has(b)", "b", ".news-date-time");
    let harvest = read_at(BITRIX, BITRIX_URL, &rules);
    assert_eq!(harvest.format, Some("page"));
    assert_eq!(told(&harvest)[..3], BITRIX_TOLD);
    assert_eq!(
        complaints(&harvest),
        [
            "warning: date: entry 4: cannot be read as a date: “жақында болады”",
            "warning: link: entry 5: its link leads nowhere on the web; left out",
        ]
    );
    assert_eq!(
        harvest.drafts[0].enclosures[0].url,
        "https://alatau.example/upload/forum.jpg"
    );
    assert_eq!(harvest.feed.title.as_deref(), Some("Алатау жаршысы"));
    assert_eq!(harvest.feed.language.as_deref(), Some("kk"));
    assert_eq!(
        harvest.feed.icon.as_deref(),
        Some("https://alatau.example/favicon.ico")
    );
}

#[test]
fn a_listing_by_its_links_alone() {
    let harvest = read_at(
        BITRIX,
        BITRIX_URL,
        &rules("", ".news-list a:has(b)", "", ""),
    );
    assert_eq!(told(&harvest)[..3], BITRIX_TOLD);
}

#[test]
fn a_listing_by_its_shape() {
    let harvest = read_at(BITRIX, BITRIX_URL, &PageRules::default());
    assert_eq!(told(&harvest)[..3], BITRIX_TOLD);
    let harvest = read_at(
        CARDS,
        "https://vestnik.example/ru/forums",
        &PageRules::default(),
    );
    assert_eq!(
        told(&harvest),
        [
            "/ru/forums/101 В Костанае пройдёт форум фермеров северных областей 11-20T04:00",
            "/ru/forums/102 Молодёжный форум соберёт в Таразе полторы тысячи человек 11-19T00:00",
            "/ru/forums/103 Форум учителей информатики перенесли на декабрь 11-18T13:40",
            "/ru/forums/104 Бизнес-форум в Актау: программа первого дня 11-17T12:00",
            "/ru/forums/105 Чем закончился медицинский форум в Семее 11-16T12:00",
            "/ru/forums/106 Форум архитекторов: новые площади для старого города 11-15T12:00",
        ]
    );
    let first = &harvest.drafts[0];
    assert_eq!(
        first.summary_html.as_deref(),
        Some("<p>Участники обсудят семена, воду и субсидии.</p>")
    );
    assert_eq!(first.text, "Участники обсудят семена, воду и субсидии.\n");
    assert_eq!(
        first.enclosures[0].url,
        "https://vestnik.example/ru/img/101.jpg"
    );
    assert_eq!(
        first.enclosures[0].media_type.as_deref(),
        Some("image/jpeg")
    );
    assert!(harvest.well_formed, "{:?}", complaints(&harvest));
}

#[test]
fn a_title_the_layout_cut_is_taken_whole_from_beside_it() {
    let card = |n: u32, link: &str| format!("<div class=i>{link}<span>{n}.11.2026</span></div>");
    let cases = [
        (
            "<a href=/p/1 title='Қостанайда аграрлық форум өтті'>Қостанайда а...</a>",
            "Қостанайда аграрлық форум өтті",
        ),
        (
            "<h3 title='Астанада  жаңа мектеп ашылды'><a href=/p/2>Астанада жаңа…</a></h3>",
            "Астанада жаңа мектеп ашылды",
        ),
        // An attribute that says something else, or no more, is not taken.
        (
            "<a href=/p/3 title='Толығырақ оқу үшін басыңыз'>Оралда су тасқыны…</a>",
            "Оралда су тасқыны…",
        ),
        (
            "<a href=/p/4 title='Таразда әуежай жөнделуде, деп хабарлады'>Таразда әуежай жөнделуде</a>",
            "Таразда әуежай жөнделуде",
        ),
    ];
    let listing: String = (1..)
        .zip(&cases)
        .map(|(n, (link, _))| card(n, link))
        .collect();
    let html = format!("<html><body><div>{listing}</div></body></html>");
    for rules in [rules(".i", "a", "", "span"), rules(".i", "a", "a", "span")] {
        let harvest = read_at(&html, "https://a.example/news", &rules);
        let titles: Vec<_> = harvest
            .drafts
            .iter()
            .map(|draft| draft.title.as_deref())
            .collect();
        let expected: Vec<_> = cases.iter().map(|(_, title)| Some(*title)).collect();
        assert_eq!(titles, expected);
    }
}

#[test]
fn bad_rules_are_named() {
    let harvest = read_at(BITRIX, BITRIX_URL, &rules("div..x", "", "", "b["));
    assert_eq!(told(&harvest)[..3], BITRIX_TOLD);
    let said = complaints(&harvest);
    assert!(
        said[0].starts_with("error: item: `div..x` is no CSS selector"),
        "{said:?}"
    );
    assert!(
        said[1].starts_with("error: date: `b[` is no CSS selector"),
        "{said:?}"
    );
    let harvest = read_at(BITRIX, BITRIX_URL, &rules(".nothing", "", "", ""));
    assert!(harvest.drafts.is_empty() && !harvest.well_formed);
    assert!(complaints(&harvest)[0].contains("item: `.nothing` matches nothing"));
}

#[test]
fn an_article_by_its_json_ld() {
    let harvest = read_at(
        JSON_LD,
        "https://bereg.example/news/forum-rechnikov?utm=1",
        &PageRules::default(),
    );
    assert!(harvest.well_formed, "{:?}", complaints(&harvest));
    let [draft] = &harvest.drafts[..] else {
        panic!("{:?}", told(&harvest));
    };
    assert_eq!(
        told(&harvest),
        ["/news/forum-rechnikov В Уральске завершился форум речников «Жайық» 11-22T13:40"]
    );
    assert_eq!(
        draft.link.as_deref(),
        Some("https://bereg.example/news/forum-rechnikov")
    );
    assert_eq!(draft.authors[0].name.as_deref(), Some("Айгүл Сейітова"));
    assert_eq!(
        draft.authors[0].url.as_deref(),
        Some("https://bereg.example/authors/aigul")
    );
    assert_eq!(draft.authors[1].name.as_deref(), Some("Пётр Ким"));
    assert_eq!(
        draft.enclosures[0].url,
        "https://bereg.example/img/river.webp"
    );
    assert_eq!(draft.language.as_deref(), Some("ru-KZ"));
    let terms: Vec<&str> = draft.categories.iter().map(|c| c.term.as_str()).collect();
    assert_eq!(terms, ["Общество", "форум", "Уральск"]);
    assert_eq!(
        draft.summary_html.as_deref(),
        Some("<p>Итоги двух дней: новый причал и школа капитанов.</p>")
    );
    assert_eq!(
        draft.text.lines().collect::<Vec<_>>(),
        [
            "Форум речников в Уральске собрал капитанов, лоцманов и инженеров со всего течения реки.",
            "Участники договорились построить новый причал и открыть школу капитанов, о которой мы писали летом.",
            "Следующая встреча пройдёт через год в Атырау.",
        ]
    );
    let html = draft.content_html.as_deref().unwrap();
    assert!(html.contains("https://bereg.example/news/school"), "{html}");
    assert!(!html.contains("steal") && !html.contains("track"), "{html}");
}

#[test]
fn an_article_by_its_open_graph() {
    let harvest = read_at(
        OPEN_GRAPH,
        "https://dala.example/zhanalyq/77?x",
        &PageRules::default(),
    );
    assert_eq!(
        told(&harvest),
        ["/zhanalyq/77 Ақтөбеде жастар форумы \"Болашақ\" өтті 11-21T05:00"]
    );
    let draft = &harvest.drafts[0];
    assert_eq!(
        draft.link.as_deref(),
        Some("https://dala.example/zhanalyq/77")
    );
    assert_eq!(draft.authors[0].name.as_deref(), Some("Дәурен Оспан"));
    assert_eq!(draft.enclosures[0].media_type.as_deref(), Some("image/*"));
    assert_eq!(draft.categories.len(), 2);
    assert!(draft.text.starts_with("Ақтөбе қаласында"), "{}", draft.text);
    assert!(draft.text.trim_end().ends_with("отыр."), "{}", draft.text);
}

#[test]
fn an_article_that_does_not_say_so() {
    let harvest = read_at(PLAIN, "https://kirpich.example/a", &PageRules::default());
    assert_eq!(
        told(&harvest),
        ["/a Форум строителей начнётся в четверг 11-18T19:00"]
    );
    assert!(harvest.drafts[0].text.contains("Вход свободный"));
}

#[test]
fn what_is_no_page_is_told() {
    let cases = [
        ("", "empty"),
        (" \n ", "empty"),
        ("{\"a\":1}", "no markup"),
        (
            "<?xml version=\"1.0\"?><rss><channel/></rss>",
            "this is XML",
        ),
        (
            "<html><body><p>Тіркеліңіз</p></body></html>",
            "neither entries nor an article",
        ),
    ];
    for (html, expected) in cases {
        let harvest = read_at(html, BITRIX_URL, &PageRules::default());
        assert!(harvest.drafts.is_empty() && !harvest.well_formed, "{html}");
        let said = complaints(&harvest).join("\n");
        assert!(said.contains(expected), "{html}: {said}");
    }
}

#[test]
fn no_page_makes_it_panic() {
    for html in [BITRIX, CARDS, JSON_LD, OPEN_GRAPH, PLAIN] {
        let step = html.len() / 20 + 1;
        for at in (0..html.len()).step_by(step) {
            let at = html.floor_char_boundary(at);
            read_at(&html[..at], BITRIX_URL, &PageRules::default());
            read_at(&html[at..], BITRIX_URL, &rules("*", "*", "*", "*"));
            let swapped = format!("{}{}", &html[at..], &html[..at]);
            read_at(&swapped, BITRIX_URL, &rules("", "a", "", ""));
        }
    }
}

/// A megabyte of each would take a naive reader minutes.
#[test]
fn hostile_pages_take_no_longer_than_others() {
    let link = |n: usize| {
        let place = n % 1_000;
        format!("<x{place}><a href=/a/{n}>қазақша тақырып {n}</a></x{place}>")
    };
    let links = (0..4_000).map(link).collect::<Vec<_>>().concat();
    let cases = [
        "<div>".repeat(50_000),
        "<div><a href=/x>".repeat(20_000),
        format!("<div>{links}</div><div>{links}</div><div>{links}</div>"),
        format!("<div class=\"{}\">{links}</div>", "menu-x ".repeat(50_000)),
        format!("<header>{links}</header>"),
        format!(
            "<script type=application/ld+json>{}</script>",
            "[".repeat(100_000)
        ),
    ];
    for case in cases {
        read_at(&case, BITRIX_URL, &PageRules::default());
    }
}

/// Each tag costs some microseconds: millions of them would hold a thread for a minute.
#[test]
fn a_page_with_more_tags_than_any_needs_keeps_its_beginning() {
    let text = "<h1>Тақырып</h1><p>Ауылда жаңа мектеп ашылды.</p>";
    let html = format!("{text}{}<a href=/end>соңы</a>", "<i>".repeat(PAGE_TAGS_MAX));
    let mut complaints = Vec::new();
    let document = Document {
        bytes: &[],
        content_type: None,
        url: None,
        received: chrono::DateTime::UNIX_EPOCH.with_timezone(&chrono_tz::UTC),
    };
    let page = Page::parse(&html, &document, &mut complaints);
    assert!(page.source.starts_with(text) && !page.source.contains("/end"));
    assert!(
        complaints[0].to_string().contains("tag 400000"),
        "{complaints:?}"
    );
}

#[test]
fn a_page_that_says_its_title_and_nothing_else_has_no_text() {
    for (body, has_text) in [
        ("<div id=\"root\"></div><script>boot()</script>", false),
        ("<h1>Аграрлық форум өтеді</h1><div id=\"app\"></div>", false),
        (
            "<h1>Аграрлық форум өтеді</h1><p>Қостанайда 5 желтоқсанда аграрлық форум өтеді.</p>",
            true,
        ),
    ] {
        let html = format!(
            "<!doctype html><html><head><title>Аграрлық форум өтеді - Qala.kz</title></head>\
             <body>{body}</body></html>"
        );
        let url = Url::parse("https://qala.example/news/1").unwrap();
        let article = read_article(&Document {
            bytes: html.as_bytes(),
            content_type: Some("text/html; charset=utf-8"),
            url: Some(&url),
            received: Utc
                .with_ymd_and_hms(2026, 11, 23, 12, 0, 0)
                .unwrap()
                .with_timezone(&chrono_tz::Asia::Almaty),
        });
        let text = article
            .map(|article| article.draft.text)
            .unwrap_or_default();
        assert_eq!(!text.is_empty(), has_text, "{body}: {text}");
    }
}

/// Pictures that wait for scripts and players in frames are part of an article.
#[test]
fn what_scripts_would_show_in_an_article_is_kept() {
    let html = "<!DOCTYPE html><html><head><title>Жәрмеңке ашылды</title></head><body><h1>Жәрмеңке ашылды</h1>\
        <div class=\"text\"><p>Қалада күзгі жәрмеңке ашылды, оған барлық ауданнан шаруалар келіп, өз өнімдерін сатуда. \
        Бағалар дүкендегіден төмен, ал таңдау мол.</p>\
        <div class=\"pic\"><img src=\"data:image/gif;base64,R0\" data-src=\"/i/1.jpg\" alt=\"Сауда\"></div>\
        <p>Жәрмеңке екі аптаға созылады, демалыс күндері өнерпаздар ән салып, балаларға ойындар өтеді.</p>\
        <div class=\"film\"><iframe src=\"https://www.youtube.com/embed/aB1\"></iframe></div></div></body></html>";
    let harvest = read_at(html, "https://alatau.example/kk/1", &PageRules::default());
    let html = harvest.drafts[0].content_html.clone().unwrap();
    assert!(
        html.contains("<img src=\"https://alatau.example/i/1.jpg\" alt=\"Сауда\">"),
        "{html}"
    );
    assert!(
        html.contains("<a href=\"https://www.youtube.com/watch?v=aB1\""),
        "{html}"
    );
}

/// What the page shows beside or around a short text: longer ones of other articles,
/// the same in the other language, rows without sentences.
#[test]
fn a_short_text_is_not_passed_over_for_what_stands_beside_it() {
    let short = "5 декабря в районном Доме культуры состоится форум. Начало в 11:00.";
    let other = "<div class=\"o\"><a href=\"/n/1\">В Костанае открыли новый корпус библиотеки</a><p>В областном центре \
        торжественно открыли новый корпус универсальной библиотеки, рассчитанный на четыреста читателей в день.</p></div>";
    let label = |words: &str| format!("<div class=\"b\"><h3>{words}</h3>{}</div>", other.repeat(4));
    let kazakh = "<p>Білім беру ұйымдарының қызметкерлері мен облыстық басқарма арасында жаңа ұжымдық шарт жасалды.</p>\
        <p>Құжат бойынша жас мамандарға көтерме жәрдемақы екі есеге өсіп, тұрғын үй жалдау шығыны өтеледі.</p>\
        <p>Шарт қаңтардың бірінен бастап күшіне еніп, үш жыл бойы қолданылады, деп хабарлады кәсіподақ.</p>";
    let russian = "<p>После трёх месяцев переговоров отраслевой профсоюз и управление образования подписали соглашение о \
        надбавках водителям школьных автобусов.</p><p>Доплата составит двадцать процентов оклада и будет начисляться за \
        работу в гололёд и метель, когда маршруты особенно опасны.</p>";
    let rows = "<table><tr><td>09:00</td><td>Регистрация участников</td></tr><tr><td>10:00</td><td>Пленарное заседание</td></tr></table>";
    for (body, begins, without) in [
        (format!("<div><p>{short}</p></div>{}", label("Другие новости")), short, "корпус"),
        (format!("<div><p>{short}</p></div>{}", label("Басқа жаңалықтар:")), short, "корпус"),
        (
            format!("<div itemprop=\"articleBody\"><p>{short}</p></div>{}", label("Другие новости")),
            short,
            "корпус",
        ),
        (format!("<div id=kz>{kazakh}</div><div id=ru style=\"display: none\">{russian}</div>"), "Білім беру", "профсоюз"),
        (
            format!("<div><div class=\"tab-pane active\">{kazakh}</div><div class=\"tab-pane\">{russian}</div></div>"),
            "Білім беру",
            "профсоюз",
        ),
        (format!("<div><p>Программа:</p>{rows}</div>"), "Программа:", "Костан"),
        (
            format!("<div><p>Программа форума сельских журналистов области:</p>{rows}</div>"),
            "Программа форума сельских журналистов области:\n09:00",
            "Костан",
        ),
        ("<div><p>Программа:</p><ul><li>09:00 Регистрация участников</li><li>10:00 Заседание</li></ul></div>".to_owned(), "Программа:", "Костан"),
    ] {
        let html = format!(
            "<!DOCTYPE html><html><head><title>Форум</title></head><body><div><h1>Форум</h1>{body}</div></body></html>"
        );
        let draft = read_as_article(&html);
        assert!(draft.text.starts_with(begins), "{html}: {}", draft.text);
        assert!(!draft.text.contains(without), "{html}: {}", draft.text);
    }
}

/// Long texts that are hidden in part stay whole.
#[test]
fn what_is_unfolded_in_the_same_language_is_part_of_the_text() {
    let text = "<p>После трёх месяцев переговоров отраслевой профсоюз и управление образования подписали соглашение о \
        надбавках водителям школьных автобусов.</p><p>Доплата составит двадцать процентов оклада и будет начисляться за \
        работу в гололёд и метель, когда маршруты особенно опасны.</p>";
    let rest = text.replace("трёх", "пяти");
    let html = format!(
        "<html><head><title>Форум</title></head><body><h1>Форум</h1><div>{text}<div style=\"display:none\">{rest}</div></div></body></html>"
    );
    assert!(read_as_article(&html).text.contains("пяти месяцев"));
}

/// The day above everything is the visitor's, not the article's.
#[test]
fn the_day_of_the_visit_is_no_articles() {
    let text = "<p>Хлебоприёмные предприятия региона завершили заготовку: в закромах пять миллионов тонн пшеницы \
        и ячменя. Об этом сообщили в управлении сельского хозяйства области.</p>";
    let others = "<script type=\"application/ld+json\">[{\"@type\": \"NewsArticle\", \"headline\": \"Другая\", \
        \"datePublished\": \"2026-11-22T15:00:00+05:00\", \"url\": \"/other\"}, {\"@type\": \"NewsArticle\", \
        \"headline\": \"Третья\", \"datePublished\": \"2026-11-21T15:00:00+05:00\", \"url\": \"/third\"}]</script>";
    for (above, below, expected) in [
        (
            "<div class=\"top\"><span>23.11.2026</span></div>",
            "<div>Опубликовано: 12.11.2026 10:20</div>",
            Some(12),
        ),
        (
            "<div class=\"top\"><span>23 қараша 2026</span></div>",
            "<div>Жарияланған күні: 12.11.2026 10:20</div>",
            Some(12),
        ),
        ("<div>Сегодня: 23 ноября 2026, понедельник</div>", "", None),
        ("<header><div>23.11.2026</div></header>", "", None),
        (others, "<div>12.11.2026 10:20</div>", Some(12)),
        // A byline above the title is the article's, today too.
        ("<i>", "", Some(22)),
    ] {
        let byline = if above == "<i>" {
            "<div>23.11.2026</div>"
        } else {
            ""
        };
        let html = format!(
            "<html><head><title>Зерно принято</title></head><body>{above}<div>{byline}<h1>Зерно принято</h1><div>{text}</div>{below}</div></body></html>"
        );
        let day = read_as_article(&html)
            .published
            .map(|at| chrono::Datelike::day(&at));
        assert_eq!(day, expected, "{html}");
    }
}

/// The article of a page at the outlet's address.
pub(super) fn read_as_article(html: &str) -> crate::model::draft::Draft {
    let url = Url::parse("https://alatau.example/news/1").unwrap();
    let document = Document {
        bytes: html.as_bytes(),
        content_type: None,
        url: Some(&url),
        received: Utc
            .with_ymd_and_hms(2026, 11, 23, 12, 0, 0)
            .unwrap()
            .with_timezone(&chrono_tz::Asia::Almaty),
    };
    read_article(&document).unwrap().draft
}

/// An encyclopaedia's first sentence names its subject in bold.
#[test]
fn the_title_in_a_sentence_is_part_of_it() {
    let more = "<p>Су мұнарасы бір ғасыр бойы қаланы сумен қамтып келді, бүгінде онда мұражай орналасқан, оған жыл сайын мыңдаған адам келеді.</p>";
    let html = format!(
        "<html><head><title>Ескі су мұнарасы</title></head><body><h1>Ескі су мұнарасы</h1><div class=text>\
         <p>Қаладағы <b>Ескі су мұнарасы</b> 1911 жылы салынған, оны жергілікті шеберлер қызыл кірпіштен тұрғызған.</p>{more}{more}</div></body></html>"
    );
    let text = read_as_article(&html).text;
    assert!(text.contains("Қаладағы Ескі су мұнарасы 1911"), "{text}");
}
