//! Statements and what they look up.

use super::*;
use crate::model::{Column, Engine, PrimaryKey, Schema, Table, View, Workload};

fn table(name: &str, columns: &[&str]) -> Table {
    let mut table = Table::new(name);
    table.columns =
        columns.iter().map(|name| Column { nullable: *name == "paid_on", ..Column::new(*name, "integer") }).collect();
    table.primary_key = Some(PrimaryKey {
        name: None,
        columns: vec!["id".to_owned()],
        without_overlaps: false,
        deferral: crate::model::Deferral::NotDeferrable,
        comment: None,
    });
    table
}

fn read_for(engine: EngineName, text: &str) -> Access {
    let mut model = Model::new(Engine {
        name: engine,
        version: "17.0".to_owned(),
        variant: None,
        encoding: None,
        collation: None,
        settings: std::collections::BTreeMap::new(),
    });
    let mut schema = Schema::new("public");
    schema.tables = vec![
        table("customers", &["id", "email", "city"]),
        table("orders", &["id", "customer_id", "state", "placed_on", "paid_on", "note"]),
    ];
    schema.views = vec![View::new("open_orders", false)];
    model.schemas = vec![schema];
    model.workload = Some(Workload::new("file", None, [Query::new(text)]));
    access(&model, &Tables::new(&model)).expect("there is a workload")
}

/// Look-ups as `table E(…) R(…) S(…)`, then what is unclear.
fn read(text: &str) -> String {
    written(&read_for(EngineName::PostgreSql, text))
}

fn written(access: &Access) -> String {
    let mut lines = Vec::new();
    for pattern in &access.patterns {
        for lookup in &pattern.lookups {
            let mut line = pattern.table.name.clone();
            let mark = |equality: &Equality| {
                let several = if equality.several { "*" } else { "" };
                let null = if equality.null { "0" } else { "" };
                format!("{}{several}{null}", equality.column)
            };
            let mut part = |name: &str, columns: Vec<String>| {
                if !columns.is_empty() {
                    line = format!("{line} {name}({})", columns.join(" "));
                }
            };
            part("E", lookup.equality.iter().map(mark).collect());
            part("R", lookup.range.clone());
            let sort = |sort: &SortColumn| {
                let direction = if sort.descending { "-" } else { "" };
                let nulls = sort.nulls.map_or("", |nulls| if nulls.0 { "<" } else { ">" });
                format!("{direction}{}{nulls}", sort.column)
            };
            part(if lookup.grouping { "G" } else { "S" }, lookup.sort.iter().map(sort).collect());
            lines.push(line);
        }
    }
    for unclear in &access.unclear {
        let table = unclear.table.as_ref().map_or("?", |table| &table.name);
        lines.push(format!("{table}: {}", unclear.reason));
    }
    lines.join("; ")
}

#[test]
fn equality_range_and_sort_are_told_apart() {
    assert_eq!(
        read("SELECT id FROM orders WHERE customer_id = $1 AND placed_on > $2 ORDER BY placed_on DESC, id LIMIT $3"),
        "orders E(customer_id) R(placed_on) S(-placed_on id)"
    );
    assert_eq!(
        read("SELECT id FROM orders WHERE $1 = state AND placed_on BETWEEN $2 AND $3"),
        "orders E(state) R(placed_on)"
    );
    assert_eq!(
        read("SELECT id FROM orders WHERE state IN ($1, $2) AND customer_id = ANY($3) AND paid_on IS NULL"),
        "orders E(customer_id* paid_on0 state*)"
    );
    assert_eq!(read("SELECT state, count(*) FROM orders GROUP BY 1"), "orders G(state)");
    assert_eq!(read("SELECT id FROM orders ORDER BY paid_on DESC NULLS LAST"), "orders S(-paid_on>)");
    assert_eq!(read("SELECT id FROM orders ORDER BY paid_on NULLS LAST"), "orders S(paid_on)");
    assert_eq!(
        read("SELECT id FROM orders WHERE (placed_on, id) < ($1, $2) ORDER BY placed_on DESC, id DESC LIMIT $3"),
        "orders R(placed_on) S(-placed_on -id)"
    );
}

#[test]
fn what_an_index_cannot_serve_is_no_condition() {
    for condition in [
        "lower(note) = $1",
        "note <> $1",
        "note LIKE $1",
        "note || $1 = $2",
        "customer_id = id",
        "note IS NOT NULL",
        "customer_id NOT IN ($1, $2)",
        "note::text = $1",
    ] {
        assert_eq!(read(&format!("SELECT id FROM orders WHERE {condition}")), "orders", "{condition}");
    }
    let like = "SELECT id FROM orders WHERE note LIKE '?%'";
    assert_eq!(written(&read_for(EngineName::MySql, like)), "orders R(note)");
    assert_eq!(written(&read_for(EngineName::Sqlite, like)), "orders");
    assert_eq!(read("SELECT id FROM orders ORDER BY lower(note)"), "orders");
}

#[test]
fn alternatives_of_one_column_are_a_list() {
    assert_eq!(read("SELECT id FROM orders WHERE state = $1 OR (state = $2)"), "orders E(state*)");
    assert_eq!(
        read("SELECT id FROM orders WHERE state = $1 OR customer_id = $2"),
        "orders: its conditions are joined by OR"
    );
    assert_eq!(
        read("SELECT id FROM orders WHERE id = $1 AND (state = $2 OR customer_id = $3)"),
        "orders E(id)",
        "the rest only filters"
    );
}

