"""A lending library to author for, and a model that is a plain function: the seam where these tests stand in."""

import json
import re
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from llmgen.author.exchange import Prompt, Reply, no_listener
from llmgen.author.loop import Limits
from llmgen.generate import Job, Made, make
from llmgen.project import Project, open_project
from llmgen.scenario import Expect, Scenario
from llmgen.workshop import Workshop

LIBRARY = Path(__file__).parent / "library"
AS_OF = datetime(2027, 8, 4, 9, 12, 30, tzinfo=UTC)
OVERDUE = Scenario(
    words="loan of several books overdue by three days",
    root="loans",
    with_={"readers": (1, 1), "books": (1, 2), "copies": (1, 2), "loan_copies": (1, 2), "fines": (0, 2)},
    shared={"branches": (1, 10)},
    expect=(
        Expect(sql="ROOT.status = 'overdue'", why="it is overdue"),
        Expect(sql="ROOT.due_at >= current_date - 3 AND ROOT.due_at < current_date - 2", why="for three days"),
        Expect(sql="(SELECT count(*) FROM loan_copies) >= 1"),
    ),
    author={
        "loans": ("lent_at", "returned_at", "fine_cents", "note"),
        "books": ("shelf_mark", "pages"),
        "copies": ("number",),
        "loan_copies": ("wear",),
        "fines": ("cents",),
        "readers": ("born_on",),
    },
    absolute_dates={"readers": ("born_on",)},
)


def library_project(folder: Path, **changes: Any) -> Project:
    """The library's project as it stands in a folder without settings."""
    project = open_project(folder, LIBRARY / "schema.sql", LIBRARY / "validators", cache=folder / "recordings")
    return replace(project, **changes)


def good_case(index: int) -> dict[str, Any]:
    """A right answer to brief `index`: one book with one copy, lent, and a fine for it."""
    return {
        "i": index,
        "loans": {
            "branch_code": ("MAIN", "EAST")[index % 2],
            "status": "overdue",
            "lent_at": f"2026-02-2{index % 8}T10:1{index % 10}:05Z",
            "due_at": f"2026-03-08T1{index % 10}:30:05Z",
            "returned_at": None,
            "fine_cents": 75,
            "note": f"shelf {index} {{loans.due_at}}",
        },
        "readers": {"born_on": "1990-02-28"},
        "books": [
            {
                "shelf_mark": f"K {index:03}",
                "pages": 100 + index,
                "copies": [{"number": 1, "loan_copies": [{"wear": 0.25}]}],
            }
        ],
        "fines": [{"copy_id": 0, "cents": 75}],
    }


def bad_case(index: int) -> dict[str, Any]:
    """A wrong answer: the loan is due tomorrow, which an expect and a Python rule forbid."""
    return changed(index, lambda case: case["loans"].update(due_at="2026-03-12T10:00:00Z"))


def changed(index: int, change: Callable[[dict[str, Any]], object]) -> dict[str, Any]:
    """A right answer, changed."""
    case = good_case(index)
    change(case)
    return case


def lines(cases: Iterable[dict[str, Any]]) -> str:
    """The answers as JSON lines."""
    return "".join(json.dumps(case, ensure_ascii=False) + "\n" for case in cases)


def asked(prompt: Prompt) -> list[int]:
    """The briefs that a prompt of the cases template asks for."""
    return [int(index) for index in re.findall(r"^(\d+): locale", prompt.user, re.MULTILINE)]


def said(text: str, stop: Any = "end") -> Reply:
    """A reply of the fake model."""
    return Reply(text, stop, "a fake")


def right(prompt: Prompt) -> Reply:
    """The model that never errs."""
    return said(lines(map(good_case, asked(prompt))))


def wrong(prompt: Prompt) -> Reply:
    """The model that always errs, in every case."""
    return said(lines(map(bad_case, asked(prompt))))


class FakeModel:
    """A Client whose answers are a function of the prompt; keeps what it was asked, in the order of asking."""

    def __init__(self, answer: Callable[[Prompt], Reply], delay: Callable[[Prompt], float] = lambda prompt: 0) -> None:
        self.answer = answer
        self.delay = delay
        self.prompts: list[Prompt] = []
        self._lock = threading.Lock()

    def complete(self, prompt: Prompt, on_line: Any = no_listener) -> Reply:
        with self._lock:
            self.prompts.append(prompt)
        time.sleep(self.delay(prompt))
        return self.answer(prompt)

    def at(self, level: str) -> list[Prompt]:
        """The prompts of one level."""
        return [prompt for prompt in self.prompts if prompt.level == level]


def made(
    project: Project, model: Any, n: int = 3, scenario: Scenario = OVERDUE, limits: Limits | None = None, **job: Any
) -> Made:
    """The dataset that a model's answers come to."""
    return make(project, scenario, Job(n=n, as_of=AS_OF, edges=0, limits=limits or Limits(), **job), model)


def plain(result: Made) -> dict[str, list[dict[str, Any]]]:
    """The rows of a result by table."""
    return {table: list(rows) for table, rows in result.dataset.rows.items()}


def head(rows: dict[str, list[Any]], n: int) -> dict[str, list[Any]]:
    """The rows of the first `n` of several right cases, each of which has one row a table."""
    return {table: listed if table == "branches" else listed[:n] for table, listed in rows.items()}


def workshop(project: Project, n: int = 3, scenario: Scenario = OVERDUE) -> Workshop:
    """The room in which those cases are made."""
    return Workshop(project, scenario, Job(n=n, as_of=AS_OF, edges=0))
