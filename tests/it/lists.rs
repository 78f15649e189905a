//! Lists of subscribers through the program itself: what comes in, what goes
//! out, and that the two are the same.

use std::fmt::Write;

use super::world::World;

const HEADER: &str = "address,status,language,feeds,regions,rhythm,hour,zone,tags\n";

/// People of every kind, some with addresses a spreadsheet would run.
fn list(people: usize) -> String {
    let mut list = HEADER.to_owned();
    for n in 0..people {
        let before = ["", "=", "+", "-", "'", "'="][n % 6];
        let status = ["confirmed", "pending", "unsubscribed"][n % 3];
        let wishes = [
            "kk,,KZ-71 KZ-75,weekly-mon,7,Europe/Berlin,press",
            "ru,all-forums,,at-once,,,",
            "en,,,daily,,,-x press",
        ][n % 3];
        writeln!(list, "{before}p{n}@МЫСАЛ{}.қаз,{status},{wishes}", n % 9)
            .expect("writing to a String cannot fail");
    }
    list
}

#[test]
fn import_export_and_import_again_give_the_same_bytes() {
    let one = World::new(None);
    one.write("people.csv", &list(3_000));
    let imported = one.must(&["subscribers", "import", "people.csv", "--confirmed"]);
    assert_eq!(
        imported.trim(),
        "2000 added, 0 updated, 1000 left unsubscribed, 0 lines not understood"
    );
    let first = one.must(&["subscribers", "export"]);
    assert_eq!(first.lines().count(), 3_001);
    for line in first.lines().skip(1) {
        assert!(!line.starts_with(['=', '+', '-', '@']), "{line}");
    }
    let other = World::new(None);
    other.write("people.csv", &first);
    other.must(&["subscribers", "import", "people.csv", "--confirmed"]);
    assert!(other.must(&["subscribers", "export"]) == first);
    // Once more into the same house: nobody who left comes back.
    let again = other.must(&["subscribers", "import", "people.csv", "--confirmed"]);
    assert_eq!(
        again.trim(),
        "0 added, 2000 updated, 1000 left unsubscribed, 0 lines not understood"
    );
    assert!(other.must(&["subscribers", "export"]) == first);
}

#[test]
fn bad_lines_are_told_with_their_numbers_and_cost_nobody_else() {
    let world = World::new(None);
    let mut text = "Email Address;TAGS\na@reader.example;\"Press, VIP\"\n".to_owned();
    text.push_str("nobody;\n\"open@reader.example;\n");
    for n in 0..150 {
        writeln!(text, "wrong{n};").expect("writing to a String cannot fail");
    }
    text.push_str("b@reader.example;\n");
    world.write("people.csv", &text);
    let dry = [
        "subscribers",
        "import",
        "people.csv",
        "--dry-run",
        "--tag",
        "x",
    ];
    let output = world.run(&dry);
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    for line in [
        "people.csv:3: the address",
        "people.csv:4: ",
        "people.csv:5: ",
    ] {
        assert!(told.contains(line), "{line}: {told}");
    }
    assert!(told.lines().count() < 110, "not all 152 are shown: {told}");
    let counts = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(
        counts.trim(),
        "2 added, 0 updated, 0 left unsubscribed, 152 lines not understood (nothing was stored)"
    );
    assert_eq!(world.must(&["subscribers", "list"]), "");
    world.must(&[
        "subscribers",
        "import",
        "people.csv",
        "--tag",
        "x",
        "--json",
    ]);
    let found = world.must(&["subscribers", "list", "--with-tag", "VIP"]);
    assert_eq!(found.trim(), "a@reader.example pending kk #Press #VIP #x");
    let tagged = world.must(&["subscribers", "tag", "late", "--search", "B@reader"]);
    assert_eq!(tagged.trim(), "1 changed");
    let removed = world.must(&["subscribers", "tag", "x", "--remove", "--json"]);
    assert_eq!(removed.trim(), r#"{"changed":2}"#);
    let found = world.must(&["subscribers", "list", "--search", "b@", "--json"]);
    assert!(found.contains(r#""tags":["late"]"#), "{found}");
    world.write("strange.csv", "name,city\nAigul,Astana\n");
    let refused = world.run(&["subscribers", "import", "strange.csv"]);
    assert_eq!(refused.status.code(), Some(2));
}
