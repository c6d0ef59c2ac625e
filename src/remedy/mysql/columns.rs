//! Columns. `MODIFY` repeats the whole definition, because what it does not repeat is gone.

use super::column::{Overrides, default_text, definition, is_textual};
use super::constraints::lost_for_good;
use super::indexes::{is_perhaps_made, is_too_long, key_bytes, part_limit};
use super::{Algorithm, CHECKS_OFF, CHECKS_ON, Duration, Phase, Planner, Request, Safety, Step, alter};
use crate::checks::{Change, NewColumn, holds};
use crate::model::{
    Column, ColumnDefault, DefaultKind, EngineName, ForeignKey, KeyPart, QualifiedName, Table, UnseenKind, base_type,
};
use crate::remedy;
use crate::remedy::names::Space;
use crate::remedy::planner::{CUT, CUTS, EXPLICIT_NULLS};
use crate::remedy::requests::serve;
use std::collections::BTreeMap;
use std::sync::Arc;

pub(super) fn add(planner: &mut Planner<'_>, request: &Request) {
    match &request.change {
        Change::SetNotNull { table, column, fill } => {
            let Some(of) = planner.planned_column(table, column) else {
                return planner.refuse(request.change.clone(), "the column is not in the catalog");
            };
            if of.generated.is_some() && planner.engine == EngineName::MariaDb {
                return planner.refuse(request.change.clone(), "MariaDB knows no NOT NULL of generated columns");
            }
            if planner.is_versioned(table) {
                return planner.refuse(request.change.clone(), PAST_ROWS);
            }
            let new = Overrides { nullable: Some(false), ..Overrides::default() };
            if stamps_itself(planner, &new.applied(&of)) {
                return planner.refuse(request.change.clone(), STAMPS_ITSELF);
            }
            let step = not_null(planner, table, &of);
            let old = planner.engine == EngineName::MariaDb && planner.version < (10, 6, 0);
            if old && step.method == "COPY" && planner.is_in_foreign_key(table, column) {
                planner.alter_column(table, of);
                let reason = "MariaDB before 10.6 copies no table over a column of a foreign key: drop the key before, and \
                              add it again after";
                return planner.refuse(request.change.clone(), reason);
            }
            if let Some(fill) = fill {
                let step = backfill(planner, table, column, fill).overwriting(planner.nulls(table, column));
                planner.add(10, request, step);
            }
            planner.add(30, request, step.note(EXPLICIT_NULLS));
        }
        Change::SetDefault { table, column, expression } => {
            set_default(planner, request, table, column, expression.as_deref());
        }
        Change::AddColumn { table, column } => add_column(planner, request, table, column),
        Change::ChangeType { table, column, data_type, with } => {
            change_type(planner, request, table, column, data_type, with);
        }
        Change::MaintainUpdatedAt { table, column } => maintain_updated_at(planner, request, table, column),
        Change::SetCharacterSet { .. } => set_character_set(planner, request),
        _ => {}
    }
}

/// Why a column of a table with history keeps its NULLs.
pub(super) const PAST_ROWS: &str = "the table is system-versioned: NULL may stand in past rows, which no statement fills, and the \
    server would refuse it there too";

/// Why a timestamp does not become one that is never NULL and has no default, where the server would change its meaning.
pub(super) const STAMPS_ITSELF: &str = "explicit_defaults_for_timestamp is OFF: the server would give the timestamp a default of its \
    own, and overwrite it at every update of its row. Set the variable ON first, or give the column a default";

/// Whether the server gives a column what its definition does not say: the current moment at inserts and updates, or a zero date.
pub(super) fn stamps_itself(planner: &Planner<'_>, column: &Column) -> bool {
    let is_implicit = planner.context.model.engine.settings.contains_key("explicit_defaults_for_timestamp");
    let default = column.default.as_ref().filter(|default| !default.expression.eq_ignore_ascii_case("null"));
    is_implicit
        && column.base_type() == "timestamp"
        && !column.nullable
        && column.generated.is_none()
        && default.is_none()
}

/// `MODIFY` with everything that the column has, and what is to be new. Later steps see the column as it is then.
fn modify(planner: &mut Planner<'_>, table: &QualifiedName, column: &Column, new: Overrides<'_>) -> String {
    planner.alter_column(table, new.applied(column));
    repeat(planner, table, column, new)
}

fn repeat(planner: &Planner<'_>, table: &QualifiedName, column: &Column, new: Overrides<'_>) -> String {
    let checks = planner.table(table).map(|of| of.table.check_constraints.as_slice()).unwrap_or_default();
    format!("MODIFY {}", definition(planner.engine, column, checks, new))
}

fn undo(planner: &Planner<'_>, table: &QualifiedName, column: &Column) -> String {
    format!("ALTER TABLE {} {}", planner.relation(table), repeat(planner, table, column, Overrides::default()))
}

