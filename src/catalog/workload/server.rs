//! Workloads that the server counts itself: the statements that took the most time, of those that ran several times.

use super::{normal, unseen};
use crate::catalog::data::Row;
use crate::catalog::{Error, Options, Source, mysql, postgres};
use crate::model::quote::{qualified, quote_literal};
use crate::model::{EngineName, Extension, Model, QualifiedName, Query, Unseen, Workload};

/// Statements that are read.
const LIMIT: u32 = 1_000;

/// Characters of a statement that are read. No longer one is understood.
const LONGEST: u32 = 20_000;

/// Calls below which a statement is not read.
const CALLS: u32 = 5;

/// What the server counted and what it keeps from this role; or why nothing can be read.
type Answer = Result<(Workload, Vec<Unseen>), Unseen>;

/// Reads the server's counters.
pub(super) async fn read(source: &Source, options: &Options, model: &Model) -> Result<Answer, Error> {
    match source {
        Source::Postgres(target) => {
            let Some(extension) = model.extensions.iter().find(|extension| extension.name == "pg_stat_statements")
            else {
                return Ok(Err(unseen(
                    "the extension pg_stat_statements is not installed in this database",
                    "add pg_stat_statements to shared_preload_libraries, restart, and CREATE EXTENSION \
                     pg_stat_statements",
                )));
            };
            let answers = postgres::answers(target, options, &postgres_statements(extension)).await?;
            Ok(from_postgres(answers))
        }
        Source::MySql(target) => {
            let answers = mysql::answers(target, options, &mysql_statements(model)).await?;
            Ok(from_mysql(model.engine.name, answers))
        }
        Source::Sqlite(_) => Ok(Err(unseen("SQLite counts no statements", "give a file: --workload queries.sql"))),
        Source::File(_) | Source::Snapshot(..) => Ok(Err(unseen(
            "a snapshot has no server to ask",
            "take the snapshot with --workload server, or give a file",
        ))),
    }
}

/// The role, the sums, and the statements. What was read from the catalog is nobody's workload.
fn postgres_statements(extension: &Extension) -> [String; 3] {
    let view = qualified(EngineName::PostgreSql, &QualifiedName::new(&extension.schema, "pg_stat_statements"));
    let mut numbers = extension.version.split('.').map(|part| part.parse::<u32>().unwrap_or(0));
    // PostgreSQL 13 brought version 1.8 and times of planning beside those of execution.
    let version = (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0));
    let time = if version >= (1, 8) { "total_exec_time" } else { "total_time" };
    let info = qualified(EngineName::PostgreSql, &QualifiedName::new(&extension.schema, "pg_stat_statements_info"));
    let given_up = if version >= (1, 9) { format!("(SELECT dealloc FROM {info})") } else { "NULL".to_owned() };
    let here = "dbid = (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database()) AND query !~ \
                'pg_catalog\\.|information_schema\\.'";
    [
        "SELECT pg_catalog.quote_ident(current_user)".to_owned(),
        format!(
            "SELECT pg_catalog.sum({time}), pg_catalog.count(*) FILTER (WHERE queryid IS NULL), {given_up} FROM {view} WHERE {here}"
        ),
        format!(
            "SELECT pg_catalog.left(query, {LONGEST}), pg_catalog.sum(calls), pg_catalog.sum({time}), NULL, pg_catalog.sum(rows) FROM {view} \
             WHERE {here} AND queryid IS NOT NULL GROUP BY query HAVING pg_catalog.sum(calls) >= {CALLS} ORDER BY 3 DESC, 1 LIMIT {LIMIT}"
        ),
    ]
}

