//! The program as a user meets it: verbs, exit codes, streams, files, secrets.

use crate::support::database::{Database, Place};
use crate::support::times::trial;
use crate::support::{TestResult, brownfield, program};
use brownfield::model::EngineName;
use libtest_mimic::Trial;
use std::io::Read;
use std::path::Path;
use std::process::{Command, Stdio};

pub(crate) fn add(trials: &mut Vec<Trial>) {
    let mut test = |name: &str, test: fn() -> TestResult| trials.push(trial(format!("cli::{name}"), test));
    test("demo_writes_everything_and_says_what_next", demo);
    test("exit_codes", exit_codes);
    test("gates", gates);
    test("data_on_stdout_talk_on_stderr", streams);
    test("closed_pipe_is_success", closed_pipe);
    test("foreign_files_stay", foreign_files);
    test("secrets_are_never_printed", secrets);
    test("url_comes_from_the_environment", url_sources);
    test("user_and_service_of_postgres", user_and_service);
    test("filters", filters);
    test("configuration", configuration);
    test("configuration_that_is_not_valid", invalid_configuration);
    test("configuration_without_effect", stale_configuration);
    test("phases_of_a_fix", phases);
    test("wrong_files", wrong_files);
    test("terminal_colours", terminal_colours);
    test("terminal_progress", terminal_progress);
    test("database_without_a_verb", database_without_a_verb);
    test("workload_files", workload_files);
    test("completions", completions);
    test("verbose_shows_queries", verbose);
    test("snapshot_of_another_version_is_refused", other_version);
    test("snapshot_comes_through_a_pipe", piped_snapshot);
    test("control_characters_are_in_no_statement", control_characters);
}

