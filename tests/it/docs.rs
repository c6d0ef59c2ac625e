//! Generated pages are true: the test that checks one rewrites it.

use crate::support::times::trial;
use crate::support::{TestResult, brownfield, root};
use libtest_mimic::Trial;
use std::fmt::Write;

pub(crate) fn add(trials: &mut Vec<Trial>) {
    trials.push(trial("docs::rules", || is_current("docs/rules.md", &rules())));
    trials.push(trial("docs::cli", || is_current("docs/cli.md", &cli())));
}

/// Rewrites the page and fails when it was not what the program says.
pub(crate) fn is_current(path: &str, expected: &str) -> TestResult {
    let file = root().join(path);
    if std::fs::read_to_string(&file).is_ok_and(|text| text == expected) {
        return Ok(());
    }
    if let Some(folder) = file.parent() {
        std::fs::create_dir_all(folder)?;
    }
    std::fs::write(&file, expected)?;
    Err(format!("{path} was not current; it is now: look at the change and commit it").into())
}

fn rules() -> String {
    output(&["rules", "--format", "markdown"])
}

fn cli() -> String {
    let mut page = String::from(
        "# Command line\n\nWritten from `brownfield --help` by the test suite. Data goes to standard output, everything \
         else to standard error.\n",
    );
    let verbs = ["doc", "audit", "fix", "snapshot", "rules", "demo", "completions"];
    let _ = write!(page, "\n```text\n{}```\n", output(&["--help"]));
    for verb in verbs {
        let _ = write!(page, "\n## brownfield {verb}\n\n```text\n{}```\n", output(&[verb, "--help"]));
    }
    page.lines().map(|line| format!("{}\n", line.trim_end())).collect()
}

fn output(arguments: &[&str]) -> String {
    let output = brownfield().args(arguments).assert().success().get_output().stdout.clone();
    String::from_utf8(output).expect("the program writes UTF-8")
}
