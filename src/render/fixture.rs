//! Small schemas for the tests of renderers, made by hand so that no reader or rule changes them.

use crate::model::{
    Action, CheckConstraint, Column, ColumnDefault, DefaultKind, Engine, EngineName, EnumType, ForeignKey, Identity,
    IdentityMode, Index, KeyPart, Model, Partition, Partitioning, Policy, PolicyCommand, PrimaryKey, QualifiedName,
    Schema, SortOrder, Table, TableKind, Tables, Trigger, TriggerEnabled, UniqueConstraint, View,
};
use crate::remedy::{Duration, Phase, Playbook, Safety, Step};
use crate::report::{Report, Unjudged};
use crate::score::{Confidence, Score};
use crate::settings::Settings;
use crate::survey::{
    DataSubject, Erasing, ErasureCycle, ErasureStep, ErasureWay, NameStyle, Naming, OutsideKey, PersonalData,
    PersonalDataClass, Plurality, Relation, Retention, SoftDelete, Survey, TableClass, Timestamps, WayEvidence,
};
use proptest::prelude::*;
use std::sync::Arc;

/// Pieces of names that mean something to Markdown, HTML, Mermaid, templates or terminals.
pub(crate) const ATOMS: &[&str] = &[
    "|",
    "||",
    "\\",
    "\\|",
    "`",
    "``",
    "```",
    "\n",
    "\r\n",
    "\n\n",
    "\r",
    "<",
    ">",
    "<b>",
    "</td>",
    "</table>",
    "<script>",
    "<!--",
    "-->",
    "<img src=x onerror=1>",
    "&",
    "&amp;",
    "&#124;",
    "#35;",
    "*",
    "**",
    "_",
    "__",
    "~",
    "~~",
    "[",
    "]",
    "[x](http://e.x)",
    "![i](x)",
    "http://e.x",
    "www.e.x",
    "#1",
    "#",
    "@user",
    "$x$",
    "$$",
    "1.",
    "- ",
    "+ ",
    "> ",
    "---",
    "===",
    ":--",
    "| --- |",
    "\t",
    "\0",
    "\u{8}",
    "\u{b}",
    "\u{1b}[31m",
    "\u{202e}",
    "\u{200b}",
    "\u{feff}",
    "é",
    "ß",
    "°",
    "µ",
    "注文",
    "🎉",
    "👩\u{200d}👩\u{200d}👧",
    "ﬂ°°35¶ß",
    "Ａ",
    "a",
    "b1",
    "Z",
    "id",
    "x_y_z",
    ":smile:",
    "[^1]",
    "```mermaid",
    "{{",
    "}}",
    "{%",
    "{",
    "}",
    "(",
    ")",
    "GH-1",
    " ",
    "  ",
    "\u{a0}",
    "</details>",
    "</code>",
    "<br>",
    "\u{2028}",
    "2)",
    "=",
    "\"",
    "'",
    "%",
    "%%",
    "%%{",
    "}%%",
    ";",
    ":",
    ":::",
    "--",
    "..",
    "o{",
    "}o",
    "|o",
    "o|",
    "-",
    "0",
    "12",
    "1.5",
    ".",
    ",",
    "?",
    "!",
    "/",
    "^",
    "pk",
    "FK",
    "uk",
    "one",
    "many",
    "to",
    "zero or more",
    "only one",
    "direction",
    "direction LR",
    "title",
    "accTitle:",
    "accDescr {",
    "style",
    "class",
    "classDef",
    "subgraph",
    "end",
    "erDiagram",
    "u",
    "o",
    "constructor",
    "__proto__",
    "toString",
    "hasOwnProperty",
    "graph TD",
    "%%init",
    "fa:fa-x",
];

/// Any name at all, most of them made to break something.
pub(crate) fn hostile() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => prop::collection::vec(prop::sample::select(ATOMS), 1..5).prop_map(|atoms| atoms.concat()),
        1 => any::<String>(),
    ]
}

