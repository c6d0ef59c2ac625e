//! Code in MySQL and MariaDB that rests on columns and on how texts are compared: after the whole playbook it answers as before.

use crate::support::database::{Database, Place};
use crate::support::times::trial;
use crate::support::{TestResult, chain, read};
use brownfield::model::{EngineName, Tables};
use brownfield::remedy::Playbook;
use brownfield::render::sql;
use brownfield::report::Report;
use brownfield::settings::Settings;
use libtest_mimic::Trial;

pub(crate) fn add(trials: &mut Vec<Trial>) {
    for place in Place::all().into_iter().filter(|place| place.engine().is_mysql_family()) {
        let name = place.name();
        for case in &CASES {
            trials.push(trial(format!("live::routines::{}::{name}", case.name), move || kept(place, case)));
        }
        trials.push(trial(format!("live::routines::aligned::{name}"), move || aligned(place)));
        trials.push(trial(format!("live::routines::soft_deleted::{name}"), move || soft_deleted(place)));
        if place.engine() == EngineName::MariaDb && place.version() >= (10, 7) {
            trials.push(trial(format!("live::routines::uuids::{name}"), move || uuids(place)));
        }
    }
}

/// A database in which code works.
struct Case {
    name: &'static str,
    schema: &'static str,
    /// What works, and answers the same afterwards.
    calls: &'static [&'static str],
    /// What the playbook says that it leaves.
    said: &'static [&'static str],
}

const ORDERS: &str = "CREATE TABLE customers (customer_id bigint NOT NULL AUTO_INCREMENT PRIMARY KEY,
        email varchar(100) NOT NULL, name varchar(50) NOT NULL, country_id bigint NOT NULL, UNIQUE KEY (email));
    CREATE TABLE orders (order_id bigint NOT NULL AUTO_INCREMENT PRIMARY KEY, customer_id bigint NOT NULL, placed_on date NOT NULL,
        total decimal(10,2) NOT NULL, KEY (customer_id));
    INSERT INTO customers (email, name, country_id) VALUES ('a@x', 'A', 1), ('b@x', 'B', 1);
    INSERT INTO orders (customer_id, placed_on, total) VALUES (1, '2024-01-01', 10), (2, '2024-01-02', 20);";

