//! MariaDB's tables are the same whether their statements are read or the rows of `information_schema`.

use crate::support::database::{Database, Place};
use crate::support::times::trial;
use crate::support::{TestResult, brownfield, chain, read, read_with, schemas};
use brownfield::catalog::{Filter, Options};
use brownfield::model::{EngineName, Model, Table};
use libtest_mimic::Trial;

pub(crate) fn add(trials: &mut Vec<Trial>) {
    for place in Place::of(EngineName::MariaDb) {
        for sample in schemas::samples(place) {
            let name = format!("live::statements::{}::{}", place.name(), sample.name);
            trials.push(trial(name, move || {
                let database = Database::new(place)?;
                sample.load(&database)?;
                same(&database.url(), place, &[])
            }));
        }
        trials.push(trial(format!("live::statements::{}::strange", place.name()), move || strange(place)));
        trials.push(trial(format!("live::statements::{}::refused", place.name()), move || refused(place)));
    }
}

/// The first version whose `information_schema` tells periods.
const TELLS_PERIODS: (u32, u32) = (11, 4);

/// Reads both ways and compares; only these schemas, when there are any.
pub(super) fn same(url: &str, place: Place, only: &[&str]) -> TestResult {
    let read = |statements_of_tables| {
        let only: Vec<String> = only.iter().map(|&name| name.to_owned()).collect();
        let filter = Filter::new(&only, &[], &[]).map_err(|error| error.to_string())?;
        let options = Options { filter, statements_of_tables, statistics: false, ..Options::default() };
        let mut model = read_with(url, &options).map_err(|error| chain(&error))?;
        // Of partitions by system time the rows tell the server's own function over a hidden column.
        let tables = model.schemas.iter_mut().flat_map(|schema| &mut schema.tables);
        let partitioned = tables.filter_map(|table| table.partitioning.as_mut());
        partitioned.filter(|by| by.strategy == "system_time").for_each(|by| by.key.clear());
        // Of these the rows do not tell a bound of zero from the one for all other values, and say so.
        let listed = model.schemas.iter_mut().flat_map(|schema| &mut schema.tables);
        for by in listed.filter_map(|table| table.partitioning.as_mut()).filter(|by| by.strategy == "list") {
            by.partitions.iter_mut().for_each(|it| it.bound = it.bound.take().filter(|bound| bound != "DEFAULT"));
        }
        model.unseen.retain(|unseen| !unseen.reason.contains("DEFAULT"));
        if place.version() < TELLS_PERIODS {
            model.unseen.clear();
            model.schemas.iter_mut().flat_map(|schema| &mut schema.tables).for_each(forget_periods);
        }
        Ok::<Model, String>(model)
    };
    let (from_statements, from_rows) = (read(true)?, read(false)?);
    if from_statements == from_rows {
        return Ok(());
    }
    let lines = |model: &Model| serde_json::to_string_pretty(model).map_err(|error| error.to_string());
    let (first, second) = (lines(&from_statements)?, lines(&from_rows)?);
    let differing = first.lines().zip(second.lines()).enumerate().filter(|(_, (one, other))| one != other).take(8);
    let shown: Vec<_> = differing.map(|(line, (one, other))| format!("{line}\n- {one}\n+ {other}")).collect();
    Err(format!("statements (-) and rows (+) give other models:\n{}", shown.join("\n")).into())
}

/// Leaves out what only the statement tells.
fn forget_periods(table: &mut Table) {
    for check in &mut table.check_constraints {
        check.automatic &= !table.periods.iter().any(|period| check.name.as_ref() == Some(&period.name));
    }
    table.periods.clear();
    // The rows tell such a key as one over the columns of the period.
    if table.name.starts_with("per") {
        table.primary_key = None;
        table.unique_constraints.clear();
        table.indexes.iter_mut().for_each(|index| index.exclusion = false);
    }
}

/// Tables with what the samples lack.
const STRANGE: &str = "
CREATE TABLE parent (id INT AUTO_INCREMENT PRIMARY KEY, k INT) AUTO_INCREMENT = 1000;
CREATE TABLE divided (id INT, y INT) PARTITION BY RANGE (y) SUBPARTITION BY HASH (id)
  (PARTITION p0 VALUES LESS THAN (10) (SUBPARTITION s0 COMMENT = 'first', SUBPARTITION s1),
   PARTITION p1 VALUES LESS THAN (20) COMMENT 'x' (SUBPARTITION s2, SUBPARTITION s3));
