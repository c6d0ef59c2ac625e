//! Single changes beside what rests on tables: hints, orphans, defaults, storage engines, options of indexes.

use crate::playbook::plan;
use crate::support::database::{Database, Place};
use crate::support::times::trial;
use crate::support::{TestResult, chain, read};
use brownfield::checks::Change;
use brownfield::model::{Action, EngineName, ForeignKey, Index, Model, QualifiedName, Table};
use brownfield::remedy::{Playbook, Safety};
use libtest_mimic::Trial;

pub(crate) fn add(trials: &mut Vec<Trial>) {
    type Test = fn(Place) -> TestResult;
    let tests: [(&str, Test); 8] = [
        ("timestamps", timestamps),
        ("hints", hints),
        ("orphans", orphans),
        ("engines", engines),
        ("zeros", zeros),
        ("texts", texts),
        ("hidden_indexes", hidden_indexes),
        ("unchosen_actions", unchosen_actions),
    ];
    for place in Place::all() {
        for (name, test) in tests.iter().filter(|_| place.engine().is_mysql_family()) {
            let test = *test;
            trials.push(trial(format!("live::mending::{name}::{}", place.name()), move || test(place)));
        }
        trials.push(trial(format!("live::mending::defaults::{}", place.name()), move || defaults(place)));
    }
}

/// A database with these tables and its model.
fn made(place: Place, sql: &str) -> Result<(Database, Model), String> {
    let database = Database::new(place)?;
    database.run(sql)?;
    let model = model(&database)?;
    Ok((database, model))
}

fn model(database: &Database) -> Result<Model, String> {
    read(&database.url()).map_err(|error| chain(&error))
}

fn table<'m>(model: &'m Model, name: &str) -> Result<&'m Table, String> {
    let mut tables = model.schemas.iter().flat_map(|schema| &schema.tables);
    tables.find(|table| table.name == name).ok_or_else(|| format!("no table {name}"))
}

/// A table's qualified name.
fn named(model: &Model, name: &str) -> QualifiedName {
    let has_it = |table: &Table| table.name == name;
    let schema = model.schemas.iter().find(|schema| schema.tables.iter().any(has_it));
    QualifiedName::new(schema.map_or("", |schema| &schema.name), name)
}

fn run(database: &Database, playbook: &Playbook, statements: &[&String]) -> TestResult {
    let script: String =
        playbook.preamble.iter().chain(statements.iter().copied()).map(|statement| format!("{statement};\n")).collect();
    database.run(&script).map_err(|error| format!("{error}\n{script}").into())
}

fn mend(database: &Database, playbook: &Playbook) -> TestResult {
    run(database, playbook, &playbook.steps.iter().flat_map(|step| &step.statements).collect::<Vec<_>>())
}

fn undo(database: &Database, playbook: &Playbook) -> TestResult {
    run(database, playbook, &playbook.steps.iter().rev().flat_map(|step| &step.undo).collect::<Vec<_>>())
}

/// Why the only change that is refused is.
fn refusal(playbook: &Playbook) -> &str {
    playbook.impossible.first().map(|(_, reason)| reason.as_str()).unwrap_or_default()
}

/// Where a timestamp without a default gets one by itself and is overwritten at every update, none is left without.
fn timestamps(place: Place) -> TestResult {
    let (database, model) = made(
        place,
        "SET sql_mode = '';
         CREATE TABLE posts (id int NOT NULL PRIMARY KEY, title varchar(20) NOT NULL,
             published_at timestamp NOT NULL DEFAULT '0000-00-00 00:00:00', archived_at timestamp NULL DEFAULT NULL,
             seen_at timestamp NULL DEFAULT NULL);
         INSERT INTO posts VALUES (1, 'a', '2020-01-01', '2020-01-01', '2020-01-01');",
    )?;
    let implicit = database.number("SELECT @@global.explicit_defaults_for_timestamp = 0")? == 1;
    let posts = || named(&model, "posts");
    let changes = [
        Change::SetDefault { table: posts(), column: "published_at".into(), expression: None },
        Change::SetNotNull { table: posts(), column: "archived_at".into(), fill: None },
        Change::MaintainUpdatedAt { table: posts(), column: "seen_at".into() },
    ];
    for (change, is_left) in changes.into_iter().zip([true, true, false]) {
        let playbook = plan(&model, vec![change]);
        let refused = refusal(&playbook).contains("explicit_defaults_for_timestamp is OFF");
        assert_eq!(refused, implicit && is_left, "{playbook:#?}");
        mend(&database, &playbook)?;
    }
    database.run("UPDATE posts SET title = 'b';")?;
    let kept = "SELECT count(*) FROM posts WHERE published_at = '2020-01-01' AND archived_at = '2020-01-01'";
    assert_eq!(database.number(kept)?, 1);
    let after = self::model(&database)?;
    for name in ["published_at", "archived_at"] {
        let column = table(&after, "posts")?.column(name).ok_or("no column")?;
        assert!(column.on_update.is_none(), "{column:?}");
    }
    Ok(())
}