/// A sample database and its folder.
fn sample() -> Result<(tempfile::TempDir, String), Box<dyn std::error::Error>> {
    let folder = tempfile::tempdir()?;
    brownfield().args(["demo", "-o"]).arg(folder.path().join("demo")).assert().success();
    let database = folder.path().join("demo/shop.db").display().to_string();
    Ok((folder, database))
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn demo() -> TestResult {
    let folder = tempfile::tempdir()?;
    let output = folder.path().join("demo");
    let assert = brownfield().args(["demo", "-o"]).arg(&output).assert().success();
    let said = text(&assert.get_output().stdout);
    for part in ["Quality scorecard", "Referential Integrity", "Overall", "brownfield audit postgres://"] {
        if !said.contains(part) {
            return Err(format!("the demo does not say `{part}`:\n{said}").into());
        }
    }
    let document = std::fs::read_to_string(output.join("spec.md"))?;
    let template = [
        "## Executive Summary",
        "## Entity-Relationship Diagram",
        "```mermaid",
        "## Table Definitions",
        "## Cross-Cutting Concerns",
        "### Timestamps",
        "### Soft Deletes",
        "### Multi-Tenancy",
        "### Enum Strategy",
        "### Primary Key Strategy",
        "### Naming Conventions",
        "## Index Strategy",
        "## Migration Playbook",
        "## Retention & Compliance",
        "## Quality Scorecard",
        "| Referential Integrity | 25% |",
        "| Constraint Completeness | 25% |",
        "| Index Coverage | 20% |",
        "| Convention Consistency | 15% |",
        "| Operational Readiness | 15% |",
        "## Technical Context",
        "## Metadata",
    ];
    let mut rest = document.as_str();
    for heading in template {
        let Some((_, after)) = rest.split_once(heading) else {
            return Err(format!("the document lacks `{heading}`, or has it in another order").into());
        };
        rest = after;
    }
    // A second run replaces what the first wrote, and gives the same bytes.
    brownfield().args(["demo", "-o"]).arg(&output).assert().success();
    if std::fs::read_to_string(output.join("spec.md"))? != document {
        return Err("two runs of the demo differ".into());
    }
    Ok(())
}

fn exit_codes() -> TestResult {
    let (_folder, database) = sample()?;
    brownfield().args(["audit", &database]).assert().code(0);
    brownfield().args(["audit", &database, "--min-score", "100"]).assert().code(1);
    brownfield().args(["audit", &database, "--min-score", "101"]).assert().code(2);
    brownfield().args(["audit", &database, "--no-such-flag"]).assert().code(2);
    brownfield().arg("audit").assert().code(2);
    brownfield().args(["fix", &database, "--rule", "no-such-rule"]).assert().code(2);
    brownfield().args(["rules", "no-such-rule"]).assert().code(2);
    brownfield().args(["audit", "postgres://nobody@127.0.0.1:1/none"]).assert().code(3);
    brownfield().args(["snapshot", &database, "-o", "/nonexistent/folder/file.json"]).assert().code(3);
    brownfield().arg("--help").assert().code(0);
    brownfield().arg("--version").assert().code(0);
    Ok(())
}

fn gates() -> TestResult {
    let (_folder, database) = sample()?;
    let output = brownfield().args(["lint", &database, "--fail-on", "error"]).assert().code(1).get_output().clone();
    if !text(&output.stderr).contains("gate failed: findings of severity error or higher:") {
        return Err(format!("the gate is not named: {}", text(&output.stderr)).into());
    }
    if !text(&output.stdout).contains("Quality scorecard") {
        return Err("the audit is not printed when a gate fails".into());
    }
    brownfield().args(["audit", &database, "--min-score", "1"]).assert().code(0);
    Ok(())
}

fn streams() -> TestResult {
    let (_folder, database) = sample()?;
    for arguments in [["doc", &database], ["snapshot", &database], ["fix", &database], ["audit", &database]] {
        let output = brownfield().args(arguments).assert().success().get_output().clone();
        if output.stdout.is_empty() || !output.stderr.is_empty() {
            return Err(format!("{arguments:?}: standard error says {}", text(&output.stderr)).into());
        }
        if output.stdout.contains(&0x1b) {
            return Err(format!("{arguments:?}: colour in a pipe").into());
        }
    }
    Ok(())
}

/// What a pipe gives is gone once it is read.
fn piped_snapshot() -> TestResult {
    let (_folder, database) = sample()?;
    let snapshot = brownfield().args(["snapshot", &database]).assert().success().get_output().stdout.clone();
    let audit = |source: &str| brownfield().args(["audit", source]).write_stdin(snapshot.clone()).assert().success();
    assert_eq!(audit("/dev/stdin").get_output().stdout, audit(&database).get_output().stdout);
    Ok(())
}

/// A statement without a character of a name would be about something else.
fn control_characters() -> TestResult {
    let database = Database::new(Place::Sqlite)?;
    database.run("CREATE TABLE \"esc\u{1b}[31mred\" (id INTEGER PRIMARY KEY, is_open BOOLEAN);")?;
    let output = brownfield().args(["fix", &database.name]).assert().success().get_output().clone();
    let script = text(&output.stdout);
    assert!(script.contains("control character") && !script.contains("ALTER TABLE"), "{script}");
    assert!(!script.lines().any(|line| !line.starts_with("--") && line.contains("red")), "{script}");
    Ok(())
}

fn closed_pipe() -> TestResult {
    let (_folder, database) = sample()?;
    let mut child = Command::new(program())
        .args(["snapshot", &database])
        .env_clear()
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()?;
    // Reads one byte and goes away.
    let mut first = [0];
    child.stdout.take().ok_or("no output")?.read_exact(&mut first)?;
    let output = child.wait_with_output()?;
    if output.status.code() == Some(0) && output.stderr.is_empty() {
        Ok(())
    } else {
        Err(format!("{:?}: {}", output.status, text(&output.stderr)).into())
    }
}

fn foreign_files() -> TestResult {
    let (folder, database) = sample()?;
    let file = folder.path().join("notes.md");
    for mine in ["mine", "The other file was generated by brownfield.\n\nGenerated by brownfield.\n"] {
        std::fs::write(&file, mine)?;
        for verb in ["doc", "snapshot", "fix", "audit"] {
            let output = brownfield().args([verb, &database, "-o"]).arg(&file).assert().code(2).get_output().clone();
            if !text(&output.stderr).contains("--force") || std::fs::read_to_string(&file)? != mine {
                return Err(format!("{verb} touched a foreign file").into());
            }
        }
    }
    let formats = ["json", "dbml", "mermaid", "plantuml", "dot", "ddl", "svg"].map(|format| ("doc", format));
    for (verb, format) in [("doc", "markdown"), ("snapshot", ""), ("fix", ""), ("audit", "json"), ("audit", "text")]
        .into_iter()
        .chain(formats)
    {
        let own = folder.path().join(format!("{verb}.{format}"));
        let options: &[&str] = if format.is_empty() { &[] } else { &["--format", format] };
        for _ in 0..2 {
            brownfield().args([verb, &database]).args(options).arg("-o").arg(&own).assert().success();
        }
    }
    brownfield().args(["doc", &database, "--force", "-o"]).arg(&file).assert().success();
    links_and_permissions(folder.path(), &database)
}

/// What is written through a link goes where it leads, and a file keeps who may read it.
fn links_and_permissions(folder: &Path, database: &str) -> TestResult {
    use std::os::unix::fs::{PermissionsExt as _, symlink};
    let (file, link) = (folder.join("linked.md"), folder.join("link.md"));
    std::fs::write(&file, "")?;
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o640))?;
    symlink(&file, &link)?;
    brownfield().args(["doc", database, "-o"]).arg(&link).assert().success();
    assert!(link.is_symlink() && std::fs::read_to_string(&file)?.starts_with('#'));
    assert_eq!(file.metadata()?.permissions().mode() & 0o777, 0o640);
    Ok(())
}

