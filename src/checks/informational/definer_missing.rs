//! Code runs with the rights of an account that does not exist.

use crate::checks::{Context, Dimension, Finding, Kind, Needs, Object, ObjectKind, Rule, Severity, Verdicts};
use crate::model::{EngineName, UnseenKind};

pub(super) static RULE: Rule = Rule {
    id: "definer-missing",
    summary: "Code runs with the rights of an account that does not exist",
    dimension: Dimension::OperationalReadiness,
    kind: Kind::Informational,
    weight: 0,
    severity: Severity::Error,
    engines: &[EngineName::MySql, EngineName::MariaDb],
    needs: Needs::Statistics,
    reads: &[UnseenKind::Triggers, UnseenKind::Functions],
    denominator: "views and routines that run with their definer's rights, triggers and events",
    options: &[],
    peers: &["skeema"],
    references: &["https://dev.mysql.com/doc/refman/8.4/en/stored-objects-security.html"],
    documentation: r"
## What it does

Compares the definers of views, routines, triggers and events with the accounts of the server.

## Why

Such a view or routine fails for everybody who uses it: `The user specified as a definer does not exist`. A trigger makes every write to its table fail.

## Not reported

Views and routines with `SQL SECURITY INVOKER`, which run with the rights of whoever uses them. Everything, when the account
may not read the list of accounts: then it is unknown.

## Fix

Make the object anew with a definer that exists, or with `SQL SECURITY INVOKER`. Which account it should be is not in the
catalog, so no step is written.

## Example

```sql,fires
CREATE TABLE orders (id bigint PRIMARY KEY);
CREATE DEFINER = 'gone'@'nowhere' VIEW all_orders AS SELECT id FROM orders;
```

```sql,passes
CREATE TABLE orders (id bigint PRIMARY KEY);
CREATE VIEW all_orders AS SELECT id FROM orders;
```

```sql,passes
CREATE TABLE orders (id bigint PRIMARY KEY);
CREATE DEFINER = 'gone'@'nowhere' SQL SECURITY INVOKER VIEW all_orders AS SELECT id FROM orders;
CREATE DEFINER = 'gone'@'nowhere' FUNCTION one() RETURNS int DETERMINISTIC SQL SECURITY INVOKER RETURN 1;
```
",
    check,
};

fn check(context: Context<'_>, verdicts: &mut Verdicts) {
    let accounts = context.model.statistics.as_ref().and_then(|statistics| statistics.accounts.as_ref());
    for schema in &context.model.schemas {
        let own = |kind: ObjectKind, name: &str| Object::in_schema(&schema.name, kind, name);
        let views = schema.views.iter().filter(|view| !view.security_invoker);
        let views = views.map(|view| (own(ObjectKind::View, &view.name), &view.definer));
        let functions = schema.functions.iter().filter(|code| code.security_definer);
        let functions = functions.map(|code| (own(ObjectKind::Function, &code.name), &code.definer));
        let events = schema.events.iter().map(|event| (own(ObjectKind::Other, &event.name), &event.definer));
        let triggers = schema
            .tables
            .iter()
            .flat_map(|table| &table.triggers)
            .map(|trigger| (own(ObjectKind::Trigger, &trigger.name), &trigger.definer));
        for (object, definer) in views.chain(functions).chain(events).chain(triggers) {
            let Some(definer) = definer else { continue };
            match accounts {
                None => verdicts.unknown(object, "the accounts of the server were not read"),
                Some(accounts) if accounts.contains(definer) => verdicts.pass(object),
                Some(_) => {
                    let message = format!("runs with the rights of {definer}, which does not exist");
                    let advice = "make it anew with a definer that exists, or with SQL SECURITY INVOKER";
                    verdicts.fail(Finding::new(&RULE, object, message).advise(advice));
                }
            }
        }
    }
}
