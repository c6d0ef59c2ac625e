//! `brownfield doc` as a user meets it: formats, templates, folders, dates, descriptions, links.

use crate::support::database::{Database, Place};
use crate::support::times::trial;
use crate::support::{TestResult, brownfield, root, schemas};
use brownfield::model::EngineName;
use libtest_mimic::Trial;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::path::{Path, PathBuf};

pub(crate) fn add(trials: &mut Vec<Trial>) {
    let mut test = |name: &str, test: fn() -> TestResult| trials.push(trial(format!("document::{name}"), test));
    test("every_format", formats);
    test("the_seed_template_unmodified", seed_template);
    test("a_template_that_is_wrong", wrong_template);
    test("the_printed_template_gives_the_document", printed_template);
    test("the_page_about_templates", documented_template);
    test("a_folder_removes_its_own_stale_pages_only", stale_pages);
    test("above_150_tables_pages_by_itself", many_tables);
    test("every_page_is_short_enough_to_be_shown", short_pages);
    test("dates", dates);
    test("descriptions_and_groups_of_the_configuration", configuration);
    test("groups_stay_from_snapshot_to_snapshot", groups_stay);
    test("one_file_leaves_no_pages_of_an_earlier_run", no_pages);
    test("chosen_groups_of_a_small_schema", groups_of_few);
    if let Some(place) = Place::of(EngineName::PostgreSql).into_iter().max_by_key(|place| place.version()) {
        trials.push(trial(format!("document::every_comment_is_shown::{}", place.name()), move || comments(place)));
    }
    for engine in [EngineName::Sqlite, EngineName::PostgreSql, EngineName::MySql, EngineName::MariaDb] {
        // What is written depends on the engine; its newest server does for all.
        if let Some(place) = Place::of(engine).into_iter().max_by_key(|place| place.version()) {
            let name = format!("document::a_new_column_changes_only_the_lines_about_it::{}", place.name());
            trials.push(trial(name, move || new_column(place)));
            let name = format!("document::counts_only_with_stats::{}", place.name());
            trials.push(trial(name, move || statistics(place)));
            let name = format!("document::notes_name_what_they_are_about::{}", place.name());
            trials.push(trial(name, move || notes(place)));
            let name = format!("document::judgements_are_true::{}", place.name());
            trials.push(trial(name, move || judgements(place)));
            if engine == EngineName::PostgreSql {
                let name = format!("document::many_steps_in_short::{}", place.name());
                trials.push(trial(name, move || many_steps(place)));
            }
            let name = format!("document::code_and_rules_in_full::{}", place.name());
            trials.push(trial(name, move || in_full(place)));
            let name = format!("document::what_is_left_out_is_said::{}", place.name());
            trials.push(trial(name, move || left_out(place)));
            for sample in schemas::samples(place).into_iter().filter(|sample| RECOMPUTED.contains(&&*sample.name)) {
                let name = format!("document::scores_follow_from_what_is_printed::{}::{}", sample.name, place.name());
                trials.push(trial(name, move || recomputed(place, &sample)));
            }
        }
    }
}

type Failure = Box<dyn std::error::Error>;

/// The demo's shop and its folder.
fn shop() -> Result<(tempfile::TempDir, String), Failure> {
    let folder = tempfile::tempdir()?;
    brownfield().args(["demo", "-o"]).arg(folder.path().join("demo")).assert().success();
    let database = folder.path().join("demo/shop.db").display().to_string();
    Ok((folder, database))
}

/// What `doc` writes to standard output.
fn doc(arguments: &[&str]) -> Result<String, Failure> {
    let output = brownfield().arg("doc").args(arguments).assert().success().get_output().clone();
    Ok(String::from_utf8(output.stdout)?)
}

fn ensure(condition: bool, message: impl FnOnce() -> String) -> TestResult {
    if condition { Ok(()) } else { Err(message().into()) }
}

fn formats() -> TestResult {
    let (_folder, database) = shop()?;
    for (format, parts) in [
        ("markdown", &["# Data Model", "### Order (`orders`)", "```mermaid"][..]),
        ("json", &["\"format\": \"brownfield/report\"", "\"findings\""]),
        ("dbml", &["Table orders {", "Ref"]),
        ("mermaid", &["erDiagram", "orders {"]),
        ("plantuml", &["@startuml", "@enduml"]),
        ("dot", &["digraph", "orders"]),
        ("ddl", &["CREATE TABLE", "CREATE INDEX"]),
        ("svg", &["<svg ", "prefers-color-scheme:dark", "</svg>"]),
    ] {
        let text = doc(&[&database, "--format", format])?;
        for part in parts {
            ensure(text.contains(part), || format!("--format {format} has no `{part}`:\n{text:.400}"))?;
        }
        ensure(text == doc(&[&database, "--format", format])?, || format!("--format {format} differs in two runs"))?;
        ensure(text.ends_with('\n'), || format!("--format {format} does not end its last line"))?;
    }
    serde_json::from_str::<serde_json::Value>(&doc(&[&database, "--format", "json"])?)?;
    // The statements make the schema anew.
    let copy = Database::new(Place::Sqlite)?;
    copy.run(&doc(&[&database, "--format", "ddl"])?)?;
    let of = |url: &str| doc(&[url, "--format", "dbml"]);
    let (first, second) = (of(&database)?, of(&copy.url())?);
    let differing = first.lines().zip(second.lines()).find(|(one, other)| one != other);
    ensure(first == second, || format!("the statements make another schema: {differing:?}"))
}

/// A template with everything that a seed has: placeholders, imports, variables, instructions in comments.
const TEMPLATE: &str = "# {{title}}\n\n> {{date}}\n\n{{executive_summary}}\n\n```mermaid\nerDiagram\n{{er_diagram}}\n```\n\n\
                        {{table_definitions}}\n\n<!-- For each entity:\n\n### {EntityName}\n\n| {column} | {{type}} |\n-->\n\n\
                        {{ri_score}} {{overall_score}}\n\n{{import:$JAAN_CONTEXT_DIR/tech.md#current-stack}}\n\n\
                        {{import:$JAAN_CONTEXT_DIR/tech.md#constraints}}\n\n{{env:JAAN_OUTPUTS_DIR}}/dev\n";

fn seed_template() -> TestResult {
    let (folder, database) = shop()?;
    let context = folder.path().join("context");
    std::fs::create_dir(&context)?;
    let tech =
        "# Tech\n\n## Current Stack\n\nRust and PostgreSQL\n\n## Constraints\n\nNo downtime\n\n## More\n\nother\n";
    std::fs::write(context.join("tech.md"), tech)?;
    let own = folder.path().join("template.md");
    std::fs::write(&own, TEMPLATE)?;
    // The seed itself stands beside the project, where it is there at all.
    let seed = root().join("../shared/seed/data-model-template.md");
    for template in [own, seed].iter().filter(|template| template.is_file()) {
        let output = brownfield()
            .args(["doc", &database, "--title", "Shop", "--date", "2026-01-02", "--template"])
            .arg(template)
            .env("JAAN_CONTEXT_DIR", &context)
            .env("JAAN_OUTPUTS_DIR", "out")
            .assert()
            .success()
            .get_output()
            .clone();
        let document = String::from_utf8(output.stdout)?;
        for part in [
            "# Shop",
            "2026-01-02",
            "Rust and PostgreSQL",
            "No downtime",
            "out/dev",
            "erDiagram\n    ",
            "    customers ||--o{ orders : \"customer_id\"",
            "### Order",
        ] {
            ensure(document.contains(part), || format!("{} gives no `{part}`", template.display()))?;
        }
        for part in ["{{", "{EntityName}", "{column}", "import:", "other\n"] {
            ensure(!document.contains(part), || format!("{} leaves `{part}`", template.display()))?;
        }
    }
    Ok(())
}

