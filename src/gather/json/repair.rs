//! JSON that cannot be parsed, made so where its entries can still be told apart:
//! line ends inside strings, half a character escaped (`\\ud83d`, as a cut emoji
//! is written), numbers no computer holds (`1e999`) and words that are no values
//! (`NaN`), commas before an end, words after the end, and a document that ends too
//! early. One pass, only over documents the parser refused.

use serde_json::Value;

use super::long_numbers;
use super::recover::recover;

/// Levels at which something that is complete is kept when the rest is missing:
/// the feed's own fields, and the entries of its list.
const KEPT_DEPTH_MAX: usize = 2;

/// What can be read of the broken JSON `text`; `None` where no entry is left by
/// `has_entries`.
pub(in crate::gather) fn parsed(text: &str, has_entries: impl Fn(&Value) -> bool) -> Option<Value> {
    let repaired = serde_json::from_str(&repair(&long_numbers::as_texts(text))).ok();
    repaired
        .filter(&has_entries)
        .or_else(|| recover(text).filter(&has_entries))
}

/// `text` with what can be repaired repaired; what was not complete is left out.
pub(super) fn repair(text: &str) -> String {
    let mut repair = Repair {
        json: String::with_capacity(text.len() + text.len() / 32),
        ends: Vec::new(),
        complete: (0, 0),
    };
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '"' => {
                if !repair.string(&mut letters) {
                    break;
                }
            }
            _ if is_bare(letter) && !repair.ends.is_empty() => repair.bare(letter, &mut letters),
            _ => repair.sign(letter),
        }
        if repair.ends.is_empty() && letter != '\u{feff}' && !letter.is_whitespace() {
            break;
        }
    }
    repair.finish()
}

struct Repair {
    json: String,
    /// What ends each object and list that is open.
    ends: Vec<char>,
    /// How much is complete, and how many were open there.
    complete: (usize, usize),
}

impl Repair {
    /// The rest of a string; `false`: the document ends in it.
    fn string(&mut self, letters: &mut std::str::Chars) -> bool {
        self.json.push('"');
        while let Some(letter) = letters.next() {
            match letter {
                '"' => {
                    self.json.push('"');
                    return true;
                }
                '\\' => match letters.next() {
                    Some('u') => self.code(letters),
                    Some(escaped @ ('"' | '\\' | '/' | 'b' | 'f' | 'n' | 'r' | 't')) => {
                        self.json.extend(['\\', escaped]);
                    }
                    // No escape of JSON's: the letter alone.
                    Some(other) if other >= ' ' => self.json.push(other),
                    Some(_) => self.json.push(' '),
                    None => return false,
                },
                '\n' => self.json.push_str("\\n"),
                '\t' => self.json.push_str("\\t"),
                control if control < ' ' => {}
                letter => self.json.push(letter),
            }
        }
        false
    }

    /// A character by its code, after `\\u`: what is none becomes U+FFFD.
    fn code(&mut self, letters: &mut std::str::Chars) {
        const LOST: &str = "\\ufffd";
        let rest = letters.as_str();
        let taken = match unit(rest) {
            None => 0,
            Some(0xD800..=0xDBFF) => {
                let second = rest[4..].strip_prefix("\\u").and_then(unit);
                if matches!(second, Some(0xDC00..=0xDFFF)) {
                    10
                } else {
                    4
                }
            }
            Some(_) => 4,
        };
        let is_half = taken == 4 && matches!(unit(rest), Some(0xD800..=0xDFFF));
        if taken == 0 || is_half {
            self.json.push_str(LOST);
        } else {
            self.json.push_str("\\u");
            self.json.push_str(&rest[..taken]);
        }
        if let Some(last) = taken.checked_sub(1) {
            letters.nth(last);
        }
    }

