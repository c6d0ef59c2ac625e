//! Every rule's documentation, run: its examples fire or stay quiet on every engine they name, and every remedy makes
//! its finding go away on the live database.

use crate::support::database::{Database, Place};
use crate::support::locks::apply_watched;
use crate::support::times::trial;
use crate::support::{TestResult, brownfield, chain, read_with};
use brownfield::catalog::{Options, WorkloadSource};
use brownfield::checks::{self, Context, Finding, Kind, Needs, Outcome, Rule, Severity};
use brownfield::model::{EngineName, Model, Tables};
use brownfield::remedy::{self, Playbook, Step};
use brownfield::render::rules::is_mended;
use brownfield::report::Report;
use brownfield::settings::Settings;
use brownfield::survey::references;
use libtest_mimic::Trial;
use std::collections::BTreeSet;
use std::time::Duration;

/// One trial a rule and place: all of the rule's examples there.
pub(crate) fn add(trials: &mut Vec<Trial>) {
    for &rule in checks::all() {
        for place in Place::all().into_iter().filter(|place| rule.engines.contains(&place.engine())) {
            trials.push(trial(format!("examples::{}::{}", rule.id, place.name()), move || run(rule, place)));
            let own = examples(rule).iter().any(|example| example.own_server && example.runs_on(place));
            if own && NEWEST.contains(&place.name()) {
                let name = format!("examples::{}::{}::own_server", rule.id, place.name());
                trials.push(trial(name, move || run_on_own_server(rule, place)));
            }
        }
    }
    trials.push(trial("examples::labels_are_true", labels_are_true));
}

/// The newest server of each engine, which is started once more for examples that change the whole server.
pub(crate) const NEWEST: [&str; 3] = ["pg18", "mysql9.7", "maria11.8"];

/// A fenced block of a rule's documentation.
#[derive(Debug, Default)]
struct Example {
    fires: bool,
    /// Changes the whole server.
    own_server: bool,
    /// Severity of every finding, where it is not the rule's own.
    severity: Option<String>,
    /// No finding counts.
    unscored: bool,
    /// Relations that the configuration denies, as `table.column`.
    denied: Vec<String>,
    /// Options of the rule, as `brownfield.toml` would say them.
    options: Vec<(String, String)>,
    /// Engines with their versions, as written; empty means every engine of the rule.
    engines: Vec<(String, Versions)>,
    sql: String,
    /// Statements of the `sql,workload` block before it.
    workload: Option<String>,
}

/// Versions of an engine: from the first (included) to the last (excluded).
type Versions = ((u32, u32), Option<(u32, u32)>);

impl Example {
    /// Whether it names no engine, or this one in this version.
    fn runs_on(&self, place: Place) -> bool {
        let is_this = |(engine, (first, last)): &(String, Versions)| {
            let version = place.version();
            engine == place.engine().id() && version >= *first && last.is_none_or(|last| version < last)
        };
        self.engines.is_empty() || self.engines.iter().any(is_this)
    }
}

fn examples(rule: &Rule) -> Vec<Example> {
    let mut found = Vec::new();
    let mut lines = rule.documentation.lines();
    let mut workload = None;
    while let Some(line) = lines.next() {
        let Some(words) = line.trim().strip_prefix("```sql,") else { continue };
        if words == "workload" {
            workload = Some(lines.by_ref().take_while(|line| line.trim() != "```").collect::<Vec<_>>().join("\n"));
            continue;
        }
        let mut words = words.split(',').map(str::trim);
        let fires = match words.next() {
            Some("fires") => true,
            Some("passes") => false,
            other => panic!("{}: a block is `sql,fires`, `sql,passes` or `sql,workload`, not {other:?}", rule.id),
        };
        let mut example = Example { fires, workload: workload.clone(), ..Example::default() };
        for word in words {
            match word.split_once('=').filter(|_| !word.contains(['<', '>'])) {
                Some(("severity", severity)) if fires => example.severity = Some(severity.to_owned()),
                Some(("denied", column)) => example.denied.push(column.to_owned()),
                Some((name, value)) => example.options.push((name.to_owned(), value.to_owned())),
                None if word == "own-server" => example.own_server = true,
                None if word == "unscored" && fires => example.unscored = true,
                None => example.engines.push(engine(rule, word)),
            }
        }
        let sql: Vec<_> = lines.by_ref().take_while(|line| line.trim() != "```").collect();
        example.sql = sql.join("\n");
        found.push(example);
    }
    found
}

