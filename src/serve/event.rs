//! One event as a file: what a telephone adds to its calendar when somebody
//! taps the link in a letter. It bears the id it has in the feeds' calendars,
//! so a calendar that knows both shows it once.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::Response;

use crate::model::event::EventId;
use crate::publish;

use super::House;
use super::feeds::{Rendered, respond};
use super::trouble::Trouble;
use super::voice::Voice;

/// `/event/{id}.ics`
pub(super) async fn calendar(
    State(house): State<Arc<House>>,
    Path(file): Path<String>,
    voice: Voice,
    headers: HeaderMap,
) -> Result<Response, Trouble> {
    let id = file
        .strip_suffix(".ics")
        .and_then(EventId::from_link)
        .ok_or(Trouble::NOT_FOUND)?;
    let mut event = house.store.event(&id).await?.ok_or(Trouble::NOT_FOUND)?;
    let told = match event.articles.first() {
        Some(article) => house.store.article(article).await?,
        None => None,
    };
    event.name = voice.quote_named(
        &event.name,
        told.map(|(_, reading)| reading.shown_language()),
    );
    let document = publish::write_event(&event, voice.tongue, voice.script, &house.site())
        .ok_or(Trouble::NOT_FOUND)?;
    let mut response = respond(&Rendered::new(document, 0), &headers);
    let answer = response.headers_mut();
    let vary = HeaderValue::from_static("accept-encoding, accept-language");
    answer.insert(header::VARY, vary);
    let name = format!("inline; filename=\"forum-{}.ics\"", event.start);
    if let Ok(name) = HeaderValue::from_str(&name) {
        answer.insert(header::CONTENT_DISPOSITION, name);
    }
    Ok(response)
}
