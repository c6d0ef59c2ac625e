//! What every engine's builder works with: the model, free names, and the growing list of steps.

use super::code::Code;
use super::names::{Names, Space};
use super::requests::Request;
use super::{Duration, Phase, Playbook, Safety, Step};
use crate::checks::{Change, Context};
use crate::model::quote::{is_of_word, quote_identifier, quote_list};
use crate::model::{
    Column, DefaultKind, Deferral, EngineName, ForeignKey, Index, KeyPart, Publication, QualifiedName, Table, TableRef,
    Tables, Trigger, TriggerEnabled, View,
};
use foldhash::{HashMap, HashSet};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

/// Changes that no statement makes, in the order in which that turned out.
#[derive(Debug, Default)]
struct Impossible {
    all: Vec<(Change, String)>,
    /// Their places, by table.
    places: HashMap<QualifiedName, Vec<usize>>,
}

impl Impossible {
    fn add(&mut self, change: Change, reason: String) {
        self.places.entry(change.table().clone()).or_default().push(self.all.len());
        self.all.push((change, reason));
    }

    /// Why a change is among them, when it is.
    fn reason(&self, change: &Change) -> Option<&str> {
        let mut places = self.places.get(change.table())?.iter();
        places.find(|at| self.all[**at].0 == *change).map(|at| self.all[*at].1.as_str())
    }
}

/// Collects the steps of a playbook.
#[derive(Debug)]
pub(super) struct Planner<'a> {
    pub(super) context: Context<'a>,
    pub(super) code: &'a Code<'a>,
    pub(super) engine: EngineName,
    pub(super) version: (u32, u32, u32),
    pub(super) names: Names<'a>,
    pub(super) preamble: Vec<String>,
    /// Columns as the steps planned so far leave them.
    altered: HashMap<QualifiedName, BTreeMap<String, Box<Column>>>,
    /// Columns of the foreign keys that steps planned so far add.
    referencing: HashSet<(QualifiedName, String)>,
    /// Parents by child, of the foreign keys planned so far that are never empty and checked at once.
    rigid: HashMap<QualifiedName, Vec<QualifiedName>>,
    /// Columns in which NULL is going to be forbidden.
    filled: HashSet<(QualifiedName, String)>,
    /// Columns that the server is going to keep current by itself (MySQL, MariaDB).
    stamped: HashMap<QualifiedName, Vec<String>>,
    /// Tables that are going to have a unique key for some rows only, or for NULLs too.
    shaped: HashSet<QualifiedName>,
    /// Indexes that the statement of another change drops, by that change (MySQL, MariaDB).
    pub(super) replaced: Vec<(Change, String)>,
    /// Columns of new keys that foreign keys can stand on (MySQL, MariaDB).
    pub(super) keys: HashMap<QualifiedName, Vec<Vec<String>>>,
    /// Changes of the character set that are made by the statement of another, by that change (MySQL, MariaDB).
    pub(super) converted: Vec<(Change, Vec<Change>)>,
    /// Tables that are going to have a unique key over long values (MariaDB).
    pub(super) hashed: HashSet<QualifiedName>,
    /// Conditions of the checks that steps planned so far add.
    checks: HashMap<QualifiedName, Vec<String>>,
    /// With their ranks, and whether those of referencing tables come first.
    drafts: Vec<(u32, bool, Step)>,
    impossible: Impossible,
    /// Changes that others make, by which.
    followers: Vec<(Change, Change)>,
}

impl<'a> Planner<'a> {
    pub(super) fn new(context: Context<'a>, code: &'a Code<'a>) -> Self {
        Self {
            context,
            code,
            engine: context.model.engine.name,
            version: context.model.engine.version_numbers(),
            names: Names::new(context.model, context.tables),
            preamble: Vec::new(),
            altered: HashMap::default(),
            referencing: HashSet::default(),
            rigid: HashMap::default(),
            filled: HashSet::default(),
            stamped: HashMap::default(),
            shaped: HashSet::default(),
            replaced: Vec::new(),
            keys: HashMap::default(),
            converted: Vec::new(),
            hashed: HashSet::default(),
            checks: HashMap::default(),
            drafts: Vec::new(),
            impossible: Impossible::default(),
            followers: Vec::new(),
        }
    }

    /// Adds a step. Within a phase, steps of a lower rank come first. A terminal would obey control characters, so that they are
    /// taken out of what is printed: a statement that needs them cannot be, nor one with bytes that could not be read.
    pub(super) fn add(&mut self, rank: u32, request: &Request, step: Step) {
        self.draft(rank, false, request, step);
    }

