//! Dotted paths into a JSON value: keys, and for arrays numbers from 0.

use serde_json::Value;

use crate::gather::page::opening::quote;

/// The most keys named in a complaint.
const KEYS_NAMED_MAX: usize = 8;

/// What stands at `path`; the empty path is the value itself.
pub fn at_path<'a>(value: &'a Value, path: &str) -> Option<&'a Value> {
    if path.is_empty() {
        return Some(value);
    }
    path.split('.').try_fold(value, |value, step| match value {
        Value::Object(object) => object.get(step),
        Value::Array(values) => values.get(step.parse::<usize>().ok()?),
        _ => None,
    })
}

/// The text or number at `path`, unless it is empty.
pub fn text_at(value: &Value, path: &str) -> Option<String> {
    let text = match at_path(value, path)? {
        Value::String(text) => text.trim().to_owned(),
        Value::Number(number) => number.to_string(),
        _ => return None,
    };
    (!text.is_empty()).then_some(text)
}

/// What a value is, in words.
pub fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}

/// What the operator could have meant: the keys there are.
pub fn keys_of(value: &Value) -> String {
    let Value::Object(object) = value else {
        return format!("it is {}", kind_of(value));
    };
    if object.is_empty() {
        return "it is empty".to_owned();
    }
    let mut keys: Vec<String> = object
        .keys()
        .take(KEYS_NAMED_MAX)
        .map(|key| format!("`{}`", quote(key)))
        .collect();
    if object.len() > KEYS_NAMED_MAX {
        keys.push("…".to_owned());
    }
    format!("it has {}", keys.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_go_through_objects_and_arrays() {
        let value =
            serde_json::json!({"data": {"items": [{"title": " Форум "}, {"title": 7}]}, "a": ""});
        let cases = [
            ("data.items.0.title", Some("Форум")),
            ("data.items.1.title", Some("7")),
            ("data.items.2.title", None),
            ("data.items.-1.title", None),
            ("data.items", None),
            ("a", None),
            ("data..items", None),
            ("", None),
        ];
        for (path, expected) in cases {
            assert_eq!(text_at(&value, path).as_deref(), expected, "{path}");
        }
        assert_eq!(at_path(&value, ""), Some(&value));
        assert_eq!(keys_of(&value), "it has `data`, `a`");
    }
}
