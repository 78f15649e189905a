use chrono::{TimeZone, Utc};

use super::*;

const GOV_KZ: &str = include_str!("../../../tests/fixtures/gather/json/govkz.json");
const WORDPRESS: &str = include_str!("../../../tests/fixtures/gather/json/wordpress.json");

fn read_with(json: &str, rules: &JsonRules) -> Harvest {
    let url = Url::parse("https://www.gov.example/api/news?page=1").unwrap();
    read(
        &Document {
            bytes: json.as_bytes(),
            content_type: Some("application/json"),
            url: Some(&url),
            received: Utc
                .with_ymd_and_hms(2026, 11, 23, 12, 0, 0)
                .unwrap()
                .with_timezone(&chrono_tz::Asia::Almaty),
        },
        rules,
    )
}

fn gov_rules() -> JsonRules {
    let some = |path: &str| Some(path.to_owned());
    JsonRules {
        items: some("content"),
        id: some("id"),
        link: some("https://www.gov.example/entities/mam/press/news/details/{id}"),
        title: some("title"),
        content: some("body"),
        date: some("created_date"),
        ..JsonRules::default()
    }
}

fn complaints(harvest: &Harvest) -> Vec<String> {
    harvest.complaints.iter().map(ToString::to_string).collect()
}

#[test]
fn the_government_service() {
    let harvest = read_with(GOV_KZ, &gov_rules());
    assert_eq!(harvest.format, Some("json"));
    assert_eq!(harvest.drafts.len(), 3);
    let first = &harvest.drafts[0];
    assert_eq!(first.id.as_deref(), Some("1204511"));
    assert_eq!(
        first.link.as_deref(),
        Some("https://www.gov.example/entities/mam/press/news/details/1204511")
    );
    assert_eq!(
        first.title.as_deref(),
        Some("Көкшетауда «Ашық үкімет» форумы өтеді")
    );
    assert_eq!(
        first.published.unwrap().to_rfc3339(),
        "2026-11-23T04:30:12+00:00"
    );
    assert_eq!(
        first.content_html.as_deref(),
        Some(
            "<p>Ертең, 24 қарашада, облыс орталығында <b>форум</b> өтеді.</p><img src=\"https://www.gov.example/uploads/2026/11/23/a.jpg\">"
        )
    );
    let second = &harvest.drafts[1];
    assert_eq!(
        second.title.as_deref(),
        Some("Құрылыс саласының \"Отау\" көрмесі")
    );
    assert_eq!(second.text, "Көрме бес күнге созылады.\nКіру тегін.\n");
    assert_eq!(
        complaints(&harvest),
        [
            "warning: entry 4: has neither title nor text; left out",
            "warning: content: entry 4: `body` is empty",
            "warning: content: entry 3: `body` is null, no text",
            "warning: date: entry 3: cannot be read as a date: “жақында”",
            "warning: date: entry 4: has no `created_date`",
            "warning: items: entry 5: is a text, no object; left out",
            "warning: title: entry 4: `title` is empty",
        ]
    );
}

#[test]
fn without_rules_the_usual_names_are_tried() {
    let harvest = read_with(WORDPRESS, &JsonRules::default());
    assert_eq!(harvest.drafts.len(), 2);
    let first = &harvest.drafts[0];
    assert_eq!(
        first.title.as_deref(),
        Some("Форум «Степь» откроется в субботу")
    );
    assert_eq!(first.link.as_deref(), Some("https://vestnik.example/77"));
    assert_eq!(
        first.content_html.as_deref(),
        Some("<p>Программа уже готова.</p>")
    );
    let second = &harvest.drafts[1];
    assert_eq!(
        second.title.as_deref(),
        Some("Итоги недели: 2 < 3 & все довольны")
    );
    assert_eq!(second.published.unwrap().timestamp(), 1_795_330_800);
    assert_eq!(second.link, None);
    assert_eq!(
        complaints(&harvest),
        ["warning: link: entry 2: is no address on the web: “tg://resolve?domain=x”"]
    );
    assert_eq!(read_with(GOV_KZ, &JsonRules::default()).drafts.len(), 3);
}

#[test]
fn values_in_templates_stay_in_the_path() {
    let json = r#"[{"title":"а","slug":"жаңа форум?x=1#y","full":"https://a.example/1?b=2"}]"#;
    let cases = [
        (
            "https://h.example/n/{slug}/",
            Some(
                "https://h.example/n/%D0%B6%D0%B0%D2%A3%D0%B0%20%D1%84%D0%BE%D1%80%D1%83%D0%BC%3Fx%3D1%23y/",
            ),
        ),
        ("{full}", Some("https://a.example/1?b=2")),
        ("/n/{slug", None),
        ("/n/{none}", None),
    ];
    for (template, expected) in cases {
        let rules = JsonRules {
            link: Some(template.to_owned()),
            ..JsonRules::default()
        };
        let harvest = read_with(json, &rules);
        assert_eq!(harvest.drafts[0].link.as_deref(), expected, "{template}");
        assert_eq!(
            harvest.complaints.is_empty(),
            expected.is_some(),
            "{template}"
        );
    }
}

