//! Statements that ran, with what they cost. Like statistics they are no part of the schema.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The statements that ran against a database, as far as somebody counted them.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Workload {
    /// Who counted: `file`, `pg_stat_statements`, `events_statements_summary_by_digest`.
    pub source: String,
    /// Time that all counted statements took together, those that are not listed included, in milliseconds; `None` when
    /// no times are known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub milliseconds: Option<f64>,
    /// Statements, by schema and text, each once.
    pub queries: Vec<Query>,
}

/// One statement, without the values that it ran with.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Query {
    /// Schema in which names without one are looked up first, where that was recorded (MySQL, MariaDB).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub schema: Option<String>,
    /// Text with placeholders in the place of values: `$1` in PostgreSQL, `?` elsewhere.
    pub text: String,
    /// How often it ran; `None` when that is not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub calls: Option<u64>,
    /// Time that it took in all calls together, in milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub milliseconds: Option<f64>,
    /// Rows that the server looked at in all calls together.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rows_examined: Option<u64>,
    /// Rows that it gave back in all calls together.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rows_sent: Option<u64>,
}

impl Query {
    /// A statement of which only the text is known.
    pub fn new(text: impl Into<String>) -> Self {
        Self { schema: None, text: text.into(), calls: None, milliseconds: None, rows_examined: None, rows_sent: None }
    }

    /// A checksum of the text, by which the statement is named.
    pub fn fingerprint(&self) -> String {
        checksum(&self.text)
    }

    fn add(&mut self, other: &Self) {
        let sum = |a: Option<u64>, b: Option<u64>| a.zip(b).map(|(a, b)| a.saturating_add(b));
        self.calls = sum(self.calls, other.calls);
        self.milliseconds = self.milliseconds.zip(other.milliseconds).map(|(a, b)| a + b);
        self.rows_examined = sum(self.rows_examined, other.rows_examined);
        self.rows_sent = sum(self.rows_sent, other.rows_sent);
    }
}

impl Workload {
    /// Statements of one source; what has the same text in the same schema is added up.
    pub fn new(source: &str, milliseconds: Option<f64>, queries: impl IntoIterator<Item = Query>) -> Self {
        let mut by_text: BTreeMap<(Option<String>, String), Query> = BTreeMap::new();
        for query in queries {
            let key = (query.schema.clone(), query.text.clone());
            by_text.entry(key).and_modify(|known| known.add(&query)).or_insert(query);
        }
        Self { source: source.to_owned(), milliseconds, queries: by_text.into_values().collect() }
    }

    pub(super) fn sort(&mut self) {
        self.queries.sort_by(|a, b| (&a.schema, &a.text).cmp(&(&b.schema, &b.text)));
    }
}

/// A checksum of a text (FNV-1a), the same on every machine.
pub fn checksum(text: &str) -> String {
    let mix = |sum: u64, byte: u8| (sum ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    format!("{:016x}", text.bytes().fold(0xcbf2_9ce4_8422_2325_u64, mix))
}
