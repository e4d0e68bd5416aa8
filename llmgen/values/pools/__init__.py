"""The shipped pools, one JSON file a locale, read when a row of that locale is first written."""

import hashlib
import json
from functools import cache
from pathlib import Path
from typing import Any

from llmgen.errors import InputError

_FOLDER = Path(__file__).parent
LOCALES: tuple[str, ...] = (
    "ar_EG", "de_DE", "en_GB", "en_US", "es_ES", "fr_FR", "hi_IN", "it_IT", "ja_JP", "ko_KR", "nl_NL", "pl_PL", "pt_BR",
    "sv_SE", "tr_TR", "uk_UA", "zh_CN",
)  # fmt: skip


@cache
def pool(locale: str) -> dict[str, Any]:
    """A locale's pool as build_pools wrote it; InputError for a locale that none is shipped for."""
    if locale not in LOCALES:
        raise InputError(f"no names are shipped for the locale {locale!r}", f"choose among {', '.join(LOCALES)}")
    content: dict[str, Any] = json.loads((_FOLDER / f"{locale}.json").read_text("utf-8"))
    return content


def pools_hash() -> str:
    """What the manifest says of the pools: a hash of pools.lock, which names the sha256 of every file."""
    return hashlib.sha256((_FOLDER / "pools.lock").read_bytes()).hexdigest()[:32]
