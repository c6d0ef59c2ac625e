//! Partitions, and what each of them has for itself.

use super::schema::is_false;
use super::{
    Action, CheckConstraint, Column, ExclusionConstraint, ForeignKey, Index, Persistence, Policy, QualifiedName, Rule,
    Trigger, UniqueConstraint,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// How a table is partitioned.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Partitioning {
    /// Strategy in lower case: `range`, `list`, `hash`, `key`, `range columns`, `system_time`, …
    pub strategy: String,
    /// Partition key as the engine prints it, without the strategy: `at, lower(k)`.
    pub key: String,
    /// Plain columns of the key; expressions are left out.
    pub columns: Vec<String>,
    /// Sub-partitioning that every partition shares (MySQL, MariaDB), as the engine prints it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subpartition_by: Option<String>,
    /// Partitions, by schema and name (PostgreSQL) or in the server's order (MySQL, MariaDB).
    pub partitions: Vec<Partition>,
}

/// A partition.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Partition {
    /// Schema, when it differs from the parent's (PostgreSQL).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub schema: Option<String>,
    /// Name as stored.
    pub name: String,
    /// Bound as the engine prints it: `FOR VALUES FROM ('2024-01-01') TO ('2025-01-01')`, `DEFAULT`,
    /// `VALUES LESS THAN (2024)`; of a table's history `HISTORY` or `CURRENT` (MariaDB).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bound: Option<String>,
    /// Whether it is a foreign table (PostgreSQL).
    #[serde(default, skip_serializing_if = "is_false")]
    pub foreign: bool,
    /// Whether it has a primary key (PostgreSQL: of its own when the parent has none).
    #[serde(default, skip_serializing_if = "is_false")]
    pub primary_key: bool,
    /// Owning role, when it is not the parent's (PostgreSQL).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// Survives a crash or not (PostgreSQL).
    #[serde(default, skip_serializing_if = "Persistence::is_permanent")]
    pub persistence: Persistence,
    /// Table access method when it is not `heap` (PostgreSQL).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub storage_engine: Option<String>,
    /// Storage parameters as `name=value`, sorted (PostgreSQL).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub options: Vec<String>,
    /// Replica identity other than the default: `full`, `nothing`, `index` (PostgreSQL).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replica_identity: Option<String>,
    /// Row security is on for who names the partition itself (PostgreSQL).
    #[serde(default, skip_serializing_if = "is_false")]
    pub row_security: bool,
    /// Row security binds the owner too (PostgreSQL).
    #[serde(default, skip_serializing_if = "is_false")]
    pub force_row_security: bool,
    /// Columns that differ from the parent's in default, generation expression or NOT NULL or have a comment of their own, in order (PostgreSQL).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub columns: Vec<Column>,
    /// Triggers of this partition alone, by name (PostgreSQL).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub triggers: Vec<Trigger>,
    /// Row security policies of this partition, by name (PostgreSQL).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub policies: Vec<Policy>,
    /// Rewrite rules of this partition, by name (PostgreSQL).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rules: Vec<Rule>,
    /// Indexes that exist on this partition alone, by name (PostgreSQL).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub local_indexes: Vec<Index>,
    /// Foreign keys of this partition alone, by name, then columns (PostgreSQL).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub foreign_keys: Vec<ForeignKey>,
    /// Unique constraints of this partition alone, by name, then columns (PostgreSQL).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unique_constraints: Vec<UniqueConstraint>,
    /// Check constraints of this partition alone, by name, then expression (PostgreSQL).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub check_constraints: Vec<CheckConstraint>,
    /// Exclusion constraints of this partition alone, by name (PostgreSQL).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub exclusion_constraints: Vec<ExclusionConstraint>,
    /// Comment on the partition.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
    /// Its own partitioning.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub partitioning: Option<Box<Partitioning>>,
}

impl Partitioning {
    /// This partitioning and those of its partitions, of every level.
    pub fn levels<'p>(&'p self, schema: &'p str) -> impl Iterator<Item = &'p Self> {
        let below = self.all(schema).into_iter().filter_map(|(_, partition)| partition.partitioning.as_deref());
        std::iter::once(self).chain(below)
    }

