//! The project checks its own shape: who may use whom, which library has which
//! door, and how long functions' files may grow. A breach quotes the sentence
//! of ARCHITECTURE.md it breaks.

use std::path::{Path, PathBuf};

/// The longest file under src/, in lines, tests apart.
const FILE_LINES_MAX: usize = 420;

/// Each room and the rooms it may use: "text → model", and so on.
const PERMITTED: &[(&str, &[&str])] = &[
    ("model", &[]),
    ("text", &["model"]),
    ("clock", &["model"]),
    ("catalog", &["model"]),
    ("gather", &["model", "text"]),
    ("understand", &["model", "text"]),
    ("store", &["model", "text"]),
    ("publish", &["model", "text"]),
    ("template", &["model", "text"]),
    ("digest", &["model", "text", "template"]),
    ("deliver", &["model", "text"]),
    (
        "serve",
        &["model", "text", "clock", "store", "publish", "template"],
    ),
    (
        "daemon",
        &[
            "model",
            "clock",
            "catalog",
            "gather",
            "understand",
            "store",
            "template",
            "digest",
            "deliver",
        ],
    ),
    ("config", &["model"]),
];

/// Each library that has one door: who may name it. Cryptography has two, for
/// what leaves signed and what comes in signed.
const DOORS: &[(&str, &str)] = &[
    ("reqwest", "gather/web"),
    ("brotli_decompressor", "gather/web"),
    ("quick_xml", "gather"),
    ("dom_query", "gather"),
    ("ammonia", "gather"),
    ("rs_trafilatura", "gather/page/engine.rs"),
    ("encoding_rs", "gather"),
    ("sqlx", "store"),
    ("rss", "publish"),
    ("atom_syndication", "publish"),
    ("icalendar", "publish"),
    ("minijinja", "template"),
    ("pulldown_cmark", "digest/mailing.rs"),
    ("lettre", "deliver"),
    ("mail_parser", "deliver/bounce/mail.rs"),
    ("tokio_rustls", "deliver"),
    ("aws_lc_rs", "deliver/sign"),
    ("aws_lc_rs", "serve/hooks"),
    ("aws_lc_rs", "serve/websub.rs"),
    ("x509_parser", "serve/hooks/sns.rs"),
    ("axum", "serve"),
    ("clap", "cli"),
    ("csv", "cli/subscribers"),
    ("serde_path_to_error", "cli/json_line.rs"),
    ("cron", "daemon/timetable.rs"),
    ("rustc_hash", "text/lookup.rs"),
];

fn sources() -> Vec<(String, String)> {
    fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in std::fs::read_dir(folder).expect("src is readable") {
            let path = entry.expect("entry").path();
            if path.is_dir() {
                walk(&path, found);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                found.push(path);
            }
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    walk(&root, &mut found);
    found
        .into_iter()
        .map(|path| {
            let text = std::fs::read_to_string(&path).expect("source is text");
            let name = path
                .strip_prefix(&root)
                .expect("under src")
                .display()
                .to_string();
            (name, text)
        })
        .collect()
}

/// The code without comments, and without what follows `#[cfg(test)]` at the
/// margin: tests may use anything.
fn code(text: &str) -> String {
    text.lines()
        .take_while(|line| *line != "#[cfg(test)]")
        .filter(|line| !line.trim_start().starts_with("//"))
        .collect::<Vec<_>>()
        .join("\n")
}

fn is_test(name: &str) -> bool {
    name.ends_with("tests.rs") || name.contains("/tests/") || name.contains("/contract/")
}

fn room(name: &str) -> &str {
    name.split('/')
        .next()
        .unwrap_or(name)
        .trim_end_matches(".rs")
}

#[test]
fn rooms_use_only_what_they_may() {
    let mut breaches = Vec::new();
    for (name, text) in sources() {
        let Some((_, permitted)) = PERMITTED.iter().find(|(of, _)| *of == room(&name)) else {
            continue;
        };
        if is_test(&name) {
            continue;
        }
        for used in code(&text).split("crate::").skip(1) {
            let used: String = used
                .chars()
                .take_while(|c| c.is_ascii_lowercase() || *c == '_')
                .collect();
            if !used.is_empty() && used != room(&name) && !permitted.contains(&used.as_str()) {
                breaches.push(format!(
                    "src/{name} uses `{used}`; \"Permitted uses\" allows {permitted:?}"
                ));
            }
        }
    }
    assert!(
        breaches.is_empty(),
        "ARCHITECTURE.md, \"Permitted uses\":\n{}",
        breaches.join("\n")
    );
}

#[test]
fn the_order_of_modules_is_the_direction() {
    let lib = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/lib.rs"))
        .expect("lib.rs");
    let order: Vec<&str> = lib
        .lines()
        .filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';'))
        .collect();
    for (room, permitted) in PERMITTED {
        let at = order
            .iter()
            .position(|name| name == room)
            .unwrap_or_else(|| panic!("{room} is not in lib.rs"));
        for used in *permitted {
            let used_at = order.iter().position(|name| name == used).expect("listed");
            assert!(
                used_at < at,
                "lib.rs lists {used} after {room}, which uses it"
            );
        }
    }
}

#[test]
fn every_library_has_one_door() {
    let mut breaches = Vec::new();
    for (name, text) in sources() {
        if is_test(&name) {
            continue;
        }
        let code = code(&text);
        for (library, door) in DOORS {
            let named = code.contains(&format!("use {library}::"))
                || code.contains(&format!("use {library};"))
                || code.contains(&format!(" {library}::"))
                || code.contains(&format!("({library}::"))
                || code.contains(&format!("<{library}::"));
            // `publish::rss` and `gather::…` are rooms of ours with the library's name.
            let own_module =
                code.contains(&format!("mod {library};")) || code.contains(&format!("{library}, "));
            let by_another = DOORS
                .iter()
                .any(|(other, door)| other == library && name.starts_with(door));
            if named && !own_module && !by_another {
                breaches.push(format!(
                    "src/{name} names `{library}`, whose door is src/{door}"
                ));
            }
        }
    }
    assert!(
        breaches.is_empty(),
        "ARCHITECTURE.md, \"One door per library\":\n{}",
        breaches.join("\n")
    );
}

#[test]
fn files_stay_readable() {
    let long: Vec<String> = sources()
        .into_iter()
        .filter(|(name, _)| !is_test(name))
        .map(|(name, text)| {
            (
                name,
                text.lines()
                    .take_while(|line| *line != "#[cfg(test)]")
                    .count(),
            )
        })
        .filter(|(_, lines)| *lines > FILE_LINES_MAX)
        .map(|(name, lines)| format!("src/{name}: {lines} lines"))
        .collect();
    assert!(
        long.is_empty(),
        "a file over {FILE_LINES_MAX} lines wants a split:\n{}",
        long.join("\n")
    );
}