/// An index that code names in a hint stays under its name, since the code would fail.
fn hints(place: Place) -> TestResult {
    let (database, model) = made(
        place,
        "CREATE TABLE customers (id int NOT NULL PRIMARY KEY, email varchar(40) NOT NULL, city varchar(20) NOT NULL,
             UNIQUE KEY by_email (email), KEY by_city (city));
         CREATE TABLE orders (id int NOT NULL PRIMARY KEY, customer_id int NOT NULL, placed_on date NOT NULL,
             number int NOT NULL, KEY by_day (placed_on), KEY by_day_again (placed_on), KEY by_number (number),
             CONSTRAINT of_customer FOREIGN KEY (customer_id) REFERENCES customers (id));
         CREATE TABLE parts (code int NOT NULL, name varchar(20) NOT NULL, UNIQUE KEY by_code (code));
         CREATE VIEW latest AS SELECT id FROM orders FORCE INDEX (by_day_again) WHERE placed_on > '2020-01-01';
         CREATE PROCEDURE found() SELECT id FROM customers IGNORE INDEX FOR ORDER BY (by_email) ORDER BY email;
         CREATE FUNCTION of_city() RETURNS int READS SQL DATA RETURN (SELECT count(*) FROM customers USE KEY (by_ci) WHERE city = 'x');
         CREATE PROCEDURE of_one() SELECT id FROM orders USE INDEX (of_customer) WHERE customer_id = 1;
         CREATE PROCEDURE of_code() SELECT name FROM parts FORCE INDEX (by_code) WHERE code = 1;",
    )?;
    let (customers, orders) = (|| named(&model, "customers"), || named(&model, "orders"));
    let column = |name: &str| brownfield::model::KeyPart::column(name);
    let hinted = [
        (Change::DropIndex { table: orders(), name: "by_day_again".into() }, "view latest names index by_day_again"),
        (
            Change::RenameIndex { table: customers(), name: "by_email".into(), to: "customers_email_key".into() },
            "routine found names index by_email",
        ),
        (Change::DropIndex { table: customers(), name: "by_city".into() }, "routine of_city names index by_city"),
        (
            Change::AddIndex {
                table: orders(),
                name: "orders_customer_id_idx".into(),
                method: "btree".into(),
                key: vec![column("customer_id"), column("placed_on")],
                predicate: None,
            },
            "routine of_one names index of_customer",
        ),
        (
            Change::AddPrimaryKey {
                table: named(&model, "parts"),
                name: "parts_pkey".into(),
                columns: vec!["code".into()],
            },
            "routine of_code names index by_code",
        ),
    ];
    for (change, reason) in hinted {
        let playbook = plan(&model, vec![change]);
        assert!(playbook.steps.is_empty() && refusal(&playbook).contains(reason), "{reason}: {playbook:#?}");
    }
    let others = vec![
        Change::DropIndex { table: orders(), name: "by_day".into() },
        Change::RenameIndex { table: orders(), name: "by_number".into(), to: "orders_number_idx".into() },
    ];
    let mut hidden = model.clone();
    for routine in hidden.schemas.iter_mut().flat_map(|schema| &mut schema.functions) {
        routine.body = None;
    }
    for (model, is_said) in [(&hidden, true), (&model, false)] {
        let playbook = plan(model, vec![Change::DropIndex { table: orders(), name: "by_day".into() }]);
        let said = playbook.steps[0].notes.iter().any(|note| note.contains("may name the index in a hint"));
        assert_eq!(said, is_said, "{playbook:#?}");
    }
    let playbook = plan(&model, others);
    assert_eq!((playbook.steps.len(), playbook.impossible.len()), (2, 0), "{playbook:#?}");
    mend(&database, &playbook)?;
    database.run("SELECT * FROM latest; CALL found(); SELECT of_city(); CALL of_one(); CALL of_code();")?;
    Ok(())
}

