//! One line of JSON lines, for whoever wrote it: what is wrong is told with its
//! key and column, and a line that is no JSON with what was expected.

use serde::de::DeserializeOwned;
use serde_json::error::Category;

/// Some programs begin every file they save with it.
const BYTE_ORDER_MARK: char = '\u{feff}';
const EXPECTED: &str = "expected JSON lines, one whole object on each line, \
    as {\"id\": 1, \"text\": \"…\"}";

/// A file's first line without the mark some programs put before it.
pub fn unmarked(line: &str) -> &str {
    line.strip_prefix(BYTE_ORDER_MARK).unwrap_or(line)
}

/// Reads one line.
///
/// # Errors
/// What is wrong: the key, the column, and for a line that is no JSON what a line is.
pub fn read<T: DeserializeOwned>(line: &str) -> Result<T, String> {
    let mut from = serde_json::Deserializer::from_str(line);
    let value = serde_path_to_error::deserialize(&mut from).map_err(|error| {
        let key = error.path().to_string();
        told(&key, error.inner())
    })?;
    from.end().map_err(|error| told(".", &error))?;
    Ok(value)
}

fn told(key: &str, error: &serde_json::Error) -> String {
    let position = format!(" at line {} column {}", error.line(), error.column());
    let message = error.to_string();
    let message = message.strip_suffix(&position).unwrap_or(&message);
    match (error.classify(), key) {
        (Category::Syntax | Category::Eof | Category::Io, _) => {
            let column = error.column();
            format!("this is no JSON ({message}, column {column}); {EXPECTED}")
        }
        // The line itself is no object, or lacks a key.
        (Category::Data, "." | "?") => message.to_owned(),
        (Category::Data, key) => format!("{key}: {message}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, serde::Deserialize)]
    struct Told {
        #[expect(dead_code, reason = "only the mistakes are looked at")]
        of: Vec<Inside>,
    }

    #[derive(Debug, serde::Deserialize)]
    struct Inside {
        #[expect(dead_code, reason = "only the mistakes are looked at")]
        name: String,
    }

    #[test]
    fn a_mistake_is_told_with_its_key_and_a_text_with_what_a_line_is() {
        let mistakes = [
            (
                "Ертең форум өтеді.",
                "this is no JSON (expected value, column 1); expected JSON lines",
            ),
            ("{\"of\": [", "this is no JSON (EOF while parsing"),
            (
                "{\"of\": []} {}",
                "this is no JSON (trailing characters, column 12)",
            ),
            (
                r#"{"of": [{"name": "a"}, {"name": null}]}"#,
                "of[1].name: invalid type: null, expected a string",
            ),
            (r#"{"of": [{}]}"#, "of[0]: missing field `name`"),
            ("{}", "missing field `of`"),
        ];
        for (line, expected) in mistakes {
            let why = read::<Told>(line).expect_err(line);
            assert!(why.starts_with(expected), "{line}: {why}");
            assert!(!why.contains("line 1"), "{why}");
        }
        let marked = "\u{feff}{\"of\": [{\"name\": \"a\"}]}";
        assert!(read::<Told>(unmarked(marked)).is_ok());
    }
}
