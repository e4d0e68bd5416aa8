"""How the uniques of a table are kept: by a column that always differs, by counting within a parent, or by digits."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from llmgen.volume.groups import MOST, Group, alike
from llmgen.volume.limits import said
from llmgen.volume.needs import Axis, Need, Shape, product
from llmgen.volume.room import Room

_LOAD = 4
"""Uniques that only redrawing keeps apart are filled to a quarter: then a free place is soon found."""


@dataclass(frozen=True)
class Keeping:
    """How a table keeps its uniques.

    `distinct` are own columns that never repeat. `groups` keep theirs exactly. `drawn` are kept by drawing parents and
    values anew until no two rows agree. `partial` have a predicate that must be false in rows that would repeat.
    `unread` nobody here can keep: their values must be looked at. `room` rows fit, because of `limit` (in words).
    """

    distinct: frozenset[str] = frozenset()
    groups: tuple[Group, ...] = ()
    drawn: tuple[Need, ...] = ()
    partial: tuple[Need, ...] = ()
    unread: tuple[Need, ...] = ()
    room: int | None = None
    limit: str = ""

    @property
    def names(self) -> frozenset[tuple[str, int]]:
        """The axes that a unique depends on, by name."""
        grouped = [axis.name for group in self.groups for axis in group.axes]
        return frozenset(grouped).union(*(need.names for need in (*self.drawn, *self.partial)))


def keep(shape: Shape, rows: int, counted: int = -1) -> Keeping:
    """The cheapest way to keep every unique of the table over so many rows.

    `counted` is the place of the foreign key whose rows per parent are given. Where `room` of what is returned is less
    than `rows`, they do not fit in any way.
    """
    if rows <= 1:
        return Keeping(groups=_counted(shape, counted, ()))
    ways = []
    for most in [rows, *(size for size in _sizes(shape) if size > rows), MOST]:
        way = _keep(shape, most, counted)
        if way.room is None or way.room >= rows:
            return way
        ways.append(way)
    return max(ways, key=lambda way: way.room or 0)


def room(shape: Shape, counted: int = -1) -> Room | None:
    """The most rows that fit, and the unique that says so; None if there is no limit."""
    ways = [_keep(shape, most, counted) for most in [*_sizes(shape), MOST]]
    if any(way.room is None for way in ways):
        return None
    widest = max(ways, key=lambda way: way.room or 0)
    return Room(widest.room or 0, widest.limit)


def joined(shape: Shape) -> list[Need]:
    """The uniques that depend on how many parents of several foreign keys agree, however few the rows are.

    Those are left out of which all other rows can refer to nobody.
    """
    bound = [group for group in _keep(shape, MOST, -1).groups if not _spills(shape, group)]
    names = {axis.name for group in bound for axis in group.axes if axis.also}
    return [need for need in shape.needs() if need.names & names and not need.partial]


def _spills(shape: Shape, group: Group) -> bool:
    spill = group.spill
    return spill is not None and shape.free.issuperset({spill.place, *spill.also} - {-1})


def _sizes(shape: Shape) -> list[int]:
    """The numbers of rows above which a way of keeping some unique is no longer open, in order."""
    found = set[int]()
    for need in shape.needs():
        found |= {axis.size for axis in need.own if axis.size is not None}
        parents = [axis.size for axis in need.parents if axis.size]
        turns = [turn.size for turn in need.own if turn.counts and turn.size]
        found |= {turn * size for turn in turns for size in parents}
    return sorted(size for size in found if size > 1)


def _keep(shape: Shape, rows: int, counted: int) -> Keeping:
    needs = shape.needs()
    needs = _tied(needs, shape.clashing(needs))
    distinct = _distinct(shape, needs, rows)
    open_needs = [need for need in needs if not any(axis.column in distinct for axis in need.own)]
    unread = [need for need in open_needs if not need.axes]
    partial = [_parents_only(need) for need in open_needs if need.partial and need.axes]
    hard = _smallest([need for need in open_needs if not need.partial and need.axes])
    clashing = shape.clashing(hard)
    torn = [need for need in hard if need.names & clashing or _counts_joined(need, counted)]
    hard = [need for need in hard if need not in torn]
    turning = {need.names: turn for need in hard if (turn := _turn(shape, need, rows))}
    groups, drawn = _grouped([need for need in hard if need.names not in turning], rows, counted)
    for need in (need for need in hard if need.names in turning):
        turn = turning[need.names]
        if turn.column in distinct:
            continue
        if taken := _taken(groups, need, turn, counted):
            groups = taken
        elif need.ranges:
            groups = [*groups, Group(None, ((replace(turn, size=None),),), turn.size)]
        elif turn.size is None or turn.size >= rows:
            distinct |= {turn.column}
            groups = _less(groups, turn)
        else:
            drawn = [*drawn, need]
    groups, drawn = _loosened(groups, [*drawn, *torn], hard)
    groups = [replace(group, alike=alike(group, hard)) for group in groups]
    drawn = [_single_parents(shape, need) for need in drawn]
    found = Keeping(distinct, _counted(shape, counted, groups), tuple(drawn), tuple(partial), tuple(unread))
    room, limit = _room(shape, found, needs)
    return replace(found, room=room, limit=limit)


def _distinct(shape: Shape, needs: Sequence[Need], rows: int) -> frozenset[str]:
    """Own columns that never repeat: first those that must not, then one of each unique that has nothing better."""
    found = set[str]()
    for need in sorted(needs, key=lambda need: (len(need.axes), need.partial)):
        if need.ranges or any(axis.column in found for axis in need.own) or _turn(shape, need, rows):
            continue
        spans = {name for columns in shape.spans for name in columns}
        free = [axis for axis in shape.roomy(need) if axis.column not in spans]
        able = [axis for axis in free if axis.size is None or axis.size >= rows]
        if able:
            found.add(able[0].column)
    return frozenset(found)


def _turn(shape: Shape, need: Need, rows: int) -> Axis | None:
    """The column that counts within one parent of the need, if one parent's rows leave it enough room."""
    turn = shape.turn(need)
    if turn is None or need.partial:
        return None
    leads = [axis for axis in need.parents if _leads(axis)]
    if need.ranges:
        return turn
    if not leads:
        return None
    widest = max(MOST if axis.size is None else axis.size for axis in leads)
    return turn if turn.size is None or turn.size * widest >= rows else None


