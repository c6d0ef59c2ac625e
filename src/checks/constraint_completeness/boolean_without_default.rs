use crate::checks::columns::{default_of, is_boolean, is_copy};
use crate::checks::{Change, Context, Dimension, Finding, Kind, Needs, Object, Rule, Severity, Verdicts};
use crate::model::{Column, EngineName, TableRef};
use crate::survey::{TableClass, split};

pub(super) static RULE: Rule = Rule {
    id: "boolean-without-default",
    summary: "A boolean that must be set has no default",
    dimension: Dimension::ConstraintCompleteness,
    kind: Kind::Coverage,
    weight: 2,
    severity: Severity::Info,
    engines: &EngineName::ALL,
    needs: Needs::Catalog,
    reads: &[],
    denominator: "boolean, tinyint(1) and bit(1) columns that are NOT NULL, not generated, in no log, and named like a state: is_…, has_…, active, deleted, …ed",
    options: &[],
    peers: &["Eessaar"],
    references: &["https://www.postgresql.org/docs/current/ddl-default.html"],
    documentation: r"
## What it does

Finds boolean columns that are NOT NULL without a default and whose names say in which state a row is: `is_public`, `active`,
`deprecated`.

## Why

Every insert has to name the flag, so that adding one breaks code that does not know it yet. Nearly every flag has a value that
it starts with.

## Not reported

Flags that a person has to decide on each time: consent, acceptance of terms, opting in or out. Facts that whoever inserts the
row knows, because no value is the usual one (`inverse_direction`, `discoverable`), and everything in logs, which record what
happened, and in copies and archives, whose rows come whole.

## Fix

Set the default, usually false; it is metadata alone and changes no row.

## Example

```sql,fires
CREATE TABLE customers (id integer NOT NULL PRIMARY KEY, active boolean NOT NULL);
```

```sql,passes
CREATE TABLE customers (id integer NOT NULL PRIMARY KEY, active boolean NOT NULL DEFAULT true, accepted_terms boolean NOT NULL);
```

```sql,passes
CREATE TABLE grids (id integer NOT NULL PRIMARY KEY, inverse_direction boolean NOT NULL, same_source boolean NOT NULL);
CREATE TABLE customers_backup (id integer NOT NULL PRIMARY KEY, active boolean NOT NULL);
CREATE TABLE login_logs (id integer NOT NULL PRIMARY KEY, banned boolean NOT NULL, made integer NOT NULL);
```
",
    check,
};

/// Words of flags that somebody decides on each time.
const DECIDED: [&str; 11] =
    ["consent", "consented", "accepted", "accepts", "agreed", "agrees", "agreement", "opt", "opted", "gdpr", "terms"];

/// First words of names that say what a row is, has or may.
const STATE_PREFIXES: [&str; 6] = ["is", "has", "can", "allow", "allows", "enable"];

/// Last words of names that say in which state a row is; participles in `ed` besides.
const STATES: [&str; 18] = [
    "active", "inactive", "alive", "default", "done", "draft", "flag", "frozen", "hidden", "online", "open", "paid",
    "primary", "private", "public", "read", "sent", "visible",
];

fn check(context: Context<'_>, verdicts: &mut Verdicts) {
    let records = |table: &TableRef<'_>| context.survey.class(table.id) == TableClass::Log || is_copy(context, *table);
    for table in context.tables.base().filter(|table| !records(table)) {
        let booleans = table.table.columns.iter();
        let states = booleans.filter(|column| is_boolean(column) && is_state(&column.name));
        for column in states.filter(|column| !column.nullable && column.generated.is_none()) {
            let object = Object::column(table, &column.name);
            if default_of(column).is_some() {
                verdicts.pass(object);
                continue;
            }
            let set = Change::SetDefault {
                table: table.qualified_name(),
                column: column.name.clone(),
                expression: Some(no(context.model.engine.name, column).to_owned()),
            };
            let message = format!("{} is NOT NULL without a default", column.name);
            verdicts.fail(Finding::new(&RULE, object, message).with([set]));
        }
    }
}

/// Whether the name says in which state a row is, and nobody decides on that for each row.
fn is_state(name: &str) -> bool {
    let words = split(name);
    let (Some(first), Some(last)) = (words.first(), words.last()) else { return false };
    let decided = words.iter().any(|word| DECIDED.contains(&word.as_str()));
    let prefixed = words.len() > 1 && STATE_PREFIXES.contains(&first.as_str());
    !decided && (prefixed || STATES.contains(&last.as_str()) || (last.len() > 4 && last.ends_with("ed")))
}

/// The literal for false.
pub(super) fn no(engine: EngineName, column: &Column) -> &'static str {
    match engine {
        EngineName::PostgreSql if column.data_type.starts_with("bit") => "B'0'",
        EngineName::PostgreSql => "false",
        _ => "0",
    }
}
