//! The corpus under tests/fixtures/bounce/: every mail is what its line says.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use chrono::DateTime;

use super::*;
use crate::model::bounce::{Proof, Severity};
use crate::model::token::{self, SECRET_BYTES, Secret, TokenPurpose};
use crate::model::verp;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/bounce")
}

/// Reads with the secret the corpus was signed with.
fn read_signed(bytes: &[u8]) -> Report {
    let secret = Secret::new([7; SECRET_BYTES]);
    let link = |token: &str| {
        token::read(
            &secret,
            TokenPurpose::Unsubscribe,
            token,
            DateTime::UNIX_EPOCH,
        )
        .ok()
    };
    let signed = Signed {
        delivery: &|address| verp::read(&secret, address),
        leaving: &|address| verp::read_unsubscribe(&secret, address),
        link: &link,
        domain: "lists.example.kz",
    };
    read(bytes, &signed)
}

fn severity_and_code(kind: &ReportKind) -> (&str, &str) {
    match kind {
        ReportKind::Bounce { severity, code, .. } => {
            (severity.word(), code.as_deref().unwrap_or("-"))
        }
        _ => ("-", "-"),
    }
}

#[test]
fn every_mail_of_the_corpus_is_what_it_is() {
    let expected = std::fs::read_to_string(folder().join("expected.tsv")).expect("the list");
    let mut wrong = Vec::new();
    let mut listed = BTreeSet::new();
    for line in expected.lines().filter(|line| !line.starts_with('#')) {
        let [name, kind, severity, code, proof] = line.split('\t').collect::<Vec<_>>()[..] else {
            panic!("five columns: {line}");
        };
        listed.insert(format!("{name}.eml"));
        let path = folder().join(format!("mails/{name}.eml"));
        let report = read_signed(&std::fs::read(path).expect(name));
        let (found_severity, found_code) = severity_and_code(&report.kind);
        let found = [
            report.kind.word(),
            found_severity,
            found_code,
            report.proof.word(),
        ];
        if found != [kind, severity, code, proof] {
            wrong.push(format!("{line}\n  found {found:?}"));
        }
    }
    let files: BTreeSet<String> = std::fs::read_dir(folder().join("mails"))
        .expect("the folder")
        .map(|entry| {
            entry
                .expect("entry")
                .file_name()
                .into_string()
                .expect("a name")
        })
        .collect();
    assert_eq!(files, listed, "each mail has a line, each line a mail");
    assert!(files.len() >= 200, "{} mails", files.len());
    assert!(
        wrong.is_empty(),
        "{} wrong:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

#[test]
fn a_cut_or_damaged_mail_never_panics_nor_proves_another_reader() {
    for entry in std::fs::read_dir(folder().join("mails")).expect("the folder") {
        let bytes = std::fs::read(entry.expect("entry").path()).expect("a mail");
        let whole = read_signed(&bytes);
        for cut in (0..bytes.len()).step_by(97) {
            read_signed(&bytes[..cut]);
            let mut damaged = bytes.clone();
            damaged[cut] ^= 0x15;
            let found = read_signed(&damaged);
            // Damage may cost the proof, or leave another that is true.
            if let (Proof::Delivery(whole), Proof::Delivery(found)) = (&whole.proof, &found.proof) {
                assert_eq!(whole, found);
            }
        }
    }
}

#[test]
fn a_diagnostic_is_kept_without_addresses() {
    let bytes = std::fs::read(folder().join("mails/postfix-unknown-user.eml")).expect("a mail");
    let ReportKind::Bounce {
        severity,
        diagnostic,
        ..
    } = read_signed(&bytes).kind
    else {
        panic!("a bounce");
    };
    assert_eq!(severity, Severity::Hard);
    assert!(diagnostic.starts_with("550 5.1.1"), "{diagnostic}");
    assert!(!diagnostic.contains('@'), "{diagnostic}");
}

#[test]
fn the_same_mail_is_the_same_report() {
    let report = |bytes: &[u8]| read_signed(bytes).id;
    assert_eq!(report(b"From: a\n\nb"), report(b"From: a\n\nb"));
    assert_ne!(report(b"From: a\n\nb"), report(b"From: a\n\nc"));
}
