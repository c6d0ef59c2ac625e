//! MySQL and MariaDB as their users reach them: schemes, variables, option files, sockets, TLS, accounts with few rights.

use crate::support::database::{Database, Place};
use crate::support::times::trial;
use crate::support::{TestResult, brownfield, chain, read, schemas};
use brownfield::model::{EngineName, FunctionKind, Model, Unseen, UnseenKind};
use libtest_mimic::Trial;

pub(crate) fn add(trials: &mut Vec<Trial>) {
    type Test = fn(Place) -> TestResult;
    let tests: [(&str, Test); 12] = [
        ("schemes", schemes),
        ("surroundings", surroundings),
        ("every_database", every_database),
        ("references", references),
        ("lacking", lacking),
        ("names", names),
        ("bodies", bodies),
        ("without_rights", without_rights),
        ("socket", socket),
        ("wrong_names", wrong_names),
        ("refusals", refusals),
        ("inactive_role", inactive_role),
    ];
    for engine in [EngineName::MySql, EngineName::MariaDb] {
        for place in Place::of(engine) {
            for (name, test) in tests {
                trials.push(trial(format!("live::mysql::{name}::{}", place.name()), move || test(place)));
            }
        }
    }
    for place in Place::of(EngineName::MariaDb) {
        trials.push(trial(format!("live::mysql::details::{}", place.name()), move || details(place)));
    }
    for place in Place::of(EngineName::MySql) {
        trials.push(trial(format!("live::mysql::characters::{}", place.name()), move || characters(place)));
        trials.push(trial(format!("live::mysql::trigger_order::{}", place.name()), move || trigger_order(place)));
        trials.push(trial(format!("live::mysql::global_settings::{}", place.name()), move || global_settings(place)));
        trials.push(trial(format!("live::mysql::tls::{}", place.name()), move || tls(place)));
        trials.push(trial(format!("live::mysql::password::{}", place.name()), move || password(place)));
        trials.push(trial(format!("live::mysql::index_reads::{}", place.name()), move || index_reads(place)));
    }
}

/// A database with one table, and its address.
struct One {
    database: Database,
    url: url::Url,
}

impl One {
    fn new(place: Place) -> Result<Self, String> {
        let database = Database::new(place)?;
        database.run("CREATE TABLE things (id int NOT NULL PRIMARY KEY, name varchar(20))")?;
        let url = url::Url::parse(&database.url()).map_err(|error| error.to_string())?;
        Ok(Self { database, url })
    }

    /// A setting of the server.
    fn setting(&self, name: &str) -> Result<String, String> {
        let rows = self.database.query(&format!("SELECT @@{name}"))?;
        Ok(rows.into_iter().flatten().next().unwrap_or_default())
    }
}

fn has_things(model: &Model) -> TestResult {
    let tables = model.schemas.iter().flat_map(|schema| &schema.tables);
    if tables.into_iter().any(|table| table.name == "things") { Ok(()) } else { Err("the table was not read".into()) }
}

/// What the server says decides, not the scheme.
fn schemes(place: Place) -> TestResult {
    let one = One::new(place)?;
    for scheme in ["mysql", "my", "mariadb", "maria", "mysql2", "mysql+pymysql", "jdbc:mysql"] {
        let url = one.database.url().replacen("mysql", scheme, 1);
        let model = read(&url).map_err(|error| chain(&error))?;
        if model.engine.name != place.engine() {
            return Err(format!("{scheme}: read as {}", model.engine.name.title()).into());
        }
        has_things(&model)?;
    }
    Ok(())
}

/// Variables of the client programs and the option file in the home folder.
fn surroundings(place: Place) -> TestResult {
    let one = One::new(place)?;
    let host = one.url.host_str().unwrap_or_default().to_owned();
    let port = one.url.port().unwrap_or(3306).to_string();
    let (user, password) = (one.url.username(), one.url.password().unwrap_or_default());
    let name = &one.database.name;
    let snapshot = |command: &mut assert_cmd::Command| -> TestResult {
        let output = command.output()?;
        if !output.status.success() {
            return Err(String::from_utf8_lossy(&output.stderr).into_owned().into());
        }
        has_things(&serde_json::from_slice(&output.stdout)?)
    };
    let home = tempfile::tempdir()?;
    std::fs::write(
        home.path().join(".my.cnf"),
        format!("[mysqld]\nport=1\n[client]\nuser = {user}\npassword = \"{password}\"\nhost={host}\nport={port}\n"),
    )?;
    snapshot(brownfield().env("HOME", home.path()).args(["snapshot", &format!("mysql:///{name}")]))?;
    // The variables win over the file.
    std::fs::write(home.path().join(".my.cnf"), format!("[client]\nuser={user}\npassword=wrong\nhost=203.0.113.1\n"))?;
    snapshot(
        brownfield()
            .env("HOME", home.path())
            .env("MYSQL_HOST", &host)
            .env("MYSQL_TCP_PORT", &port)
            .env("MYSQL_PWD", password)
            .args(["snapshot", "--schema", name]),
    )
}

