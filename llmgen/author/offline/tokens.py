"""Words taken apart: tokens with their stems, so that "cancelled", "canceling" and `canceled_at` meet."""

import re
from dataclasses import dataclass, replace

from llmgen.naming import words as name_words

OUT_OF_STOCK, IN_STOCK, NOBODY = "out of stock", "in stock", "nobody"
_TOGETHER = {"out of stock": OUT_OF_STOCK, "sold out": OUT_OF_STOCK, "in stock": IN_STOCK, "no one": NOBODY}
"""Words that mean something only together, as one token."""

_TOKEN = re.compile(rf"\b(?:{'|'.join(_TOGETHER)})\b|[$€£]?\d[\d,]*(?:\.\d+)?%?|[^\W\d_]+(?:'[^\W\d_]+)?|[<>]=?")
_UNIT = re.compile(r"(?:minute|hour|day|week|month|year)s?")

NUMBERS = {
    "zero": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
    "ten": 10, "eleven": 11, "twelve": 12, "twenty": 20, "thirty": 30, "fifty": 50, "hundred": 100, "once": 1,
    "twice": 2, "thrice": 3, "single": 1,
}  # fmt: skip

_IRREGULAR = {
    "paid": "pay", "unpaid": "unpay", "sent": "send", "bought": "buy", "sold": "sell", "people": "person",
    "children": "child", "begun": "begin", "began": "begin", "written": "write", "late": "late", "due": "due",
    "expiration": "expir", "expiry": "expir", "subscription": "subscrib", "cancellation": "cancel",
    "status": "status", "address": "address", "renewal": "renew", "rental": "rent", "trial": "trial",
    "annual": "annual", "bill": "bill", "yearly": "annual", "delivery": "deliver", "invoice": "invoic",
    "proration": "prorat", "usage": "usag", "access": "access", "business": "business", "rating": "rating",
    "employee": "employ",
}  # fmt: skip
_IRREGULAR_VERBS = frozenset({"paid", "unpaid", "sent", "unsent", "bought", "sold", "unsold"})
_ENDINGS = ("ments", "ment", "ations", "ation", "ings", "ing", "ied", "ies", "ed", "es", "s", "ly")
_SHORTEST = 3

_FILLERS = (
    "a an the is are was were be been has have had having its their his her this that these those which who whose whom "
    "it they to at on by of for from and or but as in with so still just whole been being then than where when there "
    "been very one's currently now also any some since up yet already"
)
FILLERS = frozenset(_FILLERS.split())
"""Words that carry no meaning of their own here."""


@dataclass(frozen=True)
class Token:
    """One word: as it was said, and its stem. `number` is what it counts, `money` that it came with a $, € or £."""

    text: str
    stem: str
    number: float | None = None
    money: bool = False


def stem(word: str) -> str:
    """What the forms of a word have in common; equal stems are taken for the same word."""
    word = word.lower().removesuffix("'s")
    for form in (word, word.removesuffix("s")):
        if form in _IRREGULAR:
            return _IRREGULAR[form]
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= _SHORTEST and not word.endswith("ss"):
            word = word.removesuffix(ending) + ("y" if ending in ("ied", "ies") else "")
            break
    if len(word) > _SHORTEST and word[-1] == word[-2] and word[-1] in "lnptgm":
        word = word[:-1]  # cancelled, shipped
    return word.removesuffix("e") if len(word) > _SHORTEST else word


def is_verb(word: str) -> bool:
    """Whether a word has a verb's ending."""
    return word.endswith(("ed", "ing")) or word in _IRREGULAR_VERBS


def stems_of(name: str) -> tuple[str, ...]:
    """The stems of a table's, column's or label's name."""
    return tuple(stem(word) for word in name_words(name).split())


def tokens(text: str) -> list[Token]:
    """The words of a text in order, hyphens taken for spaces; "an" before a unit of time is one."""
    found = [_token(_TOGETHER.get(word, word)) for word in _TOKEN.findall(text.lower())]
    for place, token in enumerate(found[:-1]):
        if token.text in ("a", "an") and _UNIT.fullmatch(found[place + 1].text):
            found[place] = replace(token, number=1)
    return found


def _token(word: str) -> Token:
    digits = word.strip("$€£%").replace(",", "")
    if digits[:1].isdigit():
        return Token(word, word, float(digits), word[0] in "$€£")
    return Token(word, stem(word), NUMBERS.get(word))
