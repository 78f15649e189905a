//! What an entry of a listing is called.

use dom_query::NodeRef;

use crate::gather::more::is_more;
use crate::gather::page::markup::{Page, below, text_of};
use crate::text::normalise::one_line;

use super::{Card, parts};

/// Headings, and what is named like one.
const HEADINGS: &str = "h1,h2,h3,h4,h5,h6,[class*=\"title\"],[class*=\"heading\"]";

/// What a card's link is called: the heading in it, its own words, the heading
/// beside it, or what stands in for them on a picture. "Read more" is no name.
pub fn title(page: &Page, card: &Card<'_>) -> Option<String> {
    let heading_in = |node: &NodeRef<'_>| {
        below(node, HEADINGS)
            .iter()
            .map(text_of)
            .find(|text| !is_more(text))
    };
    let attribute = |node: &NodeRef<'_>, name: &str| {
        node.attr(name)
            .map(|value| value.trim().to_owned())
            .filter(|value| !value.is_empty())
    };
    let words = text_of(&card.link);
    heading_in(&card.link)
        .or_else(|| parts::without_day(page, card))
        .or_else(|| Some(words.clone()).filter(|text| !is_more(text)))
        .or_else(|| heading_in(&card.block))
        .or_else(|| attribute(&card.link, "title"))
        .or_else(|| {
            below(&card.link, "img[alt]")
                .iter()
                .find_map(|image| attribute(image, "alt"))
        })
        .or_else(|| Some(words).filter(|text| text.chars().any(char::is_alphanumeric)))
        .map(|said| whole_title(card, said))
}

/// A title the layout has cut, as an attribute beside it says it whole.
pub fn whole_title(card: &Card<'_>, said: String) -> String {
    let cut = said.strip_suffix('…').or_else(|| said.strip_suffix("..."));
    let Some(beginning) = cut.map(str::trim_end).filter(|text| !text.is_empty()) else {
        return said;
    };
    let own = std::iter::once(card.link).chain(below(&card.block, "[title]"));
    let whole = own
        .filter_map(|element| element.attr("title"))
        .map(|title| one_line(&title))
        .find(|title| title.starts_with(beginning) && title.len() > said.len());
    whole.unwrap_or(said)
}