/// A URL without a database reads every one that the account may see.
fn every_database(place: Place) -> TestResult {
    let one = One::new(place)?;
    let other = one.database.other_schema();
    one.database.run(&format!("CREATE DATABASE {other}; CREATE TABLE {other}.others (id int NOT NULL PRIMARY KEY)"))?;
    let mut url = one.url.clone();
    url.set_path("/");
    let model = read(url.as_str()).map_err(|error| chain(&error))?;
    for name in [&one.database.name, &other] {
        if !model.schemas.iter().any(|schema| schema.name == *name) {
            return Err(format!("{name} was not read").into());
        }
    }
    for system in ["mysql", "sys", "information_schema", "performance_schema"] {
        if model.schemas.iter().any(|schema| schema.name == system) {
            return Err(format!("{system} was read").into());
        }
    }
    Ok(())
}

/// Makes an account, runs the test with its URL and drops the account.
fn with_account(database: &Database, grants: &[String], test: impl FnOnce(&str) -> TestResult) -> TestResult {
    let user = format!("{}_r", database.name.replace("brownfield", "b"));
    database.run(&format!("CREATE USER '{user}'@'%' IDENTIFIED BY 'reader'"))?;
    let tested = grants
        .iter()
        .try_for_each(|grant| database.run(&grant.replace("{account}", &format!("'{user}'@'%'"))))
        .map_err(Into::into)
        .and_then(|()| test(&database.url_as(&user, "reader")));
    database.run(&format!("DROP USER '{user}'@'%'"))?;
    tested
}

/// REFERENCES shows the structure and no row. What it hides is said, and the grants that are named show all.
fn references(place: Place) -> TestResult {
    let database = Database::new(place)?;
    for file in schemas::migrations(place) {
        database.run_file(&file)?;
    }
    let name = &database.name;
    database.run("CREATE VIEW order_numbers AS SELECT id FROM orders")?;
    let all = read(&database.url()).map_err(|error| chain(&error))?;
    let grant = format!("GRANT REFERENCES ON `{name}`.* TO {{account}}");
    let mut named: Vec<String> = vec![grant.clone()];
    with_account(&database, &[grant], |url| {
        let seen = read(url).map_err(|error| chain(&error))?;
        for kind in [UnseenKind::ViewDefinitions, UnseenKind::Triggers, UnseenKind::Functions, UnseenKind::Events] {
            if !seen.unseen.iter().any(|unseen| unseen.what == kind) {
                return Err(format!("{} are hidden, and nothing says so: {:#?}", kind.title(), seen.unseen).into());
            }
        }
        named.extend(seen.unseen.iter().map(|unseen| unseen.remedy.clone()).filter(|remedy| !remedy.is_empty()));
        let tables = |model: &Model| {
            let tables = model.schemas.iter().flat_map(|schema| schema.tables.clone());
            tables.map(|table| brownfield::model::Table { triggers: Vec::new(), ..table }).collect::<Vec<_>>()
        };
        if tables(&seen) == tables(&all) { Ok(()) } else { Err("REFERENCES shows other tables than all rights".into()) }
    })?;
    // The grants that were named name the account; here they go to a new one.
    let account = |grant: &String| match grant.split_once(" TO ") {
        Some((what, _)) => format!("{what} TO {{account}}"),
        None => grant.clone(),
    };
    let named: Vec<String> = named.iter().filter(|grant| grant.starts_with("GRANT")).map(account).collect();
    with_account(&database, &named, |url| {
        let seen = read(url).map_err(|error| chain(&error))?;
        let views = |model: &Model| model.schemas.iter().flat_map(|schema| schema.views.clone()).collect::<Vec<_>>();
        let code = |model: &Model| model.schemas.iter().flat_map(|schema| schema.functions.clone()).collect::<Vec<_>>();
        if views(&seen) == views(&all) && code(&seen) == code(&all) {
            Ok(())
        } else {
            Err(format!("the grants that were named do not show all: {named:#?}").into())
        }
    })
}

