//! The site over real HTTP on a port of the system's choosing, with a store of
//! its own for each test.

use std::collections::BTreeMap;

use std::io::Read;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};

use super::*;
use crate::model::article::{Article, ArticleId};
use crate::model::delivery::Holder;
use crate::model::digest::{Digest, DigestId, Window};
use crate::model::event::{Event, EventDetails, EventId, EventStatus};
use crate::model::feed::Filter;
use crate::model::language::{Language, Tongue, Trilingual};
use crate::model::link::{DigestLink, LinkShort};
use crate::model::reading::{Confidence, Kind, Reading};
use crate::model::region::Region;
use crate::model::schedule::Round;
use crate::model::source::{Place, Republish, SourceId};
use crate::model::story::{Signature, StoryId};
use crate::model::subscriber::{LetterScript, SubscriberId, SubscriberStatus};
use crate::model::token::{SECRET_BYTES, TokenPurpose, sign};
use crate::model::topic::Topic;
use crate::store::{Closing, Visit, VisitedArticle};

#[path = "front_tests.rs"]
mod front;
#[path = "preferences_tests.rs"]
mod preferences;
#[path = "search_tests.rs"]
mod search;

const DAY: &str = "2026-11-23T06:00:00Z";

/// A site that runs until the test ends.
struct Site {
    base: String,
    store: Store,
    house: Arc<House>,
    secret: Secret,
    clock: Clock,
    mail_wanted: Arc<Notify>,
    folder: tempfile::TempDir,
    client: reqwest::Client,
}

impl Site {
    async fn open() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let url = format!("sqlite://{}", folder.path().join("a.db").display());
        let store = Store::open(&url).await.expect("a store");
        let now: DateTime<Utc> = DAY.parse().expect("time");
        fill(&store, now).await;
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let base = format!("http://{}", listener.local_addr().expect("address"));
        let secret = Secret::new([3; SECRET_BYTES]);
        let clock = Clock::fixed(now);
        let mail_wanted = Arc::new(Notify::new());
        let outbox = folder.path().join("outbox");
        std::fs::create_dir(&outbox).expect("a folder");
        let house = House::new(
            store.clone(),
            secret.clone(),
            clock.clone(),
            ServeOptions {
                url: Url::parse(&base).expect("url"),
                name: "Жаршы".to_owned(),
                zone: chrono_tz::Asia::Almaty,
                outbox: Some(outbox),
                subscribe: SubscribeOptions::default(),
                hooks: HookSecrets::default(),
                soft_policy: SoftPolicy::default(),
                pushed: Arc::default(),
                link_counts: true,
            },
            Arc::clone(&mail_wanted),
            Arc::new(Templates::load(None).unwrap_or_else(|found| panic!("{found:?}"))),
            Catalogue {
                feeds: vec![feed()],
                sources: vec![desk()],
            },
        );
        let house = Arc::new(house);
        tokio::spawn(run(listener, Arc::clone(&house), std::future::pending()));
        let client = reqwest::Client::builder()
            .no_proxy()
            .no_gzip()
            .build()
            .expect("a client");
        Self {
            base,
            store,
            house,
            secret,
            clock,
            mail_wanted,
            folder,
            client,
        }
    }

    fn url(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }

    async fn get(&self, path: &str, headers: &[(&str, &str)]) -> reqwest::Response {
        let mut request = self.client.get(self.url(path));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request.send().await.expect("an answer")
    }

    async fn get_unfollowed(&self, path: &str, headers: &[(&str, &str)]) -> reqwest::Response {
        let client = reqwest::Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .expect("a client");
        let mut request = client.get(self.url(path));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request.send().await.expect("an answer")
    }

    async fn post(&self, path: &str, body: &str, headers: &[(&str, &str)]) -> reqwest::Response {
        let mut request = self
            .client
            .post(self.url(path))
            .header("content-type", "application/x-www-form-urlencoded")
            .body(body.to_owned());
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request.send().await.expect("an answer")
    }
}

fn desk() -> Source {
    let place = Place::Desk("feeds/desk".into());
    Source {
        republish: Republish::Full,
        ..Source::new(SourceId::from_stored("desk"), "Редакция", place)
    }
}

