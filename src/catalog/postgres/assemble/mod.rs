//! From rows to the model: a pure function. Everything is looked up by object identifier in maps that are built once;
//! none of the identifiers reaches the model.

mod constraints;
mod indexes;
mod left_out;
mod routines;
mod statistics;
mod tables;
mod types;

use super::rows::{
    ColumnRow, ColumnType, Constraint, Expression, IndexExpressions, IndexRow, Oid, PartitionColumn, Relation, Rows,
    SequenceRow, TypeRow,
};
use super::scope::{Scope, class, locked};
use crate::catalog::outside::resting;
use crate::model::{
    ColumnDefault, DataType, Engine, EngineName, Model, PartitionRetention, QualifiedName, ScheduledJob, Schema, Table,
    TriggerEnabled, UNSEEN, Unseen, UnseenKind, quote,
};
use crate::parallel;
use foldhash::{HashMap, HashMapExt as _, HashSet};
use std::sync::{Arc, Mutex, PoisonError};

/// Relations that one thread builds at a time.
const PORTION: usize = 64;

/// Forks and services that say so in `version()`.
const VARIANTS: &[(&str, &str)] = &[
    ("CockroachDB", "CockroachDB"),
    ("EnterpriseDB", "EDB Postgres Advanced Server"),
    ("Greenplum", "Greenplum"),
    ("Redshift", "Redshift"),
    ("-YB-", "YugabyteDB"),
];

