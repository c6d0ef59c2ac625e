CREATE VIEW customer_orders AS
    SELECT c.id, c.name, count(o.id) AS orders, sum(o.total) AS total
    FROM customers c
    LEFT JOIN orders o ON o.customer_id = c.id
    WHERE c.deleted_at IS NULL
    GROUP BY c.id, c.name;

CREATE VIEW available_products AS
    SELECT p.id, p.sku, p.name, sum(i.quantity - i.reserved) AS available
    FROM products p
    JOIN inventory i ON i.product_id = p.id
    GROUP BY p.id, p.sku, p.name;

-- The job of the night fills it.
CREATE MATERIALIZED VIEW daily_revenue AS
    SELECT date_trunc('day', created_at) AS day, currency, sum(amount) AS revenue
    FROM payments
    WHERE status = 'captured'
    GROUP BY 1, 2
WITH NO DATA;
CREATE UNIQUE INDEX daily_revenue_day_currency_idx ON daily_revenue (day, currency);

INSERT INTO schema_migrations (version) VALUES ('0017');
