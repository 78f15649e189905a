//! `stage robots` and `stage address`, from the command line.

use serde_json::{Value, json};

use crate::world::World;

/// Runs a stage on these lines; what it answers, and whether it was content.
fn stage(name: &str, lines: &str) -> (Vec<Value>, bool) {
    let world = World::new(None);
    world.write("in.jsonl", lines);
    let output = world.run(&["stage", name, "in.jsonl"]);
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    let answers = text
        .lines()
        .map(|line| serde_json::from_str(line).expect(line));
    (answers.collect(), output.status.success())
}

#[test]
fn robots_are_answered_in_the_order_given() {
    let robots = "User-agent: FooBot\nDisallow: /a\nCrawl-delay: 2.5\n";
    let lines = [
        json!({"id": 2, "robots": robots, "url": "https://a.kz/a", "agent": "foobot"}),
        json!({"id": "one", "robots": robots, "url": "https://a.kz/b", "agent": "FooBot"}),
        json!({"id": null, "robots": robots, "url": "", "agent": "Other"}),
        json!({"id": 4, "robots": "User-agent: Jarshy\nDisallow: /", "url": "/x"}),
    ];
    let lines = lines.map(|line| line.to_string()).join("\n");
    let (answers, content) = stage("robots", &lines);
    let expected = [
        json!({"id": 2, "allowed": false, "delay": 2.5}),
        json!({"id": "one", "allowed": true, "delay": 2.5}),
        json!({"id": null, "allowed": true, "delay": null}),
        json!({"id": 4, "allowed": false, "delay": null}),
    ];
    assert_eq!((answers.as_slice(), content), (expected.as_slice(), true));
}

#[test]
fn addresses_are_answered_and_bad_lines_named() {
    let lines = "{\"id\":1,\"url\":\"http://8.8.8.8/\"}\n\n{\"id\":2,\"url\":\"http://0x7f.1/\"}\n\
        nonsense\n{\"id\":3,\"url\":\"https://example.kz/\"}\n{\"id\":4,\"url\":\"example\"}";
    let (answers, content) = stage("address", lines);
    let verdicts: Vec<(&Value, &str)> = answers
        .iter()
        .map(|answer| (&answer["id"], answer["verdict"].as_str().expect("a word")))
        .collect();
    assert_eq!(
        verdicts,
        [
            (&json!(1), "fetch"),
            (&json!(2), "refuse"),
            (&json!(3), "resolve"),
            (&json!(4), "invalid")
        ]
    );
    assert!(
        answers[1]["why"]
            .as_str()
            .is_some_and(|why| why.contains("127.0.0.1"))
    );
    assert!(!content, "one line was no question");
}
