//! Which columns the conditions of one FROM compare, and how.

use super::Equality;
use super::select::{ByColumn, Column, Scope};
use sqlparser::ast::{
    AccessExpr, BinaryOperator as Operator, Expr, FunctionArg, FunctionArgExpr, FunctionArguments, InTarget,
    JoinConstraint, Query, UnaryOperator, Value,
};
use std::collections::BTreeSet;
use std::ops::Range;

/// What the conditions say about one table.
#[derive(Clone, Debug, Default)]
pub(super) struct Found {
    /// Columns that are compared for equality with what is fixed, or with a column of a table that is read before.
    pub(super) equality: ByColumn<Equality>,
    /// Columns of which a range is wanted.
    pub(super) range: BTreeSet<String>,
    /// Columns that conditions name.
    pub(super) mentioned: BTreeSet<String>,
    /// It is read first.
    pub(super) drives: bool,
    /// Why it may be looked up in a way that is not told here.
    pub(super) unclear: Option<&'static str>,
}

impl Found {
    pub(super) fn compares(&self) -> bool {
        !self.equality.is_empty() || !self.range.is_empty()
    }
}

/// Collects the conditions of one FROM.
pub(super) struct Conditions<'s, 'a> {
    scope: &'s Scope<'s, 'a>,
    found: Vec<Found>,
    /// A table with its column that another table's rows give the value for.
    edges: Vec<(usize, String, usize)>,
}

impl<'s, 'a> Conditions<'s, 'a> {
    pub(super) fn new(scope: &'s Scope<'s, 'a>) -> Self {
        Self { scope, found: vec![Found::default(); scope.relations.len()], edges: Vec::new() }
    }

    /// The condition of a join. `looked_up` are the tables whose rows it helps to find.
    pub(super) fn join(&mut self, constraint: &JoinConstraint, joined: Range<usize>, looked_up: Range<usize>) {
        match constraint {
            JoinConstraint::On(condition) => self.all(condition, looked_up),
            JoinConstraint::Using(names) | JoinConstraint::UsingAlias(names, _) => {
                for name in names.iter().filter_map(|name| name.0.first()?.as_ident()) {
                    let side = |mut range: Range<usize>| {
                        range.find_map(|at| Some(Column::Of(at, self.scope.column_of(at, name)?)))
                    };
                    let (left, right) = (side(0..joined.start), side(joined.clone()));
                    self.equal(left.unwrap_or(Column::Opaque), right.unwrap_or(Column::Opaque), &looked_up);
                }
            }
            JoinConstraint::Natural => {
                self.found.iter_mut().for_each(|found| found.unclear = Some("it is joined by NATURAL"));
            }
            JoinConstraint::None => {}
        }
    }

    /// A condition, or several joined by AND.
    pub(super) fn all(&mut self, condition: &Expr, looked_up: Range<usize>) {
        match condition {
            Expr::Nested(inner) => self.all(inner, looked_up),
            Expr::BinaryOp { left, op: Operator::And, right } => {
                self.all(left, looked_up.clone());
                self.all(right, looked_up);
            }
            _ => {
                for (at, column) in self.columns(condition) {
                    self.found[at].mentioned.insert(column);
                }
                self.one(condition, &looked_up);
            }
        }
    }

    fn one(&mut self, condition: &Expr, looked_up: &Range<usize>) {
        match condition {
            Expr::BinaryOp { op: Operator::Or, .. } => self.alternatives(condition, looked_up),
            Expr::BinaryOp { left, op: Operator::Eq | Operator::Spaceship, right }
            | Expr::IsNotDistinctFrom(left, right) => {
                self.equality(left, right, looked_up);
            }
            Expr::BinaryOp { left, op: Operator::Lt | Operator::LtEq | Operator::Gt | Operator::GtEq, right } => {
                self.range(left, right, looked_up);
                self.range(right, left, looked_up);
            }
            Expr::Between { expr, negated: false, low, high } if self.is_fixed(low) && self.is_fixed(high) => {
                self.add_range(expr, looked_up);
            }
            // A usual index of the other engines does not serve LIKE: it depends on collation, operator class and case.
            Expr::Like { negated: false, any: false, expr, pattern, .. }
                if self.scope.engine.is_mysql_family() && starts_with_text(pattern) =>
            {
                self.add_range(expr, looked_up);
            }
            Expr::IsNull(expr) => self.add(expr, false, true, looked_up),
            Expr::In { expr, target: InTarget::List(values), negated: false, .. }
                if values.iter().all(|value| self.is_fixed(value)) =>
            {
                self.each(expr, values.len() > 1, looked_up);
            }
            Expr::AnyOp { left, compare_op: Operator::Eq, right, .. }
                if !matches!(**right, Expr::Subquery(_)) && self.is_fixed(right) =>
            {
                self.add(left, true, false, looked_up);
            }
            Expr::IsTrue(expr) | Expr::IsFalse(expr) | Expr::UnaryOp { op: UnaryOperator::Not, expr } => {
                self.add(expr, false, false, looked_up);
            }
            Expr::Identifier(_) | Expr::CompoundIdentifier(_) => self.add(condition, false, false, looked_up),
            _ => {}
        }
    }

