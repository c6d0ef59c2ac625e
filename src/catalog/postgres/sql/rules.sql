-- Rewrite rules other than those that make views.
SELECT r.ev_class, r.rulename, r.ev_type, r.is_instead, r.oid
FROM pg_catalog.pg_rewrite AS r
JOIN pg_catalog.pg_class AS c ON c.oid = r.ev_class
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
    AND r.rulename <> '_RETURN';