/// What an account lacks is said privilege by privilege, and a pattern counts for the names that it fits.
fn lacking(place: Place) -> TestResult {
    let one = One::new(place)?;
    let name = &one.database.name;
    one.database.run(
        "CREATE VIEW names AS SELECT name FROM things; CREATE FUNCTION one() RETURNS int DETERMINISTIC RETURN 1",
    )?;
    let all = "SELECT, REFERENCES, SHOW VIEW, TRIGGER, EVENT";
    let pattern = format!("{}_", &name[..name.len() - 1]);
    let cases: [(String, &[(UnseenKind, &str)]); 4] = [
        (format!("GRANT {all} ON `{name}`.* TO {{account}}"), &[]),
        (format!("GRANT {all} ON `{pattern}`.* TO {{account}}"), &[]),
        (format!("GRANT {all} ON `b%`.* TO {{account}}"), &[]),
        (
            format!("GRANT REFERENCES, SHOW VIEW, TRIGGER, EVENT ON `{name}`.* TO {{account}}"),
            &[(UnseenKind::ViewDefinitions, "the account lacks SELECT")],
        ),
    ];
    for (grant, expected) in cases {
        with_account(&one.database, std::slice::from_ref(&grant), |url| {
            let model = read(url).map_err(|error| chain(&error))?;
            let (elsewhere, unseen): (Vec<_>, Vec<_>) = unseen(&model)
                .into_iter()
                .filter(|(what, _)| *what != UnseenKind::Functions)
                .partition(|(what, _)| *what == UnseenKind::OutsideKeys);
            if elsewhere.len() != 1 {
                return Err(format!("{grant}: of other databases is said: {elsewhere:#?}").into());
            }
            let hidden = model.schemas[0].views[0].definition.is_none();
            if unseen == expected && hidden != expected.is_empty() {
                Ok(())
            } else {
                Err(format!("{grant}: hidden: {hidden}, {unseen:#?}").into())
            }
        })?;
    }
    Ok(())
}

