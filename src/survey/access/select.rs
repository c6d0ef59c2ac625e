//! The tables in one FROM, and who looks up whom.

use super::conditions::{Conditions, Found, walk};
use super::statement::Reading;
use super::{Lookup, Named, NullsFirst, SortColumn, TableNames};
use crate::model::{EngineName, Query, TableRef};
use sqlparser::ast::{
    Expr, GroupByExpr, Ident, JoinConstraint, JoinOperator as J, ObjectName, OrderByExpr, OrderBySort, Select,
    SelectItem, TableFactor, TableWithJoins, Value,
};
use std::collections::BTreeMap;
use std::ops::Range;

/// Walks one statement.
pub(super) struct Reader<'a> {
    pub(super) names: &'a TableNames<'a>,
    pub(super) query: &'a Query,
    pub(super) reading: Reading,
    /// Names that WITH defines here.
    pub(super) defined: Vec<String>,
}

/// What rows come from, which are wanted, and in which order.
#[derive(Default)]
pub(super) struct Source<'q> {
    pub(super) from: Vec<&'q TableWithJoins>,
    pub(super) selection: Option<&'q Expr>,
    pub(super) having: Option<&'q Expr>,
    pub(super) projection: &'q [SelectItem],
    pub(super) groups: &'q [Expr],
    pub(super) order: &'q [OrderByExpr],
    pub(super) limit: bool,
}

impl<'q> Source<'q> {
    pub(super) fn of(select: &'q Select) -> Self {
        Self {
            from: select.from.iter().collect(),
            selection: select.selection.as_ref(),
            having: select.having.as_ref(),
            projection: &select.projection,
            groups: match &select.group_by {
                GroupByExpr::Expressions(groups, _) => groups,
                GroupByExpr::All(_) => &[],
            },
            ..Self::default()
        }
    }
}

/// Something in FROM.
pub(super) struct Relation<'a> {
    alias: String,
    /// `None` for what is no table: a view, a subquery, a function.
    table: Option<TableRef<'a>>,
}

/// What a column's name stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Column {
    /// A column of a table in this FROM, by its position there.
    Of(usize, String),
    /// A column of something else in this FROM.
    Opaque,
    /// Nothing here: a parameter, or a column of an outer query, which is fixed while this one runs.
    Fixed,
}

impl<'a> Reader<'a> {
    pub(super) fn new(names: &'a TableNames<'a>, query: &'a Query) -> Self {
        Self { names, query, reading: Reading::default(), defined: Vec::new() }
    }

    /// Reads one FROM with its conditions and its order.
    pub(super) fn source(&mut self, source: &Source<'_>) {
        let mut relations = Vec::new();
        let mut joins = Vec::new();
        for tables in &source.from {
            self.tables(tables, &mut relations, &mut joins);
        }
        let scope = Scope { engine: self.names.engine, relations: &relations };
        let mut conditions = Conditions::new(&scope);
        for (constraint, joined, looked_up) in &joins {
            conditions.join(constraint, joined.clone(), looked_up.clone());
        }
        if let Some(selection) = source.selection {
            conditions.all(selection, 0..relations.len());
        }
        let sort = sort(&scope, source);
        let found = conditions.settle(sort.as_ref().filter(|_| source.limit).map(|(at, _)| *at));
        for (at, (relation, found)) in relations.iter().zip(found).enumerate() {
            let Some(table) = relation.table else { continue };
            self.found(table, found, relations.len() == 1, sort.as_ref().filter(|(of, _)| *of == at), source);
        }
        let projected = source.projection.iter().filter_map(|item| match item {
            SelectItem::UnnamedExpr(expression) | SelectItem::ExprWithAlias { expr: expression, .. } => {
                Some(expression)
            }
            _ => None,
        });
        let on = joins.iter().filter_map(|(constraint, ..)| match constraint {
            JoinConstraint::On(condition) => Some(condition),
            _ => None,
        });
        for expression in source.selection.into_iter().chain(source.having).chain(projected).chain(on) {
            walk(expression, &mut |_| {}, &mut |query| self.query(query));
        }
    }

    fn found(
        &mut self,
        table: TableRef<'_>,
        found: Found,
        alone: bool,
        sort: Option<&(usize, Sort)>,
        source: &Source<'_>,
    ) {
        let name = table.qualified_name();
        if !found.compares()
            && let Some(reason) = found.unclear
        {
            self.reading.unclear.entry(name).or_insert(reason);
            return;
        }
        let mut lookup =
            Lookup { limit: source.limit, mentioned: found.mentioned.iter().cloned().collect(), ..Lookup::default() };
        // A table that is looked up from another one brings its rows in that one's order.
        if let Some((_, sort)) = sort.filter(|_| alone || found.drives) {
            lookup.sort.clone_from(&sort.columns);
            lookup.grouping = sort.grouping;
        }
        lookup.range = found.range.into_iter().filter(|column| !found.equality.contains_key(column)).collect();
        lookup.equality = found.equality.into_values().collect();
        self.reading.lookups.entry(name).or_default().push(lookup);
    }

