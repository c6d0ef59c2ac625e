//! Statements that a live server counted: an index that they lack is found, built by `fix`, and then not missed any more.

use crate::examples::analyze;
use crate::support::database::{Database, Place};
use crate::support::times::trial;
use crate::support::{TestResult, brownfield};
use brownfield::model::EngineName;
use libtest_mimic::Trial;
use serde_json::Value;
use std::sync::{Mutex, PoisonError};

pub(crate) fn add(trials: &mut Vec<Trial>) {
    for place in Place::all() {
        let name = |what: &str| format!("live::workload::{what}::{}", place.name());
        if place.engine() == EngineName::Sqlite {
            trials.push(trial(name("not_counted"), move || not_counted(place)));
        } else {
            trials.push(trial(name("found_and_fixed"), move || found_and_fixed(place)));
            trials.push(trial(name("hidden"), move || hidden(place)));
        }
    }
}

const RULE: &str = "query-pattern-uncovered";

/// A table in which look-ups by customer have no index, and so many rows that it shows.
const TABLE: &str = "
CREATE TABLE orders (id integer NOT NULL PRIMARY KEY, customer_number integer NOT NULL, placed_on date NOT NULL);
INSERT INTO orders (id, customer_number, placed_on)
WITH RECURSIVE n AS (SELECT 0 AS i UNION ALL SELECT i + 1 FROM n WHERE i < 99)
SELECT a.i * 100 + b.i, a.i, CAST('2024-01-01' AS date) FROM n AS a CROSS JOIN n AS b;
";

/// Held by a test whose counters no other test may reset.
static COUNTERS: Mutex<()> = Mutex::new(());

/// What nobody else may read.
const SECRET: &str = "1147114711";

fn filled(place: Place) -> Result<Database, String> {
    let database = Database::new(place)?;
    if place.engine() == EngineName::PostgreSql {
        database.run("CREATE SCHEMA counters; CREATE EXTENSION pg_stat_statements SCHEMA counters")?;
    } else {
        // Other tests leave so many statements that the server stops telling them apart.
        let counters = "performance_schema.events_statements_summary_by_digest";
        if database.number(&format!("SELECT count(*) > 3000 OR count(DIGEST) < count(*) FROM {counters}"))? > 0 {
            database.run(&format!("TRUNCATE TABLE {counters}"))?;
        }
    }
    database.run(TABLE)?;
    analyze(&database)?;
    let statement = format!("SELECT id FROM orders WHERE customer_number = {SECRET} ORDER BY placed_on LIMIT 3;\n");
    database.run(&statement.repeat(20))?;
    Ok(database)
}

fn found_and_fixed(place: Place) -> TestResult {
    let _counters = COUNTERS.lock().unwrap_or_else(PoisonError::into_inner);
    let database = filled(place)?;
    if is_off(&database)? {
        return says(&database.url(), "performance_schema is off");
    }
    let before = audit(&database.url())?;
    let found = findings(&before);
    let [finding] = found.as_slice() else {
        return Err(format!("one finding is expected, not {found:#?}; {:#}", rule(&before)).into());
    };
    let message = finding["message"].as_str().unwrap_or_default();
    if !message.contains("customer_number") || !message.contains("20 calls") || message.contains(SECRET) {
        return Err(format!("the message is: {message}").into());
    }
    let arguments = ["fix", "--workload", "server", "--rule", RULE];
    let script = brownfield().args(arguments).arg(database.url()).assert().success().get_output().stdout.clone();
    database.run(&String::from_utf8(script)?)?;
    let after = audit(&database.url())?;
    let passed = rule(&after)["passed"].as_u64();
    if !findings(&after).is_empty() || passed != Some(1) {
        return Err(format!("after the remedy: {:#?}; {:#}", findings(&after), rule(&after)).into());
    }
    kept(&database)
}

