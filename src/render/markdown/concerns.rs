//! Conventions across tables, counted, with the exceptions by name.

use super::context;
use super::escape::code;
use super::objects;
use super::page::{PAGES, Page, codes, counted, fold, number, share};
use crate::model::{QualifiedName, TableId};
use crate::report::Generator;
use crate::survey::{NameStyle, Plurality, PossibleTenancy};

pub(super) fn timestamps(page: &Page<'_, '_>) -> String {
    let facts = &page.report.concerns.timestamps;
    if facts.created + facts.updated == 0 {
        return "No evidence of creation or update times.".to_owned();
    }
    let mut out = format!(
        "- Creation time: {} of the entity and log tables, as {}\n",
        share(facts.created, facts.tables),
        counted(&facts.created_names)
    );
    if facts.updated == 0 {
        out.push_str("- Update time: no evidence\n");
    } else {
        push!(
            out,
            "- Update time: {}, as {}; kept current by the database in {}\n",
            share(facts.updated, facts.tables),
            counted(&facts.updated_names),
            share(facts.maintained, facts.updated)
        );
    }
    push!(out, "- Types: {}\n", counted(&facts.types));
    out.push_str(&page.tables("Without a creation time", &facts.without_created));
    out.push_str(&reported(
        page,
        "missing-created-at",
        &facts.without_created,
        "logs, tables of up to three columns and those with a column for the moment of what they record need none",
    ));
    out.push_str(&page.tables("Entities without an update time", &facts.without_updated));
    out.push_str(&reported(
        page,
        "missing-updated-at",
        &facts.without_updated,
        "tables of up to three columns and those whose rows never change need none",
    ));
    out.push_str(&page.tables("Update time kept by the application only", &facts.unmaintained));
    out
}

/// Why a rule reports fewer tables than those without a time.
fn reported(page: &Page<'_, '_>, rule: &str, without: &[TableId], why: &str) -> String {
    let Some(outcome) = page.report.outcome(rule) else { return String::new() };
    let (findings, suppressed) = (outcome.findings.len(), outcome.suppressed.len());
    if findings + suppressed >= without.len() {
        return String::new();
    }
    let suppressed = if suppressed == 0 { String::new() } else { format!(", and {suppressed} are suppressed") };
    format!("- {} reports {findings} of these {}{suppressed}: {why}\n", code(rule), without.len())
}

pub(super) fn soft_deletes(page: &Page<'_, '_>) -> String {
    let facts = &page.report.concerns.soft_deletes;
    if facts.tables.is_empty() {
        return "No evidence of soft deletion.".to_owned();
    }
    let moments = facts.tables.iter().filter(|(_, _, moment)| *moment).count();
    let mut out = format!(
        "- {}, {}: {}\n",
        number(facts.tables.len(), "table marks rows as deleted", "tables mark rows as deleted"),
        match (moments, facts.tables.len() - moments) {
            (_, 0) => "by a moment".to_owned(),
            (0, _) => "by a flag".to_owned(),
            (moments, flags) => format!("{moments} by a moment and {flags} by a flag"),
        },
        counted(&facts.names)
    );
    let tables: Vec<_> = facts.tables.iter().map(|(table, column, _)| (*table, column.clone())).collect();
    out.push_str(&page.columns("Soft-deleted", &tables));
    out.push_str(&page.tables("With an index that holds live rows only", &facts.with_live_index));
    let unique = |rules: &[(TableId, String)]| -> Vec<String> {
        rules.iter().map(|(table, index)| format!("{} on {}", code(index), page.link(*table))).collect()
    };
    out.push_str(&fold("Unique rules that count deleted rows too", &unique(&facts.unique_over_deleted)));
    out.push_str(&fold(
        "Unique rules that never bind live rows, whose mark is NULL and so equals no other",
        &unique(&facts.unique_over_live),
    ));
    out.push_str(&page.tables("Deleted for good when a parent row is (ON DELETE CASCADE)", &facts.cascading));
    out
}

