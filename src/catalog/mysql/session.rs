//! Connects and asks.

use super::created::{Created, Found, Wanted};
use super::grants::{self, Privileges};
use super::statements::Statement;
use super::target::Target;
use super::{shown, statements};
use crate::catalog::tls::{self, Refusal};
use crate::catalog::{Error, Options, within};
use crate::model::quote::{quote_identifier, quote_literal};
use crate::model::{EngineName, QualifiedName, Unseen, UnseenKind};
use futures_util::TryStreamExt as _;
use futures_util::future::{self, join, maybe_done, select};
use sqlx::mysql::MySqlConnection;
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _, Either, Error as SqlError, Row as _, raw_sql};
use std::collections::{BTreeMap, BTreeSet};
use std::pin::pin;
use std::time::{Duration, Instant};
use tokio::sync::Notify;

const SYSTEM: &str = "'mysql', 'information_schema', 'performance_schema', 'sys', 'ndbinfo'";

pub(super) use crate::catalog::data::Row;

/// What the server answered, by statement.
pub(super) struct Catalog {
    pub(super) engine: EngineName,
    pub(super) session: Row,
    pub(super) database: Option<String>,
    pub(super) schemas: Vec<Row>,
    pub(super) grants: Vec<String>,
    pub(super) answers: Answers,
    /// Tables that were made from their own statements, and need no rows.
    pub(super) created: Created,
    /// Whether the statements of tables were read at all.
    pub(super) shows_statements: bool,
    /// Whether the server gives no consistent picture of its catalog.
    pub(super) piecemeal: bool,
    /// Texts that the server did not tell whole.
    pub(super) lost: Vec<Unseen>,
    /// Tables and views that came or went while everything else was read, in the last of several attempts.
    pub(super) passing: BTreeSet<QualifiedName>,
}

/// Answers by statement.
#[derive(Default)]
pub(super) struct Answers {
    pub(super) rows: BTreeMap<&'static str, Vec<Row>>,
    /// Statements that failed, with the server's words.
    pub(super) failed: BTreeMap<&'static str, (UnseenKind, String)>,
}

impl Answers {
    fn append(&mut self, mut other: Self) {
        self.rows.append(&mut other.rows);
        self.failed.append(&mut other.failed);
    }

    fn has(&self, statement: &Statement) -> bool {
        self.rows.contains_key(statement.name) || self.failed.contains_key(statement.name)
    }

    /// Asks a statement and keeps the answer or, where a reading makes sense without it, the refusal.
    async fn ask(&mut self, server: &mut Server, statement: &Statement, text: &str) -> Result<(), SqlError> {
        match (server.ask(statement.name, text).await, statement.kind) {
            (Ok(rows), _) => {
                self.rows.insert(statement.name, rows);
                Ok(())
            }
            (Err(SqlError::Database(error)), Some(kind)) => {
                self.failed.insert(statement.name, (kind, error.message().to_owned()));
                Ok(())
            }
            (Err(error), _) => Err(error),
        }
    }
}

/// A server that answers within the time that the user gives it.
pub(super) struct Server {
    pub(super) connection: MySqlConnection,
    pub(super) patience: Duration,
}

impl Server {
    async fn connect(target: &Target, options: &Options) -> Result<Self, Error> {
        Ok(Self { connection: connect(target, options).await?, patience: options.patience() })
    }

    /// Executes one statement in the text protocol, in which every cell is text whatever its type.
    async fn ask(&mut self, name: &str, statement: &str) -> Result<Vec<Row>, SqlError> {
        let start = Instant::now();
        let question = raw_sql(AssertSqlSafe(statement.to_owned())).fetch_all(&mut self.connection);
        let rows = within(self.patience, question).await?;
        let elapsed = start.elapsed().as_millis();
        tracing::debug!(target: "brownfield::sql", name, rows = rows.len(), milliseconds = elapsed, "executed");
        tracing::trace!(target: "brownfield::sql", "{statement}");
        Ok(rows.iter().map(|row| (0..row.len()).map(|position| cell(row, position)).collect()).collect())
    }

