import hashlib
import re
import subprocess
import sys
import unicodedata

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from llmgen.errors import InputError
from llmgen.plan import FAMILIES
from llmgen.values.group import tags
from llmgen.values.people import (
    LOCALE_NAMES,
    LOCALE_WEIGHTS,
    WRITERS,
    cut,
    locale_places,
    locales_for,
    people_cells,
    people_columns,
)
from llmgen.values.pools import LOCALES, pool
from llmgen.values.streams import key

STREAM = key("seed", "users")
EVERY = list(WRITERS)
DISTINCT = ("email", "username", "company", "company_slug", "domain", "url", "company_email")
RESERVED = re.compile(r"(^|[@./])(example\.(com|org|net)|[a-z0-9-]+\.example)$")


def rows(n, start=0):
    return np.arange(start, start + n, dtype=np.uint64)


def people(n, wanted=EVERY, limits=None, start=0):
    places = rows(n, start)
    return people_cells(STREAM, places, locales_for(STREAM, places), wanted, limits=limits or {})


def test_every_people_provider_of_the_plan_is_written_and_no_other():
    assert set(WRITERS) == {name for name, family in FAMILIES.items() if family.writer == "people"}


def test_golden_values_are_those_of_version_1():
    cells = people_cells(STREAM, rows(2), ["ja_JP", "de_DE"], ["full_name", "email", "phone", "city", "company"])
    assert cells == GOLDEN


GOLDEN = {
    "full_name": ["池田 治", "Burckhard Dörschner"],
    "email": ["osamuikeda05@example.org", "burckhard_doerschner15@mail.example"],
    "phone": ["+81 6-0000-4593", "+49 171 3920045"],
    "city": ["大阪市北区", "Erfurt"],
    "company": ["合同会社岡田薬局", "Förster Baustoffe OHG"],
}


def test_every_provider_writes_what_version_1_writes():
    """Digests of cells of all locales, of first and of later serials, and of cells with a limit."""
    locales = [LOCALE_NAMES[place % len(LOCALE_NAMES)] for place in range(340)]
    limits = {name: FAMILIES[name].least + 5 for name in EVERY}
    asked = ((0, {}), (3_000_000, {}), (7, limits))
    found = [people_cells(STREAM, rows(340, start), locales, EVERY, limits=kept) for start, kept in asked]
    assert {name: digest([cell for cells in found for cell in cells[name]]) for name in EVERY} == DIGESTS


def digest(cells):
    return hashlib.sha256("\n".join(cells).encode()).hexdigest()[:8]


DIGESTS = {
    "address": "68bb8459", "calling_code": "9860c50c", "city": "31c14a9e", "company": "8bcd37c4",
    "company_email": "c13004e2", "company_slug": "f6cfec2a", "country": "6925dbd6", "country_code": "a041e4f1",
    "country_code3": "34a7c1c1", "currency": "d6025be0", "domain": "6b8da763", "email": "a523e758",
    "employer": "fbc37d0f", "family_name": "2c961fbb", "full_name": "1f2267e4", "gender": "975caee3",
    "given_name": "a407ce80", "initials": "ae97da05", "job": "ccd9fa06", "language": "384b351d",
    "language_name": "8c0a1765", "locale": "5d2a8ed8", "middle_name": "16859765", "phone": "c87cdd40",
    "postcode": "900fe7ff", "region": "8e1aa1eb", "region_code": "0e794c94", "salutation": "06f716cd",
    "street": "b8490439", "time_zone": "419ed88e", "unit": "046eb6e9", "url": "48e995cc", "username": "7b3e93d6",
}  # fmt: skip


def test_locales_come_as_their_weights_say():
    drawn = locales_for(STREAM, rows(20_000))
    total = sum(LOCALE_WEIGHTS.values())
    for locale, weight in LOCALE_WEIGHTS.items():
        assert drawn.count(locale) / 20_000 == pytest.approx(weight / total, abs=0.01)


