//! One entry of a listing page, taken out of its block.

use chrono::{DateTime, Utc};
use dom_query::NodeRef;

use crate::model::draft::Draft;

use super::markup::{Page, below, picture_address, text_of};
use super::opening::{picture, set_content};

/// Headings, and what is named like one.
const HEADINGS: &str = "h1,h2,h3,h4,h5,h6,[class*=\"title\"],[class*=\"heading\"]";
/// Where a block keeps its date, the surest first.
const DATES: [&str; 3] = [
    "time[datetime]",
    "time",
    "[class*=\"date\"],[class*=\"time\"],[itemprop=\"datePublished\"]",
];
/// Where a block keeps its teaser.
const TEASERS: &str =
    "p,[class*=\"desc\"],[class*=\"announce\"],[class*=\"excerpt\"],[class*=\"lead\"]";

/// A block and the link it is about.
pub struct Card<'a> {
    pub block: NodeRef<'a>,
    pub link: NodeRef<'a>,
}

/// What a card's link is called: the heading in it, its own words, the heading
/// beside it, or what stands in for them on a picture.
pub fn title(card: &Card<'_>) -> Option<String> {
    let heading_in = |node: &NodeRef<'_>| {
        below(node, HEADINGS)
            .iter()
            .map(text_of)
            .find(|text| !text.is_empty())
    };
    let attribute = |node: &NodeRef<'_>, name: &str| {
        node.attr(name)
            .map(|value| value.trim().to_owned())
            .filter(|value| !value.is_empty())
    };
    heading_in(&card.link)
        .or_else(|| Some(text_of(&card.link)).filter(|text| !text.is_empty()))
        .or_else(|| heading_in(&card.block))
        .or_else(|| attribute(&card.link, "title"))
        .or_else(|| {
            below(&card.link, "img[alt]")
                .iter()
                .find_map(|image| attribute(image, "alt"))
        })
}

/// The date a card shows.
pub fn date(page: &Page, card: &Card<'_>) -> Option<DateTime<Utc>> {
    DATES.iter().find_map(|selector| {
        below(&card.block, selector)
            .iter()
            .find_map(|element| page.date_of(element))
    })
}

/// The entry: link, title, date, and the teaser and picture the block shows.
pub fn draft(
    page: &Page,
    card: &Card<'_>,
    title: Option<String>,
    published: Option<DateTime<Utc>>,
) -> Draft {
    let mut draft = Draft {
        link: card
            .link
            .attr("href")
            .and_then(|href| page.address(&href))
            .map(String::from),
        published,
        ..Draft::default()
    };
    let teaser = below(&card.block, TEASERS).into_iter().find(|element| {
        let text = text_of(element);
        !text.is_empty()
            && title.as_ref() != Some(&text)
            && page.date(&text).is_none()
            && !card
                .link
                .ancestors_it(None)
                .any(|above| above.id == element.id)
    });
    if let Some(teaser) = teaser {
        set_content(&mut draft, &teaser.html(), page.base.as_ref());
        draft.summary_html = draft.content_html.take();
    }
    draft.title = title;
    draft.enclosures = below(&card.block, "img")
        .iter()
        .find_map(|image| page.address(&picture_address(image)?))
        .map(|url| picture(&url))
        .into_iter()
        .collect();
    draft
}