    /// Conditions joined by OR: the same column compared with several values, or nothing that one index serves.
    fn alternatives(&mut self, condition: &Expr, looked_up: &Range<usize>) {
        let mut branches = Vec::new();
        flatten(condition, &mut branches);
        let column = |branch: &Expr| match branch {
            Expr::BinaryOp { left, op: Operator::Eq, right } if self.is_fixed(right) => self.scope.column(left),
            Expr::BinaryOp { left, op: Operator::Eq, right } if self.is_fixed(left) => self.scope.column(right),
            Expr::In { expr, target: InTarget::List(values), negated: false, .. }
                if values.iter().all(|value| self.is_fixed(value)) =>
            {
                self.scope.column(expr)
            }
            _ => None,
        };
        let columns: Vec<Option<Column>> = branches.iter().map(|branch| column(branch)).collect();
        match columns.first() {
            Some(Some(Column::Of(at, name))) if columns.iter().all(|column| *column == columns[0]) => {
                self.insert(*at, name.clone(), true, false, looked_up);
            }
            _ => {
                for (at, _) in self.columns(condition) {
                    self.found[at].unclear = Some("its conditions are joined by OR");
                }
            }
        }
    }

    fn equality(&mut self, left: &Expr, right: &Expr, looked_up: &Range<usize>) {
        if let (Expr::Tuple(left), Expr::Tuple(right)) = (left, right) {
            for (left, right) in left.iter().zip(right) {
                self.equality(left, right, looked_up);
            }
            return;
        }
        match (self.scope.column(left), self.scope.column(right)) {
            (Some(left), Some(right)) => self.equal(left, right, looked_up),
            (Some(Column::Of(at, name)), None) => self.depends(at, name, right, looked_up),
            (None, Some(Column::Of(at, name))) => self.depends(at, name, left, looked_up),
            _ => {}
        }
    }

    fn equal(&mut self, left: Column, right: Column, looked_up: &Range<usize>) {
        match (left, right) {
            (Column::Of(a, _), Column::Of(b, _)) if a == b => {}
            (Column::Of(a, left), Column::Of(b, right)) => {
                self.edge(a, left, b, looked_up);
                self.edge(b, right, a, looked_up);
            }
            (Column::Of(at, name), Column::Fixed) | (Column::Fixed, Column::Of(at, name)) => {
                self.insert(at, name, false, false, looked_up);
            }
            (Column::Of(at, _), Column::Opaque) | (Column::Opaque, Column::Of(at, _)) => {
                self.found[at].unclear = Some("it is joined to a result of the statement itself");
            }
            _ => {}
        }
    }

    /// A column compared with an expression, which may hold columns of other tables.
    fn depends(&mut self, at: usize, name: String, expression: &Expr, looked_up: &Range<usize>) {
        let others = self.columns(expression);
        match others.first() {
            None if self.is_fixed(expression) => self.insert(at, name, false, false, looked_up),
            Some((other, _)) if *other != at && others.iter().all(|(of, _)| of == other) => {
                self.edge(at, name, *other, looked_up);
            }
            _ => {}
        }
    }

    fn edge(&mut self, at: usize, name: String, by: usize, looked_up: &Range<usize>) {
        if looked_up.contains(&at) {
            self.edges.push((at, name, by));
        }
    }

