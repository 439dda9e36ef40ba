"""
A wide second opinion on segmentation: filters, groups, segments, what users did, and rolling
figures, over small worlds with everything at once.
"""

from collections.abc import Callable
from itertools import product
from pathlib import Path
from random import Random
from statistics import median
from typing import Any

import pytest

from app.query import Charts, Clock, Warehouse, read
from tests.app.query.small import NOON
from tests.app.query.wideworld import (
    MIXED,
    ORDERS,
    Days,
    Happened,
    Json,
    all_hold,
    condition,
    days,
    elements,
    number,
    world,
)

CHARTS = 60
PLAIN = ("uniques", "totals", "average", "active")
OF_VALUES = ("sum", "property_average", "median", "distinct_per_user")
type Cell = float | None


def performed(random: Random) -> Json:
    one: Json = {
        "event": random.choice("ABC"),
        "op": random.choice(list(ORDERS)),
        "count": random.randint(0, 2),
        "negated": random.random() < 0.3,
    }
    more: Json = random.choice([{}, {"each": True}, {"of": "intervals", "interval": "day"}])
    return one | more


def asked(random: Random, during: Days) -> Json:
    """Any segmentation."""
    event: Json = {"event": random.choice("ABC")} if random.random() < 0.7 else {"kind": "any"}
    event["where"] = [condition(random) for _ in range(random.choice([0, 1, 1, 2]))]
    event["by"] = random.sample("pq", random.choice([0, 0, 1, 2]))
    measure = random.choice(PLAIN + OF_VALUES)
    segment: Json = {
        "where": [condition(random) for _ in range(random.choice([0, 0, 0, 1]))],
        "performed": [performed(random) for _ in range(random.choice([0, 0, 1, 1]))],
    }
    found: Json = {
        "events": [event],
        "measure": measure,
        "interval": random.choice(["hour", "day", "day", "week", "month"]),
        "range": during.json,
        "segments": [segment],
        "inactive": random.choice([[], ["A"], ["B"]]),
    }
    if random.random() < 0.5:
        found["project"] = "a" * 32
    if measure in OF_VALUES:
        found["property"] = random.choice("pq")
    elif measure in ("uniques", "totals") and random.random() < 0.3:
        found["cumulative"] = True
    return found


class Opinion:
    """The same by plain loops."""

    def __init__(self, events: list[Happened], asked: Json, during: Days) -> None:
        self.asked, self.during, self.all = asked, during, events
        (self.event,), (self.segment,) = asked["events"], asked["segments"]
        self.inside = [one for one in events if during.holds(one.at) and self.belongs(one)]
        self.rows = [
            (group, one) for one in self.inside if self.matches(one) for group in self.groups(one)
        ]

    def matches(self, one: Happened) -> bool:
        return one.kind == self.event.get("event", one.kind) and all_hold(
            one.properties, self.event["where"]
        )

    def groups(self, one: Happened) -> list[tuple[str | None, ...]]:
        return list(product(*(elements(one.properties, name) for name in self.event["by"])))

    def belongs(self, one: Happened) -> bool:
        if "project" in self.asked and one.who[0] != "a":
            return False
        if not all_hold(one.properties, self.segment["where"]):
            return False
        return all(
            self.has_done(rule, one) != rule["negated"] for rule in self.segment["performed"]
        )

    def has_done(self, rule: Json, one: Happened) -> bool:
        key = lambda at: self.during.key(at, self.asked["interval"])  # noqa: E731
        times = [
            other.at
            for other in self.all
            if (other.who, other.kind) == (one.who, rule["event"])
            and self.during.holds(other.at)
            and (not rule.get("each") or key(other.at) == key(one.at))
        ]
        often = len({self.during.key(at, "day") for at in times}) if "of" in rule else len(times)
        return ORDERS[rule["op"]](often, rule["count"])

    def measured(self, group: tuple[str | None, ...], when: Callable[[int], bool]) -> Cell:
        did = [one for of, one in self.rows if of == group and when(one.at)]
        users, measure = {one.who for one in did}, self.asked["measure"]
        if measure in ("uniques", "totals"):
            return len(users if measure == "uniques" else did)
        if measure == "average":
            return len(did) / len(users) if users else None
        if measure == "active":
            active = {
                one.who
                for one in self.inside
                if when(one.at) and one.kind not in self.asked["inactive"]
            }
            return 100 * len(users) / len(active) if active else None
        values = [
            (one.who, value)
            for one in did
            for value in elements(one.properties, self.asked["property"])
            if value is not None
        ]
        if measure == "distinct_per_user":
            return len(set(values)) / len(users) if users else None
        numbers = [found for _, value in values if (found := number(value)) is not None]
        if measure == "sum":
            return sum(numbers)
        if not numbers:
            return None
        return median(numbers) if measure == "median" else sum(numbers) / len(numbers)


@pytest.mark.parametrize("seed", range(3))
def test_beside_plain_loops(tmp_path: Path, seed: int) -> None:
    random = Random(seed)
    made = world(random, tmp_path, users="12345", kinds="AABC", values=MIXED, most=16)
    with Warehouse.open(made.folder) as warehouse:
        warehouse.refresh()
        for _ in range(CHARTS):
            during = days(random, made.start)
            definition = asked(random, during)
            figure = Charts(warehouse, Clock(NOON, during.zone)).answer(read(definition))
            opinion = Opinion(made.events, definition, during)
            low, high = during.span
            buckets = figure.buckets
            assert (buckets.starts[0], buckets.ends[-1]) == (low, high), definition
            found = {one.group: one for one in figure.series}
            by = definition["events"][0]["by"]
            assert set(found) == ({of for of, _ in opinion.rows} if by else {()}), definition
            for group, one in found.items():
                expected = [opinion.measured(group, when) for when in _intervals(opinion, buckets)]
                assert list(one.points) == pytest.approx(expected), (definition, during.zone)
                whole = opinion.measured(group, lambda _: True)
                assert one.total == pytest.approx(whole), (definition, during.zone)


def _intervals(opinion: Opinion, buckets: Any) -> list[Callable[[int], bool]]:
    """Of each bucket, whether a time counts for it: told by the wall, and not by its edges."""
    interval, key = opinion.asked["interval"], opinion.during.key
    keys = [key(start, interval) for start in buckets.starts]
    assert len(set(keys)) == len(keys)
    if opinion.asked.get("cumulative"):
        return [
            lambda at, so_far=keys[: n + 1]: key(at, interval) in so_far  # type: ignore[misc]
            for n in range(len(keys))
        ]
    return [lambda at, own=own: key(at, interval) == own for own in keys]  # type: ignore[misc]
