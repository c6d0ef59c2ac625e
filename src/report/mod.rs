//! The whole answer as one value, from which every format is rendered.

pub mod v1;

mod concerns;
mod descriptions;
mod fixes;
mod groups;
mod opportunities;
mod outside;
mod rationale;
mod stale;
mod summary;
mod words;

pub use concerns::{Concerns, EnumFacts, EnumUse, Generator, PrimaryKeyFacts, SoftDeleteFacts, Tally, TimestampFacts};
pub use descriptions::Descriptions;
pub use fixes::Fix;
pub use groups::Group;
pub use opportunities::{IndexKind, Opportunity};
pub(crate) use outside::outside;
pub use rationale::{KeyOrder, Purpose, Rationale, Role};
pub use summary::{StaleIgnore, Summary};

use crate::checks::{self, Context, Finding, Object, ObjectKind, Outcome};
use crate::model::{Column, Model, QualifiedName, TableGroup, TableId, TableRef, Tables, View};
use crate::parallel;
use crate::remedy::{self, Playbook};
use crate::score::{self, Score};
use crate::settings::Settings;
use crate::survey::Survey;
use std::collections::HashMap;
use std::sync::OnceLock;
use std::time::Instant;

/// Confidence from which an undeclared relation is shown.
pub const SHOWN_CONFIDENCE: f64 = 0.80;

/// Everything known about a database.
#[derive(Debug)]
pub struct Report<'a> {
    /// The catalog.
    pub model: &'a Model,
    /// Its tables with their cross-references.
    pub tables: &'a Tables<'a>,
    /// The user's choices.
    pub settings: &'a Settings,
    /// What was inferred.
    pub survey: Survey,
    /// Verdicts, by rule.
    pub outcomes: Vec<Outcome>,
    /// The scorecard.
    pub score: Score,
    /// How to mend the findings.
    pub playbook: Playbook,
    /// Counts.
    pub summary: Summary,
    /// What belongs to each table, by its position.
    pub details: Vec<TableDetails>,
    /// What holds across tables.
    pub concerns: Concerns,
    /// Kinds of indexes that are not there and may be worth having.
    pub opportunities: Vec<Opportunity>,
    /// Tables that belong together, each table in one group.
    pub groups: Vec<Group>,
    /// What the configuration says about tables.
    pub descriptions: Descriptions,
    fixes: OnceLock<Vec<Fix>>,
}

/// What belongs to one table, as positions in the lists of the report.
#[derive(Clone, Debug, Default)]
pub struct TableDetails {
    /// Findings about the table or something in it: position of the outcome and of the finding in it.
    pub findings: Vec<(usize, usize)>,
    /// Steps of the playbook.
    pub steps: Vec<usize>,
    /// Changes that the engine has no statement for.
    pub impossible: Vec<usize>,
    /// Undeclared relations from this table.
    pub relations: Vec<usize>,
    /// Undeclared relations to this table.
    pub referenced_by_relations: Vec<usize>,
    /// Polymorphic pairs.
    pub polymorphic: Vec<usize>,
    /// Columns that seem to hold personal data.
    pub personal_data: Vec<usize>,
    /// Why each index exists, in the order of the table's indexes.
    pub rationale: Vec<Rationale>,
}

impl<'a> Report<'a> {
    /// Runs every stage between the model and the report.
    pub fn new(model: &'a Model, tables: &'a Tables<'a>, settings: &'a Settings) -> Self {
        let survey = timed("surveyed", || Survey::new(model, tables, settings));
        let context = Context { model, tables, survey: &survey, settings };
        let outcomes = timed("judged", || checks::run(context));
        let findings: Vec<_> = outcomes.iter().flat_map(|outcome| &outcome.findings).collect();
        let (playbook, (score, unjudged)) = parallel::join(
            tables.len(),
            || timed("planned", || remedy::plan(context, &findings)),
            || {
                let score = timed("scored", || score::score(&outcomes, tables));
                (score, timed("explained", || Unjudged::new(model, tables, settings, &survey)))
            },
        );
        timed("put together", || Self::assemble(model, tables, settings, survey, unjudged, outcomes, score, playbook))
    }

    /// The playbook for the findings of some rules alone; the whole playbook when no rule is named.
    ///
    /// It is planned anew: a step that serves several findings may look different when only some of them are mended.
    pub fn playbook_for(&self, rules: &[String]) -> Playbook {
        if rules.is_empty() {
            return self.playbook.clone();
        }
        let context = Context { model: self.model, tables: self.tables, survey: &self.survey, settings: self.settings };
        let wanted = self.outcomes.iter().filter(|outcome| rules.iter().any(|rule| rule == outcome.rule.id));
        let findings: Vec<_> = wanted.flat_map(|outcome| &outcome.findings).collect();
        remedy::plan(context, &findings)
    }

