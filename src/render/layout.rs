//! Where boxes stand: groups in layers from parents to children, and the groups packed into one picture.
//!
//! Pure geometry in whole units, so that the same schema gives the same picture on every machine.

/// Room between boxes of one column.
pub(crate) const GAP: i64 = 28;
/// Room between columns, in which lines turn.
const LANE: i64 = 80;
/// Room between a group's border and its boxes.
const PADDING: i64 = 28;
/// Room for a group's name.
const CAPTION: i64 = 26;
/// Room between groups.
const STREET: i64 = 36;
/// Sweeps that bring boxes near their neighbours; more change nothing worth the time.
const SWEEPS: usize = 8;

/// A rectangle.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Area {
    pub(crate) x: i64,
    pub(crate) y: i64,
    pub(crate) width: i64,
    pub(crate) height: i64,
}

impl Area {
    pub(crate) fn right(self) -> i64 {
        self.x + self.width
    }

    pub(crate) fn bottom(self) -> i64 {
        self.y + self.height
    }
}

/// Boxes that stand one above the other, with the same left side.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Column {
    /// Position of its group.
    pub(crate) group: usize,
    /// Its left side, and the right side of its widest box.
    pub(crate) left: i64,
    pub(crate) right: i64,
    /// Its boxes from top to bottom.
    pub(crate) boxes: Vec<usize>,
}

/// A finished picture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Layout {
    /// Boxes, in the order given.
    pub(crate) boxes: Vec<Area>,
    /// Groups, in the order given.
    pub(crate) groups: Vec<Area>,
    /// Columns of boxes, those of one group from left to right.
    pub(crate) columns: Vec<Column>,
    /// The whole.
    pub(crate) width: i64,
    /// The whole.
    pub(crate) height: i64,
}

/// Places boxes of these sizes. `edges` lead from child to parent; every box is in one group.
pub(crate) fn place(sizes: &[(i64, i64)], edges: &[(usize, usize)], groups: &[Vec<usize>]) -> Layout {
    let mut boxes: Vec<Area> =
        sizes.iter().map(|(width, height)| Area { width: *width, height: *height, ..Area::default() }).collect();
    let mut group_of = vec![usize::MAX; sizes.len()];
    for (group, members) in groups.iter().enumerate() {
        for member in members {
            group_of[*member] = group;
        }
    }
    let mut inside = vec![Vec::new(); groups.len()];
    let mut between = vec![Vec::new(); groups.len()];
    for &(child, parent) in edges {
        let (from, to) = (group_of[child], group_of[parent]);
        if child == parent || from == usize::MAX || to == usize::MAX {
            continue;
        }
        if from == to {
            inside[from].push((child, parent));
        } else {
            between[from].push(to);
            between[to].push(from);
        }
    }
    let mut columns = Vec::new();
    let mut areas: Vec<Area> = groups
        .iter()
        .zip(&inside)
        .enumerate()
        .map(|(group, (members, edges))| {
            let (of_group, (width, height)) = arrange(members, edges, &mut boxes);
            columns.extend(of_group.into_iter().map(|boxes| Column { group, left: 0, right: 0, boxes }));
            Area { width: width + 2 * PADDING, height: height + 2 * PADDING + CAPTION, ..Area::default() }
        })
        .collect();
    let order = order(&areas, &between);
    let (width, height) = pack(&mut areas, &order);
    for (members, area) in groups.iter().zip(&areas) {
        for member in members {
            boxes[*member].x += area.x + PADDING;
            boxes[*member].y += area.y + PADDING + CAPTION;
        }
    }
    for column in &mut columns {
        column.left = column.boxes.iter().map(|at| boxes[*at].x).min().unwrap_or_default();
        column.right = column.boxes.iter().map(|at| boxes[*at].right()).max().unwrap_or_default();
    }
    Layout { boxes, groups: areas, columns, width, height }
}

