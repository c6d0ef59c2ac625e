CREATE TABLE vectors (id int PRIMARY KEY, place vector(3) NOT NULL, amount int, is_open bool, customer_id bigint NOT NULL, VECTOR KEY vectors_place_idx (place), KEY vectors_amount_idx (amount) IGNORED);
INSERT INTO vectors (id, place, customer_id) VALUES (1, x'000000000000000000000000', 1);
