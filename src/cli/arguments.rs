//! What can be said on the command line.

use crate::remedy::Phase;
use crate::settings::Severity;
use clap::{Args, Parser, Subcommand, ValueEnum};
use std::path::{Path, PathBuf};

/// Points at a live database that nobody documented and writes its data-model specification.
#[derive(Debug, Parser)]
#[command(name = "brownfield", version, max_term_width = 100, disable_help_subcommand = true, after_help = EXIT_CODES)]
pub struct Arguments {
    /// What to do.
    #[command(subcommand)]
    pub(super) verb: Verb,
    #[command(flatten)]
    pub(super) common: Common,
}

const EXIT_CODES: &str = "\
Exit codes: 0 fine; 1 a gate failed (audit --fail-on, --min-score); 2 wrong usage or configuration;
3 could not answer (cannot connect, read or write).

Start here: brownfield demo";

/// What every verb takes.
#[derive(Args, Debug)]
#[command(next_help_heading = "General")]
pub(super) struct Common {
    /// Show every query with its rows and time, and relations too unsure to report, on standard error; given twice, the
    /// queries' SQL too.
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    pub(super) verbose: u8,
    /// When to use colour. `NO_COLOR` is honoured.
    #[arg(long, global = true, value_enum, default_value_t = Color::Auto, value_name = "WHEN")]
    pub(super) color: Color,
    /// Configuration file [default: brownfield.toml in the current folder, when it is there].
    #[arg(long, global = true, value_name = "FILE")]
    pub(super) config: Option<PathBuf>,
}

/// When to use colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Color {
    /// When the stream is a terminal.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

impl Color {
    /// Applies the choice to both streams.
    pub(super) fn apply(self) {
        match self {
            Self::Auto => {}
            Self::Always => anstream::ColorChoice::Always.write_global(),
            Self::Never => anstream::ColorChoice::Never.write_global(),
        }
    }
}

/// The verbs.
#[derive(Debug, Subcommand)]
pub(super) enum Verb {
    /// Write the specification document.
    Doc(Doc),
    /// Show the scorecard and the findings; fail when a gate fails.
    #[command(visible_alias = "lint")]
    Audit(Audit),
    /// Write the migration playbook as SQL with comments. Nothing is executed.
    Fix(Fix),
    /// Write the model as JSON. A snapshot file is accepted wherever a URL is.
    Snapshot(Snapshot),
    /// List the rules, or explain one.
    Rules(Rules),
    /// Make a sample database and run everything on it. No server, no network.
    Demo(Demo),
    /// Print a completion script for a shell.
    Completions(Completions),
}

/// Which database, and which part of it.
#[derive(Args, Debug)]
#[command(next_help_heading = "Database")]
pub(super) struct Database {
    /// Database URL, SQLite file or snapshot file: postgres://…, sqlite:…, shop.db, shop.json.
    ///
    /// Falls back to --url, then BROWNFIELD_URL, then DATABASE_URL. PG* variables, `~/.pg_service.conf` and ~/.pgpass
    /// fill in what the URL leaves out, so no password needs to stand on a command line.
    #[arg(value_name = "URL")]
    pub(super) target: Option<String>,
    /// Database URL, instead of the first argument.
    #[arg(long, value_name = "URL", conflicts_with = "target")]
    pub(super) url: Option<String>,
    /// Only this schema; may be repeated [default: every user schema].
    #[arg(long, value_name = "NAME")]
    pub(super) schema: Vec<String>,
    /// Only tables and views that match this glob over `schema.table`; may be repeated.
    #[arg(long, value_name = "GLOB")]
    pub(super) include: Vec<String>,
    /// Leave out tables and views that match this glob; may be repeated.
    #[arg(long, value_name = "GLOB")]
    pub(super) exclude: Vec<String>,
    /// Do not read statistics: row counts, sizes, usage. Checks that need them answer "unknown".
    #[arg(long)]
    pub(super) no_stats: bool,
    /// Look into table data too, for what only rows can tell: orphans of foreign keys, whether the values of undeclared
    /// relations bear them out, failed migrations. Bounded in rows and time, read-only. Point it at a replica when there is
    /// one.
    #[arg(long)]
    pub(super) data: bool,
    /// Judge indexes by the statements that ran: `server` reads `pg_stat_statements` or `performance_schema`, a file
    /// holds statements, or such counters as CSV or JSON. Values are taken out before anything is written.
    #[arg(long, value_name = "FILE|server")]
    pub(super) workload: Option<PathBuf>,
    /// Longest time, in seconds, that one statement may run.
    #[arg(long, value_name = "SECONDS", default_value_t = 60, value_parser = clap::value_parser!(u64).range(1..=86_400))]
    pub(super) statement_timeout: u64,
    /// Longest time, in seconds, to wait for a lock that another session holds.
    #[arg(long, value_name = "SECONDS", default_value_t = 1, value_parser = clap::value_parser!(u64).range(1..=3_600))]
    pub(super) lock_timeout: u64,
    /// Longest time, in seconds, to wait for a connection.
    #[arg(long, value_name = "SECONDS", default_value_t = 10, value_parser = clap::value_parser!(u64).range(1..=3_600))]
    pub(super) connect_timeout: u64,
    /// Most connections to a server at the same time. The second is opened only when there are more than a thousand
    /// tables and views to read, and done without where the server has none to give.
    #[arg(long, value_name = "NUMBER", default_value_t = 2, value_parser = clap::value_parser!(u8).range(1..=2))]
    pub(super) connections: u8,
}

