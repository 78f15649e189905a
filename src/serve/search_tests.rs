//! The search over real HTTP.

use super::*;

/// Adds stories that are about forums, and as many that are not.
async fn add(site: &Site, count: usize) {
    add_as(site, count, |_, article| StoryId::derived(&article.id)).await;
}

/// The same, each article as `mend` leaves it, of the story it names.
async fn add_as(site: &Site, count: usize, mend: impl Fn(usize, &mut Article) -> StoryId) {
    let (now, holder) = (site.clock.now(), Holder("test".to_owned()));
    let (known, mut read) = site
        .store
        .article(&article_id())
        .await
        .expect("read")
        .expect("there");
    let source = SourceId::from_stored("desk");
    let lease = TimeDelta::minutes(5);
    let claimed = site.store.claim_source(&source, now, &holder, lease).await;
    let mut articles = Vec::new();
    for n in 0..count * 2 {
        let mut article = known.clone();
        article.id = ArticleId::derived(&source, &format!("{n} more"));
        article.title = format!("Қостанайдағы {n}-басқосу");
        read.kind = [Kind::ForumArticle, Kind::Other][n % 2];
        articles.push(VisitedArticle {
            story: mend(n, &mut article),
            article,
            reading: read.clone(),
            signature: Signature::default(),
            events: Vec::new(),
            left: Vec::new(),
        });
    }
    let visit = Visit {
        state: claimed.expect("claim").expect("free"),
        articles,
        full_texts: Vec::new(),
    };
    let recorded = site.store.record_visit(visit, &holder).await;
    recorded.expect("recorded");
}

async fn search(site: &Site, query: &str) -> String {
    let page = site.get(&format!("/search?{query}"), &[]).await;
    assert_eq!(page.status(), 200, "{query}");
    assert_eq!(page.headers()["cache-control"], "no-store");
    let html = page.text().await.expect("text");
    assert!(html.contains("<meta name=\"robots\" content=\"noindex\">"));
    assert!(!html.contains("<script>"), "{html}");
    html
}

fn hits(html: &str) -> usize {
    html.matches("<article>").count()
}

#[tokio::test]
async fn a_story_is_found_in_every_tongue() {
    let site = Site::open().await;
    let stamp = site.store.stamp().await.expect("stamp");
    for (query, heading) in [
        ("q=форумдар&lang=kk", "Іздегеніңіз: форумдар"),
        (
            "q=forumdar+m%C3%A4tin&lang=kk-Latn",
            "Izdegenıñız: forumdar mätin",
        ),
        ("q=ФОРУМ&lang=ru", "Вы искали: ФОРУМ"),
        ("q=форум+«толық»&lang=en", "You searched for: форум «толық»"),
    ] {
        let html = search(&site, query).await;
        assert!(html.contains(heading), "{html}");
        assert_eq!(hits(&html), 1, "{html}");
        let lang = query.split("lang=").last().expect("a part");
        let kept = format!("<input type=\"hidden\" name=\"lang\" value=\"{lang}\">");
        assert!(html.contains(&kept), "{html}");
        assert!(html.contains("<label for=\"q\">"), "{html}");
    }
    let home = site.get("/?lang=ru", &[]).await.text().await.expect("text");
    assert!(home.contains("action=\"/search\"") && home.contains("name=\"lang\" value=\"ru\""));
    assert_eq!(site.store.stamp().await.expect("stamp"), stamp);
    assert_eq!(site.post("/search", "q=a", &[]).await.status(), 405);
    let robots = site.get("/robots.txt", &[]).await.text().await;
    assert!(robots.expect("text").contains("Disallow: /search\n"));
}

#[tokio::test]
async fn what_was_typed_is_shown_as_text() {
    let site = Site::open().await;
    let blank = search(&site, "lang=en").await;
    assert!(!blank.contains("You searched for"), "{blank}");
    for (query, shown, said) in [
        (
            "q=%3Cscript%3E%22жоқ",
            "&lt;script&gt;&quot;жоқ",
            "Nothing was found",
        ),
        (
            "q=the+*+%22",
            "the * &quot;",
            "There is no word to search for",
        ),
        ("q=жоқ%00%ff'--", "жоқ", "Nothing was found"),
    ] {
        let html = search(&site, &format!("{query}&lang=en")).await;
        assert!(html.contains(shown) && html.contains(said), "{html}");
        assert_eq!(hits(&html), 0);
    }
    let words: Vec<String> = (0..30).map(|n| format!("w{n}")).collect();
    let html = search(&site, &format!("q={}&lang=en", words.join("+"))).await;
    assert!(html.contains("its first words (12)"), "{html}");
}

#[tokio::test]
async fn pages_follow_and_other_news_is_found_when_asked_for() {
    let site = Site::open().await;
    add(&site, 31).await;
    let first = search(&site, "q=қостанай&lang=en").await;
    assert_eq!(hits(&first), 30);
    let older = first.split("rel=\"next\" href=\"").nth(1);
    let older = older.and_then(|rest| rest.split('"').next());
    let older = older.expect("a link").replace("&#x2f;", "/");
    let older = older.replace("&amp;", "&");
    let older = older.strip_prefix("/search?").expect("a further page");
    let second = search(&site, older).await;
    assert_eq!((hits(&second), second.contains("rel=\"next\"")), (1, false));
    let missing = search(&site, "q=басқосу+1+болды&lang=en").await;
    assert!(missing.contains("Only stories about forums"), "{missing}");
    let one = search(&site, "q=басқосу+1&lang=en").await;
    let all = search(&site, "q=басқосу+1&all=1&lang=en").await;
    assert_eq!((hits(&one), hits(&all)), (0, 1));
    assert!(all.contains("checked"), "{all}");
}

#[tokio::test]
async fn a_story_of_several_outlets_stands_once_and_a_page_goes_by_date() {
    let site = Site::open().await;
    add(&site, 3).await;
    let whole = search(&site, "q=қостанай&lang=en").await;
    let dates: Vec<&str> = whole
        .split("<time datetime=\"")
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .collect();
    assert_eq!((hits(&whole), dates.len()), (3, 3), "{whole}");
    let mut sorted = dates.clone();
    sorted.sort_by(|one, other| other.cmp(one));
    assert_eq!(dates, sorted);
    let held = site.clock.now() - TimeDelta::days(40);
    add_as(&site, 2, |n, article| {
        article.id = ArticleId::derived(&article.source, &format!("{n} same"));
        article.published = Some(held);
        StoryId::derived(&article_id())
    })
    .await;
    let html = search(&site, "q=қостанай&lang=en").await;
    assert_eq!(hits(&html), 4, "{html}");
    let old = held.date_naive().to_string();
    let last = html.rsplit("<time datetime=\"").next().expect("a date");
    assert!(last.starts_with(&old), "{html}");
}
