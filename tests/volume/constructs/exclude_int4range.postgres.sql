-- Blocks of numbers may not overlap at all, nor may the tariffs of one country in time.
CREATE EXTENSION btree_gist;
CREATE TABLE number_blocks (id integer PRIMARY KEY, block int4range NOT NULL, EXCLUDE USING gist (block WITH &&));
CREATE TABLE tariffs (
    country char(2) NOT NULL,
    valid_from date NOT NULL,
    valid_to date NOT NULL,
    rate numeric(6, 4) NOT NULL CHECK (rate >= 0),
    CHECK (valid_from < valid_to),
    EXCLUDE USING gist (country WITH =, daterange(valid_from, valid_to, '[)') WITH &&)
);
