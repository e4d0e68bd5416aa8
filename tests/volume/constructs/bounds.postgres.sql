-- Narrow types at their ends, and checks that leave few values.
CREATE TABLE limits (
    id smallint PRIMARY KEY,
    percent smallint NOT NULL CHECK (percent >= 0 AND percent <= 100),
    port integer NOT NULL CHECK (port BETWEEN 1024 AND 65535),
    year integer NOT NULL CHECK (year >= 1900 AND year < 2100),
    top bigint NOT NULL CHECK (top > 9223372036854775000),
    one_value integer NOT NULL CHECK (one_value = 7),
    ratio numeric(3, 3) NOT NULL CHECK (ratio > 0 AND ratio < 1),
    thousands numeric(6, 0) NOT NULL CHECK (thousands % 1000 = 0),
    share real NOT NULL CHECK (share >= 0 AND share <= 1),
    never_seven integer NOT NULL CHECK (never_seven <> 7 AND never_seven BETWEEN 6 AND 8),
    not_zero integer NOT NULL CHECK (not_zero <> 0)
);
