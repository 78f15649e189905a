use super::*;

fn tokens_of(text: &str) -> Vec<i64> {
    let mut all: Vec<i64> = text
        .split(' ')
        .map(|word| hash(0, word.as_bytes()).cast_signed())
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
fn alike_texts_share_a_band() {
    let bands = |text: &str| -> Vec<i64> {
        let tokens = tokens_of(text);
        (0..BANDS).map(|band| band_key(band, &tokens)).collect()
    };
    let one = bands("a b c d e f g h i j");
    let alike = bands("a b c d e f g h x j");
    let unlike = bands("q w r t y u o p k l");
    let shared = |other: &[i64]| one.iter().filter(|key| other.contains(key)).count();
    assert!(shared(&alike) > 0);
    assert_eq!(shared(&unlike), 0);
}