CREATE TABLE divided_by_number (id INT, y INT) PARTITION BY RANGE (y) SUBPARTITION BY KEY (id) SUBPARTITIONS 3
  (PARTITION p0 VALUES LESS THAN (5) COMMENT = 'low', PARTITION p1 VALUES LESS THAN MAXVALUE);
CREATE TABLE listed (a INT, b VARCHAR(5)) PARTITION BY LIST COLUMNS (a, b)
  (PARTITION p0 VALUES IN ((1, 'x'), (2, 'it''s')), PARTITION p1 VALUES IN ((NULL, '(')));
CREATE TABLE historic (x INT) WITH SYSTEM VERSIONING PARTITION BY SYSTEM_TIME LIMIT 1000 PARTITIONS 3;
CREATE TABLE listed_else (k VARCHAR(9)) PARTITION BY LIST COLUMNS (k)
  (PARTITION p0 VALUES IN ('a', NULL), PARTITION pd DEFAULT);
CREATE TABLE listed_else_by_number (id INT) PARTITION BY LIST (id) (PARTITION p0 VALUES IN (1), PARTITION pd DEFAULT);
CREATE TABLE historic_by_month (x INT) WITH SYSTEM VERSIONING PARTITION BY SYSTEM_TIME INTERVAL 1 MONTH
  STARTS '2024-01-01 00:00:00' (PARTITION h0 HISTORY, PARTITION pn CURRENT);
CREATE TABLE labelled (e ENUM('b\\\\s', 'it''s', '\\\\') DEFAULT 'b\\\\s', s SET('x\\\\'));
CREATE TABLE placed (p POINT REF_SYSTEM_ID=4326 NOT NULL, q POINT, r INT);
CREATE TABLE spread (id INT) PARTITION BY LINEAR HASH (id) PARTITIONS 4;
CREATE TABLE spread_by_key (id INT PRIMARY KEY, b INT) PARTITION BY KEY ALGORITHM = 1 (id) PARTITIONS 2;
CREATE TABLE documents (a JSON, b LONGTEXT CHECK (json_valid(b)), c LONGTEXT, d JSON NOT NULL DEFAULT '[]' COMMENT 'c, ,\"x\"',
  e VARCHAR(9) CHECK (json_valid(e)), f LONGTEXT COLLATE utf8mb4_bin, CONSTRAINT c CHECK (json_valid(c)),
  CONSTRAINT f CHECK (json_valid(f)));
CREATE TABLE options (a INT, b VARCHAR(10) CHARACTER SET latin1 COLLATE latin1_bin, c TEXT COLLATE utf8mb4_bin DEFAULT ('a'),
  d ENUM('a', 'b)') CHARACTER SET latin1 NOT NULL DEFAULT 'b)', FULLTEXT KEY f (c) COMMENT 'it''s',
  KEY x (b(3)) KEY_BLOCK_SIZE = 4 COMMENT 'q', UNIQUE u (a) USING BTREE)
  ENGINE = InnoDB ROW_FORMAT = DYNAMIC COMMENT = 'it''s, ENGINE=x' PAGE_COMPRESSED = 1;
CREATE TABLE keys_of (a INT, b INT, id INT PRIMARY KEY, FOREIGN KEY (a) REFERENCES parent (id) ON DELETE SET NULL ON UPDATE
  RESTRICT, FOREIGN KEY (b) REFERENCES keys_of (id) ON DELETE NO ACTION ON UPDATE SET NULL);
CREATE TABLE periods (id INT, s DATE NOT NULL, e DATE NOT NULL, PERIOD FOR `my p` (s, e),
  PRIMARY KEY (id, `my p` WITHOUT OVERLAPS)) WITH SYSTEM VERSIONING;
CREATE TABLE versioned (x INT PRIMARY KEY, y INT WITHOUT SYSTEM VERSIONING) WITH SYSTEM VERSIONING;
CREATE TABLE versioned_openly (x INT PRIMARY KEY, a TIMESTAMP(6) GENERATED ALWAYS AS ROW START INVISIBLE COMMENT 'from',
  b TIMESTAMP(6) GENERATED ALWAYS AS ROW END INVISIBLE, PERIOD FOR SYSTEM_TIME (a, b)) WITH SYSTEM VERSIONING;
