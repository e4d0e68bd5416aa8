"""SQL booleans: normalised once, evaluated on DuckDB, and narrowed to domains for the solver."""
