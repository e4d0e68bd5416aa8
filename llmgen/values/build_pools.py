"""Makes the pools again (`python -m llmgen.values.build_pools`): Faker's names, jobs and streets with locales.toml."""

import hashlib
import json
import re
import tomllib
import unicodedata
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from llmgen.errors import DataError
from llmgen.values.romanise import romanise

if TYPE_CHECKING:
    from faker import Faker

FOLDER = Path(__file__).parent / "pools"
SOURCE = "locales.toml"
LOCK = "pools.lock"

_DRAWS = 6_000
_NAMES = 400
_LISTED = 240
_FAKER_LOCALE = {"ar_EG": "ar_AA"}
_LEAK = re.compile(r"[{}!$#%*_\d]|\b(?:Dr|Mr|Mrs|Ms|Prof|Dott|Herr|Frau|Sr|Sra)\.")
_LONGEST_JOB = 40


def build(folder: Path = FOLDER) -> dict[str, str]:
    """Write one JSON file a locale and the lock beside locales.toml; the lock's content: file name -> sha256."""
    source = tomllib.loads((folder / SOURCE).read_text("utf-8"))
    pools = {locale: _pool(locale, entry) for locale, entry in sorted(source.items())}
    _refuse_shared_sectors(pools)
    lock = {}
    for locale, pool in pools.items():
        body = json.dumps(pool, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode() + b"\n"
        (folder / f"{locale}.json").write_bytes(body)
        lock[f"{locale}.json"] = hashlib.sha256(body).hexdigest()
    lines = "".join(f"{digest}  {name}\n" for name, digest in sorted(lock.items()))
    (folder / LOCK).write_text(lines, "utf-8")
    return lock


def _pool(locale: str, entry: dict[str, Any]) -> dict[str, Any]:
    from faker import Faker

    fake = Faker(_FAKER_LOCALE.get(locale, locale))
    fake.seed_instance(2_026)
    family = {sex: _names(fake, locale, f"last_name_{word}") for sex, word in (("f", "female"), ("m", "male"))}
    kept = (
        "country",
        "code",
        "code3",
        "language",
        "currency",
        "calling",
        "zone",
        "address",
        "company",
        "joint",
        "legal",
    )
    return {name: entry[name] for name in kept} | {
        "locale": locale,
        "family_first": entry.get("family_first", False),
        "given": {sex: _names(fake, locale, f"first_name_{word}") for sex, word in (("f", "female"), ("m", "male"))},
        "family": family,
        "brands": _brands(locale, entry, family["m"]),
        "sectors": [_romanised(item, locale) for item in entry["sectors"]],
        "jobs": entry.get("jobs") or _listed(fake, "job", _LONGEST_JOB),
        "streets": entry.get("streets") or _streets(fake, locale),
        "phones": entry["phones"],
        "places": [_place(line, entry) for line in entry["places"].strip().splitlines()],
    }


def _names(fake: "Faker", locale: str, method: str) -> list[list[str | int]]:
    """[name, romanised, how often drawn], the frequent first: Faker's weights survive as counts."""
    pairs = _japanese(fake, method) if locale == "ja_JP" else None
    drawn: Counter[tuple[str, str]] = Counter()
    for _ in range(_DRAWS):
        name = unicodedata.normalize("NFC", str(getattr(fake, method)()))
        roman = pairs.get(name) if pairs else romanise(name, locale)
        if roman and not _LEAK.search(name) and name == name.strip():
            drawn[name, roman] += 1
    ordered = sorted(drawn.items(), key=lambda item: (-item[1], item[0]))
    return [[name, roman, count] for (name, roman), count in ordered[:_NAMES]]


def _japanese(fake: "Faker", method: str) -> dict[str, str]:
    """Written form -> romanised form; Faker keeps the three spellings of a name together, but only in its tables."""
    provider = next(item for item in fake.get_providers() if "person" in type(item).__module__)
    table = provider.last_name_pairs if method.startswith("last") else provider.first_name_pairs
    return {written: roman.lower() for written, _, roman in table}


def _brands(locale: str, entry: dict[str, Any], family: list[list[str | int]]) -> list[list[str]]:
    """What companies are called: no two romanise alike, so that slugs and accent-blind databases tell them apart."""
    given = [_romanised(item, locale) for item in entry.get("brands", [])]
    found: dict[str, str] = {}
    for name, roman in given or [[str(name), str(roman)] for name, roman, _ in family]:
        found.setdefault(roman, name)
    return [[name, roman] for roman, name in found.items()]


def _romanised(item: str, locale: str) -> list[str]:
    """`word=roman` as it says, a bare word by its letters."""
    word, _, given = item.partition("=")
    roman = given or romanise(word, locale)
    if roman is None:
        raise DataError(f"{SOURCE}: {locale}: no romanised form of {word}", f'write it as "{word}=its form"')
    return [word, roman]


def _listed(fake: "Faker", method: str, longest: int) -> list[str]:
    found: dict[str, None] = {}
    for _ in range(_DRAWS // 4):
        value = unicodedata.normalize("NFC", str(getattr(fake, method)()))
        if len(value) <= longest and not _LEAK.search(value) and not re.search(r"[/,()]", value):
            found[value[0].upper() + value[1:]] = None
    return sorted(found)[:: max(1, len(found) // _LISTED)]


def _streets(fake: "Faker", locale: str) -> list[str]:
    if locale == "ko_KR":
        return [f"{name}로" for name in _listed(fake, "street_name", 20)]
    return _listed(fake, {"ja_JP": "town"}.get(locale, "street_name"), 40)


def _place(line: str, entry: dict[str, Any]) -> list[str]:
    """[city, region, region code, postcode, time zone, telephone]; empty zone and telephone are the locale's."""
    city, region, code, postcode, zone, phone = line.split("|")
    return [city, region, code, postcode, zone or entry["zone"], phone]


def _refuse_shared_sectors(pools: dict[str, dict[str, Any]]) -> None:
    owners: dict[str, str] = {}
    for locale, pool in pools.items():
        for word, roman in pool["sectors"]:
            if (owner := owners.setdefault(roman, locale)) != locale:
                raise DataError(f"{SOURCE}: {owner} and {locale} share the sector {word}", "change one of them")


if __name__ == "__main__":
    build()