/// Builds the model of what is in scope.
pub(super) fn assemble(rows: &Rows, scope: &Scope, everything: bool, statistics: bool) -> Model {
    let maps = Maps::new(rows, scope);
    let mut model = Model::new(engine(rows));
    model.comment = rows.session.first().and_then(|session| session.comment.clone());
    let mut positions = HashMap::default();
    for row in rows.schemas.iter().filter(|row| scope.has_schema(row.oid)) {
        let mut schema = Schema::new(&row.name);
        schema.owner = Some(row.owner.clone());
        schema.public_create = row.public_create;
        // What every new database says about its schema public is nobody's comment.
        schema.comment = maps
            .comment(class::SCHEMA, row.oid, 0)
            .filter(|comment| row.name != "public" || comment != "standard public schema");
        positions.insert(row.oid, model.schemas.len());
        model.schemas.push(schema);
    }

    // In order already, so that the sort at the end finds nothing to move.
    let mut relations: Vec<&Relation> =
        rows.relations.iter().filter(|relation| scope.has_relation(relation.oid)).collect();
    relations.sort_unstable_by(|a, b| (a.schema, &a.name).cmp(&(b.schema, &b.name)));
    let (views, tables): (Vec<&Relation>, Vec<&Relation>) =
        relations.into_iter().partition(|relation| matches!(relation.kind, 'v' | 'm'));
    let portions: Vec<&[&Relation]> = tables.chunks(PORTION).collect();
    let build = |portion: &&[&Relation]| portion.iter().map(|relation| maps.table(relation)).collect::<Vec<Table>>();
    let (built, found) = parallel::join(
        tables.len(),
        || parallel::map(&portions, tables.len(), build),
        || statistics.then(|| maps.statistics(scope)),
    );
    for of_schema in tables.chunk_by(|one, other| one.schema == other.schema) {
        if let Some(schema) = of_schema.first().and_then(|first| schema_of(&mut model, &positions, first.schema)) {
            schema.tables.reserve_exact(of_schema.len());
        }
    }
    for (relation, table) in tables.iter().zip(built.into_iter().flatten()) {
        if let Some(schema) = schema_of(&mut model, &positions, relation.schema) {
            schema.tables.push(table);
        }
    }
    for relation in views {
        if let Some(schema) = schema_of(&mut model, &positions, relation.schema) {
            let mut view = maps.view(relation);
            // Whether rows are stored is a fact about this copy, like the other statistics.
            view.populated |= !statistics;
            schema.views.push(view);
        }
    }
    for row in rows.types.iter().filter(|row| !scope.is_member(class::TYPE, row.oid)) {
        if let Some(schema) = schema_of(&mut model, &positions, row.schema) {
            maps.user_type(row, schema);
        }
    }
    for row in rows.collations.iter().filter(|row| !scope.is_member(class::COLLATION, row.oid)) {
        if let Some(schema) = schema_of(&mut model, &positions, row.schema) {
            schema.collations.push(maps.user_collation(row));
        }
    }
    for row in rows.sequences.iter().filter(|row| scope.has_sequence(row)) {
        if let Some(schema) = schema_of(&mut model, &positions, row.schema) {
            schema.sequences.push(maps.sequence(row));
        }
    }
    for row in rows.functions.iter().filter(|row| !scope.is_member(class::FUNCTION, row.oid)) {
        if let Some(schema) = schema_of(&mut model, &positions, row.schema) {
            schema.functions.push(maps.function(row));
        }
    }

    let sequences = rows.sequences.iter().filter(|row| scope.has_sequence(row)).map(|row| row.oid);
    let sequences: HashSet<Oid> = sequences.collect();
    let in_scope = |oid: Oid| oid == 0 || scope.has_relation(oid) || sequences.contains(&oid);
    for row in rows.grants.iter().chain(&maps.column_grants()).filter(|row| in_scope(row.relation)) {
        // Every new database gives everybody rights on its schema public.
        let of_new_database =
            row.kind == "schema" && row.grantee == 0 && maps.schema_names.get(&row.schema) == Some(&"public");
        let Some(grant) = maps.grant(row).filter(|_| !of_new_database) else { continue };
        if row.schema == 0 {
            model.default_grants.push(grant);
        } else if let Some(schema) = schema_of(&mut model, &positions, row.schema) {
            schema.grants.push(grant);
        }
    }

    let mut left_out = Vec::new();
    if !everything {
        // A schema whose every table the filter left out is not what the user asked for.
        let mut populated: HashSet<Oid> = HashSet::default();
        for relation in rows.relations.iter().filter(|relation| !relation.partition) {
            populated.insert(relation.schema);
        }
        let emptied: HashSet<&str> =
            rows.schemas.iter().filter(|row| populated.contains(&row.oid)).map(|row| row.name.as_str()).collect();
        let is_left_out = |schema: &mut Schema| {
            schema.tables.is_empty() && schema.views.is_empty() && emptied.contains(schema.name.as_str())
        };
        left_out = model.schemas.extract_if(.., is_left_out).collect();
    }
    left_out.extend(maps.left_out(scope));
    model.outside = resting(left_out, &model);

    model.extensions = maps.extensions();
    model.event_triggers = maps.event_triggers();
    model.publications = maps.publications();
    model.scheduled_jobs = rows
        .scheduled_jobs
        .iter()
        .map(|job| ScheduledJob {
            name: job.name.clone(),
            schedule: job.schedule.clone(),
            command: job.command.clone(),
            active: job.active,
        })
        .collect();
    model.partition_retention = rows
        .partition_retention
        .iter()
        .map(|row| PartitionRetention {
            parent_table: row.parent.clone(),
            partition_interval: row.interval.clone(),
            premake: row.premake,
            retention: row.retention.clone(),
            retention_schema: row.moved_to.clone(),
            retention_keep_table: row.keep_table,
        })
        .collect();
    model.migration_tables.clone_from(&scope.migration_tables);
    if found.is_some() {
        maps.note_unseen_statistics(scope);
    }
    model.statistics = found;
    model.unseen.clone_from(&rows.unseen);
    note_unreadable_names(&mut model);
    model.unseen.extend(maps.unseen.into_inner().unwrap_or_else(PoisonError::into_inner));
    model.sort();
    model
}

