//! What is inferred about real databases: machinery that ends rows, what comments say about columns, tenants, and an order
//! of erasure that works.

use crate::support::database::{Database, Place};
use crate::support::times::trial;
use crate::support::{TestResult, brownfield, chain, read, schemas};
use brownfield::model::{EngineName, Model, QualifiedName, Tables, UnseenKind};
use brownfield::report::Report;
use brownfield::settings::Settings;
use brownfield::survey::{DataSubject, Erasing, Survey, TableClass, WayEvidence};
use libtest_mimic::Trial;
use std::fmt::Write;

pub(crate) fn add(trials: &mut Vec<Trial>) {
    trials.push(trial("live::survey::unsure_relations_are_for_the_curious", unsure));
    for place in Place::all() {
        trials.push(trial(format!("live::survey::{}", place.name()), move || survey(place)));
        trials.push(trial(format!("live::survey::partitions::{}", place.name()), move || partitions(place)));
        trials.push(trial(format!("live::survey::tenants::{}", place.name()), move || tenants(place)));
        trials.push(trial(format!("live::survey::erasure::{}", place.name()), move || erasure(place)));
        if place.engine() == EngineName::PostgreSql {
            trials.push(trial(format!("live::survey::partman::{}", place.name()), move || partman(place)));
        }
    }
}

/// Sessions that end by a column and by machinery, a table under legal hold, a copy for the archive.
fn script(engine: EngineName) -> String {
    let common = "CREATE TABLE sessions (id integer PRIMARY KEY, expires_at timestamp, made_at timestamp);
        CREATE TABLE contracts (id integer PRIMARY KEY, legal_hold integer, remark varchar(40),
            deleted_at timestamp);
        CREATE TABLE contracts_archive (id integer PRIMARY KEY, legal_hold integer, remark varchar(40),
            archived_at timestamp);
        CREATE TABLE customers (id integer PRIMARY KEY, email varchar(40), ip_rating varchar(9), gender_target varchar(9));
        CREATE TABLE orders (id integer PRIMARY KEY, customer_id integer NOT NULL,
            FOREIGN KEY (customer_id) REFERENCES customers (id));
        CREATE TABLE litigation_holds (id integer PRIMARY KEY, customer_id integer NOT NULL,
            FOREIGN KEY (customer_id) REFERENCES customers (id));
        CREATE TABLE newsletter_subscribers (email varchar(40) NOT NULL PRIMARY KEY);
        CREATE TABLE password_resets (email varchar(40) NOT NULL PRIMARY KEY, token varchar(40));\n";
    let common = if engine.is_mysql_family() { common.replace("timestamp", "datetime") } else { common.to_owned() };
    let own = match engine {
        EngineName::PostgreSql => {
            "CREATE FUNCTION expire() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN DELETE FROM sessions WHERE made_at < \
             now() - interval '1 day'; RETURN NULL; END $$;
             CREATE TRIGGER expire AFTER INSERT ON sessions EXECUTE FUNCTION expire();
             CREATE FUNCTION stamp() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.made_at = now(); RETURN NEW; END $$;
             CREATE TRIGGER stamp BEFORE INSERT ON sessions FOR EACH ROW EXECUTE FUNCTION stamp();
             COMMENT ON COLUMN contracts.remark IS 'May hold personal data';
             COMMENT ON COLUMN contracts_archive.remark IS 'E-mail address of the customer';"
        }
        EngineName::Sqlite => {
            "CREATE TRIGGER expire AFTER INSERT ON sessions BEGIN DELETE FROM sessions WHERE made_at < datetime('now', \
             '-1 day'); END;"
        }
        EngineName::MySql | EngineName::MariaDb => {
            "CREATE EVENT expire ON SCHEDULE EVERY 1 DAY STARTS '2037-01-01 00:00:00'
                 DO DELETE FROM sessions WHERE made_at < now() - INTERVAL 1 DAY;
             ALTER TABLE contracts MODIFY remark varchar(40) COMMENT 'May hold personal data';
             ALTER TABLE contracts_archive MODIFY remark varchar(40) COMMENT 'E-mail address of the customer';"
        }
    };
    common + own
}

