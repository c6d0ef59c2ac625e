//! Tables in which migration tools keep their history.
//!
//! They are not part of anybody's data model, so every reader leaves them out and names the tool instead.

/// Table names in lower case and the tool that makes them, sorted by name.
const TABLES: &[(&str, &str)] = &[
    ("__diesel_schema_migrations", "Diesel"),
    ("__drizzle_migrations", "Drizzle"),
    ("__efmigrationshistory", "Entity Framework"),
    ("_cf_kv", "Cloudflare D1"),
    ("_prisma_migrations", "Prisma"),
    ("_sqlx_migrations", "SQLx"),
    ("alembic_version", "Alembic"),
    ("ar_internal_metadata", "Rails"),
    ("atlas_schema_revisions", "Atlas"),
    ("changelog", "dbmaintain"),
    ("d1_migrations", "Cloudflare D1"),
    ("databasechangelog", "Liquibase"),
    ("databasechangeloglock", "Liquibase"),
    ("django_migrations", "Django"),
    ("doctrine_migration_versions", "Doctrine"),
    ("flyway_schema_history", "Flyway"),
    ("goose_db_version", "Goose"),
    ("gopg_migrations", "go-pg"),
    ("gorp_migrations", "sql-migrate"),
    ("knex_migrations", "Knex"),
    ("knex_migrations_lock", "Knex"),
    ("migration_versions", "Doctrine"),
    ("migrations", "Laravel or TypeORM"),
    ("mikro_orm_migrations", "MikroORM"),
    ("pgmigrations", "node-pg-migrate"),
    ("phinxlog", "Phinx"),
    ("play_evolutions", "Play"),
    ("refinery_schema_history", "Refinery"),
    ("schema_info", "Sequel"),
    ("schema_migrations", "Rails, Ecto or golang-migrate"),
    ("schema_version", "Flyway"),
    ("schemaversions", "DbUp"),
    ("seaql_migrations", "SeaORM"),
    ("sequelizemeta", "Sequelize"),
    ("typeorm_metadata", "TypeORM"),
];

/// The tool whose history a table of this name and these columns keeps; `None` for any other table. Names that people
/// also give to tables of their own count only when no column speaks against it.
pub(super) fn tool(table_name: &str, columns: &[&str]) -> Option<&'static str> {
    let name = table_name.to_lowercase();
    let tool = find(&name)?;
    let expected: &[&str] = match name.as_str() {
        "migrations" => &["id", "migration", "batch", "name", "timestamp", "executed_at", "run_on"],
        "changelog" => &[
            "change_number",
            "complete_dt",
            "applied_by",
            "description",
            "file_name",
            "file_last_modified_at",
            "checksum",
            "executed_at",
            "succeeded",
        ],
        "schema_info" => &["version"],
        _ => return Some(tool),
    };
    let known = |column: &&str| expected.contains(&column.to_lowercase().as_str());
    (!columns.is_empty() && columns.iter().all(known)).then_some(tool)
}

/// Whether a table's name is on the list, so that its columns are worth a look.
pub(super) fn is_candidate(table_name: &str) -> bool {
    find(&table_name.to_lowercase()).is_some()
}

fn find(lower_case_name: &str) -> Option<&'static str> {
    let position = TABLES.binary_search_by(|(known, _)| (*known).cmp(lower_case_name)).ok()?;
    TABLES.get(position).map(|(_, tool)| *tool)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_sorted() {
        assert!(TABLES.is_sorted());
    }

    #[test]
    fn case_does_not_matter() {
        assert_eq!(tool("__EFMigrationsHistory", &["MigrationId"]), Some("Entity Framework"));
        assert_eq!(tool("SequelizeMeta", &["name"]), Some("Sequelize"));
        assert_eq!(tool("orders", &["id"]), None);
    }

    #[test]
    fn ambiguous_names_need_the_tool_s_columns() {
        assert_eq!(tool("migrations", &["id", "migration", "batch"]), Some("Laravel or TypeORM"));
        assert_eq!(tool("migrations", &["id", "species", "distance"]), None);
        assert_eq!(tool("changelog", &["id", "entity", "text"]), None);
        assert_eq!(tool("schema_info", &["version"]), Some("Sequel"));
    }
}
