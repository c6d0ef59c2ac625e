//! A column refers to another table and no foreign key says so.

use crate::checks::coverage::cover;
use crate::checks::names::Names;
use crate::checks::relations::{
    REPORTED, SCORED, TypeMatch, can_have_foreign_keys, compare_types, delete_action, index_instead, resolve,
    unify_types,
};
use crate::checks::{
    Change, Context, Dimension, Finding, Kind, Needs, Object, ObjectKind, Rule, RuleOption, Severity, Values, Verdicts,
};
use crate::model::{Action, EngineName, TableRef, UnseenKind};
use crate::survey::{OnPartitions, Relation, TableClass};

pub(super) static RULE: Rule = Rule {
    id: "fk-missing",
    summary: "A column refers to another table, but no foreign key declares it",
    dimension: Dimension::ReferentialIntegrity,
    kind: Kind::Coverage,
    weight: 10,
    severity: Severity::Warning,
    engines: &EngineName::ALL,
    needs: Needs::Catalog,
    reads: &[UnseenKind::ForeignKeys],
    denominator: "single-column foreign keys and inferred relations of confidence 0.90 or more of tables that are no log and no copy",
    options: &[RuleOption {
        name: "foreign_keys",
        values: Values::Words(&["allowed", "forbidden"]),
        meaning: "`forbidden` where foreign keys are not used at all, so that nothing is judged; default `allowed`",
    }],
    peers: &[
        "tbls",
        "SchemaSpy",
        "SchemaCrawler",
        "Azimutt",
        "active_record_doctor",
        "database_consistency",
        "GitLab schema_spec",
        "sqlcheck",
        "DbDeo",
        "Eessaar",
    ],
    references: &["https://docs.gitlab.com/development/database/foreign_keys/"],
    documentation: r#"
## What it does

Reports a column that refers to the key of another table, by its name, its type and the foreign keys declared elsewhere,
but has no foreign key. Every finding states the confidence and the evidence. Relations from 0.90 on count in the score;
those from 0.80 on are reported as information and count nowhere.

With `--data` the values are compared, up to 10,000 distinct ones among a million rows. Where at most one in a thousand has no
parent, the confidence rises by 0.05, to 0.99 at most; where more than one in twenty has none, the relation is reported as
information only, with their number. Where the values cannot be read, the confidence stays what it is without them.

## Why

Without the constraint the database accepts rows whose parent does not exist and keeps children when a parent is
deleted. Joins then lose rows in silence, and no tool can see the relation.

## Not reported

- Pairs such as `owner_type` and `owner_id`, which point at one of several tables.
- Names of foreign systems (`stripe_customer_id`, `external_id`, `transaction_id`), unless a table of that name exists. That holds
  for the names that GitLab ignores in its own schema too (`chat_id`, `team_id`): there they belong to the systems that it talks
  to, but beside a table `teams` whose key has the column's type, `team_id` is more likely a reference. Deny it where it is none.
- Columns that already stand in a foreign key, and generated columns.
- Partitioned tables of which every partition has such a foreign key of its own. Where only some have one, that is said.
- Columns whose type cannot hold the parent's key.
- Tables that cannot have foreign keys: partitioned or not InnoDB in MySQL and MariaDB.
- References to a table from which others inherit (PostgreSQL): a key would not see the rows that stand in those.
- Relations that the configuration denies: `[relations] "public.orders.user_ref" = "none"`.
- Unique names of a parent to which the table already has a foreign key: a copy for reading.

Copies and logs are reported as information and count nowhere: they often outlive what they refer to.

## Fix

Look for rows without a parent, mend them, index the column, then add the key: `NOT VALID` first and validated afterwards
where the engine can.

## Example

`customer_id` names a table and has its key's type:

```sql,fires
CREATE TABLE customers (id integer NOT NULL PRIMARY KEY, name varchar(40) NOT NULL);
CREATE TABLE orders (id integer NOT NULL PRIMARY KEY, customer_id integer NOT NULL);
CREATE INDEX orders_customer_id_idx ON orders (customer_id);
```

The column has no index either; both are added:

```sql,fires
CREATE TABLE customers (id integer NOT NULL PRIMARY KEY, name varchar(40) NOT NULL);
CREATE TABLE orders (id integer NOT NULL PRIMARY KEY, customer_id integer);
```

```sql,passes
CREATE TABLE customers (id integer NOT NULL PRIMARY KEY, name varchar(40) NOT NULL);
CREATE TABLE orders (
    id integer NOT NULL PRIMARY KEY,
    customer_id integer NOT NULL,
    CONSTRAINT orders_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES customers (id) ON DELETE CASCADE
);
```

A polymorphic pair refers to no single table:

```sql,passes
CREATE TABLE posts (id integer NOT NULL PRIMARY KEY, title varchar(40) NOT NULL);
CREATE TABLE comments (
    id integer NOT NULL PRIMARY KEY,
    subject_type varchar(40) NOT NULL,
    subject_id integer NOT NULL
);
```

A name copied beside the reference, and a number that has a meaning of its own in several tables:

```sql,passes
CREATE TABLE teams (id integer NOT NULL PRIMARY KEY, team_name varchar(40) NOT NULL, CONSTRAINT teams_name_key UNIQUE (team_name));
CREATE TABLE team_members (
    id integer NOT NULL PRIMARY KEY,
    team_id integer NOT NULL,
    team_name varchar(40),
    CONSTRAINT team_members_team_id_fkey FOREIGN KEY (team_id) REFERENCES teams (id) ON DELETE CASCADE
);
CREATE TABLE policy_item (id integer NOT NULL PRIMARY KEY, text varchar(40) NOT NULL);
CREATE TABLE policy_condition (id integer NOT NULL PRIMARY KEY, item_id integer NOT NULL);
CREATE TABLE service_option (id integer NOT NULL PRIMARY KEY, item_id integer NOT NULL);
CREATE TABLE enum_value (id integer NOT NULL PRIMARY KEY, item_id integer NOT NULL);
```

Partitions that each have the key, and one of them that lacks it:

```sql,passes,postgresql
CREATE TABLE customers (id integer PRIMARY KEY, name text NOT NULL);
CREATE TABLE visits (customer_id integer NOT NULL, at date NOT NULL) PARTITION BY RANGE (at);
CREATE INDEX visits_customer_id_idx ON visits (customer_id);
CREATE TABLE visits_2030 PARTITION OF visits FOR VALUES FROM ('2030-01-01') TO ('2031-01-01');
CREATE TABLE visits_2031 PARTITION OF visits FOR VALUES FROM ('2031-01-01') TO ('2032-01-01');
ALTER TABLE visits_2030 ADD FOREIGN KEY (customer_id) REFERENCES customers (id) ON DELETE CASCADE;
ALTER TABLE visits_2031 ADD FOREIGN KEY (customer_id) REFERENCES customers (id) ON DELETE CASCADE;
```

```sql,fires,postgresql
CREATE TABLE customers (id integer PRIMARY KEY, name text NOT NULL);
CREATE TABLE visits (customer_id integer NOT NULL, at date NOT NULL) PARTITION BY RANGE (at);
CREATE INDEX visits_customer_id_idx ON visits (customer_id);
CREATE TABLE visits_2030 PARTITION OF visits FOR VALUES FROM ('2030-01-01') TO ('2031-01-01');
CREATE TABLE visits_2031 PARTITION OF visits FOR VALUES FROM ('2031-01-01') TO ('2032-01-01');
ALTER TABLE visits_2030 ADD FOREIGN KEY (customer_id) REFERENCES customers (id) ON DELETE CASCADE;
```

Rows that are referred to may stand in a table that inherits:

```sql,passes,postgresql
CREATE TABLE vehicles (id integer NOT NULL PRIMARY KEY, name varchar(40) NOT NULL);
CREATE TABLE cars (wheels integer NOT NULL) INHERITS (vehicles);
CREATE TABLE trips (id integer NOT NULL PRIMARY KEY, vehicle_id integer NOT NULL);
```

Identifiers of another system, and types that do not match:

```sql,passes
CREATE TABLE customers (id integer NOT NULL PRIMARY KEY, name varchar(40) NOT NULL);
CREATE TABLE payments (
    id integer NOT NULL PRIMARY KEY,
    external_id integer NOT NULL,
    stripe_charge_id varchar(40) NOT NULL,
    customer_id date
);
```

A copy and a log often outlive what they refer to:

```sql,fires,severity=info,unscored
CREATE TABLE customers (id integer NOT NULL PRIMARY KEY, name varchar(40) NOT NULL);
CREATE TABLE orders_backup (id integer NOT NULL PRIMARY KEY, customer_id integer NOT NULL);
CREATE INDEX orders_backup_customer_id_idx ON orders_backup (customer_id);
CREATE TABLE login_log (id integer NOT NULL PRIMARY KEY, customer_id integer NOT NULL);
CREATE INDEX login_log_customer_id_idx ON login_log (customer_id);
```

A role before the parent's name leaves a doubt:

```sql,fires,severity=info,unscored
CREATE TABLE customers (id integer NOT NULL PRIMARY KEY, name varchar(40) NOT NULL);
CREATE TABLE orders (id integer NOT NULL PRIMARY KEY, paying_customer_id integer NOT NULL);
CREATE INDEX orders_paying_customer_id_idx ON orders (paying_customer_id);
```

Keys of other systems, without tables of that name:

```sql,passes
CREATE TABLE customers (id integer NOT NULL PRIMARY KEY, name varchar(40) NOT NULL);
CREATE TABLE bots (
    id integer NOT NULL PRIMARY KEY,
    external_id integer NOT NULL,
    txn_id integer NOT NULL,
    chat_id integer NOT NULL,
    team_id integer NOT NULL,
    stripe_customer_id integer NOT NULL
);
```

Neither tables with another storage engine nor partitioned ones can have foreign keys:

```sql,passes,mysql,mariadb
CREATE TABLE customers (id integer NOT NULL PRIMARY KEY, name varchar(40) NOT NULL);
CREATE TABLE orders (id integer NOT NULL PRIMARY KEY, customer_id integer NOT NULL) ENGINE = MyISAM;
CREATE TABLE visits (id integer NOT NULL PRIMARY KEY, customer_id integer NOT NULL)
    PARTITION BY RANGE (id) (PARTITION p0 VALUES LESS THAN (1000), PARTITION p1 VALUES LESS THAN MAXVALUE);
```

A shop that uses no foreign keys at all, and a relation that is denied:

```sql,passes,foreign_keys=forbidden
CREATE TABLE customers (id integer NOT NULL PRIMARY KEY, name varchar(40) NOT NULL);
CREATE TABLE orders (id integer NOT NULL PRIMARY KEY, customer_id integer NOT NULL);
```

```sql,passes,denied=orders.customer_id
CREATE TABLE customers (id integer NOT NULL PRIMARY KEY, name varchar(40) NOT NULL);
CREATE TABLE orders (id integer NOT NULL PRIMARY KEY, customer_id integer NOT NULL);
```
"#,
    check,
};