fn wrong_template() -> TestResult {
    let (folder, database) = shop()?;
    let template = folder.path().join("mine.md");
    std::fs::create_dir(folder.path().join("inc"))?;
    let part = folder.path().join("inc/part.md");
    let run = || {
        let mut command = brownfield();
        let assert = command.args(["doc", &database, "--template"]).arg(&template).assert().code(2);
        String::from_utf8_lossy(&assert.get_output().stderr).into_owned()
    };
    for (text, included, wanted) in [
        (
            "# {{title}}\n\n{{ tenancy_patern }}\n",
            "",
            &["mine.md, line 3", "`tenancy_patern`", "`tenancy_pattern`?"][..],
        ),
        ("{{title}}\n{{ report.scpoe.tables }}\n", "", &["mine.md, line 2", "scpoe"]),
        (
            "{{title}}\n{% include 'inc/part.md' %}\n",
            "\n\n{{ titel }}\n",
            &["/inc/part.md, line 3", "`titel`", "`title`?"],
        ),
        (
            "\n{{ report.tables[0].nme | cell }}\n",
            "",
            &["mine.md, line 2", "`report.tables[0].nme`", "its fields are "],
        ),
        ("{{title}}\n{% for x in %}\n", "", &["mine.md, line 2"]),
        ("{{import:absent.md#x}}\n", "", &["mine.md, line 1", "cannot import absent.md"]),
        ("\n{{env:NOT_SET_ANYWHERE}}\n", "", &["mine.md, line 2", "NOT_SET_ANYWHERE is not set"]),
    ] {
        std::fs::write(&template, text)?;
        std::fs::write(&part, included)?;
        let said = run();
        for part in wanted {
            ensure(said.contains(part), || format!("{text:?} does not say `{part}`: {said}"))?;
        }
    }
    Ok(())
}

fn printed_template() -> TestResult {
    let (folder, database) = shop()?;
    let template = folder.path().join("printed.md.jinja");
    std::fs::write(&template, doc(&["--print-template"])?)?;
    let path = template.display().to_string();
    for options in [&["--date", "2026-01-02", "--title", "Shop"][..], &[]] {
        let wanted = doc(&[&[&*database], options].concat())?;
        let through = doc(&[&[&*database, "--template", &path], options].concat())?;
        ensure(through == wanted, || {
            format!("the printed template with {options:?} gives another document than none")
        })?;
    }
    std::fs::write(&template, doc(&["--print-template=findings"])?)?;
    let findings = doc(&[&database, "--template", &path])?;
    let report: serde_json::Value = serde_json::from_str(&doc(&[&database, "--format", "json"])?)?;
    let due = report["findings"].as_array().into_iter().flatten().filter(|finding| finding["printed_under"].is_null());
    let rows = findings.lines().filter(|line| line.starts_with("| `")).count();
    ensure(rows > 50 && rows == due.count(), || format!("{rows} findings in {findings:.600}"))
}

/// The page about templates names what there is, and its example works.
fn documented_template() -> TestResult {
    let (folder, database) = shop()?;
    let page = std::fs::read_to_string(root().join("docs/templates.md"))?;
    let template = folder.path().join("mine.md");
    let path = template.display().to_string();
    std::fs::write(&template, "{{ nothing_that_is_close }}")?;
    let mut command = brownfield();
    let assert = command.args(["doc", &database, "--template", &path]).assert().code(2);
    let said = String::from_utf8_lossy(&assert.get_output().stderr).into_owned();
    let (_, names) = said.split_once("a template may name ").ok_or_else(|| said.clone())?;
    let report: serde_json::Value = serde_json::from_str(&doc(&[&database, "--format", "json"])?)?;
    let fields = report.as_object().into_iter().flatten().map(|(name, _)| name.as_str());
    for name in names.trim().split(", ").chain(fields) {
        ensure(page.contains(&format!("`{name}`")), || format!("docs/templates.md does not say what {name} is"))?;
    }
    let example = page.split("```jinja\n").nth(1).and_then(|rest| rest.split("```").next()).ok_or("no example")?;
    std::fs::write(&template, example)?;
    let document = doc(&[&database, "--template", &path])?;
    ensure(document.contains(" → ") && document.contains("- orders: 11 columns"), || document.clone())
}

/// The Markdown files below a folder.
fn pages(folder: &Path) -> Result<BTreeSet<PathBuf>, std::io::Error> {
    let mut found = BTreeSet::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            found.extend(pages(&path)?);
        } else {
            found.insert(path);
        }
    }
    Ok(found)
}

/// Every link of the pages leads to a page, and to an anchor of it.
fn links_lead_somewhere(files: &BTreeSet<PathBuf>) -> TestResult {
    let mut count = 0;
    let mut texts = BTreeMap::new();
    for file in files {
        texts.insert(file.display().to_string(), std::fs::read_to_string(file)?);
    }
    for (file, text) in &texts {
        let folder = file.rsplit_once('/').map_or("", |(folder, _)| folder);
        for link in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            if link.contains("://") || link.contains(char::is_whitespace) {
                continue;
            }
            count += 1;
            let (path, anchor) = link.split_once('#').unwrap_or((link, ""));
            let (mut above, mut path) = (folder, path);
            while let Some(rest) = path.strip_prefix("../") {
                (above, path) = (above.rsplit_once('/').map_or("", |(above, _)| above), rest);
            }
            let target = if path.is_empty() { file.clone() } else { format!("{above}/{path}") };
            let there = texts.get(&target).ok_or_else(|| format!("{file} links to {link}"))?;
            let heading = |line: &str| line.trim_start_matches('#').trim().to_lowercase().replace(' ', "-");
            let found = anchor.is_empty()
                || there.contains(&format!("<a name=\"{anchor}\">"))
                || there.lines().any(|line| line.starts_with('#') && heading(line) == anchor);
            ensure(found, || format!("{file} links to {link}, which has no such anchor"))?;
        }
    }
    ensure(count > 20, || format!("only {count} links"))
}

fn stale_pages() -> TestResult {
    let (folder, database) = (tempfile::tempdir()?, tables(20)?);
    let output = folder.path().join("out");
    let write = || {
        brownfield().args(["doc", &database.url(), "--split", "-o"]).arg(&output).assert().success();
    };
    write();
    let first = pages(&output)?;
    links_lead_somewhere(&first)?;
    ensure(first.contains(&output.join("tables/item_7.md")), || format!("no page for item_7 in {first:?}"))?;
    // Of the pages of tables that are gone, one that nobody touched goes. Pages that were changed, copied or begun by a user
    // stay, and so do other documents and other files.
    database.run("CREATE TABLE gone (id INTEGER PRIMARY KEY); CREATE TABLE noted (id INTEGER PRIMARY KEY);")?;
    write();
    let (gone, noted) = (output.join("tables/gone.md"), output.join("tables/noted.md"));
    let page = std::fs::read_to_string(&noted)?;
    std::fs::write(&noted, page.replacen("\n\n", "\n\nA note.\n\n", 1))?;
    std::fs::copy(&gone, output.join("tables/copy.md"))?;
    std::fs::write(output.join("tables/appended.md"), format!("{}\nNotes\n", std::fs::read_to_string(&gone)?))?;
    std::fs::create_dir(output.join("elsewhere"))?;
    std::fs::create_dir_all(output.join("schemas"))?;
    for name in ["tables/notes.md", "notes.md", "tables/picture.svg", "elsewhere/item_7.md", "tables/quoting.md"] {
        std::fs::write(output.join(name), "by hand, below what says \"Generated by brownfield.\"\n")?;
    }
    for (name, options) in
        [("schemas/billing.md", &["--single"][..]), ("tables/findings.md", &["--template", "own.md"])]
    {
        std::fs::write(folder.path().join("own.md"), "# {{ title }}\n\n{{ report.findings | length }} findings\n")?;
        let mut command = brownfield();
        command
            .current_dir(folder.path())
            .args(["doc", &database.url()])
            .args(options)
            .arg("-o")
            .arg(output.join(name));
        command.assert().success();
    }
    database.run("DROP TABLE gone; DROP TABLE noted;")?;
    let mut kept = pages(&output)?;
    write();
    kept.remove(&gone);
    let second = pages(&output)?;
    ensure(second == kept && kept.len() == first.len() + 10, || {
        format!("{:?} of {:?}", second.symmetric_difference(&kept), kept.len())
    })?;
    // A page that a user wrote where one of ours belongs stops everything.
    std::fs::write(output.join("tables/item_7.md"), "by hand\n")?;
    let mut command = brownfield();
    command.args(["doc", &database.url(), "--split", "-o"]).arg(&output).assert().code(2);
    let text = std::fs::read_to_string(output.join("tables/item_7.md"))?;
    ensure(text == "by hand\n", || "a page by hand is overwritten".to_owned())
}

