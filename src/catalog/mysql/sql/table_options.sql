-- Options that tables were made with, as name=value with spaces between.
SELECT TABLE_SCHEMA, TABLE_NAME, CREATE_OPTIONS
FROM information_schema.TABLES
WHERE TABLE_SCHEMA IN ({schemas}){names} AND CREATE_OPTIONS <> '';
