//! One line in, one line out, in the order given; a bad line is named and the
//! others go on.

use std::io::{BufRead, BufReader, Read};
use std::path::Path;

use serde::de::DeserializeOwned;
use serde_json::Value;

use super::super::output::{Failure, complain, say};
use super::{STAGE_BYTES_MAX, open};
use crate::cli::json_line;
use crate::model::count::counted;

/// Answers each line of `path` by `one`.
pub(super) fn each(
    path: &Path,
    mut one: impl FnMut(&str) -> Result<String, String>,
) -> Result<(), Failure> {
    let place = path.display();
    let file = open(path).map_err(|error| Failure::call(format!("error: {place}: {error}")))?;
    let mut lines = BufReader::new(file);
    let (mut number, mut bad) = (0, 0);
    loop {
        let mut line = Vec::new();
        number += 1;
        let bytes = (&mut lines)
            .take(STAGE_BYTES_MAX)
            .read_until(b'\n', &mut line)
            .map_err(|error| Failure::work(format!("{place}:{number}: {error}")))?;
        if bytes == 0 {
            break;
        }
        let answered = match std::str::from_utf8(&line) {
            Ok(line) if line.trim().is_empty() => continue,
            Ok(line) if number == 1 => one(json_line::unmarked(line)),
            Ok(line) => one(line),
            Err(error) => Err(format!("this is no UTF-8: {error}")),
        };
        match answered {
            Ok(answer) => say(&answer)?,
            Err(why) => {
                bad += 1;
                complain(&format!("error: {place}:{number}: {why}"));
            }
        }
    }
    match bad {
        0 => Ok(()),
        _ => Err(Failure::work(format!(
            "{} not answered",
            counted(bad, "line")
        ))),
    }
}

/// The same for JSON lines.
pub(super) fn answer<Asked: DeserializeOwned>(
    path: &Path,
    mut one: impl FnMut(Asked) -> Result<Value, String>,
) -> Result<(), Failure> {
    each(path, |line| {
        let asked = json_line::read::<Asked>(line)?;
        one(asked).map(|answer| answer.to_string())
    })
}
