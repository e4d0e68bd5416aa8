"""Which of many texts a domain admits as they stand: by Arrow where that surely agrees, else one by one."""

import re

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from llmgen.predicates.patterns import Pattern
from llmgen.predicates.ranges import LAST_LETTER, Domain
from llmgen.values.parts import byte_lengths
from llmgen.values.streams import Mask

_UNLIKE = re.compile(r"\\[dwsbDWSB]|\(\?|\\[1-9]|[^\x00-\x7f]")
"""What RE2 reads differently from Python, or not at all."""


def admitted(texts: pa.Array, domain: Domain) -> Mask:
    """Whether the domain admits each text. The texts are not NULL; NULL in the domain is not looked at."""
    quick = _quickly(texts, domain)
    unsure = np.flatnonzero(~quick)
    if len(unsure) and _needs_a_look(domain):
        quick = quick.copy()
        quick[unsure] = [domain.admits(text) for text in texts.take(pa.array(unsure)).to_pylist()]
    return quick


def _needs_a_look(domain: Domain) -> bool:
    """Whether a text that Arrow does not admit may be admitted all the same."""
    return (
        any(pattern.negated or _UNLIKE.search(pattern.source) for pattern in domain.patterns)
        or domain.low is not None
        or domain.high is not None
    )


def _quickly(texts: pa.Array, domain: Domain) -> Mask:
    """True only where the domain surely admits the text."""
    found = _in_length(texts, domain)
    if domain.case:
        folded = pc.utf8_lower(texts) if domain.case == "lower" else pc.utf8_upper(texts)
        found = pc.and_(found, pc.equal(texts, folded))
    if domain.letters:
        found = pc.and_(found, pc.match_substring_regex(texts, rf"\A[\x00-\x{{{LAST_LETTER[domain.letters]:x}}}]*\z"))
    if domain.trimmed:
        found = pc.and_(found, pc.equal(texts, pc.utf8_trim(texts, " ")))
    if domain.values is not None:
        found = pc.and_(
            found, pc.is_in(texts, value_set=pa.array([str(value) for value in domain.values], pa.string()))
        )
    if domain.excluded:
        found = pc.and_(found, pc.invert(pc.is_in(texts, value_set=pa.array([str(one) for one in domain.excluded]))))
    for pattern in domain.patterns:
        found = pc.and_(found, _matching(texts, pattern))
    if domain.low is not None or domain.high is not None:
        return np.zeros(len(texts), dtype=np.bool_)
    mask: Mask = found.to_numpy(zero_copy_only=False)
    return mask


def _in_length(texts: pa.Array, domain: Domain) -> pa.Array:
    """Letters are counted only where the bytes leave it open: a letter has one to four."""
    sizes = byte_lengths(texts)
    surely = domain.min_length if domain.min_length <= 1 else 4 * domain.min_length
    long = domain.max_length is not None and int(sizes.max(initial=0)) > domain.max_length
    if not long and int(sizes.min(initial=surely)) >= surely:
        return pa.array(np.ones(len(texts), dtype=np.bool_))
    lengths = pc.utf8_length(texts)
    found = pc.greater_equal(lengths, domain.min_length)
    return found if domain.max_length is None else pc.and_(found, pc.less_equal(lengths, domain.max_length))


def _matching(texts: pa.Array, pattern: Pattern) -> pa.Array:
    if pattern.negated or _UNLIKE.search(pattern.source):
        return pa.array(np.zeros(len(texts), dtype=np.bool_))
    source = f"(?s){pattern.source}".replace("\\Z", "\\z")
    return pc.match_substring_regex(texts, source, ignore_case=pattern.ignore_case)
