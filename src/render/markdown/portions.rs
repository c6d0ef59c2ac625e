//! Sections that are too long to be kept in memory: written in portions, each handed out before the next is begun.

use crate::parallel;

/// Takes the next piece of the document.
pub(super) type Take<'t, E> = dyn FnMut(&str) -> Result<(), E> + 't;

/// Batches of a portion: enough to keep every processor busy, and few enough that their memory is used again soon.
const BATCHES: usize = 8;

/// Lets every processor write batches of items, and hands the text out in the order of the items. `tables` tells how much
/// work there is.
pub(super) fn write<I: Sync, E>(
    items: &[I],
    batch: usize,
    tables: usize,
    take: &mut Take<'_, E>,
    write: impl Fn(&[I], &mut String) + Sync,
) -> Result<(), E> {
    for portion in items.chunks(batch * BATCHES) {
        let batches: Vec<&[I]> = portion.chunks(batch).collect();
        let written = parallel::map(&batches, tables, |batch| {
            let mut out = String::new();
            write(batch, &mut out);
            out
        });
        written.iter().try_for_each(|text| take(text))?;
    }
    Ok(())
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
