//! What scripts leave as it is: histories, columns without values, rows that policies hide.

use crate::support::database::{Database, Place};
use crate::support::times::trial;
use crate::support::{TestResult, chain, read};
use brownfield::model::{EngineName, Model, Tables};
use brownfield::remedy::{self, Playbook};
use brownfield::render::sql;
use brownfield::report::Report;
use brownfield::settings::Settings;
use brownfield::survey::TableClass;
use libtest_mimic::Trial;

pub(crate) fn add(trials: &mut Vec<Trial>) {
    for place in Place::all() {
        trials.push(trial(format!("live::untouched::other_indexes::{}", place.name()), move || other_indexes(place)));
    }
    for place in Place::of(EngineName::PostgreSql) {
        trials.push(trial(format!("live::untouched::histories::{}", place.name()), move || histories(place)));
        trials.push(trial(format!("live::untouched::empty_lists::{}", place.name()), move || empty_lists(place)));
        trials.push(trial(format!("live::untouched::older_objects::{}", place.name()), move || older_objects(place)));
        trials.push(trial(format!("live::untouched::hidden_rows::{}", place.name()), move || hidden_rows(place)));
        trials.push(trial(format!("live::untouched::not_yet::{}", place.name()), move || not_yet(place)));
    }
}

fn script(model: &Model) -> (String, Playbook) {
    let (tables, settings) = (Tables::new(model), Settings::default());
    let report = Report::new(model, &tables, &settings);
    let script = sql::render(&report, &[]);
    (script.lines().filter(|line| !line.starts_with('\\')).flat_map(|line| [line, "\n"]).collect(), report.playbook)
}

/// What a trigger keeps of rows that were there outlives what these refer to, and may be what is no longer allowed.
fn histories(place: Place) -> TestResult {
    let database = Database::new(place)?;
    database.run(
        "CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL);
         CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint NOT NULL REFERENCES users (id) ON DELETE CASCADE, total numeric(9, 2) NOT NULL);
         CREATE TABLE orders_h (op text, at timestamptz, id bigint, user_id bigint, total numeric(9, 2));
         CREATE FUNCTION keep() RETURNS trigger LANGUAGE plpgsql AS $$
         BEGIN INSERT INTO orders_h SELECT 'D', now(), old.*; RETURN old; END $$;
         CREATE TRIGGER keep BEFORE DELETE ON orders FOR EACH ROW EXECUTE FUNCTION keep();
         INSERT INTO users SELECT g, 'u' || g FROM generate_series(1, 20) AS g;
         INSERT INTO orders SELECT g, g, -1 FROM generate_series(1, 20) AS g;
         DELETE FROM orders WHERE id = 1; DELETE FROM users WHERE id = 1;
         UPDATE orders SET total = 1 WHERE id < 20;",
    )?;
    let model = read(&database.url()).map_err(|error| chain(&error))?;
    let (tables, settings) = (Tables::new(&model), Settings::default());
    let report = Report::new(&model, &tables, &settings);
    let kept = tables.iter().find(|table| table.name == "orders_h").ok_or("no history")?;
    assert_eq!(report.survey.class(kept.id), TableClass::Log);
    let (_, playbook) = script(&model);
    let limiting = ["ADD CONSTRAINT orders_h_user", "ADD CONSTRAINT orders_h_total"];
    let statements: Vec<&String> = playbook.steps.iter().flat_map(|step| &step.statements).collect();
    let limits = |statement: &&&String| limiting.iter().any(|text| statement.contains(text));
    assert!(!statements.iter().any(|statement| limits(&statement)), "{statements:#?}");
    let refused = playbook.impossible.iter().filter(|(change, reason)| {
        change.table().name == "orders_h" && reason.contains("a trigger fills the table with rows of another one")
    });
    assert!(refused.count() >= 2, "{:#?}", playbook.impossible);
    database.run("DELETE FROM orders WHERE id = 20; DELETE FROM users WHERE id = 20;")?;
    Ok(())
}

/// A key to a list without values, or with nothing but the default, would refuse every other row.
fn empty_lists(place: Place) -> TestResult {
    let database = Database::new(place)?;
    database.run(
        "CREATE TABLE orders (id bigint PRIMARY KEY, kind varchar(20), status varchar(20), mode varchar(20) DEFAULT 'slow');
         INSERT INTO orders SELECT g, NULL, 'new', NULL FROM generate_series(1, 2000) AS g;
         ANALYZE orders;",
    )?;
    let model = read(&database.url()).map_err(|error| chain(&error))?;
    let (script, playbook) = script(&model);
    let refused: Vec<&String> = playbook
        .impossible
        .iter()
        .filter(|(_, why)| why.contains("no row has a value in the column"))
        .map(|(_, why)| why)
        .collect();
    assert_eq!(refused.len(), 2, "{:#?}", playbook.impossible);
    database.run(&script).map_err(|error| format!("{error}\n{script}"))?;
    database.run("INSERT INTO orders (id, kind, status) VALUES (9000, 'gift', 'new');")?;
    assert!(
        database.run("INSERT INTO orders (id, status) VALUES (9001, 'nwe');").is_err(),
        "the list in use is a list"
    );
    Ok(())
}

