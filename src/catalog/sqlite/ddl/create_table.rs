//! `CREATE TABLE` (<https://sqlite.org/lang_createtable.html>).

use super::token::{Token, TokenKind, tokens};
use crate::model::Deferral;

/// What a `CREATE TABLE` says beyond the pragmas.
#[derive(Debug, Default, PartialEq, Eq)]
pub(in crate::catalog::sqlite) struct TableText {
    pub(in crate::catalog::sqlite) columns: Vec<ColumnText>,
    pub(in crate::catalog::sqlite) primary_key: Option<KeyText>,
    pub(in crate::catalog::sqlite) unique: Vec<KeyText>,
    /// Foreign keys in the order of the text.
    pub(in crate::catalog::sqlite) foreign_keys: Vec<ForeignKeyText>,
    /// Checks with their names.
    pub(in crate::catalog::sqlite) checks: Vec<(Option<String>, String)>,
}

/// What a column definition says beyond the pragmas.
#[derive(Debug, Default, PartialEq, Eq)]
pub(in crate::catalog::sqlite) struct ColumnText {
    pub(in crate::catalog::sqlite) name: String,
    pub(in crate::catalog::sqlite) collation: Option<String>,
    pub(in crate::catalog::sqlite) generated: Option<String>,
    pub(in crate::catalog::sqlite) autoincrement: bool,
}

/// A primary or unique key.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::catalog::sqlite) struct KeyText {
    pub(in crate::catalog::sqlite) name: Option<String>,
    pub(in crate::catalog::sqlite) columns: Vec<String>,
}

/// A foreign key.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::catalog::sqlite) struct ForeignKeyText {
    pub(in crate::catalog::sqlite) name: Option<String>,
    pub(in crate::catalog::sqlite) columns: Vec<String>,
    pub(in crate::catalog::sqlite) on_delete_written: bool,
    pub(in crate::catalog::sqlite) deferral: Deferral,
}

/// Reads the statement that made a table.
pub(in crate::catalog::sqlite) fn create_table(sql: &str) -> TableText {
    let all = tokens(sql);
    let mut table = TableText::default();
    let Some(open) = all.iter().position(|token| token.is("(")) else { return table };
    // `CREATE TABLE … AS SELECT` is kept as a plain column list, so a parenthesis before AS is the list.
    let close = closing(&all, open);
    for item in split(&all[open + 1..close]) {
        let mut reader = Reader { sql, tokens: item, position: 0 };
        let is_constraint = reader.peek().is_some_and(|token| {
            token.kind == TokenKind::Word
                && ["CONSTRAINT", "PRIMARY", "UNIQUE", "CHECK", "FOREIGN"].iter().any(|word| token.is(word))
                // A column may be called `check`; then a type or nothing follows, never what a constraint needs.
                && (token.is("CONSTRAINT") || item.get(1).is_some_and(|next| next.is("(") || next.is("KEY")))
        });
        if is_constraint { reader.table_constraints(&mut table) } else { reader.column(&mut table) }
    }
    table
}

struct Reader<'a> {
    sql: &'a str,
    tokens: &'a [Token],
    position: usize,
}

