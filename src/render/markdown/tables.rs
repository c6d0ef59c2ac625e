//! One section a table.

use super::diagrams;
use super::escape::{
    code, fence, html_code, paragraph, push_cell, push_code, push_fence, push_header, push_html_code, push_text, table,
    text,
};
use super::page::{Joined, Page, codes, fold, number, sentence};
use super::portions::{self, Take};
use super::{foreign_keys, indexes, playbook, words};
use crate::model::{
    CheckConstraint, Column, DomainCheck, GeneratedStorage, IdentityMode, Index, Partition, Persistence, PolicyCommand,
    QualifiedName, TableKind, TableRef, Trigger, TriggerEnabled,
};
use crate::parallel;
use crate::render::ddl;
use crate::survey::{TableClass, singular_name};
use std::collections::{BTreeMap, HashMap};

/// Longest check or default that is written into a cell.
const LONGEST_IN_CELL: usize = 120;

/// Hands out every table, in order.
pub(super) fn write<E>(page: &Page<'_, '_>, take: &mut Take<'_, E>) -> Result<(), E> {
    let tables: Vec<TableRef<'_>> = page.report.tables.iter().collect();
    if tables.is_empty() {
        return take("No evidence of tables.");
    }
    if tables.len() > diagrams::ONE_DIAGRAM {
        let links: Vec<&str> = tables.iter().map(|table| page.link(table.id)).collect();
        take(&format!(
            "<details><summary>All {} tables</summary>\n\n{}\n\n</details>\n\n",
            links.len(),
            links.join(" · ")
        ))?;
    }
    let entities = entities(&tables);
    let tables: Vec<_> = tables.into_iter().zip(&entities).collect();
    portions::write(&tables, BATCH, tables.len(), take, |batch, out| {
        let mut conditions = words::Conditions::default();
        for (table, entity) in batch {
            definition(page, *table, entity, &mut conditions, out);
        }
    })
}

/// Tables that are described one after the other: enough to be worth handing out, and few enough that memory is used again
/// soon.
const BATCH: usize = 25;

/// Everything about each table, in order.
pub(super) fn definitions(page: &Page<'_, '_>) -> Vec<String> {
    let tables: Vec<TableRef<'_>> = page.report.tables.iter().collect();
    let entities = entities(&tables);
    let tables: Vec<_> = tables.into_iter().zip(&entities).collect();
    parallel::map(&tables, tables.len(), |(table, entity)| {
        let mut out = String::new();
        definition(page, *table, entity, &mut words::Conditions::default(), &mut out);
        out
    })
}

/// What a row of each table is called. The words of names recur.
fn entities(tables: &[TableRef<'_>]) -> Vec<String> {
    let mut known = HashMap::new();
    tables.iter().map(|table| entity_name(&table.table.name, &mut known)).collect()
}

/// Everything about one table.
fn definition<'m>(
    page: &Page<'_, '_>,
    table: TableRef<'m>,
    entity: &str,
    conditions: &mut words::Conditions<'m>,
    out: &mut String,
) {
    let name = page.names.table(table.id);
    push!(out, "<a name=\"t-{}\"></a>\n\n", page.slug(table.id));
    out.push_str("### ");
    push_text(out, entity);
    out.push_str(" (");
    push_code(out, name);
    out.push_str(")\n\n");
    if let Some(comment) = page.report.table_comment(table) {
        out.push_str(&paragraph(comment));
        out.push_str("\n\n");
    }
    out.push_str(&facts(page, table));
    out.push_str("\n\n");
    let engine = page.report.model.engine.name;
    let checks = table.table.check_constraints.iter().filter(|check| !check.automatic);
    let checks = checks.map(|check| (check, conditions.of(engine, table.table, &check.expression)));
    let checks: Vec<Said<'_>> = checks.collect();
    columns(page, table, &checks, out);
    out.push('\n');
    indexes::of_table(page, table, out);
    foreign_keys::of_table(page, table, out);
    out.push_str(&foreign_keys::referenced_by(page, table));
    out.push_str(&key_comments(table));
    constraints(table, &checks, out);
    out.push_str(&triggers(table));
    out.push_str(&policies(table));
    out.push_str(&partitions(page, table));
    diagrams::neighbourhood(page, table.id, out);
    playbook::notes(page, table, out);
    if page.is_split() {
        out.push_str(&playbook::of_table(page, table));
    }
    create_table(page, table, out);
}

