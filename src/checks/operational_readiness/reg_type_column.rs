use crate::checks::{Change, Context, Dimension, Finding, Kind, Needs, Object, Rule, Severity, Verdicts};
use crate::model::EngineName;

pub(super) static RULE: Rule = Rule {
    id: "reg-type-column",
    summary: "A column of an object identifier type blocks the upgrade of the server",
    dimension: Dimension::OperationalReadiness,
    kind: Kind::Defect,
    weight: 3,
    severity: Severity::Error,
    engines: &[EngineName::PostgreSql],
    needs: Needs::Catalog,
    reads: &[],
    denominator: "columns",
    options: &[],
    peers: &["splinter"],
    references: &["https://www.postgresql.org/docs/current/pgupgrade.html"],
    documentation: r"
## What it does

Finds columns of the types `regproc`, `regprocedure`, `regoper`, `regoperator`, `regconfig`, `regdictionary`, `regnamespace`
and `regcollation`.

## Why

They store object identifiers that differ in the new cluster, so `pg_upgrade` refuses to run.

## Not reported

`regclass`, `regrole` and `regtype`, whose identifiers survive an upgrade.

## Fix

Change the type to `text`, which keeps the name of what it refers to.

## Example

```sql,fires
CREATE TABLE documents (id bigint PRIMARY KEY, language regconfig NOT NULL, created_at timestamptz, updated_at timestamptz);
```

```sql,passes
CREATE TABLE documents (id bigint PRIMARY KEY, language text NOT NULL, source regclass);
```
",
    check,
};

const BLOCKING: &[&str] = &[
    "regproc",
    "regprocedure",
    "regoper",
    "regoperator",
    "regconfig",
    "regdictionary",
    "regnamespace",
    "regcollation",
];

fn check(context: Context<'_>, verdicts: &mut Verdicts) {
    for table in context.tables.base() {
        for column in &table.table.columns {
            let object = || Object::column(table, &column.name);
            if !BLOCKING.contains(&column.base_type()) {
                verdicts.pass_in(table, object);
                continue;
            }
            let message = format!("{} is {}, which pg_upgrade refuses", column.name, column.data_type);
            let data_type = format!("text{}", "[]".repeat(column.array_dimensions.min(1) as usize));
            verdicts.fail(Finding::new(&RULE, object(), message).with([Change::ChangeType {
                table: table.qualified_name(),
                column: column.name.clone(),
                data_type,
                with: Vec::new(),
            }]));
        }
    }
}
