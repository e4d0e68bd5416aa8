-- Every construct of SQLite that the reader knows; SQLite itself takes this text as it stands.
PRAGMA foreign_keys = OFF;
BEGIN TRANSACTION;

-- Types: of one word, of several, of none, quoted, made up.
CREATE TABLE type_names (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    tiny TINYINT, small SMALLINT, medium MEDIUMINT, plain INT, big BIGINT, unsigned_big UNSIGNED BIG INT,
    unsigned_int INTEGER UNSIGNED, int_two INT2, int_eight INT8,
    flag BOOLEAN, flag_bool BOOL NOT NULL DEFAULT FALSE, flag_digit TINYINT(1), flag_bit BIT,
    day DATE, moment DATETIME, moment_ms DATETIME(3), stamp TIMESTAMP, stamp_six datetime(6),
    stamp_tz TIMESTAMP WITH TIME ZONE, stamp_short TIMESTAMPTZ, clock TIME,
    amount DECIMAL(10, 5), amount_plain NUMERIC, price MONEY, whole DECIMAL(8),
    ratio REAL, ratio_double DOUBLE PRECISION, ratio_float FLOAT, floating FLOATING POINT,
    code CHARACTER(20), name VARCHAR ( 255 ), varying VARYING CHARACTER(255), native NATIVE CHARACTER(70),
    wide NVARCHAR(100), fixed NCHAR(55), words TEXT, long_words CLOB, made_up STRING, memo BLOB SUB_TYPE TEXT,
    key UUID, guid GUID, document JSON, binary_document JSONB,
    picture BLOB, hash BINARY(32), bytes VARBINARY(16),
    no_type, "quoted type" "VARCHAR(40)", unknown_number FOO, unknown_text BARCHAR(7), anything ANY,
    place POINT, span INTERVAL, price_two numeric(8,2) DEFAULT - 1.5
);

