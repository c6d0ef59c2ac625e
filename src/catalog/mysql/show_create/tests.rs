//! Statements that a server printed, statements made at random, and statements with errors put in at random.

use super::{Generated, KeyKind, Statement, parse};
use std::fmt::Write as _;

/// Statements of MariaDB 11.8, with everything that the grammar has.
const PRINTED: &[&str] = &[
    r#"CREATE TABLE `Tab.le ``q`` é 漢字` (
  `id` bigint(20) unsigned NOT NULL AUTO_INCREMENT,
  `new
line` int(11) DEFAULT NULL,
  `e1` enum('a','b,c','it''s','','N)ULL') CHARACTER SET latin1 COLLATE latin1_swedish_ci NOT NULL DEFAULT 'it''s' COMMENT 'it''s "q" \\ \n nl',
  `d2` datetime(3) DEFAULT current_timestamp(3) ON UPDATE current_timestamp(3),
  `d` datetime DEFAULT (current_timestamp() + interval 1 day),
  `c` text DEFAULT concat('it\'s',')') INVISIBLE,
  `cp` text /*M!100301 COMPRESSED*/ DEFAULT NULL,
  `g` int(11) GENERATED ALWAYS AS (`a` + (1)) STORED COMMENT 'gen c',
  `j` longtext CHARACTER SET utf8mb4 COLLATE utf8mb4_bin DEFAULT NULL CHECK (json_valid(`j`)),
  `bits` bit(4) DEFAULT b'11',
  PRIMARY KEY (`id`),
  UNIQUE KEY `lu` (`c`) USING HASH,
  KEY `ds` (`c`(20) DESC,`d`) USING BTREE COMMENT 'hash it''s',
  KEY `ig` (`a, b`) IGNORED,
  SPATIAL KEY `sp` (`e`),
  VECTOR KEY `vi` (`v`) `M`=8 `DISTANCE`=cosine,
  FULLTEXT KEY `ft` (`a`,`b`) /*!50100 WITH PARSER `ngram` */ ,
  CONSTRAINT `f1` FOREIGN KEY (`b`, `a`) REFERENCES `other`.`par` (`y`, `x`) ON DELETE SET NULL ON UPDATE NO ACTION,
  CONSTRAINT `ck ``1` CHECK (`a` < `b` and `c` <> 'it\'s )')
) ENGINE=InnoDB AUTO_INCREMENT=77 DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_uca1400_ai_ci ROW_FORMAT=COMPRESSED KEY_BLOCK_SIZE=8 COMMENT='t''c, ENGINE=x\n2' `PAGE_COMPRESSED`=1
 PARTITION BY RANGE  COLUMNS(`a`,`b`)
SUBPARTITION BY LINEAR HASH (`id`)
(PARTITION `p0` VALUES LESS THAN (1,')x')
 (SUBPARTITION `s0` COMMENT = 'c\'0' ENGINE = InnoDB,
  SUBPARTITION `s1` ENGINE = InnoDB),
 PARTITION `p1` VALUES LESS THAN (MAXVALUE,MAXVALUE)
 (SUBPARTITION `s2` ENGINE = InnoDB,
  SUBPARTITION `s3` ENGINE = InnoDB))"#,
    "CREATE TABLE `per` (
  `id` int(11) DEFAULT NULL,
  `s` date NOT NULL,
  `e` date NOT NULL,
  `a` timestamp(6) GENERATED ALWAYS AS ROW START INVISIBLE COMMENT 'from',
  `b` timestamp(6) GENERATED ALWAYS AS ROW END INVISIBLE,
  `y` int(11) DEFAULT NULL WITHOUT SYSTEM VERSIONING,
  PERIOD FOR `app` (`s`, `e`),
  UNIQUE KEY `id` (`id`,`app` WITHOUT OVERLAPS),
  PERIOD FOR SYSTEM_TIME (`a`, `b`)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_uca1400_ai_ci WITH SYSTEM VERSIONING
 PARTITION BY KEY ALGORITHM = 1 (`id`)
