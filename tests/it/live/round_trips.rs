//! The number of round trips does not grow with the number of tables.

use crate::support::database::{Database, Place};
use crate::support::proxy::Proxy;
use crate::support::times::trial;
use crate::support::{TestResult, brownfield};
use libtest_mimic::Trial;
use std::fmt::Write;

pub(crate) fn add(trials: &mut Vec<Trial>) {
    for place in Place::all().into_iter().filter(|place| *place != Place::Sqlite) {
        trials.push(trial(format!("live::round_trips::{}", place.name()), move || constant(place)));
    }
}

fn constant(place: Place) -> TestResult {
    let database = Database::new(place)?;
    let proxy = Proxy::new(&database.url())?;
    let mut counts = Vec::new();
    for tables in [3, 200] {
        database.run(&ddl(tables))?;
        proxy.take();
        brownfield().args(["snapshot", proxy.url()]).assert().success();
        counts.push(proxy.take());
    }
    if counts[0] == counts[1] && counts[0] > 0 { Ok(()) } else { Err(format!("round trips: {counts:?}").into()) }
}

/// Tables that each have what might tempt a reader to ask again: keys, indexes, checks, views.
fn ddl(tables: usize) -> String {
    let mut text = String::new();
    for number in 0..tables {
        let _ = write!(
            text,
            "CREATE TABLE t{tables}_{number} (id int PRIMARY KEY, parent int REFERENCES t{tables}_{number} (id), \
             name varchar(20) NOT NULL DEFAULT 'x', CHECK (id > 0), UNIQUE (name));\n\
             CREATE INDEX i{tables}_{number} ON t{tables}_{number} (parent, name);\n\
             CREATE VIEW v{tables}_{number} AS SELECT id FROM t{tables}_{number};\n"
        );
    }
    text
}
