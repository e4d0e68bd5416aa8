"""The canonical instant: what prompts, recordings and seeds call now, before all moves to a run's as-of."""

from datetime import UTC, datetime

CANONICAL = datetime(2026, 3, 11, 15, 30, tzinfo=UTC)
"""A Wednesday afternoon, far from the edges of its day, month and year."""
