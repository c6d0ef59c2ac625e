//! Words that an engine reserves: they name no table or column unless they are quoted.

use super::EngineName;
use foldhash::HashSet;
use std::sync::LazyLock;

/// PostgreSQL 18: `pg_get_keywords()` with `catcode` R or T.
const POSTGRESQL: &str = "all analyse analyze and any array as asc asymmetric authorization binary both case cast \
     check collate collation column concurrently constraint create cross current_catalog current_date current_role \
     current_schema current_time current_timestamp current_user default deferrable desc distinct do else end except \
     false fetch for foreign freeze from full grant group having ilike in initially inner intersect into is isnull \
     join lateral leading left like limit localtime localtimestamp natural not notnull null offset on only or order \
     outer overlaps placing primary references returning right select session_user similar some symmetric \
     system_user table tablesample then to trailing true union unique user using variadic verbose when where window \
     with";

/// MySQL 9.7: `information_schema.KEYWORDS` with `RESERVED = 1`, and those of 8.4 that are free again.
const MYSQL: &str = "accessible add all alter analyze and as asc asensitive before between bigint binary \
     blob both by call cascade case change char character check collate column condition constraint continue convert \
     create cross cube cume_dist current_date current_time current_timestamp current_user cursor database databases \
     day_hour day_microsecond day_minute day_second dec decimal declare default delayed delete dense_rank desc \
     describe deterministic distinct distinctrow div double drop dual each else elseif empty enclosed escaped except \
     exists exit explain external false fetch first_value float float4 float8 for force foreign from fulltext \
     function generated get grant group grouping groups having high_priority hour_microsecond hour_minute \
     hour_second if ignore in index infile inner inout insensitive insert int int1 int2 int3 int4 int8 integer \
     intersect interval into io_after_gtids io_before_gtids is iterate join json_table key keys kill lag last_value \
     lateral lead leading leave left library like limit linear lines load localtime localtimestamp lock long \
     longblob longtext loop low_priority manual match maxvalue mediumblob mediumint mediumtext middleint \
     minute_microsecond minute_second mod modifies natural no_write_to_binlog not nth_value ntile null numeric of on \
     optimize optimizer_costs option optionally or order out outer outfile over parallel partition percent_rank \
     precision primary procedure purge qualify range rank read read_write reads real recursive references regexp \
     release rename repeat replace require resignal restrict return revoke right rlike row row_number rows schema \
     schemas second_microsecond select sensitive separator set show signal smallint spatial specific sql \
     sql_big_result sql_calc_found_rows sql_small_result sqlexception sqlstate sqlwarning ssl starting stored \
     straight_join system table tablesample terminated then tinyblob tinyint tinytext to trailing trigger true undo \
     union unique unlock unsigned update usage use using utc_date utc_time utc_timestamp values varbinary varchar \
     varcharacter varying virtual when where while window with write xor year_month zerofill";

/// MariaDB 10.5 to 11.8: the words that the server takes for no column name.
const MARIADB: &str = "accessible add all alter analyze and as asc asensitive before between bigint binary \
     blob both by call cascade case change char character check collate column condition constraint continue convert \
     create cross current_date current_role current_time current_timestamp current_user cursor database databases \
     day_hour day_microsecond day_minute day_second dec decimal declare default delayed delete delete_domain_id desc \
     describe deterministic distinct distinctrow div do_domain_ids double drop dual each else elseif enclosed \
     escaped except exists exit explain false fetch float float4 float8 for force foreign from fulltext grant group \
     having high_priority hour_microsecond hour_minute hour_second if ignore ignore_domain_ids in index infile inner \
     inout insensitive insert int int1 int2 int3 int4 int8 integer intersect interval into is iterate join key keys \
     kill leading leave left like limit linear lines load localtime localtimestamp lock long longblob longtext loop \
     low_priority master_demote_to_replica master_demote_to_slave master_ssl_verify_server_cert match maxvalue \
     mediumblob mediumint mediumtext middleint minute_microsecond minute_second mod modifies natural \
     no_write_to_binlog not null numeric offset on optimize optionally or order out outer outfile over page_checksum \
     parse_vcol_expr partition portion precision primary procedure purge range read read_write reads real recursive \
     ref_system_id references regexp release rename repeat replace require resignal restrict return returning revoke \
     right rlike row_number rows schema schemas second_microsecond select sensitive separator set show signal \
     smallint spatial specific sql sql_after_gtids sql_before_gtids sql_big_result sql_calc_found_rows \
     sql_small_result sqlexception sqlstate sqlwarning ssl starting stats_auto_recalc stats_persistent \
     stats_sample_pages straight_join table terminated then tinyblob tinyint tinytext to trailing trigger true undo \
     union unique unlock unsigned update usage use using utc_date utc_time utc_timestamp values varbinary varchar \
     varcharacter varying vector when where while with write xor year_month zerofill";

