use std::path::Path;

use super::*;
use crate::digest::samples::{about, at, day, entry, event, in_region, plan, region, told};
use crate::digest::since::{Change, Correction};
use crate::digest::subject::SUBJECT_MAX_CHARS;
use crate::digest::wrap::LINE_MAX_CHARS;
use crate::model::event::{Event, EventStatus};
use crate::model::language::{Language, Tongue};
use crate::model::reading::Kind;
use crate::model::region::Region;
use crate::model::subscriber::LetterScript;
use crate::model::topic::Topic;

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
        postal: "010000, Астана, Мәңгілік Ел даңғылы, 1".to_owned(),
        zone: chrono_tz::Asia::Almaty,
    }
}

fn letter_for(profile: &Profile, choice: &Choice) -> Option<Letter> {
    let digest = DigestId::derived(&plan().name, at("2026-11-23T03:00:00Z"));
    digest_letter(
        &templates(),
        &plan(),
        profile,
        &profile.key(),
        &digest,
        choice,
        &site(),
    )
    .unwrap_or_else(|error| panic!("{error}"))
}

fn letter_in(tongue: Tongue, choice: &Choice) -> Option<Letter> {
    let profile = Profile {
        tongue,
        ..Profile::default()
    };
    letter_for(&profile, choice)
}

fn profile_of(writing: Writing) -> Profile {
    Profile {
        tongue: writing.tongue,
        script: writing.script,
        ..Profile::default()
    }
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
    moved.details.is_day_new = true;
    let mut dropped = event("Жастар форумы", "2026-12-01", "third");
    dropped.status = EventStatus::Cancelled;
    let mut known = event("Өңірлік БАҚ форумы", "2026-12-03", "known");
    known.time = "15:00:00".parse().ok();
    known.city = Some("Astana".to_owned());
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
    "Первое предложение текста. Второе предложение.".clone_into(&mut second.reading.excerpt);
    second.article.link = None;
    let mut retold = entry(
        "Аграрлық форум жексенбіде",
        Kind::Announcement,
        "2026-11-20T09:00:00Z",
    );
    retold.article.link = None;
    Choice {
        today: day("2026-11-23"),
        events: vec![tomorrow, moved, dropped, known.clone()],
        events_left: 1,
        stories: vec![first, second],
        stories_left: 21,
        corrections: vec![
            Correction::Event {
                event: known,
                changes: vec![
                    Change::Moved {
                        start: day("2026-11-26"),
                        end: Some(day("2026-11-27")),
                    },
                    Change::Time("10:00:00".parse().ok()),
                    Change::Place("Semey".to_owned()),
                ],
            },
            Correction::Article {
                entry: Box::new(retold.clone()),
                title_before: Some("Аграрлық форум сенбіде".to_owned()),
            },
            Correction::Article {
                entry: Box::new(retold),
                title_before: None,
            },
        ],
        corrections_left: 2,
        silent: (1..9).map(|n| format!("Үн {n}")).collect(),
    }
}

