//! What an article page is called: its heading, told from the outlet's name that
//! may be one too, or `<title>` without that name.

use dom_query::NodeRef;

use crate::gather::clean;

use super::markup::{Page, below, letters, text_of};
use super::opening::line;

/// Marks between a title and the outlet's name in `<title>`.
const MARKS: [&str; 7] = [" | ", " — ", " – ", " - ", " :: ", " » ", " « "];
/// A heading of fewer characters may be a rubric's.
const HEADING_CHARS_MIN: usize = 15;
/// A longer heading is a text.
const HEADING_CHARS_MAX: usize = 300;
/// The most marks of a title looked at.
const SPLITS_MAX: usize = 16;
/// More letters at once than a menu or an outlet's motto has.
const MENU_LETTERS_MAX: usize = 120;
/// The most headings looked at.
const HEADINGS_MAX: usize = 200;
/// What old pages have in a heading's place.
const STANDS_OUT: &str = "b,strong,big,font,[class*=\"title\"],[class*=\"head\"],[class*=\"zag\"]";
/// What manuals let a heading's link to itself say; a mark of no width among them.
const LINK_SIGNS: [char; 5] = ['¶', '#', '§', '🔗', '\u{200b}'];
/// What the name of an outlet is called.
const LOGO_WORDS: [&str; 4] = ["logo", "brand", "site-title", "sitename"];

