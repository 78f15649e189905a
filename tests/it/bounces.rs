//! What comes back: a letter goes out, its bounce comes in by each way there
//! is, and its reader gets nothing more. Nothing is thrown away before it is
//! recorded.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::os::unix::net::UnixStream;
use std::process::Stdio;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use crate::world::World;

/// A world in which one digest went out to two readers, and their letters.
fn mailed() -> (World, Vec<String>) {
    let world = World::new(None);
    world.write(
        "feeds/sources/desk.toml",
        "[[source]]\nid = \"desk\"\nname = \"Редакция\"\nkind = \"desk\"\ndir = \"desk\"\nevery = \"1m\"\n",
    );
    world.write(
        "feeds/desk/forum.txt",
        "Завтра в Алматы пройдёт форум региональных СМИ\n\nЗавтра в Алматы пройдёт форум региональных СМИ.\n",
    );
    world.must(&["gather"]);
    world.write("people.csv", "a@reader.example\nb@reader.example\n");
    world.must(&["subscribers", "import", "people.csv", "--confirmed"]);
    world.must(&["digest", "close"]);
    world.must(&["mail", "flush"]);
    let mut letters: Vec<String> = std::fs::read_dir(world.path("outbox"))
        .expect("the outbox")
        .map(|entry| std::fs::read_to_string(entry.expect("entry").path()).expect("a letter"))
        .collect();
    letters.sort_by_key(|letter| letter.contains("To: b@reader.example"));
    assert_eq!(letters.len(), 2);
    (world, letters)
}

/// A bounce of `letter` as its server would write it.
fn bounce(letter: &str, status: &str, words: &str) -> String {
    let (head, _) = letter.split_once("\r\n\r\n").expect("a head");
    format!(
        "From: MAILER-DAEMON@reader.example\r\nTo: digest@house.example\r\n\
         Subject: Undelivered Mail Returned to Sender\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/report; report-type=delivery-status; boundary=x\r\n\r\n\
         --x\r\n\r\nSorry.\r\n--x\r\nContent-Type: message/delivery-status\r\n\r\n\
         Reporting-MTA: dns; reader.example\r\n\r\n\
         Final-Recipient: rfc822; a@reader.example\r\nAction: failed\r\nStatus: {status}\r\n\
         Diagnostic-Code: smtp; 550 {words}\r\n\r\n\
         --x\r\nContent-Type: text/rfc822-headers\r\n\r\n{head}\r\n\r\n--x--\r\n"
    )
}

fn json(text: &str) -> serde_json::Value {
    serde_json::from_str(text.trim()).expect(text)
}

fn count(world: &World, what: &str) -> u64 {
    let counts = json(&world.must(&["bounces", "counts", "--json"]));
    counts[what].as_u64().expect(what)
}

