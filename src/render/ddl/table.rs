//! Tables and what hangs on them.

use super::code::{create_sequence, own_sequence};
use super::order::Item;
use super::{collation_name, columns, comment, name_in, named};
use crate::model::quote::{
    included_columns, index_options, push_identifier, quote_identifier, quote_list, quote_literal, unique_clause,
};
use crate::model::{
    Action, CheckConstraint, Column, ColumnDefault, DefaultKind, EngineName, ExclusionConstraint, ExtendedStatistics,
    ForeignKey, GeneratedStorage, IdentityMode, Index, KeyPart, MatchType, Model, NullsOrder, Partition, Partitioning,
    Persistence, Policy, PolicyCommand, PrimaryKey, QualifiedName, Schema, Sequence, SortOrder, Table, TableKind,
    TableRef, Tables, UniqueConstraint,
};
use std::collections::HashSet;

/// Partitions of PostgreSQL that a document shows; a table may have thousands, each a statement of its own.
const SHOWN_PARTITIONS: usize = 50;

/// Every statement that makes a table with what hangs on it, its triggers left out, and its partitions when they are many.
pub(crate) fn statements(model: &Model, tables: &Tables<'_>, table: TableRef<'_>) -> Vec<String> {
    let partitions = partitions_of(table).len();
    if partitions > SHOWN_PARTITIONS && model.engine.name == EngineName::PostgreSql {
        let mut alone = table.table.clone();
        if let Some(partitioning) = &mut alone.partitioning {
            partitioning.partitions.clear();
        }
        let mut all = statements(model, tables, TableRef { table: &alone, ..table });
        all.push(format!("-- And {partitions} partitions, which `brownfield doc --format ddl` writes out"));
        return all;
    }
    // Defaults want them to be there before the table.
    let own = tables.sequences_of(table.id);
    let create = |(schema, sequence): &(&Schema, &Sequence)| {
        create_sequence(model.engine.name, &name_in(model, &schema.name, &sequence.name), sequence)
    };
    let mut all: Vec<String> = own.iter().map(create).collect();
    all.push(create_table(model, table, true));
    all.extend(own.iter().filter_map(|(schema, sequence)| own_sequence(model, &schema.name, sequence)));
    all.extend(indexes(model, table));
    all.extend(partition_indexes(model, table));
    all.extend(added_foreign_keys(model, table, |key| !is_part_of_table(key)));
    all.extend(settings(model, table));
    all
}

/// The table with its partitions, among everything else.
pub(super) fn item<'m>(model: &Model, table: TableRef<'m>) -> Item<'m> {
    let of = table.table;
    let mut needs: Vec<QualifiedName> = of.inheritance.iter().flat_map(|it| it.parents.iter().cloned()).collect();
    needs.extend(of.columns.iter().filter_map(|column| column.user_type.as_deref().cloned()));
    let mut texts: Vec<&str> = Vec::new();
    for column in &of.columns {
        texts.extend(column.default.as_ref().map(|default| default.expression.as_str()));
        texts.extend(column.generated.as_ref().map(|generated| generated.expression.as_str()));
        texts.push(&column.data_type);
    }
    texts.extend(of.check_constraints.iter().map(|check| check.expression.as_str()));
    texts.extend(of.exclusion_constraints.iter().map(|exclusion| exclusion.definition.as_str()));
    texts.extend(of.partitioning.as_ref().map(|partitioning| partitioning.key.as_str()));
    texts.extend(of.of_type.as_deref());
    Item { name: table.qualified_name(), needs, texts, statement: create_table(model, table, false) }
}

