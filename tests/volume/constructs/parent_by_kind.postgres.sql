-- The enum says which one of the columns is filled.
CREATE TYPE owner_kind AS ENUM ('person', 'team', 'nobody');
CREATE TABLE people (id bigint PRIMARY KEY, name text NOT NULL);
CREATE TABLE teams (id bigint PRIMARY KEY, name text NOT NULL);
CREATE TABLE assets (
    id bigint PRIMARY KEY,
    kind owner_kind NOT NULL,
    person_id bigint REFERENCES people,
    team_id bigint REFERENCES teams,
    CHECK (num_nonnulls(person_id, team_id) = CASE WHEN kind = 'nobody' THEN 0 ELSE 1 END),
    CHECK ((kind = 'person') = (person_id IS NOT NULL)),
    CHECK ((kind = 'team') = (team_id IS NOT NULL))
);
