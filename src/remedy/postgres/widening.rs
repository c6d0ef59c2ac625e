//! An integer column of a big table becomes `bigint` beside the traffic: a second column that a trigger keeps equal, filled
//! in batches, with indexes of its own, takes the first one's place in a moment.

use super::indexes::{Definition, concurrent_step};
use super::{
    ACCESS_EXCLUSIVE, BRIEFLY, Duration, Phase, Planner, ROW_EXCLUSIVE, Request, SHARE_UPDATE_EXCLUSIVE, Safety, Step,
    beside, constraints,
};
use crate::model::quote::quote_literal;
use crate::model::{
    Column, Deferral, EngineName, ForeignKey, IdentityMode, Index, QualifiedName, Sequence, TableKind, TableRef,
    TriggerEnabled,
};
use crate::remedy::names::Space;
use crate::remedy::planner::mentions;
use std::fmt::Write as _;

/// Of every change of a type: before the defaults of columns, which then fall on the new column, and long before what is built
/// on columns.
pub(super) const RANK: u32 = 22;

/// Pages that one transaction of the backfill looks at: 4 MiB.
const PAGES: u32 = 512;

/// Method of all steps but those that have one of their own.
const METHOD: &str = "expand-contract";

/// Whether a column deserves it: its table is big, or one whose foreign key the change would check again is.
pub(super) fn is_worthwhile(planner: &Planner<'_>, table: &QualifiedName, column: &str, new: &str) -> bool {
    let Some(of) = planner.table(table) else { return false };
    let integer = |of: &Column| of.array_dimensions == 0 && matches!(of.base_type(), "smallint" | "integer");
    new == "bigint"
        && of.table.column(column).is_some_and(integer)
        && (planner.is_big(table) || keys(planner, of, column).iter().any(|(child, _)| planner.is_big(child)))
}

/// Why the column cannot be replaced by another, if it cannot.
pub(super) fn hindrance(planner: &Planner<'_>, table: &QualifiedName, column: &str) -> Option<String> {
    if planner.version.0 < 14 {
        return Some("before PostgreSQL 14 no range of pages can be read by itself".to_owned());
    }
    let of = planner.table(table)?;
    if of.table.kind != TableKind::Table || of.table.inheritance.is_some() || of.table.of_type.is_some() {
        return Some(format!("{} is partitioned, inherits or has a row type of its own", table.name));
    }
    let check = of.table.check_constraints.iter().find(|check| mentions(&check.expression, column));
    if let Some(check) = check {
        return Some(format!("check {} names {column}", check.name.as_deref().unwrap_or_default()));
    }
    let trigger = of.table.triggers.iter().find(|trigger| {
        let fills = trigger.events.iter().any(|event| event == "update") && trigger.update_columns.is_empty();
        trigger.enabled != TriggerEnabled::Disabled && (fills || trigger.timing == "before" && trigger.for_each_row)
    });
    if let Some(trigger) = trigger {
        return Some(format!("trigger {} fires for rows that are filled, or changes them", trigger.name));
    }
    if of.table.column(column).is_some_and(|column| column.not_null_unvalidated) {
        return Some(format!("NOT NULL of {column} is not validated"));
    }
    if let Some(publication) = planner.sends_every_column(table) {
        return Some(format!("publication {publication} sends every column to servers that lack the new one"));
    }
    if let Some(reason) = planner.code.hindrance_of_order(table) {
        return Some(reason);
    }
    hindrance_of_sequence(planner, of, column)
        .or_else(|| indexes(of, column).into_iter().find_map(|index| hindrance_of_index(of, index, column)))
        .or_else(|| {
            keys(planner, of, column).into_iter().find_map(|(child, key)| hindrance_of_key(planner, &child, key))
        })
}

fn hindrance_of_sequence(planner: &Planner<'_>, of: TableRef<'_>, name: &str) -> Option<String> {
    let column = of.table.column(name)?;
    let wanted = column.identity.is_some() || column.default.as_ref().is_some_and(|default| default.sequence.is_some());
    let known = sequence(planner, column).is_some();
    (wanted && !known).then(|| format!("the sequence of {name} is not in the catalog"))
}

