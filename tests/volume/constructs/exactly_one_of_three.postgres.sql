-- Exactly one of three references, spelled as a sum of casts, and as an OR of ANDs.
CREATE TABLE a (id bigint PRIMARY KEY);
CREATE TABLE b (id bigint PRIMARY KEY);
CREATE TABLE c (id bigint PRIMARY KEY);
CREATE TABLE links (
    id bigint PRIMARY KEY, a_id bigint REFERENCES a, b_id bigint REFERENCES b, c_id bigint REFERENCES c,
    CHECK ((a_id IS NOT NULL)::integer + (b_id IS NOT NULL)::integer + (c_id IS NOT NULL)::integer = 1)
);
CREATE TABLE notes (
    id bigint PRIMARY KEY, a_id bigint REFERENCES a, b_id bigint REFERENCES b,
    CHECK (a_id IS NOT NULL AND b_id IS NULL OR a_id IS NULL AND b_id IS NOT NULL)
);
CREATE UNIQUE INDEX ON notes (a_id) WHERE a_id IS NOT NULL;
