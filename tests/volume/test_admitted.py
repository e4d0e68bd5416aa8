"""Which texts a domain admits, many at once: as it says of each alone, whatever their letters and wherever they lie."""

import pyarrow as pa
import pytest

from llmgen.predicates.ranges import Domain
from llmgen.volume.admitted import admitted

TEXTS = ["", "a", "abc", "abcd", "é", "éé", "四", "四五", "\U0001f600", "\U0001f600a", 3 * "\U0001f600", "abcdefgh"]


@pytest.mark.parametrize("least", [0, 1, 2, 4])
@pytest.mark.parametrize("most", [None, 1, 2, 3, 4, 8])
def test_letters_are_counted_and_not_bytes(least, most):
    domain = Domain("text", min_length=least, max_length=most)
    for text in TEXTS:
        assert admitted(pa.array([text], pa.string()), domain).tolist() == [domain.admits(text)], text
    for part in (slice(0, 12), slice(1, 7), slice(5, 12), slice(4, 4)):
        found = admitted(pa.array(TEXTS, pa.string())[part], domain)
        assert found.tolist() == [domain.admits(text) for text in TEXTS[part]]
