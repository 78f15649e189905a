//! The editor's word wins: over what was read, over a text revised later, in
//! feeds, calendars and letters; and it can be taken back.

use chrono::{Days, NaiveDate};

use crate::postgres;
use crate::world::{Page, WebServer, World};

const FORUM: &str = "https://outlet.example/1";
const BRIDGE: &str = "https://outlet.example/2";
const OTHER: &str = "https://outlet.example/3";

#[test]
fn the_editors_word_wins() {
    corrected(None);
}

#[test]
fn the_editors_word_wins_on_postgres() {
    corrected(Some(postgres::database_url()));
}

/// The feed as it is at its `etag`, with the forum's text as it is then.
fn serve(web: &WebServer, etag: &str, forum: &str) {
    let now: chrono::DateTime<chrono::Utc> = jarshy::clock::Clock::System.now();
    let item = |link: &str, title: &str, text: &str| {
        format!(
            "<item><title>{title}</title><link>{link}</link><guid>{link}</guid>\
             <pubDate>{}</pubDate><description>{text}</description></item>",
            now.to_rfc2822()
        )
    };
    let items = [
        item(FORUM, "Астанада ертең медиа форум өтеді", forum),
        item(
            BRIDGE,
            "Облыста жиын өтеді",
            "Алдағы күндері облыста үлкен жиын өтеді, оған жүз қырық кәсіпкер шақырылды.",
        ),
        item(
            OTHER,
            "Бидай жиналып бітті",
            "Ауыл шаруашылығы басқармасының мәліметінше, биыл егін мол болды.",
        ),
    ];
    let body = format!(
        "<rss version=\"2.0\"><channel><title>Газет</title><link>https://outlet.example/</link>\
         <description>Жаңалықтар</description><language>kk</language>{}</channel></rss>",
        items.concat()
    );
    let page = Page {
        body,
        media_type: "application/rss+xml",
        etag: format!("\"{etag}\""),
    };
    web.serve("/feed.xml", page);
}

fn days_from_today(days: u64) -> NaiveDate {
    let now = jarshy::clock::Clock::System.now();
    let today = now.with_timezone(&chrono_tz::Asia::Almaty).date_naive();
    today + Days::new(days)
}

fn calendar(world: &World) -> String {
    world.must(&["publish", "site"]);
    let path = world.path("site/feeds/announcements.ics");
    std::fs::read_to_string(path)
        .expect("a calendar")
        .replace("\r\n ", "")
}

fn starts(day: NaiveDate) -> String {
    day.format("%Y%m%d").to_string()
}

