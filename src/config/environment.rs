//! Settings by environment: `JARSHY__SECTION__KEY`, and `JARSHY__SECTION__KEY_FILE`
//! for a secret in a file of its own.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use serde::Deserialize;
use toml::{Table, Value};

use super::raw::RawConfig;
use super::with_suggestion;
use crate::model::complaint::Complaint;

const PREFIX: &str = "JARSHY__";
/// A secret longer than this is no secret but the wrong file.
const SECRET_FILE_BYTES_MAX: u64 = 64 * 1024;

/// One setting taken from the environment.
pub struct Override {
    /// The variable, as the operator wrote it.
    pub variable: String,
    pub section: String,
    pub key: String,
    pub value: String,
}

/// Picks out the settings, reading the files that `_FILE` variables name.
pub fn overrides(
    variables: impl IntoIterator<Item = (String, String)>,
) -> (Vec<Override>, Vec<Complaint>) {
    let mut found = Vec::new();
    let mut complaints = Vec::new();
    for (variable, value) in variables {
        let Some(path) = variable.strip_prefix(PREFIX) else {
            continue;
        };
        let Some((section, key)) = path.split_once("__") else {
            complaints.push(Complaint::error(
                &variable,
                "expected JARSHY__SECTION__KEY, e.g. JARSHY__SERVE__LISTEN",
            ));
            continue;
        };
        let mut key = key.to_ascii_lowercase();
        let mut value = value;
        if let Some(plain) = key.strip_suffix("_file").map(str::to_owned) {
            match read_secret(Path::new(&value)) {
                Ok(secret) => value = secret,
                Err(why) => {
                    complaints.push(Complaint::error(&variable, format!("`{value}`: {why}")));
                    continue;
                }
            }
            key = plain;
        }
        let section = section.to_ascii_lowercase();
        found.push(Override {
            variable,
            section,
            key,
            value,
        });
    }
    found.sort_by(|a, b| a.variable.cmp(&b.variable));
    (found, complaints)
}

fn read_secret(path: &Path) -> Result<String, String> {
    // Not asked for its size: a pipe and a device tell none, and may have no end.
    let mut text = String::new();
    File::open(path)
        .and_then(|file| {
            let mut some = file.take(SECRET_FILE_BYTES_MAX + 1);
            some.read_to_string(&mut text)
        })
        .map_err(|error| error.to_string())?;
    if text.len() as u64 > SECRET_FILE_BYTES_MAX {
        return Err(format!(
            "more than {SECRET_FILE_BYTES_MAX} bytes; expected a secret"
        ));
    }
    Ok(text.trim_end_matches(['\r', '\n']).to_owned())
}

/// Lays one setting over `table`: as text, or, where the key does not take
/// text, as the TOML value it spells (a number, a list).
pub fn lay_over(table: &mut Table, setting: &Override) -> Result<(), Complaint> {
    let spelled = || {
        format!("v = {}", setting.value)
            .parse::<Table>()
            .ok()
            .and_then(|mut parsed| parsed.remove("v"))
    };
    let as_text = with(table, setting, Value::String(setting.value.clone()));
    let refused = match check(&as_text) {
        Ok(()) => {
            *table = as_text;
            return Ok(());
        }
        Err(message) => message,
    };
    if let Some(value) = spelled() {
        let as_value = with(table, setting, value);
        if check(&as_value).is_ok() {
            *table = as_value;
            return Ok(());
        }
    }
    Err(Complaint::error(&setting.variable, refused))
}

fn with(table: &Table, setting: &Override, value: Value) -> Table {
    let mut table = table.clone();
    // JARSHY__MAIL__BOUNCES__POP3 is the key pop3 of mail.bounces.
    let path = format!("{}__{}", setting.section, setting.key);
    let mut steps: Vec<&str> = path.split("__").collect();
    let key = steps.pop().unwrap_or_default();
    let mut keys = &mut table;
    for step in steps {
        let section = keys
            .entry(step)
            .or_insert_with(|| Value::Table(Table::new()));
        let Value::Table(inner) = section else {
            return table;
        };
        keys = inner;
    }
    keys.insert(key.to_owned(), value);
    table
}

fn check(table: &Table) -> Result<(), String> {
    RawConfig::deserialize(table.clone())
        .map(drop)
        .map_err(|error| with_suggestion(error.message()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_without_an_end_is_no_secret() {
        let folder = tempfile::tempdir().expect("a folder");
        let write = |name: &str, bytes: usize| {
            let path = folder.path().join(name);
            std::fs::write(&path, "x".repeat(bytes) + "\n").expect("written");
            path
        };
        let right = read_secret(&write("right", 64 * 1024 - 1));
        assert_eq!(right.map(|secret| secret.len()), Ok(64 * 1024 - 1));
        for path in [write("long", 64 * 1024), "/dev/zero".into()] {
            let why = read_secret(&path).expect_err("too long");
            assert!(why.contains("more than 65536 bytes"), "{why}");
        }
    }
}
