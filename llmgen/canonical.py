"""The canonical instant, which prompts, recordings and seeds call now before all moves to a run's as-of; as-ofs."""

from datetime import UTC, datetime

CANONICAL = datetime(2026, 3, 11, 15, 30, tzinfo=UTC)
"""A Wednesday afternoon, far from the edges of its day, month and year."""


def instant(text: str | None) -> datetime:
    """An as-of: ISO 8601 (UTC where it names no offset), or the present moment; to the second.

    ValueError if it is neither.
    """
    if text is None:
        return datetime.now(UTC).replace(microsecond=0)
    moment = datetime.fromisoformat(text)
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return aware.astimezone(UTC).replace(microsecond=0)
