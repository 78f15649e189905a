//! What stands in an entry and speaks of something else, and what only seems to.

use chrono::DateTime;

use super::read;
use crate::gather::document::Document;
use crate::model::draft::{Draft, Harvest};

fn harvest(feed: &str) -> Harvest {
    read(&Document {
        bytes: feed.as_bytes(),
        content_type: None,
        url: None,
        received: DateTime::UNIX_EPOCH.with_timezone(&chrono_tz::Asia::Almaty),
    })
}

fn rss(item: &str) -> Draft {
    let feed = format!(
        "<rss version='2.0' xmlns:z='http://z/' xmlns:media='http://search.yahoo.com/mrss/'>\
         <channel><title>F</title><item>{item}</item></channel></rss>"
    );
    harvest(&feed).drafts.remove(0)
}

fn atom(entry: &str) -> Harvest {
    harvest(&format!(
        "<feed xmlns='http://www.w3.org/2005/Atom' xmlns:z='http://z/'><title>F</title>\
         <id>f</id><updated>2004-01-01T00:00:00Z</updated>{entry}</feed>"
    ))
}

/// An article in short: its addresses, words, day, persons, labels and files.
fn short(draft: &Draft) -> String {
    let mut told: Vec<String> = [&draft.id, &draft.link, &draft.title, &draft.content_html]
        .into_iter()
        .flatten()
        .cloned()
        .collect();
    let at = draft.published.or(draft.updated);
    told.extend(at.map(|at| at.format("%Y").to_string()));
    told.extend(
        draft
            .authors
            .iter()
            .filter_map(|author| author.name.clone()),
    );
    told.extend(draft.categories.iter().map(|label| label.term.clone()));
    told.extend(draft.enclosures.iter().map(|file| file.url.clone()));
    told.extend(draft.comments.clone());
    told.extend(draft.source.clone());
    told.join(" ")
}

const OWN: &str = "<guid isPermaLink='false'>own</guid><link>http://own/</link><title>T</title>\
    <content>C</content><pubDate>Thu, 01 Jan 2004 00:00:00 GMT</pubDate><author>Own</author>\
    <category>own</category><enclosure url='http://own/e'/><comments>http://own/c</comments>\
    <source>own</source>";
const OTHERS: &str = "<guid isPermaLink='false'>no</guid><link>http://no/</link><title>no</title>\
    <content>no</content><pubDate>Wed, 01 Jan 2003 00:00:00 GMT</pubDate><author>No</author>\
    <category>no</category><enclosure url='http://no/e'/><comments>http://no/c</comments>\
    <source>no</source>";

#[test]
fn what_is_near_does_not_pass_for_the_entrys_own() {
    let own = short(&rss(OWN));
    assert_eq!(
        own,
        "own http://own/ T C 2004 Own own http://own/e http://own/c own"
    );
    for wrapper in ["z:related", "extra"] {
        let near = format!("<{wrapper}>{OTHERS}</{wrapper}>");
        assert_eq!(short(&rss(&format!("{near}{OWN}"))), own, "{wrapper}");
        assert_eq!(short(&rss(&format!("{OWN}{near}"))), own, "{wrapper}");
    }
}

#[test]
fn what_is_near_counts_where_the_entry_has_nothing() {
    assert_eq!(
        short(&rss(&format!("<extra>{OTHERS}</extra>"))),
        "no http://no/ no no 2003 No no http://no/e http://no/c no"
    );
    // Of a foreign vocabulary: where the article is and what it says, no more.
    assert_eq!(
        short(&rss(&format!("<z:related>{OTHERS}</z:related>"))),
        "no http://no/ no no"
    );
    // Two that speak of a third are two.
    let near = format!("<title>T</title><link>http://own/</link><extra>{OTHERS}</extra>");
    assert_eq!(rss(&near).id, None);
    let permalink = format!("<guid>http://own/1</guid><z:related>{OTHERS}</z:related>");
    assert_eq!(rss(&permalink).link.as_deref(), Some("http://own/1"));
    // A text of one's own stands alone, be it a summary.
    let summary = format!("<description>S</description><extra>{OTHERS}</extra>");
    assert_eq!(rss(&summary).content_html, None);
}

#[test]
fn what_was_never_closed_holds_the_entrys_own() {
    let own = short(&rss(OWN));
    for wrapper in ["z:count", "extra"] {
        assert_eq!(short(&rss(&format!("<{wrapper}>3{OWN}"))), own, "{wrapper}");
        let feed = format!("<rss><channel><item><{wrapper}>3{OWN}");
        assert_eq!(harvest(&feed).drafts[0].id.as_deref(), Some("own"));
    }
}

#[test]
fn what_a_known_vocabulary_holds_together_is_the_entrys_own() {
    let group = "<title>T</title><media:group><media:content url='http://a/v'/>\
        <media:keywords>k</media:keywords></media:group><category>c</category>";
    assert_eq!(short(&rss(group)), "T k c http://a/v");
}

