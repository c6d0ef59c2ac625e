//! Names for what a remedy adds: by the pattern that the schema's own names follow, within every engine's limit. Whether
//! a name is taken is for the remedy to see.

use super::Context;
use crate::survey::{NameStyle, ObjectNaming, Survey};

/// Longest name that is given: below 63 bytes (PostgreSQL) and 64 characters (MySQL, MariaDB), from which on a name may
/// have been cut.
const LIMIT: usize = 62;

/// The naming patterns of every schema.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Names<'a> {
    survey: &'a Survey,
    usual: ObjectNaming,
}

impl<'a> Names<'a> {
    /// The patterns that the survey found.
    pub(crate) fn new(context: Context<'a>) -> Self {
        Self { survey: context.survey, usual: ObjectNaming::usual(context.model.engine.name) }
    }

    /// For an index.
    pub(crate) fn index(&self, schema: &str, table: &str, columns: &[String]) -> String {
        fit(self.naming(schema).index(table, &borrowed(columns)))
    }

    /// For a foreign key.
    pub(super) fn foreign_key(&self, schema: &str, table: &str, columns: &[String]) -> String {
        fit(self.naming(schema).foreign_key(table, &borrowed(columns)))
    }

    /// For a unique constraint.
    pub(super) fn unique(&self, schema: &str, table: &str, columns: &[String]) -> String {
        fit(self.naming(schema).unique(table, &borrowed(columns)))
    }

    /// For a primary key.
    pub(super) fn primary_key(&self, schema: &str, table: &str) -> String {
        fit(self.naming(schema).primary_key(table))
    }

    /// For a check constraint.
    pub(super) fn check(table: &str, columns: &[String]) -> String {
        fit(format!("{table}_{}_check", columns.join("_")))
    }

    fn naming(&self, schema: &str) -> &ObjectNaming {
        self.survey.object_naming.get(schema).unwrap_or(&self.usual)
    }
}

/// Words in a style of names.
pub(super) fn written(words: &[String], style: NameStyle) -> String {
    let capital = |word: &String| {
        let mut letters = word.chars();
        letters.next().map(|first| first.to_uppercase().chain(letters).collect::<String>()).unwrap_or_default()
    };
    match style {
        NameStyle::Camel => {
            let mut words = words.iter();
            words.next().cloned().unwrap_or_default() + &words.map(capital).collect::<String>()
        }
        NameStyle::Pascal => words.iter().map(capital).collect(),
        NameStyle::Upper => words.join("_").to_uppercase(),
        _ => words.join("_"),
    }
}

fn borrowed(names: &[String]) -> Vec<&str> {
    names.iter().map(String::as_str).collect()
}

/// Cut to the limit; what was cut is told apart by a checksum.
fn fit(name: String) -> String {
    if name.len() <= LIMIT {
        return name;
    }
    let checksum = name.bytes().fold(0x811c_9dc5_u32, |sum, byte| (sum ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    let mut end = LIMIT - 9;
    while !name.is_char_boundary(end) {
        end -= 1;
    }
    format!("{}_{checksum:08x}", name.get(..end).unwrap_or_default().trim_end_matches('_'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_names_are_cut_and_told_apart() {
        let cut = fit("t".repeat(70));
        assert_eq!(cut.len(), LIMIT);
        assert_ne!(cut, fit("t".repeat(71)));
    }
}