fn backfill(planner: &Planner<'_>, table: &QualifiedName, column: &str, fill: &str) -> Step {
    let (relation, quoted) = (planner.relation(table), planner.quote(column));
    // What the server keeps current would take the fill for a change.
    let kept: String =
        planner.stamps(table, column).iter().map(|name| format!(", {0} = {0}", planner.quote(name))).collect();
    let statement = format!("UPDATE {relation} SET {quoted} = {fill}{kept} WHERE {quoted} IS NULL");
    let mut step = Step::new(format!("fill {}.{column}", table.name), table, Phase::Backfill, vec![statement])
        .how("UPDATE", "row locks", "writes to the rows that it changes", Safety::Caution, Duration::Rewrite)
        .verify(planner.nulls(table, column))
        .irreversible("the rows that it fills cannot be told from the others afterwards");
    for trigger in planner.fired_by_fill(table, column) {
        step = step.note(format!(
            "Trigger {} runs for every row that it fills: look at what it writes, such as the time of a change.",
            trigger.name
        ));
    }
    let step = if planner.is_versioned(table) {
        step.note("The table is system-versioned: each row that it changes stays in the history as it was before.")
    } else {
        step
    };
    if planner.is_big(table) {
        step.note("The table is big: run it in batches of some thousand keys, each committed by itself.")
    } else {
        step
    }
}

fn not_null(planner: &mut Planner<'_>, table: &QualifiedName, column: &Column) -> Step {
    let new = Overrides { nullable: Some(false), ..Overrides::default() };
    let title = format!("set {}.{} NOT NULL", table.name, column.name);
    let clause = modify(planner, table, column, new);
    // MariaDB takes every default of a TIMESTAMP for one that it has to compute.
    let copied = column.base_type() == "timestamp" && planner.engine == EngineName::MariaDb;
    let algorithm = if copied { Algorithm::Copy } else { Algorithm::Inplace };
    let step = alter(planner, table, Phase::Validate, title, &clause, algorithm)
        .check(planner.nulls(table, &column.name))
        .undo(undo(planner, table, column))
        .note("Writes the table anew. Without strict SQL mode NULL would silently become 0 or the empty string.");
    Step { duration: Duration::Rewrite, safety: step.safety.max(Safety::Caution), ..step }
}

fn set_default(
    planner: &mut Planner<'_>,
    request: &Request,
    table: &QualifiedName,
    column: &str,
    expression: Option<&str>,
) {
    let Some(of) = planner.planned_column(table, column) else {
        return planner.refuse(request.change.clone(), "the column is not in the catalog");
    };
    if expression.is_none() && stamps_itself(planner, &Column { default: None, ..of.clone() }) {
        return planner.refuse(request.change.clone(), STAMPS_ITSELF);
    }
    let title = match expression {
        Some(expression) => format!("default of {}.{column}: {expression}", table.name),
        None => format!("drop the default of {}.{column}", table.name),
    };
    let clause = match expression {
        None => {
            planner.alter_column(table, Column { default: None, ..of.clone() });
            // After DROP DEFAULT, old MariaDB asks for a value even where NULL may be.
            let without = if of.nullable { "SET DEFAULT NULL" } else { "DROP DEFAULT" };
            format!("ALTER COLUMN {} {without}", planner.quote(column))
        }
        Some(expression) => {
            let new = Overrides { default: Some(expression), ..Overrides::default() };
            modify(planner, table, &of, new)
        }
    };
    let asks = expression.is_none() && !of.nullable;
    let phase = if asks { Phase::Contract } else { Phase::Expand };
    let step = alter(planner, table, phase, title, &clause, Algorithm::Instant).note("Applies to new rows only.");
    let mut step = if stamps_itself(planner, &of) {
        step.irreversible(
            "explicit_defaults_for_timestamp is OFF, with which no statement takes a timestamp's default away",
        )
    } else {
        step.undo(undo(planner, table, &of))
    };
    if asks {
        step.safety = Safety::Breaking;
        step = step.note("An INSERT that leaves the column out fails from this moment: let code name a value before.");
    }
    planner.add(25, request, step);
}

fn add_column(planner: &mut Planner<'_>, request: &Request, table: &QualifiedName, new: &NewColumn) {
    let name = planner.names.fresh(&[Space::Column], table, &new.name);
    if name != new.name {
        return planner.refuse(request.change.clone(), "the table already has a column of this name");
    }
    let mut column = Column::new(&name, new.data_type.as_str());
    column.on_update = new.on_update.clone().into();
    if new.not_null && new.default.is_none() && stamps_itself(planner, &Column { nullable: false, ..column.clone() }) {
        return planner.refuse(request.change.clone(), STAMPS_ITSELF);
    }
    let relation = planner.relation(table);
    if planner.is_versioned(table) && new.not_null {
        return add_filled_column(planner, request, table, new, column);
    }
    let clause = format!("ADD COLUMN {}", definition(planner.engine, &column, &[], Overrides::default()));
    let step =
        alter(planner, table, Phase::Expand, format!("add column {}.{name}", table.name), &clause, Algorithm::Instant)
            .undo(format!("ALTER TABLE {relation} DROP COLUMN {}", planner.quote(&name)))
            .note("Existing rows hold NULL, since the default comes later.");
    planner.add(20, request, step);
    if let Some(default) = &new.default {
        let back = undo(planner, table, &column);
        let text = default_text(default, None);
        column.default = Some(Arc::new(ColumnDefault { expression: text, kind: DefaultKind::Literal, sequence: None }));
        let clause = modify(planner, table, &column, Overrides::default());
        let title = format!("default of {}.{name}: {default}", table.name);
        let step = alter(planner, table, Phase::Expand, title, &clause, Algorithm::Instant).undo(back);
        planner.add(21, request, step);
    }
    let fill = new.fill.as_deref().or(if new.not_null { new.default.as_deref() } else { None });
    if let Some(fill) = fill {
        let step = backfill(planner, table, &name, fill);
        planner.add(10, request, step);
    }
    if new.not_null {
        let step = not_null(planner, table, &column);
        planner.add(30, request, step);
    }
}

