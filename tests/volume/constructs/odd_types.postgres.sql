-- Types that are text to others: networks, bits, money, xml, search, geometry, citext, hstore, ltree.
CREATE EXTENSION citext;
CREATE EXTENSION hstore;
CREATE EXTENSION ltree;
CREATE TYPE pair AS (a integer, b text);
CREATE TABLE oddities (
    id oid PRIMARY KEY,
    address inet NOT NULL, network cidr, mac macaddr, flags bit(8) NOT NULL, many bit varying(12),
    price money NOT NULL, document xml, words tsvector, spot point, area box, nick citext NOT NULL UNIQUE,
    extra hstore, path ltree, pair pair, one "char", name name, small smallint NOT NULL, r real NOT NULL,
    at_time timetz, exact timestamptz(0) NOT NULL, millis timestamp(3), big numeric, uuid uuid NOT NULL UNIQUE
);
