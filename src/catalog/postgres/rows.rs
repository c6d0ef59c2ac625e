//! What the statements in `sql/` answer: one struct a statement, its fields in the order of the statement's columns.

use super::alike::{Alike, Group};
use super::cells::{Cells, Decode, Digest, Numbers};
use super::scope::class;
use crate::model::{DataType, Rarely, Unseen, Usual};
use compact_str::CompactString;
use foldhash::{HashMap, HashSet};
use serde::Deserialize;

/// An object identifier, unique within its catalog.
pub(super) type Oid = u32;

macro_rules! rows {
    ($($(#[$documentation:meta])* $name:ident { $($field:ident: $type:ty),* $(,)? })*) => {$(
        $(#[$documentation])*
        #[derive(Clone, Debug)]
        pub(super) struct $name {
            $(pub(super) $field: $type,)*
        }

        impl Decode for $name {
            fn decode(cells: &mut Cells<'_>) -> Self {
                Self { $($field: cells.take(),)* }
            }
        }
    )*};
}

rows! {
    Session {
        version: u32, version_text: String, database: String, role: String, sees_every_row: bool, encoding: String, collation: String,
        standby: bool, block_size: u64, counters_since: Option<String>, counters_age_days: Option<u32>,
        snapshot: String, comment: Option<String>, large: bool,
    }
    SchemaRow { oid: Oid, name: String, owner: String, public_create: bool }
    Relation {
        oid: Oid, schema: Oid, name: String, kind: char, persistence: char, partition: bool, owner: Oid,
        access_method: Option<String>, replica_identity: char, row_security: bool, force_row_security: bool,
        populated: bool, rows: i64, pages: u64, type_schema: Option<String>, type_name: Option<String>,
        server: Option<String>, options: Vec<String>, bound: Option<String>, partition_key: Option<String>,
        partition_strategy: char, partition_columns: Numbers<i16>,
        foreign_options: Vec<String>, server_oid: Oid, attributes: u16,
    }
    Inherits { child: Oid, parent: Oid, position: u32 }
    ColumnRow {
        relation: Oid, number: i16, name: CompactString, type_oid: Oid, modifier: i32, not_null: bool, identity: char,
        generated: char, collation: Oid, storage: char, details: Rarely<ColumnDetails>,
    }
    ColumnType { type_oid: Oid, modifier: i32, name: DataType, collation: Oid, storage: char }
    DefaultRow { relation: Oid, number: i16, oid: Oid, digest: Option<Digest> }
    Expression { object: Oid, text: Option<String> }
    IndexExpressions { index: Oid, expressions: Option<String>, predicate: Option<String> }
    PartitionColumn { relation: Oid, number: i16, name: String, collation: Oid }
    Constraint {
        oid: Oid, relation: Oid, domain: Oid, name: CompactString, kind: char, index: Oid, referenced: Oid,
        on_update: char, on_delete: char, match_type: char, columns: Numbers<i16>, referenced_columns: Numbers<i16>,
        details: Rarely<ConstraintDetails>, definition: Option<String>, digest: Option<Digest>,
    }
    NotNull { relation: Oid, columns: Numbers<i16>, oid: Oid, validated: bool }
    IndexRow {
        oid: Oid, relation: Oid, name: CompactString, method: CompactString, unique: bool, primary: bool, key_parts: u32,
        columns: Numbers<i16>, options: Numbers<i16>, operator_classes: Numbers<u32>, collations: Numbers<u32>,
        pages: Option<u64>, partial: bool, details: Rarely<IndexDetails>, digest: Option<Digest>,
    }
    MissingPartition { index: Oid, schema: String, name: String }
    ValidationRow { relation: Oid, name: String, column: Option<String> }
    IndexBuild { index: Oid }
    OperatorClass { oid: Oid, schema: String, name: String, default: bool }
    Collation {
        oid: Oid, schema_name: String, name: String, schema: Oid, provider: char, locale: Option<String>,
        character_type: Option<String>, deterministic: bool, rules: Option<String>,
    }
    ExtendedStatisticsRow {
        oid: Oid, relation: Oid, schema: String, name: String, columns: Numbers<i16>, kinds: Vec<String>,
        has_expressions: bool, expressions: Option<String>,
    }
    TypeRow {
        oid: Oid, schema: Oid, name: String, kind: char, array: Oid, base: Oid, base_type: Option<String>,
        not_null: bool, default: Option<String>, collation: Option<u32>, relation: Oid, subtype: Option<String>,
        multirange: Option<String>,
    }
    EnumLabel { type_oid: Oid, label: String }
    SequenceRow {
        oid: Oid, schema: Oid, name: String, data_type: String, start: i64, increment: i64, minimum: i64,
        maximum: i64, cache: i64, cycle: bool, owner: Oid, owner_column: i16, dependency: char,
        readable: bool,
    }
    ViewDependency { view: Oid, relation: Oid }
    TriggerRow {
        oid: Oid, relation: Oid, name: String, enabled: char, bits: i16, columns: Numbers<i16>, constraint: bool,
        function_schema: String, function: String, definition: Option<String>, partition_columns: Vec<String>,
    }
    DisabledForeignKey { constraint: Oid, schema: String, table: String }
    PolicyRow {
        oid: Oid, relation: Oid, name: String, command: char, permissive: bool, roles: Numbers<u32>, has_using: bool,
        using: Option<String>, has_check: bool, check: Option<String>,
    }
    RuleRow { relation: Oid, name: String, event: char, instead: bool, oid: Oid }
    GrantRow {
        schema: Oid, kind: String, relation: Oid, name: Option<String>, owner: Oid, grantee: Oid, privileges: Vec<String>,
    }
    FunctionRow {
        oid: Oid, schema: Oid, name: String, kind: char, language: String, volatility: char, security_definer: bool,
        strict: bool, settings: Vec<String>, arguments: Option<String>, result: Option<String>, source: Option<String>,
        cost: Option<f64>, rows: Option<f64>, parallel: char, leakproof: bool, owner: Oid,
    }
    FunctionBody { function: Oid, body: Option<String> }
    ExtensionRow { name: String, version: String, schema: String, oid: Oid }
    ExtensionMember { class: Oid, object: Oid }
    Comment { class: Oid, object: Oid, position: i16, text: String }
    Role { oid: Oid, name: String }
    PublicationRow { oid: Oid, name: String, all_tables: bool, update: bool, delete: bool }
    PublicationTable {
        publication: Oid, schema: String, table: String, relation: Oid, columns: Vec<String>, has_filter: bool,
        filter: Option<String>,
    }
    PublicationSchema { publication: Oid, schema: String }
    EventTriggerRow {
        oid: Oid, name: String, event: String, enabled: char, function_schema: String, function: String,
    }
    TableCounters {
        relation: Oid, sequential_scans: Option<u64>, dead_rows: Option<u64>, inserted: Option<u64>,
        updated: Option<u64>, deleted: Option<u64>, analyzed: Option<String>, vacuumed: bool,
        modified_since_analyze: Option<u64>, frozen_age: Option<u64>, readable: bool,
    }
    AvailableExtension { name: String, version: Option<String> }
    /// `pages` only for the index of a partitioned table: those of its parts together.
    IndexCounters { index: Oid, scans: Option<u64>, pages: Option<u64> }
    IndexLastScan { index: Oid, at: Option<String> }
    ColumnFacts {
        schema: String, table: String, column: String, inherited: bool, null_fraction: Option<f64>,
        distinct: Option<f64>,
    }
    ViewDefinition { view: Oid, text: Option<String> }
    SequenceValue { sequence: Oid, value: Option<i64> }
    Job { name: Option<String>, schedule: String, command: String, active: bool }
    PartitionRetentionRow {
        parent: String, interval: String, premake: u32, retention: Option<String>, moved_to: Option<String>,
        keep_table: bool,
    }
    Locked { relation: Oid }
    Change { class: Oid, object: Oid, position: i16, name: String }
}

macro_rules! details {
    ($($(#[$documentation:meta])* $name:ident { $($field:ident: $type:ty = $usual:expr),* $(,)? })*) => {$(
        $(#[$documentation])*
        #[derive(Clone, Debug, PartialEq, Deserialize)]
        pub(super) struct $name {
            $(pub(super) $field: $type,)*
        }

        impl Usual for $name {
            fn usual() -> &'static Self {
                static USUAL: $name = $name { $($field: $usual,)* };
                &USUAL
            }
        }
    )*};
}

details! {
    /// What few columns have, and what it is for all others.
    ColumnDetails {
        local: bool = true,
        compression: Option<char> = None,
        statistics_target: Option<i16> = None,
        options: Vec<String> = Vec::new(),
        foreign_options: Vec<String> = Vec::new(),
        grants: Vec<String> = Vec::new(),
    }
    /// What few constraints have, and what it is for all others.
    ConstraintDetails {
        deferrable: bool = false,
        deferred: bool = false,
        validated: bool = true,
        enforced: bool = true,
        period: bool = false,
        local: bool = true,
        no_inherit: bool = false,
        on_delete_columns: Vec<i16> = Vec::new(),
        operators: Vec<String> = Vec::new(),
    }
    /// What few indexes have, and what it is for all others.
    IndexDetails {
        immediate: bool = true,
        exclusion: bool = false,
        valid: bool = true,
        ready: bool = true,
        clustered: bool = false,
        replica_identity: bool = false,
        nulls_not_distinct: bool = false,
        parameters: Vec<String> = Vec::new(),
    }
}

macro_rules! answers {
    ($($(#[$documentation:meta])* $field:ident: $row:ty,)*) => {
        /// Every answer of one reading.
        #[derive(Debug, Default)]
        pub(super) struct Rows {
            $($(#[$documentation])* pub(super) $field: Vec<$row>,)*
            /// Whose expression is printed in the place of whose.
            pub(super) alike: Alike,
        }

        impl Rows {
            /// Adds the answers that another connection got.
            pub(super) fn append(&mut self, mut other: Self) {
                $(
                    // Nothing is copied when only one of them has any.
                    if self.$field.is_empty() {
                        std::mem::swap(&mut self.$field, &mut other.$field);
                    }
                    self.$field.append(&mut other.$field);
                )*
            }
        }
    };
}

answers! {
    session: Session,
    schemas: SchemaRow,
    relations: Relation,
    inheritance: Inherits,
    columns: ColumnRow,
    /// Columns of partitions that are not as those of their parents.
    own_columns: ColumnRow,
    defaults: DefaultRow,
    constraints: Constraint,
    not_null_constraints: NotNull,
    indexes: IndexRow,
    missing_partitions: MissingPartition,
    index_builds: IndexBuild,
    operator_classes: OperatorClass,
    collations: Collation,
    extended_statistics: ExtendedStatisticsRow,
    types: TypeRow,
    enum_labels: EnumLabel,
    sequences: SequenceRow,
    view_dependencies: ViewDependency,
    triggers: TriggerRow,
    disabled_foreign_keys: DisabledForeignKey,
    policies: PolicyRow,
    rules: RuleRow,
    grants: GrantRow,
    functions: FunctionRow,
    function_bodies: FunctionBody,
    extensions: ExtensionRow,
    extension_members: ExtensionMember,
    comments: Comment,
    roles: Role,
    publications: PublicationRow,
    publication_tables: PublicationTable,
    publication_schemas: PublicationSchema,
    event_triggers: EventTriggerRow,
    available_extensions: AvailableExtension,
    table_statistics: TableCounters,
    index_statistics: IndexCounters,
    index_last_scans: IndexLastScan,
    column_statistics: ColumnFacts,
    validations: ValidationRow,
    column_types: ColumnType,
    default_expressions: Expression,
    check_expressions: Expression,
    index_expressions: IndexExpressions,
    partition_columns: PartitionColumn,
    view_definitions: ViewDefinition,
    sequence_values: SequenceValue,
    scheduled_jobs: Job,
    partition_retention: PartitionRetentionRow,
    locked_relations: Locked,
    changes: Change,
    /// What could not be read, as far as it was noticed while reading.
    unseen: Unseen,
}

/// Columns that make a table `part_config` the configuration of `pg_partman`.
const PARTMAN_COLUMNS: &[&str] =
    &["parent_table", "partition_interval", "premake", "retention", "retention_schema", "retention_keep_table"];

impl Rows {
    /// Makes room for the columns of the relations: growing by and by means to copy, and takes twice the memory.
    pub(super) fn make_room(&mut self) {
        let own = self.relations.iter().filter(|relation| !relation.partition);
        self.columns.reserve(own.map(|relation| usize::from(relation.attributes)).sum());
    }

    /// The schemas with a configuration of `pg_partman`. It need not be registered as an extension: where that is not
    /// possible, its scripts are run by themselves.
    pub(super) fn partman_schemas(&self) -> Vec<&str> {
        let named = self.relations.iter().filter(|relation| relation.kind == 'r' && relation.name == "part_config");
        let shaped = named.filter(|relation| {
            let columns = self.columns.iter().filter(|column| column.relation == relation.oid);
            let names: HashSet<&str> = columns.map(|column| column.name.as_str()).collect();
            PARTMAN_COLUMNS.iter().all(|name| names.contains(name))
        });
        let schema = |oid: Oid| self.schemas.iter().find(|schema| schema.oid == oid);
        shaped.filter_map(|relation| Some(schema(relation.schema)?.name.as_str())).collect()
    }

    /// Partitions that need the names of their columns: those with an index or a constraint that their parent lacks, those
    /// that are divided again, those that a foreign key references directly, and those that a sequence belongs to.
    pub(super) fn partitions_with_own(&self) -> Vec<Oid> {
        let mut named: HashSet<Oid> = self.indexes.iter().map(|index| index.relation).collect();
        for constraint in self.constraints.iter().filter(|constraint| constraint.kind != 'p') {
            named.extend([constraint.relation, constraint.referenced]);
        }
        named.extend(self.sequences.iter().map(|sequence| sequence.owner));
        let partitions = self.relations.iter().filter(|relation| relation.partition);
        partitions.filter(|row| row.kind == 'p' || named.contains(&row.oid)).map(|row| row.oid).collect()
    }

    /// Relations whose expressions were left out because reading them would have meant waiting for a lock.
    pub(super) fn locked(&self) -> HashSet<Oid> {
        self.locked_relations.iter().map(|locked| locked.relation).collect()
    }

    /// Whether something that expressions may name has been renamed since the snapshot. Temporary tables and whatever
    /// else the snapshot does not hold make no difference.
    pub(super) fn has_renames(&self) -> bool {
        if self.changes.is_empty() {
            return false;
        }
        let mut names: HashMap<(Oid, Oid, i16), &str> = HashMap::default();
        names.extend(self.schemas.iter().map(|row| ((class::SCHEMA, row.oid, 0), row.name.as_str())));
        names.extend(self.functions.iter().map(|row| ((class::FUNCTION, row.oid, 0), row.name.as_str())));
        names.extend(self.relations.iter().map(|row| ((class::RELATION, row.oid, 0), row.name.as_str())));
        names.extend(self.sequences.iter().map(|row| ((class::RELATION, row.oid, 0), row.name.as_str())));
        names.extend(self.columns.iter().map(|row| ((class::RELATION, row.relation, row.number), row.name.as_str())));
        self.changes.iter().any(|change| {
            let known = names.get(&(change.class, change.object, change.position));
            known.is_some_and(|name| *name != change.name)
        })
    }

    /// Whether an expression that the snapshot knows could no longer be printed: its relation was dropped since.
    pub(super) fn is_torn(&self) -> bool {
        let locked = self.locked();
        let readable = |relation: Oid| !locked.contains(&relation);
        let texts = |rows: &[Expression]| -> HashSet<Oid> {
            rows.iter().filter(|row| row.text.is_some()).map(|row| row.object).collect()
        };
        let (defaults, checks) = (texts(&self.default_expressions), texts(&self.check_expressions));
        let of_indexes: HashMap<Oid, &IndexExpressions> =
            self.index_expressions.iter().map(|row| (row.index, row)).collect();
        let is_printed =
            |group: &Group, texts: &HashSet<Oid>, oid| group.printed_as(oid).is_some_and(|oid| texts.contains(&oid));
        let of_columns: HashMap<(Oid, i16), Oid> =
            self.defaults.iter().map(|row| ((row.relation, row.number), row.oid)).collect();
        self.constraints.iter().any(|constraint| {
            let printed = match constraint.kind {
                'c' => is_printed(self.alike.checks(), &checks, constraint.oid),
                'x' => constraint.definition.is_some(),
                _ => true,
            };
            !printed && readable(constraint.relation)
        }) || self.indexes.iter().any(|index| {
            let text = self.alike.indexes().printed_as(index.oid).and_then(|oid| of_indexes.get(&oid));
            let predicate_lost = index.partial && text.is_none_or(|text| text.predicate.is_none());
            let expressions_lost = index.columns.contains(&0) && text.is_none_or(|text| text.expressions.is_none());
            (predicate_lost || expressions_lost) && readable(index.relation)
        }) || self.triggers.iter().any(|trigger| trigger.definition.is_none() && readable(trigger.relation))
            || self.columns.iter().any(|column| {
                let printed = match of_columns.get(&(column.relation, column.number)) {
                    Some(default) => is_printed(self.alike.defaults(), &defaults, *default),
                    None => !column.is_generated(),
                };
                !printed && readable(column.relation)
            })
    }
}

impl ColumnRow {
    /// Whether the column's value is computed.
    pub(super) fn is_generated(&self) -> bool {
        matches!(self.generated, 's' | 'v')
    }
}

impl IndexRow {
    /// Whether something of the index is an expression: a part of its key or its predicate. `indkey` holds 0 for an
    /// expression.
    pub(super) fn has_expressions(&self) -> bool {
        self.partial || self.columns.contains(&0)
    }
}

#[cfg(test)]
impl Relation {
    /// A relation without anything, for tests to fill.
    pub(super) fn empty(kind: char) -> Self {
        Self {
            oid: 0,
            schema: 0,
            name: String::new(),
            kind,
            persistence: 'p',
            partition: false,
            owner: 0,
            access_method: None,
            replica_identity: 'd',
            row_security: false,
            force_row_security: false,
            populated: true,
            rows: -1,
            pages: 0,
            type_schema: None,
            type_name: None,
            server: None,
            options: Vec::new(),
            bound: None,
            partition_key: None,
            partition_strategy: ' ',
            partition_columns: Numbers::new(),
            foreign_options: Vec::new(),
            server_oid: 0,
            attributes: 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_renamed_relation_tears_the_answer_and_a_new_one_does_not() {
        let relation = Relation { oid: 7, name: "t".to_owned(), ..Relation::empty('r') };
        let change = |object, name: &str| Change { class: class::RELATION, object, position: 0, name: name.to_owned() };
        let with = |change| Rows { relations: vec![relation.clone()], changes: vec![change], ..Rows::default() };
        assert!(with(change(7, "renamed")).has_renames());
        assert!(!with(change(7, "t")).has_renames());
        assert!(!with(change(8, "new")).has_renames());
    }

    #[test]
    fn a_vanished_definition_tears_the_answer_unless_it_is_locked() {
        let trigger = TriggerRow {
            oid: 1,
            relation: 7,
            name: "tr".to_owned(),
            enabled: 'O',
            bits: 0,
            columns: Numbers::new(),
            constraint: false,
            function_schema: String::new(),
            function: String::new(),
            definition: None,
            partition_columns: Vec::new(),
        };
        let mut rows = Rows { triggers: vec![trigger], ..Rows::default() };
        assert!(rows.is_torn());
        rows.locked_relations.push(Locked { relation: 7 });
        assert!(!rows.is_torn());
    }
}
