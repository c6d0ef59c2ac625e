//! Asks the statements: three messages for the snapshot, one for what must stand outside it, and what to do when a
//! statement fails.

use super::alike::Alike;
use super::cells::Cells;
use super::connect::{OLDEST_VERSION, POOL_EXHAUSTED, WAIT_FOR_POOL, cause};
use super::rows::{Locked, Oid, Rows};
use super::scope::{Scope, unseen_lock, waits_for};
use super::statements::{
    BEGIN, CHANGES, CHECK_EXPRESSIONS, COLUMN_TYPES, DEFAULT_EXPRESSIONS, INDEX_EXPRESSIONS, LOCKED_RELATIONS,
    PARTITION_COLUMNS, PARTITION_RETENTION, SCHEDULED_JOBS, SEQUENCE_VALUES, SETTINGS, SNAPSHOT, Statement,
    VIEW_DEFINITIONS,
};
use super::target::Target;
use crate::catalog::{Error, Options, within};
use crate::model::{EngineName, Unseen, UnseenKind, quote};
use foldhash::HashSet;
use futures_util::TryStreamExt as _;
use sqlx::postgres::PgConnection;
use sqlx::{AssertSqlSafe, Either, Error as SqlError, raw_sql};
use std::borrow::Cow;
use std::fmt::Write as _;
use std::time::{Duration, Instant};

/// How often the reading is tried when the schema changes under it.
const ATTEMPTS: u32 = 5;
/// How long to wait before the second attempt; twice as long before the third, and so on.
const PAUSE: Duration = Duration::from_millis(50);
/// Views or sequences asked for in one transaction: each keeps locks until its end.
const PORTION: usize = 500;

/// Number of statements of a snapshot that are asked before it is known how much there is to read.
const HEAD: usize = 2;

/// The statements without which there is no model.
const INDISPENSABLE: &[&str] =
    &["session", "schemas", "relations", "columns", "defaults", "column_types", "default_expressions"];

/// An open connection and what it takes to ask it.
pub(super) struct Session<'a> {
    pub(super) connection: PgConnection,
    pub(super) target: &'a Target,
    pub(super) options: &'a Options,
    pub(super) version: u32,
    /// Messages sent since the connection was opened.
    pub(super) round_trips: u32,
}

/// One statement with what must be set for it.
pub(super) struct Step {
    statement: Statement,
    /// Schema of the extension whose table is asked.
    extension: Option<String>,
    settings: Vec<Setting>,
    before: &'static str,
    after: &'static str,
    begins: bool,
    oids: Vec<Oid>,
    asked_again: bool,
}

/// The step at which a message broke off.
pub(super) struct Failure {
    pub(super) step: usize,
    pub(super) error: SqlError,
}

/// Why a reading came to nothing.
enum Trouble {
    /// The schema changed while it was read.
    Torn,
    Failed(Error),
}

impl Step {
    /// A statement inside a transaction that is open already.
    pub(super) fn inside(statement: Statement) -> Self {
        Self {
            statement,
            extension: None,
            settings: Vec::new(),
            before: "",
            after: "",
            begins: false,
            oids: Vec::new(),
            asked_again: false,
        }
    }

    /// A statement in a transaction of its own.
    fn alone(statement: Statement) -> Self {
        Self { after: "COMMIT;\n", begins: true, ..Self::inside(statement) }
    }

    /// A statement that opens the transaction and says which relations to leave alone.
    fn first(statement: Statement, locked: &[Locked]) -> Self {
        Self { begins: true, settings: vec![leaving(locked)], ..Self::inside(statement) }
    }

    /// Makes the statement one that may fail without the transaction.
    fn revocable(mut self) -> Self {
        self.before = "SAVEPOINT statement;\n";
        self.after = "RELEASE SAVEPOINT statement;\n";
        self
    }

    /// Ends the transaction after the statement.
    pub(super) fn commit(&mut self) {
        self.after = "COMMIT;\n";
    }

