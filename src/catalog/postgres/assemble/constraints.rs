//! Keys, checks and exclusion constraints.

use super::{Maps, rows_of};
use crate::catalog::postgres::rows::{Constraint, IndexRow, Oid};
use crate::catalog::postgres::scope::class;
use crate::model::{
    Action, CheckConstraint, Deferral, DomainCheck, ExclusionConstraint, ExclusionElement, ForeignKey, MatchType,
    PrimaryKey, QualifiedName, Table, UniqueConstraint, UnseenKind,
};
use foldhash::HashSet;

impl Maps<'_> {
    pub(super) fn fill_constraints(&self, relation: Oid, table: &mut Table) {
        let rows = rows_of(&self.constraints, relation);
        let of_kind = |kind: char| rows.iter().filter(|row| row.kind == kind).count();
        // Most tables have one or two of a kind, and a vector that grows by itself makes room for four.
        table.foreign_keys.reserve_exact(of_kind('f'));
        table.unique_constraints.reserve_exact(of_kind('u'));
        table.check_constraints.reserve_exact(of_kind('c'));
        for row in rows {
            match row.kind {
                'p' => table.primary_key = Some(self.primary_key(row)),
                'u' => table.unique_constraints.push(self.unique(row)),
                'c' => table.check_constraints.push(self.check(row)),
                'x' => table.exclusion_constraints.push(self.exclusion(row)),
                'f' => table.foreign_keys.push(self.foreign_key(row)),
                other => tracing::debug!("constraint {} has the unknown kind {other:?}", row.name),
            }
        }
    }

    pub(super) fn domain_checks_of(&self, domain: Oid) -> Vec<DomainCheck> {
        let checks = rows_of(&self.domain_checks, domain).iter();
        checks
            .filter(|row| row.kind == 'c')
            .map(|row| DomainCheck {
                name: row.name.to_string(),
                expression: self.expression(row.relation, UnseenKind::Constraints, self.check_text(row.oid)),
                validated: row.details.validated,
                comment: self.constraint_comment(row),
            })
            .collect()
    }

    fn constraint_comment(&self, row: &Constraint) -> Option<String> {
        self.comment(class::CONSTRAINT, row.oid, 0)
    }

    fn primary_key(&self, row: &Constraint) -> PrimaryKey {
        PrimaryKey {
            name: Some(row.name.to_string()),
            columns: self.column_names(row.relation, &row.columns),
            without_overlaps: row.details.period,
            deferral: deferral(row),
            comment: self.constraint_comment(row),
        }
    }

    fn unique(&self, row: &Constraint) -> UniqueConstraint {
        let indexes = rows_of(&self.indexes, row.relation).iter();
        UniqueConstraint {
            name: Some(row.name.to_string()),
            columns: self.column_names(row.relation, &row.columns),
            nulls_not_distinct: indexes
                .into_iter()
                .any(|index| index.oid == row.index && index.details.nulls_not_distinct),
            without_overlaps: row.details.period,
            deferral: deferral(row),
            comment: self.constraint_comment(row),
        }
    }

    fn check(&self, row: &Constraint) -> CheckConstraint {
        let mut numbers = row.columns.clone();
        numbers.sort_unstable();
        CheckConstraint {
            name: Some(row.name.to_string()),
            expression: self.expression(row.relation, UnseenKind::Constraints, self.check_text(row.oid)),
            columns: self.column_names(row.relation, &numbers),
            validated: row.details.validated,
            enforced: row.details.enforced,
            no_inherit: row.details.no_inherit,
            inherited: !row.details.local,
            automatic: false,
            comment: self.constraint_comment(row),
        }
    }

    fn exclusion(&self, row: &Constraint) -> ExclusionConstraint {
        let index = rows_of(&self.indexes, row.relation).iter().find(|index| index.oid == row.index);
        let parts = index.map(|index| self.key_parts(index)).unwrap_or_default();
        let operators = row.details.operators.iter();
        ExclusionConstraint {
            name: row.name.to_string(),
            method: index.map(|index| index.method.to_string()).unwrap_or_default(),
            elements: parts
                .into_iter()
                .zip(operators)
                .map(|(part, operator)| ExclusionElement {
                    column: part.column,
                    expression: part.expression,
                    operator: operator.clone(),
                })
                .collect(),
            predicate: index.and_then(|index| self.predicate(index)),
            deferral: deferral(row),
            definition: self.expression(row.relation, UnseenKind::Constraints, row.definition.as_deref()),
            comment: self.constraint_comment(row),
        }
    }

    /// The index of the parent that a key stands on, where it could be another one.
    fn referenced_index(&self, row: &Constraint) -> Option<String> {
        let wanted: HashSet<i16> = row.referenced_columns.iter().copied().collect();
        let indexes = rows_of(&self.indexes, row.referenced);
        let several = indexes.iter().filter(|index| referable(index).as_ref() == Some(&wanted)).nth(1).is_some();
        let index = indexes.iter().find(|index| several && index.oid == row.index)?;
        Some(index.name.to_string())
    }

    pub(super) fn foreign_key(&self, row: &Constraint) -> ForeignKey {
        let on_delete = action(row.on_delete);
        let mut disabled_triggers_on = self.disabled.get(&row.oid).cloned().unwrap_or_default();
        disabled_triggers_on.sort();
        disabled_triggers_on.dedup();
        ForeignKey {
            name: Some(row.name.to_string()),
            columns: self.column_names(row.relation, &row.columns),
            referenced_table: self.relation_name(row.referenced).unwrap_or_else(|| QualifiedName::new("", "")),
            referenced_columns: self.column_names(row.referenced, &row.referenced_columns),
            referenced_index: self.referenced_index(row),
            on_delete,
            on_update: action(row.on_update),
            on_delete_columns: self.column_names(row.relation, &row.details.on_delete_columns),
            // NO ACTION is what the catalog says both for the default and for the words written out.
            on_delete_explicit: (on_delete != Action::NoAction).then_some(true),
            match_type: match row.match_type {
                'f' => MatchType::Full,
                'p' => MatchType::Partial,
                _ => MatchType::Simple,
            },
            deferral: deferral(row),
            validated: row.details.validated,
            enforced: row.details.enforced,
            disabled_triggers_on,
            period: row.details.period,
            comment: self.constraint_comment(row),
        }
    }
}

/// The columns that a unique index refuses equal values of, when it can be what a foreign key stands on.
fn referable(index: &IndexRow) -> Option<HashSet<i16>> {
    let parts = usize::try_from(index.key_parts).ok()?;
    (index.unique && index.details.immediate && !index.partial)
        .then(|| index.columns.iter().copied().take(parts).collect())
}

fn deferral(row: &Constraint) -> Deferral {
    match (row.details.deferrable, row.details.deferred) {
        (false, _) => Deferral::NotDeferrable,
        (true, false) => Deferral::Deferrable,
        (true, true) => Deferral::InitiallyDeferred,
    }
}

fn action(letter: char) -> Action {
    match letter {
        'r' => Action::Restrict,
        'c' => Action::Cascade,
        'n' => Action::SetNull,
        'd' => Action::SetDefault,
        _ => Action::NoAction,
    }
}
