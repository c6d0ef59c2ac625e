//! A foreign key without an index on the child's side.

use crate::checks::coverage::{Cover, cover};
use crate::checks::names::Names;
use crate::checks::relations::{arrow, index_instead, index_urgency};
use crate::checks::{Context, Dimension, Finding, Kind, Needs, Object, Rule, Severity, Verdicts};
use crate::model::{EngineName, UnseenKind};

pub(super) static RULE: Rule = Rule {
    id: "fk-missing-index",
    summary: "No index serves the columns of a foreign key",
    dimension: Dimension::ReferentialIntegrity,
    kind: Kind::Coverage,
    weight: 8,
    severity: Severity::Warning,
    engines: &[EngineName::PostgreSql, EngineName::MariaDb, EngineName::Sqlite],
    needs: Needs::Catalog,
    reads: &[UnseenKind::Indexes, UnseenKind::ForeignKeys],
    denominator: "foreign keys",
    options: &[],
    peers: &[
        "pg-index-health",
        "splinter 0001",
        "SchemaCrawler",
        "Azimutt",
        "tbls",
        "schemalint",
        "active_record_doctor",
        "database_consistency",
        "pglinter B003",
        "postgres_dba i3",
        "dbcritic",
        "Eessaar",
        "sqlite3 .lint fkey-indexes",
    ],
    references: &[
        "https://www.postgresql.org/docs/current/ddl-constraints.html#DDL-CONSTRAINTS-FK",
        "https://sqlite.org/foreignkeys.html",
    ],
    documentation: r"
## What it does

Looks for an index that the engine can use to find the children of a parent row. It serves when it is valid, its first
columns are the key's columns in any order, and it holds every row that refers to a parent: it has no condition, or only
`column IS NOT NULL`. A hash, GIN, GiST or SP-GiST index serves a key of one column. MySQL is not judged, since InnoDB
refuses a foreign key without an index.

## Why

Each delete of a parent and each change of its key looks for children. Without an index that is a scan of the whole
child table while locks are held, once for every parent row. Joins along the relation scan as well.

## Not reported

- Keys served by the start of the primary key or of another index, whatever its direction.
- Composite keys of which an index serves the part that identifies the parent: an index on `user_id` for
  `(tenant_id, user_id)` when `users.id` is unique.
- Partitioned tables of which every partition has such an index of its own.

An index that serves another part of a composite key makes the finding information. So do tables below 1 000 rows, logs,
and parents in which nothing was updated or deleted for 30 days.

## Fix

Add an index that starts with the columns of the key, without blocking writes where the engine can.

## Example

```sql,fires,postgresql,sqlite
CREATE TABLE customers (id integer NOT NULL PRIMARY KEY, name varchar(40) NOT NULL);
CREATE TABLE orders (
    id integer NOT NULL PRIMARY KEY,
    customer_id integer NOT NULL,
    placed_on date NOT NULL,
    CONSTRAINT orders_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES customers (id) ON DELETE CASCADE
);
CREATE INDEX orders_placed_on_customer_id_idx ON orders (placed_on, customer_id);
```

Other conditions, included columns, expressions and BRIN do not serve:

```sql,fires,postgresql
CREATE TABLE customers (id integer PRIMARY KEY, name text NOT NULL);
CREATE TABLE orders (
    id integer PRIMARY KEY,
    customer_id integer NOT NULL REFERENCES customers (id) ON DELETE CASCADE,
    placed_on date NOT NULL,
    shipped boolean NOT NULL
);
CREATE INDEX orders_open_idx ON orders (customer_id) WHERE NOT shipped;
CREATE INDEX orders_placed_on_idx ON orders (placed_on) INCLUDE (customer_id);
```

```sql,fires,postgresql
CREATE TABLE customers (id integer PRIMARY KEY, name text NOT NULL);
CREATE TABLE orders (
    id integer PRIMARY KEY,
    customer_id integer NOT NULL REFERENCES customers (id) ON DELETE CASCADE,
    placed_on date NOT NULL
);
CREATE INDEX orders_expression_idx ON orders ((customer_id + 0));
CREATE INDEX orders_brin_idx ON orders USING brin (customer_id);
```

MariaDB makes the index itself, but lets it be dropped while checks are off:

```sql,fires,mariadb
CREATE TABLE customers (id integer NOT NULL PRIMARY KEY, name varchar(40) NOT NULL);
CREATE TABLE orders (
    id integer NOT NULL PRIMARY KEY,
    customer_id integer NOT NULL,
    CONSTRAINT orders_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES customers (id) ON DELETE CASCADE
);
SET foreign_key_checks = 0;
DROP INDEX orders_customer_id_fkey ON orders;
SET foreign_key_checks = 1;
```

The start of the primary key, and an order of columns other than the key's:

```sql,passes,postgresql,mariadb,sqlite
CREATE TABLE orders (id integer NOT NULL, shop integer NOT NULL, PRIMARY KEY (id, shop));
CREATE TABLE order_lines (
    order_id integer NOT NULL,
    shop integer NOT NULL,
    position integer NOT NULL,
    PRIMARY KEY (shop, order_id, position),
    CONSTRAINT order_lines_order_id_fkey FOREIGN KEY (order_id, shop) REFERENCES orders (id, shop) ON DELETE CASCADE
);
```

Conditions that leave out NULLs only, hash indexes, descending indexes:

```sql,passes,postgresql
CREATE TABLE customers (id integer PRIMARY KEY, name text NOT NULL);
CREATE TABLE orders (
    id integer PRIMARY KEY,
    buyer_id integer REFERENCES customers (id) ON DELETE SET NULL,
    payer_id integer NOT NULL REFERENCES customers (id) ON DELETE CASCADE,
    agent_id integer NOT NULL REFERENCES customers (id) ON DELETE CASCADE
);
CREATE INDEX orders_buyer_id_idx ON orders (buyer_id) WHERE buyer_id IS NOT NULL;
CREATE INDEX orders_payer_id_idx ON orders USING hash (payer_id);
CREATE INDEX orders_agent_id_idx ON orders (agent_id DESC);
```

An index on the part that identifies the parent:

```sql,passes,postgresql
CREATE TABLE users (tenant_id integer NOT NULL, id integer PRIMARY KEY, UNIQUE (tenant_id, id));
CREATE TABLE posts (
    id integer PRIMARY KEY,
    tenant_id integer NOT NULL,
    user_id integer NOT NULL,
    FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX posts_user_id_idx ON posts (user_id);
```

Partitions share the parent's index:

```sql,passes,postgresql
CREATE TABLE customers (id integer PRIMARY KEY);
CREATE TABLE visits (customer_id integer NOT NULL REFERENCES customers (id) ON DELETE CASCADE, at date NOT NULL)
    PARTITION BY RANGE (at);
CREATE TABLE visits_2030 PARTITION OF visits FOR VALUES FROM ('2030-01-01') TO ('2031-01-01');
CREATE INDEX visits_customer_id_idx ON visits (customer_id);
```

```sql,passes,sqlite
CREATE TABLE customers (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
CREATE TABLE profiles (id INTEGER PRIMARY KEY REFERENCES customers (id) ON DELETE CASCADE, motto TEXT NOT NULL);
CREATE TABLE orders (
    id INTEGER PRIMARY KEY,
    buyer_id INTEGER REFERENCES customers (id) ON DELETE SET NULL,
    payer_id INTEGER NOT NULL REFERENCES customers (id) ON DELETE CASCADE
);
CREATE INDEX orders_buyer_id_idx ON orders (buyer_id) WHERE buyer_id IS NOT NULL;
CREATE INDEX orders_payer_id_idx ON orders (payer_id DESC);
```

A small table is read as a whole quickly:

```sql,fires,postgresql,sqlite,severity=info
CREATE TABLE customers (id integer NOT NULL PRIMARY KEY, name varchar(40) NOT NULL);
CREATE TABLE orders (
    id integer NOT NULL PRIMARY KEY,
    customer_id integer NOT NULL,
    placed_on date NOT NULL,
    CONSTRAINT orders_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES customers (id) ON DELETE CASCADE
);
CREATE INDEX orders_placed_on_idx ON orders (placed_on);
INSERT INTO customers VALUES (1, 'Ada');
INSERT INTO orders VALUES (1, 1, '2024-01-01'), (2, 1, '2024-01-02');
ANALYZE;
```

An index on a part of the key that does not identify the parent:

```sql,fires,postgresql,severity=info
CREATE TABLE users (tenant_id integer NOT NULL, number integer NOT NULL, PRIMARY KEY (tenant_id, number));
CREATE TABLE posts (
    id integer PRIMARY KEY,
    tenant_id integer NOT NULL,
    user_number integer NOT NULL,
    FOREIGN KEY (tenant_id, user_number) REFERENCES users (tenant_id, number) ON DELETE CASCADE
);
CREATE INDEX posts_tenant_id_id_idx ON posts (tenant_id, id);
```
",
    check,
};

fn check(context: Context<'_>, verdicts: &mut Verdicts) {
    let names = Names::new(context);
    for table in context.tables.base() {
        for key in &table.foreign_keys {
            let object = || Object::foreign_key(table, key);
            let parent = context.tables.find(&key.referenced_table);
            let referenced = parent.as_ref().map(|parent| (parent.table, key.referenced_columns.as_slice()));
            let found = cover(table.table, &key.columns, referenced);
            if found.suffices() {
                verdicts.pass_in(table, object);
                continue;
            }
            let detail = match found {
                Cover::Leading(index) => format!("; {index} starts with only some of them"),
                _ => String::new(),
            };
            let message = format!("no usable index starts with the columns of {}{detail}", arrow(key));
            let add = index_instead(
                context.model.engine.name,
                table,
                names.index(&table.schema.name, &table.name, &key.columns),
                &key.columns,
            );
            let finding = Finding::new(&RULE, object(), message).with(add);
            let less = index_urgency(context, table, parent);
            let partly = matches!(found, Cover::Leading(_)).then_some(Severity::Info);
            verdicts.fail(match partly.or(less) {
                Some(severity) => finding.severity(severity),
                None => finding,
            });
        }
    }
}
