use crate::checks::columns::{is_copy, is_float, is_number};
use crate::checks::{Change, Context, Dimension, Finding, Kind, Needs, Object, Rule, Severity, Verdicts};
use crate::model::{Column, EngineName, TableRef};
use crate::survey::{singular, split};

pub(super) static RULE: Rule = Rule {
    id: "money-as-float",
    summary: "Money is kept in a type that rounds or depends on the locale",
    dimension: Dimension::ConstraintCompleteness,
    kind: Kind::Defect,
    weight: 4,
    severity: Severity::Warning,
    engines: &EngineName::ALL,
    needs: Needs::Catalog,
    reads: &[],
    denominator: "numeric columns whose last word is amount, price, cost, total, balance, fee or tax, and columns of PostgreSQL's type money",
    options: &[],
    peers: &["pg-index-health", "skeema", "sqlcheck", "Don't Do This"],
    references: &["https://wiki.postgresql.org/wiki/Don't_Do_This#Don.27t_use_money"],
    documentation: r"
## What it does

Reports floating-point columns that are named like money, and columns of PostgreSQL's type `money`.

## Why

0.1 has no exact binary form, so that sums of prices differ from what is printed on the invoice by a cent. `money` has a fixed
number of digits that depends on a setting of the session which reads it.

## Not reported

Amounts of something else: names with a word of measuring (dose, energy, rainfall, …), and an `amount` or `total` beside a
column with its unit. Copies and archives, which change with the tables they come from.

SQLite has no decimal type, and what it calls NUMERIC rounds in the same way: there keep whole cents in an INTEGER, which no
statement can do for the code that reads the column.

## Fix

Change the type to `numeric` or `DECIMAL`, which rewrites the table and rounds to four decimals: a query finds the values that
would change. In SQLite keep whole cents in an INTEGER.
No step is written in SQLite.

## Example

```sql,fires
CREATE TABLE invoices (id integer NOT NULL PRIMARY KEY, price double precision NOT NULL CHECK (price >= 0));
```

```sql,fires,postgresql
CREATE TABLE invoices (id integer PRIMARY KEY, paid money NOT NULL, net_amount real NOT NULL DEFAULT 0);
```

```sql,passes
CREATE TABLE invoices (id integer NOT NULL PRIMARY KEY, price numeric(12,2) NOT NULL, tax_rate double precision NOT NULL);
CREATE TABLE invoices_backup (id integer NOT NULL PRIMARY KEY, price double precision NOT NULL);
CREATE TABLE meals (id integer NOT NULL PRIMARY KEY, amount double precision NOT NULL, unit varchar(8) NOT NULL, energy_total double precision NOT NULL);
```
",
    check,
};

const LAST_WORDS: [&str; 7] = ["amount", "price", "cost", "total", "balance", "fee", "tax"];

/// Words of quantities that are no money.
const MEASURED: [&str; 16] = [
    "dose",
    "dosage",
    "substance",
    "concentration",
    "energy",
    "power",
    "water",
    "rain",
    "rainfall",
    "precipitation",
    "calorie",
    "weight",
    "volume",
    "distance",
    "time",
    "score",
];

fn check(context: Context<'_>, verdicts: &mut Verdicts) {
    let engine = context.model.engine.name;
    for table in context.tables.base().filter(|table| !is_copy(context, *table)) {
        for column in table.table.columns.iter().filter(|column| applies(table, column)) {
            let object = Object::column(table, &column.name);
            let locale = is_money_type(column);
            if !locale && !is_float(column) {
                verdicts.pass(object);
                continue;
            }
            let why = if locale { "depends on the locale" } else { "rounds" };
            let finding = Finding::new(&RULE, object, format!("{} is {}, which {why}", column.name, column.data_type));
            let data_type = match engine {
                EngineName::Sqlite => None,
                EngineName::PostgreSql => Some("numeric(19,4)"),
                EngineName::MySql | EngineName::MariaDb => Some("decimal(19,4)"),
            };
            verdicts.fail(match data_type {
                Some(data_type) => finding.with([Change::ChangeType {
                    table: table.qualified_name(),
                    column: column.name.clone(),
                    data_type: data_type.to_owned(),
                    with: Vec::new(),
                }]),
                None => finding.advise("keep whole cents in an INTEGER: SQLite has no decimal type"),
            });
        }
    }
}

fn applies(table: TableRef<'_>, column: &Column) -> bool {
    if column.generated.is_some() || column.inherited || column.array_dimensions > 0 {
        return false;
    }
    if is_money_type(column) {
        return true;
    }
    if !is_number(column) {
        return false;
    }
    let words = split(&column.name);
    let Some(last) = words.last() else { return false };
    let last = if last.ends_with('s') { singular(last) } else { last.clone() };
    let has = |wanted: &[&str]| {
        table.table.columns.iter().any(|column| split(&column.name).iter().any(|word| wanted.contains(&word.as_str())))
    };
    let measured = || words.iter().any(|word| MEASURED.contains(&singular(word).as_str()));
    let in_units = || {
        matches!(last.as_str(), "amount" | "total")
            && has(&["unit", "units", "uom"])
            && !has(&["currency", "price", "quantity", "qty"])
    };
    LAST_WORDS.contains(&last.as_str()) && !measured() && !in_units()
}

fn is_money_type(column: &Column) -> bool {
    column.array_dimensions == 0 && column.base_type() == "money"
}
