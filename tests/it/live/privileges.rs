//! A role without any grant sees the whole structure of a PostgreSQL database, and what it cannot see is said.

use crate::support::database::{Database, Place};
use crate::support::times::trial;
use crate::support::{TestResult, chain, read, schemas};
use brownfield::checks::Counts;
use brownfield::model::{EngineName, Tables, UnseenKind};
use brownfield::report::Report;
use brownfield::settings::Settings;
use libtest_mimic::Trial;

pub(crate) fn add(trials: &mut Vec<Trial>) {
    for place in Place::of(EngineName::PostgreSql) {
        trials.push(trial(format!("live::privileges::none::{}", place.name()), move || none(place)));
        trials.push(trial(format!("live::privileges::revoked::{}", place.name()), move || revoked(place)));
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

/// Things that look wrong to somebody who misses a part of them.
const COMPLETE: &str = r#"
    CREATE TYPE mood AS ENUM ('glad', 'sad');
    CREATE TABLE parents (id int PRIMARY KEY, c text NOT NULL, u int NOT NULL, mood mood NOT NULL, CONSTRAINT p_u UNIQUE (u));
    CREATE UNIQUE INDEX parents_u_idx ON parents (u);
    CREATE INDEX parents_c_idx ON parents (c);
    CREATE INDEX parents_c_pattern_idx ON parents (c text_pattern_ops);
    CREATE INDEX parents_c_collate_idx ON parents (c COLLATE "C");
    CREATE TABLE children (id int PRIMARY KEY, parent_id int NOT NULL REFERENCES parents, price int CHECK (price > 0),
        state text CHECK (state IN ('a', 'b')), updated_at timestamptz);
    CREATE INDEX children_parent_id_idx ON children (parent_id);
    ALTER TABLE children ENABLE ROW LEVEL SECURITY;
    CREATE POLICY children_all ON children USING (price > 1);
    CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.updated_at = now(); RETURN NEW; END';
    CREATE TRIGGER touch BEFORE UPDATE ON children FOR EACH ROW EXECUTE FUNCTION touch();
    CREATE TABLE visits (at date NOT NULL, PRIMARY KEY (at)) PARTITION BY RANGE (at);
    CREATE TABLE visits_rest PARTITION OF visits DEFAULT;
    COMMENT ON TABLE children IS 'Belong to parents.';
    CREATE VIEW prices AS SELECT price FROM children;
"#;

/// With a part of the catalog out of sight, nothing is reported that is not there, and what a rule can no longer judge is
/// unknown and not gone.
fn revoked(place: Place) -> TestResult {
    let database = Database::new(place)?;
    database.run(COMPLETE)?;
    let role = format!("{}_reader", database.name);
    database.run(&format!("CREATE ROLE {role} LOGIN PASSWORD 'reader'"))?;
    let judged = || {
        let model = read(&database.url_as(&role, "reader")).map_err(|error| chain(&error))?;
        let tables = Tables::new(&model);
        let settings = Settings::default();
        let outcomes = Report::new(&model, &tables, &settings).outcomes;
        let rules = outcomes.into_iter().map(|outcome| {
            let objects: Vec<String> = outcome.findings.iter().map(|finding| finding.object.to_string()).collect();
            (outcome.rule.id, outcome.counts, objects)
        });
        Ok::<_, String>((rules.collect::<Vec<_>>(), model.unseen))
    };
    let lost = |catalog: &str, all: &[(&str, Counts, Vec<String>)]| {
        database.run(&format!("REVOKE SELECT ON pg_catalog.{catalog} FROM PUBLIC"))?;
        let (seen, unseen) = judged()?;
        database.run(&format!("GRANT SELECT ON pg_catalog.{catalog} TO PUBLIC"))?;
        let mut wrong = Vec::new();
        for ((rule, before, known), (_, after, found)) in all.iter().zip(&seen) {
            let invented: Vec<&String> = found.iter().filter(|object| !known.contains(object)).collect();
            if !invented.is_empty() {
                wrong.push(format!("without {catalog}, {rule} invents {invented:?}"));
            }
            if before.applicable() > 0 && after.applicable() == 0 && after.unknown == 0 {
                wrong.push(format!("without {catalog}, {rule} says nothing"));
            }
        }
        if !unseen.iter().any(|unseen| unseen.reason.contains("permission denied")) {
            wrong.push(format!("{catalog} is not said to be unseen"));
        }
        Ok::<_, String>(wrong)
    };
    let wrong = judged().and_then(|(all, _)| {
        let lists = CATALOGS.iter().map(|catalog| lost(catalog, &all)).collect::<Result<Vec<_>, _>>()?;
        Ok(lists.concat())
    });
    database.run(&format!("DROP ROLE {role}"))?;
    let wrong = wrong?;
    if wrong.is_empty() { Ok(()) } else { Err(wrong.join("\n").into()) }
}

const CATALOGS: &[&str] = &[
    "pg_opclass",
    "pg_collation",
    "pg_constraint",
    "pg_policy",
    "pg_inherits",
    "pg_index",
    "pg_trigger",
    "pg_enum",
    "pg_description",
    "pg_proc",
    "pg_rewrite",
];
