//! Questions to table data.

use super::cells::Cells;
use super::connect::{cause, connect};
use super::target::Target;
use crate::catalog::data::Row;
use crate::catalog::{Error, Options, within};
use sqlx::{AssertSqlSafe, Connection as _, Row as _, raw_sql};
use std::time::Instant;

/// Runs every statement in a read-only transaction of its own, so that none keeps a snapshot or a lock for long, and
/// collects the rows or the server's refusal.
pub(in crate::catalog) async fn answers(
    target: &Target,
    options: &Options,
    statements: &[String],
) -> Result<Vec<Result<Vec<Row>, String>>, Error> {
    let mut answers = Vec::new();
    if statements.is_empty() {
        return Ok(answers);
    }
    let mut connection = connect(target, options).await?;
    // Row security would leave out rows in silence. Without it the server refuses, and that is said.
    let begin = format!(
        "BEGIN READ ONLY; SET LOCAL search_path = ''; SET LOCAL row_security = off; SET LOCAL statement_timeout = {}; \
         SET LOCAL lock_timeout = {}",
        options.statement_timeout.as_millis(),
        options.lock_timeout.as_millis()
    );
    for statement in statements {
        let message = format!("{begin}; {statement}; COMMIT");
        tracing::trace!(target: "brownfield::sql", "{message}");
        let start = Instant::now();
        let question = raw_sql(AssertSqlSafe(message)).fetch_all(&mut connection);
        let rows = within(options.patience(), question).await;
        let elapsed = start.elapsed().as_millis();
        let kept = rows.as_ref().map_or(0, Vec::len);
        tracing::debug!(target: "brownfield::sql", statement = "data", rows = kept, milliseconds = elapsed);
        answers.push(match rows {
            Ok(rows) => Ok(rows
                .iter()
                .map(|row| {
                    let mut cells = Cells::new(row);
                    (0..row.len()).map(|_| cells.take()).collect()
                })
                .collect()),
            Err(error) => {
                let _ = within(options.patience(), raw_sql("ROLLBACK").execute(&mut connection)).await;
                Err(cause(error).to_string())
            }
        });
    }
    let _ = connection.close().await;
    Ok(answers)
}
