-- Uniques that see the beginnings of long texts alone.
CREATE TABLE sessions (sid text NOT NULL, note varchar(400), pid text NOT NULL, photo blob);
CREATE UNIQUE INDEX i_sid ON sessions(sid(5));
CREATE UNIQUE INDEX i_pid_note ON sessions(pid(6), note(4));
CREATE TABLE topics (topic text NOT NULL, title text NOT NULL, UNIQUE KEY i_topic (topic(191)), UNIQUE KEY (title(9)));
-- Identifiers without dashes, counts beyond what is signed, and small numbers of things that are usually large.
CREATE TABLE hosts (
    hostid bigint unsigned NOT NULL PRIMARY KEY, uuid varchar(32) NOT NULL, serial bigint unsigned,
    max_log_size tinyint NOT NULL, height int NOT NULL
);
