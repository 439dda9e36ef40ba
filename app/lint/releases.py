"""
What a new version of an app changed in its events (LNT-36).

Of the two newest versions of a source, how often each shape of each event type came. They are
compared when the newer has sent enough, and again at ten and a hundred times as much. Remembers up
to 500 shapes of a version, with the names of up to 60 properties each.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from app.lint.look import IDENTIFY, Family, Look
from app.lint.recent import Recent
from app.lint.report import Report
from app.lint.rule import Rule, info
from app.lint.words import name as one_line
from app.lint.words import shown

if TYPE_CHECKING:
    from app.study.arrival import Arrived

CHANGED = info(
    "LNT-36",
    "Events changed with a new version",
    "Check that it is meant. If it is not, look for a call of track() that was lost, moved or"
    " doubled in this version.",
)

ENOUGH = 200
"""Events of a version before it is compared."""
CHECKED_AT = frozenset({ENOUGH, ENOUGH * 10, ENOUGH * 100})
WORTH = 0.02
"""The share of an event type below which its coming and going says nothing."""
TIMES = 3.0
ALWAYS, ENOUGH_OF_TYPE = 0.95, 20
MOST_SOURCES = 200
MOST_SHAPES = 500
MOST_PROPERTIES = 60

# [version, events, {type: {shape, its names joined by line ends: events}}, shapes]
type Version = list[Any]
_NAME, _EVENTS, _TYPES, _SHAPES = range(4)
type Counts = dict[str, int]


class Releases(Family):
    """Counts by version."""

    rules: ClassVar[tuple[Rule, ...]] = (CHANGED,)

    def __init__(self) -> None:
        self.versions: Recent[tuple[int, str], list[Version]] = Recent(MOST_SOURCES)
        self._joined: dict[tuple[str, ...], str] = {}

    def take(self, look: Look, report: Report) -> None:
        versions: list[Version] | None = None
        last: Any = None
        current: Version | None = None
        for one in look.counted:
            fields = one[2][7]
            version = fields.get("app_version") or fields.get("version_name")
            if not version or type(version) is not str:
                continue
            if versions is None:
                versions = self._versions(look)
            if version is not last:
                last, current = version, _current(versions, version[:60])
            if current is None or one[2][0] == IDENTIFY:
                continue
            self._count(current, one[2][0], fields.get("event_properties"))
            if current[_EVENTS] in CHECKED_AT and len(versions) == 2 and current is versions[1]:
                _compare(versions[0], current, one, report)

    def _versions(self, look: Look) -> list[Version]:
        key = (look.source, look.library.split("/")[0][:60])
        found = self.versions.get(key)
        if found is None:
            found = []
            self.versions.put(key, found)
        return found

    def _count(self, current: Version, kind: str, values: Any) -> None:
        current[_EVENTS] += 1
        shapes = current[_TYPES].get(kind)
        if shapes is None:
            if current[_SHAPES] >= MOST_SHAPES:
                return
            shapes = current[_TYPES][kind[:200]] = {}
        shape = self._shape(values)
        if shape in shapes:
            shapes[shape] += 1
        elif current[_SHAPES] < MOST_SHAPES:
            current[_SHAPES] += 1
            shapes[shape] = 1

    def _shape(self, values: Any) -> str:
        if type(values) is not dict:
            return ""
        names = tuple(values)
        joined = self._joined.get(names)
        if joined is None:
            if len(self._joined) >= MOST_SHAPES * 4:
                self._joined.clear()
            joined = "\n".join(sorted(name[:100] for name in names[:MOST_PROPERTIES]))
            self._joined[names] = joined
        return joined


def _current(versions: list[Version], name: str) -> Version | None:
    """The counts of this version; None for one that is older than the two that are kept."""
    for kept in versions:
        if kept[_NAME] == name:
            return kept
    fresh: Version = [name, 0, {}, 0]
    if versions and _rank(name) < _rank(versions[-1][_NAME]):
        return None
    versions.append(fresh)
    del versions[:-2]
    return fresh


def _rank(name: str) -> list[tuple[int, str]]:
    """Versions in their order: 1.9 before 1.10."""
    parts = name.replace("-", ".").replace("+", ".").split(".")
    return [(int(part), "") if part.isdecimal() else (-1, part) for part in parts]


def _compare(before: Version, after: Version, one: Arrived, report: Report) -> None:
    if before[_EVENTS] < ENOUGH:
        return
    versions = f"{one_line(before[_NAME])} to {one_line(after[_NAME])}"
    for kind in sorted(before[_TYPES].keys() | after[_TYPES].keys()):
        old: Counts = before[_TYPES].get(kind, {})
        new: Counts = after[_TYPES].get(kind, {})
        old_share = sum(old.values()) / before[_EVENTS]
        new_share = sum(new.values()) / after[_EVENTS]
        what = _volume(old_share, new_share) or _shape_change(old, new)
        if what:
            report.add(CHANGED, kind, f"From version {versions}, {shown(kind)} {what}.", [one])


def _volume(old: float, new: float) -> str:
    if max(old, new) < WORTH:
        return ""
    if not new:
        return f"is gone; it was {old:.0%} of all events"
    if not old:
        return f"is new, with {new:.0%} of all events"
    if new > old * TIMES or old > new * TIMES:
        return f"went from {old:.1%} to {new:.1%} of all events"
    return ""


def _shape_change(old: Counts, new: Counts) -> str:
    """Properties that were always there and are gone, or the other way round."""
    if min(sum(old.values()), sum(new.values())) < ENOUGH_OF_TYPE:
        return ""
    before, after = _shares(old), _shares(new)
    for name, share in before.items():
        if share >= ALWAYS and name not in after:
            return f"has no property {shown(name)} any more"
    for name, share in after.items():
        if share >= ALWAYS and name not in before:
            return f"has a new property {shown(name)}"
    return ""


def _shares(shapes: Counts) -> dict[str, float]:
    """In which share of the events each property is."""
    total = sum(shapes.values())
    found: Counts = {}
    for shape, count in shapes.items():
        for name in shape.split("\n") if shape else ():
            found[name] = found.get(name, 0) + count
    return {name: count / total for name, count in sorted(found.items())}