/// `postgresql`, `postgresql>=15` or `mariadb<11.5`.
fn engine(rule: &Rule, word: &str) -> (String, Versions) {
    let number = |text: &str| {
        let mut numbers = text.split('.').map(|part| part.parse().unwrap_or(0));
        (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0))
    };
    let (name, versions) = match (word.split_once(">="), word.split_once('<')) {
        (Some((name, first)), _) => (name, (number(first), None)),
        (None, Some((name, last))) => (name, ((0, 0), Some(number(last)))),
        (None, None) => (word, ((0, 0), None)),
    };
    let known = rule.engines.iter().any(|engine| engine.id() == name);
    assert!(known, "{}: `{word}` names no engine of this rule", rule.id);
    (name.to_owned(), versions)
}

/// The examples of one kind that a place runs: those that name its engine, and those that name none.
fn chosen(all: &[Example], fires: bool, place: Place) -> Vec<&Example> {
    let of_kind = |example: &&Example| example.fires == fires && !example.own_server;
    all.iter().filter(of_kind).filter(|example| example.runs_on(place)).collect()
}

fn run(rule: &'static Rule, place: Place) -> TestResult {
    let all = examples(rule);
    for example in chosen(&all, false, place) {
        let database = load(place, example)?;
        let model = read_for(rule, &database, example)?;
        let reported = findings_of(rule, &model, &settings(rule, &model, example), false);
        if !reported.is_empty() {
            return Err(format!("should pass, but reports {reported:#?}\n{}", example.sql).into());
        }
    }
    let mut proofs = Vec::new();
    for example in chosen(&all, true, place) {
        let database = load(place, example)?;
        let proof = prove(rule, &database, example);
        proofs.push(proof.map_err(|error| format!("{error}\nexample:\n{}", example.sql))?);
    }
    as_labelled(rule, place, &proofs)
}

/// Reads until the rule fires as the block says: statistics reach readers up to seconds after the statements that they count.
fn read_until_it_fires(rule: &'static Rule, database: &Database, example: &Example) -> Result<Model, String> {
    let mut patience = if rule.needs == Needs::Statistics || example.severity.is_some() { 40 } else { 0 };
    loop {
        let model = read_for(rule, database, example)?;
        let settings = settings(rule, &model, example);
        let tables = Tables::new(&model);
        let as_said = |findings: &[&Finding]| !findings.is_empty() && weighed_as_said(rule, example, findings).is_ok();
        if patience == 0 || as_said(&of_rule(rule, &Report::new(&model, &tables, &settings))) {
            return Ok(model);
        }
        patience -= 1;
        std::thread::sleep(Duration::from_millis(250));
    }
}

/// Reads as a user would who wants this rule judged: with table data or a workload only where the rule needs it.
fn read_for(rule: &Rule, database: &Database, example: &Example) -> Result<Model, String> {
    let mut options = Options { data: (rule.needs == Needs::Data).then_some(references), ..Options::default() };
    let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
    if let Some(workload) = &example.workload {
        let file = folder.path().join("workload.sql");
        std::fs::write(&file, workload).map_err(|error| error.to_string())?;
        options.workload = Some(WorkloadSource::File(file));
    }
    read_with(&database.url(), &options).map_err(|error| chain(&error))
}

fn load(place: Place, example: &Example) -> Result<Database, String> {
    fill(Database::new(place)?, example)
}

fn run_on_own_server(rule: &'static Rule, place: Place) -> TestResult {
    let mut proofs = Vec::new();
    for example in examples(rule).iter().filter(|example| example.own_server && example.runs_on(place)) {
        let database = fill(Database::on_own_server(place)?, example)?;
        let proof = prove(rule, &database, example);
        proofs.push(proof.map_err(|error| format!("{error}\nexample:\n{}", example.sql))?);
    }
    as_labelled(rule, place, &proofs)
}

