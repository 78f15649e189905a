//! JSON lines in, JSON lines out, in the order given.

use std::io::{BufRead, BufReader, Read};
use std::path::Path;

use serde::de::DeserializeOwned;
use serde_json::Value;

use super::super::output::{Failure, complain, say};
use super::{STAGE_BYTES_MAX, open};

/// Answers each line of `path`; a bad one is named, and the others go on.
pub(super) fn answer<Asked: DeserializeOwned>(
    path: &Path,
    mut one: impl FnMut(Asked) -> Result<Value, String>,
) -> Result<(), Failure> {
    let file =
        open(path).map_err(|error| Failure::call(format!("error: {}: {error}", path.display())))?;
    let mut lines = BufReader::new(file);
    let (mut number, mut bad) = (0, 0);
    loop {
        let mut line = String::new();
        number += 1;
        let read = (&mut lines).take(STAGE_BYTES_MAX).read_line(&mut line);
        let bytes =
            read.map_err(|error| Failure::work(format!("{}:{number}: {error}", path.display())))?;
        if bytes == 0 {
            break;
        }
        if line.trim().is_empty() {
            continue;
        }
        let answered = serde_json::from_str::<Asked>(&line)
            .map_err(|error| error.to_string())
            .and_then(&mut one);
        match answered {
            Ok(value) => say(&value.to_string())?,
            Err(why) => {
                bad += 1;
                complain(&format!("error: {}:{number}: {why}", path.display()));
            }
        }
    }
    match bad {
        0 => Ok(()),
        _ => Err(Failure::work(format!("{bad} lines were not answered"))),
    }
}