#[test]
fn a_bounce_through_the_pipe_ends_the_letters() {
    let (world, letters) = mailed();
    let hard = bounce(&letters[0], "5.1.1", "5.1.1 no such user");
    let pipe = |mail: &str| {
        let mut child = world
            .command(&["bounces", "read", "-", "--json"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("it starts");
        let mut stdin = child.stdin.take().expect("a pipe");
        stdin.write_all(mail.as_bytes()).expect("written");
        drop(stdin);
        let output = child.wait_with_output().expect("it ends");
        assert!(output.status.success());
        json(&String::from_utf8(output.stdout).expect("UTF-8"))
    };
    let found = pipe(&hard);
    assert_eq!(found["proof"], "subscriber");
    assert_eq!(
        (&found["severity"], &found["code"]),
        (&"hard".into(), &"5.1.1".into())
    );
    assert_eq!(found["result"], "suppressed");
    assert_eq!(pipe(&hard)["result"], "again");
    let long = format!("{hard}{}", "x".repeat(3_000_000));
    assert_eq!(
        pipe(&long)["result"],
        "suppressed",
        "a long mail is read, not refused"
    );
    let list = world.must(&["suppressions", "list"]);
    assert!(list.starts_with("a@reader.example hard-bounce "), "{list}");
    assert_eq!(list.lines().count(), 1);

    // The next digest has no copy for it; an import does not bring it back.
    world.must(&["subscribers", "import", "people.csv", "--confirmed"]);
    world.write(
        "feeds/desk/next.txt",
        "Послезавтра в Астане пройдёт форум\n\nПослезавтра в Астане пройдёт форум журналистов.\n",
    );
    world.must(&["gather", "desk"]);
    world.must(&["digest", "close"]);
    let flushed = json(&world.must(&["mail", "flush", "--json"]));
    assert_eq!(flushed["sent"], 1);

    world.must(&["suppressions", "remove", "a@reader.example"]);
    assert_eq!(world.must(&["suppressions", "list"]), "");
}

#[test]
fn a_forged_bounce_ends_nothing() {
    let (world, letters) = mailed();
    // All that can be computed from an address, and nothing that is signed.
    let forged: String = bounce(&letters[0], "5.1.1", "5.1.1 no such user")
        .split_inclusive("\r\n")
        .filter(|line| !line.to_lowercase().contains("unsubscribe"))
        .collect();
    assert!(forged.contains("Message-ID"));
    world.write("forged.eml", &forged);
    let line = world.must(&["bounces", "read", "forged.eml"]);
    assert_eq!(line.trim(), "forged.eml: bounce hard 5.1.1 unmatched");
    assert_eq!(world.must(&["suppressions", "list"]), "");
    assert_eq!((count(&world, "unmatched"), count(&world, "hard")), (1, 0));
}

#[test]
fn counts_are_asked_for_by_name_or_id() {
    let (world, letters) = mailed();
    world.write(
        "hard.eml",
        &bounce(&letters[0], "5.1.1", "5.1.1 no such user"),
    );
    world.must(&["bounces", "read", "hard.eml"]);
    let status = json(&world.must(&["mail", "status", "--digest", "daily", "--json"]));
    for digest in ["daily", status["id"].as_str().expect("an id")] {
        let counts = json(&world.must(&["bounces", "counts", digest, "--json"]));
        assert_eq!(counts["hard"], 1, "{digest}");
    }
    let unknown = world.run(&["bounces", "counts", "nosuch"]);
    assert_eq!(unknown.status.code(), Some(2));
    assert!(unknown.stdout.is_empty());
    assert!(String::from_utf8_lossy(&unknown.stderr).contains("`nosuch`"));
}

#[test]
fn a_maildir_is_emptied_and_nothing_deleted() {
    let (mut world, letters) = mailed();
    world.set("JARSHY__MAIL__BOUNCES__MAILDIR", "bounces");
    let failed = world.run(&["bounces", "fetch"]);
    assert_eq!(failed.status.code(), Some(1), "there is no such folder");
    std::fs::create_dir_all(world.path("bounces/new")).expect("folder");
    let soft = bounce(&letters[1], "5.2.2", "5.2.2 mailbox full");
    world.write("bounces/new/1.soft", &soft);
    world.write("bounces/new/2.same", &soft);
    world.write(
        "bounces/new/3.person",
        "From: x@y.example\n\nWhen is the forum?\n",
    );
    let tally = json(&world.must(&["bounces", "fetch", "--json"]));
    assert_eq!(
        tally,
        serde_json::json!({"again": 1, "ignored": 1, "counted": 1})
    );
    for name in ["1.soft:2,S", "2.same:2,S", "3.person:2,"] {
        assert!(world.path("bounces/cur").join(name).exists(), "{name}");
    }
    assert_eq!(
        world.must(&["bounces", "fetch"]).trim(),
        "nothing came back"
    );
    assert_eq!(count(&world, "soft"), 1);
}

/// A mailbox server with these mails; it hangs up when it hears `dies_at`.
fn mailbox(mails: Vec<String>, dies_at: &'static str) -> (String, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("port");
    let url = format!("pop3://u:p@{}", listener.local_addr().expect("address"));
    let said: Arc<Mutex<Vec<String>>> = Arc::default();
    let heard = Arc::clone(&said);
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let mut writer = stream.try_clone().expect("a socket");
            write!(writer, "+OK\r\n").expect("written");
            for line in BufReader::new(stream).lines().map_while(Result::ok) {
                heard.lock().expect("log").push(line.clone());
                if line == dies_at {
                    break;
                }
                let number = line.strip_prefix("RETR ").map(str::parse::<usize>);
                let answer = match (line.as_str(), number) {
                    ("UIDL", _) => {
                        let names = (1..=mails.len()).map(|n| format!("{n} name{n}\r\n"));
                        format!("+OK\r\n{}.\r\n", names.collect::<String>())
                    }
                    (_, Some(Ok(n))) => format!("+OK\r\n{}\r\n.\r\n", mails[n - 1]),
                    _ => "+OK\r\n".to_owned(),
                };
                if writer.write_all(answer.as_bytes()).is_err() || line == "QUIT" {
                    break;
                }
            }
        }
    });
    (url, said)
}

