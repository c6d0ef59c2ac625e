//! Keys and indexes, and what servers do to others when one comes or goes.

use super::{Projection, free};
use crate::checks::Change;
use crate::model::{
    Action, Column, Deferral, EngineName, ForeignKey, Generated, GeneratedStorage, Identity, IdentityMode, Index,
    KeyPart, Partitioning, PrimaryKey, QualifiedName, Rarely, Schema, Sequence, SequenceOwner, SequenceStatistics,
    Table, UniqueConstraint,
};
use crate::remedy::lookup_comment;
use crate::remedy::planner::{
    computable, computed_before, has_leading_index, is_lookup_of, is_made_for, led_by, unique_before,
};
use crate::remedy::postgres::is_leftover;

impl Projection<'_> {
    /// The indexes of a table, a materialized view or, each for itself, a partition.
    pub(super) fn indexes(&mut self, name: &QualifiedName) -> Option<&mut Vec<Index>> {
        if self.places.contains_key(name) {
            return self.table(name).map(|table| &mut table.indexes);
        }
        let is_view =
            |schema: &Schema| schema.name == name.schema && schema.views.iter().any(|view| view.name == name.name);
        if let Some(at) = self.model.schemas.iter().position(is_view) {
            let mut views = self.model.schemas[at].views.iter_mut();
            return views.find(|view| view.name == name.name).map(|view| &mut view.indexes);
        }
        let mut partitioned = self.model.schemas.iter_mut().flat_map(|schema| {
            let Schema { name, tables, .. } = schema;
            tables.iter_mut().filter_map(|table| Some((name.as_str(), table.partitioning.as_mut()?)))
        });
        partitioned.find_map(|(schema, partitioning)| partition_indexes(partitioning, schema, name))
    }

    pub(super) fn add_foreign_key(&mut self, table: &QualifiedName, name: &str, mut key: ForeignKey) {
        key.on_delete_explicit = written(self.engine, key.on_delete);
        if let Some(of) = self.table(table) {
            key.name = Some(name.to_owned());
            if let Some(partitioning) = &mut of.partitioning {
                absorb(partitioning, &key);
            }
            of.foreign_keys.push(key);
        }
    }

    pub(super) fn add_index(
        &mut self,
        table: &QualifiedName,
        name: &str,
        method: &str,
        key: &[KeyPart],
        predicate: Option<&String>,
    ) {
        let engine = self.engine;
        let Some(of) = self.table(table) else { return };
        let name = free(name, |name| of.indexes.iter().any(|index| index.name == name));
        let mut index = Index { key: key.to_vec(), predicate: predicate.cloned(), ..Index::new(name) };
        method.clone_into(&mut index.method);
        push_index(engine, of, index);
    }

    pub(super) fn add_primary_key(&mut self, table: &QualifiedName, name: &str, columns: &[String]) {
        let engine = self.engine;
        let Some(of) = self.table(table) else { return };
        of.columns.retain(|column| !column.system_generated);
        for column in of.columns.iter_mut().filter(|column| columns.contains(&column.name)) {
            column.nullable = false;
        }
        // The key does all that a unique key over the same columns did.
        of.unique_constraints.retain(|unique| unique.without_overlaps || unique.columns != columns);
        // In another order, or for some rows only, it is another index.
        let plain: Vec<KeyPart> = columns.iter().map(KeyPart::column).collect();
        let is_twin = |index: &Index| {
            let does_no_more = index.unique || engine == EngineName::Sqlite;
            does_no_more && !index.exclusion && index.predicate.is_none() && index.key == plain
        };
        of.indexes.retain(|index| !is_twin(index));
        if engine.is_mysql_family() {
            remove_made_indexes(of, columns);
        }
        let key = key_index(name, columns);
        let name = if engine.is_mysql_family() { "PRIMARY" } else { name };
        let rowid = engine == EngineName::Sqlite
            && columns.len() == 1
            && of.column(&columns[0]).is_some_and(|column| column.data_type.eq_ignore_ascii_case("integer"));
        if rowid {
            for column in of.columns.iter_mut().filter(|column| columns.contains(&column.name)) {
                column.rowid_alias = true;
            }
        } else {
            let index = if engine == EngineName::Sqlite {
                format!("sqlite_autoindex_{}_1", table.name)
            } else {
                name.to_owned()
            };
            of.indexes.push(Index {
                name: index,
                primary: true,
                constraint: Some(name.to_owned()),
                automatic: engine == EngineName::Sqlite,
                ..key
            });
        }
        of.primary_key = Some(primary_key(Some(name), columns.to_vec()));
    }

    pub(super) fn add_surrogate_key(&mut self, table: &QualifiedName, column: &str, name: &str) {
        let engine = self.engine;
        let Some(of) = self.table(table) else { return };
        // What the server made becomes the table's own.
        if let Some(generated) = of.columns.iter_mut().find(|column| column.system_generated) {
            generated.system_generated = false;
            generated.invisible = false;
            return;
        }
        let data_type = if engine == EngineName::Sqlite { "INTEGER" } else { "bigint" };
        let mut new = Column::new(free(column, |name| of.column(name).is_some()), data_type);
        new.nullable = false;
        match engine {
            EngineName::PostgreSql => {
                new.identity = Some(Box::new(Identity { mode: IdentityMode::Always, sequence: None }));
            }
            EngineName::MySql | EngineName::MariaDb => new.auto_increment = true,
            EngineName::Sqlite => new.rowid_alias = true,
        }
        let columns = vec![new.name.clone()];
        of.columns.push(new);
        if engine == EngineName::Sqlite {
            of.primary_key = Some(primary_key(None, columns));
        } else {
            self.add_primary_key(table, name, &columns);
            self.add_counter(table, &columns[0]);
        }
    }

    /// The sequence of an identity column (PostgreSQL), and how far a counter has come.
    pub(super) fn add_counter(&mut self, table: &QualifiedName, column: &str) {
        let sequence = (self.engine == EngineName::PostgreSql)
            .then(|| QualifiedName::new(&table.schema, format!("{}_{column}_seq", table.name)));
        if let Some(name) = &sequence
            && let Some(schema) = self.schema(&table.schema)
        {
            schema.sequences.push(Sequence {
                name: name.name.clone(),
                data_type: "bigint".to_owned(),
                start: 1,
                increment: 1,
                minimum: 1,
                maximum: i64::MAX.into(),
                cache: 1,
                cycle: false,
                owned_by: Some(SequenceOwner { table: table.clone(), column: column.to_owned(), identity: true }),
                comment: None,
            });
        }
        if let Some(statistics) = &mut self.model.statistics {
            statistics.sequences.push(SequenceStatistics {
                sequence,
                table: Some(table.clone()),
                column: Some(column.to_owned()),
                last_value: None,
            });
        }
    }

    pub(super) fn add_unique(&mut self, table: &QualifiedName, change: &Change) {
        let Change::AddUnique { name, columns, nulls_not_distinct, predicate, replaces, .. } = change else { return };
        let engine = self.engine;
        let native = engine == EngineName::PostgreSql && self.model.engine.version_numbers().0 >= 15;
        let Some(of) = self.table(table) else { return };
        let name = free(name, |name| of.indexes.iter().any(|index| index.name == name));
        let mut index = Index { predicate: predicate.clone(), ..key_index(&name, columns) };
        index.nulls_not_distinct = *nulls_not_distinct && native;
        let nullable = |name: &str| of.column(name).is_some_and(|column| column.nullable);
        if engine.is_mysql_family() {
            index.predicate = None;
            index.key = add_key_columns(engine, of, columns, *nulls_not_distinct, predicate.as_deref());
            if replaces.is_some() {
                index.key = led_by(columns, index.key);
            }
        } else if let Some(null) = columns.iter().find(|name| *nulls_not_distinct && !native && nullable(name)) {
            // One partial index for every combination of NULLs, beside the key that is there.
            index.predicate = Some(format!("{null} IS NULL"));
            index.key.retain(|part| part.column.as_ref() != Some(null));
            index.name = format!("{name}_{null}_null");
            of.indexes.push(index);
            return;
        }
        if unique_before(of, &index, replaces.as_ref()).is_some() {
            return replaces.iter().for_each(|old| remove_index(of, old));
        }
        if engine.is_mysql_family() || engine == EngineName::PostgreSql && predicate.is_none() {
            index.constraint = Some(name.clone());
            of.unique_constraints.push(UniqueConstraint {
                name: Some(name),
                columns: index.key.iter().filter_map(|part| part.column.clone()).collect(),
                nulls_not_distinct: index.nulls_not_distinct,
                without_overlaps: false,
                deferral: Deferral::NotDeferrable,
                comment: None,
            });
        }
        if let Some(old) = replaces {
            remove_index(of, old);
        }
        push_index(engine, of, index);
    }

    pub(super) fn add_lookup_table(
        &mut self,
        table: &QualifiedName,
        column: &str,
        lookup_table: &str,
        name: &str,
        index: &str,
    ) {
        let engine = self.engine;
        let Some(key) = self.column(table, column).cloned() else { return };
        let mut lookup = QualifiedName::new(&table.schema, lookup_table);
        if self.table(&lookup).is_none_or(|of| !is_lookup_of(of, &key)) {
            lookup.name = free(lookup_table, |name| self.places.contains_key(&QualifiedName::new(&table.schema, name)));
            self.make_lookup_table(table, key, &lookup);
        }
        let columns = vec![column.to_owned()];
        let mut foreign_key = ForeignKey::new(columns.clone(), lookup, columns.clone());
        // MariaDB does not tell RESTRICT from nothing said.
        foreign_key.on_delete = if engine == EngineName::MariaDb { Action::NoAction } else { Action::Restrict };
        foreign_key.on_update = Action::Cascade;
        self.add_foreign_key(table, name, foreign_key);
        if !engine.is_mysql_family() && self.table(table).is_some_and(|of| !has_leading_index(of, &columns)) {
            self.add_index(table, index, "btree", &[KeyPart::column(column)], None);
        }
    }

    fn make_lookup_table(&mut self, table: &QualifiedName, key: Column, lookup: &QualifiedName) {
        let engine = self.engine;
        let Some(of) = self.table(table) else { return };
        let mut new = Table::new("");
        new.owner.clone_from(&of.owner);
        new.storage_engine.clone_from(&of.storage_engine);
        new.row_format.clone_from(&of.row_format);
        new.character_set.clone_from(&key.character_set);
        new.collation.clone_from(&key.collation);
        new.name.clone_from(&lookup.name);
        let column = key.name.clone();
        new.columns.push(Column { nullable: false, default: None, comment: None, inherited: false, ..key });
        if let Some(&(schema, _)) = self.places.get(table) {
            let of = &mut self.model.schemas[schema];
            new.comment = lookup_comment(of, table, &column);
            self.places.insert(lookup.clone(), (schema, of.tables.len()));
            of.tables.push(new);
        }
        self.add_primary_key(lookup, &format!("{}_pkey", lookup.name), &[column]);
        if engine == EngineName::Sqlite
            && let Some(key) = self.table(lookup).and_then(|of| of.primary_key.as_mut())
        {
            key.name = None;
        }
    }

    pub(super) fn repair_index(&mut self, table: &QualifiedName, name: &str) {
        let indexes = self.indexes(table).into_iter().flatten();
        let Some(index) = indexes.into_iter().find(|index| index.name == name) else { return };
        if is_leftover(name) {
            return self.drop_index(table, name);
        }
        (index.valid, index.ready) = (true, true);
        index.missing_partitions = Rarely::default();
        let repaired = index.clone();
        if let Some(partitioning) = self.table(table).and_then(|of| of.partitioning.as_mut()) {
            attach(partitioning, &repaired);
        }
    }

    pub(super) fn drop_index(&mut self, table: &QualifiedName, name: &str) {
        if let Some(of) = self.table(table) {
            remove_index(of, name);
        } else if let Some(indexes) = self.indexes(table) {
            indexes.retain(|index| index.name != name);
        }
    }
}

