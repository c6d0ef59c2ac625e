//! Indexes and the keys that stand on them: built concurrently, adopted in a moment.

use super::{
    ACCESS_EXCLUSIVE, BRIEFLY, Duration, EVERYTHING, Phase, Planner, Request, SHARE_UPDATE_EXCLUSIVE, Safety, Step,
    WRITES, beside, fixed_by_type, foreign_partition, is_partitioned,
};
use crate::checks::Change;
use crate::model::quote::{quote_literal, unique_clause};
use crate::model::{
    Deferral, EngineName, Index, KeyPart, NullsOrder, Partition, QualifiedName, SortOrder, TableRef, UniqueConstraint,
};
use crate::remedy::planner::unique_before;
use crate::remedy::upserts::warned;

pub(super) fn add(planner: &mut Planner<'_>, request: &Request) {
    match &request.change {
        Change::AddIndex { table, name, method, key, predicate } => {
            let index = Definition { unique: false, method, key, predicate: predicate.as_deref(), equal_nulls: false };
            let name = planner.fresh_index(table, name);
            add_index(planner, request, table, &name, &index);
        }
        Change::DropIndex { table, name } => {
            let (rank, step) = drop_index(planner, table, name);
            planner.add(rank, request, step);
        }
        Change::RepairIndex { table, name } => repair_index(planner, request, table, name),
        Change::AddPrimaryKey { table, name, columns } => add_primary_key(planner, request, table, name, columns),
        Change::AddSurrogateKey { table, column, name } => add_surrogate_key(planner, request, table, column, name),
        Change::AddUnique { table, .. } => add_unique(planner, request, table),
        _ => {}
    }
}

/// What `CREATE INDEX` says beside name and table.
#[derive(Clone, Copy)]
pub(super) struct Definition<'d> {
    pub(super) unique: bool,
    pub(super) method: &'d str,
    pub(super) key: &'d [KeyPart],
    pub(super) predicate: Option<&'d str>,
    pub(super) equal_nulls: bool,
}

impl Definition<'_> {
    /// The index of a partition that can be attached as it is. The server compares them; when it would not take the index, a
    /// new one is built.
    fn equal_of(self, partition: &Partition) -> Option<&Index> {
        let indexes = partition.local_indexes.iter().filter(|index| {
            index.is_usable()
                && index.constraint.is_none()
                && index.include.is_empty()
                && index.unique == self.unique
                && index.nulls_not_distinct == self.equal_nulls
                && index.method == self.method
                && index.key == self.key
                && index.predicate.as_deref() == self.predicate
        });
        // Of equal ones `index-duplicate` keeps this one.
        indexes.min_by_key(|index| (!index.replica_identity, !index.clustered, index.name.as_str()))
    }

    /// What it is called on a partition.
    fn name_in(self, partition: &QualifiedName) -> String {
        let columns: Vec<&str> = self.key.iter().filter_map(|part| part.column.as_deref()).collect();
        format!("{}_{}_idx", partition.name, columns.join("_"))
    }

    fn create(self, planner: &Planner<'_>, name: &str, on: &str, concurrently: bool) -> String {
        let unique = if self.unique { "UNIQUE " } else { "" };
        let concurrently = if concurrently { "CONCURRENTLY " } else { "" };
        let method =
            if self.method == "btree" { String::new() } else { format!(" USING {}", planner.quote(self.method)) };
        let parts: Vec<String> = self.key.iter().map(|part| key_part(planner, part)).collect();
        let nulls = if self.equal_nulls { " NULLS NOT DISTINCT" } else { "" };
        let predicate = self.predicate.map(|text| format!(" WHERE {text}")).unwrap_or_default();
        format!(
            "CREATE {unique}INDEX {concurrently}{} ON {on}{method} ({}){nulls}{predicate}",
            planner.quote(name),
            parts.join(", ")
        )
    }
}

