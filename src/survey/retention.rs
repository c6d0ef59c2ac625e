//! What limits how long rows are kept.

use super::words::{OfNames, singular, split};
use super::{Retention, TableClass, sql};
use crate::model::{Model, Partitioning, QualifiedName, TableRef, Tables};
use std::collections::{BTreeMap, BTreeSet};

/// Words of columns that say when a row ends. `valid_until` says when a price, a coupon or an address stops to hold, and
/// such rows are kept to look back on: nothing follows about how long.
const EXPIRY: &[&str] = &["expires", "expiry", "expiration", "expired", "ttl", "purge", "retention"];
/// Pairs of words that say so.
const EXPIRY_PAIRS: &[[&str; 2]] =
    &[["retain", "until"], ["retained", "until"], ["keep", "until"], ["kept", "until"], ["delete", "after"]];

/// How the engines call the present moment.
const CLOCKS: &[&str] = &[
    "now(",
    "current_timestamp",
    "current_date",
    "curdate(",
    "sysdate(",
    "date('now'",
    "datetime('now'",
    "unixepoch(",
];

/// Evidence of retention, by table.
pub(super) fn retention(model: &Model, tables: &Tables<'_>, classes: &[TableClass]) -> Vec<Retention> {
    let mut found = Vec::new();
    let mut tells = OfNames::new(|name| {
        let words = split(name);
        let paired = words.windows(2).any(|pair| EXPIRY_PAIRS.iter().any(|expiry| pair == expiry));
        let expires = paired || words.iter().any(|word| EXPIRY.contains(&word.as_str()));
        (expires, words.windows(2).any(|pair| pair == ["legal", "hold"]))
    });
    for table in tables.iter() {
        let name = || Some(table.qualified_name());
        // It registers as an extension or not, depending on who installed it. Its rows are no table's that expire.
        let is_partman = table.table.name == "part_config"
            && ["parent_table", "retention"].iter().all(|column| table.table.column(column).is_some());
        if is_partman && model.partition_retention.is_empty() {
            found.push(Retention { table: name(), kind: "pg_partman", evidence: table.table.name.clone() });
        }
        for column in table.table.columns.iter().filter(|_| !is_partman) {
            let (expires, is_held) = tells.of(&column.name);
            if expires {
                found.push(Retention { table: name(), kind: "expiry column", evidence: column.name.clone() });
            }
            if is_held {
                found.push(Retention { table: name(), kind: "legal hold column", evidence: column.name.clone() });
            }
        }
        let by_range: BTreeMap<&str, &Partitioning> = (table.table.partitioning.iter())
            .flat_map(|partitioning| partitioning.levels(&table.schema.name))
            .filter(|partitioning| partitioning.strategy.starts_with("range"))
            .map(|partitioning| (partitioning.key.as_str(), partitioning))
            .collect();
        for partitioning in by_range.into_values() {
            // An expression such as `to_days(at)` names its column.
            let key = split_names(&partitioning.key);
            let temporal = table.table.columns.iter().any(|column| {
                let base = column.base_type();
                let in_key = partitioning.columns.contains(&column.name) || key.contains(&column.name.as_str());
                in_key && (base.contains("date") || base.contains("time") || base == "year")
            });
            if temporal {
                found.push(Retention { table: name(), kind: "time partitions", evidence: partitioning.shown_key() });
            }
        }
        for column in inherited_partitions(table, tables) {
            found.push(Retention {
                table: name(),
                kind: "time partitions",
                evidence: format!("{column} (inheritance)"),
            });
        }
        if table.table.system_versioned {
            found.push(Retention { table: name(), kind: "history table", evidence: "system versioning".to_owned() });
        }
        let words = split(&table.table.name);
        let last = words.last().map(String::as_str).unwrap_or_default();
        if words
            .windows(2)
            .any(|pair| matches!(pair[0].as_str(), "legal" | "litigation") && singular(&pair[1]) == "hold")
        {
            found.push(Retention { table: name(), kind: "legal hold table", evidence: table.table.name.clone() });
        }
        match classes[table.id.0] {
            TableClass::Log if last.starts_with("audit") || words.iter().any(|word| word == "audit") => {
                found.push(Retention { table: name(), kind: "audit table", evidence: table.table.name.clone() });
            }
            TableClass::Log if last == "history" => {
                found.push(Retention { table: name(), kind: "history table", evidence: table.table.name.clone() });
            }
            TableClass::Clone if !table.table.is_inheriting() => {
                let kind = if last.starts_with("archive") { "archive table" } else { "copy" };
                found.push(Retention { table: name(), kind, evidence: table.table.name.clone() });
            }
            _ => {}
        }
    }
    let code = Code { model, tables };
    for schema in &model.schemas {
        for event in schema.events.iter().filter(|event| event.enabled) {
            // The one schema is called like the database, of which a copy has another name.
            let evidence = match model.schemas.len() {
                1 => event.name.clone(),
                _ => format!("{}.{}", schema.name, event.name),
            };
            found.extend(code.retention("event", &evidence, &event.body, Some(&schema.name)));
        }
    }
    found.extend(code.triggers_that_expire());
    for job in model.scheduled_jobs.iter().filter(|job| job.active) {
        let evidence = job.name.as_ref().unwrap_or(&job.command);
        found.extend(code.retention("pg_cron job", evidence, &job.command, None));
    }
    found.extend(maintained(model, tables));
    found.sort_by(|a, b| (&a.table, a.kind, &a.evidence).cmp(&(&b.table, b.kind, &b.evidence)));
    found
}

