//! The config file as written: shapes and defaults, nothing checked.

use serde::Deserialize;

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RawConfig {
    pub house: RawHouse,
    pub catalog: RawCatalog,
    pub store: RawStore,
    pub gather: RawGather,
    pub serve: RawServe,
    pub mail: RawMail,
    pub templates: RawTemplates,
    pub log: RawLog,
    pub digest: Vec<RawDigest>,
}

/// Declares one section: its keys with their defaults.
macro_rules! section {
    ($name:ident { $($key:ident: $kind:ty = $default:expr),+ $(,)? }) => {
        #[derive(Debug, Deserialize)]
        #[serde(deny_unknown_fields, default)]
        pub struct $name {
            $(pub $key: $kind,)+
        }

        impl Default for $name {
            fn default() -> Self {
                Self { $($key: $default.into(),)+ }
            }
        }
    };
}

section!(RawHouse {
    name: String = "Жаршы",
    zone: String = "Asia/Almaty"
});
section!(RawCatalog {
    dir: String = "feeds"
});
section!(RawStore {
    url: String = "sqlite://var/jarshy.db"
});
section!(RawGather {
    parallel: usize = 8_usize,
    pause_ms: u64 = 1_000_u64,
    every_min_minutes: u64 = 5_u64,
    every_max_minutes: u64 = 1_440_u64,
    contact: String = "",
    allow_private: Vec<String> = Vec::<String>::new(),
});
section!(RawServe {
    listen: String = "127.0.0.1:8080",
    url: String = ""
});
section!(RawMail {
    smtp: String = "",
    outbox: String = "var/outbox",
    from: String = "jarshy@localhost.localdomain",
    connections: usize = 4_usize,
});
section!(RawTemplates { dir: String = "" });
section!(RawLog {
    filter: String = "warn,jarshy=info",
    format: String = "text"
});

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawDigest {
    pub name: String,
    pub title: RawTrilingual,
    pub timetable: String,
    pub feeds: Vec<String>,
    #[serde(default = "stories_max")]
    pub stories_max: usize,
    #[serde(default = "days_ahead")]
    pub days_ahead: u32,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawTrilingual {
    pub kk: String,
    pub ru: String,
    pub en: String,
}

const fn stories_max() -> usize {
    20
}

const fn days_ahead() -> u32 {
    30
}