/// Where to write.
#[derive(Args, Debug)]
pub(super) struct Output {
    /// File to write [default: standard output].
    #[arg(short, long, value_name = "PATH")]
    pub(super) output: Option<PathBuf>,
    /// Overwrite a file that brownfield did not write.
    #[arg(long)]
    pub(super) force: bool,
}

impl Output {
    /// The file named; `-` is standard output.
    pub(super) fn path(&self) -> Option<&Path> {
        self.output.as_deref().filter(|path| path.as_os_str() != "-")
    }
}

/// Options of `doc`.
#[derive(Args, Debug)]
pub(super) struct Doc {
    #[command(flatten)]
    pub(super) database: Database,
    #[command(flatten)]
    pub(super) output: Output,
    /// Title of the document.
    #[arg(long, value_name = "TEXT")]
    pub(super) title: Option<String>,
    /// Date to print, `YYYY-MM-DD` [default: SOURCE_DATE_EPOCH, else none, so that equal schemas give equal bytes].
    #[arg(long, value_name = "DATE")]
    pub(super) date: Option<String>,
    /// Read statistics too: judge by them, and add a section with row counts, sizes and usage, and every version in full.
    /// These change without the schema, and so does the document then.
    #[arg(long)]
    pub(super) stats: bool,
    /// Snapshot file whose groups of tables to start from, so that diagrams change only where the schema does. A snapshot
    /// file as the database brings its own.
    #[arg(long, value_name = "FILE")]
    pub(super) groups_from: Option<PathBuf>,
    /// Form of the document.
    #[arg(long, value_enum, default_value_t = DocumentFormat::Markdown, value_name = "FORMAT")]
    pub(super) format: DocumentFormat,
    /// Template to fill in: minijinja, with `{{import:$VARIABLE/file.md#section}}` and `{{env:NAME}}`.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["split", "format"])]
    pub(super) template: Option<PathBuf>,
    /// Print a built-in template to start from, and read no database.
    #[arg(long, value_enum, value_name = "NAME", num_args = 0..=1, require_equals = true, default_missing_value = "document")]
    pub(super) print_template: Option<BuiltInTemplate>,
    /// Write a folder with an index and a page for each table; -o names the folder.
    ///
    /// A file for more than 150 tables, or of more than 500 KiB, becomes an index with pages in a folder beside it by
    /// itself, because GitHub and GitLab do not show long files whole.
    #[arg(long, requires = "output", conflicts_with = "format")]
    pub(super) split: bool,
    /// Write one file however long it becomes.
    #[arg(long, conflicts_with = "split")]
    pub(super) single: bool,
}

/// A template that is part of the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum BuiltInTemplate {
    /// The one that the document is made with.
    Document,
    /// A short one that walks through the findings.
    Findings,
}

/// Form of a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum DocumentFormat {
    /// The specification.
    Markdown,
    /// The report for programs.
    Json,
    /// DBML, for dbdiagram.
    Dbml,
    /// One Mermaid diagram.
    Mermaid,
    /// One PlantUML diagram.
    Plantuml,
    /// One Graphviz graph.
    Dot,
    /// CREATE statements.
    Ddl,
    /// A picture that stands alone.
    Svg,
}

