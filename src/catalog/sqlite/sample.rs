//! Makes a SQLite database from statements: the sample that `brownfield demo` reads.

use crate::catalog::Error;
use sqlx::Connection;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use std::path::Path;

/// Writes a new database file, whole or not at all. Each script comes with a name for errors.
pub async fn create(path: &Path, scripts: &[(&str, &str)]) -> Result<(), Error> {
    let cannot = |what: &str| Error::new(format!("cannot {what} {}", path.display()));
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}.tmp", std::process::id()));
    let temporary = path.with_file_name(name);
    let _ = std::fs::remove_file(&temporary);
    let options = SqliteConnectOptions::new().filename(&temporary).create_if_missing(true).foreign_keys(true);
    let mut connection =
        SqliteConnection::connect_with(&options).await.map_err(|error| cannot("make").because(error))?;
    for (script, sql) in scripts {
        sqlx::raw_sql(sqlx::AssertSqlSafe((*sql).to_owned()))
            .execute(&mut connection)
            .await
            .map_err(|error| cannot(&format!("run {script} in")).because(error))?;
    }
    connection.close().await.map_err(|error| cannot("close").because(error))?;
    std::fs::rename(&temporary, path).map_err(|error| cannot("write").because(error))
}
