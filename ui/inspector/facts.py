"""
What there is to know about one event, in the order in which a person asks.
"""

import time
from dataclasses import dataclass
from typing import Any

from app.filter import Condition, equals
from app.ingest.reaction import reaction
from app.model import Capture, Delivery, Outcome, Upload
from app.store.events import EventDetail
from ui.inspector.conditions import arrival_condition
from ui.plain import ago, local_time, plural, size, utc_time
from ui.table.cells import VIA_WORD

_SHOWN_APART = frozenset(
    {
        "event_type",
        "time",
        "user_id",
        "device_id",
        "session_id",
        "insert_id",
        "event_id",
        "event_properties",
        "user_properties",
        "groups",
        "group_properties",
    }
)
_SENT_WITH = {
    "platform": "Platform",
    "os_name": "OS",
    "os_version": "OS version",
    "app_version": "Version",
    "version_name": "Version name",
    "device_brand": "Device brand",
    "device_manufacturer": "Manufacturer",
    "device_family": "Device family",
    "device_type": "Device type",
    "device_model": "Device model",
    "carrier": "Carrier",
    "country": "Country",
    "region": "Region",
    "city": "City",
    "dma": "DMA",
    "language": "Language",
    "ip": "IP address",
}
"""What filters have keys for, as a person calls it."""
_FIRST_SESSION_MS = 946_684_800_000
"""Session ids are times, unless they are small numbers of somebody's own."""


@dataclass(frozen=True, slots=True)
class Fact:
    """One line. `value` is JSON from traffic, or text of ours; `path` names it in the event."""

    name: str
    value: Any
    path: str = ""
    is_ours: bool = False
    tone: str = "text"
    hint: str = ""
    condition: Condition | None = None
    """What a filter calls it, where its path does not say that."""


@dataclass(frozen=True, slots=True)
class Section:
    """Facts under a heading. `is_open` at first."""

    title: str
    facts: tuple[Fact, ...]
    is_open: bool = True


def sections(detail: EventDetail, project: str, now_ms: int | None = None) -> tuple[Section, ...]:
    """Everything about an event, by headings; those with nothing below are left out."""
    now_ms = round(time.time() * 1000) if now_ms is None else now_ms
    raw = detail.event.fields
    found = [
        Section("Event", tuple(_event(detail, now_ms))),
        _json_section("Event properties", raw, "event_properties"),
        _json_section("User properties", raw, "user_properties"),
        _json_section("Groups", raw, "groups"),
        _json_section("Group properties", raw, "group_properties"),
        Section("Sent with", _sent_with(raw)),
        Section("Upload", (*upload_facts(detail, project), *_sendings(detail))),
        Section("Other fields", _others(raw), is_open=False),
    ]
    return tuple(section for section in found if section.facts)


def outcome_sentence(detail: EventDetail) -> str:
    """Why an event has its outcome, as far as the exchange tells."""
    if detail.verdict.reason:
        return detail.verdict.reason
    capture = detail.capture
    if capture.response is None:
        return capture.failure or "No answer yet"
    return f"The server answered {capture.response.status}"


def _event(detail: EventDetail, now_ms: int) -> list[Fact]:
    row, sent = detail.row, detail.event.fields
    facts = [
        *_outcome(detail),
        *_times("Received", row.received_ms, now_ms, condition=arrival_condition(row.received_ms)),
    ]
    if row.time_ms is not None:
        facts += _times("Event time", row.time_ms, now_ms, "time")
    for name, key in (("User ID", "user_id"), ("Device ID", "device_id")):
        if key in sent:
            facts.append(Fact(name, sent[key], key))
    if "session_id" in sent:
        facts.append(Fact("Session ID", sent["session_id"], "session_id"))
        session = row.session_id
        if session is not None and session > _FIRST_SESSION_MS:
            facts.append(Fact("Session start", local_time(session), is_ours=True))
    facts += [
        Fact(name, sent[key], key)
        for name, key in (("Event ID", "event_id"), ("Insert ID", "insert_id"))
        if key in sent
    ]
    return facts


def _outcome(detail: EventDetail) -> list[Fact]:
    outcome = Condition("outcome", str(detail.verdict.outcome))
    facts = [Fact("Outcome", outcome_sentence(detail), is_ours=True, condition=outcome)]
    if detail.capture.delivery is Delivery.LOCAL:
        note = "Answered here, not sent on"
        facts.append(Fact("Delivery", note, is_ours=True, tone="warning"))
    elif detail.verdict.outcome is Outcome.ACCEPTED:
        # Silenced devices and duplicates are answered 200 as well.
        facts.append(Fact("Note", "200 does not mean stored", is_ours=True))
    if detail.verdict.field:
        facts.append(Fact("Field at fault", detail.verdict.field, is_ours=True, tone="bad"))
    if detail.repeat_of is not None:
        facts.append(Fact("Sent before", f"as event {detail.repeat_of:,}", is_ours=True))
    return facts


