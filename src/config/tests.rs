//! What an operator reads when a setting is wrong.

use std::path::PathBuf;

use super::*;

fn write(text: &str) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("folder");
    let path = folder.path().join("jarshy.toml");
    std::fs::write(&path, text).expect("written");
    (folder, path)
}

fn complaints(text: &str, variables: &[(&str, &str)]) -> Vec<String> {
    let (_folder, path) = write(text);
    let variables = variables
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    match load(&path, variables) {
        Ok(_) => Vec::new(),
        Err(found) => found
            .iter()
            .map(|complaint| {
                complaint
                    .to_string()
                    .replace(&path.display().to_string(), "jarshy.toml")
            })
            .collect(),
    }
}

#[test]
fn the_shipped_config_is_right_and_says_the_defaults() {
    let shipped = load(Path::new("config/jarshy.toml"), []).expect("shipped config");
    let (_folder, path) = write("");
    let defaults = load(&path, []).expect("empty config");
    assert_eq!(shipped.digests.len(), 1);
    assert_eq!(shipped.listen, defaults.listen);
    assert_eq!(shipped.store_url, defaults.store_url);
    assert_eq!(shipped.from, defaults.from);
    assert_eq!(shipped.gather_parallel, defaults.gather_parallel);
    assert_eq!(shipped.site_url.as_str(), "http://127.0.0.1:8080/");
}

#[test]
fn every_wrong_value_is_named_with_its_place() {
    let cases: &[(&str, &str)] = &[
        (
            "[serve]\nlisten = \"8080\"\n",
            "jarshy.toml:2:10: error: serve.listen: `8080` is no address",
        ),
        (
            "[serve]\nlissten = \"x\"\n",
            "jarshy.toml:2:1: error: unknown field `lissten`, expected `listen` or `url`; did you mean `listen`?",
        ),
        (
            "[house]\nzone = \"Almaty\"\n",
            "jarshy.toml:2:8: error: house.zone: `Almaty` is no time zone",
        ),
        (
            "[mail]\nconnections = 0\n",
            "jarshy.toml:2:15: error: mail.connections: 0: expected 1 to 64",
        ),
        (
            "[mail]\nhours = \"8-21\"\n",
            "jarshy.toml:2:9: error: mail.hours: `8-21`: expected two times of day",
        ),
        (
            "[[mail.relay]]\nname = \"a\"\nurl = \"smtp://a\"\nweight = 0\n",
            "jarshy.toml:4:10: error: mail.relay.0.weight: 0: expected 1 to 1000",
        ),
        (
            "[mail.domains]\ndefalt = {}\n",
            "jarshy.toml:2:10: error: mail.domains.defalt: `defalt` is no domain",
        ),
        (
            "[mail.warm_up]\nsince = \"soon\"\n",
            "jarshy.toml:2:9: error: mail.warm_up.since: `soon` is no day",
        ),
        (
            "[serve]\nurl = \"ftp://x\"\n",
            "jarshy.toml:2:7: error: serve.url: `ftp://x`: expected http",
        ),
        ("[serve\n", "jarshy.toml:1:7: error: "),
        (
            "[mail]\nbounce_domain = \"lists\"\n",
            "jarshy.toml:2:17: error: mail.bounce_domain: `lists` is no domain",
        ),
        (
            "[mail]\nreply_to = \"desk\"\n",
            "jarshy.toml:2:12: error: mail.reply_to: `desk`: expected an address",
        ),
        (
            "[mail.dkim]\nselectors = [\"2026a\", \"../x\"]\n",
            "jarshy.toml:2:23: error: mail.dkim.selectors.1: `../x`: expected a name such as 2026a",
        ),
        (
            "[mail.dkim]\nselectors = [\"a\", \"a\"]\n",
            "jarshy.toml:2:19: error: mail.dkim.selectors.1: `a` is named twice",
        ),
        (
            "[doctor]\nresolver = \"dns.example.kz\"\naddresses = [\"x\"]\n",
            "jarshy.toml:2:12: error: doctor.resolver: `dns.example.kz` is no address",
        ),
    ];
    for (text, expected) in cases {
        let found = complaints(text, &[]);
        assert!(
            found
                .iter()
                .any(|complaint| complaint.starts_with(expected)),
            "{text}\nexpected {expected}\nfound {found:#?}"
        );
    }
}

#[test]
fn all_complaints_come_at_once() {
    let found = complaints("[serve]\nlisten = \"x\"\n[log]\nformat = \"xml\"\n", &[]);
    assert_eq!(found.len(), 2, "{found:#?}");
    let found = complaints("[log]\nfilter = \"loud\"\n", &[]);
    let expected = "jarshy.toml:2:10: error: log.filter: `loud` is no level";
    assert!(found[0].starts_with(expected), "{found:#?}");
}

#[test]
fn the_environment_wins_and_is_blamed_by_its_own_name() {
    let (folder, path) = write("[mail]\nconnections = 2\n");
    let secret = folder.path().join("smtp");
    std::fs::write(&secret, "smtps://u:p@mail.example.kz\n").expect("written");
    let variables = [
        ("JARSHY__MAIL__CONNECTIONS", "7"),
        ("JARSHY__GATHER__ALLOW_PRIVATE", "[\"127.0.0.1/32\"]"),
        ("JARSHY__SERVE__URL", "https://news.example.kz"),
        ("JARSHY__MAIL__SMTP_FILE", secret.to_str().expect("path")),
        ("HOME", "/"),
    ];
    let config = load(
        &path,
        variables.map(|(name, value)| (name.to_owned(), value.to_owned())),
    )
    .expect("right");
    assert_eq!(config.relays[0].connections, 7);
    assert_eq!(config.allow_private, ["127.0.0.1/32"]);
    assert_eq!(config.relays[0].url, "smtps://u:p@mail.example.kz");

    let found = complaints("", &[("JARSHY__SERVE__LISTEN", "nowhere")]);
    assert!(
        found[0].starts_with("JARSHY__SERVE__LISTEN: error: `nowhere`"),
        "{found:#?}"
    );
    let found = complaints("", &[("JARSHY__SERVE__LISTN", "x")]);
    assert!(
        found[0].starts_with("JARSHY__SERVE__LISTN: error: unknown field `listn`"),
        "{found:#?}"
    );
    let found = complaints("", &[("JARSHY__SRVE__LISTEN", "127.0.0.1:1")]);
    assert!(
        found[0].starts_with("JARSHY__SRVE__LISTEN: error: unknown field `srve`")
            && found[0].ends_with("did you mean `serve`?"),
        "{found:#?}"
    );
}

#[test]
fn links_are_counted_only_at_a_public_https_address() {
    let cases = [
        ("https://house.example", true),
        ("https://203.0.113.7/jarshy", true),
        ("https://[2001:db8::1]", true),
        ("http://house.example", false),
        ("https://10.0.0.1", false),
        ("https://[fd00::1]", false),
        ("https://localhost", false),
        ("https://press.local", false),
    ];
    for (url, is_fine) in cases {
        let text = format!("[serve]\nurl = \"{url}\"\n[mail]\nlink_counts = true\n");
        let found = complaints(&text, &[]);
        let expected = "jarshy.toml:4:15: error: mail.link_counts: links can only be counted";
        let is_told = found.iter().any(|one| one.starts_with(expected));
        assert_eq!(is_told, !is_fine, "{url}: {found:?}");
    }
}