def test_everything_of_a_row_is_of_one_locale():
    locales = locales_for(STREAM, rows(600))
    cells = people(600)
    for place, locale in enumerate(locales):
        known = pool(locale)
        homes = {(item[0], item[1], item[2], item[4]) for item in known["places"]}
        home = tuple(cells[name][place] for name in ("city", "region", "region_code", "time_zone"))
        assert home in homes
        assert cells["country_code"][place] == known["code"]
        assert cells["currency"][place] == known["currency"]
        assert cells["locale"][place] == locale.replace("_", "-")
        assert cells["phone"][place].startswith(known["calling"] + " ")
        given, family = cells["given_name"][place], cells["family_name"][place]
        assert given in cells["full_name"][place]
        assert family in cells["full_name"][place]
        romans = {roman for sex in "fm" for name, roman, _ in known["given"][sex] if name == given}
        families = {roman for sex in "fm" for name, roman, _ in known["family"][sex] if name == family}
        local = cells["email"][place].split("@")[0]
        assert any(roman in local for roman in romans | families)


def test_polish_and_ukrainian_names_follow_the_gender():
    cells = people_cells(STREAM, rows(300), ["uk_UA"] * 300, ["gender", "given_name"])
    women = {name for name, _, _ in pool("uk_UA")["given"]["f"]}
    for gender, name in zip(cells["gender"], cells["given_name"], strict=True):
        assert gender == "male" or name in women


@pytest.mark.parametrize("start", [0, 95, 6_000, 9_900, 10**9 - 3000])
def test_serials_make_cells_distinct(start):
    cells = people(3000, DISTINCT, start=start)
    for name in DISTINCT:
        folded = {unicodedata.normalize("NFKD", cell).casefold() for cell in cells[name]}
        assert len(folded) == 3000, name


def test_companies_are_distinct_over_the_first_and_second_tier():
    n = 30_000
    for locale in ("ja_JP", "ko_KR", "zh_CN", "hi_IN"):
        cells = people_cells(STREAM, rows(n), [locale] * n, ["company", "company_slug"])
        assert len(set(cells["company"])) == n
        assert len(set(cells["company_slug"])) == n
        joint = [slug.split("-") for slug in cells["company_slug"] if slug.count("-") == 2]
        assert joint
        assert not [parts for parts in joint if parts[0] == parts[1]]


@given(st.integers(0, 10**9), st.integers(1, 300))
@settings(max_examples=40, deadline=None)
def test_tags_are_distinct_digits(start, n):
    found = tags(STREAM, rows(n, start))
    assert len(set(found)) == n
    assert all(re.fullmatch(r"\d{2,}", tag) for tag in found)


def test_tags_of_the_first_rows_are_a_permutation():
    assert sorted(map(int, tags(STREAM, rows(10_000)))) == list(range(10_000))


def test_addresses_on_the_net_reach_nobody():
    cells = people(2000)
    for name in ("email", "domain", "company_email"):
        assert not [cell for cell in cells[name] if not RESERVED.search(cell)]
    assert not [cell for cell in cells["url"] if not re.fullmatch(r"https://[a-z0-9.-]+\.example", cell)]
    assert not [cell for cell in cells["email"] if not re.fullmatch(r"[a-z]+([._][a-z]+)?\d+@[a-z.]+", cell)]


@pytest.mark.parametrize("name", EVERY)
def test_no_cell_is_longer_than_its_limit(name):
    least = FAMILIES[name].least
    for limit in (least, least + 4, 30):
        assert max(len(cell) for cell in people(250, [name], {name: limit})[name]) <= limit


@pytest.mark.parametrize("name", DISTINCT)
def test_short_cells_stay_distinct_and_whole(name):
    limit = FAMILIES[name].least + (0 if name != "company" else 12)
    cells = people(1500, [name], {name: limit})[name]
    assert len(set(cells)) == 1500
    if name in ("email", "domain", "url", "company_email"):
        assert all(RESERVED.search(cell) for cell in cells)


def test_asking_for_less_or_elsewhere_changes_no_cell():
    whole = people(120)
    for name in EVERY:
        assert people(120, [name])[name] == whole[name]
        assert people(60, [name], start=60)[name] == whole[name][60:]


def test_rows_may_be_any_numbers_where_serials_are_given():
    places = np.array([2**64 - 1, 7, 2**63], dtype=np.uint64)
    cells = people_cells(STREAM, places, ["en_US"] * 3, ["email", "full_name"], serials=rows(3))
    assert len(set(cells["email"])) == 3


