//! Editions and calendars agree with `Filter::admits`; windows lose nothing.

use std::collections::HashSet;

use super::{Ground, at, day, event, on_both, record, source, visited};
use crate::model::event::{ComingEvent, Event};
use crate::model::feed::Filter;
use crate::model::language::Language;
use crate::model::reading::{Confidence, Kind};
use crate::model::region::Region;
use crate::model::source::{Republish, SourceId};
use crate::model::story::StoryId;
use crate::model::topic::Topic;
use crate::store::{Store, VisitedArticle};

on_both!(
    editions_and_calendars_agree_with_the_filter,
    an_entry_names_its_outlet_and_the_others,
    a_sealed_window_stays_as_it_was_read,
    a_window_leaves_out_only_repetitions,
    an_event_is_about_what_most_of_its_tellers_are,
    a_flood_of_one_source_leaves_room_for_the_others,
);

/// Articles of every sort, in the order they are recorded; stories and events
/// are shared by several.
pub(super) fn varied() -> Vec<VisitedArticle> {
    let regions: Vec<Region> = Region::all().collect();
    let sure = [0.0, 0.499, 0.5, 1.0].map(Confidence::new);
    let mut all: Vec<VisitedArticle> = Vec::new();
    for n in 0_usize..240 {
        let name = ["a", "b", "c"][n % 3];
        let mut one = visited(name, &n.to_string(), at(i64::try_from(n / 4).unwrap()));
        one.reading.kind = Kind::ALL[(n / 2) % 3];
        one.reading.kind_confidence = sure[(n / 3) % 4];
        one.reading.language = Language::ALL[n % 6];
        one.reading.language_confidence = sure[(n / 7) % 4];
        for k in 0..n % 4 {
            let region = regions[(n * 7 + k * 3) % 5];
            one.reading.regions.push((region, sure[(n + k) % 4]));
        }
        for k in 0..(n / 2) % 3 {
            let topic = Topic::ALL[(n / 5 + k * 2) % 4];
            one.reading.topics.push((topic, sure[(n / 2 + k) % 4]));
        }
        if n >= 60 && n % 5 < 2 {
            one.story = all[n - 60 + n % 5].story.clone();
        }
        if n % 3 == 1 {
            let start = format!("2017-10-{:02}", n % 28 + 1);
            let place = (n % 2 == 0).then(|| regions[n % 5]);
            let mut told = event(&one.article.id, &start, place);
            told.topics = one.reading.shown_topics().collect();
            told.topics.sort();
            told.topics.dedup();
            one.events = vec![told];
        }
        all.push(one);
    }
    all
}

pub(super) fn filters() -> Vec<Filter> {
    let regions: Vec<Region> = Region::all().collect();
    let kinds = [
        vec![],
        vec![Kind::Announcement],
        vec![Kind::Announcement, Kind::ForumArticle],
    ];
    let languages = [
        vec![],
        vec![Language::Undetermined],
        vec![Language::KazakhCyrillic, Language::KazakhLatin],
    ];
    let places = [
        vec![],
        vec![regions[0]],
        vec![regions[1], regions[4], regions[19]],
    ];
    let sources = [vec![], vec![SourceId::from_stored("b")]];
    let topics = [vec![], vec![Topic::Media, Topic::Business]];
    let mut all = Vec::new();
    for kinds in &kinds {
        for languages in &languages {
            for regions in &places {
                for (sources, topics) in sources
                    .iter()
                    .zip(&topics)
                    .chain([(&sources[0], &topics[1])])
                {
                    all.push(Filter {
                        kinds: kinds.clone(),
                        languages: languages.clone(),
                        regions: regions.clone(),
                        topics: topics.clone(),
                        sources: sources.clone(),
                    });
                }
            }
        }
    }
    all
}

/// Records each article by itself, so that the order of adding is known.
async fn record_all(store: &Store, all: &[VisitedArticle]) {
    for one in all {
        record(store, one.article.source.as_str(), vec![one.clone()]).await;
    }
}

async fn editions_and_calendars_agree_with_the_filter(ground: Ground) {
    let store = &ground.store;
    let all = varied();
    record_all(store, &all).await;
    let mut held = HashSet::new();
    for filter in filters() {
        let mut told: HashSet<&StoryId> = HashSet::new();
        let mut expected: Vec<_> = all
            .iter()
            .filter(|one| filter.admits(&one.article.source, &one.reading))
            .filter(|one| told.insert(&one.story))
            .map(|one| one.article.id.clone())
            .collect();
        expected.reverse();
        let found = store.edition(&filter, 1_000).await.unwrap();
        let found: Vec<_> = found.into_iter().map(|entry| entry.article.id).collect();
        assert_eq!(found, expected, "{filter:?}");
        let few = store.edition(&filter, 3).await.unwrap();
        assert_eq!(few.len(), expected.len().min(3));
        assert!(
            few.iter()
                .zip(&expected)
                .all(|(entry, id)| entry.article.id == *id)
        );

        let from = day("2017-10-08");
        let mut expected: Vec<&Event> = all
            .iter()
            .filter(|one| admits_event(&filter, one))
            .flat_map(|one| &one.events)
            .filter(|event| event.last_day() >= from)
            .collect();
        expected.sort_by_key(|event| (event.start, event.id.clone()));
        let found = store.calendar(&filter, from, 1_000).await.unwrap();
        assert_eq!(found.iter().collect::<Vec<_>>(), expected, "{filter:?}");
        held.insert((told.len(), expected.len()));
    }
    assert!(held.len() > 20, "the filters tell the data apart: {held:?}");
}

