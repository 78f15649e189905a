//! `jarshy stage robots` and `jarshy stage address`: the judgements a guest makes
//! before asking, alone, JSON lines in and out.

use std::io::{BufRead, BufReader, Read};
use std::path::Path;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::output::{Failure, complain, say};
use super::stage::open;
use crate::gather::robots::Robots;
use crate::gather::web::{PRODUCT, Verdict, judge};

/// The longest line taken, in bytes: a robots.txt that is all escapes fits.
const LINE_BYTES_MAX: u64 = 8 * 1024 * 1024;

#[derive(Debug, Deserialize)]
struct RobotsAsked {
    id: Value,
    robots: String,
    url: String,
    #[serde(default)]
    agent: Option<String>,
}

#[derive(Debug, Deserialize)]
struct AddressAsked {
    id: Value,
    url: String,
}

/// `{"id","robots","url","agent"}` → `{"id","allowed","delay"}`, delay in seconds.
pub fn robots_lines(path: &Path) -> Result<(), Failure> {
    answer_lines(path, |asked: &RobotsAsked| {
        let agent = asked.agent.as_deref().unwrap_or(PRODUCT);
        let robots = Robots::read(asked.robots.as_bytes(), agent);
        json!({
            "id": asked.id,
            "allowed": robots.allows(&asked.url),
            "delay": robots.delay_seconds(),
        })
    })
}

/// `{"id","url"}` → `{"id","verdict","why"}`.
pub fn address_lines(path: &Path) -> Result<(), Failure> {
    answer_lines(path, |asked: &AddressAsked| {
        let (verdict, why) = match judge(&asked.url) {
            Verdict::Fetch => ("fetch", "a public address".to_owned()),
            Verdict::Resolve => (
                "resolve",
                "a name: judged by where it leads, when connecting".to_owned(),
            ),
            Verdict::Refuse(why) => ("refuse", why),
            Verdict::Invalid(why) => ("invalid", why),
        };
        json!({ "id": asked.id, "verdict": verdict, "why": why })
    })
}

/// Good lines are answered in the order given; each bad one is named.
fn answer_lines<T: DeserializeOwned>(
    path: &Path,
    answer: impl Fn(&T) -> Value,
) -> Result<(), Failure> {
    let place = path.display();
    let file = open(path).map_err(|error| Failure::call(format!("error: {place}: {error}")))?;
    let mut reader = BufReader::new(file);
    let mut bad = 0;
    for number in 1.. {
        let mut line = Vec::new();
        let read = reader
            .by_ref()
            .take(LINE_BYTES_MAX)
            .read_until(b'\n', &mut line)
            .map_err(|error| Failure::work(format!("{place}:{number}: {error}")))?;
        if read == 0 {
            break;
        }
        if line.trim_ascii().is_empty() {
            continue;
        }
        match serde_json::from_slice(&line) {
            Ok(asked) => say(&answer(&asked).to_string())?,
            Err(why) => {
                bad += 1;
                complain(&format!("error: {place}:{number}: {why}"));
            }
        }
    }
    match bad {
        0 => Ok(()),
        _ => Err(Failure::work(format!("{bad} lines could not be read"))),
    }
}
