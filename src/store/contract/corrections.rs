//! The operator's word: kept, taken back, and above what visits bring.

use super::{Ground, at, day, event, holder, on_both, record, source, visited};
use crate::model::article::ArticleId;
use crate::model::correction::{Correction, StoryWord};
use crate::model::event::Event;
use crate::model::feed::Filter;
use crate::model::reading::{Confidence, DateEvidence, EventClaim, Kind};
use crate::model::region::Region;
use crate::model::source::SourceId;
use crate::model::story::StoryId;
use crate::store::{Likened, ReadyVisit, Visit, VisitRecord, VisitedArticle};

on_both!(
    a_correction_reads_back_until_it_is_taken_back,
    a_correction_of_a_text_that_changed_is_not_kept,
    a_corrected_event_is_told_anew,
    what_was_taken_for_something_else_is_new_to_readers,
    a_visit_that_read_before_a_correction_is_repeated,
    visits_recorded_together_stand_alone,
    articles_are_found_by_address_and_story,
);

fn claim(start: &str) -> EventClaim {
    EventClaim {
        name: "Форум".to_owned(),
        start: day(start),
        end: None,
        time: "10:30:00".parse().ok(),
        city: Some("Astana".to_owned()),
        region: Some(Region::ASTANA),
        status: crate::model::event::EventStatus::Confirmed,
        details: crate::model::event::EventDetails::default(),
        words: std::collections::BTreeMap::new(),
        evidence: DateEvidence {
            words: String::new(),
            counted_from: None,
        },
        confidence: Confidence::new(1.0),
    }
}

fn said(of: &VisitedArticle, millis: i64) -> Correction {
    Correction::none(of.article.id.clone(), at(millis))
}

async fn a_correction_reads_back_until_it_is_taken_back(ground: Ground) {
    let store = &ground.store;
    let mut one = visited("a", "1", at(1));
    let two = visited("a", "2", at(1));
    record(store, "a", vec![one.clone(), two.clone()]).await;
    let stamp = store.stamp().await.unwrap();
    let mut whole = said(&one, 10);
    whole.kind = Some(Kind::ForumArticle);
    whole.event = Some(Some(claim("2017-10-06")));
    whole.region = Some(Region::ASTANA);
    whole.story = Some(StoryWord {
        story: two.story.clone(),
        before: one.story.clone(),
        other: Some(two.article.id.clone()),
    });
    one.reading.kind = Kind::ForumArticle;
    one.reading.regions = vec![(Region::ASTANA, Confidence::new(1.0))];
    let before = one.story.clone();
    one.story = two.story.clone();
    let kept = store.record_correction(&one, Some(&whole), at(10)).await;
    assert!(kept.unwrap());
    assert_ne!(store.stamp().await.unwrap(), stamp);
    let (_, reading) = store.article(&one.article.id).await.unwrap().unwrap();
    assert_eq!(reading, one.reading);
    let tells = store.story_of(&one.article.id).await.unwrap();
    assert_eq!(tells, Some(two.story.clone()));

    let mut bare = said(&two, 11);
    bare.event = Some(None);
    let kept = store.record_correction(&two, Some(&bare), at(11)).await;
    assert!(kept.unwrap());
    let listed = store.corrections().await.unwrap();
    assert_eq!(listed, [bare.clone(), whole.clone()]);
    let unknown = ArticleId::from_stored("unknown");
    let ids = [one.article.id.clone(), unknown];
    let found = store.corrections_of(&ids).await.unwrap();
    assert_eq!(found.into_values().collect::<Vec<_>>(), [whole]);

    one.story = before.clone();
    assert!(store.record_correction(&one, None, at(12)).await.unwrap());
    assert_eq!(store.corrections().await.unwrap(), [bare]);
    let tells = store.story_of(&one.article.id).await.unwrap();
    assert_eq!(tells, Some(before));
}

async fn a_correction_of_a_text_that_changed_is_not_kept(ground: Ground) {
    let store = &ground.store;
    let one = visited("a", "1", at(1));
    let mut word = said(&one, 10);
    word.kind = Some(Kind::Other);
    let kept = store.record_correction(&one, Some(&word), at(10)).await;
    assert!(!kept.unwrap(), "it is not stored yet");
    let mut second = one.clone();
    second.article.revision = 2;
    record(store, "a", vec![one.clone()]).await;
    record(store, "a", vec![second.clone()]).await;
    let kept = store.record_correction(&one, Some(&word), at(10)).await;
    assert!(!kept.unwrap());
    assert_eq!(store.corrections().await.unwrap(), []);
    let (found, _) = store.article(&one.article.id).await.unwrap().unwrap();
    assert_eq!(found.revision, 2);
    let kept = store.record_correction(&second, Some(&word), at(10)).await;
    assert!(kept.unwrap());
}

