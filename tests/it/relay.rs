//! Promise 2 against mail servers that misbehave: whatever they do, every
//! subscriber ends with one letter or with a named reason.

#[path = "../../src/deliver/courier/tests/server.rs"]
#[expect(dead_code, reason = "the courier's own tests use the rest")]
mod server;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use jarshy::catalog::Catalogue;
use jarshy::daemon::Newsroom;
use jarshy::daemon::mail::{self, Flushed, PostRoom, Relay};
use jarshy::deliver::courier::{Courier, DeliverOptions, Destination, Timeouts};
use jarshy::model::delivery::{DeliveryCounts, Reason};
use jarshy::model::digest::{Digest, DigestId, Letter, LetterId, Purpose, Window};
use jarshy::model::feed::FeedName;
use jarshy::model::language::Tongue;
use jarshy::model::schedule::Round;
use jarshy::model::sending::{DomainLimit, DomainLimits, SendWindow, WarmUp};
use jarshy::model::subscriber::{LetterScript, Profile, SubscriberStatus};
use jarshy::store::{Closed, Closing, ClosingGroup, DigestProgress, Import, Store};
use server::{Manner, Server, Twist};
use sqlx::Connection as _;
use tokio::sync::watch;

use crate::newsroom::newsroom;
use crate::world::{MailServer, World};

/// A house whose relays are scripted, whose clock stands still until it is told
/// to go, and whose digest is closed.
struct House {
    newsroom: Arc<Newsroom>,
    folder: tempfile::TempDir,
}

/// What the config would say.
#[derive(Default)]
struct Rules {
    limits: DomainLimits,
    hours: Option<SendWindow>,
    warm_up: Option<WarmUp>,
}

fn morning() -> DateTime<Utc> {
    "2026-11-23T05:00:00Z".parse().expect("time")
}

fn name() -> FeedName {
    "daily".parse().expect("name")
}

/// Longer than any pause of a busy machine.
const PATIENCE: Duration = Duration::from_secs(30);
/// Where silence is waited out.
const IMPATIENCE: Duration = Duration::from_secs(1);

fn relay(name: &str, port: u16, connections: usize, weight: u32) -> Relay {
    relay_with(PATIENCE, name, port, connections, weight)
}

fn relay_with(limit: Duration, name: &str, port: u16, connections: usize, weight: u32) -> Relay {
    let url = format!("smtp://127.0.0.1:{port}");
    let destination = Destination::parse_smtp(&url).expect("a destination");
    let mut options = DeliverOptions::new(destination, connections);
    options.timeouts = Timeouts {
        connect: limit,
        reply: limit,
        acceptance: limit,
    };
    Relay {
        name: name.to_owned(),
        courier: Courier::open(options).expect("a courier"),
        weight,
        per_minute: None,
    }
}