    fn range(&mut self, expression: &Expr, bound: &Expr, looked_up: &Range<usize>) {
        if !self.is_fixed(bound) {
            return;
        }
        // A comparison of rows, as pages are asked for, is a range of the first column.
        match expression {
            Expr::Tuple(parts) => parts.iter().take(1).for_each(|part| self.add_range(part, looked_up)),
            _ => self.add_range(expression, looked_up),
        }
    }

    fn add_range(&mut self, expression: &Expr, looked_up: &Range<usize>) {
        if let Some(Column::Of(at, name)) = self.scope.column(expression)
            && looked_up.contains(&at)
        {
            self.found[at].range.insert(name);
        }
    }

    fn each(&mut self, expression: &Expr, several: bool, looked_up: &Range<usize>) {
        match expression {
            Expr::Tuple(parts) => parts.iter().for_each(|part| self.add(part, several, false, looked_up)),
            _ => self.add(expression, several, false, looked_up),
        }
    }

    fn add(&mut self, expression: &Expr, several: bool, null: bool, looked_up: &Range<usize>) {
        if let Some(Column::Of(at, name)) = self.scope.column(expression) {
            self.insert(at, name, several, null, looked_up);
        }
    }

    fn insert(&mut self, at: usize, column: String, several: bool, null: bool, looked_up: &Range<usize>) {
        if looked_up.contains(&at) {
            let known = Equality { column: column.clone(), several, null };
            let entry = self.found[at].equality.entry(column).or_insert(known);
            entry.several &= several;
            entry.null &= null;
        }
    }

    /// Columns of tables in an expression.
    fn columns(&self, expression: &Expr) -> Vec<(usize, String)> {
        let mut columns = Vec::new();
        walk(
            expression,
            &mut |inner| {
                if let Some(Column::Of(at, name)) = self.scope.column(inner) {
                    columns.push((at, name));
                }
            },
            &mut |_| {},
        );
        columns
    }

    /// Whether an expression has one value while the statement runs.
    fn is_fixed(&self, expression: &Expr) -> bool {
        let mut fixed = true;
        walk(
            expression,
            &mut |inner| fixed &= matches!(self.scope.column(inner), None | Some(Column::Fixed)),
            &mut |_| {},
        );
        fixed
    }

    /// Decides which tables are read first, and counts the conditions of joins for those that are looked up from them.
    ///
    /// Tables with conditions of their own are read first, and if there is none, `sorted`. The other tables are looked up
    /// from the nearest of these by the joins between. Without any, whole tables are joined, which needs no index.
    pub(super) fn settle(mut self, sorted: Option<usize>) -> Vec<Found> {
        let mut distances: Vec<Option<usize>> = self.found.iter().map(|found| found.compares().then_some(0)).collect();
        if distances.iter().all(Option::is_none)
            && let Some(distance) = sorted.and_then(|at| distances.get_mut(at))
        {
            *distance = Some(0);
        }
        for _ in 0..self.found.len() {
            for (at, _, by) in &self.edges {
                if let Some(distance) = distances[*by]
                    && distances[*at].is_none_or(|known| known > distance + 1)
                {
                    distances[*at] = Some(distance + 1);
                }
            }
        }
        for (at, distance) in distances.iter().enumerate() {
            self.found[at].drives = *distance == Some(0);
        }
        for (at, name, by) in std::mem::take(&mut self.edges) {
            let (Some(own), Some(other)) = (distances[at], distances[by]) else { continue };
            // Of two tables with conditions either may be read first. What refers to the other is then looked up by the
            // reference; the one that is referred to is found by its own conditions.
            if own == other + 1 || (own == 0 && other == 0 && !self.scope.is_unique(at, &name)) {
                self.insert(at, name, false, false, &(at..at + 1));
            }
        }
        self.found
    }
}

fn flatten<'e>(condition: &'e Expr, branches: &mut Vec<&'e Expr>) {
    match condition {
        Expr::Nested(inner) => flatten(inner, branches),
        Expr::BinaryOp { left, op: Operator::Or, right } => {
            flatten(left, branches);
            flatten(right, branches);
        }
        other => branches.push(other),
    }
}

/// Whether a pattern is a literal that starts with no wildcard.
fn starts_with_text(pattern: &Expr) -> bool {
    let Expr::Value(value) = pattern else { return false };
    match &value.value {
        Value::SingleQuotedString(text) | Value::DoubleQuotedString(text) => !text.starts_with(['%', '_']),
        _ => false,
    }
}

