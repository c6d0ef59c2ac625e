//! Code in the database that rests on columns, keys and rights: after the whole playbook it does what it did before.

use crate::examples::apply;
use crate::playbook::plan;
use crate::support::database::{Database, Place};
use crate::support::times::trial;
use crate::support::{TestResult, chain, read};
use brownfield::checks::Change;
use brownfield::model::{Action, EngineName, Tables};
use brownfield::remedy::Playbook;
use brownfield::render::sql;
use brownfield::report::Report;
use brownfield::settings::Settings;
use libtest_mimic::Trial;

pub(crate) fn add(trials: &mut Vec<Trial>) {
    for place in Place::all() {
        let name = place.name();
        trials.push(trial(format!("live::code::values::{name}"), move || values(place)));
        trials.push(trial(format!("live::code::listed_columns::{name}"), move || listed_columns(place)));
    }
    for place in Place::of(EngineName::PostgreSql) {
        let name = place.name();
        for case in CASES.iter().filter(|case| place.version().0 >= case.since) {
            trials.push(trial(format!("live::code::{}::{name}", case.name), move || kept(place, case)));
        }
        trials.push(trial(format!("live::code::fills_before_checks::{name}"), move || fills_before_checks(place)));
        trials.push(trial(format!("live::code::keys_come_back::{name}"), move || keys_come_back(place)));
        trials.push(trial(format!("live::code::emptied::{name}"), move || emptied(place)));
        trials.push(trial(format!("live::code::foreign_rows::{name}"), move || foreign_rows(place)));
    }
}

/// A database in which something works.
struct Case {
    name: &'static str,
    /// First version that has what it shows.
    since: u32,
    schema: &'static str,
    /// What works, and what it answers.
    probe: &'static str,
    answer: &'static [&'static str],
    /// What reasons, notes or queries of the playbook say.
    said: &'static [&'static str],
}

