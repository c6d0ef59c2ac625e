-- Constraints that others check against the rows at this moment, as far as the role sees what they run.
SELECT c.conrelid, c.conname, a.attname
FROM pg_catalog.pg_constraint AS c
JOIN pg_catalog.pg_class AS r ON r.oid = c.conrelid
LEFT JOIN pg_catalog.pg_attribute AS a ON c.contype = 'n' AND a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
WHERE NOT c.convalidated
    AND EXISTS (
        SELECT FROM pg_catalog.pg_stat_activity AS s
        WHERE s.datname = pg_catalog.current_database()
            AND s.pid <> pg_catalog.pg_backend_pid()
            AND s.state = 'active'
            AND s.query ILIKE '%validate constraint%'
            AND pg_catalog.strpos(s.query, r.relname) > 0
            AND pg_catalog.strpos(s.query, c.conname) > 0
    );