/// So many cases, the same in every run.
pub(crate) fn cases(cases: u32) -> ProptestConfig {
    let seed = proptest::test_runner::RngSeed::Fixed(20_260_101);
    ProptestConfig { cases, rng_seed: seed, failure_persistence: None, ..ProptestConfig::default() }
}

/// A report on a model with this survey and nothing found.
pub(crate) fn report<'a>(
    model: &'a Model,
    tables: &'a Tables<'a>,
    settings: &'a Settings,
    change: impl FnOnce(&mut Survey),
) -> Report<'a> {
    let mut survey = Survey::new(model, tables, settings);
    survey.classes = vec![TableClass::Entity; tables.len()];
    survey.relations = Vec::new();
    survey.polymorphic = Vec::new();
    survey.soft_deletes = Vec::new();
    survey.tenancy = None;
    survey.possible_tenancy = None;
    survey.timestamps = vec![Timestamps { created: None, updated: None, maintained_by: None }; tables.len()];
    survey.naming = Naming {
        table_styles: [(NameStyle::Snake, 1), (NameStyle::Flat, 3)].into(),
        column_styles: [(NameStyle::Snake, 5), (NameStyle::Flat, 6)].into(),
        expected_style: NameStyle::Snake,
        singular: 0,
        plural: 4,
        expected_number: Plurality::Plural,
        numbers: Vec::new(),
    };
    survey.personal_data = Vec::new();
    survey.retention = Vec::new();
    survey.data_subjects = Vec::new();
    change(&mut survey);
    let score = Score {
        total: Some(81.5),
        grade: Some('B'),
        confidence: Confidence::Medium,
        dimensions: Vec::new(),
        rules: Vec::new(),
        tables: Vec::new(),
    };
    assembled(model, tables, settings, survey, score, Playbook::default())
}

/// A report without verdicts.
pub(crate) fn assembled<'a>(
    model: &'a Model,
    tables: &'a Tables<'a>,
    settings: &'a Settings,
    survey: Survey,
    score: Score,
    playbook: Playbook,
) -> Report<'a> {
    let unjudged = Unjudged::new(model, tables, settings, &survey);
    Report::assemble(model, tables, settings, survey, unjudged, Vec::new(), score, playbook)
}

/// A column.
pub(crate) fn column(name: &str, data_type: &str, nullable: bool) -> Column {
    Column { nullable, ..Column::new(name, data_type) }
}

/// A foreign key of one column to `id`.
pub(crate) fn foreign_key(name: &str, column: &str, schema: &str, parent: &str) -> ForeignKey {
    ForeignKey {
        name: Some(name.to_owned()),
        on_delete: Action::Cascade,
        ..ForeignKey::new(vec![column.to_owned()], QualifiedName::new(schema, parent), vec!["id".to_owned()])
    }
}

fn primary_key(table: &mut Table, columns: &[&str]) {
    let name = format!("{}_pkey", table.name);
    let columns: Vec<String> = columns.iter().map(|column| (*column).to_owned()).collect();
    table.indexes.push(Index {
        key: columns.iter().map(KeyPart::column).collect(),
        unique: true,
        primary: true,
        constraint: Some(name.clone()),
        ..Index::new(&name)
    });
    table.primary_key = Some(PrimaryKey {
        name: Some(name),
        columns,
        without_overlaps: false,
        deferral: crate::model::Deferral::NotDeferrable,
        comment: None,
    });
}

/// An empty PostgreSQL database.
pub(crate) fn empty() -> Model {
    Model::new(Engine {
        name: EngineName::PostgreSql,
        version: "17.4".to_owned(),
        variant: None,
        encoding: Some("UTF8".to_owned()),
        collation: Some("C.UTF-8".to_owned()),
        settings: std::collections::BTreeMap::new(),
    })
}

