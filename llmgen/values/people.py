"""People and organizations by seed: everything that one row says of a person or a company comes from one locale."""

import itertools
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence

import numpy as np

from llmgen.errors import InputError
from llmgen.values.group import Group, fill
from llmgen.values.streams import Words, below, key, mix, weighted

LOCALE_WEIGHTS: Mapping[str, int] = {
    "en_US": 24, "en_GB": 8, "de_DE": 8, "fr_FR": 8, "es_ES": 6, "it_IT": 5, "pt_BR": 6, "nl_NL": 3, "pl_PL": 4,
    "ja_JP": 6, "ko_KR": 4, "zh_CN": 6, "ar_EG": 4, "hi_IN": 4, "sv_SE": 2, "tr_TR": 3, "uk_UA": 3,
}  # fmt: skip

# RFC 2606 keeps these names (and all below .example) for documentation: no letter sent there reaches anybody.
_MAIL_DOMAINS = (
    "example.com", "example.org", "example.net", "mail.example.com", "post.example.org", "inbox.example",
    "mail.example", "{cc}.example",
)  # fmt: skip
_DESKS = {"de_DE": "kontakt", "fr_FR": "contact", "es_ES": "hola", "pt_BR": "contato"}
_HOUSES = 240


def locales_for(stream: np.uint64, rows: Words, weights: Mapping[str, int] = LOCALE_WEIGHTS) -> list[str]:
    """A locale per row, as likely as its weight; `stream` is the table's (`key(seed, table)`)."""
    names = sorted(weights)
    drawn = weighted(mix(key(int(stream), "locale"), rows), [weights[name] for name in names])
    return [names[place] for place in drawn.tolist()]


def people_cells(
    stream: np.uint64,
    rows: Words,
    locales: Sequence[str],
    wanted: Sequence[str],
    serials: Words | None = None,
    limits: Mapping[str, int | None] = {},
) -> dict[str, list[str]]:
    """The wanted providers' cells (see WRITERS) for rows whose locales are given, in the rows' order.

    `rows` identify rows in `stream` and may be any numbers; `serials` (default: the rows) are dense, from 0, and no two
    rows of the table share one: e-mails, usernames, slugs, domains and companies differ because serials do. A provider
    with a limit is shortened by leaving parts out, down to `limit` characters. Asking for less changes no cell.
    """
    serials = rows if serials is None else serials
    if unknown := [name for name in wanted if name not in WRITERS]:
        raise InputError(f"nobody writes {unknown[0]!r}", f"choose among {', '.join(WRITERS)}")
    cells: dict[str, list[str]] = {name: [""] * len(locales) for name in wanted}
    order: dict[str, list[int]] = {}
    for position, locale in enumerate(locales):
        order.setdefault(locale, []).append(position)
    for locale, positions in order.items():
        group = Group(stream, locale, rows[positions], serials[positions])
        for name in wanted:
            column, written = cells[name], _limited(group, name, limits.get(name))
            for position, value in zip(positions, written, strict=True):
                column[position] = value
    return cells


def _full_names(group: Group) -> list[str]:
    if not group.pool["family_first"]:
        return [f"{given} {family}" for (given, _), (family, _) in zip(group.given, group.family, strict=True)]
    between = " " if group.locale == "ja_JP" else ""
    return [f"{family}{between}{given}" for (given, _), (family, _) in zip(group.given, group.family, strict=True)]


def _locals(group: Group) -> list[str]:
    """The local part of e-mails: letters, then the row's tag, which alone makes it unique."""
    parts = zip(group.given, group.family, group.tags, below(group.draw("mail style"), 6).tolist(), strict=True)
    return [_local(given[1], family[1], style) + tag for given, family, tag, style in parts]


def _local(given: str, family: str, style: int) -> str:
    forms = (
        f"{given}.{family}",
        f"{given[0]}{family}",
        f"{given}_{family}",
        f"{family}.{given}",
        given,
        given + family,
    )
    return forms[style]


