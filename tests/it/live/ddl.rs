//! `--format ddl` makes the same schema anew.

use crate::support::database::{Database, Place};
use crate::support::times::trial;
use crate::support::{TestResult, chain, read_with, schemas};
use brownfield::catalog::{Filter, Options};
use brownfield::model::{EngineName, Model, Partitioning, Tables};
use brownfield::render::ddl;
use brownfield::render::markdown::{self, DocumentOptions};
use brownfield::report::Report;
use brownfield::settings::Settings;
use libtest_mimic::Trial;

pub(crate) fn add(trials: &mut Vec<Trial>) {
    for place in Place::all() {
        for sample in schemas::samples(place) {
            let name = format!("live::ddl::{}::{}", place.name(), sample.name);
            trials.push(trial(name, move || {
                anew(place, |database| sample.load(database))?;
                Ok(())
            }));
        }
        let name = format!("live::ddl::{}::one_of_each", place.name());
        trials.push(trial(name, move || one_of_each(place)));
        if place.engine().is_mysql_family() {
            let name = format!("live::ddl::{}::of_databases", place.name());
            trials.push(trial(name, move || of_databases(place)));
        }
        if place.engine() == EngineName::PostgreSql {
            let name = format!("live::ddl::{}::pasted", place.name());
            trials.push(trial(name, move || pasted(place)));
            let name = format!("live::ddl::{}::of_a_part", place.name());
            trials.push(trial(name, move || of_a_part(place)));
        }
    }
}

/// Loads a schema, writes it, loads what was written elsewhere and compares. Answers what was written.
fn anew(place: Place, load: impl Fn(&Database) -> Result<(), String>) -> Result<String, String> {
    let original = Database::new(place)?;
    load(&original)?;
    let mut first = snapshot(&original)?;
    let script = {
        let (tables, settings) = (Tables::new(&first), Settings::default());
        ddl::render(&Report::new(&first, &tables, &settings))
    };
    let copy = Database::new(place)?;
    copy.run(&script).map_err(|error| format!("{error}\n{script}"))?;
    let mut second = snapshot(&copy)?;
    forget_what_may_differ(&mut first);
    forget_what_may_differ(&mut second);
    let text = |model: &Model| serde_json::to_string_pretty(model).map_err(|error| error.to_string());
    let (mut first, second) = (text(&first)?, text(&second)?);
    if place.engine().is_mysql_family() {
        // A schema is a database there, so the copy has another name.
        first = first.replace(&original.name, &copy.name);
    }
    if first == second {
        return Ok(script);
    }
    let differing = first.lines().zip(second.lines()).filter(|(one, other)| one != other).take(8);
    let shown: Vec<_> = differing.map(|(one, other)| format!("- {one}\n+ {other}")).collect();
    Err(format!("the snapshots differ:\n{}\n{script}", shown.join("\n")))
}

fn snapshot(database: &Database) -> Result<Model, String> {
    let options = Options { statistics: false, ..Options::default() };
    read_with(&database.url(), &options).map_err(|error| chain(&error))
}

/// What the statements do not make, because the model does not hold it whole. All of it is said at their end.
fn forget_what_may_differ(model: &mut Model) {
    // Its history is the migration tool's own.
    model.migration_tables.clear();
    // What they publish, run or react to is known by name only.
    model.publications.clear();
    model.scheduled_jobs.clear();
    model.partition_retention.clear();
    model.event_triggers.clear();
    model.default_grants.clear();
    for schema in &mut model.schemas {
        // Rights are the other database's business.
        schema.owner = None;
        schema.public_create = false;
        schema.grants.clear();
        // Of a routine of MySQL and MariaDB the model has the body and not the statement, of a compiled one nothing.
        schema.functions.retain(|function| model.engine.name == EngineName::PostgreSql && function.body.is_some());
        for table in &mut schema.tables {
            // The model knows that there is a rule, and not what it does.
            table.rules.clear();
            table.partitioning.iter_mut().for_each(forget_of_partitions);
        }
        schema.tables.retain(|table| table.foreign_source.is_none() || model.engine.name != EngineName::PostgreSql);
        // No server takes a view of a table that is not there, and SQLite keeps it as it was written.
        schema.views.retain(|view| view.broken.is_none() || !model.engine.name.is_mysql_family());
        for view in &mut schema.views {
            view.rules.clear();
        }
    }
}