/// A shop with most of what a schema can hold.
pub(crate) fn shop() -> Model {
    let now = Arc::new(ColumnDefault { expression: "now()".to_owned(), kind: DefaultKind::Expression, sequence: None });
    let mut model = empty();
    let mut schema = Schema::new("public");
    schema.enums.push(EnumType {
        name: "order_status".to_owned(),
        labels: vec!["new".to_owned(), "paid".to_owned(), "shipped".to_owned()],
        comment: None,
    });

    let mut customers = Table::new("customers");
    customers.comment = Some("People who buy.".to_owned());
    customers.columns = vec![
        Column {
            identity: Some(Box::new(Identity { mode: IdentityMode::Always, sequence: None })),
            ..column("id", "bigint", false)
        },
        Column { comment: Some("Unique among live rows | see CRM".to_owned()), ..column("email", "text", false) },
        Column { default: Some(now.clone()), ..column("created_at", "timestamp with time zone", false) },
        column("deleted_at", "timestamp with time zone", true),
    ];
    primary_key(&mut customers, &["id"]);
    customers.indexes.push(Index {
        key: vec![KeyPart::column("email")],
        unique: true,
        predicate: Some("deleted_at IS NULL".to_owned()),
        ..Index::new("customers_email_live_idx")
    });
    customers.triggers.push(Trigger {
        name: "customers_audit".to_owned(),
        timing: "after".to_owned(),
        events: vec!["insert".to_owned(), "update".to_owned()],
        update_columns: Vec::new(),
        order: None,
        for_each_row: true,
        function: Some(QualifiedName::new("public", "audit")),
        enabled: TriggerEnabled::Origin,
        constraint: false,
        definer: None,
        sql_mode: None,
        definition: "CREATE TRIGGER …".to_owned(),
        comment: None,
    });
    customers.row_security = true;
    customers.policies.push(Policy {
        name: "own_rows".to_owned(),
        command: PolicyCommand::All,
        permissive: true,
        roles: vec!["app".to_owned()],
        using: Some("id = current_setting('app.customer')::bigint".to_owned()),
        with_check: None,
        comment: None,
    });

    let mut orders = Table::new("orders");
    orders.columns = vec![
        column("id", "bigint", false),
        column("customer_id", "bigint", false),
        Column {
            user_type: Some(Box::new(QualifiedName::new("public", "order_status"))),
            default: Some(Arc::new(ColumnDefault {
                expression: "'new'".to_owned(),
                kind: DefaultKind::Literal,
                sequence: None,
            })),
            ..column("status", "public.order_status", false)
        },
        column("total", "numeric(12,2)", false),
        Column { default: Some(now), ..column("placed_at", "timestamp with time zone", false) },
        column("shipper_id", "bigint", true),
    ];
    primary_key(&mut orders, &["id"]);
    orders.foreign_keys.push(foreign_key("orders_customer_id_fkey", "customer_id", "public", "customers"));
    orders.check_constraints.push(CheckConstraint {
        name: Some("orders_total_check".to_owned()),
        expression: "total >= 0".to_owned(),
        columns: vec!["total".to_owned()],
        validated: false,
        enforced: true,
        no_inherit: false,
        inherited: false,
        automatic: false,
        comment: None,
    });
    orders.indexes.push(Index {
        key: vec![
            KeyPart::column("customer_id"),
            KeyPart { order: SortOrder::Descending, ..KeyPart::column("placed_at") },
        ],
        include: vec!["total".to_owned()].into(),
        ..Index::new("orders_customer_id_placed_at_idx")
    });
    orders.indexes.push(Index {
        key: vec![KeyPart::column("placed_at"), KeyPart::column("status")],
        ..Index::new("orders_placed_at_status_idx")
    });

    let mut events = Table::new("events");
    events.kind = TableKind::Partitioned;
    events.columns = vec![column("at", "timestamp with time zone", false), column("payload", "jsonb", true)];
    events.partitioning = Some(Partitioning {
        strategy: "range".to_owned(),
        key: "at".to_owned(),
        columns: vec!["at".to_owned()],
        subpartition_by: None,
        partitions: ["2025", "2026"]
            .into_iter()
            .map(|year| Partition {
                bound: Some(format!("FOR VALUES FROM ('{year}-01-01') TO ('{year}-12-31')")),
                ..Partition::new(format!("events_{year}"))
            })
            .collect(),
    });
    events.indexes.push(Index {
        method: "gin".to_owned(),
        key: vec![KeyPart::column("payload")],
        ..Index::new("events_payload_idx")
    });

    let mut shippers = Table::new("shippers");
    shippers.columns = vec![column("id", "bigint", false), column("name", "text", false)];
    primary_key(&mut shippers, &["id"]);
    shippers.unique_constraints.push(UniqueConstraint {
        name: Some("shippers_name_key".to_owned()),
        columns: vec!["name".to_owned()],
        nulls_not_distinct: false,
        without_overlaps: false,
        deferral: crate::model::Deferral::NotDeferrable,
        comment: None,
    });
    shippers.indexes.push(Index {
        key: vec![KeyPart::column("name")],
        unique: true,
        constraint: Some("shippers_name_key".to_owned()),
        ..Index::new("shippers_name_key")
    });

    schema.tables = vec![customers, orders, events, shippers];
    let mut view = View::new("open_orders", false);
    view.columns = vec![column("id", "bigint", true)];
    view.definition = Some(" SELECT id FROM orders WHERE status = 'new';".to_owned());
    view.reads = vec![QualifiedName::new("public", "orders")];
    schema.views.push(view);
    model.schemas.push(schema);
    model.sort();
    model
}

