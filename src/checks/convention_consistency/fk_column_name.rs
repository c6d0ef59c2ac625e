use super::renamed;
use crate::checks::{Context, Dimension, Finding, Kind, Needs, Object, Rule, Severity, Verdicts};
use crate::model::{EngineName, ForeignKey, TableRef, UnseenKind};
use crate::survey::{TableClass, key_words, singular, split};

pub(super) static RULE: Rule = Rule {
    id: "fk-column-name",
    summary: "A referencing column's name does not say that it refers to something",
    dimension: Dimension::ConventionConsistency,
    kind: Kind::Coverage,
    weight: 2,
    severity: Severity::Info,
    engines: &EngineName::ALL,
    needs: Needs::Catalog,
    reads: &[UnseenKind::ForeignKeys],
    denominator: "foreign keys over one column",
    options: &[],
    peers: &["SchemaCrawler additional lints", "Bytebase"],
    references: &["https://docs.gitlab.com/ee/development/database/foreign_keys.html#naming-foreign-keys"],
    documentation: r"
## What it does

Finds foreign keys whose column does not end in the name of the column that it refers to: `customer_id`, `billing_customer_id`,
`country_code` for `countries.code`.

## Why

The name is what a reader of a query sees. A column called `customer` may hold a name, a number or a key.

## Not reported

Roles that end in the last word of the column that they refer to (`support_rep_id` for `employees.employee_id`). Columns named for
their parent or for a role (`artist`) where most of the schema's references are named so, columns named by who
did something (`created_by`) or in which relation the row stands (`reports_to`, `copied_from`), and hierarchies by `parent`.

## Fix

Rename the column after its parent, together with the code that uses it; new columns can follow the convention at once.

## Example

```sql,fires
CREATE TABLE customers (id integer NOT NULL PRIMARY KEY);
CREATE TABLE orders (id integer NOT NULL PRIMARY KEY, buyer integer NOT NULL, CONSTRAINT orders_buyer_fkey FOREIGN KEY (buyer) REFERENCES customers (id) ON DELETE RESTRICT);
CREATE INDEX orders_buyer_idx ON orders (buyer);
CREATE TABLE visits (id integer NOT NULL PRIMARY KEY, customer_id integer NOT NULL, CONSTRAINT visits_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES customers (id) ON DELETE RESTRICT);
CREATE INDEX visits_customer_id_idx ON visits (customer_id);
```

```sql,passes
CREATE TABLE users (id integer NOT NULL PRIMARY KEY);
CREATE TABLE countries (code char(2) NOT NULL PRIMARY KEY);
CREATE TABLE orders (
    id integer NOT NULL PRIMARY KEY,
    billing_user_id integer,
    created_by integer,
    country_code char(2),
    FOREIGN KEY (billing_user_id) REFERENCES users (id),
    FOREIGN KEY (created_by) REFERENCES users (id),
    FOREIGN KEY (country_code) REFERENCES countries (code)
);
```

```sql,passes
CREATE TABLE employees (employee_id integer NOT NULL PRIMARY KEY);
CREATE TABLE customers (customer_id integer NOT NULL PRIMARY KEY, support_rep_id integer, FOREIGN KEY (support_rep_id) REFERENCES employees (employee_id));
CREATE TABLE visits (visit_id integer NOT NULL PRIMARY KEY, customer_id integer, FOREIGN KEY (customer_id) REFERENCES customers (customer_id));
```

```sql,passes
CREATE TABLE artist (id integer NOT NULL PRIMARY KEY);
CREATE TABLE album (id integer NOT NULL PRIMARY KEY, artist integer, FOREIGN KEY (artist) REFERENCES artist (id));
CREATE TABLE track (id integer NOT NULL PRIMARY KEY, artist integer, composer integer, FOREIGN KEY (artist) REFERENCES artist (id), FOREIGN KEY (composer) REFERENCES artist (id));
```

References into lists of values, which do not count when it is asked how most references are named:

```sql,passes
CREATE TABLE artist (id integer NOT NULL PRIMARY KEY, name varchar(80), country varchar(80), born date);
CREATE TABLE album_status (status varchar(20) NOT NULL PRIMARY KEY);
CREATE TABLE album_kind (kind varchar(20) NOT NULL PRIMARY KEY);
CREATE TABLE album (
    id integer NOT NULL PRIMARY KEY,
    artist integer,
    status varchar(20),
    kind varchar(20),
    FOREIGN KEY (artist) REFERENCES artist (id),
    FOREIGN KEY (status) REFERENCES album_status (status),
    FOREIGN KEY (kind) REFERENCES album_kind (kind)
);
```

```sql,passes
CREATE TABLE employees (id integer NOT NULL PRIMARY KEY, reports_to integer, copied_from integer, FOREIGN KEY (reports_to) REFERENCES employees (id), FOREIGN KEY (copied_from) REFERENCES employees (id));
CREATE TABLE visits (id integer NOT NULL PRIMARY KEY, employee_id integer, FOREIGN KEY (employee_id) REFERENCES employees (id));
```
",
    check,
};