fn check(context: Context<'_>, verdicts: &mut Verdicts) {
    let forbidden = context.settings.option(RULE.id, "foreign_keys").and_then(toml::Value::as_str);
    if forbidden == Some("forbidden") {
        return;
    }
    for table in context.tables.base() {
        for key in table.foreign_keys.iter().filter(|key| key.columns.len() == 1) {
            verdicts.pass(Object::foreign_key(table, key));
        }
    }
    let names = Names::new(context);
    for relation in &context.survey.relations {
        if relation.confidence < REPORTED && !relation.pinned {
            continue;
        }
        let Some((child, parent)) = resolve(context, relation) else { continue };
        judge(context, verdicts, &names, relation, (child, parent));
    }
}

fn judge(
    context: Context<'_>,
    verdicts: &mut Verdicts,
    names: &Names<'_>,
    relation: &Relation,
    (child, parent): (TableRef<'_>, TableRef<'_>),
) {
    let engine = context.model.engine.name;
    let possible =
        [child, parent].into_iter().all(|table| table.is_base() && can_have_foreign_keys(engine, table.table));
    let (Some(column), Some(referenced)) = (child.column(&relation.column), parent.column(&relation.referenced_column))
    else {
        return;
    };
    let is_inherited = parent.inheritance.as_ref().is_some_and(|inheritance| !inheritance.children.is_empty());
    if !possible || is_inherited {
        return;
    }
    let object = Object::inside(child, ObjectKind::Relation, &relation.column);
    if relation.is_declared() {
        verdicts.pass(object);
        return;
    }
    let scored = relation.confidence >= SCORED || relation.pinned;
    if !scored && context.model.is_unseen(UnseenKind::ForeignKeys, &child.schema.name) {
        return;
    }
    let message = format!(
        "refers to {}.{} (confidence {:.2}: {}), but no foreign key{} declares it",
        parent.name,
        relation.referenced_column,
        relation.confidence,
        relation.why,
        if relation.on_partitions.is_some() { " of the table itself" } else { "" },
    );
    let outlives = matches!(context.survey.class(child.id), TableClass::Clone | TableClass::Log);
    let mut finding = Finding::new(&RULE, object, message);
    if (outlives && !relation.pinned) || !scored {
        finding = finding.severity(Severity::Info).unscored();
    }
    let columns = vec![relation.column.clone()];
    let referenced_columns = vec![relation.referenced_column.clone()];
    let kinds_differ = compare_types(context, column, referenced) == TypeMatch::Different;
    let texts_differ = engine.is_mysql_family()
        && (&column.character_set, &column.collation) != (&referenced.character_set, &referenced.collation);
    if (kinds_differ && engine != EngineName::Sqlite) || texts_differ {
        verdicts.fail(finding.advise(format!(
            "give {} and {}.{} one type{} first; the engine refuses the foreign key otherwise",
            relation.column,
            parent.name,
            relation.referenced_column,
            if texts_differ { ", character set and collation" } else { "" }
        )));
        return;
    }
    finding = finding.with(unify_types(context, (child, column), (parent, referenced)));
    if !cover(child.table, &columns, Some((parent.table, &referenced_columns))).suffices() {
        finding = finding.with(index_instead(
            context.model.engine.name,
            child,
            names.index(&child.schema.name, &child.name, &columns),
            &columns,
        ));
    }
    // With the same actions the server takes the keys of the partitions for parts of the new one. NO ACTION is also what
    // they have when nobody chose.
    let on_partitions = |action: fn(&OnPartitions) -> Option<Action>| relation.on_partitions.as_ref().and_then(action);
    let add = Change::AddForeignKey {
        table: child.qualified_name(),
        name: names.foreign_key(&child.schema.name, &child.name, &columns),
        on_delete: on_partitions(|keys| keys.on_delete)
            .filter(|action| *action != Action::NoAction)
            .unwrap_or_else(|| delete_action(context, child, parent, &columns)),
        on_update: on_partitions(|keys| keys.on_update).unwrap_or(Action::NoAction),
        columns,
        referenced_table: parent.qualified_name(),
        referenced_columns,
    };
    verdicts.fail(finding.with([add]));
}