/// A database of so many tables, each a child of the first.
fn tables(count: usize) -> Result<Database, Failure> {
    let database = Database::new(Place::Sqlite)?;
    let mut script = String::from("CREATE TABLE base (id INTEGER PRIMARY KEY, name TEXT NOT NULL);\n");
    for number in 1..count {
        writeln!(
            script,
            "CREATE TABLE item_{number} (id INTEGER PRIMARY KEY, base_id INTEGER NOT NULL REFERENCES base (id));"
        )?;
    }
    database.run(&format!("BEGIN;\n{script}COMMIT;"))?;
    Ok(database)
}

fn many_tables() -> TestResult {
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("spec.md");
    let write = |count: usize, options: &[&str]| -> Result<String, Failure> {
        let database = tables(count)?;
        let mut command = brownfield();
        let assert = command.args(["doc", &database.url()]).args(options).arg("-o").arg(&file).assert().success();
        Ok(String::from_utf8_lossy(&assert.get_output().stderr).into_owned())
    };
    let said = write(150, &[])?;
    ensure(said.is_empty() && pages(folder.path())?.len() == 1, || format!("150 tables are no single file: {said}"))?;
    let said = write(151, &[])?;
    ensure(said.contains("151 tables are too many for one file"), || said.clone())?;
    let found = pages(folder.path())?;
    ensure(found.contains(&folder.path().join("spec/tables/item_7.md")), || format!("{found:?}"))?;
    links_lead_somewhere(&found)?;
    let index = std::fs::read_to_string(&file)?;
    ensure(!index.contains("### Item7") && index.contains("spec/tables/item_7.md"), || "no index".to_owned())?;
    let steps = std::fs::read_to_string(folder.path().join("spec/tables/item_7.md"))?;
    ensure(steps.contains("\n#### ") && steps.contains("```sql"), || "a table's page has no steps".to_owned())?;
    let other = folder.path().join("whole.md");
    let database = tables(151)?;
    brownfield().args(["doc", &database.url(), "--single", "-o"]).arg(&other).assert().success();
    let whole = std::fs::read_to_string(&other)?;
    ensure(whole.contains("### Item7") && !folder.path().join("whole").exists(), || "--single is no file".to_owned())?;
    ensure(whole == doc(&[&database.url()])?, || "standard output differs from --single".to_owned())
}

/// However many tables there are, every page stays well below what GitHub shows, and nothing is lost.
fn short_pages() -> TestResult {
    let count = 600;
    let database = Database::new(Place::Sqlite)?;
    let mut script = String::from("CREATE TABLE base (id INTEGER PRIMARY KEY, name TEXT NOT NULL);\n");
    for number in 1..count {
        writeln!(
            script,
            "CREATE TABLE an_item_with_quite_a_long_name_{number} (id INTEGER PRIMARY KEY, tenant_id INTEGER NOT NULL, \
             base_id INTEGER REFERENCES base (id), name TEXT, amount REAL, deleted_at TIMESTAMP);\n\
             CREATE UNIQUE INDEX item_{number}_name ON an_item_with_quite_a_long_name_{number} (tenant_id, name);\n\
             CREATE INDEX item_{number}_live ON an_item_with_quite_a_long_name_{number} (name, id DESC) \
             WHERE deleted_at IS NULL;"
        )?;
    }
    database.run(&format!("BEGIN;\n{script}COMMIT;"))?;
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("spec.md");
    brownfield().args(["doc", &database.url(), "-o"]).arg(&file).assert().success();
    let found = pages(folder.path())?;
    links_lead_somewhere(&found)?;
    for page in &found {
        let bytes = std::fs::metadata(page)?.len();
        ensure(bytes < 300 * 1024, || format!("{count} tables: {} has {bytes} bytes", page.display()))?;
    }
    let lists = found.iter().filter(|page| page.starts_with(folder.path().join("spec/lists")));
    let lists: String = lists.map(std::fs::read_to_string).collect::<Result<_, _>>()?;
    let listed: BTreeSet<&str> = lists.split('`').collect();
    let lost = (1..count).find(|number| !listed.contains(format!("item_{number}_live").as_str()));
    ensure(lost.is_none(), || format!("the index of item {lost:?} is in no list"))?;
    let index = std::fs::read_to_string(&file)?;
    ensure(index.contains("composite indexes follow this order"), || "the exceptions are not told apart".to_owned())?;

    Ok(())
}

fn dates() -> TestResult {
    let (_folder, database) = shop()?;
    let with = |epoch: &str, arguments: &[&str]| {
        let mut command = brownfield();
        command.args(["doc", &database]).args(arguments).env("SOURCE_DATE_EPOCH", epoch).assert().get_output().clone()
    };
    let none = doc(&[&database])?;
    ensure(!none.contains("| Generated |") && !none.contains("—  "), || "a date without being asked for".to_owned())?;
    let given = doc(&[&database, "--date", "2026-02-28"])?;
    ensure(given.contains("| Generated | 2026-02-28 |"), || "--date is not printed".to_owned())?;
    let differing = none.lines().filter(|line| !given.contains(line)).count();
    ensure(differing <= 1, || format!("{differing} lines change with the date"))?;
    let epoch = String::from_utf8(with("1700000000", &[]).stdout)?;
    ensure(epoch.contains("| Generated | 2023-11-14 |"), || "SOURCE_DATE_EPOCH is not obeyed".to_owned())?;
    let both = String::from_utf8(with("1700000000", &["--date", "2026-02-28"]).stdout)?;
    ensure(both == given, || "--date does not win over SOURCE_DATE_EPOCH".to_owned())?;
    for (output, message) in [
        (with("soon", &[]), "SOURCE_DATE_EPOCH `soon` is no moment"),
        (with("", &["--date", "2026-02-30"]), "--date `2026-02-30` is no date"),
        (with("", &["--date", "28.2.2026"]), "write it as YYYY-MM-DD"),
    ] {
        let said = String::from_utf8_lossy(&output.stderr);
        ensure(output.status.code() == Some(2) && said.contains(message), || format!("{message}: {said}"))?;
    }
    Ok(())
}

