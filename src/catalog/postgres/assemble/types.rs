//! User-defined types and sequences.

use super::{Maps, rows_of};
use crate::catalog::postgres::rows::{Collation as CollationRow, Oid, SequenceRow, TypeRow};
use crate::catalog::postgres::scope::class;
use crate::catalog::postgres::text::canonical;
use crate::model::{
    Collation, CompositeType, Domain, EnumType, Field, QualifiedName, RangeType, Schema, Sequence, SequenceOwner,
};

impl Maps<'_> {
    /// Puts a type where it belongs. Base types are written in C and come with extensions, as a rule.
    pub(super) fn user_type(&self, row: &TypeRow, schema: &mut Schema) {
        let name = row.name.clone();
        let comment = self.comment(class::TYPE, row.oid, 0);
        match row.kind {
            'e' => {
                let labels = self.labels.get(&row.oid).cloned().unwrap_or_default();
                schema.enums.push(EnumType { name, labels, comment });
            }
            'd' => schema.domains.push(Domain {
                name,
                base_type: row.base_type.clone().unwrap_or_default().into(),
                base_domain: self
                    .types
                    .get(&row.base)
                    .filter(|base| base.oid == row.base && base.kind == 'd')
                    .and_then(|base| self.user_type_of(base.oid)),
                not_null: self.is_not_null_domain(row.oid),
                default: row.default.as_deref().map(canonical),
                collation: row.collation.map(|collation| self.collation(collation)),
                checks: self.domain_checks_of(row.oid),
                comment,
            }),
            'c' => {
                let columns = rows_of(&self.columns, row.relation).iter();
                let fields = columns
                    .map(|column| Field {
                        name: column.name.to_string(),
                        data_type: self.data_type(column).to_string(),
                        collation: self.own_collation(column),
                        comment: self.comment(class::RELATION, column.relation, column.number),
                    })
                    .collect();
                schema.composite_types.push(CompositeType { name, fields, comment });
            }
            'r' => {
                let subtype = row.subtype.clone().unwrap_or_default();
                schema.range_types.push(RangeType { name, subtype, multirange: row.multirange.clone(), comment });
            }
            _ => {}
        }
    }

    /// The enum, domain, composite or range type that a column has, itself or as the element of an array. Types of
    /// extensions are not in the model.
    pub(super) fn user_type_of(&self, type_oid: Oid) -> Option<QualifiedName> {
        let row = self.types.get(&type_oid)?;
        let in_model = matches!(row.kind, 'c' | 'd' | 'e' | 'r') && !self.extension_types.contains(&type_oid);
        in_model.then(|| QualifiedName::new(self.schema_name(row.schema), &row.name))
    }

    /// Whether a domain, or one that it is based on, refuses NULL. An array of the domain does not.
    pub(super) fn is_not_null_domain(&self, type_oid: Oid) -> bool {
        let mut current = type_oid;
        while let Some(row) = self.types.get(&current).filter(|row| row.oid == current && row.kind == 'd') {
            if row.not_null {
                return true;
            }
            current = row.base;
        }
        false
    }

    pub(super) fn user_collation(&self, row: &CollationRow) -> Collation {
        Collation {
            name: row.name.clone(),
            provider: match row.provider {
                'b' => "builtin",
                'c' => "libc",
                'i' => "icu",
                _ => "default",
            }
            .to_owned(),
            locale: row.locale.clone(),
            character_type: row.character_type.clone(),
            deterministic: row.deterministic,
            rules: row.rules.clone(),
            comment: self.comment(class::COLLATION, row.oid, 0),
        }
    }

    pub(super) fn sequence(&self, row: &SequenceRow) -> Sequence {
        let owner = self.sequence_owner(row);
        // A dump makes the sequence of an identity column anew, with the type of the column.
        let of_column = rows_of(&self.columns, row.owner)
            .iter()
            .find(|column| row.dependency == 'i' && column.number == row.owner_column)
            .map(|column| self.data_type(column));
        let (least, most) = match of_column.as_deref() {
            Some("smallint") => (i64::from(i16::MIN), i64::from(i16::MAX)),
            Some("integer") => (i64::from(i32::MIN), i64::from(i32::MAX)),
            _ => (i64::MIN, i64::MAX),
        };
        Sequence {
            name: row.name.clone(),
            data_type: of_column.as_deref().unwrap_or(&row.data_type).to_owned(),
            start: row.start.into(),
            increment: row.increment,
            minimum: row.minimum.max(least).into(),
            maximum: row.maximum.min(most).into(),
            cache: row.cache,
            cycle: row.cycle,
            owned_by: owner.map(|(table, column)| SequenceOwner { table, column, identity: row.dependency == 'i' }),
            comment: self.comment(class::RELATION, row.oid, 0),
        }
    }

    /// The table and column that a sequence belongs to.
    pub(super) fn sequence_owner(&self, row: &SequenceRow) -> Option<(QualifiedName, String)> {
        let attribute = self.attribute(row.owner, row.owner_column);
        self.relation_name(row.owner).zip(attribute.map(|(name, _)| (*name).to_owned()))
    }
}
