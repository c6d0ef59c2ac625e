//! Foreign keys and checks: added without a look at existing rows, then validated while everybody works.

use super::{
    ACCESS_EXCLUSIVE, BRIEFLY, Duration, Phase, Planner, Request, SHARE_ROW_EXCLUSIVE, SHARE_UPDATE_EXCLUSIVE, Safety,
    Step, foreign_partition, is_partitioned,
};
use crate::checks::{Change, successor};
use crate::model::quote::quote_literal;
use crate::model::{Action, Deferral, EngineName, ForeignKey, MatchType, QualifiedName};
use crate::remedy::lookup_comment;
use crate::remedy::planner::{CLOSES_CIRCLE, ONLY_VALUES_IN_USE, has_leading_index};

pub(super) fn add(planner: &mut Planner<'_>, request: &Request) {
    match &request.change {
        Change::AddForeignKey { table, name, columns, referenced_table, referenced_columns, on_delete, on_update } => {
            let circle = planner.closes_circle(table, columns, referenced_table);
            let mut request = request.clone();
            request.notes.extend(circle.then(|| CLOSES_CIRCLE.to_owned()));
            let key = ForeignKey {
                name: Some(planner.fresh_constraint(table, name)),
                on_delete: *on_delete,
                on_update: *on_update,
                deferral: if circle { Deferral::InitiallyDeferred } else { Deferral::NotDeferrable },
                ..ForeignKey::new(columns.clone(), referenced_table.clone(), referenced_columns.clone())
            };
            add_foreign_key(planner, &request, table, &key);
        }
        Change::ChangeDeleteAction { table, name, columns, on_delete } => {
            change_delete_action(planner, request, table, name.as_deref(), columns, *on_delete);
        }
        Change::DropForeignKey { table, name, columns } => {
            let found = planner.foreign_key(table, name.as_deref(), columns);
            let Some(name) = name.clone().or_else(|| found?.name.clone()) else {
                return planner.refuse(request.change.clone(), "the foreign key has no name to drop it by");
            };
            let mut step = drop_constraint(planner, table, &name);
            step.blocks = "everything on both tables, for a moment";
            let step = match found {
                Some(key) => step.undo(format!(
                    "ALTER TABLE {} ADD CONSTRAINT {} {} NOT VALID",
                    planner.relation(table),
                    planner.quote(&name),
                    clause(planner, key)
                )),
                None => step.irreversible("the key is not in the catalog"),
            };
            planner.add(10, request, step);
        }
        Change::ValidateConstraint { table, name } => {
            let step = validate(planner, table, name);
            planner.add(20, request, step);
        }
        Change::EnforceConstraint { table, name } => enforce(planner, request, table, name),
        Change::AddCheck { table, name, expression } => {
            let name = planner.fresh_constraint(table, name);
            add_check(planner, request, table, &name, expression);
        }
        Change::DropCheck { table, name, expression } => {
            let found = planner.table(table).and_then(|table| {
                table.table.check_constraints.iter().find(|check| check.expression == *expression)?.name.clone()
            });
            let Some(name) = name.clone().or(found) else {
                return planner.refuse(request.change.clone(), "the check has no name to drop it by");
            };
            let step = drop_constraint(planner, table, &name).undo(format!(
                "ALTER TABLE {} ADD CONSTRAINT {} CHECK ({expression}) NOT VALID",
                planner.relation(table),
                planner.quote(&name)
            ));
            planner.add(20, request, step);
        }
        Change::AddLookupTable { table, column, lookup_table, name, index } => {
            add_lookup_table(planner, request, (table, column), lookup_table, name, index);
        }
        _ => {}
    }
}