/// What the database or the configuration says about anything stands in the document.
fn comments(place: Place) -> TestResult {
    let database = Database::new(place)?;
    let name = &database.name;
    database.run(&format!(
        "CREATE SCHEMA app; COMMENT ON SCHEMA app IS 'Said of the schema';
         COMMENT ON DATABASE \"{name}\" IS 'Said of the database';
         CREATE TABLE app.parent (id bigint CONSTRAINT parent_pk PRIMARY KEY, code text CONSTRAINT parent_code UNIQUE);
         CREATE TABLE app.child (id bigint PRIMARY KEY, parent_id bigint CONSTRAINT child_fk REFERENCES app.parent (id),
             amount numeric CONSTRAINT child_amount CHECK (amount > 0));
         CREATE POLICY own ON app.child USING (id > 0);
         CREATE VIEW app.seen AS SELECT id, parent_id FROM app.child;
         COMMENT ON TABLE app.child IS 'Said of the table';
         COMMENT ON COLUMN app.child.amount IS 'Said of the column';
         COMMENT ON CONSTRAINT parent_pk ON app.parent IS 'Said of the primary key';
         COMMENT ON CONSTRAINT parent_code ON app.parent IS 'Said of the unique key';
         COMMENT ON CONSTRAINT child_fk ON app.child IS 'Said of the foreign key';
         COMMENT ON CONSTRAINT child_amount ON app.child IS 'Said of the check';
         COMMENT ON POLICY own ON app.child IS 'Said of the policy';
         COMMENT ON VIEW app.seen IS 'Said of the view';
         COMMENT ON COLUMN app.seen.id IS 'Said of the column of the view';"
    ))?;
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("brownfield.toml");
    std::fs::write(&file, "[tables.seen]\ncolumns.parent_id = \"Said by the configuration\"\n")?;
    let document = doc(&[&database.url(), "--config", &file.display().to_string()])?;
    for what in [
        "of the database",
        "of the schema",
        "of the table",
        "of the column",
        "of the primary key",
        "of the unique key",
        "of the foreign key",
        "of the check",
        "of the policy",
        "of the view",
        "of the column of the view",
        "by the configuration",
    ] {
        ensure(document.contains(&format!("Said {what}")), || format!("what is said {what} is not shown"))?;
    }
    Ok(())
}

/// What differs between two copies of a schema is written when it is asked for, and stands apart.
fn statistics(place: Place) -> TestResult {
    let database = Database::new(place)?;
    database.run(
        "CREATE TABLE parcels (id INTEGER PRIMARY KEY, weight INTEGER NOT NULL);
         INSERT INTO parcels VALUES (1, 10), (2, 20), (3, 30);",
    )?;
    database.run(match place.engine() {
        EngineName::MySql | EngineName::MariaDb => "ANALYZE TABLE parcels",
        EngineName::PostgreSql | EngineName::Sqlite => "ANALYZE",
    })?;
    if place.engine() == EngineName::PostgreSql {
        // Nobody counted this one yet.
        database.run("CREATE TABLE fresh (id INTEGER PRIMARY KEY)")?;
    }
    let plain = doc(&[&database.url()])?;
    let counted = doc(&[&database.url(), "--stats"])?;
    ensure(!plain.contains("About ") && !plain.contains("## Statistics"), || "counts without --stats".to_owned())?;
    // The server's patch level is none of the schema's.
    let snapshot: serde_json::Value = serde_json::from_slice(
        &brownfield().args(["snapshot", &database.url()]).assert().success().get_output().stdout,
    )?;
    let version = snapshot["engine"]["version"].as_str().ok_or("no version")?;
    ensure(version.contains('.') && !plain.contains(version), || format!("{version} without --stats"))?;
    ensure(counted.contains(&format!(" {version}")), || format!("no {version} with --stats"))?;
    let stack = plain.lines().find(|line| line.starts_with("**Stack**: ")).ok_or("no stack")?;
    let named = stack.split([' ', ',']).nth(2).unwrap_or_default();
    ensure(!named.is_empty() && version.starts_with(&format!("{named}.")), || format!("{version} is not in {stack}"))?;
    if place.engine() == EngineName::PostgreSql {
        ensure(!counted.contains("| 0 B |"), || format!("an unknown size is 0: {counted}"))?;
        ensure(plain.contains("\n**Extensions**: `plpgsql`\n"), || {
            "an extension's version without --stats".to_owned()
        })?;
        ensure(counted.contains("\n**Extensions**: `plpgsql` 1."), || {
            "no extension's version with --stats".to_owned()
        })?;
    }
    let (summary, _) = counted.split_once("## Entity").ok_or("no diagram")?;
    ensure(summary.contains("\nAbout 3 rows"), || format!("the summary has no size: {summary}"))?;
    let (_, section) = counted.split_once("\n## Statistics\n").ok_or("no statistics")?;
    ensure(section.contains(" Everything here was read in "), || format!("no time of the reading: {section}"))?;
    ensure(section.contains("| [`parcels`](#t-parcels) | 3 |"), || format!("no row count: {section}"))
}

fn configuration() -> TestResult {
    let (folder, database) = shop()?;
    let file = folder.path().join("brownfield.toml");
    std::fs::write(
        &file,
        "[tables.\"main.orders\"]\ndescription = \"One row | an order\"\ncolumns.status = \"Where it is <b>now</b>\"\n\
         columns.nowhere = \"x\"\n[tables.customers]\ndescription = \"People\"\n[tables.ordres]\ndescription = \"x\"\n\
         [[group]]\nname = \"Sales\"\ndescription = \"From cart to invoice\"\ntables = [\"main.order*\", \"*.invoice*\"]\n",
    )?;
    let run = |arguments: &[&str]| {
        let mut command = brownfield();
        command.args(arguments).arg("--config").arg(&file).assert().success().get_output().clone()
    };
    let output = run(&["doc", &database]);
    let (text, said) = (String::from_utf8(output.stdout)?, String::from_utf8(output.stderr)?);
    for part in ["One row &#124; an order\n", "Where it is &#60;b&#62;now&#60;/b&#62; |", "\nPeople\n"] {
        ensure(text.contains(part), || format!("no `{part}` in the document"))?;
    }
    for part in ["column nowhere of main.orders", "table ordres: there is none"] {
        ensure(said.contains(part), || format!("`{part}` is not said: {said}"))?;
    }
    let group = "<details><summary>Sales (";
    ensure(text.contains(group) && text.contains("From cart to invoice"), || "no group of the user's".to_owned())?;
    ensure(
        String::from_utf8(run(&["doc", &database, "--format", "dbml"]).stdout)?.contains("TableGroup Sales"),
        || "no group in DBML".to_owned(),
    )?;
    // Rules judge the database, not the configuration.
    let findings = |output: &std::process::Output| -> Result<serde_json::Value, serde_json::Error> {
        Ok(serde_json::from_slice::<serde_json::Value>(&output.stdout)?["findings"].take())
    };
    let without = brownfield().args(["audit", &database, "--format", "json"]).assert().success().get_output().clone();
    ensure(findings(&run(&["audit", &database, "--format", "json"]))? == findings(&without)?, || {
        "descriptions change findings".to_owned()
    })
}

fn groups_stay() -> TestResult {
    let folder = tempfile::tempdir()?;
    let snapshot = folder.path().join("schema.json");
    let path = snapshot.display().to_string();
    let database = tables(60)?;
    let group_of = |table: &str| -> Result<String, Failure> {
        let model: serde_json::Value = serde_json::from_slice(&std::fs::read(&snapshot)?)?;
        let groups = model["groups"].as_array().cloned().unwrap_or_default();
        let holds = |group: &&serde_json::Value| {
            group["tables"].as_array().is_some_and(|tables| tables.iter().any(|name| name["name"] == table))
        };
        let group = groups.iter().find(holds).ok_or_else(|| format!("{table} is in no group"))?;
        Ok(group["name"].as_str().unwrap_or_default().to_owned())
    };
    let take = || brownfield().args(["snapshot", &database.url(), "-o", &path]).assert().success();
    take();
    let first = std::fs::read(&snapshot)?;
    take();
    ensure(first == std::fs::read(&snapshot)?, || "the same schema gives another snapshot".to_owned())?;
    let home = group_of("item_7")?;
    let document = doc(&[&path])?;
    // Alone, the new tables would found groups of their own and move others.
    database.run(
        "CREATE TABLE aaa (id INTEGER PRIMARY KEY, item_7_id INTEGER NOT NULL REFERENCES item_7 (id));
         CREATE TABLE aab (id INTEGER PRIMARY KEY);
         DROP TABLE item_59;",
    )?;
    ensure(doc(&[&database.url(), "--groups-from", &path])? != document, || "nothing changed".to_owned())?;
    take();
    let second = std::fs::read_to_string(&snapshot)?;
    ensure(group_of("aaa")? == home, || format!("aaa is not in {home}: {second}"))?;
    let before: serde_json::Value = serde_json::from_slice(&first)?;
    for group in before["groups"].as_array().into_iter().flatten() {
        for table in group["tables"].as_array().into_iter().flatten().filter(|table| table["name"] != "item_59") {
            let name = table["name"].as_str().unwrap_or_default();
            ensure(group_of(name)? == group["name"].as_str().unwrap_or_default(), || format!("{name} moved"))?;
        }
    }
    let live = doc(&[&database.url(), "--groups-from", &path])?;
    ensure(live == doc(&[&path])?, || "--groups-from differs from the snapshot's own groups".to_owned())
}

