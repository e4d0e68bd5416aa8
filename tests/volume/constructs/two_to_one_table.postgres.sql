-- Two references to one table that may not be the same row, one pair in order, one that may be absent.
CREATE TABLE accounts (id bigint PRIMARY KEY, iban text NOT NULL UNIQUE);
CREATE TABLE transfers (
    id bigint PRIMARY KEY,
    from_id bigint NOT NULL REFERENCES accounts,
    to_id bigint NOT NULL REFERENCES accounts,
    via_id bigint REFERENCES accounts,
    CONSTRAINT not_to_itself CHECK (from_id <> to_id),
    CHECK (via_id IS DISTINCT FROM from_id)
);
CREATE TABLE friendships (
    lower_id bigint NOT NULL REFERENCES accounts,
    higher_id bigint NOT NULL REFERENCES accounts,
    PRIMARY KEY (lower_id, higher_id),
    CHECK (lower_id < higher_id)
);
