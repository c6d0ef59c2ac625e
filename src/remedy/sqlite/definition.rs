//! Edits the statement that made a table, so that all it says beside the edits stays as it was written.

use crate::catalog::sqlite::ddl::{Token, TokenKind, tokens};
use std::ops::Range;

/// A `CREATE TABLE` statement with the edits to make in it.
#[derive(Clone, Debug)]
pub(super) struct Definition {
    sql: String,
    tokens: Vec<Token>,
    /// Tokens of each column and each table constraint.
    items: Vec<Range<usize>>,
    /// Number of items that are columns.
    columns: usize,
    edits: Vec<(Range<usize>, Rank, String)>,
}

/// Which edit comes first where several insert at the same place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    /// Belongs to what stands before it.
    Inside,
    /// A new column.
    Column,
    /// A new table constraint.
    Constraint,
}

/// Kind of a clause of a column or of a table constraint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Clause {
    Default,
    Check,
    Unique,
    References,
    Other,
}

impl Definition {
    /// Reads a statement; `None` when it is no list of columns.
    pub(super) fn parse(sql: &str) -> Option<Self> {
        let tokens = tokens(sql);
        let open = tokens.iter().position(|token| token.is("("))?;
        if !tokens.iter().take(open).any(|token| token.is("TABLE"))
            || tokens.iter().take(open).any(|token| token.is("VIRTUAL"))
        {
            return None;
        }
        let close = matching(&tokens, open)?;
        let mut items = Vec::new();
        let (mut start, mut depth) = (open + 1, 0_u32);
        for (at, token) in tokens.iter().enumerate().take(close + 1).skip(open + 1) {
            if token.is("(") {
                depth += 1;
            } else if at == close || (depth == 0 && token.is(",")) {
                items.push(start..at);
                start = at + 1;
            } else if token.is(")") {
                depth -= 1;
            }
        }
        let columns = items.iter().take_while(|item| !is_table_constraint(&tokens[(*item).clone()])).count();
        let whole = items.iter().all(|item| !item.is_empty());
        whole.then(|| Self { sql: sql.to_owned(), tokens, items, columns, edits: Vec::new() })
    }

    /// The statement with its edits.
    pub(super) fn finish(&self) -> String {
        let mut edits: Vec<_> = self.edits.iter().enumerate().collect();
        edits.sort_by_key(|(order, (range, rank, _))| (range.start, range.end, *rank, *order));
        let mut out = String::with_capacity(self.sql.len() + 64);
        let mut done = 0;
        for (_, (range, _, text)) in edits {
            if range.start < done {
                continue;
            }
            out.push_str(&self.sql[done..range.start]);
            out.push_str(text);
            done = range.end;
        }
        out.push_str(&self.sql[done..]);
        out
    }

    /// Calls the table otherwise.
    pub(super) fn rename(&mut self, quoted: &str) {
        let open = self.tokens.iter().position(|token| token.is("(")).unwrap_or(0);
        let table = self.tokens.iter().take(open).position(|token| token.is("TABLE")).unwrap_or(0);
        let exists = self.tokens.get(table + 1).is_some_and(|token| token.is("IF")) && open > table + 4;
        let first = if exists { table + 4 } else { table + 1 };
        if first < open {
            let range = self.tokens[first].start..self.tokens[open - 1].end;
            self.edits.push((range, Rank::Inside, quoted.to_owned()));
        }
    }

    /// Adds a column after the last one.
    pub(super) fn add_column(&mut self, text: &str) {
        let at = self.columns.checked_sub(1).map_or(0, |last| self.end(&self.items[last]));
        self.edits.push((at..at, Rank::Column, format!(", {text}")));
    }

    /// Adds a table constraint at the end.
    pub(super) fn add_constraint(&mut self, text: &str) {
        let at = self.items.last().map_or(0, |last| self.end(last));
        self.edits.push((at..at, Rank::Constraint, format!(", {text}")));
    }

    /// Adds `NOT NULL` to a column.
    pub(super) fn set_not_null(&mut self, column: &str) -> bool {
        self.append(column, " NOT NULL")
    }

