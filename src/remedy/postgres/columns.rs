//! Columns: added empty, filled beside the traffic, made NOT NULL without a scan under a lock.

use super::{
    ACCESS_EXCLUSIVE, BRIEFLY, Duration, EVERYTHING, Phase, Planner, ROW_EXCLUSIVE, Request, SHARE_ROW_EXCLUSIVE,
    Safety, Step, WRITES, fixed_by_type, foreign_partition, is_partitioned, widening,
};
use crate::checks::{Change, NewColumn, holds};
use crate::model::quote::quote_literal;
use crate::model::{
    CheckConstraint, Column, EngineName, ForeignKey, QualifiedName, TableKind, Trigger, TriggerEnabled, base_type,
    is_unseen,
};
use crate::remedy::code::compare;
use crate::remedy::names::Space;
use crate::remedy::planner::{CUT, CUTS, is_same_text, mentions};

pub(super) fn add(planner: &mut Planner<'_>, request: &Request) {
    match &request.change {
        Change::SetNotNull { table, column, fill } => set_not_null(planner, request, table, column, fill.as_deref()),
        Change::SetDefault { table, column, expression } => {
            let step = set_default(planner, table, column, expression.as_deref());
            planner.add(25, request, step);
        }
        Change::AddColumn { table, column } => add_column(planner, request, table, column),
        Change::ChangeType { table, column, data_type, with } => {
            change_type(planner, request, table, column, data_type, with);
        }
        Change::MaintainUpdatedAt { table, column } => maintain_updated_at(planner, request, table, column),
        _ => {}
    }
}

fn set_not_null(planner: &mut Planner<'_>, request: &Request, table: &QualifiedName, column: &str, fill: Option<&str>) {
    if let Some(partition) = foreign_partition(planner, table).filter(|_| fill.is_some()) {
        let reason = format!("partition {partition} is a foreign table, whose rows an UPDATE may not reach");
        return planner.refuse(request.change.clone(), reason);
    }
    let Some(of) = planner.column(table, column) else {
        return planner.refuse(request.change.clone(), "the column is not in the catalog");
    };
    if of.not_null_unvalidated {
        let statement =
            format!("ALTER TABLE {} ALTER COLUMN {} SET NOT NULL", planner.relation(table), planner.quote(column));
        let step =
            Step::new(format!("validate NOT NULL of {}.{column}", table.name), table, Phase::Validate, vec![statement])
                .how("plain", ACCESS_EXCLUSIVE, EVERYTHING, Safety::Caution, Duration::Scan)
                .check(planner.nulls(table, column))
                .irreversible("it marks what the rows fulfil and changes nothing else");
        planner.add(30, request, step);
        return;
    }
    forbid_null(planner, request, table, column, fill, Moment::AfterFills);
}

