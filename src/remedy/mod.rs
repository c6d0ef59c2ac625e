//! Engine-neutral changes become ordered steps of DDL for this engine and this server version, each with its lock, its
//! method, what it blocks, how to check before, how to verify after and how to undo.

mod code;
mod mysql;
mod names;
mod needed;
mod outside;
mod planner;
mod postgres;
mod projection;
mod requests;
mod sqlite;
mod upserts;

pub use projection::project;

use crate::checks::{Change, Context, Finding, is_utf8mb3};
use crate::model::{EngineName, KeyPart, QualifiedName, Schema, Table, is_unseen};
use foldhash::HashMap;
use serde::Serialize;
use std::borrow::Cow;
use std::collections::{BTreeMap, HashSet};

/// How safe a step is for running applications.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Safety {
    /// Nothing waits longer than for a metadata change, and running code keeps working.
    Safe,
    /// Takes time, or fails on unfit data, or blocks briefly: watch it.
    Caution,
    /// Running code can break, writes wait while it runs, or what NULL meant in rows is lost.
    Breaking,
}

impl Safety {
    /// Word of the template: Safe, Caution, Breaking.
    pub fn title(self) -> &'static str {
        match self {
            Self::Safe => "Safe",
            Self::Caution => "Caution",
            Self::Breaking => "Breaking",
        }
    }
}

/// What the duration of a step depends on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Duration {
    /// On nothing: only the catalog changes.
    Metadata,
    /// On the number of rows, which are read once.
    Scan,
    /// On the size of the table, which is written anew.
    Rewrite,
}

/// When a step can be deployed. All steps of a phase come before those of the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// Adds things that running code need not know.
    Expand,
    /// Fills existing rows.
    Backfill,
    /// Checks existing rows and makes constraints count.
    Validate,
    /// Removes or renames things; needs code that no longer uses them.
    Contract,
}

/// One step.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Step {
    /// What it does, in a few words: `add index orders_customer_id_idx`.
    pub title: String,
    /// Table it is about.
    pub table: QualifiedName,
    /// When it can be deployed.
    pub phase: Phase,
    /// Statements in order, each complete, without the final semicolon.
    pub statements: Vec<String>,
    /// May the statements run in a transaction? `CREATE INDEX CONCURRENTLY` may not. When true they must run in one.
    pub transaction: bool,
    /// Strongest lock on the table, in the engine's words: `SHARE UPDATE EXCLUSIVE`, `LOCK=NONE`, `database write lock`.
    pub lock: &'static str,
    /// What cannot run meanwhile: `nothing`, `writes to the table`, `everything on the table`.
    pub blocks: &'static str,
    /// Method: `CONCURRENTLY`, `NOT VALID`, `VALIDATE`, `INSTANT`, `INPLACE`, `COPY`, `rebuild`, `expand-contract`.
    pub method: &'static str,
    /// How safe.
    pub safety: Safety,
    /// What its duration depends on.
    pub duration: Duration,
    /// Query that must return no row (or 0) before the step, with what it finds.
    pub pre_check: Option<String>,
    /// Query that shows that it worked: it counts what must be 0, or tells that something is so. `None` where success of the
    /// statements says it all.
    pub verify: Option<String>,
    /// Statements that undo it, in order.
    pub undo: Vec<String>,
    /// Why nothing undoes it, where that is so.
    #[serde(skip)]
    pub irreversible: Option<&'static str>,
    /// What else to know, in sentences.
    pub notes: Vec<Cow<'static, str>>,
    /// Rules whose findings it serves, by id.
    pub rules: Vec<&'static str>,
}

impl Step {
    /// What tells that a step without a query worked.
    pub fn success(&self) -> &'static str {
        if self.transaction || self.statements.len() == 1 {
            "nothing to ask, since it succeeds whole or changes nothing"
        } else {
            "nothing to ask, since each statement succeeds whole or is the last that runs"
        }
    }

    /// Why nothing undoes it, where no statement does.
    pub fn why_not_undone(&self) -> &'static str {
        self.irreversible.unwrap_or("nothing brings back what was there")
    }
}

