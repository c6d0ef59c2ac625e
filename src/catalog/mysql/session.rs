//! Connects and asks.

use super::statements as sql;
use super::target::Target;
use crate::catalog::{Error, Options};
use crate::model::EngineName;
use crate::model::quote::{qualified, quote_literal};
use sqlx::mysql::MySqlConnection;
use sqlx::{AssertSqlSafe, ConnectOptions as _, Error as SqlError, Row as _, raw_sql};
use std::collections::BTreeMap;
use std::time::Instant;

const SYSTEM: &str = "'mysql', 'information_schema', 'performance_schema', 'sys', 'ndbinfo'";

pub(super) use crate::catalog::data::Row;

/// What the server answered, by statement.
pub(super) struct Catalog {
    pub(super) engine: EngineName,
    pub(super) session: Row,
    pub(super) database: Option<String>,
    pub(super) schemas: Vec<Row>,
    pub(super) grants: Vec<String>,
    pub(super) rows: BTreeMap<&'static str, Vec<Row>>,
    /// Statements that failed, with the server's words.
    pub(super) failed: BTreeMap<&'static str, String>,
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
        .map_err(|error| {
            let hint = hint(&error);
            if matches!(&error, SqlError::Configuration(cause) if cause.to_string().contains("RSA")) {
                let reason =
                    "the account's plugin (caching_sha2_password, sha256_password) takes the password over TLS only";
                return attempt().because(reason).hint(hint);
            }
            attempt().because(error).hint(hint)
        })
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
    let mut connection = connect(target, options).await?;
    let cannot = |error: SqlError| Error::new(format!("cannot read {target}")).because(error);
    let version = ask(&mut connection, "version", "SELECT VERSION()").await.map_err(cannot)?;
    let maria = version.iter().flatten().flatten().any(|version| version.contains("MariaDB"));
    let engine = if maria { EngineName::MariaDb } else { EngineName::MySql };
    for statement in settings(engine, options) {
        ask(&mut connection, "settings", &statement).await.map_err(cannot)?;
    }
    for statement in statements {
        ask(&mut connection, "settings", "COMMIT").await.map_err(cannot)?;
        ask(&mut connection, "settings", "START TRANSACTION READ ONLY").await.map_err(cannot)?;
        answers.push(ask(&mut connection, "data", statement).await.map_err(|error| error.to_string()));
    }
    Ok(answers)
}

pub(super) async fn read(target: &Target, options: &Options) -> Result<Catalog, Error> {
    let mut connection = connect(target, options).await?;
    let cannot = |error: SqlError| Error::new(format!("cannot read {target}")).because(error);
    let version = ask(&mut connection, "version", "SELECT VERSION()").await.map_err(cannot)?;
    let version = version.into_iter().flatten().next().flatten().unwrap_or_default();
    let engine = if version.contains("MariaDB") { EngineName::MariaDb } else { EngineName::MySql };
    let numbers = numbers(&version);
    let oldest = if engine == EngineName::MySql { (8, 0, 16) } else { (10, 5, 10) };
    if numbers < oldest {
        return Err(Error::new(format!("cannot read {target}"))
            .because(format!("the server is {} {version}", engine.title()))
            .hint("MySQL 8.0.16 and MariaDB 10.5.10 and later are supported"));
    }
    for statement in settings(engine, options) {
        ask(&mut connection, "settings", &statement).await.map_err(cannot)?;
    }
    let session = "SELECT VERSION(), @@version_comment, @@global.sql_mode, @@lower_case_table_names, \
        @@global.foreign_key_checks, @@character_set_server, @@collation_server, CURRENT_USER()";
    let session = ask(&mut connection, "session", session).await.map_err(cannot)?;
    let comment = if engine == EngineName::MariaDb { ", SCHEMA_COMMENT" } else { "" };
    let only = match &target.database {
        Some(name) => format!("SCHEMA_NAME = {}", literal(engine, name)),
        None => format!("SCHEMA_NAME NOT IN ({SYSTEM})"),
    };
    let schemas = format!(
        "SELECT SCHEMA_NAME, DEFAULT_CHARACTER_SET_NAME, DEFAULT_COLLATION_NAME{comment} \
         FROM information_schema.SCHEMATA WHERE {only}"
    );
    let mut schemas = ask(&mut connection, "schemas", &schemas).await.map_err(cannot)?;
    schemas.retain(|row| options.filter.allows_schema(text(row, 0)));
    let grants = ask(&mut connection, "grants", "SHOW GRANTS").await.map_err(cannot)?;
    let mut catalog = Catalog {
        engine,
        session: session.into_iter().next().unwrap_or_default(),
        database: target.database.clone(),
        grants: grants.into_iter().flatten().flatten().collect(),
        rows: BTreeMap::new(),
        failed: BTreeMap::new(),
        schemas,
    };
    let names: Vec<_> = catalog.schemas.iter().map(|row| literal(engine, text(row, 0))).collect();
    if names.is_empty() {
        return Ok(catalog);
    }
    for (name, statement) in statements(engine, numbers, options.statistics) {
        let statement = statement.replace("{schemas}", &names.join(", "));
        match ask(&mut connection, name, &statement).await {
            Ok(rows) => {
                catalog.rows.insert(name, rows);
            }
            Err(SqlError::Database(error)) if !["tables", "columns", "indexes"].contains(&name) => {
                catalog.failed.insert(name, error.message().to_owned());
            }
            Err(error) => return Err(cannot(error)),
        }
    }
    if let Some(statement) = sequence_statement(&catalog, options) {
        match ask(&mut connection, "sequences", &statement).await {
            Ok(rows) => {
                catalog.rows.insert("sequences", rows);
            }
            Err(error) => {
                catalog.failed.insert("sequences", error.to_string());
            }
        }
    }
    Ok(catalog)
}