    /// The key without the backticks of MySQL and MariaDB around names that need none.
    pub fn shown_key(&self) -> String {
        let parts: Vec<&str> = self.key.split('`').collect();
        let is_plain = |name: &str| {
            name.starts_with(|first: char| first.is_alphabetic() || first == '_')
                && name.chars().all(|character| character.is_alphanumeric() || character == '_')
        };
        let are_plain = parts.len() % 2 == 1 && parts.iter().skip(1).step_by(2).all(|name| is_plain(name));
        if are_plain { parts.concat() } else { self.key.clone() }
    }

    /// Every partition of every level, each before those that it is divided into, with the schema that it stands in.
    /// `schema` is that of the partitioned table.
    pub fn all<'p>(&'p self, schema: &'p str) -> Vec<(&'p str, &'p Partition)> {
        let mut found = Vec::new();
        for partition in &self.partitions {
            let schema = partition.schema.as_deref().unwrap_or(schema);
            found.push((schema, partition));
            found.extend(partition.partitioning.iter().flat_map(|below| below.all(schema)));
        }
        found
    }

    /// The foreign keys that the partitions have each for itself; those over the same columns to the same target together.
    pub fn foreign_keys(&self, schema: &str) -> Vec<PartitionedKey<'_>> {
        let mut leaves = Vec::new();
        self.leaves(schema, &[], &mut leaves);
        let mut groups: BTreeMap<_, Vec<Option<&ForeignKey>>> = BTreeMap::new();
        for (position, (_, keys)) in leaves.iter().enumerate() {
            for key in keys {
                let group = groups.entry((&key.columns, &key.referenced_table, &key.referenced_columns)).or_default();
                group.resize(leaves.len(), None);
                group[position] = Some(key);
            }
        }
        groups
            .into_values()
            .filter_map(|group| {
                let key = group.iter().copied().flatten().next()?;
                let actions = (key.on_delete, key.on_update);
                let same = group.iter().flatten().all(|other| (other.on_delete, other.on_update) == actions);
                Some(PartitionedKey {
                    key,
                    having: group.iter().flatten().count(),
                    missing: leaves
                        .iter()
                        .zip(&group)
                        .filter(|(_, key)| key.is_none())
                        .map(|((name, _), _)| name.clone())
                        .collect(),
                    actions: same.then_some(actions),
                })
            })
            .collect()
    }

    /// The partitions that hold rows, each with the keys that it or a partition above it has.
    fn leaves<'p>(
        &'p self,
        schema: &str,
        above: &[&'p ForeignKey],
        found: &mut Vec<(QualifiedName, Vec<&'p ForeignKey>)>,
    ) {
        for partition in &self.partitions {
            let schema = partition.schema.as_deref().unwrap_or(schema);
            let keys: Vec<&ForeignKey> = above.iter().copied().chain(&partition.foreign_keys).collect();
            match &partition.partitioning {
                Some(below) => below.leaves(schema, &keys, found),
                None => found.push((QualifiedName::new(schema, &partition.name), keys)),
            }
        }
    }

    pub(super) fn sort(&mut self) {
        for partition in &mut self.partitions {
            partition.options.sort();
            partition.triggers.sort_by(|a, b| a.name.cmp(&b.name));
            partition.policies.sort_by(|a, b| a.name.cmp(&b.name));
            partition.rules.sort_by(|a, b| a.name.cmp(&b.name));
            partition.local_indexes.sort_by(|a, b| a.name.cmp(&b.name));
            for index in &mut partition.local_indexes {
                index.sort();
            }
            partition.foreign_keys.sort_by(|a, b| (&a.name, &a.columns).cmp(&(&b.name, &b.columns)));
            partition.unique_constraints.sort_by(|a, b| (&a.name, &a.columns).cmp(&(&b.name, &b.columns)));
            partition.check_constraints.sort_by(|a, b| (&a.name, &a.expression).cmp(&(&b.name, &b.expression)));
            partition.exclusion_constraints.sort_by(|a, b| a.name.cmp(&b.name));
            if let Some(below) = &mut partition.partitioning {
                below.sort();
            }
        }
    }
}

impl Partition {
    /// Whether it takes every row that no other partition takes: `DEFAULT`, or up to `MAXVALUE` (MySQL, MariaDB).
    pub fn takes_the_rest(&self) -> bool {
        let Some(bound) = &self.bound else { return false };
        let values = bound.strip_prefix("VALUES LESS THAN").map(|values| {
            let mut words =
                values.split(|character: char| !character.is_alphanumeric()).filter(|word| !word.is_empty());
            !values.contains('\'') && words.all(|word| word.eq_ignore_ascii_case("maxvalue"))
        });
        bound == "DEFAULT" || values == Some(true)
    }

