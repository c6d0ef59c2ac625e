-- Jobs of the extension pg_cron in this database. Row security shows a role its own jobs only. `extension` stands for
-- the schema that it is in.
SELECT j.jobname, j.schedule, j.command, j.active
FROM (SELECT NULL::text AS jobname) AS before_it_existed
CROSS JOIN LATERAL (
    SELECT jobname, own.schedule, own.command, own.active
    FROM extension.job AS own
    WHERE own.database = pg_catalog.current_database()
) AS j;