fn forget_of_partitions(partitioning: &mut Partitioning) {
    for partition in &mut partitioning.partitions {
        partition.rules.clear();
        partition.owner = None;
        partition.partitioning.iter_mut().for_each(|below| forget_of_partitions(below));
    }
}

/// Things that the samples lack, and an order of names that no alphabet follows.
fn one_of_each(place: Place) -> TestResult {
    let newer = |version: u32, sql: &'static str| if place.version().0 >= version { sql } else { "" };
    let (sql, said): (String, &[&str]) = match place.engine() {
        EngineName::PostgreSql => (
            [POSTGRES, newer(15, POSTGRES_15), newer(17, POSTGRES_17), newer(18, POSTGRES_18)].concat(),
            &["-- Left out: 1 rewrite rule."],
        ),
        EngineName::MySql => (
            format!("{MYSQL}{MYSQL_ALONE}"),
            &["WITH PARSER ngram", "-- Left out: 1 procedure, 1 view that does not open."],
        ),
        EngineName::MariaDb => {
            let newer = if place.version() >= (11, 7) { MARIADB_11 } else { "" };
            (
                format!("{MYSQL}{MARIADB}{newer}"),
                &["-- Left out: 1 procedure, 2 parts of packages, 1 view that does not open."],
            )
        }
        EngineName::Sqlite => (SQLITE.to_owned(), &["CREATE TRIGGER"]),
    };
    let script = anew(place, |database| database.run(&sql))?;
    match said.iter().find(|text| !script.contains(**text)) {
        Some(text) => Err(format!("{text:?} is not said:\n{script}").into()),
        None => Ok(()),
    }
}

/// The statements under a table in the document make it by themselves, the sequences of its columns included.
fn pasted(place: Place) -> TestResult {
    let original = Database::new(place)?;
    original.run(
        "CREATE TABLE numbered (id serial PRIMARY KEY, big bigserial, other integer DEFAULT nextval('numbered_id_seq'));
         ALTER SEQUENCE numbered_big_seq INCREMENT BY 7",
    )?;
    let mut first = snapshot(&original)?;
    let (tables, settings) = (Tables::new(&first), Settings::default());
    let document = markdown::render(&Report::new(&first, &tables, &settings), &DocumentOptions::default());
    let mut blocks = document.split("```sql\n").filter_map(|block| Some(block.split_once("```")?.0));
    let block = blocks.find(|block| block.contains("CREATE TABLE public.numbered")).ok_or("no statements")?;
    let copy = Database::new(place)?;
    copy.run(block).map_err(|error| format!("{error}\n{block}"))?;
    let mut second = snapshot(&copy)?;
    forget_what_may_differ(&mut first);
    forget_what_may_differ(&mut second);
    if first == second { Ok(()) } else { Err(format!("{second:#?} is made by\n{block}").into()) }
}

