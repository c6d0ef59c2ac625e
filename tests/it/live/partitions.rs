//! What single partitions of PostgreSQL have for themselves: read, told, and used when a playbook runs.

use crate::support::database::{Database, Place};
use crate::support::locks::apply_watched;
use crate::support::times::trial;
use crate::support::{TestResult, brownfield, chain, read};
use brownfield::model::{Action, EngineName, Model, Partition, Persistence, QualifiedName, Table, Tables};
use brownfield::remedy::Playbook;
use brownfield::report::Report;
use brownfield::settings::Settings;
use libtest_mimic::Trial;

pub(crate) fn add(trials: &mut Vec<Trial>) {
    for place in Place::of(EngineName::PostgreSql) {
        let name = |test: &str| format!("live::partitions::{test}::{}", place.name());
        trials.push(trial(name("own_constraints_are_read_and_told"), move || own_constraints(place)));
        trials.push(trial(name("own_properties_are_read_and_told"), move || own_properties(place)));
        trials.push(trial(name("keys_of_partitions_declare_a_relation"), move || declared(place)));
        trials.push(trial(name("a_key_of_the_table_replaces_those_of_partitions"), move || replaced(place)));
        trials.push(trial(name("many_are_counted_in_a_document"), move || many(place)));
        trials.push(trial(name("equal_indexes_are_attached"), move || attached(place)));
    }
}

/// Two levels, a sub-partition with its columns in another order, and constraints at every place.
const DDL: &str = "
    CREATE TABLE persons (id integer PRIMARY KEY, email varchar(99) NOT NULL UNIQUE);
    CREATE TABLE visits (person_id integer NOT NULL, at date NOT NULL, room integer, CHECK (room > 0)) PARTITION BY RANGE (at);
    CREATE TABLE visits_2030 PARTITION OF visits FOR VALUES FROM ('2030-01-01') TO ('2031-01-01') PARTITION BY LIST (room);
    CREATE TABLE visits_2030_rest (room integer, at date NOT NULL, gone text, person_id integer NOT NULL);
    ALTER TABLE visits_2030_rest DROP COLUMN gone, ADD CHECK (room > 0), ADD CONSTRAINT visits_room_check CHECK (room > 0);
    ALTER TABLE visits_2030 ATTACH PARTITION visits_2030_rest DEFAULT;
    CREATE TABLE visits_2031 PARTITION OF visits FOR VALUES FROM ('2031-01-01') TO ('2032-01-01');
    ALTER TABLE visits_2030_rest ADD CONSTRAINT rest_person FOREIGN KEY (person_id) REFERENCES persons (id) ON DELETE CASCADE,
        ADD CONSTRAINT rest_low CHECK (room < 9) NOT VALID, ADD CONSTRAINT rest_once UNIQUE (room, at),
        ADD CONSTRAINT rest_alone EXCLUDE USING btree (person_id WITH =);
";

fn of_name<'m>(model: &'m Model, name: &str) -> Result<&'m Table, String> {
    let mut tables = model.schemas.iter().flat_map(|schema| &schema.tables);
    tables.find(|table| table.name == name).ok_or_else(|| format!("no table {name}"))
}

fn partition<'t>(table: &'t Table, name: &str) -> Result<&'t Partition, String> {
    let all = table.partitioning.as_ref().map(|partitioning| partitioning.all("public")).unwrap_or_default();
    all.iter().find(|(_, partition)| partition.name == name).map(|(_, found)| *found).ok_or(format!("no {name}"))
}

