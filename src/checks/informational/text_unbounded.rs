//! A text has no limit of length (a preference, off by default).

use crate::checks::{Context, Dimension, Finding, Kind, Needs, Object, Rule, RuleOption, Severity, Values, Verdicts};
use crate::model::{EngineName, UnseenKind};

pub(super) static RULE: Rule = Rule {
    id: "text-unbounded",
    summary: "A text has no limit of length (a preference, off by default)",
    dimension: Dimension::ConstraintCompleteness,
    kind: Kind::Informational,
    weight: 0,
    severity: Severity::Info,
    engines: &[EngineName::PostgreSql],
    needs: Needs::Catalog,
    reads: &[UnseenKind::Constraints],
    denominator: "text columns",
    options: &[RuleOption {
        name: "report",
        values: Values::Boolean,
        meaning: "`true` to report unlimited texts; off by default, since it is a preference",
    }],
    peers: &["GitLab"],
    references: &["https://www.postgresql.org/docs/current/datatype-character.html"],
    documentation: r"
## What it does

Reports columns of type `text` and `varchar` without a length that no check limits, when `report` is true.

## Why

Some teams limit every text, because a row of a gigabyte reaches every cache and every screen. Others leave it to the application. See also `varchar-n`.

## Not reported

Everything, unless the option says so; columns that a check limits by length.

## Fix

Add a check of the length, or declare `varchar(n)`, if the preference is for limits. How long is for a person to say, so no
step is written.

## Example

```sql,fires,report=true
CREATE TABLE notes (id bigint PRIMARY KEY, body text);
```

```sql,passes,report=true
CREATE TABLE notes (id bigint PRIMARY KEY, body text CHECK (char_length(body) <= 1000), title varchar(80));
```

```sql,passes
CREATE TABLE notes (id bigint PRIMARY KEY, body text);
```
",
    check,
};

fn check(context: Context<'_>, verdicts: &mut Verdicts) {
    if context.settings.option(RULE.id, "report").and_then(toml::Value::as_bool) != Some(true) {
        return;
    }
    for table in context.tables.base() {
        for column in &table.table.columns {
            let unbounded = matches!(column.data_type.as_str(), "text" | "character varying");
            if !unbounded || column.array_dimensions > 0 {
                continue;
            }
            let limited = table.table.check_constraints.iter().any(|check| {
                check.columns.contains(&column.name) && check.expression.to_lowercase().contains("length(")
            });
            let object = Object::column(table, &column.name);
            if limited {
                verdicts.pass(object);
            } else {
                verdicts.fail(Finding::new(&RULE, object, format!("{} has no limit of length", column.name)));
            }
        }
    }
}
