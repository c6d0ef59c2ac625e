//! Which objects of a database belong into its model.

use super::rows::{Oid, Rows};
use crate::catalog::{Error, Filter, migration_tables};
use crate::model::{MigrationTable, Unseen, UnseenKind};
use foldhash::{HashMap, HashSet};

/// `pg_namespace`, `pg_class`, `pg_type`, `pg_proc` and the other catalogs that objects are looked up in, by the
/// number that every server gives them.
pub(super) mod class {
    use super::Oid;

    pub(in super::super) const TYPE: Oid = 1247;
    pub(in super::super) const FUNCTION: Oid = 1255;
    pub(in super::super) const RELATION: Oid = 1259;
    pub(in super::super) const CONSTRAINT: Oid = 2606;
    pub(in super::super) const SCHEMA: Oid = 2615;
    pub(in super::super) const EXTENDED_STATISTICS: Oid = 3381;
    pub(in super::super) const COLLATION: Oid = 3456;
    pub(in super::super) const PUBLICATION: Oid = 6104;
    pub(in super::super) const TRIGGER: Oid = 2620;
    pub(in super::super) const POLICY: Oid = 3256;
    pub(in super::super) const EVENT_TRIGGER: Oid = 3466;
    pub(in super::super) const FOREIGN_SERVER: Oid = 1417;
    pub(in super::super) const RULE: Oid = 2618;
    pub(in super::super) const EXTENSION: Oid = 3079;
}

/// Schemas that an extension fills with objects that it does not register as its own: the pattern of the schema's
/// name and the extension that makes it one.
const EXTENSION_SCHEMAS: &[(&str, &str)] = &[
    ("_timescaledb_*", "timescaledb"),
    ("cron", "pg_cron"),
    ("graphql*", "pg_graphql"),
    ("net", "pg_net"),
    ("pgmq", "pgmq"),
    ("pgsodium*", "pgsodium"),
    ("repack", "pg_repack"),
    ("tiger*", "postgis_tiger_geocoder"),
    ("topology", "postgis_topology"),
    ("vault", "supabase_vault"),
];

/// Schemas of the Supabase platform, where its administrator role exists. Elsewhere they are anybody's.
const PLATFORM_SCHEMAS: &[&str] = &["auth", "extensions", "realtime", "storage", "supabase_*"];
const PLATFORM_ROLE: &str = "supabase_admin";

/// What is in scope: user objects that no extension owns and the filter lets through.
pub(super) struct Scope {
    schemas: HashSet<Oid>,
    members: HashSet<(Oid, Oid)>,
    relations: HashSet<Oid>,
    partitions: HashSet<Oid>,
    pub(super) migration_tables: Vec<MigrationTable>,
}

