//! What rows of a table have to do with rows of others.

use super::escape::{code, prose, push_cell, push_code, push_codes, push_header, text};
use super::page::{Joined, Page, codes};
use crate::model::{Action, Deferral, EngineName, ForeignKey, MatchType, QualifiedName, TableRef};
use crate::render::mermaid::is_unique;

const HEADER: [&str; 6] = ["Column", "References", "ON DELETE", "ON UPDATE", "Constraint", "In words"];

/// The declared keys of a table and the relations that no key declares.
pub(super) fn of_table(page: &Page<'_, '_>, table: TableRef<'_>, out: &mut String) {
    if !table.table.foreign_keys.is_empty() {
        out.push_str("**Foreign Keys:**\n\n");
        push_header(out, &HEADER);
        for key in &table.table.foreign_keys {
            out.push('|');
            push_cell(out, |out| push_codes(out, &key.columns));
            push_cell(out, |out| {
                page.push_link_to(out, &key.referenced_table);
                out.push('.');
                push_codes(out, &key.referenced_columns);
            });
            push_cell(out, |out| on_delete(key, out));
            push_cell(out, |out| out.push_str(key.on_update.sql()));
            push_cell(out, |out| facts(page, key, out));
            push_cell(out, |out| out.push_str(&in_words(page, table, key)));
            out.push('\n');
        }
        out.push('\n');
    }
    let details = page.report.details(table.id);
    let relations = details.relations.iter().map(|at| &page.report.survey.relations[*at]);
    let (declared, undeclared): (Vec<_>, Vec<_>) = relations.partition(|relation| relation.is_declared());
    if !declared.is_empty() {
        out.push_str("**Relations that every partition declares for itself:**\n\n");
        for relation in declared {
            push!(
                out,
                "- {} → {}.{}\n",
                code(&relation.column),
                page.link_to(&relation.referenced_table),
                code(&relation.referenced_column)
            );
        }
        out.push('\n');
    }
    if !undeclared.is_empty() || !details.polymorphic.is_empty() {
        out.push_str("**Undeclared relations:**\n\n");
        for relation in undeclared {
            let why = if relation.pinned { "pinned by the configuration".to_owned() } else { prose(&relation.why) };
            push!(
                out,
                "- {} → {}.{} (confidence {:.2}: {why})\n",
                code(&relation.column),
                page.link_to(&relation.referenced_table),
                code(&relation.referenced_column),
                relation.confidence,
            );
        }
        for at in &details.polymorphic {
            let pair = &page.report.survey.polymorphic[*at];
            push!(
                out,
                "- {} and {} together refer to one of several tables, which no foreign key can declare\n",
                code(&pair.type_column),
                code(&pair.id_column)
            );
        }
        out.push('\n');
    }
}

fn on_delete(key: &ForeignKey, out: &mut String) {
    out.push_str(key.on_delete.sql());
    if !key.on_delete_columns.is_empty() {
        push!(out, " ({})", codes(&key.on_delete_columns));
    }
}

fn facts(page: &Page<'_, '_>, key: &ForeignKey, out: &mut String) {
    let mut facts = Joined::new(out, ", ");
    if let Some(name) = &key.name {
        push_code(facts.next(), name);
    }
    if !key.validated {
        facts.next().push_str("not validated");
    }
    if !key.enforced {
        facts.next().push_str("not enforced");
    }
    if !key.disabled_triggers_on.is_empty() {
        let tables: Vec<String> = key.disabled_triggers_on.iter().map(|table| page.link_to(table)).collect();
        push!(facts.next(), "not checked: triggers disabled on {}", tables.join(", "));
    }
    if let Some(deferral) = deferral(key.deferral) {
        facts.next().push_str(deferral);
    }
    if key.match_type != MatchType::Simple {
        facts.next().push_str(if key.match_type == MatchType::Full { "MATCH FULL" } else { "MATCH PARTIAL" });
    }
    if key.period {
        facts.next().push_str("over a period");
    }
    if page.report.tables.find(&key.referenced_table).is_none() {
        match divided(page, &key.referenced_table) {
            Some(table) => push!(facts.next(), "the referenced table is a partition of {}", page.link(table.id)),
            None => facts.next().push_str("the referenced table is not in this document"),
        }
    }
    if let Some(comment) = &key.comment {
        push!(out, " — {}", text(comment));
    }
}