pub(super) fn tenancy(page: &Page<'_, '_>) -> String {
    let Some(tenancy) = &page.report.survey.tenancy else {
        return match &page.report.survey.possible_tenancy {
            Some(possible) => possible_tenancy(page, possible),
            None => "No evidence of multi-tenancy.".to_owned(),
        };
    };
    let target = match &tenancy.tenant_table {
        Some(table) => format!(", which refers to {}", page.link_to(table)),
        None => String::new(),
    };
    let mut out = format!("- Tenants share tables; {} tells them apart{target}\n", code(&tenancy.column));
    let links = |names: &[QualifiedName]| -> Vec<String> { names.iter().map(|name| page.link_to(name)).collect() };
    out.push_str(&fold("Tables that carry it", &links(&tenancy.tables)));
    out.push_str(&fold(MAY_BE_NULL, &links(&tenancy.nullable)));
    out.push_str(&fold("Entities that do not", &links(&tenancy.without)));
    if tenancy.row_security.is_empty() {
        out.push_str("- Row security: no evidence; every query must filter by the tenant itself\n");
    } else {
        out.push_str(&fold("Kept apart by row security too", &links(&tenancy.row_security)));
    }
    out
}

const MAY_BE_NULL: &str = "Other tables that have it, where it may be NULL";

fn possible_tenancy(page: &Page<'_, '_>, possible: &PossibleTenancy) -> String {
    let links = |names: &[QualifiedName]| -> Vec<String> { names.iter().map(|name| page.link_to(name)).collect() };
    let target = match &possible.tenant_table {
        Some(table) => format!(", which refers to {},", page.link_to(table)),
        None => String::new(),
    };
    if possible.clear {
        let others = match possible.nullable.len() {
            0 => String::new(),
            others => format!(", and in {others} more where it may be NULL"),
        };
        let mut out = format!(
            "- Some tables only: {}{target} tells tenants apart in {}{others}\n",
            code(&possible.column),
            number(possible.tables.len(), "table", "tables")
        );
        out.push_str(&fold("Tables that carry it", &links(&possible.tables)));
        out.push_str(&fold(MAY_BE_NULL, &links(&possible.nullable)));
        out.push_str(&fold("Row security compares it with a setting of the session", &links(&possible.row_security)));
        return out;
    }
    let mut out = format!(
        "No clear evidence of multi-tenancy: {} is in {} of {}, and in the primary key of {} of these. \
         Whether it names a tenant, the catalog does not say.\n\n",
        code(&possible.column),
        possible.tables.len(),
        number(possible.entities, "entity table", "entity tables"),
        possible.in_key,
    );
    out.push_str(&fold("Tables that carry it", &links(&possible.tables)));
    out.push_str(&fold(MAY_BE_NULL, &links(&possible.nullable)));
    out
}

pub(super) fn enums(page: &Page<'_, '_>) -> String {
    let facts = &page.report.concerns.enums;
    let unchecked = page.report.outcome("enum-column-unchecked");
    let mut out = String::new();
    if !facts.types.is_empty() {
        let named: Vec<String> = facts.types.iter().map(|entry| code(&page.names.of(&entry.name))).collect();
        out.push_str(&fold("Enumerated types", &named));
        if page.is_split() {
            push!(out, "- Their values: [{}]({PAGES}{})\n", objects::TYPES.1, objects::TYPES.0);
        }
        let unused: Vec<String> = facts
            .types
            .iter()
            .filter(|entry| entry.users.is_empty())
            .map(|entry| code(&page.names.of(&entry.name)))
            .collect();
        // Tables that were left out may use them.
        let is_whole = context::scope(page).is_none();
        let title = if is_whole { "Types that no column uses" } else { "Types that no column in scope uses" };
        out.push_str(&fold(title, &unused));
    }
    out.push_str(&page.columns("ENUM and SET columns", &facts.columns));
    out.push_str(&page.columns("Limited to a list by a check", &facts.checks));
    out.push_str(&page.tables("Lookup tables", &facts.lookups));
    if let Some(outcome) = unchecked {
        let open: Vec<String> = outcome
            .findings
            .iter()
            .filter_map(|finding| {
                let table = finding.object.table_name()?;
                Some(format!("{}.{}", page.link_to(&table), code(finding.object.name.as_deref()?)))
            })
            .collect();
        out.push_str(&fold("Columns that look like a list of values and accept anything", &open));
    }
    if out.is_empty() { "No evidence of columns with a fixed set of values.".to_owned() } else { out }
}

