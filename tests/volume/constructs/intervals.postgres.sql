-- Lengths of time within bounds.
CREATE TABLE subscriptions (
    id bigint PRIMARY KEY,
    period interval NOT NULL CHECK (period > interval '0'),
    grace interval NOT NULL DEFAULT '0' CHECK (grace BETWEEN interval '0' AND interval '14 days'),
    cooldown interval, started_at timestamptz NOT NULL, ends_at timestamptz NOT NULL,
    CHECK (grace <= period),
    CHECK (ends_at >= started_at + interval '1 day')
);