PARTITIONS 2",
    "CREATE TABLE `sq` (
  `next_not_cached_value` bigint(21) NOT NULL,
  `cycle_option` tinyint(1) unsigned NOT NULL COMMENT '0 if no cycles are allowed, 1 if the sequence should begin anew'
) ENGINE=InnoDB SEQUENCE=1",
];

fn parsed(text: &str) -> Statement<'_> {
    parse(text).unwrap_or_else(|refusal| panic!("{refusal}"))
}

#[test]
fn everything_that_is_printed_is_read() {
    let table = parsed(PRINTED[0]);
    let names: Vec<_> = table.columns.iter().map(|column| &*column.name).collect();
    assert_eq!(names, ["id", "new\nline", "e1", "d2", "d", "c", "cp", "g", "j", "bits"]);
    assert_eq!(table.columns[2].data_type, "enum('a','b,c','it''s','','N)ULL')");
    assert_eq!(table.columns[2].comment.as_deref(), Some("it's \"q\" \\ \n nl"));
    assert_eq!(table.columns[2].collation, Some("latin1_swedish_ci"));
    assert_eq!(table.columns[3].on_update, Some("current_timestamp(3)"));
    assert_eq!(table.columns[4].default, Some("(current_timestamp() + interval 1 day)"));
    assert_eq!(table.columns[5].default, Some("concat('it\\'s',')')"));
    assert!(table.columns[5].invisible && table.columns[0].auto_increment && table.columns[0].not_null);
    assert!(matches!(table.columns[7].generated, Some(Generated::Stored("`a` + (1)"))));
    assert!(table.columns[6].compressed && !table.columns[7].compressed);
    assert_eq!(table.columns[8].check, Some("json_valid(`j`)"));
    let keys: Vec<_> = table.keys.iter().map(|key| (&*key.name, key.kind)).collect();
    assert_eq!(keys[..3], [("PRIMARY", KeyKind::Primary), ("lu", KeyKind::Unique), ("ds", KeyKind::Plain)]);
    assert_eq!(keys[4..], [("sp", KeyKind::Spatial), ("vi", KeyKind::Vector), ("ft", KeyKind::FullText)]);
    assert!(table.keys[2].parts[0].descending && table.keys[2].parts[0].prefix == Some(20) && table.keys[3].ignored);
    assert_eq!((table.keys[1].using, table.keys[2].comment.as_deref()), (Some("HASH"), Some("hash it's")));
    let key = &table.foreign_keys[0];
    assert_eq!(
        (key.schema.as_deref(), &*key.table, key.on_delete, key.on_update),
        (Some("other"), "par", "SET NULL", "NO ACTION")
    );
    assert_eq!((key.columns.join(","), key.referenced.join(",")), ("b,a".to_owned(), "y,x".to_owned()));
    assert_eq!((&*table.checks[0].0, table.checks[0].1), ("ck `1", "`a` < `b` and `c` <> 'it\\'s )'"));
    assert_eq!((table.engine, table.row_format), ("InnoDB", Some("COMPRESSED")));
    assert_eq!(table.comment.as_deref(), Some("t'c, ENGINE=x\n2"));
    let partitions = table.partitions.expect("partitions");
    assert_eq!((partitions.method.as_str(), partitions.key), ("RANGE COLUMNS", "`a`,`b`"));
    assert_eq!(partitions.below, Some(("LINEAR HASH".to_owned(), "`id`")));
    assert_eq!(partitions.parts[0].bound, Some("1,')x'"));
    assert_eq!(partitions.parts[0].parts[0].comment.as_deref(), Some("c'0"));
    assert_eq!(partitions.parts[1].parts[1].name, "s3");
}

