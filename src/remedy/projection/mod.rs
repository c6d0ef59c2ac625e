//! What a playbook makes of a model: its changes, made in memory, so that what the steps lead to can be judged before
//! anything is executed.
//!
//! Names are those that were wanted; where one is taken, the planner adds a number, which no rule minds.

mod keys;
mod names;

use super::planner::mentions;
use super::{Playbook, convert, shown_like};
use crate::checks::{Change, NewColumn, successor};
use crate::model::{
    CheckConstraint, Column, ColumnDefault, DefaultKind, EngineName, ForeignKey, Model, Persistence, QualifiedName,
    Rarely, Schema, Table, Trigger, TriggerEnabled, base_type,
};
use crate::remedy::mysql::foreign_row_format;
use std::collections::HashMap;
use std::sync::Arc;

/// Makes the changes of a playbook in a model.
pub fn project(model: &mut Model, playbook: &Playbook) {
    let mut changes: Vec<&Change> = playbook.changes.iter().collect();
    changes.sort_by_key(|change| turn(change));
    let mut projection = Projection::new(model);
    for change in changes {
        projection.make(change);
    }
    projection.finish();
}

/// When a change is made, compared with the others: columns, what stands on them, what goes, names.
fn turn(change: &Change) -> u8 {
    match change {
        Change::ChangeType { .. } | Change::SetCharacterSet { .. } => 0,
        Change::AddColumn { .. } | Change::AddSurrogateKey { .. } => 1,
        Change::SetNotNull { .. } | Change::SetDefault { .. } | Change::MaintainUpdatedAt { .. } => 2,
        Change::AddPrimaryKey { .. } | Change::AddUnique { .. } | Change::AddIndex { .. } => 3,
        Change::DropForeignKey { .. } | Change::DropCheck { .. } | Change::DropIndex { .. } => 5,
        Change::RenameConstraint { .. } | Change::RenameIndex { .. } => 6,
        Change::RenameColumn { .. } => 7,
        Change::RenameTable { .. } => 8,
        _ => 4,
    }
}

struct Projection<'m> {
    model: &'m mut Model,
    engine: EngineName,
    /// Place of each table: that of its schema, and its own in the schema.
    places: HashMap<QualifiedName, (usize, usize)>,
    /// Tables whose disabled triggers are enabled.
    enabled: Vec<QualifiedName>,
}

impl<'m> Projection<'m> {
    fn new(model: &'m mut Model) -> Self {
        let mut places = HashMap::new();
        for (at, schema) in model.schemas.iter().enumerate() {
            for (position, table) in schema.tables.iter().enumerate() {
                places.insert(QualifiedName::new(&schema.name, &table.name), (at, position));
            }
        }
        Self { engine: model.engine.name, model, places, enabled: Vec::new() }
    }

    fn schema(&mut self, name: &str) -> Option<&mut Schema> {
        self.model.schemas.iter_mut().find(|schema| schema.name == name)
    }

    fn table(&mut self, name: &QualifiedName) -> Option<&mut Table> {
        let (schema, position) = *self.places.get(name)?;
        self.model.schemas.get_mut(schema)?.tables.get_mut(position)
    }

    fn column(&mut self, table: &QualifiedName, name: &str) -> Option<&mut Column> {
        self.table(table)?.columns.iter_mut().find(|column| column.name == name)
    }

