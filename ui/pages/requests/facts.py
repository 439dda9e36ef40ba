"""
What there is to know about one exchange: the exchange itself, and what it holds.
"""

from app.model import Delivery
from app.store.captures import Stored
from ui.inspector.facts import Fact, Section
from ui.pages.requests.columns import KIND_WORD
from ui.plain import local_time, plural, size, utc_time
from ui.table.cells import VIA_WORD

MOST_EVENTS = 2000
_DELIVERIES = {
    Delivery.FORWARD: "Passed on",
    Delivery.LOCAL: "Answered here, not sent on",
    Delivery.BLOCK: "Blocked",
}


def sections(found: Stored, project: str) -> tuple[Section, ...]:
    """Everything about an exchange, by headings."""
    made = [Section("Exchange", tuple(_exchange(found, project)))]
    upload = found.decoded.upload
    if upload and upload.events:
        events = tuple(
            Fact(f"{number}. {event.type}"[:80], event.raw, f"events[{number - 1}]")
            for number, event in enumerate(upload.events[:MOST_EVENTS], 1)
        )
        made.append(Section("Events", events))
    contents = found.decoded.contents
    if contents:
        facts = tuple(Fact(str(name), value, str(name)) for name, value in contents.items())
        made.append(Section("Contents", facts))
    return tuple(made)


def _exchange(found: Stored, project: str) -> list[Fact]:
    capture, decoded = found.capture, found.decoded
    upload = decoded.upload
    key = upload.api_key if upload else decoded.api_key
    pairs = [
        ("Kind", KIND_WORD[decoded.kind]),
        ("What", decoded.note or (plural(len(upload.events), "event") if upload else "")),
        ("Endpoint", upload.endpoint if upload else ""),
        ("SDK", (upload.library or "") if upload else ""),
        ("Project", project if project != key else ""),
        ("API key", key or ""),
        ("Address", f"{capture.method} {capture.url}"),
        ("Status", str(capture.response.status) if capture.response else ""),
        ("Took", "" if capture.duration_ms is None else f"{capture.duration_ms:,} ms"),
        ("Body sent", size(len(capture.body))),
        ("Body received", size(len(capture.response.body)) if capture.response else ""),
        ("Reached us by", VIA_WORD[capture.via]),
        ("Delivery", _DELIVERIES[capture.delivery] if capture.delivery else ""),
        ("Received", local_time(capture.at_ms)),
        ("… in UTC", utc_time(capture.at_ms)),
    ]
    facts = [Fact(name, value, is_ours=True) for name, value in pairs if value]
    if upload and upload.problem:
        facts.insert(0, Fact("Problem", upload.problem, is_ours=True, tone="bad"))
    if capture.response is None:
        said = capture.failure or "No answer yet"
        tone = "bad" if capture.failure else "muted"
        facts.insert(0, Fact("Answer", said, is_ours=True, tone=tone))
    return facts
