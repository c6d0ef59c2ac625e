//! The way of lines round the boxes between their ends.
//!
//! Boxes stand in columns with lanes between them. A line turns in lanes only and crosses a column through the gap above,
//! between or below its boxes, so that it disappears behind nothing.

use super::layout::{GAP, Layout};
use std::collections::HashMap;

/// Lines that have a place of their own in one gap; more share them.
const TRACKS: i64 = 5;
/// Distance between lines in one gap.
const TRACK: i64 = 4;
/// What another line in a gap counts for, as a detour.
const CROWD: i64 = 12;

/// A straight piece of a line across a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Passage {
    pub(super) left: i64,
    pub(super) right: i64,
    pub(super) y: i64,
}

/// Finds ways through a finished picture, one line after the other.
#[derive(Debug)]
pub(super) struct Router<'l> {
    layout: &'l Layout,
    /// Position of each box's column.
    column_of: Vec<usize>,
    /// Lines so far, by column and gap from the top.
    used: HashMap<(usize, usize), i64>,
}

impl<'l> Router<'l> {
    pub(super) fn new(layout: &'l Layout) -> Self {
        let mut column_of = vec![usize::MAX; layout.boxes.len()];
        for (position, column) in layout.columns.iter().enumerate() {
            for at in &column.boxes {
                column_of[*at] = position;
            }
        }
        Self { layout, column_of, used: HashMap::new() }
    }

    /// The passages of a line from a box to another further right in the same group, at these heights: through its own
    /// column, the columns between, and nothing in the last one, whose left side all its boxes share. `None` when the
    /// second box is not further right or stands in another group.
    pub(super) fn passages(&mut self, from: (usize, i64), to: (usize, i64)) -> Option<Vec<Passage>> {
        let (first, last) = (self.column_of[from.0], self.column_of[to.0]);
        let columns = &self.layout.columns;
        if first >= last || columns.get(first)?.group != columns.get(last)?.group {
            return None;
        }
        let start = self.layout.boxes[from.0].right();
        let mut passages = vec![Passage { left: start, right: columns[first].right, y: from.1 }];
        for (position, column) in columns.iter().enumerate().take(last).skip(first + 1) {
            let y = passages.last().map_or(from.1, |passage| passage.y);
            // Where the line would cross if it went on straight.
            let (done, whole) = (i64::try_from(position - first).ok()?, i64::try_from(last - first).ok()?);
            let wanted = (from.1 + (to.1 - from.1) * done / whole + y) / 2;
            passages.push(Passage { left: column.left, right: column.right, y: self.gap(position, wanted) });
        }
        Some(passages)
    }

    /// The height of the gap nearest to this height, where few lines are.
    fn gap(&mut self, position: usize, wanted: i64) -> i64 {
        let column = &self.layout.columns[position];
        let area = |at: usize| self.layout.boxes[column.boxes[at]];
        let middle = |gap: usize| {
            if gap == 0 { area(0).y - GAP / 2 } else { area(gap - 1).bottom() + GAP / 2 }
        };
        let used = |gap: usize| self.used.get(&(position, gap)).copied().unwrap_or_default();
        let cost = |gap: &usize| ((middle(*gap) - wanted).abs() + CROWD * used(*gap), *gap);
        let gap = (0..=column.boxes.len()).min_by_key(cost).unwrap_or_default();
        let track = used(gap) % TRACKS;
        // Around the middle: 0, 1, -1, 2, -2.
        let offset = if track % 2 == 0 { -track / 2 } else { track / 2 + 1 };
        let y = middle(gap) + offset * TRACK;
        *self.used.entry((position, gap)).or_default() += 1;
        y
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::fixture::cases;
    use crate::render::layout::place;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(cases(300))]

        #[test]
        fn no_line_crosses_a_box(
            sizes in prop::collection::vec((40_i64..300, 30_i64..400), 2..25),
            links in prop::collection::vec((0_usize..25, 0_usize..25), 1..60),
            cut in 1_usize..25,
        ) {
            let edges: Vec<_> =
                links.into_iter().map(|(a, b)| (a % sizes.len(), b % sizes.len())).collect();
            let all: Vec<usize> = (0..sizes.len()).collect();
            let groups: Vec<Vec<usize>> = all.chunks(cut).map(<[usize]>::to_vec).collect();
            let layout = place(&sizes, &edges, &groups);
            let mut router = Router::new(&layout);
            for (child, parent) in edges {
                let middle = |at: usize| layout.boxes[at].y + layout.boxes[at].height / 2;
                let Some(passages) = router.passages((parent, middle(parent)), (child, middle(child))) else { continue };
                prop_assert_eq!(parent / cut, child / cut, "a line leads to another group");
                let mut x = layout.boxes[parent].right();
                for passage in passages {
                    prop_assert!(passage.left >= x && passage.right >= passage.left, "{passage:?} after {x}");
                    // From one column of the group to the next there is only the lane.
                    let lane = |at: usize| {
                        let area = layout.boxes[at];
                        at / cut == parent / cut && area.x < passage.left && area.right() > x
                    };
                    prop_assert!(x == passage.left || !(0..sizes.len()).any(lane), "{passage:?} after {x}");
                    for area in &layout.boxes {
                        let beside = passage.right <= area.x || passage.left >= area.right();
                        let clear = passage.y <= area.y || passage.y >= area.bottom();
                        prop_assert!(beside || clear, "{passage:?} crosses {area:?}");
                    }
                    x = passage.right;
                }
            }
        }
    }
}
