//! As it should be: found, asked, confirmed, pushed, renewed, ended.

use std::process::{Child, Stdio};
use std::time::Duration;

use chrono::TimeDelta;
use jarshy::model::article::ArticleId;
use jarshy::model::source::SourceId;
use reqwest::StatusCode;

use super::{House, feed};

#[tokio::test]
async fn a_hub_is_found_asked_and_confirmed_and_pushes() {
    let house = House::open().await;
    house.visit().await;
    house.round().await;
    let form = house.only_form();
    assert_eq!(form["hub.mode"], "subscribe");
    assert_eq!(form["hub.topic"], house.hub.url("/feed"));
    assert_eq!(form["hub.lease_seconds"], "864000");
    assert_eq!(form["hub.secret"].len(), 64);
    let base = format!("{}websub/", house.newsroom.site_url);
    assert!(form["hub.callback"].starts_with(&base), "{form:?}");
    assert!(!house.only_push().await.is_alive(house.now()));
    house.round().await;
    assert!(house.hub.forms().is_empty(), "it is given time");

    let (status, said) = house.ask_back(&form, "hub.lease_seconds=432000").await;
    assert_eq!((status, said.as_str()), (StatusCode::OK, "чёлендж"));
    let push = house.only_push().await;
    assert_eq!(push.lease_until, Some(house.now() + TimeDelta::days(5)));

    let before = house.state().await;
    house.hub.gets();
    let new = feed(&[("pushed", house.now())]);
    assert_eq!(house.push(&form, &new).await, StatusCode::ACCEPTED);
    assert!(!house.knows("pushed").await, "it is written down first");
    house.round().await;
    assert!(house.knows("pushed").await);
    assert_eq!(house.hub.gets(), 0, "nobody was asked");
    let after = house.state().await;
    assert_eq!(
        (after.validators, after.body_hash, after.last_visit),
        (before.validators, before.body_hash, before.last_visit)
    );
    assert_eq!(after.next_visit, before.next_visit);
}

#[tokio::test]
async fn polling_is_slow_while_pushes_come_and_takes_over_when_they_stop() {
    let house = House::subscribed().await;
    let form = house.told().await;
    let hour = TimeDelta::hours(1);
    assert!(house.visit().await < hour);
    let mut entries = vec![("old", house.now() - TimeDelta::days(1))];
    for entry in ["first", "second"] {
        entries.insert(0, (entry, house.now()));
        assert_eq!(
            house.push(&form, &feed(&entries)).await,
            StatusCode::ACCEPTED
        );
        house.round().await;
        assert!(house.knows(entry).await);
        house.clock.advance(TimeDelta::minutes(20));
        house.hub.feed(&["/hub"], &feed(&entries));
    }
    assert!(house.only_push().await.is_trusted(house.now()));
    house.visit().await;
    let slow = house.visit().await;
    assert!(slow >= hour, "{slow}");
    let why = house.state().await.waits_for;
    assert_eq!(why.as_deref(), Some("its hub pushes what is new"));

    // The hub forgets us: an entry comes that nobody pushes.
    house.clock.advance(TimeDelta::days(1));
    house.visit().await;
    house.round().await;
    assert!(house.hub.forms().is_empty(), "not due yet");
    entries.insert(0, ("missed", house.now() + TimeDelta::minutes(1)));
    house.hub.feed(&["/hub"], &feed(&entries));
    house.visit().await;
    assert!(house.knows("missed").await);
    assert!(!house.only_push().await.is_trusted(house.now()));
    assert!(house.visit().await < hour, "as often as before");
    house.round().await;
    assert_eq!(house.confirm().await["hub.mode"], "subscribe", "asked anew");
}

#[tokio::test]
async fn a_ping_without_content_is_a_reason_to_look_once() {
    let house = House::subscribed().await;
    let form = house.told().await;
    house.hub.feed(&["/hub"], &feed(&[("thin", house.now())]));
    house.hub.gets();
    house.clock.advance(TimeDelta::minutes(2));
    for _ in 0..3 {
        assert_eq!(house.push(&form, "").await, StatusCode::ACCEPTED);
    }
    house.round().await;
    assert!(house.knows("thin").await);
    assert_eq!(house.hub.gets(), 1);
    assert_eq!(house.only_push().await.proven, 1, "the hub had told of it");
    // What is no feed is a reason to look as well, but not within the minute.
    house.push(&form, "<html>").await;
    house.round().await;
    assert_eq!(house.hub.gets(), 0);
    house.clock.advance(TimeDelta::minutes(1));
    house.round().await;
    house.round().await;
    assert_eq!(house.hub.gets(), 1);
}

#[tokio::test]
async fn a_lease_is_renewed_before_it_ends_over_a_restart() {
    let house = House::subscribed().await;
    house.clock.advance(TimeDelta::days(7));
    house.round().await;
    assert!(house.hub.forms().is_empty(), "too early");
    let before = house.only_push().await;
    let house = house.restart("").await;
    house.clock.advance(TimeDelta::hours(38));
    house.round().await;
    let form = house.confirm().await;
    assert_eq!(form["hub.callback"], before.callback.as_str());
    let after = house.only_push().await;
    let ten_days = house.now() + TimeDelta::days(10);
    assert_eq!(after.lease_until, Some(ten_days));
    assert!(before.lease_until.is_some_and(|until| until > house.now()));
}