/// What the catalog tells of a delete action that was written out.
fn written(engine: EngineName, on_delete: Action) -> Option<bool> {
    match (engine, on_delete) {
        (EngineName::MySql, Action::NoAction) => Some(false),
        (EngineName::MariaDb, Action::Restrict) | (EngineName::PostgreSql, Action::NoAction) => None,
        _ => Some(true),
    }
}

fn key_index(name: &str, columns: &[String]) -> Index {
    Index { unique: true, key: columns.iter().map(KeyPart::column).collect(), ..Index::new(name) }
}

fn primary_key(name: Option<&str>, columns: Vec<String>) -> PrimaryKey {
    let name = name.map(str::to_owned);
    PrimaryKey { name, columns, without_overlaps: false, deferral: Deferral::NotDeferrable, comment: None }
}

/// Removes an index or unique constraint, the one with the other.
fn remove_index(table: &mut Table, name: &str) {
    let is_it = |index: &Index| index.is_called(name);
    let Some(at) = table.indexes.iter().position(is_it) else { return };
    let index = table.indexes.remove(at);
    if index.constraint.is_some() {
        // In SQLite a constraint can be without a name.
        table.unique_constraints.retain(|unique| match &unique.name {
            Some(_) => unique.name != index.constraint,
            None => index.plain_columns().is_none_or(|columns| columns != unique.columns),
        });
    }
}