/// Adds a column that never holds NULL to a table with history. Its past rows get a value only when it is added.
fn add_filled_column(
    planner: &mut Planner<'_>,
    request: &Request,
    table: &QualifiedName,
    new: &NewColumn,
    mut column: Column,
) {
    let Some(default) = &new.default else { return planner.refuse(request.change.clone(), PAST_ROWS) };
    let expression = default_text(default, None);
    column.default = Some(Arc::new(ColumnDefault { expression, kind: DefaultKind::Literal, sequence: None }));
    column.nullable = false;
    let clause = format!("ADD COLUMN {}", definition(planner.engine, &column, &[], Overrides::default()));
    let title = format!("add column {}.{}", table.name, column.name);
    let step = alter(planner, table, Phase::Expand, title, &clause, Algorithm::Instant)
        .undo(format!("ALTER TABLE {} DROP COLUMN {}", planner.relation(table), planner.quote(&column.name)))
        .note("Existing rows get the default.");
    planner.add(20, request, step);
    planner.alter_column(table, column);
}

/// Changes a column together with those that must have the same type. The server changes no column of a foreign key, so
/// that the keys among them go before and come back after.
fn change_type(
    planner: &mut Planner<'_>,
    request: &Request,
    table: &QualifiedName,
    column: &str,
    data_type: &str,
    with: &[(QualifiedName, String)],
) {
    let mut all: Vec<(QualifiedName, Column)> = Vec::new();
    for (table, name) in with.iter().map(|(table, column)| (table, column.as_str())).chain([(table, column)]) {
        let Some(of) = planner.planned_column(table, name).filter(|of| of.data_type != data_type) else { continue };
        let new = Overrides { data_type: Some(data_type), ..Overrides::default() };
        if stamps_itself(planner, &new.applied(&of)) {
            return planner.refuse(request.change.clone(), STAMPS_ITSELF);
        }
        if let Some(obstacle) = obstacle(planner, table, &of, data_type) {
            return planner.refuse(request.change.clone(), obstacle);
        }
        all.push((table.clone(), of));
    }
    let Some((_, last)) = all.last().cloned() else { return };
    let keys = keys_of(planner, &all);
    let lost = || keys.iter().find_map(|(_, key)| lost_for_good(planner, key));
    if let Some(reason) = lost().or_else(|| key_perhaps_outside(planner, &keys)) {
        return planner.refuse(request.change.clone(), reason);
    }
    let mut statements = Vec::new();
    let mut undo_statements = Vec::new();
    let mut clauses = Vec::new();
    let mut method: Option<Step> = None;
    let cut: Vec<String> = all.iter().filter_map(|(table, of)| changed(planner, table, of, data_type)).collect();
    let zoned = all.iter().any(|(_, of)| of.base_type() == "timestamp") && base_type(data_type) == "datetime";
    for (table, of) in &all {
        let data_type = remedy::shown_like(&of.data_type, data_type);
        let new = Overrides { data_type: Some(&data_type), ..Overrides::default() };
        let clause = modify(planner, table, of, new);
        let algorithm = if widens(&of.data_type, &data_type) { Algorithm::Inplace } else { Algorithm::Copy };
        let step = alter(planner, table, Phase::Expand, String::new(), &clause, algorithm);
        statements.extend(step.statements.iter().cloned());
        undo_statements.push(undo(planner, table, of));
        clauses.push(clause);
        method = match method {
            Some(worse) if worse.safety >= step.safety => Some(worse),
            _ => Some(step),
        };
    }
    let Some(mut step) = method else { return };
    step.title = match all.len() {
        1 => format!("change {}.{} from {} to {data_type}", table.name, last.name, last.data_type),
        count => format!("change {}.{column} and {} columns that go with it to {data_type}", table.name, count - 1),
    };
    step.table = table.clone();
    if !keys.is_empty() {
        statements = without_keys(planner, &keys, statements);
        undo_statements = without_keys(planner, &keys, undo_statements);
        step = without_keys_noted(planner, &keys, step);
    }
    step.statements = statements;
    if cut.is_empty() {
        step.undo = undo_statements;
    } else {
        step = step.check(cut.join("; ")).irreversible(CUT).note(CUTS);
    }
    if zoned {
        step = step.note("Moments become what the clock of the session's time_zone shows: run it in the time zone that the application means.");
    }
    planner.add(30, request, step);
}

