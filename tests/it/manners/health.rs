//! What is kept of a source between visits, and when the log speaks of it.

use std::io::Write;
use std::sync::{Arc, Mutex};

use chrono::TimeDelta;
use jarshy::gather::health::verdict;
use jarshy::model::health::{Answered, Verdict};
use jarshy::model::source::Validators;

use super::House;
use super::server::Reply;

/// A log that can be read.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    fn lines_with(&self, words: &str) -> usize {
        let bytes = self.0.lock().expect("log").clone();
        let text = String::from_utf8_lossy(&bytes).into_owned();
        text.lines().filter(|line| line.contains(words)).count()
    }
}

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().expect("log").write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn a_verdict_is_told_once_also_over_a_restart() {
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_ansi(false)
        .with_writer(move || writer.clone())
        .finish();
    // One thread: what the visits say is said here.
    let _guard = tracing::subscriber::set_default(subscriber);
    let mut house = House::with_a_feed().await;
    let page = Reply::new(
        "200 OK\r\nContent-Type: text/html",
        b"<html><title>Home</title></html>",
    );
    let gone = Reply::new("500 Internal Server Error", b"");
    house.server.play(
        "/feed",
        [
            page.clone(),
            page.clone(),
            page,
            gone.clone(),
            gone,
            Reply::feed("", &["1"]),
        ],
    );
    // Another test's thread may have met the line first, while nobody listened.
    tracing::callsite::rebuild_interest_cache();
    house.visit("outlet").await;
    house.visit("outlet").await;
    assert_eq!(log.lines_with("how a source is has changed"), 1);
    house = house.restart().await;
    house.visit("outlet").await;
    assert_eq!(
        log.lines_with("how a source is has changed"),
        1,
        "not again"
    );
    let state = house.state("outlet").await;
    assert_eq!(state.health.answered, Some(Answered::WebPage));
    assert_eq!(state.health.told, Some(Verdict::WebPage));
    assert_eq!(state.health.skipped["visit: web-page"], 3);
    house.visit("outlet").await;
    house.visit("outlet").await;
    assert_eq!(
        log.lines_with("how a source is has changed"),
        2,
        "another one"
    );
    house.visit("outlet").await;
    assert_eq!(log.lines_with("a source is well again"), 1);
    let state = house.state("outlet").await;
    assert_eq!(
        (state.health.failing_since, state.health.last.entries),
        (None, 1)
    );
}

#[tokio::test]
async fn a_source_that_stops_writing_is_silent_by_its_rhythm() {
    let house = House::with_a_feed().await;
    let mut feeds = Vec::new();
    let mut entries: Vec<String> = Vec::new();
    for n in 0..40 {
        entries.insert(0, format!("e{n}"));
        let shown: Vec<&str> = entries.iter().take(10).map(String::as_str).collect();
        feeds.push(Reply::feed("", &shown));
    }
    house.server.play("/feed", feeds);
    let source = house.newsroom.catalogue().sources[0].clone();
    // Some three a day, for a fortnight.
    for _ in 0..40 {
        house.clock.advance(TimeDelta::hours(8));
        house.pass().await;
    }
    let state = house.state("outlet").await;
    let weekly = state.health.weekly_tenths.expect("a rhythm");
    assert!((150..=270).contains(&weekly), "{weekly} tenths a week");
    assert_eq!(
        verdict(&source, &state, house.now().with_timezone(&chrono_tz::UTC)).0,
        Verdict::Alive
    );
    house.clock.advance(TimeDelta::days(3));
    house.pass().await;
    let state = house.state("outlet").await;
    assert_eq!(
        verdict(&source, &state, house.now().with_timezone(&chrono_tz::UTC)).0,
        Verdict::Alive,
        "three days"
    );
    house.clock.advance(TimeDelta::days(2));
    house.pass().await;
    let state = house.state("outlet").await;
    let (word, why) = verdict(&source, &state, house.now().with_timezone(&chrono_tz::UTC));
    assert_eq!(word, Verdict::Silent, "{why}");
}

#[tokio::test]
async fn a_source_brings_so_many_articles_a_day_and_the_rest_later() {
    let mut house = House::with_a_feed().await;
    // Early in a day, so that all visits but the last are on it.
    let zone = house.newsroom.zone;
    let tomorrow = house.now().with_timezone(&zone).date_naive() + chrono::Days::new(1);
    let early = tomorrow.and_hms_opt(1, 0, 0).expect("a time");
    let early = early.and_local_timezone(zone).earliest().expect("a moment");
    house.clock.advance(early.to_utc() - house.now());
    house.change(|newsroom| newsroom.plan.new_per_day = 4);
    let entries = ["1", "2", "3", "4", "5", "6"];
    let full = Reply::feed("\r\nETag: \"a\"", &entries).or_not_modified("");
    house.server.play("/feed", [full]);
    let first = house.visit("outlet").await;
    assert_eq!((first.entries, first.new), (6, 4));
    let told = first.complaints.iter().map(ToString::to_string);
    let told: Vec<String> = told.collect();
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].contains("left out until another day"), "{told:?}");
    assert!(told[0].contains("“2” of “6”"), "{told:?}");
    let state = house.state("outlet").await;
    assert_eq!(state.health.taken, Some((tomorrow, 4)));
    assert_eq!(state.validators, Validators::default(), "nothing vouches");
    let reasons: Vec<&String> = state.health.skipped.keys().collect();
    assert!(reasons[0].contains("gather.new_per_day"), "{reasons:?}");
    house = house.restart().await;
    house.change(|newsroom| newsroom.plan.new_per_day = 4);
    let second = house.visit("outlet").await;
    assert_eq!(
        (second.entries, second.new),
        (6, 0),
        "nothing more that day"
    );
    let reasons = house.state("outlet").await.health.skipped;
    assert_eq!(reasons.len(), 1, "one reason, counted: {reasons:?}");
    house.clock.advance(TimeDelta::days(1));
    let third = house.visit("outlet").await;
    assert_eq!((third.new, third.complaints.len()), (2, 0));
    assert_ne!(
        house.state("outlet").await.validators,
        Validators::default()
    );
    assert_eq!(house.visit("outlet").await.result, "nothing new");
}