#[test]
fn what_is_wrong_is_told() {
    let at_content = || JsonRules {
        items: Some("content".to_owned()),
        ..JsonRules::default()
    };
    let cases = [
        ("", "error: the document is empty"),
        (
            "<!DOCTYPE html><html><head><title>Кіру беті</title>",
            "error: a web page answered where JSON was expected (titled “Кіру беті”)",
        ),
        (
            "{\"content\":[\n{\"title\":\"а",
            "line 2, column 11: error: not JSON: it ends too early",
        ),
        (
            "{\"data\":[]}",
            "error: items: there is no `content` in the document (it has `data`)",
        ),
        (
            "{\"content\":{}}",
            "error: items: `content` is an object; expected an array",
        ),
        ("{\"content\":[]}", "warning: the listing has no entries"),
    ];
    for (json, expected) in cases {
        let harvest = read_with(json, &at_content());
        assert!(harvest.drafts.is_empty() && !harvest.well_formed, "{json}");
        let said = complaints(&harvest).join("\n");
        assert!(said.starts_with(expected), "{json}: {said}");
    }
    let said = complaints(&read_with("{\"total\":0}", &JsonRules::default())).join("\n");
    assert!(
        said.contains("no array of entries") && said.contains("`total`"),
        "{said}"
    );
}

#[test]
fn what_is_complete_of_broken_json_is_read() {
    let cut = "{\"content\":[\n{\"title\":\"а\"},";
    let half_a_character = r#"{"content":[{"title":"а"},{"title":"б \ud83d"}]}"#;
    let too_large = r#"{"content":[{"id":1e999,"title":"а"},{"n":NaN,"title":"б"}]}"#;
    for (json, titles) in [
        (too_large, &["а", "б"][..]),
        (cut, &["а"][..]),
        (half_a_character, &["а", "б \u{fffd}"]),
    ] {
        let harvest = read_with(json, &JsonRules::default());
        let read: Vec<_> = harvest
            .drafts
            .iter()
            .filter_map(|draft| draft.title.as_deref())
            .collect();
        assert_eq!(read, titles, "{json}");
        assert!(!harvest.well_formed);
        let said = complaints(&harvest).join("\n");
        assert!(said.contains("warning: the JSON is broken"), "{said}");
    }
}

#[test]
fn a_fault_in_the_middle_costs_no_other_entry() {
    let json = r#"[{"id":1234567890123456700001,"title":"Бір"},{"id":2,"title":"Екі","tags":*},
        {"id":3,"title":"Бұл "үш""}]"#;
    let harvest = read_with(json, &JsonRules::default());
    let told: Vec<_> = harvest
        .drafts
        .iter()
        .map(|draft| (draft.id.as_deref(), draft.title.as_deref()))
        .collect();
    let expected = [
        (Some("1234567890123456700001"), Some("Бір")),
        (Some("2"), Some("Екі")),
        (Some("3"), Some("Бұл \"үш\"")),
    ];
    assert_eq!(told, expected);
    let said = complaints(&harvest).join("\n");
    assert!(said.contains("warning: the JSON is broken"), "{said}");
}

#[test]
fn a_missing_envelope_is_told_and_forgiven() {
    let harvest = read_with(
        "[{\"id\":1,\"title\":\"Форум\",\"body\":\"Ертең\",\"created_date\":\"2026-11-23\"}]",
        &gov_rules(),
    );
    assert_eq!(harvest.drafts.len(), 1);
    assert_eq!(
        complaints(&harvest),
        ["warning: items: there is no `content`: the document is the array itself; read as that"]
    );
}

#[test]
fn no_json_makes_it_panic() {
    for json in [GOV_KZ, WORDPRESS] {
        for (at, _) in json.char_indices().step_by(7) {
            read_with(&json[..at], &gov_rules());
            read_with(&json[at..], &JsonRules::default());
        }
    }
    let tower = "[".repeat(1_000_000);
    assert!(complaints(&read_with(&tower, &gov_rules()))[0].contains("recursion limit"));
    let many = format!(
        "[{}{{\"title\":\"а\"}}]",
        "{\"title\":\"а\"},".repeat(DOCUMENT_ENTRIES_MAX)
    );
    let harvest = read_with(&many, &JsonRules::default());
    assert_eq!(harvest.drafts.len(), DOCUMENT_ENTRIES_MAX);
    assert!(complaints(&harvest)[0].contains("10001 entries"));
}

#[test]
fn brackets_without_an_entry_are_an_error() {
    for text in [
        "[".repeat(200_000),
        "{\"items\":[[[".to_owned(),
        "[1,2".to_owned(),
    ] {
        let document = Document {
            bytes: text.as_bytes(),
            content_type: None,
            url: None,
            received: DateTime::UNIX_EPOCH.with_timezone(&chrono_tz::Asia::Almaty),
        };
        let harvest = read(&document, &JsonRules::default());
        assert_eq!(harvest.format, None, "{:?}", harvest.complaints);
        let told = harvest.complaints[0].to_string();
        assert!(told.contains("not JSON: "), "{told}");
    }
}

