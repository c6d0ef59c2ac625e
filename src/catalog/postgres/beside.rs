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
    /// Another session, in a transaction that sees what this one sees; `None` when there is none to be had. After an
    /// error this session's transaction is over.
    pub(super) async fn another(&mut self) -> Result<Option<Self>, SqlError> {
        self.round_trips += 1;
        let question = raw_sql("SELECT pg_catalog.pg_export_snapshot()").fetch_one(&mut self.connection);
        let row = within(self.options.patience(), question).await?;
        let snapshot: String = row.try_get(0)?;
        // The server ends a transaction that idles as long as a statement may take.
        let patience = PATIENCE.min(self.options.statement_timeout / 2);
        let opened = Self::in_snapshot(self.target, self.options, self.version, &snapshot);
        Ok(tokio::time::timeout(patience, opened).await.unwrap_or_default())
    }

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

    /// Asks the statements on two connections at the same time, and ends both transactions.
    pub(super) async fn together(
        &mut self,
        mut other: Self,
        statements: &[Statement],
        rows: &mut Rows,
    ) -> Result<(), (Statement, SqlError)> {
        let (beside, here): (Vec<Statement>, Vec<Statement>) =
            statements.iter().partition(|statement| statement.beside);
        let (mut here, mut there) = (inside(&here), inside(&beside));
        for last in [here.last_mut(), there.last_mut()].into_iter().flatten() {
            last.commit();
        }
        if let Some(first) = there.first_mut() {
            first.leave(&rows.locked_relations);
        }
        let mut found = Rows::default();
        let (answer, other_answer) = join(self.message(&here, rows), other.message(&there, &mut found)).await;
        self.round_trips += other.round_trips;
        answer?;
        other_answer?;
        other.close().await;
        rows.append(found);
        Ok(())
    }
}
