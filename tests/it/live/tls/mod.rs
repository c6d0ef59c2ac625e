//! Encrypted connections.

mod mysql;
mod postgres;

use libtest_mimic::Trial;

pub(crate) fn add(trials: &mut Vec<Trial>) {
    mysql::add(trials);
    postgres::add(trials);
}
