"""Words that no name of the schema stands for, and that still say something: prices, and names of places."""

from collections.abc import Mapping

from llmgen.author.offline.said import Reading, Stretch
from llmgen.author.offline.spelling import literal, named
from llmgen.author.offline.tokens import stems_of
from llmgen.plan import route_column
from llmgen.schema.model import Schema

_PLACES = ("country", "city", "region")


def leftovers(schema: Schema, near: Mapping[str, int], stretch: Stretch, reading: Reading) -> None:
    """Read "free" and "$49" as a price, and "in canada" as a place, where a table near the root can hold it."""
    for place in sorted(stretch.left):
        token = stretch.words[place]
        if token.money or token.text == "free":
            _price(schema, near, stretch, place, reading)
        elif place in stretch.compared and token.number is not None:
            _amount(schema, stretch, place, reading)
        elif place and stretch.words[place - 1].text in ("in", "from") and token.number is None:
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
    table = schema.table(reading.root)
    money = [column.name for column in table.columns if route_column(table, column).provider in ("amount", "cents")]
    column = next((name for name in money if "total" in stems_of(name)), money[0] if money else None)
    if column is None:
        return
    number = (stretch.words[place].number or 0) * (100 if "cents" in column else 1)
    said = f"{stretch.compared[place]} {stretch.words[place].text}"
    reading.group(table.name).say(f"{{t}}.{named(column)} {stretch.compared[place]} {number:g}", said)
    reading.doubts.append(f"{said} is taken for {table.name}.{column}")
    stretch.left.discard(place)


def _place(schema: Schema, near: Mapping[str, int], stretch: Stretch, place: int, reading: Reading) -> None:
    """The words after "in" as the name of a country, city or region, in capitals as names are."""
    places = [place]
    while places[-1] + 1 in stretch.left and len(places) < 3:
        places.append(places[-1] + 1)
    name = " ".join(stretch.words[one].text.capitalize() for one in places)
    for provider in _PLACES:
        for table in sorted(near, key=lambda one: near[one]):
            for column in schema.table(table).columns:
                room = column.type.length is None or column.type.length >= len(name)
                if (
                    column.type.kind == "text"
                    and room
                    and route_column(schema.table(table), column).provider == provider
                ):
                    said = f"in {stretch.said(*places)}"
                    reading.group(table).say(f"{{t}}.{named(column.name)} = {literal(name)}", said)
                    reading.doubts.append(f"{name} is taken for {table}.{column.name}")
                    stretch.left -= set(places)
                    return
