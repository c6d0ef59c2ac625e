//! The schema as `CREATE` statements.
//!
//! Where the engine keeps or prints a statement, that is used; elsewhere it is written from the model. Bodies of functions
//! and triggers are not part of it.

use crate::model::quote::{qualified, quote_identifier, quote_list, quote_literal};
use crate::model::{
    Action, Column, Deferral, EngineName, ForeignKey, GeneratedStorage, IdentityMode, Index, KeyPart, MatchType,
    NullsOrder, Persistence, QualifiedName, Schema, Sequence, SortOrder, TableKind, TableRef, View,
};
use crate::report::Report;

/// The whole schema: types, tables, indexes, foreign keys, views, comments, in an order that can be run.
pub fn render(report: &Report<'_>) -> String {
    let model = report.model;
    let engine = model.engine.name;
    let mut out = String::new();
    for schema in &model.schemas {
        types(&mut out, engine, schema);
    }
    for table in report.tables.iter() {
        push!(out, "{};\n\n", create_table(engine, table, false));
    }
    for table in report.tables.iter() {
        for statement in indexes(engine, table) {
            push!(out, "{statement};\n");
        }
    }
    for table in report.tables.iter().filter(|table| table.table.definition.is_none()) {
        for key in &table.table.foreign_keys {
            let name = qualified(engine, &table.qualified_name());
            let valid = if key.validated || engine != EngineName::PostgreSql { "" } else { " NOT VALID" };
            push!(out, "ALTER TABLE {name} ADD {}{valid};\n", foreign_key(engine, key));
        }
    }
    for schema in &model.schemas {
        for view in &schema.views {
            out.push('\n');
            push!(out, "{};\n", create_view(engine, schema, view));
        }
    }
    if engine == EngineName::PostgreSql {
        for table in report.tables.iter() {
            comments(&mut out, engine, table);
        }
    }
    let left_out: usize = report.summary.functions + report.summary.triggers;
    if left_out > 0 {
        push!(
            out,
            "\n-- Left out: {} functions and procedures, {} triggers.\n",
            report.summary.functions,
            report.summary.triggers
        );
    }
    out
}

/// The statement that makes a table, without its final semicolon. The foreign keys are part of it when asked for.
pub(crate) fn create_table(engine: EngineName, table: TableRef<'_>, with_foreign_keys: bool) -> String {
    if let Some(definition) = &table.table.definition {
        return definition.trim().trim_end_matches(';').to_owned();
    }
    let mut lines: Vec<String> = table.table.columns.iter().map(|column| self::column(engine, column)).collect();
    if let Some(key) = &table.table.primary_key {
        let overlaps = if key.without_overlaps { " WITHOUT OVERLAPS" } else { "" };
        lines.push(format!(
            "{}PRIMARY KEY ({}{overlaps}){}",
            named(engine, key.name.as_deref().filter(|_| !engine.is_mysql_family())),
            quote_list(engine, &key.columns),
            deferral(key.deferral)
        ));
    }
    for unique in &table.table.unique_constraints {
        let nulls = if unique.nulls_not_distinct { " NULLS NOT DISTINCT" } else { "" };
        let overlaps = if unique.without_overlaps { " WITHOUT OVERLAPS" } else { "" };
        lines.push(format!(
            "{}UNIQUE{nulls} ({}{overlaps}){}",
            named(engine, unique.name.as_deref()),
            quote_list(engine, &unique.columns),
            deferral(unique.deferral)
        ));
    }
    for check in table.table.check_constraints.iter().filter(|check| !check.automatic) {
        let enforced = if check.enforced { "" } else { " NOT ENFORCED" };
        lines.push(format!("{}CHECK ({}){enforced}", named(engine, check.name.as_deref()), check.expression));
    }
    for exclusion in &table.table.exclusion_constraints {
        lines.push(format!("{}{}", named(engine, Some(&exclusion.name)), exclusion.definition));
    }
    if with_foreign_keys {
        lines.extend(table.table.foreign_keys.iter().map(|key| foreign_key(engine, key)));
    }
    let kind = match (table.table.kind, table.table.persistence) {
        (TableKind::Foreign, _) => "FOREIGN TABLE",
        (TableKind::Virtual, _) => "VIRTUAL TABLE",
        (_, Persistence::Unlogged) => "UNLOGGED TABLE",
        _ => "TABLE",
    };
    let name = qualified(engine, &table.qualified_name());
    let mut out = format!("CREATE {kind} {name} (\n  {}\n)", lines.join(",\n  "));
    if let Some(inheritance) = table.table.inheritance.as_ref().filter(|inheritance| !inheritance.parents.is_empty()) {
        let parents: Vec<String> = inheritance.parents.iter().map(|parent| qualified(engine, parent)).collect();
        push!(out, " INHERITS ({})", parents.join(", "));
    }
    if let Some(partitioning) = &table.table.partitioning {
        push!(out, " PARTITION BY {} ({})", partitioning.strategy.to_uppercase(), partitioning.key);
    }
    if engine.is_mysql_family() {
        if let Some(storage) = &table.table.storage_engine {
            push!(out, " ENGINE={storage}");
        }
        if let Some(collation) = &table.table.collation {
            push!(out, " COLLATE={collation}");
        }
        if let Some(comment) = &table.table.comment {
            push!(out, " COMMENT={}", quote_literal(engine, comment));
        }
    } else if !table.table.options.is_empty() {
        push!(out, " WITH ({})", table.table.options.join(", "));
    }
    out
}

