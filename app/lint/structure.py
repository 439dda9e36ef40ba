"""
Fields that belong together, groups, and identify operations (LNT-29, WIRE-04, 05).

Remembers the group types of the newest 1 000 projects.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from app.ingest.user_properties import DEVICE_GROUP, OPERATION_NAMES, PLACE_GROUP
from app.lint.look import Family, Look, Sdk, properties
from app.lint.recent import Recent
from app.lint.report import Report
from app.lint.rule import Rule, warning
from app.lint.words import several, shown

if TYPE_CHECKING:
    from app.study.arrival import Arrived

ONE_OF_MANY = warning(
    "LNT-29",
    "Only one of several fields that belong together",
    "Send all of them: setting one empties the others. They are platform, os_name, os_version,"
    " device_brand, device_manufacturer, device_model and carrier; and country, region, city and"
    " dma.",
)
TOO_MANY_GROUPS = warning(
    "WIRE-04",
    "Too many group types, or too many groups of one type",
    "Amplitude takes 5 group types in a project and 10 groups of each type in an event.",
)
MIXED_OPERATIONS = warning(
    "WIRE-05",
    "Identify operations next to plain properties",
    "Put plain properties under $set: what happens to a mixture is not documented.",
)

DEVICE, PLACE = frozenset(DEVICE_GROUP), frozenset(PLACE_GROUP)
MOST_GROUP_TYPES = 5
MOST_GROUPS = 10
_LOOKED_AT = DEVICE | PLACE | {"groups", "user_properties"}
MOST_SHAPES = 2000


class Structure(Family):
    """Looks at which fields an event has; the same fields are known the next time."""

    rules: ClassVar[tuple[Rule, ...]] = (ONE_OF_MANY, TOO_MANY_GROUPS, MIXED_OPERATIONS)

    def __init__(self) -> None:
        self.group_types: Recent[int, list[str]] = Recent(1000)
        self._shapes: dict[tuple[str, ...], frozenset[str]] = {}

    def take(self, look: Look, report: Report) -> None:
        for one in look.fresh:
            fields = one[2][7]
            shape = tuple(fields)
            present = self._shapes.get(shape)
            if present is None:
                present = self._new_shape(shape)
            if not present:
                continue
            _one_of_many(present, look, one, report)
            if "groups" in present and fields["groups"]:
                self._groups(look.source, one, report)
            if "user_properties" in present and fields["user_properties"]:
                _mixed(one, report)

    def _new_shape(self, shape: tuple[str, ...]) -> frozenset[str]:
        """What of it matters here."""
        if len(self._shapes) >= MOST_SHAPES:
            self._shapes.clear()
        present = self._shapes[shape] = _LOOKED_AT.intersection(shape)
        return present

    def _groups(self, source: int, one: Arrived, report: Report) -> None:
        groups = properties(one.event.fields, "groups")
        known = self.group_types.get(source)
        if known is None:
            known = []
            self.group_types.put(source, known)
        for kind, value in groups.items():
            if kind[:200] not in known and len(known) <= MOST_GROUP_TYPES * 4:
                known.append(kind[:200])
            if kind[:200] not in known[:MOST_GROUP_TYPES]:
                sentence = f"{shown(kind)} is a group type beyond the first 5: {several(known, 6)}."
                report.add(TOO_MANY_GROUPS, kind, sentence, [one])
            if isinstance(value, list) and len(value) > MOST_GROUPS:
                sentence = (
                    f"{shown(one.event.type)} is in {len(value)} groups of type {shown(kind)}."
                )
                report.add(TOO_MANY_GROUPS, kind, sentence, [one])


def _one_of_many(present: frozenset[str], look: Look, one: Arrived, report: Report) -> None:
    fields = one[2][7]
    for members in (DEVICE, PLACE):
        there = present & members
        if not there or len(there) == len(members):
            continue
        given = [name for name in there if fields[name] is not None and fields[name] != ""]
        if len(given) != 1 or _is_usual(given[0], look, fields):
            continue
        sentence = (
            f"{shown(one.event.type)} has {given[0]} {shown(fields[given[0]])} and none of the"
            " fields that belong to it."
        )
        report.add(ONE_OF_MANY, given[0], sentence, [one])


def _is_usual(name: str, look: Look, fields: dict[str, Any]) -> bool:
    """Browser SDKs send the platform, mobile ones the country; the server finds the rest in the
    user agent and the address."""
    if name == "country":
        return look.sdk is Sdk.MOBILE
    return name == "platform" and (look.sdk is not Sdk.OTHER or "user_agent" in fields)


def _mixed(one: Arrived, report: Report) -> None:
    names = properties(one[2][7], "user_properties").keys()
    if names.isdisjoint(OPERATION_NAMES) or names <= OPERATION_NAMES:
        return
    plain = several(sorted(names - OPERATION_NAMES))
    used = several(sorted(names & OPERATION_NAMES))
    sentence = f"{shown(one.event.type)} has {used} next to plain {plain}."
    report.add(MIXED_OPERATIONS, one.event.type, sentence, [one])
