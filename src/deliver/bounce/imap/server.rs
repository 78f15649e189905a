//! Where an IMAP mailbox is, and how to get in.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use url::Url;

use crate::deliver::bounce::connection::{BadMailbox, Login, decoded};

/// RFC 8314 section 3.2.
const TLS_PORT: u16 = 993;
const PLAIN_PORT: u16 = 143;

/// How the conversation is kept secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Security {
    Tls,
    StartTls,
    /// Allowed to this very machine, or where the operator wants it so.
    Plain,
}

/// A mailbox and how to get in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImapServer {
    pub(super) login: Login,
    pub(super) port: u16,
    pub(super) security: Security,
    /// As the protocol writes names.
    pub(super) folder: String,
    /// Where mails go that were read; nothing: they are deleted.
    pub(super) processed: Option<String>,
}

impl ImapServer {
    /// Reads `imaps://user:password@host[:port]/INBOX`; `imap://` means
    /// STARTTLS, but to this machine, or with `?tls=none`, nothing. `processed`
    /// names the folder for mails that were read, or is empty.
    ///
    /// # Errors
    /// When a part is missing or not known.
    pub fn parse(text: &str, processed: &str) -> Result<Self, BadMailbox> {
        let url = Url::parse(text.trim()).map_err(|_| BadMailbox::Shape)?;
        let is_tls = match url.scheme() {
            "imaps" => true,
            "imap" => false,
            _ => return Err(BadMailbox::Shape),
        };
        let login = Login::of(&url)?;
        let security = match (is_tls, url.query()) {
            (true, None) => Security::Tls,
            (false, None) if login.is_here => Security::Plain,
            (false, Some("tls=none")) => Security::Plain,
            (false, None | Some("tls=starttls")) => Security::StartTls,
            _ => return Err(BadMailbox::Shape),
        };
        let folder = decoded(url.path().trim_start_matches('/')).ok_or(BadMailbox::Folder)?;
        let folder = if folder.is_empty() { "INBOX" } else { &folder };
        if processed.chars().any(char::is_control) || processed == folder {
            return Err(BadMailbox::Folder);
        }
        Ok(Self {
            port: login
                .port
                .unwrap_or(if is_tls { TLS_PORT } else { PLAIN_PORT }),
            security,
            folder: in_utf7(folder),
            processed: (!processed.is_empty()).then(|| in_utf7(processed)),
            login,
        })
    }
}

/// A folder's name in modified UTF-7 (RFC 3501 section 5.1.3).
fn in_utf7(name: &str) -> String {
    let mut text = String::new();
    let mut wide: Vec<u8> = Vec::new();
    let flush = |text: &mut String, wide: &mut Vec<u8>| {
        if !wide.is_empty() {
            let encoded = STANDARD_NO_PAD.encode(&*wide).replace('/', ",");
            text.push('&');
            text.push_str(&encoded);
            text.push('-');
            wide.clear();
        }
    };
    for c in name.chars() {
        if matches!(c, ' '..='~') {
            flush(&mut text, &mut wide);
            text.push(c);
            if c == '&' {
                text.push('-');
            }
        } else {
            let mut units = [0; 2];
            for unit in c.encode_utf16(&mut units) {
                wide.extend_from_slice(&unit.to_be_bytes());
            }
        }
    }
    flush(&mut text, &mut wide);
    text
}
