//! A page for each article: the house's own texts live here, and events link here.

use std::fmt::Write;
use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::Response;

use crate::model::article::ArticleId;
use crate::model::source::Republish;
use crate::template::page::ArticlePage;

use super::House;
use super::pages::{Frame, day, event_card, page};
use super::trouble::Trouble;
use super::voice::Voice;

/// `/article/{id}`
pub(super) async fn article(
    State(house): State<Arc<House>>,
    Path(id): Path<String>,
    voice: Voice,
) -> Result<Response, Trouble> {
    let id = ArticleId::from_link(&id).ok_or(Trouble::NOT_FOUND)?;
    let (article, reading) = house.store.article(&id).await?.ok_or(Trouble::NOT_FOUND)?;
    let mut events = house
        .store
        .events_of_articles(std::slice::from_ref(&id))
        .await?;
    let catalogue = house.catalogue();
    let source = catalogue
        .sources
        .iter()
        .find(|source| source.id == article.source);
    let is_full = source.is_some_and(|source| source.republish == Republish::Full);
    let html = if is_full && !article.content_html.is_empty() {
        article.content_html.clone()
    } else {
        paragraphs(&reading.excerpt)
    };
    let language = reading.shown_language();
    let (title, lang) = voice.quote(&article.title, language);
    let context = ArticlePage {
        title: title.clone(),
        lang,
        outlet: source.map_or_else(
            || article.source.to_string(),
            |source| voice.outlet(&source.name, &house.options.name),
        ),
        date: day(&house, article.dated()),
        html: voice.quote_html(html, language),
        link: article.link.as_ref().map(ToString::to_string),
        events: events
            .remove(&id)
            .unwrap_or_default()
            .iter()
            .map(|event| {
                let is_first = event.articles.first() == Some(&id);
                event_card(event, &voice, is_first.then_some(language))
            })
            .collect(),
    };
    let frame = Frame {
        title: &title,
        is_private: false,
    };
    Ok(page(&house, &voice, &frame, "page/article.html", &context)?)
}

/// Plain text as HTML.
fn paragraphs(text: &str) -> String {
    let mut html = String::new();
    for line in text.lines().filter(|line| !line.trim().is_empty()) {
        let escaped = line
            .replace('&', "&amp;")
            .replace('<', "&lt;")
            .replace('>', "&gt;");
        write!(html, "<p>{escaped}</p>").expect("writing to a String cannot fail");
    }
    html
}