/// Steps that mend findings, in the order in which they can run.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Playbook {
    /// Statements for every session that runs steps, such as lock timeouts.
    pub preamble: Vec<String>,
    /// Steps, by phase, then table.
    pub steps: Vec<Step>,
    /// Changes that no statement of this engine makes, with the reason.
    pub impossible: Vec<(Change, String)>,
    /// Changes that the steps make, by table.
    #[serde(skip)]
    pub changes: Vec<Change>,
}

/// Statements that run together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Batch {
    /// Statements in order.
    pub statements: Vec<String>,
    /// They run in one transaction; else each by itself, in one session.
    pub transaction: bool,
}

impl Playbook {
    /// The statements in execution order: the preamble, then one batch a step.
    pub fn batches(&self) -> Vec<Batch> {
        let preamble = Batch { statements: self.preamble.clone(), transaction: false };
        let steps =
            self.steps.iter().map(|step| Batch { statements: step.statements.clone(), transaction: step.transaction });
        std::iter::once(preamble).filter(|batch| !batch.statements.is_empty()).chain(steps).collect()
    }
}

/// Takes out what breaks code outside the database, which only its owner can answer for.
fn refuse_renames(planner: &mut planner::Planner<'_>, requests: &mut Vec<requests::Request>) {
    let is_rename = |request: &mut requests::Request| {
        matches!(request.change, Change::RenameTable { .. } | Change::RenameColumn { .. })
    };
    for request in requests.extract_if(.., is_rename) {
        planner.refuse(request.change, RENAME);
    }
}

const RENAME: &str = "code that says the old name would fail: `brownfield fix --with-renames` plans it all the same";

/// Confidence from which an inferred relation is declared.
const CERTAIN: f64 = 0.90;

const GUESS: &str = "the relation is only likely, since its confidence is below 0.90: name it in [relations] of \
    brownfield.toml, and it is planned";

/// Whether a change declares a relation that is only likely: a wrong key refuses rows that are right.
fn declares_guess(context: Context<'_>, change: &Change) -> bool {
    let Change::AddForeignKey { table, columns, referenced_table, .. } = change else { return false };
    context.survey.relations_of(table).any(|relation| {
        let same = relation.referenced_table == *referenced_table && *columns == [relation.column.as_str()];
        same && !relation.pinned && relation.confidence < CERTAIN
    })
}

const HISTORY: &str = "a trigger fills the table with rows of another one, as they were: what those were allowed to be, a constraint \
    here would refuse, and with it the change that is recorded";

/// Whether a change limits the rows of a table that keeps what rows of another one were.
fn limits_history(context: Context<'_>, change: &Change) -> bool {
    let limits = match change {
        Change::AddForeignKey { table, columns, .. } => {
            let mut relations = context.survey.relations_of(table);
            !relations.any(|relation| relation.pinned && *columns == [relation.column.as_str()])
        }
        Change::AddCheck { .. }
        | Change::AddUnique { .. }
        | Change::AddLookupTable { .. }
        | Change::SetNotNull { .. } => true,
        _ => false,
    };
    limits && context.tables.find(change.table()).is_some_and(|of| context.survey.histories.contains(&of.id))
}

const NO_VALUES: &str = "no row has a value in the column, and a key to a list without those to come would refuse them: make the \
    list when its values are known";

/// Whether statistics know of no value in a column.
fn lists_nothing(context: Context<'_>, table: &QualifiedName, column: &str) -> bool {
    let Some(statistics) = context.model.statistics.as_ref() else { return false };
    let is_empty = statistics.table(&table.schema, &table.name).is_some_and(|known| known.rows == Some(0));
    let nulls = statistics.column(&table.schema, &table.name, column).and_then(|known| known.null_fraction);
    is_empty || nulls.is_some_and(|nulls| nulls >= 1.0)
}

