//! The rebuild of a table, as SQLite's manual describes it (<https://sqlite.org/lang_altertable.html#otheralter>).

use super::definition::{Definition, default_text};
use super::{Duration, Phase, Safety, Step, WRITE_LOCK, WRITES, create_index, find_index};
use crate::checks::{Change, affinity};
use crate::model::quote::quote_literal;
use crate::model::{Action, EngineName, KeyPart, QualifiedName, TableKind};
use crate::remedy::names::Space;
use crate::remedy::planner::{
    CLOSES_CIRCLE, EXPLICIT_NULLS, ONLY_VALUES_IN_USE, OVERWRITES, Planner, has_leading_index, mentions,
};
use crate::remedy::requests::Request;
use crate::remedy::upserts::warning;
use std::borrow::Cow;

/// The names of the number of a row.
const ROWID: [&str; 3] = ["rowid", "_rowid_", "oid"];

const NEW_ROWIDS: &str =
    "The rows get new rowids, since columns have all three names by which the old ones could be read.";

/// What finds rows of a table by their rowid, other than by a column that is to be one: a virtual table over it, or code.
fn relies_on_rowids(planner: &Planner<'_>, table: &QualifiedName, column: &str) -> Option<String> {
    let says_rowid = |text: &str| mentions(text, &table.name) && ROWID.iter().any(|rowid| mentions(text, rowid));
    for schema in planner.context.model.with_outside() {
        for other in &schema.tables {
            let text = other.definition.as_deref().filter(|_| other.kind == TableKind::Virtual).unwrap_or_default();
            if mentions(text, &table.name) && !mentions(text, column) {
                return Some(format!("the virtual table {}", other.name));
            }
            if let Some(trigger) = other.triggers.iter().find(|trigger| says_rowid(&trigger.definition)) {
                return Some(format!("trigger {}", trigger.name));
            }
        }
        let mut views = schema.views.iter();
        if let Some(view) = views.find(|view| view.definition.as_deref().is_some_and(says_rowid)) {
            return Some(format!("view {}", view.name));
        }
    }
    None
}

/// A rebuild that is being put together.
#[derive(Debug)]
pub(super) struct Rebuild {
    table: QualifiedName,
    definition: Definition,
    /// Columns to fill, each with the expression over the old row.
    copied: Vec<(String, String)>,
    titles: Vec<String>,
    rules: Vec<&'static str>,
    notes: Vec<String>,
    checks: Vec<String>,
    /// Statements after the table stands again.
    after: Vec<String>,
    /// Indexes that a key of the new table replaces.
    left_out: Vec<String>,
    adds_key: bool,
    adds_reference: bool,
    /// The rows get numbers of SQLite's own, since no column of the new table is an alias of the rowid.
    numbered: bool,
    /// Some change was taken in.
    any: bool,
}

impl Rebuild {
    /// A rebuild that changes nothing yet, or why there can be none.
    pub(super) fn new(planner: &Planner<'_>, table: &QualifiedName) -> Result<Self, String> {
        let of = planner.table(table).ok_or("the table is not in the catalog")?;
        let text = of.table.definition.as_deref().ok_or("the statement that made the table is not known")?;
        let definition = Definition::parse(text).ok_or("the statement that made the table could not be understood")?;
        let copied = of
            .table
            .columns
            .iter()
            .filter(|column| column.generated.is_none())
            .map(|column| (column.name.clone(), planner.quote(&column.name)))
            .collect();
        let has_alias = of.table.columns.iter().any(|column| column.rowid_alias);
        Ok(Self {
            table: table.clone(),
            definition,
            copied,
            titles: Vec::new(),
            rules: Vec::new(),
            notes: Vec::new(),
            checks: Vec::new(),
            after: Vec::new(),
            left_out: Vec::new(),
            adds_key: false,
            adds_reference: false,
            numbered: !of.table.without_rowid && !has_alias,
            any: false,
        })
    }

    /// Takes a change in, or refuses it.
    pub(super) fn apply(&mut self, planner: &mut Planner<'_>, request: &Request) {
        match self.edit(planner, request) {
            Ok(title) => {
                self.titles.push(title);
                self.serve(request);
            }
            Err(reason) => planner.refuse(request.change.clone(), reason),
        }
    }

