-- Keys, checks and exclusion constraints of tables and domains. Of partitions those that do not come from their parent, and
-- whether they have a primary key. What few constraints have is in one cell, which is empty for all others. A check that a
-- partition has from its parent says so by the count of parents alone. The columns that only newer servers have resolve to
-- the first sub-query when the server lacks them. The digest of a check tells which of them are stored alike, so that each
-- is printed once. One that names a whole row, which is printed with the name of the table, holds the type of that table's
-- rows and is alike with no other table's.
SELECT
    k.oid,
    k.conrelid,
    NULLIF(k.contypid, 0),
    k.conname,
    k.contype,
    NULLIF(k.conindid, 0),
    NULLIF(k.confrelid, 0),
    k.confupdtype,
    k.confdeltype,
    k.confmatchtype,
    k.conkey,
    k.confkey,
    CASE WHEN k.condeferrable OR NOT k.convalidated OR NOT k.enforced OR k.period
        OR k.contype = 'c' AND (NOT k.conislocal OR k.connoinherit)
        OR k.contype = 'x' OR k.delete_columns IS NOT NULL
    THEN pg_catalog.json_build_array(
        k.condeferrable,
        k.condeferred,
        k.convalidated,
        k.enforced,
        k.period,
        k.conislocal,
        k.connoinherit,
        COALESCE(k.delete_columns, '{}'),
        ARRAY(
            SELECT o.oprname::text
            FROM pg_catalog.unnest(k.conexclop) WITH ORDINALITY AS element (operator, position)
            JOIN pg_catalog.pg_operator AS o ON o.oid = element.operator
            ORDER BY element.position
        )
    ) END,
    CASE WHEN k.contype = 'x' AND k.conrelid <> ALL (locked.oids) THEN pg_catalog.pg_get_constraintdef(k.oid) END,
    CASE WHEN k.contype = 'c' THEN pg_catalog.substr(
        pg_catalog.sha256(pg_catalog.convert_to(k.conbin::text, pg_catalog.current_setting('server_encoding'))), 1, 16
    ) END
FROM (SELECT true AS conenforced, false AS conperiod, NULL::int2[] AS confdelsetcols) AS before_they_existed
CROSS JOIN LATERAL (
    SELECT own.*, conenforced AS enforced, conperiod AS period, confdelsetcols AS delete_columns
    FROM pg_catalog.pg_constraint AS own
) AS k
JOIN pg_catalog.pg_namespace AS n ON n.oid = k.connamespace
CROSS JOIN (
    SELECT COALESCE(NULLIF(pg_catalog.current_setting('brownfield.locked', true), ''), '{}')::pg_catalog.oid[]
) AS locked (oids)
WHERE n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
    AND (
        k.contype = 'p'
        OR k.contype IN ('u', 'c', 'x', 'f') AND k.conparentid = 0
            AND (
                k.coninhcount = 0
                OR k.conrelid NOT IN (SELECT c.oid FROM pg_catalog.pg_class AS c WHERE c.relispartition)
            )
    );
