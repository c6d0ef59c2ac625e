//! What the model counts equals what the catalog counts when asked in other words.

use crate::support::database::{Database, Place};
use crate::support::times::trial;
use crate::support::{TestResult, chain, read, schemas};
use brownfield::model::{EngineName, Model, Partition, Persistence, Schema, Table, TableKind};
use libtest_mimic::Trial;

pub(crate) fn add(trials: &mut Vec<Trial>) {
    for place in Place::all() {
        for sample in schemas::samples(place) {
            let name = format!("live::counts::{}::{}", place.name(), sample.name);
            trials.push(trial(name, move || counts(place, |database| sample.load(database))));
        }
        if place.engine() == EngineName::PostgreSql {
            let name = format!("live::counts::{}::rarities", place.name());
            let newer = if place.version().0 >= 15 { RARITIES_15 } else { "" };
            trials.push(trial(name, move || counts(place, |database| database.run(&format!("{RARITIES}{newer}")))));
        }
    }
}

/// What is counted, in the catalog's words and in the model's.
struct Count {
    what: &'static str,
    sql: String,
    model: fn(&Model) -> usize,
}

/// What the samples lack.
const RARITIES: &str = "
    CREATE TABLE visits (id integer, at date NOT NULL, room text) PARTITION BY RANGE (at);
    CREATE UNLOGGED TABLE visits_rest PARTITION OF visits DEFAULT;
    CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql PARALLEL RESTRICTED AS 'BEGIN RETURN NEW; END';
    CREATE TRIGGER of_all AFTER INSERT ON visits FOR EACH ROW EXECUTE FUNCTION touch();
    CREATE TRIGGER of_one AFTER INSERT ON visits_rest FOR EACH ROW EXECUTE FUNCTION touch();
    CREATE POLICY of_one ON visits_rest USING (id > 1);
    CREATE TABLE rooms (id integer PRIMARY KEY, name text, size integer);
    CREATE STATISTICS of_rooms ON name, size FROM rooms;
    ALTER TABLE rooms ALTER name SET STORAGE EXTERNAL;
    CREATE COLLATION german (provider = icu, locale = 'de');
    CREATE FOREIGN DATA WRAPPER elsewhere;
    CREATE SERVER there FOREIGN DATA WRAPPER elsewhere;
    CREATE FOREIGN TABLE theirs (id integer OPTIONS (column_name 'x=y')) SERVER there OPTIONS (table_name 't', password 'p');
";
const RARITIES_15: &str = "CREATE PUBLICATION parts FOR TABLE rooms (id, size) WHERE (size > 1), TABLE visits;";

fn counts(place: Place, load: impl Fn(&Database) -> Result<(), String>) -> TestResult {
    let database = Database::new(place)?;
    load(&database)?;
    let model = read(&database.url()).map_err(|error| chain(&error))?;
    let history: Vec<_> = model.migration_tables.iter().map(|table| format!("'{}'", table.name)).collect();
    let history = if history.is_empty() { "''".to_owned() } else { history.join(", ") };
    let list = match place.engine() {
        EngineName::PostgreSql => postgres(&history),
        EngineName::Sqlite => sqlite(&history),
        EngineName::MySql | EngineName::MariaDb => mysql(&database.name, &history, place.engine()),
    };
    let mut wrong = Vec::new();
    let mut seen = 0;
    let queries: Vec<String> = list.iter().map(|count| count.sql.clone()).collect();
    for (count, expected) in list.iter().zip(database.numbers(&queries)?) {
        let found = (count.model)(&model);
        seen += expected;
        if expected != found {
            wrong.push(format!("{}: the catalog has {expected}, the model {found}", count.what));
        }
    }
    if seen == 0 {
        return Err("the sample is empty".into());
    }
    if wrong.is_empty() { Ok(()) } else { Err(wrong.join("\n").into()) }
}

fn sum(model: &Model, count: fn(&Schema) -> usize) -> usize {
    model.schemas.iter().map(count).sum()
}

fn in_tables(model: &Model, count: fn(&Table) -> usize) -> usize {
    model.schemas.iter().flat_map(|schema| &schema.tables).map(count).sum()
}

