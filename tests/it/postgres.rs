//! A PostgreSQL cluster for tests: one per test process, started at first need,
//! a fresh database for each who asks. It dies with the test process, however
//! that ends: a shell keeps the server and waits for the end of a pipe we hold.
//! Benches start theirs here too.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, OnceLock};
use std::time::Duration;

/// Debian's place for the servers of all versions.
const SERVERS: &str = "/usr/lib/postgresql";
/// Enough for a slow machine under load.
const START_TRIES: u32 = 600;
const START_PAUSE: Duration = Duration::from_millis(50);

/// Tests cut no power.
const FORGETFUL: [&str; 4] = [
    "-cfsync=off",
    "-cfull_page_writes=off",
    "-cmax_connections=300",
    "-cshared_buffers=32MB",
];
/// Runs the server until its standard input ends, then removes the folder.
const KEEPER: &str = r#"trap '' INT TERM HUP
programs=$1 folder=$2
shift 2
"$programs/postgres" -D "$folder/data" -c unix_socket_directories="$folder" -c listen_addresses= \
  "$@" >"$folder/log" 2>&1 &
pid=$!
cat >/dev/null
kill -INT $pid
wait $pid
cd / && rm -rf "$folder""#;

/// A server with its data; ends when this process does.
pub struct Cluster {
    programs: PathBuf,
    folder: PathBuf,
    made: AtomicU32,
    /// `CREATE DATABASE` copies a template nobody else may be copying.
    making: Mutex<()>,
    /// The system closes its standard input when this process ends.
    _keeper: Child,
}

/// The URL of a fresh, empty database.
///
/// # Panics
/// With what to do, when there is no PostgreSQL or it does not start.
pub fn database_url() -> String {
    static CLUSTER: OnceLock<Cluster> = OnceLock::new();
    CLUSTER
        .get_or_init(|| Cluster::start(&FORGETFUL))
        .database_url()
}

impl Cluster {
    /// With the server's own settings, and `settings` as its command line takes them.
    pub fn start(settings: &[&str]) -> Self {
        let programs = programs();
        let folder = std::env::temp_dir().join(format!("jarshy-postgres-{}", std::process::id()));
        run(as_server_user("mkdir").arg("-m").arg("755").arg(&folder));
        run(as_server_user(programs.join("initdb"))
            .args([
                "-U",
                "postgres",
                "-A",
                "trust",
                "-E",
                "UTF8",
                "--locale=C",
                "--no-sync",
            ])
            .arg("-D")
            .arg(folder.join("data")));
        let keeper = as_server_user("sh")
            .args(["-c", KEEPER, "keeper"])
            .arg(&programs)
            .arg(&folder)
            .args(settings)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("sh starts");
        wait_until_ready(&programs, &folder);
        Self {
            programs,
            folder,
            made: AtomicU32::new(0),
            making: Mutex::new(()),
            _keeper: keeper,
        }
    }

    /// The URL of a fresh, empty database.
    pub fn database_url(&self) -> String {
        let name = format!("test_{}", self.made.fetch_add(1, Ordering::Relaxed));
        let _one_at_a_time = self
            .making
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        run(Command::new(self.programs.join("createdb"))
            .arg("-h")
            .arg(&self.folder)
            .args(["-U", "postgres", &name]));
        format!(
            "postgres:///{name}?host={}&user=postgres",
            self.folder.display()
        )
    }
}

fn wait_until_ready(programs: &Path, folder: &Path) {
    for _ in 0..START_TRIES {
        let asked = Command::new(programs.join("pg_isready"))
            .arg("-q")
            .arg("-h")
            .arg(folder)
            .status();
        if asked.is_ok_and(|status| status.success()) {
            return;
        }
        std::thread::sleep(START_PAUSE);
    }
    let log = std::fs::read_to_string(folder.join("log")).unwrap_or_default();
    panic!("PostgreSQL for the tests does not start:\n{log}");
}

/// The newest version installed.
fn programs() -> PathBuf {
    let version = |path: &PathBuf| -> Option<u32> { path.file_name()?.to_str()?.parse().ok() };
    let installed = std::fs::read_dir(SERVERS).into_iter().flatten();
    installed
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.join("bin/postgres").exists())
        .max_by_key(version)
        .map_or_else(|| {
            panic!("no PostgreSQL under {SERVERS}; install it: apt-get install postgresql (tests/run does)")
        }, |path| path.join("bin"))
}

/// The server refuses to run as root: then it runs as Debian's `postgres`.
fn as_server_user(program: impl AsRef<std::ffi::OsStr>) -> Command {
    let user = Command::new("id").arg("-u").output().expect("id runs");
    if user.stdout.trim_ascii() != b"0" {
        return Command::new(program);
    }
    let mut command = Command::new("setpriv");
    command
        .args(["--reuid=postgres", "--regid=postgres", "--clear-groups"])
        .arg(program.as_ref())
        .current_dir("/");
    command
}

fn run(command: &mut Command) {
    let done = command.output();
    let done = done.unwrap_or_else(|error| panic!("{command:?} does not start: {error}"));
    assert!(
        done.status.success(),
        "{command:?} failed: {}",
        String::from_utf8_lossy(&done.stderr)
    );
}