/// Columns with a moment by whose stretches tables that inherit from this one divide its rows.
fn inherited_partitions(table: TableRef<'_>, tables: &Tables<'_>) -> BTreeSet<String> {
    let children = table.table.inheritance.iter().flat_map(|inheritance| &inheritance.children);
    let checks = children.filter_map(|name| tables.find(name)).flat_map(|child| &child.table.check_constraints);
    let of_stretches = checks.filter(|check| check.expression.contains(['<', '>']));
    let columns = of_stretches.flat_map(|check| &check.columns);
    let temporal = |name: &&String| {
        let base = table.column(name).map_or("", |column| column.base_type());
        base.contains("date") || base.contains("time")
    };
    columns.filter(temporal).cloned().collect()
}

/// What `pg_partman` does by its configuration; where nothing of that is known, that it is there.
fn maintained(model: &Model, tables: &Tables<'_>) -> Vec<Retention> {
    let installed = model.extensions.iter().any(|extension| extension.name == "pg_partman");
    if model.partition_retention.is_empty() && installed {
        return vec![Retention { table: None, kind: "pg_partman", evidence: "extension pg_partman".to_owned() }];
    }
    let parents = tables.iter().filter_map(|table| {
        let name = format!("{}.{}", table.schema.name, table.table.name);
        let set = model.partition_retention.iter().find(|set| set.parent_table == name)?;
        let old = match (&set.retention, &set.retention_schema) {
            (None, _) => "keeps every partition".to_owned(),
            (Some(retention), Some(schema)) => format!("moves partitions past {retention} to the schema {schema}"),
            (Some(retention), None) if set.retention_keep_table => {
                format!("detaches partitions past {retention} and keeps them")
            }
            (Some(retention), None) => format!("drops partitions past {retention}"),
        };
        let evidence = format!("{old}; makes one for each {}, {} ahead", set.partition_interval, set.premake);
        Some(Retention { table: Some(table.qualified_name()), kind: "pg_partman", evidence })
    });
    parents.collect()
}

/// The words of an expression that may be names of columns.
fn split_names(expression: &str) -> Vec<&str> {
    expression.split(|character: char| !character.is_alphanumeric() && character != '_').collect()
}

/// What the database's own code removes.
struct Code<'m, 't> {
    model: &'m Model,
    tables: &'t Tables<'m>,
}

impl Code<'_, '_> {
    /// Evidence in code: an entry for each table that it removes rows from, by itself or by a function that it calls.
    fn retention(&self, kind: &'static str, evidence: &str, code: &str, schema: Option<&str>) -> Vec<Retention> {
        let engine = self.model.engine.name;
        let deeds = sql::deeds(engine, code);
        let bodies = deeds.calls.iter().filter_map(|call| self.body(call, schema));
        let mut removes_from = deeds.removes_from.clone();
        removes_from.extend(bodies.flat_map(|body| sql::deeds(engine, body).removes_from));
        let tables: BTreeSet<Option<QualifiedName>> =
            removes_from.iter().map(|name| self.table(name, schema)).collect();
        tables.into_iter().map(|table| Retention { table, kind, evidence: evidence.to_owned() }).collect()
    }

