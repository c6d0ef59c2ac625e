CREATE TABLE invoices (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    number INTEGER NOT NULL,
    order_id INTEGER NOT NULL,
    net DECIMAL(12, 2) NOT NULL,
    tax DECIMAL(12, 2) NOT NULL,
    gross DECIMAL(12, 2) GENERATED ALWAYS AS (net + tax) VIRTUAL,
    issued_at DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    paid BOOLEAN NOT NULL DEFAULT FALSE,
    created_at DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    updated_at DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT invoices_number_key UNIQUE (number),
    CONSTRAINT invoices_order_id_key UNIQUE (order_id),
    CONSTRAINT invoices_net_check CHECK (net >= 0),
    CONSTRAINT invoices_tax_check CHECK (tax >= 0),
    CONSTRAINT invoices_order_id_fkey FOREIGN KEY (order_id) REFERENCES orders (id) ON DELETE RESTRICT
);

CREATE TABLE invoice_lines (
    invoice_id INTEGER NOT NULL,
    line_number INTEGER NOT NULL,
    description VARCHAR(200) NOT NULL,
    amount DECIMAL(12, 2) NOT NULL,
    PRIMARY KEY (invoice_id, line_number),
    CONSTRAINT invoice_lines_line_number_check CHECK (line_number > 0),
    CONSTRAINT invoice_lines_invoice_id_fkey FOREIGN KEY (invoice_id) REFERENCES invoices (id) ON DELETE CASCADE
);

INSERT INTO schema_migrations (version) VALUES ('0015');