/// The statements that make a table with its partitions, without the final semicolon.
fn create_table(model: &Model, table: TableRef<'_>, with_foreign_keys: bool) -> String {
    let engine = model.engine.name;
    let of = table.table;
    if let Some(definition) = &of.definition {
        return definition.trim().trim_end_matches(';').to_owned();
    }
    let mut lines: Vec<String> = Vec::new();
    for column in of.columns.iter().filter(|column| !column.inherited) {
        lines.extend(self::column(model, of, column));
    }
    if let Some(key) = &of.primary_key {
        lines.push(primary_key(engine, key, &of.indexes));
    }
    if engine.is_mysql_family() {
        // The key of a unique constraint without overlaps is the constraint's to tell.
        let apart = of.unique_constraints.iter().filter(|unique| unique.without_overlaps);
        let apart: Vec<&UniqueConstraint> = apart.collect();
        let keys = of
            .indexes
            .iter()
            .filter(|index| !index.primary && !apart.iter().any(|unique| unique.name.as_deref() == Some(&index.name)));
        lines.extend(keys.map(|index| key_of_mysql(engine, index)));
        lines.extend(apart.iter().map(|unique| self::unique(engine, unique, &[])));
    }
    if !engine.is_mysql_family() {
        lines.extend(of.unique_constraints.iter().map(|unique| self::unique(engine, unique, &of.indexes)));
    }
    for period in &of.periods {
        let name = match period.name.as_str() {
            "SYSTEM_TIME" => period.name.clone(),
            name => quote_identifier(engine, name),
        };
        let (start, end) = (quote_identifier(engine, &period.start), quote_identifier(engine, &period.end));
        lines.push(format!("PERIOD FOR {name} ({start}, {end})"));
    }
    let checks = of.check_constraints.iter().filter(|check| is_written(check) && check.validated);
    lines.extend(checks.map(|check| self::check(engine, check)));
    lines.extend(of.exclusion_constraints.iter().map(|exclusion| self::exclusion(engine, exclusion)));
    if with_foreign_keys {
        let keys = of.foreign_keys.iter().filter(|key| is_part_of_table(key));
        lines.extend(keys.map(|key| foreign_key(model, key)));
    }
    let kind = match (of.kind, of.persistence) {
        (TableKind::Foreign, _) => "FOREIGN TABLE",
        (TableKind::Virtual, _) => "VIRTUAL TABLE",
        (_, Persistence::Unlogged) => "UNLOGGED TABLE",
        _ => "TABLE",
    };
    let name = model.name_in_statements(&table.qualified_name());
    let of_type = of.of_type.as_ref().map(|name| format!(" OF {name}")).unwrap_or_default();
    let body = match lines.is_empty() {
        true if of.of_type.is_some() => String::new(),
        true => " ()".to_owned(),
        false => format!(" (\n  {}\n)", lines.join(",\n  ")),
    };
    let mut out = format!("CREATE {kind} {name}{of_type}{body}");
    if let Some(inheritance) = of.inheritance.as_ref().filter(|inheritance| !inheritance.parents.is_empty()) {
        let parents: Vec<String> = inheritance.parents.iter().map(|parent| model.name_in_statements(parent)).collect();
        push!(out, " INHERITS ({})", parents.join(", "));
    }
    if engine.is_mysql_family() {
        options_of_mysql(&mut out, model, table);
        return out;
    }
    if let Some(partitioning) = &of.partitioning {
        out.push_str(&partition_by(partitioning));
    }
    if let Some(method) = &of.storage_engine {
        push!(out, " USING {}", quote_identifier(engine, method));
    }
    if !of.options.is_empty() {
        push!(out, " WITH ({})", of.options.join(", "));
    }
    if let Some(source) = of.foreign_source.as_ref().filter(|_| of.kind == TableKind::Foreign) {
        push!(out, " SERVER {}", quote_identifier(engine, source));
    }
    if let Some(partitioning) = &of.partitioning {
        partitions(&mut out, model, &name, &table.schema.name, partitioning);
    }
    out
}

fn partition_by(partitioning: &Partitioning) -> String {
    let strategy = partitioning.strategy.to_uppercase();
    if strategy == "SYSTEM_TIME" {
        format!(" PARTITION BY {strategy} {}", partitioning.key)
    } else {
        format!(" PARTITION BY {strategy} ({})", partitioning.key)
    }
}

/// Partitions of PostgreSQL are tables, each made after the one that it is a part of.
fn partitions(out: &mut String, model: &Model, parent: &str, schema: &str, partitioning: &Partitioning) {
    for partition in partitioning.partitions.iter().filter(|partition| !partition.foreign) {
        let schema = partition.schema.as_deref().unwrap_or(schema);
        let name = model.name_in_statements(&QualifiedName::new(schema, &partition.name));
        let kind = if partition.persistence == Persistence::Unlogged { "UNLOGGED TABLE" } else { "TABLE" };
        push!(out, ";\nCREATE {kind} {name} PARTITION OF {parent} {}", partition.bound.as_deref().unwrap_or("DEFAULT"));
        out.extend(partition.partitioning.iter().map(|below| partition_by(below)));
        if let Some(method) = &partition.storage_engine {
            push!(out, " USING {}", quote_identifier(model.engine.name, method));
        }
        if !partition.options.is_empty() {
            push!(out, " WITH ({})", partition.options.join(", "));
        }
        if let Some(below) = &partition.partitioning {
            partitions(out, model, &name, schema, below);
        }
    }
}

