//! OPML 2.0 (opml.org): all feeds in one file, for feed readers to import.

use std::fmt::Write;

use chrono::DateTime;

use crate::model::feed::PublishedFeed;
use crate::model::language::Tongue;

use super::{Document, Format, Site, escaped};

/// The list of `feeds`, in Atom, titled in `tongue`.
pub fn write(feeds: &[PublishedFeed], site: &Site, tongue: Tongue) -> Document {
    let mut text = format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<opml version=\"2.0\">\n  <head>\n    <title>{}</title>\n  </head>\n  <body>\n",
        escaped(&site.name)
    );
    for feed in feeds {
        let title = escaped(feed.title.get(tongue));
        // `type="rss"` stands for every feed format (OPML 2.0, subscription lists).
        let written = writeln!(
            text,
            "    <outline type=\"rss\" text=\"{title}\" title=\"{title}\" xmlUrl=\"{}\" htmlUrl=\"{}\" language=\"{}\"/>",
            escaped(&site.feed(feed, Format::Atom)),
            escaped(&site.home()),
            feed.tongue.tag(),
        );
        written.expect("writing to a String cannot fail");
    }
    text.push_str("  </body>\n</opml>\n");
    Document::new(text, "text/x-opml; charset=utf-8", DateTime::UNIX_EPOCH)
}