def _tied(needs: Sequence[Need], names: Collection[tuple[str, int]]) -> list[Need]:
    """The needs in which the named parents do not count rows: another need varies what they share columns with."""
    return [
        replace(
            need,
            parents=tuple(replace(axis, tied=True) if axis.name in names else axis for axis in need.parents),
        )
        for need in needs
    ]


def _leads(axis: Axis) -> bool:
    """Whether rows may be counted within the axis' parent with no regard to other references."""
    return axis.place >= 0 and not axis.also and not axis.tied


def _parents_only(need: Need) -> Need:
    """Own values need not be known of a partial unique that has parents: they are kept apart by those alone."""
    return replace(need, own=()) if need.parents else need


def _counts_joined(need: Need, counted: int) -> bool:
    """Whether the rows of one parent are counted that the need chooses together with others."""
    return any(counted in (axis.place, *axis.also) and axis.also and not axis.ordered for axis in need.parents)


def _single_parents(shape: Shape, need: Need) -> Need:
    """The need with parents that share columns as axes of their own: they are drawn one after another."""
    parents = [
        [shape.parent(place) for place in (axis.place, *axis.also)] if axis.also and not axis.ordered else [axis]
        for axis in need.parents
    ]
    return replace(need, parents=tuple(axis for axes in parents for axis in axes))


def _smallest(needs: Sequence[Need]) -> list[Need]:
    """Needs without those that another one keeps as well: whatever tells (a) apart tells (a, b) apart."""

    def keeps(other: Need, need: Need) -> bool:
        return other.names <= need.names and other.exempt <= need.exempt

    return [
        need
        for at, need in enumerate(needs)
        if not any(keeps(other, need) for other in needs[:at])
        and not any(keeps(other, need) and not keeps(need, other) for other in needs[at + 1 :])
    ]


def _grouped(needs: Sequence[Need], rows: int, counted: int) -> tuple[list[Group], list[Need]]:
    """One group for each set of needs that share axes; what does not fit into it is drawn."""
    groups, drawn = list[Group](), list[Need]()
    waiting = list(needs)
    while waiting:
        together = [waiting.pop(0)]
        while near := [need for need in waiting if any(need.names & other.names for other in together)]:
            together += near
            waiting = [need for need in waiting if need not in near]
        group, left = _group(together, rows, counted)
        groups += [group] if group else []
        drawn += left
    return groups, drawn


