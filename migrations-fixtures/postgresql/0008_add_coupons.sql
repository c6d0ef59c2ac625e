CREATE TABLE coupons (
    id serial PRIMARY KEY,
    code varchar(30) NOT NULL,
    percent_off numeric(5, 2) NOT NULL,
    valid_from timestamptz,
    valid_until timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT coupons_code_key UNIQUE (code),
    CONSTRAINT coupons_percent_off_check CHECK (percent_off > 0 AND percent_off <= 100)
);

-- Black Friday is on Friday. The key can follow.
ALTER TABLE orders ADD COLUMN coupon_id integer;

INSERT INTO coupons (code, percent_off) VALUES ('WELCOME', 10), ('SORRY', 15);

INSERT INTO schema_migrations (version) VALUES ('0008');
