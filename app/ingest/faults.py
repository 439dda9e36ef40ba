"""
Faults on purpose: which exchange fails how, written as `KIND[=VALUE][@SHARE][#COUNT][,FOR=WHAT]…`.

    500#2                         the first two uploads
    429@0.5                       every second upload
    latency=1500                  every upload waits 1.5 s
    reset,host=api2.amplitude.com,on=identify

A share is exact rather than random, so that a person can count on it. Of several faults that
meet an upload the first decides its end; latencies add up.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

from app.errors import BadInput
from app.ingest.answer import json_answer
from app.ingest.endpoints import UPLOADS, Endpoint, endpoint_of
from app.ingest.limits import silenced_body, throttled_body
from app.ingest.rules import DEFAULT
from app.ingest.validate import refused
from app.model import Capture, Decoded, Event, Response

LATENCY = "latency"
DRIP = "drip"
RESET = "reset"
TIMEOUT = "timeout"
TRUNCATED = "truncated"
WRONG_OK = "wrong-ok"
AFTER = "after"
"""A connection that is reset after the upload was taken: only its answer is lost."""
CONFIG_HANG = "remote-config-hang"
CONFIG_FORCE = "remote-config-force"
CONFIG_CLICKS = "remote-config-clicks"
"""No fault: clicks on elements are reported for a while, so that they can be labeled."""
CONFIGS = (CONFIG_HANG, CONFIG_FORCE, CONFIG_CLICKS)
STATUSES = ("400", "413", "429", "500", "502", "503", "504")
KINDS = (
    *STATUSES,
    *(LATENCY, DRIP, RESET, TIMEOUT, TRUNCATED, WRONG_OK, *CONFIGS),
)

REFUSALS = ("fields", "missing", "ids", "silenced", "key", "json", "request")
"""Values of 400: which of its documented bodies."""
THROTTLES = ("rate", "quota")
"""Values of 429: wait, or give up for today."""

_NUMBERS = {LATENCY: 1000, DRIP: 50, TIMEOUT: 60, CONFIG_HANG: 60}
"""Kinds whose value is a number, and what it is when none is given: milliseconds, milliseconds a
byte, seconds."""
_WORDS = {"400": REFUSALS, "429": THROTTLES, RESET: ("before", AFTER)}
_LARGEST_NUMBER = 600_000

_FAULT = re.compile(r"(?P<kind>[a-z0-9-]+)(?:=(?P<value>[a-z0-9]+))?(?P<rest>(?:[@#][0-9.]+)*)")
_FORCED = dict.fromkeys(
    (
        *("attribution", "elementInteractions", "fileDownloads", "formInteractions"),
        *("frustrationInteractions", "networkTracking", "pageViews", "sessions", "webVitals"),
    ),
    True,
)


@dataclass(slots=True)
class FaultRule:
    """One fault, and whom it meets. `left` counts down; None is for ever."""

    text: str
    kind: str
    value: str = ""
    share: float = 1.0
    left: int | None = None
    host: str = ""
    source: str = ""
    on: Endpoint | None = None
    met: int = 0
    """How many exchanges it has met."""
    _due: float = 0.0

    @property
    def number(self) -> int:
        """The value as a number."""
        return int(self.value or _NUMBERS[self.kind])

    @property
    def is_silent(self) -> bool:
        """Whether the request never gets to whoever would answer it."""
        if self.kind == RESET:
            return self.value != AFTER
        return self.kind in (TIMEOUT, CONFIG_HANG)

    def meets(self, capture: Capture, decoded: Decoded) -> bool:
        """Whether it is this exchange's turn. Asking counts."""
        if self.left == 0 or not self._concerns(capture, decoded):
            return False
        self._due += self.share
        if self._due < 1:
            return False
        self._due -= 1
        self.met += 1
        if self.left is not None:
            self.left -= 1
        return True

    def _concerns(self, capture: Capture, decoded: Decoded) -> bool:
        endpoint = endpoint_of(capture, decoded)
        if self.on:
            wanted = endpoint is self.on
        elif self.kind in CONFIGS:
            wanted = endpoint is Endpoint.REMOTE_CONFIG
        else:
            wanted = endpoint in UPLOADS
        if not wanted or (self.host and self.host != _host(capture.url)):
            return False
        asked = decoded.upload.api_key if decoded.upload else decoded.contents.get("api_key")
        return not self.source or asked == self.source


