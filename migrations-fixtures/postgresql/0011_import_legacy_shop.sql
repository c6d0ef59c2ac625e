-- Data of the shop that was bought, as its export had it. To be cleaned up after the launch.
CREATE TABLE "legacyCustomer" (
    "customerId" integer,
    "fullName" varchar(200),
    "emailAddress" varchar(255),
    "taxNumber" varchar(40),
    "importedAt" timestamp DEFAULT now()
);

-- A safety copy before the import.
CREATE TABLE orders_backup (
    id integer,
    customer_id integer,
    status varchar(20),
    currency char(3),
    total double precision,
    note text,
    placed_at timestamptz
);

INSERT INTO schema_migrations (version) VALUES ('0011');
