"""
Lays what Amplitude has of a person beside what was captured here: which events are in both, which
only here or only there, and in what they differ.
"""

from collections.abc import Sequence
from enum import StrEnum
from typing import Any, NamedTuple

from app.lookup.remote import Activity, RemoteEvent
from app.store.people.activity import LocalEvent

CLOSE_MS = 1_500
"""How close events of a type on a device are that are the same, where no insert id tells."""
MOST_NAMED = 8


class Side(StrEnum):
    """Where an event is."""

    SAME = "same"
    DIFFERS = "differs"
    HERE = "only here"
    THERE = "only there"


class Beside(NamedTuple):
    """One event, and its counterpart if there is one. `differs` names what is not the same."""

    side: Side
    type: str
    time_ms: int
    local: LocalEvent | None
    remote: RemoteEvent | None
    differs: tuple[str, ...] = ()


def beside(local: Sequence[LocalEvent], there: Activity) -> list[Beside]:
    """All events of both, newest first. Where Amplitude has more than it was asked for, what is
    older than the oldest of those is left out: nothing is known of it."""
    oldest = min((one.time_ms for one in there.events if one.time_ms is not None), default=None)
    considered = [
        one for one in local
        if not there.has_more or oldest is None or one.time_ms >= oldest - CLOSE_MS
    ]  # fmt: skip
    by_insert = {one.insert_id: one for one in considered if one.insert_id}
    left = {one.id: one for one in considered}
    found: list[Beside] = []
    unmatched: list[RemoteEvent] = []
    for remote in there.events:
        mine = by_insert.get(remote.insert_id) if remote.insert_id else None
        if mine is not None and mine.id in left:
            del left[mine.id]
            found.append(_pair(mine, remote))
        else:
            unmatched.append(remote)
    for remote in unmatched:
        mine = _closest(left.values(), remote)
        if mine is not None:
            del left[mine.id]
            found.append(_pair(mine, remote))
        else:
            found.append(Beside(Side.THERE, remote.type, remote.time_ms or 0, None, remote))
    found += [Beside(Side.HERE, one.type, one.time_ms, one, None) for one in left.values()]
    return sorted(found, key=lambda one: one.time_ms, reverse=True)


def _closest(local: Any, remote: RemoteEvent) -> LocalEvent | None:
    if remote.time_ms is None:
        return None
    near = [
        (abs(one.time_ms - remote.time_ms), one.id, one)
        for one in local
        if one.type == remote.type
        and (not remote.device_id or not one.device_id or one.device_id == remote.device_id)
        and not (one.insert_id and remote.insert_id)
        and abs(one.time_ms - remote.time_ms) <= CLOSE_MS
    ]
    return min(near)[2] if near else None


def _pair(mine: LocalEvent, remote: RemoteEvent) -> Beside:
    differs = []
    if mine.type != remote.type:
        differs.append("event type")
    if remote.user_id is not None and mine.user_id != remote.user_id:
        differs.append("user ID")
    if remote.session_id is not None and (mine.session_id or -1) != remote.session_id:
        differs.append("session")
    if remote.time_ms is not None and abs(mine.time_ms - remote.time_ms) > CLOSE_MS:
        differs.append("event time")
    names = {*mine.properties, *remote.properties}
    changed = sorted(
        name for name in names if mine.properties.get(name) != remote.properties.get(name)
    )
    differs += changed[:MOST_NAMED]
    if len(changed) > MOST_NAMED:
        differs.append(f"{len(changed) - MOST_NAMED} more")
    side = Side.DIFFERS if differs else Side.SAME
    return Beside(side, mine.type, mine.time_ms, mine, remote, tuple(differs))