#[test]
fn an_object_of_another_vocabulary_is_not_the_atom_entry() {
    let object = "<z:object><id>no</id><title>no</title><published>2001-01-01T00:00:00Z</published>\
        <link rel='alternate' href='http://no/'/><link rel='enclosure' href='http://no/e'/>\
        <author><name>No</name></author><category term='no'/><content>no</content></z:object>";
    let own = "<id>own</id><title>T</title><published>2004-01-01T00:00:00Z</published>\
        <link href='http://own/'/><content>C</content>";
    for entry in [format!("{object}{own}"), format!("{own}{object}")] {
        let harvest = atom(&format!("<entry>{entry}</entry>"));
        assert_eq!(short(&harvest.drafts[0]), "own http://own/ T C 2004");
        assert!(harvest.well_formed);
    }
}

#[test]
fn a_programme_to_come_is_not_the_feed() {
    let feed = "<rss version='2.0' xmlns:podcast='https://podcastindex.org/namespace/1.0'><channel>\
        <podcast:liveItem><title>no</title><guid>no</guid><description>no</description><author>no</author>\
        <category>no</category><pubDate>Wed, 01 Jan 2003 00:00:00 GMT</pubDate></podcast:liveItem>\
        <foo><pubDate>Wed, 01 Jan 2003 00:00:00 GMT</pubDate></foo>\
        <title>F</title><pubDate>Thu, 01 Jan 2004 00:00:00 GMT</pubDate><item><title>T</title></item>\
        </channel></rss>";
    let read = harvest(feed);
    let head = read.feed;
    assert_eq!(head.title.as_deref(), Some("F"));
    assert_eq!((head.id, head.description), (None, None));
    assert!(head.authors.is_empty() && head.categories.is_empty());
    assert_eq!(
        head.updated.unwrap().to_rfc3339(),
        "2004-01-01T00:00:00+00:00"
    );
    assert_eq!(read.drafts.len(), 1);
    // What holds the entries together is no programme.
    let wrapped = "<rss xmlns:z='http://z/'><channel><z:list><title>F</title>\
        <item><title>T</title></item></z:list></channel></rss>";
    let wrapped = harvest(wrapped);
    assert_eq!(wrapped.feed.title.as_deref(), Some("F"));
    assert_eq!(wrapped.drafts.len(), 1);
}

#[test]
fn a_person_may_have_a_page_and_a_word_about_itself() {
    let told = "<z:x/><link rel='alternate' href='http://ann/'/><title>Editor</title><summary>bio</summary>";
    for author in [
        format!("<author><name>ann</name>{told}</author>"),
        format!("<author>{told}<name>ann</name></author>"),
    ] {
        let entry = "<entry><id>1</id><title>T</title>{}<link href='http://own/'/></entry>";
        let harvest = atom(&format!("{author}{}", entry.replace("{}", &author)));
        assert_eq!(short(&harvest.drafts[0]), "1 http://own/ T ann");
        assert_eq!(harvest.drafts[0].summary_html, None);
        assert_eq!(harvest.feed.description, None);
        assert_eq!(harvest.feed.authors.len(), 1);
        assert!(harvest.well_formed && harvest.complaints.is_empty());
    }
    // One that was never closed holds the entry's own.
    let unclosed = "<author>Own<title>T</title><link>http://own/</link><author>Second</author>";
    let draft = rss(unclosed);
    assert_eq!(short(&draft), "http://own/ T Own Second");
}

#[test]
fn a_file_is_at_an_address() {
    let files = |item: &str| -> Vec<String> {
        let files = rss(item).enclosures.into_iter();
        files.map(|file| file.url).collect()
    };
    let player = "<title>T</title><media:content medium='video'><media:player url='http://e/p'/>\
        <media:thumbnail url='http://e/t.jpg'/><title>no</title></media:content>";
    assert_eq!(files(player), ["http://e/t.jpg"]);
    assert_eq!(rss(player).title.as_deref(), Some("T"));
    for (item, expected) in [
        ("<media:content> http://e/v </media:content>", "http://e/v"),
        (
            "<media:content><![CDATA[http://e/v]]></media:content>",
            "http://e/v",
        ),
        ("<enclosure>e.mp3</enclosure>", "e.mp3"),
    ] {
        assert_eq!(files(item), [expected], "{item}");
    }
    for item in [
        "<media:content>some words</media:content>",
        "<enclosure><url>http://e/x</url></enclosure>",
        "<media:thumbnail>none</media:thumbnail>",
    ] {
        let titled = format!("<title>T</title>{item}");
        assert!(files(&titled).is_empty(), "{item}");
        assert_eq!(rss(&titled).link, None, "{item}");
    }
}

#[test]
fn an_empty_wrapper_is_no_content() {
    for div in ["<div/>", "<div></div>", "<div> </div>"] {
        let entry = format!("<entry><id>1</id><content type='xhtml'>{div}</content></entry>");
        assert_eq!(atom(&entry).drafts[0].content_html, None, "{div}");
    }
}
