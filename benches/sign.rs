//! Signed letters a second beside the limit: the bare RSA-2048 signing rate of
//! aws-lc-rs on the same cores, in one run. `cargo bench --bench sign`

#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::cast_precision_loss,
    reason = "a bench prints what it measured, and stops where it cannot"
)]

use std::fmt::Write as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::RSA_PKCS1_SHA256;
use jarshy::deliver::message::{self, Bodies, PersonalLinks, Sender};
use jarshy::deliver::sign::keys::{self, Algorithm};
use jarshy::deliver::sign::{SignOptions, Signer};
use jarshy::model::delivery::{ClaimedDelivery, DeliveryId};
use jarshy::model::digest::{Letter, LetterId, Purpose, slot};
use jarshy::model::language::Tongue;
use jarshy::model::subscriber::{LetterScript, SubscriberId};

/// How long each row is measured, in each round.
const ROW: Duration = Duration::from_millis(700);
/// Rows take turns, so that a busy moment of the machine falls on all of them.
const ROUNDS: usize = 5;
/// About what the headers of a letter come to.
const HEADER_BYTES: usize = 1600;
/// Stories of a full digest.
const STORIES: usize = 20;

type Work = Box<dyn Fn(u64) + Send + Sync>;

fn main() {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let folder = tempfile::tempdir().unwrap();
    let signer = |selectors: &[(&str, Algorithm)]| {
        for (selector, algorithm) in selectors {
            keys::create(folder.path(), selector, "house.example", *algorithm).unwrap();
        }
        Signer::open(&SignOptions {
            dir: folder.path().to_owned(),
            domain: "house.example".into(),
            selectors: selectors
                .iter()
                .map(|(name, _)| (*name).to_owned())
                .collect(),
        })
        .unwrap()
    };
    let one = signer(&[("a", Algorithm::Rsa)]);
    let two = signer(&[("b", Algorithm::Rsa), ("c", Algorithm::Ed25519)]);
    let pair = KeyPair::generate(KeySize::Rsa2048).unwrap();
    let header = vec![b'x'; HEADER_BYTES];
    let letter = letter();
    let bodies = Arc::new(Bodies::of(&letter));
    let bytes = built(&letter, &bodies, 0).bytes.len();
    let rows: Vec<(&str, Work)> = vec![
        (
            "bare RSA-2048 (the limit)",
            Box::new(move |_| {
                let mut signature = [0; 256];
                let random = SystemRandom::new();
                pair.sign(&RSA_PKCS1_SHA256, &random, &header, &mut signature)
                    .unwrap();
            }),
        ),
        ("built, encoded anew, not signed", {
            let letter = Arc::clone(&letter);
            Box::new(move |number| drop(built(&letter, &Bodies::of(&letter), number)))
        }),
        ("built, not signed", {
            let (letter, bodies) = (Arc::clone(&letter), Arc::clone(&bodies));
            Box::new(move |number| drop(built(&letter, &bodies, number)))
        }),
        ("built and signed, RSA", {
            let (letter, bodies) = (Arc::clone(&letter), Arc::clone(&bodies));
            Box::new(move |number| drop(signed(&one, &letter, &bodies, number)))
        }),
        ("built and signed, RSA + Ed25519", {
            Box::new(move |number| drop(signed(&two, &letter, &bodies, number)))
        }),
    ];
    let mut counts = vec![0; rows.len()];
    for _ in 0..ROUNDS {
        for (count, (_, work)) in counts.iter_mut().zip(&rows) {
            *count += run(work, cores);
        }
    }
    println!("letters of {} kB on {cores} cores", bytes / 1000);
    let per_second = |count: u64| count as f64 / (ROW.as_secs_f64() * ROUNDS as f64);
    for ((name, _), count) in rows.iter().zip(&counts) {
        println!(
            "{name:34} {:9.0} /s  {:5.2} of the limit",
            per_second(*count),
            *count as f64 / counts[0] as f64
        );
    }
}

