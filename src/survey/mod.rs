//! Facts inferred from the model, each computed once: what a table is for, which relations nobody declared, which
//! conventions the schema follows. Rules and documents read them from here and never work them out again.

mod access;
mod classes;
mod conventions;
mod erasure;
mod histories;
mod object_names;
mod personal_data;
mod relations;
mod retention;
mod sql;
mod values;
mod words;

pub use access::{Access, AccessPattern, Equality, Lookup, NullsFirst, SortColumn, UnclearStatement};
pub use classes::{is_moment, is_searched_by_ranges};
pub use conventions::{counts_to_moment, is_temporal, style};
pub use object_names::ObjectNaming;
pub(crate) use relations::is_joinable;
pub(crate) use sql::{Returned, Statement, all_words, calls_with, index_hints, inserts, returned, statements};
pub use values::references;
pub(crate) use words::OfNames;
pub use words::{is_plural, key_words, lower, singular, singular_name, split, split_anew};

use crate::model::{Action, Model, QualifiedName, Schema, TableId, Tables};
use crate::parallel;
use crate::settings::Settings;
use serde::Serialize;
use std::collections::{BTreeMap, HashMap, HashSet};

/// What a table is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum TableClass {
    /// Holds the things the application is about.
    Entity,
    /// Joins two other tables (many to many).
    Junction,
    /// A list of codes: a name or code for each row, to which other tables refer or which is the key itself, and neither
    /// references nor personal data, amounts or moments of its own.
    Lookup,
    /// Append-only: log, event, audit, history.
    Log,
    /// A copy: backup, archive, temporary, dated.
    Clone,
    /// Belongs to a framework or library.
    ThirdParty,
}

/// Confidence from which an inferred relation is reported and followed.
const REPORTED: f64 = 0.80;

/// A relation that no foreign key of the table declares.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Relation {
    /// Child table.
    pub table: QualifiedName,
    /// Referencing column.
    pub column: String,
    /// Parent table.
    pub referenced_table: QualifiedName,
    /// Referenced column.
    pub referenced_column: String,
    /// How sure: 0 to 1. From 0.90 on it counts in scores; from 0.80 on it is reported.
    pub confidence: f64,
    /// The evidence, in words.
    pub why: String,
    /// Set by the configuration.
    pub pinned: bool,
    /// Foreign keys of single partitions that declare it, when the table itself has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub on_partitions: Option<OnPartitions>,
}

impl Relation {
    /// Whether every partition declares it.
    pub fn is_declared(&self) -> bool {
        self.on_partitions.as_ref().is_some_and(OnPartitions::is_everywhere)
    }

    /// Whether it is too unsure to be reported or followed.
    pub fn is_unsure(&self) -> bool {
        self.confidence < REPORTED && !self.pinned
    }
}

/// On how many partitions foreign keys of their own declare a relation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct OnPartitions {
    /// Partitions that have one.
    pub having: usize,
    /// All partitions that hold rows.
    pub of: usize,
    /// What a delete of the parent does, when it is the same on all that have one.
    pub on_delete: Option<Action>,
    /// What a change of the parent's key does, likewise.
    pub on_update: Option<Action>,
}

impl OnPartitions {
    /// Whether every partition has one.
    pub fn is_everywhere(&self) -> bool {
        self.having == self.of
    }
}

/// A pair of columns that together point at one of several tables.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PolymorphicPair {
    /// Table.
    pub table: QualifiedName,
    /// Column with the name of the target.
    pub type_column: String,
    /// Column with the key of the target.
    pub id_column: String,
}

/// Soft deletion in one table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SoftDelete {
    /// Table.
    pub table: QualifiedName,
    /// Column that marks a row as deleted.
    pub column: String,
    /// Marks by a moment (else by a flag).
    pub timestamp: bool,
}

/// Multi-tenancy by a column.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Tenancy {
    /// Column that names the tenant.
    pub column: String,
    /// Table of tenants, when the column refers to one.
    pub tenant_table: Option<QualifiedName>,
    /// Entity tables that carry it as NOT NULL, by name.
    pub tables: Vec<QualifiedName>,
    /// Tables in which it may be NULL, by name.
    pub nullable: Vec<QualifiedName>,
    /// Entity tables that do not have it, by name.
    pub without: Vec<QualifiedName>,
    /// Kept apart by row security, too.
    pub row_security: Vec<QualifiedName>,
}

