-- When indexes were last used (PostgreSQL 16 and later).
SELECT c.oid, pg_catalog.to_char(pg_catalog.pg_stat_get_lastscan(c.oid), 'YYYY-MM-DD"T"HH24:MI:SS"Z"')
FROM pg_catalog.pg_class AS c
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
    AND c.relkind = 'i' AND NOT c.relispartition AND pg_catalog.pg_stat_get_lastscan(c.oid) IS NOT NULL;