/// SQLite 3: the words that the parser takes for no column name.
const SQLITE: &str = "add all alter and as autoincrement between case cast check collate commit constraint \
     create default deferrable delete distinct drop else escape except exists foreign from group having in index \
     insert intersect into is isnull join limit not nothing notnull null on or order primary raise references \
     returning select set table then to transaction union unique update using values when where";

/// First version of words that older versions of the engine take as names.
const SINCE: &[(EngineName, &str, (u32, u32))] = &[
    (EngineName::PostgreSql, "system_user", (16, 0)),
    (EngineName::MySql, "cube", (8, 0)),
    (EngineName::MySql, "cume_dist", (8, 0)),
    (EngineName::MySql, "dense_rank", (8, 0)),
    (EngineName::MySql, "empty", (8, 0)),
    (EngineName::MySql, "except", (8, 0)),
    (EngineName::MySql, "external", (9, 0)),
    (EngineName::MySql, "first_value", (8, 0)),
    (EngineName::MySql, "function", (8, 0)),
    (EngineName::MySql, "grouping", (8, 0)),
    (EngineName::MySql, "groups", (8, 0)),
    (EngineName::MySql, "intersect", (8, 0)),
    (EngineName::MySql, "json_table", (8, 0)),
    (EngineName::MySql, "lag", (8, 0)),
    (EngineName::MySql, "last_value", (8, 0)),
    (EngineName::MySql, "lateral", (8, 0)),
    (EngineName::MySql, "lead", (8, 0)),
    (EngineName::MySql, "library", (9, 0)),
    (EngineName::MySql, "manual", (8, 4)),
    (EngineName::MySql, "nth_value", (8, 0)),
    (EngineName::MySql, "ntile", (8, 0)),
    (EngineName::MySql, "of", (8, 0)),
    (EngineName::MySql, "over", (8, 0)),
    (EngineName::MySql, "parallel", (8, 4)),
    (EngineName::MySql, "percent_rank", (8, 0)),
    (EngineName::MySql, "qualify", (8, 4)),
    (EngineName::MySql, "rank", (8, 0)),
    (EngineName::MySql, "recursive", (8, 0)),
    (EngineName::MySql, "row", (8, 0)),
    (EngineName::MySql, "row_number", (8, 0)),
    (EngineName::MySql, "rows", (8, 0)),
    (EngineName::MySql, "system", (8, 0)),
    (EngineName::MySql, "tablesample", (8, 4)),
    (EngineName::MySql, "window", (8, 0)),
    (EngineName::MariaDb, "master_demote_to_replica", (10, 10)),
    (EngineName::MariaDb, "master_demote_to_slave", (10, 10)),
    (EngineName::MariaDb, "offset", (10, 6)),
    (EngineName::MariaDb, "row_number", (10, 7)),
    (EngineName::MariaDb, "sql_after_gtids", (11, 8)),
    (EngineName::MariaDb, "sql_before_gtids", (11, 8)),
    (EngineName::MariaDb, "vector", (11, 7)),
];

static ANYWHERE: LazyLock<HashSet<&str>> =
    LazyLock::new(|| EngineName::ALL.into_iter().flat_map(reserved_words).collect());

/// Every word that some version of the engine reserves, in lower case.
pub fn reserved_words(engine: EngineName) -> impl Iterator<Item = &'static str> {
    let words = match engine {
        EngineName::PostgreSql => POSTGRESQL,
        EngineName::MySql => MYSQL,
        EngineName::MariaDb => MARIADB,
        EngineName::Sqlite => SQLITE,
    };
    words.split_whitespace()
}

/// Whether some engine reserves a word, which is in lower case.
pub(super) fn is_reserved_anywhere(word: &str) -> bool {
    ANYWHERE.contains(word)
}

/// The first version of the engine that reserves a word; 0.0 when all do. `None` when none does.
pub fn reserved_since(engine: EngineName, word: &str) -> Option<(u32, u32)> {
    if !is_reserved_anywhere(word) {
        return None;
    }
    let since = || SINCE.iter().find(|(of, name, _)| *of == engine && *name == word).map(|(.., first)| *first);
    reserved_words(engine).any(|reserved| reserved == word).then(|| since().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_that_came_later_are_reserved_words() {
        for (engine, word, _) in SINCE {
            assert!(reserved_words(*engine).any(|reserved| reserved == *word), "{word}");
        }
    }
}
