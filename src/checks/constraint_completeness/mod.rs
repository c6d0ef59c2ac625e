//! Constraint completeness: rules about values are declared.

mod all_columns_nullable;
mod boolean_without_default;
mod check_always_true;
mod check_not_enforced;
mod check_not_validated;
mod default_null_literal;
mod enum_column_unchecked;
mod junction_without_unique;
mod money_as_float;
mod not_null_audit_timestamp;
mod not_null_boolean;
mod not_null_junction_fk;
mod not_null_with_default;
mod numeric_range_unchecked;
mod period_order_unchecked;
mod pk_nullable;
mod table_without_primary_key;
mod unique_business_key_missing;
mod unique_missing_tenant;
mod unique_prefix_index;
mod unique_vs_soft_delete;
mod unique_with_nullable;
mod zero_date_default;

use super::Rule;
use super::columns::default_of;
use crate::model::{Column, ColumnDefault};

pub(super) static RULES: &[&Rule] = &[
    &all_columns_nullable::RULE,
    &boolean_without_default::RULE,
    &check_always_true::RULE,
    &check_not_enforced::RULE,
    &check_not_validated::RULE,
    &default_null_literal::RULE,
    &enum_column_unchecked::RULE,
    &junction_without_unique::RULE,
    &money_as_float::RULE,
    &not_null_audit_timestamp::RULE,
    &not_null_boolean::RULE,
    &not_null_junction_fk::RULE,
    &not_null_with_default::RULE,
    &numeric_range_unchecked::RULE,
    &period_order_unchecked::RULE,
    &pk_nullable::RULE,
    &table_without_primary_key::RULE,
    &unique_business_key_missing::RULE,
    &unique_missing_tenant::RULE,
    &unique_prefix_index::RULE,
    &unique_vs_soft_delete::RULE,
    &unique_with_nullable::RULE,
    &zero_date_default::RULE,
];

/// The default of a column, unless it is one that a rule calls wrong: that is no value to give to rows.
fn sound_default(column: &Column) -> Option<&ColumnDefault> {
    default_of(column).filter(|default| {
        !default_null_literal::is_null_word(default) && !zero_date_default::is_no_date(column, default)
    })
}
