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

INSERT INTO schema_migrations (version) VALUES ('0017');
