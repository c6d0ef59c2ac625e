//! Keys of big tables become `bigint` while others write: nothing is lost, and everything but the type stays as it was.

use crate::squawk;
use crate::support::database::{Database, Place};
use crate::support::locks::apply_watched;
use crate::support::times::trial;
use crate::support::{TestResult, block_on, chain, read, schemas};
use brownfield::model::{EngineName, Model, Statistics, Tables};
use brownfield::render::sql;
use brownfield::report::Report;
use brownfield::settings::Settings;
use libtest_mimic::Trial;
use sqlx::{Connection, PgConnection, raw_sql};
use std::sync::atomic::{AtomicBool, Ordering};

pub(crate) fn add(trials: &mut Vec<Trial>) {
    for place in Place::of(EngineName::PostgreSql) {
        let name = place.name();
        trials.push(trial(format!("live::widening::script::{name}"), move || script(place)));
        trials.push(trial(format!("live::widening::watched::{name}"), move || watched(place)));
        trials.push(trial(format!("live::widening::interrupted::{name}"), move || interrupted(place)));
        trials.push(trial(format!("live::widening::hindered::{name}"), move || hindered(place)));
        for sample in schemas::samples(place) {
            let name = format!("live::widening::whole::{name}::{}", sample.name);
            trials.push(trial(name, move || whole(place, &sample)));
        }
    }
}

const RULE: &str = "pk-int-exhaustible";

/// Keys from a sequence and from an identity, referred to by big and small tables, with names that need quotes.
const SCHEMA: &str = r#"
    CREATE TABLE customers (
        id integer GENERATED ALWAYS AS IDENTITY (INCREMENT BY 3 CACHE 2 MINVALUE 1) PRIMARY KEY,
        email text NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now()
    );
    COMMENT ON COLUMN customers.id IS 'The customer''s number';
    COMMENT ON SEQUENCE customers_id_seq IS 'Numbers of customers';
    CREATE TABLE "Order" (
        "Number" serial CONSTRAINT "Order key" PRIMARY KEY,
        customer_id integer NOT NULL CONSTRAINT of_customer REFERENCES customers (id) ON DELETE CASCADE,
        "follows $fill$" integer CONSTRAINT follows REFERENCES "Order" ("Number") DEFERRABLE INITIALLY DEFERRED,
        placed_on date,
        CONSTRAINT number_of_customer UNIQUE (customer_id, "Number")
    );
    COMMENT ON CONSTRAINT "Order key" ON "Order" IS 'One row an order';
    COMMENT ON CONSTRAINT of_customer ON "Order" IS 'Who pays';
    CREATE INDEX by_day ON "Order" (placed_on DESC NULLS LAST, "Number") WHERE placed_on IS NOT NULL;
    CREATE INDEX by_follower ON "Order" ("follows $fill$");
    CREATE INDEX by_hash ON "Order" USING hash (customer_id);
    COMMENT ON INDEX by_day IS 'The list of a day';
    CREATE TABLE order_lines (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        order_id integer NOT NULL DEFAULT 1 REFERENCES "Order" ("Number") ON DELETE CASCADE,
        customer_id integer NOT NULL,
        article text,
        FOREIGN KEY (customer_id, order_id) REFERENCES "Order" (customer_id, "Number")
    );
    CREATE INDEX order_lines_order_id_idx ON order_lines (order_id, customer_id);
    CREATE TABLE reminders (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        order_id integer REFERENCES "Order" ("Number") ON DELETE SET NULL ON UPDATE CASCADE,
        sent_at timestamptz
    );
    CREATE INDEX reminders_order_id_idx ON reminders (order_id);
    INSERT INTO customers (email) SELECT n || '@example.org' FROM generate_series(1, 4000) AS n;
    INSERT INTO "Order" (customer_id, placed_on) SELECT 1 + 3 * (n % 4000), '2024-01-01'::date + n % 100
        FROM generate_series(1, 20000) AS n;
    UPDATE "Order" SET "follows $fill$" = "Number" - 7 WHERE "Number" % 9 = 8;
    INSERT INTO order_lines (order_id, customer_id, article) SELECT "Number", customer_id, 'a' FROM "Order";
    INSERT INTO reminders (order_id) SELECT "Number" FROM "Order" WHERE "Number" % 50 = 0;
    ANALYZE;
