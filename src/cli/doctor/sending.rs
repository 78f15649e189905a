//! What DNS tells receivers of the sending domain: MX, SPF, DKIM, DMARC, PTR.
//!
//! Asking and judging are apart: each `judge_…` is a function of what was
//! found, and says what to publish where something is missing.

use std::net::IpAddr;

use super::spf::{self, Spf};
use super::{Finding, Verdict};
use crate::deliver::dns::{DnsError, Resolver};
use crate::deliver::sign::keys::{Algorithm, DkimKey};

/// What sends, as far as DNS is concerned.
pub struct Sending<'a> {
    /// The domain readers see.
    pub from: &'a str,
    /// The domain of the envelope, which SPF is asked about.
    pub returns: &'a str,
    /// The signing domain.
    pub signs: &'a str,
    pub keys: &'a [DkimKey],
    /// Where letters leave from.
    pub addresses: Vec<IpAddr>,
    /// Whether the operator named these, and they are not just the mail
    /// server's: a relay may send from elsewhere.
    pub addresses_are_sure: bool,
}

/// Asks everything; a resolver that gives no answer is one finding.
pub async fn look(resolver: &Resolver, sending: &Sending<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    if let Err(error) = look_at_all(resolver, sending, &mut findings).await {
        let words = format!("{error}; is doctor.resolver right?");
        findings.push(finding("DNS", Verdict::Bad(words)));
    }
    findings
}

async fn look_at_all(
    resolver: &Resolver,
    sending: &Sending<'_>,
    findings: &mut Vec<Finding>,
) -> Result<(), DnsError> {
    let mut domains = vec![sending.from];
    domains.extend((sending.returns != sending.from).then_some(sending.returns));
    for domain in domains {
        let servers = resolver.mail_servers(domain).await?;
        findings.push(finding(
            format!("MX of {domain}"),
            judge_mx(domain, &servers),
        ));
    }
    let returns = sending.returns;
    let texts = resolver.texts(returns).await?;
    let mut results = Vec::new();
    for address in &sending.addresses {
        results.push((*address, spf::check(resolver, *address, returns).await));
    }
    let verdict = judge_spf(&texts, &results, sending);
    findings.push(finding(format!("SPF of {returns}"), verdict));
    let algorithms = sending.keys.iter().map(DkimKey::algorithm);
    findings.extend(judge_algorithms(algorithms).map(|doubt| finding("DKIM", doubt)));
    for key in sending.keys {
        let texts = resolver.texts(&key.record_name()).await?;
        let what = format!("DKIM {}", key.record_name());
        findings.push(finding(what, judge_dkim(key, &texts)));
    }
    let (at, texts) = dmarc_records(resolver, sending.from).await?;
    let verdict = judge_dmarc(&at, &texts, sending);
    findings.push(finding(format!("DMARC of {}", sending.from), verdict));
    for address in &sending.addresses {
        let names = resolver.names(*address).await?;
        let mut confirmed = None;
        for name in &names {
            if resolver.addresses(name).await?.contains(address) {
                confirmed = Some(name.as_str());
                break;
            }
        }
        let verdict = judge_ptr(*address, &names, confirmed, sending.addresses_are_sure);
        findings.push(finding(format!("PTR of {address}"), verdict));
    }
    Ok(())
}

fn finding(what: impl Into<String>, verdict: Verdict) -> Finding {
    Finding {
        what: what.into(),
        verdict,
    }
}

fn judge_mx(domain: &str, servers: &[String]) -> Verdict {
    match servers {
        [] => Verdict::Doubtful(format!(
            "there is none, so answers and bounces may not come back; publish `{domain}. IN MX 10 mail.{domain}.`"
        )),
        [none] if none.is_empty() => Verdict::Bad(format!(
            "it says that {domain} takes no mail (RFC 7505); many receivers refuse letters nobody can answer"
        )),
        servers => Verdict::Good(servers.join(", ")),
    }
}

