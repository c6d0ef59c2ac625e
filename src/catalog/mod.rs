//! Reads a live catalog into a [`Model`](crate::model::Model). The only stage that does database I/O.
//!
//! One folder an engine. Each has the session's set-up, one `.sql` file per kind of object, and a pure function from
//! rows to the model. The number of round trips does not depend on the number of tables, nothing is written, and what
//! the role may not see is recorded.

mod data;
mod error;
mod filter;
mod migration_tables;
mod outside;
mod secret;
mod source;
mod tls;
mod workload;

pub mod mysql;
pub mod postgres;
pub mod sqlite;

pub use error::Error;
pub use filter::Filter;
pub use secret::{Secret, masked};
pub use source::Source;
pub use workload::WorkloadSource;

use crate::model::{Model, Reference};
use std::io;
use std::time::Duration;

/// How to read.
#[derive(Clone, Debug)]
pub struct Options {
    /// Which schemas and tables.
    pub filter: Filter,
    /// Read statistics too.
    pub statistics: bool,
    /// Ask table data too: what only the rows can tell. The function names the references whose values are compared, since
    /// a later stage infers them.
    pub data: Option<fn(&Model) -> Vec<Reference>>,
    /// Where to read the statements that ran, when that is wanted.
    pub workload: Option<WorkloadSource>,
    /// Read tables of MariaDB from what `SHOW CREATE TABLE` prints, which is much faster, and not from
    /// `information_schema`. Both give the same model.
    pub statements_of_tables: bool,
    /// Longest time that one statement may run.
    pub statement_timeout: Duration,
    /// Longest time to wait for a lock.
    pub lock_timeout: Duration,
    /// Longest time to wait for a connection.
    pub connect_timeout: Duration,
    /// Most connections that are open at the same time. A second one is opened to read a large catalog, and done without
    /// where the server has none to give.
    pub connections: u8,
}

impl Options {
    /// Longest time to wait for the next word of a server. The server's own limits end a statement before; this is for
    /// servers that are gone and for proxies that have nobody to pass a question to.
    fn patience(&self) -> Duration {
        self.statement_timeout + self.connect_timeout
    }
}

/// Waits for an answer, but not for ever.
async fn within<T>(patience: Duration, answer: impl Future<Output = Result<T, sqlx::Error>>) -> Result<T, sqlx::Error> {
    tokio::time::timeout(patience, answer).await.unwrap_or_else(|_| {
        let reason = format!("no answer within {} s", patience.as_secs());
        Err(sqlx::Error::Io(io::Error::new(io::ErrorKind::TimedOut, reason)))
    })
}

impl Default for Options {
    fn default() -> Self {
        Self {
            filter: Filter::default(),
            statistics: true,
            data: None,
            workload: None,
            statements_of_tables: true,
            statement_timeout: Duration::from_mins(1),
            lock_timeout: Duration::from_secs(1),
            connect_timeout: Duration::from_secs(10),
            connections: 2,
        }
    }
}

/// Reads the catalog that a source names.
pub async fn read(source: &Source, options: &Options) -> Result<Model, Error> {
    let workload = options.workload.as_ref().map(workload::open).transpose()?;
    let source = &source.opened()?;
    let mut model = match source {
        Source::Postgres(target) => postgres::read(target, options).await?,
        Source::MySql(target) => mysql::read(target, options).await?,
        Source::Sqlite(target) => sqlite::read(target, options).await?,
        Source::Snapshot(path, text) => source::read_snapshot(path, text, options)?,
        Source::File(path) => return Err(Error::new(format!("{} was not opened", path.display()))),
    };
    options.filter.check(source, &model)?;
    options.filter.note(&mut model);
    if let Some(references) = options.data {
        let references = references(&model);
        data::read(source, options, &mut model, references).await?;
    }
    if let Some(workload) = workload {
        workload::read(workload, source, options, &mut model).await?;
    }
    Ok(model)
}