/// The table that has a partition of this name.
fn divided<'a>(page: &Page<'_, 'a>, name: &QualifiedName) -> Option<TableRef<'a>> {
    page.report.tables.iter().find(|table| {
        table.partitioning.as_ref().is_some_and(|partitioning| {
            let mut partitions = partitioning.all(&table.schema.name).into_iter();
            partitions.any(|(schema, partition)| *schema == name.schema && partition.name == name.name)
        })
    })
}

fn deferral(deferral: Deferral) -> Option<&'static str> {
    match deferral {
        Deferral::NotDeferrable => None,
        Deferral::Deferrable => Some("deferrable"),
        Deferral::InitiallyDeferred => Some("deferred to the end of the transaction"),
    }
}

/// What points at a table.
pub(super) fn referenced_by(page: &Page<'_, '_>, table: TableRef<'_>) -> String {
    let mut items: Vec<String> = page
        .report
        .tables
        .referenced_by(table.id)
        .map(|(child, key)| {
            format!("{} ({}, ON DELETE {})", page.link(child.id), codes(&key.columns), key.on_delete.sql())
        })
        .collect();
    for at in &page.report.details(table.id).referenced_by_relations {
        let relation = &page.report.survey.relations[*at];
        items.push(format!("{} ({}, inferred)", page.link_to(&relation.table), code(&relation.column)));
    }
    match items.len() {
        0 => String::new(),
        1..=12 => format!("**Referenced by:** {}\n\n", items.join(", ")),
        count => format!(
            "**Referenced by:**\n\n<details><summary>{count} foreign keys and relations</summary>\n\n{}\n\n</details>\n\n",
            items.join(",\n")
        ),
    }
}