fn feed() -> PublishedFeed {
    let all = |text: &str| Trilingual {
        kk: format!("{text} kk"),
        ru: format!("{text} ru"),
        en: format!("{text} en"),
    };
    PublishedFeed {
        name: "all-forums".parse().expect("name"),
        title: all("Форумдар"),
        description: all("Бәрі"),
        tongue: Tongue::Kazakh,
        filter: Filter::default(),
        items_max: 20,
        calendar: true,
        featured: true,
    }
}

fn article_id() -> ArticleId {
    ArticleId::derived(&SourceId::from_stored("desk"), "1")
}

fn reading(sure: Confidence, now: DateTime<Utc>) -> Reading {
    Reading {
        language: Language::KazakhCyrillic,
        language_confidence: sure,
        kind: Kind::Announcement,
        kind_confidence: sure,
        regions: vec![(Region::ASTANA, sure)],
        topics: vec![(Topic::Digital, sure), (Topic::Media, Confidence::new(0.2))],
        event: None,
        more_events: Vec::new(),
        excerpt: "Толық мәтін.".to_owned(),
        engine_version: 1,
        read_at: now,
    }
}

fn coming(article: &ArticleId, now: DateTime<Utc>) -> Event {
    let start = NaiveDate::from_ymd_opt(2026, 12, 5).expect("day");
    Event {
        id: EventId::derived(article, start),
        name: "Цифрлық өңір".to_owned(),
        start,
        end: None,
        time: None,
        city: Some("Astana".to_owned()),
        region: Some(Region::ASTANA),
        status: EventStatus::Confirmed,
        details: EventDetails::default(),
        sequence: 0,
        date_words: "5 желтоқсан".to_owned(),
        date_counted_from: None,
        articles: vec![article.clone()],
        topics: Vec::new(),
        said_by: BTreeMap::new(),
        created: now,
        updated: now,
    }
}

fn desk_article(now: DateTime<Utc>) -> Article {
    Article {
        id: article_id(),
        source: SourceId::from_stored("desk"),
        revision: 1,
        link: None,
        title: "Форум <script>alert(1)</script>".to_owned(),
        authors: Vec::new(),
        summary_html: String::new(),
        content_html: "<p>Толық <em>мәтін</em></p>".to_owned(),
        text: "Толық мәтін".to_owned(),
        published: Some(now),
        updated: None,
        first_seen: now,
        image: None,
        categories: Vec::new(),
        declared_language: None,
        declared_event: None,
        content_hash: "1".to_owned(),
    }
}

async fn fill(store: &Store, now: DateTime<Utc>) {
    store.sync_sources(&[desk()], now).await.expect("sources");
    let holder = Holder("test".to_owned());
    let claimed = store
        .claim_sources(now, &holder, TimeDelta::minutes(5), 1)
        .await
        .expect("a claim");
    let mut state = claimed.into_iter().next().expect("the desk is due");
    state.last_visit = Some(now);
    let sure = Confidence::new(0.9);
    let article = desk_article(now);
    let event = coming(&article.id, now);
    let visit = Visit {
        state,
        articles: vec![VisitedArticle {
            story: StoryId::derived(&article.id),
            article,
            reading: reading(sure, now),
            signature: Signature::default(),
            events: vec![event],
            left: Vec::new(),
        }],
        full_texts: Vec::new(),
    };
    store.record_visit(visit, &holder).await.expect("recorded");
}

