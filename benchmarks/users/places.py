"""What both scripts share: the twelve locales with a time zone each, the states, and the span of moments."""

from datetime import UTC, datetime

TIME_ZONES = {
    "en_US": "America/New_York", "en_GB": "Europe/London", "de_DE": "Europe/Berlin", "fr_FR": "Europe/Paris",
    "es_ES": "Europe/Madrid", "it_IT": "Europe/Rome", "pt_BR": "America/Sao_Paulo", "nl_NL": "Europe/Amsterdam",
    "pl_PL": "Europe/Warsaw", "ja_JP": "Asia/Tokyo", "ko_KR": "Asia/Seoul", "zh_CN": "Asia/Shanghai",
}  # fmt: skip
LOCALES = tuple(TIME_ZONES)
STATES, WEIGHTS = ("active", "invited", "suspended", "deleted"), (85, 8, 5, 2)
UNTIL = datetime(2026, 6, 15, 9, tzinfo=UTC)
SECONDS = 3 * 365 * 86_400
"""Rows were created in the three years before."""
