"""
The same thing more than once: same insert_id, same event twice in a second, far too many
(LNT-11, 12, 13, 35).

Retries of an upload and pulses of a heartbeat are no problem. Remembers the newest 50 000 insert
ids, and a checksum of the properties of the newest 10 000 pairs of person and event type, with the
times of the last second.
"""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, Any, ClassVar

import orjson

from app.decode.body import json_text
from app.ingest.dedupe import WEEK_MS
from app.lint.look import GROUP_IDENTIFY, IDENTIFY, Family, Group, Look, whom
from app.lint.recent import Recent
from app.lint.report import Report
from app.lint.rule import Rule, info, warning
from app.lint.words import shown, span
from app.model import Outcome

if TYPE_CHECKING:
    from app.study.arrival import Arrived

SAME_INSERT_ID = warning(
    "LNT-11",
    "The same insert_id again",
    "Amplitude drops an event whose insert_id it has had from the device within 7 days. Give each"
    " event an insert_id of its own, and keep it only when you send that event again.",
)
TWICE = warning(
    "LNT-12",
    "The same event twice within a second",
    "Something is tracked twice: a listener that was added twice, a click on a parent and its"
    " child, or two SDKs on one page.",
)
NO_INSERT_ID = info(
    "LNT-13",
    "No insert_id",
    "Send an insert_id, so that an upload that is sent again does not count twice.",
)
RAPID = warning(
    "LNT-35",
    "The same event very often in a second",
    "Usually an event is tracked in something that runs again and again, such as a render or a"
    " scroll. Track it once, or less often.",
)

TWICE_MS = 1000
RAPID_EVENTS = 20
RAPID_MS = 1000
MOST_PAIRS = 10_000
MOST_INSERT_IDS = 50_000
_BITS = 20
_TIME = (1 << _BITS) - 1
_MARK, _INSERT_ID, _EVENT_ID, _TIMES = range(4)

# [checksum of the properties, insert_id, event id, times within the last second]
type Kept = list[Any]


class Duplicates(Family):
    """Compares each event with the one of its kind before it, of the same person."""

    rules: ClassVar[tuple[Rule, ...]] = (SAME_INSERT_ID, TWICE, NO_INSERT_ID, RAPID)

    def __init__(self) -> None:
        self.latest: Recent[tuple[int, str | None, str | None, str], Kept] = Recent(MOST_PAIRS)
        # When each was first taken, and the time of its event, in one number: fifty thousand texts
        # and numbers are nothing to the garbage collector, tuples and lists are.
        self.insert_ids: Recent[str, int] = Recent(MOST_INSERT_IDS)

    def take(self, look: Look, report: Report) -> None:
        self._insert_ids(look, report)
        _no_insert_id(look, report)
        for group in look.groups:
            for one in group.counted:
                kind = one[2][0]
                if kind not in (IDENTIFY, GROUP_IDENTIFY):
                    self._compare(look.source, group, one, kind, report)

    def _insert_ids(self, look: Look, report: Report) -> None:
        source, known, now_ms = look.source, self.insert_ids, look.arrival.capture.at_ms
        for one in look.arrival.events:
            event = one[2]
            name = event[5]
            if name is None or "delay" in event[6]:
                continue
            key = f"{source} {name[:100]} {(event[3] or '')[:100]}"
            before = known.peek(key)
            mark = (event[1] or 0) & _TIME
            # Both ways: an import may be older than what is there.
            if before is None or abs(now_ms - (before >> _BITS)) >= WEEK_MS:
                if one[5]:
                    known.put(key, now_ms << _BITS | mark)
                elif one[3] is Outcome.DUPLICATE and one[4] is None:
                    _say_same(one, report)
            elif one[4] is None or before & _TIME != mark:
                # What is marked as sent again may still be another event with the same id.
                _say_same(one, report)

    def _compare(self, source: int, group: Group, one: Arrived, kind: str, report: Report) -> None:
        event = one[2]
        key = (source, group.user, group.device, kind)
        time_ms = event[1] if event[1] is not None else one[6]
        mark = _mark(event[7].get("event_properties"))
        kept = self.latest.get(key)
        if kept is None:
            self.latest.put(key, [mark, event[5], one[0], [time_ms]])
            return
        times = kept[_TIMES]
        gap = time_ms - times[-1]
        if -TWICE_MS <= gap <= TWICE_MS:
            if mark == kept[_MARK] and (event[5] is None or event[5] != kept[_INSERT_ID]):
                sentence = (
                    f"{shown(kind)} of {shown(whom(group))} came twice, {span(gap)} apart, with the"
                    " same properties."
                )
                report.add(TWICE, kind, sentence, [one], also=kept[_EVENT_ID])
            times.append(time_ms)
            if len(times) > RAPID_EVENTS:
                del times[: -RAPID_EVENTS - 1]
                if 0 <= time_ms - times[0] < RAPID_MS:
                    sentence = (
                        f"{shown(whom(group))} sent {shown(kind)} more than {RAPID_EVENTS} times"
                        " within a second."
                    )
                    report.add(RAPID, kind, sentence, [one])
        else:
            times[:] = (time_ms,)
        kept[_MARK], kept[_INSERT_ID], kept[_EVENT_ID] = mark, event[5], one[0]


def _mark(properties: Any) -> int:
    """A checksum of properties; the same ones in the same order have the same."""
    if not properties:
        return 0
    try:
        return zlib.crc32(orjson.dumps(properties))
    except TypeError:  # Half surrogates and integers beyond 64 bits.
        return zlib.crc32(json_text(properties).encode("utf-8", "replace"))


def _say_same(one: Arrived, report: Report) -> None:
    event = one.event
    sentence = (
        f"The insert_id {shown(event.insert_id)} of {shown(event.type)} was used before on device"
        f" {shown(event.device_id)}: Amplitude drops the event."
    )
    report.add(SAME_INSERT_ID, event.type, sentence, [one])


def _no_insert_id(look: Look, report: Report) -> None:
    without = [one for one in look.counted if one[2][5] is None]
    if without:
        what = look.library or "Something without a library"
        sentence = f"{what} sends {shown(without[-1].event.type)} without an insert_id."
        report.add(NO_INSERT_ID, look.library or "(no library)", sentence, without)