#[tokio::test]
async fn pages_speak_three_tongues_and_escape_what_others_wrote() {
    let site = Site::open().await;
    for (accept, path, lang, word) in [
        ("", "/", "kk", "Алдағы форумдар"),
        ("ru", "/", "ru", "Ближайшие форумы"),
        ("ru", "/?lang=en", "en", "Upcoming forums"),
    ] {
        let page = site.get(path, &[("accept-language", accept)]).await;
        assert_eq!(page.status(), 200);
        let policy = page.headers()["content-security-policy"]
            .to_str()
            .expect("text");
        assert!(policy.contains("default-src 'none'") && !policy.contains("unsafe"));
        let html = page.text().await.expect("text");
        assert!(html.contains(&format!("<html lang=\"{lang}\">")), "{html}");
        assert!(html.contains(word), "{html}");
        assert!(html.contains("Цифрлық өңір"), "{html}");
        assert!(!html.contains("<script>"), "{html}");
    }
    let path = format!("/article/{}", article_id());
    let html = site.get(&path, &[]).await.text().await.expect("text");
    assert!(html.contains("<p>Толық <em>мәтін</em></p>"), "{html}");
    for path in [
        "/feeds",
        "/feeds.opml",
        "/style.css",
        "/favicon.svg",
        "/robots.txt",
        "/health",
    ] {
        assert_eq!(site.get(path, &[]).await.status(), 200, "{path}");
    }
    for path in [
        "/nothing",
        "/article/0",
        "/feeds/all-forums.exe",
        "/feeds/none.rss",
    ] {
        let page = site.get(path, &[("accept-language", "en")]).await;
        assert_eq!(page.status(), 404, "{path}");
        assert!(page.text().await.expect("text").contains("no such page"));
    }
    assert_eq!(site.post("/", "", &[]).await.status(), 405);
}

#[tokio::test]
async fn one_event_is_a_calendar_file() {
    let site = Site::open().await;
    let today = NaiveDate::from_ymd_opt(2026, 11, 23).expect("a day");
    let events = site.store.calendar(&Filter::default(), today, 9).await;
    let event = events.expect("events").pop().expect("an event");
    let path = format!("/event/{}.ics", event.id);
    let russian = site.get(&format!("{path}?lang=ru"), &[]).await;
    assert_eq!(russian.status(), 200);
    let kind = russian.headers()["content-type"].to_str().expect("text");
    assert!(kind.starts_with("text/calendar"), "{kind}");
    assert_eq!(
        russian.headers()["content-disposition"],
        format!("inline; filename=\"forum-{}.ics\"", event.start)
    );
    let etag = russian.headers()["etag"].clone();
    let russian = russian.text().await.expect("text");
    assert_eq!(russian.matches("BEGIN:VEVENT").count(), 1);
    let feed = site.get("/feeds/all-forums.ics", &[]).await;
    let feed = feed.text().await.expect("text");
    let uid = russian.lines().find(|line| line.starts_with("UID:"));
    assert!(feed.contains(uid.expect("a UID")), "the id it has in feeds");
    let etag = etag.to_str().expect("text");
    let again = site
        .get(&format!("{path}?lang=ru"), &[("if-none-match", etag)])
        .await;
    assert_eq!(again.status(), 304);
    let latin = site.get(&format!("{path}?lang=kk-Latn"), &[]).await;
    let latin = latin.text().await.expect("text");
    assert!(latin.contains("SUMMARY:Tsifrlyq öñır"), "{latin}");
    let is_cyrillic = |c: char| ('\u{400}'..'\u{530}').contains(&c);
    assert!(!latin.contains(is_cyrillic), "{latin}");
    let strange = "0".repeat(event.id.as_str().len());
    for missing in [
        path.trim_end_matches(".ics"),
        &format!("/event/{strange}.ics"),
        "/event/.ics",
    ] {
        assert_eq!(site.get(missing, &[]).await.status(), 404, "{missing}");
    }
}