/// A snapshot carries the workload, and no values with it.
fn kept(database: &Database) -> TestResult {
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("shop.json");
    let path = file.to_str().ok_or("the path is no text")?;
    brownfield().args(["snapshot", "--workload", "server", "-o", path]).arg(database.url()).assert().success();
    if std::fs::read_to_string(&file)?.contains(SECRET) {
        return Err("the snapshot holds a value".into());
    }
    let output = brownfield().args(["audit", "--format", "json", path]).assert().get_output().stdout.clone();
    let report: Value = serde_json::from_slice(&output)?;
    if rule(&report)["passed"].as_u64() == Some(1) {
        Ok(())
    } else {
        Err(format!("the snapshot is judged otherwise: {:#}", rule(&report)).into())
    }
}

/// A role that may not read the counters hears what would let it, and then it may.
fn hidden(place: Place) -> TestResult {
    let _counters = COUNTERS.lock().unwrap_or_else(PoisonError::into_inner);
    let database = filled(place)?;
    if is_off(&database)? {
        return says(&database.url(), "performance_schema is off");
    }
    let role = format!("{}_w", database.name);
    let (create, drop, grant) = if place.engine() == EngineName::PostgreSql {
        (
            format!("CREATE ROLE {role} LOGIN PASSWORD 'reader'; GRANT USAGE ON SCHEMA counters TO {role}"),
            format!("DROP OWNED BY {role}; DROP ROLE {role}"),
            format!("GRANT pg_read_all_stats TO {role}"),
        )
    } else {
        let name = &database.name;
        (
            format!("CREATE USER '{role}'@'%' IDENTIFIED BY 'reader'; GRANT SELECT ON `{name}`.* TO '{role}'@'%'"),
            format!("DROP USER '{role}'@'%'"),
            format!("GRANT SELECT ON performance_schema.events_statements_summary_by_digest TO '{role}'@'%'"),
        )
    };
    database.run(&create)?;
    let url = database.url_as(&role, "reader");
    let answer = (|| {
        let report = audit(&url)?;
        let unseen = unseen(&report);
        if !unseen.iter().any(|unseen| unseen["remedy"].as_str() == Some(&grant)) {
            return Err(format!("`{grant}` is not said: {unseen:#?}").into());
        }
        if !findings(&report).is_empty() || rule(&report)["unknown"].as_u64() == Some(0) {
            return Err(format!("it is not unknown: {:#}", rule(&report)).into());
        }
        database.run(&grant)?;
        let report = audit(&url)?;
        if findings(&report).len() == 1 { Ok(()) } else { Err(format!("{:#}", rule(&report)).into()) }
    })();
    database.run(&drop)?;
    answer
}

fn not_counted(place: Place) -> TestResult {
    let database = Database::new(place)?;
    database.run(TABLE)?;
    says(&database.url(), "SQLite counts no statements")
}

/// The rule is unknown for this reason.
fn says(url: &str, reason: &str) -> TestResult {
    let report = audit(url)?;
    let reasons = rule(&report)["unknown_reasons"].to_string();
    let seen = unseen(&report).iter().any(|unseen| unseen["reason"].as_str().is_some_and(|text| text.contains(reason)));
    if reasons.contains(reason) && seen { Ok(()) } else { Err(format!("the reason is {reasons}").into()) }
}

fn is_off(database: &Database) -> Result<bool, String> {
    Ok(database.place.engine().is_mysql_family() && database.number("SELECT @@performance_schema")? == 0)
}

fn audit(url: &str) -> Result<Value, libtest_mimic::Failed> {
    let arguments = ["audit", "--workload", "server", "--format", "json", url];
    let output = brownfield().args(arguments).assert().success().get_output().stdout.clone();
    Ok(serde_json::from_slice(&output)?)
}

fn findings(report: &Value) -> Vec<&Value> {
    let all = report["findings"].as_array().map(Vec::as_slice).unwrap_or_default();
    all.iter().filter(|finding| finding["rule"] == RULE).collect()
}

fn rule(report: &Value) -> &Value {
    let all = report["rules"].as_array().map(Vec::as_slice).unwrap_or_default();
    all.iter().find(|rule| rule["id"] == RULE).unwrap_or(&Value::Null)
}

fn unseen(report: &Value) -> Vec<&Value> {
    let all = report["unseen"].as_array().map(Vec::as_slice).unwrap_or_default();
    all.iter().filter(|unseen| unseen["what"] == "workload").collect()
}
