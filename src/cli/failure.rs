//! How a run can fail, and how that is said.

use crate::catalog::{self, masked};
use anstream::eprintln;
use anstyle::{AnsiColor, Style};
use clap::error::{ContextKind, ContextValue, ErrorKind};
use std::io::Write;
use std::process::ExitCode;

/// Exit code of wrong usage or configuration.
const USAGE: u8 = 2;

/// A run that did not end well.
#[derive(Debug)]
pub(super) enum Failure {
    /// A gate failed: exit code 1. The lines say which.
    Gate(Vec<String>),
    /// Wrong usage or configuration: exit code 2.
    Usage(anyhow::Error),
    /// Could not answer: exit code 3.
    Unanswered(anyhow::Error),
}

impl Failure {
    /// Wrong usage, in a sentence fragment, with the next step.
    pub(super) fn usage(message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::Usage(anyhow::Error::new(catalog::Error::new(message).hint(hint)))
    }

    /// Says on standard error what was tried, why it failed and what to do next, and gives the exit code. Whatever the
    /// words came from, no password is among them.
    pub(super) fn report(&self) -> ExitCode {
        let (code, error) = match self {
            Self::Gate(lines) => {
                let bold = AnsiColor::Red.on_default().bold();
                for line in lines {
                    eprintln!("{bold}gate failed{bold:#}: {line}");
                }
                return ExitCode::from(1);
            }
            Self::Usage(error) => (USAGE, error),
            Self::Unanswered(error) => (3, error),
        };
        let red = AnsiColor::Red.on_default().bold();
        let plain = Style::new().bold();
        eprintln!("{red}error{red:#}: {}", printable(&error.to_string()));
        for cause in error.chain().skip(1) {
            eprintln!("  because: {}", printable(&cause.to_string()));
        }
        for hint in error.chain().filter_map(|cause| cause.downcast_ref::<catalog::Error>()?.hint.as_ref()) {
            eprintln!("{plain}hint{plain:#}: {}", printable(hint));
        }
        ExitCode::from(code)
    }
}

/// What is wrong with the arguments, in the words of their parser but without passwords; and help and version, which are
/// answers and no errors. A closed pipe is fine for both.
pub(super) fn report_arguments(error: &clap::Error) -> ExitCode {
    let text = error.render().ansi().to_string();
    if !error.use_stderr() {
        let _ = write!(anstream::stdout(), "{text}");
        return ExitCode::SUCCESS;
    }
    let _ = write!(anstream::stderr(), "{}", masked(&text));
    if error.kind() == ErrorKind::InvalidSubcommand
        && let Some(ContextValue::String(word)) = error.get(ContextKind::InvalidSubcommand)
        && word.contains([':', '/', '.', '='])
    {
        let bold = Style::new().bold();
        eprintln!("{bold}hint{bold:#}: what to do comes before the database: `brownfield audit URL`");
    }
    ExitCode::from(USAGE)
}

/// Text from elsewhere without passwords, and without control characters, which a terminal would obey. Line feeds stay.
fn printable(text: &str) -> String {
    let text = masked(text);
    text.chars().map(|character| if character.is_control() && character != '\n' { ' ' } else { character }).collect()
}

impl From<catalog::Error> for Failure {
    fn from(error: catalog::Error) -> Self {
        Self::Unanswered(anyhow::Error::new(error))
    }
}
