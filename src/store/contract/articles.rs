//! Articles: what is stored reads back, revisions, candidates, events.

use chrono::TimeDelta;
use std::collections::HashMap;

use super::{Ground, at, day, event, on_both, record, visited};
use crate::model::article::ArticleId;
use crate::model::draft::DeclaredEvent;
use crate::model::event::{EventDetails, EventField, EventStatus};
use crate::model::language::Language;
use crate::model::reading::{Confidence, DateEvidence, EventClaim};
use crate::model::region::Region;
use crate::model::source::SourceId;
use crate::model::topic::Topic;
use crate::store::{Likened, VisitRecord, VisitedArticle};

on_both!(
    every_field_reads_back,
    the_newest_revision_stands,
    candidates_share_bands_and_are_bounded,
    events_are_merged_not_undone,
    an_article_may_tell_of_several_events,
    many_articles_in_one_visit,
    a_visit_that_fails_leaves_nothing,
);

fn full() -> VisitedArticle {
    let mut full = visited("a", "full", at(1));
    let article = &mut full.article;
    article.link = "https://a.example.kz/?q=%D2%9B".parse().ok();
    article.authors = vec!["Айгүл \"A\" \\ B".to_owned(), String::new()];
    article.summary_html = "<p>\u{1}\n'</p>".to_owned();
    article.content_html = "<p>$1 {rows} 🌾</p>".to_owned();
    article.published = Some(at(-5));
    article.updated = Some(at(-4));
    article.image = "https://a.example.kz/i.png".parse().ok();
    article.categories = vec!["экономика".to_owned()];
    article.declared_language = Some("kk".to_owned());
    article.declared_event = Some(DeclaredEvent {
        name: "Форум".to_owned(),
        start: day("2017-10-06"),
        end: Some(day("2017-10-08")),
        time: "10:30:00".parse().ok(),
        city: Some("Astana".to_owned()),
        region: Some(Region::ASTANA),
    });
    let reading = &mut full.reading;
    reading.kind_confidence = Confidence::new(0.1);
    reading.regions = Region::all()
        .zip(0_u8..)
        .map(|(region, n)| (region, Confidence::new(1.0 / (f32::from(n) + 1.3))))
        .collect();
    reading.topics = vec![
        (Topic::Society, Confidence::new(0.95)),
        (Topic::Media, Confidence::new(0.3)),
    ];
    reading.event = Some(EventClaim {
        name: "Форум".to_owned(),
        start: day("2017-10-06"),
        end: None,
        time: None,
        city: None,
        region: Some(Region::ASTANA),
        status: EventStatus::Tentative,
        details: EventDetails {
            organiser: Some("Әкімдік".to_owned()),
            venue: Some("«Рух» \"сарайы\"".to_owned()),
            end_time: "18:00:00".parse().ok(),
            registration: Some("https://forum.example.kz/?a=1&b=2".to_owned()),
            languages: vec![Language::KazakhCyrillic, Language::English],
            is_day_new: true,
        },
        words: EventField::ALL
            .into_iter()
            .map(|field| (field, format!("«{}»", field.word())))
            .collect(),
        evidence: DateEvidence {
            words: "ертең".to_owned(),
            counted_from: Some(day("2017-10-05")),
        },
        confidence: Confidence::new(0.77),
    });
    reading.more_events = reading.event.iter().cloned().collect();
    full
}

async fn every_field_reads_back(ground: Ground) {
    let store = &ground.store;
    let bare = visited("a", "bare", at(1));
    let mut hostile = visited("a", "hostile", at(1));
    hostile.article.title = "a\0b\\u0000".to_owned();
    hostile.article.published = Some(chrono::DateTime::<chrono::Utc>::MAX_UTC);
    let recorded = record(store, "a", vec![full(), bare.clone(), hostile.clone()]).await;
    assert_eq!(recorded, VisitRecord::Stored { new: 3, revised: 0 });
    for expected in [full(), bare] {
        let found = store.article(&expected.article.id).await.unwrap();
        assert_eq!(found, Some((expected.article, expected.reading)));
    }
    let found = store.article(&hostile.article.id).await.unwrap().unwrap().0;
    assert_eq!(found.title, "ab\\u0000");
    let unknown = ArticleId::from_stored("unknown");
    assert_eq!(store.article(&unknown).await.unwrap(), None);
    let known = store
        .known_articles(&[unknown, full().article.id])
        .await
        .unwrap();
    assert_eq!(known.len(), 1);
    let known = &known[&full().article.id];
    assert_eq!((known.revision, known.engine_version), (1, 1));
    assert_eq!(
        (known.first_seen, known.content_hash.as_str()),
        (at(1), "hash of full")
    );
}

