use crate::checks::{Change, Context, Dimension, Finding, Kind, Needs, Object, Rule, Severity, Verdicts};
use crate::model::EngineName;
use crate::survey::split;

pub(super) static RULE: Rule = Rule {
    id: "storage-engine",
    summary: "A table is stored by an engine without transactions or foreign keys",
    dimension: Dimension::OperationalReadiness,
    kind: Kind::Defect,
    weight: 5,
    severity: Severity::Error,
    engines: &[EngineName::MySql, EngineName::MariaDb],
    needs: Needs::Catalog,
    reads: &[],
    denominator: "tables",
    options: &[],
    peers: &["skeema", "Bytebase"],
    references: &[
        "https://dev.mysql.com/doc/refman/8.4/en/storage-engines.html",
        "https://mariadb.com/docs/server/server-usage/storage-engines/choosing-the-right-storage-engine",
    ],
    documentation: r"
## What it does

Reports tables whose storage engine is not InnoDB.

## Why

MyISAM, Aria, MEMORY and CSV have no transactions, lock the whole table for a write, and read foreign keys only to forget
them: the declaration is accepted, nothing is enforced, and nothing says so.

## Not reported

MyRocks and ColumnStore, which are chosen on purpose, and MEMORY tables whose name says that they are temporary, a cache or
sessions.

## Fix

Convert the table to InnoDB, which copies it; then declare the foreign keys that the old engine dropped. Tables of engines that
keep their rows elsewhere or in another way on purpose, such as FEDERATED, BLACKHOLE, ARCHIVE and CSV, get no step.

## Example

```sql,fires,mysql,mariadb
CREATE TABLE countries (id bigint PRIMARY KEY, code char(2) NOT NULL) ENGINE=MyISAM;
```

What a table of another engine is for, nobody but its owner knows:

```sql,fires,mysql,mariadb
CREATE TABLE arrivals (id bigint NOT NULL, line varchar(100) NOT NULL) ENGINE=CSV;
```

```sql,passes,mysql,mariadb
CREATE TABLE countries (id bigint PRIMARY KEY, code char(2) NOT NULL) ENGINE=InnoDB;
CREATE TABLE page_cache (id bigint PRIMARY KEY, page varchar(200)) ENGINE=MEMORY;
```
",
    check,
};

/// Engines that are chosen on purpose.
const CHOSEN: &[&str] = &["innodb", "rocksdb", "columnstore", "ndbcluster", "ndb"];

/// Engines whose tables are their rows, so that InnoDB can keep them instead; MERGE has those of others.
const ROWS_ALONE: &[&str] = &["myisam", "aria", "memory", "mrg_myisam"];

/// Words of names of tables that may be lost.
const TEMPORARY: &[&str] = &["tmp", "temp", "temporary", "cache", "session", "sessions"];

fn check(context: Context<'_>, verdicts: &mut Verdicts) {
    for table in context.tables.base() {
        let Some(engine) = &table.table.storage_engine else { continue };
        let lower = engine.to_lowercase();
        let temporary = split(&table.table.name).iter().any(|word| TEMPORARY.contains(&word.as_str()));
        if CHOSEN.contains(&lower.as_str()) || (lower == "memory" && temporary) {
            verdicts.pass(Object::table(table));
            continue;
        }
        let message = format!("stored by {engine}: no transactions, no foreign keys");
        let finding = Finding::new(&RULE, Object::table(table), message);
        verdicts.fail(if ROWS_ALONE.contains(&lower.as_str()) {
            finding.with([Change::SetStorageEngine { table: table.qualified_name(), engine: "InnoDB".to_owned() }])
        } else {
            finding.advise(format!(
                "find out what {engine} was chosen for, since InnoDB keeps rows in another way: then move them by hand"
            ))
        });
    }
}
