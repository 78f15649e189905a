//! The same news under another name at every visit: one article all the same, and
//! no second letter about it.

use chrono::TimeDelta;
use jarshy::clock::Clock;
use jarshy::daemon::gather::{Which, gather};
use jarshy::model::feed::Filter;
use tokio::sync::watch;

use super::House;
use super::server::Reply;
use crate::world::World;

const VISITS: usize = 4;

/// A feed of `items`.
fn rss(items: &str) -> Reply {
    let feed = format!("<rss version=\"2.0\"><channel><title>Өңір</title>{items}</channel></rss>");
    Reply::new(
        "200 OK\r\nContent-Type: application/rss+xml",
        feed.as_bytes(),
    )
}

fn item(id: &str, link: &str, number: usize, text: &str) -> String {
    format!(
        "<item>{id}<title>Форум {number}</title><link>{link}</link>\
         <pubDate>Fri, 22 Nov 2024 {number:02}:00:00 +0500</pubDate>\
         <description>{text}</description></item>"
    )
}

/// Three entries as one visit sees them: `one` makes each of its number and the visit's.
fn visits(one: impl Fn(usize, usize) -> String) -> Vec<Reply> {
    let visit = |visit| rss(&(1..=3).map(|number| one(number, visit)).collect::<String>());
    (0..VISITS).map(visit).collect()
}

fn guid(text: &str) -> String {
    format!("<guid isPermaLink=\"false\">{text}</guid>")
}

const TEXT: &str = "Аймақтық БАҚ форумы 5 желтоқсанда өтеді.";

/// New and revised at each visit.
async fn seen(replies: Vec<Reply>) -> Vec<(usize, usize)> {
    let house = House::open(&[("outlet", "feed", "/feed", "full_text = \"never\"")]).await;
    house.server.play("/feed", replies);
    let mut seen = Vec::new();
    for _ in 0..VISITS {
        let visit = house.visit("outlet").await;
        seen.push((visit.new, visit.revised));
    }
    seen
}

#[tokio::test]
async fn ids_that_change_at_every_visit_make_nothing_new() {
    let link = |number| format!("https://outlet.example/news/{number}");
    let random = visits(|number, visit| {
        item(
            &guid(&format!("{number}-{visit}")),
            &link(number),
            number,
            TEXT,
        )
    });
    let timed = visits(|number, visit| {
        let id = guid(&format!("{}?t=17640{visit}", link(number)));
        item(&id, &link(number), number, TEXT)
    });
    let session = visits(|number, visit| {
        let link = format!("{}?PHPSESSID=a{visit}", link(number));
        item("", &link, number, TEXT)
    });
    let moment = visits(|number, visit| {
        let link = format!("{}?t=176401234{visit}", link(number));
        item("", &link, number, TEXT)
    });
    let tracked = visits(|number, visit| {
        let link = format!("{}?utm_campaign=c{visit}", link(number));
        item(&guid(&number.to_string()), &link, number, TEXT)
    });
    let moving = visits(|number, visit| {
        let id = guid(&format!("{number}-{visit}"));
        let item = item(&id, &link(number), number, TEXT);
        let ago = TimeDelta::hours(i64::try_from(VISITS - visit).expect("few"));
        let date = (Clock::System.now() - ago).to_rfc2822();
        let (before, rest) = item.split_once("<pubDate>").expect("a date");
        let (_, after) = rest.split_once('<').expect("its end");
        format!("{before}<pubDate>{date}<{after}")
    });
    let undated = visits(|number, visit| {
        let id = guid(&format!("{number}-{visit}"));
        let (title, link) = (format!("<title>Форум {number}</title>"), link(number));
        format!("<item>{id}{title}<link>{link}</link><description>{TEXT}</description></item>")
    });
    let bare = visits(|number, visit| {
        let id = guid(&format!("{number}-{visit}"));
        format!("<item>{id}<title>Форум {number}</title><description>{TEXT}</description></item>")
    });
    for replies in [
        random, timed, session, moment, tracked, moving, undated, bare,
    ] {
        assert_eq!(seen(replies).await, [(3, 0), (0, 0), (0, 0), (0, 0)]);
    }
}

#[tokio::test]
async fn entries_that_share_a_link_stay_apart() {
    let replies = visits(|number, visit| {
        let id = guid(&format!("{}", number + 3 * visit));
        item(
            &id,
            "https://outlet.example/live",
            1,
            &format!("{TEXT} {number} {visit}"),
        )
    });
    assert_eq!(seen(replies).await, [(3, 0); VISITS]);
}

#[tokio::test]
async fn texts_that_flap_and_counters_that_grow_are_no_corrections() {
    let link = "https://outlet.example/news/";
    let flapping = visits(|number, visit| {
        let text = if visit % 2 == 0 {
            TEXT
        } else {
            "Форум 5 желтоқсанда."
        };
        item(
            &guid(&number.to_string()),
            &format!("{link}{number}"),
            number,
            text,
        )
    });
    assert_eq!(seen(flapping).await, [(3, 0), (0, 3), (0, 0), (0, 0)]);
    let counting = visits(|number, visit| {
        let text = format!("{TEXT} Просмотров: {}", 17 * (visit + 1));
        item(
            &guid(&number.to_string()),
            &format!("{link}{number}"),
            number,
            &text,
        )
    });
    assert_eq!(seen(counting).await, [(3, 0), (0, 0), (0, 0), (0, 0)]);
    let corrected = visits(|number, visit| {
        let text = format!("Форум {} желтоқсанда.", visit + 5);
        item(
            &guid(&number.to_string()),
            &format!("{link}{number}"),
            number,
            &text,
        )
    });
    assert_eq!(seen(corrected).await, [(3, 0), (0, 3), (0, 3), (0, 3)]);
}

/// Desks are asked beside each other, as servers on different hosts are.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_release_that_comes_from_many_at_once_is_one_story_and_one_event() {
    const OUTLETS: usize = 12;
    let world = World::new(None);
    let outlet = |outlet: usize| {
        let folder = format!("feeds/o{outlet}");
        std::fs::create_dir_all(world.path(&folder)).expect("a folder");
        world.write(
            &format!("{folder}/forum.txt"),
            "Астанада медиа форум өтеді\n\n7 желтоқсанда Астана қаласында аймақтық БАҚ форумы \
             өтеді. Форумға барлық облыстан журналистер қатысады.\n",
        );
        format!(
            "[[source]]\nid = \"o{outlet}\"\nname = \"Газет {outlet}\"\nkind = \"desk\"\ndir = \"o{outlet}\"\n"
        )
    };
    let sources: String = (0..OUTLETS).map(outlet).collect();
    world.write("feeds/sources/test.toml", &sources);
    let clock = Clock::fixed(Clock::System.now() + TimeDelta::minutes(1));
    let newsroom = world.newsroom(&clock).await;
    let (_keep, stop) = watch::channel(false);
    let visited = gather(&newsroom, Which::Due, &stop, |_| {}).await;
    assert_eq!(visited.expect("the store works"), OUTLETS);
    let store = &newsroom.store;
    // One for each story.
    let edition = store.edition(&Filter::default(), 100).await;
    assert_eq!(edition.expect("the store works").len(), 1);
    let today = clock.now().date_naive();
    let events = store
        .calendar(&Filter::default(), today, 100)
        .await
        .expect("store");
    assert_eq!(events.len(), 1, "{events:?}");
    assert_eq!(events[0].articles.len(), OUTLETS, "all vouch for it");
}
