//! A second connection that helps to read a large catalog, in the snapshot of the first.

use super::connect::connect;
use super::rows::{Locked, Rows};
use super::scope::Scope;
use super::session::{Session, following, inside, leaving, portions, set};
use super::statements::{BEGIN, Statement, VIEW_DEFINITIONS};
use super::target::Target;
use crate::catalog::{Options, within};
use crate::model::{EngineName, quote};
use futures_util::future::join;
use sqlx::{AssertSqlSafe, Error as SqlError, Row as _, raw_sql};
use std::cell::RefCell;
use std::collections::VecDeque;
use std::time::Duration;

/// Longest time to wait for the second connection. A pool may have none and let the client wait.
const PATIENCE: Duration = Duration::from_secs(1);

impl<'a> Session<'a> {
    /// The name by which another session can see what this one sees, until this transaction ends. After an error this
    /// session's transaction is over.
    pub(super) async fn export_snapshot(&mut self) -> Result<String, SqlError> {
        self.round_trips += 1;
        let question = raw_sql("SELECT pg_catalog.pg_export_snapshot()").fetch_one(&mut self.connection);
        within(self.options.patience(), question).await?.try_get(0)
    }

    /// A session that sees what another one sees, and leaves the same relations alone.
    async fn in_snapshot(
        target: &'a Target,
        options: &'a Options,
        version: u32,
        snapshot: &str,
        locked: &[Locked],
    ) -> Option<Self> {
        let connection = connect(target, options).await.ok()?;
        let mut session = Self { connection, target, options, version, round_trips: 1 };
        let mut message = BEGIN.to_owned();
        message.push_str("SET TRANSACTION SNAPSHOT ");
        message.push_str(&quote::quote_literal(EngineName::PostgreSql, snapshot));
        message.push_str(";\n");
        session.write_settings(&mut message);
        set(&mut message, &leaving(locked));
        raw_sql(AssertSqlSafe(message)).execute(&mut session.connection).await.ok()?;
        Some(session)
    }

    /// Asks the statements and what follows from them on two connections at the same time, and ends both transactions. Each
    /// asks a part after the other: this session begins while the other is being opened, and asks everything when there is no
    /// other to be had.
    pub(super) async fn together(
        &mut self,
        snapshot: &str,
        statements: &[Statement],
        rows: &mut Rows,
    ) -> Result<(), (Statement, SqlError)> {
        let (target, options, version) = (self.target, self.options, self.version);
        let locked = rows.locked_relations.clone();
        let parts = RefCell::new(parts(statements));
        let next = || parts.borrow_mut().pop_front();
        let reading = async {
            while let Some(part) = next() {
                self.message(&inside(&part), rows).await?;
            }
            Ok(())
        };
        let reading_beside = async {
            // The server ends a transaction that idles as long as a statement may take.
            let patience = PATIENCE.min(options.statement_timeout / 2);
            let opening = Self::in_snapshot(target, options, version, snapshot, &locked);
            let mut found = Rows::default();
            let Ok(Some(mut other)) = tokio::time::timeout(patience, opening).await else { return Ok((None, found)) };
            while let Some(part) = next() {
                other.message(&inside(&part), &mut found).await?;
            }
            // What follows is asked by this session alone.
            other.last_message(Vec::new(), &mut found).await?;
            Ok((Some(other), found))
        };
        let (answer, beside) = join(reading, reading_beside).await;
        answer?;
        let (other, found) = beside?;
        rows.append(found);

        let Some(mut other) = other else { return self.last_message(following(rows), rows).await };
        // Definitions of views that are not got here are asked for once more, and then it is said why there are none.
        let scope = Scope::new(rows, &options.filter).ok().filter(|_| rows.locked_relations.is_empty());
        let views = scope.map(|scope| scope.views(rows)).unwrap_or_default();
        let mut found = Rows::default();
        let reading_beside = async {
            if !views.is_empty() {
                let _ = other.run(&portions(VIEW_DEFINITIONS, &views), &mut found).await;
            }
        };
        // They are printed while it is worked out what follows.
        let reading = async { self.last_message(following(rows), rows).await };
        let ((), answer) = join(reading_beside, reading).await;
        answer?;
        rows.append(found);
        other.close().await;
        Ok(())
    }
}

/// The statements by parts, in the order in which these are asked: large ones first, so that both connections are done at the
/// same time.
fn parts(statements: &[Statement]) -> VecDeque<Vec<Statement>> {
    let mut statements = statements.to_vec();
    statements.sort_by_key(|statement| statement.part);
    statements.chunk_by(|a, b| a.part == b.part).map(<[Statement]>::to_vec).collect()
}