#[test]
fn periods_and_sequences_are_read() {
    let table = parsed(PRINTED[1]);
    assert!(table.system_versioned && matches!(table.columns[3].generated, Some(Generated::RowStart)));
    assert!(table.columns[5].unversioned && !table.columns[4].unversioned);
    assert_eq!(table.keys[0].without_overlaps.as_deref(), Some("app"));
    let periods: Vec<_> = table.periods.iter().map(|period| (&*period.name, &*period.start, &*period.end)).collect();
    assert_eq!(periods, [("app", "s", "e"), ("SYSTEM_TIME", "a", "b")]);
    let parts = table.partitions.expect("partitions").parts;
    assert_eq!(parts.iter().map(|part| part.name.as_str()).collect::<Vec<_>>(), ["p0", "p1"]);
    assert!(parsed(PRINTED[2]).sequence);
    let sequence = super::sequence(
        "CREATE SEQUENCE `s``2` as smallint unsigned start with 5 minvalue -10 maxvalue 1000 increment by -7 nocache cycle ENGINE=InnoDB",
    );
    let expected = super::Sequence {
        data_type: Some("smallint unsigned"),
        start: 5,
        minimum: -10,
        maximum: 1000,
        increment: -7,
        cache: 0,
        cycle: true,
    };
    assert_eq!(sequence, Ok(expected));
}

#[test]
fn the_body_of_an_event_is_what_follows_its_head() {
    let statement = "CREATE DEFINER=`DO`@`%` EVENT `a DO ``b` ON SCHEDULE EVERY '1:30' HOUR_MINUTE STARTS '2036-01-01 03:00:00' \
                     ON COMPLETION NOT PRESERVE DISABLE COMMENT 'it\\'s to DO' DO /* as ever */ DO sleep('it''s')";
    assert_eq!(super::event_body(statement), Ok("/* as ever */ DO sleep('it''s')"));
    assert!(super::event_body("CREATE EVENT `DO` ON SCHEDULE").is_err());
}

#[test]
fn the_body_of_a_trigger_is_what_follows_its_head() {
    let body = "/* why */ set @a = 'it''s \\\\' # done";
    let of = |order: &str| {
        format!(
            "CREATE DEFINER=`FOR`@`%` trigger `it's FOR EACH ROW` -- for each row '\n  before insert on \"a\\\" # `\n for /* ' */ each\nRow{order} {body}"
        )
    };
    for order in ["", " follows `a``b`", "\nPRECEDES other"] {
        assert_eq!(super::trigger_body(&of(order)), Ok(body));
    }
    let labelled = "CREATE TRIGGER a BEFORE INSERT ON t FOR EACH ROW follows: BEGIN END";
    assert_eq!(super::trigger_body(labelled), Ok("follows: BEGIN END"));
    assert!(super::trigger_body("CREATE TRIGGER `FOR EACH ROW` BEFORE INSERT ON t").is_err());
}

#[test]
fn the_body_of_a_routine_is_what_follows_its_head() {
    let body = "/* why */ return 'it''s (' -- end";
    for head in [
        "CREATE DEFINER=`PROCEDURE`@`%` PROCEDURE `p (`(in a int /* it's ) */ , b enum(')','it\\'s'))\n    NO SQL\n    SQL SECURITY INVOKER\n    COMMENT 'no\nSQL'\n",
        "CREATE DEFINER=\"a\"@\"%\" FUNCTION \"f\"() RETURNS enum('a\nb','it''s') CHARSET utf8mb4\n    DETERMINISTIC\n",
        "CREATE AGGREGATE FUNCTION `f`(a decimal(10,2)) RETURNS int(11)\n",
        "CREATE DEFINER=\"a\"@\"%\" PACKAGE BODY \"pk\" ",
    ] {
        assert_eq!(super::routine_body(&format!("{head}{body}")), Ok(body));
    }
    let labelled = "CREATE PROCEDURE `p`()\ncomment: BEGIN END";
    assert_eq!(super::routine_body(labelled), Ok("comment: BEGIN END"));
    let foreign = "CREATE FUNCTION `f`() RETURNS int\n    LANGUAGE JAVASCRIPT\nAS $$ return 'a' $$";
    assert!(super::routine_body(foreign).is_err() && super::routine_body("CREATE PROCEDURE `p`(a int").is_err());
}

