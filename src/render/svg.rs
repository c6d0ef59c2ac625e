//! A picture of the whole schema that needs no program to draw it: groups in colour, parents left of children, light or
//! dark as the reader's system is.
//!
//! A line is drawn where it can be followed: inside a group, to a table that not too many refer to. Everything else is a
//! number with the name of the table, and the same number stands at that table.

use super::layout::{Area, Layout, place};
use super::mermaid::{is_unique, short_type};
use super::names::Names;
use super::routes::{Passage, Router};
use crate::model::{Column, TableRef};
use crate::report::Report;
use std::collections::{BTreeMap, BTreeSet};

const HEADER: i64 = 26;
const LINE: i64 = 17;
/// Columns of a table that are written out, beside those of relations; more are counted.
const COLUMNS: usize = 40;
/// Most characters of a name, of a type, and of the name of a table that a column refers to.
const NAME: usize = 36;
const TYPE: usize = 22;
const REFERENCE: usize = 26;
/// Most lines to one table; more would hide each other.
const LINES: usize = 12;
/// Border around the picture.
const MARGIN: i64 = 24;
/// Border inside a box.
const INSET: i64 = 8;
/// Height of a line of the legend, length of a line that it explains, and the least width.
const LEGEND: i64 = 24;
/// Room that the label of a line takes.
const LABEL: (i64, i64) = (50, 12);
const STROKE: i64 = 44;
const NARROWEST: i64 = 360;

const STYLE: &str = "\
svg{color-scheme:light dark;--page:#fff;--box:#fff;--ink:#1f2328;--soft:#656d76;--line:#4a6785}\
@media(prefers-color-scheme:dark){svg{--page:#0d1117;--box:#161b22;--ink:#e6edf3;--soft:#8d96a0;--line:#7ea0c4}}\
text{font:11px Verdana,DejaVu Sans,sans-serif;fill:var(--ink)}\
.t{font-weight:bold;font-size:12px}.y{fill:var(--soft)}.k{text-decoration:underline}.g{font-size:14px;fill:var(--soft)}\
.f{font-size:8px;fill:var(--soft)}.o{paint-order:stroke;stroke:var(--page);stroke-width:3px}.b{fill:var(--box)}path{fill:none;stroke:var(--line);stroke-width:1.4}\
circle{fill:var(--page);stroke:var(--line);stroke-width:1.4}.i{stroke-dasharray:5 4}.l:hover{stroke-width:3}\
.n{font-size:9px;font-weight:bold;fill:#fff;text-anchor:middle;pointer-events:none}.h{fill:var(--ink)}";

/// What lines end with, the tip at the border of a box.
const MARKERS: &str = "<defs>\
<marker id=\"many\" viewBox=\"0 0 16 12\" refX=\"16\" refY=\"6\" markerWidth=\"16\" markerHeight=\"12\" \
markerUnits=\"userSpaceOnUse\" orient=\"auto-start-reverse\"><path d=\"M16 1L7 6L16 11\"/><circle cx=\"4\" cy=\"6\" \
r=\"3\"/></marker>\
<marker id=\"maybe\" viewBox=\"0 0 16 12\" refX=\"16\" refY=\"6\" markerWidth=\"16\" markerHeight=\"12\" \
markerUnits=\"userSpaceOnUse\" orient=\"auto-start-reverse\"><path d=\"M12 1V11\"/><circle cx=\"5\" cy=\"6\" r=\"3\"/>\
</marker>\
<marker id=\"one\" viewBox=\"0 0 16 12\" refX=\"16\" refY=\"6\" markerWidth=\"16\" markerHeight=\"12\" \
markerUnits=\"userSpaceOnUse\" orient=\"auto-start-reverse\"><path d=\"M8 1V11M12 1V11\"/></marker></defs>\n";