fn survey(place: Place) -> TestResult {
    let database = Database::new(place)?;
    database.run(&script(place.engine()))?;
    let model = read(&database.url()).map_err(|error| chain(&error))?;
    let settings = Settings::default();
    let survey = Report::new(&model, &Tables::new(&model), &settings).survey;
    let table = |name: &Option<brownfield::model::QualifiedName>| {
        name.as_ref().map(|name| name.name.clone()).unwrap_or_default()
    };
    let found: Vec<(String, &str)> = survey.retention.iter().map(|entry| (table(&entry.table), entry.kind)).collect();
    let machinery = match place.engine() {
        EngineName::MySql | EngineName::MariaDb => ("sessions".to_owned(), "event"),
        EngineName::PostgreSql | EngineName::Sqlite => ("sessions".to_owned(), "trigger"),
    };
    let mut expected = vec![
        machinery,
        ("contracts".to_owned(), "legal hold column"),
        ("contracts_archive".to_owned(), "archive table"),
        ("contracts_archive".to_owned(), "legal hold column"),
        ("litigation_holds".to_owned(), "legal hold table"),
        ("sessions".to_owned(), "expiry column"),
    ];
    expected.sort();
    let mut sorted = found;
    sorted.sort();
    if sorted != expected {
        return Err(format!("retention: {sorted:?}, expected {expected:?}").into());
    }
    let personal: Vec<String> =
        survey.personal_data.iter().map(|data| format!("{}.{}", data.table.name, data.column)).collect();
    let said: &[&str] =
        if place.engine() == EngineName::Sqlite { &[] } else { &["contracts.remark", "contracts_archive.remark"] };
    let named = ["customers.email", "newsletter_subscribers.email", "password_resets.email", "password_resets.token"];
    if personal != [said, &named].concat() {
        return Err(format!("personal data: {personal:?}, expected {said:?} and {named:?}").into());
    }
    let deleted: Vec<&str> = survey.soft_deletes.iter().map(|entry| entry.table.name.as_str()).collect();
    if deleted != ["contracts"] {
        return Err(format!("soft-deleted: {deleted:?}").into());
    }
    let customer = survey.data_subjects.iter().find(|subject| subject.table.name == "customers");
    let customer = customer.ok_or("customers are no persons")?;
    let goes: Vec<&str> = customer.erasure.iter().map(|step| step.table.name.as_str()).collect();
    let held = customer.erasure.iter().any(|step| step.duties == ["legal hold table"]);
    if !goes.contains(&"password_resets") || !held || customer.holds.len() != 1 || customer.same.len() != 1 {
        return Err(format!("the erasure of a customer: {customer:?}").into());
    }
    Ok(())
}

