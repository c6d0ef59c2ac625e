//! Types, sequences, functions, views, triggers and scheduled events.

use super::order::Item;
use super::table::create_index;
use super::{LeftOut, collation_name, comment, name_in};
use crate::checks::is_unique_key;
use crate::model::quote::{quote_identifier, quote_literal};
use crate::model::{
    Collation, CompositeType, Domain, EngineName, Event, Field, ForeignKey, Function, FunctionKind, Model,
    QualifiedName, Schema, Sequence, Trigger, TriggerEnabled, View, is_unseen,
};
use crate::report::Report;

/// Schemas, extensions and collations, and that bodies of functions may name what comes later.
pub(super) fn preamble(out: &mut String, report: &Report<'_>) {
    let model = report.model;
    let engine = model.engine.name;
    if engine.is_mysql_family() {
        session(out, report);
        databases(out, model);
    }
    if engine != EngineName::PostgreSql {
        return;
    }
    out.push_str("SET check_function_bodies = off;\n\n");
    for schema in model.schemas.iter().filter(|schema| schema.name != "public") {
        push!(out, "CREATE SCHEMA {};\n\n", quote_identifier(engine, &schema.name));
    }
    // This one is in every new database.
    for extension in model.extensions.iter().filter(|extension| extension.name != "plpgsql") {
        let (name, schema) = (quote_identifier(engine, &extension.name), &extension.schema);
        let known = schema == "public" || model.schemas.iter().any(|known| known.name == *schema);
        let place = if known { format!(" WITH SCHEMA {}", quote_identifier(engine, schema)) } else { String::new() };
        push!(out, "CREATE EXTENSION IF NOT EXISTS {name}{place};\n\n");
    }
    for schema in &model.schemas {
        for collation in &schema.collations {
            let name = name_in(model, &schema.name, &collation.name);
            push!(out, "{};\n\n", create_collation(engine, &name, collation));
        }
    }
}

/// Settings in which the server takes whatever another one holds, in whatever settings it was made there (MySQL, MariaDB).
fn session(out: &mut String, report: &Report<'_>) {
    out.push_str(
        "SET NAMES utf8mb4;\nSET foreign_key_checks = 0;\n\
         SET sql_mode = 'ALLOW_INVALID_DATES,NO_AUTO_VALUE_ON_ZERO,NO_ENGINE_SUBSTITUTION';\n",
    );
    let leads_to_any = |key: &ForeignKey| {
        let parent = report.tables.find(&key.referenced_table);
        parent.is_some_and(|parent| !is_unique_key(parent.table, &key.referenced_columns))
    };
    if report.model.engine.name == EngineName::MySql
        && report.tables.iter().flat_map(|table| &table.table.foreign_keys).any(leads_to_any)
    {
        out.push_str("-- A foreign key refers to columns that are not unique.\n");
        out.push_str("/*!80400 SET restrict_fk_on_non_standard_key = 0 */;\n");
    }
    out.push('\n');
}

/// The databases that the statements name; what is all in one is made wherever they run (MySQL, MariaDB).
fn databases(out: &mut String, model: &Model) {
    for schema in model.schemas.iter().filter(|schema| model.home() != Some(&schema.name)) {
        push!(out, "CREATE DATABASE IF NOT EXISTS {}", quote_identifier(model.engine.name, &schema.name));
        if let Some(character_set) = &schema.character_set {
            push!(out, " CHARACTER SET {character_set}");
        }
        if let Some(collation) = &schema.collation {
            push!(out, " COLLATE {collation}");
        }
        out.push_str(";\n\n");
    }
}

fn create_collation(engine: EngineName, name: &str, collation: &Collation) -> String {
    let quoted = |text: &str| quote_literal(engine, text);
    let mut options = vec![format!("provider = {}", collation.provider)];
    match (&collation.locale, &collation.character_type) {
        (Some(locale), None) => options.push(format!("locale = {}", quoted(locale))),
        (locale, kind) => {
            options.extend(locale.as_ref().map(|locale| format!("lc_collate = {}", quoted(locale))));
            options.extend(kind.as_ref().map(|kind| format!("lc_ctype = {}", quoted(kind))));
        }
    }
    options.extend((!collation.deterministic).then(|| "deterministic = false".to_owned()));
    options.extend(collation.rules.as_ref().map(|rules| format!("rules = {}", quoted(rules))));
    format!("CREATE COLLATION {name} ({})", options.join(", "))
}

