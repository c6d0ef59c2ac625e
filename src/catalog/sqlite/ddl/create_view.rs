//! `CREATE VIEW`: which tables and views it reads.

use super::token::{Token, tokens};

/// Where in a query a name stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Clause {
    /// Among the sources: after FROM or JOIN.
    From,
    /// In a join's condition, from which a comma leads back to the sources.
    On,
    /// Anywhere else.
    Other,
}

/// Names that stand where a query names its sources, as written. A name of a WITH clause hides a table of the same name.
pub(in crate::catalog::sqlite) fn sources(sql: &str) -> Vec<String> {
    let all = tokens(sql);
    let common = common_tables(&all);
    let mut found = Vec::new();
    // The clause of each open parenthesis; a subquery leaves the clause around it as it was.
    let mut clauses = vec![Clause::Other];
    let mut expected = false;
    for (position, token) in all.iter().enumerate() {
        let clause = clauses.last().copied().unwrap_or(Clause::Other);
        let becomes = match token.text.to_ascii_uppercase().as_str() {
            _ if !token.is(&token.text) => clause,
            "(" => {
                clauses.push(clause);
                continue;
            }
            ")" => {
                if clauses.len() > 1 {
                    clauses.pop();
                }
                expected = false;
                continue;
            }
            // IS [NOT] DISTINCT FROM compares.
            "FROM" if position > 0 && all[position - 1].is("DISTINCT") => clause,
            "FROM" | "JOIN" => Clause::From,
            "," if clause == Clause::On => Clause::From,
            "ON" | "USING" => Clause::On,
            "SELECT" | "WHERE" | "GROUP" | "ORDER" | "HAVING" | "LIMIT" | "WINDOW" | "UNION" | "EXCEPT"
            | "INTERSECT" | "VALUES" => Clause::Other,
            _ => clause,
        };
        let opens = token.is("FROM") || token.is("JOIN") || token.is(",");
        if let Some(last) = clauses.last_mut() {
            *last = becomes;
        }
        if opens {
            expected = becomes == Clause::From;
        } else if expected && token.is_name() && becomes == Clause::From {
            let is_schema = all.get(position + 1).is_some_and(|next| next.is("."));
            if !is_schema {
                expected = false;
                if !common.iter().any(|name| name.eq_ignore_ascii_case(&token.text)) {
                    found.push(token.text.clone());
                }
            }
        } else if !token.is(".") {
            expected = false;
        }
    }
    found
}

/// Names that a WITH clause defines: `name AS (`, `name AS MATERIALIZED (` or `name (columns) AS (`.
fn common_tables(all: &[Token]) -> Vec<&str> {
    let has_with = all.iter().any(|token| token.is("WITH"));
    let starts = all.iter().enumerate().filter(|(position, token)| {
        has_with
            && token.is_name()
            && *position > 0
            && [",", "WITH", "RECURSIVE"].iter().any(|word| all[position - 1].is(word))
            && all.get(position + 1).is_some_and(|next| next.is("AS") || next.is("("))
            && all[position + 1..].iter().take_while(|next| !next.is("SELECT")).any(|next| next.is("AS"))
    });
    starts.map(|(_, token)| token.text.as_str()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn sources_are_told_from_other_names() {
        for (sql, expected) in [
            ("CREATE VIEW v AS SELECT a AS orders FROM customers c", vec!["customers"]),
            (
                "CREATE VIEW v AS SELECT orders, b FROM a, main.b AS x JOIN [c d] ON a.i = b.i, e",
                vec!["a", "b", "c d", "e"],
            ),
            (
                "CREATE VIEW v AS SELECT (SELECT max(x) FROM inner_one), y FROM outer_one WHERE z IN (SELECT z FROM third)",
                vec!["inner_one", "outer_one", "third"],
            ),
            (
                "CREATE VIEW v AS WITH w AS (SELECT 1 FROM t) SELECT * FROM w JOIN (a LEFT JOIN b USING (i)) GROUP BY c, d",
                vec!["t", "a", "b"],
            ),
            ("CREATE VIEW v AS SELECT 'FROM x', f FROM \"FROM\" UNION SELECT 1, 2 FROM u", vec!["FROM", "u"]),
            ("CREATE VIEW v AS SELECT a IS DISTINCT FROM b FROM t", vec!["t"]),
        ] {
            assert_eq!(sources(sql), expected, "{sql}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_survived(sql in ".*") {
            sources(&sql);
        }
    }
}
