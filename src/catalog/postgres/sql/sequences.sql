-- Sequences and the column each belongs to: 'a' for OWNED BY, 'i' for an identity column.
SELECT
    s.seqrelid,
    c.relnamespace,
    c.relname,
    pg_catalog.format_type(s.seqtypid, NULL),
    s.seqstart,
    s.seqincrement,
    s.seqmin,
    s.seqmax,
    s.seqcache,
    s.seqcycle,
    d.refobjid,
    d.refobjsubid,
    d.deptype,
    pg_catalog.has_sequence_privilege(s.seqrelid, 'USAGE, SELECT')
FROM pg_catalog.pg_sequence AS s
JOIN pg_catalog.pg_class AS c ON c.oid = s.seqrelid
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
LEFT JOIN pg_catalog.pg_depend AS d
    ON d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.objid = s.seqrelid AND d.objsubid = 0
    AND d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.refobjsubid > 0
    AND d.deptype IN ('a', 'i')
WHERE n.nspname <> 'information_schema' AND n.nspname !~ '^pg_';