/// The schema as SVG.
pub fn render(report: &Report<'_>) -> String {
    let names = Names::new(report.tables);
    let tables: Vec<TableRef<'_>> = report.tables.iter().collect();
    let groups: Vec<Vec<usize>> =
        report.groups.iter().map(|group| group.tables.iter().map(|id| id.0).collect()).collect();
    let mut group_of = vec![0; tables.len()];
    for (group, members) in groups.iter().enumerate() {
        for member in members {
            group_of[*member] = group;
        }
    }
    let relations = relations(report, &tables);
    let numbers = numbers(&relations, &group_of);
    let is_line = |relation: &Relation| {
        group_of[relation.child] == group_of[relation.parent]
            && numbers.get(&relation.parent).is_none_or(|number| !number.crowded)
    };
    let mut boxes: Vec<Entity<'_, '_>> =
        tables.iter().map(|table| Entity::new(*table, &names, numbers.get(&table.id.0))).collect();
    let mut related = vec![BTreeSet::new(); tables.len()];
    for relation in &relations {
        related[relation.child].extend(relation.column);
        related[relation.parent].extend(relation.target);
        if let Some(number) = numbers.get(&relation.parent).filter(|_| !is_line(relation)) {
            boxes[relation.child].references.push(Reference {
                column: relation.column,
                number: number.number,
                hue: hue(group_of[relation.parent]),
                name: names.table(tables[relation.parent].id),
                title: title(relation, &tables, &names),
                inferred: relation.inferred,
            });
        }
    }
    for (entity, related) in boxes.iter_mut().zip(&related) {
        entity.choose_rows(related);
    }
    let sizes: Vec<(i64, i64)> = boxes.iter().map(Entity::size).collect();
    // What is no line inside a group does not bind its boxes.
    let binds = |relation: &&Relation| is_line(relation) || group_of[relation.child] != group_of[relation.parent];
    let edges: Vec<(usize, usize)> =
        relations.iter().filter(binds).map(|relation| (relation.child, relation.parent)).collect();
    let layout = place(&sizes, &edges, &groups);

    let explained = Legend { lines: relations.iter().any(is_line), marks: !numbers.is_empty(), relations: &relations };
    let inner = layout.width.max(NARROWEST);
    let (legend, below) = explained.draw(inner, layout.height + LEGEND);
    let (width, height) = (inner + 2 * MARGIN, below + MARGIN);
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" viewBox=\"-{MARGIN} -{MARGIN} {width} {height}\" \
         width=\"{width}\" height=\"{height}\">\n<!-- Generated by brownfield. -->\n<title>Entity-relationship \
         diagram</title>\n<desc>{} tables, {} relations</desc>\n<style>{STYLE}</style>\n{MARKERS}<rect x=\"-{MARGIN}\" \
         y=\"-{MARGIN}\" width=\"{width}\" height=\"{height}\" fill=\"var(--page)\"/>\n",
        tables.len(),
        relations.len()
    );
    for (number, (group, area)) in report.groups.iter().zip(&layout.groups).enumerate() {
        let hue = hue(number);
        push!(
            out,
            "<rect {} rx=\"12\" fill=\"hsl({hue} 60% 50% / .07)\" stroke=\"hsl({hue} 40% 55% / .5)\"/>\n",
            rectangle(*area)
        );
        if report.groups.len() > 1 {
            push!(
                out,
                "<text class=\"g\" x=\"{}\" y=\"{}\">{}</text>\n",
                area.x + 14,
                area.y + 22,
                text(&group.name, 60)
            );
        }
    }
    for (at, entity) in boxes.iter().enumerate() {
        out.push_str(&entity.draw(layout.boxes[at], hue(group_of[at])));
    }
    let mut pen = Pen { layout: &layout, router: Router::new(&layout), boxes: &boxes, labels: Vec::new() };
    for relation in relations.iter().filter(|relation| is_line(relation)) {
        out.push_str(&pen.path(relation, &title(relation, &tables, &names)));
    }
    out.push_str(&legend);
    out.push_str("</svg>\n");
    out
}

/// A relation to draw.
struct Relation {
    child: usize,
    parent: usize,
    /// Position of the first referencing column.
    column: Option<usize>,
    /// Position of the first referenced column.
    target: Option<usize>,
    /// Whether a child may have no parent, and whether a parent has at most one child.
    optional: bool,
    unique: bool,
    inferred: bool,
}

impl Relation {
    /// What the line ends with at the child and at the parent.
    fn ends(&self) -> (&'static str, &'static str) {
        (if self.unique { "maybe" } else { "many" }, if self.optional { "maybe" } else { "one" })
    }
}

fn relations(report: &Report<'_>, tables: &[TableRef<'_>]) -> Vec<Relation> {
    let position = |table: TableRef<'_>, name: Option<&String>| {
        table.table.columns.iter().position(|column| Some(&column.name) == name)
    };
    let mut relations = Vec::new();
    for table in tables {
        let declared = table
            .table
            .foreign_keys
            .iter()
            .map(|key| (&key.referenced_table, key.columns.as_slice(), key.referenced_columns.first(), false));
        let inferred = report.details(table.id).relations.iter().map(|at| {
            let relation = &report.survey.relations[*at];
            let columns = std::slice::from_ref(&relation.column);
            (&relation.referenced_table, columns, Some(&relation.referenced_column), !relation.is_declared())
        });
        for (name, columns, referenced, inferred) in declared.chain(inferred) {
            if let Some(parent) = report.tables.find(name) {
                relations.push(Relation {
                    child: table.id.0,
                    parent: parent.id.0,
                    column: position(*table, columns.first()),
                    target: position(parent, referenced),
                    optional: columns.iter().any(|name| table.column(name).is_none_or(|column| column.nullable)),
                    unique: is_unique(table.table, columns),
                    inferred,
                });
            }
        }
    }
    relations
}

