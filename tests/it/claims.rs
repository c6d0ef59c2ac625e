//! What the document claims is true of the database: each claim beside the case in which it would be none.

use crate::support::database::{Database, Place};
use crate::support::times::trial;
use crate::support::{TestResult, brownfield};
use brownfield::model::EngineName;
use libtest_mimic::Trial;

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
    }
    if let Some(place) = newest(EngineName::Sqlite) {
        let name = format!("claims::keys_act_where_they_are_switched_on::{}", place.name());
        trials.push(trial(name, move || switched_keys(place)));
    }
}

type Failure = Box<dyn std::error::Error>;

/// What `doc` writes about a database.
fn doc(database: &Database, options: &[&str]) -> Result<String, Failure> {
    let output = brownfield().args(["doc", &database.url()]).args(options).assert().success().get_output().clone();
    Ok(String::from_utf8(output.stdout)?)
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