const CASES: [Case; 16] = [
    Case {
        name: "deferred_exchange",
        since: 0,
        schema: "CREATE TABLE cards (id bigint PRIMARY KEY, list_id bigint NOT NULL, position int NOT NULL, deleted_at timestamptz,
                CONSTRAINT cards_position_key UNIQUE (list_id, position) DEFERRABLE INITIALLY DEFERRED);
            INSERT INTO cards SELECT n, 1, n FROM generate_series(1, 20) AS n;",
        probe: "BEGIN;
            UPDATE cards SET position = 2 WHERE id = 1;
            UPDATE cards SET position = 1 WHERE id = 2;
            COMMIT;
            SELECT string_agg(position::text, ',' ORDER BY id) FROM cards WHERE id < 3",
        answer: &["2,1"],
        said: &["is deferrable"],
    },
    Case {
        name: "null_on_delete",
        since: 0,
        schema: "CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL UNIQUE);
            CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint REFERENCES users (id) ON DELETE SET NULL, kind text);
            CREATE INDEX ON orders (user_id);
            INSERT INTO users SELECT n, 'u' || n FROM generate_series(1, 30) AS n;
            INSERT INTO orders SELECT n, 1 + n % 30 FROM generate_series(1, 2000) AS n;",
        probe: "DELETE FROM users WHERE id = 7; SELECT count(*) > 0 FROM orders WHERE user_id IS NULL",
        answer: &["t"],
        said: &[],
    },
    Case {
        name: "nulls_of_meaning",
        since: 0,
        schema: "CREATE TABLE posts (id bigint PRIMARY KEY, title text NOT NULL, published_at timestamptz DEFAULT now(),
                discount int DEFAULT 0);
            INSERT INTO posts SELECT n, 't', CASE WHEN n % 2 = 0 THEN now() END, CASE WHEN n % 4 = 0 THEN 5 END
                FROM generate_series(1, 1000) AS n;",
        probe: "SELECT count(*) FROM posts WHERE published_at IS NULL; SELECT count(*) FROM posts WHERE discount IS NULL",
        answer: &["500", "750"],
        said: &[],
    },
    Case {
        name: "arguments",
        since: 0,
        schema: "CREATE TABLE users (id serial PRIMARY KEY, email text NOT NULL, name text NOT NULL);
            CREATE TABLE orders (id serial PRIMARY KEY, user_id int NOT NULL REFERENCES users (id), total numeric NOT NULL);
            CREATE INDEX ON orders (user_id);
            CREATE FUNCTION note_user(one int) RETURNS void LANGUAGE plpgsql AS 'BEGIN NULL; END';
            CREATE FUNCTION noted() RETURNS trigger LANGUAGE plpgsql AS
                'BEGIN PERFORM note_user(NEW.user_id); RETURN NEW; END';
            CREATE TRIGGER noted AFTER INSERT ON orders FOR EACH ROW EXECUTE FUNCTION noted();
            INSERT INTO users (email, name) VALUES ('a', 'b');",
        probe: "INSERT INTO orders (user_id, total) VALUES (1, 1); SELECT count(*) FROM orders",
        answer: &["1"],
        said: &["routine noted calls note_user with user_id"],
    },
    Case {
        name: "returned_rows",
        since: 0,
        schema: "CREATE TABLE users (id serial PRIMARY KEY, email text NOT NULL, name text NOT NULL);
            CREATE FUNCTION list_users() RETURNS TABLE (id int, email text, name text) LANGUAGE plpgsql AS
                'BEGIN RETURN QUERY SELECT * FROM users; END';
            CREATE TABLE orders (id serial PRIMARY KEY, total double precision NOT NULL, title text NOT NULL, weight int);
            CREATE FUNCTION list_orders() RETURNS TABLE (id int, total double precision, title text, weight int) LANGUAGE sql AS
                'SELECT * FROM orders';
            CREATE TABLE carts (id bigint PRIMARY KEY, created_at timestamptz NOT NULL DEFAULT now());
            CREATE TABLE parcels (id bigint PRIMARY KEY, created_at timestamptz NOT NULL DEFAULT now());
            CREATE TABLE returns (id bigint PRIMARY KEY, created_at timestamptz NOT NULL DEFAULT now());
            CREATE TABLE shops (id serial PRIMARY KEY, title text NOT NULL);
            CREATE FUNCTION list_shops() RETURNS SETOF int LANGUAGE plpgsql AS
                'BEGIN RETURN QUERY SELECT id FROM shops; END';
            INSERT INTO shops (title) VALUES ('a');
            INSERT INTO users (email, name) SELECT 'u' || n, 'b' FROM generate_series(1, 2000) AS n;
            INSERT INTO orders (total, title) SELECT n, 'b' FROM generate_series(1, 2000) AS n;",
        probe: "SELECT sum(id) FROM list_users(); SELECT sum(id) FROM list_orders(); SELECT list_shops()",
        answer: &["2001000", "2001000", "1"],
        said: &["routine list_users returns id as integer", "routine list_orders returns every column of orders"],
    },
    Case {
        name: "compared_texts",
        since: 0,
        schema: "CREATE TABLE documents (id bigint PRIMARY KEY, document_uuid varchar(36) NOT NULL UNIQUE, title text NOT NULL);
            CREATE FUNCTION find(one text) RETURNS bigint LANGUAGE sql AS
                'SELECT id FROM documents WHERE document_uuid = one';
            INSERT INTO documents VALUES (1, '2f0d0c5e-5a0c-4f53-9c39-5e6e7b6a3f10', 'a');",
        probe: "SELECT find('2f0d0c5e-5a0c-4f53-9c39-5e6e7b6a3f10')",
        answer: &["1"],
        said: &["routine find says document_uuid"],
    },
    Case {
        name: "moved_rows",
        since: 0,
        schema: "CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL, name text NOT NULL, weight int);
            CREATE TABLE users_archive (id bigint PRIMARY KEY, email text NOT NULL, name text NOT NULL, weight int);
            CREATE TABLE carts (id bigint PRIMARY KEY, created_at timestamptz NOT NULL DEFAULT now());
            CREATE TABLE parcels (id bigint PRIMARY KEY, created_at timestamptz NOT NULL DEFAULT now());
            CREATE TABLE returns (id bigint PRIMARY KEY, created_at timestamptz NOT NULL DEFAULT now());
            CREATE FUNCTION archive() RETURNS void LANGUAGE sql AS
                'WITH moved AS (DELETE FROM users RETURNING *) INSERT INTO users_archive SELECT * FROM moved';
            INSERT INTO users SELECT n, 'u' || n, 'b' FROM generate_series(1, 2000) AS n;",
        probe: "SELECT archive(); SELECT count(*) FROM users_archive",
        answer: &["", "2000"],
        said: &["inserts every column of users elsewhere"],
    },
    Case {
        name: "named_constraint",
        since: 0,
        schema: "CREATE TABLE accounts (id bigint PRIMARY KEY, code text NOT NULL, name text NOT NULL,
                CONSTRAINT weird_name UNIQUE (code));
            CREATE TABLE products (id bigint PRIMARY KEY, sku text NOT NULL, CONSTRAINT products_sku_key UNIQUE (sku));
            CREATE TABLE shops (id bigint PRIMARY KEY, slug text NOT NULL, CONSTRAINT shops_slug_key UNIQUE (slug));
            CREATE TABLE brands (id bigint PRIMARY KEY, slug text NOT NULL, CONSTRAINT brands_slug_key UNIQUE (slug));
            CREATE TABLE towns (id bigint PRIMARY KEY, slug text NOT NULL, CONSTRAINT towns_slug_key UNIQUE (slug));
            CREATE TABLE roads (id bigint PRIMARY KEY, slug text NOT NULL, CONSTRAINT roads_slug_key UNIQUE (slug));
            CREATE FUNCTION put(one text) RETURNS void LANGUAGE plpgsql AS
                'BEGIN INSERT INTO accounts (id, code, name) VALUES (1, one, ''x'')
                    ON CONFLICT ON CONSTRAINT weird_name DO UPDATE SET name = ''y''; END';
            INSERT INTO accounts VALUES (1, 'a', 'x');",
        probe: "SELECT put('a'); SELECT name FROM accounts",
        answer: &["", "y"],
        said: &["routine put says the old name"],
    },
    Case {
        name: "old_owner",
        since: 0,
        schema: "CREATE TABLE plain (id bigint PRIMARY KEY, name text NOT NULL);
            CREATE TABLE simple (id bigint PRIMARY KEY, name text NOT NULL);
            CREATE TABLE usual (id bigint PRIMARY KEY, name text NOT NULL);
            CREATE TABLE special (id bigserial PRIMARY KEY, name text NOT NULL);
            CREATE VIEW shown AS SELECT id, name FROM special;
            ALTER TABLE special OWNER TO pg_monitor;
            ALTER VIEW shown OWNER TO pg_monitor;
            CREATE TABLE hidden (id bigint PRIMARY KEY, name text NOT NULL);
            ALTER TABLE hidden ENABLE ROW LEVEL SECURITY;
            CREATE POLICY nobody ON hidden USING (false);
            ALTER TABLE hidden OWNER TO pg_monitor;
            INSERT INTO hidden VALUES (1, 'a');",
        probe: "SET ROLE pg_monitor;
            INSERT INTO special (name) VALUES ('a');
            SELECT count(*) FROM special;
            SELECT count(*) FROM shown;
            SELECT count(*) FROM hidden",
        answer: &["1", "1", "1"],
        said: &["pg_monitor keeps its rights on the rows", "row security binds all but the owner of hidden"],
    },
    Case {
        name: "subscribers",
        since: 0,
        schema: "CREATE TABLE readings (sensor integer NOT NULL, value integer);
            CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL, name text NOT NULL, weight int);
            CREATE TABLE carts (id bigint PRIMARY KEY, created_at timestamptz NOT NULL DEFAULT now());
            CREATE TABLE parcels (id bigint PRIMARY KEY, created_at timestamptz NOT NULL DEFAULT now());
            CREATE TABLE returns (id bigint PRIMARY KEY, created_at timestamptz NOT NULL DEFAULT now());
            CREATE PUBLICATION everything FOR TABLE readings, users;
            INSERT INTO readings VALUES (1, 1), (1, 1);
            INSERT INTO users SELECT n, 'u' || n, 'b' FROM generate_series(1, 2000) AS n;",
        probe: "SELECT count(*) FROM information_schema.columns WHERE table_name = 'readings'",
        answer: &["2"],
        said: &["publication everything sends every column, and subscribers stop", "Add it on the subscribers first"],
    },
    Case {
        name: "left_out",
        since: 0,
        schema: "CREATE TABLE posts (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, title text NOT NULL, kind text, note text);
            CREATE VIEW shown AS SELECT title FROM posts;
            CREATE FUNCTION add_post() RETURNS trigger LANGUAGE plpgsql AS
                'BEGIN INSERT INTO posts (title, note) VALUES (NEW.title, ''n''); RETURN NEW; END';
            CREATE TRIGGER add_post INSTEAD OF INSERT ON shown FOR EACH ROW EXECUTE FUNCTION add_post();
            INSERT INTO posts (title, kind, note) SELECT 't', 'k', 'n' FROM generate_series(1, 2000);",
        probe: "INSERT INTO shown VALUES ('a'); SELECT count(*) FROM posts WHERE kind IS NULL",
        answer: &["1"],
        said: &["routine add_post inserts into posts without kind"],
    },
    Case {
        name: "tree",
        since: 14,
        schema: "CREATE TABLE accounts (id serial PRIMARY KEY, name text NOT NULL);
            CREATE FUNCTION called(one int) RETURNS text LANGUAGE sql BEGIN ATOMIC SELECT name FROM accounts WHERE id = one; END;
            INSERT INTO accounts VALUES (1, 'a');",
        probe: "SELECT called(1)",
        answer: &["a"],
        said: &["function called is bound to columns and names id"],
    },
    Case {
        name: "rows_in_columns",
        since: 0,
        schema: "CREATE TABLE accounts (id serial PRIMARY KEY, name text NOT NULL);
            CREATE TABLE audit (id bigserial PRIMARY KEY, old_row accounts NOT NULL);
            INSERT INTO accounts VALUES (1, 'a');
            INSERT INTO audit (old_row) SELECT a FROM accounts AS a;",
        probe: "SELECT (old_row).name FROM audit",
        answer: &["a"],
        said: &["audit.old_row holds rows of accounts"],
    },
    Case {
        name: "compared_money",
        since: 0,
        schema: "CREATE TABLE ledger (id bigint PRIMARY KEY, amount money NOT NULL CONSTRAINT positive CHECK (amount >= 0::money));
            INSERT INTO ledger VALUES (1, 2);",
        probe: "SELECT count(*) FROM ledger",
        answer: &["1"],
        said: &["check positive compares amount with money"],
    },
    Case {
        name: "children",
        since: 0,
        schema: "CREATE TABLE base (name text NOT NULL, made date NOT NULL);
            CREATE TABLE child (extra int) INHERITS (base);
            CREATE TABLE vehicles (id bigint PRIMARY KEY, name text NOT NULL);
            CREATE TABLE cars (wheels int NOT NULL) INHERITS (vehicles);
            CREATE TABLE trips (id bigint PRIMARY KEY, vehicle_id bigint NOT NULL);
            CREATE TABLE notes (id bigint PRIMARY KEY, vehicle_id bigint NOT NULL);
            CREATE INDEX ON notes (vehicle_id);
            INSERT INTO base VALUES ('a', '2020-01-01'), ('a', '2020-01-01');
            INSERT INTO vehicles VALUES (1, 'a');
            INSERT INTO cars VALUES (2, 'a', 4);
            INSERT INTO trips VALUES (1, 2);
            INSERT INTO notes VALUES (1, 1);
            ALTER TABLE notes ADD FOREIGN KEY (vehicle_id) REFERENCES vehicles (id) ON DELETE CASCADE NOT VALID;",
        probe: "INSERT INTO trips VALUES (2, 2); SELECT count(*) FROM trips",
        answer: &["2"],
        said: &["child inherits from base", "FROM ONLY public.vehicles AS p"],
    },
    Case {
        name: "foreign_partitions",
        since: 0,
        schema: "CREATE EXTENSION file_fdw;
            CREATE SERVER far FOREIGN DATA WRAPPER file_fdw;
            CREATE TABLE customers (id bigint PRIMARY KEY, name text NOT NULL);
            CREATE TABLE events (id bigint NOT NULL, customer_id bigint NOT NULL, at timestamptz NOT NULL, flag boolean,
                shop_id bigint NOT NULL) PARTITION BY RANGE (at);
            CREATE TABLE events_2023 PARTITION OF events FOR VALUES FROM ('2023-01-01') TO ('2024-01-01');
            CREATE TABLE events_2024 PARTITION OF events FOR VALUES FROM ('2024-01-01') TO ('2025-01-01') PARTITION BY LIST (flag);
            CREATE TABLE events_2024_rest PARTITION OF events_2024 DEFAULT;
            CREATE FOREIGN TABLE events_2022 PARTITION OF events FOR VALUES FROM ('2022-01-01') TO ('2023-01-01')
                SERVER far OPTIONS (program 'true', format 'csv');
            CREATE INDEX ON events_2023 (customer_id);
            INSERT INTO customers SELECT n, 'c' FROM generate_series(1, 20) AS n;
            INSERT INTO events SELECT n, n, '2023-06-01', NULL, 1 FROM generate_series(1, 20) AS n;",
        probe: "SELECT count(*) FROM pg_index WHERE NOT indisvalid;
            SELECT count(*) >= 1 FROM pg_index WHERE indrelid = 'events'::regclass",
        answer: &["0", "t"],
        said: &["can be at neither end of a foreign key", "whose rows an UPDATE may not reach"],
    },
];

