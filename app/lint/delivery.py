"""
What becomes of requests: refused, unanswered, too large, too many (LNT-31, 32).

Events a second are counted as Amplitude does, over half a minute, for the newest 10 000 devices
and users. What was blocked here on purpose is no problem.
"""

from typing import Any, ClassVar

from app.decode.http_v2 import BATCH
from app.ingest.validate import MOST_EVENTS
from app.lint.look import Family, Look, Sdk
from app.lint.recent import Recent
from app.lint.report import Report
from app.lint.rule import Rule, error, warning
from app.lint.words import name as one_line
from app.lint.words import shown
from app.model import Capture, Delivery, Kind, Outcome

TOO_MUCH = warning(
    "LNT-31",
    "More than Amplitude takes at once",
    "Stay below 10 events a second of one device or user, 1 MB and 2,000 events an upload, and 10"
    " events when you upload by yourself. Use the Batch endpoint for more.",
)
NOT_TAKEN = error(
    "LNT-32",
    "Requests that were refused or not answered",
    "Read the reason, put it right and send again: SDKs drop what is refused, and give up on what"
    " is not answered.",
)

WINDOW_MS = 30_000
PER_SECOND = 10
"""The rate that documents recommend; HTTP V2 refuses beyond 30 (wire-format §4.2)."""
REFUSED_PER_SECOND = 30
LARGEST = 1_000_000
LARGEST_BATCH = 20_000_000
BATCH_EVENTS = 10
MOST_IDS = 10_000
_LOST = (Outcome.REJECTED, Outcome.THROTTLED, Outcome.SILENCED, Outcome.UNANSWERED)
_NAMES = {
    Kind.UPLOAD: "An upload",
    Kind.PREFLIGHT: "The browser's question whether it may upload (CORS)",
    Kind.REMOTE_CONFIG: "A request for remote configuration",
    Kind.EXPERIMENT: "A request for flags or variants",
}


class DeliveryRules(Family):
    """Counts per device and user, and reads answers."""

    rules: ClassVar[tuple[Rule, ...]] = (TOO_MUCH, NOT_TAKEN)

    def __init__(self) -> None:
        self.rates: Recent[tuple[int, str, str], list[int]] = Recent(MOST_IDS)

    def take(self, look: Look, report: Report) -> None:
        capture = look.arrival.capture
        if look.arrival.decoded.kind in _NAMES and capture.delivery is not Delivery.BLOCK:
            _answer(look, capture, report)
        if look.upload:
            _size(look, look.upload.endpoint, look.upload.body_bytes, report)
            if look.upload.endpoint != BATCH:
                self._rates(look, capture.at_ms, report)

    def _rates(self, look: Look, now_ms: int, report: Report) -> None:
        slot = now_ms // WINDOW_MS
        for group in look.groups:
            for who, text in (("device", group.device), ("user", group.user)):
                if text is None:
                    continue
                key = (look.source, who, text)
                kept = self.rates.get(key)
                if kept is None or kept[0] != slot:
                    self.rates.put(key, [slot, len(group.fresh)])
                    kept = [slot, len(group.fresh)]
                else:
                    kept[1] += len(group.fresh)
                if kept[1] > PER_SECOND * WINDOW_MS // 1000:
                    speed = kept[1] * 1000 / WINDOW_MS
                    limit = REFUSED_PER_SECOND if speed > REFUSED_PER_SECOND else PER_SECOND
                    what = "taken" if limit == REFUSED_PER_SECOND else "recommended"
                    sentence = (
                        f"The {who} {shown(text)} sent {kept[1]} events in 30 seconds, {speed:.0f}"
                        f" a second; {limit} are {what}."
                    )
                    report.add(TOO_MUCH, f"{who} {text}", sentence, group.fresh)


def _size(look: Look, endpoint: str, size: int, report: Report) -> None:
    count = len(look.arrival.events)
    largest = LARGEST_BATCH if endpoint == BATCH else LARGEST
    if size > largest or count > MOST_EVENTS:
        sentence = f"An upload to {endpoint} has {count:,} events and {size:,} bytes."
        report.add(TOO_MUCH, f"size of an upload to {endpoint}", sentence, look.fresh, times=1)
    elif count > BATCH_EVENTS and look.sdk is Sdk.OTHER and endpoint != BATCH and look.fresh:
        # SDKs send up to 30 together, which is their makers' business.
        sentence = f"An upload without an SDK has {count:,} events; {BATCH_EVENTS} are recommended."
        report.add(TOO_MUCH, "events in an upload", sentence, look.fresh, times=1)


def _answer(look: Look, capture: Capture, report: Report) -> None:
    kind = look.arrival.decoded.kind
    name = _NAMES[kind]
    lost: list[Any] = [one for one in look.arrival.events if one[3] in _LOST]
    response = capture.response
    if response is None:
        if capture.failure:
            sentence = f"{name} got no answer: {one_line(capture.failure, 200).rstrip('.')}."
            report.add(NOT_TAKEN, f"{kind}: no answer", sentence, lost, times=1)
        return
    if response.status < 400 and not lost:
        return
    judgement = look.arrival.judgement
    reason = (judgement.of(lost[0].place) if lost else judgement.all).reason
    sentence = f"{name} was answered with {response.status}. {reason}".rstrip()
    report.add(NOT_TAKEN, f"{kind}: {response.status}", sentence, lost, times=1)
