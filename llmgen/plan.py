"""Who writes each column: a Route from keys, references, names, what is authored and what the user says."""

import difflib
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Literal

from llmgen.errors import InputError
from llmgen.naming import COMMENTS, FORMATS, ORGANIZATION, PERSON, RULES, noun, words
from llmgen.schema.model import Column, Schema, Table

Writer = Literal["key", "reference", "people", "scalar", "text", "authored", "derived", "default"]


@dataclass(frozen=True)
class Route:
    """Who writes a column: the writer, the family of values (a name in PROVIDERS), and why ("name says an e-mail")."""

    writer: Writer
    provider: str
    why: str


@dataclass(frozen=True)
class Provider:
    """A family of values: who writes it, what it is, the fewest characters it needs, and what is written in fewer."""

    writer: Writer
    what: str
    least: int = 1
    shorter: str = "code"


def _family(writer: Writer, **families: str | tuple[str, int] | tuple[str, int, str]) -> dict[str, Provider]:
    return {name: Provider(writer, *((what,) if isinstance(what, str) else what)) for name, what in families.items()}


FAMILIES: Mapping[str, Provider] = {
    **_family(
        "key",
        serial="whole numbers from 1",
        key_uuid=("a UUID, distinct by construction", 32),
        key_text="a prefixed mark such as cus_9s6XKzkNRiz8i3",
        key_natural="a short code that people use",
        key_other="a distinct value of the column's type",
    ),
    **_family("reference", reference="the key of a row of the referenced table"),
    **_family(
        "people",
        full_name="a person's name in the order of their language",
        given_name="a given name",
        middle_name="another given name",
        family_name="a family name",
        initials="two letters",
        salutation="Mr or Ms",
        gender="female or male",
        email=("an e-mail at a reserved domain, distinct", 21),
        company_email=("an e-mail of the row's company", 24),
        username=("a user's name, distinct", 8),
        phone=("a telephone number in a range kept for fiction", 7),
        company="a company's name, distinct",
        employer="the company a person works for; many people share one",
        company_slug=("a company's name in a-z and hyphens, distinct", 8),
        domain=("a company's domain below .example", 16),
        url=("a company's web site below .example", 26),
        job=("a job", 12, "salutation"),
        street="a street with its number",
        unit="a flat's number",
        address="a whole address in one line",
        city="a city",
        region="a state or province",
        region_code="its code",
        postcode=("a postcode of the city", 4),
        country=("a country in its own language", 4, "country_code"),
        country_code=("ISO 3166-1, two letters", 2),
        country_code3=("ISO 3166-1, three letters", 3),
        calling_code=("+49", 2),
        time_zone=("the city's time zone, as IANA names it", 3),
        locale=("BCP 47, such as pt-BR", 2),
        language=("ISO 639-1", 2),
        language_name="a language in itself",
        currency=("ISO 4217, the country's", 3),
    ),
    **_family(
        "text",
        title="a few words that name a thing",
        sentence="a sentence",
        paragraph="two to four sentences",
        word="one word",
        slug="words in a-z and hyphens",
        code="a reference such as INV-7F3K2Q",
        token="a prefixed mark such as cus_9s6XKzkNRiz8i3",
        payment_token=("a test payment method that Stripe documents", 11),
        hash="hexadecimal digits",
        colour=("#1f6feb", 6),
        path="an absolute path",
        file_name="a file's name",
        mime=("a media type", 8),
        user_agent="a browser's name for itself",
        ip=("an address kept for documentation", 11),
        mac=("a MAC address kept for documentation", 17),
        version=("three numbers with dots", 3),
        page_url=("a page below example.com", 23),
        image_url=("a picture below example.com", 38),
        measure="a unit of measure",
        card_number=("a card number that networks document for tests", 16),
        card_last4=("the last digits of a test card", 4),
        card_brand="a card's brand",
        empty="nothing, as for most rows",
    ),
    **_family(
        "scalar",
        enum="one of the type's labels",
        set="some of the type's labels",
        boolean="true or false",
        integer="a whole number",
        decimal="a decimal number",
        float="a number",
        amount="money in major units",
        cents="money in minor units",
        percent="a share",
        count="a small count, often 0 or 1",
        position="a place in an order",
        rating="a rating, 1 to 5",
        measured="a size or a duration",
        age="an age in years",
        year="a recent year",
        month="1 to 12",
        latitude="-90 to 90",
        longitude="-180 to 180",
        date="a date",
        birth_date="a birth date of an adult",
        time="a time of day",
        timestamp="a moment",
        interval="a duration",
        uuid=("a random UUID", 32),
        json="a small JSON object",
        bytes="random bytes",
        array="a short array",
        other="a value of a type that has no writer of its own",
    ),
    **_family(
        "derived",
        created_at="when the row came to be, before now",
        updated_at="not before created_at, not after now",
        later_at="something after created_at and before now, or nothing where it may be empty",
        starts_at="the beginning of a period",
        ends_at="the end of a period, after its beginning",
        due_at="a moment still to come, or one that has passed lately",
    ),
    **_family("authored", authored="written by a model together with the rest of its case"),
    **_family("default", database="left to the database: computed, defaulted or empty"),
}

PROVIDERS: Mapping[str, str] = {name: f"{family.writer}: {family.what}" for name, family in FAMILIES.items()}
"""Every provider that a route or an override may name, with its writer and what it writes, for people to read."""

_COMPUTED = "computed by the database"
_MOMENTS = {"date": "date", "timestamp": "timestamp", "timestamptz": "timestamp"}
_UUID_DEFAULT = re.compile(r"uuid", re.IGNORECASE)
_NATURAL = re.compile(r"\b(code|iso|symbol|abbreviation|abbr|currency|country|language|locale|slug|sku)\b")