fn key_part(planner: &Planner<'_>, part: &KeyPart) -> String {
    let mut text = match (&part.column, &part.expression) {
        (Some(column), _) => planner.quote(column),
        (None, expression) => format!("({})", expression.as_deref().unwrap_or_default()),
    };
    let collation = part.collation.as_ref().map(|collation| format!("COLLATE {collation}"));
    for extra in collation.iter().chain(&*part.operator_class) {
        text.push(' ');
        text.push_str(extra);
    }
    if part.order == SortOrder::Descending {
        text.push_str(" DESC");
    }
    match part.nulls {
        Some(NullsOrder::First) => text.push_str(" NULLS FIRST"),
        Some(NullsOrder::Last) => text.push_str(" NULLS LAST"),
        None => {}
    }
    text
}

fn is_valid(planner: &Planner<'_>, table: &QualifiedName, name: &str) -> String {
    let index = quote_literal(EngineName::PostgreSql, &beside(planner, table, name));
    format!("SELECT indisvalid FROM pg_index WHERE indexrelid = {index}::regclass")
}

/// Adds an ordinary index over whole columns.
pub(super) fn add_plain_index(
    planner: &mut Planner<'_>,
    request: &Request,
    table: &QualifiedName,
    name: &str,
    columns: &[String],
) {
    let key: Vec<KeyPart> = columns.iter().map(|column| KeyPart::column(column.clone())).collect();
    let index = Definition { unique: false, method: "btree", key: &key, predicate: None, equal_nulls: false };
    let name = planner.fresh_index(table, name);
    add_index(planner, request, table, &name, &index);
}

fn add_index(planner: &mut Planner<'_>, request: &Request, table: &QualifiedName, name: &str, index: &Definition<'_>) {
    if is_partitioned(planner, table) {
        return add_partitioned_index(planner, request, table, name, index);
    }
    let step = concurrent_step(planner, table, name, index);
    planner.add(50, request, step);
}

/// The index, built while everybody works.
pub(super) fn concurrent_step(
    planner: &Planner<'_>,
    table: &QualifiedName,
    name: &str,
    index: &Definition<'_>,
) -> Step {
    let statement = index.create(planner, name, &planner.relation(table), true);
    let unique = if index.unique { "unique " } else { "" };
    let safety = if index.unique { Safety::Caution } else { Safety::Safe };
    let step = Step::new(format!("add {unique}index {name}"), table, Phase::Expand, vec![statement])
        .outside()
        .how("CONCURRENTLY", SHARE_UPDATE_EXCLUSIVE, "nothing", safety, Duration::Scan)
        .verify(is_valid(planner, table, name))
        // A constraint that took the index over takes it away, too.
        .undo(format!("DROP INDEX CONCURRENTLY IF EXISTS {}", beside(planner, table, name)))
        .note("Waits for transactions that are older than itself. If it fails it leaves an invalid index: drop that and start again.");
    if index.unique { step.note("Writes that would repeat a key fail from here on.") } else { step }
}

fn add_partitioned_index(
    planner: &mut Planner<'_>,
    request: &Request,
    table: &QualifiedName,
    name: &str,
    index: &Definition<'_>,
) {
    if foreign_partition(planner, table).is_some() {
        return add_beside_foreign(planner, request, table, name, index);
    }
    let parent = index.create(planner, name, &format!("ONLY {}", planner.relation(table)), false);
    let step =
        Step::new(format!("add index {name} to the partitioned table alone"), table, Phase::Expand, vec![parent])
            .how("ON ONLY", "SHARE", "writes to the table, for a moment", Safety::Safe, Duration::Metadata)
            .undo(format!("DROP INDEX {}", beside(planner, table, name)))
            .note("Invalid until the index of every partition is attached.");
    planner.add(50, request, step);
    let above = QualifiedName::new(&table.schema, name);
    let partitioning = planner.table(table).and_then(|of| of.table.partitioning.as_ref());
    for partition in partitioning.map(|partitioning| &partitioning.partitions).into_iter().flatten() {
        let schema = partition.schema.as_deref().unwrap_or(&table.schema);
        attach_partition(planner, request, table, &above, (schema, partition), index);
    }
}

