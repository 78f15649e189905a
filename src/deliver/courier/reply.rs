//! What a server's answer means for a letter. Pure.

use std::fmt;

use crate::model::delivery::Attempt;

/// Longer answers are cut: they go into the ledger and the log.
pub const REPLY_MAX_CHARS: usize = 300;

/// What was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stage {
    Mail,
    Rcpt,
    Data,
    Rset,
    /// The letter itself, after 354.
    Letter,
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Mail => "MAIL",
            Self::Rcpt => "RCPT",
            Self::Data => "DATA",
            Self::Rset => "RSET",
            Self::Letter => "the letter",
        })
    }
}

/// A refusal, as RFC 5321 section 4.2.1 sorts it: 4yz passes, 5yz lasts.
///
/// But a lasting refusal that is about the house and not about this recipient
/// (its sender address, its login: RFC 4954 section 6) would be met by every
/// letter of the digest, and passes when the operator has seen to it.
pub(super) fn judge(stage: Stage, code: u16, words: &str) -> Attempt {
    let lasting = (500..600).contains(&code);
    let about_us = stage == Stage::Mail || matches!(code, 530 | 534 | 535 | 538);
    match (lasting, about_us) {
        (false, _) => Attempt::Deferred {
            why: words.to_owned(),
        },
        (true, true) => Attempt::Deferred {
            why: format!(
                "the mail server refuses the house itself, look at mail.from and mail.smtp: {words}"
            ),
        },
        (true, false) => Attempt::Refused {
            why: words.to_owned(),
        },
    }
}

/// A server's words as they may be kept: one line, of bounded length, without
/// addresses (servers like to repeat the recipient's).
pub(super) fn presentable(words: &str) -> String {
    let line: Vec<&str> = words
        .split(|c: char| c.is_control() || c.is_whitespace())
        .filter(|word| !word.is_empty())
        .map(|word| if word.contains('@') { "<…>" } else { word })
        .collect();
    line.join(" ").chars().take(REPLY_MAX_CHARS).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refusals_are_sorted() {
        let cases = [
            (Stage::Rcpt, 450, "deferred"),
            (Stage::Rcpt, 550, "refused"),
            (Stage::Data, 452, "deferred"),
            (Stage::Data, 554, "refused"),
            (Stage::Letter, 451, "deferred"),
            (Stage::Letter, 552, "refused"),
            (Stage::Mail, 451, "deferred"),
            (Stage::Mail, 550, "deferred"),
            (Stage::Rcpt, 530, "deferred"),
        ];
        for (stage, code, expected) in cases {
            let found = match judge(stage, code, "words") {
                Attempt::Deferred { why } if why.ends_with("words") => "deferred",
                Attempt::Refused { why } if why == "words" => "refused",
                other => panic!("{stage} {code}: {other:?}"),
            };
            assert_eq!(found, expected, "{stage} {code}");
        }
    }

    #[test]
    fn words_are_made_presentable() {
        assert_eq!(
            presentable("550 5.1.1 <aigul@example.kz>:\r\n  no such\u{7} user"),
            "550 5.1.1 <…> no such user"
        );
        assert_eq!(
            presentable(&"қ ".repeat(1000)).chars().count(),
            REPLY_MAX_CHARS
        );
    }
}
