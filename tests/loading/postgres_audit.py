"""PostgreSQL's constraints, each asked again as a query over the rows."""

from collections.abc import Iterator

import psycopg

OWN = """n.nspname NOT LIKE 'pg\\_%%' AND n.nspname <> 'information_schema'
    AND NOT EXISTS (SELECT 1 FROM pg_depend WHERE objid = c.oid AND deptype = 'e')"""
# A partitioned table's rows are those of its parts; a parent in an inheritance has rows of its own.
ROWS = "CASE c.relkind WHEN 'p' THEN '' ELSE 'ONLY ' END || c.oid::regclass"

FOREIGN = f"""
SELECT k.conrelid::regclass || '.' || k.conname, {ROWS}, k.confmatchtype = 'f',
    CASE p.relkind WHEN 'p' THEN '' ELSE 'ONLY ' END || p.oid::regclass,
    (SELECT array_agg(quote_ident(a.attname) ORDER BY place) FROM unnest(k.conkey) WITH ORDINALITY u(number, place)
        JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = number),
    (SELECT array_agg(quote_ident(a.attname) ORDER BY place) FROM unnest(k.confkey) WITH ORDINALITY u(number, place)
        JOIN pg_attribute a ON a.attrelid = k.confrelid AND a.attnum = number)
FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_class p ON p.oid = k.confrelid
    JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE k.contype = 'f' AND k.conparentid = 0 AND {OWN} ORDER BY 1"""
UNIQUE = f"""
SELECT i.indexrelid::regclass::text, {ROWS}, coalesce((to_jsonb(i)->>'indnullsnotdistinct')::boolean, false),
    (SELECT array_agg(pg_get_indexdef(i.indexrelid, place, false) ORDER BY place)
        FROM generate_series(1, i.indnkeyatts) place),
    coalesce(pg_get_expr(i.indpred, i.indrelid), 'true')
FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE i.indisunique AND {OWN} ORDER BY 1"""
CHECK = f"""
SELECT k.conrelid::regclass || '.' || k.conname, {ROWS}, pg_get_expr(k.conbin, k.conrelid)
FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE k.contype = 'c' AND {OWN} ORDER BY 1"""
# Domains over domains: each column is held to the checks of all of them. VALUE reads as the column of that name.
DOMAIN = f"""
WITH RECURSIVE chain AS (
    SELECT a.attrelid, a.attname, a.atttypid AS type FROM pg_attribute a WHERE a.attnum > 0 AND NOT a.attisdropped
    UNION ALL
    SELECT chain.attrelid, chain.attname, t.typbasetype FROM chain JOIN pg_type t ON t.oid = type AND t.typtype = 'd'),
base AS (SELECT chain.* FROM chain JOIN pg_type t ON t.oid = type AND t.typtype <> 'd')
SELECT c.oid::regclass || '.' || attname || ' of ' || t.typname, {ROWS}, quote_ident(attname),
    format_type(base.type, -1), CASE WHEN t.typnotnull THEN 'value IS NOT NULL' ELSE 'true' END
    || coalesce((SELECT string_agg(' AND (' || pg_get_expr(k.conbin, 0) || ')', '')
        FROM pg_constraint k WHERE k.contypid = t.oid), '')
FROM chain JOIN base USING (attrelid, attname) JOIN pg_class c ON c.oid = attrelid
    JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_type t ON t.oid = chain.type
WHERE t.typtype = 'd' AND c.relkind IN ('r', 'p') AND {OWN} ORDER BY 1"""
FILLED = f"""
SELECT c.oid::regclass || '.' || a.attname, {ROWS}, quote_ident(a.attname)
FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE a.attnotnull AND a.attnum > 0 AND NOT a.attisdropped AND c.relkind IN ('r', 'p') AND {OWN} ORDER BY 1"""
EXCLUDE = f"""
SELECT k.conrelid::regclass || '.' || k.conname, {ROWS},
    (SELECT array_agg(pg_get_indexdef(k.conindid, place, false) ORDER BY place)
        FROM generate_series(1, i.indnkeyatts) place),
    (SELECT array_agg(format('OPERATOR(%%s.%%s)', quote_ident(m.nspname), o.oprname) ORDER BY place)
        FROM unnest(k.conexclop) WITH ORDINALITY u(number, place) JOIN pg_operator o ON o.oid = number
        JOIN pg_namespace m ON m.oid = o.oprnamespace),
    coalesce(pg_get_expr(i.indpred, i.indrelid), 'true')
FROM pg_constraint k JOIN pg_index i ON i.indexrelid = k.conindid JOIN pg_class c ON c.oid = k.conrelid
    JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE k.contype = 'x' AND {OWN} ORDER BY 1"""


