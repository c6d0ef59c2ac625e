-- Periods of system time and application time.
SELECT TABLE_SCHEMA, TABLE_NAME, PERIOD, START_COLUMN_NAME, END_COLUMN_NAME
FROM information_schema.PERIODS
WHERE TABLE_SCHEMA IN ({schemas}){names};
