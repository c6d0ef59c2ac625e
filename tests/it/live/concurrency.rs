//! Reading servers while others change them: no waiting behind a lock, no half an answer.

use crate::support::database::{Database, Place};
use crate::support::times::trial;
use crate::support::{TestResult, block_on, chain, read};
use brownfield::model::{EngineName, Tables, UNSEEN, UnseenKind};
use brownfield::remedy::Step;
use brownfield::render::ddl;
use brownfield::report::Report;
use brownfield::settings::Settings;
use libtest_mimic::Trial;
use sqlx::Connection;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

pub(crate) fn add(trials: &mut Vec<Trial>) {
    for place in Place::of(EngineName::PostgreSql) {
        let name = |test: &str| format!("live::concurrency::{test}::{}", place.name());
        trials.push(trial(name("behind_a_lock"), move || behind_a_lock(place)));
        trials.push(trial(name("while_tables_come_and_go"), move || come_and_go(place)));
        trials.push(trial(name("leaves_no_lock"), move || nothing_left(place)));
        trials.push(trial(name("during_a_validation"), move || validating(place)));
    }
    for place in Place::all().into_iter().filter(|place| place.engine().is_mysql_family()) {
        let name = format!("live::concurrency::while_tables_come_and_go::{}", place.name());
        trials.push(trial(name, move || come_and_go_in_mysql(place)));
    }
}

const DDL: &str = "CREATE TABLE free (id int PRIMARY KEY, n int CHECK (n > 1));
    CREATE TABLE held (id int PRIMARY KEY, n int CHECK (n > 2), twice int GENERATED ALWAYS AS (n * 2) STORED);
    CREATE INDEX held_expression ON held ((n + 1)) WHERE n > 0;
    CREATE INDEX held_first ON held (n) WHERE id > 1;
    CREATE INDEX held_second ON held (n) WHERE id < 1;
    CREATE INDEX held_absolute ON held (abs(n));
    CREATE INDEX held_negative ON held ((-n));
    CREATE TABLE held_child (id int PRIMARY KEY, free_id int REFERENCES free);
    CREATE INDEX held_child_free ON held_child (free_id) WHERE free_id IS NOT NULL;
    CREATE TABLE held_parts (k int NOT NULL) PARTITION BY RANGE (k);
    CREATE TABLE held_part PARTITION OF held_parts FOR VALUES FROM (0) TO (9);
    CREATE POLICY held_policy ON held USING (n > 0);
    CREATE VIEW held_view AS SELECT n FROM held;";

/// Another session holds ACCESS EXCLUSIVE: the read ends soon, has everything else, and says what it lacks.
fn behind_a_lock(place: Place) -> TestResult {
    let database = Database::new(place)?;
    database.run(DDL)?;
    let model = block_on(async {
        let mut session = sqlx::PgConnection::connect(&database.url()).await.map_err(|error| error.to_string())?;
        sqlx::raw_sql("BEGIN; LOCK TABLE held, held_child, held_parts IN ACCESS EXCLUSIVE MODE")
            .execute(&mut session)
            .await
            .map_err(|error| error.to_string())?;
        let url = database.url();
        let started = Instant::now();
        let model = tokio::task::spawn_blocking(move || read(&url).map_err(|error| chain(&error))).await;
        let model = model.map_err(|error| error.to_string())?;
        if started.elapsed().as_secs() > 30 {
            return Err("the read waited behind the lock".to_owned());
        }
        session.close().await.map_err(|error| error.to_string())?;
        model
    })?;
    let table = |name: &str| model.schemas[0].tables.iter().find(|table| table.name == name);
    let (Some(free), Some(held)) = (table("free"), table("held")) else { return Err("a table is missing".into()) };
    if free.check_constraints.len() != 1 || held.columns.len() != 3 || held.primary_key.is_none() {
        return Err("what the lock does not cover is missing".into());
    }
    let said = |unseen: &&brownfield::model::Unseen| {
        unseen.what == UnseenKind::Expressions && unseen.object.as_deref() == Some("held")
    };
    if model.unseen.iter().find(said).is_none() {
        return Err(format!("the locked expressions are not said to be unseen: {:?}", model.unseen).into());
    }
    let predicates: Vec<_> = held.indexes.iter().filter_map(|index| index.predicate.as_deref()).collect();
    if predicates != [UNSEEN; 3] || held.check_constraints[0].expression != UNSEEN {
        return Err(format!("what exists and is unseen is not told from what is not there: {held:#?}").into());
    }
    // What cannot be seen is no reason to complain, and nothing that cannot be made again is dropped.
    let tables = Tables::new(&model);
    let settings = Settings::default();
    let report = Report::new(&model, &tables, &settings);
    for rule in ["index-duplicate", "fk-missing-index", "relation-column-unindexed"] {
        let outcome = report.outcomes.iter().find(|outcome| outcome.rule.id == rule).ok_or("the rule did not run")?;
        if !outcome.findings.is_empty() || outcome.counts.unknown == 0 {
            return Err(format!("{rule}: {:#?} {:?}", outcome.findings, outcome.counts).into());
        }
    }
    let script = ddl::render(&report);
    if script.lines().any(|line| line.contains(UNSEEN) && !line.starts_with("--")) {
        return Err(format!("what could not be read is written as a statement:\n{script}").into());
    }
    let drops = |step: &&Step| step.statements.iter().any(|statement| statement.contains("DROP INDEX"));
    match report.playbook.steps.iter().find(drops) {
        Some(step) => Err(format!("an index is dropped: {step:#?}").into()),
        None => Ok(()),
    }
}