#[test]
fn joins_are_looked_up_from_the_table_with_conditions() {
    let from = "FROM orders o JOIN customers c ON c.id = o.customer_id";
    assert_eq!(read(&format!("SELECT 1 {from} WHERE c.email = $1")), "customers E(email); orders E(customer_id)");
    assert_eq!(read(&format!("SELECT 1 {from} WHERE o.state = $1")), "customers E(id); orders E(state)");
    assert_eq!(
        read(&format!("SELECT 1 {from} WHERE c.email = $1 AND o.state = $2")),
        "customers E(email); orders E(customer_id state)"
    );
    assert_eq!(read(&format!("SELECT 1 {from}")), "customers; orders", "whole tables are joined");
    assert_eq!(read(&format!("SELECT 1 {from} ORDER BY o.placed_on LIMIT $1")), "customers E(id); orders S(placed_on)");
    assert_eq!(
        read("SELECT 1 FROM orders o LEFT JOIN customers c ON c.id = o.customer_id WHERE c.city = $1"),
        "customers E(city); orders",
        "the outer side is not looked up"
    );
    assert_eq!(
        read("SELECT 1 FROM orders AS o, customers AS c WHERE o.customer_id = c.id AND email = $1"),
        "customers E(email); orders E(customer_id)"
    );
    assert_eq!(
        read("SELECT 1 FROM orders JOIN customers USING (id) WHERE state = $1"),
        "customers E(id); orders E(state)"
    );
}

#[test]
fn subqueries_are_read_by_themselves() {
    assert_eq!(
        read(
            "SELECT 1 FROM customers c WHERE email = $1 AND EXISTS (SELECT 1 FROM orders o WHERE o.customer_id = c.id)"
        ),
        "customers E(email); orders E(customer_id)"
    );
    assert_eq!(
        read("WITH recent AS (SELECT * FROM orders WHERE placed_on > $1) SELECT * FROM recent WHERE state = $2"),
        "orders R(placed_on)"
    );
    assert_eq!(
        read("WITH r AS (SELECT $1 AS id) SELECT 1 FROM customers c JOIN r ON r.id = c.id"),
        "customers: it is joined to a result of the statement itself"
    );
    assert_eq!(
        read("SELECT id FROM orders WHERE state = $1 UNION ALL SELECT id FROM customers WHERE city = $2"),
        "customers E(city); orders E(state)"
    );
}

#[test]
fn statements_that_change_rows_look_them_up_first() {
    assert_eq!(read("UPDATE orders SET state = $1 WHERE customer_id = $2"), "orders E(customer_id)");
    assert_eq!(read("DELETE FROM orders WHERE placed_on < $1"), "orders R(placed_on)");
    assert_eq!(
        read("WITH gone AS (DELETE FROM orders WHERE state = $1 RETURNING id) SELECT * FROM gone"),
        "orders E(state)"
    );
    assert_eq!(read("INSERT INTO orders (id) SELECT id FROM customers WHERE city = $1"), "customers E(city)");
}

#[test]
fn what_is_not_understood_is_said_and_what_is_not_ours_is_not() {
    assert_eq!(read("SELECT FROM WHERE orders"), "?: the statement could not be parsed");
    assert_eq!(read("SELECT FROM WHERE elsewhere"), "");
    assert_eq!(read("SELECT 1 FROM pg_catalog.pg_class WHERE relname = $1"), "");
    assert_eq!(read("SELECT 1 FROM open_orders WHERE id = $1"), "?: it reads a view");
    assert_eq!(
        read(&format!("SELECT 1 FROM orders WHERE {}", "a = $1 OR ".repeat(2000))),
        "?: the statement is longer than 16 KiB"
    );
}

#[test]
fn names_are_found_as_the_engine_finds_them() {
    assert_eq!(read("SELECT 1 FROM PUBLIC.Orders WHERE STATE = $1"), "orders E(state)");
    assert_eq!(read("SELECT 1 FROM \"Orders\" WHERE state = $1"), "");
    let quoted = "SELECT 1 FROM `Orders` WHERE `Orders` . `STATE` = ?";
    assert_eq!(written(&read_for(EngineName::MySql, quoted)), "orders E(state)");
}

#[test]
fn only_what_ran_often_is_judged() {
    let mut model = Model::new(Engine {
        name: EngineName::PostgreSql,
        version: "17.0".to_owned(),
        variant: None,
        encoding: None,
        collation: None,
        settings: std::collections::BTreeMap::new(),
    });
    let mut schema = Schema::new("public");
    schema.tables = vec![table("orders", &["id", "state"])];
    model.schemas = vec![schema];
    let query = |at: u32, calls| Query {
        calls: Some(calls),
        milliseconds: Some(f64::from(at)),
        ..Query::new(format!("SELECT {at} FROM orders WHERE state = $1"))
    };
    let queries = (0..300).map(|at| query(at, if at % 100 == 99 { 4 } else { 5 }));
    model.workload = Some(Workload::new("file", None, queries));
    let access = access(&model, &Tables::new(&model)).expect("there is a workload");
    assert_eq!(access.patterns.len(), STATEMENTS);
    let workload = model.workload.as_ref().expect("there is a workload");
    let least =
        access.patterns.iter().filter_map(|pattern| workload.queries[pattern.query].milliseconds).fold(300.0, f64::min);
    assert!((least - 97.0).abs() < 0.1, "the slowest ones are judged, not {least}");
}
