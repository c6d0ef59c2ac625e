-- Accounts of the server.
SELECT CONCAT(User, '@', Host)
FROM mysql.user;
