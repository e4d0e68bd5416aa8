"""Schemas from Prisma: text into tokens, tokens into blocks, blocks into the tables that Prisma's engine makes."""

from llmgen.schema.prisma.reader import read_prisma

__all__ = ["read_prisma"]