/// A list that was there before is filled, and not dropped by what undoes that; a table that has its columns from a type gets none.
fn older_objects(place: Place) -> TestResult {
    let database = Database::new(place)?;
    database.run(
        "CREATE TABLE orders (id bigint PRIMARY KEY, status varchar(20) NOT NULL);
         CREATE TABLE order_statuses (status varchar(20) PRIMARY KEY);
         INSERT INTO order_statuses VALUES ('sent');
         INSERT INTO orders VALUES (1, 'new');
         CREATE TYPE spot AS (x integer, y integer);
         CREATE TABLE spots OF spot;",
    )?;
    let model = read(&database.url()).map_err(|error| chain(&error))?;
    let (script, playbook) = script(&model);
    let fill = playbook.steps.iter().find(|step| step.title == "fill lookup table order_statuses").ok_or("no fill")?;
    assert!(fill.undo.is_empty() && fill.irreversible.is_some(), "{fill:#?}");
    assert!(
        playbook.impossible.iter().any(|(_, reason)| reason.contains("is a table of type")),
        "{:#?}",
        playbook.impossible
    );
    database.run(&script).map_err(|error| format!("{error}\n{script}"))?;
    assert_eq!(database.query("SELECT status FROM order_statuses ORDER BY 1")?.concat(), ["new", "sent"]);
    Ok(())
}

/// A role that has to obey policies sees no row: the script stops at the first fill instead of passing over them.
fn hidden_rows(place: Place) -> TestResult {
    let database = Database::on_own_server(place)?;
    database.run(
        "CREATE ROLE tenant LOGIN PASSWORD 'tenant';
         GRANT CREATE, USAGE ON SCHEMA public TO tenant;
         CREATE TABLE docs (id bigint PRIMARY KEY, tenant_id integer NOT NULL, is_open boolean);
         INSERT INTO docs SELECT g, g % 3, NULL FROM generate_series(1, 30) AS g;
         ALTER TABLE docs OWNER TO tenant;
         ALTER TABLE docs ENABLE ROW LEVEL SECURITY;
         ALTER TABLE docs FORCE ROW LEVEL SECURITY;
         CREATE POLICY own ON docs USING (tenant_id = (SELECT current_setting('app.tenant', true))::integer);",
    )?;
    let model = read(&database.url()).map_err(|error| chain(&error))?;
    let (script, playbook) = script(&model);
    let fill = playbook.steps.iter().find(|step| step.title == "fill docs.is_open").ok_or("no fill")?;
    assert!(fill.notes.iter().any(|note| note.contains("bind its owner")), "{:#?}", fill.notes);
    let as_owner = format!("SET ROLE tenant;\n{script}");
    let error = database.run(&as_owner).err().ok_or("it passed over the rows")?;
    assert!(error.contains("row-level security"), "{error}");
    database.run(&script).or_else(|error| if error.contains("already exists") { Ok(()) } else { Err(error) })?;
    Ok(())
}

/// An index in another order stays beside a new primary key over its columns, as is foretold.
fn other_indexes(place: Place) -> TestResult {
    let database = Database::new(place)?;
    database.run(
        "CREATE TABLE parts (code varchar(20) NOT NULL, size integer NOT NULL);
         CREATE UNIQUE INDEX parts_code_desc ON parts (code DESC, size);",
    )?;
    let model = read(&database.url()).map_err(|error| chain(&error))?;
    let tables = Tables::new(&model);
    let settings = Settings::default();
    let report = Report::new(&model, &tables, &settings);
    let playbook = report.playbook_for(&["table-without-primary-key".to_owned()]);
    let mut foretold = model.clone();
    remedy::project(&mut foretold, &playbook);
    let statements = playbook.steps.iter().flat_map(|step| &step.statements);
    let script: String = statements.map(|statement| format!("{statement};\n")).collect();
    database.run(&script).map_err(|error| format!("{error}\n{script}"))?;
    let after = read(&database.url()).map_err(|error| chain(&error))?;
    let indexes = |model: &Model| {
        let tables = model.schemas.iter().flat_map(|schema| &schema.tables);
        let keys = tables.flat_map(|table| &table.indexes).map(|index| (index.primary, index.key.clone()));
        let mut keys: Vec<String> = keys.map(|key| format!("{key:?}")).collect();
        keys.sort();
        keys
    };
    assert_eq!(indexes(&after), indexes(&foretold), "{script}");
    assert!(after.schemas.iter().flat_map(|schema| &schema.tables).all(|table| table.primary_key.is_some()));
    Ok(())
}

/// What is advised first is wrong now: an index that is invalid is no duplicate before it is built again.
fn not_yet(place: Place) -> TestResult {
    let database = Database::new(place)?;
    database.run_as_far_as_possible(
        "CREATE TABLE parts (id bigint PRIMARY KEY, code text NOT NULL);
         INSERT INTO parts VALUES (1, 'a'), (2, 'a');
         CREATE UNIQUE INDEX CONCURRENTLY parts_code_key ON parts (code);
         CREATE INDEX parts_code_idx ON parts (code);",
    )?;
    let model = read(&database.url()).map_err(|error| chain(&error))?;
    let (tables, settings) = (Tables::new(&model), Settings::default());
    let report = Report::new(&model, &tables, &settings);
    let fixes: Vec<&str> = report.fixes().iter().map(|fix| fix.rule).collect();
    assert!(fixes.contains(&"index-invalid"), "{fixes:?}");
    for rule in fixes {
        let outcome = report.outcomes.iter().find(|outcome| outcome.rule.id == rule).ok_or("no such rule")?;
        assert!(outcome.findings.iter().any(|finding| finding.scored), "{rule} finds nothing");
    }
    Ok(())
}