/// The number of a table that others refer to without a line.
struct Number {
    number: usize,
    /// Whether its own group refers to it too often for lines.
    crowded: bool,
}

/// Numbers for the tables that other groups refer to and those with too many lines in their own, group by group.
fn numbers(relations: &[Relation], group_of: &[usize]) -> BTreeMap<usize, Number> {
    let mut within = BTreeMap::<usize, usize>::new();
    let mut numbered = BTreeSet::new();
    for relation in relations {
        if group_of[relation.child] == group_of[relation.parent] {
            *within.entry(relation.parent).or_default() += 1;
        } else {
            numbered.insert((group_of[relation.parent], relation.parent));
        }
    }
    let is_crowded = |table: usize| within.get(&table).is_some_and(|count| *count > LINES);
    numbered.extend(within.keys().filter(|table| is_crowded(**table)).map(|table| (group_of[*table], *table)));
    let number = |(place, (_, table))| (table, Number { number: place + 1, crowded: is_crowded(table) });
    numbered.into_iter().enumerate().map(number).collect()
}

fn title(relation: &Relation, tables: &[TableRef<'_>], names: &Names) -> String {
    let end = |table: usize, column: Option<usize>| {
        let column = column.and_then(|column| tables[table].table.columns.get(column));
        let name = text(names.table(tables[table].id), NAME);
        column.map_or(name.clone(), |column| format!("{name}.{}", text(&column.name, NAME)))
    };
    let inferred = if relation.inferred { ", inferred" } else { "" };
    format!("{} → {}{inferred}", end(relation.child, relation.column), end(relation.parent, relation.target))
}

/// A table as a box.
struct Entity<'n, 'a> {
    table: TableRef<'a>,
    name: &'n str,
    /// The number that stands for it elsewhere.
    number: Option<usize>,
    /// Positions of the columns that are written out, and how many are not.
    rows: Vec<usize>,
    more: usize,
    /// Where its columns refer to without a line.
    references: Vec<Reference<'n>>,
}

/// A number in place of a line.
struct Reference<'n> {
    column: Option<usize>,
    number: usize,
    hue: usize,
    name: &'n str,
    title: String,
    inferred: bool,
}

impl<'n, 'a> Entity<'n, 'a> {
    fn new(table: TableRef<'a>, names: &'n Names, number: Option<&Number>) -> Self {
        let number = number.map(|number| number.number);
        Self { table, name: names.table(table.id), number, rows: Vec::new(), more: 0, references: Vec::new() }
    }

    /// Takes every column of a relation and as many of the others as there is room for, in their order.
    fn choose_rows(&mut self, related: &BTreeSet<usize>) {
        let columns = self.table.table.columns.len();
        let room = COLUMNS.saturating_sub(related.len());
        let others = (0..columns).filter(|column| !related.contains(column)).take(room);
        self.rows = others.chain(related.iter().copied()).collect();
        self.rows.sort_unstable();
        self.more = columns - self.rows.len();
    }

    fn columns(&self) -> impl Iterator<Item = (usize, &'a Column)> {
        let columns = &self.table.table.columns;
        self.rows.iter().map(|at| (*at, &columns[*at]))
    }

