"""What MySQL's and MariaDB's information_schema is asked: each query lists the objects of one database."""

from collections.abc import Collection

DATABASES = "SELECT schema_name AS name FROM information_schema.schemata ORDER BY schema_name"

CATALOG = """
SELECT LOWER(CONCAT(table_name, '.', column_name)) AS name FROM information_schema.columns
WHERE LOWER(table_schema) = 'information_schema'
    AND LOWER(table_name) IN ('check_constraints', 'table_constraints', 'statistics')
"""
"""The columns that only some servers' catalogs have: `check_constraints.table_name`, `statistics.expression`."""

TABLES = """
SELECT table_name AS name, table_comment AS comment FROM information_schema.tables
WHERE table_schema = :database AND table_type IN ('BASE TABLE', 'SYSTEM VERSIONED') ORDER BY table_name
"""

COLUMNS = """
SELECT table_name AS table_name, column_name AS name, column_type AS type, collation_name AS collation,
    is_nullable = 'YES' AS nullable, column_default AS default_value, LOWER(extra) AS extra,
    generation_expression AS expression, column_comment AS comment
FROM information_schema.columns WHERE table_schema = :database ORDER BY table_name, ordinal_position
"""

KEYS = """
SELECT member.table_name AS table_name, member.constraint_name AS name, member.column_name AS column_name,
    member.referenced_table_schema AS target_database, member.referenced_table_name AS target,
    member.referenced_column_name AS referenced, rule.delete_rule AS on_delete
FROM information_schema.key_column_usage AS member
JOIN information_schema.referential_constraints AS rule
    ON rule.constraint_schema = member.constraint_schema AND rule.constraint_name = member.constraint_name
    AND rule.table_name = member.table_name
WHERE member.table_schema = :database AND member.referenced_table_name IS NOT NULL
ORDER BY member.table_name, member.constraint_name, member.ordinal_position
"""

TRIGGERS = """
SELECT trigger_name AS name, event_object_table AS table_name, action_timing AS timing, event_manipulation AS event,
    action_statement AS body
FROM information_schema.triggers WHERE event_object_schema = :database ORDER BY trigger_name
"""


def indexes(catalog: Collection[str]) -> str:
    """The parts of unique indexes in order; `expression` is that of a part that is no column."""
    expression = "expression" if "statistics.expression" in catalog else "NULL"
    return f"""
SELECT table_name AS table_name, index_name AS name, column_name AS column_name, sub_part AS length,
    {expression} AS expression
FROM information_schema.statistics WHERE table_schema = :database AND non_unique = 0
ORDER BY table_name, index_name, seq_in_index
"""


def checks(catalog: Collection[str]) -> str:
    """CHECKs, in order of their names; empty for servers that have none."""
    if "check_constraints.table_name" in catalog:
        return """
SELECT table_name AS table_name, constraint_name AS name, check_clause AS clause, TRUE AS enforced
FROM information_schema.check_constraints WHERE constraint_schema = :database ORDER BY table_name, constraint_name
"""
    if "table_constraints.enforced" not in catalog:
        return ""
    return """
SELECT owner.table_name AS table_name, owner.constraint_name AS name, it.check_clause AS clause,
    owner.enforced = 'YES' AS enforced
FROM information_schema.check_constraints AS it
JOIN information_schema.table_constraints AS owner
    ON owner.constraint_schema = it.constraint_schema AND owner.constraint_name = it.constraint_name
WHERE owner.table_schema = :database AND owner.constraint_type = 'CHECK'
ORDER BY owner.table_name, owner.constraint_name
"""
