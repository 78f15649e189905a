use super::*;
use crate::digest::samples::{
    about, at, day, entry, event, feed, in_region, name, plan, region, source, told,
};
use crate::digest::since::Change;
use crate::model::change::{EventBefore, Revised};
use crate::model::event::EventStatus;
use crate::model::reading::Confidence;
use crate::model::source::SourceId;

/// Events are the word of several but where a test says otherwise.
fn choose(
    plan: &DigestPlan,
    profile: &Profile,
    entries: &[Entry],
    events: &[Event],
    feeds: &[PublishedFeed],
    today: NaiveDate,
    since: &Since,
) -> Choice {
    let events: Vec<ComingEvent> = events
        .iter()
        .map(|event| ComingEvent {
            event: event.clone(),
            word_of: None,
        })
        .collect();
    super::choose(plan, profile, entries, &events, feeds, today, since)
}

fn titles(choice: &Choice) -> Vec<&str> {
    choice
        .stories
        .iter()
        .map(|entry| entry.article.title.as_str())
        .collect()
}

fn names(choice: &Choice) -> Vec<&str> {
    choice
        .events
        .iter()
        .map(|event| event.name.as_str())
        .collect()
}

fn entries() -> Vec<Entry> {
    vec![
        in_region(
            entry("astana-after", Kind::ForumArticle, "2026-11-23T05:00:00Z"),
            "KZ-71",
        ),
        entry("weather", Kind::Other, "2026-11-23T06:00:00Z"),
        entry(
            "announced-early",
            Kind::Announcement,
            "2026-11-22T09:00:00Z",
        ),
        in_region(
            entry("announced-late", Kind::Announcement, "2026-11-23T04:00:00Z"),
            "KZ-10",
        ),
    ]
}

fn of_kind(kind: Kind) -> Filter {
    Filter {
        kinds: vec![kind],
        ..Filter::default()
    }
}

fn feeds() -> Vec<PublishedFeed> {
    vec![
        feed("announcements", of_kind(Kind::Announcement)),
        feed("after", of_kind(Kind::ForumArticle)),
        feed("everything", Filter::default()),
        feed(
            "astana",
            Filter {
                regions: vec![region("KZ-71")],
                ..Filter::default()
            },
        ),
        feed(
            "elsewhere",
            Filter {
                sources: vec![SourceId::from_stored("elsewhere")],
                ..Filter::default()
            },
        ),
    ]
}

#[test]
fn stories_are_those_of_the_feeds_and_regions_asked_for() {
    let forums: &[&str] = &["announced-late", "announced-early", "astana-after"];
    let cases: &[[&[&str]; 4]] = &[
        // the profile's feeds, the plan's, the profile's regions, the stories
        [&[], &[], &[], forums],
        [&["gone"], &["gone"], &[], forums],
        [
            &[],
            &["everything"],
            &[],
            &[
                "announced-late",
                "announced-early",
                "astana-after",
                "weather",
            ],
        ],
        [&["gone", "after"], &["everything"], &[], &["astana-after"]],
        [&["gone"], &["after"], &[], &["astana-after"]],
        [&["after", "announcements"], &[], &[], forums],
        [&["astana"], &[], &[], &["astana-after"]],
        [&["elsewhere"], &[], &[], &[]],
        [&[], &[], &["KZ-10", "KZ-75"], &["announced-late"]],
        [&["after"], &[], &["KZ-10"], &[]],
    ];
    for [own, planned, regions, expected] in cases {
        let plan = DigestPlan {
            feeds: planned.iter().map(|feed| name(feed)).collect(),
            ..plan()
        };
        let profile = Profile {
            feeds: own.iter().map(|feed| name(feed)).collect(),
            regions: regions.iter().map(|code| region(code)).collect(),
            ..Profile::default()
        };
        let choice = choose(
            &plan,
            &profile,
            &entries(),
            &[],
            &feeds(),
            day("2026-11-23"),
            &Since::default(),
        );
        assert_eq!(
            titles(&choice),
            *expected,
            "{own:?} {planned:?} {regions:?}"
        );
        assert_eq!(choice.stories_left, 0);
    }
}

