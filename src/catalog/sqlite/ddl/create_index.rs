//! `CREATE INDEX` and `CREATE TRIGGER`.

use super::create_table::{closing, split};
use super::token::{Token, tokens};

/// What a `CREATE INDEX` says beyond the pragmas.
#[derive(Debug, Default, PartialEq, Eq)]
pub(in crate::catalog::sqlite) struct IndexText {
    /// Key parts as written, without direction and collation.
    pub(in crate::catalog::sqlite) parts: Vec<String>,
    pub(in crate::catalog::sqlite) predicate: Option<String>,
}

/// Reads the statement that made an index.
pub(in crate::catalog::sqlite) fn create_index(sql: &str) -> IndexText {
    let all = tokens(sql);
    let Some(open) = all.iter().position(|token| token.is("(")) else { return IndexText::default() };
    let close = closing(&all, open);
    let parts = split(&all[open + 1..close]).map(|item| part(sql, item)).collect();
    let predicate = all
        .get(close + 1)
        .filter(|token| token.is("WHERE"))
        .and_then(|_| Some((all.get(close + 2)?.start, all.last()?.end)))
        .and_then(|(start, end)| sql.get(start..end))
        .map(str::to_owned);
    IndexText { parts, predicate }
}

fn part(sql: &str, mut item: &[Token]) -> String {
    if let [rest @ .., last] = item
        && (last.is("ASC") || last.is("DESC"))
        && !rest.is_empty()
    {
        item = rest;
    }
    if let [rest @ .., collate, _] = item
        && collate.is("COLLATE")
        && !rest.is_empty()
    {
        item = rest;
    }
    match (item.first(), item.last()) {
        (Some(first), Some(last)) => sql.get(first.start..last.end).unwrap_or_default().to_owned(),
        _ => String::new(),
    }
}

/// What a `CREATE TRIGGER` says.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::catalog::sqlite) struct TriggerText {
    pub(in crate::catalog::sqlite) timing: &'static str,
    pub(in crate::catalog::sqlite) event: String,
    pub(in crate::catalog::sqlite) update_columns: Vec<String>,
}

/// Reads the head of a `CREATE TRIGGER`.
pub(in crate::catalog::sqlite) fn create_trigger(sql: &str) -> TriggerText {
    let all = tokens(sql);
    let word = |position: usize, word: &str| all.get(position).is_some_and(|token| token.is(word));
    // CREATE [TEMP] TRIGGER [IF NOT EXISTS] [schema.]name, then the timing.
    let mut position = all.iter().position(|token| token.is("TRIGGER")).map_or(0, |found| found + 1);
    if word(position, "IF") {
        position += 3;
    }
    position += if word(position + 1, ".") { 3 } else { 1 };
    let timing = if word(position, "INSTEAD") {
        position += 2;
        "instead of"
    } else if word(position, "AFTER") {
        position += 1;
        "after"
    } else {
        position += usize::from(word(position, "BEFORE"));
        "before"
    };
    let event = all.get(position).map(|token| token.text.to_lowercase()).unwrap_or_default();
    let mut update_columns = Vec::new();
    if word(position + 1, "OF") {
        let rest = &all[(position + 2).min(all.len())..];
        let end = rest.iter().position(|token| token.is("ON")).unwrap_or(rest.len());
        update_columns.extend(rest[..end].iter().filter(|token| token.is_name()).map(|token| token.text.clone()));
    }
    TriggerText { timing, event, update_columns }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn parts_and_predicate_are_found() {
        let index = create_index(
            "CREATE UNIQUE INDEX IF NOT EXISTS \"i (\" ON t(lower(d) COLLATE RTRIM DESC, \"a,b\" ASC, (x + 1)) WHERE a > 1 AND d <> ' WHERE '",
        );
        assert_eq!(index.parts, ["lower(d)", "\"a,b\"", "(x + 1)"]);
        assert_eq!(index.predicate.as_deref(), Some("a > 1 AND d <> ' WHERE '"));
    }

    #[test]
    fn trigger_heads_are_read() {
        let trigger =
            create_trigger("CREATE TRIGGER IF NOT EXISTS main.tr AFTER UPDATE OF a, \"b c\" ON t BEGIN SELECT 1; END");
        assert_eq!((trigger.timing, trigger.event.as_str()), ("after", "update"));
        assert_eq!(trigger.update_columns, ["a", "b c"]);
        assert_eq!(create_trigger("CREATE TRIGGER x DELETE ON t BEGIN SELECT 1; END").timing, "before");
        assert_eq!(create_trigger("CREATE TRIGGER x INSTEAD OF INSERT ON t BEGIN SELECT 1; END").event, "insert");
    }

    proptest! {
        #[test]
        fn any_text_is_survived(sql in ".*") {
            create_index(&sql);
            create_trigger(&sql);
        }
    }
}
