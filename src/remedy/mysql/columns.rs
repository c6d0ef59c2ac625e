//! Columns. `MODIFY` repeats the whole definition, because what it does not repeat is gone.

use super::column::{Overrides, default_text, definition, is_textual};
use super::{Algorithm, CHECKS_OFF, CHECKS_ON, Duration, Phase, Planner, Request, Safety, Step, alter};
use crate::checks::{Change, NewColumn};
use crate::model::{Column, ColumnDefault, DefaultKind, EngineName, QualifiedName, base_type};
use crate::remedy::names::Space;

pub(super) fn add(planner: &mut Planner<'_>, request: &Request) {
    match &request.change {
        Change::SetNotNull { table, column, fill } => {
            let Some(of) = planner.column(table, column) else {
                return planner.refuse(request.change.clone(), "the column is not in the catalog");
            };
            if of.generated.is_some() && planner.engine == EngineName::MariaDb {
                return planner.refuse(request.change.clone(), "MariaDB knows no NOT NULL of generated columns");
            }
            if let Some(fill) = fill {
                let step = backfill(planner, table, column, fill);
                planner.add(10, request, step);
            }
            let step = not_null(planner, table, of);
            planner.add(30, request, step);
        }
        Change::SetDefault { table, column, expression } => {
            set_default(planner, request, table, column, expression.as_deref());
        }
        Change::AddColumn { table, column } => add_column(planner, request, table, column),
        Change::ChangeType { table, column, data_type, with } => {
            change_type(planner, request, table, column, data_type, with);
        }
        Change::MaintainUpdatedAt { table, column } => maintain_updated_at(planner, request, table, column),
        Change::SetCharacterSet { table, column, character_set, collation } => {
            set_character_set(planner, request, table, column.as_deref(), character_set, collation.as_deref());
        }
        _ => {}
    }
}

/// `MODIFY` with everything that the column has, and what is to be new.
fn modify(planner: &Planner<'_>, table: &QualifiedName, column: &Column, new: Overrides<'_>) -> String {
    let checks = planner.table(table).map(|of| of.table.check_constraints.as_slice()).unwrap_or_default();
    format!("MODIFY {}", definition(planner.engine, column, checks, new))
}

fn undo(planner: &Planner<'_>, table: &QualifiedName, column: &Column) -> String {
    format!("ALTER TABLE {} {}", planner.relation(table), modify(planner, table, column, Overrides::default()))
}

fn backfill(planner: &Planner<'_>, table: &QualifiedName, column: &str, fill: &str) -> Step {
    let (relation, quoted) = (planner.relation(table), planner.quote(column));
    let statement = format!("UPDATE {relation} SET {quoted} = {fill} WHERE {quoted} IS NULL");
    let step = Step::new(format!("fill {}.{column}", table.name), table, Phase::Backfill, vec![statement])
        .how("UPDATE", "row locks", "writes to the rows that it changes", Safety::Caution, Duration::Rewrite)
        .verify(planner.nulls(table, column));
    if planner.is_big(table) {
        step.note("The table is big: run it in batches of some thousand keys, each committed by itself.")
    } else {
        step
    }
}

fn not_null(planner: &Planner<'_>, table: &QualifiedName, column: &Column) -> Step {
    let new = Overrides { nullable: Some(false), ..Overrides::default() };
    let title = format!("set {}.{} NOT NULL", table.name, column.name);
    let step = alter(planner, table, Phase::Validate, title, &modify(planner, table, column, new), Algorithm::Inplace)
        .check(planner.nulls(table, &column.name))
        .undo(undo(planner, table, column))
        .note("Writes the table anew beside the traffic. Without strict SQL mode NULL would silently become 0 or the empty string.");
    Step { duration: Duration::Rewrite, safety: step.safety.max(Safety::Caution), ..step }
}

fn set_default(
    planner: &mut Planner<'_>,
    request: &Request,
    table: &QualifiedName,
    column: &str,
    expression: Option<&str>,
) {
    let Some(of) = planner.column(table, column) else {
        return planner.refuse(request.change.clone(), "the column is not in the catalog");
    };
    let title = match expression {
        Some(expression) => format!("default of {}.{column}: {expression}", table.name),
        None => format!("drop the default of {}.{column}", table.name),
    };
    let clause = match expression {
        None => format!("ALTER COLUMN {} DROP DEFAULT", planner.quote(column)),
        Some(expression) => {
            let new = Overrides { default: Some(expression), ..Overrides::default() };
            modify(planner, table, of, new)
        }
    };
    let step = alter(planner, table, Phase::Expand, title, &clause, Algorithm::Instant)
        .undo(undo(planner, table, of))
        .note("Applies to new rows only.");
    planner.add(25, request, step);
}

