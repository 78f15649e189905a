//! Promise 2: a killed process loses no letter, and doubles at most the ones in
//! flight, with the same Message-ID.

use std::collections::HashMap;

use crate::postgres;
use crate::world::{MailServer, World};

const SUBSCRIBERS: usize = 600;
const KILLS: usize = 5;
const CONNECTIONS: usize = 4;

#[test]
fn every_letter_survives_kill_9_on_sqlite() {
    kill_while_sending(None);
}

#[test]
fn every_letter_survives_kill_9_on_postgresql() {
    kill_while_sending(Some(postgres::database_url()));
}

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
    let people: Vec<String> = (0..SUBSCRIBERS)
        .map(|n| format!("reader{n}@reader.example"))
        .collect();
    world.write("people.csv", &people.join("\n"));
    world.must(&["subscribers", "import", "people.csv", "--confirmed"]);
    let closed = world.must(&["digest", "close", "daily", "--json"]);
    assert!(
        closed.contains(&format!("\"deliveries\":{SUBSCRIBERS}")),
        "{closed}"
    );

    for kill in 1..=KILLS {
        let mut flush = world
            .command(&["mail", "flush"])
            .spawn()
            .expect("the program starts");
        mail.wait_for(kill * SUBSCRIBERS / (KILLS * 2));
        // SIGKILL on Unix: nothing of the program runs any more.
        flush.kill().expect("killed");
        flush.wait().expect("ended");
    }
    world.must(&["mail", "flush"]);

    let mut copies: HashMap<String, Vec<String>> = HashMap::new();
    for letter in mail.received() {
        let id = letter.header("Message-ID").expect("a Message-ID");
        copies.entry(letter.to).or_default().push(id);
    }
    assert_eq!(copies.len(), SUBSCRIBERS, "a letter was lost");
    let doubles: usize = copies.values().map(|ids| ids.len() - 1).sum();
    assert!(
        doubles <= KILLS * CONNECTIONS,
        "{doubles} doubles after {KILLS} kills"
    );
    for (to, ids) in &copies {
        assert!(
            ids.iter().all(|id| *id == ids[0]),
            "{to} has two Message-IDs: {ids:?}"
        );
    }
}
