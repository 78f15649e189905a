use crate::gather::page::tests::read_as_article;

const TEXT: &str = "<p>Хлебоприёмные предприятия завершили заготовку, зерно сушили круглые сутки, и потерь \
    удалось избежать, сообщили в управлении сельского хозяйства.</p>";

fn titled(head: &str, body: &str) -> Option<String> {
    let html = format!("<html><head><title>{head}</title></head><body>{body}</body></html>");
    read_as_article(&html).title
}

#[test]
fn a_heading_that_is_never_closed_is_not_the_whole_text() {
    let long = TEXT.repeat(4);
    // An open link between both keeps the first heading open, too.
    let open = format!("<a href=/><h1>Мост закрыт<h1><div>{long}</div>");
    let alone = format!("<h1>Мост закрыт{long}");
    let cases = [
        ("Мост закрыт | Наш район", &open),
        ("Мост закрыт", &alone),
        ("", &alone),
        ("", &open),
    ];
    for (head, body) in cases {
        assert_eq!(titled(head, body).as_deref(), Some("Мост закрыт"), "{body}");
    }
    assert_eq!(titled("", &format!("<h1>{}", "мост ".repeat(80))), None);
}

#[test]
fn a_heading_s_link_to_itself_is_no_part_of_it() {
    let cases = [
        ("Timeouts<a class=headerlink href=#t>¶</a>", "Timeouts"),
        ("<a href=#t>#</a> Timeouts", "Timeouts"),
        ("Timeouts <a href=#t>&#8203;</a>", "Timeouts"),
        ("Learning C#<a href=#c>¶</a>", "Learning C#"),
        ("<a href=/c>Learning C#</a>", "Learning C#"),
        ("Learning C#", "Learning C#"),
        ("<a href=#t>§</a>", "§"),
    ];
    for (heading, expected) in cases {
        let body = format!("<h1>{heading}</h1>{TEXT}");
        assert_eq!(titled("", &body).as_deref(), Some(expected), "{heading}");
    }
}

#[test]
fn a_first_heading_may_be_the_outlet_s_name() {
    const HEADLINE: &str = "Why the lantern went out";
    let forum = format!("{HEADLINE} - Boat Forum");
    let archive = format!("Lantern Press » Blog Archive » {HEADLINE}");
    let headline = format!("<h2><a href=/?p=88>{HEADLINE}</a></h2>{TEXT}");
    let cases = [
        (
            &forum,
            "<h1>Boat Forum</h1><p>Talk about boats</p>",
            HEADLINE,
        ),
        (
            &archive,
            "<h1><a href=/blog/>Lantern Press</a></h1>",
            HEADLINE,
        ),
        // Not parted by a menu, but by a text.
        (&forum, &format!("<h1>Boat Forum</h1>{TEXT}"), "Boat Forum"),
        (
            &format!("{HEADLINE} by the sea"),
            "<h1>The sea</h1>",
            "The sea",
        ),
        (&forum, "<h1>Another heading</h1>", "Another heading"),
    ];
    for (head, body, expected) in cases {
        let body = format!("{body}{headline}");
        assert_eq!(titled(head, &body).as_deref(), Some(expected), "{body}");
    }
    let headline = format!("<h1><a href=/news/1>{HEADLINE}</a></h1>");
    let cases = [
        (&forum, "<h2>Boat Forum</h2>"),
        (&format!("Boat Forum - {HEADLINE}"), "<h2>Boat Forum</h2>"),
        (
            &format!("{HEADLINE} - News of the river and its towns"),
            "<h2>News of the river and its towns</h2>",
        ),
    ];
    for (head, other) in cases {
        for body in [
            format!("{headline}{other}{TEXT}"),
            format!("{other}{headline}{TEXT}"),
        ] {
            assert_eq!(titled(head, &body).as_deref(), Some(HEADLINE), "{body}");
        }
    }
}

