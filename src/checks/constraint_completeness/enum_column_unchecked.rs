use crate::checks::columns::{is_copy, is_text, length};
use crate::checks::condition::can_fail;
use crate::checks::names::Names;
use crate::checks::{Change, Context, Dimension, Finding, Kind, Needs, Object, Rule, Severity, Verdicts};
use crate::model::{Column, EngineName, TableRef, UnseenKind, is_unseen};
use crate::survey::{Plurality, key_words, split};

pub(super) static RULE: Rule = Rule {
    id: "enum-column-unchecked",
    summary: "A column that holds one of a few words accepts any",
    dimension: Dimension::ConstraintCompleteness,
    kind: Kind::Coverage,
    weight: 5,
    severity: Severity::Warning,
    engines: &EngineName::ALL,
    needs: Needs::Catalog,
    reads: &[UnseenKind::Constraints, UnseenKind::ForeignKeys, UnseenKind::Types],
    denominator: "text and integer columns whose last word is status, state, kind, type, role, level, priority, severity, gender, visibility, stage, phase, direction, frequency, mode, tier or category",
    options: &[],
    peers: &["database_consistency", "GitLab schema specs", "Eessaar"],
    references: &["https://www.postgresql.org/docs/current/ddl-constraints.html#DDL-CONSTRAINTS-CHECK-CONSTRAINTS"],
    documentation: r"
## What it does

Looks at columns that are named like a list of values (`status`, `payment_type`) and asks what limits them: a native enum, a
domain with a check, a check constraint that names the column, or a foreign key to a lookup table.

## Why

A typo becomes a state that no code handles, and nobody can tell which values exist without reading the table.

## Not reported

Class names of single-table inheritance (a column called just `type`) are noted only. The type half of a polymorphic pair and
content types (`mime_type`) are left out, numbers that count (`res_level integer`), text for which more than 255 characters are
declared, which is no short list, the `state` of an address, and so is a column with more than 50 distinct values by the statistics. A check that
cannot fail, `CHECK (… OR NULL)`, does not count. Copies and archives hold what the tables they come from allow.

## Fix

Make a lookup table of the values in use and the column's default, add those that no row has yet, then the foreign key to it.
Where the list is closed and short, a `CHECK` or an enum does as well. No step is planned where statistics know of no value: a key
to an empty list would refuse every row.

## Example

```sql,fires,postgresql,sqlite
CREATE TABLE orders (id integer PRIMARY KEY, status varchar(20) NOT NULL, created_at timestamp, updated_at timestamp);
```

```sql,fires,mysql,mariadb
CREATE TABLE orders (id int PRIMARY KEY, status varchar(20) NOT NULL, created_at datetime, updated_at datetime);
INSERT INTO orders (id, status) VALUES (1, 'open'), (2, 'paid');
```

```sql,fires,postgresql,sqlite
CREATE TABLE orders (id integer PRIMARY KEY, status varchar(20) NOT NULL CHECK (status <> '' OR NULL), created_at timestamp, updated_at timestamp);
```

```sql,fires,mysql,mariadb
CREATE TABLE orders (id int PRIMARY KEY, status varchar(20) NOT NULL, created_at datetime, updated_at datetime, CHECK (status <> '' OR NULL));
INSERT INTO orders (id, status) VALUES (1, 'open'), (2, 'paid');
```

```sql,passes
CREATE TABLE orders (
    id integer PRIMARY KEY,
    status varchar(20) NOT NULL CHECK (status IN ('open', 'paid')),
    mime_type varchar(80),
    depth_level integer,
    plugin_type varchar(1024),
    subject_type varchar(80),
    subject_id integer
);
```

```sql,passes
CREATE TABLE orders_backup (id integer PRIMARY KEY, status varchar(20) NOT NULL, created_at timestamp, updated_at timestamp);
```

```sql,passes
CREATE TABLE addresses (id integer PRIMARY KEY, street varchar(80), city varchar(40), billing_state varchar(40), postal_code varchar(10));
```

```sql,passes,postgresql
CREATE TYPE order_state AS ENUM ('open', 'paid');
CREATE DOMAIN level AS integer CHECK (VALUE BETWEEN 1 AND 5);
CREATE TABLE kinds (code text PRIMARY KEY);
CREATE TABLE orders (id integer PRIMARY KEY, state order_state, level level, kind text REFERENCES kinds (code) ON DELETE RESTRICT, is_role boolean, mode interval);
```

A column called just `type` names classes of the application:

```sql,fires,postgresql,mysql,mariadb,sqlite,severity=info
CREATE TABLE vehicles (id integer PRIMARY KEY, type varchar(40) NOT NULL, wheels integer NOT NULL);
```

More than 50 values are no list:

```sql,passes,postgresql
CREATE TABLE parts (id integer PRIMARY KEY, category text NOT NULL);
INSERT INTO parts SELECT number, 'category ' || number % 200 FROM generate_series(1, 2000) AS number;
ANALYZE parts;
```
",
    check,
};

const LAST_WORDS: &[&str] = &[
    "status",
    "state",
    "kind",
    "type",
    "role",
    "level",
    "priority",
    "severity",
    "gender",
    "visibility",
    "stage",
    "phase",
    "direction",
    "frequency",
    "mode",
    "tier",
    "category",
];

