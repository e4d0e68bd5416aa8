import hashlib
import re
import subprocess
import sys
import unicodedata
from pathlib import Path
from zoneinfo import available_timezones

import pytest

from llmgen.errors import InputError
from llmgen.values import pools
from llmgen.values.people import LOCALE_WEIGHTS
from llmgen.values.romanise import romanise

FOLDER = Path(pools.__file__).parent
LEAK = re.compile(r"[{}!$#%*_]|\b(Dr|Mr|Mrs|Ms|Prof)\.")


def test_the_files_are_those_that_the_lock_names():
    lock = dict(reversed(line.split("  ")) for line in (FOLDER / "pools.lock").read_text("utf-8").splitlines())
    assert lock == {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in FOLDER.glob("*.json")}
    assert sorted(lock) == [f"{locale}.json" for locale in pools.LOCALES]
    assert sum(file.stat().st_size for file in FOLDER.glob("*.json")) < 1_500_000
    assert len(pools.pools_hash()) == 32


def test_every_locale_has_a_weight():
    assert sorted(LOCALE_WEIGHTS) == list(pools.LOCALES)


@pytest.mark.parametrize("locale", pools.LOCALES)
def test_a_pool_holds_nothing_raw(locale):
    pool = pools.pool(locale)
    names = [name for part in ("given", "family") for sex in "fm" for name in pool[part][sex]]
    for name, roman, count in names:
        assert name == unicodedata.normalize("NFC", name).strip()
        assert not LEAK.search(name)
        assert re.fullmatch("[a-z]+", roman)
        assert count > 0
    for words in (pool["jobs"], pool["streets"]):
        assert len(words) >= 12
        assert not [word for word in words if LEAK.search(word)]


@pytest.mark.parametrize("locale", pools.LOCALES)
def test_places_are_whole(locale):
    zones, pool = available_timezones(), pools.pool(locale)
    for city, region, code, postcode, zone, phone in pool["places"]:
        assert city
        assert region
        assert code
        assert postcode
        assert zone in zones
        assert phone == "" or phone.startswith(pool["calling"] + " ")
    assert all(phone.startswith(pool["calling"] + " ") for phone in pool["phones"])


def test_thousands_of_companies_are_possible_in_every_locale():
    for locale in pools.LOCALES:
        pool = pools.pool(locale)
        assert len({roman for _, roman in pool["brands"]}) == len(pool["brands"])
        assert len(pool["brands"]) * (len(pool["brands"]) - 1) * len(pool["sectors"]) > 5000


def test_sectors_belong_to_one_locale():
    sectors = [roman for locale in pools.LOCALES for _, roman in pools.pool(locale)["sectors"]]
    assert len(sectors) == len(set(sectors))
    assert all(re.fullmatch("[a-z]+", roman) for roman in sectors)


@pytest.mark.parametrize(
    ("locale", "pattern"),
    [
        ("en_US", r"\+1 \d{3}-555-01##"),
        ("en_GB", r"\+44 (20 7946 0###|\d{2,3} 4960?.*|\d{2,4} .*|7700 900###|1632 960###)"),
        ("fr_FR", r"\+33 (1 99 00|2 61 91|3 53 01|4 65 71|5 36 49|6 39 98) ## ##"),
        ("ja_JP", r"\+81 \d{1,2}-0000?-####"),
    ],
)
def test_telephones_are_in_ranges_that_reach_nobody(locale, pattern):
    pool = pools.pool(locale)
    for phone in [*pool["phones"], *(place[5] for place in pool["places"] if place[5])]:
        assert re.fullmatch(pattern, phone)


@pytest.mark.parametrize(
    ("text", "locale", "roman"),
    [
        ("Müller", "de_DE", "mueller"),
        ("Müller", "sv_SE", "muller"),
        ("O’Neil-Łoś", "pl_PL", "oneillos"),
        ("Щербаченко", "uk_UA", "shcherbachenko"),
        ("김은주", "ko_KR", "gimeunju"),
        ("王建平", "zh_CN", "wangjianping"),
        ("लक्ष्मी", "hi_IN", "lakshmi"),
        ("بشرى", "ar_EG", "bshra"),
        ("İnönü", "tr_TR", "inonu"),
        ("龘", "zh_CN", None),
    ],
)
def test_romanise(text, locale, roman):
    assert romanise(text, locale) == roman


def test_an_unknown_locale_is_refused_with_those_there_are():
    with pytest.raises(InputError, match="xx_XX") as caught:
        pools.pool("xx_XX")
    assert "ja_JP" in caught.value.hint


def test_reading_pools_imports_neither_faker_nor_pyarrow():
    code = "import sys, llmgen.values.people; from llmgen.values.pools import pool; pool('ja_JP')"
    shown = subprocess.run(
        [sys.executable, "-c", code + "; print([m for m in ('faker', 'pyarrow') if m in sys.modules])"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert shown.stdout.strip() == "[]"
