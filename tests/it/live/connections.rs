//! A large catalog is read on two connections, and the answer is that of one; where the server gives no second one, the
//! first reads everything; and no connection is waited for without end.

use crate::support::database::{Database, Place};
use crate::support::proxy::Proxy;
use crate::support::times::trial;
use crate::support::{TestResult, brownfield};
use brownfield::model::EngineName;
use libtest_mimic::Trial;
use std::fmt::Write as _;

pub(crate) fn add(trials: &mut Vec<Trial>) {
    for place in Place::all().into_iter().filter(|place| *place != Place::Sqlite) {
        trials.push(trial(format!("live::connections::{}", place.name()), move || one_or_two(place)));
        trials.push(trial(format!("live::connections::silence::{}", place.name()), move || silence(place)));
    }
}

fn one_or_two(place: Place) -> TestResult {
    let database = Database::new(place)?;
    database.run(&ddl(1_100))?;
    let reader = format!("{}_one", database.name);
    let (create, drop) = match place.engine() {
        EngineName::PostgreSql => {
            (format!("CREATE ROLE {reader} LOGIN PASSWORD 'reader' CONNECTION LIMIT 1"), format!("DROP ROLE {reader}"))
        }
        _ => (
            format!(
                "CREATE USER {reader} IDENTIFIED BY 'reader' WITH MAX_USER_CONNECTIONS 1;\n\
                 GRANT SELECT, SHOW VIEW, TRIGGER ON {}.* TO {reader};\n",
                database.name
            ),
            format!("DROP USER {reader}"),
        ),
    };
    database.run(&create)?;
    let outcome = compare(place, &database, &reader);
    database.run(&drop)?;
    outcome
}

/// A server that says nothing any more in the middle of its answer is not waited for without end.
fn silence(place: Place) -> TestResult {
    let database = Database::new(place)?;
    database.run(&ddl(300))?;
    let proxy = Proxy::silent_after(&database.url(), 30_000)?;
    let limits = ["--statement-timeout", "1", "--connect-timeout", "2"];
    let assert = brownfield().args(["snapshot", proxy.url()]).args(limits).assert().code(3);
    let said = String::from_utf8_lossy(&assert.get_output().stderr).into_owned();
    if said.contains("no answer within 3 s") { Ok(()) } else { Err(said.into()) }
}

fn compare(place: Place, database: &Database, reader: &str) -> TestResult {
    let everything = Proxy::new(&database.url())?;
    let limited = Proxy::new(&database.url_as(reader, "reader"))?;
    let expected = if place.engine() == EngineName::MySql { 1 } else { 2 };
    for proxy in [&everything, &limited] {
        let one = snapshot(proxy.url(), "1");
        if proxy.connections() != 1 {
            return Err("--connections 1 opened more than one".into());
        }
        let two = snapshot(proxy.url(), "2");
        if one.matches("\"primary_key\": {").count() != 1_100 {
            return Err("the snapshot lacks tables".into());
        }
        if one != two {
            return Err("two connections read another model than one".into());
        }
        let tried = proxy.connections();
        if tried != expected {
            return Err(format!("{tried} connections were tried, not {expected}").into());
        }
    }
    Ok(())
}

fn snapshot(url: &str, connections: &str) -> String {
    let output = brownfield()
        .args(["snapshot", "--no-stats", "--connections", connections, url])
        .assert()
        .success()
        .get_output()
        .stdout
        .clone();
    String::from_utf8_lossy(&output).into_owned()
}

fn ddl(tables: usize) -> String {
    let mut text = String::new();
    for number in 0..tables {
        let _ = writeln!(
            text,
            "CREATE TABLE t{number} (id int PRIMARY KEY, parent int, name varchar(20) NOT NULL DEFAULT 'x', \
             CHECK (id > {number}), UNIQUE (name));"
        );
    }
    text.push_str("CREATE VIEW v AS SELECT id FROM t1;\n");
    text
}
