import hashlib
import re

import numpy as np
import pytest

from llmgen.errors import InputError
from llmgen.plan import FAMILIES
from llmgen.values.draws import prefix
from llmgen.values.streams import key
from llmgen.values.text import WRITERS, text_cells, text_column

STREAM = key("seed", "invoices", "column")
FORMS = {
    "slug": r"[a-z]+(-[a-z0-9]+)+",
    "code": r"INV-[0-9A-HJKMNP-TV-Z]{6}",
    "token": r"inv_[0-9A-Za-z]{14}",
    "hash": r"[0-9a-f]{64}",
    "colour": r"#[0-9a-f]{6}",
    "path": r"/invoices/[a-z0-9-]+",
    "file_name": r"[a-z0-9-]+\.[a-z]{3,4}",
    "ip": r"(192\.0\.2|198\.51\.100|203\.0\.113)\.\d{1,3}|2001:db8::[0-9a-f:]+",
    "mac": r"(00:00:5e:00:53:|02:00:)[0-9a-f:]+",
    "version": r"\d+\.\d+\.\d+",
    "page_url": r"https://www\.example\.com/[a-z0-9-]+",
    "image_url": r"https://images\.example\.com/\d+\.png",
    "card_last4": r"\d{4}",
}


def rows(n, start=0):
    return np.arange(start, start + n, dtype=np.uint64)


def test_every_text_provider_of_the_plan_is_written_and_no_other():
    assert set(WRITERS) == {name for name, family in FAMILIES.items() if family.writer == "text"}


@pytest.mark.parametrize("provider", FORMS)
@pytest.mark.parametrize("serials", [None, rows(900)])
def test_values_have_their_form(provider, serials):
    for value in text_cells(provider, STREAM, rows(900), "invoice", serials=serials):
        assert re.fullmatch(FORMS[provider], value)


@pytest.mark.parametrize("provider", sorted(set(WRITERS) - {"empty"}))
def test_serials_make_cells_distinct(provider):
    cells = text_cells(provider, STREAM, rows(3000), "invoice", serials=rows(3000))
    assert len(set(cells)) == 3000


@pytest.mark.parametrize("provider", sorted(WRITERS))
@pytest.mark.parametrize("distinct", [False, True])
def test_no_cell_is_longer_than_its_limit(provider, distinct):
    for limit in (FAMILIES[provider].least, FAMILIES[provider].least + 7, 60):
        serials = rows(300) if distinct else None
        cells = text_cells(provider, STREAM, rows(300), "payment_method", limit, serials)
        assert max(len(cell) for cell in cells) <= limit


@pytest.mark.parametrize("provider", sorted(WRITERS))
def test_any_split_of_the_rows_equals_the_whole(provider):
    whole = text_cells(provider, STREAM, rows(50), "invoice", 40, rows(50))
    parts = [text_cells(provider, STREAM, rows(25, at), "invoice", 40, rows(25, at)) for at in (0, 25)]
    assert whole == parts[0] + parts[1]


def test_codes_of_six_places_stay_distinct_in_a_narrow_column():
    cells = text_cells("code", STREAM, rows(1000), "invoice", 2, rows(1000))
    assert len(set(cells)) == 1000


def test_golden_values_are_those_of_version_1():
    assert [text_cells(name, STREAM, rows(1), "invoice")[0] for name in ("title", "code", "token", "word")] == GOLDEN


GOLDEN = ["Customer course", "INV-2F37NW", "inv_D30wYayYEcXRsI", "large"]


def test_every_provider_writes_what_version_1_writes():
    """Digests of plain cells, of those that first and later serials make distinct, and of all of these with a limit."""
    found = {}
    for name in WRITERS:
        cells = [
            cell
            for limit in (None, FAMILIES[name].least + 5)
            for serials in (None, rows(300, 900), rows(300, 10**8))
            for cell in text_cells(name, STREAM, rows(300), "invoice", limit, serials)
        ]
        found[name] = hashlib.sha256("\n".join(cells).encode()).hexdigest()[:8]
    assert found == DIGESTS


