CREATE TYPE mood AS ENUM ('sad', 'ok', 'it''s');
CREATE SCHEMA shop;
CREATE TYPE shop.size AS ENUM ('s', 'm');
CREATE SEQUENCE ids;
CREATE MACRO plus(a, b) AS a + b;
CREATE MACRO overloaded(a) AS a, (a, b) AS a + b;

CREATE TABLE type_names (
    tiny TINYINT, small SMALLINT, plain INTEGER, big BIGINT, huge HUGEINT,
    u_tiny UTINYINT, u_small USMALLINT, u_plain UINTEGER, u_big UBIGINT, u_huge UHUGEINT,
    exact DECIMAL(10, 2), exact_plain DECIMAL, single FLOAT, twice DOUBLE,
    words VARCHAR, bounded VARCHAR(20), bytes BLOB, bits BIT, flag BOOLEAN,
    day DATE, clock TIME, clock_tz TIMETZ, moment TIMESTAMP, moment_s TIMESTAMP_S, moment_ms TIMESTAMP_MS,
    moment_ns TIMESTAMP_NS, instant TIMESTAMPTZ, span INTERVAL, key UUID, document JSON,
    feeling mood, answer ENUM ('yes', 'no'),
    list INTEGER[], matrix VARCHAR[][], triple INTEGER[3], pairs INTEGER[2][], feelings mood[],
    record STRUCT("a b" INTEGER, c VARCHAR), pairing MAP(VARCHAR, INTEGER), either UNION(n INTEGER, s VARCHAR)
);

CREATE TABLE parents (
    id BIGINT PRIMARY KEY DEFAULT nextval('ids'),
    code VARCHAR NOT NULL UNIQUE CHECK (length(code) BETWEEN 2 AND 5),
    a INTEGER, b INTEGER DEFAULT -1, c VARCHAR DEFAULT 'it''s', d TIMESTAMP DEFAULT current_timestamp,
    e INTEGER DEFAULT NULL,
    UNIQUE (a, b),
    CONSTRAINT ordered CHECK (A < B OR b IS NULL)
);
CREATE TABLE children (
    id INTEGER PRIMARY KEY,
    parent_id BIGINT REFERENCES parents (id),
    other_id BIGINT NOT NULL REFERENCES parents,
    a INTEGER, b INTEGER,
    up INTEGER REFERENCES children (id),
    FOREIGN KEY (a, b) REFERENCES parents (a, b)
);
CREATE UNIQUE INDEX one_of_each ON children (parent_id, other_id);
CREATE UNIQUE INDEX "of expressions" ON children (a, (b + 1), (abs(up)));
CREATE INDEX not_unique ON children (a);

CREATE TABLE computed (
    "x y" INTEGER, double_x INTEGER GENERATED ALWAYS AS ("X Y" * 2), "generated" VARCHAR, always AS (upper("generated")),
    folded VARCHAR COLLATE NOCASE, twofold VARCHAR COLLATE NOACCENT.NOCASE NOT NULL, german VARCHAR COLLATE DE,
    PRIMARY KEY ("x y", folded)
);
CREATE TABLE checked (
    n INTEGER, m INTEGER, t VARCHAR, u VARCHAR, f BOOLEAN, l INTEGER[], d DATE, j JSON,
    CHECK (n > 0 AND m <> 3), CHECK (n IN (1, 2, 3) AND NOT (m IN (4))), CHECK ((n IS NULL) <> (m IS NULL)),
    CHECK (t LIKE 'a%' AND u NOT LIKE '%b' AND t ILIKE 'A_'), CHECK (f IS TRUE OR f IS NOT FALSE),
    CHECK (position('x' IN t) > 0), CHECK ((n, m) > (1, 2)), CHECK (plus(n, 1) > m), CHECK (len(l) > 0),
    CHECK (d > DATE '2000-01-01'), CHECK (j ->> 'a' = 'b'), CHECK (n IS DISTINCT FROM m),
    CHECK (CASE WHEN n > 1 THEN m IS NULL ELSE true END), CHECK (checked.u = 'x'), CHECK (replace(t, 'a', 'b') = u)
);

CREATE TABLE shop.items (id INTEGER PRIMARY KEY, "Order" shop.size CHECK ("Order" <> 's'), "we ird" INTEGER);
CREATE TABLE shop.parents (id INTEGER PRIMARY KEY, item INTEGER REFERENCES shop.items (id));

CREATE VIEW seen AS SELECT 1 AS x;
CREATE TEMP TABLE passing (x INTEGER);
COMMENT ON TABLE parents IS 'who has children';
COMMENT ON COLUMN parents.code IS 'what they are called';