/// A line without its numbers.
fn uncounted(line: &str) -> String {
    let mut out = String::new();
    for character in line.chars() {
        match character {
            '0'..='9' if out.ends_with('#') => {}
            '0'..='9' => out.push('#'),
            other => out.push(other),
        }
    }
    out
}

/// Whether a line says how much there is, so that a column more may change a number in it: counts and scores in the
/// summary and the scorecard, the columns of the table, and how names are written.
fn counts_something(section: &str, line: &str) -> bool {
    match section {
        "Executive Summary" => line.starts_with("A **") || line.starts_with("Quality score: ") || line.contains(" → "),
        "Table Definitions" => line.starts_with("*Table · ") && line.ends_with('*'),
        "Cross-Cutting Concerns" => line.starts_with("- Columns: "),
        "Quality Scorecard" => line.starts_with("| "),
        _ => false,
    }
}

/// Lines with the sections and the headings below which they stand.
fn in_sections(text: &str) -> BTreeSet<(String, String, String)> {
    let (mut section, mut heading) = (String::new(), String::new());
    let lines = text.lines().map(|line| {
        if let Some(title) = line.strip_prefix("## ") {
            title.clone_into(&mut section);
        }
        if line.starts_with('#') {
            line.clone_into(&mut heading);
        }
        (section.clone(), heading.clone(), line.to_owned())
    });
    lines.collect()
}

/// A new column changes numbers where something is counted, and the lines that list the columns of its table.
fn new_column(place: Place) -> TestResult {
    let sample = schemas::samples(place).into_iter().find(|sample| sample.name == "shop").ok_or("there is no shop")?;
    let database = Database::new(place)?;
    sample.load(&database)?;
    for (column, definition) in [("remark", "VARCHAR(40)"), ("floor_plan", "VARCHAR(3) NOT NULL DEFAULT 'x7'")] {
        let before = in_sections(&doc(&[&database.url()])?);
        database.run(&format!("ALTER TABLE orders ADD COLUMN {column} {definition}"))?;
        let after = in_sections(&doc(&[&database.url()])?);
        let row = format!("| `{column}` | `");
        let new: Vec<_> = after.difference(&before).collect();
        ensure(new.iter().any(|(section, _, line)| section == "Table Definitions" && line.starts_with(&row)), || {
            format!("{column} has no row in {new:#?}")
        })?;
        // Without the column in their lists, the new lines are as they were.
        let without = |line: &str| {
            let forms = [format!(", {column} {definition}"), format!(", `{column}`"), format!(", {column}")];
            forms.iter().fold(line.to_owned(), |line, form| line.replace(form, ""))
        };
        let mut gone: BTreeSet<_> = before.difference(&after).cloned().collect();
        let mut counted = BTreeSet::new();
        for (section, heading, line) in new {
            if line.contains(column) {
                gone.remove(&(section.clone(), heading.clone(), without(line)));
            } else {
                ensure(counts_something(section, line), || format!("{column} changes a line of {section}: {line}"))?;
                counted.insert((section.clone(), heading.clone(), uncounted(line)));
            }
        }
        let gone: BTreeSet<_> =
            gone.into_iter().map(|(section, heading, line)| (section, heading, uncounted(&line))).collect();
        ensure(gone == counted, || format!("{column}: gone: {gone:#?}\ncounted: {counted:#?}"))?;
    }
    Ok(())
}

/// What the document judges about a schema whose names and sizes invite false words.
fn judgements(place: Place) -> TestResult {
    let engine = place.engine();
    let database = Database::new(place)?;
    let own = match engine {
        EngineName::PostgreSql => {
            "CREATE INDEX orders_desc_idx ON orders (customer_id, placed_at DESC, status);
             CREATE UNIQUE INDEX orders_desc_key ON orders (customer_id, placed_at DESC, status);
             CREATE SCHEMA nothing;
             CREATE TABLE deaths (id integer PRIMARY KEY, parcel integer NOT NULL REFERENCES orders ON DELETE SET NULL,
                 other integer NOT NULL REFERENCES orders ON DELETE SET DEFAULT);
             CREATE TABLE reviews (id integer PRIMARY KEY, body text NOT NULL, description text NOT NULL,
                 words tsvector GENERATED ALWAYS AS (to_tsvector('english', description)) STORED);
             CREATE INDEX reviews_body_idx ON reviews USING gin (to_tsvector('english', body));
             CREATE INDEX reviews_words_idx ON reviews USING gist (words);
             CREATE TABLE payments (id integer PRIMARY KEY, paid_on date NOT NULL);
             CREATE TABLE payments_2024 (CHECK (paid_on >= '2024-01-01' AND paid_on < '2025-01-01')) INHERITS (payments);
             CREATE TABLE parcels (id integer PRIMARY KEY, branch integer NOT NULL, UNIQUE (branch, id));
             CREATE TABLE parcel_lines (parcel integer, line integer, branch integer NOT NULL, PRIMARY KEY (parcel, line),
                 FOREIGN KEY (branch, parcel) REFERENCES parcels (branch, id));
             CREATE TABLE crates (x integer, y integer, PRIMARY KEY (x, y), UNIQUE (y, x));
             CREATE TABLE crate_lines (id integer PRIMARY KEY, x integer, y integer,
                 FOREIGN KEY (x, y) REFERENCES crates (x, y));
             ALTER TABLE parcels ENABLE ROW LEVEL SECURITY;
             CREATE POLICY own ON parcels USING (branch = current_setting('app.branch')::integer);"
        }
        EngineName::Sqlite => "CREATE VIRTUAL TABLE searches USING fts5(body);",
        EngineName::MySql | EngineName::MariaDb => "",
    };
    database.run(&format!(
        "CREATE TABLE languages (id integer PRIMARY KEY, name varchar(40) NOT NULL);
         CREATE TABLE settings (name varchar(40) PRIMARY KEY, content varchar(200));
         CREATE TABLE caches (id integer PRIMARY KEY, title varchar(40) NOT NULL, a integer, b integer);
         CREATE TABLE lens (id integer PRIMARY KEY, title varchar(40) NOT NULL, a integer, b integer);
         CREATE TABLE customers (id integer PRIMARY KEY, email varchar(80) NOT NULL, deleted_at timestamp NULL,
             language_id integer NOT NULL, CONSTRAINT customers_email_key UNIQUE (email, deleted_at),
             CONSTRAINT customers_language FOREIGN KEY (language_id) REFERENCES languages (id));
         CREATE TABLE customers_backup (id integer PRIMARY KEY, email varchar(80) NOT NULL);
         CREATE TABLE orders (id integer PRIMARY KEY, customer_id integer NOT NULL, status varchar(9) NOT NULL,
             placed_at timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP, due date NOT NULL, code integer NOT NULL,
             CONSTRAINT orders_code_key UNIQUE (code),
             CONSTRAINT orders_customer FOREIGN KEY (customer_id) REFERENCES customers (id) ON DELETE CASCADE);
         CREATE INDEX orders_code_idx ON orders (code);
         CREATE INDEX orders_due_idx ON orders (customer_id, due, placed_at);
         CREATE INDEX orders_placed_idx ON orders (placed_at, status);
         CREATE TABLE order_items (order_id integer NOT NULL, line integer NOT NULL, gift_for_customer_id integer NULL,
             PRIMARY KEY (order_id, line),
             CONSTRAINT items_order FOREIGN KEY (order_id) REFERENCES orders (id) ON DELETE CASCADE,
             CONSTRAINT items_gift FOREIGN KEY (gift_for_customer_id) REFERENCES customers (id) ON DELETE SET NULL);
         CREATE TABLE suppliers (id integer PRIMARY KEY, title varchar(40) NOT NULL, contact_email varchar(80));
         {own}"
    ))?;
    let text = doc(&[&database.url()])?;
    let mut said = vec![
        "### Cache (`caches`)",
        "### Lens (`lens`)",
        "\n- Lookup tables (1): [`languages`](#t-languages)\n",
        "\n- Unique rules that never bind live rows, whose mark is NULL and so equals no other (1): ",
        "\n- [`order_items`](#t-order_items) by `gift_for_customer_id` → [`customers`](#t-customers): the database only cuts \
         the link\n",
        "\n1. [`order_items`](#t-order_items) by `order_id` → [`orders`](#t-orders): the database deletes these rows by \
         itself\n",
        "\n- Personal data that no order above deletes (1): [`suppliers`](#t-suppliers).`contact_email`\n",
        "| copy | `customers_backup` |",
        "| Equality on `customer_id`, then range on `due`, then sort on `placed_at` | range before sort, unless queries sort \
         by both |",
        "| Range on `placed_at`, then equality on `status` | range before equality |",
        " holds the same, (code), and is unique",
    ];
    let mut unsaid = vec!["copies, audit", "gift_for_customer_id` → [`customers`](#t-customers): the database deletes"];
    match engine {
        EngineName::PostgreSql => {
            said.extend([
                "| sort before equality |",
                "| unique by all of its columns, in any order |",
                "cannot be deleted, since `parcel` would become NULL and is NOT NULL.",
                "cannot be deleted, since `other` has no default and is NOT NULL.",
                "\n- Full text and spatial (2): ",
                "\n- `gin` in place of `gist` over `tsvector`, which finds words faster (1): [`reviews`](#t-reviews).`words`",
                "| [`payments`](#t-payments) | time partitions | `paid_on (inheritance)` |",
                "1 part of a table by inheritance",
                "Unique constraint. Target of a foreign key of [`parcel_lines`](#t-parcel_lines)",
                "Primary key. Foreign key to [`parcels`](#t-parcels) by `parcel`, which identifies its row: ",
                "let policy own on parcels ask for the user or a setting once a query",
                "\n- Some tables only: `branch` tells tenants apart in 2 tables\n",
            ]);
            unsaid.extend([
                "Target of a foreign key of [`crate_lines`]",
                " schemas:",
                "`gin` over `to_tsvector(…)`",
                "`unique-email-case` on `email`: is unique",
            ]);
        }
        EngineName::Sqlite => {
            said.extend(["*Virtual table · full-text index · ", "\n- Full text and spatial (1): "]);
            unsaid.push("`unique-email-case` on `email`: is unique");
        }
        EngineName::MySql | EngineName::MariaDb => {}
    }
    for part in said {
        ensure(text.contains(part), || format!("no `{part}` in {text}"))?;
    }
    for part in unsaid {
        ensure(!text.contains(part), || format!("`{part}` in {text}"))?;
    }
    // A list of codes stays one, whatever is noted beside the codes.
    database.run(
        "ALTER TABLE languages ADD COLUMN speakers integer; ALTER TABLE languages ADD COLUMN created_at timestamp NULL",
    )?;
    let text = doc(&[&database.url()])?;
    ensure(text.contains("\n- Lookup tables (1): [`languages`](#t-languages)\n"), || text.clone())
}

