"""Test data that can be trusted: words in, exactly N linked and valid rows out."""
