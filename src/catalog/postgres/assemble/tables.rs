//! Tables, views, their columns and what hangs on them.

use super::{Maps, rows_of};
use crate::catalog::postgres::rows::{ColumnRow, Oid, Relation, TriggerRow};
use crate::catalog::postgres::scope::class;
use crate::catalog::postgres::text::{canonical, is_literal, sequence_of_default, split_list};
use crate::model::{
    Column, ColumnDefault, DefaultKind, ExtendedStatistics, Generated, GeneratedStorage, Identity, IdentityMode,
    Inheritance, Partition, Partitioning, Persistence, Policy, PolicyCommand, QualifiedName, Rule, Table, TableKind,
    Trigger, UnseenKind, View,
};

impl Maps<'_> {
    pub(super) fn table(&self, relation: &Relation) -> Table {
        let mut table = self.properties(relation);
        table.owner = self.role(relation.owner);
        table.of_type = relation
            .type_name
            .as_ref()
            .map(|name| super::qualify(relation.type_schema.as_deref().unwrap_or_default(), name));
        table.foreign_source.clone_from(&relation.server);
        table.foreign_source_comment = self.comment(class::FOREIGN_SERVER, relation.server_oid, 0);
        table.foreign_options.clone_from(&relation.foreign_options);
        table.foreign_options.sort();
        table.extended_statistics = self.extended_statistics_of(relation.oid);
        table.columns = self.columns_of(relation);
        if relation.kind == 'p' {
            table.partitioning = Some(self.partitioning(relation));
        }
        table.inheritance = self.inheritance(relation);
        table
    }

    /// What a table and a partition have alike.
    fn properties(&self, relation: &Relation) -> Table {
        let mut table = Table::new(&relation.name);
        table.kind = match relation.kind {
            'p' => TableKind::Partitioned,
            'f' => TableKind::Foreign,
            _ => TableKind::Table,
        };
        table.comment = self.comment(class::RELATION, relation.oid, 0);
        if relation.persistence == 'u' {
            table.persistence = Persistence::Unlogged;
        }
        table.storage_engine = relation.access_method.clone().filter(|method| method != "heap");
        table.options.clone_from(&relation.options);
        table.replica_identity = match relation.replica_identity {
            'f' => Some("full".to_owned()),
            'n' => Some("nothing".to_owned()),
            'i' => Some("index".to_owned()),
            _ => None,
        };
        table.row_security = relation.row_security;
        table.force_row_security = relation.force_row_security;
        self.fill_constraints(relation.oid, &mut table);
        table.indexes = self.indexes_of(relation.oid);
        table.triggers = self.triggers_of(relation.oid);
        table.policies = self.policies_of(relation.oid);
        table.rules = self.rules_of(relation.oid);
        table
    }

    pub(super) fn view(&self, relation: &Relation) -> View {
        let mut view = View::new(&relation.name, relation.kind == 'm');
        view.columns = self.columns_of(relation);
        view.definition =
            self.view_definitions.get(&relation.oid).map(|text| canonical(text.trim().trim_end_matches(';')));
        let reads = rows_of(&self.view_reads, relation.oid).iter();
        view.reads = reads.filter_map(|read| self.relation_name(*read)).collect();
        for option in &relation.options {
            match option.split_once('=') {
                Some(("check_option", value)) => view.check_option = Some(value.to_lowercase()),
                Some(("security_invoker", value)) => view.security_invoker = is_on(value),
                _ => view.options.push(option.clone()),
            }
        }
        view.populated = relation.populated;
        view.indexes = self.indexes_of(relation.oid);
        view.triggers = self.triggers_of(relation.oid);
        view.rules = self.rules_of(relation.oid);
        view.owner = self.role(relation.owner);
        view.comment = self.comment(class::RELATION, relation.oid, 0);
        view
    }

    fn columns_of(&self, relation: &Relation) -> Vec<Column> {
        let columns = rows_of(&self.columns, relation.oid).iter();
        columns.map(|row| self.column(relation, row)).collect()
    }

    fn column(&self, relation: &Relation, row: &ColumnRow) -> Column {
        let mut column = Column::new(row.name.as_str(), self.data_type(row));
        column.user_type = self.user_type_of(row.type_oid).map(Box::new);
        // How many dimensions were declared is neither enforced nor kept by a dump.
        column.array_dimensions = u32::from(column.data_type.ends_with("[]"));
        let unvalidated = self.unvalidated_not_null.contains(&(row.relation, row.number));
        column.not_null_unvalidated = unvalidated;
        column.not_null_comment = self
            .not_null_constraints
            .get(&(row.relation, row.number))
            .and_then(|constraint| self.comment(class::CONSTRAINT, *constraint, 0))
            .into();
        let stores = !matches!(relation.kind, 'v' | 'm');
        column.nullable = (!row.not_null || unvalidated) && !(stores && self.is_not_null_domain(row.type_oid));
        let storage = match row.generated {
            's' => Some(GeneratedStorage::Stored),
            'v' => Some(GeneratedStorage::Virtual),
            _ => None,
        };
        let default = self.defaults.get(&(row.relation, row.number));
        if let Some(storage) = storage {
            let text = default.and_then(|oid| self.default_texts.get(oid)).copied();
            let expression = self.expression(row.relation, UnseenKind::Expressions, text);
            column.generated = Some(Box::new(Generated { expression, storage }));
        } else {
            column.default = default.and_then(|oid| self.column_defaults.get(oid)).cloned();
        }
        let mode = match row.identity {
            'a' => Some(IdentityMode::Always),
            'd' => Some(IdentityMode::ByDefault),
            _ => None,
        };
        column.identity = mode.map(|mode| {
            Box::new(Identity {
                mode,
                sequence: self
                    .sequences_of
                    .get(&(row.relation, row.number))
                    .map(|sequence| QualifiedName::new(self.schema_name(sequence.schema), &sequence.name)),
            })
        });
        column.collation = self.own_collation(row).into();
        let usual = self.column_type(row).map(|of_type| of_type.storage);
        column.storage = match row.storage {
            own if usual == Some(own) => None,
            'p' => Some("plain".to_owned()),
            'e' => Some("external".to_owned()),
            'm' => Some("main".to_owned()),
            'x' => Some("extended".to_owned()),
            _ => None,
        }
        .into();
        column.compression = match row.details.compression {
            Some('p') => Some("pglz".to_owned()),
            Some('l') => Some("lz4".to_owned()),
            _ => None,
        }
        .into();
        column.statistics_target = row.details.statistics_target;
        column.options = sorted(&row.details.options).into();
        column.foreign_options = sorted(&row.details.foreign_options).into();
        column.inherited = !row.details.local;
        column.comment = self.comment(class::RELATION, row.relation, row.number);
        column
    }

    fn triggers_of(&self, relation: Oid) -> Vec<Trigger> {
        let triggers = rows_of(&self.triggers, relation).iter();
        triggers.map(|row| self.trigger(row)).collect()
    }

    fn trigger(&self, row: &TriggerRow) -> Trigger {
        let bits = TriggerBits(row.bits);
        Trigger {
            name: row.name.clone(),
            timing: bits.timing().to_owned(),
            events: bits.events(),
            update_columns: match row.partition_columns.as_slice() {
                [] => self.column_names(row.relation, &row.columns),
                names => names.to_vec(),
            },
            order: None,
            for_each_row: bits.for_each_row(),
            function: Some(QualifiedName::new(&row.function_schema, &row.function)),
            enabled: super::enabled(row.enabled),
            constraint: row.constraint,
            definer: None,
            sql_mode: None,
            definition: self.expression(row.relation, UnseenKind::Triggers, row.definition.as_deref()),
            comment: self.comment(class::TRIGGER, row.oid, 0),
        }
    }

    fn extended_statistics_of(&self, relation: Oid) -> Vec<ExtendedStatistics> {
        let objects = rows_of(&self.extended_statistics, relation).iter();
        objects
            .map(|row| {
                let schema = self.relations.get(&relation).map(|of| self.schema_name(of.schema));
                let printed = row
                    .has_expressions
                    .then(|| self.expression(relation, UnseenKind::Other, row.expressions.as_deref()));
                let kinds = row.kinds.iter().filter_map(|kind| match kind.as_str() {
                    "d" => Some("ndistinct"),
                    "f" => Some("dependencies"),
                    "m" => Some("mcv"),
                    _ => None,
                });
                ExtendedStatistics {
                    schema: (schema != Some(row.schema.as_str())).then(|| row.schema.clone()),
                    name: row.name.clone(),
                    kinds: kinds.map(str::to_owned).collect(),
                    columns: self.column_names(relation, &row.columns),
                    expressions: printed.iter().flat_map(|list| split_list(list)).map(canonical).collect(),
                    comment: self.comment(class::EXTENDED_STATISTICS, row.oid, 0),
                }
            })
            .collect()
    }

    fn policies_of(&self, relation: Oid) -> Vec<Policy> {
        let policies = rows_of(&self.policies, relation).iter();
        policies
            .map(|row| {
                let mut roles: Vec<String> = row
                    .roles
                    .iter()
                    .filter_map(|role| if *role == 0 { Some("public".to_owned()) } else { self.role(*role) })
                    .collect();
                roles.sort();
                Policy {
                    name: row.name.clone(),
                    command: match row.command {
                        'r' => PolicyCommand::Select,
                        'a' => PolicyCommand::Insert,
                        'w' => PolicyCommand::Update,
                        'd' => PolicyCommand::Delete,
                        _ => PolicyCommand::All,
                    },
                    permissive: row.permissive,
                    roles,
                    using: row.has_using.then(|| self.expression(relation, UnseenKind::Policies, row.using.as_deref())),
                    with_check: row
                        .has_check
                        .then(|| self.expression(relation, UnseenKind::Policies, row.check.as_deref())),
                    comment: self.comment(class::POLICY, row.oid, 0),
                }
            })
            .collect()
    }

    fn rules_of(&self, relation: Oid) -> Vec<Rule> {
        let rules = rows_of(&self.rules, relation).iter();
        rules
            .map(|row| Rule {
                name: row.name.clone(),
                event: match row.event {
                    '1' => "select",
                    '2' => "update",
                    '3' => "insert",
                    '4' => "delete",
                    _ => "other",
                }
                .to_owned(),
                instead: row.instead,
                comment: self.comment(class::RULE, row.oid, 0),
            })
            .collect()
    }

    fn partitioning(&self, relation: &Relation) -> Partitioning {
        let printed = self.expression(relation.oid, UnseenKind::Partitions, relation.partition_key.as_deref());
        let key =
            printed.split_once('(').and_then(|(_, rest)| rest.strip_suffix(')')).unwrap_or(printed.as_str()).to_owned();
        let children = rows_of(&self.children, relation.oid).iter();
        let mut partitions: Vec<Partition> = children
            .filter_map(|child| self.relations.get(child))
            .filter(|child| child.partition)
            .map(|child| self.partition(relation, child))
            .collect();
        partitions.sort_by(|a, b| (&a.schema, &a.name).cmp(&(&b.schema, &b.name)));
        Partitioning {
            strategy: match relation.partition_strategy {
                'h' => "hash",
                'l' => "list",
                'r' => "range",
                _ => "other",
            }
            .to_owned(),
            key,
            columns: self.column_names(relation.oid, &relation.partition_columns),
            subpartition_by: None,
            partitions,
        }
    }

    fn partition(&self, parent: &Relation, child: &Relation) -> Partition {
        let constraints = rows_of(&self.constraints, child.oid).iter();
        let own = self.properties(child);
        Partition {
            schema: (child.schema != parent.schema).then(|| self.schema_name(child.schema).to_owned()),
            name: own.name,
            bound: child.bound.clone(),
            foreign: child.kind == 'f',
            primary_key: constraints.into_iter().any(|constraint| constraint.kind == 'p'),
            owner: (child.owner != parent.owner).then(|| self.role(child.owner)).flatten(),
            persistence: own.persistence,
            storage_engine: own.storage_engine,
            options: own.options,
            replica_identity: own.replica_identity,
            row_security: own.row_security,
            force_row_security: own.force_row_security,
            columns: self.columns_of(child),
            triggers: own.triggers,
            policies: own.policies,
            rules: own.rules,
            local_indexes: own.indexes,
            foreign_keys: own.foreign_keys,
            unique_constraints: own.unique_constraints,
            check_constraints: own.check_constraints,
            exclusion_constraints: own.exclusion_constraints,
            comment: own.comment,
            partitioning: (child.kind == 'p').then(|| Box::new(self.partitioning(child))),
        }
    }

    fn inheritance(&self, relation: &Relation) -> Option<Inheritance> {
        let parents = rows_of(&self.parents, relation.oid).iter();
        let parents: Vec<QualifiedName> = parents.filter_map(|parent| self.relation_name(*parent)).collect();
        let children = rows_of(&self.children, relation.oid).iter();
        let children: Vec<QualifiedName> = children
            .filter_map(|child| self.relations.get(child))
            .filter(|child| !child.partition)
            .map(|child| self.name_of(child))
            .collect();
        (!parents.is_empty() || !children.is_empty()).then_some(Inheritance { parents, children })
    }
}

