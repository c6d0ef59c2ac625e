-- The text of some defaults. A default cannot name columns, so that it is printed without opening the table; a generation
-- expression can.
SELECT
    d.oid,
    CASE WHEN a.attgenerated = '' THEN pg_catalog.pg_get_expr(d.adbin, 0)
        ELSE pg_catalog.pg_get_expr(d.adbin, d.adrelid) END
FROM pg_catalog.pg_attrdef AS d
JOIN pg_catalog.pg_attribute AS a ON a.attrelid = d.adrelid AND a.attnum = d.adnum
WHERE d.oid = ANY (pg_catalog.current_setting('brownfield.defaults')::pg_catalog.oid[]);
