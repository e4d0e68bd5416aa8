-- Every range type of PostgreSQL, NULL and not.
CREATE TABLE spans (
    id integer PRIMARY KEY,
    whole int4range NOT NULL,
    large int8range,
    amount numrange NOT NULL,
    days daterange NOT NULL,
    local tsrange,
    instants tstzrange NOT NULL,
    many int4multirange
);
