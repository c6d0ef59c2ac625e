use super::unique_vs_soft_delete::{is_for_ever, is_referenced};
use crate::checks::columns::{is_reference, stands_for};
use crate::checks::names::Names;
use crate::checks::relations::superseded;
use crate::checks::{Change, Context, Dimension, Finding, Kind, Needs, Object, Rule, Severity, Verdicts};
use crate::model::{EngineName, Index, KeyPart, TableRef, UnseenKind};
use crate::survey::{singular, split};

pub(super) static RULE: Rule = Rule {
    id: "unique-missing-tenant",
    summary: "A value that one tenant uses is taken for all the others",
    dimension: Dimension::ConstraintCompleteness,
    kind: Kind::Coverage,
    weight: 3,
    severity: Severity::Info,
    engines: &EngineName::ALL,
    needs: Needs::Catalog,
    reads: &[UnseenKind::Indexes, UnseenKind::Constraints, UnseenKind::ForeignKeys],
    denominator: "unique indexes, without those of primary keys, in tables that carry the tenant's column, when at least half of the entity tables do",
    options: &[],
    peers: &[],
    references: &["https://www.postgresql.org/docs/current/ddl-rowsecurity.html"],
    documentation: r"
## What it does

Finds unique keys that leave out the tenant, in schemas in which most tables carry it.

## Why

One customer cannot call a project `Website` because another has one, and the error tells them so: a leak of the other's data.

## Not reported

Keys that are unique everywhere by nature: UUIDs, tokens, hashes, numbers given by another system, the name by which users sign
in. Keys that contain a reference, whose parent belongs to one tenant already, and keys that a foreign key refers to.

## Fix

Make the tenant and the key unique together, then drop the key that leaves the tenant out.

## Example

```sql,fires
CREATE TABLE tenants (id integer NOT NULL PRIMARY KEY, a integer, b integer, c integer);
CREATE TABLE projects (id integer NOT NULL PRIMARY KEY, tenant_id integer NOT NULL, name varchar(80) NOT NULL, a integer, CONSTRAINT projects_name_key UNIQUE (name), CONSTRAINT projects_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id) ON DELETE RESTRICT);
CREATE TABLE tasks (id integer NOT NULL PRIMARY KEY, tenant_id integer NOT NULL, note varchar(80) NOT NULL, a integer, CONSTRAINT tasks_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id) ON DELETE RESTRICT);
CREATE TABLE files (id integer NOT NULL PRIMARY KEY, tenant_id integer NOT NULL, path varchar(80) NOT NULL, a integer, CONSTRAINT files_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id) ON DELETE RESTRICT);
CREATE INDEX projects_tenant_id_idx ON projects (tenant_id);
CREATE INDEX tasks_tenant_id_idx ON tasks (tenant_id);
CREATE INDEX files_tenant_id_idx ON files (tenant_id);
```

```sql,passes
CREATE TABLE tenants (id integer NOT NULL PRIMARY KEY, a integer, b integer, c integer);
CREATE TABLE projects (id integer NOT NULL PRIMARY KEY, tenant_id integer NOT NULL, name varchar(80) NOT NULL, token varchar(40) NOT NULL UNIQUE, UNIQUE (tenant_id, name), CONSTRAINT projects_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id) ON DELETE RESTRICT);
CREATE TABLE users (id integer NOT NULL PRIMARY KEY, tenant_id integer NOT NULL, email varchar(80) NOT NULL UNIQUE, a integer, CONSTRAINT users_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id) ON DELETE RESTRICT);
CREATE TABLE files (id integer NOT NULL PRIMARY KEY, tenant_id integer NOT NULL, path varchar(80) NOT NULL, project_id integer NOT NULL, UNIQUE (project_id, path), CONSTRAINT files_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id) ON DELETE RESTRICT, CONSTRAINT files_project_id_fkey FOREIGN KEY (project_id) REFERENCES projects (id) ON DELETE RESTRICT);
```
",
    check,
};

/// Tables of those who sign in, and columns by which they do.
const USERS: [&str; 7] = ["user", "account", "member", "login", "identity", "person", "admin"];
const LOGINS: [&str; 5] = ["email", "username", "login", "name", "phone"];

fn check(context: Context<'_>, verdicts: &mut Verdicts) {
    let Some(tenancy) = context.survey.tenancy.as_ref().filter(|tenancy| tenancy.tenant_table.is_some()) else {
        return;
    };
    let names = Names::new(context);
    for table in tenancy.tables.iter().filter_map(|name| context.tables.find(name)) {
        let keys = table.table.indexes.iter().filter(|index| index.unique && !index.primary && !index.exclusion);
        for index in keys {
            let object = Object::index(table, &index.name);
            let Some(columns) = index.plain_columns() else {
                continue;
            };
            let plain: Vec<&str> = columns.iter().map(|column| stands_for(table.table, column)).collect();
            if plain.contains(&tenancy.column.as_str())
                || plain.iter().any(|column| is_reference(table, column) || is_relation(context, table, column))
                || is_for_ever(index)
                || is_login(table, index)
                || is_referenced(context, table, index)
            {
                verdicts.pass(object);
                continue;
            }
            let message =
                format!("({}) is unique across all tenants: {} is not in it", columns.join(", "), tenancy.column);
            let columns: Vec<String> =
                std::iter::once(tenancy.column.as_str()).chain(columns).map(str::to_owned).collect();
            let key: Vec<KeyPart> = columns.iter().map(KeyPart::column).collect();
            let superfluous = superseded(context.model.engine.name, table, &key, index.predicate.as_ref());
            let unique = Change::AddUnique {
                table: table.qualified_name(),
                name: names.unique(&table.schema.name, &table.name, &columns),
                columns,
                nulls_not_distinct: index.nulls_not_distinct,
                predicate: index.predicate.clone(),
                replaces: Some(index.name.clone()),
            };
            verdicts.fail(Finding::new(&RULE, object, message).with(std::iter::once(unique).chain(superfluous)));
        }
    }
}

fn is_relation(context: Context<'_>, table: TableRef<'_>, column: &str) -> bool {
    context.survey.relations_of(&table.qualified_name()).any(|relation| relation.column == column)
}

fn is_login(table: TableRef<'_>, index: &Index) -> bool {
    let of_users = split(&table.table.name).last().is_some_and(|word| USERS.contains(&singular(word).as_str()));
    of_users
        && index
            .key_columns()
            .flatten()
            .all(|column| split(column).last().is_some_and(|word| LOGINS.contains(&word.as_str())))
}
