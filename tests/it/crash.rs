//! Promise 2: a killed process loses no letter, and doubles at most the ones in
//! flight, with the same Message-ID; and the ledger knows which may be double.
//!
//! Kills a few times; `JARSHY_KILLS=200` as many times as one has patience for.

use std::collections::HashMap;
use std::hash::{BuildHasher as _, RandomState};

use crate::postgres;
use crate::world::{MailServer, World};

const KILLS: usize = 5;
const CONNECTIONS: usize = 4;
/// Letters between two kills, on average.
const LETTERS_PER_KILL: usize = 60;

fn kills() -> usize {
    let kills = std::env::var("JARSHY_KILLS").ok();
    kills.map_or(KILLS, |kills| {
        kills.parse().expect("JARSHY_KILLS is a number")
    })
}

#[test]
fn every_letter_survives_kill_9_on_sqlite() {
    kill_while_sending(None);
}

#[test]
fn every_letter_survives_kill_9_on_postgresql() {
    kill_while_sending(Some(postgres::database_url()));
}

#[expect(
    clippy::print_stderr,
    reason = "the figures of a long run are worth reading"
)]
fn kill_while_sending(store_url: Option<String>) {
    let mut world = World::new(store_url);
    let mail = MailServer::start();
    world.set(
        "JARSHY__MAIL__SMTP",
        &format!("smtp://{}?tls=none", mail.address),
    );
    world.set("JARSHY__MAIL__CONNECTIONS", &CONNECTIONS.to_string());
    world.write(
        "feeds/sources/desk.toml",
        "[[source]]\nid = \"desk\"\nname = \"Редакция\"\nkind = \"desk\"\ndir = \"desk\"\nrepublish = \"full\"\nevery = \"1m\"\n",
    );
    world.write("feeds/desk/forum.txt", "Ертең Астанада өңірлік медиа форум өтеді\n\nЕртең Астана қаласында өңірлік БАҚ форумы өтеді. Форумға барлық облыстан журналистер қатысады.\n");
    world.must(&["gather"]);
    let kills = kills();
    let subscribers = kills * LETTERS_PER_KILL * 2;
    let people: Vec<String> = (0..subscribers)
        .map(|n| format!("reader{n}@reader.example"))
        .collect();
    world.write("people.csv", &people.join("\n"));
    world.must(&["subscribers", "import", "people.csv", "--confirmed"]);
    let closed = world.must(&["digest", "close", "daily", "--json"]);
    assert!(
        closed.contains(&format!("\"deliveries\":{subscribers}")),
        "{closed}"
    );

    let mut seen = 0;
    for kill in 0..kills {
        let mut flush = world
            .command(&["mail", "flush"])
            .spawn()
            .expect("the program starts");
        // At random: no two runs are stopped at the same places.
        let dice = RandomState::new().hash_one(kill);
        let letters = usize::try_from(dice % (LETTERS_PER_KILL as u64 * 2)).expect("small");
        seen = mail.wait_for(seen + letters);
        // SIGKILL on Unix: nothing of the program runs any more.
        flush.kill().expect("killed");
        flush.wait().expect("ended");
    }
    world.must(&["mail", "flush"]);
    assert_eq!(unsent(&world), 0, "a flush waits for what killed runs held");

    let mut copies: HashMap<String, Vec<String>> = HashMap::new();
    for letter in mail.received() {
        let id = letter.header("Message-ID").expect("a Message-ID");
        copies.entry(letter.to).or_default().push(id);
    }
    assert_eq!(copies.len(), subscribers, "a letter was lost");
    for (to, ids) in &copies {
        assert!(
            ids.iter().all(|id| *id == ids[0]),
            "{to} has two Message-IDs: {ids:?}"
        );
    }
    let doubled = copies.values().filter(|ids| ids.len() > 1).count();
    let doubtful = count(&world, "doubtful");
    assert!(
        doubled <= doubtful && doubtful <= kills * CONNECTIONS,
        "{doubled} doubled, {doubtful} doubtful after {kills} kills of {CONNECTIONS} connections"
    );
    eprintln!("{kills} kills, {subscribers} letters, {doubled} doubled, {doubtful} doubtful");
}

/// One of the digest's counts, as `mail status` tells it.
fn count(world: &World, what: &str) -> usize {
    let status = world.must(&["mail", "status", "--digest", "daily", "--json"]);
    let status: serde_json::Value = serde_json::from_str(&status).expect("JSON");
    let count = status["counts"][what].as_u64().expect("a count");
    usize::try_from(count).expect("small")
}

fn unsent(world: &World) -> usize {
    ["queued", "deferred", "in_flight"]
        .into_iter()
        .map(|state| count(world, state))
        .sum()
}
