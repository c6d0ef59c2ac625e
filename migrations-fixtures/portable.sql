-- The core of the shop in the SQL that PostgreSQL, MySQL, MariaDB and SQLite all understand alike. Every reader must
-- find the same model in it: tables, columns, keys, checks, indexes and views, whatever each engine calls its types.

CREATE TABLE customers (
    id INTEGER NOT NULL,
    email VARCHAR(255) NOT NULL,
    name VARCHAR(120) NOT NULL,
    born_on DATE,
    status VARCHAR(20) DEFAULT 'active' NOT NULL,
    CONSTRAINT customers_pkey PRIMARY KEY (id),
    CONSTRAINT customers_email_key UNIQUE (email),
    CONSTRAINT customers_status_check CHECK (status <> '')
);

CREATE TABLE addresses (
    id INTEGER NOT NULL,
    customer_id INTEGER NOT NULL,
    city VARCHAR(100) NOT NULL,
    country VARCHAR(2) NOT NULL,
    CONSTRAINT addresses_pkey PRIMARY KEY (id)
);
CREATE INDEX addresses_customer_id_idx ON addresses (customer_id);

CREATE TABLE categories (
    id INTEGER NOT NULL,
    parent_id INTEGER,
    name VARCHAR(120) NOT NULL,
    CONSTRAINT categories_pkey PRIMARY KEY (id),
    CONSTRAINT categories_name_key UNIQUE (parent_id, name),
    CONSTRAINT categories_parent_id_fkey FOREIGN KEY (parent_id) REFERENCES categories (id) ON DELETE SET NULL
);

CREATE TABLE products (
    id INTEGER NOT NULL,
    category_id INTEGER,
    sku VARCHAR(40) NOT NULL,
    name VARCHAR(200) NOT NULL,
    price DECIMAL(12, 2) NOT NULL,
    stock INTEGER DEFAULT 0 NOT NULL,
    CONSTRAINT products_pkey PRIMARY KEY (id),
    CONSTRAINT products_sku_key UNIQUE (sku),
    CONSTRAINT products_price_check CHECK (price >= 0),
    CONSTRAINT products_category_id_fkey FOREIGN KEY (category_id) REFERENCES categories (id)
        ON DELETE SET NULL ON UPDATE CASCADE
);
CREATE INDEX products_category_id_name_idx ON products (category_id, name);

CREATE TABLE orders (
    id INTEGER NOT NULL,
    customer_id INTEGER NOT NULL,
    placed_on DATE NOT NULL,
    total DECIMAL(12, 2) DEFAULT 0 NOT NULL,
    CONSTRAINT orders_pkey PRIMARY KEY (id),
    CONSTRAINT orders_total_check CHECK (total >= 0),
    CONSTRAINT orders_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES customers (id) ON DELETE CASCADE
);
CREATE INDEX orders_customer_id_placed_on_idx ON orders (customer_id, placed_on);

CREATE TABLE order_items (
    order_id INTEGER NOT NULL,
    line_number INTEGER NOT NULL,
    product_id INTEGER NOT NULL,
    quantity INTEGER NOT NULL,
    CONSTRAINT order_items_pkey PRIMARY KEY (order_id, line_number),
    CONSTRAINT order_items_quantity_check CHECK (quantity > 0 AND quantity < 1000),
    CONSTRAINT order_items_order_id_fkey FOREIGN KEY (order_id) REFERENCES orders (id) ON DELETE CASCADE,
    CONSTRAINT order_items_product_id_fkey FOREIGN KEY (product_id) REFERENCES products (id) ON DELETE CASCADE
);
CREATE INDEX order_items_product_id_idx ON order_items (product_id);

-- A key of two columns, in another order than the table has them.
CREATE TABLE returns (
    id INTEGER NOT NULL,
    item_line INTEGER NOT NULL,
    item_order INTEGER NOT NULL,
    reason VARCHAR(200),
    CONSTRAINT returns_pkey PRIMARY KEY (id),
    CONSTRAINT returns_item_fkey FOREIGN KEY (item_order, item_line) REFERENCES order_items (order_id, line_number)
        ON DELETE CASCADE
);
CREATE INDEX returns_item_idx ON returns (item_order, item_line);

-- Neither key nor reference.
CREATE TABLE visits (
    visited_on DATE NOT NULL,
    customer_id INTEGER,
    path VARCHAR(200)
);
CREATE UNIQUE INDEX visits_visited_on_customer_id_path_idx ON visits (visited_on, customer_id, path);

CREATE VIEW customer_totals AS
    SELECT c.id, c.name, o.placed_on, o.total
    FROM customers c
    JOIN orders o ON o.customer_id = c.id;