    fn with(mut self, name: &'static str, value: String) -> Self {
        self.settings.push((name, value));
        self
    }

    /// Asks a table of an extension that is in this schema.
    fn of_extension(statement: Statement, schema: &str) -> Self {
        Self { extension: Some(schema.to_owned()), ..Self::alone(statement) }
    }

    fn sql(&self) -> Cow<'static, str> {
        match &self.extension {
            None => Cow::Borrowed(self.statement.sql),
            Some(schema) => {
                let schema = quote::quote_identifier(EngineName::PostgreSql, schema);
                Cow::Owned(self.statement.sql.replace(" extension.", &format!(" {schema}.")))
            }
        }
    }

    /// Limits the statement to some relations.
    fn portion(statement: Statement, oids: &[Oid]) -> Self {
        let list = array(oids.iter());
        Self { oids: oids.to_vec(), ..Self::alone(statement).with("brownfield.relations", list) }
    }
}

impl<'a> Session<'a> {
    /// Learns the server's version, from the greeting or by asking.
    pub(super) async fn open(
        mut connection: PgConnection,
        target: &'a Target,
        options: &'a Options,
    ) -> Result<Self, Error> {
        let mut round_trips = 0;
        let version = if let Some(version) = connection.server_version_num() {
            version
        } else {
            round_trips += 1;
            let question = raw_sql("SHOW server_version_num").fetch_one(&mut connection);
            let row = within(options.patience(), question)
                .await
                .map_err(|error| Error::new(format!("cannot ask {target} for its version")).because(cause(error)))?;
            Cells::new(&row).take()
        };
        if version < OLDEST_VERSION {
            return Err(Error::new(format!("cannot read {target}"))
                .because(format!("the server is PostgreSQL {}.{}", version / 10_000, version % 10_000 / 100))
                .hint("PostgreSQL 12 and later are supported"));
        }
        Ok(Self { connection, target, options, version, round_trips })
    }

    /// Reads everything, again from the start when the schema changed meanwhile.
    pub(super) async fn read(&mut self) -> Result<Rows, Error> {
        for attempt in 1..=ATTEMPTS {
            match self.read_once().await {
                Ok(rows) => return Ok(rows),
                Err(Trouble::Failed(error)) => return Err(error),
                Err(Trouble::Torn) => {
                    tracing::debug!(attempt, "the schema changed while it was read");
                    if attempt < ATTEMPTS {
                        tokio::time::sleep(PAUSE * attempt).await;
                    }
                }
            }
        }
        Err(Error::new(format!("cannot read {}", self.target))
            .because("the schema changed during each of several attempts")
            .hint("try again when no migration is running"))
    }

    async fn read_once(&mut self) -> Result<Rows, Trouble> {
        let mut rows = self.snapshot().await?;
        if rows.is_torn() {
            return Err(Trouble::Torn);
        }
        let scope = Scope::new(&rows, &self.options.filter).map_err(Trouble::Failed)?;
        self.details(&scope, &mut rows).await?;
        Ok(rows)
    }

    /// The statements that share one snapshot: all at once, and statement by statement when that fails for a reason
    /// that concerns one of them only.
    async fn snapshot(&mut self) -> Result<Rows, Trouble> {
        let statements: Vec<Statement> = SNAPSHOT
            .iter()
            .filter(|statement| statement.since <= self.version)
            .filter(|statement| self.options.statistics || !statement.statistics)
            .copied()
            .collect();
        let mut rows = Rows::default();
        let Err((statement, error)) = self.at_once(&statements, &mut rows).await else { return Ok(rows) };
        match self.judge(&statement, error)? {
            Remedy::SkipLocked => {
                rows = self.locked_relations().await?;
                let Err((statement, error)) = self.at_once(&statements, &mut rows).await else { return Ok(rows) };
                self.judge(&statement, error)?;
            }
            Remedy::Skip(_) => {}
        }
        rows = Rows { locked_relations: std::mem::take(&mut rows.locked_relations), ..Rows::default() };
        self.command("ROLLBACK").await?;
        self.one_by_one(&statements, &mut rows).await?;
        Ok(rows)
    }

