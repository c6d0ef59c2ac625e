-- Triggers of other databases, of which some may write to these. The server opens no table for this.
SELECT EVENT_OBJECT_SCHEMA, EVENT_OBJECT_TABLE, TRIGGER_NAME, EVENT_MANIPULATION, ACTION_TIMING, ACTION_STATEMENT, DEFINER,
    ACTION_ORDER, SQL_MODE
FROM information_schema.TRIGGERS
WHERE EVENT_OBJECT_SCHEMA NOT IN ({schemas}, 'mysql', 'information_schema', 'performance_schema', 'sys', 'ndbinfo');
