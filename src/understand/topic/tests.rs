use super::super::tests::article;
use super::super::topics_of;
use super::*;

const CASES: &str = include_str!("../../../tests/fixtures/understand/topics.tsv");

struct Case {
    is_clear: bool,
    expected: Vec<&'static str>,
    title: &'static str,
    text: &'static str,
}

fn cases() -> Vec<Case> {
    CASES
        .lines()
        .filter(|line| !line.starts_with('#'))
        .map(|line| {
            let columns: Vec<&str> = line.split('\t').collect();
            let [sureness, topics, title, text] = columns[..] else {
                panic!("four columns: {line}");
            };
            assert!(["clear", "hard"].contains(&sureness), "{line}");
            Case {
                is_clear: sureness == "clear",
                expected: topics.split(' ').filter(|word| *word != "-").collect(),
                title,
                text,
            }
        })
        .collect()
}

fn sure(title: &str, text: &str) -> (Vec<&'static str>, Vec<Found>) {
    let found = topics_of(&article(title, text, "2026-11-20"));
    let mut sure: Vec<Topic> = found
        .iter()
        .filter(|one| one.confidence.is_enough())
        .map(|one| one.topic)
        .collect();
    sure.sort();
    (sure.into_iter().map(Topic::word).collect(), found)
}

#[test]
fn clear_texts_have_exactly_their_topics() {
    let mut misses = Vec::new();
    let cases: Vec<Case> = cases().into_iter().filter(|case| case.is_clear).collect();
    for case in &cases {
        let (mut expected, (words, found)) = (case.expected.clone(), sure(case.title, case.text));
        expected.sort_by_key(|word| word.parse::<Topic>().expect("a topic"));
        if words != expected {
            misses.push(format!("{}: want {expected:?}, read {found:?}", case.title));
        }
    }
    assert!(cases.len() >= 60, "{} cases", cases.len());
    assert!(misses.is_empty(), "{}", misses.join("\n"));
}

#[test]
fn hard_texts_are_read_no_worse_than_before() {
    let (mut right, mut wrong, mut missed) = (0, Vec::new(), Vec::new());
    for case in cases().iter().filter(|case| !case.is_clear) {
        let (words, _) = sure(case.title, case.text);
        right += words
            .iter()
            .filter(|word| case.expected.contains(word))
            .count();
        let extra = words.iter().filter(|word| !case.expected.contains(word));
        wrong.extend(extra.map(|word| format!("{}: {word}", case.title)));
        let lacking = case.expected.iter().filter(|word| !words.contains(word));
        missed.extend(lacking.map(|word| format!("{}: {word}", case.title)));
    }
    assert_eq!(
        (right, wrong.len(), missed.len()),
        (14, 1, 0),
        "{wrong:?} {missed:?}"
    );
}
