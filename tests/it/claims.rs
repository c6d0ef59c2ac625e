//! What the document claims is true of the database: each claim beside the case in which it would be none.

use crate::support::database::{Database, Place};
use crate::support::times::trial;
use crate::support::{TestResult, brownfield};
use brownfield::model::EngineName;
use libtest_mimic::Trial;
use std::path::Path;

pub(crate) fn add(trials: &mut Vec<Trial>) {
    let newest = |engine| Place::of(engine).into_iter().max_by_key(|place: &Place| place.version());
    if let Some(place) = newest(EngineName::PostgreSql) {
        let mut test = |name: &str, test: fn(Place) -> TestResult| {
            trials.push(trial(format!("claims::{name}::{}", place.name()), move || test(place)));
        };
        test("an_invalid_index_is_not_unique", invalid_index);
        test("tenants_are_no_persons", tenants);
        test("a_key_that_does_nothing_deletes_nothing", idle_keys);
        test("a_check_that_does_not_hold_is_said", checks);
        test("one_schema_is_not_the_whole", schemas);
        test("policies_stand_in_the_way_of_what_they_name", policies);
        test("what_stands_elsewhere_says_where", elsewhere);
        test("what_the_steps_mend_is_said_to_be_planned", planned);
    }
    for place in [EngineName::MySql, EngineName::MariaDb].into_iter().filter_map(newest) {
        trials.push(trial(format!("claims::events_run_or_not::{}", place.name()), move || events(place)));
    }
    if let Some(place) = newest(EngineName::Sqlite) {
        let mut test = |name: &str, test: fn(Place) -> TestResult| {
            trials.push(trial(format!("claims::{name}::{}", place.name()), move || test(place)));
        };
        test("keys_act_where_they_are_switched_on", switched_keys);
        test("a_part_is_not_the_whole", scope);
        test("what_is_worth_knowing_can_be_counted", worth_knowing);
        test("a_document_that_is_too_long_is_said_to_be", too_long);
        test("a_page_that_was_changed_is_kept_and_named", changed_page);
        test("reasons_are_said_once", reasons);
        test("numbers_of_a_file_are_as_old_as_it", numbers_of_a_file);
        test("one_diagram_of_many_tables_shows_their_keys", keys_of_many);
    }
}

type Failure = Box<dyn std::error::Error>;

/// What `doc` writes about a database.
fn doc(database: &Database, options: &[&str]) -> Result<String, Failure> {
    let output = brownfield().args(["doc", &database.url()]).args(options).assert().success().get_output().clone();
    Ok(String::from_utf8(output.stdout)?)
}

/// What the program says beside its answer.
fn said(arguments: &[&str]) -> Result<String, Failure> {
    let output = brownfield().args(arguments).assert().success().get_output().clone();
    Ok(String::from_utf8(output.stderr)?)
}

/// So many tables.
fn tables(database: &Database, count: usize) -> TestResult {
    let table = |at| format!("CREATE TABLE item_{at} (id integer PRIMARY KEY, name text, size integer, made_on date);");
    Ok(database.run(&(0..count).map(table).collect::<String>())?)
}

/// Each of these is said.
fn says(text: &str, parts: &[&str]) -> TestResult {
    match parts.iter().find(|part| !text.contains(**part)) {
        Some(part) => Err(format!("no `{part}` in:\n{text}").into()),
        None => Ok(()),
    }
}

/// None of these is said.
fn does_not_say(text: &str, parts: &[&str]) -> TestResult {
    match parts.iter().find(|part| text.contains(**part)) {
        Some(part) => Err(format!("`{part}` in:\n{text}").into()),
        None => Ok(()),
    }
}

