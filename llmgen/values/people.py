"""People and organizations by seed: everything that one row says of a person or a company comes from one locale."""

import unicodedata
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

import numpy as np

from llmgen.errors import InputError
from llmgen.values.companies import SHORT
from llmgen.values.group import Group
from llmgen.values.lexicon import LETTERS, Lexicon, lexicon
from llmgen.values.parts import Chosen, Items, Part, Text, cases, cells, column, items, shortened
from llmgen.values.streams import Numbers, Words, below, key, mix, weighted

LOCALE_WEIGHTS: Mapping[str, int] = {
    "en_US": 24, "en_GB": 8, "de_DE": 8, "fr_FR": 8, "es_ES": 6, "it_IT": 5, "pt_BR": 6, "nl_NL": 3, "pl_PL": 4,
    "ja_JP": 6, "ko_KR": 4, "zh_CN": 6, "ar_EG": 4, "hi_IN": 4, "sv_SE": 2, "tr_TR": 3, "uk_UA": 3,
}  # fmt: skip

LOCALE_NAMES = tuple(sorted(LOCALE_WEIGHTS))
"""The locales in the order in which columns of many rows number them."""

# RFC 2606 keeps these names (and all below .example) for documentation: no letter sent there reaches anybody.
_MAIL_DOMAINS = (
    "@example.com", "@example.org", "@example.net", "@mail.example.com", "@post.example.org", "@inbox.example",
    "@mail.example",
)  # fmt: skip
_DESKS = {"de_DE": "kontakt", "fr_FR": "contact", "es_ES": "hola", "pt_BR": "contato"}
_DOTS = items(["", ".", "_", "-"])
_NONE, _DOT, _LINE, _DASH = range(4)
_MAIL_JOINTS = np.array([_DOT, _NONE, _LINE, _DOT, _NONE, _NONE])
_USER_JOINTS = np.array([_NONE, _LINE, _NONE, _DASH])
_GENDERS, _SALUTATIONS = items(["male", "female"]), items(["Mr", "Ms"])
_INITIALS = Items(len(LETTERS) ** 2, lambda place: "".join(LETTERS[letter] for letter in divmod(place, 26)).upper())
_UNITS = Items(60, lambda place: str(place + 1))


def locales_for(stream: np.uint64, rows: Words, weights: Mapping[str, int] = LOCALE_WEIGHTS) -> list[str]:
    """A locale per row, as likely as its weight; `stream` is the table's (`key(seed, table)`)."""
    names = sorted(weights)
    return [names[place] for place in _drawn_locales(stream, rows, weights).tolist()]


def locale_places(stream: np.uint64, rows: Words, weights: Mapping[str, int] = LOCALE_WEIGHTS) -> Numbers:
    """The same as places in LOCALE_NAMES; InputError for a locale that is not among them."""
    if unknown := [name for name in sorted(weights) if name not in LOCALE_NAMES]:
        raise InputError(
            f"no names are shipped for the locale {unknown[0]!r}", f"choose among {', '.join(LOCALE_NAMES)}"
        )
    places = np.array([LOCALE_NAMES.index(name) for name in sorted(weights)], dtype=np.int64)
    return np.asarray(places[_drawn_locales(stream, rows, weights)])


def _drawn_locales(stream: np.uint64, rows: Words, weights: Mapping[str, int]) -> Numbers:
    return weighted(mix(key(int(stream), "locale"), rows), [weights[name] for name in sorted(weights)])


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
    _check_known(wanted)
    serials = rows if serials is None else serials
    found: dict[str, list[str]] = {name: [""] * len(locales) for name in wanted}
    order: dict[str, list[int]] = {}
    for position, locale in enumerate(locales):
        order.setdefault(locale, []).append(position)
    for locale, positions in order.items():
        places = np.zeros(len(positions), dtype=np.int64)
        group = Group(stream, lexicon((locale,)), places, rows[positions], serials[positions])
        for name in wanted:
            written = _fitted_cells(group, name, limits.get(name))
            for position, value in zip(positions, written, strict=True):
                found[name][position] = value
    return found


def people_columns(
    stream: np.uint64,
    rows: Words,
    locales: Numbers,
    wanted: Sequence[str],
    serials: Words | None = None,
    limits: Mapping[str, int | None] = {},
) -> dict[str, Any]:
    """The same cells as StringArrays; `locales` are places in LOCALE_NAMES."""
    _check_known(wanted)
    alone = len(locales) > 0 and bool((locales == locales[0]).all())
    names = (LOCALE_NAMES[int(locales[0])],) if alone else LOCALE_NAMES
    places = np.zeros(len(locales), dtype=np.int64) if alone else locales
    group = Group(stream, lexicon(names), places, rows, rows if serials is None else serials)
    return {name: _fitted_column(group, name, limits.get(name)) for name in wanted}


