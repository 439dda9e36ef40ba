"""
The columns of the tables below the charts.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC
from typing import Any

from app.store.report.rows import UploadRow
from ui.charts.ticks import full_text, local
from ui.pages.ingestion.listtable import column
from ui.pages.ingestion.statuses import tone, word
from ui.plain import clock, number, one_line, size, utc_time
from ui.table.cells import Cell, Column
from ui.table.times import short_clock

KINDS = {
    "throttled": "Throttled",
    "quota": "Daily quota used up",
    "silenced": "Silenced",
}
Names = Mapping[int, str]


@dataclass(slots=True)
class Clock:
    """Times in the zone that a person chose: their own, or UTC."""

    is_utc: bool = False

    def short(self, at_ms: int) -> str:
        """As narrow as a column."""
        if not self.is_utc:
            return short_clock(at_ms)
        moment = local(at_ms, UTC)
        return str(at_ms) if moment is None else f"{moment.day} {moment:%b %H:%M:%S}"

    def full(self, at_ms: int) -> str:
        """For copies."""
        return utc_time(at_ms) if self.is_utc else clock(at_ms)


def duration(took_ms: int | None) -> str:
    """A time that something took."""
    if took_ms is None:
        return ""
    if took_ms < 1000:
        return f"{took_ms} ms"
    if took_ms < 60_000:
        return f"{took_ms / 1000:.1f} s"
    minutes, seconds = divmod(round(took_ms / 1000), 60)
    if minutes < 60:
        return f"{minutes} min {seconds} s"
    return f"{minutes // 60:,} h {minutes % 60} min"


def upload_columns(names: Names, clocks: Clock) -> tuple[Column, ...]:
    """Requests. `names` gives projects by source id."""

    def plain(
        key: str, title: str, width: int, text: Callable[[UploadRow], str], tip: str, **looks: Any
    ) -> Column:
        tone = looks.pop("tone", "text")
        return Column(
            key,
            title,
            width,
            lambda row: Cell(one_line(text(row)), tone),
            looks.pop("value", text),
            tip,
            **looks,
        )

    return (
        Column(
            "time", "Time", 132,
            lambda row: Cell(clocks.short(row.at_ms), "muted"),
            lambda row: clocks.full(row.at_ms),
            "When it arrived here", is_mono=True,
        ),
        Column(
            "status", "Status", 138,
            lambda row: Cell(word(row.status), tone(row.status), has_dot=True),
            lambda row: word(row.status),
            "What was answered: the code in the answer's body, and otherwise its HTTP status",
        ),
        plain("reason", "Reason", 200, reason, "Why it was refused", tone="muted",
              is_wide=True, least=120),
        plain("endpoint", "Endpoint", 96, lambda row: row.endpoint, "What it was sent to",
              least=80),
        plain("events", "Events", 60, lambda row: number(row.events), "How many events it carries",
              is_number=True, value=lambda row: str(row.events)),
        plain("size", "Size", 74, lambda row: size(row.wire_bytes), "Bytes on the wire",
              is_number=True, value=lambda row: str(row.wire_bytes)),
        plain("attempt", "Try", 52, lambda row: number(row.attempt),
              "Which sending of the same events this is", is_number=True, yields=3),
        plain("latency", "Latency", 76, lambda row: duration(row.latency_ms),
              "Until it was answered", is_number=True,
              value=lambda row: "" if row.latency_ms is None else str(row.latency_ms)),
        plain("sdk", "SDK", 140, lambda row: row.sdk, "The library that sent it", tone="muted",
              cuts_middle=True, least=96, most=240, yields=2),
        plain("project", "Project", 120, lambda row: names.get(row.source_id or 0, ""),
              "The project that the API key belongs to", least=72, yields=1),
    )  # fmt: skip


def reason(row: UploadRow) -> str:
    """Why a request failed, as far as it is known."""
    return row.reason or row.problem or row.failure


def limit_columns(names: Names, clocks: Clock) -> tuple[Column, ...]:
    """Users and devices that were held back."""
    return (
        column("kind", "What", 150, lambda row: Cell(KINDS.get(row.kind, row.kind), "warning",
               has_dot=True), "What the server said of it"),
        column("who", "Who", 64, lambda row: Cell(row.who.capitalize(), "muted"),
               "A user ID or a device ID"),
        column("name", "ID", 220, lambda row: one_line(row.name), "The ID, as the server said it",
               value=lambda row: row.name, is_mono=True, is_wide=True, cuts_middle=True),
        column("rate", "Rate", 96, _rate, "The highest rate that the server said",
               is_number=True),
        column("threshold", "Allowed", 84, lambda row: _per_second(row.threshold),
               "How many events a second are allowed", is_number=True),
        column("events", "Events refused", 118, lambda row: number(row.events),
               "How many events of this ID were in those uploads",
               value=lambda row: str(row.events), is_number=True),
        column("uploads", "Uploads", 70, lambda row: number(row.uploads), "How many were refused",
               value=lambda row: str(row.uploads), is_number=True),
        column("first", "First", 132, lambda row: Cell(clocks.short(row.first_ms), "muted"),
               "When that was said first", value=lambda row: clocks.full(row.first_ms),
               is_mono=True, yields=1),
        column("last", "Last", 132, lambda row: Cell(clocks.short(row.last_ms), "muted"),
               "When that was said last", value=lambda row: clocks.full(row.last_ms), is_mono=True),
        column("project", "Project", 120, lambda row: one_line(names.get(row.source_id, "")),
               "The project that the API key belongs to", least=72, yields=2),
    )  # fmt: skip


def reason_columns(clocks: Clock) -> tuple[Column, ...]:
    """Why uploads were refused."""
    return (
        column("uploads", "Uploads", 80, lambda row: number(row.uploads),
               "How many were refused for this", value=lambda row: str(row.uploads),
               is_number=True),
        column("reason", "Reason", 380, lambda row: one_line(row.reason) or "(no reason given)",
               "Why, in words", value=lambda row: row.reason, is_wide=True),
        column("status", "Status", 150, lambda row: Cell(word(row.status), tone(row.status),
               has_dot=True), "What was answered"),
        column("events", "Events", 80, lambda row: number(row.events),
               "How many events were refused for this", value=lambda row: str(row.events),
               is_number=True),
        column("first", "First", 132, lambda row: Cell(clocks.short(row.first_ms), "muted"),
               "When it was seen first", value=lambda row: clocks.full(row.first_ms),
               is_mono=True),
        column("last", "Last", 132, lambda row: Cell(clocks.short(row.last_ms), "muted"),
               "When it was seen last", value=lambda row: clocks.full(row.last_ms),
               is_mono=True),
    )  # fmt: skip


def chain_columns(names: Names, clocks: Clock) -> tuple[Column, ...]:
    """Uploads that were sent again."""
    return (
        column("time", "First sent", 132, lambda row: Cell(clocks.short(row.at_ms), "muted"),
               "When the first attempt arrived", value=lambda row: clocks.full(row.at_ms),
               is_mono=True),
        column("tries", "Tries", 56, lambda row: number(len(row.statuses)),
               "How often it was sent", is_number=True),
        column("statuses", "Answers", 260, lambda row: Cell(_journey(row.statuses),
               tone(row.statuses[-1]), has_dot=True), "What each attempt met with",
               is_wide=True),
        column("took", "Took", 96, lambda row: duration(row.took_ms),
               "From the first attempt to the last", value=lambda row: str(row.took_ms),
               is_number=True),
        column("events", "Events", 64, lambda row: number(row.events), "In the first attempt",
               value=lambda row: str(row.events), is_number=True),
        column("endpoint", "Endpoint", 104, lambda row: one_line(row.endpoint),
               "What it was sent to"),
        column("sdk", "SDK", 170, lambda row: Cell(one_line(row.sdk), "muted"),
               "The library that sent it", cuts_middle=True, least=96, yields=2),
        column("project", "Project", 120, lambda row: one_line(names.get(row.source_id or 0, "")),
               "The project that the API key belongs to", least=72, yields=1),
    )  # fmt: skip


def _milliseconds(key: str, title: str, tip: str) -> Column:
    return column(
        key,
        title,
        92,
        lambda row: duration(getattr(row, key)),
        tip,
        value=lambda row: str(getattr(row, key)),
        is_number=True,
    )


LATENCY_COLUMNS = (
    column("endpoint", "Endpoint", 260, lambda row: one_line(row.endpoint), "What it was sent to",
           is_wide=True),
    column("answers", "Answers", 92, lambda row: number(row.answers), "How many were measured",
           value=lambda row: str(row.answers), is_number=True),
    _milliseconds("p50", "Median", "Half of the answers came within this time"),
    _milliseconds("p90", "90 %", "90 of 100 answers came within this time"),
    _milliseconds("p95", "95 %", "95 of 100 answers came within this time"),
    _milliseconds("p99", "99 %", "99 of 100 answers came within this time"),
    _milliseconds("longest", "Longest", "The slowest answer"),
)  # fmt: skip

SPREAD_COLUMNS = (
    column("name", "Range", 240, lambda row: row.name, "From when to when", is_wide=True),
    column("count", "Count", 100, lambda row: number(row.amount), "How many are in it",
           value=lambda row: str(row.amount), is_number=True),
    column("share", "Share", 80, lambda row: row.share, "Of all", is_number=True),
)  # fmt: skip

SIZE_COLUMNS = (
    column("endpoint", "Endpoint", 220, lambda row: one_line(row.endpoint), "What it was sent to",
           is_wide=True),
    column("compression", "Compression", 110, lambda row: one_line(row.compression),
           "How bodies were packed"),
    column("uploads", "Uploads", 90, lambda row: number(row.uploads), "How many",
           value=lambda row: str(row.uploads), is_number=True),
    column("wire", "On the wire", 110, lambda row: size(row.wire_bytes), "Bytes as they were sent",
           value=lambda row: str(row.wire_bytes), is_number=True),
    column("body", "Unpacked", 110, lambda row: size(row.body_bytes), "Bytes of the bodies",
           value=lambda row: str(row.body_bytes), is_number=True),
    column("saved", "Saved", 80, lambda row: _saved(row.wire_bytes, row.body_bytes),
           "What compression saved", is_number=True),
    column("mean", "Each", 100, lambda row: size(row.wire_bytes // max(1, row.uploads)),
           "Bytes of one upload, on average", is_number=True),
)  # fmt: skip

SDK_COLUMNS = (
    column("sdk", "SDK", 260, lambda row: one_line(row.sdk) or "(not said)",
           "The library, as events and headers say it", value=lambda row: row.sdk, is_wide=True,
           cuts_middle=True),
    column("uploads", "Uploads", 90, lambda row: number(row.uploads), "How many requests",
           value=lambda row: str(row.uploads), is_number=True),
    column("errors", "Errors", 90, lambda row: number(row.errors), "How many were refused",
           value=lambda row: str(row.errors), is_number=True),
    column("share", "Refused", 80, lambda row: _share(row.errors, row.uploads), "Of its requests",
           is_number=True),
    column("events", "Events", 90, lambda row: number(row.events), "In requests that were taken",
           value=lambda row: str(row.events), is_number=True),
    column("identifies", "Identifies", 90, lambda row: number(row.identifies),
           "In requests that were taken", value=lambda row: str(row.identifies), is_number=True),
    column("wire", "On the wire", 100, lambda row: size(row.wire_bytes), "Bytes as they were sent",
           value=lambda row: str(row.wire_bytes), is_number=True),
)  # fmt: skip


def _rate(row: Any) -> str:
    if row.rate is None:
        return ""
    return f"{full_text(row.rate)}/day" if row.kind == "quota" else _per_second(row.rate)


def _per_second(value: float | None) -> str:
    return "" if value is None else f"{full_text(value)}/s"


def _journey(statuses: tuple[int, ...]) -> str:
    shown = [str(status) if status else "no answer" for status in statuses[-12:]]
    return ("… → " if len(statuses) > 12 else "") + " → ".join(shown)


def _saved(wire: int, body: int) -> str:
    return f"{max(0, 1 - wire / body) * 100:.0f} %" if body else ""


def _share(part: int, whole: int) -> str:
    return f"{part / whole * 100:.1f} %" if whole else ""
