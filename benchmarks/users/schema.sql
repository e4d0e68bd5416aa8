-- People of organizations: what with_faker.py and with_mimesis.py write by hand, declared.
CREATE TABLE organizations (
    id uuid PRIMARY KEY,
    name varchar(80) NOT NULL,
    domain varchar(80) NOT NULL UNIQUE
);

CREATE TABLE users (
    id uuid PRIMARY KEY,
    organization_id uuid NOT NULL REFERENCES organizations,
    full_name varchar(120) NOT NULL,
    email varchar(160) NOT NULL UNIQUE,
    phone varchar(40) NOT NULL,
    street_address varchar(200) NOT NULL,
    city varchar(100) NOT NULL,
    country char(2) NOT NULL,
    locale varchar(5) NOT NULL,
    time_zone varchar(40) NOT NULL,
    status text NOT NULL CHECK (status IN ('active', 'invited', 'suspended', 'deleted')),
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CONSTRAINT updated_after_created CHECK (updated_at >= created_at)
);
