//! A polymorphic reference without an index.

use crate::checks::coverage::cover;
use crate::checks::names::Names;
use crate::checks::relations::{index_instead, index_urgency};
use crate::checks::{Context, Dimension, Finding, Kind, Needs, Object, Rule, Severity, Verdicts};
use crate::model::{EngineName, UnseenKind};

pub(super) static RULE: Rule = Rule {
    id: "polymorphic-unindexed",
    summary: "No index serves a polymorphic reference",
    dimension: Dimension::IndexCoverage,
    kind: Kind::Coverage,
    weight: 4,
    severity: Severity::Warning,
    engines: &EngineName::ALL,
    needs: Needs::Catalog,
    reads: &[UnseenKind::Indexes],
    denominator: "polymorphic pairs of columns",
    options: &[],
    peers: &["active_record_doctor", "database_consistency"],
    references: &["https://github.com/gregnavis/active_record_doctor#indexing-unindexed-foreign-keys"],
    documentation: r"
## What it does

Looks for an index that starts with both columns of a pair such as `subject_type` and `subject_id`, in any order, or with
the identifier.

## Why

Every load of the rows that belong to an object looks both columns up. An index on the type alone barely narrows it.

## Not reported

- Pairs served by the start of a longer index or of a key.
- Tables below 1 000 rows and logs are reported as information.

## Fix

Index the type and the key together, in this order.

## Example

```sql,fires
CREATE TABLE comments (
    id integer NOT NULL PRIMARY KEY,
    subject_type varchar(40) NOT NULL,
    subject_id integer NOT NULL
);
CREATE INDEX comments_subject_type_idx ON comments (subject_type);
```

```sql,fires,severity=info
CREATE TABLE audit_log (
    id integer NOT NULL PRIMARY KEY,
    subject_type varchar(40) NOT NULL,
    subject_id integer NOT NULL
);
```

```sql,passes
CREATE TABLE comments (
    id integer NOT NULL PRIMARY KEY,
    subject_type varchar(40) NOT NULL,
    subject_id integer NOT NULL
);
CREATE INDEX comments_subject_idx ON comments (subject_type, subject_id, id);
CREATE TABLE likes (
    id integer NOT NULL PRIMARY KEY,
    target_type varchar(40) NOT NULL,
    target_id integer NOT NULL
);
CREATE INDEX likes_target_id_idx ON likes (target_id);
```
",
    check,
};

fn check(context: Context<'_>, verdicts: &mut Verdicts) {
    let names = Names::new(context);
    for pair in &context.survey.polymorphic {
        let Some(table) = context.tables.find(&pair.table).filter(|table| table.is_base()) else { continue };
        let object = Object::column(table, &pair.id_column);
        let both = [pair.type_column.clone(), pair.id_column.clone()];
        if cover(table.table, &both, None).suffices() || cover(table.table, &both[1..], None).suffices() {
            verdicts.pass(object);
        } else {
            let message = format!("no usable index starts with ({}, {})", pair.type_column, pair.id_column);
            let mut finding = Finding::new(&RULE, object, message);
            if let Some(severity) = index_urgency(context, table, None) {
                finding = finding.severity(severity);
            }
            let long = table.column(&pair.type_column).is_some_and(|column| column.base_type().ends_with("text"));
            verdicts.fail(if long && context.model.engine.name.is_mysql_family() {
                finding.advise(format!("{} is a TEXT column: make it a VARCHAR, then index both", pair.type_column))
            } else {
                finding.with(index_instead(
                    context.model.engine.name,
                    table,
                    names.index(&table.schema.name, &table.name, &both),
                    &both,
                ))
            });
        }
    }
}
