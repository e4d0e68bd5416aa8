"""The saved scenarios of a project and of the packaged example, found by name or words; the nearest recorded ones."""

import difflib
import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from llmgen.author.recordings import Library
from llmgen.errors import InputError
from llmgen.scenario import Scenario, load_scenario, normalise_words

STATED_WORDS = re.compile(r'^"(.+)"$', re.MULTILINE)
"""How a prompt states a scenario's words: on a line of their own, in quotes."""


@dataclass(frozen=True)
class Saved:
    """A scenario file: its name (the file's stem), where it lies and what it holds."""

    name: str
    file: Path
    scenario: Scenario


def saved_scenarios(folders: Sequence[Path]) -> list[Saved]:
    """Every scenario file of the folders, a name of an earlier folder hiding that of a later one.

    InputError for a bad file.
    """
    found: dict[str, Saved] = {}
    for folder in folders:
        for file in sorted([*folder.glob("*.yaml"), *folder.glob("*.yml")]):
            found.setdefault(file.stem, Saved(file.stem, file, load_scenario(file)))
    return sorted(found.values(), key=lambda saved: saved.name)


def find_scenario(folders: Sequence[Path], text: str) -> Saved | None:
    """The saved scenario of that name or of those words: its file is the truth, whatever they would come to now."""
    words = normalise_words(text)

    def meant(saved: Saved) -> bool:
        return saved.name == text or normalise_words(saved.scenario.words) == words

    # A file is usually named by its words: then no other one need be read.
    named = [folder / f"{file_name(words)}.yaml" for folder in folders]
    likely = [Saved(file.stem, file, load_scenario(file)) for file in named if file.is_file()]
    return next((saved for saved in likely[:1] if meant(saved)), None) or next(filter(meant, _readable(folders)), None)


def _readable(folders: Sequence[Path]) -> list[Saved]:
    """The scenario files that can be read, as `saved_scenarios` has them; others may be anybody's."""
    found: dict[str, Saved | None] = {}
    for folder in folders:
        for file in sorted([*folder.glob("*.yaml"), *folder.glob("*.yml")]):
            if file.stem not in found:
                found[file.stem] = None
                with suppress(InputError):
                    found[file.stem] = Saved(file.stem, file, load_scenario(file))
    return [saved for saved in found.values() if saved]


def given_scenario(folders: Sequence[Path], text: str) -> Scenario | None:
    """The scenario that needs no interpretation: that of the file which `text` names, or a saved one; else None."""
    if text.endswith((".yaml", ".yml")):
        return load_scenario(Path(text))
    saved = find_scenario(folders, text)
    return saved.scenario if saved else None


def near_recorded(library: Library, text: str) -> list[str]:
    """The words of the recorded scenarios that read most like the text, at most three."""
    prompts = [recording.prompt for recording in library.readable()]
    stated = {words for prompt in prompts for words in STATED_WORDS.findall(f"{prompt.system}\n{prompt.user}")}
    return difflib.get_close_matches(normalise_words(text), stated, 3, 0.3) or sorted(stated)[:3]


def file_name(words: str) -> str:
    """A name for a file or directory made of the words: `trial-expiring-tomorrow`."""
    return re.sub(r"[^\w]+", "-", words.casefold()).strip("-")[:80].strip("-") or "scenario"