    fn tables<'q>(
        &mut self,
        tables: &'q TableWithJoins,
        relations: &mut Vec<Relation<'a>>,
        joins: &mut Vec<(&'q JoinConstraint, Range<usize>, Range<usize>)>,
    ) {
        self.factor(&tables.relation, relations, joins);
        for join in &tables.joins {
            let start = relations.len();
            self.factor(&join.relation, relations, joins);
            let joined = start..relations.len();
            // Only the side that may be absent is looked up by the condition of an outer join.
            let (constraint, looked_up) = match &join.join_operator {
                J::Join(constraint) | J::Inner(constraint) | J::CrossJoin(constraint) | J::StraightJoin(constraint) => {
                    (constraint, 0..joined.end)
                }
                J::Left(constraint) | J::LeftOuter(constraint) => (constraint, joined.clone()),
                J::Right(constraint) | J::RightOuter(constraint) => (constraint, 0..start),
                J::FullOuter(constraint) => (constraint, 0..0),
                _ => continue,
            };
            joins.push((constraint, joined, looked_up));
        }
    }

    fn factor<'q>(
        &mut self,
        factor: &'q TableFactor,
        relations: &mut Vec<Relation<'a>>,
        joins: &mut Vec<(&'q JoinConstraint, Range<usize>, Range<usize>)>,
    ) {
        match factor {
            TableFactor::Table { name, alias, args: None, .. } => {
                let (schema, own) = self.name_of(name);
                let alias = alias.as_ref().map_or_else(|| own.clone(), |alias| self.fold(&alias.name));
                let defined = schema.is_none() && self.defined.iter().any(|name| name.eq_ignore_ascii_case(&own));
                let named = if defined { Named::View } else { self.names.resolve(self.query, schema.as_deref(), &own) };
                let table = match named {
                    Named::Table(table) => Some(table),
                    Named::View => {
                        if !defined {
                            self.reading.parts.push("it reads a view");
                        }
                        None
                    }
                    Named::Ambiguous => {
                        self.reading.parts.push("several schemas have a table that it names");
                        None
                    }
                    Named::Nothing => None,
                };
                relations.push(Relation { alias, table });
            }
            TableFactor::NestedJoin { table_with_joins, .. } => self.tables(table_with_joins, relations, joins),
            TableFactor::Derived { subquery, alias, .. } => {
                self.query(subquery);
                let alias = alias.as_ref().map_or_else(String::new, |alias| self.fold(&alias.name));
                relations.push(Relation { alias, table: None });
            }
            TableFactor::Table { alias, .. }
            | TableFactor::Function { alias, .. }
            | TableFactor::TableFunction { alias, .. }
            | TableFactor::UNNEST { alias, .. } => {
                let alias = alias.as_ref().map_or_else(String::new, |alias| self.fold(&alias.name));
                relations.push(Relation { alias, table: None });
            }
            _ => relations.push(Relation { alias: String::new(), table: None }),
        }
    }

    fn name_of(&self, name: &ObjectName) -> (Option<String>, String) {
        let mut parts = name.0.iter().rev().map(|part| part.as_ident().map(|part| self.fold(part)));
        let own = parts.next().flatten().unwrap_or_default();
        (parts.next().flatten(), own)
    }

    fn fold(&self, name: &Ident) -> String {
        fold(self.names.engine, name)
    }
}

/// A name as the engine looks it up.
fn fold(engine: EngineName, name: &Ident) -> String {
    if engine == EngineName::PostgreSql && name.quote_style.is_none() {
        name.value.to_lowercase()
    } else {
        name.value.clone()
    }
}

/// What names mean in one FROM.
pub(super) struct Scope<'s, 'a> {
    pub(super) engine: EngineName,
    pub(super) relations: &'s [Relation<'a>],
}

impl Scope<'_, '_> {
    /// What an expression stands for, when it is nothing but a column.
    pub(super) fn column(&self, expression: &Expr) -> Option<Column> {
        match expression {
            Expr::Nested(inner) => self.column(inner),
            Expr::Identifier(name) => Some(self.unqualified(name)),
            Expr::CompoundIdentifier(names) => match names.as_slice() {
                [.., qualifier, name] => Some(self.qualified(qualifier, name)),
                _ => None,
            },
            _ => None,
        }
    }

