-- The application forgets now and then.
CREATE FUNCTION set_updated_at() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    NEW.updated_at := now();
    RETURN NEW;
END
$$;
CREATE TRIGGER customers_set_updated_at BEFORE UPDATE ON customers
    FOR EACH ROW EXECUTE FUNCTION set_updated_at();
CREATE TRIGGER orders_set_updated_at BEFORE UPDATE ON orders
    FOR EACH ROW EXECUTE FUNCTION set_updated_at();
CREATE TRIGGER products_set_updated_at BEFORE UPDATE ON products
    FOR EACH ROW EXECUTE FUNCTION set_updated_at();

COMMENT ON TABLE customers IS 'People who have an account; guests are not kept';
COMMENT ON TABLE orders_backup IS 'Copy from before the import; delete after the launch';
COMMENT ON COLUMN orders.total IS 'Gross, in the order''s currency';
COMMENT ON COLUMN order_items.unit_price IS 'Price when the order was placed';

INSERT INTO schema_migrations (version) VALUES ('0020');
