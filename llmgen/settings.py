"""What llmgen.toml may say, read once into one frozen model; flags and LLMGEN_* variables go before it."""

import os
import re
import tomllib
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from llmgen.errors import InputError

FILE = "llmgen.toml"
_VARIABLE = re.compile(r"\$\{\w+\}|\$[A-Za-z_]\w*")


class ModelSettings(BaseModel):
    """Who answers: `name` is an API model id or `command:<argv>`; `stronger`, an API model id, the last level."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = "claude-haiku-5-5"
    stronger: str = "claude-sonnet-5-5"
    answered_by: str = ""
    max_tokens: int = Field(default=16_000, ge=256)
    patience: float = Field(default=300.0, ge=0)
    prices: dict[str, tuple[float, float]] = Field(default_factory=dict)
    """USD per million tokens by model id: (input, output); goes before the packaged price file."""


class Settings(BaseModel):
    """The whole of llmgen.toml. Relative paths start at the file's folder."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    schema_: str | None = Field(default=None, alias="schema")
    """A file, a folder, `module:Name` or a database's URL; `$NAME` stands for a variable of the environment."""
    dialect: Literal["postgres", "mysql", "sqlite"] | None = None
    db_schemas: tuple[str, ...] = ()
    tables: tuple[str, ...] = ()
    infer_relations: bool = False
    validators: Path | None = None
    prompts: Path | None = None
    scenarios: Path = Path("scenarios")
    recordings: Path = Path("recordings")
    out: Path = Path("llmgen-out")
    locales: dict[str, int] = Field(default_factory=dict)
    """Locale to weight; empty means the default mix."""
    edges: float = Field(default=0.1, ge=0, le=1)
    routes: dict[str, str] = Field(default_factory=dict)
    """`table.column` to the provider that writes it."""
    fixed: Path | None = None
    """A YAML file of rows that every whole database holds."""
    disable: tuple[str, ...] = ()
    """Rules that are switched off, by name (`plausible:past_event`)."""
    model: ModelSettings = ModelSettings()

    root: Path = Field(default=Path(), exclude=True)
    """The folder that relative paths start at; not a key of the file."""

    def path(self, value: Path) -> Path:
        """A path of the settings, from the settings' own folder."""
        return value if value.is_absolute() else self.root / value

    def source(self) -> str | None:
        """The schema's source with its variables filled in, a file's path from the settings' own folder.

        InputError for a variable that is not set.
        """
        if self.schema_ is None:
            return None
        source = os.path.expandvars(self.schema_)
        if missing := _VARIABLE.search(source):
            raise InputError(f"{self.root / FILE}: schema: {missing[0]} is not set", "set it in the environment")
        named = self.path(Path(source))
        return source if ":" in source and not named.exists() else str(named)


def load_settings(folder: Path) -> Settings:
    """The settings of the nearest llmgen.toml in `folder` or above it; the defaults if there is none."""
    for place in (folder, *folder.parents):
        if (file := place / FILE).is_file():
            return _read(file)
    return Settings(root=folder)


def _read(file: Path) -> Settings:
    try:
        content: dict[str, Any] = tomllib.loads(file.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise InputError(f"{file}: {error}", "mend the file, or move it away to run with the defaults") from error
    if "root" in content:
        raise InputError(f"{file}: root is not a setting", "remove it")
    try:
        return Settings(root=file.parent, **content)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise InputError(
            f"{file}: {place}: {first['msg']}", "see docs/settings.md for the keys and their types"
        ) from error
