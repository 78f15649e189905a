//! The only place that knows the two engines differ in SQL. Statements are
//! written once, with marks in braces where the engines part:
//!
//! | mark | SQLite | PostgreSQL |
//! |---|---|---|
//! | `{rows}` | the JSON array in `$1`, one row `value` each | the same |
//! | `{wide rows}` | the same, each written out once: as it stands SQLite does that anew for each field that is read. Not for joins, whose order would change | the same |
//! | `{third rows}` | the same of `$3` | the same |
//! | `{bands}` | the numbers in `bands` of a row `item`, one row `value` each | the same |
//! | `{skip locked}` | nothing: one writer at a time | `FOR UPDATE OF claimed SKIP LOCKED` |
//! | `LIMIT $n` | `LIMIT +$n`: SQLite looks at a bare one while it prepares, and then prepares anew for each value | as it stands |
//! | `{or fail}` | `OR FAIL`: as it stands SQLite copies each page before it writes to it, to undo one statement, where we undo transactions | nothing |
//! | `{array}` | the function that makes a JSON array | the same |
//! | `{for update}`, `{for share}` | nothing | as they say |
//! | `{suppressed}` | whether subscriber `u` is on the suppression list | the same |
//! | `{domain}` | what follows the `@` in `u.address` | the same |
//! | `{words}` | an article's words as a row of `article_words` takes them | the same |
//! | `{words match}` | whether such a row has what [`words_query`] in `$1` asks | the same |
//!
//! `value ->> 'key'` reads a row's field on both.

use std::borrow::Cow;

/// Which engine a statement is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Engine {
    Sqlite,
    Postgres,
}

/// What a transaction promises once it is committed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Durability {
    /// It survives a power cut: letters and people's wishes.
    Full,
    /// A power cut may undo it, but only as a whole: articles go together with
    /// the validators that vouch for them, so the source is asked again.
    Normal,
    /// As `Normal`, and work is taken from a queue that may have been filled a
    /// moment ago: PostgreSQL, not having counted it yet, would sort all of it
    /// for each claim (measured: 10 times the cost at 50,000) instead of
    /// walking its index.
    Claiming,
    /// As `Full`, and rows are found by their ids in a table that may not have
    /// been counted yet: PostgreSQL would read all of it for each group of
    /// letters (measured: 5,000 rows for 27) instead of looking them up.
    Ledger,
}

/// By address or by domain: both are keys, so this costs two looks at one index.
/// (One look with `IN` of both took SQLite twice the time, measured over 1,000,000.)
const SUPPRESSED: &str = "(EXISTS (SELECT 1 FROM suppressions AS kept_off
       WHERE kept_off.key = u.id)
     OR EXISTS (SELECT 1 FROM suppressions AS kept_off
       WHERE kept_off.key = SUBSTR(u.address, {position}(u.address, '@') + 1)))";

/// The statement as `engine` writes it.
pub(super) fn write(engine: Engine, sql: Cow<'static, str>) -> Cow<'static, str> {
    let sql = match engine {
        Engine::Sqlite if sql.contains("LIMIT $") => sql.replace("LIMIT $", "LIMIT +$").into(),
        _ => sql,
    };
    if !sql.contains('{') {
        return sql;
    }
    let domain = match engine {
        Engine::Sqlite => "substr(u.address, instr(u.address, '@') + 1)",
        Engine::Postgres => "substr(u.address, strpos(u.address, '@') + 1)",
    };
    let (words, words_match) = match engine {
        Engine::Sqlite => ("item.value ->> 'words'", "article_words MATCH $1"),
        Engine::Postgres => (
            "array_to_tsvector(string_to_array(item.value ->> 'words', ' '))",
            "article_words.words @@ CAST($1 AS tsquery)",
        ),
    };
    let bands = match engine {
        Engine::Sqlite => "json_each(item.value, '$.bands')",
        Engine::Postgres => "jsonb_array_elements(item.value -> 'bands')",
    };
    let (or_fail, array, wide_rows) = match engine {
        Engine::Sqlite => (
            "OR FAIL",
            "json_array",
            "(WITH each AS MATERIALIZED (SELECT jsonb(value) AS value FROM json_each($1)) SELECT value FROM each)",
        ),
        Engine::Postgres => ("", "json_build_array", "{rows}"),
    };
    let (position, rows, skip_locked, for_update, for_share) = match engine {
        Engine::Sqlite => ("instr", "json_each($1)", "", "", ""),
        Engine::Postgres => (
            "strpos",
            "jsonb_array_elements(CAST($1 AS jsonb))",
            "FOR UPDATE OF claimed SKIP LOCKED",
            "FOR UPDATE",
            "FOR SHARE",
        ),
    };
    Cow::Owned(
        sql.replace("{suppressed}", SUPPRESSED)
            .replace("{position}", position)
            .replace("{wide rows}", wide_rows)
            .replace("{rows}", rows)
            .replace("{third rows}", &rows.replace("$1", "$3"))
            .replace("{bands}", bands)
            .replace("{skip locked}", skip_locked)
            .replace("{or fail}", or_fail)
            .replace("{array}", array)
            .replace("{domain}", domain)
            .replace("{words}", words)
            .replace("{words match}", words_match)
            .replace("{for update}", for_update)
            .replace("{for share}", for_share),
    )
}

/// Asks for rows of `article_words` that have one word at least of each list, in the
/// engine's own language. Each word is quoted, so that none is an operator.
pub(super) fn words_query(engine: Engine, all: &[Vec<String>]) -> String {
    let (and, or) = match engine {
        Engine::Sqlite => (" AND ", " OR "),
        Engine::Postgres => (" & ", " | "),
    };
    let quoted = |word: &String| match engine {
        Engine::Sqlite => format!("\"{}\"", word.replace('"', "\"\"")),
        Engine::Postgres => format!("'{}'", word.replace('\\', "\\\\").replace('\'', "''")),
    };
    let any = |words: &Vec<String>| {
        let words: Vec<String> = words.iter().map(quoted).collect();
        format!("({})", words.join(or))
    };
    let all: Vec<String> = all.iter().map(any).collect();
    all.join(and)
}

/// How a writing transaction begins. SQLite takes the write lock at once (a lock
/// taken later can fail with "busy" at no fault of ours); the pragma only costs
/// something at commit, and a FULL commit also makes the NORMAL ones before it safe.
pub(super) const fn begin(engine: Engine, durability: Durability) -> &'static str {
    match (engine, durability) {
        (Engine::Sqlite, Durability::Full | Durability::Ledger) => {
            "PRAGMA synchronous=FULL; BEGIN IMMEDIATE"
        }
        (Engine::Sqlite, Durability::Normal | Durability::Claiming) => {
            "PRAGMA synchronous=NORMAL; BEGIN IMMEDIATE"
        }
        (Engine::Postgres, Durability::Full) => "BEGIN",
        (Engine::Postgres, Durability::Normal) => "BEGIN; SET LOCAL synchronous_commit TO off",
        (Engine::Postgres, Durability::Claiming) => {
            "BEGIN; SET LOCAL synchronous_commit TO off; SET LOCAL enable_sort TO off; \
             SET LOCAL enable_bitmapscan TO off; SET LOCAL enable_hashjoin TO off"
        }
        (Engine::Postgres, Durability::Ledger) => {
            "BEGIN; SET LOCAL enable_seqscan TO off; SET LOCAL enable_bitmapscan TO off; \
             SET LOCAL enable_hashjoin TO off; SET LOCAL enable_mergejoin TO off"
        }
    }
}