    /// Schema, name and type of what is listed among the tables of these schemas, in one message. Tells at once when it is much.
    async fn list(&mut self, schemas: &[Row], much: &Notify) -> Result<Vec<Row>, SqlError> {
        let names: Vec<&str> = schemas.iter().map(|row| text(row, 0)).collect();
        let statement = |name: &&str| format!("SHOW FULL TABLES FROM {}", quote_identifier(EngineName::MariaDb, name));
        let message = names.iter().map(statement).collect::<Vec<_>>().join(";");
        let start = Instant::now();
        let mut answers = raw_sql(AssertSqlSafe(message)).fetch_many(&mut self.connection);
        let (mut rows, mut done) = (Vec::new(), 0);
        while let Some(answer) = within(self.patience, answers.try_next()).await? {
            match (answer, names.get(done)) {
                (Either::Right(row), Some(schema)) => {
                    rows.push(vec![Some((*schema).to_owned()), cell(&row, 0), cell(&row, 1)]);
                    if rows.len() == MANY {
                        much.notify_one();
                    }
                }
                (Either::Right(_), None) => {}
                (Either::Left(_), _) => done += 1,
            }
        }
        let milliseconds = start.elapsed().as_millis();
        tracing::debug!(target: "brownfield::sql", name = "list", rows = rows.len(), milliseconds, "executed");
        Ok(rows)
    }

    /// Takes leave. Everything has been read; a server that is gone by now takes nothing away.
    async fn close(self) {
        let _ = self.connection.close().await;
    }
}

/// Connects within the time that the user gives it.
async fn connect(target: &Target, options: &Options) -> Result<MySqlConnection, Error> {
    target.check_files()?;
    let attempt = || Error::new(format!("cannot connect to {target}"));
    tokio::time::timeout(options.connect_timeout, target.options().connect())
        .await
        .map_err(|_| {
            attempt()
                .because(format!("no answer within {} s", options.connect_timeout.as_secs()))
                .hint("check the host, the port and the firewall, or raise --connect-timeout")
        })?
        .map_err(|error| explained(attempt(), error))
}

/// Why an attempt failed, in the words of whoever said so, and what to do.
fn explained(attempt: Error, error: SqlError) -> Error {
    let hint = hint(&error);
    let error = match error {
        SqlError::Database(cause) => attempt.because(cause.into_error()),
        SqlError::Io(cause) => attempt.because(cause),
        SqlError::Configuration(cause) if cause.to_string().contains("RSA") => attempt
            .because("the account's plugin (caching_sha2_password, sha256_password) takes the password over TLS only"),
        SqlError::Tls(cause) | SqlError::Configuration(cause) => attempt.because(cause),
        other => attempt.because(other),
    };
    match hint {
        Some(hint) => error.hint(hint),
        None => error,
    }
}

/// Runs every statement in a read-only transaction of its own and collects the rows or the server's refusal.
pub(in crate::catalog) async fn answers(
    target: &Target,
    options: &Options,
    statements: &[String],
) -> Result<Vec<Result<Vec<Row>, String>>, Error> {
    let mut answers = Vec::new();
    if statements.is_empty() {
        return Ok(answers);
    }
    let mut server = Server::connect(target, options).await?;
    let cannot = |error: SqlError| explained(Error::new(format!("cannot read {target}")), error);
    let version = server.ask("version", "SELECT VERSION()").await.map_err(cannot)?;
    let version = version.into_iter().flatten().next().flatten().unwrap_or_default();
    let engine = if version.contains("MariaDB") { EngineName::MariaDb } else { EngineName::MySql };
    let numbers = numbers(&version);
    for statement in settings(engine, numbers, options) {
        server.ask("settings", &statement).await.map_err(cannot)?;
    }
    for statement in statements {
        server.ask("settings", "COMMIT").await.map_err(cannot)?;
        server.ask("settings", READ_ONLY).await.map_err(cannot)?;
        answers.push(server.ask("data", statement).await.map_err(|error| error.to_string()));
    }
    server.close().await;
    Ok(answers)
}

