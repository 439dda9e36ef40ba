"""
Releases: versions of apps as they appeared, and those that people noted (semantics §14).

A new version of a platform is a release from the day after it was first seen, if it reads like
one (`1.2`, `1.2.3`) and is newer than what was seen before; test projects have none.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from typing import Any

from app.query.calendar import Clock, ceiling
from app.query.columns import Property, quoted
from app.store.definitions import Definition, Definitions

KIND = "release"
ANNOTATION = "annotation"
VERSION = re.compile(r"^\d+\.\d+(\.\d+)?([-+].*)?$")
TEST_PROJECT = re.compile(r"test|development|staging", re.IGNORECASE)
VERSION_NAMES = ("@app_version", "@version_name", "Version")
PLATFORM_NAMES = ("@platform", "Platform")

type Rows = Callable[[str], list[tuple[Any, ...]]]


@dataclass(frozen=True, slots=True)
class Release:
    """A release: where its marker stands, and whether somebody noted it by hand (`id` is then the
    definition's)."""

    version: str
    platform: str
    project: str
    at_ms: int
    first_seen_ms: int
    name: str = ""
    id: int | None = None


@dataclass(frozen=True, slots=True)
class Annotation:
    """A note at a time or over a range; without `chart`, it is shown on all charts."""

    id: int
    name: str
    start_ms: int
    end_ms: int | None
    category: str
    chart: int | None


@dataclass(frozen=True, slots=True)
class Seen:
    """A version of a platform in a project, and the time of its first event."""

    project: str
    platform: str
    version: str
    first_ms: int


def detected(seen: Iterable[Seen], clock: Clock) -> list[Release]:
    """The releases among versions that were seen, oldest first."""
    found: list[Release] = []
    newest: dict[tuple[str, str], tuple[int, ...]] = {}
    for one in sorted(seen, key=lambda of: (of.first_ms, of.version)):
        if not VERSION.match(one.version) or TEST_PROJECT.search(one.project):
            continue
        number, place = _number(one.version), (one.project, one.platform)
        # What is older than what was there is a straggler, not a release.
        if number <= newest.get(place, ()):
            continue
        newest[place] = number
        at = ceiling(one.first_ms, "day", clock)
        found.append(Release(one.version, one.platform, one.project, at, one.first_ms))
    return found


def _number(version: str) -> tuple[int, ...]:
    plain = re.split(r"[-+]", version, maxsplit=1)[0]
    return tuple(int(part) for part in plain.split("."))


def versions(rows: Rows, properties: dict[tuple[str, str], Property]) -> list[Seen]:
    """The versions that events came from."""
    version = _first(properties, VERSION_NAMES)
    if version is None:
        return []
    platform = _first(properties, PLATFORM_NAMES)
    shown = f"coalesce(s.{quoted(platform.column)}, '')" if platform else "''"
    found = rows(
        "SELECT coalesce(nullif(p.name, ''), p.api_key, ''), "
        f"{shown}, s.{quoted(version.column)}, min(e.time) FROM events e"
        " JOIN states s ON s.id = e.state LEFT JOIN sources p ON p.id = e.source"
        f" WHERE s.{quoted(version.column)} IS NOT NULL GROUP BY 1, 2, 3"
    )
    return [Seen(*row) for row in found]


def _first(properties: dict[tuple[str, str], Property], names: tuple[str, ...]) -> Property | None:
    return next((properties["user", name] for name in names if ("user", name) in properties), None)


def noted(definitions: Iterable[Definition]) -> list[Release]:
    """Releases that people noted."""
    return [
        Release(
            str(one.body.get("version", "")),
            str(one.body.get("platform", "")),
            str(one.body.get("project", "")),
            int(one.body.get("at_ms", 0)),
            int(one.body.get("at_ms", 0)),
            one.name,
            one.id,
        )
        for one in definitions
    ]


def marks_json(notes: Iterable[Annotation], releases: Iterable[Release]) -> dict[str, Any]:
    """Annotations and releases in their documented JSON form, each by time."""
    by_time = sorted(releases, key=lambda one: (one.at_ms, one.version))
    return {
        "annotations": [asdict(one) for one in notes],
        "releases": [asdict(one) for one in by_time],
    }


def save_release(
    definitions: Definitions,
    name: str,
    version: str,
    at_ms: int,
    platform: str = "",
    number: int | None = None,
) -> Definition:
    """Note a release, or change the one with this number."""
    body = {"version": version, "at_ms": at_ms, "platform": platform}
    return definitions.save(KIND, name, body, number)


def annotations(definitions: Iterable[Definition]) -> list[Annotation]:
    """Notes on charts, by time."""
    found = [
        Annotation(
            one.id,
            one.name,
            int(one.body.get("start_ms", 0)),
            one.body.get("end_ms"),
            str(one.body.get("category", "")),
            one.body.get("chart"),
        )
        for one in definitions
    ]
    return sorted(found, key=lambda one: (one.start_ms, one.id))


def save_annotation(
    definitions: Definitions,
    text: str,
    start_ms: int,
    end_ms: int | None = None,
    category: str = "",
    chart: int | None = None,
    number: int | None = None,
) -> Definition:
    """Note something at a time, or over a range; or change the note with this number."""
    body = {"start_ms": start_ms, "end_ms": end_ms, "category": category, "chart": chart}
    return definitions.save(ANNOTATION, text, body, number)