/// Measurements by month, what drops their partitions, what only looks like it, and a register of holds.
fn partitions(place: Place) -> TestResult {
    let script = match place.engine() {
        EngineName::PostgreSql => {
            "CREATE TABLE metrics (at timestamptz NOT NULL, v integer) PARTITION BY RANGE (at);
             CREATE TABLE parts (size integer NOT NULL, v integer) PARTITION BY RANGE (size);
             CREATE TABLE readings (at date NOT NULL, maker integer NOT NULL) PARTITION BY LIST (maker);
             CREATE TABLE readings_1 PARTITION OF readings FOR VALUES IN (1) PARTITION BY RANGE (at);
             CREATE TABLE part_config (parent_table text PRIMARY KEY, retention text);"
        }
        EngineName::MySql | EngineName::MariaDb => {
            "CREATE TABLE metrics (at datetime NOT NULL, v integer) PARTITION BY RANGE (to_days(at)) (
                 PARTITION p1 VALUES LESS THAN (739000), PARTITION p2 VALUES LESS THAN MAXVALUE);
             CREATE TABLE parts (size integer NOT NULL, v integer) PARTITION BY RANGE (size) (
                 PARTITION p1 VALUES LESS THAN (10), PARTITION p2 VALUES LESS THAN MAXVALUE);
             CREATE TABLE notes (id integer PRIMARY KEY, remark varchar(40));
             CREATE EVENT asleep ON SCHEDULE EVERY 1 DAY DISABLE DO DELETE FROM notes;
             CREATE EVENT tell ON SCHEDULE EVERY 1 DAY STARTS '2037-01-01 00:00:00'
                 DO UPDATE notes SET remark = 'not to delete from metrics' WHERE id = 1;
             CREATE EVENT roll ON SCHEDULE EVERY 1 DAY STARTS '2037-01-01 00:00:00'
                 DO ALTER TABLE metrics DROP PARTITION p1;"
        }
        EngineName::Sqlite => "",
    };
    let database = Database::new(place)?;
    database.run(&format!("{script} CREATE TABLE legal_holds (id integer PRIMARY KEY, reason varchar(40));"))?;
    let model = read(&database.url()).map_err(|error| chain(&error))?;
    let tables = Tables::new(&model);
    let survey = Survey::new(&model, &tables, &Settings::default());
    let name = |table: &Option<QualifiedName>| table.as_ref().map(|table| table.name.clone()).unwrap_or_default();
    let mut found: Vec<(String, &str)> =
        survey.retention.iter().map(|entry| (name(&entry.table), entry.kind)).collect();
    found.sort();
    let own: &[(&str, &str)] = match place.engine() {
        EngineName::PostgreSql => {
            &[("metrics", "time partitions"), ("part_config", "pg_partman"), ("readings", "time partitions")]
        }
        EngineName::MySql | EngineName::MariaDb => &[("metrics", "event"), ("metrics", "time partitions")],
        EngineName::Sqlite => &[],
    };
    let expected: Vec<(String, &str)> = std::iter::once(&("legal_holds", "legal hold table"))
        .chain(own)
        .map(|(table, kind)| ((*table).to_owned(), *kind))
        .collect();
    if found != expected {
        return Err(format!("retention: {found:?}, expected {expected:?}").into());
    }
    let lookups: Vec<&str> = tables
        .iter()
        .filter(|table| survey.class(table.id) == TableClass::Lookup)
        .map(|table| table.table.name.as_str())
        .filter(|name| ["metrics", "parts"].contains(name))
        .collect();
    if lookups.is_empty() { Ok(()) } else { Err(format!("partitioned and a list of codes: {lookups:?}").into()) }
}

/// The configuration of `pg_partman`, as its scripts make it where it is no registered extension: read by whom may read
/// it, and unknown to others.
fn partman(place: Place) -> TestResult {
    let database = Database::new(place)?;
    let role = format!("{}_reader", database.name);
    database.run(&format!(
        "CREATE TABLE metrics (at timestamptz NOT NULL, v integer) PARTITION BY RANGE (at);
         CREATE SCHEMA \"part man\";
         CREATE TABLE \"part man\".part_config (
             parent_table text NOT NULL, control text NOT NULL, partition_type text NOT NULL,
             partition_interval text NOT NULL, premake int NOT NULL DEFAULT 4, retention text, retention_schema text,
             retention_keep_table boolean NOT NULL DEFAULT true,
             CONSTRAINT part_config_parent_table_pkey PRIMARY KEY (parent_table));
         INSERT INTO \"part man\".part_config (parent_table, control, partition_type, partition_interval, retention,
             retention_keep_table) VALUES ('public.metrics', 'at', 'range', '1 mon', '6 mons', false);
         CREATE ROLE {role} LOGIN PASSWORD 'reader'; GRANT USAGE ON SCHEMA \"part man\" TO {role}"
    ))?;
    let all = read(&database.url()).map_err(|error| chain(&error));
    let seen = read(&database.url_as(&role, "reader")).map_err(|error| chain(&error));
    let document = brownfield().args(["doc", &database.url_as(&role, "reader")]).output();
    database.run(&format!("DROP OWNED BY {role}; DROP ROLE {role}"))?;
    let evidence = |model: &Model| -> Vec<String> {
        let survey = Survey::new(model, &Tables::new(model), &Settings::default());
        let found = survey.retention.into_iter().filter(|entry| entry.kind == "pg_partman");
        found.map(|entry| entry.evidence).collect()
    };
    let found = evidence(&all?);
    if found != ["drops partitions past 6 mons; makes one for each 1 mon, 4 ahead"] {
        return Err(format!("the configuration is told as {found:?}").into());
    }
    let seen = seen?;
    let grant = format!("GRANT SELECT ON \"part man\".part_config TO {role}");
    let said = seen.unseen.iter().any(|unseen| unseen.what == UnseenKind::Retention && unseen.remedy == grant);
    let document = String::from_utf8_lossy(&document?.stdout).into_owned();
    if evidence(&seen) != ["part_config"] || !said || !document.contains("there may be more: retention of partitions") {
        return Err(format!("what is hidden is not said to be: {:?}\n{document}", seen.unseen).into());
    }
    Ok(())
}

