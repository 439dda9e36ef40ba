"""
Who is on a device, and which devices somebody has (LNT-02, 04, 05, 20).

Stands on semantics §2: two user ids are two people, whatever device they share. Remembers the
newest 10 000 devices and 10 000 users. That somebody has logged out is seen when their device goes
on without a user id.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from app.lint.ids import PLACEHOLDER
from app.lint.look import Family, Group, Look, Sdk
from app.lint.recent import Recent
from app.lint.report import Report
from app.lint.rule import Rule, info, warning
from app.lint.words import shown

if TYPE_CHECKING:
    from app.study.arrival import Arrived

TWO_USERS = warning(
    "LNT-04",
    "Two users in one session",
    "Call reset() when somebody logs out, so that the next person gets a device id and a session of"
    " their own. Check that no two parts of the page set different user ids.",
)
USER_CHANGED = info(
    "LNT-05",
    "User id changed without reset",
    "If two people share the device, call reset() in between. If it is one person, keep one id:"
    " Amplitude never merges two user ids.",
)
NEW_DEVICE = warning(
    "LNT-20",
    "Device id changes while the user stays",
    "Check that cookies and storage survive: private windows, storage that is switched off,"
    " cookies on another domain, or a second SDK instance give the same browser a new device id.",
)

MOST_DEVICES = 10_000
MOST_USERS = 10_000
DEVICES_IN_AN_HOUR = 5
"""A user id on more devices than these within an hour is taken for shared."""
HOUR_MS = 3_600_000
DEVICES_KEPT = 20

_USER, _SESSION, _SESSION_USER = range(3)


class Identity(Family):
    """Follows devices from user to user, and users from device to device."""

    rules: ClassVar[tuple[Rule, ...]] = (TWO_USERS, USER_CHANGED, NEW_DEVICE)

    def __init__(self) -> None:
        self.on_device: Recent[tuple[int, str], list[Any]] = Recent(MOST_DEVICES)
        self.devices: Recent[tuple[int, str], dict[str, int]] = Recent(MOST_USERS)
        self.agents: Recent[tuple[int, str, str], list[str]] = Recent(MOST_USERS)

    def take(self, look: Look, report: Report) -> None:
        if len(look.groups) == 1:
            self._run(look, look.groups[0], report)
            return
        # Users that take turns on a device must be seen in the order in which they were sent.
        for run in _runs(look.counted):
            self._run(look, run, report)

    def _run(self, look: Look, group: Group, report: Report) -> None:
        if not group.counted or group.device is None:
            return
        self._on_device(look.source, group, group.device, report)
        if group.user is not None:
            self._many_devices(look.source, group.user, group.device, group, report)
            self._same_agent(look, group.user, group.device, group, report)

    def _on_device(self, source: int, group: Group, device: str, report: Report) -> None:
        kept = self.on_device.get((source, device))
        user, events = group.user, group.counted
        if kept is None:
            kept = [user, None, None]
            self.on_device.put((source, device), kept)
        before = kept[_USER]
        if before != user:
            kept[_USER] = user
            if before is not None:
                self._leave(source, before, device)
                if user is not None:
                    sentence = (
                        f"Device {shown(device)} goes from user {shown(before)} to {shown(user)}"
                        " without a reset."
                    )
                    report.add(USER_CHANGED, device, sentence, events[:1])
        if user is not None:
            _same_session(kept, user, device, events, report)

    def _leave(self, source: int, user: str, device: str) -> None:
        """Somebody logged out there: the device is theirs no more."""
        devices = self.devices.get((source, user))
        if devices:
            devices.pop(device, None)

    def _many_devices(
        self, source: int, user: str, device: str, group: Group, report: Report
    ) -> None:
        devices = self.devices.get((source, user))
        at_ms = group.counted[-1].time_ms
        if devices is None:
            self.devices.put((source, user), {device: at_ms})
            return
        devices[device] = at_ms
        if len(devices) <= DEVICES_IN_AN_HOUR:
            return
        for old in [old for old, seen in devices.items() if at_ms - seen > HOUR_MS]:
            del devices[old]
        if len(devices) > DEVICES_IN_AN_HOUR:
            sentence = (
                f"User {shown(user)} was on {len(devices)} devices within an hour, and logged out"
                " on none of them."
            )
            report.add(PLACEHOLDER, f"user_id {user}", sentence, group.counted)
        if len(devices) > DEVICES_KEPT:
            del devices[next(iter(devices))]

    def _same_agent(self, look: Look, user: str, device: str, group: Group, report: Report) -> None:
        agent = _agent(look, group)
        if not agent:
            return
        key = (look.source, user, agent)
        devices = self.agents.get(key)
        if devices is None:
            self.agents.put(key, [device])
        elif device not in devices:
            sentence = (
                f"User {shown(user)} has a new device id {shown(device)} in what looks like the"
                f" same program; before it was {shown(devices[-1])}."
            )
            report.add(NEW_DEVICE, user, sentence, group.counted[:1])
            devices.append(device)
            del devices[:-DEVICES_KEPT]


def _same_session(
    kept: list[Any], user: str, device: str, events: Sequence[Arrived], report: Report
) -> None:
    for one in events:
        session = one.event.session_id
        if session is None or session <= 0:
            continue
        if kept[_SESSION] != session:
            kept[_SESSION], kept[_SESSION_USER] = session, user
        elif kept[_SESSION_USER] != user:
            before, kept[_SESSION_USER] = kept[_SESSION_USER], user
            sentence = (
                f"Users {shown(before)} and {shown(user)} both act in session {session} of device"
                f" {shown(device)}."
            )
            report.add(TWO_USERS, device, sentence, [one])


def _agent(look: Look, group: Group) -> str:
    """The browser, as it names itself. Devices without one are told apart by nothing else."""
    value = group.counted[0].event.fields.get("user_agent")
    if not value and look.sdk is Sdk.WEB:
        value = look.arrival.capture.header("user-agent")
    return value[:300] if isinstance(value, str) else ""


def _runs(events: Sequence[Arrived]) -> list[Group]:
    """Neighbours with the same ids, in order."""
    return [
        Group(*pair, (), list(run))
        for pair, run in itertools.groupby(events, lambda one: (one[2][2], one[2][3]))
    ]
