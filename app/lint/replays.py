"""
Session Replay: ids that do not work, replays that are very short, quotas (LNT-40).

A replay's length is known when its device begins the next one. Remembers the newest 2 000 devices.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, ClassVar

from app.lint.look import Family, Look
from app.lint.recent import Recent
from app.lint.report import Report
from app.lint.rule import Rule, warning
from app.lint.words import shown, span
from app.model import Kind

if TYPE_CHECKING:
    from app.study.arrival import Arrived

REPLAY = warning(
    "LNT-40",
    "A session replay that will be missing or useless",
    "Device ids of replays may have letters, digits and - _ . only; replays of less than 10 seconds"
    " and those beyond the quota are not kept.",
)

SHORTEST_MS = 10_000
MOST_DEVICES = 2000
REPLAY_ID = "[Amplitude] Session Replay ID"
_DEVICE = re.compile(r"[A-Za-z0-9._-]+")
_REFUSED = {402: "the quota of the project is used up", 429: "too many at once"}


class Replays(Family):
    """Keeps the current replay of each device."""

    rules: ClassVar[tuple[Rule, ...]] = (REPLAY,)

    def __init__(self) -> None:
        self.current: Recent[tuple[int, str], list[Any]] = Recent(MOST_DEVICES)

    def take(self, look: Look, report: Report) -> None:
        if look.arrival.decoded.kind is Kind.SESSION_REPLAY:
            self._replay(look, report)
        for one in look.fresh:
            inside = one[2][7].get("event_properties")
            if inside and type(inside) is dict and REPLAY_ID in inside:
                _check_id(inside[REPLAY_ID], one, report)

    def _replay(self, look: Look, report: Report) -> None:
        capture, contents = look.arrival.capture, look.arrival.decoded.contents
        status = capture.response.status if capture.response else 0
        if status in _REFUSED:
            sentence = f"A replay was answered with {status}: {_REFUSED[status]}."
            report.add(REPLAY, f"answer {status}", sentence)
        device, session = contents.get("device_id"), contents.get("session_id")
        if not isinstance(device, str) or contents.get("type") != "replay":
            return
        if not _DEVICE.fullmatch(device):
            sentence = f"The device id {shown(device)} of a replay has letters that do not work."
            report.add(REPLAY, "device id", sentence)
        first, last = contents.get("first_ms"), contents.get("last_ms")
        if type(first) is int and type(last) is int:
            self._follow(look.source, device, str(session), (first, last), report)

    def _follow(
        self, source: int, device: str, session: str, times: tuple[int, int], report: Report
    ) -> None:
        key = (source, device)
        kept = self.current.get(key)
        if kept and kept[0] == session:
            kept[1], kept[2] = min(kept[1], times[0]), max(kept[2], times[1])
            return
        if kept and kept[2] - kept[1] < SHORTEST_MS:
            sentence = (
                f"The replay of session {shown(kept[0])} on device {shown(device)} is"
                f" {span(kept[2] - kept[1])} long; less than {span(SHORTEST_MS)} is not kept."
            )
            report.add(REPLAY, "short", sentence)
        self.current.put(key, [session, *times])


def _check_id(value: Any, one: Arrived, report: Report) -> None:
    """A replay id is `device/session`."""
    device, slash, session = value.rpartition("/") if isinstance(value, str) else ("", "", "")
    if slash and session and _DEVICE.fullmatch(device):
        return
    sentence = f"{shown(one.event.type)} has the replay id {shown(value)}, which finds no replay."
    report.add(REPLAY, "replay id", sentence, [one])