fn judge_spf(texts: &[String], results: &[(IpAddr, Spf)], sending: &Sending<'_>) -> Verdict {
    let record = match spf::record(texts) {
        Ok(Some(record)) => record,
        Ok(None) => {
            let terms = spf_terms(&sending.addresses);
            return Verdict::Bad(format!(
                "there is none; publish `{}. IN TXT \"v=spf1 {terms} -all\"`",
                sending.returns
            ));
        }
        Err(why) => return Verdict::Bad(why),
    };
    let open = record.split(' ').any(|term| matches!(term, "all" | "+all"));
    if open {
        return Verdict::Bad(format!(
            "`{record}` lets all the world send; end it with -all"
        ));
    }
    let mut doubts = Vec::new();
    for (address, result) in results {
        match result {
            Spf::Pass => {}
            Spf::Broken(why) => return Verdict::Bad(format!("`{record}`: {why}")),
            Spf::NoAnswer(why) => return Verdict::Bad(why.clone()),
            Spf::NotJudged(why) => doubts.push(format!("{address} is not judged: {why}")),
            Spf::None | Spf::Neutral | Spf::SoftFail | Spf::Fail => {
                let words = format!(
                    "`{record}` does not name {address}; add `{}` before its end",
                    spf_terms(&[*address])
                );
                if sending.addresses_are_sure {
                    return Verdict::Bad(words);
                }
                doubts.push(format!(
                    "{words}, if letters leave from there (see doctor.addresses)"
                ));
            }
        }
    }
    if doubts.is_empty() {
        Verdict::Good(record.to_owned())
    } else {
        Verdict::Doubtful(doubts.join("; "))
    }
}

fn spf_terms(addresses: &[IpAddr]) -> String {
    if addresses.is_empty() {
        return "mx".to_owned();
    }
    let terms: Vec<String> = addresses
        .iter()
        .map(|address| match address {
            IpAddr::V4(address) => format!("ip4:{address}"),
            IpAddr::V6(address) => format!("ip6:{address}"),
        })
        .collect();
    terms.join(" ")
}

/// What is to be said of the keys together, if anything.
fn judge_algorithms(mut algorithms: impl Iterator<Item = Algorithm>) -> Option<Verdict> {
    let words = match algorithms.next() {
        None => {
            "letters are not signed here; unless the relay signs, large providers refuse them: \
             `jarshy mail keys new --selector NAME` makes keys"
        }
        Some(Algorithm::Ed25519) if algorithms.all(|other| other == Algorithm::Ed25519) => {
            "only Ed25519 keys sign, which most receivers cannot verify; add an RSA key"
        }
        Some(_) => return None,
    };
    Some(Verdict::Doubtful(words.to_owned()))
}

/// The value of one tag of a DKIM or DMARC record.
fn tag(record: &str, name: &str) -> Option<String> {
    record.split(';').find_map(|tag| {
        let (key, value) = tag.split_once('=')?;
        (key.trim() == name).then(|| value.split_whitespace().collect())
    })
}

fn judge_dkim(key: &DkimKey, texts: &[String]) -> Verdict {
    let publish = || format!("publish `{}`", key.zone_line());
    let record = match texts {
        [] => return Verdict::Bad(format!("there is none; {}", publish())),
        [record] => record,
        more => {
            return Verdict::Bad(format!(
                "{} records where one may be; leave ours: {}",
                more.len(),
                publish()
            ));
        }
    };
    let ours = tag(&key.record(), "p");
    let kind = tag(record, "k").unwrap_or_else(|| "rsa".to_owned());
    let hashes = tag(record, "h").unwrap_or_else(|| "sha256".to_owned());
    if tag(record, "v").is_some_and(|version| version != "DKIM1") {
        return Verdict::Bad(format!("`{record}` is no DKIM record; {}", publish()));
    }
    if tag(record, "p").is_some_and(|public| public.is_empty()) {
        return Verdict::Bad(format!("the key is revoked (p= is empty); {}", publish()));
    }
    if tag(record, "p") != ours || kind != key.algorithm().record_name() {
        return Verdict::Bad(format!("another key is published; {}", publish()));
    }
    if !hashes.split(':').any(|hash| hash == "sha256") {
        return Verdict::Bad(format!("h={hashes} forbids our signatures; {}", publish()));
    }
    let flags = tag(record, "t").unwrap_or_default();
    if flags.split(':').any(|flag| flag == "y") {
        return Verdict::Doubtful(
            "published, but t=y says it is only a test; receivers may ignore it".to_owned(),
        );
    }
    Verdict::Good(format!("our {kind} key is published"))
}

/// The record of the domain, or of the nearest domain above that has one
/// (what RFC 7489 section 6.6.3 comes to where no public suffix has one).
async fn dmarc_records(resolver: &Resolver, from: &str) -> Result<(String, Vec<String>), DnsError> {
    let mut domain = from;
    loop {
        let mut texts = resolver.texts(&format!("_dmarc.{domain}")).await?;
        texts.retain(|text| tag(text, "v").is_some_and(|version| version == "DMARC1"));
        if !texts.is_empty() {
            return Ok((domain.to_owned(), texts));
        }
        match domain.split_once('.') {
            Some((_, above)) if above.contains('.') => domain = above,
            _ => return Ok((from.to_owned(), Vec::new())),
        }
    }
}

