//! Asks MariaDB for the statements of tables, many in one message.

use super::session::{Server, cell, error_number};
use super::{assemble, show_create};
use crate::catalog::within;
use crate::model::quote::qualified;
use crate::model::{EngineName, QualifiedName, Table};
use futures_util::TryStreamExt as _;
use sqlx::{AssertSqlSafe, Either, Error as SqlError, Row as _, raw_sql};
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;

/// Statements in one message.
const BATCH: usize = 500;

/// Statements in the last messages, when two connections send them.
const SMALL_BATCH: usize = 100;

/// The server's number for a table that is not there.
const NO_SUCH_TABLE: u16 = 1146;

/// Failures after which nothing more is asked: then something is wrong with all of them.
const FAILURES: usize = 100;

/// Tables by schema and name.
pub(super) type Created = BTreeMap<(String, String), Table>;

/// Tables to read, which several connections take from in turn.
pub(super) struct Wanted<'n> {
    names: &'n [QualifiedName],
    /// Two connections take from it, so that the last messages are small and both end at about the same time.
    shared: bool,
    next: Cell<usize>,
    failures: Cell<usize>,
    created: RefCell<Created>,
    refused: RefCell<Vec<QualifiedName>>,
    gone: RefCell<Vec<QualifiedName>>,
}

/// What became of tables that were asked for.
#[derive(Default)]
pub(super) struct Found {
    pub(super) created: Created,
    /// Those whose statement the server refused or the parser did not understand.
    pub(super) refused: Vec<QualifiedName>,
    /// Those that were dropped after the server had listed them.
    pub(super) gone: Vec<QualifiedName>,
}

impl<'n> Wanted<'n> {
    pub(super) fn new(names: &'n [QualifiedName], shared: bool) -> Self {
        Self {
            names,
            shared,
            next: Cell::new(0),
            failures: Cell::new(0),
            created: RefCell::default(),
            refused: RefCell::default(),
            gone: RefCell::default(),
        }
    }

    pub(super) fn finish(self) -> Found {
        let (created, mut refused) = (self.created.into_inner(), self.refused.into_inner());
        refused.retain(|name| !created.contains_key(&(name.schema.clone(), name.name.clone())));
        Found { created, refused, gone: self.gone.into_inner() }
    }

    /// Reads tables until none is left. While one answer is parsed, the server prepares the next.
    pub(super) async fn read(&self, server: &mut Server) -> Result<(), SqlError> {
        while let Some(mut batch) = self.take() {
            while !batch.is_empty() {
                if self.failures.get() > FAILURES {
                    self.refused.borrow_mut().extend_from_slice(batch);
                    break;
                }
                let (done, failure) = match self.ask(server, batch).await {
                    Ok(answer) => answer,
                    Err(error) => {
                        // Nobody else asks for what this connection has taken: `information_schema` has to tell it.
                        self.refused.borrow_mut().extend_from_slice(batch);
                        return Err(error);
                    }
                };
                let rest = batch.get(done..).unwrap_or_default();
                // The server stops at the first that fails, for example because the table is gone meanwhile.
                let Some((failed, others)) = rest.split_first() else { break };
                let list = if failure == Some(NO_SUCH_TABLE) { &self.gone } else { &self.refused };
                list.borrow_mut().push(failed.clone());
                self.failures.set(self.failures.get() + 1);
                batch = others;
            }
        }
        Ok(())
    }

    fn take(&self) -> Option<&'n [QualifiedName]> {
        let rest = self.names.get(self.next.get()..).filter(|rest| !rest.is_empty())?;
        if self.failures.get() > FAILURES {
            self.refused.borrow_mut().extend_from_slice(rest);
            self.next.set(self.names.len());
            return None;
        }
        let share = if self.shared { (rest.len() / 4).max(SMALL_BATCH) } else { BATCH };
        let (batch, _) = rest.split_at(rest.len().min(share).min(BATCH));
        self.next.set(self.next.get() + batch.len());
        Some(batch)
    }

    /// Sends one message. Returns how many statements succeeded, and the number of the error of the one that did not.
    async fn ask(&self, server: &mut Server, names: &[QualifiedName]) -> Result<(usize, Option<u16>), SqlError> {
        let message: Vec<String> =
            names.iter().map(|name| format!("SHOW CREATE TABLE {}", qualified(EngineName::MariaDb, name))).collect();
        let message = message.join(";");
        tracing::trace!(target: "brownfield::sql", "{message}");
        let mut answers = raw_sql(AssertSqlSafe(message)).fetch_many(&mut server.connection);
        let mut done = 0;
        loop {
            match within(server.patience, answers.try_next()).await {
                Ok(Some(Either::Right(row))) => {
                    let Some(name) = names.get(done) else { continue };
                    match table(name, &row) {
                        Some(table) => {
                            self.created.borrow_mut().insert((name.schema.clone(), name.name.clone()), table);
                        }
                        None => self.refused.borrow_mut().push(name.clone()),
                    }
                }
                Ok(Some(Either::Left(_))) => done += 1,
                Ok(None) => return Ok((done.min(names.len()), None)),
                Err(SqlError::Database(error)) => {
                    tracing::debug!(target: "brownfield::sql", reason = error.message(), "no statement");
                    return Ok((done.min(names.len()), error_number(&SqlError::Database(error))));
                }
                Err(error) => return Err(error),
            }
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
