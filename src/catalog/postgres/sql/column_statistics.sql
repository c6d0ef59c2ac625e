-- What ANALYZE found out about columns, where the role may see it. No values: those are table data.
SELECT s.schemaname, s.tablename, s.attname, s.inherited, s.null_frac, s.n_distinct
FROM pg_catalog.pg_stats AS s
WHERE s.schemaname <> 'information_schema' AND s.schemaname !~ '^pg_';
