//! The statements of a reading, in the order in which they are sent.

use super::cells::{Cells, Decode};
use super::rows::Rows;
use crate::model::UnseenKind;

/// Opens the transaction that every statement runs in.
pub(super) const BEGIN: &str = include_str!("sql/begin.sql");
/// What holds in the transaction.
pub(super) const SETTINGS: &str = include_str!("sql/settings.sql");

/// One statement of a reading.
#[derive(Clone, Copy)]
pub(super) struct Statement {
    /// Name of its file; what `-v` shows.
    pub(super) name: &'static str,
    pub(super) sql: &'static str,
    /// Oldest server that has what it asks for, as `server_version_num`.
    pub(super) since: u32,
    /// Asked only when statistics are wanted.
    pub(super) statistics: bool,
    /// Which message it is in when two connections share the work: that of a lower number is asked earlier.
    pub(super) part: u8,
    /// What stays unseen when it fails.
    pub(super) kinds: &'static [UnseenKind],
    /// Keeps a row of its answer.
    pub(super) keep: fn(&mut Rows, &mut Cells<'_>),
    /// What is made of its whole answer.
    pub(super) done: fn(&mut Rows),
    /// Forgets the rows kept so far, when the answer broke off.
    pub(super) forget: fn(&mut Rows),
}

/// The message of all that takes no time worth speaking of.
const LAST_PART: u8 = u8::MAX;

macro_rules! statement {
    ($field:ident, $($kind:ident)|+ $(, $option:ident: $value:expr)*) => {
        Statement {
            $($option: $value,)*
            ..Statement {
                name: stringify!($field),
                sql: include_str!(concat!("sql/", stringify!($field), ".sql")),
                since: 0,
                statistics: false,
                part: LAST_PART,
                kinds: &[$(UnseenKind::$kind),+],
                keep: |rows, cells| rows.$field.push(Decode::decode(cells)),
                done: |_| (),
                forget: |rows| rows.$field.clear(),
            }
        }
    };
}

/// The statements of the one snapshot that ask for everything; what they answer leads to a few more.
pub(super) const SNAPSHOT: &[Statement] = &[
    statement!(session, Other),
    statement!(schemas, Schemas),
    statement!(relations, Tables, done: Rows::make_room, part: 0),
    statement!(inheritance, Partitions, part: 0),
    statement!(columns, Columns, part: 0),
    statement!(own_columns, Partitions, part: 8),
    statement!(defaults, Columns, part: 5),
    statement!(constraints, Constraints | ForeignKeys, part: 1),
    statement!(not_null_constraints, Constraints, since: 180_000, part: 1),
    statement!(indexes, Indexes, part: 2),
    statement!(missing_partitions, Partitions, part: 2),
    statement!(index_builds, Indexes, part: 2),
    statement!(operator_classes, Indexes, part: 2),
    statement!(collations, Columns | Indexes),
    statement!(extended_statistics, Other),
    statement!(types, Types),
    statement!(enum_labels, Types),
    statement!(sequences, SequenceValues, part: 6),
    statement!(view_dependencies, ViewDefinitions, part: 8),
    statement!(triggers, Triggers, part: 8),
    statement!(disabled_foreign_keys, Enforcement),
    statement!(policies, Policies),
    statement!(rules, Rules),
    statement!(grants, Other),
    statement!(functions, Functions),
    statement!(function_bodies, Functions, since: 140_000),
    statement!(extensions, Extensions),
    statement!(extension_members, Extensions),
    statement!(comments, Comments),
    statement!(roles, Roles),
    statement!(publications, Publications),
    statement!(publication_tables, Publications),
    statement!(publication_schemas, Publications, since: 150_000),
    statement!(event_triggers, Other),
    statement!(available_extensions, Extensions, statistics: true),
    statement!(table_statistics, TableStatistics, statistics: true, part: 7),
    statement!(index_statistics, IndexStatistics, statistics: true, part: 3),
    statement!(index_last_scans, IndexStatistics, since: 160_000, statistics: true, part: 3),
    statement!(column_statistics, ColumnStatistics, statistics: true, part: 4),
    statement!(validations, Other, statistics: true),
];

/// Names of the types of columns.
pub(super) const COLUMN_TYPES: Statement = statement!(column_types, Columns);
/// Texts of some defaults.
pub(super) const DEFAULT_EXPRESSIONS: Statement = statement!(default_expressions, Columns);
/// Texts of some checks. Without them the constraints are as good as unread.
pub(super) const CHECK_EXPRESSIONS: Statement =
    Statement { forget: |rows| rows.constraints.clear(), ..statement!(check_expressions, Constraints | ForeignKeys) };
/// Texts of some indexes. Without them the indexes are as good as unread.
pub(super) const INDEX_EXPRESSIONS: Statement =
    Statement { forget: |rows| rows.indexes.clear(), ..statement!(index_expressions, Indexes) };
/// Names of the columns of some partitions.
pub(super) const PARTITION_COLUMNS: Statement = statement!(partition_columns, Indexes | Constraints | ForeignKeys);
/// Queries of some views.
pub(super) const VIEW_DEFINITIONS: Statement = statement!(view_definitions, ViewDefinitions);
/// Values of some sequences.
pub(super) const SEQUENCE_VALUES: Statement = statement!(sequence_values, SequenceValues, statistics: true);
/// Jobs of `pg_cron`.
pub(super) const SCHEDULED_JOBS: Statement = statement!(scheduled_jobs, Events);
/// Configuration of `pg_partman`.
pub(super) const PARTITION_RETENTION: Statement = statement!(partition_retention, Retention);
/// Relations that readers would have to wait for.
pub(super) const LOCKED_RELATIONS: Statement = statement!(locked_relations, Other);
/// Whether the catalog changed since the snapshot.
pub(super) const CHANGES: Statement = statement!(changes, Other);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_statement_is_one_command_that_ends_with_its_file() {
        let others = [
            COLUMN_TYPES,
            DEFAULT_EXPRESSIONS,
            CHECK_EXPRESSIONS,
            INDEX_EXPRESSIONS,
            PARTITION_COLUMNS,
            VIEW_DEFINITIONS,
            SEQUENCE_VALUES,
            SCHEDULED_JOBS,
            PARTITION_RETENTION,
            LOCKED_RELATIONS,
            CHANGES,
        ];
        for statement in SNAPSHOT.iter().chain(&others) {
            assert!(statement.sql.starts_with("--"), "{} says what it is", statement.name);
            assert!(statement.sql.ends_with(";\n"), "{}", statement.name);
            assert_eq!(statement.sql.matches(";\n").count(), 1, "{}", statement.name);
        }
    }
}