CREATE TABLE kinds (g POINT NOT NULL, t TIMESTAMP NULL DEFAULT NULL, u TIMESTAMP(3) NOT NULL DEFAULT current_timestamp(3) ON
  UPDATE current_timestamp(3), k BINARY(3) DEFAULT 'abc', SPATIAL KEY (g), xx INT GENERATED ALWAYS AS (1 + 1) STORED INVISIBLE
  COMMENT 'gc', bb BIGINT UNSIGNED ZEROFILL, dd DECIMAL(5, 2) UNSIGNED DEFAULT 1, cc CHAR(3) BINARY, tt TIME DEFAULT
  '10:00:00', yy YEAR DEFAULT 2001, ii INET6, cp TEXT COMPRESSED);
CREATE TABLE plain (a INT, b TEXT, KEY (b(10)), KEY c USING BTREE (a)) ENGINE = Aria PAGE_CHECKSUM = 1 ROW_FORMAT = PAGE;
CREATE TABLE old (a INT, b TEXT, FULLTEXT (b), KEY (a), UNIQUE (b(10))) ENGINE = MyISAM MAX_ROWS = 10;
CREATE TABLE fleeting (a INT, b INT, KEY (b), KEY (a) USING BTREE) ENGINE = MEMORY;
CREATE TABLE hashed (a INT PRIMARY KEY AUTO_INCREMENT, b BLOB UNIQUE, c VARCHAR(900), d INT, UNIQUE (c, d) USING HASH,
  KEY h (c(5)) USING
  HASH) CHARSET = latin1 COLLATE = latin1_german1_ci;
CREATE TABLE checked (a INT COMMENT 'k' CHECK (a > 0), b VARCHAR(10) DEFAULT 'x' CHECK (b <> 'a)b`'), CHECK (a < 10),
  CONSTRAINT `c``x` CHECK (b LIKE '%''\\\\%'));
CREATE TABLE computed (b BLOB DEFAULT 'x', v VARBINARY(10) DEFAULT 0x616200, bi BIT(4) DEFAULT b'11', f FLOAT DEFAULT 1.5e0,
  i INT DEFAULT -3, n1 NUMERIC(4, 1) DEFAULT 1, t TINYINT(1) DEFAULT TRUE, s SET('a', 'b') DEFAULT 'a,b',
  d DATETIME(6) DEFAULT now(6) ON UPDATE now(6), x INT DEFAULT (b2 + 1), b2 INT, dt DATE DEFAULT curdate(),
  c VARCHAR(20) DEFAULT concat('a', 'b c)'), w DATETIME DEFAULT (now() + INTERVAL 1 DAY), y DATE DEFAULT DATE'2020-01-01');
CREATE TABLE `ta``ble \"x\"` (`a, b` INT, `new
line` INT, `tr\\ail` INT, KEY `i, x` (`a, b`, `new
line`)) COMMENT = 'line\\nbreak \\\\ 😀';
CREATE SEQUENCE numbers;
CREATE TABLE numbered (a INT DEFAULT nextval(numbers));
CREATE VIEW seen AS SELECT id, k FROM parent WHERE k > 1 WITH LOCAL CHECK OPTION;
";

fn strange(place: Place) -> TestResult {
    let database = Database::new(place)?;
    database.run(STRANGE)?;
    if place.version() >= (11, 7) {
        database.run(
            "CREATE TABLE near (id INT PRIMARY KEY, place VECTOR(3) NOT NULL, VECTOR KEY v (place) M = 8 DISTANCE = cosine);",
        )?;
    }
    let url = database.url();
    same(&url, place, &[])?;
    facts(&read(&url).map_err(|error| chain(&error))?)?;
    let output = brownfield().args(["snapshot", "-v", &url]).output()?;
    let said = String::from_utf8_lossy(&output.stderr);
    if !said.contains("show_create") {
        return Err(format!("the statements were not read: {said}").into());
    }
    let refused: Vec<_> = said.lines().filter(|line| line.contains("not understood")).collect();
    if refused.is_empty() { Ok(()) } else { Err(refused.join("\n").into()) }
}

