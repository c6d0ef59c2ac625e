use crate::checks::{Context, Dimension, Finding, Kind, Needs, Object, Rule, Severity, Verdicts};
use crate::model::{EngineName, UnseenKind};

pub(super) static RULE: Rule = Rule {
    id: "rewrite-rules",
    summary: "A rule rewrites statements on a table",
    dimension: Dimension::OperationalReadiness,
    kind: Kind::Defect,
    weight: 2,
    severity: Severity::Warning,
    engines: &[EngineName::PostgreSql],
    needs: Needs::Catalog,
    reads: &[UnseenKind::Rules],
    denominator: "tables",
    options: &[],
    peers: &["Don't Do This", "Eessaar"],
    references: &["https://www.postgresql.org/docs/current/rules-triggers.html"],
    documentation: r"
## What it does

Reports rules (`CREATE RULE`) on tables.

## Why

A rule rewrites the statement, not the row: an expression such as `random()` or `nextval` is evaluated twice, `COPY` ignores
it, and the reported number of rows is wrong. Triggers say the same and do what one expects.

## Not reported

The rules of views.

## Fix

Replace the rule by a trigger, or by a view with one. What it rewrites has to be understood first, so no step is written.

## Example

```sql,fires
CREATE TABLE orders (id bigint PRIMARY KEY);
CREATE TABLE order_log (id bigint PRIMARY KEY);
CREATE RULE log_orders AS ON INSERT TO orders DO ALSO INSERT INTO order_log VALUES (NEW.id);
```

```sql,passes
CREATE TABLE orders (id bigint PRIMARY KEY);
CREATE VIEW recent_orders AS SELECT id FROM orders;
CREATE RULE recent_orders_insert AS ON INSERT TO recent_orders DO INSTEAD INSERT INTO orders VALUES (NEW.id);
```

A view under a table's old name, which writes through:

```sql,passes
CREATE TABLE purchase_orders (id bigint PRIMARY KEY);
CREATE VIEW orders AS SELECT id FROM purchase_orders;
CREATE RULE orders_insert AS ON INSERT TO orders DO INSTEAD INSERT INTO purchase_orders VALUES (NEW.id);
CREATE RULE orders_delete AS ON DELETE TO orders DO INSTEAD DELETE FROM purchase_orders WHERE id = OLD.id;
```
",
    check,
};

fn check(context: Context<'_>, verdicts: &mut Verdicts) {
    for table in context.tables.base() {
        let object = Object::table(table);
        let partitions = table.table.partitioning.iter().flat_map(|partitioning| partitioning.all(&table.schema.name));
        let of_partitions = partitions.flat_map(|(_, partition)| &partition.rules);
        let rules: Vec<_> = table.table.rules.iter().chain(of_partitions).collect();
        if rules.is_empty() {
            verdicts.pass(object);
            continue;
        }
        let names: Vec<String> =
            rules.iter().map(|rule| format!("{} on {}", rule.name, rule.event.to_uppercase())).collect();
        let message = format!("statements are rewritten by {}", names.join(", "));
        let advice = "a trigger does the same and sees every row";
        verdicts.fail(Finding::new(&RULE, object, message).advise(advice));
    }
}
