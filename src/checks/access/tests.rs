//! Indexes against statements.

use crate::checks::{Change, Context, Counts};
use crate::model::{
    Column, ColumnStatistics, Deferral, Engine, EngineName, Index, KeyPart, Model, NullsOrder, PrimaryKey,
    QualifiedName, Query, Schema, SortOrder, Statistics, Table, TableStatistics, Tables, Workload,
};
use crate::settings::Settings;
use crate::survey::Survey;

const UNCOVERED: &str = "query-pattern-uncovered";
const ORDER: &str = "index-order-esr";

fn index(name: &str, columns: &[&str]) -> Index {
    Index { key: columns.iter().map(|column| KeyPart::column(*column)).collect(), ..Index::new(name) }
}

/// A table of 5 000 rows with these indexes and a primary key on `id`.
fn model(indexes: Vec<Index>) -> Model {
    let mut model = Model::new(Engine {
        name: EngineName::PostgreSql,
        version: "17.0".to_owned(),
        variant: None,
        encoding: None,
        collation: None,
        settings: std::collections::BTreeMap::new(),
    });
    let mut table = Table::new("t");
    table.columns = ["id", "a", "b", "c", "d", "e"].iter().map(|name| Column::new(*name, "integer")).collect();
    table.columns.push(Column::new("open", "boolean"));
    table.columns.push(Column { nullable: true, ..Column::new("n", "integer") });
    table.primary_key = Some(PrimaryKey {
        name: Some("t_pkey".to_owned()),
        columns: vec!["id".to_owned()],
        without_overlaps: false,
        deferral: Deferral::NotDeferrable,
        comment: None,
    });
    table.indexes = indexes;
    table.indexes.push(Index { unique: true, primary: true, ..index("t_pkey", &["id"]) });
    let name = QualifiedName::new("public", "t");
    let mut schema = Schema::new("public");
    schema.tables = vec![table];
    model.schemas = vec![schema];
    let rows = TableStatistics {
        table: name,
        rows: Some(5_000),
        bytes: None,
        index_bytes: None,
        dead_rows: None,
        sequential_scans: None,
        rows_inserted: None,
        rows_updated: None,
        rows_deleted: None,
        analyzed: None,
        modified_since_analyze: None,
        frozen_age: None,
    };
    model.statistics = Some(Statistics { tables: vec![rows], ..Statistics::default() });
    model
}

fn asked(mut model: Model, conditions: &str) -> Model {
    model.workload = Some(Workload::new("file", None, [Query::new(format!("SELECT id FROM t WHERE {conditions}"))]));
    model
}

/// Counts of a rule, and the changes that it asks for.
fn judge(rule: &str, model: &Model) -> (Counts, Vec<Change>) {
    let settings = Settings::default();
    let tables = Tables::new(model);
    let survey = Survey::new(model, &tables, &settings);
    let context = Context { model, tables: &tables, survey: &survey, settings: &settings };
    let outcomes = crate::checks::run(context);
    let outcome = outcomes.iter().find(|outcome| outcome.rule.id == rule).expect("the rule ran");
    (outcome.counts, outcome.findings.iter().flat_map(|finding| finding.changes.clone()).collect())
}

fn fails(rule: &str, model: &Model) -> bool {
    let (counts, _) = judge(rule, model);
    assert_eq!(counts.unknown, 0, "everything is known");
    assert!(counts.applicable() <= 1);
    counts.failed == 1
}

/// The key of the index that is recommended, with `-` before what is sorted down.
fn recommended(model: &Model) -> String {
    let (_, changes) = judge(UNCOVERED, model);
    let key = changes.iter().find_map(|change| match change {
        Change::AddIndex { key, .. } => Some(key),
        _ => None,
    });
    let part = |part: &KeyPart| {
        let direction = if part.order == SortOrder::Descending { "-" } else { "" };
        let nulls = match part.nulls {
            Some(NullsOrder::First) => "<",
            Some(NullsOrder::Last) => ">",
            None => "",
        };
        format!("{direction}{}{nulls}", part.column.as_deref().unwrap_or_default())
    };
    key.map(|key| key.iter().map(part).collect::<Vec<_>>().join(" ")).unwrap_or_default()
}

fn recommended_for(conditions: &str) -> String {
    recommended(&asked(model(Vec::new()), conditions))
}

#[test]
fn the_best_index_has_equality_then_sort_then_one_range() {
    assert_eq!(recommended_for("b = $1 AND a = $2"), "a b");
    assert_eq!(recommended_for("a = $1 AND c > $2 ORDER BY b"), "a b c");
    assert_eq!(recommended_for("a = $1 AND b > $2 ORDER BY b DESC LIMIT $3"), "a b");
    assert_eq!(recommended_for("a = $1 AND b > $2 AND c > $3"), "a b", "one range is enough");
    assert_eq!(recommended_for("a = $1 ORDER BY b DESC, c"), "a -b c");
    assert_eq!(recommended_for("a = $1 ORDER BY b DESC, c DESC"), "a b c", "read backwards");
    assert_eq!(recommended_for("a = $1 ORDER BY n DESC NULLS LAST"), "a -n>");
    assert_eq!(recommended_for("a IN ($1, $2)"), "a");
    assert_eq!(recommended_for("b = $3 AND a IN ($1, $2) ORDER BY c"), "b c a", "a list breaks the order");
    assert_eq!(recommended_for("a = $1 AND b = $2 AND c = $3 AND d = $4 AND e = $5"), "a b c d", "at most four");
    assert_eq!(recommended_for("a > $1 ORDER BY b"), "a");
    assert_eq!(recommended_for("a = $1 AND open"), "a");
}

