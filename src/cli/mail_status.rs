//! `jarshy mail status`: how far digests' letters have come and what came back.

use std::collections::BTreeMap;

use super::output::{Failure, say, time};
use crate::daemon::Newsroom;
use crate::model::count::counted;
use crate::model::delivery::{DeliveryCounts, Reason};
use crate::model::feed::FeedName;
use crate::store::{DigestProgress, DomainProgress, LinkCount, ReportCounts, Tally};

/// Windows told of.
const WINDOWS_SHOWN: u32 = 10;
/// Domains told of, for each window.
const DOMAINS_SHOWN: usize = 20;

/// Tells of the last windows of all digests, or all about the last one of
/// `digest`.
pub async fn status(
    newsroom: &Newsroom,
    digest: Option<FeedName>,
    json: bool,
) -> Result<(), Failure> {
    say_pauses(newsroom, json).await?;
    let windows = if digest.is_some() { 1 } else { WINDOWS_SHOWN };
    let name = digest.as_ref().map(FeedName::as_str);
    let store = &newsroom.store;
    let progress = store.digest_progress(name, windows, DOMAINS_SHOWN).await;
    for window in progress.map_err(Failure::work)? {
        let links = store.link_counts(&window.occasion).await;
        let links = links.map_err(Failure::work)?;
        if json {
            say(&as_json(&window, &links).to_string())?;
        } else {
            say_window(&window, &links, digest.is_some())?;
        }
    }
    Ok(())
}

async fn say_pauses(newsroom: &Newsroom, json: bool) -> Result<(), Failure> {
    let pauses = newsroom.store.mail_pauses().await.map_err(Failure::work)?;
    for (paused, since) in &pauses {
        let (what, since) = (paused.as_deref(), time(Some(*since)));
        if json {
            say(&serde_json::json!({"paused": what, "since": since}).to_string())?;
        } else {
            say(&format!(
                "{} paused since {}",
                what.unwrap_or("all mail"),
                since.unwrap_or_default()
            ))?;
        }
    }
    Ok(())
}

fn say_window(window: &DigestProgress, links: &[LinkCount], whole: bool) -> Result<(), Failure> {
    let closed = time(Some(window.closed_at)).unwrap_or_default();
    say(&format!("{} of {closed}:", window.name))?;
    say_tally(&window.total, "  ")?;
    if !whole {
        return Ok(());
    }
    for DomainProgress { domain, tally } in &window.domains {
        say(&format!("  {}:", shown(domain)))?;
        say_tally(tally, "    ")?;
    }
    for link in links {
        say(&format!(
            "  opened {}: {}",
            counted(link.opened(), "time"),
            link.url
        ))?;
    }
    Ok(())
}

fn say_tally(tally: &Tally, indent: &str) -> Result<(), Failure> {
    say(&format!("{indent}{}", letters_in_words(&tally.counts)))?;
    for (what, reasons) in [("deferred", &tally.deferred), ("failed", &tally.failed)] {
        for (reason, letters) in reasons {
            say(&format!("{indent}{what}, {}: {letters}", reason.in_words()))?;
        }
    }
    if tally.returned != ReportCounts::default() {
        say(&format!("{indent}{}", returned_in_words(&tally.returned)))?;
    }
    Ok(())
}

fn shown(domain: &str) -> &str {
    if domain.is_empty() {
        "(no longer known)"
    } else {
        domain
    }
}

/// How far letters have come, in words.
pub(super) fn letters_in_words(counts: &DeliveryCounts) -> String {
    let DeliveryCounts {
        queued,
        deferred,
        in_flight,
        sent,
        failed,
        doubtful,
    } = counts;
    format!(
        "{queued} queued, {deferred} deferred, {in_flight} in flight, {sent} sent, {failed} failed, {doubtful} doubtful"
    )
}

/// The same as JSON.
pub(super) fn letters_json(counts: &DeliveryCounts) -> serde_json::Value {
    serde_json::json!({
        "queued": counts.queued, "deferred": counts.deferred, "in_flight": counts.in_flight,
        "sent": counts.sent, "failed": counts.failed, "doubtful": counts.doubtful,
    })
}

fn returned_in_words(returned: &ReportCounts) -> String {
    let ReportCounts {
        hard,
        soft,
        blocked,
        complaints,
        unsubscribed,
        unmatched: _,
    } = returned;
    format!(
        "bounced: {hard} hard, {soft} soft, {blocked} blocked; {complaints} complained, {unsubscribed} unsubscribed by it"
    )
}

fn as_json(window: &DigestProgress, links: &[LinkCount]) -> serde_json::Value {
    let mut value = tally_json(&window.total);
    let domains: serde_json::Map<_, _> = window
        .domains
        .iter()
        .map(|at| (shown(&at.domain).to_owned(), tally_json(&at.tally)))
        .collect();
    let links: Vec<_> = links.iter().map(link_json).collect();
    value["digest"] = window.name.as_str().into();
    value["id"] = window.occasion.as_str().into();
    value["closed"] = time(Some(window.closed_at)).into();
    value["domains"] = domains.into();
    value["links"] = links.into();
    value
}

fn tally_json(tally: &Tally) -> serde_json::Value {
    let reasons = |of: &BTreeMap<Reason, u64>| -> serde_json::Value {
        of.iter()
            .map(|(reason, letters)| (reason.word().to_owned(), (*letters).into()))
            .collect::<serde_json::Map<_, _>>()
            .into()
    };
    let returned = &tally.returned;
    serde_json::json!({
        "counts": letters_json(&tally.counts),
        "deferred": reasons(&tally.deferred),
        "failed": reasons(&tally.failed),
        "returned": {
            "hard": returned.hard,
            "soft": returned.soft,
            "blocked": returned.blocked,
            "complained": returned.complaints,
            "unsubscribed": returned.unsubscribed,
        },
    })
}

fn link_json(link: &LinkCount) -> serde_json::Value {
    let days: serde_json::Map<_, _> = link
        .days
        .iter()
        .map(|(day, opened)| (day.to_string(), (*opened).into()))
        .collect();
    serde_json::json!({"url": link.url, "opened": link.opened(), "days": days})
}
