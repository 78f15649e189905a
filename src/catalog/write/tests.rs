use super::*;
use crate::model::source::{JsonRules, PageRules};

fn source(id: &str, name: &str, url: &str) -> Source {
    let place = Place::Feed(url.parse().expect(url));
    Source {
        language: "kk".parse().ok(),
        region: "KZ-71".parse().ok(),
        ..Source::new(SourceId::from_stored(id), name, place)
    }
}

#[test]
fn an_entry_reads_back_whatever_the_outlet_is_called() {
    let names = [
        "Өңір \"Жаршысы\"",
        "back\\slash",
        "two\nlines\u{7f}",
        "'''",
        "# no comment",
    ];
    for name in names {
        let written = source("a", name, "https://a.example/rss?x=\"1\"&y=%22");
        let text = entry(&written, "found\n[[source]]");
        let (read, complaints) = parse_sources("f", &text, Path::new("."));
        assert_eq!(complaints, [], "{text}");
        assert_eq!(read.len(), 1, "{text}");
        assert_eq!(read[0].value, written);
    }
}

#[test]
fn rules_read_back() {
    let rule = |text: &str| Some(text.to_owned());
    let url = || "https://a.example/".parse().expect("an address");
    let places = [
        Place::Json {
            url: url(),
            rules: JsonRules {
                items: rule("data.items"),
                title: rule("title.kk"),
                link: rule("https://a.example/{id}"),
                ..JsonRules::default()
            },
        },
        Place::Page {
            url: url(),
            rules: PageRules {
                item: rule("div[data-x=\"1\"]"),
                ..PageRules::default()
            },
        },
    ];
    for place in places {
        let written = Source::new(SourceId::from_stored("a"), "A", place);
        let text = entry(&written, "");
        let (read, complaints) = parse_sources("f", &text, Path::new("."));
        assert_eq!(complaints, [], "{text}");
        assert_eq!(read[0].value, written, "{text}");
    }
}

#[test]
fn what_is_there_is_not_disturbed() {
    let folder = tempfile::tempdir().expect("folder");
    let file = folder.path().join("local.toml");
    let new = entry(&source("b", "B", "https://b.example/rss"), "");
    let cases = [
        "# mine\n[[source]]\nid = \"a\"\nname='A' # why\nkind = \"feed\"\nurl = \"https://a.example\"",
        "# mine\r\n",
        // A mistake of the operator's own is not ours to fix.
        "[[source]]\nid = \"a\"\n",
        "",
    ];
    for before in cases {
        fs::write(&file, before).expect("written");
        append(&file, std::slice::from_ref(&new), folder.path()).expect("added");
        let after = fs::read_to_string(&file).expect("text");
        assert!(after.starts_with(before), "{after:?}");
        assert_eq!(after.contains('\r'), before.contains('\r'), "{after:?}");
        let found = sources_in(&file, folder.path()).expect("readable");
        assert!(found.iter().any(|source| source.id.as_str() == "b"));
    }
    let new_file = folder.path().join("sub/new.toml");
    append(&new_file, &[new], folder.path()).expect("made");
    assert_eq!(sources_in(&new_file, folder.path()).expect("text").len(), 1);
    let left: Vec<_> = fs::read_dir(folder.path()).expect("folder").collect();
    assert_eq!(left.len(), 2, "nothing is left beside");
}

#[test]
fn a_file_that_would_be_wrong_stays() {
    let folder = tempfile::tempdir().expect("folder");
    let file = folder.path().join("local.toml");
    fs::write(&file, "# mine\n").expect("written");
    let wrong = "[[source]]\nid = \"b\"\n".to_owned();
    assert!(append(&file, &[wrong], folder.path()).is_err());
    assert_eq!(fs::read_to_string(&file).expect("text"), "# mine\n");
    fs::write(&file, b"\xff").expect("written");
    assert!(append(&file, &[], folder.path()).is_err());
}

#[test]
fn ids_are_free_and_addresses_once() {
    let taken = [source("zharshy", "A", "https://www.a.example/rss/")];
    let mut register = Register::of(&taken);
    let cases = [
        ("zharshy", Some("kk"), "zharshy-kk"),
        ("zharshy", None, "zharshy-2"),
        ("Жаршы", None, "source"),
        ("--A_b..c--", None, "a-b-c"),
    ];
    for (wish, hint, expected) in cases {
        assert_eq!(register.free_id(wish, hint).as_str(), expected);
    }
    let long = "x".repeat(100);
    register.enter(&source(&id_of(&long), "X", "https://x.example/"));
    let second = register.free_id(&long, None);
    assert!(is_name(second.as_str()) && !register.has_id(second.as_str()));
    let same = source("b", "B", "http://a.example/rss");
    assert_eq!(
        register.reads(&same.place).map(SourceId::as_str),
        Some("zharshy")
    );
}