const UNREAD: &str =
    "the definition of an index that it is about could not be read: read the database again when it can";

/// Whether a change is about an index whose definition could not be read: nothing could make that index again.
fn rests_on_unseen(context: Context<'_>, change: &Change) -> bool {
    let unseen = |predicate: &Option<String>| predicate.as_deref().is_some_and(is_unseen);
    match change {
        Change::AddIndex { key, predicate, .. } => unseen(predicate) || key.iter().any(KeyPart::is_unseen),
        Change::AddUnique { predicate, .. } => unseen(predicate),
        Change::DropIndex { table, name } | Change::RepairIndex { table, name } => {
            let found = context.tables.find(table);
            found.is_some_and(|of| of.table.indexes.iter().any(|index| index.name == *name && index.is_unseen()))
        }
        _ => false,
    }
}

/// Why a column gets no foreign key when its default stands for no row at all: inserts that leave it out would fail.
fn refers_to_nothing(context: Context<'_>, change: &Change) -> Option<String> {
    let (column, referenced, default) = planner::default_reference(context.tables, change)?;
    let bare = default.split("::").next().unwrap_or_default().trim_matches(['\'', '(', ')', ' ']);
    let is_none = bare.is_empty() || bare.parse::<f64>().is_ok_and(|number| number <= 0.0);
    (is_none && referenced.is_auto_generated()).then(|| {
        format!(
            "{0} is {default} where there is none, and a foreign key knows only NULL as that: let {0} be NULL there, or take the \
             default away if every row refers to another",
            column.name
        )
    })
}

/// Whether a type of PostgreSQL is a moment with its time zone.
fn is_zoned(data_type: &str) -> bool {
    data_type.starts_with("timestamp")
        && (data_type.ends_with("with time zone") || data_type.starts_with("timestamptz"))
}

/// What a new lookup table says of itself, in a schema whose tables have comments.
fn lookup_comment(schema: &Schema, table: &QualifiedName, column: &str) -> Option<String> {
    let usual = schema.tables.iter().any(|table| table.comment.is_some());
    usual.then(|| format!("Values that {column} of {} may have", table.name))
}

/// Gives texts of a table another character set: one column, those compared like the table or, without a collation, those
/// in utf8mb3, each of which keeps the collation of its name. The error is a collation that has no such counterpart.
fn convert(table: &mut Table, change: &Change) -> Result<(), String> {
    let Change::SetCharacterSet { column, character_set, collation, .. } = change else { return Ok(()) };
    let after = |old: Option<&str>| match (collation, old) {
        (Some(new), _) => Ok(Some(new.clone())),
        (None, old) => old.and_then(utf8mb4_collation).map(Some).ok_or_else(|| old.unwrap_or("its own").to_owned()),
    };
    for of in &mut table.columns {
        let moves = match (column, collation) {
            (Some(only), _) => *only == of.name,
            (None, Some(_)) => of.collation.is_some() && *of.collation == table.collation,
            (None, None) => of.character_set.as_deref().is_some_and(is_utf8mb3),
        };
        if moves {
            if of.character_set.as_deref().is_some_and(|old| grows(old, character_set))
                && let Some(longer) = longer_text(&of.data_type)
            {
                of.data_type = longer.into();
            }
            of.collation = after(of.collation.as_deref())?.into();
            of.character_set = Some(character_set.clone()).into();
        }
    }
    if column.is_none() {
        table.collation = after(table.collation.as_deref())?;
        table.character_set = Some(character_set.clone());
    }
    Ok(())
}

