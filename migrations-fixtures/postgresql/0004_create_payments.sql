-- Written by the team that joined in spring; they bring a naming scheme of their own.
CREATE TYPE refund_reason AS ENUM ('damaged', 'late', 'wrong_item', 'goodwill');

CREATE TABLE payments (
    id serial PRIMARY KEY,
    order_id integer NOT NULL,
    amount numeric(12, 2) NOT NULL,
    currency char(3) NOT NULL DEFAULT 'EUR',
    method varchar(20) NOT NULL,
    status varchar(20) NOT NULL DEFAULT 'pending',
    provider_reference varchar(100),
    card_last4 char(4),
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT ck_payments_status CHECK (status IN ('pending', 'authorised', 'captured', 'failed')),
    CONSTRAINT ck_payments_amount CHECK (amount >= 0),
    CONSTRAINT fk_payments_order FOREIGN KEY (order_id) REFERENCES orders (id)
);
CREATE INDEX ix_payments_order ON payments (order_id);

CREATE TABLE refunds (
    id serial PRIMARY KEY,
    payment_id integer NOT NULL,
    amount numeric(12, 2) NOT NULL,
    reason refund_reason NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT ck_refunds_amount CHECK (amount > 0),
    CONSTRAINT fk_refunds_payment FOREIGN KEY (payment_id) REFERENCES payments (id) ON DELETE RESTRICT
);
CREATE INDEX ix_refunds_payment ON refunds (payment_id);

INSERT INTO schema_migrations (version) VALUES ('0004');