    /// The same for what runs on referencing tables first: their columns are to hold what the referenced ones will.
    pub(super) fn add_upwards(&mut self, rank: u32, request: &Request, step: Step) {
        self.draft(rank, true, request, step);
    }

    fn draft(&mut self, rank: u32, upwards: bool, request: &Request, mut step: Step) {
        let is_lost = |character: char| {
            character == char::REPLACEMENT_CHARACTER
                || (character.is_control() && !matches!(character, '\n' | '\r' | '\t'))
        };
        // Most statements are of these alone.
        let is_plain = |statement: &str| statement.bytes().all(|byte| matches!(byte, b' '..=b'~' | b'\n'));
        if step.statements.iter().any(|statement| !is_plain(statement) && statement.contains(is_lost)) {
            return self.refuse(
                request.change.clone(),
                "a name or a text in it has a control character, or bytes that are no UTF-8, which no script can carry",
            );
        }
        step.rules.clone_from(&request.rules);
        step.notes.extend(request.notes.iter().cloned().map(Cow::Owned));
        self.drafts.push((rank, upwards, step));
    }

    /// Whether a step with the same statements is there already.
    pub(super) fn is_planned(&self, step: &Step) -> bool {
        self.drafts.iter().any(|(.., other)| other.table == step.table && other.statements == step.statements)
    }

    /// Records a change that no statement makes.
    pub(super) fn refuse(&mut self, change: Change, reason: impl Into<String>) {
        self.impossible.add(change, reason.into());
    }

    /// Records that a change is made by another one, and not made where that is impossible.
    pub(super) fn follow(&mut self, change: Change, by: Change) {
        if change != by {
            self.followers.push((change, by));
        }
    }

    /// Whether what a request depends on turned out to be impossible.
    pub(super) fn is_pointless(&self, request: &Request) -> bool {
        request.after.as_ref().is_some_and(|after| self.impossible.reason(after).is_some())
    }

    /// The playbook in its order: phase, rank, parents before children or the other way round, table, then as planned.
    pub(super) fn finish(mut self) -> Playbook {
        // What follows another may be followed itself, by one that was recorded before it.
        for (change, by) in std::mem::take(&mut self.followers).into_iter().rev() {
            if let Some(reason) = self.impossible.reason(&by).map(str::to_owned) {
                self.refuse(change, reason);
            }
        }
        let (tables, depths) = (self.context.tables, self.depths());
        let mut drafts = self.drafts;
        drafts.sort_by_cached_key(|(rank, upwards, step)| {
            // Tables are numbered in the order of their names.
            let known = tables.find(&step.table).map(|table| table.id);
            // What is no table, a view or a schema, comes by its name before the tables without parents.
            let other = known.is_none().then(|| step.table.clone());
            let depth = known.map(|id| depths[id.0]).unwrap_or_default();
            let depth = if *upwards { usize::MAX - depth } else { depth };
            (step.phase, *rank, depth, known, other)
        });
        let mut steps: Vec<Step> = drafts.into_iter().map(|(.., step)| step).collect();
        steps.shrink_to_fit();
        let preamble = if steps.is_empty() { Vec::new() } else { self.preamble };
        Playbook { preamble, steps, impossible: self.impossible.all, changes: Vec::new() }
    }

    /// How many foreign keys lead from each table to its farthest ancestor; cycles are cut.
    fn depths(&self) -> Vec<usize> {
        let tables = self.context.tables;
        let parents: Vec<Vec<usize>> = tables
            .iter()
            .map(|table| {
                let parents = table.table.foreign_keys.iter().filter_map(|key| tables.find(&key.referenced_table));
                parents.map(|parent| parent.id.0).filter(|parent| *parent != table.id.0).collect()
            })
            .collect();
        let mut depths = vec![0; parents.len()];
        // Long chains are rare; a bound keeps cycles from growing without end.
        for _ in 0..16 {
            let mut changed = false;
            for (own, parents) in parents.iter().enumerate() {
                let wanted = parents.iter().map(|parent| depths[*parent] + 1).max().unwrap_or(0);
                if depths[own] < wanted {
                    depths[own] = wanted;
                    changed = true;
                }
            }
            if !changed {
                break;
            }
        }
        depths
    }

    /// A name as an identifier.
    pub(super) fn quote(&self, name: &str) -> String {
        quote_identifier(self.engine, name)
    }

    /// Names as a list of identifiers.
    pub(super) fn list(&self, names: &[String]) -> String {
        quote_list(self.engine, names)
    }

    /// A qualified name.
    pub(super) fn relation(&self, name: &QualifiedName) -> String {
        self.context.model.name_in_statements(name)
    }