impl Scope {
    /// Decides for every schema and relation.
    pub(super) fn new(rows: &Rows, filter: &Filter) -> Result<Self, Error> {
        for wanted in filter.schemas() {
            if !rows.schemas.iter().any(|schema| schema.name == *wanted) {
                let mut known: Vec<&str> = rows.schemas.iter().map(|schema| schema.name.as_str()).collect();
                known.sort_unstable();
                return Err(Error::new(format!("there is no schema {wanted:?} in the database"))
                    .hint(format!("it has {}", known.join(", "))));
            }
        }
        let members: HashSet<(Oid, Oid)> =
            rows.extension_members.iter().map(|member| (member.class, member.object)).collect();
        let on_platform = rows.roles.iter().any(|role| role.name == PLATFORM_ROLE);
        let has_extension = |name: &str| rows.extensions.iter().any(|extension| extension.name == name);
        let is_foreign = |name: &str| {
            EXTENSION_SCHEMAS.iter().any(|(pattern, extension)| matches(pattern, name) && has_extension(extension))
                || on_platform && PLATFORM_SCHEMAS.iter().any(|pattern| matches(pattern, name))
        };
        let schemas: HashSet<Oid> = rows
            .schemas
            .iter()
            .filter(|schema| {
                let named = filter.schemas().contains(&schema.name);
                named
                    || filter.allows_schema(&schema.name)
                        && !members.contains(&(class::SCHEMA, schema.oid))
                        && !is_foreign(&schema.name)
            })
            .map(|schema| schema.oid)
            .collect();

        let names: HashMap<Oid, &str> = rows.schemas.iter().map(|schema| (schema.oid, schema.name.as_str())).collect();
        let mut scope = Self {
            schemas,
            members,
            relations: HashSet::default(),
            partitions: HashSet::default(),
            migration_tables: Vec::new(),
        };
        let mut candidates: HashMap<Oid, Vec<&str>> = HashMap::default();
        for relation in &rows.relations {
            let Some(schema) = names.get(&relation.schema) else { continue };
            if relation.partition {
                scope.partitions.insert(relation.oid);
            }
            if relation.partition
                || !scope.schemas.contains(&relation.schema)
                || scope.is_member(class::RELATION, relation.oid)
            {
                continue;
            }
            let is_view = matches!(relation.kind, 'v' | 'm');
            if !is_view && migration_tables::is_candidate(&relation.name) {
                candidates.insert(relation.oid, Vec::new());
            }
            if filter.allows(schema, &relation.name) {
                scope.relations.insert(relation.oid);
            }
        }
        for column in &rows.columns {
            if let Some(columns) = candidates.get_mut(&column.relation) {
                columns.push(&column.name);
            }
        }
        for relation in &rows.relations {
            let Some(columns) = candidates.get(&relation.oid) else { continue };
            let tool = migration_tables::tool(&relation.name, columns);
            if let (Some(tool), Some(schema)) = (tool, names.get(&relation.schema)) {
                scope.relations.remove(&relation.oid);
                scope.migration_tables.push(MigrationTable {
                    schema: (*schema).to_owned(),
                    name: relation.name.clone(),
                    tool: tool.to_owned(),
                    columns: columns.iter().map(|name| (*name).to_owned()).collect(),
                });
            }
        }
        Ok(scope)
    }

    /// Whether a schema is in scope.
    pub(super) fn has_schema(&self, schema: Oid) -> bool {
        self.schemas.contains(&schema)
    }

    /// Whether a table, view or foreign table stands in the model under its own name. Partitions do not.
    pub(super) fn has_relation(&self, relation: Oid) -> bool {
        self.relations.contains(&relation)
    }

    /// Whether an extension owns an object.
    pub(super) fn is_member(&self, class: Oid, object: Oid) -> bool {
        self.members.contains(&(class, object))
    }

    /// Whether a sequence is in scope: it goes with the table whose column it belongs to.
    pub(super) fn has_sequence(&self, sequence: &super::rows::SequenceRow) -> bool {
        self.has_schema(sequence.schema)
            && !self.is_member(class::RELATION, sequence.oid)
            && (sequence.owner == 0 || self.has_relation(sequence.owner) || self.partitions.contains(&sequence.owner))
    }

    /// Views whose definitions are wanted.
    pub(super) fn views(&self, rows: &Rows) -> Vec<Oid> {
        let views = rows.relations.iter().filter(|relation| matches!(relation.kind, 'v' | 'm'));
        views.map(|view| view.oid).filter(|view| self.has_relation(*view)).collect()
    }

    /// Sequences whose values are wanted and may be read.
    pub(super) fn readable_sequences(&self, rows: &Rows) -> Vec<Oid> {
        let sequences = rows.sequences.iter().filter(|sequence| sequence.readable && self.has_sequence(sequence));
        sequences.map(|sequence| sequence.oid).collect()
    }
}

/// Whether reading a view or sequence would mean waiting for one of these relations.
pub(super) fn waits_for(rows: &Rows, oid: Oid, held: &HashSet<Oid>) -> bool {
    held.contains(&oid) || rows.view_dependencies.iter().any(|read| read.view == oid && held.contains(&read.relation))
}

/// The note about a view or sequence that was left out because of a lock.
pub(super) fn unseen_lock(rows: &Rows, oid: Oid, what: UnseenKind) -> Option<Unseen> {
    let relations = rows.relations.iter().map(|relation| (relation.oid, relation.schema, &relation.name));
    let sequences = rows.sequences.iter().map(|sequence| (sequence.oid, sequence.schema, &sequence.name));
    let (_, schema, name) = relations.chain(sequences).find(|(candidate, ..)| *candidate == oid)?;
    let schema = rows.schemas.iter().find(|candidate| candidate.oid == schema)?;
    Some(locked(what, &schema.name, name))
}