/// What works before the whole playbook works after it, and the playbook says what it leaves.
fn kept(place: Place, case: &Case) -> TestResult {
    let database = Database::new(place)?;
    database.run(case.schema)?;
    database.run("ANALYZE;")?;
    let model = read(&database.url()).map_err(|error| chain(&error))?;
    let (tables, settings) = (Tables::new(&model), Settings::default());
    let report = Report::new(&model, &tables, &settings);
    let said = all_said(&report.playbook);
    for expected in case.said {
        assert!(said.iter().any(|text| text.contains(expected)), "{expected}: {said:#?}");
    }
    let script = sql::render(&report, &[]);
    database.run(&script).map_err(|error| format!("{error}\n{script}"))?;
    let answer: Vec<String> =
        database.query(case.probe).map_err(|error| format!("{error}\n{script}"))?.into_iter().flatten().collect();
    assert_eq!(answer, case.answer, "{script}");
    Ok(())
}

fn all_said(playbook: &Playbook) -> Vec<&str> {
    let steps = playbook.steps.iter();
    let of_steps = steps.flat_map(|step| step.notes.iter().map(|note| &**note).chain(step.pre_check.as_deref()));
    playbook.impossible.iter().map(|(_, reason)| reason.as_str()).chain(of_steps).collect()
}

