//! What the project promises about itself.

use crate::support::times::trial;
use crate::support::{TestResult, root};
use libtest_mimic::Trial;
use std::path::{Path, PathBuf};

pub(crate) fn add(trials: &mut Vec<Trial>) {
    trials.push(trial("tidy::stages_import_only_to_their_left", stages));
    trials.push(trial("tidy::only_catalog_does_database_io", || only("sqlx", "src/catalog")));
    trials.push(trial("tidy::only_render_says_minijinja", || only("minijinja", "src/render")));
    trials.push(trial("tidy::rules_are_named_as_their_files", rule_files));
}

/// The stages in the order in which data flows.
const STAGES: &[&str] =
    &["settings", "model", "catalog", "survey", "checks", "score", "remedy", "report", "render", "cli"];

fn stages() -> TestResult {
    let mut wrong = Vec::new();
    for (position, stage) in STAGES.iter().enumerate() {
        for file in sources(&root().join("src")).iter().filter(|file| belongs_to(file, stage)) {
            let text = std::fs::read_to_string(file)?;
            for later in &STAGES[position + 1..] {
                // Unit tests may use what lies to the right of their stage: they are cut off first.
                let code = text.split("#[cfg(test)]").next().unwrap_or_default();
                if code.contains(&format!("crate::{later}")) {
                    wrong.push(format!("{} imports {later}", file.display()));
                }
            }
        }
    }
    if wrong.is_empty() { Ok(()) } else { Err(format!("{wrong:#?}").into()) }
}

fn belongs_to(file: &Path, stage: &str) -> bool {
    let source = root().join("src");
    file.strip_prefix(&source).is_ok_and(|path| {
        path.components().next().is_some_and(|first| {
            let first = first.as_os_str().to_string_lossy();
            first == stage || first == format!("{stage}.rs")
        })
    })
}

fn only(word: &str, folder: &str) -> TestResult {
    let allowed = root().join(folder);
    for file in sources(&root().join("src")) {
        let text = std::fs::read_to_string(&file)?;
        if !file.starts_with(&allowed) && text.contains(&format!("{word}::")) {
            return Err(format!("{} says {word}", file.display()).into());
        }
    }
    Ok(())
}

fn rule_files() -> TestResult {
    for rule in brownfield::checks::all() {
        let name = format!("{}.rs", rule.id.replace('-', "_"));
        let files = sources(&root().join("src/checks"));
        if !files.iter().any(|file| file.file_name().is_some_and(|file| *file == *name)) {
            return Err(format!("{}: there is no {name}", rule.id).into());
        }
    }
    Ok(())
}

fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        let Ok(entries) = std::fs::read_dir(&folder) else { continue };
        for path in entries.filter_map(|entry| Some(entry.ok()?.path())) {
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}
