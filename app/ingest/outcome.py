"""
What the server's answer says of each event of an upload (wire-format §4.1).

SDKs go by the `code` in the body and only then by the HTTP status, and so do we. HTTP V2 takes an
upload whole or not at all: when one event is refused, its neighbours were not taken either, and
that is said of them too.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from app.decode.body import clean
from app.decode.forms import LEGACY_SDK
from app.decode.http_v2 import BATCH, HTTP_V2
from app.decode.request import answer_bytes, answer_json
from app.model import Capture, Outcome, Upload

Json = dict[str, Any]


class Verdict(NamedTuple):
    """What became of one event, why in words, and which field was at fault."""

    outcome: Outcome
    reason: str = ""
    field: str = ""


@dataclass(frozen=True, slots=True)
class Judgement:
    """The verdict on an upload, and on those of its events, by position, that fared otherwise."""

    all: Verdict
    apart: dict[int, Verdict] = field(default_factory=dict)

    def of(self, position: int) -> Verdict:
        """The verdict on one event."""
        return self.apart.get(position, self.all)


ACCEPTED = Judgement(Verdict(Outcome.ACCEPTED))

_NOT_TAKEN = "Not taken, because the upload was refused"
_TEXTS = {
    "invalid_api_key": Verdict(Outcome.REJECTED, "The API key is not valid.", "api_key"),
    "bad_checksum": Verdict(Outcome.REJECTED, "The checksum does not match.", "checksum"),
    "missing_event": Verdict(Outcome.REJECTED, "The form holds no event.", "event"),
    "missing_identification": Verdict(
        Outcome.REJECTED, "The form holds no identification.", "identification"
    ),
    "request_db_write_failed": Verdict(
        Outcome.UNANSWERED, "The server could not store it: the SDK sends it again."
    ),
}
"""Answers of the endpoints that take forms: plain words instead of JSON."""
_STATUSES = {
    402: Verdict(Outcome.REJECTED, "The quota of the project is used up (402)."),
    408: Verdict(Outcome.UNANSWERED, "The server gave up waiting (408): SDKs send again."),
    413: Verdict(Outcome.REJECTED, "The upload is too large: SDKs send it again in smaller parts."),
    414: Verdict(Outcome.REJECTED, "The address is too long: such a request must be posted."),
    429: Verdict(Outcome.THROTTLED, "Too many requests: SDKs send again later."),
    503: Verdict(Outcome.UNANSWERED, "Not accepted, says the server (503): SDKs send again."),
}
_FAULTS = (
    ("events_with_missing_fields", "is missing"),
    ("events_with_invalid_fields", "is not valid"),
    ("events_with_invalid_id_lengths", "is too short or too long"),
)
"""Index maps of a 400, with what they say of the field."""


def judge(upload: Upload, capture: Capture) -> Judgement:
    """What became of the events of an upload."""
    response = capture.response
    if response is None:
        return Judgement(Verdict(Outcome.UNANSWERED, capture.failure or "No answer yet."))
    document = answer_json(capture)
    if isinstance(document, dict):
        code = document.get("code")
        status = code if type(code) is int and 100 <= code <= 599 else response.status
        if 200 <= status < 300:
            return _accepted(upload, document)
        return _refused(upload, status, document)
    if upload.endpoint in (HTTP_V2, BATCH):
        return ACCEPTED if 200 <= response.status < 300 else _refused(upload, response.status, {})
    return _by_text(upload, capture, response.status)


def duplicate(earlier: int | None) -> Verdict:
    """The verdict on an event that is one which was accepted before. The answer hides it."""
    which = "" if earlier is None else f": event {earlier}"
    reason = (
        "Amplitude has it already, from the same device with the same insert_id within seven days"
        f"{which}. It answers 200 and keeps only the first."
    )
    return Verdict(Outcome.DUPLICATE, reason, "insert_id")


def reasons(upload: Upload, capture: Capture) -> list[Verdict]:
    """The verdict on each event, in their order."""
    found = judge(upload, capture)
    return [found.of(position) for position in range(len(upload.events))]


def _accepted(upload: Upload, document: Json) -> Judgement:
    """Taken. An answer without `code` is, to SDKs of today, a failure."""
    if upload.problem:
        # Whoever answered did not look, or sees more than we do.
        reason = f"The server answered that it accepted it, but: {upload.problem}"
        return Judgement(Verdict(Outcome.ACCEPTED, reason))
    if "code" in document or upload.endpoint not in (HTTP_V2, BATCH):
        return ACCEPTED
    reason = "The answer has no code: SDKs take that for a failure and send again."
    return Judgement(Verdict(Outcome.ACCEPTED, reason))


def _by_text(upload: Upload, capture: Capture, status: int) -> Judgement:
    """The endpoints that take forms answer with a word."""
    text = answer_bytes(capture)[:200].decode("utf-8", "replace").strip()
    known = _TEXTS.get(text)
    if known:
        return Judgement(known)
    if not 200 <= status < 300:
        return _refused(upload, status, {"error": text} if "<" not in text else {})
    if upload.endpoint == LEGACY_SDK and text != "success":
        reason = 'The answer is not "success": the SDK takes that for a failure and sends again.'
        return Judgement(Verdict(Outcome.ACCEPTED, reason))
    return ACCEPTED


def _refused(upload: Upload, status: int, document: Json) -> Judgement:
    if status == 429:
        return _throttled(upload, document)
    known = _STATUSES.get(status)
    if known:
        return Judgement(known)
    if 400 <= status < 500:
        return _rejected(upload, status, document)
    reason = (
        f"The server failed ({status}): whether it was accepted is not known, and SDKs send again."
    )
    return Judgement(Verdict(Outcome.UNANSWERED, reason))


def _rejected(upload: Upload, status: int, document: Json) -> Judgement:
    """400 and its like: the whole upload, or because of some events."""
    error = _text(document.get("error"))
    missing = _text(document.get("missing_field"))
    if missing:
        reason = f"The upload has no {missing}."
        return Judgement(Verdict(Outcome.REJECTED, reason, missing))
    if error.startswith("Invalid API key"):
        return Judgement(Verdict(Outcome.REJECTED, "The API key is not valid.", "api_key"))
    apart = _faulty(document, len(upload.events))
    _silenced(upload, document, apart)
    if not apart:
        said = f"{status}: {error}" if error else str(status)
        return Judgement(Verdict(Outcome.REJECTED, f"The server answered {said}."))
    return Judgement(Verdict(Outcome.REJECTED, _because_of(apart)), apart)


def _faulty(document: Json, count: int) -> dict[int, Verdict]:
    """Events whose fields are at fault; one event may have several."""
    faults: dict[int, list[tuple[str, str]]] = {}
    for key, what in _FAULTS:
        for name, positions in _object(document, key).items():
            for position in _positions(positions, count):
                faults.setdefault(position, []).append((clean(name), what))
    return {
        position: Verdict(
            Outcome.REJECTED,
            f"{', '.join(f'{name} {what}' for name, what in found)}.",
            ", ".join(name for name, _ in found),
        )
        for position, found in faults.items()
    }


def _silenced(upload: Upload, document: Json, apart: dict[int, Verdict]) -> None:
    """Adds the events of silenced devices, and what was too much beside them."""
    count = len(upload.events)
    for position, verdict in _too_many(upload, document).items():
        apart.setdefault(position, verdict)
    positions = set(_positions(document.get("silenced_events"), count))
    devices = set(_texts(document.get("silenced_devices")))
    if devices:
        positions |= {
            position for position, event in enumerate(upload.events) if event.device_id in devices
        }
    for position in positions:
        device = upload.events[position].device_id
        reason = f"The device {device} is silenced: Amplitude ignores what it sends."
        apart[position] = Verdict(Outcome.SILENCED, reason, "device_id")


def _throttled(upload: Upload, document: Json) -> Judgement:
    apart = _too_many(upload, document)
    if not apart:
        return Judgement(_STATUSES[429])
    reason = f"{_because_of(apart)} SDKs send it again."
    return Judgement(Verdict(Outcome.THROTTLED, reason), apart)


def _too_many(upload: Upload, document: Json) -> dict[int, Verdict]:
    """Events of devices and users that send too much, a second or a day."""
    found: dict[int, Verdict] = {}
    known: dict[str, dict[str, Any]] = {
        key: _object(document, key)
        for key in (
            "exceeded_daily_quota_devices",
            "exceeded_daily_quota_users",
            "throttled_devices",
            "throttled_users",
        )
    }
    listed = set(_positions(document.get("throttled_events"), len(upload.events)))
    if not listed and not any(known.values()):
        return found
    limit = _amount(document.get("eps_threshold"))
    for position, event in enumerate(upload.events):
        for who, name, text in (
            ("device", "device_id", event.device_id),
            ("user", "user_id", event.user_id),
        ):
            if text is None or position in found:
                continue
            if text in known[f"exceeded_daily_quota_{who}s"]:
                reason = f"The {who} {text} has used up its daily quota: SDKs drop the event."
            elif text in known[f"throttled_{who}s"]:
                speed = _amount(known[f"throttled_{who}s"][text])
                reason = _speeding(who, text, speed, limit)
            else:
                continue
            found[position] = Verdict(Outcome.THROTTLED, reason, name)
        if position in listed and position not in found:
            reason = f"Too many events a second{_allowed(limit)}: SDKs wait 30 seconds."
            found[position] = Verdict(Outcome.THROTTLED, reason)
    return found


def _speeding(who: str, text: str, speed: str, limit: str) -> str:
    sends = f"sends {speed} events a second" if speed else "sends too many events a second"
    return f"The {who} {text} {sends}{_allowed(limit)}: SDKs wait 30 seconds."


def _allowed(limit: str) -> str:
    return f", {limit} are allowed" if limit else ""


def _because_of(apart: dict[int, Verdict]) -> str:
    """Events are counted from 1 for a person."""
    first = min(apart) + 1
    more = f" and {len(apart) - 1} more" if len(apart) > 1 else ""
    return f"{_NOT_TAKEN} because of event {first}{more}."


def _positions(value: Any, count: int) -> Iterable[int]:
    if not isinstance(value, list):
        return ()
    return (item for item in value if type(item) is int and 0 <= item < count)


def _object(document: Json, key: str) -> Json:
    value = document.get(key)
    return value if isinstance(value, dict) else {}


def _texts(value: Any) -> Iterable[str]:
    return (item for item in value if isinstance(item, str)) if isinstance(value, list) else ()


def _text(value: Any) -> str:
    return clean(value[:300]).strip() if isinstance(value, str) else ""


def _amount(value: Any) -> str:
    return str(value)[:20] if type(value) in (int, float) else ""
