//! Columns and their defaults.

use super::QualifiedName;
use super::rarely::Rarely;
use super::schema::is_false;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::borrow::Cow;
use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

/// A column of a table, view or foreign table.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Column {
    /// Name as stored.
    pub name: String,
    /// Full type in the engine's own spelling: `numeric(12,2)`, `varchar(40)`, `int unsigned`, `"my type"(1,2)`.
    /// Empty when SQLite declares none. User types in PostgreSQL are schema-qualified.
    #[serde(rename = "type")]
    pub data_type: DataType,
    /// The user-defined type behind it, when there is one: an enum, domain, composite or range type. For an array,
    /// the type of its elements.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_type: Option<Box<QualifiedName>>,
    /// Number of array dimensions; 0 when it is no array.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub array_dimensions: u32,
    /// Values of an ENUM or SET column (MySQL, MariaDB), in order.
    #[serde(default, skip_serializing_if = "Rarely::is_usual")]
    pub values: Rarely<Vec<String>>,
    /// Whether NULL can be stored: no NOT NULL that is known to hold, and not part of a primary key that forbids it.
    pub nullable: bool,
    /// A NOT NULL constraint exists but existing rows were never checked against it (PostgreSQL 18).
    #[serde(default, skip_serializing_if = "is_false")]
    pub not_null_unvalidated: bool,
    /// Comment on its NOT NULL constraint (PostgreSQL 18+).
    #[serde(default, skip_serializing_if = "Rarely::is_usual")]
    pub not_null_comment: Rarely<Option<String>>,
    /// Default; `null` when there is none.
    pub default: Option<Arc<ColumnDefault>>,
    /// Identity property (PostgreSQL).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub identity: Option<Box<Identity>>,
    /// `AUTO_INCREMENT` (MySQL, MariaDB); `AUTOINCREMENT` (SQLite).
    #[serde(default, skip_serializing_if = "is_false")]
    pub auto_increment: bool,
    /// SQLite: this column is an alias for the rowid (`INTEGER PRIMARY KEY`), so it gets a value by itself.
    #[serde(default, skip_serializing_if = "is_false")]
    pub rowid_alias: bool,
    /// Expression of a generated column.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub generated: Option<Box<Generated>>,
    /// `ON UPDATE` expression (MySQL, MariaDB), for example `CURRENT_TIMESTAMP`.
    #[serde(default, skip_serializing_if = "Rarely::is_usual")]
    pub on_update: Rarely<Option<String>>,
    /// Character set (MySQL, MariaDB).
    #[serde(default, skip_serializing_if = "Rarely::is_usual")]
    pub character_set: Rarely<Option<String>>,
    /// Collation; in PostgreSQL only when it differs from the type's, and as SQL names it: `"C"`, `app.german`.
    #[serde(default, skip_serializing_if = "Rarely::is_usual")]
    pub collation: Rarely<Option<String>>,
    /// Left out of `SELECT *` (MySQL, MariaDB `INVISIBLE`; SQLite hidden).
    #[serde(default, skip_serializing_if = "is_false")]
    pub invisible: bool,
    /// Values are stored compressed (MariaDB).
    #[serde(default, skip_serializing_if = "is_false")]
    pub compressed: bool,
    /// Changes of it are not kept in the history of its table (MariaDB `WITHOUT SYSTEM VERSIONING`).
    #[serde(default, skip_serializing_if = "is_false")]
    pub unversioned: bool,
    /// Added by the server, not by the user: MySQL's generated invisible primary key.
    #[serde(default, skip_serializing_if = "is_false")]
    pub system_generated: bool,
    /// Spatial reference system (MySQL).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub srid: Option<u32>,
    /// How long values are kept when it is not the type's own way: `plain`, `external`, `main`, `extended` (PostgreSQL).
    #[serde(default, skip_serializing_if = "Rarely::is_usual")]
    pub storage: Rarely<Option<String>>,
    /// Compression method that was chosen for it: `pglz`, `lz4` (PostgreSQL 14+).
    #[serde(default, skip_serializing_if = "Rarely::is_usual")]
    pub compression: Rarely<Option<String>>,
    /// Detail of the planner's statistics, when it was set (PostgreSQL).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub statistics_target: Option<i16>,
    /// Options as `name=value`, sorted: `n_distinct`, … (PostgreSQL).
    #[serde(default, skip_serializing_if = "Rarely::is_usual")]
    pub options: Rarely<Vec<String>>,
    /// Names of the options that the wrapper of a foreign table takes, sorted. Values can be secrets and are not read
    /// (PostgreSQL).
    #[serde(default, skip_serializing_if = "Rarely::is_usual")]
    pub foreign_options: Rarely<Vec<String>>,
    /// Comes from a parent table only (PostgreSQL inheritance).
    #[serde(default, skip_serializing_if = "is_false")]
    pub inherited: bool,
    /// Comment on the column.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes fields by reference")]
fn is_zero(value: &u32) -> bool {
    *value == 0
}

