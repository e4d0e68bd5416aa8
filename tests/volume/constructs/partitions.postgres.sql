-- Rows go to the parent table; it has parts by range and by hash.
CREATE TABLE accounts (id uuid PRIMARY KEY, name text NOT NULL);
CREATE TABLE measures (
    account_id uuid NOT NULL REFERENCES accounts,
    taken_at timestamptz NOT NULL,
    value double precision NOT NULL,
    PRIMARY KEY (account_id, taken_at)
) PARTITION BY RANGE (taken_at);
CREATE TABLE measures_old PARTITION OF measures FOR VALUES FROM (MINVALUE) TO ('2025-01-01');
CREATE TABLE measures_2025 PARTITION OF measures FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
CREATE TABLE measures_rest PARTITION OF measures DEFAULT;
CREATE TABLE sessions (
    id bigint NOT NULL,
    account_id uuid NOT NULL,
    token varchar(32) NOT NULL,
    PRIMARY KEY (id, account_id),
    UNIQUE (account_id, token),
    FOREIGN KEY (account_id) REFERENCES accounts
) PARTITION BY HASH (account_id);
CREATE TABLE sessions_0 PARTITION OF sessions FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE sessions_1 PARTITION OF sessions FOR VALUES WITH (MODULUS 2, REMAINDER 1);
