//! The records of a CSV file, one by one, each with the number of its line and
//! never more of the file in memory than one record may be.
//!
//! A record is as many lines as its quotes need to close. Where they never
//! close, only the first of these lines is lost, not the rest of the file.

use std::collections::VecDeque;
use std::io::{BufRead, Read};

/// The longest record in bytes, and the longest line.
const RECORD_BYTES_MAX: usize = 64 * 1024;
/// The most lines one record may have.
const RECORD_LINES_MAX: usize = 64;

/// One record, or what should have been one.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Record {
    /// Counted from 1.
    pub(super) line: u64,
    pub(super) fields: Result<Vec<String>, &'static str>,
}

/// Reads records from `input`.
pub(super) struct Records<R> {
    input: R,
    delimiter: Option<u8>,
    /// Lines read ahead, and whether each was cut.
    ahead: VecDeque<(Vec<u8>, bool)>,
    /// The number of the next line.
    line: u64,
    /// Records of one stretch of lines that were read together.
    ready: VecDeque<Record>,
}

impl<R: BufRead> Records<R> {
    pub(super) const fn new(input: R) -> Self {
        Self {
            input,
            delimiter: None,
            ahead: VecDeque::new(),
            line: 1,
            ready: VecDeque::new(),
        }
    }

    /// The next record that is not empty.
    pub(super) fn next(&mut self) -> std::io::Result<Option<Record>> {
        loop {
            if let Some(record) = self.ready.pop_front() {
                return Ok(Some(record));
            }
            if !self.fill()? {
                return Ok(None);
            }
        }
    }

    /// Reads on; false at the end of the file.
    fn fill(&mut self) -> std::io::Result<bool> {
        if !self.read_ahead(1)? {
            return Ok(false);
        }
        let mut lines = 0;
        let mut bytes = 0;
        let mut quotes = 0;
        let mut why = None;
        while lines == 0 || quotes % 2 == 1 {
            if !self.read_ahead(lines + 1)? {
                why = Some("a quote is not closed before the end of the file");
                break;
            }
            let (line, is_cut) = &self.ahead[lines];
            bytes += line.len();
            quotes += marks(line, b'"');
            lines += 1;
            if *is_cut || bytes > RECORD_BYTES_MAX {
                why = Some("longer than 64 KiB, or a quote is not closed");
                break;
            }
            if lines > RECORD_LINES_MAX {
                why = Some("a quote is not closed within 64 lines");
                break;
            }
        }
        let first = self.line;
        if let Some(why) = why {
            self.ahead.pop_front();
            self.line += 1;
            self.ready.push_back(Record {
                line: first,
                fields: Err(why),
            });
            return Ok(true);
        }
        let mut text = Vec::with_capacity(bytes);
        for (line, _) in self.ahead.drain(..lines) {
            text.extend(line);
        }
        self.line += lines as u64;
        self.split(first, &text);
        Ok(true)
    }

    fn split(&mut self, first: u64, text: &[u8]) {
        let text = text.strip_prefix("\u{feff}".as_bytes()).unwrap_or(text);
        let delimiter = *self.delimiter.get_or_insert_with(|| delimiter_of(text));
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(delimiter)
            .buffer_capacity(text.len().max(1))
            .from_reader(text);
        let mut record = csv::ByteRecord::new();
        while let Ok(true) = reader.read_byte_record(&mut record) {
            let line = record.position().map_or(0, |at| at.line() - 1);
            if record.iter().all(|field| field.trim_ascii().is_empty()) {
                continue;
            }
            let fields: Result<Vec<String>, _> = record
                .iter()
                .map(|field| String::from_utf8(field.to_vec()))
                .collect();
            self.ready.push_back(Record {
                line: first + line,
                fields: fields.map_err(|_| "not in UTF-8"),
            });
        }
    }

    /// Whether there are `lines` lines ahead.
    fn read_ahead(&mut self, lines: usize) -> std::io::Result<bool> {
        while self.ahead.len() < lines {
            let mut line = Vec::new();
            let limit = RECORD_BYTES_MAX as u64;
            let mut some = self.input.by_ref().take(limit);
            let read = some.read_until(b'\n', &mut line)?;
            if read == 0 {
                return Ok(false);
            }
            let is_cut = read == RECORD_BYTES_MAX && line.last() != Some(&b'\n');
            if is_cut {
                self.input.skip_until(b'\n')?;
            }
            self.ahead.push_back((line, is_cut));
        }
        Ok(true)
    }
}

/// What stands between the fields of the first line: spreadsheets of some
/// countries write semicolons.
fn delimiter_of(first_line: &[u8]) -> u8 {
    [b',', b';', b'\t']
        .into_iter()
        .max_by_key(|mark| {
            // Among equals the comma.
            (marks(first_line, *mark), *mark == b',')
        })
        .unwrap_or(b',')
}

fn marks(line: &[u8], mark: u8) -> usize {
    line.split(|byte| *byte == mark).count() - 1
}

#[cfg(test)]
mod tests {
    use std::fmt::Write;

    use super::*;

    fn all(text: &[u8]) -> Vec<(u64, Result<Vec<String>, &'static str>)> {
        let mut records = Records::new(text);
        let mut found = Vec::new();
        while let Some(record) = records.next().expect("memory does not fail") {
            found.push((record.line, record.fields));
        }
        found
    }

    fn good(line: u64, fields: &[&str]) -> (u64, Result<Vec<String>, &'static str>) {
        (line, Ok(fields.iter().map(|f| (*f).to_owned()).collect()))
    }

    #[test]
    fn records_have_the_numbers_of_their_lines() {
        let text = "\u{feff}a,b\r\n\n\"x\ny\",\"say \"\"hi\"\"\"\r\n,\nlast,1";
        let expected = [
            good(1, &["a", "b"]),
            good(3, &["x\ny", "say \"hi\""]),
            good(6, &["last", "1"]),
        ];
        assert_eq!(all(text.as_bytes()), expected);
    }

    #[test]
    fn a_stray_quote_costs_one_line() {
        let mut text = "a@x.kz,\"oops\n".to_owned();
        for n in 0..200 {
            writeln!(text, "p{n}@x.kz,").expect("writing to a String cannot fail");
        }
        let found = all(text.as_bytes());
        assert_eq!(found.len(), 201);
        assert!(found[0].1.is_err());
        assert_eq!(found[1], good(2, &["p0@x.kz", ""]));
        assert_eq!(found[200].0, 201);
        // Inside a field a quote means itself.
        let found = all(b"O\"Brien,1\nb,2\nD\"Arc,3\n");
        assert_eq!(found[0], good(1, &["O\"Brien", "1"]));
        assert_eq!(found[2], good(3, &["D\"Arc", "3"]));
    }

    #[test]
    fn endless_lines_and_strange_bytes_are_refused_alone() {
        let mut text = vec![b'a'; 200_000];
        text.extend(b"\n\xff,1\nb,2\n");
        let found = all(&text);
        assert!(found[0].1.is_err());
        assert_eq!(found[1], (2, Err("not in UTF-8")));
        assert_eq!(found[2], good(3, &["b", "2"]));
    }

    #[test]
    fn semicolons_and_tabs_are_told_by_the_first_line() {
        assert_eq!(all(b"a;b;c\n1;2,5;3\n")[1], good(2, &["1", "2,5", "3"]));
        assert_eq!(all(b"a\tb\n1\t2\n")[1], good(2, &["1", "2"]));
        assert_eq!(all(b"a@x.kz\n")[0], good(1, &["a@x.kz"]));
    }
}
