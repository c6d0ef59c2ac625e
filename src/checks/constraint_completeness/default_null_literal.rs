use crate::checks::columns::{default_of, is_text};
use crate::checks::{Change, Context, Dimension, Finding, Kind, Needs, Object, Rule, Severity, Verdicts};
use crate::model::{ColumnDefault, EngineName};

pub(super) static RULE: Rule = Rule {
    id: "default-null-literal",
    summary: "The default is the word NULL, not the absence of a value",
    dimension: Dimension::ConstraintCompleteness,
    kind: Kind::Defect,
    weight: 2,
    severity: Severity::Warning,
    engines: &EngineName::ALL,
    needs: Needs::Catalog,
    reads: &[],
    denominator: "text columns with a default",
    options: &[],
    peers: &["SchemaCrawler", "SchemaSpy"],
    references: &["https://www.schemacrawler.com/lint.html"],
    documentation: r"
## What it does

Reports text columns whose default is the four letters `'NULL'`.

## Why

The quotes were meant to be left out. Rows then hold a word where they should hold nothing, and `IS NULL` does not find them.

## Not reported

`DEFAULT NULL`, which says nothing.

## Fix

Remove the default. Rows that hold the word already have to be looked at by a person.

## Example

```sql,fires
CREATE TABLE customers (id integer NOT NULL PRIMARY KEY, note varchar(20) DEFAULT 'NULL');
```

```sql,passes
CREATE TABLE customers (id integer NOT NULL PRIMARY KEY, note varchar(20) DEFAULT NULL, title varchar(20) DEFAULT 'none');
```
",
    check,
};

fn check(context: Context<'_>, verdicts: &mut Verdicts) {
    for table in context.tables.base() {
        for column in table
            .table
            .columns
            .iter()
            .filter(|column| column.default.is_some() && column.generated.is_none() && is_text(column))
        {
            let Some(default) = default_of(column) else { continue };
            let object = Object::column(table, &column.name);
            if !is_null_word(default) {
                verdicts.pass(object);
                continue;
            }
            let drop =
                Change::SetDefault { table: table.qualified_name(), column: column.name.clone(), expression: None };
            let message = format!("the default of {} is the word NULL in quotes", column.name);
            verdicts.fail(
                Finding::new(&RULE, object, message)
                    .with([drop])
                    .advise(format!("then look for rows in which {} holds the word, and make them NULL", column.name)),
            );
        }
    }
}

/// Whether a default is the word NULL in quotes.
pub(super) fn is_null_word(default: &ColumnDefault) -> bool {
    let literal = default.expression.split("::").next().unwrap_or_default().trim().trim_matches(['(', ')']);
    literal.eq_ignore_ascii_case("'null'")
}
