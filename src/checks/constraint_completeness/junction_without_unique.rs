use crate::checks::names::Names;
use crate::checks::{Change, Context, Dimension, Finding, Kind, Needs, Object, Rule, Severity, Verdicts};
use crate::model::{EngineName, QualifiedName, TableRef, UnseenKind};
use crate::survey::{TableClass, is_moment, split};
use std::collections::BTreeSet;

pub(super) static RULE: Rule = Rule {
    id: "junction-without-unique",
    summary: "A junction table can hold the same pair twice",
    dimension: Dimension::ConstraintCompleteness,
    kind: Kind::Coverage,
    weight: 6,
    severity: Severity::Warning,
    engines: &EngineName::ALL,
    needs: Needs::Catalog,
    reads: &[UnseenKind::Indexes, UnseenKind::ForeignKeys, UnseenKind::Constraints],
    denominator: "junction tables: two relations to other tables and at most one column of their own",
    options: &[],
    peers: &["active_record_doctor"],
    references: &["https://github.com/gregnavis/active_record_doctor"],
    documentation: r"
## What it does

Looks for a primary or unique key over the two columns that a junction table joins by, with a tenant, a position, a moment or
the start of a validity at most.

## Why

Without it the same pair is stored twice, counts are wrong, and deleting one leaves the other.

## Not reported

Relations that recur: a table whose one column beside the two references is a moment (visits), an amount (transfers, ratings)
or a text (messages) holds events rather than pairs, unless a key allows each pair once. So does a table that refers to the
same parent twice and has a column of its own. A key that contains a moment passes. Tables whose own key others refer to: their
rows are things, of which there may be several for a pair, such as the copies of a film in a shop.

## Fix

Delete the pairs that are stored twice, then make the two columns unique.

## Example

```sql,fires
CREATE TABLE products (id integer PRIMARY KEY);
CREATE TABLE categories (id integer PRIMARY KEY);
CREATE TABLE product_categories (
    id integer PRIMARY KEY,
    product_id integer NOT NULL,
    category_id integer NOT NULL,
    CONSTRAINT pc_product FOREIGN KEY (product_id) REFERENCES products (id) ON DELETE CASCADE,
    CONSTRAINT pc_category FOREIGN KEY (category_id) REFERENCES categories (id) ON DELETE CASCADE
);
CREATE INDEX product_categories_category_idx ON product_categories (category_id);
```

```sql,passes
CREATE TABLE products (id integer PRIMARY KEY);
CREATE TABLE categories (id integer PRIMARY KEY);
CREATE TABLE product_categories (
    product_id integer NOT NULL,
    category_id integer NOT NULL,
    position integer,
    PRIMARY KEY (category_id, product_id),
    FOREIGN KEY (product_id) REFERENCES products (id) ON DELETE CASCADE,
    FOREIGN KEY (category_id) REFERENCES categories (id) ON DELETE CASCADE
);
CREATE INDEX product_categories_product_idx ON product_categories (product_id);
```

```sql,passes
CREATE TABLE films (id integer PRIMARY KEY);
CREATE TABLE shops (id integer PRIMARY KEY);
CREATE TABLE copies (
    id integer PRIMARY KEY,
    film_id integer NOT NULL,
    shop_id integer NOT NULL,
    FOREIGN KEY (film_id) REFERENCES films (id),
    FOREIGN KEY (shop_id) REFERENCES shops (id)
);
CREATE TABLE rentals (id integer PRIMARY KEY, copy_id integer NOT NULL, days integer, FOREIGN KEY (copy_id) REFERENCES copies (id));
```

Two people write to each other more than once:

```sql,passes
CREATE TABLE users (id integer PRIMARY KEY);
CREATE TABLE messages (
    id integer PRIMARY KEY,
    sender_id integer NOT NULL,
    recipient_id integer NOT NULL,
    body varchar(400) NOT NULL,
    FOREIGN KEY (sender_id) REFERENCES users (id),
    FOREIGN KEY (recipient_id) REFERENCES users (id)
);
```

And money moves between two accounts more than once:

```sql,passes
CREATE TABLE accounts (id integer PRIMARY KEY);
CREATE TABLE transfers (
    id integer PRIMARY KEY,
    from_account_id integer NOT NULL,
    to_account_id integer NOT NULL,
    amount decimal(12, 2) NOT NULL,
    FOREIGN KEY (from_account_id) REFERENCES accounts (id),
    FOREIGN KEY (to_account_id) REFERENCES accounts (id)
);
CREATE TABLE swaps (
    id integer PRIMARY KEY,
    giver_id integer NOT NULL,
    taker_id integer NOT NULL,
    slot integer NOT NULL,
    FOREIGN KEY (giver_id) REFERENCES accounts (id),
    FOREIGN KEY (taker_id) REFERENCES accounts (id)
);
```

A user visits an account on many days:

```sql,passes
CREATE TABLE users (id integer PRIMARY KEY);
CREATE TABLE accounts (id integer PRIMARY KEY);
CREATE TABLE visits (
    id integer PRIMARY KEY,
    user_id integer NOT NULL,
    account_id integer NOT NULL,
    visited_on date NOT NULL,
    FOREIGN KEY (user_id) REFERENCES users (id),
    FOREIGN KEY (account_id) REFERENCES accounts (id)
);
```

A product is reviewed again after a change:

```sql,passes
CREATE TABLE users (id integer PRIMARY KEY);
CREATE TABLE products (id integer PRIMARY KEY);
CREATE TABLE reviews (
    id integer PRIMARY KEY,
    user_id integer NOT NULL,
    product_id integer NOT NULL,
    rating integer NOT NULL,
    FOREIGN KEY (user_id) REFERENCES users (id),
    FOREIGN KEY (product_id) REFERENCES products (id)
);
```

What has a tag is a row of whichever table `content_type_id` names, so that type and tag make no pair:

```sql,passes
CREATE TABLE content_types (id integer PRIMARY KEY, model varchar(100) NOT NULL);
CREATE TABLE tags (id integer PRIMARY KEY);
CREATE TABLE tagged_items (
    id integer PRIMARY KEY,
    object_id integer NOT NULL,
    content_type_id integer NOT NULL,
    tag_id integer NOT NULL,
    FOREIGN KEY (content_type_id) REFERENCES content_types (id),
    FOREIGN KEY (tag_id) REFERENCES tags (id)
);
```

A column that holds the code of a list says what a row is, and joins nothing:

```sql,passes
CREATE TABLE customers (id integer PRIMARY KEY);
CREATE TABLE refund_statuses (status varchar(20) PRIMARY KEY);
CREATE TABLE refunds (
    id integer PRIMARY KEY,
    customer_id integer NOT NULL,
    status varchar(20) NOT NULL,
    created_at timestamp NOT NULL,
    FOREIGN KEY (customer_id) REFERENCES customers (id),
    FOREIGN KEY (status) REFERENCES refund_statuses (status)
);
```

The moment is in the key:

```sql,passes
CREATE TABLE users (id integer PRIMARY KEY);
CREATE TABLE accounts (id integer PRIMARY KEY);
CREATE TABLE enrolments (
    user_id integer NOT NULL,
    account_id integer NOT NULL,
    created_at timestamp NOT NULL,
    PRIMARY KEY (user_id, account_id, created_at),
    FOREIGN KEY (user_id) REFERENCES users (id),
    FOREIGN KEY (account_id) REFERENCES accounts (id)
);
CREATE TABLE subscriptions (
    user_id integer NOT NULL,
    account_id integer NOT NULL,
    enrolled_at timestamp NOT NULL,
    PRIMARY KEY (user_id, account_id, enrolled_at),
    FOREIGN KEY (user_id) REFERENCES users (id),
    FOREIGN KEY (account_id) REFERENCES accounts (id)
);
```

Two keys over one column join nothing:

```sql,passes
CREATE TABLE accounts (id integer PRIMARY KEY);
CREATE TABLE balances (
    id integer PRIMARY KEY,
    account_id integer,
    CONSTRAINT balances_old FOREIGN KEY (account_id) REFERENCES accounts (id) ON DELETE CASCADE,
    CONSTRAINT balances_new FOREIGN KEY (account_id) REFERENCES accounts (id) ON DELETE SET NULL
);
```

What kind of pair it is makes it no event:

```sql,fires
CREATE TABLE users (id integer PRIMARY KEY);
CREATE TABLE teams (id integer PRIMARY KEY);
CREATE TABLE memberships (
    id integer PRIMARY KEY,
    user_id integer NOT NULL,
    team_id integer NOT NULL,
    role varchar(20) NOT NULL CHECK (role IN ('owner', 'member')),
    CONSTRAINT memberships_user FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE,
    CONSTRAINT memberships_team FOREIGN KEY (team_id) REFERENCES teams (id) ON DELETE CASCADE
);
CREATE INDEX memberships_team_idx ON memberships (team_id);
```
",
    check,
};