fn options_of_mysql(out: &mut String, model: &Model, table: TableRef<'_>) {
    let engine = model.engine.name;
    let of = table.table;
    if let Some(storage) = &of.storage_engine {
        push!(out, " ENGINE={storage}");
    }
    if let Some(set) = &of.character_set {
        push!(out, " DEFAULT CHARACTER SET={set}");
    }
    if let Some(collation) = &of.collation {
        push!(out, " COLLATE={collation}");
    }
    if let Some(format) = &of.row_format {
        push!(out, " ROW_FORMAT={}", format.to_uppercase());
    }
    if let Some(comment) = &of.comment {
        push!(out, " COMMENT={}", quote_literal(engine, comment));
    }
    if of.system_versioned {
        out.push_str(" WITH SYSTEM VERSIONING");
    }
    let Some(partitioning) = &of.partitioning else { return };
    push!(out, "\n{}", partition_by(partitioning).trim_start());
    if let Some(below) = &partitioning.subpartition_by {
        push!(out, " SUBPARTITION BY {below}");
    }
    let one = |word: &str, partition: &Partition| {
        let mut line = format!("{word} {}", quote_identifier(engine, &partition.name));
        if let Some(bound) = &partition.bound {
            push!(line, " {bound}");
        }
        if let Some(comment) = &partition.comment {
            push!(line, " COMMENT = {}", quote_literal(engine, comment));
        }
        line
    };
    let lines: Vec<String> = partitioning
        .partitions
        .iter()
        .map(|partition| {
            let below = partition.partitioning.iter().flat_map(|below| &below.partitions);
            let below: Vec<String> = below.map(|partition| one("SUBPARTITION", partition)).collect();
            let below = if below.is_empty() { String::new() } else { format!(" ({})", below.join(", ")) };
            format!("{}{below}", one("PARTITION", partition))
        })
        .collect();
    if !lines.is_empty() {
        push!(out, " (\n  {}\n)", lines.join(",\n  "));
    }
}

fn primary_key(engine: EngineName, key: &PrimaryKey, indexes: &[Index]) -> String {
    let index = indexes.iter().find(|index| index.primary);
    let overlaps = if key.without_overlaps { " WITHOUT OVERLAPS" } else { "" };
    // Only the index tells of prefixes.
    let parts = match index.filter(|_| engine.is_mysql_family() && !key.without_overlaps) {
        Some(index) => parts(engine, index),
        None => quote_list(engine, &key.columns),
    };
    format!(
        "{}PRIMARY KEY ({parts}{overlaps}){}{}",
        named(engine, key.name.as_deref().filter(|_| !engine.is_mysql_family())),
        index.map(|index| included_columns(engine, index)).unwrap_or_default(),
        key.deferral.clause()
    )
}

fn unique(engine: EngineName, unique: &UniqueConstraint, indexes: &[Index]) -> String {
    named(engine, unique.name.as_deref()) + &unique_clause(engine, unique, indexes)
}

/// A key of MySQL or MariaDB, which a column that counts up needs in the table's own statement.
fn key_of_mysql(engine: EngineName, index: &Index) -> String {
    let kind = match index.method.as_str() {
        "fulltext" => "FULLTEXT ",
        "spatial" => "SPATIAL ",
        "vector" => "VECTOR ",
        _ if index.unique => "UNIQUE ",
        _ => "",
    };
    let method = if index.method == "hash" { " USING HASH" } else { "" };
    let (name, options) = (quote_identifier(engine, &index.name), index_options(engine, index));
    format!("{kind}KEY {name}{method} ({}){options}", parts(engine, index))
}

/// Whether the check is the user's own and not a parent's.
fn is_written(check: &CheckConstraint) -> bool {
    !check.automatic && !check.inherited
}

fn check(engine: EngineName, check: &CheckConstraint) -> String {
    let inherit = if check.no_inherit { " NO INHERIT" } else { "" };
    let enforced = if check.enforced { "" } else { " NOT ENFORCED" };
    [&named(engine, check.name.as_deref()), "CHECK (", &check.expression, ")", inherit, enforced].concat()
}

fn exclusion(engine: EngineName, exclusion: &ExclusionConstraint) -> String {
    format!("{}{}", named(engine, Some(&exclusion.name)), exclusion.definition)
}