def _emails(group: Group) -> list[str]:
    domains = [domain.format(cc=group.pool["code"].lower()) for domain in _MAIL_DOMAINS]
    return [f"{local}@{domain}" for local, domain in zip(_locals(group), group.choose("domain", domains), strict=True)]


def _usernames(group: Group) -> list[str]:
    parts = zip(group.given, group.family, group.tags, below(group.draw("user style"), 4).tolist(), strict=True)
    return [_username(given[1], family[1], style) + tag for given, family, tag, style in parts]


def _username(given: str, family: str, style: int) -> str:
    return (given + family[0], f"{given}_{family}", given[0] + family, f"{given}-{family[0]}")[style]


def _phones(group: Group) -> list[str]:
    mobile, numbers = group.choose("phone kind", group.pool["phones"]), group.draw("phone").tolist()
    landline = (below(group.draw("phone place"), 2) == 0).tolist()
    patterns = [
        (place[5] if at_home else "") or other
        for place, other, at_home in zip(group.places, mobile, landline, strict=True)
    ]
    return [fill(pattern, number) for pattern, number in zip(patterns, numbers, strict=True)]


def _postcodes(group: Group) -> list[str]:
    numbers = group.draw("postcode").tolist()
    return [fill(place[3], number) for place, number in zip(group.places, numbers, strict=True)]


def _streets(group: Group) -> list[str]:
    names, form = group.choose("street", group.pool["streets"]), group.pool["address"]
    number, block, lot, house = (
        (below(group.draw(f"house {part}"), size) + 1).tolist()
        for part, size in (("number", _HOUSES), ("block", 6), ("lot", 28), ("house", 19))
    )
    parts = zip(names, number, block, lot, house, strict=True)
    return [form.format(street=name, number=whole, n1=one, n2=two, n3=three) for name, whole, one, two, three in parts]


def _addresses(group: Group) -> list[str]:
    parts = zip(_streets(group), _postcodes(group), group.places, strict=True)
    return [_address(group, *part) for part in parts]


def _address(group: Group, street: str, postcode: str, place: list[str]) -> str:
    country, (city, region, code) = group.pool["country"], place[:3]
    if group.pool["family_first"]:
        area = city if city.startswith(region) else region + ("" if group.locale != "ko_KR" else " ") + city
        return f"{postcode} {area}{' ' if group.locale == 'ko_KR' else ''}{street}"
    if group.pool["code"] in ("US", "IN"):
        return f"{street}, {city}, {code} {postcode}, {country}"
    town = f"{city} {postcode}" if group.pool["code"] == "GB" else f"{postcode} {city}"
    return f"{street}, {town}, {country}"


def _of_place(number: int) -> Callable[[Group], list[str]]:
    return lambda group: [place[number] for place in group.places]


def _of_pool(name: str) -> Callable[[Group], list[str]]:
    return lambda group: [group.pool[name]] * len(group.rows)


def _same(text: Callable[[Group], str]) -> Callable[[Group], list[str]]:
    return lambda group: [text(group)] * len(group.rows)