impl<'a> Reader<'a> {
    fn peek(&self) -> Option<&'a Token> {
        self.tokens.get(self.position)
    }

    fn next(&mut self) -> Option<&'a Token> {
        let token = self.tokens.get(self.position);
        self.position += 1;
        token
    }

    fn take(&mut self, word: &str) -> bool {
        let found = self.peek().is_some_and(|token| token.is(word));
        self.position += usize::from(found);
        found
    }

    /// The tokens of a parenthesised group, which is passed over. Empty when there is none.
    fn group(&mut self) -> &'a [Token] {
        if !self.peek().is_some_and(|token| token.is("(")) {
            return &[];
        }
        let open = self.position;
        let close = closing(self.tokens, open);
        self.position = close + 1;
        &self.tokens[open + 1..close.max(open + 1)]
    }

    /// The text of a parenthesised group, which is passed over.
    fn expression(&mut self) -> String {
        let inside = self.group();
        match (inside.first(), inside.last()) {
            (Some(first), Some(last)) => self.sql.get(first.start..last.end).unwrap_or_default().to_owned(),
            _ => String::new(),
        }
    }

    /// First names of the items of a parenthesised list.
    fn names(&mut self) -> Vec<String> {
        split(self.group()).filter_map(|item| item.first()).map(|token| token.text.clone()).collect()
    }

    fn constraint_name(&mut self) -> Option<String> {
        if self.take("CONSTRAINT") { self.next().map(|token| token.text.clone()) } else { None }
    }

    fn column(&mut self, table: &mut TableText) {
        let Some(name) = self.next() else { return };
        let mut column = ColumnText { name: name.text.clone(), ..ColumnText::default() };
        let only = || vec![column.name.clone()];
        let (names, mut constraint) = (only(), None);
        while let Some(token) = self.peek() {
            if token.is("CONSTRAINT") {
                constraint = self.constraint_name();
                continue;
            }
            let word = token.kind == TokenKind::Word;
            self.position += 1;
            if word && token.is("PRIMARY") && self.take("KEY") {
                table.primary_key = Some(KeyText { name: constraint.take(), columns: names.clone() });
            } else if word && token.is("AUTOINCREMENT") {
                column.autoincrement = true;
            } else if word && token.is("UNIQUE") {
                table.unique.push(KeyText { name: constraint.take(), columns: names.clone() });
            } else if word && token.is("CHECK") {
                let check = (constraint.take(), self.expression());
                table.checks.push(check);
            } else if word && token.is("COLLATE") {
                column.collation = self.next().map(|token| token.text.clone());
            } else if word && token.is("AS") && self.peek().is_some_and(|next| next.is("(")) {
                column.generated = Some(self.expression());
            } else if word && token.is("DEFAULT") {
                if self.peek().is_some_and(|next| next.is("(")) {
                    self.group();
                } else {
                    self.next();
                }
            } else if word && token.is("REFERENCES") {
                let key = self.references(constraint.take(), names.clone());
                table.foreign_keys.push(key);
            } else if word && token.is("NOT") {
                self.take("NULL");
                constraint = None;
            } else if token.is("(") {
                // The length of a type.
                self.position -= 1;
                self.group();
            }
        }
        table.columns.push(column);
    }

    fn table_constraints(&mut self, table: &mut TableText) {
        while self.peek().is_some() {
            let name = self.constraint_name();
            if self.take("PRIMARY") {
                self.take("KEY");
                table.primary_key = Some(KeyText { name, columns: self.names() });
            } else if self.take("UNIQUE") {
                table.unique.push(KeyText { name, columns: self.names() });
            } else if self.take("CHECK") {
                let expression = self.expression();
                table.checks.push((name, expression));
            } else if self.take("FOREIGN") {
                self.take("KEY");
                let columns = self.names();
                self.take("REFERENCES");
                let key = self.references(name, columns);
                table.foreign_keys.push(key);
            } else {
                self.position += 1;
            }
        }
    }

    /// What follows REFERENCES, up to the next constraint.
    fn references(&mut self, name: Option<String>, columns: Vec<String>) -> ForeignKeyText {
        let mut key = ForeignKeyText { name, columns, ..ForeignKeyText::default() };
        self.next();
        self.group();
        loop {
            if self.take("ON") {
                key.on_delete_written |= self.peek().is_some_and(|token| token.is("DELETE"));
                self.next();
                // SET NULL, SET DEFAULT and NO ACTION are two words.
                let _ = self.take("SET") || self.take("NO");
                self.next();
            } else if self.take("MATCH") {
                self.next();
            } else if self.take("DEFERRABLE") {
                key.deferral = Deferral::Deferrable;
                if self.take("INITIALLY") {
                    if self.take("DEFERRED") {
                        key.deferral = Deferral::InitiallyDeferred;
                    } else {
                        self.take("IMMEDIATE");
                    }
                }
            } else if self.peek().is_some_and(|token| token.is("NOT"))
                && self.tokens.get(self.position + 1).is_some_and(|token| token.is("DEFERRABLE"))
            {
                self.position += 2;
                if self.take("INITIALLY") {
                    self.next();
                }
            } else {
                return key;
            }
        }
    }
}

/// Position of the parenthesis that closes the one at `open`; the end when there is none.
pub(super) fn closing(tokens: &[Token], open: usize) -> usize {
    let mut depth = 0_usize;
    for (position, token) in tokens.iter().enumerate().skip(open) {
        if token.is("(") {
            depth += 1;
        } else if token.is(")") {
            depth = depth.saturating_sub(1);
            if depth == 0 {
                return position;
            }
        }
    }
    tokens.len()
}

