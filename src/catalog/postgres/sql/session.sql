-- The server and the database. The oldest moment from which usage counters can be complete is the later of the
-- database's own reset and that of the server's shared counters, which a crash resets too. Last, whether there are more than
-- a thousand relations: so many are counted and no more.
SELECT
    pg_catalog.current_setting('server_version_num'),
    pg_catalog.version(),
    d.datname,
    current_user,
    (SELECT r.rolsuper OR r.rolbypassrls FROM pg_catalog.pg_roles AS r WHERE r.rolname = current_user),
    pg_catalog.pg_encoding_to_char(d.encoding),
    d.datcollate,
    pg_catalog.pg_is_in_recovery(),
    pg_catalog.current_setting('block_size'),
    pg_catalog.to_char(since.reset, 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
    pg_catalog.floor(extract(epoch FROM pg_catalog.now() - since.reset) / 86400)::int8,
    pg_catalog.txid_current_snapshot(),
    pg_catalog.shobj_description(d.oid, 'pg_database'),
    (
        SELECT pg_catalog.count(*) > 1000
        FROM (
            SELECT FROM pg_catalog.pg_class AS c WHERE c.oid >= 16384 AND c.relkind IN ('r', 'p', 'v', 'm', 'f') LIMIT 1001
        ) AS relation
    )
FROM pg_catalog.pg_database AS d
CROSS JOIN LATERAL (
    SELECT GREATEST(
        pg_catalog.pg_stat_get_db_stat_reset_time(d.oid),
        pg_catalog.pg_stat_get_bgwriter_stat_reset_time()
    )
) AS since (reset)
WHERE d.datname = pg_catalog.current_database();