    /// Takes the statements of another step in, to run once the table stands again.
    pub(super) fn absorb(&mut self, request: &Request, step: Step) {
        self.titles.push(step.title);
        self.after.extend(step.statements);
        self.checks.extend(step.pre_check);
        self.notes.extend(step.notes.into_iter().map(Cow::into_owned));
        self.serve(request);
    }

    /// Whether the new table goes without an index, so that nothing else has to take it away.
    pub(super) fn leaves_out(&mut self, request: &Request, index: &str) -> bool {
        let is_left_out = self.left_out.iter().any(|name| name == index);
        if is_left_out {
            self.serve(request);
        }
        is_left_out
    }

    fn serve(&mut self, request: &Request) {
        self.any = true;
        for rule in &request.rules {
            if !self.rules.contains(rule) {
                self.rules.push(rule);
            }
        }
        self.notes.extend(request.notes.iter().cloned());
    }

    fn edit(&mut self, planner: &mut Planner<'_>, request: &Request) -> Result<String, String> {
        const NOT_FOUND: &str = "the statement that made the table does not show where to change it";
        let found = |done: bool| if done { Ok(()) } else { Err(NOT_FOUND.to_owned()) };
        let table = self.table.clone();
        match &request.change {
            Change::AddForeignKey {
                name, columns, referenced_table, referenced_columns, on_delete, on_update, ..
            } => {
                self.checks.push(planner.orphans(&table, columns, referenced_table, referenced_columns));
                if let Some((query, note)) = planner.default_without_parent(&request.change) {
                    self.checks.push(query);
                    self.notes.push(note);
                }
                let mut text = format!(
                    "CONSTRAINT {} FOREIGN KEY ({}) REFERENCES {} ({})",
                    planner.quote(name),
                    planner.list(columns),
                    planner.relation(referenced_table),
                    planner.list(referenced_columns)
                );
                if *on_update != Action::NoAction {
                    text = format!("{text} ON UPDATE {}", on_update.sql());
                }
                text = format!("{text} ON DELETE {}", on_delete.sql());
                if planner.closes_circle(&table, columns, referenced_table) {
                    text.push_str(" DEFERRABLE INITIALLY DEFERRED");
                    self.notes.push(CLOSES_CIRCLE.to_owned());
                }
                self.definition.add_constraint(&text);
                self.adds_reference = true;
                Ok(format!("add foreign key {name}"))
            }
            Change::ChangeDeleteAction { columns, on_delete, .. } => {
                found(self.definition.change_delete_action(columns, on_delete.sql()))?;
                Ok(format!("ON DELETE {} for ({})", on_delete.sql(), columns.join(", ")))
            }
            Change::DropForeignKey { columns, .. } => {
                found(self.definition.drop_foreign_key(columns))?;
                Ok(format!("drop the foreign key over ({})", columns.join(", ")))
            }
            Change::AddCheck { name, expression, .. } => {
                self.checks.push(format!("SELECT count(*) FROM {} WHERE NOT ({expression})", planner.relation(&table)));
                self.definition.add_constraint(&format!("CONSTRAINT {} CHECK ({expression})", planner.quote(name)));
                Ok(format!("add check {name}"))
            }
            Change::DropCheck { name, expression, .. } => {
                found(self.definition.drop_check(name.as_deref(), expression))?;
                Ok("drop a check".to_owned())
            }
            Change::SetNotNull { column, fill, .. } => {
                self.checks.push(planner.nulls(&table, column));
                if let Some(fill) = fill {
                    self.fill(planner, column, fill);
                    self.notes.push(format!("{column}: {OVERWRITES}"));
                }
                self.notes.push(format!("{column}: {EXPLICIT_NULLS}"));
                found(self.definition.set_not_null(column))?;
                Ok(format!("{column} NOT NULL"))
            }
            Change::SetDefault { column, expression, .. } => {
                found(self.definition.set_default(column, expression.as_deref()))?;
                Ok(format!("default of {column}"))
            }
            Change::ChangeType { column, data_type, .. } => {
                found(self.definition.change_type(column, data_type))?;
                let of = planner.column(&table, column);
                if of.is_some_and(|of| affinity(&of.data_type) != "numeric") && affinity(data_type) == "numeric" {
                    let quoted = planner.quote(column);
                    self.checks.push(format!(
                        "SELECT {quoted} FROM {} WHERE typeof({quoted}) = 'text' \
                         AND CAST(CAST({quoted} AS NUMERIC) AS TEXT) <> {quoted} LIMIT 10",
                        planner.relation(&table)
                    ));
                    self.notes.push("Texts that read as numbers become numbers: what the query finds before would change, such as leading zeros, or stay a text.".to_owned());
                }
                self.notes
                    .push("Only the type of the column changes here; SQLite stores any integer in 64 bits.".to_owned());
                Ok(format!("{column} to {data_type}"))
            }
            Change::RenameConstraint { name, to, .. } => {
                found(self.definition.rename_constraint(name, &planner.quote(to)))?;
                Ok(format!("rename constraint {name} to {to}"))
            }
            Change::AddPrimaryKey { name, columns, .. } => {
                self.add_primary_key(planner, name, columns)?;
                Ok(format!("primary key ({})", columns.join(", ")))
            }
            Change::AddSurrogateKey { column, .. } => {
                let column = planner.names.fresh(&[Space::Column], &table, column);
                self.definition.add_column(&format!("{} INTEGER PRIMARY KEY", planner.quote(&column)));
                self.adds_key = true;
                self.numbered = false;
                match self.rowid(planner) {
                    Some(rowid) => self.copied.push((column.clone(), rowid.to_owned())),
                    None => self.notes.push(NEW_ROWIDS.to_owned()),
                }
                Ok(format!("new primary key {column}"))
            }
            Change::AddColumn { column, .. } => {
                let mut text = format!("{} {}", planner.quote(&column.name), column.data_type);
                if let Some(default) = &column.default {
                    text = format!("{text} DEFAULT {}", default_text(default));
                }
                let fill = column.fill.as_ref().or(if column.not_null { column.default.as_ref() } else { None });
                if column.not_null {
                    text.push_str(" NOT NULL");
                }
                self.definition.add_column(&text);
                let value = fill.map_or_else(|| "NULL".to_owned(), |fill| format!("({fill})"));
                self.copied.push((column.name.clone(), value));
                Ok(format!("new column {}", column.name))
            }
            Change::AddUnique { name, columns, nulls_not_distinct, predicate, replaces, .. } => {
                let old = replaces.as_ref().and_then(|old| find_index(planner, &table, old)?.plain_columns());
                let old: Option<Vec<String>> = old.map(|old| old.into_iter().map(str::to_owned).collect());
                found(self.definition.drop_unique(old.as_ref().unwrap_or(columns)))?;
                // The rebuilt table lacks the constraint, so the index is made whether it was there or not.
                let key: Vec<KeyPart> = columns.iter().map(|column| KeyPart::column(column.clone())).collect();
                let fresh = planner.fresh_index(&table, name);
                self.after.push(create_index(planner, &table, &fresh, true, &key, predicate.as_deref()));
                if *nulls_not_distinct {
                    let steps = super::unique_steps(planner, &table, name, columns, true, predicate.as_deref());
                    self.after.extend(steps.into_iter().flat_map(|step| step.statements));
                }
                self.checks.push(planner.duplicates(&table, columns, predicate.as_deref(), *nulls_not_distinct));
                self.notes.extend(warning(planner, &request.change));
                Ok(format!("unique index {fresh}"))
            }
            Change::AddLookupTable { column, lookup_table, name, index, .. } => {
                self.add_lookup_table(planner, request, column, lookup_table, (name, index))
            }
            _ => Err("SQLite has no such thing".to_owned()),
        }
    }