/// Items between commas that stand in no inner parentheses.
pub(super) fn split(tokens: &[Token]) -> impl Iterator<Item = &[Token]> {
    let mut depth = 0_i32;
    tokens
        .split(move |token| {
            depth += i32::from(token.is("(")) - i32::from(token.is(")"));
            depth == 0 && token.is(",")
        })
        .filter(|item| !item.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn every_clause_is_found() {
        let table = create_table(
            "CREATE TABLE \"a b\" (
                id INTEGER CONSTRAINT pk PRIMARY KEY AUTOINCREMENT, -- the ) key
                [x y] VARCHAR ( 10 ) NOT NULL DEFAULT (1 + (2)) CONSTRAINT \"c 1\" CHECK (\"x y\" <> ')' OR 1),
                email TEXT COLLATE NOCASE UNIQUE ON CONFLICT IGNORE,
                parent INT REFERENCES p(id) ON UPDATE SET NULL ON DELETE NO ACTION DEFERRABLE INITIALLY DEFERRED,
                twice INT GENERATED ALWAYS AS (id * 2) STORED, /* , */
                check_me INT, \"check\" (3),
                CONSTRAINT u UNIQUE (email, parent DESC),
                CHECK (id > 0) CHECK (id < 9),
                FOREIGN KEY (a, b) REFERENCES q ON UPDATE CASCADE,
                CONSTRAINT f FOREIGN KEY (c) REFERENCES r (d) MATCH FULL NOT DEFERRABLE INITIALLY IMMEDIATE
            ) STRICT",
        );
        let names: Vec<_> = table.columns.iter().map(|column| column.name.as_str()).collect();
        assert_eq!(names, ["id", "x y", "email", "parent", "twice", "check_me", "check"]);
        assert!(table.columns[0].autoincrement);
        assert_eq!(table.columns[2].collation.as_deref(), Some("NOCASE"));
        assert_eq!(table.columns[4].generated.as_deref(), Some("id * 2"));
        assert_eq!(table.primary_key.as_ref().and_then(|key| key.name.as_deref()), Some("pk"));
        assert_eq!(
            table.checks,
            [
                (Some("c 1".to_owned()), "\"x y\" <> ')' OR 1".to_owned()),
                (None, "id > 0".to_owned()),
                (None, "id < 9".to_owned())
            ]
        );
        let unique: Vec<_> = table.unique.iter().map(|key| (key.name.as_deref(), key.columns.join(","))).collect();
        assert_eq!(unique, [(None, "email".to_owned()), (Some("u"), "email,parent".to_owned())]);
        let keys: Vec<_> = table
            .foreign_keys
            .iter()
            .map(|key| (key.name.as_deref(), key.columns.join(","), key.on_delete_written, key.deferral))
            .collect();
        assert_eq!(
            keys,
            [
                (None, "parent".to_owned(), true, Deferral::InitiallyDeferred),
                (None, "a,b".to_owned(), false, Deferral::NotDeferrable),
                (Some("f"), "c".to_owned(), false, Deferral::NotDeferrable)
            ]
        );
    }

    proptest! {
        #[test]
        fn any_text_is_survived(sql in ".*") {
            create_table(&sql);
        }

        #[test]
        fn any_mix_of_clauses_is_survived(parts in prop::collection::vec(prop::sample::select(vec![
            "CREATE TABLE t (", ")", "(", ",", "a", "\"b", "'", "[", "CHECK", "PRIMARY KEY", "UNIQUE", "REFERENCES",
            "ON DELETE", "DEFAULT", "AS", "CONSTRAINT", "--", "/*", "*/", "\n", "COLLATE", "é漢", "DEFERRABLE", "NOT",
        ]), 0..40)) {
            create_table(&parts.join(" "));
        }

        #[test]
        fn every_column_is_found(names in prop::collection::vec("[a-z\"\\]` ,()é']{1,8}", 1..8)) {
            let columns: Vec<_> = names
                .iter()
                .map(|name| format!("\"{}\" TEXT DEFAULT ',)' CHECK (\"{0}\" <> '(')", name.replace('"', "\"\"")))
                .collect();
            let table = create_table(&format!("CREATE TABLE t({})", columns.join(", ")));
            let found: Vec<_> = table.columns.into_iter().map(|column| column.name).collect();
            prop_assert_eq!(found, names);
        }
    }
}