const CASES: [Case; 7] = [
    Case {
        name: "natural_joins",
        schema: "CREATE PROCEDURE paired() SELECT count(*) FROM orders NATURAL JOIN customers;",
        calls: &["CALL paired()"],
        said: &["routine paired joins orders by all columns that it shares", "routine paired joins customers by"],
    },
    Case {
        name: "into_variables",
        schema: "DELIMITER //
            CREATE PROCEDURE first_one() BEGIN
                DECLARE a, b int; DECLARE d date; DECLARE x decimal(10,2);
                SELECT * INTO a, b, d, x FROM orders ORDER BY order_id LIMIT 1; SELECT b; END//
            CREATE PROCEDURE walked() BEGIN
                DECLARE a, b int; DECLARE e, n varchar(100);
                DECLARE c CURSOR FOR SELECT * FROM customers ORDER BY customer_id;
                OPEN c; FETCH c INTO a, e, n, b; CLOSE c; SELECT e; END//
            DELIMITER ;",
        calls: &["CALL first_one()", "CALL walked()"],
        said: &["routine first_one takes every column of orders", "routine walked takes every column of customers"],
    },
    Case {
        name: "fixed_widths",
        schema: "CREATE PROCEDURE joined() SELECT sum(x) FROM (SELECT 1 AS x) AS one WHERE 1 IN (SELECT 1 FROM (
                SELECT * FROM orders UNION ALL SELECT 1, 2, '2020-01-01', 4) AS o);
            CREATE PROCEDURE compared() SELECT count(*) FROM customers
                WHERE (customer_id, email, name, country_id) IN (SELECT * FROM customers);",
        calls: &["CALL joined()", "CALL compared()"],
        said: &["routine joined takes every column of orders", "routine compared takes every column of customers"],
    },
    Case {
        name: "unqualified",
        schema: "ALTER TABLE orders ADD created_at datetime NOT NULL DEFAULT CURRENT_TIMESTAMP,
                ADD updated_at datetime NOT NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP;
            CREATE PROCEDURE recent() SELECT o.order_id, c.name FROM orders o JOIN customers c ON c.customer_id = o.customer_id
                WHERE created_at > '2000-01-01' AND updated_at > '2000-01-01' ORDER BY o.order_id;",
        calls: &["CALL recent()"],
        said: &["routine recent says created_at without its table next to customers"],
    },
    Case {
        name: "nulls",
        schema: "CREATE TABLE tickets (ticket_id bigint NOT NULL AUTO_INCREMENT PRIMARY KEY, subject varchar(100) NOT NULL,
                priority int DEFAULT 0, is_open tinyint(1) DEFAULT 1, weight int DEFAULT 1, size int DEFAULT 2);
            INSERT INTO tickets (subject) VALUES ('x');
            CREATE TABLE closing (ticket_id bigint NOT NULL PRIMARY KEY);
            DELIMITER //
            CREATE PROCEDURE forget() UPDATE tickets SET priority = NULL//
            CREATE PROCEDURE weightless() INSERT INTO tickets (subject, weight) VALUES ('y', NULL)//
            CREATE TRIGGER lost BEFORE INSERT ON tickets FOR EACH ROW BEGIN
                IF NEW.size < 0 THEN SET NEW.size = NULL; END IF; END//
            CREATE TRIGGER closed AFTER INSERT ON closing FOR EACH ROW
                UPDATE tickets SET is_open = NULL WHERE ticket_id = NEW.ticket_id//
            DELIMITER ;",
        calls: &[
            "CALL forget()",
            "CALL weightless()",
            "INSERT INTO tickets (subject, size) VALUES ('z', -1)",
            "REPLACE INTO closing (ticket_id) VALUES (1)",
        ],
        said: &[
            "routine forget sets priority to NULL",
            "routine weightless sets weight to NULL",
            "trigger lost sets size to NULL",
            "trigger closed sets is_open to NULL",
        ],
    },
    Case {
        name: "character_sets",
        schema: "CREATE TABLE words (word_id bigint NOT NULL AUTO_INCREMENT PRIMARY KEY, word varchar(50) NOT NULL,
                label varchar(50) NOT NULL) DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_general_ci;
            CREATE TABLE plain (plain_id bigint NOT NULL AUTO_INCREMENT PRIMARY KEY, word varchar(50) NOT NULL)
                DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_general_ci;
            CREATE TABLE seen (seen_id bigint NOT NULL AUTO_INCREMENT PRIMARY KEY, word varchar(50) NOT NULL)
                DEFAULT CHARSET=utf8mb3 COLLATE=utf8mb3_general_ci;
            INSERT INTO words (word, label) VALUES ('A', 'l'); INSERT INTO plain (word) VALUES ('A');
            CREATE VIEW seen_exactly AS SELECT seen_id FROM seen WHERE word COLLATE utf8mb3_bin = 'A';
            CREATE PROCEDURE exactly() SELECT word_id FROM words WHERE word COLLATE utf8mb3_bin = 'A';",
        calls: &["CALL exactly()", "SELECT count(*) FROM seen_exactly", "SELECT word FROM plain"],
        said: &["routine exactly asks for utf8mb3_bin of word", "view seen_exactly asks for utf8"],
    },
    Case {
        name: "collations",
        schema: "ALTER DATABASE CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci;
            CREATE TABLE a1 (a1_id bigint NOT NULL PRIMARY KEY, email varchar(100) NOT NULL, UNIQUE KEY (email))
                DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;
            CREATE TABLE a2 (a2_id bigint NOT NULL PRIMARY KEY, email varchar(100) NOT NULL, UNIQUE KEY (email))
                DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;
            CREATE TABLE a3 (a3_id bigint NOT NULL PRIMARY KEY, code varchar(100) NOT NULL, UNIQUE KEY (code))
                DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;
            CREATE TABLE a4 (a4_id bigint NOT NULL PRIMARY KEY, code varchar(100) NOT NULL, UNIQUE KEY (code))
                DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;
            CREATE TABLE a5 (a5_id bigint NOT NULL PRIMARY KEY, code varchar(100) NOT NULL, UNIQUE KEY (code))
                DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci;
            CREATE TABLE legacy (legacy_id bigint NOT NULL PRIMARY KEY, code varchar(100) NOT NULL, UNIQUE KEY (code))
                DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;
            INSERT INTO legacy VALUES (1, 'a');
            CREATE PROCEDURE find_legacy(IN wanted varchar(100)) SELECT legacy_id FROM legacy WHERE code = wanted;",
        calls: &["CALL find_legacy('a')"],
        said: &["routine find_legacy compares code with texts of its own by utf8mb4_general_ci"],
    },
];

/// The playbook of a database, with its script.
fn plan(database: &Database) -> Result<(Playbook, String), String> {
    let model = read(&database.url()).map_err(|error| chain(&error))?;
    let (tables, settings) = (Tables::new(&model), Settings::default());
    let report = Report::new(&model, &tables, &settings);
    let script = sql::render(&report, &[]);
    Ok((report.playbook, script))
}

