"""Companies by serial: a name, a slug and a domain that no other serial has, in the words of one locale."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from llmgen.values.streams import Numbers, Words, below, key, permute


@dataclass(frozen=True)
class Company:
    """A company's name with and without its legal form, its slug, and the serial behind both."""

    name: str
    plain: str
    slug: str
    serial: int

    def shorter(self, form: str) -> Iterator[str]:
        """Ever shorter forms of the name, slug, domain, url or e-mail, each still the company's own."""
        head = self.slug.split("-")[0]
        slugs = [f"{head[:size]}-{self.serial}" for size in (12, 6, 3, 1)]
        if form == "company":
            yield from (self.plain, f"{head.capitalize()} {self.serial}", *slugs)
        frames = {"domain": "{}.example", "url": "https://{}.example", "company_email": "hello@{}.example"}
        yield from (frames.get(form, "{}").format(slug) for slug in (self.slug, *slugs))


def companies(stream: np.uint64, pool: dict[str, Any], serials: Words, legal: Words) -> list[Company]:
    """A company per serial, distinct for distinct serials.

    The first serials get one name and a sector, the next two names and a sector, those beyond a number as well. Names
    and sectors are single romanised words, and sectors belong to one locale: that is why no two slugs agree.
    """
    brands, sectors = pool["brands"], pool["sectors"]
    single = len(brands) * len(sectors)
    double = single * (len(brands) - 1)
    alone = serials < np.uint64(single)
    name, other, sector = (np.zeros(len(serials), dtype=np.int64) for _ in range(3))
    number: Numbers = np.zeros(len(serials), dtype=np.int64)

    placed = permute(serials[alone], single, key(int(stream), "company")).astype(np.int64)
    name[alone], sector[alone], other[alone] = placed // len(sectors), placed % len(sectors), -1

    later = serials[~alone] - np.uint64(single)
    placed = permute(later % np.uint64(double), double, key(int(stream), "companies")).astype(np.int64)
    pair, sector[~alone] = placed // len(sectors), placed % len(sectors)
    name[~alone] = pair // (len(brands) - 1)
    other[~alone] = pair % (len(brands) - 1)
    other[~alone] += other[~alone] >= name[~alone]
    number[~alone] = (later // np.uint64(double)).astype(np.int64)

    forms = below(legal, len(pool["legal"]))
    parts = zip(*(item.tolist() for item in (name, other, sector, number, forms, serials)), strict=True)
    return [_company(pool, *part) for part in parts]


def _company(pool: dict[str, Any], name: int, other: int, sector: int, *rest: int) -> Company:
    number, legal, serial = rest
    (written, roman), (work, work_roman) = pool["brands"][name], pool["sectors"][sector]
    if other >= 0:
        second = pool["brands"][other]
        written, roman = pool["joint"].format(name=written, other=second[0]), f"{roman}-{second[1]}"
    count = f" {number + 1}" if number else ""
    slug = f"{roman}-{work_roman}" + (f"-{number + 1}" if number else "")
    form = pool["company"]
    plain = form.replace("{legal}", "").strip().format(name=written, sector=work + count)
    full = form.format(name=written, sector=work + count, legal=pool["legal"][legal])
    return Company(full, plain, slug, serial)
