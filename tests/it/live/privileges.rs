//! A role without any grant sees the whole structure of a PostgreSQL database, and what it cannot see is said.

use crate::support::database::{Database, Place};
use crate::support::times::trial;
use crate::support::{TestResult, chain, read, schemas};
use brownfield::model::{EngineName, UnseenKind};
use libtest_mimic::Trial;

pub(crate) fn add(trials: &mut Vec<Trial>) {
    for place in Place::of(EngineName::PostgreSql) {
        trials.push(trial(format!("live::privileges::none::{}", place.name()), move || none(place)));
    }
}

fn none(place: Place) -> TestResult {
    let database = Database::new(place)?;
    for file in schemas::migrations(place) {
        database.run_file(&file)?;
    }
    let role = format!("{}_reader", database.name);
    database.run(&format!("CREATE ROLE {role} LOGIN PASSWORD 'reader'"))?;
    let all = read(&database.url()).map_err(|error| chain(&error));
    let seen = read(&database.url_as(&role, "reader")).map_err(|error| chain(&error));
    database.run(&format!("DROP ROLE {role}"))?;
    let (mut all, mut seen) = (all?, seen?);
    if !seen.unseen.iter().any(|unseen| unseen.what == UnseenKind::ColumnStatistics) {
        return Err(format!("column statistics are hidden from the role, but not said to be: {:?}", seen.unseen).into());
    }
    for model in [&mut all, &mut seen] {
        model.statistics = None;
        model.unseen.clear();
    }
    if all == seen { Ok(()) } else { Err("a role without grants sees another structure".into()) }
}