fn secrets() -> TestResult {
    let secret = "hunter2-very-secret";
    for url in [
        format!("postgres://app:{secret}@127.0.0.1:1/shop"),
        format!("postgres://127.0.0.1:1/shop?user=app&password={secret}"),
        format!("mysql://app:{secret}@127.0.0.1:1/shop"),
        format!("postgres://app:{secret}@127.0.0.1:1/shop?no_such_parameter=1"),
        format!("oracle://app:{secret}@127.0.0.1/shop"),
        format!("postgres://app:{secret}@:no-port/shop"),
        format!("postgres//app:{secret}@h/shop"),
        format!("postgres:app:{secret}@h/shop"),
        format!("postgres://app:with blank {secret}@h/shop"),
        format!(" 'postgres://app:{secret}@127.0.0.1:1/shop'"),
        format!("host=h user=app password={secret}"),
        format!("user=app password = '{secret}' port=1"),
        format!("sqlite://app:{secret}@h/shop"),
        format!("app:{secret}@h/shop"),
        format!("postgres://app:p@ss/{secret}@127.0.0.1:1/shop"),
        format!("mysql://app:p@ss?{secret}@127.0.0.1:1/shop"),
        format!("PGPASSWORD={secret} postgres://app@h/shop"),
        format!("postgres://127.0.0.1:1/shop;password={secret}"),
        format!("postgres://app%3A{secret}@127.0.0.1:1/shop"),
    ] {
        for verbosity in ["-v", "-vv"] {
            let output =
                brownfield().args(["audit", &url, verbosity]).env("PGPASSWORD", secret).assert().get_output().clone();
            let said = text(&output.stderr) + &text(&output.stdout);
            if said.contains(secret) || output.status.success() {
                return Err(format!("{url}: {said}").into());
            }
        }
        // In every place where a URL may be put by mistake, and in every variable.
        let url = url.as_str();
        for arguments in [
            &[url][..],
            &["audit", "d", url],
            &["audit", "d", "--format", url],
            &["audit", "d", "--workload", url],
            &["audit", "d", "--config", url],
            &["audit", "d", "--include", url],
            &["audit", "d", &format!("--min-score={url}")],
            &["audit", "d", &format!("--{url}")],
            &["doc", "d", "--template", url],
            &["doc", "d", "--groups-from", url],
            &["doc", "d", "--date", url],
            &["fix", "d", "--rule", url],
            &["rules", url],
            &["completions", url],
            &["audit"],
        ] {
            let mut command = brownfield();
            command.args(arguments).env("NO_COLOR", "").env("CLICOLOR_FORCE", "1").env("DATABASE_URL", url);
            let output = command.assert().failure().get_output().clone();
            let said = text(&output.stderr) + &text(&output.stdout);
            if said.contains(secret) || said.contains("panicked") || !said.contains("error") {
                return Err(format!("{arguments:?}: {said}").into());
            }
        }
    }
    Ok(())
}

/// The verb is easily forgotten: what is missing is said.
fn database_without_a_verb() -> TestResult {
    for word in ["postgres://app:hunter2@h/db", "shop.db", "host=h user=app"] {
        let output = brownfield().arg(word).assert().code(2).get_output().clone();
        let said = text(&output.stderr);
        if !said.contains("hint: what to do comes before the database: `brownfield audit URL`") {
            return Err(said.into());
        }
    }
    let output = brownfield().arg("adit").assert().code(2).get_output().clone();
    let said = text(&output.stderr);
    if said.contains("comes before") || !said.contains("audit") { Err(said.into()) } else { Ok(()) }
}