/// The title a page shows.
pub fn shown(page: &Page) -> Option<String> {
    let of_page = of_head(page);
    let heads = page.tree.select("h1");
    let heads = heads.nodes().iter().take(HEADINGS_MAX);
    let (logos, heads): (Vec<_>, Vec<_>) = heads.partition(|head| is_logo(head));
    let said = of_page.as_deref().map(folded).unwrap_or_default();
    let named: Vec<(&NodeRef<'_>, String)> = heads
        .iter()
        .map(|head| (head, said_by(head)))
        .filter(|(_, text)| !text.is_empty() && text.chars().count() <= HEADING_CHARS_MAX)
        .collect();
    let in_head = named
        .iter()
        .filter(|(_, text)| said.contains(&folded(text)));
    let best = in_head.max_by_key(|(_, text)| text.len());
    if let Some((head, text)) = best.or(named.first()) {
        let of_page = of_page.as_deref().unwrap_or_default();
        return Some(headline_under(page, head, text, of_page).unwrap_or_else(|| text.clone()));
    }
    below(&page.tree.root(), "h2,h3")
        .iter()
        .take(HEADINGS_MAX)
        .map(said_by)
        .filter(|text| (HEADING_CHARS_MIN..=HEADING_CHARS_MAX).contains(&text.chars().count()))
        .filter(|text| said.contains(&folded(text)))
        .max_by_key(String::len)
        .or_else(|| Some(without_outlet(page, &of_page?)))
        .or_else(|| logos.iter().chain(&heads).find_map(first_line))
}

/// The title a page tells machines, without the outlet's name where that is sure: the
/// page names its outlet, or its heading says the same without it.
pub fn told(page: &Page) -> Option<String> {
    let told = page.meta(&["og:title"])?;
    if splits(&told).next().is_none() {
        return Some(told);
    }
    let heads = page.tree.select("h1");
    let heads = heads.nodes().iter().take(HEADINGS_MAX);
    let heads: Vec<String> = heads
        .filter(|head| !is_logo(head))
        .map(|head| folded(&said_by(head)))
        .collect();
    let is_head = |text: &str| heads.contains(&folded(text));
    let outlet = page.meta(&["og:site_name"]).map(|name| folded(&name));
    let is_outlet = |text: &str| !text.is_empty() && Some(folded(text)) == outlet;
    let title = splits(&told).find_map(|(before, after)| {
        let is_name = |text: &str| {
            is_outlet(text) || !text.starts_with(char::is_lowercase) && text.len() < before.len()
        };
        let is_headline = before.chars().count() >= HEADING_CHARS_MIN;
        if is_outlet(after) && !before.is_empty()
            || is_head(before) && !is_outlet(before) && is_headline && is_name(after)
        {
            Some(before)
        } else {
            (is_outlet(before) && is_head(after)).then_some(after)
        }
    });
    let title = title.filter(|_| !is_head(&told)).map(str::to_owned);
    Some(title.unwrap_or(told))
}

/// Both parts of a title at the mark before its last part.
pub fn parted(title: &str) -> Option<(&str, &str)> {
    let mut at = None;
    for mark in MARKS {
        at = at.max(title.rfind(mark).map(|place| (place, mark.len())));
    }
    let (place, length) = at?;
    Some((title[..place].trim(), title[place + length..].trim()))
}

/// Both parts of a title at each of its marks.
fn splits(title: &str) -> impl Iterator<Item = (&str, &str)> {
    let places = MARKS.iter().flat_map(|mark| {
        title
            .match_indices(mark)
            .map(|(place, mark)| (place, mark.len()))
    });
    places
        .take(SPLITS_MAX)
        .map(|(place, length)| (title[..place].trim(), title[place + length..].trim()))
}

/// The headline under a first heading that is the outlet's name though nothing calls it
/// so: `<title>` says both, and nothing is told between them.
fn headline_under(page: &Page, head: &NodeRef<'_>, name: &str, title: &str) -> Option<String> {
    let outlet = folded(name);
    let leads_away = || {
        let around = head.ancestors_it(None).find(|above| above.has_name("a"));
        let links = below(head, "a[href]");
        let address = links.iter().chain(around.as_ref()).next()?.attr("href")?;
        page.address(&address)
            .filter(|to| page.url.as_ref() != Some(to))
    };
    // A title begins with the outlet's name more seldom than with the article's.
    let mut headlines: Vec<String> = splits(title)
        .filter(|(_, last)| folded(last) == outlet)
        .map(|(before, _)| folded(before))
        .collect();
    let begins = || splits(title).any(|(first, _)| folded(first) == outlet);
    if headlines.is_empty() && begins() && leads_away().is_some() {
        headlines.extend(splits(title).map(|(_, behind)| folded(behind)));
    }
    if headlines.is_empty() {
        return None;
    }
    let body = page.tree.body()?;
    let below_it = body.descendants_it().skip_while(|node| node.id != head.id);
    for node in below_it {
        if node.is_text() && letters(&node.text()) > MENU_LETTERS_MAX {
            return None;
        }
        if node.has_name("h2") || node.has_name("h3") {
            let text = said_by(&node);
            let is_longer = text.chars().count() > name.chars().count().max(HEADING_CHARS_MIN);
            if is_longer && headlines.contains(&folded(&text)) {
                return Some(text);
            }
        }
    }
    None
}

/// What a heading says, without the sign that links to it.
fn said_by(heading: &NodeRef<'_>) -> String {
    let mut text = text_of(heading);
    if !(text.starts_with(LINK_SIGNS) || text.ends_with(LINK_SIGNS)) {
        return text;
    }
    // "C#" has its sign for itself.
    for link in below(heading, "a") {
        let sign = text_of(&link);
        if sign.is_empty() || !sign.chars().all(|c| LINK_SIGNS.contains(&c)) {
            continue;
        }
        let bare = text.strip_suffix(&sign).or(text.strip_prefix(&sign));
        if let Some(bare) = bare.map(str::trim).filter(|bare| !bare.is_empty()) {
            text = bare.to_owned();
        }
    }
    text
}

/// What a heading says before its first break: one that is never closed goes on with
/// the text.
fn first_line(heading: &NodeRef<'_>) -> Option<String> {
    let text = clean::plain_text(&heading.inner_html());
    let first = text.lines().find(|line| !line.trim().is_empty())?.trim();
    (first.chars().count() <= HEADING_CHARS_MAX).then(|| first.to_owned())
}

fn of_head(page: &Page) -> Option<String> {
    line(&page.tree.select_single("title").inner_html())
}

/// `<title>` without the outlet's name, on whichever end that stands: the body shows
/// the title too.
fn without_outlet(page: &Page, title: &str) -> String {
    let Some((before, last)) = parted(title) else {
        return title.to_owned();
    };
    let body = page.tree.body().map(|body| folded(&body.text()));
    let shows = |text: &str| {
        let text = folded(text);
        !text.is_empty() && body.as_ref().is_some_and(|body| body.contains(&text))
    };
    // No outlet's name begins with a small letter.
    if shows(title) || last.starts_with(char::is_lowercase) {
        title.to_owned()
    } else if !shows(before) && last.chars().count() >= HEADING_CHARS_MIN && is_headline(page, last)
    {
        last.to_owned()
    } else {
        before.to_owned()
    }
}

/// Whether an element that stands out says this and nothing else.
fn is_headline(page: &Page, text: &str) -> bool {
    let wanted = folded(text);
    let all = below(&page.tree.root(), STANDS_OUT);
    let mut all = all.iter().take(HEADINGS_MAX);
    all.any(|node| folded(&text_of(node)) == wanted)
}

/// Whether a first heading is the outlet's name: it leads to the front page, or is
/// called so.
fn is_logo(heading: &NodeRef<'_>) -> bool {
    let leads_home = |link: &NodeRef<'_>| {
        let address = link.attr("href");
        address.is_some_and(|address| {
            let path = address.split_once("//").map_or(&*address, |(_, place)| {
                place.split_once('/').map_or("", |(_, path)| path)
            });
            let path = path.trim_matches('/');
            // The front page in one of the languages of the house.
            ["", "kk", "kz", "ru", "en", "index.php", "index.html"].contains(&path)
        })
    };
    let is_called = |node: &NodeRef<'_>| {
        [node.class(), node.id_attr()]
            .into_iter()
            .flatten()
            .any(|names| {
                let names = names.to_lowercase();
                LOGO_WORDS.iter().any(|word| names.contains(word))
            })
    };
    let around = heading.ancestors_it(None).find(|above| above.has_name("a"));
    let links = below(heading, "a");
    is_called(heading)
        || links.iter().chain(around.as_ref()).any(leads_home)
        || below(heading, "[class],[id]").iter().any(is_called)
}

fn folded(text: &str) -> String {
    let letters = text.chars().filter(|c| c.is_alphanumeric());
    letters.flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests;
