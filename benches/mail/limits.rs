//! What nothing can be faster than: Postfix's own client for letters as they
//! are, and bare RSA-2048 on all cores, each signature sent off with a letter.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpStream;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::RSA_PKCS1_SHA256;

use super::servers::postfix;
use super::{LETTER_BYTES, Load, rate};

/// About what the headers of a letter come to, which is what is signed.
const HEADER_BYTES: usize = 1600;

/// Connections are kept (-d).
pub fn smtp_source(port: u16, load: Load) -> f64 {
    let began = Instant::now();
    let status = postfix("smtp-source")
        .arg("-d")
        .args(["-s", &load.connections.to_string()])
        .args(["-m", &load.letters.to_string()])
        .args(["-l", &LETTER_BYTES.to_string()])
        .args(["-f", "digest@house.example", "-t", "reader@reader.example"])
        .arg(format!("127.0.0.1:{port}"))
        .status()
        .expect("smtp-source starts");
    assert!(status.success(), "smtp-source: {status}");
    rate(load.letters, began.elapsed())
}

/// One thread for each connection: signs, sends, waits for the answers.
pub fn signed_source(port: u16, load: Load) -> f64 {
    let pair = KeyPair::generate(KeySize::Rsa2048).expect("a key");
    let letter = format!("{}\r\n", "x".repeat(76)).repeat(LETTER_BYTES / 78) + ".\r\n";
    let taken = AtomicUsize::new(0);
    let began = Instant::now();
    std::thread::scope(|scope| {
        for _ in 0..load.connections {
            scope.spawn(|| {
                let mut wire = Wire::open(port);
                while taken.fetch_add(1, Ordering::Relaxed) < load.letters {
                    sign(&pair);
                    wire.send(&letter);
                }
            });
        }
    });
    rate(load.letters, began.elapsed())
}

fn sign(pair: &KeyPair) {
    let (header, mut signature) = ([b'x'; HEADER_BYTES], [0; 256]);
    pair.sign(
        &RSA_PKCS1_SHA256,
        &SystemRandom::new(),
        &header,
        &mut signature,
    )
    .expect("signed");
}

/// As little of a mail client as there can be.
struct Wire(BufReader<TcpStream>);

impl Wire {
    fn open(port: u16) -> Self {
        let socket = TcpStream::connect(("127.0.0.1", port)).expect("the sink");
        socket.set_nodelay(true).expect("a socket");
        let mut wire = Self(BufReader::new(socket));
        wire.hear(1);
        wire.say("HELO house.example\r\n", 1);
        wire
    }

    fn send(&mut self, letter: &str) {
        let envelope =
            "MAIL FROM:<digest@house.example>\r\nRCPT TO:<reader@reader.example>\r\nDATA\r\n";
        self.say(envelope, 3);
        self.say(letter, 1);
    }

    fn say(&mut self, words: &str, answers: usize) {
        self.0.get_mut().write_all(words.as_bytes()).expect("said");
        self.hear(answers);
    }

    fn hear(&mut self, answers: usize) {
        for _ in 0..answers {
            let mut line = String::new();
            self.0.read_line(&mut line).expect("an answer");
            assert!(line.starts_with(['2', '3']), "{line}");
        }
    }
}
