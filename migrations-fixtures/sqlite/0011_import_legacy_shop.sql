-- Data of the shop that was bought, as its export had it. To be cleaned up after the launch.
CREATE TABLE [legacyCustomer] (
    [customerId] INTEGER,
    [fullName] VARCHAR(200),
    [emailAddress] VARCHAR(255),
    [taxNumber] VARCHAR(40),
    [importedAt] DATETIME DEFAULT CURRENT_TIMESTAMP
);

-- A safety copy before the import.
CREATE TABLE orders_backup (
    id INTEGER,
    customer_id INTEGER,
    status VARCHAR(20),
    currency CHAR(3),
    total REAL,
    note TEXT,
    placed_at DATETIME
);

INSERT INTO schema_migrations (version) VALUES ('0011');