/// A column that tells tenants apart, or seems to, in fewer tables than a tenancy takes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PossibleTenancy {
    /// The column.
    pub column: String,
    /// Table of tenants, when the column refers to one.
    pub tenant_table: Option<QualifiedName>,
    /// Tables that carry it as NOT NULL or whose row security compares it, by name.
    pub tables: Vec<QualifiedName>,
    /// Other tables in which it may be NULL, by name.
    pub nullable: Vec<QualifiedName>,
    /// How many of `tables` have it in their primary key.
    pub in_key: usize,
    /// How many entity tables there are.
    pub entities: usize,
    /// Tables whose row security compares it with a setting of the session.
    pub row_security: Vec<QualifiedName>,
    /// Row security or its name says that it names a tenant.
    pub clear: bool,
}

/// Creation and update timestamps of one table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Timestamps {
    /// Column with the moment of creation.
    pub created: Option<String>,
    /// Column with the moment of the last change.
    pub updated: Option<String>,
    /// How the database itself keeps `updated` current: the trigger's name, or `ON UPDATE`.
    pub maintained_by: Option<String>,
}

/// How the words of a name are joined.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum NameStyle {
    /// `order_item`
    Snake,
    /// `orderItem`
    Camel,
    /// `OrderItem`
    Pascal,
    /// `ORDER_ITEM`
    Upper,
    /// `orderitem`: one word, or words without a mark between them.
    Flat,
    /// None of these.
    Other,
}

/// Grammatical number of table names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Plurality {
    /// `order`
    Singular,
    /// `orders`
    Plural,
}

/// Majority conventions of names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Naming {
    /// Tables per style.
    pub table_styles: BTreeMap<NameStyle, u32>,
    /// Columns per style.
    pub column_styles: BTreeMap<NameStyle, u32>,
    /// The style that at least 70 % of tables and columns can be read as; snake case when there is none.
    pub expected_style: NameStyle,
    /// Table names that are certainly singular.
    pub singular: u32,
    /// Table names that are certainly plural.
    pub plural: u32,
    /// The number that most names have; plural when equal.
    pub expected_number: Plurality,
    /// Number of the name of each entity and lookup table, by the table's position; `None` where the name tells none.
    #[serde(skip)]
    pub numbers: Vec<Option<Plurality>>,
}

/// Class of personal data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PersonalDataClass {
    /// E-mail, telephone, postal address.
    Contact,
    /// Name, birth date, national identifiers.
    Identity,
    /// Position, city, postcode.
    Location,
    /// Bank account, card, tax number, salary.
    Financial,
    /// Password, token, secret, key.
    Credential,
    /// IP address, user agent, device, session.
    Network,
    /// Gender, nationality.
    Sensitive,
    /// Health, genes, biometrics, religion, politics, origin, sexual orientation, unions, crimes: what the GDPR allows by way of
    /// exception only (articles 9 and 10).
    Special,
}

/// A column that seems to hold personal data.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PersonalData {
    /// Table.
    pub table: QualifiedName,
    /// Column.
    pub column: String,
    /// Class.
    pub class: PersonalDataClass,
    /// How sure: 0 to 1.
    pub confidence: f64,
    /// The evidence, in words.
    pub why: String,
}

/// Something that limits how long rows are kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Retention {
    /// Table, when it is about one.
    pub table: Option<QualifiedName>,
    /// `expiry column`, `time partitions`, `event`, `pg_cron job`, `pg_partman`, `trigger`, `archive table`, `copy`,
    /// `audit table`, `legal hold column`, `legal hold table`, `history table`.
    pub kind: &'static str,
    /// The object that shows it: a column, event, job, partition key.
    pub evidence: String,
}

/// How the rows about one kind of person can be erased.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DataSubject {
    /// Table of the persons.
    pub table: QualifiedName,
    /// Tables with rows that refer to rows that go and stay, by name: to be re-pointed or cut before, or cut by the database. A table
    /// with other rows that go is in both lists, here with the ways along which nothing is deleted.
    pub staying: Vec<ErasureStep>,
    /// Tables to delete from, children first. Each with what leads there.
    pub erasure: Vec<ErasureStep>,
    /// Circles of references among these.
    pub cycles: Vec<ErasureCycle>,
    /// Foreign keys of tables out of scope that refer to rows that go, by table and columns.
    pub outside: Vec<OutsideKey>,
    /// Tables that say which rows are under legal hold, by name: registers of holds, and tables with a column that says so.
    pub holds: Vec<QualifiedName>,
    /// Tables of other persons, told apart by the same kind of name or address, of whom one may be the same person.
    pub same: Vec<QualifiedName>,
    /// Tables with personal data that rows that go refer to, by name. Nothing tells whether anything else refers to them.
    pub left: Vec<QualifiedName>,
}