    /// Puts the answers of the stages together and adds what only all of them together tell.
    #[expect(clippy::too_many_arguments, reason = "the answers of all stages")]
    pub(crate) fn assemble(
        model: &'a Model,
        tables: &'a Tables<'a>,
        settings: &'a Settings,
        survey: Survey,
        unjudged: Unjudged,
        mut outcomes: Vec<Outcome>,
        score: Score,
        playbook: Playbook,
    ) -> Self {
        // The score has them, added up.
        for outcome in &mut outcomes {
            outcome.tables = Vec::new();
        }
        let Unjudged { mut details, concerns, opportunities, groups } = unjudged;
        add_verdicts(&mut details, tables, &outcomes, &playbook);
        let descriptions = Descriptions::new(model, settings);
        let mut summary = summary::summary(model, tables, &outcomes, &playbook, settings);
        summary.stale_entries = [descriptions.stale.clone(), stale::stale(tables, settings)].concat();
        Self {
            model,
            tables,
            settings,
            survey,
            outcomes,
            score,
            playbook,
            summary,
            details,
            concerns,
            opportunities,
            groups,
            descriptions,
            fixes: OnceLock::new(),
        }
    }

    /// What to mend first: rules in the order in which mending their findings gains most, each on top of those before. Worked
    /// out when it is asked for, since every fix takes judging the schema again.
    pub fn fixes(&self) -> &[Fix] {
        self.fixes.get_or_init(|| fixes::fixes(self))
    }

    /// The total that the steps of a playbook lead to, by judging the schema as they leave it.
    pub fn total_after(&self, playbook: &Playbook) -> Option<f64> {
        fixes::total_after(self, playbook)
    }

    /// What is said about a table: by the configuration, else by the database.
    pub fn table_comment<'r>(&'r self, table: TableRef<'r>) -> Option<&'r str> {
        let described = self.descriptions.of(&table.schema.name, &table.table.name);
        described.and_then(|described| described.description.as_deref()).or(table.table.comment.as_deref())
    }

    /// What is said about a column: by the configuration, else by the database.
    pub fn column_comment<'r>(&'r self, table: TableRef<'r>, column: &'r Column) -> Option<&'r str> {
        let described = self.descriptions.of(&table.schema.name, &table.table.name);
        let described = described.and_then(|described| described.columns.get(&column.name));
        described.or(column.comment.as_ref()).map(String::as_str)
    }

    /// What is said about a view: by the configuration, else by the database.
    pub fn view_comment<'r>(&'r self, schema: &str, view: &'r View) -> Option<&'r str> {
        let described = self.descriptions.of(schema, &view.name);
        described.and_then(|described| described.description.as_deref()).or(view.comment.as_deref())
    }

    /// What is said about a column of a view: by the configuration, else by the database.
    pub fn view_column_comment<'r>(&'r self, schema: &str, view: &View, column: &'r Column) -> Option<&'r str> {
        let described = self.descriptions.of(schema, &view.name);
        let described = described.and_then(|described| described.columns.get(&column.name));
        described.or(column.comment.as_ref()).map(String::as_str)
    }

    /// What belongs to a table.
    pub fn details(&self, table: TableId) -> &TableDetails {
        &self.details[table.0]
    }

    /// The findings about a table or something in it, by rule and object.
    pub fn findings(&self, table: TableId) -> impl Iterator<Item = &Finding> {
        self.details(table).findings.iter().map(|(outcome, finding)| &self.outcomes[*outcome].findings[*finding])
    }

    /// The outcome of a rule, when it ran.
    pub fn outcome(&self, rule: &str) -> Option<&Outcome> {
        self.outcomes
            .binary_search_by_key(&rule, |outcome| outcome.rule.id)
            .ok()
            .map(|position| &self.outcomes[position])
    }

    /// The findings of a rule about one object inside a table.
    pub fn findings_about<'r>(
        &'r self,
        table: TableId,
        kind: ObjectKind,
        name: &'r str,
    ) -> impl Iterator<Item = &'r Finding> {
        self.findings(table)
            .filter(move |finding| finding.object.kind == kind && finding.object.name.as_deref() == Some(name))
    }
}

/// Does the work of a stage, and logs how long it took.
fn timed<T>(done: &str, work: impl FnOnce() -> T) -> T {
    let started = Instant::now();
    let answer = work();
    tracing::debug!(milliseconds = started.elapsed().as_millis(), "the schema is {done}");
    answer
}

