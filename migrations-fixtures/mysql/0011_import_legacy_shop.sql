-- Data of the shop that was bought, as its export had it. To be cleaned up after the launch.
CREATE TABLE `legacyCustomer` (
    `customerId` int,
    `fullName` varchar(200),
    `emailAddress` varchar(255),
    `taxNumber` varchar(40),
    `importedAt` datetime DEFAULT CURRENT_TIMESTAMP
);

-- A safety copy before the import.
CREATE TABLE orders_backup (
    id int,
    customer_id int,
    status varchar(20),
    currency char(3),
    total double,
    note text,
    placed_at datetime
);

INSERT INTO schema_migrations (version) VALUES ('0011');
