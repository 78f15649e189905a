use super::*;
use crate::model::source::SourceId;

fn tokens_of(text: &str) -> Vec<i64> {
    let mut all: Vec<i64> = text
        .split(' ')
        .map(|word| (hash(0, word.as_bytes()) >> 1).cast_signed())
        .collect();
    all.sort_unstable();
    all
}

fn candidate(story: &str, text: &str, dated: DateTime<Utc>) -> StoryCandidate {
    let article = ArticleId::from_stored(story);
    StoryCandidate {
        story: StoryId::derived(&article),
        article,
        tokens: tokens_of(text),
        dated,
    }
}

#[test]
fn alike_and_near_in_time_is_one_story() {
    let now: DateTime<Utc> = "2026-11-23T06:00:00Z".parse().expect("time");
    let text = "a b c d e f g h i j";
    let retold = Signature {
        bands: Vec::new(),
        tokens: tokens_of("a b c d e f g h x y"),
    };
    let other = Signature {
        bands: Vec::new(),
        tokens: tokens_of("a b z v w t u s x y"),
    };
    let own = ArticleId::from_stored("new");
    let near = [candidate("first", text, now)];
    let far = [candidate("first", text, now - TimeDelta::days(30))];
    let story = near[0].story.clone();
    assert_eq!(join(&own, now, &retold, &near), story);
    assert_eq!(join(&own, now, &retold, &far), StoryId::derived(&own));
    assert_eq!(join(&own, now, &other, &near), StoryId::derived(&own));
    assert_eq!(join(&near[0].article, now, &other, &near), story, "stays");
}

#[test]
fn a_text_is_found_by_what_is_rare_in_it() {
    let found_by = |title: &str, text: &str| {
        let of = |text: &str| tokens_of(text).into_iter().collect();
        let title: BTreeSet<i64> = of(title);
        words_found_by(&title, &title.union(&of(text)).copied().collect())
    };
    let many: Vec<String> = (0..100).map(|n| format!("зат{n}")).collect();
    let one = found_by("форум ақбөкен", &many.join(" "));
    assert_eq!(one.len(), FOUND_BY);
    assert_eq!(
        one[..2],
        found_by("ақбөкен форум", "форум"),
        "the title first"
    );
    let other = found_by("форум ақбөкен", &format!("{} соңы", many.join(" ")));
    let shared = one.iter().filter(|word| other.contains(word)).count();
    assert!(shared + 1 >= FOUND_BY, "the same are chosen of long texts");
}

#[test]
fn one_title_at_one_address_or_moment_is_one_story_however_little_it_says() {
    let article = |id: &str, source: &str, title: &str, link: &str, published: &str| Article {
        id: ArticleId::from_stored(id),
        source: SourceId::from_stored(source),
        link: link.parse().ok(),
        published: published.parse().ok(),
        ..crate::understand::tests::article(title, "", "2026-11-23")
    };
    let address = "https://a.kz/2?utm_source=rubric";
    let moment = "2026-11-23T06:00:00Z";
    let other = "2026-11-22T06:00:00Z";
    for (two, expected) in [
        (article("2", "b", "ВТОРОЙ форум", address, other), true),
        (article("2", "b", "Третий форум", address, other), false),
        (
            article("2", "b", "Второй форум", "https://a.kz/3", moment),
            false,
        ),
        (
            article("2", "b", "Второй форум", "https://a.kz/", other),
            false,
        ),
        (
            article("2", "a", "Второй форум", "https://a.kz/3", moment),
            true,
        ),
        (
            article("2", "a", "Второй форум", "https://a.kz/3", other),
            false,
        ),
        (
            article("2", "a", "Третий форум", "https://a.kz/3", moment),
            false,
        ),
    ] {
        let one = article("1", "a", "Второй форум", "http://www.a.kz/2", moment);
        let mut shelf = Shelf::default();
        let mut stories = [one, two.clone()].map(|article| {
            let signature = signature(&article, &crate::understand::tests::read_plainly(&article));
            let candidates: Vec<StoryCandidate> = shelf.candidates(&signature).collect();
            let story = join(&article.id, article.dated(), &signature, &candidates);
            shelf.put(
                article.id.clone(),
                story.clone(),
                &signature,
                article.dated(),
            );
            story
        });
        stories.sort();
        assert_eq!(stories[0] == stories[1], expected, "{two:?}");
    }
}

const STORIES: &str = include_str!("../../../tests/fixtures/understand/stories.jsonl");

/// The fixture's rows as (id, the story it belongs to, what we made of it).
fn placed() -> Vec<(String, String, StoryId)> {
    let mut shelf = Shelf::default();
    let mut placed = Vec::new();
    for row in STORIES.lines() {
        let row: serde_json::Value = serde_json::from_str(row).expect(row);
        let text = |key: &str| row[key].as_str().expect(key).to_owned();
        let published = format!("{}T06:00:00Z", text("published"));
        let article =
            crate::understand::tests::article(&text("title"), &text("text"), &text("published"));
        let article = Article {
            id: ArticleId::from_stored(text("id")),
            ..article
        };
        let dated: DateTime<Utc> = published.parse().expect("time");
        let reading = crate::understand::tests::read_plainly(&article);
        let signature = signature(&article, &reading);
        let candidates: Vec<StoryCandidate> = shelf.candidates(&signature).collect();
        let story = join(&article.id, dated, &signature, &candidates);
        shelf.put(article.id, story.clone(), &signature, dated);
        placed.push((text("id"), text("story"), story));
    }
    placed
}

#[test]
fn one_story_in_three_languages_is_one() {
    let placed = placed();
    for (at, (id, belongs, story)) in placed.iter().enumerate() {
        for (other, other_belongs, other_story) in &placed[at + 1..] {
            assert_eq!(
                belongs == other_belongs,
                story == other_story,
                "{id} {other}"
            );
        }
    }
}