/// Makes a column NOT NULL in the phase in which its primary key is built.
pub(super) fn not_null_now(planner: &mut Planner<'_>, request: &Request, table: &QualifiedName, column: &str) {
    forbid_null(planner, request, table, column, None, Moment::Now);
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Moment {
    /// After all fills: a check that is not valid yet is asked at every UPDATE all the same, so that until then it would
    /// refuse the fills of other columns and the updates of running code.
    AfterFills,
    /// All of it in the first phase.
    Now,
}

fn forbid_null(
    planner: &mut Planner<'_>,
    request: &Request,
    table: &QualifiedName,
    column: &str,
    fill: Option<&str>,
    moment: Moment,
) {
    let (relation, quoted) = (planner.relation(table), planner.quote(column));
    let native = planner.version.0 >= 18;
    let wanted = format!("{}_{column}_not_null", table.name);
    // What an earlier run left when rows did not fulfil it.
    let begun = planner.table(table).and_then(|of| {
        let is_it = |check: &&CheckConstraint| {
            check.name.as_deref().is_some_and(|name| name.starts_with(&wanted))
                && is_same_text(&check.expression, &format!("{column} IS NOT NULL"))
        };
        of.table.check_constraints.iter().find(is_it)
    });
    let name = match begun.and_then(|check| check.name.clone()) {
        Some(name) => name,
        None => planner.fresh_constraint(table, &wanted),
    };
    let constraint = planner.quote(&name);
    let (add_phase, add_rank) = match moment {
        Moment::AfterFills => (Phase::Validate, 5),
        Moment::Now => (Phase::Expand, 43),
    };
    let (finish_phase, finish_rank) = if moment == Moment::Now { (Phase::Expand, 44) } else { (Phase::Validate, 30) };
    let condition = if native { format!("NOT NULL {quoted}") } else { format!("CHECK ({quoted} IS NOT NULL)") };
    let drop = format!("ALTER TABLE {relation} DROP CONSTRAINT {constraint}");
    let statement = format!("ALTER TABLE {relation} ADD CONSTRAINT {constraint} {condition} NOT VALID");
    let step = Step::new(
        format!("refuse new NULLs in {}.{column}", table.name),
        table,
        add_phase,
        vec![statement.clone()],
    )
    .how("NOT VALID", ACCESS_EXCLUSIVE, BRIEFLY, Safety::Caution, Duration::Metadata)
    .check(planner.nulls(table, column))
    .undo(drop.clone())
    .note("Writes that leave the column NULL fail from here on, those that say NULL too, whatever the default is.");
    if begun.is_none() {
        planner.add(add_rank, request, step);
    }
    if let Some(fill) = fill {
        let step = backfill(planner, table, column, fill);
        let is_old = planner.column(table, column).is_some();
        let step = if is_old { step.overwriting(planner.nulls(table, column)) } else { step };
        planner.add(10, request, step);
    }
    let mut step = super::constraints::validate_named(planner, table, &name).check(planner.nulls(table, column));
    step.phase = finish_phase;
    planner.add(finish_rank, request, step);
    if !native {
        let set = format!("ALTER TABLE {relation} ALTER COLUMN {quoted} SET NOT NULL");
        let step = Step::new(format!("set {}.{column} NOT NULL", table.name), table, finish_phase, vec![set, drop])
            .how("after VALIDATE", ACCESS_EXCLUSIVE, BRIEFLY, Safety::Safe, Duration::Metadata)
            .undo(statement)
            .undo(format!("ALTER TABLE {relation} ALTER COLUMN {quoted} DROP NOT NULL"))
            .note("The validated check spares the scan.");
        planner.add(finish_rank, request, step);
    }
}

/// Why a fill stays.
const FILLED: &str = "the rows that it fills cannot be told from the others afterwards";

fn backfill(planner: &Planner<'_>, table: &QualifiedName, column: &str, fill: &str) -> Step {
    let (relation, quoted) = (planner.relation(table), planner.quote(column));
    let (stamping, others): (Vec<&Trigger>, Vec<&Trigger>) =
        planner.fired_by_fill(table, column).into_iter().partition(|trigger| only_stamps(planner, trigger));
    let ordinary = planner.table(table).is_some_and(|of| of.table.kind == TableKind::Table);
    let switches = ordinary && !planner.is_big(table) && !stamping.is_empty();
    let switch =
        |how: &str, trigger: &Trigger| format!("ALTER TABLE {relation} {how} TRIGGER {}", planner.quote(&trigger.name));
    let mut statements = vec![format!("UPDATE {relation} SET {quoted} = {fill} WHERE {quoted} IS NULL")];
    if switches {
        statements.splice(0..0, stamping.iter().map(|trigger| switch("DISABLE", trigger)));
        statements.extend(stamping.iter().map(|trigger| {
            let always = trigger.enabled == TriggerEnabled::Always;
            switch(if always { "ENABLE ALWAYS" } else { "ENABLE" }, trigger)
        }));
    }
    let title = format!("fill {}.{column}", table.name);
    let step = Step::new(title, table, Phase::Backfill, statements);
    let mut step = if switches {
        step.how("UPDATE", SHARE_ROW_EXCLUSIVE, WRITES, Safety::Breaking, Duration::Rewrite)
            .note("The trigger that writes the time of a change is off meanwhile, so that the fill does not count as one; nobody else can write to the table until it ends.")
    } else {
        step.how("UPDATE", ROW_EXCLUSIVE, "writes to the rows that it changes", Safety::Caution, Duration::Rewrite)
    };
    step = step.verify(planner.nulls(table, column)).irreversible(FILLED);
    if planner.table(table).is_some_and(|of| of.table.force_row_security) {
        step = step.note("The policies of the table bind its owner, too: as a role without BYPASSRLS the step fails instead of passing over rows that they hide.");
    }
    let (each, whose) = if planner.is_big(table) { ("each batch", "the batch's") } else { ("it", "one") };
    for trigger in stamping.iter().filter(|_| !switches) {
        step = step.note(format!(
            "Trigger {} takes the fill for a change and writes its time: {} before {each} and {} after it, in {whose} \
             transaction, which keeps other writers out as long.",
            trigger.name,
            switch("DISABLE", trigger),
            switch("ENABLE", trigger)
        ));
    }
    for trigger in others {
        step = step.note(format!(
            "Trigger {} runs for every row that it fills: look at what it writes, such as the time of a change.",
            trigger.name
        ));
    }
    for (partition, trigger) in planner.fired_in_partitions(table, column) {
        step = step.note(format!(
            "Trigger {} of partition {partition} runs for every row that it fills there: look at what it writes, such as \
             the time of a change.",
            trigger.name
        ));
    }
    if planner.is_big(table) {
        step = step.note("The table is big: run it in batches of some thousand keys, each in its own transaction.");
    }
    step
}

/// Whether a trigger does nothing but write the time into columns of the row.
fn only_stamps(planner: &Planner<'_>, trigger: &Trigger) -> bool {
    let body = trigger.function.as_ref().filter(|_| trigger.timing == "before").and_then(|name| {
        let schema = planner.context.model.schemas.iter().find(|schema| schema.name == name.schema)?;
        schema.functions.iter().find(|function| function.name == name.name)?.body.as_deref()
    });
    let Some(body) = body.map(str::to_lowercase) else { return false };
    let Some(body) = body.trim().strip_prefix("begin") else { return false };
    let mut stamps = false;
    let mut statements = body.split(';').map(str::trim).filter(|statement| !statement.is_empty());
    let simple = statements.all(|statement| {
        if matches!(statement, "end" | "return new") {
            return true;
        }
        let assigned = statement.strip_prefix("new.").and_then(|rest| rest.split_once('='));
        let is_time = |value: &str| {
            ["now()", "current_timestamp", "clock_timestamp()", "statement_timestamp()", "current_date"]
                .iter()
                .any(|now| value.starts_with(now) || value.starts_with(&format!("timezone('utc', {now}")))
                && !value.contains("new.")
                && !value.contains("old.")
        };
        let stamp = assigned.is_some_and(|(_, value)| is_time(value.trim()));
        stamps |= stamp;
        stamp
    });
    simple && stamps
}

fn set_default(planner: &Planner<'_>, table: &QualifiedName, column: &str, expression: Option<&str>) -> Step {
    let (relation, quoted) = (planner.relation(table), planner.quote(column));
    let set = |expression: Option<&str>| match expression {
        Some(expression) => format!("ALTER TABLE {relation} ALTER COLUMN {quoted} SET DEFAULT {expression}"),
        None => format!("ALTER TABLE {relation} ALTER COLUMN {quoted} DROP DEFAULT"),
    };
    let old = planner.column(table, column).and_then(|column| column.default.as_ref());
    let title = match expression {
        Some(expression) => format!("default of {}.{column}: {expression}", table.name),
        None => format!("drop the default of {}.{column}", table.name),
    };
    Step::new(title, table, Phase::Expand, vec![set(expression)])
        .how("metadata only", ACCESS_EXCLUSIVE, BRIEFLY, Safety::Safe, Duration::Metadata)
        .undo(set(old.map(|default| default.expression.as_str())))
        .note("Applies to new rows only.")
}

fn add_column(planner: &mut Planner<'_>, request: &Request, table: &QualifiedName, column: &NewColumn) {
    if let Some(reason) = fixed_by_type(planner, table) {
        return planner.refuse(request.change.clone(), reason);
    }
    let name = planner.names.fresh(&[Space::Column], table, &column.name);
    if name != column.name {
        return planner.refuse(request.change.clone(), "the table already has a column of this name");
    }
    let (relation, quoted) = (planner.relation(table), planner.quote(&name));
    let mut statements = vec![format!("ALTER TABLE {relation} ADD COLUMN IF NOT EXISTS {quoted} {}", column.data_type)];
    if let Some(default) = &column.default {
        statements.push(format!("ALTER TABLE {relation} ALTER COLUMN {quoted} SET DEFAULT {default}"));
    }
    let publication = planner.sends_every_column(table);
    let safety = if publication.is_some() { Safety::Caution } else { Safety::Safe };
    let mut step = Step::new(format!("add column {}.{name}", table.name), table, Phase::Expand, statements)
        .how("metadata only", ACCESS_EXCLUSIVE, BRIEFLY, safety, Duration::Metadata)
        .undo(format!("ALTER TABLE {relation} DROP COLUMN {quoted}"))
        .note("The default comes after the column, so that existing rows stay NULL and nothing is rewritten.");
    if let Some(publication) = publication {
        step = step.note(format!(
            "Add it on the subscribers first: publication {publication} sends every column, and a subscription stops at one that \
             it lacks."
        ));
    }
    planner.add(20, request, step);
    let fill = column.fill.as_deref().or(if column.not_null { column.default.as_deref() } else { None });
    if column.not_null {
        forbid_null(planner, request, table, &name, fill, Moment::AfterFills);
    } else if let Some(fill) = fill {
        let step = backfill(planner, table, &name, fill);
        planner.add(10, request, step);
    }
}

/// Why a column's type cannot be changed, if it cannot.
pub(super) fn obstacle(planner: &Planner<'_>, table: &QualifiedName, column: &str, new: &str) -> Option<String> {
    if let Some(view) = planner.readers(table, Some(column)).first() {
        return Some(format!(
            "view {} reads {}.{column}: drop it, change the type, make it again",
            view.name, table.name
        ));
    }
    let of = planner.table(table)?;
    if let Some(reason) = fixed_by_type(planner, table) {
        return Some(reason);
    }
    let parts = of.table.partitioning.as_ref().map(|partitioning| partitioning.all(&table.schema)).unwrap_or_default();
    let is_here = |name: &QualifiedName| {
        name == table || parts.iter().any(|(schema, part)| *schema == name.schema && part.name == name.name)
    };
    let publications = planner.context.model.publications.iter();
    let limits = publications.flat_map(|publication| publication.limited.iter().map(move |of| (publication, of)));
    for (publication, limited) in limits.filter(|(_, limited)| is_here(&limited.table)) {
        if limited.row_filter.as_deref().is_some_and(|filter| is_unseen(filter) || mentions(filter, column)) {
            return Some(format!(
                "publication {} chooses rows of {} by {column}",
                publication.name, limited.table.name
            ));
        }
        // Whether it stands in the condition or in the list, the server refuses.
        if limited.columns.iter().any(|listed| listed == column) {
            return Some(format!("publication {} lists {column} of {}", publication.name, limited.table.name));
        }
    }
    if of.table.partitioning.as_ref().is_some_and(|key| mentions(&key.key, column)) {
        return Some(format!("{}.{column} is part of the partition key", table.name));
    }
    if of.table.column(column).is_some_and(|column| column.inherited) {
        return Some(format!("{}.{column} comes from a parent table", table.name));
    }
    let generated = of
        .table
        .columns
        .iter()
        .find(|other| other.generated.as_ref().is_some_and(|generated| mentions(&generated.expression, column)));
    if let Some(generated) = generated {
        return Some(format!("generated column {}.{} is computed from {column}", table.name, generated.name));
    }
    let trigger = of.table.triggers.iter().find(|trigger| mentions(&trigger.definition, column));
    if let Some(trigger) = trigger {
        return Some(format!("trigger {} on {} names {column}", trigger.name, table.name));
    }
    if let Some(rule) = of.table.rules.first() {
        return Some(format!("rule {} on {} may name {column}", rule.name, table.name));
    }
    // What computes from the column may be immutable for the old type only.
    let index = of.table.indexes.iter().find(|index| {
        let expressions =
            index.key.iter().filter_map(|part| part.expression.as_deref()).chain(index.predicate.as_deref());
        expressions.into_iter().any(|expression| mentions(expression, column))
    });
    if let Some(index) = index {
        return Some(format!(
            "index {} on {} computes from {column}: drop it, change the type, make it again",
            index.name, table.name
        ));
    }
    let policy = of.table.policies.iter().find_map(|policy| {
        let expressions = || [&policy.using, &policy.with_check].into_iter().flatten();
        let says = if expressions().any(|expression| mentions(expression, column)) {
            "names"
        } else if expressions().any(|expression| is_unseen(expression)) {
            "may name"
        } else {
            return None;
        };
        Some(format!("policy {} on {} {says} {column}", policy.name, table.name))
    });
    if policy.is_some() {
        return policy;
    }
    if let Some(reason) = planner.code.holder_of_rows(table) {
        return Some(reason);
    }
    let (old, new) = (of.table.column(column)?.base_type(), base_type(new));
    let check = of.table.check_constraints.iter().find(|check| mentions(&check.expression, column));
    if let Some(check) = check.filter(|_| !compare(old, &new)) {
        return Some(format!(
            "check {} compares {column} with {old}: drop it, change the type, make it again",
            check.name.as_deref().unwrap_or_default()
        ));
    }
    planner.code.hindrance_of_type(of, column, (old, &new))
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
    let obstacle = all.iter().find_map(|(table, column)| obstacle(planner, table, column, data_type));
    if let Some(obstacle) = obstacle {
        return planner.refuse(request.change.clone(), obstacle);
    }
    for (table, column) in all {
        // Two findings can ask for the same column, one of them by way of a foreign key.
        let Some(mut changed) = planner.planned_column(table, column) else { continue };
        if changed.data_type == data_type {
            continue;
        }
        let worthwhile = widening::is_worthwhile(planner, table, column, data_type);
        let hindrance = if worthwhile { widening::hindrance(planner, table, column) } else { None };
        if worthwhile && hindrance.is_none() {
            widening::widen(planner, request, table, column);
        } else {
            change_one_type(planner, request, table, column, data_type, hindrance.as_deref());
        }
        changed.data_type = data_type.into();
        planner.alter_column(table, changed);
    }
}

fn change_one_type(
    planner: &mut Planner<'_>,
    request: &Request,
    table: &QualifiedName,
    column: &str,
    data_type: &str,
    hindrance: Option<&str>,
) {
    let Some(of) = planner.column(table, column) else { return };
    let (relation, quoted) = (planner.relation(table), planner.quote(column));
    let (old, new) = (of.base_type(), base_type(data_type));
    let to_zoned = old == "timestamp without time zone" && (new == "timestamp with time zone" || new == "timestamptz");
    let widened = matches!(old, "character varying" | "varchar")
        && (new == "text"
            || matches!(new.as_ref(), "character varying" | "varchar") && length(data_type) >= length(&of.data_type));
    let mut statements = Vec::new();
    let alter = |data_type: &str| {
        format!("ALTER TABLE {relation} ALTER COLUMN {quoted} TYPE {data_type} USING {quoted}::{data_type}")
    };
    let mut undo = vec![alter(&of.data_type)];
    if to_zoned {
        statements.push("SET LOCAL TimeZone = 'UTC'".to_owned());
        undo =
            vec![statements[0].clone(), format!("ALTER TABLE {relation} ALTER COLUMN {quoted} TYPE {}", of.data_type)];
        statements.push(format!("ALTER TABLE {relation} ALTER COLUMN {quoted} TYPE {data_type}"));
    } else {
        statements.push(alter(data_type));
    }
    let serial = of.default.as_ref().and_then(|default| default.sequence.as_ref()).filter(|_| of.identity.is_none());
    if let Some(sequence) = serial.filter(|_| matches!(new.as_ref(), "bigint" | "integer" | "smallint")) {
        let sequence = planner.relation(sequence);
        statements.push(format!("ALTER SEQUENCE {sequence} AS {new}"));
        undo.push(format!("ALTER SEQUENCE {sequence} AS {old}"));
    }
    let title = format!("change {}.{column} from {} to {data_type}", table.name, of.data_type);
    let mut step = Step::new(title, table, Phase::Expand, statements);
    // A moment keeps its value; texts hold everything, and money that does not fit is refused.
    let keeps = to_zoned || holds(data_type, &of.data_type) || new == "text" || old == "money";
    if new == "uuid" {
        let form = "'^[{]?([0-9a-f]{4}-?){7}[0-9a-f]{4}[}]?$'";
        step = step.check(format!("SELECT {quoted} FROM {relation} WHERE {quoted}::text !~* {form} LIMIT 10"));
        step.undo = undo;
    } else if keeps {
        step.undo = undo;
    } else {
        step = step.check(changed(&relation, &quoted, of, data_type)).irreversible(CUT).note(CUTS);
    }
    let indexed = planner.table(table).is_some_and(|of| {
        of.table.indexes.iter().any(|index| index.key.iter().any(|part| part.column.as_deref() == Some(column)))
    });
    let is_tied = planner.table(table).is_some_and(|of| {
        let others = |(child, key): (QualifiedName, &ForeignKey)| child != *table || key.referenced_table != *table;
        widening::keys(planner, of, column).into_iter().any(others)
    });
    let everything = if is_tied { EVERYTHING_TIED } else { EVERYTHING };
    step = if to_zoned && indexed {
        step.how("indexes anew", ACCESS_EXCLUSIVE, everything, Safety::Caution, Duration::Scan)
            .note("The rows stay as they are; the indexes with the column are built anew meanwhile.")
    } else if to_zoned || widened {
        step.how(
            "metadata only",
            ACCESS_EXCLUSIVE,
            if is_tied { EVERYTHING_TIED } else { BRIEFLY },
            Safety::Caution,
            Duration::Metadata,
        )
    } else {
        step.how("rewrite", ACCESS_EXCLUSIVE, everything, Safety::Breaking, Duration::Rewrite)
            .note("Writes the table and its indexes anew while nobody can use it.")
            .note("Expand and contract instead on a big table: add a second column of the new type, let a trigger write both, fill it in batches, build its indexes concurrently, then swap the names in one transaction.")
    };
    if let Some(hindrance) = hindrance {
        step = step.note(format!("The table is big, but these steps are not planned here: {hindrance}."));
    }
    if to_zoned {
        step = step.note("Stored values are taken as UTC, which spares the rewrite. If they are local times, say so with USING instead.");
    }
    if is_tied {
        step = step.note(TIED);
    }
    planner.add_upwards(widening::RANK, request, step);
}

/// Lists values that another type does not hold as they are.
fn changed(relation: &str, quoted: &str, of: &Column, data_type: &str) -> String {
    let back = format!("{quoted}::{data_type}::{}", of.data_type);
    let differs = format!("{back} IS DISTINCT FROM {quoted}");
    let digits = data_type.split_once('(').filter(|_| base_type(data_type) == "numeric").and_then(|(_, rest)| {
        let mut parts = rest.trim_end_matches(')').split(',').filter_map(|part| part.trim().parse::<u32>().ok());
        Some(parts.next()? - parts.next().unwrap_or(0))
    });
    let condition = match digits {
        // What is too large would end the query with an error.
        Some(digits) => format!("CASE WHEN abs({quoted}) >= 1e{digits} THEN true ELSE {differs} END"),
        None => differs,
    };
    format!("SELECT {quoted} FROM {relation} WHERE {condition} LIMIT 10")
}

/// What to know where it takes locks on other tables, too.
const TIED: &str = "Foreign keys of the column are made anew: the tables at their other ends are locked as long.";

/// The same, of the table itself.
const EVERYTHING_TIED: &str = "everything on the table and on those that foreign keys of the column connect with it";

fn length(data_type: &str) -> u32 {
    let digits = data_type.split_once('(').and_then(|(_, rest)| rest.split_once(')')).map(|(digits, _)| digits.trim());
    digits.and_then(|digits| digits.parse().ok()).unwrap_or(u32::MAX)
}

fn maintain_updated_at(planner: &mut Planner<'_>, request: &Request, table: &QualifiedName, column: &str) {
    if is_partitioned(planner, table) && planner.version.0 < 13 {
        return planner.refuse(
            request.change.clone(),
            "before PostgreSQL 13 a partitioned table cannot have a trigger that changes the row",
        );
    }
    let function = planner.names.fresh(&[Space::Function], table, &format!("{}_set_{column}", table.name));
    let trigger = format!("{}_set_{column}", table.name);
    let function = planner.relation(&QualifiedName::new(&table.schema, function));
    let body = format!("BEGIN NEW.{} := now(); RETURN NEW; END", planner.quote(column));
    let (relation, trigger) = (planner.relation(table), planner.quote(&trigger));
    let statements = vec![
        format!(
            "CREATE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql SET search_path = '' AS {}",
            quote_literal(EngineName::PostgreSql, &body)
        ),
        format!("CREATE TRIGGER {trigger} BEFORE UPDATE ON {relation} FOR EACH ROW EXECUTE FUNCTION {function}()"),
    ];
    // After the fills, which it would take for changes.
    let step = Step::new(format!("keep {}.{column} current", table.name), table, Phase::Validate, statements)
        .how("trigger", SHARE_ROW_EXCLUSIVE, "writes to the table, for a moment", Safety::Caution, Duration::Metadata)
        .undo(format!("DROP TRIGGER {trigger} ON {relation}"))
        .undo(format!("DROP FUNCTION {function}()"))
        .note("The trigger wins over a value that the application writes.");
    planner.add(65, request, step);
}