async fn a_corrected_event_is_told_anew(ground: Ground) {
    let store = &ground.store;
    let mut one = visited("a", "1", at(1));
    let mut two = visited("a", "2", at(1));
    let mut told = event(&one.article.id, "2017-10-06", None);
    told.articles = vec![one.article.id.clone(), two.article.id.clone()];
    one.events = vec![told.clone()];
    two.events = vec![told.clone()];
    record(store, "a", vec![one.clone(), two.clone()]).await;
    let mut word = said(&two, 20);
    word.event = Some(Some(claim("2017-10-08")));
    let moved = Event {
        start: day("2017-10-08"),
        sequence: 1,
        articles: vec![two.article.id.clone(), one.article.id.clone()],
        updated: at(20),
        ..told.clone()
    };
    two.events = vec![moved.clone()];
    let kept = store.record_correction(&two, Some(&word), at(20)).await;
    assert!(kept.unwrap());
    let found = store.event(&told.id).await.unwrap();
    assert_eq!(found, Some(moved), "its first teller is the corrected one");
    let before = store.events_before(at(10), at(30)).await.unwrap();
    assert_eq!(before.len(), 1, "the next letter tells what was");
    assert_eq!(before[0].start, told.start);

    // It tells of none, and the other still does.
    two.events.clear();
    word.event = Some(None);
    let kept = store.record_correction(&two, Some(&word), at(30)).await;
    assert!(kept.unwrap());
    let found = store.event(&told.id).await.unwrap().unwrap();
    assert_eq!(found.articles, [one.article.id.clone()]);
    let all = Filter::default();
    let calendar = || store.calendar(&all, day("2017-10-01"), 9);
    assert_eq!(calendar().await.unwrap().len(), 1);

    // Nobody tells of it any more: calendars no longer hold it.
    one.events.clear();
    let mut word = said(&one, 40);
    word.event = Some(None);
    let kept = store.record_correction(&one, Some(&word), at(40)).await;
    assert!(kept.unwrap());
    assert_eq!(calendar().await.unwrap(), []);
}

async fn what_was_taken_for_something_else_is_new_to_readers(ground: Ground) {
    let store = &ground.store;
    let mut other = visited("a", "1", at(1));
    other.reading.kind = Kind::Other;
    let mut report = visited("a", "2", at(1));
    record(store, "a", vec![other.clone(), report.clone()]).await;
    store.seal(at(50)).await.unwrap();
    other.reading.kind = Kind::Announcement;
    report.reading.kind = Kind::ForumArticle;
    for one in [&other, &report] {
        let mut word = said(one, 40);
        word.kind = Some(one.reading.kind);
        let kept = store.record_correction(one, Some(&word), at(40)).await;
        assert!(kept.unwrap());
    }
    let entries = store.entries_between(at(0), at(100), 9).await.unwrap();
    let times: Vec<_> = entries
        .iter()
        .map(|entry| (&entry.article.id, entry.added, entry.changed))
        .collect();
    // After the window that was sealed, as everything recorded late.
    assert_eq!(
        times,
        [
            (&report.article.id, at(1), at(51)),
            (&other.article.id, at(51), at(51)),
        ]
    );
}

async fn a_visit_that_read_before_a_correction_is_repeated(ground: Ground) {
    let store = &ground.store;
    let one = visited("a", "1", at(1));
    record(store, "a", vec![one.clone()]).await;
    let me = holder("slow");
    let id = SourceId::from_stored("a");
    store.sync_sources(&[source("a")], at(2)).await.unwrap();
    let claimed = store.claim_source(&id, at(2), &me, super::LEASE).await;
    let mut state = claimed.unwrap().expect("free");
    state.last_visit = Some(at(10));
    let mut word = said(&one, 15);
    word.kind = Some(Kind::Other);
    let mut corrected = one.clone();
    corrected.reading.kind = Kind::Other;
    let kept = store.record_correction(&corrected, Some(&word), at(15));
    assert!(kept.await.unwrap());
    let mut revised = one.clone();
    revised.article.revision = 2;
    let visit = Visit {
        state,
        articles: vec![revised],
        full_texts: Vec::new(),
    };
    let recorded = store.record_visit(visit.clone(), &me).await.unwrap();
    assert_eq!(recorded, VisitRecord::LeaseLost);
    let (article, reading) = store.article(&one.article.id).await.unwrap().unwrap();
    assert_eq!((article.revision, reading.kind), (1, Kind::Other));
    let mut later = visit;
    later.state.last_visit = Some(at(16));
    let recorded = store.record_visit(later, &me).await.unwrap();
    assert_eq!(recorded, VisitRecord::Stored { new: 0, revised: 1 });
}