/// What is written of several databases makes them on a server that has none, whatever the client takes for its character set.
fn of_databases(place: Place) -> TestResult {
    let original = Database::new(place)?;
    let (one, other) = (&original.name, &original.other_schema());
    original.run(&format!(
        "CREATE DATABASE {other} CHARACTER SET latin1 COLLATE latin1_german2_ci;
         CREATE TABLE {other}.parents (id int NOT NULL PRIMARY KEY, größe varchar(9) DEFAULT 'ß😀' COMMENT 'é') CHARSET utf8mb4;
         CREATE TABLE children (id int NOT NULL PRIMARY KEY, CONSTRAINT below FOREIGN KEY (id) REFERENCES {other}.parents (id));
         CREATE TRIGGER {other}.counted BEFORE INSERT ON {other}.parents FOR EACH ROW SET NEW.größe = 'é';
         CREATE VIEW {other}.seen AS SELECT id FROM {one}.children;
         CREATE EVENT {other}.swept ON SCHEDULE EVERY 1 DAY STARTS '2036-01-01 03:00:00' DO DELETE FROM parents;"
    ))?;
    let mut url = url::Url::parse(&original.url())?;
    url.set_path("/");
    let filter = Filter::new(&[one.clone(), other.clone()], &[], &[]).map_err(|error| error.to_string())?;
    let options = Options { statistics: false, filter, ..Options::default() };
    let read = || read_with(url.as_str(), &options).map_err(|error| chain(&error));
    let first = read()?;
    let (tables, settings) = (Tables::new(&first), Settings::default());
    let script = ddl::render(&Report::new(&first, &tables, &settings));
    let elsewhere = Database::new(place)?;
    elsewhere.run(&format!("SET foreign_key_checks = 0; DROP DATABASE {one}; DROP DATABASE {other}"))?;
    elsewhere.run(&format!("SET NAMES latin1;\n{script}")).map_err(|error| format!("{error}\n{script}"))?;
    let second = read()?;
    if first == second { Ok(()) } else { Err(format!("{second:#?} is made by\n{script}").into()) }
}

/// What is written of a part of a schema loads, too: a key to a table that is left out is a comment.
fn of_a_part(place: Place) -> TestResult {
    let original = Database::new(place)?;
    original.run(
        "CREATE TABLE roles (id integer PRIMARY KEY); CREATE TABLE users (id integer PRIMARY KEY,
             role integer CONSTRAINT of_role REFERENCES roles, boss integer CONSTRAINT of_boss REFERENCES users)",
    )?;
    let filter = Filter::new(&[], &[], &["public.roles".to_owned()]).map_err(|error| error.to_string())?;
    let options = Options { statistics: false, filter, ..Options::default() };
    let model = read_with(&original.url(), &options).map_err(|error| chain(&error))?;
    let (tables, settings) = (Tables::new(&model), Settings::default());
    let script = ddl::render(&Report::new(&model, &tables, &settings));
    let copy = Database::new(place)?;
    copy.run(&script).map_err(|error| format!("{error}\n{script}"))?;
    let said = "\n-- The table that this refers to is not in this document:\n-- ALTER TABLE public.users ADD CONSTRAINT of_role";
    let kept = "\nALTER TABLE public.users ADD CONSTRAINT of_boss";
    if script.contains(said) && script.contains(kept) { Ok(()) } else { Err(script.into()) }
}

