//! Asks MariaDB for the statements of tables, many in one message.

use super::session::cell;
use super::{assemble, show_create};
use crate::model::quote::qualified;
use crate::model::{EngineName, QualifiedName, Table};
use futures_util::TryStreamExt as _;
use sqlx::mysql::MySqlConnection;
use sqlx::{AssertSqlSafe, Either, Error as SqlError, Row as _, raw_sql};
use std::collections::BTreeMap;

/// Statements in one message.
const BATCH: usize = 500;

/// Failures after which nothing more is asked: then something is wrong with all of them.
const FAILURES: usize = 100;

/// Tables by schema and name.
pub(super) type Created = BTreeMap<(String, String), Table>;

/// Reads tables. The second list has those whose statement the server refused or the parser did not understand. While one
/// answer is parsed, the server prepares the next.
pub(super) async fn read(
    connection: &mut MySqlConnection,
    names: &[QualifiedName],
) -> Result<(Created, Vec<QualifiedName>), SqlError> {
    let (mut created, mut refused) = (Created::new(), Vec::new());
    let mut failures = 0;
    let mut rest = names;
    while !rest.is_empty() {
        let (batch, _) = rest.split_at(rest.len().min(BATCH));
        let done = ask(connection, batch, &mut created, &mut refused).await?;
        rest = rest.get(done..).unwrap_or_default();
        if done < batch.len() {
            // The server stops at the first that fails, for example because the table is gone meanwhile.
            let Some((failed, others)) = rest.split_first() else { break };
            refused.push(failed.clone());
            rest = others;
            failures += 1;
        }
        if failures > FAILURES {
            refused.extend_from_slice(rest);
            break;
        }
    }
    Ok((created, refused))
}

/// Sends one message. Returns how many statements succeeded.
async fn ask(
    connection: &mut MySqlConnection,
    names: &[QualifiedName],
    created: &mut Created,
    refused: &mut Vec<QualifiedName>,
) -> Result<usize, SqlError> {
    let message: Vec<String> =
        names.iter().map(|name| format!("SHOW CREATE TABLE {}", qualified(EngineName::MariaDb, name))).collect();
    let mut answers = raw_sql(AssertSqlSafe(message.join(";"))).fetch_many(connection);
    let mut done = 0;
    loop {
        match answers.try_next().await {
            Ok(Some(Either::Right(row))) => {
                let Some(name) = names.get(done) else { continue };
                match table(name, &row) {
                    Some(table) => {
                        created.insert((name.schema.clone(), name.name.clone()), table);
                    }
                    None => refused.push(name.clone()),
                }
            }
            Ok(Some(Either::Left(_))) => done += 1,
            Ok(None) => return Ok(done.min(names.len())),
            Err(SqlError::Database(error)) => {
                tracing::debug!(target: "brownfield::sql", reason = error.message(), "no statement");
                return Ok(done.min(names.len()));
            }
            Err(error) => return Err(error),
        }
    }
}

/// The table of an answer. A view answers with more columns.
fn table(name: &QualifiedName, row: &sqlx::mysql::MySqlRow) -> Option<Table> {
    let text = cell(row, 1).filter(|_| row.len() == 2)?;
    match show_create::parse(&text) {
        Ok(statement) if statement.sequence => None,
        Ok(statement) => assemble::table(&name.schema, &name.name, &statement),
        Err(refusal) => {
            tracing::debug!(target: "brownfield::sql", table = name.name, %refusal, "statement not understood");
            None
        }
    }
}