#[tokio::test]
async fn a_push_outlives_a_restart() {
    let house = House::subscribed().await;
    let form = house.told().await;
    let new = feed(&[("kept", house.now())]);
    assert_eq!(house.push(&form, &new).await, StatusCode::ACCEPTED);
    let house = house.restart("").await;
    assert!(!house.knows("kept").await);
    house.round().await;
    assert!(house.knows("kept").await);
    assert_eq!(house.push(&form, &new).await, StatusCode::ACCEPTED);
    house.round().await;
    let waiting = house.newsroom.store.waiting_pushes(9).await;
    assert!(waiting.expect("the store works").is_empty());
}

#[tokio::test]
async fn an_older_push_does_not_have_the_last_word() {
    let house = House::subscribed().await;
    let form = house.told().await;
    let at = house.now();
    let older = feed(&[("x", at)]);
    let newer = older.replace("Форум x", "Форум ауыстырылды");
    house.push(&form, &older).await;
    house.hub.feed(&["/hub"], &newer);
    house.visit().await;
    house.round().await;
    house.clock.advance(TimeDelta::minutes(1));
    house.hub.gets();
    house.round().await;
    assert_eq!(house.hub.gets(), 1, "it is asked instead");
    let id = ArticleId::derived(&SourceId::from_stored("outlet"), "id x");
    let article = house.newsroom.store.article(&id).await;
    let article = article.expect("the store works").expect("known");
    assert_eq!(article.0.title, "Форум ауыстырылды");
}

#[tokio::test]
async fn the_running_program_does_all_of_it_by_itself() {
    let house = House::open_with(|world| {
        let address = std::net::TcpListener::bind("127.0.0.1:0").and_then(|port| port.local_addr());
        let address = address.expect("port").to_string();
        world.set("JARSHY__SERVE__LISTEN", &address);
        world.set("JARSHY__SERVE__URL", &format!("http://{address}"));
    })
    .await;
    let command = house.world.command(&["run"]).stdout(Stdio::null()).spawn();
    let _running = Running(command.expect("the program starts"));
    let mut form = None;
    until("the hub is asked", async || {
        form = house.hub.forms().pop();
        form.is_some()
    })
    .await;
    let form = form.expect("waited for");
    assert_eq!(house.ask_back(&form, "").await.0, StatusCode::OK);
    let new = feed(&[("pushed", house.now())]);
    assert_eq!(house.push(&form, &new).await, StatusCode::ACCEPTED);
    until("the push is read", async || house.knows("pushed").await).await;
}

/// Ends with the test.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        self.0.kill().ok();
        self.0.wait().ok();
    }
}

/// Looks again and again, for a minute at the most.
async fn until(what: &str, mut is_so: impl AsyncFnMut() -> bool) {
    let looking = async {
        while !is_so().await {
            tokio::task::yield_now().await;
        }
    };
    let looked = tokio::time::timeout(Duration::from_mins(1), looking).await;
    assert!(looked.is_ok(), "waited in vain: {what}");
}

#[tokio::test]
async fn a_subscription_is_ended_when_nobody_wants_it() {
    let house = House::subscribed().await;
    let house = house.restart("push = false").await;
    house.round().await;
    let form = house.confirm().await;
    assert_eq!(form["hub.mode"], "unsubscribe");
    assert!(house.pushes().await.is_empty());
    // What still comes is told that nobody is here.
    let status = house.push_signed(&form, "<rss/>", None).await;
    assert_eq!(status, StatusCode::GONE);
    house.visit().await;
    house.round().await;
    assert!(house.hub.forms().is_empty(), "it stays off");
}

#[tokio::test]
async fn a_hub_that_moves_is_followed() {
    let house = House::subscribed().await;
    house.hub.feed(&["/new"], &feed(&[("moved", house.now())]));
    house.visit().await;
    house.round().await;
    let mut asked: Vec<_> = house
        .hub
        .forms()
        .into_iter()
        .map(|form| (form["path"].clone(), form["hub.mode"].clone()))
        .collect();
    asked.sort();
    let expected = [("/hub", "unsubscribe"), ("/new", "subscribe")];
    assert_eq!(
        asked,
        expected.map(|(path, mode)| (path.to_owned(), mode.to_owned()))
    );
}

#[tokio::test]
async fn without_a_public_address_no_hub_is_asked() {
    for (key, value) in [("SERVE__URL", ""), ("GATHER__PUSH", "false")] {
        let house = House::open_with(|world| world.set(&format!("JARSHY__{key}"), value)).await;
        house.visit().await;
        house.round().await;
        assert!(house.pushes().await.is_empty(), "{key}");
        assert!(house.hub.forms().is_empty(), "{key}");
    }
}