/// What a person sees at a terminal, from both streams, and the exit code.
fn at_a_terminal(
    arguments: &[&str],
    variables: &[(&str, &str)],
) -> Result<(String, Option<i32>), Box<dyn std::error::Error>> {
    let quoted = |word: &str| format!("'{}'", word.replace('\'', "'\\''"));
    let words: Vec<String> = std::iter::once(program().display().to_string())
        .chain(arguments.iter().map(|word| (*word).to_owned()))
        .collect();
    let command = words.iter().map(|word| quoted(word)).collect::<Vec<_>>().join(" ");
    let output = Command::new("script")
        .args(["--quiet", "--return", "--command", &command, "/dev/null"])
        .env_clear()
        .envs([("HOME", "/nonexistent"), ("PATH", "/usr/bin:/bin"), ("SHELL", "/bin/sh"), ("TERM", "xterm")])
        .envs(variables.iter().copied())
        .current_dir(std::env::temp_dir())
        .stdin(Stdio::null())
        .output()
        .map_err(|error| format!("cannot run `script` of util-linux: {error}"))?;
    Ok((text(&output.stdout), output.status.code()))
}

fn terminal_colours() -> TestResult {
    let (_folder, database) = sample()?;
    for (options, variables, is_coloured) in [
        (&[][..], &[][..], true),
        (&["-vv"], &[], true),
        (&[], &[("NO_COLOR", "1")], false),
        (&[], &[("TERM", "dumb")], false),
        (&["--color", "never"], &[], false),
        (&["--color", "always"], &[("NO_COLOR", "1")], true),
    ] {
        let arguments = [&["audit", &database], options].concat();
        let (said, code) = at_a_terminal(&arguments, variables)?;
        let is_as_wanted = said.contains('\u{1b}') == is_coloured && said.contains("Quality scorecard");
        if !is_as_wanted || code != Some(0) || said.contains("panicked") || said.contains("crate feature") {
            return Err(format!("{arguments:?} with {variables:?}, {code:?}:\n{said}").into());
        }
    }
    // Errors have colours too, and those of the arguments are no exception.
    for arguments in [["audit", "/nonexistent"], ["audit", "--no-such-option"]] {
        let (plain, code) = at_a_terminal(&arguments, &[("NO_COLOR", "1")])?;
        let (coloured, same_code) = at_a_terminal(&arguments, &[])?;
        let is_plain = !plain.contains('\u{1b}') && plain.contains("error: ");
        if !is_plain || !coloured.contains("\u{1b}[") || code != same_code {
            return Err(format!("{arguments:?}:\n{plain}\n{coloured}").into());
        }
    }
    let output = brownfield().args(["audit", &database, "--color", "always"]).assert().success().get_output().clone();
    if output.stdout.contains(&0x1b) { Ok(()) } else { Err("--color always gives none in a pipe".into()) }
}

/// A server that takes its time is waited for with a line that says so, which is gone at the end.
fn terminal_progress() -> TestResult {
    let silent = std::net::TcpListener::bind("127.0.0.1:0")?;
    let url = format!("postgres://app:hunter2@{}/shop", silent.local_addr()?);
    let (said, code) = at_a_terminal(&["audit", &url, "--connect-timeout", "2"], &[("NO_COLOR", "1")])?;
    let reading = said.find("reading postgres://app:****@127.0.0.1");
    let error = said.find("error: cannot connect");
    let is_cleared = reading.zip(error).is_some_and(|(reading, error)| said[reading..error].contains("\u{1b}[2K"));
    if !is_cleared || code != Some(3) || said.contains("hunter2") {
        return Err(format!("{code:?}: {said:?}").into());
    }
    let output = brownfield().args(["audit", &url, "--connect-timeout", "1"]).assert().code(3).get_output().clone();
    if text(&output.stderr).contains("reading") { Err("a progress line in a pipe".into()) } else { Ok(()) }
}

fn url_sources() -> TestResult {
    let (_folder, database) = sample()?;
    brownfield().args(["audit", "--url", &database]).assert().code(0);
    brownfield().arg("audit").env("BROWNFIELD_URL", &database).assert().code(0);
    brownfield().arg("audit").env("DATABASE_URL", &database).assert().code(0);
    brownfield().arg("audit").env("DATABASE_URL", "/nonexistent").env("BROWNFIELD_URL", &database).assert().code(0);
    brownfield().args(["audit", &database]).env("BROWNFIELD_URL", "/nonexistent").assert().code(0);
    brownfield().args(["audit", &format!("sqlite:{database}")]).assert().code(0);
    // As files of variables leave it there.
    for quoted in [format!("\"sqlite:{database}\""), format!("'{database}'"), format!(" {database}\n")] {
        brownfield().arg("audit").env("DATABASE_URL", &quoted).assert().code(0);
        brownfield().args(["audit", &quoted]).assert().code(0);
    }
    Ok(())
}

