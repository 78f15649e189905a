//! A Maildir that a mail server delivers reports to. A mail is taken from
//! `new/`, and put into `cur/` once it is recorded: nothing is deleted, and a
//! crash in between means that it is read again, and counted once.

use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use super::MAIL_BYTES_MAX;

/// Mails listed at once; the next pass takes the rest.
const LISTED_MAX: usize = 1_000;

/// A mail that waits in `new/`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    file: PathBuf,
}

/// What waits in the Maildir at `folder`, the longest waiting first.
///
/// # Errors
/// When `new/` cannot be read.
pub fn waiting(folder: &Path) -> io::Result<Vec<Waiting>> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder.join("new"))? {
        let entry = entry?;
        // A link could lead anywhere: only plain files are mails.
        if entry.file_type()?.is_file() && !entry.file_name().as_encoded_bytes().starts_with(b".") {
            files.push(entry.path());
        }
    }
    // A name begins with the second it was delivered.
    files.sort();
    files.truncate(LISTED_MAX);
    Ok(files.into_iter().map(|file| Waiting { file }).collect())
}

impl Waiting {
    /// The mail, or as much of it as is ever read.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn read(&self) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        std::fs::File::open(&self.file)?
            .take(MAIL_BYTES_MAX as u64)
            .read_to_end(&mut bytes)?;
        Ok(bytes)
    }

    /// Moves it to `cur/`: marked as seen, or, for a mail that a person should
    /// look at, unseen.
    ///
    /// # Errors
    /// When the folder cannot be written.
    pub fn put_away(&self, seen: bool) -> io::Result<()> {
        let name = self.file.file_name().unwrap_or_default();
        let mut name = name.to_string_lossy().into_owned();
        if let Some(flags_at) = name.find(":2,") {
            name.truncate(flags_at);
        }
        name.push_str(if seen { ":2,S" } else { ":2," });
        let folder = self.file.parent().and_then(Path::parent);
        let current = folder.unwrap_or(Path::new(".")).join("cur");
        std::fs::create_dir_all(&current)?;
        std::fs::rename(&self.file, current.join(name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mails_wait_are_read_and_put_away() {
        let folder = tempfile::tempdir().expect("folder");
        let path = |name: &str| folder.path().join(name);
        assert!(waiting(folder.path()).is_err());
        std::fs::create_dir_all(path("new/sub")).expect("folder");
        for name in ["2.b", "1.a", ".hidden", "3.c:2,"] {
            std::fs::write(path("new").join(name), name).expect("written");
        }
        let found = waiting(folder.path()).expect("listed");
        let read: Vec<Vec<u8>> = found
            .iter()
            .map(|mail| mail.read().expect("read"))
            .collect();
        assert_eq!(read, [b"1.a".to_vec(), b"2.b".to_vec(), b"3.c:2,".to_vec()]);
        for (mail, seen) in found.iter().zip([true, false, true]) {
            mail.put_away(seen).expect("moved");
        }
        assert!(waiting(folder.path()).expect("listed").is_empty());
        for name in ["1.a:2,S", "2.b:2,", "3.c:2,S"] {
            assert!(path("cur").join(name).exists(), "{name}");
        }
    }
}