fn judge_dmarc(at: &str, texts: &[String], sending: &Sending<'_>) -> Verdict {
    let from = sending.from;
    let record = match texts {
        [] => {
            return Verdict::Bad(format!(
                "there is none, and large providers ask for one; publish `_dmarc.{from}. IN TXT \"v=DMARC1; p=none; rua=mailto:postmaster@{from}\"`"
            ));
        }
        [record] => record,
        more => {
            return Verdict::Bad(format!(
                "{} records at _dmarc.{at}, so receivers follow none; leave one",
                more.len()
            ));
        }
    };
    let aligned = |mode: &str, domain: &str| {
        if tag(record, mode).as_deref() == Some("s") {
            domain == from
        } else {
            let parent = |a: &str, b: &str| a == b || a.ends_with(&format!(".{b}"));
            parent(domain, at) || parent(from, domain)
        }
    };
    let by_dkim = !sending.keys.is_empty() && aligned("adkim", sending.signs);
    if !by_dkim && !aligned("aspf", sending.returns) {
        return Verdict::Bad(format!(
            "neither the signing domain {} nor the return domain {} counts for {from}; sign with mail.dkim.domain = \"{from}\"",
            sending.signs, sending.returns
        ));
    }
    match tag(record, "p").as_deref() {
        Some("none") => Verdict::Doubtful(format!(
            "`{record}` only watches; when the reports show no letter of yours failing, publish p=quarantine"
        )),
        Some("quarantine" | "reject") if !by_dkim => Verdict::Doubtful(format!(
            "`{record}`, but only SPF counts for {from}: a forwarded letter is lost; sign with mail.dkim.domain = \"{from}\""
        )),
        Some("quarantine" | "reject") => Verdict::Good(record.clone()),
        _ => Verdict::Bad(format!("`{record}`: p= is none, quarantine or reject")),
    }
}

fn judge_ptr(address: IpAddr, names: &[String], confirmed: Option<&str>, sure: bool) -> Verdict {
    let lacking = |words: String| {
        if sure {
            Verdict::Bad(words)
        } else {
            Verdict::Doubtful(words)
        }
    };
    if is_at_home(address) {
        return Verdict::Doubtful(
            "the world does not see this address; name the public one in doctor.addresses"
                .to_owned(),
        );
    }
    match (confirmed, names) {
        (Some(name), _) => Verdict::Good(format!("{name}, which leads back to it")),
        (None, []) => lacking(format!(
            "it has no name; ask whoever gave you the address to name it after your mail server (`{}. IN PTR mail.example.kz.`)",
            crate::deliver::dns::reverse_name(address)
        )),
        (None, names) => lacking(format!(
            "{} does not lead back to it; publish an A or AAAA record there",
            names.join(", ")
        )),
    }
}

/// Loopback and private addresses (RFC 1918, RFC 4193).
fn is_at_home(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => {
            address.is_loopback() || address.is_private() || address.is_link_local()
        }
        IpAddr::V6(address) => address.is_loopback() || address.segments()[0] & 0xFE00 == 0xFC00,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_judged_together() {
        let (rsa, ed25519) = (Algorithm::Rsa, Algorithm::Ed25519);
        let cases: [(&[Algorithm], &str); 4] = [
            (&[], "not signed"),
            (&[ed25519, ed25519], "only Ed25519"),
            (&[ed25519, rsa], ""),
            (&[rsa], ""),
        ];
        for (algorithms, expected) in cases {
            match judge_algorithms(algorithms.iter().copied()) {
                Some(Verdict::Doubtful(words)) => {
                    assert!(!expected.is_empty() && words.contains(expected), "{words}");
                }
                Some(_) => panic!("{algorithms:?}"),
                None => assert_eq!(expected, ""),
            }
        }
    }

    #[test]
    fn dmarc_counts_domains_of_one_house() {
        let sending = |from, returns, signs| Sending {
            from,
            returns,
            signs,
            keys: &[],
            addresses: Vec::new(),
            addresses_are_sure: true,
        };
        let cases = [
            ("p=none", "news.kz", "news.kz", "warn"),
            ("p=none", "lists.news.kz", "x.kz", "warn"),
            ("p=none; aspf=s", "lists.news.kz", "news.kz", "fail"),
            ("p=reject", "relay.example", "news.kz", "fail"),
            ("p=reject", "news.kz", "news.kz", "warn"),
            ("p=reject", "evilnews.kz", "news.kz", "fail"),
        ];
        for (policy, returns, signs, expected) in cases {
            let record = vec![format!("v=DMARC1; {policy}")];
            let verdict = judge_dmarc("news.kz", &record, &sending("news.kz", returns, signs));
            let level = match verdict {
                Verdict::Good(_) => "ok",
                Verdict::Doubtful(_) => "warn",
                Verdict::Bad(_) => "fail",
            };
            assert_eq!(level, expected, "{policy} {returns}");
        }
    }
}