    fn make(&mut self, change: &Change) {
        match change {
            Change::AddForeignKey {
                table,
                name,
                columns,
                referenced_table,
                referenced_columns,
                on_delete,
                on_update,
            } => {
                let mut key = ForeignKey::new(columns.clone(), referenced_table.clone(), referenced_columns.clone());
                (key.on_delete, key.on_update) = (*on_delete, *on_update);
                self.add_foreign_key(table, name, key);
            }
            Change::AddIndex { table, name, method, key, predicate } => {
                self.add_index(table, name, method, key, predicate.as_ref());
            }
            Change::AddPrimaryKey { table, name, columns } => self.add_primary_key(table, name, columns),
            Change::AddSurrogateKey { table, column, name } => self.add_surrogate_key(table, column, name),
            Change::AddUnique { table, .. } => self.add_unique(table, change),
            Change::AddLookupTable { table, column, lookup_table, name, index } => {
                self.add_lookup_table(table, column, lookup_table, name, index);
            }
            Change::AddColumn { table, column } => self.add_column(table, column),
            Change::ChangeType { table, column, data_type, with } => {
                for (table, column) in with {
                    self.change_type(table, column, data_type);
                }
                self.change_type(table, column, data_type);
            }
            Change::SetNotNull { table, column, .. } => {
                if let Some(column) = self.column(table, column) {
                    (column.nullable, column.not_null_unvalidated) = (false, false);
                }
            }
            Change::SetDefault { table, column, expression } => {
                if let Some(column) = self.column(table, column) {
                    column.default = expression.as_deref().map(default).map(Arc::new);
                }
            }
            Change::MaintainUpdatedAt { table, column } => self.maintain_updated_at(table, column),
            Change::RenameTable { table, to } => self.rename_table(table, to),
            Change::RenameColumn { table, column, to } => self.rename_column(table, column, to),
            Change::DropIndex { table, name } => self.drop_index(table, name),
            Change::RepairIndex { table, name } => self.repair_index(table, name),
            Change::RenameIndex { table, name, to } => self.rename_index(table, name, to),
            Change::SetSecurityInvoker { view } => {
                let views = self.schema(&view.schema).map(|schema| &mut schema.views).into_iter().flatten();
                for view in views.filter(|other| other.name == view.name) {
                    view.security_invoker = true;
                }
            }
            Change::SetSearchPath { function, arguments, path } => {
                let functions = self.schema(&function.schema).map(|schema| &mut schema.functions);
                let named = functions.into_iter().flatten().filter(|other| other.name == function.name);
                for function in
                    named.filter(|other| arguments.is_none() || arguments.as_ref() == Some(&other.arguments))
                {
                    function.settings.retain(|setting| !setting.starts_with("search_path="));
                    function.settings.push(format!("search_path={}", path.join(", ")));
                }
            }
            Change::RevokePublicCreate { schema } => {
                if let Some(schema) = self.schema(&schema.name) {
                    schema.public_create = false;
                }
            }
            Change::UpdateExtension { extension, version } => {
                for known in self.model.extensions.iter_mut().filter(|known| known.name == extension.name) {
                    known.version.clone_from(version);
                }
            }
            Change::EnableTriggers { table } => self.enabled.push(table.clone()),
            Change::AddCheck { table, name, expression } => {
                for (at, table) in self.with_heirs(table).iter().enumerate() {
                    if let Some(of) = self.table(table) {
                        of.check_constraints.push(check(of, name, expression, at > 0));
                    }
                }
            }
            _ => {
                if let Some(table) = self.table(change.table()) {
                    change_table(table, change);
                }
            }
        }
    }

    fn add_column(&mut self, table: &QualifiedName, new: &NewColumn) {
        for (at, table) in self.with_heirs(table).iter().enumerate() {
            let Some(of) = self.table(table) else { continue };
            let mut column = Column::new(&new.name, new.data_type.as_str());
            column.default = new.default.as_deref().map(default).map(Arc::new);
            column.nullable = !new.not_null;
            column.on_update = new.on_update.clone().into();
            column.inherited = at > 0;
            of.columns.push(column);
        }
    }

    /// A table and those that inherit from it, at every level (PostgreSQL).
    fn with_heirs(&mut self, table: &QualifiedName) -> Vec<QualifiedName> {
        let mut found = vec![table.clone()];
        let mut at = 0;
        while let Some(name) = found.get(at).cloned() {
            let inheritance = self.table(&name).and_then(|of| of.inheritance.as_ref());
            let children = inheritance.map(|inheritance| inheritance.children.clone()).unwrap_or_default();
            for child in children {
                if !found.contains(&child) {
                    found.push(child);
                }
            }
            at += 1;
        }
        found
    }