#[tokio::test]
async fn feeds_are_conditional_in_each_encoding() {
    let site = Site::open().await;
    for kind in ["rss", "atom", "json", "ics"] {
        let path = format!("/feeds/all-forums.{kind}");
        let plain = site.get(&path, &[]).await;
        assert_eq!(plain.status(), 200, "{kind}");
        let etag = plain.headers()["etag"].to_str().expect("text").to_owned();
        let date = plain.headers()["last-modified"]
            .to_str()
            .expect("text")
            .to_owned();
        assert_eq!(date, "Mon, 23 Nov 2026 06:00:00 GMT", "{kind}");
        assert_eq!(plain.headers()["vary"], "accept-encoding");
        let body = plain.bytes().await.expect("body");

        let zipped = site
            .get(&path, &[("accept-encoding", "br, gzip;q=0.5")])
            .await;
        assert_eq!(zipped.headers()["content-encoding"], "gzip");
        assert_ne!(zipped.headers()["etag"].to_str().expect("text"), etag);
        let zipped = zipped.bytes().await.expect("body");
        let mut unzipped = Vec::new();
        flate2::read::GzDecoder::new(&zipped[..])
            .read_to_end(&mut unzipped)
            .expect("gzip");
        assert_eq!(unzipped, body, "{kind}");

        let other = format!("\"x\", W/{etag}");
        for (name, value, status) in [
            ("if-none-match", etag.as_str(), 304),
            ("if-none-match", other.as_str(), 304),
            ("if-none-match", "*", 304),
            ("if-none-match", "\"x\"", 200),
            ("if-modified-since", date.as_str(), 304),
            ("if-modified-since", "Sun, 22 Nov 2026 06:00:00 GMT", 200),
            ("if-modified-since", "yesterday", 200),
            ("accept-encoding", "gzip;q=0", 200),
        ] {
            let answer = site.get(&path, &[(name, value)]).await;
            assert_eq!(answer.status(), status, "{kind} {name}: {value}");
            assert!(!answer.headers().contains_key("content-encoding"));
        }
        let head = site
            .client
            .head(site.url(&path))
            .send()
            .await
            .expect("an answer");
        assert_eq!(head.headers()["etag"].to_str().expect("text"), etag);
        assert_eq!(
            head.headers()["content-length"].to_str().ok(),
            Some(body.len().to_string().as_str())
        );
    }
}

#[tokio::test]
async fn subscribing_needs_a_post_and_says_the_same_to_everyone() {
    let site = Site::open().await;
    let form =
        "address=aigul%40example.kz&tongue=ru&feed=all-forums&feed=none&region=KZ-71&website=";
    let first = site
        .post("/subscribe", form, &[("accept-language", "en")])
        .await;
    assert_eq!(first.status(), 200);
    let again = site
        .post("/subscribe", form, &[("accept-language", "en")])
        .await;
    assert_eq!(first.text().await.ok(), again.text().await.ok());
    site.mail_wanted.notified().await;
    let id = SubscriberId::derived(&"aigul@example.kz".parse().expect("address"));
    let kept = site
        .store
        .subscriber(&id)
        .await
        .expect("read")
        .expect("there");
    assert_eq!(kept.status, SubscriberStatus::Pending);
    assert_eq!(kept.profile.tongue, Tongue::Russian);
    assert_eq!(kept.profile.feeds, vec![feed().name]);
    assert_eq!(kept.profile.regions, vec![Region::ASTANA]);
    for (page, tongue, script) in [
        ("/subscribe?lang=ru", "kk-Latn", LetterScript::Latin),
        ("/subscribe?lang=kk-Latn", "kk", LetterScript::Cyrillic),
    ] {
        let form = format!("address={tongue}%40example.kz&tongue={tongue}");
        assert_eq!(site.post(page, &form, &[]).await.status(), 200);
        let id = SubscriberId::derived(&format!("{tongue}@example.kz").parse().expect("address"));
        let kept = site.store.subscriber(&id).await.expect("read");
        let profile = kept.expect("there").profile;
        assert_eq!((profile.tongue, profile.script), (Tongue::Kazakh, script));
    }

    let foreign = [("sec-fetch-site", "cross-site")];
    assert_eq!(site.post("/subscribe", form, &foreign).await.status(), 403);
    let trapped = form.replace("aigul", "bot") + "x";
    assert_eq!(site.post("/subscribe", &trapped, &[]).await.status(), 200);
    let bot = SubscriberId::derived(&"bot@example.kz".parse().expect("address"));
    assert_eq!(site.store.subscriber(&bot).await.expect("read"), None);
    let wrong = site.post("/subscribe", "address=%22%3Ea", &[]).await;
    assert_eq!(wrong.status(), 422);
    assert!(
        wrong
            .text()
            .await
            .expect("text")
            .contains("value=\"&quot;&gt;a\"")
    );
    let large = "a".repeat(BODY_MAX_BYTES + 1);
    assert_eq!(site.post("/subscribe", &large, &[]).await.status(), 413);
}

