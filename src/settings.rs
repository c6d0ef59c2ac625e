//! The user's choices, from `brownfield.toml`. Unknown keys are errors.

use globset::GlobMatcher;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What the configuration says, checked.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// Rules that are off.
    pub disabled: Vec<String>,
    /// Other severities, by rule.
    pub severities: BTreeMap<String, Severity>,
    /// Suppressed findings.
    pub ignores: Vec<Ignore>,
    /// Relations that are pinned (`Some`) or denied (`None`), by `schema.table.column`.
    pub relations: BTreeMap<String, Option<String>>,
    /// Options of rules, by rule and option.
    pub options: BTreeMap<String, BTreeMap<String, toml::Value>>,
}

/// Findings that are accepted, with the reason.
#[derive(Clone, Debug)]
pub struct Ignore {
    /// Rule, or every rule.
    pub rule: Option<String>,
    /// Pattern as written.
    pub pattern: String,
    /// The pattern, over `schema.table.name`.
    pub matcher: GlobMatcher,
    /// Why.
    pub reason: String,
}

impl Settings {
    /// Whether a rule is off.
    pub fn is_disabled(&self, rule: &str) -> bool {
        self.disabled.iter().any(|id| id == rule)
    }

    /// The severity chosen for a rule.
    pub fn severity(&self, rule: &str) -> Option<Severity> {
        self.severities.get(rule).copied()
    }

    /// The reason why a finding is suppressed, if it is.
    pub fn suppression(&self, rule: &str, object: &str) -> Option<&str> {
        self.ignores
            .iter()
            .find(|ignore| ignore.rule.as_deref().is_none_or(|only| only == rule) && ignore.matcher.is_match(object))
            .map(|ignore| ignore.reason.as_str())
    }

    /// An option of a rule.
    pub fn option(&self, rule: &str, option: &str) -> Option<&toml::Value> {
        self.options.get(rule)?.get(option)
    }
}

/// How urgent a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Worth knowing.
    Info,
    /// Should be mended.
    Warning,
    /// Data is or can be wrong, or the database will stop working.
    Error,
}

impl Severity {
    /// Lower-case word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}
