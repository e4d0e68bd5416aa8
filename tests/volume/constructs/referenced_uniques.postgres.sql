-- References to a unique that is not the primary key, in another order, and with MATCH FULL.
CREATE TABLE countries (id integer PRIMARY KEY, code char(2) NOT NULL UNIQUE CHECK (code ~ '^[A-Z]{2}$'));
CREATE TABLE regions (
    id integer PRIMARY KEY, country char(2) NOT NULL REFERENCES countries (code), code varchar(3) NOT NULL,
    UNIQUE (code, country)
);
CREATE TABLE places (
    id integer PRIMARY KEY, country char(2), region varchar(3), name text NOT NULL,
    FOREIGN KEY (country, region) REFERENCES regions (country, code) MATCH FULL
);