/// No moment is invented, and a constant takes the place of NULL only with a word about it.
fn values(place: Place) -> TestResult {
    let database = Database::new(place)?;
    database.run(
        "CREATE TABLE posts (id integer NOT NULL PRIMARY KEY, title varchar(20) NOT NULL,
             published_at timestamp NULL DEFAULT CURRENT_TIMESTAMP, discount integer DEFAULT 0);
         INSERT INTO posts VALUES (1, 'a', NULL, 7);",
    )?;
    let model = read(&database.url()).map_err(|error| chain(&error))?;
    let (tables, settings) = (Tables::new(&model), Settings::default());
    let report = Report::new(&model, &tables, &settings);
    let said = all_said(&report.playbook);
    assert!(said.iter().any(|text| text.contains("It overwrites NULL")), "{said:#?}");
    let script: String =
        sql::render(&report, &[]).lines().filter(|line| !line.starts_with('.')).flat_map(|line| [line, "\n"]).collect();
    database.run(&script).map_err(|error| format!("{error}\n{script}"))?;
    assert_eq!(database.number("SELECT count(*) FROM posts WHERE published_at IS NULL")?, 1, "{script}");
    Ok(())
}

/// Rows that break a new check are filled all the same: the check is not there yet.
fn fills_before_checks(place: Place) -> TestResult {
    let database = Database::new(place)?;
    database.run(
        "CREATE TABLE lines (id bigint PRIMARY KEY, quantity integer NOT NULL, price numeric NOT NULL, is_gift boolean);
         INSERT INTO lines SELECT n, -n, -n FROM generate_series(1, 50) AS n;",
    )?;
    let model = read(&database.url()).map_err(|error| chain(&error))?;
    let (tables, settings) = (Tables::new(&model), Settings::default());
    let report = Report::new(&model, &tables, &settings);
    let is_new = |change: &&Change| matches!(change, Change::AddCheck { .. });
    assert!(report.playbook.changes.iter().any(|change| is_new(&change)), "{:#?}", report.playbook.changes);
    // What refuses the rows stops it, after the fill.
    let ended = database.run(&sql::render(&report, &[]));
    assert!(ended.is_err_and(|error| error.contains("is violated by some row")));
    assert_eq!(database.number("SELECT count(*) FROM lines WHERE is_gift IS NULL")?, 0);
    Ok(())
}

