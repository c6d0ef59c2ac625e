//! The scripts for PostgreSQL under the eyes of squawk, a linter of migrations.
//!
//! The program comes from a Python package of a pinned version, fetched once into the cache of the servers.

use crate::support::database::{Database, Place};
use crate::support::times::trial;
use crate::support::{TestResult, chain, read, schemas, servers};
use brownfield::model::{EngineName, Model, TableKind, Tables};
use brownfield::render::sql;
use brownfield::report::Report;
use brownfield::settings::Settings;
use libtest_mimic::Trial;
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

pub(crate) fn add(trials: &mut Vec<Trial>) {
    for place in Place::of(EngineName::PostgreSql) {
        for sample in schemas::samples(place) {
            let name = format!("squawk::{}::{}", place.name(), sample.name);
            trials.push(trial(name, move || sample_script(place, &sample)));
        }
    }
}

const VERSION: &str = "2.70.0";

/// What squawk says against some statements, and the scripts do all the same: the rule, what the statement contains, and why.
const EXCEPTIONS: [(&str, &[&str], &str); 11] = [
    (
        "renaming-object",
        &[" RENAME CONSTRAINT ", "ALTER INDEX "],
        "the finding is about the name, and no query says it",
    ),
    (
        "changing-column-type",
        &[" ALTER COLUMN "],
        "the finding is about the type, and the step says what a rewrite blocks",
    ),
    (
        "adding-serial-primary-key-field",
        &[" GENERATED ALWAYS AS IDENTITY"],
        "a table without any key gets one in the only way there is, and the step says so",
    ),
    ("adding-field-with-default", &[" GENERATED ALWAYS AS IDENTITY"], "the same: the new key's values"),
    ("constraint-missing-not-valid", &[" GENERATED ALWAYS AS IDENTITY"], "the same: the new key"),
    (
        "prefer-robust-stmts",
        &[" INDEX CONCURRENTLY "],
        "IF NOT EXISTS passes over an invalid index of the same name, left by an earlier try",
    ),
    ("prefer-timestamp-tz", &[" ADD COLUMN "], "a new column has the type of its namesakes"),
    (
        "prefer-text-field",
        &["CREATE TABLE ", " ALTER COLUMN "],
        "a lookup table has the type of its column, and columns that stand for each other have one",
    ),
    ("prefer-bigint-over-int", &["CREATE TABLE ", " ADD COLUMN ", " ALTER COLUMN "], "the same"),
    ("prefer-bigint-over-smallint", &["CREATE TABLE ", " ADD COLUMN ", " ALTER COLUMN "], "the same"),
    ("ban-drop-constraint", &[" DROP CONSTRAINT "], "another one, made before or in the same transaction, replaces it"),
];

/// Rules whose findings are that a constraint stands twice.
const TWICE: [&str; 3] = ["fk-duplicate", "index-duplicate", "index-redundant-prefix"];

/// Whether the script has something in place of the constraint that a statement drops.
fn is_replaced(lines: &[&str], number: usize) -> bool {
    let statement = lines.get(number).copied().unwrap_or_default();
    let name = statement.split(" DROP CONSTRAINT ").nth(1).unwrap_or_default().trim_end_matches(';');
    let again = [format!(" ADD CONSTRAINT {name} "), format!(" TO {name};")];
    let made = lines.iter().any(|line| again.iter().any(|again| line.contains(again)));
    // A check that stood for NOT NULL, and a unique constraint whose columns become the primary key.
    let neighbour =
        |at: Option<usize>, text: &str| at.and_then(|at| lines.get(at)).is_some_and(|line| line.contains(text));
    let rules = lines[..number].iter().rev().find_map(|line| line.strip_prefix("--   for: ")).unwrap_or_default();
    made || neighbour(number.checked_sub(1), " SET NOT NULL")
        || neighbour(Some(number + 1), " USING INDEX ")
        || TWICE.iter().any(|rule| rules.contains(rule))
}

fn is_excepted(lines: &[&str], number: usize, finding: &str) -> bool {
    let statement = lines.get(number).copied().unwrap_or_default();
    let mut exceptions = EXCEPTIONS.iter().filter(|(rule, _, _)| finding.contains(rule));
    exceptions.any(|(rule, texts, _)| {
        texts.iter().any(|text| statement.contains(text))
            && (*rule != "ban-drop-constraint" || is_replaced(lines, number))
    })
}

