-- Databases that the account may see. {only} says which of them.
SELECT SCHEMA_NAME, DEFAULT_CHARACTER_SET_NAME, DEFAULT_COLLATION_NAME, SCHEMA_COMMENT
FROM information_schema.SCHEMATA
WHERE {only};
