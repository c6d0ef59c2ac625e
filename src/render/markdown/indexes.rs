//! Why indexes exist: for each index of a table, and the strategy across all of them.

use super::escape::{code, prose, push_cell, push_code, push_header, push_text, table, text};
use super::page::{Joined, Page, codes, fold, number, share};
use super::statistics;
use crate::checks::{Needs, ObjectKind};
use crate::model::{
    EngineName, ExclusionConstraint, Index, KeyPart, NullsOrder, SortOrder, Table, TableKind, TableRef,
};
use crate::report::{IndexKind, KeyOrder, Purpose, Rationale, Role};
use std::collections::BTreeMap;

/// The table of indexes in a table's section.
pub(super) fn of_table(page: &Page<'_, '_>, of: TableRef<'_>, out: &mut String) {
    if of.table.indexes.is_empty() {
        return out.push_str("**Indexes:** none.\n\n");
    }
    let details = page.report.details(of.id);
    let known = statistics::of_indexes(page, of);
    let mut header = vec!["Name", "Columns", "Type", "Rationale"];
    header.extend(known.iter().flat_map(statistics::OfIndexes::header));
    out.push_str("**Indexes:**\n\n");
    push_header(out, &header);
    for (index, rationale) in of.table.indexes.iter().zip(&details.rationale) {
        out.push('|');
        push_cell(out, |out| push_code(out, &index.name));
        push_cell(out, |out| push_key(out, index));
        push_cell(out, |out| push_kind(out, index));
        push_cell(out, |out| explain(page, of, index, rationale, out));
        for fact in known.iter().flat_map(|known| known.of(&index.name)) {
            push_cell(out, |out| out.push_str(&fact));
        }
        out.push('\n');
    }
    out.push('\n');
}

/// `` (`a`, `b` DESC) INCLUDE (`c`) WHERE … ``
pub(super) fn key(index: &Index) -> String {
    let mut out = String::new();
    push_key(&mut out, index);
    out
}

fn push_key(out: &mut String, index: &Index) {
    out.push('(');
    let mut parts = Joined::new(out, ", ");
    for part in &index.key {
        push_key_part(parts.next(), part);
    }
    out.push(')');
    if !index.include.is_empty() {
        push!(out, " INCLUDE ({})", codes(&index.include));
    }
    if let Some(predicate) = &index.predicate {
        push!(out, " WHERE {}", code(predicate));
    }
}

fn push_key_part(out: &mut String, part: &KeyPart) {
    match part.column.as_ref().or(part.expression.as_ref()) {
        Some(what) => push_code(out, what),
        None => out.push('?'),
    }
    if let Some(length) = part.prefix_length {
        push!(out, "({length})");
    }
    if let Some(collation) = &*part.collation {
        push!(out, " COLLATE {}", code(collation));
    }
    if let Some(class) = &*part.operator_class {
        push!(out, " {}", code(class));
    }
    if part.order == SortOrder::Descending {
        out.push_str(" DESC");
    }
    match part.nulls {
        Some(NullsOrder::First) => out.push_str(" NULLS FIRST"),
        Some(NullsOrder::Last) => out.push_str(" NULLS LAST"),
        None => {}
    }
}

fn push_kind(out: &mut String, index: &Index) {
    let mut words = Joined::new(out, ", ");
    push_text(words.next(), &index.method);
    if index.unique {
        words.next().push_str(if index.nulls_not_distinct { "unique, NULLs not distinct" } else { "unique" });
    }
    if index.predicate.is_some() {
        words.next().push_str("partial");
    }
    if ["fulltext", "vector"].contains(&index.method.as_str()) {
        for option in &*index.options {
            push_code(words.next(), option);
        }
    }
    if !index.valid {
        words.next().push_str(if index.build_in_progress { "build in progress" } else { "**invalid**" });
    }
    if !index.visible {
        words.next().push_str("invisible to the optimizer");
    }
}

