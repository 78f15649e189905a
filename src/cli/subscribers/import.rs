//! Importing a list line by line: memory does not grow with the file, and a bad
//! line is told with its number and costs nobody else.

use std::io::BufReader;
use std::path::Path;

use super::super::output::{Failure, complain, say};
use super::columns::Columns;
use super::records::Records;
use crate::daemon::Newsroom;
use crate::model::count::counted;
use crate::model::subscriber::Tag;
use crate::store::{Import, ImportCounts};

/// Subscribers stored in one transaction.
const BATCH: usize = 5_000;
/// Bad lines that are shown; all are counted.
const BAD_LINES_SHOWN: u64 = 100;

/// What the operator says of a list.
pub(super) struct Options {
    pub(super) confirmed: bool,
    pub(super) dry_run: bool,
    pub(super) tags: Vec<Tag>,
}

/// What an import came to.
#[derive(Default)]
struct Imported {
    counts: ImportCounts,
    bad_lines: u64,
}

/// Imports `file`.
pub(super) async fn run(
    newsroom: &Newsroom,
    file: &Path,
    options: &Options,
    json: bool,
) -> Result<(), Failure> {
    let opened = std::fs::File::open(file)
        .map_err(|error| Failure::call(format!("error: {}: {error}", file.display())))?;
    let mut records = Records::new(BufReader::new(opened));
    let mut columns: Option<Columns> = None;
    let mut imported = Imported::default();
    let mut batch: Vec<Import> = Vec::new();
    let unreadable = |error| Failure::work(format!("{}: {error}", file.display()));
    while let Some(record) = records.next().map_err(unreadable)? {
        let line = record.line;
        let read = match &record.fields {
            Ok(fields) => {
                let fields: Vec<&str> = fields.iter().map(String::as_str).collect();
                if columns.is_none() {
                    let first = Columns::of_first_line(&fields).map_err(|why| {
                        Failure::call(format!("error: {}:{line}: {why}", file.display()))
                    })?;
                    let has_header = first.has_header;
                    columns = Some(first);
                    if has_header {
                        continue;
                    }
                }
                let Some(columns) = &columns else { continue };
                columns.read(&fields, options.confirmed, &options.tags)
            }
            Err(why) => Err((*why).to_owned()),
        };
        match read {
            Ok(one) => batch.push(one),
            Err(why) => imported.complain(file, line, &why),
        }
        if batch.len() >= BATCH {
            store(newsroom, &mut batch, options, &mut imported).await?;
        }
    }
    store(newsroom, &mut batch, options, &mut imported).await?;
    let origin = columns.map_or("empty", |columns| columns.origin.word());
    imported.report(origin, options.dry_run, json)
}

async fn store(
    newsroom: &Newsroom,
    batch: &mut Vec<Import>,
    options: &Options,
    imported: &mut Imported,
) -> Result<(), Failure> {
    if batch.is_empty() {
        return Ok(());
    }
    let counts = newsroom
        .store
        .import(std::mem::take(batch), newsroom.clock.now(), options.dry_run)
        .await
        .map_err(Failure::work)?;
    imported.counts.add(&counts);
    Ok(())
}

impl Imported {
    fn complain(&mut self, file: &Path, line: u64, why: &str) {
        self.bad_lines += 1;
        if self.bad_lines <= BAD_LINES_SHOWN {
            complain(&format!("{}:{line}: {why}", file.display()));
        } else if self.bad_lines == BAD_LINES_SHOWN + 1 {
            complain("more bad lines follow; they are counted below");
        }
    }

    fn report(&self, origin: &str, dry_run: bool, json: bool) -> Result<(), Failure> {
        let ImportCounts {
            added,
            updated,
            kept_unsubscribed,
            erased,
            suppressed,
        } = self.counts;
        let bad_lines = self.bad_lines;
        if json {
            let value = serde_json::json!({
                "format": origin, "dry_run": dry_run, "added": added, "updated": updated,
                "kept_unsubscribed": kept_unsubscribed, "erased": erased,
                "suppressed": suppressed, "bad_lines": bad_lines,
            });
            return say(&value.to_string());
        }
        let mut line = format!(
            "{added} added, {updated} updated, {kept_unsubscribed} left unsubscribed, {} not understood",
            counted(bad_lines, "line")
        );
        if erased > 0 {
            line = format!("{line}, {erased} not added since they had their data erased");
        }
        if suppressed > 0 {
            line = format!("{line}, {suppressed} left out by the suppression list");
        }
        if dry_run {
            line = format!("{line} (nothing was stored)");
        }
        say(&line)
    }
}