    /// The table of this name.
    pub(super) fn table(&self, name: &QualifiedName) -> Option<TableRef<'a>> {
        self.context.tables.find(name)
    }

    /// Whether a table keeps its history by itself.
    pub(super) fn is_versioned(&self, name: &QualifiedName) -> bool {
        self.table(name).is_some_and(|of| of.table.system_versioned)
    }

    /// The steps planned so far, in no order.
    pub(super) fn steps(&self) -> impl Iterator<Item = &Step> {
        self.drafts.iter().map(|(.., step)| step)
    }

    pub(super) fn steps_mut(&mut self) -> impl Iterator<Item = &mut Step> {
        self.drafts.iter_mut().map(|(.., step)| step)
    }

    /// The column of this name.
    pub(super) fn column(&self, table: &QualifiedName, column: &str) -> Option<&'a Column> {
        self.table(table)?.table.column(column)
    }

    /// The column as the steps planned so far leave it.
    pub(super) fn planned_column(&self, table: &QualifiedName, column: &str) -> Option<Column> {
        let altered = self.altered.get(table).and_then(|columns| columns.get(column));
        altered.map(Box::as_ref).or(self.column(table, column)).cloned()
    }

    /// Remembers how a step leaves a column.
    pub(super) fn alter_column(&mut self, table: &QualifiedName, column: Column) {
        self.altered.entry(table.clone()).or_default().insert(column.name.clone(), Box::new(column));
    }

    /// Remembers that a foreign key is added.
    pub(super) fn add_foreign_key(&mut self, table: &QualifiedName, columns: &[String]) {
        self.referencing.extend(columns.iter().map(|column| (table.clone(), column.clone())));
    }

    /// Whether a column belongs to a foreign key, there or planned so far.
    pub(super) fn is_in_foreign_key(&self, table: &QualifiedName, column: &str) -> bool {
        let there = self.table(table).map(|of| of.table.foreign_keys.as_slice()).unwrap_or_default();
        self.referencing.contains(&(table.clone(), column.to_owned()))
            || there.iter().any(|key| key.columns.iter().any(|own| own == column))
    }

    /// Remembers what the requests make of tables, for those that are planned before them and run after.
    pub(super) fn expect(&mut self, requests: &[Request]) {
        // Many changes take two steps.
        self.drafts.reserve(2 * requests.len());
        let shaped = requests.iter().filter(|request| self.is_shaped(&request.change));
        self.shaped = shaped.map(|request| request.change.table().clone()).collect();
        for request in requests {
            let (table, column) = match &request.change {
                Change::AddColumn { table, column } if column.on_update.is_some() => (table, &column.name),
                Change::MaintainUpdatedAt { table, column } => (table, column),
                _ => continue,
            };
            self.stamped.entry(table.clone()).or_default().push(column.clone());
        }
        self.filled.extend(requests.iter().filter_map(|request| match &request.change {
            Change::SetNotNull { table, column, .. } => Some((table.clone(), column.clone())),
            _ => None,
        }));
    }

    /// The other columns of a table that the server keeps current by itself, now or when the fills run.
    pub(super) fn stamps(&self, table: &QualifiedName, filled: &str) -> BTreeSet<String> {
        let there = self.table(table).map(|of| of.table.columns.as_slice()).unwrap_or_default();
        let there = there.iter().filter(|column| column.on_update.is_some()).map(|column| &column.name);
        let planned = self.stamped.get(table).into_iter().flatten();
        there.chain(planned).filter(|name| *name != filled).cloned().collect()
    }

    /// The triggers that run for every row in which a column is filled.
    pub(super) fn fired_by_fill(&self, table: &QualifiedName, column: &str) -> Vec<&'a Trigger> {
        let there = self.table(table).map(|of| of.table.triggers.as_slice()).unwrap_or_default();
        there.iter().filter(|trigger| is_fired_by_fill(trigger, column)).collect()
    }

    /// Those of single partitions (PostgreSQL), each with its partition's name.
    pub(super) fn fired_in_partitions(&self, table: &QualifiedName, column: &str) -> Vec<(&'a str, &'a Trigger)> {
        let partitions = self.table(table).and_then(|of| Some(of.table.partitioning.as_ref()?.all(&of.schema.name)));
        let all = partitions
            .into_iter()
            .flatten()
            .flat_map(|(_, part)| part.triggers.iter().map(move |of| (part.name.as_str(), of)));
        all.filter(|(_, trigger)| is_fired_by_fill(trigger, column)).collect()
    }

    fn is_never_null(&self, table: TableRef<'_>, columns: &[String]) -> bool {
        let name = table.qualified_name();
        columns.iter().all(|column| {
            table.column(column).is_some_and(|column| !column.nullable)
                || self.filled.contains(&(name.clone(), column.clone()))
        })
    }

    /// Whether a new foreign key closes a circle of keys that are never empty and checked at once: then no first row could
    /// be inserted. If it closes none, the keys planned after it see it.
    pub(super) fn closes_circle(
        &mut self,
        table: &QualifiedName,
        columns: &[String],
        referenced_table: &QualifiedName,
    ) -> bool {
        // A row can refer to itself.
        if table == referenced_table || !self.table(table).is_some_and(|of| self.is_never_null(of, columns)) {
            return false;
        }
        let mut reached = HashSet::from_iter([referenced_table.clone()]);
        let mut waiting = vec![referenced_table.clone()];
        while let Some(name) = waiting.pop() {
            if name == *table {
                return true;
            }
            let planned = self.rigid.get(&name).into_iter().flatten();
            let of = self.table(&name);
            let keys = of.into_iter().flat_map(|of| of.table.foreign_keys.iter().map(move |key| (of, key)));
            let rigid = keys.filter(|(of, key)| {
                key.deferral == Deferral::NotDeferrable && key.enforced && self.is_never_null(*of, &key.columns)
            });
            let parents: Vec<QualifiedName> =
                planned.chain(rigid.map(|(_, key)| &key.referenced_table)).cloned().collect();
            waiting.extend(parents.into_iter().filter(|parent| reached.insert(parent.clone())));
        }
        self.rigid.entry(table.clone()).or_default().push(referenced_table.clone());
        false
    }

    /// Remembers that a check is added.
    pub(super) fn add_check(&mut self, table: &QualifiedName, expression: &str) {
        self.checks.entry(table.clone()).or_default().push(expression.to_owned());
    }

    /// Conditions of the checks on a table that are enforced, there or planned so far.
    pub(super) fn check_conditions(&self, table: &QualifiedName) -> impl Iterator<Item = &str> {
        let there = self.table(table).map(|of| of.table.check_constraints.as_slice()).unwrap_or_default();
        let there = there.iter().filter(|check| check.enforced && !check.automatic);
        let planned = self.checks.get(table).map(Vec::as_slice).unwrap_or_default();
        there.map(|check| check.expression.as_str()).chain(planned.iter().map(String::as_str))
    }

    /// Whether a request makes a unique key of computed columns on a table, planned already or not.
    pub(super) fn plans_computed_key(&self, table: &QualifiedName) -> bool {
        self.shaped.contains(table)
    }

    /// Whether a unique key is to hold for some rows only, or for NULLs too.
    pub(super) fn is_shaped(&self, change: &Change) -> bool {
        let Change::AddUnique { table, columns, nulls_not_distinct, predicate, .. } = change else { return false };
        let is_nullable = |name: &String| self.column(table, name).is_some_and(|column| column.nullable);
        predicate.is_some() || *nulls_not_distinct && columns.iter().any(is_nullable)
    }

    /// Whether a computed column of a table, there or planned so far, is computed from this one.
    pub(super) fn computes_from(&self, table: &QualifiedName, name: &str) -> bool {
        let there = self.table(table).map(|of| of.table.columns.as_slice()).unwrap_or_default();
        let planned = self.altered.get(table).into_iter().flatten().map(|(_, column)| column.as_ref());
        there
            .iter()
            .chain(planned)
            .filter_map(|column| column.generated.as_ref())
            .any(|generated| mentions(&generated.expression, name))
    }

    /// The foreign key of this name, or else over these columns.
    pub(super) fn foreign_key(
        &self,
        table: &QualifiedName,
        name: Option<&str>,
        columns: &[String],
    ) -> Option<&'a ForeignKey> {
        let keys = &self.table(table)?.table.foreign_keys;
        keys.iter()
            .find(|key| name.is_some() && key.name.as_deref() == name)
            .or_else(|| keys.iter().find(|key| key.columns == columns))
    }

    /// Views that read a table and name the column, those out of scope too; every reader of the table when no column is given.
    /// What could not be read may be anything.
    pub(super) fn readers(&self, table: &QualifiedName, column: Option<&str>) -> Vec<&'a View> {
        let views = self.context.model.with_outside().flat_map(|schema| &schema.views);
        views
            .filter(|view| {
                let says = |name: &str| view.definition.as_deref().is_none_or(|text| mentions(text, name));
                let reads = view.reads.contains(table) || (view.reads.is_empty() && says(&table.name));
                reads && column.is_none_or(says)
            })
            .collect()
    }

    /// The publication that sends every column of a table to servers that may not know a new one (PostgreSQL).
    pub(super) fn sends_every_column(&self, table: &QualifiedName) -> Option<&'a str> {
        let sends = |of: &&Publication| {
            let named = of.all_tables || of.tables.contains(table) || of.schemas.contains(&table.schema);
            named && !of.limited.iter().any(|limited| limited.table == *table && !limited.columns.is_empty())
        };
        self.context.model.publications.iter().find(sends).map(|publication| publication.name.as_str())
    }

    /// Whether rows are known to be many: such tables deserve a tool that copies in the background.
    pub(super) fn is_big(&self, table: &QualifiedName) -> bool {
        let statistics = self.context.model.statistics.as_ref();
        let known = statistics.and_then(|statistics| statistics.table(&table.schema, &table.name));
        known.is_some_and(|known| known.rows.unwrap_or(0) >= 100_000 || known.bytes.unwrap_or(0) >= 64 << 20)
    }

    /// The computed column like this one that earlier steps made, of this playbook or of one before.
    pub(super) fn computed_before(&self, table: &QualifiedName, wanted: &Column) -> Option<String> {
        let there = self.table(table).map(|of| of.table.columns.as_slice()).unwrap_or_default();
        let planned = self.altered.get(table).into_iter().flatten().map(|(_, column)| column.as_ref());
        computed_before(there.iter().chain(planned), wanted).map(|column| column.name.clone())
    }

    /// The table for the values of a column, and whether earlier steps made it.
    pub(super) fn lookup_table(&mut self, table: &QualifiedName, column: &str, wanted: &str) -> (QualifiedName, bool) {
        let lookup = QualifiedName::new(&table.schema, wanted);
        let there = self.table(&lookup).zip(self.column(table, column));
        if there.is_some_and(|(of, column)| is_lookup_of(of.table, column)) {
            return (lookup, true);
        }
        let name = self.names.fresh(&[Space::Relation, Space::Index], table, wanted);
        (QualifiedName::new(&table.schema, name), false)
    }

    /// The step that takes the values of a column over into the table for them, which `create` makes where it is not there.
    pub(super) fn lookup_step(
        &self,
        table: &QualifiedName,
        column: &str,
        (lookup, is_there): (&QualifiedName, bool),
        create: String,
    ) -> Step {
        let (known, target, quoted) = (self.known_values(table, column), self.relation(lookup), self.quote(column));
        let insert = format!("INSERT INTO {target} ({quoted})");
        let statements = if is_there {
            let missing = format!("WHERE {quoted} NOT IN (SELECT {quoted} FROM {target})");
            vec![format!("{insert} SELECT {quoted} FROM ({known}) AS known {missing}")]
        } else {
            vec![create, format!("{insert} {known}")]
        };
        let title = format!("{} lookup table {}", if is_there { "fill" } else { "create" }, lookup.name);
        let step = Step::new(title, table, Phase::Expand, statements)
            .check(self.no_value(table, column))
            .note(ONLY_VALUES_IN_USE);
        if is_there {
            step.irreversible("the values that it adds cannot be told from those that were listed before")
        } else {
            step.undo(format!("DROP TABLE {target}"))
        }
    }

    /// A free name for a constraint that is backed by an index.
    pub(super) fn fresh_key(&mut self, table: &QualifiedName, wanted: &str) -> String {
        self.names.fresh(&[Space::Index, Space::Constraint], table, wanted)
    }

    /// A free name for an index.
    pub(super) fn fresh_index(&mut self, table: &QualifiedName, wanted: &str) -> String {
        self.names.fresh(&[Space::Index], table, wanted)
    }

    /// A free name for a constraint without an index.
    pub(super) fn fresh_constraint(&mut self, table: &QualifiedName, wanted: &str) -> String {
        self.names.fresh(&[Space::Constraint], table, wanted)
    }

    /// Counts rows whose reference leads nowhere.
    pub(super) fn orphans(
        &self,
        table: &QualifiedName,
        columns: &[String],
        referenced_table: &QualifiedName,
        referenced_columns: &[String],
    ) -> String {
        let set: Vec<_> = columns.iter().map(|column| format!("c.{} IS NOT NULL", self.quote(column))).collect();
        let equal: Vec<_> = columns
            .iter()
            .zip(referenced_columns)
            .map(|(column, referenced)| format!("p.{} = c.{}", self.quote(referenced), self.quote(column)))
            .collect();
        // A foreign key does not see what other tables inherit.
        let rows = |name: &QualifiedName| {
            let inherited = self.table(name).is_some_and(|of| of.table.inheritance.is_some());
            format!("{}{}", if inherited { "ONLY " } else { "" }, self.relation(name))
        };
        format!(
            "SELECT count(*) FROM {} AS c WHERE {} AND NOT EXISTS (SELECT 1 FROM {} AS p WHERE {})",
            rows(table),
            set.join(" AND "),
            rows(referenced_table),
            equal.join(" AND "),
        )
    }

    /// Asks whether the row is there that a new foreign key's column refers to by default.
    pub(super) fn default_without_parent(&self, change: &Change) -> Option<(String, String)> {
        let (column, referenced, default) = default_reference(self.context.tables, change)?;
        let Change::AddForeignKey { referenced_table, .. } = change else { return None };
        let query = format!(
            "SELECT count(*) FROM (SELECT {default} AS value) AS fallback WHERE NOT EXISTS (SELECT 1 FROM {} AS p WHERE p.{} = \
             fallback.value)",
            self.relation(referenced_table),
            self.quote(&referenced.name)
        );
        let note = format!(
            "An INSERT that leaves {} out gets {default}, and fails from this moment where no row of {} has that.",
            column.name, referenced_table.name
        );
        Some((query, note))
    }

    /// The step of a new foreign key, with what to ask and to know of a default that it must allow.
    pub(super) fn default_asked(&self, step: Step, change: &Change) -> Step {
        let Some((query, note)) = self.default_without_parent(change) else { return step };
        let check = step.pre_check.iter().cloned().chain([query]).collect::<Vec<_>>().join("; ");
        Step { safety: Safety::Breaking, ..step.check(check).note(note) }
    }

    /// Lists keys that occur more than once. Rows with a NULL in the key do not count, unless NULLs are equal.
    pub(super) fn duplicates(
        &self,
        table: &QualifiedName,
        columns: &[String],
        predicate: Option<&str>,
        nulls_are_equal: bool,
    ) -> String {
        let keys = self.list(columns);
        let mut conditions: Vec<String> = predicate.map(|predicate| format!("({predicate})")).into_iter().collect();
        if !nulls_are_equal {
            conditions.extend(columns.iter().map(|column| format!("{} IS NOT NULL", self.quote(column))));
        }
        let condition =
            if conditions.is_empty() { String::new() } else { format!(" WHERE {}", conditions.join(" AND ")) };
        format!("SELECT {keys}, count(*) FROM {}{condition} GROUP BY {keys} HAVING count(*) > 1", self.relation(table))
    }

    /// Every way in which nullable columns of a key can be NULL together: the other columns, and those that are NULL.
    pub(super) fn null_combinations(
        &self,
        table: &QualifiedName,
        columns: &[String],
    ) -> Vec<(Vec<String>, Vec<String>)> {
        let is_nullable = |name: &&String| self.column(table, name).is_some_and(|column| column.nullable);
        let nullable: Vec<&String> = columns.iter().filter(is_nullable).collect();
        // The number doubles with every column: a key of many nullable columns needs another remedy.
        let combinations = if nullable.len() > 3 { 1 } else { 1_usize << nullable.len() };
        (1..combinations)
            .map(|combination| {
                let is_null = |name: &&String| {
                    nullable.iter().position(|other| other == name).is_some_and(|at| combination >> at & 1 == 1)
                };
                let (nulls, rest): (Vec<&String>, Vec<&String>) = columns.iter().partition(is_null);
                (rest.into_iter().cloned().collect(), nulls.into_iter().cloned().collect())
            })
            .collect()
    }

    /// The values that a column has, and the one that it has by default.
    fn known_values(&self, table: &QualifiedName, column: &str) -> String {
        let quoted = self.quote(column);
        let default = self.column(table, column).and_then(|column| column.default.as_ref());
        let default = default.filter(|default| default.kind == DefaultKind::Literal && default.sequence.is_none());
        let default = default
            .map(|default| default.expression.trim())
            .filter(|text| !text.split("::").next().is_some_and(|bare| bare.eq_ignore_ascii_case("null")));
        let default = default.map(|text| format!(" UNION SELECT {text}")).unwrap_or_default();
        let distinct = if default.is_empty() { "DISTINCT " } else { "" };
        format!("SELECT {distinct}{quoted} FROM {} WHERE {quoted} IS NOT NULL{default}", self.relation(table))
    }

    /// Tells when no value of a column is in use.
    fn no_value(&self, table: &QualifiedName, column: &str) -> String {
        let quoted = self.quote(column);
        format!(
            "SELECT 'no value is in use' FROM (SELECT count({quoted}) AS used FROM {}) AS counted WHERE used = 0",
            self.relation(table)
        )
    }

    /// Counts rows in which a column is NULL.
    pub(super) fn nulls(&self, table: &QualifiedName, column: &str) -> String {
        format!("SELECT count(*) FROM {} WHERE {} IS NULL", self.relation(table), self.quote(column))
    }
}