@dataclass(frozen=True, slots=True)
class Plan:
    """What shall happen to one exchange."""

    latency_ms: int = 0
    end: FaultRule | None = None


NOTHING = Plan()


class Faults:
    """The faults that are on."""

    def __init__(
        self, texts: Iterable[str] = (), changed: Callable[[], None] | None = None
    ) -> None:
        """`changed` hears when a counted fault has met its last. Raises BadInput."""
        self._rules = [parse_fault(text) for text in texts]
        self.changed = changed
        self.met: Callable[[], None] | None = None
        """Hears when an exchange met a fault."""

    @property
    def texts(self) -> list[str]:
        """The faults that are on, as they were written."""
        return [rule.text for rule in self._rules]

    @property
    def counts(self) -> list[int]:
        """How many exchanges each of them has met."""
        return [rule.met for rule in self._rules]

    def replace(self, texts: Iterable[str]) -> None:
        """Have these from now on. One that was on already goes on counting. Raises BadInput, and
        then nothing changes."""
        known = {rule.text: rule for rule in self._rules}
        self._rules = [known.get(text.strip()) or parse_fault(text) for text in texts]

    def plan(self, capture: Capture, decoded: Decoded) -> Plan:
        """What shall happen to this exchange."""
        if not self._rules:
            return NOTHING
        latency, end = 0, None
        for rule in self._rules:
            if rule.kind == LATENCY:
                latency += rule.number if rule.meets(capture, decoded) else 0
            elif end is None and rule.meets(capture, decoded):
                end = rule
        if self.met and (latency or end):
            self.met()
        left = [rule for rule in self._rules if rule.left != 0]
        if len(left) < len(self._rules):
            self._rules = left
            if self.changed:
                self.changed()
        return Plan(latency, end)


def parse_fault(text: str) -> FaultRule:
    """A fault as a person writes it. Raises BadInput."""
    head, *conditions = text.strip().split(",")
    found = _FAULT.fullmatch(head)
    if not found or found["kind"] not in KINDS:
        raise BadInput(f"There is no fault {head!r}.", f"There are {', '.join(KINDS)}.")
    rule = FaultRule(text.strip(), found["kind"], found["value"] or "")
    _check_value(rule)
    for sign, number in re.findall(r"([@#])([0-9.]+)", found["rest"]):
        _limit(rule, sign, number)
    for condition in conditions:
        _restrict(rule, condition)
    return rule


def answer(rule: FaultRule, capture: Capture, decoded: Decoded) -> Response | None:
    """The response that a fault stands for, or None when it has none of its own."""
    response = _answer(rule, capture, decoded)
    return marked(rule, response) if response else None


def marked(rule: FaultRule, response: Response) -> Response:
    """The response with a header that says where it comes from."""
    headers = (*response.headers, ("X-Eventscope-Fault", rule.text))
    return Response(response.status, headers, response.body)


def wrong_ok(capture: Capture) -> Response:
    """What careless first-party proxies say: without a code in it, SDKs send again and again."""
    return json_answer(capture, 200, {"ok": True})


def _answer(rule: FaultRule, capture: Capture, decoded: Decoded) -> Response | None:
    events = decoded.upload.events if decoded.upload else ()
    match rule.kind:
        case "400":
            key = (decoded.upload and decoded.upload.api_key) or ""
            return json_answer(capture, 400, _refusal(rule.value, events, key))
        case "413":
            return json_answer(capture, 413, {"code": 413, "error": "Payload too large"})
        case "429":
            return json_answer(capture, 429, _throttle(rule.value, events))
        case "500":
            return json_answer(capture, 500, {"code": 500, "error": "Internal Server Error"})
        case "503":
            return json_answer(capture, 503, {"code": 503, "error": "Service Unavailable"})
        case "502" | "504":
            return _gateway(rule.kind)
        case "remote-config-force":
            forced = {"analyticsSDK": {"browserSDK": {"autocapture": _FORCED}}}
            return json_answer(capture, 200, {"configs": forced})
        case "remote-config-clicks":
            # In open shadow roots too (labeling §A1): they hold much of what people click.
            deep = {"shadowDomEnabled": True, "maxShadowDomDepth": 10}
            clicks = {"elementInteractions": True, "elementSelector": deep}
            told = {"analyticsSDK": {"browserSDK": {"autocapture": clicks}}}
            return json_answer(capture, 200, {"configs": told})
        case _:
            return None


