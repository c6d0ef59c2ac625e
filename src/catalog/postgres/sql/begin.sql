-- One snapshot for the whole read, and nothing can be written.
BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;
