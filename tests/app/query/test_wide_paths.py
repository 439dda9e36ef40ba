"""
A wide second opinion on funnels and journeys: exclusions between steps, optional steps, held
values, first days, groups, what is hidden and collapsed, over small worlds with everything at once.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from itertools import groupby
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

import pytest

from app.query import Charts, Clock, Warehouse, read
from tests.app.query.small import NOON
from tests.app.query.wideworld import (
    Days,
    Happened,
    Json,
    all_hold,
    days,
    elements,
    in_order,
    world,
)

CHARTS = 40
VALUES: tuple[Any, ...] = ("x", "y", ["x", "y"], ["y"], None, [], "z", 1)
WINDOWS = (1, 3, 10, 60, 3600, 86_400)
DROPPED, NOTHING = "Dropped off", "Did not perform an event"


def filters(random: Random, name: str, share: float) -> list[Json]:
    if random.random() > share:
        return []
    op, value = random.choice(["is", "is not"]), random.choice(["x", "y", "1", None])
    return [{"property": name, "op": op, "values": [value]}]


def does(one: Happened, event: Json | None) -> bool:
    if event is None or one.kind != event["event"]:
        return False
    return all_hold(one.properties, event.get("where", []))


def by_user(events: list[Happened], asked: Json) -> Iterator[list[Happened]]:
    own = [one for one in in_order(events) if "project" not in asked or one.who[0] == "a"]
    for _, of in groupby(sorted(own, key=lambda one: one.who), key=lambda one: one.who):
        yield list(of)


# Funnels


def funnel(random: Random, during: Days) -> Json:
    """Any funnel in order."""
    size, by_second = random.choice([2, 2, 3, 3, 4]), random.random() < 0.5
    share = 0 if by_second else 0.3  # In one second, events of a type would be one.
    steps: list[Json] = [
        {"event": random.choice("ABC"), "where": filters(random, random.choice("pq"), share)}
        for _ in range(size)
    ]
    found: Json = {
        "kind": "funnel",
        "steps": steps,
        "order": random.choice(["this", "this", "exact"]),
        "window_s": random.choice(WINDOWS),
        "range": during.json,
        "resolution": "second" if by_second else "millisecond",
        "first_day": random.random() < 0.2,
        "segments": [{"where": filters(random, "q", share)}],
    }
    if size > 2 and random.random() < 0.25:
        steps[random.randint(1, size - 2)]["optional"] = True
    elif random.random() < 0.5:
        before = random.randint(1, size - 1)
        between = random.choice([{}, {"between": [before, before + 1]}])
        found["exclude"] = [{"event": "X"} | between]
    if random.random() < 0.3:
        found["hold"] = ["p"]
    elif random.random() < 0.5 and not by_second:
        found["by"] = ["q"]
    if random.random() < 0.5:
        found["project"] = "a" * 32
    return found


class Ways(NamedTuple):
    """The ways of one user through a funnel, each looked for to its end."""

    asked: Json
    steps: list[Json]
    everything: list[Happened]
    usable: list[Happened]

    def tick(self, one: Happened) -> int:
        return one.at // 1000 if self.asked["resolution"] == "second" else one.at

    def depth(self, path: list[Happened]) -> int:
        """How many steps can be done from here."""
        if len(path) == len(self.steps):
            return len(path)
        further = (
            self.depth([*path, one])
            for one in self.usable
            if one not in path and does(one, self.steps[len(path)]) and self.fits(path, one)
        )
        return max(further, default=len(path))

    def fits(self, path: list[Happened], one: Happened) -> bool:
        last, window = path[-1], self.asked["window_s"]
        if self.asked["resolution"] == "second":
            is_later = self.tick(one) >= self.tick(last)
        else:
            is_later, window = (one.at, one.place) > (last.at, last.place), window * 1000
        return (
            is_later
            and self.tick(one) - self.tick(path[0]) <= window
            and not any(
                self.tick(last) < self.tick(other) < self.tick(one)
                and self.is_in_the_way(other, len(path))
                for other in self.everything
            )
        )

    def is_in_the_way(self, other: Happened, step: int) -> bool:
        """Whether an event may not lie between this step and the next."""
        return self.asked["order"] == "exact" or any(
            does(other, one) and one.get("between", [step])[0] == step
            for one in self.asked.get("exclude", [])
        )


def once(asked: Json, events: list[Happened]) -> list[Happened]:
    """Events of one type in one second count once (semantics §8.3)."""
    if asked["resolution"] != "second":
        return events
    return list({(one.at // 1000, one.kind): one for one in reversed(events)}.values())[::-1]


def units(asked: Json, events: list[Happened]) -> list[list[Happened]]:
    """The events of a user, or of each value that is held (§8.7)."""
    if "hold" not in asked:
        return [events]
    values = {value for one in events for value in elements(one.properties, "p")} - {None}
    return [[one for one in events if value in elements(one.properties, "p")] for value in values]


def bars(
    events: list[Happened], asked: Json, during: Days, steps: list[Json]
) -> dict[tuple[str | None, ...], list[int]]:
    found: dict[tuple[str | None, ...], list[int]] = defaultdict(lambda: [0] * len(steps))
    for mine in by_user(events, asked):
        new = during.key(mine[0].at, "day")
        for unit in units(asked, mine):
            ways = Ways(asked, steps, mine, once(asked, unit))
            entries = [
                (-ways.depth([one]), at, one)
                for at, one in enumerate(ways.usable)
                if does(one, steps[0])
                and during.holds(one.at)
                and all_hold(one.properties, asked["segments"][0]["where"])
                and (not asked["first_day"] or during.key(one.at, "day") == new)
            ]
            if entries:
                depth, _, entry = min(entries)
                by = elements(entry.properties, "q") if "by" in asked else [()]
                for group in by:
                    counts = found[(group,) if "by" in asked else ()]  # type: ignore[index]
                    for step in range(-depth):
                        counts[step] += 1
    return found


@pytest.mark.parametrize("seed", range(3))
def test_funnels_beside_every_way(tmp_path: Path, seed: int) -> None:
    def check(random: Random, charts: Charts, events: list[Happened], during: Days) -> None:
        asked = funnel(random, during)
        figure = charts.funnel(read(asked))  # type: ignore[arg-type]
        steps = asked["steps"]
        variants = [steps]
        if any("optional" in one for one in steps):
            variants.append([one for one in steps if "optional" not in one])
        expected = [
            (group, tuple(counts))
            for variant in variants
            for group, counts in (
                bars(events, asked, during, variant) or {(): [0] * len(variant)}
            ).items()
        ]
        if "by" in asked:
            expected = [(group, counts) for group, counts in expected if group]
        found = [(one.group, one.counts) for one in figure.parts]
        assert Counter(found) == Counter(expected), (asked, during.zone)

    each(tmp_path, seed, check)


# Journeys


def journeys(random: Random, during: Days) -> Json:
    """Any journeys."""

    def event() -> Json:
        return {"event": random.choice("ABC"), "where": filters(random, "p", 0.25)}

    def types(share: float) -> list[str]:
        return random.sample("ABCX", random.choice([1, 2])) if random.random() < share else []

    found: Json = {
        "kind": "journeys",
        "range": during.json,
        "levels": random.choice([2, 3, 4, 6, 9]),
        "top": 50,
        "count": random.choice(["uniques", "totals"]),
        "hide": types(0.25),
        "only": types(0.15),
        "include": types(0.2)[:1],
        "exclude": [event()] if random.random() < 0.2 else [],
        "collapse": random.random() < 0.3,
        "inactive": types(0.2)[:1],
        "segments": [{"where": filters(random, "p", 0.15)}],
    }
    for name in random.choice([["start"], ["start"], ["end"], ["start", "end"], ["start", "end"]]):
        found[name] = event()
    length = {"session": True} if random.random() < 0.3 else {"window_s": random.choice(WINDOWS)}
    project = {"project": "a" * 32} if random.random() < 0.5 else {}
    return found | length | project


class Paths(NamedTuple):
    """The paths of one user."""

    asked: Json
    during: Days
    events: list[Happened]

    def ways(self) -> Iterator[tuple[str, ...]]:
        """What is shown of each path that holds what it has to."""
        for way, arrived in self.whole():
            if not set(self.asked["include"]) <= set(way):
                continue
            shown, levels = tuple(way[: self.asked["levels"]]), self.asked["levels"]
            if len(way) >= levels or arrived:
                yield shown
            else:
                yield (*shown, DROPPED if "start" in self.asked else NOTHING)

    def whole(self) -> Iterator[tuple[list[str], bool]]:
        ends = "end" if "start" not in self.asked else "start"
        some = self.events if ends == "start" else self.events[::-1]
        anchors = [one for one in self.events if self.is_end(one, ends) and self.is_inside(one)]
        for anchor in anchors if self.asked["count"] == "totals" else anchors[:1]:
            after = some[some.index(anchor) + 1 :]
            path = [anchor, *(one for one in after if self.is_step(anchor, one))]
            if self.asked["collapse"]:
                path = [next(of) for _, of in groupby(path, key=lambda one: one.kind)]
            arrived = None
            if self.is_between():
                later = (at for at, one in enumerate(path) if at and self.is_end(one, "end"))
                arrived = next(later, None)
            kept = path if arrived is None else path[: arrived + 1]
            yield [one.kind for one in kept], arrived is not None

    def is_between(self) -> bool:
        return "start" in self.asked and "end" in self.asked

    def is_end(self, one: Happened, name: str) -> bool:
        return does(one, self.asked.get(name))

    def is_inside(self, one: Happened) -> bool:
        return self.during.holds(one.at)

    def is_step(self, anchor: Happened, one: Happened) -> bool:
        if "session" in self.asked:
            is_near = one.session == anchor.session >= 0 and self.is_inside(one)
        else:
            is_near = abs(one.at - anchor.at) <= self.asked["window_s"] * 1000
        arrives = self.is_between() and self.is_end(one, "end")
        return is_near and (arrives or self.is_shown(one))

    def is_shown(self, one: Happened) -> bool:
        asked, is_end = self.asked, self.is_end(one, "start") or self.is_end(one, "end")
        if asked["only"] and one.kind not in asked["only"] and not is_end:
            return False
        return one.kind not in asked["hide"] and not any(does(one, x) for x in asked["exclude"])

    def counts(self, one: Happened) -> bool:
        """Whether an event is looked at at all."""
        is_active = one.kind not in self.asked["inactive"]
        where = self.asked["segments"][0]["where"]
        is_end = self.is_end(one, "start") or self.is_end(one, "end")
        return (is_active or is_end) and all_hold(one.properties, where)


@pytest.mark.parametrize("seed", range(3))
def test_journeys_beside_every_path(tmp_path: Path, seed: int) -> None:
    def check(random: Random, charts: Charts, events: list[Happened], during: Days) -> None:
        asked = journeys(random, during)
        figure = charts.journeys(read(asked))  # type: ignore[arg-type]
        expected: Counter[tuple[str, ...]] = Counter()
        total = 0
        for mine in by_user(events, asked):
            paths = Paths(asked, during, [])
            paths = paths._replace(events=[one for one in mine if paths.counts(one)])
            for way in paths.ways():
                total += 1
                expected.update(way[:depth] for depth in range(1, len(way) + 1))
        assert figure.total == total, (asked, during.zone)
        assert {one.way: one.count for one in figure.nodes} == expected, (asked, during.zone)

    each(tmp_path, seed, check)


def each(
    folder: Path,
    seed: int,
    check: Callable[[Random, Charts, list[Happened], Days], None],
) -> None:
    """Check many charts of one world."""
    random = Random(seed)
    made = world(random, folder, users="12345678", kinds="AABBCX", values=VALUES, most=9)
    with Warehouse.open(made.folder) as warehouse:
        warehouse.refresh()
        for _ in range(CHARTS):
            during = days(random, made.start)
            charts = Charts(warehouse, Clock(NOON, during.zone))
            check(random, charts, made.events, during)
