//! New names, and everything that says the old ones.

use super::Projection;
use crate::model::QualifiedName;
use crate::remedy::planner::mentions;

impl Projection<'_> {
    pub(super) fn rename_index(&mut self, table: &QualifiedName, name: &str, to: &str) {
        let indexes = self.indexes(table).into_iter().flatten();
        let Some(index) = indexes.into_iter().find(|index| index.name == name) else { return };
        to.clone_into(&mut index.name);
        // In MySQL and MariaDB a unique constraint is its index.
        if index.constraint.as_deref() == Some(name) {
            index.constraint = Some(to.to_owned());
            let keys = self.table(table).map(|of| &mut of.unique_constraints).into_iter().flatten();
            keys.filter(|key| key.name.as_deref() == Some(name)).for_each(|key| key.name = Some(to.to_owned()));
        }
    }

    pub(super) fn rename_table(&mut self, table: &QualifiedName, to: &str) {
        let Some(of) = self.table(table) else { return };
        to.clone_into(&mut of.name);
        let new = QualifiedName::new(&table.schema, to);
        for schema in &mut self.model.schemas {
            for key in schema.tables.iter_mut().flat_map(|table| &mut table.foreign_keys) {
                if key.referenced_table == *table {
                    key.referenced_table.clone_from(&new);
                }
            }
            for name in schema.views.iter_mut().flat_map(|view| &mut view.reads).filter(|name| *name == table) {
                name.clone_from(&new);
            }
        }
        if let Some(place) = self.places.remove(table) {
            self.places.insert(new, place);
        }
    }

    pub(super) fn rename_column(&mut self, table: &QualifiedName, column: &str, to: &str) {
        let rename = |name: &mut String| {
            if name == column {
                to.clone_into(name);
            }
        };
        let Some(of) = self.table(table) else { return };
        of.columns.iter_mut().for_each(|column| rename(&mut column.name));
        of.primary_key.iter_mut().flat_map(|key| &mut key.columns).for_each(rename);
        of.unique_constraints.iter_mut().flat_map(|key| &mut key.columns).for_each(rename);
        of.foreign_keys.iter_mut().flat_map(|key| &mut key.columns).for_each(rename);
        of.partitioning.iter_mut().flat_map(|key| &mut key.columns).for_each(rename);
        for check in of.check_constraints.iter_mut().filter(|check| check.columns.iter().any(|name| name == column)) {
            check.columns.iter_mut().for_each(rename);
            check.expression = check.expression.replace(column, to);
        }
        for index in &mut of.indexes {
            index.key.iter_mut().filter_map(|part| part.column.as_mut()).for_each(rename);
            index.include.own_mut().into_iter().flatten().for_each(rename);
            if let Some(predicate) = index.predicate.as_mut().filter(|predicate| mentions(predicate, column)) {
                *predicate = predicate.replace(column, to);
            }
        }
        for key in
            self.model.schemas.iter_mut().flat_map(|schema| &mut schema.tables).flat_map(|of| &mut of.foreign_keys)
        {
            if key.referenced_table == *table {
                key.referenced_columns.iter_mut().for_each(rename);
            }
        }
    }
}
