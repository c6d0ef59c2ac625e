//! Constraint completeness: rules about values are declared.

mod enum_column_unchecked;
mod junction_without_unique;
mod not_null_boolean;
mod table_without_primary_key;
mod unique_with_nullable;

use super::Rule;

pub(super) static RULES: &[&Rule] = &[
    &enum_column_unchecked::RULE,
    &junction_without_unique::RULE,
    &not_null_boolean::RULE,
    &table_without_primary_key::RULE,
    &unique_with_nullable::RULE,
];