/// The index of a table of which partitions are foreign tables: they have no part of it, so that one that is made for the table
/// alone would stay invalid. It takes the equal indexes of the others, which are built before.
fn add_beside_foreign(
    planner: &mut Planner<'_>,
    request: &Request,
    table: &QualifiedName,
    name: &str,
    index: &Definition<'_>,
) {
    let partitioning = planner.table(table).and_then(|of| of.table.partitioning.as_ref());
    let all = partitioning.map(|partitioning| partitioning.all(&table.schema)).unwrap_or_default();
    for (schema, partition) in all {
        if partition.foreign || partition.partitioning.is_some() || index.equal_of(partition).is_some() {
            continue;
        }
        let of = QualifiedName::new(schema, &partition.name);
        let made = planner.fresh_index(&of, &index.name_in(&of));
        let step = partition_step(planner, table, &of, &made, index);
        planner.add(50, request, step);
    }
    let statement = index.create(planner, name, &planner.relation(table), false);
    let step = Step::new(format!("add index {name}"), table, Phase::Expand, vec![statement])
        .how(
            "takes those of partitions",
            "SHARE",
            "writes to the table, for a moment",
            Safety::Caution,
            Duration::Metadata,
        )
        .verify(is_valid(planner, table, name))
        .undo(format!("DROP INDEX {}", beside(planner, table, name)))
        .note("The equal indexes of partitions become parts of it. Partitions that are foreign tables get none.");
    planner.add(50, request, step);
}

/// The index of one partition, built while everybody works.
fn partition_step(
    planner: &Planner<'_>,
    table: &QualifiedName,
    partition: &QualifiedName,
    name: &str,
    index: &Definition<'_>,
) -> Step {
    let statement = index.create(planner, name, &planner.relation(partition), true);
    let title = format!("add index {name} to partition {}", partition.name);
    Step::new(title, table, Phase::Expand, vec![statement])
        .outside()
        .how("CONCURRENTLY", SHARE_UPDATE_EXCLUSIVE, "nothing", Safety::Safe, Duration::Scan)
        .verify(is_valid(planner, partition, name))
        .undo(format!("DROP INDEX CONCURRENTLY {}", beside(planner, partition, name)))
}

/// Builds the index on a partition that has no equal one, on those below it first, and attaches it to the index above.
fn attach_partition(
    planner: &mut Planner<'_>,
    request: &Request,
    table: &QualifiedName,
    above: &QualifiedName,
    (schema, partition): (&str, &Partition),
    index: &Definition<'_>,
) {
    let name = QualifiedName::new(schema, &partition.name);
    if let Some(equal) = index.equal_of(partition) {
        return attach(planner, request, table, above, &name, &equal.name);
    }
    let made = planner.fresh_index(&name, &index.name_in(&name));
    if let Some(below) = &partition.partitioning {
        let statement = index.create(planner, &made, &format!("ONLY {}", planner.relation(&name)), false);
        let title = format!("add index {made} to partition {}", name.name);
        let step = Step::new(title, table, Phase::Expand, vec![statement])
            .how("ON ONLY", "SHARE", "writes to the partition, for a moment", Safety::Safe, Duration::Metadata)
            .undo(format!("DROP INDEX {}", beside(planner, &name, &made)))
            .note("Invalid until the index of every partition is attached.");
        planner.add(50, request, step);
        let above = QualifiedName::new(schema, &made);
        for partition in &below.partitions {
            let schema = partition.schema.as_deref().unwrap_or(schema);
            attach_partition(planner, request, table, &above, (schema, partition), index);
        }
    } else {
        let step = partition_step(planner, table, &name, &made, index);
        planner.add(50, request, step);
    }
    attach(planner, request, table, above, &name, &made);
}

