use crate::checks::{Change, Context, Dimension, Finding, Kind, Needs, Object, Rule, Severity, Verdicts};
use crate::model::{EngineName, UnseenKind};

pub(super) static RULE: Rule = Rule {
    id: "replica-identity-missing",
    summary: "A published table has nothing by which a subscriber could find its rows",
    dimension: Dimension::OperationalReadiness,
    kind: Kind::Defect,
    weight: 4,
    severity: Severity::Error,
    engines: &[EngineName::PostgreSql],
    needs: Needs::Catalog,
    reads: &[UnseenKind::Publications, UnseenKind::Indexes, UnseenKind::Constraints],
    denominator: "tables in a publication that publishes UPDATE or DELETE",
    options: &[],
    peers: &[],
    references: &[
        "https://www.postgresql.org/docs/current/logical-replication-publication.html#LOGICAL-REPLICATION-PUBLICATION-REPLICA-IDENTITY",
    ],
    documentation: r"
## What it does

Finds tables of a publication with UPDATE or DELETE that have neither a primary key nor another replica identity.

## Why

The server refuses every UPDATE and DELETE on such a table from the moment it is published: `cannot update table … because it
does not have a replica identity and publishes updates`.

## Not reported

Tables whose replica identity is a unique index or the whole row, and publications that publish inserts only.

## Fix

Add a primary key, or set the replica identity to a unique index over columns that are NOT NULL, or to `FULL` where there is
none.

## Example

```sql,fires
CREATE TABLE readings (sensor bigint NOT NULL, taken_at timestamptz NOT NULL, value numeric, UNIQUE (sensor, taken_at));
CREATE PUBLICATION everything FOR TABLE readings;
```

The index of a deferrable constraint cannot be the identity:

```sql,fires
CREATE TABLE readings (sensor bigint NOT NULL, value numeric, UNIQUE (sensor) DEFERRABLE);
CREATE PUBLICATION everything FOR TABLE readings;
```

```sql,passes
CREATE TABLE readings (id bigint PRIMARY KEY, sensor bigint NOT NULL);
CREATE TABLE notes (text text);
ALTER TABLE notes REPLICA IDENTITY FULL;
CREATE TABLE arrivals (sensor bigint NOT NULL);
CREATE PUBLICATION changes FOR TABLE readings, notes;
CREATE PUBLICATION arrivals_only FOR TABLE arrivals WITH (publish = 'insert');
```
",
    check,
};

fn check(context: Context<'_>, verdicts: &mut Verdicts) {
    for table in context.tables.base() {
        let name = table.qualified_name();
        let published = context.model.publications.iter().find(|publication| {
            (publication.update || publication.delete)
                && (publication.all_tables
                    || publication.tables.contains(&name)
                    || publication.schemas.contains(&name.schema))
        });
        let Some(publication) = published else { continue };
        let identity = table.table.replica_identity.as_deref();
        let identified = match identity {
            None => table.table.primary_key.is_some(),
            Some(kind) => kind != "nothing",
        };
        if identified {
            verdicts.pass(Object::table(table));
            continue;
        }
        let usable = table.table.indexes.iter().find(|index| {
            index.unique
                && index.immediate
                && index.valid
                && index.predicate.is_none()
                && index.key.iter().all(|part| {
                    let column = part.column.as_ref().and_then(|name| table.table.column(name));
                    column.is_some_and(|column| !column.nullable)
                })
        });
        let message =
            format!("publication {} publishes its changes, but nothing identifies its rows", publication.name);
        let finding = Finding::new(&RULE, Object::table(table), message);
        let change = Change::SetReplicaIdentity { table: name, index: usable.map(|index| index.name.clone()) };
        verdicts.fail(match usable {
            Some(_) => finding.with([change]),
            None => finding.with([change]).advise(
                "a primary key is better: without one every change carries the whole old row to the subscriber",
            ),
        });
    }
}