/// Who is meant when nobody is named, and where a service file leads. What is tried is in the error.
fn user_and_service() -> TestResult {
    let user = Command::new("id").arg("--user").arg("--name").output()?;
    let user = text(&user.stdout).trim().to_owned();
    let folder = tempfile::tempdir()?;
    std::fs::write(folder.path().join(".pg_service.conf"), "[shop]\nhost=127.0.0.1\nport=1\nuser=app\ndbname=shop\n")?;
    let home = folder.path().display().to_string();
    for (arguments, variables, message) in [
        (
            &["audit", "postgres://127.0.0.1:1"][..],
            &[][..],
            format!("cannot connect to postgres://{user}@127.0.0.1:1/{user}"),
        ),
        (&["audit"], &[("HOME", home.as_str()), ("PGSERVICE", "shop")], "postgres://app@127.0.0.1:1/shop".to_owned()),
        (&["audit", "postgres:///x?service=shop"], &[("HOME", &home)], "postgres://app@127.0.0.1:1/x".to_owned()),
    ] {
        let output = brownfield().args(arguments).envs(variables.iter().copied()).assert().code(3).get_output().clone();
        if !text(&output.stderr).contains(&message) {
            return Err(format!("{arguments:?} does not say {message}: {}", text(&output.stderr)).into());
        }
    }
    // A service that is there answers.
    if let Some(place) = Place::of(EngineName::PostgreSql).into_iter().max_by_key(|place| place.version()) {
        let database = Database::new(place)?;
        let url = url::Url::parse(&database.url())?;
        let service = format!(
            "[other]\nhost=/nonexistent\n[live]\nhost={}\nport={}\nuser={}\npassword={}\ndbname={}\n",
            url.host_str().unwrap_or_default(),
            url.port().unwrap_or(5432),
            url.username(),
            url.password().unwrap_or_default(),
            database.name
        );
        std::fs::write(folder.path().join("services"), service)?;
        let mut command = brownfield();
        command.arg("snapshot").env("PGSERVICEFILE", folder.path().join("services")).env("PGSERVICE", "live");
        command.assert().code(0);
    }
    for (variable, value) in [("PGSERVICE", "none"), ("PGTARGETSESSIONATTRS", "primary")] {
        let mut command = brownfield();
        command.args(["audit", "postgres://127.0.0.1:1"]).env("HOME", &home).env(variable, value);
        command.assert().code(2);
    }
    Ok(())
}

fn filters() -> TestResult {
    let (_folder, database) = sample()?;
    let tables = |arguments: &[&str]| -> Result<Vec<String>, Box<dyn std::error::Error>> {
        let output = brownfield().args(["snapshot", &database]).args(arguments).assert().success().get_output().clone();
        let model: serde_json::Value = serde_json::from_slice(&output.stdout)?;
        let tables = model["schemas"][0]["tables"].as_array().cloned().unwrap_or_default();
        Ok(tables.iter().filter_map(|table| Some(table["name"].as_str()?.to_owned())).collect())
    };
    let all = tables(&[])?;
    let orders = tables(&["--include", "main.order*"])?;
    let rest = tables(&["--exclude", "order*"])?;
    if orders.is_empty() || rest.is_empty() || orders.len() + rest.len() != all.len() {
        return Err(format!("{all:?} is not {orders:?} and {rest:?}").into());
    }
    if all.iter().any(|table| table.contains("schema_migrations")) {
        return Err("the migration tool's table is listed".into());
    }
    brownfield().args(["snapshot", &database, "--include", "[z-a"]).assert().code(2);
    Ok(())
}