/// Arranges the boxes of one group in columns, parents left. Returns the columns and the size.
fn arrange(members: &[usize], edges: &[(usize, usize)], boxes: &mut [Area]) -> (Vec<Vec<usize>>, (i64, i64)) {
    let local = |member: usize| members.iter().position(|other| *other == member).unwrap_or_default();
    let edges: Vec<(usize, usize)> = edges.iter().map(|(child, parent)| (local(*child), local(*parent))).collect();
    let mut parents = vec![Vec::new(); members.len()];
    let mut neighbours = vec![Vec::new(); members.len()];
    for (child, parent) in edges {
        parents[child].push(parent);
        neighbours[child].push(parent);
        neighbours[parent].push(child);
    }
    let height = |at: &usize| boxes[members[*at]].height;
    let area: i64 = members.iter().map(|at| (boxes[*at].width + LANE) * (boxes[*at].height + GAP)).sum();
    let tallest = (0..members.len()).map(|at| height(&at)).max().unwrap_or_default();
    let limit = tallest.max(square_root(area * 2 / 3));

    let mut columns: Vec<Vec<usize>> = Vec::new();
    for layer in sorted_layers(&parents, &neighbours) {
        fold(&mut columns, layer, limit, &height);
    }
    let lonely: Vec<usize> = (0..members.len()).filter(|at| neighbours[*at].is_empty()).collect();
    fold(&mut columns, lonely, limit, &height);

    let column_height = |column: &[usize]| {
        column.iter().map(|at| height(at) + GAP).sum::<i64>() - if column.is_empty() { 0 } else { GAP }
    };
    let total = columns.iter().map(|column| column_height(column)).max().unwrap_or_default();
    let tops: Vec<i64> = columns.iter().map(|column| (total - column_height(column)) / 2).collect();
    let mut x = 0;
    for (column, top) in columns.iter().zip(tops) {
        let mut y = top;
        let mut width = 0;
        for at in column {
            let area = &mut boxes[members[*at]];
            (area.x, area.y) = (x, y);
            y += area.height + GAP;
            width = width.max(area.width);
        }
        x += width + LANE;
    }
    let columns = columns.into_iter().map(|column| column.into_iter().map(|at| members[at]).collect()).collect();
    (columns, ((x - LANE).max(0), total))
}

/// Boxes by their distance from those without parents, each layer ordered so that neighbours are near.
fn sorted_layers(parents: &[Vec<usize>], neighbours: &[Vec<usize>]) -> Vec<Vec<usize>> {
    let mut depth = vec![None; parents.len()];
    for at in 0..parents.len() {
        descend(at, parents, &mut depth, &mut vec![false; parents.len()]);
    }
    let count = depth.iter().flatten().max().map_or(0, |deepest| deepest + 1);
    let mut layers = vec![Vec::new(); count];
    for (at, depth) in depth.iter().enumerate() {
        if !neighbours[at].is_empty() {
            layers[depth.unwrap_or_default()].push(at);
        }
    }
    let mut rank = vec![0.0_f64; parents.len()];
    let assign = |rank: &mut [f64], layer: &[usize]| {
        for (place, at) in layer.iter().enumerate() {
            rank[*at] = (place as f64 + 0.5) / layer.len() as f64;
        }
    };
    for layer in &layers {
        assign(&mut rank, layer);
    }
    for sweep in 0..SWEEPS {
        for step in 0..count {
            let layer = if sweep % 2 == 0 { step } else { count - 1 - step };
            let mean = |at: usize| {
                neighbours[at].iter().map(|other| rank[*other]).sum::<f64>() / neighbours[at].len().max(1) as f64
            };
            let mut keyed: Vec<(f64, usize)> = layers[layer].iter().map(|at| (mean(*at), *at)).collect();
            keyed.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
            layers[layer] = keyed.into_iter().map(|(_, at)| at).collect();
            assign(&mut rank, &layers[layer]);
        }
    }
    layers
}

/// The longest way up to a box without parents; an edge that closes a circle does not count.
fn descend(at: usize, parents: &[Vec<usize>], depth: &mut [Option<usize>], open: &mut Vec<bool>) -> usize {
    if let Some(known) = depth[at] {
        return known;
    }
    open[at] = true;
    let mut deepest = 0;
    for &parent in &parents[at] {
        if !open[parent] {
            deepest = deepest.max(descend(parent, parents, depth, open) + 1);
        }
    }
    open[at] = false;
    depth[at] = Some(deepest);
    deepest
}

/// Cuts a layer that is too tall into several columns of about the same height.
fn fold(columns: &mut Vec<Vec<usize>>, layer: Vec<usize>, limit: i64, height: &impl Fn(&usize) -> i64) {
    if layer.is_empty() {
        return;
    }
    let total: i64 = layer.iter().map(|at| height(at) + GAP).sum();
    let parts = (total + limit / 2) / limit.max(1);
    let target = total / parts.max(1);
    let mut column = Vec::new();
    let mut filled = 0;
    for at in layer {
        if !column.is_empty() && filled + height(&at) / 2 > target {
            columns.push(std::mem::take(&mut column));
            filled = 0;
        }
        filled += height(&at) + GAP;
        column.push(at);
    }
    columns.push(column);
}