/// What a survey would say about the shop.
pub(crate) fn surveyed(survey: &mut Survey) {
    let of = |table: &str| QualifiedName::new("public", table);
    survey.soft_deletes = vec![SoftDelete { table: of("customers"), column: "deleted_at".to_owned(), timestamp: true }];
    survey.relations = vec![Relation {
        table: of("orders"),
        column: "shipper_id".to_owned(),
        referenced_table: of("shippers"),
        referenced_column: "id".to_owned(),
        confidence: 0.95,
        why: "the column is named after the table, and the types agree".to_owned(),
        pinned: false,
        on_partitions: None,
    }];
    survey.timestamps[0].created = Some("created_at".to_owned());
    survey.personal_data = vec![PersonalData {
        table: of("customers"),
        column: "email".to_owned(),
        class: PersonalDataClass::Contact,
        confidence: 0.9,
        why: "name".to_owned(),
    }];
    survey.retention =
        vec![Retention { table: Some(of("events")), kind: "time partitions", evidence: "at".to_owned() }];
    let way = |column: &str, parent: &str, on_delete| ErasureWay {
        columns: vec![column.to_owned()],
        towards: Some(of(parent)),
        on_delete,
        evidence: if on_delete.is_some() { WayEvidence::Declared } else { WayEvidence::Inferred },
        erasing: Erasing::Delete,
        on_partitions: None,
    };
    let pair = ErasureWay {
        columns: vec!["subject_type".to_owned(), "subject_id".to_owned()],
        towards: None,
        evidence: WayEvidence::Polymorphic,
        ..way("", "", None)
    };
    survey.data_subjects = vec![DataSubject {
        table: of("customers"),
        staying: vec![ErasureStep {
            table: of("events"),
            ways: vec![
                ErasureWay { erasing: Erasing::Cut, ..way("customer_id", "customers", Some(Action::SetNull)) },
                ErasureWay {
                    erasing: Erasing::Cut,
                    evidence: WayEvidence::NotEnforced,
                    ..way("rated_by", "customers", None)
                },
                ErasureWay { erasing: Erasing::Repoint, ..way("seen_by", "customers", Some(Action::NoAction)) },
            ],
            others: Vec::new(),
            duties: Vec::new(),
        }],
        erasure: vec![
            ErasureStep { table: of("events"), ways: vec![pair], others: Vec::new(), duties: vec!["audit table"] },
            ErasureStep {
                table: of("orders"),
                ways: vec![
                    way("customer_id", "customers", Some(Action::Cascade)),
                    way("first_order_id", "orders", Some(Action::Restrict)),
                    way("payer_id", "customers", None),
                    ErasureWay { evidence: WayEvidence::Copy, ..way("buyer_id", "customers", None) },
                ],
                others: vec![of("customers")],
                duties: vec!["legal hold column"],
            },
            ErasureStep { table: of("customers"), ways: Vec::new(), others: Vec::new(), duties: Vec::new() },
        ],
        cycles: vec![ErasureCycle {
            tables: vec![of("customers"), of("orders")],
            nulled: vec![(of("customers"), vec!["last_order_id".to_owned()])],
            closed: true,
        }],
        outside: [
            (Some(Action::NoAction), true),
            (Some(Action::Cascade), true),
            (Some(Action::SetNull), true),
            (None, true),
            (Some(Action::NoAction), false),
        ]
        .map(|(on_delete, enforced)| OutsideKey {
            table: QualifiedName::new("desk", "tickets"),
            columns: vec!["customer_id".to_owned()],
            towards: of("customers"),
            on_delete,
            enforced,
        })
        .to_vec(),
        holds: vec![of("orders")],
        same: vec![of("shippers")],
        left: vec![of("events")],
    }];
}

