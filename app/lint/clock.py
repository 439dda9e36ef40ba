"""
Times of events: no milliseconds, in the future, a clock that is wrong, late uploads
(LNT-07, 08, 09 and WIRE-02). Remembers nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from app.lint.look import SESSION_MARKS, Family, Look, Sdk
from app.lint.report import Report
from app.lint.rule import Rule, error, info, warning
from app.lint.words import moment, shown, span

if TYPE_CHECKING:
    from app.study.arrival import Arrived

NO_MILLISECONDS = error(
    "LNT-07",
    "Time is not in milliseconds",
    "Send time as milliseconds since 1970, as a number: Date.now(), or seconds times 1000.",
)
CLOCK_OFF = warning(
    "LNT-08",
    "The sender's clock is off by a minute or more",
    "Amplitude moves such events by the difference. Set the clock of the device, and send"
    " client_upload_time when you upload by yourself.",
)
LATE = info(
    "LNT-09",
    "Uploaded long after it happened",
    "Usually the device was offline or the app in the background. If not, flush more often, or"
    " before the program ends.",
)
AHEAD = warning(
    "WIRE-02",
    "Time is more than a day ahead",
    "Check the clock and the time zone: time counts from 1970 in UTC.",
)

EARLIEST_MS = 1_000_000_000_000
"""September 2001. What is smaller was hardly meant as milliseconds."""
DAY_MS = 86_400_000
YEAR_MS = 365 * DAY_MS
CLOCK_OFF_MS = 60_000
"""From this difference on, Amplitude moves events (semantics §1)."""
LATE_MS = 60_000
"""How much later than the flush interval is late."""
FLUSH_MS = {Sdk.WEB: 1000, Sdk.MOBILE: 30_000, Sdk.SERVER: 10_000, Sdk.OTHER: 30_000}
"""Default flush intervals (wire-format §3.2)."""
_SECONDS = range(100_000_000, 100_000_000_000)


class Clock(Family):
    """Compares three times: of the event, of the upload as its sender has it, and ours."""

    rules: ClassVar[tuple[Rule, ...]] = (NO_MILLISECONDS, CLOCK_OFF, LATE, AHEAD)

    def take(self, look: Look, report: Report) -> None:
        if not look.fresh:
            return
        latest = look.arrival.capture.at_ms + DAY_MS
        for one in look.fresh:
            time_ms = one[2][1]
            if time_ms is None or not EARLIEST_MS <= time_ms <= latest:
                _say_time(one, latest - DAY_MS, report)
        upload = look.upload
        if upload and upload.client_upload_ms is not None:
            _offset(look, upload.client_upload_ms, report)
            _lag(look, upload.client_upload_ms, report)


def _say_time(one: Arrived, now_ms: int, report: Report) -> None:
    sent = one.event.fields.get("time")
    kind, time_ms = one.event.type, one.event.time_ms
    if sent is None:
        # The server takes the time of the upload.
        return
    if time_ms is None:
        what = f"is {shown(sent)}, which is no number of milliseconds"
    elif time_ms > now_ms + YEAR_MS:
        what = f"is {time_ms}, {moment(time_ms)}: more than a year ahead"
    elif time_ms > now_ms + DAY_MS:
        sentence = f"{shown(kind)} has time {moment(time_ms)}, {span(time_ms - now_ms)} ahead."
        report.add(AHEAD, kind, sentence, [one])
        return
    elif time_ms in _SECONDS:
        what = f"is {time_ms}, which looks like seconds: {moment(time_ms * 1000)}"
    else:
        what = f"is {time_ms}, which is {moment(time_ms)}" if time_ms else "is 0"
    report.add(NO_MILLISECONDS, kind, f"The time of {shown(kind)} {what}.", [one])


def _offset(look: Look, client_ms: int, report: Report) -> None:
    server_ms = look.arrival.capture.at_ms
    if abs(server_ms - client_ms) < CLOCK_OFF_MS:
        return
    first = look.fresh[0].event
    side = "behind" if client_ms < server_ms else "ahead"
    sentence = (
        f"The sender says {moment(client_ms)} and it arrived at {moment(server_ms)}: its clock is"
        f" {span(server_ms - client_ms)} {side}."
    )
    if first.time_ms is not None:
        moved = first.time_ms + server_ms - client_ms
        sentence += f" {shown(first.type)} of {moment(first.time_ms)} counts as {moment(moved)}."
    report.add(CLOCK_OFF, first.device_id or first.user_id or "", sentence, look.fresh)


def _lag(look: Look, client_ms: int, report: Report) -> None:
    limit = client_ms - FLUSH_MS[look.sdk] - LATE_MS
    # Marks of a session that ended are sent when the next one begins, which says nothing.
    late: list[Any] = [
        one
        for one in look.fresh
        if (time_ms := one[2][1]) is not None
        and EARLIEST_MS <= time_ms < limit
        and one[2][0] not in SESSION_MARKS
    ]
    if late:
        oldest = min(late, key=lambda one: one.event.time_ms).event
        sentence = (
            f"{shown(oldest.type)} happened {span(client_ms - oldest.time_ms)} before it was"
            f" uploaded ({moment(oldest.time_ms)})."
        )
        report.add(LATE, look.library or "(no library)", sentence, late)
