//! Policies that ask who the user is for every row.

use crate::checks::{Change, Context, Dimension, Finding, Kind, Needs, Object, ObjectKind, Rule, Severity, Verdicts};
use crate::model::{EngineName, UnseenKind};

pub(super) static RULE: Rule = Rule {
    id: "rls-initplan",
    summary: "A policy asks for the user or a setting anew for every row",
    dimension: Dimension::IndexCoverage,
    kind: Kind::Informational,
    weight: 0,
    severity: Severity::Info,
    engines: &[EngineName::PostgreSql],
    needs: Needs::Catalog,
    reads: &[UnseenKind::Policies],
    denominator: "policies that call auth functions or read settings",
    options: &[],
    peers: &["splinter 0003"],
    references: &["https://www.postgresql.org/docs/current/ddl-rowsecurity.html"],
    documentation: r"
## What it does

Reports policies that call `current_setting` or a function of the schema `auth` (`auth.uid()`, `auth.jwt()`) directly, not inside
a scalar subquery.

## Why

The function runs once for every row that a query looks at. As `(SELECT auth.uid())` it runs once a query, and an index on the
column it is compared with can be used.

## Not reported

Calls that stand in `(SELECT …)` already, and functions that take something from the row.

## Fix

Wrap the call in a subquery, `(SELECT auth.uid())`, so that it runs once per statement rather than for each row.

## Example

```sql,fires
CREATE TABLE orders (id integer PRIMARY KEY, tenant text NOT NULL);
ALTER TABLE orders ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_orders ON orders USING (tenant = current_setting('app.tenant'));
```

```sql,fires
CREATE SCHEMA auth;
CREATE FUNCTION auth.uid() RETURNS integer STABLE LANGUAGE sql AS 'SELECT 1';
CREATE TABLE orders (id integer PRIMARY KEY, owner_id integer NOT NULL);
ALTER TABLE orders ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_orders ON orders USING (owner_id = auth.uid() OR (SELECT auth.uid()) = 0) WITH CHECK (auth.uid() > 0);
```

```sql,passes
CREATE TABLE orders (id integer PRIMARY KEY, tenant text NOT NULL);
ALTER TABLE orders ENABLE ROW LEVEL SECURITY;
CREATE POLICY own_orders ON orders USING (tenant = (SELECT current_setting('app.tenant')));
```
",
    check,
};

/// Beginnings of calls whose answer is the same for every row of a query.
const CALLS: [&str; 5] = ["current_setting(", "auth.uid(", "auth.jwt(", "auth.role(", "auth.email("];

fn check(context: Context<'_>, verdicts: &mut Verdicts) {
    for table in context.tables.base().filter(|table| table.row_security) {
        for policy in &table.table.policies {
            let expressions = || [&policy.using, &policy.with_check].into_iter().flatten();
            if !expressions().any(|expression| CALLS.iter().any(|call| expression.contains(call))) {
                continue;
            }
            let object = Object::inside(table, ObjectKind::Policy, &policy.name);
            let wrapped = |expression: &Option<String>| {
                expression
                    .as_deref()
                    .map(|text| (text, wrap(text)))
                    .filter(|(old, new)| *old != new)
                    .map(|(_, new)| new)
            };
            let (using, with_check) = (wrapped(&policy.using), wrapped(&policy.with_check));
            if using.is_none() && with_check.is_none() {
                verdicts.pass(object);
                continue;
            }
            let change =
                Change::AskPolicyOnce { table: table.qualified_name(), policy: policy.name.clone(), using, with_check };
            let message = "asks for the user or a setting anew for every row";
            verdicts.fail(Finding::new(&RULE, object, message).with([change]));
        }
    }
}

/// The expression with each bare call as a scalar subquery.
fn wrap(expression: &str) -> String {
    let mut out = String::new();
    let mut rest = expression;
    while let Some(start) = CALLS.iter().filter_map(|call| rest.find(call)).min() {
        let (before, from) = rest.split_at(start);
        out.push_str(before);
        let Some(end) = end_of_call(from) else { break };
        let (call, after) = from.split_at(end);
        let inside_name =
            out.ends_with(|character: char| character.is_alphanumeric() || matches!(character, '_' | '"' | '.'));
        let selected = out.trim_end().to_uppercase().ends_with("SELECT");
        if inside_name || selected {
            out.push_str(call);
        } else {
            out.push_str("(SELECT ");
            out.push_str(call);
            out.push(')');
        }
        rest = after;
    }
    out.push_str(rest);
    out
}

/// Where the call that a text begins with ends: after the parenthesis that closes its first one. Strings are skipped.
fn end_of_call(text: &str) -> Option<usize> {
    let mut depth = 0_u32;
    let mut quoted = false;
    for (position, character) in text.char_indices() {
        match character {
            '\'' => quoted = !quoted,
            '(' if !quoted => depth += 1,
            ')' if !quoted => {
                depth = depth.checked_sub(1)?;
                if depth == 0 {
                    return Some(position + 1);
                }
            }
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::wrap;

    #[test]
    fn bare_calls_become_subqueries() {
        for (old, new) in [
            ("(a = auth.uid())", "(a = (SELECT auth.uid()))"),
            ("(a = ( SELECT auth.uid() AS uid))", "(a = ( SELECT auth.uid() AS uid))"),
            ("((current_setting('a)b'::text))::int = b)", "(((SELECT current_setting('a)b'::text)))::int = b)"),
            ("my_auth.uid()", "my_auth.uid()"),
            ("pg_catalog.current_setting('x')", "pg_catalog.current_setting('x')"),
        ] {
            assert_eq!(wrap(old), new);
        }
    }
}