#[expect(
    clippy::too_many_lines,
    reason = "a journey is read from top to bottom"
)]
fn corrected(store_url: Option<String>) {
    let world = World::new(store_url);
    let web = WebServer::start();
    let text = "Ертең Астана қаласында өңірлік медиа форум өтеді. Форумға журналистер қатысады.";
    serve(&web, "one", text);
    world.write(
        "feeds/sources/test.toml",
        &format!(
            "[[source]]\nid = \"outlet\"\nname = \"Газет\"\nkind = \"feed\"\nurl = \"http://{}/feed.xml\"\nevery = \"15m\"\n",
            web.address
        ),
    );
    world.must(&["gather", "outlet"]);
    let (read, said) = (days_from_today(1), days_from_today(6));
    let before = calendar(&world);
    assert!(before.contains(&starts(read)), "{before}");
    assert_eq!(before.matches("BEGIN:VEVENT").count(), 1);
    world.write("people.csv", "address\naigul@reader.example\n");
    world.must(&["subscribers", "import", "people.csv", "--confirmed"]);
    world.must(&["digest", "close", "daily"]);

    // Another day, hour and town: once, however often it is said.
    let day = said.to_string();
    let move_it = [
        "correct",
        FORUM,
        "--event-date",
        &day,
        "--time",
        "15:00",
        "--city",
        "Алматы",
    ];
    let answer = world.must(&move_it);
    assert!(
        answer.contains(&format!("{said} 15:00 in Almaty")),
        "{answer}"
    );
    assert!(world.must(&move_it).contains("nothing to change"));
    let moved = calendar(&world);
    assert!(moved.contains(&starts(said)), "{moved}");
    assert!(moved.contains("SEQUENCE:1"), "{moved}");
    let feed = std::fs::read_to_string(world.path("site/feeds/region-almaty.atom"));
    assert!(feed.expect("a feed").contains(FORUM));
    let feed = std::fs::read_to_string(world.path("site/feeds/region-astana.atom"));
    assert!(!feed.expect("a feed").contains(FORUM), "it left the region");
    let refused = world.run(&["correct", FORUM, "--city", "Караганды қаласы"]);
    let why = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert_eq!(refused.status.code(), Some(2), "{why}");
    for said in ["no town is known as", "did you mean Караганда", "--region"] {
        assert!(why.contains(said), "{said}: {why}");
    }

    for (words, named) in [
        (&["--event-date", "0001-01-01"][..], "years from today"),
        (&["--event-date", "9999-12-31"], "years from today"),
        (&["--story", FORUM], "the same as itself"),
        (&["--city", "Актобе", "--region", "KZ-71"], "lies in KZ-15"),
    ] {
        let refused = world.run(&[&["correct", FORUM], words].concat());
        let why = String::from_utf8_lossy(&refused.stderr).into_owned();
        assert_eq!(refused.status.code(), Some(2), "{why}");
        assert!(why.contains(named), "{why}");
    }

    // The town alone: day and hour stay, so nothing changes. The house's own page is a name too.
    let id = answer.split(':').next().expect("an id").to_owned();
    let page = format!("https://house.example/article/{id}");
    let answer = world.must(&["correct", &page, "--city", "Алматы"]);
    assert!(answer.contains("nothing to change"), "{answer}");
    let refused = world.run(&["correct", OTHER, "--status", "cancelled"]);
    let why = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(
        why.contains("no event is known of ") && why.contains("--event-date"),
        "{why}"
    );

    // The letter that follows tells what was.
    let preview = world.run(&["digest", "preview", "--profile", "kk"]);
    let note = String::from_utf8_lossy(&preview.stderr).into_owned();
    assert!(
        note.contains("slot.jarshy.invalid/ are placeholders"),
        "{note}"
    );
    let letter = String::from_utf8_lossy(&preview.stdout).into_owned();
    assert!(letter.contains("https://slot.jarshy.invalid/"), "{letter}");
    assert!(
        letter.contains("Өткен хаттан кейінгі өзгерістер"),
        "{letter}"
    );
    assert!(letter.contains("Күні өзгерді"), "{letter}");

    // The publisher changes the text: the editor's word still stands.
    serve(&web, "two", &format!("{text} Кіру тегін."));
    let line = world.must(&["gather", "outlet"]);
    assert!(line.contains("1 revised"), "{line}");
    let revised = calendar(&world);
    assert!(revised.contains(&starts(said)), "{revised}");
    assert!(!revised.contains(&starts(read)), "{revised}");
    assert!(revised.contains("SEQUENCE:1"), "{revised}");

    // What was taken for something else becomes an announcement, and back.
    let second = days_from_today(9).to_string();
    world.must(&[
        "correct",
        BRIDGE,
        "--event-date",
        &second,
        "--event-name",
        "Кәсіпкерлер форумы",
        "--region",
        "KZ-23",
        "--status",
        "tentative",
    ]);
    assert!(calendar(&world).contains("Кәсіпкерлер форумы"));
    let letter = world.must(&["digest", "preview", "--profile", "kk"]);
    assert!(letter.contains("Облыста жиын өтеді"), "{letter}");
    world.must(&["correct", BRIDGE, "--no-event", "--kind", "other"]);
    assert!(!calendar(&world).contains("Кәсіпкерлер форумы"));

    // Stories are joined and split.
    let story = |answer: &str| {
        let value: serde_json::Value = serde_json::from_str(answer).expect("JSON");
        value["story"].as_str().expect("a story").to_owned()
    };
    let joined = story(&world.must(&["--json", "correct", OTHER, "--story", BRIDGE]));
    let lines = world.must(&["correct", "list"]);
    assert!(lines.contains("same story as "), "{lines}");
    let alone = story(&world.must(&["--json", "correct", BRIDGE, "--own-story"]));
    assert_ne!(joined, alone);
    // Others join the story it was taken out to, and it leaves that too.
    let followed = story(&world.must(&["--json", "correct", OTHER, "--story", BRIDGE]));
    assert_eq!(followed, alone);
    let apart = story(&world.must(&["--json", "correct", BRIDGE, "--own-story"]));
    assert_ne!(apart, alone);
    let again = world.must(&["correct", BRIDGE, "--own-story"]);
    assert!(again.contains("nothing to change"), "{again}");

    // What was said is listed, and judges the engine.
    let listed = world.must(&["correct", "list"]);
    assert_eq!(listed.lines().count(), 3, "{listed}");
    for words in [
        "a story of its own",
        &format!("event {said} 15:00 in Almaty"),
    ] {
        assert!(listed.contains(words), "{words} in {listed}");
    }
    world.must(&["correct", "export", "cases.jsonl"]);
    let figures = world.must(&["stage", "evaluate", "cases.jsonl", "--json"]);
    let figures: serde_json::Value = serde_json::from_str(&figures).expect("JSON");
    let row = |label: &str| {
        let rows = figures["labels"].as_array().expect("rows");
        let row = rows
            .iter()
            .find(|row| row["label"] == label && row["language"] == "all");
        row.unwrap_or_else(|| panic!("{label} in {figures}"))
            .clone()
    };
    assert_eq!(row("event start")["missed"], 1);
    assert_eq!(row("kind")["right"], 1);

    // Taken back: what was read is believed again.
    for article in [FORUM, BRIDGE, OTHER] {
        world.must(&["correct", article, "--undo"]);
        assert!(
            world
                .must(&["correct", article, "--undo"])
                .contains("nothing to change")
        );
    }
    assert_eq!(world.must(&["correct", "list"]), "");
    let after = calendar(&world);
    assert!(after.contains(&starts(read)), "{after}");
    assert!(after.contains("SEQUENCE:2"), "{after}");
    assert_eq!(after.matches("BEGIN:VEVENT").count(), 1, "{after}");
}