/// A check that a person wrote, and what it demands in words, where that is understood.
type Said<'m> = (&'m CheckConstraint, Option<String>);

/// `order_items` is `OrderItem`.
fn entity_name(name: &str, known: &mut HashMap<String, String>) -> String {
    let is_word = |character: char| character.is_ascii_alphanumeric() || character == '_';
    if name.is_empty() || !name.chars().all(is_word) {
        return name.to_owned();
    }
    let mut words: Vec<&str> = name.split('_').filter(|word| !word.is_empty()).collect();
    let last = words.pop().unwrap_or(name);
    let last = known
        .entry(last.to_owned())
        .or_insert_with(|| {
            if last.len() > 3 && last.bytes().all(|byte| byte.is_ascii_alphabetic()) {
                singular_name(last)
            } else {
                last.to_owned()
            }
        })
        .clone();
    words
        .into_iter()
        .chain([last.as_str()])
        .map(|word| {
            let (first, rest) = word.split_at(word.chars().next().map_or(0, char::len_utf8));
            format!("{}{rest}", first.to_ascii_uppercase())
        })
        .collect()
}

/// What kind of table it is, in one line.
fn facts(page: &Page<'_, '_>, table: TableRef<'_>) -> String {
    let survey = &page.report.survey;
    let kind = match table.table.kind {
        TableKind::Table => "Table",
        TableKind::Partitioned => "Partitioned table",
        TableKind::Foreign => "Foreign table",
        TableKind::Virtual => "Virtual table",
    };
    let class = match survey.class(table.id) {
        _ if table.table.kind == TableKind::Virtual => {
            indexes::virtual_index(table.table).unwrap_or("shown by a module")
        }
        TableClass::Entity => "entity",
        TableClass::Clone if table.table.is_inheriting() => "part of a table by inheritance",
        TableClass::Junction => "junction of other tables",
        TableClass::Lookup => "lookup of codes",
        TableClass::Log => "log, append-only",
        TableClass::Clone => "copy or archive",
        TableClass::ThirdParty => "belongs to a library",
    };
    let mut facts = vec![kind.to_owned(), class.to_owned()];
    facts.push(number(table.table.columns.len(), "column", "columns"));
    let name = table.qualified_name();
    if let Ok(at) = survey.soft_deletes.binary_search_by(|entry| entry.table.cmp(&name)) {
        facts.push(format!("soft-deleted by {}", code(&survey.soft_deletes[at].column)));
    }
    if table.table.persistence == Persistence::Unlogged {
        facts.push("unlogged: empty after a crash".to_owned());
    }
    if table.table.row_security {
        facts.push(if table.table.force_row_security { "row security, forced" } else { "row security" }.to_owned());
    }
    if table.table.system_versioned {
        facts.push("system-versioned".to_owned());
    }
    if table.table.without_rowid {
        facts.push("without rowid".to_owned());
    }
    if table.table.strict {
        facts.push("strict types".to_owned());
    }
    facts.extend(table.table.storage_engine.iter().map(|engine| format!("engine {}", code(engine))));
    facts.extend(table.table.collation.iter().map(|collation| format!("collation {}", code(collation))));
    facts.extend(table.table.of_type.iter().map(|of_type| format!("of type {}", code(of_type))));
    let said = table.table.foreign_source_comment.as_deref().map(|comment| format!(" ({})", text(comment)));
    let said = said.unwrap_or_default();
    facts.extend(table.table.foreign_source.iter().map(|source| format!("from {}{said}", code(source))));
    facts.extend(table.table.replica_identity.iter().map(|identity| format!("replica identity {}", code(identity))));
    if let Some(inheritance) = &table.table.inheritance {
        let parents: Vec<String> = inheritance.parents.iter().map(|parent| page.link_to(parent)).collect();
        let children: Vec<String> = inheritance.children.iter().map(|child| page.link_to(child)).collect();
        if !parents.is_empty() {
            facts.push(format!("inherits {}", parents.join(", ")));
        }
        if !children.is_empty() {
            facts.push(format!("inherited by {}", children.join(", ")));
        }
    }
    if !table.table.options.is_empty() {
        facts.push(format!("options {}", codes(&table.table.options)));
    }
    format!("*{}*", facts.join(" · "))
}