/// The column of a new foreign key that has a value by default, the column that this refers to, and the value.
pub(super) fn default_reference<'a>(
    tables: &'a Tables<'a>,
    change: &Change,
) -> Option<(&'a Column, &'a Column, &'a str)> {
    let Change::AddForeignKey { table, columns, referenced_table, referenced_columns, .. } = change else {
        return None;
    };
    let ([column], [referenced]) = (columns.as_slice(), referenced_columns.as_slice()) else { return None };
    let column = tables.find(table)?.table.column(column)?;
    let referenced = tables.find(referenced_table)?.table.column(referenced)?;
    let default = column.default.as_ref().filter(|default| default.kind == DefaultKind::Literal)?;
    let is_null = default.expression.split("::").next().is_some_and(|bare| bare.eq_ignore_ascii_case("null"));
    (!is_null).then_some((column, referenced, default.expression.as_str()))
}

/// What to know about a fill.
pub(super) const OVERWRITES: &str = "It overwrites NULL, whatever NULL means in these rows, such as that something has not happened \
    yet: where the query before counts any, look at them first, and go on only if NULL means nothing in them.";

/// What to know about a foreign key that is checked at commit because it closes a circle.
pub(super) const CLOSES_CIRCLE: &str = "With the other keys it forms a circle in which no column may be NULL, so that it is \
    checked at commit: otherwise no first row could be inserted.";