    /// Replaces or adds a column's default; `None` removes it.
    pub(super) fn set_default(&mut self, column: &str, expression: Option<&str>) -> bool {
        let Some(item) = self.column(column) else { return false };
        let found = self.clauses(&item, 1).into_iter().find(|(kind, _)| *kind == Clause::Default);
        let text = expression.map(|expression| format!("DEFAULT {}", default_text(expression))).unwrap_or_default();
        match found {
            Some((_, clause)) => {
                let range = self.bytes(&clause);
                self.edits.push((range, Rank::Inside, text));
                true
            }
            None if expression.is_some() => self.append(column, &format!(" {text}")),
            None => true,
        }
    }

    /// Replaces a column's type.
    pub(super) fn change_type(&mut self, column: &str, data_type: &str) -> bool {
        let Some(item) = self.column(column) else { return false };
        let first = self.clauses(&item, 1).first().map_or(item.end, |(_, clause)| clause.start);
        let name_end = self.tokens[item.start].end;
        let end = if first > item.start + 1 { self.tokens[first - 1].end } else { name_end };
        self.edits.push((name_end..end, Rank::Inside, format!(" {data_type}")));
        true
    }

    /// Gives the foreign key over these columns another delete action.
    pub(super) fn change_delete_action(&mut self, columns: &[String], action: &str) -> bool {
        let Some(clause) = self.references(columns) else { return false };
        let Some(start) = clause.clone().find(|at| self.tokens[*at].is("REFERENCES")) else { return false };
        let on = (start..clause.end.saturating_sub(1))
            .find(|at| self.tokens[*at].is("ON") && self.tokens[*at + 1].is("DELETE"));
        if let Some(on) = on {
            let words = self.tokens.get(on + 2).map_or(1, |word| if word.is("SET") || word.is("NO") { 2 } else { 1 });
            let range = self.bytes(&(on..on + 2 + words));
            self.edits.push((range, Rank::Inside, format!("ON DELETE {action}")));
        } else {
            let mut last = start + 1;
            if self.tokens.get(last + 1).is_some_and(|token| token.is("(")) {
                last = matching(&self.tokens, last + 1).unwrap_or(last);
            }
            let at = self.tokens[last].end;
            self.edits.push((at..at, Rank::Inside, format!(" ON DELETE {action}")));
        }
        true
    }

    /// Removes the foreign key over these columns.
    pub(super) fn drop_foreign_key(&mut self, columns: &[String]) -> bool {
        let Some(clause) = self.references(columns) else { return false };
        self.remove(&clause);
        true
    }

    /// Removes a check by its name or else its condition.
    pub(super) fn drop_check(&mut self, name: Option<&str>, expression: &str) -> bool {
        let plain = |text: &str| text.split_whitespace().collect::<String>().to_lowercase();
        let found = self.all_clauses().into_iter().filter(|(kind, _)| *kind == Clause::Check).find(|(_, clause)| {
            let open = clause.clone().find(|at| self.tokens[*at].is("("));
            let inner = open.and_then(|open| {
                let close = matching(&self.tokens, open)?;
                Some(plain(&self.sql[self.tokens[open].end..self.tokens[close].start]))
            });
            let named = self.tokens[clause.start].is("CONSTRAINT")
                && name.is_some_and(|name| self.tokens[clause.start + 1].text.eq_ignore_ascii_case(name));
            named || inner.is_some_and(|inner| inner == plain(expression))
        });
        let Some((_, clause)) = found else { return false };
        self.remove(&clause);
        true
    }

    /// Removes a unique constraint over these columns.
    pub(super) fn drop_unique(&mut self, columns: &[String]) -> bool {
        // Said twice, it has one index all the same.
        let found: Vec<_> = self
            .all_clauses()
            .into_iter()
            .filter(|(kind, _)| *kind == Clause::Unique)
            .filter(|(_, clause)| self.listed(clause, 0).is_some_and(|listed| same(&listed, columns)))
            .collect();
        for (_, clause) in &found {
            self.remove(clause);
        }
        !found.is_empty()
    }