impl House {
    async fn open(relays: Vec<Relay>, rules: Rules, people: &[&str]) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let url = format!("sqlite://{}/jarshy.db", folder.path().display());
        let store = Store::open(&url).await.expect("a store");
        let people = people.iter().map(|address| {
            let address = address.parse().expect("address");
            Import::new(address, SubscriberStatus::Confirmed, None)
        });
        store
            .import(people.collect(), morning(), false)
            .await
            .expect("imported");
        let post = PostRoom::new(relays, rules.limits, rules.hours, rules.warm_up);
        let newsroom = newsroom(store, Catalogue::default(), post, morning());
        let house = Self {
            newsroom: Arc::new(newsroom),
            folder,
        };
        house.close_digest().await;
        house
    }

    async fn close_digest(&self) {
        let store = &self.newsroom.store;
        let until = morning();
        let digest = Digest {
            id: DigestId::derived(&name(), until),
            name: name(),
            window: Window {
                after: until - TimeDelta::days(1),
                until,
            },
            stories: Vec::new(),
            events: Vec::new(),
        };
        let key = Profile::default().key();
        let letter = Letter {
            id: LetterId::of_digest(&digest.id, &key),
            purpose: Purpose::Digest,
            tongue: Tongue::Kazakh,
            script: LetterScript::default(),
            subject: "Форум".to_owned(),
            text: "Ертең форум өтеді.\n".to_owned(),
            html: "<p>Ертең форум өтеді.</p>".to_owned(),
        };
        store.seal(until).await.expect("sealed");
        let closing = Closing {
            groups: vec![ClosingGroup {
                profile: key,
                after: digest.window.after,
                letter: Some(letter),
            }],
            digest,
            links: Vec::new(),
            round: Round::default(),
        };
        let closed = store.close_round(&closing, until).await;
        assert!(matches!(closed, Ok(Closed::Now { .. })), "{closed:?}");
    }

    async fn flush(&self) -> Flushed {
        let (_keep, stop) = watch::channel(false);
        let flushed = mail::flush(&self.newsroom, &stop);
        tokio::time::timeout(Duration::from_mins(1), flushed)
            .await
            .expect("a flush ends")
            .expect("the store answers")
    }

    /// Flushes, and lets time pass, until nothing is left to send.
    async fn to_the_end(&self) {
        for _ in 0..5_000 {
            self.flush().await;
            let due = self.newsroom.store.next_delivery_due().await.expect("due");
            let Some(due) = due else { return };
            let wait = (due - self.newsroom.clock.now()).max(TimeDelta::seconds(5));
            self.newsroom.clock.advance(wait);
        }
        panic!("letters are tried for ever");
    }

    async fn progress(&self) -> DigestProgress {
        let store = &self.newsroom.store;
        let mut progress = store.digest_progress(None, 1, 50).await.expect("progress");
        progress.remove(0)
    }

    async fn counts(&self) -> DeliveryCounts {
        self.progress().await.total.counts
    }
}

/// How many copies each recipient has, whether the house heard of it or not.
fn copies(servers: &[&Server]) -> HashMap<String, usize> {
    let mut copies = HashMap::new();
    for (_, line) in servers.iter().flat_map(|server| server.said("TAKEN ")) {
        *copies.entry(line["TAKEN ".len()..].to_owned()).or_insert(0) += 1;
    }
    copies
}

fn manner(pipelining: bool) -> Manner {
    Manner {
        offers: if pipelining {
            vec!["PIPELINING"]
        } else {
            vec![]
        },
        ..Manner::default()
    }
}

const PEOPLE: [&str; 5] = [
    "a@one.example",
    "b@one.example",
    "c@two.example",
    "d@two.example",
    "e@three.example",
];

/// What the server does to the letter for `c`, once or always, and what becomes
/// of that letter.
struct Trick {
    verb: &'static str,
    deed: fn() -> Twist,
    /// Of the letter, when it is done once; and when it is done always (empty:
    /// that would take too long).
    ends: [&'static str; 2],
}

const fn trick(verb: &'static str, deed: fn() -> Twist, ends: [&'static str; 2]) -> Trick {
    Trick { verb, deed, ends }
}

const SENT: &str = "sent";
const TWICE: &str = "perhaps twice";

