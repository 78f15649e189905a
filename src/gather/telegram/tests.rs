use chrono::{TimeZone, Utc};

use super::*;

const CHANNEL: &str = include_str!("../../../tests/fixtures/gather/telegram/channel.html");
const PREVIEW_OFF: &str = include_str!("../../../tests/fixtures/gather/telegram/preview-off.html");

fn read_html(html: &str) -> Harvest {
    let url = Url::parse("https://t.me/s/jarshy_demo").unwrap();
    read(&Document {
        bytes: html.as_bytes(),
        content_type: Some("text/html; charset=utf-8"),
        url: Some(&url),
        received: Utc
            .with_ymd_and_hms(2026, 11, 23, 12, 0, 0)
            .unwrap()
            .with_timezone(&chrono_tz::Asia::Almaty),
    })
}

fn complaints(harvest: &Harvest) -> Vec<String> {
    harvest.complaints.iter().map(ToString::to_string).collect()
}

#[test]
fn a_channel() {
    let harvest = read_html(CHANNEL);
    assert_eq!(harvest.format, Some("telegram"));
    assert_eq!(harvest.feed.title.as_deref(), Some("Жаршы: өңір үні"));
    assert_eq!(
        harvest.feed.description.as_deref(),
        Some("Форумдар мен кездесулер")
    );
    assert_eq!(
        harvest.feed.image.as_deref(),
        Some("https://cdn.example/ava.jpg")
    );
    let ids: Vec<&str> = harvest
        .drafts
        .iter()
        .filter_map(|draft| draft.id.as_deref())
        .collect();
    assert_eq!(ids, ["jarshy_demo/41", "jarshy_demo/43", "jarshy_demo/44"]);
    assert_eq!(
        complaints(&harvest),
        [
            "warning: entry 5: can be seen in Telegram only; left out",
            "warning: data-post: entry 6: is no `channel/number`; left out: “../../evil”",
            "warning: datetime: entry 4: has no date that can be read",
        ]
    );
}

#[test]
fn an_album_with_text() {
    let draft = &read_html(CHANNEL).drafts[0];
    assert_eq!(draft.link.as_deref(), Some("https://t.me/jarshy_demo/41"));
    assert_eq!(
        draft.title.as_deref(),
        Some("📣 Ертең Түркістанда өңірлік форум ашылады")
    );
    assert_eq!(
        draft.published.unwrap().to_rfc3339(),
        "2026-11-22T13:05:00+00:00"
    );
    let files: Vec<&str> = draft
        .enclosures
        .iter()
        .map(|file| file.url.as_str())
        .collect();
    assert_eq!(
        files,
        [
            "https://cdn.example/file/one.jpg",
            "https://cdn.example/file/two.jpg"
        ]
    );
    let terms: Vec<&str> = draft.categories.iter().map(|c| c.term.as_str()).collect();
    assert_eq!(terms, ["форум", "Түркістан"]);
    let html = draft.content_html.as_deref().unwrap();
    assert!(
        html.contains("href=\"https://forum.example/?a=1&amp;b=2\""),
        "{html}"
    );
    assert!(
        !html.contains("onclick") && !html.contains("emoji"),
        "{html}"
    );
    assert!(draft.text.contains("📣 Ертең"), "{}", draft.text);
}

#[test]
fn a_forward_with_a_video_and_a_reply() {
    let draft = &read_html(CHANNEL).drafts[1];
    assert_eq!(
        draft.title.as_deref(),
        Some("Форум перенесён на 27 ноября из-за метели.")
    );
    assert_eq!(draft.source.as_deref(), Some("Пресс-служба акимата"));
    assert_eq!(draft.authors[0].name.as_deref(), Some("Е. Ли"));
    let files: Vec<_> = draft
        .enclosures
        .iter()
        .map(|file| (file.url.as_str(), file.media_type.as_deref().unwrap()))
        .collect();
    assert_eq!(
        files,
        [
            ("https://cdn.example/file/thumb.jpg", "image/jpeg"),
            ("https://cdn.example/file/clip.mp4?token=t", "video/mp4"),
        ]
    );
    assert_eq!(
        draft.text.lines().collect::<Vec<_>>(),
        [
            "Форум перенесён на 27 ноября из-за метели.",
            "Автобусы отправятся от площади в 8:30.",
            "Метель & форум",
        ]
    );
}

#[test]
fn a_poll() {
    let draft = &read_html(CHANNEL).drafts[2];
    assert_eq!(draft.title.as_deref(), Some("Форумға барасыз ба?"));
    assert_eq!(draft.published, None);
    assert_eq!(
        draft.content_html.as_deref(),
        Some("<p>Форумға барасыз ба?</p><ul><li>Иә</li><li>Жоқ &lt;3</li></ul>")
    );
}

#[test]
fn without_messages_the_reason_is_told() {
    let empty = "<div class=tgme_channel_info></div><section class=tgme_channel_history></section>";
    let cases = [
        (
            PREVIEW_OFF,
            Some("telegram"),
            "error: the preview of “Жабық арна” is off",
        ),
        (
            empty,
            Some("telegram"),
            "warning: the channel shows no messages yet",
        ),
        ("", None, "error: the document is empty"),
        (
            "<html><title>Тексеру</title><body>Сіз робот емессіз бе?",
            None,
            "error: another page answered (titled “Тексеру”), not a Telegram preview",
        ),
        (
            "{}",
            None,
            "error: no page answered, not a Telegram preview",
        ),
    ];
    for (html, format, expected) in cases {
        let harvest = read_html(html);
        assert_eq!(harvest.format, format, "{html}");
        assert!(harvest.drafts.is_empty() && !harvest.well_formed, "{html}");
        let said = complaints(&harvest).join("\n");
        assert!(said.starts_with(expected), "{html}: {said}");
    }
}

#[test]
fn no_page_makes_it_panic() {
    let step = CHANNEL.len() / 100;
    for at in (0..CHANNEL.len()).step_by(step) {
        let at = CHANNEL.floor_char_boundary(at);
        read_html(&CHANNEL[..at]);
        read_html(&CHANNEL[at..]);
    }
}