/// What to know about NOT NULL, even where the column has a default.
pub(super) const EXPLICIT_NULLS: &str = "Code that says NULL for it fails from this moment, whatever the default is.";

/// Why a type that does not hold every value of the old one stays.
pub(super) const CUT: &str = "another type does not bring back what the cast takes from the values";

/// What to know about such a type.
pub(super) const CUTS: &str = "The new type does not hold every value of the old one: what the query finds before would be rounded, cut or refused.";

/// What to know about a lookup table that is made of the values in use.
pub(super) const ONLY_VALUES_IN_USE: &str = "It lists the values in use when it runs and the column's default, and the \
    foreign key refuses all others from then on: before the key comes, add every value that code can write and no row has yet. \
    In an empty table none is in use.";

/// Whether a text names an identifier: as a whole word, quoted or not.
pub(super) fn mentions(text: &str, name: &str) -> bool {
    let (text, name) = (text.to_lowercase(), name.to_lowercase());
    text.match_indices(&name).any(|(at, found)| {
        let before = text[..at].chars().next_back();
        let after = text[at + found.len()..].chars().next();
        !before.is_some_and(is_of_word) && !after.is_some_and(is_of_word)
    })
}

/// Whether two expressions are the same but for what servers add or leave out when they print them.
pub(super) fn is_same_text(one: &str, other: &str) -> bool {
    let bare = |text: &str| {
        let text = text.to_lowercase().replace("_utf8mb4", "");
        text.replace(|character: char| character.is_whitespace() || "()\"`".contains(character), "")
    };
    bare(one) == bare(other)
}

