//! What is an article's text and what stands beside it, in pages as small as the
//! question lets them be.

use chrono::{TimeZone, Utc};
use url::Url;

use super::read_article;
use crate::gather::document::Document;

const TITLE: &str = "Harbour bridge to close in autumn";
/// Two sentences of words that stand in no other paragraph.
fn prose(word: &str) -> String {
    let low = word.to_lowercase();
    let words: Vec<String> = ('a'..='x').map(|letter| format!("{low}{letter}")).collect();
    format!(
        "{word}: the {}. But {}.",
        words[..12].join(" "),
        words[12..].join(" ")
    )
}

fn paragraphs(words: &[&str]) -> String {
    let tagged = |word: &&str| format!("<p>{}</p>", prose(word));
    words.iter().map(tagged).collect()
}

/// The text of a page at `https://news.example/a/b`.
fn text_of(body: &str) -> String {
    let html = format!(
        "<!DOCTYPE html><html lang=\"en\"><head><title>{TITLE}</title></head><body>{body}</body></html>"
    );
    let url = Url::parse("https://news.example/a/b").unwrap();
    let document = Document {
        bytes: html.as_bytes(),
        content_type: Some("text/html; charset=utf-8"),
        url: Some(&url),
        received: Utc
            .with_ymd_and_hms(2026, 11, 23, 12, 0, 0)
            .unwrap()
            .with_timezone(&chrono_tz::Asia::Almaty),
    };
    read_article(&document).unwrap().draft.text
}

#[track_caller]
fn says(body: &str, there: &[&str], gone: &[&str]) {
    let text = text_of(body);
    for word in there {
        let count = text.matches(&format!("{word}:")).count();
        assert_eq!(count, 1, "{word} in {text}");
    }
    for word in gone {
        assert!(!text.contains(word), "{word} in {text}");
    }
}

fn sections(heading: &str) -> String {
    let section = |word| {
        let heading = heading.replace('@', word);
        format!("<section>{heading}<p>{}</p></section>", prose(word))
    };
    ["Firstly", "Secondly", "Thirdly"].map(section).concat()
}

const SECTIONS: [&str; 3] = ["Firstly", "Secondly", "Thirdly"];

#[test]
fn a_heading_that_leads_to_its_own_place_is_of_a_section() {
    let lead = paragraphs(&["Lead"]);
    for heading in [
        "<h2 id=\"@\">Of @<a class=\"headerlink\" href=\"#@\">¶</a></h2>",
        "<h2><a href=\"#@\">Of @</a></h2>",
        "<h3><a name=\"@\"></a>Of @</h3>",
        "<h3><a href=\"/a/b#@\">Of @</a></h3>",
        "<h3>Of @ and its lorries <a href=\"/edit?section=@\">edit</a></h3>",
    ] {
        let body = format!(
            "<article><h1>{TITLE}</h1>{lead}{}</article>",
            sections(heading)
        );
        says(&body, &["Lead", "Firstly", "Secondly", "Thirdly"], &[]);
    }
}

#[test]
fn posts_of_a_forum_that_lead_to_themselves_are_kept() {
    let post = |word| {
        format!(
            "<article><h3><a href=\"#p{word}\">Re: {TITLE}</a></h3><div>{}</div></article>",
            prose(word)
        )
    };
    let body = format!("<div><h1>{TITLE}</h1>{}</div>", SECTIONS.map(post).concat());
    says(&body, &SECTIONS, &[]);
}

#[test]
fn a_round_up_of_other_sites_is_a_text() {
    let (lead, end) = (paragraphs(&["Lead", "More"]), paragraphs(&["Ending"]));
    let items = sections("<h3><a href=\"https://other.example/@\">Of @</a></h3>");
    let body = format!("<article><h1>{TITLE}</h1>{lead}{items}{end}</article>");
    says(
        &body,
        &["Lead", "Firstly", "Secondly", "Thirdly", "Ending"],
        &[],
    );
    let body = format!("<article><h1>{TITLE}</h1>{lead}{items}</article>");
    says(&body, &["Lead", "Firstly", "Secondly", "Thirdly"], &[]);
}

