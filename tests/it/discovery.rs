//! Finding where a site can be read, telling how a source is, taking in lists:
//! the whole program against servers that are built as sites are.

use std::fmt::Write as _;
use std::process::Output;

use chrono::{DateTime, TimeDelta, Utc};
use jarshy::clock::Clock;
use serde_json::Value;

use crate::manners::server::{Reply, Server};
use crate::world::World;

fn now() -> DateTime<Utc> {
    Clock::System.now()
}

fn stdout(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

const KAZAKH: &str =
    "Өңірде ауыл шаруашылығы форумы өтеді, оған қала тұрғындары мен кәсіпкерлер қатысады";
const RUSSIAN: &str =
    "В области пройдёт форум сельского хозяйства, в нём участвуют предприниматели и жители города";

/// Ten entries in the words of `title`, the newest `days` old.
fn rss(title: &str, days: i64, whole: bool) -> String {
    let mut items = String::new();
    for n in 0..10 {
        let date = (now() - TimeDelta::days(days) - TimeDelta::hours(n)).to_rfc2822();
        let text = if whole {
            format!("{title}. ").repeat(8)
        } else {
            String::new()
        };
        write!(
            items,
            "<item><title>{title} {n}</title><link>https://outlet.example/{days}/{n}</link><guid>{days}-{n}</guid>\
             <pubDate>{date}</pubDate><description>{text}</description></item>"
        )
        .expect("written");
    }
    format!(
        "<?xml version=\"1.0\"?><rss version=\"2.0\"><channel><title>{title}</title>{items}</channel></rss>"
    )
}

fn html(body: &str) -> Reply {
    Reply::new(
        "200 OK\r\nContent-Type: text/html; charset=utf-8",
        body.as_bytes(),
    )
}

fn xml(body: &str) -> Reply {
    Reply::new("200 OK\r\nContent-Type: application/xml", body.as_bytes())
}

fn redirect(status: &str, to: &str) -> Reply {
    Reply::new(&format!("{status}\r\nLocation: {to}"), b"")
}

/// A page that lists articles, without any feed.
fn listing(head: &str, count: usize) -> String {
    let mut cards = String::new();
    for n in 0..count {
        let date = (now() - TimeDelta::hours(i64::try_from(n).expect("few"))).to_rfc3339();
        write!(
            cards,
            "<div class=\"card\"><a href=\"/news/{n}\">{KAZAKH} {n}</a><time datetime=\"{date}\"></time></div>"
        )
        .expect("written");
    }
    format!(
        "<!DOCTYPE html><html lang=\"kk\"><head><title>Өңір</title>{head}</head><body><main>{cards}</main></body></html>"
    )
}

fn found(world: &World, arguments: &[&str]) -> Value {
    let mut all = vec!["sources", "add", "--json"];
    all.extend(arguments);
    let output = world.run(&all);
    serde_json::from_str(&stdout(&output)).unwrap_or_else(|_| panic!("{}", stderr(&output)))
}

fn best(found: &Value) -> &str {
    found["candidates"][0]["url"].as_str().expect("a candidate")
}

fn source(id: &str, kind: &str, url: &str) -> String {
    format!(
        "[[source]]\nid = \"{id}\"\nname = \"{id}\"\nkind = \"{kind}\"\nurl = \"{url}\"\nevery = \"30m\"\n\n"
    )
}

/// A site, what it answers, and what is to be found.
struct Site {
    name: &'static str,
    head: &'static str,
    plays: &'static [(&'static str, &'static str)],
    best: &'static str,
    kind: &'static str,
}

const SITES: [Site; 6] = [
    Site {
        name: "bitrix: named in the head",
        head: "<link rel=\"alternate\" type=\"application/rss+xml\" href=\"/rss/\"><script src=\"/bitrix/js/x.js\"></script>",
        plays: &[("/rss/", "whole")],
        best: "/rss/",
        kind: "feed",
    },
    Site {
        name: "wordpress: comments are no news",
        head: "<meta name=\"generator\" content=\"WordPress 6.7\">\
            <link rel=\"alternate\" type=\"application/rss+xml\" title=\"Пікірлер\" href=\"/comments/feed/\">\
            <link rel=\"alternate\" type=\"application/rss+xml\" href=\"/feed/\">",
        plays: &[("/comments/feed/", "new"), ("/feed/", "new")],
        best: "/feed/",
        kind: "feed",
    },
    Site {
        name: "laravel: link tags of the maker's machine",
        head: "<link rel=\"alternate\" type=\"application/rss+xml\" href=\"\">\
            <link rel=\"alternate\" type=\"application/atom+xml\" href=\"http://localhost/feed\">",
        plays: &[("/feed", "new")],
        best: "/feed",
        kind: "feed",
    },
    Site {
        name: "next: says nothing, has one all the same",
        head: "<script src=\"/_next/static/x.js\"></script>",
        plays: &[("/rss.xml", "new")],
        best: "/rss.xml",
        kind: "feed",
    },
    Site {
        name: "a dead feed beside a living sitemap",
        head: "<link rel=\"alternate\" type=\"application/rss+xml\" href=\"/old\">",
        plays: &[
            ("/old", "old"),
            ("/robots.txt", "robots"),
            ("/sitemap-news.xml", "sitemap"),
        ],
        best: "/sitemap-news.xml",
        kind: "sitemap",
    },
    Site {
        name: "nothing but the page",
        head: "",
        plays: &[],
        best: "/",
        kind: "page",
    },
];

#[test]
fn each_way_of_building_a_site_leads_to_its_feed() {
    for site in SITES {
        check_site(&site);
    }
}

fn check_site(case: &Site) {
    let (world, server) = (World::new(None), Server::start());
    server.play("/", [html(&listing(case.head, 12))]);
    for (path, what) in case.plays {
        let reply = match *what {
            "whole" => xml(&rss(KAZAKH, 0, true)),
            "new" => xml(&rss(&format!("{KAZAKH} {path}"), 0, false)),
            "old" => xml(&rss(KAZAKH, 300, false)),
            "robots" => Reply::new(
                "200 OK",
                format!(
                    "User-agent: *\nAllow: /\nSitemap: {}\n",
                    server.url("/sitemap.xml")
                )
                .as_bytes(),
            ),
            _ => xml(&news_sitemap()),
        };
        server.play(path, [reply]);
    }
    let index = format!(
        "<sitemapindex><sitemap><loc>{}</loc></sitemap></sitemapindex>",
        server.url("/sitemap-news.xml")
    );
    server.play("/sitemap.xml", [xml(&index)]);
    let found = found(
        &world,
        &[
            &server.url("/"),
            "--region",
            "KZ-71",
            "--write",
            "feeds/sources/local.toml",
        ],
    );
    assert_eq!(
        best(&found),
        server.url(case.best),
        "{}: {found:#}",
        case.name
    );
    assert_eq!(found["candidates"][0]["kind"], case.kind, "{}", case.name);
    assert_eq!(found["candidates"][0]["language"], "kk", "{}", case.name);
    let text = std::fs::read_to_string(world.path("feeds/sources/local.toml")).expect("written");
    assert!(text.contains("region = \"KZ-71\""), "{}: {text}", case.name);
    let check = world.run(&["check"]);
    assert!(check.status.success(), "{}: {}", case.name, stderr(&check));
    assert_eq!(stderr(&check), "", "{}", case.name);
    let id = found["id"].as_str().expect("an id").to_owned();
    let gathered = world.must(&["gather", &id]);
    assert!(gathered.contains(" new,"), "{}: {gathered}", case.name);
    assert_eq!(server.busiest(), 1, "one request at a time");
}

fn news_sitemap() -> String {
    let mut urls = String::new();
    for n in 0..10 {
        let date = (now() - TimeDelta::hours(n)).to_rfc3339();
        write!(
            urls,
            "<url><loc>https://outlet.example/{n}</loc><news:news><news:publication_date>{date}</news:publication_date>\
             <news:title>{KAZAKH} {n}</news:title></news:news></url>"
        )
        .expect("written");
    }
    format!(
        "<?xml version=\"1.0\"?><urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\" \
         xmlns:news=\"http://www.google.com/schemas/sitemap-news/0.9\">{urls}</urlset>"
    )
}

#[test]
fn the_address_itself_may_be_what_is_meant() {
    let (world, server) = (World::new(None), Server::start());
    server.play("/export.php?id=1", [xml(&rss(RUSSIAN, 0, false))]);
    let opml = format!(
        "<opml><body><outline xmlUrl=\"{}\"/></body></opml>",
        server.url("/export.php?id=1")
    );
    server.play("/list.opml", [xml(&opml)]);
    for (path, how) in [
        ("/export.php?id=1", "the address given"),
        ("/list.opml", "named in the OPML"),
    ] {
        let found = found(&world, &[&server.url(path)]);
        assert_eq!(best(&found), server.url("/export.php?id=1"), "{found:#}");
        assert_eq!(found["candidates"][0]["how"], how);
        assert_eq!(found["candidates"][0]["language"], "ru");
        assert!(
            found["toml"]
                .as_str()
                .expect("an entry")
                .contains("kind = \"feed\"")
        );
    }
    // Without a scheme https is tried first, then http.
    let bare = format!("{}/export.php?id=1", server.address);
    assert_eq!(
        best(&found(&world, &[&bare])),
        server.url("/export.php?id=1")
    );
}

#[test]
fn language_versions_are_told_apart() {
    let (world, server) = (World::new(None), Server::start());
    let version = |language: &str| {
        format!("<link rel=\"alternate\" type=\"application/rss+xml\" href=\"/{language}/rss\">")
    };
    let head = format!(
        "{}<link rel=\"alternate\" hreflang=\"kk\" href=\"/kk/\">",
        version("ru")
    );
    server.play("/", [html(&listing(&head, 0))]);
    server.play("/kk/", [html(&listing(&version("kk"), 0))]);
    server.play("/ru/rss", [xml(&rss(RUSSIAN, 0, true))]);
    server.play("/kk/rss", [xml(&rss(KAZAKH, 0, false))]);
    let all = found(&world, &[&server.url("/")]);
    let languages: Vec<&str> = all["candidates"]
        .as_array()
        .expect("candidates")
        .iter()
        .filter_map(|one| one["language"].as_str())
        .collect();
    assert_eq!(languages, ["ru", "kk"], "{all:#}");
    let kazakh = found(
        &world,
        &[&server.url("/"), "--language", "kk", "--id", "onir-kk"],
    );
    let toml = kazakh["toml"].as_str().expect("an entry");
    assert!(
        toml.contains("/kk/rss") && toml.contains("language = \"kk\""),
        "{toml}"
    );
    assert!(toml.contains("id = \"onir-kk\""), "{toml}");
}

#[test]
fn a_page_that_is_named_and_can_be_read_is_offered_beside_the_sites_feed() {
    let (world, server) = (World::new(None), Server::start());
    let head = "<link rel=\"alternate\" type=\"application/rss+xml\" href=\"/rss\">";
    for path in ["/", "/forums/"] {
        server.play(path, [html(&listing(head, 8))]);
    }
    server.play("/rss", [xml(&rss(RUSSIAN, 0, true))]);
    let (page, file) = (server.url("/forums/"), "feeds/sources/new.toml");
    let read = |path: &str| std::fs::read_to_string(world.path(path)).unwrap_or_default();
    let both = stdout(&world.run(&["sources", "add", &page]));
    let feed = format!("url = \"{}\"", server.url("/rss"));
    for entry in [&feed, &format!("url = \"{page}\"")] {
        assert!(both.contains(entry.as_str()), "{entry}: {both}");
    }
    assert!(both.contains("--pick 2"), "{both}");
    assert!(both.contains(" (+05)  "), "the zone is said: {both}");
    let asked = world.run(&["sources", "add", &page, "--write", file]);
    assert_eq!(asked.status.code(), Some(2), "{}", stderr(&asked));
    assert!(stderr(&asked).contains("--pick 2"), "{}", stderr(&asked));
    assert_eq!(read(file), "");
    let none = world.run(&["sources", "add", &page, "--pick", "3", "--write", file]);
    assert_eq!(none.status.code(), Some(2));
    assert!(stderr(&none).contains("there is no 3"), "{}", stderr(&none));
    world.must(&["sources", "add", &page, "--pick", "2", "--write", file]);
    assert!(read(file).contains(&page), "{}", read(file));
    // Of a home page the feed is wanted, and nobody is asked.
    let home = server.url("/");
    world.must(&["sources", "add", &home, "--write", file]);
    assert!(read(file).contains(&feed), "{}", read(file));
}

#[test]
fn nothing_is_written_twice() {
    let (world, server) = (World::new(None), Server::start());
    server.play("/rss", [xml(&rss(KAZAKH, 0, false))]);
    let url = server.url("/rss");
    let mine = format!("# mine\n{}", source("onir", "feed", &url));
    world.write("feeds/sources/mine.toml", &mine);
    let file = "feeds/sources/mine.toml";
    let again = world.run(&["sources", "add", &format!("{url}/"), "--write", file]);
    assert_eq!(again.status.code(), Some(1), "{}", stderr(&again));
    assert!(stderr(&again).contains("`onir`"), "{}", stderr(&again));
    let taken = world.run(&["sources", "add", &url, "--id", "onir", "--write", file]);
    assert_eq!(taken.status.code(), Some(2), "{}", stderr(&taken));
    let kept = std::fs::read_to_string(world.path(file)).expect("text");
    assert_eq!(kept, mine);
    for wrong in ["ftp://a.example/", "https://me:secret@a.example/"] {
        let output = world.run(&["sources", "add", wrong]);
        assert_eq!(output.status.code(), Some(2), "{wrong}");
        assert!(!stderr(&output).contains("secret"), "{}", stderr(&output));
    }
}

#[test]
fn a_hostile_site_gets_few_requests_and_nothing_of_the_house() {
    let (world, server) = (World::new(None), Server::start());
    let mut head = String::new();
    for n in 0..10_000 {
        write!(
            head,
            "<link rel=alternate type=application/rss+xml href=\"/{n}/rss\">"
        )
        .expect("written");
    }
    server.play("/", [html(&listing(&head, 0))]);
    for (path, to) in [
        ("/0/rss", "http://169.254.169.254/latest/meta-data/"),
        ("/1/rss", "http://[::1]:1/rss"),
        ("/2/rss", "http://127.0.0.2:1/rss"),
        ("/3/rss", "file:///etc/passwd"),
        ("/4/rss", "/4/rss"),
    ] {
        server.play(path, [redirect("302 Found", to)]);
    }
    let output = world.run(&["sources", "add", "--json", &server.url("/")]);
    let found: Value = serde_json::from_str(&stdout(&output)).expect("JSON");
    assert_eq!(output.status.code(), Some(1), "nothing was found");
    let asked = server.paths();
    assert!(asked.len() <= 60, "{} requests", asked.len());
    let whys = found["candidates"].to_string();
    assert_eq!(whys.matches("was not followed").count(), 4, "{whys}");
    assert!(whys.contains("redirects, given up"), "{whys}");
    assert!(
        found["notes"].to_string().contains("more links"),
        "{found:#}"
    );
}

#[test]
fn robots_txt_is_obeyed_and_feeds_are_asked_all_the_same() {
    let (world, server) = (World::new(None), Server::start());
    server.play(
        "/robots.txt",
        [Reply::new("200 OK", b"User-agent: *\nDisallow: /\n")],
    );
    server.play("/", [html(&listing("", 12))]);
    server.play("/feed", [xml(&rss(KAZAKH, 0, false))]);
    let found = found(&world, &[&server.url("/")]);
    assert_eq!(best(&found), server.url("/feed"), "{found:#}");
    assert!(
        !server.paths().contains(&"/".to_owned()),
        "the page was not asked for"
    );
}

#[test]
fn one_source_is_shown_step_by_step_and_nothing_is_stored() {
    let (world, server) = (World::new(None), Server::start());
    let url = server.url("/rss?access_token=geheim");
    world.write("feeds/sources/a.toml", &source("onir", "feed", &url));
    let answer = Reply::new(
        "200 OK\r\nContent-Type: application/rss+xml\r\nETag: \"1\"\r\nSet-Cookie: a=b",
        rss(KAZAKH, 0, false).as_bytes(),
    )
    .or_not_modified("\r\nETag: \"1\"");
    server.play("/rss?access_token=geheim", [answer]);
    let states = |world: &World| world.must(&["sources", "list", "--json"]);
    let before = states(&world);
    let shown = world.must(&["sources", "test", "onir"]);
    for expected in [
        "due      it is due",
        "robots   not asked for: a feed is made to be asked",
        "access_token=hidden",
        "user-agent: Jarshy/",
        "answer   200",
        "etag: \"1\"",
        "read     10 entries: 10 would be new, 0 revised",
        "kk-Cyrl",
        "health   alive",
        "nothing of this was stored",
    ] {
        assert!(shown.contains(expected), "{expected}\n{shown}");
    }
    assert!(
        !shown.contains("geheim") && !shown.contains("set-cookie"),
        "{shown}"
    );
    assert_eq!(states(&world), before, "nothing changed");
    world.must(&["gather", "onir"]);
    let again: Value =
        serde_json::from_str(&world.must(&["sources", "test", "onir", "--json"])).expect("JSON");
    assert_eq!(again["requests"][0]["status"], 304);
    assert_eq!(again["requests"][0]["sent"]["if-none-match"], "\"1\"");
    assert_eq!(again["result"], "nothing new");
    assert!(
        again["due"]
            .as_str()
            .expect("words")
            .starts_with("not due before")
    );
    let whole: Value =
        serde_json::from_str(&world.must(&["sources", "test", "onir", "--whole", "--json"]))
            .expect("JSON");
    assert_eq!(
        (&whole["entries"], &whole["new"]),
        (&Value::from(10), &Value::from(0))
    );
    assert_eq!(whole["read"][0]["would_be"], "known");
    assert!(whole["because"].is_string() && whole["next_visit"].is_string());
    assert_eq!(
        world.run(&["sources", "test", "nobody"]).status.code(),
        Some(2)
    );
}

#[test]
fn complaints_of_a_source_come_with_their_line() {
    let (world, server) = (World::new(None), Server::start());
    world.write(
        "feeds/sources/a.toml",
        &source("onir", "feed", &server.url("/rss")),
    );
    let broken = "<rss version=\"2.0\"><channel>\n<title>A</title>\n<item><title>Форум & жиын</title><guid>1</guid></item>\n<item><title>Кесілген";
    server.play("/rss", [xml(broken)]);
    let shown: Value =
        serde_json::from_str(&world.must(&["sources", "test", "onir", "--json"])).expect("JSON");
    let lines: Vec<&Value> = shown["complaints"]
        .as_array()
        .expect("complaints")
        .iter()
        .map(|complaint| &complaint["line"])
        .collect();
    assert!(lines.iter().any(|line| line.is_u64()), "{shown:#}");
}

/// Sources by path and kind, and what is to be said of them.
const SORTS: [(&str, &str, &str); 10] = [
    ("alive", "feed", "alive"),
    ("silent", "feed", "silent"),
    ("page", "feed", "web page"),
    ("human", "feed", "blocked"),
    ("human-list", "page", "blocked"),
    ("forbidden", "feed", "blocked"),
    ("kept-out", "page", "blocked"),
    ("moved", "feed", "moved"),
    ("missing", "feed", "dead"),
    ("gone", "feed", "dead"),
];

/// What their server answers.
fn play_all_sorts(server: &Server) {
    server.play("/alive", [xml(&rss(KAZAKH, 0, false))]);
    server.play("/silent", [xml(&rss(KAZAKH, 200, false))]);
    server.play("/page", [html(&listing("", 0))]);
    server.play(
        "/human",
        [html(
            "<html><head><title>Just a moment...</title></head></html>",
        )],
    );
    let question = "<html><head><title>Just a moment...</title></head><body><h1>Forum.example</h1><p>Checking that you are human before you go on to the site, please wait a little.</p></body></html>";
    server.play("/human-list", [html(question)]);
    server.play("/forbidden", [Reply::new("403 Forbidden", b"")]);
    server.play(
        "/robots.txt",
        [Reply::new(
            "200 OK",
            b"User-agent: *\nDisallow: /kept-out\n",
        )],
    );
    server.play("/moved", [redirect("301 Moved Permanently", "/new")]);
    server.play("/new", [xml(&rss(RUSSIAN, 0, false))]);
    server.play("/gone", [Reply::new("410 Gone", b"")]);
}

#[test]
fn every_source_gets_its_verdict() {
    let (world, server) = (World::new(None), Server::start());
    let mut toml = String::new();
    for (id, kind, _) in SORTS {
        toml.push_str(&source(id, kind, &server.url(&format!("/{id}"))));
    }
    toml.push_str(
        &source("off", "feed", &server.url("/off")).replace("every", "enabled = false\nevery"),
    );
    world.write("feeds/sources/a.toml", &toml);
    play_all_sorts(&server);
    let output = world.run(&["sources", "check", "--json"]);
    assert_eq!(
        output.status.code(),
        Some(1),
        "one is dead: {}",
        stderr(&output)
    );
    let lines: Vec<Value> = stdout(&output)
        .lines()
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect();
    let verdict_of = |id: &str| {
        let line = lines.iter().find(|line| line["id"] == id);
        line.unwrap_or_else(|| panic!("{id}"))["verdict"]
            .as_str()
            .expect("a word")
            .to_owned()
    };
    for (id, _, verdict) in SORTS {
        assert_eq!(verdict_of(id), verdict, "{id}: {}", stdout(&output));
    }
    assert_eq!(verdict_of("off"), "off");
    let summary = &lines.last().expect("a summary")["summary"];
    assert_eq!(
        (&summary["dead"], &summary["blocked"]),
        (&Value::from(2), &Value::from(4))
    );
    let moved = lines
        .iter()
        .find(|line| line["id"] == "moved")
        .expect("moved");
    assert_eq!(moved["moved_to"], server.url("/new"));
    let plain = stdout(&world.run(&["sources", "check"]));
    assert!(
        plain.trim_end().ends_with("4 blocked, 2 dead, 1 off"),
        "{plain}"
    );
}

#[test]
fn who_asked_to_be_left_alone_is_told_of_from_memory() {
    let (world, server) = (World::new(None), Server::start());
    let mut toml = source("busy", "feed", &server.url("/busy"));
    toml.push_str(&source("well", "feed", &server.url("/well")));
    world.write("feeds/sources/a.toml", &toml);
    let busy = Reply::new("429 Too Many Requests\r\nRetry-After: 7200", b"");
    server.play("/busy", [busy]);
    server.play("/well", [xml(&rss(KAZAKH, 0, false))]);
    world.must(&["gather"]);
    let asked = || {
        server
            .paths()
            .iter()
            .filter(|path| *path == "/busy")
            .count()
    };
    let state = || -> Value {
        let all = world.must(&["sources", "list", "--json"]);
        serde_json::from_str(all.lines().next().expect("a line")).expect("JSON")
    };
    let before = state();
    assert_eq!(asked(), 1);
    let checked = world.must(&["sources", "check"]);
    assert_eq!(asked(), 0, "asked again before its time");
    assert!(
        checked.contains("busy") && checked.contains("asked to come after"),
        "{checked}"
    );
    assert_eq!(state()["next_visit"], before["next_visit"]);
    // Who names it insists.
    world.run(&["gather", "busy"]);
    assert_eq!(asked(), 1);
}

#[test]
fn health_is_kept_and_shown() {
    let (world, server) = (World::new(None), Server::start());
    world.write(
        "feeds/sources/a.toml",
        &source("list", "page", &server.url("/news")),
    );
    server.play(
        "/news",
        [
            html(&listing("", 12)),
            html("<!DOCTYPE html><html><body><div id=app></div></body></html>"),
        ],
    );
    world.must(&["gather", "list"]);
    let health = || -> Value {
        serde_json::from_str(&world.must(&["sources", "list", "--health", "--json"])).expect("JSON")
    };
    let well = health();
    assert_eq!(well["verdict"], "alive", "{well:#}");
    assert_eq!(
        (
            &well["health"]["entries"],
            &well["health"]["with_date_percent"]
        ),
        (&Value::from(12), &Value::from(100))
    );
    world.run(&["gather", "list"]);
    let changed = health();
    assert_eq!(changed["verdict"], "changed", "{changed:#}");
    assert!(changed["health"]["layout_change_since"].is_string());
    assert!(
        changed["health"]["skipped"]
            .as_object()
            .is_some_and(|skipped| !skipped.is_empty())
    );
    let plain = world.must(&["sources", "list", "--health"]);
    assert!(
        plain.contains("changed") && plain.contains("no entries are found any more"),
        "{plain}"
    );
}

/// A page that says of works on the site is no article, and the list may come back.
#[test]
fn a_list_that_gives_only_itself_is_changed_until_it_is_back() {
    let (world, server) = (World::new(None), Server::start());
    world.write(
        "feeds/sources/a.toml",
        &source("list", "page", &server.url("/news")),
    );
    let works = "<!DOCTYPE html><html><head><title>Технические работы</title></head><body>\
        <h1>Технические работы</h1><p>Сайт временно недоступен: мы переносим его на новый сервер, \
        это займёт несколько часов. Приносим извинения за неудобства и благодарим за терпение, \
        скоро здесь снова будут новости нашего города и области.</p></body></html>";
    let list = listing("", 12);
    server.play(
        "/news",
        [html(&list), html(works), html(works), html(&list)],
    );
    for (verdict, entries, alone) in [
        ("alive", 12, false),
        ("changed", 0, true),
        ("changed", 0, true),
        ("alive", 12, false),
    ] {
        let said = world.run(&["gather", "list"]);
        assert_eq!(stdout(&said).contains("without a list"), alone, "{said:?}");
        let health: Value =
            serde_json::from_str(&world.must(&["sources", "list", "--health", "--json"]))
                .expect("JSON");
        assert_eq!(health["verdict"], verdict, "{health:#}");
        assert_eq!(health["health"]["entries"], entries, "{health:#}");
    }
}

#[test]
fn the_sources_go_out_as_a_list_and_come_back() {
    let world = World::new(None);
    let mut toml = source("onir", "feed", "https://onir.example/rss?a=1&b=2");
    toml.push_str(&source("qala", "telegram", "https://t.me/s/qala_news"));
    toml.push_str(&source("api", "json", "https://api.example/news").replace(
        "every",
        "rules = { items = \"content\", title = \"title\" }\nevery",
    ));
    world.write("feeds/sources/a.toml", &toml);
    let list = world.must(&["sources", "export"]);
    assert!(list.starts_with("<?xml"), "{list}");
    world.write("feeds/sources/a.toml", "");
    world.write("list.opml", &list);
    let file = "feeds/sources/local.toml";
    world.must(&["sources", "import", "list.opml", "--write", file]);
    let again = world.must(&["sources", "export"]);
    assert_eq!(again, list);
}

#[test]
fn a_list_of_feeds_is_taken_in_once() {
    let world = World::new(None);
    let text = include_str!("../fixtures/gather/opml/lists.opml");
    world.write("lists.opml", text);
    let file = "feeds/sources/local.toml";
    let first = world.run(&["sources", "import", "lists.opml", "--write", file]);
    assert!(first.status.success(), "{}", stderr(&first));
    let told = stderr(&first);
    assert!(
        told.contains("lists.opml:13:5: error:"),
        "each bad outline with its line: {told}"
    );
    assert!(told.contains("6 new, written to"), "{told}");
    let check = world.run(&["check"]);
    assert_eq!(stderr(&check), "", "what is written is right");
    let before = std::fs::read_to_string(world.path(file)).expect("text");
    let again = world.run(&["sources", "import", "lists.opml", "--write", file, "--json"]);
    let value: Value = serde_json::from_str(&stdout(&again)).expect("JSON");
    assert_eq!(
        (&value["known"], value["new"].as_array().map(Vec::len)),
        (&Value::from(6), Some(0))
    );
    assert_eq!(
        std::fs::read_to_string(world.path(file)).expect("text"),
        before
    );
    assert_eq!(
        world
            .run(&["sources", "import", "nothing.opml"])
            .status
            .code(),
        Some(2)
    );
    world.write("page.opml", "<html></html>");
    assert_eq!(
        world.run(&["sources", "import", "page.opml"]).status.code(),
        Some(1)
    );
}

#[test]
fn a_site_that_refuses_is_not_searched() {
    let (world, server) = (World::new(None), Server::start());
    let cases = [
        ("/gone", Reply::new("410 Gone", b""), "410 Gone", 1),
        ("/no", Reply::new("403 Forbidden", b""), "403 Forbidden", 1),
        (
            "/inside",
            redirect("302 Found", "http://169.254.169.254/"),
            "a redirect to 169.254.169.254 was not followed",
            1,
        ),
        (
            "/round",
            redirect("302 Found", "/round"),
            "more than 5 redirects",
            6,
        ),
    ];
    for (path, reply, why, requests) in cases {
        server.play(path, [reply]);
        server.asked();
        let output = world.run(&["sources", "add", &server.url(path)]);
        assert_eq!(output.status.code(), Some(1), "{path}");
        let asked = server.paths();
        let own = asked.iter().filter(|asked| *asked != "/robots.txt").count();
        assert_eq!(own, requests, "{path}: {asked:?}");
        assert!(stderr(&output).contains(why), "{path}: {}", stderr(&output));
        assert_eq!(stdout(&output), "", "{path}");
    }
}

#[test]
fn a_json_listing_comes_with_its_rules() {
    let (world, server) = (World::new(None), Server::start());
    let date = now().format("%Y-%m-%dT%H:%M:%S");
    let entry = |n: u32| {
        format!(
            "{{\"id\":{n},\"title\":\"{KAZAKH} {n}\",\"body\":\"<p>{KAZAKH}</p>\",\"created_date\":\"{date}\"}}"
        )
    };
    let entries: Vec<String> = (0..5).map(entry).collect();
    let listing = format!("{{\"content\":[{}],\"total\":5}}", entries.join(","));
    let json = "200 OK\r\nContent-Type: application/json";
    server.play("/api/news", [Reply::new(json, listing.as_bytes())]);
    let url = server.url("/api/news");
    let found = found(&world, &[&url]);
    let toml = found["toml"].as_str().expect("an entry");
    assert!(toml.contains("kind = \"json\""), "{found:#}");
    assert!(
        toml.contains("items = \"content\"") && toml.contains("title = \"title\""),
        "{toml}"
    );
    assert!(toml.contains("Say where an article is"), "{toml}");
    let file = "feeds/sources/local.toml";
    world.must(&["sources", "add", &url, "--id", "api", "--write", file]);
    assert_eq!(
        stderr(&world.run(&["check"])),
        "",
        "what is written is right"
    );
    let gathered = world.must(&["gather", "api"]);
    assert!(gathered.contains("5 entries, 5 new"), "{gathered}");
}
