-- Publications for logical replication.
SELECT p.oid, p.pubname, p.puballtables, p.pubupdate, p.pubdelete
FROM pg_catalog.pg_publication AS p;
