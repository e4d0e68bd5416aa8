-- One default for each organization; names unique among what is not deleted; one open case at a time.
CREATE TABLE organizations (id bigint PRIMARY KEY, slug text NOT NULL, deleted_at timestamptz);
CREATE UNIQUE INDEX ON organizations (slug) WHERE deleted_at IS NULL;
CREATE TABLE cards (
    id bigint PRIMARY KEY, organization_id bigint NOT NULL REFERENCES organizations,
    is_default boolean NOT NULL, last4 char(4) NOT NULL CHECK (last4 ~ '^[0-9]{4}$')
);
CREATE UNIQUE INDEX ON cards (organization_id) WHERE is_default;
CREATE TABLE cases (
    id bigint PRIMARY KEY, organization_id bigint NOT NULL REFERENCES organizations,
    state text NOT NULL CHECK (state IN ('open', 'waiting', 'closed')), kind smallint NOT NULL CHECK (kind IN (1, 2, 3)),
    closed_at timestamptz, CHECK ((state = 'closed') = (closed_at IS NOT NULL))
);
CREATE UNIQUE INDEX ON cases (organization_id, kind) WHERE state <> 'closed';
