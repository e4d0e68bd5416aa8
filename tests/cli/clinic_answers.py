"""A model of the vet clinic: right (or wrong) answers to its prompts, as a function and as a program for `command:`.

python clinic_answers.py [wrong] < prompt > reply
"""

import json
import re
import sys
from collections.abc import Iterable
from typing import Any

ANOTHER_TRY = "What was wrong with the earlier line"
INTERPRETATION = {
    "root": "visits",
    "with": {"owners": [1, 1], "animals": [1, 1], "visit_items": [1, 2]},
    "shared": {"services": [1, 20]},
    "expect": [
        {"sql": "ROOT.status = 'booked'", "why": "it is booked"},
        {"sql": "ROOT.starts_at >= current_date + 1 AND ROOT.starts_at < current_date + 2", "why": "for tomorrow"},
    ],
    "author": {
        "visits": ["room", "status", "starts_at", "ends_at", "total_cents", "note"],
        "animals": ["species", "weight_kg"],
        "visit_items": ["quantity", "price_cents"],
    },
    "absolute_dates": {},
    "doubts": ["how long the visit takes"],
}


def briefs(user: str) -> list[int]:
    """The briefs that a prompt asks for; none for the prompt that interprets words."""
    return [int(index) for index in re.findall(r"^(\d+): locale", user, re.MULTILINE)]


def right(index: int, again: bool = False) -> dict[str, Any]:
    """A right answer to one brief: a visit tomorrow with its items; asked again, a cheap one."""
    quantity = 1 if again else 1 + index % 3
    return {
        "i": index,
        "visits": {
            "room": 1 + index % 9,
            "status": "booked",
            "starts_at": f"2026-03-12T{8 + index // 60 % 10:02}:{index % 60:02}:07Z",
            "ends_at": f"2026-03-12T{18 + index // 60 % 5:02}:{index % 60:02}:07Z",
            "total_cents": quantity * 2500,
            "note": f"{index}: rabies, {{visits.starts_at:date}}",
        },
        "owners": {},
        "animals": {"species": ("dog", "cat", "rabbit")[index % 3], "weight_kg": 4.25 + index % 20},
        "visit_items": [{"service_code": "VACC", "quantity": quantity, "price_cents": 2500}],
    }


def wrong(index: int, again: bool = False) -> dict[str, Any]:
    """A wrong answer: a total that its items do not add up to, which a Python rule forbids."""
    case = right(index, again)
    case["visits"]["total_cents"] += 1
    return case


def lines(cases: Iterable[dict[str, Any]]) -> str:
    """The answers as JSON lines."""
    return "".join(json.dumps(case, ensure_ascii=False) + "\n" for case in cases)


def answer(prompt: str, one: Any = right) -> str:
    """The reply to a prompt's user text (or to all of its text), each brief answered by `one`."""
    asked = briefs(prompt)
    if not asked:
        return json.dumps(INTERPRETATION)
    return lines(one(index, ANOTHER_TRY in prompt) for index in asked)


if __name__ == "__main__":
    sys.stdout.write(answer(sys.stdin.read(), wrong if sys.argv[1:] == ["wrong"] else right))