/// Tables and views are made and dropped all the while: every read succeeds and holds the tables that stay.
fn come_and_go(place: Place) -> TestResult {
    let database = Database::new(place)?;
    database.run(DDL)?;
    let stop = Arc::new(AtomicBool::new(false));
    let (ended, url) = (Arc::clone(&stop), database.url());
    let changes = std::thread::spawn(move || {
        block_on(async {
            let mut session = sqlx::PgConnection::connect(&url).await.map_err(|error| error.to_string())?;
            while !ended.load(Ordering::Relaxed) {
                sqlx::raw_sql(
                    "CREATE TABLE passing (a int CHECK (a > 0), b int DEFAULT 5, UNIQUE (b));
                     CREATE VIEW passing_view AS SELECT a FROM passing;
                     CREATE INDEX ON passing ((a + b));
                     DROP TABLE passing CASCADE",
                )
                .execute(&mut session)
                .await
                .map_err(|error| error.to_string())?;
                for _ in 0..3 {
                    sqlx::raw_sql("CREATE TABLE other (x int); CREATE VIEW other_view AS TABLE other")
                        .execute(&mut session)
                        .await
                        .map_err(|error| error.to_string())?;
                    sqlx::raw_sql("DROP VIEW other_view; DROP TABLE other")
                        .execute(&mut session)
                        .await
                        .map_err(|error| error.to_string())?;
                }
            }
            session.close().await.map_err(|error| error.to_string())
        })
    });
    let mut result = Ok(());
    for _ in 0..10 {
        match read(&database.url()) {
            Ok(model) => {
                let names: Vec<_> = model.schemas[0].tables.iter().map(|table| table.name.as_str()).collect();
                if !names.contains(&"free") || !names.contains(&"held") {
                    result = Err(format!("half an answer: {names:?}"));
                }
            }
            // A clear error is an answer too, as long as it says that the schema was changing.
            Err(error) if chain(&error).contains("chang") => {}
            Err(error) => result = Err(chain(&error)),
        }
    }
    stop.store(true, Ordering::Relaxed);
    changes.join().map_err(|_| "the changing session panicked")??;
    result.map_err(Into::into)
}

/// The same on MySQL, which has a snapshot of its catalog, and MariaDB, which has none: no table is half there, and what is
/// not known of those that come and go is said.
fn come_and_go_in_mysql(place: Place) -> TestResult {
    let database = Database::new(place)?;
    database.run(
        "CREATE TABLE free (id int PRIMARY KEY, n int CHECK (n > 1));
         CREATE TABLE held (id int PRIMARY KEY, n int, twice int GENERATED ALWAYS AS (n * 2) STORED);
         CREATE VIEW held_view AS SELECT n FROM held",
    )?;
    let stop = Arc::new(AtomicBool::new(false));
    let (ended, url) = (Arc::clone(&stop), database.url());
    let changes = std::thread::spawn(move || {
        block_on(async {
            let mut session = sqlx::MySqlConnection::connect(&url).await.map_err(|error| error.to_string())?;
            while !ended.load(Ordering::Relaxed) {
                sqlx::raw_sql(
                    "CREATE TABLE passing (a int NOT NULL PRIMARY KEY, b int DEFAULT 5, UNIQUE (b), CHECK (a > 0));
                     CREATE TABLE other (x int NOT NULL PRIMARY KEY); RENAME TABLE other TO another;
                     DROP TABLE passing; DROP TABLE another",
                )
                .execute(&mut session)
                .await
                .map_err(|error| error.to_string())?;
            }
            session.close().await.map_err(|error| error.to_string())
        })
    });
    let mut result = Ok(());
    let mut passed = 0;
    for _ in 0..20 {
        match read(&database.url()) {
            Ok(model) => {
                let schema = &model.schemas[0];
                let names: Vec<_> = schema.tables.iter().map(|table| table.name.as_str()).collect();
                let half = |table: &&brownfield::model::Table| table.columns.is_empty() || table.primary_key.is_none();
                let passing = |unseen: &brownfield::model::Unseen| {
                    unseen.what == UnseenKind::Tables
                        && ["passing", "other", "another"].contains(&unseen.object.as_deref().unwrap_or_default())
                };
                passed += model.unseen.len();
                if !names.contains(&"free") || !names.contains(&"held") || schema.views.len() != 1 {
                    result = Err(format!("half an answer: {names:?}"));
                } else if let Some(table) = schema.tables.iter().find(half) {
                    result = Err(format!("half a table: {table:#?}"));
                } else if !model.unseen.iter().all(passing) {
                    result = Err(format!("{:#?}", model.unseen));
                } else if model.piecemeal != (place.engine() == EngineName::MariaDb) {
                    result = Err("MySQL has a consistent picture of its catalog, and MariaDB has none".to_owned());
                }
            }
            Err(error) => result = Err(chain(&error)),
        }
    }
    stop.store(true, Ordering::Relaxed);
    changes.join().map_err(|_| "the changing session panicked")??;
    result?;
    // When nothing changes any more, nothing is unseen.
    let model = read(&database.url()).map_err(|error| chain(&error))?;
    if passed > 0 && place.engine() == EngineName::MySql || !model.unseen.is_empty() {
        return Err(format!("unseen {passed} times, and at last {:#?}", model.unseen).into());
    }
    Ok(())
}