/// `FOREIGN KEY (…) REFERENCES …` with every option of the key.
pub(super) fn clause(planner: &Planner<'_>, key: &ForeignKey) -> String {
    let period = |columns: &[String]| match columns.split_last() {
        Some((last, rest)) if key.period => {
            let mut parts: Vec<String> = rest.iter().map(|column| planner.quote(column)).collect();
            parts.push(format!("PERIOD {}", planner.quote(last)));
            parts.join(", ")
        }
        _ => planner.list(columns),
    };
    let mut text = format!(
        "FOREIGN KEY ({}) REFERENCES {} ({})",
        period(&key.columns),
        planner.relation(&key.referenced_table),
        period(&key.referenced_columns),
    );
    if key.match_type == MatchType::Full {
        text.push_str(" MATCH FULL");
    }
    if key.on_update != Action::NoAction {
        text.push_str(" ON UPDATE ");
        text.push_str(key.on_update.sql());
    }
    text.push_str(" ON DELETE ");
    text.push_str(key.on_delete.sql());
    if !key.on_delete_columns.is_empty() && matches!(key.on_delete, Action::SetNull | Action::SetDefault) {
        text = format!("{text} ({})", planner.list(&key.on_delete_columns));
    }
    text.push_str(key.deferral.clause());
    text
}

fn orphans(planner: &Planner<'_>, table: &QualifiedName, key: &ForeignKey) -> String {
    planner.orphans(table, &key.columns, &key.referenced_table, &key.referenced_columns)
}

/// Why a table can be at neither end of a foreign key, if it cannot.
fn obstacle(planner: &Planner<'_>, table: &QualifiedName) -> Option<String> {
    let partition = foreign_partition(planner, table)?;
    Some(format!("partition {partition} is a foreign table, which can be at neither end of a foreign key"))
}

/// The named key, in one step or in two: `NOT VALID`, then `VALIDATE`.
fn add_foreign_key(planner: &mut Planner<'_>, request: &Request, table: &QualifiedName, key: &ForeignKey) {
    if let Some(reason) = obstacle(planner, table).or_else(|| obstacle(planner, &key.referenced_table)) {
        return planner.refuse(request.change.clone(), reason);
    }
    let name = key.name.clone().unwrap_or_default();
    let relation = planner.relation(table);
    let add = format!("ALTER TABLE {relation} ADD CONSTRAINT {} {}", planner.quote(&name), clause(planner, key));
    let undo = format!("ALTER TABLE {relation} DROP CONSTRAINT {}", planner.quote(&name));
    let title = format!("add foreign key {name}");
    let check = orphans(planner, table, key);
    let (absorbed_keys, superfluous) = keys_of_partitions(planner, table, key);
    // The triggers of keys that become parts of this one are dropped, which nobody may see half done.
    let absorbs = absorbed_keys > 0;
    let lock = if absorbs { ACCESS_EXCLUSIVE } else { SHARE_ROW_EXCLUSIVE };
    let absorbed =
        "Equal keys that partitions have already become parts of this one; their rows are not checked again.";
    if is_partitioned(planner, table) && planner.version.0 < 18 {
        let blocks = if absorbs { "everything on both tables" } else { "writes to both tables" };
        let mut step = Step::new(title, table, Phase::Expand, vec![add])
            .how("plain", lock, blocks, Safety::Breaking, Duration::Scan)
            .check(check)
            .undo(undo);
        if absorbs {
            step = step.note(absorbed);
        }
        let step = step.note("Before PostgreSQL 18 a partitioned table cannot take a foreign key NOT VALID, so existing rows are checked under the lock.");
        let step = planner.default_asked(step, &request.change);
        planner.add(60, request, step);
        return drop_of_partitions(planner, request, table, superfluous);
    }
    let blocks =
        if absorbs { "everything on both tables, for a moment" } else { "writes to both tables, for a moment" };
    let mut step = Step::new(title, table, Phase::Expand, vec![format!("{add} NOT VALID")])
        .how("NOT VALID", lock, blocks, Safety::Caution, Duration::Metadata)
        .check(check)
        .undo(undo)
        .note("Writes whose reference leads nowhere fail from here on, and so do deletes of rows that are referred to, as the action says.");
    if absorbs {
        step = step.note(absorbed);
    }
    let step = planner.default_asked(step, &request.change);
    planner.add(60, request, step);
    let step = validate_named(planner, table, &name)
        .check(orphans(planner, table, key))
        .note("Rows of the referenced table stay writable; its lock is ROW SHARE.");
    planner.add(20, request, step);
    drop_of_partitions(planner, request, table, superfluous);
}

