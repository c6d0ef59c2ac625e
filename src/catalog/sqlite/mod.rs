//! Reads SQLite 3 files.
//!
//! A fixed number of queries over pragmas gives names, columns, keys and indexes. Checks, constraint names, generated
//! expressions, predicates and `AUTOINCREMENT` stand only in the statements that SQLite keeps, so those are parsed; where
//! a pragma and the text disagree, the pragma wins. The file is opened read-only.

mod assemble;
pub(crate) mod ddl;
mod rows;
pub mod sample;
mod target;
#[cfg(test)]
mod tests;

pub use target::Target;

use super::data::Row as AnswerRow;
use super::{Error, Options};
use crate::model::{Engine, EngineName, Model, Unseen, UnseenKind};
use rows::{Cell, Rows};
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection, SqliteRow};
use sqlx::{ConnectOptions, Connection, Row};
use std::time::{Duration, Instant};

/// Reads the catalog.
pub async fn read(target: &Target, options: &Options) -> Result<Model, Error> {
    let reading = read_file(target, options);
    match tokio::time::timeout(options.statement_timeout.saturating_mul(2), reading).await {
        Ok(model) => model,
        Err(_) => {
            Err(Error::new(format!("reading {target} took too long")).hint("--statement-timeout allows more time"))
        }
    }
}

async fn read_file(target: &Target, options: &Options) -> Result<Model, Error> {
    target.check()?;
    let rows = rows(target, options).await?;
    let engine = Engine {
        name: EngineName::Sqlite,
        version: rows.version.clone(),
        variant: None,
        encoding: Some(rows.encoding.clone()),
        collation: None,
        settings: std::collections::BTreeMap::new(),
    };
    let mut model = assemble::model(engine, &rows, options, &target.file_name());
    model.unseen.push(Unseen {
        what: UnseenKind::Enforcement,
        schema: None,
        object: None,
        reason: "SQLite enforces foreign keys per connection (PRAGMA foreign_keys), which the file does not tell"
            .to_owned(),
        remedy: String::new(),
    });
    model.sort();
    Ok(model)
}

async fn rows(target: &Target, options: &Options) -> Result<Rows, Error> {
    if let Some(before) = target.resting() {
        let read = Session::read(target, options, true).await;
        if target.resting() == Some(before) {
            return read;
        }
        // Somebody wrote meanwhile, without a lock of ours in the way. Now there is a log to read by.
    }
    Session::read(target, options, false).await
}

/// Runs every statement and collects the rows or the reason why there are none.
pub(super) async fn answers(
    target: &Target,
    options: &Options,
    statements: &[String],
) -> Result<Vec<Result<Vec<AnswerRow>, String>>, Error> {
    let mut answers = Vec::new();
    if statements.is_empty() {
        return Ok(answers);
    }
    let mut session = Session::open(target, options.lock_timeout, false).await?;
    for statement in statements {
        answers.push(match tokio::time::timeout(options.statement_timeout, session.ask("data", statement)).await {
            Ok(answer) => answer.map_err(|error| cause(&error)),
            Err(_) => Err("the statement took too long".to_owned()),
        });
    }
    session.connection.close().await.map_err(|error| target.cannot("close", &error))?;
    Ok(answers)
}

struct Session<'a> {
    target: &'a Target,
    connection: SqliteConnection,
}

impl<'a> Session<'a> {
    async fn read(target: &'a Target, options: &Options, immutable: bool) -> Result<Rows, Error> {
        let mut session = Self::open(target, options.lock_timeout, immutable).await?;
        let rows = session.rows(options.statistics).await?;
        session.connection.close().await.map_err(|error| target.cannot("close", &error))?;
        Ok(rows)
    }

    async fn open(target: &'a Target, busy_timeout: Duration, immutable: bool) -> Result<Self, Error> {
        // No pragma that writes: the journal mode and everything else stay as the file has them.
        let options = SqliteConnectOptions::new()
            .filename(target.path())
            .read_only(true)
            .immutable(immutable)
            .create_if_missing(false)
            .busy_timeout(busy_timeout)
            .foreign_keys(false)
            .disable_statement_logging();
        let connection =
            SqliteConnection::connect_with(&options).await.map_err(|error| target.cannot("open", &error))?;
        let mut session = Self { target, connection };
        session.ask("begin", "PRAGMA query_only = 1; PRAGMA trusted_schema = 0; BEGIN").await?;
        Ok(session)
    }

