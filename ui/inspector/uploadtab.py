"""
The tab Upload: the request that brought an event and its answer, in the order in which a person
asks: what came of it, what was sent where, how large and how fast, and both heads.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from app.filter import Condition
from app.ingest.reaction import reaction
from app.model import Delivery, Headers
from ui.inspector.facts import Fact, Section, upload_facts
from ui.plain import local_time, plural, utc_time

if TYPE_CHECKING:
    from app.store.events import EventDetail

MINUTE_MS = 60_000
_APART = {"Status", "Took", "Size", "Compression", "Transport", "Client upload time"}
_MEASURES = {"Took", "Size", "Compression", "Transport"}


def upload_sections(detail: EventDetail, project: str) -> tuple[Section, ...]:
    """Everything about the upload; headings with nothing below are left out."""
    capture = detail.capture
    known = upload_facts(detail, project)
    response = capture.response
    found = [
        Section("Answer", tuple(_answer(detail, known))),
        Section("Attempts", tuple(_attempts(detail))),
        Section("Request", tuple(one for one in known if one.name not in _APART)),
        Section("Time and size", tuple(_measures(detail, known))),
        Section("Request headers", _heads(capture.headers)),
        Section("Response headers", _heads(response.headers if response else ())),
    ]
    return tuple(section for section in found if section.facts)


def _answer(detail: EventDetail, known: list[Fact]) -> list[Fact]:
    capture = detail.capture
    tone = "text" if capture.response and capture.response.status < 300 else "warning"
    facts = [replace(one, tone=tone) for one in known if one.name == "Status"]
    if capture.delivery is Delivery.LOCAL:
        facts.append(Fact("Delivery", "Answered here, not sent on", is_ours=True, tone="warning"))
    if detail.sendings and detail.sendings[-1].upload_id != detail.row.upload_id:
        last = detail.sendings[-1].upload_id
        says = f"It was sent again, the last time as upload {last:,}."
    else:
        attempt = detail.sendings[-1].attempt if detail.sendings else 1
        says = reaction(detail.upload, capture, attempt).sentence
    return [*facts, Fact("What the SDK does next", says, is_ours=True)]


def _attempts(detail: EventDetail) -> list[Fact]:
    if len(detail.sendings) < 2:
        return []
    facts: list[Fact] = []
    before = None
    for one in detail.sendings:
        said = str(one.status or one.failure or "no answer yet")
        delay = "" if before is None else f"after {(one.at_ms - before) / 1000:.1f} s: "
        here = " (this one)" if one.upload_id == detail.row.upload_id else ""
        tone = "good" if one.status and one.status < 300 else "warning"
        sent = Condition("upload", str(one.upload_id))
        text = f"{delay}{said}{here}"
        facts.append(Fact(f"Attempt {one.attempt}", text, is_ours=True, tone=tone, condition=sent))
        before = one.at_ms
    return facts


def _measures(detail: EventDetail, known: list[Fact]) -> list[Fact]:
    capture, upload = detail.capture, detail.upload
    facts = [
        Fact("Received", local_time(capture.at_ms), is_ours=True),
        Fact("… in UTC", utc_time(capture.at_ms), is_ours=True),
    ]
    if upload.client_upload_ms is not None:
        facts.append(Fact("Sent, by its clock", local_time(upload.client_upload_ms), is_ours=True))
        facts.append(_skew(capture.at_ms - upload.client_upload_ms))
    return [*facts, *(one for one in known if one.name in _MEASURES)]


def _skew(skew_ms: int) -> Fact:
    """How far the sender's clock is off; from a minute on, event times are corrected by it."""
    seconds = abs(skew_ms) / 1000
    if seconds < 1:
        return Fact("Its clock is off by", "less than a second", is_ours=True)
    side = "behind" if skew_ms > 0 else "ahead"
    if abs(skew_ms) < MINUTE_MS:
        return Fact("Its clock is off by", f"{seconds:.1f} s ({side})", is_ours=True)
    text = f"{plural(round(seconds / 60), 'minute')} ({side}); event times are corrected"
    return Fact("Its clock is off by", text, is_ours=True, tone="warning")


def _heads(headers: Headers) -> tuple[Fact, ...]:
    return tuple(Fact(name, value, is_ours=True) for name, value in headers)
