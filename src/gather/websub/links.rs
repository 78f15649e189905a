//! `Link` headers (RFC 8288): hostile or careless ones give what can be read.

/// One link of a header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeaderLink {
    pub target: String,
    /// Relation types, in lower case.
    pub rels: Vec<String>,
    /// It speaks of another document than the one it came with.
    pub is_anchored: bool,
}

/// The links of one header's value, several divided by commas.
pub fn header_links(value: &str) -> Vec<HeaderLink> {
    let mut links = Vec::new();
    let mut rest = value;
    while let Some((_, after)) = rest.split_once('<') {
        let Some((target, parameters)) = after.split_once('>') else {
            break;
        };
        let mut link = HeaderLink {
            target: target.trim().to_owned(),
            rels: Vec::new(),
            is_anchored: false,
        };
        rest = read_parameters(parameters, &mut link);
        links.push(link);
    }
    links
}

/// Reads `; name=value` up to the comma that ends the link; gives what follows.
fn read_parameters<'a>(text: &'a str, link: &mut HeaderLink) -> &'a str {
    let mut rest = text.trim_start();
    while let Some(after) = rest.strip_prefix(';') {
        let after = after.trim_start();
        let end = after.find(['=', ';', ',']).unwrap_or(after.len());
        let name = after[..end].trim().to_ascii_lowercase();
        let mut value = String::new();
        rest = match after[end..].strip_prefix('=') {
            Some(after) => read_value(after.trim_start(), &mut value),
            None => &after[end..],
        };
        match name.as_str() {
            // The first counts (section 3.3).
            "rel" if link.rels.is_empty() => {
                link.rels = value
                    .split_ascii_whitespace()
                    .map(str::to_ascii_lowercase)
                    .collect();
            }
            "anchor" => link.is_anchored = true,
            _ => {}
        }
        rest = rest.trim_start();
    }
    rest
}

/// Reads a token or a quoted string; gives what follows.
fn read_value<'a>(text: &'a str, value: &mut String) -> &'a str {
    let Some(quoted) = text.strip_prefix('"') else {
        let end = text.find([';', ',']).unwrap_or(text.len());
        value.push_str(text[..end].trim());
        return &text[end..];
    };
    let mut letters = quoted.char_indices();
    while let Some((at, letter)) = letters.next() {
        match letter {
            '"' => return &quoted[at + 1..],
            '\\' => value.extend(letters.next().map(|(_, letter)| letter)),
            _ => value.push(letter),
        }
    }
    ""
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_are_read_as_they_are_written() {
        let cases: [(&str, &[(&str, &str)]); 12] = [
            ("<https://h.kz/>; rel=\"hub\"", &[("https://h.kz/", "hub")]),
            (
                "<a>; rel=hub, <b>; rel=self",
                &[("a", "hub"), ("b", "self")],
            ),
            (
                "<a?x=1,2;3>; title=\"x, <y>; rel=z\"; REL=\"Hub self\"",
                &[("a?x=1,2;3", "hub self")],
            ),
            (
                "<a> ; rel = \"hub\" ;crossorigin , <b>",
                &[("a", "hub"), ("b", "")],
            ),
            ("<a>; rel=\"h\\\"ub\"", &[("a", "h\"ub")]),
            ("<a>; rel=hub; rel=self", &[("a", "hub")]),
            ("< a >; rel=", &[("a", "")]),
            ("<a>; rel=\"hub", &[("a", "hub")]),
            ("<a; rel=hub", &[]),
            ("no link", &[]),
            ("<ә>; rel=\"ә\\", &[("ә", "ә")]),
            ("", &[]),
        ];
        for (value, expected) in cases {
            let links = header_links(value);
            let found: Vec<(&str, String)> = links
                .iter()
                .map(|link| (link.target.as_str(), link.rels.join(" ")))
                .collect();
            let expected: Vec<(&str, String)> = expected
                .iter()
                .map(|(target, rels)| (*target, (*rels).to_owned()))
                .collect();
            assert_eq!(found, expected, "{value}");
        }
        let anchored = header_links("<a>; rel=hub; anchor=\"/other\"");
        assert!(anchored[0].is_anchored);
    }
}