#[test]
fn wrong_calls_are_named() {
    let world = World::new(None);
    let long = "ф".repeat(201);
    let cases: [(&[&str], &str); 12] = [
        (
            &["correct", "x", "--event-name", " \u{200b} "],
            "without a name",
        ),
        (&["correct", "x", "--event-name", ""], "without a name"),
        (
            &["correct", "x", "--event-name", &long],
            "201 letters are more than 200",
        ),
        (
            &["correct", "https://a.example/x", "--no-event"],
            "no article has the id or the address",
        ),
        (&["correct", "x"], "required"),
        (
            &["digest", "preview", "--date", "23.11.2026"],
            "expected a day of the calendar as YYYY-MM-DD, e.g. 2026-11-23",
        ),
        (
            &["search", "форум", "--since", "2026-02-30"],
            "expected a day of the calendar",
        ),
        (
            &["correct", "x", "--kind", "news"],
            "announcement, forum-article, other",
        ),
        (
            &["correct", "x", "--event-date", "5 December"],
            "expected YYYY-MM-DD",
        ),
        (
            &["correct", "x", "--event-date", "2026-12-01/2999-12-01"],
            "longer than 366 days",
        ),
        (
            &["correct", "x", "--city", "Almaty", "--no-event"],
            "--no-event",
        ),
        (&["correct", "x", "--undo", "--no-event"], "--undo"),
    ];
    for (call, named) in cases {
        let output = world.run(call);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{call:?}: {said}");
        assert!(said.contains(named), "{call:?}: {said}");
    }
    world.write("cases.jsonl", "{\"id\":\"a\",\"text\":\"x\",\"published\":\"2026-11-20\",\"expect\":{}}\n\n{\"id\":\"a\",\"text\":\"x\",\"published\":\"2026-11-20\",\"expect\":{}}\n{\"id\":\"b\",\"text\":\"x\",\"published\":\"yesterday\",\"expect\":{}}\n");
    let output = world.run(&["stage", "evaluate", "cases.jsonl"]);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2));
    assert!(
        said.contains("cases.jsonl:3: id `a` is taken by cases.jsonl:1"),
        "{said}"
    );
    assert!(
        said.contains("cases.jsonl:4: published `yesterday`"),
        "{said}"
    );
}