    /// What a column is part of.
    fn keys(&self, column: &Column) -> &'static str {
        let primary = self.table.table.primary_key.as_ref().is_some_and(|key| key.columns.contains(&column.name));
        let foreign = self.table.table.foreign_keys.iter().any(|key| key.columns.contains(&column.name));
        match (primary, foreign) {
            (true, true) => "PK FK",
            (true, false) => "PK",
            (false, true) => "FK",
            (false, false) => "",
        }
    }

    /// Room for the keys before the names.
    fn key_width(&self) -> i64 {
        let longest = self.columns().map(|(_, column)| self.keys(column).len()).max().unwrap_or_default();
        match longest {
            0 => 0,
            1..=2 => 17,
            _ => 30,
        }
    }

    /// Room for what a column refers to, after the types.
    fn reference_width(&self) -> i64 {
        let mut widths = BTreeMap::<Option<usize>, i64>::new();
        for reference in &self.references {
            *widths.entry(reference.column).or_default() += reference.width();
        }
        widths.into_values().max().unwrap_or_default()
    }

    fn size(&self) -> (i64, i64) {
        let widest = self
            .columns()
            .map(|(_, column)| {
                units(&column.name, NAME)
                    + units(&short_type(&column.data_type, column.user_type.as_deref()), TYPE)
                    + 22
            })
            .max()
            .unwrap_or_default();
        let header = units(self.name, NAME) * 23 / 20 + self.number.map_or(0, |number| mark_width(number) + 6);
        let width = header.max(self.key_width() + widest + self.reference_width()) + 2 * INSET + 4;
        (width, self.height())
    }

    fn height(&self) -> i64 {
        let rows = self.rows.len() + usize::from(self.more > 0);
        HEADER + LINE * i64::try_from(rows).unwrap_or_default() + 6
    }

    /// The middle of a column's row; what has none is below the others.
    fn middle(&self, column: Option<usize>) -> i64 {
        let row = column.and_then(|column| self.rows.binary_search(&column).ok()).unwrap_or(self.rows.len());
        let middle = HEADER + LINE * i64::try_from(row).unwrap_or_default() + LINE / 2;
        middle.min(self.height() - 4)
    }

    fn draw(&self, area: Area, hue: usize) -> String {
        let mut out = format!(
            "<g transform=\"translate({} {})\"><rect class=\"b\" width=\"{w}\" height=\"{h}\" rx=\"5\" \
             stroke=\"hsl({hue} 35% 55%)\"/><rect width=\"{w}\" height=\"{HEADER}\" rx=\"5\" fill=\"hsl({hue} 50% 50% / \
             .18)\"/><text class=\"t\" x=\"{INSET}\" y=\"17\">{}</text>",
            area.x,
            area.y,
            text(self.name, NAME),
            w = area.width,
            h = area.height,
        );
        if let Some(number) = self.number {
            let x = area.width - 6 - mark_width(number);
            out.push_str(&mark((x, HEADER / 2), number, hue, "", false));
        }
        let names = INSET + self.key_width();
        let types = area.width - INSET - self.reference_width();
        let mut y = HEADER + 13;
        for (_, column) in self.columns() {
            let keys = self.keys(column);
            if !keys.is_empty() {
                push!(out, "<text class=\"f\" x=\"{INSET}\" y=\"{y}\">{keys}</text>");
            }
            push!(
                out,
                "<text{} x=\"{names}\" y=\"{y}\">{}</text><text class=\"y\" x=\"{types}\" y=\"{y}\" \
                 text-anchor=\"end\">{}</text>",
                if keys.starts_with("PK") { " class=\"k\"" } else { "" },
                text(&column.name, NAME),
                text(&short_type(&column.data_type, column.user_type.as_deref()), TYPE)
            );
            y += LINE;
        }
        if self.more > 0 {
            push!(out, "<text class=\"y\" x=\"{names}\" y=\"{y}\">{} more</text>", self.more);
        }
        let mut ends = BTreeMap::<Option<usize>, i64>::new();
        for reference in &self.references {
            let x = ends.entry(reference.column).or_insert(types);
            let middle = self.middle(reference.column);
            let at = *x + 8;
            out.push_str(&mark((at, middle), reference.number, reference.hue, &reference.title, reference.inferred));
            push!(
                out,
                "<text class=\"y\" x=\"{}\" y=\"{}\">{}</text>",
                at + mark_width(reference.number) + 4,
                middle + 5,
                text(reference.name, REFERENCE)
            );
            *x += reference.width();
        }
        out.push_str("</g>\n");
        out
    }
}

impl Reference<'_> {
    fn width(&self) -> i64 {
        8 + mark_width(self.number) + 4 + units(self.name, REFERENCE)
    }
}

fn mark_width(number: usize) -> i64 {
    8 + 6 * i64::from(number.max(1).ilog10() + 1)
}

/// A number in place of a line, hollow when the relation is inferred.
fn mark(at: (i64, i64), number: usize, hue: usize, title: &str, inferred: bool) -> String {
    let ((x, middle), width) = (at, mark_width(number));
    let title = if title.is_empty() { String::new() } else { format!("<title>{title}</title>") };
    let (ink, fill) = if inferred {
        ("n h", format!("fill=\"var(--box)\" stroke=\"hsl({hue} 55% 38%)\""))
    } else {
        ("n", format!("fill=\"hsl({hue} 55% 38%)\""))
    };
    format!(
        "<rect x=\"{x}\" y=\"{}\" width=\"{width}\" height=\"14\" rx=\"7\" {fill}>{title}</rect><text class=\"{ink}\" \
         x=\"{}\" y=\"{}\">{number}</text>",
        middle - 7,
        x + width / 2,
        middle + 3
    )
}