/// Admitted as an article, or but for the region, which is the event's own.
fn admits_event(filter: &Filter, one: &VisitedArticle) -> bool {
    let anywhere = Filter {
        regions: vec![],
        ..filter.clone()
    };
    let place = one.events.first().and_then(|event| event.region);
    filter.admits(&one.article.source, &one.reading)
        || place.is_some_and(|place| filter.regions.contains(&place))
            && anywhere.admits(&one.article.source, &one.reading)
}

async fn an_entry_names_its_outlet_and_the_others(ground: Ground) {
    let store = &ground.store;
    let first = visited("a", "1", at(1));
    let mut second = visited("b", "2", at(2));
    second.story = first.story.clone();
    second.article.link = "https://b.example.kz/2".parse().ok();
    let again = |source: &str, key: &str, hours| VisitedArticle {
        story: first.story.clone(),
        ..visited(source, key, at(hours))
    };
    // An outlet that tells it twice is named once, and not beside itself.
    let (own, other) = (again("a", "3", 3), again("b", "4", 4));
    record_all(store, &[first.clone(), second.clone(), own, other]).await;
    let entries = store.edition(&Filter::default(), 9).await.unwrap();
    assert_eq!(entries.len(), 1);
    let entry = &entries[0];
    assert_eq!(
        (entry.outlet.as_str(), entry.republish),
        ("Outlet a", Republish::Full)
    );
    assert_eq!(
        (entry.article.clone(), entry.reading.clone()),
        (first.article, first.reading)
    );
    assert_eq!(entry.also_told_by.len(), 1);
    let other = &entry.also_told_by[0];
    assert_eq!(
        (other.outlet.as_str(), other.title.as_str()),
        ("Outlet b", "Форум 2")
    );
    assert_eq!(other.link.as_deref(), Some("https://b.example.kz/2"));
    assert_eq!(other.language, Language::KazakhCyrillic);
    let stamp = store.stamp().await.unwrap();
    let mut renamed = source("a");
    renamed.name = "Жаңа атау".to_owned();
    store.sync_sources(&[renamed], at(3)).await.unwrap();
    assert_ne!(store.stamp().await.unwrap(), stamp);
    let entries = store.edition(&Filter::default(), 9).await.unwrap();
    assert_eq!(entries[0].outlet, "Жаңа атау");
    assert_eq!(
        entries[0].also_told_by[0].outlet, "Outlet b",
        "it left, its name stays"
    );
}

async fn a_sealed_window_stays_as_it_was_read(ground: Ground) {
    let store = &ground.store;
    record_all(
        store,
        &[visited("a", "1", at(1)), visited("a", "2", at(100))],
    )
    .await;
    store.seal(at(100)).await.unwrap();
    store.seal(at(50)).await.unwrap();
    let ids = |after, until| async move {
        let entries = store
            .entries_between(at(after), at(until), 100)
            .await
            .unwrap();
        entries
            .into_iter()
            .map(|entry| entry.article.title)
            .collect::<Vec<_>>()
    };
    assert_eq!(ids(0, 100).await, ["Форум 1", "Форум 2"]);
    assert_eq!(
        ids(1, 100).await,
        ["Форум 2"],
        "the beginning belongs to the window before"
    );
    // This visit began before the seal and is recorded after it.
    record_all(store, &[visited("a", "3", at(99))]).await;
    assert_eq!(ids(0, 100).await, ["Форум 1", "Форум 2"]);
    assert_eq!(ids(100, 200).await, ["Форум 3"], "told by the next digest");
}

