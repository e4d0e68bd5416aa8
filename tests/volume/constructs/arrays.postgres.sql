-- Lengths and elements of arrays, held by checks; arrays of enums; an array with two dimensions.
CREATE TYPE role AS ENUM ('reader', 'writer', 'owner');
CREATE TABLE members (
    id bigint PRIMARY KEY,
    roles role[] NOT NULL CHECK (cardinality(roles) BETWEEN 1 AND 3),
    labels text[] NOT NULL DEFAULT '{}' CHECK (array_length(labels, 1) <= 5),
    scores integer[] CHECK (0 <= ALL (scores) AND 100 >= ALL (scores)),
    days text[] NOT NULL CHECK (days <@ ARRAY['mon', 'tue', 'wed', 'thu', 'fri']),
    moments timestamptz[] CHECK (array_position(moments, NULL) IS NULL),
    digests bytea[],
    grid integer[][]
);
