-- Objects that belong to an extension: schemas, relations, types and functions.
SELECT d.classid::pg_catalog.oid, d.objid
FROM pg_catalog.pg_depend AS d
WHERE d.deptype = 'e' AND d.refclassid = 'pg_catalog.pg_extension'::pg_catalog.regclass
    AND d.classid IN (
        'pg_catalog.pg_namespace'::pg_catalog.regclass, 'pg_catalog.pg_class'::pg_catalog.regclass,
        'pg_catalog.pg_type'::pg_catalog.regclass, 'pg_catalog.pg_proc'::pg_catalog.regclass,
        'pg_catalog.pg_event_trigger'::pg_catalog.regclass
    );
