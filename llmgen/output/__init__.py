"""Datasets written to and read from files."""
