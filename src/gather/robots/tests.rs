//! The cases are data: `tests/fixtures/asking/robots.jsonl`, one file, agent and
//! address a line, and what is to come of them.

use serde_json::Value;

use super::*;

const CASES: &str = include_str!("../../../tests/fixtures/asking/robots.jsonl");

fn allows(file: &[u8], agent: &str, url: &str) -> bool {
    Robots::read(file, agent).allows(url)
}

#[test]
fn every_case_is_decided_as_written() {
    let mut wrong = Vec::new();
    for line in CASES.lines() {
        let case: Value = serde_json::from_str(line).expect(line);
        let text = |key: &str| case[key].as_str().expect(line);
        let robots = Robots::read(text("robots").as_bytes(), text("agent"));
        let allowed = robots.allows(text("url"));
        if Some(allowed) != case["allowed"].as_bool()
            || robots.delay_seconds() != case["delay"].as_f64()
        {
            wrong.push(format!(
                "{line}\n  found {allowed}, {:?}",
                robots.delay_seconds()
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_byte_order_mark_is_passed_over_also_when_broken() {
    let rules = b"User-Agent: foo\nAllow: /AnyValue\nUser-Agent: *\nDisallow: /\n";
    let cases: [(&[u8], bool); 4] = [
        (b"\xEF\xBB\xBF", true),
        (b"\xEF\xBB", true),
        (b"\xEF", true),
        // Not one: the first line is spoilt.
        (b"\xEF\x11\xBF", false),
    ];
    for (mark, expected) in cases {
        let file = [mark, rules].concat();
        assert_eq!(
            allows(&file, "foo", "http://a.kz/AnyValue"),
            expected,
            "{mark:?}"
        );
    }
    let late = b"User-Agent: foo\n\xEF\xBB\xBFAllow: /x\nDisallow: /\n";
    assert!(!allows(late, "foo", "http://a.kz/x"));
}

#[test]
fn bytes_beyond_ascii_are_escaped_and_hex_is_upper_case() {
    let cases: [(&[u8], &str); 6] = [
        (b"/a/b", "/a/b"),
        ("/форум".as_bytes(), "/%D1%84%D0%BE%D1%80%D1%83%D0%BC"),
        (b"/%aa%Bc", "/%AA%BC"),
        (b"/%a", "/%a"),
        (b"/%zz%", "/%zz%"),
        (b"/\xFF", "/%FF"),
    ];
    for (value, expected) in cases {
        assert_eq!(escaped(value), expected);
    }
}

#[test]
fn the_path_is_found_in_whatever_is_called_an_address() {
    let cases = [
        ("", "/"),
        ("http://www.example.kz", "/"),
        ("http://www.example.kz/", "/"),
        ("http://www.example.kz/a", "/a"),
        (
            "http://www.example.kz/a/?b=http://c.kz",
            "/a/?b=http://c.kz",
        ),
        ("http://www.example.kz/a/b?c#d", "/a/b?c"),
        ("http://www.example.kz#d/e", "/"),
        ("http://www.example.kz?q", "/?q"),
        ("http://www.example.kz;p", "/;p"),
        ("example.kz", "/"),
        ("example.kz/a", "/a"),
        ("example.kz/a/b?c#d", "/a/b?c"),
        ("//a/b/c", "/b/c"),
        ("//a", "/"),
        ("#a", "/"),
        ("#a/b://c/d", "/"),
        ("http://a/b#c://d", "/b"),
    ];
    for (url, path) in cases {
        assert_eq!(path_and_query(url), path, "{url}");
    }
}

#[test]
fn an_overlong_line_is_cut_not_dropped() {
    let long = format!(
        "/x/{}",
        "a".repeat(LINE_BYTES_MAX - "/x/".len() - "disallow: ".len() - 1)
    );
    let file = format!("user-agent: foo\ndisallow: {long}/qux\n");
    assert!(allows(file.as_bytes(), "foo", "http://a.kz/fux"));
    assert!(!allows(
        file.as_bytes(),
        "foo",
        &format!("http://a.kz{long}/fux")
    ));
}

#[test]
fn what_lies_behind_the_limit_is_not_read() {
    let mut file = b"user-agent: foo\ndisallow: /a\n".to_vec();
    while file.len() < ROBOTS_BYTES_MAX - 4 {
        file.extend_from_slice(b"#\n");
    }
    file.extend_from_slice(b"disallow: /b\ndisallow: /c\n");
    let robots = Robots::read(&file, "foo");
    assert!(!robots.allows("/a"));
    assert!(robots.allows("/b") && robots.allows("/c"));
    assert!(!Robots::read(&file[..ROBOTS_BYTES_MAX.min(file.len())], "foo").allows("/a"));
    let one_line = vec![b'a'; ROBOTS_BYTES_MAX + 1];
    assert!(Robots::read(&one_line, "foo").allows("/"));
}

#[test]
fn stars_take_one_pass() {
    // A matcher that goes back would need more steps here than there are atoms.
    let pattern = format!("/{}b$", "*a".repeat(4_000));
    let file = format!("user-agent: *\ndisallow: {pattern}\n");
    let url = format!("http://a.kz/{}", "a".repeat(50_000));
    assert!(allows(file.as_bytes(), "foo", &url));
    assert!(!allows(file.as_bytes(), "foo", &format!("{url}b")));
}

#[test]
fn the_matcher_agrees_with_one_that_tries_everything() {
    /// Every position reachable, character by character.
    fn slow(path: &[u8], pattern: &[u8]) -> bool {
        match pattern {
            [] => true,
            b"$" => path.is_empty(),
            [b'*', rest @ ..] => (0..=path.len()).any(|at| slow(&path[at..], rest)),
            [first, rest @ ..] => path.first() == Some(first) && slow(&path[1..], rest),
        }
    }
    let letters = [b'a', b'b', b'*', b'$'];
    let paths = [
        "/", "/a", "/b", "/ab", "/ba", "/aab", "/abab", "/a$b", "/a$",
    ];
    for number in 0..4_usize.pow(6) {
        let pattern: Vec<u8> = std::iter::once(b'/')
            .chain((0..6).map(|place| letters[number / 4_usize.pow(place) % 4]))
            .collect();
        let text = std::str::from_utf8(&pattern).expect("ASCII");
        for path in paths {
            for length in 1..=pattern.len() {
                assert_eq!(
                    matches(path, &text[..length]),
                    slow(path.as_bytes(), &pattern[..length]),
                    "{path} {}",
                    &text[..length]
                );
            }
        }
    }
}

/// One address may be written in several ways (RFC 9309 section 2.2.2, RFC 3986
/// section 6.2.2.1): WordPress writes its escapes in lower case.
#[test]
fn other_spellings_of_a_path_are_the_same_path() {
    for (rule, path, forbids) in [
        (
            "/новости/",
            "/%d0%BD%d0%be%d0%b2%d0%be%d1%81%d1%82%d0%b8/1",
            true,
        ),
        ("/a%2fb", "/a%2Fb", true),
        ("/a%zz", "/a%zz", true),
        ("/my folder/", "/my%20folder/1", true),
        ("/file-%2A.html", "/file-*.html", true),
        ("/file-%2A.html", "/file-1.html", false),
        ("/file-*.html", "/file-*.html", true),
        ("/price-%24", "/price-$", true),
        ("/price-$5", "/price-$5", true),
        ("/price$", "/price", true),
        ("/price$", "/price$", false),
    ] {
        let file = format!("User-agent: *\nDisallow: {rule}");
        let robots = Robots::read(file.as_bytes(), "Jarshy");
        let url = format!("https://a.example{path}");
        assert_eq!(!robots.allows(&url), forbids, "{rule} {path}");
    }
}

#[test]
fn a_name_with_digits_finds_its_group() {
    let file = b"User-agent: Bot360/1.2 beta\nDisallow: /a\nUser-agent: *\nDisallow: /b";
    let robots = Robots::read(file, "Bot360");
    assert!(!robots.allows("https://a.example/a"));
    assert!(robots.allows("https://a.example/b"));
}