/// The statements that make the indexes that no constraint makes, and what only a table that is there can be given.
pub(super) fn indexes(model: &Model, table: TableRef<'_>) -> Vec<String> {
    let engine = model.engine.name;
    let of = table.table;
    if engine.is_mysql_family() {
        return Vec::new();
    }
    let name = model.name_in_statements(&table.qualified_name());
    let mut all: Vec<String> = of
        .indexes
        .iter()
        .filter(|index| index.constraint.is_none() && !index.primary && !index.automatic && !index.exclusion)
        .map(|index| create_index(model, &table.qualified_name(), index))
        .collect();
    if of.definition.is_some() {
        return all;
    }
    // A child may have another default than its parent.
    for column in of.columns.iter().filter(|column| column.inherited) {
        if let Some(default) = &column.default {
            let column = quote_identifier(engine, &column.name);
            all.push(format!("ALTER TABLE {name} ALTER COLUMN {column} SET DEFAULT {}", default.expression));
        }
    }
    let unchecked = of.check_constraints.iter().filter(|check| is_written(check) && !check.validated);
    all.extend(unchecked.map(|check| not_valid(&name, &self::check(engine, check), check.enforced)));
    let unchecked = of.columns.iter().filter(|column| column.not_null_unvalidated && !column.inherited);
    all.extend(
        unchecked.map(|column| not_valid(&name, &format!("NOT NULL {}", quote_identifier(engine, &column.name)), true)),
    );
    all
}

/// What is not enforced is not valid either, without being told.
fn not_valid(table: &str, constraint: &str, enforced: bool) -> String {
    format!("ALTER TABLE {table} ADD {constraint}{}", if enforced { " NOT VALID" } else { "" })
}

/// Whether the server changes generation expressions: from PostgreSQL 17 on.
fn sets_expressions(model: &Model) -> bool {
    model.engine.version.split('.').next().and_then(|major| major.parse().ok()).is_some_and(|major: u32| major >= 17)
}

/// Indexes, keys and checks of single partitions. After the parent's indexes, which would take equal ones for their own.
pub(super) fn partition_indexes(model: &Model, table: TableRef<'_>) -> Vec<String> {
    let engine = model.engine.name;
    let mut all = Vec::new();
    for (of, partition) in partitions_of(table) {
        let name = model.name_in_statements(&of);
        for column in &partition.columns {
            let alter = format!("ALTER TABLE {name} ALTER COLUMN {}", quote_identifier(engine, &column.name));
            let above = table.table.column(&column.name);
            if column.generated.is_none() && above.is_some_and(|above| above.default != column.default) {
                all.push(match &column.default {
                    Some(default) => format!("{alter} SET DEFAULT {}", default.expression),
                    None => format!("{alter} DROP DEFAULT"),
                });
            }
            let computed = column.generated.as_ref().filter(|own| {
                let of_above = above.and_then(|above| above.generated.as_ref());
                of_above.is_some_and(|of_above| of_above.expression != own.expression) && sets_expressions(model)
            });
            all.extend(computed.map(|own| format!("{alter} SET EXPRESSION AS ({})", own.expression)));
            if !column.nullable && above.is_some_and(|above| above.nullable) {
                all.push(format!("{alter} SET NOT NULL"));
            }
        }
        for index in &partition.local_indexes {
            let constraint = index.constraint.as_deref();
            if index.primary {
                let parts = parts(engine, index);
                all.push(format!("ALTER TABLE {name} ADD {}PRIMARY KEY ({parts})", named(engine, constraint)));
            } else if index.constraint.is_none() {
                all.push(create_index(model, &of, index));
            }
        }
        let unique = partition.unique_constraints.iter().map(|key| self::unique(engine, key, &partition.local_indexes));
        let exclusions = partition.exclusion_constraints.iter().map(|exclusion| self::exclusion(engine, exclusion));
        all.extend(unique.chain(exclusions).map(|constraint| format!("ALTER TABLE {name} ADD {constraint}")));
        for check in partition.check_constraints.iter().filter(|check| is_written(check)) {
            let constraint = self::check(engine, check);
            all.push(if check.validated {
                format!("ALTER TABLE {name} ADD {constraint}")
            } else {
                not_valid(&name, &constraint, check.enforced)
            });
        }
    }
    all
}

fn partitions_of(table: TableRef<'_>) -> Vec<(QualifiedName, &Partition)> {
    let all = table.table.partitioning.as_ref().map(|partitioning| partitioning.all(&table.schema.name));
    let written = all.into_iter().flatten().filter(|(_, partition)| !partition.foreign);
    written.map(|(schema, partition)| (QualifiedName::new(schema, &partition.name), partition)).collect()
}

/// Whether the table's own statement can say it: only a key that is added later leaves existing rows unchecked.
fn is_part_of_table(key: &ForeignKey) -> bool {
    key.validated || !key.enforced
}

