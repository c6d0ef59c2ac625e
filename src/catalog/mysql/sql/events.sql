-- Events. The start is told in the time zone of the event, and when it was made or changed in that of the session.
SELECT EVENT_SCHEMA, EVENT_NAME, STATUS, INTERVAL_VALUE, INTERVAL_FIELD, EXECUTE_AT, DEFINER, EVENT_DEFINITION,
    EVENT_COMMENT, ENDS,
    IF(CONVERT_TZ(STARTS, TIME_ZONE, @@time_zone) IN (CREATED, LAST_ALTERED), NULL, STARTS)
FROM information_schema.EVENTS
WHERE EVENT_SCHEMA IN ({schemas});
