//! Signatures are read back tag by tag and verified with the public key of the
//! record, over canonical forms written here a second time. (Programs not ours
//! verify whole letters in `tests/it/signed.rs`.)

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::signature::{ED25519, RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey};

use super::keys::Algorithm;
use super::*;

const DOMAIN: &str = "house.example";

fn signer() -> (tempfile::TempDir, Signer) {
    let folder = tempfile::tempdir().expect("folder");
    let dir = folder.path().join("keys");
    keys::create(&dir, "2026a", DOMAIN, Algorithm::Rsa).expect("made");
    keys::create(&dir, "2026a-ed25519", DOMAIN, Algorithm::Ed25519).expect("made");
    let signer = Signer::open(&SignOptions {
        dir,
        domain: DOMAIN.into(),
        selectors: vec!["2026a".into(), "2026a-ed25519".into()],
    })
    .expect("keys");
    (folder, signer)
}

fn message(text: &str) -> Message {
    Message {
        from: "a@house.example".parse().expect("address"),
        to: "b@reader.example".parse().expect("address"),
        bytes: text.as_bytes().to_vec(),
        message_id: "id@house.example".into(),
    }
}

const LETTER: &str = concat!(
    "From: a@house.example\r\nTo: b@reader.example\r\n",
    "Subject: two\r\n  lines\r\nX-Other: one\r\nDate: Mon, 23 Nov 2026 02:00:05 +0000\r\n",
    "List-Unsubscribe: <https://house.example/u>,\r\n <mailto:u@house.example>\r\n",
    "List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n\r\n",
    "Text  with\tspaces \r\n\r\n.\r\n\r\n\r\n"
);

fn at() -> DateTime<Utc> {
    "2026-11-23T02:00:05Z".parse().expect("time")
}

fn signed(signer: &Signer, text: &str) -> String {
    let whole = signer.sign(message(text), at()).expect("signed");
    String::from_utf8(whole.bytes).expect("ASCII")
}

/// The header fields as `name`, `value`, folds kept.
fn split_fields(head: &str) -> Vec<(String, String)> {
    let mut found: Vec<(String, String)> = Vec::new();
    for line in head.split("\r\n") {
        if line.starts_with([' ', '\t']) {
            let (_, value) = found.last_mut().expect("a field before");
            value.push_str("\r\n");
            value.push_str(line);
        } else {
            let (name, value) = line.split_once(':').expect("a field");
            found.push((name.to_ascii_lowercase(), value.to_owned()));
        }
    }
    found
}

fn single_spaced(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn tag(field: &str, name: &str) -> String {
    let squeezed: String = field.split_whitespace().collect();
    squeezed
        .split(';')
        .find_map(|tag| tag.strip_prefix(&format!("{name}=")).map(str::to_owned))
        .unwrap_or_else(|| panic!("no {name}= in {field}"))
}

/// Whether the signature in the field at `index` holds.
fn verifies(letter: &str, index: usize, key: &DkimKey) -> bool {
    let (head, body) = letter.split_once("\r\n\r\n").expect("a body");
    let fields = split_fields(head);
    let (name, signature) = &fields[index];
    assert_eq!(name, "dkim-signature");
    let mut lines: Vec<String> = body
        .split("\r\n")
        .map(|line| {
            let spaced = line.replace('\t', " ");
            let mut words = spaced.split(' ').collect::<Vec<_>>();
            let lead = usize::from(words.first() == Some(&""));
            words.retain(|word| !word.is_empty());
            format!(
                "{}{}",
                if lead == 1 && !words.is_empty() {
                    " "
                } else {
                    ""
                },
                words.join(" ")
            )
        })
        .collect();
    while lines.last().is_some_and(String::is_empty) {
        lines.pop();
    }
    lines.push(String::new());
    let body = if lines.len() > 1 {
        lines.join("\r\n")
    } else {
        String::new()
    };
    if BASE64.encode(digest(&SHA256, body.as_bytes())) != tag(signature, "bh") {
        return false;
    }
    let mut unused: Vec<&(String, String)> = fields.iter().collect();
    let mut data = String::new();
    for name in tag(signature, "h").to_ascii_lowercase().split(':') {
        if let Some(at) = unused.iter().rposition(|(known, _)| known == name) {
            let (name, value) = unused.remove(at);
            data.extend([name, ":", &single_spaced(value), "\r\n"]);
        }
    }
    let bare = signature.split_once("b=\r\n").map_or_else(
        || panic!("b= is not folded: {signature}"),
        |(before, _)| format!("{before}b="),
    );
    data.extend(["dkim-signature:", &single_spaced(&bare)]);
    let given = BASE64.decode(tag(signature, "b")).expect("base64");
    let public = BASE64.decode(tag(&key.record(), "p")).expect("base64");
    match key.algorithm() {
        Algorithm::Rsa => UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, public)
            .verify(data.as_bytes(), &given)
            .is_ok(),
        Algorithm::Ed25519 => UnparsedPublicKey::new(&ED25519, public)
            .verify(digest(&SHA256, data.as_bytes()).as_ref(), &given)
            .is_ok(),
    }
}