/// Lists values that another type does not hold as they are. `None` where it holds all.
fn changed(planner: &Planner<'_>, table: &QualifiedName, of: &Column, data_type: &str) -> Option<String> {
    let (old, new) = (of.base_type(), base_type(data_type));
    let column = planner.quote(&of.name);
    let unsigned = |data_type: &str| data_type.contains("unsigned");
    let condition = match (old, new.as_ref()) {
        _ if holds(data_type, &of.data_type) => return None,
        // The comparison allows for the bits that the old type has.
        ("float", "decimal") => format!("ABS({column} - CAST({column} AS {data_type})) > ABS({column}) / 16777216"),
        ("double", "decimal") => {
            format!("ABS({column} - CAST({column} AS {data_type})) > ABS({column}) / 9007199254740992")
        }
        // The type shows all of them in lower case and with hyphens.
        (_, "uuid") => {
            format!("{column} NOT REGEXP '(?-i)^[0-9a-f]{{8}}-([0-9a-f]{{4}}-){{3}}[0-9a-f]{{12}}$'")
        }
        (_, kind) if bits(old).is_some() && bits(kind).is_some() => {
            let bits = bits(kind)?;
            let (lowest, highest) = if unsigned(data_type) {
                (0, (1_i128 << bits) - 1)
            } else {
                (-(1_i128 << (bits - 1)), (1_i128 << (bits - 1)) - 1)
            };
            format!("{column} NOT BETWEEN {lowest} AND {highest}")
        }
        ("char" | "varchar", "char" | "varchar") => {
            let length = data_type.split_once('(')?.1.split_once(')')?.0;
            format!("CHAR_LENGTH({column}) > {length}")
        }
        _ => return None,
    };
    Some(format!("SELECT {column} FROM {} WHERE {condition} LIMIT 10", planner.relation(table)))
}

/// Bits of an integer type.
fn bits(base: &str) -> Option<u32> {
    Some(match base {
        "tinyint" => 8,
        "smallint" => 16,
        "mediumint" => 24,
        "int" => 32,
        "bigint" => 64,
        _ => return None,
    })
}

/// The statements, with these foreign keys gone before and back after.
fn without_keys(planner: &mut Planner<'_>, keys: &[(QualifiedName, ForeignKey)], inner: Vec<String>) -> Vec<String> {
    let mut statements = vec![CHECKS_OFF.to_owned()];
    let altered = |planner: &Planner<'_>, child: &QualifiedName, clause: &str| {
        alter(planner, child, Phase::Expand, String::new(), clause, Algorithm::Inplace).statements
    };
    for (child, key) in keys {
        // An index that the server made would get another name with the key that comes back. Renamed once, it stays.
        let made = planner.table(child).and_then(|of| of.table.indexes.iter().find(|it| is_perhaps_made(it, key)));
        if let Some(index) = made {
            let meanwhile = planner.fresh_index(child, &format!("{}_kept", index.name));
            for (from, to) in [(&index.name, &meanwhile), (&meanwhile, &index.name)] {
                let clause = format!("RENAME INDEX {} TO {}", planner.quote(from), planner.quote(to));
                statements.extend(altered(planner, child, &clause));
            }
        }
        let drop = format!("DROP FOREIGN KEY {}", planner.quote(key.name.as_deref().unwrap_or_default()));
        statements.extend(altered(planner, child, &drop));
    }
    statements.extend(inner);
    for (child, key) in keys {
        let add = super::constraints::clause(planner, key.name.as_deref().unwrap_or_default(), key);
        statements.extend(altered(planner, child, &add));
    }
    statements.push(CHECKS_ON.to_owned());
    statements
}

/// Why foreign keys do not go for a change: where one of another database may stand on the same columns, the server could refuse
/// the change when they are gone already.
fn key_perhaps_outside(planner: &Planner<'_>, keys: &[(QualifiedName, ForeignKey)]) -> Option<String> {
    let (_, key) = keys.first()?;
    let unseen = planner.context.model.unseen.iter().find(|unseen| unseen.what == UnseenKind::OutsideKeys)?;
    let shown = match unseen.remedy.as_str() {
        "" => "this version does not tell".to_owned(),
        remedy => format!("only {remedy} shows"),
    };
    Some(format!(
        "foreign key {} would go before it and come back after, and a key of another database may stand on the same columns, \
         which {shown}: the server would refuse the change then, and the key would stay gone",
        key.name.as_deref().unwrap_or_default()
    ))
}

/// What to know and to ask where foreign keys were gone meanwhile.
fn without_keys_noted(planner: &Planner<'_>, keys: &[(QualifiedName, ForeignKey)], step: Step) -> Step {
    let step = step.note("The server changes no column of a foreign key: the keys go before and come back after. Meanwhile they are not enforced, and rows are not checked again when they come back: stop the writers, or look for orphans afterwards.");
    let orphans: Vec<String> = keys
        .iter()
        .map(|(child, key)| planner.orphans(child, &key.columns, &key.referenced_table, &key.referenced_columns))
        .collect();
    match orphans.as_slice() {
        [] => step,
        [one] => step.verify(one),
        several => {
            let rows: Vec<String> = several.iter().map(|query| query.replacen("count(*)", "1", 1)).collect();
            step.verify(format!("SELECT count(*) FROM ({}) AS orphans", rows.join(" UNION ALL ")))
        }
    }
}