fn from_postgres(answers: Vec<Result<Vec<Row>, String>>) -> Answer {
    let mut answers = answers.into_iter();
    let mut next = || answers.next().unwrap_or_else(|| Err("the server did not answer".to_owned()));
    let role = cell(&next().unwrap_or_default(), 0).unwrap_or_else(|| "CURRENT_USER".to_owned());
    let grant = format!("GRANT pg_read_all_stats TO {role}");
    let refused = |reason: String| {
        let remedy = if reason.contains("shared_preload_libraries") {
            "add pg_stat_statements to shared_preload_libraries and restart".to_owned()
        } else {
            grant.clone()
        };
        unseen(format!("pg_stat_statements cannot be read: {reason}"), remedy)
    };
    let sums = next().map_err(refused)?;
    let rows = next().map_err(refused)?;
    let hidden: u64 = cell(&sums, 1).and_then(|count| count.parse().ok()).unwrap_or(0);
    let hidden = (hidden > 0)
        .then(|| unseen(format!("the text of {hidden} statements that other roles ran is not shown"), grant.clone()));
    let given_up: u64 = cell(&sums, 2).and_then(|count| count.parse().ok()).unwrap_or(0);
    let given_up = (given_up > 0).then(|| {
        unseen(
            format!("the counters of the least frequent statements were thrown away {given_up} times"),
            "raise pg_stat_statements.max, and restart",
        )
    });
    let queries = queries(EngineName::PostgreSql, rows, |_| None);
    if queries.is_empty()
        && let Some(hidden) = hidden
    {
        return Err(hidden);
    }
    let total = cell(&sums, 0).and_then(|sum| sum.parse().ok());
    Ok((Workload::new("pg_stat_statements", total, queries), hidden.into_iter().chain(given_up).collect()))
}

/// Whether anything is counted and for whom, the sum, and the statements. Times are in picoseconds.
fn mysql_statements(model: &Model) -> [String; 3] {
    let schemas: Vec<String> =
        model.schemas.iter().map(|schema| quote_literal(model.engine.name, &schema.name)).collect();
    let schemas = if schemas.is_empty() { "NULL".to_owned() } else { schemas.join(", ") };
    let from = format!(
        "FROM performance_schema.events_statements_summary_by_digest WHERE SCHEMA_NAME IN ({schemas}) \
         AND (DIGEST_TEXT IS NULL OR DIGEST_TEXT NOT REGEXP '`(information|performance)_schema`')"
    );
    [
        "SELECT @@performance_schema, CURRENT_USER()".to_owned(),
        format!(
            "SELECT SUM(SUM_TIMER_WAIT) / 1000000000, (SELECT SUM(COUNT_STAR) FROM \
             performance_schema.events_statements_summary_by_digest WHERE DIGEST IS NULL) {from}"
        ),
        format!(
            "SELECT DIGEST_TEXT, COUNT_STAR, SUM_TIMER_WAIT / 1000000000, SUM_ROWS_EXAMINED, SUM_ROWS_SENT, SCHEMA_NAME \
             {from} AND DIGEST_TEXT IS NOT NULL AND COUNT_STAR >= {CALLS} ORDER BY SUM_TIMER_WAIT DESC, DIGEST \
             LIMIT {LIMIT}"
        ),
    ]
}

fn from_mysql(engine: EngineName, answers: Vec<Result<Vec<Row>, String>>) -> Answer {
    let mut answers = answers.into_iter();
    let mut next = || answers.next().unwrap_or_else(|| Err("the server did not answer".to_owned()));
    let server = next().unwrap_or_default();
    if cell(&server, 0).as_deref() == Some("0") {
        return Err(unseen(
            "performance_schema is off, so that the server counts no statements",
            "set performance_schema=ON in the server's configuration and restart",
        ));
    }
    let account = cell(&server, 1).unwrap_or_default();
    let (user, host) = account.rsplit_once('@').unwrap_or((&account, "%"));
    let grant = format!(
        "GRANT SELECT ON performance_schema.events_statements_summary_by_digest TO {}@{}",
        quote_literal(engine, user),
        quote_literal(engine, host)
    );
    let refused = |reason: String| {
        unseen(
            format!("performance_schema.events_statements_summary_by_digest cannot be read: {reason}"),
            grant.clone(),
        )
    };
    let sums = next().map_err(refused)?;
    let total = cell(&sums, 0).and_then(|sum| sum.parse().ok());
    let lost: u64 = cell(&sums, 1).and_then(|count| count.parse().ok()).unwrap_or(0);
    let lost = (lost > 0).then(|| {
        unseen(
            format!("{lost} calls were counted without their statement, because the list of statements is full"),
            "raise performance_schema_digests_size, or TRUNCATE TABLE \
             performance_schema.events_statements_summary_by_digest",
        )
    });
    let schema = |row: &mut Row| row.pop().flatten();
    let queries = queries(engine, next().map_err(refused)?, schema);
    Ok((Workload::new("events_statements_summary_by_digest", total, queries), lost.into_iter().collect()))
}