/// The note about something that stayed unread because of a lock.
pub(super) fn locked(what: UnseenKind, schema: &str, object: &str) -> Unseen {
    Unseen {
        what,
        schema: Some(schema.to_owned()),
        object: Some(object.to_owned()),
        reason: "another session holds or awaits an exclusive lock on it".to_owned(),
        remedy: "try again when that session is done, or raise --lock-timeout".to_owned(),
    }
}

/// Whether a name is the pattern's, or begins like one that ends with `*`.
fn matches(pattern: &str, name: &str) -> bool {
    match pattern.strip_suffix('*') {
        Some(beginning) => name.starts_with(beginning),
        None => name == pattern,
    }
}

#[cfg(test)]
mod tests {
    use super::super::rows::{ExtensionMember, ExtensionRow, Relation, Role, SchemaRow};
    use super::*;

    fn database(schemas: &[&str], tables: &[(Oid, Oid, &str)]) -> Rows {
        Rows {
            schemas: (1..)
                .zip(schemas)
                .map(|(oid, name)| SchemaRow {
                    oid,
                    name: (*name).to_owned(),
                    owner: String::new(),
                    public_create: false,
                })
                .collect(),
            relations: tables
                .iter()
                .map(|(oid, schema, name)| Relation {
                    oid: *oid,
                    schema: *schema,
                    name: (*name).to_owned(),
                    ..Relation::empty('r')
                })
                .collect(),
            ..Rows::default()
        }
    }

    fn filter(schemas: &[&str], include: &[&str]) -> Filter {
        let owned = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
        Filter::new(&owned(schemas), &owned(include), &[]).expect("valid globs")
    }

    #[test]
    fn what_an_extension_owns_is_out() {
        let mut rows = database(&["public"], &[(10, 1, "spatial_ref_sys"), (11, 1, "orders")]);
        rows.extension_members.push(ExtensionMember { class: class::RELATION, object: 10 });
        let scope = Scope::new(&rows, &Filter::default()).expect("a scope");
        assert!(!scope.has_relation(10) && scope.has_relation(11));
    }

    #[test]
    fn platform_schemas_are_out_on_the_platform_only() {
        let mut rows = database(&["public", "auth", "cron"], &[(10, 2, "users"), (11, 3, "job")]);
        let elsewhere = Scope::new(&rows, &Filter::default()).expect("a scope");
        assert!(elsewhere.has_relation(10) && elsewhere.has_relation(11));
        rows.roles.push(Role { oid: 1, name: PLATFORM_ROLE.to_owned() });
        rows.extensions.push(ExtensionRow {
            name: "pg_cron".to_owned(),
            version: "1".to_owned(),
            schema: "cron".to_owned(),
            oid: 0,
        });
        let there = Scope::new(&rows, &Filter::default()).expect("a scope");
        assert!(!there.has_relation(10) && !there.has_relation(11));
        let named = Scope::new(&rows, &filter(&["auth"], &[])).expect("a scope");
        assert!(named.has_relation(10));
    }

    #[test]
    fn histories_of_migrations_are_noted_and_left_out() {
        let rows = database(&["public"], &[(10, 1, "flyway_schema_history"), (11, 1, "migrations")]);
        let scope = Scope::new(&rows, &Filter::default()).expect("a scope");
        assert!(!scope.has_relation(10));
        assert!(scope.has_relation(11), "a table of this name without a tool's columns is anybody's");
        let tools: Vec<&str> = scope.migration_tables.iter().map(|table| table.tool.as_str()).collect();
        assert_eq!(tools, ["Flyway"]);
    }

    #[test]
    fn the_filter_chooses_and_a_wrong_schema_is_an_error() {
        let rows = database(&["a", "b"], &[(10, 1, "x"), (11, 1, "y"), (12, 2, "x")]);
        let scope = Scope::new(&rows, &filter(&["a"], &["x"])).expect("a scope");
        assert!(scope.has_relation(10) && !scope.has_relation(11) && !scope.has_relation(12));
        let error = Scope::new(&rows, &filter(&["c"], &[])).err().expect("no such schema");
        assert_eq!(error.hint.as_deref(), Some("it has a, b"));
    }
}