#[tokio::test]
async fn confirming_and_unsubscribing_act_on_post_only() {
    let site = Site::open().await;
    site.post("/subscribe", "address=aigul%40example.kz", &[])
        .await;
    let id = SubscriberId::derived(&"aigul@example.kz".parse().expect("address"));
    let status = async || {
        let kept = site.store.subscriber(&id).await.expect("read");
        kept.expect("there").status
    };
    let until = site.clock.now() + TimeDelta::days(3);
    let token = sign(&site.secret, TokenPurpose::Confirm, &id, Some(until));
    let page = site.get(&format!("/confirm?token={token}"), &[]).await;
    assert_eq!(page.headers()["cache-control"], "no-store");
    assert!(page.text().await.expect("text").contains(&token));
    assert_eq!(status().await, SubscriberStatus::Pending);
    assert_eq!(site.post("/confirm", "token=x", &[]).await.status(), 400);
    let body = format!("token={token}");
    let welcome = site.post("/confirm?lang=en", &body, &[]).await;
    assert_eq!(welcome.status(), 200);
    assert_eq!(status().await, SubscriberStatus::Confirmed);
    assert_eq!(welcome.headers()["cache-control"], "no-store");
    assert_eq!(welcome.headers()["referrer-policy"], "no-referrer");
    let html = welcome.text().await.expect("text");
    let own_page = sign(&site.secret, TokenPurpose::Preferences, &id, None);
    let link = format!("preferences?token={own_page}&amp;lang=en\"");
    assert!(html.contains(&link), "{html}");
    let own_page = format!("/preferences?token={own_page}&lang=en");
    let own_page = site.get(&own_page, &[]).await;
    let html = own_page.text().await.expect("text");
    assert!(html.contains("aigul@example.kz"), "{html}");
    let nobody = SubscriberId::derived(&"b@example.kz".parse().expect("address"));
    let nobody = sign(&site.secret, TokenPurpose::Confirm, &nobody, Some(until));
    let unknown = site.post("/confirm", &format!("token={nobody}"), &[]).await;
    let html = unknown.text().await.expect("text");
    assert!(!html.contains("/preferences"), "{html}");
    site.clock.advance(TimeDelta::days(4));
    assert_eq!(site.post("/confirm", &body, &[]).await.status(), 410);

    let token = sign(&site.secret, TokenPurpose::Unsubscribe, &id, None);
    let path = format!("/unsubscribe?token={token}");
    assert_eq!(site.get(&path, &[]).await.status(), 200);
    assert_eq!(status().await, SubscriberStatus::Confirmed);
    assert_eq!(site.post(&path, "", &[]).await.status(), 400);
    let foreign = [("sec-fetch-site", "cross-site")];
    let one_click = site
        .post(&path, "List-Unsubscribe=One-Click", &foreign)
        .await;
    assert_eq!(one_click.status(), 200);
    assert_eq!(status().await, SubscriberStatus::Unsubscribed);
    let multipart = "--x\r\nContent-Disposition: form-data; name=\"List-Unsubscribe\"\r\n\r\n\
        One-Click\r\n--x--\r\n";
    let again = site.post(&path, multipart, &foreign).await;
    assert_eq!(again.status(), 200, "the form RFC 8058 prefers");
}

/// Where the tongue switch of a page leads for Russian.
fn switched(html: &str) -> String {
    let of_russian = html.split("lang=\"ru\" hreflang=\"ru\"").next();
    let href = of_russian.and_then(|before| before.rsplit("<a href=\"").next());
    let href = href.and_then(|rest| rest.split('"').next());
    let href = href.expect("a switch").replace("&#x2f;", "/");
    href.replace("&amp;", "&")
}

