//! A disk that is full for a while: the limit on the size of files stands for it.

use std::process::{Command, Stdio};

use crate::site::{Running, wait_for};

#[test]
fn a_full_disk_is_told_and_forgotten_when_there_is_room() {
    let running = Running::start();
    let health = || running.get("/health");
    let subscribe = |name: &str| {
        let form = format!("address={name}%40reader.example&tongue=kk");
        running.post("/subscribe", &form)
    };
    assert!(health().contains("\"store\":\"ok\""), "{}", health());
    files_at_most(&running, "0");
    wait_for("a refusal", || subscribe("aigul").starts_with("HTTP/1.1 5"));
    let told = health();
    assert!(told.starts_with("HTTP/1.1 503"), "{told}");
    assert!(told.contains("\"store\":\"not writable\""), "{told}");
    assert!(
        running.get("/").starts_with("HTTP/1.1 200"),
        "reading goes on"
    );
    files_at_most(&running, "unlimited");
    wait_for("room", || health().starts_with("HTTP/1.1 200"));
    let answer = subscribe("dana");
    assert!(!answer.starts_with("HTTP/1.1 5"), "{answer}");
    wait_for("the letter", || {
        running
            .letters()
            .iter()
            .any(|letter| letter.contains("dana@"))
    });
}

/// No file of the program's may be written beyond so many bytes.
fn files_at_most(running: &Running, bytes: &str) {
    let status = Command::new("prlimit")
        .arg(format!("--pid={}", running.pid()))
        .arg(format!("--fsize={bytes}:"))
        .stdout(Stdio::null())
        .status();
    assert!(status.expect("prlimit starts").success());
}