/// Three entities of tenants and one of nobody; then a namespace in the keys of some.
fn tenants(place: Place) -> TestResult {
    let columns = "name varchar(40) NOT NULL, size integer NOT NULL, made_on date NOT NULL";
    let mut script = format!("CREATE TABLE tenants (id integer PRIMARY KEY, {columns});");
    for table in ["machines", "parts", "visits"] {
        let _ = write!(
            script,
            "CREATE TABLE {table} (id integer PRIMARY KEY, tenant_id integer NOT NULL, {columns},
                 CONSTRAINT {table}_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id));"
        );
    }
    let _ = write!(script, "CREATE TABLE countries (id integer PRIMARY KEY, {columns});");
    let read_survey = |script: &str| -> Result<Survey, String> {
        let database = Database::new(place)?;
        database.run(script)?;
        let model = read(&database.url()).map_err(|error| chain(&error))?;
        Ok(Survey::new(&model, &Tables::new(&model), &Settings::default()))
    };
    let names = |tables: &[QualifiedName]| tables.iter().map(|table| table.name.clone()).collect::<Vec<_>>().join(" ");
    let tenancy = read_survey(&script)?.tenancy.ok_or("no tenancy was found")?;
    let found = (tenancy.column.as_str(), names(&tenancy.tables), names(&tenancy.without));
    if found != ("tenant_id", "machines parts visits".to_owned(), "countries".to_owned())
        || tenancy.tenant_table.as_ref().is_none_or(|table| table.name != "tenants")
    {
        return Err(format!("{tenancy:?}").into());
    }

    let mut script = String::new();
    for table in ["machines", "parts", "visits"] {
        let _ = write!(
            script,
            "CREATE TABLE {table} (namespace_id varchar(40) NOT NULL, id integer NOT NULL, {columns},
                 PRIMARY KEY (namespace_id, id));"
        );
    }
    for table in ["countries", "makers", "models", "shifts"] {
        let _ = write!(script, "CREATE TABLE {table} (id integer PRIMARY KEY, {columns});");
    }
    let survey = read_survey(&script)?;
    let possible = survey.possible_tenancy.ok_or("no sign of a tenancy was found")?;
    let found = (possible.column.as_str(), names(&possible.tables), possible.in_key, possible.entities);
    if survey.tenancy.is_some() || possible.clear || found != ("namespace_id", "machines parts visits".to_owned(), 3, 7)
    {
        return Err(format!("{possible:?}, {:?}", survey.tenancy).into());
    }

    // Two tables of tenants among others; row security tells tenants whatever the column is called.
    let mut script = format!("CREATE TABLE tenants (id integer PRIMARY KEY, {columns});");
    for (table, column) in
        [("accounts", "tenant_id"), ("projects", "tenant_id"), ("shelves", "branch_id"), ("notes", "user_id")]
    {
        let _ = write!(
            script,
            "CREATE TABLE {table} (id integer PRIMARY KEY, {column} integer NOT NULL, {columns},
             CONSTRAINT {table}_key UNIQUE ({column}, name));"
        );
    }
    for table in ["countries", "makers", "models"] {
        let _ = write!(script, "CREATE TABLE {table} (id integer PRIMARY KEY, {columns});");
    }
    let _ = write!(script, "CREATE TABLE tickets (id integer PRIMARY KEY, tenant_id integer, {columns});");
    let mut expected = ("tenant_id", "accounts projects", String::new());
    let possible = read_survey(&script)?.possible_tenancy.ok_or("tenants of two tables were not found")?;
    let found = (possible.column.as_str(), &*names(&possible.tables), names(&possible.row_security));
    if names(&possible.nullable) != "tickets" {
        return Err(format!("{:?}", possible.nullable).into());
    }
    if !possible.clear || found != expected || possible.tenant_table.is_none_or(|table| table.name != "tenants") {
        return Err(format!("{found:?}, expected {expected:?}").into());
    }
    if place.engine() == EngineName::PostgreSql {
        script = script.replace("tenant_id", "part_id");
        for (table, column) in [("shelves", "branch_id"), ("notes", "user_id")] {
            let _ = write!(
                script,
                "ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
                 CREATE POLICY p ON {table} USING (size > 0 AND {column} = current_setting('app.id')::integer);"
            );
        }
        expected = ("branch_id", "shelves", "shelves".to_owned());
        let possible = read_survey(&script)?.possible_tenancy.ok_or("row security was not seen")?;
        let found = (possible.column.as_str(), &*names(&possible.tables), names(&possible.row_security));
        if !possible.clear || found != expected {
            return Err(format!("{found:?}, expected {expected:?}").into());
        }
    }
    Ok(())
}