#[test]
fn both_signatures_hold_and_neither_after_a_change() {
    let (_folder, signer) = signer();
    let letter = signed(&signer, LETTER);
    assert!(letter.ends_with(LETTER), "nothing but headers on top");
    let changed = [
        ("Text  with", "Text without"),
        ("Subject: two", "Subject: three"),
        ("<https://house.example/u>", "<https://evil.example/u>"),
        ("One-Click", "Two-Click"),
        ("X-Other: one", "From: evil@house.example"),
        ("X-Other: one", "Subject: evil"),
        ("X-Other: one", "Reply-To: evil@house.example"),
        ("X-Other: one", "Feedback-ID: evil"),
    ];
    let unharmed = [
        ("X-Other: one", "X-Other: two"),
        ("Subject: two\r\n  lines", "Subject: two lines"),
        ("spaces \r\n", "spaces\r\n"),
        (".\r\n\r\n\r\n", ".\r\n"),
    ];
    for (index, key) in signer.keys().iter().enumerate() {
        assert!(verifies(&letter, index, key), "{key:?}");
        for (from, to) in changed {
            let spoiled = letter.replacen(from, to, 1);
            assert_ne!(spoiled, letter);
            assert!(!verifies(&spoiled, index, key), "{key:?}: {from} → {to}");
        }
        for (from, to) in unharmed {
            let relayed = letter.replacen(from, to, 1);
            assert_ne!(relayed, letter);
            assert!(verifies(&relayed, index, key), "{key:?}: {from} → {to}");
        }
    }
}

#[test]
fn each_signature_says_what_it_is() {
    let (_folder, signer) = signer();
    let letter = signed(&signer, LETTER);
    let fields = split_fields(letter.split_once("\r\n\r\n").expect("a body").0);
    for (index, (algorithm, selector)) in
        [("rsa-sha256", "2026a"), ("ed25519-sha256", "2026a-ed25519")]
            .into_iter()
            .enumerate()
    {
        let field = &fields[index].1;
        assert_eq!(tag(field, "a"), algorithm);
        assert_eq!(tag(field, "s"), selector);
        assert_eq!(tag(field, "d"), DOMAIN);
        assert_eq!(tag(field, "c"), "relaxed/relaxed");
        assert_eq!(tag(field, "t"), at().timestamp().to_string());
        let names = tag(field, "h");
        let count = |name: &str| names.split(':').filter(|known| *known == name).count();
        for (name, times) in [
            ("From", 2),
            ("List-Unsubscribe", 2),
            ("List-Unsubscribe-Post", 2),
            ("Reply-To", 1),
            ("X-Other", 0),
        ] {
            assert_eq!(count(name), times, "{name} in {names}");
        }
    }
    for line in letter.split("\r\n") {
        assert!(line.len() <= 78, "{line}");
    }
}

#[test]
fn a_letter_is_signed_with_the_same_bytes_at_every_attempt() {
    let (_folder, signer) = signer();
    assert_eq!(signed(&signer, LETTER), signed(&signer, LETTER));
}

#[test]
fn odd_messages_are_signed_or_refused_without_a_panic() {
    let (_folder, signer) = signer();
    let long = "x".repeat(300);
    let field = format!("A: {long}\r\n\r\n");
    for text in ["From: a\r\n\r\n", "\r\n\r\n", "no colon\r\n\r\nx", &field] {
        signer.sign(message(text), at()).expect("signed");
    }
    for text in ["", "From: a", "From: ж\r\n"] {
        let error = signer.sign(message(text), at()).expect_err(text);
        assert_eq!(error, SignError::NoBody);
    }
    let early = DateTime::<Utc>::MIN_UTC;
    signer.sign(message(LETTER), early).expect("signed");
}
