//! The config file as written: shapes and defaults, nothing checked.

use std::collections::BTreeMap;

use serde::Deserialize;

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RawConfig {
    pub house: RawHouse,
    pub catalog: RawCatalog,
    pub store: RawStore,
    pub gather: RawGather,
    pub serve: RawServe,
    pub subscribe: RawSubscribe,
    pub mail: RawMail,
    pub hooks: RawHooks,
    pub templates: RawTemplates,
    pub log: RawLog,
    pub doctor: RawDoctor,
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
    zone: String = "Asia/Almaty",
    postal: String = ""
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
    new_per_day: u32 = 5_000_u32,
    contact: String = "",
    allow_private: Vec<String> = Vec::<String>::new(),
    push: bool = true,
});
section!(RawServe {
    listen: String = "127.0.0.1:8080",
    url: String = ""
});
section!(RawSubscribe {
    trusted_proxies: Vec<String> = Vec::<String>::new(),
    client_per_hour: u32 = 60_u32,
    domain_per_hour: u32 = 600_u32,
    house_per_hour: u32 = 2_000_u32,
    disposable_domains: String = "",
    role_addresses: String = "",
});
section!(RawMail {
    smtp: String = "",
    outbox: String = "var/outbox",
    from: String = "jarshy@localhost.localdomain",
    connections: usize = 4_usize,
    sender: String = "",
    reply_to: String = "",
    unsubscribe_mailto: String = "",
    bounce_domain: String = "",
    link_counts: bool = false,
    dkim: RawDkim = RawDkim::default(),
    bounces: RawBounces = RawBounces::default(),
    per_minute: u32 = 0_u32,
    hours: String = "",
    relay: Vec<RawRelay> = Vec::<RawRelay>::new(),
    domains: BTreeMap<String, RawDomainLimit> = BTreeMap::<String, RawDomainLimit>::new(),
    warm_up: Option<RawWarmUp> = None::<RawWarmUp>,
});
section!(RawBounces {
    maildir: String = "",
    pop3: String = "",
    imap: String = "",
    processed: String = "",
    listen: String = "",
    soft_limit: u32 = 5_u32,
    half_life_days: u32 = 30_u32,
});
section!(RawHooks {
    mailgun: String = "",
    postmark: String = "",
    sendgrid: String = "",
    ses: String = ""
});
section!(RawDkim {
    dir: String = "var/keys",
    domain: String = "",
    selectors: Vec<String> = Vec::<String>::new(),
});
section!(RawDoctor {
    resolver: String = "",
    addresses: Vec<String> = Vec::<String>::new(),
});
section!(RawTemplates { dir: String = "" });
section!(RawLog {
    filter: String = "warn,jarshy=info",
    format: String = "text"
});

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawRelay {
    pub name: String,
    pub url: String,
    #[serde(default = "one")]
    pub weight: u32,
    #[serde(default = "four")]
    pub connections: usize,
    #[serde(default)]
    pub per_minute: u32,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawDomainLimit {
    #[serde(default)]
    pub connections: usize,
    #[serde(default)]
    pub per_minute: u32,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawWarmUp {
    pub since: String,
    #[serde(default = "first")]
    pub first: u64,
    #[serde(default = "growth")]
    pub growth: u64,
    #[serde(default = "days_ahead")]
    pub days: u32,
}

const fn one() -> u32 {
    1
}

const fn four() -> usize {
    4
}

const fn first() -> u64 {
    200
}

const fn growth() -> u64 {
    50
}

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
    #[serde(default)]
    pub send_empty: bool,
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
