//! Saying and hearing over one connection: bytes out, answers in, each within
//! a limit. What is said is in `wire`, what an answer means in `reply`.

use std::collections::HashSet;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::time::timeout;

use super::reply::{self, LINE_MAX_BYTES, LINES_MAX, Reply, Stage};
use super::tls::Line;

/// A conversation.
pub(super) struct Talk {
    line: BufReader<Line>,
}

/// What the server offered in answer to EHLO.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Offers {
    /// As the server calls itself.
    pub(super) name: String,
    /// Upper case, without parameters.
    words: HashSet<String>,
    /// Upper case.
    logins: HashSet<String>,
}

impl Offers {
    /// RFC 5321 section 4.1.1.1: the first line names the server, each further
    /// one an extension with its parameters.
    pub(super) fn of(reply: &Reply) -> Self {
        let mut offers = Self::default();
        let mut lines = reply.lines.iter();
        let name = lines.next().and_then(|line| line.split_whitespace().next());
        offers.name = reply::presentable(name.unwrap_or_default());
        for line in lines {
            let line = line.to_ascii_uppercase();
            // `AUTH=PLAIN` is how servers said it before RFC 2554.
            let mut words = line.split([' ', '\t', '=']).filter(|word| !word.is_empty());
            let Some(word) = words.next() else { continue };
            if word == "AUTH" {
                offers.logins.extend(words.map(ToOwned::to_owned));
            }
            offers.words.insert(word.to_owned());
        }
        offers
    }

    pub(super) fn has(&self, word: &str) -> bool {
        self.words.contains(word)
    }

    pub(super) fn takes_login(&self, mechanism: &str) -> bool {
        self.logins.contains(mechanism)
    }
}

impl Talk {
    pub(super) fn new(line: Line) -> Self {
        Self {
            line: BufReader::new(line),
        }
    }

    /// The line under the conversation, for TLS to begin on it. `None`: the
    /// server has said more than it was asked for, in the clear, where anybody
    /// can have said it (RFC 3207 section 4.2).
    pub(super) fn into_line(self) -> Option<Line> {
        let is_quiet = self.is_quiet();
        is_quiet.then(|| self.line.into_inner())
    }

    /// Whether nothing was heard that nobody asked for.
    pub(super) fn is_quiet(&self) -> bool {
        self.line.buffer().is_empty()
    }

    /// Says `bytes`; all of them have left, or the error says why not.
    pub(super) async fn say(&mut self, bytes: &[u8], limit: Duration) -> Result<(), String> {
        let line = self.line.get_mut();
        let said = timeout(limit, async {
            line.write_all(bytes).await?;
            line.flush().await
        });
        match said.await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(error)) => Err(error.to_string()),
            Err(_) => Err(format!("the server did not take it within {limit:?}")),
        }
    }

    /// Hears one answer.
    pub(super) async fn hear(&mut self, stage: Stage, limit: Duration) -> Result<Reply, String> {
        match timeout(limit, self.answer()).await {
            Ok(heard) => heard.map_err(|why| format!("no answer to {stage}: {why}")),
            Err(_) => Err(format!("no answer to {stage} within {limit:?}")),
        }
    }

    /// Says one command and hears the answer.
    pub(super) async fn ask(
        &mut self,
        stage: Stage,
        command: &str,
        limit: Duration,
    ) -> Result<Reply, String> {
        self.say(command.as_bytes(), limit)
            .await
            .map_err(|why| format!("at {stage}: {why}"))?;
        self.hear(stage, limit).await
    }

    async fn answer(&mut self) -> Result<Reply, String> {
        let mut lines = Vec::new();
        let mut first = None;
        let mut bytes = Vec::new();
        while lines.len() < LINES_MAX {
            bytes.clear();
            let mut bounded = (&mut self.line).take(LINE_MAX_BYTES as u64);
            bounded
                .read_until(b'\n', &mut bytes)
                .await
                .map_err(|error| error.to_string())?;
            let Some(line) = bytes.strip_suffix(b"\n") else {
                return Err(if bytes.len() < LINE_MAX_BYTES {
                    "the server closed the connection".to_owned()
                } else {
                    format!("a line of its answer is longer than {LINE_MAX_BYTES} bytes")
                });
            };
            let line = line.strip_suffix(b"\r").unwrap_or(line);
            let (code, more, text) =
                reply::line(line).ok_or_else(|| "what it says is no SMTP".to_owned())?;
            if *first.get_or_insert(code) != code {
                return Err("its answer has two codes".to_owned());
            }
            lines.push(text);
            if !more {
                return Ok(Reply { code, lines });
            }
        }
        Err(format!("its answer has more than {LINES_MAX} lines"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offers_are_read() {
        let lines = [
            "mail.example.kz at your service",
            "PIPELINING",
            "size 1000",
            "AUTH PLAIN login",
            "AUTH=CRAM-MD5",
            "",
        ];
        let offers = Offers::of(&Reply {
            code: 250,
            lines: lines.map(str::to_owned).to_vec(),
        });
        assert_eq!(offers.name, "mail.example.kz");
        assert!(offers.has("PIPELINING") && offers.has("SIZE"));
        assert!(!offers.has("STARTTLS") && !offers.has("1000"));
        for login in ["PLAIN", "LOGIN", "CRAM-MD5"] {
            assert!(offers.takes_login(login), "{login}");
        }
    }
}
