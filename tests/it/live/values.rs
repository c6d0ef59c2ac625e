//! What the values of columns make of relations that were inferred from names.

use crate::support::database::{Database, Place};
use crate::support::times::trial;
use crate::support::{TestResult, chain, read, read_with};
use brownfield::catalog::Options;
use brownfield::model::{EngineName, Model, Tables};
use brownfield::report::Report;
use brownfield::settings::Settings;
use brownfield::survey::{Survey, references};
use libtest_mimic::Trial;
use std::collections::BTreeMap;

pub(crate) fn add(trials: &mut Vec<Trial>) {
    for place in Place::all() {
        trials.push(trial(format!("live::values::compared::{}", place.name()), move || compared(place)));
        if place != Place::Sqlite {
            trials.push(trial(format!("live::values::refused::{}", place.name()), move || refused(place)));
        }
        if place.engine() == EngineName::PostgreSql {
            trials.push(trial(format!("live::values::hidden::{}", place.name()), move || hidden(place)));
        }
    }
}

/// Forty customers, and tables whose rows refer to them: all, all but one, not all, and some in the role of a
/// payer. No customer has a region.
fn script() -> String {
    let numbers = |count: u32| (1..=count).map(|number| format!("({number}, {number})")).collect::<Vec<_>>().join(", ");
    format!(
        "CREATE TABLE customers (id integer NOT NULL PRIMARY KEY, region_id integer);
         CREATE TABLE regions (id integer NOT NULL PRIMARY KEY, size integer);
         CREATE TABLE orders (id integer NOT NULL PRIMARY KEY, customer_id integer);
         CREATE TABLE bills (id integer NOT NULL PRIMARY KEY, customer_id integer);
         CREATE TABLE visits (id integer NOT NULL PRIMARY KEY, customer_id integer);
         CREATE TABLE refunds (id integer NOT NULL PRIMARY KEY, paying_customer_id integer);
         INSERT INTO orders VALUES {}, (41, 1), (42, NULL);
         INSERT INTO visits VALUES {};
         INSERT INTO bills VALUES {};
         INSERT INTO refunds VALUES {};
         INSERT INTO customers (id) SELECT id FROM orders WHERE id <= 40;",
        numbers(40),
        numbers(41),
        numbers(50),
        numbers(3),
    )
}

/// Confidence and evidence by column.
fn relations(model: &Model) -> BTreeMap<String, (f64, String)> {
    let survey = Survey::new(model, &Tables::new(model), &Settings::default());
    let name = |table: &str, column: &str| format!("{table}.{column}");
    let found = survey.relations.into_iter();
    found.map(|it| (name(&it.table.name, &it.column), (it.confidence, it.why))).collect()
}

fn with_data() -> Options {
    Options { data: Some(references), ..Options::default() }
}

fn compared(place: Place) -> TestResult {
    let database = Database::new(place)?;
    database.run(&script())?;
    let model = read_with(&database.url(), &with_data()).map_err(|error| chain(&error))?;
    let found = relations(&model);
    let expected = [
        ("bills.customer_id", 0.89, "; of 50 distinct values compared, 10 are orphans"),
        ("customers.region_id", 0.96, "; it has no values to compare"),
        ("orders.customer_id", 0.99, "; of 40 distinct values compared, none is an orphan"),
        ("refunds.paying_customer_id", 0.91, "; of 3 distinct values compared, none is an orphan"),
        ("visits.customer_id", 0.96, "; of 41 distinct values compared, 1 is an orphan"),
    ];
    let as_expected = found.len() == expected.len()
        && expected.iter().zip(&found).all(|((name, confidence, said), (column, (reached, why)))| {
            name == column && (confidence - reached).abs() < 1e-9 && why.ends_with(said)
        });
    if !as_expected {
        return Err(format!("expected {expected:#?}\nfound {found:#?}").into());
    }
    // Tables whose relation counts as a missing key: the values of a role make one, and orphans unmake one.
    let without = read(&database.url()).map_err(|error| chain(&error))?;
    let (before, after) = (scored(&without), scored(&model));
    if before != ["bills", "customers", "orders", "visits"] || after != ["customers", "orders", "refunds", "visits"] {
        return Err(format!("scored without data {before:?}, with data {after:?}").into());
    }
    Ok(())
}

/// The tables with a scored finding of a missing key.
fn scored(model: &Model) -> Vec<String> {
    let (tables, settings) = (Tables::new(model), Settings::default());
    let report = Report::new(model, &tables, &settings);
    let outcomes = report.outcomes.iter().filter(|outcome| outcome.rule.id == "fk-missing");
    let findings = outcomes.flat_map(|outcome| &outcome.findings).filter(|finding| finding.scored);
    findings.filter_map(|finding| finding.object.table.as_ref().map(ToString::to_string)).collect()
}

/// An account that may see the structure and no rows: confidence stays, and the reason is said.
fn refused(place: Place) -> TestResult {
    let database = Database::new(place)?;
    database.run(&script())?;
    let user = format!("{}_v", database.name.replace("brownfield", "b"));
    let (make, remove) = match place.engine() {
        EngineName::PostgreSql => {
            (format!("CREATE ROLE {user} LOGIN PASSWORD 'reader'"), format!("DROP OWNED BY {user}; DROP ROLE {user}"))
        }
        _ => (
            format!(
                "CREATE USER '{user}'@'%' IDENTIFIED BY 'reader'; GRANT REFERENCES ON {}.* TO '{user}'@'%'",
                database.name
            ),
            format!("DROP USER '{user}'@'%'"),
        ),
    };
    database.run(&make)?;
    let read = read_with(&database.url_as(&user, "reader"), &with_data());
    database.run(&remove)?;
    is_unknown(&read.map_err(|error| chain(&error))?, "denied")
}

/// Row security would hide parents, whose children would then look like orphans.
fn hidden(place: Place) -> TestResult {
    let database = Database::new(place)?;
    database.run(&script())?;
    let role = format!("{}_v", database.name);
    database.run(&format!(
        "CREATE ROLE {role} LOGIN PASSWORD 'reader'; GRANT SELECT ON ALL TABLES IN SCHEMA public TO {role};
         ALTER TABLE customers ENABLE ROW LEVEL SECURITY"
    ))?;
    let read = read_with(&database.url_as(&role, "reader"), &with_data());
    database.run(&format!("DROP OWNED BY {role}; DROP ROLE {role}"))?;
    is_unknown(&read.map_err(|error| chain(&error))?, "row-level security")
}

/// Whether what is inferred about orders is no more and no less sure than without data, and the reason is said.
fn is_unknown(model: &Model, reason: &str) -> TestResult {
    let found = relations(model);
    match found.get("orders.customer_id") {
        Some((confidence, why))
            if (confidence - 0.96).abs() < 1e-9
                && why.contains("its values could not be compared: ")
                && why.contains(reason) =>
        {
            Ok(())
        }
        _ => Err(format!("{found:#?}").into()),
    }
}
