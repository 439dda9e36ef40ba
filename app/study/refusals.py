"""
What an answer says against an upload: why it was refused, and who sent too much.

Reasons are sentences that do not name a user or a device, so that they can be counted.
"""

from collections import Counter
from typing import Any, NamedTuple

from app.decode.body import clean
from app.decode.request import answer_json
from app.ingest.outcome import Judgement, Verdict
from app.model import Capture, Outcome, Upload

Json = dict[str, Any]

THROTTLED = "throttled"
QUOTA = "quota"
SILENCED = "silenced"
TOO_FAST = "A user or device sends too many events a second."
USED_UP = "A user or device has used up its daily quota."
IS_SILENCED = "The device is silenced."

MOST_NAMES = 2000
"""How many users and devices of one answer are listed; an upload has no more events."""
LONGEST_NAME = 1000
_LISTS = (
    ("throttled_users", THROTTLED, "user"),
    ("throttled_devices", THROTTLED, "device"),
    ("exceeded_daily_quota_users", QUOTA, "user"),
    ("exceeded_daily_quota_devices", QUOTA, "device"),
)


class Refusal(NamedTuple):
    """Why, and how many events were refused for it."""

    reason: str
    events: int


class Limit(NamedTuple):
    """One user or device that was named: `kind` is `throttled`, `quota` or `silenced`, `who` is
    `user` or `device`. `rate` is as the server said it, events a second or a day."""

    kind: str
    who: str
    name: str
    rate: float | None
    threshold: float | None
    events: int


class Said(NamedTuple):
    """What an answer comes to. `status` is 0 when there was none."""

    status: int
    refusals: tuple[Refusal, ...] = ()
    limits: tuple[Limit, ...] = ()


def said_of(upload: Upload, capture: Capture, judgement: Judgement) -> Said:
    """What the answer says. SDKs go by the `code` in the body, and so does the status here."""
    response = capture.response
    if response is None:
        return Said(0, (Refusal(judgement.all.reason, len(upload.events)),))
    is_taken = judgement.all.outcome is Outcome.ACCEPTED and not judgement.apart
    if is_taken and 200 <= response.status < 300:
        return Said(response.status)
    found = answer_json(capture)
    document: Json = found if isinstance(found, dict) else {}
    status = _status(document, response.status)
    if is_taken:
        return Said(status)
    if 200 <= status < 300:
        # Endpoints for forms say "invalid_api_key" and the like, which SDKs take for a refusal.
        status = 400
    limits = tuple(_limits(upload, document))
    return Said(status, tuple(_refusals(upload, judgement, limits)), limits)


def _status(document: Json, status: int) -> int:
    code = document.get("code")
    return code if type(code) is int and 100 <= code <= 599 else status


def _refusals(upload: Upload, judgement: Judgement, limits: tuple[Limit, ...]) -> list[Refusal]:
    if not judgement.apart:
        return [Refusal(judgement.all.reason, len(upload.events))]
    used_up = {(one.who, one.name) for one in limits if one.kind == QUOTA}
    counted: Counter[str] = Counter()
    for position, verdict in judgement.apart.items():
        counted[_reason(verdict, upload, position, used_up)] += 1
    return [Refusal(reason, events) for reason, events in counted.items()]


def _reason(verdict: Verdict, upload: Upload, position: int, used_up: set[tuple[str, str]]) -> str:
    if verdict.outcome is Outcome.SILENCED:
        return IS_SILENCED
    if verdict.outcome is not Outcome.THROTTLED:
        return verdict.reason
    event = upload.events[position]
    ids = (("user", event.user_id), ("device", event.device_id))
    return USED_UP if any((who, _name(text)) in used_up for who, text in ids if text) else TOO_FAST


def _limits(upload: Upload, document: Json) -> list[Limit]:
    threshold = _amount(document.get("eps_threshold"))
    events = {
        "user": Counter(_name(event.user_id) for event in upload.events if event.user_id),
        "device": Counter(_name(event.device_id) for event in upload.events if event.device_id),
    }
    found: dict[tuple[str, str, str], Limit] = {}
    for key, kind, who in _LISTS:
        listed = document.get(key)
        for name, rate in listed.items() if isinstance(listed, dict) else ():
            text = _name(name)
            most = threshold if kind == THROTTLED else None
            found[kind, who, text] = Limit(kind, who, text, _amount(rate), most, events[who][text])
    for name in _silenced(upload, document):
        found[SILENCED, "device", name] = Limit(
            SILENCED, "device", name, None, None, events["device"][name]
        )
    return list(found.values())[:MOST_NAMES]


def _silenced(upload: Upload, document: Json) -> set[str]:
    """Devices that the answer names, and those of events that it names."""
    found = {_name(one) for one in _list(document, "silenced_devices") if isinstance(one, str)}
    for position in _list(document, "silenced_events"):
        if type(position) is int and 0 <= position < len(upload.events):
            device = upload.events[position].device_id
            if device:
                found.add(_name(device))
    return found


def _list(document: Json, key: str) -> list[Any]:
    value = document.get(key)
    return value if isinstance(value, list) else []


def _name(text: str) -> str:
    return clean(text[:LONGEST_NAME])


def _amount(value: Any) -> float | None:
    if type(value) is int or type(value) is float:
        number = float(value)
        return number if abs(number) < 1e15 else None
    return None