fn invalid_index(place: Place) -> TestResult {
    let database = Database::new(place)?;
    database.run(
        "CREATE TABLE users (id integer PRIMARY KEY);
         CREATE TABLE profiles (id integer PRIMARY KEY, user_id integer NOT NULL REFERENCES users (id), email text NOT NULL);
         INSERT INTO users VALUES (1);
         INSERT INTO profiles VALUES (1, 1, 'a@example.org'), (2, 1, 'a@example.org');",
    )?;
    for column in ["user_id", "email"] {
        let index = format!("CREATE UNIQUE INDEX CONCURRENTLY profiles_{column}_key ON profiles ({column})");
        if database.run(&index).is_ok() {
            return Err("equal rows were taken for unique".into());
        }
    }
    let text = doc(&database, &[])?;
    says(&text, &["**invalid**", "Unique index that is not valid: equal rows may be there"])?;
    says(&text, &["the unique index profiles_email_key is not valid, so that values may repeat"])?;
    says(&text, &["users ||--o{ profiles"])?;
    does_not_say(&text, &["UNIQUE |", "UK", "no two rows to the same one", "unique-email-case"])?;
    let dbml = doc(&database, &["--format", "dbml"])?;
    says(&dbml, &["note: 'not valid'"])?;
    does_not_say(&dbml, &["[unique"])?;
    database.run("DELETE FROM profiles WHERE id = 2; REINDEX TABLE profiles")?;
    says(&doc(&database, &[])?, &["UNIQUE |", "UK", "no two rows to the same one", "unique-email-case"])
}

/// Names are bare only where there is one of them: in the only schema with tables.
fn elsewhere(place: Place) -> TestResult {
    let database = Database::new(place)?;
    database.run(
        "CREATE TABLE customers (id integer PRIMARY KEY, name text NOT NULL);
         CREATE SCHEMA api;
         CREATE VIEW api.customers AS SELECT id FROM customers;
         CREATE FUNCTION api.uid() RETURNS integer LANGUAGE sql AS 'SELECT 1';
         CREATE FUNCTION uid() RETURNS integer LANGUAGE sql AS 'SELECT 2';",
    )?;
    let text = doc(&database, &[])?;
    says(&text, &["#### `api.customers`", "`api.uid`", "(`customers`)"])?;
    does_not_say(&text, &["`public.customers`", "`public.uid`"])?;
    database
        .run("CREATE SCHEMA crm; CREATE TABLE crm.customers (id integer PRIMARY KEY REFERENCES customers (id));")?;
    let text = doc(&database, &["--schema", "crm"])?;
    says(&text, &["`public.customers`"])?;
    let dbml = doc(&database, &["--schema", "crm", "--format", "dbml"])?;
    says(&dbml, &["customers.id > public.customers.id"])
}

/// Accounts with users are organisations; accounts that people log in with are persons.
fn tenants(place: Place) -> TestResult {
    let children = |columns: &str| -> String {
        ["projects", "tasks", "comments", "invoices"]
            .map(|name| {
                format!(
                    "CREATE TABLE {name} (id bigint PRIMARY KEY, account_id bigint NOT NULL REFERENCES accounts (id), {columns});"
                )
            })
            .concat()
    };
    let database = Database::new(place)?;
    database.run(&format!(
        "CREATE TABLE accounts (id bigint PRIMARY KEY, name text NOT NULL, billing_email text, plan text NOT NULL);
         CREATE TABLE users (id bigint PRIMARY KEY, account_id bigint NOT NULL REFERENCES accounts (id), email text NOT NULL);
         {}",
        children("user_id bigint NOT NULL REFERENCES users (id), title text NOT NULL, body text, due_on date")
    ))?;
    let text = doc(&database, &[])?;
    says(&text, &["Tenants are kept apart by the column `account_id`", "Person: [`users`]", "`billing_email`"])?;
    says(
        &text,
        &[
            "[`invoices`](#t-invoices) by `user_id` → [`users`](#t-users): the database refuses to delete the parent before these rows. An accounting record by its name: ask first",
        ],
    )?;
    does_not_say(&text, &["Person: [`accounts`]", "the name of a person", "re-point"])?;

    let database = Database::new(place)?;
    database.run(&format!(
        "CREATE TABLE accounts (id bigint PRIMARY KEY, name text NOT NULL, email text NOT NULL, password_hash text NOT NULL);
         {}",
        children("title text NOT NULL, body text, due_on date")
    ))?;
    says(&doc(&database, &[])?, &["`account_id`", "Person: [`accounts`]", "the name of a person"])
}

