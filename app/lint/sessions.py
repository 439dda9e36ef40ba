"""
Session ids and what they hold together (LNT-14 to LNT-19).

Stands on semantics §4. Follows each device from session to session: of the newest 10 000 devices
the current session is kept, of each source how many sessions ended and how many had no length.

A session's first event can only be told by its mark or by being earlier than the session itself:
programs that send no marks may well be silent for minutes after it began, which is no problem. On
phones a session does not end in the foreground, so a long pause in one is told as LNT-17, not 16.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from app.lint.look import (
    GROUP_IDENTIFY,
    IDENTIFY,
    SESSION_ENDS,
    SESSION_MARKS,
    SESSION_STARTS,
    Family,
    Look,
    Sdk,
)
from app.lint.recent import Recent
from app.lint.report import Report
from app.lint.rule import Rule, info, warning
from app.lint.words import moment, shown, span

if TYPE_CHECKING:
    from app.study.arrival import Arrived

NO_SESSION = warning(
    "LNT-14",
    "Events without a session",
    "Session charts leave these events out. Send session_id: the start of the session in"
    " milliseconds, the same for all its events.",
)
NO_START = warning(
    "LNT-15",
    "Session id is not the start of a session",
    "session_id must be the time in milliseconds at which the session began. Amplitude computes"
    " lengths from it.",
)
WRONG_SPLIT = warning(
    "LNT-16",
    "A session is split, or goes on after its timeout",
    "Check what sets the session id: two SDK instances, setSessionId, or a timeout other than the"
    " SDK's own.",
)
TOO_LONG = warning(
    "LNT-17",
    "A session that lasts too long",
    "Amplitude leaves out sessions of more than a day. Check that the session id is renewed after"
    " a pause.",
)
ONLY_MARKS = info(
    "LNT-18",
    "A session of nothing but its start and end",
    "Nobody did anything in it, so it does not count as a session. Check that events are tracked"
    " on what people see first.",
)
NO_LENGTH = warning(
    "LNT-19",
    "Most sessions have no length",
    "More than half of all sessions are one moment long: perhaps only one event is tracked in"
    " each, or the session id is renewed too often.",
)

TIMEOUT_MS = {Sdk.WEB: 1_800_000, Sdk.MOBILE: 300_000}
DAY_MS = 86_400_000
YEAR_2010_MS = 1_262_304_000_000
FUTURE_MS = 60_000
START_MS = 1000
"""How far a session id may be from the first event of its session."""
ENOUGH_EVENTS = 20
"""So many events without any session say that a source has none."""
ENOUGH_SESSIONS = 20
MOST_DEVICES = 10_000
MOST_LIBRARIES = 500

_ID, _FIRST, _LAST, _OTHERS, _STARTED, _LAST_ID, _SAID = range(7)
_ENDED, _EMPTY = range(2)
_NOT_EVENTS = SESSION_MARKS | {IDENTIFY, GROUP_IDENTIFY}


class Sessions(Family):
    """Keeps the current session of each device."""

    rules: ClassVar[tuple[Rule, ...]] = (
        NO_SESSION,
        NO_START,
        WRONG_SPLIT,
        TOO_LONG,
        ONLY_MARKS,
        NO_LENGTH,
    )

    def __init__(self) -> None:
        self.current: Recent[tuple[int, str], list[Any]] = Recent(MOST_DEVICES)
        self.ended: Recent[int, list[int]] = Recent(MOST_LIBRARIES)
        self.without: Recent[tuple[int, str], int] = Recent(MOST_LIBRARIES)

    def take(self, look: Look, report: Report) -> None:
        for group in look.groups:
            counted = group.counted
            inside = [one for one in counted if (one[2][4] or 0) > 0]
            if len(inside) < len(counted):
                self._outside(look, counted, report)
            if inside:
                if self.without.peek((look.source, look.library)) != -1:
                    self.without.put((look.source, look.library), -1)
                if group.device is not None:
                    self._follow(look, group.device, inside, report)

    def _outside(self, look: Look, events: Sequence[Arrived], report: Report) -> None:
        """Events that belong to no session."""
        if look.sdk in (Sdk.WEB, Sdk.MOBILE):
            missing = [one for one in events if not one.event.session_id]
            if missing:
                kind = missing[-1].event.type
                sentence = f"{shown(kind)} comes from {shown(look.library)} without a session_id."
                report.add(NO_SESSION, look.library, sentence, missing)
        key = (look.source, look.library)
        seen = self.without.peek(key) or 0
        none = [one for one in events if (one.event.session_id or 0) <= 0]
        if seen < 0 or not none:
            return
        self.without.put(key, seen + len(none))
        if seen + len(none) >= ENOUGH_EVENTS:
            who = look.library or "events without a library"
            sentence = f"None of the {seen + len(none)} events of {who} so far is in a session."
            report.add(NO_SESSION, f"all of {who}", sentence, none)

    def _follow(self, look: Look, device: str, events: Sequence[Arrived], report: Report) -> None:
        key = (look.source, device)
        kept = self.current.get(key)
        timeout = TIMEOUT_MS.get(look.sdk, 0)
        for one in events:
            event = one[2]
            session, time_ms = event[4], event[1]
            if time_ms is None:
                continue
            if kept is None or session != kept[_ID]:
                if event[0] in SESSION_ENDS:
                    # The mark of an older session, sent with the next one.
                    continue
                if kept is not None:
                    self._change(look, kept, one, timeout, report)
                kept = [session, time_ms, time_ms, 0, False, one[0], False]
                self.current.put(key, kept)
                _check_start(look, one, report)
            else:
                self._go_on(kept, one, timeout, look.sdk, report)
            if event[0] in SESSION_STARTS:
                kept[_STARTED] = True
            elif event[0] not in _NOT_EVENTS:
                kept[_OTHERS] += 1
            if event[0] not in SESSION_ENDS and time_ms > kept[_LAST]:
                kept[_LAST], kept[_LAST_ID] = time_ms, one[0]

    def _go_on(self, kept: list[Any], one: Arrived, timeout: int, sdk: Sdk, report: Report) -> None:
        """One more event of the current session."""
        time_ms = one[2][1] or 0
        gap = time_ms - kept[_LAST]
        if timeout and gap > timeout and one[2][0] not in _NOT_EVENTS:
            rule = WRONG_SPLIT if sdk is Sdk.WEB else TOO_LONG
            sentence = (
                f"Session {kept[_ID]} goes on after a pause of {span(gap)}; it should have ended"
                f" after {span(timeout)}."
            )
            report.add(rule, "goes on", sentence, [one], also=kept[_LAST_ID])
        if time_ms - _begin(kept) > DAY_MS and not kept[_SAID]:
            kept[_SAID] = True
            sentence = (
                f"Session {kept[_ID]} began at {moment(_begin(kept))} and lasts"
                f" {span(time_ms - _begin(kept))} so far: session charts leave it out."
            )
            report.add(TOO_LONG, "longer than a day", sentence, [one])

    def _change(
        self, look: Look, kept: list[Any], one: Arrived, timeout: int, report: Report
    ) -> None:
        """The device goes from one session to the next."""
        gap = (one.event.time_ms or 0) - kept[_LAST]
        if 0 <= gap <= timeout:
            sentence = (
                f"Session {kept[_ID]} was followed by {one.event.session_id} after only"
                f" {span(gap)}; its timeout is {span(timeout)}."
            )
            report.add(WRONG_SPLIT, "split", sentence, [one], also=kept[_LAST_ID])
        if not kept[_STARTED]:
            # It may have begun before anything was captured.
            return
        if not kept[_OTHERS]:
            sentence = f"Session {kept[_ID]} of {moment(kept[_FIRST])} has no events of its own."
            report.add(ONLY_MARKS, "", sentence, [one], also=kept[_LAST_ID])
        self._count(look.source, kept, one, report)

    def _count(self, source: int, kept: list[Any], one: Arrived, report: Report) -> None:
        ended = self.ended.get(source)
        if ended is None:
            ended = [0, 0]
            self.ended.put(source, ended)
        is_empty = kept[_LAST] <= _begin(kept)
        ended[_ENDED] += 1
        ended[_EMPTY] += is_empty
        if is_empty and ended[_ENDED] >= ENOUGH_SESSIONS and ended[_EMPTY] * 2 > ended[_ENDED]:
            sentence = f"{ended[_EMPTY]} of {ended[_ENDED]} sessions have no length."
            report.add(NO_LENGTH, "", sentence, [one], also=kept[_LAST_ID])


def _begin(kept: list[Any]) -> int:
    """When a session began: its id, when that is such a time, else its first event."""
    begin: int = min(kept[_ID], kept[_FIRST])
    return begin if begin >= kept[_FIRST] - DAY_MS else int(kept[_FIRST])


def _check_start(look: Look, one: Arrived, report: Report) -> None:
    """Whether the id of a session that is new here is the time at which it began."""
    session, time_ms = one.event.session_id or 0, one.event.time_ms or 0
    now_ms = look.arrival.capture.at_ms
    upload = look.upload
    if upload and upload.client_upload_ms is not None:
        # By the sender's own clock.
        now_ms = max(now_ms, upload.client_upload_ms)
    if session < YEAR_2010_MS:
        what = "which is no time in milliseconds of this age"
    elif session > now_ms + FUTURE_MS:
        what = f"{moment(session)}, which is in the future"
    elif time_ms < session - START_MS:
        what = f"yet its event {shown(one.event.type)} is of {span(session - time_ms)} earlier"
    elif one.event.type in SESSION_STARTS and time_ms > session + START_MS:
        what = f"yet it is marked as begun {span(time_ms - session)} later"
    else:
        return
    subject = look.library or "(no library)"
    report.add(NO_START, subject, f"The session_id is {session}, {what}.", [one])