/// The tables and partitions that are written.
pub(super) fn names(written: &[TableRef<'_>]) -> HashSet<QualifiedName> {
    let partitions = written.iter().flat_map(|table| partitions_of(*table)).map(|(name, _)| name);
    written.iter().map(TableRef::qualified_name).chain(partitions).collect()
}

/// The statements that add the foreign keys of a table and of its partitions. Those that lead to a table that is not written
/// are comments.
pub(super) fn foreign_keys(model: &Model, table: TableRef<'_>, written: &HashSet<QualifiedName>) -> Vec<String> {
    let is_alone = |key: &ForeignKey| !written.contains(&key.referenced_table);
    let comment = |statement: String| {
        let statement = statement.replace('\n', "\n-- ");
        format!("-- The table that this refers to is not in this document:\n-- {statement}")
    };
    let mut all = added_foreign_keys(model, table, |key| !is_alone(key));
    all.extend(added_foreign_keys(model, table, is_alone).into_iter().map(comment));
    all
}

/// The statements that add the wanted foreign keys of a table and of its partitions.
fn added_foreign_keys(model: &Model, table: TableRef<'_>, wanted: impl Fn(&ForeignKey) -> bool) -> Vec<String> {
    if table.table.definition.is_some() {
        return Vec::new();
    }
    let add = |name: &QualifiedName, key: &ForeignKey| {
        let valid = if is_part_of_table(key) { "" } else { " NOT VALID" };
        format!("ALTER TABLE {} ADD {}{valid}", model.name_in_statements(name), foreign_key(model, key))
    };
    let name = table.qualified_name();
    let mut all: Vec<String> =
        table.table.foreign_keys.iter().filter(|key| wanted(key)).map(|key| add(&name, key)).collect();
    for (name, partition) in partitions_of(table) {
        all.extend(partition.foreign_keys.iter().filter(|key| wanted(key)).map(|key| add(&name, key)));
    }
    all
}

/// What is said of a table of PostgreSQL when it is complete: row security, policies, replica identity.
pub(super) fn settings(model: &Model, table: TableRef<'_>) -> Vec<String> {
    let engine = model.engine.name;
    let of = table.table;
    if engine != EngineName::PostgreSql {
        return Vec::new();
    }
    let name = table.qualified_name();
    let own = Settings {
        policies: &of.policies,
        row_security: of.row_security,
        force_row_security: of.force_row_security,
        replica_identity: of.replica_identity.as_deref(),
        indexes: &of.indexes,
    };
    let mut all = own.statements(model, &name);
    all.extend(of.columns.iter().filter(|column| !column.inherited).flat_map(|column| kept(model, &name, column)));
    all.extend(of.extended_statistics.iter().map(|object| create_statistics(model, &name, object)));
    for (name, partition) in partitions_of(table) {
        let own = Settings {
            policies: &partition.policies,
            row_security: partition.row_security,
            force_row_security: partition.force_row_security,
            replica_identity: partition.replica_identity.as_deref(),
            indexes: &partition.local_indexes,
        };
        all.extend(own.statements(model, &name));
    }
    all
}

/// How a column of PostgreSQL is stored and counted, where somebody chose it.
fn kept(model: &Model, table: &QualifiedName, column: &Column) -> Vec<String> {
    let mut all = Vec::new();
    all.extend(column.storage.as_ref().map(|storage| format!("SET STORAGE {}", storage.to_uppercase())));
    all.extend(column.compression.as_ref().map(|method| format!("SET COMPRESSION {method}")));
    all.extend(column.statistics_target.map(|target| format!("SET STATISTICS {target}")));
    all.extend((!column.options.is_empty()).then(|| format!("SET ({})", column.options.join(", "))));
    if all.is_empty() {
        return all;
    }
    let name = quote_identifier(model.engine.name, &column.name);
    let table = model.name_in_statements(table);
    all.into_iter().map(|what| format!("ALTER TABLE {table} ALTER COLUMN {name} {what}")).collect()
}

fn create_statistics(model: &Model, table: &QualifiedName, object: &ExtendedStatistics) -> String {
    let name = QualifiedName::new(object.schema.as_ref().unwrap_or(&table.schema), &object.name);
    let kinds = if object.kinds.is_empty() { String::new() } else { format!(" ({})", object.kinds.join(", ")) };
    let columns = object.columns.iter().map(|column| quote_identifier(model.engine.name, column));
    let on: Vec<String> = columns.chain(object.expressions.iter().map(|text| format!("({text})"))).collect();
    format!(
        "CREATE STATISTICS {}{kinds} ON {} FROM {}",
        model.name_in_statements(&name),
        on.join(", "),
        model.name_in_statements(table)
    )
}

/// What a table or partition says beside its columns and constraints.
struct Settings<'t> {
    policies: &'t [Policy],
    row_security: bool,
    force_row_security: bool,
    replica_identity: Option<&'t str>,
    indexes: &'t [Index],
}

