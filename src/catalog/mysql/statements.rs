//! What is asked, in the order in which it is sent.

use crate::model::{EngineName, UnseenKind};

/// The version of a server.
pub(super) type Version = (u32, u32, u32);

/// The oldest MariaDB whose `information_schema` tells periods.
pub(super) const TELLS_PERIODS: Version = (11, 4, 1);

/// What the server says of itself.
pub(super) const SESSION: &str = include_str!("sql/session.sql");

/// The databases; `{only}` stands for a condition.
pub(super) fn schemas(engine: EngineName) -> &'static str {
    match engine {
        EngineName::MariaDb => include_str!("sql/mariadb_schemas.sql"),
        _ => include_str!("sql/mysql_schemas.sql"),
    }
}

/// The names of tables and views once more, to see whether they are still the same. `schemas` are literals.
pub(super) fn names(schemas: &str) -> String {
    include_str!("sql/names.sql").replace("{schemas}", schemas)
}

/// The two tables of every foreign key of InnoDB, as it names them. Nothing here makes MariaDB open a table.
pub(super) const ENDS: &str = include_str!("sql/mariadb_ends.sql");

/// The columns of foreign keys of single tables, which MariaDB opens for that. Both of each are literals.
pub(super) fn keys_of(tables: impl Iterator<Item = (String, String)>) -> String {
    let of = |(schema, name): (String, String)| {
        let keys = include_str!("sql/keys.sql").trim_end().trim_end_matches(';');
        let pieces: Vec<String> = keys
            .split("{schemas}")
            .map(|piece| piece.replace("{names}", &format!(" AND TABLE_NAME = {name}")))
            .collect();
        pieces.join(&schema)
    };
    tables.map(of).collect::<Vec<_>>().join("\nUNION ALL\n")
}

/// Spatial reference systems of the columns of some tables of MariaDB, which it opens for that. Both are literals.
pub(super) fn reference_systems(schemas: &str, tables: &str) -> String {
    let sql = include_str!("sql/reference_systems.sql");
    let pieces: Vec<String> = sql.split("{schemas}").map(|piece| piece.replace("{tables}", tables)).collect();
    pieces.join(schemas)
}

/// One statement of a reading.
#[derive(Clone, Copy, Debug)]
pub(super) struct Statement {
    /// What it answers; what `-v` shows. One answer can have a statement for each version.
    pub(super) name: &'static str,
    sql: &'static str,
    /// The engine that has what it asks for; both when it is `None`.
    engine: Option<EngineName>,
    /// Oldest version that has it.
    since: Version,
    /// Oldest version that has something better.
    before: Version,
    /// Asked only when statistics are wanted.
    statistics: bool,
    /// What stays unseen when it fails; `None` where a reading makes no sense without it.
    pub(super) kind: Option<UnseenKind>,
}

impl Statement {
    const fn new(name: &'static str, sql: &'static str, kind: Option<UnseenKind>) -> Self {
        Self { name, sql, engine: None, since: (0, 0, 0), before: (u32::MAX, 0, 0), statistics: false, kind }
    }

    const fn mysql(self, since: Version, before: Version) -> Self {
        Self { engine: Some(EngineName::MySql), since, before, ..self }
    }

    const fn mariadb(self, since: Version, before: Version) -> Self {
        Self { engine: Some(EngineName::MariaDb), since, before, ..self }
    }

    const fn statistics(self) -> Self {
        Self { statistics: true, ..self }
    }

    /// Whether it describes parts of tables, which the statements that make the tables tell as well.
    pub(super) fn is_of_tables(&self) -> bool {
        self.sql.contains("{names}") && !["tables", "views"].contains(&self.name)
    }

    /// Whether it can be asked before tables are read from their own statements.
    pub(super) fn stands_alone(&self) -> bool {
        !self.sql.contains("{names}")
    }

    /// The text to send. `schemas` are literals; `names` is a further condition on the name of a table or view, or nothing.
    pub(super) fn text(&self, schemas: &str, names: &str) -> String {
        // Names can contain anything, so none may be searched for a place to fill.
        let pieces: Vec<String> = self.sql.split("{schemas}").map(|piece| piece.replace("{names}", names)).collect();
        pieces.join(schemas)
    }
}

macro_rules! statement {
    ($name:ident, $kind:expr) => {
        statement!($name, $name, $kind)
    };
    ($name:ident, $file:ident, $kind:expr) => {
        Statement::new(stringify!($name), include_str!(concat!("sql/", stringify!($file), ".sql")), $kind)
    };
}

const ALWAYS: Version = (0, 0, 0);
const NEVER: Version = (u32::MAX, 0, 0);