/// Types (PostgreSQL) and sequences.
pub(super) fn types<'m>(items: &mut Vec<Item<'m>>, model: &Model, schema: &'m Schema) {
    let engine = model.engine.name;
    let of = |name: &str| name_in(model, &schema.name, name);
    let mut add = |name: &str, texts: Vec<&'m str>, statement: String| {
        let name = QualifiedName::new(&schema.name, name);
        items.push(Item { name, needs: Vec::new(), texts, statement });
    };
    for entry in &schema.enums {
        let labels: Vec<String> = entry.labels.iter().map(|label| quote_literal(engine, label)).collect();
        let statement = format!("CREATE TYPE {} AS ENUM ({})", of(&entry.name), labels.join(", "));
        add(&entry.name, Vec::new(), statement);
    }
    for composite in &schema.composite_types {
        let texts = composite.fields.iter().map(|field| field.data_type.as_str()).collect();
        add(&composite.name, texts, create_composite(engine, &of(&composite.name), composite));
    }
    for range in &schema.range_types {
        let multirange = range.multirange.as_ref().map(|name| format!(", multirange_type_name = {}", of(name)));
        let statement = format!(
            "CREATE TYPE {} AS RANGE (subtype = {}{})",
            of(&range.name),
            range.subtype,
            multirange.unwrap_or_default()
        );
        add(&range.name, vec![&range.subtype], statement);
    }
    for domain in &schema.domains {
        let mut texts = vec![domain.base_type.as_str()];
        texts.extend(domain.default.as_deref());
        texts.extend(domain.checks.iter().map(|check| check.expression.as_str()));
        add(&domain.name, texts, create_domain(engine, &of(&domain.name), domain));
    }
    // An identity column makes its own.
    let identity = |sequence: &Sequence| sequence.owned_by.as_ref().is_some_and(|owner| owner.identity);
    for sequence in schema.sequences.iter().filter(|sequence| !identity(sequence)) {
        add(&sequence.name, Vec::new(), create_sequence(engine, &of(&sequence.name), sequence));
    }
}

pub(super) fn create_sequence(engine: EngineName, name: &str, sequence: &Sequence) -> String {
    // Versions of MariaDB that have this type only have no word for it.
    let plain = engine == EngineName::MariaDb && sequence.data_type == "bigint";
    let data_type = if plain { String::new() } else { format!(" AS {}", sequence.data_type) };
    let options = if engine == EngineName::PostgreSql && counts_plainly(sequence) {
        String::new()
    } else {
        sequence_options(sequence)
    };
    let mut statement = format!("CREATE SEQUENCE {name}{data_type}{options}");
    if let Some(comment) = sequence.comment.as_ref().filter(|_| engine == EngineName::MariaDb) {
        push!(statement, " COMMENT={}", quote_literal(engine, comment));
    }
    statement
}

/// What gives a sequence to its column, with which it is dropped.
pub(super) fn own_sequence(model: &Model, schema: &str, sequence: &Sequence) -> Option<String> {
    let owner = sequence.owned_by.as_ref().filter(|owner| !owner.identity)?;
    Some(format!(
        "ALTER SEQUENCE {} OWNED BY {}.{}",
        name_in(model, schema, &sequence.name),
        model.name_in_statements(&owner.table),
        quote_identifier(model.engine.name, &owner.column)
    ))
}

fn create_composite(engine: EngineName, name: &str, composite: &CompositeType) -> String {
    let field = |field: &Field| {
        let collation = field.collation.as_ref().map(|name| format!(" COLLATE {}", collation_name(engine, name)));
        format!("{} {}{}", quote_identifier(engine, &field.name), field.data_type, collation.unwrap_or_default())
    };
    let fields: Vec<String> = composite.fields.iter().map(field).collect();
    format!("CREATE TYPE {name} AS ({})", fields.join(", "))
}

fn create_domain(engine: EngineName, name: &str, domain: &Domain) -> String {
    let mut out = format!("CREATE DOMAIN {name} AS {}", domain.base_type);
    if let Some(collation) = &domain.collation {
        push!(out, " COLLATE {}", collation_name(engine, collation));
    }
    if let Some(default) = &domain.default {
        push!(out, " DEFAULT {default}");
    }
    if domain.not_null {
        out.push_str(" NOT NULL");
    }
    for check in domain.checks.iter().filter(|check| check.validated) {
        push!(out, " CONSTRAINT {} CHECK ({})", quote_identifier(engine, &check.name), check.expression);
    }
    for check in domain.checks.iter().filter(|check| !check.validated) {
        let constraint = quote_identifier(engine, &check.name);
        push!(out, ";\nALTER DOMAIN {name} ADD CONSTRAINT {constraint} CHECK ({}) NOT VALID", check.expression);
    }
    out
}