#[test]
fn mysql_has_the_parser_of_a_key_in_a_comment() {
    let text = "CREATE TABLE `t` (\n  `t` text,\n  FULLTEXT KEY `a` (`t`) COMMENT 'x' /*!50100 WITH PARSER `ngram` */ ,\n  \
                FULLTEXT KEY `b` (`t`) /*!80000 INVISIBLE */ /*!50100 WITH PARSER `n``g` */ \n) ENGINE=InnoDB";
    let keys: Vec<_> = super::special_keys(text).into_iter().map(|key| (key.ignored, key.options)).collect();
    assert_eq!(keys, [(false, vec!["parser=ngram".to_owned()]), (true, vec!["parser=n`g".to_owned()])]);
}

#[test]
fn partitions_by_system_time_keep_what_ends_them() {
    let of = |clause: &str| {
        let text = format!(
            "CREATE TABLE `h` (\n  `x` int(11) DEFAULT NULL\n) ENGINE=InnoDB WITH SYSTEM VERSIONING\n PARTITION BY {clause}"
        );
        let table = parse(&text).unwrap_or_else(|refusal| panic!("{refusal}"));
        let partitions = table.partitions.expect("partitions");
        let parts: Vec<_> =
            partitions.parts.iter().map(|part| (part.name.clone(), part.bound.map(str::to_owned))).collect();
        (partitions.method, partitions.key.to_owned(), parts)
    };
    let parts = || vec![("p0".to_owned(), None), ("pn".to_owned(), Some("CURRENT".to_owned()))];
    let named = "(PARTITION `p0` HISTORY ENGINE = InnoDB,\n PARTITION `pn` CURRENT ENGINE = InnoDB)";
    for (clause, key) in [
        (format!("SYSTEM_TIME LIMIT 100\n{named}"), "LIMIT 100"),
        (format!("SYSTEM_TIME \n{named}"), ""),
        (
            "SYSTEM_TIME INTERVAL 7 DAY STARTS TIMESTAMP'2026-11-25 00:00:00' AUTO\nPARTITIONS 2".to_owned(),
            "INTERVAL 7 DAY STARTS TIMESTAMP'2026-11-25 00:00:00' AUTO",
        ),
    ] {
        assert_eq!(of(&clause), ("SYSTEM_TIME".to_owned(), key.to_owned(), parts()), "{clause}");
    }
}

#[test]
fn what_is_not_known_is_refused() {
    for (from, to) in [
        ("USING BTREE", "SORTED"),
        ("IGNORED", "IGNORED AT NIGHT"),
        ("VECTOR KEY", "TENSOR KEY"),
        ("ON DELETE SET NULL", "ON DELETE ASK"),
        ("NOT NULL AUTO_INCREMENT", "NOT NULL ENCRYPTED"),
        ("LINEAR HASH", "MAGIC"),
        ("`f1` FOREIGN", "`f``1` FOREIGN"),
        ("CHARACTER SET latin1 COLLATE latin1_swedish_ci", "CHARACTER SET latin1"),
        ("\n) ENGINE", "\n ENGINE"),
    ] {
        let text = PRINTED[0].replace(from, to);
        assert_ne!(text, PRINTED[0], "{from}");
        assert!(parse(&text).is_err(), "{to} is not known");
    }
}

/// Numbers that are the same in every run.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % bound.max(1) as u64).unwrap_or(0)
    }

    fn choose<'c>(&mut self, list: &[&'c str]) -> &'c str {
        list[self.below(list.len())]
    }

    /// Text with everything that can end a name or string too early.
    fn text(&mut self) -> String {
        const CHARACTERS: &[&str] =
            &["a", "B", "7", "_", " ", "`", "'", "\"", "\\", "(", ")", ",", "\n", "é", "😀", "*/", "KEY", "--", "%"];
        (0..=self.below(8)).map(|_| self.choose(CHARACTERS)).collect()
    }
}