/// Notes tables with a name, or one in them, whose bytes are no UTF-8: a database in `SQL_ASCII` holds any, and does not say
/// which encoding they are in (PostgreSQL manual, "Character Set Support").
fn note_unreadable_names(model: &mut Model) {
    if model.engine.encoding.as_deref() != Some("SQL_ASCII") {
        return;
    }
    for schema in &model.schemas {
        for table in &schema.tables {
            let mut names = table.columns.iter().map(|column| &column.name).chain([&table.name]);
            if names.any(|name| name.contains(char::REPLACEMENT_CHARACTER)) {
                model.unseen.push(Unseen {
                    what: UnseenKind::Other,
                    schema: Some(schema.name.clone()),
                    object: Some(table.name.clone()),
                    reason: "a name has bytes that are no UTF-8, since the database is in SQL_ASCII: no statement can say it"
                        .to_owned(),
                    remedy: String::new(),
                });
            }
        }
    }
}

/// The schema that was made from a row.
fn schema_of<'m>(model: &'m mut Model, positions: &HashMap<Oid, usize>, oid: Oid) -> Option<&'m mut Schema> {
    model.schemas.get_mut(*positions.get(&oid)?)
}

fn engine(rows: &Rows) -> Engine {
    let session = rows.session.first();
    let number = session.map_or(0, |session| session.version);
    let text = session.map(|session| session.version_text.as_str()).unwrap_or_default();
    let variant = VARIANTS.iter().find(|(mark, _)| text.contains(mark)).map(|(_, name)| (*name).to_owned());
    Engine {
        name: EngineName::PostgreSql,
        version: format!("{}.{}", number / 10_000, number % 10_000),
        variant,
        encoding: session.map(|session| session.encoding.clone()),
        collation: session.map(|session| session.collation.clone()),
        settings: std::collections::BTreeMap::new(),
    }
}

/// Rows by what they are looked up by.
struct Maps<'r> {
    rows: &'r Rows,
    schema_names: HashMap<Oid, &'r str>,
    relations: HashMap<Oid, &'r Relation>,
    /// Columns by relation, in order.
    columns: HashMap<Oid, Vec<&'r ColumnRow>>,
    /// Columns of partitions that need it, by relation and number.
    partition_columns: HashMap<(Oid, i16), &'r PartitionColumn>,
    constraints: HashMap<Oid, Vec<&'r Constraint>>,
    domain_checks: HashMap<Oid, Vec<&'r Constraint>>,
    /// Constraint that an index backs.
    backed: HashMap<Oid, &'r Constraint>,
    indexes: HashMap<Oid, Vec<&'r IndexRow>>,
    /// Types of columns by identifier and modifier.
    column_types: HashMap<(Oid, i32), &'r ColumnType>,
    /// The default that is printed for a column, by relation and number.
    defaults: HashMap<(Oid, i16), Oid>,
    default_texts: HashMap<Oid, &'r str>,
    /// What the defaults that were printed mean.
    column_defaults: HashMap<Oid, Arc<ColumnDefault>>,
    check_texts: HashMap<Oid, &'r str>,
    index_texts: HashMap<Oid, &'r IndexExpressions>,
    /// Options of operator classes, by index and key part.
    index_options: HashMap<(Oid, i16), &'r [String]>,
    builds: HashSet<Oid>,
    operator_classes: HashMap<Oid, &'r super::rows::OperatorClass>,
    collations: HashMap<Oid, &'r super::rows::Collation>,
    /// User types and, under the identifier of its array type, the element type of each.
    types: HashMap<Oid, &'r TypeRow>,
    sequences_of: HashMap<(Oid, i16), &'r SequenceRow>,
    /// Children and parents of tables in order: partitions and old-style inheritance.
    children: HashMap<Oid, Vec<Oid>>,
    parents: HashMap<Oid, Vec<Oid>>,
    triggers: HashMap<Oid, Vec<&'r super::rows::TriggerRow>>,
    extended_statistics: HashMap<Oid, Vec<&'r super::rows::ExtendedStatisticsRow>>,
    policies: HashMap<Oid, Vec<&'r super::rows::PolicyRow>>,
    rules: HashMap<Oid, Vec<&'r super::rows::RuleRow>>,
    disabled: HashMap<Oid, Vec<QualifiedName>>,
    unvalidated_not_null: HashSet<(Oid, i16)>,
    /// NOT NULL constraints by relation and column.
    not_null_constraints: HashMap<(Oid, i16), Oid>,
    view_definitions: HashMap<Oid, &'r str>,
    view_reads: HashMap<Oid, Vec<Oid>>,
    bodies: HashMap<Oid, &'r str>,
    comments: HashMap<(Oid, Oid, i16), &'r str>,
    roles: HashMap<Oid, &'r str>,
    labels: HashMap<Oid, Vec<String>>,
    extension_types: HashSet<Oid>,
    locked: HashSet<Oid>,
    /// What turned out to be missing while the model was built.
    unseen: Mutex<Vec<Unseen>>,
}

