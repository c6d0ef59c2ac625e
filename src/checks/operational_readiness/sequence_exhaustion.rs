use crate::checks::{Change, Context, Dimension, Finding, Kind, Needs, Object, ObjectKind, Rule, Severity, Verdicts};
use crate::model::{EngineName, QualifiedName, Sequence, SequenceOwner};

pub(super) static RULE: Rule = Rule {
    id: "sequence-exhaustion",
    summary: "A sequence or auto-increment counter is about to run out of numbers",
    dimension: Dimension::OperationalReadiness,
    kind: Kind::Defect,
    weight: 8,
    severity: Severity::Warning,
    engines: &[EngineName::PostgreSql, EngineName::MySql, EngineName::MariaDb],
    needs: Needs::Statistics,
    denominator: "owned sequences that do not cycle, and auto-increment columns",
    options: &[],
    peers: &["pg-index-health", "PgHero", "MySQL sys schema", "skeema", "db_verifier"],
    references: &["https://www.postgresql.org/docs/current/view-pg-sequences.html"],
    documentation: r"
## What it does

Divides the last number handed out by the last number that both the sequence and its column can hold. A warning from 75 %, an
error from 90 %.

## Why

At the end every insert fails.

## Not reported

Sequences that cycle, that were never used, or that belong to no column. A sequence whose value the role may not read is
unknown, with the grant that would show it.

## Example

```sql,fires,postgresql
CREATE TABLE orders (id serial PRIMARY KEY, placed_on date, created_at timestamptz, updated_at timestamptz);
SELECT setval('orders_id_seq', 2000000000);
```

```sql,fires,mysql,mariadb
CREATE TABLE orders (id int AUTO_INCREMENT PRIMARY KEY, placed_on date, created_at datetime, updated_at datetime) AUTO_INCREMENT = 2000000000;
INSERT INTO orders (placed_on) VALUES ('2024-01-01');
```

```sql,passes,postgresql
CREATE TABLE orders (id bigserial PRIMARY KEY);
SELECT setval('orders_id_seq', 2000000000);
CREATE TABLE ring (id serial PRIMARY KEY);
ALTER SEQUENCE ring_id_seq MAXVALUE 10 CYCLE;
SELECT setval('ring_id_seq', 9);
```

```sql,passes,mysql,mariadb
CREATE TABLE orders (id int AUTO_INCREMENT PRIMARY KEY);
```
",
    check,
};

fn check(context: Context<'_>, verdicts: &mut Verdicts) {
    for schema in &context.model.schemas {
        for sequence in schema.sequences.iter().filter(|sequence| !sequence.cycle) {
            if let Some(owner) = &sequence.owned_by {
                let object = Object::in_schema(&schema.name, ObjectKind::Sequence, &sequence.name);
                judge_sequence(context, verdicts, object, &schema.name, sequence, owner);
            }
        }
    }
    if context.model.engine.name.is_mysql_family() {
        judge_counters(context, verdicts);
    }
}

fn judge_sequence(
    context: Context<'_>,
    verdicts: &mut Verdicts,
    object: Object,
    schema: &str,
    sequence: &Sequence,
    owner: &SequenceOwner,
) {
    let Some(column) = context.tables.find(&owner.table).and_then(|table| table.table.column(&owner.column)) else {
        return;
    };
    let name = QualifiedName::new(schema, &sequence.name);
    let statistics = context.model.statistics.as_ref();
    let Some(statistics) = statistics else {
        verdicts.unknown(object, "statistics were not read");
        return;
    };
    let Some(entry) = statistics.sequences.iter().find(|entry| entry.sequence.as_ref() == Some(&name)) else {
        verdicts.unknown(object, "the role may not read the sequence's value");
        return;
    };
    let Some(last) = entry.last_value else {
        verdicts.pass(object);
        return;
    };
    let (lowest, highest) = range(&column.base_type(), false);
    let end = if sequence.increment < 0 { sequence.minimum.max(lowest) } else { sequence.maximum.min(highest) };
    conclude(verdicts, object, last, end, || {
        if column.base_type() == "bigint" {
            // The column was widened, and its sequence forgotten.
            let sequence = crate::model::quote::qualified(EngineName::PostgreSql, &name);
            return Err(format!("the column is wide enough: ALTER SEQUENCE {sequence} AS bigint"));
        }
        let table = context.tables.find(&owner.table);
        Ok(Change::ChangeType {
            table: owner.table.clone(),
            column: owner.column.clone(),
            data_type: "bigint".to_owned(),
            with: table.map(|table| super::referencing(context, table, &owner.column)).unwrap_or_default(),
        })
    });
}

fn judge_counters(context: Context<'_>, verdicts: &mut Verdicts) {
    for table in context.tables.base() {
        let Some(column) = table.table.columns.iter().find(|column| column.auto_increment) else { continue };
        let object = Object::column(table, &column.name);
        let name = table.qualified_name();
        let statistics = context.model.statistics.as_ref();
        let entry = statistics
            .and_then(|statistics| statistics.sequences.iter().find(|entry| entry.table.as_ref() == Some(&name)));
        let Some(entry) = entry else {
            verdicts.unknown(object, "the counter's value was not read");
            continue;
        };
        let Some(last) = entry.last_value else {
            verdicts.pass(object);
            continue;
        };
        let unsigned = column.data_type.to_lowercase().contains("unsigned");
        let (_, highest) = range(&column.base_type(), unsigned);
        conclude(verdicts, object, last, highest, || {
            Ok(Change::ChangeType {
                table: name.clone(),
                column: column.name.clone(),
                data_type: if unsigned { "bigint unsigned" } else { "bigint" }.to_owned(),
                with: super::referencing(context, table, &column.name),
            })
        });
    }
}

fn conclude(
    verdicts: &mut Verdicts,
    object: Object,
    last: i128,
    end: i128,
    widen: impl Fn() -> Result<Change, String>,
) {
    let used = if end == 0 { 0 } else { (last * 1000 / end).max(0) };
    if used < 750 {
        verdicts.pass(object);
        return;
    }
    let message = format!("{last} of {end} numbers are used: {}.{} %", used / 10, used % 10);
    let finding = Finding::new(&RULE, object, message);
    let finding = if used >= 900 { finding.severity(Severity::Error) } else { finding };
    if end > i128::from(u32::MAX) {
        verdicts.fail(finding.advise("the column is as wide as it gets: start again at unused numbers"));
        return;
    }
    verdicts.fail(match widen() {
        Ok(change) => finding.with([change]),
        Err(advice) => finding.advise(advice),
    });
}

/// Smallest and largest value of an integer type.
fn range(base: &str, unsigned: bool) -> (i128, i128) {
    let bits = match base {
        "tinyint" => 8,
        "smallint" => 16,
        "mediumint" => 24,
        "int" | "integer" => 32,
        _ => 64,
    };
    if unsigned { (0, (1_i128 << bits) - 1) } else { (-(1_i128 << (bits - 1)), (1_i128 << (bits - 1)) - 1) }
}
