-- MySQL keeps updated_at by itself. Stock follows its movements.
CREATE TRIGGER stock_movements_apply AFTER INSERT ON stock_movements FOR EACH ROW
    UPDATE inventory SET quantity = quantity + NEW.quantity
    WHERE warehouse_id = NEW.warehouse_id AND product_id = NEW.product_id;

ALTER TABLE customers COMMENT = 'People who have an account; guests are not kept';
ALTER TABLE orders_backup COMMENT = 'Copy from before the import; delete after the launch';
ALTER TABLE orders MODIFY total double NOT NULL DEFAULT 0 COMMENT 'Gross, in the order''s currency';

INSERT INTO schema_migrations (version) VALUES ('0020');