pub(super) async fn read(target: &Target, options: &Options) -> Result<Catalog, Error> {
    let mut server = Server::connect(target, options).await?;
    let cannot = |error: SqlError| explained(Error::new(format!("cannot read {target}")), error);
    let version = server.ask("version", "SELECT VERSION()").await.map_err(cannot)?;
    let version = version.into_iter().flatten().next().flatten().unwrap_or_default();
    let engine = if version.contains("MariaDB") { EngineName::MariaDb } else { EngineName::MySql };
    let numbers = numbers(&version);
    let oldest = if engine == EngineName::MySql { (5, 7, 8) } else { (10, 5, 10) };
    if numbers < oldest {
        return Err(Error::new(format!("cannot read {target}"))
            .because(format!("the server is {} {version}", engine.title()))
            .hint("MySQL 5.7.8 and MariaDB 10.5.10 and later are supported"));
    }
    for statement in settings(engine, numbers, options) {
        server.ask("settings", &statement).await.map_err(cannot)?;
    }
    let session = server.ask("session", statements::SESSION).await.map_err(cannot)?;
    let only = match &target.database {
        Some(name) => format!("SCHEMA_NAME = {}", literal(engine, name)),
        None => format!("SCHEMA_NAME NOT IN ({SYSTEM})"),
    };
    let schemas = statements::schemas(engine).replace("{only}", &only);
    let mut schemas = server.ask("schemas", &schemas).await.map_err(cannot)?;
    schemas.retain(|row| options.filter.allows_schema(text(row, 0)));
    let grants = server.ask("grants", "SHOW GRANTS").await.map_err(cannot)?;
    let mut catalog = Catalog {
        engine,
        session: session.into_iter().next().unwrap_or_default(),
        database: target.database.clone(),
        grants: grants.into_iter().flatten().flatten().collect(),
        answers: Answers::default(),
        created: Created::new(),
        shows_statements: false,
        piecemeal: engine == EngineName::MariaDb || numbers < (8, 0, 0),
        lost: Vec::new(),
        passing: BTreeSet::new(),
        schemas,
    };
    for attempt in 1..=ATTEMPTS {
        pieces(&mut server, target, options, &mut catalog).await.map_err(cannot)?;
        if catalog.passing.is_empty() || attempt == ATTEMPTS {
            break;
        }
        tracing::debug!(attempt, "tables came or went while the catalog was read");
        catalog = Catalog {
            answers: Answers::default(),
            created: Created::new(),
            shows_statements: false,
            passing: BTreeSet::new(),
            ..catalog
        };
        tokio::time::sleep(PAUSE * attempt).await;
    }
    server.close().await;
    Ok(catalog)
}