/// Whether a sequence of PostgreSQL counts as one for which nothing is said: from one, by one, up to what its type holds.
pub(super) fn counts_plainly(sequence: &Sequence) -> bool {
    let maximum = match sequence.data_type.as_str() {
        "smallint" => i128::from(i16::MAX),
        "integer" => i128::from(i32::MAX),
        _ => i128::from(i64::MAX),
    };
    let plain = (sequence.start, sequence.increment, sequence.minimum, sequence.cache, sequence.cycle);
    plain == (1, 1, 1, 1, false) && sequence.maximum == maximum
}

/// How a sequence counts.
pub(super) fn sequence_options(sequence: &Sequence) -> String {
    format!(
        " INCREMENT BY {} MINVALUE {} MAXVALUE {} START WITH {} CACHE {}{}",
        sequence.increment,
        sequence.minimum,
        sequence.maximum,
        sequence.start,
        sequence.cache,
        if sequence.cycle { " CYCLE" } else { "" }
    )
}

/// Functions whose text the model has (PostgreSQL).
pub(super) fn functions<'m>(items: &mut Vec<Item<'m>>, left_out: &mut LeftOut, model: &Model, schema: &'m Schema) {
    for function in &schema.functions {
        let statement = Some(function).filter(|_| model.engine.name == EngineName::PostgreSql);
        let Some(statement) = statement.and_then(|function| create_function(model, schema, function)) else {
            left_out.add(kind(function), 1);
            continue;
        };
        let mut texts = vec![function.arguments.as_str()];
        texts.extend(function.result.as_deref());
        // Bodies that are kept as text are looked at when they run; these are looked at now.
        if is_parsed(function) || function.kind == FunctionKind::Aggregate {
            texts.extend(function.body.as_deref());
        }
        let name = QualifiedName::new(&schema.name, &function.name);
        items.push(Item { name, needs: Vec::new(), texts, statement });
    }
}

fn kind(function: &Function) -> &'static str {
    match function.kind {
        FunctionKind::Procedure => "procedure",
        FunctionKind::Aggregate => "aggregate",
        FunctionKind::Function | FunctionKind::Window => "function",
        FunctionKind::Package | FunctionKind::PackageBody => "part of a package",
    }
}

/// Whether the body is one in standard SQL.
fn is_parsed(function: &Function) -> bool {
    function.language == "sql"
        && function.body.as_deref().map(str::trim_start).is_some_and(|body| {
            let starts = |word: &str| body.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word));
            starts("BEGIN ATOMIC") || starts("RETURN ")
        })
}

fn create_function(model: &Model, schema: &Schema, function: &Function) -> Option<String> {
    let engine = model.engine.name;
    let body = function.body.as_deref()?;
    let name = name_in(model, &schema.name, &function.name);
    if function.kind == FunctionKind::Aggregate {
        let parallel =
            function.parallel.as_ref().map(|parallel| format!(", PARALLEL = {parallel}")).unwrap_or_default();
        return Some(format!("CREATE AGGREGATE {name}({}) ({body}{parallel})", function.arguments));
    }
    let word = if function.kind == FunctionKind::Procedure { "PROCEDURE" } else { "FUNCTION" };
    let mut out = format!("CREATE {word} {name}({})", function.arguments);
    if let Some(result) = function.result.as_ref().filter(|_| function.kind != FunctionKind::Procedure) {
        push!(out, " RETURNS {result}");
    }
    push!(out, "\nLANGUAGE {}", quote_identifier(engine, &function.language));
    if function.kind != FunctionKind::Procedure {
        if function.kind == FunctionKind::Window {
            out.push_str(" WINDOW");
        }
        if let Some(volatility) = &function.volatility {
            push!(out, " {}", volatility.to_uppercase());
        }
        if function.strict {
            out.push_str(" STRICT");
        }
        if function.leakproof {
            out.push_str(" LEAKPROOF");
        }
        if let Some(parallel) = &function.parallel {
            push!(out, " PARALLEL {}", parallel.to_uppercase());
        }
        if let Some(cost) = function.cost {
            push!(out, " COST {cost}");
        }
        if let Some(rows) = function.rows {
            push!(out, " ROWS {rows}");
        }
    }
    if function.security_definer {
        out.push_str(" SECURITY DEFINER");
    }
    for setting in &function.settings {
        let (name, value) = setting.split_once('=').unwrap_or((setting, ""));
        // A list of names is one already, quoted where it has to be.
        let list =
            matches!(name, "search_path" | "temp_tablespaces" | "session_preload_libraries") && !value.is_empty();
        let value = if list { value.to_owned() } else { quote_literal(engine, value) };
        push!(out, "\nSET {} TO {value}", quote_setting(engine, name));
    }
    if is_parsed(function) {
        push!(out, "\n{}", body.trim().trim_end_matches(';'));
    } else {
        push!(out, "\nAS {}", dollar_quoted(body));
    }
    Some(out)
}

