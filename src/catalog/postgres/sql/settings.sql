-- Output that does not depend on anybody's settings. Everything is local to the transaction, so that a pooled server
-- connection is handed back as it was.
SET LOCAL search_path = '';
-- A database in SQL_ASCII holds bytes of any encoding, which the server refuses to pass off as UTF-8.
SELECT pg_catalog.set_config(
    'client_encoding',
    CASE pg_catalog.current_setting('server_encoding') WHEN 'SQL_ASCII' THEN 'SQL_ASCII' ELSE 'UTF8' END,
    true
);
SET LOCAL TimeZone = 'UTC';
SET LOCAL DateStyle = 'ISO, MDY';
SET LOCAL IntervalStyle = 'postgres';
SET LOCAL extra_float_digits = 1;
SET LOCAL bytea_output = 'hex';
SET LOCAL quote_all_identifiers = off;
SET LOCAL standard_conforming_strings = on;
SET LOCAL row_security = off;
SET LOCAL jit = off;
SET LOCAL max_parallel_workers_per_gather = 0;
