//! The line of an IMAP conversation: responses with their literals (RFC 9051
//! section 4.3), read within limits whatever the server sends.

use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::time::timeout;

use crate::deliver::bounce::MAIL_BYTES_MAX;
use crate::deliver::bounce::connection::{ANSWER_WITHIN, Stream, TRANSFER_BYTES_MAX};

/// A line longer than this is no server's.
pub(super) const LINE_BYTES_MAX: usize = 64 * 1024;
/// Lines of one response, which literals divide.
const PARTS_MAX: usize = 16;

/// Why the line cannot be used any more.
#[derive(Debug)]
pub(super) enum Cut {
    Silent,
    Broken(String),
}

/// One response, taken apart at its literals.
#[derive(Debug, Default)]
pub(super) struct Response(pub(super) Vec<Part>);

/// Text up to a literal or to the end, and the literal, or as much of it as is
/// ever read.
#[derive(Debug)]
pub(super) struct Part {
    pub(super) text: String,
    pub(super) literal: Option<Vec<u8>>,
}

impl Response {
    /// The first line, without a literal that follows it.
    pub(super) fn text(&self) -> &str {
        self.0.first().map_or("", |part| part.text.as_str())
    }
}

/// Reads responses, writes commands.
pub(super) struct Wire {
    stream: BufReader<Box<dyn Stream>>,
}

impl Wire {
    pub(super) fn new(stream: Box<dyn Stream>) -> Self {
        Self {
            stream: BufReader::new(stream),
        }
    }

    /// The stream beneath, to be encrypted; nothing where words were read ahead
    /// of it: put there in the clear, they would count as the server's.
    pub(super) fn into_inner(self) -> Option<Box<dyn Stream>> {
        self.stream
            .buffer()
            .is_empty()
            .then(|| self.stream.into_inner())
    }

    pub(super) async fn write(&mut self, bytes: &[u8]) -> Result<(), Cut> {
        let writing = async {
            self.stream.write_all(bytes).await?;
            self.stream.flush().await
        };
        match timeout(ANSWER_WITHIN, writing).await {
            Err(_) => Err(Cut::Silent),
            Ok(written) => written.map_err(|why| Cut::Broken(why.to_string())),
        }
    }

    /// The next response, whole.
    pub(super) async fn read(&mut self) -> Result<Response, Cut> {
        let mut response = Response::default();
        loop {
            let line = self.line().await?;
            let may_hold = !response.0.is_empty() || holds_data(&line);
            let Some((text, bytes)) = may_hold.then(|| announced(&line)).flatten() else {
                response.0.push(Part {
                    text: line,
                    literal: None,
                });
                return Ok(response);
            };
            if response.0.len() >= PARTS_MAX {
                return Err(Cut::Broken(format!(
                    "a response with more than {PARTS_MAX} literals"
                )));
            }
            let text = text.to_owned();
            let literal = Some(self.literal(bytes).await?);
            response.0.push(Part { text, literal });
        }
    }

    async fn line(&mut self) -> Result<String, Cut> {
        let mut line = Vec::new();
        let mut bounded = (&mut self.stream).take(LINE_BYTES_MAX as u64);
        let reading = bounded.read_until(b'\n', &mut line);
        match timeout(ANSWER_WITHIN, reading).await {
            Err(_) => return Err(Cut::Silent),
            Ok(Err(why)) => return Err(Cut::Broken(why.to_string())),
            Ok(Ok(0)) => return Err(closed()),
            Ok(Ok(_)) => {}
        }
        if line.pop() != Some(b'\n') {
            return Err(Cut::Broken("a line without an end".to_owned()));
        }
        if line.last() == Some(&b'\r') {
            line.pop();
        }
        Ok(String::from_utf8_lossy(&line).into_owned())
    }

    /// So many bytes, of which the first [`MAIL_BYTES_MAX`] are kept. Memory is
    /// taken as they come, not as they are announced.
    async fn literal(&mut self, bytes: usize) -> Result<Vec<u8>, Cut> {
        if bytes > TRANSFER_BYTES_MAX {
            return Err(Cut::Broken(format!(
                "a mail of more than {TRANSFER_BYTES_MAX} bytes"
            )));
        }
        let kept = bytes.min(MAIL_BYTES_MAX);
        let mut literal = Vec::new();
        let mut kept_of_it = (&mut self.stream).take(kept as u64);
        let read = kept_of_it.read_to_end(&mut literal).await;
        read.map_err(|why| Cut::Broken(why.to_string()))?;
        let rest = (bytes - kept) as u64;
        let mut rest_of_it = (&mut self.stream).take(rest);
        let skipped = tokio::io::copy(&mut rest_of_it, &mut tokio::io::sink()).await;
        let skipped = skipped.map_err(|why| Cut::Broken(why.to_string()))?;
        if literal.len() < kept || skipped < rest {
            return Err(closed());
        }
        Ok(literal)
    }
}

fn closed() -> Cut {
    Cut::Broken("the server closed the connection".to_owned())
}

/// Whether a response carries data; those that carry words for people may end
/// in braces and mean nothing by it.
fn holds_data(line: &str) -> bool {
    let Some(rest) = line.strip_prefix("* ") else {
        return false;
    };
    let word = rest.split(' ').next().unwrap_or_default();
    !["OK", "NO", "BAD", "BYE", "PREAUTH"]
        .iter()
        .any(|status| word.eq_ignore_ascii_case(status))
}

/// The text before a literal, and its announced length.
fn announced(line: &str) -> Option<(&str, usize)> {
    let (text, length) = line.strip_suffix('}')?.rsplit_once('{')?;
    let digits = !length.is_empty() && length.bytes().all(|byte| byte.is_ascii_digit());
    // More digits than fit are more than any limit.
    digits.then(|| (text, length.parse().unwrap_or(usize::MAX)))
}
