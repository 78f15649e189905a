//! The whole road, once: a feed on a web server → the store → feeds and a
//! calendar → a letter in a mailbox. Read this test first.

use crate::postgres;
use crate::world::{MailServer, Page, WebServer, World};

const FEED: &str = include_str!("../fixtures/journey/feed.xml");

#[test]
fn from_a_feed_to_a_mailbox_on_sqlite() {
    journey(None);
}

#[test]
fn from_a_feed_to_a_mailbox_on_postgresql() {
    journey(Some(postgres::database_url()));
}

#[expect(
    clippy::too_many_lines,
    reason = "a journey is read from top to bottom"
)]
fn journey(store_url: Option<String>) {
    let mut world = World::new(store_url);
    let web = WebServer::start();
    let mail = MailServer::start();
    web.serve(
        "/feed.xml",
        Page {
            body: FEED.replace("{today}", &today()),
            media_type: "application/rss+xml",
            etag: "\"one\"".to_owned(),
        },
    );
    world.write(
        "feeds/sources/test.toml",
        &format!(
            "[[source]]\nid = \"outlet\"\nname = \"Өңір газеті\"\nkind = \"feed\"\nurl = \"http://{}/feed.xml\"\nevery = \"15m\"\n",
            web.address
        ),
    );
    world.set(
        "JARSHY__MAIL__SMTP",
        &format!("smtp://{}?tls=none", mail.address),
    );

    // Gathered: two articles, one of them announces a forum.
    let line = world.must(&["gather", "outlet"]);
    assert_eq!(line.trim(), "outlet: 2 entries, 2 new, 0 revised");
    let line = world.must(&["gather", "outlet"]);
    assert_eq!(
        line.trim(),
        "outlet: nothing new",
        "the second visit is conditional"
    );
    assert_eq!(web.log(), ["200 /feed.xml", "304 /feed.xml"]);

    // Published, in four formats.
    world.must(&["publish", "site"]);
    let read =
        |name: &str| std::fs::read_to_string(world.path("site/feeds").join(name)).expect(name);
    for format in ["rss", "atom", "json"] {
        let document = read(&format!("announcements.{format}"));
        assert!(document.contains("медиа форум"), "{document}");
        assert!(
            !document.contains("Бидай"),
            "the weather and the harvest are no forum: {document}"
        );
        assert!(
            document.contains("Өңір газеті"),
            "the outlet is named: {document}"
        );
        assert!(!document.contains("<script"), "{document}");
    }
    let calendar = read("announcements.ics").replace("\r\n ", "");
    assert!(calendar.contains("BEGIN:VEVENT"), "{calendar}");

    // Mailed, to those who confirmed.
    world.write(
        "people.csv",
        "address\naigul@reader.example\nnobody at all\nbolat@reader.example\n",
    );
    let output = world.run(&["subscribers", "import", "people.csv", "--confirmed"]);
    assert!(String::from_utf8_lossy(&output.stderr).contains("people.csv:3: the address"));
    assert!(String::from_utf8_lossy(&output.stdout).starts_with("2 added"));
    let closed = world.must(&["digest", "close", "daily"]);
    assert_eq!(
        closed.trim(),
        "daily: window closed, 1 letter for 2 subscribers queued"
    );
    let flushed = world.must(&["mail", "flush", "--json"]);
    assert_eq!(
        flushed.trim(),
        r#"{"sent":2,"deferred":0,"failed":0,"doubtful":0}"#
    );
    let mut received = mail.received();
    received.sort_by(|a, b| a.to.cmp(&b.to));
    let recipients: Vec<&str> = received.iter().map(|letter| letter.to.as_str()).collect();
    assert_eq!(recipients, ["aigul@reader.example", "bolat@reader.example"]);
    for letter in &received {
        let header = |name: &str| {
            letter
                .header(name)
                .unwrap_or_else(|| panic!("{name} in {}", letter.data))
        };
        assert!(header("List-Unsubscribe").contains("<https://house.example/unsubscribe?token=u."));
        assert_eq!(
            header("List-Unsubscribe-Post"),
            "List-Unsubscribe=One-Click"
        );
        assert!(header("Message-ID").ends_with("@house.example>"));
        assert!(header("Subject").is_ascii());
    }

    // Once: nothing is left to send, and a window that holds nothing new sends no letter.
    assert_eq!(
        world.must(&["mail", "flush", "--json"]).trim(),
        r#"{"sent":0,"deferred":0,"failed":0,"doubtful":0}"#
    );
    assert_eq!(mail.received().len(), 2);
}

/// The feed's articles are of today: a digest tells what is new.
fn today() -> String {
    let now: chrono::DateTime<chrono::Utc> = jarshy::clock::Clock::System.now();
    now.to_rfc2822()
}
