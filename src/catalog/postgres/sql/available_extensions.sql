-- Versions of installed extensions whose files lie on the server.
SELECT e.extname, a.default_version
FROM pg_catalog.pg_extension AS e
JOIN pg_catalog.pg_available_extensions() AS a ON a.name = e.extname;