    async fn rows(&mut self, statistics: bool) -> Result<Rows, Error> {
        let mut rows = Rows::default();
        let head = self.ask("session", "SELECT sqlite_version(), (SELECT encoding FROM pragma_encoding)").await?;
        if let Some(row) = head.first() {
            (rows.version, rows.encoding) = (text(row, 0), text(row, 1));
        }
        rows.objects = self.ask("schema", include_str!("sql/schema.sql")).await?;
        rows.tables = self.ask("tables", include_str!("sql/tables.sql")).await?;
        rows.columns = self.ask("columns", include_str!("sql/columns.sql")).await?;
        rows.indexes = self.ask("indexes", include_str!("sql/indexes.sql")).await?;
        rows.index_parts = self.ask("index_parts", include_str!("sql/index_parts.sql")).await?;
        rows.foreign_keys = self.ask("foreign_keys", include_str!("sql/foreign_keys.sql")).await?;
        for (kind, sql) in
            [("virtual", include_str!("sql/virtual_columns.sql")), ("view", include_str!("sql/view_columns.sql"))]
        {
            match self.ask(&format!("{kind}_columns"), sql).await {
                Ok(found) => rows.columns.extend(found),
                Err(_) => self.columns_one_by_one(kind, &mut rows).await,
            }
        }
        if statistics {
            for (table, into) in [("sqlite_stat1", &mut rows.stat1), ("sqlite_sequence", &mut rows.sequence)] {
                let columns = if table == "sqlite_stat1" { "tbl, idx, stat" } else { "name, seq" };
                if rows.objects.iter().any(|row| text(row, 1) == table) {
                    *into = self.ask(table, &format!("SELECT {columns} FROM {table}")).await?;
                }
            }
        }
        Ok(rows)
    }

    /// Only when some view or virtual table is broken: asks each, so that the others keep their columns.
    async fn columns_one_by_one(&mut self, kind: &str, rows: &mut Rows) {
        let names: Vec<String> =
            rows.tables.iter().filter(|row| text(row, 1) == kind).map(|row| text(row, 0)).collect();
        for name in names {
            let literal = name.replace('\'', "''");
            let sql = format!(
                "SELECT '{literal}', cid, name, type, \"notnull\", dflt_value, pk, hidden FROM pragma_table_xinfo('{literal}')"
            );
            match self.ask(&format!("{kind}_columns"), &sql).await {
                Ok(found) => rows.columns.extend(found),
                Err(error) => {
                    rows.broken.insert(name, cause(&error));
                }
            }
        }
    }

    /// Runs statements and returns the rows as cells of text.
    async fn ask(&mut self, name: &str, sql: &str) -> Result<Vec<Vec<Cell>>, Error> {
        let started = Instant::now();
        let answer = sqlx::raw_sql(sqlx::AssertSqlSafe(sql.to_owned())).fetch_all(&mut self.connection).await;
        let answer = answer.map_err(|error| self.target.cannot("read", &error))?;
        let rows: Vec<Vec<Cell>> = answer.iter().map(cells).collect();
        let milliseconds = started.elapsed().as_secs_f64() * 1000.0;
        tracing::debug!(target: "brownfield::sql", "{name}: {} rows in {milliseconds:.1} ms", rows.len());
        tracing::trace!(target: "brownfield::sql", "{sql}");
        Ok(rows)
    }
}

/// A row as text, whatever the types: SQLite stores any type in any column. Bytes that are no UTF-8 are replaced.
fn cells(row: &SqliteRow) -> Vec<Cell> {
    (0..row.len())
        .map(|position| {
            let bytes: Option<Vec<u8>> = row.try_get_unchecked(position).ok().flatten();
            bytes.map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
        })
        .collect()
}

fn text(row: &[Cell], position: usize) -> String {
    row.get(position).cloned().flatten().unwrap_or_default()
}

fn cause(error: &Error) -> String {
    error.source.as_ref().map_or_else(|| error.attempt.clone(), ToString::to_string)
}