/// Asks every sequence of MariaDB for itself: what defines it stands nowhere else on all versions.
fn sequence_statement(catalog: &Catalog, options: &Options) -> Option<String> {
    let engine = catalog.engine;
    let tables = catalog.rows.get("tables")?;
    let parts: Vec<String> = tables
        .iter()
        .filter(|row| text(row, 2) == "SEQUENCE" && options.filter.allows(text(row, 0), text(row, 1)))
        .map(|row| {
            let name = crate::model::QualifiedName::new(text(row, 0), text(row, 1));
            format!(
                "SELECT {}, {}, start_value, minimum_value, maximum_value, increment, cache_size, cycle_option FROM {}",
                literal(engine, &name.schema),
                literal(engine, &name.name),
                qualified(engine, &name)
            )
        })
        .collect();
    (!parts.is_empty()).then(|| parts.join(" UNION ALL "))
}

/// Limits on what the session may do and how long it may take.
fn settings(engine: EngineName, options: &Options) -> Vec<String> {
    let lock = format!("SET SESSION lock_wait_timeout = {}", options.lock_timeout.as_secs().max(1));
    let milliseconds = options.statement_timeout.as_millis();
    if engine == EngineName::MariaDb {
        let time = format!("SET SESSION max_statement_time = {}", options.statement_timeout.as_secs_f64());
        return vec![lock, time, "START TRANSACTION READ ONLY".to_owned()];
    }
    vec![
        lock,
        format!("SET SESSION max_execution_time = {milliseconds}"),
        "SET SESSION information_schema_stats_expiry = 0".to_owned(),
        "SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ".to_owned(),
        "START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY".to_owned(),
    ]
}

fn statements(engine: EngineName, version: (u32, u32, u32), statistics: bool) -> Vec<(&'static str, String)> {
    let mysql = engine == EngineName::MySql;
    let columns = if mysql { ", SRS_ID" } else { "" };
    let indexes = match (mysql, version >= (10, 6, 0)) {
        (true, _) => ", IS_VISIBLE, EXPRESSION",
        (false, true) => ", IF(IGNORED = 'YES', 'NO', 'YES')",
        (false, false) => "",
    };
    let mut list = vec![
        ("tables", sql::TABLES.to_owned()),
        ("columns", sql::COLUMNS.replace("{more}", columns)),
        ("indexes", sql::INDEXES.replace("{more}", indexes)),
        ("keys", sql::KEYS.to_owned()),
        ("actions", sql::ACTIONS.to_owned()),
        ("checks", if mysql { sql::MYSQL_CHECKS } else { sql::MARIADB_CHECKS }.to_owned()),
        ("views", sql::VIEWS.to_owned()),
        ("triggers", sql::TRIGGERS.to_owned()),
        ("routines", sql::ROUTINES.to_owned()),
        ("parameters", sql::PARAMETERS.to_owned()),
        ("events", sql::EVENTS.to_owned()),
        ("partitions", sql::PARTITIONS.to_owned()),
    ];
    if mysql {
        list.push(("checked_tables", sql::MYSQL_CHECKED_TABLES.to_owned()));
    }
    if statistics {
        let status = if mysql { "performance_schema.global_status" } else { "information_schema.GLOBAL_STATUS" };
        list.push(("sizes", sql::SIZES.to_owned()));
        list.push(("accounts", sql::ACCOUNTS.to_owned()));
        list.push(("index_usage", sql::INDEX_USAGE.to_owned()));
        list.push(("uptime", sql::UPTIME.replace("{status}", status)));
    }
    list
}

/// Executes one statement in the text protocol, in which every cell is text whatever its type.
async fn ask(connection: &mut MySqlConnection, name: &str, statement: &str) -> Result<Vec<Row>, SqlError> {
    let start = Instant::now();
    let rows = raw_sql(AssertSqlSafe(statement.to_owned())).fetch_all(&mut *connection).await?;
    let elapsed = start.elapsed().as_millis();
    tracing::debug!(target: "brownfield::sql", name, rows = rows.len(), milliseconds = elapsed, "executed");
    let cell = |row: &sqlx::mysql::MySqlRow, position: usize| {
        let bytes = row.try_get_unchecked::<Option<Vec<u8>>, _>(position).ok().flatten();
        bytes.map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
    };
    Ok(rows.iter().map(|row| (0..row.len()).map(|position| cell(row, position)).collect()).collect())
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

fn hint(error: &SqlError) -> &'static str {
    let code = match error {
        SqlError::Database(error) => error
            .try_downcast_ref::<sqlx::mysql::MySqlDatabaseError>()
            .map_or(0, sqlx::mysql::MySqlDatabaseError::number),
        _ => 0,
    };
    match (code, error) {
        (1045, _) => "check the user and the password; MYSQL_PWD can hold the password",
        (1044, _) => "the account needs a privilege on the database, for example GRANT REFERENCES ON database.*",
        (1049, _) => "there is no such database; a URL without a database reads all that the account may see",
        (1130, _) => "the server accepts no account from this host",
        (_, SqlError::Tls(_)) => "check ssl-mode, ssl-ca, ssl-cert and ssl-key",
        (_, SqlError::Io(_)) => "check that the server runs and listens on this host and port",
        _ => "an account with caching_sha2_password needs TLS: ?ssl-mode=REQUIRED",
    }
}
