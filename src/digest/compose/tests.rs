use std::path::Path;

use super::*;
use crate::digest::samples::{at, day, entry, event, in_region, plan, region};
use crate::model::reading::Kind;
use crate::model::region::Region;

fn templates() -> Templates {
    Templates::load(None).unwrap_or_else(|complaints| {
        panic!(
            "{:?}",
            complaints
                .iter()
                .map(ToString::to_string)
                .collect::<Vec<_>>()
        )
    })
}

fn site() -> LetterSite {
    LetterSite {
        url: "https://jarshy.example.kz".to_owned(),
        name: "Жаршы".to_owned(),
        zone: chrono_tz::Asia::Almaty,
    }
}

fn letter_in(tongue: Tongue, choice: &Choice) -> Option<Letter> {
    let profile = Profile {
        tongue,
        ..Profile::default()
    };
    let digest = DigestId::derived(&plan().name, at("2026-11-23T03:00:00Z"));
    digest_letter(
        &templates(),
        &plan(),
        &profile,
        &profile.key(),
        &digest,
        choice,
        &site(),
    )
    .unwrap_or_else(|error| panic!("{error}"))
}

/// A full letter: every status, every optional part, a desk text without link.
fn full() -> Choice {
    let mut tomorrow = event("Цифрландыру форумы", "2026-11-24", "Ертең форум");
    tomorrow.time = "10:30:00".parse().ok();
    tomorrow.city = Some("Semey".to_owned());
    tomorrow.region = Some(region("KZ-10"));
    tomorrow.date_words = "ертең".to_owned();
    tomorrow.date_counted_from = Some(day("2026-11-23"));
    let mut moved = event("Жасыл экономика форумы", "2026-11-28", "other");
    moved.end = Some(day("2026-11-29"));
    moved.city = Some("Astana".to_owned());
    moved.region = Some(Region::ASTANA);
    moved.status = EventStatus::Postponed;
    let mut dropped = event("Жастар форумы", "2026-12-01", "third");
    dropped.status = EventStatus::Cancelled;
    let mut first = entry("Ертең форум", Kind::Announcement, "2026-11-22T20:30:00Z");
    first.also_told_by = vec![
        told("Region News", Some("https://region.example.kz/7")),
        told("Qala", None),
        told("Script", Some("javascript:alert(1)")),
    ];
    let mut second = in_region(
        entry(
            "Итоги форума <предпринимателей> & «друзей»",
            Kind::ForumArticle,
            "2026-11-22T09:00:00Z",
        ),
        "KZ-71",
    );
    second.reading.language = Language::Russian;
    second.article.link = None;
    Choice {
        events: vec![tomorrow, moved, dropped],
        events_left: 1,
        stories: vec![first, second],
        stories_left: 21,
    }
}

fn told(outlet: &str, link: Option<&str>) -> AlsoTold {
    AlsoTold {
        outlet: outlet.to_owned(),
        title: "Форум".to_owned(),
        link: link.map(str::to_owned),
        language: Language::Russian,
    }
}

/// Compares with `tests/fixtures/digest/NAME`; `UPDATE_EXPECTED=1` writes it
/// anew, to be read through before it is kept.
fn assert_is_as_expected(name: &str, found: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/fixtures/digest")
        .join(name);
    if std::env::var_os("UPDATE_EXPECTED").is_some() {
        std::fs::write(&path, found).expect("the fixture can be written");
    }
    let expected = std::fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(found, expected, "{}", path.display());
}

#[test]
fn letters_are_as_expected_in_three_tongues() {
    for tongue in Tongue::ALL {
        let letter = letter_in(tongue, &full()).expect("a letter");
        let text = format!("Subject: {}\n\n{}\n", letter.subject, letter.text);
        assert_is_as_expected(&format!("digest.{tongue}.txt"), &text);
        assert_is_as_expected(
            &format!("digest.{tongue}.html"),
            &format!("{}\n", letter.html),
        );
        let letter = confirmation_letter(&templates(), tongue, &site()).expect("a letter");
        let text = format!("Subject: {}\n\n{}\n", letter.subject, letter.text);
        assert_is_as_expected(&format!("confirmation.{tongue}.txt"), &text);
    }
}

#[test]
fn slots_stand_in_both_parts_and_only_where_they_belong() {
    for tongue in Tongue::ALL {
        let digest = letter_in(tongue, &full()).expect("a letter");
        let confirmation = confirmation_letter(&templates(), tongue, &site()).expect("a letter");
        for (letter, own, other) in [
            (&digest, slot::UNSUBSCRIBE_URL, slot::CONFIRM_URL),
            (&confirmation, slot::CONFIRM_URL, slot::UNSUBSCRIBE_URL),
        ] {
            for part in [&letter.text, &letter.html] {
                assert_eq!(part.matches(own).count(), 1);
                assert!(!part.contains(other));
            }
        }
    }
}

#[test]
fn nothing_to_tell_is_no_letter() {
    assert_eq!(letter_in(Tongue::Kazakh, &Choice::default()), None);
}