fn configuration() -> TestResult {
    let (folder, database) = sample()?;
    let file = folder.path().join("brownfield.toml");
    let audit = || -> Result<serde_json::Value, Box<dyn std::error::Error>> {
        let mut command = brownfield();
        let command = command.args(["audit", &database, "--format", "json", "--config"]).arg(&file);
        Ok(serde_json::from_slice(&command.assert().success().get_output().stdout)?)
    };
    std::fs::write(&file, "")?;
    let before = audit()?;
    let rule = before["findings"][0]["rule"].as_str().ok_or("the sample has no finding")?.to_owned();
    std::fs::write(&file, format!("[[ignore]]\nrule = \"{rule}\"\nobject = \"*\"\nreason = \"known\"\n"))?;
    let after = audit()?;
    let of = |report: &serde_json::Value, list: &str| {
        report[list].as_array().map_or(0, |list| list.iter().filter(|finding| finding["rule"] == rule.as_str()).count())
    };
    if of(&after, "findings") != 0 || of(&after, "suppressed") != of(&before, "findings") {
        return Err("the ignored findings are not listed as suppressed".into());
    }
    if after["score"]["total"].as_f64() < before["score"]["total"].as_f64() {
        return Err("suppressing lowered the score".into());
    }
    // The reason is printed, in every form.
    for (verb, line) in [("audit", format!("{rule} ")), ("doc", format!("- `{rule}` ("))] {
        let mut command = brownfield();
        let output = command.args([verb, &database, "--config"]).arg(&file).assert().success().get_output().clone();
        let said = text(&output.stdout);
        if !said.lines().any(|text| text.trim_start().starts_with(&line) && text.ends_with(": known")) {
            return Err(format!("{verb} does not give the reason why {rule} is ignored").into());
        }
    }
    // Another severity changes what a gate lets through, and never the score.
    let rules: Vec<&str> =
        before["rules"].as_array().into_iter().flatten().filter_map(|rule| rule["id"].as_str()).collect();
    if rules.is_empty() {
        return Err("the report lists no rules".into());
    }
    let all = |severity: &str| -> String {
        rules.iter().map(|rule| format!("[rules.{rule}]\nseverity = \"{severity}\"\n")).collect()
    };
    for (severity, code) in [("info", 0), ("error", 1)] {
        std::fs::write(&file, all(severity))?;
        let report = audit()?;
        let mut findings = report["findings"].as_array().into_iter().flatten();
        if !findings.all(|finding| finding["severity"] == severity) || report["score"] != before["score"] {
            return Err(format!("the severity {severity} is not that of every finding, or moves the score").into());
        }
        let mut command = brownfield();
        command.args(["audit", &database, "--fail-on", "error", "--config"]).arg(&file).assert().code(code);
    }
    Ok(())
}

fn invalid_configuration() -> TestResult {
    let (folder, database) = sample()?;
    let file = folder.path().join("brownfield.toml");
    for (content, message) in [
        ("[rules.no-such-rule]\nenabled = false\n", "line 1: there is no rule `no-such-rule`"),
        ("[rules.fk-missing]\nforeign_keys = \"forbiden\"\n", "line 2: `foreign_keys` is \"allowed\" or \"forbidden\""),
        ("[rules.table-name-plurality]\nexpected = 3\n", "line 2: `expected` is \"majority\" or"),
        ("[rules.wide-table]\nmax_columns = \"9\"\n", "line 2: `max_columns` is a whole number from 1"),
        ("[rules.varchar-n]\nreport = 1\n", "line 2: `report` is true or false"),
        ("[rules.name-special-characters]\nscripts = \"Han, Runes\"\n", "`scripts` names \"Runes\""),
        ("[ruls]\n", "unknown field `ruls`"),
    ] {
        std::fs::write(&file, content)?;
        let mut command = brownfield();
        let output = command.args(["audit", &database, "--config"]).arg(&file).assert().code(2).get_output().clone();
        let said = text(&output.stderr);
        if said.matches(message).count() != 1 {
            return Err(format!("not said once: {message}\n{said}").into());
        }
    }
    std::fs::write(&file, "[rules.name-special-characters]\nscripts = \"Cyrillic, Han\"\n")?;
    brownfield().args(["audit", &database, "--config"]).arg(&file).assert().code(0);
    Ok(())
}