fn explain(page: &Page<'_, '_>, of: TableRef<'_>, index: &Index, rationale: &Rationale, out: &mut String) {
    let mut sentences = Joined::new(out, ". ");
    for purpose in &rationale.purposes {
        push_purpose(sentences.next(), page, of, index, purpose);
    }
    if let Some(roles) = roles(index, rationale) {
        sentences.next().push_str(&roles);
    }
    match rationale.order {
        KeyOrder::RangeBeforeEquality => {
            sentences.next().push_str("A range stands before an equality, by which the index can then only filter");
        }
        KeyOrder::SortBeforeEquality => sentences.next().push_str(
            "What stands after the sort does not narrow the search: the index filters by it, breaks ties with it or \
             only returns it",
        ),
        KeyOrder::RangeBeforeSort => sentences
            .next()
            .push_str("Rows come out in this order only where queries fix the column of the range or sort by it, too"),
        KeyOrder::Follows | KeyOrder::UniqueKey | KeyOrder::PartitionKeyFirst => {}
    }
    for finding in page.report.findings_about(of.id, ObjectKind::Index, &index.name) {
        if finding.rule.starts_with("index-") {
            push!(sentences.next(), "{}: {}", code(finding.rule), prose(&finding.message));
        }
    }
    if let Some(comment) = &index.comment {
        push_text(sentences.next(), comment);
    }
}

fn push_purpose(out: &mut String, page: &Page<'_, '_>, of: TableRef<'_>, index: &Index, purpose: &Purpose) {
    let survey = &page.report.survey;
    match purpose {
        Purpose::PrimaryKey => out.push_str("Primary key"),
        Purpose::Unique => {
            out.push_str(if index.constraint.is_some() { "Unique constraint" } else { "Unique index" });
            if !index.guarantees_unique() {
                out.push_str(" that is not valid: equal rows may be there");
            } else if index.predicate.is_some() {
                out.push_str(" among the rows of its condition");
            }
        }
        Purpose::Exclusion => {
            let mut all = of.table.exclusion_constraints.iter();
            match all.find(|exclusion| index.constraint.as_ref() == Some(&exclusion.name)) {
                Some(exclusion) => push!(out, "Exclusion constraint: {}", excluded(exclusion)),
                None => out.push_str("Key without overlaps"),
            }
        }
        Purpose::ForeignKey(at) => {
            out.push_str("Foreign key");
            if let Some(foreign_key) = of.table.foreign_keys.get(*at) {
                out.push_str(" to ");
                page.push_link_to(out, &foreign_key.referenced_table);
                out.push_str(": joins, and deletes and key changes of the parent");
            }
        }
        Purpose::ForeignKeyPart(at) => match of.table.foreign_keys.get(*at) {
            Some(foreign_key) => {
                let leading = index
                    .key_columns()
                    .map_while(|column| column.filter(|column| foreign_key.columns.iter().any(|name| name == column)));
                push!(
                    out,
                    "Foreign key to {} by {}, which identifies its row: joins, and deletes and key changes of the parent",
                    page.link_to(&foreign_key.referenced_table),
                    codes(&leading.collect::<Vec<_>>())
                );
            }
            None => out.push_str("Foreign key"),
        },
        Purpose::Referenced(children) => {
            let links: Vec<String> = children.iter().map(|child| page.link_to(child)).collect();
            let keys = if children.len() == 1 { "a foreign key" } else { "foreign keys" };
            push!(out, "Target of {keys} of {}", links.join(", "));
        }
        Purpose::Relation(at) => push!(
            out,
            "Undeclared relation to {}: joins",
            survey.relations.get(*at).map_or_else(String::new, |relation| page.link_to(&relation.referenced_table))
        ),
        Purpose::Polymorphic(_) => out.push_str("Polymorphic reference: joins by type and key"),
        Purpose::Tenant => out.push_str("Leads with the tenant: each tenant's rows are searched alone"),
        Purpose::LiveRows(column) => push!(out, "Holds only rows that are not deleted ({})", code(column)),
        Purpose::Partial => out.push_str("Holds only the rows of its condition"),
        Purpose::Expression => out.push_str("Searches an expression"),
        Purpose::Covering => push!(out, "Answers from the index alone with {}", codes(&index.include)),
        Purpose::ReplicaIdentity => out.push_str("Identifies rows for logical replication"),
        Purpose::FullText => out.push_str("Full-text search"),
        Purpose::Spatial => out.push_str("Spatial search"),
        Purpose::Containment => out.push_str("Searches inside documents, arrays or text"),
        Purpose::Similarity => out.push_str("Searches overlaps, distances or neighbours"),
        Purpose::BlockRange => out.push_str("Skips blocks of rows stored together; small, for data in insertion order"),
        Purpose::Hash => out.push_str("Finds equal values only"),
        Purpose::Lookup => out.push_str("Look-ups; no key or rule needs it"),
    }
}

