//! What the log says and how: `[log]`.
//!
//! The filter is read here in full, because the subscriber's own reading takes
//! any word for the name of some program, and then nothing is logged at all.

use super::LogFormat;
use super::raw::RawLog;

/// From the least said to the most.
const LEVELS: [&str; 6] = ["off", "error", "warn", "info", "debug", "trace"];
/// The root of this program's targets.
const PROGRAM: &str = "jarshy";
/// A word this like a level is most likely meant as one.
const LIKENESS_MIN: f64 = 0.75;

/// Checks both keys; `None` where the format is none.
pub(super) fn check(raw: &RawLog, note: &mut impl FnMut(&str, String)) -> Option<LogFormat> {
    for directive in raw.filter.split(',') {
        if let Err(why) = check_directive(directive.trim()) {
            note("log.filter", why);
        }
    }
    match raw.format.as_str() {
        "text" => Some(LogFormat::Text),
        "json" => Some(LogFormat::Json),
        other => {
            note("log.format", format!("`{other}`: expected text or json"));
            None
        }
    }
}

/// A level, or `jarshy=LEVEL`, or `jarshy::PART=LEVEL`.
fn check_directive(directive: &str) -> Result<(), String> {
    if directive.is_empty() {
        return Err(
            "there is nothing before or after a comma; expected a filter such as warn,jarshy=info"
                .to_owned(),
        );
    }
    let Some((target, level)) = directive.split_once('=') else {
        if is_target(directive) {
            return Err(format!(
                "`{directive}` has no level; expected one such as {directive}=debug"
            ));
        }
        return check_level(directive);
    };
    if !is_target(target) {
        return Err(format!(
            "`{target}` in `{directive}` is no part of this program; expected {PROGRAM}={level}, or one such as {PROGRAM}::gather={level}"
        ));
    }
    check_level(level)
}

fn check_level(word: &str) -> Result<(), String> {
    let word = word.to_lowercase();
    if LEVELS.contains(&word.as_str()) {
        return Ok(());
    }
    let likeliest = LEVELS
        .iter()
        .map(|level| (strsim::jaro_winkler(&word, level), level))
        .filter(|(likeness, _)| *likeness >= LIKENESS_MIN)
        .max_by(|one, other| one.0.total_cmp(&other.0));
    let hint = likeliest.map_or(String::new(), |(_, level)| {
        format!("; did you mean `{level}`?")
    });
    Err(format!(
        "`{word}` is no level; expected one of {}, or {PROGRAM}=LEVEL{hint}",
        LEVELS.join(", ")
    ))
}

fn is_target(word: &str) -> bool {
    let mut parts = word.split("::");
    let is_name = |part: &str| {
        let of_name = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
        !part.is_empty() && part.chars().all(of_name)
    };
    parts.next() == Some(PROGRAM) && parts.all(is_name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_that_would_silence_the_log_is_refused() {
        let cases = [
            ("warn,jarshy=info", ""),
            ("info", ""),
            ("INFO, jarshy::gather::web=debug", ""),
            ("off", ""),
            ("loud", "`loud` is no level; expected one of off, error,"),
            ("wran", "did you mean `warn`?"),
            ("jarshy=inof", "did you mean `info`?"),
            ("jarshy", "expected one such as jarshy=debug"),
            (
                "jarsy=debug",
                "`jarsy` in `jarsy=debug` is no part of this program; expected jarshy=debug",
            ),
            ("jarshy::=debug", "is no part of this program"),
            (",,=x=", "nothing before or after a comma"),
            ("warn,", "nothing before or after a comma"),
            ("=info", "`` in `=info` is no part"),
            ("", "expected a filter such as"),
        ];
        for (filter, expected) in cases {
            let raw = RawLog {
                filter: filter.to_owned(),
                ..RawLog::default()
            };
            let mut said = Vec::new();
            let format = check(&raw, &mut |key, why| said.push(format!("{key}: {why}")));
            assert_eq!(format, Some(LogFormat::Text));
            assert_eq!(said.is_empty(), expected.is_empty(), "{filter}: {said:?}");
            assert!(
                said.iter().all(|why| why.starts_with("log.filter: "))
                    && (expected.is_empty() || said.iter().any(|why| why.contains(expected))),
                "{filter}: {said:?}"
            );
        }
    }
}