#[test]
fn a_time_without_a_zone_is_the_houses() {
    let cases = [
        ("created_date", "2026-11-23T09:58:11", "2026-11-23T04:58:11"),
        ("created_date", "23/11/2026 09:58", "2026-11-23T04:58:00"),
        ("created_date", "2 сағат бұрын", "2026-11-23T10:00:00"),
        (
            "created_date",
            "2026-11-23T09:58:11Z",
            "2026-11-23T09:58:11",
        ),
        ("date_gmt", "2026-11-23T09:58:11", "2026-11-23T09:58:11"),
    ];
    for (key, told, expected) in cases {
        let json = format!("[{{\"title\":\"а\",\"{key}\":\"{told}\"}}]");
        let named = JsonRules {
            date: Some(key.to_owned()),
            ..JsonRules::default()
        };
        for rules in [JsonRules::default(), named] {
            let at = read_with(&json, &rules).drafts[0].published.unwrap();
            assert_eq!(at.format("%FT%T").to_string(), expected, "{key} {told}");
        }
    }
}

#[test]
fn ids_longer_than_64_bits_stay_apart() {
    let listing = r#"{"items":[
        {"id":1234567890123456700001,"title":"Форум"},
        {"id":1234567890123456700002,"title":"Көпір"}
    ]}"#;
    let rules = JsonRules {
        link: Some("https://a.kz/n/{id}".to_owned()),
        ..JsonRules::default()
    };
    let harvest = read_with(listing, &rules);
    let links = harvest.drafts.iter().map(|draft| draft.link.as_deref());
    let expected = ["1234567890123456700001", "1234567890123456700002"];
    let expected = expected.map(|id| format!("https://a.kz/n/{id}"));
    assert!(links.eq(expected.iter().map(|link| Some(link.as_str()))));
}

/// A text, an object or a list of them; what only stands for one is none.
#[test]
fn authors_and_pictures_are_found_where_listings_keep_them() {
    let image = "https://www.gov.example/i/1.jpg";
    for (fields, authors, picture) in [
        (
            r#""author":"Ә. Сұлтан","image":"/i/1.jpg""#,
            "Ә. Сұлтан",
            Some(image),
        ),
        (
            r#""authors":[{"name":"Ә. Сұлтан"},{"fullName":"И. Ким"}],"images":[{"src":"/i/1.jpg"}]"#,
            "Ә. Сұлтан, И. Ким",
            Some(image),
        ),
        (
            r#""author":3,"featured_media":7,"_embedded":{"author":[{"name":"Ә. Сұлтан"}],"wp:featuredmedia":[{"source_url":"https://www.gov.example/i/1.jpg"}]}"#,
            "Ә. Сұлтан",
            Some(image),
        ),
        (
            r#""author":{"id":3},"image":"1.jpg","preview":"Форум өтеді / ертең","cover":null"#,
            "",
            None,
        ),
        (r#""image":"javascript:alert(1)//""#, "", None),
    ] {
        let json = format!(r#"[{{"title":"Форум өтеді","url":"/n/1",{fields}}}]"#);
        let harvest = read_with(&json, &JsonRules::default());
        let draft = &harvest.drafts[0];
        let names = draft.authors.iter().filter_map(|one| one.name.as_deref());
        assert_eq!(names.collect::<Vec<_>>().join(", "), authors, "{json}");
        let found = draft.enclosures.first().map(|one| one.url.as_str());
        assert_eq!(found, picture, "{json}");
        assert_eq!(complaints(&harvest), [""; 0], "{json}");
    }
}

#[test]
fn what_the_operator_s_path_leads_to_has_to_be_an_author_or_a_picture() {
    let rule = |path: &str| Some(path.to_owned());
    let rules = JsonRules {
        author: rule("by.0"),
        image: rule("pic.big"),
        ..JsonRules::default()
    };
    let json = r#"[
        {"title":"Бірінші","by":["Ә. Сұлтан"],"author":"admin","pic":{"big":"/i/1.jpg"}},
        {"title":"Екінші","by":[7],"pic":{"big":"жоқ"}},
        {"title":"Үшінші","by":[],"pic":{"big":null}}
    ]"#;
    let harvest = read_with(json, &rules);
    let first = &harvest.drafts[0];
    assert_eq!(first.authors[0].name.as_deref(), Some("Ә. Сұлтан"));
    assert_eq!(first.enclosures[0].url, "https://www.gov.example/i/1.jpg");
    assert_eq!(
        complaints(&harvest),
        [
            "warning: author: entry 2: `by.0` is a number, no author",
            "warning: image: entry 2: `pic.big` is a text, no image",
        ]
    );
}