/// Groups rows by a key, keeping their order.
fn group<'r, T>(rows: impl IntoIterator<Item = &'r T>, key: impl Fn(&T) -> Oid) -> HashMap<Oid, Vec<&'r T>> {
    let mut groups: HashMap<Oid, Vec<&'r T>> = HashMap::default();
    for row in rows {
        groups.entry(key(row)).or_default().push(row);
    }
    groups
}

/// Columns by relation, in order.
fn columns_in_order(rows: &Rows) -> HashMap<Oid, Vec<&ColumnRow>> {
    let columns = rows.columns.iter().filter(|column| column.number > 0);
    let mut in_order: Vec<&ColumnRow> = columns.chain(&rows.own_columns).collect();
    // They come almost in order, of which this sort makes use.
    in_order.sort_by_key(|column| (column.relation, column.number));
    let relations = in_order.chunk_by(|one, other| one.relation == other.relation);
    relations.filter_map(|columns| Some((columns.first()?.relation, columns.to_vec()))).collect()
}

/// The default that is printed for a column, by relation and number.
fn defaults(rows: &Rows) -> HashMap<(Oid, i16), Oid> {
    let printed = |oid| rows.alike.defaults().printed_as(oid);
    rows.defaults.iter().filter_map(|row| Some(((row.relation, row.number), printed(row.oid)?))).collect()
}

fn comments(rows: &Rows) -> HashMap<(Oid, Oid, i16), &str> {
    rows.comments.iter().map(|row| ((row.class, row.object, row.position), row.text.as_str())).collect()
}

fn texts(rows: &[Expression]) -> HashMap<Oid, &str> {
    rows.iter().filter_map(|row| Some((row.object, row.text.as_deref()?))).collect()
}

/// The rows of a group; none when there is no such group.
fn rows_of<T>(groups: &HashMap<Oid, Vec<T>>, key: Oid) -> &[T] {
    groups.get(&key).map_or(&[], Vec::as_slice)
}

