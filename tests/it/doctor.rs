//! `jarshy doctor` and what DNS says of the sending domain.

use crate::dns::DnsServer;
use crate::world::{MailServer, World};

/// Everything but the keys, as it should be.
const RIGHT: &str = "
house.example MX 20 backup.house.example
house.example MX 10 mail.house.example
lists.house.example MX 10 mail.house.example
lists.house.example TXT google-site-verification=x
lists.house.example TXT v=spf1 include:relay.example ip6:2001:db8::/64 -all
relay.example TXT v=spf1 a:out.relay.example/24 ~all
out.relay.example A 203.0.113.77
_dmarc.house.example TXT v=DMARC1; p=quarantine; rua=mailto:d@house.example
5.113.0.203.in-addr.arpa PTR mail.house.example
mail.house.example A 203.0.113.5
mail.house.example AAAA 2001:db8::5
5.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa PTR mail.house.example
";

const WRONG: &str = include_str!("../fixtures/doctor/wrong-records.txt");

struct Practice {
    world: World,
    dns: DnsServer,
    _mail: MailServer,
}

impl Practice {
    /// A house that signs, sends by a server of its own and knows its addresses.
    fn new() -> Self {
        let mut world = World::new(None);
        let (dns, mail) = (DnsServer::start(), MailServer::start());
        world.must(&["mail", "keys", "new", "--selector", "2026a"]);
        world.set(
            "JARSHY__MAIL__DKIM",
            "{ selectors = [\"2026a\", \"2026a-ed25519\"] }",
        );
        world.set("JARSHY__DOCTOR__RESOLVER", &dns.address.to_string());
        world.set(
            "JARSHY__DOCTOR__ADDRESSES",
            "[\"203.0.113.5\", \"2001:db8::5\"]",
        );
        world.set("JARSHY__MAIL__BOUNCE_DOMAIN", "lists.house.example");
        world.set(
            "JARSHY__MAIL__SMTP",
            &format!("smtp://{}?tls=none", mail.address),
        );
        Self {
            world,
            dns,
            _mail: mail,
        }
    }

    fn publish_keys(&self) {
        for line in self.world.must(&["mail", "keys", "show", "--json"]).lines() {
            let record: serde_json::Value = serde_json::from_str(line).expect("JSON");
            let text = |key: &str| record[key].as_str().expect("text");
            self.dns
                .publish(&format!("{} TXT {}", text("name"), text("text")));
        }
    }

    /// Status, and the lines about DNS.
    fn visit(&self) -> (i32, Vec<String>) {
        let output = self.world.run(&["doctor"]);
        let lines = String::from_utf8_lossy(&output.stdout)
            .lines()
            .map(str::to_owned)
            .collect();
        (output.status.code().expect("a status"), lines)
    }
}

fn line<'a>(lines: &'a [String], what: &str) -> &'a str {
    lines
        .iter()
        .find(|line| line.contains(what))
        .unwrap_or_else(|| panic!("no {what} in {lines:#?}"))
}

#[test]
fn a_domain_in_order_is_found_in_order() {
    let practice = Practice::new();
    practice.dns.publish(RIGHT);
    practice.publish_keys();
    let (status, lines) = practice.visit();
    assert_eq!(status, 0, "{lines:#?}");
    assert!(
        lines.iter().all(|line| line.starts_with("ok   ")),
        "{lines:#?}"
    );
    let key = "var/keys/2026a._domainkey.house.example.pem";
    let rights = std::os::unix::fs::PermissionsExt::from_mode(0o644);
    std::fs::set_permissions(practice.world.path(key), rights).expect("the key is there");
    let warned = line(&practice.visit().1, "everybody on this machine").to_owned();
    assert!(
        warned.starts_with("warn DKIM") && warned.contains(key),
        "{warned}"
    );
    for (what, words) in [
        (
            "MX of house.example",
            "mail.house.example, backup.house.example",
        ),
        ("MX of lists.house.example", "mail.house.example"),
        ("SPF of lists.house.example", "v=spf1 include:relay.example"),
        (
            "DKIM 2026a._domainkey.house.example",
            "our rsa key is published",
        ),
        (
            "DKIM 2026a-ed25519._domainkey",
            "our ed25519 key is published",
        ),
        ("DMARC of house.example", "p=quarantine"),
        ("PTR of 203.0.113.5", "mail.house.example, which leads back"),
        ("PTR of 2001:db8::5", "mail.house.example, which leads back"),
    ] {
        assert!(line(&lines, what).contains(words), "{what}: {lines:#?}");
    }
}