/// One table of an erasure.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ErasureStep {
    /// Table.
    pub table: QualifiedName,
    /// Every way that leads towards the person, declared ones first; none for the person's own table.
    pub ways: Vec<ErasureWay>,
    /// Tables of other persons whom its rows are about, too; the person's own when a row is about two of them.
    pub others: Vec<QualifiedName>,
    /// What may be a duty to keep the rows that are to go: kinds of retention, and `accounting record`.
    pub duties: Vec<&'static str>,
}

/// A way from a table towards the person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ErasureWay {
    /// Columns that refer; the one with the target's name and the one with its key for a polymorphic pair.
    pub columns: Vec<String>,
    /// Table that they refer to; `None` when each row names another.
    pub towards: Option<QualifiedName>,
    /// What the foreign key makes the database do by itself when the parent row goes.
    pub on_delete: Option<Action>,
    /// What shows it.
    pub evidence: WayEvidence,
    /// What has to happen to the rows.
    pub erasing: Erasing,
    /// Foreign keys of single partitions that declare it, when the table itself has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub on_partitions: Option<OnPartitions>,
}

/// A foreign key of a table out of scope, whose rows are not followed any further.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct OutsideKey {
    /// Table out of scope.
    pub table: QualifiedName,
    /// Columns that refer.
    pub columns: Vec<String>,
    /// Table in scope that they refer to.
    pub towards: QualifiedName,
    /// What the database does by itself when the parent row goes; `None` where that was not read.
    pub on_delete: Option<Action>,
    /// Whether it does anything.
    pub enforced: bool,
}

/// What shows a way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum WayEvidence {
    /// A foreign key.
    Declared,
    /// A foreign key that does nothing: it is not enforced, or triggers of its parent are disabled.
    NotEnforced,
    /// An undeclared relation.
    Inferred,
    /// A column called like one by which the person's own table tells persons apart: the user's or the e-mail's name.
    SharedKey,
    /// The table is a copy of one that has this way.
    Copy,
    /// A polymorphic pair.
    Polymorphic,
}

/// What happens to rows when the row that they refer to goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Erasing {
    /// They go before it.
    Delete,
    /// They stay, and the link is cut: by the database, unless its foreign key does nothing.
    Cut,
    /// They are not the person's: they stay, and have to refer to another row before.
    Repoint,
}

/// Tables of an erasure that refer to each other in a circle.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ErasureCycle {
    /// Tables, by name.
    pub tables: Vec<QualifiedName>,
    /// Columns, with their table, to set to NULL before; none where no foreign key holds up a delete.
    pub nulled: Vec<(QualifiedName, Vec<String>)>,
    /// Whether the circle is closed even then.
    pub closed: bool,
}

/// Everything inferred from a model.
#[derive(Clone, Debug, Serialize)]
pub struct Survey {
    /// Class of each table, by its position.
    pub classes: Vec<TableClass>,
    /// Tables that triggers fill with whole rows of others.
    #[serde(skip)]
    pub histories: HashSet<TableId>,
    /// Relations that no foreign key of the table declares, by child table and column, down to a confidence of 0.70.
    pub relations: Vec<Relation>,
    /// Positions in `relations` by parent table.
    #[serde(skip)]
    pub relations_to: HashMap<QualifiedName, Vec<usize>>,
    /// Polymorphic pairs, by table and column.
    pub polymorphic: Vec<PolymorphicPair>,
    /// Soft deletion, by table.
    pub soft_deletes: Vec<SoftDelete>,
    /// Multi-tenancy, when there is any.
    pub tenancy: Option<Tenancy>,
    /// What may be multi-tenancy and is not shown by most tables. No rule goes by it.
    pub possible_tenancy: Option<PossibleTenancy>,
    /// Timestamps of each table, by its position.
    pub timestamps: Vec<Timestamps>,
    /// Naming conventions.
    pub naming: Naming,
    /// How names of indexes and constraints are made, by schema.
    #[serde(skip)]
    pub object_naming: BTreeMap<String, ObjectNaming>,
    /// Columns that seem to hold personal data, by table and column.
    pub personal_data: Vec<PersonalData>,
    /// What limits how long rows are kept, by table.
    pub retention: Vec<Retention>,
    /// Persons and the erasure of their data, by table.
    pub data_subjects: Vec<DataSubject>,
    /// How statements look up rows, when a workload is known.
    #[serde(skip)]
    pub access: Option<Access>,
}

