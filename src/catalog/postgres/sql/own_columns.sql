-- Columns of partitions that differ from those of their parent in default, generation expression or NOT NULL, or have a
-- comment of their own. A generation expression opens the relation, so it is left out for relations on which somebody holds
-- or awaits an exclusive lock, and asked only where what is stored differs.
SELECT
    a.attrelid,
    a.attnum,
    a.attname,
    a.atttypid,
    a.atttypmod,
    a.attnotnull,
    NULLIF(a.attidentity, ''),
    NULLIF(a.attgenerated, ''),
    NULLIF(a.attcollation, 0),
    a.attstorage,
    CASE WHEN NOT a.attislocal OR a.compression <> '' OR a.attstattarget <> -1 OR a.attoptions IS NOT NULL OR a.attfdwoptions IS NOT NULL
    THEN pg_catalog.json_build_array(
        a.attislocal,
        NULLIF(a.compression, ''),
        NULLIF(a.attstattarget, -1),
        COALESCE(a.attoptions, '{}'),
        ARRAY(SELECT pg_catalog.split_part(option, '=', 1) FROM pg_catalog.unnest(a.attfdwoptions) AS option),
        ARRAY[]::text[]
    ) END
FROM (SELECT ''::pg_catalog."char" AS attcompression) AS before_it_existed
CROSS JOIN LATERAL (SELECT own.*, attcompression AS compression FROM pg_catalog.pg_attribute AS own) AS a
JOIN pg_catalog.pg_class AS c ON c.oid = a.attrelid
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
JOIN pg_catalog.pg_inherits AS i ON i.inhrelid = a.attrelid
JOIN pg_catalog.pg_attribute AS above ON above.attrelid = i.inhparent AND above.attname = a.attname
LEFT JOIN pg_catalog.pg_attrdef AS d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
LEFT JOIN pg_catalog.pg_attrdef AS of_above
    ON of_above.adrelid = above.attrelid AND of_above.adnum = above.attnum
CROSS JOIN (
    SELECT COALESCE(NULLIF(pg_catalog.current_setting('brownfield.locked', true), ''), '{}')::pg_catalog.oid[]
) AS locked (oids)
WHERE n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
    AND c.relispartition AND c.relkind IN ('r', 'p', 'f') AND a.attnum > 0 AND NOT a.attisdropped
    AND (
        a.attnotnull <> above.attnotnull
        OR CASE
            WHEN d.adbin::text IS NOT DISTINCT FROM of_above.adbin::text THEN false
            WHEN a.attgenerated = ''
                THEN pg_catalog.pg_get_expr(d.adbin, 0) IS DISTINCT FROM pg_catalog.pg_get_expr(of_above.adbin, 0)
            WHEN a.attrelid = ANY (locked.oids) OR above.attrelid = ANY (locked.oids) THEN false
            ELSE pg_catalog.pg_get_expr(d.adbin, d.adrelid)
                IS DISTINCT FROM pg_catalog.pg_get_expr(of_above.adbin, of_above.adrelid)
        END
        OR EXISTS (
            SELECT FROM pg_catalog.pg_description AS own
            WHERE own.classoid = 'pg_catalog.pg_class'::pg_catalog.regclass AND own.objoid = a.attrelid
                AND own.objsubid = a.attnum
        )
    );
