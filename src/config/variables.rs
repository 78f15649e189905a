//! Variables that look like settings and are none: `JARSHY_SERVE_LISTEN` for
//! `JARSHY__SERVE__LISTEN`. They change nothing, and say so nowhere else.
//!
//! The names of the keys are asked of the shape the config is read into, so that
//! there is no second list of them.

use serde::Deserialize;
use toml::{Table, Value};

use super::raw::RawConfig;
use crate::model::complaint::Complaint;

const PREFIX: &str = "JARSHY_";
/// Tests and benches are told so what to do; Kubernetes and Docker put these into
/// everything that runs beside a service of that name.
const NO_SETTINGS: [&str; 5] = ["BENCH_", "KILLS", "WRITE_EXPECTED", "SERVICE_", "PORT"];
/// A key that is less like what was written is not what was meant.
const LIKENESS_MIN: f64 = 0.85;
/// No section lies deeper.
const DEPTH_MAX: usize = 4;

/// A warning for each variable of ours that sets nothing, with the nearest that would.
pub fn without_effect<'a>(names: impl Iterator<Item = &'a str>) -> Vec<Complaint> {
    let mut known = None;
    let mut warnings = Vec::new();
    for name in names {
        let Some(rest) = name.strip_prefix(PREFIX) else {
            continue;
        };
        // Two underscores make a setting, which is judged where it is read.
        let is_other = rest.starts_with('_') || NO_SETTINGS.iter().any(|no| rest.starts_with(no));
        if is_other {
            continue;
        }
        let known = known.get_or_insert_with(settings);
        let why = match nearest(rest, known) {
            Some(meant) => format!("sets nothing; did you mean {meant}?"),
            None => "sets nothing; settings are written JARSHY__SECTION__KEY".to_owned(),
        };
        warnings.push(Complaint::warning(name, why));
    }
    warnings.sort_by(|a, b| a.place.cmp(&b.place));
    warnings
}

/// The setting most like `rest`, however many underscores it was written with.
fn nearest(rest: &str, settings: &[String]) -> Option<String> {
    let plain = |text: &str| text.replace("__", "_").to_ascii_uppercase();
    let written = plain(rest);
    let (written, file) = match written.strip_suffix("_FILE") {
        Some(written) => (written, "_FILE"),
        None => (written.as_str(), ""),
    };
    settings
        .iter()
        .map(|setting| (strsim::jaro_winkler(written, &plain(setting)), setting))
        .filter(|(likeness, _)| *likeness >= LIKENESS_MIN)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, setting)| format!("JARSHY__{setting}{file}"))
}

/// Every key as a variable names it, without the prefix: `SERVE__LISTEN`.
fn settings() -> Vec<String> {
    let mut found = Vec::new();
    walk(&mut Vec::new(), &mut found);
    found
}

fn walk(path: &mut Vec<String>, found: &mut Vec<String>) {
    if path.len() > DEPTH_MAX {
        return;
    }
    for key in keys_of(path) {
        path.push(key);
        let before = found.len();
        walk(path, found);
        if found.len() == before {
            found.push(path.join("__").to_ascii_uppercase());
        }
        path.pop();
    }
}

/// The keys of the section at `path`; none where it is no section. Serde names them
/// when it is shown one that cannot be.
fn keys_of(path: &[String]) -> Vec<String> {
    const NOBODYS: &str = "?";
    let mut table = Table::from_iter([(NOBODYS.to_owned(), Value::Boolean(true))]);
    for step in path.iter().rev() {
        table = Table::from_iter([(step.clone(), Value::Table(table))]);
    }
    let Err(refused) = RawConfig::deserialize(table) else {
        return Vec::new();
    };
    let message = refused.message();
    let Some(keys) = message.strip_prefix("unknown field `?`") else {
        return Vec::new();
    };
    let quoted = keys.split('`').skip(1).step_by(2);
    quoted.map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_variable_that_sets_nothing_is_told_with_what_was_meant() {
        for (name, expected) in [
            ("JARSHY_SERVE_LISTEN", "did you mean JARSHY__SERVE__LISTEN?"),
            (
                "JARSHY_SERVE__LISTEN",
                "did you mean JARSHY__SERVE__LISTEN?",
            ),
            ("JARSHY_SERVE_LISTN", "did you mean JARSHY__SERVE__LISTEN?"),
            (
                "JARSHY_MAIL_SMTP_FILE",
                "did you mean JARSHY__MAIL__SMTP_FILE?",
            ),
            (
                "JARSHY_MAIL_DKIM_SELECTORS",
                "did you mean JARSHY__MAIL__DKIM__SELECTORS?",
            ),
            ("JARSHY_COLOUR", "settings are written JARSHY__SECTION__KEY"),
        ] {
            let found = without_effect([name, "HOME"].into_iter());
            assert_eq!(found.len(), 1, "{name}");
            let told = found[0].to_string();
            assert!(
                told.starts_with(&format!("{name}: warning: sets nothing")),
                "{told}"
            );
            assert!(told.ends_with(expected), "{told}");
        }
        let none = [
            "JARSHY__SERVE__LISTEN",
            "JARSHY__NOBODYS",
            "JARSHY_KILLS",
            "JARSHY_BENCH_LETTERS",
            "JARSHY_SERVICE_HOST",
            "JARSHY_PORT_8080_TCP_ADDR",
            "JARSHYX",
        ];
        assert_eq!(without_effect(none.into_iter()), []);
    }

    #[test]
    fn every_key_of_the_shipped_config_is_known() {
        fn walk(table: &Table, path: &str, found: &mut Vec<String>) {
            for (key, value) in table {
                let path = format!("{path}{}", key.to_ascii_uppercase());
                match value {
                    Value::Table(inner) => walk(inner, &format!("{path}__"), found),
                    Value::Array(items) if items.iter().any(Value::is_table) => {}
                    _ => found.push(path),
                }
            }
        }
        let shipped: Table = include_str!("../../config/jarshy.toml")
            .parse()
            .expect("TOML");
        let mut keys = Vec::new();
        walk(&shipped, "", &mut keys);
        let known = settings();
        assert!(keys.len() > 40, "{keys:?}");
        for key in keys {
            assert!(known.contains(&key), "{key} in {known:?}");
        }
    }
}