/// Where pages were, one file leaves none of them, and nothing of anybody else's goes.
fn no_pages() -> TestResult {
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("spec.md");
    let pages_of = folder.path().join("spec");
    let write = |count: usize, options: &[&str]| -> Result<String, Failure> {
        let database = tables(count)?;
        let mut command = brownfield();
        let assert = command.args(["doc", &database.url()]).args(options).arg("-o").arg(&file).assert().success();
        Ok(String::from_utf8_lossy(&assert.get_output().stderr).into_owned())
    };
    for (count, options) in [(151, &["--single"][..]), (20, &[])] {
        write(151, &[])?;
        let before = pages(&pages_of)?.len();
        ensure(before > 151, || format!("{before} pages"))?;
        let said = write(count, options)?;
        ensure(said.contains(&format!("removed the {before} pages of an earlier run")), || said.clone())?;
        ensure(!pages_of.exists(), || format!("{:?} stays", pages(&pages_of)))?;
        ensure(write(count, options)?.is_empty(), || "nothing to remove is worth no note".to_owned())?;
    }
    write(151, &[])?;
    std::fs::write(pages_of.join("tables/notes.md"), "by hand\n")?;
    std::fs::write(pages_of.join("views.md"), "by hand\n")?;
    write(20, &[])?;
    let kept: BTreeSet<PathBuf> = ["tables/notes.md", "views.md"].iter().map(|name| pages_of.join(name)).collect();
    ensure(pages(&pages_of)? == kept, || format!("{:?}", pages(&pages_of)))?;
    // A folder with an index of its own is another document.
    std::fs::remove_dir_all(&pages_of)?;
    let database = tables(3)?;
    brownfield().args(["doc", &database.url(), "--split", "-o"]).arg(&pages_of).assert().success();
    let other = pages(&pages_of)?;
    ensure(write(20, &[])?.is_empty() && pages(&pages_of)? == other, || format!("{:?}", pages(&pages_of)))
}

fn groups_of_few() -> TestResult {
    let (database, folder) = (tables(5)?, tempfile::tempdir()?);
    let file = folder.path().join("brownfield.toml");
    std::fs::write(
        &file,
        "[[group]]\nname = \"Odd ones\"\ndescription = \"Few\"\ntables = [\"main.item_1\", \"*.item_3\"]\n",
    )?;
    let config = file.display().to_string();
    let plain = doc(&[&database.url()])?;
    let grouped = doc(&[&database.url(), "--config", &config])?;
    let (_, group) = grouped.split_once("<details><summary>Odd ones (2 tables)</summary>").ok_or("no group")?;
    let (group, _) = group.split_once("</details>").ok_or("no end")?;
    ensure(group.contains("Few") && group.contains("item_3 {") && !group.contains("item_2 {"), || group.to_owned())?;
    ensure(!plain.contains("(2 tables)") && plain.lines().all(|line| grouped.contains(line)), || {
        "the groups take something away".to_owned()
    })
}

/// Notes say which column or object they mean, and show code as code.
fn notes(place: Place) -> TestResult {
    let database = Database::new(place)?;
    let quote = if matches!(place.engine(), EngineName::MySql | EngineName::MariaDb) { '`' } else { '"' };
    let key = match place.engine() {
        EngineName::PostgreSql => "id serial",
        EngineName::MySql | EngineName::MariaDb => "id int AUTO_INCREMENT",
        EngineName::Sqlite => "id integer",
    };
    let fields = "name varchar(40) NOT NULL, starts date NOT NULL, ends date NOT NULL, PRIMARY KEY (id)";
    database.run(&format!(
        "CREATE TABLE customers ({key}, password varchar(41) NOT NULL, {quote}???{quote} varchar(9), {fields});
         CREATE TABLE orders ({key}, customer_id int NOT NULL, {fields},
             CONSTRAINT orders_customer FOREIGN KEY (customer_id) REFERENCES customers (id));
         CREATE TABLE carts ({key}, {fields});
         CREATE TABLE depot ({key}, {quote}Made_By{quote} int, {quote}A|b{quote} int, {fields});"
    ))?;
    let text = doc(&[&database.url()])?;
    for part in [
        "  - `plaintext-secret-column` on `password`: is ",
        "  - `name-snake-case` on `???`: the column's name is not snake_case. Choose",
        "or set `expected`.",
        "  - By hand: rename column A&#124;b to a_b. Code ",
        "  - By hand for the same reason: rename column Made_By to made_by\n",
    ] {
        ensure(text.contains(part), || format!("no `{part}` in {text}"))?;
    }
    // One name, said once.
    for part in ["`name-snake-case` on `Made_By`", "to A_b", "nother name for the column"] {
        ensure(!text.contains(part), || format!("`{part}` in {text}"))?;
    }
    if place.engine() == EngineName::PostgreSql {
        let json = doc(&[&database.url(), "--format", "json"])?;
        ensure(json.contains("; 1 referencing column must be widened with it"), || {
            format!("not one column in {json}")
        })?;
    }
    ensure(!text.contains("&#96;"), || "backticks are shown".to_owned())
}