/// Reads everything in the schemas once.
async fn pieces(
    server: &mut Server,
    target: &Target,
    options: &Options,
    catalog: &mut Catalog,
) -> Result<(), SqlError> {
    let (engine, numbers) = (catalog.engine, numbers(text(&catalog.session, 0)));
    let names: Vec<_> = catalog.schemas.iter().map(|row| literal(engine, text(row, 0))).collect();
    if names.is_empty() {
        return Ok(());
    }
    let names = names.join(", ");
    let statements: Vec<&Statement> = statements::list(engine, numbers, options.statistics).collect();
    let much = Notify::new();
    let mut another = pin!(maybe_done(async {
        much.notified().await;
        if options.connections < 2 {
            return None;
        }
        let mut another = open(target, options, engine, numbers).await?;
        let mut answers = Answers::default();
        for statement in statements.iter().filter(|statement| statement.stands_alone()) {
            answers.ask(&mut another, statement, &statement.text(&names, "")).await.ok()?;
        }
        Some((another, answers))
    }));
    let listed = match select(pin!(listed(server, catalog, options, &much)), another.as_mut()).await {
        future::Either::Left((listed, _)) => listed,
        future::Either::Right(((), listed)) => listed.await,
    }?;
    let mut rest = Rest::default();
    if let Some(listed) = &listed {
        let another = async {
            another.as_mut().await;
            another.as_mut().take_output().flatten()
        };
        let others = (statements.as_slice(), names.as_str());
        rest = Box::pin(show_create(server, another, others, listed, catalog, options)).await?;
    }
    for statement in &statements {
        let condition = match statement.name {
            "tables" => &rest.listed,
            "views" => &rest.views,
            "columns" => &rest.columns,
            _ if statement.is_of_tables() => &rest.tables,
            _ => &Condition::All,
        };
        let condition = match condition {
            _ if catalog.answers.has(statement) => continue,
            Condition::All => "",
            Condition::Among(condition) => condition,
            Condition::Nothing => continue,
        };
        catalog.answers.ask(server, statement, &statement.text(&names, condition)).await?;
    }
    // Their statements tell everything else.
    let created = catalog.created.keys().map(|(schema, name)| vec![Some(schema.clone()), Some(name.clone())]);
    catalog.answers.rows.entry("tables").or_default().extend(created);
    let spatial = spatial_tables(catalog);
    if !spatial.is_empty() {
        let tables: Vec<String> = spatial.iter().map(|name| literal(engine, name)).collect();
        let rows = server.ask("reference_systems", &statements::reference_systems(&names, &tables.join(", "))).await?;
        catalog.answers.rows.insert("reference_systems", rows);
    }
    let wanted = |schema: &str, name: &str| options.filter.allows(schema, name);
    shown::sequences(server, engine, &mut catalog.answers, wanted).await?;
    let closed = closed_views(catalog, options);
    if !closed.is_empty() {
        server.ask("settings", "COMMIT").await?;
        let named: BTreeSet<String> = closed.iter().map(|view| literal(engine, &view.name)).collect();
        for statement in statements.iter().filter(|statement| statement.name == "columns") {
            let mut rows = server.ask("columns", &statement.text(&names, &Condition::named(&named))).await?;
            rows.retain(|row| closed.contains(&QualifiedName::new(text(row, 0), text(row, 1))));
            catalog.answers.rows.entry("columns").or_default().extend(rows);
        }
    }
    let scope: Vec<&str> = catalog.schemas.iter().map(|row| text(row, 0)).collect();
    let sees_code = grants::shows_all_code(&catalog.grants, &scope);
    let sees_tables = grants::shows_every_table(&catalog.grants, &scope);
    let sees_keys = match engine {
        EngineName::MariaDb => outside_keys(server, catalog, options).await?,
        _ => catalog.answers.rows.contains_key("outside_keys") && sees_tables,
    };
    if !sees_keys {
        let reason = "the account is not shown those of every database, and some may refer to what is here, as may views and code there";
        catalog.answers.failed.entry("outside_keys").or_insert((UnseenKind::OutsideKeys, reason.to_owned()));
    } else if !sees_code {
        let reason =
            "the account is not shown the views and the code of every database, and some may rest on what is here";
        catalog.answers.failed.entry("outside_views").or_insert((UnseenKind::Outside, reason.to_owned()));
    }
    catalog.lost = shown::complete(server, engine, &mut catalog.answers, wanted).await?;
    catalog.lost.extend(shown::index_options(server, engine, &mut catalog.answers, wanted).await?);
    if !closed.is_empty() {
        server.ask("settings", READ_ONLY).await?;
    }
    if catalog.piecemeal {
        let name = |row: &Row| QualifiedName::new(text(row, 0), text(row, 1));
        let after: BTreeSet<_> = server.ask("names", &statements::names(&names)).await?.iter().map(name).collect();
        let rows = listed.as_ref().or(catalog.answers.rows.get("tables"));
        let before = rows.into_iter().flatten().map(name).collect();
        catalog.passing.extend(after.symmetric_difference(&before).cloned());
        catalog.passing.retain(|name| options.filter.allows(&name.schema, &name.name));
    }
    Ok(())
}

/// Asks MariaDB for the foreign keys of tables out of scope that refer to tables in scope, and tells whether these are all.
async fn outside_keys(server: &mut Server, catalog: &mut Catalog, options: &Options) -> Result<bool, SqlError> {
    let ends = match server.ask("ends", statements::ENDS).await {
        Ok(rows) => rows,
        Err(SqlError::Database(_)) => return Ok(false),
        Err(error) => return Err(error),
    };
    let is_read = |(schema, name): &(String, String)| {
        catalog.schemas.iter().any(|row| text(row, 0) == schema) && options.filter.allows(schema, name)
    };
    let pairs = ends.iter().filter_map(|row| Some((table_of_file(text(row, 0))?, table_of_file(text(row, 1))?)));
    let outside: BTreeSet<_> =
        pairs.filter(|(child, parent)| is_read(parent) && !is_read(child)).map(|(child, _)| child).collect();
    if outside.is_empty() {
        return Ok(true);
    }
    let literals = |(schema, name): &(String, String)| (literal(catalog.engine, schema), literal(catalog.engine, name));
    let keys = server.ask("outside_keys", &statements::keys_of(outside.iter().map(literals))).await?;
    // PROCESS shows that there is a key, and only a right on its table what it is.
    let told: BTreeSet<(&str, &str)> = keys.iter().map(|row| (text(row, 0), text(row, 1))).collect();
    let sees_all = outside.iter().all(|(schema, name)| told.contains(&(schema.as_str(), name.as_str())));
    catalog.answers.rows.insert("outside_keys", keys);
    Ok(sees_all)
}