/// What two customers left behind in the shop. Nothing but the number tells them apart.
fn customers(engine: EngineName) -> String {
    let mut script = String::from(
        "INSERT INTO products (sku, name, price) VALUES ('k', 'Kettle', 1);
         INSERT INTO users (email, full_name, password_hash) VALUES ('u@shop.example', 'User', 'x');",
    );
    for customer in 1..=2 {
        let _ = write!(
            script,
            "INSERT INTO customers (email, name, password_hash) VALUES ('{customer}@x.example', 'Name', 'x');
             INSERT INTO addresses (customer_id, line1, city, country) VALUES ({customer}, 'Street 1', 'City', 'DE');
             INSERT INTO orders (customer_id) VALUES ({customer});
             INSERT INTO orders_backup (id, customer_id) VALUES ({customer}, {customer});
             INSERT INTO order_items (order_id, product_id, unit_price) VALUES ({customer}, 1, 1);
             INSERT INTO payments (order_id, amount, method) VALUES ({customer}, 1, 'card');
             INSERT INTO refunds (payment_id, amount, reason) VALUES ({customer}, 1, 'late');
             INSERT INTO shipments (order_id, warehouse_id, carrier) VALUES ({customer}, 1, 'Carrier');
             INSERT INTO reviews (product_id, customer_id, rating) VALUES (1, {customer}, 5);
             INSERT INTO carts (customer_id) VALUES ({customer});
             INSERT INTO cart_items (cart_id, product_id) VALUES ({customer}, 1);
             INSERT INTO sessions (token, customer_id, expires_at) VALUES ('{customer}', {customer}, '2025-06-01');
             INSERT INTO {} ({}) VALUES ({customer});
             INSERT INTO newsletter_subscription (email, customer_id) VALUES ('{customer}@x.example', {customer});
             INSERT INTO comments (commentable_type, commentable_id, user_id, body)
                 VALUES ('orders', {customer}, 1, 'Called');
             INSERT INTO attachments (attachable_type, attachable_id, file_name, content_type, byte_size)
                 VALUES ('customers', {customer}, 'passport.png', 'image/png', 1);
             INSERT INTO invoices (number, order_id, net, tax) VALUES ({customer}, {customer}, 1, 0);
             INSERT INTO invoice_lines (invoice_id, line_number, description, amount) VALUES ({customer}, 1, 'x', 1);
             INSERT INTO events (customer_id, name, payload, occurred_at)
                 VALUES ({customer}, 'seen', '{{}}', '2025-06-01');",
            quoted(engine, "legacyCustomer"),
            quoted(engine, "customerId"),
        );
    }
    script
}

fn quoted(engine: EngineName, name: &str) -> String {
    if engine.is_mysql_family() { format!("`{name}`") } else { format!("\"{name}\"") }
}