fn in_partitions(model: &Model, count: fn(&Partition) -> usize) -> usize {
    let of_schema = |schema: &Schema| {
        let all = schema.tables.iter().filter_map(|table| Some(table.partitioning.as_ref()?.all(&schema.name)));
        all.flatten().map(|(_, partition)| count(partition)).sum::<usize>()
    };
    model.schemas.iter().map(of_schema).sum()
}

fn in_real_tables(model: &Model, count: fn(&Table) -> usize) -> usize {
    let tables = model.schemas.iter().flat_map(|schema| &schema.tables);
    tables.filter(|table| table.kind != TableKind::Virtual).map(count).sum()
}

fn postgres(history: &str) -> Vec<Count> {
    let user = "nspname NOT LIKE 'pg\\_%' AND nspname <> 'information_schema'";
    let own = |catalog: &str, oid: &str| {
        format!(
            "NOT EXISTS (SELECT FROM pg_depend WHERE deptype = 'e' AND classid = '{catalog}'::regclass AND objid = {oid})"
        )
    };
    let relations = format!(
        "pg_class r JOIN pg_namespace n ON n.oid = r.relnamespace AND {user} AND {} AND r.relname NOT IN ({history})",
        own("pg_class", "r.oid")
    );
    let tables = format!("{relations} AND r.relkind IN ('r', 'p', 'f') AND NOT r.relispartition");
    let partitions = format!("{relations} AND r.relkind IN ('r', 'p', 'f') AND r.relispartition");
    let constraints = |kind: &str| {
        format!("SELECT count(*) FROM pg_constraint k JOIN ({tables}) ON r.oid = k.conrelid WHERE k.contype = '{kind}'")
    };
    vec![
        Count { what: "tables", sql: format!("SELECT count(*) FROM {tables}"), model: |m| sum(m, |s| s.tables.len()) },
        Count {
            what: "columns",
            sql: format!(
                "SELECT count(*) FROM pg_attribute a JOIN ({tables}) ON r.oid = a.attrelid WHERE a.attnum > 0 AND NOT a.attisdropped"
            ),
            model: |m| in_tables(m, |t| t.columns.len()),
        },
        Count {
            what: "NOT NULL columns",
            sql: format!(
                "SELECT count(*) FROM pg_attribute a JOIN ({tables}) ON r.oid = a.attrelid WHERE a.attnum > 0 AND NOT a.attisdropped AND a.attnotnull"
            ),
            model: |m| in_tables(m, |t| t.columns.iter().filter(|c| !c.nullable || c.not_null_unvalidated).count()),
        },
        Count {
            what: "primary keys",
            sql: constraints("p"),
            model: |m| in_tables(m, |t| t.primary_key.iter().count()),
        },
        Count { what: "foreign keys", sql: constraints("f"), model: |m| in_tables(m, |t| t.foreign_keys.len()) },
        Count {
            what: "unique constraints",
            sql: constraints("u"),
            model: |m| in_tables(m, |t| t.unique_constraints.len()),
        },
        Count { what: "checks", sql: constraints("c"), model: |m| in_tables(m, |t| t.check_constraints.len()) },
        Count {
            what: "exclusion constraints",
            sql: constraints("x"),
            model: |m| in_tables(m, |t| t.exclusion_constraints.len()),
        },
        Count {
            what: "indexes",
            sql: format!("SELECT count(*) FROM pg_index i JOIN ({tables}) ON r.oid = i.indrelid"),
            model: |m| in_tables(m, |t| t.indexes.len()),
        },
        Count {
            what: "foreign keys of single partitions",
            sql: format!(
                "SELECT count(*) FROM pg_constraint k JOIN ({partitions}) ON r.oid = k.conrelid WHERE k.contype = 'f' AND \
                 NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_constraint'::regclass AND d.objid = k.oid \
                 AND d.refclassid = d.classid)"
            ),
            model: |m| in_partitions(m, |p| p.foreign_keys.len()),
        },
        Count {
            what: "checks of single partitions",
            sql: format!(
                "SELECT count(*) FROM pg_constraint k JOIN ({partitions}) ON r.oid = k.conrelid WHERE k.contype = 'c' AND \
                 NOT EXISTS (SELECT FROM pg_inherits h JOIN pg_constraint above ON above.conrelid = h.inhparent \
                 WHERE h.inhrelid = k.conrelid AND above.contype = 'c' AND above.conname = k.conname)"
            ),
            model: |m| in_partitions(m, |p| p.check_constraints.len()),
        },
        Count {
            what: "unique and exclusion constraints of single partitions",
            sql: format!(
                "SELECT count(*) FROM pg_constraint k JOIN ({partitions}) ON r.oid = k.conrelid WHERE k.contype IN ('u', 'x') \
                 AND NOT EXISTS (SELECT FROM pg_inherits h WHERE h.inhrelid = k.conindid)"
            ),
            model: |m| in_partitions(m, |p| p.unique_constraints.len() + p.exclusion_constraints.len()),
        },
        Count {
            what: "indexes of single partitions",
            sql: format!(
                "SELECT count(*) FROM pg_index i JOIN ({partitions}) ON r.oid = i.indrelid \
                 WHERE NOT EXISTS (SELECT FROM pg_inherits h WHERE h.inhrelid = i.indexrelid)"
            ),
            model: |m| in_partitions(m, |p| p.local_indexes.len()),
        },
        Count {
            what: "partitions",
            sql: format!("SELECT count(*) FROM {partitions}"),
            model: |m| in_partitions(m, |_| 1),
        },
        Count {
            what: "triggers",
            sql: format!(
                "SELECT count(*) FROM pg_trigger t JOIN ({tables}) ON r.oid = t.tgrelid WHERE NOT t.tgisinternal"
            ),
            model: |m| in_tables(m, |t| t.triggers.len()),
        },
        Count {
            what: "triggers of single partitions",
            sql: format!(
                "SELECT count(*) FROM pg_trigger t JOIN ({partitions}) ON r.oid = t.tgrelid WHERE NOT t.tgisinternal AND \
                 NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_trigger'::regclass AND d.objid = t.oid \
                 AND d.refclassid = d.classid)"
            ),
            model: |m| in_partitions(m, |p| p.triggers.len()),
        },
        Count {
            what: "policies of single partitions",
            sql: format!("SELECT count(*) FROM pg_policy p JOIN ({partitions}) ON r.oid = p.polrelid"),
            model: |m| in_partitions(m, |p| p.policies.len()),
        },
        Count {
            what: "unlogged partitions",
            sql: format!("SELECT count(*) FROM {partitions} AND r.relpersistence = 'u'"),
            model: |m| in_partitions(m, |p| usize::from(p.persistence == Persistence::Unlogged)),
        },
        Count {
            what: "extended statistics objects",
            sql: format!("SELECT count(*) FROM pg_statistic_ext s JOIN ({tables}) ON r.oid = s.stxrelid"),
            model: |m| in_tables(m, |t| t.extended_statistics.len()),
        },
        Count {
            what: "columns with a storage of their own",
            sql: format!(
                "SELECT count(*) FROM pg_attribute a JOIN ({tables}) ON r.oid = a.attrelid \
                 JOIN pg_type y ON y.oid = a.atttypid WHERE a.attnum > 0 AND NOT a.attisdropped \
                 AND a.attstorage <> y.typstorage"
            ),
            model: |m| in_tables(m, |t| t.columns.iter().filter(|c| c.storage.is_some()).count()),
        },
        Count {
            what: "tables of which a part is published",
            // By way of JSON, since older servers lack the columns.
            sql: "SELECT count(*) FROM pg_publication_rel r \
                  WHERE to_jsonb(r) ->> 'prattrs' IS NOT NULL OR to_jsonb(r) ->> 'prqual' IS NOT NULL"
                .to_owned(),
            model: |m| m.publications.iter().map(|p| p.limited.len()).sum(),
        },
        Count {
            what: "options of foreign tables and their columns",
            sql: "SELECT (SELECT count(*) FROM pg_foreign_table, unnest(ftoptions)) + \
                  (SELECT count(*) FROM pg_attribute, unnest(attfdwoptions) WHERE NOT attisdropped)"
                .to_owned(),
            model: |m| {
                in_tables(m, |t| {
                    t.foreign_options.len() + t.columns.iter().map(|c| c.foreign_options.len()).sum::<usize>()
                })
            },
        },
        Count {
            what: "collations",
            sql: format!(
                "SELECT count(*) FROM pg_collation c JOIN pg_namespace n ON n.oid = c.collnamespace AND {user} WHERE {}",
                own("pg_collation", "c.oid")
            ),
            model: |m| sum(m, |s| s.collations.len()),
        },
        Count {
            what: "functions that parallel workers may run",
            sql: format!(
                "SELECT count(*) FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace AND {user} \
                 WHERE p.proparallel <> 'u' AND {}",
                own("pg_proc", "p.oid")
            ),
            model: |m| sum(m, |s| s.functions.iter().filter(|f| f.parallel.is_some()).count()),
        },
        Count {
            what: "policies",
            sql: format!("SELECT count(*) FROM pg_policy p JOIN ({tables}) ON r.oid = p.polrelid"),
            model: |m| in_tables(m, |t| t.policies.len()),
        },
        Count {
            what: "views",
            sql: format!("SELECT count(*) FROM {relations} AND r.relkind IN ('v', 'm')"),
            model: |m| sum(m, |s| s.views.len()),
        },
        Count {
            what: "materialized views",
            sql: format!("SELECT count(*) FROM {relations} AND r.relkind = 'm'"),
            model: |m| sum(m, |s| s.views.iter().filter(|view| view.materialized).count()),
        },
        Count {
            what: "sequences",
            sql: format!("SELECT count(*) FROM {relations} AND r.relkind = 'S'"),
            model: |m| sum(m, |s| s.sequences.len()),
        },
        Count {
            what: "enum labels",
            sql: format!(
                "SELECT count(*) FROM pg_enum e JOIN pg_type y ON y.oid = e.enumtypid JOIN pg_namespace n ON n.oid = y.typnamespace AND {user} WHERE {}",
                own("pg_type", "y.oid")
            ),
            model: |m| sum(m, |s| s.enums.iter().map(|e| e.labels.len()).sum()),
        },
        Count {
            what: "domains",
            sql: format!(
                "SELECT count(*) FROM pg_type y JOIN pg_namespace n ON n.oid = y.typnamespace AND {user} WHERE y.typtype = 'd' AND {}",
                own("pg_type", "y.oid")
            ),
            model: |m| sum(m, |s| s.domains.len()),
        },
        Count {
            what: "functions",
            sql: format!(
                "SELECT count(*) FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace AND {user} WHERE {}",
                own("pg_proc", "p.oid")
            ),
            model: |m| sum(m, |s| s.functions.len()),
        },
    ]
}

