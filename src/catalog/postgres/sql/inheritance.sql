-- Children and parents: partitions, old-style inheritance, and the indexes of partitions.
SELECT i.inhrelid, i.inhparent, i.inhseqno
FROM pg_catalog.pg_inherits AS i;
