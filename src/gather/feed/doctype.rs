//! Entities a document declares for itself. Only their plain text is taken and
//! never expanded again, so that no document grows beyond its own size times a
//! named limit.

use std::collections::HashMap;

use quick_xml::events::BytesStart;

use crate::gather::clean::{decode_entities, escape};

/// The most entities taken.
const ENTITIES_MAX: usize = 256;
/// The longest replacement text taken.
const VALUE_BYTES_MAX: usize = 256;
/// The longest tag entities are resolved in.
const TAG_BYTES_MAX: usize = 16 * 1024;

/// What a document's own DOCTYPE declares.
#[derive(Debug, Default)]
pub(super) struct Entities {
    values: HashMap<String, String>,
    external: bool,
}

impl Entities {
    /// Reads the inside of a DOCTYPE.
    pub(super) fn read(&mut self, doctype: &str) {
        let (head, subset) = doctype.split_once('[').unwrap_or((doctype, ""));
        self.external |= head.contains("PUBLIC") || head.contains("SYSTEM");
        for declaration in subset.split("<!ENTITY").skip(1).take(ENTITIES_MAX) {
            let declaration = declaration.trim_start();
            let Some((name, rest)) = declaration.split_once(char::is_whitespace) else {
                continue;
            };
            let rest = rest.trim_start();
            let Some(quote) = rest.chars().next().filter(|c| matches!(c, '"' | '\'')) else {
                continue;
            };
            if let Some(end) = rest[1..].find(quote).filter(|end| *end <= VALUE_BYTES_MAX) {
                let value = decode_entities(&rest[1..=end]).into_owned();
                self.values.entry(name.to_owned()).or_insert(value);
            }
        }
    }

    /// Whether the document declares none itself.
    pub(super) fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// What the document says `&name;` stands for.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        if self.values.is_empty() {
            return None;
        }
        self.values.get(name).map(String::as_str)
    }

    /// The tag with the document's own entities in its attributes resolved;
    /// `None`: there are none.
    pub(super) fn in_attributes(&self, start: &BytesStart) -> Option<BytesStart<'static>> {
        if self.values.is_empty() || !start.attributes_raw().contains('&') {
            return None;
        }
        let name = start.name().into_inner();
        let mut tag = name.to_owned();
        let mut rest = start.attributes_raw();
        while let Some(at) = rest.find('&').filter(|_| tag.len() < TAG_BYTES_MAX) {
            tag.push_str(&rest[..at]);
            rest = &rest[at + 1..];
            let known = rest
                .split_once(';')
                .and_then(|(name, after)| Some((self.get(name)?, after)));
            match known {
                Some((value, after)) => {
                    tag.push_str(&escape(value).replace('\'', "&#39;"));
                    rest = after;
                }
                None => tag.push('&'),
            }
        }
        tag.push_str(rest);
        Some(BytesStart::from_content(tag, name.len()))
    }

    /// Whether names may be declared in a file that is not read.
    pub(super) const fn has_external(&self) -> bool {
        self.external
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn declared_names_are_taken_once() {
        let mut entities = Entities::default();
        entities.read("rss [<!ENTITY kz \"Қазақ&#10;стан\"><!ENTITY bomb '&kz;&kz;'><!ENTITY x SYSTEM 'file:///etc/passwd'>]");
        assert_eq!(entities.get("kz"), Some("Қазақ\nстан"));
        assert_eq!(entities.get("bomb"), Some("&kz;&kz;"));
        assert_eq!(entities.get("x"), None);
        assert!(!entities.has_external());
    }
}