/// A playbook of one step.
pub(crate) fn playbook() -> Playbook {
    Playbook {
        changes: Vec::new(),
        preamble: vec!["SET lock_timeout = '2s'".to_owned()],
        steps: vec![Step {
            title: "validate check orders_total_check".to_owned(),
            table: QualifiedName::new("public", "orders"),
            phase: Phase::Validate,
            statements: vec!["ALTER TABLE public.orders VALIDATE CONSTRAINT orders_total_check".to_owned()],
            transaction: true,
            lock: "SHARE UPDATE EXCLUSIVE",
            blocks: "nothing",
            method: "VALIDATE",
            safety: Safety::Safe,
            duration: Duration::Scan,
            pre_check: Some("SELECT * FROM public.orders WHERE NOT (total >= 0) LIMIT 1".to_owned()),
            verify: None,
            undo: Vec::new(),
            irreversible: None,
            notes: vec!["rows that break the rule have to be mended first".into()],
            rules: vec!["check-not-validated"],
        }],
        impossible: Vec::new(),
    }
}

/// Two tables whose every name, type, default and comment is hostile.
pub(crate) fn hostile_model(names: &[String]) -> Model {
    let mut names = names.iter().cycle().cloned();
    let mut next = || names.next().unwrap_or_default();
    let mut model = empty();
    let mut schema = Schema::new(next());
    for number in 0..2 {
        let mut table = Table::new(format!("{}{number}", next()));
        table.comment = Some(next());
        for place in 0..3 {
            let mut column = column(&format!("{}{place}", next()), &next(), place == 2);
            column.comment = Some(next());
            column.default =
                Some(Arc::new(ColumnDefault { expression: next(), kind: DefaultKind::Expression, sequence: None }));
            table.columns.push(column);
        }
        let first = table.columns[0].name.clone();
        primary_key(&mut table, &[&first]);
        table.indexes.push(Index {
            method: next(),
            key: vec![KeyPart::expression(next()), KeyPart::column(&first)],
            predicate: Some(next()),
            comment: Some(next()),
            ..Index::new(next())
        });
        table.check_constraints.push(CheckConstraint {
            name: Some(next()),
            expression: next(),
            columns: vec![first],
            validated: true,
            enforced: true,
            no_inherit: false,
            inherited: false,
            automatic: false,
            comment: Some(next()),
        });
        table.definition = Some(next());
        schema.tables.push(table);
    }
    let parent = schema.tables[0].name.clone();
    let child = schema.tables[1].columns[1].name.clone();
    let key = foreign_key(&next(), &child, &schema.name.clone(), &parent);
    schema.tables[1].foreign_keys.push(key);
    let mut view = View::new(next(), false);
    view.comment = Some(next());
    view.columns = vec![column(&next(), &next(), true)];
    view.definition = Some(next());
    schema.views.push(view);
    schema.enums.push(EnumType { name: next(), labels: vec![next(), next()], comment: Some(next()) });
    model.schemas.push(schema);
    model.sort();
    model
}