/// Groups in an order that keeps those with many lines between them together: the largest first, then always the one
/// with most lines to the last few.
fn order(areas: &[Area], between: &[Vec<usize>]) -> Vec<usize> {
    let size = |at: usize| areas[at].width * areas[at].height;
    let mut order: Vec<usize> = Vec::with_capacity(areas.len());
    let mut left: Vec<usize> = (0..areas.len()).collect();
    while !left.is_empty() {
        let recent = &order[order.len().saturating_sub(4)..];
        let lines = |at: usize| between[at].iter().filter(|other| recent.contains(other)).count();
        let best = left
            .iter()
            .enumerate()
            .max_by_key(|(_, at)| (lines(**at), size(**at), std::cmp::Reverse(**at)))
            .map_or(0, |(place, _)| place);
        order.push(left.remove(best));
    }
    order
}

/// Puts each rectangle as high as it fits, then as far left, into a picture of pleasant proportions.
fn pack(areas: &mut [Area], order: &[usize]) -> (i64, i64) {
    let total: i64 = areas.iter().map(|area| (area.width + STREET) * (area.height + STREET)).sum();
    let widest = areas.iter().map(|area| area.width + STREET).max().unwrap_or_default();
    let limit = widest.max(square_root(total * 8 / 5));
    // Segments of the lower edge of what stands already: start, end, height.
    let mut skyline = vec![(0, limit, 0)];
    let (mut width, mut height) = (0, 0);
    for &at in order {
        let (wide, tall) = (areas[at].width + STREET, areas[at].height + STREET);
        let mut best: Option<(i64, i64)> = None;
        for (place, &(x, _, _)) in skyline.iter().enumerate() {
            if x + wide > limit {
                break;
            }
            let under = skyline[place..].iter().take_while(|(start, _, _)| *start < x + wide);
            let y = under.map(|(_, _, height)| *height).max().unwrap_or_default();
            if best.is_none_or(|(top, _)| y < top) {
                best = Some((y, x));
            }
        }
        let (y, x) = best.unwrap_or((height, 0));
        (areas[at].x, areas[at].y) = (x, y);
        width = width.max(areas[at].right());
        height = height.max(areas[at].bottom());
        let mut next = Vec::with_capacity(skyline.len() + 2);
        for (start, end, level) in skyline {
            if start < x {
                next.push((start, end.min(x), level));
            }
            if start <= x && x < end {
                next.push((x, x + wide, y + tall));
            }
            if end > x + wide {
                next.push((start.max(x + wide), end, level));
            }
        }
        skyline = next;
    }
    (width, height)
}

fn square_root(value: i64) -> i64 {
    value.max(0).isqrt()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::fixture::cases;
    use proptest::prelude::*;

    fn overlap(a: Area, b: Area) -> bool {
        a.x < b.right() && b.x < a.right() && a.y < b.bottom() && b.y < a.bottom()
    }

    proptest! {
        #![proptest_config(cases(300))]

        #[test]
        fn nothing_overlaps(
            sizes in prop::collection::vec((40_i64..300, 30_i64..600), 1..60),
            links in prop::collection::vec((0_usize..60, 0_usize..60), 0..90),
            cuts in prop::collection::vec(1_usize..9, 1..20),
        ) {
            let edges: Vec<_> =
                links.into_iter().map(|(a, b)| (a % sizes.len(), b % sizes.len())).collect();
            let mut groups: Vec<Vec<usize>> = Vec::new();
            let mut rest: Vec<usize> = (0..sizes.len()).collect();
            for cut in cuts.iter().cycle() {
                if rest.is_empty() {
                    break;
                }
                groups.push(rest.drain(..(*cut).min(rest.len())).collect());
            }
            let layout = place(&sizes, &edges, &groups);
            for (at, a) in layout.boxes.iter().enumerate() {
                prop_assert!(a.x >= 0 && a.y >= 0 && a.right() <= layout.width && a.bottom() <= layout.height);
                for b in &layout.boxes[at + 1..] {
                    prop_assert!(!overlap(*a, *b), "{a:?} {b:?}");
                }
            }
            for (at, a) in layout.groups.iter().enumerate() {
                for b in &layout.groups[at + 1..] {
                    prop_assert!(!overlap(*a, *b), "{a:?} {b:?}");
                }
            }
            prop_assert_eq!(&place(&sizes, &edges, &groups), &layout);
        }
    }
}
