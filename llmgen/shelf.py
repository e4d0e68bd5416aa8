"""The saved scenarios of a project and of the packaged example, found by name or words; the nearest recorded ones."""

import difflib
import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from llmgen.author.recordings import Library
from llmgen.errors import InputError
from llmgen.scenario import Scenario, load_scenario, normalise_words

STATED_WORDS = re.compile(r'^"(.+)"$', re.MULTILINE)
"""How a prompt states a scenario's words: on a line of their own, in quotes."""


LONGEST = 80
"""Characters of a file's or directory's name."""


@dataclass(frozen=True)
class Saved:
    """A scenario file: its name (the file's stem), where it lies and what it holds."""

    name: str
    file: Path
    scenario: Scenario


def find_scenario(folders: Sequence[Path], text: str) -> Saved | None:
    """The saved scenario of that name or of those words: its file is the truth, whatever they would come to now."""
    words = normalise_words(text)

    def meant(saved: Saved) -> bool:
        return saved.name == text or normalise_words(saved.scenario.words) == words

    # A file is usually named by its words: then no other one need be read.
    named = [folder / f"{file_name(words)}.yaml" for folder in folders]
    likely = [Saved(file.stem, file, load_scenario(file)) for file in named if file.is_file()]
    if likely and meant(likely[0]):
        return likely[0]
    return next(filter(meant, readable_scenarios(folders)[0]), None)


def readable_scenarios(folders: Sequence[Path]) -> tuple[list[Saved], list[InputError]]:
    """The scenario files that can be read, an earlier folder's name hiding a later one's, and why others cannot.

    Others may be anybody's: they matter only to who asks for them.
    """
    found: dict[str, Saved | InputError] = {}
    for folder in folders:
        for file in sorted([*folder.glob("*.yaml"), *folder.glob("*.yml")]):
            if file.stem not in found:
                try:
                    found[file.stem] = Saved(file.stem, file, load_scenario(file))
                except InputError as error:
                    found[file.stem] = error
    listed = [found[name] for name in sorted(found)]
    return [one for one in listed if isinstance(one, Saved)], [one for one in listed if isinstance(one, InputError)]


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
    name = re.sub(r"[^\w]+", "-", words.casefold()).strip("-")
    if 0 < len(name) <= LONGEST:
        return name
    mark = hashlib.sha256(words.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    return f"{name[: LONGEST - 9].strip('-') or 'scenario'}-{mark}"