-- What an INTEGER PRIMARY KEY is, and what it is not.
CREATE TABLE row_numbers (id INTEGER, name TEXT, PRIMARY KEY (id DESC));
CREATE TABLE own_numbers (id INTEGER PRIMARY KEY DESC, name TEXT);
CREATE TABLE int_numbers (id INT PRIMARY KEY, name TEXT);
CREATE TABLE kept_by_key (id INTEGER PRIMARY KEY, name TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE strict_one (id INTEGER PRIMARY KEY, n INT, t TEXT, a ANY, r REAL, b BLOB) STRICT;
CREATE TABLE both_options (code TEXT PRIMARY KEY, n INTEGER) STRICT, WITHOUT ROWID;
CREATE TABLE numbered_in_table ("id" INTEGER NOT NULL, "mail" TEXT, PRIMARY KEY("id" AUTOINCREMENT));
CREATE TABLE nullable_key (a TEXT, b INTEGER, PRIMARY KEY (a, b));

-- Names: in all quotes, keywords, in another case; constraints without commas.
CREATE TABLE 'single quoted' ('id' INTEGER PRIMARY KEY, 'order' TEXT NOT NULL UNIQUE);
CREATE TABLE [bracketed name] ([the id] INTEGER PRIMARY KEY, `back tick` TEXT UNIQUE, "dou""ble" TEXT);
CREATE TABLE keywords (
    key TEXT, desc TEXT, end INTEGER, start INTEGER, action TEXT, "select" TEXT, replace TEXT, date DATE, "check" INT,
    cast, temp, row, match TEXT, "primary" INT,
    CHECK (end > start) CHECK ("check" >= 0) UNIQUE (key, desc) CONSTRAINT named PRIMARY KEY (key)
    CHECK (date IS NULL OR date > '2000-01-01')
);
CREATE TABLE OtherCase (Id INTEGER PRIMARY KEY, Amount INTEGER CHECK (AMOUNT > 0), CHECK (othercase.amount < 10),
    UNIQUE (AMOUNT));

-- Columns' constraints with their conflict clauses, defaults, checks, generated columns.
CREATE TABLE inline_constraints (
    id INTEGER NOT NULL CONSTRAINT the_key PRIMARY KEY ON CONFLICT ROLLBACK AUTOINCREMENT,
    a TEXT CONSTRAINT a_given NOT NULL ON CONFLICT FAIL CONSTRAINT a_once UNIQUE ON CONFLICT IGNORE,
    b TEXT NULL DEFAULT 'it''s',
    c TEXT DEFAULT "double",
    d INTEGER DEFAULT (1 + 2) NOT NULL,
    e TEXT DEFAULT CURRENT_TIMESTAMP,
    f TEXT DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
    g TEXT DEFAULT NULL,
    h INTEGER DEFAULT -1 CHECK (h <> 0),
    i BLOB DEFAULT x'00ff',
    j BOOLEAN DEFAULT true CHECK (j IN (0, 1)),
    k TEXT DEFAULT active COLLATE NOCASE,
    l REAL DEFAULT .5,
    m TEXT DEFAULT (NULL),
    status TEXT NOT NULL DEFAULT 'new' CONSTRAINT known_status CHECK (status IN ("new", 'paid', "void")),
    full_name TEXT GENERATED ALWAYS AS (a || ' ' || coalesce(b, '')) STORED,
    length_a INT AS (length(a)),
    upper_a TEXT GENERATED ALWAYS AS (upper("a")) VIRTUAL NOT NULL UNIQUE
);
CREATE TABLE checked (
    n INTEGER, m INTEGER, t TEXT, u TEXT, d DATETIME, j JSON, x NUMERIC,
    CONSTRAINT positive CHECK (n > 0),
    CHECK (t GLOB '[A-Z]*' AND t NOT LIKE '%!%%' ESCAPE '!'),
    CHECK (length(t) BETWEEN 2 AND 40 OR t ISNULL),
    CHECK ((n IS NULL) <> (m IS NULL)),
    CHECK (n NOTNULL OR m NOT NULL),
    CHECK (u REGEXP '^[a-z]+$'),
    CHECK (replace(t, '-', '') = u),
    CHECK (typeof(n) = "integer"),
    CHECK (json_valid(j) AND json_extract(j, '$.a') IS NOT NULL AND j ->> '$.b' = 'c'),
    CHECK (date(d) = d OR datetime(d) IS d),
    CHECK (CASE WHEN n > 1 THEN m IS NOT NULL ELSE 1 END),
    CHECK ([x] == round(`x`, 2)),
    CHECK (CAST(t AS INTEGER) >= 0 /* a comment */ AND 1), -- another
    CHECK (t = 'a' COLLATE NOCASE),
    CHECK (iif(n > 1, m > 1, 1)),
    CHECK (instr(u, '@') > 1 AND substr(u, 1, 1) <> '.' AND u = lower(u)),
    CHECK (n & 1 = 0 AND n << 1 >= 2 AND ~m < 0 AND n % 3 = 0 AND +n > -1),
    CHECK ((n, m) > (1, 2)),
    CHECK (x IS NOT 5 AND x IS NOT DISTINCT FROM x),
    CHECK (n IN (1, 2, 3) AND m NOT IN (4))
);

-- Collations.
CREATE TABLE folded (
    mail TEXT COLLATE NOCASE NOT NULL UNIQUE,
    padded VARCHAR(10) COLLATE RTRIM,
    exact TEXT COLLATE BINARY UNIQUE,
    n INTEGER COLLATE NOCASE UNIQUE,
    loose TEXT,
    looser TEXT,
    UNIQUE (loose COLLATE NOCASE, n),
    UNIQUE (mail COLLATE BINARY, exact DESC),
    PRIMARY KEY (looser COLLATE NOCASE)
);
CREATE UNIQUE INDEX folded_padded ON folded (padded);
CREATE UNIQUE INDEX folded_trimmed ON folded (loose COLLATE RTRIM DESC);

-- Foreign keys.
CREATE TABLE parents (id INTEGER PRIMARY KEY, code TEXT NOT NULL UNIQUE, a INTEGER, b INTEGER, UNIQUE (a, b));
CREATE TABLE children (
    id INTEGER PRIMARY KEY,
    parent_id INTEGER REFERENCES parents,
    other_id INTEGER NOT NULL REFERENCES Parents (ID) ON DELETE CASCADE ON UPDATE SET NULL MATCH FULL,
    parent_code TEXT CONSTRAINT by_code REFERENCES parents (code) ON UPDATE CASCADE ON DELETE SET DEFAULT,
    late_id INTEGER REFERENCES parents (id) DEFERRABLE INITIALLY DEFERRED,
    immediate_id INTEGER REFERENCES parents (id) DEFERRABLE,
    refused_id INTEGER REFERENCES parents (id) ON DELETE RESTRICT NOT DEFERRABLE INITIALLY IMMEDIATE,
    self_id INTEGER UNIQUE REFERENCES children (id) ON DELETE SET NULL,
    a INTEGER, b INTEGER,
    lost_id INTEGER REFERENCES nowhere (id),
    FOREIGN KEY (a, b) REFERENCES parents (a, b) ON DELETE NO ACTION,
    CONSTRAINT of_nullable FOREIGN KEY (parent_code, a) REFERENCES nullable_key
);

-- Indexes.
CREATE UNIQUE INDEX one_of_each ON children (parent_id, other_id DESC);
CREATE UNIQUE INDEX IF NOT EXISTS only_active ON inline_constraints (b, status) WHERE status = 'paid' AND j;
CREATE UNIQUE INDEX main.by_expression ON inline_constraints (lower(b), (a || c), d);
CREATE UNIQUE INDEX "folded expression" ON inline_constraints (substr("e", 1, 10) COLLATE NOCASE ASC);
CREATE UNIQUE INDEX in_parentheses ON inline_constraints ((f), [h]);
CREATE UNIQUE INDEX by_keywords ON keywords ((match || desc) COLLATE RTRIM ASC, action DESC) WHERE "match" = 'x' OR temp;
CREATE INDEX not_unique ON children (parent_id);
CREATE UNIQUE INDEX dropped_index ON children (late_id);
DROP INDEX dropped_index;

CREATE TABLE documented (
    id INTEGER PRIMARY KEY, data TEXT NOT NULL CHECK ((JSON_VALID("data") OR "data" IS NULL)),
    more TEXT CHECK (json_valid(more)), short VARCHAR(10) CHECK (json_valid(short))
);

-- Views, triggers, virtual tables, temporary tables.
CREATE VIEW names AS SELECT a FROM inline_constraints;
CREATE TRIGGER touched AFTER UPDATE ON children BEGIN
    UPDATE children SET a = CASE WHEN new.a > 1 THEN 1 ELSE 0 END WHERE id = new.id; SELECT 1;
END;
CREATE TRIGGER refused BEFORE INSERT ON children WHEN new.a < 0 BEGIN SELECT RAISE(ABORT, 'a is negative'); END;
CREATE TRIGGER raised AFTER INSERT ON parents BEGIN SELECT RAISE(FAIL, 'full') WHERE (SELECT count(*) FROM parents) > 9; END;
CREATE TRIGGER instead_of INSTEAD OF INSERT ON names BEGIN SELECT 1; END;
CREATE TRIGGER guarded BEFORE DELETE ON parents BEGIN SELECT RAISE(ABORT, 'still used'); END;
CREATE TRIGGER gone BEFORE INSERT ON parents BEGIN SELECT 1; END;
DROP TRIGGER gone;
CREATE VIRTUAL TABLE documents USING fts5(title, body, tokenize = 'porter');
CREATE VIRTUAL TABLE old_documents USING fts4(title, body);
CREATE VIRTUAL TABLE boxes USING rtree(id, min_x, max_x);
CREATE TABLE posts_content (id INTEGER PRIMARY KEY, body TEXT NOT NULL);
CREATE VIRTUAL TABLE posts USING fts5(body, content = 'posts_content');
CREATE TEMP TABLE scratch (id INTEGER CHECK (id > 5));
CREATE TEMPORARY VIEW scratch_view AS SELECT 1;
ALTER TABLE scratch ADD COLUMN more TEXT;
INSERT INTO scratch VALUES (6, ';CREATE TABLE no (id INTEGER);');

-- What was altered.
CREATE TABLE altered (id INTEGER PRIMARY KEY, old_name TEXT UNIQUE CHECK (old_name <> ''), gone TEXT, twice AS (id * 2));
CREATE TABLE refers (id INTEGER PRIMARY KEY, altered_name TEXT REFERENCES altered (old_name), CHECK (id > 0));
CREATE UNIQUE INDEX altered_partial ON altered (id) WHERE old_name IS NOT NULL;
ALTER TABLE altered RENAME COLUMN OLD_NAME TO new_name;
ALTER TABLE altered ADD COLUMN added DECIMAL(6,2) NOT NULL DEFAULT 0 CHECK (added >= 0);
ALTER TABLE altered ADD parent INTEGER REFERENCES parents (id);
ALTER TABLE altered DROP COLUMN gone;
ALTER TABLE altered RENAME TO renamed;
CREATE TABLE dropped (id INTEGER);
DROP TABLE IF EXISTS dropped;
DROP TABLE IF EXISTS never_there;

-- The rebuild of a table, as migrations do it.
CREATE TABLE rebuilt (id INTEGER PRIMARY KEY, up INTEGER REFERENCES rebuilt (id), n TEXT);
CREATE TABLE uses_rebuilt (id INTEGER PRIMARY KEY, rebuilt_id INTEGER REFERENCES rebuilt (id) ON DELETE CASCADE);
CREATE TABLE "new_rebuilt" (id INTEGER PRIMARY KEY, up INTEGER REFERENCES "new_rebuilt" (id), n INTEGER NOT NULL);
INSERT INTO new_rebuilt SELECT id, up, n FROM rebuilt;
DROP TABLE "rebuilt";
ALTER TABLE "new_rebuilt" RENAME TO "rebuilt";
CREATE UNIQUE INDEX rebuilt_n ON rebuilt (n);

-- A rebuild that leaves what refers to the table alone.
CREATE TABLE legacy (id INTEGER PRIMARY KEY);
CREATE TABLE uses_legacy (legacy_id INTEGER REFERENCES legacy (id));
PRAGMA legacy_alter_table = ON;
ALTER TABLE legacy RENAME TO legacy_old;
PRAGMA legacy_alter_table = OFF;
CREATE TABLE legacy (id INTEGER PRIMARY KEY, added TEXT);
DROP TABLE legacy_old;

COMMIT;
ANALYZE;