/// Foreign keys that partitions have for themselves over the same columns to the same target: how many become parts of the
/// new key, and which say the same in another way and are needless beside it.
fn keys_of_partitions(
    planner: &Planner<'_>,
    table: &QualifiedName,
    key: &ForeignKey,
) -> (usize, Vec<(QualifiedName, ForeignKey)>) {
    let partitioning = planner.table(table).and_then(|of| of.table.partitioning.as_ref());
    let (mut absorbed, mut superfluous) = (0, Vec::new());
    for (schema, partition) in partitioning.map(|it| it.all(&table.schema)).unwrap_or_default() {
        let same = partition.foreign_keys.iter().filter(|own| {
            own.columns == key.columns
                && own.referenced_table == key.referenced_table
                && own.referenced_columns == key.referenced_columns
        });
        for own in same {
            let equal = own.validated
                && (own.on_delete, own.on_update, own.match_type, own.deferral)
                    == (key.on_delete, key.on_update, key.match_type, key.deferral);
            if equal {
                absorbed += 1;
            } else {
                superfluous.push((QualifiedName::new(schema, &partition.name), own.clone()));
            }
        }
    }
    (absorbed, superfluous)
}

/// Drops the keys of single partitions that a key of the whole table makes needless.
fn drop_of_partitions(
    planner: &mut Planner<'_>,
    request: &Request,
    table: &QualifiedName,
    superfluous: Vec<(QualifiedName, ForeignKey)>,
) {
    for (partition, key) in superfluous {
        let Some(name) = &key.name else { continue };
        let (relation, constraint) = (planner.relation(&partition), planner.quote(name));
        let statement = format!("ALTER TABLE {relation} DROP CONSTRAINT {constraint}");
        let step = Step::new(
            format!("drop foreign key {name} of partition {}", partition.name),
            table,
            Phase::Contract,
            vec![statement],
        )
        .how(
            "metadata only",
            ACCESS_EXCLUSIVE,
            "everything on the partition and the referenced table, for a moment",
            Safety::Caution,
            Duration::Metadata,
        )
        .undo(format!("ALTER TABLE {relation} ADD CONSTRAINT {constraint} {} NOT VALID", clause(planner, &key)))
        .note("The key of the whole table checks the same.");
        planner.add(10, request, step);
    }
}

fn change_delete_action(
    planner: &mut Planner<'_>,
    request: &Request,
    table: &QualifiedName,
    name: Option<&str>,
    columns: &[String],
    on_delete: Action,
) {
    let Some(old) = planner.foreign_key(table, name, columns) else {
        return planner.refuse(request.change.clone(), "the foreign key is not in the catalog");
    };
    let old_name = old.name.clone().unwrap_or_default();
    let begun = planner.table(table).and_then(|of| successor(of.table, old));
    let new_name = if let Some(begun) = begun {
        let name = begun.name.clone().unwrap_or_default();
        if !begun.validated {
            let step = validate(planner, table, &name);
            planner.add(20, request, step);
        }
        name
    } else {
        let name = planner.fresh_constraint(table, &format!("{old_name}_new"));
        let mut key = old.clone();
        key.name = Some(name.clone());
        key.on_delete = on_delete;
        add_foreign_key(planner, request, table, &key);
        name
    };
    let relation = planner.relation(table);
    let statements = vec![
        format!("ALTER TABLE {relation} DROP CONSTRAINT {}", planner.quote(&old_name)),
        format!(
            "ALTER TABLE {relation} RENAME CONSTRAINT {} TO {}",
            planner.quote(&new_name),
            planner.quote(&old_name)
        ),
    ];
    let step = Step::new(format!("let the new {old_name} replace the old one"), table, Phase::Contract, statements)
        .how(
            "metadata only",
            ACCESS_EXCLUSIVE,
            "everything on both tables, for a moment",
            Safety::Caution,
            Duration::Metadata,
        )
        .undo(format!(
            "ALTER TABLE {relation} RENAME CONSTRAINT {} TO {}",
            planner.quote(&old_name),
            planner.quote(&new_name)
        ))
        .undo(format!(
            "ALTER TABLE {relation} ADD CONSTRAINT {} {} NOT VALID",
            planner.quote(&old_name),
            clause(planner, old)
        ))
        .note("Until this step the old delete action governs.");
    planner.add(10, request, step);
}