pub(super) fn default(expression: &str) -> ColumnDefault {
    let expression = canonical(expression);
    let kind = if is_literal(&expression) { DefaultKind::Literal } else { DefaultKind::Expression };
    let sequence = sequence_of_default(&expression);
    ColumnDefault { expression, kind, sequence }
}

/// A boolean storage option as the server accepts it.
fn is_on(value: &str) -> bool {
    matches!(value.to_lowercase().as_str(), "" | "1" | "on" | "t" | "true" | "y" | "yes")
}

/// `tgtype`: when a trigger fires, in bits.
#[derive(Clone, Copy)]
struct TriggerBits(i16);

impl TriggerBits {
    const ROW: i16 = 1;
    const BEFORE: i16 = 1 << 1;
    const INSTEAD: i16 = 1 << 6;
    const EVENTS: [(i16, &'static str); 4] =
        [(1 << 2, "insert"), (1 << 4, "update"), (1 << 3, "delete"), (1 << 5, "truncate")];

    fn for_each_row(self) -> bool {
        self.0 & Self::ROW != 0
    }

    fn timing(self) -> &'static str {
        if self.0 & Self::INSTEAD != 0 {
            "instead of"
        } else if self.0 & Self::BEFORE != 0 {
            "before"
        } else {
            "after"
        }
    }

    fn events(self) -> Vec<String> {
        Self::EVENTS.iter().filter(|(bit, _)| self.0 & bit != 0).map(|(_, event)| (*event).to_owned()).collect()
    }
}

fn sorted(options: &[String]) -> Vec<String> {
    let mut options = options.to_vec();
    options.sort();
    options
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trigger_bits() {
        let before_row_update = TriggerBits(1 | 2 | 16);
        assert_eq!(before_row_update.timing(), "before");
        assert_eq!(before_row_update.events(), ["update"]);
        assert!(before_row_update.for_each_row());
        let after_statement = TriggerBits(4 | 8 | 16 | 32);
        assert_eq!(after_statement.timing(), "after");
        assert_eq!(after_statement.events(), ["insert", "update", "delete", "truncate"]);
        assert!(!after_statement.for_each_row());
        assert_eq!(TriggerBits(1 | 4 | 64).timing(), "instead of");
    }

    #[test]
    fn boolean_options() {
        assert!(["true", "on", "1", "YES", ""].into_iter().all(is_on));
        assert!(!["false", "off", "0"].into_iter().any(is_on));
    }
}