/// Every statement of every version.
const ALL: &[Statement] = &[
    statement!(tables, None),
    statement!(table_options, Some(UnseenKind::Other)),
    statement!(columns, columns, None).mysql(ALWAYS, (8, 0, 3)),
    statement!(columns, spatial_columns, None).mysql((8, 0, 3), NEVER),
    statement!(columns, columns, None).mariadb(ALWAYS, NEVER),
    statement!(indexes, indexes, None).mysql(ALWAYS, (8, 0, 0)),
    statement!(indexes, visible_indexes, None).mysql((8, 0, 0), (8, 0, 13)),
    statement!(indexes, functional_indexes, None).mysql((8, 0, 13), NEVER),
    statement!(indexes, indexes, None).mariadb(ALWAYS, (10, 6, 0)),
    statement!(indexes, ignored_indexes, None).mariadb((10, 6, 0), NEVER),
    statement!(keys, Some(UnseenKind::ForeignKeys)),
    statement!(actions, Some(UnseenKind::ForeignKeys)),
    statement!(outside_keys, Some(UnseenKind::OutsideKeys)).mysql((8, 0, 0), NEVER),
    statement!(checks, Some(UnseenKind::Constraints)).mysql((8, 0, 16), NEVER),
    statement!(checked_tables, Some(UnseenKind::Constraints)).mysql((8, 0, 16), NEVER),
    statement!(checks, mariadb_checks, Some(UnseenKind::Constraints)).mariadb(ALWAYS, NEVER),
    statement!(periods, Some(UnseenKind::Other)).mariadb(TELLS_PERIODS, NEVER),
    statement!(period_keys, Some(UnseenKind::Constraints)).mariadb(TELLS_PERIODS, NEVER),
    statement!(partitions, Some(UnseenKind::Other)),
    statement!(views, Some(UnseenKind::ViewDefinitions)),
    statement!(triggers, Some(UnseenKind::Triggers)),
    statement!(routines, Some(UnseenKind::Functions)),
    statement!(parameters, Some(UnseenKind::Functions)),
    statement!(events, Some(UnseenKind::Events)),
    statement!(outside_triggers, Some(UnseenKind::Outside)),
    statement!(outside_routines, Some(UnseenKind::Outside)),
    statement!(outside_events, Some(UnseenKind::Outside)),
    statement!(outside_views, Some(UnseenKind::Outside)),
    statement!(sizes, Some(UnseenKind::TableStatistics)).statistics(),
    statement!(accounts, Some(UnseenKind::Other)).statistics(),
    statement!(index_usage, Some(UnseenKind::IndexStatistics)).statistics(),
    statement!(uptime, mysql_uptime, Some(UnseenKind::IndexStatistics)).mysql(ALWAYS, NEVER).statistics(),
    statement!(uptime, mariadb_uptime, Some(UnseenKind::IndexStatistics)).mariadb(ALWAYS, NEVER).statistics(),
];

/// The statements for a server.
pub(super) fn list(engine: EngineName, version: Version, statistics: bool) -> impl Iterator<Item = &'static Statement> {
    ALL.iter().filter(move |statement| {
        statement.engine.is_none_or(|of| of == engine)
            && (statement.since..statement.before).contains(&version)
            && (statistics || !statement.statistics)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_statement_is_one_command_that_ends_with_its_file() {
        let others = [SESSION, schemas(EngineName::MySql), schemas(EngineName::MariaDb), include_str!("sql/names.sql")];
        let others = others.into_iter().chain([include_str!("sql/reference_systems.sql"), ENDS]);
        for sql in ALL.iter().map(|statement| statement.sql).chain(others) {
            assert!(sql.starts_with("--") && sql.ends_with(";\n"), "{sql}");
            assert_eq!(sql.matches(";\n").count(), 1, "{sql}");
        }
    }

    #[test]
    fn a_version_has_one_statement_for_an_answer() {
        let names = |engine, version| list(engine, version, true).map(|statement| statement.name).collect::<Vec<_>>();
        for (engine, version) in [
            (EngineName::MySql, (5, 7, 44)),
            (EngineName::MySql, (8, 0, 12)),
            (EngineName::MySql, (8, 4, 0)),
            (EngineName::MariaDb, (10, 5, 23)),
            (EngineName::MariaDb, (11, 8, 3)),
        ] {
            let mut names = names(engine, version);
            let count = names.len();
            names.sort_unstable();
            names.dedup();
            assert_eq!(names.len(), count, "{engine:?} {version:?}");
            assert!(["tables", "columns", "indexes", "uptime"].iter().all(|name| names.contains(name)));
        }
        assert!(!names(EngineName::MySql, (5, 7, 44)).contains(&"checks"));
    }
}