fn columns(page: &Page<'_, '_>, table: TableRef<'_>, checks: &[Said<'_>], out: &mut String) {
    if table.table.columns.is_empty() {
        return out.push_str("The table has no columns.\n");
    }
    let unique = table.table.indexes.iter().filter(|index| index.guarantees_unique() && !index.primary);
    let unique: Vec<UniqueKey<'_>> = unique.filter_map(|index| Some((index, index.plain_columns()?))).collect();
    let comment = |column| page.report.column_comment(table, column);
    let with_comments = table.table.columns.iter().any(|column| comment(column).is_some());
    let mut header = vec!["Column", "Type", "Nullable", "Default", "Constraints"];
    if with_comments {
        header.push("Comment");
    }
    push_header(out, &header);
    for column in &table.table.columns {
        let nullable = if column.nullable {
            if column.not_null_unvalidated { "YES (NOT NULL not validated)" } else { "YES" }
        } else {
            "NO"
        };
        out.push('|');
        push_cell(out, |out| push_code(out, &column.name));
        push_cell(out, |out| {
            if !column.data_type.is_empty() {
                push_code(out, &column.data_type);
            }
        });
        push_cell(out, |out| out.push_str(nullable));
        push_cell(out, |out| default(page, column, out));
        push_cell(out, |out| column_constraints(page, table, column, checks, &unique, out));
        if with_comments {
            push_cell(out, |out| push_text(out, comment(column).unwrap_or_default()));
        }
        out.push('\n');
    }
}

/// A unique key with its columns.
type UniqueKey<'m> = (&'m Index, Vec<&'m str>);

fn default(page: &Page<'_, '_>, column: &Column, out: &mut String) {
    if let Some(generated) = &column.generated {
        let storage = match generated.storage {
            GeneratedStorage::Stored => "stored",
            GeneratedStorage::Virtual => "virtual",
            GeneratedStorage::RowStart => return out.push_str("row start"),
            GeneratedStorage::RowEnd => return out.push_str("row end"),
        };
        return push!(out, "{} ({storage})", short(&generated.expression));
    }
    if let Some(identity) = &column.identity {
        return out.push_str(match identity.mode {
            IdentityMode::Always => "identity, always",
            IdentityMode::ByDefault => "identity, by default",
        });
    }
    let mut parts = Joined::new(out, ", ");
    if let Some(default) = &column.default {
        match &default.sequence {
            Some(sequence) => {
                let out = parts.next();
                out.push_str("next of ");
                push_code(out, &sequence.name);
            }
            None => push_short(parts.next(), &default.expression),
        }
    } else if let Some(domain) = page.report.model.domains_of(column).next()
        && let Some(default) = &domain.default
    {
        push!(parts.next(), "{} by its domain", short(default));
    }
    if column.auto_increment {
        parts.next().push_str("auto-increment");
    }
    if column.rowid_alias {
        parts.next().push_str("rowid");
    }
    if let Some(expression) = &*column.on_update {
        push!(parts.next(), "on update {}", short(expression));
    }
}

/// A label of an enumerated type, which may be empty.
pub(super) fn shown_label(label: &str) -> &str {
    if label.is_empty() { "(empty)" } else { label }
}

/// Code, cut when it is too long for a cell.
fn short(expression: &str) -> String {
    let mut out = String::new();
    push_short(&mut out, expression);
    out
}

/// Writes code, cut when it is too long for a cell.
fn push_short(out: &mut String, expression: &str) {
    let is_long = expression.len() > LONGEST_IN_CELL;
    match expression.char_indices().nth(LONGEST_IN_CELL).filter(|_| is_long) {
        None => push_code(out, expression),
        Some((end, _)) => {
            push_code(out, &expression[..end]);
            out.push_str(" …");
        }
    }
}