fn fill(database: Database, example: &Example) -> Result<Database, String> {
    let sql = if database.place.engine().is_mysql_family() {
        example.sql.replace("other_schema", &database.other_schema())
    } else {
        example.sql.clone()
    };
    database.run(&sql).map_err(|error| format!("the example does not load: {error}\n{}", example.sql))?;
    if example.workload.is_some() {
        analyze(&database)?;
    }
    Ok(database)
}

/// Counts rows and values, without which no statement is judged.
pub(crate) fn analyze(database: &Database) -> Result<(), String> {
    if !database.place.engine().is_mysql_family() {
        return database.run("ANALYZE;");
    }
    let model = read_with(&database.url(), &Options::default()).map_err(|error| chain(&error))?;
    let tables: Vec<String> = Tables::new(&model).base().map(|table| format!("`{}`", table.name)).collect();
    database.run(&format!("ANALYZE TABLE {};", tables.join(", ")))
}

/// The choices under which an example is judged.
fn settings(rule: &Rule, model: &Model, example: &Example) -> Settings {
    // What breaks running code is planned on demand only, and has to work like the rest.
    let mut settings = Settings { renames: true, ..Settings::default() };
    for column in &example.denied {
        let schemas = model.schemas.iter().map(|schema| format!("{}.{column}", schema.name));
        settings.relations.extend(schemas.map(|path| (path, None)));
    }
    for (name, value) in &example.options {
        let value = match value.parse::<bool>() {
            Ok(value) => toml::Value::Boolean(value),
            Err(_) => toml::Value::String(value.clone()),
        };
        settings.options.entry(rule.id.to_owned()).or_default().insert(name.clone(), value);
    }
    settings
}

fn findings_of(rule: &Rule, model: &Model, settings: &Settings, with_changes: bool) -> Vec<String> {
    of_rule(rule, &Report::new(model, &Tables::new(model), settings))
        .into_iter()
        .filter(|finding| !with_changes || !finding.changes.is_empty())
        .map(|finding| format!("{}: {}", finding.object, finding.message))
        .collect()
}

fn of_rule<'r>(rule: &Rule, report: &'r Report<'_>) -> Vec<&'r Finding> {
    let outcomes = report.outcomes.iter().filter(|outcome| outcome.rule.id == rule.id);
    outcomes.flat_map(|outcome| &outcome.findings).collect()
}

/// What an example shows of a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Proof {
    /// It fires.
    Found,
    /// It fires, and steps ran that made a finding go away.
    Mended,
}

