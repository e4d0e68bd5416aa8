-- Dates in order, chains of them, with NULL at the end, and at most so far apart.
CREATE TABLE trips (
    id bigint PRIMARY KEY,
    booked_on date NOT NULL, starts_on date NOT NULL, ends_on date NOT NULL,
    paid_on date, cancelled_at timestamptz, created_at timestamptz NOT NULL, updated_at timestamptz NOT NULL,
    opens time NOT NULL, closes time NOT NULL,
    CHECK (booked_on <= starts_on AND starts_on <= ends_on),
    CHECK (paid_on BETWEEN booked_on AND ends_on),
    CHECK (updated_at >= created_at),
    CHECK (cancelled_at > created_at),
    CHECK (ends_on - starts_on <= 30),
    CHECK (updated_at <= created_at + interval '5 years'),
    CHECK (opens < closes),
    CHECK (created_at >= '2015-01-01 00:00:00+00')
);
