use super::*;
use chrono::{NaiveDate, NaiveTime, TimeZone};
use chrono_tz::Asia::Almaty;

fn modified() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 11, 23, 6, 0, 0).unwrap()
}

fn read_fixture(name: &str, bytes: &[u8]) -> (Draft, Vec<String>) {
    let mut harvest = read(name, bytes, modified(), Almaty);
    let complaints = harvest.complaints.iter().map(ToString::to_string).collect();
    (harvest.drafts.remove(0), complaints)
}

#[test]
fn front_matter_and_markdown() {
    let (draft, complaints) = read_fixture(
        "full.kk.md",
        include_bytes!("../../../tests/fixtures/gather/desk/full.kk.md"),
    );
    assert_eq!(complaints, Vec::<String>::new());
    assert_eq!(draft.id.as_deref(), Some("full.kk"));
    assert_eq!(
        draft.title.as_deref(),
        Some("Көкшетауда кітапханашылар форумы: күн тәртібі")
    );
    assert_eq!(
        draft.published,
        Utc.with_ymd_and_hms(2026, 11, 23, 4, 0, 0).single()
    );
    assert_eq!(draft.language.as_deref(), Some("kk-Cyrl"));
    let event = draft.declared_event.unwrap();
    assert_eq!(event.name, "Кітапханашылар форумы");
    assert_eq!(event.start, NaiveDate::from_ymd_opt(2026, 12, 3).unwrap());
    assert_eq!(event.end, NaiveDate::from_ymd_opt(2026, 12, 4));
    assert_eq!(event.time, NaiveTime::from_hms_opt(10, 0, 0));
    assert_eq!(event.region.unwrap().code(), "KZ-11");
    assert!(
        draft
            .content_html
            .unwrap()
            .contains("<strong>3 желтоқсанда</strong>")
    );
}

#[test]
fn wrong_keys_are_told_by_line() {
    let (draft, complaints) = read_fixture(
        "wrong.ru.md",
        include_bytes!("../../../tests/fixtures/gather/desk/wrong.ru.md"),
    );
    assert_eq!(
        complaints,
        [
            "wrong.ru.md:2:1: error: tilte: unknown key; did you mean `title`?",
            "wrong.ru.md:3:1: error: date: expected a date such as 2026-11-23, 2026-11-23 09:00 or 2026-11-23T09:00:00+05:00",
            "wrong.ru.md:4:1: error: expected `key: value`",
            "wrong.ru.md:5:1: error: event: the event has no `start`; the day is looked for in the text",
        ]
    );
    assert_eq!(draft.title.as_deref(), Some("Форум переносится"));
    assert_eq!(draft.published, Some(modified()));
    assert_eq!(draft.text, "Новая дата будет названа позже.\n");
}

#[test]
fn a_file_without_front_matter() {
    let (draft, _) = read_fixture("a.txt", "# Бірінші жол\n\nЕкінші жол.".as_bytes());
    assert_eq!(draft.title.as_deref(), Some("Бірінші жол"));
    assert_eq!(draft.text, "Екінші жол.\n");
    let long = format!("Бірінші сөйлем осы. Екінші сөйлем {}.", "ұзақ ".repeat(60));
    let (draft, _) = read_fixture("a.txt", long.as_bytes());
    assert_eq!(draft.title.as_deref(), Some("Бірінші сөйлем осы"));
    assert!(draft.text.starts_with("Бірінші сөйлем осы. Екінші"));
}

#[test]
fn odd_files_do_no_harm() {
    assert_eq!(read("a.md", b"", modified(), Almaty).drafts, []);
    assert_eq!(read("a.md", b"---\n---\n", modified(), Almaty).drafts, []);
    assert_eq!(
        read("a.md", b"---\ntitle: x\nno end", modified(), Almaty).drafts,
        []
    );
    assert_eq!(read("a.md", b"---", modified(), Almaty).drafts, []);
    let cp1251 = encoding_rs::WINDOWS_1251
        .encode("Форум журналистов пройдёт завтра в Алматы")
        .0;
    let (draft, _) = read_fixture("a.txt", &cp1251);
    assert_eq!(
        draft.title.as_deref(),
        Some("Форум журналистов пройдёт завтра в Алматы")
    );
}

#[tokio::test]
async fn a_folder() {
    let folder = tempfile::tempdir().unwrap();
    let outside = tempfile::NamedTempFile::new().unwrap();
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    write("b.md", "Екінші");
    write("a.txt", "Бірінші");
    write("a.md", "Бірінші тағы");
    write(".hidden.md", "x");
    write("README.md", "x");
    write("picture.jpg", "x");
    write("big.txt", &"x".repeat(1024 * 1024 + 1));
    std::os::unix::fs::symlink(outside.path(), folder.path().join("out.md")).unwrap();
    let all = read_folder(folder.path(), Almaty).await;
    let ids: Vec<_> = all
        .harvest
        .drafts
        .iter()
        .filter_map(|draft| draft.id.as_deref())
        .collect();
    assert_eq!(ids, ["a", "b"]);
    assert_eq!(all.harvest.complaints.len(), 3);
    let missing = read_folder(&folder.path().join("none"), Almaty).await;
    assert_eq!(missing.harvest.complaints.len(), 1);
}

#[test]
fn front_matter_that_is_not_closed_is_held_back_with_its_line() {
    let read = |text: &str| read("a.md", text.as_bytes(), modified(), Almaty);
    for (text, line) in [
        ("---\ntitle: Форум\nдата: 2026-11-23\n\nмәтін\n", 4),
        (
            "\n---\ntitle: Форум\nevent:\n  start: 2026-12-01\nмәтін: жоқ емес",
            7,
        ),
        ("---  \r\ntitle: Форум\r\nМәтін.\r\n", 3),
    ] {
        let harvest = read(text);
        assert_eq!(harvest.drafts, [], "{text}");
        let told = harvest.complaints[0].to_string();
        let expected = format!("a.md:{line}:1: error: the front matter is not closed");
        assert!(told.starts_with(&expected), "{told}");
    }
    let prose = read("---\nЕртең Астанада форум өтеді.\n\nКіру тегін.");
    assert_eq!(prose.complaints, []);
    let title = prose.drafts[0].title.as_deref();
    assert_eq!(title, Some("Ертең Астанада форум өтеді."));
}