/// Why a column's type cannot be changed, if it cannot.
fn obstacle(planner: &Planner<'_>, table: &QualifiedName, column: &Column, data_type: &str) -> Option<String> {
    let at = planner.table(table)?;
    let name = &column.name;
    if at.table.partitioning.as_ref().is_some_and(|key| key.columns.iter().any(|key| key == name)) {
        return Some(format!("{}.{name} is part of the partition key", table.name));
    }
    if is_textual(data_type) {
        let wider = |other: &str| if other == name.as_str() { data_type.to_owned() } else { String::new() };
        if let Some(index) = too_long(at.table, Some(name), &wider) {
            let limit = part_limit(at.table);
            return Some(format!("index {index} would be longer than {limit} bytes: give its columns prefixes first"));
        }
    }
    None
}

/// The foreign keys in which one of the columns stands, on either side, each once.
fn keys_of(planner: &Planner<'_>, columns: &[(QualifiedName, Column)]) -> Vec<(QualifiedName, ForeignKey)> {
    let mut keys: Vec<(QualifiedName, ForeignKey)> = Vec::new();
    for (table, column) in columns {
        let Some(at) = planner.table(table) else { continue };
        let own = at.table.foreign_keys.iter().filter(|key| key.columns.contains(&column.name));
        let own = own.map(|key| (table.clone(), key.clone()));
        let incoming = planner.context.tables.referenced_by(at.id);
        let incoming = incoming.filter(|(_, key)| key.referenced_columns.contains(&column.name));
        let incoming = incoming.map(|(child, key)| (child.qualified_name(), key.clone()));
        keys.extend(own.chain(incoming));
    }
    keys.sort_by(|a, b| (&a.0, &a.1.name).cmp(&(&b.0, &b.1.name)));
    keys.dedup_by(|a, b| a.0 == b.0 && a.1.name == b.1.name);
    keys
}

/// Whether a text column only gets room for more, without another length byte.
fn widens(old: &str, new: &str) -> bool {
    let length = |text: &str| -> Option<u32> {
        let inner = text.split_once('(')?.1.split_once(')')?.0;
        inner.trim().parse().ok()
    };
    if base_type(old) != "varchar" || base_type(new) != "varchar" || !is_textual(new) {
        return false;
    }
    // Up to 255 bytes have one length byte; a character has at most four bytes.
    match (length(old), length(new)) {
        (Some(old), Some(new)) => new >= old && (new * 4 <= 255 || old > 255),
        _ => false,
    }
}

fn maintain_updated_at(planner: &mut Planner<'_>, request: &Request, table: &QualifiedName, column: &str) {
    let of = planner.planned_column(table, column).unwrap_or_else(|| Column::new(column, "timestamp"));
    let base = of.base_type();
    if of.generated.is_none() && (base == "datetime" || base == "timestamp") {
        if stamps_itself(planner, &of) {
            return planner.refuse(request.change.clone(), STAMPS_ITSELF);
        }
        let precision = of.data_type.split_once('(').map(|(_, rest)| format!("({rest}")).unwrap_or_default();
        let on_update = format!("CURRENT_TIMESTAMP{precision}");
        let new = Overrides { on_update: Some(&on_update), ..Overrides::default() };
        let title = format!("keep {}.{column} current", table.name);
        let clause = modify(planner, table, &of, new);
        let step = alter(planner, table, Phase::Expand, title, &clause, Algorithm::Instant)
            .undo(undo(planner, table, &of))
            .note("An update that sets the column itself keeps its value.");
        planner.add(65, request, step);
        return;
    }
    let quoted = planner.quote(column);
    let now = if base == "date" {
        "CURRENT_DATE"
    } else if base.contains("int") {
        "UNIX_TIMESTAMP()"
    } else {
        "CURRENT_TIMESTAMP"
    };
    let trigger = QualifiedName::new(&table.schema, format!("{}_set_{column}", table.name));
    let trigger = planner.relation(&trigger);
    let statement = format!(
        "CREATE TRIGGER {trigger} BEFORE UPDATE ON {} FOR EACH ROW SET NEW.{quoted} = {now}",
        planner.relation(table)
    );
    // After the fills, which it would take for changes.
    let step = Step::new(format!("keep {}.{column} current", table.name), table, Phase::Validate, vec![statement])
        .outside()
        .how(
            "trigger",
            super::METADATA_LOCK,
            "everything on the table, for a moment",
            Safety::Caution,
            Duration::Metadata,
        )
        .undo(format!("DROP TRIGGER {trigger}"));
    planner.add(65, request, step);
}

/// What a change of the character set does.
struct Conversion {
    table: QualifiedName,
    clause: String,
    title: String,
    /// The columns as they are then.
    columns: Vec<Column>,
    /// Queries for keys that would repeat in another collation.
    clashes: Vec<String>,
    /// What undoes it, where the character set stays and no text is lost.
    back: Option<String>,
}

