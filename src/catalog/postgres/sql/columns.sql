-- Columns of tables, views and composite types. Defaults cannot name columns, so they are printed without opening
-- the table; generated columns can. Partitions have their parent's columns.
SELECT
    a.attrelid,
    a.attnum,
    a.attname,
    a.atttypid,
    pg_catalog.format_type(a.atttypid, a.atttypmod),
    a.attnotnull,
    a.attidentity,
    a.attgenerated,
    a.attcollation,
    a.attcollation <> t.typcollation,
    a.attislocal,
    CASE
        WHEN NOT a.atthasdef THEN NULL
        WHEN a.attgenerated = '' THEN pg_catalog.pg_get_expr(d.adbin, 0)
        WHEN a.attrelid <> ALL (locked.oids) THEN pg_catalog.pg_get_expr(d.adbin, d.adrelid)
    END,
    CASE WHEN a.attstorage <> t.typstorage THEN a.attstorage END,
    a.compression,
    NULLIF(a.attstattarget, -1),
    a.attoptions,
    CASE WHEN a.attfdwoptions IS NOT NULL THEN ARRAY(
        SELECT pg_catalog.split_part(option, '=', 1) FROM pg_catalog.unnest(a.attfdwoptions) AS option
    ) END
FROM (SELECT ''::pg_catalog."char" AS attcompression) AS before_it_existed
CROSS JOIN LATERAL (SELECT own.*, attcompression AS compression FROM pg_catalog.pg_attribute AS own) AS a
JOIN pg_catalog.pg_class AS c ON c.oid = a.attrelid
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
JOIN pg_catalog.pg_type AS t ON t.oid = a.atttypid
LEFT JOIN pg_catalog.pg_attrdef AS d ON d.adrelid = a.attrelid AND d.adnum = a.attnum AND a.atthasdef
CROSS JOIN (
    SELECT COALESCE(NULLIF(pg_catalog.current_setting('brownfield.locked', true), ''), '{}')::pg_catalog.oid[]
) AS locked (oids)
WHERE n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
    AND c.relkind IN ('r', 'p', 'v', 'm', 'f', 'c') AND NOT c.relispartition
    AND a.attnum > 0 AND NOT a.attisdropped;
