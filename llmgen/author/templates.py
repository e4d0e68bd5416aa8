"""Prompt templates: versioned files, rendered without logic, an undefined variable being an error."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from jinja2 import DictLoader, StrictUndefined, TemplateError
from jinja2.sandbox import SandboxedEnvironment

from llmgen.content import content_folder
from llmgen.errors import InputError


@dataclass(frozen=True)
class Template:
    """One version of one prompt: its folder, what it is for, and the reply's token limit."""

    name: str
    version: str
    folder: Path
    purpose: str
    max_tokens: int

    def render(self, part: str, variables: Mapping[str, object]) -> str:
        """The text of `part` (system or a level), the variables filled in. InputError for a fault in the template."""
        file = self.folder / f"{part}.md"
        try:
            return _environment().from_string(file.read_text("utf-8")).render(variables).strip() + "\n"
        except (TemplateError, OSError, ValueError, TypeError, ArithmeticError) as error:
            raise InputError(
                f"{file}: {error}", "mend the template; `llmgen prompts show` prints the packaged one"
            ) from error


def load_template(name: str, version: str, folder: Path | None = None) -> Template:
    """The template from the folder the user names, if it holds it, else the packaged one."""
    for place in _places(folder):
        if (place / name / version / "prompt.toml").is_file():
            return _read(name, version, place / name / version)
    known = ", ".join(f"{template.name}/{template.version}" for template in list_templates(folder))
    raise InputError(f"there is no prompt {name}/{version}", f"known prompts: {known}")


def list_templates(folder: Path | None = None) -> list[Template]:
    """Every template of the user's folder and the packaged one, the user's first where both hold it."""
    found: dict[tuple[str, str], Template] = {}
    for place in _places(folder):
        for file in sorted(place.glob("*/v*/prompt.toml")):
            name, version = file.parent.parent.name, file.parent.name
            found.setdefault((name, version), _read(name, version, file.parent))
    return [found[key] for key in sorted(found)]


def _places(folder: Path | None) -> list[Path]:
    if folder is None:
        return [content_folder("prompts")]
    if not folder.is_dir():
        raise InputError(f"{folder}: no such folder of prompts", "name a folder that holds NAME/vN/prompt.toml")
    return [folder, content_folder("prompts")]


def _read(name: str, version: str, folder: Path) -> Template:
    file = folder / "prompt.toml"
    try:
        content = tomllib.loads(file.read_text("utf-8"))
        return Template(name, version, folder, str(content["purpose"]), int(content["max_tokens"]))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, KeyError, ValueError, TypeError) as error:
        raise InputError(f"{file}: {error}", "it needs purpose (text) and max_tokens (a number)") from error


@lru_cache(maxsize=1)
def _environment() -> SandboxedEnvironment:
    return SandboxedEnvironment(
        loader=DictLoader({}), undefined=StrictUndefined, keep_trailing_newline=True, autoescape=False
    )
