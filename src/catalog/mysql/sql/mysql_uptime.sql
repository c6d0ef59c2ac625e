-- When the server started, and how many days ago.
SELECT DATE_FORMAT(UTC_TIMESTAMP() - INTERVAL CAST(VARIABLE_VALUE AS UNSIGNED) SECOND, '%Y-%m-%dT%H:%i:%sZ'),
    FLOOR(CAST(VARIABLE_VALUE AS UNSIGNED) / 86400)
FROM performance_schema.global_status
WHERE VARIABLE_NAME = 'Uptime';