async fn a_window_leaves_out_only_repetitions(ground: Ground) {
    let store = &ground.store;
    let first = visited("a", "1", at(1));
    let tell = |key: &str, change: fn(&mut VisitedArticle)| {
        let mut one = visited("b", key, at(10));
        one.story = first.story.clone();
        change(&mut one);
        one
    };
    let tellings = [
        first.clone(),
        tell("the same", |_| ()),
        tell("another language", |one| {
            one.reading.language = Language::Russian;
        }),
        tell("another kind", |one| {
            one.reading.kind = Kind::ForumArticle;
        }),
        tell("a region", |one| {
            one.reading.regions = vec![(Region::ASTANA, Confidence::new(0.9))];
        }),
        tell("a doubtful region", |one| {
            one.reading.regions = vec![(Region::ASTANA, Confidence::new(0.1))];
        }),
        tell("a topic", |one| {
            one.reading.topics = vec![(Topic::Youth, Confidence::new(0.9))];
        }),
        tell("a doubtful topic", |one| {
            one.reading.topics = vec![(Topic::Youth, Confidence::new(0.1))];
        }),
    ];
    record_all(store, &tellings).await;
    let entries = store.entries_between(at(5), at(10), 100).await.unwrap();
    let found: Vec<_> = entries
        .iter()
        .map(|entry| entry.article.title.as_str())
        .collect();
    assert_eq!(
        found,
        [
            "Форум another language",
            "Форум another kind",
            "Форум a region",
            "Форум a topic"
        ]
    );
}

async fn an_event_is_about_what_most_of_its_tellers_are(ground: Ground) {
    let store = &ground.store;
    let first = visited("a", "1", at(1));
    let told = event(&first.article.id, "2017-10-09", None);
    let tell = |key: &str, topics: &[(Topic, f32)]| {
        let mut one = visited("a", key, at(1));
        one.reading.topics = topics
            .iter()
            .map(|(topic, sure)| (*topic, Confidence::new(*sure)))
            .collect();
        one.events = vec![told.clone()];
        one
    };
    let tellers = vec![
        tell("1", &[(Topic::Youth, 0.9), (Topic::Media, 0.6)]),
        tell("2", &[(Topic::Youth, 0.8), (Topic::Sport, 0.6)]),
        tell("3", &[(Topic::Youth, 0.7), (Topic::Media, 0.2)]),
        tell("of nothing sure", &[(Topic::Sport, 0.4)]),
    ];
    record(store, "a", tellers.clone()).await;
    let of_event = async || {
        let found = store
            .calendar(&Filter::default(), day("2017-10-01"), 9)
            .await;
        found.unwrap().remove(0).topics
    };
    assert_eq!(of_event().await, [Topic::Youth]);
    // Read again otherwise, it is about something else.
    let again = tellers.into_iter().map(|mut one| {
        one.article.revision = 2;
        one.reading.topics = vec![(Topic::Media, Confidence::new(0.9))];
        one
    });
    record(store, "a", again.collect()).await;
    assert_eq!(of_event().await, [Topic::Media]);
}

async fn a_flood_of_one_source_leaves_room_for_the_others(ground: Ground) {
    let store = &ground.store;
    let tell = |source: &str, key: &str, kind: Kind, start: &str| {
        let mut one = visited(source, key, at(10));
        one.reading.kind = kind;
        one.events = vec![event(&one.article.id, start, None)];
        one
    };
    let flood = (0..40).map(|n| tell("a", &format!("{n:02}"), Kind::ForumArticle, "2017-10-02"));
    record(store, "a", flood.collect()).await;
    let weather = tell("b", "weather", Kind::Other, "2017-10-03");
    let forum = tell("b", "forum", Kind::ForumArticle, "2017-10-05");
    record(store, "b", vec![weather, forum.clone()]).await;
    let mut told = forum.events;
    for source in ["c", "d"] {
        let mut again = tell(source, "again", Kind::ForumArticle, "2017-10-05");
        told[0].articles.push(again.article.id.clone());
        again.events.clone_from(&told);
        record(store, source, vec![again]).await;
    }

    let entries = store.entries_between(at(0), at(10), 6).await.unwrap();
    let sources: Vec<_> = entries
        .iter()
        .map(|one| one.article.source.as_str())
        .collect();
    assert_eq!(
        sources,
        ["a", "a", "a", "b", "c", "d"],
        "the last comes last"
    );
    assert_eq!(entries[3].article.title, "Форум forum", "the weather waits");
    let all = store.entries_between(at(0), at(10), 100).await.unwrap();
    assert_eq!(all.len(), 44);

    let coming = async |limit| {
        let found = store.coming_events(day("2017-10-01"), limit).await.unwrap();
        let alone = |one: &ComingEvent| one.word_of.as_ref().map(ToString::to_string);
        let told: Vec<_> = found
            .iter()
            .map(|one| (one.event.start.to_string(), alone(one)))
            .collect();
        told
    };
    let of = |start: &str, source: Option<&str>| (start.to_owned(), source.map(str::to_owned));
    assert_eq!(
        coming(4).await,
        [
            of("2017-10-02", Some("a")),
            of("2017-10-02", Some("a")),
            of("2017-10-03", Some("b")),
            of("2017-10-05", None),
        ]
    );
    let everything = Filter::default();
    let calendar = store.calendar(&everything, day("2017-10-01"), 100).await;
    let calendar = calendar.unwrap();
    let coming = store.coming_events(day("2017-10-01"), 100).await.unwrap();
    let coming: Vec<Event> = coming.into_iter().map(|one| one.event).collect();
    assert_eq!(coming, calendar);
}