#[test]
fn what_is_not_sure_counts_as_unknown() {
    let mut unsure = entry("unsure", Kind::Announcement, "2026-11-23T07:00:00Z");
    unsure.reading.kind_confidence = Confidence::new(0.2);
    let plan = DigestPlan {
        feeds: vec![name("everything")],
        ..plan()
    };
    let entries = [
        unsure,
        entry("sure", Kind::ForumArticle, "2026-11-20T07:00:00Z"),
    ];
    let choose_with = |plan: &DigestPlan| {
        let today = day("2026-11-23");
        choose(
            plan,
            &Profile::default(),
            &entries,
            &[],
            &feeds(),
            today,
            &Since::default(),
        )
    };
    assert_eq!(titles(&choose_with(&plan)), ["sure", "unsure"]);
    assert_eq!(
        titles(&choose_with(&DigestPlan {
            feeds: Vec::new(),
            ..plan
        })),
        ["sure"]
    );
}

#[test]
fn what_does_not_fit_is_counted() {
    let plan = DigestPlan {
        stories_max: 2,
        ..plan()
    };
    let events: Vec<Event> = (0..EVENTS_MAX + 3)
        .map(|n| event(&n.to_string(), "2026-12-01", &n.to_string()))
        .collect();
    let today = day("2026-11-23");
    let choice = choose(
        &plan,
        &Profile::default(),
        &entries(),
        &events,
        &[],
        today,
        &Since::default(),
    );
    assert_eq!(titles(&choice), ["announced-late", "announced-early"]);
    assert_eq!(choice.stories_left, 1);
    assert_eq!((choice.events.len(), choice.events_left), (EVENTS_MAX, 3));
}

#[test]
fn coming_events_are_in_order_of_time() {
    let timed = |event_name: &str, time: &str| Event {
        time: time.parse().ok(),
        ..event(event_name, "2026-11-25", event_name)
    };
    let events = [
        event("last-day", "2026-12-23", "a"),
        event("too-far", "2026-12-24", "b"),
        event("over", "2026-11-22", "c"),
        Event {
            end: Some(day("2026-11-23")),
            ..event("still-on", "2026-11-20", "d")
        },
        event("some-time", "2026-11-25", "e"),
        timed("noon", "12:00:00"),
        timed("morning", "09:30:00"),
        Event {
            status: EventStatus::Cancelled,
            ..event("cancelled", "2026-11-23", "f")
        },
    ];
    let today = day("2026-11-23");
    let choice = choose(
        &plan(),
        &Profile::default(),
        &[],
        &events,
        &[],
        today,
        &Since::default(),
    );
    assert_eq!(
        names(&choice),
        [
            "still-on",
            "cancelled",
            "morning",
            "noon",
            "some-time",
            "last-day"
        ]
    );
    assert_eq!(choice.events[1].status, EventStatus::Cancelled);
}

#[test]
fn events_are_those_of_the_regions_asked_for() {
    let placed = |event_name: &str, code: &str| Event {
        region: code.parse().ok(),
        ..event(event_name, "2026-12-01", event_name)
    };
    let events = [
        placed("a-astana", "KZ-71"),
        placed("b-abai", "KZ-10"),
        placed("c-nowhere", ""),
    ];
    let cases: &[(&[&str], &[&str], &[&str])] = &[
        (&[], &[], &["a-astana", "b-abai", "c-nowhere"]),
        (&[], &["KZ-10"], &["b-abai"]),
        (&["astana"], &[], &["a-astana"]),
        (
            &["astana", "after"],
            &[],
            &["a-astana", "b-abai", "c-nowhere"],
        ),
        (&["astana"], &["KZ-10"], &[]),
    ];
    for (own, regions, expected) in cases {
        let profile = Profile {
            feeds: own.iter().map(|feed| name(feed)).collect(),
            regions: regions.iter().map(|code| region(code)).collect(),
            ..Profile::default()
        };
        let choice = choose(
            &plan(),
            &profile,
            &[],
            &events,
            &feeds(),
            day("2026-11-23"),
            &Since::default(),
        );
        let mut found = names(&choice);
        found.sort_unstable();
        assert_eq!(found, *expected, "{own:?} {regions:?}");
    }
}