fn idle_keys(place: Place) -> TestResult {
    let database = Database::new(place)?;
    database.run(
        "CREATE TABLE customers (id integer PRIMARY KEY, email text NOT NULL);
         CREATE TABLE addresses (id integer PRIMARY KEY,
             customer_id integer NOT NULL REFERENCES customers (id) ON DELETE CASCADE);",
    )?;
    let acting = "by `customer_id` → [`customers`](#t-customers): the database deletes these rows by itself";
    let idle = "by `customer_id` → [`customers`](#t-customers): a foreign key that is not enforced, so nothing happens by itself";
    says(&doc(&database, &[])?, &[acting])?;
    // What deletes stands on the parent; the triggers of the child only refuse rows.
    database.run("ALTER TABLE addresses DISABLE TRIGGER ALL")?;
    says(&doc(&database, &[])?, &[acting])?;
    database.run("ALTER TABLE addresses ENABLE TRIGGER ALL; ALTER TABLE customers DISABLE TRIGGER ALL")?;
    let text = doc(&database, &[])?;
    says(&text, &[idle])?;
    does_not_say(&text, &[acting])?;
    if place.version() >= (18, 0) {
        database.run(
            "ALTER TABLE customers ENABLE TRIGGER ALL;
             ALTER TABLE addresses ALTER CONSTRAINT addresses_customer_id_fkey NOT ENFORCED",
        )?;
        says(&doc(&database, &[])?, &[idle])?;
    }
    Ok(())
}

fn checks(place: Place) -> TestResult {
    let database = Database::new(place)?;
    database.run(
        "CREATE TABLE prices (id integer PRIMARY KEY, amount integer NOT NULL, tax integer NOT NULL CHECK (tax > 7));
         ALTER TABLE prices ADD CHECK (amount > 5) NOT VALID;",
    )?;
    let text = doc(&database, &[])?;
    let cell = |column: &str| {
        let row = text.lines().find(|line| line.starts_with(&format!("| `{column}` |")));
        row.and_then(|row| row.split('|').nth(5)).unwrap_or_default().trim().to_owned()
    };
    if !cell("amount").ends_with("(not validated)") || cell("tax").is_empty() || cell("tax").contains("not validated") {
        return Err(format!("amount: {}, tax: {}", cell("amount"), cell("tax")).into());
    }
    Ok(())
}

fn switched_keys(place: Place) -> TestResult {
    let said = "on connections with `PRAGMA foreign_keys = ON` only";
    let database = Database::new(place)?;
    database.run("CREATE TABLE customers (id integer PRIMARY KEY, email text NOT NULL);")?;
    does_not_say(&doc(&database, &[])?, &[said])?;
    database.run(
        "CREATE TABLE notes (id integer PRIMARY KEY, customer_id integer REFERENCES customers (id) ON DELETE CASCADE);",
    )?;
    says(&doc(&database, &[])?, &[said, "the database deletes these rows by itself"])
}

fn schemas(place: Place) -> TestResult {
    let database = Database::new(place)?;
    database.run(
        "CREATE SCHEMA sales; CREATE TABLE sales.orders (id integer PRIMARY KEY); CREATE TABLE others (id integer)",
    )?;
    let part = "Only tables and views of the schema `sales` were read";
    says(&doc(&database, &["--schema", "sales"])?, &["A part of a **PostgreSQL", part])?;
    does_not_say(&doc(&database, &[])?, &["part of a", part])
}

fn policies(place: Place) -> TestResult {
    let database = Database::new(place)?;
    database.run(
        "CREATE TABLE customers (id serial PRIMARY KEY, name text NOT NULL, region text NOT NULL, since date NOT NULL);
         CREATE TABLE orders (id bigint PRIMARY KEY, region text NOT NULL, placed_on date NOT NULL,
             customer_id integer NOT NULL REFERENCES customers (id));
         CREATE POLICY near ON orders USING (region = current_user);",
    )?;
    does_not_say(&doc(&database, &[])?, &["policy near"])?;
    database.run("CREATE POLICY own ON orders WITH CHECK (customer_id > 0);")?;
    says(&doc(&database, &[])?, &["Policy own on orders names customer_id."])
}