    /// Calls a constraint otherwise.
    pub(super) fn rename_constraint(&mut self, name: &str, quoted: &str) -> bool {
        let found = self.all_clauses().into_iter().find(|(_, clause)| {
            self.tokens[clause.start].is("CONSTRAINT") && self.tokens[clause.start + 1].text.eq_ignore_ascii_case(name)
        });
        let Some((_, clause)) = found else { return false };
        let range = self.bytes(&(clause.start + 1..clause.start + 2));
        self.edits.push((range, Rank::Inside, quoted.to_owned()));
        true
    }

    fn append(&mut self, column: &str, text: &str) -> bool {
        let Some(item) = self.column(column) else { return false };
        let at = self.end(&item);
        self.edits.push((at..at, Rank::Inside, text.to_owned()));
        true
    }

    /// Removes a clause of a column, or a table constraint with the comma before it.
    fn remove(&mut self, clause: &Range<usize>) {
        let mut range = self.bytes(clause);
        let position = self.items.iter().position(|item| item == clause);
        if let Some(before) = position.and_then(|position| self.items.get(position.checked_sub(1)?)) {
            range.start = self.end(before);
        }
        self.edits.push((range, Rank::Inside, String::new()));
    }

    fn column(&self, name: &str) -> Option<Range<usize>> {
        let mut columns = self.items.iter().take(self.columns);
        columns.find(|item| self.tokens[item.start].text.to_lowercase() == name.to_lowercase()).cloned()
    }

    /// The clause of the foreign key over these columns.
    fn references(&self, columns: &[String]) -> Option<Range<usize>> {
        for (position, item) in self.items.iter().enumerate() {
            let of_column = position < self.columns;
            for (kind, clause) in self.clauses(item, usize::from(of_column)) {
                let listed =
                    if of_column { Some(vec![self.tokens[item.start].text.clone()]) } else { self.listed(&clause, 0) };
                if kind == Clause::References && listed.is_some_and(|listed| same(&listed, columns)) {
                    return Some(clause);
                }
            }
        }
        None
    }

    /// The names in the first parentheses of a clause; for a clause of a column that has none, the column.
    fn listed(&self, clause: &Range<usize>, from: usize) -> Option<Vec<String>> {
        let open = clause.clone().skip(from).find(|at| self.tokens[*at].is("("));
        let Some(open) = open else {
            let item = self.items.iter().take(self.columns).find(|item| item.contains(&clause.start))?;
            return Some(vec![self.tokens[item.start].text.clone()]);
        };
        let close = matching(&self.tokens, open)?;
        Some(
            self.tokens[open + 1..close]
                .iter()
                .filter(|token| token.is_name())
                .map(|token| token.text.clone())
                .collect(),
        )
    }

    fn all_clauses(&self) -> Vec<(Clause, Range<usize>)> {
        let items = self.items.iter().enumerate();
        items.flat_map(|(position, item)| self.clauses(item, usize::from(position < self.columns))).collect()
    }

    /// Splits an item into clauses; what stands before the first one is the name and type of a column.
    fn clauses(&self, item: &Range<usize>, skip: usize) -> Vec<(Clause, Range<usize>)> {
        let mut found = Vec::new();
        let mut at = item.start + skip;
        while at < item.end {
            let Some((kind, end)) = self.clause(at, item.end) else {
                at = if self.tokens[at].is("(") { matching(&self.tokens, at).unwrap_or(at) + 1 } else { at + 1 };
                continue;
            };
            found.push((kind, at..end));
            at = end;
        }
        found
    }