DIGESTS = {
    "card_brand": "61442992", "card_last4": "1b1b2a2f", "card_number": "bf17fd3d", "code": "3036e318",
    "colour": "e4236f3e", "empty": "ac156834", "file_name": "bf57dbdd", "hash": "515e6596", "image_url": "05464303",
    "ip": "c7c186a0", "mac": "7ab5da00", "measure": "9029aa61", "mime": "650deb75", "page_url": "3be1c157",
    "paragraph": "35b9d4e4", "path": "f1350e0d", "payment_token": "04a12b86", "sentence": "7fca81f7",
    "slug": "a4117cec", "title": "101c3eba", "token": "7acde9a0", "user_agent": "c8c264e3", "version": "ca3ba282",
    "word": "8d55d28c",
}  # fmt: skip


def test_payment_tokens_are_documented_test_tokens():
    assert {token.split("_")[1] for token in text_cells("payment_token", STREAM, rows(200))} == {"card"}


def test_prefixes_are_short():
    assert [prefix(name) for name in ("customer", "payment_method", "a_b_c_d_e")] == ["cus", "pm", "abcd"]


def test_an_unknown_provider_is_refused():
    with pytest.raises(InputError, match="nobody writes 'poem'"):
        text_cells("poem", STREAM, rows(1))
    with pytest.raises(InputError, match="nobody writes 'poem'"):
        text_column("poem", STREAM, rows(1))


@pytest.mark.parametrize("provider", sorted(WRITERS))
@pytest.mark.parametrize("start", [0, 1000, 32_700, 2**25, 10**12])
def test_columns_hold_the_same_cells(provider, start):
    places = np.random.default_rng(start).integers(0, 2**63, 150).astype(np.uint64)
    least = FAMILIES[provider].least
    for limit in (None, least, least + 1, least + 8, 50, 120):
        for serials in (None, rows(150, start)):
            wanted = text_cells(provider, STREAM, places, "payment_method", limit, serials)
            column = text_column(provider, STREAM, places, "payment_method", limit, serials)
            assert column.to_pylist() == wanted, (limit, serials is None)


@pytest.mark.parametrize("provider", sorted(WRITERS))
def test_any_split_of_a_column_equals_the_whole(provider):
    whole = text_column(provider, STREAM, rows(90, 1000), "invoice", 30, rows(90, 1000)).to_pylist()
    parts = [text_column(provider, STREAM, rows(45, at), "invoice", 30, rows(45, at)) for at in (1000, 1045)]
    assert whole == [value for part in parts for value in part.to_pylist()]


def test_no_rows_have_no_cells():
    for provider in WRITERS:
        assert text_cells(provider, STREAM, rows(0), serials=rows(0)) == []
        assert text_column(provider, STREAM, rows(0), serials=rows(0)).to_pylist() == []


@pytest.mark.parametrize("limit", [100, 120, 170, 230])
def test_sentences_of_a_paragraph_that_do_not_fit_are_left_out(limit):
    whole = text_cells("paragraph", STREAM, rows(300))
    for cell, full in zip(text_cells("paragraph", STREAM, rows(300), limit=limit), whole, strict=True):
        first, *more = re.findall(r"[A-Z][^.]*\.", full)
        kept = first
        for sentence in more:
            kept = f"{kept} {sentence}" if len(kept) + 1 + len(sentence) <= limit else kept
        assert cell == kept


@pytest.mark.parametrize("serials", [None, rows(900)])
def test_six_characters_are_a_colour_without_its_mark(serials):
    cells = text_cells("colour", STREAM, rows(900), "theme", 6, serials)
    assert all(re.fullmatch("[0-9a-f]{6}", cell) for cell in cells)
    assert text_column("colour", STREAM, rows(900), "theme", 6, serials).to_pylist() == list(cells)