#[test]
fn what_is_missing_is_told_word_for_word_and_helps() {
    let practice = Practice::new();
    let (status, lines) = practice.visit();
    assert_eq!(status, 1);
    assert_eq!(
        line(&lines, "SPF of"),
        "fail SPF of lists.house.example: there is none; publish `lists.house.example. IN TXT \"v=spf1 ip4:203.0.113.5 ip6:2001:db8::5 -all\"`"
    );
    assert!(line(&lines, "PTR of 203").contains("`5.113.0.203.in-addr.arpa. IN PTR"));
    // What stands in backquotes is published as it is; then nothing is missing.
    for line in &lines {
        let Some(record) = line.split('`').nth(1).filter(|text| text.contains(" IN ")) else {
            continue;
        };
        let (name, rest) = record.split_once(". IN ").expect("a record");
        let plain = rest
            .replace("\" \"", "")
            .replace(['"', '(', ')'], "")
            .replace(".kz.", ".kz");
        let (kind, value) = plain.split_once(' ').expect("type and value");
        practice.dns.publish(&format!(
            "{name} {kind} {}",
            value.trim().trim_end_matches('.')
        ));
    }
    practice
        .dns
        .publish("mail.example.kz A 203.0.113.5\nmail.example.kz AAAA 2001:db8::5");
    let (status, lines) = practice.visit();
    assert_eq!(status, 0, "{lines:#?}");
}

#[test]
fn every_wrong_record_is_named() {
    let practice = Practice::new();
    practice.publish_keys();
    for block in WRONG.split("\n\n").skip(1) {
        let (expected, published) = block.split_once('\n').expect("what and why");
        let name = published.split(' ').next().expect("a name");
        practice.dns.publish(RIGHT);
        practice.dns.withdraw(name);
        practice.dns.publish(published);
        let (status, lines) = practice.visit();
        assert!(
            lines.iter().any(|line| line.contains(expected)),
            "{published}\nexpected {expected}\nfound {lines:#?}"
        );
        let fails = lines.iter().any(|line| line.starts_with("fail "));
        assert_eq!(status, i32::from(fails), "{published}");
        for line in RIGHT.lines().filter(|line| !line.is_empty()) {
            practice
                .dns
                .withdraw(line.split(' ').next().expect("a name"));
        }
        practice.dns.withdraw(name);
        if name.contains("_domainkey") {
            practice
                .dns
                .withdraw("2026a-ed25519._domainkey.house.example");
            practice.publish_keys();
        }
    }
}

#[test]
fn a_resolver_that_is_not_there_is_one_finding() {
    let mut practice = Practice::new();
    // Bound and never read: like a resolver that drops every question.
    let silent = std::net::UdpSocket::bind("127.0.0.1:0").expect("port");
    let address = silent.local_addr().expect("address").to_string();
    practice.world.set("JARSHY__DOCTOR__RESOLVER", &address);
    let (status, lines) = practice.visit();
    assert_eq!(status, 1);
    let about_dns: Vec<&String> = lines.iter().filter(|line| line.contains("DNS")).collect();
    assert_eq!(about_dns.len(), 1, "{lines:#?}");
    assert!(about_dns[0].contains(&address), "{lines:#?}");
}