/// As many words, but they lead to the site's other articles, or stand on a shelf.
#[test]
fn cards_with_long_teasers_are_no_sections() {
    let text = paragraphs(&["Lead", "More", "Ending"]);
    for heading in [
        "<h3><a href=\"/a/@\">Of @</a></h3>",
        "<h3><a href=\"/a/@#comments\">Of @</a></h3>",
        "<h3><a href=\"#/a/@\">Of @</a></h3>",
    ] {
        let cards = sections(heading);
        let body = format!("<article><h1>{TITLE}</h1>{text}{cards}</article>");
        says(&body, &["Lead", "More", "Ending"], &SECTIONS);
    }
    let partners = sections("<h3><a href=\"https://other.example/@\">Of @</a></h3>");
    let body =
        format!("<article><h1>{TITLE}</h1>{text}</article><div><h2>Partners</h2>{partners}</div>");
    says(&body, &["Lead", "More", "Ending"], &SECTIONS);
}

/// So much that the engine tells it.
const LONG: [&str; 7] = [
    "Firstly",
    "Secondly",
    "Thirdly",
    "Fourthly",
    "Fifthly",
    "Sixthly",
    "Seventhly",
];

/// Classes the engine picks the text's element by.
const PICKED: [&str; 3] = [
    "class=\"article-body\"",
    "class=\"post-content\"",
    "itemprop=\"articleBody\"",
];

#[test]
fn a_standfirst_above_the_text_s_own_element_is_of_the_text() {
    let lead = prose("Lead");
    let text = paragraphs(&LONG);
    for picked in PICKED {
        for above in [
            format!("<h1>{TITLE}</h1><p class=\"lead\">{lead}</p>"),
            format!("<header><h1>{TITLE}</h1><div><p>{lead}</p></div></header>"),
            format!(
                "<h1>{TITLE}</h1><p>{lead}</p><figure><img src=\"/i.jpg\"><figcaption>The bridge, seen from the \
                 sea</figcaption></figure>"
            ),
            // Said a second time for narrow screens.
            format!("<h1>{TITLE}</h1><p class=\"wide\">{lead}</p><p class=\"narrow\">{lead}</p>"),
        ] {
            let body = format!("<div class=\"x\">{above}<div {picked}>{text}</div></div>");
            says(&body, &["Lead", "Firstly", "Seventhly"], &["seen from the"]);
        }
    }
}

#[test]
fn the_longest_paragraph_is_not_passed_over_for_what_follows() {
    let first = format!("{} {} {}", prose("Lead"), prose("More"), prose("Third"));
    let other = |word: &&str| format!("<div><p>{}</p></div>", prose(word));
    let others: String = SECTIONS.iter().map(other).collect();
    says(
        &format!("<h1>{TITLE}</h1><div><p>{first}</p></div><div>{others}</div>"),
        &["Lead", "More"],
        &[],
    );
}

#[test]
fn what_stands_between_the_title_and_the_text_and_is_no_standfirst_stays_out() {
    let text = paragraphs(&LONG);
    for above in [
        "<div>By <a href=\"/w\">Ann Dahl</a>, an editor who covers harbours. She has NOTLEAD written of bridges since 2020.</div>",
        "<div class=\"author\"><p>Ann Dahl covers harbours. She has NOTLEAD written of bridges for this paper since 2020.</p></div>",
        "<p class=\"photo-caption\">The harbour bridge NOTLEAD as it was seen from the sea on the last day of the summer.</p>",
        "<div><h3><a href=\"/n/1\">Another bridge</a></h3><p>NOTLEAD is a bridge in another town, and it will be open all year.</p></div>",
        "<p><a href=\"/n/1\">NOTLEAD is a bridge in another town, and it will be open all year long, they say there.</a></p>",
        "<ul><li>12 November</li><li>NOTLEAD, 4 min</li></ul>",
    ] {
        let body = format!(
            "<div class=\"x\"><h1>{TITLE}</h1>{above}<div class=\"article-body\">{text}</div></div>"
        );
        says(&body, &LONG, &["NOTLEAD"]);
    }
}
