//! Informational rules: worth knowing, never scored.

use super::Rule;

mod clone_tables;
mod compound_value_column;
mod eav_table;
mod empty_or_unused_table;
mod exclusion_missing;
mod fk_cascade_hazard;
mod fk_cross_schema;
mod fk_cycle;
mod fk_overlapping;
mod fk_self_reference;
mod incrementing_columns;
mod index_invisible;
mod index_key_duplicate_column;
mod index_leading_nullable;
mod index_on_blob;
mod index_pk_suffix;
mod index_unused;
mod index_wide;
mod matview_no_unique_index;
mod natural_or_wide_pk;
mod nullable_but_never_null;
mod partition_runway;
mod pk_not_first;
mod pk_type_mixed;
mod pk_uuid_locality;
mod plaintext_secret_column;
mod polymorphic_association;
mod sequence_not_owned;
mod serial_not_identity;
mod surrogate_key_only;
mod table_isolated;
mod table_seq_scanned;
mod table_too_many_indexes;
mod too_many_lobs;
mod unique_email_case;
mod uuid_as_text;
mod wide_table;

pub(super) static RULES: &[&Rule] = &[
    &clone_tables::RULE,
    &compound_value_column::RULE,
    &eav_table::RULE,
    &empty_or_unused_table::RULE,
    &exclusion_missing::RULE,
    &fk_cascade_hazard::RULE,
    &fk_cross_schema::RULE,
    &fk_cycle::RULE,
    &fk_overlapping::RULE,
    &fk_self_reference::RULE,
    &incrementing_columns::RULE,
    &index_invisible::RULE,
    &index_key_duplicate_column::RULE,
    &index_leading_nullable::RULE,
    &index_on_blob::RULE,
    &index_pk_suffix::RULE,
    &index_unused::RULE,
    &index_wide::RULE,
    &matview_no_unique_index::RULE,
    &natural_or_wide_pk::RULE,
    &nullable_but_never_null::RULE,
    &partition_runway::RULE,
    &pk_not_first::RULE,
    &pk_type_mixed::RULE,
    &pk_uuid_locality::RULE,
    &plaintext_secret_column::RULE,
    &polymorphic_association::RULE,
    &sequence_not_owned::RULE,
    &serial_not_identity::RULE,
    &surrogate_key_only::RULE,
    &table_isolated::RULE,
    &table_seq_scanned::RULE,
    &table_too_many_indexes::RULE,
    &too_many_lobs::RULE,
    &unique_email_case::RULE,
    &uuid_as_text::RULE,
    &wide_table::RULE,
];
