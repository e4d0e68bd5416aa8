"""How many rows a table can hold."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Room:
    """At most `rows` rows, because of `what`: a constraint in words, such as "unique (user_id, team_id)"."""

    rows: int
    what: str