fn own_constraints(place: Place) -> TestResult {
    let database = Database::new(place)?;
    database.run(DDL)?;
    let model = read(&database.url()).map_err(|error| chain(&error))?;
    let visits = of_name(&model, "visits")?;
    let rest = partition(visits, "visits_2030_rest")?;
    let key = rest.foreign_keys.first().ok_or("the foreign key is missing")?;
    assert_eq!((key.columns.as_slice(), key.on_delete), (&["person_id".to_owned()][..], Action::Cascade));
    assert_eq!(
        (&key.referenced_table, &key.referenced_columns[0]),
        (&QualifiedName::new("public", "persons"), &"id".to_owned())
    );
    let checks: Vec<_> = rest.check_constraints.iter().map(|check| (check.name.as_deref(), check.validated)).collect();
    assert_eq!(checks, [(Some("rest_low"), false), (Some("visits_2030_rest_room_check"), true)]);
    assert_eq!(rest.unique_constraints[0].columns, ["room", "at"]);
    assert_eq!(rest.exclusion_constraints[0].elements[0].column.as_deref(), Some("person_id"));
    let indexes: Vec<_> =
        rest.local_indexes.iter().map(|index| (index.name.as_str(), index.constraint.is_some())).collect();
    assert_eq!(indexes, [("rest_alone", true), ("rest_once", true)]);
    let divided = partition(visits, "visits_2030")?;
    assert_eq!(divided.partitioning.as_ref().ok_or("not divided")?.columns, ["room"]);
    for inherited in [divided, partition(visits, "visits_2031")?] {
        assert!(inherited.check_constraints.is_empty() && inherited.foreign_keys.is_empty(), "{inherited:?}");
    }
    database.run(
        "CREATE TABLE bookings (id integer PRIMARY KEY, room integer, at date, \
             FOREIGN KEY (room, at) REFERENCES visits_2030_rest (room, at));",
    )?;
    let document = brownfield().args(["doc", &database.url()]).assert().success().get_output().stdout.clone();
    let document = String::from_utf8(document).map_err(|error| error.to_string())?;
    for part in [
        "| 2, and 1 below them |",
        "the referenced table is a partition of [`visits`](#t-visits)",
        "- Foreign keys and checks on single partitions only (3): `rest_person` (`person_id`) → [`persons`]",
        "`rest_low` `(room < 9)`, not validated, on `visits_2030_rest`",
        "- Unique and exclusion constraints on single partitions only (2): `rest_once` (`room`, `at`) on `visits_2030_rest`",
        "by `person_id` → [`persons`](#t-persons): the database deletes these rows by itself, on 1 of 2 partitions; on the \
         others nothing happens by itself",
    ] {
        assert!(document.contains(part), "the document does not say {part:?}:\n{document}");
    }
    Ok(())
}

/// What a partition is told by name, and its siblings and its parent are not.
fn own_properties(place: Place) -> TestResult {
    let database = Database::new(place)?;
    // Before PostgreSQL 17 a partition generates what its parent does.
    let computes = place.version().0 >= 17;
    let script = "CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
         CREATE TABLE visits (id integer, at date NOT NULL, room text DEFAULT 'hall',
             twice integer GENERATED ALWAYS AS (id * 2) STORED) PARTITION BY RANGE (at);
         COMMENT ON COLUMN visits.room IS 'of all';
         CREATE TRIGGER of_all AFTER INSERT ON visits FOR EACH ROW EXECUTE FUNCTION touch();
         CREATE TABLE visits_2030 (room text DEFAULT 'lobby', id integer NOT NULL, at date NOT NULL,
             twice integer GENERATED ALWAYS AS (id * 3) STORED) WITH (fillfactor = 70);
         ALTER TABLE visits ATTACH PARTITION visits_2030 FOR VALUES FROM ('2030-01-01') TO ('2031-01-01');
         CREATE UNLOGGED TABLE visits_2031 PARTITION OF visits FOR VALUES FROM ('2031-01-01') TO ('2032-01-01');
         CREATE TABLE visits_2032 PARTITION OF visits FOR VALUES FROM ('2032-01-01') TO ('2033-01-01');
         ALTER TABLE visits_2030 REPLICA IDENTITY FULL, ENABLE ROW LEVEL SECURITY;
         COMMENT ON COLUMN visits_2030.room IS 'of one';
         CREATE POLICY late ON visits_2030 USING (id > 1);
         CREATE RULE kept AS ON DELETE TO visits_2030 DO INSTEAD NOTHING;
         CREATE TRIGGER of_one BEFORE UPDATE OF room ON visits_2030 FOR EACH ROW EXECUTE FUNCTION touch();";
    database.run(&script.replace("* 3", if computes { "* 3" } else { "* 2" }))?;
    let model = read(&database.url()).map_err(|error| chain(&error))?;
    let visits = of_name(&model, "visits")?;
    let first = partition(visits, "visits_2030")?;
    let columns: Vec<_> = first
        .columns
        .iter()
        .map(|column| {
            let default = column.default.as_ref().map(|default| default.expression.as_str());
            (column.name.as_str(), column.nullable, default, column.comment.as_deref())
        })
        .collect();
    let expected =
        [("room", true, Some("'lobby'::text"), Some("of one")), ("id", false, None, None), ("twice", true, None, None)];
    assert_eq!(columns, expected[..if computes { 3 } else { 2 }]);
    let computed = first.columns.iter().find_map(|column| Some(column.generated.as_ref()?.expression.as_str()));
    assert_eq!(computed.is_some_and(|expression| expression.contains("id * 3")), computes, "{computed:?}");
    let [trigger] = &first.triggers[..] else { return Err(format!("{:?}", first.triggers).into()) };
    assert_eq!((trigger.name.as_str(), trigger.update_columns.as_slice()), ("of_one", &["room".to_owned()][..]));
    assert_eq!((first.policies[0].name.as_str(), first.rules[0].name.as_str()), ("late", "kept"));
    assert_eq!((first.options.as_slice(), first.row_security), (&["fillfactor=70".to_owned()][..], true));
    assert_eq!(first.replica_identity.as_deref(), Some("full"));
    let second = Partition { persistence: Persistence::Unlogged, ..Partition::new("visits_2031") };
    for (name, expected) in [("visits_2031", second), ("visits_2032", Partition::new("visits_2032"))] {
        let found = partition(visits, name)?;
        assert_eq!(*found, Partition { bound: found.bound.clone(), ..expected });
    }
    assert_eq!(findings(&model, "table-unlogged").len(), 1);
    assert_eq!(findings(&model, "rewrite-rules").len(), 1);
    let document = brownfield().args(["doc", &database.url()]).assert().success().get_output().stdout.clone();
    let document = String::from_utf8(document).map_err(|error| error.to_string())?;
    let count = format!("Properties of single partitions only ({}): `fillfactor=70`", if computes { 10 } else { 9 });
    for part in [
        count.as_str(),
        "replica identity full on `visits_2030`",
        "row security on `visits_2030`",
        "column `room`: can be NULL, default `'lobby'::text` — of one on `visits_2030`",
        "column `id`: NOT NULL, no default on `visits_2030`",
        if computes { "column `twice`: can be NULL, generated as `" } else { "" },
        "trigger `of_one`: before update of each row, for `room`, runs `touch` on `visits_2030`",
        "policy `late` USING `(id > 1)` on `visits_2030`",
        "unlogged on `visits_2031`",
    ] {
        assert!(document.contains(part), "the document does not say {part:?}:\n{document}");
    }
    Ok(())
}

