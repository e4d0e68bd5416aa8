"""The offline author: reads a scenario's words against the schema and writes its cases with no model."""