def _fitted_cells(group: Group, name: str, limit: int | None) -> list[str]:
    found = cells(WRITERS[name](group), len(group))
    for form in (*SHORTER.get(name, ()), None):
        long = [place for place, value in enumerate(found) if limit is not None and len(value) > limit]
        if not long or limit is None:
            break
        short = [cut(found[place], limit) for place in long]
        if form is not None:
            short = cells(form(group.only(np.array(long))), len(long))
        for place, value in zip(long, short, strict=True):
            found[place] = value
    return found


def _fitted_column(group: Group, name: str, limit: int | None) -> Any:
    def written(form: Callable[[Group], Text]) -> Callable[[Numbers, Any], Any]:
        return lambda rows, _: column(form(group.only(rows)), len(rows))

    found = column(WRITERS[name](group), len(group))
    if limit is None:
        return found
    for form in SHORTER.get(name, ()):
        found = shortened(found, limit, written(form))
    return shortened(found, limit, lambda _, long: [cut(text, limit) for text in long.to_pylist()])


def _check_known(wanted: Sequence[str]) -> None:
    if unknown := [name for name in wanted if name not in WRITERS]:
        raise InputError(f"nobody writes {unknown[0]!r}", f"choose among {', '.join(WRITERS)}")


def _full_names(group: Group) -> Text:
    words, turned = group.lexicon, group.lexicon.family_first[group.locales]
    first, last = np.where(turned, group.family, group.given), np.where(turned, group.given, group.family)
    return [Chosen(words.written, first), Chosen(words.between_names, group.locales), Chosen(words.written, last)]


def _emails(group: Group) -> Text:
    """Letters, then the row's tag, which alone makes the address unique."""
    styles, words = below(group.draw("mail style"), 6), group.lexicon
    short, turned, alone = styles == 1, styles == 3, styles == 4
    first = np.where(short, group.given_letters, np.where(turned, group.family, group.given))
    last = np.where(alone, words.roman.count, np.where(turned, group.given, group.family))
    domain = below(group.draw("domain"), len(_MAIL_DOMAINS) + 1)
    place = np.where(domain < len(_MAIL_DOMAINS), domain, len(_MAIL_DOMAINS) + group.locales)
    joint = Chosen(_DOTS, _MAIL_JOINTS[styles])
    names = [Chosen(words.roman, first), joint, Chosen(words.roman, last)]
    return [*names, *group.tag, Chosen(_domains(words), place)]


@cache
def _domains(words: Lexicon) -> Items:
    return items([*_MAIL_DOMAINS, *(f"@{pool['code'].lower()}.example" for pool in words.pools)])


def _usernames(group: Group) -> Text:
    styles, words = below(group.draw("user style"), 4), group.lexicon
    first = np.where(styles == 2, group.given_letters, group.given)
    last = np.where(styles % 3 == 0, group.family_letters, group.family)
    names = [Chosen(words.roman, first), Chosen(_DOTS, _USER_JOINTS[styles]), Chosen(words.roman, last)]
    return [*names, *group.tag]


def _initials(group: Group) -> Text:
    initial = group.lexicon.initial
    return [Chosen(_INITIALS, initial[group.given] * len(LETTERS) + initial[group.family])]


def _phones(group: Group) -> Text:
    return group.lexicon.phones.filled(_phone_patterns(group), group.draw("phone"))


def _phone_patterns(group: Group) -> Numbers:
    words = group.lexicon
    mobile = group.choose("phone kind", words.mobiles) + len(words.homes)
    at_home = (below(group.draw("phone place"), 2) == 0) & words.landline[group.homes]
    return np.where(at_home, group.homes, mobile)


def _postcodes(group: Group) -> Text:
    return group.lexicon.postcodes.filled(group.homes, group.draw("postcode"))


def _addresses(group: Group) -> Text:
    numbers = group.draw("postcode")

    def form(turned: int, rows: Numbers) -> Text:
        some = group if len(rows) == len(group) else group.only(rows)
        around = some.lexicon.addresses.filled(group.homes[rows], numbers[rows])
        return [*around, *some.street] if turned else [*some.street, *around]

    return cases(group.lexicon.family_first[group.locales].astype(np.int64), 2, form)


def _of_home(number: int) -> Callable[[Group], Text]:
    return lambda group: [Chosen(group.lexicon.home_texts[number], group.homes)]


def _of_locale(name: str) -> Callable[[Group], Text]:
    return lambda group: [Chosen(group.lexicon.words[name], group.locales)]


def _of_company(before: str = "", behind: str = "") -> Callable[[Group], Text]:
    return lambda group: [part for part in (before, *group.companies.slug(), behind) if part != ""]


@cache
def _desks(words: Lexicon) -> Items:
    return items([_DESKS.get(locale, "hello") + "@" for locale in words.locales])