/// A unique constraint that was dropped comes back as it was.
fn keys_come_back(place: Place) -> TestResult {
    let database = Database::new(place)?;
    database.run(
        "CREATE TABLE kids (id bigint PRIMARY KEY, code text, sort int NOT NULL,
             CONSTRAINT covering UNIQUE (code) INCLUDE (sort),
             CONSTRAINT late UNIQUE (sort, code) DEFERRABLE INITIALLY DEFERRED);",
    )?;
    if place.version().0 >= 15 {
        database.run("ALTER TABLE kids ADD CONSTRAINT one_null UNIQUE NULLS NOT DISTINCT (code, id)")?;
    }
    let before = read(&database.url()).map_err(|error| chain(&error))?;
    let table = Tables::new(&before).base().next().ok_or("no table")?.qualified_name();
    for name in ["covering", "late", "one_null"].into_iter().take(if place.version().0 >= 15 { 3 } else { 2 }) {
        let playbook = plan(&before, vec![Change::DropIndex { table: table.clone(), name: name.to_owned() }]);
        let [step] = &playbook.steps[..] else { panic!("{:#?}", playbook.impossible) };
        database.run(&step.statements.join(";"))?;
        database.run(&step.undo.join(";"))?;
    }
    let after = read(&database.url()).map_err(|error| chain(&error))?;
    assert_eq!(before.schemas, after.schemas);
    Ok(())
}