/// The statements that make the indexes that no constraint makes.
pub(crate) fn indexes(engine: EngineName, table: TableRef<'_>) -> Vec<String> {
    // A statement of MySQL or MariaDB holds the indexes as well.
    if table.table.definition.is_some() && engine.is_mysql_family() {
        return Vec::new();
    }
    table
        .table
        .indexes
        .iter()
        .filter(|index| index.constraint.is_none() && !index.primary && !index.automatic && !index.exclusion)
        .map(|index| create_index(engine, &table.qualified_name(), index))
        .collect()
}

fn create_index(engine: EngineName, table: &QualifiedName, index: &Index) -> String {
    let special = match index.method.as_str() {
        "fulltext" if engine.is_mysql_family() => "FULLTEXT ",
        "spatial" if engine.is_mysql_family() => "SPATIAL ",
        _ if index.unique => "UNIQUE ",
        _ => "",
    };
    let method = match index.method.as_str() {
        "btree" | "" => String::new(),
        method if engine == EngineName::PostgreSql => format!(" USING {method}"),
        _ => String::new(),
    };
    let key: Vec<String> = index.key.iter().map(|part| key_part(engine, part)).collect();
    let mut out = format!(
        "CREATE {special}INDEX {} ON {}{method} ({})",
        quote_identifier(engine, &index.name),
        qualified(engine, table),
        key.join(", ")
    );
    if !index.include.is_empty() {
        push!(out, " INCLUDE ({})", quote_list(engine, &index.include));
    }
    if index.nulls_not_distinct {
        out.push_str(" NULLS NOT DISTINCT");
    }
    if !index.options.is_empty() && engine == EngineName::PostgreSql {
        push!(out, " WITH ({})", index.options.join(", "));
    }
    if let Some(predicate) = &index.predicate {
        push!(out, " WHERE {predicate}");
    }
    out
}

fn key_part(engine: EngineName, part: &KeyPart) -> String {
    let mut out = match (&part.column, &part.expression) {
        (Some(column), _) => quote_identifier(engine, column),
        (None, Some(expression)) => format!("({expression})"),
        (None, None) => String::new(),
    };
    if let Some(length) = part.prefix_length {
        push!(out, "({length})");
    }
    if let Some(collation) = &part.collation {
        push!(out, " COLLATE {}", collation_name(engine, collation));
    }
    if let Some(class) = &part.operator_class {
        push!(out, " {class}");
    }
    if part.order == SortOrder::Descending {
        out.push_str(" DESC");
    }
    match part.nulls {
        Some(NullsOrder::First) => out.push_str(" NULLS FIRST"),
        Some(NullsOrder::Last) => out.push_str(" NULLS LAST"),
        None => {}
    }
    out
}

fn column(engine: EngineName, column: &Column) -> String {
    let mut out = quote_identifier(engine, &column.name);
    if !column.data_type.is_empty() {
        push!(out, " {}", column.data_type);
    }
    if let Some(collation) = &column.collation {
        push!(out, " COLLATE {}", collation_name(engine, collation));
    }
    if let Some(generated) = &column.generated {
        match generated.storage {
            GeneratedStorage::Stored => push!(out, " GENERATED ALWAYS AS ({}) STORED", generated.expression),
            GeneratedStorage::Virtual => push!(out, " GENERATED ALWAYS AS ({}) VIRTUAL", generated.expression),
            GeneratedStorage::RowStart => out.push_str(" GENERATED ALWAYS AS ROW START"),
            GeneratedStorage::RowEnd => out.push_str(" GENERATED ALWAYS AS ROW END"),
        }
    }
    if !column.nullable {
        out.push_str(" NOT NULL");
    }
    if let Some(identity) = &column.identity {
        out.push_str(match identity.mode {
            IdentityMode::Always => " GENERATED ALWAYS AS IDENTITY",
            IdentityMode::ByDefault => " GENERATED BY DEFAULT AS IDENTITY",
        });
    }
    if let Some(default) = &column.default {
        push!(out, " DEFAULT {}", default.expression);
    }
    if let Some(expression) = &column.on_update {
        push!(out, " ON UPDATE {expression}");
    }
    if column.auto_increment && engine.is_mysql_family() {
        out.push_str(" AUTO_INCREMENT");
    }
    if let Some(comment) = column.comment.as_ref().filter(|_| engine.is_mysql_family()) {
        push!(out, " COMMENT {}", quote_literal(engine, comment));
    }
    out
}

/// Collations are names in PostgreSQL and words elsewhere.
fn collation_name(engine: EngineName, collation: &str) -> String {
    if engine == EngineName::PostgreSql && !collation.starts_with('"') && !collation.contains('.') {
        format!("\"{}\"", collation.replace('"', "\"\""))
    } else {
        collation.to_owned()
    }
}