pub(super) fn primary_keys(page: &Page<'_, '_>) -> String {
    let facts = &page.report.concerns.primary_keys;
    if facts.tables == 0 {
        return "No evidence of tables.".to_owned();
    }
    let none = u32::try_from(facts.none.len()).unwrap_or(u32::MAX);
    let mut out = format!("- Tables with a primary key: {}\n", share(facts.tables - none, facts.tables));
    let main = facts.single.first();
    for (data_type, generator, tables) in &facts.single {
        let title = format!("{}, {}", code(data_type), generator.words());
        let is_main =
            main.is_some_and(|first| (&first.0, first.1) == (data_type, *generator)) && facts.single.len() > 1;
        if is_main || facts.single.len() == 1 {
            push!(out, "- {title}: {}\n", number(tables.len(), "table", "tables"));
        } else {
            out.push_str(&page.tables(&title, tables));
        }
    }
    if facts.names.len() > 1 {
        let shown: Vec<_> = facts.names.iter().take(8).cloned().collect();
        let more = facts.names.len() - shown.len();
        let more = if more == 0 { String::new() } else { format!(" and {more} more") };
        push!(out, "- Names of single key columns: {}{more}\n", counted(&shown));
    }
    out.push_str(&page.tables("Composite keys", &facts.composite));
    out.push_str(&page.tables("Without a primary key", &facts.none));
    if facts.single.iter().any(|(_, generator, _)| *generator == Generator::Application) {
        out.push_str(
            "- Where the application supplies the key, two writers can collide unless it is random or natural\n",
        );
    }
    out
}

pub(super) fn naming(page: &Page<'_, '_>) -> String {
    let naming = &page.report.survey.naming;
    if naming.table_styles.is_empty() {
        return "No evidence of names.".to_owned();
    }
    // A single word in lower case is right in most styles.
    let of_one_word = |style: NameStyle| style == NameStyle::Flat && naming.expected_style != NameStyle::Flat;
    let styles = |counts: &std::collections::BTreeMap<NameStyle, u32>| {
        let word = |style| if of_one_word(style) { "of one word" } else { style_word(style) };
        counts.iter().map(|(style, count)| format!("{count} {}", word(*style))).collect::<Vec<_>>().join(", ")
    };
    let mut out = format!("- Tables: {}\n", styles(&naming.table_styles));
    push!(out, "- Columns: {}\n", styles(&naming.column_styles));
    push!(out, "- Expected: {}\n", style_word(naming.expected_style));
    push!(
        out,
        "- Number: {} singular, {} plural; expected {}\n",
        naming.singular,
        naming.plural,
        match naming.expected_number {
            Plurality::Singular => "singular",
            Plurality::Plural => "plural",
        }
    );
    for outcome in &page.report.outcomes {
        if !(outcome.rule.id.starts_with("name-")
            || outcome.rule.id.ends_with("-plurality")
            || outcome.rule.id.contains("name-inconsistent"))
        {
            continue;
        }
        let names: Vec<String> = outcome
            .findings
            .iter()
            .map(|finding| {
                let place = finding.object.table_name().map(|table| page.link_to(&table));
                match (place, &finding.object.name) {
                    (Some(place), Some(name)) => format!("{place}.{}", code(name)),
                    (Some(place), None) => place,
                    (None, Some(name)) => code(name),
                    (None, None) => code(&finding.object.schema),
                }
            })
            .collect();
        out.push_str(&fold(&format!("Exceptions, {}", codes(&[outcome.rule.id])), &names));
    }
    out
}

fn style_word(style: NameStyle) -> &'static str {
    match style {
        NameStyle::Snake => "`snake_case`",
        NameStyle::Camel => "`camelCase`",
        NameStyle::Pascal => "`PascalCase`",
        NameStyle::Upper => "`UPPER_CASE`",
        NameStyle::Flat => "`flatcase`",
        NameStyle::Other => "mixed",
    }
}
