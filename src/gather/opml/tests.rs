use super::*;

fn met(bytes: &[u8]) -> (Vec<Outline>, Vec<String>) {
    let (mut feeds, mut bad) = (Vec::new(), Vec::new());
    read(bytes, "list.opml", |met| match met {
        Met::Feed(outline) => feeds.push(*outline),
        Met::Bad(complaint) => bad.push(complaint.to_string()),
    });
    (feeds, bad)
}

#[test]
fn a_list_as_people_have_them() {
    let bytes = include_bytes!("../../../tests/fixtures/gather/opml/lists.opml");
    let (feeds, bad) = met(bytes);
    let told: Vec<String> = feeds
        .iter()
        .map(|feed| {
            format!(
                "{} {} {} {} {}",
                feed.position.line,
                feed.url,
                feed.title.as_deref().unwrap_or("-"),
                feed.home.as_ref().map_or("-", Url::as_str),
                feed.language.as_deref().unwrap_or("-")
            )
        })
        .chain(bad)
        .collect();
    let expected = include_str!("../../../tests/fixtures/gather/opml/lists.expected");
    assert_eq!(told, expected.lines().collect::<Vec<_>>());
}

#[test]
fn encodings_are_found_out() {
    let text = "<?xml version=\"1.0\" encoding=\"utf-8\"?><opml version=\"2.0\"><body><outline text=\"Новости\" xmlUrl=\"https://a.example/rss\"/></body></opml>";
    let (bytes, _, _) = encoding_rs::WINDOWS_1251.encode(text);
    let (feeds, bad) = met(&bytes);
    assert_eq!(feeds[0].title.as_deref(), Some("Новости"));
    assert_eq!(bad.len(), 1, "the declaration is wrong, which is said");
    let wide: Vec<u8> =
        "\u{feff}<opml><body><outline text='Ә' xmlUrl='https://a.example/rss'/></body></opml>"
            .encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect();
    let (feeds, bad) = met(&wide);
    assert_eq!(feeds[0].title.as_deref(), Some("Ә"));
    assert!(bad.is_empty(), "{bad:?}");
}

#[test]
fn a_name_does_not_turn_the_line_around() {
    let list = "<opml><body>
        <outline text='a&#x202e;b&#x2067; &#x7;c' xmlUrl='https://a.example/rss'/>
        <outline text='&#x202e;' xmlUrl='https://b.example/rss'/></body></opml>";
    let (feeds, bad) = met(list.as_bytes());
    let titles: Vec<_> = feeds.iter().map(|feed| feed.title.as_deref()).collect();
    assert_eq!(titles, [Some("ab c"), None], "{bad:?}");
}

#[test]
fn what_is_no_list_says_so() {
    for text in [
        "",
        "{}",
        "<html><body><outline xmlUrl='https://a.example/'/></body></html>",
    ] {
        let (feeds, bad) = met(text.as_bytes());
        assert!(feeds.is_empty());
        assert!(
            bad.iter().any(|bad| bad.contains("no OPML")),
            "{text}: {bad:?}"
        );
    }
}

#[test]
fn a_huge_or_hostile_list_ends() {
    let outline = "<outline xmlUrl=\"https://a.example/rss\"/>";
    let many = format!(
        "<opml><body>{}</body></opml>",
        outline.repeat(OPML_FEEDS_MAX + 5)
    );
    let (feeds, bad) = met(many.as_bytes());
    assert_eq!(feeds.len(), OPML_FEEDS_MAX);
    assert_eq!(bad.len(), 1, "{bad:?}");
    let deep = format!("<opml><body>{}", "<outline text='a'>".repeat(100_000));
    let (_, bad) = met(deep.as_bytes());
    assert!(bad[0].contains("nested too deep"), "{bad:?}");
    let (feeds, bad) = met(format!("<opml><body>{outline}<outline xmlUrl=\"https://b").as_bytes());
    assert_eq!(feeds.len(), 1, "what came before is taken");
    assert_eq!(bad.len(), 1, "{bad:?}");
}

#[test]
fn outlines_that_are_no_feeds_are_told_from_feeds() {
    let list = "<opml><body>
        <outline text='A' type='rss' xmlUrl='https://t.me/s/qala_news'/>
        <outline text='B' xmlUrl='https://t.me/qala_news/12'/>
        <outline text='C' type='HTML+XPath' xmlUrl='https://c.example/news'/>
        <outline text='D' type='JSON+DotNotation' xmlUrl='https://d.example/api'/>
        <outline text='E' jarshy:kind='mail' xmlUrl='https://e.example/api'/>
        <outline text='F' type='rss' xmlUrl='https://t.me/joinchat/AAAA'/></body></opml>";
    let (feeds, bad) = met(list.as_bytes());
    let told: Vec<_> = feeds
        .iter()
        .map(|feed| (feed.place.kind(), feed.url.as_str()))
        .collect();
    assert_eq!(
        told,
        [
            ("telegram", "https://t.me/s/qala_news"),
            ("telegram", "https://t.me/s/qala_news"),
            ("feed", "https://t.me/joinchat/AAAA"),
        ]
    );
    assert_eq!(bad.len(), 3, "{bad:?}");
    assert!(bad[0].contains("“C” is read by another program's rules (HTML+XPath)"));
    assert!(bad[2].contains("“mail” is no kind of source"), "{bad:?}");
}
