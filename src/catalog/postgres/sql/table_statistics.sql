-- Counters of tables and partitions, and whether the role could see the statistics of their columns.
SELECT
    c.oid,
    pg_catalog.pg_stat_get_numscans(c.oid),
    pg_catalog.pg_stat_get_dead_tuples(c.oid),
    pg_catalog.pg_stat_get_tuples_inserted(c.oid),
    pg_catalog.pg_stat_get_tuples_updated(c.oid),
    pg_catalog.pg_stat_get_tuples_deleted(c.oid),
    pg_catalog.to_char(GREATEST(
        pg_catalog.pg_stat_get_last_analyze_time(c.oid),
        pg_catalog.pg_stat_get_last_autoanalyze_time(c.oid)
    ), 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
    COALESCE(
        pg_catalog.pg_stat_get_last_vacuum_time(c.oid), pg_catalog.pg_stat_get_last_autovacuum_time(c.oid)
    ) IS NOT NULL,
    pg_catalog.pg_stat_get_mod_since_analyze(c.oid),
    CASE WHEN c.relkind <> 'p' THEN pg_catalog.age(c.relfrozenxid) END,
    pg_catalog.has_table_privilege(c.oid, 'SELECT') AND NOT pg_catalog.row_security_active(c.oid)
FROM pg_catalog.pg_class AS c
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE n.nspname <> 'information_schema' AND n.nspname !~ '^pg_' AND c.relkind IN ('r', 'p', 'm');