/// A trigger that leaves a column out goes on working.
fn listed_columns(place: Place) -> TestResult {
    let database = Database::new(place)?;
    database.run(
        "CREATE TABLE posts (id integer NOT NULL PRIMARY KEY, title varchar(20) NOT NULL);
         CREATE TABLE notes (id integer NOT NULL PRIMARY KEY, name varchar(20), body varchar(20));",
    )?;
    let copy = "INSERT INTO notes (id, body) VALUES (NEW.id, 'made')";
    database.run(&match place.engine() {
        EngineName::PostgreSql => format!(
            "CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {copy}; RETURN NEW; END $$;
             CREATE TRIGGER noted AFTER INSERT ON posts FOR EACH ROW EXECUTE FUNCTION note();"
        ),
        EngineName::Sqlite => format!("CREATE TRIGGER noted AFTER INSERT ON posts BEGIN {copy}; END;"),
        _ => format!("CREATE TRIGGER noted AFTER INSERT ON posts FOR EACH ROW {copy};"),
    })?;
    let model = read(&database.url()).map_err(|error| chain(&error))?;
    let table = Tables::new(&model).base().find(|of| of.name == "notes").ok_or("no table")?.qualified_name();
    let not_null = |column: &str| Change::SetNotNull { table: table.clone(), column: column.to_owned(), fill: None };
    let playbook = plan(&model, vec![not_null("name")]);
    let [(_, reason)] = &playbook.impossible[..] else { panic!("{:#?}", playbook.steps) };
    assert!(reason.contains("inserts into notes without name"), "{reason}");
    let playbook = plan(&model, vec![not_null("body")]);
    assert!(playbook.impossible.is_empty() && !playbook.steps.is_empty(), "{:#?}", playbook.impossible);
    apply(&playbook, &database)?;
    database.run("INSERT INTO posts VALUES (1, 'a');")?;
    assert_eq!(database.number("SELECT count(*) FROM notes WHERE name IS NULL")?, 1);
    Ok(())
}

