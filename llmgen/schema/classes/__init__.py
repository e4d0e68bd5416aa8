"""Schemas from Pydantic classes: a module is run, its classes become drafts, the drafts a Schema."""

from llmgen.schema.classes.reader import read_classes

__all__ = ["read_classes"]