fn planned(place: Place) -> TestResult {
    let database = Database::new(place)?;
    database.run(
        "CREATE TABLE orders (id bigint PRIMARY KEY, status text NOT NULL, note text, placed_on date, created_at timestamptz);
         CREATE TABLE wheels (id bigint PRIMARY KEY, type text NOT NULL, size integer, made_on date);",
    )?;
    let text = doc(&database, &[])?;
    says(
        &text,
        &[
            "`enum-column-unchecked` (planned above): status (text) accepts any value",
            "`missing-updated-at` (planned above): no column records",
            // No step does anything about it.
            "`enum-column-unchecked`: type (text) accepts any value",
        ],
    )
}

fn events(place: Place) -> TestResult {
    let database = Database::new(place)?;
    database.run(
        "CREATE TABLE sessions (id integer PRIMARY KEY, made_at datetime);
         CREATE EVENT expire ON SCHEDULE EVERY 1 DAY STARTS '2037-01-01 00:00:00'
             DO DELETE FROM sessions WHERE made_at < now() - INTERVAL 1 DAY;",
    )?;
    let rows = database.query("SELECT @@global.event_scheduler")?;
    let state = rows.first().and_then(|row| row.first()).ok_or("the server does not say")?;
    let text = doc(&database, &[])?;
    if doc(&database, &["--schema", &database.name])? != text {
        return Err("the database's name changes the document".into());
    }
    let asleep = format!("Events did not run when this was read: `event_scheduler` was `{state}`.");
    // The database's name is not the schema's.
    says(&text, &["| event | `expire` |", &format!("| `event_scheduler` | `{state}` |")])?;
    if state == "ON" { does_not_say(&text, &[&asleep]) } else { says(&text, &[&asleep]) }
}

fn scope(place: Place) -> TestResult {
    let (database, folder) = (Database::new(place)?, tempfile::tempdir()?);
    database.run("CREATE TABLE orders (id integer PRIMARY KEY); CREATE TABLE items (id integer PRIMARY KEY);")?;
    let whole = doc(&database, &[])?;
    says(&whole, &["A **SQLite 3** database with **2 tables**", "No evidence of soft deletion."])?;
    let history = "a part of the database was read, and the history may be in another: `migration-history-missing` (1)";
    does_not_say(&whole, &["part of", "**Scope**", "for good", history])?;
    if doc(&database, &["--schema", "main"])? != whole {
        return Err("the one schema is not the whole".into());
    }
    let part = "Only tables and views that match `ord*` and that do not match `*.x` or `y` were read; nothing is said";
    let options = ["--include", "ord*", "--exclude", "y", "--exclude", "*.x"];
    let file = folder.path().join("part.json").display().to_string();
    brownfield().args(["snapshot", &database.url(), "-o", &file]).args(options).assert().success();
    let of_file = String::from_utf8(brownfield().args(["doc", &file]).assert().success().get_output().stdout.clone())?;
    for text in [doc(&database, &options)?, of_file] {
        says(&text, &["A part of a **SQLite 3** database with **1 table**", part, &format!("**Scope**: {part}")])?;
        says(&text, &[history])?;
    }
    Ok(())
}

fn worth_knowing(place: Place) -> TestResult {
    let database = Database::new(place)?;
    // An optional assignee of the same tenant costs nothing, although the rule is scored.
    database.run(
        "CREATE TABLE people (tenant_id integer NOT NULL, number integer NOT NULL, PRIMARY KEY (tenant_id, number));
         CREATE TABLE tasks (id integer PRIMARY KEY, tenant_id integer NOT NULL, assignee_number integer,
             FOREIGN KEY (tenant_id, assignee_number) REFERENCES people (tenant_id, number));",
    )?;
    let text = doc(&database, &[])?;
    let (_, table) = text.split_once("**Worth knowing**, not scored.").ok_or("nothing is worth knowing")?;
    let rows = table.trim_start().lines().skip(2).take_while(|line| line.starts_with('|'));
    let counts = rows.filter_map(|row| row.trim_end_matches(['|', ' ']).rsplit(' ').next()?.parse::<usize>().ok());
    let sum: usize = counts.sum();
    let verb = if sum == 1 { "is" } else { "are" };
    says(&text, &[&format!(" {sum} {verb} worth knowing.")])?;
    if table.contains("| `fk-match-simple-nullable` | ") { Ok(()) } else { Err("a finding is not counted".into()) }
}