def _refusal(value: str, events: tuple[Event, ...], api_key: str) -> dict[str, object]:
    first = [0] if events else []
    match value:
        case "ids":
            return {
                "code": 400,
                "error": "Invalid id length for user_id or device_id",
                "events_with_invalid_id_lengths": {"user_id": first},
            }
        case "silenced":
            device = events[0].device_id if events else None
            return silenced_body([device] if device else [], first, DEFAULT.eps)
        case "key":
            return refused(f"Invalid API key: {api_key}")
        case "json":
            return refused("Invalid JSON request body")
        case "request":
            return refused("Request missing required field", "api_key")
        case "missing":
            return refused("Invalid field values on some events", missing={"event_type": first})
        case _:
            return refused("Invalid field values on some events", invalid={"time": first})


def _throttle(value: str, events: tuple[Event, ...]) -> dict[str, object]:
    """Everybody in the upload is beyond the limit."""
    users = {event.user_id for event in events if event.user_id}
    devices = {event.device_id for event in events if event.device_id}
    everything = list(range(len(events)))
    if value == "quota":
        much = DEFAULT.daily_quota + 1
        return throttled_body(
            DEFAULT.eps,
            users={},
            devices={},
            indexes=everything,
            quota_users=dict.fromkeys(users, much),
            quota_devices=dict.fromkeys(devices, much),
        )
    return throttled_body(
        DEFAULT.eps,
        users=dict.fromkeys(users, DEFAULT.eps + 1),
        devices=dict.fromkeys(devices, DEFAULT.eps + 1),
        indexes=everything,
    )


def _gateway(status: str) -> Response:
    """A load balancer's page: no JSON, and nothing that lets a page in a browser read it."""
    reason = {"502": "Bad Gateway", "504": "Gateway Time-out"}[status]
    page = f"<html><head><title>{status} {reason}</title></head><body>{reason}</body></html>"
    return Response(int(status), (("Content-Type", "text/html"),), page.encode())


def _check_value(rule: FaultRule) -> None:
    words = _WORDS.get(rule.kind)
    if words:
        if rule.value and rule.value not in words:
            raise BadInput(
                f"{rule.kind} cannot be {rule.value!r}.", f"It can be {', '.join(words)}."
            )
    elif rule.kind in _NUMBERS:
        value = rule.value or "0"
        if not value.isdecimal() or len(value) > 9 or int(value) > _LARGEST_NUMBER:
            raise BadInput(f"{rule.kind} needs a number up to {_LARGEST_NUMBER}.")
    elif rule.value:
        raise BadInput(f"{rule.kind} takes no value.")


def _limit(rule: FaultRule, sign: str, number: str) -> None:
    try:
        if sign == "@":
            rule.share = float(number)
        else:
            rule.left = int(number)
    except ValueError as error:
        raise BadInput(f"{number!r} in {rule.text!r} is not a number.") from error
    if not 0 < rule.share <= 1:
        raise BadInput(f"The share in {rule.text!r} must be above 0 and at most 1.")
    if rule.left == 0:
        raise BadInput(f"The count in {rule.text!r} must be above 0.")


def _restrict(rule: FaultRule, condition: str) -> None:
    name, _, value = condition.strip().partition("=")
    if name == "host" and value:
        rule.host = value.lower()
    elif name == "source" and value:
        rule.source = value
    elif name == "on" and value in set(Endpoint):
        rule.on = Endpoint(value)
    else:
        raise BadInput(
            f"{condition!r} in {rule.text!r} is not a condition.",
            f"There are host=, source= and on= with {', '.join(Endpoint)}.",
        )


def _host(url: str) -> str:
    try:
        return (urlsplit(url).hostname or "").lower()
    except ValueError:
        return ""
