//! Workloads in files: plain statements, or counters that somebody exported.

use super::normal;
use crate::model::{EngineName, Query, Workload};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// What a file may hold, for the hint of an error.
pub(super) const FORMS: &str = "it must be a file of statements that end in `;`, or pg_stat_statements or \
                                events_statements_summary_by_digest as CSV with a header, or as JSON";

/// Names of the column with the statement.
const TEXT: [&str; 6] = ["query", "digest_text", "statement", "sql", "query_text", "sql_text"];
/// Names of the column with the schema.
const SCHEMA: [&str; 3] = ["schema_name", "schema", "db"];
/// Names of the column with the number of calls.
const CALLS: [&str; 5] = ["calls", "count_star", "exec_count", "executions", "count"];
/// Names of the column with the time, each with how many milliseconds its unit is.
const TIME: [(&str, f64); 5] =
    [("total_exec_time", 1.0), ("total_time", 1.0), ("total_ms", 1.0), ("milliseconds", 1.0), ("sum_timer_wait", 1e-9)];
/// Names of the column with rows looked at.
const EXAMINED: [&str; 2] = ["sum_rows_examined", "rows_examined"];
/// Names of the column with rows given back.
const SENT: [&str; 3] = ["sum_rows_sent", "rows_sent", "rows"];

/// Reads a file by its extension, or else by how it starts.
pub(super) fn parse(engine: EngineName, extension: Option<&str>, text: &str) -> Result<Workload, String> {
    let text = text.trim_start_matches('\u{feff}');
    match extension.map(str::to_lowercase).as_deref() {
        Some("csv") => exported(engine, &separated(text, b',')?),
        Some("tsv") => exported(engine, &separated(text, b'\t')?),
        Some("json" | "jsonl" | "ndjson") => exported(engine, &objects(text)?),
        _ if text.trim_start().starts_with(['[', '{']) => exported(engine, &objects(text)?),
        _ => statements(engine, text),
    }
}

/// A file of statements. Nobody counted, so nothing is known of their cost.
fn statements(engine: EngineName, text: &str) -> Result<Workload, String> {
    let (tokens, error) = normal::tokens(engine, text);
    if let Some(error) = error {
        return Err(format!("{} in line {}", error.message, error.location.line));
    }
    let queries = normal::split(&tokens)
        .filter_map(|statement| normal::of_tokens(engine, statement.iter().map(|token| &token.token)))
        .map(Query::new);
    Ok(Workload::new("file", None, queries))
}

/// A row of an export: column in lower case, value.
type Row = BTreeMap<String, String>;

fn separated(text: &str, delimiter: u8) -> Result<Vec<Row>, String> {
    let mut reader = csv::ReaderBuilder::new().delimiter(delimiter).flexible(true).from_reader(text.as_bytes());
    let header: Vec<String> =
        reader.headers().map_err(|error| error.to_string())?.iter().map(|name| name.trim().to_lowercase()).collect();
    reader
        .records()
        .map(|record| {
            let record = record.map_err(|error| error.to_string())?;
            Ok(header.iter().cloned().zip(record.iter().map(str::to_owned)).collect())
        })
        .collect()
}

/// An array of objects, or objects one after the other.
fn objects(text: &str) -> Result<Vec<Row>, String> {
    let mut rows = Vec::new();
    for value in serde_json::Deserializer::from_str(text).into_iter::<Value>() {
        match value.map_err(|error| error.to_string())? {
            Value::Array(values) => {
                for value in values {
                    match value {
                        Value::Object(object) => rows.push(row(object)),
                        _ => return Err("an entry is no object".to_owned()),
                    }
                }
            }
            Value::Object(object) => rows.push(row(object)),
            _ => return Err("it holds no objects".to_owned()),
        }
    }
    Ok(rows)
}

fn row(object: Map<String, Value>) -> Row {
    let text = |value: Value| match value {
        Value::Null => None,
        Value::String(text) => Some(text),
        other => Some(other.to_string()),
    };
    object.into_iter().filter_map(|(name, value)| Some((name.to_lowercase(), text(value)?))).collect()
}