    /// The clause that starts at a token, and where it ends.
    fn clause(&self, start: usize, end: usize) -> Option<(Clause, usize)> {
        let is = |at: usize, words: &[&str]| {
            at < end && self.tokens[at].kind == TokenKind::Word && words.iter().any(|word| self.tokens[at].is(word))
        };
        let mut at = if is(start, &["CONSTRAINT"]) { start + 2 } else { start };
        let parentheses = |at: usize| {
            if at < end && self.tokens[at].is("(") {
                matching(&self.tokens, at).map_or(end, |close| close + 1)
            } else {
                at
            }
        };
        let conflict = |at: usize| if is(at, &["ON"]) && is(at + 1, &["CONFLICT"]) { at + 3 } else { at };
        let kind = if is(at, &["NOT"]) && is(at + 1, &["NULL"]) {
            at = conflict(at + 2);
            Clause::Other
        } else if is(at, &["NULL"]) {
            at = conflict(at + 1);
            Clause::Other
        } else if is(at, &["PRIMARY"]) {
            at = parentheses(at + 2);
            at = if is(at, &["ASC", "DESC"]) { at + 1 } else { at };
            at = conflict(at);
            at = if is(at, &["AUTOINCREMENT"]) { at + 1 } else { at };
            Clause::Other
        } else if is(at, &["UNIQUE"]) {
            at = conflict(parentheses(at + 1));
            Clause::Unique
        } else if is(at, &["CHECK"]) {
            at = conflict(parentheses(at + 1));
            Clause::Check
        } else if is(at, &["DEFAULT"]) {
            at = self.default_end(at + 1, end);
            Clause::Default
        } else if is(at, &["COLLATE"]) {
            at += 2;
            Clause::Other
        } else if is(at, &["GENERATED", "AS"]) {
            at = if is(at, &["GENERATED"]) { at + 3 } else { at + 1 };
            at = parentheses(at);
            at = if is(at, &["STORED", "VIRTUAL"]) { at + 1 } else { at };
            Clause::Other
        } else if is(at, &["REFERENCES"]) {
            at = self.references_end(at, end);
            Clause::References
        } else if is(at, &["FOREIGN"]) {
            at = self.references_end(parentheses(at + 2), end);
            Clause::References
        } else {
            return None;
        };
        Some((kind, at.min(end)))
    }

    fn default_end(&self, start: usize, end: usize) -> usize {
        let Some(first) = self.tokens.get(start) else { return end };
        if first.is("(") {
            return matching(&self.tokens, start).map_or(end, |close| close + 1);
        }
        if first.is("+") || first.is("-") {
            return start + 2;
        }
        // A blob literal is a word and a string without a space between: x'00'.
        let joined =
            self.tokens.get(start + 1).is_some_and(|next| next.kind == TokenKind::String && next.start == first.end);
        start + 1 + usize::from(joined)
    }

    fn references_end(&self, start: usize, end: usize) -> usize {
        let is =
            |at: usize, word: &str| at < end && self.tokens[at].kind == TokenKind::Word && self.tokens[at].is(word);
        let mut at = start + 2;
        if at < end && self.tokens[at].is("(") {
            at = matching(&self.tokens, at).map_or(end, |close| close + 1);
        }
        loop {
            if is(at, "ON") {
                at += if is(at + 2, "SET") || is(at + 2, "NO") { 4 } else { 3 };
            } else if is(at, "MATCH") {
                at += 2;
            } else if is(at, "DEFERRABLE") || (is(at, "NOT") && is(at + 1, "DEFERRABLE")) {
                at += if is(at, "NOT") { 2 } else { 1 };
                at += if is(at, "INITIALLY") { 2 } else { 0 };
            } else {
                return at.min(end);
            }
        }
    }

    fn bytes(&self, tokens: &Range<usize>) -> Range<usize> {
        self.tokens[tokens.start].start..self.tokens[tokens.end - 1].end
    }

    fn end(&self, item: &Range<usize>) -> usize {
        self.tokens[item.end - 1].end
    }
}

/// A default as SQLite wants it: an expression stands in parentheses.
pub(super) fn default_text(expression: &str) -> String {
    let found = tokens(expression);
    let plain = match found.as_slice() {
        [one] => one.kind != TokenKind::Quoted,
        [sign, number] => (sign.is("-") || sign.is("+")) && number.kind == TokenKind::Other,
        _ => false,
    };
    let wrapped = found.first().is_some_and(|first| first.is("(")) && matching(&found, 0) == Some(found.len() - 1);
    if plain || wrapped { expression.to_owned() } else { format!("({expression})") }
}

fn is_table_constraint(item: &[Token]) -> bool {
    let Some(first) = item.first().filter(|first| first.kind == TokenKind::Word) else { return false };
    let next = |word: &str| item.get(1).is_some_and(|next| next.is(word));
    first.is("CONSTRAINT")
        || ((first.is("PRIMARY") || first.is("FOREIGN")) && next("KEY"))
        || ((first.is("UNIQUE") || first.is("CHECK")) && next("("))
}

