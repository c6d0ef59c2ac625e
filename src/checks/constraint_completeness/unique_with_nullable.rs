use super::unique_vs_soft_delete::{is_for_ever, is_referenced, live_rows};
use crate::checks::columns::stands_for;
use crate::checks::names::Names;
use crate::checks::{Change, Context, Dimension, Finding, Kind, Needs, Object, Rule, Severity, Verdicts};
use crate::model::{EngineName, Index, TableRef, UnseenKind};

pub(super) static RULE: Rule = Rule {
    id: "unique-with-nullable",
    summary: "A unique key over several columns does not hold for rows with NULL",
    dimension: Dimension::ConstraintCompleteness,
    kind: Kind::Coverage,
    weight: 3,
    severity: Severity::Warning,
    engines: &EngineName::ALL,
    needs: Needs::Catalog,
    reads: &[UnseenKind::Indexes, UnseenKind::Constraints],
    denominator: "unique indexes over two or more plain columns, without those of primary keys and of periods",
    options: &[],
    peers: &["SchemaCrawler", "Eessaar"],
    references: &[
        "https://www.postgresql.org/docs/current/sql-createindex.html",
        "https://sqlite.org/lang_createindex.html",
    ],
    documentation: r"
## What it does

Finds unique indexes over several columns of which one can be NULL.

## Why

NULL is never equal to NULL. `UNIQUE (email, deleted_at)` lets any number of live rows have the same e-mail.

## Not reported

`NULLS NOT DISTINCT` (PostgreSQL 15), partial indexes that leave the NULLs out, and keys with a partial companion that is unique
over the columns that are left. Keys that forbid periods to overlap, which say more than that rows differ. An exclusive arc, where
each of several references is optional, is noted only.

## Fix

Let NULL count as equal: `NULLS NOT DISTINCT` from PostgreSQL 15 on, elsewhere a second unique index for the rows without a
value or one over an expression. Where one of two columns is set in each row, a unique index for each says it.

## Example

```sql,fires
CREATE TABLE users (id integer PRIMARY KEY, email varchar(80) NOT NULL, deleted_at timestamp NULL, created_at timestamp NULL, updated_at timestamp NULL, UNIQUE (email, deleted_at));
```

```sql,fires,mysql,mariadb
CREATE TABLE users (id int PRIMARY KEY, email varchar(80) NOT NULL, deleted_at datetime, created_at datetime, updated_at datetime, UNIQUE (email, deleted_at));
```

```sql,passes
CREATE TABLE users (id integer PRIMARY KEY, shop integer NOT NULL, email varchar(80) NOT NULL, nick varchar(80) UNIQUE, UNIQUE (shop, email));
```

```sql,fires,postgresql
CREATE TABLE seats (id integer PRIMARY KEY, hall integer NOT NULL, line integer, place integer, created_at timestamptz, updated_at timestamptz, UNIQUE (hall, line, place));
```

A condition that leaves the NULLs in settles nothing:

```sql,fires,postgresql
CREATE TABLE seats (id integer PRIMARY KEY, hall integer NOT NULL, line integer, live boolean NOT NULL, created_at timestamptz, updated_at timestamptz);
CREATE UNIQUE INDEX seats_hall_line_key ON seats (hall, line) WHERE live;
```

```sql,passes,postgresql
CREATE TABLE users (id integer PRIMARY KEY, email text NOT NULL, deleted_at timestamptz, UNIQUE (email, deleted_at));
CREATE UNIQUE INDEX ON users (email) WHERE deleted_at IS NULL;
```

```sql,passes,postgresql>=15
CREATE TABLE users (id integer PRIMARY KEY, email text NOT NULL, deleted_at timestamptz, UNIQUE NULLS NOT DISTINCT (email, deleted_at));
```

A key that forbids periods to overlap:

```sql,passes,mariadb
CREATE TABLE bookings (id int PRIMARY KEY, room int, since date, until date, PERIOD FOR stay (since, until), UNIQUE (room, stay WITHOUT OVERLAPS));
```

Where rows are only marked as deleted, a new one may have the values of a deleted one:

```sql,fires,postgresql<15,mysql,mariadb,sqlite
CREATE TABLE articles (
    id integer PRIMARY KEY,
    shelf integer,
    code varchar(40) NOT NULL,
    deleted_at timestamp NULL,
    UNIQUE (code, shelf)
);
```

An exclusive arc:

```sql,fires,postgresql,mysql,mariadb,sqlite,severity=info
CREATE TABLE posts (id integer PRIMARY KEY, title varchar(40) NOT NULL);
CREATE TABLE photos (id integer PRIMARY KEY, title varchar(40) NOT NULL);
CREATE TABLE covers (
    id integer PRIMARY KEY,
    post_id integer,
    photo_id integer,
    FOREIGN KEY (post_id) REFERENCES posts (id) ON DELETE CASCADE,
    FOREIGN KEY (photo_id) REFERENCES photos (id) ON DELETE CASCADE,
    UNIQUE (post_id, photo_id)
);
```
",
    check,
};

