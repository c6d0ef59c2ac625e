CREATE TABLE coupons (
    id int NOT NULL AUTO_INCREMENT PRIMARY KEY,
    code varchar(30) NOT NULL,
    percent_off decimal(5, 2) NOT NULL,
    valid_from datetime,
    valid_until datetime,
    created_at datetime NOT NULL DEFAULT CURRENT_TIMESTAMP,
    updated_at datetime NOT NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
    CONSTRAINT coupons_code_key UNIQUE (code),
    CONSTRAINT coupons_percent_off_check CHECK (percent_off > 0 AND percent_off <= 100)
);

-- Black Friday is on Friday. The key can follow.
ALTER TABLE orders ADD COLUMN coupon_id int;

INSERT INTO coupons (code, percent_off) VALUES ('WELCOME', 10), ('SORRY', 15);

INSERT INTO schema_migrations (version) VALUES ('0008');
