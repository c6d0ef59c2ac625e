-- Comments on objects that are not built in; 2200 is the schema public.
SELECT d.classoid, d.objoid, d.objsubid, d.description
FROM pg_catalog.pg_description AS d
WHERE d.objoid >= 16384 OR d.objoid = 2200;
