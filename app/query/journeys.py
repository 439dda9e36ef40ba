"""
Journeys: what people did after an event, before one, or between two (semantics §11).

A tree of steps as a list of nodes, each with the way to it. SQL cuts the events into paths and
counts them; a node's number is that of the paths that begin so.
"""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from app.query import units
from app.query.definition import Journeys
from app.query.giveup import GoOn, watched
from app.query.journeynames import APART
from app.query.journeysql import paths_of
from app.query.places import Context
from app.query.similar import alike

type Rows = Callable[[str], list[tuple[Any, ...]]]
type Way = tuple[str, ...]

DROPPED = "Dropped off"
NOTHING_BEFORE = "Did not perform an event"
OTHER = "Other"


@dataclass(frozen=True, slots=True)
class JourneyNode:
    """A step of a path. `way` are the steps that lead to it, itself last; of journeys that end
    with an event, it is read backward. `count` are users (or paths), `share` their part of all
    that begin, `of_parent` of those one step earlier. Nobody is behind a dropped-off node."""

    way: Way
    count: int
    share: float
    of_parent: float

    @property
    def is_drop(self) -> bool:
        """Whether it stands for those who did nothing more."""
        return self.way[-1] in (DROPPED, NOTHING_BEFORE)


@dataclass(frozen=True, slots=True)
class WholePath:
    """A full path: how many took it, and how long on average from the first to the last step.
    `alike` is how much of it is the same (0 to 1) as the most frequent one that arrived; where
    nothing has to arrive, as the most frequent one."""

    way: Way
    count: int
    seconds: float | None
    converted: bool
    alike: float = 1.0


@dataclass(frozen=True, slots=True)
class JourneysFigure:
    """All nodes, level by level and the largest first; and the most frequent full paths."""

    total: int
    nodes: tuple[JourneyNode, ...]
    paths: tuple[WholePath, ...]
    sql: tuple[str, ...]


def journeys(chart: Journeys, rows: Rows, context: Context) -> JourneysFigure:
    """The answer to journeys. Raises BadInput for what cannot be asked."""
    statement = units.text(paths_of(chart, context), context)
    found = [_path(chart, row) for row in watched(rows(statement), context.go_on)]
    total = sum(one.count for one in found)
    paths = sorted(found, key=lambda one: (-one.count, one.way))[:100]
    return JourneysFigure(
        total, _nodes(chart, found, total, context.go_on), _compared(chart, paths), (statement,)
    )


def _compared(chart: Journeys, paths: list[WholePath]) -> tuple[WholePath, ...]:
    """The paths with how much each is like the first of them that did what was asked for."""
    between = chart.start is not None and chart.end is not None
    model = next((one for one in paths if one.converted or not between), None)
    if model is None:
        model = paths[0] if paths else None
    return tuple(
        replace(one, alike=alike(_steps(one), _steps(model))) if model else one for one in paths
    )


def _steps(path: WholePath) -> Way:
    """What was done, without what was not."""
    return tuple(one for one in path.way if one not in (DROPPED, NOTHING_BEFORE))


def _path(chart: Journeys, row: tuple[Any, ...]) -> WholePath:
    text, count, seconds, converted = row
    way = tuple(text.split(APART))
    arrived = bool(converted) and chart.end is not None
    shown = way[: chart.levels]
    if len(way) < chart.levels and not arrived and not (chart.end and not chart.start):
        shown = (*shown, DROPPED)
    if chart.start is None and len(way) < chart.levels:
        shown = (*shown, NOTHING_BEFORE)
    done = converted if chart.end is not None else len(way) > 1
    return WholePath(shown, int(count), None if seconds is None else float(seconds), bool(done))


def _nodes(
    chart: Journeys, found: list[WholePath], total: int, go_on: GoOn
) -> tuple[JourneyNode, ...]:
    counts: dict[Way, int] = defaultdict(int)
    for one in watched(found, go_on):
        for depth in range(1, len(one.way) + 1):
            counts[one.way[:depth]] += one.count
    children: dict[Way, list[Way]] = defaultdict(list)
    for way in counts:
        children[way[:-1]].append(way)
    nodes: list[JourneyNode] = []
    level: list[Way] = [()]
    while level:
        following: list[Way] = []
        for parent in level:
            kept = _kept(chart, children[parent], counts)
            whole = counts[parent] if parent else total
            nodes += [JourneyNode(way, n, n / total, n / whole) for way, n in kept]
            following += [way for way, _ in kept if way[-1] != OTHER]
        level = following
    return tuple(nodes)


def _kept(chart: Journeys, ways: list[Way], counts: dict[Way, int]) -> list[tuple[Way, int]]:
    """The largest branches; the rest together, and those who dropped out last."""
    if not ways:
        return []
    drops = [way for way in ways if way[-1] in (DROPPED, NOTHING_BEFORE)]
    steps = sorted((way for way in ways if way not in drops), key=lambda w: (-counts[w], w))
    kept = [(way, counts[way]) for way in steps[: chart.top]]
    rest = sum(counts[way] for way in steps[chart.top :])
    if rest:
        kept.append(((*steps[0][:-1], OTHER), rest))
    return kept + [(way, counts[way]) for way in drops]


def journeys_json(figure: JourneysFigure) -> dict[str, Any]:
    """The documented JSON form of an answer."""
    return {
        "total": figure.total,
        "nodes": [
            {
                "way": list(one.way),
                "count": one.count,
                "share": one.share,
                "of_parent": one.of_parent,
                "is_drop": one.is_drop,
            }
            for one in figure.nodes
        ],
        "paths": [
            {
                "way": list(one.way),
                "count": one.count,
                "seconds": one.seconds,
                "converted": one.converted,
                "alike": one.alike,
            }
            for one in figure.paths
        ],
    }
