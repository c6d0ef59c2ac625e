use crate::checks::{Context, Dimension, Finding, Kind, Needs, Object, Rule, Severity, Verdicts};
use crate::model::EngineName;
use crate::survey::{Plurality, TableClass, is_plural, split};

pub(super) static RULE: Rule = Rule {
    id: "table-name-plurality",
    summary: "A table is named in the singular among plurals, or the other way round",
    dimension: Dimension::ConventionConsistency,
    kind: Kind::Coverage,
    weight: 3,
    severity: Severity::Info,
    engines: &EngineName::ALL,
    needs: Needs::Catalog,
    denominator: "entity and lookup tables whose name ends in a word with a singular and a plural",
    options: &[("expected", "plural, singular, or majority (default)")],
    peers: &["schemalint", "SchemaCrawler additional lints"],
    references: &["https://github.com/kristiandupont/schemalint"],
    documentation: r"
## What it does

Asks whether a table's name has the grammatical number that most tables of the schema have; plural when they are equal.

## Why

Whoever writes a query has to remember which tables are the exception.

## Not reported

Words without a plural (`data`, `news`, `inventory`), abbreviations without a vowel (`crs`), names that end in digits, junction tables, logs, copies, tables of
frameworks. Renaming a table is rarely worth it, so there is no remedy: decide for new tables.

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
        if !matches!(context.survey.class(table.id), TableClass::Entity | TableClass::Lookup) {
            continue;
        }
        let Some(plural) = split(&table.table.name).last().and_then(|word| is_plural(word)) else { continue };
        if plural == (expected == Plurality::Plural) {
            verdicts.pass(Object::table(table));
            continue;
        }
        let (found, wanted) = if plural { ("plural", "singular") } else { ("singular", "plural") };
        let naming = &context.survey.naming;
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
