CREATE TABLE invoices (
    id bigint NOT NULL AUTO_INCREMENT PRIMARY KEY,
    number int NOT NULL,
    order_id bigint NOT NULL,
    net decimal(12, 2) NOT NULL,
    tax decimal(12, 2) NOT NULL,
    gross decimal(12, 2) GENERATED ALWAYS AS (net + tax) STORED,
    issued_at datetime NOT NULL DEFAULT CURRENT_TIMESTAMP,
    paid tinyint(1) NOT NULL DEFAULT FALSE,
    created_at datetime NOT NULL DEFAULT CURRENT_TIMESTAMP,
    updated_at datetime NOT NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
    CONSTRAINT invoices_number_key UNIQUE (number),
    CONSTRAINT invoices_order_id_key UNIQUE (order_id),
    CONSTRAINT invoices_net_check CHECK (net >= 0),
    CONSTRAINT invoices_tax_check CHECK (tax >= 0),
    CONSTRAINT invoices_order_id_fkey FOREIGN KEY (order_id) REFERENCES orders (id) ON DELETE RESTRICT
);

-- Numbers continue where the old accounting system stopped.
CREATE TABLE invoice_numbers (
    number int NOT NULL AUTO_INCREMENT PRIMARY KEY,
    taken_at datetime NOT NULL DEFAULT CURRENT_TIMESTAMP
) AUTO_INCREMENT = 1960000000;

CREATE TABLE invoice_lines (
    invoice_id bigint NOT NULL,
    line_number int NOT NULL,
    description varchar(200) NOT NULL,
    amount decimal(12, 2) NOT NULL,
    PRIMARY KEY (invoice_id, line_number),
    CONSTRAINT invoice_lines_line_number_check CHECK (line_number > 0),
    CONSTRAINT invoice_lines_invoice_id_fkey FOREIGN KEY (invoice_id) REFERENCES invoices (id) ON DELETE CASCADE
);

INSERT INTO schema_migrations (version) VALUES ('0015');