def route_column(table: Table, column: Column) -> Route:
    """Who writes the column, by what the schema says of it; what is authored or overridden is not its business."""
    if not column.written:
        return Route("default", "database", _COMPUTED)
    if column.name in table.reference_columns:
        return Route("reference", "reference", "part of a foreign key")
    if column.name in table.primary_key:
        return _key_route(column)
    if column.generated:
        return Route("key", "serial", "numbered by the database")
    if column.type.kind in ("enum", "set"):
        return _route(column.type.kind, "type lists its labels")
    named = _by_name(table, column) or _by_comment(column)
    return _by_format(column, named) or named or _by_type(column)


def routes(
    schema: Schema, authored: Mapping[str, Collection[str]] = {}, overrides: Mapping[str, str] = {}
) -> dict[str, dict[str, Route]]:
    """Table -> column -> Route. What a model authors goes before what the schema says, `overrides` (`table.column` ->
    provider) before both; keys and references stay llmgen's own. InputError for a name that does not exist."""
    planned = {
        table.name: {column.name: route_column(table, column) for column in table.columns} for table in schema.tables
    }
    for name, columns in authored.items():
        for column in columns:
            _put(planned, f"{name}.{column}", Route("authored", "authored", "the scenario's author writes it"))
    for place, provider in overrides.items():
        if provider not in PROVIDERS:
            raise InputError(f"{place}: there is no provider {provider!r}", _near(provider, PROVIDERS))
        _put(planned, place, _route(provider, "the settings say so"))
    return planned


def _put(planned: dict[str, dict[str, Route]], place: str, route: Route) -> None:
    table, _, column = place.rpartition(".")
    if table not in planned:
        raise InputError(f"{place}: there is no table {table!r}", _near(table, planned))
    if column not in planned[table]:
        raise InputError(f"{place}: {table} has no column {column!r}", _near(column, planned[table]))
    if planned[table][column].writer not in ("key", "reference") and planned[table][column].why != _COMPUTED:
        planned[table][column] = route


def _near(name: str, known: Collection[str]) -> str:
    near = difflib.get_close_matches(name, known, 5, 0.5) or sorted(known)[:12]
    return f"near ones: {', '.join(near)}"


def _route(provider: str, why: str) -> Route:
    return Route(FAMILIES[provider].writer, provider, why)


def _key_route(column: Column) -> Route:
    kind, length = column.type.kind, column.type.length
    why = "part of the primary key"
    if kind == "uuid" or (kind == "text" and (length in (32, 36) or _says_uuid(column))):
        return _route("key_uuid", why)
    if kind in ("integer", "decimal"):
        return _route("serial", why)
    if kind != "text":
        return _route("key_other", why)
    short = length is not None and length < 12
    return _route("key_natural" if short or _NATURAL.search(words(column.name)) else "key_text", why)


def _says_uuid(column: Column) -> bool:
    """Whether the source says so of a text, with room for one."""
    fits = column.type.length is None or column.type.length >= FAMILIES["key_uuid"].least
    return fits and (column.format == "uuid" or bool(_UUID_DEFAULT.search(column.default or "")))


def _by_name(table: Table, column: Column) -> Route | None:
    said, thing = words(column.name), _thing(table)
    for rule in RULES:
        if column.type.kind not in rule.kinds or not re.search(rule.pattern, said):
            continue
        if rule.tables and not re.fullmatch(rule.tables, thing):
            continue
        both = f"{table.bare_name} and {column.name} say" if rule.tables else "name says"
        return _fitting(column, rule.provider, f"{both} {rule.said}")
    return None


def _by_format(column: Column, named: Route | None) -> Route | None:
    """What the form says that the source declares of a text, unless its name says the same more closely."""
    allowed = FORMATS.get(column.format, ()) if column.type.kind == "text" else ()
    if not allowed or (named and named.provider in allowed):
        return None
    return _fitting(column, allowed[0], f"format is {column.format}")


def _thing(table: Table) -> str:
    """What a row is; a row with an e-mail or a given name that is no organization is a person."""
    thing = noun(table.bare_name)
    known = re.fullmatch(f"{PERSON}|{ORGANIZATION}", thing)
    personal = any(re.search(r"^(email|first name|last name|given name)", words(name)) for name in table.by_name)
    return "person" if personal and not known else thing


def _by_comment(column: Column) -> Route | None:
    said = words(column.comment)
    for rule in COMMENTS:
        if column.type.kind in rule.kinds and re.search(rule.pattern, said):
            return _fitting(column, rule.provider, f"comment says {rule.said}")
    return None


def _fitting(column: Column, provider: str, why: str) -> Route:
    length = column.type.length
    if length is not None and column.type.kind == "text" and length < FAMILIES[provider].least:
        return _route(FAMILIES[provider].shorter, f"{why}, but {length} characters are too few for it")
    if provider in ("token", "payment_token") and length in (32, 36):
        return _route("uuid", f"{why}, and {length} characters are a UUID's")
    return _route(provider, why)


def _by_type(column: Column) -> Route:
    kind = column.type.kind
    if kind == "text":
        short = column.type.length is not None and column.type.length <= 12
        return _route("code" if short else "title", f"type is {column.type.sql}")
    if kind == "other" and (column.nullable or column.default is not None):
        return Route("default", "database", f"type {column.type.sql} may be left out")
    return _route(_MOMENTS.get(kind, kind), f"type is {column.type.sql}")