    /// All statements in few messages: the first tells how much there is to read, and thus on how many connections.
    async fn at_once(&mut self, statements: &[Statement], rows: &mut Rows) -> Result<(), (Statement, SqlError)> {
        let (head, rest) = statements.split_at(HEAD.min(statements.len()));
        let mut alone = self.options.connections < 2;
        loop {
            let mut steps = inside(head);
            if let (Some(first), Some(statement)) = (steps.first_mut(), head.first()) {
                *first = Step::first(*statement, &rows.locked_relations);
            }
            self.message(&steps, rows).await?;
            let large = rows.session.first().is_some_and(|session| session.large);
            let snapshot = if alone || !large { Ok(None) } else { self.export_snapshot().await.map(Some) };
            let again = match snapshot {
                Ok(None) => {
                    self.message(&inside(rest), rows).await?;
                    return self.last_message(following(rows), rows).await;
                }
                Ok(Some(snapshot)) => match self.together(&snapshot, rest, rows).await {
                    // The connections are two, and one of them may break, or wait too long for the other.
                    Err((_, error)) if is_over(&error) => error,
                    answer => return answer,
                },
                Err(error) => error,
            };
            tracing::debug!(%again, "two connections did not work: the first reads everything");
            alone = true;
            *rows = Rows { locked_relations: std::mem::take(&mut rows.locked_relations), ..Rows::default() };
            let _ = within(self.options.patience(), raw_sql("ROLLBACK").execute(&mut self.connection)).await;
        }
    }

    /// Sends the last steps of a transaction in one message, and ends it.
    pub(super) async fn last_message(
        &mut self,
        mut steps: Vec<Step>,
        rows: &mut Rows,
    ) -> Result<(), (Statement, SqlError)> {
        match steps.last_mut() {
            Some(last) => last.commit(),
            None => return self.tell("COMMIT").await.map_err(|error| (COLUMN_TYPES, error)),
        }
        self.message(&steps, rows).await
    }

    /// Sends steps in one message; on failure, says which statement it was.
    pub(super) async fn message(&mut self, steps: &[Step], rows: &mut Rows) -> Result<(), (Statement, SqlError)> {
        let Err(failure) = self.run(steps, rows).await else { return Ok(()) };
        match steps.get(failure.step).or(steps.last()) {
            Some(step) => Err((step.statement, failure.error)),
            None => Ok(()),
        }
    }

    /// Each statement in a message of its own, so that one that fails takes no other with it.
    async fn one_by_one(&mut self, statements: &[Statement], rows: &mut Rows) -> Result<(), Trouble> {
        for (position, statement) in statements.iter().enumerate() {
            if position == 0 {
                self.by_itself(Step::first(*statement, &rows.locked_relations), rows).await?;
            } else {
                self.by_itself(Step::inside(*statement).revocable(), rows).await?;
            }
        }
        for step in following(rows) {
            self.by_itself(step.revocable(), rows).await?;
        }
        self.command("COMMIT").await
    }

    /// Asks a statement; where that fails, says what stays unseen and goes back to where the transaction was before.
    async fn by_itself(&mut self, step: Step, rows: &mut Rows) -> Result<(), Trouble> {
        let statement = step.statement;
        let Err(failure) = self.run(std::slice::from_ref(&step), rows).await else { return Ok(()) };
        let indispensable = INDISPENSABLE.contains(&statement.name);
        match self.judge(&statement, failure.error)? {
            Remedy::Skip(error) if indispensable => {
                return Err(Trouble::Failed(self.failed(&statement, error)));
            }
            Remedy::SkipLocked if indispensable => {
                return Err(Trouble::Failed(
                    Error::new(format!("cannot read {} of {}", statement.name.replace('_', " "), self.target))
                        .because("other sessions hold locks on the schema")
                        .hint("raise --lock-timeout, or try again when no migration is running"),
                ));
            }
            Remedy::Skip(error) => {
                (statement.forget)(rows);
                rows.unseen.extend(unseen(&step, &error, self.role()));
            }
            Remedy::SkipLocked => {
                (statement.forget)(rows);
                rows.unseen.extend(behind_lock(&statement));
            }
        }
        self.command("ROLLBACK TO SAVEPOINT statement").await
    }

