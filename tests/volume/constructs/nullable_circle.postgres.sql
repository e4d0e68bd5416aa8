-- Cycles that an empty reference breaks, and many-to-many through them.
CREATE TABLE teams (id bigint PRIMARY KEY, name text NOT NULL, lead_id bigint UNIQUE);
CREATE TABLE players (
    id bigint PRIMARY KEY, team_id bigint NOT NULL REFERENCES teams, mentor_id bigint REFERENCES players,
    shirt smallint NOT NULL CHECK (shirt BETWEEN 1 AND 99), UNIQUE (team_id, shirt), UNIQUE (team_id, id)
);
ALTER TABLE teams ADD FOREIGN KEY (lead_id) REFERENCES players;
CREATE TABLE matches (
    home_id bigint NOT NULL REFERENCES teams, away_id bigint NOT NULL REFERENCES teams, season smallint NOT NULL
        CHECK (season BETWEEN 2000 AND 2030), home_score smallint, away_score smallint,
    PRIMARY KEY (home_id, away_id, season), CHECK (home_id <> away_id),
    CHECK ((home_score IS NULL) = (away_score IS NULL)), CHECK (home_score >= 0 AND away_score >= 0)
);
