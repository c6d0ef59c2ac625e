//! Versions that no test can run: rows as the manuals of MySQL 5.7, 8.0 and 8.4 describe them, through the assembly.
//!
//! The rows are written from the chapters on `INFORMATION_SCHEMA` of the three reference manuals, not recorded from servers:
//! display widths and `utf8` up to 8.0.18 and 8.0.27, no `DEFAULT_GENERATED` before 8.0, no checks before 8.0.16, no
//! expressions in indexes before 8.0.13.

use super::{Catalog, Options, Row, model};
use crate::catalog::mysql::session::Answers;
use crate::catalog::mysql::statements::{self, Version};
use crate::model::{DefaultKind, EngineName, GeneratedStorage, Model, Table, UnseenKind};
use std::collections::{BTreeMap, BTreeSet};

/// Cells with `|` between; `~` is NULL.
fn rows(text: &str) -> Vec<Row> {
    let cell = |cell: &str| Some(cell.trim().to_owned()).filter(|cell| cell != "~");
    text.lines().map(|line| line.split('|').map(cell).collect()).collect()
}

/// A catalog of a server of this version. Answers to statements that the version is not asked are refused.
fn read(version: Version, answers: &[(&'static str, &str)]) -> Model {
    let asked: Vec<_> = statements::list(EngineName::MySql, version, false).map(|statement| statement.name).collect();
    for (name, _) in answers {
        assert!(asked.contains(name), "{name} is not asked of {version:?}");
    }
    let (major, minor, patch) = version;
    let catalog = Catalog {
        engine: EngineName::MySql,
        session: rows(&format!(
            "{major}.{minor}.{patch}-log|MySQL Community Server (GPL)|STRICT_TRANS_TABLES|0|1|utf8|utf8_general_ci|reader@%"
        ))
        .remove(0),
        database: Some("shop".to_owned()),
        schemas: rows("shop|utf8mb4|utf8mb4_general_ci"),
        grants: vec!["GRANT REFERENCES ON `shop`.* TO 'reader'@'%'".to_owned()],
        answers: Answers {
            rows: answers.iter().map(|(name, text)| (*name, rows(text))).collect(),
            failed: BTreeMap::new(),
        },
        created: BTreeMap::new(),
        shows_statements: false,
        piecemeal: version < (8, 0, 0),
        lost: Vec::new(),
        passing: BTreeSet::new(),
    };
    model(catalog, &Options { statistics: false, ..Options::default() })
}

fn table<'m>(model: &'m Model, name: &str) -> &'m Table {
    model.schemas[0].tables.iter().find(|table| table.name == name).expect("the table is in the model")
}

const TABLES: &str = "shop|customers|BASE TABLE|InnoDB|utf8mb4_general_ci|Who buys
shop|orders|BASE TABLE|InnoDB|utf8mb4_general_ci|";

const KEYS: &str = "shop|orders|orders_customer|1|customer_id|shop|customers|id";

const PARTITIONS: &str = "shop|customers|p0|1|HASH|`id`|~||~|~|~|~
shop|customers|p1|2|HASH|`id`|~||~|~|~|~";