impl Settings<'_> {
    fn statements(&self, model: &Model, name: &QualifiedName) -> Vec<String> {
        let engine = model.engine.name;
        let name = model.name_in_statements(name);
        let alter = |what: &str| format!("ALTER TABLE {name} {what}");
        let mut all: Vec<String> = self.policies.iter().map(|policy| create_policy(engine, &name, policy)).collect();
        all.extend(self.row_security.then(|| alter("ENABLE ROW LEVEL SECURITY")));
        all.extend(self.force_row_security.then(|| alter("FORCE ROW LEVEL SECURITY")));
        let marked = |mark: fn(&Index) -> bool| {
            self.indexes.iter().find(|index| mark(index)).map(|index| quote_identifier(engine, &index.name))
        };
        match self.replica_identity {
            Some("index") => {
                let index = marked(|index| index.replica_identity);
                all.extend(index.map(|index| alter(&format!("REPLICA IDENTITY USING INDEX {index}"))));
            }
            Some(identity) => all.push(alter(&format!("REPLICA IDENTITY {}", identity.to_uppercase()))),
            None => {}
        }
        all.extend(marked(|index| index.clustered).map(|index| alter(&format!("CLUSTER ON {index}"))));
        all
    }
}

fn create_policy(engine: EngineName, table: &str, policy: &Policy) -> String {
    let command = match policy.command {
        PolicyCommand::All => "ALL",
        PolicyCommand::Select => "SELECT",
        PolicyCommand::Insert => "INSERT",
        PolicyCommand::Update => "UPDATE",
        PolicyCommand::Delete => "DELETE",
    };
    let role = |role: &String| if role == "public" { "PUBLIC".to_owned() } else { quote_identifier(engine, role) };
    let roles: Vec<String> = policy.roles.iter().map(role).collect();
    let mut out = format!(
        "CREATE POLICY {} ON {table} AS {} FOR {command} TO {}",
        quote_identifier(engine, &policy.name),
        if policy.permissive { "PERMISSIVE" } else { "RESTRICTIVE" },
        roles.join(", ")
    );
    if let Some(using) = &policy.using {
        push!(out, " USING ({using})");
    }
    if let Some(check) = &policy.with_check {
        push!(out, " WITH CHECK ({check})");
    }
    out
}

pub(super) fn create_index(model: &Model, table: &QualifiedName, index: &Index) -> String {
    let engine = model.engine.name;
    let unique = if index.unique { "UNIQUE " } else { "" };
    let method = match index.method.as_str() {
        "btree" | "" => String::new(),
        method if engine == EngineName::PostgreSql => format!(" USING {}", quote_identifier(engine, method)),
        _ => String::new(),
    };
    let only = if index.missing_partitions.is_empty() { "" } else { "ONLY " };
    let mut out = format!(
        "CREATE {unique}INDEX {} ON {only}{}{method} ({})",
        quote_identifier(engine, &index.name),
        model.name_in_statements(table),
        parts(engine, index)
    );
    out.push_str(&included_columns(engine, index));
    if index.nulls_not_distinct {
        out.push_str(" NULLS NOT DISTINCT");
    }
    if !index.options.is_empty() && engine == EngineName::PostgreSql {
        push!(out, " WITH ({})", index.options.join(", "));
    }
    if let Some(predicate) = &index.predicate {
        push!(out, " WHERE {predicate}");
    }
    out
}

fn parts(engine: EngineName, index: &Index) -> String {
    index.key.iter().map(|part| key_part(engine, part)).collect::<Vec<_>>().join(", ")
}

fn key_part(engine: EngineName, part: &KeyPart) -> String {
    let mut out = match (&part.column, &part.expression) {
        (Some(column), _) => quote_identifier(engine, column),
        // SQLite keeps the text as it was written, so that parentheses would be another one.
        (None, Some(expression)) if engine == EngineName::Sqlite => expression.clone(),
        (None, Some(expression)) => format!("({expression})"),
        (None, None) => String::new(),
    };
    if let Some(length) = part.prefix_length {
        push!(out, "({length})");
    }
    if let Some(collation) = &*part.collation {
        push!(out, " COLLATE {}", collation_name(engine, collation));
    }
    if let Some(class) = &*part.operator_class {
        push!(out, " {class}");
    }
    if part.order == SortOrder::Descending {
        out.push_str(" DESC");
    }
    match part.nulls {
        Some(NullsOrder::First) => out.push_str(" NULLS FIRST"),
        Some(NullsOrder::Last) => out.push_str(" NULLS LAST"),
        None => {}
    }
    out
}

