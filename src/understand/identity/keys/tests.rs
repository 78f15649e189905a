use super::super::identify;
use super::super::tests::{draft, now, source};
use crate::model::draft::{Draft, FeedHead};

const TITLES: [&str; 4] = [
    "Форум ашылды",
    "Көпір жөнделді",
    "Мектеп тойы",
    "Егін жиналды",
];

/// An id and a link.
type Name = (Option<String>, Option<String>);

/// Entries with texts, the newest first, one an hour.
fn entries(name: impl Fn(usize) -> Name) -> Vec<Draft> {
    let mut at = now();
    let entry = |(index, title): (usize, &&str)| {
        let (id, link) = name(index);
        at -= chrono::TimeDelta::hours(1);
        Draft {
            text: format!("{title}: бәрі осында."),
            published: Some(at),
            ..draft(id.as_deref(), link.as_deref(), title)
        }
    };
    TITLES.iter().enumerate().map(entry).collect()
}

/// How many articles and how many complaints.
fn counted(drafts: Vec<Draft>) -> (usize, usize) {
    let identified = identify(&source(), &FeedHead::default(), drafts, now());
    (identified.articles.len(), identified.complaints.len())
}

#[test]
fn entries_that_share_what_names_them_are_told_apart() {
    let some = |text: &str| Some(text.to_owned());
    let cases: [&dyn Fn(usize) -> Name; 6] = [
        &|_| (some("0"), None),
        &|_| (None, some("https://a.kz/news/")),
        &|_| (some("0"), some("https://a.kz/news/")),
        &|_| (None, some("https://a.kz/")),
        &|index| (None, Some(format!("https://a.kz/news#n{index}"))),
        &|index| (some("0"), Some(format!("https://a.kz/#!/news/{index}"))),
    ];
    for (case, name) in cases.iter().enumerate() {
        let dated = entries(name);
        let bare = |draft: &Draft| Draft {
            published: None,
            text: String::new(),
            ..draft.clone()
        };
        let undated: Vec<Draft> = dated.iter().map(bare).collect();
        // What stands in the document twice is one.
        let twice = [dated.clone(), dated.clone()].concat();
        for drafts in [dated, undated, twice] {
            assert_eq!(counted(drafts), (TITLES.len(), 0), "case {case}");
        }
    }
}

#[test]
fn an_entry_named_twice_is_one() {
    let link = Some("https://a.kz/1");
    let with_text = |title: &str, link: Option<&str>, text: &str| Draft {
        text: text.to_owned(),
        ..draft(None, link, title)
    };
    for (one, other, complaints) in [
        // The card of a slider beside that of the list.
        (
            with_text("Форум", link, ""),
            with_text("Форум ашылды", Some("https://www.a.kz/1/"), ""),
            1,
        ),
        (
            with_text("Форум", link, "Бәрі осында."),
            with_text("Толығырақ", link, "Бәрі осында."),
            1,
        ),
        // Readers' comments.
        (
            with_text("Форум", link, "Бәрі осында."),
            with_text("12 пікір", Some("https://a.kz/1#comments"), "Пікірлер"),
            1,
        ),
        // Another text under one title, at no other time.
        (
            with_text("Форум", link, "Бір."),
            with_text("Форум", link, "Екі."),
            0,
        ),
        // A correction beside what it corrects.
        (
            Draft {
                published: Some(now()),
                text: "Бір.".to_owned(),
                ..draft(Some("1"), link, "Форум")
            },
            Draft {
                published: Some(now() - chrono::TimeDelta::hours(1)),
                ..draft(Some("1"), link, "Форум ашылды")
            },
            1,
        ),
    ] {
        assert_eq!(
            counted(vec![one, other.clone()]),
            (1, complaints),
            "{other:?}"
        );
    }
}

#[test]
fn a_column_under_one_address_is_one_entry_a_day() {
    let rates = |day: i64, text: &str| Draft {
        published: Some(now() - chrono::TimeDelta::days(day)),
        text: text.to_owned(),
        ..draft(None, Some("https://a.kz/rates"), "Валюта бағамы")
    };
    assert_eq!(
        counted(vec![rates(0, "Доллар 510."), rates(1, "Доллар 509.")]),
        (2, 0)
    );
    // The date of a repetition may be the time of asking.
    assert_eq!(
        counted(vec![rates(0, "Доллар 510."), rates(1, "Доллар 510.")]),
        (1, 0)
    );
}
