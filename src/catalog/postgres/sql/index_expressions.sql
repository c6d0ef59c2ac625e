-- The expressions and predicates of some indexes. Printing one opens its relation.
SELECT
    i.indexrelid,
    pg_catalog.pg_get_expr(i.indexprs, i.indrelid),
    pg_catalog.pg_get_expr(i.indpred, i.indrelid)
FROM pg_catalog.pg_index AS i
WHERE i.indexrelid = ANY (pg_catalog.current_setting('brownfield.indexes')::pg_catalog.oid[]);
