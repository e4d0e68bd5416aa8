-- Columns that are NULL together, one of several, and what a state asks for.
CREATE TABLE parents (id bigint PRIMARY KEY, name text NOT NULL);
CREATE TABLE others (id bigint PRIMARY KEY, name text NOT NULL);
CREATE TABLE events (
    id bigint PRIMARY KEY,
    latitude double precision CHECK (latitude BETWEEN -90 AND 90),
    longitude double precision CHECK (longitude BETWEEN -180 AND 180),
    parent_id bigint REFERENCES parents,
    other_id bigint REFERENCES others,
    email text, phone text,
    state text NOT NULL CHECK (state IN ('planned', 'held', 'cancelled')),
    held_on date, reason text,
    CHECK ((latitude IS NULL) = (longitude IS NULL)),
    CONSTRAINT exactly_one_parent CHECK (num_nonnulls(parent_id, other_id) = 1),
    CHECK (email IS NOT NULL OR phone IS NOT NULL),
    CHECK (state <> 'held' OR held_on IS NOT NULL),
    CHECK (state = 'cancelled' AND reason IS NOT NULL OR state <> 'cancelled' AND reason IS NULL)
);