#[test]
fn a_mailbox_is_read_and_only_what_is_recorded_deleted() {
    let (mut world, letters) = mailed();
    let hard = bounce(&letters[0], "5.1.1", "5.1.1 no such user");
    let person = "From: x@y.example\r\n\r\nWhen is the forum?".to_owned();
    // It breaks before the deletion: the mail is still there the next time.
    let (url, _said) = mailbox(vec![hard.clone()], "DELE 1");
    world.set("JARSHY__MAIL__BOUNCES__POP3", &url);
    assert_eq!(world.run(&["bounces", "fetch"]).status.code(), Some(1));
    assert_eq!(count(&world, "hard"), 1);
    let (url, said) = mailbox(vec![hard, person], "never");
    world.set("JARSHY__MAIL__BOUNCES__POP3", &url);
    let tally = json(&world.must(&["bounces", "fetch", "--json"]));
    assert_eq!(tally, serde_json::json!({"again": 1, "ignored": 1}));
    assert_eq!(count(&world, "hard"), 1);
    let said = said.lock().expect("log").clone();
    let expected = [
        "USER u", "PASS p", "UIDL", "RETR 1", "DELE 1", "RETR 2", "QUIT",
    ];
    assert_eq!(said, expected, "a person's mail stays for a person");
}

/// An IMAP server with one mail, whose numbers hold for `validity`.
fn imap(mail: String, validity: u32) -> (String, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("port");
    let url = format!(
        "imap://u:p@{}/INBOX",
        listener.local_addr().expect("address")
    );
    let said: Arc<Mutex<Vec<String>>> = Arc::default();
    let heard = Arc::clone(&said);
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let mut writer = stream.try_clone().expect("a socket");
            write!(writer, "* OK ready\r\n").expect("written");
            for line in BufReader::new(stream).lines().map_while(Result::ok) {
                let (tag, line) = line.split_once(' ').expect("a tag");
                heard.lock().expect("log").push(line.to_owned());
                let data = match line.split(' ').take(2).collect::<Vec<_>>()[..] {
                    ["CAPABILITY"] => {
                        "* CAPABILITY IMAP4rev1 AUTH=PLAIN SASL-IR UIDPLUS\r\n".to_owned()
                    }
                    ["SELECT", _] => format!("* 1 EXISTS\r\n* OK [UIDVALIDITY {validity}]\r\n"),
                    ["UID", "SEARCH"] => "* SEARCH 5\r\n".to_owned(),
                    ["UID", "FETCH"] => format!(
                        "* 1 FETCH (UID 5 BODY[]<0> {{{}}}\r\n{mail})\r\n",
                        mail.len()
                    ),
                    _ => String::new(),
                };
                if write!(writer, "{data}{tag} OK\r\n").is_err() || line == "LOGOUT" {
                    break;
                }
            }
        }
    });
    (url, said)
}

#[test]
fn an_imap_mailbox_is_read_and_a_new_numbering_counts_nothing_twice() {
    let (mut world, letters) = mailed();
    let hard = bounce(&letters[0], "5.1.1", "5.1.1 no such user");
    for (validity, expected) in [(1, "suppressed"), (2, "again")] {
        let (url, said) = imap(hard.clone(), validity);
        world.set("JARSHY__MAIL__BOUNCES__IMAP", &url);
        let tally = json(&world.must(&["bounces", "fetch", "--json"]));
        assert_eq!(tally, serde_json::json!({ expected: 1 }));
        let said = said.lock().expect("log").join("\n");
        assert!(said.ends_with("UID EXPUNGE 5\nLOGOUT"), "{said}");
    }
    // A person's mail stays, unread.
    let (url, said) = imap("From: x@y.example\r\n\r\nWhen?\r\n".to_owned(), 3);
    world.set("JARSHY__MAIL__BOUNCES__IMAP", &url);
    world.must(&["bounces", "fetch"]);
    assert!(!said.lock().expect("log").join("\n").contains("STORE"));
}

