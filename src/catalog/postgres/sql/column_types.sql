-- The types of columns as SQL names them, with what a column of each has when nothing else was said.
SELECT
    asked.type_oid,
    asked.modifier,
    pg_catalog.format_type(asked.type_oid, asked.modifier),
    t.typcollation,
    t.typstorage
FROM ROWS FROM (
    pg_catalog.unnest(pg_catalog.current_setting('brownfield.types')::pg_catalog.oid[]),
    pg_catalog.unnest(pg_catalog.current_setting('brownfield.modifiers')::pg_catalog.int4[])
) AS asked (type_oid, modifier)
JOIN pg_catalog.pg_type AS t ON t.oid = asked.type_oid;