/// The rule fires; its remedy, applied step by step, makes the finding go away and breaks nothing else.
fn prove(rule: &'static Rule, database: &Database, example: &Example) -> Result<Proof, String> {
    let before = read_until_it_fires(rule, database, example)?;
    let settings = &settings(rule, &before, example);
    let tables = Tables::new(&before);
    let report = Report::new(&before, &tables, settings);
    let findings = of_rule(rule, &report);
    if findings.is_empty() {
        return Err("should fire, but reports nothing".to_owned());
    }
    let judged_by =
        report.outcomes.iter().find(|outcome| outcome.rule.id == rule.id).map_or(rule, |outcome| outcome.rule);
    weighed_as_said(judged_by, example, &findings)?;
    if findings.iter().all(|finding| finding.changes.is_empty()) {
        return Ok(Proof::Found);
    }
    let context = Context { model: &before, tables: &tables, survey: &report.survey, settings };
    let playbook = remedy::plan(context, &findings);
    let impossible: Vec<_> = playbook.impossible.iter().map(|(change, why)| format!("{change:?}: {why}")).collect();
    if playbook.steps.is_empty() {
        return if impossible.is_empty() { Err("changes, but no steps".to_owned()) } else { Ok(Proof::Found) };
    }
    apply(&playbook, database)?;
    let after = read_for(rule, database, example)?;
    let left = findings_of(rule, &after, settings, true);
    // What no statement makes stays, and is said; everything else is mended.
    let refused = |finding: &&&Finding| {
        finding.changes.iter().any(|change| playbook.impossible.iter().any(|(impossible, _)| impossible == change))
    };
    let refused: BTreeSet<String> =
        findings.iter().filter(refused).map(|finding| format!("{}: {}", finding.object, finding.message)).collect();
    let left: Vec<&String> = left.iter().filter(|finding| !refused.contains(*finding)).collect();
    if !left.is_empty() {
        return Err(format!("still reported after the remedy: {left:#?}\n{}", text(&playbook)));
    }
    let known = all_findings(&report.outcomes);
    let after_tables = Tables::new(&after);
    let after_report = Report::new(&after, &after_tables, settings);
    let new: Vec<_> = all_findings(&after_report.outcomes).difference(&known).cloned().collect();
    if !new.is_empty() {
        return Err(format!("newly reported after the remedy: {new:#?}\n{}", text(&playbook)));
    }
    // A step that is refused leaves its changes out, and what a finding has else is made all the same.
    if let (Some(foretold), Some(reached)) = (report.total_after(&playbook), after_report.score.total)
        && (reached - foretold).abs() > ROUNDING
    {
        return Err(format!("the score was foretold to become {foretold} and became {reached}\n{}", text(&playbook)));
    }
    // Without evidence there is no score to compare: a lone index that was a defect leaves nothing to count when it goes.
    let fell = matches!((report.score.total, after_report.score.total), (Some(before), Some(after)) if after < before);
    if fell {
        return Err(format!(
            "the score fell from {:?} to {:?}\n{}",
            report.score.total,
            after_report.score.total,
            text(&playbook)
        ));
    }
    let stays = |finding: &&Finding| refused.contains(&format!("{}: {}", finding.object, finding.message));
    let all_stay = findings.iter().filter(|finding| !finding.changes.is_empty()).all(stays);
    Ok(if all_stay { Proof::Found } else { Proof::Mended })
}

/// Whether steps mend what the rule finds there is as its page says.
fn as_labelled(rule: &Rule, place: Place, proofs: &[Proof]) -> TestResult {
    let mended = proofs.contains(&Proof::Mended);
    // An older server may lack what the steps need.
    let is_newest = place == Place::Sqlite || NEWEST.contains(&place.name());
    let wrong = if mended { !is_mended(rule, place.engine()) } else { is_newest && is_mended(rule, place.engine()) };
    if !proofs.is_empty() && wrong {
        return Err(format!("its documentation and its examples do not agree whether steps mend it: {proofs:?}").into());
    }
    Ok(())
}

/// Every finding has the severity that the block names, and counts or not as it says; a block that says nothing shows the
/// rule's own severity and what counts.
fn weighed_as_said(rule: &Rule, example: &Example, findings: &[&Finding]) -> Result<(), String> {
    let found = || findings.iter().map(|finding| (finding.severity.word(), finding.scored)).collect::<Vec<_>>();
    let severities = match &example.severity {
        Some(word) => findings.iter().all(|finding| finding.severity.word() == word),
        None => findings.iter().any(|finding| finding.severity == rule.severity),
    };
    if !severities {
        let expected = example.severity.as_deref().unwrap_or(rule.severity.word());
        return Err(format!("should be of severity {expected}, but (severity, counts) are {:?}", found()));
    }
    let counts = if example.unscored || rule.kind == Kind::Informational {
        findings.iter().all(|finding| !finding.scored)
    } else {
        findings.iter().any(|finding| finding.scored)
    };
    if counts { Ok(()) } else { Err(format!("counts otherwise than said; (severity, counts) are {:?}", found())) }
}

/// Points by which a score may be other than foretold: both are rounded.
const ROUNDING: f64 = 0.1 + 1e-9;

/// What costs points or is more than worth knowing, as `rule object`.
fn all_findings(outcomes: &[Outcome]) -> BTreeSet<String> {
    outcomes
        .iter()
        .flat_map(|outcome| &outcome.findings)
        .filter(|finding| finding.scored || finding.severity != Severity::Info)
        .map(|finding| format!("{} {}", finding.rule, finding.object))
        .collect()
}