/// Names with back-ticks, and literals with signs that have a meaning elsewhere.
fn names(place: Place) -> TestResult {
    let database = Database::new(place)?;
    database.run(
        r"CREATE TABLE `p``q` (`a``b` int NOT NULL, c varchar(9), d int, e enum('b\\s','\\'), CHECK (`a``b` > 0),
            CHECK (c <> '`' AND d > 0)) PARTITION BY RANGE (`a``b`) (PARTITION p VALUES LESS THAN MAXVALUE);
          CREATE VIEW v AS SELECT '`' AS n, `a``b` FROM `p``q`",
    )?;
    let model = read(&database.url()).map_err(|error| chain(&error))?;
    let schema = &model.schemas[0];
    let table = &schema.tables[0];
    let checks: Vec<_> = table.check_constraints.iter().map(|check| check.columns.join(" ")).collect();
    let key = table.partitioning.as_ref().map(|by| by.columns.join(" "));
    let values = &*table.columns[3].values;
    let reads: Vec<_> = schema.views[0].reads.iter().map(|name| name.name.as_str()).collect();
    if checks == ["a`b", "c d"] && key.as_deref() == Some("a`b") && *values == [r"b\s", r"\"] && reads == ["p`q"] {
        Ok(())
    } else {
        Err(format!("{checks:?} {key:?} {values:?} {reads:?}").into())
    }
}

/// What of the structure and code in scope could not be seen, and why.
fn unseen(model: &Model) -> Vec<(UnseenKind, &str)> {
    let statistics = [UnseenKind::TableStatistics, UnseenKind::IndexStatistics, UnseenKind::Other];
    let list = model.unseen.iter().filter(|unseen| !statistics.contains(&unseen.what));
    list.map(|unseen| (unseen.what, unseen.reason.as_str())).collect()
}

/// An account that sees nothing is told so, with the grant that would help.
fn without_rights(place: Place) -> TestResult {
    let database = Database::new(place)?;
    with_account(&database, &[], |url| {
        let mut url = url::Url::parse(url)?;
        let refused = read(url.as_str()).err().map(|error| chain(&error)).unwrap_or_default();
        if !refused.contains("denied") {
            return Err(format!("no word that access is denied: {refused}").into());
        }
        url.set_path("/");
        let model = read(url.as_str()).map_err(|error| chain(&error))?;
        let said = model.unseen.iter().find(|unseen| unseen.what == UnseenKind::Schemas);
        // MariaDB shows a database test to everybody.
        match said {
            Some(unseen) if unseen.remedy.contains("GRANT REFERENCES") => Ok(()),
            _ if model.schemas.iter().all(|schema| schema.name == "test") && !model.schemas.is_empty() => Ok(()),
            _ => Err(format!("nothing says that nothing is seen: {:#?}", model.unseen).into()),
        }
    })
}

/// A name that nothing has is no empty database, also when a snapshot is the source.
fn wrong_names(place: Place) -> TestResult {
    let one = One::new(place)?;
    let folder = tempfile::tempdir()?;
    let snapshot = folder.path().join("snapshot.json").display().to_string();
    brownfield().args(["snapshot", &one.database.url(), "-o", &snapshot]).assert().success();
    for source in [one.database.url(), snapshot] {
        for (arguments, word) in [(["--schema", "typo"], "typo"), (["--include", "typo"], "include")] {
            let output = brownfield().args(["audit", &source]).args(arguments).output()?;
            let said = String::from_utf8_lossy(&output.stderr).into_owned();
            if output.status.code() != Some(3) || !said.contains(word) || !said.contains("hint:") {
                return Err(format!("{arguments:?}: exit {:?}: {said}", output.status.code()).into());
            }
        }
        brownfield().args(["audit", &source, "--include", "thing?"]).assert().success();
    }
    Ok(())
}

/// Each refusal has a hint of its own, and the server's words stand there once.
fn refusals(place: Place) -> TestResult {
    let database = Database::new(place)?;
    let lock = "ALTER USER {account} ACCOUNT LOCK".to_owned();
    let expire = "ALTER USER {account} PASSWORD EXPIRE".to_owned();
    for (change, word, hint) in [
        (lock, "locked", "ACCOUNT UNLOCK"),
        (expire, "has expired", "set a new password"),
        (String::new(), "denied", "SET DEFAULT ROLE"),
    ] {
        let grants = if change.is_empty() {
            vec![]
        } else {
            vec![format!("GRANT SELECT ON {}.* TO {{account}}", database.name), change]
        };
        with_account(&database, &grants, |url| {
            let output = brownfield().args(["audit", url]).output()?;
            let said = String::from_utf8_lossy(&output.stderr).into_owned();
            // A session of MariaDB starts with an expired password, and its first statement is refused.
            let word = if said.contains("You must SET PASSWORD") { "SET PASSWORD" } else { word };
            if output.status.code() != Some(3) || said.matches(word).count() != 1 || !said.contains(hint) {
                return Err(format!("exit {:?}: {said}", output.status.code()).into());
            }
            Ok(())
        })?;
    }
    let output = brownfield().args(["audit", &database.url().replacen("mysql", "postgres", 1)]).output()?;
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    if output.status.code() != Some(3) || said.contains("sqlx") || !said.contains("mysql:// reads MySQL") {
        return Err(format!("exit {:?}: {said}", output.status.code()).into());
    }
    Ok(())
}

/// A role that was granted and is not active shows nothing, and what would make it active is said and helps.
fn inactive_role(place: Place) -> TestResult {
    let one = One::new(place)?;
    let role = format!("{}_role", one.database.name.replace("brownfield", "b"));
    one.database.run(&format!("CREATE ROLE {role}; GRANT SELECT ON {}.* TO {role}", one.database.name))?;
    let tested = with_account(&one.database, &[format!("GRANT {role} TO {{account}}")], |url| {
        let mut url = url::Url::parse(url)?;
        url.set_path("/");
        let model = read(url.as_str()).map_err(|error| chain(&error))?;
        let unseen = model.unseen.iter().find(|unseen| unseen.what == UnseenKind::Schemas);
        // MariaDB shows a database test to everybody.
        let Some(unseen) = unseen else {
            return if model.schemas.iter().all(|schema| schema.name == "test") && !model.schemas.is_empty() {
                Ok(())
            } else {
                Err(format!("nothing says that nothing is seen: {:#?}", model.unseen).into())
            };
        };
        if !unseen.reason.contains("not active") {
            return Err(format!("no word of the role: {unseen:#?}").into());
        }
        one.database.run(&unseen.remedy)?;
        has_things(&read(url.as_str()).map_err(|error| chain(&error))?)
    });
    let grants =
        [format!("GRANT REFERENCES ON {}.* TO {{account}}", one.database.name), format!("GRANT {role} TO {{account}}")];
    let rights_of_its_own = with_account(&one.database, &grants, |url| {
        // The role gives what the triggers ask for only when it is active.
        one.database.run(&format!("GRANT TRIGGER ON {}.* TO {role}", one.database.name))?;
        let triggers = || -> Result<Option<Unseen>, Box<dyn std::error::Error>> {
            let model = read(url).map_err(|error| chain(&error))?;
            Ok(model.unseen.into_iter().find(|unseen| unseen.what == UnseenKind::Triggers))
        };
        let lacking = triggers()?.ok_or("the triggers are taken for seen")?;
        if !lacking.reason.contains("TRIGGER") || !lacking.reason.contains(&format!("{role}`")) {
            return Err(format!("no word of the role: {lacking:#?}").into());
        }
        let account = lacking.remedy.rsplit_once(" TO ").ok_or("no account")?.1;
        one.database.run(&match place.engine() {
            EngineName::MariaDb => format!("SET DEFAULT ROLE {role} FOR {account}"),
            _ => format!("SET DEFAULT ROLE ALL TO {account}"),
        })?;
        match triggers()? {
            None => Ok(()),
            Some(still) => Err(format!("{still:#?}").into()),
        }
    });
    one.database.run(&format!("DROP ROLE {role}"))?;
    tested.and(rights_of_its_own)
}

