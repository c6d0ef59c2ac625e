//! Child rows whose parent does not exist.

use crate::checks::{Context, Dimension, Kind, Needs, Object, Rule, Severity, Verdicts};
use crate::model::EngineName;

pub(super) static RULE: Rule = Rule {
    id: "fk-orphan-rows",
    summary: "Rows refer to parents that do not exist, in spite of a foreign key",
    dimension: Dimension::ReferentialIntegrity,
    kind: Kind::Defect,
    weight: 8,
    severity: Severity::Error,
    engines: &EngineName::ALL,
    needs: Needs::Data,
    denominator: "foreign keys that are not known to hold: not validated or not enforced in PostgreSQL, every one elsewhere",
    options: &[],
    peers: &["SQLite foreign_key_check"],
    references: &["https://sqlite.org/pragma.html#pragma_foreign_key_check"],
    documentation: r"
## What it does

Lists the foreign keys whose rows the catalog does not vouch for. Only table data can tell whether orphans are there, so
every such key is unknown until data is read.

## Why

PostgreSQL knows that a validated key holds. MySQL, MariaDB and SQLite never check rows again that were loaded while
checks were off, and keep no record of it.

## Not reported

- Validated and enforced keys of PostgreSQL, which hold.
- Children of soft-deleted parents: the parent row is there.

## Example

```sql,passes
CREATE TABLE customers (id integer NOT NULL PRIMARY KEY);
CREATE TABLE orders (
    id integer NOT NULL PRIMARY KEY,
    customer_id integer NOT NULL,
    CONSTRAINT orders_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES customers (id) ON DELETE CASCADE
);
```
",
    check,
};

fn check(context: Context<'_>, verdicts: &mut Verdicts) {
    let vouches = context.model.engine.name == EngineName::PostgreSql;
    for table in context.tables.base() {
        for key in &table.foreign_keys {
            let holds = key.validated && key.enforced && key.disabled_triggers_on.is_empty();
            if !vouches || !holds {
                verdicts.unknown(Object::foreign_key(table, key), "needs --data: only the rows can tell");
            }
        }
    }
}