#[test]
fn statistics_decide_about_columns() {
    let with = |column: &str, distinct: f64, null_fraction: f64| {
        let mut model = asked(model(Vec::new()), "a = $1 AND b = $2");
        if let Some(statistics) = &mut model.statistics {
            statistics.columns.push(ColumnStatistics {
                table: QualifiedName::new("public", "t"),
                column: column.to_owned(),
                null_fraction: Some(null_fraction),
                distinct: Some(distinct),
                common_values: Vec::new(),
            });
        }
        model
    };
    assert_eq!(recommended(&with("b", 4_000.0, 0.0)), "b a", "the most values first");
    assert_eq!(recommended(&with("b", -1.0, 0.0)), "b a", "a share of the rows");
    assert_eq!(recommended(&with("a", 2.0, 0.0)), "b", "two values narrow nothing");
}

#[test]
fn an_index_that_leads_to_the_rows_is_enough() {
    let fails_with = |index: Index, conditions: &str| fails(UNCOVERED, &asked(model(vec![index]), conditions));
    assert!(!fails_with(index("i", &["a"]), "a = $1 AND b = $2"));
    assert!(!fails_with(index("i", &["b", "c"]), "a = $1 AND b > $2"));
    assert!(fails_with(index("i", &["c", "a"]), "a = $1"));
    assert!(fails_with(Index { valid: false, ..index("i", &["a"]) }, "a = $1"));
    assert!(fails_with(Index { method: "fulltext".into(), ..index("i", &["a"]) }, "a = $1"));
    assert!(!fails_with(Index { method: "brin".into(), ..index("i", &["b", "a"]) }, "a > $1"));
    let partial = |predicate: &str| Index { predicate: Some(predicate.to_owned()), ..index("i", &["a"]) };
    assert!(fails_with(partial("(c > 5)"), "a = $1"), "its rows may be others");
    assert!(!fails_with(partial("(c > 5)"), "a = $1 AND c = $2"), "they may be the same");
    assert!(!fails_with(index("i", &["c"]), "id = $1 AND a = $2"), "one row by its key");
}

#[test]
fn a_longer_index_takes_the_place_of_its_start() {
    let indexes = vec![index("old", &["b", "a", "c"]), index("start", &["a"])];
    let (_, changes) = judge(ORDER, &asked(model(indexes), "a = $1 AND b > $2 ORDER BY c"));
    let dropped: Vec<&str> = changes
        .iter()
        .filter_map(|change| match change {
            Change::DropIndex { name, .. } => Some(name.as_str()),
            _ => None,
        })
        .collect();
    assert_eq!(dropped, ["start"], "the other order may be needed");
}

#[test]
fn a_range_before_an_equality_is_the_wrong_order() {
    let fails_with = |columns: &[&str], rest: &str| fails(ORDER, &asked(model(vec![index("i", columns)]), rest));
    assert!(fails_with(&["b", "a"], "a = $1 AND b > $2"));
    assert!(!fails_with(&["a", "b"], "a = $1 AND b > $2"));
    assert!(!fails_with(&["b", "a"], "a = $1 AND b = $2"), "two equalities have no order");
    assert!(!fails_with(&["b", "c"], "a = $1 AND b > $2"), "it lacks a column");
    assert!(fails_with(&["a", "b", "d", "c"], "a = $1 ORDER BY b, c"), "the sort is split");
    assert!(!fails_with(&["a", "b", "c"], "a = $1 ORDER BY b DESC, c DESC"));
    assert!(!fails_with(&["b", "a"], "id = $1 AND a = $2 AND b > $3"), "one row by its key");
    assert!(!fails_with(&["a", "b", "c"], "a = $1 AND b > $2 ORDER BY c"), "a range may follow instead");
    let both = model(vec![index("i", &["b", "a"]), index("j", &["a", "b"])]);
    assert!(!fails(ORDER, &asked(both, "a = $1 AND b > $2")));
}

#[test]
fn grouping_takes_any_order() {
    let mut model = model(vec![index("i", &["b", "a"])]);
    let text = "SELECT a, b, count(*) FROM t GROUP BY a, b";
    model.workload = Some(Workload::new("file", None, [Query::new(text)]));
    assert!(!fails(ORDER, &model));
}

#[test]
fn small_tables_pass_and_unknown_ones_are_unknown() {
    let mut small = asked(model(Vec::new()), "a = $1");
    if let Some(statistics) = &mut small.statistics {
        statistics.tables[0].rows = Some(999);
    }
    assert_eq!(judge(UNCOVERED, &small).0.passed, 1);
    let mut unknown = asked(model(Vec::new()), "a = $1");
    unknown.statistics = None;
    assert_eq!(judge(UNCOVERED, &unknown).0.unknown, 1);
    let nothing = model(Vec::new());
    assert_eq!(judge(UNCOVERED, &nothing).0.unknown, 1, "no workload");
    let unclear = asked(model(Vec::new()), "a = $1 OR b = $2");
    assert_eq!(judge(UNCOVERED, &unclear).0.unknown, 1);
}

#[test]
fn only_costly_statements_fail() {
    let with = |milliseconds: f64, examined: Option<u64>| {
        let mut model = model(Vec::new());
        let query = Query {
            calls: Some(5),
            milliseconds: Some(milliseconds),
            rows_examined: examined,
            rows_sent: Some(10),
            ..Query::new("SELECT id FROM t WHERE a = $1")
        };
        model.workload = Some(Workload::new("pg_stat_statements", Some(10_000.0), [query]));
        fails(UNCOVERED, &model)
    };
    assert!(with(100.0, None), "a hundredth of the time");
    assert!(!with(99.0, None));
    assert!(with(1.0, Some(1_000)), "a hundred rows for each one returned");
    assert!(!with(1.0, Some(999)));
}
