//! Work that falls into independent pieces, on every processor, with the answers in the order of the pieces.

use std::collections::BTreeMap;
use std::num::NonZero;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread;

/// Number of tables from which starting threads costs less than it saves.
const WORTH_THREADS: usize = 200;

/// Threads that so many pieces of work on so many tables are worth.
fn threads(items: usize, tables: usize) -> usize {
    if tables < WORTH_THREADS { 1 } else { thread::available_parallelism().map_or(1, NonZero::get).min(items) }
}

/// What `work` makes of every item, in the items' order. `tables` tells how much work there is; little is done at once.
pub(crate) fn map<I: Sync, O: Send>(items: &[I], tables: usize, work: impl Fn(&I) -> O + Sync) -> Vec<O> {
    let threads = threads(items.len(), tables);
    if threads < 2 {
        return items.iter().map(work).collect();
    }
    let next = AtomicUsize::new(0);
    let take = || {
        let mut done = Vec::new();
        loop {
            let position = next.fetch_add(1, Ordering::Relaxed);
            let Some(item) = items.get(position) else { return done };
            done.push((position, work(item)));
        }
    };
    let mut answers: Vec<(usize, O)> = thread::scope(|scope| {
        let others: Vec<_> = (1..threads).map(|_| scope.spawn(take)).collect();
        let mut answers = take();
        for other in others {
            answers.extend(other.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
        }
        answers
    });
    answers.sort_unstable_by_key(|(position, _)| *position);
    answers.into_iter().map(|(_, answer)| answer).collect()
}

/// Items that may be done before their turn, for each processor.
const AHEAD: usize = 4;

/// Hands what `work` makes of every item to `take`, in the items' order, while others work on those that come after. Stops
/// at the first answer that `take` does not take.
pub(crate) fn in_order<I: Sync, O: Send, E>(
    items: &[I],
    tables: usize,
    work: impl Fn(&I) -> O + Sync,
    take: impl FnMut(O) -> Result<(), E>,
) -> Result<(), E> {
    in_order_by(threads(items.len(), tables), items, work, take)
}

fn in_order_by<I: Sync, O: Send, E>(
    threads: usize,
    items: &[I],
    work: impl Fn(&I) -> O + Sync,
    mut take: impl FnMut(O) -> Result<(), E>,
) -> Result<(), E> {
    if threads < 2 {
        return items.iter().try_for_each(|item| take(work(item)));
    }
    let next = AtomicUsize::new(0);
    let done = || {
        let position = next.fetch_add(1, Ordering::Relaxed);
        Some((position, work(items.get(position)?)))
    };
    let (sender, others) = mpsc::sync_channel(AHEAD);
    thread::scope(|scope| {
        // Gone when an answer was not taken, so that nobody waits for it to be heard.
        let others = others;
        for _ in 1..threads {
            let sender = sender.clone();
            scope.spawn(move || while done().is_some_and(|answer| sender.send(answer).is_ok()) {});
        }
        drop(sender);
        let mut early = BTreeMap::new();
        for turn in 0..items.len() {
            while !early.contains_key(&turn) {
                let own = || if early.len() < AHEAD * threads { done() } else { None };
                let answer = others.try_recv().ok().or_else(own).or_else(|| others.recv().ok());
                // Only a panic ends the others too early, and the scope passes it on.
                let Some((position, answer)) = answer else { return Ok(()) };
                early.insert(position, answer);
            }
            if let Some(answer) = early.remove(&turn) {
                take(answer)?;
            }
        }
        Ok(())
    })
}

/// The answers of two pieces of work, done at the same time when there is enough of it.
pub(crate) fn join<A, B: Send>(tables: usize, here: impl FnOnce() -> A, beside: impl FnOnce() -> B + Send) -> (A, B) {
    if tables < WORTH_THREADS {
        return (here(), beside());
    }
    thread::scope(|scope| {
        let beside = scope.spawn(beside);
        let here = here();
        (here, beside.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
    })
}

#[cfg(test)]
mod tests {
    #[test]
    fn answers_keep_the_order_of_the_items() {
        let items: Vec<u32> = (0..1000).collect();
        let doubled: Vec<u32> = items.iter().map(|item| item * 2).collect();
        assert_eq!(super::map(&items, 1000, |item| item * 2), doubled);
        assert_eq!(super::map(&items, 1, |item| item * 2), doubled);
    }

    #[test]
    fn answers_are_taken_in_order_until_one_is_not() {
        let items: Vec<u32> = (0..1000).collect();
        for threads in [1, 2, 3] {
            let mut taken = Vec::new();
            let double = |item: &u32| item * 2;
            let all = super::in_order_by(threads, &items, double, |answer| {
                taken.push(answer);
                Ok::<(), ()>(())
            });
            assert_eq!(all, Ok(()));
            assert_eq!(taken, items.iter().map(double).collect::<Vec<_>>());
            let some =
                super::in_order_by(threads, &items, double, |answer| if answer < 500 { Ok(()) } else { Err(answer) });
            assert_eq!(some, Err(500));
        }
    }

    #[test]
    #[should_panic(expected = "a scoped thread panicked")]
    fn a_panic_of_another_thread_is_passed_on() {
        let items: Vec<u32> = (0..1000).collect();
        let own = std::thread::current().id();
        let wait = || std::thread::sleep(std::time::Duration::from_millis(1));
        let work = |_: &u32| if std::thread::current().id() == own { wait() } else { panic!("another thread") };
        let _ = super::in_order_by(2, &items, work, |()| Ok::<(), ()>(()));
    }
}
