//! Opening: the address read, the folder made, the pools set up, the schema
//! brought up to date. An address's password is never shown.

use std::borrow::Cow;
use std::fs::{File, OpenOptions};
use std::path::Path;
use std::str::FromStr;
use std::time::Duration;

use sqlx::migrate::{MigrateError, Migration, MigrationType, Migrator};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{Connection as _, SqlSafeStr as _};
use url::Url;

use super::Store;
use super::error::StoreError;
use super::rows::BATCH_ROWS;
use super::session::{Engines, Pools, is_stale};

/// Connections reading SQLite at once.
const SQLITE_READERS: u32 = 4;
/// Memory for pages the writer touches again and again, in KiB.
const SQLITE_WRITER_CACHE_KIB: u32 = 8 * 1024;
/// Pages of the log after which it is written into the database, twice waiting for
/// the disk: 16 MB, since a pass writes the same pages again and again.
const SQLITE_LOG_PAGES: u32 = 4_000;
/// Connections to PostgreSQL from one process.
const POSTGRES_CONNECTIONS: u32 = 16;
/// How long SQLite waits for another process's write; and how long we wait for
/// our own writer: closing a digest for a million subscribers holds it for seconds.
const WRITE_WAIT: Duration = Duration::from_mins(2);
/// How long a server may take to let us in before we say it does not answer.
const CONNECT_WAIT: Duration = Duration::from_secs(10);

