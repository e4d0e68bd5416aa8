"""Cells written by a model: the only rooms that know a language model exists."""
