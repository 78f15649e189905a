//! Keys as files and as records.

use std::os::unix::fs::PermissionsExt as _;

use super::*;

const DOMAIN: &str = "house.example";

#[test]
fn a_key_is_written_once_and_read_back() {
    let folder = tempfile::tempdir().expect("folder");
    let dir = folder.path().join("var/keys");
    for algorithm in [Algorithm::Rsa, Algorithm::Ed25519] {
        let selector = algorithm.record_name();
        let made = create(&dir, selector, DOMAIN, algorithm).expect("made");
        let file = dir.join(format!("{selector}._domainkey.{DOMAIN}.pem"));
        let rights = fs::metadata(&file).expect("file").permissions();
        assert_eq!(rights.mode() & 0o777, 0o600);
        let read = read(&dir, selector, DOMAIN).expect("read");
        assert_eq!(read.algorithm(), algorithm);
        assert_eq!(read.record(), made.record());
        let before = fs::read(&file).expect("file");
        let again = create(&dir, selector, DOMAIN, algorithm).expect_err("there already");
        assert!(again.to_string().contains(&file.display().to_string()));
        assert_eq!(fs::read(&file).expect("file"), before);
    }
    let rights = fs::metadata(&dir).expect("folder").permissions();
    assert_eq!(rights.mode() & 0o777, 0o700);
}

#[test]
fn a_record_fits_the_strings_of_dns() {
    let folder = tempfile::tempdir().expect("folder");
    let rsa = create(folder.path(), "r", DOMAIN, Algorithm::Rsa).expect("made");
    let line = rsa.zone_line();
    assert!(
        line.starts_with("r._domainkey.house.example. IN TXT ( \"v=DKIM1; k=rsa; p=MIIBIjAN"),
        "{line}"
    );
    let strings: Vec<&str> = line.split('"').skip(1).step_by(2).collect();
    assert_eq!(strings.len(), 2);
    assert!(strings.iter().all(|string| string.len() <= 255));
    assert_eq!(strings.concat(), rsa.record());
    let ed25519 = create(folder.path(), "e", DOMAIN, Algorithm::Ed25519).expect("made");
    assert_eq!(ed25519.public().len(), 32);
    assert!(ed25519.record().starts_with("v=DKIM1; k=ed25519; p="));
}

#[test]
fn what_is_no_key_is_named_by_its_file() {
    let folder = tempfile::tempdir().expect("folder");
    let dir = folder.path();
    let missing = read(dir, "2026a", DOMAIN).expect_err("missing").to_string();
    assert!(
        missing.contains("2026a._domainkey.house.example.pem") && missing.contains("mail keys new"),
        "{missing}"
    );
    let good = create(dir, "good", DOMAIN, Algorithm::Ed25519).expect("made");
    let pem = fs::read_to_string(path(dir, good.selector(), DOMAIN)).expect("file");
    let files = [
        String::new(),
        "key".into(),
        pem.replace("PRIVATE KEY", "CERTIFICATE"),
        pem.replace("MC4", "AAA"),
        pem[..pem.len() / 2].to_owned(),
        "x".repeat(70_000),
    ];
    for text in files {
        fs::write(path(dir, "bad", DOMAIN), &text).expect("written");
        let error = read(dir, "bad", DOMAIN).expect_err(&text).to_string();
        assert!(
            error.contains("bad._domainkey.house.example.pem is no DKIM key"),
            "{error}"
        );
    }
}

#[test]
fn a_key_is_never_shown() {
    let folder = tempfile::tempdir().expect("folder");
    let key = create(folder.path(), "s", DOMAIN, Algorithm::Ed25519).expect("made");
    assert_eq!(format!("{key:?}"), "DkimKey(s._domainkey.house.example)");
}
