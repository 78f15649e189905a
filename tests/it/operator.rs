//! What an operator reads when something is wrong, and what goes on all the same.

use jarshy::clock::Clock;
use jarshy::daemon::gather::{Which, gather};
use jarshy::model::source::SourceId;

use crate::world::{MailServer, World};

fn stderr(output: &std::process::Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn the_shipped_files_are_clean() {
    let root = env!("CARGO_MANIFEST_DIR");
    let output = std::process::Command::new(crate::world::JARSHY)
        .current_dir(root)
        .env_clear()
        .arg("check")
        .output()
        .expect("the program starts");
    assert!(output.status.success(), "{}", stderr(&output));
    assert_eq!(stderr(&output), "", "not even a warning");
}

#[test]
fn every_kind_of_broken_file_is_named_with_its_line() {
    let cases = [
        (
            "jarshy.toml",
            "[serve]\nlisen = \"x\"\n",
            "jarshy.toml:2:1: error: unknown field `lisen`",
        ),
        (
            "jarshy.toml",
            "[[digest]]\nname = \"d\"\ntitle = { kk = \"a\", ru = \"b\", en = \"c\" }\ntimetable = \"0 8 * *\"\nfeeds = []\n",
            "jarshy.toml:4:13: error: digest.0.timetable",
        ),
        (
            "jarshy.toml",
            "[[digest]]\nname = \"d\"\ntitle = { kk = \"a\", ru = \"b\", en = \"c\" }\ntimetable = \"0 8 30 2 *\"\nfeeds = []\n",
            "jarshy.toml:4:13: error: digest.0.timetable",
        ),
        (
            "feeds/sources/a.toml",
            "[[source]]\nid = \"a\"\nname = \"A\"\nkind = \"fed\"\nurl = \"https://a.example/\"\n",
            "feeds/sources/a.toml:4:",
        ),
        (
            "feeds/sources/a.toml",
            "[[source]]\nid = \"a\"\nname = \"A\"\nkind = \"feed\"\nurl = \"https://a.example/\"\n\n[[source]]\nid = \"a\"\nname = \"B\"\nkind = \"feed\"\nurl = \"https://b.example/\"\n",
            "feeds/sources/a.toml:7:",
        ),
        (
            "feeds/published/z.toml",
            "[[feed]]\nname = \"Z\"\n",
            "feeds/published/z.toml:1:1: error: title: is missing",
        ),
        (
            "templates/letter/digest.txt",
            "{% if %}\n",
            "templates/letter/digest.txt:1",
        ),
    ];
    for (file, text, expected) in cases {
        let mut world = World::new(None);
        std::fs::create_dir_all(world.path("templates/letter")).expect("folder");
        world.set("JARSHY__TEMPLATES__DIR", "templates");
        world.set("JARSHY__CATALOG__DIR", "feeds");
        world.write(file, text);
        let output = world.run(&["check"]);
        assert_eq!(output.status.code(), Some(2), "{file}: {}", stderr(&output));
        assert!(
            stderr(&output).contains(expected),
            "{file}: expected {expected}\n{}",
            stderr(&output)
        );
    }
}

#[test]
fn a_variable_that_sets_nothing_is_told_and_changes_nothing() {
    let mut world = World::new(None);
    world.set("JARSHY_SERVE_LISTEN", "127.0.0.1:1");
    let output = world.run(&["check", "--json"]);
    assert!(output.status.success(), "{}", stderr(&output));
    let expected =
        "JARSHY_SERVE_LISTEN: warning: sets nothing; did you mean JARSHY__SERVE__LISTEN?";
    assert!(stderr(&output).contains(expected), "{}", stderr(&output));
    let counted: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(counted["warnings"], 1, "{counted}");
}

#[test]
fn a_mistake_in_a_desk_text_is_named_with_its_line() {
    let mut world = World::new(None);
    world.set("JARSHY__CATALOG__DIR", "feeds");
    world.write(
        "feeds/sources/desk.toml",
        "[[source]]\nid = \"desk\"\nname = \"Редакция\"\nkind = \"desk\"\ndir = \"desk\"\n",
    );
    world.write("feeds/desk/good.md", "---\ntitle: Жиын\n---\nЖиын өтеді.\n");
    assert!(world.run(&["check"]).status.success());
    world.write(
        "feeds/desk/forum.md",
        "---\ntitle: Форум\ndate: soon\n---\nФорум өтеді.\n",
    );
    let output = world.run(&["check"]);
    assert_eq!(output.status.code(), Some(2), "{}", stderr(&output));
    let expected = "feeds/desk/forum.md:3:1: error: date";
    assert!(stderr(&output).contains(expected), "{}", stderr(&output));
}

#[test]
fn a_pass_with_nothing_to_visit_says_why() {
    let mut world = World::new(None);
    world.set("JARSHY__CATALOG__DIR", "feeds");
    world.write(
        "feeds/sources/desk.toml",
        "[[source]]\nid = \"desk\"\nname = \"Редакция\"\nkind = \"desk\"\ndir = \"desk\"\n",
    );
    assert!(world.must(&["gather"]).starts_with("desk: "));
    let output = world.run(&["gather"]);
    assert!(output.status.success() && output.stdout.is_empty());
    let expected = "no source is due; the next is desk at ";
    assert!(stderr(&output).contains(expected), "{}", stderr(&output));
}

#[test]
fn a_wrong_call_has_status_2_and_failed_work_1() {
    let world = World::new(None);
    assert_eq!(world.run(&["no-such-command"]).status.code(), Some(2));
    assert_eq!(world.run(&["gather", "nobody"]).status.code(), Some(2));
    assert_eq!(
        world.run(&["digest", "close", "nobody"]).status.code(),
        Some(2)
    );
    assert_eq!(
        world
            .run(&["subscribers", "import", "missing.csv"])
            .status
            .code(),
        Some(2)
    );
    assert_eq!(
        world.run(&["stage", "read", "missing.xml"]).status.code(),
        Some(1)
    );
}

#[test]
fn one_refused_recipient_costs_nobody_else_a_letter() {
    let mut world = World::new(None);
    let mail = MailServer::start();
    world.set(
        "JARSHY__MAIL__SMTP",
        &format!("smtp://{}?tls=none", mail.address),
    );
    world.set("JARSHY__MAIL__CONNECTIONS", "1");
    mail.refuse("b@reader.example", "550 5.1.1 no such user");
    mail.refuse("c@reader.example", "450 4.2.0 come back later");
    world.write(
        "feeds/sources/desk.toml",
        "[[source]]\nid = \"desk\"\nname = \"Редакция\"\nkind = \"desk\"\ndir = \"desk\"\nevery = \"1m\"\n",
    );
    world.write("feeds/desk/forum.txt", "Завтра в Алматы пройдёт форум региональных СМИ\n\nЗавтра в Алматы пройдёт форум региональных СМИ.\n");
    world.must(&["gather"]);
    world.write(
        "people.csv",
        "a@reader.example\nb@reader.example\nc@reader.example\nd@reader.example\n",
    );
    world.must(&["subscribers", "import", "people.csv", "--confirmed"]);
    world.must(&["digest", "close"]);
    let flushed = world.must(&["mail", "flush", "--json"]);
    assert_eq!(
        flushed.trim(),
        r#"{"sent":2,"deferred":1,"failed":1,"doubtful":0}"#
    );
    let mut to: Vec<String> = mail
        .received()
        .into_iter()
        .map(|letter| letter.to)
        .collect();
    to.sort();
    assert_eq!(to, ["a@reader.example", "d@reader.example"]);
}

#[test]
fn a_mail_server_that_is_not_there_delays_and_loses_nothing() {
    let mut world = World::new(None);
    // A port that was free a moment ago: nobody listens.
    let nobody = std::net::TcpListener::bind("127.0.0.1:0")
        .and_then(|l| l.local_addr())
        .expect("port");
    world.set("JARSHY__MAIL__SMTP", &format!("smtp://{nobody}?tls=none"));
    world.write("people.csv", "a@reader.example\n");
    world.must(&["subscribers", "import", "people.csv"]);
    let flushed = world.run(&["mail", "flush", "--json"]);
    assert_eq!(flushed.status.code(), Some(1), "nothing could be sent");
    assert!(
        stderr(&flushed).contains(&nobody.to_string()),
        "the server is named: {}",
        stderr(&flushed)
    );
    let counts = String::from_utf8_lossy(&flushed.stdout).into_owned();
    assert_eq!(
        counts.trim(),
        r#"{"sent":0,"deferred":1,"failed":0,"doubtful":0}"#
    );
    let mail = MailServer::start();
    world.set(
        "JARSHY__MAIL__SMTP",
        &format!("smtp://{}?tls=none", mail.address),
    );
    let listed = world.must(&["subscribers", "list"]);
    assert_eq!(listed.trim(), "a@reader.example pending kk");
}

#[test]
fn check_names_what_the_next_command_would_refuse() {
    for (key, value, expected) in [
        (
            "GATHER__CONTACT",
            "x\nEvil: 1",
            "GATHER__CONTACT: error: `x\\nEvil: 1` cannot stand in a header",
        ),
        ("SERVE__URL", "http://x/\"><script>", "SERVE__URL: error: "),
        (
            "STORE__URL",
            "sqlite:///proc/x.db",
            "STORE__URL: error: the database /proc/x.db could not be written",
        ),
        (
            "HOUSE__POSTAL_FILE",
            "/dev/zero",
            "`/dev/zero`: more than 65536 bytes",
        ),
    ] {
        let mut world = World::new(None);
        world.set(&format!("JARSHY__{key}"), value);
        let output = world.run(&["check"]);
        assert_eq!(output.status.code(), Some(2), "{key}: {}", stderr(&output));
        let told = stderr(&output);
        assert!(
            told.contains(expected),
            "{key}: expected {expected}\n{told}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_running_house_leaves_alone_what_it_does_not_know() {
    let world = World::new(None);
    let desk = |id: &str| {
        format!("[[source]]\nid = \"{id}\"\nname = \"{id}\"\nkind = \"desk\"\ndir = \"desk\"\n")
    };
    world.write("feeds/sources/desk.toml", &desk("old"));
    world.write("feeds/desk/good.md", "---\ntitle: Жиын\n---\nЖиын өтеді.\n");
    let running = world.newsroom(&Clock::System).await;
    world.write(
        "feeds/sources/desk.toml",
        &[desk("old"), desk("new")].concat(),
    );
    let (_keep, stop) = tokio::sync::watch::channel(false);
    // Registered by another process, as `jarshy gather` does.
    world.must(&["gather", "old"]);
    let due = gather(&running, Which::Due, &stop, |_| {}).await;
    assert_eq!(due.expect("a pass"), 0, "one was visited, one is not known");
    let told = world.must(&["gather", "new"]);
    assert!(told.starts_with("new: "), "{told}");

    // Who is at it, is told with the time it ends at the latest.
    let id = SourceId::from_stored("new");
    let (now, lease) = (Clock::System.now(), chrono::TimeDelta::minutes(5));
    let held = running
        .store
        .claim_source(&id, now, &running.holder, lease)
        .await;
    assert!(held.expect("a store").is_some());
    for call in [&["gather", "new"][..], &["sources", "check"]] {
        let output = world.run(call);
        let told = [output.stdout, output.stderr].concat();
        let told = String::from_utf8_lossy(&told).into_owned();
        assert_eq!(output.status.code(), Some(1), "{told}");
        assert!(
            told.contains("new was not visited: another process"),
            "{told}"
        );
        assert!(told.contains(" +05 at the latest"), "{told}");
    }
}

#[test]
fn an_address_nobody_asks_is_told_by_check_and_left_out_of_an_import() {
    let mut world = World::new(None);
    world.set("JARSHY__CATALOG__DIR", "feeds");
    world.set("JARSHY__GATHER__ALLOW_PRIVATE", "[\"10.0.0.0/8\"]");
    let source = |id: &str, url: &str| {
        format!("[[source]]\nid = \"{id}\"\nname = \"A\"\nkind = \"feed\"\nurl = \"{url}\"\n\n")
    };
    let allowed = source("allowed", "http://10.1.2.3/rss");
    world.write("feeds/sources/a.toml", &allowed);
    assert!(world.run(&["check"]).status.success());
    let inside = allowed + &source("inside", "http://169.254.169.254/");
    world.write("feeds/sources/a.toml", &inside);
    let output = world.run(&["check"]);
    assert_eq!(output.status.code(), Some(2), "{}", stderr(&output));
    let expected = "feeds/sources: error: inside.url: is never asked: 169.254.169.254 is a private";
    assert!(stderr(&output).contains(expected), "{}", stderr(&output));
    assert!(!stderr(&output).contains("allowed"), "{}", stderr(&output));

    world.write(
        "list.opml",
        "<opml><body>\n<outline text='B' xmlUrl='http://169.254.169.254/b'/>\n\
         <outline text='C' xmlUrl='http://10.1.2.3/c'/></body></opml>",
    );
    let output = world.run(&["sources", "import", "list.opml"]);
    assert!(output.status.success(), "{}", stderr(&output));
    let expected = "list.opml:2:1: error: http://169.254.169.254/b: 169.254.169.254 is a private";
    assert!(stderr(&output).contains(expected), "{}", stderr(&output));
    let told = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(
        told.contains("10.1.2.3/c") && !told.contains("169.254"),
        "{told}"
    );
}

#[test]
fn every_stage_of_lines_reads_standard_input() {
    let world = World::new(None);
    for stage in [
        "language",
        "understand",
        "stories",
        "stem",
        "dates",
        "places",
        "topics",
        "page",
        "sanitize",
    ] {
        let mut command = world.command(&["stage", stage]);
        let output = command.stdin(std::process::Stdio::null()).output();
        let output = output.expect("the program starts");
        assert!(output.status.success(), "{stage}: {}", stderr(&output));
    }
}

#[test]
fn rules_and_towns_that_cannot_be_are_named_with_their_lines() {
    let mut world = World::new(None);
    world.set("JARSHY__CATALOG__DIR", "feeds");
    let page = |id: &str, rules: &str| {
        format!(
            "[[source]]\nid = \"{id}\"\nname = \"{id}\"\nkind = \"page\"\n\
             url = \"https://{id}.example/news\"\n[source.rules]\n{rules}\n\n"
        )
    };
    let good = "item = \"div.card\"\nlink = \"a[href]\"";
    let desk = "[[source]]\nid = \"desk\"\nname = \"Редакция\"\nkind = \"desk\"\ndir = \"desk\"\n";
    world.write(
        "feeds/sources/a.toml",
        &[&page("good", good), desk].concat(),
    );
    let text = |place: &str| {
        format!(
            "---\ntitle: Форум\nevent:\n  name: Форум\n  start: 2026-12-01\n{place}---\nМәтін.\n"
        )
    };
    world.write("feeds/desk/a.md", &text("  city: Караганда\n"));
    world.write(
        "feeds/desk/b.md",
        &text("  city: Нарния\n  region: KZ-71\n"),
    );
    let output = world.run(&["check"]);
    assert!(output.status.success(), "{}", stderr(&output));

    world.write(
        "feeds/desk/a.md",
        &text("  city: Караганда\n  region: KZ-71\n"),
    );
    world.write("feeds/desk/b.md", &text("  city: Нарния\n"));
    let wrong = [
        page("good", good),
        page("doubled", "item = \"div..card\"\nlink = \"a\""),
        page("open", "item = \"div:has((\"\nlink = \"a[\""),
    ];
    world.write("feeds/sources/a.toml", &[&wrong.concat(), desk].concat());
    let output = world.run(&["check"]);
    assert_eq!(output.status.code(), Some(2), "{}", stderr(&output));
    for expected in [
        "feeds/sources/a.toml:16:1: error: item: `div..card` is no CSS selector",
        "feeds/sources/a.toml:25:1: error: item: `div:has((` is no CSS selector",
        "feeds/sources/a.toml:26:1: error: link: `a[` is no CSS selector",
        "feeds/desk/a.md:6:1: error: city: Караганда lies in KZ-35, not in KZ-71",
        "feeds/desk/b.md:6:1: error: city: no town is known as `Нарния`",
    ] {
        assert!(stderr(&output).contains(expected), "{}", stderr(&output));
    }
}