WRITERS: Mapping[str, Callable[[Group], Text]] = {
    "full_name": _full_names,
    "given_name": lambda group: [Chosen(group.lexicon.written, group.given)],
    "family_name": lambda group: [Chosen(group.lexicon.written, group.family)],
    "middle_name": lambda group: [Chosen(group.lexicon.written, group.named("middle", "given"))],
    "initials": _initials,
    "salutation": lambda group: [Chosen(_SALUTATIONS, group.female.astype(np.int64))],
    "gender": lambda group: [Chosen(_GENDERS, group.female.astype(np.int64))],
    "email": _emails,
    "username": _usernames,
    "phone": _phones,
    "street": lambda group: group.street,
    "address": _addresses,
    "unit": lambda group: [Chosen(_UNITS, below(group.draw("unit"), _UNITS.count))],
    "city": _of_home(0),
    "region": _of_home(1),
    "region_code": _of_home(2),
    "postcode": _postcodes,
    "time_zone": _of_home(4),
    "country": _of_locale("country"),
    "country_code": _of_locale("country_code"),
    "country_code3": _of_locale("country_code3"),
    "calling_code": _of_locale("calling_code"),
    "currency": _of_locale("currency"),
    "language_name": _of_locale("language_name"),
    "language": _of_locale("language"),
    "locale": _of_locale("locale"),
    "job": lambda group: [Chosen(group.lexicon.job, group.choose("job", group.lexicon.jobs))],
    "company": lambda group: group.companies.name(),
    "employer": lambda group: group.employers.name(),
    "company_slug": _of_company(),
    "domain": _of_company(behind=".example"),
    "url": _of_company("https://www.", ".example"),
    "company_email": lambda group: [Chosen(_desks(group.lexicon), group.locales), *group.companies.slug(), ".example"],
}
"""Provider -> the text of a group's cells. The keys are all that people_cells writes."""


def _beginning(words: Callable[[Group], Sequence[Part]], end: str) -> Callable[[Group], Text]:
    return lambda group: [part for part in (*words(group), *group.tag, end) if part != ""]


def _tagged(end: str) -> tuple[Callable[[Group], Text], ...]:
    """Ever fewer letters, each time with the row's tag."""

    def given(group: Group) -> Part:
        return Chosen(group.lexicon.roman, group.given)

    def letter(group: Group) -> Part:
        return Chosen(group.lexicon.roman, group.given_letters)

    return (
        _beginning(lambda group: [given(group), Chosen(group.lexicon.roman, group.family_letters)], end),
        _beginning(lambda group: [given(group)], end),
        _beginning(lambda group: [Chosen(group.lexicon.roman_start, group.given)], end),
        _beginning(lambda group: [letter(group)], end),
        *([_beginning(lambda group: [letter(group)], "@a.example")] if end else []),
    )


def _slugs(before: str = "", behind: str = "") -> tuple[Callable[[Group], Text], ...]:
    """The slug, then ever fewer letters of its company."""

    def form(letters: int) -> Callable[[Group], Text]:
        return lambda group: [part for part in (before, *group.companies.short(letters), behind) if part != ""]

    return (_of_company(before, behind), *(form(letters) for letters in SHORT))


SHORTER: Mapping[str, Sequence[Callable[[Group], Text]]] = {
    "full_name": (
        lambda group: [
            Chosen(group.lexicon.written_letter, group.given),
            Chosen(group.lexicon.written, group.family),
        ],
        lambda group: [Chosen(group.lexicon.written, group.family)],
    ),
    "email": _tagged("@example.com"),
    "username": _tagged(""),
    "company": (
        lambda group: group.companies.name(plain=True),
        lambda group: group.companies.capital(),
        *_slugs()[1:],
        *_slugs()[::4],
    ),
    "company_slug": _slugs(),
    "domain": _slugs(behind=".example"),
    "url": _slugs("https://", ".example"),
    "company_email": _slugs("hello@", ".example"),
    "employer": (lambda group: group.employers.name(plain=True),),
    "phone": (
        lambda group: group.lexicon.plain_phones.filled(_phone_patterns(group), group.draw("phone")),
        lambda group: group.lexicon.local_phones.filled(_phone_patterns(group), group.draw("phone")),
    ),
    "country": (_of_locale("country_code3"), _of_locale("country_code")),
    "country_code3": (_of_locale("country_code"),),
    "region": (_of_home(2),),
    "time_zone": (lambda group: ["UTC"],),
    "gender": (lambda group: [Chosen(items(["M", "F"]), group.female.astype(np.int64))],),
    "salutation": (lambda group: ["M"],),
    "postcode": (lambda group: group.lexicon.plain_postcodes.filled(group.homes, group.draw("postcode")),),
    "locale": (_of_locale("language"),),
    "address": (lambda group: group.street,),
}
"""Provider -> ever shorter forms; of the last one a cut. What must be unique keeps its tag or serial."""


def spellings(provider: str, text: str) -> tuple[str, ...]:
    """The text, and the other ways in which it is usually written: a CHECK may want one of those."""
    return (text, text.replace("-", "_")) if provider == "locale" else (text,)


def cut(text: str, limit: int) -> str:
    """At most `limit` characters; a letter keeps all of its combining marks and joiners, or goes with them."""
    end = min(limit, len(text))
    while 0 < end < len(text) and (unicodedata.category(text[end])[0] == "M" or "\u200d" in text[end - 1 : end + 1]):
        end -= 1
    return text[:end].rstrip()