/// Checks existing rows of a constraint that the catalog knows.
fn validate(planner: &Planner<'_>, table: &QualifiedName, name: &str) -> Step {
    let mut step = validate_named(planner, table, name);
    let Some(of) = planner.table(table) else { return step };
    if let Some(key) = of.table.foreign_keys.iter().find(|key| key.name.as_deref() == Some(name)) {
        step = step.check(orphans(planner, table, key));
    }
    if let Some(check) = of.table.check_constraints.iter().find(|check| check.name.as_deref() == Some(name)) {
        step = step.check(violations(planner, table, &check.expression));
    }
    step
}

pub(super) fn violations(planner: &Planner<'_>, table: &QualifiedName, expression: &str) -> String {
    format!("SELECT count(*) FROM {} WHERE NOT ({expression})", planner.relation(table))
}

pub(super) fn validate_named(planner: &Planner<'_>, table: &QualifiedName, name: &str) -> Step {
    let statement = format!("ALTER TABLE {} VALIDATE CONSTRAINT {}", planner.relation(table), planner.quote(name));
    let verify = format!(
        "SELECT convalidated FROM pg_constraint WHERE conrelid = {}::regclass AND conname = {}",
        quote_literal(EngineName::PostgreSql, &planner.relation(table)),
        quote_literal(EngineName::PostgreSql, name),
    );
    Step::new(format!("validate constraint {name}"), table, Phase::Validate, vec![statement])
        .how("VALIDATE", SHARE_UPDATE_EXCLUSIVE, "nothing", Safety::Safe, Duration::Scan)
        .verify(verify)
        .irreversible("it marks what the rows fulfil and changes nothing else")
}

fn enforce(planner: &mut Planner<'_>, request: &Request, table: &QualifiedName, name: &str) {
    let Some(of) = planner.table(table) else {
        return planner.refuse(request.change.clone(), "the table is not in the catalog");
    };
    let relation = planner.relation(table);
    if let Some(key) = of.table.foreign_keys.iter().find(|key| key.name.as_deref() == Some(name)) {
        let statement = format!("ALTER TABLE {relation} ALTER CONSTRAINT {} ENFORCED", planner.quote(name));
        let step = Step::new(format!("enforce foreign key {name}"), table, Phase::Validate, vec![statement])
            .how("plain", ACCESS_EXCLUSIVE, "everything on both tables", Safety::Breaking, Duration::Scan)
            .check(orphans(planner, table, key))
            .undo(format!("ALTER TABLE {relation} ALTER CONSTRAINT {} NOT ENFORCED", planner.quote(name)));
        planner.add(20, request, step);
        return;
    }
    let Some(check) = of.table.check_constraints.iter().find(|check| check.name.as_deref() == Some(name)) else {
        return planner.refuse(request.change.clone(), "the constraint is not in the catalog");
    };
    let temporary = planner.fresh_constraint(table, &format!("{name}_new"));
    add_check(planner, request, table, &temporary, &check.expression);
    let statements = vec![
        format!("ALTER TABLE {relation} DROP CONSTRAINT {}", planner.quote(name)),
        format!("ALTER TABLE {relation} RENAME CONSTRAINT {} TO {}", planner.quote(&temporary), planner.quote(name)),
    ];
    let step = Step::new(format!("let the enforced {name} replace the old one"), table, Phase::Contract, statements)
        .how("metadata only", ACCESS_EXCLUSIVE, BRIEFLY, Safety::Safe, Duration::Metadata)
        .irreversible("the old check refused nothing");
    planner.add(20, request, step);
}