fn matching(tokens: &[Token], open: usize) -> Option<usize> {
    let mut depth = 0_u32;
    for (at, token) in tokens.iter().enumerate().skip(open) {
        if token.is("(") {
            depth += 1;
        } else if token.is(")") {
            depth = depth.checked_sub(1)?;
            if depth == 0 {
                return Some(at);
            }
        }
    }
    None
}

fn same(a: &[String], b: &[String]) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a.to_lowercase() == b.to_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    const SQL: &str = "CREATE TABLE IF NOT EXISTS main.\"a b\" (\n  id INTEGER PRIMARY KEY, -- the key\n  \
        \"par ent\" int DEFAULT (1 + 2) REFERENCES p (id) ON UPDATE CASCADE NOT DEFERRABLE NOT NULL,\n  \
        v varchar(10) DEFAULT 'x, )' CONSTRAINT short CHECK (length(v) < 9) COLLATE NOCASE,\n  \
        w blob DEFAULT x'00',\n  \
        CONSTRAINT k UNIQUE (v, w), -- last\n  FOREIGN KEY (v) REFERENCES q ON DELETE SET NULL\n) STRICT";

    fn edited(edit: impl FnOnce(&mut Definition) -> bool) -> String {
        let mut definition = Definition::parse(SQL).unwrap_or_else(|| panic!("it is a table"));
        assert!(edit(&mut definition));
        definition.finish()
    }

    #[test]
    fn no_edit_changes_nothing() {
        assert_eq!(edited(|_| true), SQL);
    }

    #[test]
    fn the_name_is_replaced_with_its_schema() {
        let text = edited(|definition| {
            definition.rename("\"new\"");
            true
        });
        assert!(text.starts_with("CREATE TABLE IF NOT EXISTS \"new\" (\n"), "{text}");
    }

    #[test]
    fn clauses_are_found_where_they_stand() {
        let text = edited(|definition| {
            definition.set_default("par ent", Some("7"))
                && definition.change_delete_action(&["par ent".to_owned()], "RESTRICT")
                && definition.change_delete_action(&["v".to_owned()], "NO ACTION")
                && definition.change_type("v", "text")
                && definition.set_not_null("w")
        });
        assert!(text.contains("\"par ent\" int DEFAULT 7 REFERENCES p (id) ON DELETE RESTRICT ON UPDATE CASCADE NOT DEFERRABLE NOT NULL"), "{text}");
        assert!(text.contains("v text DEFAULT 'x, )'"), "{text}");
        assert!(text.contains("w blob DEFAULT x'00' NOT NULL,"), "{text}");
        assert!(text.contains("REFERENCES q ON DELETE NO ACTION\n) STRICT"), "{text}");
    }

    #[test]
    fn clauses_are_removed_whole() {
        let text = edited(|definition| {
            definition.drop_check(Some("short"), "")
                && definition.drop_unique(&["v".to_owned(), "w".to_owned()])
                && definition.drop_foreign_key(&["v".to_owned()])
                && definition.drop_foreign_key(&["par ent".to_owned()])
        });
        assert!(!text.contains("CHECK") && !text.contains("UNIQUE") && !text.contains("REFERENCES"), "{text}");
        assert!(text.contains("COLLATE NOCASE"), "{text}");
        assert!(text.contains("DEFAULT (1 + 2)  NOT NULL"), "{text}");
    }

    #[test]
    fn additions_go_after_columns_and_after_constraints() {
        let text = edited(|definition| {
            definition.add_column("z int");
            definition.add_constraint("CHECK (z > 0)");
            true
        });
        assert!(text.contains("w blob DEFAULT x'00', z int,"), "{text}");
        assert!(text.contains("ON DELETE SET NULL, CHECK (z > 0)\n) STRICT"), "{text}");
    }

    #[test]
    fn other_statements_are_refused() {
        assert!(Definition::parse("CREATE VIRTUAL TABLE f USING fts5(a)").is_none());
        assert!(Definition::parse("").is_none());
    }
}