    fn fill(&mut self, planner: &Planner<'_>, column: &str, fill: &str) {
        for (name, expression) in &mut self.copied {
            if name == column {
                *expression = format!("coalesce({}, {fill})", planner.quote(column));
            }
        }
    }

    fn add_primary_key(&mut self, planner: &Planner<'_>, name: &str, columns: &[String]) -> Result<(), String> {
        let of = planner.table(&self.table).ok_or("the table is not in the catalog")?;
        let rowid_alias = matches!(columns, [one] if of.table.column(one).is_some_and(|column| column.data_type.eq_ignore_ascii_case("integer")));
        if let Some(column) = columns.first().filter(|_| rowid_alias)
            && let Some(rowid) = self.rowid(planner)
        {
            if let Some(relying) = relies_on_rowids(planner, &self.table, column) {
                return Err(format!("{relying} finds rows by their rowid, which {column} would replace"));
            }
            let (relation, quoted) = (planner.relation(&self.table), planner.quote(column));
            self.checks.push(format!("SELECT count(*) FROM {relation} WHERE {rowid} <> {quoted}"));
            self.notes.push(format!("{column} becomes the rowid: what kept rowids of rows that the query counts before, such as a full-text index, finds other rows by them."));
        }
        self.numbered &= !rowid_alias;
        for column in columns {
            // SQLite lets a primary key hold NULL, except where it is the rowid.
            if !rowid_alias && of.table.column(column).is_some_and(|column| column.nullable) {
                self.definition.set_not_null(column);
                self.checks.push(planner.nulls(&self.table, column));
            }
        }
        self.checks.push(planner.duplicates(&self.table, columns, None, true));
        let text = format!("CONSTRAINT {} PRIMARY KEY ({})", planner.quote(name), planner.list(columns));
        self.definition.add_constraint(&text);
        self.definition.drop_unique(columns);
        let key: Vec<KeyPart> = columns.iter().map(|column| KeyPart::column(column.clone())).collect();
        let twins = of.table.indexes.iter().filter(|index| index.key == key && index.predicate.is_none());
        self.left_out.extend(twins.map(|index| index.name.clone()));
        self.adds_key = true;
        Ok(())
    }

