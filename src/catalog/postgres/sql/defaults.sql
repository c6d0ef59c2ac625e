-- Defaults and generation expressions of columns. The digest tells which of them are stored alike, so that each is printed
-- once: printing is what costs.
SELECT
    d.adrelid,
    d.adnum,
    d.oid,
    pg_catalog.substr(
        pg_catalog.sha256(pg_catalog.convert_to(d.adbin::text, pg_catalog.current_setting('server_encoding'))), 1, 16
    )
FROM pg_catalog.pg_attrdef AS d
WHERE d.oid >= 16384;
