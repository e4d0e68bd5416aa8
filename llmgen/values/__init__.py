"""Cells written by seed: each a pure function of seed, table, column and row."""