fn add_column(planner: &mut Planner<'_>, request: &Request, table: &QualifiedName, new: &NewColumn) {
    let name = planner.names.fresh(&[Space::Column], table, &new.name);
    if name != new.name {
        return planner.refuse(request.change.clone(), "the table already has a column of this name");
    }
    let mut column = Column::new(&name, &new.data_type);
    column.on_update.clone_from(&new.on_update);
    let relation = planner.relation(table);
    let instant = planner.engine == EngineName::MariaDb || planner.version >= (8, 0, 12);
    let algorithm = if instant { Algorithm::Instant } else { Algorithm::Inplace };
    let clause = format!("ADD COLUMN {}", definition(planner.engine, &column, &[], Overrides::default()));
    let step = alter(planner, table, Phase::Expand, format!("add column {}.{name}", table.name), &clause, algorithm)
        .undo(format!("ALTER TABLE {relation} DROP COLUMN {}", planner.quote(&name)))
        .note("Existing rows hold NULL, since the default comes later.");
    planner.add(20, request, step);
    if let Some(default) = &new.default {
        let text = default_text(default, None);
        column.default = Some(ColumnDefault { expression: text, kind: DefaultKind::Expression, sequence: None });
        let clause = modify(planner, table, &column, Overrides::default());
        let title = format!("default of {}.{name}: {default}", table.name);
        let step = alter(planner, table, Phase::Expand, title, &clause, Algorithm::Instant);
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

fn change_type(
    planner: &mut Planner<'_>,
    request: &Request,
    table: &QualifiedName,
    column: &str,
    data_type: &str,
    with: &[(QualifiedName, String)],
) {
    let all: Vec<(&QualifiedName, &str)> =
        with.iter().map(|(table, column)| (table, column.as_str())).chain([(table, column)]).collect();
    for (table, name) in all {
        let Some(of) = planner.column(table, name).filter(|of| of.data_type != data_type) else { continue };
        let Some(at) = planner.table(table) else { continue };
        if at.table.partitioning.as_ref().is_some_and(|key| key.columns.iter().any(|key| key == name)) {
            let reason = format!("{}.{name} is part of the partition key", table.name);
            planner.refuse(request.change.clone(), reason);
            continue;
        }
        let new = Overrides { data_type: Some(data_type), ..Overrides::default() };
        let clause = modify(planner, table, of, new);
        let algorithm = if widens(&of.data_type, data_type) { Algorithm::Inplace } else { Algorithm::Copy };
        let title = format!("change {}.{name} from {} to {data_type}", table.name, of.data_type);
        let mut step = alter(planner, table, Phase::Expand, title, &clause, algorithm).undo(undo(planner, table, of));
        let child = at.table.foreign_keys.iter().any(|key| key.columns.iter().any(|column| column == name));
        let parent = planner
            .context
            .tables
            .referenced_by(at.id)
            .any(|(_, key)| key.referenced_columns.iter().any(|column| column == name));
        if child || parent {
            step.statements.insert(0, CHECKS_OFF.to_owned());
            step.statements.push(CHECKS_ON.to_owned());
            step = step.note("Foreign keys are not checked meanwhile, since both of their sides cannot change in one statement. The values stay the same.");
        }
        planner.add(30, request, step);
    }
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
    let planned = Column::new(column, "timestamp");
    let of = planner.column(table, column).unwrap_or(&planned);
    let base = of.base_type();
    if of.generated.is_none() && (base == "datetime" || base == "timestamp") {
        let precision = of.data_type.split_once('(').map(|(_, rest)| format!("({rest}")).unwrap_or_default();
        let on_update = format!("CURRENT_TIMESTAMP{precision}");
        let new = Overrides { on_update: Some(&on_update), ..Overrides::default() };
        let title = format!("keep {}.{column} current", table.name);
        let mut step =
            alter(planner, table, Phase::Expand, title, &modify(planner, table, of, new), Algorithm::Inplace)
                .undo(undo(planner, table, of))
                .note("An update that sets the column itself keeps its value.");
        step.duration = Duration::Metadata;
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
    let step = Step::new(format!("keep {}.{column} current", table.name), table, Phase::Expand, vec![statement])
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

fn set_character_set(
    planner: &mut Planner<'_>,
    request: &Request,
    table: &QualifiedName,
    column: Option<&str>,
    character_set: &str,
    collation: Option<&str>,
) {
    let Some(at) = planner.table(table) else {
        return planner.refuse(request.change.clone(), "the table is not in the catalog");
    };
    let (clause, title) = if let Some(name) = column {
        let Some(of) = at.table.column(name) else {
            return planner.refuse(request.change.clone(), "the column is not in the catalog");
        };
        let new = Overrides { character_set: Some((character_set, collation)), ..Overrides::default() };
        (modify(planner, table, of, new), format!("store {}.{name} in {character_set}", table.name))
    } else {
        let collate = collation.map(|collation| format!(" COLLATE {}", planner.quote(collation))).unwrap_or_default();
        let clause = format!("CONVERT TO CHARACTER SET {}{collate}", planner.quote(character_set));
        (clause, format!("store {} in {character_set}", table.name))
    };
    let mut step = alter(planner, table, Phase::Expand, title, &clause, Algorithm::Copy);
    step.statements.insert(0, CHECKS_OFF.to_owned());
    step.statements.push(CHECKS_ON.to_owned());
    step = step.note("Both sides of a foreign key need the same character set: convert them in the same sitting.");
    planner.add(6, request, step);
}
