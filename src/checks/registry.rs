//! The list of rules, which everything else iterates.

use super::{
    Rule, constraint_completeness, convention_consistency, index_coverage, informational, operational_readiness,
    referential_integrity,
};
use crate::settings::Settings;
use std::sync::LazyLock;

static RULES: LazyLock<Vec<&'static Rule>> = LazyLock::new(|| {
    let families: [&[&'static Rule]; 6] = [
        referential_integrity::RULES,
        constraint_completeness::RULES,
        index_coverage::RULES,
        convention_consistency::RULES,
        operational_readiness::RULES,
        informational::RULES,
    ];
    let mut rules = families.concat();
    rules.sort_by_key(|rule| rule.id);
    rules
});

/// Every rule, by id.
pub fn all() -> &'static [&'static Rule] {
    &RULES
}

/// The rule as the settings want it: some that are informational count where their option `scored` says so.
pub(super) fn configured(rule: &'static Rule, settings: &Settings) -> &'static Rule {
    let scored = settings.option(rule.id, "scored").and_then(toml::Value::as_bool) == Some(true);
    informational::SCORED.iter().find(|other| scored && other.id == rule.id).copied().unwrap_or(rule)
}

/// The rule of this id.
pub fn find(id: &str) -> Option<&'static Rule> {
    RULES.binary_search_by_key(&id, |rule| rule.id).ok().map(|position| RULES[position])
}