fn hindrance_of_index(of: TableRef<'_>, index: &Index, column: &str) -> Option<String> {
    let special = !index.include.is_empty()
        || !index.options.is_empty()
        || !index.is_usable()
        || index.exclusion
        || index.clustered
        || index.replica_identity
        || index.key.iter().any(|part| part.column.as_deref() == Some(column) && part.operator_class.is_some());
    let unique = || of.table.unique_constraints.iter().filter(|unique| unique.name == index.constraint);
    let deferred = of
        .table
        .primary_key
        .iter()
        .filter(|_| index.primary)
        .map(|key| (key.deferral, key.without_overlaps))
        .chain(unique().map(|key| (key.deferral, key.without_overlaps)))
        .any(|(deferral, without_overlaps)| deferral != Deferral::NotDeferrable || without_overlaps);
    (special || deferred).then(|| format!("index {} has more to it than its columns", index.name))
}

fn hindrance_of_key(planner: &Planner<'_>, child: &QualifiedName, key: &ForeignKey) -> Option<String> {
    let name = key.name.as_deref().unwrap_or_default();
    let ordinary = |table: &QualifiedName| planner.table(table).is_some_and(|of| of.table.kind == TableKind::Table);
    let sound = key.validated && key.enforced && key.disabled_triggers_on.is_empty() && !key.period && !name.is_empty();
    let plain = sound && ordinary(child) && ordinary(&key.referenced_table);
    (!plain).then(|| format!("foreign key {name} of {} is not checked, or a table of it is partitioned", child.name))
}

/// Plans the replacement of one column.
pub(super) fn widen(planner: &mut Planner<'_>, request: &Request, table: &QualifiedName, column: &str) {
    let Some(of) = planner.table(table) else { return };
    let Some(definition) = of.table.column(column) else { return };
    let new = planner.names.fresh(&[Space::Column], table, &format!("{column}_bigint"));
    let old = planner.names.fresh(&[Space::Column], table, &format!("{column}_old"));
    let check = (!definition.nullable).then(|| planner.fresh_constraint(table, &format!("{}_{new}_check", table.name)));
    let mut writer = planner.names.fresh(&[Space::Function], table, &format!("{}_{new}", table.name));
    while of.table.triggers.iter().any(|trigger| trigger.name == writer) {
        writer = planner.names.fresh(&[Space::Function], table, &writer);
    }
    let replaced: Vec<(&Index, String)> = indexes(of, column)
        .into_iter()
        .map(|index| (index, planner.fresh_index(table, &format!("{}_bigint", index.name))))
        .collect();
    let aside = sequence(planner, definition).filter(|_| definition.identity.is_some()).map(|sequence| {
        let at = QualifiedName::new(&table.schema, &sequence.name);
        planner.names.fresh(&[Space::Relation], &at, &format!("{}_old", sequence.name))
    });
    let swap = Swap { table, of, column: definition, new, old, check, writer, replaced, aside };
    for step in swap.before(planner) {
        planner.add_upwards(RANK, request, step);
    }
    let step = swap.step(planner);
    planner.add_upwards(RANK, request, step);
    for (child, key) in keys(planner, of, column) {
        let name = key.name.clone().unwrap_or_default();
        let step = constraints::validate_named(planner, &child, &name)
            .note("Puts back what the change of a column's type took away: existing rows count as checked again.");
        // The keys between two columns that are both replaced need it once.
        if !planner.is_planned(&step) {
            planner.add(5, request, step);
        }
    }
    let step = swap.after(planner);
    planner.add(5, request, step);
}

/// A column with the names of all that is made to replace it.
struct Swap<'a> {
    table: &'a QualifiedName,
    of: TableRef<'a>,
    column: &'a Column,
    /// The new column, until it has the old one's name.
    new: String,
    /// The old column, from then on.
    old: String,
    /// The check that stands for NOT NULL, where the old column has it.
    check: Option<String>,
    /// The function and the trigger that keep the new column equal.
    writer: String,
    /// Indexes with the column, and the names of their successors.
    replaced: Vec<(&'a Index, String)>,
    /// What the sequence of an identity column is called while its successor starts.
    aside: Option<String>,
}

