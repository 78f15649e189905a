//! Entities a document declares for itself. Only their plain text is taken, with
//! those declared before them resolved as far as the same limit allows, so that
//! no document grows beyond its own size times a named limit.

use std::collections::HashMap;

use quick_xml::events::BytesStart;

use crate::gather::clean::{decode_entities, escape};

use super::value::cut;

/// The most entities taken.
const ENTITIES_MAX: usize = 256;
/// The longest replacement text taken.
const VALUE_BYTES_MAX: usize = 256;
/// The longest document type believed to be one.
const DOCTYPE_BYTES_MAX: usize = 64 * 1024;
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
                let value = self.value(&rest[1..=end]);
                self.values.entry(name.to_owned()).or_insert(value);
            }
        }
    }

    /// What is declared with the entities declared before it resolved (XML 1.0
    /// section 4.4); one that would grow too long stays as it is written.
    fn value(&self, declared: &str) -> String {
        let mut value = String::new();
        let mut pieces = declared.split('&');
        value.push_str(pieces.next().unwrap_or_default());
        for piece in pieces {
            let known = piece
                .split_once(';')
                .and_then(|(name, after)| Some((self.get(name)?, after)));
            if let Some((inner, after)) = known {
                value.push_str(inner);
                value.push_str(after);
            } else {
                let with_sign = ["&", piece].concat();
                value.push_str(&decode_entities(&with_sign));
            }
            if value.len() > VALUE_BYTES_MAX {
                return decode_entities(declared).into_owned();
            }
        }
        value
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

/// What a reference that lost its `;` at the beginning of `text` stands for, and
/// how long it is. `&lt=5` in an address is none.
pub(super) fn unended_reference(text: &str) -> (&'static str, usize) {
    const MEANT: [(&str, &str); 4] = [("&amp", "&"), ("&lt", "<"), ("&gt", ">"), ("&quot", "\"")];
    let found = MEANT.iter().find(|(name, _)| {
        text.strip_prefix(name).is_some_and(|after| {
            let goes_on =
                after.starts_with(|c: char| c.is_alphanumeric() || matches!(c, '=' | '_'));
            !goes_on && (*name == "&amp" || !after.is_empty())
        })
    });
    found.map_or(("", 0), |(name, value)| (*value, name.len()))
}

/// How long the document type is that `text` begins with; `None`: it is broken.
pub(super) fn length(text: &str) -> Option<usize> {
    let text = cut(text, DOCTYPE_BYTES_MAX);
    let mut at = "<!DOCTYPE".len();
    if text.get(at..)?.trim_start().starts_with('>') {
        return None;
    }
    loop {
        at += text[at..].find(['"', '\'', '[', '<', '>'])?;
        match text.as_bytes()[at] {
            b'>' => return Some(at + 1),
            b'<' => return None,
            b'[' => {
                let after = text[subset_end(text, at + 1)?..].trim_ascii_start();
                return after.starts_with('>').then(|| text.len() - after.len() + 1);
            }
            quote => at += 2 + text[at + 1..].find(char::from(quote))?,
        }
    }
}

/// Where the internal subset ends that begins at `at`: it holds declarations only.
fn subset_end(text: &str, mut at: usize) -> Option<usize> {
    const WITH_QUOTES: [&str; 3] = ["<!ENTITY", "<!ATTLIST", "<!NOTATION"];
    loop {
        at += text[at..].find([']', '<'])?;
        let markup = &text[at..];
        at += if markup.starts_with(']') {
            return Some(at + 1);
        } else if let Some(comment) = markup.strip_prefix("<!--") {
            comment.find("-->")? + 7
        } else if let Some(instruction) = markup.strip_prefix("<?") {
            instruction.find("?>")? + 4
        } else if WITH_QUOTES.iter().any(|name| markup.starts_with(name)) {
            declaration_bytes(markup)?
        } else if markup.starts_with("<!ELEMENT") {
            markup.find('>')? + 1
        } else {
            return None;
        };
    }
}

/// Up to the bracket that ends a declaration, those in quotes not counted.
fn declaration_bytes(text: &str) -> Option<usize> {
    let mut quote = None;
    for (at, byte) in text.bytes().enumerate() {
        match (quote, byte) {
            (None, b'>') => return Some(at + 1),
            (None, b'"' | b'\'') => quote = Some(byte),
            (Some(open), byte) if open == byte => quote = None,
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn declared_names_are_taken() {
        let mut entities = Entities::default();
        entities.read("rss [<!ENTITY kz \"Қазақ&#10;стан\"><!ENTITY in '&kz; &amp;kz; &later;'><!ENTITY later 'x'><!ENTITY x SYSTEM 'file:///etc/passwd'>]");
        assert_eq!(entities.get("kz"), Some("Қазақ\nстан"));
        assert_eq!(entities.get("in"), Some("Қазақ\nстан &kz; &later;"));
        assert_eq!(entities.get("x"), None);
        assert!(!entities.has_external());
    }

    /// Ten times ten times ten "lol" (CVE-2003-1564).
    #[test]
    fn declared_names_stay_within_the_limit() {
        let mut subset = "rss [<!ENTITY a0 'lol'>".to_owned();
        for level in 1..9 {
            let inner = format!("&a{};", level - 1).repeat(10);
            subset.push_str(&["<!ENTITY a", &level.to_string(), " '", &inner, "'>"].concat());
        }
        let mut entities = Entities::default();
        entities.read(&subset);
        assert_eq!(entities.get("a1"), Some("lol".repeat(10).as_str()));
        for level in 2..9 {
            let value = entities.get(&format!("a{level}")).unwrap();
            assert!(value.len() <= VALUE_BYTES_MAX, "{value}");
        }
    }

    #[test]
    fn document_types_end_where_their_declarations_do() {
        let whole = [
            "<!DOCTYPE html>",
            "<!doctype rss PUBLIC '-//N//DTD RSS 0.91//EN' \"http://n.example/rss>.dtd\">",
            "<!DOCTYPE r [<!ENTITY a '<b>]>'><!ELEMENT r ANY> %p; <!-- ]> --><?x ]> ?>\n] >",
        ];
        for text in whole {
            assert_eq!(
                length(&format!("{text}<r>]></r>")),
                Some(text.len()),
                "{text}"
            );
        }
        let broken = [
            "<!DOCTYPE",
            "<!DOCTYPE>",
            "<!DOCTYPE r <r>",
            "<!DOCTYPE r 'x><r>",
            "<!DOCTYPE r [<!ENTITY><r>]></r>",
            "<!DOCTYPE r [<!ENTITY a 'b'>] x>",
        ];
        for text in broken {
            assert_eq!(length(text), None, "{text}");
        }
    }
}
