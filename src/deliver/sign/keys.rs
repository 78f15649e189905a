//! The keys letters are signed with: files, and the DNS records that publish
//! them.
//!
//! A key stands in `SELECTOR._domainkey.DOMAIN.pem`, named as its record is,
//! readable by the house alone, never overwritten. PKCS#8 as made here, or
//! PKCS#1 as older tools made it.

use std::fmt;
use std::fs;
use std::io::{self, Write as _};
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use aws_lc_rs::encoding::{AsDer as _, Pkcs8V1Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{self, KeySize};
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair as _, RSA_PKCS1_SHA256};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use rustls::pki_types::PrivateKeyDer;
use rustls::pki_types::pem::PemObject as _;

/// Whoever reads a key can sign in the house's name.
const FILE_MODE: u32 = 0o600;
const FOLDER_MODE: u32 = 0o700;
const OTHERS_READ: u32 = 0o004;
/// A longer file is no key.
const FILE_BYTES_MAX: u64 = 64 * 1024;
/// RFC 7468 section 2.
const PEM_LINE_CHARS: usize = 64;
/// RFC 1035 section 3.3.14: a TXT record is made of strings of this length.
const TXT_STRING_BYTES_MAX: usize = 255;

/// What a key signs with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Algorithm {
    /// 2048 bits; what every receiver verifies (RFC 8301).
    Rsa,
    /// RFC 8463; few receivers verify it, so it never signs alone.
    Ed25519,
}

impl Algorithm {
    /// The `k=` of a record.
    pub const fn record_name(self) -> &'static str {
        match self {
            Self::Rsa => "rsa",
            Self::Ed25519 => "ed25519",
        }
    }

    /// The `a=` of a signature.
    pub const fn signature_name(self) -> &'static str {
        match self {
            Self::Rsa => "rsa-sha256",
            Self::Ed25519 => "ed25519-sha256",
        }
    }
}

/// What is wrong with a key, and where.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    #[error("the DKIM key {} cannot be read ({error}); `jarshy mail keys new` makes one", path.display())]
    Read { path: PathBuf, error: io::Error },
    #[error(
        "{} is no DKIM key ({why}); expected the PEM file of an RSA key of 2048 bits or more, or of an Ed25519 key", path.display()
    )]
    NoKey { path: PathBuf, why: String },
    #[error("{} is there already and is never overwritten; choose another selector", path.display())]
    Exists { path: PathBuf },
    #[error("the DKIM key {} cannot be written ({error})", path.display())]
    Write { path: PathBuf, error: io::Error },
    #[error("no key could be made: the system's cryptography failed")]
    Make,
}

enum Pair {
    Rsa(rsa::KeyPair),
    Ed25519(Ed25519KeyPair),
}

/// A key and the name it is published under.
pub struct DkimKey {
    selector: String,
    domain: String,
    pair: Pair,
}

impl fmt::Debug for DkimKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DkimKey({})", self.record_name())
    }
}

impl DkimKey {
    /// The `s=` of its signatures.
    pub fn selector(&self) -> &str {
        &self.selector
    }

    /// The `d=` of its signatures.
    pub fn domain(&self) -> &str {
        &self.domain
    }

    /// What it signs with.
    pub fn algorithm(&self) -> Algorithm {
        match self.pair {
            Pair::Rsa(_) => Algorithm::Rsa,
            Pair::Ed25519(_) => Algorithm::Ed25519,
        }
    }

    /// Where its record is published, without a dot at the end.
    pub fn record_name(&self) -> String {
        record_name(&self.selector, &self.domain)
    }

    /// The public key as records hold it, before base64: RSA as
    /// SubjectPublicKeyInfo (RFC 6376 section 3.6.1), Ed25519 as its 32 bytes
    /// (RFC 8463 section 4).
    pub fn public(&self) -> Vec<u8> {
        match &self.pair {
            Pair::Rsa(pair) => pair
                .public_key()
                .as_der()
                .map(|der| der.as_ref().to_vec())
                .unwrap_or_default(),
            Pair::Ed25519(pair) => pair.public_key().as_ref().to_vec(),
        }
    }

    /// The record's text.
    pub fn record(&self) -> String {
        format!(
            "v=DKIM1; k={}; p={}",
            self.algorithm().record_name(),
            BASE64.encode(self.public())
        )
    }

    /// The record as a line of a zone file (RFC 1035 section 5), in strings of
    /// permitted length.
    pub fn zone_line(&self) -> String {
        let record = self.record();
        let strings: Vec<String> = record
            .as_bytes()
            .chunks(TXT_STRING_BYTES_MAX)
            .map(|piece| format!("\"{}\"", String::from_utf8_lossy(piece)))
            .collect();
        format!("{}. IN TXT ( {} )", self.record_name(), strings.join(" "))
    }