/// Lets one statement make the changes of a table's character set that touch the same columns.
pub(super) fn convert_at_once(planner: &mut Planner<'_>, requests: Vec<Request>) -> Vec<Request> {
    let (conversions, mut rest): (Vec<Request>, Vec<Request>) =
        requests.into_iter().partition(|request| matches!(request.change, Change::SetCharacterSet { .. }));
    let mut groups: BTreeMap<QualifiedName, Vec<Request>> = BTreeMap::new();
    for request in conversions {
        groups.entry(request.change.table().clone()).or_default().push(request);
    }
    let mut kept = Vec::new();
    for group in groups.into_values() {
        let changes: Vec<Change> = group.iter().map(|request| request.change.clone()).collect();
        let touches_all = changes.iter().any(|change| matches!(change, Change::SetCharacterSet { column: None, .. }));
        if changes.len() < 2 || !touches_all || conversion(planner, &changes).is_err() {
            kept.extend(group);
            continue;
        }
        let mut requests = group.into_iter();
        let Some(mut first) = requests.next() else { continue };
        for other in requests {
            other.rules.iter().for_each(|rule| serve(&mut first, rule));
            planner.follow(other.change, first.change.clone());
        }
        planner.converted.push((first.change.clone(), changes));
        kept.push(first);
    }
    kept.append(&mut rest);
    kept
}

/// The conversion that a request asks for, with what it does for others, or why it cannot be.
fn conversion_of(planner: &Planner<'_>, request: &Request) -> Result<Conversion, String> {
    let together = planner.converted.iter().find(|(first, _)| *first == request.change);
    match together {
        Some((_, changes)) => conversion(planner, changes),
        None => conversion(planner, std::slice::from_ref(&request.change)),
    }
}

/// What changes of one table's character set come to.
fn conversion(planner: &Planner<'_>, changes: &[Change]) -> Result<Conversion, String> {
    let table = changes.first().ok_or("it converts nothing")?.table();
    let at = planner.table(table).ok_or("the table is not in the catalog")?;
    let mut before = at.table.clone();
    for column in &mut before.columns {
        if let Some(planned) = planner.planned_column(table, &column.name) {
            *column = planned;
        }
    }
    let mut after = before.clone();
    let mut whole = false;
    for change in changes {
        let Change::SetCharacterSet { column, character_set, .. } = change else {
            return Err("it converts nothing".to_owned());
        };
        whole |= column.is_none();
        if let Some(index) = too_long(at.table, column.as_deref(), &|_| String::new()) {
            let limit = part_limit(at.table);
            return Err(format!("index {index} would be longer than {limit} bytes: give its columns prefixes first"));
        }
        // Without a collation the server would take its default, which may compare in another way.
        remedy::convert(&mut after, change)
            .map_err(|old| format!("{character_set} has no collation like {old}: choose one, and convert by hand"))?;
    }
    if let Some(reason) = too_wide(&after) {
        return Err(reason);
    }
    let set = |set: &Option<String>, collation: &Option<String>, keyword: &str| match (set, collation) {
        (Some(set), Some(collation)) => {
            format!("{keyword} {} COLLATE {}", planner.quote(set), planner.quote(collation))
        }
        _ => String::new(),
    };
    let (mut clauses, mut back) = (Vec::new(), Vec::new());
    if whole {
        clauses.push(set(&after.character_set, &after.collation, "DEFAULT CHARACTER SET"));
        back.push(set(&before.character_set, &before.collation, "DEFAULT CHARACTER SET"));
    }
    let mut keeps_set = !whole || before.character_set == after.character_set;
    let mut pairs = Vec::new();
    let mut columns = Vec::new();
    // The collation of the same name compares as before.
    let mut otherwise = Vec::new();
    // Each by itself: CONVERT TO would give all of them one collation, and longer types to texts.
    for (old, new) in before.columns.iter().zip(&after.columns) {
        let named = changes.iter().any(
            |change| matches!(change, Change::SetCharacterSet { column: Some(column), .. } if *column == old.name),
        );
        if old == new && !named {
            continue;
        }
        let text = new.character_set.as_deref().map(|set| (set, new.collation.as_deref()));
        let new_text = Overrides { data_type: Some(&new.data_type), character_set: text, ..Overrides::default() };
        clauses.push(repeat(planner, table, old, new_text));
        back.push(repeat(planner, table, old, Overrides::default()));
        keeps_set &= old.character_set == new.character_set;
        pairs.push((old, new));
        let counterpart = old.collation.as_deref().and_then(remedy::utf8mb4_collation);
        if *new.collation != counterpart {
            otherwise.push((old, new));
        }
        columns.push(new.clone());
    }
    if let Some(reason) = planner.code.hindrance_of_collation(table, &pairs) {
        return Err(reason);
    }
    let what = match columns.as_slice() {
        [one] if !whole => format!("{}.{}", table.name, one.name),
        _ => table.name.clone(),
    };
    let character_set =
        columns.first().map_or(after.character_set.as_deref(), |column| column.character_set.as_deref());
    let collation = columns.first().map_or(after.collation.as_deref(), |column| column.collation.as_deref());
    let title = if keeps_set {
        format!("compare {what} by {}", collation.unwrap_or_default())
    } else {
        format!("store {what} in {}", character_set.unwrap_or_default())
    };
    let clashes = clashes(planner, table, at.table, &otherwise);
    let back = keeps_set.then(|| back.join(", "));
    Ok(Conversion { table: table.clone(), clause: clauses.join(", "), title, columns, clashes, back })
}