fn sample_script(place: Place, sample: &schemas::Sample) -> TestResult {
    let database = Database::new(place)?;
    sample.load(&database)?;
    let model = read(&database.url()).map_err(|error| chain(&error))?;
    let script = sql::render(&Report::new(&model, &Tables::new(&model), &Settings::default()), &[]);
    lint(place, &model, &script, &[])
}

/// Whether squawk has nothing to say against a script that was made from a model, but for exceptions and their reasons.
pub(crate) fn lint(place: Place, model: &Model, script: &str, more: &[(&str, &str)]) -> TestResult {
    let program = program()?;
    let excluded: Vec<&str> = more.iter().map(|(rule, _)| *rule).collect();
    let mut child = Command::new(&program)
        .args(["--reporter", "gcc", "--pg-version", &format!("{}.0", place.version().0)])
        .args((!excluded.is_empty()).then(|| format!("--exclude={}", excluded.join(","))))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| format!("cannot run {}: {error}", program.display()))?;
    let mut input = child.stdin.take().ok_or("no standard input")?;
    let text = script.to_owned();
    let writer = std::thread::spawn(move || input.write_all(text.as_bytes()));
    let output = child.wait_with_output()?;
    writer.join().map_err(|_| "the script could not be handed over")??;
    let said = String::from_utf8_lossy(&output.stdout);
    let lines: Vec<&str> = script.lines().collect();
    let mut rest = String::new();
    for finding in said.lines() {
        let number: usize = finding.split(':').nth(1).and_then(|number| number.parse().ok()).unwrap_or_default();
        let statement = lines.get(number).copied().unwrap_or_default();
        if !is_about_partitions(model, finding, statement) && !is_excepted(&lines, number, finding) {
            let _ = writeln!(rest, "{finding}\n    {statement}");
        }
    }
    let errors = String::from_utf8_lossy(&output.stderr);
    if rest.is_empty() && errors.is_empty() { Ok(()) } else { Err(format!("{rest}{errors}").into()) }
}

/// Whether the statement is the one that PostgreSQL has for a partitioned table: its index is made without its partitions'
/// and not concurrently, and before version 18 it takes no foreign key that is not valid.
fn is_about_partitions(model: &Model, finding: &str, statement: &str) -> bool {
    let mut tables = model.schemas.iter().flat_map(|schema| &schema.tables);
    let partitioned =
        tables.any(|table| table.kind == TableKind::Partitioned && statement.contains(&format!(".{} ", table.name)));
    partitioned
        && (finding.contains("require-concurrent-index-creation") && statement.contains(" ON ONLY ")
            || ["adding-foreign-key-constraint", "constraint-missing-not-valid"]
                .iter()
                .any(|rule| finding.contains(rule))
                && statement.contains(" FOREIGN KEY "))
}

const HINT: &str = "hint: install Python 3 with pip, whose index has to be reachable once";

/// The program, fetched when it is not there or another version is pinned.
fn program() -> Result<PathBuf, String> {
    static PROGRAM: OnceLock<Result<PathBuf, String>> = OnceLock::new();
    PROGRAM.get_or_init(|| fetch(&servers::cache()?)).clone()
}

fn fetch(cache: &Path) -> Result<PathBuf, String> {
    let failed = |what: &str, error: std::io::Error| format!("cannot {what} in {}: {error}", cache.display());
    let lock = std::fs::File::create(cache.join(".squawk.lock")).map_err(|error| failed("make a lock", error))?;
    // Another run may be fetching it.
    lock.lock().map_err(|error| failed("wait for the lock", error))?;
    let folder = cache.join("squawk");
    let program = folder.join("bin/squawk");
    if std::fs::read_to_string(folder.join(".complete")).is_ok_and(|complete| complete == VERSION) {
        return Ok(program);
    }
    let _ = std::fs::remove_dir_all(&folder);
    let output = Command::new("python3")
        .args(["-m", "pip", "install", "--quiet", "--no-deps", "--disable-pip-version-check", "--target"])
        .arg(&folder)
        .arg(format!("squawk-cli=={VERSION}"))
        .stdin(Stdio::null())
        .output()
        .map_err(|error| format!("cannot run python3 to fetch squawk: {error}\n{HINT}"))?;
    if !output.status.success() {
        return Err(format!("pip could not fetch squawk:\n{}\n{HINT}", String::from_utf8_lossy(&output.stderr)));
    }
    std::fs::write(folder.join(".complete"), VERSION).map_err(|error| failed("write", error))?;
    Ok(program)
}