    /// The signature over `bytes`; nothing where the cryptography fails, which
    /// no sound key lets it do.
    pub(super) fn sign(&self, bytes: &[u8]) -> Option<Vec<u8>> {
        match &self.pair {
            Pair::Rsa(pair) => {
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(
                    &RSA_PKCS1_SHA256,
                    &SystemRandom::new(),
                    bytes,
                    &mut signature,
                )
                .ok()?;
                Some(signature)
            }
            // RFC 8463 section 3: what is signed is the hash.
            Pair::Ed25519(pair) => {
                let hash = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, bytes);
                let signature = pair.try_sign(hash.as_ref()).ok()?;
                Some(signature.as_ref().to_vec())
            }
        }
    }
}

/// Where a selector's record is published.
pub fn record_name(selector: &str, domain: &str) -> String {
    format!("{selector}._domainkey.{domain}")
}

/// The file of a key.
pub fn path(dir: &Path, selector: &str, domain: &str) -> PathBuf {
    dir.join(format!("{}.pem", record_name(selector, domain)))
}

/// Whether others than the file's owner and its group may read it: a key that
/// others can read is theirs too.
pub fn is_open_to_others(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|found| found.permissions().mode() & OTHERS_READ != 0)
}

/// Reads a key; errors name its file.
pub fn read(dir: &Path, selector: &str, domain: &str) -> Result<DkimKey, KeyError> {
    let path = path(dir, selector, domain);
    let length = fs::metadata(&path).map(|found| found.len());
    let text = match length {
        Ok(length) if length <= FILE_BYTES_MAX => fs::read(&path),
        Ok(length) => {
            let why = format!("{length} bytes");
            return Err(KeyError::NoKey { path, why });
        }
        Err(error) => Err(error),
    };
    let text = match text {
        Ok(text) => text,
        Err(error) => return Err(KeyError::Read { path, error }),
    };
    match parse(&text) {
        Ok(pair) => Ok(DkimKey {
            selector: selector.to_owned(),
            domain: domain.to_owned(),
            pair,
        }),
        Err(why) => Err(KeyError::NoKey { path, why }),
    }
}

fn parse(pem: &[u8]) -> Result<Pair, String> {
    match PrivateKeyDer::from_pem_slice(pem).map_err(|error| error.to_string())? {
        PrivateKeyDer::Pkcs8(key) => {
            let key = key.secret_pkcs8_der();
            Ed25519KeyPair::from_pkcs8(key)
                .map(Pair::Ed25519)
                .or_else(|_| rsa::KeyPair::from_pkcs8(key).map(Pair::Rsa))
                .map_err(|error| error.to_string())
        }
        PrivateKeyDer::Pkcs1(key) => rsa::KeyPair::from_der(key.secret_pkcs1_der())
            .map(Pair::Rsa)
            .map_err(|error| error.to_string()),
        _ => Err("neither PKCS#8 nor PKCS#1".to_owned()),
    }
}

/// Makes a key and writes its file.
pub fn create(
    dir: &Path,
    selector: &str,
    domain: &str,
    algorithm: Algorithm,
) -> Result<DkimKey, KeyError> {
    let pair = match algorithm {
        Algorithm::Rsa => rsa::KeyPair::generate(KeySize::Rsa2048).map(Pair::Rsa),
        Algorithm::Ed25519 => Ed25519KeyPair::generate().map(Pair::Ed25519),
    }
    .map_err(|_| KeyError::Make)?;
    let pem = pem(&pair).ok_or(KeyError::Make)?;
    let path = path(dir, selector, domain);
    match write(dir, &path, &pem) {
        Ok(()) => Ok(DkimKey {
            selector: selector.to_owned(),
            domain: domain.to_owned(),
            pair,
        }),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            Err(KeyError::Exists { path })
        }
        Err(error) => Err(KeyError::Write { path, error }),
    }
}

/// PKCS#8 version 1, which OpenSSL reads too.
fn pem(pair: &Pair) -> Option<String> {
    let der: Pkcs8V1Der<'_> = match pair {
        Pair::Rsa(pair) => pair.as_der().ok()?,
        Pair::Ed25519(pair) => pair.as_der().ok()?,
    };
    let text = BASE64.encode(der.as_ref());
    let mut pem = "-----BEGIN PRIVATE KEY-----\n".to_owned();
    for line in text.as_bytes().chunks(PEM_LINE_CHARS) {
        pem.push_str(&String::from_utf8_lossy(line));
        pem.push('\n');
    }
    pem.push_str("-----END PRIVATE KEY-----\n");
    Some(pem)
}

fn write(dir: &Path, path: &Path, pem: &str) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt as _;
    fs::DirBuilder::new()
        .recursive(true)
        .mode(FOLDER_MODE)
        .create(dir)?;
    let mut file = fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(FILE_MODE)
        .open(path)?;
    file.write_all(pem.as_bytes())?;
    file.sync_all()?;
    fs::File::open(dir)?.sync_all()
}

#[cfg(test)]
mod tests;
