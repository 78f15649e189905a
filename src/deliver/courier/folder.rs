//! Letters as files, one `.eml` each, named by the Message-ID: a second attempt
//! at the same letter overwrites the first and never doubles it.

use std::fs;
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use crate::deliver::message::{Message, header_word};
use crate::model::delivery::Attempt;

/// Letters hold addresses and personal links: readable by the house alone.
const FILE_MODE: u32 = 0o600;
/// Written and removed by [`check`].
const PROBE: &str = "probe.tmp";

/// Writes one letter. Whatever goes wrong (a full disk, no permission) is the
/// folder's fault and not the letter's, and passes when the operator has put it right.
pub(super) async fn deliver(folder: &Path, message: &Message) -> Attempt {
    let name = file_name(&message.message_id);
    let path = folder.join(&name);
    let folder = folder.to_owned();
    let bytes = message.bytes.clone();
    match aside(move || write(&folder, &name, &bytes)).await {
        Ok(()) => Attempt::Sent {
            reply: format!("written to {}", path.display()),
        },
        Err(error) => Attempt::RelayFault {
            why: format!("cannot write {}: {error}", path.display()),
        },
    }
}

/// Whether a letter could be written there.
pub(super) async fn check(folder: &Path) -> Result<String, String> {
    let shown = folder.display().to_string();
    let folder = folder.to_owned();
    let tried = aside(move || {
        write(&folder, PROBE, b"")?;
        fs::remove_file(folder.join(PROBE))
    });
    match tried.await {
        Ok(()) => Ok(format!("letters are written to {shown}")),
        Err(error) => Err(format!("cannot write letters to {shown}: {error}")),
    }
}

/// Files block: not on the threads that serve.
async fn aside(work: impl FnOnce() -> io::Result<()> + Send + 'static) -> io::Result<()> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(io::Error::other)?
}

fn file_name(message_id: &str) -> String {
    let local = message_id.split('@').next().unwrap_or_default();
    format!("{}.eml", header_word(local))
}

/// Under another name first, then renamed: no reader ever sees half a letter,
/// and a power cut leaves all of it or none.
fn write(folder: &Path, name: &str, bytes: &[u8]) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    let partial = folder.join(format!(".{name}.partial"));
    let mut file = fs::OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(FILE_MODE)
        .open(&partial)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&partial, folder.join(name))?;
    fs::File::open(folder)?.sync_all()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use crate::deliver::courier::Destination;
    use crate::deliver::courier::tests::{fault, message, open};
    use crate::model::delivery::Attempt;

    #[tokio::test]
    async fn a_folder_holds_each_letter_once() {
        let folder = tempfile::tempdir().expect("a folder");
        let inner = folder.path().join("var/outbox");
        let courier = open(Destination::Folder(inner.clone()), Duration::from_secs(5));
        let mut connection = courier.connect();
        for number in [0, 1, 0] {
            let attempt = connection.deliver(&message(number)).await;
            assert!(matches!(attempt, Attempt::Sent { .. }), "{attempt:?}");
        }
        courier.check().await.expect("writable");
        let mut names: Vec<String> = std::fs::read_dir(&inner)
            .expect("folder")
            .map(|entry| {
                entry
                    .expect("entry")
                    .file_name()
                    .to_string_lossy()
                    .into_owned()
            })
            .collect();
        names.sort();
        assert_eq!(names, ["letter0.eml", "letter1.eml"]);
        assert_eq!(
            std::fs::read(inner.join("letter0.eml")).expect("read"),
            message(0).bytes
        );

        let blocked = open(
            Destination::Folder(inner.join("letter0.eml")),
            Duration::from_secs(5),
        );
        let why = fault(blocked.connect().deliver(&message(0)).await);
        assert!(
            why.contains("cannot write") && why.contains("letter0.eml"),
            "{why}"
        );
        assert!(blocked.check().await.is_err());
    }
}
