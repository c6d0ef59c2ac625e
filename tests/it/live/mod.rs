//! Tests on live databases.

mod counts;
mod outputs;
mod privileges;
mod restored;

use libtest_mimic::Trial;

pub(crate) fn add(trials: &mut Vec<Trial>) {
    counts::add(trials);
    outputs::add(trials);
    privileges::add(trials);
    restored::add(trials);
}
