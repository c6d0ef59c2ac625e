//! Inserts of code in the database that rest on how many columns a table has: they fail when it gets one more.

use crate::checks::Change;
use crate::model::{EngineName, Model, QualifiedName};
use std::collections::{BTreeMap, BTreeSet};

/// Tables whose number of columns code rests on, in lower case, each with what the code does.
pub(super) fn fixed_tables(model: &Model) -> BTreeMap<String, String> {
    let mut tables = BTreeMap::new();
    // What an insert of whole rows leaves out at their end gets its default in PostgreSQL.
    let fails_on_less = model.engine.name != EngineName::PostgreSql;
    let mut add = |code: String, text: &str, fired_by: &[&str]| {
        for insert in inserts(text) {
            if insert.names_no_columns && fails_on_less {
                let reason = format!("{code} inserts into {} without naming columns", insert.table);
                tables.entry(insert.table).or_insert(reason);
            }
            let rows = insert.takes_row.then_some(fired_by).into_iter().flatten().map(|name| name.to_lowercase());
            for source in insert.sources.into_iter().chain(rows) {
                let reason = format!("{code} inserts every column of {source} elsewhere");
                tables.entry(source).or_insert(reason);
            }
        }
    };
    let mut calls: BTreeMap<&QualifiedName, Vec<&str>> = BTreeMap::new();
    for table in model.schemas.iter().flat_map(|schema| &schema.tables) {
        for trigger in &table.triggers {
            add(format!("trigger {}", trigger.name), &trigger.definition, &[&table.name]);
            if let Some(function) = &trigger.function {
                calls.entry(function).or_default().push(&table.name);
            }
        }
    }
    for schema in &model.schemas {
        for routine in &schema.functions {
            let fired_by =
                calls.get(&QualifiedName::new(&schema.name, &routine.name)).map(Vec::as_slice).unwrap_or_default();
            add(format!("routine {}", routine.name), routine.body.as_deref().unwrap_or_default(), fired_by);
        }
        for event in &schema.events {
            add(format!("event {}", event.name), &event.body, &[]);
        }
    }
    tables
}

/// Why such code stands in the way of a new column, if it does.
pub(super) fn hindrance(fixed: &BTreeMap<String, String>, change: &Change) -> Option<String> {
    let (Change::AddColumn { table, .. } | Change::AddSurrogateKey { table, .. }) = change else { return None };
    let reason = fixed.get(&table.name.to_lowercase())?;
    Some(format!("{reason} and would fail: let it name them first"))
}

/// One insert.
#[derive(Debug, Default, PartialEq)]
struct Insert {
    table: String,
    names_no_columns: bool,
    /// Tables of which it takes every column, whichever there are.
    sources: BTreeSet<String>,
    /// It takes every column of the row that fired a trigger.
    takes_row: bool,
}

/// The inserts of a text that say no columns, either of the target or of what they take.
fn inserts(text: &str) -> Vec<Insert> {
    const BETWEEN: [&str; 10] =
        ["low_priority", "delayed", "high_priority", "ignore", "into", "or", "replace", "rollback", "abort", "fail"];
    let spaced = text.to_lowercase().replace('(', " ( ").replace(';', " ; ").replace([',', ')'], " ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let begins = |at: usize| words[at] == "insert" || words[at] == "replace" && (at == 0 || words[at - 1] != "or");
    let bare = |word: &str| word.rsplit('.').next().unwrap_or_default().trim_matches(['`', '"', '[', ']']).to_owned();
    let found = (0..words.len()).filter(|at| begins(*at)).filter_map(|at| {
        let mut rest =
            words[at + 1..].iter().skip_while(|word| BETWEEN.contains(word)).take_while(|word| **word != ";");
        let table = bare(rest.next()?);
        let rest: Vec<&str> = rest.copied().collect();
        let names_no_columns = match rest.as_slice() {
            ["(", "select" | "with", ..] => true,
            [first, ..] => matches!(*first, "values" | "value" | "select" | "table" | "with"),
            [] => false,
        };
        // The star of count(*) stands behind a parenthesis.
        let pairs = || rest.iter().zip(rest.iter().skip(1));
        let takes_row = rest.iter().any(|word| matches!(*word, "new.*" | "old.*"));
        let takes_all = pairs().any(|(before, word)| *before != "(" && (*word == "*" || word.ends_with(".*")));
        let sources = pairs().filter(|(before, _)| takes_all && matches!(**before, "from" | "join"));
        let sources = sources.map(|(_, word)| bare(word)).collect();
        let insert = Insert { table, names_no_columns, sources, takes_row };
        (insert.names_no_columns || insert.takes_row || !insert.sources.is_empty()).then_some(insert)
    });
    found.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_names_no_columns_is_found() {
        let whole = |table: &str| Insert { table: table.to_owned(), names_no_columns: true, ..Insert::default() };
        for (text, expected) in [
            ("INSERT INTO log VALUES ('x', 'i')", vec![whole("log")]),
            (
                "BEGIN insert ignore into `shop`.`Log` SELECT 1; REPLACE log2 VALUES(1); END",
                vec![whole("log"), whole("log2")],
            ),
            ("INSERT INTO log (a, b) VALUES (1, 2)", vec![]),
            ("INSERT INTO log(a) SELECT count(*) FROM t", vec![]),
            ("INSERT INTO log (SELECT 1)", vec![whole("log")]),
            ("insert or replace into \"log\" values (1)", vec![whole("log")]),
            ("INSERT INTO log SET a = 1", vec![]),
            ("INSERT INTO log DEFAULT VALUES", vec![]),
            ("UPDATE t SET a = replace(a, 'x', 'values'); SELECT * FROM t", vec![]),
            ("insert", vec![]),
            (
                "INSERT INTO public.old SELECT * FROM public.orders; DELETE FROM orders",
                vec![Insert { sources: ["orders".to_owned()].into(), ..whole("old") }],
            ),
            (
                "INSERT INTO old (a, b) SELECT o.*, now() FROM orders o",
                vec![Insert { names_no_columns: false, sources: ["orders".to_owned()].into(), ..whole("old") }],
            ),
            ("BEGIN INSERT INTO old VALUES (OLD.*); RETURN OLD; END", vec![Insert { takes_row: true, ..whole("old") }]),
        ] {
            assert_eq!(inserts(text), expected, "{text}");
        }
    }
}
