"""The queries to PostgreSQL's catalog: each over all tables at once, version 11 or later."""

_NOT_SYSTEM = "n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'"
_NO_EXTENSION = """NOT EXISTS (
    SELECT FROM pg_depend d WHERE d.classid = '{catalog}'::regclass AND d.objid = {oid} AND d.deptype = 'e')"""

SCHEMAS = f"SELECT n.nspname AS name FROM pg_namespace n WHERE {_NOT_SYSTEM} ORDER BY 1"

TABLES = f"""
SELECT c.oid, n.nspname AS schema, c.relname AS name, c.relispartition AS partition,
       pg_get_expr(c.relpartbound, c.oid) AS bounds, pg_get_partkeydef(c.oid) AS partitioned,
       obj_description(c.oid, 'pg_class') AS comment,
       ARRAY(SELECT ARRAY[pn.nspname::text, p.relname::text]
             FROM pg_inherits i JOIN pg_class p ON p.oid = i.inhparent JOIN pg_namespace pn ON pn.oid = p.relnamespace
             WHERE i.inhrelid = c.oid ORDER BY i.inhseqno) AS parents
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p') AND {_NOT_SYSTEM}
  AND (cardinality(CAST(:schemas AS text[])) = 0 OR n.nspname = ANY (:schemas))
  AND {_NO_EXTENSION.format(catalog="pg_class", oid="c.oid")}
ORDER BY n.nspname <> 'public', n.nspname, c.relname
"""

ENUMS = f"""
SELECT n.nspname AS schema, t.typname AS name, array_agg(e.enumlabel::text ORDER BY e.enumsortorder) AS labels
FROM pg_enum e JOIN pg_type t ON t.oid = e.enumtypid JOIN pg_namespace n ON n.oid = t.typnamespace
WHERE {_NOT_SYSTEM}
GROUP BY n.nspname, t.typname
"""

DOMAINS = f"""
SELECT n.nspname AS schema, t.typname AS name, format_type(t.typbasetype, t.typtypmod) AS base,
       t.typnotnull AS not_null, pg_get_expr(t.typdefaultbin, 0) AS default,
       ARRAY(SELECT ARRAY[c.conname::text, pg_get_expr(c.conbin, 0)]
             FROM pg_constraint c WHERE c.contypid = t.oid AND c.contype = 'c' ORDER BY c.conname) AS checks
FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace
WHERE t.typtype = 'd' AND {_NOT_SYSTEM}
"""

COLUMNS = """
SELECT a.attrelid AS table, a.attname AS name, format_type(a.atttypid, a.atttypmod) AS type, a.attnotnull AS not_null,
       a.attinhcount > 0 AS inherited, a.attidentity::text AS identity,
       COALESCE(to_jsonb(a) ->> 'attgenerated', '') AS generated,
       pg_get_expr(d.adbin, d.adrelid) AS expression, col_description(a.attrelid, a.attnum) AS comment
FROM pg_attribute a LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
WHERE a.attrelid = ANY (:tables) AND a.attnum > 0 AND NOT a.attisdropped
ORDER BY a.attrelid, a.attnum
"""

_MEMBERS = """
       ARRAY(SELECT ARRAY[a.attname::text,
                          CASE WHEN k.attnum = 0 THEN pg_get_indexdef(i.indexrelid, k.n::int, false) END]
             FROM unnest(i.indkey) WITH ORDINALITY k (attnum, n)
             LEFT JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum AND k.attnum > 0
             WHERE k.n <= i.indnkeyatts ORDER BY k.n) AS members,
       pg_get_expr(i.indpred, i.indrelid) AS condition"""

INDEXES = f"""
SELECT i.indrelid AS table, x.relname AS name, i.indisprimary AS primary,
       COALESCE(CAST(to_jsonb(i) ->> 'indnullsnotdistinct' AS boolean), false) AS nulls_not_distinct, {_MEMBERS}
FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid
WHERE i.indrelid = ANY (:tables) AND i.indisunique AND NOT i.indisexclusion
ORDER BY i.indrelid, x.relname
"""

_NAMES = """
       ARRAY(SELECT a.attname::text FROM unnest({keys}) WITH ORDINALITY k (attnum, n)
             JOIN pg_attribute a ON a.attrelid = {table} AND a.attnum = k.attnum ORDER BY k.n)"""

CONSTRAINTS = f"""
SELECT c.conrelid AS table, c.contype::text AS kind, c.conname AS name, pg_get_constraintdef(c.oid) AS definition,
       COALESCE(CAST(to_jsonb(c) ->> 'conenforced' AS boolean), true) AS enforced,
       pg_get_expr(c.conbin, c.conrelid) AS expression,
       c.condeferrable AS deferrable, c.confdeltype::text AS on_delete, c.confmatchtype::text AS match,
       tn.nspname AS target_schema, t.relname AS target_name,
       {_NAMES.format(keys="c.conkey", table="c.conrelid")} AS columns,
       {_NAMES.format(keys="c.confkey", table="c.confrelid")} AS referenced,
       ARRAY(SELECT o.oprname::text FROM unnest(c.conexclop) WITH ORDINALITY k (oid, n)
             JOIN pg_operator o ON o.oid = k.oid ORDER BY k.n) AS operators, {_MEMBERS}
FROM pg_constraint c
LEFT JOIN pg_class t ON t.oid = c.confrelid LEFT JOIN pg_namespace tn ON tn.oid = t.relnamespace
LEFT JOIN pg_index i ON i.indexrelid = c.conindid AND c.contype = 'x'
WHERE c.conrelid = ANY (:tables) AND c.contype IN ('c', 'f', 'x') AND c.conparentid = 0
ORDER BY c.conrelid, c.conname
"""

TRIGGERS = """
SELECT t.tgrelid AS table, pg_get_triggerdef(t.oid) AS definition, 'trigger' AS kind
FROM pg_trigger t
WHERE t.tgrelid = ANY (:tables) AND NOT t.tgisinternal AND t.tgenabled <> 'D'
  AND (t.tgtype & 2 <> 0 OR t.tgtype & 64 <> 0 OR t.tgconstraint <> 0)
  AND t.tgtype & (4 | 16) <> 0 -- on INSERT or UPDATE
UNION ALL
SELECT r.ev_class, pg_get_ruledef(r.oid), 'rewrite rule'
FROM pg_rewrite r
WHERE r.ev_class = ANY (:tables) AND r.ev_type <> '1' AND r.ev_enabled <> 'D'
ORDER BY 1, 2
"""

FUNCTIONS = f"""
SELECT pg_get_functiondef(p.oid) AS definition
FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace JOIN pg_language l ON l.oid = p.prolang
WHERE l.lanname = 'sql' AND p.prokind = 'f' AND NOT p.proretset AND {_NOT_SYSTEM}
  AND {_NO_EXTENSION.format(catalog="pg_proc", oid="p.oid")}
ORDER BY n.nspname <> 'public', n.nspname, p.proname, p.oid
"""