impl Swap<'_> {
    /// What makes the new column ready.
    fn before(&self, planner: &Planner<'_>) -> Vec<Step> {
        let mut steps = vec![self.add(planner), self.fill(planner)];
        if let Some(check) = &self.check {
            let mut step = constraints::validate_named(planner, self.table, check);
            step.phase = Phase::Expand;
            steps.push(step);
        }
        for (index, successor) in &self.replaced {
            let mut key = index.key.clone();
            for part in key.iter_mut().filter(|part| part.column.as_deref() == Some(&self.column.name)) {
                part.column = Some(self.new.clone());
            }
            let definition = Definition {
                unique: index.unique,
                method: &index.method,
                key: &key,
                predicate: index.predicate.as_deref(),
                equal_nulls: index.nulls_not_distinct,
            };
            steps.push(concurrent_step(planner, self.table, successor, &definition));
        }
        let (relation, new) = (planner.relation(self.table), planner.quote(&self.new));
        let title = format!("analyze {}.{}", self.table.name, self.new);
        let step = Step::new(title, self.table, Phase::Expand, vec![format!("ANALYZE {relation} ({new})")])
            .how("ANALYZE", SHARE_UPDATE_EXCLUSIVE, "nothing", Safety::Safe, Duration::Metadata)
            .irreversible("only the statistics of the column are new")
            .note("The planner knows the new column before queries use it. Reads a sample.");
        steps.push(step);
        steps
    }

    /// The new column, and the trigger that writes it from then on.
    fn add(&self, planner: &Planner<'_>) -> Step {
        let (relation, quoted) = (planner.relation(self.table), planner.quote(&self.column.name));
        let (new, trigger) = (planner.quote(&self.new), planner.quote(&self.writer));
        let function = beside(planner, self.table, &self.writer);
        let body = format!("BEGIN NEW.{new} := NEW.{quoted}; RETURN NEW; END");
        let check = self.check.as_ref().map_or_else(String::new, |check| {
            format!(", ADD CONSTRAINT {} CHECK ({new} IS NOT NULL) NOT VALID", planner.quote(check))
        });
        let statements = vec![
            format!("ALTER TABLE {relation} ADD COLUMN {new} bigint{check}"),
            format!(
                "CREATE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql SET search_path = '' AS {}",
                quote_literal(EngineName::PostgreSql, &body)
            ),
            format!(
                "CREATE TRIGGER {trigger} BEFORE INSERT OR UPDATE ON {relation} FOR EACH ROW EXECUTE FUNCTION {function}()"
            ),
            format!("ALTER TABLE {relation} ENABLE ALWAYS TRIGGER {trigger}"),
        ];
        let title = format!("write {}.{} beside {}", self.table.name, self.new, self.column.name);
        Step::new(title, self.table, Phase::Expand, statements)
            .how(METHOD, ACCESS_EXCLUSIVE, BRIEFLY, Safety::Caution, Duration::Metadata)
            .check(self.dependents(planner))
            .undo(format!("DROP TRIGGER {trigger} ON {relation}"))
            .undo(format!("DROP FUNCTION {function}()"))
            .undo(format!("ALTER TABLE {relation} DROP COLUMN {new}"))
            .note("The table is big: a new column takes the place of the old one, and the table is never written anew under a lock.")
            .note("SELECT * and INSERT without a list of columns see one column more until the last step.")
    }

    /// What hangs on the column and would stay with the old one.
    fn dependents(&self, planner: &Planner<'_>) -> String {
        let literal = |text: &str| quote_literal(EngineName::PostgreSql, text);
        let (relation, name) = (literal(&planner.relation(self.table)), literal(&self.column.name));
        format!(
            "SELECT pg_describe_object(d.classid, d.objid, d.objsubid) FROM pg_attribute AS a JOIN pg_depend AS d \
             ON d.refclassid = 'pg_class'::regclass AND d.refobjid = a.attrelid AND d.refobjsubid = a.attnum \
             WHERE a.attrelid = {relation}::regclass AND a.attname = {name} \
             AND d.classid NOT IN ('pg_class'::regclass, 'pg_constraint'::regclass, 'pg_attrdef'::regclass) \
             UNION ALL SELECT 'privileges on the column' FROM pg_attribute \
             WHERE attrelid = {relation}::regclass AND attname = {name} AND attacl IS NOT NULL"
        )
    }

    /// The rows that were there before the trigger.
    fn fill(&self, planner: &Planner<'_>) -> Step {
        let (relation, new) = (planner.relation(self.table), planner.quote(&self.new));
        let quoted = planner.quote(&self.column.name);
        let literal = |text: &str| quote_literal(EngineName::PostgreSql, text);
        // The names of the table stand in a statement of their own, where no variable can be taken for a column.
        let update = format!(
            "UPDATE {relation} SET {new} = {quoted} WHERE ctid >= $1 AND ctid < $2 AND {new} IS DISTINCT FROM {quoted}"
        );
        let body = format!(
            "\nDECLARE\n  page bigint := 0;\n  pages bigint := pg_relation_size({}) / current_setting('block_size')::bigint;\n\
             BEGIN\n  WHILE page < pages LOOP\n    SET LOCAL lock_timeout = 0;\n    EXECUTE {}\n      \
             USING format('(%s,0)', page)::tid, format('(%s,0)', page + {PAGES})::tid;\n    COMMIT;\n    \
             page := page + {PAGES};\n  END LOOP;\nEND\n",
            literal(&planner.relation(self.table)),
            literal(&update),
        );
        let code = if body.contains("$fill$") { literal(&body) } else { format!("$fill${body}$fill$") };
        let title = format!("fill {}.{} in batches", self.table.name, self.new);
        Step::new(title, self.table, Phase::Expand, vec![format!("DO {code}")])
            .outside()
            .how(METHOD, ROW_EXCLUSIVE, "writes to the rows that it changes", Safety::Caution, Duration::Rewrite)
            .verify(format!("SELECT count(*) FROM {relation} WHERE {new} IS DISTINCT FROM {quoted}"))
            .irreversible("the new column goes with the undo of the step before")
            .note(format!("Each {PAGES} pages are a transaction. When it is interrupted, run it again: what is filled is passed over."))
            .note("Every row gets a new version: vacuum afterwards, and watch the log and the replicas.")
    }

    /// The moment in which the new column becomes the column.
    fn step(&self, planner: &Planner<'_>) -> Step {
        let relation = planner.relation(self.table);
        let column = planner.quote(&self.column.name);
        let (new, old) = (planner.quote(&self.new), planner.quote(&self.old));
        let keys = keys(planner, self.of, &self.column.name);
        // Writers lock the referencing table first, then look into the referenced one: the other way round is a deadlock.
        let children = keys.iter().map(|(child, _)| child).filter(|child| *child != self.table);
        let parents = keys.iter().map(|(_, key)| &key.referenced_table).filter(|parent| *parent != self.table);
        let mut tables: Vec<&QualifiedName> = Vec::new();
        for table in children.chain([self.table]).chain(parents) {
            if !tables.contains(&table) {
                tables.push(table);
            }
        }
        let several = tables.len() > 1;
        let blocks = if several { "everything on the tables that it names, for a moment" } else { BRIEFLY };
        let tables: Vec<String> = tables.into_iter().map(|table| planner.relation(table)).collect();
        let mut statements = vec![
            format!("LOCK TABLE {} IN ACCESS EXCLUSIVE MODE", tables.join(", ")),
            format!("DROP TRIGGER {} ON {relation}", planner.quote(&self.writer)),
            format!("DROP FUNCTION {}()", beside(planner, self.table, &self.writer)),
        ];
        // Some writers lock the tables in another order all the same. A deadlock is looked for after a second, and may end theirs.
        if several {
            statements.insert(0, "SET LOCAL lock_timeout = '900ms'".to_owned());
        }
        let key_name = |key: &ForeignKey| planner.quote(key.name.as_deref().unwrap_or_default());
        for (child, key) in &keys {
            statements.push(format!("ALTER TABLE {} DROP CONSTRAINT {}", planner.relation(child), key_name(key)));
        }
        for (index, _) in &self.replaced {
            statements.push(match &index.constraint {
                Some(constraint) => format!("ALTER TABLE {relation} DROP CONSTRAINT {}", planner.quote(constraint)),
                None => format!("DROP INDEX {}", beside(planner, self.table, &index.name)),
            });
        }
        if let Some(check) = &self.check {
            statements.push(format!("ALTER TABLE {relation} ALTER COLUMN {new} SET NOT NULL"));
            statements.push(format!("ALTER TABLE {relation} DROP CONSTRAINT {}", planner.quote(check)));
        }
        statements.push(format!("ALTER TABLE {relation} RENAME COLUMN {column} TO {old}"));
        statements.push(format!("ALTER TABLE {relation} RENAME COLUMN {new} TO {column}"));
        statements.extend(self.values(planner));
        if !self.column.nullable {
            statements.push(format!("ALTER TABLE {relation} ALTER COLUMN {old} DROP NOT NULL"));
        }
        statements.extend(self.names(planner));
        for (child, key) in &keys {
            let (child_name, clause) = (planner.relation(child), constraints::clause(planner, key));
            let name = key_name(key);
            statements.push(format!("ALTER TABLE {child_name} ADD CONSTRAINT {name} {clause} NOT VALID"));
            if let Some(comment) = &key.comment {
                let comment = quote_literal(EngineName::PostgreSql, comment);
                statements.push(format!("COMMENT ON CONSTRAINT {name} ON {child_name} IS {comment}"));
            }
        }
        let title = format!("change {}.{} from {} to bigint", self.table.name, self.column.name, self.column.data_type);
        let mut step = Step::new(title, self.table, Phase::Expand, statements)
            .how(METHOD, ACCESS_EXCLUSIVE, blocks, Safety::Breaking, Duration::Metadata)
            .verify(format!(
                "SELECT atttypid::regtype FROM pg_attribute WHERE attrelid = {}::regclass AND attname = {}",
                quote_literal(EngineName::PostgreSql, &relation),
                quote_literal(EngineName::PostgreSql, &self.column.name),
            ))
            .irreversible("rows written from now on may hold values that the old type does not")
            .note("The column is the last of the table from now on. Code must name columns, and read the type as eight bytes.")
            .note(format!("The old column stays as {}, without values for new rows, until the phase contract.", self.old))
            .note("When a lock is not had in time, nothing has happened: run the transaction again.");
        if !keys.is_empty() {
            step = step.note("Locks the tables of its foreign keys for the same moment. The keys are checked for new rows at once and for existing ones in the phase validate.");
        }
        step
    }

    /// Default or identity pass to the new column, after the renaming.
    fn values(&self, planner: &Planner<'_>) -> Vec<String> {
        let relation = planner.relation(self.table);
        let (column, old) = (planner.quote(&self.column.name), planner.quote(&self.old));
        let sequence = sequence(planner, self.column);
        let mut statements = Vec::new();
        if let (Some(identity), Some((schema, sequence)), Some(aside)) =
            (&self.column.identity, sequence_of(planner, self.column), &self.aside)
        {
            let name = planner.relation(&QualifiedName::new(schema, &sequence.name));
            let aside_name = planner.relation(&QualifiedName::new(schema, aside));
            let mode = match identity.mode {
                IdentityMode::Always => "ALWAYS",
                IdentityMode::ByDefault => "BY DEFAULT",
            };
            let literal = |text: &str| quote_literal(EngineName::PostgreSql, text);
            statements.extend([
                format!("ALTER SEQUENCE {name} RENAME TO {}", planner.quote(aside)),
                format!(
                    "ALTER TABLE {relation} ALTER COLUMN {column} ADD GENERATED {mode} AS IDENTITY (SEQUENCE NAME {name} {})",
                    options(sequence)
                ),
                format!("SELECT setval({}, last_value, is_called) FROM {aside_name}", literal(&name)),
                format!("ALTER TABLE {relation} ALTER COLUMN {old} DROP IDENTITY"),
            ]);
            if let Some(comment) = &sequence.comment {
                statements.push(format!("COMMENT ON SEQUENCE {name} IS {}", literal(comment)));
            }
        } else if let Some(default) = &self.column.default {
            statements.push(format!("ALTER TABLE {relation} ALTER COLUMN {column} SET DEFAULT {}", default.expression));
            statements.push(format!("ALTER TABLE {relation} ALTER COLUMN {old} DROP DEFAULT"));
            if let (Some(name), Some(sequence)) = (&default.sequence, sequence) {
                let name = planner.relation(name);
                let owner = sequence.owned_by.as_ref();
                if sequence.data_type != "bigint" {
                    statements.push(format!("ALTER SEQUENCE {name} AS bigint"));
                }
                if owner.is_some_and(|owner| owner.table == *self.table && owner.column == self.column.name) {
                    statements.push(format!("ALTER SEQUENCE {name} OWNED BY {relation}.{column}"));
                }
            }
        }
        statements
    }

    /// Constraints and indexes get their names back, and what was said about them.
    fn names(&self, planner: &Planner<'_>) -> Vec<String> {
        let relation = planner.relation(self.table);
        let says = |what: String, comment: Option<&String>| {
            comment.map(|comment| format!("COMMENT ON {what} IS {}", quote_literal(EngineName::PostgreSql, comment)))
        };
        let mut statements = Vec::new();
        for (index, successor) in &self.replaced {
            let (beside, successor) = (|name: &str| beside(planner, self.table, name), successor.as_str());
            if let Some(name) = &index.constraint {
                let kind = if index.primary { "PRIMARY KEY" } else { "UNIQUE" };
                let constraint = planner.quote(name);
                statements.push(format!(
                    "ALTER TABLE {relation} ADD CONSTRAINT {constraint} {kind} USING INDEX {}",
                    planner.quote(successor)
                ));
                let primary = self.of.table.primary_key.as_ref().filter(|_| index.primary);
                let unique = self.of.table.unique_constraints.iter().find(|unique| unique.name.as_ref() == Some(name));
                let comment =
                    primary.and_then(|key| key.comment.as_ref()).or(unique.and_then(|key| key.comment.as_ref()));
                statements.extend(says(format!("CONSTRAINT {constraint} ON {relation}"), comment));
            } else {
                statements.push(format!("ALTER INDEX {} RENAME TO {}", beside(successor), planner.quote(&index.name)));
            }
            statements.extend(says(format!("INDEX {}", beside(&index.name)), index.comment.as_ref()));
        }
        let column = format!("COLUMN {relation}.{}", planner.quote(&self.column.name));
        statements.extend(says(column, self.column.comment.as_ref()));
        statements
    }

    /// The old column goes.
    fn after(&self, planner: &Planner<'_>) -> Step {
        let (relation, old) = (planner.relation(self.table), planner.quote(&self.old));
        let title = format!("drop column {}.{}", self.table.name, self.old);
        Step::new(title, self.table, Phase::Contract, vec![format!("ALTER TABLE {relation} DROP COLUMN {old}")])
            .how(METHOD, ACCESS_EXCLUSIVE, BRIEFLY, Safety::Breaking, Duration::Metadata)
            .irreversible("the old values are gone")
            .note("Its space is free again only when rows are written anew.")
    }
}

