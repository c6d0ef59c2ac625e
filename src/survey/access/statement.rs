//! From a statement's text to the look-ups in its tables.

use super::select::{Reader, Source};
use super::{Lookup, TableNames};
use crate::model::{QualifiedName, Query};
use crate::survey::sql::dialect;
use sqlparser::ast::{
    FromTable, OrderByKind, Query as QueryExpression, SetExpr, Statement, TableWithJoins, UpdateTableFromKind,
};
use sqlparser::parser::Parser;
use std::collections::BTreeMap;

/// Length in bytes from which on a text is not read: the tree that it makes could be too deep to walk.
const LONGEST: usize = 16 * 1024;

/// The old way to say FOR SHARE in MySQL and MariaDB, which the parser does not know.
const SHARED: &str = "LOCK IN SHARE MODE";

/// What is known of a statement.
#[derive(Debug, Default)]
pub(super) struct Reading {
    /// Look-ups by table.
    pub(super) lookups: BTreeMap<QualifiedName, Vec<Lookup>>,
    /// Tables of which it is not known how their rows are found, and why.
    pub(super) unclear: BTreeMap<QualifiedName, &'static str>,
    /// Why parts that name no table are not known.
    pub(super) parts: Vec<&'static str>,
}

/// Reads a statement, or says why it cannot be read.
pub(super) fn read(names: &TableNames<'_>, query: &Query) -> Result<Reading, String> {
    if query.text.len() > LONGEST {
        return Err(format!("the statement is longer than {} KiB", LONGEST / 1024));
    }
    let start = query.text.len().saturating_sub(SHARED.len());
    let locks = query.text.get(start..).is_some_and(|end| end.eq_ignore_ascii_case(SHARED));
    let text = if locks { query.text.get(..start).unwrap_or_default() } else { &query.text };
    // The parser's own words name a position in a text that the reader does not see.
    let statements =
        Parser::parse_sql(dialect(names.engine), text).map_err(|_| "the statement could not be parsed".to_owned())?;
    let mut reader = Reader::new(names, query);
    for statement in &statements {
        reader.statement(statement);
    }
    Ok(reader.reading)
}

impl Reader<'_> {
    fn statement(&mut self, statement: &Statement) {
        match statement {
            Statement::Query(query) => self.query(query),
            Statement::Insert(insert) => insert.source.iter().for_each(|source| self.query(source)),
            Statement::Update(update) => {
                let from: &[TableWithJoins] = match &update.from {
                    Some(UpdateTableFromKind::BeforeSet(from) | UpdateTableFromKind::AfterSet(from)) => from,
                    None => &[],
                };
                self.source(&Source {
                    from: std::iter::once(&update.table).chain(from).collect(),
                    selection: update.selection.as_ref(),
                    order: &update.order_by,
                    limit: update.limit.is_some(),
                    ..Source::default()
                });
            }
            Statement::Delete(delete) => {
                let (FromTable::WithFromKeyword(from) | FromTable::WithoutKeyword(from)) = &delete.from;
                self.source(&Source {
                    from: from.iter().chain(delete.using.iter().flatten()).collect(),
                    selection: delete.selection.as_ref(),
                    order: &delete.order_by,
                    limit: delete.limit.is_some(),
                    ..Source::default()
                });
            }
            _ => self.reading.parts.push("statements of this kind are not understood"),
        }
    }

    /// A query: what it defines in WITH, its parts, and the order of its result.
    pub(super) fn query(&mut self, query: &QueryExpression) {
        let outer = self.defined.len();
        for definition in query.with.iter().flat_map(|with| &with.cte_tables) {
            // Before its own query, because a recursive definition names itself.
            self.defined.push(definition.alias.name.value.clone());
            self.query(&definition.query);
        }
        let limit = query.limit_clause.is_some() || query.fetch.is_some();
        match (&*query.body, query.order_by.as_ref().map(|order| &order.kind)) {
            (SetExpr::Select(select), Some(OrderByKind::Expressions(order))) => {
                self.source(&Source { order, limit, ..Source::of(select) });
            }
            (SetExpr::Select(select), _) => self.source(&Source { limit, ..Source::of(select) }),
            (body, _) => self.body(body),
        }
        self.defined.truncate(outer);
    }

    fn body(&mut self, body: &SetExpr) {
        match body {
            SetExpr::Select(select) => self.source(&Source::of(select)),
            SetExpr::Query(query) => self.query(query),
            SetExpr::SetOperation { left, right, .. } => {
                self.body(left);
                self.body(right);
            }
            SetExpr::Insert(statement)
            | SetExpr::Update(statement)
            | SetExpr::Delete(statement)
            | SetExpr::Merge(statement) => self.statement(statement),
            SetExpr::Values(_) | SetExpr::Table(_) => {}
        }
    }
}