    /// A number or word that `first` begins: what is no value becomes a text, if it
    /// is a number, or nothing.
    fn bare(&mut self, first: char, letters: &mut std::str::Chars) {
        let rest = letters.as_str();
        let end = rest.find(|letter| !is_bare(letter)).unwrap_or(rest.len());
        let word = format!("{first}{}", &rest[..end]);
        *letters = rest[end..].chars();
        if serde_json::from_str::<Value>(&word).is_ok() {
            self.json.push_str(&word);
        } else if word.starts_with(|first: char| first == '-' || first.is_ascii_digit()) {
            self.json.extend(["\"", &word, "\""]);
        } else {
            self.json.push_str("null");
        }
    }

    fn sign(&mut self, letter: char) {
        match letter {
            '{' | '[' => {
                self.json.push(letter);
                self.ends.push(if letter == '{' { '}' } else { ']' });
                self.mark();
            }
            '}' | ']' => {
                // Crossed ends are as good as the right ones.
                let Some(end) = self.ends.pop() else { return };
                let kept = self.json.trim_end().trim_end_matches(',').len();
                self.json.truncate(kept);
                self.json.push(end);
                self.mark();
            }
            ',' => {
                self.mark();
                self.json.push(',');
            }
            letter => self.json.push(letter),
        }
    }

    fn mark(&mut self) {
        if self.ends.len() <= KEPT_DEPTH_MAX {
            self.complete = (self.json.len(), self.ends.len());
        }
    }

    fn finish(mut self) -> String {
        if !self.ends.is_empty() {
            let (bytes, open) = self.complete;
            self.json.truncate(bytes);
            let kept = self.json.trim_end().trim_end_matches(',').len();
            self.json.truncate(kept);
            self.json.extend(self.ends[..open].iter().rev());
        }
        self.json
    }
}

/// Whether numbers and words that stand in no string have such letters.
pub(super) const fn is_bare(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || matches!(letter, '+' | '-' | '.')
}

/// The four digits `text` begins with, if it does.
fn unit(text: &str) -> Option<u16> {
    let digits = text.get(..4)?;
    let all = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    all.then(|| u16::from_str_radix(digits, 16).ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repairs() {
        let cases = [
            (r#"{"a":"x","b":[1,2"#, r#"{"a":"x","b":[1]}"#),
            (
                r#"{"a":"x","items":[{"id":"1"},{"id":"2","t":"y"#,
                r#"{"a":"x","items":[{"id":"1"}]}"#,
            ),
            (r#"{"items":[{"id":"#, r#"{"items":[]}"#),
            ("{\"a\":\"x\ny\",}", "{\"a\":\"x\\ny\"}"),
            (r#"{"a":[1,],}; x"#, r#"{"a":[1]}"#),
            (r#"{"a":"it\'s"}"#, r#"{"a":"it's"}"#),
            (r#"{"a":{"b":{"c":{"d""#, r#"{"a":{}}"#),
            (r#"{"a":"\ud83d cut"}"#, r#"{"a":"\ufffd cut"}"#),
            (
                r#"{"a":"\ud83d\u0041\udc00"}"#,
                r#"{"a":"\ufffd\u0041\ufffd"}"#,
            ),
            (
                r#"{"a":"\ud83d\ude00 \u049b"}"#,
                r#"{"a":"\ud83d\ude00 \u049b"}"#,
            ),
            (r#"{"a":"\u12"}"#, r#"{"a":"\ufffd12"}"#),
            (
                r#"{"n":1e999,"m":-2E+400,"a":[1e5,-0.5,007]}"#,
                r#"{"n":"1e999","m":"-2E+400","a":[1e5,-0.5,"007"]}"#,
            ),
            (
                r#"{"n":NaN,"m":-Infinity,"t":true,"f":null}"#,
                r#"{"n":null,"m":"-Infinity","t":true,"f":null}"#,
            ),
            ("{", "{}"),
            ("x", "x"),
        ];
        for (text, expected) in cases {
            assert_eq!(repair(text), expected, "{text}");
        }
    }
}
