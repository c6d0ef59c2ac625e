//! Inserts of code in the database that name no columns: they fail when the table gets one more.

use crate::checks::Change;
use crate::model::{EngineName, Model};
use std::collections::BTreeMap;

/// Tables into which code inserts without a list of columns, in lower case, each with the code. Empty for PostgreSQL, where
/// what such an insert leaves out at the end gets its default.
pub(super) fn without_columns(model: &Model) -> BTreeMap<String, String> {
    let mut tables = BTreeMap::new();
    if model.engine.name == EngineName::PostgreSql {
        return tables;
    }
    for schema in &model.schemas {
        let triggers = schema.tables.iter().flat_map(|table| &table.triggers);
        let triggers = triggers.map(|trigger| ("trigger", &trigger.name, &trigger.definition));
        let routines = schema.functions.iter();
        let routines = routines.filter_map(|routine| Some(("routine", &routine.name, routine.body.as_ref()?)));
        let events = schema.events.iter().map(|event| ("event", &event.name, &event.body));
        for (kind, name, text) in triggers.chain(routines).chain(events) {
            for table in inserted_whole(text) {
                tables.entry(table).or_insert_with(|| format!("{kind} {name}"));
            }
        }
    }
    tables
}

/// Why such code stands in the way of a new column, if it does.
pub(super) fn hindrance(code: &BTreeMap<String, String>, change: &Change) -> Option<String> {
    let (Change::AddColumn { table, .. } | Change::AddSurrogateKey { table, .. }) = change else { return None };
    let code = code.get(&table.name.to_lowercase())?;
    Some(format!("{code} inserts into {} without naming columns and would fail: let it name them first", table.name))
}

/// Names of the tables that a text inserts whole rows into.
fn inserted_whole(text: &str) -> Vec<String> {
    const BETWEEN: [&str; 10] =
        ["low_priority", "delayed", "high_priority", "ignore", "into", "or", "replace", "rollback", "abort", "fail"];
    let spaced = text.to_lowercase().replace('(', " ( ").replace([';', ','], " ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let after = |start: usize| words[start..].iter().position(|word| !BETWEEN.contains(word)).map(|at| start + at);
    let begins = |at: usize| words[at] == "insert" || words[at] == "replace" && (at == 0 || words[at - 1] != "or");
    let inserts = (0..words.len()).filter(|at| begins(*at));
    let found = inserts.filter_map(|at| {
        let at = after(at + 1)?;
        let name = words[at].rsplit('.').next().unwrap_or_default();
        let is_row = |word: &str| matches!(word, "values" | "value" | "select" | "table" | "with");
        let whole = match words.get(at + 1) {
            Some(&"(") => words.get(at + 2).is_some_and(|word| matches!(*word, "select" | "with")),
            next => next.is_some_and(|word| is_row(word)),
        };
        whole.then(|| name.trim_matches(['`', '"', '[', ']']).to_owned())
    });
    found.collect()
}

#[cfg(test)]
mod tests {
    use super::inserted_whole;

    #[test]
    fn whole_rows_are_told_from_named_columns() {
        for (text, tables) in [
            ("INSERT INTO log VALUES ('x', 'i')", &["log"][..]),
            ("BEGIN insert ignore into `shop`.`Log` SELECT 1; REPLACE log2 VALUES(1); END", &["log", "log2"]),
            ("INSERT INTO log (a, b) VALUES (1, 2)", &[]),
            ("INSERT INTO log(a) SELECT 1", &[]),
            ("INSERT INTO log (SELECT 1)", &["log"]),
            ("insert or replace into \"log\" values (1)", &["log"]),
            ("INSERT INTO log SET a = 1", &[]),
            ("INSERT INTO log DEFAULT VALUES", &[]),
            ("UPDATE t SET a = replace(a, 'x', 'values')", &[]),
            ("insert", &[]),
        ] {
            assert_eq!(inserted_whole(text), tables, "{text}");
        }
    }
}
