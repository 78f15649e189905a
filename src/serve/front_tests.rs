//! The front page, where one source has more to tell than all others.

use super::*;

fn source(id: &str) -> Source {
    let url = "https://outlet.example/feed".parse().expect("url");
    Source::new(SourceId::from_stored(id), id.to_owned(), Place::Feed(url))
}

/// Each source tells so many stories.
async fn tell(site: &Site, told: &[(&str, i64)]) {
    let mut sources: Vec<Source> = told.iter().map(|(id, _)| source(id)).collect();
    sources.push(desk());
    let now = site.clock.now();
    let synced = site.store.sync_sources(&sources, now).await;
    synced.expect("sources");
    let holder = Holder("test".to_owned());
    let lease = TimeDelta::minutes(5);
    let claimed = site.store.claim_sources(now, &holder, lease, 9).await;
    for state in claimed.expect("a claim") {
        let Some(place) = told.iter().position(|(id, _)| *id == state.id.as_str()) else {
            continue;
        };
        let (id, count) = told[place];
        let age = i64::try_from(place).expect("few") * 1_000;
        let articles = (0..count).map(|number| {
            let published = now - TimeDelta::minutes(age + number);
            let link = format!("https://{id}.example/{number}");
            let article = Article {
                id: ArticleId::derived(&state.id, &number.to_string()),
                source: state.id.clone(),
                link: link.parse().ok(),
                title: format!("{id} {number}"),
                published: Some(published),
                content_hash: link,
                ..desk_article(now)
            };
            VisitedArticle {
                story: StoryId::derived(&article.id),
                article,
                reading: reading(Confidence::new(0.9), now),
                signature: Signature::default(),
                events: Vec::new(),
                left: Vec::new(),
            }
        });
        let visit = Visit {
            articles: articles.collect(),
            state,
            full_texts: Vec::new(),
        };
        let recorded = site.store.record_visit(visit, &holder).await;
        recorded.expect("recorded");
    }
    let catalogue = Catalogue {
        feeds: vec![feed()],
        sources,
    };
    site.house.replace(site.house.templates(), catalogue);
}

#[tokio::test]
async fn one_source_does_not_fill_the_front_page() {
    let site = Site::open().await;
    site.clock.advance(TimeDelta::hours(1));
    let told = [("loud", 200), ("louder", 150), ("quiet", 25)];
    tell(&site, &told).await;
    let page = site.get("/", &[]).await.text().await.expect("text");
    let shown = |id: &str| page.matches(&format!(">{id} ")).count();
    // Thirty places: a third each, and the desk's word is not counted.
    assert_eq!((shown("loud"), shown("louder")), (10, 10), "{page}");
    assert_eq!(shown("quiet"), 9, "{page}");
    assert!(page.contains("alert(1)"), "the desk's own: {page}");
    // Whoever is alone has all of it; a feed holds everything anyway.
    let alone = Site::open().await;
    alone.clock.advance(TimeDelta::hours(1));
    tell(&alone, &[("loud", 200)]).await;
    let page = alone.get("/", &[]).await.text().await.expect("text");
    assert_eq!(page.matches(">loud ").count(), 29, "{page}");
}
