-- Invoice numbers continue where the old accounting system stopped.
CREATE SEQUENCE invoice_number_seq AS integer START WITH 1960000000;
SELECT nextval('invoice_number_seq');

CREATE TABLE invoices (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    number integer NOT NULL DEFAULT nextval('invoice_number_seq'),
    order_id bigint NOT NULL,
    net numeric(12, 2) NOT NULL,
    tax numeric(12, 2) NOT NULL,
    gross numeric(12, 2) GENERATED ALWAYS AS (net + tax) STORED,
    issued_at timestamptz NOT NULL DEFAULT now(),
    paid boolean NOT NULL DEFAULT FALSE,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT invoices_number_key UNIQUE (number),
    CONSTRAINT invoices_order_id_key UNIQUE (order_id),
    CONSTRAINT invoices_net_check CHECK (net >= 0),
    CONSTRAINT invoices_tax_check CHECK (tax >= 0),
    CONSTRAINT invoices_order_id_fkey FOREIGN KEY (order_id) REFERENCES orders (id) ON DELETE RESTRICT
);
ALTER SEQUENCE invoice_number_seq OWNED BY invoices.number;

CREATE TABLE invoice_lines (
    invoice_id bigint NOT NULL,
    line_number integer NOT NULL,
    description varchar(200) NOT NULL,
    amount numeric(12, 2) NOT NULL,
    PRIMARY KEY (invoice_id, line_number),
    CONSTRAINT invoice_lines_line_number_check CHECK (line_number > 0),
    CONSTRAINT invoice_lines_invoice_id_fkey FOREIGN KEY (invoice_id) REFERENCES invoices (id) ON DELETE CASCADE
);

INSERT INTO schema_migrations (version) VALUES ('0015');