/// A new integer type with the leading zeros that values of the old one are shown with (MySQL, MariaDB).
fn shown_like<'t>(old: &str, new: &'t str) -> Cow<'t, str> {
    let width = old.split_once('(').and_then(|(_, rest)| Some(rest.split_once(')')?.0));
    match width.filter(|_| old.to_lowercase().contains("zerofill") && new.ends_with("int unsigned")) {
        Some(width) => format!("{}({width}) unsigned zerofill", new.trim_end_matches(" unsigned")).into(),
        None => new.into(),
    }
}

/// Whether a text can take more bytes in another character set.
fn grows(old: &str, new: &str) -> bool {
    old != new && old != "ascii" && old != "utf32" && old != "utf8mb4" && !is_utf8mb3(old)
}

/// The next longer type of a text whose length is counted in bytes.
fn longer_text(data_type: &str) -> Option<&'static str> {
    match data_type {
        "tinytext" => Some("text"),
        "text" => Some("mediumtext"),
        "mediumtext" => Some("longtext"),
        _ => None,
    }
}

/// When a change of the character set is made, compared with others of its table: utf8mb3 is left after all that aligns
/// texts in it, and before what aligns them with others in utf8mb4.
fn conversion_turn(change: &Change) -> u8 {
    match change {
        Change::SetCharacterSet { character_set, .. } if is_utf8mb3(character_set) => 0,
        Change::SetCharacterSet { collation: None, .. } => 1,
        _ => 2,
    }
}

/// The collation of utf8mb4 that compares like this one of utf8mb3. `None` for those that older versions left behind.
fn utf8mb4_collation(collation: &str) -> Option<String> {
    let rest = collation.strip_prefix("utf8mb3_").or_else(|| collation.strip_prefix("utf8_"))?;
    (!matches!(rest, "general_mysql500_ci" | "tolower_ci")).then(|| format!("utf8mb4_{rest}"))
}

/// Whether the steps for one change do what another wants, too.
pub fn serves(known: &Change, wanted: &Change) -> bool {
    requests::serves(known, wanted)
}

/// Plans the steps for all findings that DDL can mend.
pub fn plan(context: Context<'_>, findings: &[&Finding]) -> Playbook {
    let mut impossible: Vec<(Change, String)> = Vec::new();
    let code = code::Code::new(context.model);
    loop {
        let (playbook, standing_for_others) = attempt(context, findings, &impossible, &code);
        let standing_for_others: Changes<'_> = standing_for_others.iter().collect();
        let refused = playbook.impossible.iter().filter(|(change, _)| standing_for_others.contains(change));
        let refused: Vec<(Change, String)> = refused.cloned().collect();
        if refused.is_empty() {
            return playbook;
        }
        // Again without it, so that what it would have made needless is planned by itself.
        impossible.extend(refused);
    }
}

