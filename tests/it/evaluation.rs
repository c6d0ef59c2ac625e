//! How well undeclared relations are inferred: the declared foreign keys of real schemas are hidden, inferred again and
//! compared with what was declared.

#![expect(clippy::print_stdout, reason = "the figures are what this is for")]

use crate::support::database::{Database, Place};
use crate::support::times::trial;
use crate::support::{TestResult, chain, read, schemas};
use brownfield::model::{EngineName, Model, QualifiedName, Tables};
use brownfield::settings::Settings;
use brownfield::survey::{Relation, Survey};
use libtest_mimic::Trial;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

/// Confidence from which a relation counts in the score, and from which it is reported.
const THRESHOLDS: [f64; 2] = [0.90, 0.80];
/// Accuracy, precision and recall by threshold, with all keys hidden and with every second.
type Floors = [(Keep, [[f64; 3]; 2]); 2];

/// What the schemas of one engine together must reach: just below what they reach. `docs/precision.md` has the figures of
/// each schema. Recall is what names allow; SQLite has not the schema with most of them.
fn floors(engine: EngineName) -> Floors {
    match engine {
        EngineName::PostgreSql => [
            (Keep::None, [[0.98, 0.92, 0.46], [0.99, 0.92, 0.84]]),
            (Keep::EverySecond, [[0.98, 0.83, 0.86], [0.98, 0.83, 0.90]]),
        ],
        EngineName::MySql | EngineName::MariaDb => [
            (Keep::None, [[0.98, 0.89, 0.39], [0.99, 0.91, 0.82]]),
            (Keep::EverySecond, [[0.98, 0.80, 0.85], [0.98, 0.81, 0.89]]),
        ],
        EngineName::Sqlite => [
            (Keep::None, [[1.0, 0.97, 0.73], [1.0, 0.97, 0.79]]),
            (Keep::EverySecond, [[1.0, 0.95, 0.82], [1.0, 0.95, 0.95]]),
        ],
    }
}

pub(crate) fn add(trials: &mut Vec<Trial>) {
    for engine in [EngineName::Sqlite, EngineName::PostgreSql, EngineName::MySql, EngineName::MariaDb] {
        // What is inferred depends on the schema, not on the server's version: the newest does for all.
        if let Some(place) = Place::of(engine).into_iter().max_by_key(|place| place.version()) {
            let name = format!("evaluation::hidden_foreign_keys::{}", place.name());
            trials.push(trial(name, move || evaluate(place)));
        }
    }
}

fn evaluate(place: Place) -> TestResult {
    let mut models = Vec::new();
    for sample in schemas::samples(place).into_iter().filter(|sample| sample.name != "shop") {
        let database = Database::new(place)?;
        sample.load(&database)?;
        models.push((sample.name, read(&database.url()).map_err(|error| chain(&error))?));
    }
    if models.is_empty() {
        // Whether the schemas are there is said at the end of the run.
        return Ok(());
    }
    let (mut text, mut missed) = (format!("relations inferred on {}\n", place.name()), Vec::new());
    for (keep, floors) in floors(place.engine()) {
        let mut pooled = [Figures::default(); THRESHOLDS.len()];
        for (name, model) in &models {
            let evaluation = Evaluation::new(model, keep);
            for (threshold, pooled) in THRESHOLDS.into_iter().zip(&mut pooled) {
                let figures = evaluation.at(threshold);
                writeln!(text, "{name:<10} {keep} ≥{threshold:.2}: {figures}")?;
                // Where nothing was declared, there is nothing to compare with.
                if figures.hidden > 0 {
                    pooled.add(figures);
                }
            }
        }
        for ((threshold, figures), floors) in THRESHOLDS.into_iter().zip(pooled).zip(floors) {
            writeln!(text, "{:<10} {keep} ≥{threshold:.2}: {figures}", "all")?;
            let reached = [figures.accuracy(), figures.precision(), figures.recall()];
            for ((what, reached), floor) in ["accuracy", "precision", "recall"].into_iter().zip(reached).zip(floors) {
                if reached < floor {
                    missed.push(format!("{what} {reached:.3} < {floor} ({keep}, ≥{threshold:.2})"));
                }
            }
        }
    }
    println!("{text}");
    if missed.is_empty() { Ok(()) } else { Err(format!("{missed:#?}").into()) }
}