/// What the report says without a verdict.
pub(crate) struct Unjudged {
    details: Vec<TableDetails>,
    concerns: Concerns,
    opportunities: Vec<Opportunity>,
    groups: Vec<Group>,
}

impl Unjudged {
    pub(crate) fn new(model: &Model, tables: &Tables<'_>, settings: &Settings, survey: &Survey) -> Self {
        let details = details(tables, survey);
        Self {
            concerns: concerns::concerns(model, tables, survey),
            opportunities: opportunities::opportunities(model, tables, survey),
            groups: groups::groups(tables, &links(tables, survey, &details), &settings.groups, &model.groups),
            details,
        }
    }
}

/// Tables that belong together, as a snapshot keeps them: the groups of the report, without all the rest of it.
pub fn table_groups(model: &Model, tables: &Tables<'_>, settings: &Settings) -> Vec<TableGroup> {
    let survey = Survey::new(model, tables, settings);
    let details = details(tables, &survey);
    let groups = groups::groups(tables, &links(tables, &survey, &details), &settings.groups, &model.groups);
    let name = |id: &TableId| tables.get(*id).qualified_name();
    groups
        .into_iter()
        .map(|group| TableGroup { name: group.name, tables: group.tables.iter().map(name).collect() })
        .collect()
}

/// Every relation from child to parent, declared or shown.
fn links(tables: &Tables<'_>, survey: &Survey, details: &[TableDetails]) -> Vec<(TableId, TableId)> {
    let mut links = Vec::new();
    for table in tables.iter() {
        let declared = table.table.foreign_keys.iter().map(|key| &key.referenced_table);
        let inferred = details[table.id.0].relations.iter().map(|at| &survey.relations[*at].referenced_table);
        links.extend(declared.chain(inferred).filter_map(|parent| Some((table.id, tables.find(parent)?.id))));
    }
    links
}

fn add_verdicts(details: &mut [TableDetails], tables: &Tables<'_>, outcomes: &[Outcome], playbook: &Playbook) {
    let position = |name: &QualifiedName| tables.find(name).map(|table| table.id.0);
    for (at, outcome) in outcomes.iter().enumerate() {
        let mut last: Option<(&Object, Option<usize>)> = None;
        for (finding_at, finding) in outcome.findings.iter().enumerate() {
            let found = match last {
                Some((object, found))
                    if object.schema == finding.object.schema && object.table == finding.object.table =>
                {
                    found
                }
                _ => finding.object.table_name().as_ref().and_then(position),
            };
            last = Some((&finding.object, found));
            if let Some(table) = found {
                details[table].findings.push((at, finding_at));
            }
        }
    }
    for (at, step) in playbook.steps.iter().enumerate() {
        if let Some(table) = position(&step.table) {
            details[table].steps.push(at);
        }
    }
    for (at, (change, _)) in playbook.impossible.iter().enumerate() {
        if let Some(table) = position(change.table()) {
            details[table].impossible.push(at);
        }
    }
}

/// What the survey knows about each table.
fn details(tables: &Tables<'_>, survey: &Survey) -> Vec<TableDetails> {
    let mut details = vec![TableDetails::default(); tables.len()];
    let position = |name: &QualifiedName| tables.find(name).map(|table| table.id.0);
    for (at, relation) in survey.relations.iter().enumerate() {
        if relation.confidence < SHOWN_CONFIDENCE {
            continue;
        }
        if let (Some(child), Some(parent)) = (position(&relation.table), position(&relation.referenced_table)) {
            details[child].relations.push(at);
            details[parent].referenced_by_relations.push(at);
        }
    }
    for (at, pair) in survey.polymorphic.iter().enumerate() {
        if let Some(table) = position(&pair.table) {
            details[table].polymorphic.push(at);
        }
    }
    for (at, data) in survey.personal_data.iter().enumerate() {
        if let Some(table) = position(&data.table) {
            details[table].personal_data.push(at);
        }
    }
    let soft_deletes: HashMap<&QualifiedName, &str> =
        survey.soft_deletes.iter().map(|entry| (&entry.table, entry.column.as_str())).collect();
    for table in tables.iter() {
        let deleted = soft_deletes.get(&table.qualified_name()).copied();
        let known = &details[table.id.0];
        let rationale = table
            .table
            .indexes
            .iter()
            .map(|index| rationale::explain(index, table, tables, survey, known, deleted))
            .collect();
        details[table.id.0].rationale = rationale;
    }
    details
}
