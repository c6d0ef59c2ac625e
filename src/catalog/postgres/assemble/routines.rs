//! Functions, extensions, event triggers and publications.

use super::{Maps, enabled};
use crate::catalog::postgres::rows::{FunctionRow, GrantRow, Oid};
use crate::catalog::postgres::scope::class;
use crate::catalog::postgres::text::canonical;
use crate::model::{
    EventTrigger, Extension, Function, FunctionKind, Grant, LimitedTable, Publication, QualifiedName, UnseenKind,
};
use std::collections::BTreeMap;

impl Maps<'_> {
    pub(super) fn function(&self, row: &FunctionRow) -> Function {
        let kind = match row.kind {
            'a' => FunctionKind::Aggregate,
            'p' => FunctionKind::Procedure,
            'w' => FunctionKind::Window,
            _ => FunctionKind::Function,
        };
        let compiled = matches!(row.language.as_str(), "c" | "internal") && kind != FunctionKind::Aggregate;
        let parsed = self.bodies.get(&row.oid).map(|body| canonical(body));
        let source = || row.source.clone().filter(|source| !compiled && !source.is_empty());
        Function {
            name: row.name.clone(),
            kind,
            arguments: row.arguments.as_deref().map(canonical).unwrap_or_default(),
            result: row.result.clone(),
            language: row.language.to_lowercase(),
            volatility: match row.volatility {
                'i' => Some("immutable".to_owned()),
                's' => Some("stable".to_owned()),
                'v' => Some("volatile".to_owned()),
                _ => None,
            },
            data_access: None,
            security_definer: row.security_definer,
            strict: row.strict,
            settings: row.settings.clone(),
            // A compiled function is taken to cost less; that of an aggregate is not its own.
            cost: row.cost.filter(|cost| {
                let usual = if matches!(row.language.as_str(), "c" | "internal") { 1.0 } else { 100.0 };
                kind != FunctionKind::Aggregate && (cost - usual).abs() > f64::EPSILON
            }),
            rows: row.rows.filter(|rows| *rows > 0.0 && (rows - 1000.0).abs() > f64::EPSILON),
            parallel: match row.parallel {
                's' => Some("safe".to_owned()),
                'r' => Some("restricted".to_owned()),
                _ => None,
            },
            leakproof: row.leakproof,
            owner: self.role(row.owner),
            definer: None,
            body: parsed.or_else(source),
            comment: self.comment(class::FUNCTION, row.oid, 0),
        }
    }

    pub(super) fn extensions(&self) -> Vec<Extension> {
        let extensions = self.rows.extensions.iter();
        extensions
            .map(|row| Extension {
                name: row.name.clone(),
                version: row.version.clone(),
                schema: row.schema.clone(),
                comment: self.comment(class::EXTENSION, row.oid, 0),
            })
            .collect()
    }

    /// Rights on single columns, those of one role on a column together.
    pub(super) fn column_grants(&self) -> Vec<GrantRow> {
        let mut grants = Vec::new();
        for column in self.rows.columns.iter().filter(|column| !column.details.grants.is_empty()) {
            let relation = self.relations.get(&column.relation).map(|row| (row.schema, row.name.as_str()));
            let sequence = || self.rows.sequences.iter().find(|row| row.oid == column.relation);
            let sequence = || sequence().map(|row| (row.schema, row.name.as_str()));
            let Some((schema, name)) = relation.or_else(sequence) else { continue };
            let mut of_roles: BTreeMap<Oid, Vec<String>> = BTreeMap::new();
            for (grantee, privilege) in column.details.grants.iter().filter_map(|grant| grant.split_once(' ')) {
                of_roles.entry(grantee.parse().unwrap_or_default()).or_default().push(privilege.to_owned());
            }
            for (grantee, mut privileges) in of_roles {
                privileges.sort();
                grants.push(GrantRow {
                    schema,
                    kind: "column".to_owned(),
                    relation: column.relation,
                    name: Some(format!("{name}.{}", column.name)),
                    owner: 0,
                    grantee,
                    privileges,
                });
            }
        }
        grants
    }

    /// A right; none where the name of a role could not be seen.
    pub(super) fn grant(&self, row: &GrantRow) -> Option<Grant> {
        let to = if row.grantee == 0 { "PUBLIC".to_owned() } else { self.role(row.grantee)? };
        let of_new_objects = row.kind.starts_with("new ");
        Some(Grant {
            kind: row.kind.clone(),
            name: row.name.clone(),
            owner: if of_new_objects { Some(self.role(row.owner)?) } else { None },
            to,
            privileges: row.privileges.clone(),
        })
    }

    pub(super) fn event_triggers(&self) -> Vec<EventTrigger> {
        let members: Vec<u32> = self
            .rows
            .extension_members
            .iter()
            .filter(|member| member.class == class::EVENT_TRIGGER)
            .map(|member| member.object)
            .collect();
        let triggers = self.rows.event_triggers.iter().filter(|row| !members.contains(&row.oid));
        triggers
            .map(|row| EventTrigger {
                name: row.name.clone(),
                event: row.event.clone(),
                enabled: enabled(row.enabled),
                function: QualifiedName::new(&row.function_schema, &row.function),
            })
            .collect()
    }

    pub(super) fn publications(&self) -> Vec<Publication> {
        let publications = self.rows.publications.iter();
        publications
            .map(|row| {
                let tables = self.rows.publication_tables.iter().filter(|table| table.publication == row.oid);
                let mut tables: Vec<QualifiedName> =
                    tables.map(|table| QualifiedName::new(&table.schema, &table.table)).collect();
                tables.sort();
                let limited =
                    self.rows.publication_tables.iter().filter(|table| {
                        table.publication == row.oid && (table.has_filter || !table.columns.is_empty())
                    });
                let mut limited: Vec<LimitedTable> = limited
                    .map(|table| LimitedTable {
                        table: QualifiedName::new(&table.schema, &table.table),
                        columns: table.columns.clone(),
                        row_filter: table.has_filter.then(|| {
                            self.expression(table.relation, UnseenKind::Publications, table.filter.as_deref())
                        }),
                    })
                    .collect();
                limited.sort_by(|a, b| a.table.cmp(&b.table));
                let schemas = self.rows.publication_schemas.iter().filter(|schema| schema.publication == row.oid);
                let mut schemas: Vec<String> = schemas.map(|schema| schema.schema.clone()).collect();
                schemas.sort();
                Publication {
                    name: row.name.clone(),
                    all_tables: row.all_tables,
                    tables,
                    limited,
                    schemas,
                    update: row.update,
                    delete: row.delete,
                    comment: self.comment(class::PUBLICATION, row.oid, 0),
                }
            })
            .collect()
    }
}
