//! `stage robots` and `stage address`, from the command line.

use serde_json::{Value, json};

use crate::world::{Page, WebServer, World};

/// Runs a stage on these lines; what it answers, and whether it was content.
fn stage(name: &str, lines: &str) -> (Vec<Value>, bool) {
    let world = World::new(None);
    world.write("in.jsonl", lines);
    let output = world.run(&["stage", name, "in.jsonl"]);
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    let answers = text
        .lines()
        .map(|line| serde_json::from_str(line).expect(line));
    (answers.collect(), output.status.success())
}

#[test]
fn robots_are_answered_in_the_order_given() {
    let robots = "User-agent: FooBot\nDisallow: /a\nCrawl-delay: 2.5\n";
    let lines = [
        json!({"id": 2, "robots": robots, "url": "https://a.kz/a", "agent": "foobot"}),
        json!({"id": "one", "robots": robots, "url": "https://a.kz/b", "agent": "FooBot"}),
        json!({"id": null, "robots": robots, "url": "", "agent": "Other"}),
        json!({"id": 4, "robots": "User-agent: Jarshy\nDisallow: /", "url": "/x"}),
    ];
    let lines = lines.map(|line| line.to_string()).join("\n");
    let (answers, content) = stage("robots", &lines);
    let expected = [
        json!({"id": 2, "allowed": false, "delay": 2.5}),
        json!({"id": "one", "allowed": true, "delay": 2.5}),
        json!({"id": null, "allowed": true, "delay": null}),
        json!({"id": 4, "allowed": false, "delay": null}),
    ];
    assert_eq!((answers.as_slice(), content), (expected.as_slice(), true));
}

#[test]
fn addresses_are_answered_and_bad_lines_named() {
    let lines = "{\"id\":1,\"url\":\"http://8.8.8.8/\"}\n\n{\"id\":2,\"url\":\"http://0x7f.1/\"}\n\
        nonsense\n{\"id\":3,\"url\":\"https://example.kz/\"}\n{\"id\":4,\"url\":\"example\"}";
    let (answers, content) = stage("address", lines);
    let verdicts: Vec<(&Value, &str)> = answers
        .iter()
        .map(|answer| (&answer["id"], answer["verdict"].as_str().expect("a word")))
        .collect();
    assert_eq!(
        verdicts,
        [
            (&json!(1), "fetch"),
            (&json!(2), "refuse"),
            (&json!(3), "resolve"),
            (&json!(4), "invalid")
        ]
    );
    assert!(
        answers[1]["why"]
            .as_str()
            .is_some_and(|why| why.contains("127.0.0.1"))
    );
    assert!(!content, "one line was no question");
}

/// What the web server shows at `path`, read as a document of `kind`.
fn read_there(world: &World, web: &WebServer, kind: &str, path: &str) -> Value {
    let address = format!("http://{}{path}", web.address);
    let line = world.must(&["stage", "read", "--kind", kind, &address]);
    serde_json::from_str(&line).expect("JSON")
}

#[test]
fn documents_are_read_from_their_addresses() {
    let (mut world, web) = (World::new(None), WebServer::start());
    let serve = |path: &str, media_type: &'static str, body: &str| {
        web.serve(
            path,
            Page {
                body: body.to_owned(),
                media_type,
                etag: "\"1\"".to_owned(),
            },
        );
    };
    serve(
        "/robots.txt",
        "text/plain",
        "User-agent: *\nDisallow: /closed",
    );
    serve(
        "/rss.xml",
        "application/rss+xml",
        "<rss version='2.0'><channel><title>N</title><item><title>Форум</title>\
         <link>/a/1</link></item></channel></rss>",
    );
    let cards = (1..=4).map(|n| {
        format!("<div class='card'><a href='/n/{n}'>Жаңалық нөмірі {n}</a><time datetime='2026-11-2{n}'></time></div>")
    });
    let list = format!("<html><body>{}</body></html>", cards.collect::<String>());
    serve("/list", "text/html", &list);
    serve("/closed/list", "text/html", &list);

    let feed = read_there(&world, &web, "feed", "/rss.xml");
    assert_eq!(feed["drafts"][0]["title"], "Форум");
    let link = format!("http://{}/a/1", web.address);
    assert_eq!(
        feed["drafts"][0]["link"],
        link.as_str(),
        "its own address is the base"
    );
    let page = read_there(&world, &web, "page", "/list");
    assert_eq!(page["drafts"].as_array().map(Vec::len), Some(4), "{page}");

    let refused = |arguments: &[&str], world: &World| {
        let output = world.run(&[&["stage", "read"], arguments].concat());
        assert_eq!(output.status.code(), Some(1));
        String::from_utf8(output.stderr).expect("UTF-8")
    };
    let closed = format!("http://{}/closed/list", web.address);
    let why = refused(&["--kind", "page", &closed], &world);
    assert!(why.contains("robots.txt"), "{why}");
    let gone = format!("http://{}/nothing", web.address);
    let why = refused(&[&gone, "missing.xml"], &world);
    assert!(
        why.contains("404") && why.contains("2 of 2 documents"),
        "{why}"
    );
    world.environment.remove("JARSHY__GATHER__ALLOW_PRIVATE");
    let asked = web.log().len();
    let feed = format!("http://{}/rss.xml", web.address);
    let why = refused(&[&feed], &world);
    assert!(why.contains("127.0.0.1"), "{why}");
    assert_eq!(web.log().len(), asked, "nobody was asked");
}

#[test]
fn a_text_that_is_no_json_is_told_what_is_expected() {
    let world = World::new(None);
    world.write("marked.jsonl", "\u{feff}{\"id\":1,\"text\":\"Форум\"}\n");
    world.must(&["stage", "language", "marked.jsonl"]);
    world.write("plain.txt", "Ертең форум өтеді.\n");
    let output = world.run(&["stage", "understand", "plain.txt"]);
    let why = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(why.contains("plain.txt:1: this is no JSON"), "{why}");
    assert!(why.contains("expected JSON lines"), "{why}");
}