/// Queries for the keys of a table that would be equal when columns of theirs are compared in another way. Each column as
/// it is, and as it becomes.
fn clashes(planner: &Planner<'_>, name: &QualifiedName, table: &Table, columns: &[(&Column, &Column)]) -> Vec<String> {
    let mut clashes = Vec::new();
    for index in table.indexes.iter().filter(|index| index.unique) {
        let Some(key) = index.plain_columns() else { continue };
        let parts = key.iter().map(|part| {
            let (old, new) = columns.iter().find(|(old, _)| old.name == *part)?;
            let quoted = planner.quote(part);
            let value = match &*new.character_set {
                Some(set) if old.character_set != new.character_set => format!("CONVERT({quoted} USING {set})"),
                _ => quoted,
            };
            Some(format!("{value} COLLATE {}", planner.quote(new.collation.as_deref()?)))
        });
        let compared: Vec<Option<String>> = parts.collect();
        if compared.iter().all(Option::is_none) {
            continue;
        }
        let parts = compared.into_iter().zip(&key).map(|(compared, part)| compared.unwrap_or(planner.quote(part)));
        let parts = parts.collect::<Vec<_>>().join(", ");
        let set: Vec<String> = key.iter().map(|part| format!("{} IS NOT NULL", planner.quote(part))).collect();
        clashes.push(format!(
            "SELECT {parts}, count(*) FROM {} WHERE {} GROUP BY {parts} HAVING count(*) > 1",
            planner.relation(name),
            set.join(" AND ")
        ));
    }
    clashes
}

fn set_character_set(planner: &mut Planner<'_>, request: &Request) {
    match conversion_of(planner, request) {
        Err(reason) => planner.refuse(request.change.clone(), reason),
        Ok(conversion) => convert(planner, request, &[conversion], &[]),
    }
}

/// One step for conversions that go together, without these foreign keys meanwhile.
fn convert(
    planner: &mut Planner<'_>,
    request: &Request,
    conversions: &[Conversion],
    keys: &[(QualifiedName, ForeignKey)],
) {
    let steps = conversions.iter().map(|Conversion { table, clause, title, .. }| {
        alter(planner, table, Phase::Expand, title.clone(), clause, Algorithm::Copy)
    });
    let steps: Vec<Step> = steps.collect();
    let statements: Vec<String> = steps.iter().flat_map(|step| &step.statements).cloned().collect();
    let Some(mut step) = steps.into_iter().next() else { return };
    let undone = |Conversion { table, back, .. }: &Conversion| {
        Some(format!("ALTER TABLE {} {}", planner.relation(table), back.as_ref()?))
    };
    let undo: Option<Vec<String>> = conversions.iter().map(undone).collect();
    let unchecked = |inner: Vec<String>| -> Vec<String> {
        [CHECKS_OFF.to_owned()].into_iter().chain(inner).chain([CHECKS_ON.to_owned()]).collect()
    };
    let undo = undo.map(|inner| if keys.is_empty() { unchecked(inner) } else { without_keys(planner, keys, inner) });
    if keys.is_empty() {
        step.statements = unchecked(statements);
        step = step.note("Both sides of a foreign key need the same character set: convert them in the same sitting.");
    } else {
        let titles: Vec<&str> = conversions.iter().map(|conversion| conversion.title.as_str()).collect();
        step.title = titles.join(", ");
        step.statements = without_keys(planner, keys, statements);
        step = without_keys_noted(planner, keys, step);
    }
    let clashes: Vec<&str> =
        conversions.iter().flat_map(|conversion| &conversion.clashes).map(String::as_str).collect();
    if !clashes.is_empty() {
        step = step.check(clashes.join("; "));
    }
    match undo {
        Some(undo) => step.undo = undo,
        None => step = step.irreversible("what the old character set does not have would be lost"),
    }
    planner.add(6, request, step);
    for Conversion { table, columns, .. } in conversions {
        for column in columns {
            planner.alter_column(table, column.clone());
        }
    }
}

/// Tables that foreign keys over texts connect: both sides of each key are converted alike, or none. MariaDB converts no column
/// of a key that is there, so that they are converted in one step. Returns the requests that are still to be planned.
pub(super) fn convert_connected(planner: &mut Planner<'_>, requests: Vec<Request>) -> Vec<Request> {
    type Keys = Vec<(QualifiedName, ForeignKey)>;
    let (mut alone, mut rest) = (Vec::new(), Vec::new());
    let mut groups: Vec<(Vec<Request>, Vec<Conversion>, Keys)> = Vec::new();
    for request in requests {
        let conversion = match &request.change {
            Change::SetCharacterSet { .. } => conversion_of(planner, &request),
            _ => Err(String::new()),
        };
        let garbled = super::is_garbled(planner, request.change.table());
        let Some(conversion) = conversion.ok().filter(|_| !garbled) else {
            rest.push(request);
            continue;
        };
        let columns: Vec<_> =
            conversion.columns.iter().map(|column| (conversion.table.clone(), column.clone())).collect();
        let keys = keys_of(planner, &columns);
        if keys.is_empty() {
            rest.push(request);
            continue;
        }
        let mut group = (vec![request], vec![conversion], keys);
        let is_connected = |(_, _, others): &(_, _, Keys)| others.iter().any(|key| group.2.contains(key));
        let connected: Vec<_> = groups.extract_if(.., |other| is_connected(other)).collect();
        for (requests, conversions, keys) in connected {
            group.0.extend(requests);
            group.1.extend(conversions);
            group.2.extend(keys);
        }
        group.2.sort_by(|a, b| (&a.0, &a.1.name).cmp(&(&b.0, &b.1.name)));
        group.2.dedup();
        groups.push(group);
    }
    for (requests, conversions, keys) in groups {
        if let Some(reason) = left_behind(planner, &conversions, &keys) {
            for request in requests {
                planner.refuse(request.change, reason.clone());
            }
            continue;
        }
        if planner.engine == EngineName::MySql {
            alone.extend(requests);
            continue;
        }
        if let Some(reason) = key_perhaps_outside(planner, &keys) {
            for request in requests {
                planner.refuse(request.change, reason.clone());
            }
            continue;
        }
        let mut whole = requests[0].clone();
        for rule in requests.iter().flat_map(|request| &request.rules) {
            if !whole.rules.contains(rule) {
                whole.rules.push(rule);
            }
        }
        convert(planner, &whole, &conversions, &keys);
    }
    alone.append(&mut rest);
    alone
}

