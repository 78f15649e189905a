//! What holds within an element: namespaces by their prefixes, the base of
//! addresses, the language.

use std::rc::Rc;

use quick_xml::events::BytesStart;
use url::Url;

use super::super::attributes;
use super::super::names::{Space, space_of_address, space_of_prefix};
use super::Walk;

impl<'a> Walk<'a> {
    /// Namespaces, base and language that hold from here; gives the language.
    pub(super) fn scope(&mut self, start: &BytesStart, name: &'a str, at: usize) -> Option<String> {
        let raw = start.attributes_raw();
        if !raw.contains("xml") && !raw.contains("base") && !raw.contains("BASE") {
            return None;
        }
        let from = at + 1 + name.len();
        let source = self.text.get(from..from + raw.len()).unwrap_or_default();
        let own = name.split_once(':').map(|(own, _)| own);
        let mut language = None;
        for (key, value) in attributes::all(start) {
            if key == "xmlns" {
                let space = match space_of_address(&value) {
                    // The namespace of a feed's own root is a feed's, however it is misspelt.
                    Space::Other if self.open.is_empty() => Space::Core,
                    space => space,
                };
                self.spaces.push(("", space));
            } else if let Some(prefix) = key.strip_prefix("xmlns:") {
                // The prefix is kept as a slice of the document itself.
                if let Some(at) = source.find(key) {
                    let at = at + "xmlns:".len();
                    let known = match space_of_address(&value) {
                        Space::Core if value.trim().is_empty() => Space::Other,
                        Space::Other if self.open.is_empty() && own == Some(prefix) => Space::Core,
                        // Misspelt: the prefix everybody uses says what is meant.
                        Space::Other => space_of_prefix(prefix),
                        space => space,
                    };
                    self.spaces.push((&source[at..at + prefix.len()], known));
                }
            } else if key == "xml:base" || key.eq_ignore_ascii_case("base") {
                let base = self
                    .base()
                    .map_or_else(|| Url::parse(value.trim()), |base| base.join(value.trim()));
                self.bases.extend(
                    base.ok()
                        .filter(|base| !base.cannot_be_a_base())
                        .map(Rc::new),
                );
            } else if key == "xml:lang" {
                // The habit of programs, not of BCP 47.
                let said = value.trim().replace('_', "-");
                language = Some(said).filter(|language| !language.is_empty());
            }
        }
        language
    }

    pub(super) fn base(&self) -> Option<&Rc<Url>> {
        self.bases.last().or(self.build.default_base.as_ref())
    }
}