    /// A name by which statements can have the number of a row. A column of that name hides it.
    fn rowid(&self, planner: &Planner<'_>) -> Option<&'static str> {
        let of = planner.table(&self.table)?;
        let there = of.table.columns.iter().map(|column| column.name.as_str());
        let names: Vec<&str> = there.chain(self.copied.iter().map(|(name, _)| name.as_str())).collect();
        ROWID.into_iter().find(|rowid| !names.iter().any(|name| name.eq_ignore_ascii_case(rowid)))
    }

    fn add_lookup_table(
        &mut self,
        planner: &mut Planner<'_>,
        request: &Request,
        column: &str,
        lookup_table: &str,
        (name, index): (&str, &str),
    ) -> Result<String, String> {
        let table = self.table.clone();
        let of = planner.column(&table, column).ok_or("the column is not in the catalog")?;
        let (lookup, is_there) = planner.lookup_table(&table, column, lookup_table);
        let (target, quoted) = (planner.relation(&lookup), planner.quote(column));
        let create = format!("CREATE TABLE {target} ({quoted} {} NOT NULL PRIMARY KEY)", of.data_type);
        let step = planner.lookup_step(&table, column, (&lookup, is_there), create).how(
            "metadata and one read",
            WRITE_LOCK,
            WRITES,
            Safety::Caution,
            Duration::Scan,
        );
        planner.add(15, request, step);
        let columns = vec![column.to_owned()];
        let text = format!(
            "CONSTRAINT {} FOREIGN KEY ({quoted}) REFERENCES {target} ({quoted}) ON UPDATE CASCADE ON DELETE RESTRICT",
            planner.quote(name)
        );
        self.definition.add_constraint(&text);
        self.notes.push(ONLY_VALUES_IN_USE.to_owned());
        self.adds_reference = true;
        if planner.table(&table).is_some_and(|of| !has_leading_index(of.table, &columns)) {
            let index = planner.fresh_index(&table, index);
            self.after.push(create_index(planner, &table, &index, false, &[KeyPart::column(column)], None));
        }
        Ok(format!("add foreign key {name}"))
    }

    /// Adds the step, if it changes anything.
    pub(super) fn finish(mut self, planner: &mut Planner<'_>) {
        if !self.any {
            return;
        }
        let new = QualifiedName::new(
            &self.table.schema,
            planner.names.fresh(&[Space::Relation, Space::Index], &self.table, &format!("{}_new", self.table.name)),
        );
        if self.numbered && self.rowid(planner).is_none() {
            self.notes.push(NEW_ROWIDS.to_owned());
        }
        let statements = self.statements(planner, &new);
        let title = format!("rebuild table {}: {}", self.table.name, self.titles.join("; "));
        let mut step = Step::new(title, &self.table, Phase::Expand, statements)
            .outside()
            .how("rebuild", WRITE_LOCK, WRITES, Safety::Breaking, Duration::Rewrite)
            .verify("PRAGMA foreign_key_check")
            .irreversible("only a copy of the file from before brings the old table back")
            .note("Foreign keys are off meanwhile, in this connection only; the last check before COMMIT makes up for it.");
        step.pre_check = (!self.checks.is_empty()).then(|| self.checks.join("; "));
        step.notes.extend(self.notes.drain(..).map(Cow::Owned));
        let rank = if self.adds_key { 25 } else { 30 };
        let request = Request {
            change: Change::EnableTriggers { table: self.table.clone() },
            rules: self.rules,
            notes: Vec::new(),
            after: None,
            stands_for_others: false,
        };
        planner.add(rank, &request, step);
    }

    fn statements(&mut self, planner: &Planner<'_>, new: &QualifiedName) -> Vec<String> {
        let (old, target) = (planner.relation(&self.table), planner.relation(new));
        self.definition.rename(&target);
        let literal = |name: &str| quote_literal(EngineName::Sqlite, name);
        let mut names: Vec<String> = self.copied.iter().map(|(name, _)| planner.quote(name)).collect();
        let mut values: Vec<&str> = self.copied.iter().map(|(_, expression)| expression.as_str()).collect();
        // A full-text index without content of its own finds rows by these numbers.
        if let Some(rowid) = self.rowid(planner).filter(|_| self.numbered) {
            names.insert(0, rowid.to_owned());
            values.insert(0, rowid);
        }
        let mut statements = vec![
            "PRAGMA foreign_keys = OFF".to_owned(),
            // Views and triggers that name the table keep its name while it is away.
            "PRAGMA legacy_alter_table = ON".to_owned(),
            "BEGIN IMMEDIATE".to_owned(),
            self.definition.finish(),
            format!("INSERT INTO {target} ({}) SELECT {} FROM {old}", names.join(", "), values.join(", ")),
        ];
        let of = planner.table(&self.table);
        if of.is_some_and(|of| of.table.columns.iter().any(|column| column.auto_increment)) {
            statements.push(format!("DELETE FROM sqlite_sequence WHERE name = {}", literal(&new.name)));
            statements.push(format!(
                "INSERT INTO sqlite_sequence (name, seq) SELECT {}, seq FROM sqlite_sequence WHERE name = {}",
                literal(&new.name),
                literal(&self.table.name)
            ));
        }
        statements.push(format!("DROP TABLE {old}"));
        statements.push(format!("ALTER TABLE {target} RENAME TO {old}"));
        if let Some(of) = of {
            let indexes = of.table.indexes.iter().filter(|index| !index.automatic && !index.primary);
            for index in indexes.filter(|index| !self.left_out.contains(&index.name)) {
                let (key, predicate) = (&index.key, index.predicate.as_deref());
                statements.push(create_index(planner, &self.table, &index.name, index.unique, key, predicate));
            }
            statements.extend(of.table.triggers.iter().map(|trigger| trigger.definition.clone()));
        }
        statements.append(&mut self.after);
        if self.adds_reference {
            // A violation makes the insert fail, and with it everything since BEGIN.
            statements
                .push("CREATE TEMP TABLE brownfield_check (violations INTEGER CHECK (violations = 0))".to_owned());
            statements.push(format!(
                "INSERT INTO temp.brownfield_check SELECT count(*) FROM pragma_foreign_key_check({})",
                literal(&self.table.name)
            ));
            statements.push("DROP TABLE temp.brownfield_check".to_owned());
        }
        statements.push("COMMIT".to_owned());
        statements.push("PRAGMA legacy_alter_table = OFF".to_owned());
        statements.push("PRAGMA foreign_keys = ON".to_owned());
        statements
    }
}
