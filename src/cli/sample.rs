//! The sample database of `demo`.

use super::failure::Failure;
use crate::catalog::sqlite::sample;
use std::path::Path;

/// The name and the text of a migration of the sample.
macro_rules! migration {
    ($name:literal) => {
        ($name, include_str!(concat!("../../migrations-fixtures/sqlite/", $name, ".sql")))
    };
}

/// The migrations of the sample shop, in order.
const MIGRATIONS: &[(&str, &str)] = &[
    migration!("0001_create_customers"),
    migration!("0002_create_catalogue"),
    migration!("0003_create_orders"),
    migration!("0004_create_payments"),
    migration!("0005_create_back_office"),
    migration!("0006_create_warehouses"),
    migration!("0007_create_shipments"),
    migration!("0008_add_coupons"),
    migration!("0009_add_reviews"),
    migration!("0010_add_carts"),
    migration!("0011_import_legacy_shop"),
    migration!("0012_widen_order_numbers"),
    migration!("0013_add_settings_and_newsletter"),
    migration!("0014_add_comments_and_attachments"),
    migration!("0015_add_invoices"),
    migration!("0016_speed_up_lists"),
    migration!("0017_add_reports"),
    migration!("0018_add_events"),
    migration!("0019_several_shops"),
    migration!("0020_keep_updated_at"),
];

/// Makes the sample database.
pub(super) fn create(path: &Path) -> Result<(), Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime =
        runtime.map_err(|error| Failure::Unanswered(anyhow::Error::new(error).context("cannot start the runtime")))?;
    Ok(runtime.block_on(sample::create(path, MIGRATIONS))?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_migration_is_left_out() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations-fixtures/sqlite");
        let mut files: Vec<String> = std::fs::read_dir(folder)
            .expect("the folder is there")
            .map(|entry| entry.expect("the entry can be read").file_name().to_string_lossy().into_owned())
            .collect();
        files.sort();
        let listed: Vec<String> = MIGRATIONS.iter().map(|(name, _)| format!("{name}.sql")).collect();
        assert_eq!(listed, files);
    }

    #[test]
    fn the_sample_replaces_an_older_one() {
        let folder = tempfile::tempdir().expect("a folder can be made");
        let path = folder.path().join("shop.db");
        create(&path).unwrap_or_else(|_| panic!("the sample can be made"));
        create(&path).unwrap_or_else(|_| panic!("the sample can be made again"));
        let files = std::fs::read_dir(folder.path()).expect("the folder is there").count();
        assert_eq!(files, 1, "nothing temporary stays");
    }
}
