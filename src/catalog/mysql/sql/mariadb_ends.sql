-- Tables that foreign keys of InnoDB lead from and to, which only PROCESS shows.
SELECT FOR_NAME, REF_NAME
FROM information_schema.INNODB_SYS_FOREIGN;
