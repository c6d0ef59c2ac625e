-- Routines of other databases, of which some may use these.
SELECT ROUTINE_SCHEMA, ROUTINE_NAME, ROUTINE_TYPE, DTD_IDENTIFIER, ROUTINE_DEFINITION, IS_DETERMINISTIC, SECURITY_TYPE,
    DEFINER, ROUTINE_COMMENT, ROUTINE_BODY, SQL_DATA_ACCESS
FROM information_schema.ROUTINES
WHERE ROUTINE_SCHEMA NOT IN ({schemas}, 'mysql', 'information_schema', 'performance_schema', 'sys', 'ndbinfo')
    AND ROUTINE_TYPE IN ('FUNCTION', 'PROCEDURE', 'PACKAGE', 'PACKAGE BODY');
