"""Users of organizations by Mimesis: Field and Schema, one a locale, and a set of our own for unique e-mails.

python with_mimesis.py DIRECTORY [--users 10000] [--organizations 500] [--seed 42]
"""

import argparse
import json
import random
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

from mimesis import Field, Locale
from mimesis.schema import Schema
from places import LOCALES, SECONDS, STATES, TIME_ZONES, UNTIL, WEIGHTS

NAMES = {
    "en_US": Locale.EN, "en_GB": Locale.EN_GB, "de_DE": Locale.DE, "fr_FR": Locale.FR, "es_ES": Locale.ES,
    "it_IT": Locale.IT, "pt_BR": Locale.PT_BR, "nl_NL": Locale.NL, "pl_PL": Locale.PL, "ja_JP": Locale.JA,
    "ko_KR": Locale.KO, "zh_CN": Locale.ZH,
}  # fmt: skip


def person(field: Field, locale: str, dice: random.Random, keys: list[str]) -> Callable[[], dict[str, Any]]:
    """One row's definition, for Schema."""

    def row() -> dict[str, Any]:
        created = UNTIL - timedelta(seconds=dice.randrange(SECONDS))
        updated = created + timedelta(seconds=dice.randrange(int((UNTIL - created).total_seconds()) + 1))
        return {
            "id": field("uuid"),
            "organization_id": dice.choice(keys),
            "full_name": field("full_name"),
            "email": field("email"),
            "phone": field("phone_number"),
            "street_address": field("address"),
            "city": field("city"),
            "country": locale[3:],
            "locale": locale,
            "time_zone": TIME_ZONES[locale],
            "status": dice.choices(STATES, WEIGHTS)[0],
            "created_at": created.isoformat(),
            "updated_at": updated.isoformat(),
        }

    return row


def users(dice: random.Random, fields: dict[str, Field], keys: list[str], count: int) -> Iterator[dict[str, Any]]:
    """People by locale; an e-mail that was seen is drawn again."""
    share = [dice.choice(LOCALES) for _ in range(count)]
    seen: set[str] = set()
    for locale in LOCALES:
        field = fields[locale]
        for row in Schema(schema=person(field, locale, dice, keys), iterations=share.count(locale)):
            while row["email"] in seen:
                row["email"] = field("email")
            seen.add(row["email"])
            yield row


def main() -> None:
    """Write organizations.jsonl and users.jsonl."""
    parser = argparse.ArgumentParser()
    parser.add_argument("directory", type=Path)
    parser.add_argument("--users", type=int, default=10_000)
    parser.add_argument("--organizations", type=int, default=500)
    parser.add_argument("--seed", type=int, default=42)
    asked = parser.parse_args()
    asked.directory.mkdir(parents=True, exist_ok=True)
    dice = random.Random(asked.seed)
    fields = {locale: Field(name, seed=asked.seed) for locale, name in NAMES.items()}
    made = fields["en_US"]
    firms = [
        {"id": made("uuid"), "name": made("company"), "domain": f"{ordinal}-{made('hostname')}"}
        for ordinal in range(asked.organizations)
    ]
    people = users(dice, fields, [firm["id"] for firm in firms], asked.users)
    for name, rows in (("organizations", firms), ("users", people)):
        with (asked.directory / f"{name}.jsonl").open("w", encoding="utf-8") as file:
            file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


if __name__ == "__main__":
    main()