/// Plans the steps without changes that are known to be impossible. Also gives those that took the place of others.
fn attempt<'a>(
    context: Context<'a>,
    findings: &[&Finding],
    impossible: &[(Change, String)],
    code: &'a code::Code<'a>,
) -> (Playbook, Vec<Change>) {
    let mut planner = planner::Planner::new(context, code);
    let held = match context.model.engine.name {
        EngineName::PostgreSql => postgres::held_back(&planner, findings),
        EngineName::MySql | EngineName::MariaDb | EngineName::Sqlite => BTreeMap::new(),
    };
    let defaults: HashSet<(&QualifiedName, &str)> = findings
        .iter()
        .flat_map(|finding| &finding.changes)
        .filter_map(|change| match change {
            Change::SetDefault { table, column, expression: Some(_) } => Some((table, column.as_str())),
            _ => None,
        })
        .collect();
    let has_default = |table: &QualifiedName, column: &str| {
        let of = context.tables.find(table).and_then(|of| of.table.column(column));
        of.is_some_and(|of| of.default.is_some() || of.identity.is_some()) || defaults.contains(&(table, column))
    };
    let reason = |change: &Change| match change {
        change if rests_on_unseen(context, change) => Some(UNREAD.to_owned()),
        change if declares_guess(context, change) => Some(GUESS.to_owned()),
        change if let Some(reason) = outside::hindrance(context, change) => Some(reason),
        change if limits_history(context, change) => Some(HISTORY.to_owned()),
        Change::AddForeignKey { .. } => refers_to_nothing(context, change),
        Change::AddUnique { .. } => upserts::hindrance(context, code, change),
        Change::AddLookupTable { table, column, .. } if lists_nothing(context, table, column) => {
            Some(NO_VALUES.to_owned())
        }
        Change::AddColumn { table, column } => code.hindrance_of_more(table, &column.name),
        Change::AddSurrogateKey { table, column, .. } => code.hindrance_of_more(table, column),
        Change::SetNotNull { table, column, .. } => {
            let of = context.tables.find(table).filter(|_| !has_default(table, column));
            let left_out = of.and_then(|of| code.hindrance_of_value(of, column));
            left_out.or_else(|| code.hindrance_of_not_null(table, column))
        }
        Change::ChangeType { table, column, data_type, .. } if is_zoned(data_type) => {
            held.get(&(table.schema.as_str(), column.as_str())).cloned()
        }
        _ => None,
    };
    let (left, findings): (Vec<&Finding>, Vec<&Finding>) =
        findings.iter().partition(|finding| finding.changes.iter().any(|change| reason(change).is_some()));
    for change in left.into_iter().flat_map(|finding| &finding.changes) {
        if let Some(reason) = reason(change) {
            planner.refuse(change.clone(), reason);
        }
    }
    for (change, reason) in impossible {
        planner.refuse(change.clone(), reason.clone());
    }
    let mut requests = requests::collect(&mut planner, &findings, impossible);
    // Few are out of place: their numbers are sorted, not they.
    requests.sort_by_cached_key(|request| conversion_turn(&request.change));
    let standing_for_others = requests.iter().filter(|request| request.stands_for_others);
    let standing_for_others = standing_for_others.map(|request| request.change.clone()).collect();
    if !context.settings.renames {
        refuse_renames(&mut planner, &mut requests);
    }
    planner.expect(&requests);
    match context.model.engine.name {
        EngineName::PostgreSql => postgres::plan(&mut planner, &requests),
        EngineName::MySql | EngineName::MariaDb => mysql::plan(&mut planner, requests.clone()),
        EngineName::Sqlite => sqlite::plan(&mut planner, requests.clone()),
    }
    let mut playbook = planner.finish();
    playbook.changes = made(requests, &playbook.impossible);
    (playbook, standing_for_others)
}

/// Changes, found by their tables.
pub(crate) struct Changes<'p>(HashMap<&'p QualifiedName, Vec<&'p Change>>);

impl<'p> FromIterator<&'p Change> for Changes<'p> {
    fn from_iter<I: IntoIterator<Item = &'p Change>>(changes: I) -> Self {
        let mut of_tables: HashMap<_, Vec<_>> = HashMap::default();
        for change in changes {
            of_tables.entry(change.table()).or_default().push(change);
        }
        Self(of_tables)
    }
}

impl Changes<'_> {
    /// Whether a change is among them.
    pub(crate) fn contains(&self, change: &Change) -> bool {
        self.0.get(change.table()).is_some_and(|changes| changes.contains(&change))
    }
}

/// The wanted changes that are possible, each with what it depends on.
fn made(wanted: Vec<requests::Request>, impossible: &[(Change, String)]) -> Vec<Change> {
    let refused: Changes<'_> = impossible.iter().map(|(change, _)| change).collect();
    let is_made = |change: &Change| !refused.contains(change);
    let made =
        wanted.into_iter().filter(|wanted| is_made(&wanted.change) && wanted.after.as_deref().is_none_or(is_made));
    let mut made: Vec<Change> = made.map(|made| made.change).collect();
    // They are where the requests were, which are larger.
    made.shrink_to_fit();
    made
}