#[test]
fn the_title_told_to_machines_is_freed_of_the_outlet_s_name() {
    const HEADLINE: &str = "New lease rules for landlords";
    let suffixed = format!("{HEADLINE} - Harrow Legal");
    let heading = format!("<h1>{HEADLINE}</h1>");
    let whole = format!("<h1>{suffixed}</h1>");
    let harrow = "Harrow Legal";
    let cases: [(&str, &str, &str, &str); 11] = [
        (&suffixed, harrow, &heading, HEADLINE),
        (&suffixed, "", &heading, HEADLINE),
        (&suffixed, harrow, "", HEADLINE),
        ("Rules | Law - Harrow Legal", harrow, "", "Rules | Law"),
        (
            &format!("Harrow Legal: News | {HEADLINE}"),
            "Harrow Legal: News",
            &heading,
            HEADLINE,
        ),
        // Whether the last part is the outlet's name nobody says.
        (&suffixed, "", "", &suffixed),
        (&suffixed, "", "<h1>Harrow Legal</h1>", &suffixed),
        (&suffixed, harrow, &whole, &suffixed),
        // A rubric, the outlet's own jubilee, and what is told behind a dash.
        (
            "Law - New lease rules",
            "",
            "<h1>Law</h1>",
            "Law - New lease rules",
        ),
        (
            "Harrow Legal - 90 years",
            harrow,
            "<h1>Harrow Legal</h1>",
            "Harrow Legal - 90 years",
        ),
        (
            &format!("{HEADLINE} - what to do"),
            "",
            &heading,
            &format!("{HEADLINE} - what to do"),
        ),
    ];
    for (told, outlet, heading, expected) in cases {
        let html = format!(
            "<html><head><meta property=og:title content=\"{told}\"><meta property=og:site_name content=\"{outlet}\"></head>\
             <body>{heading}{TEXT}</body></html>"
        );
        assert_eq!(
            read_as_article(&html).title.as_deref(),
            Some(expected),
            "{html}"
        );
    }
}

#[test]
fn the_title_is_told_from_the_outlet_s_name() {
    const TITLE: &str = "Элеваторы области приняли миллион тонн зерна";
    let text = "<p>Хлебоприёмные предприятия завершили заготовку, зерно сушили круглые сутки, и потерь \
        удалось избежать, сообщили в управлении сельского хозяйства.</p>";
    let bold = format!("<b>{TITLE}</b>");
    let cases = [
        (
            "{} » Наш район",
            "<h1 class=\"logo\"><a href=\"/\">Наш район</a></h1><h2>{}</h2>",
            TITLE,
        ),
        (
            "{} - Наш район",
            "<h1 class=\"logo\">Наш район</h1><h1>{}</h1>",
            TITLE,
        ),
        (
            "{} - Наш район",
            "<h1>Новости района</h1><h1>{}</h1>",
            TITLE,
        ),
        ("Наш район :: Новости :: {}", &bold, TITLE),
        (
            "Итоги – Информационный портал области",
            "<i>Информационный портал области</i>",
            "Итоги",
        ),
        (
            "Форум «Село – 2026» – итоги",
            "",
            "Форум «Село – 2026» – итоги",
        ),
        ("Наш район", "<h1>{}</h1><h2>Наш район</h2>", TITLE),
        ("Наш район", "<h1><a href=\"/news/1\">{}</a></h1>", TITLE),
        (
            "",
            "<h1><a href=\"https://x.example/kk/\">Біздің аудан</a></h1>",
            "Біздің аудан",
        ),
    ];
    for (head, body, expected) in cases {
        let html = format!(
            "<html><head><title>{}</title></head><body><div>{}</div>{text}</body></html>",
            head.replace("{}", TITLE),
            body.replace("{}", TITLE)
        );
        assert_eq!(
            read_as_article(&html).title.as_deref(),
            Some(expected),
            "{html}"
        );
    }
}