async fn the_newest_revision_stands(ground: Ground) {
    let store = &ground.store;
    let first = visited("a", "1", at(1));
    record(store, "a", vec![first.clone(), visited("a", "2", at(1))]).await;
    let stamp = store.stamp().await.unwrap();
    let mut second = first.clone();
    second.article.revision = 2;
    second.article.title = "Жаңа атау".to_owned();
    second.article.content_hash = "changed".to_owned();
    second.article.first_seen = at(50);
    let recorded = record(store, "a", vec![second.clone(), visited("a", "3", at(50))]).await;
    assert_eq!(recorded, VisitRecord::Stored { new: 1, revised: 1 });
    assert_ne!(store.stamp().await.unwrap(), stamp);
    record(store, "a", vec![first.clone()]).await;
    let (found, _) = store.article(&first.article.id).await.unwrap().unwrap();
    assert_eq!((found.title.as_str(), found.revision), ("Жаңа атау", 2));
    assert_eq!(found.first_seen, at(1), "never changes");
    let entries = store
        .edition(&crate::model::feed::Filter::default(), 9)
        .await
        .unwrap();
    let entry = entries
        .iter()
        .find(|entry| entry.article.id == first.article.id)
        .unwrap();
    assert_eq!((entry.added, entry.changed), (at(1), at(50)));
    let mut session = store.pools.read("a test");
    let old: Vec<(i64, String)> = session
        .fetch("SELECT revision, title FROM article_revisions", vec![])
        .await
        .unwrap();
    assert_eq!(old, [(1, first.article.title)]);
    // A better engine reads the same revision again.
    second.reading.engine_version = 2;
    second.reading.regions = vec![(Region::ASTANA, Confidence::new(0.9))];
    let recorded = record(store, "a", vec![second.clone()]).await;
    assert_eq!(recorded, VisitRecord::Stored { new: 0, revised: 0 });
    let (_, reading) = store.article(&first.article.id).await.unwrap().unwrap();
    assert_eq!(reading, second.reading);
}

async fn candidates_share_bands_and_are_bounded(ground: Ground) {
    let store = &ground.store;
    let mut all = Vec::new();
    for n in 0..300 {
        let mut one = visited("a", &n.to_string(), at(1));
        one.article.published = Some(at(n));
        one.signature.bands = vec![i64::MIN, n % 3, 10 + n % 5, i64::MAX - n];
        one.signature.tokens = vec![n, i64::MAX, i64::MIN];
        all.push(one);
    }
    record(store, "a", all.clone()).await;
    let find = |bands: Vec<i64>, since| async move {
        let likened = Likened {
            bands: &bands,
            since,
        };
        let mut found = store.story_candidates(&[likened]).await.unwrap();
        assert_eq!(found.len(), 1);
        found.remove(0)
    };
    assert!(store.story_candidates(&[]).await.unwrap().is_empty());
    assert_eq!(find(vec![], at(0)).await, []);
    assert_eq!(find(vec![77_777], at(0)).await, []);
    assert_eq!(find(vec![i64::MIN], at(0)).await, [], "all share it");
    let found = find(vec![i64::MIN, 0, 10], at(0)).await;
    let dated: Vec<_> = found.iter().map(|found| found.dated).collect();
    let twice = [297, 295, 294, 291, 290, 288, 285, 270];
    assert_eq!(dated, twice.map(at), "two of the newest, newest first");
    let rare = find(vec![i64::MAX - 7], at(0)).await;
    assert_eq!(rare.len(), 1);
    assert_eq!(rare[0].article, all[7].article.id);
    assert_eq!(rare[0].story, all[7].story);
    assert_eq!(rare[0].tokens, all[7].signature.tokens);
    assert_eq!(find(vec![i64::MAX - 7], at(8)).await, [], "too old");
    // Each of several gets its own, as if it were asked for alone.
    let (one, other) = ([i64::MIN, 0, 10], [i64::MAX - 7]);
    let likened = |bands, since| Likened { bands, since };
    let asked = [likened(&one[..], at(290)), likened(&other, at(0))];
    let found = store.story_candidates(&asked).await.unwrap();
    assert_eq!(found[0], find(one.to_vec(), at(290)).await);
    assert_eq!(found[0].len(), 5);
    assert_eq!(found[1], rare);
    for (n, one) in (0..).zip(&mut all) {
        one.signature.bands = vec![1_000 + n / 12, 2_000 + n / 12];
        one.article.revision = 2;
    }
    record(store, "a", all).await;
    let bands: Vec<i64> = (1_000..1_013).chain(2_000..2_013).collect();
    assert_eq!(find(bands, at(0)).await.len(), 24, "bounded in all");
}