fn check(context: Context<'_>, verdicts: &mut Verdicts) {
    let names = Names::new(context);
    let referenced = referenced(context);
    for table in context.tables.base().filter(|table| context.survey.class(table.id) == TableClass::Junction) {
        let joined = joined(context, table);
        if referenced.iter().any(|(parent, column)| {
            parent.name == table.name && parent.schema == table.schema.name && !joined.contains(column)
        }) {
            continue;
        }
        let unique = table.table.indexes.iter().filter(|index| index.guarantees_unique() && index.predicate.is_none());
        let mut keys: Vec<Vec<&str>> = unique.filter_map(crate::model::Index::plain_columns).collect();
        keys.extend(table.primary_key.iter().map(|key| key.columns.iter().map(String::as_str).collect()));
        let allowed = |column: &str| {
            joined.contains(column)
                || table.column(column).is_some_and(is_moment)
                || split(column).iter().any(|word| matches!(word.as_str(), "tenant" | "position" | "valid" | "from"))
        };
        // A key of one of the two columns alone would allow more than pairs; the surrogate key allows everything.
        if keys
            .iter()
            .any(|key| key.iter().all(|column| allowed(column)) && key.iter().any(|column| joined.contains(*column)))
        {
            verdicts.pass(Object::table(table));
            continue;
        }
        let columns: Vec<String> = table
            .table
            .columns
            .iter()
            .map(|column| column.name.clone())
            .filter(|name| joined.contains(name.as_str()))
            .collect();
        let list = columns.join(", ");
        let change = Change::AddUnique {
            table: table.qualified_name(),
            name: names.unique(&table.schema.name, &table.name, &columns),
            columns: columns.clone(),
            nulls_not_distinct: false,
            predicate: None,
            replaces: None,
        };
        verdicts.fail(
            Finding::new(
                &RULE,
                Object::table(table),
                format!("no key over ({list}): the same pair can be stored twice"),
            )
            .with([change]),
        );
    }
}

/// The columns that other tables refer to, each with its table.
fn referenced(context: Context<'_>) -> BTreeSet<(&QualifiedName, &str)> {
    let tables = context.tables.base().flat_map(|table| &table.table.foreign_keys);
    tables
        .flat_map(|key| key.referenced_columns.iter().map(|column| (&key.referenced_table, column.as_str())))
        .collect()
}

/// The columns that refer to the two joined tables.
pub(super) fn joined<'m>(context: Context<'m>, table: TableRef<'m>) -> BTreeSet<&'m str> {
    let declared = table.table.foreign_keys.iter().flat_map(|key| key.columns.iter().map(String::as_str));
    let name = table.qualified_name();
    let survey = context.survey;
    let inferred = survey.relations_of(&name).filter(|relation| relation.confidence >= 0.90);
    declared.chain(inferred.map(|relation| relation.column.as_str())).collect()
}