/// What an exclusion constraint forbids, as its operators say it.
pub(super) fn excluded(exclusion: &ExclusionConstraint) -> String {
    let parts = exclusion.elements.iter().map(|element| {
        let name = element.column.as_deref().or(element.expression.as_deref()).map_or_else(|| "?".to_owned(), code);
        (name, element.operator.as_str())
    });
    let parts: Vec<(String, &str)> = parts.collect();
    let named: Option<Vec<String>> = parts
        .iter()
        .map(|(name, operator)| match *operator {
            "=" => Some(format!("equal {name}")),
            "<>" => Some(format!("different {name}")),
            "&&" => Some(format!("overlapping {name}")),
            _ => None,
        })
        .collect();
    let rows = match &exclusion.predicate {
        Some(predicate) => format!("no two rows where {}", code(predicate)),
        None => "no two rows".to_owned(),
    };
    if let Some(named) = named {
        return format!("{rows} may have {}", named.join(" and "));
    }
    let between = |(name, operator): &(String, &str)| format!("{} holds between their {name}", code(operator));
    let all: Vec<String> = parts.iter().map(between).collect();
    format!("{rows} may be such that {}", all.join(" and "))
}

/// The role of each key part, when it tells something: several parts, or one that is not a plain equality.
fn roles(index: &Index, rationale: &Rationale) -> Option<String> {
    let plain = rationale.roles.iter().all(|role| *role == Role::Equality);
    let search = rationale.roles.iter().all(|role| *role == Role::Search);
    if search || (plain && index.key.len() < 2) {
        return None;
    }
    let mut runs: Vec<(Role, Vec<String>)> = Vec::new();
    for (part, role) in index.key.iter().zip(&rationale.roles) {
        let name = part.column.as_deref().or(part.expression.as_deref()).map(code).unwrap_or_default();
        match runs.last_mut() {
            Some((last, names)) if last == role => names.push(name),
            _ => runs.push((*role, vec![name])),
        }
    }
    let words: Vec<String> =
        runs.into_iter().map(|(role, names)| format!("{} on {}", role.word(), names.join(", "))).collect();
    let mut sentence = words.join(", then ");
    if let Some(first) = sentence.get(..1).map(str::to_uppercase) {
        sentence.replace_range(..1, &first);
    }
    Some(sentence)
}

fn order(order: KeyOrder) -> &'static str {
    match order {
        KeyOrder::Follows => "follows",
        KeyOrder::UniqueKey => "unique by all of its columns, in any order",
        KeyOrder::PartitionKeyFirst => "partition key first",
        KeyOrder::RangeBeforeEquality => "range before equality",
        KeyOrder::SortBeforeEquality => "sort before equality",
        KeyOrder::RangeBeforeSort => "range before sort, unless queries sort by both",
    }
}

/// Most composite indexes that are all listed.
const MOST_COMPOSITE: usize = 20;