/// A document's statement does not grow with the number of partitions; the statements alone have them all.
fn many(place: Place) -> TestResult {
    let database = Database::new(place)?;
    let of = |number: u32| format!("CREATE TABLE visits_{number} PARTITION OF visits FOR VALUES IN ({number});");
    let partitions: String = (0..51).map(of).collect();
    database.run(&format!("CREATE TABLE visits (id integer NOT NULL) PARTITION BY LIST (id); {partitions}"))?;
    for (format, made, said) in [("markdown", 1, true), ("ddl", 52, false)] {
        let output = brownfield().args(["doc", &database.url(), "--format", format]).assert().success();
        let text = String::from_utf8_lossy(&output.get_output().stdout).into_owned();
        assert_eq!(text.matches("\nCREATE TABLE ").count(), made, "{format}");
        assert_eq!(
            text.contains("-- And 51 partitions, which `brownfield doc --format ddl` writes out"),
            said,
            "{format}"
        );
    }
    Ok(())
}

fn findings(model: &Model, rule: &str) -> Vec<String> {
    let tables = Tables::new(model);
    let settings = Settings::default();
    let report = Report::new(model, &tables, &settings);
    let findings = report.outcomes.iter().flat_map(|outcome| &outcome.findings);
    let of_rule = findings.filter(|finding| finding.rule == rule);
    of_rule.map(|finding| format!("{}: {}", finding.object, finding.message)).collect()
}

fn declared(place: Place) -> TestResult {
    let database = Database::new(place)?;
    database.run(DDL)?;
    let model = read(&database.url()).map_err(|error| chain(&error))?;
    let [found] = &findings(&model, "fk-missing")[..] else { return Err("not one finding".into()) };
    let expected = "1 of 2 partitions declare it by foreign keys of their own, not visits_2031), but no foreign key of the \
                    table itself declares it";
    assert!(found.contains(expected), "{found}");
    // A key of the partition above counts for all below it.
    database.run(
        "ALTER TABLE visits_2030_rest DROP CONSTRAINT rest_person;
         ALTER TABLE visits_2030 ADD FOREIGN KEY (person_id) REFERENCES persons (id);
         ALTER TABLE visits_2031 ADD FOREIGN KEY (person_id) REFERENCES persons (id);",
    )?;
    let model = read(&database.url()).map_err(|error| chain(&error))?;
    assert_eq!(findings(&model, "fk-missing"), <[String; 0]>::default());
    let diagram = brownfield().args(["doc", &database.url(), "--format", "mermaid"]).assert().success();
    let diagram = String::from_utf8_lossy(&diagram.get_output().stdout).into_owned();
    assert!(diagram.contains("persons ||--o{ visits : \"person_id\""), "{diagram}");
    Ok(())
}

