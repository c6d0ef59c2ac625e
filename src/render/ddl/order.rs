//! An order in which statements find what they refer to.

use crate::model::QualifiedName;
use std::collections::HashMap;

/// A statement that makes something, and what it refers to.
pub(super) struct Item<'m> {
    /// What it makes.
    pub(super) name: QualifiedName,
    /// What has to be there before, as far as the model tells.
    pub(super) needs: Vec<QualifiedName>,
    /// Texts of the server in which names with their schema may stand.
    pub(super) texts: Vec<&'m str>,
    /// The statement.
    pub(super) statement: String,
}

/// The statements, each after those that make what it refers to, and else in the order given. In a circle the first comes
/// first.
pub(super) fn in_order(items: Vec<Item<'_>>) -> Vec<String> {
    let mut makers: HashMap<&QualifiedName, Vec<usize>> = HashMap::new();
    for (position, item) in items.iter().enumerate() {
        makers.entry(&item.name).or_default().push(position);
    }
    let needs: Vec<Vec<usize>> = items
        .iter()
        .map(|item| {
            let written = item.texts.iter().flat_map(|text| qualified_names(text));
            let named = item.needs.iter().cloned().chain(written);
            named.filter_map(|name| makers.get(&name)).flatten().copied().collect()
        })
        .collect();
    let mut order = Vec::with_capacity(items.len());
    let mut seen = vec![false; items.len()];
    // The way down with the next need of each: deep chains must not fill the call stack.
    for start in 0..items.len() {
        let mut way = vec![(start, 0)];
        while let Some((position, next)) = way.pop() {
            if next == 0 && std::mem::replace(&mut seen[position], true) {
                continue;
            }
            match needs[position].get(next) {
                Some(need) => {
                    way.push((position, next + 1));
                    if !seen[*need] {
                        way.push((*need, 0));
                    }
                }
                None => order.push(position),
            }
        }
    }
    let mut statements: Vec<Option<String>> = items.into_iter().map(|item| Some(item.statement)).collect();
    order.into_iter().filter_map(|position| statements[position].take()).collect()
}

/// Every `schema.name` of a text. What stands in literals counts as well, since `nextval('app.numbers')` refers to something.
fn qualified_names(text: &str) -> Vec<QualifiedName> {
    let mut words: Vec<(String, usize, usize)> = Vec::new();
    let mut rest = text.char_indices().peekable();
    while let Some((start, character)) = rest.next() {
        let mut word = String::new();
        let mut end = start + character.len_utf8();
        if character == '"' {
            while let Some((at, character)) = rest.next() {
                end = at + character.len_utf8();
                if character == '"' && rest.next_if(|(_, next)| *next == '"').is_none() {
                    break;
                }
                word.push(character);
            }
        } else if character.is_alphanumeric() || character == '_' {
            word.push(character);
            while let Some((at, next)) = rest.next_if(|(_, next)| next.is_alphanumeric() || matches!(next, '_' | '$')) {
                word.push(next);
                end = at + next.len_utf8();
            }
        } else {
            continue;
        }
        words.push((word, start, end));
    }
    let joined = words.windows(2).filter(|pair| text.get(pair[0].2..pair[1].1) == Some("."));
    joined.map(|pair| QualifiedName::new(&pair[0].0, &pair[1].0)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item<'m>(name: &str, needs: &[&str], text: &'m str) -> Item<'m> {
        Item {
            name: QualifiedName::new("s", name),
            needs: needs.iter().map(|name| QualifiedName::new("s", *name)).collect(),
            texts: vec![text],
            statement: name.to_owned(),
        }
    }

    #[test]
    fn what_is_needed_comes_first_and_the_rest_stays() {
        let items = vec![
            item("a", &[], "SELECT s.d(x), 's.c'"),
            item("b", &["e"], ""),
            item("c", &[], ""),
            item("d", &[], "\"s\".\"b\""),
            item("e", &["b"], ""),
        ];
        assert_eq!(in_order(items), ["e", "b", "d", "c", "a"]);
    }

    #[test]
    fn names_with_their_schema_are_found() {
        let found = qualified_names("a.b + \"A \"\"x\".\"c.d\"(e) 'f.g'::h 1.5 k . l");
        let names: Vec<_> = found.iter().map(|name| (name.schema.as_str(), name.name.as_str())).collect();
        assert_eq!(names, [("a", "b"), ("A \"x", "c.d"), ("f", "g"), ("1", "5")]);
    }
}