/// A column; of a typed table only when it says more than its type does.
fn column(model: &Model, table: &Table, column: &Column) -> Option<String> {
    let engine = model.engine.name;
    let typed = table.of_type.is_some();
    let mut out = String::with_capacity(64);
    push_identifier(&mut out, engine, &column.name);
    if typed {
        out.push_str(" WITH OPTIONS");
    } else if !column.data_type.is_empty() {
        out.push(' ');
        out.push_str(&column.data_type);
        if column.compressed {
            out.push_str(" COMPRESSED");
        }
        if let Some(srid) = column.srid.filter(|_| engine == EngineName::MariaDb) {
            push!(out, " REF_SYSTEM_ID={srid}");
        }
    }
    let start = out.len();
    // In MySQL and MariaDB every text has both, most of them the table's; that of JSON cannot be chosen.
    let own = (&*column.character_set, &*column.collation) != (&table.character_set, &table.collation);
    if !engine.is_mysql_family() || own && column.base_type() != "json" {
        if let Some(set) = &*column.character_set {
            push!(out, " CHARACTER SET {set}");
        }
        if let Some(collation) = &*column.collation {
            push!(out, " COLLATE {}", collation_name(engine, collation));
        }
    }
    if let Some(generated) = &column.generated {
        match generated.storage {
            GeneratedStorage::Stored => push!(out, " GENERATED ALWAYS AS ({}) STORED", generated.expression),
            GeneratedStorage::Virtual => push!(out, " GENERATED ALWAYS AS ({}) VIRTUAL", generated.expression),
            GeneratedStorage::RowStart => out.push_str(" GENERATED ALWAYS AS ROW START"),
            GeneratedStorage::RowEnd => out.push_str(" GENERATED ALWAYS AS ROW END"),
        }
    }
    let is_generated = column.generated.is_some();
    // MariaDB takes neither word for a generated column, and elsewhere a timestamp refuses NULL by itself where
    // `explicit_defaults_for_timestamp` is off.
    match (column.nullable, is_generated) {
        (_, true) if engine == EngineName::MariaDb => {}
        (false, _) => out.push_str(" NOT NULL"),
        (true, false) if engine.is_mysql_family() => out.push_str(" NULL"),
        (true, _) => {}
    }
    if let Some(srid) = column.srid.filter(|_| engine == EngineName::MySql) {
        push!(out, " SRID {srid}");
    }
    if let Some(identity) = &column.identity {
        out.push_str(match identity.mode {
            IdentityMode::Always => " GENERATED ALWAYS AS IDENTITY",
            IdentityMode::ByDefault => " GENERATED BY DEFAULT AS IDENTITY",
        });
        if let Some(name) = &identity.sequence {
            let of = model.schemas.iter().find(|schema| schema.name == name.schema);
            let sequence = of.and_then(|schema| schema.sequences.iter().find(|sequence| sequence.name == name.name));
            let mut options = String::new();
            // What the server would choose by itself goes without saying.
            if name.name != format!("{}_{}_seq", table.name, column.name) {
                push!(options, " SEQUENCE NAME {}", model.name_in_statements(name));
            }
            options.extend(sequence.filter(|it| !super::code::counts_plainly(it)).map(super::code::sequence_options));
            if !options.is_empty() {
                push!(out, " ({})", options.trim_start());
            }
        }
    }
    if let Some(default) = &column.default {
        push!(out, " DEFAULT {}", self::default(model, default));
    }
    if let Some(expression) = &*column.on_update {
        push!(out, " ON UPDATE {expression}");
    }
    if engine.is_mysql_family() {
        if column.auto_increment {
            out.push_str(" AUTO_INCREMENT");
        }
        if column.invisible {
            out.push_str(" INVISIBLE");
        }
        if column.unversioned {
            out.push_str(" WITHOUT SYSTEM VERSIONING");
        }
        if let Some(comment) = &column.comment {
            push!(out, " COMMENT {}", quote_literal(engine, comment));
        }
    }
    (!typed || out.len() > start).then_some(out)
}

/// A default. An expression of MySQL or MariaDB stands in parentheses, except the current time; a sequence in it is in a
/// database.
fn default(model: &Model, default: &ColumnDefault) -> String {
    let written = &default.expression;
    let moment = written.strip_prefix("CURRENT_TIMESTAMP").is_some_and(|rest| rest.is_empty() || rest.len() == 3);
    match default.kind {
        DefaultKind::Expression if model.engine.name.is_mysql_family() && !moment => {
            format!("({})", model.query_in_statements(written))
        }
        _ => written.clone(),
    }
}

