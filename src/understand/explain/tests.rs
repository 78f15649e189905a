use super::*;
use crate::understand::tests::{article, read_plainly};
use crate::understand::{Hints, explain};

fn explained(title: &str, text: &str, published: &str) -> Explanation {
    let article = article(title, text, published);
    let told = explain(
        &article,
        &Hints::default(),
        chrono_tz::Asia::Almaty,
        article.first_seen,
    );
    assert_eq!(told.reading, read_plainly(&article), "one computation");
    told
}

#[test]
fn every_label_has_its_words() {
    let told = explained(
        "В Семее пройдёт форум краеведов",
        "АЛМАТЫ. 23 ноября. Форум краеведов пройдёт в Семее 4 декабря. Заявки принимают до \
         1 декабря. Гости приедут из Павлодара. Поэт родился 10 августа 1845 года.",
        "2026-11-23",
    );
    let chosen: Vec<&str> = told
        .dates
        .iter()
        .filter(|date| date.chosen)
        .map(|date| date.words.as_str())
        .collect();
    assert_eq!(chosen, ["4 декабря"]);
    let of = |words: &str| told.dates.iter().find(|date| date.words == words);
    let refused = |words: &str| of(words).and_then(|date| date.refused);
    assert_eq!(
        refused("10 августа 1845 года"),
        Some("its sentence tells of no forum being held")
    );
    let deadline = of("1 декабря").expect("the deadline is among the dates");
    assert!(!deadline.chosen);
    let event = told.reading.event.as_ref().expect("an event");
    let weight = of("4 декабря").map(|date| date.weight).expect("weighed");
    assert!((event.confidence.get() - (0.3 + 0.1 * weight).min(0.95)).abs() < 1e-6);
    let notes = |words: &str| -> Vec<&str> {
        let place = told.places.iter().find(|place| place.words == words);
        place
            .map(|place| place.notes.iter().map(|note| note.why).collect())
            .unwrap_or_default()
    };
    assert!(
        notes("АЛМАТЫ").contains(&"the dateline"),
        "{:?}",
        told.places
    );
    assert!(notes("Павлодара").contains(&"where somebody comes from"));
    assert!(notes("Семее").contains(&"said to be where"));
    assert_eq!(told.kind_why, "its day is to come, or today");
    assert_eq!(told.language_lead.map(|(lead, _)| lead > 0.0), Some(true));
    assert!(!told.language_by_outlet);
    let quoted: Vec<&str> = told
        .pieces
        .iter()
        .filter(|piece| piece.chosen)
        .map(|piece| piece.text.as_str())
        .collect();
    assert_eq!(quoted.join(" "), told.reading.excerpt);
}

#[test]
fn a_text_without_forums_says_so() {
    let told = explained("Погода", "В Астане завтра снег и ветер.", "2026-11-23");
    assert_eq!(told.kind_why, "no forum is named");
    assert!(told.dates.is_empty() && told.mentions.is_empty());
    assert_eq!(told.places.len(), 1);
    assert_eq!(told.places[0].weight, None);
}
