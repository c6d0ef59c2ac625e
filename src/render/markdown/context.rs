//! Where the schema lives, what could not be seen of it, and what made this document.

use super::escape::{code, table, text};
use super::indexes::folded;
use super::page::{Page, codes, fold, number};
use crate::model::{EngineName, FORMAT, Schema, VERSION};
use crate::report::outside;

pub(super) fn technical(page: &Page<'_, '_>) -> String {
    let model = page.report.model;
    let engine = &model.engine;
    let mut stack = vec![format!("{} {}", engine.name.title(), text(page.version()))];
    stack.extend(engine.variant.as_deref().map(text));
    stack.extend(engine.encoding.as_deref().map(|encoding| format!("encoding {}", code(encoding))));
    stack.extend(engine.collation.as_deref().map(|collation| format!("collation {}", code(collation))));
    let mut out = format!("**Stack**: {}\n\n", stack.join(", "));
    if !model.extensions.is_empty() {
        let names: Vec<String> = model
            .extensions
            .iter()
            .map(|extension| {
                let version = format!(" {}", text(&extension.version));
                format!("{}{}", code(&extension.name), if page.options.statistics { &version } else { "" })
            })
            .collect();
        if model.extensions.iter().any(|extension| extension.comment.is_some()) {
            let said = model.extensions.iter().map(|extension| extension.comment.as_deref().map(text));
            let lines = names.iter().zip(said).map(|(name, said)| match said {
                Some(said) => format!("- {name}: {said}\n"),
                None => format!("- {name}\n"),
            });
            push!(out, "**Extensions**:\n\n{}\n", lines.collect::<String>());
        } else {
            push!(out, "**Extensions**: {}\n\n", names.join(", "));
        }
    }
    if let Some(scope) = scope(page) {
        push!(out, "**Scope**: {scope}\n\n");
    }
    if !engine.settings.is_empty() {
        let rows: Vec<Vec<String>> =
            engine.settings.iter().map(|(name, value)| vec![code(name), code(value)]).collect();
        push!(out, "**Settings**:\n\n{}\n", table(&["Setting", "Value"], &rows));
    }
    if model.piecemeal {
        out.push_str(
            "**Moment**: the server gives no consistent picture of its catalog; each table is described as it was when its turn \
             came.\n\n",
        );
    }
    if model.schemas.iter().any(|schema| schema.comment.is_some()) {
        let comment = |schema: &Schema| schema.comment.as_deref().map(|said| format!(": {}", text(said)));
        let lines = model
            .schemas
            .iter()
            .map(|schema| format!("- {}{}\n", code(&schema.name), comment(schema).unwrap_or_default()));
        push!(out, "**Schemas**:\n\n{}\n", lines.collect::<String>());
    } else if model.schemas.len() > 1 {
        let schemas: Vec<&str> = model.schemas.iter().map(|schema| schema.name.as_str()).collect();
        push!(out, "**Schemas**: {}\n\n", codes(&schemas));
    }
    let outside: Vec<String> = outside(model)
        .into_iter()
        .map(|(kind, name)| format!("{kind} {}", code(&format!("{}.{}", name.schema, name.name))))
        .collect();
    if !outside.is_empty() {
        push!(
            out,
            "**Out of scope**: {}. They rest on what is described here, and are neither described nor judged.\n\n",
            outside.join(", ")
        );
    }
    if !model.migration_tables.is_empty() {
        let tools: Vec<String> = model
            .migration_tables
            .iter()
            .map(|entry| format!("{} ({})", text(&entry.tool), code(&page.names.join(&entry.schema, &entry.name))))
            .collect();
        push!(
            out,
            "**Migration tools**: {}. {} of this document: only the history of migrations.\n\n",
            tools.join(", "),
            number(tools.len(), "table is left out", "tables are left out")
        );
    }
    let mut machinery = String::new();
    let publications: Vec<String> = model.publications.iter().map(|publication| code(&publication.name)).collect();
    machinery.push_str(&fold("Publications", &publications));
    let triggers: Vec<String> = model
        .event_triggers
        .iter()
        .map(|trigger| format!("{} on {}", code(&trigger.name), text(&trigger.event)))
        .collect();
    machinery.push_str(&fold("Event triggers", &triggers));
    let jobs: Vec<String> = model
        .scheduled_jobs
        .iter()
        .map(|job| {
            format!("{} at {}", job.name.as_deref().map_or_else(|| code(&job.command), code), code(&job.schedule))
        })
        .collect();
    machinery.push_str(&fold("Scheduled jobs", &jobs));
    if !machinery.is_empty() {
        push!(out, "**Machinery**:\n\n{machinery}\n");
    }
    out.push_str("**Constraints**: ");
    if model.unseen.is_empty() {
        out.push_str("everything in scope could be read.\n");
        return out;
    }
    out.push_str("what could not be seen.\n\n");
    out.push_str(&gaps(page));
    out
}

