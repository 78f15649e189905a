//! Markup in the open inside an element whose characters are taken.

use std::rc::Rc;

use quick_xml::events::BytesStart;
use url::Url;

use crate::gather::clean;
use crate::gather::document::{DOCUMENT_DEPTH_MAX, ENTRY_TEXT_BYTES_MAX};

use super::super::attributes;
use super::super::build::About;
use super::super::names::{Space, Tag, tag};
use super::super::value::{Kind, cut};
use super::{Open, Walk};

impl<'a> Walk<'a> {
    /// Whether an element that begins inside the one being taken shows that the
    /// latter was never closed.
    pub(super) fn leaves_capture(&mut self, name: &'a str) -> bool {
        let Some(capture) = &self.capture else {
            return false;
        };
        let (prefix, local) = name.split_once(':').unwrap_or(("", name));
        if !prefix.is_empty() {
            return false;
        }
        let inner = tag(Space::Core, local);
        let markup = matches!(
            capture.tag,
            Tag::Description
                | Tag::Encoded
                | Tag::Content
                | Tag::Body
                | Tag::OtherDescription
                | Tag::Summary
        );
        let is_text = capture.kind == Kind::Text;
        let leaves = match inner {
            // Markup in the open may bear the names of Atom, but where text is meant there is none.
            Tag::Item if !self.build.is_rss => local.eq_ignore_ascii_case("entry"),
            Tag::Id | Tag::Published | Tag::Updated | Tag::Author | Tag::Category
                if !self.build.is_rss =>
            {
                is_text
            }
            Tag::Title | Tag::Link | Tag::Summary | Tag::Content if !self.build.is_rss => {
                is_text && !markup
            }
            _ if !self.build.is_rss => false,
            Tag::Item | Tag::Channel | Tag::Published | Tag::Enclosure => true,
            Tag::Id => local.eq_ignore_ascii_case("guid"),
            Tag::Link | Tag::Description | Tag::Category | Tag::Title | Tag::Author => !markup,
            _ => false,
        };
        if leaves {
            let depth = capture.depth;
            let at = self.position();
            self.complain(
                at,
                &format!("<{name}> begins inside an element that was not closed"),
            );
            while self.open.len() >= depth {
                self.close_one();
            }
        }
        leaves
    }

    /// Markup in the open: it becomes part of the characters.
    pub(super) fn start_in_capture(&mut self, start: &BytesStart, name: &'a str, empty: bool) {
        let local = name.rsplit(':').next().unwrap_or(name);
        let depth = self.open.len();
        let Some(capture) = &mut self.capture else {
            return;
        };
        if matches!(capture.kind, Kind::Text | Kind::Guess | Kind::Lines)
            || capture.kind == Kind::Html && !capture.characters.contains('<')
        {
            capture.characters = clean::escape(&capture.characters).into();
            capture.kind = Kind::Xhtml;
        }
        // The wrapper is Atom 1.0's; what Atom 0.3 gives is all its own.
        let wraps = capture.kind == Kind::Xhtml
            && self.format != Some("atom03")
            && depth == capture.depth
            && local.eq_ignore_ascii_case("div")
            && capture.wrapper.is_none()
            && capture.characters.trim().is_empty();
        if wraps && empty {
            capture.wrapper = Some(0);
        } else if wraps {
            capture.wrapper = Some(depth + 1);
            capture.base = attributes::get_exactly(start, "xml:base").and_then(|said| {
                let around = self.bases.last().or(self.build.default_base.as_ref());
                let base = around.map_or_else(|| Url::parse(&said), |base| base.join(said.trim()));
                base.ok().map(Rc::new)
            });
        } else if capture.characters.len() < ENTRY_TEXT_BYTES_MAX {
            let raw = cut(
                start.attributes_raw(),
                ENTRY_TEXT_BYTES_MAX - capture.characters.len(),
            );
            let text = capture.characters.to_mut();
            text.push('<');
            text.push_str(local);
            text.push_str(raw.trim_end_matches('/'));
            text.push('>');
            if empty && !clean::is_void(local) {
                text.push_str("</");
                text.push_str(local);
                text.push('>');
            }
        }
        if empty {
            return;
        }
        if depth >= DOCUMENT_DEPTH_MAX {
            self.too_deep += 1;
            return;
        }
        let (spaces, bases) = (self.spaces.len(), self.bases.len());
        self.open.push(Open {
            name,
            tag: Tag::Unknown,
            about: About::Nothing,
            spaces,
            bases,
        });
    }
}
