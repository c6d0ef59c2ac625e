-- Written by the team that joined in spring; they bring a naming scheme of their own.

CREATE TABLE payments (
    id int NOT NULL AUTO_INCREMENT PRIMARY KEY,
    order_id int NOT NULL,
    amount decimal(12, 2) NOT NULL,
    currency char(3) NOT NULL DEFAULT 'EUR',
    method varchar(20) NOT NULL,
    status varchar(20) NOT NULL DEFAULT 'pending',
    provider_reference varchar(100),
    card_last4 char(4),
    created_at datetime NOT NULL DEFAULT CURRENT_TIMESTAMP,
    updated_at datetime NOT NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
    CONSTRAINT ck_payments_status CHECK (status IN ('pending', 'authorised', 'captured', 'failed')),
    CONSTRAINT ck_payments_amount CHECK (amount >= 0),
    CONSTRAINT fk_payments_order FOREIGN KEY (order_id) REFERENCES orders (id)
);
CREATE INDEX ix_payments_order ON payments (order_id);

CREATE TABLE refunds (
    id int NOT NULL AUTO_INCREMENT PRIMARY KEY,
    payment_id int NOT NULL,
    amount decimal(12, 2) NOT NULL,
    reason enum('damaged', 'late', 'wrong_item', 'goodwill') NOT NULL,
    created_at datetime NOT NULL DEFAULT CURRENT_TIMESTAMP,
    updated_at datetime NOT NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
    CONSTRAINT ck_refunds_amount CHECK (amount > 0),
    CONSTRAINT fk_refunds_payment FOREIGN KEY (payment_id) REFERENCES payments (id) ON DELETE RESTRICT
);
CREATE INDEX ix_refunds_payment ON refunds (payment_id);

INSERT INTO schema_migrations (version) VALUES ('0004');