/// A setting of an extension has a dot in its name.
fn quote_setting(engine: EngineName, name: &str) -> String {
    name.split('.').map(|part| quote_identifier(engine, part)).collect::<Vec<_>>().join(".")
}

/// A text between tags that it does not hold.
fn dollar_quoted(text: &str) -> String {
    let mut tag = "$".to_owned();
    let mut word = "function".to_owned();
    while text.contains(&format!("{tag}$")) || text.ends_with('$') && tag == "$" {
        tag = format!("${word}");
        word.push('_');
    }
    format!("{tag}${text}{tag}$")
}

/// Views with the indexes of materialized ones.
pub(super) fn views<'m>(items: &mut Vec<Item<'m>>, left_out: &mut LeftOut, model: &Model, schema: &'m Schema) {
    for view in &schema.views {
        if view.broken.is_some() && model.engine.name.is_mysql_family() {
            left_out.add("view that does not open", 1);
            continue;
        }
        let Some(definition) = view.definition.as_deref() else {
            left_out.add("view whose query could not be seen", 1);
            continue;
        };
        let name = QualifiedName::new(&schema.name, &view.name);
        let mut statement = create_view(model, &model.name_in_statements(&name), view, definition);
        for index in &view.indexes {
            push!(statement, ";\n{}", create_index(model, &name, index));
        }
        items.push(Item { name, needs: view.reads.clone(), texts: vec![definition], statement });
    }
}

fn create_view(model: &Model, name: &str, view: &View, definition: &str) -> String {
    let definition = definition.trim().trim_end_matches(';');
    if definition.get(..7).is_some_and(|start| start.eq_ignore_ascii_case("create ")) {
        return definition.to_owned();
    }
    let engine = model.engine.name;
    let mut out = String::from("CREATE ");
    if engine.is_mysql_family() && view.security_invoker {
        out.push_str("SQL SECURITY INVOKER ");
    }
    let mut columns = String::new();
    if engine == EngineName::PostgreSql {
        // The query may give a name only by its own words, which a renamed column does not follow.
        let names: Vec<String> = view.columns.iter().map(|column| quote_identifier(engine, &column.name)).collect();
        if !names.is_empty() {
            columns = format!(" ({})", names.join(", "));
        }
    }
    push!(out, "{} {name}{columns}", if view.materialized { "MATERIALIZED VIEW" } else { "VIEW" });
    let mut options = view.options.clone();
    if view.security_invoker && engine == EngineName::PostgreSql {
        options.push("security_invoker=true".to_owned());
    }
    if !options.is_empty() {
        push!(out, " WITH ({})", options.join(", "));
    }
    push!(out, " AS\n{}", model.query_in_statements(definition));
    if let Some(check) = view.check_option.as_ref().filter(|_| !view.materialized) {
        push!(out, "\nWITH {} CHECK OPTION", check.to_uppercase());
    }
    out
}

