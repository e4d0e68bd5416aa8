"""Schemas from live databases: a catalog's rows into drafts, and the drafts through the same last step as SQL text."""

from llmgen.schema.live.frame import read_live

__all__ = ["read_live"]
