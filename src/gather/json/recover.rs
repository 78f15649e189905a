//! JSON with a fault in the middle: the entries before and behind it are read, and of
//! the broken one what is complete, if it still tells which entry it is.
//!
//! Quotes inside a text, missing commas and a missing quote at a text's end are
//! mended where what follows tells them. After any other fault the next entry is
//! looked for, which begins as the ones before. One pass, only over documents that
//! neither the parser nor `repair` could read.
//!
//! Deliberately absent: faults outside of any entry; what stands before is read.

use serde_json::{Map, Value};

use super::long_numbers;
use super::repair::{is_bare, repair};

/// A longer key is not looked for behind a quote.
const KEY_BYTES_MAX: usize = 64;
/// As deep as the parser itself goes.
const DEPTH_MAX: usize = 127;
/// What tells one entry from all others.
const IDENTITIES: [&str; 7] = ["id", "guid", "uuid", "_id", "url", "link", "permalink"];
/// What a broken entry must have besides, to be worth reading.
const TITLES: [&str; 3] = ["title", "headline", "name"];

/// What can be read of `text`.
pub(super) fn recover(text: &str) -> Option<Value> {
    let mut recovery = Recovery {
        text,
        at: text.find(['{', '['])?,
        open: Vec::new(),
        root: None,
        known: Vec::new(),
        first: None,
        is_resumed: false,
    };
    while recovery.root.is_none() && recovery.at < text.len() {
        if let Err(Fault(from)) = recovery.step()
            && !recovery.resume(from)
        {
            break;
        }
    }
    recovery.finish()
}

/// Where the next entry is looked for.
struct Fault(usize);

enum Open {
    List(Vec<Value>),
    Object(Map<String, Value>, Option<String>),
}

struct Recovery<'a> {
    text: &'a str,
    at: usize,
    open: Vec<Open>,
    root: Option<Value>,
    /// The keys of the first entry.
    known: Vec<String>,
    /// The key that entry begins with.
    first: Option<String>,
    /// What is being read was found behind a fault, and may be a part of an entry.
    is_resumed: bool,
}