"#;

/// The tables whose rows are said to be many.
const BIG: [&str; 3] = ["customers", "Order", "order_lines"];

/// What squawk says against the exchange of two columns.
const EXCEPTIONS: [(&str, &str); 8] = [
    ("renaming-column", "the new column gets the name of the old one in the same transaction"),
    ("renaming-object", "the same: its sequence"),
    ("ban-drop-function", "the function is the one that kept the columns equal"),
    ("ban-alter-identity", "the new column has the identity and its next number in the same transaction"),
    ("ban-drop-default", "the new column has the default in the same transaction"),
    ("ban-drop-not-null", "the old column has another name by then, and gets no values any more"),
    ("require-concurrent-index-deletion", "the table is locked for the exchange, in which its successor gets the name"),
    ("ban-drop-column", "the old column goes in a step of its own that says that it breaks"),
];

/// Columns that the rule widens.
const WIDENED: [&str; 4] = ["id", "Number", "order_id", "customer_id"];

fn load(place: Place) -> Result<(Database, Model), Box<dyn std::error::Error>> {
    let database = Database::new(place)?;
    database.run(SCHEMA)?;
    let model = read_big(&database)?;
    Ok((database, model))
}

fn read_big(database: &Database) -> Result<Model, Box<dyn std::error::Error>> {
    let mut model = read(&database.url()).map_err(|error| chain(&error))?;
    let statistics: &mut Statistics = model.statistics.as_mut().ok_or("no statistics")?;
    for table in statistics.tables.iter_mut().filter(|entry| BIG.contains(&entry.table.name.as_str())) {
        table.rows = Some(40_000_000);
    }
    Ok(model)
}

/// The script as it is printed, run by psql.
fn script(place: Place) -> TestResult {
    let (database, model) = load(place)?;
    let tables = Tables::new(&model);
    let settings = Settings::default();
    let report = Report::new(&model, &tables, &settings);
    let before = rows(&database)?;
    // A reference is widened before what it refers to.
    let steps = report.playbook_for(&[RULE.to_owned()]).steps;
    let changed: Vec<&str> =
        steps.iter().filter(|step| step.title.starts_with("change ")).map(|step| step.table.name.as_str()).collect();
    let first = |table: &str| changed.iter().position(|name| *name == table);
    let last = |table: &str| changed.iter().rposition(|name| *name == table);
    assert!(last("order_lines") < first("Order") && last("reminders") < first("Order"), "{changed:?}");
    assert!(last("Order") < first("customers"), "{changed:?}");
    let methods: Vec<&str> = report.playbook_for(&[RULE.to_owned()]).steps.iter().map(|step| step.method).collect();
    if place.version().0 < 14 {
        assert!(methods.iter().all(|method| *method == "rewrite"), "{methods:?}");
    } else {
        assert!(methods.contains(&"expand-contract"), "{methods:?}");
        assert_eq!(methods.iter().filter(|method| **method == "rewrite").count(), 1, "the small table: {methods:?}");
    }
    for query in report.playbook_for(&[RULE.to_owned()]).steps.iter().filter_map(|step| step.pre_check.as_deref()) {
        // A check of what a step before makes cannot run yet.
        if query.contains("pg_depend") {
            let found = database.query(query)?;
            assert!(found.is_empty(), "{query}: {found:?}");
        }
    }
    let script = sql::render(&report, &[RULE.to_owned()]);
    squawk::lint(place, &model, &script, &EXCEPTIONS)?;
    database.run(&script).map_err(|error| format!("{error}\n{script}"))?;
    assert_eq!(rows(&database)?, before);
    let exchanged =
        |step: &&brownfield::remedy::Step| step.method == "expand-contract" && step.title.starts_with("change ");
    for step in report.playbook_for(&[RULE.to_owned()]).steps.iter().filter(exchanged) {
        assert_eq!(database.query(step.verify.as_deref().ok_or("nothing to verify with")?)?, [["bigint"]]);
    }
    check(place, &database, &model)
}