/// Makes the index of a partition a part of the index above it.
fn attach(
    planner: &mut Planner<'_>,
    request: &Request,
    table: &QualifiedName,
    above: &QualifiedName,
    partition: &QualifiedName,
    name: &str,
) {
    let (whole, part) = (planner.relation(above), beside(planner, partition, name));
    let quoted = |name: &str| quote_literal(EngineName::PostgreSql, name);
    let verify = format!(
        "SELECT inhparent = {}::regclass FROM pg_inherits WHERE inhrelid = {}::regclass",
        quoted(&whole),
        quoted(&part)
    );
    let statement = format!("ALTER INDEX {whole} ATTACH PARTITION {part}");
    let step = Step::new(format!("attach index {name}"), table, Phase::Expand, vec![statement])
        .how(
            "ATTACH PARTITION",
            ACCESS_EXCLUSIVE,
            "everything on the partition, for a moment",
            Safety::Caution,
            Duration::Metadata,
        )
        .verify(verify)
        .note("Locks the partition's index, which every query that is planned on the partition needs.")
        .irreversible(ATTACHED);
    planner.add(50, request, step);
}

/// Why an attached index stays so.
const ATTACHED: &str = "an index is attached for good, and goes with that of the partitioned table";

/// The step that drops an index, or the constraint that stands on it, and its rank.
fn drop_index(planner: &Planner<'_>, table: &QualifiedName, name: &str) -> (u32, Step) {
    let (index, schema) = find(planner, table, name);
    let quoted = planner.relation(&QualifiedName::new(&schema, name));
    if let Some(constraint) = index.as_ref().and_then(|index| index.constraint.clone()) {
        return drop_key(planner, table, &constraint);
    }
    let partitioned = is_partitioned(planner, table)
        && planner.table(table).is_some_and(|table| table.table.indexes.iter().any(|index| index.name == name));
    let title = format!("drop index {name}");
    let mut step = if partitioned {
        Step::new(title, table, Phase::Contract, vec![format!("DROP INDEX {quoted}")])
            .how("metadata only", ACCESS_EXCLUSIVE, BRIEFLY, Safety::Caution, Duration::Metadata)
            .note("The index of a partitioned table cannot be dropped concurrently.")
    } else {
        Step::new(title, table, Phase::Contract, vec![format!("DROP INDEX CONCURRENTLY IF EXISTS {quoted}")])
            .outside()
            .how("CONCURRENTLY", SHARE_UPDATE_EXCLUSIVE, "nothing", Safety::Safe, Duration::Metadata)
            .verify(format!("SELECT to_regclass({}) IS NULL", quote_literal(EngineName::PostgreSql, &quoted)))
    };
    if let Some(index) = index {
        let definition = Definition {
            unique: index.unique,
            method: &index.method,
            key: &index.key,
            predicate: index.predicate.as_deref(),
            equal_nulls: index.nulls_not_distinct,
        };
        if index.include.is_empty() {
            step = step.undo(definition.create(planner, name, &planner.relation(table), !partitioned));
        }
    }
    if step.undo.is_empty() {
        step = step.irreversible("its definition is not whole in the catalog that was read: print it before");
    }
    (40, step)
}

/// An index of a table or a partition, with the schema it stands in.
fn find(planner: &Planner<'_>, table: &QualifiedName, name: &str) -> (Option<Index>, String) {
    let indexes = match planner.table(table) {
        Some(of) => Some(&of.table.indexes),
        None => partition(planner, table).map(|partition| &partition.local_indexes),
    };
    let index = indexes.and_then(|indexes| indexes.iter().find(|index| index.name == name));
    (index.cloned(), table.schema.clone())
}

/// The partition of this name, of whatever table.
fn partition<'p>(planner: &Planner<'p>, name: &QualifiedName) -> Option<&'p Partition> {
    let partitioned = |table: TableRef<'p>| {
        let all = table.table.partitioning.as_ref().map(|partitioning| partitioning.all(&table.schema.name));
        all.unwrap_or_default()
    };
    let mut all = planner.context.tables.iter().flat_map(partitioned);
    all.find(|(schema, partition)| *schema == name.schema && partition.name == name.name)
        .map(|(_, partition)| partition)
}

