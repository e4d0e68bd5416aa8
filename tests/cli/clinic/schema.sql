-- A vet clinic: the field that the command line is tested in.
CREATE TYPE visit_status AS ENUM ('booked', 'done', 'missed');
CREATE TYPE species AS ENUM ('dog', 'cat', 'rabbit');

CREATE TABLE services (
    code varchar(12) PRIMARY KEY,
    title text NOT NULL,
    price_cents integer NOT NULL CHECK (price_cents > 0)
);
CREATE TABLE owners (
    id uuid PRIMARY KEY,
    full_name text NOT NULL,
    email text NOT NULL UNIQUE,
    created_at timestamptz NOT NULL
);
CREATE TABLE animals (
    id uuid PRIMARY KEY,
    owner_id uuid NOT NULL REFERENCES owners (id),
    species species NOT NULL,
    weight_kg numeric(5, 2) NOT NULL CHECK (weight_kg BETWEEN 0.1 AND 120)
);
CREATE TABLE visits (
    id uuid PRIMARY KEY,
    animal_id uuid NOT NULL REFERENCES animals (id) ON DELETE CASCADE,
    room smallint NOT NULL CHECK (room BETWEEN 1 AND 9),
    status visit_status NOT NULL DEFAULT 'booked',
    starts_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL,
    total_cents integer NOT NULL CHECK (total_cents >= 0),
    note varchar(80),
    CONSTRAINT visit_ends_later CHECK (ends_at > starts_at)
);
CREATE TABLE visit_items (
    visit_id uuid NOT NULL REFERENCES visits (id),
    service_code varchar(12) NOT NULL REFERENCES services (code),
    quantity smallint NOT NULL CHECK (quantity BETWEEN 1 AND 20),
    price_cents integer NOT NULL CHECK (price_cents >= 0),
    PRIMARY KEY (visit_id, service_code)
);
CREATE INDEX visits_by_start ON visits (starts_at);