/// The strategy across all tables.
pub(super) fn section(page: &Page<'_, '_>) -> String {
    let report = page.report;
    let all = || {
        report.tables.iter().flat_map(|of| {
            of.table.indexes.iter().zip(&report.details(of.id).rationale).map(move |(index, why)| (of, index, why))
        })
    };
    if all().next().is_none() {
        return "No evidence of indexes.".to_owned();
    }
    let mut out = String::new();
    let mut methods = BTreeMap::<&str, u32>::new();
    for (_, index, _) in all() {
        *methods.entry(index.method.as_str()).or_default() += 1;
    }
    let kinds: Vec<String> = methods.iter().map(|(method, count)| format!("{} ({count})", code(method))).collect();
    push!(out, "**Kinds in use:** {}.\n\n", kinds.join(", "));

    out.push_str("**Composite order (equality, sort, range).** ");
    out.push_str(
        "Columns compared for equality come first, then those that give the order, then those compared with bounds. \
         Roles are read from keys, types and directions in the catalog.\n\n",
    );
    let composite = || {
        all().filter(|(_, index, why)| {
            index.key.len() > 1 && matches!(index.method.as_str(), "btree" | "") && !why.roles.contains(&Role::Search)
        })
    };
    let is_right = |why: &Rationale| matches!(why.order, KeyOrder::Follows | KeyOrder::UniqueKey);
    let (count, follow) = (composite().count(), composite().filter(|(_, _, why)| is_right(why)).count());
    // Of many only the exceptions tell something; the roles of all stand with their tables.
    let is_listed = |why: &Rationale| count <= MOST_COMPOSITE || !is_right(why);
    let rows: Vec<Vec<String>> = composite()
        .filter(|(_, _, why)| is_listed(why))
        .map(|(of, index, why)| {
            vec![
                page.link(of.id).to_owned(),
                code(&index.name),
                roles(index, why).unwrap_or_default(),
                order(why.order).to_owned(),
            ]
        })
        .collect();
    if count == 0 {
        out.push_str("No evidence of composite indexes.\n\n");
    } else {
        if rows.len() < count {
            push!(
                out,
                "{follow} of {count} composite indexes follow this order or are unique by all of their columns.\n\n"
            );
        }
        if !rows.is_empty() {
            let block = table(&["Table", "Index", "Roles", "Order"], &rows);
            out.push_str(&folded(&number(rows.len(), "composite index", "composite indexes"), rows.len(), &block));
        }
    }

    let named = |wanted: &dyn Fn(&Index, &Rationale) -> bool| -> Vec<String> {
        all()
            .filter(|(_, index, why)| wanted(index, why))
            .map(|(of, index, _)| format!("{} on {}", code(&index.name), page.link(of.id)))
            .collect()
    };
    out.push_str("**Patterns:**\n\n");
    if let Some(outcome) = report.outcome("fk-missing-index") {
        push!(
            out,
            "- Foreign keys whose look-ups an index serves (`fk-missing-index`): {}\n",
            share(outcome.counts.passed, outcome.counts.applicable())
        );
    }
    let mut searching =
        named(&|_, why| why.purposes.contains(&Purpose::FullText) || why.purposes.contains(&Purpose::Spatial));
    searching.extend(
        report.tables.iter().filter(|of| virtual_index(of.table).is_some()).map(|of| page.link(of.id).to_owned()),
    );
    let engine = report.model.engine.name;
    let (is_postgres, is_sqlite) = (engine == EngineName::PostgreSql, engine == EngineName::Sqlite);
    // Whether the engine has such indexes, and those that are there.
    let patterns: [(&str, bool, Vec<String>); 9] = [
        ("Tenant first", true, named(&|_, why| why.purposes.contains(&Purpose::Tenant))),
        (
            "Live rows only",
            is_postgres || is_sqlite,
            named(&|_, why| why.purposes.iter().any(|purpose| matches!(purpose, Purpose::LiveRows(_)))),
        ),
        ("Other partial indexes", is_postgres || is_sqlite, named(&|_, why| why.purposes.contains(&Purpose::Partial))),
        ("Covering", is_postgres, named(&|_, why| why.purposes.contains(&Purpose::Covering))),
        ("On expressions", engine != EngineName::MariaDb, named(&|_, why| why.purposes.contains(&Purpose::Expression))),
        (
            if is_postgres { "Documents, arrays, text (GIN)" } else { "Documents, arrays, text" },
            is_postgres,
            named(&|_, why| why.purposes.contains(&Purpose::Containment)),
        ),
        ("Full text and spatial", true, searching),
        ("Block ranges (BRIN)", is_postgres, named(&|_, why| why.purposes.contains(&Purpose::BlockRange))),
        (
            "Range or sort before equality",
            true,
            named(&|_, why| matches!(why.order, KeyOrder::RangeBeforeEquality | KeyOrder::SortBeforeEquality)),
        ),
    ];
    let mut none = Vec::new();
    for (title, is_known, items) in &patterns {
        if !items.is_empty() {
            out.push_str(&fold(title, items));
        } else if *is_known {
            none.push(lower_first(title));
        }
    }
    if !none.is_empty() {
        push!(out, "- No evidence of: {}\n", none.join(", "));
    }
    out.push('\n');
    out.push_str(&worth_using(page));
    out.push_str(&doubtful(page));
    out.push_str(&unserved(page));
    out
}

/// What a virtual table indexes, by its module (SQLite).
pub(super) fn virtual_index(table: &Table) -> Option<&'static str> {
    let module = table.foreign_source.as_deref().filter(|_| table.kind == TableKind::Virtual)?;
    match module.split('(').next().unwrap_or_default().trim().to_ascii_lowercase().as_str() {
        "fts3" | "fts4" | "fts5" => Some("full-text index"),
        "rtree" | "rtree_i32" | "geopoly" => Some("spatial index"),
        _ => None,
    }
}

