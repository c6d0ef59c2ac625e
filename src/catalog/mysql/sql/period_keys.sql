-- Keys that forbid periods to overlap.
SELECT TABLE_SCHEMA, TABLE_NAME, CONSTRAINT_NAME, PERIOD_NAME
FROM information_schema.KEY_PERIOD_USAGE
WHERE TABLE_SCHEMA IN ({schemas}){names};