#[test]
fn equal_letters_have_equal_ids() {
    let id = |tongue| letter_in(tongue, &full()).expect("a letter").id;
    assert_eq!(id(Tongue::Kazakh), id(Tongue::Kazakh));
    assert_ne!(id(Tongue::Kazakh), id(Tongue::Russian));
    let confirmation = |name: &str| {
        let site = LetterSite {
            name: name.to_owned(),
            ..site()
        };
        confirmation_letter(&templates(), Tongue::Kazakh, &site)
            .expect("a letter")
            .id
    };
    assert_eq!(confirmation("Жаршы"), confirmation("Жаршы"));
    assert_ne!(confirmation("Жаршы"), confirmation("Jarshy"));
}

#[test]
fn subjects_say_what_is_inside() {
    let full = full();
    let only_events = |events: &[Event]| Choice {
        events: events.to_vec(),
        ..Choice::default()
    };
    let only_stories = |count: usize| Choice {
        stories: full.stories[..count].to_vec(),
        ..Choice::default()
    };
    let doubtful = Choice {
        events: full.events[1..].to_vec(),
        ..only_stories(1)
    };
    let cases = [
        (
            full.clone(),
            Tongue::Kazakh,
            "24 қараша: Цифрландыру форумы және тағы 2 жаңалық",
        ),
        (
            full.clone(),
            Tongue::Russian,
            "24 ноября: Цифрландыру форумы и ещё 2 новости",
        ),
        (
            full.clone(),
            Tongue::English,
            "24 November: Цифрландыру форумы and 2 stories",
        ),
        (
            only_events(&full.events[..1]),
            Tongue::Kazakh,
            "24 қараша: Цифрландыру форумы",
        ),
        (
            only_events(&full.events[..2]),
            Tongue::Russian,
            "24 ноября: Цифрландыру форумы и ещё 1 форум",
        ),
        (
            only_events(&full.events[2..]),
            Tongue::Kazakh,
            "Жастар форумы: өтпейді",
        ),
        (doubtful, Tongue::Russian, "Ертең форум"),
        (only_stories(1), Tongue::English, "Ертең форум"),
        (
            only_stories(2),
            Tongue::English,
            "Ертең форум and 1 more story",
        ),
    ];
    for (choice, tongue, expected) in cases {
        assert_eq!(
            letter_in(tongue, &choice).expect("a letter").subject,
            expected
        );
    }
}

#[test]
fn hostile_words_stay_words() {
    let mut choice = full();
    let story = &mut choice.stories[0];
    story.article.title = format!("a\r\nBcc: x\u{202e}\u{7}<script>{}", slot::CONFIRM_URL);
    story.article.link = slot::UNSUBSCRIBE_URL.parse().ok();
    story.reading.excerpt = "\n\nhttps://slot.jarshy.invalid/unsubscribe\n== x ==\n".to_owned();
    story.outlet = "{{ unsubscribe_url }}".to_owned();
    choice.events.clear();
    let letter = letter_in(Tongue::English, &choice).expect("a letter");
    let subject = "a Bcc: x<script>https://jarshy.invalid/ and 1 more story";
    assert_eq!(letter.subject, subject);
    assert!(!letter.html.contains("<script"));
    for part in [&letter.text, &letter.html] {
        assert_eq!(part.matches(slot::UNSUBSCRIBE_URL).count(), 1);
        assert!(!part.contains(slot::CONFIRM_URL) && !part.contains('\u{202e}'));
    }
    assert!(!letter.text.lines().any(|line| line.starts_with("== x")));
}

#[test]
fn a_letter_is_never_longer_than_a_mailbox_shows() {
    let long = "«Өте ұзын» сөз & басқа ".repeat(200);
    let mut story = entry("x", Kind::Announcement, "2026-11-22T09:00:00Z");
    story.article.title.clone_from(&long);
    story.reading.excerpt.clone_from(&long);
    story.outlet.clone_from(&long);
    let mut choice = full();
    choice.stories = vec![story; 400];
    choice.events = vec![event(&long, "2026-12-01", &long); 30];
    choice.stories_left = 7;
    let letter = letter_in(Tongue::Kazakh, &choice).expect("a letter");
    assert!(letter.html.len() <= HTML_MAX_BYTES, "{}", letter.html.len());
    let told = letter
        .html
        .matches("https:&#x2f;&#x2f;outlet.example.kz&#x2f;news")
        .count();
    assert!(told > 0);
    assert!(
        letter
            .text
            .contains(&format!("тағы {} жаңалық бар", 407 - told))
    );
    assert!(letter.subject.chars().count() < 120, "{}", letter.subject);
}

#[test]
fn lines_are_cut_between_words() {
    let cases = [
        ("бір екі үш", 10, "бір екі үш"),
        ("бір екі үш төрт", 10, "бір екі…"),
        ("бір, екі, үш", 8, "бір…"),
        ("бөлінбейтін", 5, "бөлі…"),
        (" a \u{a0}\n\t b ", 10, "a b"),
        ("", 5, ""),
    ];
    for (text, max_chars, expected) in cases {
        let found = outside(text, max_chars);
        assert_eq!(found, expected);
        assert!(found.chars().count() <= max_chars);
    }
}