impl Column {
    /// A nullable column without default; readers fill the rest.
    pub fn new(name: impl Into<String>, data_type: impl Into<DataType>) -> Self {
        Self {
            name: name.into(),
            data_type: data_type.into(),
            user_type: None,
            array_dimensions: 0,
            values: Rarely::default(),
            nullable: true,
            not_null_unvalidated: false,
            not_null_comment: Rarely::default(),
            default: None,
            identity: None,
            auto_increment: false,
            rowid_alias: false,
            generated: None,
            on_update: Rarely::default(),
            character_set: Rarely::default(),
            collation: Rarely::default(),
            invisible: false,
            compressed: false,
            unversioned: false,
            system_generated: false,
            srid: None,
            storage: Rarely::default(),
            compression: Rarely::default(),
            statistics_target: None,
            options: Rarely::default(),
            foreign_options: Rarely::default(),
            inherited: false,
            comment: None,
        }
    }

    /// The type without length, precision, sign or array brackets, in lower case: `numeric`, `varchar`,
    /// `timestamp with time zone`, `int`.
    pub fn base_type(&self) -> &str {
        self.data_type.base()
    }

    /// Whether the engine fills it by itself: identity, auto-increment, rowid alias or a default from a sequence.
    pub fn is_auto_generated(&self) -> bool {
        self.identity.is_some()
            || self.auto_increment
            || self.rowid_alias
            || self.default.as_ref().is_some_and(|default| default.sequence.is_some())
    }
}

/// A full type in the engine's own spelling, with what it is without its details. Columns of the same type can share it.
#[derive(Clone)]
pub struct DataType(Arc<Spelling>);

struct Spelling {
    full: String,
    /// None when it is the same.
    base: Option<String>,
}

impl DataType {
    /// As the engine spells it.
    pub fn as_str(&self) -> &str {
        &self.0.full
    }

    /// The type without length, precision, sign or array brackets, in lower case.
    pub fn base(&self) -> &str {
        self.0.base.as_ref().unwrap_or(&self.0.full)
    }
}

impl From<String> for DataType {
    fn from(full: String) -> Self {
        let base = Some(base_type(&full)).filter(|base| *base != full).map(Cow::into_owned);
        Self(Arc::new(Spelling { full, base }))
    }
}

impl From<&str> for DataType {
    fn from(full: &str) -> Self {
        full.to_owned().into()
    }
}

impl Deref for DataType {
    type Target = str;

    fn deref(&self) -> &str {
        self.as_str()
    }
}

impl PartialEq for DataType {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0) || **self == **other
    }
}

impl Eq for DataType {}

impl PartialEq<str> for DataType {
    fn eq(&self, other: &str) -> bool {
        **self == *other
    }
}

impl PartialEq<&str> for DataType {
    fn eq(&self, other: &&str) -> bool {
        **self == **other
    }
}

impl fmt::Debug for DataType {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&**self, formatter)
    }
}

impl fmt::Display for DataType {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&**self, formatter)
    }
}

impl Serialize for DataType {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self)
    }
}

impl<'de> Deserialize<'de> for DataType {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self::from)
    }
}

/// The type name of a full type: no length, precision, sign, zero-fill or array brackets; lower case.
pub fn base_type(data_type: &str) -> Cow<'_, str> {
    let bare = |text: &str| {
        let mut last = b' ';
        text.bytes().all(|byte| {
            let doubled = byte == b' ' && last == b' ';
            last = byte;
            !doubled && (byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'_' | b'.' | b' '))
        }) && last != b' '
            && !text.ends_with(" zerofill")
    };
    // Most types are bare words already, or words with a length, a sign or brackets after them.
    let mut element = data_type;
    while let Some(rest) = element.strip_suffix("[]") {
        element = rest;
    }
    let unsigned = element.strip_suffix(" unsigned").unwrap_or(element);
    let words = unsigned.strip_suffix(')').and_then(|rest| Some(rest.split_once('(')?.0)).unwrap_or(unsigned);
    if words.is_empty() || bare(words) {
        return Cow::Borrowed(words);
    }
    let mut name = String::with_capacity(data_type.len());
    let mut depth = 0_u32;
    for character in data_type.chars() {
        match character {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            _ if depth == 0 => name.extend(character.to_lowercase()),
            _ => {}
        }
    }
    let name = name.replace("[]", "").replace(" unsigned", "").replace(" zerofill", "");
    Cow::Owned(name.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// A column default.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ColumnDefault {
    /// SQL text of the default as one would write it: `0`, `'new'`, `now()`, `nextval('public.t_id_seq'::regclass)`.
    pub expression: String,
    /// Literal or expression.
    pub kind: DefaultKind,
    /// The sequence that feeds it, when it is a plain `nextval`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sequence: Option<QualifiedName>,
}

/// What kind of default it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DefaultKind {
    /// A constant, `NULL` included.
    Literal,
    /// A function call or another expression.
    Expression,
}

/// Identity property of a column.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Identity {
    /// `ALWAYS` or `BY DEFAULT`.
    pub mode: IdentityMode,
    /// The sequence behind it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sequence: Option<QualifiedName>,
}

/// When an identity column takes a value of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IdentityMode {
    /// `GENERATED ALWAYS AS IDENTITY`.
    Always,
    /// `GENERATED BY DEFAULT AS IDENTITY`.
    ByDefault,
}

/// A generated column's expression.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Generated {
    /// Expression.
    pub expression: String,
    /// Computed on write or on read.
    pub storage: GeneratedStorage,
}

/// Where a generated column's value lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GeneratedStorage {
    /// Computed on write and stored.
    Stored,
    /// Computed on read.
    Virtual,
    /// Start of a row's system-versioned period (MariaDB `ROW START`).
    RowStart,
    /// End of a row's system-versioned period (MariaDB `ROW END`).
    RowEnd,
}