/// What every version tells in the same way.
fn agrees(model: &Model) {
    let orders = table(model, "orders");
    let names: Vec<_> = orders.columns.iter().map(|column| column.name.as_str()).collect();
    assert_eq!(names, ["id", "customer_id", "state", "placed_at", "changed_at", "net", "gross", "note"]);
    let column = |name: &str| orders.column(name).expect("the column is in the table");
    assert!(column("id").auto_increment && !column("id").nullable && column("note").nullable);
    assert_eq!(column("id").base_type(), "int");
    assert_eq!(*column("state").values, ["new", "it's gone"]);
    let default = |name: &str| column(name).default.clone().map(|default| (default.expression.clone(), default.kind));
    assert_eq!(default("state"), Some(("'new'".to_owned(), DefaultKind::Literal)));
    assert_eq!(default("placed_at"), Some(("CURRENT_TIMESTAMP".to_owned(), DefaultKind::Expression)));
    assert_eq!(default("changed_at"), Some(("CURRENT_TIMESTAMP(3)".to_owned(), DefaultKind::Expression)));
    assert_eq!(column("changed_at").on_update.as_deref(), Some("CURRENT_TIMESTAMP(3)"));
    assert_eq!((default("net"), default("note")), (Some(("0.00".to_owned(), DefaultKind::Literal)), None));
    let gross = column("gross").generated.as_ref().expect("a generated column");
    assert_eq!((gross.expression.as_str(), gross.storage), ("`net` * 1.2", GeneratedStorage::Stored));
    assert!(column("net").generated.is_none());
    let key = orders.primary_key.as_ref().expect("a primary key");
    assert_eq!(key.columns, ["id"]);
    assert_eq!(orders.foreign_keys[0].referenced_columns, ["id"]);
    assert_eq!(orders.row_format.as_deref(), Some("compressed"));
    let customers = table(model, "customers");
    assert_eq!(customers.comment.as_deref(), Some("Who buys"));
    let partitions = customers.partitioning.as_ref().expect("partitions");
    assert_eq!((partitions.strategy.as_str(), partitions.partitions.len()), ("hash", 2));
    let hidden: Vec<_> = model.unseen.iter().map(|unseen| unseen.what).collect();
    assert!(hidden.contains(&UnseenKind::Functions) && !hidden.contains(&UnseenKind::Constraints));
}

fn remedy(model: &Model) -> &str {
    let unseen = model.unseen.iter().find(|unseen| unseen.what == UnseenKind::Functions);
    unseen.map(|unseen| unseen.remedy.as_str()).unwrap_or_default()
}

#[test]
fn version_5_7() {
    let model = read(
        (5, 7, 44),
        &[
            ("tables", TABLES),
            ("table_options", "shop|orders|row_format=COMPRESSED KEY_BLOCK_SIZE=8\nshop|customers|partitioned"),
            (
                "columns",
                "shop|customers|id|1|~|NO|int(10) unsigned|~|~|||
shop|orders|id|1|~|NO|int(10) unsigned|~|~|auto_increment||
shop|orders|customer_id|2|~|NO|int(10) unsigned|~|~|||
shop|orders|state|3|new|NO|enum('new','it''s gone')|utf8|utf8_general_ci|||
shop|orders|placed_at|4|CURRENT_TIMESTAMP|NO|timestamp|~|~|||
shop|orders|changed_at|5|CURRENT_TIMESTAMP(3)|NO|datetime(3)|~|~|on update CURRENT_TIMESTAMP(3)||
shop|orders|net|6|0.00|NO|decimal(10,2)|~|~|||
shop|orders|gross|7|~|YES|decimal(10,2)|~|~|STORED GENERATED||(`net` * 1.2)
shop|orders|note|8|~|YES|text|utf8mb4|utf8mb4_general_ci|||",
            ),
            (
                "indexes",
                "shop|customers|PRIMARY|1|0|id|A|~|BTREE|
shop|orders|PRIMARY|1|0|id|A|~|BTREE|
shop|orders|orders_customer|1|1|customer_id|A|~|BTREE|
shop|orders|orders_note|1|1|note|A|20|BTREE|by note",
            ),
            ("keys", KEYS),
            ("actions", "shop|orders|orders_customer|RESTRICT|RESTRICT"),
            ("partitions", PARTITIONS),
        ],
    );
    agrees(&model);
    let orders = table(&model, "orders");
    assert_eq!(orders.columns[0].data_type, "int(10) unsigned");
    assert_eq!(orders.columns[2].character_set.as_deref(), Some("utf8"));
    let note = orders.indexes.iter().find(|index| index.name == "orders_note").expect("the index is in the table");
    assert_eq!((note.key[0].prefix_length, note.visible, note.comment.as_deref()), (Some(20), true, Some("by note")));
    assert!(orders.check_constraints.is_empty());
    assert_eq!(model.engine.version, "5.7.44");
    assert_eq!(remedy(&model), "GRANT SELECT ON mysql.proc TO 'reader'@'%'");
}

