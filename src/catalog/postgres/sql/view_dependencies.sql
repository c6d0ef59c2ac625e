-- What each view reads: relations behind its rule, itself left out.
SELECT DISTINCT r.ev_class, d.refobjid
FROM pg_catalog.pg_rewrite AS r
JOIN pg_catalog.pg_class AS c ON c.oid = r.ev_class
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
JOIN pg_catalog.pg_depend AS d
    ON d.classid = 'pg_catalog.pg_rewrite'::pg_catalog.regclass AND d.objid = r.oid
    AND d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.deptype = 'n'
WHERE n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
    AND r.rulename = '_RETURN' AND d.refobjid <> r.ev_class;