fn too_long(place: Place) -> TestResult {
    let database = Database::new(place)?;
    let note = "KiB in one file: GitHub shows its beginning only; `-o FILE.md` writes an index and pages";
    tables(&database, 20)?;
    does_not_say(&said(&["doc", &database.url()])?, &[note])?;
    let database = Database::new(place)?;
    tables(&database, 300)?;
    says(&said(&["doc", &database.url()])?, &[note])?;
    does_not_say(&said(&["doc", &database.url(), "--single"])?, &[note])
}

fn changed_page(place: Place) -> TestResult {
    let (database, folder) = (Database::new(place)?, tempfile::tempdir()?);
    tables(&database, 3)?;
    let (url, pages) = (database.url(), folder.path().display().to_string());
    let write = || said(&["doc", &url, "--split", "-o", &pages]);
    write()?;
    let page = Path::new(&pages).join("tables/item_1.md");
    let text = std::fs::read_to_string(&page)?;
    std::fs::write(&page, text.replacen("Item", "Article", 1))?;
    database.run("DROP TABLE item_1; DROP TABLE item_2;")?;
    let note =
        format!("note: kept {}, which is marked as a page and no longer as an earlier run left it", page.display());
    says(&write()?, &[&note])?;
    if !page.is_file() || page.with_file_name("item_2.md").exists() {
        return Err("not the page that was changed is there alone".into());
    }
    Ok(())
}

fn reasons(place: Place) -> TestResult {
    let database = Database::new(place)?;
    database.run(
        "CREATE TABLE orders (id integer PRIMARY KEY, \"placedOn\" date, \"sentOn\" date, \"paidOn\" date, note_text text,
             due_date date, ship_city text, ship_street text, bill_city text, bill_street text);",
    )?;
    let text = doc(&database, &[])?;
    let (_, by_hand) = text.split_once("### By Hand").ok_or("nothing is left to a person")?;
    says(
        by_hand,
        &["Reasons that several changes share:", "1. Code that says the old name would fail", "| Reason 1 |"],
    )?;
    for part in [text.split("**Migration Notes:**").nth(1), Some(by_hand)].into_iter().flatten() {
        let part = part.split("\n## ").next().unwrap_or_default();
        let (notes, _) = part.split_once("**CREATE TABLE").unwrap_or((part, ""));
        let times = notes.matches("that says the old name would fail").count();
        if times != 1 {
            return Err(format!("the reason is given {times} times:\n{notes}").into());
        }
    }
    Ok(())
}

fn numbers_of_a_file(place: Place) -> TestResult {
    let (database, folder) = (Database::new(place)?, tempfile::tempdir()?);
    database.run("CREATE TABLE orders (id integer PRIMARY KEY);")?;
    let file = folder.path().join("shop.json").display().to_string();
    brownfield().args(["snapshot", &database.url(), "-o", &file]).assert().success();
    let output = brownfield().args(["doc", "--stats", &file]).assert().success().get_output().clone();
    let text = String::from_utf8(output.stdout)?;
    says(&text, &["They were read from a snapshot file and are as old as that."])?;
    does_not_say(&text, &["Everything here was read in"])
}

fn keys_of_many(place: Place) -> TestResult {
    let (database, folder) = (Database::new(place)?, tempfile::tempdir()?);
    tables(&database, 33)?;
    let template = folder.path().join("diagram.md");
    std::fs::write(&template, "{{ er_diagram }}\n")?;
    let text = doc(&database, &["--template", &template.display().to_string()])?;
    let keys = text.lines().filter(|line| line.trim() == "INTEGER id PK").count();
    if keys == 33 { Ok(()) } else { Err(format!("{keys} keys:\n{text}").into()) }
}
