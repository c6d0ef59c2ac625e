-- Columns of tables, views and composite types, and of indexes those with options of an operator class (PostgreSQL 13 and
-- later have them). Partitions have their parent's columns. Who else has rights on a column is said with each right; system
-- columns, which have negative numbers, and those of sequences are here for their rights alone. What few columns have is in
-- one cell, which is empty for all others: every cell costs the server, the network and the reader.
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
    CASE WHEN NOT a.attislocal OR a.compression <> '' OR a.attstattarget <> -1 OR a.attoptions IS NOT NULL OR a.attfdwoptions IS NOT NULL OR a.attacl IS NOT NULL
    THEN pg_catalog.json_build_array(
        a.attislocal,
        NULLIF(a.compression, ''),
        NULLIF(a.attstattarget, -1),
        COALESCE(a.attoptions, '{}'),
        ARRAY(SELECT pg_catalog.split_part(option, '=', 1) FROM pg_catalog.unnest(a.attfdwoptions) AS option),
        ARRAY(
            SELECT granted.grantee || ' ' || granted.privilege_type
                || CASE WHEN granted.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END
            FROM pg_catalog.aclexplode(a.attacl) AS granted
            WHERE granted.grantee <> c.relowner
        )
    ) END
FROM (SELECT ''::pg_catalog."char" AS attcompression) AS before_it_existed
CROSS JOIN LATERAL (SELECT own.*, attcompression AS compression FROM pg_catalog.pg_attribute AS own) AS a
JOIN pg_catalog.pg_class AS c ON c.oid = a.attrelid
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
    AND (
        c.relkind IN ('r', 'p', 'v', 'm', 'f', 'c') AND NOT c.relispartition
        OR c.relkind IN ('i', 'I') AND a.attoptions IS NOT NULL
        OR c.relkind = 'S' AND a.attacl IS NOT NULL
    )
    AND (a.attnum > 0 OR a.attacl IS NOT NULL) AND NOT a.attisdropped;
