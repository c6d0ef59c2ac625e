use crate::checks::columns::{checks_of, is_copy, is_key, is_number};
use crate::checks::condition::can_fail;
use crate::checks::names::Names;
use crate::checks::{Change, Context, Dimension, Finding, Kind, Needs, Object, Rule, Severity, Verdicts};
use crate::model::quote::quote_identifier;
use crate::model::{Column, EngineName, TableRef, UnseenKind};
use crate::survey::{singular, split};

pub(super) static RULE: Rule = Rule {
    id: "numeric-range-unchecked",
    summary: "A number that cannot be negative may be",
    dimension: Dimension::ConstraintCompleteness,
    kind: Kind::Coverage,
    weight: 3,
    severity: Severity::Info,
    engines: &EngineName::ALL,
    needs: Needs::Catalog,
    reads: &[UnseenKind::Constraints, UnseenKind::Types],
    denominator: "numeric columns outside keys whose last word is amount, price, cost, qty, quantity, total, percent, rate, ratio, discount, weight, height, width, age, duration, size, count, score, rating, tax, fee, stock, cents, bytes or ms",
    options: &[],
    peers: &["database_consistency", "Eessaar"],
    references: &["https://www.postgresql.org/docs/current/ddl-constraints.html#DDL-CONSTRAINTS-CHECK-CONSTRAINTS"],
    documentation: r"
## What it does

Looks at numeric columns that are named like a measure or an amount and asks what limits them: a check that names the column, a
domain with a check, or a type that is UNSIGNED.

## Why

A negative quantity or a percentage of 4000 is a bug somewhere else. The database is the last place that could say so.

## Not reported

Names with balance, delta, diff, difference, adjustment, change, offset or net, which are signed by nature. Counters that a
framework keeps of the rows of another table (`comments_count` where there is a table `comments`). A check that cannot fail,
`CHECK (… OR NULL)`, does not count. Copies and archives hold what the tables they come from allow.

## Fix

Add a check of the range: not below 0, and for shares not above 100. Rows outside of it are looked for first.

## Example

```sql,fires
CREATE TABLE order_items (id integer NOT NULL PRIMARY KEY, quantity integer NOT NULL, discount_percent integer NOT NULL);
```

```sql,passes
CREATE TABLE comments (id integer NOT NULL PRIMARY KEY);
CREATE TABLE order_items (
    id integer NOT NULL PRIMARY KEY,
    quantity integer NOT NULL CHECK (quantity > 0),
    net_total integer NOT NULL,
    comments_count integer NOT NULL,
    size varchar(4) NOT NULL
);
```

```sql,passes
CREATE TABLE order_items_backup (id integer NOT NULL PRIMARY KEY, quantity integer NOT NULL, discount_percent integer NOT NULL);
```

```sql,passes,mysql,mariadb
CREATE TABLE order_items (id int NOT NULL PRIMARY KEY, quantity int unsigned NOT NULL, net_total int NOT NULL);
```

```sql,passes,postgresql
CREATE DOMAIN pieces AS integer CHECK (VALUE > 0);
CREATE TABLE order_items (id integer PRIMARY KEY, quantity pieces NOT NULL, balance_amount integer NOT NULL);
```
",
    check,
};

const LAST_WORDS: &[&str] = &[
    "amount", "price", "cost", "qty", "quantity", "total", "percent", "rate", "ratio", "discount", "weight", "height",
    "width", "age", "duration", "size", "count", "score", "rating", "tax", "fee", "stock", "cents", "bytes", "ms",
];

/// Words of amounts that may be negative.
const SIGNED: &[&str] = &["balance", "delta", "diff", "difference", "adjustment", "change", "offset", "net"];

fn check(context: Context<'_>, verdicts: &mut Verdicts) {
    for table in context.tables.base().filter(|table| !is_copy(context, *table)) {
        for column in table.table.columns.iter().filter(|column| applies(context, table, column)) {
            let object = Object::column(table, &column.name);
            let checked = checks_of(table, &column.name).any(can_fail);
            if checked || column.data_type.to_lowercase().contains("unsigned") || has_limiting_domain(context, column) {
                verdicts.pass(object);
            } else {
                verdicts.fail(finding(context, table, column));
            }
        }
    }
}

fn applies(context: Context<'_>, table: TableRef<'_>, column: &Column) -> bool {
    let words = split(&column.name);
    let named = words.last().is_some_and(|word| LAST_WORDS.contains(&word.as_str()));
    let signed = words.iter().any(|word| SIGNED.contains(&word.as_str()));
    named
        && !signed
        && (is_number(column) || has_limiting_domain(context, column))
        && column.generated.is_none()
        && !column.inherited
        && !column.is_auto_generated()
        && !is_key(table, &column.name)
        && !is_counter(context, table, &words)
}

/// Whether the column counts the rows of another table: `comments_count`.
fn is_counter(context: Context<'_>, table: TableRef<'_>, words: &[String]) -> bool {
    let Some((last, counted)) = words.split_last() else { return false };
    let counted: Vec<String> = counted.iter().map(|word| singular(word)).collect();
    last == "count"
        && !counted.is_empty()
        && context.tables.base().filter(|other| other.id != table.id).any(|other| {
            let name: Vec<String> = split(&other.table.name).iter().map(|word| singular(word)).collect();
            name.ends_with(&counted)
        })
}

fn has_limiting_domain(context: Context<'_>, column: &Column) -> bool {
    context.model.domains_of(column).any(|domain| !domain.checks.is_empty())
}

fn finding(context: Context<'_>, table: TableRef<'_>, column: &Column) -> Finding {
    let percent = split(&column.name).last().is_some_and(|word| word == "percent");
    let quoted = quote_identifier(context.model.engine.name, &column.name);
    // PostgreSQL compares money with money alone.
    let value = if column.base_type() == "money" { format!("{quoted}::numeric") } else { quoted };
    let (expression, message) = if percent {
        (format!("{value} BETWEEN 0 AND 100"), "no check keeps it between 0 and 100")
    } else {
        (format!("{value} >= 0"), "no check keeps it from being negative")
    };
    let change = Change::AddCheck {
        table: table.qualified_name(),
        name: Names::check(&table.name, std::slice::from_ref(&column.name)),
        expression,
    };
    Finding::new(&RULE, Object::column(table, &column.name), format!("{}: {message}", column.name))
        .with([change])
        .advise("where values below 0 or above 100 mean something, ignore the finding")
}