#[tokio::test]
async fn the_tongue_switch_of_an_answer_leads_to_a_page() {
    let site = Site::open().await;
    let id = SubscriberId::derived(&"aigul@example.kz".parse().expect("address"));
    let until = site.clock.now() + TimeDelta::days(3);
    let confirm = sign(&site.secret, TokenPurpose::Confirm, &id, Some(until));
    let leave = sign(&site.secret, TokenPurpose::Unsubscribe, &id, None);
    for (path, body, expected) in [
        ("/subscribe?lang=kk", "address=x", "id=\"digest\""),
        (
            "/subscribe?lang=kk",
            "address=aigul%40example.kz",
            "id=\"digest\"",
        ),
        (
            "/confirm?lang=kk",
            &format!("token={confirm}"),
            "Вы подписаны",
        ),
        (
            "/unsubscribe?lang=kk",
            &format!("token={leave}"),
            "Вы отписаны",
        ),
    ] {
        let answer = site.post(path, body, &[]).await;
        let html = answer.text().await.expect("text");
        let switched = switched(&html);
        assert!(switched.contains("lang=ru"), "{switched}");
        let page = site.get(&switched, &[]).await;
        assert_eq!(page.status(), 200, "{path}: {switched}");
        assert_eq!(page.headers()["content-language"], "ru");
        let html = page.text().await.expect("text");
        assert!(html.contains(expected), "{path}: {html}");
    }
    let known = site.store.subscriber(&id).await.expect("read");
    assert_eq!(
        known.expect("there").status,
        SubscriberStatus::Unsubscribed,
        "looking again changed nothing"
    );
}

#[tokio::test]
async fn the_outbox_is_for_this_machine_only() {
    let site = Site::open().await;
    let outbox = site.folder.path().join("outbox");
    let letter = "Subject: Hello\r\nTo: a@example.kz\r\nContent-Type: text/html\r\n\r\n<head></head><b>hi</b>";
    std::fs::write(outbox.join("a.eml"), letter).expect("written");
    std::fs::write(site.folder.path().join("b.eml"), letter).expect("written");
    let list = site.get("/outbox", &[]).await.text().await.expect("text");
    assert!(
        list.contains("/outbox/a.eml") && list.contains("Hello"),
        "{list}"
    );
    assert_eq!(site.get("/outbox/a.eml", &[]).await.status(), 200);
    // The way there is on every page, or on none.
    let article = format!("/article/{}", article_id());
    for path in [
        "/", "/feeds", "/search", &article, "/outbox", "/none", "/confirm",
    ] {
        let here = site.get(path, &[]).await.text().await.expect("text");
        assert!(here.contains("<a href=\"/outbox"), "{path}: {here}");
        let elsewhere = [("x-forwarded-for", "1.2.3.4")];
        let there = site.get(path, &elsewhere).await;
        let there = there.text().await.expect("text");
        assert!(!there.contains("<a href=\"/outbox"), "{path}: {there}");
    }
    let html = site.get("/outbox/a.eml?part=html", &[]).await;
    let policy = html.headers()["content-security-policy"]
        .to_str()
        .expect("text");
    assert!(policy.starts_with("sandbox"));
    for (path, headers) in [
        ("/outbox/..%2Fb.eml", [("accept", "*/*")]),
        ("/outbox/none.eml", [("accept", "*/*")]),
        ("/outbox", [("x-forwarded-for", "1.2.3.4")]),
        ("/outbox", [("host", "evil.example")]),
    ] {
        assert_eq!(
            site.get(path, &headers).await.status(),
            404,
            "{path} {headers:?}"
        );
    }
}

#[tokio::test]
async fn a_counted_link_leads_where_its_digest_says_and_counts_people_only() {
    const BROWSER: (&str, &str) = (
        "user-agent",
        "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0",
    );
    let site = Site::open().await;
    let now = site.clock.now();
    let name: FeedName = "daily".parse().expect("name");
    let id = DigestId::derived(&name, now);
    let url = "https://outlet.example/a?b=1#c";
    let link = DigestLink {
        short: LinkShort::derived(&id, url),
        url: url.to_owned(),
        beside: 9,
    };
    let path = format!("/go/{}", link.short.as_str());
    let after = now - TimeDelta::days(1);
    let digest = Digest {
        id: id.clone(),
        name,
        window: Window { after, until: now },
        stories: Vec::new(),
        events: Vec::new(),
    };
    site.store.seal(now).await.expect("sealed");
    let closing = Closing {
        digest,
        round: Round::default(),
        groups: Vec::new(),
        links: vec![link],
    };
    site.store.close_round(&closing, now).await.expect("closed");
    for headers in [
        vec![BROWSER],
        vec![BROWSER, ("purpose", "prefetch")],
        vec![],
    ] {
        let answer = site.get_unfollowed(&path, &headers).await;
        assert_eq!(answer.status(), 302);
        for (name, value) in [
            ("location", url),
            ("referrer-policy", "no-referrer"),
            ("cache-control", "no-store"),
            ("x-robots-tag", "noindex"),
        ] {
            assert_eq!(answer.headers()[name], value, "{name}");
        }
        assert!(answer.headers().get("set-cookie").is_none());
    }
    let nowhere = [
        "/go/0123456789abcdef",
        "/go/",
        "/go/https%3A%2F%2Fevil.example",
    ];
    for elsewhere in nowhere {
        let answer = site.get_unfollowed(elsewhere, &[BROWSER]).await;
        assert_eq!(answer.status(), 404, "{elsewhere}");
    }
    go::count(&site.house, true).await;
    let counts = site.store.link_counts(id.as_str()).await.expect("counts");
    assert_eq!(counts.len(), 1);
    assert_eq!((counts[0].url.as_str(), counts[0].opened()), (url, 1));
}