    /// What keeps locks or is not part of every database: view definitions, values of sequences, jobs. Last, whether
    /// the catalog changed meanwhile.
    async fn details(&mut self, scope: &Scope, rows: &mut Rows) -> Result<(), Trouble> {
        let held = rows.locked();
        let known: HashSet<Oid> =
            rows.view_definitions.iter().filter(|view| view.text.is_some()).map(|view| view.view).collect();
        let views = scope.views(rows).into_iter().filter(|view| !known.contains(view));
        let (waiting, views): (Vec<Oid>, Vec<Oid>) =
            views.partition(|view| !held.is_empty() && waits_for(rows, *view, &held));
        note_locks(rows, &waiting, UnseenKind::ViewDefinitions);
        let sequences = if self.options.statistics { scope.readable_sequences(rows) } else { Vec::new() };
        let snapshot = rows.session.first().map(|session| session.snapshot.clone()).unwrap_or_default();
        let mut steps: Vec<Step> = Vec::new();
        steps.extend(portions(VIEW_DEFINITIONS, &views));
        steps.extend(portions(SEQUENCE_VALUES, &sequences));
        if rows.extensions.iter().any(|extension| extension.name == "pg_cron") {
            steps.push(Step::of_extension(SCHEDULED_JOBS, "cron").with("row_security", "on".to_owned()));
            if !rows.session.first().is_some_and(|session| session.sees_every_row) {
                rows.unseen.push(Unseen {
                    what: UnseenKind::Events,
                    schema: None,
                    object: None,
                    reason: "pg_cron shows a role its own jobs only".to_owned(),
                    remedy: "read as a superuser or as the role that owns the jobs".to_owned(),
                });
            }
        }
        steps.extend(rows.partman_schemas().into_iter().map(|schema| Step::of_extension(PARTITION_RETENTION, schema)));
        steps.push(Step::alone(CHANGES).with("brownfield.snapshot", snapshot));

        let mut next = 0;
        while next < steps.len() {
            let Err(failure) = self.run(&steps[next..], rows).await else { break };
            next += failure.step;
            let Some(step) = steps.get_mut(next) else { break };
            let statement = step.statement;
            let remedy = self.judge(&statement, failure.error)?;
            self.command("ROLLBACK").await?;
            match remedy {
                Remedy::SkipLocked if !step.oids.is_empty() => {
                    let held = self.locked_relations().await?.locked();
                    let (free, waiting): (Vec<Oid>, Vec<Oid>) =
                        step.oids.iter().partition(|oid| !waits_for(rows, **oid, &held));
                    // A lock that went away meanwhile: the portion is asked again, once.
                    let free = if waiting.is_empty() && step.asked_again { Vec::new() } else { free };
                    let skipped = if free.is_empty() { step.oids.clone() } else { waiting };
                    for kind in statement.kinds {
                        note_locks(rows, &skipped, *kind);
                    }
                    *step = Step { asked_again: true, ..Step::portion(statement, &free) };
                    if free.is_empty() {
                        next += 1;
                    }
                }
                Remedy::SkipLocked => {
                    rows.unseen.extend(behind_lock(&statement));
                    next += 1;
                }
                Remedy::Skip(error) => {
                    // That nothing changed cannot be proved then, as it could not with any other tool.
                    if statement.name != CHANGES.name {
                        rows.unseen.extend(unseen(step, &error, self.role()));
                    }
                    next += 1;
                }
            }
        }

        let defined: HashSet<Oid> =
            rows.view_definitions.iter().filter(|view| view.text.is_some()).map(|view| view.view).collect();
        let left_out = rows.unseen.iter().any(|unseen| unseen.what == UnseenKind::ViewDefinitions);
        let vanished = !left_out && views.iter().any(|view| !defined.contains(view));
        if vanished || rows.has_renames() {
            return Err(Trouble::Torn);
        }
        Ok(())
    }