/// What the key says about rows: how many, whether one must be there, and what becomes of them.
fn in_words(page: &Page<'_, '_>, table: TableRef<'_>, key: &ForeignKey) -> String {
    let to_itself = key.referenced_table == table.qualified_name();
    let parent = if to_itself { "this table".to_owned() } else { code(&page.names.of(&key.referenced_table)) };
    let nullable = |name: &&String| table.table.columns.iter().any(|column| column.name == **name && column.nullable);
    let optional = key.columns.iter().any(|name| nullable(&name));
    let mut said = match (key.period, optional) {
        (true, false) => format!("Rows of {parent} cover the whole period of every row"),
        (true, true) => format!("Rows of {parent} cover the whole period of a row that refers to them"),
        (false, false) => format!("Every row refers to one row of {parent}"),
        (false, true) => format!("A row may refer to one row of {parent}"),
    };
    if !key.period && is_unique(table.table, &key.columns) {
        said.push_str(", and no two rows to the same one");
    }
    if optional && key.columns.len() > 1 {
        said.push_str(match key.match_type {
            MatchType::Full => "; its columns are all NULL or none is",
            MatchType::Simple | MatchType::Partial => "; with NULL in one of its columns it refers to none",
        });
    }
    if !key.enforced || !key.disabled_triggers_on.is_empty() {
        said.push_str("; nothing makes sure of that.");
        return said;
    }
    if !key.validated {
        said.push_str("; rows from before the constraint were not checked");
    }
    let set = |columns: &[String], value: &str| format!("sets {} to {value}", codes(columns));
    let why_refused = |action: Action, set: &[String]| {
        if action == Action::SetDefault && page.report.model.engine.name == EngineName::MySql {
            return Some("since InnoDB does not carry out SET DEFAULT".to_owned());
        }
        let refusing = ForeignKey::refusing(table.table, action, set);
        let why = if action == Action::SetDefault { "has no default" } else { "would become NULL" };
        (!refusing.is_empty()).then(|| format!("since {} {why} and is NOT NULL", codes(&refusing)))
    };
    let columns = key.set_on_delete();
    let refused = why_refused(key.on_delete, columns);
    match key.on_delete {
        Action::SetNull | Action::SetDefault if refused.is_some() => {
            push!(said, "; a row that is referred to cannot be deleted, {}", refused.unwrap_or_default());
        }
        Action::Cascade => said.push_str("; deleting that row deletes those that refer to it"),
        Action::SetNull => push!(said, "; deleting that row {}", set(columns, "NULL")),
        Action::SetDefault => push!(said, "; deleting that row {}", set(columns, "the default")),
        Action::NoAction if key.deferral == Deferral::InitiallyDeferred => {
            said.push_str("; at the end of a transaction no row that is referred to may be gone");
        }
        Action::NoAction | Action::Restrict => said.push_str("; a row that is referred to cannot be deleted"),
    }
    let refused = why_refused(key.on_update, &key.columns);
    match key.on_update {
        Action::SetNull | Action::SetDefault if refused.is_some() => {
            push!(said, ", and its key cannot be changed, {}", refused.unwrap_or_default());
        }
        Action::Cascade => said.push_str(", and a change of its key is followed"),
        Action::SetNull => push!(said, ", and a change of its key {}", set(&key.columns, "NULL")),
        Action::SetDefault => push!(said, ", and a change of its key {}", set(&key.columns, "the default")),
        Action::NoAction | Action::Restrict => {}
    }
    said.push('.');
    said
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Table, Tables};
    use crate::render::fixture;
    use crate::render::markdown::DocumentOptions;
    use crate::render::markdown::page::Layout;
    use crate::render::names::Names;
    use crate::settings::Settings;

    /// What is said of a key from `items.a` (and `b`) to `parents`, after changes to the key.
    fn said(nullable: bool, columns: &[&str], change: impl Fn(&mut ForeignKey)) -> String {
        let mut model = fixture::empty();
        let mut schema = crate::model::Schema::new("public");
        let (mut items, mut parents) = (Table::new("items"), Table::new("parents"));
        parents.columns = vec![fixture::column("id", "bigint", false)];
        items.columns = columns.iter().map(|name| fixture::column(name, "bigint", nullable)).collect();
        let mut key = fixture::foreign_key("key", "a", "public", "parents");
        key.columns = columns.iter().map(|&name| name.to_owned()).collect();
        change(&mut key);
        items.foreign_keys.push(key);
        schema.tables = vec![items, parents];
        model.schemas.push(schema);
        let (tables, settings, options) = (Tables::new(&model), Settings::default(), DocumentOptions::default());
        let report = fixture::report(&model, &tables, &settings, |_| {});
        let names = Names::new(&tables);
        let page = Page::new(&report, &names, &options, Layout::Single);
        let table = tables.get(crate::model::TableId(0));
        in_words(&page, table, &table.table.foreign_keys[0])
    }

    #[test]
    fn keys_are_told_in_words() {
        let to = "`parents`";
        let kept = |key: &mut ForeignKey| key.on_delete = Action::NoAction;
        assert_eq!(
            said(false, &["a"], |_| {}),
            format!("Every row refers to one row of {to}; deleting that row deletes those that refer to it.")
        );
        assert_eq!(
            said(true, &["a"], kept),
            format!("A row may refer to one row of {to}; a row that is referred to cannot be deleted.")
        );
        assert_eq!(
            said(true, &["a", "b"], |key| {
                key.on_delete = Action::SetNull;
                key.on_delete_columns = vec!["b".to_owned()];
                key.on_update = Action::Cascade;
            }),
            format!(
                "A row may refer to one row of {to}; with NULL in one of its columns it refers to none; deleting that row \
                 sets `b` to NULL, and a change of its key is followed."
            )
        );
        for (action, why) in [
            (Action::SetNull, "since `a` would become NULL and is NOT NULL"),
            (Action::SetDefault, "since `a` has no default and is NOT NULL"),
        ] {
            let of_delete =
                format!("Every row refers to one row of {to}; a row that is referred to cannot be deleted, {why}.");
            assert_eq!(said(false, &["a"], |key| key.on_delete = action), of_delete);
            let of_update = said(false, &["a"], |key| key.on_update = action);
            assert!(of_update.ends_with(&format!(", and its key cannot be changed, {why}.")), "{of_update}");
        }
        assert_eq!(
            said(true, &["a"], |key| key.on_delete = Action::SetDefault),
            format!("A row may refer to one row of {to}; deleting that row sets `a` to the default.")
        );
        assert_eq!(
            said(false, &["a"], |key| {
                kept(key);
                key.validated = false;
                key.deferral = Deferral::InitiallyDeferred;
            }),
            format!(
                "Every row refers to one row of {to}; rows from before the constraint were not checked; at the end of a \
                 transaction no row that is referred to may be gone."
            )
        );
        assert_eq!(
            said(false, &["a"], |key| key.enforced = false),
            format!("Every row refers to one row of {to}; nothing makes sure of that.")
        );
        assert_eq!(
            said(false, &["a"], |key| key.referenced_table.name = "items".to_owned()),
            "Every row refers to one row of this table; deleting that row deletes those that refer to it."
        );
    }
}
