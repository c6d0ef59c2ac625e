//! Statistics: what differs between two copies of a schema.

use super::{Maps, rows_of};
use crate::catalog::postgres::rows::{IndexCounters, Oid, Relation, TableCounters};
use crate::catalog::postgres::scope::Scope;
use crate::model::{
    ColumnStatistics, EngineName, IndexStatistics, QualifiedName, SequenceStatistics, Statistics, TableStatistics,
    Unseen, UnseenKind, Validation, quote,
};
use std::collections::{BTreeMap, HashMap};

impl Maps<'_> {
    pub(super) fn statistics(&self, scope: &Scope) -> Statistics {
        let session = self.rows.session.first();
        let mut statistics = Statistics {
            database: session.map(|session| session.database.clone()),
            counters_since: session.and_then(|session| session.counters_since.clone()),
            counters_age_days: session.and_then(|session| session.counters_age_days),
            standby: session.is_some_and(|session| session.standby),
            ..Statistics::default()
        };
        statistics.extension_versions = self
            .rows
            .available_extensions
            .iter()
            .filter_map(|row| Some((row.name.clone(), row.version.clone()?)))
            .collect();
        statistics.validations = self
            .rows
            .validations
            .iter()
            .filter_map(|row| {
                let table = self.relation_name(row.relation)?;
                Some(Validation { table, constraint: row.name.clone(), column: row.column.clone() })
            })
            .collect();
        let block = session.map_or(8192, |session| session.block_size);
        let counters: HashMap<Oid, &TableCounters> =
            self.rows.table_statistics.iter().map(|row| (row.relation, row)).collect();
        let index_counters: HashMap<Oid, &IndexCounters> =
            self.rows.index_statistics.iter().map(|row| (row.index, row)).collect();
        let last_scans: HashMap<Oid, &String> =
            self.rows.index_last_scans.iter().filter_map(|row| Some((row.index, row.at.as_ref()?))).collect();

        for relation in self.rows.relations.iter().filter(|relation| scope.has_relation(relation.oid)) {
            if !matches!(relation.kind, 'r' | 'p' | 'm' | 'f') {
                continue;
            }
            let table = self.name_of(relation);
            let mut sizes = Vec::new();
            for index in rows_of(&self.indexes, relation.oid) {
                let counted = index_counters.get(&index.oid);
                // The index of a partitioned table has no pages of its own. Every other has one at least, so that none means
                // that they were not counted yet.
                let pages = if relation.kind == 'p' { counted.and_then(|row| row.pages) } else { index.pages };
                let bytes = pages.map(|pages| pages * block);
                sizes.push(bytes);
                statistics.indexes.push(IndexStatistics {
                    table: table.clone(),
                    index: index.name.to_string(),
                    scans: counted.and_then(|row| row.scans),
                    last_scan: last_scans.get(&index.oid).map(|at| (*at).clone()),
                    bytes,
                });
            }
            let mut parts = Vec::new();
            self.leaves(relation, &mut parts);
            let facts = Facts::of(self.server_version(), &parts, &counters);
            statistics.tables.push(TableStatistics {
                table,
                rows: facts.rows,
                bytes: facts.pages.map(|pages| pages * block),
                index_bytes: sizes.into_iter().sum::<Option<u64>>().filter(|bytes| *bytes > 0),
                dead_rows: facts.dead_rows,
                sequential_scans: facts.sequential_scans,
                rows_inserted: facts.inserted,
                rows_updated: facts.updated,
                rows_deleted: facts.deleted,
                analyzed: facts.analyzed,
                modified_since_analyze: facts.modified_since_analyze,
                frozen_age: facts.frozen_age,
            });
        }
        self.fill_columns(scope, &mut statistics);
        self.fill_sequences(scope, &mut statistics);
        statistics
    }

    /// Notes the columns and sequences whose statistics the role may not see.
    pub(super) fn note_unseen_statistics(&self, scope: &Scope) {
        let role = self.rows.session.first().map(|session| session.role.as_str()).unwrap_or_default();
        let role = quote::quote_identifier(EngineName::PostgreSql, role);
        let mut tables: BTreeMap<&str, u32> = BTreeMap::new();
        for counters in self.rows.table_statistics.iter().filter(|counters| !counters.readable) {
            if let Some(relation) =
                self.relations.get(&counters.relation).filter(|_| scope.has_relation(counters.relation))
            {
                *tables.entry(self.schema_name(relation.schema)).or_default() += 1;
            }
        }
        let mut sequences: BTreeMap<&str, u32> = BTreeMap::new();
        for sequence in self.rows.sequences.iter().filter(|row| !row.readable && scope.has_sequence(row)) {
            *sequences.entry(self.schema_name(sequence.schema)).or_default() += 1;
        }
        let note = |what, schema: &str, count: u32, noun: &str, objects: &str| {
            let plural = if count == 1 { "" } else { "s" };
            let schema_identifier = quote::quote_identifier(EngineName::PostgreSql, schema);
            self.note(Unseen {
                what,
                schema: Some(schema.to_owned()),
                object: None,
                reason: format!("the role {role} may not read {count} {noun}{plural}"),
                remedy: format!("GRANT SELECT ON ALL {objects} IN SCHEMA {schema_identifier} TO {role}"),
            });
        };
        for (schema, count) in tables {
            note(UnseenKind::ColumnStatistics, schema, count, "table", "TABLES");
        }
        for (schema, count) in sequences {
            note(UnseenKind::SequenceValues, schema, count, "sequence", "SEQUENCES");
        }
    }

    fn server_version(&self) -> u32 {
        self.rows.session.first().map_or(0, |session| session.version)
    }

    /// The relations that hold the rows of a table: itself, or the partitions at the bottom of its tree.
    fn leaves<'m>(&'m self, relation: &'m Relation, leaves: &mut Vec<&'m Relation>) {
        if relation.kind != 'p' {
            leaves.push(relation);
            return;
        }
        let children = rows_of(&self.children, relation.oid).iter();
        for child in children.filter_map(|child| self.relations.get(child)) {
            self.leaves(child, leaves);
        }
    }

    fn fill_columns(&self, scope: &Scope, statistics: &mut Statistics) {
        let kinds: HashMap<(&str, &str), char> = self
            .rows
            .relations
            .iter()
            .filter(|relation| scope.has_relation(relation.oid))
            .map(|relation| ((self.schema_name(relation.schema), relation.name.as_str()), relation.kind))
            .collect();
        for row in &self.rows.column_statistics {
            let kind = kinds.get(&(row.schema.as_str(), row.table.as_str()));
            // A partitioned table has facts about its tree only; one with children has both.
            if kind.is_some_and(|kind| (*kind == 'p') == row.inherited) {
                statistics.columns.push(ColumnStatistics {
                    table: QualifiedName::new(&row.schema, &row.table),
                    column: row.column.clone(),
                    null_fraction: row.null_fraction,
                    distinct: row.distinct,
                    common_values: Vec::new(),
                });
            }
        }
    }

    fn fill_sequences(&self, scope: &Scope, statistics: &mut Statistics) {
        let values: HashMap<Oid, Option<i64>> =
            self.rows.sequence_values.iter().map(|row| (row.sequence, row.value)).collect();
        for row in self.rows.sequences.iter().filter(|row| scope.has_sequence(row)) {
            let Some(value) = values.get(&row.oid) else { continue };
            let owner = self.sequence_owner(row);
            statistics.sequences.push(SequenceStatistics {
                sequence: Some(QualifiedName::new(self.schema_name(row.schema), &row.name)),
                table: owner.as_ref().map(|(table, _)| table.clone()),
                column: owner.map(|(_, column)| column),
                last_value: value.map(i128::from),
            });
        }
    }
}