/// Those of them that order things where they are numbers.
const COUNTING: [&str; 3] = ["level", "priority", "tier"];

/// Distinct values beyond which a column is no list.
const MANY: f64 = 50.0;

fn check(context: Context<'_>, verdicts: &mut Verdicts) {
    let names = Names::new(context);
    for table in context.tables.base().filter(|table| !is_copy(context, *table)) {
        for column in table.table.columns.iter().filter(|column| applies(context, table, column)) {
            let object = Object::column(table, &column.name);
            if table.check_constraints.iter().any(|check| is_unseen(&check.expression)) {
                verdicts.unknown(object, "the role cannot see the checks");
            } else if is_limited(context, table, column) {
                verdicts.pass(object);
            } else {
                verdicts.fail(finding(context, &names, table, column));
            }
        }
    }
}

fn applies(context: Context<'_>, table: TableRef<'_>, column: &Column) -> bool {
    let base = column.base_type();
    let user_type = column.user_type.is_some() || !column.values.is_empty();
    let textual = base.contains("char")
        || base.contains("text")
        || (base.contains("int")
            && base != "interval"
            && !base.contains("point")
            && !column.data_type.eq_ignore_ascii_case("tinyint(1)"));
    if !(textual || user_type) || column.generated.is_some() || column.array_dimensions > 0 {
        return false;
    }
    let words = split(&column.name);
    if !words.last().is_some_and(|word| LAST_WORDS.contains(&word.as_str())) {
        return false;
    }
    let last = words.last().map(String::as_str).unwrap_or_default();
    let counts = base.contains("int") && COUNTING.contains(&last);
    if counts || (is_text(column) && length(column).is_some_and(|length| length > 255)) {
        return false;
    }
    let content =
        words.len() > 1 && words.iter().any(|word| matches!(word.as_str(), "mime" | "content" | "media" | "file"));
    let distinct = context.model.statistics.as_ref().and_then(|statistics| {
        let distinct = statistics.column(&table.schema.name, &table.table.name, &column.name)?.distinct?;
        // A negative number is a share of the rows.
        let rows = statistics.table(&table.schema.name, &table.table.name)?.rows?;
        Some(if distinct < 0.0 { -distinct * rows as f64 } else { distinct })
    });
    let of_address = words.last().is_some_and(|word| word == "state") && is_place(table);
    let other = content || of_address || context.survey.is_polymorphic(&table.qualified_name(), &column.name);
    !other && distinct.is_none_or(|distinct| distinct <= MANY)
}

/// Whether the table has the other lines of an address.
fn is_place(table: TableRef<'_>) -> bool {
    let place = ["city", "country", "zip", "postal", "postcode", "street", "province"];
    table.columns.iter().any(|column| split(&column.name).iter().any(|word| place.contains(&word.as_str())))
}

fn is_limited(context: Context<'_>, table: TableRef<'_>, column: &Column) -> bool {
    let checked = table.check_constraints.iter().any(|check| check.columns.contains(&column.name) && can_fail(check));
    let referring = table.foreign_keys.iter().any(|key| key.columns.contains(&column.name));
    // The key of a lookup table is the list itself.
    let listed = table.primary_key.as_ref().is_some_and(|key| key.columns == [column.name.as_str()]);
    listed
        || checked
        || referring
        || !column.values.is_empty()
        || column.user_type.as_ref().is_some_and(|name| is_enum(context, name))
        || context.model.domains_of(column).any(|domain| !domain.checks.is_empty())
}

fn is_enum(context: Context<'_>, name: &crate::model::QualifiedName) -> bool {
    let schema = context.model.schemas.iter().find(|schema| schema.name == name.schema);
    schema.is_some_and(|schema| schema.enums.iter().any(|kind| kind.name == name.name))
}

fn finding(context: Context<'_>, names: &Names<'_>, table: TableRef<'_>, column: &Column) -> Finding {
    let message =
        format!("{} ({}) accepts any value: no enum, no check, no lookup table", column.name, column.data_type);
    let base = Finding::new(&RULE, Object::column(table, &column.name), message);
    if *split(&column.name) == ["type"] {
        return base.severity(Severity::Info).advise(
            "where it names classes of the application (single-table inheritance), a check has to change with the code",
        );
    }
    // A table name may have to be quoted; its words make one that need not.
    let words = key_words(&table.table.name);
    let values = split(&column.name).join("_");
    let lookup_table = match context.survey.naming.expected_number {
        Plurality::Plural => format!("{}_{}", words.join("_"), plural(&values)),
        Plurality::Singular => format!("{}_{values}", words.join("_")),
    };
    let columns = [column.name.clone()];
    base.with([Change::AddLookupTable {
        table: table.qualified_name(),
        column: column.name.clone(),
        lookup_table,
        name: names.foreign_key(&table.schema.name, &table.name, &columns),
        index: names.index(&table.schema.name, &table.name, &columns),
    }])
    .advise("where the list is closed and short, a CHECK or an enum does as well")
}

fn plural(word: &str) -> String {
    if let Some(stem) = word.strip_suffix('y') {
        format!("{stem}ies")
    } else if word.ends_with('s') {
        format!("{word}es")
    } else {
        format!("{word}s")
    }
}
