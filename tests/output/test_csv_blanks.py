"""Which cells of a column CSV puts in quotes: the same as one by one, for every letter that may matter."""

import re
import sys

import pytest
from batch_samples import ALL, TABLE, batch_of

from llmgen.output.csv_stream import csv_header, encode_csv
from llmgen.output.files import write_table

BLANKS = [letter for letter in map(chr, range(sys.maxunicode + 1)) if re.match(r"\s", letter)]
NEAR = ["\u0084", "\u0086", "\u00a1", "\u1681", "\u180e", "\u200b", "\u2060", "\u3001", "が", "中", "\U0001f600"]


@pytest.mark.parametrize("form", ["{}", "{}a", "a{}", "é{}", "a{}é", "{0}\\."])
def test_letters_at_the_ends_of_cells(form, tmp_path):
    letters = [*map(chr, range(128)), *BLANKS, *NEAR, "", "\\."]
    rows = [dict.fromkeys(ALL) | {'odd "name"': form.format(letter)} for letter in letters]
    write_table(tmp_path / "rows", TABLE, rows, list(ALL), "csv")
    expected = (tmp_path / "rows").read_bytes().removeprefix(csv_header(TABLE.columns))
    assert bytes(encode_csv(TABLE, TABLE.columns, batch_of(TABLE, rows))) == expected
    assert len(BLANKS) > 20