fn drop_key(planner: &Planner<'_>, table: &QualifiedName, constraint: &str) -> (u32, Step) {
    let statement = format!("ALTER TABLE {} DROP CONSTRAINT {}", planner.relation(table), planner.quote(constraint));
    let step = Step::new(format!("drop constraint {constraint}"), table, Phase::Contract, vec![statement])
        .how("metadata only", ACCESS_EXCLUSIVE, BRIEFLY, Safety::Caution, Duration::Metadata)
        .note("Refused while a foreign key depends on it.");
    let of = planner.table(table).map(|of| of.table);
    let old = of.and_then(|of| {
        let unique = of.unique_constraints.iter().find(|unique| unique.name.as_deref() == Some(constraint))?;
        Some(unique_clause(planner.engine, unique, &of.indexes))
    });
    let step = match old {
        Some(old) => step.undo(format!(
            "ALTER TABLE {} ADD CONSTRAINT {} {old}",
            planner.relation(table),
            planner.quote(constraint)
        )),
        None => step.irreversible("the constraint is not in the catalog that was read"),
    };
    (30, step)
}

/// Whether an interrupted REINDEX CONCURRENTLY left an index behind: a copy, whose original still works.
pub(in crate::remedy) fn is_leftover(name: &str) -> bool {
    let name = name.trim_end_matches(|character: char| character.is_ascii_digit());
    name.ends_with("_ccnew") || name.ends_with("_ccold")
}

fn repair_index(planner: &mut Planner<'_>, request: &Request, table: &QualifiedName, name: &str) {
    let (index, schema) = find(planner, table, name);
    let quoted = planner.relation(&QualifiedName::new(&schema, name));
    let Some(index) = index else {
        return planner.refuse(request.change.clone(), "the index is not in the catalog");
    };
    if is_partitioned(planner, table) && !index.missing_partitions.is_empty() {
        if let Some(partition) = foreign_partition(planner, table) {
            let reason = format!(
                "partition {partition} is a foreign table, so that the index never becomes valid: drop it, and make it for the whole table"
            );
            return planner.refuse(request.change.clone(), reason);
        }
        let definition = Definition {
            unique: index.unique,
            method: &index.method,
            key: &index.key,
            predicate: index.predicate.as_deref(),
            equal_nulls: index.nulls_not_distinct,
        };
        let above = QualifiedName::new(&schema, name);
        for missing in &*index.missing_partitions {
            if let Some(partition) = partition(planner, missing) {
                attach_partition(planner, request, table, &above, (&missing.schema, partition), &definition);
            }
        }
        return;
    }
    if is_leftover(name) {
        let step = Step::new(
            format!("drop index {name}"),
            table,
            Phase::Expand,
            vec![format!("DROP INDEX CONCURRENTLY {quoted}")],
        )
        .outside()
        .how("CONCURRENTLY", SHARE_UPDATE_EXCLUSIVE, "nothing", Safety::Safe, Duration::Metadata)
        .irreversible("it answered no query")
        .note("An interrupted REINDEX CONCURRENTLY left it behind; the original index still works.");
        planner.add(50, request, step);
        return;
    }
    let mut step = Step::new(
        format!("rebuild index {name}"),
        table,
        Phase::Expand,
        vec![format!("REINDEX INDEX CONCURRENTLY {quoted}")],
    )
    .outside()
    .how("CONCURRENTLY", SHARE_UPDATE_EXCLUSIVE, "nothing", Safety::Safe, Duration::Scan)
    .verify(format!(
        "SELECT indisvalid FROM pg_index WHERE indexrelid = {}::regclass",
        quote_literal(EngineName::PostgreSql, &quoted)
    ))
    .irreversible("the index is what it was, without its damage");
    if index.unique
        && let Some(columns) = index.plain_columns()
    {
        let columns: Vec<String> = columns.into_iter().map(str::to_owned).collect();
        step = step.check(planner.duplicates(table, &columns, index.predicate.as_deref(), index.nulls_not_distinct));
    }
    planner.add(50, request, step);
}

fn plain_key(columns: &[String]) -> Vec<KeyPart> {
    columns.iter().map(|column| KeyPart::column(column.clone())).collect()
}