    /// The table of a name. Without a schema it is the only one of that name, as no search path is known.
    fn table(&self, name: &[String], schema: Option<&str>) -> Option<QualifiedName> {
        let (schema, name) = match name {
            [name] => (schema, name),
            [schema, name] => (Some(schema.as_str()), name),
            _ => return None,
        };
        let same = |table: &TableRef<'_>| {
            table.table.name.eq_ignore_ascii_case(name) && schema.is_none_or(|schema| table.schema.name == schema)
        };
        let mut found = self.tables.iter().filter(same);
        let table = found.next()?;
        found.next().is_none().then(|| table.qualified_name())
    }

    fn body(&self, name: &[String], schema: Option<&str>) -> Option<&str> {
        let (schema, name) = match name {
            [name] => (schema, name),
            [schema, name] => (Some(schema.as_str()), name),
            _ => return None,
        };
        let schemas = self.model.schemas.iter().filter(|found| schema.is_none_or(|schema| found.name == schema));
        let mut functions =
            schemas.flat_map(|schema| &schema.functions).filter(|function| function.name.eq_ignore_ascii_case(name));
        let function = functions.next()?;
        // Which of several is meant, the arguments would tell.
        if functions.next().is_some() { None } else { function.body.as_deref() }
    }

    /// Triggers that delete rows by their age.
    fn triggers_that_expire(&self) -> Vec<Retention> {
        let mut found = Vec::new();
        for table in self.tables.iter() {
            for trigger in &table.table.triggers {
                let body = trigger.function.as_ref().and_then(|name| {
                    let schema = self.model.schemas.iter().find(|schema| schema.name == name.schema)?;
                    schema.functions.iter().find(|function| function.name == name.name)?.body.as_deref()
                });
                let text = body.unwrap_or(&trigger.definition);
                let lower = text.to_lowercase();
                if CLOCKS.iter().any(|clock| lower.contains(clock)) && lower.contains('<') {
                    found.extend(self.retention("trigger", &trigger.name, text, Some(&table.schema.name)));
                }
            }
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{
        Column, Engine, EngineName, Event, Function, FunctionKind, PartitionRetention, Partitioning, ScheduledJob,
        Schema, Table,
    };
    use std::collections::BTreeMap;

    fn model(engine: EngineName, tables: Vec<Table>) -> Model {
        let mut model = Model::new(Engine {
            name: engine,
            version: String::new(),
            variant: None,
            encoding: None,
            collation: None,
            settings: BTreeMap::new(),
        });
        let mut schema = Schema::new("app");
        schema.tables = tables;
        model.schemas.push(schema);
        model
    }

    fn table(name: &str, columns: &[(&str, &str)]) -> Table {
        let mut table = Table::new(name);
        table.columns.extend(columns.iter().map(|(name, data_type)| Column::new(*name, *data_type)));
        table
    }

    /// `kind: table, evidence`.
    fn found(model: &Model) -> Vec<String> {
        let tables = Tables::new(model);
        let found = retention(model, &tables, &vec![TableClass::Entity; tables.len()]);
        let name = |entry: &Retention| entry.table.as_ref().map(|table| table.name.clone()).unwrap_or_default();
        found.iter().map(|entry| format!("{}: {}, {}", entry.kind, name(entry), entry.evidence)).collect()
    }

    #[test]
    fn what_ends_a_row_is_told_from_what_stops_to_hold() {
        let prices = table("prices", &[("valid_until", "date"), ("retain_until", "date"), ("kept_until", "date")]);
        let expected = ["expiry column: prices, kept_until", "expiry column: prices, retain_until"];
        assert_eq!(found(&model(EngineName::PostgreSql, vec![prices])), expected);
    }

    #[test]
    fn tables_of_holds_and_of_partman_are_seen() {
        let config = table("part_config", &[("parent_table", "text"), ("retention", "text")]);
        let other = table("part_config_sub", &[("sub_parent", "text")]);
        let model = model(EngineName::PostgreSql, vec![table("legal_holds", &[("id", "integer")]), config, other]);
        let expected = ["legal hold table: legal_holds, legal_holds", "pg_partman: part_config, part_config"];
        assert_eq!(found(&model), expected);
    }

    #[test]
    fn what_partman_does_with_old_partitions_is_told() {
        let tables = ["calls", "logs", "sales", "visits"].map(|name| table(name, &[]));
        let mut model = model(EngineName::PostgreSql, tables.into());
        let set = |name: &str, retention: Option<&str>, schema: Option<&str>, keep: bool| PartitionRetention {
            parent_table: format!("app.{name}"),
            partition_interval: "1 mon".to_owned(),
            premake: 4,
            retention: retention.map(str::to_owned),
            retention_schema: schema.map(str::to_owned),
            retention_keep_table: keep,
        };
        model.partition_retention = vec![
            set("calls", Some("6 mons"), None, false),
            set("logs", Some("6 mons"), None, true),
            set("sales", Some("6 mons"), Some("archive"), true),
            set("visits", None, None, true),
            set("vanished", Some("1 day"), None, false),
        ];
        let expected = [
            "pg_partman: calls, drops partitions past 6 mons; makes one for each 1 mon, 4 ahead",
            "pg_partman: logs, detaches partitions past 6 mons and keeps them; makes one for each 1 mon, 4 ahead",
            "pg_partman: sales, moves partitions past 6 mons to the schema archive; makes one for each 1 mon, 4 ahead",
            "pg_partman: visits, keeps every partition; makes one for each 1 mon, 4 ahead",
        ];
        assert_eq!(found(&model), expected);
    }

    #[test]
    fn a_key_partitioned_by_an_expression_names_its_column() {
        let mut metrics = table("metrics", &[("at", "datetime"), ("size", "int")]);
        let by = |key: &str| Partitioning {
            strategy: "range".to_owned(),
            key: key.to_owned(),
            columns: Vec::new(),
            subpartition_by: None,
            partitions: Vec::new(),
        };
        metrics.partitioning = Some(by("to_days(`at`)"));
        let by_time = model(EngineName::MySql, vec![metrics.clone()]);
        assert_eq!(found(&by_time), ["time partitions: metrics, to_days(at)"]);
        metrics.partitioning = Some(by("`size`"));
        assert!(found(&model(EngineName::MySql, vec![metrics])).is_empty());
    }

    #[test]
    fn only_events_that_run_and_remove_rows_count() {
        let mut model = model(EngineName::MySql, vec![table("sessions", &[]), table("metrics", &[])]);
        for (name, enabled, body) in [
            ("expire", true, "DELETE FROM sessions WHERE made_at < now()"),
            ("asleep", false, "DELETE FROM sessions"),
            ("tell", true, "UPDATE notes SET msg = 'not to delete from sessions'"),
            ("roll", true, "BEGIN ALTER TABLE app.metrics DROP PARTITION p1; END"),
            ("empty", true, "TRUNCATE TABLE elsewhere.lines"),
        ] {
            model.schemas[0].events.push(Event {
                name: name.to_owned(),
                enabled,
                disabled_on_replica: false,
                schedule: None,
                time_zone: None,
                sql_mode: None,
                preserved: false,
                definer: None,
                body: body.to_owned(),
                comment: None,
            });
        }
        let expected = ["event: , empty", "event: metrics, roll", "event: sessions, expire"];
        assert_eq!(found(&model), expected);
        model.schemas.push(Schema::new("sales"));
        let expected = ["event: , app.empty", "event: metrics, app.roll", "event: sessions, app.expire"];
        assert_eq!(found(&model), expected);
    }

    #[test]
    fn only_jobs_that_run_and_remove_rows_count() {
        let mut model = model(EngineName::PostgreSql, vec![table("sessions", &[])]);
        model.schemas[0].functions.push(Function {
            name: "purge".to_owned(),
            kind: FunctionKind::Function,
            arguments: String::new(),
            result: None,
            language: "plpgsql".to_owned(),
            volatility: None,
            security_definer: false,
            strict: false,
            cost: None,
            rows: None,
            parallel: None,
            leakproof: false,
            owner: None,
            settings: Vec::new(),
            data_access: None,
            definer: None,
            body: Some("BEGIN DELETE FROM sessions; END".to_owned()),
            comment: None,
        });
        for (name, active, command) in [
            (Some("by hand"), true, "delete from app.sessions where at < now() - interval '1 day'"),
            (None, true, "SELECT app.purge()"),
            (Some("asleep"), false, "DELETE FROM sessions"),
            (Some("vacuum"), true, "VACUUM ANALYZE"),
            (Some("refresh"), true, "REFRESH MATERIALIZED VIEW v -- DELETE FROM sessions"),
        ] {
            model.scheduled_jobs.push(ScheduledJob {
                name: name.map(str::to_owned),
                schedule: "0 3 * * *".to_owned(),
                command: command.to_owned(),
                active,
            });
        }
        let expected = ["pg_cron job: sessions, SELECT app.purge()", "pg_cron job: sessions, by hand"];
        assert_eq!(found(&model), expected);
    }
}