/// Schema and name of a table by the name of its file, in which `@` stands before the code of a character that is no letter, digit
/// or underscore. `None` where it has letters of other scripts, which have codes of their own.
fn table_of_file(name: &str) -> Option<(String, String)> {
    let decoded = |part: &str| {
        let mut pieces = part.split('@');
        let mut decoded = pieces.next().unwrap_or_default().to_owned();
        for piece in pieces {
            let (code, rest) = piece.split_at_checked(4)?;
            decoded.push(char::from_u32(u32::from_str_radix(code, 16).ok()?)?);
            decoded.push_str(rest);
        }
        Some(decoded)
    };
    let (schema, table) = name.split_once('/')?;
    Some((decoded(schema)?, decoded(table)?))
}

/// Names of the tables of MariaDB that have a spatial column.
fn spatial_tables(catalog: &Catalog) -> BTreeSet<&str> {
    const TYPES: [&str; 9] = [
        "geometry",
        "point",
        "linestring",
        "polygon",
        "multipoint",
        "multilinestring",
        "multipolygon",
        "geometrycollection",
        "geomcollection",
    ];
    if catalog.engine != EngineName::MariaDb {
        return BTreeSet::new();
    }
    let created = catalog.created.iter().flat_map(|((_, name), table)| {
        table.columns.iter().map(move |column| (name.as_str(), column.data_type.as_str()))
    });
    let rows = catalog.answers.rows.get("columns").into_iter().flatten().map(|row| (text(row, 1), text(row, 6)));
    created.chain(rows).filter(|(_, data_type)| TYPES.contains(data_type)).map(|(name, _)| name).collect()
}

/// Views of MariaDB without columns. It opens a view to tell its columns, and in a read-only transaction opens none that
/// counts a sequence or calls what can write, although opening it does neither. So these are asked for again outside of one,
/// and only the broken ones have no columns then.
fn closed_views(catalog: &Catalog, options: &Options) -> BTreeSet<QualifiedName> {
    let name = |row: &Row| QualifiedName::new(text(row, 0), text(row, 1));
    let rows = |answer: &str| catalog.answers.rows.get(answer).into_iter().flatten();
    let opened: BTreeSet<(&str, &str)> = rows("columns").map(|row| (text(row, 0), text(row, 1))).collect();
    rows("views")
        .filter(|row| catalog.engine == EngineName::MariaDb && !opened.contains(&(text(row, 0), text(row, 1))))
        .filter(|row| options.filter.allows(text(row, 0), text(row, 1)))
        .map(name)
        .collect()
}

/// Another connection like the first; none where the server has none to give.
async fn open(target: &Target, options: &Options, engine: EngineName, numbers: statements::Version) -> Option<Server> {
    let opened = async {
        let mut server = Server::connect(target, options).await.ok()?;
        for statement in settings(engine, numbers, options) {
            server.ask("settings", &statement).await.ok()?;
        }
        Some(server)
    };
    tokio::time::timeout(PATIENCE, opened).await.ok()?
}

/// Names whose rows are still needed.
#[derive(Default)]
enum Condition {
    #[default]
    All,
    Among(String),
    Nothing,
}

impl Condition {
    /// Literals of names. Too many are no condition.
    fn among(names: &BTreeSet<String>) -> Self {
        match names.len() {
            0 => Self::Nothing,
            1..NAMED => Self::Among(Self::named(names)),
            _ => Self::All,
        }
    }

    fn named(names: &BTreeSet<String>) -> String {
        format!(" AND TABLE_NAME IN ({})", names.iter().cloned().collect::<Vec<_>>().join(", "))
    }
}

/// What is left to read from `information_schema` when tables were read from their statements.
#[derive(Default)]
struct Rest {
    listed: Condition,
    tables: Condition,
    columns: Condition,
    views: Condition,
}

/// Begins a transaction in which nothing can be written.
const READ_ONLY: &str = "START TRANSACTION READ ONLY";

/// How often the reading is tried when tables come or go meanwhile.
const ATTEMPTS: u32 = 5;

/// How long to wait before the second attempt; twice as long before the third, and so on.
const PAUSE: Duration = Duration::from_millis(50);

/// Listed tables and views from which a second connection is worth opening.
const MANY: usize = 1_000;

/// Longest time to wait for the second connection.
const PATIENCE: Duration = Duration::from_secs(1);

/// Tables whose statements were refused from which all are read from `information_schema`.
const REFUSED: usize = 100;

