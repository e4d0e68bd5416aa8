-- Lengths and elements of arrays, held by checks; arrays of enums; an array with two dimensions.
CREATE TYPE role AS ENUM ('reader', 'writer', 'owner');
CREATE TABLE members (
    id bigint PRIMARY KEY,
    roles role[] NOT NULL CHECK (cardinality(roles) BETWEEN 1 AND 3),
    labels text[] NOT NULL DEFAULT '{}' CHECK (array_length(labels, 1) <= 5),
    scores integer[],
    days text[] NOT NULL CHECK (days <@ ARRAY['mon', 'tue', 'wed', 'thu', 'fri']),
    moments timestamptz[],
    digests bytea[],
    grid integer[][]
);