/// The unique index like this one that takes the place of another already.
pub(super) fn unique_before<'t>(table: &'t Table, wanted: &Index, replaces: Option<&String>) -> Option<&'t Index> {
    table.indexes.iter().find(|index| {
        let same_rows = match (&index.predicate, &wanted.predicate) {
            (Some(one), Some(other)) => is_same_text(one, other),
            (None, None) => true,
            _ => false,
        };
        let is_old = replaces.is_some_and(|old| index.is_called(old));
        let same = index.key == wanted.key && index.nulls_not_distinct == wanted.nulls_not_distinct && same_rows;
        index.unique && index.is_usable() && !is_old && index.include.is_empty() && same
    })
}

/// Whether an index is called like this foreign key and has its columns, as the one does that InnoDB makes for it.
pub(super) fn is_made_for(index: &Index, key: &ForeignKey) -> bool {
    !index.unique && key.name.as_ref() == Some(&index.name) && index.plain_columns().is_some_and(|it| it == key.columns)
}

/// The key of computed columns that takes the place of one over plain columns: behind these, so that queries on them find rows by
/// it as before.
pub(super) fn led_by(columns: &[String], computed: Vec<KeyPart>) -> Vec<KeyPart> {
    let is_new = |part: &KeyPart| part.column.as_ref().is_none_or(|name| !columns.contains(name));
    columns.iter().map(KeyPart::column).chain(computed.into_iter().filter(is_new)).collect()
}

