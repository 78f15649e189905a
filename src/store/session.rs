//! The two engines behind one way of asking: a session over a pool (reading) or
//! in a transaction (writing). The driver's types end here.
//!
//! A transaction one of whose statements failed is over: SQLite may have undone it
//! by itself and would write what follows outside of any, and PostgreSQL answers
//! COMMIT with "fine" where it undoes.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use sqlx::postgres::{PgArguments, PgRow};
use sqlx::sqlite::{SqliteArguments, SqliteRow};
use sqlx::{
    Arguments as _, AssertSqlSafe, FromRow, PgPool, Postgres, Sqlite, SqlitePool, Transaction,
};

use super::dialect::{self, Durability, Engine};
use super::error::StoreError;
use super::writable::Writing;

/// A connection unused for longer is asked whether it still lives.
const STALE_AFTER: Duration = Duration::from_secs(10);

/// The pools, and how writing through them goes.
#[derive(Debug, Clone)]
pub(super) struct Pools {
    engines: Engines,
    pub(super) writing: Arc<Writing>,
}

/// The pools, by engine.
#[derive(Debug, Clone)]
pub(super) enum Engines {
    Sqlite {
        readers: SqlitePool,
        /// One connection: SQLite has one writer, and a queue here is fair
        /// where its own busy handler is not.
        writer: SqlitePool,
    },
    Postgres(PgPool),
}

/// A value for a placeholder.
#[derive(Debug, Clone)]
pub(super) enum Value {
    Number(Option<i64>),
    Words(Option<String>),
}

/// A row that reads from both engines.
pub(super) trait Row:
    for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin
{
}

impl<T> Row for T where T: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin
{}

/// Statements in a row with one purpose.
pub(super) struct Session {
    door: Door,
    engine: Engine,
    doing: &'static str,
    writing: Arc<Writing>,
}

enum Door {
    SqlitePool(SqlitePool),
    PostgresPool(PgPool),
    SqliteTransaction(Transaction<'static, Sqlite>),
    PostgresTransaction(Transaction<'static, Postgres>),
    /// A statement of the transaction failed; its connection went back.
    Undone,
}

impl Pools {
    /// Pools through which nothing was written yet.
    pub(super) fn new(engines: Engines) -> Self {
        Self {
            engines,
            writing: Arc::default(),
        }
    }

    /// Each statement by itself, seeing what is committed.
    pub(super) fn read(&self, doing: &'static str) -> Session {
        let (door, engine) = match &self.engines {
            Engines::Sqlite { readers, .. } => (Door::SqlitePool(readers.clone()), Engine::Sqlite),
            Engines::Postgres(pool) => (Door::PostgresPool(pool.clone()), Engine::Postgres),
        };
        self.session(door, engine, doing)
    }

    /// A transaction; dropped without [`Session::commit`] it leaves nothing.
    pub(super) async fn write(
        &self,
        doing: &'static str,
        durability: Durability,
    ) -> Result<Session, StoreError> {
        let (door, engine) = match &self.engines {
            Engines::Sqlite { writer, .. } => {
                let begun = writer.begin_with(dialect::begin(Engine::Sqlite, durability));
                (begun.await.map(Door::SqliteTransaction), Engine::Sqlite)
            }
            Engines::Postgres(pool) => {
                let begun = begin_whole(pool.clone(), durability);
                (begun.await.map(Door::PostgresTransaction), Engine::Postgres)
            }
        };
        let door = door.map_err(|source| self.writing.failed(doing, source))?;
        Ok(self.session(door, engine, doing))
    }

    fn session(&self, door: Door, engine: Engine, doing: &'static str) -> Session {
        Session {
            door,
            engine,
            doing,
            writing: Arc::clone(&self.writing),
        }
    }

    /// Waits until every connection is closed.
    pub(super) async fn close(&self) {
        match &self.engines {
            Engines::Sqlite { readers, writer } => {
                readers.close().await;
                writer.close().await;
            }
            Engines::Postgres(pool) => pool.close().await,
        }
    }
}

impl Session {
    /// All rows.
    pub(super) async fn fetch<T: Row>(
        &mut self,
        sql: impl Into<Cow<'static, str>>,
        values: Vec<Value>,
    ) -> Result<Vec<T>, StoreError> {
        let doing = self.doing;
        let sql = AssertSqlSafe(dialect::write(self.engine, sql.into()));
        let rows = match &mut self.door {
            Door::SqlitePool(pool) => {
                sqlx::query_as_with(sql, sqlite(values, doing)?)
                    .fetch_all(&*pool)
                    .await
            }
            Door::SqliteTransaction(transaction) => {
                sqlx::query_as_with(sql, sqlite(values, doing)?)
                    .fetch_all(&mut **transaction)
                    .await
            }
            Door::PostgresPool(pool) => {
                sqlx::query_as_with(sql, postgres(values, doing)?)
                    .fetch_all(&*pool)
                    .await
            }
            Door::PostgresTransaction(transaction) => {
                sqlx::query_as_with(sql, postgres(values, doing)?)
                    .fetch_all(&mut **transaction)
                    .await
            }
            Door::Undone => return Err(StoreError::Undone { doing }),
        };
        rows.map_err(|source| self.undo(source))
    }

    /// The first row, if any.
    pub(super) async fn fetch_first<T: Row>(
        &mut self,
        sql: impl Into<Cow<'static, str>>,
        values: Vec<Value>,
    ) -> Result<Option<T>, StoreError> {
        Ok(self.fetch(sql, values).await?.into_iter().next())
    }

    /// How many rows it touched.
    pub(super) async fn execute(
        &mut self,
        sql: impl Into<Cow<'static, str>>,
        values: Vec<Value>,
    ) -> Result<u64, StoreError> {
        let doing = self.doing;
        let sql = AssertSqlSafe(dialect::write(self.engine, sql.into()));
        let touched = match &mut self.door {
            Door::SqlitePool(pool) => sqlx::query_with(sql, sqlite(values, doing)?)
                .execute(&*pool)
                .await
                .map(|done| done.rows_affected()),
            Door::SqliteTransaction(transaction) => sqlx::query_with(sql, sqlite(values, doing)?)
                .execute(&mut **transaction)
                .await
                .map(|done| done.rows_affected()),
            Door::PostgresPool(pool) => sqlx::query_with(sql, postgres(values, doing)?)
                .execute(&*pool)
                .await
                .map(|done| done.rows_affected()),
            Door::PostgresTransaction(transaction) => {
                sqlx::query_with(sql, postgres(values, doing)?)
                    .execute(&mut **transaction)
                    .await
                    .map(|done| done.rows_affected())
            }
            Door::Undone => return Err(StoreError::Undone { doing }),
        };
        touched.map_err(|source| self.undo(source))
    }

    /// Makes everything done since [`Pools::write`] last.
    pub(super) async fn commit(self) -> Result<(), StoreError> {
        let doing = self.doing;
        let committed = match self.door {
            Door::SqliteTransaction(transaction) => transaction.commit().await,
            Door::PostgresTransaction(transaction) => transaction.commit().await,
            Door::SqlitePool(_) | Door::PostgresPool(_) => Ok(()),
            Door::Undone => return Err(StoreError::Undone { doing }),
        };
        committed.map_err(|source| self.writing.failed(doing, source))
    }

    /// For what is written for one engine as a value.
    pub(super) const fn engine(&self) -> Engine {
        self.engine
    }

    /// After a failed statement nothing more goes through the transaction.
    fn undo(&mut self, source: sqlx::Error) -> StoreError {
        match self.door {
            Door::SqlitePool(_) | Door::PostgresPool(_) => failed(self.doing, source),
            Door::SqliteTransaction(_) | Door::PostgresTransaction(_) | Door::Undone => {
                self.door = Door::Undone;
                self.writing.failed(self.doing, source)
            }
        }
    }
}

/// Begins in a task of its own: who waits may be dropped (a guest hangs up), and the
/// driver would give a connection back that has heard BEGIN and no end of it.
async fn begin_whole(
    pool: PgPool,
    durability: Durability,
) -> Result<Transaction<'static, Postgres>, sqlx::Error> {
    let begun = tokio::spawn(async move {
        let begin = dialect::begin(Engine::Postgres, durability);
        pool.begin_with(begin).await
    });
    begun.await.unwrap_or(Err(sqlx::Error::WorkerCrashed))
}

/// Whether a pooled connection idle for so long should be asked if it lives.
pub(super) fn is_stale(idle_for: Duration) -> bool {
    idle_for > STALE_AFTER
}

/// Writes a list of [`Value`]s.
macro_rules! values {
    ($($value:expr),* $(,)?) => { vec![$($crate::store::session::Value::from($value)),*] };
}
pub(super) use values;

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Number(Some(number))
    }
}

