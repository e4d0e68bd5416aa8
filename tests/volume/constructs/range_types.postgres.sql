-- Every range type of PostgreSQL, NULL and not, with checks on some.
CREATE TABLE spans (
    id integer PRIMARY KEY,
    whole int4range NOT NULL,
    large int8range,
    amount numrange NOT NULL CHECK (lower(amount) >= 0),
    days daterange NOT NULL CHECK (NOT isempty(days)),
    local tsrange,
    instants tstzrange NOT NULL CHECK (lower(instants) < upper(instants)),
    many int4multirange
);