/// Removes the indexes that InnoDB made for foreign keys which a key over these columns serves (MySQL, MariaDB).
fn remove_made_indexes(table: &mut Table, key: &[String]) {
    let served: Vec<&ForeignKey> =
        table.foreign_keys.iter().filter(|foreign| key.starts_with(&foreign.columns)).collect();
    table.indexes.retain(|index| !served.iter().any(|foreign| is_made_for(index, foreign)));
}

/// Adds an index. What it makes needless by itself goes: the index that InnoDB made for a foreign key, and those of partitions
/// that become its parts.
fn push_index(engine: EngineName, table: &mut Table, index: Index) {
    if engine.is_mysql_family() {
        let key: Vec<String> = index.key_columns().map_while(|column| column.map(str::to_owned)).collect();
        remove_made_indexes(table, &key);
    }
    if let Some(partitioning) = &mut table.partitioning {
        attach(partitioning, &index);
    }
    table.indexes.push(index);
}

/// Adds the indexes that InnoDB makes for foreign keys that have none.
pub(super) fn add_indexes_of_keys(table: &mut Table) {
    let bare = table.foreign_keys.iter().filter(|key| !has_leading_index(table, &key.columns));
    let made: Vec<Index> = bare
        .map(|key| Index {
            key: key.columns.iter().map(KeyPart::column).collect(),
            ..Index::new(key.name.clone().unwrap_or_default())
        })
        .collect();
    table.indexes.extend(made);
}