/// What the configuration names and is not there is said, wherever the findings are.
fn stale_configuration() -> TestResult {
    let (folder, database) = sample()?;
    let file = folder.path().join("brownfield.toml");
    std::fs::write(
        &file,
        r#"
        [[ignore]]
        rule = "fk-missing"
        object = "main.gone.*"
        reason = "it was so"
        [relations]
        "main.gone.customer_id" = "main.customers.id"
        "main.orders.gone" = "none"
        "main.customers.name" = "main.gone.id"
        "main.customers.status" = "main.orders.gone"
        "main.orders.customer_id" = "none"
        "main.customers.phone" = "none"
        "main.order_items.unit_price" = "main.customers.id"
        [tables.gone]
        description = "Was here."
        [[group]]
        name = "Sales"
        tables = ["main.order*", "main.gone*"]
        "#,
    )?;
    let stale = [
        "relation main.customers.name: no column main.gone.id was read",
        "relation main.customers.status: no column main.orders.gone was read",
        "relation main.gone.customer_id: no such column was read",
        "relation main.order_items.unit_price: it is DECIMAL(12, 2), and main.customers.id is INTEGER",
        "relation main.orders.customer_id: a foreign key declares it",
        "relation main.orders.gone: no such column was read",
        "group Sales: main.gone* matches no table that was read",
        "table gone: there is none",
    ];
    for arguments in [&["audit"][..], &["audit", "--format", "json"], &["doc"]] {
        let mut command = brownfield();
        let output =
            command.args(arguments).args([&database, "--config"]).arg(&file).assert().success().get_output().clone();
        let said = text(&output.stdout).replace("&#42;", "*");
        for entry in stale.into_iter().chain(["it was so"]) {
            if !said.contains(entry) {
                return Err(format!("{arguments:?} does not say: {entry}").into());
            }
        }
        if said.contains("relation main.customers.phone") || said.contains("Sales: main.order*") {
            return Err(format!("{arguments:?} takes entries for stale that are not").into());
        }
        if said.contains("pinned by the configuration") {
            return Err("a relation leads to a column that is not there".into());
        }
        let notes = text(&output.stderr);
        let is_noted = |entry: &&str| notes.contains(&format!("note: without effect in the configuration: {entry}"));
        if arguments == ["doc"] && !stale.iter().all(is_noted) {
            return Err(format!("doc is silent: {notes}").into());
        }
    }
    Ok(())
}

/// The phases one by one are the whole script, and together they are it too.
fn phases() -> TestResult {
    let (_folder, database) = sample()?;
    let fix = |arguments: &[&str]| {
        let output = brownfield().args(["fix", &database]).args(arguments).assert().success().get_output().clone();
        text(&output.stdout)
    };
    // From the heading of the first phase on.
    let steps = |script: &str| script.find("\n-- ==== Phase ").map_or_else(String::new, |at| script[at..].to_owned());
    let names = ["expand", "backfill", "validate", "contract"];
    let each: Vec<String> = names.iter().map(|name| fix(&["--phase", name])).collect();
    let whole = steps(&fix(&[]));
    let parts: String = each.iter().map(|script| steps(script)).collect();
    if whole.is_empty() || parts != whole {
        return Err("the phases together are not the whole script".into());
    }
    let filled = each.iter().filter(|script| !steps(script).is_empty()).count();
    if filled < 2 {
        return Err(format!("{filled} phases of the sample hold steps: nothing is told apart").into());
    }
    for (name, script) in names.iter().zip(&each) {
        let empty = steps(script).is_empty();
        if !script.contains(&format!("-- Only these phases: {name}\n")) || empty != script.contains("Nothing to do.") {
            return Err(format!("{name} does not say what it is:\n{script}").into());
        }
    }
    let two = steps(&fix(&["--phase", "contract", "--phase", "expand"]));
    if two != steps(&each[0]) + &steps(&each[3]) {
        return Err("two phases are not both of them in their order".into());
    }
    brownfield().args(["fix", &database, "--phase", "contrast"]).assert().code(2);
    Ok(())
}

fn wrong_files() -> TestResult {
    let folder = tempfile::tempdir()?;
    let write = |name: &str, bytes: &[u8]| -> std::io::Result<String> {
        std::fs::write(folder.path().join(name), bytes)?;
        Ok(folder.path().join(name).display().to_string())
    };
    let missing = folder.path().join("none.db").display().to_string();
    let urls = [format!("sqlite:{missing}"), format!("file:{missing}")];
    for (file, message) in [
        (folder.path().display().to_string(), "is a folder"),
        (missing, "cannot open"),
        (urls[0].clone(), "cannot open"),
        (urls[1].clone(), "cannot open"),
        (write("notes.txt", b"hello, world")?, "neither a SQLite database nor a snapshot"),
        (write("cut.json", b"{\"format\": \"brownfield/snap")?, "cannot read the snapshot"),
        (write("other.json", b"{\"format\": \"other\"}")?, "its `format` is not"),
        (write("broken.db", &[b"SQLite format 3\0".as_slice(), &[7; 5000]].concat())?, "broken.db"),
    ] {
        let output = brownfield().args(["audit", &file]).assert().code(3).get_output().clone();
        let said = text(&output.stderr);
        if !said.contains(message) || said.contains("panicked") {
            return Err(format!("{file}: {said}").into());
        }
    }
    for (words, message) in [
        ("oracle://h/d", "names no engine"),
        ("postgres//h@d", "neither a file nor a URL"),
        ("host=h dbname=d", "keywords and values"),
        ("postgres://h:x/d", "invalid port"),
        ("mysql://h:x/d", "cannot understand the database URL"),
        ("sqlite::memory:", "names no file"),
    ] {
        let output = brownfield().args(["audit", words]).assert().code(2).get_output().clone();
        if !text(&output.stderr).contains(message) {
            return Err(format!("{words}: {}", text(&output.stderr)).into());
        }
    }
    if !Path::new(&write("empty.db", b"")?).exists() {
        return Err("the empty file is gone".into());
    }
    brownfield().args(["audit", &folder.path().join("empty.db").display().to_string()]).assert().code(0);
    Ok(())
}

