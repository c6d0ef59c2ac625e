//! Referential integrity: relations are declared, enforced and valid.

use super::Rule;

mod fk_duplicate;
mod fk_match_simple_nullable;
mod fk_missing;
mod fk_missing_index;
mod fk_not_enforced;
mod fk_not_validated;
mod fk_on_delete_unspecified;
mod fk_orphan_rows;
mod fk_parent_missing;
mod fk_parent_not_unique;
mod fk_set_default_unusable;
mod fk_set_null_on_not_null;
mod fk_type_mismatch;

pub(super) static RULES: &[&Rule] = &[
    &fk_duplicate::RULE,
    &fk_match_simple_nullable::RULE,
    &fk_missing::RULE,
    &fk_missing_index::RULE,
    &fk_not_enforced::RULE,
    &fk_not_validated::RULE,
    &fk_on_delete_unspecified::RULE,
    &fk_orphan_rows::RULE,
    &fk_parent_missing::RULE,
    &fk_parent_not_unique::RULE,
    &fk_set_default_unusable::RULE,
    &fk_set_null_on_not_null::RULE,
    &fk_type_mismatch::RULE,
];