/// The type and the text of a column's value in a computed column that an index can have. MariaDB indexes nothing that is made of
/// a `char` as it is, since the SQL mode says whether spaces fill it up.
pub(super) fn computable(engine: EngineName, column: &Column, name: &str) -> (String, String) {
    if engine == EngineName::MariaDb && column.base_type() == "char" {
        return (format!("var{}", column.data_type), format!("rtrim({name})"));
    }
    (column.data_type.to_string(), name.to_owned())
}

/// The computed column like this one, when there is one.
pub(super) fn computed_before<'t>(
    mut columns: impl Iterator<Item = &'t Column>,
    wanted: &Column,
) -> Option<&'t Column> {
    let wanted_text = &wanted.generated.as_ref()?.expression;
    columns.find(|column| {
        let text = column.generated.as_ref().map(|generated| &generated.expression);
        column.name.starts_with(&wanted.name)
            && column.data_type == wanted.data_type
            && text.is_some_and(|text| is_same_text(text, wanted_text))
    })
}

/// Whether earlier steps made this table for the values of a column: it has nothing but that column, as its key.
pub(super) fn is_lookup_of(table: &Table, column: &Column) -> bool {
    let [only] = table.columns.as_slice() else { return false };
    let is_key = table.primary_key.as_ref().is_some_and(|key| key.columns == [only.name.as_str()]);
    is_key && only.name == column.name && only.data_type == column.data_type
}

