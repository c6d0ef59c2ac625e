//! A reference to one of several tables.

use crate::checks::{Context, Dimension, Finding, Kind, Needs, Object, Rule, Severity, Verdicts};
use crate::model::{EngineName, UnseenKind};
use crate::settings::{RuleOption, Values};

pub(super) static RULE: Rule = INFORMATIONAL;

/// The rule where the configuration wants it to count.
pub(super) static SCORED: Rule = Rule { kind: Kind::Coverage, weight: 4, ..INFORMATIONAL };

const INFORMATIONAL: Rule = Rule {
    id: "polymorphic-association",
    summary: "A pair of columns refers to one of several tables, which no foreign key can check",
    dimension: Dimension::ReferentialIntegrity,
    kind: Kind::Informational,
    weight: 0,
    severity: Severity::Info,
    engines: &EngineName::ALL,
    needs: Needs::Catalog,
    reads: &[UnseenKind::Constraints],
    denominator: "polymorphic pairs of columns",
    options: &[RuleOption {
        name: "scored",
        values: Values::Boolean,
        meaning: "`true` to count it, as coverage of weight 4 in Referential Integrity; default `false`",
    }],
    peers: &["GitLab guidelines", "DbDeo", "Azimutt", "database_consistency"],
    references: &["https://docs.gitlab.com/development/database/polymorphic_associations/"],
    documentation: r"
## What it does

Reports pairs such as `subject_type` and `subject_id`.

## Why

No foreign key can point at a table that a value names, so orphans go unnoticed, and joins need one branch for each type.
One nullable foreign key per target with a check that exactly one is set keeps integrity.

## Not reported

Pairs whose type column is limited to a list of values, by a check constraint or an enum: the set of targets is at least
known.

## Fix

One nullable foreign key for each target and a check that exactly one is set (`num_nonnulls(…) = 1`), or a table of links for
each target. That is a redesign, so no step is written; a check of the type's values is the least.

## Example

```sql,fires
CREATE TABLE comments (id integer NOT NULL PRIMARY KEY, subject_type varchar(40) NOT NULL, subject_id integer NOT NULL);
```

Teams that want to be rid of them can let them count:

```sql,fires,scored=true
CREATE TABLE comments (id integer NOT NULL PRIMARY KEY, subject_type varchar(40) NOT NULL, subject_id integer NOT NULL);
```

```sql,passes
CREATE TABLE comments (
    id integer NOT NULL PRIMARY KEY,
    subject_type varchar(40) NOT NULL,
    subject_id integer NOT NULL,
    CONSTRAINT comments_subject_type_check CHECK (subject_type IN ('post', 'photo'))
);
```
",
    check,
};

fn check(context: Context<'_>, verdicts: &mut Verdicts) {
    for pair in &context.survey.polymorphic {
        let Some(table) = context.tables.find(&pair.table).filter(|table| table.is_base()) else { continue };
        let object = Object::column(table, &pair.id_column);
        let checked = table.check_constraints.iter().any(|check| check.columns.contains(&pair.type_column));
        let listed = table
            .column(&pair.type_column)
            .is_some_and(|column| !column.values.is_empty() || column.user_type.is_some());
        if checked || listed {
            verdicts.pass(object);
        } else {
            let message = format!("refers to the table that {} names; nothing checks it", pair.type_column);
            let advice = "use one nullable foreign key per target and a check that exactly one of them is set";
            verdicts.fail(Finding::new(verdicts.rule(), object, message).advise(advice));
        }
    }
}
