use std::fs;
use std::path::Path;

use super::*;
use crate::model::complaint::Severity;

fn loaded() -> Templates {
    Templates::load(None).unwrap_or_else(|complaints| panic!("{}", listed(&complaints)))
}

fn listed(complaints: &[Complaint]) -> String {
    let lines: Vec<String> = complaints.iter().map(ToString::to_string).collect();
    lines.join("\n")
}

/// A folder with one file in it, loaded over the shipped ones.
fn overridden(name: &str, text: &str) -> Result<Templates, Vec<Complaint>> {
    let dir = tempfile::tempdir().expect("a folder");
    let path = dir.path().join(name);
    fs::create_dir_all(path.parent().unwrap_or(Path::new("."))).expect("a folder");
    fs::write(&path, text).expect("a file");
    Templates::load(Some(dir.path()))
}

#[test]
fn topics_are_called_alike_on_pages_and_in_feeds() {
    let templates = Templates::load(None).unwrap_or_else(|found| panic!("{found:?}"));
    for tongue in Tongue::ALL {
        for topic in crate::model::topic::Topic::ALL {
            let key = format!("topic.{topic}");
            let said = templates.message(Writing::from(tongue), &key, &[]);
            assert_eq!(said.ok().as_deref(), Some(topic.name(tongue)), "{tongue}");
        }
    }
}

#[test]
fn the_shipped_templates_and_words_are_whole() {
    let found = loaded().check();
    assert!(found.is_empty(), "{}", listed(&found));
}

#[test]
fn plurals_and_placeholders_are_filled() {
    let templates = loaded();
    let say = |tongue, n| {
        templates
            .message(tongue, "outbox.more", &[("n", n)])
            .expect("a message")
    };
    assert_eq!(say(Tongue::English, "1"), "1 more letter.");
    assert_eq!(say(Tongue::English, "5"), "5 more letters.");
    assert_eq!(say(Tongue::Russian, "22"), "Ещё 22 письма.");
    assert_eq!(say(Tongue::Russian, "11"), "Ещё 11 писем.");
    let without = templates.message(Tongue::Kazakh, "event.counted", &[("words", "ертең")]);
    assert!(without.is_err_and(|error| error.to_string().contains("{day}")));
}

#[test]
fn html_is_escaped_and_what_is_undefined_is_an_error() {
    let templates = overridden(
        "page/answer.html",
        "{{ what }}{% if x is defined %}{{ x.y }}{% endif %}",
    )
    .unwrap_or_else(|complaints| panic!("{}", listed(&complaints)));
    let render =
        |context: serde_json::Value| templates.render("page/answer.html", Tongue::Kazakh, &context);
    let hostile = serde_json::json!({"what": "<script>\"&'"});
    assert_eq!(
        render(hostile).expect("rendered"),
        "&lt;script&gt;&quot;&amp;&#x27;"
    );
    assert!(render(serde_json::json!({})).is_err());
}

#[test]
fn mistakes_are_told_with_file_and_line() {
    let cases = [
        (
            "page/home.html",
            "a\n{% if %}",
            "page/home.html:2:1: error: ",
        ),
        ("page/hme.html", "", "did you mean `page/home.html`?"),
        (
            "messages/ru.toml",
            "[nav]\nskip = \"{a\"",
            "ru.toml:2:1: error: nav.skip: a brace",
        ),
        (
            "messages/en.toml",
            "[nav]\nskip = 3",
            "en.toml:2:1: error: nav.skip: expected a text",
        ),
        ("messages/kk.toml", "[nav", "kk.toml:1:"),
    ];
    for (name, text, expected) in cases {
        let complaints = overridden(name, text).err().expect(name);
        assert!(
            listed(&complaints).contains(expected),
            "{}",
            listed(&complaints)
        );
    }
}

#[test]
fn check_finds_what_only_rendering_shows() {
    let cases = [
        (
            "page/home.html",
            "x\n{{ evnts }}",
            "page/home.html:2:1: error: undefined value",
        ),
        (
            "page/home.html",
            "\n{{ t('home.nothing') }}",
            "page/home.html:2:7: error: home.nothing: no such message",
        ),
        (
            "page/home.html",
            "{% for a in range(9000) %}{% for b in range(9000) %}{% endfor %}{% endfor %}",
            "fuel",
        ),
        (
            "page/home.html",
            "{% include 'page/home.html' %}",
            "recursion limit",
        ),
        (
            "page/stories.html",
            "x\n{{ storis }}",
            "page/stories.html:2:1: error: undefined value",
        ),
        (
            "messages/ru.toml",
            "[extra]\nword = \"x\"",
            "ru.toml:2:1: error: extra.word: has no counterpart",
        ),
        (
            "messages/ru.toml",
            "[event]\ncounted = \"{day}\"",
            "ru.toml:2:1: error: event.counted: placeholders",
        ),
        (
            "page/answer.html",
            "x",
            "warning: answer.home: no template says it",
        ),
    ];
    for (name, text, expected) in cases {
        let found = overridden(name, text)
            .unwrap_or_else(|complaints| panic!("{}", listed(&complaints)))
            .check();
        assert!(
            listed(&found).contains(expected),
            "{name}: {}",
            listed(&found)
        );
    }
}

#[test]
fn a_warning_is_no_error() {
    let found = overridden("page/answer.html", "x")
        .unwrap_or_else(|found| panic!("{}", listed(&found)))
        .check();
    assert!(
        found
            .iter()
            .all(|complaint| complaint.severity == Severity::Warning)
    );
}