#[test]
fn errors_put_in_at_random_never_end_the_program() {
    const PIECES: &[&str] =
        &["`", "'", "\\", "(", ")", ",", "\n", "/*", "*/", "NULL", "KEY", "99999999999999", "é", "PARTITION", "=", ""];
    let mut random = Random(0x00C0_FFEE);
    let mut understood = 0;
    for round in 0..30_000 {
        let mut text = PRINTED[round % PRINTED.len()].to_owned();
        for _ in 0..=random.below(3) {
            let mut boundary = |text: &str| {
                let at = random.below(text.len() + 1);
                (at..=text.len()).find(|at| text.is_char_boundary(*at)).unwrap_or(text.len())
            };
            let (start, end) = (boundary(&text), boundary(&text));
            let end = if end > start && end - start < 12 { end } else { start };
            text.replace_range(start..end, random.choose(PIECES));
        }
        understood += usize::from(parse(&text).is_ok());
    }
    // Some errors fall into comments and names, so that the statement stays one.
    assert!(understood > 1_000, "{understood}");
}

#[test]
fn statements_made_at_random_are_read_as_they_were_meant() {
    let mut random = Random(0xBADC_0DE5);
    let name = |name: &str| format!("`{}`", name.replace('`', "``"));
    let string = |text: &str| format!("'{}'", text.replace('\\', "\\\\").replace('\'', "''").replace('\n', "\\n"));
    for _ in 0..3_000 {
        let count = 1 + random.below(6);
        let columns: Vec<_> = (0..count).map(|_| (random.text(), random.text(), random.text())).collect();
        let mut text = format!("CREATE TABLE {} (", name(&random.text()));
        for (position, (column, comment, label)) in columns.iter().enumerate() {
            let separator = if position > 0 { "," } else { "" };
            let rest = random.choose(&["", " NOT NULL", " DEFAULT NULL", " INVISIBLE"]);
            let default = if rest.is_empty() { format!(" DEFAULT {}", string(label)) } else { String::new() };
            let _ = write!(
                text,
                "{separator}\n  {} enum({}){rest}{default} COMMENT {} CHECK ({} <> {})",
                name(column),
                string(label),
                string(comment),
                name(column),
                string(label)
            );
        }
        let (key, check, end) = (random.text(), random.text(), random.text());
        let parts: Vec<_> = columns.iter().map(|column| name(&column.0)).collect();
        let _ = write!(text, ",\n  KEY {} ({}),\n  CONSTRAINT {} CHECK ", name(&key), parts.join(","), name(&check));
        let _ = write!(text, "({} > 0)\n) ENGINE=InnoDB COLLATE=x COMMENT={}", parts[0], string(&end));
        let table = parse(&text).unwrap_or_else(|refusal| panic!("{refusal}:\n{text}"));
        assert_eq!(table.columns.len(), count, "{text}");
        for (found, (column, comment, label)) in table.columns.iter().zip(&columns) {
            assert_eq!((&*found.name, found.comment.as_deref()), (column.as_str(), Some(comment.as_str())), "{text}");
            assert_eq!(found.data_type, format!("enum({})", string(label)));
            assert_eq!(found.check, Some(format!("{} <> {}", name(column), string(label)).as_str()));
            let literal = string(label);
            assert!([Some("NULL"), Some(literal.as_str()), None].contains(&found.default), "{text}");
        }
        assert_eq!(&*table.keys[0].name, key);
        assert!(table.keys[0].parts.iter().zip(&columns).all(|(part, column)| *part.column == column.0));
        assert_eq!((&*table.checks[0].0, table.checks[0].1), (check.as_str(), format!("{} > 0", parts[0]).as_str()));
        assert_eq!(table.comment.as_deref(), Some(end.as_str()));
    }
}