/// Runs a playbook's steps in their order.
pub(crate) fn apply(playbook: &Playbook, database: &Database) -> Result<(), String> {
    if database.place.engine() == EngineName::PostgreSql {
        return apply_watched(playbook, database);
    }
    let preamble: String = playbook.preamble.iter().map(|statement| format!("{statement};\n")).collect();
    for step in &playbook.steps {
        let body: String = step.statements.iter().map(|statement| format!("{statement};\n")).collect();
        let script = if step.transaction && database.place.engine() == EngineName::Sqlite {
            format!("{preamble}BEGIN;\n{body}COMMIT;\n")
        } else {
            format!("{preamble}{body}")
        };
        database.run(&script).map_err(|error| format!("step `{}` failed: {error}\n{script}", step.title))?;
        verify(step, database)?;
    }
    Ok(())
}

/// The query that shows that a step worked says so.
pub(crate) fn verify(step: &Step, database: &Database) -> Result<(), String> {
    if step.undo.is_empty() == step.irreversible.is_none() {
        return Err(format!("step `{}` says neither how it is undone nor why it is not, or both", step.title));
    }
    let Some(query) = &step.verify else { return Ok(()) };
    let rows = database.query(query).map_err(|error| format!("step `{}`: {error}\n{query}", step.title))?;
    let answer = rows.first().and_then(|row| row.first()).map(String::as_str);
    let counts = query.starts_with("SELECT count(*)") || query.starts_with("PRAGMA");
    let holds =
        if counts { matches!(answer, None | Some("0")) } else { !matches!(answer, None | Some("" | "f" | "0")) };
    if holds { Ok(()) } else { Err(format!("step `{}` is not shown to have worked: {query}: {rows:?}", step.title)) }
}

fn text(playbook: &Playbook) -> String {
    playbook.steps.iter().flat_map(|step| &step.statements).map(|statement| format!("{statement};\n")).collect()
}

/// The table of rules and engines says *proven* or *found* where an example fires on a server that the suite knows, and nowhere
/// else; every rule has an example that stays quiet there.
fn labels_are_true() -> TestResult {
    let page = brownfield().args(["rules", "--format", "markdown"]).assert().success().get_output().stdout.clone();
    let page = String::from_utf8(page)?;
    let mut wrong = Vec::new();
    for &rule in checks::all() {
        let all = examples(rule);
        let row = page.lines().find_map(|line| line.strip_prefix(&format!("| [{0}](#{0}) |", rule.id)));
        let cells: Vec<&str> = row.ok_or("a rule has no row")?.split('|').map(str::trim).collect();
        for (engine, cell) in EngineName::ALL.into_iter().zip(cells) {
            let places: Vec<Place> = Place::known().filter(|place| place.engine() == engine).collect();
            let own = |place: &Place| {
                NEWEST.contains(&place.name())
                    && all.iter().any(|example| example.fires && example.own_server && example.runs_on(*place))
            };
            let shown =
                |fires| places.iter().any(|place| !chosen(&all, fires, *place).is_empty() || fires && own(place));
            let how = if is_mended(rule, engine) { "proven" } else { "found" };
            let expected = match rule.needs {
                _ if !rule.engines.contains(&engine) => "not applicable".to_owned(),
                Needs::Data => format!("{how}, needs data"),
                Needs::Workload => format!("{how}, needs workload"),
                Needs::Usage => "needs statistics".to_owned(),
                Needs::Catalog | Needs::Statistics => how.to_owned(),
            };
            let applies = rule.engines.contains(&engine);
            let fires = rule.needs != Needs::Usage;
            if cell != expected || applies && (shown(true) != fires || !shown(false)) {
                wrong.push(format!("{} on {}: {cell}, should be {expected}", rule.id, engine.id()));
            }
        }
    }
    if wrong.is_empty() { Ok(()) } else { Err(format!("labels or examples are wrong: {wrong:#?}").into()) }
}