/// Statements from rows of text, calls, milliseconds, rows examined and rows sent; and the schema, when there is one.
fn queries(engine: EngineName, rows: Vec<Row>, schema: impl Fn(&mut Row) -> Option<String>) -> Vec<Query> {
    let query = |mut row: Row| {
        let schema = schema(&mut row);
        let mut cells = row.into_iter();
        let mut next = || cells.next().flatten();
        let text = normal::statement(engine, &next()?)?;
        let calls = next().and_then(|text| text.parse().ok());
        let milliseconds = next().and_then(|text| text.parse().ok());
        let rows_examined = next().and_then(|text| text.parse().ok());
        let rows_sent = next().and_then(|text| text.parse().ok());
        Some(Query { schema, text, calls, milliseconds, rows_examined, rows_sent })
    };
    rows.into_iter().filter_map(query).collect()
}

fn cell(rows: &[Row], position: usize) -> Option<String> {
    rows.first()?.get(position)?.clone()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(cells: &[&str]) -> Row {
        cells.iter().map(|cell| (*cell != "NULL").then(|| (*cell).to_owned())).collect()
    }

    #[test]
    fn columns_follow_the_version_of_the_extension() {
        let of = |version: &str| {
            let version = version.to_owned();
            postgres_statements(&Extension {
                name: "pg_stat_statements".into(),
                version,
                schema: "public".into(),
                comment: None,
            })
        };
        assert!(of("1.7")[2].contains("sum(total_time)"));
        assert!(of("1.8")[2].contains("sum(total_exec_time)"));
        assert!(of("1.12")[2].contains("sum(total_exec_time)"));
        assert!(!of("1.8")[1].contains("dealloc") && of("1.9")[1].contains("dealloc"));
    }

    #[test]
    fn what_is_hidden_is_said() {
        let role = || Ok(vec![row(&["app"])]);
        let statement = || Ok(vec![row(&["SELECT a FROM t WHERE b = $1", "7", "1.5", "NULL", "9"])]);
        let (workload, hidden) =
            from_postgres(vec![role(), Ok(vec![row(&["3.0", "2"])]), statement()]).expect("some of it can be read");
        assert_eq!(workload.queries.len(), 1);
        assert_eq!(hidden.first().map(|unseen| unseen.remedy.as_str()), Some("GRANT pg_read_all_stats TO app"));
        let thrown_away = from_postgres(vec![role(), Ok(vec![row(&["3.0", "0", "4"])]), statement()]);
        assert!(thrown_away.is_ok_and(|(_, unseen)| unseen.len() == 1 && unseen[0].reason.ends_with("4 times")));
        let all = from_postgres(vec![role(), Ok(vec![row(&["3.0", "2"])]), Ok(Vec::new())]);
        assert!(all.is_err_and(|unseen| unseen.reason.contains("2 statements")));
        let off = from_postgres(vec![role(), Err("must be loaded via shared_preload_libraries".into())]);
        assert!(off.is_err_and(|unseen| unseen.remedy.contains("restart")));
    }

    #[test]
    fn a_server_that_counts_nothing_says_so() {
        let off = from_mysql(EngineName::MariaDb, vec![Ok(vec![row(&["0", "app@%"])]), Ok(Vec::new()), Ok(Vec::new())]);
        assert!(off.is_err_and(|unseen| unseen.reason.contains("performance_schema is off")));
        let denied = from_mysql(EngineName::MySql, vec![Ok(vec![row(&["1", "app@10.0.0.%"])]), Err("denied".into())]);
        assert!(denied.is_err_and(|unseen| unseen.remedy.ends_with("TO 'app'@'10.0.0.%'")));
    }
}