def _group(needs: Sequence[Need], rows: int, counted: int) -> tuple[Group | None, list[Need]]:
    if len(needs) == 1:
        return _single(needs[0], rows, counted), []
    common = frozenset.intersection(*(need.names for need in needs))
    leads = [axis for axis in needs[0].axes if axis.name in common and not axis.also]
    if leads:
        lead = _lead(leads, counted)
        rests = [_without(need, lead) for need in needs]
        names = [axis.name for rest in rests for axis in rest]
        if len(set(names)) == len(names) and not any(axis.loops for rest in rests for axis in rest):
            return _led(lead, tuple(rests)), []
    first = min(needs, key=lambda need: (not _has(need, counted), MOST if need.room is None else need.room))
    others = [need for need in needs if need is not first]
    if any(need.names <= first.names for need in others):
        return None, list(needs)
    group = _single(first, rows, counted)
    if any(axis.loops for rest in group.rests for axis in rest):
        return None, list(needs)
    for need in others:
        if group.lead is not None and group.lead.name in need.names and (rest := product(_without(need, group.lead))):
            group = replace(group, cap=max(1, min(group.cap or MOST, rest // 2)))
    return group, others


def _single(need: Need, rows: int, counted: int) -> Group:
    """One unique by itself, its parents skewed as real ones are; rows beyond its room are NULL where they may be."""
    loop = next((axis for axis in need.parents if axis.loops), None)
    if loop is not None:
        return _led(loop, (_without(need, loop),)) if len(need.axes) > 1 else Group(loop, (), 1)
    room = need.room
    spill = next((axis for axis in need.axes if axis.nullable), None) if need.exempt else None
    crowded = room is not None and room < rows and spill is not None
    joined = any(axis.also for axis in need.axes)
    if (len(need.axes) == 1 or crowded or joined or not need.parents) and not _has(need, counted):
        return Group(None, (need.axes,), room, spill)
    lead = _lead(need.parents, counted)
    return _led(lead, (_without(need, lead),))


def _lead(axes: Sequence[Axis], counted: int) -> Axis:
    """The parent that the rows are counted by if it is given; else the one with most rows."""
    return max(
        axes, key=lambda axis: (axis.place == counted >= 0, axis.place >= 0, MOST if axis.size is None else axis.size)
    )


def _led(lead: Axis, rests: tuple[tuple[Axis, ...], ...]) -> Group:
    rooms = [room for rest in rests if (room := product(rest)) is not None]
    return Group(lead, rests, min(rooms, default=None))


def _without(need: Need, lead: Axis) -> tuple[Axis, ...]:
    return tuple(axis for axis in need.axes if axis.name != lead.name)


def _has(need: Need, place: int) -> bool:
    return place >= 0 and any(axis.place == place for axis in need.parents)


def _taken(groups: Sequence[Group], need: Need, turn: Axis, counted: int) -> list[Group] | None:
    """The groups with the counting column in one whose lead is among the need's parents; None if there is none."""
    if any(turn.name == axis.name for group in groups for axis in group.axes):
        return None
    for at, group in enumerate(groups):
        if group.lead and group.lead.name in need.names:
            fits = _led(group.lead, (*group.rests, (turn,)))
            return [*groups[:at], fits, *groups[at + 1 :]]
    taken = {axis.name for group in groups for axis in group.axes}
    free = [axis for axis in need.parents if axis.name not in taken and _leads(axis)]
    free = [axis for axis in free if not axis.loops] or free
    return [*groups, _led(_lead(free, counted), ((turn,),))] if free else None


def _less(groups: Sequence[Group], axis: Axis) -> list[Group]:
    """The groups without an axis that keeps its uniques apart by itself."""
    found = list[Group]()
    for group in groups:
        rests = tuple(rest for rest in group.rests if axis not in rest)
        if rests == group.rests:
            found.append(group)
        elif rests and group.lead:
            found.append(_led(group.lead, rests))
    return found


def _loosened(groups: list[Group], drawn: list[Need], hard: Sequence[Need]) -> tuple[list[Group], list[Need]]:
    """The same with groups given up that leave a drawn need nothing to draw: their own needs are drawn as well."""
    fixed = {axis.name: group for group in groups for axis in group.axes}
    stuck = next((need for need in drawn if all(name in fixed for name in need.names)), None)
    if stuck is None:
        return groups, drawn
    gone = next(group for group in groups if any(fixed[name] is group for name in stuck.names))
    kept = [need for need in hard if need not in drawn and gone.keeps(need)]
    return _loosened([group for group in groups if group is not gone], [*drawn, *kept], hard)


def _counted(shape: Shape, place: int, groups: Sequence[Group]) -> tuple[Group, ...]:
    """The groups, with one more where the rows of a parent are counted and no unique sees to it."""
    if place < 0 or any(group.lead and group.lead.place == place for group in groups):
        return tuple(groups)
    return (*groups, Group(shape.parent(place), (), None))


def _room(shape: Shape, kept: Keeping, needs: Sequence[Need]) -> tuple[int | None, str]:
    """The most rows that fit so, and the unique that says so."""
    found: list[tuple[int, str]] = []
    for need in needs:
        sizes = [axis.size for axis in need.own if axis.column in kept.distinct and axis.size is not None]
        if sizes and not need.partial:
            found.append((max(sizes), said(shape, need)))
    for group in kept.groups:
        size = 1 if group.lead is None else group.lead.size
        if group.spill is None and group.cap is not None and size is not None:
            inside = [need for need in needs if group.keeps(need) and need.room is not None]
            tightest = min(inside, key=lambda need: need.room or 0, default=None)
            found.append((size * group.cap, said(shape, tightest) if tightest else "its uniques together"))
    found += [(max(1, need.room // _LOAD), said(shape, need)) for need in kept.drawn if need.room is not None]
    return min(found, default=(None, ""), key=lambda one: one[0])
