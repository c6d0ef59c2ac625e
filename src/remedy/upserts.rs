//! Statements that say a unique key by its columns, `ON CONFLICT (email)`: they need a key over just these columns that holds
//! for all rows, and fail without.

use super::code::Code;
use super::planner::{Planner, mentions};
use super::{Safety, Step};
use crate::checks::{Change, Context};
use crate::model::{EngineName, Function, Index};
use std::collections::BTreeSet;

/// A unique key that a change replaces by one that these statements do not find.
struct Lost<'a> {
    index: &'a Index,
    columns: Vec<&'a str>,
    /// The condition of the new key, where the columns stay.
    condition: Option<&'a str>,
}

fn lost<'a>(context: Context<'a>, change: &'a Change) -> Option<Lost<'a>> {
    let Change::AddUnique { table, columns: new, predicate, replaces: Some(old), .. } = change else { return None };
    let of = context.tables.find(table)?;
    let index = of.table.indexes.iter().find(|index| index.is_called(old))?;
    let columns = index.plain_columns()?;
    let same = columns.iter().copied().collect::<BTreeSet<_>>() == new.iter().map(String::as_str).collect();
    let condition = predicate.as_deref().filter(|_| same);
    (!same || *predicate != index.predicate).then_some(Lost { index, columns, condition })
}

/// Why code in the database stands in the way of a change to a unique key, if it does.
pub(super) fn hindrance(context: Context<'_>, code: &Code<'_>, change: &Change) -> Option<String> {
    let key = lost(context, change)?;
    let table = &change.table().name;
    let columns = key.columns.join(", ");
    let breaks = |kind: &str, name: &str| {
        format!(
            "{kind} {name} says ON CONFLICT ({columns}), which the new key does not answer: change the two together"
        )
    };
    let is_in = |text: &str| mentions(text, table) && is_named(text, &key);
    if let Some(hidden) = code.hidden() {
        return Some(format!("{hidden} may say ON CONFLICT ({columns}), which the new key does not answer"));
    }
    let schemas = context.model.with_outside();
    match context.model.engine.name {
        EngineName::PostgreSql => {
            let in_body = |function: &&Function| function.body.as_deref().is_some_and(is_in);
            let function = schemas.flat_map(|schema| &schema.functions).find(in_body)?;
            Some(breaks("routine", &function.name))
        }
        EngineName::Sqlite => {
            let mut triggers = schemas.flat_map(|schema| &schema.tables).flat_map(|table| &table.triggers);
            triggers.find(|trigger| is_in(&trigger.definition)).map(|trigger| breaks("trigger", &trigger.name))
        }
        EngineName::MySql | EngineName::MariaDb => None,
    }
}

/// Whether a text says the key, by its columns or its name, and does not say the condition of the new one.
fn is_named(text: &str, key: &Lost<'_>) -> bool {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
    let plain = |name: &str| name.trim().trim_matches('"').to_lowercase();
    text.match_indices("on conflict").any(|(at, found)| {
        let rest = text[at + found.len()..].trim_start();
        if let Some(name) = rest.strip_prefix("on constraint ") {
            let name = name.split(|character: char| character.is_whitespace() || character == ';').next();
            return name.is_some_and(|name| plain(name) == plain(&key.index.name));
        }
        let Some((target, rest)) = rest.strip_prefix('(').and_then(|rest| rest.split_once(')')) else { return false };
        let named: BTreeSet<String> = target.split(',').map(plain).collect();
        let wanted: BTreeSet<String> = key.columns.iter().map(|column| plain(column)).collect();
        let says_condition = key.condition.is_some() && rest.trim_start().starts_with("where ");
        named == wanted && !says_condition
    })
}

/// What code outside the database has to change before a step takes the old key away.
pub(super) fn warning(planner: &Planner<'_>, change: &Change) -> Option<String> {
    let Lost { columns, condition, .. } = lost(planner.context, change)?;
    if planner.engine.is_mysql_family() {
        return condition.is_some().then(|| {
            "ON DUPLICATE KEY UPDATE, INSERT IGNORE and REPLACE no longer meet the rows that the new key leaves out, and insert \
             beside them."
                .to_owned()
        });
    }
    let columns = columns.iter().map(|column| planner.quote(column)).collect::<Vec<_>>().join(", ");
    Some(match condition {
        Some(condition) => format!(
            "INSERT … ON CONFLICT ({columns}) fails from this moment. Deploy before: ON CONFLICT ({columns}) WHERE {condition}, which \
             works with both keys."
        ),
        None => format!(
            "INSERT … ON CONFLICT ({columns}) fails from this moment. Deploy before: the columns of the new key."
        ),
    })
}

/// The step that takes the old key away, with what it breaks.
pub(super) fn warned(planner: &Planner<'_>, change: &Change, mut step: Step) -> Step {
    let Some(warning) = warning(planner, change) else { return step };
    let least = if planner.engine.is_mysql_family() { Safety::Caution } else { Safety::Breaking };
    step.safety = step.safety.max(least);
    step.note(warning)
}
