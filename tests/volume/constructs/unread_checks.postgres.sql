-- CHECKs that may be beyond llmgen: it says so before the first row, or its rows hold them; the other tables load.
CREATE TABLE plain (id bigint PRIMARY KEY, name text NOT NULL);
CREATE TABLE scored (
    id bigint PRIMARY KEY, plain_id bigint NOT NULL REFERENCES plain,
    scores integer[] CHECK (0 <= ALL (scores) AND 100 >= ALL (scores)),
    moments timestamptz[] CHECK (array_position(moments, NULL) IS NULL)
);
CREATE TABLE priced (id bigint PRIMARY KEY, deposit money NOT NULL CHECK (deposit >= 0::money));
CREATE TABLE noted (id bigint PRIMARY KEY, note text CHECK (bit_length(note) <= 240));
CREATE TABLE spans (
    id bigint PRIMARY KEY,
    amount numrange NOT NULL CHECK (lower(amount) >= 0),
    days daterange NOT NULL CHECK (NOT isempty(days)),
    instants tstzrange NOT NULL CHECK (lower(instants) < upper(instants))
);