/// Makes the equal index of each partition a part of the index above it, where there is one.
fn attach(partitioning: &mut Partitioning, above: &Index) {
    for partition in &mut partitioning.partitions {
        let equal = |index: &Index| {
            index.is_usable()
                && index.constraint.is_none()
                && index.include.is_empty()
                && (index.unique, index.nulls_not_distinct) == (above.unique, above.nulls_not_distinct)
                && (&index.method, &index.key, &index.predicate) == (&above.method, &above.key, &above.predicate)
        };
        let rank = |index: &Index| (!index.replica_identity, !index.clustered, index.name.clone());
        let taken = partition.local_indexes.iter().filter(|index| equal(index)).map(rank).min();
        match taken {
            Some((_, _, name)) => partition.local_indexes.retain(|index| index.name != name),
            None => partition.partitioning.iter_mut().for_each(|below| attach(below, above)),
        }
    }
}

/// Takes away the keys of partitions that a key of the whole table takes in or makes needless.
fn absorb(partitioning: &mut Partitioning, key: &ForeignKey) {
    for partition in &mut partitioning.partitions {
        partition.foreign_keys.retain(|own| {
            own.columns != key.columns
                || own.referenced_table != key.referenced_table
                || own.referenced_columns != key.referenced_columns
        });
        partition.partitioning.iter_mut().for_each(|below| absorb(below, key));
    }
}

/// The key parts of a unique key that holds under a condition or for which NULLs are equal (MySQL, MariaDB): computed columns
/// take the place of the plain ones.
fn add_key_columns(
    engine: EngineName,
    table: &mut Table,
    columns: &[String],
    equal_nulls: bool,
    condition: Option<&str>,
) -> Vec<KeyPart> {
    let mut key = Vec::new();
    for name in columns {
        let Some(column) = table.column(name).cloned() else { continue };
        let (own, value) = computable(engine, &column, name);
        let computed = if equal_nulls && column.nullable {
            vec![
                ("is_null", "tinyint(1)", format!("{value} IS NULL")),
                ("or_default", own.as_str(), format!("COALESCE({value}, '')")),
            ]
        } else if condition.is_some() {
            vec![("if_live", own.as_str(), value)]
        } else {
            key.push(KeyPart::column(name));
            continue;
        };
        for (suffix, data_type, text) in computed {
            let mut new = Column::new(format!("{name}_{suffix}"), data_type);
            if data_type == own {
                new.character_set.clone_from(&column.character_set);
                new.collation.clone_from(&column.collation);
            }
            new.invisible = true;
            let expression = match condition {
                Some(condition) => format!("CASE WHEN {condition} THEN {text} END"),
                None => text,
            };
            new.generated = Some(Box::new(Generated { expression, storage: GeneratedStorage::Virtual }));
            if let Some(before) = computed_before(table.columns.iter(), &new) {
                key.push(KeyPart::column(&before.name));
                continue;
            }
            new.name = free(&new.name, |name| table.column(name).is_some());
            key.push(KeyPart::column(&new.name));
            table.columns.push(new);
        }
    }
    key
}

/// The indexes that a partition has for itself.
fn partition_indexes<'p>(
    partitioning: &'p mut Partitioning,
    schema: &str,
    name: &QualifiedName,
) -> Option<&'p mut Vec<Index>> {
    partitioning.partitions.iter_mut().find_map(|partition| {
        let schema = partition.schema.clone().unwrap_or_else(|| schema.to_owned());
        if schema == name.schema && partition.name == name.name {
            return Some(&mut partition.local_indexes);
        }
        partition.partitioning.as_mut().and_then(|below| partition_indexes(below, &schema, name))
    })
}
