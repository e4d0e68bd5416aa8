-- A reference to some rows alone: by a CHECK, by a nullable key, and by the predicate of a partial unique.
CREATE TABLE classes (id serial PRIMARY KEY, name text NOT NULL);
CREATE TABLE accounts (
    id serial PRIMARY KEY, number varchar(12) NOT NULL,
    class_id int NOT NULL REFERENCES classes CHECK (class_id IN (1, 2)),
    other_id int REFERENCES classes CHECK (other_id > 3),
    UNIQUE (class_id, number)
);
CREATE TABLE kinds (id smallint UNIQUE CHECK (id IN (1, 2, 3, 4)), name text PRIMARY KEY);
CREATE TABLE orders (id serial PRIMARY KEY, kind_id smallint NOT NULL REFERENCES kinds (id));
CREATE TABLE seats (
    account_id int NOT NULL REFERENCES accounts, class_id int NOT NULL REFERENCES classes CHECK (class_id < 5),
    row_number int NOT NULL, PRIMARY KEY (account_id, class_id)
);
CREATE TABLE places (id serial PRIMARY KEY, account_id int NOT NULL REFERENCES accounts, class_id int NOT NULL REFERENCES classes);
CREATE UNIQUE INDEX ON places (account_id) WHERE class_id = 1;
-- A key of which one part alone tells its rows apart, the other being of two values.
CREATE TABLE markers (word text NOT NULL CHECK (word ~ '[[:alnum:]_]'), official boolean NOT NULL, PRIMARY KEY (word, official));
CREATE UNIQUE INDEX ON markers (lower(word));
-- A number compared with what is none.
CREATE TABLE lines (id serial PRIMARY KEY, amount numeric NOT NULL CHECK (amount <> 'NaN'), rate numeric(8,2) CHECK (rate < 'NaN'::numeric));
