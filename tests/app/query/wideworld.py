"""
Small worlds with everything at once, for second opinions that are wide instead of deep: two
projects, logins that come late, values of all kinds under one name, days of 23 and 25 hours. And
filters over them by plain loops (semantics §6.1), without a line of the engine.
"""

import json
import re
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from app.study import Study
from tests.app.query.small import HOUR, NOON, did
from tests.factories import filled, upload

type Json = dict[str, Any]

ZONES = ("UTC", "Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Africa/Cairo")
BEGINS = ("2026-03-26", "2026-10-22", "2026-11-12")
"""Days before clocks change in Berlin, and some after."""
MIXED: tuple[Any, ...] = (
    *(1, 2, 10, 3.5, "x", "Y", "xy", "30", "$30", True, False, None, "2026-01-02", "/a/b/c", ""),
    *(["x", "Y"], ["x", None], [], [1, "30"], ["x", "x"]),
)
ASKED_FOR = ("1", "x", "Y", "30", "2", "XY", "/a/*/c", "x*", "?", "2026-01-01", "3", "10", "true")
OPPOSITES = {
    "is not": "is",
    "does not contain": "contains",
    "does not start with": "starts with",
    "set is not": "set is",
    "set does not contain": "set contains",
    "not glob": "glob",
}
ORDERS: dict[str, Callable[[Any, Any], bool]] = {
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
    "=": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
}
OPERATORS = ("is", "is", "is not", "contains", "starts with", "glob", "set is", "set contains",
             "<", "<=", ">", ">=", *OPPOSITES)  # fmt: skip


class Happened(NamedTuple):
    """An event: whose (project and user), what, when (ms), with what, in order of receipt."""

    who: tuple[str, str]
    kind: str
    at: int
    properties: Json
    session: int
    place: int


class World(NamedTuple):
    """A workspace, what happened in it, and when it began."""

    folder: Path
    events: list[Happened]
    start: int


def world(
    random: Random, folder: Path, *, users: str, kinds: str, values: tuple[Any, ...], most: int
) -> World:
    """A workspace of two projects whose users partly log in only at the end."""
    zone = ZoneInfo("Europe/Berlin")
    start = _ms(datetime.fromisoformat(random.choice(BEGINS)).replace(tzinfo=zone))
    events, captures = [], []
    for who in [(project, user) for project in "ab" for user in users]:
        for _ in range(random.randint(1, most)):
            unit = random.choice([500, 1000, 60_000, HOUR])
            at = start + random.randint(0, random.choice([8, 40, 150])) * unit
            names = [name for name in "pq" if random.random() < 0.75]
            properties = {name: random.choice(values) for name in names}
            session = random.choice([start, start, start + HOUR, -1])
            one = Happened(who, random.choice(kinds), at, properties, session, len(events))
            events.append(one)
            sent = did("".join(who), one.kind, at, properties, session_id=session)
            if random.random() < 0.25:
                del sent["user_id"]  # Of the same device: whose it was is known later.
            captures.append(upload(sent, key=who[0] * 32, at_ms=NOON))
    for who in sorted({one.who for one in events}):
        login = did("".join(who), "$identify", start)
        captures.append(upload(login, key=who[0] * 32, at_ms=NOON))
    filled(folder, captures)
    with Study(folder) as study:
        study.catch_up()
    return World(folder, events, start)


def in_order(events: list[Happened]) -> list[Happened]:
    return sorted(events, key=lambda one: (one.at, one.place))


class Days(NamedTuple):
    """A range of whole days on a wall, as JSON and in ms."""

    zone: str
    first: date
    last: date

    @property
    def json(self) -> Json:
        return {"start": self.first.isoformat(), "end": self.last.isoformat()}

    @property
    def span(self) -> tuple[int, int]:
        return self._at(self.first), self._at(self.last + timedelta(days=1))

    def holds(self, at: int) -> bool:
        low, high = self.span
        return low <= at < high

    def key(self, at: int, interval: str) -> Any:
        """What an interval is told by."""
        wall = datetime.fromtimestamp(at / 1000, ZoneInfo(self.zone))
        day = wall.date()
        return {
            "hour": (day, wall.hour, wall.utcoffset()),
            "day": day,
            "week": day - timedelta(days=day.weekday()),
            "month": day.replace(day=1),
        }[interval]

    def _at(self, day: date) -> int:
        return _ms(datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(self.zone)))


def days(random: Random, start: int) -> Days:
    """Some days of a world."""
    zone = random.choice(ZONES)
    first = datetime.fromtimestamp(start / 1000, ZoneInfo(zone)).date()
    first += timedelta(days=random.choice([0, 0, 0, 1]))
    return Days(zone, first, first + timedelta(days=random.randint(0, 6)))


def _ms(moment: datetime) -> int:
    return round(moment.timestamp() * 1000)


# Filters


def text(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return json.dumps(value)


def elements(properties: Json, name: str) -> list[str | None]:
    """The values of a property, None for (none)."""
    value = properties.get(name)
    return [text(one) for one in value] or [None] if isinstance(value, list) else [text(value)]


def number(value: str | None) -> float | None:
    try:
        return float(value or "")
    except ValueError:
        return None


def condition(random: Random, names: str = "pq") -> Json:
    """Any filter."""
    op = random.choice(OPERATORS)
    values: list[str | None] = random.choices(ASKED_FOR, k=random.choice([1, 1, 2]))
    if op in ("is", "is not") and random.random() < 0.4:
        values[0] = None
    return {"property": random.choice(names), "op": op, "values": values}


def all_hold(properties: Json, where: list[Json]) -> bool:
    return all(holds(properties, one) for one in where)


def holds(properties: Json, one: Json) -> bool:
    op, found = one["op"], elements(properties, one["property"])
    if op in OPPOSITES:
        return not holds(properties, one | {"op": OPPOSITES[op]})
    if op in ("set is", "set contains"):
        have, wanted = set(found) - {None}, set(one["values"])
        is_there = properties.get(one["property"]) is not None
        return is_there and (have == wanted if op == "set is" else wanted <= have)
    return any(fits(op, value, wanted) for wanted in one["values"] for value in found)


def fits(op: str, value: str | None, wanted: str | None) -> bool:
    """Whether a value is what is wanted."""
    if value is None or wanted is None:
        return op == "is" and value is wanted
    if op in ORDERS:
        low, high = number(value), number(wanted)
        if high is not None:
            return low is not None and ORDERS[op](low, high)
        if re.match(r"\d{4}-\d{2}", wanted) and not re.match(r".{4}-.{2}", value):
            return False
        return ORDERS[op](value, wanted)
    return {
        "is": value == wanted,
        "contains": wanted.lower() in value.lower(),
        "starts with": value.lower().startswith(wanted.lower()),
        "glob": re.fullmatch("".join(_as_regular(wanted)), value) is not None,
    }[op]


def _as_regular(pattern: str) -> Iterator[str]:
    for sign in pattern:
        yield {"*": "[^/]*", "?": "[A-Za-z]"}.get(sign, re.escape(sign))