/// What the document is about, when that is a part of the database only.
pub(super) fn scope(page: &Page<'_, '_>) -> Option<String> {
    let scopes = &page.report.model.scopes;
    let any = |names: &[String]| names.iter().map(|name| code(name)).collect::<Vec<_>>().join(" or ");
    // Elsewhere one schema is the whole database, whose name a document does not hang on.
    let whole = usize::from(page.report.model.engine.name != EngineName::PostgreSql);
    let mut words = Vec::new();
    let chosen: Vec<&Vec<String>> = scopes.iter().map(|scope| &scope.schemas).filter(|it| !it.is_empty()).collect();
    if let Some(last) = chosen.last().filter(|_| chosen.iter().any(|schemas| schemas.len() > whole)) {
        // What was narrowed once more is what every choice lets through.
        let mut common = (*last).clone();
        common.retain(|name| chosen.iter().all(|schemas| schemas.contains(name)));
        words.push(format!("of the schema {}", any(&common)));
    }
    for scope in scopes {
        let include = (!scope.include.is_empty()).then(|| format!("that match {}", any(&scope.include)));
        let exclude = (!scope.exclude.is_empty()).then(|| format!("that do not match {}", any(&scope.exclude)));
        words.extend(include.into_iter().chain(exclude));
    }
    let said = || format!("Only tables and views {} were read; nothing is said here of others.", words.join(" and "));
    (!words.is_empty()).then(said)
}

/// What could not be seen, as a table.
pub(super) fn gaps(page: &Page<'_, '_>) -> String {
    let rows: Vec<Vec<String>> = page
        .report
        .model
        .unseen
        .iter()
        .map(|unseen| {
            let place = match (&unseen.schema, &unseen.object) {
                (Some(schema), Some(object)) => code(&page.names.join(schema, object)),
                (Some(schema), None) => code(schema),
                (None, Some(object)) => code(object),
                (None, None) => String::new(),
            };
            vec![unseen.what.title().to_owned(), place, text(&unseen.reason), text(&unseen.remedy)]
        })
        .collect();
    let block = table(&["What", "Where", "Why", "What would show it"], &rows);
    folded(&number(rows.len(), "gap", "gaps"), rows.len(), &block)
}

pub(super) fn metadata(page: &Page<'_, '_>) -> String {
    let rules = page.report.outcomes.len();
    let date = page.options.date.as_deref().map(|date| ("Generated", text(date)));
    let rows: Vec<Vec<String>> = date
        .into_iter()
        .chain([
            ("Generator", "brownfield".to_owned()),
            ("Source", format!("{} catalog", page.report.model.engine.name.title())),
            ("Model", format!("{} {VERSION}", code(FORMAT))),
            ("Rules applied", rules.to_string()),
            ("Status", "Generated; describes the database as it is".to_owned()),
        ])
        .map(|(field, value)| vec![field.to_owned(), value])
        .collect();
    table(&["Field", "Value"], &rows)
}