#[test]
fn the_subject_and_the_letter_count_the_same_forums() {
    let mut choice = full();
    choice.stories.clear();
    choice.events.truncate(3);
    let mut put_off = choice.events[1].clone();
    put_off.details.is_day_new = false;
    choice.events.push(put_off);
    let profile = Profile {
        tongue: Tongue::Russian,
        ..Profile::default()
    };
    let letter = letter_for(&profile, &choice).expect("a letter");
    assert!(
        letter.subject.ends_with("и ещё 1 форум"),
        "{}",
        letter.subject
    );
    let counted = "Впереди 2 форума, 2 форума отменены или отложены\n";
    assert!(letter.text.contains(counted), "{}", letter.text);
    // Of what will take place, the moved one included.
    assert_eq!(letter.text.matches("Добавить в календарь").count(), 2);
    for (standing, times) in [
        ("перенесён на этот день", 1),
        ("отложен, новый день неизвестен", 1),
    ] {
        assert_eq!(letter.text.matches(standing).count(), times, "{standing}");
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
fn letters_are_as_expected_in_three_tongues_and_two_scripts() {
    for writing in Writing::ALL {
        let tag = writing.tag();
        let letter = letter_for(&profile_of(writing), &full()).expect("a letter");
        let text = format!("Subject: {}\n\n{}\n", letter.subject, letter.text);
        assert_is_as_expected(&format!("digest.{tag}.txt"), &text);
        assert_is_as_expected(&format!("digest.{tag}.html"), &format!("{}\n", letter.html));
        let letter = confirmation_letter(&templates(), writing, false, &site()).expect("a letter");
        let text = format!("Subject: {}\n\n{}\n", letter.subject, letter.text);
        assert_is_as_expected(&format!("confirmation.{tag}.txt"), &text);
        assert_is_as_expected(
            &format!("confirmation.{tag}.html"),
            &format!("{}\n", letter.html),
        );
    }
}

#[test]
fn a_moved_address_is_asked_in_words_of_its_own() {
    for writing in Writing::ALL {
        let letter = confirmation_letter(&templates(), writing, true, &site()).expect("a letter");
        let text = format!("Subject: {}\n\n{}\n", letter.subject, letter.text);
        assert_is_as_expected(&format!("move.{}.txt", writing.tag()), &text);
        let other = confirmation_letter(&templates(), writing, false, &site()).expect("a letter");
        assert_ne!(letter.id, other.id);
        assert_eq!(letter.html.matches(slot::CONFIRM_URL).count(), 1);
    }
}

#[test]
fn by_region_stories_stand_under_its_name() {
    let mut choice = full();
    choice.stories.reverse();
    choice.stories[1].article.link = "https://outlet.example.kz/2".parse().ok();
    let profile = Profile {
        grouping: Grouping::Region,
        tongue: Tongue::Russian,
        ..Profile::default()
    };
    let letter = letter_for(&profile, &choice).expect("a letter");
    let text = format!("Subject: {}\n\n{}\n", letter.subject, letter.text);
    assert_is_as_expected("digest.region.ru.txt", &text);
    assert!(letter.html.contains(">Астана</h3>") && letter.html.contains("Регион не указан</h3>"));
}

#[test]
fn by_topic_stories_stand_under_its_name_in_every_writing() {
    let mut choice = full();
    let last = choice.stories.len() - 1;
    for (at, topic) in [(0, Topic::Society), (last, Topic::Agriculture)] {
        let told = choice.stories[at].clone();
        choice.stories[at] = about(told, topic);
    }
    choice.stories.push(choice.stories[last].clone());
    choice.stories[last].reading.topics.clear();
    choice.stories.swap(last, last + 1);
    for (writing, names) in [
        (
            "kk",
            [
                "Азаматтық қоғам",
                "Ауыл шаруашылығы",
                "Тақырыбы анықталмаған",
            ],
        ),
        (
            "kk-Latn",
            [
                "Azamattyq qoğam",
                "Auyl şaruaşylyğy",
                "Taqyryby anyqtalmağan",
            ],
        ),
        (
            "ru",
            [
                "Гражданское общество",
                "Сельское хозяйство",
                "Тема не определена",
            ],
        ),
        ("en", ["Civil society", "Agriculture", "Topic not clear"]),
    ] {
        let found = Writing::ALL.into_iter().find(|one| one.tag() == writing);
        let profile = Profile {
            grouping: Grouping::Topic,
            ..profile_of(found.expect("a writing"))
        };
        let letter = letter_for(&profile, &choice).expect("a letter");
        for name in names {
            assert!(letter.html.contains(&format!(">{name}</h3>")), "{name}");
        }
        let text = format!("Subject: {}\n\n{}\n", letter.subject, letter.text);
        assert_is_as_expected(&format!("digest.topic.{writing}.txt"), &text);
    }
}

#[test]
fn in_latin_letters_only_what_is_not_kazakh_stays_cyrillic() {
    let latin = Profile {
        script: LetterScript::Latin,
        ..Profile::default()
    };
    let letter = letter_for(&latin, &full()).expect("a letter");
    assert!(letter.html.contains("<html lang=\"kk-Latn\""));
    assert!(
        letter.subject.starts_with("24 qaraşa: "),
        "{}",
        letter.subject
    );
    let russian = "Итоги форума";
    let left: Vec<&str> = letter
        .text
        .split_whitespace()
        .filter(|word| word.chars().any(crate::text::normalise::is_cyrillic))
        .collect();
    assert!(letter.text.contains(russian));
    // Names of events nobody told of in this letter, and the words a date was
    // counted by, are of unknown language and stay.
    let stays = "Астана Мәңгілік Ел даңғылы Первое предложение текста Второе предложение Итоги форума <предпринимателей> «друзей» «ертең» Жасыл экономика форумы Жастар";
    for word in &left {
        let bare = word.trim_matches(|c: char| !c.is_alphanumeric());
        assert!(stays.contains(bare), "{word}");
    }
}

#[test]
fn slots_stand_in_both_parts_and_only_where_they_belong() {
    for writing in Writing::ALL {
        let digest = letter_for(&profile_of(writing), &full()).expect("a letter");
        let confirmation =
            confirmation_letter(&templates(), writing, false, &site()).expect("a letter");
        let of_digest = [slot::UNSUBSCRIBE_URL, slot::PREFERENCES_URL];
        for part in [&digest.text, &digest.html] {
            assert!(of_digest.iter().all(|own| part.matches(own).count() == 1));
            assert!(!part.contains(slot::CONFIRM_URL));
        }
        for part in [&confirmation.text, &confirmation.html] {
            assert_eq!(part.matches(slot::CONFIRM_URL).count(), 1);
            assert!(!of_digest.iter().any(|other| part.contains(other)));
        }
    }
}

#[test]
fn text_parts_fit_their_lines() {
    for writing in Writing::ALL {
        let letter = letter_for(&profile_of(writing), &full()).expect("a letter");
        for line in letter.text.lines().filter(|line| !line.contains("://")) {
            assert!(line.chars().count() <= LINE_MAX_CHARS, "{line}");
        }
        assert!(letter.text.lines().any(|line| line == "-- "));
        assert!(letter.subject.chars().count() <= SUBJECT_MAX_CHARS);
    }
}

#[test]
fn nothing_new_is_a_letter_where_the_plan_wants_one() {
    let plan = DigestPlan {
        send_empty: true,
        ..plan()
    };
    let choice = Choice {
        today: day("2026-11-23"),
        ..Choice::default()
    };
    let profile = Profile::default();
    let digest = DigestId::derived(&plan.name, at("2026-11-23T03:00:00Z"));
    let letter = digest_letter(
        &templates(),
        &plan,
        &profile,
        &profile.key(),
        &digest,
        &choice,
        &site(),
    );
    let letter = letter.expect("rendered").expect("a letter");
    assert_eq!(letter.subject, "Форумдар: күнделікті шолу: жаңа хабар жоқ");
    assert!(letter.text.contains("жаңа хабар болған жоқ"));
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
        confirmation_letter(&templates(), Tongue::Kazakh, false, &site)
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
    let mut doubtful = Choice {
        events: full.events[1..3].to_vec(),
        ..only_stories(1)
    };
    doubtful.events[0].details.is_day_new = false;
    let mut russian = full.stories[0].clone();
    russian.reading.language = Language::Russian;
    "Форум завтра".clone_into(&mut russian.article.title);
    russian.also_told_by = vec![told("Other", None); 5];
    let mixed = Choice {
        stories: vec![russian, full.stories[0].clone()],
        ..Choice::default()
    };
    let corrected = Choice {
        corrections: full.corrections.clone(),
        ..Choice::default()
    };
    let (kk, ru, en) = (Tongue::Kazakh, Tongue::Russian, Tongue::English);
    let cases = [
        (
            &full,
            kk,
            "24 қараша: Цифрландыру форумы және тағы 2 жаңалық",
        ),
        (&full, ru, "24 ноября: Цифрландыру форумы и ещё 2 новости"),
        (&full, en, "24 November: Цифрландыру форумы and 2 stories"),
        (
            &only_events(&full.events[..1]),
            kk,
            "24 қараша: Цифрландыру форумы",
        ),
        (
            &only_events(&full.events[..2]),
            ru,
            "24 ноября: Цифрландыру форумы и ещё 1 форум",
        ),
        (
            &only_events(&full.events[2..3]),
            kk,
            "Жастар форумы: өтпейді",
        ),
        (&doubtful, ru, "Ертең форум"),
        (&only_stories(1), en, "Ертең форум"),
        (&only_stories(2), en, "Ертең форум and 1 more story"),
        (&mixed, kk, "Ертең форум және тағы 1 жаңалық"),
        (&mixed, ru, "Форум завтра и ещё 1 новость"),
        (&mixed, en, "Форум завтра and 1 more story"),
        (
            &corrected,
            en,
            "Forums: the daily digest: there are changes",
        ),
    ];
    for (choice, tongue, expected) in cases {
        let found = letter_in(tongue, choice).expect("a letter").subject;
        assert_eq!(found, expected);
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
    let length = letter.subject.chars().count();
    assert!(length <= SUBJECT_MAX_CHARS, "{}", letter.subject);
}

#[test]
fn the_house_is_named_in_its_readers_letters_everywhere() {
    let mut choice = full();
    choice.stories[0].outlet = site().name;
    choice.stories[0].also_told_by = vec![told(&site().name, None)];
    choice.silent = vec![site().name];
    let latin = Writing::ALL.into_iter().find(|one| one.is_latin_kazakh());
    let letter = letter_for(&profile_of(latin.expect("there is one")), &choice).expect("a letter");
    for part in [&letter.text, &letter.html] {
        assert!(part.contains("Jarşy") && !part.contains("Жаршы"), "{part}");
    }
}