/// An item of the same forum, told by an outlet in its own words.
fn serve_forum(web: &WebServer, outlet: &str, minutes: i64, text: &str) {
    let now = jarshy::clock::Clock::System.now() - chrono::TimeDelta::minutes(minutes);
    let link = format!("https://{outlet}.example/1");
    let body = format!(
        "<rss version=\"2.0\"><channel><title>{outlet}</title><link>https://{outlet}.example/</link>\
         <description>Новости</description><item><title>Завтра в Павлодаре пройдёт медиафорум</title>\
         <link>{link}</link><guid>{link}</guid><pubDate>{}</pubDate><description>{text}</description>\
         </item></channel></rss>",
        now.to_rfc2822()
    );
    let page = Page {
        body,
        media_type: "application/rss+xml",
        etag: "\"1\"".to_owned(),
    };
    web.serve(&format!("/{outlet}.xml"), page);
}

fn forum_of_three_outlets(store_url: Option<String>) {
    let world = World::new(store_url);
    let web = WebServer::start();
    let mut sources = Vec::new();
    for (at, (outlet, text)) in [
        (
            "a",
            "Завтра в Павлодаре пройдёт медиафорум журналистов области.",
        ),
        (
            "b",
            "Медиафорум пройдёт завтра в Павлодаре, начало в 10:00.",
        ),
        (
            "c",
            "В Павлодаре завтра медиафорум: ждут журналистов со всей области.",
        ),
    ]
    .into_iter()
    .enumerate()
    {
        serve_forum(&web, outlet, 30 - i64::try_from(at).expect("few"), text);
        sources.push(format!(
            "[[source]]\nid = \"{outlet}\"\nname = \"{outlet}\"\nkind = \"feed\"\nurl = \"http://{}/{outlet}.xml\"\n",
            web.address
        ));
    }
    world.write("feeds/sources/test.toml", &sources.concat());
    for outlet in ["a", "b", "c"] {
        world.must(&["gather", outlet]);
    }
    let before = calendar(&world);
    assert_eq!(before.matches("BEGIN:VEVENT").count(), 1, "{before}");
    let said = |calendar: &str| -> Vec<String> {
        let is_said = |line: &&str| {
            ["DTSTART", "SUMMARY", "LOCATION", "UID"]
                .iter()
                .any(|name| line.starts_with(name))
        };
        calendar
            .lines()
            .filter(is_said)
            .map(str::to_owned)
            .collect()
    };
    let day = days_from_today(20).to_string();
    for outlet in ["a", "c"] {
        let article = format!("https://{outlet}.example/1");
        for word in [["--city", "Семей"], ["--event-date", day.as_str()]] {
            world.must(&["correct", &article, word[0], word[1]]);
            let moved = calendar(&world);
            assert_ne!(said(&moved), said(&before), "{word:?}");
            assert_eq!(moved.matches("BEGIN:VEVENT").count(), 1, "{moved}");
            world.must(&["correct", &article, "--no-event"]);
            let without = calendar(&world);
            assert_eq!(
                said(&without),
                said(&before),
                "{word:?}: as the others tell it"
            );
            world.must(&["correct", &article, "--undo"]);
            let undone = calendar(&world);
            assert_eq!(said(&undone), said(&before), "{word:?}: as it was");
        }
    }
}

#[test]
fn an_event_is_told_by_those_who_still_tell_of_it() {
    forum_of_three_outlets(None);
}

#[test]
fn an_event_is_told_by_those_who_still_tell_of_it_on_postgres() {
    forum_of_three_outlets(Some(postgres::database_url()));
}