/// Options of a sequence that takes another's place and has no end of its type.
fn options(sequence: &Sequence) -> String {
    let (lowest, highest) = match sequence.data_type.as_str() {
        "smallint" => (i128::from(i16::MIN), i128::from(i16::MAX)),
        "integer" => (i128::from(i32::MIN), i128::from(i32::MAX)),
        _ => (i128::from(i64::MIN), i128::from(i64::MAX)),
    };
    let ascending = sequence.increment > 0;
    let mut text = format!("START WITH {} INCREMENT BY {}", sequence.start, sequence.increment);
    if ascending || sequence.minimum != lowest {
        let _ = write!(text, " MINVALUE {}", sequence.minimum);
    }
    if !ascending || sequence.maximum != highest {
        let _ = write!(text, " MAXVALUE {}", sequence.maximum);
    }
    let cycle = if sequence.cycle { "" } else { "NO " };
    format!("{text} CACHE {} {cycle}CYCLE", sequence.cache)
}

/// Indexes whose key or payload has the column.
fn indexes<'a>(of: TableRef<'a>, column: &str) -> Vec<&'a Index> {
    let has = |index: &&Index| {
        index.key_columns().any(|part| part == Some(column)) || index.include.iter().any(|part| part == column)
    };
    of.table.indexes.iter().filter(has).collect()
}