/// Which foreign keys stay declared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Keep {
    /// Those of several columns alone.
    None,
    /// Every second one, by table and column, as well.
    EverySecond,
}

impl std::fmt::Display for Keep {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(match self {
            Self::None => "all hidden ",
            Self::EverySecond => "half hidden",
        })
    }
}

/// Child table and column, or parent table and column.
type End = (QualifiedName, String);

/// What was hidden, and what was inferred without it.
struct Evaluation {
    hidden: BTreeMap<End, BTreeSet<End>>,
    inferred: Vec<Relation>,
}

impl Evaluation {
    fn new(model: &Model, keep: Keep) -> Self {
        let mut model = model.clone();
        let mut hidden = BTreeMap::<End, BTreeSet<End>>::new();
        for schema in &model.schemas {
            for table in &schema.tables {
                for key in &table.foreign_keys {
                    if let ([column], [referenced]) = (key.columns.as_slice(), key.referenced_columns.as_slice()) {
                        let child = (QualifiedName::new(&schema.name, &table.name), column.clone());
                        hidden.entry(child).or_default().insert((key.referenced_table.clone(), referenced.clone()));
                    }
                }
            }
        }
        if keep == Keep::EverySecond {
            let mut position = 0;
            hidden.retain(|_, _| {
                position += 1;
                position % 2 == 0
            });
        }
        for schema in &mut model.schemas {
            for table in &mut schema.tables {
                let name = QualifiedName::new(&schema.name, &table.name);
                table.foreign_keys.retain(|key| match key.columns.as_slice() {
                    [column] => !hidden.contains_key(&(name.clone(), column.clone())),
                    _ => true,
                });
            }
        }
        let mut inferred = Survey::new(&model, &Tables::new(&model), &Settings::default()).relations;
        // What partitions declare by keys of their own was not hidden, and is not inferred from names.
        inferred.retain(|relation| relation.on_partitions.is_none());
        Self { hidden, inferred }
    }

    fn at(&self, threshold: f64) -> Figures {
        let mut figures = Figures { hidden: self.hidden.len(), ..Figures::default() };
        for relation in self.inferred.iter().filter(|relation| relation.confidence >= threshold) {
            let target = (relation.referenced_table.clone(), relation.referenced_column.clone());
            match self.hidden.get(&(relation.table.clone(), relation.column.clone())) {
                Some(targets) if targets.contains(&target) => figures.right += 1,
                Some(_) => figures.wrong += 1,
                None => figures.undeclared += 1,
            }
        }
        figures
    }
}

/// Counts of columns.
#[derive(Clone, Copy, Debug, Default)]
struct Figures {
    /// Columns whose foreign key was hidden.
    hidden: usize,
    /// Those that were found with their target.
    right: usize,
    /// Those that were given another target.
    wrong: usize,
    /// Columns with an inferred relation and no foreign key.
    undeclared: usize,
}

impl Figures {
    fn add(&mut self, other: Self) {
        self.hidden += other.hidden;
        self.right += other.right;
        self.wrong += other.wrong;
        self.undeclared += other.undeclared;
    }

    /// Right targets among those found for columns that have one.
    fn accuracy(self) -> f64 {
        ratio(self.right, self.right + self.wrong)
    }

    /// Right targets among all that were inferred: a lower bound, because many a relation that nobody declared is real.
    fn precision(self) -> f64 {
        ratio(self.right, self.right + self.wrong + self.undeclared)
    }

    /// Right targets among all that were hidden.
    fn recall(self) -> f64 {
        ratio(self.right, self.hidden)
    }
}

impl std::fmt::Display for Figures {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { hidden, right, wrong, undeclared } = self;
        write!(formatter, "{right} right, {wrong} wrong, {undeclared} undeclared of {hidden}")?;
        let (accuracy, precision, recall) = (self.accuracy(), self.precision(), self.recall());
        write!(formatter, "; accuracy {accuracy:.3}, precision {precision:.3}, recall {recall:.3}")
    }
}

#[expect(clippy::cast_precision_loss, reason = "columns are far fewer than 2^52")]
fn ratio(part: usize, whole: usize) -> f64 {
    if whole == 0 { 1.0 } else { part as f64 / whole as f64 }
}
