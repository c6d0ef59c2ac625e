-- The order list takes four seconds. One of these helped.
CREATE INDEX orders_customer_idx ON orders (customer_id);
CREATE INDEX orders_customer_id_created_at_idx ON orders (customer_id, created_at);
CREATE INDEX orders_status_created_at_idx ON orders (status, created_at);
CREATE INDEX coupons_code_idx ON coupons (code);
CREATE INDEX ix_payments_order_status ON payments (order_id, status);
CREATE INDEX orders_open_idx ON orders (created_at) WHERE status IN ('new', 'paid');
CREATE INDEX customers_lower_email_idx ON customers (lower(email));

INSERT INTO schema_migrations (version) VALUES ('0016');
