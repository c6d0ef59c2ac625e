//! What the values of columns say about the relations inferred from names, when they were read.

use super::{REPORTED, Relation, relations};
use crate::model::{Comparison, Model, Reference, TableData, Tables};
use crate::settings::Settings;

/// What a relation gains whose values bear it out, and the most that it can reach by that.
const GAIN: f64 = 0.05;
const MOST: f64 = 0.99;
/// What a relation has left at most whose values speak against it: it is reported, and counts nowhere.
const DOUBTED: f64 = 0.89;

/// The references whose values are worth comparing: all that are inferred and are or can become sure enough to be
/// reported. The configuration has no part in it.
pub fn references(model: &Model) -> Vec<Reference> {
    let tables = Tables::new(model);
    let (relations, _) = relations::infer(&tables, &Settings::default());
    // The statement has no search path, so that it would compare the letters of such a text as they are.
    let ignores_case = |reference: &Reference| {
        let table = tables.find(&reference.table);
        table.and_then(|table| table.table.column(&reference.column)).is_some_and(|it| it.data_type.ends_with("citext"))
    };
    relations
        .iter()
        .filter(|relation| !relation.is_declared() && borne_out(relation.confidence) >= REPORTED)
        .map(reference)
        .filter(|reference| !ignores_case(reference))
        .collect()
}

/// Changes the confidence of relations by what their values say, and says so.
pub(super) fn weigh(relations: &mut [Relation], data: &TableData) {
    for relation in relations.iter_mut().filter(|relation| !relation.pinned) {
        let found = match data.comparison(&reference(relation)) {
            None => continue,
            Some(Comparison::Failed(reason)) => format!("its values could not be compared: {reason}"),
            Some(Comparison::Counted { values: 0, .. }) => "it has no values to compare".to_owned(),
            Some(Comparison::Counted { values, orphans }) => {
                if orphans * 1000 <= *values {
                    relation.confidence = borne_out(relation.confidence);
                } else if orphans * 20 > *values {
                    relation.confidence = relation.confidence.min(DOUBTED);
                }
                let noun = if *values == 1 { "value" } else { "values" };
                let orphans = match orphans {
                    0 => "none is an orphan".to_owned(),
                    1 => "1 is an orphan".to_owned(),
                    _ => format!("{orphans} are orphans"),
                };
                format!("of {values} distinct {noun} compared, {orphans}")
            }
        };
        relation.why = format!("{}; {found}", relation.why);
    }
}

fn borne_out(confidence: f64) -> f64 {
    (((confidence + GAIN) * 100.0).round() / 100.0).min(MOST)
}

fn reference(relation: &Relation) -> Reference {
    Reference {
        table: relation.table.clone(),
        column: relation.column.clone(),
        referenced_table: relation.referenced_table.clone(),
        referenced_column: relation.referenced_column.clone(),
    }
}