#[tokio::test]
async fn a_page_is_read_in_the_script_that_is_asked_for() {
    let site = Site::open().await;
    for (headers, path) in [
        (vec![], "/?lang=kk-Latn"),
        (vec![("accept-language", "kk-Latn")], "/"),
    ] {
        let answer = site.get(path, &headers).await;
        assert_eq!(answer.headers()["content-language"], "kk-Latn");
        let page = answer.text().await.expect("text");
        assert!(page.contains("<html lang=\"kk-Latn\">"), "{page}");
        assert!(page.contains(">Qazaqstandağy forumdar"), "{page}");
        let title = "Өңірлік форум";
        assert!(!page.contains(title), "{page}");
    }
    let path = format!("/article/{}?lang=kk-Latn", article_id());
    let page = site.get(&path, &[]).await.text().await.expect("text");
    let main = page.split("<main").nth(1).expect("a page");
    let is_cyrillic = |c: char| ('\u{400}'..'\u{530}').contains(&c);
    // An outlet whose name may be Russian keeps it.
    let main = main.replace("Редакция", "");
    assert!(!main.contains(is_cyrillic), "{main}");
    assert!(main.contains("<h1 lang=\"kk-Latn\">"), "{main}");
    assert!(page.contains(">Jarşy</a>"), "{page}");
    let event = |name: &str| Event {
        name: name.to_owned(),
        ..coming(&article_id(), site.clock.now())
    };
    let latin = voice::Voice::new(&"/?lang=kk-Latn".parse().expect("uri"), &HeaderMap::new());
    for (name, told_in, expected) in [
        ("Медиа форум", Some(Language::KazakhCyrillic), "Media forum"),
        ("Медиа форум", Some(Language::Russian), "Медиа форум"),
        ("Медиа форум", None, "Медиа форум"),
        ("2-форум", None, "2-forum"),
        ("Өңір", Some(Language::Undetermined), "Öñır"),
    ] {
        let card = pages::event_card(&event(name), &latin, told_in);
        assert_eq!(card.name, expected, "{name}, {told_in:?}");
    }
    let named = Source {
        name: "Өңір үні".to_owned(),
        ..desk()
    };
    let catalogue = Catalogue {
        feeds: vec![feed()],
        sources: vec![named],
    };
    site.house.replace(site.house.templates(), catalogue);
    for (tag, outlet) in [
        ("kk-Latn", "Öñır ünı"),
        ("kk", "Өңір үні"),
        ("ru", "Өңір үні"),
    ] {
        let path = format!("/article/{}?lang={tag}", article_id());
        let page = site.get(&path, &[]).await.text().await.expect("text");
        let expected = format!("<span class=\"outlet\">{outlet}</span>");
        assert!(page.contains(&expected), "{tag}: {page}");
    }
    let cyrillic = site.get("/?lang=ru", &[]).await;
    let page = cyrillic.text().await.expect("text");
    for offered in [
        "?lang=kk-Latn\" lang=\"kk-Latn\" hreflang",
        "<option value=\"kk-Latn\" lang=\"kk-Latn\">Qazaqşa</option>",
        "<option value=\"ru\" lang=\"ru\" selected>",
    ] {
        assert!(page.contains(offered), "{offered}: {page}");
    }
}