fn add_primary_key(
    planner: &mut Planner<'_>,
    request: &Request,
    table: &QualifiedName,
    name: &str,
    columns: &[String],
) {
    let Some(of) = planner.table(table) else {
        return planner.refuse(request.change.clone(), "the table is not in the catalog");
    };
    let relation = planner.relation(table);
    let nullable: Vec<&String> =
        columns.iter().filter(|column| of.table.column(column).is_some_and(|column| column.nullable)).collect();
    let mut constraints = of.table.unique_constraints.iter();
    let unique = constraints.find(|unique| unique.columns == columns && !unique.without_overlaps);
    let referenced = planner.context.tables.referenced_by(of.id).any(|(_, key)| key.referenced_columns == columns);
    if unique.is_some_and(|unique| unique.deferral != Deferral::NotDeferrable) {
        return planner.refuse(request.change.clone(), CHECKED_LATE);
    }
    if is_partitioned(planner, table) {
        if let Some(partition) = foreign_partition(planner, table) {
            return planner.refuse(request.change.clone(), no_unique_index(partition));
        }
        let key = &of.table.partitioning;
        if key.as_ref().is_some_and(|key| key.columns.iter().any(|column| !columns.contains(column))) {
            return planner
                .refuse(request.change.clone(), "a primary key of a partitioned table must contain its partition key");
        }
        let name = planner.fresh_key(table, name);
        let statement = format!(
            "ALTER TABLE {relation} ADD CONSTRAINT {} PRIMARY KEY ({})",
            planner.quote(&name),
            planner.list(columns)
        );
        let step = Step::new(format!("add primary key {name}"), table, Phase::Expand, vec![statement])
            .how("plain", ACCESS_EXCLUSIVE, EVERYTHING, Safety::Breaking, Duration::Scan)
            .check(planner.duplicates(table, columns, None, true))
            .undo(format!("ALTER TABLE {relation} DROP CONSTRAINT {}", planner.quote(&name)));
        planner.add(45, request, step);
        return;
    }
    for column in nullable {
        super::columns::not_null_now(planner, request, table, column);
    }
    let free = of.table.indexes.iter().find(|index| {
        index.unique
            && index.is_usable()
            && index.constraint.is_none()
            && index.predicate.is_none()
            && index.include.is_empty()
            && index.key == plain_key(columns)
    });
    let name = planner.fresh_key(table, name);
    let adopted = if let Some(index) = free {
        index.name.clone()
    } else {
        let index_name = planner.fresh_index(table, &format!("{name}_new"));
        let key = plain_key(columns);
        let index = Definition { unique: true, method: "btree", key: &key, predicate: None, equal_nulls: false };
        let step =
            concurrent_step(planner, table, &index_name, &index).check(planner.duplicates(table, columns, None, true));
        planner.add(46, request, step);
        index_name
    };
    let mut statements = Vec::new();
    if let Some(old) = unique.and_then(|unique| unique.name.as_ref()).filter(|_| !referenced) {
        statements.push(format!("ALTER TABLE {relation} DROP CONSTRAINT {}", planner.quote(old)));
    }
    statements.push(format!(
        "ALTER TABLE {relation} ADD CONSTRAINT {} PRIMARY KEY USING INDEX {}",
        planner.quote(&name),
        planner.quote(&adopted)
    ));
    let identifies = of.table.indexes.iter().any(|index| {
        index.replica_identity && !referenced && index.constraint == unique.and_then(|unique| unique.name.clone())
    });
    if identifies {
        statements.push(format!("ALTER TABLE {relation} REPLICA IDENTITY DEFAULT"));
    }
    let step = Step::new(format!("make it primary key {name}"), table, Phase::Expand, statements)
        .how("USING INDEX", ACCESS_EXCLUSIVE, BRIEFLY, Safety::Caution, Duration::Metadata)
        .undo(format!("ALTER TABLE {relation} DROP CONSTRAINT {}", planner.quote(&name)));
    planner.add(47, request, step);
}

