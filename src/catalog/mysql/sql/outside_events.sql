-- Events of other databases, of which some may use these.
SELECT EVENT_SCHEMA, EVENT_NAME, STATUS, INTERVAL_VALUE, INTERVAL_FIELD, EXECUTE_AT, DEFINER, EVENT_DEFINITION,
    EVENT_COMMENT, STARTS, ENDS, TIME_ZONE, SQL_MODE, ON_COMPLETION
FROM information_schema.EVENTS
WHERE EVENT_SCHEMA NOT IN ({schemas}, 'mysql', 'information_schema', 'performance_schema', 'sys', 'ndbinfo');