WRITERS: Mapping[str, Callable[[Group], list[str]]] = {
    "full_name": _full_names,
    "given_name": lambda group: [name for name, _ in group.given],
    "family_name": lambda group: [name for name, _ in group.family],
    "middle_name": lambda group: [name for name, _ in group.named("middle", "given")],
    "initials": lambda group: [(a[1][0] + b[1][0]).upper() for a, b in zip(group.given, group.family, strict=True)],
    "salutation": lambda group: ["Ms" if female else "Mr" for female in group.female.tolist()],
    "gender": lambda group: ["female" if female else "male" for female in group.female.tolist()],
    "email": _emails,
    "username": _usernames,
    "phone": _phones,
    "street": _streets,
    "address": _addresses,
    "unit": lambda group: [f"{number + 1}" for number in below(group.draw("unit"), 60).tolist()],
    "city": _of_place(0),
    "region": _of_place(1),
    "region_code": _of_place(2),
    "postcode": _postcodes,
    "time_zone": _of_place(4),
    "country": _of_pool("country"),
    "country_code": _of_pool("code"),
    "country_code3": _of_pool("code3"),
    "calling_code": _of_pool("calling"),
    "currency": _of_pool("currency"),
    "language_name": _of_pool("language"),
    "language": _same(lambda group: group.locale.split("_")[0]),
    "locale": _same(lambda group: group.locale.replace("_", "-")),
    "job": lambda group: group.choose("job", group.pool["jobs"]),
    "company": lambda group: [company.name for company in group.companies],
    "employer": lambda group: [company.name for company in group.employers],
    "company_slug": lambda group: [company.slug for company in group.companies],
    "domain": lambda group: [f"{company.slug}.example" for company in group.companies],
    "url": lambda group: [f"https://www.{company.slug}.example" for company in group.companies],
    "company_email": lambda group: [
        f"{_DESKS.get(group.locale, 'hello')}@{item.slug}.example" for item in group.companies
    ],
}
"""Provider -> cells of a group. The keys are all that people_cells writes."""


def _limited(group: Group, name: str, limit: int | None) -> list[str]:
    written = WRITERS[name](group)
    if limit is None:
        return written
    return [
        value if len(value) <= limit else _first_that_fits(shorter(group, name, place, value), limit)
        for place, value in enumerate(written)
    ]


def _first_that_fits(forms: Iterator[str], limit: int) -> str:
    """The first form within the limit; the last one cut if none is, never between a letter and its marks."""
    last = ""
    for last in forms:
        if len(last) <= limit:
            return last
    return cut(last, limit)


def spellings(provider: str, text: str) -> tuple[str, ...]:
    """The text, and the other ways in which it is usually written: a CHECK may want one of those."""
    return (text, text.replace("-", "_")) if provider == "locale" else (text,)


def cut(text: str, limit: int) -> str:
    """At most `limit` characters; a letter keeps all of its combining marks and joiners, or goes with them."""
    end = min(limit, len(text))
    while 0 < end < len(text) and (unicodedata.category(text[end])[0] == "M" or "\u200d" in text[end - 1 : end + 1]):
        end -= 1
    return text[:end].rstrip()


def shorter(group: Group, name: str, place: int, value: str) -> Iterator[str]:
    """Ever shorter forms of the cell at `place` of the group. What must be unique keeps its tag or serial."""
    given, family = group.given[place], group.family[place]
    if name == "full_name":
        yield from (f"{given[0][0]}. {family[0]}", family[0])
    elif name in ("email", "username"):
        end = "@example.com" if name == "email" else ""
        heads = (given[1] + family[1][0], given[1], given[1][:3], given[1][0])
        yield from (f"{head}{group.tags[place]}{end}" for head in heads)
        if end:
            yield f"{given[1][0]}{group.tags[place]}@a.example"
    elif name in ("company", "company_slug", "domain", "url", "company_email"):
        yield from group.companies[place].shorter(name)
    elif name == "employer":
        yield from itertools.islice(group.employers[place].shorter("company"), 1)
    elif name == "phone":
        digits = "".join(sign for sign in value if sign in "+0123456789")
        yield from (digits, digits.removeprefix(group.pool["calling"]))
    elif name in ("country", "country_code3"):
        yield from (group.pool["code3"], group.pool["code"])
    elif name == "region":
        yield group.places[place][2]
    elif name in ("time_zone", "gender", "salutation", "postcode", "locale", "address"):
        short = {"time_zone": "UTC", "postcode": value.replace(" ", "").replace("-", ""), "locale": value[:2]}
        yield short.get(name, _streets(group)[place] if name == "address" else value[0].upper())
    else:
        yield value
