"""Schemas from SQL DDL: text into tokens, statements into a catalog of drafts, the catalog into a Schema."""

from llmgen.schema.sql.reader import parse_schema, read_schema

__all__ = ["parse_schema", "read_schema"]
