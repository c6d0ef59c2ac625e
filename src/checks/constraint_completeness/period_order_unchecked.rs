use crate::checks::columns::is_copy;
use crate::checks::condition::can_fail;
use crate::checks::names::Names;
use crate::checks::{Change, Context, Dimension, Finding, Kind, Needs, Object, Rule, Severity, Verdicts};
use crate::model::quote::quote_identifier;
use crate::model::{Column, EngineName, TableRef, UnseenKind};
use crate::survey::split;
use std::rc::Rc;

pub(super) static RULE: Rule = Rule {
    id: "period-order-unchecked",
    summary: "A period can end before it starts",
    dimension: Dimension::ConstraintCompleteness,
    kind: Kind::Coverage,
    weight: 3,
    severity: Severity::Info,
    engines: &EngineName::ALL,
    needs: Needs::Catalog,
    reads: &[UnseenKind::Constraints, UnseenKind::Indexes],
    denominator: "pairs of temporal columns of one type that differ in the words start and end, begin and end, from and to or until, opened and closed",
    options: &[],
    peers: &["Eessaar"],
    references: &["https://www.postgresql.org/docs/current/ddl-constraints.html#DDL-CONSTRAINTS-CHECK-CONSTRAINTS"],
    documentation: r"
## What it does

Looks for two columns that are the ends of a period (`start_date` and `end_date`, `valid_from` and `valid_to`, `opened_at` and
`closed_at`) and for a check that names both.

## Why

A period whose ends were swapped is in no list: no moment lies after its start and before its end.

## Not reported

Times of day, which may pass midnight. Columns of different types. Periods that a range, an exclusion constraint, an index over
an expression or the table's own PERIOD is made of: those refuse such a row already. Copies and archives hold what the tables
they come from allow.

## Fix

Add a check that the end does not lie before the start, after a look for the rows that break it.

## Example

```sql,fires
CREATE TABLE prices (id integer NOT NULL PRIMARY KEY, start_date date NOT NULL, end_date date);
```

```sql,passes
CREATE TABLE prices (id integer NOT NULL PRIMARY KEY, start_date date NOT NULL, end_date date, CONSTRAINT prices_order CHECK (end_date >= start_date));
CREATE TABLE prices_backup (id integer NOT NULL PRIMARY KEY, start_date date NOT NULL, end_date date);
CREATE TABLE shifts (id integer NOT NULL PRIMARY KEY, start_time time NOT NULL, end_time time NOT NULL);
CREATE TABLE stays (id integer NOT NULL PRIMARY KEY, begin_on date NOT NULL, end_on date NOT NULL, started_on date, ended_on date, CONSTRAINT stays_planned CHECK (end_on > begin_on), CONSTRAINT stays_real CHECK (ended_on >= started_on));
CREATE TABLE tours (id integer NOT NULL PRIMARY KEY, start_place varchar(20) NOT NULL, end_place varchar(20) NOT NULL);
```

```sql,passes,postgresql
CREATE TABLE prices (id integer PRIMARY KEY, valid_from date NOT NULL, valid_to date, EXCLUDE USING gist (daterange(valid_from, valid_to) WITH &&));
CREATE TABLE tours (id integer PRIMARY KEY, start_at timestamptz NOT NULL, end_at timestamptz CHECK (end_at > start_at), opened_at date, closed_at timestamptz);
```
",
    check,
};

/// Words for the start of a period, with those for its end.
const ENDS: [(&[&str], &[&str]); 4] = [
    (
        &["start", "starts", "started", "starting", "begin", "begins", "began", "beginning"],
        &["end", "ends", "ended", "ending", "finish", "finishes", "finished"],
    ),
    (&["from"], &["to", "until", "till", "through", "thru"]),
    (&["opened"], &["closed"]),
    (&["opens"], &["closes"]),
];

/// Those of them that go together when a table has several pairs.
const FORMS: [(&[&str], &[&str]); 6] = [
    (&["start"], &["end", "finish"]),
    (&["begin"], &["end", "finish"]),
    (&["starts", "begins"], &["ends", "finishes"]),
    (&["started", "began"], &["ended", "finished"]),
    (&["starting", "beginning"], &["ending"]),
    (&["from"], &["to"]),
];