fn check(context: Context<'_>, verdicts: &mut Verdicts) {
    let mut judged = Vec::new();
    for table in context.tables.base() {
        for key in &table.table.foreign_keys {
            let ([column], [referenced]) = (key.columns.as_slice(), key.referenced_columns.as_slice()) else {
                continue;
            };
            let column = column.as_str();
            let says = ends_with(column, referenced)
                || is_role(column, referenced)
                || ends_with(column, &key.referenced_table.name);
            let bare = names_parent(column, &key.referenced_table.name);
            judged.push((table, key, column, referenced.as_str(), says, bare));
        }
    }
    // A key into a list of values has the name of the value, which says nothing about references to rows.
    let refers_to_rows = |key: &ForeignKey| {
        let parent = context.tables.find(&key.referenced_table);
        parent.is_none_or(|parent| context.survey.class(parent.id) != TableClass::Lookup)
    };
    let telling: Vec<_> = judged.iter().filter(|(_, key, ..)| refers_to_rows(key)).collect();
    let telling = if telling.is_empty() { judged.iter().collect() } else { telling };
    let bare_count = telling.iter().filter(|(.., says, bare)| *bare || !says).count();
    let bare_is_usual = bare_count * 2 > telling.len();
    for (table, key, column, referenced, says, bare) in judged {
        let object = Object::foreign_key(table, key);
        let parent = &key.referenced_table.name;
        let fine = (says && !bare) || bare_is_usual || ROLES.contains(&last_word(column).as_str());
        if fine {
            verdicts.pass(object);
            continue;
        }
        let message = format!("{column} refers to {parent}.{referenced} and is not named for it");
        let finding = Finding::new(&RULE, object, message);
        verdicts.fail(match rename(table, column, parent, referenced) {
            Some(change) => finding.with([change]),
            None => finding.advise(format!("a name that ends in {referenced} says that it is a reference")),
        });
    }
}

/// Last words of columns that say in which relation the row stands to another: who did something, or the row above.
const ROLES: [&str; 7] = ["by", "parent", "of", "to", "from", "for", "with"];

fn last_word(name: &str) -> String {
    split(name).last().cloned().unwrap_or_default()
}

fn ends_with(column: &str, part: &str) -> bool {
    split(column).ends_with(&split(part))
}

/// Whether the column names a role and then what kind of key it is: `support_rep_id` for `employee_id`.
fn is_role(column: &str, referenced: &str) -> bool {
    split(column).len() > 1 && last_word(column) == last_word(referenced)
}

/// Whether the column has the parent's name and no more.
fn names_parent(column: &str, parent: &str) -> bool {
    let (column, parent) = (split(column), split(parent));
    let same = |(one, other): (&String, &String)| one == other;
    match (column.split_last(), parent.split_last()) {
        (Some((one, before)), Some((other, others))) => {
            before.len() == others.len()
                && before.iter().zip(others).all(same)
                && (one == other || singular(one) == singular(other))
        }
        (one, other) => one.is_none() && other.is_none(),
    }
}

fn rename(table: TableRef<'_>, column: &str, parent: &str, referenced: &str) -> Option<crate::checks::Change> {
    let mut words = key_words(if names_parent(column, parent) { parent } else { column });
    let end = split(referenced);
    if !words.ends_with(&end) {
        words.extend_from_slice(&end);
    }
    renamed::column(table, column, words.join("_"))
}
