//! Tests on live databases.

mod alike;
mod code;
mod concurrency;
mod connections;
mod counts;
mod ddl;
mod mending;
mod mysql;
mod nasty;
mod outputs;
mod partitions;
mod pooler;
mod portable;
mod privileges;
mod reserved_words;
mod restored;
mod round_trips;
mod routines;
mod rowids;
mod scope;
mod statements;
mod survey;
mod tls;
mod untouched;
mod values;
mod widening;
mod workload;

use libtest_mimic::Trial;

pub(crate) fn add(trials: &mut Vec<Trial>) {
    alike::add(trials);
    code::add(trials);
    concurrency::add(trials);
    connections::add(trials);
    counts::add(trials);
    ddl::add(trials);
    mending::add(trials);
    mysql::add(trials);
    nasty::add(trials);
    outputs::add(trials);
    partitions::add(trials);
    pooler::add(trials);
    portable::add(trials);
    privileges::add(trials);
    reserved_words::add(trials);
    restored::add(trials);
    round_trips::add(trials);
    routines::add(trials);
    rowids::add(trials);
    scope::add(trials);
    statements::add(trials);
    survey::add(trials);
    tls::add(trials);
    untouched::add(trials);
    values::add(trials);
    widening::add(trials);
    workload::add(trials);
}