impl Recovery<'_> {
    fn step(&mut self) -> Result<(), Fault> {
        let from = self.at;
        let rest = &self.text[from..];
        let Some(letter) = rest.chars().next() else {
            return Ok(());
        };
        let is_value_next = !matches!(self.open.last(), Some(Open::Object(_, None)));
        match letter {
            ',' if matches!(self.open.last(), Some(Open::Object(_, Some(_)))) => {
                return Err(Fault(from));
            }
            ',' => self.at += 1,
            _ if letter.is_whitespace() => self.at += letter.len_utf8(),
            '{' | '[' if is_value_next && self.open.len() < DEPTH_MAX => {
                self.at += 1;
                self.open.push(if letter == '{' {
                    Open::Object(Map::new(), None)
                } else {
                    Open::List(Vec::new())
                });
            }
            '}' | ']' => return self.end(letter),
            '"' if is_value_next => return self.string(),
            '"' => return self.key(),
            _ if is_bare(letter) && is_value_next => return self.bare(),
            _ => return Err(Fault(from)),
        }
        Ok(())
    }

    fn end(&mut self, letter: char) -> Result<(), Fault> {
        let from = self.at;
        let is_its = match self.open.last() {
            Some(Open::List(_)) => letter == ']',
            Some(Open::Object(_, key)) => letter == '}' && key.is_none(),
            None => false,
        };
        let is_stray = matches!(self.open.last(), Some(Open::List(_)))
            && self.text[from + 1..].trim_start().starts_with(',');
        if !is_its && !is_stray {
            return Err(Fault(from));
        }
        self.at += 1;
        if !is_its {
            return Ok(());
        }
        let is_entry = self.entry() == Some(self.open.len() - 1);
        match self.open.pop() {
            Some(Open::Object(entry, _)) if is_entry => return self.take_entry(entry),
            Some(Open::Object(object, _)) => self.give(Value::Object(object)),
            Some(Open::List(list)) => self.give(Value::Array(list)),
            None => {}
        }
        Ok(())
    }

    /// Which of what is open is an entry: the outermost object in a list.
    fn entry(&self) -> Option<usize> {
        let mut pairs = self.open.windows(2);
        pairs
            .position(|pair| matches!(pair, [Open::List(_), Open::Object(..)]))
            .map(|at| at + 1)
    }

    fn take_entry(&mut self, entry: Map<String, Value>) -> Result<(), Fault> {
        if self.is_resumed && !is_like(&self.known, &entry) {
            return Err(Fault(self.at));
        }
        self.is_resumed = false;
        self.learn(&entry);
        self.give(Value::Object(entry));
        Ok(())
    }

    fn learn(&mut self, entry: &Map<String, Value>) {
        if self.known.is_empty() {
            self.known = entry.keys().cloned().collect();
        }
    }

    fn give(&mut self, value: Value) {
        match self.open.last_mut() {
            Some(Open::List(list)) => list.push(value),
            Some(Open::Object(object, key)) => {
                if let Some(key) = key.take() {
                    object.insert(key, value);
                }
            }
            None => self.root = Some(value),
        }
    }

    fn key(&mut self) -> Result<(), Fault> {
        let from = self.at;
        let (key, end) = key_at(self.text, from).ok_or(Fault(from))?;
        let is_first = self.first.is_none() && self.entry() == Some(self.open.len() - 1);
        if is_first {
            self.first = Some(key.to_owned());
        }
        if let Some(Open::Object(_, place)) = self.open.last_mut() {
            *place = Some(key.to_owned());
        }
        self.at = end;
        Ok(())
    }

    fn bare(&mut self) -> Result<(), Fault> {
        let rest = &self.text[self.at..];
        let end = rest.find(|c| !is_bare(c)).unwrap_or(rest.len());
        let word = &rest[..end];
        let value = match serde_json::from_str(&long_numbers::as_texts(word)) {
            Ok(value) => value,
            Err(_) if word.starts_with(|c: char| c == '-' || c.is_ascii_digit()) => {
                Value::String(word.to_owned())
            }
            Err(_) if matches!(word, "NaN" | "Infinity" | "undefined" | "None") => Value::Null,
            Err(_) => return Err(Fault(self.at)),
        };
        self.at += end;
        self.give(value);
        Ok(())
    }

    /// A text; quotes that nothing follows which could follow its end are its own.
    fn string(&mut self) -> Result<(), Fault> {
        let from = self.at + 1;
        let bytes = self.text.as_bytes();
        let mut told = String::from("\"");
        let (mut copied, mut at) = (from, from);
        let end = loop {
            match bytes.get(at) {
                None => return Err(Fault(from)),
                Some(b'\\') => at += 2,
                Some(b'"') if self.is_end(at) => break (at, at + 1),
                Some(b'"') if key_at(self.text, at).is_some() => {
                    let before = self.text[..at].trim_end();
                    // The quote is missing, or nobody knows where the text ended.
                    if !before.ends_with(',') {
                        return Err(Fault(from));
                    }
                    break (before.len().max(copied + 1) - 1, before.len());
                }
                Some(b'"') if self.is_of_identity() || self.is_before_key(at) => {
                    return Err(Fault(from));
                }
                Some(b'"') => {
                    told.push_str(&self.text[copied..at]);
                    told.push('\\');
                    copied = at;
                    at += 1;
                }
                Some(_) => at += 1,
            }
        };
        told.push_str(&self.text[copied..end.0]);
        told.push('"');
        let value = serde_json::from_str(&repair(&told)).map_err(|_| Fault(from))?;
        self.at = end.1;
        self.give(value);
        Ok(())
    }

    /// Whether what follows the quote at `at` could follow a text's end.
    fn is_end(&self, at: usize) -> bool {
        let next = next_at(self.text, at + 1);
        let behind = next_at(self.text, next + 1);
        let bytes = self.text.as_bytes();
        let is_in_list = matches!(self.open.last(), Some(Open::List(_)));
        match (bytes.get(next), bytes.get(behind)) {
            (None, _) | (Some(b','), Some(b'}')) => true,
            (Some(b']'), after) => is_in_list && matches!(after, None | Some(b',' | b'}' | b']')),
            (Some(b'}'), after) => !is_in_list && matches!(after, None | Some(b',' | b'}' | b']')),
            (Some(b','), Some(b'"')) => is_in_list || key_at(self.text, behind).is_some(),
            (Some(b','), Some(after)) if is_in_list => {
                is_bare(char::from(*after)) || *after == b'{'
            }
            (Some(b'"'), _) => !is_in_list && key_at(self.text, next).is_some(),
            _ => false,
        }
    }

    /// Whether the text tells which entry it is: a mended one would tell of another.
    fn is_of_identity(&self) -> bool {
        let key = match self.open.last() {
            Some(Open::Object(_, key)) => key.as_deref(),
            _ => None,
        };
        key.is_some_and(|key| IDENTITIES.contains(&key))
    }

    /// Whether behind the quote at `at` a key of other entries stands, without its
    /// colon: no text goes on so.
    fn is_before_key(&self, at: usize) -> bool {
        let bytes = self.text.as_bytes();
        let comma = next_at(self.text, at + 1);
        let quote = next_at(self.text, comma + 1);
        let is_next = bytes.get(comma) == Some(&b',') && bytes.get(quote) == Some(&b'"');
        let rest = self.text.get(quote + 1..).filter(|_| is_next);
        let is_known = |rest: &str| {
            let mut known = self.known.iter();
            known.any(|key| {
                rest.strip_prefix(key)
                    .is_some_and(|rest| rest.starts_with('"'))
            })
        };
        rest.is_some_and(is_known)
    }

    /// Leaves the broken entry; `false`: there is none, or no other behind it.
    fn resume(&mut self, from: usize) -> bool {
        if let Some(at) = self.entry() {
            self.open.truncate(at + 1);
            self.leave_entry();
        }
        if !matches!(self.open.last(), Some(Open::List(_))) {
            return false;
        }
        let mut quotes = self.text.as_bytes()[from..].iter().enumerate();
        let next = quotes.find_map(|(at, byte)| {
            let begins = (*byte == b'"').then(|| begins_entry(self.text, from + at))?;
            begins.filter(|(key, _)| self.first.as_deref().is_none_or(|first| first == *key))
        });
        let Some((_, at)) = next else {
            return false;
        };
        self.at = at;
        self.is_resumed = true;
        true
    }

    /// Keeps the broken entry at the top, if it tells which one it is.
    fn leave_entry(&mut self) {
        let Some(Open::Object(entry, _)) = self.open.pop() else {
            return;
        };
        let mut expected = IDENTITIES
            .iter()
            .filter(|key| self.known.iter().any(|known| known == *key));
        let is_whole = expected.all(|key| entry.contains_key(*key));
        let has = |keys: &[&str]| keys.iter().any(|key| entry.contains_key(*key));
        // A part of an entry is none.
        let is_kept = is_whole
            && has(&IDENTITIES)
            && has(&TITLES)
            && (!self.is_resumed || is_like(&self.known, &entry));
        self.learn(&entry);
        if is_kept {
            self.give(Value::Object(entry));
        }
    }

    fn finish(mut self) -> Option<Value> {
        if let Some(at) = self.entry() {
            self.open.truncate(at + 1);
            self.leave_entry();
        }
        while let Some(open) = self.open.pop() {
            match open {
                Open::List(list) => self.give(Value::Array(list)),
                Open::Object(object, _) => self.give(Value::Object(object)),
            }
        }
        self.root
    }
}

