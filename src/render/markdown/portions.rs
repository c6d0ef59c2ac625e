//! Sections that are too long to be kept in memory: written in portions, each handed out before the next is begun.

use crate::parallel;
use std::sync::{Mutex, PoisonError};

/// Takes the next piece of the document.
pub(super) type Take<'t, E> = dyn FnMut(&str) -> Result<(), E> + 't;

/// Lets every processor write batches of items, and hands the text out in the order of the items. `tables` tells how much
/// work there is.
pub(super) fn write<I: Sync, E>(
    items: &[I],
    batch: usize,
    tables: usize,
    take: &mut Take<'_, E>,
    write: impl Fn(&[I], &mut String) + Sync,
) -> Result<(), E> {
    let batches: Vec<&[I]> = items.chunks(batch).collect();
    // What was handed out makes room for what comes after it.
    let spare: Mutex<Vec<String>> = Mutex::default();
    let spare = || spare.lock().unwrap_or_else(PoisonError::into_inner);
    let written = |batch: &&[I]| {
        let mut out = spare().pop().unwrap_or_default();
        write(batch, &mut out);
        out
    };
    parallel::in_order(&batches, tables, written, |mut text| {
        take(&text)?;
        text.clear();
        spare().push(text);
        Ok(())
    })
}

/// Hands out what `write` writes, without the blank lines at its end.
pub(super) fn trimmed<E>(
    take: &mut Take<'_, E>,
    write: impl FnOnce(&mut Take<'_, E>) -> Result<(), E>,
) -> Result<(), E> {
    let mut held = String::new();
    write(&mut |piece: &str| {
        let kept = piece.trim_end();
        if !kept.is_empty() {
            if !held.is_empty() {
                take(&held)?;
                held.clear();
            }
            take(kept)?;
        }
        held.push_str(&piece[kept.len()..]);
        Ok(())
    })
}

/// What `write` writes, in one piece.
pub(super) fn whole(
    write: impl FnOnce(&mut Take<'_, std::convert::Infallible>) -> Result<(), std::convert::Infallible>,
) -> String {
    let mut text = String::new();
    let Ok(()) = write(&mut |piece: &str| {
        text.push_str(piece);
        Ok(())
    });
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn portions_keep_the_order_and_lose_only_the_end() {
        let items: Vec<usize> = (0..1000).collect();
        let text = whole(|take| {
            trimmed(take, |take| {
                write(&items, 7, items.len(), take, |batch, out| {
                    for item in batch {
                        push!(out, "{item}\n\n");
                    }
                })?;
                take("\n")
            })
        });
        let wanted: Vec<String> = items.iter().map(usize::to_string).collect();
        assert_eq!(text, wanted.join("\n\n"));
    }
}