/// What a foreign key sets to NULL stays nullable, whoever asks for more, unless its action goes.
fn emptied(place: Place) -> TestResult {
    let database = Database::new(place)?;
    database.run(
        "CREATE TABLE users (id bigint PRIMARY KEY);
         CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint CONSTRAINT made_by REFERENCES users ON DELETE SET NULL);",
    )?;
    let model = read(&database.url()).map_err(|error| chain(&error))?;
    let table = Tables::new(&model).base().find(|of| of.name == "orders").ok_or("no table")?.qualified_name();
    let columns = vec!["user_id".to_owned()];
    let not_null = Change::SetNotNull { table: table.clone(), column: "user_id".to_owned(), fill: None };
    let playbook = plan(&model, vec![not_null.clone()]);
    let [(_, reason)] = &playbook.impossible[..] else { panic!("{:#?}", playbook.steps) };
    assert!(reason.contains("sets the column to NULL"), "{reason}");
    let name = Some("made_by".to_owned());
    let cascade = Change::ChangeDeleteAction { table, name, columns, on_delete: Action::Cascade };
    let playbook = plan(&model, vec![cascade, not_null]);
    assert!(playbook.impossible.is_empty(), "{:#?}", playbook.impossible);
    apply(&playbook, &database)?;
    Ok(())
}

/// Partitions that are foreign tables do not keep others from what they stand, and an index that they leave invalid is not begun
/// again.
fn foreign_rows(place: Place) -> TestResult {
    let database = Database::new(place)?;
    database.run(
        "CREATE EXTENSION file_fdw;
         CREATE SERVER far FOREIGN DATA WRAPPER file_fdw;
         CREATE TABLE events (id bigint NOT NULL, at date NOT NULL, kind text) PARTITION BY RANGE (at);
         CREATE TABLE events_2023 PARTITION OF events FOR VALUES FROM ('2023-01-01') TO ('2024-01-01');
         CREATE FOREIGN TABLE events_2022 PARTITION OF events FOR VALUES FROM ('2022-01-01') TO ('2023-01-01')
             SERVER far OPTIONS (program 'true', format 'csv');
         CREATE INDEX events_at ON ONLY events (at);
         INSERT INTO events VALUES (1, '2023-06-01', 'a');",
    )?;
    let model = read(&database.url()).map_err(|error| chain(&error))?;
    let table = Tables::new(&model).base().find(|of| of.name == "events").ok_or("no table")?.qualified_name();
    let playbook = plan(
        &model,
        vec![
            Change::SetNotNull { table: table.clone(), column: "kind".to_owned(), fill: None },
            Change::AddCheck { table: table.clone(), name: "positive".to_owned(), expression: "id > 0".to_owned() },
        ],
    );
    assert!(playbook.impossible.is_empty(), "{:#?}", playbook.impossible);
    apply(&playbook, &database)?;
    let unique = Change::AddUnique {
        table: table.clone(),
        name: "once".to_owned(),
        columns: vec!["id".to_owned(), "at".to_owned()],
        nulls_not_distinct: false,
        predicate: None,
        replaces: None,
    };
    let lookup = Change::AddLookupTable {
        table: table.clone(),
        column: "kind".to_owned(),
        lookup_table: "event_kinds".to_owned(),
        name: "events_kind_fkey".to_owned(),
        index: "events_kind_idx".to_owned(),
    };
    let playbook = plan(&model, vec![unique, lookup, Change::RepairIndex { table, name: "events_at".to_owned() }]);
    let reasons: Vec<&str> = playbook.impossible.iter().map(|(_, reason)| reason.as_str()).collect();
    assert!(reasons.iter().all(|reason| reason.contains("events_2022 is a foreign table")), "{reasons:#?}");
    assert_eq!((reasons.len(), playbook.steps.len()), (3, 0), "{:#?}", playbook.steps);
    Ok(())
}