/// The schemas from whose documents the scores are worked out again.
const RECOMPUTED: [&str; 3] = ["shop", "chinook", "sakila"];

/// The rows of the table with this header, cell by cell.
fn rows_below<'t>(text: &'t str, header: &str) -> Result<Vec<Vec<&'t str>>, Failure> {
    let (_, rest) = text.split_once(&format!("{header}\n")).ok_or_else(|| format!("no table `{header}`"))?;
    let rows = rest.lines().skip(1).take_while(|line| line.starts_with('|'));
    Ok(rows.map(|row| row.trim_matches('|').split('|').map(str::trim).collect()).collect())
}

/// Every number of the scorecard follows from the document alone, by the formula that it states.
/// What several steps of a phase have in common is said once, and what is breaking there is explained.
fn said_once(document: &str) -> TestResult {
    let (_, playbook) = document.split_once("\n## Migration Playbook\n").ok_or("no playbook")?;
    let (playbook, _) = playbook.split_once("\n## Retention").ok_or("no end of the playbook")?;
    for phase in playbook.split("\n### ").skip(1).filter(|phase| !phase.starts_with("By Hand")) {
        let mut counts = std::collections::BTreeMap::<&str, usize>::new();
        for line in phase.lines().filter(|line| line.starts_with("- ") || line.starts_with("-- No undo:")) {
            *counts.entry(line).or_default() += 1;
        }
        let often = counts.iter().find(|(_, count)| **count > 2);
        ensure(often.is_none(), || format!("said again and again: {often:?}"))?;
        let breaking = phase.contains("**Breaking**") && !phase.starts_with("Contract");
        let explained = phase.contains("*breaking* here stops what it blocks");
        ensure(breaking == explained, || format!("{phase:.200}"))?;
    }
    Ok(())
}

fn recomputed(place: Place, sample: &schemas::Sample) -> TestResult {
    let database = Database::new(place)?;
    sample.load(&database)?;
    let text = doc(&[&database.url()])?;
    for part in ["w · p ÷ (n + 3) of w · n ÷ (n + 3) points", "w · f ÷ (f + 3) points"] {
        ensure(text.contains(part), || format!("the formula does not say `{part}`"))?;
    }
    said_once(&text)?;
    for kind in ["GIN", "BRIN"] {
        let foreign = place.engine() != EngineName::PostgreSql && text.contains(&format!("({kind})"));
        ensure(!foreign, || format!("{} has no {kind}", place.name()))?;
    }
    let header = "| Rule | Dimension | Counts as | Passed | Applicable | Unknown | Suppressed |";
    let rules = rows_below(&text, header)?;
    let card = rows_below(&text, "| Dimension | Weight | Score | Notes |")?;
    let (mut sum, mut weights, mut failures) = (0.0, 0.0, 0.0);
    let rounded = |score: f64, failures: f64| {
        let score = (score * 10.0 + 0.5).floor() / 10.0;
        if failures > 0.0 { score.min(99.9) } else { score }
    };
    for row in &card[..5] {
        let (mut earned, mut possible, mut failed) = (0.0, 0.0, 0.0);
        let (mut passed, mut applicable, mut defects) = (0.0, 0.0, 0.0);
        for rule in rules.iter().filter(|rule| rule[1] == row[0]) {
            let (kind, weight) = rule[2].split_once(" × ").ok_or("no weight")?;
            let (weight, p, n): (f64, f64, f64) = (weight.parse()?, rule[3].parse()?, rule[4].parse()?);
            failed += n - p;
            if kind == "coverage" {
                earned += weight * p / (n + 3.0);
                possible += weight * n / (n + 3.0);
                passed += p;
                applicable += n;
            } else {
                possible += weight * (n - p) / (n - p + 3.0);
                defects += n - p;
            }
        }
        failures += failed;
        if possible == 0.0 {
            ensure(row[2] == "—", || format!("{row:?} has a score of nothing"))?;
            continue;
        }
        let score = 100.0 * earned / possible;
        ensure(row[2] == format!("{:.1}", rounded(score, failed)), || format!("{row:?} is {score}"))?;
        let notes = match defects {
            0.0 => format!("{passed} of {applicable} pass"),
            1.0 => format!("{passed} of {applicable} pass; 1 defect"),
            _ => format!("{passed} of {applicable} pass; {defects} defects"),
        };
        let said = row[3].split("; most").next().unwrap_or_default();
        ensure(said.starts_with(&notes), || format!("{row:?} does not say {notes}"))?;
        let weight: f64 = row[1].trim_end_matches('%').parse()?;
        sum += weight * score;
        weights += weight;
    }
    ensure(rules.len() > 50 && weights >= 50.0, || format!("{} rules, {weights} % of the score", rules.len()))?;
    let total = rounded(sum / weights, failures);
    ensure(card[5][2] == format!("**{total:.1}**"), || format!("{:?} is {total}", card[5]))
}

/// What the tools of migrations keep is left out, and tables without a time are not all findings; both are said.
fn left_out(place: Place) -> TestResult {
    let database = Database::new(place)?;
    let sample = schemas::samples(place).into_iter().find(|sample| sample.name == "shop").ok_or("there is no shop")?;
    sample.load(&database)?;
    let text = doc(&[&database.url()])?;
    let part = "(`schema_migrations`). 1 table is left out of this document";
    ensure(text.contains(part), || format!("no `{part}`"))?;
    let (_, times) = text.split_once("\n- Without a creation time (").ok_or("every table has a creation time")?;
    let count: usize = times.split(')').next().unwrap_or_default().parse()?;
    let findings =
        text.lines().filter(|line| line.contains("| `missing-created-at` | Operational")).collect::<Vec<_>>();
    let cells: Vec<&str> = findings.first().ok_or("no coverage")?.split('|').map(str::trim).collect();
    let failed = cells[5].parse::<usize>()? - cells[4].parse::<usize>()?;
    let said = format!("\n- `missing-created-at` reports {failed} of these {count}: ");
    ensure(failed < count && text.contains(&said), || format!("no `{said}`"))
}