    fn change_type(&mut self, table: &QualifiedName, name: &str, data_type: &str) {
        let Some(of) = self.table(table) else { return };
        let Some(column) = of.columns.iter_mut().find(|column| column.name == name) else { return };
        column.data_type = shown_like(&column.data_type, data_type).into_owned().into();
        column.user_type = None;
        let base = base_type(data_type).into_owned();
        let is_list = matches!(base.as_str(), "enum" | "set");
        let is_textual = is_list || base.contains("char") || base.contains("text");
        if !is_list {
            column.values = Rarely::default();
        }
        if !is_textual {
            (column.character_set, column.collation) = Default::default();
        }
        let identity = column.identity.as_ref().and_then(|identity| identity.sequence.clone());
        let feeding = identity.or_else(|| column.default.as_ref()?.sequence.clone());
        let Some(feeding) = feeding.filter(|_| matches!(base.as_str(), "smallint" | "integer" | "bigint")) else {
            return;
        };
        let sequences = self.schema(&feeding.schema).map(|schema| &mut schema.sequences).into_iter().flatten();
        for sequence in sequences.filter(|sequence| sequence.name == feeding.name) {
            if base == "bigint" && sequence.increment > 0 {
                sequence.maximum = i64::MAX.into();
            }
            base.clone_into(&mut sequence.data_type);
        }
    }

    fn maintain_updated_at(&mut self, table: &QualifiedName, column: &str) {
        let mysql = self.engine.is_mysql_family();
        let Some(of) = self.table(table) else { return };
        if mysql
            && let Some(known) = of.columns.iter_mut().find(|known| known.name == column)
            && matches!(known.base_type(), "datetime" | "timestamp")
        {
            known.on_update = Some("CURRENT_TIMESTAMP".to_owned()).into();
            return;
        }
        let name = format!("{}_set_{column}", table.name);
        of.triggers.push(Trigger {
            definition: format!("{name} sets {column}"),
            name,
            timing: "before".to_owned(),
            events: vec!["update".to_owned()],
            update_columns: Vec::new(),
            order: None,
            for_each_row: true,
            function: None,
            enabled: TriggerEnabled::Origin,
            constraint: false,
            definer: None,
            sql_mode: None,
            comment: None,
        });
    }

    /// What concerns all tables, what the server does by itself, and the order of names.
    fn finish(self) {
        for table in self.model.schemas.iter_mut().flat_map(|schema| &mut schema.tables) {
            if !self.enabled.is_empty() {
                for key in &mut table.foreign_keys {
                    key.disabled_triggers_on.retain(|name| !self.enabled.contains(name));
                }
            }
            if self.engine.is_mysql_family() {
                keys::add_indexes_of_keys(table);
            }
        }
        self.model.sort();
    }
}