    /// Relations whose expressions cannot be read without waiting, as the only rows of an otherwise empty answer.
    async fn locked_relations(&mut self) -> Result<Rows, Trouble> {
        let mut rows = Rows::default();
        self.command("ROLLBACK").await?;
        match self.run(&[Step::alone(LOCKED_RELATIONS)], &mut rows).await {
            Ok(()) => Ok(rows),
            Err(failure) => Err(Trouble::Failed(self.failed(&LOCKED_RELATIONS, failure.error))),
        }
    }

    /// Sends the steps in one message and keeps the rows of their statements. The only place that asks the server.
    pub(super) async fn run(&mut self, steps: &[Step], rows: &mut Rows) -> Result<(), Failure> {
        let mut message = String::new();
        // Commands of each step before its statement, and in all: the answer tells only where a command ends.
        let mut counts = Vec::with_capacity(steps.len());
        for step in steps {
            let start = message.len();
            if step.begins {
                message.push_str(BEGIN);
                self.write_settings(&mut message);
            }
            for setting in &step.settings {
                set(&mut message, setting);
            }
            message.push_str(step.before);
            let before = count_commands(&message[start..]);
            message.push_str(&step.sql());
            message.push_str(step.after);
            counts.push((before, before + 1 + count_commands(step.after)));
        }

        self.round_trips += 1;
        let round_trip = self.round_trips;
        let patience = self.options.patience();
        tracing::trace!(target: "brownfield::sql", round_trip, "{message}");
        let mut answers = raw_sql(AssertSqlSafe(message)).fetch_many(&mut self.connection);
        let (mut step, mut command, mut kept) = (0, 0, 0_u64);
        let mut started = Instant::now();
        loop {
            let answer = within(patience, answers.try_next()).await.map_err(|error| Failure { step, error })?;
            let (Some(answer), Some((before, all)), Some(asked)) = (answer, counts.get(step), steps.get(step)) else {
                return Ok(());
            };
            match answer {
                Either::Right(row) if command == *before => {
                    (asked.statement.keep)(rows, &mut Cells::new(&row));
                    kept += 1;
                }
                Either::Right(_) => {}
                Either::Left(_) => {
                    if command == *before {
                        (asked.statement.done)(rows);
                        let milliseconds = started.elapsed().as_secs_f64() * 1000.0;
                        tracing::debug!(
                            target: "brownfield::sql",
                            statement = asked.statement.name,
                            rows = kept,
                            milliseconds = format_args!("{milliseconds:.1}"),
                            round_trip,
                        );
                    }
                    command += 1;
                    if command == *before || command == before + 1 {
                        kept = 0;
                        started = Instant::now();
                    }
                    if command == *all {
                        step += 1;
                        command = 0;
                    }
                }
            }
        }
    }

    /// What holds in a transaction that was opened just now.
    pub(super) fn write_settings(&self, message: &mut String) {
        message.push_str(SETTINGS);
        let statement = self.options.statement_timeout.as_millis();
        let lock = self.options.lock_timeout.as_millis();
        let _ = writeln!(message, "SET LOCAL statement_timeout = {statement};");
        let _ = writeln!(message, "SET LOCAL idle_in_transaction_session_timeout = {statement};");
        let _ = writeln!(message, "SET LOCAL lock_timeout = {lock};");
    }

    /// A command without an answer worth keeping.
    async fn command(&mut self, command: &'static str) -> Result<(), Trouble> {
        self.tell(command)
            .await
            .map_err(|error| Trouble::Failed(Error::new(format!("cannot read {}", self.target)).because(cause(error))))
    }

    async fn tell(&mut self, command: &'static str) -> Result<(), SqlError> {
        self.round_trips += 1;
        within(self.options.patience(), raw_sql(command).execute(&mut self.connection)).await.map(|_| ())
    }