/// A row without a parent, from a time without checks, is asked for, ends no step half-way and costs no key.
fn orphans(place: Place) -> TestResult {
    let (database, model) = made(
        place,
        "CREATE TABLE users (id int NOT NULL PRIMARY KEY, name varchar(20) NOT NULL);
         CREATE TABLE orders (id int NOT NULL PRIMARY KEY, user_id int NOT NULL, total int, born date, name varchar(20) NOT NULL,
             FULLTEXT KEY texts (name), CONSTRAINT of_user FOREIGN KEY (user_id) REFERENCES users (id));
         SET foreign_key_checks = 0;
         INSERT INTO orders VALUES (1, 99, 5, '2020-01-01', 'x');",
    )?;
    let orders = || named(&model, "orders");
    let changes = vec![
        Change::AddCheck { table: orders(), name: "orders_total_check".into(), expression: "total >= 0".into() },
        Change::SetNotNull { table: orders(), column: "total".into(), fill: None },
    ];
    let playbook = plan(&model, changes);
    assert_eq!(playbook.steps.len(), 2, "{playbook:#?}");
    mend(&database, &playbook)?;
    undo(&database, &playbook)?;
    mend(&database, &playbook)?;
    let refused = database.run("INSERT INTO orders VALUES (2, 98, 5, '2020-01-01', 'y');");
    assert!(refused.is_err_and(|error| error.contains("foreign key constraint fails")));

    let action = Change::ChangeDeleteAction {
        table: orders(),
        name: Some("of_user".into()),
        columns: vec!["user_id".into()],
        on_delete: Action::Cascade,
    };
    let playbook = plan(&model, vec![action]);
    let asked = playbook.steps[0].pre_check.as_deref().ok_or("nothing is asked before")?;
    assert_eq!(database.number(asked)?, 1, "{asked}");
    let key = |model: &Model| -> Result<Vec<ForeignKey>, String> { Ok(table(model, "orders")?.foreign_keys.clone()) };
    mend(&database, &playbook)?;
    assert_eq!(key(&self::model(&database)?)?[0].on_delete, Action::Cascade);
    undo(&database, &playbook)?;
    assert_eq!(key(&self::model(&database)?)?, key(&model)?);
    Ok(())
}

/// A default that stands for no row at all gets no foreign key; another one has to be asked for.
fn defaults(place: Place) -> TestResult {
    let (database, model) = made(
        place,
        "CREATE TABLE states (code varchar(10) NOT NULL PRIMARY KEY, title varchar(20) NOT NULL);
         CREATE TABLE posts (id integer NOT NULL PRIMARY KEY, parent_id integer DEFAULT 0 NOT NULL, editor_id integer,
             state varchar(10) DEFAULT 'new' NOT NULL);
         CREATE INDEX posts_parent_id_idx ON posts (parent_id);
         CREATE INDEX posts_editor_id_idx ON posts (editor_id);
         CREATE INDEX posts_state_idx ON posts (state);
         INSERT INTO states VALUES ('old', 'x');",
    )?;
    database.run(match place.engine() {
        EngineName::PostgreSql => {
            "CREATE TABLE members (id integer GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY, name varchar(20));"
        }
        EngineName::Sqlite => "CREATE TABLE members (id integer PRIMARY KEY, name varchar(20));",
        _ => "CREATE TABLE members (id integer AUTO_INCREMENT PRIMARY KEY, name varchar(20));",
    })?;
    drop(model);
    let model = self::model(&database)?;
    let key = |column: &str, parent: &str, referenced: &str| Change::AddForeignKey {
        table: named(&model, "posts"),
        name: format!("posts_{column}_fkey"),
        columns: vec![column.into()],
        referenced_table: named(&model, parent),
        referenced_columns: vec![referenced.into()],
        on_delete: Action::NoAction,
        on_update: Action::NoAction,
    };
    let playbook = plan(&model, vec![key("parent_id", "members", "id")]);
    assert!(playbook.steps.is_empty(), "{playbook:#?}");
    assert!(refusal(&playbook).starts_with("parent_id is 0 where there is none"), "{playbook:#?}");
    let playbook = plan(&model, vec![key("editor_id", "members", "id")]);
    assert!(!playbook.steps.iter().any(|step| step.notes.iter().any(|note| note.contains("leaves editor_id out"))));
    assert!(!playbook.steps.is_empty() && playbook.impossible.is_empty(), "{playbook:#?}");

    let playbook = plan(&model, vec![key("state", "states", "code")]);
    let step = playbook.steps.first().ok_or("no step")?;
    assert!(step.notes.iter().any(|note| note.contains("leaves state out")), "{step:#?}");
    assert!(step.safety == Safety::Breaking, "{step:#?}");
    let asked: Vec<String> = step.pre_check.as_deref().unwrap_or_default().split("; ").map(str::to_owned).collect();
    assert_eq!(database.numbers(&asked)?, [0, 1], "{asked:#?}");
    database.run("INSERT INTO states VALUES ('new', 'y');")?;
    assert_eq!(database.numbers(&asked)?, [0, 0], "{asked:#?}");
    if place != Place::Sqlite {
        mend(&database, &playbook)?;
        database.run("INSERT INTO posts (id) VALUES (1);")?;
    }
    Ok(())
}

