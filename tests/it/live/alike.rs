//! Expressions that the catalog stores alike are printed once, and still each as the server prints it.

use crate::support::database::{Database, Place};
use crate::support::times::trial;
use crate::support::{TestResult, block_on, chain, read};
use brownfield::model::EngineName;
use libtest_mimic::Trial;
use sqlx::Connection as _;
use std::collections::BTreeSet;

pub(crate) fn add(trials: &mut Vec<Trial>) {
    for place in Place::all().into_iter().filter(|place| place.engine() == EngineName::PostgreSql) {
        trials.push(trial(format!("live::alike::printed::{}", place.name()), move || printed(place)));
        trials.push(trial(format!("live::alike::temporary::{}", place.name()), move || temporary(place)));
        trials.push(trial(format!("live::alike::granted::{}", place.name()), move || granted(place)));
    }
}

/// Tables whose columns have the same names, others with the same types under other names, names in another order, a column
/// that was dropped, whole rows, and partitions whose columns are numbered in another way.
const TABLES: &str = "
    CREATE TABLE one (a integer DEFAULT 7, b integer DEFAULT 7, c text DEFAULT 'x', CHECK (a > 0), CHECK (b > a),
        d integer GENERATED ALWAYS AS (a * 2) STORED);
    CREATE TABLE same (LIKE one INCLUDING ALL);
    CREATE TABLE swapped (b integer DEFAULT 7, a integer DEFAULT 8, c text DEFAULT 'x', CHECK (b > 0), CHECK (a > b),
        d integer GENERATED ALWAYS AS (b * 2) STORED);
    CREATE TABLE renamed (x integer, y integer DEFAULT 7, \"odd name\" text DEFAULT 'y', CHECK (x > 0), CHECK (y > x),
        d integer GENERATED ALWAYS AS (x * 2) STORED);
    CREATE TABLE fewer (gone integer, a integer, b integer, CHECK (a > 0));
    ALTER TABLE fewer DROP COLUMN gone;
    CREATE TABLE row_one (a integer, CHECK (row_one IS NOT NULL));
    CREATE TABLE row_two (a integer, CHECK (row_two IS NOT NULL));
    CREATE INDEX ON one ((a + 1)) WHERE b > 0;
    CREATE INDEX ON same ((a + 1)) WHERE b > 0;
    CREATE INDEX ON same ((a + 1)) WHERE b > 1;
    CREATE INDEX ON same ((a + 1), (b + 1));
    CREATE INDEX ON swapped ((b + 1)) WHERE a > 0;
    CREATE INDEX ON renamed ((x + 1)) WHERE y > 0;
    CREATE INDEX ON renamed (x) WHERE y > 0;
    CREATE INDEX ON row_one ((row_one IS NULL)) WHERE row_one IS NOT NULL;
    CREATE INDEX ON row_two ((row_two IS NULL)) WHERE row_two IS NOT NULL;
    CREATE TABLE parts (a integer DEFAULT 1, b integer, c integer) PARTITION BY LIST (a);
    CREATE TABLE parts_1 PARTITION OF parts (CHECK (b > 0)) FOR VALUES IN (1);
    CREATE TABLE parts_2 (c integer, b integer, a integer DEFAULT 2, CHECK (b > 0), CHECK (c > 0));
    ALTER TABLE parts ATTACH PARTITION parts_2 FOR VALUES IN (2);
    CREATE INDEX ON parts_1 ((b + c)) WHERE c > 0;
    CREATE INDEX ON parts_2 ((b + c)) WHERE c > 0;
    CREATE DOMAIN even AS integer CHECK (VALUE % 2 = 0);
    CREATE DOMAIN also_even AS integer CHECK (VALUE % 2 = 0);
    CREATE DOMAIN positive AS integer CHECK (VALUE > 0);
";

/// Every expression with what it belongs to, as the server prints it object by object.
const QUESTION: &str = "
    SELECT 'default ' || c.relname || ' ' || a.attname || ' ' || pg_get_expr(d.adbin, d.adrelid)
    FROM pg_attrdef d JOIN pg_class c ON c.oid = d.adrelid
    JOIN pg_attribute a ON a.attrelid = d.adrelid AND a.attnum = d.adnum
    WHERE c.relname <> 'parts_1'
    UNION ALL
    SELECT 'check ' || c.relname || ' ' || k.conname || ' ' || pg_get_expr(k.conbin, k.conrelid)
    FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid
    WHERE k.contype = 'c' AND k.connamespace = 'public'::regnamespace
    UNION ALL
    SELECT 'domain ' || t.typname || ' ' || pg_get_expr(k.conbin, 0)
    FROM pg_constraint k JOIN pg_type t ON t.oid = k.contypid WHERE k.connamespace = 'public'::regnamespace
    UNION ALL
    SELECT 'index ' || c.relname || ' ' || COALESCE(pg_get_expr(i.indexprs, i.indrelid), '') || ' '
        || COALESCE(pg_get_expr(i.indpred, i.indrelid), '')
    FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
    WHERE c.relnamespace = 'public'::regnamespace AND (i.indexprs IS NOT NULL OR i.indpred IS NOT NULL)
