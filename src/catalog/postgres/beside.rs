//! A second connection that reads half of a large catalog, in the snapshot of the first.

use super::connect::connect;
use super::rows::Rows;
use super::session::{Session, inside};
use super::statements::{BEGIN, Statement};
use super::target::Target;
use crate::catalog::{Options, within};
use crate::model::{EngineName, quote};
use futures_util::future::join;
use sqlx::{AssertSqlSafe, Error as SqlError, Row as _, raw_sql};
use std::time::Duration;

/// Longest time to wait for the second connection. A pool may have none and let the client wait.
const PATIENCE: Duration = Duration::from_secs(1);

impl<'a> Session<'a> {
    /// Asks the statements on two connections at the same time, or on this one when no other is to be had, and ends the
    /// transaction.
    pub(super) async fn with_another(
        &mut self,
        snapshot: &str,
        statements: &[Statement],
        rows: &mut Rows,
    ) -> Result<(), (Statement, SqlError)> {
        let (beside, here): (Vec<Statement>, Vec<Statement>) =
            statements.iter().partition(|statement| statement.beside);
        let locked = rows.locked_relations.clone();
        let (target, options, version) = (self.target, self.options, self.version);
        let other = async {
            let opened = Session::in_snapshot(target, options, version, snapshot);
            let mut session = tokio::time::timeout(PATIENCE, opened).await.ok()??;
            let (mut rows, mut steps) = (Rows::default(), inside(&beside));
            if let Some(first) = steps.first_mut() {
                first.leave(&locked);
            }
            let answer = session.message(&steps, &mut rows).await;
            let round_trips = session.round_trips;
            session.close().await;
            Some((answer, rows, round_trips))
        };
        let here = inside(&here);
        let (answer, other) = join(self.message(&here, rows), other).await;
        answer?;
        match other {
            Some((Ok(()), found, round_trips)) => {
                rows.append(found);
                self.round_trips += round_trips;
            }
            Some((Err((statement, error @ SqlError::Database(_))), ..)) => return Err((statement, error)),
            // What the second connection did not manage, the first one does.
            _ => {
                tracing::debug!("no second connection: the first reads everything");
                self.message(&inside(&beside), rows).await?;
            }
        }
        let end = within(options.patience(), raw_sql("COMMIT").execute(&mut self.connection)).await;
        self.round_trips += 1;
        match (end, statements.last()) {
            (Err(error), Some(statement)) => Err((*statement, error)),
            _ => Ok(()),
        }
    }

    /// The name under which another session can take the snapshot of this one, as long as its transaction is open. Where
    /// the server refuses, that has ended the transaction.
    pub(super) async fn exported_snapshot(&mut self) -> Option<String> {
        self.round_trips += 1;
        let question = raw_sql("SELECT pg_catalog.pg_export_snapshot()").fetch_one(&mut self.connection);
        let row = within(self.options.patience(), question).await.ok()?;
        row.try_get(0).ok()
    }

    /// Another session, in a transaction that sees what the first one sees.
    async fn in_snapshot(target: &'a Target, options: &'a Options, version: u32, snapshot: &str) -> Option<Self> {
        let connection = connect(target, options).await.ok()?;
        let mut session = Self { connection, target, options, version, round_trips: 1 };
        let mut message = BEGIN.to_owned();
        message.push_str("SET TRANSACTION SNAPSHOT ");
        message.push_str(&quote::quote_literal(EngineName::PostgreSql, snapshot));
        message.push_str(";\n");
        session.write_settings(&mut message);
        raw_sql(AssertSqlSafe(message)).execute(&mut session.connection).await.ok()?;
        Some(session)
    }
}
