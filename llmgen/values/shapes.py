"""Text that fits a Domain: from its patterns, or plain words, folded, trimmed, filled up and cut as it demands."""

from collections.abc import Callable

from llmgen.predicates.patterns import Pattern
from llmgen.predicates.ranges import Domain

_TRIES = 30
NOUNS = ("amber", "harbor", "willow", "meridian", "cedar", "lantern", "summit", "river", "quartz", "orchard", "falcon",
          "maple", "beacon", "copper", "garnet", "prairie", "canyon", "violet", "north", "ember")  # fmt: skip


def text_within(domain: Domain, choose: Callable[[int], int]) -> str:
    """Text that the domain admits: from its most specific pattern, else plain words by length. ValueError if none is.

    Distinct sequences of choices give distinct text as far as pattern and length have room.
    """
    positive = sorted((item for item in domain.patterns if not item.negated), key=_specific, reverse=True)
    for least, patterns in ((0, positive[:1]), (domain.min_length, positive[:1]), (0, positive)):
        for _ in range(_TRIES):
            written = (pattern.write(choose, domain.max_length, least) for pattern in patterns)
            text = "".join(written) if patterns else plain_text(domain, choose)
            if (found := fitted(text, domain)) is not None:
                return found
    raise ValueError("no text was found that has all the shapes demanded")


def fitted(text: str, domain: Domain) -> str | None:
    """The text, if need be folded, trimmed, filled up or cut, where the domain admits it so; None if it does not."""
    return next((found for found in (text, *_dressed(text, domain)) if domain.admits(found)), None)


def _specific(pattern: Pattern) -> tuple[bool, int]:
    return "\\A" in pattern.source or "^" in pattern.source, len(pattern.source)


def _dressed(text: str, domain: Domain) -> list[str]:
    """The text as it is, and folded, trimmed, filled up or cut as the domain asks."""
    folded = _rid({"lower": text.lower(), "upper": text.upper()}.get(domain.case, text), domain)
    folded = folded.strip(" ") if domain.trimmed else folded
    filled = folded + "".join(NOUNS)[: max(0, domain.min_length - len(folded))]
    repeated = (filled * (domain.min_length // max(1, len(filled)) + 1))[: max(domain.min_length, len(filled))]
    cased = {"lower": repeated.lower(), "upper": repeated.upper()}.get(domain.case, repeated)
    if domain.max_length is None:
        return [folded, cased]
    whole_words = cased[: domain.max_length + 1].rpartition(" ")[0]
    return [folded, cased, whole_words or cased[: domain.max_length], cased[: domain.max_length].rstrip()]


def _rid(text: str, domain: Domain) -> str:
    """The text without what negated patterns find in it, in the case that loses least."""
    negated = [pattern for pattern in domain.patterns if pattern.negated]
    found = [text, text.lower(), text.upper()] if negated else [text]
    for pattern in negated:
        found = [pattern.without(one) for one in found]
    return max(found, key=len)


def plain_text(domain: Domain, choose: Callable[[int], int]) -> str:
    """Words joined by a blank, as many as fit; letters where not even one word does."""
    limit = 40 if domain.max_length is None else domain.max_length
    if limit < 8:
        letters = "abcdefghijklmnopqrstuvwxyz"
        size = limit if domain.min_length or limit < 4 else min(limit, 4)
        return "".join(letters[choose(26)] for _ in range(size))
    first, second = NOUNS[choose(len(NOUNS))], NOUNS[choose(len(NOUNS))]
    text = f"{first} {second}"
    return text if len(text) <= limit else first[:limit]