/// Names and texts in every kind of expression, which `information_schema` of MySQL tells in other characters.
const CHARACTERS: &str = "
CREATE TABLE texts (
  id bigint unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY,
  größe int DEFAULT 1,
  status varchar(20) DEFAULT 'privé',
  face varchar(20) DEFAULT '😀',
  mark varchar(20) DEFAULT '?',
  made varchar(20) DEFAULT (concat('privé','😀')),
  bytes binary(4) DEFAULT 0x61620063,
  more varbinary(8) DEFAULT 0xFF00,
  next int GENERATED ALWAYS AS (größe + 1),
  whole varchar(40) GENERATED ALWAYS AS (concat(status, 'ü😀')) STORED,
  CONSTRAINT known CHECK (status IN ('privé', 'x😀')),
  CONSTRAINT big CHECK (größe > 0),
  KEY functional ((concat(status, 'ß😀')))
);
CREATE TABLE labels (id bigint unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY, face enum('a','😀') DEFAULT 'a');
CREATE TABLE foreign_bytes (
  id bigint unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY, name varchar(9) DEFAULT 'a', CHECK (name <> _latin1 x'e9')
);
CREATE FUNCTION f() RETURNS varchar(20) DETERMINISTIC RETURN 'é😀?';
CREATE TRIGGER t BEFORE INSERT ON labels FOR EACH ROW SET NEW.face = '😀';
CREATE VIEW v AS SELECT 'é😀' AS a, größe FROM texts;
CREATE EVENT e ON SCHEDULE EVERY 1 DAY STARTS '2036-01-01 03:00:00' ENDS '2037-01-01 00:00:00' DISABLE DO SELECT 'é😀';
";

/// Characters and bytes are read as they were written, steps keep them, and where they cannot be told this is said.
fn characters(place: Place) -> TestResult {
    let database = Database::new(place)?;
    database.run(CHARACTERS)?;
    let model = read(&database.url()).map_err(|error| chain(&error))?;
    let schema = &model.schemas[0];
    let table = |name: &str| schema.tables.iter().find(|table| table.name == name).ok_or(format!("no {name}"));
    let texts = table("texts")?;
    let mut found: Vec<String> = Vec::new();
    for column in &texts.columns {
        found.extend(column.default.as_ref().map(|default| default.expression.clone()));
        found.extend(column.generated.as_ref().map(|generated| generated.expression.clone()));
    }
    found.extend(
        texts.check_constraints.iter().map(|check| format!("{}: {}", check.columns.join(","), check.expression)),
    );
    found.extend(texts.indexes.iter().flat_map(|index| &index.key).filter_map(|part| part.expression.clone()));
    found.extend(schema.functions.iter().filter_map(|function| function.body.clone()));
    found.extend(table("labels")?.triggers.iter().map(|trigger| trigger.definition.clone()));
    found.extend(schema.views.iter().filter_map(|view| view.definition.clone()));
    found.extend(schema.events.iter().map(|event| format!("{:?}: {}", event.schedule, event.body)));
    let view = format!("select 'é😀' AS `a`,`{0}`.`texts`.`größe` AS `größe` from `{0}`.`texts`", database.name);
    let expected = [
        "1",
        "'privé'",
        "'😀'",
        "'?'",
        "concat(_utf8mb4'privé',_utf8mb4'😀')",
        "0x61620063",
        "0xFF00",
        "`größe` + 1",
        "concat(`status`,_utf8mb4'ü😀')",
        "größe: `größe` > 0",
        "status: `status` in (_utf8mb4'privé',_utf8mb4'x😀')",
        "concat(`status`,_utf8mb4'ß😀')",
        "RETURN 'é😀?'",
        "SET NEW.face = '😀'",
        &view,
        "Some(\"EVERY 1 DAY STARTS '2036-01-01 03:00:00' ENDS '2037-01-01 00:00:00'\"): SELECT 'é😀'",
    ];
    if found != expected {
        return Err(format!("read {found:#?}").into());
    }
    let unseen: Vec<_> =
        model.unseen.iter().map(|unseen| (unseen.what, unseen.object.as_deref().unwrap_or_default())).collect();
    if unseen != [(UnseenKind::Expressions, "foreign_bytes"), (UnseenKind::Expressions, "labels")] {
        return Err(format!("unseen: {:#?}", model.unseen).into());
    }
    // What a row without values gets is what the defaults are worth.
    let values = || {
        database.run("DELETE FROM texts; INSERT INTO texts () VALUES ()")?;
        database.query(
            "SELECT größe, HEX(status), HEX(face), HEX(mark), HEX(made), HEX(bytes), HEX(more), HEX(whole) FROM texts",
        )
    };
    let before = values()?;
    let output = brownfield().args(["fix", &database.url()]).output()?;
    let steps = String::from_utf8(output.stdout)?;
    for column in ["face", "bytes", "more", "status", "mark"] {
        if !steps.contains(&format!("MODIFY {column} ")) && !steps.contains(&format!("MODIFY `{column}` ")) {
            return Err(format!("no step repeats {column}:\n{steps}").into());
        }
    }
    database.run("DELETE FROM texts")?;
    database.run(&steps)?;
    if values()? != before {
        return Err(format!("the steps changed a default:\n{before:?}\n{steps}").into());
    }
    // A definition that is not known is not repeated.
    let repeated = ["ALTER TABLE labels MODIFY", "ALTER TABLE foreign_bytes MODIFY", "é'), ALGORITHM"];
    if repeated.iter().any(|statement| steps.contains(statement)) { Err(steps.into()) } else { Ok(()) }
}