fn kept(place: Place, case: &Case) -> TestResult {
    let database = Database::new(place)?;
    database.run(ORDERS)?;
    database.run(case.schema)?;
    let answers = || -> Result<Vec<_>, String> { case.calls.iter().map(|call| database.query(call)).collect() };
    let before = answers()?;
    // What the calls have written is as it was before.
    if case.name == "nulls" {
        database.run("UPDATE tickets SET priority = 0, is_open = 1, weight = 1, size = 2")?;
    }
    let (playbook, script) = plan(&database)?;
    let reasons: Vec<&String> = playbook.impossible.iter().map(|(_, reason)| reason).collect();
    for expected in case.said {
        assert!(reasons.iter().any(|reason| reason.contains(expected)), "{expected}: {reasons:#?}");
    }
    database.run(&script).map_err(|error| format!("{error}\n{script}"))?;
    assert_eq!(answers().map_err(|error| format!("{error}\n{script}"))?, before, "{script}");
    Ok(())
}

/// Texts that are only compared in another way say so, and come back.
fn aligned(place: Place) -> TestResult {
    let database = Database::new(place)?;
    let table = |name: &str, collation: &str| {
        format!(
            "CREATE TABLE {name} ({name}_id bigint NOT NULL PRIMARY KEY, code varchar(100) NOT NULL, UNIQUE KEY (code))
                 DEFAULT CHARSET=utf8mb4 COLLATE={collation};"
        )
    };
    let names = ["a1", "a2", "a3"];
    let others: String = names.iter().map(|name| table(name, "utf8mb4_unicode_ci")).collect();
    database.run(&(others + &table("legacy", "utf8mb4_general_ci")))?;
    let collations = "SELECT COLUMN_NAME, COLLATION_NAME FROM information_schema.COLUMNS
        WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'legacy' ORDER BY 1";
    let before = database.query(collations)?;
    let (playbook, script) = plan(&database)?;
    let step = playbook.steps.iter().find(|step| step.title.starts_with("compare legacy"));
    let step = step.ok_or_else(|| script.clone())?;
    assert_eq!(step.title, "compare legacy by utf8mb4_unicode_ci");
    database.run(&(step.statements.join(";\n") + ";"))?;
    assert_ne!(database.query(collations)?, before);
    database.run(&(step.undo.join(";\n") + ";"))?;
    assert_eq!(database.query(collations)?, before);
    Ok(())
}

/// Queries on a column whose key is limited to rows that are not deleted find their rows by the new one.
fn soft_deleted(place: Place) -> TestResult {
    let database = Database::new(place)?;
    database.run(
        "CREATE TABLE users (id bigint NOT NULL AUTO_INCREMENT PRIMARY KEY, email varchar(191) NOT NULL, name varchar(50) NOT NULL,
             deleted_at datetime DEFAULT NULL, created_at datetime NOT NULL DEFAULT CURRENT_TIMESTAMP,
             updated_at datetime NOT NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP, UNIQUE KEY email_u (email))
             DEFAULT CHARSET=utf8mb4;
         INSERT INTO users (email, name, deleted_at) VALUES ('a@x', 'a', now()), ('b@x', 'b', NULL), ('c@x', 'c', NULL);",
    )?;
    let (_, script) = plan(&database)?;
    assert!(script.contains("DROP INDEX email_u"), "{script}");
    database.run(&script).map_err(|error| format!("{error}\n{script}"))?;
    let leading = database.number(
        "SELECT count(*) FROM information_schema.STATISTICS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 'users'
             AND COLUMN_NAME = 'email' AND SEQ_IN_INDEX = 1",
    )?;
    assert_eq!(leading, 1, "{script}");
    let plan = database.query("EXPLAIN SELECT name FROM users WHERE email = 'b@x'")?;
    let looks_up = |cell: &String| cell == "ref" || cell.contains("Index lookup on users using users_email_key");
    assert!(plan.iter().flatten().any(looks_up), "{plan:?}");
    database.run("INSERT INTO users (email, name) VALUES ('a@x', 'again')")?;
    assert!(database.run("INSERT INTO users (email, name) VALUES ('b@x', 'again')").is_err());
    Ok(())
}

/// The query before a change to `uuid` finds what the type writes in another way.
fn uuids(place: Place) -> TestResult {
    let database = Database::new(place)?;
    database.run(
        "CREATE TABLE documents (id bigint NOT NULL PRIMARY KEY, document_uuid char(36) NOT NULL, title varchar(20) NOT NULL);
         INSERT INTO documents VALUES (1, '2f0d0c5e-5a0c-4f53-9c39-5e6e7b6a3f10', 'as it is'),
             (2, '2F0D0C5E-5A0C-4F53-9C39-5E6E7B6A3F11', 'upper case'), (3, '2f0d0c5e5a0c4f539c395e6e7b6a3f12', 'no hyphens');",
    )?;
    let (playbook, script) = plan(&database)?;
    let step = playbook.steps.iter().find(|step| step.title.contains("document_uuid from char(36) to uuid"));
    let query = step.and_then(|step| step.pre_check.clone()).ok_or(script)?;
    assert_eq!(database.query(&query)?.len(), 2, "{query}");
    Ok(())
}