/// Constraints that another session is validating are not reported as forgotten; once it gave up, they are.
fn validating(place: Place) -> TestResult {
    let database = Database::new(place)?;
    database.run(
        "CREATE TABLE parents (id int PRIMARY KEY);
         CREATE TABLE children (id int PRIMARY KEY, parent_id int NOT NULL, n int NOT NULL);
         ALTER TABLE children ADD CONSTRAINT children_parent FOREIGN KEY (parent_id) REFERENCES parents NOT VALID;
         ALTER TABLE children ADD CONSTRAINT children_n CHECK (n > 0) NOT VALID;",
    )?;
    let not_null = place.version().0 >= 18;
    if not_null {
        database.run(
            "ALTER TABLE children ADD late int; ALTER TABLE children ADD CONSTRAINT children_late NOT NULL late NOT VALID;",
        )?;
    }
    let reported = || {
        let model = read(&database.url()).map_err(|error| chain(&error))?;
        let tables = Tables::new(&model);
        let settings = Settings::default();
        let report = Report::new(&model, &tables, &settings);
        let rules = report.outcomes.iter().flat_map(|outcome| &outcome.findings).map(|finding| finding.rule);
        let rules: Vec<_> = rules.filter(|rule| rule.ends_with("-not-validated")).collect();
        Ok::<_, String>(rules)
    };
    let mut validations = vec!["children_parent", "children_n"];
    validations.extend(not_null.then_some("children_late"));
    let until = |sql: &str, count: usize| {
        let reached = (0..200).any(|_| {
            std::thread::sleep(Duration::from_millis(50));
            database.number(sql) == Ok(count)
        });
        if reached { Ok(()) } else { Err(format!("{sql} never became {count}")) }
    };
    let others = "FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() \
                  AND (query LIKE 'ALTER TABLE children%' OR query LIKE 'SELECT pg_sleep%')";
    let (during, after) = std::thread::scope(|scope| {
        // What every validation waits for.
        scope.spawn(|| database.run("BEGIN; LOCK TABLE children IN SHARE UPDATE EXCLUSIVE MODE; SELECT pg_sleep(60);"));
        let during = until(&format!("SELECT count(*) {others}"), 1).and_then(|()| {
            for constraint in &validations {
                let statement = format!("ALTER TABLE children VALIDATE CONSTRAINT {constraint};");
                let database = &database;
                scope.spawn(move || database.run(&statement));
            }
            until(&format!("SELECT count(*) {others} AND wait_event_type = 'Lock'"), validations.len())?;
            reported()
        });
        // Those that wait go first: one that got the lock would end its validation.
        let waiting = format!("{others} AND query LIKE 'ALTER%'");
        database.query(&format!("SELECT pg_terminate_backend(pid) {waiting}"))?;
        until(&format!("SELECT count(*) {waiting}"), 0)?;
        database.query(&format!("SELECT pg_terminate_backend(pid) {others}"))?;
        until(&format!("SELECT count(*) {others}"), 0)?;
        Ok::<_, String>((during?, reported()?))
    })?;
    let mut expected = vec!["check-not-validated"; 1 + usize::from(not_null)];
    expected.push("fk-not-validated");
    if !during.is_empty() || after != expected {
        return Err(format!("reported during the validation: {during:?}; after it was given up: {after:?}").into());
    }
    Ok(())
}

/// After a read, no session of the program is left, and so no lock.
fn nothing_left(place: Place) -> TestResult {
    let database = Database::new(place)?;
    database.run(DDL)?;
    read(&database.url()).map_err(|error| chain(&error))?;
    for _ in 0..50 {
        let sessions = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'brownfield' AND datname = current_database()";
        if database.number(sessions)? == 0 {
            return Ok(());
        }
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    Err("a session of the program is still there".into())
}
