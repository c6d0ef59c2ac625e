use crate::checks::{Context, Dimension, Finding, Kind, Needs, Object, Rule, RuleOption, Severity, Values, Verdicts};
use crate::model::EngineName;
use crate::survey::Plurality;

pub(super) static RULE: Rule = Rule {
    id: "table-name-plurality",
    summary: "A table is named in the singular among plurals, or the other way round",
    dimension: Dimension::ConventionConsistency,
    kind: Kind::Coverage,
    weight: 3,
    severity: Severity::Info,
    engines: &EngineName::ALL,
    needs: Needs::Catalog,
    reads: &[],
    denominator: "entity and lookup tables whose name ends in a word with a singular and a plural and is not made of two tables' names",
    options: &[RuleOption {
        name: "expected",
        values: Values::Words(&["majority", "plural", "singular"]),
        meaning: "plural, singular, or majority (default)",
    }],
    peers: &["schemalint", "SchemaCrawler additional lints"],
    references: &["https://github.com/kristiandupont/schemalint"],
    documentation: r"
## What it does

Asks whether a table's name has the grammatical number that most tables of the schema have; plural when they are equal.

## Why

Whoever writes a query has to remember which tables are the exception.

## Not reported

Words without a plural (`data`, `news`, `inventory`), abbreviations without a vowel (`crs`), names that end in digits,
junction tables and names made of two others (`group_users` of `group` and `user`, `build_id_to_queue`), logs, copies, tables of
frameworks. Renaming a table is rarely worth it, so there is no remedy: decide for new tables.

## Fix

Follow the convention in new tables, or set `expected`. Renaming a table is rarely worth it, so no step is written.

## Example

```sql,fires
CREATE TABLE customers (id integer PRIMARY KEY);
CREATE TABLE invoices (id integer PRIMARY KEY);
CREATE TABLE product (id integer PRIMARY KEY, price integer, weight integer, height integer);
```

```sql,passes
CREATE TABLE customers (id integer PRIMARY KEY, a integer, b integer, c integer);
CREATE TABLE inventory (id integer PRIMARY KEY, a integer, b integer, c integer);
CREATE TABLE order_history (id integer PRIMARY KEY, a integer, b integer, c integer);
```

```sql,passes
CREATE TABLE conversion (id integer PRIMARY KEY, a integer, b integer, c integer);
CREATE TABLE ellipsoid (id integer PRIMARY KEY, a integer, b integer, c integer);
CREATE TABLE projected_crs (id integer PRIMARY KEY, a integer, b integer, c integer);
```

A table between two others, with more than their keys:

```sql,passes
CREATE TABLE x_group (id integer PRIMARY KEY, a integer, b integer, c integer);
CREATE TABLE x_user (id integer PRIMARY KEY, a integer, b integer, c integer);
CREATE TABLE build (id integer PRIMARY KEY, a integer, b integer, c integer);
CREATE TABLE x_group_users (id integer PRIMARY KEY, group_id integer, user_id integer, is_visible integer, source integer);
CREATE TABLE build_to_queues (id integer PRIMARY KEY, build_id integer, queue_name varchar(80), a integer, b integer);
```
",
    check,
};

fn check(context: Context<'_>, verdicts: &mut Verdicts) {
    let expected = match context.settings.option(RULE.id, "expected").and_then(toml::Value::as_str) {
        Some("plural") => Plurality::Plural,
        Some("singular") => Plurality::Singular,
        _ => context.survey.naming.expected_number,
    };
    for table in context.tables.base() {
        let naming = &context.survey.naming;
        let Some(number) = naming.numbers[table.id.0] else { continue };
        if number == expected {
            verdicts.pass(Object::table(table));
            continue;
        }
        let (found, wanted) = match number {
            Plurality::Plural => ("plural", "singular"),
            Plurality::Singular => ("singular", "plural"),
        };
        let message = format!(
            "the name is {found}, and this schema's are {wanted} ({} singular, {} plural)",
            naming.singular, naming.plural
        );
        verdicts
            .fail(Finding::new(&RULE, Object::table(table), message).advise(
                "renaming a table breaks running code: follow the convention in new tables, or set `expected`",
            ));
    }
}
