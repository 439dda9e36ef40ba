"""
What all rules want to know of a capture, found out once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from app.ingest.user_properties import OPERATION_NAMES
from app.lint.recent import Recent
from app.lint.report import Report
from app.lint.rule import Rule
from app.model import Upload

if TYPE_CHECKING:
    from app.study.arrival import Arrival, Arrived


class Sdk(StrEnum):
    """What kind of program sends."""

    WEB = "web"
    MOBILE = "mobile"
    SERVER = "server"
    OTHER = ""


_MOBILE = ("android", "swift", "ios", "kotlin", "react-native", "flutter", "unity", "unreal")
_SERVER = ("amplitude-node", "amplitude-python", "amplitude-go", "amplitude-java/")
_WEB = ("amplitude-ts", "amplitude-js", "amplitude-ma-ts")

IDENTIFY = "$identify"
GROUP_IDENTIFY = "$groupidentify"
SESSION_STARTS = frozenset({"session_start", "[Amplitude] Start Session"})
SESSION_ENDS = frozenset({"session_end", "[Amplitude] End Session"})
SESSION_MARKS = SESSION_STARTS | SESSION_ENDS


class Group(NamedTuple):
    """The events of one pair of ids in an upload. `fresh` were not sent before, `counted` are the
    ones among them that were ingested."""

    user: str | None
    device: str | None
    fresh: Sequence[Arrived]
    counted: Sequence[Arrived]


@dataclass(frozen=True, slots=True)
class Look:
    """A capture, prepared. Without an upload there are no events."""

    arrival: Arrival
    upload: Upload | None
    source: int
    library: str
    sdk: Sdk
    fresh: Sequence[Arrived]
    counted: Sequence[Arrived]
    groups: Sequence[Group]


class Family:
    """Rules that look at the same things. What they remember lies in attributes of type `Recent`,
    and is saved and loaded by their names."""

    rules: ClassVar[tuple[Rule, ...]] = ()

    def take(self, look: Look, report: Report) -> None:
        """Look at one capture."""
        raise NotImplementedError

    def memories(self) -> dict[str, Recent[Any, Any]]:
        """What is remembered, by name."""
        return {name: kept for name, kept in vars(self).items() if isinstance(kept, Recent)}


def look_at(arrival: Arrival) -> Look:
    """A capture, prepared."""
    upload = arrival.decoded.upload
    events = arrival.events
    fresh = [one for one in events if one[4] is None]
    if len(fresh) == len(events):
        fresh = list(events)
    counted = [one for one in fresh if one[5]]
    library = (upload.library if upload else None) or ""
    return Look(
        arrival,
        upload,
        arrival.source_id or 0,
        library,
        sdk_of(library),
        fresh,
        fresh if len(counted) == len(fresh) else counted,
        _groups(fresh),
    )


@lru_cache(maxsize=500)
def sdk_of(library: str) -> Sdk:
    """What kind of program a library runs in (wire-format §3.1)."""
    lower = library.lower()
    if any(part in lower for part in _MOBILE):
        return Sdk.MOBILE
    if lower.startswith(_SERVER):
        return Sdk.SERVER
    return Sdk.WEB if lower.startswith(_WEB) else Sdk.OTHER


def properties(fields: dict[str, Any], scope: str) -> dict[str, Any]:
    """The properties of a scope, whatever was sent in their place."""
    found = fields.get(scope)
    return found if isinstance(found, dict) else {}


def user_values(fields: dict[str, Any]) -> dict[str, Any]:
    """The user properties that an event sets: plain ones and those under `$set`."""
    found = properties(fields, "user_properties")
    if not found:
        return found
    plain = {key: value for key, value in found.items() if key not in OPERATION_NAMES}
    written = found.get("$set")
    return {**written, **plain} if isinstance(written, dict) else plain


def whom(group: Group) -> str:
    """The best name of a group's person."""
    return group.user or group.device or "(nobody)"


def _groups(events: Sequence[Arrived]) -> list[Group]:
    """By user and device. Most uploads are of one pair."""
    if not events:
        return []
    found: dict[tuple[str | None, str | None], list[Arrived]] = {}
    for one in events:
        event = one[2]
        pair = (event[2], event[3])
        if pair in found:
            found[pair].append(one)
        else:
            found[pair] = [one]
    return [
        Group(user, device, several, [one for one in several if one[5]])
        for (user, device), several in found.items()
    ]