/// Rows that are numbered for each group stay where they are, and a table in memory comes back as it was.
fn engines(place: Place) -> TestResult {
    let (database, model) = made(
        place,
        "CREATE TABLE numbered (shop int NOT NULL, id int NOT NULL AUTO_INCREMENT, PRIMARY KEY (shop, id)) ENGINE=MyISAM;
         INSERT INTO numbered (shop) VALUES (1), (1), (2);
         CREATE TABLE `lines` (id int NOT NULL, text varchar(20) NOT NULL) ENGINE=CSV;
         CREATE TABLE sums (id int NOT NULL, a int NOT NULL, b int NOT NULL, c int NOT NULL, PRIMARY KEY (id), KEY of_a (a),
             KEY of_b (b) USING HASH, KEY of_c (c) USING BTREE) ENGINE=MEMORY;",
    )?;
    let change = |name: &str| Change::SetStorageEngine { table: named(&model, name), engine: "InnoDB".into() };
    let playbook = plan(&model, vec![change("numbered")]);
    assert!(playbook.steps.is_empty() && refusal(&playbook).contains("id begins at 1 for each value"), "{playbook:#?}");
    let keys = ["id"].map(str::to_owned).to_vec();
    let playbook = plan(
        &model,
        vec![
            Change::AddPrimaryKey { table: named(&model, "lines"), name: "lines_pkey".into(), columns: keys },
            Change::AddSurrogateKey {
                table: named(&model, "lines"),
                column: "line_id".into(),
                name: "lines_pkey".into(),
            },
        ],
    );
    assert!(playbook.steps.is_empty() && playbook.impossible.len() == 2, "{playbook:#?}");
    let playbook = plan(&model, vec![change("sums")]);
    assert!(playbook.steps[0].notes.iter().any(|note| note.contains("is empty after the server starts")));
    mend(&database, &playbook)?;
    assert_eq!(table(&self::model(&database)?, "sums")?.storage_engine.as_deref(), Some("InnoDB"));
    undo(&database, &playbook)?;
    assert_eq!(table(&self::model(&database)?, "sums")?, table(&model, "sums")?);
    Ok(())
}

/// Numbers that are shown with leading zeros still are when there is room for more.
fn zeros(place: Place) -> TestResult {
    let (database, model) = made(
        place,
        "CREATE TABLE invoices (id int(8) unsigned zerofill NOT NULL AUTO_INCREMENT PRIMARY KEY, name varchar(20) NOT NULL);
         CREATE TABLE items (id bigint NOT NULL PRIMARY KEY, invoice_id int unsigned NOT NULL,
             CONSTRAINT of_invoice FOREIGN KEY (invoice_id) REFERENCES invoices (id) ON DELETE CASCADE);
         INSERT INTO invoices VALUES (42, 'x');
         INSERT INTO items VALUES (1, 42);",
    )?;
    let change = Change::ChangeType {
        table: named(&model, "invoices"),
        column: "id".into(),
        data_type: "bigint unsigned".into(),
        with: vec![(named(&model, "items"), "invoice_id".into())],
    };
    let playbook = plan(&model, vec![change]);
    mend(&database, &playbook)?;
    assert_eq!(database.query("SELECT concat(id) FROM invoices")?.concat(), ["00000042"]);
    assert_eq!(database.query("SELECT concat(invoice_id) FROM items")?.concat(), ["42"]);
    let after = self::model(&database)?;
    let mut foretold = model.clone();
    brownfield::remedy::project(&mut foretold, &playbook);
    let id = |model: &Model| -> Result<String, String> {
        Ok(table(model, "invoices")?.column("id").ok_or("no column")?.data_type.to_string())
    };
    assert_eq!(
        (id(&after)?.as_str(), id(&foretold)?.as_str()),
        ("bigint(8) unsigned zerofill", "bigint(8) unsigned zerofill")
    );
    Ok(())
}