/// One step of the schema: its file's name, SQLite's text, PostgreSQL's text.
type Step = (&'static str, &'static str, &'static str);

macro_rules! steps {
    ($($file:literal,)*) => {
        &[$((
            $file,
            include_str!(concat!("migrations/sqlite/", $file, ".sql")),
            include_str!(concat!("migrations/postgres/", $file, ".sql")),
        ),)*]
    };
}

/// Append only: a step that was ever released never changes.
const STEPS: &[Step] = steps![
    "0001_road",
    "0002_subscribers",
    "0003_bounces",
    "0004_letters",
    "0005_relays",
    "0006_asking",
    "0007_topics",
    "0008_links",
    "0009_pushes",
    "0010_health",
    "0011_events",
    "0012_corrections",
    "0013_full_text",
    "0014_ledger",
    "0015_readings",
    "0016_moved",
    "0017_search",
    "0018_memory",
    "0019_namesakes",
];

impl Store {
    /// Opens `sqlite://path` (file and folder are made) or `postgres://…`, and
    /// brings the schema up to date.
    pub async fn open(url: &str) -> Result<Self, StoreError> {
        let pools = match url.split_once(':') {
            Some(("sqlite", _)) => open_sqlite(url).await?,
            Some(("postgres" | "postgresql", _)) => open_postgres(url).await?,
            Some((scheme, _)) if !scheme.contains(['/', '@']) => {
                return Err(bad_url(url, format!("`{scheme}` is no engine known here")));
            }
            _ => return Err(bad_url(url, "it has no scheme".to_owned())),
        };
        Ok(Self { pools })
    }

    /// What can be seen without making a store or asking a server: whether `url` is an
    /// address one could be at, and a file could be written there.
    pub fn check(url: &str) -> Result<(), StoreError> {
        if url.starts_with("sqlite:") {
            return can_be_kept(sqlite_options(url)?.get_filename());
        }
        PgConnectOptions::from_str(url)
            .map(drop)
            .map_err(|error| bad_url(url, error.to_string()))
    }
}

/// Tries to write to the file, or beside where it will be.
fn can_be_kept(file: &Path) -> Result<(), StoreError> {
    let there = file.ancestors().skip(1);
    let mut there = there.map(|folder| match folder {
        nameless if nameless.as_os_str().is_empty() => Path::new("."),
        folder => folder,
    });
    let folder = there.find(|folder| folder.exists());
    let folder = folder.unwrap_or(Path::new("."));
    let tried = if file.exists() {
        OpenOptions::new().write(true).open(file).map(drop)
    } else {
        let trial = folder.join(format!(".jarshy-check-{}", std::process::id()));
        File::create_new(&trial).and_then(|_| std::fs::remove_file(&trial))
    };
    tried.map_err(|source| StoreError::Unwritable {
        path: file.to_owned(),
        source,
    })
}

fn sqlite_options(url: &str) -> Result<SqliteConnectOptions, StoreError> {
    let options =
        SqliteConnectOptions::from_str(url).map_err(|error| bad_url(url, error.to_string()))?;
    if options.get_filename().as_os_str().is_empty() || url.contains(":memory:") {
        return Err(bad_url(url, "it names no file".to_owned()));
    }
    Ok(options)
}

async fn open_sqlite(url: &str) -> Result<Pools, StoreError> {
    let options = sqlite_options(url)?;
    let path = options.get_filename().to_owned();
    make_folder(&path)?;
    let place = path.display().to_string();
    let advice =
        "see that it is a SQLite file and that the user jarshy runs as may write it and its folder";
    let options = options
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .pragma("wal_autocheckpoint", SQLITE_LOG_PAGES.to_string())
        // Small and short-lived: what a statement sorts or holds.
        .pragma("temp_store", "MEMORY")
        // A batch crosses from the driver's thread without waiting on the way.
        .row_buffer_size(BATCH_ROWS)
        .busy_timeout(WRITE_WAIT);
    let pool = || {
        SqlitePoolOptions::new()
            .test_before_acquire(false)
            .before_acquire(|connection, _| {
                // On a full disk SQLite ends a transaction by itself, and the driver,
                // refused its ROLLBACK, believes in it for ever.
                let is_left_open = connection.is_in_transaction();
                Box::pin(async move { Ok(!is_left_open) })
            })
            .acquire_timeout(WRITE_WAIT)
            .idle_timeout(None)
            .max_lifetime(None)
    };
    let writer = pool()
        .max_connections(1)
        .connect_with(
            options
                .clone()
                .pragma("cache_size", format!("-{SQLITE_WRITER_CACHE_KIB}")),
        )
        .await
        .map_err(|source| open_error(&place, advice, source))?;
    let steps = migrator(|step| step.1);
    if steps.run(&writer).await.is_err() {
        // Another process may have been migrating at the same moment: SQLite's
        // migrations take no lock of their own. What remains is a real fault.
        steps
            .run(&writer)
            .await
            .map_err(|error| migrate_error(&place, error))?;
    }
    let readers = pool()
        .max_connections(SQLITE_READERS)
        .connect_lazy_with(options.pragma("query_only", "ON"));
    Ok(Pools::new(Engines::Sqlite { readers, writer }))
}

async fn open_postgres(url: &str) -> Result<Pools, StoreError> {
    let options =
        PgConnectOptions::from_str(url).map_err(|error| bad_url(url, error.to_string()))?;
    let place = redacted(url);
    let advice = "see that the server runs there, and that user, password and database in store.url are right";
    let pool = PgPoolOptions::new()
        .max_connections(POSTGRES_CONNECTIONS)
        .acquire_timeout(CONNECT_WAIT)
        .test_before_acquire(false)
        .before_acquire(|connection, meta| {
            Box::pin(async move {
                if is_stale(meta.idle_for) {
                    connection.ping().await?;
                }
                Ok(true)
            })
        });
    let pool = pool
        .connect_with(options.application_name("jarshy"))
        .await
        .map_err(|source| open_error(&place, advice, source))?;
    migrator(|step| step.2)
        .run(&pool)
        .await
        .map_err(|error| migrate_error(&place, error))?;
    Ok(Pools::new(Engines::Postgres(pool)))
}

fn make_folder(file: &Path) -> Result<(), StoreError> {
    let Some(folder) = file.parent() else {
        return Ok(());
    };
    std::fs::create_dir_all(folder).map_err(|source| StoreError::Folder {
        path: folder.to_owned(),
        source,
    })
}

fn migrator(text: impl Fn(&Step) -> &'static str) -> Migrator {
    let steps = (1..).zip(STEPS).map(|(version, step)| {
        Migration::new(
            version,
            Cow::Borrowed(step.0),
            MigrationType::Simple,
            text(step).into_sql_str(),
            false,
        )
    });
    Migrator::with_migrations(steps.collect())
}

fn migrate_error(place: &str, error: MigrateError) -> StoreError {
    let place = place.to_owned();
    match error {
        MigrateError::VersionMissing(found) => StoreError::NewerSchema {
            place,
            found,
            known: STEPS.len(),
        },
        error => StoreError::Migrate {
            place,
            source: Box::new(error),
        },
    }
}

fn open_error(place: &str, advice: &'static str, source: sqlx::Error) -> StoreError {
    StoreError::Open {
        place: place.to_owned(),
        advice,
        source: Box::new(source),
    }
}

fn bad_url(url: &str, why: String) -> StoreError {
    StoreError::BadUrl {
        url: redacted(url),
        why,
    }
}

/// The address without its password; without anything where it is no address.
fn redacted(url: &str) -> String {
    let Ok(mut shown) = Url::parse(url) else {
        let scheme = url.split_once("://").map_or("", |(scheme, _)| scheme);
        return format!("{scheme}://…");
    };
    if shown.cannot_be_a_base() {
        return "…".to_owned();
    }
    if shown.password().is_some() && shown.set_password(Some("…")).is_err() {
        return format!("{}://…", shown.scheme());
    }
    // libpq takes a password among the parameters too.
    shown.set_query(None);
    shown.to_string()
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{STEPS, redacted};

    #[test]
    fn every_step_written_is_taken_in_its_place() {
        let steps = |engine: &str| {
            let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/store/migrations");
            let files = std::fs::read_dir(folder.join(engine)).expect("readable");
            let mut names: Vec<String> = files
                .map(|file| file.expect("readable").file_name())
                .map(|name| name.to_string_lossy().into_owned())
                .collect();
            names.sort();
            names
        };
        let taken: Vec<String> = STEPS.iter().map(|step| format!("{}.sql", step.0)).collect();
        assert_eq!(taken, steps("sqlite"));
        assert_eq!(taken, steps("postgres"));
        for (version, name) in (1..).zip(&taken) {
            assert!(name.starts_with(&format!("{version:04}_")), "{name}");
        }
    }

    #[test]
    fn passwords_are_not_shown() {
        for url in [
            "postgres://aigul:sesam@db.example.kz/jarshy",
            "postgres://db.example.kz/jarshy?user=aigul&password=sesam",
            "postgres://aigul:sesam@db.example.kz:port/jarshy",
            "aigul:sesam@db",
        ] {
            let shown = redacted(url);
            assert!(!shown.contains("sesam"), "{shown}");
        }
        assert!(redacted("postgres://a:b@db.example.kz/jarshy").contains("db.example.kz/jarshy"));
    }
}
