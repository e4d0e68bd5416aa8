"""Names of countries and cities, told from other words that stand behind "in" or "from"."""

from collections.abc import Mapping
from functools import cache

from llmgen.values.pools import LOCALES, pool

_ALSO = {
    "usa": "United States", "us": "United States", "america": "United States", "uk": "United Kingdom",
    "england": "United Kingdom", "great britain": "United Kingdom", "holland": "Netherlands", "the netherlands":
    "Netherlands",
}  # fmt: skip
_UNLISTED = {"netherlands": ("Netherlands", "NL", "NLD")}


@cache
def countries() -> Mapping[str, tuple[str, str, str]]:
    """Names of countries in lower case -> the name, the code of two letters and that of three."""
    from faker.providers.date_time import Provider  # costs a tenth of a second

    found = {one.name.lower(): (one.name, one.alpha_2_code, one.alpha_3_code) for one in Provider.countries}
    found = {**_UNLISTED, **found}
    return {**found, **{said: found[name.lower()] for said, name in _ALSO.items() if name.lower() in found}}


@cache
def cities() -> Mapping[str, str]:
    """Names of cities in lower case -> as they are written: capitals, and those of the pools."""
    from faker.providers.date_time import Provider

    names = [place[0] for name in LOCALES for place in pool(name)["places"]]
    return {name.lower(): name for name in (*(one.capital for one in Provider.countries), *names)}