#[test]
fn mail_servers_hand_reports_in() {
    /// Enough for a slow machine under load.
    const PATIENCE: Duration = Duration::from_mins(2);
    let (mut world, letters) = mailed();
    world.set("JARSHY__MAIL__BOUNCE_DOMAIN", "lists.house.example");
    world.set("JARSHY__MAIL__BOUNCES__LISTEN", "./lmtp");
    world.set("JARSHY__SERVE__LISTEN", "127.0.0.1:0");
    let mut house = world
        .command(&["run"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("it starts");
    let start = Instant::now();
    let socket = loop {
        match UnixStream::connect(world.path("lmtp")) {
            Ok(socket) => break socket,
            Err(_) if start.elapsed() < PATIENCE => std::thread::yield_now(),
            Err(error) => panic!("nobody listens: {error}"),
        }
    };
    let hard = bounce(&letters[0], "5.1.1", "5.1.1 no such user");
    let person = "From: x@y.example\r\n\r\nWhen is the forum?\r\n";
    let begin = "MAIL FROM:<>\r\nRCPT TO:<x@elsewhere.example>\r\n\
                 RCPT TO:<bounces+forged@lists.house.example>\r\n\
                 RCPT TO:<Bounces@Lists.House.example>\r\nDATA\r\n";
    let mut writer = socket.try_clone().expect("a socket");
    write!(writer, "LHLO mx\r\n{begin}{hard}.\r\n{begin}{person}.\r\n").expect("written");
    let codes = ["220", "250", "250", "550", "550", "250", "354", "250"];
    let codes = codes.iter().chain(&codes[2..7]).chain(&["550"]);
    let mut lines = BufReader::new(socket).lines().map_while(Result::ok);
    for code in codes {
        let line = lines.find(|line| line.as_bytes().get(3) == Some(&b' '));
        assert!(
            line.as_ref().is_some_and(|line| line.starts_with(code)),
            "{code}: {line:?}"
        );
    }
    // Killed the moment after: what was taken is recorded.
    house.kill().expect("it ran");
    house.wait().expect("it ends");
    let list = world.must(&["suppressions", "list"]);
    assert!(list.starts_with("a@reader.example hard-bounce "), "{list}");
}

#[test]
fn check_tells_what_cannot_work() {
    let cases = [
        ("MAIL__BOUNCES__MAILDIR", "nowhere", "nowhere is no Maildir"),
        (
            "MAIL__BOUNCES__IMAP",
            "imaps://h.example/INBOX",
            "a user and a password",
        ),
        (
            "MAIL__BOUNCES__IMAP",
            "https://u:p@h.example/",
            "expected imaps://",
        ),
        (
            "MAIL__BOUNCES__POP3",
            "pop3://u:p@h.example",
            "pop3:// is unencrypted",
        ),
        (
            "MAIL__BOUNCES__PROCESSED",
            "Archive",
            "set mail.bounces.imap",
        ),
        (
            "MAIL__BOUNCES__LISTEN",
            "2525",
            "expected an address such as",
        ),
        (
            "MAIL__BOUNCES__LISTEN",
            "127.0.0.1:2525",
            "set mail.bounce_domain",
        ),
        (
            "HOOKS__MAILGUN",
            "secret key",
            "the HTTP webhook signing key",
        ),
        ("HOOKS__POSTMARK", "secret", "USER:PASSWORD"),
        ("HOOKS__SENDGRID", "c2VjcmV0", "a P-256 public key"),
        ("HOOKS__SES", "secret", "arn:aws:sns:REGION:ACCOUNT:TOPIC"),
    ];
    for (key, value, expected) in cases {
        let mut world = World::new(None);
        let key = format!("JARSHY__{key}");
        world.set(&key, value);
        let output = world.run(&["check"]);
        let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{key}: {stderr}");
        assert!(stderr.contains(expected), "{key}: {stderr}");
        assert!(stderr.contains(&key), "{key}: {stderr}");
        assert!(
            !value.contains("secret") || !stderr.contains(value),
            "{stderr}"
        );
    }
    let mut world = World::new(None);
    std::fs::create_dir_all(world.path("bounces/new")).expect("folder");
    let key = "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEboKUnARg6uA4Z3+JmTUI99PKn4KEChsW23oOgY8Jy2pOrY1BSLBuVinLjNQK1iTn21sffoz6Mgrwg8JtQmSGDw==";
    for (name, value) in [
        ("MAIL__BOUNCES__MAILDIR", "bounces"),
        ("MAIL__BOUNCES__IMAP", "imaps://u:p@h.example/INBOX"),
        ("MAIL__BOUNCES__PROCESSED", "Archive"),
        ("HOOKS__MAILGUN", "0123456789abcdef0123456789abcdef"),
        ("HOOKS__POSTMARK", "hook:пароль"),
        ("HOOKS__SENDGRID", key),
        ("HOOKS__SES", "arn:aws:sns:eu-central-1:123456789012:jarshy"),
    ] {
        world.set(&format!("JARSHY__{name}"), value);
    }
    world.must(&["check"]);
}

#[test]
fn a_running_house_looks_by_itself() {
    /// Enough for a slow machine under load.
    const PATIENCE: Duration = Duration::from_mins(2);
    let (mut world, letters) = mailed();
    world.set("JARSHY__MAIL__BOUNCES__MAILDIR", "bounces");
    world.set("JARSHY__SERVE__LISTEN", "127.0.0.1:0");
    std::fs::create_dir_all(world.path("bounces/new")).expect("folder");
    let hard = bounce(&letters[0], "5.1.1", "5.1.1 no such user");
    world.write("bounces/new/1.hard", &hard);
    let mut house = world
        .command(&["run"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("it starts");
    let start = Instant::now();
    let put_away = world.path("bounces/cur/1.hard:2,S");
    while !put_away.exists() && start.elapsed() < PATIENCE {
        std::thread::yield_now();
    }
    // Killed the moment after: what was put away is recorded.
    house.kill().expect("it ran");
    house.wait().expect("it ends");
    assert!(put_away.exists(), "nobody looked");
    let list = world.must(&["suppressions", "list"]);
    assert!(list.starts_with("a@reader.example hard-bounce "), "{list}");
}

#[test]
fn the_operator_keeps_the_list() {
    let world = World::new(None);
    world.write(
        "list.csv",
        "Email,Reason\nx@gone.example,bounced\n\"y@gone.example\"\n@spamtrap.example\nnonsense\n",
    );
    let output = world.run(&["suppressions", "import", "list.csv", "--json"]);
    let told = json(&String::from_utf8_lossy(&output.stdout));
    assert_eq!(
        told,
        serde_json::json!({"added": 3, "known": 0, "bad_lines": 1})
    );
    let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(stderr.contains("list.csv:5: "), "{stderr}");
    let added = world.must(&["suppressions", "add", "X@gone.example", "@other.example"]);
    assert_eq!(
        added.trim(),
        "1 added, 1 on the list already, 0 lines not understood"
    );
    assert_eq!(world.must(&["suppressions", "list"]).lines().count(), 4);
    let removed = world.must(&["suppressions", "remove", "@other.example", "n@o.example"]);
    assert_eq!(removed.trim(), "1 removed, 1 not on the list");
    assert_eq!(
        world
            .run(&["suppressions", "add", "nonsense"])
            .status
            .code(),
        Some(2)
    );
    world.write("people.csv", "a@spamtrap.example\nb@reader.example\n");
    world.must(&["subscribers", "import", "people.csv", "--confirmed"]);
    let listed = world.must(&["subscribers", "list"]);
    assert!(listed.starts_with("b@reader.example"), "{listed}");

    // Who is kept off later is said to be, and the table of readers stays as it was.
    world.write("more.csv", "c@later.example\nd@later.example\n");
    world.must(&["subscribers", "import", "more.csv", "--confirmed"]);
    let before = world.must(&["subscribers", "export"]);
    world.must(&["suppressions", "add", "c@later.example", "@reader.example"]);
    let listed = world.must(&["subscribers", "list"]);
    for (address, said) in [
        ("b@reader.example", "confirmed suppressed kk"),
        ("c@later.example", "confirmed suppressed kk"),
        ("d@later.example", "confirmed kk"),
    ] {
        let line = format!("{address} {said}");
        assert!(
            listed.lines().any(|known| known == line),
            "{line}: {listed}"
        );
    }
    let found = world.must(&["subscribers", "list", "--search", "c@later", "--json"]);
    assert_eq!(json(&found)["suppressed"], true, "{found}");
    assert_eq!(json(&found)["status"], "confirmed", "{found}");
    assert_eq!(world.must(&["subscribers", "export"]), before);
    world.write("again.csv", &before);
    world.must(&["subscribers", "import", "again.csv", "--confirmed"]);
    assert_eq!(world.must(&["subscribers", "export"]), before);
}