/// Why a foreign key could not come back after conversions: the texts of its two sides would differ.
fn left_behind(
    planner: &Planner<'_>,
    conversions: &[Conversion],
    keys: &[(QualifiedName, ForeignKey)],
) -> Option<String> {
    let texts = |table: &QualifiedName, name: &str| {
        let converted = conversions.iter().filter(|conversion| conversion.table == *table);
        let mut columns = converted.flat_map(|conversion| &conversion.columns);
        let column =
            columns.find(|column| column.name == name).cloned().or_else(|| planner.planned_column(table, name));
        column.map(|column| (column.character_set, column.collation))
    };
    let differs = |(child, key): &&(QualifiedName, ForeignKey)| {
        let mut pairs = key.columns.iter().zip(&key.referenced_columns);
        pairs.any(|(column, referenced)| texts(child, column) != texts(&key.referenced_table, referenced))
    };
    let (child, key) = keys.iter().find(differs)?;
    let name = key.name.as_deref().unwrap_or_default();
    let refusal = match planner.engine {
        EngineName::MariaDb => "MariaDB converts no column of a foreign key",
        _ => "MySQL copies no table whose foreign key compares texts of two kinds",
    };
    Some(format!(
        "{refusal}, and only one side of {name} would be converted: drop the key (ALTER TABLE \
         {} DROP FOREIGN KEY {}), convert {} and {} alike, and add it again",
        planner.relation(child),
        planner.quote(name),
        child.name,
        key.referenced_table.name
    ))
}

/// An index that would be too long when the column, or every textual column, took four bytes a character. `types` tells
/// the type that a column is to have, empty for the one it has.
fn too_long(table: &Table, converted: Option<&str>, types: &dyn Fn(&str) -> String) -> Option<String> {
    let bytes = |part: &KeyPart| {
        let Some(column) = part.column.as_ref().and_then(|name| table.column(name)) else { return 8 };
        let planned = types(&column.name);
        let mut after = column.clone();
        if !planned.is_empty() {
            after.data_type = planned.into();
        }
        if converted.is_none_or(|name| name == column.name) {
            after.character_set = Some("utf8mb4".to_owned()).into();
        }
        key_bytes(&after, part.prefix_length)
    };
    let keys = table.indexes.iter().filter(|index| index.method == "btree" && !index.key.is_empty());
    let touched = keys
        .filter(|index| converted.is_none_or(|name| index.key.iter().any(|part| part.column.as_deref() == Some(name))));
    let mut long = touched.filter(|index| is_too_long(table, index.key.iter().map(bytes)));
    long.next().map(|index| index.name.clone())
}

/// Bytes that a row may have, not counting what is stored beside it.
const ROW_BYTES: u32 = 65_535;

/// Why the server refuses a table with these columns, if they are too long for it.
fn too_wide(table: &Table) -> Option<String> {
    let bytes = |column: &Column| {
        let base = column.base_type();
        let length = key_bytes(column, None);
        match base {
            "varchar" | "varbinary" => length + if length > 255 { 2 } else { 1 },
            "char" | "binary" => length,
            "tinyint" | "year" | "bool" => 1,
            "smallint" | "enum" => 2,
            "mediumint" | "date" => 3,
            "int" | "float" => 4,
            "text" | "blob" | "json" | "longtext" | "longblob" | "tinytext" | "tinyblob" | "mediumtext"
            | "mediumblob" => 10,
            _ => 8,
        }
    };
    let long = table.columns.iter().find(|column| *column.base_type() == *"varchar" && bytes(column) > ROW_BYTES);
    if let Some(column) = long {
        return Some(format!("{} would be longer than {ROW_BYTES} bytes: make it a text first", column.name));
    }
    let nulls = table.columns.iter().filter(|column| column.nullable).count().div_ceil(8);
    let row = table.columns.iter().map(bytes).sum::<u32>() + u32::try_from(nulls).unwrap_or(0);
    let reason = format!("its rows could be longer than {ROW_BYTES} bytes: make the longest columns texts first");
    (row > ROW_BYTES).then_some(reason)
}
