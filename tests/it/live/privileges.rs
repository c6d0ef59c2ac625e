//! A role without any grant sees the whole structure of a PostgreSQL database, and what it cannot see is said.

use crate::support::database::{Database, Place};
use crate::support::times::trial;
use crate::support::{TestResult, chain, read, schemas};
use brownfield::checks::Counts;
use brownfield::model::{EngineName, Tables, UnseenKind};
use brownfield::render::markdown::{self, DocumentOptions};
use brownfield::report::Report;
use brownfield::settings::Settings;
use libtest_mimic::Trial;

pub(crate) fn add(trials: &mut Vec<Trial>) {
    for place in Place::of(EngineName::PostgreSql) {
        trials.push(trial(format!("live::privileges::none::{}", place.name()), move || none(place)));
        trials.push(trial(format!("live::privileges::revoked::{}", place.name()), move || revoked(place)));
        trials.push(trial(format!("live::privileges::granted::{}", place.name()), move || granted(place)));
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

const DESCRIBED: &str = "
    CREATE TABLE things (id integer PRIMARY KEY, name text NOT NULL);
    CREATE VIEW names AS SELECT name FROM things;
    CREATE RULE kept AS ON DELETE TO things DO INSTEAD NOTHING;
    COMMENT ON RULE kept ON things IS 'nothing goes';
    CREATE EXTENSION pg_stat_statements;
    COMMENT ON EXTENSION pg_stat_statements IS 'counts';
    CREATE FOREIGN DATA WRAPPER wrapper;
    CREATE SERVER far FOREIGN DATA WRAPPER wrapper;
    COMMENT ON SERVER far IS 'far away';
    CREATE FOREIGN TABLE other (id integer) SERVER far;
    REVOKE ALL ON SCHEMA public FROM PUBLIC;
";

/// Who may do what beside owners, and comments on what has no place of its own, are in the model and in the document.
fn granted(place: Place) -> TestResult {
    let database = Database::new(place)?;
    database.run(DESCRIBED)?;
    if place.version().0 >= 18 {
        database.run("COMMENT ON CONSTRAINT things_name_not_null ON things IS 'all are called something'")?;
    }
    let role = format!("{}_reader", database.name);
    database.run(&format!(
        "CREATE ROLE {role}; GRANT USAGE ON SCHEMA public TO {role}; GRANT SELECT, INSERT ON things TO {role};
         GRANT SELECT ON names TO PUBLIC; GRANT UPDATE (name) ON things TO {role} WITH GRANT OPTION;
         ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO {role};
         ALTER DEFAULT PRIVILEGES GRANT USAGE ON SEQUENCES TO {role}"
    ))?;
    let model = read(&database.url()).map_err(|error| chain(&error));
    database.run(&format!("DROP OWNED BY {role}; DROP ROLE {role}"))?;
    let model = model?;
    let schema = &model.schemas[0];
    let found: Vec<String> = schema
        .grants
        .iter()
        .chain(&model.default_grants)
        .map(|grant| {
            let name = grant.name.as_deref().unwrap_or("-");
            format!("{} {name} {} {}", grant.kind, grant.to.replace(&role, "reader"), grant.privileges.join(", "))
        })
        .collect();
    let expected = [
        "column things.name reader UPDATE WITH GRANT OPTION",
        "new tables - reader SELECT",
        "schema - reader USAGE",
        "table things reader INSERT, SELECT",
        "view names PUBLIC SELECT",
        "new sequences - reader USAGE",
    ];
    if found != expected {
        return Err(format!("{found:#?}").into());
    }
    let (tables, settings) = (Tables::new(&model), Settings::default());
    let document = markdown::render(&Report::new(&model, &tables, &settings), &DocumentOptions::default());
    let mut said = vec![
        "- rewrite rule `kept` instead of delete — nothing goes".to_owned(),
        "- `pg_stat_statements`: counts".to_owned(),
        "from `far` (far away)".to_owned(),
        "| view `names` | PUBLIC | SELECT |".to_owned(),
        format!("| table `things` | `{role}` | INSERT, SELECT |"),
    ];
    if place.version().0 >= 18 {
        said.push("NOT NULL (all are called something)".to_owned());
    }
    for part in said {
        if !document.contains(&part) {
            return Err(format!("the document does not say {part:?}:\n{document}").into());
        }
    }
    Ok(())
}

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
        let report = Report::new(&model, &tables, &settings);
        let document = markdown::render(&report, &DocumentOptions::default());
        let rules = report.outcomes.iter().map(|outcome| {
            let objects: Vec<String> = outcome.findings.iter().map(|finding| finding.object.to_string()).collect();
            (outcome.rule.id, outcome.counts, objects)
        });
        let rules = rules.collect::<Vec<_>>();
        Ok::<_, String>((rules, model.unseen.clone(), document))
    };
    let lost = |catalog: &str, all: &[(&str, Counts, Vec<String>)]| {
        database.run(&format!("REVOKE SELECT ON pg_catalog.{catalog} FROM PUBLIC"))?;
        let (seen, unseen, document) = judged()?;
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
        let counted = COUNTED.iter().find(|(of, _)| *of == catalog).map(|(_, what)| *what);
        if let Some(what) = counted.filter(|what| !document.contains(&format!("an unknown number of {what}"))) {
            wrong.push(format!("without {catalog}, {what} are counted"));
        }
        Ok::<_, String>(wrong)
    };
    let wrong = judged().and_then(|(all, ..)| {
        let lists = CATALOGS.iter().map(|catalog| lost(catalog, &all)).collect::<Result<Vec<_>, _>>()?;
        Ok(lists.concat())
    });
    database.run(&format!("DROP ROLE {role}"))?;
    let wrong = wrong?;
    if wrong.is_empty() { Ok(()) } else { Err(wrong.join("\n").into()) }
}

/// What the summary of the document does not count without a catalog.
const COUNTED: &[(&str, &str)] = &[
    ("pg_constraint", "foreign keys"),
    ("pg_index", "indexes"),
    ("pg_trigger", "triggers"),
    ("pg_policy", "row security policies"),
];

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
