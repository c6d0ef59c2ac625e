//! Index coverage: what is looked up is indexed, once.

use super::Rule;

mod index_duplicate;
mod index_invalid;
mod index_redundant_prefix;
mod relation_column_unindexed;

pub(super) static RULES: &[&Rule] =
    &[&index_duplicate::RULE, &index_invalid::RULE, &index_redundant_prefix::RULE, &relation_column_unindexed::RULE];