/// One brings news, one a revision, one nothing; one has lost its lease, one read
/// before a correction.
async fn visits_recorded_together_stand_alone(ground: Ground) {
    let store = &ground.store;
    let stored = ["revised", "corrected"].map(|name| visited(name, "1", at(1)));
    for one in &stored {
        let name = one.article.source.as_str();
        record(store, name, vec![one.clone()]).await;
    }
    let names = ["corrected", "lost", "news", "quiet", "revised"];
    store.sync_sources(&names.map(source), at(2)).await.unwrap();
    let me = holder("slow");
    let mut visits = Vec::new();
    for name in names {
        let id = SourceId::from_stored(name);
        let claimed = store.claim_source(&id, at(2), &me, super::LEASE).await;
        let mut state = claimed.unwrap().expect("free");
        state.last_visit = Some(at(10));
        state.validators.etag = Some(format!("\"{name}\""));
        let mut visit = Visit::quiet(state);
        if name != "quiet" {
            let mut one = visited(name, "1", at(10));
            let is_known = stored.iter().any(|kept| kept.article.id == one.article.id);
            one.article.revision = 1 + u32::from(is_known);
            let mut told = event(&one.article.id, "2017-10-06", None);
            told.sequence = one.article.revision;
            one.events = vec![told];
            one.signature.bands = vec![7];
            visit.articles = vec![one];
        }
        visits.push(visit);
    }
    let lost = SourceId::from_stored("lost");
    let later = at(2) + super::LEASE;
    let quick = holder("quick");
    let taken = store.claim_source(&lost, later, &quick, super::LEASE);
    taken.await.unwrap().expect("its lease is over");
    let word = said(&stored[1], 15);
    let kept = store.record_correction(&stored[1], Some(&word), at(15));
    assert!(kept.await.unwrap());
    let ready: Vec<_> = visits.iter().cloned().map(ReadyVisit::of).collect();
    let records = store.record_visits(&ready, &me).await.unwrap();
    let of = |new, revised| VisitRecord::Stored { new, revised };
    let none = VisitRecord::LeaseLost;
    assert_eq!(records, [none, none, of(1, 0), of(0, 0), of(0, 1)]);
    for (visit, record) in visits.iter().zip(&records) {
        let is_kept = *record != none;
        let state = store.source_state(&visit.state.id).await.unwrap().unwrap();
        assert_eq!(state == visit.state, is_kept, "{}", visit.state.id);
        for one in &visit.articles {
            let article = store.article(&one.article.id).await.unwrap();
            let is_stored =
                article.is_some_and(|(article, _)| article.revision == one.article.revision);
            assert_eq!(is_stored, is_kept, "{}", visit.state.id);
            let told = store.event(&one.events[0].id).await.unwrap();
            assert_eq!(told.is_some(), is_kept, "{}", visit.state.id);
        }
    }
    let likened = Likened {
        bands: &[7],
        since: at(0),
    };
    let alike = store.story_candidates(&[likened]).await.unwrap();
    assert_eq!(alike[0].len(), 2, "the likeness of those that were kept");
    // What was not kept is no obstacle to those who have the source now.
    let again = ReadyVisit::of(visits[1].clone());
    let records = store.record_visits(&[again], &quick).await;
    assert_eq!(records.unwrap(), [of(1, 0)]);
}

async fn articles_are_found_by_address_and_story(ground: Ground) {
    let store = &ground.store;
    let mut one = visited("a", "1", at(1));
    let mut two = visited("a", "2", at(2));
    let address: url::Url = "https://a.example.kz/1".parse().unwrap();
    one.article.link = Some(address.clone());
    two.article.link = Some(address.clone());
    two.story = one.story.clone();
    record(store, "a", vec![one.clone(), two.clone()]).await;
    let both = [one.article.id.clone(), two.article.id.clone()];
    assert_eq!(store.articles_at(&address).await.unwrap(), both);
    assert_eq!(store.articles_of_story(&one.story).await.unwrap(), both);
    let nowhere = "https://a.example.kz/2".parse().unwrap();
    assert_eq!(store.articles_at(&nowhere).await.unwrap(), []);
    let unknown = ArticleId::from_stored("unknown");
    assert_eq!(store.story_of(&unknown).await.unwrap(), None);
    let none = StoryId::from_stored("none");
    assert_eq!(store.articles_of_story(&none).await.unwrap(), []);
}
