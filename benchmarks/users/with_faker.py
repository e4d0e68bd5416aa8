"""Users of organizations by plain Faker, one instance a locale, so that a person's name, city and phone agree.

python with_faker.py DIRECTORY [--users 10000] [--organizations 500] [--seed 42]
"""

import argparse
import json
import random
import uuid
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

from faker import Faker
from places import LOCALES, SECONDS, STATES, TIME_ZONES, UNTIL, WEIGHTS


def organizations(dice: random.Random, fake: Faker, count: int) -> Iterator[dict[str, Any]]:
    """Companies, each with a domain of its own."""
    for _ in range(count):
        key = str(uuid.UUID(int=dice.getrandbits(128), version=4))
        yield {"id": key, "name": fake.company(), "domain": fake.unique.domain_name()}


def users(dice: random.Random, fakes: dict[str, Faker], keys: list[str], count: int) -> Iterator[dict[str, Any]]:
    """People, each with the address, phone and time zone of one locale; `unique` knows its own locale alone."""
    seen: set[str] = set()
    for _ in range(count):
        locale = dice.choice(LOCALES)
        fake = fakes[locale]
        created = UNTIL - timedelta(seconds=dice.randrange(SECONDS))
        updated = created + timedelta(seconds=dice.randrange(int((UNTIL - created).total_seconds()) + 1))
        email = fake.unique.email()
        while email in seen:
            email = fake.unique.email()
        seen.add(email)
        yield {
            "id": str(uuid.UUID(int=dice.getrandbits(128), version=4)),
            "organization_id": dice.choice(keys),
            "full_name": fake.name(),
            "email": email,
            "phone": fake.phone_number(),
            "street_address": fake.street_address(),
            "city": fake.city(),
            "country": locale[3:],
            "locale": locale,
            "time_zone": TIME_ZONES[locale],
            "status": dice.choices(STATES, WEIGHTS)[0],
            "created_at": created.isoformat(),
            "updated_at": updated.isoformat(),
        }


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
    fakes = {locale: Faker(locale) for locale in LOCALES}
    for fake in fakes.values():
        fake.seed_instance(asked.seed)
    firms = list(organizations(dice, fakes["en_US"], asked.organizations))
    people = users(dice, fakes, [firm["id"] for firm in firms], asked.users)
    for name, rows in (("organizations", firms), ("users", people)):
        with (asked.directory / f"{name}.jsonl").open("w", encoding="utf-8") as file:
            file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


if __name__ == "__main__":
    main()