/// Foreign keys with the column on either side, with the referencing table, each once.
pub(super) fn keys<'a>(planner: &Planner<'a>, of: TableRef<'a>, column: &str) -> Vec<(QualifiedName, &'a ForeignKey)> {
    let has = |columns: &[String]| columns.iter().any(|name| name == column);
    let own = of.table.foreign_keys.iter().filter(|key| has(&key.columns)).map(|key| (of.qualified_name(), key));
    let others = planner.context.tables.referenced_by(of.id).filter(|(_, key)| has(&key.referenced_columns));
    let mut keys: Vec<_> = own.chain(others.map(|(child, key)| (child.qualified_name(), key))).collect();
    keys.sort_by(|(a, a_key), (b, b_key)| (a, &a_key.name).cmp(&(b, &b_key.name)));
    keys.dedup_by(|(a, a_key), (b, b_key)| (&*a, &a_key.name) == (&*b, &b_key.name));
    keys
}

/// The sequence that feeds a column.
fn sequence<'a>(planner: &Planner<'a>, column: &Column) -> Option<&'a Sequence> {
    sequence_of(planner, column).map(|(_, sequence)| sequence)
}

/// The same, with its schema.
fn sequence_of<'a>(planner: &Planner<'a>, column: &Column) -> Option<(&'a str, &'a Sequence)> {
    let of_identity = column.identity.as_ref().and_then(|identity| identity.sequence.as_ref());
    let of_default = || column.default.as_ref().and_then(|default| default.sequence.as_ref());
    let name = of_identity.or_else(of_default)?;
    let schema = planner.context.model.schemas.iter().find(|schema| schema.name == name.schema)?;
    let sequence = schema.sequences.iter().find(|sequence| sequence.name == name.name)?;
    Some((schema.name.as_str(), sequence))
}
