-- Uniques that hold few rows: an enum with a reference, a boolean with one, an enum alone.
CREATE TYPE channel AS ENUM ('email', 'sms', 'push');
CREATE TABLE users (id bigint PRIMARY KEY, name text NOT NULL);
CREATE TABLE preferences (
    id bigint PRIMARY KEY, user_id bigint NOT NULL REFERENCES users, channel channel NOT NULL,
    UNIQUE (user_id, channel)
);
CREATE TABLE flags (
    user_id bigint NOT NULL REFERENCES users, beta boolean NOT NULL, since date NOT NULL,
    PRIMARY KEY (user_id, beta)
);
CREATE TABLE channels (channel channel PRIMARY KEY, sender text NOT NULL UNIQUE);
CREATE TABLE levels (level smallint NOT NULL UNIQUE CHECK (level BETWEEN 1 AND 5), title varchar(20) NOT NULL);
CREATE TABLE follows (
    follower_id bigint NOT NULL REFERENCES users, followed_id bigint NOT NULL REFERENCES users,
    PRIMARY KEY (follower_id, followed_id), CHECK (follower_id <> followed_id)
);