/// How often `work` is done on all cores in the time of a row.
fn run(work: &Work, cores: usize) -> u64 {
    let (stop, done) = (AtomicBool::new(false), AtomicU64::new(0));
    std::thread::scope(|scope| {
        for _ in 0..cores {
            scope.spawn(|| {
                while !stop.load(Ordering::Relaxed) {
                    let number = done.fetch_add(1, Ordering::Relaxed);
                    work(number);
                }
            });
        }
        let start = Instant::now();
        while start.elapsed() < ROW {
            std::thread::sleep(ROW.saturating_sub(start.elapsed()));
        }
        stop.store(true, Ordering::Relaxed);
    });
    done.into_inner()
}

fn signed(signer: &Signer, letter: &Arc<Letter>, bodies: &Bodies, number: u64) -> message::Message {
    let at = chrono::DateTime::UNIX_EPOCH;
    signer.sign(built(letter, bodies, number), at).unwrap()
}

fn built(letter: &Arc<Letter>, bodies: &Bodies, number: u64) -> message::Message {
    let address = format!("reader{number}@reader.example").parse().unwrap();
    let subscriber = SubscriberId::derived(&address);
    let delivery = ClaimedDelivery {
        id: DeliveryId::derived("bench", &subscriber),
        subscriber,
        address,
        letter: Arc::clone(letter),
        attempts: 0,
        queued_at: chrono::DateTime::UNIX_EPOCH,
        doubtful: false,
    };
    let link = |page: &str| format!("https://house.example/{page}?token={number:0>70}");
    let sender = Sender {
        from: "digest@house.example".parse().unwrap(),
        name: "Жаршы".into(),
        domain: "house.example".into(),
        site_url: "https://house.example".into(),
        list_id: "digest.house.example".into(),
        agent: None,
        reply_to: None,
    };
    let links = PersonalLinks {
        unsubscribe: link("unsubscribe"),
        unsubscribe_by_mail: Some("unsubscribe+abc@house.example".parse().unwrap()),
        preferences: link("preferences"),
        confirm: None,
        bounces: None,
    };
    message::build_with(bodies, &delivery, &sender, &links).unwrap()
}

/// As long as a full digest in Kazakh.
fn letter() -> Arc<Letter> {
    let excerpt = "Ертең Астанада өңірлік бұқаралық ақпарат құралдарының форумы өтеді, \
        оған еліміздің барлық облысынан журналистер мен редакторлар қатысады. "
        .repeat(3);
    let mut text = String::new();
    let mut html = "<!doctype html><html lang=\"kk\"><body>".to_owned();
    for number in 0..STORIES {
        let link = format!("https://news.example.kz/2026/11/23/forum-{number}");
        writeln!(text, "{number}. Форум\n{excerpt}\n{link}\n").unwrap();
        writeln!(
            html,
            "<table role=\"presentation\" width=\"100%\" cellpadding=\"0\"><tr><td style=\"padding:16px 24px;font:16px/1.5 sans-serif;color:#222\">\
             <a href=\"{link}\" style=\"color:#0b5;text-decoration:none\">Форум</a><p style=\"margin:8px 0\">{excerpt}</p></td></tr></table>"
        )
        .unwrap();
    }
    for slot in [slot::PREFERENCES_URL, slot::UNSUBSCRIBE_URL] {
        text.push_str(slot);
        text.push('\n');
        write!(html, "<a href=\"{slot}\">Тоқтату</a>").unwrap();
    }
    html.push_str("</body></html>\n");
    Arc::new(Letter {
        id: LetterId::from_stored("letter"),
        purpose: Purpose::Digest,
        tongue: Tongue::Kazakh,
        script: LetterScript::default(),
        subject: "Бүгінгі форумдар: өңірлік цифрлық форум".into(),
        text,
        html,
    })
}