/// What the lines and numbers of a picture mean.
struct Legend<'r> {
    lines: bool,
    marks: bool,
    relations: &'r [Relation],
}

impl Legend<'_> {
    /// Explains what occurs in the picture, in lines of this width from a height on. Returns where it ends, too.
    fn draw(&self, width: i64, top: i64) -> (String, i64) {
        let is_inferred = self.relations.iter().any(|relation| relation.inferred);
        let has_end =
            |end: &str| self.relations.iter().any(|relation| relation.ends().0 == end || relation.ends().1 == end);
        let mut entries = Vec::new();
        if self.lines {
            entries.push((String::new(), "a declared foreign key"));
            if is_inferred {
                entries.push((" class=\"i\"".to_owned(), "a relation inferred from names, types and keys"));
            }
            for (end, words) in [("one", "one row"), ("maybe", "one row or none"), ("many", "any number of rows")] {
                if has_end(end) {
                    entries.push((format!(" marker-end=\"url(#{end})\""), words));
                }
            }
        }
        let (mut out, mut x, mut y) = (String::new(), 0, top);
        let mut explain = |sample: &dyn Fn(i64, i64) -> String, long: i64, words: &str| {
            let wide = long + 8 + units(words, words.len());
            if x > 0 && x + wide > width {
                (x, y) = (0, y + LEGEND);
            }
            out.push_str(&sample(x, y));
            push!(out, "<text x=\"{}\" y=\"{}\">{words}</text>\n", x + long + 8, y + 4);
            x += wide + 24;
        };
        for (attributes, words) in &entries {
            explain(&|x, y| format!("<path{attributes} d=\"M{x} {y}H{}\"/>", x + STROKE), STROKE, words);
        }
        if self.marks {
            let words = "the table that bears this number";
            explain(&|x, y| mark((x, y), 1, hue(0), "", false), mark_width(1), words);
            if is_inferred {
                let words = "the same, inferred";
                explain(&|x, y| mark((x, y), 1, hue(0), "", true), mark_width(1), words);
            }
        }
        (out, if x == 0 { top } else { y + LEGEND / 2 })
    }
}

/// Where lines go: through the gaps between boxes.
struct Pen<'p, 'n, 'a> {
    layout: &'p Layout,
    router: Router<'p>,
    boxes: &'p [Entity<'n, 'a>],
    /// About where the labels of lines stand so far.
    labels: Vec<(i64, i64)>,
}

impl Pen<'_, '_, '_> {
    /// A line between the referencing column and the referenced one, leaving and arriving sideways.
    fn path(&mut self, relation: &Relation, title: &str) -> String {
        let (child, parent) = (self.layout.boxes[relation.child], self.layout.boxes[relation.parent]);
        let from_y = child.y + self.boxes[relation.child].middle(relation.column);
        let to_y = parent.y + self.boxes[relation.parent].middle(relation.target);
        let (child_end, parent_end) = relation.ends();
        let right_of_parent = self.router.passages((relation.parent, to_y), (relation.child, from_y));
        let (way, start, end) = if let Some(passages) = right_of_parent {
            (through(&passages, child.x, from_y), parent_end, child_end)
        } else if let Some(passages) = self.router.passages((relation.child, from_y), (relation.parent, to_y)) {
            (through(&passages, parent.x, to_y), child_end, parent_end)
        } else {
            (around((child, from_y), (parent, to_y), relation.child == relation.parent), child_end, parent_end)
        };
        let middle = (i64::midpoint(child.x, parent.x), i64::midpoint(from_y, to_y));
        // Lines side by side share a label, since two of them would stand upon each other.
        let is_near = |(x, y): &(i64, i64)| (x - middle.0).abs() < LABEL.0 && (y - middle.1).abs() < LABEL.1;
        let (class, id, label) = if relation.inferred && !self.labels.iter().any(is_near) {
            self.labels.push(middle);
            let id = format!("i{}", self.labels.len());
            let label = format!(
                "<text class=\"f o\" dy=\"-3\"><textPath href=\"#{id}\" startOffset=\"50%\" \
                 text-anchor=\"middle\">inferred</textPath></text>\n"
            );
            ("l i", format!(" id=\"{id}\""), label)
        } else {
            (if relation.inferred { "l i" } else { "l" }, String::new(), String::new())
        };
        format!(
            "<path class=\"{class}\"{id} marker-start=\"url(#{start})\" marker-end=\"url(#{end})\" \
             d=\"{way}\"><title>{title}</title></path>\n{label}"
        )
    }
}

