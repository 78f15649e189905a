//! Letters through the whole ledger to a mail server, beside what nothing can
//! be faster than: `cargo bench --bench mail`.
//!
//! | letters | the limit |
//! |---|---|
//! | as they are | Postfix's smtp-source with kept connections |
//! | signed, RSA-2048 and Ed25519 | bare RSA-2048 on all cores, each signature sent off with a letter |
//!
//! Both to Postfix's smtp-sink, next door and 10 ms away there and back, on
//! SQLite and on PostgreSQL. Wants smtp-source, smtp-sink (Debian's postfix) and
//! PostgreSQL, which it starts itself, as durable as it comes. Words behind `--`
//! choose a part: `sqlite`, `postgres`, `plain`, `signed`, `near`, `far`.
//! Settings by environment: `JARSHY_BENCH_LETTERS`, `JARSHY_BENCH_CONNECTIONS`,
//! `JARSHY_BENCH_ROUNDS`, `JARSHY_BENCH_POSTGRES` for the URL of an empty
//! database on another server.

#![expect(clippy::print_stdout, reason = "figures are what it is for")]

mod house;
mod limits;
#[path = "../../tests/it/newsroom.rs"]
mod newsroom;
#[path = "../../tests/it/postgres.rs"]
#[expect(dead_code, reason = "the tests' servers forget at a power cut")]
mod postgres;
mod servers;

use std::time::Duration;

use house::House;
use servers::Sink;

/// What a letter of `house` weighs on the wire, without signatures.
const LETTER_BYTES: usize = 18_500;
const ONE_WAY: Duration = Duration::from_millis(5);

/// How much is sent at one time.
#[derive(Clone, Copy)]
struct Load {
    letters: usize,
    connections: usize,
}

/// What was asked for on the command line; nothing asks for all.
struct Wanted(Vec<String>);

impl Wanted {
    fn has(&self, word: &str, others: &[&str]) -> bool {
        let has = |word: &str| self.0.iter().any(|wanted| wanted == word);
        has(word) || !others.iter().any(|other| has(other))
    }
}

/// The rates of a row, one of each round; the limit comes first.
struct Row {
    name: &'static str,
    signed: bool,
    port: u16,
    load: Load,
    rates: Vec<Vec<f64>>,
}

fn setting(name: &str, usual: usize) -> usize {
    let set = std::env::var(name).ok();
    set.and_then(|value| value.parse().ok()).unwrap_or(usual)
}

fn rate(letters: usize, took: Duration) -> f64 {
    let letters = u32::try_from(letters).expect("not that many");
    f64::from(letters) / took.as_secs_f64()
}

fn main() {
    let letters = setting("JARSHY_BENCH_LETTERS", 10_000);
    let connections = setting("JARSHY_BENCH_CONNECTIONS", 32);
    let rounds = setting("JARSHY_BENCH_ROUNDS", 3);
    let words = std::env::args().skip(1);
    let wanted = Wanted(words.filter(|word| !word.starts_with('-')).collect());
    rustls::crypto::aws_lc_rs::default_provider()
        .install_default()
        .ok();
    let Some(sink) = Sink::start() else {
        println!("smtp-sink does not start: apt-get install postfix");
        return;
    };
    let mut houses = Vec::new();
    if wanted.has("sqlite", &["postgres"]) {
        houses.push(House::sqlite());
    }
    if wanted.has("postgres", &["sqlite"]) {
        houses.push(House::postgres());
    }
    let mut rows = rows(&wanted, &sink, letters, connections);
    println!(
        "letters of {LETTER_BYTES} bytes a second, {connections} connections; beside the limit"
    );
    print!("{:26}{:>9}", "", "limit");
    for house in &houses {
        print!("{:>12}      ", house.name);
    }
    println!();
    for row in &mut rows {
        // They take turns, so that a busy moment of the machine falls on all.
        for _ in 0..rounds {
            row.run(&mut houses);
        }
        row.print();
    }
}

fn rows(wanted: &Wanted, sink: &Sink, letters: usize, connections: usize) -> Vec<Row> {
    let far = servers::far_from(sink.port, ONE_WAY);
    // Slow rows are measured with fewer letters.
    let all = [
        ("plain, next door", "plain", "near", sink.port, letters),
        (
            "signed, next door",
            "signed",
            "near",
            sink.port,
            letters / 2,
        ),
        ("plain, 10 ms away", "plain", "far", far, letters / 2),
        ("signed, 10 ms away", "signed", "far", far, letters / 2),
    ];
    all.into_iter()
        .filter(|(_, kind, ..)| wanted.has(kind, &["plain", "signed"]))
        .filter(|(_, _, place, ..)| wanted.has(place, &["near", "far"]))
        .map(|(name, kind, _, port, letters)| Row {
            name,
            signed: kind == "signed",
            port,
            load: Load {
                letters,
                connections,
            },
            rates: Vec::new(),
        })
        .collect()
}

impl Row {
    fn run(&mut self, houses: &mut [House]) {
        let limit = if self.signed {
            limits::signed_source(self.port, self.load)
        } else {
            limits::smtp_source(self.port, self.load)
        };
        let ours = houses
            .iter_mut()
            .map(|house| house.send(self.port, self.load, self.signed));
        self.rates
            .push(std::iter::once(limit).chain(ours).collect());
    }

    /// Rates and ratios each in the middle of their rounds.
    fn print(&self) {
        print!("{:26}", self.name);
        for column in 0..self.rates.first().map_or(0, Vec::len) {
            print!(
                "{:9.0}",
                middle(self.rates.iter().map(|round| round[column]))
            );
            if column > 0 {
                let ratio = middle(self.rates.iter().map(|round| round[column] / round[0]));
                print!("  {ratio:5.2}  ");
            }
        }
        println!();
    }
}

fn middle(rates: impl Iterator<Item = f64>) -> f64 {
    let mut rates: Vec<f64> = rates.collect();
    rates.sort_by(f64::total_cmp);
    rates[rates.len() / 2]
}
