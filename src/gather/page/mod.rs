//! Web pages: a listing read by the operator's CSS selectors, or by finding its
//! repeating block of links; an article page read by what it says of itself.
//!
//! Deliberately absent: fetching the pages a listing links to, and running
//! scripts. A page built by scripts shows the reader what it shows a search engine.

mod article;
mod body;
mod byline;
mod card;
mod clutter;
mod day_headings;
mod engine;
mod json_ld;
mod leads;
mod listing;
pub(super) mod markup;
mod names;
pub(super) mod opening;
mod projection;
mod published;
mod repeating;
mod standfirst;
mod state;
mod title;

use crate::gather::document::Document;
use crate::model::complaint::Complaint;
use crate::model::draft::Harvest;
use crate::model::source::PageRules;

use markup::Page;

pub use article::Article;
pub(super) use repeating::same_site;

/// Reads a page. With an `item` or `link` rule it is a listing; without, it is
/// an article if it says so, else a listing whose repeating block is found by
/// its shape, else a text.
pub fn read(document: &Document<'_>, rules: &PageRules) -> Harvest {
    let (text, mut harvest) = match opening::open(document, "page") {
        Ok(opened) => opened,
        Err(empty) => return *empty,
    };
    if !text.contains('<') {
        return opening::unreadable(
            harvest,
            "this is no web page: there is no markup in it; if it is a feed or JSON, change the source's kind",
        );
    }
    if text.trim_start().starts_with("<?xml") && !opening::is_web_page(after_prolog(&text)) {
        return opening::unreadable(
            harvest,
            "this is XML, not a web page; if it is a feed or a sitemap, change the source's kind",
        );
    }
    let page = Page::parse(&text, document, &mut harvest.complaints);
    harvest.feed = page.head();
    let selectors = listing::compile(rules, &mut harvest.complaints);
    if selectors.say_where() {
        harvest.drafts = listing::read(&page, &selectors, &mut harvest.complaints);
    } else if article::is_article(&page) {
        harvest.drafts.extend(article::read(&page));
    } else {
        harvest.drafts = repeating::read(&page, &selectors, &mut harvest.complaints);
        if harvest.drafts.is_empty() {
            harvest.drafts = article::read_list(&page);
        }
        if harvest.drafts.is_empty() {
            harvest.drafts.extend(article::read_undeclared(&page));
        }
    }
    if harvest.drafts.is_empty() {
        harvest.complaints.push(Complaint::error(
            "",
            "found neither entries nor an article on this page; name its entries by `item` and `link` selectors, or see whether it is built by scripts",
        ));
    }
    opening::finished(harvest)
}

/// What is wrong with a listing's rules, by their keys.
pub fn prove(rules: &PageRules) -> Vec<Complaint> {
    let mut complaints = Vec::new();
    listing::compile(rules, &mut complaints);
    complaints
}

/// Reads a page that is known to be an article, whatever it says of itself;
/// nothing where it has neither title nor text.
pub fn read_article(document: &Document<'_>) -> Option<Article> {
    let (text, mut harvest) = opening::open(document, "page").ok()?;
    let page = Page::parse(&text, document, &mut harvest.complaints);
    article::read_whole(&page)
}

fn after_prolog(text: &str) -> &str {
    text.split_once("?>").map_or("", |(_, rest)| rest)
}

#[cfg(test)]
mod body_tests;
#[cfg(test)]
mod layout_tests;
#[cfg(test)]
mod listing_tests;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod time_tests;