/// Bodies are read as they were written, with the escapes and introducers of their literals.
fn bodies(place: Place) -> TestResult {
    let one = One::new(place)?;
    one.database.run(BODIES)?;
    let model = read(&one.database.url()).map_err(|error| chain(&error))?;
    let schema = &model.schemas[0];
    let functions = schema.functions.iter().map(|function| (&function.name, function.body.as_deref()));
    let triggers = schema.tables.iter().flat_map(|table| &table.triggers);
    let triggers = triggers.map(|trigger| (&trigger.name, Some(trigger.definition.as_str())));
    let mut found: Vec<_> =
        functions.chain(triggers).map(|(name, body)| (name.as_str(), body.unwrap_or_default())).collect();
    found.sort_unstable();
    let expected = [
        ("a for each row", r"SET @a = 'it''s \n \\', @b = _latin1'x'"),
        ("ansi (", r#"BEGIN RETURN 'x\' || "e"; END"#),
        ("labelled", "RETURN \"\\n\""),
        ("listed", r"SELECT 'it''s \n', _latin1'x'"),
        ("second", r"SET @c = '\\'"),
        ("typed", "RETURN 'it''s'"),
    ];
    if found != expected {
        return Err(format!("read {found:#?}").into());
    }
    let is_of_code =
        |unseen: &&brownfield::model::Unseen| [UnseenKind::Triggers, UnseenKind::Functions].contains(&unseen.what);
    match model.unseen.iter().find(is_of_code) {
        Some(unseen) => Err(format!("{unseen:?}").into()),
        None => Ok(()),
    }
}

const BODIES: &str = r#"
    DELIMITER ;;
    create /* FOR EACH ROW ' */ trigger `a for each row` before /*!50003 insert */ on `things` for
        each row SET @a = 'it''s \n \\', @b = _latin1'x' ;;
    CREATE TRIGGER second BEFORE INSERT ON things FOR EACH ROW FOLLOWS `a for each row` SET @c = '\\' ;;
    CREATE PROCEDURE listed(IN a int, b enum(')', 'it''s')) COMMENT 'it''s (\\' NO SQL SQL SECURITY INVOKER SELECT 'it''s \n', _latin1'x' ;;
    CREATE FUNCTION typed(e int) RETURNS enum('x)', 'it''s') DETERMINISTIC RETURN 'it''s' ;;
    CREATE FUNCTION labelled() RETURNS varchar(9) CHARSET latin1 READS SQL DATA RETURN "\n" ;;
    SET sql_mode = 'ANSI_QUOTES,PIPES_AS_CONCAT,NO_BACKSLASH_ESCAPES' ;;
    CREATE FUNCTION "ansi ("("e" int) RETURNS varchar(10) DETERMINISTIC COMMENT 'a\' BEGIN RETURN 'x\' || "e"; END ;;
    DELIMITER ;
"#;

/// Triggers of one moment run in an order of their own, which is not that of their names.
fn trigger_order(place: Place) -> TestResult {
    let one = One::new(place)?;
    one.database.run(
        "CREATE TRIGGER zz BEFORE INSERT ON things FOR EACH ROW SET NEW.id = 1; \
         CREATE TRIGGER aa BEFORE INSERT ON things FOR EACH ROW FOLLOWS zz SET NEW.id = 2; \
         CREATE TRIGGER bb AFTER INSERT ON things FOR EACH ROW SET @a = 1",
    )?;
    let model = read(&one.database.url()).map_err(|error| chain(&error))?;
    let triggers = &model.schemas[0].tables[0].triggers;
    let order: Vec<_> = triggers.iter().map(|trigger| (trigger.name.as_str(), trigger.order)).collect();
    let expected = [("aa", Some(2)), ("bb", None), ("zz", Some(1))];
    if order == expected { Ok(()) } else { Err(format!("{order:?}").into()) }
}

/// What only MariaDB has: types and comments of sequences, columns that are compressed or have no history.
fn details(place: Place) -> TestResult {
    trigger_order(place)?;
    let database = Database::new(place)?;
    database.run(
        "CREATE SEQUENCE plain COMMENT = 'counts'; \
         CREATE SEQUENCE back START WITH 5 MINVALUE -10 MAXVALUE 50 INCREMENT BY -7 CACHE 3 CYCLE; \
         CREATE TABLE t (id int NOT NULL PRIMARY KEY, a varchar(500) COMPRESSED NOT NULL DEFAULT 'x', \
           b int WITHOUT SYSTEM VERSIONING) WITH SYSTEM VERSIONING; \
         CREATE FUNCTION f() RETURNS int READS SQL DATA RETURN 1; \
         CREATE TABLE gone (a int); CREATE VIEW dangling AS SELECT a FROM gone; DROP TABLE gone; \
         CREATE VIEW counting AS SELECT nextval(plain) AS n; CREATE VIEW above AS SELECT n + 1 AS m FROM counting;
         DELIMITER ;;
         CREATE FUNCTION writes(x int) RETURNS int MODIFIES SQL DATA BEGIN UPDATE t SET b = x; RETURN x; END ;;
         SET sql_mode = ORACLE ;;
         CREATE PACKAGE pk AS FUNCTION pf(a int) RETURN int; END ;;
         CREATE PACKAGE BODY pk AS FUNCTION pf(a int) RETURN int AS BEGIN RETURN 1; END; END ;;
         DELIMITER ;
         SET sql_mode = DEFAULT;
         CREATE VIEW writing AS SELECT id, writes(b) AS w FROM t",
    )?;
    let typed = place.version() >= (11, 5);
    if typed {
        database.run("CREATE SEQUENCE small AS smallint; CREATE SEQUENCE whole AS bigint unsigned")?;
    }
    let model = read(&database.url()).map_err(|error| chain(&error))?;
    let schema = &model.schemas[0];
    let sequences: Vec<_> = schema
        .sequences
        .iter()
        .map(|it| {
            let count = (it.start, it.minimum, it.maximum, it.increment, it.cache, it.cycle);
            (it.name.as_str(), it.data_type.as_str(), count, it.comment.as_deref())
        })
        .collect();
    let upwards = |maximum| (1, 1, maximum, 1, 1000, false);
    let plain = ("plain", "bigint", upwards(9_223_372_036_854_775_806), Some("counts"));
    let others = [
        ("small", "smallint", upwards(32_766), None),
        ("whole", "bigint unsigned", upwards(18_446_744_073_709_551_614), None),
    ];
    let mut expected = vec![("back", "bigint", (5, -10, 50, -7, 3, true), None), plain];
    expected.extend(others.into_iter().filter(|_| typed));
    if sequences != expected {
        return Err(format!("{sequences:?}").into());
    }
    let grant = format!("GRANT REFERENCES ON {}.* TO {{account}}", database.name);
    with_account(&database, &[grant], |url| {
        let seen = read(url).map_err(|error| chain(&error))?;
        if seen.schemas[0].sequences != schema.sequences {
            return Err(format!("REFERENCES shows {:#?}, {:#?}", seen.schemas[0].sequences, seen.unseen).into());
        }
        Ok(())
    })?;
    let text = serde_json::to_string(&model)?;
    if serde_json::from_str::<Model>(&text)? != model {
        return Err("a snapshot is not what was read".into());
    }
    // A view that cannot be opened in a read-only transaction is not broken.
    let views: Vec<_> = schema
        .views
        .iter()
        .map(|view| (view.name.as_str(), view.columns.len(), view.broken.is_some(), view.reads.len()))
        .collect();
    let expected =
        [("above", 1, false, 1), ("counting", 1, false, 1), ("dangling", 0, true, 0), ("writing", 2, false, 1)];
    let drawn = database.query("SELECT next_not_cached_value FROM plain")?;
    if views != expected || drawn != [["1"]] {
        return Err(format!("{views:?}, {drawn:?}").into());
    }
    let code: Vec<_> =
        schema.functions.iter().map(|code| (code.name.as_str(), code.kind, code.body.is_some())).collect();
    let expected = [
        ("f", FunctionKind::Function, true),
        ("pk", FunctionKind::Package, true),
        ("pk", FunctionKind::PackageBody, true),
        ("writes", FunctionKind::Function, true),
    ];
    if code != expected {
        return Err(format!("{code:?}").into());
    }
    let columns = &schema.tables[0].columns;
    if schema.functions[0].data_access.as_deref() != Some("reads sql data")
        || !columns[1].compressed
        || !columns[2].unversioned
    {
        return Err(format!("{:?} {columns:#?}", schema.functions[0]).into());
    }
    let document = brownfield().args(["doc", &database.url()]).output()?;
    if !String::from_utf8_lossy(&document.stdout).contains("**Moment**: the server gives no consistent picture") {
        return Err("the document does not say that the catalog has no consistent picture".into());
    }
    super::statements::same(&database.url(), place, &[])
}

/// Settings of the whole server that change what is shown.
fn global_settings(place: Place) -> TestResult {
    let database = Database::on_own_server(place)?;
    hidden_key(&database)?;
    partial_revokes(&database)
}

/// A key that the server generated is seen also where the server hides such keys.
fn hidden_key(database: &Database) -> TestResult {
    database.run(
        "SET SESSION sql_generate_invisible_primary_key = ON; CREATE TABLE things (name varchar(20)); \
         SET GLOBAL show_gipk_in_create_table_and_information_schema = OFF",
    )?;
    let model = read(&database.url()).map_err(|error| chain(&error))?;
    let table = &model.schemas[0].tables[0];
    match table.columns.first() {
        Some(column) if column.system_generated && table.primary_key.is_some() => Ok(()),
        _ => Err(format!("the generated key was not read: {table:#?}").into()),
    }
}

/// A schema can be excepted from what is granted on all of them, and then names are no patterns.
fn partial_revokes(database: &Database) -> TestResult {
    database.run("CREATE VIEW names AS SELECT name FROM things; SET GLOBAL partial_revokes = ON")?;
    let name = &database.name;
    let grants = [
        "GRANT SELECT, SHOW VIEW, TRIGGER, EVENT, REFERENCES ON *.* TO {account}".to_owned(),
        format!("REVOKE TRIGGER, SELECT, SHOW VIEW ON `{name}`.* FROM {{account}}"),
        format!("GRANT SHOW VIEW ON `{}_`.* TO {{account}}", &name[..name.len() - 1]),
    ];
    with_account(database, &grants, |url| {
        let model = read(url).map_err(|error| chain(&error))?;
        let expected = [
            (UnseenKind::Functions, "the account may not see routines of others"),
            (UnseenKind::Triggers, "the account lacks TRIGGER"),
            (UnseenKind::ViewDefinitions, "the account lacks SELECT, SHOW VIEW"),
        ];
        let mut unseen = unseen(&model);
        unseen.sort_by_key(|(what, _)| what.title());
        let mut expected = expected.to_vec();
        expected.sort_by_key(|(what, _)| what.title());
        if unseen == expected { Ok(()) } else { Err(format!("{unseen:#?}").into()) }
    })
}

fn socket(place: Place) -> TestResult {
    let one = One::new(place)?;
    let path = one.setting("socket")?;
    if !std::path::Path::new(&path).exists() {
        return Err(format!("the server's socket {path} is not on this machine").into());
    }
    let encoded: String = url::form_urlencoded::byte_serialize(path.as_bytes()).collect();
    let account = format!("{}_s", one.database.name.replace("brownfield", "b"));
    one.database.run(&format!(
        "CREATE USER '{account}'@'localhost' IDENTIFIED BY 'local'; GRANT REFERENCES ON {}.* TO '{account}'@'localhost'",
        one.database.name
    ))?;
    let url = format!("mysql://{account}:local@localhost/{}?socket={encoded}", one.database.name);
    let model = read(&url).map_err(|error| chain(&error));
    one.database.run(&format!("DROP USER '{account}'@'localhost'"))?;
    has_things(&model?)
}

/// TLS modes against the certificate that the server made for itself.
fn tls(place: Place) -> TestResult {
    let one = One::new(place)?;
    let folder = one.setting("datadir")?;
    let url = one.database.url();
    has_things(&read(&format!("{url}?ssl-mode=REQUIRED")).map_err(|error| chain(&error))?)?;
    let authority = format!("{folder}ca.pem");
    let trusted = read(&format!("{url}?ssl-mode=VERIFY_CA&ssl-ca={authority}")).map_err(|error| chain(&error))?;
    has_things(&trusted)?;
    let refused = |parameters: &str, word: &str| -> TestResult {
        match read(&format!("{url}?{parameters}")) {
            Ok(_) => Err(format!("{parameters}: connected, although the certificate does not fit").into()),
            Err(error) if chain(&error).to_lowercase().contains(word) => Ok(()),
            Err(error) => Err(format!("{parameters}: {}", chain(&error)).into()),
        }
    };
    // The certificate names no host, and no public authority signed it.
    refused(&format!("ssl-mode=VERIFY_IDENTITY&ssl-ca={authority}"), "cert")?;
    refused("ssl-mode=VERIFY_CA", "cert")?;
    refused("ssl-mode=VERIFY_CA&ssl-ca=/nonexistent/ca.pem", "ca.pem")?;
    refused("ssl-mode=SOMETIMES", "ssl-mode")
}

/// The default plugin of MySQL takes a password over TLS; without it the error says what to do.
fn password(place: Place) -> TestResult {
    let one = One::new(place)?;
    let grant = format!("GRANT REFERENCES ON {}.* TO {{account}}", one.database.name);
    with_account(&one.database, &[grant], |url| {
        let output = brownfield().args(["snapshot", &format!("{url}?ssl-mode=DISABLED")]).output()?;
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        if output.status.code() != Some(3) || !said.contains("ssl-mode=REQUIRED") || said.contains("reader@") {
            return Err(format!("exit {:?}: {said}", output.status.code()).into());
        }
        has_things(&read(&format!("{url}?ssl-mode=REQUIRED")).map_err(|error| chain(&error))?)
    })
}

/// An index that is only written to is not used.
fn index_reads(place: Place) -> TestResult {
    let one = One::new(place)?;
    one.database.run(
        "CREATE INDEX by_name ON things (name); INSERT INTO things VALUES (1, 'a'), (2, 'b'); \
         UPDATE things SET name = 'c' WHERE id = 1; DELETE FROM things WHERE id = 2",
    )?;
    let reads = || -> Result<Option<u64>, String> {
        let model = read(&one.database.url()).map_err(|error| chain(&error))?;
        let statistics = model.statistics.ok_or("no statistics")?;
        let index = statistics.indexes.iter().find(|index| index.index == "by_name");
        Ok(index.ok_or("the index is not counted")?.scans)
    };
    let written = reads()?;
    one.database.run("SELECT * FROM things FORCE INDEX (by_name) WHERE name = 'c'")?;
    match (written, reads()?) {
        (Some(0), Some(1..)) => Ok(()),
        counted => Err(format!("reads before and after one read: {counted:?}").into()),
    }
}
