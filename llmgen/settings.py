"""What llmgen.toml may say, read once into one frozen model; flags and LLMGEN_* variables go before it."""

import os
import re
import tomllib
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

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


class Normal(BaseModel):
    """Numbers around a mean; two thirds of them are within one deviation of it, none beyond four."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Literal["normal"]
    mean: Decimal
    deviation: Decimal = Field(gt=0)


class Uniform(BaseModel):
    """Numbers or moments from `low` to `high` inclusive, each as likely as any other."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Literal["uniform"]
    low: int | float | datetime | date | str
    high: int | float | datetime | date | str


class Zipf(BaseModel):
    """Whole numbers from `low` to `high`: the k-th comes as often as 1 / k ** exponent."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Literal["zipf"]
    low: int = 1
    high: int
    exponent: Decimal = Field(default=Decimal(1), gt=0, le=10)


class Season(BaseModel):
    """Moments by weights: of months (from January), weekdays (from Monday), hours (UTC); growth is per year.

    `since` (in the file: from) and `until` are dates, `now`, or a distance from now such as -2y, -18mo, 6w, 30d.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    kind: Literal["season"]
    months: tuple[int, ...] = Field(default=(1,) * 12, min_length=12, max_length=12)
    weekdays: tuple[int, ...] = Field(default=(1,) * 7, min_length=7, max_length=7)
    hours: tuple[int, ...] = Field(default=(1,) * 24, min_length=24, max_length=24)
    growth: Decimal = Field(default=Decimal(1), ge=Decimal("0.01"), le=100)
    since: date | str = Field(default="-2y", alias="from")
    until: date | str = "now"

    @model_validator(mode="after")
    def _weighed(self) -> "Season":
        for name in ("months", "weekdays", "hours"):
            weights = getattr(self, name)
            if min(weights) < 0 or not 0 < sum(weights) <= 1_000_000:
                raise ValueError(f"{name}: weights are whole numbers that are not negative, not all of them 0")
        return self


Distribution = Annotated[Normal | Uniform | Zipf | Season, Field(discriminator="kind")]


class ColumnSettings(BaseModel):
    """How one column of a whole database is written: by at most one of its ways, with `empty` as the share of NULL."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    faker: str = ""
    locale: str = ""
    choice: tuple[Any, ...] | None = Field(default=None, min_length=1)
    weights: tuple[Decimal, ...] | None = None
    template: str = ""
    sql: str = ""
    rollup: str = ""
    provider: str = ""
    distribution: Distribution | None = None
    empty: float | None = Field(default=None, ge=0, le=1)

    @property
    def ways(self) -> tuple[str, ...]:
        """The ways that are named, by key."""
        named = ("faker", "choice", "template", "sql", "rollup", "provider", "distribution")
        return tuple(name for name in named if getattr(self, name))

    @model_validator(mode="after")
    def _one_way(self) -> "ColumnSettings":
        if len(self.ways) > 1:
            raise ValueError(f"{' and '.join(self.ways)}: a column is written in one way")
        if not self.ways and self.empty is None:
            raise ValueError("nothing is said: name faker, choice, template, sql, rollup, provider or distribution")
        if self.locale and not self.faker:
            raise ValueError("locale goes with faker")
        if self.weights is not None:
            if self.choice is None or len(self.weights) != len(self.choice):
                raise ValueError("weights go with choice, one for each value")
            if min(self.weights) < 0 or not any(self.weights) or max(self.weights) > 1_000_000:
                raise ValueError("weights are from 0 to 1,000,000, not all of them 0")
        return self


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
    columns: dict[str, ColumnSettings] = Field(default_factory=dict)
    """`table.column` to how a whole database writes it."""
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