fn sqlite(history: &str) -> Vec<Count> {
    let real = format!(
        "pragma_table_list l WHERE l.schema = 'main' AND l.type = 'table' AND l.name NOT LIKE 'sqlite#_%' ESCAPE '#' AND l.name NOT IN ({history})"
    );
    let over = |pragma: &str, what: &str, condition: &str| {
        let (before, after) = real.split_once(" WHERE ").unwrap_or_default();
        format!("SELECT count({what}) FROM {before}, {pragma}(l.name) x WHERE {after}{condition}")
    };
    vec![
        Count {
            what: "tables",
            sql: format!("SELECT count(*) FROM {}", real.replace("= 'table'", "IN ('table', 'virtual')")),
            model: |m| sum(m, |s| s.tables.len()),
        },
        Count {
            what: "columns",
            sql: over("pragma_table_xinfo", "*", " AND x.hidden <> 1"),
            model: |m| in_real_tables(m, |t| t.columns.len()),
        },
        Count {
            what: "foreign keys",
            sql: over("pragma_foreign_key_list", "*", " AND x.seq = 0"),
            model: |m| in_real_tables(m, |t| t.foreign_keys.len()),
        },
        Count {
            what: "indexes",
            sql: over("pragma_index_list", "*", ""),
            model: |m| in_real_tables(m, |t| t.indexes.len()),
        },
        Count {
            what: "unique constraints",
            sql: over("pragma_index_list", "*", " AND x.origin = 'u'"),
            model: |m| in_real_tables(m, |t| t.unique_constraints.len()),
        },
        Count {
            what: "primary keys",
            sql: over("pragma_table_xinfo", "DISTINCT l.name", " AND x.pk > 0"),
            model: |m| in_real_tables(m, |t| t.primary_key.iter().count()),
        },
        Count {
            what: "views",
            sql: "SELECT count(*) FROM sqlite_schema WHERE type = 'view'".to_owned(),
            model: |m| sum(m, |s| s.views.len()),
        },
        Count {
            what: "triggers",
            sql: "SELECT count(*) FROM sqlite_schema WHERE type = 'trigger'".to_owned(),
            model: |m| {
                in_tables(m, |t| t.triggers.len()) + sum(m, |s| s.views.iter().map(|view| view.triggers.len()).sum())
            },
        },
    ]
}