/// Code, conditions and rules stand in the document, not only their names.
fn in_full(place: Place) -> TestResult {
    let database = Database::new(place)?;
    let columns = "id int PRIMARY KEY, tenant_id int NOT NULL, email varchar(90) NOT NULL, amount int NOT NULL";
    let table = format!("CREATE TABLE payments ({columns}, CONSTRAINT payments_email UNIQUE (tenant_id, email));");
    database.run(&table)?;
    let wanted: &[&str] = match place.engine() {
        EngineName::PostgreSql => {
            database.run(
                "CREATE DOMAIN cents AS int NOT NULL CONSTRAINT cents_positive CHECK (VALUE >= 0);
                 CREATE DOMAIN lowest AS int DEFAULT 7 CHECK (VALUE > 2); CREATE DOMAIN small AS lowest CHECK (VALUE < 9);
                 CREATE SEQUENCE tickets START 500;
                 ALTER TABLE payments ADD fee cents, ADD size small, ADD words tsvector, ADD during tsrange,
                     ADD CONSTRAINT payments_once EXCLUDE USING gist (during WITH &&),
                     ADD CONSTRAINT payments_apart EXCLUDE USING gist (during WITH -|-) WHERE (amount > 9);
                 CREATE TYPE mood AS ENUM ('', 'fine');
                 CREATE TABLE visits (payment int, at date NOT NULL) PARTITION BY RANGE (at);
                 CREATE TABLE visits_1 PARTITION OF visits FOR VALUES FROM ('2030-01-01') TO ('2031-01-01');
                 CREATE TABLE visits_2 PARTITION OF visits FOR VALUES FROM ('2031-01-01') TO ('2032-01-01');
                 CREATE TABLE visits_rest PARTITION OF visits DEFAULT;
                 CREATE TABLE refunds (payment int CONSTRAINT one REFERENCES payments CONSTRAINT two REFERENCES payments ON DELETE CASCADE);
                 COMMENT ON CONSTRAINT two ON refunds IS 'Once more';
                 COMMENT ON CONSTRAINT payments_once ON payments IS 'One at a time';
                 CREATE INDEX payments_words_idx ON payments USING gist (words);
                 CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$
                 BEGIN
                     RAISE EXCEPTION 'too much'; -- refused here
                 END $$;
                 CREATE CONSTRAINT TRIGGER payments_refuse AFTER INSERT ON payments DEFERRABLE INITIALLY DEFERRED
                     FOR EACH ROW WHEN (NEW.amount > 1000) EXECUTE FUNCTION refuse();",
            )?;
            &[
                "`payments_refuse`: constraint trigger, after insert",
                "WHEN ((new.amount > 1000))",
                "DEFERRABLE INITIALLY DEFERRED",
                "Body of <code>refuse()</code>",
                "RAISE EXCEPTION 'too much'; -- refused here\n",
                "at least 0 by its domain",
                "| `size` | `public.small` | YES | `7` by its domain | CHECK `((VALUE)::integer < 9)` by its domain; greater than 2 by its domain |",
                "`cents` | `integer` | — | NOT NULL; the value is at least 0: CHECK `(VALUE >= 0)` | [`payments`](#t-payments).`fee` |",
                "| `tickets` | `bigint` | 500 | 1 |",
                "`payments_once`: no two rows may have overlapping `during`: `EXCLUDE",
                "| Exclusion constraint: no two rows may have overlapping `during` |",
                "`payments_apart`: no two rows where `(amount > 9)` may be such that <code>-&#124;-</code> holds between their `during`: ",
                " — One at a time\n",
                "| `(empty)`, `fine` |",
                "| 3 | `visits_1` `FOR VALUES FROM ('2030-01-01') TO ('2031-01-01')` | `visits_2` `FOR",
                "Rows that no other partition takes go to `visits_rest`.",
                "| `payment` | `integer` | YES | — | FK → [`payments`](#t-payments) |",
                "| `two` — Once more |",
                "| `payments_words_idx` | (`words`) | gist | Full-text search",
            ]
        }
        EngineName::MySql | EngineName::MariaDb => {
            database.run("CREATE TRIGGER payments_cap BEFORE INSERT ON payments FOR EACH ROW SET NEW.amount = LEAST(NEW.amount, 77)")?;
            database.run("CREATE PROCEDURE drop_small(limit_of int) DELETE FROM payments WHERE amount < limit_of")?;
            &[
                "Code of trigger <code>payments_cap</code>",
                "LEAST(NEW.amount, 77)",
                "DELETE FROM payments WHERE amount < limit_of",
            ]
        }
        EngineName::Sqlite => {
            database.run(
                "CREATE TRIGGER payments_cap AFTER INSERT ON payments WHEN NEW.amount > 77 BEGIN
                     UPDATE payments SET amount = 77 WHERE id = NEW.id;
                 END;",
            )?;
            &["WHEN NEW.amount > 77 BEGIN\n", "UPDATE payments SET amount = 77 WHERE id = NEW.id;"]
        }
    };
    let text = doc(&[&database.url()])?;
    for part in ["UNIQUE with `tenant_id`", "UNIQUE with `email`"].iter().chain(wanted) {
        ensure(text.contains(part), || format!("no `{part}` in {text}"))?;
    }
    Ok(())
}

/// What is done to partition after partition is one note, many notes are folded, and every step is an operation, whether
/// it is about a table or not.
fn many_steps(place: Place) -> TestResult {
    let database = Database::new(place)?;
    let mut script = String::from(
        "CREATE TABLE customers (id bigint PRIMARY KEY, name text NOT NULL);
         CREATE TABLE payments (id bigint NOT NULL, at date NOT NULL, customer_id bigint NOT NULL REFERENCES customers (id),
             PRIMARY KEY (id, at)) PARTITION BY RANGE (at);
         CREATE FUNCTION tidy() RETURNS bigint LANGUAGE sql SECURITY DEFINER AS 'SELECT count(*) FROM customers';
         CREATE TABLE mess (id bigint PRIMARY KEY);\n",
    );
    for number in 1..=4 {
        writeln!(
            script,
            "CREATE TABLE payments_{number} PARTITION OF payments FOR VALUES FROM ('2026-0{number}-01') TO ('2026-0{}-01');",
            number + 1
        )?;
    }
    // Two indexes, of which one has a single part.
    script.push_str(
        "CREATE TABLE visits (id bigint NOT NULL, at date NOT NULL, payer_id bigint NOT NULL REFERENCES customers (id),
             host_id bigint NOT NULL REFERENCES customers (id), PRIMARY KEY (id, at)) PARTITION BY RANGE (at);
         CREATE TABLE visits_1 PARTITION OF visits FOR VALUES FROM ('2026-01-01') TO ('2026-02-01');
         CREATE TABLE visits_2 PARTITION OF visits FOR VALUES FROM ('2026-02-01') TO ('2026-03-01');
         CREATE INDEX visits_payer ON ONLY visits (payer_id);
         CREATE INDEX visits_1_payer ON visits_1 (payer_id);\n",
    );
    for number in 1..=12 {
        writeln!(script, "ALTER TABLE mess ADD customer_{number}_id bigint REFERENCES customers (id);")?;
    }
    database.run(&script)?;
    let text = doc(&[&database.url()])?;
    let notes = |table: &str| {
        let (_, section) = text.split_once(&format!("(`{table}`)\n"))?;
        let (_, notes) = section.split_once("**Migration Notes:**\n")?;
        notes.split_once("<details><summary>CREATE TABLE").map(|(notes, _)| notes)
    };
    let payments = notes("payments").ok_or("no payments")?;
    let said = "  - Caution: indexes of partitions one by one, 4 built and 4 attached (8 steps: CONCURRENTLY, ATTACH PARTITION)\n";
    ensure(payments.contains(said) && !payments.contains("payments_1"), || payments.to_owned())?;
    let visits = notes("visits").ok_or("no visits")?;
    let said = "  - Caution: indexes of partitions one by one, 3 built and 4 attached (7 steps: CONCURRENTLY, ATTACH PARTITION)\n";
    ensure(visits.contains(said), || visits.to_owned())?;
    let mess = notes("mess").ok_or("no mess")?;
    ensure(mess.starts_with("\n- <details><summary>") && mess.contains("  - Safe: add index"), || mess.to_owned())?;
    ensure(!mess.contains("\n  </details>\n  - "), || format!("a note stands outside: {mess}"))?;
    let (_, playbook) = text.split_once("\n## Migration Playbook\n\n").ok_or("no playbook")?;
    let count = playbook.split(' ').next().unwrap_or_default();
    let operations = format!("<details><summary>{count} operations</summary>");
    ensure(playbook.contains(&operations) && playbook.contains("| `tidy` | fix the search path"), || {
        playbook.chars().take(4000).collect()
    })
}
