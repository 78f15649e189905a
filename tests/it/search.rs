//! An operator finds articles by their words.

use serde_json::Value;

use crate::world::World;

fn titles(answer: &str) -> Vec<String> {
    let answer: Value = serde_json::from_str(answer).expect("JSON");
    let articles = answer["articles"].as_array().expect("a list").iter();
    articles
        .map(|one| one["title"].as_str().expect("a title").to_owned())
        .collect()
}

#[test]
fn an_operator_finds_articles_by_their_words() {
    let world = World::new(None);
    world.write(
        "feeds/sources/desk.toml",
        "[[source]]\nid = \"desk\"\nname = \"Редакция\"\nkind = \"desk\"\ndir = \"desk\"\nevery = \"1m\"\n",
    );
    world.write(
        "feeds/desk/kk.md",
        "---\ntitle: Қостанайдағы форумға журналистер жиналады\nlanguage: kk\n---\n\
         Ертең Қостанай қаласында өңірлік медиа форум өтеді. Форумға журналистер қатысады.\n",
    );
    world.write(
        "feeds/desk/ru.md",
        "---\ntitle: Урожай собран вовремя\nlanguage: ru\n---\n\
         По данным управления сельского хозяйства, урожай в этом году хороший.\n",
    );
    world.must(&["gather", "desk"]);
    let kazakh = ["Қостанайдағы форумға журналистер жиналады"];
    let found = |call: &[&str]| titles(&world.must(&[&["search", "--json"], call].concat()));
    assert_eq!(found(&["форум", "қостанай"]), kazakh);
    assert_eq!(found(&["Qostanai forumy"]), kazakh);
    assert_eq!(found(&["урожаи", "--since", "2000-01-01"]).len(), 1);
    let filtered = ["журналист", "--kind", "announcement", "--region", "KZ-39"];
    assert_eq!(found(&filtered), kazakh);
    let nowhere: [&[&str]; 3] = [
        &["форум", "--language", "ru"],
        &["форум", "--since", "2999-01-01"],
        &["форум", "урожай"],
    ];
    for call in nowhere {
        assert_eq!(found(call).len(), 0, "{call:?}");
    }
    let lines = world.must(&["search", "форум"]);
    assert!(lines.contains("Редакция: Қостанайдағы форумға"), "{lines}");
    assert!(lines.contains("https://house.example/article/"), "{lines}");
    assert_eq!(world.must(&["search", "Алматы"]), "nothing found\n");
    for wrong in [
        &["search"][..],
        &["search", "в и на"],
        &["search", "a", "--kind", "x"],
    ] {
        assert_eq!(world.run(wrong).status.code(), Some(2), "{wrong:?}");
    }
}
