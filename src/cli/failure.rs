//! How a run can fail, and how that is said.

use crate::catalog;
use anstream::eprintln;
use anstyle::{AnsiColor, Style};
use std::process::ExitCode;

/// Exit code of wrong usage or configuration.
pub(super) const USAGE: u8 = 2;

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

    /// Says on standard error what was tried, why it failed and what to do next, and gives the exit code.
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
            eprintln!("{plain}hint{plain:#}: {hint}");
        }
        ExitCode::from(code)
    }
}

/// Text from elsewhere without control characters, which a terminal would obey. Line feeds stay.
fn printable(text: &str) -> String {
    text.chars().map(|character| if character.is_control() && character != '\n' { ' ' } else { character }).collect()
}

impl From<catalog::Error> for Failure {
    fn from(error: catalog::Error) -> Self {
        Self::Unanswered(anyhow::Error::new(error))
    }
}