/// Statements are read in every form, without their values; without the option nothing of them is anywhere.
fn workload_files() -> TestResult {
    let (folder, database) = sample()?;
    let file = |name: &str, content: &str| -> Result<String, std::io::Error> {
        let path = folder.path().join(name);
        std::fs::write(&path, content)?;
        Ok(path.display().to_string())
    };
    let statement = "SELECT id FROM orders WHERE status = 'hush-hush'";
    let plain = file("plain.sql", &format!("{statement};\n{statement};\n"))?;
    let csv = file("counted.csv", &format!("query,calls,total_exec_time\n\"{statement}\",7,12.5\n"))?;
    let json = file("counted.json", &format!("[{{\"query\": \"{statement}\", \"calls\": 7, \"rows\": 3}}]"))?;
    for path in [&plain, &csv, &json] {
        let output =
            brownfield().args(["snapshot", "--workload", path, &database]).assert().success().get_output().clone();
        let said = text(&output.stdout);
        if !said.contains("SELECT id FROM orders WHERE status = ?") || said.contains("hush-hush") {
            return Err(
                format!("{path} was not read as wanted:\n{}", said.lines().rev().take(20).collect::<String>()).into()
            );
        }
        let output =
            brownfield().args(["audit", "--workload", path, &database]).assert().success().get_output().clone();
        if text(&output.stdout).contains("hush-hush") {
            return Err("a value is printed".into());
        }
    }
    let silent = brownfield().args(["snapshot", &database]).assert().success().get_output().clone();
    if text(&silent.stdout).contains("workload") {
        return Err("there is a workload although none was asked for".into());
    }
    let wrong = file("wrong.csv", "a,b\n1,2\n")?;
    for (path, said) in
        [(wrong.as_str(), "no column is called query"), ("no-such.sql", "cannot read the workload no-such.sql")]
    {
        let output = brownfield().args(["audit", "--workload", path, &database]).assert().code(3).get_output().clone();
        if !text(&output.stderr).contains(said) {
            return Err(text(&output.stderr).into());
        }
    }
    Ok(())
}

fn completions() -> TestResult {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let output = brownfield().args(["completions", shell]).assert().success().get_output().clone();
        if !text(&output.stdout).contains("snapshot") {
            return Err(format!("the {shell} script knows no verbs").into());
        }
    }
    Ok(())
}

fn verbose() -> TestResult {
    for place in Place::all() {
        let database = Database::new(place)?;
        database.run("CREATE TABLE looked_at (id INTEGER PRIMARY KEY)")?;
        let said = |level: &str| {
            let mut command = brownfield();
            let output = command.args(["snapshot", level, &database.url()]).assert().success().get_output().clone();
            text(&output.stderr)
        };
        let (names, statements) = (said("-v"), said("-vv"));
        let is_timed = |line: &&str| line.contains("rows") && (line.contains(" ms") || line.contains("milliseconds="));
        if names.lines().filter(is_timed).count() < 5 || names.contains("SELECT") {
            return Err(format!("{}: -v shows no queries, or more than them: {names}", place.name()).into());
        }
        if statements.lines().filter(is_timed).count() < 5 || !statements.contains("SELECT") {
            return Err(format!("{}: -vv shows no SQL: {statements}", place.name()).into());
        }
    }
    Ok(())
}

fn other_version() -> TestResult {
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("snapshot.json");
    std::fs::write(&file, "{\"format\": \"brownfield/snapshot\", \"version\": 99}")?;
    let output = brownfield().arg("doc").arg(&file).assert().code(3).get_output().clone();
    if text(&output.stderr).contains("its `version` is 99") { Ok(()) } else { Err(text(&output.stderr).into()) }
}