/// Tables with several full-text indexes take columns and keys.
fn texts(place: Place) -> TestResult {
    let (database, model) = made(
        place,
        "CREATE TABLE notes (id int NOT NULL PRIMARY KEY, title varchar(20) NOT NULL, body text,
             FULLTEXT KEY of_title (title), FULLTEXT KEY of_all (title, body));
         CREATE TABLE keyless (title varchar(20) NOT NULL, body text, FULLTEXT KEY of_title (title), FULLTEXT KEY of_body (body));
         INSERT INTO notes VALUES (1, 'a', 'b');
         INSERT INTO keyless VALUES ('a', 'b');",
    )?;
    let notes = || named(&model, "notes");
    let changes = vec![
        Change::AddColumn {
            table: notes(),
            column: brownfield::checks::NewColumn {
                name: "state".into(),
                data_type: "varchar(10)".into(),
                default: Some("'new'".into()),
                fill: None,
                not_null: true,
                on_update: None,
            },
        },
        Change::SetNotNull { table: notes(), column: "body".into(), fill: None },
        Change::AddSurrogateKey { table: named(&model, "keyless"), column: "id".into(), name: "keyless_pkey".into() },
    ];
    let playbook = plan(&model, changes);
    assert!(playbook.impossible.is_empty(), "{playbook:#?}");
    mend(&database, &playbook)?;
    let after = self::model(&database)?;
    assert!(table(&after, "notes")?.column("state").is_some_and(|column| !column.nullable));
    assert!(table(&after, "keyless")?.primary_key.is_some());
    Ok(())
}

/// An index that comes back is as hidden and as commented as it was.
fn hidden_indexes(place: Place) -> TestResult {
    let hidden = match place.engine() {
        EngineName::MariaDb if place.version() < (10, 6) => "",
        EngineName::MariaDb => "IGNORED",
        _ => "INVISIBLE",
    };
    let (database, model) = made(
        place,
        &format!(
            "CREATE TABLE notes (id int NOT NULL PRIMARY KEY, a int NOT NULL, b int NOT NULL,
                 KEY of_a (a) COMMENT 'it''s one' {hidden}, KEY of_a_b (a, b));"
        ),
    )?;
    let playbook = plan(&model, vec![Change::DropIndex { table: named(&model, "notes"), name: "of_a".into() }]);
    mend(&database, &playbook)?;
    undo(&database, &playbook)?;
    let after = self::model(&database)?;
    let index = |model: &Model| -> Result<Index, String> {
        let indexes = &table(model, "notes")?.indexes;
        indexes.iter().find(|index| index.name == "of_a").cloned().ok_or_else(|| "no index".into())
    };
    assert_eq!(index(&after)?, index(&model)?);
    assert_eq!(index(&after)?.visible, hidden.is_empty());
    Ok(())
}

/// A foreign key that goes and comes back has no action that nobody chose, and those that somebody did.
fn unchosen_actions(place: Place) -> TestResult {
    let (database, model) = made(
        place,
        "CREATE TABLE users (id int NOT NULL PRIMARY KEY, name varchar(20) NOT NULL);
         CREATE TABLE orders (id int NOT NULL PRIMARY KEY, user_id int NOT NULL, buyer_id int, payer_id int NOT NULL,
             CONSTRAINT of_user FOREIGN KEY (user_id) REFERENCES users (id),
             CONSTRAINT of_buyer FOREIGN KEY (buyer_id) REFERENCES users (id) ON DELETE SET NULL ON UPDATE CASCADE,
             CONSTRAINT of_payer FOREIGN KEY (payer_id) REFERENCES users (id) ON DELETE NO ACTION ON UPDATE NO ACTION);",
    )?;
    let orders = || named(&model, "orders");
    let change = Change::ChangeType {
        table: named(&model, "users"),
        column: "id".into(),
        data_type: "bigint".into(),
        with: ["user_id", "buyer_id", "payer_id"].map(|column| (orders(), column.to_owned())).to_vec(),
    };
    let playbook = plan(&model, vec![change]);
    assert!(playbook.impossible.is_empty(), "{playbook:#?}");
    mend(&database, &playbook)?;
    let after = self::model(&database)?;
    assert_eq!(table(&after, "orders")?.foreign_keys, table(&model, "orders")?.foreign_keys);
    assert_eq!(
        table(&after, "orders")?.column("buyer_id").map(|column| column.base_type().to_owned()),
        Some("bigint".into())
    );
    Ok(())
}