impl<'r> Maps<'r> {
    fn new(rows: &'r Rows, scope: &Scope) -> Self {
        let (columns, (constraints, indexes, defaults, comments)) = parallel::join(
            rows.relations.len(),
            || columns_in_order(rows),
            || {
                (
                    group(&rows.constraints, |constraint| constraint.relation),
                    group(&rows.indexes, |index| index.relation),
                    defaults(rows),
                    comments(rows),
                )
            },
        );
        let mut types = HashMap::default();
        for row in &rows.types {
            types.insert(row.oid, row);
            if row.array != 0 {
                types.insert(row.array, row);
            }
        }
        let relations: HashMap<Oid, &Relation> =
            rows.relations.iter().map(|relation| (relation.oid, relation)).collect();
        let schema_names: HashMap<Oid, &str> = rows.schemas.iter().map(|row| (row.oid, row.name.as_str())).collect();
        let mut inheritance: Vec<_> = rows.inheritance.iter().collect();
        inheritance.sort_by_key(|link| (link.child, link.position));
        let (mut children, mut parents) = (HashMap::<Oid, Vec<Oid>>::new(), HashMap::<Oid, Vec<Oid>>::new());
        for link in inheritance {
            children.entry(link.parent).or_default().push(link.child);
            parents.entry(link.child).or_default().push(link.parent);
        }
        let mut disabled: HashMap<Oid, Vec<QualifiedName>> = HashMap::default();
        for row in &rows.disabled_foreign_keys {
            disabled.entry(row.constraint).or_default().push(QualifiedName::new(&row.schema, &row.table));
        }
        let mut labels: HashMap<Oid, Vec<String>> = HashMap::default();
        for row in &rows.enum_labels {
            labels.entry(row.type_oid).or_default().push(row.label.clone());
        }
        let mut view_reads: HashMap<Oid, Vec<Oid>> = HashMap::default();
        for row in &rows.view_dependencies {
            view_reads.entry(row.view).or_default().push(row.relation);
        }
        let default_texts = texts(&rows.default_expressions);
        let options = rows.columns.iter().filter(|column| !column.details.options.is_empty());
        let index_options = options.map(|row| ((row.relation, row.number), row.details.options.as_slice())).collect();
        let backing = |constraint: &&Constraint| matches!(constraint.kind, 'p' | 'u' | 'x');
        Self {
            rows,
            schema_names,
            relations,
            columns,
            partition_columns: rows.partition_columns.iter().map(|row| ((row.relation, row.number), row)).collect(),
            constraints,
            domain_checks: group(rows.constraints.iter().filter(|row| row.domain != 0), |row| row.domain),
            backed: rows.constraints.iter().filter(backing).map(|constraint| (constraint.index, constraint)).collect(),
            indexes,
            column_types: rows.column_types.iter().map(|row| ((row.type_oid, row.modifier), row)).collect(),
            defaults,
            column_defaults: default_texts.iter().map(|(oid, text)| (*oid, Arc::new(tables::default(text)))).collect(),
            default_texts,
            check_texts: texts(&rows.check_expressions),
            index_texts: rows.index_expressions.iter().map(|row| (row.index, row)).collect(),
            index_options,
            builds: rows.index_builds.iter().map(|build| build.index).collect(),
            operator_classes: rows.operator_classes.iter().map(|row| (row.oid, row)).collect(),
            collations: rows.collations.iter().map(|row| (row.oid, row)).collect(),
            extension_types: types
                .iter()
                .filter(|(_, row)| scope.is_member(class::TYPE, row.oid))
                .map(|(oid, _)| *oid)
                .collect(),
            types,
            sequences_of: rows
                .sequences
                .iter()
                .filter(|sequence| sequence.owner != 0)
                .map(|sequence| ((sequence.owner, sequence.owner_column), sequence))
                .collect(),
            children,
            parents,
            extended_statistics: group(&rows.extended_statistics, |object| object.relation),
            triggers: group(&rows.triggers, |trigger| trigger.relation),
            policies: group(&rows.policies, |policy| policy.relation),
            rules: group(&rows.rules, |rule| rule.relation),
            disabled,
            unvalidated_not_null: rows
                .not_null_constraints
                .iter()
                .filter(|row| !row.validated)
                .flat_map(|row| row.columns.iter().map(|number| (row.relation, *number)))
                .collect(),
            not_null_constraints: rows
                .not_null_constraints
                .iter()
                .flat_map(|row| row.columns.iter().map(|number| ((row.relation, *number), row.oid)))
                .collect(),
            view_definitions: rows
                .view_definitions
                .iter()
                .filter_map(|row| Some((row.view, row.text.as_deref()?)))
                .collect(),
            view_reads,
            bodies: rows.function_bodies.iter().filter_map(|row| Some((row.function, row.body.as_deref()?))).collect(),
            comments,
            roles: rows.roles.iter().map(|role| (role.oid, role.name.as_str())).collect(),
            labels,
            locked: rows.locked(),
            unseen: Mutex::default(),
        }
    }

    fn comment(&self, class: Oid, object: Oid, position: i16) -> Option<String> {
        self.comments.get(&(class, object, position)).map(|text| (*text).to_owned())
    }

    fn role(&self, role: Oid) -> Option<String> {
        self.roles.get(&role).map(|name| (*name).to_owned())
    }