/// Positions of relations by parent table.
fn by_parent(relations: &[Relation]) -> HashMap<QualifiedName, Vec<usize>> {
    let mut positions: HashMap<QualifiedName, Vec<usize>> = HashMap::new();
    for (position, relation) in relations.iter().enumerate() {
        positions.entry(relation.referenced_table.clone()).or_default().push(position);
    }
    positions
}

impl Survey {
    /// Surveys a model.
    pub fn new(model: &Model, tables: &Tables<'_>, settings: &Settings) -> Self {
        let histories = histories::histories(model, tables);
        let ((relations, polymorphic), (mut personal_data, timestamps, soft_deletes, object_naming)) = parallel::join(
            tables.len(),
            || {
                let (mut relations, polymorphic) = relations::infer(tables, settings);
                if let Some(data) = &model.data {
                    values::weigh(&mut relations, data);
                }
                (relations, polymorphic)
            },
            || {
                let naming = |schema: &Schema| (schema.name.clone(), ObjectNaming::of(model.engine.name, schema));
                (
                    personal_data::personal_data(tables),
                    conventions::timestamps(model, tables),
                    conventions::soft_deletes(model, tables),
                    model.schemas.iter().map(naming).collect(),
                )
            },
        );
        let classes = classes::classes(tables, &histories, &relations, &personal_data);
        let (retention, (tenancy, relations_to)) = parallel::join(
            tables.len(),
            || retention::retention(model, tables, &classes),
            || (conventions::tenancy(tables, &classes, &relations), by_parent(&relations)),
        );
        let tenants = tenancy.as_ref().and_then(|tenancy| Some((tenancy.tenant_table.as_ref()?, tenancy)));
        let organisations = tenants.filter(|(tenants, tenancy)| {
            personal_data::tenants_are_organisations(&mut personal_data, tenants, &tenancy.tables)
        });
        let known = erasure::Known {
            model,
            tables,
            classes: &classes,
            relations: &relations,
            polymorphic: &polymorphic,
            personal: &personal_data,
            retention: &retention,
            organisations: organisations.map(|(tenants, _)| tenants),
        };
        let (data_subjects, (naming, possible_tenancy)) = parallel::join(
            tables.len(),
            || erasure::data_subjects(&known),
            || {
                let possible_tenancy = match tenancy {
                    Some(_) => None,
                    None => conventions::possible_tenancy(tables, &classes, &relations),
                };
                (conventions::naming(tables, &classes), possible_tenancy)
            },
        );
        Self {
            access: access::access(model, tables),
            relations_to,
            soft_deletes,
            possible_tenancy,
            tenancy,
            timestamps,
            naming,
            object_naming,
            data_subjects,
            retention,
            polymorphic,
            personal_data,
            relations,
            histories,
            classes,
        }
    }

    /// The undeclared relations of a table, by column.
    pub fn relations_of<'s>(&'s self, table: &QualifiedName) -> impl Iterator<Item = &'s Relation> + use<'s> {
        let start = self.relations.partition_point(|relation| relation.table < *table);
        let end = start + self.relations[start..].partition_point(|relation| relation.table == *table);
        self.relations[start..end].iter()
    }

    /// The undeclared relations to a table, by child table and column.
    pub fn relations_to<'s>(&'s self, parent: &QualifiedName) -> impl Iterator<Item = &'s Relation> + use<'s> {
        let positions = self.relations_to.get(parent).map(Vec::as_slice).unwrap_or_default();
        positions.iter().filter_map(|position| self.relations.get(*position))
    }

    /// Whether a column is one half of a polymorphic pair.
    pub fn is_polymorphic(&self, table: &QualifiedName, column: &str) -> bool {
        let start = self.polymorphic.partition_point(|pair| pair.table < *table);
        self.polymorphic[start..]
            .iter()
            .take_while(|pair| pair.table == *table)
            .any(|pair| pair.id_column == column || pair.type_column == column)
    }

    /// Personal data in rows that no erasure deletes, by table and column.
    pub fn not_erased(&self) -> impl Iterator<Item = &PersonalData> {
        let goes = self
            .data_subjects
            .iter()
            .flat_map(|subject| subject.erasure.iter().map(|step| &step.table).chain(&subject.left));
        let goes: HashSet<&QualifiedName> = goes.collect();
        self.personal_data.iter().filter(move |data| !goes.contains(&data.table))
    }

    /// What a table is for.
    pub fn class(&self, table: TableId) -> TableClass {
        self.classes[table.0]
    }
}