/// What the tables are made for.
fn facts(model: &Model) -> TestResult {
    let tables: Vec<&Table> = model.schemas.iter().flat_map(|schema| &schema.tables).collect();
    let table =
        |name: &str| tables.iter().find(|table| table.name == name).copied().ok_or(format!("{name} is missing"));
    let expect = |what: &str, holds: bool| if holds { Ok(()) } else { Err(format!("{what}: not as declared")) };

    let history = table("historic")?.partitioning.as_ref().ok_or("historic is not partitioned")?;
    expect("SYSTEM_TIME", history.strategy == "system_time" && history.key == "LIMIT 1000")?;
    let periods = table("periods")?;
    let key = periods.primary_key.as_ref().ok_or("periods has no key")?;
    expect("WITHOUT OVERLAPS", key.without_overlaps && key.columns == ["id", "my p"])?;
    expect("system versioning", periods.system_versioned && table("versioned")?.system_versioned)?;
    let [period] = &periods.periods[..] else { return Err("periods has not one period".into()) };
    expect("period", (&*period.name, &*period.start, &*period.end) == ("my p", "s", "e"))?;
    expect("the check of a period", periods.check_constraints.iter().all(|check| check.automatic))?;

    let documents = table("documents")?;
    let json: Vec<_> = documents.columns.iter().filter(|column| column.data_type == "json").collect();
    expect("JSON", json.iter().map(|column| &*column.name).eq(["a", "d"]))?;
    let automatic = documents.check_constraints.iter().filter(|check| check.automatic);
    expect("checks of JSON", automatic.filter_map(|check| check.name.as_deref()).eq(["a", "d"]))?;

    let format = |name: &str| table(name).map(|table| table.row_format.clone());
    expect("row formats", format("options")?.as_deref() == Some("dynamic") && format("parent")?.is_none())?;
    let partitions = table("divided")?.partitioning.as_ref().ok_or("divided is not")?;
    let bounds: Vec<_> = partitions.partitions.iter().filter_map(|partition| partition.bound.as_deref()).collect();
    expect("bounds", bounds == ["VALUES LESS THAN (10)", "VALUES LESS THAN (20)"])?;
    let below = partitions.partitions.iter().filter_map(|partition| partition.partitioning.as_deref());
    let names: Vec<_> = below.flat_map(|below| &below.partitions).map(|partition| &*partition.name).collect();
    expect("subpartitions", names == ["s0", "s1", "s2", "s3"])?;
    let bounds = |name: &str| {
        let partitions = table(name)?.partitioning.as_ref().map(|by| by.partitions.as_slice()).unwrap_or_default();
        Ok::<_, String>(partitions.iter().map(|it| it.bound.as_deref().unwrap_or_default()).collect::<Vec<_>>())
    };
    expect("DEFAULT of columns", bounds("listed_else")? == ["VALUES IN ('a',NULL)", "DEFAULT"])?;
    expect("DEFAULT", bounds("listed_else_by_number")? == ["VALUES IN (1)", "DEFAULT"])?;
    expect("history", bounds("historic_by_month")? == ["HISTORY", "CURRENT"])?;
    let values = |name: &str| table("labelled").map(|table| table.column(name).map(|column| column.values.to_vec()));
    expect("labels", values("e")?.is_some_and(|values| values == [r"b\s", "it's", r"\"]))?;
    expect("members", values("s")?.is_some_and(|values| values == [r"x\"]))?;
    let systems: Vec<_> = table("placed")?.columns.iter().map(|column| column.srid).collect();
    expect("spatial reference systems", systems == [Some(4326), None, None])?;
    Ok(())
}

/// A table that is gone, or that the server cannot open, does not keep others from being read.
fn refused(place: Place) -> TestResult {
    let database = Database::new(place)?;
    database.run(
        "CREATE TABLE a (id INT PRIMARY KEY); CREATE TABLE b (id INT PRIMARY KEY) ENGINE = MyISAM; \
         CREATE TABLE c (id INT) ENGINE = MERGE UNION = (b); CREATE TABLE d (id INT PRIMARY KEY, `x``y` INT REFERENCES a (id)); \
         DROP TABLE b; CREATE TABLE e (id INT PRIMARY KEY)",
    )?;
    same(&database.url(), place, &[])
}
