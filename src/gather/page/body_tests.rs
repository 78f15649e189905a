//! What is an article's text and what stands beside it, in pages as small as the
//! question lets them be.

use chrono::{TimeZone, Utc};
use url::Url;

use super::read_article;
use crate::gather::document::Document;

const TITLE: &str = "Harbour bridge to close in autumn";
/// Two sentences, so that each part of a page may have its own words.
fn prose(word: &str) -> String {
    format!(
        "{word}: the bridge over the harbour will be closed to lorries from the first week of autumn, the council \
         said. People who live beside it hope that {word} will not last as long as the works of last year."
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