fn add_surrogate_key(planner: &mut Planner<'_>, request: &Request, table: &QualifiedName, column: &str, name: &str) {
    if let Some(reason) = fixed_by_type(planner, table) {
        return planner.refuse(request.change.clone(), reason);
    }
    if is_partitioned(planner, table) {
        return planner.refuse(
            request.change.clone(),
            "a primary key of a partitioned table must contain its partition key, so a column of its own is not enough",
        );
    }
    if let Some(reason) = obstacle_to_surrogate_key(planner, table) {
        return planner.refuse(request.change.clone(), reason);
    }
    let column = planner.names.fresh(&[crate::remedy::names::Space::Column], table, column);
    let name = planner.fresh_key(table, name);
    let relation = planner.relation(table);
    let statement = format!(
        "ALTER TABLE {relation} ADD COLUMN {} bigint GENERATED ALWAYS AS IDENTITY, ADD CONSTRAINT {} PRIMARY KEY ({})",
        planner.quote(&column),
        planner.quote(&name),
        planner.quote(&column)
    );
    let step = Step::new(format!("add primary key {name} on a new column {column}"), table, Phase::Expand, vec![statement])
        .how("rewrite", ACCESS_EXCLUSIVE, EVERYTHING, Safety::Breaking, Duration::Rewrite)
        .undo(format!("ALTER TABLE {relation} DROP COLUMN {}", planner.quote(&column)))
        .note("INSERT without a column list and SELECT * see one column more.")
        .note("For a big table: add the column without identity, fill it in batches, build the unique index concurrently, then attach both.");
    planner.add(45, request, step);
}

/// Why a table cannot get a numbered column, if it cannot.
fn obstacle_to_surrogate_key(planner: &Planner<'_>, table: &QualifiedName) -> Option<String> {
    let inheritance = planner.table(table)?.table.inheritance.as_ref();
    if let Some(child) = inheritance.and_then(|inheritance| inheritance.children.first()) {
        return Some(format!("{} inherits from {}, and a numbered column is not passed on", child.name, table.name));
    }
    if let Some(reason) = planner.code.holder_of_rows(table) {
        return Some(reason);
    }
    let publication = planner.sends_every_column(table)?;
    Some(format!(
        "publication {publication} sends every column, and subscribers stop at one that they lack: add it there first"
    ))
}