#[test]
fn a_far_horizon_is_no_overflow() {
    let plan = DigestPlan {
        days_ahead: u32::MAX,
        ..plan()
    };
    let events = [event("far", "9999-12-31", "a")];
    let choice = choose(
        &plan,
        &Profile::default(),
        &[],
        &events,
        &[],
        NaiveDate::MAX,
        &Since::default(),
    );
    assert!(choice.is_empty());
    let choice = choose(
        &plan,
        &Profile::default(),
        &[],
        &events,
        &[],
        day("2026-11-23"),
        &Since::default(),
    );
    assert_eq!(names(&choice), ["far"]);
}

#[test]
fn a_story_is_told_once_in_the_readers_tongue_if_it_can_be() {
    let mut first = entry(
        "first told, in Russian",
        Kind::Announcement,
        "2026-11-23T04:00:00Z",
    );
    first.reading.language = crate::model::language::Language::Russian;
    let mut second = entry(
        "told later, in Kazakh",
        Kind::Announcement,
        "2026-11-23T05:00:00Z",
    );
    second.reading.language = crate::model::language::Language::KazakhCyrillic;
    second.story = first.story.clone();
    let told_to = |tongue: &str| {
        let profile = Profile {
            tongue: tongue.parse().expect("tongue"),
            ..Profile::default()
        };
        let entries = [first.clone(), second.clone()];
        let choice = choose(
            &plan(),
            &profile,
            &entries,
            &[],
            &feeds(),
            day("2026-11-23"),
            &Since::default(),
        );
        titles(&choice)
            .into_iter()
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    assert_eq!(told_to("kk"), ["told later, in Kazakh"]);
    assert_eq!(told_to("ru"), ["first told, in Russian"]);
    assert_eq!(told_to("en"), ["first told, in Russian"]);
}

#[test]
fn a_list_the_reader_already_has_is_no_letter() {
    let today = day("2026-11-23");
    let yesterday = day("2026-11-22");
    let opened = "2026-11-22T03:00:00Z".parse().expect("time");
    let mut far = event("far", "2026-12-05", "far");
    far.updated = "2026-11-20T00:00:00Z".parse().expect("time");
    let choice = |event: &Event| Choice {
        events: vec![event.clone()],
        ..Choice::default()
    };
    assert!(!choice(&far).has_news(opened, yesterday, today));
    let mut changed = far.clone();
    changed.updated = "2026-11-22T12:00:00Z".parse().expect("time");
    assert!(choice(&changed).has_news(opened, yesterday, today));
    let mut near = far.clone();
    near.start = day("2026-11-24");
    assert!(choice(&near).has_news(opened, yesterday, today));
    assert!(
        !choice(&near).has_news(opened, today, today),
        "told on this day's eve already"
    );
}

#[test]
fn stories_stand_by_importance() {
    let mut much_told = entry("much told", Kind::ForumArticle, "2026-11-23T06:00:00Z");
    much_told.also_told_by = vec![told("Other", None); 4];
    let mut own = entry("own", Kind::ForumArticle, "2026-11-23T06:00:00Z");
    own.article.link = None;
    let mut russian = entry("in Russian", Kind::ForumArticle, "2026-11-23T06:00:00Z");
    russian.reading.language = Language::Russian;
    let entries = [
        russian,
        entry("plain", Kind::ForumArticle, "2026-11-23T06:00:00Z"),
        entry("older", Kind::ForumArticle, "2026-11-22T20:00:00Z"),
        entry("announced", Kind::Announcement, "2026-11-23T06:00:00Z"),
        much_told,
        own,
    ];
    let told_to = |tongue| {
        let profile = Profile {
            tongue,
            ..Profile::default()
        };
        let today = day("2026-11-23");
        let choice = choose(
            &plan(),
            &profile,
            &entries,
            &[],
            &feeds(),
            today,
            &Since::default(),
        );
        titles(&choice).join(", ")
    };
    assert_eq!(
        told_to(Tongue::Kazakh),
        "much told, own, announced, plain, in Russian, older"
    );
    assert_eq!(
        told_to(Tongue::Russian),
        "much told, own, announced, in Russian, plain, older",
        "the reader's tongue goes first among equals"
    );
}

#[test]
fn kinds_and_languages_narrow_what_is_told() {
    let mut russian = entry("in Russian", Kind::Announcement, "2026-11-23T06:00:00Z");
    russian.reading.language = Language::Russian;
    let entries = [
        russian,
        entry("announced", Kind::Announcement, "2026-11-23T05:00:00Z"),
        entry("article", Kind::ForumArticle, "2026-11-23T04:00:00Z"),
    ];
    let told_to = |kinds: &[Kind], languages: &[Language]| {
        let profile = Profile {
            kinds: kinds.to_vec(),
            languages: languages.to_vec(),
            ..Profile::default()
        };
        let today = day("2026-11-23");
        let choice = choose(
            &plan(),
            &profile,
            &entries,
            &[],
            &feeds(),
            today,
            &Since::default(),
        );
        titles(&choice).join(", ")
    };
    assert_eq!(told_to(&[], &[]), "announced, in Russian, article");
    assert_eq!(told_to(&[Kind::ForumArticle], &[]), "article");
    assert_eq!(told_to(&[], &[Language::Russian]), "in Russian");
    assert_eq!(told_to(&[Kind::ForumArticle], &[Language::Russian]), "");
}

#[test]
fn a_latin_reader_gets_the_latin_telling() {
    let mut latin = entry("latin", Kind::Announcement, "2026-11-23T06:00:00Z");
    latin.reading.language = Language::KazakhLatin;
    let mut cyrillic = entry("cyrillic", Kind::Announcement, "2026-11-23T05:00:00Z");
    cyrillic.story = latin.story.clone();
    let told_to = |script| {
        let profile = Profile {
            script,
            ..Profile::default()
        };
        let entries = [latin.clone(), cyrillic.clone()];
        let today = day("2026-11-23");
        let choice = choose(
            &plan(),
            &profile,
            &entries,
            &[],
            &feeds(),
            today,
            &Since::default(),
        );
        titles(&choice).join(", ")
    };
    assert_eq!(told_to(LetterScript::Latin), "latin");
    assert_eq!(told_to(LetterScript::Cyrillic), "cyrillic");
}

#[test]
fn by_region_the_region_of_the_first_story_leads_and_none_comes_last() {
    let place = |title: &str, hour: u32, code: &str| {
        let dated = format!("2026-11-23T{hour:02}:00:00Z");
        let told = entry(title, Kind::Announcement, &dated);
        if code.is_empty() {
            told
        } else {
            in_region(told, code)
        }
    };
    let mut both = place("astana-abai", 12, "KZ-71");
    both = in_region(both, "KZ-10");
    let entries = [
        place("nowhere", 18, ""),
        place("abai", 16, "KZ-10"),
        both,
        place("abai-later", 8, "KZ-10"),
    ];
    let told_to = |regions: &[&str]| {
        let profile = Profile {
            grouping: Grouping::Region,
            regions: regions.iter().map(|code| region(code)).collect(),
            ..Profile::default()
        };
        let today = day("2026-11-23");
        let choice = choose(
            &plan(),
            &profile,
            &entries,
            &[],
            &feeds(),
            today,
            &Since::default(),
        );
        titles(&choice).join(", ")
    };
    assert_eq!(told_to(&[]), "abai, abai-later, astana-abai, nowhere");
    assert_eq!(
        told_to(&["KZ-10"]),
        "abai, abai-later, astana-abai",
        "what only names the region comes after what is about it"
    );
}

#[test]
fn who_chose_topics_gets_only_what_is_surely_about_one() {
    let dated = "2026-11-23T06:00:00Z";
    let told = |title: &str, topics: &[Topic]| {
        let plain = entry(title, Kind::Announcement, dated);
        topics.iter().copied().fold(plain, about)
    };
    let mut doubtful = told("doubtful", &[]);
    doubtful.reading.topics = vec![(Topic::Media, Confidence::new(0.49))];
    let entries = [
        told("a-youth", &[Topic::Youth]),
        told("b-sport-media", &[Topic::Sport, Topic::Media]),
        told("c-unknown", &[]),
        told("d-media", &[Topic::Media]),
        doubtful,
    ];
    let held = |event_name: &str, topics: &[Topic]| Event {
        topics: topics.to_vec(),
        ..event(event_name, "2026-11-25", event_name)
    };
    let events = [
        held("media week", &[Topic::Media, Topic::Digital]),
        held("some forum", &[]),
        held("sport forum", &[Topic::Sport]),
    ];
    let of = |profile: &Profile| {
        let today = day("2026-11-23");
        let since = Since::default();
        let choice = choose(&plan(), profile, &entries, &events, &feeds(), today, &since);
        let mut names: Vec<String> = choice.events.iter().map(|one| one.name.clone()).collect();
        names.sort();
        (titles(&choice).join(", "), names.join(", "))
    };
    let all = of(&Profile::default());
    assert_eq!(all.0.split(", ").count(), 5);
    assert_eq!(all.1, "media week, some forum, sport forum");
    let media = of(&Profile {
        topics: vec![Topic::Media],
        ..Profile::default()
    });
    assert_eq!(media.1, "media week");
    let mut titles: Vec<&str> = media.0.split(", ").collect();
    titles.sort_unstable();
    assert_eq!(titles, ["b-sport-media", "d-media"]);
    // Under the topic that was asked for, not under the surer one.
    let asked = |topics: &[Topic]| Profile {
        grouping: Grouping::Topic,
        topics: topics.to_vec(),
        ..Profile::default()
    };
    assert_eq!(topic_of(&entries[1], &asked(&[])), Some(Topic::Sport));
    assert_eq!(
        topic_of(&entries[1], &asked(&[Topic::Media])),
        Some(Topic::Media)
    );
    assert_eq!(topic_of(&entries[4], &asked(&[])), None);
    let grouped = of(&asked(&[])).0;
    let last: Vec<&str> = grouped.split(", ").skip(3).collect();
    assert!(
        last.contains(&"c-unknown") && last.contains(&"doubtful"),
        "{grouped}"
    );
}

#[test]
fn corrections_are_those_the_reader_was_told_of() {
    let moved = Event {
        region: "KZ-71".parse().ok(),
        ..event("moved", "2026-11-28", "moved")
    };
    let before = EventBefore {
        id: moved.id.clone(),
        start: day("2026-11-25"),
        end: None,
        time: None,
        city: None,
        status: EventStatus::Confirmed,
    };
    let revised = |title: &str, code: &str| Revised {
        entry: in_region(
            entry(title, Kind::Announcement, "2026-11-20T06:00:00Z"),
            code,
        ),
        title_before: None,
    };
    let since = Since {
        after: at("2026-11-22T03:00:00Z"),
        events: vec![before],
        revised: vec![
            revised("astana", "KZ-71"),
            revised("abai", "KZ-10"),
            revised("moved", "KZ-71"),
        ],
        silent: vec!["Outlet".to_owned()],
    };
    let told_to = |events: &[Event], regions: &[&str]| {
        let profile = Profile {
            regions: regions.iter().map(|code| region(code)).collect(),
            ..Profile::default()
        };
        let today = day("2026-11-23");
        choose(&plan(), &profile, &[], events, &feeds(), today, &since)
    };
    let all = told_to(std::slice::from_ref(&moved), &[]);
    assert_eq!(all.corrections.len(), 3);
    assert_eq!(all.silent, ["Outlet"]);
    let expected = Correction::Event {
        event: moved.clone(),
        changes: vec![Change::Moved {
            start: day("2026-11-25"),
            end: None,
        }],
    };
    assert_eq!(all.corrections[0], expected);
    assert!(all.has_news(since.after, day("2026-11-22"), day("2026-11-23")));
    let abai = told_to(std::slice::from_ref(&moved), &["KZ-10"]);
    assert_eq!(abai.corrections.len(), 1);
    assert!(
        !abai.has_news(since.after, day("2026-11-22"), day("2026-11-23")),
        "a mended text is no letter"
    );
    let mut fresh = moved;
    fresh.created = at("2026-11-22T09:00:00Z");
    let new_to_the_reader = told_to(&[fresh], &["KZ-71"]);
    let is_event = |one: &Correction| matches!(one, Correction::Event { .. });
    assert!(!new_to_the_reader.corrections.iter().any(is_event));
}

#[test]
fn one_source_does_not_fill_a_letter_while_others_have_something_to_tell() {
    let flood = SourceId::from_stored("flood");
    let of_flood = |n: usize| {
        let title = format!("flood {n}");
        let mut invented = entry(&title, Kind::Announcement, "2026-11-23T06:00:00Z");
        invented.article.source = flood.clone();
        invented
    };
    let mut entries: Vec<Entry> = (0..1_000).map(of_flood).collect();
    let mut others = Vec::new();
    for n in 0..6 {
        let title = format!("other {n}");
        let mut other = entry(&title, Kind::ForumArticle, "2026-11-22T06:00:00Z");
        other.article.source = SourceId::from_stored(format!("other-{n}"));
        others.push(title);
        entries.push(other);
    }
    let coming = |n: usize, start: &str, source: &SourceId| ComingEvent {
        event: event(&format!("{source} {n}"), start, &format!("{source} {n}")),
        word_of: Some(source.clone()),
    };
    let mut events: Vec<ComingEvent> = (0..1_000)
        .map(|n| coming(n, "2026-11-24", &flood))
        .collect();
    events.extend((0..4).map(|n| coming(n, "2026-12-20", &source())));
    let revised = |n: usize| Revised {
        entry: of_flood(10_000 + n),
        title_before: Some("another".to_owned()),
    };
    let mut since = Since {
        revised: (0..50).map(revised).collect(),
        ..Since::default()
    };
    since.revised.push(Revised {
        entry: entry("mended", Kind::Announcement, "2026-11-20T06:00:00Z"),
        title_before: None,
    });
    let today = day("2026-11-23");
    let choice = super::choose(
        &plan(),
        &Profile::default(),
        &entries,
        &events,
        &feeds(),
        today,
        &since,
    );
    let told = titles(&choice);
    assert_eq!(told.len(), plan().stories_max);
    assert!(
        others.iter().all(|other| told.contains(&other.as_str())),
        "{told:?}"
    );
    assert_eq!(choice.stories_left, 1_006 - plan().stories_max);
    let named = names(&choice);
    assert_eq!(named.len(), EVENTS_MAX);
    assert_eq!(
        named
            .iter()
            .filter(|name| name.starts_with("oner-uni"))
            .count(),
        4
    );
    assert_eq!(choice.events_left, 1_004 - EVENTS_MAX);
    let is_other = |correction: &Correction| matches!(correction, Correction::Article { entry, .. } if entry.article.title == "mended");
    assert!(choice.corrections.iter().any(is_other));
    assert_eq!(choice.corrections_left, 51 - CORRECTIONS_MAX);
}

#[test]
fn what_several_tell_and_the_own_desk_is_not_counted_as_one_sources() {
    let numbered = |n: usize| entry(&format!("{n}"), Kind::Announcement, "2026-11-23T06:00:00Z");
    let mut by_desk = numbered(1);
    by_desk.article.link = None;
    let mut on_the_channel_too = numbered(2);
    on_the_channel_too.also_told_by = vec![told("Channel", None)];
    let mut reprinted = numbered(3);
    reprinted.also_told_by = vec![told("Other", None), told("Third", None)];
    assert_eq!(numbered(0).teller(), Some(&source()));
    assert_eq!(by_desk.teller(), None);
    assert_eq!(on_the_channel_too.teller(), Some(&source()));
    assert_eq!(reprinted.teller(), None);
}
