//! Reading through a pooler that lends its server connections for one transaction: the answer is the server's own, and a
//! connection is handed back as it was lent.

use crate::support::database::{Database, Place};
use crate::support::pooler::Pooler;
use crate::support::times::trial;
use crate::support::{TestResult, block_on, brownfield, schemas};
use brownfield::model::EngineName;
use libtest_mimic::Trial;
use sqlx::postgres::{PgConnectOptions, PgRow};
use sqlx::{ConnectOptions as _, Connection as _, Row as _, raw_sql};
use std::time::{Duration, Instant};

pub(crate) fn add(trials: &mut Vec<Trial>) {
    // The pooler is what is tried here: one server behind it is enough.
    if let Some(place) = Place::of(EngineName::PostgreSql).into_iter().max_by_key(|place| place.version()) {
        let name = |test: &str| format!("live::pooler::{test}::{}", place.name());
        trials.push(trial(name("hands_back_what_it_was_lent"), move || {
            with_role(place, |database, url| handed_back(database, url, place))
        }));
        trials.push(trial(name("large"), move || with_role(place, large)));
        trials.push(trial(name("refusals"), move || with_role(place, refused)));
    }
}

/// A database and a role of its own, whose password may stand in a file.
fn with_role(place: Place, test: impl Fn(&Database, &str) -> TestResult) -> TestResult {
    let database = Database::new(place)?;
    let role = format!("{}_pooled", database.name);
    database.run(&format!(
        "CREATE ROLE {role} LOGIN PASSWORD 'pooled';
         ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO {role};
         ALTER DEFAULT PRIVILEGES GRANT SELECT ON SEQUENCES TO {role};"
    ))?;
    let outcome = test(&database, &database.url_as(&role, "pooled"));
    database.run(&format!("DROP OWNED BY {role}; DROP ROLE {role}"))?;
    outcome
}

/// One server connection serves every run, so that each would meet what an earlier one left.
fn handed_back(database: &Database, url: &str, place: Place) -> TestResult {
    schemas::samples(place).first().ok_or("there is no sample")?.load(database)?;
    let direct = snapshot(url, &["--no-stats"])?;
    let pooler = Pooler::new(url, 1)?;
    let before = state(pooler.url())?;
    for attempt in 1..=3 {
        if snapshot(pooler.url(), &["--no-stats"])? != direct {
            return Err(format!("snapshot {attempt} through the pooler differs from the direct one").into());
        }
    }
    // Statistics and questions to the rows take statements of their own.
    snapshot(pooler.url(), &["--data"])?;
    let after = state(pooler.url())?;
    if before == after { Ok(()) } else { Err(format!("before: {before:#?}\nafter: {after:#?}").into()) }
}

/// A database so large that the reader asks for a second connection, with and without one to be had.
fn large(database: &Database, url: &str) -> TestResult {
    database.run(
        "DO $$ BEGIN FOR number IN 1..2100 LOOP
             EXECUTE format('CREATE TABLE t%s (id int CHECK (id > 0))', number);
         END LOOP; END $$",
    )?;
    let direct = snapshot(url, &["--no-stats"])?;
    for connections in [1, 2] {
        let pooler = Pooler::new(url, connections)?;
        let before = state(pooler.url())?;
        let started = Instant::now();
        if snapshot(pooler.url(), &["--no-stats"])? != direct {
            return Err(format!("the snapshot through {connections} differs from the direct one").into());
        }
        if started.elapsed() > Duration::from_secs(20) {
            return Err(format!("{connections}: the reading waited for the pooler, {:?}", started.elapsed()).into());
        }
        if connections == 1 && state(pooler.url())? != before {
            return Err("the connection is not handed back as it was".into());
        }
    }
    Ok(())
}

/// What the pooler refuses is said in its words, with the next step.
fn refused(_: &Database, url: &str) -> TestResult {
    let pooler = Pooler::new(url, 1)?;
    let with_options = format!("{}?options=-c%20geqo%3Doff", pooler.url());
    fails(&with_options, "unsupported startup parameter", "take options out of the URL and PGOPTIONS")?;
    block_on(async {
        let mut other = client(pooler.url())?.connect().await?;
        raw_sql("BEGIN").execute(&mut other).await?;
        let outcome = fails(pooler.url(), "query_wait_timeout", "the pooler has no free connection to the server");
        other.close().await?;
        Ok::<_, sqlx::Error>(outcome)
    })
    .map_err(|error| error.to_string())?
}

fn fails(url: &str, reason: &str, hint: &str) -> TestResult {
    let assert = brownfield().args(["snapshot", url]).assert().try_code(3)?;
    let said = String::from_utf8_lossy(&assert.get_output().stderr).into_owned();
    if said.contains(reason) && said.contains(hint) { Ok(()) } else { Err(said.into()) }
}

fn snapshot(url: &str, options: &[&str]) -> Result<String, libtest_mimic::Failed> {
    let output = brownfield().arg("snapshot").args(options).arg(url).assert().try_success()?.get_output().clone();
    Ok(String::from_utf8(output.stdout)?)
}

/// What a server connection keeps from one client to the next, but for the name that the pooler gives it for each.
const STATE: &str = "
    SELECT 'process ' || pg_backend_pid()
    UNION ALL SELECT 'setting ' || name || ' = ' || setting FROM pg_settings WHERE source = 'session' AND name <> 'application_name'
    UNION ALL SELECT 'parameter ' || name || ' = ' || current_setting(name, true)
        FROM unnest('{brownfield.locked,brownfield.relations,brownfield.snapshot}'::text[]) AS name
        WHERE current_setting(name, true) <> ''
    UNION ALL SELECT 'prepared ' || statement FROM pg_prepared_statements
    UNION ALL SELECT 'cursor ' || name FROM pg_cursors WHERE name <> ''
    UNION ALL SELECT 'listens to ' || pg_listening_channels()
    UNION ALL SELECT 'lock ' || locktype FROM pg_locks WHERE pid = pg_backend_pid() AND locktype = 'advisory'
    ORDER BY 1";

fn state(url: &str) -> Result<Vec<String>, libtest_mimic::Failed> {
    block_on(async {
        let mut connection = client(url)?.connect().await?;
        let rows = raw_sql(STATE).fetch_all(&mut connection).await?;
        connection.close().await?;
        rows.iter().map(|row: &PgRow| row.try_get(0)).collect::<Result<_, sqlx::Error>>()
    })
    .map_err(|error| error.to_string().into())
}

/// A client that asks the pooler for nothing special.
fn client(url: &str) -> Result<PgConnectOptions, sqlx::Error> {
    Ok(url.parse::<PgConnectOptions>()?.extra_float_digits(None).statement_cache_capacity(0))
}