/// A line that turns only between its passages.
fn through(passages: &[Passage], end: i64, end_y: i64) -> String {
    let mut way = String::new();
    let mut at: Option<(i64, i64)> = None;
    let ends = passages.iter().map(|passage| (passage.left, passage.right, passage.y));
    for (left, right, y) in ends.chain([(end, end, end_y)]) {
        match at {
            None => push!(way, "M{left} {y}"),
            Some((x, before)) => {
                let middle = i64::midpoint(x, left);
                push!(way, "C{middle} {before} {middle} {y} {left} {y}");
            }
        }
        if right > left {
            push!(way, "H{right}");
        }
        at = Some((right, y));
    }
    way
}

/// A curve from side to side of boxes one above the other, or of one box, in the room beside them.
fn around(child: (Area, i64), parent: (Area, i64), same: bool) -> String {
    let ((child, from_y), (parent, to_y)) = (child, parent);
    let (from_x, to_x, bend) = if same { (child.right(), parent.right(), BEND) } else { (child.x, parent.x, -BEND) };
    format!("M{from_x} {from_y}C{} {from_y} {} {to_y} {to_x} {to_y}", from_x + bend, to_x + bend)
}

/// How far a curve leaves its box; three quarters of it stay inside the border of a group.
const BEND: i64 = 30;

/// Width of text, of the widest common fonts.
fn units(raw: &str, longest: usize) -> i64 {
    raw.chars()
        .take(longest)
        .map(|character| match character {
            'i' | 'j' | 'l' | '.' | ',' | '\'' | '|' | ':' | '(' | ')' | '[' | ']' => 5,
            'm' | 'w' | 'M' | 'W' | '@' => 11,
            '\u{1100}'.. => 13,
            _ if character.is_uppercase() => 9,
            _ => 7,
        })
        .sum()
}

fn rectangle(area: Area) -> String {
    format!("x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\"", area.x, area.y, area.width, area.height)
}

/// Colours of neighbouring numbers are far apart.
fn hue(number: usize) -> usize {
    (number * 137 + 210) % 360
}

