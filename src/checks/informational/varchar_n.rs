//! A text is limited by its type (a preference, off by default).

use crate::checks::{Context, Dimension, Finding, Kind, Needs, Object, Rule, RuleOption, Severity, Values, Verdicts};
use crate::model::EngineName;

pub(super) static RULE: Rule = Rule {
    id: "varchar-n",
    summary: "A text is limited by its type (a preference, off by default)",
    dimension: Dimension::ConstraintCompleteness,
    kind: Kind::Informational,
    weight: 0,
    severity: Severity::Info,
    engines: &[EngineName::PostgreSql],
    needs: Needs::Catalog,
    reads: &[],
    denominator: "columns of type varchar(n)",
    options: &[RuleOption {
        name: "report",
        values: Values::Boolean,
        meaning: "`true` to report varchar(n); off by default, since it is a preference",
    }],
    peers: &["Don't Do This", "pg-index-health", "schemalint", "squawk"],
    references: &["https://wiki.postgresql.org/wiki/Don%27t_Do_This#Don.27t_use_varchar.28n.29_by_default"],
    documentation: r"
## What it does

Reports columns of type `varchar(n)`, when `report` is true.

## Why

A limit in the type can be raised, but not lowered without a look at every row, and 255 is mostly nobody's requirement. Some teams use `text` with a check instead. See also `text-unbounded`.

## Not reported

Everything, unless the option says so.

## Fix

Use `text`, with a check where a limit is meant, if the preference is for that. No step is written.

## Example

```sql,fires,report=true
CREATE TABLE notes (id bigint PRIMARY KEY, title varchar(255));
```

```sql,passes
CREATE TABLE notes (id bigint PRIMARY KEY, title varchar(255));
```
",
    check,
};

fn check(context: Context<'_>, verdicts: &mut Verdicts) {
    if context.settings.option(RULE.id, "report").and_then(toml::Value::as_bool) != Some(true) {
        return;
    }
    for table in context.tables.base() {
        for column in table.table.columns.iter().filter(|column| column.data_type.starts_with("character varying(")) {
            let message = format!("{} is {}", column.name, column.data_type);
            verdicts.fail(Finding::new(&RULE, Object::column(table, &column.name), message));
        }
    }
}
