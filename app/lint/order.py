"""
The order in which a person's events and properties arrive (LNT-10, 21).

Amplitude writes properties in order of arrival, not of time (semantics §3): what arrives late gets
the properties of now. Remembers the newest 5 000 people with up to 50 properties each, as hashes.
"""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, Any, ClassVar

from app.decode.body import json_text
from app.lint.look import IDENTIFY, SESSION_MARKS, Family, Look, properties, user_values
from app.lint.recent import Recent
from app.lint.report import Report
from app.lint.rule import Rule, warning
from app.lint.words import moment, several, shown, span

if TYPE_CHECKING:
    from app.study.arrival import Arrived

LATE_FOR_PROPERTIES = warning(
    "LNT-10",
    "Arrived after a property that was set later",
    "The event gets the newer value. Send what belongs to an event as its own property, or upload"
    " in the order in which things happen.",
)
IDENTIFY_TOO_LATE = warning(
    "LNT-21",
    "User property set right after the event it belongs to",
    "Call identify before track: the event above still has the old value, and only the next one"
    " has the new.",
)

MOST_PEOPLE = 5000
MOST_PROPERTIES = 50
TOLERANCE_MS = 1000
RIGHT_AFTER_MS = 2000
"""An identify that follows a person's own event within this time was meant for it."""
_ATTRIBUTION = ("initial_", "utm_", "referr")
_WRITE_MS, _EVENT_MS, _EVENT_TYPE, _EVENT_ID, _VALUES = range(5)


class Order(Family):
    """Keeps, of each person, the time of the newest property write and the newest own event."""

    rules: ClassVar[tuple[Rule, ...]] = (LATE_FOR_PROPERTIES, IDENTIFY_TOO_LATE)

    def __init__(self) -> None:
        self.people: Recent[tuple[int, int], list[Any]] = Recent(MOST_PEOPLE)

    def take(self, look: Look, report: Report) -> None:
        source, last, kept = look.source, None, [0, 0, "", 0, {}]
        for one in look.counted:
            person = one[7]
            if person != last:
                last = person
                found = self.people.get((source, person))
                if found is None:
                    found = [0, 0, "", 0, {}]
                    self.people.put((source, person), found)
                kept = found
            self._one(kept, one, report)

    def _one(self, kept: list[Any], one: Arrived, report: Report) -> None:
        event, time_ms = one[2], one[6]
        fields = event[7]
        if fields.get("user_properties"):
            self._written(kept, one, report)
        elif time_ms + TOLERANCE_MS < kept[_WRITE_MS] and event[0] not in SESSION_MARKS:
            sentence = (
                f"{shown(event[0])} of {moment(time_ms)} arrived after a user property that was set"
                f" {span(kept[_WRITE_MS] - time_ms)} later, and gets its value."
            )
            report.add(LATE_FOR_PROPERTIES, event[0], sentence, [one])
        if event[0][:1] not in "[$" and event[0] not in SESSION_MARKS:
            kept[_EVENT_MS], kept[_EVENT_TYPE], kept[_EVENT_ID] = time_ms, event[0][:200], one[0]

    def _written(self, kept: list[Any], one: Arrived, report: Report) -> None:
        event, time_ms = one.event, one.time_ms
        changed = _changed(kept[_VALUES], user_values(event.fields))
        if properties(event.fields, "user_properties"):
            kept[_WRITE_MS] = max(kept[_WRITE_MS], time_ms)
        if not changed or event.type != IDENTIFY or not kept[_EVENT_ID]:
            return
        late = time_ms - kept[_EVENT_MS]
        if 0 <= late <= RIGHT_AFTER_MS:
            sentence = (
                f"User property {several(changed)} changed {span(late)} after"
                f" {shown(kept[_EVENT_TYPE])}, which therefore does not have the new value."
            )
            report.add(IDENTIFY_TOO_LATE, kept[_EVENT_TYPE], sentence, [one], also=kept[_EVENT_ID])
            kept[_EVENT_ID] = 0


def _changed(known: dict[str, int], values: dict[str, Any]) -> list[str]:
    """The names of a person's own properties that get another value, which is remembered."""
    changed = []
    for name, value in values.items():
        if name.startswith(_ATTRIBUTION) or name[:1] == "[":
            continue
        short = name[:200]
        mark = zlib.crc32(json_text(value)[:2000].encode("utf-8", "replace"))
        if known.get(short) != mark:
            changed.append(name)
            if len(known) < MOST_PROPERTIES or short in known:
                known[short] = mark
    return changed