const TRICKS: [Trick; 17] = [
    trick(
        "RCPT",
        || Twist::Say("450 4.2.0 Greylisted"),
        [SENT, "expired"],
    ),
    trick("RCPT", || Twist::Say("452 4.2.2 full"), [SENT, "expired"]),
    trick(
        "RCPT",
        || Twist::Say("550 5.1.1 nobody"),
        ["no-such-mailbox", "no-such-mailbox"],
    ),
    trick(
        "RCPT",
        || Twist::Say("421 4.7.0 go away"),
        [SENT, "expired"],
    ),
    trick(
        "RCPT",
        || Twist::Say("554 5.7.1 Relay access denied"),
        [SENT, "expired"],
    ),
    trick("RCPT", || Twist::Close, [SENT, "expired"]),
    trick("RCPT", || Twist::Silence, [SENT, ""]),
    trick("RCPT", || Twist::Say("what?"), [SENT, "expired"]),
    trick("DATA", || Twist::Say("451 4.3.0 later"), [SENT, "expired"]),
    trick("DATA", || Twist::Say("554 5.7.1 no"), ["policy", "policy"]),
    trick("DATA", || Twist::Close, [SENT, "expired"]),
    trick(".", || Twist::Say("452 4.3.1 no room"), [SENT, "expired"]),
    trick(".", || Twist::Say("554 5.7.1 spam"), ["policy", "policy"]),
    trick(".", || Twist::Say("421 4.3.2 down"), [SENT, "expired"]),
    // The letter is taken, and the house does not hear of it.
    trick(".", || Twist::Close, [TWICE, TWICE]),
    trick(".", || Twist::Break("250 2.0".to_owned()), [TWICE, TWICE]),
    trick(".", || Twist::ReadSlowly, [SENT, SENT]),
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everybody_ends_with_one_letter_or_a_named_reason() {
    let mut cases = tokio::task::JoinSet::new();
    for (at, case) in TRICKS.iter().enumerate() {
        for (always, end) in case.ends.into_iter().enumerate() {
            if end.is_empty() {
                continue;
            }
            for pipelining in [false, true] {
                cases.spawn(async move {
                    let what = format!("trick {at}, always={always}, pipelining={pipelining}");
                    play(&TRICKS[at], always == 1, pipelining, end, &what).await;
                });
            }
        }
        while cases.len() > 8 {
            cases.join_next().await.expect("a case").expect("it holds");
        }
    }
    while let Some(case) = cases.join_next().await {
        case.expect("it holds");
    }
}

async fn play(trick: &'static Trick, always: bool, pipelining: bool, end: &str, what: &str) {
    let victim = Arc::new(std::sync::Mutex::new((HashMap::new(), 0)));
    let server = Server::start_with(manner(pipelining), move |connection, line, _| {
        let mut state = victim.lock().expect("state");
        let (speaks_to, done) = &mut *state;
        if line.starts_with("RCPT") {
            speaks_to.insert(connection, line.contains("<c@"));
        }
        let is_victim = speaks_to.get(&connection) == Some(&true);
        let strikes =
            is_victim && line.split(' ').next() == Some(trick.verb) && (always || *done == 0);
        *done += usize::from(strikes);
        strikes.then(trick.deed)
    })
    .await;
    let silent = matches!((trick.deed)(), Twist::Silence);
    let limit = if silent { IMPATIENCE } else { PATIENCE };
    let relays = vec![relay_with(limit, "one", server.port, 2, 1)];
    let house = House::open(relays, Rules::default(), &PEOPLE).await;
    house.to_the_end().await;

    let copies = copies(&[&server]);
    let progress = house.progress().await;
    for person in PEOPLE.iter().filter(|person| !person.starts_with("c@")) {
        assert_eq!(copies.get(*person), Some(&1), "{what}: {person}");
    }
    let victims = copies.get("c@two.example").copied().unwrap_or_default();
    let counts = progress.total.counts;
    assert_eq!(
        counts.sent + counts.failed,
        PEOPLE.len() as u64,
        "{what}: {counts:?}"
    );
    match end {
        SENT => {
            assert_eq!(
                (victims, counts.sent, counts.doubtful),
                (1, 5, 0),
                "{what}: {counts:?}"
            );
        }
        TWICE => {
            // Whoever never hears "taken" asks again; with the same Message-ID,
            // and counted as doubtful.
            assert!(victims >= 2, "{what}: {victims}");
            assert_eq!(counts.doubtful, 1, "{what}: {counts:?}");
            let ids: Vec<String> = server
                .said("LETTER ")
                .into_iter()
                .filter(|(_, letter)| letter.contains("c@two.example"))
                .filter_map(|(_, letter)| {
                    let line = letter.lines().find(|line| line.starts_with("Message-ID"));
                    line.map(str::to_owned)
                })
                .collect();
            assert!(
                ids.len() >= 2 && ids.iter().all(|id| *id == ids[0]),
                "{what}: {ids:?}"
            );
        }
        reason => {
            assert_eq!((victims, counts.failed), (0, 1), "{what}: {counts:?}");
            let named: Vec<&str> = progress
                .total
                .failed
                .keys()
                .map(|known| known.word())
                .collect();
            assert_eq!(named, [reason], "{what}");
        }
    }
}

#[tokio::test]
async fn another_relay_takes_over_where_one_is_at_fault() {
    type Fault = fn(&str) -> Option<Twist>;
    let faults: [Fault; 5] = [
        |line| (line == "CONNECT").then_some(Twist::Say("421 busy")),
        |line| (line == "CONNECT").then_some(Twist::Close),
        |line| line.starts_with("EHLO").then_some(Twist::Say("554 no")),
        |line| {
            line.starts_with("MAIL")
                .then_some(Twist::Say("421 4.3.2 down"))
        },
        |line| {
            line.starts_with("MAIL")
                .then_some(Twist::Say("550 5.7.1 sender unknown"))
        },
    ];
    let people: Vec<String> = (0..30).map(|n| format!("r{n}@reader.example")).collect();
    let people: Vec<&str> = people.iter().map(String::as_str).collect();
    for (at, fault) in faults.into_iter().enumerate() {
        let bad = Server::start(move |_, line, _| fault(line)).await;
        let good = Server::start(|_, _, _| None).await;
        let relays = vec![relay("bad", bad.port, 2, 5), relay("good", good.port, 2, 1)];
        let house = House::open(relays, Rules::default(), &people).await;
        let flushed = house.flush().await;
        // One letter may have met the fault after it had begun; it waits, and
        // the attempt does not count.
        assert!(
            flushed.sent >= 29 && !flushed.stuck,
            "fault {at}: {flushed:?}"
        );
        assert_eq!(house.counts().await.deferred, 0, "fault {at}");
        house.to_the_end().await;
        assert_eq!(house.counts().await.sent, 30, "fault {at}");
        let copies = copies(&[&bad, &good]);
        assert!(copies.len() == 30 && copies.values().all(|copies| *copies == 1));
    }
}

#[tokio::test]
async fn a_dead_relay_costs_one_look_and_no_attempt() {
    let alive = Arc::new(std::sync::atomic::AtomicBool::new(false));
    let seen = Arc::clone(&alive);
    let server = Server::start(move |_, line, _| {
        let alive = seen.load(std::sync::atomic::Ordering::SeqCst);
        (line == "CONNECT" && !alive).then_some(Twist::Say("421 busy"))
    })
    .await;
    let house = House::open(
        vec![relay("one", server.port, 2, 1)],
        Rules::default(),
        &PEOPLE,
    )
    .await;
    let flushed = house.flush().await;
    assert!(flushed.stuck && flushed.sent == 0, "{flushed:?}");
    assert_eq!(flushed.deferred, 5);
    let why = flushed.reasons.keys().next().expect("a reason");
    assert!(why.contains("421 busy"), "{why}");
    for _ in 0..10 {
        assert!(house.flush().await.stuck);
    }
    assert_eq!(server.said("CONNECT").len(), 1, "one look for all");
    assert_eq!(house.counts().await.queued, 5, "no attempt was counted");
    alive.store(true, std::sync::atomic::Ordering::SeqCst);
    house.newsroom.clock.advance(TimeDelta::seconds(30));
    assert_eq!(house.flush().await.sent, 5);
}

#[tokio::test]
async fn letters_leave_by_the_relays_of_now_and_the_one_on_its_way_ends_where_it_began() {
    let begun = Arc::new(tokio::sync::Notify::new());
    let seen = Arc::clone(&begun);
    let old = Server::start(move |_, line, _| {
        if line == "DATA" {
            seen.notify_one();
        }
        None
    })
    .await;
    let new = Server::start(|_, _, _| None).await;
    let paced = Relay {
        per_minute: Some(1),
        ..relay("old", old.port, 1, 1)
    };
    let house = House::open(vec![paced], Rules::default(), &PEOPLE).await;
    let newsroom = Arc::clone(&house.newsroom);
    let flushing = tokio::spawn(async move {
        let (_keep, stop) = watch::channel(false);
        mail::flush(&newsroom, &stop).await
    });
    begun.notified().await;
    let relays = vec![relay("new", new.port, 2, 1)];
    let other = PostRoom::new(relays, DomainLimits::default(), None, None);
    house.newsroom.post.refurnish(&other);
    let flushed = tokio::time::timeout(PATIENCE, flushing).await;
    let flushed = flushed.expect("it waits for no turn").expect("no panic");
    assert_eq!(flushed.expect("the store answers").sent, 1);
    assert_eq!(house.flush().await.sent, 4);
    assert_eq!((copies(&[&old]).len(), copies(&[&new]).len()), (1, 4));
    let copies = copies(&[&old, &new]);
    assert!(copies.len() == 5 && copies.values().all(|copies| *copies == 1));
}

#[tokio::test]
async fn weights_share_the_letters() {
    let people: Vec<String> = (0..40).map(|n| format!("r{n}@reader.example")).collect();
    let people: Vec<&str> = people.iter().map(String::as_str).collect();
    let (one, other) = (
        Server::start(|_, _, _| None).await,
        Server::start(|_, _, _| None).await,
    );
    let relays = vec![
        relay("one", one.port, 2, 3),
        relay("other", other.port, 2, 1),
    ];
    let house = House::open(relays, Rules::default(), &people).await;
    assert_eq!(house.flush().await.sent, 40);
    assert_eq!(
        (one.said("TAKEN").len(), other.said("TAKEN").len()),
        (30, 10)
    );
}

#[tokio::test]
async fn a_server_that_allows_one_connection_gets_every_letter() {
    let open_now = std::sync::Mutex::new(0_i32);
    let server = Server::start(move |_, line, _| {
        let mut open_now = open_now.lock().expect("count");
        match line {
            "CONNECT" if *open_now > 0 => return Some(Twist::Say("421 one at a time")),
            "CONNECT" => *open_now += 1,
            "QUIT" => *open_now -= 1,
            _ => {}
        }
        None
    })
    .await;
    let people: Vec<String> = (0..30).map(|n| format!("r{n}@reader.example")).collect();
    let people: Vec<&str> = people.iter().map(String::as_str).collect();
    let relays = vec![relay("one", server.port, 4, 1)];
    let house = House::open(relays, Rules::default(), &people).await;
    let flushed = house.flush().await;
    assert_eq!((flushed.sent, flushed.deferred), (30, 0), "{flushed:?}");
    assert_eq!(copies(&[&server]).len(), 30);
}

#[tokio::test]
async fn a_letter_that_could_not_be_recorded_at_once_is_not_sent_again() {
    let server = Server::start(|_, _, _| None).await;
    let relays = vec![relay("one", server.port, 1, 1)];
    let house = House::open(relays, Rules::default(), &PEOPLE).await;
    let path = house.folder.path().join("jarshy.db");
    let mut other = sqlx::SqliteConnection::connect_with(
        &sqlx::sqlite::SqliteConnectOptions::new().filename(path),
    )
    .await
    .expect("a second connection");
    // Stands for a full disk: what ended cannot be written.
    let full = "CREATE TRIGGER full BEFORE UPDATE OF finished_at ON deliveries
                WHEN NEW.finished_at IS NOT NULL BEGIN SELECT RAISE(ABORT, 'full'); END";
    sqlx::raw_sql(full).execute(&mut other).await.expect("full");
    let room = async {
        // A trial is made once a write has failed.
        let tried = "SELECT 1 FROM house WHERE key = 'trial'";
        while sqlx::raw_sql(tried)
            .fetch_optional(&mut other)
            .await?
            .is_none()
        {
            house.newsroom.store.can_write().await;
            tokio::task::yield_now().await;
        }
        assert_eq!(server.said("TAKEN").len(), 1, "no further letter leaves");
        sqlx::raw_sql("DROP TRIGGER full").execute(&mut other).await
    };
    let (flushed, room) = tokio::join!(house.flush(), room);
    room.expect("room again");
    assert_eq!((flushed.sent, flushed.doubtful), (5, 0), "{flushed:?}");
    house.to_the_end().await;
    let copies = copies(&[&server]);
    assert!(copies.len() == 5 && copies.values().all(|copies| *copies == 1));
}

#[tokio::test]
async fn a_domain_s_limit_holds_up_nobody_else() {
    let mut people: Vec<String> = (0..200).map(|n| format!("r{n}@slow.example")).collect();
    people.extend((0..20).map(|n| format!("r{n}@quick.example")));
    let people: Vec<&str> = people.iter().map(String::as_str).collect();
    let server = Server::start(|_, _, _| None).await;
    let slow = DomainLimit {
        connections: Some(1),
        per_minute: Some(6),
    };
    let rules = Rules {
        limits: DomainLimits {
            usual: DomainLimit::default(),
            of: [("slow.example".to_owned(), slow)].into(),
        },
        ..Rules::default()
    };
    let house = House::open(vec![relay("one", server.port, 2, 1)], rules, &people).await;
    let quick = || {
        let copies = copies(&[&server]);
        copies.keys().filter(|to| to.contains("quick")).count()
    };
    // The clock stands: of the slow domain one letter may go, and the few that
    // may wait for their turn here are waited for until the flush is told to stop.
    let (stop, stopped) = watch::channel(false);
    let newsroom = Arc::clone(&house.newsroom);
    let flushing = tokio::spawn(async move { mail::flush(&newsroom, &stopped).await });
    while quick() < 20 {
        tokio::task::yield_now().await;
    }
    stop.send_replace(true);
    flushing.await.expect("it ends").expect("the store answers");
    assert_eq!(
        server.said("TAKEN").len() - 20,
        1,
        "six a minute is one now"
    );

    let began = house.newsroom.clock.now();
    for _ in 0..60 {
        house.newsroom.clock.advance(TimeDelta::seconds(10));
        let (stop, stopped) = watch::channel(false);
        let newsroom = Arc::clone(&house.newsroom);
        let before = server.said("TAKEN").len();
        let flushing = tokio::spawn(async move { mail::flush(&newsroom, &stopped).await });
        while server.said("TAKEN").len() == before && !flushing.is_finished() {
            tokio::task::yield_now().await;
        }
        stop.send_replace(true);
        flushing.await.expect("it ends").expect("the store answers");
    }
    let minutes = (house.newsroom.clock.now() - began).num_minutes();
    let slow = server.said("TAKEN").len() - 20;
    let most = usize::try_from(minutes).expect("few") * 6 + 1;
    assert!(
        (most * 3 / 4..=most).contains(&slow),
        "{slow} in {minutes} minutes"
    );
    let progress = house.progress().await;
    assert_eq!(progress.total.counts.deferred, 0, "waiting is no attempt");
}

#[tokio::test]
async fn hours_and_warm_up_hold_digests_back() {
    let server = Server::start(|_, _, _| None).await;
    let time = |text: &str| text.parse().expect("time");
    let rules = Rules {
        // It is ten in the morning in Almaty.
        hours: Some(SendWindow {
            from: time("11:00:00"),
            until: time("20:00:00"),
        }),
        warm_up: Some(WarmUp {
            since: "2026-11-23".parse().expect("day"),
            first: 2,
            growth_percent: 50,
            days: 9,
        }),
        ..Rules::default()
    };
    let house = House::open(vec![relay("one", server.port, 2, 1)], rules, &PEOPLE).await;
    assert_eq!(house.flush().await.sent, 0, "not yet");
    let clock = &house.newsroom.clock;
    clock.advance(TimeDelta::hours(1));
    assert_eq!(house.flush().await.sent, 2, "the first day's share");
    assert_eq!(house.flush().await.sent, 0, "it is used up");
    clock.advance(TimeDelta::days(1));
    assert_eq!(house.flush().await.sent, 3, "half as much again");
}

#[tokio::test]
async fn what_is_paused_waits_and_what_is_stopped_ends() {
    let server = Server::start(|_, _, _| None).await;
    let house = House::open(
        vec![relay("one", server.port, 2, 1)],
        Rules::default(),
        &PEOPLE,
    )
    .await;
    let (store, now) = (&house.newsroom.store, morning());
    for digest in [None, Some(name())] {
        assert!(
            store
                .pause_mail(digest.as_ref(), now)
                .await
                .expect("paused")
        );
        assert!(
            !store
                .pause_mail(digest.as_ref(), now)
                .await
                .expect("paused")
        );
        assert_eq!(house.flush().await, Flushed::default());
        assert_eq!(house.counts().await.queued, 5);
        assert_eq!(store.next_delivery_due().await.expect("due"), None);
        assert!(store.resume_mail(digest.as_ref()).await.expect("resumed"));
        assert!(!store.resume_mail(digest.as_ref()).await.expect("resumed"));
    }
    assert_eq!(store.stop_mail(&name(), now).await.expect("stopped"), 5);
    assert_eq!(house.flush().await, Flushed::default());
    let progress = house.progress().await;
    assert_eq!(progress.total.failed, [(Reason::Stopped, 5)].into());
    assert!(server.said("CONNECT").is_empty());
}

/// The same through the program: relays of the config, and the operator's words.
#[test]
fn the_operator_pauses_looks_and_lets_go() {
    let mut world = World::new(None);
    let mail = MailServer::start();
    let nobody = std::net::TcpListener::bind("127.0.0.1:0")
        .and_then(|listener| listener.local_addr())
        .expect("port");
    world.set(
        "JARSHY__MAIL__RELAY",
        &format!(
            "[{{ name = \"dead\", url = \"smtp://{nobody}\", weight = 9 }}, {{ name = \"alive\", url = \"smtp://{}\" }}]",
            mail.address
        ),
    );
    mail.refuse("b@reader.example", "550 5.1.1 no such user");
    world.write(
        "feeds/sources/desk.toml",
        "[[source]]\nid = \"desk\"\nname = \"Редакция\"\nkind = \"desk\"\ndir = \"desk\"\nevery = \"1m\"\n",
    );
    world.write("feeds/desk/forum.txt", "Завтра в Алматы пройдёт форум региональных СМИ\n\nЗавтра в Алматы пройдёт форум региональных СМИ.\n");
    world.must(&["gather"]);
    world.write(
        "people.csv",
        "a@reader.example\nb@reader.example\nc@reader.example\n",
    );
    world.must(&["subscribers", "import", "people.csv", "--confirmed"]);
    world.must(&["mail", "pause", "--digest", "daily"]);
    world.must(&["digest", "close"]);
    let nothing = r#"{"sent":0,"deferred":0,"failed":0,"doubtful":0}"#;
    assert_eq!(world.must(&["mail", "flush", "--json"]).trim(), nothing);
    let status = world.must(&["mail", "status"]);
    assert!(status.starts_with("daily paused since "), "{status}");
    assert!(status.contains("  3 queued, 0 deferred"), "{status}");
    world.must(&["mail", "resume", "--digest", "daily"]);
    assert_eq!(
        world.must(&["mail", "flush", "--json"]).trim(),
        r#"{"sent":2,"deferred":0,"failed":1,"doubtful":0}"#
    );
    let status = world.must(&["mail", "status", "--digest", "daily"]);
    assert!(
        status.contains("  failed, there is no such mailbox: 1\n"),
        "{status}"
    );
    assert!(
        status.contains("  reader.example:\n    0 queued"),
        "{status}"
    );
    let unknown = world.run(&["mail", "pause", "--digest", "nobody"]);
    assert_eq!(unknown.status.code(), Some(2));
}