/// What a unique index demands of one of its columns: `` UNIQUE with `tenant_id` ``.
fn unique((index, columns): &UniqueKey<'_>, column: &str) -> Option<String> {
    if !columns.contains(&column) {
        return None;
    }
    let others: Vec<&str> = columns.iter().copied().filter(|other| *other != column).collect();
    let with = if others.is_empty() { String::new() } else { format!(" with {}", codes(&others)) };
    let rows = index.predicate.as_deref().map(|predicate| format!(" where {}", short(predicate))).unwrap_or_default();
    Some(format!("UNIQUE{with}{rows}"))
}

/// Why rows need not be as a check demands.
fn held(enforced: bool, validated: bool) -> &'static str {
    match (enforced, validated) {
        (false, _) => " (not enforced)",
        (true, false) => " (not validated)",
        (true, true) => "",
    }
}

/// What a column's domain demands beside being there, which the column says itself.
fn of_domain(page: &Page<'_, '_>, column: &Column) -> Vec<String> {
    let model = page.report.model;
    let rule = |check: &DomainCheck| {
        let said = words::of_value(model.engine.name, &check.expression);
        let said = said.filter(|said| said.chars().count() <= LONGEST_IN_CELL);
        let said = said.unwrap_or_else(|| format!("CHECK {}", short(&check.expression)));
        format!("{said} by its domain{}", held(true, check.validated))
    };
    model.domains_of(column).flat_map(|domain| &domain.checks).map(rule).collect()
}

