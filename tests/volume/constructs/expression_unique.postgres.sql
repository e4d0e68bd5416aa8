-- Unique by what an expression makes of the row.
CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL, nick varchar(12), settings jsonb NOT NULL);
CREATE UNIQUE INDEX ON users (lower(email));
CREATE UNIQUE INDEX ON users (lower(nick)) WHERE nick IS NOT NULL;
CREATE UNIQUE INDEX ON users ((settings ->> 'handle'));
CREATE TABLE aliases (
    id bigint PRIMARY KEY, user_id bigint NOT NULL REFERENCES users, alias text NOT NULL, closed_at timestamptz
);
CREATE UNIQUE INDEX ON aliases (user_id, lower(alias), coalesce(closed_at, 'infinity'));