def audit_postgres(url: str) -> list[str]:
    """One line a constraint that rows break."""
    with psycopg.connect(url, autocommit=True) as connection:
        # The planner must not take the word of a constraint or of its index for what is asked.
        connection.execute("SET constraint_exclusion = off; SET TimeZone = 'UTC'; SET enable_indexscan = off")
        connection.execute("SET enable_indexonlyscan = off; SET enable_bitmapscan = off")
        found = []
        for what, name, query in questions(connection):
            (count,) = connection.execute(query.encode()).fetchone() or (0,)
            if count:
                found.append(f"{what} {name}: {count}")
        return found


def questions(connection: psycopg.Connection) -> Iterator[tuple[str, str, str]]:
    """What is asked, of which constraint, and the query that counts the faults."""

    def rows(query: str) -> list[tuple]:
        return connection.execute(query.replace("%%", "%").encode()).fetchall()

    for name, child, full, parent, columns, referenced in rows(FOREIGN):
        yield "orphans of", name, orphans(child, parent, columns, referenced, full)
    for name, table, nulls_equal, keys, where in rows(UNIQUE):
        yield "duplicates in", name, duplicates(table, keys, where, nulls_equal)
    for name, table, check in rows(CHECK):
        yield "rows that break", name, f"SELECT count(*) FROM {table} WHERE NOT ({check})"
    for name, table, column, base, check in rows(DOMAIN):
        yield (
            "rows that break",
            name,
            (f"SELECT count(*) FROM (SELECT {column}::{base} AS value FROM {table}) AS cells WHERE NOT ({check})"),
        )
    for name, table, column in rows(FILLED):
        yield "NULLs in", name, f"SELECT count(*) FROM {table} WHERE num_nulls({column}) > 0"
    for name, table, keys, operators, where in rows(EXCLUDE):
        yield "pairs that break", name, overlaps(table, keys, operators, where)


def orphans(child: str, parent: str, columns: list[str], referenced: list[str], full: bool) -> str:
    """Counts the rows whose reference finds no parent; with MATCH FULL also those that are NULL in part."""
    pairs = " AND ".join(f"p.{there} = c.{here}" for here, there in zip(columns, referenced, strict=True))
    cells = ", ".join(f"c.{name}" for name in columns)
    lost = f"num_nulls({cells}) = 0 AND NOT EXISTS (SELECT 1 FROM {parent} AS p WHERE {pairs})"
    partly = f" OR num_nulls({cells}) BETWEEN 1 AND {len(columns) - 1}" if full else ""
    return f"SELECT count(*) FROM {child} AS c WHERE {lost}{partly}"


def duplicates(table: str, keys: list[str], where: str, nulls_equal: bool) -> str:
    """Counts the rows that are one too many."""
    names = ", ".join(f"k{place}" for place in range(len(keys)))
    cells = ", ".join(f"({key}) AS k{place}" for place, key in enumerate(keys))
    present = "" if nulls_equal else f" WHERE num_nulls({names}) = 0"
    groups = f"SELECT count(*) AS n FROM (SELECT {cells} FROM {table} WHERE {where}) AS cells{present} GROUP BY {names}"
    return f"SELECT coalesce(sum(n - 1), 0) FROM ({groups}) AS groups"


def overlaps(table: str, keys: list[str], operators: list[str], where: str) -> str:
    """Counts the pairs of rows of which every operator says true."""
    cells = ", ".join(f"({key}) AS k{place}" for place, key in enumerate(keys))
    rows = f"(SELECT tableoid, ctid AS place, {cells} FROM {table} WHERE {where})"
    meet = " AND ".join(f"a.k{place} {operator} b.k{place}" for place, operator in enumerate(operators))
    return (
        f"SELECT count(*) FROM {rows} AS a JOIN {rows} AS b ON (a.tableoid, a.place) < (b.tableoid, b.place) AND {meet}"
    )
