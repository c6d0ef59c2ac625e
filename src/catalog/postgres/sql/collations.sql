-- Collations, to name them where one is not the default, and what makes those of users. A locale stands in one of three
-- places, by version and provider.
SELECT
    c.oid,
    n.nspname,
    c.collname,
    c.collnamespace,
    c.collprovider,
    COALESCE(c.locale, c.collcollate),
    NULLIF(c.collctype, COALESCE(c.locale, c.collcollate)),
    c.collisdeterministic,
    c.rules
FROM (SELECT NULL::text AS colliculocale, NULL::text AS colllocale, NULL::text AS collicurules) AS before_they_existed
CROSS JOIN LATERAL (
    SELECT own.*, COALESCE(colllocale, colliculocale) AS locale, collicurules AS rules FROM pg_catalog.pg_collation AS own
) AS c
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.collnamespace;