/// A key with the new one's actions becomes a part of it, one with other actions goes.
fn replaced(place: Place) -> TestResult {
    for (actions, steps) in [("ON DELETE CASCADE", 0), ("", 1)] {
        let database = Database::new(place)?;
        database.run(&DDL.replace("ON DELETE CASCADE", actions))?;
        database.run("CREATE INDEX visits_person ON visits (person_id)")?;
        let model = read(&database.url()).map_err(|error| chain(&error))?;
        let playbook = plan(&model, "fk-missing");
        let dropping = "drop foreign key rest_person of partition visits_2030_rest";
        assert_eq!(playbook.steps.iter().filter(|step| step.title == dropping).count(), steps, "{actions}");
        apply_watched(&playbook, &database)?;
        let model = read(&database.url()).map_err(|error| chain(&error))?;
        let visits = of_name(&model, "visits")?;
        assert_eq!(visits.foreign_keys.len(), 1, "{actions}");
        assert!(partition(visits, "visits_2030_rest")?.foreign_keys.is_empty(), "{actions}");
    }
    Ok(())
}

/// The plan for what one rule finds.
fn plan(model: &Model, rule: &str) -> Playbook {
    let tables = Tables::new(model);
    let settings = Settings::default();
    Report::new(model, &tables, &settings).playbook_for(&[rule.to_owned()])
}

/// Every partition but one has an equal index of its own, one of them in another schema, one two of them.
fn attached(place: Place) -> TestResult {
    let database = Database::new(place)?;
    database.run(
        "CREATE SCHEMA old;
         CREATE TABLE persons (id integer PRIMARY KEY, email varchar(99) NOT NULL UNIQUE);
         CREATE TABLE visits (person_id integer NOT NULL REFERENCES persons (id), at date NOT NULL) PARTITION BY RANGE (at);
         CREATE TABLE old.visits_2029 PARTITION OF visits FOR VALUES FROM ('2029-01-01') TO ('2030-01-01')
             PARTITION BY RANGE (at);
         CREATE TABLE old.visits_2029_rest PARTITION OF old.visits_2029 DEFAULT;
         CREATE TABLE visits_2030 PARTITION OF visits FOR VALUES FROM ('2030-01-01') TO ('2031-01-01');
         CREATE TABLE visits_2031 PARTITION OF visits FOR VALUES FROM ('2031-01-01') TO ('2032-01-01');
         CREATE INDEX old_person ON old.visits_2029_rest (person_id);
         CREATE INDEX one_person ON visits_2030 (person_id);
         CREATE INDEX two_person ON visits_2030 (person_id);",
    )?;
    let model = read(&database.url()).map_err(|error| chain(&error))?;
    let [found] = &findings(&model, "index-duplicate")[..] else { return Err("not one duplicate".into()) };
    assert!(found.contains("two_person: holds the same as one_person"), "{found}");
    let playbook = plan(&model, "fk-missing-index");
    let titles: Vec<_> = playbook.steps.iter().map(|step| step.title.as_str()).collect();
    assert_eq!(
        titles,
        [
            "add index visits_person_id_idx to the partitioned table alone",
            "attach index one_person",
            "add index visits_2031_person_id_idx to partition visits_2031",
            "attach index visits_2031_person_id_idx",
            "add index visits_2029_person_id_idx to partition visits_2029",
            "attach index old_person",
            "attach index visits_2029_person_id_idx",
        ]
    );
    apply_watched(&playbook, &database)?;
    for step in playbook.steps.iter().filter(|step| step.title.starts_with("attach")) {
        let verify = step.verify.as_deref().ok_or("nothing to verify with")?;
        assert_eq!(database.query(verify)?, [["t"]], "{verify}");
    }
    let model = read(&database.url()).map_err(|error| chain(&error))?;
    let visits = of_name(&model, "visits")?;
    assert!(visits.indexes.iter().any(|index| index.name == "visits_person_id_idx" && index.valid));
    assert_eq!(findings(&model, "fk-missing-index"), <[String; 0]>::default());
    // Only the second of the twins is left, and now it holds the same as the parent's.
    let [found] = &findings(&model, "index-duplicate")[..] else { return Err("not one duplicate".into()) };
    assert!(found.contains("two_person: holds the same as the partition's part of visits_person_id_idx"), "{found}");
    apply_watched(&plan(&model, "index-duplicate"), &database)?;
    let model = read(&database.url()).map_err(|error| chain(&error))?;
    assert!(partition(of_name(&model, "visits")?, "visits_2030")?.local_indexes.is_empty());
    Ok(())
}