const POSTGRES: &str = r#"
    CREATE SCHEMA "Other one";
    COMMENT ON SCHEMA "Other one" IS 'holds ''types''';
    CREATE TYPE "Other one"."Mood" AS ENUM ('fine', 'it''s not');
    CREATE FUNCTION is_short(value text) RETURNS boolean LANGUAGE sql IMMUTABLE STRICT AS 'SELECT length(value) < 9';
    COMMENT ON FUNCTION is_short(text) IS 'judges';
    CREATE DOMAIN code AS text DEFAULT 'x' NOT NULL CHECK (is_short(VALUE));
    CREATE DOMAIN a_code AS code;
    ALTER DOMAIN a_code ADD CONSTRAINT later CHECK (VALUE <> 'y') NOT VALID;
    CREATE TYPE a_pair AS (first code, mood "Other one"."Mood", note text COLLATE "C");
    CREATE FUNCTION double(n integer) RETURNS integer LANGUAGE plpgsql IMMUTABLE SET search_path TO pg_catalog, public
        AS $body$ BEGIN RETURN n * 2 /* $$ */; END $body$;
    CREATE AGGREGATE joined(text) (SFUNC = textcat, STYPE = text, INITCOND = '''');
    CREATE SEQUENCE z_numbers START 5 INCREMENT 5 CACHE 3 CYCLE MAXVALUE 500;
    CREATE TABLE z_parents (
        id integer GENERATED ALWAYS AS IDENTITY (START WITH 100 INCREMENT BY 10) PRIMARY KEY,
        number bigint NOT NULL DEFAULT nextval('z_numbers'),
        twice integer GENERATED ALWAYS AS (double(id)) STORED,
        mood "Other one"."Mood" DEFAULT 'it''s not',
        name varchar(40) COLLATE "C",
        CONSTRAINT no_heirs CHECK (number > 0) NO INHERIT,
        UNIQUE (number) INCLUDE (name) DEFERRABLE
    );
    ALTER SEQUENCE z_numbers OWNED BY z_parents.number;
    CREATE TABLE a_children (more text) INHERITS (z_parents);
    ALTER TABLE a_children ALTER COLUMN mood SET DEFAULT 'fine';
    CREATE TABLE typed OF a_pair (first PRIMARY KEY, mood WITH OPTIONS DEFAULT 'fine');
    CREATE TABLE c_visits (id bigint NOT NULL, at date NOT NULL, parent integer, room text) PARTITION BY RANGE (at);
    CREATE TABLE visits_2030 PARTITION OF c_visits FOR VALUES FROM ('2030-01-01') TO ('2031-01-01') PARTITION BY LIST (lower(room));
    CREATE TABLE "Other one".visits_2030_rest PARTITION OF visits_2030 DEFAULT;
    CREATE TABLE visits_2031 PARTITION OF c_visits FOR VALUES FROM ('2031-01-01') TO ('2032-01-01');
    CREATE UNLOGGED TABLE visits_2032 PARTITION OF c_visits FOR VALUES FROM ('2032-01-01') TO ('2033-01-01') WITH (fillfactor = 70);
    CREATE INDEX visits_parent ON c_visits (parent);
    CREATE INDEX visits_room ON ONLY c_visits (room);
    CREATE INDEX local_room ON visits_2031 (room DESC NULLS LAST) WHERE room <> '';
    ALTER TABLE visits_2031 ADD CONSTRAINT local_key FOREIGN KEY (parent) REFERENCES z_parents (id) ON DELETE SET NULL,
        ADD CONSTRAINT local_check CHECK (room <> 'x') NOT VALID, ADD PRIMARY KEY (id), ADD CONSTRAINT local_once UNIQUE (room),
        ADD CONSTRAINT local_alone EXCLUDE USING btree (id WITH =);
    COMMENT ON TABLE visits_2031 IS 'next';
    ALTER TABLE visits_2032 ALTER parent SET NOT NULL, ALTER room SET DEFAULT 'lobby', ENABLE ROW LEVEL SECURITY,
        REPLICA IDENTITY FULL;
    CREATE POLICY open ON visits_2032 USING (id > 1);
    COMMENT ON COLUMN visits_2032.room IS 'where';
    ALTER TABLE a_children ADD CONSTRAINT later CHECK (more <> '') NOT VALID;
    CREATE TABLE secrets (id integer PRIMARY KEY, parent integer, note text);
    ALTER TABLE secrets ADD CONSTRAINT later FOREIGN KEY (parent) REFERENCES z_parents (id) DEFERRABLE INITIALLY DEFERRED NOT VALID;
    ALTER TABLE secrets ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY, REPLICA IDENTITY FULL, CLUSTER ON secrets_pkey;
    CREATE POLICY own ON secrets AS RESTRICTIVE FOR UPDATE TO PUBLIC USING (id > 1) WITH CHECK (id > 2);
    COMMENT ON POLICY own ON secrets IS 'only some';
    CREATE RULE kept AS ON DELETE TO secrets DO INSTEAD NOTHING;
    CREATE STATISTICS of_two (ndistinct) ON id, note FROM secrets;
    CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
    CREATE TRIGGER of_all AFTER INSERT ON c_visits FOR EACH ROW EXECUTE FUNCTION touch();
    CREATE TRIGGER of_one BEFORE UPDATE OF room ON visits_2032 FOR EACH ROW EXECUTE FUNCTION touch();
    CREATE TRIGGER touched BEFORE UPDATE OF note ON secrets FOR EACH ROW WHEN (NEW.note <> '') EXECUTE FUNCTION touch();
    ALTER TABLE secrets DISABLE TRIGGER touched;
    CREATE COLLATION "Other one".german (provider = icu, locale = 'de');
    COMMENT ON COLLATION "Other one".german IS 'for names';
    ALTER TABLE secrets ADD title text COLLATE "Other one".german;
    ALTER TABLE secrets ALTER note SET STORAGE EXTERNAL, ALTER note SET STATISTICS 500, ALTER note SET (n_distinct = 7);
    COMMENT ON STATISTICS of_two IS 'go together';
    COMMENT ON CONSTRAINT later ON DOMAIN a_code IS 'from now on';
    COMMENT ON COLUMN a_pair.mood IS 'of the pair';
    CREATE TYPE spans AS RANGE (subtype = float8);
    CREATE FUNCTION some_numbers() RETURNS SETOF integer LANGUAGE sql STABLE LEAKPROOF PARALLEL SAFE COST 7 ROWS 3 AS 'SELECT 1';
    CREATE PROCEDURE clean() LANGUAGE sql AS 'DELETE FROM secrets';
    CREATE FUNCTION all_parents() RETURNS SETOF z_parents LANGUAGE sql STABLE AS 'SELECT * FROM public.z_parents';
    CREATE VIEW z_view AS SELECT id, number AS n FROM z_parents;
    CREATE VIEW a_view WITH (security_barrier = true) AS SELECT n FROM z_view WHERE n > 1 WITH LOCAL CHECK OPTION;
    COMMENT ON COLUMN a_view.n IS 'counts';
    CREATE MATERIALIZED VIEW a_sum AS SELECT joined(name) AS names, count(*) AS n FROM all_parents();
    CREATE UNIQUE INDEX a_sum_n ON a_sum (n);
"#;

const POSTGRES_15: &str = "
    CREATE STATISTICS of_expressions ON (id + 1), note FROM secrets;
    ALTER TABLE secrets ALTER title SET COMPRESSION pglz;
    CREATE TABLE distinct_nulls (a integer, b integer, UNIQUE NULLS NOT DISTINCT (a));
    CREATE FUNCTION parsed(n integer) RETURNS bigint LANGUAGE sql BEGIN ATOMIC SELECT count(*) FROM distinct_nulls WHERE a = n; END;
    CREATE VIEW invoked WITH (security_invoker = true) AS SELECT parsed(1) AS n;
";

const POSTGRES_17: &str = "
    CREATE TABLE computed (at date NOT NULL, n integer, twice integer GENERATED ALWAYS AS (n * 2) STORED) PARTITION BY RANGE (at);
    CREATE TABLE computed_2030 PARTITION OF computed FOR VALUES FROM ('2030-01-01') TO ('2031-01-01');
    ALTER TABLE computed_2030 ALTER COLUMN twice SET EXPRESSION AS (n * 3);
";

const POSTGRES_18: &str = "
    CREATE TABLE unenforced (a integer, b integer, CONSTRAINT loose CHECK (a > 0) NOT ENFORCED);
    ALTER TABLE unenforced ADD CONSTRAINT b_there NOT NULL b NOT VALID;
";

const MYSQL: &str = r#"
    CREATE TABLE z_parents (id int NOT NULL AUTO_INCREMENT, code varchar(40) NOT NULL, name text CHARACTER SET latin1, made timestamp NULL,
        PRIMARY KEY (id), UNIQUE KEY code_key (code(10)), KEY name_idx (name(5)), FULLTEXT KEY words (name) COMMENT 'all') COMMENT 'of all';
    CREATE TABLE a_children (parent int NOT NULL, m int, twice int AS (m * 2) STORED, seen datetime DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
        n int NOT NULL AUTO_INCREMENT, KEY (n), CONSTRAINT below FOREIGN KEY (parent) REFERENCES z_parents (id) ON DELETE CASCADE);
    CREATE TABLE visits (id int NOT NULL, at date NOT NULL, PRIMARY KEY (id, at)) PARTITION BY RANGE (year(at))
        SUBPARTITION BY HASH (id) (PARTITION old VALUES LESS THAN (2030) COMMENT = 'gone' (SUBPARTITION s0, SUBPARTITION s1),
        PARTITION rest VALUES LESS THAN MAXVALUE (SUBPARTITION s2, SUBPARTITION s3));
    CREATE TABLE rooms (id int NOT NULL, kind int NOT NULL, PRIMARY KEY (id, kind)) PARTITION BY LIST (kind)
        (PARTITION few VALUES IN (1, 2), PARTITION many VALUES IN (3));
    CREATE TABLE keyed (id int NOT NULL PRIMARY KEY) PARTITION BY KEY (id) PARTITIONS 3;
    CREATE VIEW z_view AS SELECT id, code FROM z_parents WHERE id > 1 WITH CASCADED CHECK OPTION;
    CREATE SQL SECURITY INVOKER VIEW a_view AS SELECT code FROM z_view;
    CREATE TABLE gone (a int);
    CREATE VIEW dangling AS SELECT a FROM gone;
    DROP TABLE gone;
    CREATE TABLE defaults (a int DEFAULT ((1 + 2) * (3 + 4)), b varchar(20) DEFAULT (concat('é', 'x')), c text DEFAULT ('abc'),
        d datetime DEFAULT (now() + INTERVAL 1 DAY), e varchar(30) DEFAULT 'current_timestamp', f bit(3) DEFAULT b'101',
        g binary(3) DEFAULT 'a', h double DEFAULT -1e10, i timestamp(6) NULL ON UPDATE CURRENT_TIMESTAMP(6),
        j enum('b\\s', 'it''s') NOT NULL DEFAULT 'b\\s', k timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3));
    CREATE PROCEDURE clean() DELETE FROM a_children;
    DELIMITER ;;
    CREATE TRIGGER counted BEFORE INSERT ON a_children FOR EACH ROW BEGIN SET NEW.parent = NEW.parent + 1; SET @last = NEW.parent; END ;;
    CREATE TRIGGER aa_last BEFORE INSERT ON a_children FOR EACH ROW FOLLOWS counted SET @last = 0 ;;
    CREATE TRIGGER quoted AFTER INSERT ON a_children FOR EACH ROW SET @said = 'it''s \n \\', @told = _latin1'x' # done
    ;;
    CREATE EVENT sweep ON SCHEDULE EVERY 1 WEEK COMMENT 'it''s \\ all' DO BEGIN DELETE FROM gone_by WHERE name = 'it''s \n \\'; DO 1; END ;;
    DELIMITER ;
    CREATE EVENT once ON SCHEDULE AT '2037-01-01 12:00:00' ON COMPLETION PRESERVE DISABLE ON SLAVE DO DELETE FROM a_children;
    CREATE EVENT finished ON SCHEDULE EVERY 1 DAY STARTS '2020-01-01 03:00:00' ENDS '2021-01-01 03:00:00' ON COMPLETION PRESERVE
        DO DELETE FROM a_children;
    SET time_zone = '+05:00';
    CREATE EVENT nightly ON SCHEDULE EVERY '1:30' DAY_HOUR STARTS '2036-01-01 03:00:00' ENDS '2037-01-01 00:00:00' DISABLE
        DO DELETE FROM a_children;
    SET sql_mode = 'ANSI_QUOTES,PIPES_AS_CONCAT,NO_BACKSLASH_ESCAPES';
    CREATE EVENT "a ``b" ON SCHEDULE EVERY 2 MONTH STARTS '2036-01-01 03:00:00' COMMENT 'a\' DO SELECT 'x\' || "name" FROM z_parents;
    CREATE TRIGGER ansi BEFORE UPDATE ON a_children FOR EACH ROW SET @said = 'a\' || "NEW"."m";
    SET sql_mode = '';
    CREATE TABLE unset (id int NOT NULL DEFAULT '0', at datetime NOT NULL DEFAULT '0000-00-00 00:00:00', d date DEFAULT '2020-02-00');
    SET sql_mode = 'ALLOW_INVALID_DATES';
    CREATE TABLE impossible (d date DEFAULT '2020-02-31');
    SET sql_mode = '';
    CREATE EVENT modeless ON SCHEDULE EVERY 1 YEAR STARTS '2036-01-01 03:00:00' DO SELECT "it's" -- as it is
    ;
    SET sql_mode = DEFAULT, time_zone = DEFAULT;
"#;

const MYSQL_ALONE: &str = "
    /*!80400 SET restrict_fk_on_non_standard_key = 0 */;
    CREATE TABLE ambiguous (code int NOT NULL, KEY (code));
    CREATE TABLE of_any (code int NOT NULL, CONSTRAINT any_code FOREIGN KEY (code) REFERENCES ambiguous (code));
    CREATE TABLE places (id int NOT NULL PRIMARY KEY, place point NOT NULL SRID 4326, SPATIAL KEY place_key (place));
    CREATE TABLE searched (id int NOT NULL PRIMARY KEY, name varchar(40), FULLTEXT KEY grams (name) WITH PARSER ngram INVISIBLE);
";

const MARIADB: &str = "
    CREATE SEQUENCE z_numbers START WITH 5 MINVALUE -10 MAXVALUE 1000 INCREMENT BY 7 CACHE 3 CYCLE COMMENT 'it''s';
    CREATE SEQUENCE `a``b` INCREMENT BY -1 NOCACHE;
    CREATE TABLE numbered (n bigint DEFAULT (nextval(z_numbers)), m bigint DEFAULT (nextval(`a``b`) + 1));
    CREATE VIEW next_number AS SELECT nextval(z_numbers) AS n;
    CREATE TABLE places (id int NOT NULL PRIMARY KEY, place point REF_SYSTEM_ID=4326 NOT NULL, SPATIAL KEY place_key (place));
    CREATE TABLE listed (id int, d date NOT NULL) PARTITION BY LIST (id) SUBPARTITION BY KEY (d)
        (PARTITION p0 VALUES IN (1, 2) (SUBPARTITION s0, SUBPARTITION s1), PARTITION pd DEFAULT (SUBPARTITION s2, SUBPARTITION s3));
    CREATE TABLE listed_text (k varchar(9)) PARTITION BY LIST COLUMNS (k) (PARTITION p0 VALUES IN ('a', NULL), PARTITION pd DEFAULT);
    CREATE TABLE history (id int, b text COMPRESSED, c int WITHOUT SYSTEM VERSIONING) WITH SYSTEM VERSIONING
        PARTITION BY SYSTEM_TIME INTERVAL 1 MONTH STARTS '2024-01-01 00:00:00' (PARTITION h0 HISTORY, PARTITION h1 HISTORY, PARTITION pn CURRENT);
    CREATE TABLE limited (id int) WITH SYSTEM VERSIONING PARTITION BY SYSTEM_TIME LIMIT 1000 PARTITIONS 3;
    SET sql_mode = ORACLE;
    DELIMITER ;;
    CREATE PACKAGE pk AS FUNCTION pf(a int) RETURN int; END ;;
    CREATE PACKAGE BODY pk AS FUNCTION pf(a int) RETURN int AS BEGIN RETURN 1; END; END ;;
    DELIMITER ;
    SET sql_mode = DEFAULT;
";

const MARIADB_11: &str = "
    CREATE SEQUENCE small_numbers AS smallint unsigned;
    CREATE TABLE vectors (id int PRIMARY KEY, place vector(3) NOT NULL, VECTOR KEY near (place) M=8 DISTANCE=cosine);
";

const SQLITE: &str = "
    CREATE TABLE z_parents (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
    CREATE TABLE a_children (id INTEGER PRIMARY KEY, parent INTEGER REFERENCES z_parents (id));
    CREATE INDEX children_parent ON a_children (parent) WHERE parent > 0;
    CREATE VIEW z_view AS SELECT id FROM z_parents;
    CREATE VIEW a_view AS SELECT id FROM z_view;
    CREATE TRIGGER counted AFTER INSERT ON a_children BEGIN UPDATE z_parents SET name = name || '!' WHERE id = NEW.parent; END;
    CREATE TRIGGER instead INSTEAD OF INSERT ON a_view BEGIN INSERT INTO z_parents (id, name) VALUES (NEW.id, ''); END;
";