/// Names in a condition from which the condition is left out.
const NAMED: usize = 5_000;

/// Schema, name and type of everything that is listed among the tables of MariaDB, where the account may see the statements
/// of all. This reads the first bytes of each definition, where `information_schema` opens the table to tell its type.
async fn listed(
    server: &mut Server,
    catalog: &Catalog,
    options: &Options,
    much: &Notify,
) -> Result<Option<Vec<Row>>, SqlError> {
    let shows = |schema: &Row| Privileges::on(text(schema, 0), &catalog.grants, false).shows_statements();
    let wanted = catalog.engine == EngineName::MariaDb && options.statements_of_tables;
    if !wanted || !catalog.schemas.iter().all(shows) {
        return Ok(None);
    }
    match server.list(&catalog.schemas, much).await {
        Ok(rows) => Ok(Some(rows)),
        // A schema is gone meanwhile, for example: then everything is asked for in the usual way.
        Err(SqlError::Database(_)) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Reads the tables of MariaDB from their statements. Where there are many, `another` connection, which brings answers to what
/// does not hang on tables, helps.
async fn show_create(
    server: &mut Server,
    another: impl Future<Output = Option<(Server, Answers)>>,
    (statements, names): (&[&Statement], &str),
    listed: &[Row],
    catalog: &mut Catalog,
    options: &Options,
) -> Result<Rest, SqlError> {
    let engine = catalog.engine;
    let (mut wanted, mut views, mut others) = (Vec::new(), BTreeSet::new(), BTreeSet::new());
    for row in listed.iter().filter(|row| options.filter.allows(text(row, 0), text(row, 1))) {
        match text(row, 2) {
            "BASE TABLE" | "SYSTEM VERSIONED" => {
                wanted.push(QualifiedName::new(text(row, 0), text(row, 1)));
                continue;
            }
            "VIEW" => {
                views.insert(literal(engine, text(row, 1)));
            }
            _ => {}
        }
        others.insert(literal(engine, text(row, 1)));
    }
    let start = Instant::now();
    let share = options.connections > 1 && listed.len() >= MANY;
    let reading = Wanted::new(&wanted, share);
    if share {
        let (of_views, of_others) = (Condition::among(&views), Condition::among(&others));
        let other = async {
            let (mut server, mut answers) = another.await?;
            for statement in statements {
                let condition = match (statement.name, &of_views, &of_others) {
                    ("columns" | "views", Condition::Among(condition), _)
                    | ("tables", _, Condition::Among(condition)) => condition.as_str(),
                    _ => continue,
                };
                answers.ask(&mut server, statement, &statement.text(names, condition)).await.ok()?;
            }
            reading.read(&mut server).await.ok()?;
            server.close().await;
            Some(answers)
        };
        let (read, answers) = join(reading.read(server), other).await;
        read?;
        // What the other connection did not manage, this one does.
        catalog.answers.append(answers.unwrap_or_default());
    } else {
        reading.read(server).await?;
    }
    let Found { created, refused, gone } = reading.finish();
    catalog.passing.extend(gone);
    if !refused.is_empty() {
        // These are still to be asked for, and their columns, with those of views.
        catalog.answers.rows.remove("tables");
        catalog.answers.rows.remove("columns");
    }
    let elapsed = start.elapsed().as_millis();
    tracing::debug!(target: "brownfield::sql", name = "show_create", rows = created.len(), milliseconds = elapsed, "executed");
    if refused.len() > REFUSED {
        return Ok(Rest::default());
    }
    catalog.created = created;
    catalog.shows_statements = true;
    let refused: BTreeSet<String> = refused.iter().map(|name| literal(engine, &name.name)).collect();
    let columns: BTreeSet<String> = views.union(&refused).cloned().collect();
    others.extend(refused.iter().cloned());
    Ok(Rest {
        listed: Condition::among(&others),
        tables: Condition::among(&refused),
        columns: Condition::among(&columns),
        views: Condition::among(&views),
    })
}

/// Limits on what the session may do and how long it may take, and how it prints.
fn settings(engine: EngineName, version: statements::Version, options: &Options) -> Vec<String> {
    let mut list = vec![
        format!("SET SESSION lock_wait_timeout = {}", options.lock_timeout.as_secs().max(1)),
        // Statements are printed for the session that asks.
        "SET SESSION sql_mode = '', SESSION sql_quote_show_create = 1".to_owned(),
    ];
    if engine == EngineName::MariaDb {
        list.push(format!("SET SESSION max_statement_time = {}", options.statement_timeout.as_secs_f64()));
        list.push(READ_ONLY.to_owned());
        return list;
    }
    list.push(format!("SET SESSION max_execution_time = {}", options.statement_timeout.as_millis()));
    if version >= (8, 0, 3) {
        list.push("SET SESSION information_schema_stats_expiry = 0".to_owned());
    }
    if version >= (8, 0, 30) {
        // Otherwise a server can hide the primary keys that it generates, and a table would seem to have none.
        list.push("SET SESSION show_gipk_in_create_table_and_information_schema = ON".to_owned());
    }
    list.push("SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ".to_owned());
    list.push("START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY".to_owned());
    list
}

/// The text of a cell that the server sent.
pub(super) fn cell(row: &sqlx::mysql::MySqlRow, position: usize) -> Option<String> {
    let bytes = row.try_get_unchecked::<Option<Vec<u8>>, _>(position).ok().flatten();
    bytes.map(|bytes| {
        String::from_utf8(bytes).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
    })
}

/// A cell's text; empty for NULL.
pub(super) fn text(row: &Row, position: usize) -> &str {
    row.get(position).and_then(Option::as_deref).unwrap_or_default()
}

/// The numbers that a version starts with. Old MariaDB servers put `5.5.5-` before theirs.
pub(super) fn numbers(version: &str) -> (u32, u32, u32) {
    let version = version.strip_prefix("5.5.5-").unwrap_or(version);
    let end = version.find(|character: char| !character.is_ascii_digit() && character != '.').unwrap_or(version.len());
    let mut parts = version[..end].split('.').map(|part| part.parse().unwrap_or(0));
    let mut next = || parts.next().unwrap_or(0);
    (next(), next(), next())
}

fn literal(engine: EngineName, name: &str) -> String {
    quote_literal(engine, name)
}

/// The number that the server gives to what it complains about.
pub(super) fn error_number(error: &SqlError) -> Option<u16> {
    let error = error.as_database_error()?.try_downcast_ref::<sqlx::mysql::MySqlDatabaseError>()?;
    Some(error.number())
}

fn hint(error: &SqlError) -> Option<&'static str> {
    if let Some(refusal) = tls::refusal(error) {
        return Some(match refusal {
            Refusal::Authority => {
                "name the certificate of the authority that signed the server's in ssl-ca; ssl-mode=REQUIRED encrypts and \
                 checks nothing"
            }
            Refusal::Name => {
                "connect by a name that the certificate is made out to; ssl-mode=VERIFY_CA checks the authority and not the \
                 name"
            }
            Refusal::Client => "the server wants another client certificate: check ssl-cert and ssl-key",
            Refusal::Absent => {
                "the server offers no TLS: ssl-mode=DISABLED connects without, if the network can be trusted"
            }
            Refusal::Other => "check ssl-mode, ssl-ca, ssl-cert and ssl-key",
        });
    }
    Some(match (error_number(error).unwrap_or_default(), error) {
        (1045, _) => {
            "check the user and the password, which MYSQL_PWD can hold; an account can also want a client certificate, which \
             ssl-cert and ssl-key name"
        }
        (1044, _) => {
            "the account needs a privilege on the database, for example GRANT REFERENCES ON database.*; if a role gives it, SET \
             DEFAULT ROLE makes the role active"
        }
        (1049, _) => "there is no such database; a URL without a database reads all that the account may see",
        (1130, _) => "the server accepts no account from this host",
        (1820 | 1862, _) => "set a new password with the server's own client: ALTER USER USER() IDENTIFIED BY …",
        (3118 | 4151, _) => "ALTER USER … ACCOUNT UNLOCK lets it in again",
        (_, SqlError::Io(_)) => "check that the server runs and listens on this host and port",
        (_, SqlError::Configuration(_)) => "an account with caching_sha2_password needs TLS: ?ssl-mode=REQUIRED",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_files_are_those_of_tables() {
        let named = |schema: &str, name: &str| Some((schema.to_owned(), name.to_owned()));
        assert_eq!(table_of_file("shop/orders"), named("shop", "orders"));
        assert_eq!(table_of_file("my@002dshop/order@0020lines@0024"), named("my-shop", "order lines$"));
        assert_eq!(table_of_file("shop/@0g"), None);
        assert_eq!(table_of_file("shop"), None);
    }
}