    /// What a failed statement means for the reading.
    fn judge(&self, statement: &Statement, error: SqlError) -> Result<Remedy, Trouble> {
        let SqlError::Database(database) = &error else {
            return Err(Trouble::Failed(
                self.failed(statement, error).hint("the connection broke: is the server still there?"),
            ));
        };
        let code = database.code().unwrap_or_default().into_owned();
        match code.as_str() {
            "55P03" => Ok(Remedy::SkipLocked),
            // An object vanished between the snapshot and the moment its text was printed.
            "XX000" | "42P01" | "42704" | "42883" | "3F000" => {
                if database.message().contains("with OID") || code == "XX000" {
                    Err(Trouble::Torn)
                } else {
                    Ok(Remedy::Skip(error))
                }
            }
            "57014" => {
                let seconds = self.options.statement_timeout.as_secs_f64();
                Err(Trouble::Failed(self.failed(statement, error).hint(format!(
                    "the limit is {seconds} s, and --statement-timeout raises it; or somebody cancelled it"
                ))))
            }
            "08P01" if database.message() == POOL_EXHAUSTED => {
                Err(Trouble::Failed(self.failed(statement, error).hint(WAIT_FOR_POOL)))
            }
            class if class.starts_with("57") || class.starts_with("08") => Err(Trouble::Failed(
                self.failed(statement, error).hint("the server ended the session: try again when it takes connections"),
            )),
            class if class.starts_with("53") => Err(Trouble::Failed(self.failed(statement, error))),
            _ => Ok(Remedy::Skip(error)),
        }
    }

    fn failed(&self, statement: &Statement, error: SqlError) -> Error {
        let attempt = format!("cannot read {} of {}", statement.name.replace('_', " "), self.target);
        match missing_grant(&error, None, self.role()) {
            Some(grant) => Error::new(attempt).because(cause(error)).hint(grant),
            None => Error::new(attempt).because(cause(error)),
        }
    }

    fn role(&self) -> &'a str {
        self.target.user.as_deref().unwrap_or("PUBLIC")
    }

    /// Takes leave of the server.
    pub(super) async fn close(self) {
        use sqlx::Connection as _;
        // Everything has been read; a server that is gone by now takes nothing away.
        let _ = self.connection.close().await;
    }
}

/// Statements of a transaction that is open already.
pub(super) fn inside(statements: &[Statement]) -> Vec<Step> {
    statements.iter().copied().map(Step::inside).collect()
}

/// A statement about relations that stay locked until the end of its transaction, in several of them.
pub(super) fn portions(statement: Statement, oids: &[Oid]) -> Vec<Step> {
    oids.chunks(PORTION).map(|oids| Step::portion(statement, oids)).collect()
}

/// What the answers lead to: the names of types, the texts of expressions, each once, and the columns of some partitions.
pub(super) fn following(rows: &mut Rows) -> Vec<Step> {
    rows.alike = Alike::new(rows);
    let mut steps = Vec::new();
    let columns = rows.columns.iter().chain(&rows.own_columns);
    let types: HashSet<(Oid, i32)> = columns.map(|column| (column.type_oid, column.modifier)).collect();
    let mut types: Vec<(Oid, i32)> = types.into_iter().collect();
    types.sort_unstable();
    if !types.is_empty() {
        let step = Step::inside(COLUMN_TYPES).with("brownfield.types", array(types.iter().map(|(oid, _)| oid)));
        steps.push(step.with("brownfield.modifiers", array(types.iter().map(|(_, modifier)| modifier))));
    }
    let partitions = rows.partitions_with_own();
    for (statement, setting, oids) in [
        (DEFAULT_EXPRESSIONS, "brownfield.defaults", rows.alike.defaults().printed()),
        (INDEX_EXPRESSIONS, "brownfield.indexes", rows.alike.indexes().printed()),
        (CHECK_EXPRESSIONS, "brownfield.checks", rows.alike.checks().printed()),
        (PARTITION_COLUMNS, "brownfield.partitions", &partitions),
    ] {
        if !oids.is_empty() {
            steps.push(Step::inside(statement).with(setting, array(oids)));
        }
    }
    steps
}

