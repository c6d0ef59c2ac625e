//! Indexes and their key parts.

use super::{Maps, qualify, rows_of};
use crate::catalog::postgres::rows::{IndexRow, Oid};
use crate::catalog::postgres::scope::class;
use crate::catalog::postgres::text::{canonical, split_list};
use crate::model::{EngineName, Index, KeyPart, NullsOrder, QualifiedName, SortOrder, UNSEEN, UnseenKind, quote};

/// Bits of `indoption`.
const DESCENDING: i16 = 1;
const NULLS_FIRST: i16 = 2;

/// The collation `default`, which every expression has that nobody gave another.
const DEFAULT_COLLATION: Oid = 100;

impl Maps<'_> {
    pub(super) fn indexes_of(&self, relation: Oid) -> Vec<Index> {
        let indexes = rows_of(&self.indexes, relation).iter();
        indexes.map(|row| self.index(row)).collect()
    }

    fn index(&self, row: &IndexRow) -> Index {
        let mut index = Index::new(row.name.as_str());
        index.method = row.method.to_string();
        index.key = self.key_parts(row);
        index.include = self.column_names(row.relation, row.columns.get(index.key.len()..).unwrap_or_default()).into();
        index.predicate = self.predicate(row);
        index.unique = row.unique;
        index.immediate = row.details.immediate;
        index.nulls_not_distinct = row.details.nulls_not_distinct;
        index.primary = row.primary;
        index.constraint = self.backed.get(&row.oid).map(|constraint| constraint.name.to_string());
        index.exclusion = row.details.exclusion;
        index.valid = row.details.valid;
        index.ready = row.details.ready;
        index.build_in_progress = self.builds.contains(&row.oid);
        index.clustered = row.details.clustered;
        index.replica_identity = row.details.replica_identity;
        index.options = row.details.parameters.clone().into();
        if !row.details.valid {
            let missing = self.rows.missing_partitions.iter().filter(|missing| missing.index == row.oid);
            index.missing_partitions =
                missing.map(|missing| QualifiedName::new(&missing.schema, &missing.name)).collect::<Vec<_>>().into();
        }
        index.comment = self.comment(class::RELATION, row.oid, 0);
        index
    }

    /// The parts of the key in order, INCLUDE columns left out. `indkey` holds 0 for an expression.
    pub(super) fn key_parts(&self, row: &IndexRow) -> Vec<KeyPart> {
        let printed = if row.columns.contains(&0) {
            let text = self.index_text(row.oid).and_then(|text| text.expressions.as_deref());
            self.expression(row.relation, UnseenKind::Indexes, text)
        } else {
            String::new()
        };
        let mut expressions = split_list(&printed).into_iter();
        let parts = usize::try_from(row.key_parts).unwrap_or(usize::MAX);
        row.columns
            .iter()
            .take(parts)
            .enumerate()
            .map(|(position, number)| {
                let attribute = self.attribute(row.relation, *number);
                let (mut part, collation) = if let Some((name, collation)) = attribute {
                    (KeyPart::column(name), collation)
                } else {
                    let expression = expressions.next().map_or_else(|| UNSEEN.to_owned(), canonical);
                    (KeyPart::expression(expression), DEFAULT_COLLATION)
                };
                let bits = row.options.get(position).copied().unwrap_or_default();
                let (descending, nulls_first) = (bits & DESCENDING != 0, bits & NULLS_FIRST != 0);
                if descending {
                    part.order = SortOrder::Descending;
                }
                part.nulls = match (descending, nulls_first) {
                    (false, true) => Some(NullsOrder::First),
                    (true, false) => Some(NullsOrder::Last),
                    _ => None,
                };
                part.operator_class = self.operator_class(row, position).into();
                let own = row.collations.get(position).copied().unwrap_or_default();
                if own != 0 && own != collation {
                    part.collation = Some(self.collation(own)).into();
                }
                part
            })
            .collect()
    }

    fn operator_class(&self, row: &IndexRow, position: usize) -> Option<String> {
        let Some(class) = self.operator_classes.get(row.operator_classes.get(position)?) else {
            return Some(UNSEEN.to_owned());
        };
        let number = i16::try_from(position + 1).ok()?;
        let options = self.index_options.get(&(row.oid, number)).copied().unwrap_or_default();
        if class.default && options.is_empty() {
            return None;
        }
        let mut text = qualify(&class.schema, &class.name);
        if !options.is_empty() {
            let mut written: Vec<String> = options
                .iter()
                .map(|option| {
                    let (name, value) = option.split_once('=').unwrap_or((option, ""));
                    format!("{name}={}", quote::quote_literal(EngineName::PostgreSql, value))
                })
                .collect();
            written.sort();
            text.extend(["(", &written.join(", "), ")"]);
        }
        Some(text)
    }
}
