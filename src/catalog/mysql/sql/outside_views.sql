-- Views of other databases, of which some may read these.
SELECT TABLE_SCHEMA, TABLE_NAME, VIEW_DEFINITION
FROM information_schema.VIEWS
WHERE TABLE_SCHEMA NOT IN ({schemas}, 'mysql', 'information_schema', 'performance_schema', 'sys', 'ndbinfo');
