"""
What there is to know about one upload, in the order in which a person asks.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from app.ingest.outcome import Judgement
from app.model import Capture, Delivery, Upload
from ui.inspector.facts import Fact, Section
from ui.pages.ingestion.columns import duration
from ui.plain import local_time, number, plural, size, utc_time
from ui.table.cells import VIA_WORD

if TYPE_CHECKING:
    from app.store.captures import Stored
    from app.store.report.rows import UploadRow

MOST_TYPES = 12
MOST_REASONS = 8


def upload_sections(stored: Stored, row: UploadRow, project: str) -> tuple[Section, ...]:
    """Everything about one request, by headings; those with nothing below are left out."""
    capture, upload = stored.capture, stored.decoded.upload
    found = [
        Section("Answer", tuple(_answer(capture, row, stored.judgement, upload))),
        Section("Request", tuple(_request(capture, row, project))),
        Section("Size and time", tuple(_measures(capture, row, upload))),
        Section("Events", tuple(_types(upload))),
    ]
    return tuple(section for section in found if section.facts)


def _ours(name: str, value: object, tone: str = "text") -> Fact:
    return Fact(name, value, is_ours=True, tone=tone)


def _answer(
    capture: Capture, row: UploadRow, judgement: Judgement, upload: Upload | None
) -> list[Fact]:
    response = capture.response
    said = str(response.status) if response else capture.failure or "None yet"
    facts = [_ours("HTTP status", said, "text" if response else "warning")]
    if response and row.status not in {None, response.status}:
        facts.append(_ours("In the body", str(row.status), "bad"))
    if row.reason or row.problem:
        facts.append(_ours("Reason", row.reason or row.problem, "bad"))
    for position, verdict in sorted(judgement.apart.items())[:MOST_REASONS]:
        kind = upload.events[position].type if upload else ""
        facts.append(_ours(f"Event {position + 1}", f"{kind}: {verdict.reason}"))
    if len(judgement.apart) > MOST_REASONS:
        more = plural(len(judgement.apart) - MOST_REASONS, "further event")
        facts.append(_ours("And", f"{more} at fault"))
    if row.attempt > 1:
        facts.append(_ours("Sent again", f"attempt {row.attempt} of upload {row.retry_of:,}"))
    return facts


def _request(capture: Capture, row: UploadRow, project: str) -> list[Fact]:
    facts = [
        _ours("Endpoint", row.endpoint),
        _ours("Address", f"{capture.method} {capture.url}"),
        _ours("Via", VIA_WORD[capture.via]),
    ]
    if capture.delivery is Delivery.LOCAL:
        facts.append(_ours("Delivery", "Answered here, not sent on", "warning"))
    for name, value in (("Project", project), ("SDK", row.sdk)):
        if value:
            facts.append(_ours(name, value))
    return facts


def _measures(capture: Capture, row: UploadRow, upload: Upload | None) -> list[Fact]:
    facts = [
        _ours("Received", local_time(capture.at_ms)),
        _ours("In UTC", utc_time(capture.at_ms)),
    ]
    if upload and upload.client_upload_ms is not None:
        skew = capture.at_ms - upload.client_upload_ms
        facts.append(_ours("Sent, by its clock", local_time(upload.client_upload_ms)))
        facts.append(_ours("Clock is off by", _skew(skew)))
    if row.latency_ms is not None:
        facts.append(_ours("Answered after", duration(row.latency_ms)))
    facts.append(_ours("On the wire", f"{size(row.wire_bytes)} ({row.wire_bytes:,} bytes)"))
    if row.compression != "none":
        unpacked = f"{size(row.body_bytes)}, packed with {row.compression}"
        facts.append(_ours("Unpacked", unpacked))
    return facts


def _skew(skew_ms: int) -> str:
    if abs(skew_ms) < 1000:
        return "less than a second"
    side = "behind" if skew_ms > 0 else "ahead"
    corrected = ", event times are corrected" if abs(skew_ms) >= 60_000 else ""
    return f"{duration(abs(skew_ms))} {side}{corrected}"


def _types(upload: Upload | None) -> list[Fact]:
    if upload is None:
        return []
    counted = Counter(event.type for event in upload.events).most_common()
    facts = [Fact(kind or "(no type)", number(seen), is_ours=True) for kind, seen in counted]
    left = facts[MOST_TYPES:]
    return facts[:MOST_TYPES] + ([_ours("And", plural(len(left), "further type"))] if left else [])