/// Kinds of the engine that are not there, where the schema has a use for them.
fn worth_using(page: &Page<'_, '_>) -> String {
    let mut out = String::from("**Worth using** where queries need it, which the catalog does not show:\n\n");
    if page.report.opportunities.is_empty() {
        return "**Worth using:** no evidence of a use for another kind.\n\n".to_owned();
    }
    let is_postgres = page.report.model.engine.name == EngineName::PostgreSql;
    for entry in &page.report.opportunities {
        let title = match entry.kind {
            IndexKind::TenantFirst => "Tenant first, because no query leaves the tenant out",
            IndexKind::LiveRows => "Partial, without the deleted rows that hardly any query wants",
            IndexKind::Containment => "`gin`, to look inside documents and arrays",
            IndexKind::MultiValued => "Multi-valued, for arrays inside JSON",
            IndexKind::WordsByGin => "`gin` in place of `gist` over `tsvector`, which finds words faster",
            IndexKind::FullText if is_postgres => "`gin` over `to_tsvector(…)`, to search words",
            IndexKind::FullText => "`FULLTEXT`, to search words",
            IndexKind::BlockRange => "`brin`, which stays small, for rows that arrive in the order of time",
        };
        out.push_str(&page.columns(title, &entry.columns));
    }
    out.push('\n');
    out
}

fn lower_first(title: &str) -> String {
    let mut characters = title.chars();
    characters.next().map_or_else(String::new, |first| first.to_lowercase().chain(characters).collect())
}

/// Duplicate, redundant, invalid and unused indexes, from the findings.
fn doubtful(page: &Page<'_, '_>) -> String {
    let mut rows = Vec::new();
    for outcome in page.report.outcomes.iter().filter(|outcome| outcome.rule.id.starts_with("index-")) {
        // What depends on counters would make equal schemas differ.
        let volatile = outcome.rule.needs != Needs::Catalog && !page.options.statistics;
        if volatile {
            continue;
        }
        for finding in outcome.findings.iter().filter(|finding| finding.object.kind == ObjectKind::Index) {
            let place = finding.object.table_name().map(|name| page.link_to(&name)).unwrap_or_default();
            let name = finding.object.name.as_deref().map(code).unwrap_or_default();
            rows.push(vec![name, place, code(finding.rule), prose(&finding.message)]);
        }
    }
    if rows.is_empty() {
        return "**Doubtful indexes:** no evidence of invalid, duplicate or redundant ones.\n".to_owned();
    }
    let block = table(&["Index", "Table", "Rule", "Why"], &rows);
    let caveat = match page.report.model.engine.name {
        EngineName::PostgreSql => "Dropping an index is safe only when no query on a standby needs it.\n",
        EngineName::MySql | EngineName::MariaDb => {
            "Dropping an index is safe only when no query names it in a hint and no replica needs it.\n"
        }
        EngineName::Sqlite => "Dropping an index is safe only when no query names it by `INDEXED BY`.\n",
    };
    format!("**Doubtful indexes:**\n\n{}{caveat}", folded(&format!("{} findings", rows.len()), rows.len(), &block))
}

/// A block, folded when it has many rows.
pub(super) fn folded(summary: &str, rows: usize, block: &str) -> String {
    let (before, after) = fold_around(summary, rows);
    [&before, block, after].concat()
}

/// What stands before and after a block, which folds it when it has many rows.
pub(super) fn fold_around(summary: &str, rows: usize) -> (String, &'static str) {
    if rows <= 20 {
        (String::new(), "\n")
    } else {
        (format!("<details><summary>{}</summary>\n\n", text(summary)), "\n</details>\n\n")
    }
}

/// What no index serves, of the statements that ran. Nothing without a workload.
fn unserved(page: &Page<'_, '_>) -> String {
    let Some(access) = &page.report.survey.access else { return String::new() };
    let mut rows = Vec::new();
    let rules = page.report.outcomes.iter().filter(|outcome| outcome.rule.needs == Needs::Workload);
    for finding in rules.flat_map(|outcome| &outcome.findings) {
        let place = finding.object.table_name().map(|name| page.link_to(&name)).unwrap_or_default();
        rows.push(vec![place, code(finding.rule), prose(&finding.message)]);
    }
    if rows.is_empty() {
        return format!("\n**Statements that ran:** of {} that were judged, none lacks an index.\n", access.statements);
    }
    let block = table(&["Table", "Rule", "Statement"], &rows);
    let summary = format!("{} findings in {} statements", rows.len(), access.statements);
    format!("\n**Statements that ran** and lack an index:\n\n{}", folded(&summary, rows.len(), &block))
}