/// Triggers, when everything that they name is there.
pub(super) fn triggers<'t>(out: &mut String, left_out: &mut LeftOut, model: &'t Model) {
    let engine = model.engine.name;
    let mut statements = Vec::new();
    let mut current = None;
    for schema in &model.schemas {
        let mut all: Vec<(&str, &str, &Trigger)> = Vec::new();
        let mut add =
            |schema, table, triggers: &'t [Trigger]| all.extend(triggers.iter().map(|it| (schema, table, it)));
        for table in &schema.tables {
            add(&schema.name, &table.name, &table.triggers);
            for (schema, partition) in table.partitioning.iter().flat_map(|it| it.all(&schema.name)) {
                add(schema, &partition.name, &partition.triggers);
            }
        }
        for view in &schema.views {
            add(&schema.name, &view.name, &view.triggers);
        }
        // Those of one moment and event run in the order in which they are made.
        all.sort_by_key(|(_, _, trigger)| trigger.order);
        for (schema, table, trigger) in all {
            if is_unseen(&trigger.definition) {
                left_out.add("trigger", 1);
                continue;
            }
            let mode = &trigger.sql_mode;
            if engine.is_mysql_family() && current.replace(mode) != Some(mode) {
                // A snapshot of an earlier version does not tell it.
                let mode = mode.as_ref().map_or_else(|| "DEFAULT".to_owned(), |mode| quote_literal(engine, mode));
                statements.push(format!("SET sql_mode = {mode}"));
            }
            statements.push(create_trigger(model, schema, table, trigger));
        }
        for statement in schema.sequences.iter().filter_map(|sequence| own_sequence(model, &schema.name, sequence)) {
            push!(out, "{statement};\n");
        }
    }
    if statements.is_empty() {
        return;
    }
    if engine.is_mysql_family() {
        push!(out, "\n{}", with_bodies(&["sql_mode"], &statements));
    } else {
        push!(out, "\n{};\n", statements.join(";\n"));
    }
}

/// Statements with bodies, some of which change these settings, which are put back (MySQL, MariaDB).
fn with_bodies(settings: &[&str], statements: &[String]) -> String {
    let keep: Vec<String> = settings.iter().map(|name| format!("@{name} = @@{name}")).collect();
    let put_back: Vec<String> = settings.iter().map(|name| format!("{name} = @{name}")).collect();
    // The client must not take a semicolon in a body for the end of the statement. A body can end with a comment, which its
    // line ends.
    format!(
        "SET {};\nDELIMITER ;;\n{}\n;;\nDELIMITER ;\nSET {};\n",
        keep.join(", "),
        statements.join("\n;;\n"),
        put_back.join(", ")
    )
}

fn create_trigger(model: &Model, schema: &str, table: &str, trigger: &Trigger) -> String {
    let engine = model.engine.name;
    let table = name_in(model, schema, table);
    let definition = trigger.definition.trim().trim_end_matches(';');
    if engine.is_mysql_family() {
        let name = name_in(model, schema, &trigger.name);
        let events = trigger.events.join(" OR ").to_uppercase();
        let timing = trigger.timing.to_uppercase();
        return format!("CREATE TRIGGER {name} {timing} {events} ON {table} FOR EACH ROW {definition}");
    }
    let state = match trigger.enabled {
        TriggerEnabled::Origin => return definition.to_owned(),
        TriggerEnabled::Always => "ENABLE ALWAYS",
        TriggerEnabled::Replica => "ENABLE REPLICA",
        TriggerEnabled::Disabled => "DISABLE",
    };
    format!("{definition};\nALTER TABLE {table} {state} TRIGGER {}", quote_identifier(engine, &trigger.name))
}

/// Scheduled events, each made in its time zone and SQL mode, which the server keeps with it (MySQL, MariaDB).
pub(super) fn events(out: &mut String, left_out: &mut LeftOut, model: &Model) {
    let engine = model.engine.name;
    let mut statements = Vec::new();
    let mut current = None;
    for schema in &model.schemas {
        for event in &schema.events {
            // A snapshot of an earlier version does not tell all of this.
            let (Some(schedule), Some(zone), Some(mode)) = (&event.schedule, &event.time_zone, &event.sql_mode) else {
                left_out.add("scheduled event", 1);
                continue;
            };
            if current.replace((zone, mode)) != Some((zone, mode)) {
                let (zone, mode) = (quote_literal(engine, zone), quote_literal(engine, mode));
                statements.push(format!("SET time_zone = {zone}, sql_mode = {mode}"));
            }
            statements.push(create_event(model, &name_in(model, &schema.name, &event.name), event, schedule, mode));
        }
    }
    if !statements.is_empty() {
        push!(
            out,
            "\n-- An event whose schedule is over when this runs is dropped at once, or disabled when it is to be preserved.\n{}",
            with_bodies(&["time_zone", "sql_mode"], &statements)
        );
    }
}