fn check(context: Context<'_>, verdicts: &mut Verdicts) {
    let names = Names::new(context);
    for table in context.tables.base() {
        // A period is never NULL, and what must not overlap is not what must not be equal.
        let indexes = table
            .table
            .indexes
            .iter()
            .filter(|index| index.unique && !index.primary && index.key.len() > 1 && !index.exclusion);
        for index in indexes {
            let Some(columns) = index.plain_columns() else { continue };
            let columns: Vec<&str> = columns.into_iter().map(|column| stands_for(table.table, column)).collect();
            let object = Object::index(table, &index.name);
            let nullable: Vec<&str> = columns
                .iter()
                .copied()
                .filter(|column| table.table.column(column).is_some_and(|column| column.nullable))
                .collect();
            if nullable.is_empty()
                || index.nulls_not_distinct
                || settles_nulls(index, &nullable)
                || has_companion(table, &columns, &nullable)
            {
                verdicts.pass(object);
                continue;
            }
            verdicts.fail(finding(context, &names, table, index, &columns, &nullable));
        }
    }
}

/// Whether the index holds only rows of which its condition says what NULL they have.
fn settles_nulls(index: &Index, nullable: &[&str]) -> bool {
    let predicate = index.predicate.as_deref().unwrap_or_default().to_lowercase();
    nullable.iter().all(|column| predicate.contains(&column.to_lowercase())) && predicate.contains("null")
}

/// A unique index over the other columns for exactly the rows with NULL. With several columns that can be NULL one such
/// index leaves rows open in which only some are.
fn has_companion(table: TableRef<'_>, columns: &[&str], nullable: &[&str]) -> bool {
    if nullable.len() > 1 {
        return false;
    }
    let left: Vec<&str> = columns.iter().copied().filter(|column| !nullable.contains(column)).collect();
    let computed = |name: &str| table.table.column(name).and_then(|column| column.generated.as_ref());
    // Without partial indexes, a computed column that is NULL elsewhere does the same.
    let by_computed_columns = |other: &Index| {
        let Some(key) = other.plain_columns() else { return false };
        key.iter().any(|name| computed(name).is_some())
            && key.iter().all(|name| match computed(name) {
                Some(generated) => {
                    let text = generated.expression.to_lowercase();
                    text.contains("is null")
                        && nullable.iter().all(|column| text.contains(&column.to_lowercase()))
                        && left.iter().any(|column| text.contains(&column.to_lowercase()))
                }
                None => left.contains(name),
            })
    };
    if table.table.indexes.iter().any(|other| other.guarantees_unique() && by_computed_columns(other)) {
        return true;
    }
    table.table.indexes.iter().filter(|other| other.guarantees_unique() && other.predicate.is_some()).any(|other| {
        let predicate = other.predicate.as_deref().unwrap_or_default().to_lowercase();
        other.plain_columns().is_some_and(|key| key.iter().all(|column| left.contains(column)))
            && nullable.iter().all(|column| predicate.contains(&column.to_lowercase()))
            && predicate.contains("is null")
    })
}

fn finding(
    context: Context<'_>,
    names: &Names<'_>,
    table: TableRef<'_>,
    index: &Index,
    columns: &[&str],
    nullable: &[&str],
) -> Finding {
    let message = format!(
        "({}) is unique, but {} can be NULL, and NULLs are never equal",
        columns.join(", "),
        nullable.join(", ")
    );
    let finding = Finding::new(&RULE, Object::index(table, &index.name), message);
    if nullable.len() == columns.len() {
        return finding
            .severity(Severity::Info)
            .advise("if exactly one of them is set in each row, say so with a CHECK and a unique index for each");
    }
    let engine = context.model.engine.name;
    let several = nullable.len() > 1 || index.predicate.is_some();
    let supports = engine == EngineName::PostgreSql && context.model.engine.version_numbers().0 >= 15;
    // A key of computed columns holds for some rows, and so would have to what is added to it.
    let conditional = index.plain_columns().is_none_or(|own| own != columns);
    if conditional || several && !supports {
        return finding.advise(
            "make the columns NOT NULL with a value that stands for none, or add a unique index for each combination of NULLs",
        );
    }
    let left: Vec<String> =
        columns.iter().filter(|column| !nullable.contains(column)).map(|column| (*column).to_owned()).collect();
    let nulls =
        nullable.iter().map(|column| format!("{} IS NULL", crate::model::quote::quote_identifier(engine, column)));
    // Deleted rows keep their values, as in the key itself once it leaves them out. One that has the mark in it never does.
    let own = table.qualified_name();
    let mut marks = context.survey.soft_deletes.iter();
    let is_marked = marks.any(|mark| mark.table == own && columns.contains(&mark.column.as_str()));
    let is_limited = !is_marked && !is_for_ever(index) && !is_referenced(context, table, index);
    let live = live_rows(context, table).filter(|_| is_limited);
    let predicate = nulls.chain(live).collect::<Vec<_>>().join(" AND ");
    let all: Vec<String> = columns.iter().map(|column| (*column).to_owned()).collect();
    let name = names.unique(&table.schema.name, &table.name, if supports { &all } else { &left });
    let change = if supports {
        Change::AddUnique {
            table: table.qualified_name(),
            name,
            columns: all,
            nulls_not_distinct: true,
            predicate: index.predicate.clone(),
            replaces: Some(index.name.clone()),
        }
    } else {
        Change::AddUnique {
            table: table.qualified_name(),
            name,
            columns: left,
            nulls_not_distinct: false,
            predicate: Some(predicate),
            replaces: None,
        }
    };
    finding.with([change])
}
