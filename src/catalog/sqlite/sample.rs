//! Makes a SQLite database from statements: the sample that `brownfield demo` reads.

use crate::catalog::Error;
use sqlx::Connection;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqliteSynchronous};
use std::path::Path;

/// Writes a new database file, whole or not at all. Each script comes with a name for errors.
pub async fn create(path: &Path, scripts: &[(&str, &str)]) -> Result<(), Error> {
    let cannot = |what: &str| Error::new(format!("cannot {what} {}", path.display()));
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}.tmp", std::process::id()));
    let temporary = path.with_file_name(name);
    // What an earlier process of the same number may have left.
    let _ = std::fs::remove_file(&temporary);
    let written = match run(&temporary, scripts).await {
        Ok(()) => std::fs::rename(&temporary, path).map_err(|error| cannot("write").because(error)),
        Err((step, error)) => Err(cannot(&step).because(error)),
    };
    if written.is_err() {
        let _ = std::fs::remove_file(&temporary);
    }
    written
}

/// Runs the scripts in a new file. An error comes with the step that failed.
async fn run(file: &Path, scripts: &[(&str, &str)]) -> Result<(), (String, sqlx::Error)> {
    // Nobody sees the file before it is renamed, so nothing needs to be safe in between.
    let options = SqliteConnectOptions::new()
        .filename(file)
        .create_if_missing(true)
        .foreign_keys(true)
        .journal_mode(SqliteJournalMode::Memory)
        .synchronous(SqliteSynchronous::Off);
    let mut connection = SqliteConnection::connect_with(&options).await.map_err(|error| ("make".to_owned(), error))?;
    for (script, sql) in scripts {
        sqlx::raw_sql(sqlx::AssertSqlSafe((*sql).to_owned()))
            .execute(&mut connection)
            .await
            .map_err(|error| (format!("run {script} in"), error))?;
    }
    connection.close().await.map_err(|error| ("close".to_owned(), error))
}