fn create_event(model: &Model, name: &str, event: &Event, schedule: &str, mode: &str) -> String {
    let engine = &model.engine;
    let state = match (event.enabled, event.disabled_on_replica) {
        (true, _) => "ENABLE",
        (false, false) => "DISABLE",
        (false, true) if engine.name == EngineName::MySql && engine.version_numbers() >= (8, 2, 0) => {
            "DISABLE ON REPLICA"
        }
        (false, true) => "DISABLE ON SLAVE",
    };
    let mut out = format!("CREATE EVENT {name} ON SCHEDULE {schedule}");
    if event.preserved {
        out.push_str(" ON COMPLETION PRESERVE");
    }
    push!(out, " {state}");
    if let Some(comment) = &event.comment {
        let literal = if mode.contains("NO_BACKSLASH_ESCAPES") {
            format!("'{}'", comment.replace('\'', "''"))
        } else {
            quote_literal(engine.name, comment)
        };
        push!(out, " COMMENT {literal}");
    }
    push!(out, " DO {}", event.body.trim().trim_end_matches(';'));
    out
}

/// Comments on what is no table (PostgreSQL).
pub(super) fn comments(out: &mut String, left_out: &mut LeftOut, model: &Model) {
    let engine = model.engine.name;
    if engine != EngineName::PostgreSql {
        return;
    }
    let quoted = |name: &str| quote_identifier(engine, name);
    let mut all: Vec<Option<String>> = Vec::new();
    for schema in &model.schemas {
        let of = |name: &str| name_in(model, &schema.name, name);
        all.push(comment(engine, &format!("SCHEMA {}", quoted(&schema.name)), schema.comment.as_ref()));
        let types = schema.enums.iter().map(|entry| (&entry.name, &entry.comment));
        let types = types.chain(schema.composite_types.iter().map(|entry| (&entry.name, &entry.comment)));
        for (name, text) in types.chain(schema.range_types.iter().map(|entry| (&entry.name, &entry.comment))) {
            all.push(comment(engine, &format!("TYPE {}", of(name)), text.as_ref()));
        }
        for domain in &schema.domains {
            all.push(comment(engine, &format!("DOMAIN {}", of(&domain.name)), domain.comment.as_ref()));
            for check in &domain.checks {
                let on = format!("CONSTRAINT {} ON DOMAIN {}", quoted(&check.name), of(&domain.name));
                all.push(comment(engine, &on, check.comment.as_ref()));
            }
        }
        for composite in &schema.composite_types {
            for field in &composite.fields {
                let on = format!("COLUMN {}.{}", of(&composite.name), quoted(&field.name));
                all.push(comment(engine, &on, field.comment.as_ref()));
            }
        }
        for collation in &schema.collations {
            all.push(comment(engine, &format!("COLLATION {}", of(&collation.name)), collation.comment.as_ref()));
        }
        for sequence in &schema.sequences {
            all.push(comment(engine, &format!("SEQUENCE {}", of(&sequence.name)), sequence.comment.as_ref()));
        }
        for function in &schema.functions {
            // Without its arguments a name says which one is meant only when no other has it.
            let alone = schema.functions.iter().filter(|other| other.name == function.name).count() == 1;
            if alone && function.body.is_some() {
                all.push(comment(engine, &format!("ROUTINE {}", of(&function.name)), function.comment.as_ref()));
            } else if function.comment.is_some() {
                left_out.add("comment on a function", 1);
            }
        }
        for view in &schema.views {
            let kind = if view.materialized { "MATERIALIZED VIEW" } else { "VIEW" };
            all.push(comment(engine, &format!("{kind} {}", of(&view.name)), view.comment.as_ref()));
            for column in &view.columns {
                let on = format!("COLUMN {}.{}", of(&view.name), quoted(&column.name));
                all.push(comment(engine, &on, column.comment.as_ref()));
            }
            for index in &view.indexes {
                all.push(comment(engine, &format!("INDEX {}", of(&index.name)), index.comment.as_ref()));
            }
        }
        let tables = schema.tables.iter().map(|table| (&table.name, &table.triggers));
        let views = schema.views.iter().map(|view| (&view.name, &view.triggers));
        for (table, trigger) in tables.chain(views).flat_map(|(name, all)| all.iter().map(move |it| (name, it))) {
            let on = format!("TRIGGER {} ON {}", quoted(&trigger.name), of(table));
            all.push(comment(engine, &on, trigger.comment.as_ref()));
        }
    }
    for statement in all.into_iter().flatten() {
        push!(out, "{statement};\n");
    }
}
