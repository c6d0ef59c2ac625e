//! Kinds of indexes that the engine has, that the schema has a use for, and that are not there. Only queries can tell
//! whether they pay: these are places to look at, not findings.

use crate::model::{Column, EngineName, Model, TableId, TableRef, Tables};
use crate::survey::{Survey, TableClass};

/// A kind of index with what it could serve.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opportunity {
    /// The kind.
    pub kind: IndexKind,
    /// Columns that no index of the kind holds, in the order of tables and columns.
    pub columns: Vec<(TableId, String)>,
}

/// Kinds of indexes that serve what a plain one does not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IndexKind {
    /// Leads with the tenant, without whom nothing is searched.
    TenantFirst,
    /// Partial, without the rows that are marked as deleted.
    LiveRows,
    /// Looks inside documents and arrays.
    Containment,
    /// Holds each element of an array inside a JSON document.
    MultiValued,
    /// Searches words in long text.
    FullText,
    /// Finds words faster than the kind that holds them.
    WordsByGin,
    /// Holds only the bounds of blocks of rows.
    BlockRange,
}

/// Names of columns whose words people look for.
const PROSE: [&str; 6] = ["article", "body", "content", "description", "message", "summary"];

/// What is worth a look, by kind; kinds without columns are left out.
pub(super) fn opportunities(model: &Model, tables: &Tables<'_>, survey: &Survey) -> Vec<Opportunity> {
    use EngineName::{MariaDb, MySql, PostgreSql, Sqlite};
    let engine = model.engine.name;
    let has = |engines: &[EngineName]| engines.contains(&engine);
    let mut found = vec![Opportunity { kind: IndexKind::TenantFirst, columns: tenant_first(tables, survey) }];
    if has(&[PostgreSql, Sqlite]) {
        found.push(Opportunity { kind: IndexKind::LiveRows, columns: live_rows(tables, survey) });
    }
    let mut columns = |kind: IndexKind, wanted: &dyn Fn(TableRef<'_>, &Column) -> bool| {
        let all = tables.base().flat_map(|table| table.table.columns.iter().map(move |column| (table, column)));
        let chosen = all.filter(|(table, column)| {
            !matches!(survey.class(table.id), TableClass::Clone | TableClass::ThirdParty) && wanted(*table, column)
        });
        let columns = chosen.map(|(table, column)| (table.id, column.name.clone())).collect();
        found.push(Opportunity { kind, columns });
    };
    if has(&[PostgreSql]) {
        columns(IndexKind::Containment, &|table, column| {
            let inside = matches!(column.base_type(), "jsonb" | "tsvector" | "hstore");
            (inside || column.data_type.ends_with("[]")) && !searched(table, column)
        });
        columns(IndexKind::WordsByGin, &|table, column| {
            let by = |method: &str| {
                let mut of_method = table.indexes.iter().filter(|index| index.method == method);
                of_method.any(|index| index.key_columns().any(|name| name == Some(&column.name)))
            };
            column.base_type() == "tsvector" && by("gist") && !by("gin")
        });
        columns(IndexKind::BlockRange, &|table, column| {
            survey.class(table.id) == TableClass::Log
                && super::rationale::is_moment(column)
                && survey.timestamps.get(table.id.0).and_then(|found| found.created.as_deref()) == Some(&column.name)
                && !searched(table, column)
        });
    }
    if has(&[MySql]) {
        columns(IndexKind::MultiValued, &|table, column| column.base_type() == "json" && !searched(table, column));
    }
    if has(&[PostgreSql, MySql, MariaDb]) {
        columns(IndexKind::FullText, &|table, column| {
            matches!(column.base_type(), "text" | "mediumtext" | "longtext")
                && survey.class(table.id) == TableClass::Entity
                && PROSE.contains(&column.name.to_lowercase().as_str())
                && !searched(table, column)
                && !searched_by_words(model, table, column)
        });
    }
    found.retain(|entry| !entry.columns.is_empty());
    found
}

/// Whether an index of another kind than the plain one, or on an expression, holds the column.
fn searched(table: TableRef<'_>, column: &Column) -> bool {
    table.indexes.iter().any(|index| {
        index.key.iter().any(|part| match (&part.column, &part.expression) {
            (Some(name), _) => *name == column.name && !matches!(index.method.as_str(), "btree" | "hash" | ""),
            (None, Some(expression)) => super::words::mentions(expression, &column.name),
            (None, None) => false,
        })
    })
}

/// Whether an indexed column holds the words of this one: computed from it, or kept by a trigger that names both.
fn searched_by_words(model: &Model, table: TableRef<'_>, column: &Column) -> bool {
    let mentions = super::words::mentions;
    table.table.columns.iter().filter(|words| words.base_type() == "tsvector" && searched(table, words)).any(|words| {
        let computed = words.generated.as_ref().is_some_and(|of| mentions(&of.expression, &column.name));
        let mut triggers = table.table.triggers.iter();
        computed
            || triggers.any(|trigger| {
                let body = trigger.function.as_ref().and_then(|name| {
                    let schema = model.schemas.iter().find(|schema| schema.name == name.schema)?;
                    schema.functions.iter().find(|function| function.name == name.name)?.body.as_deref()
                });
                [Some(trigger.definition.as_str()), body]
                    .into_iter()
                    .flatten()
                    .any(|text| mentions(text, &words.name) && mentions(text, &column.name))
            })
    })
}

fn tenant_first(tables: &Tables<'_>, survey: &Survey) -> Vec<(TableId, String)> {
    let Some(tenancy) = &survey.tenancy else { return Vec::new() };
    let carrying = tenancy.tables.iter().filter_map(|name| tables.find(name));
    let open = carrying.filter(|table| {
        let first = |index: &crate::model::Index| index.key.first().and_then(|part| part.column.clone());
        !table.indexes.iter().any(|index| first(index).as_ref() == Some(&tenancy.column))
    });
    open.map(|table| (table.id, tenancy.column.clone())).collect()
}

/// Tables with an index to search by, none of which leaves out deleted rows.
fn live_rows(tables: &Tables<'_>, survey: &Survey) -> Vec<(TableId, String)> {
    let mut found = Vec::new();
    for entry in &survey.soft_deletes {
        let Some(table) = tables.find(&entry.table) else { continue };
        let leaves_out = |index: &crate::model::Index| {
            index.predicate.as_deref().is_some_and(|predicate| super::words::mentions(predicate, &entry.column))
        };
        let searches = table.indexes.iter().any(|index| !index.primary);
        if searches && !table.indexes.iter().any(leaves_out) {
            found.push((table.id, entry.column.clone()));
        }
    }
    found
}
