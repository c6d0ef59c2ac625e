//! How long the tests took, by kind: what to look at when a run becomes slow.

use super::TestResult;
use libtest_mimic::Trial;
use std::collections::BTreeMap;
use std::sync::Mutex;
use std::time::{Duration, Instant};

/// Time by the first two parts of a test's name: `playbook::whole`.
static TIMES: Mutex<BTreeMap<String, (u32, Duration)>> = Mutex::new(BTreeMap::new());

/// Kinds that are told.
const TOLD: usize = 20;

/// A test whose time is counted.
pub(crate) fn trial(name: impl Into<String>, test: impl FnOnce() -> TestResult + Send + 'static) -> Trial {
    let name = name.into();
    let kind = name.split("::").take(2).collect::<Vec<_>>().join("::");
    Trial::test(name, move || {
        let start = Instant::now();
        let result = test();
        let mut times = TIMES.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let (number, time) = times.entry(kind).or_default();
        *number += 1;
        *time += start.elapsed();
        result
    })
}

/// Says which kinds took longest, in seconds over all threads.
pub(crate) fn print() {
    let times = TIMES.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let mut times: Vec<_> = times.iter().collect();
    times.sort_by_key(|(kind, (_, time))| (std::cmp::Reverse(*time), *kind));
    let told: Vec<String> = times
        .iter()
        .take(TOLD)
        .map(|(kind, (number, time))| format!("{kind} {} s ({number})", time.as_secs()))
        .collect();
    println!("longest: {}", told.join(", "));
}