/// The condition on rows of a table to be the first customer's, along every way that the order names.
fn of_first_customer(engine: EngineName, subject: &DataSubject, table: &QualifiedName) -> String {
    if *table == subject.table {
        return "id = 1".to_owned();
    }
    let step = subject.erasure.iter().find(|step| step.table == *table);
    let ways = step.map(|step| step.ways.as_slice()).unwrap_or_default();
    let rows = |column: &str, parent: &QualifiedName, key: &str| {
        format!(
            "{} IN (SELECT {key} FROM {} WHERE {})",
            quoted(engine, column),
            quoted(engine, &parent.name),
            of_first_customer(engine, subject, parent)
        )
    };
    let conditions: Vec<String> = ways
        .iter()
        .filter(|way| way.erasing == Erasing::Delete)
        .flat_map(|way| match (&way.towards, way.columns.as_slice()) {
            (Some(parent), [column]) if way.evidence == WayEvidence::SharedKey => vec![rows(column, parent, column)],
            (Some(parent), [column]) => vec![rows(column, parent, "id")],
            (None, [named, column]) => {
                let targets = subject.erasure.iter().map(|step| &step.table);
                let targets = targets.filter(|target| ["orders", "customers"].contains(&target.name.as_str()));
                targets
                    .map(|target| {
                        format!("({} = '{}' AND {})", quoted(engine, named), target.name, rows(column, target, "id"))
                    })
                    .collect()
            }
            _ => Vec::new(),
        })
        .collect();
    conditions.join(" OR ")
}

/// One customer is erased in the order that is printed. Everything of this one is gone, and everything of the other is there.
fn erasure(place: Place) -> TestResult {
    let engine = place.engine();
    let database = Database::new(place)?;
    for file in schemas::migrations(place) {
        database.run_file(&file)?;
    }
    database.run(&customers(engine))?;
    let model: Model = read(&database.url()).map_err(|error| chain(&error))?;
    let survey = Survey::new(&model, &Tables::new(&model), &Settings::default());
    let subject = survey.data_subjects.iter().find(|subject| subject.table.name == "customers");
    let subject = subject.ok_or("customers are no persons")?;
    for step in &subject.erasure {
        let condition = of_first_customer(engine, subject, &step.table);
        let sql = format!("DELETE FROM {} WHERE {condition}", quoted(engine, &step.table.name));
        database.run(&sql).map_err(|error| format!("{sql}: {error}"))?;
    }
    let mut left = Vec::new();
    for table in [
        "customers",
        "addresses",
        "orders",
        "orders_backup",
        "order_items",
        "payments",
        "refunds",
        "shipments",
        "carts",
        "cart_items",
        "sessions",
        "legacyCustomer",
        "newsletter_subscription",
        "comments",
        "attachments",
        "invoices",
        "invoice_lines",
        "events",
    ] {
        let rows = database.number(&format!("SELECT count(*) FROM {}", quoted(engine, table)))?;
        if rows != 1 {
            left.push(format!("{table}: {rows}"));
        }
    }
    // A review stays, and is nobody's.
    for (condition, expected) in [("customer_id = 1", 0), ("customer_id IS NULL", 1), ("customer_id = 2", 1)] {
        let rows = database.number(&format!("SELECT count(*) FROM reviews WHERE {condition}"))?;
        if rows != expected {
            left.push(format!("reviews with {condition}: {rows}"));
        }
    }
    if left.is_empty() { Ok(()) } else { Err(format!("one row of each was to stay: {left:?}").into()) }
}

/// A role of a user is no finding; who asks for more words hears of it.
fn unsure() -> TestResult {
    let database = Database::new(Place::Sqlite)?;
    database.run(
        "CREATE TABLE users (id integer PRIMARY KEY, name varchar(40) NOT NULL);
         CREATE TABLE posts (id integer PRIMARY KEY, approved_by integer, title varchar(40) NOT NULL);",
    )?;
    for (arguments, heard) in [(&["audit", "-v"][..], true), (&["audit"], false)] {
        let output = brownfield().args(arguments).arg(database.url()).assert().success().get_output().clone();
        let findings = String::from_utf8_lossy(&output.stdout);
        let said = String::from_utf8_lossy(&output.stderr);
        let told = said.lines().any(|line| line.contains("posts.approved_by") && line.contains("0.7"));
        if told != heard || findings.contains("refers to users") {
            return Err(format!("{arguments:?}: {said}{findings}").into());
        }
    }
    Ok(())
}
