"""The unique that limits a table's rows, in words."""

from llmgen.volume.needs import Need, Shape


def said(shape: Shape, need: Need) -> str:
    """The unique in words, with what its columns can be."""
    unique = need.unique
    what = ", ".join((*unique.columns, *unique.expressions))
    parts = []
    for axis in need.axes:
        size = "any number of" if axis.size is None else f"{axis.size:,}"
        tables = [shape.table.foreign_keys[place].table for place in (axis.place, *axis.also) if place >= 0]
        where = " and ".join(tables) or f"values of {axis.column}"
        if axis.also:
            size, where = "pairs", f"of {where} that fit together"
        parts.append(f"{size} {where}")
    kind = "primary key" if unique.name == "primary key" else "unique"
    return f"{kind} ({what}): {' x '.join(parts)}"