/// Text of an XML element, cut when it is too long.
fn text(raw: &str, longest: usize) -> String {
    let mut out = String::with_capacity(raw.len());
    for (place, character) in raw.chars().enumerate() {
        if place + 1 == longest && raw.chars().count() > longest {
            out.push('…');
            break;
        }
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            _ if character.is_control() || matches!(character, '\u{fffe}' | '\u{ffff}') => out.push(' '),
            _ => out.push(character),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Tables;
    use crate::render::fixture::{self, cases, hostile};
    use crate::settings::Settings;
    use proptest::prelude::*;

    /// A number of an attribute, the first after the start of a piece.
    fn number(piece: &str, attribute: &str) -> i64 {
        let value = piece.split_once(attribute).and_then(|(_, rest)| rest.split(['"', ' ', ')']).next());
        value.and_then(|value| value.parse().ok()).expect("a number")
    }

    #[test]
    fn two_thousand_tables_do_not_overlap() {
        let mut model = fixture::empty();
        let mut schema = crate::model::Schema::new("public");
        for at in 0..2_000_usize {
            let mut table = crate::model::Table::new(format!("table_{at:04}"));
            for place in 0..2 + at % 17 {
                table.columns.push(fixture::column(&format!("column_{place}"), "bigint", false));
            }
            // Near parents, far parents, and one that many share.
            for (place, parent) in [at / 2, at.saturating_sub(1 + at % 7), 3].into_iter().enumerate().take(at % 4) {
                let column = format!("column_{}", place % 2);
                table.foreign_keys.push(fixture::foreign_key("key", &column, "public", &format!("table_{parent:04}")));
            }
            schema.tables.push(table);
        }
        model.schemas.push(schema);
        let tables = Tables::new(&model);
        let settings = Settings::default();
        let report = fixture::report(&model, &tables, &settings, |_| {});
        let picture = render(&report);
        let boxes = boxes(&picture);
        assert_eq!(boxes.len(), 2_000);
        for (at, a) in boxes.iter().enumerate() {
            for b in &boxes[at + 1..] {
                let apart = a.right() <= b.x || b.right() <= a.x || a.bottom() <= b.y || b.bottom() <= a.y;
                assert!(apart, "{a:?} and {b:?} overlap");
            }
        }
        assert!(picture.contains("the table that bears this number"));
        assert_eq!(drawn(&picture), report.summary.foreign_keys, "every relation is drawn");
    }

    /// The boxes of the tables.
    fn boxes(picture: &str) -> Vec<Area> {
        let area = |piece: &str| Area {
            x: number(piece, "translate("),
            y: number(piece.split_once(' ').map_or("", |(_, rest)| rest), ""),
            width: number(piece, "width=\""),
            height: number(piece, "height=\""),
        };
        picture.split("<g transform=\"").skip(1).map(area).collect()
    }

    /// Lines and numbers in place of lines: whatever stands for a relation has a title, and so has the picture.
    fn drawn(picture: &str) -> usize {
        picture.matches("<title>").count() - 1
    }

    /// Points along every line, close together.
    fn lines(picture: &str) -> Vec<Vec<(f64, f64)>> {
        let ways =
            picture.split("<path class=\"l").skip(1).filter_map(|piece| piece.split(" d=\"").nth(1)?.split('"').next());
        ways.map(|way| {
            let mut points = Vec::new();
            let mut at = (0.0, 0.0);
            for (start, command) in way.match_indices(['M', 'C', 'H']) {
                let rest = &way[start + 1..];
                let end = rest.find(['M', 'C', 'H']).unwrap_or(rest.len());
                let given: Vec<f64> = rest[..end].split(' ').map(|value| value.parse().expect("a number")).collect();
                let pair = |place: usize| (given[place], given[place + 1]);
                let curve = match command {
                    "M" => [pair(0); 3],
                    "H" => [at, (given[0], at.1), (given[0], at.1)],
                    _ => [pair(0), pair(2), pair(4)],
                };
                for step in 0..=40 {
                    let (t, rest) = (f64::from(step) / 40.0, 1.0 - f64::from(step) / 40.0);
                    let weights = [rest * rest * rest, 3.0 * rest * rest * t, 3.0 * rest * t * t, t * t * t];
                    let corners = [at, curve[0], curve[1], curve[2]];
                    let sum =
                        |of: fn(&(f64, f64)) -> f64| weights.iter().zip(&corners).map(|(w, c)| w * of(c)).sum::<f64>();
                    if command != "M" {
                        points.push((sum(|corner| corner.0), sum(|corner| corner.1)));
                    }
                }
                at = curve[2];
            }
            points
        })
        .collect()
    }

    /// Whether a point is in an area and not at its border.
    fn is_inside((x, y): (f64, f64), area: &Area) -> bool {
        let between = |value: f64, from: i64, to: i64| value > from as f64 + 0.5 && value < to as f64 - 0.5;
        between(x, area.x, area.right()) && between(y, area.y, area.bottom())
    }

    #[test]
    fn columns_of_relations_are_written_out() {
        let mut model = fixture::empty();
        let mut schema = crate::model::Schema::new("public");
        let mut wide = crate::model::Table::new("wide");
        wide.columns = (0..60).map(|place| fixture::column(&format!("column_{place}"), "bigint", true)).collect();
        wide.foreign_keys.push(fixture::foreign_key("key", "column_58", "public", "other"));
        let mut other = crate::model::Table::new("other");
        other.columns.push(fixture::column("id", "bigint", false));
        schema.tables = vec![other, wide];
        model.schemas.push(schema);
        let tables = Tables::new(&model);
        let settings = Settings::default();
        let picture = render(&fixture::report(&model, &tables, &settings, |_| {}));
        for part in [">column_38<", ">column_58<", ">FK<", ">20 more<", "wide.column_58 → other.id"] {
            assert!(picture.contains(part), "no {part} in {picture}");
        }
        assert!(!picture.contains(">column_39<"), "{picture}");
    }

    #[test]
    fn ends_of_lines_say_how_many() {
        let model = fixture::shop();
        let tables = Tables::new(&model);
        let settings = Settings::default();
        let picture = render(&fixture::report(&model, &tables, &settings, fixture::surveyed));
        let ends = |title: &str| {
            let line = picture.lines().find(|line| line.contains(title)).unwrap_or_default();
            let end = |which: &str| line.split(which).nth(1).and_then(|rest| rest.split(')').next()).map(str::to_owned);
            (end("marker-start=\"url(#"), end("marker-end=\"url(#"))
        };
        let some = |one: &str, other: &str| (Some(one.to_owned()), Some(other.to_owned()));
        assert_eq!(ends("orders.customer_id → customers.id<"), some("one", "many"));
        assert_eq!(ends("orders.shipper_id → shippers.id, inferred<"), some("maybe", "many"));
        for words in
            ["a declared foreign key", "a relation inferred", ">one row<", "one row or none", "any number of rows"]
        {
            assert!(picture.contains(words), "the legend lacks {words}");
        }
        assert!(!picture.contains("the table that bears"), "{picture}");
        assert_eq!(picture.matches(">inferred</textPath>").count(), picture.matches("class=\"l i\"").count());
    }

    #[test]
    fn labels_do_not_stand_upon_each_other() {
        let mut model = fixture::empty();
        let mut schema = crate::model::Schema::new("public");
        let (mut parents, mut items) = (crate::model::Table::new("parents"), crate::model::Table::new("items"));
        parents.columns.push(fixture::column("id", "bigint", false));
        items.columns.push(fixture::column("id", "bigint", false));
        items.columns.extend((0..4).map(|at| fixture::column(&format!("parent_{at}"), "bigint", false)));
        schema.tables = vec![items, parents];
        model.schemas.push(schema);
        let tables = Tables::new(&model);
        let settings = Settings::default();
        let name = |table: &str| crate::model::QualifiedName::new("public", table);
        let picture = render(&fixture::report(&model, &tables, &settings, |survey| {
            survey.relations = (0..4)
                .map(|at| crate::survey::Relation {
                    table: name("items"),
                    column: format!("parent_{at}"),
                    referenced_table: name("parents"),
                    referenced_column: "id".to_owned(),
                    confidence: 0.9,
                    why: String::new(),
                    pinned: false,
                    on_partitions: None,
                })
                .collect();
        }));
        assert_eq!(picture.matches("class=\"l i\"").count(), 4, "{picture}");
        assert_eq!(picture.matches(">inferred</textPath>").count(), 2, "{picture}");
    }

    proptest! {
        #![proptest_config(cases(60))]

        #[test]
        fn lines_can_be_followed(
            sizes in prop::collection::vec(1_usize..14, 30..90),
            links in prop::collection::vec((0_usize..90, 0_usize..90), 20..140),
            hub in 0_usize..30,
            children in 0_usize..40,
        ) {
            let mut model = fixture::empty();
            let mut schema = crate::model::Schema::new("public");
            let name = |at: usize| format!("table_{:02}", at % sizes.len());
            for (at, columns) in sizes.iter().enumerate() {
                let mut table = crate::model::Table::new(name(at));
                table.columns.push(fixture::column("id", "bigint", false));
                table.columns.extend((0..*columns).map(|place| fixture::column(&format!("column_{place}"), "text", true)));
                schema.tables.push(table);
            }
            let to_hub = (0..children).map(|child| (child * 2, hub));
            for (child, parent) in links.iter().copied().chain(to_hub) {
                let (child, columns) = (child % sizes.len(), sizes[child % sizes.len()]);
                let column = format!("column_{}", parent % columns);
                schema.tables[child].foreign_keys.push(fixture::foreign_key("key", &column, "public", &name(parent)));
            }
            model.schemas.push(schema);
            let tables = Tables::new(&model);
            let settings = Settings::default();
            let report = fixture::report(&model, &tables, &settings, |_| {});
            prop_assert!(report.groups.len() > 1);
            let picture = render(&report);
            prop_assert_eq!(drawn(&picture), report.summary.foreign_keys);
            let boxes = boxes(&picture);
            let frames: Vec<Area> = picture
                .lines()
                .filter(|line| line.contains("rx=\"12\""))
                .map(|line| Area {
                    x: number(line, "x=\""),
                    y: number(line, " y=\""),
                    width: number(line, "width=\""),
                    height: number(line, "height=\""),
                })
                .collect();
            prop_assert_eq!(frames.len(), report.groups.len());
            for line in lines(&picture) {
                let home = frames.iter().position(|frame| is_inside(line[0], frame));
                for point in line {
                    let crossed = boxes.iter().find(|area| is_inside(point, area));
                    prop_assert!(crossed.is_none(), "a line crosses {crossed:?} at {point:?}");
                    prop_assert!(home.is_some_and(|home| is_inside(point, &frames[home])), "a line leaves its group");
                }
            }
        }
    }

    proptest! {
        #![proptest_config(cases(60))]

        #[test]
        fn names_stay_text(names in prop::collection::vec(hostile(), 12..30)) {
            let model = fixture::hostile_model(&names);
            let tables = Tables::new(&model);
            let settings = Settings::default();
            let report = fixture::report(&model, &tables, &settings, |_| {});
            let picture = render(&report);
            let known = ["svg", "title", "desc", "style", "rect", "text", "path", "circle", "defs", "marker", "g", "!--"];
            for tag in picture.split('<').skip(1) {
                let name = tag.trim_start_matches('/').split([' ', '>']).next().unwrap_or_default();
                prop_assert!(known.contains(&name), "{name:?} in {picture}");
            }
            prop_assert_eq!(picture.matches("<g ").count(), 2);
        }
    }
}