pub(super) fn add_check(
    planner: &mut Planner<'_>,
    request: &Request,
    table: &QualifiedName,
    name: &str,
    expression: &str,
) {
    let relation = planner.relation(table);
    let quoted = planner.quote(name);
    let add = format!("ALTER TABLE {relation} ADD CONSTRAINT {quoted} CHECK ({expression}) NOT VALID");
    // After all fills, as a check that is not valid yet is asked at every UPDATE all the same, whatever it writes.
    let step = Step::new(format!("add check {name}"), table, Phase::Validate, vec![add])
        .how("NOT VALID", ACCESS_EXCLUSIVE, BRIEFLY, Safety::Caution, Duration::Metadata)
        .check(violations(planner, table, expression))
        .undo(format!("ALTER TABLE {relation} DROP CONSTRAINT {quoted}"))
        .note("New rows are checked from here on, so writes that break the rule fail.");
    planner.add(5, request, step);
    let step = validate_named(planner, table, name).check(violations(planner, table, expression));
    planner.add(10, request, step);
}

fn drop_constraint(planner: &Planner<'_>, table: &QualifiedName, name: &str) -> Step {
    let statement = format!("ALTER TABLE {} DROP CONSTRAINT {}", planner.relation(table), planner.quote(name));
    Step::new(format!("drop constraint {name}"), table, Phase::Contract, vec![statement]).how(
        "metadata only",
        ACCESS_EXCLUSIVE,
        BRIEFLY,
        Safety::Caution,
        Duration::Metadata,
    )
}

fn add_lookup_table(
    planner: &mut Planner<'_>,
    request: &Request,
    (table, column): (&QualifiedName, &str),
    lookup_table: &str,
    name: &str,
    index: &str,
) {
    let Some(of) = planner.column(table, column) else {
        return planner.refuse(request.change.clone(), "the column is not in the catalog");
    };
    if let Some(reason) = obstacle(planner, table) {
        return planner.refuse(request.change.clone(), reason);
    }
    let (lookup, is_there) = planner.lookup_table(table, column, lookup_table);
    let (target, quoted) = (planner.relation(&lookup), planner.quote(column));
    let create = format!("CREATE TABLE {target} ({quoted} {} PRIMARY KEY)", of.data_type);
    let mut step = planner
        .lookup_step(table, column, (&lookup, is_there), create)
        .how("metadata and one read", "ACCESS SHARE", "nothing", Safety::Caution, Duration::Scan)
        .note("A value that first appears between this step and the foreign key is missing from the lookup table: the validation tells.");
    if let Some(comment) = planner.table(table).and_then(|of| lookup_comment(of.schema, table, column)) {
        let comment = quote_literal(EngineName::PostgreSql, &comment);
        step.statements.push(format!("COMMENT ON TABLE {target} IS {comment}"));
    }
    planner.add(40, request, step);
    let columns = vec![column.to_owned()];
    let indexed = planner.table(table).is_some_and(|of| has_leading_index(of.table, &columns));
    if !indexed {
        super::indexes::add_plain_index(planner, request, table, index, &columns);
    }
    let key = Change::AddForeignKey {
        table: table.clone(),
        name: name.to_owned(),
        columns: columns.clone(),
        referenced_table: lookup,
        referenced_columns: columns,
        on_delete: Action::Restrict,
        on_update: Action::Cascade,
    };
    let mut key = Request::part_of(request, key);
    key.notes.push(ONLY_VALUES_IN_USE.to_owned());
    add(planner, &key);
}
