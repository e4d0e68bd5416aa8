import re
import unicodedata

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from llmgen.errors import InputError
from llmgen.plan import FAMILIES
from llmgen.values.group import tags
from llmgen.values.holes import fill
from llmgen.values.people import LOCALE_WEIGHTS, WRITERS, cut, locales_for, people_cells
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


def test_fill():
    assert fill("+1 ##-?", 21 + 100 * 3) == "+1 12-E"


def test_what_nobody_writes_is_refused():
    with pytest.raises(InputError, match="nobody writes 'shoe_size'"):
        people(1, ["shoe_size"])