/// Visits an expression and its parts, and the queries in it without their parts.
pub(super) fn walk<'e>(expression: &'e Expr, visit: &mut dyn FnMut(&'e Expr), subquery: &mut dyn FnMut(&'e Query)) {
    visit(expression);
    let mut parts: Vec<&'e Expr> = Vec::new();
    match expression {
        Expr::IsFalse(inner)
        | Expr::IsNotFalse(inner)
        | Expr::IsTrue(inner)
        | Expr::IsNotTrue(inner)
        | Expr::IsNull(inner)
        | Expr::IsNotNull(inner)
        | Expr::IsUnknown(inner)
        | Expr::IsNotUnknown(inner)
        | Expr::Nested(inner)
        | Expr::UnaryOp { expr: inner, .. }
        | Expr::Cast { expr: inner, .. }
        | Expr::Convert { expr: inner, .. }
        | Expr::Collate { expr: inner, .. }
        | Expr::Extract { expr: inner, .. }
        | Expr::Ceil { expr: inner, .. }
        | Expr::Floor { expr: inner, .. }
        | Expr::Prefixed { value: inner, .. }
        | Expr::Named { expr: inner, .. }
        | Expr::JsonAccess { value: inner, .. } => parts.push(inner),
        Expr::IsDistinctFrom(left, right)
        | Expr::IsNotDistinctFrom(left, right)
        | Expr::BinaryOp { left, right, .. }
        | Expr::AnyOp { left, right, .. }
        | Expr::AllOp { left, right, .. } => parts.extend([&**left, &**right]),
        Expr::AtTimeZone { timestamp, time_zone } => parts.extend([&**timestamp, &**time_zone]),
        Expr::Position { expr, r#in } => parts.extend([&**expr, &**r#in]),
        Expr::Like { expr, pattern, .. }
        | Expr::ILike { expr, pattern, .. }
        | Expr::SimilarTo { expr, pattern, .. }
        | Expr::RLike { expr, pattern, .. } => parts.extend([&**expr, &**pattern]),
        Expr::Between { expr, low, high, .. } => parts.extend([&**expr, &**low, &**high]),
        Expr::In { expr, target, .. } => {
            parts.push(expr);
            match target {
                InTarget::List(values) => parts.extend(values),
                InTarget::Subquery(query) => subquery(query),
                InTarget::Unnest(inner) => parts.push(inner),
                InTarget::Table { .. } => {}
            }
        }
        Expr::Exists { subquery: query, .. } | Expr::Subquery(query) => subquery(query),
        Expr::Substring { expr, substring_from, substring_for, .. } => {
            parts.push(expr);
            parts.extend(substring_from.iter().chain(substring_for).map(|part| &**part));
        }
        Expr::Trim { expr, trim_what, trim_characters, .. } => {
            parts.push(expr);
            parts.extend(trim_what.iter().map(|part| &**part));
            parts.extend(trim_characters.iter().flatten());
        }
        Expr::Case { operand, conditions, else_result, .. } => {
            parts.extend(operand.iter().chain(else_result).map(|part| &**part));
            parts.extend(conditions.iter().flat_map(|when| [&when.condition, &when.result]));
        }
        Expr::Tuple(members) => parts.extend(members),
        Expr::Array(array) => parts.extend(&array.elem),
        Expr::CompoundFieldAccess { root, access_chain } => {
            parts.push(root);
            parts.extend(access_chain.iter().filter_map(|access| match access {
                AccessExpr::Dot(inner) => Some(inner),
                AccessExpr::Subscript(_) => None,
            }));
        }
        Expr::Function(function) => match &function.args {
            FunctionArguments::List(list) => {
                parts.extend(list.args.iter().filter_map(|argument| match argument {
                    FunctionArg::Named { arg, .. } | FunctionArg::ExprNamed { arg, .. } | FunctionArg::Unnamed(arg) => {
                        match arg {
                            FunctionArgExpr::Expr(inner) => Some(inner),
                            _ => None,
                        }
                    }
                }));
            }
            FunctionArguments::Subquery(query) => subquery(query),
            FunctionArguments::None => {}
        },
        _ => {}
    }
    for part in parts {
        walk(part, visit, subquery);
    }
}