fn mysql(database: &str, history: &str, engine: EngineName) -> Vec<Count> {
    let of = |table: &str, column: &str| {
        format!(
            "SELECT count(*) FROM information_schema.{table} x WHERE x.{column} = '{database}' AND x.TABLE_NAME NOT IN ({history})"
        )
    };
    let tables = of("TABLES", "TABLE_SCHEMA");
    let base = format!(
        "x.TABLE_NAME IN (SELECT TABLE_NAME FROM information_schema.TABLES WHERE TABLE_SCHEMA = '{database}' AND TABLE_TYPE IN ('BASE TABLE', 'SYSTEM VERSIONED'))"
    );
    let constraints =
        |kind: &str| format!("{} AND x.CONSTRAINT_TYPE = '{kind}'", of("TABLE_CONSTRAINTS", "TABLE_SCHEMA"));
    let mut list = vec![
        Count {
            what: "tables",
            sql: format!("{tables} AND x.TABLE_TYPE IN ('BASE TABLE', 'SYSTEM VERSIONED')"),
            model: |m| sum(m, |s| s.tables.len()),
        },
        Count {
            what: "columns",
            sql: format!("{} AND {base}", of("COLUMNS", "TABLE_SCHEMA")),
            model: |m| in_tables(m, |t| t.columns.len()),
        },
        Count {
            what: "primary keys",
            sql: constraints("PRIMARY KEY"),
            model: |m| in_tables(m, |t| t.primary_key.iter().count()),
        },
        Count {
            what: "foreign keys",
            sql: constraints("FOREIGN KEY"),
            model: |m| in_tables(m, |t| t.foreign_keys.len()),
        },
        Count {
            what: "unique keys",
            sql: constraints("UNIQUE"),
            model: |m| in_tables(m, |t| t.unique_constraints.len()),
        },
        Count {
            what: "indexes",
            sql: format!("{} AND x.SEQ_IN_INDEX = 1", of("STATISTICS", "TABLE_SCHEMA")),
            model: |m| in_tables(m, |t| t.indexes.len()),
        },
        Count {
            what: "views",
            sql: format!("{tables} AND x.TABLE_TYPE = 'VIEW'"),
            model: |m| sum(m, |s| s.views.len()),
        },
        Count {
            what: "triggers",
            sql: format!("SELECT count(*) FROM information_schema.TRIGGERS WHERE EVENT_OBJECT_SCHEMA = '{database}'"),
            model: |m| in_tables(m, |t| t.triggers.len()),
        },
        Count {
            what: "routines",
            sql: format!("SELECT count(*) FROM information_schema.ROUTINES WHERE ROUTINE_SCHEMA = '{database}'"),
            model: |m| sum(m, |s| s.functions.len()),
        },
    ];
    list.push(Count {
        what: "checks",
        sql: match engine {
            EngineName::MariaDb => of("CHECK_CONSTRAINTS", "CONSTRAINT_SCHEMA"),
            _ => constraints("CHECK"),
        },
        model: |m| in_tables(m, |t| t.check_constraints.len()),
    });
    list
}