fn foreign_key(engine: EngineName, key: &ForeignKey) -> String {
    let mut out = format!(
        "{}FOREIGN KEY ({}) REFERENCES {} ({})",
        named(engine, key.name.as_deref()),
        quote_list(engine, &key.columns),
        qualified(engine, &key.referenced_table),
        quote_list(engine, &key.referenced_columns)
    );
    if key.match_type == MatchType::Full {
        out.push_str(" MATCH FULL");
    }
    if key.on_delete != Action::NoAction {
        push!(out, " ON DELETE {}", key.on_delete.sql());
        if !key.on_delete_columns.is_empty() {
            push!(out, " ({})", quote_list(engine, &key.on_delete_columns));
        }
    }
    if key.on_update != Action::NoAction {
        push!(out, " ON UPDATE {}", key.on_update.sql());
    }
    out.push_str(deferral(key.deferral));
    if !key.enforced {
        out.push_str(" NOT ENFORCED");
    }
    out
}

fn named(engine: EngineName, name: Option<&str>) -> String {
    name.map(|name| format!("CONSTRAINT {} ", quote_identifier(engine, name))).unwrap_or_default()
}

fn deferral(deferral: Deferral) -> &'static str {
    match deferral {
        Deferral::NotDeferrable => "",
        Deferral::Deferrable => " DEFERRABLE",
        Deferral::InitiallyDeferred => " DEFERRABLE INITIALLY DEFERRED",
    }
}

fn types(out: &mut String, engine: EngineName, schema: &Schema) {
    if engine != EngineName::PostgreSql {
        return;
    }
    let of = |name: &str| qualified(engine, &QualifiedName::new(&schema.name, name));
    if schema.name != "public" {
        push!(out, "CREATE SCHEMA {};\n\n", quote_identifier(engine, &schema.name));
    }
    for entry in &schema.enums {
        let labels: Vec<String> = entry.labels.iter().map(|label| quote_literal(engine, label)).collect();
        push!(out, "CREATE TYPE {} AS ENUM ({});\n\n", of(&entry.name), labels.join(", "));
    }
    for composite in &schema.composite_types {
        let fields: Vec<String> = composite
            .fields
            .iter()
            .map(|field| format!("{} {}", quote_identifier(engine, &field.name), field.data_type))
            .collect();
        push!(out, "CREATE TYPE {} AS ({});\n\n", of(&composite.name), fields.join(", "));
    }
    for range in &schema.range_types {
        push!(out, "CREATE TYPE {} AS RANGE (subtype = {});\n\n", of(&range.name), range.subtype);
    }
    for domain in &schema.domains {
        push!(out, "CREATE DOMAIN {} AS {}", of(&domain.name), domain.base_type);
        if let Some(default) = &domain.default {
            push!(out, " DEFAULT {default}");
        }
        if domain.not_null {
            out.push_str(" NOT NULL");
        }
        for check in &domain.checks {
            push!(out, " CONSTRAINT {} CHECK ({})", quote_identifier(engine, &check.name), check.expression);
        }
        out.push_str(";\n\n");
    }
    for sequence in &schema.sequences {
        self::sequence(out, &of(&sequence.name), sequence);
    }
}

fn sequence(out: &mut String, name: &str, sequence: &Sequence) {
    // An identity column makes its own.
    if sequence.owned_by.as_ref().is_some_and(|owner| owner.identity) {
        return;
    }
    push!(out, "CREATE SEQUENCE {name} AS {}", sequence.data_type);
    if sequence.increment != 1 {
        push!(out, " INCREMENT BY {}", sequence.increment);
    }
    push!(out, " MINVALUE {} MAXVALUE {} START WITH {}", sequence.minimum, sequence.maximum, sequence.start);
    if sequence.cache != 1 {
        push!(out, " CACHE {}", sequence.cache);
    }
    if sequence.cycle {
        out.push_str(" CYCLE");
    }
    out.push_str(";\n\n");
}

fn create_view(engine: EngineName, schema: &Schema, view: &View) -> String {
    let name = qualified(engine, &QualifiedName::new(&schema.name, &view.name));
    let Some(definition) = &view.definition else {
        return format!("-- The query of {} could not be seen", name.replace(['\n', '\r'], " "));
    };
    let definition = definition.trim().trim_end_matches(';');
    if definition.get(..7).is_some_and(|start| start.eq_ignore_ascii_case("create ")) {
        return definition.to_owned();
    }
    let kind = if view.materialized { "MATERIALIZED VIEW" } else { "VIEW" };
    format!("CREATE {kind} {name} AS\n{definition}")
}

fn comments(out: &mut String, engine: EngineName, table: TableRef<'_>) {
    let name = qualified(engine, &table.qualified_name());
    if let Some(comment) = &table.table.comment {
        push!(out, "COMMENT ON TABLE {name} IS {};\n", quote_literal(engine, comment));
    }
    for column in &table.table.columns {
        if let Some(comment) = &column.comment {
            let column = quote_identifier(engine, &column.name);
            push!(out, "COMMENT ON COLUMN {name}.{column} IS {};\n", quote_literal(engine, comment));
        }
    }
}
