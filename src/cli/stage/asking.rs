//! `jarshy stage robots` and `jarshy stage address`: the judgements a guest makes
//! before asking, alone, JSON lines in and out.

use std::path::Path;

use serde::Deserialize;
use serde_json::{Value, json};

use super::super::output::Failure;
use super::lines;
use crate::gather::robots::Robots;
use crate::gather::web::{PRODUCT, Verdict, judge};

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
pub(super) fn robots_lines(path: &Path) -> Result<(), Failure> {
    lines::answer(path, |asked: RobotsAsked| {
        let agent = asked.agent.as_deref().unwrap_or(PRODUCT);
        let robots = Robots::read(asked.robots.as_bytes(), agent);
        Ok(json!({
            "id": asked.id,
            "allowed": robots.allows(&asked.url),
            "delay": robots.delay_seconds(),
        }))
    })
}

/// `{"id","url"}` → `{"id","verdict","why"}`.
pub(super) fn address_lines(path: &Path) -> Result<(), Failure> {
    lines::answer(path, |asked: AddressAsked| {
        let (verdict, why) = match judge(&asked.url) {
            Verdict::Fetch => ("fetch", "a public address".to_owned()),
            Verdict::Resolve => (
                "resolve",
                "a name: judged by where it leads, when connecting".to_owned(),
            ),
            Verdict::Refuse(why) => ("refuse", why),
            Verdict::Invalid(why) => ("invalid", why),
        };
        Ok(json!({ "id": asked.id, "verdict": verdict, "why": why }))
    })
}