";

fn printed(place: Place) -> TestResult {
    let database = Database::new(place)?;
    database.run(TABLES)?;
    let model = read(&database.url())?;
    let mut found = BTreeSet::new();
    let schema = model.schemas.first().ok_or("no schema")?;
    let columns_of = |name: &str, columns: &[brownfield::model::Column], found: &mut BTreeSet<String>| {
        for column in columns {
            let generated = column.generated.as_ref().map(|generated| &generated.expression);
            let text = column.default.as_ref().map(|default| &default.expression).or(generated);
            found.extend(text.map(|text| format!("default {name} {} {text}", column.name)));
        }
    };
    let checks_of = |name: &str, checks: &[brownfield::model::CheckConstraint], found: &mut BTreeSet<String>| {
        for check in checks {
            let constraint = check.name.as_deref().unwrap_or_default();
            found.insert(format!("check {name} {constraint} {}", check.expression));
        }
    };
    let indexes_of = |indexes: &[brownfield::model::Index], found: &mut BTreeSet<String>| {
        for index in indexes {
            let parts = index.key.iter().filter_map(|part| part.expression.as_deref());
            let parts = parts.collect::<Vec<_>>().join(", ");
            if !parts.is_empty() || index.predicate.is_some() {
                found.insert(format!(
                    "index {} {parts} {}",
                    index.name,
                    index.predicate.as_deref().unwrap_or_default()
                ));
            }
        }
    };
    for table in &schema.tables {
        columns_of(&table.name, &table.columns, &mut found);
        checks_of(&table.name, &table.check_constraints, &mut found);
        indexes_of(&table.indexes, &mut found);
        for partition in table.partitioning.iter().flat_map(|partitioning| &partitioning.partitions) {
            columns_of(&partition.name, &partition.columns, &mut found);
            checks_of(&partition.name, &partition.check_constraints, &mut found);
            indexes_of(&partition.local_indexes, &mut found);
        }
    }
    for domain in &schema.domains {
        found.extend(domain.checks.iter().map(|check| format!("domain {} {}", domain.name, check.expression)));
    }
    let expected: BTreeSet<String> = database.query(QUESTION)?.into_iter().flatten().collect();
    assert!(expected.len() > 40, "{expected:#?}");
    assert_eq!(found, expected);
    Ok(())
}

/// Temporary tables of another session, which it holds locked, are not opened, and lend nobody their expressions.
fn temporary(place: Place) -> TestResult {
    let database = Database::new(place)?;
    let url = database.url();
    let model = block_on(async {
        let mut other = sqlx::PgConnection::connect(&url).await.map_err(|error| error.to_string())?;
        for script in [
            "CREATE TEMPORARY TABLE g (x integer DEFAULT 1, y integer GENERATED ALWAYS AS (1) STORED);
             CREATE TABLE t (a integer DEFAULT 1, b integer GENERATED ALWAYS AS (1) STORED)",
            "BEGIN; TRUNCATE g",
        ] {
            sqlx::raw_sql(script).execute(&mut other).await.map_err(|error| error.to_string())?;
        }
        let model = tokio::task::spawn_blocking(move || read(&url).map_err(|error| chain(&error))).await;
        other.close().await.map_err(|error| error.to_string())?;
        model.map_err(|error| error.to_string())?
    })?;
    let [table] = model.schemas[0].tables.as_slice() else { return Err(format!("{:#?}", model.schemas).into()) };
    assert_eq!(table.columns[0].default.as_ref().map(|default| default.expression.as_str()), Some("1"));
    assert_eq!(table.columns[1].generated.as_ref().map(|generated| generated.expression.as_str()), Some("1"));
    Ok(())
}

/// Rights on columns of every kind of relation that has them, system columns included.
fn granted(place: Place) -> TestResult {
    let database = Database::new(place)?;
    database.run(
        "CREATE TABLE t (a integer, b integer);
         CREATE VIEW v AS SELECT a FROM t;
         CREATE SEQUENCE s;
         GRANT SELECT (a, ctid), UPDATE (a) ON t TO PUBLIC;
         GRANT SELECT (a) ON v TO PUBLIC;
         GRANT SELECT (last_value) ON s TO PUBLIC;",
    )?;
    let model = read(&database.url())?;
    let schema = model.schemas.first().ok_or("no schema")?;
    let rights = schema.grants.iter().filter(|grant| grant.kind == "column");
    let mut rights: Vec<String> = rights
        .map(|grant| format!("{} {}", grant.name.as_deref().unwrap_or_default(), grant.privileges.join(", ")))
        .collect();
    rights.sort();
    assert_eq!(rights, ["s.last_value SELECT", "t.a SELECT, UPDATE", "t.ctid SELECT", "v.a SELECT"]);
    assert_eq!(schema.tables[0].columns.len(), 2);
    Ok(())
}