/// Whether an object has at least half of the keys entries have.
fn is_like(known: &[String], object: &Map<String, Value>) -> bool {
    let shared = known.iter().filter(|key| object.contains_key(*key));
    shared.count() * 2 >= known.len()
}

/// Where the next that is no white space stands.
fn next_at(text: &str, from: usize) -> usize {
    let rest = text.as_bytes().get(from..).unwrap_or_default();
    let spaces = rest.iter().take_while(|byte| byte.is_ascii_whitespace());
    from + spaces.count()
}

/// The key that begins with the quote at `at`, and where its colon ends.
fn key_at(text: &str, at: usize) -> Option<(&str, usize)> {
    let bytes = text.as_bytes().get(at + 1..)?;
    let mut head = bytes.iter().take(KEY_BYTES_MAX);
    let length = head.position(|byte| matches!(byte, b'"' | b'\\' | b'\n'))?;
    let end = at + 1 + length;
    let colon = next_at(text, end + 1);
    let is_key = length > 0 && bytes[length] == b'"' && text.as_bytes().get(colon) == Some(&b':');
    is_key.then(|| (&text[at + 1..end], colon + 1))
}

/// The key and the place of an entry behind another whose first key's quote stands
/// at `at`.
fn begins_entry(text: &str, at: usize) -> Option<(&str, usize)> {
    let before = text[..at].trim_ascii_end().strip_suffix('{')?;
    let is_behind = before.trim_ascii_end().ends_with([',', '}']);
    let (key, _) = is_behind.then(|| key_at(text, at))??;
    Some((key, before.len()))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn ids(text: &str) -> String {
        let items = recover(text).unwrap_or_default()["items"].take();
        let items = items.as_array().cloned().unwrap_or_default();
        let ids: Vec<&str> = items
            .iter()
            .filter_map(|item| item["id"].as_str())
            .collect();
        ids.join(" ")
    }

    #[test]
    fn entries_around_a_fault_are_kept() {
        let cases = [
            (r#""id":"2","title":"The "big" one""#, "1 2 3"),
            (r#""id":"2","title":"Two" "url":"/2""#, "1 2 3"),
            (r#""id":"2","title":"Two,"url":"/2""#, "1 2 3"),
            (r#""id":"2","title":"Two","url":"/2,"#, "1 3"),
            (r#""id":"2","title":"Two","url" "/2""#, "1 3"),
            (r#""id":"2","url":"/2","title":"Two","x":*"#, "1 2 3"),
            (r#""id":"2","url":"/2","title":"Two"}"#, "1 2 3"),
            // Parts of a broken entry are none.
            (
                r#""id":"2",*"tags":[{"id":"a"},{"id":"b"},{"id":"c"}]"#,
                "1 3",
            ),
            // Nobody could tell it from its whole self.
            (r#""title":"Two",*"id":"2","url":"/2""#, "1 3"),
        ];
        for (broken, expected) in cases {
            let text = format!(
                r#"{{"items":[{{"id":"1","title":"One","url":"/1"}},{{{broken}}},{{"id":"3","title":"Three","url":"/3"}}]}}"#
            );
            assert_eq!(ids(&text), expected, "{text}");
        }
    }

    #[test]
    fn what_is_whole_is_read_as_it_is() {
        let text =
            r#"{"a":[{"id":1,"n":1234567890123456700001,"t":"\u049b \"x\", {"}],"b":[[],{}]}"#;
        let expected = json!({"a": [{"id": 1, "n": "1234567890123456700001", "t": "қ \"x\", {"}], "b": [[], {}]});
        assert_eq!(recover(text), Some(expected));
        assert_eq!(recover("nothing"), None);
    }

    #[test]
    fn texts_are_mended_where_what_follows_tells() {
        let text =
            r#"{"items":[{"id":"1","title":"The "big", "old" one","tags":["a","b"],"x":1},]}"#;
        let entry = recover(text).unwrap()["items"][0].take();
        assert_eq!(entry["title"], r#"The "big", "old" one"#);
        assert_eq!(entry["tags"], json!(["a", "b"]));
    }

    /// Every byte in turn lost, doubled or made a quote; none makes it panic.
    #[test]
    fn no_fault_makes_it_panic() {
        let text = r#"{"v":"1","items":[{"id":"ұ","tags":["x",{"a":null}]},{"id":"2","n":1e5}]}"#;
        for (at, letter) in text.char_indices() {
            let behind = &text[at + letter.len_utf8()..];
            for other in ["", "\"", "\\", "{", "]", ",", "ұ"] {
                let _ = recover(&format!("{}{other}{behind}", &text[..at]));
                let _ = recover(&format!("{}{other}", &text[..at]));
            }
        }
        let deep = "[".repeat(100_000);
        let _ = recover(&deep);
    }
}