    /// A column of a table by its name.
    pub(super) fn column_of(&self, at: usize, name: &Ident) -> Option<String> {
        let wanted = fold(self.engine, name);
        let table = self.relations.get(at)?.table?;
        let found = table.table.columns.iter().find(|column| self.equal(&column.name, &wanted))?;
        Some(found.name.clone())
    }

    /// Whether a column identifies the rows of its table by itself.
    pub(super) fn is_unique(&self, at: usize, column: &str) -> bool {
        let is = |columns: &[String]| matches!(columns, [only] if only == column);
        self.relations.get(at).and_then(|relation| relation.table).is_some_and(|table| {
            table.table.primary_key.as_ref().is_some_and(|key| is(&key.columns))
                || table.table.unique_constraints.iter().any(|key| is(&key.columns))
                || table.table.indexes.iter().any(|index| {
                    index.guarantees_unique()
                        && index.predicate.is_none()
                        && index.plain_columns().is_some_and(|key| key == [column])
                })
        })
    }

    /// Whether NULLs of a column may come up.
    fn is_nullable(&self, at: usize, column: &str) -> bool {
        let table = self.relations.get(at).and_then(|relation| relation.table);
        table.and_then(|table| table.table.column(column)).is_some_and(|column| column.nullable)
    }

    fn unqualified(&self, name: &Ident) -> Column {
        let found = (0..self.relations.len()).find_map(|at| Some(Column::Of(at, self.column_of(at, name)?)));
        found.unwrap_or_else(|| {
            if self.relations.iter().any(|relation| relation.table.is_none()) { Column::Opaque } else { Column::Fixed }
        })
    }

    fn qualified(&self, qualifier: &Ident, name: &Ident) -> Column {
        let qualifier = fold(self.engine, qualifier);
        let Some(at) = self.relations.iter().position(|relation| self.equal(&relation.alias, &qualifier)) else {
            return Column::Fixed;
        };
        self.column_of(at, name).map_or(Column::Opaque, |column| Column::Of(at, column))
    }

    fn equal(&self, a: &str, b: &str) -> bool {
        a == b || (self.engine != EngineName::PostgreSql && a.eq_ignore_ascii_case(b))
    }
}

/// An order by columns of one table.
pub(super) struct Sort {
    columns: Vec<SortColumn>,
    grouping: bool,
}

/// The order that is wanted, when it is one by columns of one table: its position in FROM with the columns.
fn sort(scope: &Scope<'_, '_>, source: &Source<'_>) -> Option<(usize, Sort)> {
    let grouping = source.order.is_empty();
    let parts: Vec<(&Expr, bool, Option<bool>)> = if grouping {
        source.groups.iter().map(|group| (group, false, None)).collect()
    } else {
        let part = |part: &'_ OrderByExpr| {
            let descending = matches!(part.options.sort, Some(OrderBySort::Desc));
            (descending, part.options.nulls_first)
        };
        source.order.iter().map(|expression| (&expression.expr, part(expression).0, part(expression).1)).collect()
    };
    let mut table = None;
    let mut columns: Vec<SortColumn> = Vec::new();
    for (expression, descending, nulls_first) in parts {
        let Some(Column::Of(at, column)) = scope.column(projected(source, expression)?) else { return None };
        if *table.get_or_insert(at) != at {
            return None;
        }
        // PostgreSQL counts NULL as the highest value, the others as the lowest.
        let usual = descending == (scope.engine == EngineName::PostgreSql);
        let nulls = nulls_first.filter(|first| *first != usual && scope.is_nullable(at, &column)).map(NullsFirst);
        if nulls.is_some() && scope.engine != EngineName::PostgreSql {
            return None;
        }
        if !columns.iter().any(|known| known.column == column) {
            columns.push(SortColumn { column, descending, nulls });
        }
    }
    Some((table?, Sort { columns, grouping }))
}

/// What a column of the result stands for, when it is called by its number or by a name given in the list.
fn projected<'q>(source: &Source<'q>, expression: &'q Expr) -> Option<&'q Expr> {
    match expression {
        Expr::Value(value) => {
            let Value::Number(position, _) = &value.value else { return None };
            let position: usize = position.parse().ok()?;
            match source.projection.get(position.checked_sub(1)?)? {
                SelectItem::UnnamedExpr(expression) | SelectItem::ExprWithAlias { expr: expression, .. } => {
                    Some(expression)
                }
                _ => None,
            }
        }
        Expr::Identifier(name) => {
            let named = source.projection.iter().find_map(|item| match item {
                SelectItem::ExprWithAlias { expr, alias } if alias.value.eq_ignore_ascii_case(&name.value) => {
                    Some(expr)
                }
                _ => None,
            });
            Some(named.unwrap_or(expression))
        }
        _ => Some(expression),
    }
}

/// Columns by name.
pub(super) type ByColumn<T> = BTreeMap<String, T>;
