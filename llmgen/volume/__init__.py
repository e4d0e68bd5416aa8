"""Whole databases by seed: many rows of every table at once, each cell a function of its row number."""