fn add_unique(planner: &mut Planner<'_>, request: &Request, table: &QualifiedName) {
    let Change::AddUnique { name, columns, nulls_not_distinct, predicate, replaces, .. } = &request.change else {
        return;
    };
    let identifies = |index: &Index| index.replica_identity && replaces.as_ref() == Some(&index.name);
    if planner.table(table).is_some_and(|of| of.table.indexes.iter().any(identifies)) {
        return planner.refuse(
            request.change.clone(),
            "logical replication finds rows by the old key: choose another replica identity first",
        );
    }
    let constraints = planner.table(table).map(|of| of.table.unique_constraints.as_slice()).unwrap_or_default();
    let is_late = |unique: &UniqueConstraint| unique.deferral != Deferral::NotDeferrable;
    if constraints.iter().any(|unique| replaces.is_some() && unique.name == *replaces && is_late(unique)) {
        return planner.refuse(request.change.clone(), CHECKED_LATE);
    }
    if let Some(partition) = foreign_partition(planner, table) {
        return planner.refuse(request.change.clone(), no_unique_index(partition));
    }
    let key = plain_key(columns);
    let relation = planner.relation(table);
    let native = planner.version.0 >= 15;
    let nullable: Vec<String> = columns
        .iter()
        .filter(|name| planner.column(table, name).is_some_and(|column| column.nullable))
        .cloned()
        .collect();
    let split = *nulls_not_distinct && !native && !nullable.is_empty();
    let check = planner.duplicates(table, columns, predicate.as_deref(), *nulls_not_distinct);
    if is_partitioned(planner, table) {
        let partition_key = planner.table(table).and_then(|of| of.table.partitioning.as_ref());
        let misses = partition_key
            .is_some_and(|key| key.columns.is_empty() || key.columns.iter().any(|column| !columns.contains(column)));
        if misses || predicate.is_some() || split {
            return planner.refuse(
                request.change.clone(),
                "a unique key of a partitioned table must contain its partition key and cannot be partial",
            );
        }
        let name = planner.fresh_key(table, name);
        let nulls = if *nulls_not_distinct { " NULLS NOT DISTINCT" } else { "" };
        let statement = format!(
            "ALTER TABLE {relation} ADD CONSTRAINT {} UNIQUE{nulls} ({})",
            planner.quote(&name),
            planner.list(columns)
        );
        let step = Step::new(format!("add unique constraint {name}"), table, Phase::Expand, vec![statement])
            .how("plain", ACCESS_EXCLUSIVE, WRITES, Safety::Breaking, Duration::Scan)
            .check(check)
            .undo(format!("ALTER TABLE {relation} DROP CONSTRAINT {}", planner.quote(&name)));
        planner.add(45, request, step);
    } else if split {
        if nullable.len() > 3 {
            return planner.refuse(request.change.clone(), "before PostgreSQL 15 NULLs count as equal only through one partial index for every combination of nullable columns, and there are too many");
        }
        // One partial index for every combination of NULLs; the existing key covers rows without any.
        for (rest, nulls) in planner.null_combinations(table, columns) {
            let mut condition: Vec<String> =
                nulls.iter().map(|name| format!("{} IS NULL", planner.quote(name))).collect();
            condition.extend(predicate.iter().map(|predicate| format!("({predicate})")));
            let condition = condition.join(" AND ");
            let parts = if rest.is_empty() { vec![KeyPart::expression("true")] } else { plain_key(&rest) };
            let index_name = planner.fresh_index(table, &format!("{name}_{}_null", nulls.join("_")));
            let index = Definition {
                unique: true,
                method: "btree",
                key: &parts,
                predicate: Some(&condition),
                equal_nulls: false,
            };
            let step = concurrent_step(planner, table, &index_name, &index)
                .check(check.clone())
                .note("Before PostgreSQL 15 only a partial index makes NULLs count as equal.");
            planner.add(46, request, step);
        }
        return;
    } else {
        let index = Definition {
            unique: true,
            method: "btree",
            key: &key,
            predicate: predicate.as_deref(),
            equal_nulls: *nulls_not_distinct,
        };
        let constraint = predicate.is_none();
        let wanted = Index {
            key: key.clone(),
            predicate: predicate.clone(),
            nulls_not_distinct: *nulls_not_distinct,
            ..Index::new("")
        };
        let there = planner.table(table).and_then(|of| unique_before(of.table, &wanted, replaces.as_ref()));
        let name = if constraint { planner.fresh_key(table, name) } else { planner.fresh_index(table, name) };
        let index_name = match there {
            Some(there) => there.name.clone(),
            None if constraint => planner.fresh_index(table, &format!("{name}_new")),
            None => name.clone(),
        };
        if there.is_none() {
            let step = concurrent_step(planner, table, &index_name, &index).check(check);
            planner.add(46, request, step);
        }
        if constraint && there.is_none_or(|there| there.constraint.is_none()) {
            let statement = format!(
                "ALTER TABLE {relation} ADD CONSTRAINT {} UNIQUE USING INDEX {}",
                planner.quote(&name),
                planner.quote(&index_name)
            );
            let step = Step::new(format!("make it unique constraint {name}"), table, Phase::Expand, vec![statement])
                .how("USING INDEX", ACCESS_EXCLUSIVE, BRIEFLY, Safety::Caution, Duration::Metadata)
                .undo(format!("ALTER TABLE {relation} DROP CONSTRAINT {}", planner.quote(&name)));
            planner.add(47, request, step);
        }
    }
    if let Some(old) = replaces {
        retire(planner, request, table, old);
    }
}

/// Why a deferrable constraint is not replaced.
const CHECKED_LATE: &str = "the key that it would replace is deferrable, and what exchanges values in steps would fail: the new one is checked at once";

fn no_unique_index(partition: &str) -> String {
    format!("partition {partition} is a foreign table, which cannot have a unique index")
}

/// Drops the constraint or index that a new unique key replaces.
fn retire(planner: &mut Planner<'_>, request: &Request, table: &QualifiedName, old: &str) {
    let constraint = planner
        .table(table)
        .is_some_and(|of| of.table.unique_constraints.iter().any(|unique| unique.name.as_deref() == Some(old)));
    let (rank, step) = if constraint { drop_key(planner, table, old) } else { drop_index(planner, table, old) };
    let step = warned(planner, &request.change, step);
    planner.add(rank, request, step);
}
