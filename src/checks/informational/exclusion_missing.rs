//! Bookings that may overlap.

use crate::checks::{Context, Dimension, Finding, Kind, Needs, Object, Rule, Severity, Verdicts};
use crate::model::{Column, EngineName, UnseenKind};

pub(super) static RULE: Rule = Rule {
    id: "exclusion-missing",
    summary: "Bookings of one resource may overlap in time",
    dimension: Dimension::ConstraintCompleteness,
    kind: Kind::Informational,
    weight: 0,
    severity: Severity::Info,
    engines: &[EngineName::PostgreSql],
    needs: Needs::Catalog,
    reads: &[UnseenKind::Constraints, UnseenKind::ForeignKeys],
    denominator: "tables named after bookings with a foreign key and a period",
    options: &[],
    peers: &["Eessaar"],
    references: &["https://www.postgresql.org/docs/current/ddl-constraints.html#DDL-CONSTRAINTS-EXCLUSION"],
    documentation: r"
## What it does

Reports a table named after bookings, reservations, appointments, rentals, leases or allocations that has a foreign key and
a period (a range column, or a start and an end) but no exclusion constraint and no key `WITHOUT OVERLAPS`.

## Why

Two transactions that both look for a free slot and both find it book it twice. Only the database can refuse the second.

## Not reported

Tables with any exclusion constraint. Where overlaps are allowed, ignore the finding.

## Fix

Add an exclusion constraint over the resource and the period (`btree_gist`), or from PostgreSQL 18 on a key `WITHOUT
OVERLAPS`, after a look for rows that overlap. Whether bounds count as overlap is for a person to say, so no step is written.

## Example

```sql,fires
CREATE TABLE rooms (id integer PRIMARY KEY);
CREATE TABLE bookings (
    id integer PRIMARY KEY,
    room_id integer NOT NULL REFERENCES rooms (id) ON DELETE CASCADE,
    starts_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL
);
```

```sql,passes
CREATE TABLE rooms (id integer PRIMARY KEY);
CREATE TABLE bookings (
    id integer PRIMARY KEY,
    room_id integer NOT NULL REFERENCES rooms (id) ON DELETE CASCADE,
    during tstzrange NOT NULL,
    EXCLUDE USING gist (during WITH &&)
);
```
",
    check,
};

const BOOKINGS: [&str; 7] = ["booking", "reservation", "appointment", "rental", "lease", "allocation", "timeslot"];

fn check(context: Context<'_>, verdicts: &mut Verdicts) {
    for table in context.tables.base() {
        let name = table.name.to_lowercase();
        if table.foreign_keys.is_empty() || !BOOKINGS.iter().any(|word| name.contains(word)) {
            continue;
        }
        let starts = |column: &Column| {
            let name = column.name.to_lowercase();
            name.starts_with("start") || name.ends_with("_from") || name.starts_with("from_")
        };
        let ends = |column: &Column| {
            let name = column.name.to_lowercase();
            name.starts_with("end") || name.ends_with("_to") || name.ends_with("_until") || name.starts_with("to_")
        };
        let period = table.columns.iter().any(|column| column.base_type().ends_with("range"))
            || (table.columns.iter().any(starts) && table.columns.iter().any(ends));
        if !period {
            continue;
        }
        let keys = table.primary_key.iter().any(|key| key.without_overlaps)
            || table.unique_constraints.iter().any(|key| key.without_overlaps);
        if keys || !table.exclusion_constraints.is_empty() {
            verdicts.pass(Object::table(table));
        } else {
            let message = "holds periods per resource, and nothing keeps them from overlapping";
            let advice = "add an exclusion constraint on the resource and the period (btree_gist)";
            verdicts.fail(Finding::new(&RULE, Object::table(table), message).advise(advice));
        }
    }
}