    fn schema_name(&self, schema: Oid) -> &'r str {
        self.schema_names.get(&schema).copied().unwrap_or_default()
    }

    fn name_of(&self, relation: &Relation) -> QualifiedName {
        QualifiedName::new(self.schema_name(relation.schema), &relation.name)
    }

    fn relation_name(&self, oid: Oid) -> Option<QualifiedName> {
        self.relations.get(&oid).map(|relation| self.name_of(relation))
    }

    /// Name and collation of a column.
    fn attribute(&self, relation: Oid, number: i16) -> Option<(&'r str, Oid)> {
        let columns = rows_of(&self.columns, relation);
        let own = columns.binary_search_by_key(&number, |row| row.number).ok();
        let own = own.map(|at| (columns[at].name.as_str(), columns[at].collation));
        own.or_else(|| self.partition_columns.get(&(relation, number)).map(|row| (row.name.as_str(), row.collation)))
    }

    /// Names of columns by number. A number that is not known is left out.
    fn column_names(&self, relation: Oid, numbers: &[i16]) -> Vec<String> {
        let names = numbers.iter().filter_map(|number| self.attribute(relation, *number));
        names.map(|(name, _)| name.to_owned()).collect()
    }

    /// A collation as SQL names it.
    fn collation(&self, oid: Oid) -> String {
        self.collations.get(&oid).map_or_else(|| UNSEEN.to_owned(), |row| qualify(&row.schema_name, &row.name))
    }

    /// The text of a check.
    fn check_text(&self, constraint: Oid) -> Option<&str> {
        self.check_texts.get(&self.rows.alike.checks().printed_as(constraint)?).copied()
    }

    /// The texts of an index.
    fn index_text(&self, index: Oid) -> Option<&IndexExpressions> {
        self.index_texts.get(&self.rows.alike.indexes().printed_as(index)?).copied()
    }

    /// The predicate of an index.
    fn predicate(&self, row: &IndexRow) -> Option<String> {
        let text = || self.index_text(row.oid)?.predicate.as_deref();
        row.partial.then(|| self.expression(row.relation, UnseenKind::Indexes, text()))
    }

    /// The type of a column as SQL names it.
    fn data_type(&self, column: &ColumnRow) -> DataType {
        self.column_type(column).map_or_else(|| UNSEEN.into(), |column_type| column_type.name.clone())
    }

    fn column_type(&self, column: &ColumnRow) -> Option<&ColumnType> {
        self.column_types.get(&(column.type_oid, column.modifier)).copied()
    }

    /// The collation of a column where it is not that of its type.
    fn own_collation(&self, column: &ColumnRow) -> Option<String> {
        let differs = self.column_type(column).is_some_and(|of_type| of_type.collation != column.collation);
        differs.then(|| self.collation(column.collation))
    }

    fn note(&self, unseen: Unseen) {
        self.unseen.lock().unwrap_or_else(PoisonError::into_inner).push(unseen);
    }

    /// The canonical text of an expression. That one could not be read is noted about the part of the model that it
    /// belongs to.
    fn expression(&self, relation: Oid, part: UnseenKind, text: Option<&str>) -> String {
        if let Some(text) = text {
            return super::text::canonical(text);
        }
        if let Some(name) = self.relation_name(relation).filter(|_| self.locked.contains(&relation)) {
            self.note(locked(part, &name.schema, &name.name));
        }
        UNSEEN.to_owned()
    }
}

/// A name as SQL refers to it, with its schema unless that is always searched.
fn qualify(schema: &str, name: &str) -> String {
    if schema == "pg_catalog" {
        quote::quote_identifier(EngineName::PostgreSql, name)
    } else {
        quote::qualified(EngineName::PostgreSql, &QualifiedName::new(schema, name))
    }
}

/// `tgenabled` and `evtenabled`.
fn enabled(letter: char) -> TriggerEnabled {
    match letter {
        'A' => TriggerEnabled::Always,
        'R' => TriggerEnabled::Replica,
        'D' => TriggerEnabled::Disabled,
        _ => TriggerEnabled::Origin,
    }
}