/// Options of `audit`.
#[derive(Args, Debug)]
pub(super) struct Audit {
    #[command(flatten)]
    pub(super) database: Database,
    #[command(flatten)]
    pub(super) output: Output,
    /// Form of the answer.
    #[arg(long, value_enum, default_value_t = AuditFormat::Text, value_name = "FORMAT")]
    pub(super) format: AuditFormat,
    /// Exit with 1 when a finding of this severity or a higher one exists.
    #[arg(long, value_enum, value_name = "SEVERITY")]
    pub(super) fail_on: Option<Threshold>,
    /// Exit with 1 when the total score is lower, or could not be computed.
    #[arg(long, value_name = "POINTS", value_parser = points)]
    pub(super) min_score: Option<f64>,
    /// Show every finding, not just the first ones of each rule.
    #[arg(long)]
    pub(super) all: bool,
}

/// Form of an audit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum AuditFormat {
    /// For a person at a terminal.
    Text,
    /// For programs.
    Json,
}

/// Severity of a gate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Threshold {
    /// Errors.
    Error,
    /// Errors and warnings.
    Warning,
    /// Every finding.
    Info,
}

impl Threshold {
    /// The lowest severity that fails.
    pub(super) fn severity(self) -> Severity {
        match self {
            Self::Error => Severity::Error,
            Self::Warning => Severity::Warning,
            Self::Info => Severity::Info,
        }
    }
}

fn points(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(points) if (0.0..=100.0).contains(&points) => Ok(points),
        _ => Err("must be a number from 0 to 100".to_owned()),
    }
}

/// Options of `fix`.
#[derive(Args, Debug)]
pub(super) struct Fix {
    #[command(flatten)]
    pub(super) database: Database,
    #[command(flatten)]
    pub(super) output: Output,
    /// Only the findings of this rule; may be repeated.
    #[arg(long, value_name = "ID")]
    pub(super) rule: Vec<String>,
    /// Only the steps of this phase; may be repeated. Phases are run in this order, each when the code is ready for it.
    #[arg(long, value_enum, value_name = "PHASE")]
    pub(super) phase: Vec<PhaseName>,
    /// Rename tables and columns too, which breaks code that says the old names.
    #[arg(long)]
    pub(super) with_renames: bool,
}

/// Phase of a playbook.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum PhaseName {
    /// Adds things.
    Expand,
    /// Fills existing rows.
    Backfill,
    /// Checks existing rows and makes constraints count.
    Validate,
    /// Removes or renames things.
    Contract,
}

impl PhaseName {
    /// The phase of this name.
    pub(super) fn phase(self) -> Phase {
        match self {
            Self::Expand => Phase::Expand,
            Self::Backfill => Phase::Backfill,
            Self::Validate => Phase::Validate,
            Self::Contract => Phase::Contract,
        }
    }
}

/// Options of `snapshot`.
#[derive(Args, Debug)]
pub(super) struct Snapshot {
    #[command(flatten)]
    pub(super) database: Database,
    #[command(flatten)]
    pub(super) output: Output,
}

/// Options of `rules`.
#[derive(Args, Debug)]
pub(super) struct Rules {
    /// Rule to explain.
    #[arg(value_name = "ID")]
    pub(super) id: Option<String>,
    /// Form of the answer.
    #[arg(long, value_enum, default_value_t = RulesFormat::Text, value_name = "FORMAT")]
    pub(super) format: RulesFormat,
}

/// Form of the list of rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum RulesFormat {
    /// For a person at a terminal.
    Text,
    /// The page that stands in docs/rules.md.
    Markdown,
}

/// Options of `demo`.
#[derive(Args, Debug)]
pub(super) struct Demo {
    /// Folder to write.
    #[arg(short, long, value_name = "DIR", default_value = "brownfield-demo")]
    pub(super) output: PathBuf,
    /// Overwrite files that brownfield did not write.
    #[arg(long)]
    pub(super) force: bool,
}

/// Options of `completions`.
#[derive(Args, Debug)]
pub(super) struct Completions {
    /// Shell.
    #[arg(value_enum)]
    pub(super) shell: clap_complete::Shell,
}