fn column_constraints(
    page: &Page<'_, '_>,
    table: TableRef<'_>,
    column: &Column,
    checks: &[Said<'_>],
    unique_keys: &[UniqueKey<'_>],
    out: &mut String,
) {
    let mut parts = Joined::new(out, "; ");
    if let Some(key) = &table.table.primary_key
        && key.columns.contains(&column.name)
    {
        parts.next().push_str(if key.columns.len() == 1 { "PRIMARY KEY" } else { "PRIMARY KEY (composite)" });
    }
    if let Some(comment) = &*column.not_null_comment {
        push!(parts.next(), "NOT NULL ({})", text(comment));
    }
    let mut rules: Vec<String> = unique_keys.iter().filter_map(|key| unique(key, &column.name)).collect();
    rules.sort_unstable();
    rules.dedup();
    for rule in rules {
        parts.next().push_str(&rule);
    }
    let keys = table.table.foreign_keys.iter().filter(|key| key.columns.contains(&column.name));
    let mut parents: Vec<&QualifiedName> = Vec::new();
    for parent in keys.map(|key| &key.referenced_table) {
        // Several keys may lead to one table.
        if !parents.contains(&parent) {
            parents.push(parent);
            let out = parts.next();
            out.push_str("FK → ");
            page.push_link_to(out, parent);
        }
    }
    for (check, said) in checks.iter().filter(|(check, _)| check.columns == [column.name.as_str()]) {
        let said = said.as_deref().and_then(|said| words::about_column(&column.name, said));
        let out = parts.next();
        if let Some(said) = said.filter(|said| said.chars().count() <= LONGEST_IN_CELL) {
            out.push_str(said);
        } else {
            push!(out, "CHECK {}", short(&check.expression));
        }
        out.push_str(held(check.enforced, check.validated));
    }
    for rule in of_domain(page, column) {
        parts.next().push_str(&rule);
    }
    if let Some(collation) = &*column.collation
        && table.table.collation.as_ref() != Some(collation)
        // In MariaDB the type is a text with this collation.
        && !(column.data_type == "json" && collation == "utf8mb4_bin")
    {
        push!(parts.next(), "COLLATE {}", code(collation));
    }
    if let Some(user_type) = &column.user_type
        && let Some(schema) = page.report.model.schemas.iter().find(|schema| schema.name == user_type.schema)
        && let Some(labels) = schema.enums.iter().find(|labels| labels.name == user_type.name)
    {
        let labels: Vec<&str> = labels.labels.iter().map(|label| shown_label(label)).collect();
        push!(parts.next(), "one of {}", short(&labels.join(", ")));
    }
    if column.invisible {
        parts.next().push_str("invisible");
    }
    if column.system_generated {
        parts.next().push_str("added by the server");
    }
    if column.inherited {
        parts.next().push_str("inherited");
    }
}

/// Comments on keys, which the columns themselves show.
fn key_comments(table: TableRef<'_>) -> String {
    let primary = table.table.primary_key.iter().map(|key| (&key.name, &key.columns, &key.comment));
    let unique = table.table.unique_constraints.iter().map(|key| (&key.name, &key.columns, &key.comment));
    let lines = primary.chain(unique).filter_map(|(name, columns, comment)| {
        let name = name.as_deref().map_or_else(|| format!("({})", codes(columns)), code);
        Some(format!("- {name} — {}\n", text(comment.as_deref()?)))
    });
    let lines: String = lines.collect();
    if lines.is_empty() { String::new() } else { format!("**Keys:**\n\n{lines}\n") }
}

fn constraints(table: TableRef<'_>, checks: &[Said<'_>], out: &mut String) {
    if checks.is_empty() && table.table.exclusion_constraints.is_empty() {
        return;
    }
    out.push_str("**Checks:**\n\n");
    for (check, said) in checks {
        let mut facts = Vec::new();
        if !check.enforced {
            facts.push("not enforced");
        } else if !check.validated {
            facts.push("not validated");
        }
        if check.no_inherit {
            facts.push("not inherited");
        }
        let facts = if facts.is_empty() { String::new() } else { format!(" ({})", facts.join(", ")) };
        let name = check.name.as_deref().map_or_else(|| "unnamed".to_owned(), code);
        let comment = check.comment.as_deref().map(|comment| format!(" — {}", text(comment))).unwrap_or_default();
        push!(out, "- {name}: ");
        if let Some(said) = said {
            push!(out, "{said}: ");
        }
        push_code(out, &check.expression);
        push!(out, "{facts}{comment}\n");
    }
    for exclusion in &table.table.exclusion_constraints {
        let comment = exclusion.comment.as_deref().map(|comment| format!(" — {}", text(comment))).unwrap_or_default();
        let (name, said) = (code(&exclusion.name), indexes::excluded(exclusion));
        push!(out, "- {name}: {said}: {}{comment}\n", code(&exclusion.definition));
    }
    out.push('\n');
}

fn triggers(table: TableRef<'_>) -> String {
    if table.table.triggers.is_empty() && table.table.rules.is_empty() {
        return String::new();
    }
    let mut out = String::from("**Triggers:**\n\n");
    for trigger in &table.table.triggers {
        push!(out, "- {}\n", trigger_line(trigger));
    }
    for rule in &table.table.rules {
        let how = if rule.instead { "instead of" } else { "also on" };
        let comment = rule.comment.as_deref().map(|comment| format!(" — {}", text(comment))).unwrap_or_default();
        push!(out, "- rewrite rule {} {how} {}{comment}\n", code(&rule.name), text(&rule.event));
    }
    out.push('\n');
    out.push_str(&trigger_code(&table.table.triggers));
    out
}

/// The code of triggers, with the conditions on which they run, where their lines do not say it all.
pub(super) fn trigger_code(triggers: &[Trigger]) -> String {
    let says_more = |trigger: &&Trigger| {
        let definition = trigger.definition.trim();
        let whole = trigger.function.is_some() && !trigger.constraint && definition.ends_with("()");
        let more = [" WHEN (", " REFERENCING "].iter().any(|word| definition.contains(word));
        !definition.is_empty() && (!whole || more)
    };
    let mut out = String::new();
    for trigger in triggers.iter().filter(says_more) {
        push!(
            out,
            "<details><summary>Code of trigger {}</summary>\n\n{}\n</details>\n\n",
            html_code(&trigger.name),
            fence("sql", trigger.definition.trim())
        );
    }
    out
}

pub(super) fn trigger_line(trigger: &Trigger) -> String {
    let events = trigger.events.join(" or ");
    let each = if trigger.for_each_row { "each row" } else { "each statement" };
    let kind = if trigger.constraint { "constraint trigger, " } else { "" };
    let mut line = format!("{}: {kind}{} {} of {each}", code(&trigger.name), text(&trigger.timing), text(&events));
    if !trigger.update_columns.is_empty() {
        push!(line, ", for {}", codes(&trigger.update_columns));
    }
    if let Some(order) = trigger.order {
        push!(line, ", number {order} of its moment");
    }
    if let Some(function) = &trigger.function {
        push!(line, ", runs {}", code(&function.name));
    }
    line.push_str(match trigger.enabled {
        TriggerEnabled::Origin => "",
        TriggerEnabled::Always => " (always)",
        TriggerEnabled::Replica => " (only in replication sessions)",
        TriggerEnabled::Disabled => " (disabled)",
    });
    if let Some(comment) = &trigger.comment {
        push!(line, " — {}", text(comment));
    }
    line
}

fn policies(of: TableRef<'_>) -> String {
    if of.table.policies.is_empty() {
        return String::new();
    }
    let rows: Vec<Vec<String>> = of
        .table
        .policies
        .iter()
        .map(|policy| {
            let command = match policy.command {
                PolicyCommand::All => "ALL",
                PolicyCommand::Select => "SELECT",
                PolicyCommand::Insert => "INSERT",
                PolicyCommand::Update => "UPDATE",
                PolicyCommand::Delete => "DELETE",
            };
            vec![
                code(&policy.name),
                command.to_owned(),
                if policy.permissive { "permissive" } else { "restrictive" }.to_owned(),
                codes(&policy.roles),
                policy.using.as_deref().map(code).unwrap_or_default(),
                policy.with_check.as_deref().map(code).unwrap_or_default(),
            ]
        })
        .collect();
    let header = ["Name", "Command", "Kind", "Roles", "USING", "WITH CHECK"];
    let comments = of
        .table
        .policies
        .iter()
        .filter_map(|policy| Some(format!("- {} — {}\n", code(&policy.name), text(policy.comment.as_deref()?))));
    let comments: String = comments.collect();
    let comments = if comments.is_empty() { comments } else { format!("{comments}\n") };
    format!("**Policies:**\n\n{}\n{comments}", table(&header, &rows))
}

fn partitions(page: &Page<'_, '_>, of: TableRef<'_>) -> String {
    let Some(partitioning) = &of.table.partitioning else { return String::new() };
    let all = partitioning.all(&of.schema.name);
    let bound = |partition: Option<&Partition>| {
        partition.map(|partition| match &partition.bound {
            Some(bound) => format!("{} {}", code(&partition.name), code(bound)),
            None => code(&partition.name),
        })
    };
    // What takes the rest has no bound of its own, and the newest one is looked for.
    let (rest, bounded): (Vec<&Partition>, Vec<&Partition>) =
        partitioning.partitions.iter().partition(|partition| partition.takes_the_rest());
    let cells = vec![
        text(&partitioning.strategy),
        code(&partitioning.shown_key()),
        match all.len() - partitioning.partitions.len() {
            0 => partitioning.partitions.len().to_string(),
            below => format!("{}, and {below} below them", partitioning.partitions.len()),
        },
        bound(bounded.first().copied()).unwrap_or_default(),
        bound(bounded.last().copied()).unwrap_or_default(),
    ];
    let mut out = format!("**Partitions:**\n\n{}\n", table(&["Strategy", "Key", "Count", "First", "Last"], &[cells]));
    if let Some(rest) = rest.first() {
        push!(out, "Rows that no other partition takes go to {}.\n\n", code(&rest.name));
    }
    if let Some(by) = &partitioning.subpartition_by {
        push!(out, "Each partition is divided again by {}.\n\n", code(by));
    }
    let mut below: BTreeMap<(&str, &str), Vec<String>> = BTreeMap::new();
    for (_, partition) in &all {
        if let Some(own) = &partition.partitioning {
            below.entry((&own.strategy, &own.key)).or_default().push(code(&partition.name));
        }
    }
    for ((strategy, key), names) in below {
        out.push_str(&fold(&format!("Divided again by {} over {}", text(strategy), code(key)), &names));
        out.push('\n');
    }
    let (mut properties, mut indexes, mut keys, mut references) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for (_, partition) in all {
        let on = code(&partition.name);
        let named = |name: &Option<String>| name.as_deref().map(|name| format!("{} ", code(name))).unwrap_or_default();
        properties.extend(own_properties(partition).into_iter().map(|property| format!("{property} on {on}")));
        indexes.extend(partition.local_indexes.iter().map(|index| format!("{} on {on}", code(&index.name))));
        for unique in &partition.unique_constraints {
            keys.push(format!("{}({}) on {on}", named(&unique.name), codes(&unique.columns)));
        }
        for exclusion in &partition.exclusion_constraints {
            keys.push(format!("{} {} on {on}", code(&exclusion.name), code(&exclusion.definition)));
        }
        for key in &partition.foreign_keys {
            references.push(format!(
                "{}({}) → {} ({}), ON DELETE {}{} on {on}",
                named(&key.name),
                codes(&key.columns),
                page.link_to(&key.referenced_table),
                codes(&key.referenced_columns),
                key.on_delete.sql(),
                if key.validated { "" } else { ", not validated," }
            ));
        }
        for check in &partition.check_constraints {
            let validated = if check.validated { "" } else { ", not validated," };
            references.push(format!("{}{}{validated} on {on}", named(&check.name), code(&check.expression)));
        }
    }
    let lists = [
        ("Properties of single partitions only", properties),
        ("Indexes that exist on single partitions only", indexes),
        ("Unique and exclusion constraints on single partitions only", keys),
        ("Foreign keys and checks on single partitions only", references),
    ];
    for (title, list) in lists.iter().filter(|(_, list)| !list.is_empty()) {
        out.push_str(&fold(title, list));
        out.push('\n');
    }
    out
}

/// What a partition does not have from its parent, beside indexes, keys and constraints.
fn own_properties(partition: &Partition) -> Vec<String> {
    let mut all = Vec::new();
    all.extend(partition.owner.as_ref().map(|owner| format!("owner {}", code(owner))));
    all.extend((partition.persistence == Persistence::Unlogged).then(|| "unlogged".to_owned()));
    all.extend(partition.storage_engine.as_ref().map(|method| format!("access method {}", code(method))));
    all.extend(partition.options.iter().map(|option| code(option)));
    all.extend(partition.replica_identity.as_ref().map(|identity| format!("replica identity {}", text(identity))));
    let security = if partition.force_row_security { "row security, forced" } else { "row security" };
    all.extend(partition.row_security.then(|| security.to_owned()));
    for column in &partition.columns {
        let null = if column.nullable { "can be NULL" } else { "NOT NULL" };
        let default = column
            .default
            .as_ref()
            .map_or_else(|| "no default".to_owned(), |default| format!("default {}", short(&default.expression)));
        let value = match &column.generated {
            Some(generated) => format!("generated as {}", short(&generated.expression)),
            None => default,
        };
        let comment = column.comment.as_deref().map(|comment| format!(" — {}", text(comment))).unwrap_or_default();
        all.push(format!("column {}: {null}, {value}{comment}", code(&column.name)));
    }
    all.extend(partition.triggers.iter().map(|trigger| format!("trigger {}", trigger_line(trigger))));
    for policy in &partition.policies {
        let using = policy.using.as_deref().map(|using| format!(" USING {}", short(using))).unwrap_or_default();
        let check = policy.with_check.as_deref().map(|it| format!(" WITH CHECK {}", short(it))).unwrap_or_default();
        all.push(format!("policy {}{using}{check}", code(&policy.name)));
    }
    all.extend(partition.rules.iter().map(|rule| format!("rule {} on {}", code(&rule.name), text(&rule.event))));
    all
}

fn create_table(page: &Page<'_, '_>, table: TableRef<'_>, out: &mut String) {
    let model = page.report.model;
    let mut sql = String::new();
    for statement in ddl::statements(model, page.report.tables, table) {
        sql.push_str(&statement);
        sql.push_str(";\n");
    }
    out.push_str("<details><summary>CREATE TABLE ");
    push_html_code(out, page.names.table(table.id));
    out.push_str("</summary>\n\n");
    push_fence(out, "sql", &sql);
    out.push_str("\n</details>\n\n");
}

/// A note that a person wrote or a rule gave, as a list item.
pub(super) fn item(raw: &str) -> String {
    format!("- {}\n", sentence(raw))
}