impl From<DateTime<Utc>> for Value {
    fn from(time: DateTime<Utc>) -> Self {
        Self::Number(Some(time.timestamp_millis()))
    }
}

impl From<Option<DateTime<Utc>>> for Value {
    fn from(time: Option<DateTime<Utc>>) -> Self {
        Self::Number(time.map(|time| time.timestamp_millis()))
    }
}

impl From<&str> for Value {
    fn from(words: &str) -> Self {
        Self::from(Some(words.to_owned()))
    }
}

impl From<String> for Value {
    fn from(words: String) -> Self {
        Self::from(Some(words))
    }
}

impl From<Option<String>> for Value {
    /// PostgreSQL holds no NUL in a text; both engines leave it out, so that
    /// both give the same back.
    fn from(words: Option<String>) -> Self {
        Self::Words(words.map(|words| {
            if words.contains('\0') {
                words.replace('\0', "")
            } else {
                words
            }
        }))
    }
}

pub(super) fn failed(doing: &'static str, source: sqlx::Error) -> StoreError {
    let source = Box::new(source);
    StoreError::Query { doing, source }
}

fn refused(doing: &'static str, source: sqlx::error::BoxDynError) -> StoreError {
    failed(doing, sqlx::Error::Encode(source))
}

fn sqlite(values: Vec<Value>, doing: &'static str) -> Result<SqliteArguments, StoreError> {
    let mut arguments = SqliteArguments::default();
    for value in values {
        match value {
            Value::Number(number) => arguments.add(number),
            Value::Words(words) => arguments.add(words),
        }
        .map_err(|source| refused(doing, source))?;
    }
    Ok(arguments)
}

fn postgres(values: Vec<Value>, doing: &'static str) -> Result<PgArguments, StoreError> {
    let mut arguments = PgArguments::default();
    for value in values {
        match value {
            Value::Number(number) => arguments.add(number),
            Value::Words(words) => arguments.add(words),
        }
        .map_err(|source| refused(doing, source))?;
    }
    Ok(arguments)
}