async fn events_are_merged_not_undone(ground: Ground) {
    let store = &ground.store;
    let [mut one, mut two, mut three] = ["1", "2", "3"].map(|key| visited("a", key, at(1)));
    let ids = [&one, &two, &three].map(|visited| visited.article.id.clone());
    let mut told = event(&ids[0], "2017-10-06", Some(Region::ASTANA));
    told.end = Some(day("2017-10-08"));
    told.time = "10:30:00".parse().ok();
    told.city = Some("Astana".to_owned());
    told.date_counted_from = Some(day("2017-10-05"));
    one.events = vec![told.clone()];
    record(store, "a", vec![one.clone()]).await;
    let near = |from, to| store.events_near(day("2017-09-06"), day(from), day(to));
    assert_eq!(
        near("2017-10-08", "2017-10-09").await.unwrap(),
        [told.clone()]
    );
    let began_before = store.events_near(day("2017-10-07"), day("2017-10-08"), day("2017-10-09"));
    assert!(began_before.await.unwrap().is_empty());
    assert!(near("2017-10-09", "2017-10-09").await.unwrap().is_empty());
    assert!(near("2017-10-01", "2017-10-05").await.unwrap().is_empty());
    let mut moved = told.clone();
    moved.status = EventStatus::Postponed;
    moved.sequence = 1;
    moved.articles.push(ids[1].clone());
    two.events = vec![moved.clone()];
    record(store, "a", vec![two]).await;
    // A third telling was merged before the second was stored.
    let mut stale = told.clone();
    stale.articles.push(ids[2].clone());
    three.events = vec![stale];
    record(store, "a", vec![three]).await;
    let found = store.events_of_articles(&ids).await.unwrap();
    assert_eq!(found.len(), 3);
    let kept = &found[&ids[2]][0];
    assert_eq!((kept.status, kept.sequence), (EventStatus::Postponed, 1));
    let mut articles = kept.articles.clone();
    assert_eq!(articles[0], ids[0], "the first stays first");
    articles.sort();
    let mut expected = ids.to_vec();
    expected.sort();
    assert_eq!(articles, expected, "no telling is lost");
    // The first tells of another day now.
    let other = event(&ids[0], "2017-11-01", None);
    one.events = vec![other.clone()];
    record(store, "a", vec![one]).await;
    assert_eq!(
        store.events_of_articles(&ids[..1]).await.unwrap(),
        HashMap::from([(ids[0].clone(), vec![other])])
    );
}

async fn an_article_may_tell_of_several_events(ground: Ground) {
    let store = &ground.store;
    let mut one = visited("a", "1", at(1));
    let id = one.article.id.clone();
    let mut week = event(&id, "2017-10-04", Some(Region::ASTANA));
    week.details = EventDetails {
        organiser: Some("Министрлік".to_owned()),
        venue: Some("«Рух»\\ \"сарайы\"".to_owned()),
        end_time: "18:00:00".parse().ok(),
        registration: Some("https://forum.example.kz/?a=1&b=2".to_owned()),
        languages: vec![Language::KazakhCyrillic, Language::English],
        is_day_new: true,
    };
    week.said_by = EventField::ALL
        .into_iter()
        .map(|field| (field, id.clone()))
        .collect();
    let forum = event(&id, "2017-10-06", Some(Region::ASTANA));
    one.events = vec![forum.clone(), week.clone()];
    record(store, "a", vec![one.clone()]).await;
    let ids = std::slice::from_ref(&id);
    let told = store.events_of_articles(ids).await.unwrap();
    assert_eq!(told[&id], [forum.clone(), week.clone()], "in its own order");
    // The next revision tells of one of them only.
    one.events = vec![week.clone()];
    record(store, "a", vec![one]).await;
    let told = store.events_of_articles(ids).await.unwrap();
    assert_eq!(told[&id], [week]);
    let left = store.event(&forum.id).await.unwrap().unwrap();
    assert!(left.articles.is_empty(), "nobody tells of it any more");
}

async fn many_articles_in_one_visit(ground: Ground) {
    let store = &ground.store;
    let mut all: Vec<_> = (0..1_100)
        .map(|n| visited("a", &n.to_string(), at(1)))
        .collect();
    all.push(all[0].clone());
    let recorded = record(store, "a", all.clone()).await;
    assert_eq!(
        recorded,
        VisitRecord::Stored {
            new: 1_100,
            revised: 0
        }
    );
    let ids: Vec<_> = all.into_iter().map(|visited| visited.article.id).collect();
    assert_eq!(store.known_articles(&ids).await.unwrap().len(), 1_100);
}

async fn a_visit_that_fails_leaves_nothing(ground: Ground) {
    let store = &ground.store;
    record(store, "a", vec![]).await;
    let before = store
        .source_state(&SourceId::from_stored("a"))
        .await
        .unwrap();
    // The transaction's last statement fails, as a crash there would.
    let mut session = store
        .pools
        .write("a test", crate::store::dialect::Durability::Full)
        .await
        .unwrap();
    let renamed = session
        .execute("ALTER TABLE events RENAME TO events_away", vec![])
        .await;
    renamed.unwrap();
    session.commit().await.unwrap();
    let me = super::holder("me");
    let id = SourceId::from_stored("a");
    let mut state = store
        .claim_source(&id, at(0), &me, TimeDelta::minutes(1))
        .await
        .unwrap()
        .unwrap();
    state.validators.etag = Some("\"new\"".to_owned());
    let mut article = visited("a", "1", at(1));
    article.events = vec![event(&article.article.id, "2017-10-06", None)];
    let article_id = article.article.id.clone();
    let visit = crate::store::Visit {
        state,
        articles: vec![article],
        full_texts: Vec::new(),
    };
    assert!(store.record_visit(visit, &me).await.is_err());
    assert_eq!(
        store.source_state(&id).await.unwrap(),
        before,
        "no validators without articles"
    );
    assert_eq!(store.article(&article_id).await.unwrap(), None);
}