/// A change of the table alone.
fn change_table(table: &mut Table, change: &Change) {
    let same = |key: &ForeignKey, name: &Option<String>, columns: &[String]| {
        if name.is_some() { key.name == *name } else { key.columns == columns }
    };
    match change {
        Change::ChangeDeleteAction { name, columns, on_delete, .. } => {
            // What was begun is finished: the new key takes the place of the old one.
            let begun = table.foreign_keys.iter().find(|key| same(key, name, columns));
            let begun = begun.and_then(|key| successor(table, key)).map(|new| (new.name.clone(), new.on_delete));
            let on_delete = begun.as_ref().map_or(on_delete, |(_, on_delete)| on_delete);
            table.foreign_keys.retain(|key| begun.as_ref().is_none_or(|(new, _)| key.name != *new));
            for key in table.foreign_keys.iter_mut().filter(|key| same(key, name, columns)) {
                (key.on_delete, key.on_delete_explicit, key.validated) = (*on_delete, Some(true), true);
            }
        }
        Change::DropForeignKey { name, columns, .. } => table.foreign_keys.retain(|key| !same(key, name, columns)),
        Change::ValidateConstraint { name, .. } | Change::EnforceConstraint { name, .. } => {
            for key in table.foreign_keys.iter_mut().filter(|key| key.name.as_ref() == Some(name)) {
                (key.validated, key.enforced) = (true, true);
            }
            for check in table.check_constraints.iter_mut().filter(|check| check.name.as_ref() == Some(name)) {
                (check.validated, check.enforced) = (true, true);
            }
        }
        Change::DropCheck { name, expression, .. } => table.check_constraints.retain(|check| match name {
            Some(_) => check.name != *name,
            None => check.expression != *expression,
        }),
        Change::RenameConstraint { name, to, .. } => {
            let renamed = |known: &mut Option<String>| {
                if known.as_ref() == Some(name) {
                    *known = Some(to.clone());
                }
            };
            table.primary_key.iter_mut().for_each(|key| renamed(&mut key.name));
            table.unique_constraints.iter_mut().for_each(|key| renamed(&mut key.name));
            table.foreign_keys.iter_mut().for_each(|key| renamed(&mut key.name));
            table.check_constraints.iter_mut().for_each(|check| renamed(&mut check.name));
            for index in table.indexes.iter_mut().filter(|index| index.constraint.as_ref() == Some(name)) {
                index.constraint = Some(to.clone());
                index.name.clone_from(to);
            }
        }
        Change::SetStorageEngine { engine, .. } => {
            if foreign_row_format(table).is_some() {
                table.row_format = None;
            }
            table.storage_engine = Some(engine.clone());
        }
        // One that fails is not among the changes of a playbook.
        Change::SetCharacterSet { .. } => drop(convert(table, change)),
        Change::SetLogged { .. } => table.persistence = Persistence::Permanent,
        Change::SetReplicaIdentity { index, .. } => {
            table.replica_identity = Some(if index.is_some() { "index" } else { "full" }.to_owned());
            for known in &mut table.indexes {
                known.replica_identity = index.as_ref() == Some(&known.name);
            }
        }
        Change::SetOwner { owner, .. } => table.owner = Some(owner.clone()),
        Change::EnableRowSecurity { .. } => table.row_security = true,
        Change::AskPolicyOnce { policy, using, with_check, .. } => {
            for known in table.policies.iter_mut().filter(|known| known.name == *policy) {
                if using.is_some() {
                    known.using.clone_from(using);
                }
                if with_check.is_some() {
                    known.with_check.clone_from(with_check);
                }
            }
        }
        _ => {}
    }
}

fn check(table: &Table, name: &str, expression: &str, inherited: bool) -> CheckConstraint {
    let columns = table.columns.iter().map(|column| &column.name);
    CheckConstraint {
        name: Some(name.to_owned()),
        columns: columns.filter(|column| mentions(expression, column)).cloned().collect(),
        expression: expression.to_owned(),
        validated: true,
        enforced: true,
        no_inherit: false,
        inherited,
        automatic: false,
        comment: None,
    }
}

/// The wanted name, or the next one with a number that is free.
fn free(wanted: &str, is_taken: impl Fn(&str) -> bool) -> String {
    let numbered = (2..).map(|number: u32| format!("{wanted}_{number}"));
    std::iter::once(wanted.to_owned()).chain(numbered).find(|name| !is_taken(name)).unwrap_or_default()
}

fn default(expression: &str) -> ColumnDefault {
    let text = expression.trim();
    let literal = text.starts_with('\'')
        || text.parse::<f64>().is_ok()
        || ["null", "true", "false"].iter().any(|word| text.eq_ignore_ascii_case(word));
    let kind = if literal { DefaultKind::Literal } else { DefaultKind::Expression };
    ColumnDefault { expression: expression.to_owned(), kind, sequence: None }
}