def test_every_locale_writes_every_provider():
    for locale in LOCALES:
        cells = people_cells(STREAM, rows(20), [locale] * 20, EVERY)
        assert all(cell == cell.strip() and cell for column in cells.values() for cell in column)
        assert not [cell for column in cells.values() for cell in column if re.search("[{}]", cell)]


def test_a_cut_never_parts_a_letter_from_its_marks():
    assert cut("e\u0301te\u0301", 1) == ""
    assert cut("e\u0301te\u0301", 2) == "e\u0301"
    assert cut("नमस्ते", 5) == "नमस्"
    assert cut("ab cd", 3) == "ab"


def test_what_nobody_writes_is_refused():
    with pytest.raises(InputError, match="nobody writes 'shoe_size'"):
        people(1, ["shoe_size"])
    with pytest.raises(InputError, match="nobody writes 'shoe_size'"):
        people_columns(STREAM, rows(1), np.zeros(1, dtype=np.int64), ["shoe_size"])


@pytest.mark.parametrize("start", [0, 60, 950, 9_990, 2_000_000, 10**9 - 100])
@pytest.mark.parametrize("room", [None, 0, 5, 18])
def test_columns_hold_the_same_cells(start, room):
    random = np.random.default_rng(start)
    n, places = 260, random.integers(0, 2**63, 260).astype(np.uint64)
    locales, serials = random.integers(0, len(LOCALE_NAMES), n), rows(n, start)
    limits = {} if room is None else {name: FAMILIES[name].least + room for name in EVERY}
    wanted = people_cells(STREAM, places, [LOCALE_NAMES[place] for place in locales], EVERY, serials, limits)
    columns = people_columns(STREAM, places, locales, EVERY, serials, limits)
    for name in EVERY:
        assert columns[name].to_pylist() == wanted[name], name


@pytest.mark.parametrize("locale", range(len(LOCALE_NAMES)))
def test_columns_of_one_locale_hold_the_same_cells(locale):
    wanted = people_cells(STREAM, rows(40, 9_000_000), [LOCALE_NAMES[locale]] * 40, EVERY)
    columns = people_columns(STREAM, rows(40, 9_000_000), np.full(40, locale), EVERY)
    for name in EVERY:
        assert columns[name].to_pylist() == wanted[name], name


def test_any_split_of_columns_equals_the_whole():
    places = rows(400, 9_900)
    locales = locale_places(STREAM, places)
    limits = {"full_name": 12, "email": 22, "company": 16}
    whole = people_columns(STREAM, places, locales, EVERY, limits=limits)
    for at in (0, 1, 100, 399):
        parts = [
            people_columns(STREAM, places[part], locales[part], EVERY, limits=limits)
            for part in (slice(0, at), slice(at, None))
        ]
        for name in EVERY:
            assert whole[name].to_pylist() == parts[0][name].to_pylist() + parts[1][name].to_pylist()


def test_places_of_locales_are_those_of_their_names():
    weights = {"sv_SE": 1, "de_DE": 3}
    for chosen in (LOCALE_WEIGHTS, weights):
        names = [LOCALE_NAMES[place] for place in locale_places(STREAM, rows(300), chosen).tolist()]
        assert names == locales_for(STREAM, rows(300), chosen)
    with pytest.raises(InputError, match="'xx_XX'"):
        locale_places(STREAM, rows(1), {"xx_XX": 1})


def test_cells_of_few_rows_need_no_arrow():
    code = """
import sys
import numpy as np
from llmgen.values.people import WRITERS, people_cells
from llmgen.values.text import WRITERS as TEXTS, text_cells
rows = np.arange(5, dtype=np.uint64)
people_cells(rows[0], rows, ["ja_JP", "de_DE", "en_US", "ko_KR", "uk_UA"], list(WRITERS), limits={"full_name": 5})
for name in TEXTS:
    text_cells(name, rows[0], rows, "invoice", 30, rows)
print([name for name in ("faker", "pyarrow") if name in sys.modules])
"""
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == "[]"