fn exported(engine: EngineName, rows: &[Row]) -> Result<Workload, String> {
    if !rows.is_empty() && !rows.iter().any(|row| TEXT.iter().any(|name| row.contains_key(*name))) {
        return Err(format!("no column is called {}", TEXT.join(", ")));
    }
    let mut total = None;
    let mut queries = Vec::new();
    for row in rows {
        let milliseconds = TIME.iter().find_map(|(name, unit)| Some(number(row.get(*name)?)? * unit));
        if let Some(milliseconds) = milliseconds {
            *total.get_or_insert(0.0) += milliseconds;
        }
        let Some(text) = first(row, &TEXT).and_then(|text| normal::statement(engine, text)) else { continue };
        queries.push(Query {
            schema: first(row, &SCHEMA).filter(|name| !matches!(*name, "NULL" | "\\N")).map(str::to_owned),
            calls: first(row, &CALLS).and_then(whole),
            milliseconds,
            rows_examined: first(row, &EXAMINED).and_then(whole),
            rows_sent: first(row, &SENT).and_then(whole),
            ..Query::new(text)
        });
    }
    Ok(Workload::new("file", total, queries))
}

fn first<'r>(row: &'r Row, names: &[&str]) -> Option<&'r str> {
    names.iter().find_map(|name| row.get(*name)).map(String::as_str).filter(|text| !text.is_empty())
}

fn number(text: &str) -> Option<f64> {
    text.trim().parse().ok().filter(|number: &f64| number.is_finite() && *number >= 0.0)
}

/// A whole number; exports may write it with a fraction.
fn whole(text: &str) -> Option<u64> {
    let text = text.trim();
    text.split('.').next().unwrap_or(text).parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use EngineName::{MySql, PostgreSql};

    #[test]
    fn statements_are_split_and_counted_once() {
        let text = "SELECT a FROM t WHERE b = 'x;y';\n-- a note\nSELECT a FROM t WHERE b = 'z'; COMMIT;";
        let workload = parse(PostgreSql, Some("sql"), text).expect("it can be read");
        assert_eq!(workload.queries, [Query::new("SELECT a FROM t WHERE b = $1")]);
        assert_eq!(workload.milliseconds, None);
    }

    #[test]
    fn csv_of_pg_stat_statements() {
        let text = "userid,query,calls,total_exec_time,rows\n1,\"SELECT a, b\nFROM t WHERE c = $1\",7,12.5,70\n\
                    2,\"SELECT a, b FROM t WHERE c = $1\",3,7.5,30\n1,COMMIT,9,80,0\n";
        let workload = parse(PostgreSql, Some("csv"), text).expect("it can be read");
        let expected = Query {
            calls: Some(10),
            milliseconds: Some(20.0),
            rows_sent: Some(100),
            ..Query::new("SELECT a, b FROM t WHERE c = $1")
        };
        assert_eq!(workload.queries, [expected]);
        assert_eq!(workload.milliseconds, Some(100.0));
    }

    #[test]
    fn json_of_digests() {
        let text = r#"[{"SCHEMA_NAME": "shop", "DIGEST_TEXT": "SELECT `a` FROM `t` WHERE `b` = ?", "COUNT_STAR": 5,
            "SUM_TIMER_WAIT": 2000000000, "SUM_ROWS_EXAMINED": "900", "SUM_ROWS_SENT": 9},
            {"SCHEMA_NAME": "shop", "DIGEST_TEXT": null, "COUNT_STAR": 1, "SUM_TIMER_WAIT": 8000000000}]"#;
        let workload = parse(MySql, None, text).expect("it can be read");
        let query = &workload.queries[0];
        assert_eq!((query.schema.as_deref(), query.calls, query.milliseconds), (Some("shop"), Some(5), Some(2.0)));
        assert_eq!((query.rows_examined, query.rows_sent), (Some(900), Some(9)));
        assert_eq!(workload.milliseconds, Some(10.0), "what has no text took time, too");
    }

    #[test]
    fn what_cannot_be_read_is_said() {
        assert!(parse(PostgreSql, Some("sql"), "SELECT 'a").is_err_and(|reason| reason.contains("line 1")));
        assert!(parse(PostgreSql, Some("csv"), "a,b\n1,2\n").is_err_and(|reason| reason.contains("query")));
        assert!(parse(PostgreSql, Some("json"), "[1]").is_err());
    }
}