/// Whether the connection is of no more use: it broke, or the server ended it because it idled.
fn is_over(error: &SqlError) -> bool {
    match error {
        SqlError::Database(database) => database.code().as_deref() == Some("25P03"),
        _ => true,
    }
}

/// Records views or sequences that were left out because of a lock.
fn note_locks(rows: &mut Rows, skipped: &[Oid], what: UnseenKind) {
    let notes: Vec<Unseen> = skipped.iter().filter_map(|oid| unseen_lock(rows, *oid, what)).collect();
    rows.unseen.extend(notes);
}

/// How to go on after a failed statement.
enum Remedy {
    /// Ask again without the relations that are locked.
    SkipLocked,
    /// Go on without the answer.
    Skip(SqlError),
}

fn behind_lock(statement: &Statement) -> Vec<Unseen> {
    let name = statement.name.replace('_', " ");
    lost(
        statement,
        &format!("reading {name} would have meant waiting for a lock"),
        "try again when no migration is running",
    )
}

fn unseen(step: &Step, error: &SqlError, role: &str) -> Vec<Unseen> {
    let message = match error {
        SqlError::Database(database) => database.message().to_owned(),
        other => other.to_string(),
    };
    let remedy = missing_grant(error, step.extension.as_deref(), role).unwrap_or_default();
    let name = step.statement.name.replace('_', " ");
    lost(&step.statement, &format!("reading {name} failed: {message}"), &remedy)
}

/// Everything that a statement would have told.
fn lost(statement: &Statement, reason: &str, remedy: &str) -> Vec<Unseen> {
    let kinds = statement.kinds.iter();
    kinds
        .map(|kind| Unseen {
            what: *kind,
            schema: None,
            object: None,
            reason: reason.to_owned(),
            remedy: remedy.to_owned(),
        })
        .collect()
}

/// The GRANT that an error asks for. Statements that ask no extension read `pg_catalog` only.
fn missing_grant(error: &SqlError, extension: Option<&str>, role: &str) -> Option<String> {
    let SqlError::Database(database) = error else { return None };
    let denied = database.code().as_deref() == Some("42501");
    let object = database.message().strip_prefix("permission denied for ").filter(|_| denied)?;
    let role = quote::quote_identifier(EngineName::PostgreSql, role);
    match object.split_once(' ') {
        Some(("schema", schema)) => Some(format!("GRANT USAGE ON SCHEMA {schema} TO {role}")),
        Some(("table" | "view" | "relation", name)) => {
            let schema = quote::quote_identifier(EngineName::PostgreSql, extension.unwrap_or("pg_catalog"));
            Some(format!("GRANT SELECT ON {schema}.{name} TO {role}"))
        }
        Some(("function", name)) => Some(format!("GRANT EXECUTE ON FUNCTION pg_catalog.{name} TO {role}")),
        _ => None,
    }
}

fn count_commands(sql: &str) -> usize {
    sql.matches(";\n").count()
}

/// A setting of the transaction, which its statements read.
pub(super) type Setting = (&'static str, String);

/// Says which relations to leave alone.
pub(super) fn leaving(locked: &[Locked]) -> Setting {
    ("brownfield.locked", array(locked.iter().map(|locked| &locked.relation)))
}

/// Sets what holds until the transaction ends.
pub(super) fn set(message: &mut String, (name, value): &Setting) {
    let value = quote::quote_literal(EngineName::PostgreSql, value);
    let _ = writeln!(message, "SET LOCAL {name} = {value};");
}

/// Numbers as the server reads an array of them.
fn array<'n, N: ToString + 'n>(numbers: impl IntoIterator<Item = &'n N>) -> String {
    let list: Vec<String> = numbers.into_iter().map(ToString::to_string).collect();
    format!("{{{}}}", list.join(","))
}