/// Rows of 8.0 and later; `int` and `charset` are what changed meanwhile.
fn of_eight(version: Version, int: &str, charset: &str) -> Model {
    let columns = format!(
        "shop|customers|id|1|~|NO|{int}|~|~||||~
shop|orders|id|1|~|NO|{int}|~|~|auto_increment|||~
shop|orders|customer_id|2|~|NO|{int}|~|~||||~
shop|orders|state|3|new|NO|enum('new','it''s gone')|{charset}|{charset}_general_ci||||~
shop|orders|placed_at|4|CURRENT_TIMESTAMP|NO|timestamp|~|~|DEFAULT_GENERATED|||~
shop|orders|changed_at|5|CURRENT_TIMESTAMP(3)|NO|datetime(3)|~|~|DEFAULT_GENERATED on update CURRENT_TIMESTAMP(3)|||~
shop|orders|net|6|0.00|NO|decimal(10,2)|~|~||||~
shop|orders|gross|7|~|YES|decimal(10,2)|~|~|STORED GENERATED||(`net` * 1.2)|~
shop|orders|note|8|~|YES|text|utf8mb4|utf8mb4_0900_ai_ci|INVISIBLE|||~"
    );
    let mut answers = vec![
        ("tables", TABLES),
        ("table_options", "shop|orders|row_format=COMPRESSED\nshop|customers|partitioned"),
        ("columns", columns.as_str()),
        (
            "indexes",
            "shop|customers|PRIMARY|1|0|id|A|~|BTREE||YES|~
shop|orders|PRIMARY|1|0|id|A|~|BTREE||YES|~
shop|orders|orders_customer|1|1|customer_id|D|~|BTREE||NO|~
shop|orders|orders_lower|1|1|~|A|~|BTREE||YES|lower(`note`)",
        ),
        ("keys", KEYS),
        ("actions", "shop|orders|orders_customer|NO ACTION|CASCADE"),
        ("partitions", PARTITIONS),
    ];
    if version >= (8, 0, 16) {
        answers
            .push(("checks", "shop|net_positive|(`net` >= 0)\nshop|state_known|(`state` <> _utf8mb4\\'it\\\\\\'s\\')"));
        answers.push(("checked_tables", "shop|orders|net_positive|YES\nshop|orders|state_known|NO"));
    }
    read(version, &answers)
}

#[test]
fn version_8_0_before_checks() {
    let model = of_eight((8, 0, 15), "int(10) unsigned", "utf8");
    agrees(&model);
    let orders = table(&model, "orders");
    assert!(orders.check_constraints.is_empty());
    assert_eq!(orders.columns[2].collation.as_deref(), Some("utf8_general_ci"));
    assert_eq!(remedy(&model), "GRANT SELECT ON *.* TO 'reader'@'%'");
}

#[test]
fn versions_8_0_and_8_4() {
    for version in [(8, 0, 36), (8, 4, 3)] {
        let model = of_eight(version, "int unsigned", "utf8mb3");
        agrees(&model);
        let orders = table(&model, "orders");
        assert_eq!(orders.columns[0].data_type, "int unsigned");
        assert!(orders.columns[7].invisible);
        let index = |name: &str| orders.indexes.iter().find(|index| index.name == name).expect("the index");
        assert!(!index("orders_customer").visible && index("PRIMARY").visible);
        assert_eq!(index("orders_lower").key[0].expression.as_deref(), Some("lower(`note`)"));
        let checks: Vec<_> =
            orders.check_constraints.iter().map(|check| (check.expression.as_str(), check.enforced)).collect();
        assert_eq!(checks, [("`net` >= 0", true), ("`state` <> _utf8mb4'it\\'s'", false)]);
        assert_eq!(remedy(&model), "GRANT SHOW_ROUTINE ON *.* TO 'reader'@'%'");
    }
}
