"""Words that no name of the schema stands for, and that still say something: prices, and names of places."""

from collections.abc import Mapping

from llmgen.author.offline.places import cities, countries
from llmgen.author.offline.said import Reading, Stretch
from llmgen.author.offline.spelling import literal, named
from llmgen.author.offline.tokens import IN_STOCK, OUT_OF_STOCK, stems_of
from llmgen.plan import route_column
from llmgen.predicates.domains import model_of
from llmgen.schema.model import Column, Schema, Table

_NUMBER = ("integer", "decimal", "float")
_LEVELS = frozenset({"min", "minimum", "max", "maximum", "safety", "reord", "level", "reserv"})
_LONGEST = 4
_ANY = 1000
_LANGUAGE_NAMES = (
    "english german french spanish italian portuguese dutch polish swedish turkish ukrainian russian arabic hindi "
    "japanese korean chinese mandarin greek hebrew danish norwegian finnish czech hungarian"
)
_LANGUAGES = frozenset(_LANGUAGE_NAMES.split())
_CURRENCIES = {
    "euro": "EUR", "euros": "EUR", "eur": "EUR", "dollar": "USD", "dollars": "USD", "usd": "USD", "pound": "GBP",
    "pounds": "GBP", "gbp": "GBP", "yen": "JPY", "jpy": "JPY", "chf": "CHF", "francs": "CHF",
}  # fmt: skip


def leftovers(schema: Schema, near: Mapping[str, int], stretch: Stretch, reading: Reading) -> None:
    """Read "free" and "$49" as a price, and "in canada" as a place, where a table near the root can hold it."""
    for place in sorted(stretch.left):
        token = stretch.words[place]
        if token.money or token.text == "free":
            _price(schema, near, stretch, place, reading)
        elif token.text in (OUT_OF_STOCK, IN_STOCK):
            _stock(schema, stretch, place, reading)
        elif token.text in _CURRENCIES:
            _currency(schema, stretch, place, reading)
        elif place in stretch.compared and token.number is not None and not _age(schema, stretch, place, reading):
            _amount(schema, stretch, place, reading)
        elif place and stretch.words[place - 1].text in ("in", "from", "the") and token.number is None:
            _place(schema, near, stretch, place, reading)


def _price(schema: Schema, near: Mapping[str, int], stretch: Stretch, place: int, reading: Reading) -> None:
    for name in sorted(near, key=lambda one: near[one]):
        for column in schema.table(name).columns:
            if column.type.kind in ("integer", "decimal", "float") and "pric" in stems_of(column.name):
                number = stretch.words[place].number or 0
                number *= 100 if "cents" in column.name else 1
                reading.group(name).say(f"{{t}}.{named(column.name)} = {number:g}", stretch.words[place].text)
                stretch.left.discard(place)
                return


def _amount(schema: Schema, stretch: Stretch, place: int, reading: Reading) -> None:
    """A number without a name, "over 100": the root's total, else its first amount of money."""
    table = schema.table(reading.lead or reading.root)
    money = [column.name for column in table.columns if route_column(table, column).provider in ("amount", "cents")]
    totals = [name for name in money if {"total", "amount"} & set(stems_of(name)) and "sub" not in stems_of(name)]
    column = next(iter((*totals, *money)), None)
    if column is None:
        return
    number = (stretch.words[place].number or 0) * (100 if "cents" in column else 1)
    said = f"{stretch.compared[place]} {stretch.words[place].text}"
    reading.group(table.name).say(f"{{t}}.{named(column)} {stretch.compared[place]} {number:g}", said)
    reading.doubts.append(f"{said} is taken for {table.name}.{column}")
    stretch.left.discard(place)


def _place(schema: Schema, near: Mapping[str, int], stretch: Stretch, place: int, reading: Reading) -> None:
    """The words after "in" or "from", if they are the name of a country or city that a table near the root can hold."""
    longest = next((size for size in range(_LONGEST, 0, -1) if set(range(place, place + size)) <= stretch.left), 0)
    for size in range(longest, 0, -1):
        words = stretch.said(*range(place, place + size))
        for name in sorted(near, key=lambda one: near[one]):
            table = schema.table(name)
            found = ((column.name, _named_place(words, table, column)) for column in table.columns)
            values = {column: value for column, value in found if value}
            values |= _country_key(words, table) if values else {}
            for column, value in values.items():
                reading.group(name).say(f"{{t}}.{named(column)} = {literal(value)}", f"in {words}")
                reading.doubts.append(f"{words} is taken for {name}.{column} {value}")
            if values:
                stretch.left -= set(range(place, place + size))
                return