/// Whether an index over the columns, in any order of its leading part, can serve a search for them.
pub(super) fn has_leading_index(table: &Table, columns: &[String]) -> bool {
    let wanted: BTreeSet<&str> = columns.iter().map(String::as_str).collect();
    table.indexes.iter().any(|index| {
        let leading: Option<BTreeSet<&str>> = index.key_columns().take(columns.len()).collect();
        index.is_usable() && index.predicate.is_none() && leading.is_some_and(|leading| leading == wanted)
    })
}

impl Step {
    /// A step that changes the catalog only, in one transaction.
    pub(super) fn new(title: impl Into<String>, table: &QualifiedName, phase: Phase, statements: Vec<String>) -> Self {
        Self {
            title: title.into(),
            table: table.clone(),
            phase,
            statements,
            transaction: true,
            lock: "",
            blocks: "nothing",
            method: "",
            safety: Safety::Safe,
            duration: Duration::Metadata,
            pre_check: None,
            verify: None,
            undo: Vec::new(),
            irreversible: None,
            notes: Vec::new(),
            rules: Vec::new(),
        }
    }

    /// How it works and what it costs.
    pub(super) fn how(
        mut self,
        method: &'static str,
        lock: &'static str,
        blocks: &'static str,
        safety: Safety,
        duration: Duration,
    ) -> Self {
        (self.method, self.lock, self.blocks, self.safety, self.duration) = (method, lock, blocks, safety, duration);
        self
    }

    /// The statements do not run in a transaction.
    pub(super) fn outside(mut self) -> Self {
        self.transaction = false;
        self
    }

    /// A query that must find nothing before.
    pub(super) fn check(mut self, query: impl Into<String>) -> Self {
        self.pre_check = Some(query.into());
        self
    }

    /// A query that shows the result.
    pub(super) fn verify(mut self, query: impl Into<String>) -> Self {
        self.verify = Some(query.into());
        self
    }

    /// A statement that undoes it.
    pub(super) fn undo(mut self, statement: impl Into<String>) -> Self {
        // Most steps have one, and a vector that grows by itself makes room for four.
        self.undo.reserve_exact(1);
        self.undo.push(statement.into());
        self
    }

    /// Why no statement undoes it.
    pub(super) fn irreversible(mut self, reason: &'static str) -> Self {
        self.irreversible = Some(reason);
        self
    }

    /// It gives a value to rows that were there before, and had none.
    pub(super) fn overwriting(mut self, nulls: String) -> Self {
        self.safety = Safety::Breaking;
        self.check(nulls).note(OVERWRITES)
    }

    /// What else to know.
    pub(super) fn note(mut self, note: impl Into<Cow<'static, str>>) -> Self {
        self.notes.reserve_exact(1);
        self.notes.push(note.into());
        self
    }
}

fn is_fired_by_fill(trigger: &Trigger, column: &str) -> bool {
    matches!(trigger.enabled, TriggerEnabled::Origin | TriggerEnabled::Always)
        && trigger.for_each_row
        && trigger.events.iter().any(|event| event == "update")
        && (trigger.update_columns.is_empty() || trigger.update_columns.iter().any(|name| name == column))
}
