//! Foreign keys, views and routines that are out of scope: some of them may rest on what is in scope.

use super::{Maps, rows_of};
use crate::catalog::postgres::scope::{Scope, class};
use crate::model::{Schema, Table, Unseen, UnseenKind, View};
use foldhash::HashMap;

impl Maps<'_> {
    /// What no extension owns, with no more of it than could rest on something else.
    pub(super) fn left_out(&self, scope: &Scope) -> Vec<Schema> {
        let mut schemas: Vec<Schema> = self.rows.schemas.iter().map(|row| Schema::new(&row.name)).collect();
        let positions: HashMap<_, _> = self.rows.schemas.iter().map(|row| row.oid).zip(0..).collect();
        let is_of_views = |unseen: &Unseen| unseen.what == UnseenKind::ViewDefinitions && unseen.object.is_none();
        let unread = self.rows.unseen.iter().any(is_of_views);
        for relation in self.rows.relations.iter().filter(|relation| !relation.partition) {
            let Some(at) = positions.get(&relation.schema) else { continue };
            if scope.has_relation(relation.oid) || scope.is_member(class::RELATION, relation.oid) {
                continue;
            }
            if matches!(relation.kind, 'v' | 'm') {
                let mut view = View::new(&relation.name, relation.kind == 'm');
                let reads = rows_of(&self.view_reads, relation.oid).iter();
                view.reads = reads.filter_map(|read| self.relation_name(*read)).collect();
                // A view that reads nothing rests on nothing, if that is known.
                if !view.reads.is_empty() || unread {
                    schemas[*at].views.push(view);
                }
            } else {
                let mut table = Table::new(&relation.name);
                let keys = rows_of(&self.constraints, relation.oid).iter().filter(|row| row.kind == 'f');
                table.foreign_keys = keys.map(|row| self.foreign_key(row)).collect();
                schemas[*at].tables.push(table);
            }
        }
        let functions = self.rows.functions.iter().filter(|row| !scope.has_schema(row.schema));
        for row in functions.filter(|row| !scope.is_member(class::FUNCTION, row.oid)) {
            if let Some(at) = positions.get(&row.schema) {
                schemas[*at].functions.push(self.function(row));
            }
        }
        schemas
    }
}
