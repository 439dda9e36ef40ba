"""
Faults in the words of people: what can be chosen, and what a written fault means.

A fault is always its text (`app.ingest.faults`); this composes one and says one.
"""

from dataclasses import dataclass

from app.ingest.endpoints import Endpoint
from app.ingest.faults import FaultRule, parse_fault


@dataclass(frozen=True, slots=True)
class Choice:
    """A kind of fault. `unit` is that of its number, empty where it has none; `usual` the number
    when none is given."""

    key: str
    title: str
    help: str
    unit: str = ""
    usual: int = 0


CHOICES = (
    Choice("500", "Server error (500)", "Nobody knows whether it was accepted. SDKs send again."),
    Choice("502", "Bad gateway (502)", "A load balancer's page instead of an answer."),
    Choice("503", "Unavailable (503)", "Not accepted. SDKs send again."),
    Choice("504", "Gateway timeout (504)", "A load balancer's page instead of an answer."),
    Choice("429=rate", "Throttled (429)", "Users and devices send too fast: SDKs wait 30 s."),
    Choice("429=quota", "Daily quota used up (429)", "SDKs drop the events."),
    Choice("413", "Too large (413)", "SDKs send again in smaller parts."),
    Choice("400=fields", "Invalid field (400)", "The time of the first event is refused."),
    Choice("400=missing", "Missing field (400)", "The first event has no event_type, it says."),
    Choice("400=ids", "Ids too short (400)", "The user_id of the first event is refused."),
    Choice("400=silenced", "Silenced device (400)", "The first event's device is ignored."),
    Choice("400=key", "Unknown API key (400)", "SDKs drop everything."),
    Choice("400=json", "Not JSON (400)", "The upload cannot be read, it says."),
    Choice("400=request", "Upload lacks a field (400)", "The upload has no api_key, it says."),
    Choice("reset", "Connection lost", "Before the upload was taken."),
    Choice("reset=after", "Answer lost", "The upload was taken, then the connection is lost."),
    Choice("timeout", "No answer", "The connection stays open, silent.", "s", 60),
    Choice("latency", "Slow", "The answer comes later.", "ms", 1000),
    Choice("drip", "Slow drip", "The answer comes a byte at a time.", "ms a byte", 50),
    Choice("truncated", "Answer cut short", "Half of it, then the connection closes."),
    Choice("wrong-ok", 'Wrong 200: {"ok":true}', "SDKs miss the code in it and send again."),
    Choice("remote-config-hang", "Remote configuration hangs", "SDKs start without it.", "s", 60),
    Choice(
        "remote-config-force",
        "Remote configuration turns all on",
        "Every kind of autocapture is on, whatever the page asked for.",
    ),
    Choice(
        "remote-config-clicks",
        "Remote configuration turns clicks on",
        "Clicks on elements are reported, so that they can be labeled.",
    ),
)
BY_KEY = {choice.key: choice for choice in CHOICES}

ENDPOINTS = {
    Endpoint.EVENTS: "HTTP V2 and Batch",
    Endpoint.IDENTIFY: "Identify",
    Endpoint.GROUP_IDENTIFY: "Group Identify",
    Endpoint.LEGACY: "Legacy SDK uploads",
    Endpoint.HTTP_V1: "HTTP V1",
    Endpoint.ATTRIBUTION: "Attribution",
    Endpoint.USER_MAPPING: "User Mapping",
    Endpoint.SESSION_REPLAY: "Session Replay",
    Endpoint.REMOTE_CONFIG: "Remote configuration",
    Endpoint.EXPERIMENT: "Experiment variants",
    Endpoint.FLAGS: "Experiment flags",
    Endpoint.DIAGNOSTICS: "Diagnostics",
}
"""What a fault can be limited to, as a person calls it."""


def composed(
    key: str,
    *,
    number: int | None = None,
    percent: int = 100,
    count: int | None = None,
    host: str = "",
    source: str = "",
    on: str = "",
) -> str:
    """The text of a fault. Raises BadInput for what cannot be meant."""
    text = key
    if number is not None and BY_KEY[key].unit:
        text += f"={number}"
    if percent < 100:
        text += f"@{percent / 100:g}"
    if count is not None:
        text += f"#{count}"
    for name, value in (("host", host.strip()), ("source", source), ("on", on)):
        if value:
            text += f",{name}={value}"
    return parse_fault(text).text


def title(text: str) -> str:
    """What a fault does. Raises BadInput."""
    rule = parse_fault(text)
    choice = _choice(rule)
    number = f": {rule.number:,} {choice.unit}" if choice.unit else ""
    return f"{choice.title}{number}"


def scope(text: str) -> str:
    """Whom a fault meets, and how often. Raises BadInput."""
    rule = parse_fault(text)
    if rule.on:
        what = ENDPOINTS.get(rule.on, str(rule.on))
    else:
        what = "Remote configuration" if rule.kind.startswith("remote-config") else "Every upload"
    parts = [what]
    if rule.source:
        parts.append(f"of the project {rule.source}")
    if rule.host:
        parts.append(f"to {rule.host}")
    words = " ".join(parts)
    if rule.share < 1:
        words += f", {rule.share:.0%} of them"
    if rule.left is not None:
        words += f", only the first {rule.left:,}" if rule.left > 1 else ", only once"
    return words


def _choice(rule: FaultRule) -> Choice:
    exact = BY_KEY.get(f"{rule.kind}={rule.value}") or BY_KEY.get(rule.kind)
    if exact:
        return exact
    # 400 and 429 without a value have a usual one.
    return BY_KEY["400=fields" if rule.kind == "400" else "429=rate"]