fn foreign_key(model: &Model, key: &ForeignKey) -> String {
    let engine = model.engine.name;
    let list = |names: &[String]| match names.split_last() {
        Some((last, rest)) if key.period => {
            let mut parts: Vec<String> = rest.iter().map(|name| quote_identifier(engine, name)).collect();
            parts.push(format!("PERIOD {}", quote_identifier(engine, last)));
            parts.join(", ")
        }
        _ => quote_list(engine, names),
    };
    let mut out = format!(
        "{}FOREIGN KEY ({}) REFERENCES {} ({})",
        named(engine, key.name.as_deref()),
        list(&key.columns),
        model.name_in_statements(&key.referenced_table),
        list(&key.referenced_columns)
    );
    if key.match_type == MatchType::Full {
        out.push_str(" MATCH FULL");
    }
    // What nobody wrote MariaDB tells as RESTRICT, and what ALTER TABLE says in this word it tells as NO ACTION.
    let unwritten = if engine == EngineName::MariaDb { Action::Restrict } else { Action::NoAction };
    if key.on_delete != unwritten {
        push!(out, " ON DELETE {}", key.on_delete.sql());
        if !key.on_delete_columns.is_empty() {
            push!(out, " {}", columns(engine, &key.on_delete_columns));
        }
    }
    if key.on_update != unwritten {
        push!(out, " ON UPDATE {}", key.on_update.sql());
    }
    out.push_str(key.deferral.clause());
    if !key.enforced {
        out.push_str(" NOT ENFORCED");
    }
    out
}

/// Comments on a table of PostgreSQL and on what hangs on it; elsewhere they are parts of other statements.
pub(super) fn comments(model: &Model, table: TableRef<'_>) -> Vec<String> {
    let engine = model.engine.name;
    let of = table.table;
    if engine != EngineName::PostgreSql {
        return Vec::new();
    }
    let name = model.name_in_statements(&table.qualified_name());
    let quoted = |name: &str| quote_identifier(engine, name);
    let mut all: Vec<Option<String>> = vec![comment(engine, &format!("TABLE {name}"), of.comment.as_ref())];
    for column in &of.columns {
        all.push(comment(engine, &format!("COLUMN {name}.{}", quoted(&column.name)), column.comment.as_ref()));
    }
    let constraints = of
        .primary_key
        .iter()
        .map(|key| (&key.name, &key.comment))
        .chain(of.unique_constraints.iter().map(|key| (&key.name, &key.comment)))
        .chain(of.check_constraints.iter().map(|check| (&check.name, &check.comment)))
        .chain(of.foreign_keys.iter().map(|key| (&key.name, &key.comment)));
    let constraints = constraints.filter_map(|(name, comment)| Some((name.as_ref()?, comment.as_ref())));
    let exclusions = of.exclusion_constraints.iter().map(|exclusion| (&exclusion.name, exclusion.comment.as_ref()));
    for (constraint, text) in constraints.chain(exclusions) {
        all.push(comment(engine, &format!("CONSTRAINT {} ON {name}", quoted(constraint)), text));
    }
    for index in &of.indexes {
        let index_name = model.name_in_statements(&QualifiedName::new(&table.schema.name, &index.name));
        all.push(comment(engine, &format!("INDEX {index_name}"), index.comment.as_ref()));
    }
    for object in &of.extended_statistics {
        let schema = object.schema.as_ref().unwrap_or(&table.schema.name);
        let object_name = model.name_in_statements(&QualifiedName::new(schema, &object.name));
        all.push(comment(engine, &format!("STATISTICS {object_name}"), object.comment.as_ref()));
    }
    for policy in &of.policies {
        all.push(comment(engine, &format!("POLICY {} ON {name}", quoted(&policy.name)), policy.comment.as_ref()));
    }
    for (partition_name, partition) in partitions_of(table) {
        let on = format!("TABLE {}", model.name_in_statements(&partition_name));
        all.push(comment(engine, &on, partition.comment.as_ref()));
        let name = model.name_in_statements(&partition_name);
        for column in &partition.columns {
            all.push(comment(engine, &format!("COLUMN {name}.{}", quoted(&column.name)), column.comment.as_ref()));
        }
        for policy in &partition.policies {
            all.push(comment(engine, &format!("POLICY {} ON {name}", quoted(&policy.name)), policy.comment.as_ref()));
        }
    }
    all.into_iter().flatten().collect()
}