def _named_place(said: str, table: Table, column: Column) -> str:
    """What the column would hold of the country or city of that name; "" if it holds no such thing."""
    if column.type.kind != "text":
        return ""
    provider, room = route_column(table, column).provider, column.type.length or _ANY
    if provider == "language_name":
        return said.capitalize() if said in _LANGUAGES and room >= len(said) else ""
    if provider == "city":
        return cities().get(said, "")
    if not provider.startswith("country") or (country := countries().get(said)) is None:
        return ""
    name, two, three = country
    fitting = {"country": (name, three, two), "country_code": (two,), "country_code3": (three,)}.get(provider, ())
    return next((value for value in fitting if len(value) <= room), "")


def _country_key(said: str, table: Table) -> dict[str, str]:
    """The code that is the key of a table of countries."""
    key = table.by_name[table.primary_key[0]] if len(table.primary_key) == 1 else None
    country = countries().get(said)
    if key is None or country is None or key.type.kind != "text" or key.type.length not in (2, 3):
        return {}
    return {key.name: country[key.type.length - 1]}


def _stock(schema: Schema, stretch: Stretch, place: int, reading: Reading) -> None:
    """ "Out of stock" and "in stock": a label of that name, else the root's number of what is there."""
    table, out = schema.table(reading.root), stretch.words[place].text == OUT_OF_STOCK
    group, said = reading.group(reading.root), stretch.words[place].text
    for name, domain in model_of(schema, table).finite.items():
        label = next((one for one in domain.values or () if str(one).lower().replace("_", " ") == said), None)
        if label is not None:
            group.say(f"{{t}}.{named(name)} = {literal(label)}", said)
            stretch.left.discard(place)
            return
    for column in table.columns:
        stems = set(stems_of(column.name))
        if column.type.kind in _NUMBER and "stock" in stems and not stems & _LEVELS:
            group.say(f"{{t}}.{named(column.name)} {'=' if out else '>'} 0", said)
            stretch.left.discard(place)
            return


def _currency(schema: Schema, stretch: Stretch, place: int, reading: Reading) -> None:
    """ "1000 euros": the root's currency, where it has one."""
    table = schema.table(reading.root)
    code, text = _CURRENCIES[stretch.words[place].text], stretch.words[place].text
    for column in table.columns:
        if route_column(table, column).provider == "currency" or "currency" in column.name.lower():
            domain = model_of(schema, table).finite.get(column.name)
            if column.type.kind not in ("text", "enum") or (domain is not None and code not in (domain.values or ())):
                continue
            reading.group(table.name).say(f"{{t}}.{named(column.name)} = {literal(code)}", text)
            stretch.left.discard(place)
            return


def _age(schema: Schema, stretch: Stretch, place: int, reading: Reading) -> bool:
    """ "Under 18": the root's date of birth."""
    table, op = schema.table(reading.root), stretch.compared[place]
    born = [c.name for c in table.columns if route_column(table, c).provider == "birth_date" and c.type.kind == "date"]
    years = stretch.words[place].number or 0
    if not born or stretch.words[place].money or not 0 < years < 120 or op == "=":
        return False
    days = int(years * 365.25) + (op[0] == ">")
    said = f"{stretch.compared[place]} {stretch.words[place].text}"
    flipped = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}[op]
    condition = f"{{t}}.{named(born[0])} {flipped} current_date - interval '{days} days'"
    reading.group(table.name).say(condition, f"{said} years old")
    if op[0] == "<":
        reading.group(table.name).say(f"{{t}}.{named(born[0])} <= current_date", f"{said} years old")
    stretch.left.discard(place)
    for at, word in enumerate(stretch.words[place + 1 : place + 3], place + 1):
        stretch.left -= {at} if word.text in ("years", "old") else set()
    return True
