-- Parts of indexes, and whether the optimizer sees the index.
SELECT TABLE_SCHEMA, TABLE_NAME, INDEX_NAME, SEQ_IN_INDEX, NON_UNIQUE, COLUMN_NAME, COLLATION, SUB_PART, INDEX_TYPE,
    INDEX_COMMENT, IS_VISIBLE
FROM information_schema.STATISTICS
WHERE TABLE_SCHEMA IN ({schemas}){names};
