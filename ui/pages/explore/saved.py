"""
Charts that people kept, by name, and which of them are pinned. Their bodies are definitions in the
documented JSON form; a pin is a definition of its own that names a chart.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from app.query import BadDefinition, read, written
from app.query.definition import AnyChart
from app.store.definitions import Definition, Definitions
from ui.pages.explore.drafts import finished

CHART = "chart"
PIN = "chart_pin"


class Kept(NamedTuple):
    """A saved chart. `problem` says why it cannot be read; `chart` is then None."""

    id: int
    name: str
    chart: AnyChart | None
    is_pinned: bool
    problem: str = ""


def kept_charts(folder: Path) -> list[Kept]:
    """All saved charts, newest first. Raises StoreUnavailable."""
    with Definitions(folder) as definitions:
        pins = {one.body.get("chart") for one in definitions.all(PIN)}
        found = definitions.all(CHART)
    return [_kept(one, one.id in pins) for one in reversed(found)]


def _kept(one: Definition, is_pinned: bool) -> Kept:
    try:
        return Kept(one.id, one.name, read(one.body), is_pinned)
    except BadDefinition as error:
        return Kept(one.id, one.name, None, is_pinned, error.sentence)


def keep(folder: Path, name: str, chart: AnyChart, number: int | None = None) -> Definition:
    """Save a chart, or change the one with this number. Raises StoreUnavailable."""
    with Definitions(folder) as definitions:
        return definitions.save(CHART, name, written(finished(chart)), number)


def forget(folder: Path, number: int) -> None:
    """Remove a chart and its pin."""
    with Definitions(folder) as definitions:
        definitions.remove(number)
        _unpin(definitions, number)


def pin(folder: Path, number: int, *, on: bool) -> None:
    """Pin a chart, or take its pin away."""
    with Definitions(folder) as definitions:
        _unpin(definitions, number)
        if on:
            definitions.save(PIN, "", {"chart": number})


def _unpin(definitions: Definitions, number: int) -> None:
    for one in definitions.all(PIN):
        if one.body.get("chart") == number:
            definitions.remove(one.id)
