CREATE TABLE coupons (
    id INTEGER PRIMARY KEY,
    code VARCHAR(30) NOT NULL,
    percent_off DECIMAL(5, 2) NOT NULL,
    valid_from DATETIME,
    valid_until DATETIME,
    created_at DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    updated_at DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT coupons_code_key UNIQUE (code),
    CONSTRAINT coupons_percent_off_check CHECK (percent_off > 0 AND percent_off <= 100)
);

-- Black Friday is on Friday. The key can follow.
ALTER TABLE orders ADD COLUMN coupon_id INTEGER;

INSERT INTO coupons (code, percent_off) VALUES ('WELCOME', 10), ('SORRY', 15);

INSERT INTO schema_migrations (version) VALUES ('0008');