/// Every step takes the lock that it claims, while another connection inserts all the time.
fn watched(place: Place) -> TestResult {
    let (database, model) = load(place)?;
    let tables = Tables::new(&model);
    let settings = Settings::default();
    let playbook = Report::new(&model, &tables, &settings).playbook_for(&[RULE.to_owned()]);
    let before = database.number(r#"SELECT count(*) FROM "Order""#)?;
    let done = AtomicBool::new(false);
    let (applied, inserted) = std::thread::scope(|scope| {
        let writer = scope.spawn(|| insert(&database.url(), &done));
        let applied = apply_watched(&playbook, &database);
        done.store(true, Ordering::Relaxed);
        (applied, writer.join())
    });
    applied?;
    let inserted = inserted.map_err(|_| "the writer panicked")??;
    assert!(inserted > 0, "nothing was inserted meanwhile");
    assert_eq!(database.number(r#"SELECT count(*) FROM "Order""#)?, before + inserted);
    let incomplete =
        r#"SELECT count(*) FROM "Order" AS o LEFT JOIN customers AS c ON c.id = o.customer_id WHERE c.id IS NULL"#;
    assert_eq!(database.number(incomplete)?, 0);
    check(place, &database, &model)
}

/// Inserts a customer with an order, again and again. Numbers come from the sequences.
fn insert(url: &str, done: &AtomicBool) -> Result<usize, String> {
    const INSERT: &str = r#"WITH one AS (INSERT INTO customers (email) VALUES ('new@example.org') RETURNING id)
        INSERT INTO "Order" (customer_id, placed_on) SELECT id, '2025-01-01' FROM one"#;
    block_on(async {
        let mut connection = PgConnection::connect(url).await.map_err(|error| error.to_string())?;
        let mut inserted = 0;
        while !done.load(Ordering::Relaxed) {
            raw_sql(INSERT).execute(&mut connection).await.map_err(|error| format!("an insert failed: {error}"))?;
            inserted += 1;
            tokio::time::sleep(std::time::Duration::from_millis(3)).await;
        }
        Ok(inserted)
    })
}

/// The whole playbook of a sample whose tables are all said to be big: the other steps stand what happens to the columns.
fn whole(place: Place, sample: &schemas::Sample) -> TestResult {
    let database = Database::new(place)?;
    sample.load(&database)?;
    let mut model = read(&database.url()).map_err(|error| chain(&error))?;
    for table in &mut model.statistics.as_mut().ok_or("no statistics")?.tables {
        table.rows = Some(40_000_000);
    }
    let tables = Tables::new(&model);
    let settings = Settings::default();
    let report = Report::new(&model, &tables, &settings);
    let script = sql::render(&report, &[]);
    database.run(&script).map_err(|error| format!("{error}\n{script}"))?;
    let refused: Vec<_> = report.playbook.impossible.iter().map(|(change, _)| change.table()).collect();
    let after = read(&database.url()).map_err(|error| chain(&error))?;
    let after_tables = Tables::new(&after);
    let after_report = Report::new(&after, &after_tables, &settings);
    let findings = after_report.outcomes.iter().flat_map(|outcome| &outcome.findings);
    let left: Vec<_> = findings
        .filter(|finding| {
            finding.rule == RULE && !finding.changes.iter().any(|change| refused.contains(&change.table()))
        })
        .map(|finding| finding.object.to_string())
        .collect();
    assert!(left.is_empty(), "{left:?}");
    Ok(())
}

/// A backfill that ends in the middle goes on where it was, when it is run again.
fn interrupted(place: Place) -> TestResult {
    if place.version().0 < 14 {
        return Ok(());
    }
    let (database, model) = load(place)?;
    let tables = Tables::new(&model);
    let settings = Settings::default();
    let playbook = Report::new(&model, &tables, &settings).playbook_for(&[RULE.to_owned()]);
    let fills = |step: &brownfield::remedy::Step| step.title.starts_with("fill Order.Number_");
    let at = playbook.steps.iter().position(fills).ok_or("no backfill")?;
    let mut early = playbook.clone();
    early.steps.truncate(at);
    apply_watched(&early, &database)?;
    let step = &playbook.steps[at];
    let [statement] = step.statements.as_slice() else { return Err("one statement fills".into()) };
    let verify = step.verify.as_deref().ok_or("nothing to verify with")?;
    let all = database.number(verify)?;
    // The statement of one batch stands for a backfill that ended after it.
    let batch = statement.replace("WHILE page < pages LOOP", "WHILE page < 50 LOOP").replace("512", "50");
    database.run(&format!("{batch};"))?;
    let left = database.number(verify)?;
    assert!(left > 0 && left < all, "{left} of {all} are left");
    let mut rest = playbook.clone();
    rest.steps.drain(..at);
    apply_watched(&rest, &database)?;
    check(place, &database, &model)
}

/// The rows without what the columns' types say.
fn rows(database: &Database) -> Result<Vec<Vec<String>>, String> {
    database.query(
        r#"SELECT md5(string_agg(concat_ws(',', id, email, created_at), ';' ORDER BY id)) FROM customers;
        SELECT md5(string_agg(concat_ws(',', "Number", customer_id, "follows $fill$", placed_on), ';' ORDER BY "Number"))
            FROM "Order";
        SELECT md5(string_agg(concat_ws(',', id, order_id, customer_id, article), ';' ORDER BY id)) FROM order_lines;
        SELECT md5(string_agg(concat_ws(',', id, order_id), ';' ORDER BY id)) FROM reminders"#,
    )
}

/// The finding is gone, nothing but types and the order of columns is new, and the sequences go on.
fn check(place: Place, database: &Database, before: &Model) -> TestResult {
    let after = read_big(database)?;
    let (expected, found) = (widened(before), widened(&after));
    if expected != found {
        let texts = [expected, found].map(|model| serde_json::to_string_pretty(&model).unwrap_or_default());
        let differing = texts[0].lines().zip(texts[1].lines()).filter(|(one, other)| one != other).take(20);
        let shown: Vec<_> = differing.map(|(one, other)| format!("- {one}\n+ {other}")).collect();
        return Err(format!("the model is another:\n{}", shown.join("\n")).into());
    }
    for table in after.schemas.iter().flat_map(|schema| &schema.tables) {
        let narrow = table.columns.iter().find(|column| column.data_type == "integer");
        assert_eq!(narrow, None, "{}", table.name);
    }
    let judged = |model: &Model| {
        let tables = Tables::new(model);
        let settings = Settings::default();
        let report = Report::new(model, &tables, &settings);
        let findings = report.outcomes.iter().flat_map(|outcome| &outcome.findings).filter(|finding| finding.scored);
        findings.map(|finding| format!("{} {}", finding.rule, finding.object)).collect::<Vec<_>>()
    };
    let known = judged(before);
    let new: Vec<_> = judged(&after).into_iter().filter(|f| !known.contains(f) || f.starts_with(RULE)).collect();
    assert!(new.is_empty(), "{new:?}");
    let last = |sql: &str| database.number(sql);
    let highest = [last("SELECT max(id) FROM customers")?, last(r#"SELECT max("Number") FROM "Order""#)?];
    database.run(
        r#"INSERT INTO customers (email) VALUES ('last@example.org');
        INSERT INTO "Order" (customer_id) SELECT max(id) FROM customers;
        SELECT setval(pg_get_serial_sequence('"Order"', 'Number'), 3000000000);
        INSERT INTO "Order" (customer_id) SELECT max(id) FROM customers;
        INSERT INTO order_lines (order_id, customer_id) SELECT "Number", customer_id FROM "Order" WHERE "Number" > 3000000000;
        INSERT INTO reminders (order_id) SELECT max("Number") FROM "Order""#,
    )?;
    let continued = last("SELECT max(id) FROM customers")?;
    // A session reserves two numbers, of which the writer's last may be lost.
    assert!(continued > highest[0] && continued <= highest[0] + 9, "{continued} after {}", highest[0]);
    assert_eq!(last(r#"SELECT max("Number") FROM "Order" WHERE "Number" < 3000000000"#)?, highest[1] + 1);
    let leftovers =
        "SELECT count(*) FROM pg_proc AS p JOIN pg_namespace AS n ON n.oid = p.pronamespace WHERE n.nspname = 'public'";
    assert_eq!(last(leftovers)?, 0, "functions are left on {}", place.name());
    Ok(())
}

/// What is to be: the model with the new types, columns by name.
fn widened(model: &Model) -> Model {
    let mut model = model.clone();
    model.statistics = None;
    for schema in &mut model.schemas {
        for table in &mut schema.tables {
            for column in &mut table.columns {
                if WIDENED.contains(&column.name.as_str()) || column.name.starts_with("follows") {
                    column.data_type = "bigint".into();
                }
            }
            table.columns.sort_by(|a, b| a.name.cmp(&b.name));
        }
        for sequence in &mut schema.sequences {
            "bigint".clone_into(&mut sequence.data_type);
            sequence.maximum = i64::MAX.into();
        }
    }
    model
}

/// What else depends on a column keeps it where it is, and the step says so.
fn hindered(place: Place) -> TestResult {
    for (more, reason) in [
        (r#"ALTER TABLE "Order" ADD CONSTRAINT positive CHECK ("Number" > 0)"#, "check positive"),
        (r#"ALTER TABLE "Order" CLUSTER ON "Order key""#, "index Order key"),
        (r#"CREATE PUBLICATION everything FOR TABLE "Order""#, "publication everything"),
        (
            r#"CREATE FUNCTION stamp() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
               CREATE TRIGGER stamps BEFORE UPDATE ON "Order" FOR EACH ROW EXECUTE FUNCTION stamp()"#,
            "trigger stamps",
        ),
        (
            r#"CREATE FUNCTION put() RETURNS void LANGUAGE plpgsql AS 'BEGIN INSERT INTO "Order" VALUES (DEFAULT, 1, NULL, now()); END'"#,
            "routine put inserts into order without naming columns",
        ),
        (
            r#"CREATE TABLE old_orders (LIKE "Order");
               CREATE FUNCTION keep() RETURNS trigger LANGUAGE plpgsql AS
                   'BEGIN INSERT INTO old_orders VALUES (OLD.*); RETURN OLD; END';
               CREATE TRIGGER kept AFTER DELETE ON "Order" FOR EACH ROW EXECUTE FUNCTION keep()"#,
            "routine keep inserts every column of order elsewhere",
        ),
    ] {
        let database = Database::new(place)?;
        database.run(SCHEMA)?;
        database.run(more)?;
        let model = read_big(&database)?;
        let tables = Tables::new(&model);
        let settings = Settings::default();
        let playbook = Report::new(&model, &tables, &settings).playbook_for(&[RULE.to_owned()]);
        let reason = if place.version().0 < 14 { "before PostgreSQL 14" } else { reason };
        let direct = playbook.steps.iter().find(|step| step.method == "rewrite" && step.title.contains("Order.Number"));
        let direct = direct.ok_or_else(|| format!("{reason}: {:#?}", playbook.steps))?;
        assert!(direct.notes.iter().any(|note| note.contains(reason)), "{reason}: {:#?}", direct.notes);
        apply_watched(&playbook, &database)?;
    }
    Ok(())
}