/// Sums over the relations that hold a table's rows. A sum of which one part is unknown is unknown.
#[derive(Debug, Default, PartialEq)]
struct Facts {
    rows: Option<u64>,
    pages: Option<u64>,
    dead_rows: Option<u64>,
    sequential_scans: Option<u64>,
    inserted: Option<u64>,
    updated: Option<u64>,
    deleted: Option<u64>,
    analyzed: Option<String>,
    modified_since_analyze: Option<u64>,
    frozen_age: Option<u64>,
}

impl Facts {
    fn of(version: u32, parts: &[&Relation], counters: &HashMap<Oid, &TableCounters>) -> Self {
        let sum = |value: &dyn Fn(&TableCounters) -> Option<u64>| -> Option<u64> {
            if parts.is_empty() {
                return None;
            }
            parts.iter().map(|part| counters.get(&part.oid).and_then(|row| value(row))).sum()
        };
        // Before PostgreSQL 14 zero rows on zero pages is also what a table says that was never analysed.
        let estimate = |part: &Relation| -> Option<(u64, u64)> {
            let looked_at = || counters.get(&part.oid).is_some_and(|row| row.vacuumed || row.analyzed.is_some());
            let known = part.rows > 0 || part.rows == 0 && (version >= 140_000 || part.pages > 0 || looked_at());
            known.then(|| (u64::try_from(part.rows).unwrap_or_default(), part.pages))
        };
        let untouched =
            |part: &Relation| part.pages == 0 && counters.get(&part.oid).is_some_and(|row| row.inserted == Some(0));
        let known: Vec<Option<(u64, u64)>> = parts.iter().map(|part| estimate(part)).collect();
        // A partition that nothing was ever written to has no rows, analysed or not; but that alone proves nothing
        // while no other partition was looked at.
        let total = known.iter().any(Option::is_some).then(|| {
            known.iter().zip(parts).try_fold((0, 0), |(rows, pages), (known, part)| {
                let (more, size) = known.or_else(|| untouched(part).then_some((0, 0)))?;
                Some((rows + more, pages + size))
            })
        });
        let total = total.flatten();
        // Of a partitioned table the partition that was analysed longest ago; the texts sort like the moments.
        let moments: Option<Vec<&str>> =
            parts.iter().map(|part| counters.get(&part.oid).and_then(|row| row.analyzed.as_deref())).collect();
        Self {
            rows: total.map(|(rows, _)| rows),
            pages: total.map(|(_, pages)| pages),
            dead_rows: sum(&|row| row.dead_rows),
            sequential_scans: sum(&|row| row.sequential_scans),
            inserted: sum(&|row| row.inserted),
            updated: sum(&|row| row.updated),
            deleted: sum(&|row| row.deleted),
            modified_since_analyze: sum(&|row| row.modified_since_analyze),
            frozen_age: parts.iter().filter_map(|part| counters.get(&part.oid)?.frozen_age).max(),
            analyzed: moments.and_then(|moments| moments.into_iter().min()).map(str::to_owned),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(oid: Oid, rows: i64, pages: u64) -> Relation {
        Relation { oid, rows, pages, ..Relation::empty('r') }
    }

    fn counters(relation: Oid, inserted: u64, analyzed: Option<&str>) -> TableCounters {
        TableCounters {
            relation,
            sequential_scans: Some(1),
            dead_rows: Some(2),
            inserted: Some(inserted),
            updated: Some(0),
            deleted: Some(0),
            analyzed: analyzed.map(str::to_owned),
            vacuumed: false,
            modified_since_analyze: None,
            frozen_age: None,
            readable: true,
        }
    }

    fn facts(version: u32, parts: &[Relation], counters: &[TableCounters]) -> Facts {
        let by_relation = counters.iter().map(|row| (row.relation, row)).collect();
        Facts::of(version, &parts.iter().collect::<Vec<_>>(), &by_relation)
    }

    #[test]
    fn a_table_that_was_never_analysed_has_no_known_rows() {
        let never = [counters(1, 0, None)];
        assert_eq!(facts(150_000, &[part(1, -1, 0)], &never).rows, None);
        assert_eq!(facts(130_000, &[part(1, 0, 0)], &never).rows, None);
        assert_eq!(facts(150_000, &[part(1, 0, 0)], &never).rows, Some(0));
        assert_eq!(facts(130_000, &[part(1, 0, 0)], &[counters(1, 0, Some("2026-01-01T00:00:00Z"))]).rows, Some(0));
    }

    #[test]
    fn partitions_add_up() {
        let parts = [part(1, 10, 2), part(2, 5, 1)];
        let rows = [counters(1, 10, Some("2026-02-01T00:00:00Z")), counters(2, 5, Some("2026-01-01T00:00:00Z"))];
        let sum = facts(150_000, &parts, &rows);
        assert_eq!((sum.rows, sum.pages, sum.inserted, sum.dead_rows), (Some(15), Some(3), Some(15), Some(4)));
        assert_eq!(sum.analyzed.as_deref(), Some("2026-01-01T00:00:00Z"));
    }

    #[test]
    fn a_sum_of_which_one_part_is_unknown_is_unknown() {
        let parts = [part(1, 10, 2), part(2, -1, 0)];
        let written = [counters(1, 10, Some("2026-02-01T00:00:00Z")), counters(2, 5, None)];
        assert_eq!(facts(150_000, &parts, &written).rows, None);
        let untouched = [counters(1, 10, Some("2026-02-01T00:00:00Z")), counters(2, 0, None)];
        assert_eq!(facts(150_000, &parts, &untouched).rows, Some(10));
        assert_eq!(facts(150_000, &parts, &untouched).analyzed, None);
        assert_eq!(facts(150_000, &parts, &untouched[..1]).inserted, None);
        assert_eq!(facts(150_000, &[], &[]), Facts::default());
    }
}
