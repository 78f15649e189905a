//! Letters as they leave the house, read by programs not ours: Python's email
//! package and dkimpy (Debian's python3-dkim and python3-nacl).

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::Command;

use crate::world::{MailServer, World};

/// Debian's own: the packages `tests/run` installs are found by no other.
const PYTHON: &str = "/usr/bin/python3";

/// A house with keys, and the DNS records it is told to publish.
fn house_with_keys() -> (World, BTreeMap<String, String>) {
    let mut world = World::new(None);
    let made = world.must(&["mail", "keys", "new", "--selector", "2026a", "--json"]);
    let mut records = BTreeMap::new();
    for line in made.lines() {
        let record: serde_json::Value = serde_json::from_str(line).expect("JSON");
        let text = |key: &str| record[key].as_str().expect("text").to_owned();
        records.insert(text("name"), text("text"));
    }
    let expected = [
        "2026a-ed25519._domainkey.house.example",
        "2026a._domainkey.house.example",
    ];
    assert_eq!(records.keys().collect::<Vec<_>>(), expected);
    world.set(
        "JARSHY__MAIL__DKIM",
        "{ selectors = [\"2026a\", \"2026a-ed25519\"] }",
    );
    (world, records)
}

fn letters(world: &World) -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = std::fs::read_dir(world.path("outbox"))
        .expect("outbox")
        .map(|entry| entry.expect("entry").path())
        .collect();
    found.sort();
    found
}

#[test]
fn other_programs_verify_every_signature_and_find_no_defect() {
    let (mut world, records) = house_with_keys();
    world.set("JARSHY__MAIL__BOUNCE_DOMAIN", "lists.house.example");
    world.set("JARSHY__MAIL__REPLY_TO", "desk@house.example");
    world.set("JARSHY__MAIL__SENDER", "robot@house.example");
    world.write(
        "feeds/sources/desk.toml",
        "[[source]]\nid = \"desk\"\nname = \"Редакция\"\nkind = \"desk\"\ndir = \"desk\"\nevery = \"1m\"\n",
    );
    world.write(
        "feeds/desk/forum.txt",
        "Ертең Астанада өңірлік БАҚ форумы өтеді\n\nЕртең Астанада өңірлік БАҚ форумы өтеді. Форум  қатысушылары …\n",
    );
    world.must(&["gather"]);
    world.write(
        "people.csv",
        "address,status,language\nkk@reader.example,confirmed,kk\nru@reader.example,confirmed,ru\nen@reader.example,confirmed,en\n",
    );
    let imported = world.must(&["subscribers", "import", "people.csv", "--confirmed"]);
    assert!(imported.starts_with("3 added"), "{imported}");
    let closed = world.must(&["digest", "close"]);
    assert!(closed.contains("3 letters for 3 subscribers"), "{closed}");
    world.must(&["mail", "flush"]);
    world.write(
        "records.json",
        &serde_json::to_string(&records).expect("JSON"),
    );
    let letters = letters(&world);
    assert_eq!(letters.len(), 3);
    let script = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/sign/verify.py");
    let output = Command::new(PYTHON)
        .arg(script)
        .arg(world.path("records.json"))
        .args(&letters)
        .output()
        .expect("python3 is installed by tests/run");
    assert!(
        output.status.success(),
        "python3-dkim and python3-nacl are installed by tests/run\n{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let read = String::from_utf8(output.stdout).expect("UTF-8");
    assert_eq!(read.lines().count(), letters.len());
    for line in read.lines() {
        let seen: serde_json::Value = serde_json::from_str(line).expect("JSON");
        assert_eq!(
            seen["signatures"],
            serde_json::json!([true, true]),
            "{line}"
        );
        assert_eq!(seen["spoiled"], serde_json::json!([false, false]), "{line}");
        assert_eq!(seen["defects"], serde_json::json!([]), "{line}");
        assert_eq!(seen["from"], "Жаршы <digest@house.example>", "{line}");
        assert_eq!((&seen["parts"], &seen["ascii"]), (&2.into(), &true.into()));
        assert!(seen["longest_line"].as_u64().expect("a number") <= 998);
        let leave = seen["list_unsubscribe"].as_str().expect("a header");
        assert!(
            leave.starts_with("<https://house.example/unsubscribe?token=u.")
                && leave.contains(">, <mailto:unsubscribe+"),
            "{leave}"
        );
    }
}

#[test]
fn each_copy_returns_to_an_address_of_its_own() {
    let mut world = World::new(None);
    let mail = MailServer::start();
    world.set(
        "JARSHY__MAIL__SMTP",
        &format!("smtp://{}?tls=none", mail.address),
    );
    world.write("people.csv", "a@reader.example\nb@reader.example\n");
    world.must(&["subscribers", "import", "people.csv"]);
    world.must(&["mail", "flush"]);
    world.set("JARSHY__MAIL__BOUNCE_DOMAIN", "lists.house.example");
    world.write("people.csv", "c@reader.example\nd@reader.example\n");
    world.must(&["subscribers", "import", "people.csv"]);
    world.must(&["mail", "flush"]);
    let mut senders = BTreeMap::new();
    for letter in mail.received() {
        assert!(
            letter
                .header("From")
                .expect("From")
                .ends_with("<digest@house.example>")
        );
        senders.insert(letter.to, letter.from);
    }
    for plain in ["a@reader.example", "b@reader.example"] {
        assert_eq!(senders[plain], "digest@house.example");
    }
    let (c, d) = (&senders["c@reader.example"], &senders["d@reader.example"]);
    for sender in [c, d] {
        assert!(
            sender.starts_with("bounces+") && sender.ends_with("@lists.house.example"),
            "{sender}"
        );
    }
    assert_ne!(c, d);
}

#[test]
fn keys_are_never_overwritten_and_a_missing_one_is_named() {
    let (mut world, records) = house_with_keys();
    let again = world.run(&["mail", "keys", "new", "--selector", "2026a"]);
    assert_eq!(again.status.code(), Some(1));
    let why = String::from_utf8_lossy(&again.stderr).into_owned();
    assert!(why.contains("2026a._domainkey.house.example.pem"), "{why}");
    let shown = world.must(&["mail", "keys", "show"]);
    for (name, text) in &records {
        assert!(shown.contains(&format!("{name}. IN TXT (")), "{shown}");
        assert!(shown.replace("\" \"", "").contains(text), "{shown}");
    }
    let printed = world.must(&[
        "mail",
        "keys",
        "new",
        "--selector",
        "2027a",
        "--domain",
        "қаз.example",
    ]);
    assert!(
        printed.contains("selectors = [\"2027a\", \"2027a-ed25519\"]")
            && printed.contains("domain = \"xn--80ao21a.example\"")
            && printed.contains("2026a"),
        "{printed}"
    );
    world.set("JARSHY__MAIL__DKIM", "{ selectors = [\"2030z\"] }");
    for command in [&["check"][..], &["mail", "flush"]] {
        let output = world.run(command);
        assert_eq!(output.status.code(), Some(2), "{command:?}");
        let why = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(
            why.contains("2030z._domainkey.house.example.pem cannot be read"),
            "{why}"
        );
    }
}
