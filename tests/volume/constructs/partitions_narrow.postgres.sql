-- Parts that leave no room for other values: a list of regions, and one year.
CREATE TABLE sales (
    id bigint NOT NULL,
    region text NOT NULL,
    amount numeric(12, 2) NOT NULL,
    PRIMARY KEY (id, region)
) PARTITION BY LIST (region);
CREATE TABLE sales_north PARTITION OF sales FOR VALUES IN ('no', 'se', 'fi');
CREATE TABLE sales_south PARTITION OF sales FOR VALUES IN ('it', 'es');
CREATE TABLE entries (id bigint NOT NULL, day date NOT NULL, PRIMARY KEY (id, day)) PARTITION BY RANGE (day);
CREATE TABLE entries_first PARTITION OF entries FOR VALUES FROM ('2025-01-01') TO ('2025-07-01');
CREATE TABLE entries_second PARTITION OF entries FOR VALUES FROM ('2025-07-01') TO ('2026-01-01');