    /// A partition that has nothing of its own; readers fill the rest.
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            schema: None,
            name: name.into(),
            bound: None,
            foreign: false,
            primary_key: false,
            owner: None,
            persistence: Persistence::Permanent,
            storage_engine: None,
            options: Vec::new(),
            replica_identity: None,
            row_security: false,
            force_row_security: false,
            columns: Vec::new(),
            triggers: Vec::new(),
            policies: Vec::new(),
            rules: Vec::new(),
            local_indexes: Vec::new(),
            foreign_keys: Vec::new(),
            unique_constraints: Vec::new(),
            check_constraints: Vec::new(),
            exclusion_constraints: Vec::new(),
            comment: None,
            partitioning: None,
        }
    }
}

/// A foreign key that partitions have each for itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PartitionedKey<'p> {
    /// The key of the first partition that has one.
    pub key: &'p ForeignKey,
    /// Partitions with rows of their own that have it.
    pub having: usize,
    /// Those that do not.
    pub missing: Vec<QualifiedName>,
    /// What a delete of the parent and a change of its key do, when it is the same on all of them.
    pub actions: Option<(Action, Action)>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(column: &str, on_delete: Action) -> ForeignKey {
        ForeignKey {
            on_delete,
            ..ForeignKey::new(vec![column.to_owned()], QualifiedName::new("public", "parents"), vec!["id".to_owned()])
        }
    }

    fn partitioning(partitions: Vec<Partition>) -> Partitioning {
        Partitioning {
            strategy: "list".to_owned(),
            key: "k".to_owned(),
            columns: vec!["k".to_owned()],
            subpartition_by: None,
            partitions,
        }
    }

    #[test]
    fn partitions_that_take_the_rest_are_known() {
        for (bound, rest) in [
            ("DEFAULT", true),
            ("VALUES LESS THAN MAXVALUE", true),
            ("VALUES LESS THAN (MAXVALUE,MAXVALUE)", true),
            ("VALUES LESS THAN (2030,MAXVALUE)", false),
            ("VALUES LESS THAN ('maxvalue')", false),
            ("FOR VALUES FROM (1) TO (MAXVALUE)", false),
            ("VALUES IN (1)", false),
        ] {
            let partition = Partition { bound: Some(bound.to_owned()), ..Partition::new("p") };
            assert_eq!(partition.takes_the_rest(), rest, "{bound}");
        }
    }

    #[test]
    fn keys_are_shown_without_needless_backticks() {
        for (key, shown) in [("to_days(`at`)", "to_days(at)"), ("`a b`", "`a b`"), ("at, lower(k)", "at, lower(k)")] {
            let partitioning = Partitioning { key: key.to_owned(), ..partitioning(Vec::new()) };
            assert_eq!(partitioning.shown_key(), shown);
        }
    }

    #[test]
    fn keys_of_partitions_count_on_the_partitions_that_hold_rows() {
        let keyed = |name: &str, keys: Vec<ForeignKey>| Partition { foreign_keys: keys, ..Partition::new(name) };
        let divided = Partition {
            schema: Some("old".to_owned()),
            partitioning: Some(Box::new(partitioning(vec![
                Partition::new("below"),
                keyed("other", vec![key("b", Action::Cascade)]),
            ]))),
            ..keyed("divided", vec![key("a", Action::Cascade)])
        };
        let whole = partitioning(vec![divided, keyed("plain", vec![key("a", Action::SetNull)])]);
        let names: Vec<_> = whole.all("public").iter().map(|(schema, it)| format!("{schema}.{}", it.name)).collect();
        assert_eq!(names, ["old.divided", "old.below", "old.other", "public.plain"]);
        let [a, b] = &whole.foreign_keys("public")[..] else { panic!("two keys") };
        assert_eq!((a.having, a.missing.as_slice(), a.actions), (3, &[][..], None));
        assert_eq!((b.having, b.actions), (1, Some((Action::Cascade, Action::NoAction))));
        assert_eq!(b.missing, [QualifiedName::new("old", "below"), QualifiedName::new("public", "plain")]);
    }
}