/// Words of moments, for SQLite, whose types do not tell.
const MOMENTS: [&str; 6] = ["at", "on", "date", "day", "datetime", "valid"];

fn check(context: Context<'_>, verdicts: &mut Verdicts) {
    let engine = context.model.engine.name;
    for table in context.tables.base().filter(|table| !is_copy(context, *table)) {
        for (start, end) in pairs(engine, table) {
            let object = Object::column(table, &end.name);
            if is_ordered(table, &start.name, &end.name) {
                verdicts.pass(object);
            } else {
                let add = Change::AddCheck {
                    table: table.qualified_name(),
                    name: Names::check(&table.name, &[start.name.clone(), end.name.clone()]),
                    expression: format!(
                        "{} >= {}",
                        quote_identifier(engine, &end.name),
                        quote_identifier(engine, &start.name)
                    ),
                };
                let message = format!("no check keeps {} from lying before {}", end.name, start.name);
                verdicts.fail(Finding::new(&RULE, object, message).with([add]));
            }
        }
    }
}

fn pairs(engine: EngineName, table: TableRef<'_>) -> Vec<(&Column, &Column)> {
    let columns: Vec<(&Column, Rc<[String]>)> = table
        .table
        .columns
        .iter()
        .filter(|column| column.generated.is_none() && !column.inherited)
        .map(|column| (column, split(&column.name)))
        .filter(|(column, words)| is_moment(engine, column, words))
        .collect();
    let mut found: Vec<(&Column, &Column)> = Vec::new();
    for opposites in [FORMS.as_slice(), ENDS.as_slice()] {
        for (start, words) in &columns {
            let is_paired = |column: &Column, found: &[(&Column, &Column)]| {
                found
                    .iter()
                    .any(|(start, end)| [start.name.as_str(), end.name.as_str()].contains(&column.name.as_str()))
            };
            let opposite = words.iter().enumerate().find_map(|(at, word)| {
                let (_, ends) = opposites.iter().find(|(starts, _)| starts.contains(&word.as_str()))?;
                Some((at, *ends))
            });
            let Some((at, ends)) = opposite.filter(|_| !is_paired(start, &found)) else { continue };
            let matches = |(end, others): &&(&Column, Rc<[String]>)| {
                others.len() == words.len()
                    && end.data_type == start.data_type
                    && !is_paired(end, &found)
                    && others.iter().zip(&**words).enumerate().all(|(position, (other, word))| {
                        if position == at { ends.contains(&other.as_str()) } else { other == word }
                    })
            };
            if let Some((end, _)) = columns.iter().find(matches) {
                found.push((*start, *end));
            }
        }
    }
    found
}

fn is_moment(engine: EngineName, column: &Column, words: &[String]) -> bool {
    let base = column.base_type();
    let temporal = base.starts_with("date") || base.starts_with("timestamp");
    let untyped =
        engine == EngineName::Sqlite && (base.contains("text") || base.contains("int") || base.contains("char"));
    column.array_dimensions == 0 && (temporal || untyped && words.iter().any(|word| MOMENTS.contains(&word.as_str())))
}

/// Whether something refuses a period that ends before it starts.
fn is_ordered(table: TableRef<'_>, start: &str, end: &str) -> bool {
    let both = |text: &str| text.contains(start) && text.contains(end);
    let named = |names: &[String]| names.iter().any(|name| name == start) && names.iter().any(|name| name == end);
    table.check_constraints.iter().any(|check| named(&check.columns) && can_fail(check))
        || table.exclusion_constraints.iter().any(|exclusion| both(&exclusion.definition))
        || table.indexes.iter().flat_map(|index| &index.key).filter_map(|part| part.expression.as_deref()).any(both)
        || table.table.columns.iter().filter_map(|column| column.generated.as_ref()).any(|made| both(&made.expression))
        || table.periods.iter().any(|period| period.start == start && period.end == end)
}
