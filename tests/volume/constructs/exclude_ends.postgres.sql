-- Ranges of two ends, each with CHECKs of its own; values that may not be equal; the shelf of a box is the same in all.
CREATE EXTENSION btree_gist;
CREATE TABLE blocks (
    id integer PRIMARY KEY,
    first_number integer NOT NULL,
    last_number integer NOT NULL CHECK (last_number <= 500),
    EXCLUDE USING gist (int4range(first_number, last_number) WITH &&)
);
CREATE TABLE seasons (
    id integer PRIMARY KEY,
    begins timestamptz NOT NULL CHECK (begins > '2024-01-01'),
    ends timestamptz NOT NULL CHECK (ends < '2024-05-01'),
    CHECK (begins < ends),
    EXCLUDE USING gist (tstzrange(begins, ends) WITH &&)
);
CREATE TABLE vouchers (id integer PRIMARY KEY, code integer NOT NULL, EXCLUDE USING hash (code WITH =));
CREATE TABLE boxes (
    id integer PRIMARY KEY,
    box integer NOT NULL,
    shelf integer NOT NULL CHECK (shelf BETWEEN 1 AND 20),
    used boolean NOT NULL,
    EXCLUDE USING gist (box WITH =, shelf WITH <>) WHERE (used)
);
