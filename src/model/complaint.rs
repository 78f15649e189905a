//! What was wrong, where, and what to do: said of a file the operator wrote or
//! of a document a publisher served. A complaint never stops the good input
//! beside it.

use std::fmt;

/// A place in a text, counted from 1 as editors do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
}

impl Position {
    /// The position of byte `offset` in `text`; an offset past the end is the end.
    pub fn of_offset(text: &str, offset: usize) -> Self {
        let mut end = offset.min(text.len());
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        let before = &text[..end];
        let line = before.bytes().filter(|byte| *byte == b'\n').count() + 1;
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        let column = before[line_start..].chars().count() + 1;
        Self { line, column }
    }
}

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The thing complained of is used all the same.
    Warning,
    /// The thing complained of is left out.
    Error,
}

/// One finding, for a person to read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Complaint {
    /// How bad it is.
    pub severity: Severity,
    /// File path or URL; empty where the reader of the message knows it.
    pub place: String,
    /// Where in it, if known.
    pub position: Option<Position>,
    /// The key or element concerned, e.g. `sources.kazinform.url`.
    pub key: Option<String>,
    /// What is wrong, what was expected, and what to do.
    pub message: String,
}

impl Complaint {
    /// A complaint whose subject is left out.
    pub fn error(place: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            severity: Severity::Error,
            place: place.into(),
            position: None,
            key: None,
            message: message.into(),
        }
    }

    /// A complaint whose subject is used all the same.
    pub fn warning(place: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            severity: Severity::Warning,
            ..Self::error(place, message)
        }
    }

    /// The same, at a place in the text.
    #[must_use]
    pub fn at(mut self, position: Position) -> Self {
        self.position = Some(position);
        self
    }

    /// The same, about a key.
    #[must_use]
    pub fn about(mut self, key: impl Into<String>) -> Self {
        self.key = Some(key.into());
        self
    }
}

impl fmt::Display for Complaint {
    /// `file:line:column: error: key: message`, as compilers write it, so that
    /// editors and terminals turn it into a link.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.place.is_empty() {
            write!(f, "{}:", self.place)?;
            if let Some(position) = self.position {
                write!(f, "{}:{}:", position.line, position.column)?;
            }
            f.write_str(" ")?;
        } else if let Some(position) = self.position {
            write!(f, "line {}, column {}: ", position.line, position.column)?;
        }
        match self.severity {
            Severity::Warning => f.write_str("warning: ")?,
            Severity::Error => f.write_str("error: ")?,
        }
        if let Some(key) = &self.key {
            write!(f, "{key}: ")?;
        }
        f.write_str(&self.message)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_count_characters_from_one() {
        let text = "а\nбв = 1";
        let offset = text.find('в').expect("в is there");
        assert_eq!(
            Position::of_offset(text, offset),
            Position { line: 2, column: 2 }
        );
        assert_eq!(Position::of_offset(text, 999).line, 2);
    }

    #[test]
    fn display_reads_like_a_compiler() {
        let complaint =
            Complaint::error("feeds/sources/a.toml", "unknown key; did you mean `url`?")
                .at(Position { line: 3, column: 1 })
                .about("ulr");
        assert_eq!(
            complaint.to_string(),
            "feeds/sources/a.toml:3:1: error: ulr: unknown key; did you mean `url`?"
        );
    }
}
