//! The public preview of a Telegram channel, `https://t.me/s/name`: its newest
//! messages as web pages show them.
//!
//! Deliberately absent: paging back (`?before=`), the Bot API, accounts. Replies
//! are not told of; views and reactions are noise.

mod message;

use url::Url;

use crate::gather::document::{DOCUMENT_ENTRIES_MAX, Document};
use crate::gather::page::markup::{Page, text_of};
use crate::gather::page::opening::{self, Findings, line};
use crate::model::complaint::Complaint;
use crate::model::draft::{FeedHead, Harvest};

use message::Message;

/// Reads a channel's preview page.
pub fn read(document: &Document<'_>) -> Harvest {
    let (text, mut harvest) = match opening::open(document, "telegram") {
        Ok(opened) => opened,
        Err(empty) => return *empty,
    };
    let page = Page::parse(&text, document, &mut harvest.complaints);
    harvest.feed = head(&page);
    let messages = page.tree.select(".tgme_widget_message[data-post]");
    if messages.is_empty() {
        return nothing_shown(&page, &text, harvest);
    }
    let messages = messages.nodes();
    if messages.len() > DOCUMENT_ENTRIES_MAX {
        let message = format!(
            "{} messages; those after the first {DOCUMENT_ENTRIES_MAX} are left out",
            messages.len()
        );
        harvest.complaints.push(Complaint::warning("", message));
    }
    let mut findings = Findings::default();
    for (index, node) in messages.iter().take(DOCUMENT_ENTRIES_MAX).enumerate() {
        // "Channel created", "pinned a photo": nothing a reader would miss.
        if node.has_class("service_message") {
            continue;
        }
        let message = Message::new(&page, *node, index + 1);
        harvest.drafts.extend(message.draft(&mut findings));
    }
    harvest.complaints.extend(findings.complaints());
    opening::finished(harvest)
}

fn head(page: &Page) -> FeedHead {
    let one = |selector: &str| {
        let found = page.tree.select_single(selector);
        found
            .nodes()
            .first()
            .map(text_of)
            .filter(|text| !text.is_empty())
    };
    let photo = page
        .tree
        .select_single(".tgme_page_photo_image img[src],img.tgme_page_photo_image[src]")
        .attr("src");
    FeedHead {
        title: one(".tgme_channel_info_header_title")
            .or_else(|| one(".tgme_page_title"))
            .or_else(|| page.meta(&["og:title"])),
        description: one(".tgme_channel_info_description")
            .or_else(|| one(".tgme_page_description"))
            .or_else(|| page.meta(&["og:description"])),
        link: page.url.as_ref().map(Url::to_string),
        image: photo.and_then(|raw| page.address(&raw)).map(String::from),
        ..FeedHead::default()
    }
}

/// Why there are no messages: an empty channel, one that shows no preview, or
/// not a channel at all.
fn nothing_shown(page: &Page, text: &str, mut harvest: Harvest) -> Harvest {
    let has = |selector: &str| page.tree.select_single(selector).exists();
    if has(".tgme_channel_history,.tgme_channel_info") {
        let empty = Complaint::warning("", "the channel shows no messages yet");
        harvest.complaints.push(empty);
        return opening::finished(harvest);
    }
    if has(".tgme_page") {
        let name = harvest.feed.title.clone().unwrap_or_default();
        let message = format!(
            "the preview of “{}” is off: its owner shows the messages inside Telegram only, or there is no such channel; read another source of this outlet",
            opening::quote(&name)
        );
        harvest.complaints.push(Complaint::error("", message));
        return opening::finished(harvest);
    }
    let title = line(&page.tree.select_single("title").inner_html());
    let titled = title.map_or_else(String::new, |title| {
        format!(" (titled “{}”)", opening::quote(&title))
    });
    let what = if text.contains('<') {
        "another page"
    } else {
        "no page"
    };
    opening::unreadable(
        harvest,
        format!(
            "{what} answered{titled}, not a Telegram preview; expected https://t.me/s/ and the channel's name"
        ),
    )
}

#[cfg(test)]
mod tests;