def _times(
    name: str, at_ms: int, now_ms: int, path: str = "", condition: Condition | None = None
) -> list[Fact]:
    return [
        Fact(
            name,
            local_time(at_ms),
            path,
            is_ours=True,
            hint=ago(at_ms, now_ms),
            condition=condition,
        ),
        Fact("… in UTC", utc_time(at_ms), path, is_ours=True),
    ]


def _json_section(title: str, raw: dict[str, Any], key: str) -> Section:
    value = raw.get(key)
    if isinstance(value, dict):
        facts = tuple(Fact(str(name), value[name], f"{key}{step(name)}") for name in value)
        return Section(title, facts)
    return Section(title, (Fact(key, value, key),) if value is not None else ())


def _sent_with(raw: dict[str, Any]) -> tuple[Fact, ...]:
    return tuple(Fact(title, raw[key], key) for key, title in _SENT_WITH.items() if key in raw)


def _others(raw: dict[str, Any]) -> tuple[Fact, ...]:
    return tuple(
        Fact(str(key), value, str(key))
        for key, value in raw.items()
        if key not in _SHOWN_APART and key not in _SENT_WITH
    )


def upload_facts(detail: EventDetail, project: str) -> list[Fact]:
    """The upload that brought an event, in short."""
    upload, capture = detail.upload, detail.capture
    count = len(upload.events)
    pairs = [
        ("Upload", f"#{detail.row.upload_id}"),
        ("Position", f"{detail.position + 1} of {plural(count, 'event')}"),
        ("Project", project),
        ("API key", upload.api_key or ""),
        ("Endpoint", upload.endpoint),
        ("SDK", upload.library or ""),
        ("Address", f"{capture.method} {capture.url}"),
        ("Reached us by", VIA_WORD[capture.via]),
        ("Transport", upload.transport),
        ("Compression", upload.compression),
        ("Size", _sizes(upload)),
        ("Status", _status(capture)),
        ("Took", "" if capture.duration_ms is None else f"{capture.duration_ms:,} ms"),
    ]
    known = {
        "Project": equals("project", project),
        "API key": equals("project", upload.api_key or ""),
        "SDK": equals("sdk", upload.library or ""),
        "Reached us by": Condition("via", str(capture.via)),
        "Upload": Condition("upload", str(detail.row.upload_id)),
    }
    if capture.response is not None:
        known["Status"] = Condition("status", str(capture.response.status))
    facts = [
        Fact(name, value, is_ours=True, condition=known.get(name)) for name, value in pairs if value
    ]
    if upload.client_upload_ms is not None:
        facts.append(Fact("Client upload time", utc_time(upload.client_upload_ms), is_ours=True))
    if upload.options:
        facts.append(Fact("Options", upload.options, "options"))
    if upload.problem:
        facts.insert(0, Fact("Problem", upload.problem, is_ours=True, tone="bad"))
    return facts


def _sendings(detail: EventDetail) -> list[Fact]:
    """The attempts to deliver the upload, and what its sender does next."""
    found, mine = detail.sendings, detail.row.upload_id
    if not found:
        return []
    facts: list[Fact] = []
    before = None
    for one in found if len(found) > 1 else ():
        said = str(one.status or one.failure or "no answer yet")
        delay = "" if before is None else f"after {(one.at_ms - before) / 1000:.1f} s: "
        here = " (this one)" if one.upload_id == mine else ""
        sent = Condition("upload", str(one.upload_id))
        text = f"{delay}{said}{here}"
        facts.append(Fact(f"Attempt {one.attempt}", text, is_ours=True, condition=sent))
        before = one.at_ms
    last = found[-1]
    if last.upload_id == mine:
        says = reaction(detail.upload, detail.capture, last.attempt).sentence
    else:
        says = f"It was sent again, the last time as upload {last.upload_id:,}."
    return [*facts, Fact("Next", says, is_ours=True)]


def _sizes(upload: Upload) -> str:
    if upload.wire_bytes == upload.body_bytes:
        return size(upload.wire_bytes)
    return f"{size(upload.wire_bytes)} sent, {size(upload.body_bytes)} unpacked"


def _status(capture: Capture) -> str:
    if capture.response is not None:
        return str(capture.response.status)
    return capture.failure or "no answer yet"


def step(name: str | int) -> str:
    """One step of a path, written as JavaScript reads it."""
    if isinstance(name, int):
        return f"[{name}]"
    if name.isidentifier():
        return f".{name}"
    escaped = name.replace("\\", "\\\\").replace('"', '\\"')
    return f'["{escaped}"]'
